//! `setara person`: what is kept of somebody, written out for them; what was heard, taken back; and who was erased, for a database
//! that comes out of an older backup. `setara breach`: what a notice of a breach needs.
//! `setara retention`: what may not be kept any longer.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufRead, BufWriter, Read, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Subcommand};
use indicatif::ProgressBar;

use crate::{
    cli::{campaign::menus, number, on_store, staff, told},
    clock::{self, Timestamp, Zone},
    config::Config,
    front::{
        breach::{Breaches, Window},
        ends::Ends,
        person::{Persons, Whose},
    },
    identity::Nik,
    keyfile,
    menu::model::Menu,
    service::{audit::StaffName, number::Number, outside::Source},
    store::{Erased, Store},
    vault::{NikIndex, Vault},
};

/// What can be done about a person.
#[derive(Debug, Subcommand)]
pub enum PersonCommand {
    /// Write out all that is kept of a person, as JSON; that it was done is logged
    Export(ExportArgs),
    /// Take back what an officer heard a person agree to; that it was done is logged
    Withdraw(WithdrawArgs),
    /// List who was erased: to be kept beside the backups
    Erased,
    /// Erase once more whom a database out of an older backup does not know as erased
    EraseAgain(EraseAgainArgs),
}

/// Arguments of `person export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Whoever this ticket is about; without it, the NIK is read from standard input
    #[arg(long, value_parser = number)]
    pub ticket: Option<Number>,
    /// Who does it: small letters, digits, dots and dashes
    #[arg(long, value_parser = staff)]
    pub staff: StaffName,
    /// Write it into a new file that nobody else may read
    #[arg(long, value_name = "FILE.json")]
    pub out: Option<PathBuf>,
}

/// Arguments of `person withdraw`.
#[derive(Debug, Args)]
pub struct WithdrawArgs {
    /// Whoever this ticket is about; without it, the NIK is read from standard input
    #[arg(long, value_parser = number)]
    pub ticket: Option<Number>,
    /// Who does it: small letters, digits, dots and dashes
    #[arg(long, value_parser = staff)]
    pub staff: StaffName,
}

/// Arguments of `person erase-again`.
#[derive(Debug, Args)]
pub struct EraseAgainArgs {
    /// What `setara person erased` printed
    pub file: PathBuf,
}

/// What can be done about a breach.
#[derive(Debug, Subcommand)]
pub enum BreachCommand {
    /// Tell what was seen and changed in a window of time, by whom, and how many people it concerns
    Report(ReportArgs),
}

/// Arguments of `breach report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// From this day or moment on: 2022-11-20, or 2022-11-20T08:00:00Z
    #[arg(long)]
    pub from: String,
    /// Before this day or moment
    #[arg(long)]
    pub to: String,
    /// For machines
    #[arg(long)]
    pub json: bool,
    /// Write the people it concerns into a new file that nobody else may read, as a list for a campaign
    #[arg(long, value_name = "FILE.csv", requires = "staff")]
    pub people: Option<PathBuf>,
    /// Who has the list
    #[arg(long, value_parser = staff)]
    pub staff: Option<StaffName>,
}

/// What can be done about what is kept too long.
#[derive(Debug, Subcommand)]
pub enum RetentionCommand {
    /// Tell what is due in each class, and why; nothing is deleted
    Plan(PlanArgs),
    /// Delete what is due; a gateway does it by itself, a piece at a time
    Run,
}

/// Arguments of `retention plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// For machines
    #[arg(long)]
    pub json: bool,
}

/// Runs `setara person`.
pub fn run(command: PersonCommand, config: &Config) -> Result<ExitCode, String> {
    on_store(config, async |store, vault| match command {
        PersonCommand::Export(args) => export(&args, store, vault).await,
        PersonCommand::Withdraw(args) => withdraw(&args, store, vault, config).await,
        PersonCommand::Erased => {
            for Erased { person, at } in store.erased().await.map_err(told)? {
                println!("{} {}", person.to_hex(), at.millis());
            }
            Ok(ExitCode::SUCCESS)
        }
        PersonCommand::EraseAgain(EraseAgainArgs { file }) => {
            let kept = File::open(&file).map_err(|error| at(&file, &error))?;
            let lines: Result<Vec<String>, io::Error> = io::BufReader::new(kept).lines().collect();
            let erased: Option<Vec<Erased>> =
                lines.map_err(|error| at(&file, &error))?.iter().map(|line| erased(line)).collect();
            let erased = erased.ok_or("a line has a key and a time, as `erased` prints them")?;
            let again = store.erase_again(&erased).await.map_err(told)?;
            eprintln!("{again} of {} people were erased again", erased.len());
            Ok(ExitCode::SUCCESS)
        }
    })
}

