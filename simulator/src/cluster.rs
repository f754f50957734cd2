//! `simulator cluster`: three nodes on one PostgreSQL with a synchronous standby, and what becomes of
//! people and notices when a node is killed, and then the primary.
//!
//! The commit of a turn is answered when primary and standby have it on their disks
//! (`synchronous_commit = on` with `synchronous_standby_names`), which costs a turn a round trip to the
//! standby and its flush; without it a promotion could forget what people had been told.
//! The time to recover from the primary's end counts from its end, the promotion included. It is ordered
//! at once, or when the time is over that a watchdog would take to be sure (`--watchdog`).

mod database;
mod people;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use clap::Args;
use serde::Serialize;
use simulator::operator::Operator;
use simulator::phone::Phone;
use simulator::play::{self, Country};
use tokio::process::Child;
use tokio::task::JoinSet;

use self::database::{Ending, Servers};
use self::people::{Fates, Seen};
use crate::gateway;
use crate::load::{address, network};
use crate::node::{bound, setara, start_node, stop, within};

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// How much is done, and for how long.
#[derive(Debug, Args)]
pub struct Cluster {
    /// People who are at it at once
    #[arg(long, default_value_t = 60)]
    phones: u64,
    /// How long people come
    #[arg(long, default_value_t = 40)]
    seconds: u64,
    /// Notices of a campaign that runs meanwhile, each to a phone of its own
    #[arg(long, default_value_t = 3000)]
    notices: u64,
    /// Texts a second that the operator allows, over all nodes
    #[arg(long, default_value_t = 100)]
    per_second: u32,
    /// Seconds that go by between the end of the primary and the promotion of its standby
    #[arg(long, default_value_t = 0)]
    watchdog: u64,
    /// Leave the primary without a word instead of killing it, as a power cut does: nobody's connection
    /// to it is closed
    #[arg(long)]
    hold: bool,
    /// Print one JSON object instead of a table
    #[arg(long)]
    json: bool,
    /// Menu folders of the gateway, separated by commas
    #[arg(long, value_name = "DIR", value_delimiter = ',', default_value = "menus/pedulilindungi")]
    menus: Vec<PathBuf>,
}

/// What came of it. Nothing lost and nothing doubled is the aim.
#[derive(Debug, Serialize)]
struct Figures {
    nodes: usize,
    turns: usize,
    turns_per_s: f64,
    /// People who were told the number of their registration.
    registered: usize,
    /// Of these, not in the record.
    registered_lost: usize,
    /// People in the record more than once.
    registered_twice: usize,
    complained: usize,
    complained_lost: usize,
    complained_twice: usize,
    notices: u64,
    notices_lost: u64,
    /// Texts that the operator took once more: sent by a node that died before it could say so.
    notices_twice: u64,
    /// What the database says of the campaign's notices.
    notices_ended: BTreeMap<String, u64>,
    /// The most texts in any ten seconds.
    texts_in_10_s: u64,
    /// Texts that the operator's budget allows in ten seconds.
    texts_allowed: u64,
    /// Replies on another link than their question came from.
    strays: u64,
    /// Screens that nobody had asked for.
    wrong_screens: u64,
    node_killed: Killed,
    primary_killed: Killed,
}

/// What became of the sessions that were open when something was killed, and how long it took.
#[derive(Debug, Serialize)]
struct Killed {
    continued: u64,
    broken: u64,
    taken_up: u64,
    /// Until turns were answered half as fast as before, at least.
    recovered_s: f64,
    /// The longest time in which no turn at all was answered.
    silence_s: f64,
}

/// Nodes that share the database.
const NODES: usize = 3;
/// How long is waited for what was begun, once nobody begins any more.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long notices may go on coming to their ends.
const LONGEST: Duration = Duration::from_secs(600);

/// How long any one step may take beside that: a database, a node, a command of the gateway.
const STEP: Duration = Duration::from_secs(120);

/// Starts everything, kills, and prints what came of it; if it came to nothing, what the nodes said last.
pub async fn run(cluster: Cluster) -> Result<(), Failed> {
    let data = play::DataDirectory::new(None)?;
    let figures = figures(&cluster, data.path()).await;
    let figures = figures.map_err(|error| format!("{error}{}", said(&data.path().join(SAID))))?;
    if cluster.json {
        println!("{}", serde_json::to_string(&figures)?);
    } else {
        print(&figures, &cluster);
    }
    Ok(())
}

