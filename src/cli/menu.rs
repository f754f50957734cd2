//! `setara menu`: menus are compiled before they are live.

use std::{path::PathBuf, process::ExitCode};

use clap::Subcommand;
use miette::GraphicalTheme;

use crate::{
    cli::told,
    config::Config,
    diagnostic::{self, Finding, Severity},
    menu::check,
    service::CATALOGUE,
};

/// What can be done with menus.
#[derive(Debug, Subcommand)]
pub enum MenuCommand {
    /// Check menus: every screen, in every language, on every channel
    Check {
        /// Folders of services; without any, those of the configuration
        folders: Vec<PathBuf>,
    },
}

/// Runs `setara menu`.
pub fn run(command: &MenuCommand, config: &Config) -> Result<ExitCode, String> {
    let MenuCommand::Check { folders } = command;
    let folders = if folders.is_empty() { &config.menu.folders } else { folders };
    let mut errors = 0;
    for folder in folders {
        let files = check::read(folder).map_err(told)?;
        let findings = match check::check(&files, &CATALOGUE, &config.profiles()) {
            Ok(checked) => {
                let menu = &checked.menu;
                let languages: Vec<&str> = menu.languages().iter().map(|l| l.as_str()).collect();
                println!(
                    "{}: {} screens in {} are good",
                    folder.display(),
                    menu.screens().len(),
                    languages.join(" and ")
                );
                checked.warnings
            }
            Err(findings) => findings,
        };
        errors += tell(&findings);
    }
    Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Draws findings and counts the errors among them.
fn tell(findings: &[Finding]) -> usize {
    if findings.is_empty() {
        return 0;
    }
    let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let theme = if colours { GraphicalTheme::unicode() } else { GraphicalTheme::none() };
    eprint!("{}", diagnostic::draw(findings, theme, 100));
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    eprintln!("{errors} errors, {} warnings", findings.len() - errors);
    errors
}
