//! `setara campaign`: broadcasts to many people, made and moved on the database of the configuration.
//! A gateway that runs on it sees every step within a second.

use std::{fs::File, path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    cli::told,
    config::Config,
    front::campaign::{BadRows, Campaigns, ListError, Listed, Order, Preview},
    http::{Previewed, Shown},
    menu::{check::check, model::Menu},
    menus::read,
    outbox::Fate,
    service::{
        DESKS,
        campaign::{Audience, Filter, Step, way::Way},
        roster::Group,
    },
    store::{Campaign, Figures, Store, StoreOptions},
    vault::Vault,
};

/// What can be done with campaigns.
#[derive(Debug, Subcommand)]
pub enum CampaignCommand {
    /// Make a campaign: a text of the menus, and who gets it
    ///
    /// Without --list it is for people of the record: all of them, or those of whom every condition
    /// holds. Nothing is sent before it is started.
    Create(CreateArgs),
    /// Show what would be sent, to how many people, and what it costs
    Preview(PreviewArgs),
    /// Begin to send
    Start(Named),
    /// Send nothing more until it is resumed
    Pause(Named),
    /// Go on with a paused campaign
    Resume(Named),
    /// Send nothing more of it, for good
    Cancel(Named),
    /// Tell how far a campaign is, and what came of it
    Status(StatusArgs),
    /// List all campaigns
    List,
}

/// Arguments of `campaign create`.
#[derive(Debug, Args)]
pub struct CreateArgs {
    /// Its name: small letters, digits and dashes
    pub name: String,
    /// The text, as in [campaign.…] of a menu
    #[arg(long)]
    pub text: String,
    /// The service whose text it is, if several have it
    #[arg(long)]
    pub service: Option<String>,
    /// CSV with a header: phone, and name, nik and language if they are known
    #[arg(long, value_name = "FILE.csv", conflicts_with_all = ["group", "region", "unregistered",
        "eligible", "dose_due", "age_from", "age_to"])]
    pub list: Option<PathBuf>,
    /// Leave wrong rows of the list out, and tell them
    #[arg(long, requires = "list")]
    pub skip_bad: bool,
    /// People of this group; may be given several times
    #[arg(long, value_parser = group, value_name = "GROUP")]
    pub group: Vec<Group>,
    /// People who live in a province (two digits) or a regency (four)
    #[arg(long, value_name = "CODE")]
    pub region: Option<String>,
    /// People who are not registered yet
    #[arg(long)]
    pub unregistered: bool,
    /// People whose group has its turn
    #[arg(long)]
    pub eligible: bool,
    /// People whose second dose was due, or is within so many days
    #[arg(long, value_name = "DAYS", num_args = 0..=1, default_missing_value = "0")]
    pub dose_due: Option<u16>,
    /// At least so old
    #[arg(long, value_name = "YEARS")]
    pub age_from: Option<u8>,
    /// At most so old
    #[arg(long, value_name = "YEARS")]
    pub age_to: Option<u8>,
    /// Messages a second; 0 is as fast as the networks take them
    #[arg(long, default_value_t = 0)]
    pub per_second: u32,
    /// For so many days it is of use
    #[arg(long, default_value_t = 7, value_name = "DAYS")]
    pub valid_days: u32,
}

/// Arguments of `campaign preview`.
#[derive(Debug, Args)]
pub struct PreviewArgs {
    /// The campaign
    pub name: String,
    /// What an SMS costs, in any currency
    #[arg(long, value_name = "PRICE")]
    pub price_per_part: Option<f64>,
    /// For machines
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `campaign status`.
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// The campaign
    pub name: String,
    /// For machines
    #[arg(long)]
    pub json: bool,
}

/// A campaign that is there.
#[derive(Debug, Args)]
pub struct Named {
    /// The campaign
    pub name: String,
}

fn group(word: &str) -> Result<Group, String> {
    let known = Group::ALL.map(Group::as_str).join(", ");
    Group::parse(word).ok_or(format!("a group is one of {known}"))
}

/// Runs `setara campaign`.
pub fn run(command: CampaignCommand, config: &Config) -> Result<ExitCode, String> {
    tokio::runtime::Runtime::new().map_err(told)?.block_on(async {
        let vault = Vault::open_or_create_file(&config.vault.key_file).map_err(told)?;
        let options = StoreOptions::default();
        let store =
            Store::open(&config.database.url, vault.clone(), options).await.map_err(told)?;
        let campaigns = Campaigns::new(store.clone(), vault, config);
        let done = obey(command, &campaigns, config).await;
        store.close().await;
        done
    })
}

