//! The sink over real sockets, with the gateway's own link as its peer.

use std::time::{Duration, Instant};

use setara::smpp::link::{Link, LinkSettings, LinkStatus, Outcome};
use setara::smpp::pdu::{Address, Message};
use simulator::sink::{Manner, Receipts, Sink};
use tokio::sync::mpsc;

fn message(number: u64, text: &str) -> Message {
    let to = Address::international(format!("62812{number:08}"));
    let mut message = Message::new(Address::alphanumeric("PEDULICOVID"), to, text.to_owned());
    message.registered_delivery = 1;
    message
}

#[tokio::test]
async fn the_sink_takes_all_counts_copies_and_writes_receipts() {
    let answer_after = Duration::from_millis(20);
    let sink = Sink::start(0, Manner { answer_after, receipts: Receipts::Wanted }).await.unwrap();
    let mut settings = LinkSettings::new("uji", &sink.address().to_string(), "setara", "rahasia");
    settings.session.window = 50;
    let (sender, mut inbound) = mpsc::channel(1000);
    let link = Link::spawn(settings, sender).unwrap();
    link.status().wait_for(|status| *status == LinkStatus::Bound).await.unwrap();

    let (begun, mut sent) = (Instant::now(), Vec::new());
    for number in 0..200 {
        // Every tenth is a copy of the one before it.
        let message = message(number - u64::from(number % 10 == 9), "Halo");
        sent.push(link.hand_over(message, begun + Duration::from_secs(10)).await);
    }
    let mut ids = Vec::new();
    for outcome in sent {
        match outcome.await {
            Outcome::Accepted { message_id } => ids.push(message_id),
            other => panic!("{other:?}"),
        }
    }
    assert!(begun.elapsed() >= 4 * (answer_after - Duration::from_millis(1)));
    assert!(sink.counted().answered_after >= answer_after, "{:?}", sink.counted());
    for id in &ids {
        let receipt = tokio::time::timeout(Duration::from_secs(10), inbound.recv()).await;
        let receipt = receipt.unwrap().unwrap();
        assert!(receipt.message.is_receipt());
        let text = String::from_utf8(receipt.message.text_octets().to_vec()).unwrap();
        assert!(text.starts_with(&format!("id:{} ", String::from_utf8_lossy(id))), "{text}");
        assert_eq!(receipt.message.destination, Address::alphanumeric("PEDULICOVID"));
        receipt.responder.accept();
    }
    link.shutdown(Instant::now() + Duration::from_secs(5)).await;
    let counted = sink.counted();
    assert_eq!((counted.submitted, counted.distinct, counted.duplicates), (200, 180, 20));
    assert_eq!(counted.receipts, 200);
}

#[tokio::test]
async fn a_part_sent_again_under_another_reference_is_a_copy() {
    let sink = Sink::start(0, Manner::default()).await.unwrap();
    let settings = LinkSettings::new("uji", &sink.address().to_string(), "setara", "rahasia");
    let (sender, _inbound) = mpsc::channel(1000);
    let link = Link::spawn(settings, sender).unwrap();
    link.status().wait_for(|status| *status == LinkStatus::Bound).await.unwrap();
    for (reference, part) in [(1, 1), (1, 2), (2, 1)] {
        let mut message = message(1, "");
        message.registered_delivery = 0;
        message.esm_class = 0x40;
        message.set_text_octets(vec![5, 0, 3, reference, 2, part, b'a']);
        let outcome = link.submit(message, Instant::now() + Duration::from_secs(5)).await;
        assert!(matches!(outcome, Outcome::Accepted { .. }));
    }
    let counted = sink.counted();
    assert_eq!((counted.distinct, counted.duplicates), (2, 1));
    sink.forget();
    assert_eq!(sink.counted().submitted, 0);
}

#[tokio::test]
async fn a_sink_that_is_held_takes_no_bind() {
    let sink = Sink::start(0, Manner::default()).await.unwrap();
    sink.hold(true);
    let settings = LinkSettings::new("uji", &sink.address().to_string(), "setara", "rahasia");
    let (sender, _inbound) = mpsc::channel(1000);
    let link = Link::spawn(settings, sender).unwrap();
    let mut status = link.status();
    let bound = status.wait_for(|status| *status == LinkStatus::Bound);
    assert!(tokio::time::timeout(Duration::from_millis(200), bound).await.is_err());
    sink.hold(false);
    status.wait_for(|status| *status == LinkStatus::Bound).await.unwrap();
    link.shutdown(Instant::now() + Duration::from_secs(5)).await;
}
