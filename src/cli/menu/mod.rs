//! `setara menu`: menus are compiled before they are live.

pub mod check;
pub mod rehearsal;
pub mod test;

use std::process::ExitCode;

use clap::Subcommand;

use crate::config::Config;

/// What can be done with menus.
#[derive(Debug, Subcommand)]
pub enum MenuCommand {
    /// Check menus: every screen, in every language, on every channel
    Check(check::CheckArgs),
    /// Replay conversation files on a fresh database with the sample people
    Test(test::TestArgs),
}

/// Runs `setara menu`.
pub fn run(command: MenuCommand, config: &Config) -> Result<ExitCode, String> {
    match command {
        MenuCommand::Check(args) => check::run(&args, config),
        MenuCommand::Test(args) => test::run(&args, config),
    }
}
