//! One body of code for two databases, and statements that come in few sizes.

use sqlx::{Database, Encode, Postgres, QueryBuilder, Sqlite, Transaction, Type};

use super::StoreError;

/// Something that exists once for each database.
#[derive(Clone)]
pub(super) enum Engine<S, P> {
    Sqlite(S),
    Postgres(P),
}

/// A transaction on either database.
pub(super) type Tx = Engine<Transaction<'static, Sqlite>, Transaction<'static, Postgres>>;

/// Runs one body on either database: `on_engine!(&mut self.tx, |Db, tx| { … })`. Inside, `Db` is
/// the database's type in sqlx. The body is compiled twice, with concrete types, which spares it
/// the page of trait bounds that one generic body would need.
macro_rules! on_engine {
    ($engine:expr, |$Db:ident, $on:ident| $body:expr) => {
        match $engine {
            $crate::store::engine::Engine::Sqlite($on) => {
                #[allow(dead_code)]
                type $Db = sqlx::Sqlite;
                $body
            }
            $crate::store::engine::Engine::Postgres($on) => {
                #[allow(dead_code)]
                type $Db = sqlx::Postgres;
                $body
            }
        }
    };
}
pub(super) use on_engine;

/// What one engine says differently.
pub(super) trait Dialect {
    /// Ends a select that claims rows: PostgreSQL passes over rows that another node is holding;
    /// SQLite has one writer and nothing to pass over.
    const SKIP_LOCKED: &'static str;
    /// The names of all tables of ours, but sqlx's own.
    const TABLES: &'static str;
    /// Ends a select whose rows must stay as they are until the transaction ends. SQLite has one writer.
    const FOR_SHARE: &'static str;
    /// Empties the stage of an import. SQLite drops all pages of a table at once when it deletes
    /// without a condition; PostgreSQL would mark every row.
    const CLEAR_STAGE: &'static [&'static str];
    /// When the stage is full. SQLite keeps a table in the order of its key; PostgreSQL keeps it as it
    /// was written, and each run would be read from almost every page. It is to sort the whole of it.
    const ORDER_STAGE: &'static [&'static str];
    /// In a transaction of an import that need not be on the disk when it is committed: the import's
    /// next one that has to be takes it along, and the import looks whether the database fell and
    /// came back without it. SQLite has this for a connection only, not for a transaction.
    const UNHURRIED: &'static [&'static str];
    /// Reads a person's sealed identity, and the end of a chain of the audit log, which are this
    /// transaction's until it ends. On SQLite everything is.
    const LOCK_PERSON: &'static str;
    /// See [`Dialect::LOCK_PERSON`].
    const LOCK_HEAD: &'static str;
    /// The same of the first chain in a range that nobody else holds.
    const FREE_HEAD: &'static str;
    /// After an import, so that PostgreSQL plans look-ups by what the record holds now.
    const SURVEY: &'static [&'static str];
}

impl Dialect for Sqlite {
    const SKIP_LOCKED: &'static str = "";
    const TABLES: &'static str = "select name from sqlite_schema where type = 'table' \
                                  and name not like 'sqlite\\_%' escape '\\' \
                                  and name not like '\\_sqlx%' escape '\\' order by name";
    const FOR_SHARE: &'static str = "";
    const CLEAR_STAGE: &'static [&'static str] =
        &["delete from staged_person", "delete from staged_dose"];
    const ORDER_STAGE: &'static [&'static str] = &[];
    const UNHURRIED: &'static [&'static str] = &[];
    const LOCK_PERSON: &'static str = "select identity from person where nik_index = $1";
    const LOCK_HEAD: &'static str = "select seq, hash from audit_head where shard = $1";
    const FREE_HEAD: &'static str = "select shard, seq, hash from audit_head \
        where shard >= $1 and shard < $2 order by shard limit 1";
    const SURVEY: &'static [&'static str] = &[];
}

