//! `simulator load`: many phones dial at once, and the clock runs.
//!
//! The gateway runs as a process of its own, so that its memory can be read. Beside it, in the same
//! run, the same phones dial a bare responder that stores nothing: the ratio says what the gateway
//! costs, whatever the machine is doing otherwise.

use std::collections::VecDeque;
use std::error::Error;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use hdrhistogram::Histogram;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use simulator::operator::{Account, Operator, Settings, dialect};
use simulator::phone::Phone;
use simulator::play::{self, CODE, Country, OperatorAddress};
use simulator::responder::{Responder, Say};
use tokio::process::Child;
use tokio::sync::Mutex;

use crate::node::{bound, start_node, stop};
use crate::{gateway, process};

pub mod sms;
pub mod whatsapp;

type Failed = Box<dyn Error + Send + Sync>;

/// What to drive: USSD, unless another is named.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Load {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    ussd: Ussd,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Notices by SMS to a fast SMSC, and texts both ways, beside the bare link
    Sms(sms::Sms),
    /// Signed WhatsApp events, and how fast they are acknowledged, beside a bare axum webhook
    Whatsapp(whatsapp::Whatsapp),
}

/// USSD: phones that dial.
#[derive(Debug, Args)]
struct Ussd {
    /// Phones that dial at once
    #[arg(long, default_value_t = 200)]
    phones: u64,
    /// How long to measure
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Turns a second, whether answers come or not; without it every phone goes on when answered
    #[arg(long)]
    rate: Option<f64>,
    /// People in the record
    #[arg(long, default_value_t = 10_000)]
    people: u64,
    /// Conversations that stand open meanwhile
    #[arg(long, default_value_t = 0)]
    open: u64,
    /// Gateways that share the database
    #[arg(long, value_name = "NODES", default_value_t = 1)]
    nodes: usize,
    #[command(flatten)]
    common: Common,
}

/// What any load may be told.
#[derive(Debug, Args)]
pub struct Common {
    /// An empty PostgreSQL database instead of a SQLite file
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// Print one JSON object instead of a table
    #[arg(long)]
    pub json: bool,
    /// Menu folders of the gateway, separated by commas
    #[arg(long, value_name = "DIR", value_delimiter = ',', default_value = "menus/pedulilindungi")]
    pub menus: Vec<PathBuf>,
}

impl Common {
    /// Prints what was measured: as one JSON object, if that was wanted, or as a table.
    pub fn print<F: Serialize>(&self, figures: &F, table: impl FnOnce(&F)) -> Result<(), Failed> {
        if self.json {
            println!("{}", serde_json::to_string(figures)?);
        } else {
            table(figures);
        }
        Ok(())
    }
}

/// A quantile of times in microseconds, in milliseconds.
fn millis(times: &Histogram<u64>, quantile: f64) -> f64 {
    times.value_at_quantile(quantile) as f64 / 1000.0
}

/// What was measured.
#[derive(Debug, Serialize)]
struct Figures {
    turns_per_s: f64,
    p50_ms: f64,
    p99_ms: f64,
    p999_ms: f64,
    bare_turns_per_s: f64,
    bare_p50_ms: f64,
    bare_p99_ms: f64,
    bare_p999_ms: f64,
    ratio: f64,
    errors: u64,
    rss_mb: f64,
    idle_rss_mb: f64,
}

/// Runs the load and prints what came of it.
pub async fn run(load: Load) -> Result<(), Failed> {
    match load.what {
        Some(What::Sms(sms)) => sms::run(sms).await,
        Some(What::Whatsapp(whatsapp)) => whatsapp::run(whatsapp).await,
        None => ussd(load.ussd).await,
    }
}

async fn ussd(load: Ussd) -> Result<(), Failed> {
    let data = play::DataDirectory::new(None)?;
    let network = network().await?;
    let country = Country {
        operators: vec![address(&network)],
        aggregators: vec![],
        cloud: None,
        record: None,
        data: data.path().to_owned(),
    };
    let nodes = start_nodes(&network, &country, &load).await?;
    let idle_rss_mb = nodes.iter().map(rss_mb).sum();
    leave_open(&network, load.open).await?;
    // What the preparation has left for the system to write would be counted as the turns' wait.
    tokio::process::Command::new("sync").status().await?;
    let gateway = drive(&network, &load, "gateway").await?;
    let rss_mb = nodes.iter().map(rss_mb).sum();
    for node in nodes {
        stop(node).await?;
    }
    network.stop().await;

    let bare = bare(&load).await?;
    let turns_per_s = gateway.turns_per_s();
    let bare_turns_per_s = bare.turns_per_s();
    let figures = Figures {
        turns_per_s,
        p50_ms: millis(&gateway.times, 0.5),
        p99_ms: millis(&gateway.times, 0.99),
        p999_ms: millis(&gateway.times, 0.999),
        bare_turns_per_s,
        bare_p50_ms: millis(&bare.times, 0.5),
        bare_p99_ms: millis(&bare.times, 0.99),
        bare_p999_ms: millis(&bare.times, 0.999),
        ratio: turns_per_s / bare_turns_per_s,
        errors: gateway.errors,
        rss_mb,
        idle_rss_mb,
    };
    load.common.print(&figures, |figures| print(figures, &load))
}

