//! One message in, one message out, on the dialects of the default configuration and on such as
//! operators are known to have.

use bytes::Bytes;
use proptest::{collection::vec, prelude::*, sample::select};

use super::{
    dialect::{CodeIn, EndBit},
    *,
};
use crate::{config::Config, smpp::pdu::Tlv};

const PHONE: &str = "6281234567890";

fn dialect(name: &str) -> Dialect {
    Config::parse("").unwrap().dialect[name].clone()
}

/// A `deliver_sm` from the phone to `*119#`'s short code.
fn message(op: u8, text: &[u8]) -> Message {
    let (source, code) = (Address::international(PHONE), Address::short_code("119"));
    let mut message = Message::new(source, code, Bytes::copy_from_slice(text));
    message.tlvs.set_u8(Tag::USSD_SERVICE_OP, op);
    message
}

fn with_session(mut message: Message, tag: Tag, session: u16) -> Message {
    message.tlvs.set_u16(tag, session);
    message
}

/// What was heard, in a line; a line of test output is no log, and may show it.
fn told(heard: Result<Heard, ParseError>) -> String {
    match heard {
        Ok(Heard { act: Act::Dial(text), .. }) => format!("dial {text}"),
        Ok(Heard { act: Act::Answer(text), .. }) => format!("answer {text}"),
        Ok(Heard { act: Act::Abort(end), .. }) => format!("abort {}", end.as_str()),
        Ok(Heard { act: Act::Shown, .. }) => "shown".into(),
        Err(error) => format!("error {error}"),
    }
}

#[track_caller]
fn check(dialect: &Dialect, message: &Message, expected: &str) {
    assert_eq!(told(parse(dialect, message)), expected);
}

fn reply(text: &str, then: Then) -> Reply {
    Reply::say(text.into(), then)
}

#[test]
fn the_plain_dialect() {
    let plain = dialect("plain");
    check(&plain, &message(1, b"*119#"), "dial *119#");
    check(&plain, &message(1, b"*119*1*2#"), "dial *119*1*2#");
    check(&plain, &message(18, b"2"), "answer 2");
    check(&plain, &message(18, b""), "answer ");
    check(&plain, &message(129, b""), "abort user_abort");
    check(&plain, &message(2, b"1"), "error unknown ussd_service_op 2");
    check(&plain, &message(255, b"1"), "error unknown ussd_service_op 255");
    // Another dialect's session is none of this one's business.
    let other = with_session(message(18, b"2"), Tag::ITS_SESSION_INFO, 0x0101);
    check(&plain, &other, "answer 2");
    assert_eq!(parse(&plain, &other).ok().and_then(|heard| heard.back.session()), None);
}

#[test]
fn the_its_dialect() {
    let its = dialect("its");
    let on = |op, text: &[u8], info| with_session(message(op, text), Tag::ITS_SESSION_INFO, info);
    // Without a string in the text it stands in the destination, as a string or as the bare code.
    check(&its, &on(1, b"", 0x0100), "dial *119#");
    let mut whole = on(1, b"", 0x0100);
    whole.destination = Address::new(0, 0, "*119*2#");
    check(&its, &whole, "dial *119*2#");
    check(&its, &on(1, b"*119*3#", 0x0100), "dial *119*3#");
    check(&its, &on(18, b"2", 0x0102), "answer 2");
    check(&its, &on(18, b"2", 0x0103), "abort user_abort");
    check(&its, &on(129, b"", 0x0102), "abort user_abort");
    check(&its, &on(1, b"*119#", 0x0101), "abort user_abort");
    // A network that leaves the session out still has one.
    check(&its, &message(18, b"2"), "answer 2");
}

#[test]
fn the_session_is_echoed_with_its_end() {
    let its = dialect("its");
    let heard = with_session(message(18, b"2"), Tag::ITS_SESSION_INFO, 0x2A06);
    let Ok(heard) = parse(&its, &heard) else { panic!("an answer") };
    assert_eq!(heard.back.session(), Some(0x2A06));
    for (then, op, session) in [(Then::Wait, 2, 0x2A06), (Then::Close, 2, 0x2A07)] {
        let sent = render(&its, &heard.back, &reply("Halo", then));
        assert_eq!(sent.tlvs.ussd_service_op(), Some(op));
        assert_eq!(sent.tlvs.its_session_info(), Some(session));
    }
    let Ok(heard) = parse(&its, &message(18, b"2")) else { panic!("an answer") };
    let session = |then| render(&its, &heard.back, &reply("Halo", then)).tlvs.its_session_info();
    assert_eq!(session(Then::Wait), None, "nothing to echo");
    assert_eq!(session(Then::Close), Some(1), "or the phone would wait for ever");
}

