//! Something is killed while windows are full: every notice ends sent, and sent twice is only what
//! nobody could know to be sent once.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::Duration,
};

use setara::outbox::{Class, Fate, Notice};
use simulator::whatsapp::{chat::Chat, faults::Faults};
use sqlx::{Connection, PgConnection};

use crate::{
    bed::{Bed, LEASE, folder, notice},
    chats,
    node::Node,
    operator::Operator,
    smsc::{Manner, Smsc},
};

const MANY: u32 = 3000;
const WINDOW: usize = 40;

/// Answers after 20 ms, as networks do.
fn manner() -> Manner {
    Manner { delay: Duration::from_millis(20), ..Manner::default() }
}

fn with(bed: Bed, port: u16, response_seconds: u32) -> Bed {
    let link = format!("window = {WINDOW}\nresponse_seconds = {response_seconds}");
    bed.operator("telco", &[port], "per_second = 5000\nprefixes = [\"\"]", &link)
}

/// Nothing is lost, and no more is sent twice than was allowed; says how much.
#[track_caller]
fn account(what: &str, taken: &BTreeMap<String, usize>, kills: usize, allowed: usize) {
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
    let bed = with(bed, smsc.port, 2);
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
    account(what, &smsc.taken(), kills, allowed);
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
    let bed = with(Bed::on_sqlite().await, smsc.port, 2);
    bed.enqueue(MANY, Class::Reply, "telco").await;
    let node = Node::start(&bed.config()).await;
    let mut allowed = 0;
    for cut in 1..=3 {
        smsc.came(cut * 400).await;
        allowed += smsc.unanswered().max(WINDOW);
        smsc.cut();
    }
    bed.until(Fate::Sent, MANY.into()).await;
    account("link cut", &smsc.taken(), 3, allowed);
    node.stop().await;
}