fn print(figures: &Figures, load: &Ussd) {
    let Figures { turns_per_s, p50_ms, p99_ms, p999_ms, .. } = figures;
    let Figures { bare_p50_ms, bare_p99_ms, bare_p999_ms, .. } = figures;
    let Ussd { phones, people, open, nodes, .. } = load;
    println!("{phones} phones, {people} people, {open} open conversations, {nodes} gateways");
    println!("  turns/s    {turns_per_s:>10.0}   durable, simulator included");
    println!("  p50        {p50_ms:>10.2} ms, {bare_p50_ms:.2} ms of the bare responder");
    println!("  p99        {p99_ms:>10.2} ms, {bare_p99_ms:.2} ms");
    println!("  p99.9      {p999_ms:>10.2} ms, {bare_p999_ms:.2} ms");
    println!(
        "  bare       {:>10.0}   turns/s of a responder that stores nothing",
        figures.bare_turns_per_s
    );
    println!("  ratio      {:>10.2}", figures.ratio);
    println!("  errors     {:>10}", figures.errors);
    println!(
        "  memory     {:>10.0} MB, {:.0} MB before the load",
        figures.rss_mb, figures.idle_rss_mb
    );
}

/// The same phones against a responder that answers at once and keeps nothing.
async fn bare(load: &Ussd) -> Result<Tally, Failed> {
    let network = network().await?;
    let screen = "PeduliLindungi\n1 Daftar vaksin\n2 Status vaksinasi\n3 Orang di nomor ini";
    let responder = Responder::start(network.address(), &play::account(), move |_, _| {
        Say::Ask(screen.to_owned())
    })
    .await?;
    network.bound(1).await?;
    let tally = drive(&network, load, "bare responder").await?;
    responder.stop().await;
    network.stop().await;
    Ok(tally)
}

pub async fn network() -> Result<Operator, Failed> {
    Ok(Operator::start(Settings {
        name: "Nusantara".to_owned(),
        listen: ([127, 0, 0, 1], 0).into(),
        accounts: vec![play::account()],
        dialect: dialect::named("plain").ok_or("the simulator has the dialect `plain`")?,
        codes: vec![CODE.to_owned()],
        timing: Default::default(),
        sms: Default::default(),
    })
    .await?)
}

pub fn address(network: &Operator) -> OperatorAddress {
    let account: Account = play::account();
    let dialect = network.dialect().name;
    OperatorAddress {
        name: "nusantara".to_owned(),
        dialect,
        address: network.address(),
        account,
        ids: network.ids(),
    }
}

/// Gateways that have bound, one link each. The first makes the keys that all of them use.
async fn start_nodes(
    network: &Operator,
    country: &Country,
    load: &Ussd,
) -> Result<Vec<Child>, Failed> {
    let Common { menus, database, .. } = &load.common;
    if load.nodes > 1 && database.is_none() {
        return Err("several gateways need a PostgreSQL: --database URL".into());
    }
    let file = gateway::write_load_configuration(country, menus, database.as_deref())?;
    gateway::fill(&file, load.people).await?;
    let mut nodes = Vec::new();
    for links in 1..=load.nodes {
        let mut node = start_node(&file, Stdio::inherit())?;
        bound(network, links, &mut node).await?;
        nodes.push(node);
    }
    Ok(nodes)
}

/// The memory that a process holds, in MB.
fn rss_mb(child: &Child) -> f64 {
    child.id().map_or(0.0, process::resident_mb)
}

/// The most that it ever held.
fn peak_rss_mb(child: &Child) -> f64 {
    child.id().map_or(0.0, process::peak_mb)
}

