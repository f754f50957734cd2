//! `setara facility`: places where vaccines are given, on the database of the configuration.

use std::{fs::File, path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;

use crate::{
    cli::told,
    config::Config,
    front::facility::Facilities,
    http::FacilityShown,
    identity::region,
    service::{
        facility::{COLUMNS, FacilityCode},
        sample,
    },
    store::{Store, StoreOptions},
    vault::Vault,
};

/// What can be done with places.
#[derive(Debug, Subcommand)]
pub enum FacilityCommand {
    /// Take every place of a CSV file, or none if any row is wrong
    ///
    /// A row replaces what is known of its code; places that are not in the file stay as they are, and
    /// so does what is booked. A gateway may run meanwhile.
    Import(FileArgs),
    /// List places
    List(ListArgs),
    /// Show a place
    Show(CodeArgs),
    /// Close a place on a day
    Close(CloseArgs),
    /// Write a file of invented places
    Sample(FileArgs),
}

/// A file.
#[derive(Debug, Args)]
pub struct FileArgs {
    /// CSV with a header: code, name, address, regency, district, hours, vaccines, slot_minutes, quota
    pub file: PathBuf,
}

/// Arguments of `facility list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Four digits; without it, all
    #[arg(long, value_parser = regency)]
    pub regency: Option<String>,
    /// So many at most
    #[arg(long, default_value_t = 100)]
    pub limit: u32,
    /// Behind this code
    #[arg(long, value_parser = code)]
    pub after: Option<FacilityCode>,
}

/// A place.
#[derive(Debug, Args)]
pub struct CodeArgs {
    /// Its code
    #[arg(value_parser = code)]
    pub code: FacilityCode,
}

/// Arguments of `facility close`.
#[derive(Debug, Args)]
pub struct CloseArgs {
    /// Which
    #[command(flatten)]
    pub of: CodeArgs,
    /// YYYY-MM-DD
    pub day: Date,
}

fn code(text: &str) -> Result<FacilityCode, String> {
    FacilityCode::parse(text).map_err(told)
}

fn regency(text: &str) -> Result<String, String> {
    let known = region::regency(text).map(|of| of.code.to_owned());
    known.ok_or_else(|| "a regency has a code of four digits".to_owned())
}

/// Runs `setara facility`.
pub fn run(command: FacilityCommand, config: &Config) -> Result<ExitCode, String> {
    if let FacilityCommand::Sample(FileArgs { file }) = &command {
        write_sample(file)?;
        return Ok(ExitCode::SUCCESS);
    }
    tokio::runtime::Runtime::new().map_err(told)?.block_on(async {
        let vault = Vault::open_or_create_file(&config.vault.key_file).map_err(told)?;
        let options = StoreOptions::default();
        let store = Store::open(&config.database.url, vault, options).await.map_err(told)?;
        let done = obey(command, &Facilities::new(store.clone(), config)).await;
        store.close().await;
        done.map(|()| ExitCode::SUCCESS)
    })
}

async fn obey(command: FacilityCommand, places: &Facilities) -> Result<(), String> {
    match command {
        FacilityCommand::Import(FileArgs { file }) => import(&file, places).await,
        FacilityCommand::List(args) => list(&args, places).await,
        FacilityCommand::Show(CodeArgs { code }) => {
            let place = places.show(&code).await.map_err(told)?;
            let shown = serde_json::to_string_pretty(&FacilityShown::of(&place, None));
            println!("{}", shown.map_err(told)?);
            Ok(())
        }
        FacilityCommand::Close(CloseArgs { of, day }) => {
            places.close(&of.code, day).await.map_err(told)?;
            eprintln!("{} is closed on {day}", of.code);
            Ok(())
        }
        FacilityCommand::Sample(_) => Ok(()),
    }
}

async fn import(path: &PathBuf, places: &Facilities) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let file = File::open(path).map_err(failed)?;
    let read = places.read(std::io::BufReader::new(file));
    let found = read.map_err(|error| format!("{}: {error}", path.display()))?;
    let bar = ProgressBar::new(found.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("importing {bar:30} {pos}/{len} places") {
        bar.set_style(style);
    }
    places.put(&found, |written| bar.set_position(written as u64)).await.map_err(told)?;
    bar.finish_and_clear();
    eprintln!("{} places are there", found.len());
    Ok(())
}

async fn list(args: &ListArgs, places: &Facilities) -> Result<(), String> {
    let (regency, after) = (args.regency.as_deref(), args.after.as_ref());
    let lines = places.list(regency, after, args.limit).await.map_err(told)?;
    println!(
        "{:<20} {:<30} {:<8} {:<30} {:>6} {:>7}",
        "code", "name", "regency", "district", "quota", "booked"
    );
    for line in lines {
        let place = &line.facility;
        println!(
            "{:<20} {:<30} {:<8} {:<30} {:>6} {:>7}",
            place.code.as_str(),
            place.name,
            place.regency,
            place.district,
            place.quota,
            line.booked
        );
    }
    Ok(())
}

fn write_sample(path: &PathBuf) -> Result<(), String> {
    let failed = |error: csv::Error| format!("{}: {error}", path.display());
    let mut writer = csv::Writer::from_path(path).map_err(failed)?;
    writer.write_record(COLUMNS).map_err(failed)?;
    let places = sample::places("");
    for place in &places {
        writer.write_record(place.to_row()).map_err(failed)?;
    }
    writer.flush().map_err(|error| failed(error.into()))?;
    eprintln!("{} places written to {}", places.len(), path.display());
    Ok(())
}