async fn figures(cluster: &Cluster, data: &Path) -> Result<Figures, Failed> {
    let mut servers = within(STEP, "PostgreSQL starts", Servers::start()).await?;
    let network = network().await?;
    let country = Country {
        operators: vec![address(&network)],
        aggregators: vec![],
        cloud: None,
        data: data.to_owned(),
        record: None,
    };
    let file = gateway::write_cluster_configuration(
        &country,
        &cluster.menus,
        servers.url(),
        cluster.per_second,
    )?;
    within(STEP, "people and phones are there", prepare(cluster, &network, &file)).await?;
    let mut nodes = vec![node(&file, &network, 1).await?];
    for many in 2..=NODES {
        nodes.push(node(&file, &network, many).await?);
    }
    let figures = kill(cluster, &network, &file, &mut nodes, &mut servers).await?;
    for node in nodes {
        stop(node).await?;
    }
    network.stop().await;
    within(STEP, "PostgreSQL stops", servers.stop()).await?;
    Ok(figures)
}

fn print(figures: &Figures, cluster: &Cluster) {
    let Cluster { phones, seconds, .. } = cluster;
    let Figures { nodes, turns, turns_per_s, .. } = figures;
    println!("{nodes} nodes, {phones} people at once, {seconds} s; a node and the primary killed");
    println!("  turns        {turns:>8}   {turns_per_s:.0} a second, the outages included");
    println!("                  told   lost  twice");
    for (what, told, lost, twice) in [
        ("registered", figures.registered, figures.registered_lost, figures.registered_twice),
        ("complained", figures.complained, figures.complained_lost, figures.complained_twice),
    ] {
        println!("  {what:<12} {told:>8} {lost:>6} {twice:>6}");
    }
    let Figures { notices, notices_lost, notices_twice, .. } = figures;
    println!("  notices      {notices:>8} {notices_lost:>6} {notices_twice:>6}");
    let ended: Vec<_> =
        figures.notices_ended.iter().map(|(state, many)| format!("{many} {state}")).collect();
    println!("  ended as     {}", ended.join(", "));
    let (most, allowed) = (figures.texts_in_10_s, figures.texts_allowed);
    println!("  texts        {most:>8}   at most in 10 s, {allowed} allowed");
    println!("  strays       {:>8}   replies on another link than the question's", figures.strays);
    println!("  wrong        {:>8}   screens that nobody had asked for", figures.wrong_screens);
    println!("  killed       continued  broken  taken up  recovered  longest silence");
    for (what, killed) in [("node", &figures.node_killed), ("primary", &figures.primary_killed)] {
        let Killed { continued, broken, taken_up, recovered_s, silence_s } = killed;
        println!(
            "  {what:<12} {continued:>9} {broken:>7} {taken_up:>9} {recovered_s:>8.1} s \
             {silence_s:>13.1} s"
        );
    }
}

/// Fills the record, switches the campaign's phones on, and makes the campaign.
async fn prepare(cluster: &Cluster, network: &Operator, file: &Path) -> Result<(), Failed> {
    let (roster, list) = (file.with_file_name("people.csv"), file.with_file_name("phones.csv"));
    people::write(&roster, &list, cluster.people(), cluster.notices)?;
    gateway::fill(file, 40).await?;
    setara(file, &["record", "import", &roster.to_string_lossy()]).await?;
    let list = list.to_string_lossy();
    let create = ["campaign", "create", CAMPAIGN, "--text", "invitation", "--list", &list];
    setara(file, &create).await?;
    for place in 0..cluster.notices {
        Phone::new(network, people::number(place)?).await?;
    }
    Ok(())
}

/// What the campaign is called.
const CAMPAIGN: &str = "undangan";

impl Cluster {
    /// More than can come.
    fn people(&self) -> u64 {
        (self.seconds * 400).max(self.notices)
    }
}

/// The file beside the configuration in which the nodes write what they have to say.
const SAID: &str = "nodes.log";