#[test]
fn a_reply_goes_back_the_way_it_came() {
    let plain = dialect("plain");
    let Ok(heard) = parse(&plain, &message(1, b"*119#")) else { panic!("a dial") };
    assert_eq!(heard.from.as_str(), "+6281234567890");
    for (then, op) in [(Then::Wait, 2), (Then::Close, 17)] {
        let sent = render(&plain, &heard.back, &reply("Halo", then));
        assert_eq!(sent.source, Address::short_code("119"));
        assert_eq!(sent.destination, Address::international(PHONE));
        assert_eq!(sent.tlvs.ussd_service_op(), Some(op));
        assert_eq!((sent.tlvs.len(), sent.data_coding, sent.esm_class), (1, 0, 0));
        assert_eq!(&sent.text_octets()[..], b"Halo");
    }
    let other = Dialect { service_type: "USSD".into(), data_coding: 0x0f, ..plain };
    let sent = render(&other, &heard.back, &reply("Halo", Then::Wait));
    assert_eq!((&sent.service_type[..], sent.data_coding), (&b"USSD"[..], 0x0f));
}

#[test]
fn a_reference_of_the_user_can_be_the_session() {
    let dialect = Dialect {
        session_in: SessionIn::UserMessageReference,
        end_bit: EndBit::None,
        code_in: vec![CodeIn::ShortMessage, CodeIn::DestinationAddr],
        ..dialect("plain")
    };
    let heard = with_session(message(18, b"1"), Tag::USER_MESSAGE_REFERENCE, 0x0007);
    check(&dialect, &heard, "answer 1");
    let Ok(heard) = parse(&dialect, &heard) else { panic!("an answer") };
    let sent = render(&dialect, &heard.back, &reply("Halo", Then::Close));
    assert_eq!(
        (sent.tlvs.user_message_reference(), sent.tlvs.ussd_service_op()),
        (Some(7), Some(17))
    );
}

#[test]
fn each_dialect_pushes_in_its_own_way() {
    let to = Msisdn::parse("081234567890").unwrap();
    let [short, dial] = [Address::short_code("119"), Address::short_code("*119#")];
    for (name, source, info, reference) in [
        ("plain", &short, None, None),
        ("its", &dial, None, None),
        ("sixdee", &short, Some(0x1234), None),
        ("mica", &Address::default(), None, Some(0x1235)),
        ("p2", &short, None, None),
        ("huawei", &short, None, None),
    ] {
        let dialect = dialect(name);
        let way = WayBack::push(&dialect, &to, "*119#", None, 0x1235);
        for (then, op) in [(Then::Wait, 2), (Then::Close, 3)] {
            let sent = render_push(&dialect, &way, &reply("Halo", then));
            assert_eq!(sent.source, *source, "{name}");
            assert_eq!(sent.destination, Address::international("6281234567890"), "{name}");
            assert_eq!(sent.tlvs.ussd_service_op(), Some(op), "{name}");
            assert_eq!(sent.tlvs.its_session_info(), info, "{name}");
            assert_eq!(sent.tlvs.user_message_reference(), reference, "{name}");
            assert_eq!(&sent.service_type[..], dialect.service_type.as_bytes());
            assert_eq!(&sent.text_octets()[..], b"Halo");
        }
        // The confirmation of a notice is not an answer, and ends nothing, whatever stands beside.
        let shown = with_session(message(19, b""), Tag::ITS_SESSION_INFO, 0x1235);
        check(&dialect, &shown, "shown");
    }
    let p2 = dialect("p2");
    let way = WayBack::push(&p2, &to, "*119#", Some("+6621190001"), 0);
    let sent = render_push(&p2, &way, &reply("Halo", Then::Wait));
    assert_eq!(sent.source, Address::international("6621190001"));
    let way = WayBack::push(&dialect("sixdee"), &to, "*119#", None, 1);
    assert_eq!(way.session(), Some(2), "no session is number 0");
}

