//! Conversations, receipts and subscribers, from turn to turn.

use std::time::Duration;

use setara::{
    clock,
    conversation::End,
    store::{
        CommitError, KnownSubscriber, Recalled, Spoke, Store, StoreError, StoreOptions, Table,
        Tongue, TurnKey,
    },
    vault::{Keys, Vault},
};

use sqlx::{Connection, PgConnection};

use crate::bed::{Bed, SERVICE, Say, at, both, execute, open, postgres, vault};

const SITI: &str = "+6281234567890";
const BUDI: &str = "+6281234567891";

#[tokio::test]
async fn a_conversation_goes_on_where_it_stood() {
    for bed in both().await {
        let key = bed.key(SITI, 1);
        assert_eq!(bed.recall(std::slice::from_ref(&key)).await, [Recalled::default()]);

        let first = bed.turn(SITI).conversation(None, "one").receipt(1, "NIK?");
        bed.commit(&[first]).await.unwrap();
        let recalled = bed.recall(std::slice::from_ref(&key)).await.remove(0);
        assert_eq!(recalled.reply.as_deref(), Some(b"NIK?".as_slice()));
        assert_eq!(recalled.subscriber, Some(KnownSubscriber { language: None, seen_at: at(0) }));
        let kept = recalled.conversation.unwrap();
        assert_eq!((kept.version, kept.body.as_slice(), kept.ended), (1, b"one".as_slice(), None));
        assert_eq!(
            (kept.screen.as_str(), kept.open_until, kept.keep_until),
            ("nik", at(3), at(30))
        );

        let second = bed.turn(SITI).conversation(Some(1), "two").ended(End::UserAbort);
        bed.commit(&[second]).await.unwrap();
        let kept = bed.recall(&[key]).await.remove(0).conversation.unwrap();
        assert_eq!((kept.version, kept.body.as_slice()), (2, b"two".as_slice()));
        assert_eq!(kept.ended, Some(End::UserAbort));

        let again = bed.turn(SITI).conversation(Some(2), "new");
        bed.commit(&[again]).await.unwrap();
        let kept = bed.recall(&[bed.key(SITI, 9)]).await.remove(0).conversation.unwrap();
        assert_eq!((kept.version, kept.ended), (3, None));
    }
}

#[tokio::test]
async fn a_conversation_that_was_deleted_does_not_come_back_with_a_turn_that_had_read_it() {
    for bed in both().await {
        bed.commit(&[bed.turn(SITI).conversation(None, "her NIK")]).await.unwrap();
        execute(&bed.url, "delete from conversation").await;
        let late = bed.commit(&[bed.turn(SITI).conversation(Some(1), "her NIK")]).await;
        assert!(matches!(late, Err(CommitError::Conflict)), "{late:?}");
        assert_eq!(bed.store.count(Table::Conversation).await.unwrap(), 0);
        // Who looks again begins.
        bed.commit(&[bed.turn(SITI).conversation(None, "new")]).await.unwrap();
        let again = bed.commit(&[bed.turn(SITI).conversation(None, "newer")]).await;
        assert!(matches!(again, Err(CommitError::Conflict)), "{again:?}");
    }
}