fn erased(line: &str) -> Option<Erased> {
    let (person, at) = line.trim().split_once(' ')?;
    let person = NikIndex::from_hex(person).ok()?;
    Some(Erased { person, at: Timestamp::from_millis(at.parse().ok()?) })
}

async fn export(args: &ExportArgs, store: Store, vault: Vault) -> Result<ExitCode, String> {
    let whose = whose(args.ticket.as_ref())?;
    let all = Persons::new(store, vault).export(&whose, &args.staff).await.map_err(told)?;
    let text = serde_json::to_string_pretty(&all).map_err(told)?;
    match &args.out {
        Some(path) => {
            writeln!(private(path)?, "{text}").map_err(|error| at(path, &error))?;
        }
        None => println!("{text}"),
    }
    Ok(ExitCode::SUCCESS)
}

async fn withdraw(
    args: &WithdrawArgs,
    store: Store,
    vault: Vault,
    config: &Config,
) -> Result<ExitCode, String> {
    let whose = whose(args.ticket.as_ref())?;
    let ended = Persons::new(store, vault).withdraw(&whose, &args.staff).await.map_err(told)?;
    let numbers: Vec<String> = ended.iter().map(ToString::to_string).collect();
    println!("taken back; registrations that ended: {}", numbers.len());
    if config.record.source() == Source::Outside && !numbers.is_empty() {
        println!("they are to be ended in the national record, too: {}", numbers.join(", "));
    }
    Ok(ExitCode::SUCCESS)
}

fn whose(ticket: Option<&Number>) -> Result<Whose, String> {
    if let Some(number) = ticket {
        return Ok(Whose::Of(number.clone()));
    }
    let mut typed = String::new();
    // A NIK on the command line would stay in its history.
    io::stdin().lock().take(100).read_to_string(&mut typed).map_err(told)?;
    Ok(Whose::Nik(Nik::parse(typed.trim()).map_err(told)?))
}

