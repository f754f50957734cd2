//! Questions for the outside record: claimed in order, answered once, and not by what was asked before.

use jiff::civil::date;
use setara::{
    clock::Timestamp,
    identity::{Nik, PersonName},
    menu::{language::Language, state::Values},
    service::{
        inquiry::{Inquiry, Kind, Letter},
        number::Number,
        record::{Change, Need, Registration, Standing},
    },
    store::{Claim, CommitError},
};

use crate::bed::{self, Bed, SERVICE, Say, at, both};

const SITI: &str = "3173014502900001";
const DEWI: &str = "3173014502900002";

fn inquiry(bed: &Bed, id: i64, of: &str, name: &str, due: Timestamp) -> Inquiry {
    let mut values = Values::default();
    values.keep("name", name);
    Inquiry {
        id,
        kind: Kind::Register,
        by: bed.phone("081290000001"),
        person: bed.person(of),
        letter: Letter {
            nik: of.to_owned(),
            phone: "+6281290000001".to_owned(),
            chat: None,
            service: SERVICE.to_owned(),
            call: "person.prove".into(),
            language: Language::parse("id").unwrap(),
            values,
            behalf: None,
        },
        at: at(0),
        due,
    }
}

async fn store(bed: &Bed, change: Change) -> Result<(), CommitError> {
    bed.commit(&[bed.turn("081290000001").change(change)]).await
}

async fn ask(bed: &Bed, inquiry: &Inquiry) {
    store(bed, Change::Inquire(Box::new(inquiry.clone()))).await.unwrap();
}

#[tokio::test]
async fn what_is_asked_anew_is_not_answered_by_what_was_asked_before() {
    for bed in both().await {
        ask(&bed, &inquiry(&bed, 1, SITI, "Siti Amina", at(0))).await;
        let old = bed
            .store
            .claim_inquiries(Claim::Next, at(1), at(3), 1)
            .await
            .unwrap()
            .remove(0)
            .inquiry;
        assert!(bed.store.claim_inquiries(Claim::Next, at(2), at(4), 1).await.unwrap().is_empty());

        // The name is corrected while the record is asked.
        ask(&bed, &inquiry(&bed, 2, SITI, "Siti Aminah", at(2))).await;
        let answered = store(&bed, Change::Answered(old.answered())).await;
        assert!(matches!(answered, Err(CommitError::Conflict)));
        bed.store.put_off_inquiry(&old, at(60), 9).await.unwrap();

        let new = bed.store.claim_inquiries(Claim::Next, at(2), at(4), 1).await.unwrap().remove(0);
        assert_eq!((new.inquiry.id, new.tries), (1, 0), "its place in the queue is kept");
        assert_eq!(new.inquiry.letter.values.text("name"), Some("Siti Aminah"));
        let answered = Change::Answered(new.inquiry.answered());
        store(&bed, answered.clone()).await.unwrap();
        assert!(matches!(store(&bed, answered).await, Err(CommitError::Conflict)), "told once");
    }
}

#[tokio::test]
async fn one_that_cannot_be_read_stops_nobody_and_waits_for_a_node_that_can() {
    for bed in both().await {
        ask(&bed, &inquiry(&bed, 1, SITI, "Siti Aminah", at(0))).await;
        ask(&bed, &inquiry(&bed, 2, DEWI, "Dewi Lestari", at(0))).await;
        let hex = if bed.url.starts_with("sqlite") { "x'00'" } else { "'\\x00'" };
        bed::execute(&bed.url, &format!("update inquiry set body = {hex} where id = 1")).await;
        let claimed = bed.store.claim_inquiries(Claim::Next, at(1), at(3), 9).await.unwrap();
        assert_eq!(claimed.iter().map(|of| of.inquiry.id).collect::<Vec<_>>(), [2]);
        assert_eq!(bed.store.unread_inquiries().await.unwrap(), 1);

        // Nor does it stop who asks about the same person later, once it was tried again.
        let by = bed.phone("081290000002");
        ask(&bed, &Inquiry { by, ..inquiry(&bed, 3, SITI, "Siti Aminah", at(1)) }).await;
        // Sealed as another kind, this one does not open either.
        bed::execute(&bed.url, "update inquiry set kind = 'prove' where id = 2").await;
        let claim = async |minutes| {
            let claimed = bed.store.claim_inquiries(Claim::Next, at(minutes), at(minutes + 2), 9);
            claimed.await.unwrap().iter().map(|of| of.inquiry.id).collect::<Vec<_>>()
        };
        assert_eq!(claim(4).await, [0; 0]);
        assert_eq!(claim(4).await, [3]);
        assert_eq!(bed.store.unread_inquiries().await.unwrap(), 2);
        let left = bed.store.inquiry_figures().await.unwrap();
        assert_eq!(left.iter().map(|of| of.waiting).sum::<u64>(), 3);

        // Who can read it finds it where it was; and what is typed anew can be read.
        bed::execute(&bed.url, "update inquiry set kind = 'register' where id = 2").await;
        assert_eq!(claim(8).await, [2]);
        assert_eq!(bed.store.unread_inquiries().await.unwrap(), 1);
        ask(&bed, &inquiry(&bed, 4, SITI, "Siti Aminah", at(9))).await;
        assert_eq!(bed.store.unread_inquiries().await.unwrap(), 0);
        assert_eq!(claim(11).await, [1, 2]);
    }
}

