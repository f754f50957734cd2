//! Several at once: nodes on one database, and a gateway beside an import.

use std::{sync::Arc, time::Duration};

use jiff::civil::date;
use setara::{
    clock::{Timestamp, Zone},
    conversation::End,
    outbox::policy::Hours,
    service::{
        campaign::Decency,
        code::{Asked, CodeChange, CodeKey, Purpose},
        record::{Change, Need, Standing::*},
        sample::{self, People},
    },
    store::{CommitError, Late, Store, StoreOptions, Table, TurnWrite},
};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::bed::{Bed, Say, at, both, execute, msisdn, open, postgres, register, vault};

const NIK: &str = "3173014502900001";

fn number(i: usize) -> String {
    format!("+6281234{i:06}")
}

/// Commits the writes at once, each in a batch of its own; how many were stored.
async fn race(bed: &Bed, writes: Vec<TurnWrite>) -> usize {
    let tasks: Vec<_> = writes
        .into_iter()
        .map(|write| {
            let store = bed.store.clone();
            tokio::spawn(async move { store.begin().await.unwrap().commit(&[write]).await })
        })
        .collect();
    let mut stored = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(()) => stored += 1,
            Err(CommitError::Conflict) => {}
            Err(CommitError::Unavailable(error)) => panic!("{error:?}"),
        }
    }
    stored
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_that_want_one_thing_one_gets_it() {
    for bed in both().await {
        let open = (0..16).map(|i| bed.turn(&number(0)).conversation(None, &i.to_string()));
        assert_eq!(race(&bed, open.collect()).await, 1);
        let moved = (0..16).map(|i| bed.turn(&number(0)).conversation(Some(1), &i.to_string()));
        assert_eq!(race(&bed, moved.collect()).await, 1);
        let same = (0..16).map(|i| bed.turn(&number(i)).receipt(1, &i.to_string()));
        assert_eq!(race(&bed, same.collect()).await, 1);
        let nik = (0..16)
            .map(|i| bed.turn(&number(i)).change(register(i as u64, Registered, NIK, "Siti")));
        assert_eq!(race(&bed, nik.collect()).await, 1);
        assert_eq!(bed.store.count(Table::Registration).await.unwrap(), 1);
        let waiting =
            (20..36).map(|i| bed.turn(&number(i)).change(register(i as u64, Waiting, NIK, "Siti")));
        assert_eq!(race(&bed, waiting.collect()).await, 16);
    }
}

/// Sixteen nodes decide at one moment that a code may go to one number, each for somebody else.
#[tokio::test(flavor = "multi_thread")]
async fn one_code_goes_to_one_number_however_many_decide_it() {
    for bed in both().await {
        let send = |i: usize, at: Timestamp| {
            let write = TurnWrite { at, ..bed.turn(&number(i)) };
            let by = bed.phone(&number(i));
            let key = CodeKey { subject: [7; 16], purpose: Purpose::Chat, by };
            let asked = Some(Asked::Sent);
            let change = CodeChange { key, held: None, asked, keep_until: at };
            write.change(Change::Code(change))
        };
        assert_eq!(race(&bed, (0..16).map(|i| send(i, at(0))).collect()).await, 1);
        assert_eq!(race(&bed, vec![send(16, at(0))]).await, 0, "a minute has not gone by");
        assert_eq!(race(&bed, (0..16).map(|i| send(i, at(1))).collect()).await, 1);
    }
}

/// Sixteen nodes plan a broadcast for one phone on one day at one moment.
#[tokio::test(flavor = "multi_thread")]
async fn no_phone_gets_more_broadcasts_a_day_however_many_plan_them() {
    let noon = Timestamp::at(date(2021, 8, 16).at(12, 0, 0, 0), Zone::Wib);
    let expires = noon.plus(Duration::from_secs(6 * 3600));
    for bed in both().await {
        let nodes: Vec<_> = (0..16)
            .map(|_| {
                let store = bed.store.clone();
                let late = [Late { phone: msisdn(&number(1)), zone: Zone::Wib, expires }];
                let decency = Decency { hours: Hours { from: 8, until: 20 }, per_day: 3 };
                tokio::spawn(async move { store.plan_again(&late, decency, noon).await.unwrap() })
            })
            .collect();
        let mut planned = 0;
        for node in nodes {
            planned += node.await.unwrap().iter().flatten().count();
        }
        assert_eq!(planned, 3);
    }
}

