//! The rights of a person in the tables: who looked, consent taken back, erasure, and the end of
//! retention, on both databases.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use setara::{
    clock::{Timestamp, Zone},
    config::Config,
    front::person::{PersonError, Persons, Whose},
    identity::Nik,
    service::{
        audit::{Act, Deed, Doer, StaffName, TURNS},
        number::Number,
        place::Line,
        record::{Change, Correction, DeskChange, Need, Person, Standing},
        retention::{Class, Keep, RetentionRules},
        right::{Looker, RightFacts, RightNeed},
        sample,
        ticket::{Body, Category, NewTicket, TicketState, TicketStep},
    },
    store::{AGELESS, AGES, ERASED, KEPT, StaffWrite, Table},
    vault::NikIndex,
};

use crate::bed::{Bed, Say, at, both, execute, name, register, with_sample};

const SITI: &str = sample::READY.phone;
const OTHER: &str = "+6281290000077";

fn looked(deed: Deed, person: NikIndex) -> Change {
    Change::Desk(DeskChange::Audit(Act::new(deed).about(Some(person))))
}

fn rina(minutes: i64, changes: Vec<DeskChange>) -> StaffWrite {
    let staff = StaffName::parse("rina").unwrap();
    StaffWrite { staff, at: at(minutes), changes, notices: vec![] }
}

async fn staff(bed: &Bed, minutes: i64, changes: Vec<DeskChange>) {
    let write = rina(minutes, changes);
    bed.store.begin().await.unwrap().commit_staff(&write).await.unwrap();
}

async fn rights(bed: &Bed, person: NikIndex, phone: &str) -> RightFacts {
    let by = bed.phone(phone);
    let rights = Some(RightNeed { person: Some(person), by, since: at(-10) });
    bed.facts(&[Need { rights, ..Need::default() }]).await.remove(0).rights
}

async fn person(bed: &Bed, digits: &str) -> Person {
    let need = Need { person: Some(bed.person(digits)), ..Need::default() };
    bed.facts(&[need]).await.remove(0).person.unwrap()
}

#[tokio::test]
async fn who_looked_is_told_by_kind_and_stands_in_chains_of_the_turns() {
    for bed in with_sample().await {
        let siti = bed.person(sample::READY.nik);
        let turns = [
            bed.turn(SITI).change(looked(Deed::StatusSeen, siti)),
            bed.turn(OTHER)
                .change(looked(Deed::CertificateChecked, siti))
                .change(looked(Deed::PersonProved, siti))
                // Two calls that show the same are one look.
                .change(looked(Deed::StatusSeen, siti))
                .change(looked(Deed::StatusSeen, siti)),
        ];
        bed.commit(&turns).await.unwrap();
        staff(&bed, 1, vec![DeskChange::Audit(Act::new(Deed::TicketSeen).about(Some(siti)))]).await;
        let somebody = Doer::Anybody { channel: "web".into() };
        let checked = Act::new(Deed::CertificateChecked).about(Some(siti));
        bed.store.log(&checked, somebody, at(2)).await.unwrap();

        let verified = bed.store.verify_audit().await.unwrap();
        assert_eq!((verified.rows, verified.broken.len()), (6, 0));
        let shards: Vec<u16> = verified.ends.keys().copied().collect();
        assert_eq!(shards.len(), 2, "{shards:?}");
        assert!(shards[0] < TURNS.start && TURNS.contains(&shards[1]), "{shards:?}");

        let looks = rights(&bed, siti, SITI).await.looks;
        let own = [bed.phone(SITI)];
        let kinds: Vec<Looker> = looks.iter().map(|look| look.looker(&own)).collect();
        for (kind, times) in
            [(Looker::Own, 1), (Looker::Other, 2), (Looker::Staff, 1), (Looker::Checker, 2)]
        {
            assert_eq!(kinds.iter().filter(|of| **of == kind).count(), times, "{kind:?}");
        }
        let (tallies, persons) = bed.store.done_between(at(0), at(2)).await.unwrap();
        assert_eq!((persons, tallies.iter().map(|of| of.times).sum::<u64>()), (1, 5));
        let concerned = bed.store.concerned_between((at(0), at(9)), None, 10).await.unwrap();
        assert_eq!(concerned, [siti]);
        let further = bed.store.concerned_between((at(0), at(9)), Some(siti), 10).await.unwrap();
        assert!(further.is_empty());
    }
}

