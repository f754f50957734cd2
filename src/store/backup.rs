//! A database as it lies there, for whoever copies it or looks whether a copy is whole: nothing is
//! migrated, created or changed. SQLite is copied by `VACUUM INTO`, in one read transaction beside the
//! turns; PostgreSQL keeps a snapshot (`pg_export_snapshot`) open for its own tool.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sqlx::{
    ConnectOptions, Connection, PgConnection, Row, SqliteConnection,
    postgres::{PgConnectOptions, PgSslMode},
    sqlite::SqliteConnectOptions,
};

use super::{
    StoreError,
    engine::{Dialect, Engine, on_engine},
    primary,
};

/// What stood in a database at one moment. It names nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Migrations that were applied, oldest first.
    pub migrations: Vec<i64>,
    /// Rows of every table; older programs counted some.
    pub rows: BTreeMap<String, u64>,
    /// The ends of the audit log's chains: `shard-seq hash`, as `setara audit verify` prints them.
    pub audit: Vec<String>,
}

impl Snapshot {
    /// Whether a restored database has what was there. Tables that were not counted are not compared.
    pub fn is_in(&self, found: &Self) -> bool {
        let Self { migrations, rows, audit } = self;
        let counted = |(table, rows)| found.rows.get(table) == Some(rows);
        *migrations == found.migrations && *audit == found.audit && rows.iter().all(counted)
    }

    /// Migrations that this program does not know: a later one made them.
    pub fn unknown_migrations(&self) -> Vec<i64> {
        let known: Vec<i64> =
            sqlx::migrate!("migrations/sqlite").iter().map(|migration| migration.version).collect();
        self.migrations.iter().copied().filter(|version| !known.contains(version)).collect()
    }
}

/// Where a database is, without anything having been done to it.
#[derive(Debug, Clone)]
pub enum Place {
    /// A file of SQLite.
    Sqlite(PathBuf),
    /// A database of PostgreSQL.
    Postgres(Box<Server>),
}

/// A database of PostgreSQL, and how its own tools are told of it.
#[derive(Debug, Clone)]
pub struct Server {
    options: PgConnectOptions,
}

/// A snapshot of PostgreSQL that stays as it is until this is dropped.
pub struct Held {
    connection: PgConnection,
    /// Its name, for `pg_dump --snapshot`.
    pub name: String,
}

impl Place {
    /// Reads a URL. Of several servers the primary is meant.
    ///
    /// # Errors
    /// [`StoreError::Url`]; [`StoreError::Unavailable`] where no server is the primary.
    pub async fn of(url: &str) -> Result<Self, StoreError> {
        match url.split(':').next() {
            Some("sqlite") => {
                let options = SqliteConnectOptions::from_str(url)
                    .map_err(|_| StoreError::Url("the file name cannot be read".into()))?;
                Ok(Self::Sqlite(options.get_filename().to_owned()))
            }
            Some("postgres" | "postgresql") => {
                let options = primary::Servers::of(url)?.primary().await?;
                Ok(Self::Postgres(Box::new(Server { options })))
            }
            _ => Err(StoreError::Url("unknown scheme".into())),
        }
    }

    /// Whether nothing is there that a restore could destroy: no file, or no table.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(file) => {
                // A log without its file is somebody's data, too.
                Ok(!files_of(file).iter().any(|file| file.exists()))
            }
            Self::Postgres(server) => {
                let mut connection = server.options.connect().await?;
                let tables: i64 = sqlx::query_scalar(
                    "select count(*) from information_schema.tables \
                     where table_schema not in ('pg_catalog', 'information_schema')",
                )
                .fetch_one(&mut connection)
                .await?;
                connection.close().await?;
                Ok(tables == 0)
            }
        }
    }

    /// What stands in it now.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        match self {
            Self::Sqlite(file) => {
                let mut connection = open(file).await?;
                let snapshot = read(Engine::Sqlite(&mut connection)).await;
                connection.close().await?;
                snapshot
            }
            Self::Postgres(server) => server.hold().await?.snapshot().await,
        }
    }
}

/// Copies a file of SQLite beside those who write it, to where no file is, or an empty one (SQLite, `VACUUM`
/// §3). The copy may not be on the disk yet when this returns.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub async fn copy_sqlite(from: &Path, to: &Path) -> Result<(), StoreError> {
    let mut connection = open(from).await?;
    let copied = sqlx::query("vacuum into $1").bind(to.to_string_lossy().into_owned());
    copied.execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

