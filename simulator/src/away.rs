//! `simulator outage`: a gateway beside a national record that takes 8 s, fails half of its calls, and is gone
//! for a minute, while people register.

use std::error::Error;
use std::time::Duration;

use clap::Args;
use setara::app::Gateway;
use setara::cli::serve;
use setara::config::Config;
use simulator::outage::{self, MOST_PEOPLE, Phase, Plan, Report};
use simulator::play::{self, Country};
use simulator::satudata::SatuData;

use crate::gateway;
use crate::load::{self, Common};

type Failed = Box<dyn Error + Send + Sync>;

/// How bad it is, and for how many.
#[derive(Debug, Args)]
pub struct Outage {
    /// People who register at once in each of the three phases
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_PEOPLE)))]
    people: u32,
    /// Seconds that an answer takes in the first phase
    #[arg(long, default_value_t = 8)]
    slow: u64,
    /// Seconds for which the record is gone in the last
    #[arg(long, default_value_t = 60)]
    away: u64,
    #[command(flatten)]
    common: Common,
}

/// Plays it, and prints what came of it.
pub async fn run(outage: Outage) -> Result<(), Failed> {
    let Outage { people, slow, away, common } = outage;
    let Common { menus, database, json } = &common;
    let data = play::DataDirectory::new(None)?;
    let network = load::network().await?;
    let record = SatuData::start(simulator::satudata::Settings::default()).await?;
    let country = Country {
        operators: vec![load::address(&network)],
        aggregators: vec![],
        cloud: None,
        record: Some(record.clone()),
        data: data.path().to_owned(),
    };
    let any_port = ([127, 0, 0, 1], 0).into();
    let file =
        gateway::write_unlimited_configuration(&country, menus, database.as_deref(), any_port)?;
    let config = Config::read(&file)?;
    serve::log(&config)?;
    let gateway = Gateway::start(&config).await?;
    network.bound(1).await?;
    let plan = Plan { people, slow: Duration::from_secs(slow), away: Duration::from_secs(away) };
    let heading = format!("{people} people register in each phase, at once");
    let told = |phase: &Phase| {
        if !json {
            print(phase);
        }
    };
    if !json {
        println!(
            "{heading}\n{:<24} screen  text  last screen   last text  queue  asked at once",
            ""
        );
    }
    let report = outage::run(&network, &record, gateway.http(), plan, told).await;
    gateway.shutdown().await;
    network.stop().await;
    record.stop().await;
    common.print(&report?, |report| {
        let Report { registered, twice, at_once, .. } = report;
        println!(
            "{registered} registered, {twice} of them twice; the record was asked {at_once} at once"
        );
    })
}

fn print(phase: &Phase) {
    let breaker = if phase.breaker_open { ", the breaker opened" } else { "" };
    println!(
        "{:<24} {:>6}  {:>4}  {:>9.1} s  {:>8.1} s  {:>5}  {:>13}{breaker}",
        phase.name,
        phase.on_screen,
        phase.by_text,
        phase.last_screen_s,
        phase.last_text_s,
        phase.queue_most,
        phase.asking_most
    );
}
