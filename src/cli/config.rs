//! `setara config`: the configuration, printed and checked.

use std::{path::Path, process::ExitCode};

use clap::Subcommand;

use crate::{
    cli::told,
    config::{Config, DEFAULT},
};

/// What can be done with the configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print the commented default: a file needs only the lines that differ
    Print,
    /// Check the file given with --config
    Check,
}

/// Runs `setara config`.
pub fn run(command: &ConfigCommand, path: Option<&Path>) -> Result<ExitCode, String> {
    match command {
        ConfigCommand::Print => print!("{DEFAULT}"),
        ConfigCommand::Check => {
            path.map_or_else(|| Config::parse(""), Config::read).map_err(told)?;
            println!("the configuration is good");
        }
    }
    Ok(ExitCode::SUCCESS)
}
