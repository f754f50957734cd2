//! The compiler of menus: what is written becomes a [`Menu`], or a list of everything that is
//! wrong with it.
//!
//! In order: names are looked up (`resolve`), texts are read character by character (`letters`),
//! the paths are walked (`flow`), and every screen is laid out with the longest values for every
//! language and channel (`fit`). Each part adds findings and none stops the others.

mod fit;
mod flow;
mod letters;
mod resolve;

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use thiserror::Error;

use crate::{
    diagnostic::{Finding, Severity, SourceFile},
    menu::{
        catalogue::Catalogue,
        load,
        model::{Menu, Version},
        view::Frame,
    },
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
    /// Warnings only.
    pub warnings: Vec<Finding>,
}

/// The files of a service could not be read.
#[derive(Debug, Error)]
#[error("cannot read {path}: {source}", path = path.display())]
pub struct ReadError {
    /// What could not be read.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

/// The files of the service in a folder, in the order they are read: the shared `words.toml`
/// beside the folder first, then the folder's own by name.
pub fn read(folder: &Path) -> Result<Vec<Arc<SourceFile>>, ReadError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| ReadError { path, source }
    };
    let shared = folder.parent().map(|parent| parent.join("words.toml"));
    let mut own = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed(folder))? {
        let path = entry.map_err(failed(folder))?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            own.push(path);
        }
    }
    own.sort();
    shared
        .into_iter()
        .filter(|path| path.exists())
        .chain(own)
        .map(|path| {
            let text = std::fs::read_to_string(&path).map_err(failed(&path))?;
            Ok(Arc::new(SourceFile { name: path.display().to_string(), text }))
        })
        .collect()
}

/// Checks the files of one service against what the service offers and the channels it is shown
/// on.
pub fn check(
    files: &[Arc<SourceFile>],
    catalogue: &Catalogue,
    profiles: &[Profile],
) -> Result<Checked, Vec<Finding>> {
    let (draft, mut findings) = load::load(files);
    findings.extend(letters::check(&draft));
    match resolve::resolve(&draft, catalogue) {
        Ok(resolved) => {
            findings.extend(resolved.findings);
            findings.extend(flow::check(&draft, &resolved.menu, &resolved.broken, catalogue));
            findings.extend(fit::check(&draft, &resolved.menu, &resolved.broken, profiles));
            if findings.iter().all(|finding| finding.severity == Severity::Warning) {
                let menu = Menu { version: Version::of(files), ..resolved.menu };
                return Ok(Checked { menu, warnings: findings });
            }
        }
        Err(more) => findings.extend(more),
    }
    Err(findings)
}

#[cfg(test)]
mod tests;
