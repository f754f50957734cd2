//! `simulator bench record`: how fast the record is filled, and whether look-ups stay as fast while
//! it grows.
//!
//! Rows come in by `setara record import` in a process of its own, so that its memory can be read.
//! The look-ups are those of the turn path: what `person.prove` reads, for people drawn at random, as
//! many at once as share a commit under load, and one alone. Beside them, in the same run: the same
//! rows parsed and sealed and not stored; rows of the same size stored by bare SQLite without being
//! parsed or sealed; and the same people read by bare SQLite: nobody above it can slow down less as its
//! tree grows. Everybody who is asked for is read once before: what is measured is the look-up, and not
//! the disk, from which an import has pushed out more the larger it was. Besides the time it is told what
//! a look-up costs of the processors, which nobody who works beside takes away. The store is used as a
//! library, because its look-ups cannot be told from the rest of a turn over a socket.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use clap::Args;
use hdrhistogram::Histogram;
use rand::seq::IndexedRandom;
use serde::Serialize;
use setara::cli::record::{self, Database, RecordCommand, SampleArgs};
use setara::clock::{self, Zone};
use setara::config::Config;
use setara::identity::Nik;
use setara::service::record::{Look, Need};
use setara::service::roster::{COLUMNS, Entry, Header};
use setara::service::sample::People;
use setara::store::{STAGE_ROWS, Store, StoreOptions};
use setara::vault::{SubscriberKey, Vault};
use simulator::play;
use tokio::process::Command;

use crate::process;

type Failed = Box<dyn Error + Send + Sync>;

/// What to measure.
#[derive(Debug, Args)]
pub struct Bench {
    /// People in the record, step by step, separated by commas
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "10000,1000000")]
    people: Vec<u64>,
    /// Go on to ten million
    #[arg(long)]
    ten_million: bool,
    /// An empty PostgreSQL database instead of a SQLite file
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Put the files here and keep them
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Print one JSON object instead of a table
    #[arg(long)]
    json: bool,
}

/// What was measured.
#[derive(Debug, Serialize)]
struct Figures {
    steps: Vec<Step>,
    /// Rows parsed and sealed by one thread.
    sealed_rows_per_s: f64,
    /// Rows of that size stored by bare SQLite in the order of the key.
    bare_rows_per_s: f64,
}

/// With so many people in the record.
#[derive(Debug, Serialize)]
struct Step {
    people: u64,
    rows_per_s: f64,
    rss_mb: f64,
    lookups_per_s: f64,
    alone_p50_us: u64,
    alone_p99_us: u64,
    /// Time of a look-up beside that of the first step.
    ratio: f64,
    /// What one of many costs of the processors, of this process only.
    cpu_us: Option<f64>,
    /// That of one alone.
    alone_cpu_us: Option<f64>,
    /// The same people and their doses, read from the same file by bare SQLite; none on PostgreSQL.
    bare_lookups_per_s: Option<f64>,
    /// Their time beside that of the first step.
    bare_ratio: Option<f64>,
    /// What one of them costs of the processors.
    bare_cpu_us: Option<f64>,
}

/// People whose look-ups are measured.
const ASKED: u64 = 20_000;
/// As many turns as may share a commit.
const TOGETHER: usize = 128;
/// How long each kind of look-up is measured.
const MEASURE: Duration = Duration::from_secs(4);
/// The sample that is imported.
const SEED: u64 = 1;