/// By turns in the middle of its answers, and when it has left a whole window unanswered.
#[tokio::test(flavor = "multi_thread")]
async fn the_operator_is_killed() {
    let bed = Bed::on_sqlite().await;
    let mut operator = Operator::start(bed.path("taken")).await;
    // So long that nothing is over time before the kill.
    let bed = with(bed, operator.port, 20);
    bed.enqueue(MANY, Class::Reply, "telco").await;
    let node = Node::start(&bed.config()).await;
    let kills = 4;
    let mut came = 0;
    for kill in 1..=kills {
        let full = kill % 2 == 0;
        came += if full { 400 + WINDOW } else { 400 };
        operator.came(came).await;
        operator.kill().await;
        came = operator.taken().into_values().sum();
        // The next one is killed with a full window, if this one was not.
        operator.open(if full { usize::MAX } else { 400 }).await;
    }
    bed.until(Fate::Sent, MANY.into()).await;
    let taken = operator.taken();
    account("operator killed", &taken, kills, kills * WINDOW);
    let twice = taken.into_values().sum::<usize>() - MANY as usize;
    assert!(twice >= kills / 2 * WINDOW, "the window was not full: {twice} came twice");
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

    /// Kills the postmaster with SIGKILL, and waits until its children have seen that and ended.
    async fn kill(&self) {
        let file = format!("{}/postmaster.pid", self.folder);
        let told = std::fs::read_to_string(&file).unwrap();
        let postmaster = told.lines().next().expect("its number").to_owned();
        let children = processes().filter(|(_, parent)| *parent == postmaster);
        let mut left: Vec<String> = children.map(|(id, _)| id).collect();
        assert!(left.len() > 4, "{left:?}");
        let killed = Command::new("kill").args(["-KILL", &postmaster]).status();
        assert!(killed.expect("the kill command").success());
        left.push(postmaster);
        for _ in 0..3000 {
            let alive: Vec<String> = processes().map(|(id, _)| id).collect();
            left.retain(|id| alive.contains(id));
            if left.is_empty() {
                // Where nobody waits for its end, its number seems to be in use still.
                std::fs::remove_file(file).unwrap();
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{left:?} live on");
    }

    /// As the user it belongs to: PostgreSQL does not run as root.
    fn start_again(&self) {
        let start = format!(
            "PATH=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1):$PATH; \
             pg_ctl -D '{0}' -o '-p {1}' -l '{0}/again.log' -w -t 60 start",
            self.folder, self.port
        );
        let script = format!(
            "if [ \"$(id -u)\" != 0 ]; then {start}; else \
             user=$(stat -c %U '{}'); \
             setpriv --reuid=\"$user\" --regid=\"$(id -g \"$user\")\" --clear-groups \
             sh -c \"$START\"; fi",
            self.folder
        );
        let done = Command::new("sh")
            .args(["-c", &script])
            .env("START", start)
            .current_dir("/")
            .stdout(Stdio::null())
            .status();
        let log = std::fs::read_to_string(format!("{}/again.log", self.folder));
        assert!(done.expect("a shell").success(), "PostgreSQL does not start again: {log:?}");
    }
}

/// All that run, each with its parent.
fn processes() -> impl Iterator<Item = (String, String)> {
    let entries = std::fs::read_dir("/proc").expect("processes");
    entries.filter_map(|entry| {
        let id = entry.ok()?.file_name().into_string().ok()?;
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // What stands behind the name, which may have blanks in it.
        let mut words = stat.rsplit_once(')')?.1.split_whitespace();
        let (state, parent) = (words.next()?, words.next()?);
        (state != "Z").then(|| (id, parent.to_owned()))
    })
}

/// What was read as answered is sent to nobody again, however long the database could not be told.
#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_is_killed_while_postgres_is_away() {
    let cluster = Cluster::start().await;
    let smsc = Smsc::start(manner()).await;
    let bed = with(Bed::at(folder(), cluster.url.clone()).await, smsc.port, 2);
    let parts = 3;
    let long = "Giliran Anda di Puskesmas Menteng. ".repeat(5 * parts);
    let texts: Vec<Notice> = (0..MANY / 2)
        .map(|_| notice(Class::Reply, "telco"))
        .map(|of| Notice { text: long[..150 * parts].to_owned(), ..of })
        .collect();
    bed.store.enqueue(&texts).await.unwrap();
    let node = Node::start(&bed.config()).await;
    smsc.came(100).await;
    cluster.kill().await;
    let mut came = 0;
    while came < smsc.submits().len() || smsc.unanswered() > 0 {
        came = smsc.submits().len();
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert!(came < parts * texts.len(), "everything has left");
    node.kill().await;
    cluster.start_again();
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
async fn postgres_is_killed() {
    let cluster = Cluster::start().await;
    let smsc = Smsc::start(manner()).await;
    let bed = with(Bed::at(folder(), cluster.url.clone()).await, smsc.port, 2);
    bed.enqueue(MANY, Class::Reply, "telco").await;
    let node = Node::start(&bed.config()).await;
    let kills = 4;
    for kill in 1..=kills {
        smsc.came(kill * 400).await;
        cluster.kill().await;
        cluster.start_again();
    }
    bed.until(Fate::Sent, MANY.into()).await;
    // The gateway lives, and knows what was answered.
    account("PostgreSQL killed", &smsc.taken(), kills, 0);
    node.stop().await;
}

/// All that there is was claimed, and could be claimed again when the database is back: what was answered
/// meanwhile is not sent again all the same, neither to phones nor to chats.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_is_away_for_longer_than_a_lease() {
    /// How long what is claimed for chats is ours: four times what a request may take.
    const CHAT_LEASE: Duration = Duration::from_secs(8);
    let cluster = Cluster::start().await;
    let smsc = Smsc::start(Manner { delay: Duration::from_millis(200), ..Manner::default() }).await;
    let cloud = chats::cloud().await;
    cloud.set_faults(Faults { answer_ms: 200, ..Faults::default() });
    let bed = with(Bed::at(folder(), cluster.url.clone()).await, smsc.port, 2);
    let short = format!("at_once = {WINDOW}\nanswer_seconds = 1\nconnect_seconds = 1");
    let bed = bed.whatsapp(&cloud, &short);
    let many = 3 * WINDOW;
    let readers: Vec<Chat> = (0..many).map(|at| chats::user(&cloud, at)).collect();
    let heard = || readers.iter().map(|chat| chats::heard(chat).len()).collect::<Vec<_>>();
    bed.enqueue(many as u32, Class::Reply, "telco").await;
    let notices: Vec<Notice> = (0..many).map(|at| chats::to_user(at, "Giliran Anda")).collect();
    bed.store.enqueue(&notices).await.unwrap();
    let node = Node::start(&bed.config()).await;
    smsc.came(WINDOW).await;
    while heard().iter().sum::<usize>() < WINDOW {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    cluster.kill().await;
    tokio::time::sleep(LEASE.max(CHAT_LEASE) + Duration::from_secs(1)).await;
    cluster.start_again();
    bed.until(Fate::Sent, 2 * many as u64).await;
    let taken = smsc.taken();
    let twice = taken.values().filter(|times| **times > 1).count();
    let chats_twice = heard().iter().filter(|times| **times > 1).count();
    println!(
        "PostgreSQL away for longer than a lease: {twice} texts and {chats_twice} chats twice"
    );
    assert_eq!((taken.len(), twice), (many, 0));
    assert!(heard().iter().all(|times| *times == 1), "{:?}", heard());
    node.stop().await;
    cloud.stop().await;
}
