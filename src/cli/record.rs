//! `setara record`: fills the national record from a file, or with invented people.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Subcommand};
use csv::ByteRecord;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use thiserror::Error;

use crate::{
    cli::told,
    clock::{self, Zone},
    config::Config,
    service::{
        roster::{COLUMNS, Entry, Header, HeaderError},
        sample::People,
    },
    store::{ImportError, Importing, STAGE_ROWS, Store, StoreError, StoreOptions},
    vault::{Vault, VaultError},
};

/// What can be done with the record.
#[derive(Debug, Subcommand)]
pub enum RecordCommand {
    /// Take every person of a CSV file into the record, or none if any row is wrong
    ///
    /// A row replaces what the record says of its NIK, doses included; people who are not in the
    /// file stay as they are. A gateway may run meanwhile.
    Import(ImportArgs),
    /// Invent people, the well-known cases first
    Sample(SampleArgs),
}

/// Arguments of `record import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// CSV with a header: nik, name, birth_date, and what else is known
    pub file: PathBuf,
}

/// Arguments of `record sample`.
#[derive(Debug, Args)]
pub struct SampleArgs {
    /// How many
    pub people: u64,
    /// The same seed and day invent the same people
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Write a CSV file instead of filling the database
    #[arg(long, value_name = "FILE.csv")]
    pub out: Option<PathBuf>,
}

/// Runs `setara record` with the database and the keys of a configuration.
pub fn run_command(command: RecordCommand, config: &Config) -> Result<ExitCode, String> {
    let database = Database { url: &config.database.url, key_file: &config.vault.key_file };
    let runtime = tokio::runtime::Runtime::new().map_err(told)?;
    runtime.block_on(run(command, database)).map_err(told)?;
    Ok(ExitCode::SUCCESS)
}

/// Which database, and with which keys.
#[derive(Debug, Clone, Copy)]
pub struct Database<'a> {
    /// `sqlite:FILE` or `postgres://…`.
    pub url: &'a str,
    /// The key file; drawn anew if there is none.
    pub key_file: &'a Path,
}

impl Database<'_> {
    async fn open(&self) -> Result<Store, RecordError> {
        let vault = Vault::open_or_create_file(self.key_file)
            .map_err(|source| RecordError::Keys { path: self.key_file.to_owned(), source })?;
        Ok(Store::open(self.url, vault, StoreOptions::default()).await?)
    }
}

