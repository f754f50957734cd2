//! The folder of a backup: the copy of the database, and `backup.json`, which says what has to be in it.
//! The second is written last, so that a folder without it is no backup.

use std::{
    fs::{self, DirBuilder, File},
    io::{self, Read, Write},
    os::unix::fs::DirBuilderExt,
    path::Path,
};

use data_encoding::HEXLOWER;
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{clock::Timestamp, keyfile, store::backup::Snapshot};

/// The copy of a file of SQLite.
pub const SQLITE: &str = "database.sqlite";
/// The copy of a database of PostgreSQL, in `pg_dump`'s custom format.
pub const POSTGRES: &str = "database.dump";
/// The name of the vault's keys in a folder of keys.
pub const VAULT: &str = "vault.key";
/// The name of the signing keys in a folder of keys.
pub const SIGNING: &str = "signing.key";

const MANIFEST: &str = "backup.json";

/// What a backup says of itself. No key is in it, and nobody's name.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of the program that made it.
    pub setara: String,
    /// When.
    pub at: Timestamp,
    /// The file beside this one.
    pub database: String,
    /// Its octets.
    pub octets: u64,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: String,
    /// A word sealed by each key of the vault: who opens all of them can read the backup.
    pub proofs: Vec<String>,
    /// The keys that verify certificates, by their ids.
    pub signing: Vec<String>,
    /// What stood in the database.
    pub snapshot: Snapshot,
}

impl Manifest {
    /// Reads the one of a folder.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let path = folder.join(MANIFEST);
        let text = fs::read_to_string(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                format!("{}: there is no {MANIFEST}, so this is no whole backup", folder.display())
            }
            _ => failed(&path)(error),
        })?;
        let read: Self =
            serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        // A name of ours, and no path to somewhere else.
        match read.database.as_str() {
            SQLITE | POSTGRES => Ok(read),
            _ => Err(format!("{}: `database` is {SQLITE} or {POSTGRES}", path.display())),
        }
    }

    /// Writes it.
    pub fn write(&self, folder: &Path) -> Result<(), String> {
        let text = serde_json::to_string_pretty(self).map_err(|error| error.to_string())?;
        let path = folder.join(MANIFEST);
        let mut file = create(&path)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed(&path))?;
        keyfile::sync_folder(&path).map_err(failed(folder))
    }
}

/// What was poured from one place into another.
pub struct Poured {
    /// How much.
    pub octets: u64,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: String,
}

/// Octets that are moved at a time.
const PIECE: usize = 256 * 1024;

/// Pours everything over.
pub fn pour(
    from: &mut impl Read,
    to: &mut impl Write,
    bar: &ProgressBar,
) -> Result<Poured, io::Error> {
    let (mut piece, mut hash, mut octets) = (vec![0; PIECE], Sha256::new(), 0);
    loop {
        let read = match from.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let part = piece.get(..read).unwrap_or_default();
        hash.update(part);
        to.write_all(part)?;
        octets += read as u64;
        bar.set_position(octets);
    }
    to.flush()?;
    Ok(Poured { octets, sha256: HEXLOWER.encode(&hash.finalize()) })
}

/// The SHA-256 of a file.
pub fn digest(path: &Path) -> Result<Poured, String> {
    let mut file = File::open(path).map_err(failed(path))?;
    let whole = file.metadata().map_err(failed(path))?.len();
    let bar = bar("reading", whole);
    let poured = pour(&mut file, &mut io::sink(), &bar).map_err(failed(path));
    bar.finish_and_clear();
    poured
}

/// Copies a file that only its owner may read to where nothing is yet; it is on the disk then.
pub fn copy(from: &Path, to: &Path, bar: &ProgressBar) -> Result<(), String> {
    let mut source = File::open(from).map_err(failed(from))?;
    let mut copy = create(to)?;
    pour(&mut source, &mut copy, bar)
        .and_then(|_| copy.sync_all())
        .and_then(|()| keyfile::sync_folder(to))
        .map_err(failed(to))
}

/// A new file that only its owner may read.
pub fn create(path: &Path) -> Result<File, String> {
    keyfile::open_new(path).map_err(failed(path))
}

/// A folder that only its owner may look into; one that is there has to be empty.
pub fn make(folder: &Path) -> Result<(), String> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed(folder))?;
    match fs::read_dir(folder).map_err(failed(folder))?.next() {
        None => Ok(()),
        Some(_) => Err(format!("{}: there is something in it already", folder.display())),
    }
}

/// A bar of octets.
pub fn bar(doing: &str, octets: u64) -> ProgressBar {
    let bar = ProgressBar::new(octets);
    let template = format!("{doing} {{bar:30}} {{bytes}}/{{total_bytes}}, {{eta}}");
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style);
    }
    bar
}

/// Names the file in what the system said.
pub fn failed(path: &Path) -> impl FnOnce(io::Error) -> String + '_ {
    move |error| format!("{}: {error}", path.display())
}
