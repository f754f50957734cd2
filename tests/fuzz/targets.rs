//! What must hold for foreign bytes, whatever they are: one function for each parser. `tests/fuzz.rs`
//! calls them in every test run, with the kept inputs and changes of them; `tests/fuzz/run` gives
//! them to libFuzzer for as long as one likes. Both look for a panic.

use std::{
    io::Write,
    sync::{Arc, LazyLock},
};

use jiff::civil::{Date, date};
use setara::{
    certificate::{
        Keyring, PublicKeys,
        dcc::{self, WhyNot},
        keys::Seed,
        proof::Proof,
    },
    channel::{
        ussd::{self, Act, mmi, provider},
        whatsapp,
    },
    clock::Timestamp,
    config::Config,
    conversation::{Reply, Then},
    diagnostic::{self, Finding, Place, Severity, SourceFile},
    menu::{
        catalogue::Given,
        check::{Profile, check},
        language::Language,
        model::Menu,
        state::{Row, Values},
        step::{Context, MOST_CALLS, Opening, Step, again, answer, begin, resume},
        story::Story,
    },
    service::{
        DESKS,
        roster::{COLUMNS, Entry, Header},
    },
    smpp::pdu::{
        CommandId, CommandStatus, DEFAULT_LIMIT, Frame, Framer, HEADER, Message, Packet, Pdu,
        decode, encode, encode_message,
    },
    text::gsm7,
};

/// A target, and what it is called.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: &[Target] = &[
    ("frame", frame),
    ("dialect", dialect),
    ("provider", provider_request),
    ("event", event),
    ("mmi", mmi_string),
    ("menu", menu),
    ("story", story),
    ("roster", roster),
    ("config", config),
    ("certificate", certificate),
];

const TODAY: Date = date(2021, 8, 17);

/// 2021-11-22, on which the kept certificates were made out.
const MADE_OUT: Timestamp = Timestamp::from_millis(1_637_550_000_000);

/// The keys they were signed with.
static KEYS: LazyLock<PublicKeys> = LazyLock::new(|| {
    let seed = Seed { document: [7; 32], short: [8; 32] };
    let authority = "Kementerian Kesehatan Republik Indonesia";
    Keyring::new(&seed, authority, MADE_OUT).expect("keys").public().clone()
});

static DEFAULT: LazyLock<Config> = LazyLock::new(|| Config::parse("").expect("the default"));

/// The frame decoder and the PDUs in it: no octet is read past a frame, however the octets come in
/// pieces, and what was read is written as it stood.
fn frame(octets: &[u8]) {
    let Some((&piece, stream)) = octets.split_first() else { return };
    let piece = usize::from(piece).max(1);
    let whole = frames(stream, stream.len().max(1));
    assert_eq!(whole, frames(stream, piece), "pieces make other frames");
    let mut at = 0;
    for (command, status, sequence, body) in whole {
        let end = at + HEADER + body.len();
        assert_eq!(stream.get(at + HEADER..end), Some(&body[..]), "not the octets of the frame");
        at = end;
        let frame = Frame { command, status, sequence, body: &body };
        if let Ok(packet) = decode(&frame).map(|decoded| decoded.packet) {
            assert_eq!(packet.sequence, sequence);
            assert!(!format!("{packet:?}").is_empty());
            let mut wire = Vec::new();
            match encode(&packet, &mut wire) {
                // What the standard has no room for was kept whole, and is not passed on.
                Err(error) => assert!(wire.is_empty() && !error.to_string().is_empty()),
                Ok(()) => assert_eq!(again_decoded(&wire), written(packet)),
            }
        }
    }
}

/// The frames of a stream that comes in pieces, up to one that cannot be framed.
fn frames(stream: &[u8], piece: usize) -> Vec<(CommandId, CommandStatus, u32, Vec<u8>)> {
    let mut framer = Framer::new(DEFAULT_LIMIT);
    let mut found = Vec::new();
    for octets in stream.chunks(piece) {
        framer.push(octets);
        loop {
            match framer.next_frame() {
                Ok(Some(Frame { command, status, sequence, body })) => {
                    found.push((command, status, sequence, body.to_vec()));
                }
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(framer.next_frame().err(), Some(error), "lost is lost");
                    return found;
                }
            }
        }
    }
    found
}