/// Why a command did not do what it was asked. The record is as it was before.
#[derive(Debug, Error)]
pub enum RecordError {
    /// The file cannot be opened, read or written.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The first row is no header.
    #[error("{path}: {source}", path = path.display())]
    Header {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        source: HeaderError,
    },
    /// Rows are wrong; they have been listed.
    #[error("{bad} of {rows} rows are wrong; nothing was imported")]
    Rows {
        /// How many are wrong.
        bad: u64,
        /// How many there are.
        rows: u64,
    },
    /// The file changed while it was read.
    #[error("{path}: the file was changed while it was read; nothing was imported", path = path.display())]
    Changed {
        /// Which file.
        path: PathBuf,
    },
    /// The key file cannot be used.
    #[error("{path}: {source}", path = path.display())]
    Keys {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        source: VaultError,
    },
    /// The database cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The import went no further.
    #[error(transparent)]
    Import(#[from] ImportError),
}

/// Wrong rows that are listed one by one; the rest is counted.
const LISTED: u64 = 100;

/// Runs a command. What was done, and every wrong row, is told on standard error.
///
/// # Errors
/// See [`RecordError`].
pub async fn run(command: RecordCommand, database: Database<'_>) -> Result<(), RecordError> {
    let today = clock::now().date(Zone::Wib);
    match command {
        RecordCommand::Import(ImportArgs { file }) => import(&file, database, today).await,
        RecordCommand::Sample(SampleArgs { people, seed, out: Some(path) }) => {
            write_sample(people, seed, &path, today)
        }
        RecordCommand::Sample(SampleArgs { people, seed, out: None }) => {
            fill_with_sample(people, seed, database, today).await
        }
    }
}

async fn import(path: &Path, database: Database<'_>, today: Date) -> Result<(), RecordError> {
    let rows = check(path, today)?;
    let store = database.open().await?;
    let mut importing = store.begin_import(clock::now()).await?;
    let staged = stage_file(path, &mut importing, today, rows).await;
    finish(&store, importing, staged, rows).await
}

/// First pass: reads the whole file and lists every wrong row, up to a bound. The number of rows,
/// if all are good.
fn check(path: &Path, today: Date) -> Result<u64, RecordError> {
    let mut roster = RosterFile::open(path, today)?;
    let bar = progress(roster.octets, "checking", "{bytes}/{total_bytes}");
    let mut wrong = Wrong::default();
    let mut rows = 0;
    while let Some(row) = roster.next()? {
        rows += 1;
        if let Err(reason) = row.entry {
            wrong.list(&bar, row.line, &reason);
        }
        if rows % 4096 == 0 {
            bar.set_position(roster.reader.position().byte());
        }
    }
    bar.finish_and_clear();
    wrong.none_of(rows)?;
    Ok(rows)
}

/// Second pass: stages every row. Only a repeated NIK, which the first pass cannot see without
/// remembering every row, and a file that was changed meanwhile can be wrong now.
async fn stage_file(
    path: &Path,
    importing: &mut Importing,
    today: Date,
    rows: u64,
) -> Result<(), RecordError> {
    let changed = || RecordError::Changed { path: path.to_owned() };
    let mut roster = RosterFile::open(path, today)?;
    let bar = progress(rows, "reading", "{human_pos}/{human_len} rows, {per_sec}");
    let mut wrong = Wrong::default();
    let mut read = 0;
    let mut chunk = Vec::with_capacity(STAGE_ROWS);
    loop {
        let row = roster.next()?;
        let at_end = row.is_none();
        if let Some(row) = row {
            chunk.push((row.line, row.entry.map_err(|_| changed())?));
            read += 1;
        }
        if chunk.len() == STAGE_ROWS || at_end {
            for repeated in importing.stage(&chunk, clock::now()).await? {
                let reason = format!("nik: the same as on line {}", repeated.first);
                wrong.list(&bar, repeated.line, &reason);
            }
            bar.inc(chunk.len() as u64);
            chunk.clear();
        }
        if at_end {
            break;
        }
    }
    bar.finish_and_clear();
    wrong.none_of(rows)?;
    if read == rows { Ok(()) } else { Err(changed()) }
}

fn write_sample(people: u64, seed: u64, path: &Path, today: Date) -> Result<(), RecordError> {
    let failed = |source: io::Error| RecordError::File { path: path.to_owned(), source };
    let file = File::create(path).map_err(failed)?;
    let mut writer = csv::Writer::from_writer(file);
    let bar = progress(people, "inventing", "{human_pos}/{human_len} people, {per_sec}");
    writer.write_record(COLUMNS).map_err(|error| failed(error.into()))?;
    for (_, entry) in (0..people).zip(People::new(seed, today)) {
        writer.write_record(entry.to_row()).map_err(|error| failed(error.into()))?;
        bar.inc(1);
    }
    writer.flush().map_err(failed)?;
    bar.finish_and_clear();
    eprintln!("{people} people written to {}", path.display());
    Ok(())
}

async fn fill_with_sample(
    people: u64,
    seed: u64,
    database: Database<'_>,
    today: Date,
) -> Result<(), RecordError> {
    let store = database.open().await?;
    let mut importing = store.begin_import(clock::now()).await?;
    let staged = stage_sample(people, seed, &mut importing, today).await;
    finish(&store, importing, staged, people).await
}

async fn stage_sample(
    people: u64,
    seed: u64,
    importing: &mut Importing,
    today: Date,
) -> Result<(), RecordError> {
    let bar = progress(people, "inventing", "{human_pos}/{human_len} people, {per_sec}");
    let mut invented = (1..=people).zip(People::new(seed, today));
    loop {
        let chunk: Vec<_> = invented.by_ref().take(STAGE_ROWS).collect();
        if chunk.is_empty() {
            break;
        }
        importing.stage(&chunk, clock::now()).await?;
        bar.inc(chunk.len() as u64);
    }
    bar.finish_and_clear();
    Ok(())
}

/// Applies what was staged without a fault, and throws away what was not.
async fn finish(
    store: &Store,
    importing: Importing,
    staged: Result<(), RecordError>,
    rows: u64,
) -> Result<(), RecordError> {
    match staged {
        Ok(()) => {
            let bar = progress(rows, "applying", "{human_pos}/{human_len} people, {per_sec}");
            importing.apply(clock::now(), |people| bar.inc(people)).await?;
            bar.finish_and_clear();
            eprintln!("{rows} people are in the record");
        }
        Err(error) => {
            // What cannot be thrown away now, the next import throws away; the first error counts.
            let _ = importing.discard().await;
            store.close().await;
            return Err(error);
        }
    }
    store.close().await;
    Ok(())
}

/// Lists wrong rows one by one up to a bound, and counts them all.
#[derive(Default)]
struct Wrong {
    rows: u64,
}

impl Wrong {
    fn list(&mut self, bar: &ProgressBar, line: u64, reason: &str) {
        self.rows += 1;
        if self.rows <= LISTED {
            bar.suspend(|| eprintln!("line {line}: {reason}"));
        }
    }

