//! The roof: what is built from a configuration, in which order, and in which order it is taken
//! down again. Only here are things built and tasks spawned.

mod alone;
mod campaign;
mod configured;
pub mod keys;
mod nodes;
mod operator;
pub mod outbox;
mod push;
pub mod satudata;
mod sessions;
mod sms;
mod stop;
mod sweep;
mod unheard;
mod ussd;
mod waiting;
mod web;
pub mod whatsapp;

pub use self::{
    alone::{Alone, AloneError, Keyed, Line},
    configured::rules,
};

use std::{
    collections::HashMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use ipnet::IpNet;
use thiserror::Error;
use tokio::{
    net::TcpListener,
    sync::{mpsc, watch},
    task::JoinHandle,
};

use crate::{
    app::{
        configured::{counter, posts, quotas},
        keys::KeyFiles,
        nodes::{Budget, Node},
        outbox::{Measure, Outbox},
        satudata::SatuData,
        sms::Posts,
        stop::Stop,
        sweep::Sweep,
        whatsapp::cloud::Cloud,
    },
    certificate::{KeyFileError, Keyring, keys::InUse},
    clock,
    config::{Config, ConfigError, Sms},
    engine::Engine,
    front::{
        Front,
        appointment::Appointments,
        campaign::Campaigns,
        ends::Ends,
        exposure::{Exposures, without_text},
        facility::Facilities,
        forgotten::Forgotten,
        officer::Officers,
        push::Pushes,
        ticket::Tickets,
        unchecked::Unchecked,
        waiting::Waiting,
    },
    http::{self, ExposurePages, Pushed, Site, Token, Whence, router},
    limits::Limits,
    menus::{Live, MenuError, Menus, Reloading},
    outbox::route::WHATSAPP,
    smpp::link::{Link, SpawnError},
    store::{Store, StoreError, StoreOptions},
    telemetry::Metrics,
    vault::{Vault, VaultError},
};

/// Why the gateway does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The configuration means nothing.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The menus cannot be put live.
    #[error(transparent)]
    Menu(#[from] MenuError),
    /// The keys cannot be read or made.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The signing keys cannot be read or made.
    #[error(transparent)]
    Signing(#[from] KeyFileError),
    /// The database cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The admin token cannot be read.
    #[error("admin.token_file {path}: {source}", path = path.display())]
    Token {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// What signs the events of WhatsApp cannot be read.
    #[error("whatsapp.app_secret_file: {0}")]
    Secret(#[source] std::io::Error),
    /// What an app's back end signs with cannot be read.
    #[error("exposure.secret_file: {0}")]
    ExposureSecret(#[source] std::io::Error),
    /// Nobody could be asked or told.
    #[error("exposure.enabled: no menu in menu.folders has the text `{0}`")]
    ExposureText(&'static str),
    /// The client of WhatsApp cannot be made.
    #[error(transparent)]
    Whatsapp(#[from] whatsapp::cloud::CloudError),
    /// The client of the outside record cannot be made.
    #[error(transparent)]
    Record(#[from] satudata::ClientError),
    /// The address of the web side is taken.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// A link can never work.
    #[error("link {name}: {source}")]
    Link {
        /// Which.
        name: String,
        /// Why.
        source: SpawnError,
    },
}

/// A running gateway.
pub struct Gateway {
    http: SocketAddr,
    engine: Engine,
    menus: Arc<Reloading>,
    links: Arc<[Link]>,
    pushes: Pushes,
    stop: watch::Sender<Stop>,
    counters: Vec<JoinHandle<()>>,
    outbox: Outbox,
    carriers: Vec<JoinHandle<()>>,
    lanes: Vec<JoinHandle<()>>,
    sweep: JoinHandle<()>,
    campaigns: JoinHandle<()>,
    waiting: JoinHandle<()>,
    node: JoinHandle<()>,
    keys: (Arc<KeyFiles>, JoinHandle<()>),
    /// Says that nothing is sent any more.
    leave: watch::Sender<Stop>,
    chats: Vec<JoinHandle<()>>,
    record: Vec<JoinHandle<()>>,
    site: JoinHandle<()>,
    /// Says that no turn is taken any more.
    quiet: watch::Sender<Stop>,
    unheard: JoinHandle<()>,
}

/// How long a shutdown waits for running turns and for the links' last responses.
const DRAIN: Duration = Duration::from_secs(10);
/// How long it waits after that for the database: a server that is silent closes no connection.
const CLOSE: Duration = Duration::from_secs(5);

impl Gateway {
    /// Builds everything and starts it.
    pub async fn start(config: &Config) -> Result<Self, StartError> {
        let vault = Vault::open_or_create_file(&config.vault.key_file)?;
        let keyring = InUse::new(keyring(config)?);
        let options =
            StoreOptions { connections: config.database.connections, ..Default::default() };
        let store = Store::open(&config.database.url, vault.clone(), options).await?;
        let token = config.admin.token_file.as_deref().map(token).transpose()?;
        let menus = Menus::new(config, &vault, &keyring);
        let shelf = menus.open(&store).await?;
        let (outside, parked) = satudata::beside(config).unzip();
        let (engine, lanes) =
            Engine::beside(store.clone(), vault.clone(), shelf, rules(config), outside);
        let appointments = Appointments::new(store.clone());
        let facilities = Facilities::new(store.clone(), config);
        let tickets = Tickets::new(store.clone(), vault.clone(), config);
        let checks = tickets.clone();
        let officers = Officers::new(store.clone(), vault.clone(), config);
        let campaigns = Campaigns::new(store.clone(), vault.clone(), config);
        let lanes = lanes.into_iter().map(|lane| tokio::spawn(lane.run())).collect();
        let metrics = Arc::new(Metrics::new(engine.batches()));
        let limits = Limits::new(quotas(config));
        let menus = Arc::new(Reloading::new(menus, engine.clone()));
        // What came free while nobody ran is theirs who waited for it, before anybody dials.
        let waiting = Waiting::new(engine.clone(), Arc::clone(&metrics), config);
        waiting::round(&waiting).await;
        let front = Arc::new(Front::new(engine.clone(), limits, Arc::clone(&metrics)));
        let (stop, stopped) = watch::channel(Stop::NotYet);
        let (mut record, mut pushed) = (Vec::new(), None);
        if let Some(parked) = parked {
            let zone = config.menu.zone.into();
            let client = SatuData::new(&config.record, Arc::clone(&metrics), zone)?;
            let desk = satudata::Desk::new(client, &engine, config);
            let secret = config.record.secret().map_err(satudata::ClientError::File)?;
            let events = desk.events().clone();
            let from = whence(&config.record.allow, config);
            pushed = Some(Pushed::new(&secret, from, events, Arc::clone(&metrics)));
            record = desk.start(parked, &stopped);
        }

        let accounts = operator::connect(config)?;
        let links: Vec<Link> = accounts.iter().flat_map(|of| of.links.iter().cloned()).collect();
        if links.is_empty() {
            tracing::warn!("no operator is configured: only the web side answers");
        }
        let posts = Posts::new(posts(config, &front));
        let budget = Budget::new(&store);
        let senders = accounts.iter().filter(|of| of.config.sms.is_some());
        let mut senders: Vec<(String, Vec<Link>)> =
            senders.map(|of| (of.name.to_owned(), of.links.clone())).collect();
        senders.extend(config.whatsapp.is_some().then(|| (WHATSAPP.into(), vec![])));
        let wake = engine.wake().clone();
        let outbox::Started { outbox, running, journal, tempos, released, tasks: mut carriers } =
            outbox::start(config, &engine, &accounts, &posts, &metrics, &budget, &stopped);
        let (mut webhook, mut chats) = (None, Vec::new());
        if let Some(number) = &config.whatsapp {
            let cloud = Cloud::new(number)?;
            let whatsapp::Started { changed, tasks } = whatsapp::start(
                config,
                cloud.clone(),
                &engine,
                &metrics,
                released,
                Measure { budget: budget.clone(), running, journal },
                &stopped,
            );
            carriers.extend(tasks);
            let secret = number.app_secret().map_err(StartError::Secret)?;
            let taking =
                whatsapp::chats::start(config, number, cloud, secret, changed, &front, &stopped);
            (webhook, chats) = (Some(taking.webhook), taking.tasks);
        }
        let mut desks = HashMap::new();
        let mut counters = Vec::new();
        for account in accounts {
            let (orders, pushed) = mpsc::channel(config.limits.pushes_waiting);
            let desk = operator::Desk {
                operator: account.name.into(),
                ussd: counter(config, &account, &front, &tempos).map(Arc::new),
                sms: posts.at(account.name).cloned(),
                numbering: account.config.sms.as_ref().map(Sms::numbering).unwrap_or_default(),
                outbox: outbox.clone(),
                front: Arc::clone(&front),
            };
            if desk.ussd.is_some() {
                desks.insert(account.name.to_owned(), orders);
            }
            let most = config.turns.running;
            let serving = operator::serve(desk, account.messages, pushed, stopped.clone(), most);
            counters.push(tokio::spawn(serving));
            if let Some(post) = posts.at(account.name).cloned() {
                let stopped = stopped.clone();
                counters.push(tokio::spawn(async move { post.tell(stopped).await }));
            }
        }
        let (quiet, quieted) = watch::channel(Stop::NotYet);
        let unheard = tokio::spawn(unheard::run(Arc::clone(&front), quieted));
        let pushes = Pushes::new(desks);
        let exposure = exposure_pages(config, &engine, &pushes, &metrics)?;
        let links: Arc<[Link]> = links.into();
        let site = Site {
            front,
            links: links.clone(),
            accounts: Arc::new(http::Account::all(config)),
            menus: Arc::clone(&menus),
            pushes: pushes.clone(),
            campaigns: campaigns.clone(),
            proxies: config.http.proxies.clone().into(),
            whatsapp: webhook,
            record: pushed,
            exposure,
            keyring: keyring.clone(),
            retention: Arc::new(config.retention.clone()),
            ages: config.ages(),
            facilities,
            appointments,
            officers,
            tickets,
            token,
        };
        let (http, site) = listen(config, site, stopped.clone()).await?;
        let every = Duration::from_secs(config.conversation.sweep_seconds.into());
        let (leave, left) = watch::channel(Stop::NotYet);
        let node = Node {
            store: store.clone(),
            budget,
            accounts: senders,
            wake,
            taken: engine.taken().clone(),
            menus: Arc::clone(&menus),
        };
        let node = tokio::spawn(node.run(left));
        let keys = KeyFiles::new(config, store.clone(), vault, keyring, Arc::clone(&metrics));
        let keys = Arc::new(keys);
        let looking = tokio::spawn(Arc::clone(&keys).run(stopped.clone()));
        let menus_too = Arc::clone(&menus);
        let sweeping = Sweep {
            ends: Ends::new(store.clone(), config),
            store,
            metrics,
            menus: menus_too,
            retention: config.retention.clone(),
            forgotten: Forgotten::new(engine.clone(), config),
            tickets: checks,
            unchecked: Unchecked::new(engine.clone(), config.record.source(), clock::now()),
        };
        let waiting = tokio::spawn(waiting::run(waiting, stopped.clone()));
        let campaigns = tokio::spawn(campaign::run(campaigns, outbox.clone(), stopped.clone()));
        let sweep = tokio::spawn(sweeping.run(every, stopped));
        tracing::info!(%http, links = links.len(), "gateway started");
        Ok(Self {
            http,
            engine,
            menus,
            links,
            pushes,
            stop,
            counters,
            outbox,
            carriers,
            lanes,
            sweep,
            campaigns,
            waiting,
            node,
            keys: (keys, looking),
            leave,
            chats,
            record,
            site,
            quiet,
            unheard,
        })
    }

    /// Where the web side listens.
    pub fn http(&self) -> SocketAddr {
        self.http
    }

    /// The links, for whoever waits until they are bound.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// Reads the key files, if they have changed, and the menus again; see [`Reloading::reload`].
    ///
    /// # Errors
    /// See [`MenuError`]; the old menus stay.
    pub async fn reload(&self) -> Result<Vec<Live>, MenuError> {
        self.keys.0.look();
        self.menus.reload().await
    }

    /// Where notices are sent from.
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// Where screens are pushed to phones.
    pub fn pushes(&self) -> &Pushes {
        &self.pushes
    }

    /// Takes nothing new, finishes what is running, unbinds, and closes the database.
    pub async fn shutdown(self) {
        tracing::info!("gateway stops: running turns are finished");
        self.stop.send_replace(Stop::Now);
        let began = Instant::now();
        let deadline = began + DRAIN;
        for counter in self.counters {
            let _ = tokio::time::timeout_at(deadline.into(), counter).await;
        }
        for carrier in self.carriers {
            let _ = tokio::time::timeout_at(deadline.into(), carrier).await;
        }
        self.leave.send_replace(Stop::Now);
        let _ = tokio::time::timeout_at(deadline.into(), self.node).await;
        for link in self.links.iter() {
            link.shutdown(deadline).await;
        }
        let _ = tokio::time::timeout_at(deadline.into(), self.sweep).await;
        let _ = tokio::time::timeout_at(deadline.into(), self.keys.1).await;
        let _ = tokio::time::timeout_at(deadline.into(), self.campaigns).await;
        let _ = tokio::time::timeout_at(deadline.into(), self.waiting).await;
        let _ = tokio::time::timeout_at(deadline.into(), self.site).await;
        self.quiet.send_replace(Stop::Now);
        let _ = tokio::time::timeout_at(deadline.into(), self.unheard).await;
        for chat in self.chats {
            let _ = tokio::time::timeout_at(deadline.into(), chat).await;
        }
        for task in self.record {
            let _ = tokio::time::timeout_at(deadline.into(), task).await;
        }
        let store = self.engine.store().clone();
        drop((self.engine, self.menus));
        for lane in self.lanes {
            let _ = tokio::time::timeout_at(deadline.into(), lane).await;
        }
        if tokio::time::timeout(CLOSE, store.close()).await.is_err() {
            // Nothing is lost: what is not committed by now was not answered either.
            let busy = store.connections().busy;
            tracing::warn!(
                busy,
                "the database did not close in time: what still ran is broken off"
            );
        }
        let took_ms = (Instant::now() - began).as_millis() as u64;
        tracing::info!(took_ms, "gateway stopped");
    }
}

/// The pages for an app's back end, if exposure notices are switched on.
fn exposure_pages(
    config: &Config,
    engine: &Engine,
    pushes: &Pushes,
    metrics: &Arc<Metrics>,
) -> Result<Option<ExposurePages>, StartError> {
    if !config.exposure.enabled {
        return Ok(None);
    }
    let secret = config.exposure.secret().map_err(StartError::ExposureSecret)?;
    if let Some(text) = without_text(&engine.shelf()) {
        return Err(StartError::ExposureText(text));
    }
    let (metrics, from) = (Arc::clone(metrics), whence(&config.exposure.allow, config));
    let exposures = Exposures::new(engine.clone(), pushes.clone(), Arc::clone(&metrics), config);
    Ok(Some(ExposurePages::new(&secret, from, exposures, metrics)))
}

/// From where callers may come, whoever stands before us.
fn whence(allow: &[IpNet], config: &Config) -> Whence {
    Whence { allow: allow.to_vec(), proxies: config.http.proxies.clone() }
}

/// The keys that sign certificates, made anew where there are none.
///
/// # Errors
/// See [`KeyFileError`].
pub fn keyring(config: &Config) -> Result<Keyring, KeyFileError> {
    let (certificate, now) = (&config.certificate, clock::now());
    let ring = Keyring::open_or_create_file(&certificate.keys, &certificate.authority, now)?;
    let key = ring.document_key();
    if key.expires() < now.plus(certificate.issuer().good_for) {
        // What it signs ends with it.
        tracing::warn!(kid = %key.kid(), "the signing key runs out soon: `setara keys rotate`");
    }
    Ok(ring)
}

fn token(path: &Path) -> Result<Token, StartError> {
    Token::read(path).map_err(|source| StartError::Token { path: path.to_owned(), source })
}

async fn listen(
    config: &Config,
    site: Site,
    mut stop: watch::Receiver<Stop>,
) -> Result<(SocketAddr, JoinHandle<()>), StartError> {
    let failed = |source| StartError::Listen { address: config.http.listen, source };
    let listener = TcpListener::bind(config.http.listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let router = router(site, &config.limits);
    let most = config.limits.http_connections;
    let serving = async move { web::serve(listener, router, most, stop::told(&mut stop)).await };
    Ok((address, tokio::spawn(serving)))
}