fn again_decoded(wire: &[u8]) -> Pdu {
    let mut framer = Framer::new(usize::MAX);
    framer.push(wire);
    let frame = framer.next_frame().expect("ours").expect("whole");
    assert_eq!(frame.body.len() + HEADER, wire.len());
    decode(&frame).expect("ours").packet.pdu
}

/// A PDU as it is written: a refusal goes without a body (SMPP 3.4 §4.1.2, §4.4.2).
fn written(packet: Packet) -> Pdu {
    let mut wire = Vec::new();
    encode(&packet, &mut wire).expect("it was written before");
    let bare = wire.len() == HEADER;
    let frame = Frame {
        command: packet.pdu.command(),
        status: packet.status,
        sequence: packet.sequence,
        body: &[],
    };
    if bare { decode(&frame).expect("no body").packet.pdu } else { packet.pdu }
}

/// An event of a chat: it is read the same every time, and no writer can be told from what is printed
/// of it.
fn event(octets: &[u8]) {
    let now = Timestamp::from_millis(1_800_000_000_000);
    let read = || whatsapp::parse::parse(octets, "106540352242922", now);
    let heard = read();
    assert!(format!("{heard:?}") == format!("{:?}", read()));
    let Ok(heard) = heard else { return };
    for event in heard.events {
        assert!(!format!("{event:?}").contains("wamid"));
        match event {
            whatsapp::parse::Event::Message(message) => {
                assert!(message.at <= now && !message.chat.names().is_empty());
                if let whatsapp::parse::What::Tap { screen, id } = message.what {
                    let written = whatsapp::tap::write(&screen, &id);
                    assert_eq!(whatsapp::tap::read(&written), Some((screen, id)));
                }
            }
            whatsapp::parse::Event::Status(status) => assert!(!status.id.is_empty()),
        }
    }
    let text = String::from_utf8_lossy(octets);
    let signed = whatsapp::proof::verify("secret", &text, octets);
    assert!(!signed, "nobody signs by accident");
}

/// Every provider, on any request: the first line is what follows the account's path, the second the
/// query, the rest the body. It is understood or refused with a word that tells nothing of anybody;
/// what it comes to does not depend on who asks twice, and the reply to it can be written.
fn provider_request(octets: &[u8]) {
    let mut lines = octets.splitn(3, |&octet| octet == b'\n');
    let mut text = || String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
    let (tail, query) = (text(), text());
    let body = lines.next().unwrap_or_default();
    for (name, provider) in &DEFAULT.provider {
        for method in [provider::Method::Get, provider::Method::Post, provider::Method::Put] {
            let heard = match provider::parse(provider, method, &tail, &query, body) {
                Ok(heard) => heard,
                Err(error) => {
                    let told = error.to_string();
                    assert!(!told.is_empty() && !told.contains(|c: char| c.is_ascii_digit()));
                    continue;
                }
            };
            for known in [None, Some(0), Some(3), Some(u32::MAX)] {
                let known = known.map(|heard| provider::Known { heard });
                let turn = heard.turn(provider, known);
                assert!(turn == heard.turn(provider, known), "{name}");
                if let provider::Act::Answer(answer) = &turn.act {
                    assert!(answer.chars().count() <= provider.input.into(), "{name}");
                }
            }
            for then in [Then::Wait, Then::Close] {
                let reply = Reply::say("Lanjut? <1> \"2\" & {url}".into(), then);
                let written =
                    provider::render(provider, &heard, "https://a.example/", Some(&reply));
                assert!(written.body.contains("Lanjut?"), "{name}");
            }
        }
    }
}

/// Every dialect, on any message: it is understood or refused with a word that tells nothing of
/// anybody, and the reply to it can be sent.
fn dialect(octets: &[u8]) {
    let frame = Frame {
        command: CommandId::DELIVER_SM,
        status: CommandStatus::ROK,
        sequence: 1,
        body: octets,
    };
    let Ok(decoded) = decode(&frame) else { return };
    let Pdu::DeliverSm(message) = decoded.packet.pdu else { panic!("a deliver_sm") };
    for (name, dialect) in &DEFAULT.dialect {
        let heard = match ussd::parse(dialect, &message) {
            Ok(heard) => heard,
            Err(error) => {
                let told = error.to_string();
                let digits = told.chars().filter(char::is_ascii_digit).count();
                assert!(!told.is_empty() && digits <= 3, "{name}: {told}");
                continue;
            }
        };
        let shown = format!("{:?}", heard.from);
        assert!(!shown.contains(heard.from.as_str()), "{name}: a number is shown");
        if let Act::Dial(string) = &heard.act {
            mmi_string(string.as_bytes());
        }
        for then in [Then::Wait, Then::Close] {
            let reply = Reply::say("1 Daftar\n2 Status {}[]€".into(), then);
            sendable(name, &message, &ussd::render(dialect, &heard.back, &reply));
        }
    }
}

