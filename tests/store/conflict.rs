//! A batch that meets a conflict leaves nothing at all.

use std::time::Duration;

use setara::{
    service::{
        facility::{Facility, FacilityCode},
        record::{Change, Standing::*},
    },
    store::{CommitError, Table, TurnWrite},
};
use sqlx::{Connection, PgConnection};

use crate::{
    appointment::place,
    bed::{Bed, Say, at, both, postgres, register},
};

const SITI: &str = "+6281234567890";
const BUDI: &str = "+6281234567891";
const AMIR: &str = "+6281234567892";
const NIK: &str = "3173014502900001";
const OTHER: &str = "3173014502900002";

/// The batch is refused, and every table is as it was, though its first turn is a good one.
async fn refused(bed: &Bed, write: TurnWrite, why: &str) {
    let mut before = vec![];
    for table in TABLES {
        before.push(bed.store.count(table).await.unwrap());
    }
    let good = bed
        .turn(AMIR)
        .conversation(None, "good")
        .receipt(99, "good")
        .change(Change::Consent { version: "1".into() })
        .change(Change::Know(bed.person(NIK)))
        .change(register(77, Waiting, OTHER, "Amir"));
    let result = bed.commit(&[good, write]).await;
    assert!(matches!(result, Err(CommitError::Conflict)), "{why}: {result:?}");
    for (table, before) in TABLES.into_iter().zip(before) {
        assert_eq!(bed.store.count(table).await.unwrap(), before, "{why}: {table:?}");
    }
}

const TABLES: [Table; 6] = [
    Table::Subscriber,
    Table::Conversation,
    Table::Receipt,
    Table::Consent,
    Table::Acquaintance,
    Table::Registration,
];

#[tokio::test]
async fn a_conversation_that_moved_on_is_not_overwritten() {
    for bed in both().await {
        bed.commit(&[bed.turn(SITI).conversation(None, "one")]).await.unwrap();
        bed.commit(&[bed.turn(SITI).conversation(Some(1), "two")]).await.unwrap();
        for was in [None, Some(0), Some(1), Some(3), Some(i64::MAX)] {
            let stale = bed.turn(SITI).conversation(was, "stale");
            refused(&bed, stale, &format!("{was:?}")).await;
        }
        let kept = bed.recall(&[bed.key(SITI, 0)]).await.remove(0).conversation.unwrap();
        assert_eq!((kept.version, kept.body.as_slice()), (2, b"two".as_slice()));
    }
}

#[tokio::test]
async fn a_message_is_answered_once() {
    for bed in both().await {
        bed.commit(&[bed.turn(SITI).receipt(1, "one")]).await.unwrap();
        refused(&bed, bed.turn(SITI).receipt(1, "two"), "the same message").await;
        let reply = bed.recall(&[bed.key(SITI, 1)]).await.remove(0).reply.unwrap();
        assert_eq!(reply, b"one");
    }
}

#[tokio::test]
async fn a_nik_is_registered_once() {
    for bed in both().await {
        bed.commit(&[bed.turn(SITI).change(register(1, Registered, NIK, "Siti"))]).await.unwrap();
        let second = bed.turn(BUDI).change(register(2, Registered, NIK, "Siti"));
        refused(&bed, second, "by another phone").await;
        let second = bed.turn(SITI).change(register(2, Registered, NIK, "Siti"));
        refused(&bed, second, "by the same phone").await;
    }
}

#[tokio::test]
async fn a_number_is_given_once() {
    for bed in both().await {
        bed.commit(&[bed.turn(SITI).change(register(1, Registered, NIK, "Siti"))]).await.unwrap();
        for standing in [Registered, Waiting] {
            let second = bed.turn(BUDI).change(register(1, standing, OTHER, "Budi"));
            refused(&bed, second, standing.as_str()).await;
        }
    }
}

#[tokio::test]
async fn two_turns_of_one_phone_do_not_share_a_batch() {
    for bed in both().await {
        refused(&bed, bed.turn(AMIR), "two turns of one phone").await;
    }
}

#[tokio::test]
async fn places_are_brought_in_although_somebody_stands_in_the_way_crosswise() {
    let bed = postgres().await;
    let named = |code: &str| Facility { code: FacilityCode::parse(code).unwrap(), ..place(7) };
    let places = [named("AWAL"), named("AKHIR")];
    bed.store.put_facilities(&places, at(0), |_| ()).await.unwrap();
    let mut other = PgConnection::connect(&bed.url).await.unwrap();
    // PostgreSQL ends whoever looks for a deadlock first: this side never looks, so it is the import.
    sqlx::query("set deadlock_timeout = '1h'").execute(&mut other).await.unwrap();
    let mut tx = other.begin().await.unwrap();
    let lock = "update facility set quota = 4 where code = ";
    sqlx::query(sqlx::AssertSqlSafe(format!("{lock}'AWAL'"))).execute(&mut *tx).await.unwrap();
    let mut times = 0;
    let import = bed.store.put_facilities(&places, at(1), |_| times += 1);
    let crosswise = async {
        let waits = "select exists (select from pg_locks where not granted)";
        // Whoever waits is the import, which has the other place by then.
        while !sqlx::query_scalar::<_, bool>(waits).fetch_one(&mut *tx).await.unwrap() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let other = sqlx::AssertSqlSafe(format!("{lock}'AKHIR'"));
        sqlx::query(other).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    };
    let (put, ()) = tokio::join!(import, crosswise);
    put.unwrap();
    assert_eq!(times, 1, "the first time it did not come so far");
    for place in places {
        assert_eq!(bed.store.facility(&place.code).await.unwrap().unwrap().quota, 7);
    }
}
