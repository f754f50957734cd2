//! What the record tells by itself: pushed and signed, or pulled by a cursor. It may come twice and in any
//! order; what is forged, old or too long changes nothing. And records that disagree.

use serde_json::{Value, json};
use setara::{
    app::Gateway,
    service::ticket::Category,
    store::{Store, StoreOptions, Table},
    vault::Vault,
};

use crate::bed::{Bed, both, person, sample};

const NURUL: &str = "6471016204930001";
const NURULS_PHONE: &str = "081290000024";

/// Nurul Huda, as the record has her, with more in it.
fn nurul(change: impl FnOnce(&mut Value)) -> Value {
    let entry = sample().into_iter().find(|entry| entry.nik.as_str() == NURUL).expect("her");
    let mut of = person(&entry);
    change(&mut of);
    of
}

fn second_dose(of: &mut Value) {
    let dose = json!({
        "number": 2, "vaccine": "sinovac", "date": crate::bed::today().to_string(), "batch": "B2",
        "place": "Puskesmas Sempaja",
    });
    of["doses"].as_array_mut().expect("doses").push(dose);
}

async fn status(bed: &Bed) -> String {
    let mut phone = bed.phone(NURULS_PHONE).await;
    let mut screen = phone.goes("*119*2#", &[]).await;
    if screen.text.contains("Lanjutkan?") {
        screen = phone.phone.answer("2").await.expect("a screen");
    }
    let text = screen.text.clone();
    if screen.open {
        phone.phone.hang_up().await.expect("hung up");
    }
    text
}

async fn known(bed: &Bed) -> Gateway {
    let gateway = bed.gateway().await;
    let mut phone = bed.phone(NURULS_PHONE).await;
    let screen = phone.goes("*119*2#", &[NURUL, "22041993"]).await;
    assert!(screen.text.contains("Dosis 1"), "{}", screen.text);
    phone.phone.hang_up().await.expect("hung up");
    gateway
}

fn secret(bed: &Bed) -> String {
    bed.record.settings().secret.clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_is_taken_in_once_and_an_older_one_not_at_all() {
    for bed in both().await {
        let gateway = known(&bed).await;
        let old = bed.record.event(NURUL, "person");
        bed.record.put(NURUL, nurul(second_dose), "dose");
        let new = bed.record.event(NURUL, "dose");
        for events in [[new.clone(), old.clone()], [old.clone(), new.clone()], [old, new]] {
            let pushed = bed.record.push(gateway.http(), &events, &secret(&bed)).await.unwrap();
            assert_eq!(pushed.status, 204);
            assert!(status(&bed).await.contains("LENGKAP 2 dosis"));
        }
        bed.end(gateway).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_forged_or_too_long_changes_nothing() {
    for bed in both().await {
        let gateway = known(&bed).await;
        bed.record.put(NURUL, nurul(second_dose), "dose");
        let event = bed.record.event(NURUL, "dose");
        let forged = bed.record.push(
            gateway.http(),
            std::slice::from_ref(&event),
            "another secret, as long",
        );
        assert_eq!(forged.await.unwrap().status, 401);
        let long =
            json!({ "id": "x".repeat(600 << 10), "type": "dose", "subject": event["subject"] });
        let long = bed.record.push(gateway.http(), &[long], &secret(&bed)).await;
        assert!(long.is_err() || long.is_ok_and(|of| of.status == 413));
        // Too many, and something that is no event among one that is.
        let many = vec![event.clone(); 101];
        let many = bed.record.push(gateway.http(), &many, &secret(&bed)).await.unwrap();
        assert_eq!(many.status, 400);
        assert!(status(&bed).await.contains("Dosis 1"));
        let some = [json!(7), json!({ "type": "dose" }), event];
        let some = bed.record.push(gateway.http(), &some, &secret(&bed)).await.unwrap();
        assert_eq!(some.status, 204);
        assert!(status(&bed).await.contains("LENGKAP 2 dosis"));
        bed.end(gateway).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nothing_is_pushed_events_are_pulled() {
    for bed in both().await {
        let bed = bed.configured("pull_seconds = 1\n");
        let gateway = known(&bed).await;
        bed.record.put(NURUL, nurul(second_dose), "dose");
        for _ in 0..100 {
            if status(&bed).await.contains("LENGKAP 2 dosis") {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        assert!(status(&bed).await.contains("LENGKAP 2 dosis"));
        bed.end(gateway).await;
    }
}

/// A correction made here did not get there, and somebody changed the name there: nobody can know who is
/// right, so nothing is overwritten, and staff have a ticket. Once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_that_disagree_are_a_ticket_and_overwrite_nothing() {
    for bed in both().await {
        let gateway = known(&bed).await;
        let mut phone = bed.phone(NURULS_PHONE).await;
        let walk = [NURUL, "22041993", "1", "Nurul Hudaa", "1"];
        let mut screen = phone.goes("*119*4#", &[]).await;
        if screen.text.contains("Lanjutkan?") {
            screen = phone.phone.answer("2").await.expect("a screen");
        }
        assert!(screen.text.contains("Data siapa"), "{}", screen.text);
        for answer in walk {
            screen = phone.phone.answer(answer).await.expect("a screen");
        }
        assert!(screen.text.contains("DIUBAH"), "{}", screen.text);
        for name in ["Nurul Hidayah", "Nurul Hidayah"] {
            bed.record.put(NURUL, nurul(|of| of["name"] = name.into()), "person");
            let event = bed.record.event(NURUL, "person");
            let pushed = bed.record.push(gateway.http(), &[event], &secret(&bed)).await.unwrap();
            assert_eq!(pushed.status, 204);
        }
        // Two records under one NIK are a ticket as well.
        bed.record.double("3578011203800001");
        let mut other = bed.phone("081290000051").await;
        let screen = other.registers(("3578011203800001", "Agus Setiawan", "12031980"), &[]).await;
        assert!(screen.text.contains("belum cocok"), "{}", screen.text);
        let store = store(&bed).await;
        assert_eq!(store.count(Table::Ticket).await.unwrap(), 2);
        let tickets = store.tickets(None, Some(Category::WrongData), 10).await.unwrap();
        assert_eq!(tickets.len(), 2);
        store.close().await;
        bed.end(gateway).await;
    }
}

pub async fn store(bed: &Bed) -> Store {
    // Beside the configuration, as the gateway made it.
    let vault = Vault::open_file(bed.folder.join("setara.key")).expect("the keys");
    Store::open(&bed.url, vault, StoreOptions::default()).await.expect("the database")
}
