//! The files of a menu, where they lie.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use thiserror::Error;

use crate::diagnostic::SourceFile;

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