#[tokio::test]
async fn of_each_person_the_oldest_is_asked_and_no_other_one() {
    for bed in both().await {
        let by = |number: &str, inquiry: Inquiry| Inquiry { by: bed.phone(number), ..inquiry };
        let first = inquiry(&bed, 1, SITI, "Siti Aminah", at(0));
        let second = by("081290000002", inquiry(&bed, 2, SITI, "Siti Aminah", at(0)));
        let status = Inquiry { kind: Kind::Status, ..inquiry(&bed, 3, SITI, "", at(0)) };
        let other = inquiry(&bed, 4, DEWI, "Dewi Lestari", at(0));
        for of in [&first, &second, &status, &other] {
            ask(&bed, of).await;
        }
        let next = async |minutes| {
            let claimed = bed.store.claim_inquiries(Claim::Next, at(minutes), at(minutes + 2), 9);
            claimed.await.unwrap()
        };
        let ids = |claimed: &[setara::store::ClaimedInquiry]| {
            claimed.iter().map(|of| of.inquiry.id).collect::<Vec<_>>()
        };
        let claimed = next(1).await;
        assert_eq!(ids(&claimed), [1, 4]);
        assert_eq!(next(2).await, [], "while the first one is asked");
        bed.store.put_off_inquiry(&claimed[0].inquiry, at(60), 1).await.unwrap();
        assert_eq!(ids(&next(4).await), [4], "nor while it is put off");
        // Two nodes look at once, when its time has come.
        let [one, another] = tokio::join!(next(60), next(60)).into();
        let both = [ids(&one), ids(&another)].concat();
        assert_eq!(both.iter().filter(|id| **id == 1).count(), 1, "{both:?}");
        assert!(both.iter().all(|id| [1, 4].contains(id)), "{both:?}");
        let first = one.iter().chain(&another).find(|of| of.inquiry.id == 1).unwrap();
        store(&bed, Change::Answered(first.inquiry.answered())).await.unwrap();
        assert!(bed.store.is_first_inquiry(&second).await.unwrap());
        assert_eq!(ids(&next(63).await), [2, 4]);

        // Whoever asks from another phone comes after that.
        let later = by("081290000003", inquiry(&bed, 5, SITI, "Siti Aminah", at(63)));
        ask(&bed, &later).await;
        assert!(!bed.store.is_first_inquiry(&later).await.unwrap());
        assert!(bed.store.is_first_inquiry(&other).await.unwrap());

        // What nobody waits for any more is given up, whoever is before it; a registration is not.
        let old = bed.store.claim_inquiries(Claim::AskedBefore(at(1)), at(90), at(92), 9).await;
        assert_eq!(ids(&old.unwrap()), [3]);
        let old = bed.store.claim_inquiries(Claim::AskedBefore(at(0)), at(94), at(96), 9).await;
        assert_eq!(old.unwrap(), []);
    }
}

/// The officer's own consent is the officer's: what others were registered for goes on.
#[tokio::test]
async fn what_an_officer_asked_for_others_outlives_the_own_consent() {
    for bed in both().await {
        let [siti, dewi] = [SITI, DEWI].map(|nik| bed.person(nik));
        let phone = bed.phone("081290000001");
        let assisted = bed.vault.assisted_key(&bed.vault.officer_key(&phone), &dewi);
        let waits = |number, nik| {
            Change::Register(Registration {
                number: Number::from_random(number),
                standing: Standing::Waiting,
                nik: Nik::parse(nik).unwrap(),
                name: PersonName::parse("Siti Aminah").unwrap(),
                birth: date(1990, 2, 5),
                regency: "3173".into(),
                screening: "clear".into(),
                consent: "2021-2".into(),
            })
        };
        store(&bed, waits(1, SITI)).await.unwrap();
        store(&bed, Change::OnBehalf(assisted, Box::new(waits(2, DEWI)))).await.unwrap();
        ask(&bed, &inquiry(&bed, 1, SITI, "Siti Aminah", at(0))).await;
        ask(&bed, &inquiry(&bed, 2, DEWI, "Siti Aminah", at(0))).await;
        store(&bed, Change::WithdrawConsent).await.unwrap();
        let need = |key| Need { people: Some(key), ..Need::default() };
        let facts = bed.facts(&[need(phone), need(assisted)]).await;
        assert_eq!((facts[0].waiting.len(), facts[1].waiting.len()), (0, 1));
        let left = bed.store.claim_inquiries(Claim::Next, at(1), at(3), 9).await.unwrap();
        let left: Vec<_> = left.iter().map(|of| of.inquiry.person).collect();
        assert!(left == [dewi] && siti != dewi, "{left:?}");
    }
}
