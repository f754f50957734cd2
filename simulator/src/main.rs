//! `simulator`: the country in a box, to play with and to measure with.

mod app;
mod away;
mod cluster;
mod gateway;
mod load;
mod node;
mod people;
mod process;
mod record;
mod seats;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use simulator::aggregator::provider::{PROVIDERS, Provider};
use simulator::bench;
use simulator::operator::dialect::{self, DIALECTS, Dialect};
use simulator::play::{self, Plan};

/// A country in a box: operator networks, the gateway, and a page with phones.
///
/// Without a command everything starts, and the page tells the rest.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    play: Play,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measure one part, beside the least that could do its work
    #[command(subcommand)]
    Bench(Bench),
    /// Drive the gateway with many phones, beside a bare responder
    Load(load::Load),
    /// Three nodes on a PostgreSQL with a standby, under load: kill a node, then the primary
    Cluster(cluster::Cluster),
    /// A record that takes 8 s, fails half of its calls, and is gone for a minute, while people register
    Outage(away::Outage),
    /// People on four channels who race for seats: who is told a yes or a no, and when
    Race(seats::Race),
    /// Play the back end of a contact-tracing app: bind phones, ask a case, upload
    Sijejak(app::Sijejak),
    /// Take a file into a record; `bench record` runs it so
    #[command(hide = true)]
    Import {
        /// The configuration
        config: PathBuf,
        /// The people
        file: PathBuf,
    },
    /// A command of the gateway; `load sms`, `cluster` and `race` run it so
    #[command(hide = true, disable_help_flag = true)]
    Setara {
        /// What would stand after `setara`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// The gateway alone; `load` runs it so
    #[command(hide = true)]
    Gateway {
        /// Its configuration
        config: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum Bench {
    /// One SMPP bind: messages per second
    Link {
        /// Print one JSON object instead of a table
        #[arg(long)]
        json: bool,
    },
    /// The record: rows imported and look-ups per second, as it grows
    Record(record::Bench),
}

/// Where the national record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum RecordIs {
    /// In the gateway's own tables.
    Embedded,
    /// At a Satu Data of the simulator.
    Outside,
}

#[derive(Debug, Args)]
struct Play {
    /// Where the page with the phones is served
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8119")]
    page: SocketAddr,
    /// One network for each dialect, separated by commas
    #[arg(long, value_delimiter = ',', default_value = "plain,its,sixdee,mica,p2,huawei", value_parser = known_dialect)]
    dialects: Vec<&'static Dialect>,
    /// One aggregator over HTTP for each provider, separated by commas
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "africastalking,infobip,hubtel,nalo,korba,aat,safaricom",
        value_parser = known_provider
    )]
    providers: Vec<Provider>,
    /// Port of the first network's SMSC, the others follow; free ports unless given
    #[arg(long, value_name = "PORT")]
    smsc_port: Option<u16>,
    /// Keep the data in this directory instead of a fresh one that is removed at the end
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Menu folders of the gateway, separated by commas
    #[arg(
        long,
        value_name = "DIR",
        value_delimiter = ',',
        default_value = "menus/pedulilindungi,menus/antrean,menus/petugas"
    )]
    menus: Vec<PathBuf>,
    /// Where the national record is: with the gateway, or outside, over HTTP
    #[arg(long, value_enum, default_value = "embedded")]
    record: RecordIs,
    /// Start no gateway: the networks wait for one of yours
    #[arg(long)]
    no_gateway: bool,
    /// Where aggregators call a gateway of yours
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8120")]
    callbacks: SocketAddr,
}

fn main() -> ExitCode {
    let Arguments { command, play } = Arguments::parse();
    if let Some(Command::Gateway { config }) = &command {
        return gateway::alone(config).unwrap_or_else(failed);
    }
    if let Some(Command::Setara { arguments }) = command {
        return gateway::command(arguments);
    }
    match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime.block_on(obey(command, play)),
        Err(error) => failed(error),
    }
}

async fn obey(command: Option<Command>, play: Play) -> ExitCode {
    let ended = match command {
        None => run(play).await.map_err(|error| error.to_string()),
        Some(Command::Bench(Bench::Link { json })) => {
            bench::link::run(json).await.map_err(|error| error.to_string())
        }
        Some(Command::Bench(Bench::Record(bench))) => {
            record::run(bench).await.map_err(|error| error.to_string())
        }
        Some(Command::Import { config, file }) => {
            record::take_in(&config, file).await.map_err(|error| error.to_string())
        }
        Some(Command::Load(load)) => load::run(load).await.map_err(|error| error.to_string()),
        Some(Command::Outage(outage)) => away::run(outage).await.map_err(|error| error.to_string()),
        Some(Command::Race(race)) => seats::run(race).await.map_err(|error| error.to_string()),
        Some(Command::Sijejak(sijejak)) => app::run(sijejak).await,
        Some(Command::Cluster(cluster)) => {
            cluster::run(cluster).await.map_err(|error| error.to_string())
        }
        // Runs without this runtime, see `main`.
        Some(Command::Gateway { .. } | Command::Setara { .. }) => Ok(()),
    };
    ended.map_or_else(failed, |()| ExitCode::SUCCESS)
}

fn failed(error: impl std::fmt::Display) -> ExitCode {
    eprintln!("simulator: {error}");
    ExitCode::FAILURE
}

async fn run(play: Play) -> Result<(), play::PlayError> {
    let Play { page, dialects, providers, smsc_port, keep, menus, record, no_gateway, callbacks } =
        play;
    let plan = Plan {
        page,
        dialects,
        providers,
        first_port: smsc_port,
        keep,
        whatsapp: Some(gateway::whatsapp()),
        record: (record == RecordIs::Outside).then(simulator::satudata::Settings::default),
    };
    if no_gateway {
        let wait = async |country: &play::Country| {
            country.aggregators.iter().for_each(|aggregator| aggregator.calls(callbacks));
            if let Some(cloud) = &country.cloud {
                println!("{}", gateway::whatsapp_section(cloud)?);
                tokio::spawn(gateway::subscribe(cloud.clone(), callbacks));
            }
            Ok(((), Vec::new()))
        };
        return play::run(plan, wait, async |()| {}).await;
    }
    let start = async |country: &play::Country| {
        let gateway = gateway::start(country, &menus).await?;
        Ok((gateway, people::people()))
    };
    play::run(plan, start, async |gateway| gateway.shutdown().await).await
}

fn known_provider(name: &str) -> Result<Provider, String> {
    Provider::named(name).ok_or_else(|| {
        let known: Vec<_> = PROVIDERS.iter().map(|provider| provider.name()).collect();
        format!("known providers are {}", known.join(", "))
    })
}

fn known_dialect(name: &str) -> Result<&'static Dialect, String> {
    dialect::named(name).ok_or_else(|| {
        let known: Vec<_> = DIALECTS.iter().map(|dialect| dialect.name).collect();
        format!("known dialects are {}", known.join(", "))
    })
}