/// An answer of the outside record comes while a turn reads: it finds the person, or no answer yet, but
/// never an answer that brought nobody.
#[tokio::test]
async fn whoever_finds_an_answer_of_the_outside_record_finds_whom_it_brought() {
    let bed = postgres().await;
    bed.fill(&People::new(1, date(2021, 8, 16)).take(1).collect::<Vec<_>>()).await;
    let mut record = PgConnection::connect(&bed.url).await.unwrap();
    let kept = "create temporary table kept as select * from person; delete from person";
    sqlx::raw_sql(kept).execute(&mut record).await.unwrap();
    let person = bed.person(sample::READY.nik);
    let need = Need { person: Some(person), fetched: Some(person), ..Need::default() };
    for stopped_at in ["fetched", "person"] {
        let coming = format!(
            "begin; lock table {stopped_at} in access exclusive mode; \
             insert into person select * from kept; \
             insert into fetched (nik_index, at, version, standing, elsewhere) \
             select nik_index, 1, 1, 'listed', 0 from kept"
        );
        sqlx::raw_sql(AssertSqlSafe(coming)).execute(&mut record).await.unwrap();
        let store = bed.store.clone();
        let need = need.clone();
        let turn = tokio::spawn(async move {
            let mut batch = store.begin().await.unwrap();
            let facts = batch.facts(&[need]).await.unwrap().remove(0);
            batch.rollback().await.unwrap();
            facts
        });
        let waits = "select exists (select 1 from pg_locks join pg_database \
                     on pg_database.oid = pg_locks.database \
                     where not granted and datname = current_database())";
        while !sqlx::query_scalar::<_, bool>(waits).fetch_one(&mut record).await.unwrap() {
            tokio::task::yield_now().await;
        }
        sqlx::raw_sql("commit").execute(&mut record).await.unwrap();
        let facts = turn.await.unwrap();
        assert!(facts.person.is_some(), "{stopped_at}: {:?}", facts.fetched);
        let away = "delete from person; delete from fetched";
        sqlx::raw_sql(away).execute(&mut record).await.unwrap();
    }
}

/// Four nodes move the same sixty conversations, in batches whose order is each node's own. A
/// conflict is answered as the engine does: each turn again, alone.
#[tokio::test(flavor = "multi_thread")]
async fn no_turn_is_lost_and_no_node_locks_another_out() {
    const PHONES: usize = 60;
    const ROUNDS: usize = 8;
    for bed in both().await {
        let bed = Arc::new(bed);
        let nodes: Vec<_> = (0..4)
            .map(|node| {
                let bed = bed.clone();
                tokio::spawn(async move {
                    for round in 0..ROUNDS {
                        let phones: Vec<_> = (0..PHONES / 2)
                            .map(|i| (i * 7 + node * 11 + round * 13) % PHONES)
                            .map(number)
                            .collect();
                        step(&bed, &phones).await;
                    }
                })
            })
            .collect();
        for node in nodes {
            node.await.unwrap();
        }
        let keys: Vec<_> = (0..PHONES).map(|i| bed.key(&number(i), 0)).collect();
        let versions: i64 = bed
            .recall(&keys)
            .await
            .into_iter()
            .filter_map(|recalled| recalled.conversation)
            .map(|kept| kept.version)
            .sum();
        assert_eq!(versions, 4 * (ROUNDS * PHONES / 2) as i64);
    }
}

/// One turn of each phone: together if that goes, else one by one until each is through.
async fn step(bed: &Bed, phones: &[String]) {
    if try_step(bed, phones).await.is_ok() {
        return;
    }
    for phone in phones {
        while let Err(error) = try_step(bed, std::slice::from_ref(phone)).await {
            assert!(matches!(error, CommitError::Conflict), "{error:?}");
        }
    }
}