/// Another node, when it has bound.
async fn node(file: &Path, network: &Operator, many: usize) -> Result<Child, Failed> {
    // What they say of a database that is gone is no news here.
    let said = file.with_file_name(SAID);
    let said = std::fs::OpenOptions::new().create(true).append(true).open(said)?;
    let mut child = start_node(file, said)?;
    bound(network, many, &mut child).await?;
    Ok(child)
}

/// The load, and the two kills in it.
async fn kill(
    cluster: &Cluster,
    network: &Operator,
    file: &Path,
    nodes: &mut Vec<Child>,
    servers: &mut Servers,
) -> Result<Figures, Failed> {
    let started = setara(file, &["campaign", "start", CAMPAIGN]);
    within(STEP, "the campaign starts", started).await?;
    let (seen, begun) = (Arc::new(Seen::default()), Instant::now());
    let mut comers = JoinSet::new();
    for _ in 0..cluster.phones {
        let (network, seen, people) = (network.clone(), Arc::clone(&seen), cluster.people());
        comers.spawn(async move { people::come(&network, &seen, people).await });
    }
    let quarter = Duration::from_secs(cluster.seconds) / 4;
    tokio::time::sleep(quarter).await;
    let node_killed = Instant::now();
    seen.kills.fetch_add(1, Relaxed);
    if let Some(mut first) = (!nodes.is_empty()).then(|| nodes.remove(0)) {
        first.kill().await?;
    }
    tokio::time::sleep(quarter).await;
    nodes.push(node(file, network, NODES).await?);
    let primary_killed = Instant::now();
    seen.kills.fetch_add(1, Relaxed);
    let how = if cluster.hold { Ending::Held } else { Ending::Killed };
    within(STEP, "the primary is ended", servers.end(how)).await?;
    tokio::time::sleep(Duration::from_secs(cluster.watchdog)).await;
    within(STEP, "the standby is promoted", servers.promote()).await?;
    tokio::time::sleep(quarter * 2).await;
    let ended = Instant::now();
    seen.stop();
    let finished = async {
        while let Some(comer) = comers.join_next().await {
            comer??;
        }
        Ok::<(), Failed>(())
    };
    let finished = tokio::time::timeout(PATIENCE, finished).await;
    finished.map_err(|_| still_waiting(&seen))??;
    let settled = settle(cluster, network, servers);
    let ended_as = within(LONGEST, "the notices come to an end", settled).await?;

    let mut turns = taken(&seen.turns);
    turns.sort();
    let registered = taken(&seen.registrations);
    let complained = taken(&seen.tickets);
    let kept = "select number from registration where standing = $$registered$$";
    let in_record = numbers(servers, kept).await?;
    let twice = "select count(*) from (select nik_index from registration \
                 where standing = $$registered$$ group by nik_index having count(*) > 1) as twice";
    let registered_twice = many(servers, twice).await?;
    let tickets = numbers(servers, "select number from ticket").await?;
    let twice = "select count(*) from (select subscriber from ticket group by subscriber \
                 having count(*) > 1) as twice";
    let complained_twice = many(servers, twice).await?;
    let texts = network.sms_figures().await?;
    let killed = |at: Instant, until: Instant, fates: &Fates| Killed {
        continued: fates.continued.load(Relaxed),
        broken: fates.broken.load(Relaxed),
        taken_up: fates.taken_up.load(Relaxed),
        recovered_s: recovered(&turns, begun, at, until).as_secs_f64(),
        silence_s: silence(&turns, at, until).as_secs_f64(),
    };
    let [first, second] = &seen.fates;
    let distinct = texts.distinct.min(cluster.notices);
    Ok(Figures {
        nodes: NODES,
        turns: turns.len(),
        turns_per_s: turns.len() as f64 / (ended - begun).as_secs_f64(),
        registered: registered.len(),
        registered_lost: lost(&registered, &in_record),
        registered_twice,
        complained: complained.len(),
        complained_lost: lost(&complained, &tickets),
        complained_twice,
        notices: cluster.notices,
        notices_lost: cluster.notices - distinct,
        notices_twice: texts.duplicates,
        notices_ended: ended_as,
        texts_in_10_s: texts.peak_10_s,
        texts_allowed: 10 * u64::from(cluster.per_second),
        strays: network.figures().await?.strays,
        wrong_screens: seen.wrong.load(Relaxed),
        node_killed: killed(node_killed, primary_killed, first),
        primary_killed: killed(primary_killed, ended, second),
    })
}

