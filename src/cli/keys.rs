//! `setara keys`: the keys that sign certificates, changed while gateways run. New keys verify on every node,
//! and on the page that others keep, before they sign.

use std::{process::ExitCode, time::Duration};

use clap::{Args, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    certificate::{
        KeyStep, Keyring,
        keys::{AHEAD, Used, Which},
    },
    cli::{
        nodes::{self, PATIENCE},
        on_store, told,
    },
    clock::{self, Timestamp, Zone},
    config::Config,
    identity::birth,
    store::Store,
};

/// What can be done with the keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Draw the first keys, into the file of `[certificate] keys`
    Create,
    /// Add new keys, and use them when every running node and everybody who verifies can have them
    Rotate(UseArgs),
    /// Draw new keys that only verify: for nodes on several machines, whose key file is copied next
    Add(AddArgs),
    /// Sign with the keys that were added; refused until every running node verifies with them
    Use(UseArgs),
    /// Show which keys there are
    List(ListArgs),
}

/// Arguments of `keys add`.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// One of the two only
    #[arg(long, value_enum)]
    pub only: Option<Kind>,
}

/// Arguments of `keys rotate` and `keys use`.
#[derive(Debug, Args)]
pub struct UseArgs {
    /// Which keys
    #[command(flatten)]
    pub added: AddArgs,
    /// Do not wait for those who keep the page `/keys` for some minutes: they refuse what is signed meanwhile
    #[arg(long)]
    pub now: bool,
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

impl AddArgs {
    fn which(&self) -> Which {
        match self.only {
            None => Which::Both,
            Some(Kind::Document) => Which::Document,
            Some(Kind::Short) => Which::Short,
        }
    }
}

/// Runs `setara keys`.
pub fn run(command: KeysCommand, config: &Config) -> Result<ExitCode, String> {
    let (path, authority) = (&config.certificate.keys, &config.certificate.authority);
    let zone = config.menu.zone.into();
    match command {
        KeysCommand::Create => {
            list(&Keyring::create_file(path, authority, clock::now()).map_err(told)?, zone);
        }
        KeysCommand::Add(args) => {
            list(&step(KeyStep::Add(args.which()), config)?, zone);
            eprintln!("new keys verify; copy the file to every machine, then `keys use`");
        }
        KeysCommand::Rotate(args) => {
            return on_store(config, async |store, _| {
                step(KeyStep::Add(args.added.which()), config)?;
                list(&take_in_use(&args, &store, config, publish()).await?, zone);
                Ok(ExitCode::SUCCESS)
            });
        }
        KeysCommand::Use(args) => {
            return on_store(config, async |store, _| {
                list(&take_in_use(&args, &store, config, publish()).await?, zone);
                Ok(ExitCode::SUCCESS)
            });
        }
        KeysCommand::List(args) => {
            let ring = Keyring::open_file(path).map_err(told)?;
            if args.json {
                println!("{}", ring.public().to_json());
            } else {
                list(&ring, zone);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn step(step: KeyStep, config: &Config) -> Result<Keyring, String> {
    let (path, authority) = (&config.certificate.keys, &config.certificate.authority);
    Keyring::step_file(path, step, authority, clock::now()).map_err(told)
}

/// Whoever has a page from before a node had the keys keeps it until `published` is over.
async fn take_in_use(
    args: &UseArgs,
    store: &Store,
    config: &Config,
    published: impl Future<Output = ()>,
) -> Result<Keyring, String> {
    let which = args.added.which();
    let coming = Keyring::open_file(&config.certificate.keys).map_err(told)?.coming(which);
    if coming.is_empty() {
        return Err("no key is coming; `setara keys add` first".to_owned());
    }
    let known =
        nodes::wait(store, PATIENCE, |ring| coming.iter().all(|name| ring.verifies.contains(name)));
    known.await.map_err(|late| late.told("verifies with the new keys", "`keys use`"))?;
    if !args.now {
        published.await;
    }
    let ring = step(KeyStep::Use(which), config)?;
    eprintln!("they sign from now on; copy the file to every machine that has its own");
    Ok(ring)
}

async fn publish() {
    eprintln!(
        "the new keys are published, and sign in {} minutes, when nobody keeps an older page",
        AHEAD.as_secs() / 60
    );
    let bar = ProgressBar::new(AHEAD.as_secs());
    let template = "waiting {bar:30} {eta}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    for _ in 0..AHEAD.as_secs() {
        tokio::time::sleep(Duration::from_secs(1)).await;
        bar.inc(1);
    }
    bar.finish_and_clear();
}

fn list(ring: &Keyring, zone: Zone) {
    let day = |at: Timestamp| birth::show(at.date(zone));
    let coming = ring.coming(Which::Both);
    let state = |used: Used, name: &str| match used.retired {
        Some(at) => day(at),
        None if coming.iter().any(|of| of == name) => "coming".to_owned(),
        None => "in use".to_owned(),
    };
    println!("{:<9} {:<13} {:<11} {:<11} expires", "kind", "id", "created", "retired");
    for key in ring.public().documents() {
        let (id, created) = (key.kid().to_string(), day(key.used().created));
        let (expires, state) = (day(key.expires()), state(key.used(), &id));
        println!("document  {id:<13} {created:<11} {state:<11} {expires}");
    }
    for key in ring.public().shorts() {
        let (created, state) = (day(key.used().created), state(key.used(), &key.name()));
        println!("short     {:<13} {created:<11} {state:<11} -", key.id());
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::{
        store::{StoreOptions, reseal::NodeRing},
        vault::{Keys, Vault},
    };

    fn both(now: bool) -> UseArgs {
        UseArgs { added: AddArgs { only: None }, now }
    }

    /// A first pair of keys, and a node that verifies with what is in the file.
    async fn begun(folder: &Path) -> (Config, Store) {
        let config = Config::parse(&format!(
            "[certificate]\nkeys = {:?}",
            folder.join("setara.signing").display().to_string()
        ));
        let config = config.unwrap();
        let url = format!("sqlite:{}", folder.join("setara.db").display());
        let vault = Vault::from_keys(Keys { id: 1, index: [1; 32], seal: [2; 32] });
        let store = Store::open(&url, vault, StoreOptions::default()).await.unwrap();
        let (path, authority) = (&config.certificate.keys, &config.certificate.authority);
        Keyring::create_file(path, authority, clock::now()).unwrap();
        step(KeyStep::Add(Which::Both), &config).unwrap();
        let verifies = in_file(&config).public().names();
        let ring = NodeRing { node: "here".into(), verifies, ..NodeRing::default() };
        store.put_ring(&ring, clock::now()).await.unwrap();
        (config, store)
    }

    fn in_file(config: &Config) -> Keyring {
        Keyring::open_file(&config.certificate.keys).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_is_kept_for_no_longer_than_is_waited() {
        let began = tokio::time::Instant::now();
        publish().await;
        let waited = began.elapsed();
        assert!(waited >= AHEAD && waited < AHEAD + Duration::from_secs(1), "{waited:?}");
    }

    #[tokio::test]
    async fn new_keys_sign_when_the_wait_is_over_and_no_earlier() {
        let folder = tempfile::tempdir().unwrap();
        let (config, store) = begun(folder.path()).await;
        let before = in_file(&config);
        let coming = before.coming(Which::Both);
        assert_eq!(coming.len(), 2);

        // Whoever stops the command while it waits has changed nothing.
        let patient = both(false);
        let stopped = take_in_use(&patient, &store, &config, std::future::pending());
        let stopped = tokio::time::timeout(Duration::from_millis(300), stopped).await;
        assert!(stopped.is_err(), "it did not wait");
        assert_eq!(in_file(&config).coming(Which::Both), coming);

        let mut waited = false;
        let published = async {
            let meanwhile = in_file(&config);
            assert_eq!(meanwhile.coming(Which::Both), coming, "they verify");
            assert_eq!(meanwhile.sign_short(b"words"), before.sign_short(b"words"));
            waited = true;
        };
        let after = take_in_use(&both(false), &store, &config, published).await.unwrap();
        assert!(waited && after.coming(Which::Both).is_empty());
        assert_ne!(in_file(&config).sign_short(b"words"), before.sign_short(b"words"));

        // In a hurry nobody is waited for but the nodes.
        step(KeyStep::Add(Which::Both), &config).unwrap();
        let verifies = in_file(&config).public().names();
        let ring = NodeRing { node: "here".into(), verifies, ..NodeRing::default() };
        store.put_ring(&ring, clock::now()).await.unwrap();
        let never = std::future::pending();
        assert!(take_in_use(&both(true), &store, &config, never).await.is_ok());
        let early = take_in_use(&both(true), &store, &config, std::future::pending()).await;
        assert!(early.unwrap_err().contains("no key is coming"));
        store.close().await;
    }
}
