//! `setara keys`: the keys that sign certificates.

use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};

use crate::{
    certificate::{
        Keyring,
        keys::{Used, Which},
    },
    cli::told,
    clock::{self, Timestamp, Zone},
    config::Config,
    identity::birth,
};

/// What can be done with the keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Draw the first keys, into the file of `[certificate] keys`
    Create,
    /// Draw new keys; the old ones verify what they signed. Running nodes take the new ones from the file
    Rotate(RotateArgs),
    /// Show which keys there are
    List(ListArgs),
}

/// Arguments of `keys rotate`.
#[derive(Debug, Args)]
pub struct RotateArgs {
    /// One of the two only
    #[arg(long, value_enum)]
    pub only: Option<Kind>,
}

/// A kind of key.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Kind {
    /// Signs documents
    Document,
    /// Signs certificates of one text message
    Short,
}

/// Arguments of `keys list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// The public keys as `/keys` shows them, for whoever verifies
    #[arg(long)]
    pub json: bool,
}

/// Runs `setara keys`.
pub fn run(command: KeysCommand, config: &Config) -> Result<ExitCode, String> {
    let (path, authority) = (&config.certificate.keys, &config.certificate.authority);
    let ring = match command {
        KeysCommand::Create => Keyring::create_file(path, authority, clock::now()),
        KeysCommand::Rotate(args) => {
            let which = match args.only {
                None => Which::Both,
                Some(Kind::Document) => Which::Document,
                Some(Kind::Short) => Which::Short,
            };
            Keyring::rotate_file(path, which, authority, clock::now())
        }
        KeysCommand::List(args) => {
            let ring = Keyring::open_file(path).map_err(told)?;
            if args.json {
                println!("{}", ring.public().to_json());
            } else {
                list(&ring, config.menu.zone.into());
            }
            return Ok(ExitCode::SUCCESS);
        }
    };
    list(&ring.map_err(told)?, config.menu.zone.into());
    Ok(ExitCode::SUCCESS)
}

fn list(ring: &Keyring, zone: Zone) {
    let day = |at: Timestamp| birth::show(at.date(zone));
    let retired = |used: Used| used.retired.map_or_else(|| "in use".to_owned(), day);
    println!("{:<9} {:<13} {:<11} {:<11} expires", "kind", "id", "created", "retired");
    for key in ring.public().documents() {
        let (id, created) = (key.kid().to_string(), day(key.used().created));
        let expires = day(key.expires());
        println!("document  {id:<13} {created:<11} {:<11} {expires}", retired(key.used()));
    }
    for key in ring.public().shorts() {
        let created = day(key.used().created);
        println!("short     {:<13} {created:<11} {:<11} -", key.id(), retired(key.used()));
    }
}
