//! Persons, whom a phone may see, consents and registrations.

use jiff::civil::date;
use setara::{
    service::{
        number::Number,
        record::{Change, Facts, Need, Standing::*},
        roster::Entry,
        sample::{self, People},
    },
    store::Table,
};

use crate::bed::{Bed, Say, at, both, name, nik, register};

const SITI: &str = "+6281234567890";
const BUDI: &str = "+6281234567891";

/// The fixed rows of the sample, in the record.
async fn with_sample() -> [Bed; 2] {
    let beds = both().await;
    for bed in &beds {
        let entries: Vec<Entry> = People::new(1, date(2021, 8, 16)).take(24).collect();
        bed.fill(&entries).await;
    }
    beds
}

#[tokio::test]
async fn a_person_is_read_as_the_record_has_them() {
    for bed in with_sample().await {
        let need = |digits: &str| Need { person: Some(bed.person(digits)), ..Need::default() };
        let facts = bed
            .facts(&[
                need(sample::BOOSTED.nik),
                need("3173014502900009"),
                need(sample::BLOCKED.nik),
                need(sample::BOOSTED.nik),
                Need::default(),
                need(sample::LATER.nik),
            ])
            .await;
        let person = facts[0].person.clone().unwrap();
        assert_eq!(person.nik, nik(sample::BOOSTED.nik));
        assert_eq!(person.name.as_str(), "dr. Asep Hidayat, Sp.PD");
        assert_eq!(person.birth, date(1965, 2, 20));
        assert_eq!(person.phone.unwrap().as_str(), sample::BOOSTED.phone);
        assert_eq!(person.doses.iter().map(|dose| dose.number).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(person.doses[1].given_on, Some(date(2021, 2, 12)));
        assert_eq!(person.doses[2].vaccine, "moderna");
        assert_eq!(person.doses[2].certificate.as_deref(), Some("ID-2021000006"));
        assert_eq!(
            (person.blocked, person.eligible_from, person.registration),
            (false, None, None)
        );
        assert_eq!(facts[1], Facts::default());
        assert!(facts[2].person.as_ref().unwrap().blocked);
        assert_eq!(facts[3], facts[0]);
        assert_eq!(facts[4], Facts::default());
        assert_eq!(facts[5].person.as_ref().unwrap().eligible_from, Some(date(2021, 10, 1)));
    }
}

#[tokio::test]
async fn a_phone_sees_whom_it_knows_oldest_first() {
    for bed in with_sample().await {
        let know = |digits: &str| Change::Know(bed.person(digits));
        bed.commit(&[bed.turn(SITI).change(know(sample::MOTHER.nik))]).await.unwrap();
        let turn = bed
            .turn(SITI)
            .at(5)
            .change(know(sample::MOTHER.nik))
            .change(know(sample::FATHER.nik))
            .change(know(sample::BLOCKED.nik))
            .change(know("3173014502900009"));
        bed.commit(&[turn]).await.unwrap();
        bed.commit(&[bed.turn(BUDI).change(know(sample::SON.nik))]).await.unwrap();

        // The blocked record and the one that does not exist are not among them.
        let people = bed.people(SITI).await.people;
        let seen: Vec<_> = people.iter().map(|one| (one.name.as_str(), one.since)).collect();
        assert_eq!(seen, [("Sri Wahyuni", at(0)), ("Agus Setiawan", at(5))]);

        let turn = bed.turn(SITI).change(Change::Forget(bed.person(sample::MOTHER.nik)));
        bed.commit(&[turn]).await.unwrap();
        assert_eq!(bed.people(SITI).await.people.len(), 1);
        assert_eq!(bed.people(BUDI).await.people.len(), 1);
    }
}

#[tokio::test]
async fn of_two_changes_in_one_turn_the_later_counts() {
    for bed in with_sample().await {
        let siti = bed.person(sample::READY.nik);
        let changes = [
            (vec![Change::Know(siti), Change::Forget(siti)], 0),
            (vec![Change::Forget(siti), Change::Know(siti)], 1),
            (vec![Change::ForgetEverybody], 0),
            (vec![Change::Know(siti), Change::ForgetEverybody], 0),
            (vec![Change::ForgetEverybody, Change::Know(siti)], 1),
        ];
        for (changes, left) in changes {
            let mut turn = bed.turn(SITI);
            turn.changes = changes.clone();
            bed.commit(&[turn]).await.unwrap();
            assert_eq!(bed.people(SITI).await.people.len(), left, "{changes:?}");
        }
    }
}

#[tokio::test]
async fn a_registration_that_stands_is_found_with_the_person() {
    for bed in with_sample().await {
        let turn = bed.turn(SITI).change(register(5, Registered, sample::READY.nik, "Siti Aminah"));
        bed.commit(&[turn]).await.unwrap();
        let need = Need { person: Some(bed.person(sample::READY.nik)), ..Need::default() };
        let registration = bed.facts(&[need]).await.remove(0).person.unwrap().registration.unwrap();
        assert_eq!(registration.number, Number::from_random(5));
        assert_eq!((registration.by, registration.at), (bed.phone(SITI), at(0)));
        assert_eq!(bed.people(SITI).await.waiting, []);
    }
}

#[tokio::test]
async fn a_second_registration_that_waits_keeps_the_first_number() {
    for bed in both().await {
        let unlisted = "3173014502900009";
        let first = register(1, Waiting, unlisted, "Sity Aminah");
        bed.commit(&[bed.turn(SITI).change(first)]).await.unwrap();
        let second = register(2, Waiting, unlisted, "Siti Aminah");
        bed.commit(&[bed.turn(SITI).at(5).change(second)]).await.unwrap();
        // Another phone may wait for the same NIK, and has its own number.
        let other = register(3, Waiting, unlisted, "Siti Aminah");
        bed.commit(&[bed.turn(BUDI).change(other)]).await.unwrap();

        let waiting = bed.people(SITI).await.waiting;
        assert_eq!(waiting.len(), 1);
        assert_eq!(waiting[0].number, Number::from_random(1));
        assert_eq!(waiting[0].person, bed.person(unlisted));
        assert_eq!((&waiting[0].name, waiting[0].at), (&name("Siti Aminah"), at(5)));
        assert_eq!(bed.people(BUDI).await.waiting[0].number, Number::from_random(3));
    }
}

#[tokio::test]
async fn what_waited_goes_when_the_same_phone_registers_the_person() {
    for bed in with_sample().await {
        let nik = sample::READY.nik;
        for (phone, number) in [(SITI, 1), (BUDI, 2)] {
            let waiting = register(number, Waiting, nik, "Siti");
            bed.commit(&[bed.turn(phone).change(waiting)]).await.unwrap();
        }
        let matched = register(3, Registered, nik, "Siti Aminah");
        bed.commit(&[bed.turn(SITI).change(matched)]).await.unwrap();
        assert_eq!(bed.people(SITI).await.waiting, []);
        assert_eq!(bed.people(BUDI).await.waiting.len(), 1);
        assert_eq!(bed.store.count(Table::Registration).await.unwrap(), 2);
    }
}

#[tokio::test]
async fn a_registration_that_waits_is_taken_back_by_the_phone_that_made_it() {
    for bed in both().await {
        let nik = "3173014502900009";
        let number = Number::from_random(1);
        bed.commit(&[bed.turn(SITI).change(register(1, Waiting, nik, "Siti"))]).await.unwrap();
        let stranger = bed.turn(BUDI).change(Change::Withdraw(number.clone()));
        bed.commit(&[stranger]).await.unwrap();
        assert_eq!(bed.people(SITI).await.waiting.len(), 1);
        let owner = bed
            .turn(SITI)
            .change(Change::Withdraw(number))
            .change(register(2, Waiting, nik, "Siti"));
        bed.commit(&[owner]).await.unwrap();
        let waiting = bed.people(SITI).await.waiting;
        assert_eq!(waiting.len(), 1);
        assert_eq!(waiting[0].number, Number::from_random(2));

        // A registration that stands is not taken back.
        let stands = register(3, Registered, "3173014502900008", "Dewi");
        bed.commit(&[bed.turn(BUDI).change(stands)]).await.unwrap();
        let back = bed.turn(BUDI).change(Change::Withdraw(Number::from_random(3)));
        bed.commit(&[back]).await.unwrap();
        assert_eq!(bed.store.count(Table::Registration).await.unwrap(), 2);
    }
}

#[tokio::test]
async fn the_next_holder_of_a_number_sees_nothing_of_the_last_one() {
    for bed in with_sample().await {
        let nik = "3173014502900009";
        let turn = bed
            .turn(SITI)
            .change(Change::Know(bed.person(sample::READY.nik)))
            .change(register(1, Waiting, nik, "Siti"));
        bed.commit(&[turn]).await.unwrap();
        bed.commit(&[bed.turn(SITI).change(Change::ForgetEverybody)]).await.unwrap();
        assert_eq!(bed.people(SITI).await, Facts::default());
        // The registration still waits for the ministry.
        assert_eq!(bed.store.count(Table::Registration).await.unwrap(), 1);
        // Whoever gives the NIK again is shown it again.
        bed.commit(&[bed.turn(SITI).change(register(2, Waiting, nik, "Siti"))]).await.unwrap();
        assert_eq!(bed.people(SITI).await.waiting.len(), 1);
    }
}

#[tokio::test]
async fn consents_are_only_ever_added() {
    for bed in both().await {
        for (minutes, version) in [(0, "1"), (0, "1"), (5, "1"), (5, "2")] {
            let consent = Change::Consent { version: version.into() };
            bed.commit(&[bed.turn(SITI).at(minutes).change(consent)]).await.unwrap();
        }
        assert_eq!(bed.store.count(Table::Consent).await.unwrap(), 3);
    }
}

#[tokio::test]
async fn a_whole_batch_of_registrations_is_stored_at_once() {
    for bed in both().await {
        let writes: Vec<_> = (0..100)
            .map(|i: u64| {
                let nik = format!("317301450290{:04}", i + 1);
                let standing = if i < 50 { Registered } else { Waiting };
                bed.turn(&format!("+6281234{i:06}"))
                    .change(Change::Consent { version: "1".into() })
                    .change(Change::Know(bed.person(&nik)))
                    .change(register(i, standing, &nik, "Siti"))
            })
            .collect();
        bed.commit(&writes).await.unwrap();
        for table in [Table::Registration, Table::Consent, Table::Acquaintance] {
            assert_eq!(bed.store.count(table).await.unwrap(), 100);
        }
        assert_eq!(bed.people("+6281234000099").await.waiting[0].name, name("Siti"));
    }
}
