//! `setara menu`: menus are compiled before they are live.

pub mod check;
pub mod desks;
mod exposed;
pub mod graph;
pub mod phone;
pub mod play;
pub mod rehearsal;
pub mod test;
pub mod versions;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Subcommand;

use crate::{
    cli::told,
    config::Config,
    menu::{check as compiler, model::Menu},
    menus,
    service::DESKS,
};

/// What can be done with menus.
#[derive(Debug, Subcommand)]
pub enum MenuCommand {
    /// Check menus: every screen, in every language, on every channel
    Check(check::CheckArgs),
    /// Draw a menu: its screens, its calls and where they lead
    Graph(graph::GraphArgs),
    /// Tell what a menu may ask, list and call
    Desks(desks::DesksArgs),
    /// Play a menu on a phone in the terminal, with the sample people
    Play(play::PlayArgs),
    /// Replay conversation files on a fresh database with the sample people
    Test(test::TestArgs),
    /// List the versions that were put live on the configured database
    Versions,
}

/// Runs `setara menu`.
pub fn run(command: MenuCommand, config: &Config) -> Result<ExitCode, String> {
    match command {
        MenuCommand::Check(args) => check::run(&args, config),
        MenuCommand::Graph(args) => graph::run(&args, config),
        MenuCommand::Desks(args) => desks::run(&args),
        MenuCommand::Play(args) => play::run(&args, config),
        MenuCommand::Test(args) => test::run(&args, config),
        MenuCommand::Versions => versions::run(config),
    }
}

/// The menu of a folder, or the first of the configuration; its findings are drawn if it has
/// errors.
fn one(folder: Option<&Path>, config: &Config) -> Result<(PathBuf, Menu), String> {
    let configured = config.menu.folders.first().map(PathBuf::as_path);
    let folder = folder.or(configured).ok_or("no menu is configured")?;
    let files = menus::read(folder).map_err(told)?;
    match compiler::check(&files, DESKS, &config.profiles()) {
        Ok(checked) => Ok((folder.to_owned(), checked.menu)),
        Err(findings) => {
            check::draw(&findings);
            Err(format!("the menu in {} does not pass its check", folder.display()))
        }
    }
}
