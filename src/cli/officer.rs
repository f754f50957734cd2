//! `setara officer`: who registers people without a phone, on the database of the configuration. A gateway
//! that runs on it sends the codes.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::{
    cli::{campaign::menus, told},
    config::Config,
    front::officer::{By, Newcomer, Officers, Wish},
    http::{OfficerDid, OfficerShown},
    identity::{Msisdn, PersonName},
    menu::model::Menu,
    service::{
        audit::StaffName,
        officer::{OfficerKind, Post},
    },
    store::{Store, StoreOptions},
    vault::{SubscriberKey, Vault},
};

/// What can be done with officers.
#[derive(Debug, Subcommand)]
pub enum OfficerCommand {
    /// Make somebody an officer: a code goes to the phone by SMS, and there a PIN is chosen
    Enrol(EnrolArgs),
    /// List officers in the order in which they were enrolled
    List(ListArgs),
    /// Refuse an officer from now on, also in the middle of a registration
    Suspend(ActArgs),
    /// Take an officer again, with the PIN as it was
    Restore(ActArgs),
    /// Give an officer a new code: the PIN is gone
    Reset(ActArgs),
    /// List what an officer did, latest first
    Acts(DidArgs),
}

/// Arguments of `officer enrol`.
#[derive(Debug, Args)]
pub struct EnrolArgs {
    /// The phone from which others are registered
    #[arg(value_parser = phone)]
    pub phone: Msisdn,
    /// The officer's own name
    #[arg(value_parser = name)]
    pub name: PersonName,
    /// babinsa, bhabinkamtibmas, puskesmas, posyandu or village
    #[arg(long, value_parser = kind)]
    pub kind: OfficerKind,
    /// Code of a regency or of a place
    #[arg(long, value_parser = post)]
    pub post: Post,
    /// Who does it: small letters, digits, dots and dashes
    #[arg(long, value_parser = staff)]
    pub staff: StaffName,
}

/// Arguments of `officer list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// So many at most
    #[arg(long, default_value_t = 100)]
    pub limit: u32,
    /// Behind this one
    #[arg(long, value_parser = id)]
    pub after: Option<SubscriberKey>,
    /// For machines
    #[arg(long)]
    pub json: bool,
}

/// An officer, and who does something with them.
#[derive(Debug, Args)]
pub struct ActArgs {
    /// The officer, as `setara officer list` names them
    #[arg(value_parser = id)]
    pub id: SubscriberKey,
    /// Who does it: small letters, digits, dots and dashes
    #[arg(long, value_parser = staff)]
    pub staff: StaffName,
}

/// Arguments of `officer acts`.
#[derive(Debug, Args)]
pub struct DidArgs {
    /// The officer, as `setara officer list` names them
    #[arg(value_parser = id)]
    pub id: SubscriberKey,
    /// So many at most
    #[arg(long, default_value_t = 100)]
    pub limit: u32,
}

fn phone(text: &str) -> Result<Msisdn, String> {
    Msisdn::parse(text).map_err(told)
}

fn name(text: &str) -> Result<PersonName, String> {
    PersonName::parse(text).map_err(told)
}

fn kind(word: &str) -> Result<OfficerKind, String> {
    let known = OfficerKind::ALL.map(OfficerKind::as_str).join(", ");
    OfficerKind::parse(word).ok_or(format!("an officer is one of {known}"))
}

fn post(text: &str) -> Result<Post, String> {
    Post::parse(text).map_err(told)
}

fn id(text: &str) -> Result<SubscriberKey, String> {
    SubscriberKey::from_hex(text).map_err(told)
}

fn staff(text: &str) -> Result<StaffName, String> {
    StaffName::parse(text).map_err(told)
}

/// Runs `setara officer`.
pub fn run(command: OfficerCommand, config: &Config) -> Result<ExitCode, String> {
    tokio::runtime::Runtime::new().map_err(told)?.block_on(async {
        let vault = Vault::open_file(&config.vault.key_file).map_err(told)?;
        let options = StoreOptions::default();
        let store =
            Store::open(&config.database.url, vault.clone(), options).await.map_err(told)?;
        let officers = Officers::new(store.clone(), vault, config);
        let done = obey(command, &officers, config).await;
        store.close().await;
        done.map(|()| ExitCode::SUCCESS)
    })
}

async fn obey(command: OfficerCommand, officers: &Officers, config: &Config) -> Result<(), String> {
    let (ActArgs { id, staff }, wish) = match command {
        OfficerCommand::Enrol(args) => return enrol(args, officers, config).await,
        OfficerCommand::List(args) => return list(&args, officers).await,
        OfficerCommand::Acts(args) => return acts(&args, officers).await,
        OfficerCommand::Suspend(args) => (args, Wish::Suspend),
        OfficerCommand::Restore(args) => (args, Wish::Restore),
        OfficerCommand::Reset(args) => (args, Wish::Reset),
    };
    let menus = menus(config)?;
    let menus: Vec<&Menu> = menus.iter().collect();
    let by = By { staff: &staff, menus: &menus, random: rand::random() };
    let state = officers.act(id, wish, by).await.map_err(told)?;
    eprintln!("{} is {}", id.to_hex(), state.as_str());
    Ok(())
}

async fn enrol(args: EnrolArgs, officers: &Officers, config: &Config) -> Result<(), String> {
    let EnrolArgs { phone, name, kind, post, staff } = args;
    let menus = menus(config)?;
    let menus: Vec<&Menu> = menus.iter().collect();
    let newcomer = Newcomer { phone, name, kind, post };
    let by = By { staff: &staff, menus: &menus, random: rand::random() };
    let officer = officers.enrol(newcomer, by).await.map_err(told)?;
    println!("{}", officer.who.key.to_hex());
    eprintln!("a code is on its way; it is good for {} hours", config.officers.code_hours);
    Ok(())
}

async fn list(args: &ListArgs, officers: &Officers) -> Result<(), String> {
    let found = officers.list(args.after, args.limit).await.map_err(told)?;
    if args.json {
        let shown: Vec<_> = found.iter().map(OfficerShown::of).collect();
        println!("{}", serde_json::to_string(&shown).map_err(told)?);
        return Ok(());
    }
    println!("{:<32} {:<15} {:<20} {:<9} {:<12} name", "id", "kind", "post", "state", "staff");
    for officer in found {
        let who = &officer.who;
        println!(
            "{:<32} {:<15} {:<20} {:<9} {:<12} {}",
            who.key.to_hex(),
            who.kind.as_str(),
            who.post.as_str(),
            officer.state().as_str(),
            who.staff.as_str(),
            who.name.as_str(),
        );
    }
    Ok(())
}

async fn acts(args: &DidArgs, officers: &Officers) -> Result<(), String> {
    for row in officers.acts(args.id, args.limit).await.map_err(told)? {
        println!("{}", serde_json::to_string(&OfficerDid::of(&row)).map_err(told)?);
    }
    Ok(())
}