async fn obey(
    command: CampaignCommand,
    campaigns: &Campaigns,
    config: &Config,
) -> Result<ExitCode, String> {
    match command {
        CampaignCommand::Create(args) => create(args, campaigns, config).await?,
        CampaignCommand::Preview(args) => preview(&args, campaigns).await?,
        CampaignCommand::Start(Named { name }) => step(&name, Step::Start, campaigns).await?,
        CampaignCommand::Pause(Named { name }) => step(&name, Step::Pause, campaigns).await?,
        CampaignCommand::Resume(Named { name }) => step(&name, Step::Resume, campaigns).await?,
        CampaignCommand::Cancel(Named { name }) => step(&name, Step::Cancel, campaigns).await?,
        CampaignCommand::Status(args) => {
            let (campaign, figures) = campaigns.status(&args.name).await.map_err(told)?;
            if args.json {
                print_json(&Shown::of(&campaign, Some(&figures)))?;
            } else {
                show(&campaign, &figures);
            }
        }
        CampaignCommand::List => {
            println!(
                "{:<24} {:<16} {:<10} {:>9} {:>9}",
                "name", "text", "state", "people", "queued"
            );
            for of in campaigns.store().campaigns().await.map_err(told)? {
                let (made, counts) = (&of.made, of.counts);
                let state = of.standing();
                println!(
                    "{:<24} {:<16} {state:<10} {:>9} {:>9}",
                    made.name, made.text, counts.people, counts.queued
                );
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn create(args: CreateArgs, campaigns: &Campaigns, config: &Config) -> Result<(), String> {
    let menus = menus(config)?;
    let menus: Vec<&Menu> = menus.iter().collect();
    // Before anything is made: a file that is not there leaves nothing behind.
    let list = args
        .list
        .as_ref()
        .map(|path| File::open(path).map_err(|error| format!("{}: {error}", path.display())));
    let list = list.transpose()?;
    let filter = Filter {
        groups: args.group,
        region: args.region,
        unregistered: args.unregistered,
        eligible: args.eligible,
        dose_due_days: args.dose_due,
        age_from: args.age_from,
        age_to: args.age_to,
    };
    let order = Order {
        name: args.name,
        service: args.service,
        text: args.text,
        audience: if list.is_some() { Audience::List } else { Audience::Record(filter) },
        per_second: args.per_second,
        valid_days: args.valid_days,
    };
    let campaign = campaigns.create(order, &menus).await.map_err(told)?;
    if let Some(list) = list {
        let bad = if args.skip_bad { BadRows::Skip } else { BadRows::Refuse };
        let bar =
            bar(list.metadata().map_or(0, |of| of.len()), "{bytes}/{total_bytes}, {eta} left");
        let list = bar.wrap_read(std::io::BufReader::new(list));
        let taken = campaigns.take_list(&campaign, list, bad).await;
        bar.finish_and_clear();
        if taken.is_err() {
            // What cannot be removed now is cancelled by its name; the first error counts.
            drop(campaigns.store().discard_campaign(campaign.id).await);
        }
        match taken {
            Ok(listed) => {
                tell_bad(&listed);
                eprintln!("{} people are on the list", listed.people);
            }
            Err(ListError::Rows(listed)) => {
                tell_bad(&listed);
                return Err(told(ListError::Rows(listed)));
            }
            Err(error) => return Err(told(error)),
        }
    }
    let name = &campaign.made.name;
    eprintln!(
        "made; look at it: setara campaign preview {name}; send it: setara campaign start {name}"
    );
    Ok(())
}

fn tell_bad(listed: &Listed) {
    for (line, error) in &listed.told {
        eprintln!("line {line}: {error}");
    }
    let more = listed.bad.saturating_sub(listed.told.len() as u64);
    if more > 0 {
        eprintln!("… and {more} more");
    }
}

/// The menus of the configuration, checked as a gateway checks them.
pub(super) fn menus(config: &Config) -> Result<Vec<Menu>, String> {
    let profiles = config.profiles();
    let menu = |folder: &PathBuf| {
        let files = read(folder).map_err(told)?;
        let wrong = |_| {
            format!("the menu in {} has mistakes; `setara menu check` shows them", folder.display())
        };
        check(&files, DESKS, &profiles).map(|checked| checked.menu).map_err(wrong)
    };
    config.menu.folders.iter().map(menu).collect()
}

async fn step(name: &str, step: Step, campaigns: &Campaigns) -> Result<(), String> {
    let campaign = campaigns.step(name, step).await.map_err(told)?;
    eprintln!("{name} is {}", campaign.state.as_str());
    Ok(())
}

async fn preview(args: &PreviewArgs, campaigns: &Campaigns) -> Result<(), String> {
    let campaign = campaigns.named(&args.name).await.map_err(told)?;
    let preview = campaigns.preview(&campaign).await.map_err(told)?;
    let Preview { people, unreachable, opted_out, parts, per_second, seconds, days, .. } = preview;
    let Preview { by_sms, to_chats, in_templates, .. } = preview;
    let cost = args.price_per_part.map(|price| price * parts as f64);
    if args.json {
        return print_json(&Previewed::of(&preview, args.price_per_part));
    }
    for sample in &preview.samples {
        let way = match (&sample.template, sample.way) {
            (Some((name, code)), _) => format!("template {name} in {code}"),
            (None, Way::Sms) => format!("{} SMS", sample.parts),
            (None, _) => "chat".to_owned(),
        };
        let text = sample.text.replace('\n', "\n  ");
        println!("{} ({}, {way})\n  {text}", sample.phone, sample.language);
    }
    println!(
        "{people} people: {unreachable} have no phone in the record or nobody who carries it, {opted_out} refused broadcasts"
    );
    println!(
        "{by_sms} by SMS, {to_chats} in a chat that is open, {in_templates} in a chat by a template"
    );
    println!(
        "{parts} SMS{}",
        cost.map(|cost| format!(", which cost {cost:.2}")).unwrap_or_default()
    );
    println!("{seconds} s at {per_second} a second, on {days} day(s) of decent hours");
    Ok(())
}

/// The figures of a campaign, as they are told.
struct Told {
    waiting: u64,
    sent: u64,
    ended: [(&'static str, u64); 7],
}

impl Told {
    fn of(figures: &Figures) -> Self {
        let of = |fate: Fate| figures.fates.get(&fate).copied().unwrap_or_default();
        let ended = [
            Fate::Delivered,
            Fate::Undeliverable,
            Fate::Unknown,
            Fate::Expired,
            Fate::Refused,
            Fate::OptedOut,
            Fate::Cancelled,
        ];
        Self {
            waiting: of(Fate::Waiting),
            sent: of(Fate::Sent),
            ended: ended.map(|fate| (fate.as_str(), of(fate))),
        }
    }

    fn settled(&self) -> u64 {
        self.sent + self.ended.iter().map(|(_, count)| count).sum::<u64>()
    }
}

fn print_json(shown: &impl serde::Serialize) -> Result<(), String> {
    println!("{}", serde_json::to_string(shown).map_err(told)?);
    Ok(())
}

fn show(campaign: &Campaign, figures: &Figures) {
    let (made, counts, told) = (&campaign.made, campaign.counts, Told::of(figures));
    println!("{}: {} of {}, {}", made.name, made.text, made.service, campaign.standing());
    let bar = bar(counts.queued.max(1), "{human_pos} of {human_len} done");
    bar.set_position(told.settled());
    // Drawn to where a person looks; a file or a pipe has the figures below.
    bar.abandon();
    let more = if campaign.expanded { "" } else { ", and more to come" };
    println!("people        {:>9}{more}", counts.people);
    println!("unreachable   {:>9}", counts.unreachable);
    println!("refused before{:>9}", counts.opted_out);
    println!("crowded out   {:>9}", counts.crowded_out);
    println!("queued        {:>9}", counts.queued);
    println!("waiting       {:>9}", told.waiting);
    println!("sent          {:>9}", told.sent);
    for (fate, count) in told.ended {
        println!("{:<14}{count:>9}", fate.replace('_', " "));
    }
    println!("replied       {:>9}", figures.replied);
    println!("registered    {:>9}", figures.registered);
    show_routes(figures);
}

/// The same by the way that the notices go.
fn show_routes(figures: &Figures) {
    let ways = [("by SMS", figures.by_sms(), None), {
        let read = Some(figures.chats.read);
        ("to chats", figures.chats.clone(), read)
    }];
    println!(
        "{:<14}{:>9}{:>9}{:>10}{:>9}{:>9}{:>11}",
        "", "queued", "sent", "delivered", "read", "replied", "registered"
    );
    for (way, of, read) in ways {
        let queued: u64 = of.fates.values().sum();
        let delivered = of.fates.get(&Fate::Delivered).copied().unwrap_or_default();
        let read = read.map_or("-".to_owned(), |read| read.to_string());
        println!(
            "{way:<14}{queued:>9}{:>9}{delivered:>10}{read:>9}{:>9}{:>11}",
            of.sent(),
            of.replied,
            of.registered
        );
    }
    println!("rerouted      {:>9} from chats to SMS", figures.chats.rerouted);
}

fn bar(total: u64, figures: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(&format!("{{bar:40}} {figures}"));
    ProgressBar::new(total).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