#[test]
fn what_is_no_ussd_is_said_to_be_none() {
    let plain = dialect("plain");
    let mut no_op = message(1, b"*119#");
    no_op.tlvs.remove(Tag::USSD_SERVICE_OP);
    check(&plain, &no_op, "error not a USSD message");
    let mut empty_op = no_op.clone();
    empty_op.tlvs.set(Tag::USSD_SERVICE_OP, Bytes::new());
    check(&plain, &empty_op, "error not a USSD message");
    let no_number = "error the source address is not a phone number";
    for source in [
        Address::alphanumeric("TELKOMSEL"),
        Address::short_code("1199"),
        Address::default(),
        Address::new(1, 1, &b"\xff\xfe"[..]),
        Address::new(1, 1, "62812345678901234567"),
    ] {
        let mut message = message(1, b"*119#");
        message.source = source;
        check(&plain, &message, no_number);
    }
    for source in ["+6281234567890", "081234567890", "6281234567890"] {
        for ton in [0, 2] {
            let mut message = message(1, b"*119#");
            message.source = Address::new(ton, 1, source);
            let Ok(heard) = parse(&plain, &message) else { panic!("{source} with TON {ton}") };
            assert_eq!(heard.from.as_str(), "+6281234567890");
        }
    }
}

#[test]
fn a_text_is_read_by_its_data_coding() {
    let plain = dialect("plain");
    let packed = Dialect { alphabet: Coding::Gsm7Packed, ..plain.clone() };
    let ucs2 = Dialect { alphabet: Coding::Ucs2, ..plain.clone() };
    let rows: [(&Dialect, u8, &[u8], &str); 15] = [
        (&plain, 0, b"\x00\x7f", "@à"),
        (&plain, 0, b"\x1b\x65", "€"),
        (&plain, 0, b"\xff", "?"),
        (&plain, 1, b"@a", "@a"),
        (&plain, 3, b"\xe9", "é"),
        (&plain, 8, b"\x00A\x00\xe9", "Aé"),
        (&plain, 8, b"\x00A\x00", "A"),
        (&plain, 8, b"\xd8\x00\x00A", "\u{fffd}A"),
        (&plain, 0x48, b"\x00A", "A"),
        (&plain, 0x0f, b"\x00A", "@A"),
        // Two octets name the language; an odd length cannot be UCS-2.
        (&plain, 0x11, b"id\x00A", "A"),
        (&plain, 0x11, b"1", "1"),
        (&packed, 0, b"\xAA\x58\x2C\x37\x02", "*119#"),
        (&packed, 0x0f, b"\x31\xD9\x8C\x56\xB3\xDD\x1A", "1234567"),
        (&ucs2, 0, b"\x00A", "A"),
    ];
    for (dialect, data_coding, octets, text) in rows {
        let mut message = message(18, octets);
        message.data_coding = data_coding;
        check(dialect, &message, &format!("answer {text}"));
    }
    let mut long = message(18, b"");
    long.set_text_octets(vec![b'a'; 300]);
    check(&plain, &long, &format!("answer {}", "a".repeat(300)));
}

#[test]
fn a_reply_is_written_in_the_letters_its_alphabet_has() {
    let plain = dialect("plain");
    let Ok(heard) = parse(&plain, &message(1, b"*119#")) else { panic!("a dial") };
    for (alphabet, text, octets) in [
        (Coding::Gsm7Unpacked, "“Ma’af”… @€", &b"\"Ma'af\"... \x00\x1b\x65"[..]),
        (Coding::Gsm7Packed, "1234567", b"\x31\xD9\x8C\x56\xB3\xDD\x1A"),
        (Coding::Ascii, "“Ya” é", b"\"Ya\" ?"),
        (Coding::Latin1, "é Δ", b"\xe9 ?"),
        (Coding::Ucs2, "A’😀", b"\x00A\x20\x19\xd8\x3d\xde\x00"),
    ] {
        let dialect = Dialect { alphabet, ..plain.clone() };
        let sent = render(&dialect, &heard.back, &reply(text, Then::Wait));
        assert_eq!(&sent.text_octets()[..], octets, "{alphabet:?} {text}");
    }
}

#[test]
fn the_frames_are_those_of_the_dialect() {
    let dialect = Dialect { first: 140, next: 182, ..dialect("plain") };
    assert_eq!(dialect.first_frame().budget.units, 140);
    assert_eq!(dialect.next_frame().budget.units, 182);
    assert_eq!(dialect.smallest_frame(), dialect.first_frame());
    assert_eq!(dialect.open_for(), std::time::Duration::from_secs(180));
}

