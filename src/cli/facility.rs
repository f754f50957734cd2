//! `setara facility`: places where vaccines are given, on the database of the configuration.

use std::{fs::File, path::PathBuf, process::ExitCode, time::Duration};

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
        facility::{FacilityCode, WHOLE},
        sample,
    },
    store::{Mode, Shut, Store, StoreOptions, Stranding},
    vault::Vault,
};

/// What can be done with places.
#[derive(Debug, Subcommand)]
pub enum FacilityCommand {
    /// Take every place of a CSV file, or none if any row is wrong
    ///
    /// A row replaces what is known of its code; places that are not in the file stay as they are, and
    /// so does what is booked. Whom a place cannot take any more, because it has fewer days or seats, is
    /// told. A gateway may run meanwhile.
    Import(ImportArgs),
    /// List places
    List(ListArgs),
    /// Show a place
    Show(CodeArgs),
    /// Close a place on a day, or for good
    ///
    /// Who has a ticket there is told by the gateway that runs, at a decent hour, and comes before others
    /// wherever they change it to.
    Close(CloseArgs),
    /// Open a place again that was closed on a day, or for good
    ///
    /// Tickets that it can take again are good again; who was told otherwise is told by the gateway that
    /// runs. A ticket that was changed or cancelled meanwhile stays so.
    Open(OpenArgs),
    /// Write a file of invented places
    Sample(FileArgs),
}

/// A file.
#[derive(Debug, Args)]
pub struct FileArgs {
    /// CSV with a header: code, name, address, regency, district, hours, vaccines, slot_minutes, quota; and
    /// latitude, longitude if they are known
    pub file: PathBuf,
}

/// Arguments of `facility import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The file
    #[command(flatten)]
    pub of: FileArgs,
    /// Only say how many people with tickets it is about
    #[arg(long)]
    pub dry_run: bool,
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
    /// From that day on, for good
    #[arg(long)]
    pub for_good: bool,
    /// Only say how many people with tickets it is about
    #[arg(long, conflicts_with = "wait")]
    pub dry_run: bool,
    /// Wait until all of them have been told
    #[arg(long)]
    pub wait: bool,
}

/// Arguments of `facility open`.
#[derive(Debug, Args)]
pub struct OpenArgs {
    /// Which
    #[command(flatten)]
    pub of: CodeArgs,
    /// YYYY-MM-DD
    pub day: Date,
    /// It was closed for good from that day on
    #[arg(long)]
    pub for_good: bool,
    /// Only say how many people with tickets it is about
    #[arg(long)]
    pub dry_run: bool,
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
        FacilityCommand::Import(args) => import(&args, places).await,
        FacilityCommand::List(args) => list(&args, places).await,
        FacilityCommand::Show(CodeArgs { code }) => {
            let (place, stranded) = places.show(&code).await.map_err(told)?;
            let shown = FacilityShown::of(&place, None).stranding(stranded);
            let shown = serde_json::to_string_pretty(&shown);
            println!("{}", shown.map_err(told)?);
            Ok(())
        }
        FacilityCommand::Close(args) => close(&args, places).await,
        FacilityCommand::Open(args) => open(&args, places).await,
        FacilityCommand::Sample(_) => Ok(()),
    }
}

async fn close(args: &CloseArgs, places: &Facilities) -> Result<(), String> {
    let CloseArgs { of: CodeArgs { code }, day, for_good, dry_run, wait } = args;
    let tickets =
        places.close(code, Shut::of(*day, *for_good), mode(*dry_run)).await.map_err(told)?;
    let when = if *for_good { format!("from {day} on") } else { format!("on {day}") };
    if *dry_run {
        eprintln!("{code} would be closed {when}; {tickets} people have tickets");
        return Ok(());
    }
    eprintln!("{code} is closed {when}; {tickets} people have tickets, and are told");
    if *wait { watch(code, places).await } else { Ok(()) }
}

async fn open(args: &OpenArgs, places: &Facilities) -> Result<(), String> {
    let OpenArgs { of: CodeArgs { code }, day, for_good, dry_run } = args;
    let tickets =
        places.open(code, Shut::of(*day, *for_good), mode(*dry_run)).await.map_err(told)?;
    let word = if *dry_run { "would be" } else { "is" };
    let when = if *for_good { format!("from {day} on") } else { format!("on {day}") };
    eprintln!(
        "{code} {word} open again {when}; {tickets} people can come with their tickets after all"
    );
    Ok(())
}

/// Waits until everybody has been told, by a gateway that runs.
async fn watch(code: &FacilityCode, places: &Facilities) -> Result<(), String> {
    let bar = progress("told {bar:30} {pos}/{len} people", 0);
    loop {
        let (_, Stranding { tickets, told: heard }) = places.show(code).await.map_err(told)?;
        bar.set_length(tickets);
        bar.set_position(heard);
        if heard >= tickets {
            bar.finish_and_clear();
            eprintln!("{heard} people have been told");
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

fn mode(dry_run: bool) -> Mode {
    if dry_run { Mode::Trial } else { Mode::Real }
}

fn progress(template: &str, length: usize) -> ProgressBar {
    let bar = ProgressBar::new(length as u64);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

async fn import(args: &ImportArgs, places: &Facilities) -> Result<(), String> {
    let path = &args.of.file;
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let file = File::open(path).map_err(failed)?;
    let read = places.read(std::io::BufReader::new(file));
    let found = read.map_err(|error| format!("{}: {error}", path.display()))?;
    let bar = progress("importing {bar:30} {pos}/{len} places", found.len());
    let put = places.put(&found, mode(args.dry_run), |written| bar.set_position(written as u64));
    let stranded = put.await.map_err(told)?;
    bar.finish_and_clear();
    let word = if args.dry_run { "would be" } else { "are" };
    eprintln!("{} places {word} there", found.len());
    for (code, tickets) in &stranded {
        eprintln!("{code}: {tickets} people have tickets and {word} told that it cannot take them");
    }
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
    writer.write_record(WHOLE).map_err(failed)?;
    let places = sample::places("");
    for place in &places {
        writer.write_record(place.to_row()).map_err(failed)?;
    }
    writer.flush().map_err(|error| failed(error.into()))?;
    eprintln!("{} places written to {}", places.len(), path.display());
    Ok(())
}
