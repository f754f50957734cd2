//! Time-outs, ends from outside, and the end of retention.

use setara::{
    conversation::End,
    store::{CommitError, Cut, Table},
};

use crate::bed::{SERVICE, Say, at, both};

const SITI: &str = "+6281234567890";
const BUDI: &str = "+6281234567891";

#[tokio::test]
async fn a_conversation_that_nobody_answers_is_ended_once() {
    for bed in both().await {
        bed.commit(&[
            bed.turn(SITI).conversation(None, "open"),
            bed.turn(BUDI).conversation(None, "done").ended(End::Completed),
        ])
        .await
        .unwrap();
        assert_eq!(bed.store.time_out(at(3), 100).await.unwrap(), []);
        let expected = Cut { service: SERVICE.into(), screen: "nik".into() };
        assert_eq!(bed.store.time_out(at(4), 100).await.unwrap(), [expected]);
        assert_eq!(bed.store.time_out(at(4), 100).await.unwrap(), []);

        let kept = bed.recall(&[bed.key(SITI, 0)]).await.remove(0).conversation.unwrap();
        assert_eq!((kept.ended, kept.version), (Some(End::TimeOut), 2));
        assert_eq!(kept.body, b"open");
        // A turn that had recalled it before is told so.
        let late = bed.commit(&[bed.turn(SITI).conversation(Some(1), "late")]).await;
        assert!(matches!(late, Err(CommitError::Conflict)));
    }
}

#[tokio::test]
async fn a_sweep_does_no_more_than_it_may() {
    for bed in both().await {
        let writes: Vec<_> = (0..10u8)
            .map(|i| {
                bed.turn(&format!("+6281234{i:06}")).conversation(None, "open").receipt(i, "reply")
            })
            .collect();
        bed.commit(&writes).await.unwrap();
        let mut ended = vec![];
        for _ in 0..4 {
            ended.push(bed.store.time_out(at(4), 4).await.unwrap().len());
        }
        assert_eq!(ended, [4, 4, 2, 0]);
        assert_eq!(bed.store.purge(at(9), 4).await.unwrap(), 0);
        // Receipts go after 10 minutes, conversations after 30.
        assert_eq!(bed.store.purge(at(11), 4).await.unwrap(), 4);
        assert_eq!(bed.store.purge(at(31), 4).await.unwrap(), 8);
        assert_eq!(bed.store.purge(at(31), 100).await.unwrap(), 8);
        assert_eq!(bed.store.count(Table::Conversation).await.unwrap(), 0);
        assert_eq!(bed.store.count(Table::Receipt).await.unwrap(), 0);
        assert_eq!(bed.store.count(Table::Subscriber).await.unwrap(), 10);
    }
}

#[tokio::test]
async fn a_checkpoint_folds_the_log_beside_the_turns() {
    for bed in both().await {
        let log = || std::fs::metadata(bed.folder().join("setara.db-wal")).unwrap().len();
        // As long as what made the tables.
        let first = if bed.url.starts_with("sqlite") { log() } else { 0 };
        for round in 0..20 {
            let was = (round > 0).then_some(round);
            bed.commit(&[bed.turn(SITI).conversation(was, &"x".repeat(5_000))]).await.unwrap();
            bed.store.checkpoint().await.unwrap();
        }
        if bed.url.starts_with("sqlite") {
            // Folded to its end each time, the log begins anew and stays as small as one turn.
            assert!(log() < first + 100_000, "{} octets after {first}", log());
        }
    }
}

#[tokio::test]
async fn the_network_ends_a_conversation_outside_a_turn() {
    for bed in both().await {
        let end = async |minutes| {
            let phone = bed.phone(SITI);
            bed.store
                .end_conversation(phone, Some(SERVICE), End::NetworkAbort, at(minutes))
                .await
                .unwrap()
        };
        assert_eq!(end(0).await, [], "there is none");
        bed.commit(&[bed.turn(SITI).conversation(None, "open")]).await.unwrap();
        assert_eq!(end(4).await, [], "its time was up before");
        assert_eq!(end(1).await, [Cut { service: SERVICE.into(), screen: "nik".into() }]);
        assert_eq!(end(1).await, [], "it has ended");
        let kept = bed.recall(&[bed.key(SITI, 0)]).await.remove(0).conversation.unwrap();
        assert_eq!(kept.ended, Some(End::NetworkAbort));
        assert_eq!(bed.store.time_out(at(9), 100).await.unwrap(), []);
    }
}
