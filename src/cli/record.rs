//! `setara record`: fills the national record from a file, or with invented people.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use clap::{Args, Subcommand};
use csv::ByteRecord;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use thiserror::Error;
use tokio::sync::mpsc;

use crate::{
    cli::told,
    clock::{self, Zone},
    config::Config,
    service::{
        roster::{COLUMNS, Entry, Header, HeaderError},
        sample::{self, People},
    },
    store::{
        ImportError, Importing, STAGE_ROWS, SealedRows, Sealer, Store, StoreError, StoreOptions,
    },
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
    /// Invent people, the well-known cases first, and places where they are vaccinated
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
    /// The reader of the rows came to grief.
    #[error("the rows could not be read")]
    Stopped,
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
const LISTED: usize = 100;

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
    let roster = RosterFile::open(path, today)?;
    let bar = progress(roster.octets, "reading", "{bytes}/{total_bytes}");
    let store = database.open().await?;
    fill(&store, roster, bar).await
}

/// Takes rows in, all of them or none: they are read and sealed on a thread of their own, beside the
/// database. After the first wrong row nothing more is staged, and the rest is only looked at.
async fn fill(store: &Store, rows: impl Rows, bar: ProgressBar) -> Result<(), RecordError> {
    let began = Instant::now();
    let mut importing = store.begin_import(clock::now()).await?;
    let (chunks, ready) = mpsc::channel(CHUNKS);
    let sealer = importing.sealer();
    let reading = tokio::task::spawn_blocking(move || read(rows, &sealer, &chunks));
    let staged = stage(ready, &mut importing, &bar).await;
    bar.finish_and_clear();
    let read = reading.await.unwrap_or_else(|_| Err(RecordError::Stopped));
    // What ended the reading tells more than that its chunks did not come.
    let rows = match (read, staged) {
        (Ok(()), Ok(rows)) => rows,
        (Err(error), _) | (_, Err(error)) => {
            // What cannot be thrown away now, the next import throws away; the first error counts.
            let _ = importing.discard().await;
            store.close().await;
            return Err(error);
        }
    };
    let bar = progress(rows, "applying", "{human_pos}/{human_len} people, {per_sec}");
    importing.apply(clock::now(), |people| bar.inc(people)).await?;
    bar.finish_and_clear();
    let took = began.elapsed();
    let rate = rows as f64 / took.as_secs_f64().max(0.001);
    eprintln!(
        "{rows} people are in the record, after {:.1} s: {rate:.0} a second",
        took.as_secs_f64()
    );
    store.close().await;
    Ok(())
}

/// Chunks of sealed rows that may wait for the database.
const CHUNKS: usize = 4;

/// Some rows on their way from the file to the stage.
#[derive(Default)]
struct Chunk {
    sealed: Option<SealedRows>,
    rows: u64,
    wrong: Vec<(u64, String)>,
    /// How far the source is read, in its own measure.
    position: u64,
}

/// Where rows come from.
trait Rows: Send + 'static {
    /// The next one, or the end.
    fn next(&mut self) -> Result<Option<RosterRow>, RecordError>;
    /// How far it is read.
    fn position(&self) -> u64;
}

/// Reads and seals to the end, or until nobody takes the chunks any more.
fn read(
    mut rows: impl Rows,
    sealer: &Sealer,
    chunks: &mpsc::Sender<Chunk>,
) -> Result<(), RecordError> {
    loop {
        let mut chunk = Chunk::default();
        let mut good = Vec::with_capacity(STAGE_ROWS);
        while chunk.rows < STAGE_ROWS as u64 {
            let Some(row) = rows.next()? else { break };
            chunk.rows += 1;
            match row.entry {
                Ok(entry) => good.push((row.line, entry)),
                Err(reason) => chunk.wrong.push((row.line, reason)),
            }
        }
        if chunk.rows == 0 {
            return Ok(());
        }
        chunk.sealed = Some(sealer.seal(good)?);
        chunk.position = rows.position();
        if chunks.blocking_send(chunk).is_err() {
            return Ok(());
        }
    }
}

/// Stages what comes, and lists every wrong row up to a bound. The number of rows, if all are good.
async fn stage(
    mut ready: mpsc::Receiver<Chunk>,
    importing: &mut Importing,
    bar: &ProgressBar,
) -> Result<u64, RecordError> {
    let mut wrong = Wrong::default();
    let mut rows = 0;
    while let Some(chunk) = ready.recv().await {
        rows += chunk.rows;
        for (line, reason) in chunk.wrong {
            wrong.list(bar, line, &reason);
        }
        if let Some(sealed) = chunk.sealed.filter(|_| wrong.rows == 0) {
            importing.stage_sealed(&sealed, clock::now()).await?;
        }
        bar.set_position(chunk.position);
    }
    wrong.none_of(rows)?;
    let (count, listed) = importing.repeated(LISTED, clock::now()).await?;
    for repeated in listed {
        let reason = format!("nik: the same as on line {}", repeated.first);
        wrong.list(bar, repeated.line, &reason);
    }
    wrong.rows = count;
    wrong.none_of(rows)?;
    Ok(rows)
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
    let bar = progress(people, "inventing", "{human_pos}/{human_len} people, {per_sec}");
    store.put_facilities(&sample::places(""), clock::now(), |_| ()).await?;
    fill(&store, Invented { people: People::new(seed, today), drawn: 0, of: people }, bar).await
}

/// Invented people, up to a number.
struct Invented {
    people: People,
    drawn: u64,
    of: u64,
}

impl Rows for Invented {
    fn next(&mut self) -> Result<Option<RosterRow>, RecordError> {
        if self.drawn == self.of {
            return Ok(None);
        }
        self.drawn += 1;
        let row = |entry| RosterRow { line: self.drawn, entry: Ok(entry) };
        Ok(self.people.next().map(row))
    }

    fn position(&self) -> u64 {
        self.drawn
    }
}

/// Lists wrong rows one by one up to a bound, and counts them all.
#[derive(Default)]
struct Wrong {
    rows: u64,
}

impl Wrong {
    fn list(&mut self, bar: &ProgressBar, line: u64, reason: &str) {
        self.rows += 1;
        if self.rows <= LISTED as u64 {
            bar.suspend(|| eprintln!("line {line}: {reason}"));
        }
    }

    fn none_of(&self, rows: u64) -> Result<(), RecordError> {
        if self.rows > LISTED as u64 {
            eprintln!("… and {} more", self.rows - LISTED as u64);
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
struct RosterFile {
    path: PathBuf,
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

impl RosterFile {
    fn open(path: &Path, today: Date) -> Result<Self, RecordError> {
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
        Ok(Self { path: path.to_owned(), octets, reader, header, record, today })
    }
}

impl Rows for RosterFile {
    fn next(&mut self) -> Result<Option<RosterRow>, RecordError> {
        self.reader.get_mut().left = LONGEST_ROW;
        let found = self
            .reader
            .read_byte_record(&mut self.record)
            .map_err(|error| RecordError::File { path: self.path.clone(), source: error.into() })?;
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

    fn position(&self) -> u64 {
        self.reader.position().byte()
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
