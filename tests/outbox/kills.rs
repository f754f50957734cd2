//! Something is killed while windows are full: every notice ends sent, and sent twice is only what
//! nobody could know to be sent once.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::Duration,
};

use setara::outbox::{Class, Fate, Notice};
use sqlx::{Connection, PgConnection};

use crate::{
    bed::{Bed, folder, notice},
    node::Node,
    smsc::{Manner, Smsc},
};

const MANY: u32 = 3000;
const WINDOW: usize = 40;

/// Answers after 20 ms, as networks do.
fn manner() -> Manner {
    Manner { delay: Duration::from_millis(20), ..Manner::default() }
}

fn with(bed: Bed, smsc: &Smsc) -> Bed {
    let link = format!("window = {WINDOW}\nresponse_seconds = 2");
    bed.operator("telco", &[smsc.port], "per_second = 5000\nprefixes = [\"\"]", &link)
}

/// Nothing is lost, and no more is sent twice than was allowed; says how much.
#[track_caller]
fn account(what: &str, smsc: &Smsc, kills: usize, allowed: usize) {
    let taken = smsc.taken();
    let twice = taken.values().map(|times| times - 1).sum::<usize>();
    let most = taken.values().max().copied().unwrap_or(0);
    println!(
        "{what}: {MANY} notices, {} sent, {} lost, {twice} duplicates of {allowed} that may be, \
         {most} copies at the most, {kills} kills",
        taken.len(),
        MANY as usize - taken.len(),
    );
    assert_eq!(taken.len(), MANY as usize, "lost");
    assert!(twice <= allowed, "{twice} duplicates of {allowed}");
    assert!(most <= 1 + kills, "{most} copies");
}

