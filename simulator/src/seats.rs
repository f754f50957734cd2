//! `simulator race`: gateways as processes of their own, and people on four channels who want a seat, all at
//! once. Every ticket has to be one person's who was told it, and every person has to be told.

use std::collections::BTreeSet;
use std::error::Error;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;

use clap::Args;
use serde::Serialize;
use setara::clock::{self, Zone};
use simulator::aggregator::post::Proof;
use simulator::aggregator::{self, Aggregator, provider::Provider};
use simulator::balancer::Balancer;
use simulator::play::{self, CODE, Country};
use simulator::race::{self, Fates, MOST_PEOPLE, Networks, PLACE, Plan, Report, SLOTS, Stage};
use simulator::whatsapp::pace::Limits;
use simulator::whatsapp::{Cloud, Settings};
use tokio::process::Child;

use crate::gateway;
use crate::load::{self, Common, address, progress};
use crate::node::{bound, free_port, ready, setara, start_node, stop};

type Failed = Box<dyn Error + Send + Sync>;

/// How many race for how much.
#[derive(Debug, Args)]
pub struct Race {
    /// People, a quarter on each channel
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_PEOPLE)))]
    people: u32,
    /// Seats of the day; a multiple of five, because there are five times
    #[arg(long, default_value_t = 500, value_parser = seats)]
    seats: u32,
    /// Gateways that share the database
    #[arg(long, value_name = "NODES", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=16))]
    nodes: u16,
    #[command(flatten)]
    common: Common,
}

fn seats(text: &str) -> Result<u32, String> {
    let seats = text.parse().ok().filter(|seats: &u32| *seats > 0 && seats.is_multiple_of(SLOTS));
    seats.ok_or_else(|| format!("a multiple of {SLOTS}, because there are {SLOTS} times"))
}

/// What came of it.
#[derive(Debug, Serialize)]
struct Figures {
    people: u32,
    seats: u32,
    nodes: u16,
    /// Different tickets that people were told.
    tickets: usize,
    /// Tickets in the database.
    booked: usize,
    #[serde(flatten)]
    report: Report,
    /// What does not hold; nothing, if all is well.
    faults: Vec<String>,
}

/// Messages a second that the provider takes of a large sender; of others it takes 80.
const CHATS_PER_SECOND: u32 = 1000;
/// Both sides of the aggregator know it.
const SECRET: &str = "simulasi-rahasia-lomba";

/// Runs the race, prints the figures, and fails if anything does not hold.
pub async fn run(race: Race) -> Result<(), Failed> {
    let Race { people, seats, nodes, common } = &race;
    if *nodes > 1 && common.database.is_none() {
        return Err("several gateways need a PostgreSQL: --database URL".into());
    }
    let data = play::DataDirectory::new(None)?;
    let networks = networks().await?;
    let country = Country {
        operators: vec![address(&networks.operator)],
        aggregators: vec![networks.aggregator.clone()],
        cloud: Some(networks.cloud.clone()),
        record: None,
        data: data.path().to_owned(),
    };
    let mut listens = Vec::new();
    for _ in 0..*nodes {
        listens.push(free_port().await?);
    }
    let database = common.database.as_deref();
    let files = gateway::write_race_configuration(&country, &common.menus, database, &listens)?;
    let first = files.first().ok_or("there is a gateway at least")?;
    let plan = Plan { people: *people, seats: *seats };
    fill(first, plan).await?;
    let mut running = Vec::new();
    for (at, file) in files.iter().enumerate() {
        let mut node = start_node(file, Stdio::inherit())?;
        bound(&networks.operator, at + 1, &mut node).await?;
        running.push(node);
    }
    let _balancer = open(&networks, &listens, &mut running).await?;

    let day = tomorrow()?;
    let report = drive(&networks, plan).await?;
    // Midnight may have passed.
    let booked = tickets(first, [day, tomorrow()?]).await?;
    for node in running {
        stop(node).await?;
    }
    networks.cloud.stop().await;
    networks.aggregator.stop().await;
    networks.operator.stop().await;

    let faults = report.faults(plan, &booked);
    let (tickets, booked) = (report.tickets.len(), booked.len());
    let (people, seats, nodes) = (*people, *seats, *nodes);
    let figures = Figures { people, seats, nodes, tickets, booked, report, faults };
    common.print(&figures, print)?;
    if figures.faults.is_empty() { Ok(()) } else { Err(figures.faults.join("; ").into()) }
}