#[tokio::test]
async fn without_a_name_the_service_is_the_one_that_the_subscriber_is_in() {
    for bed in both().await {
        let turn = |service: &str, minutes: i64, ended: Option<End>| {
            let mut turn = bed.turn(SITI).conversation(None, service);
            let conversation = turn.conversation.as_mut().unwrap();
            conversation.service = service.into();
            conversation.open_until = at(minutes);
            conversation.ended = ended;
            turn
        };
        let key = || TurnKey { service: None, ..bed.key(SITI, 0) };
        let service = async || {
            let kept = bed.recall(&[key()]).await.remove(0).conversation?;
            assert_eq!(kept.body, kept.service.as_bytes(), "its own body");
            let tongue = bed.store.tongue(bed.phone(SITI)).await.unwrap();
            assert_eq!(tongue.service.as_deref(), Some(kept.service.as_str()));
            Some(kept.service)
        };
        assert_eq!(service().await, None);
        assert_eq!(bed.store.tongue(bed.phone(SITI)).await.unwrap(), Tongue::default());
        bed.commit(&[turn("clinic", 9, Some(End::Completed))]).await.unwrap();
        assert_eq!(service().await.as_deref(), Some("clinic"), "the last one");
        bed.commit(&[turn(SERVICE, 3, None)]).await.unwrap();
        assert_eq!(service().await.as_deref(), Some(SERVICE), "an open one goes first");
        bed.commit(&[turn("tax", 4, None)]).await.unwrap();
        assert_eq!(service().await.as_deref(), Some("tax"), "of two the later one");
        // Its neighbour in the batch is not touched by it, and named services are as before.
        let keys = [bed.key(BUDI, 1), key(), bed.key(SITI, 2)];
        let recalled = bed.recall(&keys).await;
        let names = recalled.iter().map(|known| Some(known.conversation.as_ref()?.service.clone()));
        assert_eq!(names.collect::<Vec<_>>(), [None, Some("tax".into()), Some(SERVICE.into())]);
    }
}

#[tokio::test]
async fn a_batch_of_any_size_answers_in_its_order() {
    for bed in both().await {
        let number = |i: usize| format!("+6281234{i:06}");
        for size in [1usize, 2, 3, 100, 256] {
            let from = size * 1000;
            let writes: Vec<_> = (from..from + size)
                .map(|i| bed.turn(&number(i)).conversation(None, &i.to_string()))
                .collect();
            bed.commit(&writes).await.unwrap();
            // Every second one is unknown, and the order is not the one of the keys.
            let keys: Vec<_> = (from..from + size)
                .rev()
                .flat_map(|i| [i, i + 500_000])
                .map(|i| bed.key(&number(i), 0))
                .collect();
            let recalled = bed.recall(&keys[..keys.len().min(256)]).await;
            assert_eq!(recalled.len(), keys.len().min(256));
            for (i, pair) in (from..from + size).rev().zip(recalled.chunks(2)) {
                let body = pair[0].conversation.as_ref().unwrap().body.clone();
                assert_eq!(String::from_utf8(body).unwrap(), i.to_string());
                assert_eq!(pair[1], Recalled::default());
            }
        }
        assert_eq!(bed.store.count(Table::Conversation).await.unwrap(), 362);
        assert_eq!(bed.recall(&[]).await, []);
        bed.commit(&[]).await.unwrap();
    }
}

#[tokio::test]
async fn to_speak_to_a_phone_is_not_to_hear_from_it() {
    for bed in both().await {
        let spoken_to = |minutes| {
            let mut turn = bed.turn(SITI).at(minutes);
            turn.spoke = Spoke::We;
            turn
        };
        let seen = async || bed.recall(&[bed.key(SITI, 0)]).await.remove(0).subscriber.unwrap();
        bed.commit(&[spoken_to(5)]).await.unwrap();
        let never = clock::Timestamp::from_millis(0);
        assert_eq!(seen().await, KnownSubscriber { language: None, seen_at: never });
        bed.commit(&[bed.turn(SITI).at(10)]).await.unwrap();
        assert_eq!(seen().await.seen_at, at(10));
        bed.commit(&[spoken_to(500)]).await.unwrap();
        assert_eq!(seen().await.seen_at, at(10), "as silent as it was");
    }
}

#[tokio::test]
async fn a_language_stays_until_another_is_chosen() {
    for bed in both().await {
        let steps =
            [(None, None), (Some("en"), Some("en")), (None, Some("en")), (Some("id"), Some("id"))];
        for (i, (chosen, known)) in steps.into_iter().enumerate() {
            let mut turn = bed.turn(SITI).at(i as i64);
            turn.language = chosen.map(str::to_owned);
            bed.commit(&[turn]).await.unwrap();
            let subscriber = bed.recall(&[bed.key(SITI, 0)]).await.remove(0).subscriber.unwrap();
            assert_eq!(subscriber.language.as_deref(), known);
        }
    }
}

