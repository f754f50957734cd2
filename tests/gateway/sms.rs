//! Texts of people over real sockets: one text, one answer, whatever the network and the node go
//! through; long ones in parts; and what nobody can have written.

use std::time::{Duration, Instant};

use setara::{
    smpp::{
        link::{Inbound, Outcome, Peer, knock},
        pdu::{Address, Message, Tag},
        session::Settings,
    },
    text::{gsm7, ucs2},
};
use simulator::{
    operator::{
        Operator,
        sms::{
            Sender,
            faults::{self, Above, Faults, Limit},
        },
    },
    phone::Phone,
};
use tokio::{net::TcpListener, sync::mpsc};

use crate::{
    node::{Node, PATIENCE},
    site::{Site, network},
};

const SHORT_CODE: &str = "1199";

const PHONE: &str = "6281290000001";

const MENU: &str = "PeduliLindungi\n1 Daftar vaksin";

const NIK: &str = "Ketik 16 angka NIK";

/// With an operator that carries texts, and some more lines.
fn texts(site: Site, address: &str, more: &str) -> Site {
    // What a killed node was sending is another's after four times as long.
    texts_as(site, address, ("response_seconds = 2", ""), more)
}

/// The same, with more lines for its link and for its texts.
fn texts_as(site: Site, address: &str, (link, lines): (&str, &str), more: &str) -> Site {
    let sms = format!(
        "{link}\n[operator.telco.sms]\nshort_code = \"1199\"\nsender = \"PEDULICOVID\"\n\
         per_second = 1000\nprefixes = [\"\"]\n{lines}"
    );
    site.operator("telco", "plain", address, &sms).configured(&format!(
        "conversation.sweep_seconds = 1\nconversation.parts_seconds = 2\n\
         outbox.lease_seconds = 4\n{more}"
    ))
}

async fn started(site: Site) -> (Site, Operator, Node) {
    let network = network("plain").await;
    let site = texts(site, &network.address().to_string(), "");
    let node = bound(&site, &network).await;
    (site, network, node)
}

async fn bound(site: &Site, network: &Operator) -> Node {
    let node = Node::start(&site.config()).await;
    network.bound(1).await.expect("a network");
    node
}

/// Somebody who writes and reads.
struct Person(Phone);

impl Person {
    async fn with(number: &str, network: &Operator) -> Self {
        let phone = Phone::new(network, number.parse().expect("a number")).await;
        Self(phone.expect("a phone").with_patience(PATIENCE))
    }

    async fn writes(&mut self, words: &str) {
        self.0.text(SHORT_CODE, words).await.expect("sent");
    }

    async fn reads(&mut self, begins: &str) -> String {
        let text = self.0.next_text().await.expect("an answer");
        assert_eq!(text.from, Sender::ShortCode(SHORT_CODE.into()));
        assert!(text.text.starts_with(begins), "{}", text.text);
        text.text
    }

    /// An answer whose confirmation was not heard may have come once more before. Then reads for a
    /// while, until nothing is on its way.
    async fn reads_at_last(&mut self, begins: &str, network: &Operator) {
        while !self.0.next_text().await.expect("an answer").text.starts_with(begins) {}
        network.bound(1).await.expect("a network");
        while network.sms_figures().await.expect("a network").unconfirmed > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }

    /// An answer to each of [`WORDS`] came, and of one whose confirmation was not heard a copy.
    async fn has_read_copies(&self, network: &Operator) {
        let copies = usize::try_from(network.sms_figures().await.unwrap().duplicates).unwrap();
        println!("{} texts, {copies} answers twice", WORDS.len());
        let inbox = self.0.inbox().await.expect("a network");
        assert!(copies <= WORDS.len(), "{inbox:#?}");
        self.has_read(WORDS.len() + copies, network).await;
    }

