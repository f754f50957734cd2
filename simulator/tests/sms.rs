//! The SMS centre over real sockets, with the gateway's own link as its peer: texts both ways,
//! receipts, and everything that an operator does wrong on demand.

use std::time::{Duration, Instant};

use setara::smpp::link::{Inbound, Link, LinkSettings, LinkStatus, Outcome};
use setara::smpp::pdu::{Address, Message, Tag};
use simulator::number::Number;
use simulator::operator::face::NotNow;
use simulator::operator::sms::faults::{self, Above, Faults, Limit, Receipts};
use simulator::operator::sms::parts::Concatenation;
use simulator::operator::sms::receipt::{Ids, Spelling};
use simulator::operator::sms::{self, Sender};
use simulator::operator::{Account, Operator, Settings, dialect};
use simulator::phone::{Phone, PhoneError};
use tokio::sync::mpsc;

const PATIENCE: Duration = Duration::from_secs(10);

fn number() -> Number {
    "081211900001".parse().unwrap()
}

async fn network(sms: sms::Settings) -> Operator {
    Operator::start(Settings {
        name: "Uji".to_owned(),
        listen: "127.0.0.1:0".parse().unwrap(),
        accounts: vec![Account { system_id: "setara".to_owned(), password: "rahasia".to_owned() }],
        dialect: dialect::named("plain").unwrap(),
        codes: vec!["*119#".to_owned()],
        timing: Default::default(),
        sms: sms::Settings { redeliver: Duration::from_millis(300), ..sms },
    })
    .await
    .unwrap()
}

/// The gateway's side: one link, and what came in over it.
struct Gateway {
    link: Link,
    inbound: mpsc::Receiver<Inbound>,
}

impl Gateway {
    async fn new(operator: &Operator) -> Self {
        let (sender, inbound) = mpsc::channel(1000);
        let address = operator.address().to_string();
        let mut settings = LinkSettings::new("uji", &address, "setara", "rahasia");
        settings.session.window = 100;
        settings.backoff.first = Duration::from_millis(50);
        settings.backoff.longest = Duration::from_millis(100);
        settings.backoff.refused = Duration::from_millis(100);
        let link = Link::spawn(settings, sender).unwrap();
        link.status().wait_for(|status| *status == LinkStatus::Bound).await.unwrap();
        operator.bound(1).await.unwrap();
        Self { link, inbound }
    }

    async fn send(&self, message: Message) -> Outcome {
        self.link.hand_over(message, Instant::now() + PATIENCE).await.await
    }