#[tokio::test]
async fn a_subscriber_is_seen_to_the_hour_and_never_earlier_than_before() {
    for bed in both().await {
        for (minutes, seen) in [(0, 0), (59, 0), (60, 60), (0, 60), (500, 500)] {
            bed.commit(&[bed.turn(SITI).at(minutes)]).await.unwrap();
            let subscriber = bed.recall(&[bed.key(SITI, 0)]).await.remove(0).subscriber.unwrap();
            assert_eq!(subscriber.seen_at, at(seen), "after {minutes} minutes");
        }
    }
}

#[tokio::test]
async fn what_is_not_committed_is_not_there() {
    for bed in both().await {
        let batch = bed.store.begin().await.unwrap();
        batch.rollback().await.unwrap();
        let mut batch = bed.store.begin().await.unwrap();
        assert_eq!(batch.recall(&[bed.key(SITI, 1)]).await.unwrap().len(), 1);
        drop(batch);
        bed.commit(&[bed.turn(BUDI)]).await.unwrap();
        assert_eq!(bed.store.count(Table::Subscriber).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn everything_is_there_when_the_database_is_opened_again() {
    for bed in both().await {
        bed.commit(&[bed.turn(SITI).conversation(None, "one").receipt(1, "NIK?")]).await.unwrap();
        bed.store.close().await;
        let again = open(&bed.url, vault()).await;
        again.ping().await.unwrap();
        let mut batch = again.begin().await.unwrap();
        let recalled = batch.recall(&[bed.key(SITI, 1)]).await.unwrap().remove(0);
        assert_eq!(recalled.conversation.unwrap().body, b"one");
    }
}

#[tokio::test]
async fn another_key_file_is_refused_at_the_door() {
    for bed in both().await {
        let wrong = [
            Keys { id: 1, index: [1; 32], seal: [9; 32] },
            Keys { id: 1, index: [9; 32], seal: [2; 32] },
            Keys { id: 7, index: [1; 32], seal: [2; 32] },
        ];
        for keys in wrong {
            let vault = Vault::from_keys(keys);
            let refused = Store::open(&bed.url, vault, StoreOptions::default()).await.unwrap_err();
            assert!(matches!(refused, StoreError::WrongKey), "{refused:?}");
        }
        let rotated =
            Vault::from_key_ring(Keys { id: 2, index: [1; 32], seal: [9; 32] }, &[(1, [2; 32])]);
        open(&bed.url, rotated).await;
    }
}

/// A campaign fills a table in a minute; until PostgreSQL has looked at it, it guesses what is in there.
#[tokio::test]
async fn a_table_that_was_filled_just_now_is_read_by_its_index() {
    let bed = postgres().await;
    execute(&bed.url, "alter table conversation set (autovacuum_enabled = off)").await;
    let many = "insert into conversation \
                (subscriber, service, version, body, screen, channel, open_until, keep_until) \
                select decode(md5(n::text), 'hex'), 'vaccination', 1, '', 'nik', 'ussd', 0, 0 \
                from generate_series(1, 20000) as n";
    execute(&bed.url, many).await;
    let (whole, found) = scans(&bed).await;
    let bed = Bed::beside(&bed).await;
    let keys: Vec<_> = (0..64).map(|n| bed.key(&format!("+62812345678{n:02}"), n)).collect();
    bed.recall(&keys).await;
    assert_eq!(scans(&bed).await, (whole, found + 64));
}

/// How often all conversations were read, and how often some by an index, when everybody has left, who says so
/// at the latest then.
async fn scans(bed: &Bed) -> (i64, i64) {
    bed.store.close().await;
    let mut watcher = PgConnection::connect(&bed.url).await.unwrap();
    let others = "select exists (select from pg_stat_activity \
                  where datname = current_database() and pid <> pg_backend_pid())";
    while sqlx::query_scalar::<_, bool>(others).fetch_one(&mut watcher).await.unwrap() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let scans = "select seq_scan, idx_scan from pg_stat_user_tables where relname = 'conversation'";
    sqlx::query_as(scans).fetch_one(&mut watcher).await.unwrap()
}
