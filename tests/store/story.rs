//! One story told through the whole store, on each database.

use jiff::civil::date;
use setara::{
    conversation::End,
    service::{
        number::Number,
        record::{Change, Need, Standing::*},
        sample::{self, People},
    },
    store::Table,
};

use crate::bed::{Say, at, both, open, register, vault};

/// Siti dials, is cut off, dials again, registers herself and her mother-to-be-validated, hangs up;
/// her message comes twice; the night passes and the sweeps come by; the gateway is restarted.
#[tokio::test]
async fn siti_registers() {
    const PHONE: &str = sample::READY.phone;
    for mut bed in both().await {
        let people: Vec<_> = People::new(1, date(2021, 8, 16)).take(500).collect();
        bed.fill(&people).await;
        assert_eq!(bed.store.count(Table::Person).await.unwrap(), 500);

        // She dials.
        let nothing = bed.recall(&[bed.key(PHONE, 1)]).await.remove(0);
        assert_eq!((nothing.reply, nothing.conversation, nothing.subscriber), (None, None, None));
        let dial = bed
            .turn(PHONE)
            .conversation(None, "consent?")
            .receipt(1, "Setuju?")
            .change(Change::Consent { version: "2021-08".into() });
        bed.commit(&[dial]).await.unwrap();

        // The network cuts her off, and nobody tells us.
        assert_eq!(bed.store.time_out(at(5), 10).await.unwrap().len(), 1);

        // She dials again and goes on.
        let mut batch = bed.store.begin().await.unwrap();
        let known = batch.recall(&[bed.key(PHONE, 2)]).await.unwrap().remove(0);
        let kept = known.conversation.unwrap();
        assert_eq!(
            (kept.ended, kept.body.as_slice()),
            (Some(End::TimeOut), b"consent?".as_slice())
        );
        assert_eq!(known.subscriber.unwrap().seen_at, at(0));
        let siti = bed.person(sample::READY.nik);
        let need = Need { person: Some(siti), people: Some(bed.phone(PHONE)), ..Need::default() };
        let facts = batch.facts(&[need]).await.unwrap().remove(0);
        let person = facts.person.unwrap();
        assert_eq!((person.name.as_str(), person.registration), ("Siti Aminah", None));
        assert_eq!((facts.people, facts.waiting), (vec![], vec![]));
        let registered = bed
            .turn(PHONE)
            .at(6)
            .conversation(Some(kept.version), "done")
            .ended(End::Completed)
            .receipt(2, "Nomor Anda")
            .change(Change::Know(siti))
            .change(register(1, Registered, sample::READY.nik, "Siti Aminah"));
        batch.commit(&[registered]).await.unwrap();

        // Her message comes a second time, over another link.
        let again = bed.recall(&[bed.key(PHONE, 2)]).await.remove(0);
        assert_eq!(again.reply.as_deref(), Some(b"Nomor Anda".as_slice()));

        // Her mother is not in the record.
        let mother = "3173014107600003";
        let waiting = bed.turn(PHONE).at(8).conversation(Some(3), "taken").change(register(
            2,
            Waiting,
            mother,
            "Ibu Aminah",
        ));
        bed.commit(&[waiting]).await.unwrap();
        let facts = bed.people(PHONE).await;
        assert_eq!(facts.people[0].name.as_str(), "Siti Aminah");
        assert_eq!(facts.waiting[0].name.as_str(), "Ibu Aminah");

        // The night passes.
        assert_eq!(bed.store.time_out(at(600), 10).await.unwrap().len(), 1);
        assert_eq!(bed.store.purge(at(600), 10).await.unwrap(), 3);

        // The ministry sends the mother's record, and the gateway is restarted.
        let mut entry = people[0].clone();
        entry.nik = crate::bed::nik(mother);
        bed.fill(&[entry]).await;
        bed.store.close().await;
        bed.store = open(&bed.url, vault()).await;

        let facts = bed.people(PHONE).await;
        assert_eq!(facts.people[0].person, siti);
        assert_eq!(facts.waiting[0].number, Number::from_random(2));
        let matched = bed.turn(PHONE).at(700).conversation(None, "matched").change(register(
            3,
            Registered,
            mother,
            "Siti Aminah",
        ));
        bed.commit(&[matched]).await.unwrap();
        assert_eq!(bed.people(PHONE).await.waiting, []);
        assert_eq!(bed.store.count(Table::Registration).await.unwrap(), 2);
        assert_eq!(bed.store.count(Table::Consent).await.unwrap(), 1);
        let subscriber = bed.recall(&[bed.key(PHONE, 9)]).await.remove(0).subscriber.unwrap();
        assert_eq!(subscriber.seen_at, at(700));
    }
}