/// The addresses of a reply are those of the question; one that the standard has no room for
/// cannot be sent, and anything else can.
fn sendable(dialect: &str, question: &Message, reply: &Message) {
    let mut wire = Vec::new();
    let sent = encode_message(CommandId::SUBMIT_SM, 1, reply, &mut wire);
    let room = [&question.source, &question.destination]
        .iter()
        .all(|address| address.octets.len() <= 20 && !address.octets.contains(&0));
    assert_eq!(sent.is_ok(), room, "{dialect}: {sent:?}");
}

/// A dialled string: what was read is written as it was dialled.
fn mmi_string(octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    match mmi::parse(&text) {
        Err(error) => assert!(!error.to_string().is_empty()),
        Ok(read) => {
            let groups: String = read.groups.iter().map(|group| format!("*{group}")).collect();
            let written = format!("{}{}{groups}#", read.prefix.as_str(), read.service_code);
            assert_eq!(written, text.trim());
            assert_eq!(mmi::parse(&written).as_ref(), Ok(&read));
            let shown = format!("{read:?}");
            let mut parts = std::iter::once(&read.service_code).chain(&read.groups);
            assert!(!parts.any(|part| part.len() >= 12 && shown.contains(part)), "{shown}");
        }
    }
}

/// The menu loader and the check: whatever is written, it says what is wrong, or it is a menu whose
/// screens fit, wherever one walks in it.
fn menu(octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    // The walk stands behind the last line that says so.
    let (text, walk) = text.rsplit_once("\n# walk ").unwrap_or((&text, ""));
    let files = [file("words.toml", include_str!("../../menus/words.toml")), file("a.toml", text)];
    let profiles = DEFAULT.profiles();
    match check(&files, DESKS, &profiles) {
        Err(findings) => {
            let errors = |finding: &Finding| finding.severity == Severity::Error;
            assert!(findings.iter().any(errors), "refused without a word");
            for finding in &findings {
                assert!(!finding.message.is_empty());
                if let Some(Place { file, span }) = &finding.at {
                    assert!(
                        file.text.get(span.clone()).is_some(),
                        "no such place: {span:?} for {}",
                        finding.message
                    );
                }
            }
            diagnostic::draw(&findings, miette::GraphicalTheme::none(), 100);
        }
        Ok(checked) => {
            for profile in &profiles {
                for language in checked.menu.languages() {
                    walk_through(&checked.menu, profile, language, walk);
                }
            }
        }
    }
}

fn file(name: &str, text: &str) -> Arc<SourceFile> {
    Arc::new(SourceFile { name: name.into(), text: text.into() })
}

/// Types one answer after the other; the service gives the longest it can.
fn walk_through(menu: &Menu, profile: &Profile, language: &Language, walk: &str) {
    let cx = Context { menu, frame: profile.frame, today: TODAY };
    let mut step = begin(cx, language, &Opening::default());
    let mut answers = walk.split_whitespace().take(64);
    let mut outcomes = walk.bytes().cycle();
    loop {
        for _ in 0..MOST_CALLS {
            let Step::Call(state, call) = step else { break };
            let at = usize::from(outcomes.next().unwrap_or(0)) % call.outcomes.len();
            let outcome = &call.outcomes[at];
            step = resume(cx, state, outcome.name, longest(outcome.gives));
        }
        let shown = match &step {
            Step::Show(_, shown) | Step::Last(_, shown) | Step::GiveUp(_, shown) => shown,
            Step::Call(..) => panic!("more than {MOST_CALLS} calls in a turn"),
        };
        let (septets, room) = (gsm7::count(&shown.text), usize::from(cx.frame.budget.units));
        assert!(septets.is_ok_and(|septets| septets <= room), "it does not fit: {}", shown.text);
        assert!(!shown.text.is_empty(), "nothing is shown");
        let Some(typed) = answers.next() else { return };
        step = match step {
            Step::Show(state, _) => answer(cx, state, typed),
            Step::GiveUp(state, _) => again(cx, state),
            Step::Last(..) | Step::Call(..) => begin(cx, language, &Opening::default()),
        };
    }
}

