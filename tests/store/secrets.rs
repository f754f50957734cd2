//! What lies on the disk names nobody; and what was tampered with is not read.

use std::fs;

use setara::{
    service::{
        record::{Change, Need, Standing::*},
        sample::{self, People},
    },
    store::StoreError,
};
use sqlx::{Connection, PgConnection, Row, SqliteConnection};

use crate::bed::{Bed, Say, at, both, register};

const PHONE: &str = sample::OTHER_DATE.phone;
/// Said nowhere else, so that finding it means that it leaked.
const TYPED_NAME: &str = "Zubaidah Quraisyin";
const TYPED_NIK: &str = "1371015511729876";

async fn tell(bed: &Bed) {
    let people: Vec<_> = People::new(1, jiff::civil::date(2021, 8, 16)).take(24).collect();
    bed.fill(&people).await;
    let body = format!("{TYPED_NAME} {TYPED_NIK}");
    let turn = bed
        .turn(PHONE)
        .conversation(None, &body)
        .receipt(1, &body)
        .change(Change::Know(bed.person(sample::OTHER_DATE.nik)))
        .change(register(1, Waiting, TYPED_NIK, TYPED_NAME))
        .change(register(2, Registered, sample::OTHER_DATE.nik, "Yusnimar"));
    bed.commit(&[turn]).await.unwrap();
    bed.store.put_officers(&sample::officers(&bed.vault, at(0))).await.unwrap();
}

/// Everything that must not be found, in the ways it could be written.
fn secrets() -> Vec<String> {
    let mut secrets: Vec<String> = [
        "Quraisyin",
        "Zubaidah",
        "Nugroho",
        "81290000201",
        TYPED_NIK,
        "Yusnimar",
        "Parlindungan",
        "Wirjodiprodjo",
    ]
    .map(str::to_owned)
    .to_vec();
    for case in [sample::OTHER_DATE, sample::READY, sample::LONG] {
        secrets.push(case.nik.to_owned());
        secrets.push(case.phone.trim_start_matches("+62").to_owned());
        secrets.push(case.birth.to_owned());
    }
    let hex = |text: &String| text.bytes().map(|octet| format!("{octet:02x}")).collect();
    let in_hex: Vec<String> = secrets.iter().map(hex).collect();
    secrets.extend(in_hex);
    secrets
}

fn assert_silent(octets: &[u8], of: &str) {
    let text = String::from_utf8_lossy(octets);
    for secret in secrets() {
        assert!(!text.contains(&secret), "{of} says {secret}");
    }
}

#[tokio::test]
async fn no_name_nik_number_or_birth_date_lies_on_the_disk() {
    for bed in both().await {
        tell(&bed).await;
        if bed.url.starts_with("postgres") {
            let mut connection = PgConnection::connect(&bed.url).await.unwrap();
            let tables = sqlx::query(
                "select table_name::text from information_schema.tables \
                 where table_schema = 'public'",
            );
            let tables = tables.fetch_all(&mut connection).await.unwrap();
            assert!(tables.len() > 12);
            for table in tables {
                let table: String = table.get(0);
                let dump = format!("select coalesce(string_agg(t::text, ' '), '') from {table} t");
                let dump: String = sqlx::query_scalar(sqlx::AssertSqlSafe(dump))
                    .fetch_one(&mut connection)
                    .await
                    .unwrap();
                assert_silent(dump.as_bytes(), &table);
            }
        } else {
            for file in fs::read_dir(bed.folder()).unwrap() {
                let path = file.unwrap().path();
                assert_silent(&fs::read(&path).unwrap(), &path.display().to_string());
            }
            bed.store.close().await;
            let whole = fs::read(bed.folder().join("setara.db")).unwrap();
            assert!(whole.len() > 50_000);
            assert_silent(&whole, "the closed file");
        }
    }
}

#[tokio::test]
async fn a_row_that_was_changed_or_moved_is_an_error_and_says_nothing() {
    let tampers = [
        ("update person set identity = (select reply from receipt limit 1)", "person"),
        ("update conversation set body = (select identity from person limit 1)", "conversation"),
        ("update receipt set reply = (select body from conversation limit 1)", "receipt"),
        (
            "update registration set identity = (select identity from registration \
             where standing = 'registered') where standing = 'waiting'",
            "registration",
        ),
    ];
    for (tamper, table) in tampers {
        for bed in both().await {
            tell(&bed).await;
            execute(&bed, tamper).await;
            let mut batch = bed.store.begin().await.unwrap();
            let need = Need {
                person: Some(bed.person(sample::READY.nik)),
                people: Some(bed.phone(PHONE)),
                ..Need::default()
            };
            let recalled = batch.recall(&[bed.key(PHONE, 1)]).await.map(drop);
            let facts = batch.facts(&[need]).await.map(drop);
            let error = recalled.and(facts).unwrap_err();
            assert!(matches!(error, StoreError::Unreadable(of) if of == table), "{error:?}");
            assert_silent(format!("{error} {error:?}").as_bytes(), "the error");
        }
    }
}

#[tokio::test]
async fn what_a_turn_holds_is_not_shown_by_debug() {
    for bed in both().await {
        tell(&bed).await;
        let mut batch = bed.store.begin().await.unwrap();
        let recalled = batch.recall(&[bed.key(PHONE, 1)]).await.unwrap();
        let need = Need {
            person: Some(bed.person(sample::READY.nik)),
            people: Some(bed.phone(PHONE)),
            ..Need::default()
        };
        let facts = batch.facts(&[need]).await.unwrap();
        let turn = bed.turn(PHONE).conversation(None, TYPED_NAME).receipt(1, TYPED_NIK);
        let shown = format!("{:?} {recalled:?} {turn:?} {:?}", bed.store, facts[0].waiting);
        assert_silent(shown.as_bytes(), "Debug");
    }
}

async fn execute(bed: &Bed, sql: &'static str) {
    if bed.url.starts_with("postgres") {
        let mut connection = PgConnection::connect(&bed.url).await.unwrap();
        sqlx::query(sql).execute(&mut connection).await.unwrap();
    } else {
        let mut connection = SqliteConnection::connect(&bed.url).await.unwrap();
        sqlx::query(sql).execute(&mut connection).await.unwrap();
    }
}
