//! The compiler of menus: what is written becomes a [`Menu`], or a list of everything that is
//! wrong with it.
//!
//! In order: names are looked up (`resolve`), texts are read character by character (`letters`),
//! the paths are walked (`flow`), and every screen is laid out with the longest values for every
//! language and channel (`fit`); texts that are sent are filled with them (`notice`), and codes say what they are for (`purpose`).
//! Each part adds findings and none stops the others.

mod fit;
mod flow;
mod keyword;
mod letters;
mod notice;
mod purpose;
mod resolve;

use std::sync::Arc;

use crate::{
    diagnostic::{Finding, Severity, SourceFile},
    menu::{catalogue::Catalogue, load, model::Menu, version::Version, view::Frame},
};

/// A channel as far as the check has to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its name in the configuration.
    pub name: String,
    /// The smallest room a screen can meet there.
    pub frame: Frame,
}

/// A menu that may be used, and what the author should still look at.
#[derive(Debug)]
pub struct Checked {
    /// The menu.
    pub menu: Menu,
    /// The desk that it names.
    pub desk: &'static str,
    /// Warnings only.
    pub warnings: Vec<Finding>,
}

/// Checks the files of one service against what the desk it names offers and the channels it is
/// shown on.
pub fn check(
    files: &[Arc<SourceFile>],
    desks: &[&Catalogue],
    profiles: &[Profile],
) -> Result<Checked, Vec<Finding>> {
    let (draft, mut findings) = load::load(files);
    let catalogue = match resolve::desk(&draft, desks) {
        Ok(catalogue) => catalogue,
        Err(finding) => {
            // Every name of a call would be unknown.
            findings.push(*finding);
            return Err(findings);
        }
    };
    findings.extend(letters::check(&draft));
    match resolve::resolve(&draft, catalogue, desks) {
        Ok(resolved) => {
            findings.extend(resolved.findings);
            findings.extend(flow::check(&draft, &resolved.menu, &resolved.broken, catalogue));
            findings.extend(notice::check(&draft, &resolved.menu, catalogue));
            findings.extend(purpose::check(&draft, &resolved.menu, catalogue));
            findings.extend(fit::check(&draft, &resolved.menu, &resolved.broken, profiles));
            if findings.iter().all(|finding| finding.severity == Severity::Warning) {
                let menu = Menu { version: Version::of(files), ..resolved.menu };
                return Ok(Checked { menu, desk: catalogue.desk, warnings: findings });
            }
        }
        Err(more) => findings.extend(more),
    }
    Err(findings)
}

#[cfg(test)]
mod tests;