async fn killed(what: &str, bed: Bed) {
    let smsc = Smsc::start(manner()).await;
    let bed = with(bed, &smsc);
    bed.enqueue(MANY, Class::Reply, "telco").await;
    let kills = 4;
    let mut allowed = 0;
    for kill in 1..=kills {
        let node = Node::start(&bed.config()).await;
        smsc.came(kill * 400).await;
        node.kill().await;
        // What was unanswered then, and nothing else: what was read as answered stands in the journal.
        allowed += WINDOW;
    }
    let node = Node::start(&bed.config()).await;
    bed.until(Fate::Sent, MANY.into()).await;
    account(what, &smsc, kills, allowed);
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_is_killed_on_sqlite() {
    killed("gateway killed, SQLite", Bed::on_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_is_killed_on_postgres() {
    killed("gateway killed, PostgreSQL", Bed::on_postgres().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_is_cut_with_a_full_window() {
    let smsc = Smsc::start(manner()).await;
    let bed = with(Bed::on_sqlite().await, &smsc);
    bed.enqueue(MANY, Class::Reply, "telco").await;
    let node = Node::start(&bed.config()).await;
    let mut allowed = 0;
    for cut in 1..=3 {
        smsc.came(cut * 400).await;
        allowed += smsc.unanswered().max(WINDOW);
        smsc.cut();
    }
    bed.until(Fate::Sent, MANY.into()).await;
    account("link cut", &smsc, 3, allowed);
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_is_killed() {
    let mut smsc = Smsc::start(manner()).await;
    let bed = with(Bed::on_sqlite().await, &smsc);
    bed.enqueue(MANY, Class::Reply, "telco").await;
    let node = Node::start(&bed.config()).await;
    for kill in 1..=2 {
        smsc.came(kill * 400).await;
        smsc.kill();
        tokio::time::sleep(Duration::from_millis(300)).await;
        smsc.open().await;
    }
    bed.until(Fate::Sent, MANY.into()).await;
    account("operator killed", &smsc, 2, 2 * WINDOW);
    node.stop().await;
}

/// A cluster of its own, because it is stopped while others are at work.
struct Cluster {
    url: String,
    folder: String,
    port: u16,
    _child: std::process::Child,
}

impl Cluster {
    async fn start() -> Self {
        let mut child = Command::new("sh")
            .args(["-c", include_str!("../support/postgres-cluster")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let mut url = String::new();
        let stdout = child.stdout.take().expect("piped above");
        BufReader::new(stdout).read_line(&mut url).expect("the script's answer");
        let url = url.trim().to_owned();
        let mut connection = PgConnection::connect(&url).await.expect("PostgreSQL for the tests");
        let ask = "select current_setting('data_directory'), current_setting('port')";
        let (folder, port): (String, String) =
            sqlx::query_as(ask).fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        Self { url, folder, port: port.parse().unwrap(), _child: child }
    }

    /// As the user it belongs to: PostgreSQL does not run as root.
    fn control(&self, order: &str) {
        let script = format!(
            "PATH=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1):$PATH; \
             run() {{ pg_ctl -D '{0}' -m immediate -o '-p {1}' -l '{0}/again.log' -w -t 60 {order}; }}; \
             if [ \"$(id -u)\" != 0 ]; then run; else \
             user=$(stat -c %U '{0}'); \
             setpriv --reuid=\"$user\" --regid=\"$(id -g \"$user\")\" --clear-groups \
             sh -c \"PATH=$PATH pg_ctl -D '{0}' -m immediate -o '-p {1}' -l '{0}/again.log' -w -t 60 {order}\"; fi",
            self.folder, self.port
        );
        let done = Command::new("sh")
            .args(["-c", &script])
            .current_dir("/")
            .stdout(Stdio::null())
            .status();
        assert!(done.expect("a shell").success(), "pg_ctl {order}");
    }
}

/// What was read as answered is sent to nobody again, however long the database could not be told.
#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_is_killed_while_postgres_is_away() {
    let cluster = Cluster::start().await;
    let smsc = Smsc::start(manner()).await;
    let bed = with(Bed::at(folder(), cluster.url.clone()).await, &smsc);
    let parts = 3;
    let long = "Giliran Anda di Puskesmas Menteng. ".repeat(5 * parts);
    let texts: Vec<Notice> = (0..MANY / 2)
        .map(|_| notice(Class::Reply, "telco"))
        .map(|of| Notice { text: long[..150 * parts].to_owned(), ..of })
        .collect();
    bed.store.enqueue(&texts).await.unwrap();
    let node = Node::start(&bed.config()).await;
    smsc.came(100).await;
    cluster.control("stop");
    let mut came = 0;
    while came < smsc.submits().len() || smsc.unanswered() > 0 {
        came = smsc.submits().len();
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert!(came < parts * texts.len(), "everything has left");
    node.kill().await;
    cluster.control("start");
    let node = Node::start(&bed.config()).await;
    node.logged("what a dead process had heard is stored").await;
    bed.until(Fate::Sent, texts.len() as u64).await;
    let taken = smsc.taken();
    assert_eq!(taken.len(), texts.len());
    println!("killed without PostgreSQL: {came} parts had left, none twice");
    assert!(taken.values().all(|times| *times == parts), "{taken:?}");
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_is_stopped_and_started() {
    let cluster = Cluster::start().await;
    let smsc = Smsc::start(manner()).await;
    let bed = with(Bed::at(folder(), cluster.url.clone()).await, &smsc);
    bed.enqueue(MANY, Class::Reply, "telco").await;
    let node = Node::start(&bed.config()).await;
    for stop in 1..=2 {
        smsc.came(stop * 400).await;
        cluster.control("stop");
        tokio::time::sleep(Duration::from_secs(1)).await;
        cluster.control("start");
    }
    bed.until(Fate::Sent, MANY.into()).await;
    // The gateway lives, and knows what was answered: nothing is sent twice while a lease lasts.
    account("PostgreSQL stopped", &smsc, 2, 0);
    node.stop().await;
}