impl Server {
    /// Keeps what is in the database now, however it changes.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn hold(&self) -> Result<Held, StoreError> {
        let mut connection = self.options.connect().await?;
        for sql in [
            "begin isolation level repeatable read read only",
            // A copy takes as long as it takes.
            "set local idle_in_transaction_session_timeout = 0",
        ] {
            sqlx::query(sql).execute(&mut connection).await?;
        }
        let name =
            sqlx::query_scalar("select pg_export_snapshot()").fetch_one(&mut connection).await?;
        Ok(Held { connection, name })
    }

    /// The variables by which PostgreSQL's tools find this database (libpq, "Environment Variables"). A
    /// password among them is not seen in the list of processes, as it would be in an argument.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let Self { options } = self;
        let socket = options.get_socket().map(|socket| socket.to_string_lossy().into_owned());
        let ssl = match options.get_ssl_mode() {
            PgSslMode::Disable => "disable",
            PgSslMode::Allow => "allow",
            PgSslMode::Prefer => "prefer",
            PgSslMode::Require => "require",
            PgSslMode::VerifyCa => "verify-ca",
            PgSslMode::VerifyFull => "verify-full",
        };
        let url = options.to_url_lossy();
        let asked = |name: &str| {
            let found = url.query_pairs().find(|(key, _)| key == name);
            found.map(|(_, value)| value.into_owned())
        };
        let password = url.password().and_then(|password| {
            let escaped = format!("p={}", password.replace('+', "%2B"));
            let mut pairs = form_urlencoded::parse(escaped.as_bytes());
            pairs.next().map(|(_, plain)| plain.into_owned())
        });
        let database = options.get_database().unwrap_or_else(|| options.get_username());
        let mut all = vec![
            ("PGHOST", socket.unwrap_or_else(|| options.get_host().to_owned())),
            ("PGPORT", options.get_port().to_string()),
            ("PGUSER", options.get_username().to_owned()),
            ("PGDATABASE", database.to_owned()),
            ("PGSSLMODE", ssl.to_owned()),
        ];
        all.extend(password.map(|password| ("PGPASSWORD", password)));
        for (variable, parameter) in
            [("PGSSLROOTCERT", "sslrootcert"), ("PGSSLCERT", "sslcert"), ("PGSSLKEY", "sslkey")]
        {
            // sqlx writes a path so; certificates that stand in the URL itself libpq does not know.
            let path = asked(parameter).and_then(|of| of.strip_prefix("file: ").map(str::to_owned));
            all.extend(path.map(|path| (variable, path)));
        }
        all
    }
}

impl Held {
    /// What stood there.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn snapshot(&mut self) -> Result<Snapshot, StoreError> {
        read(Engine::Postgres(&mut self.connection)).await
    }

    /// Octets that the database takes on the server's disk, with its indexes.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn octets(&mut self) -> Result<u64, StoreError> {
        let octets: i64 = sqlx::query_scalar("select pg_database_size(current_database())")
            .fetch_one(&mut self.connection)
            .await?;
        Ok(octets.unsigned_abs())
    }
}

type One<'a> = Engine<&'a mut SqliteConnection, &'a mut PgConnection>;

async fn read(one: One<'_>) -> Result<Snapshot, StoreError> {
    on_engine!(one, |Db, one| {
        let migrations = sqlx::query_scalar::<Db, i64>(
            "select version from _sqlx_migrations where success order by version",
        )
        .fetch_all(&mut *one)
        .await?;
        let mut rows = BTreeMap::new();
        for table in sqlx::query_scalar::<Db, String>(Db::TABLES).fetch_all(&mut *one).await? {
            let sql = sqlx::AssertSqlSafe(format!("select count(*) from \"{table}\""));
            let count: i64 = sqlx::query_scalar::<Db, _>(sql).fetch_one(&mut *one).await?;
            rows.insert(table, count.unsigned_abs());
        }
        let ends = sqlx::query::<Db>("select shard, seq, hash from audit_head order by shard");
        let mut audit = Vec::new();
        for end in ends.fetch_all(&mut *one).await? {
            let (shard, seq): (i64, i64) = (end.try_get(0)?, end.try_get(1)?);
            let hash: Vec<u8> = end.try_get(2)?;
            audit.push(format!("{shard:02x}-{seq} {}", HEXLOWER.encode(&hash)));
        }
        Ok(Snapshot { migrations, rows, audit })
    })
}

async fn open(file: &Path) -> Result<SqliteConnection, StoreError> {
    let options =
        SqliteConnectOptions::new().filename(file).create_if_missing(false).busy_timeout(PATIENCE);
    Ok(options.connect().await?)
}

/// How long another program's lock is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// A file of SQLite, and those that SQLite keeps beside it while it is open, or leaves there where its
/// program was killed (SQLite, "Temporary Files Used By SQLite" §2).
pub fn files_of(file: &Path) -> [PathBuf; 4] {
    ["", "-wal", "-shm", "-journal"].map(|end| {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        name.into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_tools_are_told_of_a_database_by_their_environment() {
        let url = "postgres://u%40x:p%2B%20%25@db.example:6432/name?sslmode=verify-full\
                   &sslrootcert=/etc/ca.pem";
        let Place::Postgres(server) = Place::of(url).await.unwrap() else { panic!("PostgreSQL") };
        let environment: BTreeMap<_, _> = server.environment().into_iter().collect();
        for (variable, value) in [
            ("PGHOST", "db.example"),
            ("PGPORT", "6432"),
            ("PGUSER", "u@x"),
            ("PGPASSWORD", "p+ %"),
            ("PGDATABASE", "name"),
            ("PGSSLMODE", "verify-full"),
            ("PGSSLROOTCERT", "/etc/ca.pem"),
        ] {
            assert_eq!(environment.get(variable).map(String::as_str), Some(value), "{variable}");
        }
    }
}