/// What it has computed so far.
fn cpu(child: &Child) -> Duration {
    child.id().and_then(process::cpu).unwrap_or_default()
}

/// Begins conversations and leaves them: every phone loses its network in the middle of one.
async fn leave_open(network: &Operator, conversations: u64) -> Result<(), Failed> {
    let bar = progress(conversations, "opening conversations");
    let numbers = Arc::new(Mutex::new((0..conversations).collect::<VecDeque<u64>>()));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..200.min(conversations) {
        let (network, numbers, bar) = (network.clone(), Arc::clone(&numbers), bar.clone());
        tasks.spawn(async move {
            while let Some(next) = { numbers.lock().await.pop_front() } {
                let number = format!("0813{next:08}").parse()?;
                let mut phone = Phone::new(&network, number).await?;
                phone.dial("*119*1*1#").await?;
                phone.drop_signal().await?;
                bar.inc(1);
            }
            Ok::<(), Failed>(())
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    bar.finish_and_clear();
    Ok(())
}

/// What the phones saw.
struct Tally {
    /// From an answer to its screen, in microseconds.
    times: Histogram<u64>,
    errors: u64,
    lasted: Duration,
}

impl Tally {
    fn turns_per_s(&self) -> f64 {
        self.times.len() as f64 / self.lasted.as_secs_f64()
    }
}

/// What every phone does, again and again: home, status, back, people, and home by the key.
const SCRIPT: [&str; 5] = [CODE, "2", "0", "3", "0"];

async fn drive(network: &Operator, load: &Ussd, what: &'static str) -> Result<Tally, Failed> {
    let bar = progress(load.seconds, what);
    let (stop, begun) = (Arc::new(AtomicBool::new(false)), Instant::now());
    let pace = load.rate.map(|rate| Arc::new(Pace::new(rate, begun)));
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..load.phones {
        let number = format!("0812{number:08}").parse()?;
        let phone = Phone::new(network, number).await?;
        tasks.spawn(walk(phone, Arc::clone(&stop), pace.clone()));
    }
    for _ in 0..load.seconds {
        tokio::time::sleep(Duration::from_secs(1)).await;
        bar.inc(1);
    }
    stop.store(true, Ordering::Relaxed);
    let lasted = begun.elapsed();
    let mut tally = Tally { times: Histogram::new(3)?, errors: 0, lasted };
    while let Some(walked) = tasks.join_next().await {
        let (times, errors) = walked?;
        tally.times.add(&times)?;
        tally.errors += errors;
    }
    bar.finish_and_clear();
    Ok(tally)
}

async fn walk(
    mut phone: Phone,
    stop: Arc<AtomicBool>,
    pace: Option<Arc<Pace>>,
) -> (Histogram<u64>, u64) {
    // Three digits are exact enough for a table, and there is a histogram for every phone.
    let mut times = Histogram::new(3).unwrap_or_else(|_| unreachable!("3 is a valid precision"));
    let mut errors = 0;
    let mut steps = SCRIPT.iter().cycle();
    while !stop.load(Ordering::Relaxed) {
        let due = match &pace {
            Some(pace) => pace.next().await,
            None => Instant::now(),
        };
        let step = *steps.next().unwrap_or(&CODE);
        let screen = if step == CODE { phone.dial(step).await } else { phone.answer(step).await };
        match screen {
            Ok(screen) if screen.open => {
                let micros = u64::try_from(due.elapsed().as_micros()).unwrap_or(u64::MAX);
                if times.record(micros).is_err() {
                    errors += 1;
                }
            }
            // A closed session is the busy screen, or worse.
            Ok(_) | Err(_) => {
                errors += 1;
                steps = SCRIPT.iter().cycle();
            }
        }
    }
    (times, errors)
}

/// Turns that are due whether the phones are ready or not: a turn that had to wait for a free phone
/// is counted from when it was due.
struct Pace {
    every: Duration,
    begun: Instant,
    given: Mutex<u32>,
}

impl Pace {
    fn new(rate: f64, begun: Instant) -> Self {
        let every = Duration::from_secs_f64(1.0 / rate.max(0.001));
        Self { every, begun, given: Mutex::new(0) }
    }

    async fn next(&self) -> Instant {
        let due = {
            let mut given = self.given.lock().await;
            *given += 1;
            self.begun + self.every * *given
        };
        tokio::time::sleep_until(due.into()).await;
        due
    }
}

pub fn progress(length: u64, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:24} {bar:40} {pos}/{len}");
    let bar = ProgressBar::new(length).with_message(what);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