/// Runs `setara breach`.
pub fn run_breach(command: BreachCommand, config: &Config) -> Result<ExitCode, String> {
    let BreachCommand::Report(args) = command;
    let zone = config.menu.zone.into();
    let window = Window { from: moment(&args.from, zone)?, to: moment(&args.to, zone)? };
    on_store(config, async |store, _| {
        let breaches = Breaches::new(store);
        let report = breaches.report(window).await.map_err(told)?;
        if args.json {
            println!("{}", serde_json::to_string_pretty(&report).map_err(told)?);
        } else {
            print!("{}", report.page());
        }
        if let (Some(path), Some(staff)) = (&args.people, &args.staff) {
            let mut out = BufWriter::new(private(path)?);
            let listed = breaches.list(window, staff, &mut out).await.map_err(told);
            let listed = listed.and_then(|listed| {
                out.flush().map_err(|error| at(path, &error))?;
                Ok(listed)
            });
            // A part of a list would be people in clear who are of no use to anybody.
            let listed = listed.inspect_err(|_| drop(fs::remove_file(path)))?;
            eprintln!(
                "{} people are listed in {}, in clear and for you alone; {} more have no number. Delete \
                 it when a campaign has taken it",
                listed.reachable,
                path.display(),
                listed.unreachable
            );
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// A day, which begins at midnight where the service is, or a moment.
fn moment(text: &str, zone: Zone) -> Result<Timestamp, String> {
    if let Ok(day) = text.parse::<jiff::civil::Date>() {
        return Ok(Timestamp::at(day.at(0, 0, 0, 0), zone));
    }
    let at: jiff::Timestamp =
        text.parse().map_err(|_| format!("that is no day or moment: {text}"))?;
    Ok(Timestamp::from_millis(at.as_millisecond()))
}

/// Runs `setara retention`.
pub fn run_retention(command: RetentionCommand, config: &Config) -> Result<ExitCode, String> {
    on_store(config, async |store, _| match command {
        RetentionCommand::Plan(args) => plan(&args, &store, config).await,
        RetentionCommand::Run => retire(&store, config).await,
    })
}

async fn plan(args: &PlanArgs, store: &Store, config: &Config) -> Result<ExitCode, String> {
    let now = clock::now();
    let mut due = store.due(&config.retention, now).await.map_err(told)?;
    due.extend(store.aged(&config.ages(), now).await.map_err(told)?);
    if args.json {
        let due: Vec<_> = due
            .iter()
            .map(|of| {
                serde_json::json!({
                    "class": of.class, "days": of.days, "because": of.because, "due": of.rows,
                    "oldest": of.oldest.map(Timestamp::to_rfc3339),
                })
            })
            .collect();
        println!("{}", serde_json::to_string_pretty(&due).map_err(told)?);
        return Ok(ExitCode::SUCCESS);
    }
    println!("{:<14} {:>6} {:>10}  {:<20} because", "class", "days", "due", "oldest");
    for of in due {
        let days = of.days.map_or_else(|| "own".to_owned(), |days| days.to_string());
        let oldest = of.oldest.map_or_else(|| "-".to_owned(), Timestamp::to_rfc3339);
        println!("{:<14} {days:>6} {:>10}  {oldest:<20} {}", of.class, of.rows, of.because);
    }
    Ok(ExitCode::SUCCESS)
}

/// Rows of one transaction: a gateway may run meanwhile.
const PIECE: u32 = 500;

async fn retire(store: &Store, config: &Config) -> Result<ExitCode, String> {
    let now = clock::now();
    let bar = ProgressBar::new_spinner();
    // The bar's own lines are for a terminal; these are for a file, too.
    let deleted =
        |class: &str, rows: u64| bar.suspend(|| println!("{class:<14} {rows:>10} deleted"));
    let mut own = 0;
    loop {
        let purged = store.purge(now, PIECE).await.map_err(told)?;
        own += purged;
        bar.set_message(format!("{own} rows with a time of their own"));
        bar.tick();
        if purged == 0 {
            break;
        }
    }
    deleted("own time", own);
    for (class, keep) in &config.retention {
        let mut gone = 0;
        loop {
            let retired = store.retire(*class, keep, now, PIECE).await.map_err(told)?;
            gone += retired;
            bar.set_message(format!("{gone} of {}", class.as_str()));
            bar.tick();
            if retired == 0 {
                break;
            }
        }
        deleted(class.as_str(), gone);
    }
    let ages = config.ages();
    let mut worn: BTreeMap<&str, u64> = BTreeMap::new();
    loop {
        let piece = store.wear(&ages, now, PIECE).await.map_err(told)?;
        for (class, rows) in &piece {
            *worn.entry(class).or_default() += rows;
        }
        bar.tick();
        if piece.iter().all(|(_, rows)| *rows == 0) {
            break;
        }
    }
    for (class, rows) in worn {
        deleted(class, rows);
    }
    // Who is told of it is told in the words of the menus; a gateway sends that.
    let (ends, menus) = (Ends::new(store.clone(), config), menus(config)?);
    let menus: Vec<&Menu> = menus.iter().collect();
    for class in ["lines", "parts"] {
        let mut gone = 0;
        loop {
            let ended = match class {
                "lines" => ends.lines(&menus, now, PIECE).await,
                _ => ends.parts(&menus, now, PIECE).await,
            };
            let ended = ended.map_err(told)?;
            gone += ended;
            bar.set_message(format!("{gone} of {class}"));
            bar.tick();
            if ended == 0 {
                break;
            }
        }
        deleted(class, gone);
    }
    bar.finish_and_clear();
    for of in store.aged(&ages, now).await.map_err(told)?.iter().filter(|of| of.rows > 0) {
        println!("{:<14} {:>10} still there: {}", of.class, of.rows, of.because);
    }
    Ok(ExitCode::SUCCESS)
}

/// A new file for its owner only.
fn private(path: &Path) -> Result<File, String> {
    keyfile::open_new(path).map_err(|error| at(path, &error))
}

fn at(path: &Path, error: &io::Error) -> String {
    format!("{}: {error}", path.display())
}
