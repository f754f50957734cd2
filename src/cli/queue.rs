//! `setara queue`: the hall's side of a queue: who is called next, and how many wait.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::{
    cli::told,
    clock,
    config::Config,
    service::place::Line,
    store::{Store, StoreOptions},
    vault::Vault,
};

/// What can be done with queues.
#[derive(Debug, Subcommand)]
pub enum QueueCommand {
    /// Call the next number of a unit
    Next(NextArgs),
    /// Tell how today's queues stand
    List(ListArgs),
}

/// Arguments of `queue next`.
#[derive(Debug, Args)]
pub struct NextArgs {
    /// The unit, as in `[queue.…]` of the configuration
    pub unit: String,
    /// The service it belongs to
    #[arg(long, default_value = "antrean")]
    pub service: String,
}

/// Arguments of `queue list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// The service
    #[arg(long, default_value = "antrean")]
    pub service: String,
}

/// Runs `setara queue`.
pub fn run(command: QueueCommand, config: &Config) -> Result<ExitCode, String> {
    tokio::runtime::Runtime::new().map_err(told)?.block_on(async {
        let vault = Vault::open_file(&config.vault.key_file).map_err(told)?;
        let options = StoreOptions::default();
        let store = Store::open(&config.database.url, vault, options).await.map_err(told)?;
        let done = match command {
            QueueCommand::Next(args) => next(&store, args, config).await,
            QueueCommand::List(args) => list(&store, &args, config).await,
        };
        store.close().await;
        done
    })
}

async fn next(store: &Store, args: NextArgs, config: &Config) -> Result<ExitCode, String> {
    if config.queue.get(&args.unit).is_none() {
        let known: Vec<&str> = config.queue.iter().map(|(id, _)| id.as_str()).collect();
        return Err(format!("there is no unit `{}`; there are {}", args.unit, known.join(", ")));
    }
    let day = clock::now().date(config.menu.zone.into());
    let line = Line { service: args.service, unit: args.unit, day };
    match store.call_next(&line).await.map_err(told)? {
        Some(number) => println!("{number}"),
        None => println!("nobody waits"),
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(store: &Store, args: &ListArgs, config: &Config) -> Result<ExitCode, String> {
    let day = clock::now().date(config.menu.zone.into());
    println!("{:<12} {:>11} {:>8}", "unit", "called last", "waiting");
    for line in store.lines(&args.service, day).await.map_err(told)? {
        println!("{:<12} {:>11} {:>8}", line.unit, line.called, line.waiting);
    }
    Ok(ExitCode::SUCCESS)
}