/// Measures and prints.
pub async fn run(bench: Bench) -> Result<(), Failed> {
    let data = play::DataDirectory::new(bench.keep.clone())?;
    let file = configuration(data.path(), bench.database.as_deref())?;
    let mut sizes = bench.people.clone();
    if bench.ten_million {
        sizes.push(10_000_000);
    }
    let mut steps: Vec<Step> = Vec::new();
    for people in sizes {
        let (rows_per_s, rss_mb) = import(data.path(), &file, people).await?;
        let asked = asked(people);
        let (store, vault) = open(&file).await?;
        let needs = needs(&vault, &asked);
        read_once(&store, &needs).await?;
        let together = look_up(&store, &needs, TOGETHER).await?;
        let alone = look_up(&store, &needs, 1).await?;
        store.close().await;
        let lookups_per_s = (together.times.len() * TOGETHER as u64) as f64
            / (together.times.mean() * together.times.len() as f64 / 1e6);
        let ratio = steps.first().map_or(1.0, |first| first.lookups_per_s / lookups_per_s);
        let bare = match bench.database {
            None => Some(bare_look_up(data.path(), &needs)?),
            Some(_) => None,
        };
        let bare_lookups_per_s = bare.as_ref().map(|bare| bare.per_s);
        let first_bare = steps.first().map_or(bare_lookups_per_s, |first| first.bare_lookups_per_s);
        let bare_ratio = first_bare.zip(bare_lookups_per_s).map(|(first, now)| first / now);
        steps.push(Step {
            people,
            rows_per_s,
            rss_mb,
            lookups_per_s,
            alone_p50_us: alone.times.value_at_quantile(0.5),
            alone_p99_us: alone.times.value_at_quantile(0.99),
            ratio,
            cpu_us: together.cpu_us,
            alone_cpu_us: alone.cpu_us,
            bare_lookups_per_s,
            bare_ratio,
            bare_cpu_us: bare.and_then(|bare| bare.cpu_us),
        });
    }
    let sealed_rows_per_s = seal(&file).await?;
    let bare_rows_per_s = bare(data.path())?;
    let figures = Figures { steps, sealed_rows_per_s, bare_rows_per_s };
    if bench.json {
        println!("{}", serde_json::to_string(&figures)?);
    } else {
        print(&figures);
    }
    Ok(())
}

fn print(figures: &Figures) {
    println!(
        "{:>10} {:>8} {:>5} {:>10} {:>6} {:>7} {:>7} {:>7} {:>9} {:>9} {:>6} {:>8}",
        "people",
        "rows/s",
        "MB",
        "look-ups/s",
        "ratio",
        "CPU µs",
        "p50 µs",
        "p99 µs",
        "CPU alone",
        "bare/s",
        "ratio",
        "CPU bare"
    );
    let or_none = |figure: Option<f64>| figure.unwrap_or(f64::NAN);
    for step in &figures.steps {
        println!(
            "{:>10} {:>8.0} {:>5.0} {:>10.0} {:>6.2} {:>7.1} {:>7} {:>7} {:>9.1} {:>9.0} {:>6.2} {:>8.1}",
            step.people,
            step.rows_per_s,
            step.rss_mb,
            step.lookups_per_s,
            step.ratio,
            or_none(step.cpu_us),
            step.alone_p50_us,
            step.alone_p99_us,
            or_none(step.alone_cpu_us),
            or_none(step.bare_lookups_per_s),
            or_none(step.bare_ratio),
            or_none(step.bare_cpu_us)
        );
    }
    println!("parsed and sealed, not stored  {:>10.0} rows/s", figures.sealed_rows_per_s);
    println!("stored by bare SQLite          {:>10.0} rows/s", figures.bare_rows_per_s);
}

fn configuration(data: &Path, database: Option<&str>) -> Result<PathBuf, Failed> {
    let url = database.unwrap_or("sqlite:setara.db");
    let file = data.join("setara.toml");
    std::fs::write(&file, format!("[database]\nurl = {}\n", toml_string(url)))?;
    Ok(file)
}