    /// As many answers came as were read, and no more are on their way.
    async fn has_read(&self, answers: usize, network: &Operator) {
        loop {
            let figures = network.sms_figures().await.expect("a network");
            if figures.unconfirmed == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        let inbox = self.0.inbox().await.expect("a network");
        assert_eq!(inbox.len(), answers, "{inbox:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_delivered_twice_is_answered_once() {
    let (_site, network, node) = started(Site::on_sqlite().await).await;
    let twice = Faults { inbound: faults::Inbound::Twice, ..Faults::default() };
    network.set_faults(twice).await.unwrap();
    let mut person = Person::with("081290000001", &network).await;
    // Nobody writes before the copy came: it takes less than reading.
    let copies = async |copies| {
        while network.sms_figures().await.unwrap().redelivered < copies {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    person.writes("MENU").await;
    person.reads(MENU).await;
    copies(1).await;
    person.writes("1").await;
    person.reads("NIK, nama").await;
    copies(2).await;
    // In two parts, each of them twice.
    person.writes(&format!("STATUS{}#3173014502900001#05021990", " ".repeat(160))).await;
    person.reads("S*** A****: belum terdaftar").await;
    copies(4).await;
    person.has_read(3, &network).await;
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_answered_once_when_links_break() {
    let (_site, network, node) = started(Site::on_sqlite().await).await;
    let mut person = Person::with("081290000001", &network).await;
    for (words, answer) in WORDS {
        person.writes(words).await;
        network.cut_links().await.unwrap();
        person.reads_at_last(answer, &network).await;
    }
    person.has_read_copies(&network).await;
    node.stop().await;
}

/// No words twice in a row: right after a lost link they would be the same text.
const WORDS: [(&str, &str); 5] = [
    ("MENU", MENU),
    ("7", "Belum ada orang"),
    ("1", NIK),
    ("3173014502900001", "Tanggal lahir?"),
    ("BANTUAN", "Balas DAFTAR, STATUS"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_answered_once_by_killed_nodes_on_sqlite() {
    killed(Site::on_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_answered_once_by_killed_nodes_on_postgres() {
    killed(Site::on_postgres().await).await;
}

/// SIGKILL while a text is on its way in, is stored, or its answer is on its way out.
async fn killed(site: Site) {
    let (site, network, mut node) = started(site).await;
    let mut person = Person::with("081290000001", &network).await;
    for (at, (words, answer)) in (0..).zip(WORDS) {
        person.writes(words).await;
        tokio::time::sleep(Duration::from_millis(at * 4)).await;
        node.kill().await;
        network.links().wait_for(Vec::is_empty).await.unwrap();
        node = bound(&site, &network).await;
        person.reads_at_last(answer, &network).await;
    }
    // What was claimed by the killed one is sent when its lease is over.
    tokio::time::sleep(Duration::from_secs(9)).await;
    person.has_read_copies(&network).await;
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_operator_gets_every_answer_once() {
    let (_site, network, node) = started(Site::on_sqlite().await).await;
    let limit = Some(Limit { per_second: 2, says: Above::Throttled });
    network.set_faults(Faults { limit, ..Faults::default() }).await.unwrap();
    let mut people = Vec::new();
    for number in 0..8 {
        let mut person = Person::with(&format!("08125555{number:04}"), &network).await;
        person.writes("MENU").await;
        people.push(person);
    }
    for person in &mut people {
        person.reads(MENU).await;
    }
    for person in &people {
        person.has_read(1, &network).await;
    }
    assert!(network.sms_figures().await.unwrap().throttled > 0);
    node.stop().await;
}

/// An SMSC that delivers whatever it is told to.
struct Centre {
    peer: Peer,
    inbound: mpsc::Receiver<Inbound>,
    node: Node,
    listener: TcpListener,
    bring: mpsc::Sender<Inbound>,
    site: Site,
}

impl Centre {
    async fn start() -> Self {
        Self::beside(Site::on_sqlite().await, "", "").await
    }

    /// With these lines for its texts, and some more.
    async fn beside(site: Site, lines: &str, more: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let more = format!("limits.subscriber_burst = 1000\n{more}");
        let site = texts_as(site, &address, ("", lines), &more);
        let (bring, inbound) = mpsc::channel(256);
        let (node, peer) = bound_at(&listener, &site, bring.clone()).await;
        Self { peer, inbound, node, listener, bring, site }
    }

    /// Another node with a link of its own; whatever either sends comes to this centre.
    async fn another(&self) -> (Node, Peer) {
        bound_at(&self.listener, &self.site, self.bring.clone()).await
    }

    /// Delivers, and the gateway confirms.
    async fn deliver(&self, message: Message) {
        deliver(&self.peer, message).await;
    }

    async fn writes(&self, words: &str) {
        self.deliver(text(gsm7::encode(words).unwrap())).await;
    }

    /// The next answer, to the phone and nobody else.
    async fn answers(&mut self, begins: &str) -> String {
        let submit = tokio::time::timeout(PATIENCE, self.inbound.recv()).await;
        let submit = submit.expect("in time").expect("a link");
        submit.responder.accept();
        assert_eq!(submit.message.destination, Address::international(PHONE));
        assert_eq!(submit.message.source, Address::short_code(SHORT_CODE));
        let said = gsm7::decode(submit.message.text_octets());
        assert!(said.starts_with(begins), "{said}");
        said
    }

    /// No more answers come.
    async fn is_silent(&mut self) {
        let more = tokio::time::timeout(Duration::from_millis(500), self.inbound.recv()).await;
        assert!(more.is_err(), "another answer");
    }

    async fn stop(self) {
        self.node.terminate();
        let (status, log) = self.node.ended().await;
        assert!(status.success(), "{log}");
    }
}

async fn bound_at(
    listener: &TcpListener,
    site: &Site,
    bring: mpsc::Sender<Inbound>,
) -> (Node, Peer) {
    let node = Node::start(&site.config()).await;
    let (stream, _) = listener.accept().await.unwrap();
    let settings = Settings { inbound: 256, window: 256, ..Settings::default() };
    let knocked = knock(stream, settings).await.unwrap();
    (node, knocked.admit("smsc".into(), "gateway", 1, bring).unwrap())
}

async fn deliver(to: &Peer, message: Message) {
    let outcome = to.deliver(message, Instant::now() + PATIENCE).await;
    assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_words_at_another_node_are_new_once_nobody_brings_them_again() {
    let site = Site::on_postgres().await;
    let mut centre = Centre::beside(site, "", "conversation.sms_repeat_seconds = 1\n").await;
    let (other, link) = centre.another().await;
    let words = |words: &str| text(gsm7::encode(words).unwrap());
    let read_it = || tokio::time::sleep(Duration::from_millis(1500));
    centre.writes("MENU").await;
    centre.answers(MENU).await;
    deliver(&link, words("MENU")).await;
    centre.is_silent().await;
    read_it().await;
    deliver(&link, words("MENU")).await;
    centre.answers(MENU).await;
    // Back where it came first, with other words in between that the other node answers, too.
    read_it().await;
    deliver(&link, words("7")).await;
    centre.answers("Belum ada orang").await;
    read_it().await;
    centre.writes("MENU").await;
    centre.answers(MENU).await;
    read_it().await;
    // A node that is gone at once has told nobody that the network heard its confirmation.
    deliver(&link, words("7")).await;
    centre.answers("Belum ada orang").await;
    other.kill().await;
    read_it().await;
    centre.writes("7").await;
    centre.is_silent().await;
    centre.stop().await;
}

/// A text of the phone.
fn text(octets: Vec<u8>) -> Message {
    Message::new(Address::international(PHONE), Address::short_code(SHORT_CODE), octets)
}

/// Two parts by a user data header.
fn by_header(words: &str, reference: u8) -> Vec<Message> {
    let octets = gsm7::encode(words).unwrap();
    let parts = octets.chunks(octets.len().div_ceil(3)).zip(1..);
    let part = |(part, number): (&[u8], u8)| {
        let header = [5, 0, 3, reference, 3, number];
        Message { esm_class: 0x40, ..text([&header, part].concat()) }
    };
    parts.map(part).collect()
}

/// The same by parameters.
fn by_parameters(words: &str, reference: u16) -> Vec<Message> {
    let octets = gsm7::encode(words).unwrap();
    let parts = octets.chunks(octets.len().div_ceil(3)).zip(1..);
    let part = |(part, number): (&[u8], u8)| {
        let mut message = text(part.to_vec());
        message.tlvs.set_u16(Tag::SAR_MSG_REF_NUM, reference);
        message.tlvs.set_u8(Tag::SAR_TOTAL_SEGMENTS, 3);
        message.tlvs.set_u8(Tag::SAR_SEGMENT_SEQNUM, number);
        message
    };
    parts.map(part).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn long_texts_come_in_any_order() {
    let mut centre = Centre::start().await;
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    for (reference, order) in (1..).zip(orders) {
        let words = format!("BANTUAN{}", " ".repeat(200));
        for parts in
            [by_header(&words, reference), by_parameters(&words, 500 + u16::from(reference))]
        {
            for at in order {
                centre.deliver(parts[at].clone()).await;
            }
            // A part that comes again completes the text again; it was answered.
            centre.deliver(parts[order[1]].clone()).await;
            centre.answers("Balas DAFTAR, STATUS").await;
        }
    }
    centre.is_silent().await;
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_never_becomes_whole_is_answered() {
    let mut centre = Centre::start().await;
    let parts = by_header(&format!("STATUS{}", " ".repeat(200)), 7);
    centre.deliver(parts[2].clone()).await;
    centre.deliver(parts[0].clone()).await;
    centre.answers("Pesan Anda tidak sampai utuh.").await;
    // The number comes round again: what was forgotten does not count.
    centre.deliver(parts[1].clone()).await;
    centre.answers("Pesan Anda tidak sampai utuh.").await;
    centre.is_silent().await;
    centre.stop().await;
}

/// Some phones give every text the same number.
#[tokio::test(flavor = "multi_thread")]
async fn the_next_long_text_may_have_the_same_number() {
    let mut centre = Centre::start().await;
    for part in by_header(&format!("MENU{}", " ".repeat(200)), 7) {
        centre.deliver(part).await;
    }
    centre.answers(MENU).await;
    for part in by_header(&format!("BANTUAN{}!", " ".repeat(200)), 7) {
        centre.deliver(part).await;
    }
    centre.answers("Balas DAFTAR, STATUS").await;
    centre.is_silent().await;
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_answered_who_cannot_be() {
    let mut centre = Centre::start().await;
    let words = || gsm7::encode("MENU").unwrap();
    let nobody = [
        Address::alphanumeric("BANK"),
        Address::alphanumeric("6281290000001"),
        Address::short_code("888"),
        Address::short_code(SHORT_CODE),
        Address { ton: 0, npi: 0, octets: (&b""[..]).into() },
        Address { ton: 1, npi: 1, octets: (&b"not a number"[..]).into() },
    ];
    for source in nobody {
        centre.deliver(Message { source, ..text(words()) }).await;
    }
    // Nor is what was written to another number.
    let destination = Address::short_code("1200");
    centre.deliver(Message { destination, ..text(words()) }).await;
    // Nor is the network, which says that one of ours is on its way, or a program of the phone.
    centre.deliver(Message { esm_class: 0x20, ..text(words()) }).await;
    centre.deliver(Message { data_coding: 4, ..text(words()) }).await;
    centre.is_silent().await;
    centre.writes("MENU").await;
    centre.answers(MENU).await;
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn any_alphabet_and_any_length_is_answered() {
    let mut centre = Centre::start().await;
    let wide = |words: &str| Message { data_coding: 8, ..text(ucs2::encode(words)) };
    centre.deliver(wide("😀 MENU 😀")).await;
    centre.answers(MENU).await;
    centre.deliver(wide("😀")).await;
    centre.answers("Ketik angka 1-").await;
    // A surrogate that stands alone, and half a character.
    centre.deliver(Message { data_coding: 8, ..text(vec![0xd8, 0x3d, 0x00]) }).await;
    centre.answers("Ketik angka 1-").await;
    centre.deliver(text(Vec::new())).await;
    centre.answers("Ketik angka 1-").await;
    // The longest that a parameter holds.
    let mut long = text(Vec::new());
    long.tlvs.set(Tag::MESSAGE_PAYLOAD, [b"BANTUAN ".to_vec(), vec![b'x'; 60_000]].concat());
    centre.deliver(long).await;
    centre.answers("Balas DAFTAR, STATUS").await;
    centre.writes("BANTUAN").await;
    centre.answers("Balas DAFTAR, STATUS").await;
    centre.is_silent().await;
    centre.stop().await;
}

/// What it takes `data_coding` 0 for is the account's business.
#[tokio::test(flavor = "multi_thread")]
async fn texts_are_read_in_the_alphabet_of_the_account() {
    let packed = gsm7::pack_sms(&gsm7::encode("BANTUAN").unwrap());
    for (alphabet, octets) in [("latin1", b"BANTUAN\xa0".to_vec()), ("gsm7-packed", packed)] {
        let lines = format!("alphabet = {alphabet:?}\n");
        let mut centre = Centre::beside(Site::on_sqlite().await, &lines, "").await;
        centre.deliver(text(octets)).await;
        let submit = tokio::time::timeout(PATIENCE, centre.inbound.recv()).await;
        let submit = submit.expect("in time").expect("a link");
        submit.responder.accept();
        let said = submit.message.text_octets();
        let said = match alphabet {
            "latin1" => String::from_utf8_lossy(said).into_owned(),
            _ => gsm7::decode(&gsm7::unpack_sms(said, usize::MAX)),
        };
        assert!(said.starts_with("Balas DAFTAR, STATUS"), "{said}");
        centre.stop().await;
    }
}

/// Whoever forges the source of a text does not see what is answered: that goes to the phone.
#[tokio::test(flavor = "multi_thread")]
async fn a_forged_source_registers_nobody() {
    let mut centre = Centre::start().await;
    centre.writes("DAFTAR#3173014502900001#Siti Aminah#05021990").await;
    centre.answers("NIK, nama").await;
    centre.writes("1").await;
    let asks = centre.answers("PeduliLindungi: kode").await;
    let code = asks.split_whitespace().nth(2).expect("the code").to_owned();
    let mut guesses =
        (0..1_000_000).map(|code| format!("{code:06}")).filter(|guess| *guess != code);
    let mut guessed = 0;
    // Whoever is thrown out begins again, and gets another code; but not for ever.
    loop {
        centre.writes(&guesses.next().expect("a guess")).await;
        guessed += 1;
        if centre.answers("").await.starts_with("Kode belum cocok") {
            continue;
        }
        centre.writes("DAFTAR").await;
        centre.answers("").await;
        centre.writes("1").await;
        if !centre.answers("").await.starts_with("PeduliLindungi: kode") {
            break;
        }
        assert!(guessed < 100, "a code can be guessed for ever");
    }
    println!("{guessed} guesses");
    // Not even with the right code in a new conversation.
    centre.writes("STATUS#3173014502900001#06021990").await;
    centre.answers("").await;
    centre.writes("2").await;
    centre.answers("").await;
    centre.writes("STATUS#3173014502900001#05021990").await;
    let status = centre.answers("").await;
    assert!(!status.contains("TERDAFTAR"), "{status}");
    centre.stop().await;
}
