//! `setara ticket`: complaints, and changes that need a person of the staff, on the database of the
//! configuration. A gateway that runs on it sends what is to be sent. `setara audit`: the log of all that.

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};

use crate::{
    cli::{campaign::menus, number, on_store, staff, told},
    clock,
    config::Config,
    front::ticket::{Tickets, Wish},
    http::{TicketShown, TicketWhole},
    menu::model::Menu,
    service::{
        audit::StaffName,
        number::Number,
        ticket::{Answered, Category, TicketState},
    },
    store::Verified,
};

/// What can be done with tickets.
#[derive(Debug, Subcommand)]
pub enum TicketCommand {
    /// List the tickets that wait, in the order in which they are due
    List(ListArgs),
    /// Show a ticket and what was written; that it was read is logged
    Show(ActArgs),
    /// Work on a ticket
    Take(ActArgs),
    /// Answer a ticket: the person is told by SMS, and reads the answer in the menu
    Answer(AnswerArgs),
    /// Let a registration stand that had to be checked; to refuse it, answer why
    Accept(AcceptArgs),
    /// End a ticket without an answer
    Close(ActArgs),
    /// Let another ticket have it all
    Merge(MergeArgs),
}

/// What can be done with the audit log.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Follow every chain of the log from its beginning to its end
    Verify(VerifyArgs),
    /// Put back what a row of the log changed: a name, a phone number, a guardian
    Undo(UndoArgs),
}

/// Arguments of `ticket list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// open, taken, answered, closed or merged; without it, those that wait
    #[arg(long, value_parser = state)]
    pub state: Option<TicketState>,
    /// certificate, wrong_data, nik_used, kipi, other, name, phone, identity, copy, erasure, withdrawal or
    /// registration
    #[arg(long, value_parser = category)]
    pub category: Option<Category>,
    /// So many at most
    #[arg(long, default_value_t = 100)]
    pub limit: u32,
    /// For machines
    #[arg(long)]
    pub json: bool,
}

/// A ticket, and who does something with it.
#[derive(Debug, Args)]
pub struct ActArgs {
    /// Its number
    #[arg(value_parser = number)]
    pub number: Number,
    /// Who does it: small letters, digits, dots and dashes
    #[arg(long, value_parser = staff)]
    pub staff: StaffName,
}

/// Arguments of `ticket answer`.
#[derive(Debug, Args)]
pub struct AnswerArgs {
    /// Which, and who
    #[command(flatten)]
    pub act: ActArgs,
    /// The answer, at most 160 letters that every phone has; 60, where it says why a registration ends
    #[arg(long)]
    pub text: String,
    /// Make the change that the ticket asks for
    #[arg(long)]
    pub change: bool,
}

/// Arguments of `ticket accept`.
#[derive(Debug, Args)]
pub struct AcceptArgs {
    /// Which, and who
    #[command(flatten)]
    pub act: ActArgs,
    /// The record gets name and birth date as typed; without it, what the record says is right
    #[arg(long)]
    pub change: bool,
}

/// Arguments of `ticket merge`.
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// Which, and who
    #[command(flatten)]
    pub act: ActArgs,
    /// The ticket that has it all from now on
    #[arg(long, value_parser = number)]
    pub into: Number,
}

/// Arguments of `audit verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The ends of the chains as they were printed once: rows cut off since are found
    #[arg(long, value_name = "FILE")]
    pub against: Option<PathBuf>,
}

/// Arguments of `audit undo`.
#[derive(Debug, Args)]
pub struct UndoArgs {
    /// The row, as `setara ticket show` names it: 3f-12
    #[arg(value_parser = row)]
    pub row: (u16, i64),
    /// Who does it
    #[arg(long, value_parser = staff)]
    pub staff: StaffName,
}

fn state(word: &str) -> Result<TicketState, String> {
    let known = TicketState::ALL.map(TicketState::as_str).join(", ");
    TicketState::parse(word).ok_or(format!("a state is one of {known}"))
}

fn category(word: &str) -> Result<Category, String> {
    let known = Category::ALL.map(Category::as_str).join(", ");
    Category::parse(word).ok_or(format!("a category is one of {known}"))
}

/// A row of the audit log, as it is printed.
pub(super) fn row(text: &str) -> Result<(u16, i64), String> {
    let parts = text.split_once('-');
    let read = |(shard, seq): (&str, &str)| {
        Some((u16::from_str_radix(shard, 16).ok()?, seq.parse().ok()?))
    };
    parts.and_then(read).ok_or_else(|| "a row is a chain and a place, as in 3f-12".to_owned())
}

/// Runs `setara ticket`.
pub fn run(command: TicketCommand, config: &Config) -> Result<ExitCode, String> {
    on_store(config, async |store, vault| {
        obey(command, &Tickets::new(store, vault, config), config).await
    })
}