fn toml_string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Imports a file of that many people; rows a second, and the most memory that it took, in MB.
async fn import(data: &Path, file: &Path, people: u64) -> Result<(f64, f64), Failed> {
    let csv = data.join("people.csv");
    let config = Config::read(file)?;
    let database = Database { url: &config.database.url, key_file: &config.vault.key_file };
    let sample = SampleArgs { people, seed: SEED, out: Some(csv.clone()) };
    record::run(RecordCommand::Sample(sample), database).await?;
    let began = Instant::now();
    let mut child = Command::new(std::env::current_exe()?)
        .args([Path::new("import"), file, &csv])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let mut most = 0.0_f64;
    let status = loop {
        tokio::select! {
            status = child.wait() => break status?,
            () = tokio::time::sleep(Duration::from_millis(50)) => {
                most = most.max(child.id().map_or(0.0, process::peak_mb));
            }
        }
    };
    if !status.success() {
        return Err(format!("the import ended with {status}").into());
    }
    let rate = people as f64 / began.elapsed().as_secs_f64();
    std::fs::remove_file(csv)?;
    Ok((rate, most))
}

/// Takes a file in; the process that `bench record` starts.
pub async fn take_in(file: &Path, csv: PathBuf) -> Result<(), Failed> {
    let config = Config::read(file)?;
    let database = Database { url: &config.database.url, key_file: &config.vault.key_file };
    let import = RecordCommand::Import(record::ImportArgs { file: csv });
    Ok(record::run(import, database).await?)
}

async fn open(file: &Path) -> Result<(Store, Vault), Failed> {
    let config = Config::read(file)?;
    let vault = Vault::open_file(&config.vault.key_file)?;
    let store = Store::open(&config.database.url, vault.clone(), StoreOptions::default()).await?;
    Ok((store, vault))
}

/// Some of the people, spread over the whole record.
fn asked(people: u64) -> Vec<Nik> {
    let step = usize::try_from(people / ASKED).unwrap_or(1).max(1);
    let today = clock::now().date(Zone::Wib);
    let all = (0..people).zip(People::new(SEED, today));
    all.step_by(step).map(|(_, entry)| entry.nik).collect()
}

/// What `person.prove` reads, each for a phone of its own.
fn needs(vault: &Vault, asked: &[Nik]) -> Vec<Need> {
    let need = |nik| {
        let (person, by) = (vault.nik_index(nik), SubscriberKey::from_bytes(rand::random()));
        let tries = Some(Look { by, person, at: clock::now() });
        Need { person: Some(person), tries, ..Need::default() }
    };
    asked.iter().map(need).collect()
}

/// Looks everybody up once.
async fn read_once(store: &Store, needs: &[Need]) -> Result<(), Failed> {
    for some in needs.chunks(TOGETHER) {
        let mut batch = store.begin().await?;
        batch.facts(some).await?;
        batch.rollback().await?;
    }
    Ok(())
}

/// What many look-ups took.
struct Looked {
    /// Of as many as were asked for at once, in microseconds.
    times: Histogram<u64>,
    /// Of the processors, for each.
    cpu_us: Option<f64>,
}

/// Looks people up at random, some at once, for a while.
async fn look_up(store: &Store, needs: &[Need], together: usize) -> Result<Looked, Failed> {
    let mut times = Histogram::new(3)?;
    let (begun, spent) = (Instant::now(), cpu_us());
    while begun.elapsed() < MEASURE {
        let some: Vec<Need> =
            (0..together).filter_map(|_| needs.choose(&mut rand::rng()).cloned()).collect();
        let mut batch = store.begin().await?;
        let began = Instant::now();
        let facts = batch.facts(&some).await?;
        times.record(u64::try_from(began.elapsed().as_micros())?)?;
        batch.rollback().await?;
        if facts.iter().any(|facts| facts.person.is_none()) {
            return Err("somebody who was imported is not in the record".into());
        }
    }
    let cpu_us = cpu_us_of_each(spent, times.len() as f64 * together as f64);
    Ok(Looked { times, cpu_us })
}

/// What this process has had of the processors, in µs; none where nobody tells.
fn cpu_us() -> Option<f64> {
    process::cpu(std::process::id()).map(|spent| spent.as_secs_f64() * 1e6)
}

fn cpu_us_of_each(before: Option<f64>, count: f64) -> Option<f64> {
    Some((cpu_us()? - before?) / count)
}

/// What bare SQLite did.
struct Bare {
    per_s: f64,
    cpu_us: Option<f64>,
}

