//! `setara menu check`: everything that is wrong with a menu, drawn for people or as JSON.

use std::{io::IsTerminal, path::PathBuf, process::ExitCode};

use clap::Args;
use miette::GraphicalTheme;

use crate::{
    cli::told,
    config::Config,
    diagnostic::{self, Finding, Severity, Told},
    menu::{
        check,
        model::{Clash, Menu},
    },
    menus,
    service::DESKS,
};

/// Arguments of `menu check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Folders of services; without any, those of the configuration
    pub folders: Vec<PathBuf>,
    /// Print one JSON array of findings
    #[arg(long)]
    pub json: bool,
}

/// Runs `setara menu check`. Only errors make it fail; warnings are told.
pub fn run(args: &CheckArgs, config: &Config) -> Result<ExitCode, String> {
    let folders = if args.folders.is_empty() { &config.menu.folders } else { &args.folders };
    let mut all = Vec::new();
    let mut menus: Vec<Menu> = Vec::new();
    for folder in folders {
        let files = match menus::read(folder) {
            Ok(files) => files,
            Err(error) if args.json => {
                all.push(Finding::nowhere("menu::unreadable", error.to_string()));
                continue;
            }
            Err(error) => return Err(told(error)),
        };
        let findings = match check::check(&files, DESKS, &config.profiles()) {
            Ok(checked) => {
                if !args.json {
                    println!("{}: {}", folder.display(), praise(&checked.menu));
                }
                let clashes = menus.iter().filter_map(|menu| menu.clash(&checked.menu));
                let clash = |clash: Clash| Finding::nowhere("menu::clash", clash.to_string());
                let clashes: Vec<Finding> = clashes.map(clash).collect();
                menus.push(checked.menu);
                [checked.warnings, clashes].concat()
            }
            Err(findings) => findings,
        };
        if !args.json {
            draw(&findings);
        }
        all.extend(findings);
    }
    if args.json {
        println!("{}", json(&all).map_err(told)?);
    }
    Ok(if errors(&all) == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn praise(menu: &Menu) -> String {
    let languages: Vec<&str> = menu.languages().iter().map(|language| language.as_str()).collect();
    format!("{} screens in {} are good", menu.screens().len(), languages.join(" and "))
}

/// Draws findings for people.
pub(super) fn draw(findings: &[Finding]) {
    if findings.is_empty() {
        return;
    }
    let colours = std::io::stderr().is_terminal();
    let theme = if colours { GraphicalTheme::unicode() } else { GraphicalTheme::none() };
    eprint!("{}", diagnostic::draw(findings, theme, 100));
    let errors = errors(findings);
    eprintln!("{errors} errors, {} warnings", findings.len() - errors);
}

fn errors(findings: &[Finding]) -> usize {
    findings.iter().filter(|finding| finding.severity == Severity::Error).count()
}

/// The findings as one JSON array, in the order they were found.
fn json(findings: &[Finding]) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&findings.iter().map(Told::of).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnostic::SourceFile;

    #[test]
    fn findings_are_one_json_array() {
        let text = "[screen.home]\nsay.id = \"é {naem}\"\n";
        let file = Arc::new(SourceFile { name: "m/a.toml".into(), text: text.into() });
        let findings = match check::check(&[file], DESKS, &[]) {
            Err(findings) => findings,
            Ok(_) => panic!("half a menu passed"),
        };
        let array: serde_json::Value = serde_json::from_str(&json(&findings).unwrap()).unwrap();
        let array = array.as_array().unwrap();
        assert_eq!(array.len(), findings.len());
        for finding in array {
            let keys: Vec<_> = finding.as_object().unwrap().keys().collect();
            assert_eq!(
                keys,
                ["code", "column", "file", "help", "line", "message", "severity"],
                "{finding}"
            );
        }
        assert_eq!(json(&[]).unwrap(), "[]");
    }
}
