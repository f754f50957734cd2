//! The two schemas are one: same tables, same columns, same types, same indexes.

use std::collections::BTreeMap;

use sqlx::{Connection, PgConnection, Row, SqliteConnection};

use crate::bed::{postgres, sqlite};

/// Table and column, to type and `not null`.
type Columns = BTreeMap<(String, String), (String, bool)>;

#[tokio::test]
async fn both_databases_have_the_same_tables() {
    let (sqlite, postgres) = (sqlite().await, postgres().await);
    let mut lite = SqliteConnection::connect(&sqlite.url).await.unwrap();
    let mut pg = PgConnection::connect(&postgres.url).await.unwrap();

    let mut in_lite = Columns::new();
    let rows = sqlx::query(
        "select t.name, c.name, c.type, c.\"notnull\" from sqlite_schema t \
         join pragma_table_info(t.name) c where t.type = 'table' and t.name not like '_sqlx%'",
    )
    .fetch_all(&mut lite)
    .await
    .unwrap();
    for row in rows {
        in_lite.insert((row.get(0), row.get(1)), (common(row.get(2)), row.get(3)));
    }

    let mut in_pg = Columns::new();
    let rows = sqlx::query(
        "select table_name::text, column_name::text, data_type::text, is_nullable = 'NO' \
         from information_schema.columns \
         where table_schema = 'public' and table_name not like '\\_sqlx%'",
    )
    .fetch_all(&mut pg)
    .await
    .unwrap();
    for row in rows {
        in_pg.insert((row.get(0), row.get(1)), (common(row.get(2)), row.get(3)));
    }
    assert!(in_lite.len() > 60, "{in_lite:#?}");
    assert_eq!(in_lite, in_pg);

    let indexes = "select name from sqlite_schema where type = 'index' \
                   and name not like 'sqlite_%' order by name";
    let lite: Vec<String> = sqlx::query_scalar(indexes).fetch_all(&mut lite).await.unwrap();
    let indexes = "select indexname::text from pg_indexes where schemaname = 'public' \
                   and indexname not like '%\\_pkey' order by indexname";
    let pg: Vec<String> = sqlx::query_scalar(indexes).fetch_all(&mut pg).await.unwrap();
    assert!(lite.len() >= 5);
    assert_eq!(lite, pg);
}

/// One name for what the two call by two. SQLite has no boolean, and stores a 0 or a 1.
fn common(name: String) -> String {
    match name.to_ascii_lowercase().as_str() {
        "bytea" => "blob".into(),
        "bigint" | "boolean" => "integer".into(),
        other => other.into(),
    }
}