    fn none_of(&self, rows: u64) -> Result<(), RecordError> {
        if self.rows > LISTED {
            eprintln!("… and {} more", self.rows - LISTED);
        }
        if self.rows == 0 { Ok(()) } else { Err(RecordError::Rows { bad: self.rows, rows }) }
    }
}

fn progress(total: u64, what: &'static str, figures: &str) -> ProgressBar {
    let template = format!("{{msg:10}} {{bar:40}} {figures}, {{eta}} left");
    let style = ProgressStyle::with_template(&template);
    ProgressBar::new(total)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_message(what)
}

/// A CSV file, read a row at a time.
struct RosterFile<'a> {
    path: &'a Path,
    octets: u64,
    reader: csv::Reader<Bounded>,
    header: Header,
    record: ByteRecord,
    today: Date,
}

/// One row: where it stands, and who it is or what is wrong with it.
struct RosterRow {
    line: u64,
    entry: Result<Entry, String>,
}

impl<'a> RosterFile<'a> {
    fn open(path: &'a Path, today: Date) -> Result<Self, RecordError> {
        let failed = |source| RecordError::File { path: path.to_owned(), source };
        let file = File::open(path).map_err(failed)?;
        let octets = file.metadata().map_err(failed)?.len();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(64 * 1024)
            .from_reader(Bounded { file, left: LONGEST_ROW });
        let mut record = ByteRecord::new();
        reader.read_byte_record(&mut record).map_err(|error| failed(error.into()))?;
        let names: Vec<_> = record.iter().map(String::from_utf8_lossy).collect();
        let header = Header::parse(names.iter().map(AsRef::as_ref))
            .map_err(|source| RecordError::Header { path: path.to_owned(), source })?;
        Ok(Self { path, octets, reader, header, record, today })
    }

    fn next(&mut self) -> Result<Option<RosterRow>, RecordError> {
        self.reader.get_mut().left = LONGEST_ROW;
        let found = self.reader.read_byte_record(&mut self.record).map_err(|error| {
            RecordError::File { path: self.path.to_owned(), source: error.into() }
        })?;
        if !found {
            return Ok(None);
        }
        let line = self.record.position().map_or(0, csv::Position::line);
        let fields: Result<Vec<&str>, _> = self.record.iter().map(str::from_utf8).collect();
        let entry = match fields {
            Ok(fields) => {
                Entry::parse(&self.header, &fields, self.today).map_err(|wrong| wrong.to_string())
            }
            Err(_) => Err("not UTF-8".to_owned()),
        };
        Ok(Some(RosterRow { line, entry }))
    }
}

/// Octets that may be read for one row. Without a bound, one quotation mark that is never closed
/// would bring the rest of the file into memory.
const LONGEST_ROW: usize = 1024 * 1024;

struct Bounded {
    file: File,
    left: usize,
}

impl Read for Bounded {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        self.left = self.left.checked_sub(read).ok_or_else(|| {
            io::Error::other("a row is longer than 1 MiB; is there a quotation mark left open?")
        })?;
        Ok(read)
    }
}