/// What the people read who should be done.
fn still_waiting(seen: &Seen) -> String {
    use std::fmt::Write;
    let mut told = "people are still waiting; they read".to_owned();
    for (text, many) in taken(&seen.late) {
        // Writing to a string cannot fail.
        let _ = write!(told, "\n{many:>6} x {text:?}");
    }
    told
}

/// What the nodes said last.
fn said(file: &Path) -> String {
    let said = std::fs::read_to_string(file).unwrap_or_default();
    let lines: Vec<_> = said.lines().collect();
    let last = lines.iter().skip(lines.len().saturating_sub(40));
    last.map(|line| format!("\n{line}")).collect()
}

/// Waits until every notice of the campaign has its end, or no further one comes to it; how they ended.
async fn settle(
    cluster: &Cluster,
    network: &Operator,
    servers: &mut Servers,
) -> Result<BTreeMap<String, u64>, Failed> {
    let mut last = (BTreeMap::new(), 0);
    let mut since = Instant::now();
    loop {
        let rows = servers
            .ask("select state, count(*) from notice where campaign <> 0 group by state")
            .await?;
        let states: BTreeMap<String, u64> = rows
            .iter()
            .filter_map(|row| row.split_once('|'))
            .filter_map(|(state, many)| Some((state.to_owned(), many.parse().ok()?)))
            .collect();
        let open = states.contains_key("waiting") || states.contains_key("sent");
        if !open && states.values().sum::<u64>() >= cluster.notices {
            return Ok(states);
        }
        let now = (states, network.sms_figures().await?.submitted);
        if now != last {
            (last, since) = (now, Instant::now());
        } else if since.elapsed() > PATIENCE / 2 {
            return Ok(last.0);
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

async fn numbers(servers: &mut Servers, sql: &str) -> Result<HashSet<String>, Failed> {
    Ok(servers.ask(sql).await?.iter().map(|number| people::digits(number)).collect())
}

async fn many(servers: &mut Servers, sql: &str) -> Result<usize, Failed> {
    let rows = servers.ask(sql).await?;
    Ok(rows.first().ok_or("PostgreSQL says nothing")?.parse()?)
}

fn taken<T: Default>(mutex: &std::sync::Mutex<T>) -> T {
    std::mem::take(&mut *mutex.lock().unwrap_or_else(PoisonError::into_inner))
}

/// What people were told and nobody kept; a number that two were told counts as lost too.
fn lost(told: &[String], kept: &HashSet<String>) -> usize {
    let known: HashSet<_> = told.iter().filter(|number| kept.contains(*number)).collect();
    told.len() - known.len()
}

/// Half a second in which at least half as many turns are answered as before the kill.
fn recovered(turns: &[Instant], begun: Instant, at: Instant, until: Instant) -> Duration {
    const WINDOW: Duration = Duration::from_millis(500);
    let between = |from: Instant, to: Instant| {
        turns.partition_point(|turn| *turn < to) - turns.partition_point(|turn| *turn < from)
    };
    let before = between(begun, at) as f64 / (at - begun).as_secs_f64();
    let wanted = before * WINDOW.as_secs_f64() / 2.0;
    let first = turns.partition_point(|turn| *turn < at);
    let good = |turn: &&Instant| between(**turn, **turn + WINDOW) as f64 >= wanted;
    turns
        .iter()
        .skip(first)
        .take_while(|turn| **turn < until)
        .find(good)
        .map_or(until - at, |turn| *turn - at)
}

/// The longest time without a turn.
fn silence(turns: &[Instant], at: Instant, until: Instant) -> Duration {
    let within = turns.iter().copied().filter(|turn| (at..until).contains(turn));
    let ends = std::iter::once(at).chain(within.clone());
    let gaps = ends.zip(within.chain(std::iter::once(until))).map(|(from, to)| to - from);
    gaps.max().unwrap_or_default()
}