    /// Sends a message that is taken, and gives its id.
    async fn sent(&self, message: Message) -> String {
        match self.send(message).await {
            Outcome::Accepted { message_id } => String::from_utf8(message_id.to_vec()).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    /// The next message of the network, confirmed.
    async fn heard(&mut self) -> Message {
        let inbound = self.unconfirmed().await;
        inbound.responder.accept();
        *inbound.message
    }

    async fn unconfirmed(&mut self) -> Inbound {
        tokio::time::timeout(PATIENCE, self.inbound.recv()).await.expect("nothing came").unwrap()
    }

    async fn hears_nothing_for(&mut self, time: Duration) {
        assert!(tokio::time::timeout(time, self.inbound.recv()).await.is_err());
    }
}

fn message(text: &str) -> Message {
    let to = Address::international(number().to_string());
    let mut message = Message::new(Address::alphanumeric("PEDULICOVID"), to, text.to_owned());
    message.registered_delivery = 1;
    message
}

fn receipt_id(receipt: &Message) -> String {
    assert!(receipt.is_receipt());
    let text = String::from_utf8(receipt.text_octets().to_vec()).unwrap();
    let id = text.strip_prefix("id:").unwrap().split(' ').next().unwrap().to_owned();
    assert!(text.contains("stat:DELIVRD"), "{text}");
    id
}

#[tokio::test]
async fn a_message_is_in_the_inbox_and_its_receipt_names_it() {
    let operator = network(sms::Settings::default()).await;
    let mut gateway = Gateway::new(&operator).await;
    let mut phone = Phone::new(&operator, number()).await.unwrap();

    let id = gateway.sent(message("Halo. Balas ke 1199")).await;
    let text = phone.next_text().await.unwrap();
    assert_eq!(text.text, "Halo. Balas ke 1199");
    assert_eq!(text.from, Sender::Name("PEDULICOVID".to_owned()));
    let receipt = gateway.heard().await;
    assert_eq!(receipt_id(&receipt), id);
    assert_eq!(receipt.source, Address::international("6281211900001"));
    assert_eq!(receipt.destination, Address::alphanumeric("PEDULICOVID"));
    assert_eq!(receipt.tlvs.receipted_message_id().unwrap(), id);
    assert_eq!(receipt.tlvs.message_state(), Some(2));

    // A long one in two parts, from the short code, without a receipt.
    for (at, text) in [(2, "dua"), (1, "satu ")] {
        let octets = [&[5, 0, 3, 9, 2, at], text.as_bytes()].concat();
        let mut part = message("");
        part.source = Address::short_code("1199");
        part.esm_class = 0x40;
        part.registered_delivery = 0;
        part.set_text_octets(octets);
        gateway.sent(part).await;
    }
    let text = phone.next_text().await.unwrap();
    assert_eq!((text.text.as_str(), text.from), ("satu dua", Sender::ShortCode("1199".to_owned())));
    assert_eq!(phone.inbox().await.unwrap().len(), 2);

    let figures = operator.sms_figures().await.unwrap();
    assert_eq!((figures.submitted, figures.accepted, figures.distinct), (3, 3, 3));
    assert_eq!((figures.receipts, figures.unconfirmed, figures.duplicates), (1, 0, 0));
    gateway.sent(message("Halo. Balas ke 1199")).await;
    assert_eq!(operator.sms_figures().await.unwrap().duplicates, 1);
}

#[tokio::test]
async fn a_text_reaches_the_gateway_until_it_is_confirmed() {
    let operator = network(sms::Settings::default()).await;
    let mut gateway = Gateway::new(&operator).await;
    let mut phone = Phone::new(&operator, number()).await.unwrap();
    phone.text("1199", "VAKSIN").await.unwrap();
    let first = gateway.unconfirmed().await;
    assert_eq!(first.message.destination, Address::short_code("1199"));
    assert_eq!(first.message.source, Address::international("6281211900001"));
    assert_eq!(first.message.text_octets(), "VAKSIN");
    // Dropped, a responder refuses for now.
    drop(first.responder);
    assert_eq!(gateway.heard().await, *first.message);
    gateway.hears_nothing_for(Duration::from_millis(500)).await;
    let figures = operator.sms_figures().await.unwrap();
    assert_eq!((figures.texts, figures.redelivered, figures.unconfirmed), (1, 1, 0));

    operator
        .set_faults(Faults { inbound: faults::Inbound::Twice, ..Faults::default() })
        .await
        .unwrap();
    phone.text("1199", "STATUS").await.unwrap();
    assert_eq!(gateway.heard().await, gateway.heard().await);
    gateway.hears_nothing_for(Duration::from_millis(500)).await;

    let refused = phone.text("PEDULICOVID", "Siapa?").await;
    assert_eq!(refused, Err(PhoneError::NotNow(NotNow::NotAnswered)));
}

#[tokio::test]
async fn a_text_waits_for_a_gateway_that_is_down() {
    let operator = network(sms::Settings::default()).await;
    let mut phone = Phone::new(&operator, number()).await.unwrap();
    phone.text("1199", "VAKSIN").await.unwrap();
    let mut gateway = Gateway::new(&operator).await;
    let taken = gateway.unconfirmed().await;
    operator.cut_links().await.unwrap();
    drop(taken);
    assert_eq!(gateway.heard().await.text_octets(), "VAKSIN");
}

#[tokio::test]
async fn long_texts_come_in_parts() {
    let long = "DAFTAR#3173014502900001#Siti Aminah#05021990".repeat(5);
    for concatenation in [Concatenation::Udh, Concatenation::Sar] {
        let operator = network(sms::Settings { concatenation, ..Default::default() }).await;
        let mut gateway = Gateway::new(&operator).await;
        let mut phone = Phone::new(&operator, number()).await.unwrap();
        phone.text("1199", &long).await.unwrap();
        let mut whole = Vec::new();
        for number in [1, 2] {
            let part = gateway.heard().await;
            let octets = part.text_octets();
            let octets = match concatenation {
                Concatenation::Udh => {
                    assert_eq!((part.esm_class, octets[..3].to_vec()), (0x40, vec![5, 0, 3]));
                    assert_eq!(octets[4..6], [2, number]);
                    &octets[6..]
                }
                Concatenation::Sar => {
                    let (_, total, at) = part.tlvs.segment().unwrap();
                    assert_eq!((part.esm_class, total, at), (0, 2, number));
                    octets
                }
            };
            whole.extend_from_slice(octets);
        }
        assert_eq!(String::from_utf8(whole).unwrap(), long);
    }
}

#[tokio::test]
async fn each_operator_names_messages_in_its_own_way() {
    for ids in [Ids::Decimal, Ids::Hex, Ids::LeadingZeros] {
        let settings = sms::Settings { ids, spelling: Spelling::Plain, ..Default::default() };
        let operator = network(settings).await;
        let mut gateway = Gateway::new(&operator).await;
        let id = gateway.sent(message("Halo")).await;
        let receipt = gateway.heard().await;
        assert_eq!(receipt.tlvs.get(Tag::RECEIPTED_MESSAGE_ID), None);
        let named = receipt_id(&receipt);
        let decimal = match ids {
            Ids::Hex => u64::from_str_radix(&id, 16).unwrap().to_string(),
            Ids::Decimal | Ids::LeadingZeros => id.trim_start_matches('0').to_owned(),
        };
        assert_eq!(named, decimal, "{ids:?}");
        assert_eq!(id == named, ids == Ids::Decimal);
    }
}

#[tokio::test]
async fn receipts_go_wrong_on_demand() {
    let operator = network(sms::Settings::default()).await;
    let mut gateway = Gateway::new(&operator).await;
    let set = async |receipts| {
        operator.set_faults(Faults { receipts, ..Faults::default() }).await.unwrap();
    };

    set(Receipts::Missing).await;
    gateway.sent(message("hilang")).await;
    gateway.hears_nothing_for(Duration::from_millis(300)).await;

    set(Receipts::Late(Duration::from_millis(600))).await;
    let id = gateway.sent(message("lambat")).await;
    gateway.hears_nothing_for(Duration::from_millis(400)).await;
    assert_eq!(receipt_id(&gateway.heard().await), id);

    set(Receipts::Duplicated).await;
    let id = gateway.sent(message("dua kali")).await;
    for _ in 0..2 {
        assert_eq!(receipt_id(&gateway.heard().await), id);
    }

    set(Receipts::BeforeResponse).await;
    let sending = {
        let link = gateway.link.clone();
        let deadline = Instant::now() + PATIENCE;
        tokio::spawn(async move { link.hand_over(message("dulu"), deadline).await.await })
    };
    let receipt = gateway.heard().await;
    assert!(!sending.is_finished());
    let Outcome::Accepted { message_id } = sending.await.unwrap() else { panic!("not taken") };
    assert_eq!(receipt_id(&receipt), message_id);

    set(Receipts::HexIds).await;
    let id = gateway.sent(message("heksa")).await;
    let named: u64 = receipt_id(&gateway.heard().await).parse().unwrap();
    assert_eq!(format!("{named:x}"), id);
}

#[tokio::test]
async fn what_comes_too_fast_is_refused() {
    let operator = network(sms::Settings::default()).await;
    let gateway = Gateway::new(&operator).await;
    for (says, status) in [(Above::Throttled, 0x58), (Above::QueueFull, 0x14)] {
        let limit = Some(Limit { per_second: 10, says });
        operator.set_faults(Faults { limit, ..Faults::default() }).await.unwrap();
        let mut sent = Vec::new();
        for at in 0..30 {
            let message = message(&format!("{status} {at}"));
            sent.push(gateway.link.hand_over(message, Instant::now() + PATIENCE).await);
        }
        let mut refused = 0;
        for outcome in sent {
            match outcome.await {
                Outcome::Rejected(heard) => {
                    assert_eq!(heard.0, status);
                    refused += 1;
                }
                outcome => assert!(matches!(outcome, Outcome::Accepted { .. })),
            }
        }
        assert!((10..=20).contains(&refused), "{refused} refused");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let figures = operator.sms_figures().await.unwrap();
    assert_eq!((figures.submitted, figures.peak_10_s), (60, 60));
    assert_eq!(figures.throttled + figures.accepted, 60);
}

#[tokio::test]
async fn a_slow_operator_answers_late_and_in_order() {
    let operator = network(sms::Settings::default()).await;
    let gateway = Gateway::new(&operator).await;
    let answer_after = Duration::from_millis(200);
    operator.set_faults(Faults { answer_after, ..Faults::default() }).await.unwrap();
    let begun = Instant::now();
    let (one, two) = tokio::join!(gateway.sent(message("satu")), gateway.sent(message("dua")));
    assert!(begun.elapsed() >= answer_after && begun.elapsed() < 2 * answer_after);
    assert!(one < two);
}

#[tokio::test]
async fn an_outage_cuts_the_binds_and_refuses_new_ones() {
    let operator = network(sms::Settings::default()).await;
    let gateway = Gateway::new(&operator).await;
    let mut status = gateway.link.status();
    let begun = Instant::now();
    assert_eq!(operator.outage(Duration::from_millis(700)).await.unwrap(), 1);
    status.wait_for(|status| *status != LinkStatus::Bound).await.unwrap();
    status.wait_for(|status| *status == LinkStatus::Bound).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(700));
    gateway.sent(message("kembali")).await;
}

#[tokio::test]
async fn a_message_waits_for_its_phone_and_expires() {
    let operator = network(sms::Settings::default()).await;
    let mut gateway = Gateway::new(&operator).await;
    let mut phone = Phone::new(&operator, number()).await.unwrap();
    let off = |signal| simulator::operator::Act::Signal(signal);
    operator.act(number(), off(simulator::operator::centre::Signal::Off)).await.unwrap().unwrap();
    let mut short = message("sebentar");
    short.validity = "000000000001000R".into();
    let expires = gateway.sent(short).await;
    let id = gateway.sent(message("sabar")).await;
    let receipt = gateway.heard().await;
    let text = String::from_utf8(receipt.text_octets().to_vec()).unwrap();
    assert!(text.contains(&format!("id:{expires} ")) && text.contains("stat:EXPIRED"), "{text}");
    assert_eq!(operator.sms_figures().await.unwrap().waiting, 1);
    operator.act(number(), off(simulator::operator::centre::Signal::On)).await.unwrap().unwrap();
    assert_eq!(receipt_id(&gateway.heard().await), id);
    assert_eq!(phone.next_text().await.unwrap().text, "sabar");
}

#[tokio::test]
async fn what_no_phone_can_show_is_refused() {
    let operator = network(sms::Settings::default()).await;
    let gateway = Gateway::new(&operator).await;
    let with = |change: &dyn Fn(&mut Message)| {
        let mut message = message("Halo");
        change(&mut message);
        message
    };
    let rows = [
        (with(&|m| m.source = Address::international("6281200000000")), 0x0a),
        (with(&|m| m.destination = Address::international("12345")), 0x0b),
        (with(&|m| m.destination = Address::short_code("6281211900001")), 0x0b),
        (with(&|m| m.set_text_octets("a".repeat(161))), 0x01),
        (with(&|m| m.set_text_octets("a".repeat(300))), 0x01),
        (with(&|m| m.data_coding = 4), 0x104),
        (with(&|m| m.set_text_octets("abc\u{1b}")), 0x104),
    ];
    for (message, status) in rows {
        let outcome = gateway.send(message).await;
        assert!(matches!(outcome, Outcome::Rejected(heard) if heard.0 == status), "{outcome:?}");
    }
    assert_eq!(operator.sms_figures().await.unwrap().refused, 7);
}