/// Runs `setara audit`.
pub fn run_audit(command: AuditCommand, config: &Config) -> Result<ExitCode, String> {
    on_store(config, async |store, vault| {
        let tickets = Tickets::new(store, vault, config);
        match command {
            AuditCommand::Verify(args) => verify(&args, &tickets).await,
            AuditCommand::Undo(args) => {
                let menus = menus(config)?;
                let menus: Vec<&Menu> = menus.iter().collect();
                let deed = tickets.undo(args.row, &args.staff, &menus).await.map_err(told)?;
                eprintln!("put back: {}", deed.as_str());
                Ok(ExitCode::SUCCESS)
            }
        }
    })
}

async fn obey(
    command: TicketCommand,
    tickets: &Tickets,
    config: &Config,
) -> Result<ExitCode, String> {
    let (args, wish) = match command {
        TicketCommand::List(args) => return list(&args, tickets).await,
        TicketCommand::Show(ActArgs { number, staff }) => {
            let case = tickets.show(&number, &staff).await.map_err(told)?;
            print(&TicketWhole::of(&case))?;
            return Ok(ExitCode::SUCCESS);
        }
        TicketCommand::Take(act) => (act, Wish::Take),
        TicketCommand::Answer(AnswerArgs { act, text, change }) => {
            let with = if change { Answered::ByChange } else { Answered::InWords };
            (act, Wish::Answer { text, with })
        }
        TicketCommand::Accept(AcceptArgs { act, change }) => {
            let with = if change { Answered::ByChange } else { Answered::InWords };
            (act, Wish::Accept { with })
        }
        TicketCommand::Close(act) => (act, Wish::Close),
        TicketCommand::Merge(MergeArgs { act, into }) => (act, Wish::Merge { into }),
    };
    let menus = menus(config)?;
    let menus: Vec<&Menu> = menus.iter().collect();
    let state = tickets.act(&args.number, &args.staff, &wish, &menus).await.map_err(told)?;
    eprintln!("{} is {}", args.number, state.as_str());
    Ok(ExitCode::SUCCESS)
}

async fn list(args: &ListArgs, tickets: &Tickets) -> Result<ExitCode, String> {
    let now = clock::now();
    let lines = tickets.list(args.state, args.category, args.limit).await.map_err(told)?;
    if args.json {
        let lines: Vec<_> = lines.iter().map(|line| TicketShown::of(line, now)).collect();
        println!("{}", serde_json::to_string(&lines).map_err(told)?);
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "{:<13} {:<12} {:<9} {:<8} {:<12} due",
        "number", "category", "severity", "state", "staff"
    );
    for line in lines {
        let late = line.state.is_pending() && line.due.is_some_and(|due| due < now);
        let due = line.due.map(|due| {
            let (hours, late_by) = (due.since(now), now.since(due));
            let hours = if late { late_by } else { hours }.as_secs() / 3600;
            if late { format!("OVERDUE by {hours} h") } else { format!("in {hours} h") }
        });
        println!(
            "{:<13} {:<12} {:<9} {:<8} {:<12} {}",
            line.number.to_string(),
            line.category.as_str(),
            line.severity.map_or("", |severity| severity.as_str()),
            line.state.as_str(),
            line.staff.as_deref().unwrap_or("-"),
            due.filter(|_| line.state.is_pending()).unwrap_or_else(|| "-".into()),
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn print(shown: &impl serde::Serialize) -> Result<(), String> {
    println!("{}", serde_json::to_string_pretty(shown).map_err(told)?);
    Ok(())
}

/// The ends of the chains go to standard output: kept somewhere else, they show later that nothing
/// was cut off.
async fn verify(args: &VerifyArgs, tickets: &Tickets) -> Result<ExitCode, String> {
    let Verified { rows, ends, broken } = tickets.verify_audit().await.map_err(told)?;
    for (shard, broken) in &broken {
        eprintln!("chain {shard:02x}: {broken}");
    }
    let mut missing = 0;
    if let Some(path) = &args.against {
        let kept = std::fs::read_to_string(path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        for line in kept.lines().filter(|line| !line.trim().is_empty()) {
            let Some((place, hash)) = line.split_once(' ') else {
                return Err(format!("{}: that is no end of a chain: {line}", path.display()));
            };
            if !tickets.has_row(row(place)?, hash.trim()).await.map_err(told)? {
                eprintln!("row {place} is not there as it was");
                missing += 1;
            }
        }
    }
    for (shard, chain) in &ends {
        let hash: String = chain.hash.iter().map(|octet| format!("{octet:02x}")).collect();
        println!("{shard:02x}-{} {hash}", chain.seq);
    }
    eprintln!("{rows} rows in {} chains", ends.len() + broken.len());
    if broken.is_empty() && missing == 0 {
        eprintln!("the log is whole");
        return Ok(ExitCode::SUCCESS);
    }
    Err("the log is not whole".to_owned())
}