fn any_dialect() -> impl Strategy<Value = Dialect> {
    let coding = select(vec![
        Coding::Gsm7Unpacked,
        Coding::Gsm7Packed,
        Coding::Latin1,
        Coding::Ascii,
        Coding::Ucs2,
    ]);
    let session =
        select(vec![SessionIn::Msisdn, SessionIn::ItsSessionInfo, SessionIn::UserMessageReference]);
    let end = select(vec![EndBit::None, EndBit::Lowest]);
    (select(vec!["plain", "its"]), coding, session, end).prop_map(
        |(name, alphabet, session_in, end_bit)| Dialect {
            alphabet,
            session_in,
            end_bit,
            ..dialect(name)
        },
    )
}

fn any_octets() -> impl Strategy<Value = Bytes> {
    prop_oneof![
        vec(any::<u8>(), 0..300).prop_map(Bytes::from),
        "[*#0-9+]{0,24}".prop_map(|text| Bytes::from(text.into_bytes())),
    ]
}

fn any_message() -> impl Strategy<Value = Message> {
    let address = || {
        (any::<u8>(), any::<u8>(), any_octets()).prop_map(|(ton, npi, octets)| Address {
            ton,
            npi,
            octets,
        })
    };
    let source = prop_oneof![Just(Address::international(PHONE)), address()];
    let tag = prop_oneof![
        select(vec![
            Tag::USSD_SERVICE_OP,
            Tag::ITS_SESSION_INFO,
            Tag::USER_MESSAGE_REFERENCE,
            Tag::MESSAGE_PAYLOAD,
        ]),
        any::<u16>().prop_map(Tag),
    ];
    let tlv = (tag, vec(any::<u8>(), 0..8))
        .prop_map(|(tag, value)| Tlv { tag, value: Bytes::from(value) });
    let op = select(vec![1u8, 2, 17, 18, 129]);
    (source, address(), any::<u8>(), any::<u8>(), any_octets(), vec(tlv, 0..6), op).prop_map(
        |(source, destination, esm_class, data_coding, short_message, tlvs, op)| {
            let mut message = Message {
                source,
                destination,
                esm_class,
                data_coding,
                short_message,
                tlvs: tlvs.into_iter().collect(),
                ..Message::default()
            };
            if esm_class.is_multiple_of(2) {
                message.tlvs.set_u8(Tag::USSD_SERVICE_OP, op);
            }
            message
        },
    )
}

proptest! {
    #[test]
    fn any_message_is_read_or_refused(dialect in any_dialect(), message in any_message()) {
        if let Ok(heard) = parse(&dialect, &message) {
            let back = format!("{:?}", heard.back);
            prop_assert!(!back.contains("81234567"), "{}", back);
            let sent = render(&dialect, &heard.back, &reply("Halo", Then::Close));
            prop_assert_eq!(&sent.destination, &message.source);
            let session = heard.back.session();
            prop_assert!(session.is_none_or(|session| session & dialect.end_mask() == 0));
        }
    }

    /// What one side writes, the other reads: with the operation changed, a reply is an answer.
    #[test]
    fn what_is_written_is_read(
        dialect in any_dialect(),
        text in "[ -~&&[^\\[\\]{}|^~\\\\`]]{0,120}",
        session: u16,
    ) {
        let mut heard = message(18, b"1");
        heard.tlvs.set_u16(Tag::ITS_SESSION_INFO, session & 0xfffe);
        heard.tlvs.set_u16(Tag::USER_MESSAGE_REFERENCE, session & 0xfffe);
        let Ok(heard) = parse(&dialect, &heard) else { panic!("an answer") };
        let mut sent = render(&dialect, &heard.back, &reply(&text, Then::Wait));
        sent.tlvs.set_u8(Tag::USSD_SERVICE_OP, dialect.answer);
        std::mem::swap(&mut sent.source, &mut sent.destination);
        let read = parse(&dialect, &sent);
        let again = matches!(&read, Ok(Heard { act: Act::Answer(again), .. }) if *again == text);
        prop_assert!(again, "{}", told(read));
    }
}

/// A rehearsal has the room of the gateway, for what is typed as for what is shown.
#[test]
fn an_answer_is_cut_as_the_network_would() {
    let config = Config::parse("[dialect.plain]\ninput = 4").unwrap();
    assert_eq!(typed("31730145", config.room("plain").unwrap().input), "3173");
    assert_eq!(typed("😀é12345", 4), "😀é12", "characters, and not octets");
    let hubtel = config.room("hubtel").unwrap().input;
    assert_eq!(hubtel, config.provider["hubtel"].input);
    assert_eq!(typed("1", hubtel), "1");
}