fn print(figures: &Figures) {
    let Figures { people, seats, nodes, tickets, booked, report, .. } = figures;
    println!("{people} people, {seats} seats, {nodes} gateways");
    println!("  tickets    {tickets:>8}   told, {booked} in the database");
    println!(
        "  {:<16} {:>6} {:>6} {:>10} {:>6} {:>7}  last told after",
        "", "yes", "no", "unanswered", "busy", "broken"
    );
    for (way, fates) in &report.ways {
        let Fates { yes, no, unanswered, busy, broken, decided_s, .. } = fates;
        println!(
            "  {way:<16} {yes:>6} {no:>6} {unanswered:>10} {busy:>6} {broken:>7} {decided_s:>10.1} s"
        );
    }
    let Report { twice, nothing_kept, at_times_s, decided_s, turns, turns_per_s, .. } = report;
    println!("  twice      {twice:>8}   told two things, or a ticket told to two");
    println!("  not kept   {nothing_kept:>8}   have a ticket and no text or picture of it");
    println!("  at times   {at_times_s:>8.1} s");
    println!("  decided    {decided_s:>8.1} s later");
    println!("  turns      {turns:>8}   {turns_per_s:.0} a second, simulator included");
}

async fn networks() -> Result<Networks, Failed> {
    let limits = Limits { per_second: CHATS_PER_SECOND, ..Limits::default() };
    let provider = Provider::named("africastalking").ok_or("the simulator has this provider")?;
    let proof = Proof::Hmac(SECRET.to_owned());
    let settings = aggregator::Settings::new("Gerbang", provider, "gerbang", proof, &[CODE]);
    Ok(Networks {
        operator: load::network().await?,
        aggregator: Aggregator::start(settings),
        cloud: Cloud::start(Settings { limits, ..gateway::whatsapp() }).await?,
    })
}

/// Takes in the people and the place.
async fn fill(file: &Path, plan: Plan) -> Result<(), Failed> {
    let rows = [("record", race::roster(plan.people)), ("facility", race::places(plan.seats))];
    for (what, rows) in rows {
        let path = file.with_file_name(format!("{what}.csv"));
        std::fs::write(&path, rows)?;
        setara(file, &[what, "import", &path.to_string_lossy()]).await?;
    }
    Ok(())
}

/// Tells those who call over HTTP where the gateways are: behind a balancer, where there are several.
async fn open(
    networks: &Networks,
    listens: &[SocketAddr],
    running: &mut [Child],
) -> Result<Option<Balancer>, Failed> {
    let [only, rest @ ..] = listens else { return Err("there is a gateway at least".into()) };
    let balancer = match rest {
        [] => None,
        _ => Some(Balancer::start(listens.to_vec()).await?),
    };
    let at = balancer.as_ref().map_or(*only, Balancer::address);
    networks.aggregator.calls(at);
    for (listen, node) in listens.iter().zip(running) {
        ready(&networks.cloud, *listen, node).await?;
    }
    networks.cloud.subscribe(&format!("http://{at}/whatsapp")).await?;
    Ok(balancer)
}

async fn drive(networks: &Networks, plan: Plan) -> Result<Report, Failed> {
    let many = u64::from(plan.people);
    let (times, decided) = (progress(many, "at the list of times"), progress(many, "told"));
    let bars = (times.clone(), decided.clone());
    let moved = move |stage| match stage {
        Stage::AtTimes => bars.0.inc(1),
        Stage::Decided => bars.1.inc(1),
    };
    let report = race::run(networks, plan, moved).await?;
    times.finish_and_clear();
    decided.finish_and_clear();
    Ok(report)
}

/// Tomorrow, where the place is.
fn tomorrow() -> Result<String, Failed> {
    Ok(clock::now().date(Zone::Wit).tomorrow()?.to_string())
}

/// The tickets of these days that the gateway has.
async fn tickets(file: &Path, days: [String; 2]) -> Result<BTreeSet<String>, Failed> {
    let mut tickets = BTreeSet::new();
    for day in days {
        let told = setara(file, &["appointment", "list", &day, PLACE, "--json"]).await?;
        let lines: Vec<serde_json::Value> = serde_json::from_str(&told)?;
        tickets.extend(lines.iter().filter_map(|line| line["number"].as_str()).map(Into::into));
    }
    Ok(tickets)
}
