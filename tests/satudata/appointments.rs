//! A dose that is recorded without a check-in: its ticket ends, and nobody is reminded of it. And what a text
//! says of a booking where the phone has lost the network.

use std::time::Duration;

use serde_json::{Value, json};
use setara::{
    outbox::Fate,
    service::{appointment::AppointmentState, number::Number},
};

use simulator::satudata::Requests;

use crate::{
    bed::{Bed, Someone, both, registered_there, sample, today},
    conversations::{SITI, SITIS_PHONE},
    events::store,
    stories::open_places,
};

async fn standing(bed: &Bed, number: &Number) -> (AppointmentState, u64) {
    let store = store(bed).await;
    let line = store.appointment(number).await.expect("a database").expect("a ticket");
    let taken_back = store.notices_standing(Fate::Cancelled).await.expect("a database");
    store.close().await;
    (line.state, taken_back)
}

fn first_dose() -> Value {
    json!([{
        "number": 1, "vaccine": "sinovac", "date": today().to_string(), "batch": "B1",
        "place": "Stadion",
    }])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dose_that_the_record_has_ends_its_ticket_and_that_is_told() {
    for bed in both().await {
        let gateway = bed.gateway().await;
        open_places(&bed).await;
        let entry = sample().into_iter().find(|entry| entry.nik.as_str() == SITI.0).expect("her");
        let mut there = registered_there(&entry);
        bed.record.put(SITI.0, there.clone(), "registration");
        let mut siti = bed.phone(SITIS_PHONE).await;
        // Near home, the second place of the second district, not tomorrow, early.
        let walk = [SITI.0, SITI.2, "1", "2", "2", "3", "1", "1"];
        let screen = siti.goes("*119*9#", &walk).await;
        let (_, rest) = screen.text.split_once("BERHASIL. Tiket ").expect("a ticket");
        let number = Number::parse(&rest[.."888 888 8888".len()]).expect("a number");
        siti.reads("BERHASIL").await;
        assert_eq!(standing(&bed, &number).await, (AppointmentState::Booked, 0));

        there["doses"] = first_dose();
        bed.record.put(SITI.0, there, "dose");
        let event = bed.record.event(SITI.0, "dose");
        let secret = bed.record.settings().secret.clone();
        let pushed = bed.record.push(gateway.http(), &[event], &secret).await.expect("an answer");
        assert_eq!(pushed.status, 204);
        let text = siti.reads("sudah tercatat").await;
        assert!(text.contains(&number.to_string()) && !text.contains("Siti"), "{text}");
        assert_eq!(standing(&bed, &number).await, (AppointmentState::Cancelled, 1));
        // The next one is another dose.
        let screen = siti.goes("*119*9#", &[]).await;
        assert!(screen.text.contains("osis 2"), "{}", screen.text);
        bed.end(gateway).await;
    }
}

/// The answer is on its way when the phone loses the network, and comes when nobody sees it any more.
async fn answers_and_is_gone(bed: &Bed, siti: &mut Someone, answer: &str) {
    // What was asked before is old by then.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    bed.faults(Requests::Good, 100, 1_200);
    let answered = siti.phone.answer(answer);
    let seen = tokio::time::timeout(Duration::from_millis(300), answered).await;
    assert!(seen.is_err(), "{seen:?}");
    siti.phone.drop_signal().await.expect("gone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_no_that_nobody_saw_follows_by_sms_and_so_does_a_cancellation() {
    for bed in both().await {
        let bed = bed.configured("fresh_seconds = 1\n");
        let gateway = bed.gateway().await;
        open_places(&bed).await;
        let entry = sample().into_iter().find(|entry| entry.nik.as_str() == SITI.0).expect("her");
        let mut there = registered_there(&entry);
        bed.record.put(SITI.0, there.clone(), "registration");
        let mut siti = bed.phone(SITIS_PHONE).await;
        let walk = [SITI.0, SITI.2, "1", "2", "2", "1", "1", "1"];
        siti.goes("*119*9#", &walk).await;
        siti.goes("*119*9#", &["3"]).await;
        answers_and_is_gone(&bed, &mut siti, "1").await;
        let text = siti.reads("TIDAK berlaku").await;
        assert!(!text.contains("S***") && !text.contains("Tiket"), "{text}");

        bed.well();
        let screen = siti.goes("*119*9#", &["1", "2", "2", "1", "1"]).await;
        assert!(screen.text.contains("Pesan?"), "{}", screen.text);
        // Somebody else gives her that dose meanwhile.
        there["doses"] = first_dose();
        bed.record.put(SITI.0, there, "dose");
        answers_and_is_gone(&bed, &mut siti, "1").await;
        siti.reads("TIDAK berhasil").await;
        bed.well();
        bed.end(gateway).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_record_says_when_a_time_can_be_chosen() {
    for bed in both().await {
        let bed = bed.configured("session_ms = 400\n");
        let gateway = bed.gateway().await;
        open_places(&bed).await;
        bed.faults(Requests::Good, 100, 2_000);
        let mut siti = bed.phone(SITIS_PHONE).await;
        let screen = siti.goes("*119*9#", &[SITI.0, SITI.2]).await;
        assert!(screen.text.contains("Kami kabari"), "{}", screen.text);
        siti.reads("PeduliLindungi").await;
        bed.end(gateway).await;
    }
}