#[tokio::test]
async fn turns_side_by_side_leave_whole_chains_and_wait_for_none() {
    for bed in with_sample().await {
        let bed = Arc::new(bed);
        let writers = (0..8u8).map(|writer| {
            let bed = Arc::clone(&bed);
            tokio::spawn(async move {
                for turn in 0..10 {
                    let phone = format!("+62812345{writer:02}{turn:03}");
                    let people = [sample::READY, sample::NEIGHBOUR, sample::FATHER];
                    let write = people.iter().fold(bed.turn(&phone), |write, of| {
                        write.change(looked(Deed::StatusSeen, bed.person(of.nik)))
                    });
                    bed.commit(&[write]).await.unwrap();
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        let verified = bed.store.verify_audit().await.unwrap();
        assert_eq!((verified.rows, verified.broken.len()), (240, 0));
        assert!(verified.ends.keys().all(|shard| TURNS.contains(shard)));
    }
}

#[tokio::test]
async fn with_consent_ends_what_rested_on_it() {
    for bed in with_sample().await {
        let siti = bed.person(sample::READY.nik);
        let registered = register(1, Standing::Registered, sample::READY.nik, "Siti Aminah");
        let consent = || Change::Consent { version: "2021-1".into() };
        let turns = [
            bed.turn(SITI).change(consent()).change(registered).change(Change::Know(siti)),
            bed.turn(OTHER).change(consent()),
        ];
        bed.commit(&turns).await.unwrap();
        let before = rights(&bed, siti, SITI).await;
        assert_eq!(before.registered, [(siti, Number::from_random(1))]);
        assert_eq!(before.phones, 1);
        assert_eq!((before.consents.len(), before.consents[0].withdrawn), (1, None));

        let withdrawn = bed.turn(SITI).at(5).change(Change::WithdrawConsent);
        bed.commit(&[withdrawn.change(Change::RefuseBroadcasts)]).await.unwrap();
        let after = rights(&bed, siti, SITI).await;
        assert_eq!((after.registered.len(), after.consents[0].withdrawn), (0, Some(at(5))));
        assert_eq!(person(&bed, sample::READY.nik).await.registration, None);
        assert_eq!(rights(&bed, siti, OTHER).await.consents[0].withdrawn, None);
        assert_eq!(bed.store.count(Table::OptOut).await.unwrap(), 1);
        // Whoever agrees again has agreed again.
        bed.commit(&[bed.turn(SITI).at(6).change(consent())]).await.unwrap();
        let again = rights(&bed, siti, SITI).await.consents;
        assert_eq!((again.len(), again[0].withdrawn), (2, None));
    }
}

#[tokio::test]
async fn what_was_heard_is_taken_back_by_the_person_or_by_staff_with_what_rested_on_it() {
    for bed in with_sample().await {
        let siti = bed.person(sample::READY.nik);
        let officer = bed.vault.officer_key(&bed.phone(OTHER));
        let assisted = bed.vault.assisted_key(&officer, &siti);
        let on_behalf = |change| Change::OnBehalf(assisted, Box::new(change));
        let heard = || on_behalf(Change::ConsentHeard { version: "lisan".into(), person: siti });
        let registered =
            || on_behalf(register(1, Standing::Registered, sample::READY.nik, "Siti Aminah"));
        let own = Change::Consent { version: "2021-2".into() };
        bed.commit(&[bed.turn(OTHER).change(heard()).change(registered()).change(own)])
            .await
            .unwrap();
        let before = rights(&bed, siti, SITI).await;
        assert_eq!((before.heard.len(), before.heard[0].version.as_str()), (1, "lisan"));
        assert_eq!(before.assisted, [(siti, Number::from_random(1))]);
        assert_eq!((before.consents.len(), before.registered.len()), (0, 0), "on nobody's phone");

        let back = Change::Desk(DeskChange::WithdrawHeard(siti));
        bed.commit(&[bed.turn(SITI).at(5).change(back)]).await.unwrap();
        let after = rights(&bed, siti, SITI).await;
        assert_eq!((after.heard.len(), after.assisted.len()), (0, 0));
        assert_eq!(person(&bed, sample::READY.nik).await.registration, None);
        assert_eq!(bed.store.count(Table::Registration).await.unwrap(), 0);
        // What the officer's own phone agreed to has nothing to do with it.
        assert_eq!(rights(&bed, siti, OTHER).await.consents[0].withdrawn, None);

        // Heard again, and taken back at a desk.
        bed.commit(&[bed.turn(OTHER).at(6).change(heard()).change(registered())]).await.unwrap();
        let persons = Persons::new(bed.store.clone(), bed.vault.clone());
        let (whose, rina) =
            (Whose::Nik(Nik::parse(sample::READY.nik).unwrap()), StaffName::parse("rina").unwrap());
        let ended = persons.withdraw(&whose, &rina).await.unwrap();
        assert_eq!(ended, [Number::from_random(1)]);
        assert_eq!(bed.store.count(Table::Registration).await.unwrap(), 0);
        let log = bed.store.log_of(&siti, 10).await.unwrap();
        assert_eq!((log[0].act.deed, &log[0].doer), (Deed::ConsentWithdrawn, &Doer::Staff(rina)));
        // Both stand in what the person is given, with when they were taken back.
        let mut batch = bed.store.begin().await.unwrap();
        let kept = batch.kept_of(siti, None).await.unwrap();
        batch.rollback().await.unwrap();
        let kept: Vec<_> = kept.heard.iter().map(|of| (of.at, of.withdrawn.is_some())).collect();
        assert_eq!(kept, [(at(6), true), (at(0), true)]);
        let again = persons.withdraw(&whose, &StaffName::parse("rina").unwrap()).await;
        assert!(matches!(again, Err(PersonError::NotHeard)), "{again:?}");
    }
}

#[tokio::test]
async fn what_staff_had_to_look_at_ends_with_what_was_heard() {
    for bed in with_sample().await {
        let siti = bed.person(sample::READY.nik);
        let officer = bed.vault.officer_key(&bed.phone(OTHER));
        let assisted = bed.vault.assisted_key(&officer, &siti);
        let opened = |random| NewTicket {
            number: Number::from_random(random),
            person: Some(siti),
            category: Category::Registration,
            severity: None,
            onset: None,
            body: Body::default(),
            due: None,
            not_before: None,
        };
        let open = |random| Change::Desk(DeskChange::Open(Box::new(opened(random))));
        let on_behalf = |change| Change::OnBehalf(assisted, Box::new(change));
        let heard = Change::ConsentHeard { version: "lisan".into(), person: siti };
        let waits = register(1, Standing::Waiting, sample::READY.nik, "Siti Amina");
        let changes = [heard, waits, open(2)].map(on_behalf);
        let turn = changes.into_iter().fold(bed.turn(OTHER), Say::change);
        // Another phone registers her, too, and that is its own.
        bed.commit(&[turn, bed.turn(SITI).change(open(3))]).await.unwrap();
        let checks = rights(&bed, siti, SITI).await.checks;
        assert_eq!(
            checks.iter().map(|of| &of.made.number).collect::<Vec<_>>(),
            [&opened(2).number]
        );

        let persons = Persons::new(bed.store.clone(), bed.vault.clone());
        let whose = Whose::Nik(Nik::parse(sample::READY.nik).unwrap());
        persons.withdraw(&whose, &StaffName::parse("rina").unwrap()).await.unwrap();
        for (random, state) in [(2, TicketState::Closed), (3, TicketState::Open)] {
            let ticket = bed.store.ticket(&Number::from_random(random)).await.unwrap();
            assert_eq!(ticket.unwrap().state, state);
        }
        assert_eq!(bed.store.count(Table::Registration).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_log_that_is_trimmed_while_it_is_followed_is_whole() {
    const ROWS: u64 = 300;
    for bed in with_sample().await {
        let [siti, other] = [sample::READY, sample::NEIGHBOUR].map(|of| bed.person(of.nik));
        let mut turn = bed.turn(SITI);
        for _ in 0..ROWS / 2 {
            turn = turn.change(looked(Deed::StatusSeen, siti));
            turn = turn.change(looked(Deed::StatusSeen, other));
        }
        bed.commit(&[turn]).await.unwrap();
        assert_eq!(bed.store.verify_audit().await.unwrap().rows, ROWS);
        let store = bed.store.clone();
        let trimmed = tokio::spawn(async move {
            let mut gone = 0;
            while gone < ROWS {
                gone += store.retire(Class::Looks, &keep(1), at(3 * 24 * 60), 1).await.unwrap();
                tokio::task::yield_now().await;
            }
        });
        while !trimmed.is_finished() {
            let verified = bed.store.verify_audit().await.unwrap();
            assert!(verified.broken.is_empty(), "{verified:?}");
        }
        trimmed.await.unwrap();
        // Rows that are gone from the middle are not trimmed, and are found out.
        let turn = bed.turn(SITI).change(looked(Deed::StatusSeen, siti));
        let turn = turn.change(looked(Deed::StatusSeen, other));
        bed.commit(&[turn.change(looked(Deed::StatusSeen, siti))]).await.unwrap();
        let gone = format!("delete from audit where seq = {}", ROWS + 2);
        crate::bed::execute(&bed.url, &gone).await;
        assert_eq!(bed.store.verify_audit().await.unwrap().broken.len(), 1);
    }
}

#[tokio::test]
async fn who_is_erased_is_gone_and_the_log_is_whole() {
    for bed in with_sample().await {
        let siti = person(&bed, sample::READY.nik).await;
        let number = Number::from_random(7);
        let ticket = NewTicket {
            number: number.clone(),
            person: Some(siti.index),
            category: Category::Erasure,
            severity: None,
            onset: None,
            body: Body::default(),
            due: Some(at(60)),
            not_before: None,
        };
        let registered = register(1, Standing::Registered, sample::READY.nik, "Siti Aminah");
        let turn = bed
            .turn(SITI)
            .conversation(None, "open")
            .change(Change::Know(siti.index))
            .change(registered)
            .change(Change::Desk(DeskChange::Open(Box::new(ticket))));
        bed.commit(&[turn]).await.unwrap();
        let renamed = Correction::name(&siti, name("Siti Aminnah")).changes(&bed.vault, None);
        staff(&bed, 1, renamed).await;
        let log = bed.store.log_of(&siti.index, 10).await.unwrap();
        assert_eq!(log[0].act.old.as_deref(), Some("Siti Aminah"));
        assert_eq!(
            rights(&bed, siti.index, OTHER).await.erasure.map(|of| of.made.number),
            Some(number.clone())
        );
        let mut batch = bed.store.begin().await.unwrap();
        let kept = batch.kept_of(siti.index, None).await.unwrap();
        batch.rollback().await.unwrap();
        assert_eq!((kept.registrations.len(), kept.tickets.len(), kept.phones), (1, 1, 1));

        let step = TicketStep {
            number: number.clone(),
            was: 1,
            state: TicketState::Answered,
            staff: Some(StaffName::parse("rina").unwrap()),
            answer: Some("Sudah dihapus.".into()),
            merged_into: None,
        };
        let act = Act::new(Deed::DataErased).about(Some(siti.index)).ticket(&number);
        let erase = DeskChange::Erase(siti.index, number.clone());
        staff(&bed, 2, vec![erase, DeskChange::Audit(act), DeskChange::Step(step)]).await;

        for table in [Table::Registration, Table::Acquaintance, Table::Conversation] {
            assert_eq!(bed.store.count(table).await.unwrap(), 0, "{table:?}");
        }
        // Its answer is still to be read.
        let answered = bed.store.ticket(&number).await.unwrap().unwrap();
        assert_eq!(answered.answer.as_deref(), Some("Sudah dihapus."));
        let log = bed.store.log_of(&siti.index, 10).await.unwrap();
        let of = log.iter().find(|row| row.act.deed == Deed::NameChanged).unwrap();
        assert_eq!((&of.act.old, &of.act.new), (&None, &None));
        let verified = bed.store.verify_audit().await.unwrap();
        assert!(verified.rows >= 2 && verified.broken.is_empty(), "{verified:?}");
        // The record is the ministry's.
        assert_eq!(person(&bed, sample::READY.nik).await.name.as_str(), "Siti Aminnah");

        // A database out of an older backup is told.
        let erased = bed.store.erased().await.unwrap();
        assert_eq!((erased.len(), erased[0].person, erased[0].at), (1, siti.index, at(2)));
        assert_eq!(bed.store.erase_again(&erased).await.unwrap(), 0);
        let older = with_sample().await;
        for other in &older {
            other.commit(&[other.turn(SITI).change(Change::Know(siti.index))]).await.unwrap();
            assert_eq!(other.store.erase_again(&erased).await.unwrap(), 1);
            assert_eq!(other.store.count(Table::Acquaintance).await.unwrap(), 0);
        }
    }
}

#[tokio::test]
async fn every_table_that_names_a_person_is_erased_or_kept_for_a_reason() {
    use sqlx::{Connection, SqliteConnection};
    let [bed, _] = both().await;
    let mut lite = SqliteConnection::connect(&bed.url).await.unwrap();
    let named: BTreeSet<String> = sqlx::query_scalar(
        "select distinct t.name from sqlite_schema t join pragma_table_info(t.name) c \
         where t.type = 'table' and c.name in ('nik_index', 'subject')",
    )
    .fetch_all(&mut lite)
    .await
    .unwrap()
    .into_iter()
    .collect();
    let decided: BTreeSet<String> =
        ERASED.iter().chain(KEPT).map(|(table, _)| (*table).to_owned()).collect();
    assert_eq!(named, decided);
}

/// A phone is somebody's: what is keyed by one has an age, too, or a reason.
#[tokio::test]
async fn every_table_that_names_a_phone_or_a_person_has_an_age_that_the_plan_shows() {
    use sqlx::{Connection, SqliteConnection};
    let [lite, postgres] = both().await;
    let mut tables = SqliteConnection::connect(&lite.url).await.unwrap();
    let named: BTreeSet<String> = sqlx::query_scalar(
        "select distinct t.name from sqlite_schema t join pragma_table_info(t.name) c \
         where t.type = 'table' and c.name in ('nik_index', 'subject', 'subscriber')",
    )
    .fetch_all(&mut tables)
    .await
    .unwrap()
    .into_iter()
    .collect();
    let decided: BTreeSet<String> =
        AGES.iter().chain(AGELESS).map(|(table, _)| (*table).to_owned()).collect();
    assert_eq!(named, decided);
    let config = Config::parse("").unwrap();
    for bed in [lite, postgres] {
        let mut plan = bed.store.due(&config.retention, at(0)).await.unwrap();
        plan.extend(bed.store.aged(&config.ages(), at(0)).await.unwrap());
        let classes: BTreeSet<&str> = plan.iter().map(|of| of.class).collect();
        for (table, class) in AGES {
            assert!(classes.contains(class), "{table} {class}");
        }
        assert!(plan.iter().all(|of| of.rows == 0 && !of.because.is_empty()));
    }
}

/// The plan counts what the sweeps of a gateway would delete, and they are what deletes it.
#[tokio::test]
async fn what_ages_by_sweeps_is_counted_and_swept_by_them() {
    const DAY: i64 = 24 * 60;
    let ages = Config::parse("").unwrap().ages();
    for bed in with_sample().await {
        let line =
            Line { service: "antrean".into(), unit: "gigi".into(), day: at(0).date(Zone::Wib) };
        let stands = Change::QueueUp { line, number: 1 };
        bed.commit(&[bed.turn(SITI).change(stands)]).await.unwrap();
        let until = at(1).millis();
        let blob = if bed.url.starts_with("sqlite") { "x'00ff'" } else { "'\\x00ff'" };
        for sql in [
            format!(
                "insert into exposure (subscriber, day, keep_until) values ({blob}, '2021-08-01', {until})"
            ),
            format!(
                "insert into broadcast (day, subscriber, planned) values ('2021-08-01', {blob}, 1)"
            ),
        ] {
            execute(&bed.url, &sql).await;
        }
        let rows = async |minutes| {
            let plan = bed.store.aged(&ages, at(minutes)).await.unwrap();
            let due = |of: &&str| plan.iter().find(|due| due.class == *of).unwrap().rows;
            ["contacts", "queue_places", "plans"].iter().map(due).sum::<u64>()
        };
        assert_eq!((rows(0).await, rows(5 * DAY).await), (1, 3));
        let worn = bed.store.wear(&ages, at(5 * DAY), 100).await.unwrap();
        let worn: BTreeMap<_, _> = worn.into_iter().collect();
        assert_eq!((worn["contacts"], worn["plans"]), (1, 1));
        assert!(worn["queue_places"] >= 1);
        assert_eq!(rows(5 * DAY).await, 0);
    }
}

fn keep(days: u32) -> Keep {
    Keep { days, because: "so long".into(), told_days: 0 }
}

#[tokio::test]
async fn what_is_due_is_told_and_then_deleted_a_piece_at_a_time() {
    const DAY: i64 = 24 * 60;
    for bed in with_sample().await {
        let siti = bed.person(sample::READY.nik);
        for (turn, minutes) in [0, 1, 2, 3 * DAY].into_iter().enumerate() {
            let turn = bed.turn(&format!("+628123456{turn:04}")).at(minutes);
            bed.commit(&[turn.change(looked(Deed::StatusSeen, siti))]).await.unwrap();
        }
        bed.commit(&[bed.turn(SITI).change(Change::Know(siti))]).await.unwrap();
        let rules: RetentionRules =
            [(Class::Looks, keep(2)), (Class::Phones, keep(2)), (Class::Tickets, keep(1))].into();
        let now = at(3 * DAY + 10);
        let plan = bed.store.due(&rules, now).await.unwrap();
        let due = |class: &str| {
            let of = plan.iter().find(|of| of.class == class).unwrap();
            (of.rows, of.oldest, of.days)
        };
        assert_eq!(due("looks"), (3, Some(at(0)), Some(2)));
        assert_eq!(due("phones"), (4, Some(at(0)), Some(2)));
        assert_eq!(due("tickets"), (0, None, Some(1)));
        assert_eq!(due("conversations"), (0, None::<Timestamp>, None));
        // The dry run has deleted nothing.
        assert_eq!(bed.store.count(Table::Audit).await.unwrap(), 4);

        let ends = bed.store.verify_audit().await.unwrap().ends;
        let mut gone = vec![];
        for _ in 0..3 {
            gone.push(bed.store.retire(Class::Looks, &keep(2), now, 2).await.unwrap());
        }
        assert_eq!(gone, [2, 1, 0]);
        let after = bed.store.verify_audit().await.unwrap();
        assert_eq!((after.rows, &after.ends, after.broken.len()), (1, &ends, 0));
        // The chain goes on from there.
        bed.commit(&[bed.turn(OTHER).at(9).change(looked(Deed::StatusSeen, siti))]).await.unwrap();
        assert_eq!(bed.store.verify_audit().await.unwrap().broken.len(), 0);
        // Of the end of a row that is gone, only the last one's can still be told.
        let (shard, chain) = ends.into_iter().next().unwrap();
        assert!(bed.store.is_retired(shard, chain.seq - 2).await.unwrap());
        assert!(!bed.store.is_retired(shard, chain.seq).await.unwrap());

        assert_eq!(bed.store.retire(Class::Phones, &keep(2), now, 10).await.unwrap(), 5);
        assert_eq!(bed.store.count(Table::Acquaintance).await.unwrap(), 0);
        assert_eq!(bed.store.count(Table::Subscriber).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_phone_that_is_forgotten_is_somebody_elses_and_who_waits_too_long_is_forgotten() {
    const DAY: i64 = 24 * 60;
    for bed in with_sample().await {
        let siti = bed.person(sample::READY.nik);
        let ticket = NewTicket {
            number: Number::from_random(7),
            person: Some(siti),
            category: Category::Other,
            severity: None,
            onset: None,
            body: Body::default(),
            due: None,
            not_before: None,
        };
        let waits = register(1, Standing::Waiting, sample::READY.nik, "Siti Aminah");
        let turn = bed.turn(SITI).change(Change::Know(siti)).change(waits);
        bed.commit(&[turn.change(Change::Desk(DeskChange::Open(Box::new(ticket))))]).await.unwrap();
        let by = bed.phone(SITI);
        let need = Need { people: Some(by), tickets: Some(by), ..Need::default() };
        let shown = async || {
            let facts = bed.facts(std::slice::from_ref(&need)).await.remove(0);
            (facts.people.len(), facts.waiting.len(), facts.tickets.len())
        };
        assert_eq!(shown().await, (1, 1, 1));
        let now = at(3 * DAY);
        assert_eq!(bed.store.retire(Class::Phones, &keep(2), now, 10).await.unwrap(), 1);
        assert_eq!(shown().await, (0, 0, 0));

        assert_eq!(bed.store.count(Table::Registration).await.unwrap(), 1);
        let rules: RetentionRules = [(Class::Waiting, Keep { told_days: 1, ..keep(4) })].into();
        let keep = &rules[&Class::Waiting];
        let retire = async |now| bed.store.retire(Class::Waiting, keep, now, 10).await.unwrap();
        let due = async |now| {
            let plan = bed.store.due(&rules, now).await.unwrap();
            ["waiting_untold", "waiting"].map(|class| {
                plan.iter().find(|of| of.class == class).map(|of| (of.rows, of.days)).unwrap()
            })
        };
        let told = async |now| {
            let mut batch = bed.store.begin().await.unwrap();
            let told = batch.tell_waiting(keep, now, 10).await.unwrap();
            batch.commit_notices(&[]).await.unwrap();
            told.into_iter().map(|of| (of.number, of.at, of.hidden)).collect::<Vec<_>>()
        };
        assert_eq!(told(now).await, [], "not yet");
        // Nobody was there to tell it in time: it is kept for as long as was promised.
        assert_eq!(retire(at(9 * DAY)).await, 0);
        assert_eq!(due(at(9 * DAY)).await, [(1, Some(3)), (0, Some(4))]);
        assert_eq!(told(at(9 * DAY)).await, [(Number::from_random(1), at(0), true)]);
        assert_eq!(told(at(9 * DAY)).await, [], "once");
        assert_eq!(retire(at(10 * DAY)).await, 0);
        assert_eq!(due(at(10 * DAY + 1)).await, [(0, Some(3)), (1, Some(4))]);
        assert_eq!(bed.store.count(Table::Registration).await.unwrap(), 1, "that was a plan");
        assert_eq!(retire(at(10 * DAY + 1)).await, 1);
        assert_eq!(bed.store.count(Table::Registration).await.unwrap(), 0);
    }
}
