//! `setara certificate`: what the ministry takes back, on the database of the configuration. A gateway
//! that runs on it knows at once.

use std::{io, process::ExitCode};

use clap::{Args, Subcommand};

use crate::{
    cli::{staff, told},
    clock,
    config::Config,
    identity::Nik,
    service::{
        audit::StaffName,
        certificate::revoke::{Order, OrderError},
    },
    store::{Store, StoreOptions},
    vault::Vault,
};

/// What can be done with certificates.
#[derive(Debug, Subcommand)]
pub enum CertificateCommand {
    /// Revoke the certificate with a short code, or all of a person
    Revoke(RevokeArgs),
    /// Let a person have certificates again whose own were all revoked; the NIK is read from standard input
    Allow(AllowArgs),
}

/// Arguments of `certificate revoke`.
#[derive(Debug, Args)]
pub struct RevokeArgs {
    /// Its short code
    #[arg(required_unless_present = "person", conflicts_with = "person")]
    pub code: Option<String>,
    /// All of a person, also what would be asked for later; the NIK is read from standard input, so that no list of commands
    /// or processes has it
    #[arg(long)]
    pub person: bool,
    /// Why, for whoever looks at it later; no names
    #[arg(long)]
    pub reason: String,
    /// Who does it: small letters, digits, dots and dashes
    #[arg(long, value_parser = staff)]
    pub staff: StaffName,
}

/// Arguments of `certificate allow`.
#[derive(Debug, Args)]
pub struct AllowArgs {
    /// Who does it: small letters, digits, dots and dashes
    #[arg(long, value_parser = staff)]
    pub staff: StaffName,
}

/// Runs a command.
pub fn run(command: CertificateCommand, config: &Config) -> Result<ExitCode, String> {
    let args = match command {
        CertificateCommand::Revoke(args) => args,
        CertificateCommand::Allow(args) => return allow(&args, config),
    };
    let vault = Vault::open_file(&config.vault.key_file).map_err(told)?;
    let nik = args.person.then(read_nik).transpose().map_err(told)?;
    let order = Order::of(args.code.as_deref(), nik.as_deref(), &args.reason, &vault);
    let order = order.map_err(told)?;
    let runtime = tokio::runtime::Runtime::new().map_err(told)?;
    let revoked = runtime.block_on(async {
        let store = Store::open(&config.database.url, vault, StoreOptions::default()).await?;
        let by = (&args.staff, clock::now());
        let revoked = store.revoke_certificates(&order.what, &order.reason, by).await;
        store.close().await;
        revoked
    });
    match revoked.map_err(told)? {
        None => Err(OrderError::None.to_string()),
        Some(revoked) => {
            println!("revoked: {revoked}");
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn allow(args: &AllowArgs, config: &Config) -> Result<ExitCode, String> {
    let vault = Vault::open_file(&config.vault.key_file).map_err(told)?;
    let nik = Nik::parse(&read_nik().map_err(told)?).map_err(OrderError::Nik).map_err(told)?;
    let person = vault.nik_index(&nik);
    let runtime = tokio::runtime::Runtime::new().map_err(told)?;
    let allowed = runtime.block_on(async {
        let store = Store::open(&config.database.url, vault, StoreOptions::default()).await?;
        let allowed = store.allow_certificates(person, (&args.staff, clock::now())).await;
        store.close().await;
        allowed
    });
    if !allowed.map_err(told)? {
        return Err("nothing was revoked of this person as a whole".to_owned());
    }
    println!("allowed again");
    Ok(ExitCode::SUCCESS)
}

fn read_nik() -> io::Result<String> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}