fn longest(gives: &[Given]) -> Values {
    let mut values = Values::default();
    for given in gives {
        match DESKS.iter().flat_map(|desk| desk.lists).find(|list| list.name == given.name) {
            None => values.keep(given.name, given.longest),
            Some(list) => {
                let row = |at| Row { id: format!("p{at}"), label: list.longest.to_owned() };
                values.keep_rows(given.name, (0..list.most).map(row).collect());
            }
        }
    }
    values
}

/// A conversation file is read or told by its line.
fn story(octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    if let Err(error) = Story::parse(&text) {
        assert!(!error.to_string().is_empty());
    }
}

/// The roster: a row is a person or has an error that tells nothing of them, and a person is
/// written as a row that is read as the same person.
fn roster(octets: &[u8]) {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(octets);
    let mut rows = reader.byte_records();
    let Some(Ok(first)) = rows.next() else { return };
    let names: Vec<_> = first.iter().map(String::from_utf8_lossy).collect();
    let header = match Header::parse(names.iter().map(AsRef::as_ref)) {
        Ok(header) => header,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    for row in rows {
        let row = row.expect("octets in memory");
        let Ok(fields) = row.iter().map(str::from_utf8).collect::<Result<Vec<_>, _>>() else {
            continue;
        };
        match Entry::parse(&header, &fields, TODAY) {
            Err(error) => {
                let told = error.to_string();
                // Six digits make a day, a number or a NIK; our own words have none.
                let digits = |field: &str| field.chars().filter(char::is_ascii_digit).count();
                let personal = |field: &&&str| digits(field) > 5 && told.contains(**field);
                assert!(!told.is_empty() && !fields.iter().any(|field| personal(&field)), "{told}");
            }
            Ok(entry) => {
                let written = entry.to_row();
                let whole = Header::parse(COLUMNS);
                let fields: Vec<&str> = written.iter().map(String::as_str).collect();
                let read = Entry::parse(&whole.expect("ours"), &fields, TODAY);
                assert_eq!(read.expect("what we wrote"), entry);
            }
        }
    }
}

/// The configuration: it is taken or told, and what is taken can be used.
fn config(octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    match Config::parse(&text) {
        Err(error) => assert!(!error.to_string().is_empty()),
        Ok(config) => {
            assert!(!config.profiles().is_empty());
            for operator in config.operator.values() {
                assert!(
                    operator.dialect.iter().all(|dialect| config.dialect.contains_key(dialect))
                );
                for link in &operator.link {
                    // Files are not read here: the name may be that of a device without an end.
                    if link.tls.is_none() {
                        link.settings("telco/1").expect("there is no file to read");
                    }
                }
            }
        }
    }
}

/// What is scanned, as it is, and as the octets inside: nothing but what was signed is good.
fn certificate(octets: &[u8]) {
    if let Ok(text) = std::str::from_utf8(octets) {
        looked_at(text);
    }
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(octets).expect("into a vector");
    let packed = packed.finish().expect("into a vector");
    looked_at(&format!("{}{}", dcc::PREFIX, base45::encode(packed)));
}

fn looked_at(text: &str) {
    let seen = dcc::verify(text, &KEYS, MADE_OUT);
    // Words around it are passed over, and nothing becomes good by that which was not signed.
    if let Ok(Proof::Document(found)) = Proof::parse(text)
        && let Ok(seen) = dcc::verify(&found, &KEYS, MADE_OUT)
    {
        assert!(seen.issued == MADE_OUT);
    }
    if !text.trim().get(..4).is_some_and(|head| head.eq_ignore_ascii_case(dcc::PREFIX)) {
        assert_eq!(seen.as_ref().err(), Some(&WhyNot::NotHc1));
    }
    if let Ok(seen) = seen {
        assert_eq!(seen.authority, "Kementerian Kesehatan Republik Indonesia");
        assert!(!seen.name().is_empty() && seen.issued == MADE_OUT);
    }
}