async fn try_step(bed: &Bed, phones: &[String]) -> Result<(), CommitError> {
    let keys: Vec<_> = phones.iter().map(|phone| bed.key(phone, 0)).collect();
    let mut batch = bed.store.begin().await?;
    let recalled = batch.recall(&keys).await?;
    let writes: Vec<_> = phones
        .iter()
        .zip(recalled)
        .map(|(phone, known)| {
            let was = known.conversation.map(|kept| kept.version);
            bed.turn(phone).conversation(was, "body").change(Change::Know(bed.person(NIK)))
        })
        .collect();
    batch.commit(&writes).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sweepers_end_each_conversation_once() {
    for bed in both().await {
        let writes: Vec<_> =
            (0..200).map(|i| bed.turn(&number(i)).conversation(None, "open")).collect();
        bed.commit(&writes).await.unwrap();
        let sweepers: Vec<_> = (0..4)
            .map(|_| {
                let store = bed.store.clone();
                tokio::spawn(async move {
                    let mut ended = 0;
                    // A sweeper may find every row in another one's hands, and come again.
                    for _ in 0..60 {
                        ended += store.time_out(at(9), 7).await.unwrap().len();
                    }
                    ended
                })
            })
            .collect();
        let mut ended = 0;
        for sweeper in sweepers {
            ended += sweeper.await.unwrap();
        }
        assert_eq!(ended, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programs_may_open_a_new_database_at_once() {
    for bed in both().await {
        let url = match bed.url.strip_suffix("setara.db") {
            Some(folder) => format!("{folder}second.db"),
            None => crate::support::postgres::database().await,
        };
        let opened: Vec<_> = (0..4)
            .map(|_| {
                let url = url.clone();
                tokio::spawn(async move {
                    Store::open(&url, vault(), StoreOptions::default()).await.map(drop)
                })
            })
            .collect();
        for opened in opened {
            opened.await.unwrap().unwrap();
        }
    }
}

/// A node of the next version has brought the tables to its own; this one goes on, may be started again, and
/// reads what the other wrote.
#[tokio::test]
async fn an_older_program_works_beside_a_newer_one() {
    for bed in both().await {
        bed.commit(&[bed.turn(&number(1)).conversation(None, "before").receipt(1, "1")])
            .await
            .unwrap();
        for sql in [
            "create table of_tomorrow (key text not null primary key)",
            "alter table subscriber add column mood text",
            "alter table conversation add column mood text not null default 'calm'",
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
             values (9999, 'tomorrow', true, 'x', 1)",
            "update subscriber set mood = 'glad'",
        ] {
            execute(&bed.url, sql).await;
        }
        let started = Bed::beside(&bed).await;
        for (program, was) in [(&bed, 1), (&started, 2)] {
            let write = program.turn(&number(1)).conversation(Some(was), "after");
            program.commit(&[write]).await.unwrap();
            program.commit(&[program.turn(&number(was as usize + 10))]).await.unwrap();
        }
        let known = started.recall(&[started.key(&number(1), 1)]).await.remove(0);
        assert_eq!(known.reply.as_deref(), Some(b"1".as_slice()));
        assert_eq!(known.conversation.map(|kept| kept.body), Some(b"after".to_vec()));
    }
}

/// Another program imports, and every turn of this one is stored.
#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_goes_on_while_people_are_imported() {
    for bed in both().await {
        let importer = Bed::beside(&bed).await;
        let people: Vec<_> =
            setara::service::sample::People::new(1, jiff::civil::date(2021, 8, 16))
                .take(3_000)
                .collect();
        let import = tokio::spawn(async move { importer.fill(&people).await });
        let mut turns = 0;
        while !import.is_finished() {
            let was = (turns > 0).then_some(turns);
            bed.commit(&[bed.turn(&number(1)).conversation(was, "body")]).await.unwrap();
            turns += 1;
        }
        import.await.unwrap();
        assert!(turns > 5, "{turns} turns");
        assert_eq!(bed.store.count(Table::Person).await.unwrap(), 3_000);
        let end = bed.store.end_conversation(bed.phone(&number(1)), None, End::Error, at(0));
        assert_eq!(end.await.unwrap().len(), 1);
        drop(open(&bed.url, vault()).await);
    }
}
