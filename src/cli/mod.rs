//! The commands of `setara`. Each is a file; this one only names them and tells how they ended.

pub mod appointment;
pub mod backup;
pub mod campaign;
pub mod certificate;
pub mod facility;
pub mod keys;
pub mod menu;
mod nodes;
pub mod officer;
pub mod person;
pub mod queue;
pub mod record;
pub mod serve;
pub mod telemetry;
pub mod ticket;
pub mod vault;
pub mod verify;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

use crate::{
    config::{Config, DEFAULT},
    service::{audit::StaffName, number::Number},
    store::{Store, StoreOptions},
    vault::Vault,
};

/// One citizen service on every phone: USSD, SMS and WhatsApp from one checked menu file.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// The configuration; without it the default holds (`setara config print`).
    #[arg(long, short, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// What `setara` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the gateway until it is told to stop
    Serve,
    /// Compile and look at menus
    #[command(subcommand)]
    Menu(menu::MenuCommand),
    /// Fill the national record
    #[command(subcommand)]
    Record(record::RecordCommand),
    /// Check in whoever comes to an appointment
    #[command(subcommand)]
    Appointment(appointment::AppointmentCommand),
    /// Say where and when people can be vaccinated
    #[command(subcommand)]
    Facility(facility::FacilityCommand),
    /// Say who registers people without a phone, and look what they did
    #[command(subcommand)]
    Officer(officer::OfficerCommand),
    /// Call whoever queues for a unit of a clinic
    #[command(subcommand)]
    Queue(queue::QueueCommand),
    /// Send a text to many people
    #[command(subcommand)]
    Campaign(campaign::CampaignCommand),
    /// Take certificates back
    #[command(subcommand)]
    Certificate(certificate::CertificateCommand),
    /// Draw, rotate and show the keys that sign certificates
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Show and change the keys that seal personal data
    #[command(subcommand)]
    Vault(vault::VaultCommand),
    /// Look at a certificate, offline
    Verify(verify::VerifyArgs),
    /// Answer complaints, and decide on changes that need documents
    #[command(subcommand)]
    Ticket(ticket::TicketCommand),
    /// Look whether the log of who did what is whole
    #[command(subcommand)]
    Audit(ticket::AuditCommand),
    /// Write out what is kept of a person, and see that who was erased stays so
    #[command(subcommand)]
    Person(person::PersonCommand),
    /// Tell what may not be kept any longer, and delete it
    #[command(subcommand)]
    Retention(person::RetentionCommand),
    /// Tell what was seen and changed in a window of time
    #[command(subcommand)]
    Breach(person::BreachCommand),
    /// Copy the database and its keys while the gateway runs
    Backup(backup::BackupArgs),
    /// Bring a backup back, where no database is
    Restore(backup::RestoreArgs),
    /// Watch the gateway
    #[command(subcommand)]
    Telemetry(telemetry::TelemetryCommand),
    /// Look at the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
}

/// What can be done with the configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print the commented default: a file needs only the lines that differ
    Print,
    /// Check the file given with --config
    Check,
}

/// Runs a command. What went wrong is told on standard error.
pub fn run(cli: Cli) -> ExitCode {
    match obey(cli.command, cli.config.as_deref()) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("setara: {message}");
            ExitCode::FAILURE
        }
    }
}

fn obey(command: Command, file: Option<&Path>) -> Result<ExitCode, String> {
    if let Command::Config(ConfigCommand::Print) = command {
        print!("{DEFAULT}");
        return Ok(ExitCode::SUCCESS);
    }
    let config = file.map_or_else(|| Config::parse(""), Config::read).map_err(told)?;
    match command {
        Command::Serve => serve::run(config),
        Command::Menu(command) => menu::run(command, &config),
        Command::Record(command) => record::run_command(command, &config),
        Command::Appointment(command) => appointment::run(command, &config),
        Command::Facility(command) => facility::run(command, &config),
        Command::Officer(command) => officer::run(command, &config),
        Command::Queue(command) => queue::run(command, &config),
        Command::Campaign(command) => campaign::run(command, &config),
        Command::Certificate(command) => certificate::run(command, &config),
        Command::Keys(command) => keys::run(command, &config),
        Command::Verify(args) => verify::run(&args, &config),
        Command::Ticket(command) => ticket::run(command, &config),
        Command::Audit(command) => ticket::run_audit(command, &config),
        Command::Person(command) => person::run(command, &config),
        Command::Retention(command) => person::run_retention(command, &config),
        Command::Breach(command) => person::run_breach(command, &config),
        Command::Vault(command) => vault::run(command, &config),
        Command::Backup(args) => backup::run(&args, &config),
        Command::Restore(args) => backup::run_restore(&args, &config),
        Command::Telemetry(command) => Ok(telemetry::run(&command)),
        Command::Config(_) => {
            println!("the configuration is good");
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The number of a ticket, as an argument.
fn number(text: &str) -> Result<Number, String> {
    Number::parse(text).map_err(told)
}

/// An account of the staff, as an argument.
fn staff(text: &str) -> Result<StaffName, String> {
    StaffName::parse(text).map_err(told)
}

/// Does something on the database of the configuration, which a gateway may have open meanwhile.
fn on_store(
    config: &Config,
    obey: impl AsyncFnOnce(Store, Vault) -> Result<ExitCode, String>,
) -> Result<ExitCode, String> {
    tokio::runtime::Runtime::new().map_err(told)?.block_on(async {
        let vault = Vault::open_file(&config.vault.key_file).map_err(told)?;
        let options = StoreOptions::default();
        let store =
            Store::open(&config.database.url, vault.clone(), options).await.map_err(told)?;
        let done = obey(store.clone(), vault).await;
        store.close().await;
        done
    })
}

/// An error with everything behind it, in one line.
fn told(error: impl std::error::Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let told = error.to_string();
        if !message.contains(&told) {
            message.push_str(": ");
            message.push_str(&told);
        }
        cause = error.source();
    }
    message
}