impl Dialect for Postgres {
    const SKIP_LOCKED: &'static str = " for update skip locked";
    const TABLES: &'static str = "select table_name::text from information_schema.tables \
                                  where table_schema = current_schema() \
                                  and table_type = 'BASE TABLE' \
                                  and table_name not like '\\_sqlx%' order by table_name";
    const FOR_SHARE: &'static str = " for share";
    const CLEAR_STAGE: &'static [&'static str] = &["truncate staged_person, staged_dose"];
    const ORDER_STAGE: &'static [&'static str] = &[
        "set local enable_seqscan = on",
        "cluster staged_person using staged_person_pkey",
        "cluster staged_dose using staged_dose_pkey",
    ];
    const UNHURRIED: &'static [&'static str] = &["set local synchronous_commit = off"];
    const LOCK_PERSON: &'static str =
        "select identity from person where nik_index = $1 for no key update";
    const LOCK_HEAD: &'static str =
        "select seq, hash from audit_head where shard = $1 for no key update";
    const FREE_HEAD: &'static str = "select shard, seq, hash from audit_head \
        where shard >= $1 and shard < $2 order by shard limit 1 for no key update skip locked";
    const SURVEY: &'static [&'static str] = &["analyze person", "analyze dose"];
}

/// A key as it stands in a column of `table`.
///
/// # Errors
/// [`StoreError::Unreadable`].
pub(super) fn octets(bytes: Vec<u8>, table: &'static str) -> Result<[u8; 16], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Unreadable(table))
}

/// The rows, and after them as many `None` as bring their number to a power of two: the statement
/// then has one of a few texts, and is found prepared. The SQL says `where key is not null`.
pub(super) fn padded_rows<T>(rows: &[T]) -> impl Iterator<Item = Option<&T>> {
    let padding = rows.len().next_power_of_two() - rows.len();
    rows.iter().map(Some).chain(std::iter::repeat_n(None, padding))
}

/// The keys of an `in (…)`, the last one repeated until their number is a power of two.
pub(super) fn padded_keys<T: Copy>(keys: &[T]) -> impl Iterator<Item = T> {
    let padding = keys.len().next_power_of_two() - keys.len();
    keys.iter().copied().chain(keys.last().copied().into_iter().cycle().take(padding))
}

/// Writes what stands between the brackets of an `in (…)`: each key as it is stored.
pub(super) fn push_keys<Db: Database, K: Copy, V>(
    sql: &mut QueryBuilder<Db>,
    keys: &[K],
    stored: impl Fn(K) -> V,
) where
    V: for<'q> Encode<'q, Db> + Type<Db> + 'static,
{
    let mut list = sql.separated(", ");
    for key in padded_keys(keys) {
        list.push_bind(stored(key));
    }
}

/// How SQLite would go about a statement in a database of ours, step by step; the values that it is run with
/// are not looked at.
#[cfg(test)]
pub(super) async fn steps_of(sql: &str) -> Vec<String> {
    use sqlx::{ConnectOptions as _, Row as _, sqlite::SqliteConnectOptions};
    let memory = SqliteConnectOptions::new().in_memory(true);
    let mut lite = super::with_plans_of_ours(memory).connect().await.unwrap();
    sqlx::migrate!("migrations/sqlite").run(&mut lite).await.unwrap();
    let explain = sqlx::AssertSqlSafe(format!("explain query plan {sql}"));
    let steps = sqlx::query(explain).fetch_all(&mut lite).await.unwrap();
    steps.iter().map(|step| step.get("detail")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_rows_is_a_power_of_two() {
        for (rows, padded) in [(1, 1), (2, 2), (3, 4), (5, 8), (100, 128), (128, 128)] {
            let all: Vec<usize> = (0..rows).collect();
            assert_eq!(padded_rows(&all).count(), padded);
            assert_eq!(padded_rows(&all).flatten().count(), rows);
            assert_eq!(padded_keys(&all).count(), padded);
            assert!(padded_keys(&all).all(|key| key < rows));
        }
    }
}
