//! The commands of `setara`. Each is a file; this one only names them and tells how they ended.

pub mod config;
pub mod menu;
pub mod record;
pub mod serve;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::config::{Config, ConfigError};

/// One citizen service on every phone: USSD, SMS and WhatsApp from one checked menu file.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// The configuration; without it the default holds (`setara config print`).
    #[arg(long, short, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// What `setara` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the gateway until it is told to stop
    Serve,
    /// Compile and look at menus
    #[command(subcommand)]
    Menu(menu::MenuCommand),
    /// Fill the national record
    #[command(subcommand)]
    Record(record::RecordCommand),
    /// Look at the configuration
    #[command(subcommand)]
    Config(config::ConfigCommand),
}

/// Runs a command. What went wrong is told on standard error.
pub fn run(cli: Cli) -> ExitCode {
    let told = match cli.command {
        Command::Config(command) => config::run(&command, cli.config.as_deref()),
        Command::Serve => read(cli.config.as_deref()).map_err(told).and_then(serve::run),
        Command::Record(command) => read(cli.config.as_deref())
            .map_err(told)
            .and_then(|config| record::run_command(command, &config)),
        Command::Menu(command) => read(cli.config.as_deref())
            .map_err(told)
            .and_then(|config| menu::run(&command, &config)),
    };
    match told {
        Ok(code) => code,
        Err(message) => {
            eprintln!("setara: {message}");
            ExitCode::FAILURE
        }
    }
}

fn read(path: Option<&std::path::Path>) -> Result<Config, ConfigError> {
    path.map_or_else(|| Config::parse(""), Config::read)
}

/// An error with everything behind it, in one line.
fn told(error: impl std::error::Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let told = error.to_string();
        if !message.contains(&told) {
            message.push_str(": ");
            message.push_str(&told);
        }
        cause = error.source();
    }
    message
}
