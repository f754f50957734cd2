//! A PostgreSQL of our own for each test binary, and a database of its own for each test.
//!
//! The cluster is real: fsync is on, and it listens on the loopback only. It is started by the
//! first test that asks, and is gone with the process that asked, also when that one panics or is
//! killed. `SETARA_TEST_POSTGRES`, a URL of a database in a cluster where databases may be
//! created, puts one cluster in the place of all of them. No PostgreSQL is a failure, not a skip.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use sqlx::{Connection, PgConnection};

/// The script stops the cluster when its standard input is closed. The child holds the other end,
/// and the system closes it when this process ends, whatever ends it.
pub struct Cluster {
    /// Of the database `postgres` there.
    pub url: String,
    _child: Option<Child>,
}

static CLUSTER: OnceLock<Cluster> = OnceLock::new();

/// The URL of a new, empty database.
pub async fn database() -> String {
    create("template0").await
}

/// The URL of a new database with all that another has, which nobody works with meanwhile.
#[allow(dead_code, reason = "not every test binary begins with the sample")]
pub async fn copy(url: &str) -> String {
    let (_, name) = url.rsplit_once('/').expect("a URL ends in /DATABASE");
    create(name).await
}

async fn create(template: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let admin = &CLUSTER.get_or_init(cluster).url;
    let (base, _) = admin.rsplit_once('/').expect("a URL ends in /DATABASE");
    #[expect(clippy::disallowed_methods, reason = "only to make a name that nobody else took")]
    let now = SystemTime::now();
    let nanos = now.duration_since(UNIX_EPOCH).unwrap().subsec_nanos();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("test_{}_{count}_{nanos}", std::process::id());
    let mut connection = PgConnection::connect(admin).await.expect("PostgreSQL for the tests");
    let create = format!("create database {name} template {template}");
    sqlx::query(sqlx::AssertSqlSafe(create)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    format!("{base}/{name}")
}

fn cluster() -> Cluster {
    match std::env::var("SETARA_TEST_POSTGRES") {
        Ok(url) => Cluster { url, _child: None },
        Err(_) => start(),
    }
}

/// A cluster that nobody else uses, for whoever sets it up anew.
pub fn start() -> Cluster {
    let mut child = Command::new("sh")
        .args(["-c", include_str!("postgres-cluster")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell");
    let mut url = String::new();
    let stdout = child.stdout.take().expect("piped above");
    BufReader::new(stdout).read_line(&mut url).expect("the script's answer");
    let url = url.trim().to_owned();
    assert!(!url.is_empty(), "PostgreSQL did not start; the tests need it (see above)");
    Cluster { url, _child: Some(child) }
}