/// Look-ups of bare SQLite on one thread, at random, for a while: a person and the doses, nothing opened,
/// and nothing asked of what was tried before.
fn bare_look_up(data: &Path, needs: &[Need]) -> Result<Bare, Failed> {
    let sqlite = rusqlite::Connection::open(data.join("setara.db"))?;
    // As much cache as the gateway has.
    sqlite.execute_batch("pragma cache_size = -32768")?;
    let mut person = sqlite.prepare("select identity from person where nik_index = ?")?;
    let mut doses = sqlite.prepare("select vaccine, place from dose where nik_index = ?")?;
    let (mut count, begun, spent) = (0u32, Instant::now(), cpu_us());
    while begun.elapsed() < MEASURE {
        for need in (0..TOGETHER).filter_map(|_| needs.choose(&mut rand::rng())) {
            let key = need.person.ok_or("a need without a person")?;
            let identity: Vec<u8> = person.query_row([key.as_bytes()], |row| row.get(0))?;
            let mut rows = doses.query([key.as_bytes()])?;
            while let Some(row) = rows.next()? {
                std::hint::black_box((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
            }
            std::hint::black_box(identity);
            count += 1;
        }
    }
    let count = f64::from(count);
    let cpu_us = cpu_us_of_each(spent, count);
    Ok(Bare { per_s: count / begun.elapsed().as_secs_f64(), cpu_us })
}

/// Rows that one thread parses and seals in a second.
async fn seal(file: &Path) -> Result<f64, Failed> {
    const ROWS: usize = 100_000;
    let (store, _) = open(file).await?;
    let importing = store.begin_import(clock::now()).await?;
    let sealer = importing.sealer();
    let today = clock::now().date(Zone::Wib);
    let header = Header::parse(COLUMNS)?;
    let rows: Vec<_> = People::new(SEED, today).take(ROWS).map(|one| one.to_row()).collect();
    let began = Instant::now();
    for rows in rows.chunks(STAGE_ROWS) {
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            let fields: Vec<&str> = row.iter().map(String::as_str).collect();
            entries.push((1, Entry::parse(&header, &fields, today)?));
        }
        std::hint::black_box(sealer.seal(entries)?);
    }
    let rate = ROWS as f64 / began.elapsed().as_secs_f64();
    importing.discard().await?;
    store.close().await;
    Ok(rate)
}

/// Rows a second that one thread of bare SQLite stores, as durable, in the order of the key, into two
/// tables like those of the record: what stands behind it cannot be faster.
fn bare(data: &Path) -> Result<f64, Failed> {
    const ROWS: u32 = 200_000;
    let mut sqlite = rusqlite::Connection::open(data.join("bare.db"))?;
    sqlite.execute_batch(
        "pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 16000;
         create table person (nik_index blob not null primary key, identity blob not null,
         phone_key blob, target_group text, regency text, eligible_from text, blocked integer)
         strict, without rowid;
         create table dose (nik_index blob not null, number integer not null, given_on text,
         vaccine text, batch text, place text, certificate text,
         primary key (nik_index, number)) strict, without rowid;",
    )?;
    let began = Instant::now();
    for from in (0..ROWS).step_by(STAGE_ROWS) {
        let tx = sqlite.transaction()?;
        {
            let mut person =
                tx.prepare("insert into person values (?, ?, ?, 'general', '3173', null, 0)")?;
            let mut dose = tx.prepare(
                "insert into dose values (?, 1, '2021-08-17', 'sinovac', '123456', \
                 'Puskesmas Jakarta Barat', 'ID-1234567890')",
            )?;
            for row in from..ROWS.min(from + STAGE_ROWS as u32) {
                let key = u128::from(row).to_be_bytes();
                person.execute((key, [7u8; 120], key))?;
                dose.execute((key,))?;
            }
        }
        tx.commit()?;
    }
    Ok(f64::from(ROWS) / began.elapsed().as_secs_f64())
}
