//! The menus of a node: read from the folders of the configuration, checked, put live, and kept in
//! the database, so that a conversation can go on in the version it began in.
//!
//! **Architecture Invariant:** what does not pass its check is never put live, and the old version
//! stays.

mod files;

pub use self::files::{ReadError, read};

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
};

use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::sync::Mutex;

use crate::{
    certificate::keys::InUse,
    clock,
    config::{Config, Whatsapp},
    diagnostic::{Finding, SourceFile},
    engine::{Engine, Service, Shelf, ShelfError},
    menu::{check, version::Version},
    outbox::TextOf,
    service::{DESKS, Desk, certificate::CertificateRules, officer::OFFICER},
    store::{MenuOrder, MenuVersion, Ordered, Store, StoreError, StoredMenu},
    vault::Vault,
};

/// Why menus are not put live.
#[derive(Debug, Error)]
pub enum MenuError {
    /// A folder cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A menu did not pass its check.
    #[error("the menu in {folder} has {n} findings; `setara menu check` shows them",
        folder = folder.display(), n = findings.len())]
    Check {
        /// Which menu.
        folder: PathBuf,
        /// What is wrong with it.
        findings: Vec<Finding>,
    },
    /// No menu, or two that are dialled alike.
    #[error(transparent)]
    Shelf(#[from] ShelfError),
    /// A template on WhatsApp is of no service's text, or could be of two.
    #[error("whatsapp.template: {0}")]
    Template(String),
    /// The version could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes services out of folders.
#[derive(Clone)]
pub struct Menus {
    config: Config,
    vault: Vault,
    keyring: InUse,
    /// The last order that was followed.
    ordered: Arc<AtomicI64>,
}

/// A version that is live after a reload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// The service.
    pub service: String,
    /// Its version.
    pub version: Version,
    /// Whether the reload changed it.
    pub change: Change,
}

/// What a reload did to a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Another version is live now.
    Changed,
    /// The files are as they were.
    Unchanged,
}

/// The menus of a running node.
pub struct Reloading {
    menus: Menus,
    engine: Engine,
    /// One reload at a time. What it guards are the kept versions that this program cannot make: they
    /// are tried once.
    useless: Mutex<HashSet<MenuVersion>>,
}

/// A file as it is kept.
#[derive(Serialize, Deserialize)]
struct StoredFile {
    name: String,
    text: String,
}

/// A service, and the files it was made from.
struct Made {
    service: Arc<Service>,
    files: Vec<Arc<SourceFile>>,
}

impl Menus {
    /// The menus of a configuration.
    pub fn new(config: &Config, vault: &Vault, keyring: &InUse) -> Self {
        Self {
            config: config.clone(),
            vault: vault.clone(),
            keyring: keyring.clone(),
            ordered: Arc::default(),
        }
    }

    /// Reads and checks every menu, keeps their versions, and brings back the former ones that are
    /// kept.
    ///
    /// # Errors
    /// See [`MenuError`].
    pub async fn open(&self, store: &Store) -> Result<Shelf, MenuError> {
        let mut shelf = self.put(store, Ordered::Here).await?;
        self.bring_back(store, &mut shelf, &mut HashSet::new()).await?;
        Ok(shelf)
    }

    /// Reads and checks every menu, and keeps their versions.
    async fn put(&self, store: &Store, ordered: Ordered) -> Result<Shelf, MenuError> {
        let menus = self.clone();
        // Reading and checking take many milliseconds, in which this thread would take no turn.
        let made = aside(move || menus.make()).await?;
        let current = made.iter().map(|made| Arc::clone(&made.service)).collect();
        let shelf = self.shelf(current)?;
        let stored: Vec<StoredMenu> = made.iter().map(Made::to_stored).collect();
        // Those that the shelf holds, and the current one.
        let most = self.config.menu.former + 1;
        let serial = store.put_menus(&stored, ordered, clock::now(), most).await?;
        self.ordered.store(serial, Relaxed);
        Ok(shelf)
    }

    fn shelf(&self, current: Vec<Arc<Service>>) -> Result<Shelf, ShelfError> {
        Shelf::new(current, self.config.menu.former as usize)
    }

    fn make(&self) -> Result<Vec<Made>, MenuError> {
        let make = |folder: &PathBuf| {
            let files = read(folder)?;
            let service = self.service(folder, &files)?;
            Ok(Made { service, files })
        };
        let made = self.config.menu.folders.iter().map(make);
        let made = made.collect::<Result<Vec<Made>, MenuError>>()?;
        let texts: Vec<TextOf<'_>> =
            made.iter().flat_map(|made| broadcasts(&made.service)).collect();
        let templates = self.config.whatsapp.as_ref().map(Whatsapp::templates);
        match templates.and_then(|all| all.mistake_beside(&texts)) {
            Some(mistake) => Err(MenuError::Template(mistake)),
            None => Ok(made),
        }
    }

    /// The service that files make.
    fn service(&self, folder: &Path, files: &[Arc<SourceFile>]) -> Result<Arc<Service>, MenuError> {
        let checked = check::check(files, DESKS, &self.config.profiles())
            .map_err(|findings| MenuError::Check { folder: folder.to_owned(), findings })?;
        let desk = Desk {
            vault: self.vault.clone(),
            vaccines: self.config.vaccine.clone(),
            units: self.config.queue.clone(),
            budgets: match checked.desk {
                name if name == OFFICER.desk => self.config.officers.lookups.clone(),
                _ => self.config.lookups.clone(),
            },
            codes: self.config.codes.clone(),
            certificates: CertificateRules {
                valid_days: self.config.certificate.valid_days,
                checks: self.config.checks.clone(),
            },
            keyring: self.keyring.clone(),
            tickets: self.config.tickets.clone(),
            appointments: self.config.appointments.clone(),
            officers: self.config.officers.clone(),
            exposure: self.config.exposure.rules(),
            zone: self.config.menu.zone.into(),
            source: self.config.record.source(),
        };
        Ok(Arc::new(Service { menu: checked.menu, desk }))
    }

    /// Puts kept versions on the shelf that are not there yet, the newest first: where there is no more room they
    /// take the place of older ones, or this node could not follow an order to put them live. One that this program
    /// cannot make any more, because its desk changed, is passed over: its conversations go on in the current one.
    async fn bring_back(
        &self,
        store: &Store,
        shelf: &mut Shelf,
        useless: &mut HashSet<MenuVersion>,
    ) -> Result<Found, MenuError> {
        let mut found = Found::Nothing;
        let older = std::mem::replace(shelf, shelf.without_former());
        for kept in store.menu_versions().await? {
            let version = Version::from_stored(kept.version.as_str());
            let offered = shelf.service(&kept.service).is_some();
            if let Some(known) = older.version(&kept.service, &version) {
                shelf.keep(Arc::clone(known));
                continue;
            }
            if !offered || useless.contains(&kept) || shelf.is_full_of(&kept.service) {
                continue;
            }
            let Some(files) = store.menu_files(&kept.service, &kept.version).await? else {
                continue;
            };
            let (menus, folder) = (self.clone(), PathBuf::from(&kept.service));
            match aside(move || menus.service(&folder, &from_stored(&files))).await {
                Ok(service) if *service.menu.version() == version => {
                    shelf.keep(service);
                    found = Found::Something;
                }
                Ok(_) | Err(_) => {
                    let MenuVersion { service, version, .. } = &kept;
                    tracing::warn!(service, version, "a former menu cannot be used any more");
                    useless.insert(kept);
                }
            }
        }
        // What the database keeps no longer stays as long as there is room.
        for former in older.former() {
            shelf.keep(Arc::clone(former));
        }
        Ok(found)
    }
}

/// Whether the database knew a version that the shelf did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Something,
    Nothing,
}

/// The hint that every node is to put other menus live.
pub const RELOADED: &str = "menus";

impl Reloading {
    /// Of a running engine.
    pub fn new(menus: Menus, engine: Engine) -> Self {
        Self { menus, engine, useless: Mutex::default() }
    }

    /// Reads the folders again. If every menu passes its check all are put live together, and
    /// conversations that are under way go on in the version they began in; if one does not,
    /// nothing changes.
    ///
    /// # Errors
    /// See [`MenuError`].
    pub async fn reload(&self) -> Result<Vec<Live>, MenuError> {
        let _one = self.useless.lock().await;
        let newer = self.menus.put(self.engine.store(), Ordered::Everywhere).await?;
        let older = self.engine.shelf();
        let live = |service: &Arc<Service>| {
            let menu = &service.menu;
            let was = older.service(menu.service());
            let same = was.is_some_and(|was| was.menu.version() == menu.version());
            Live {
                service: menu.service().to_owned(),
                version: menu.version().clone(),
                change: if same { Change::Unchanged } else { Change::Changed },
            }
        };
        let live: Vec<Live> = newer.current().iter().map(live).collect();
        self.engine.put(newer);
        for live in live.iter().filter(|live| live.change == Change::Changed) {
            let (service, version) = (&live.service, live.version.as_str());
            tracing::info!(service, version, "a menu was put live");
        }
        if let Err(error) = self.engine.store().hint(RELOADED).await {
            tracing::debug!(%error, "other nodes will find out when they look");
        }
        Ok(live)
    }

    /// Looks for versions that other nodes have put live: their conversations may come here. What
    /// another node was told to put live since this one started is put live here too; a node that
    /// starts begins with what is in its own folders.
    ///
    /// # Errors
    /// See [`MenuError`].
    pub async fn catch_up(&self) -> Result<(), MenuError> {
        let mut useless = self.useless.lock().await;
        // First: what it orders is there when the versions are read.
        let order = self.engine.store().menu_order().await?;
        let mut shelf = Shelf::clone(&self.engine.shelf());
        let found = self.menus.bring_back(self.engine.store(), &mut shelf, &mut useless).await?;
        if found == Found::Something {
            self.engine.put(shelf.clone());
        }
        if let Some(order) = order.filter(|of| of.serial > self.menus.ordered.load(Relaxed)) {
            self.menus.ordered.store(order.serial, Relaxed);
            let ordered = self.menus.shelf(obey(&order, &shelf))?;
            self.engine.put(ordered.clone());
            for Service { menu, .. } in ordered.current().iter().map(Arc::as_ref) {
                let (service, version) = (menu.service(), menu.version());
                if shelf.service(service).is_some_and(|was| was.menu.version() != version) {
                    let version = version.as_str();
                    tracing::info!(service, version, "a menu was put live by another node");
                }
            }
        }
        Ok(())
    }

    /// The engine whose menus these are.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }
}

/// The services in the versions that were ordered; a service keeps its own where this program cannot
/// make the other, or does not offer it.
fn obey(order: &MenuOrder, shelf: &Shelf) -> Vec<Arc<Service>> {
    let current = shelf.current().iter().map(|current| {
        let (service, live) = (current.menu.service(), current.menu.version());
        let Some(wanted) = order.versions.get(service) else { return Arc::clone(current) };
        let wanted = Version::from_stored(wanted.as_str());
        if wanted == *live {
            return Arc::clone(current);
        }
        match shelf.version(service, &wanted) {
            Some(ordered) => Arc::clone(ordered),
            None => {
                tracing::warn!(service, "a menu that another node put live cannot be used here");
                Arc::clone(current)
            }
        }
    });
    current.collect()
}

/// The texts of a service's campaigns.
fn broadcasts(service: &Service) -> impl Iterator<Item = TextOf<'_>> {
    let texts = service.menu.notices().iter().filter(|text| text.kind.is_broadcast());
    texts.map(|text| TextOf { service: service.menu.service(), text: &text.name })
}

impl Made {
    fn to_stored(&self) -> StoredMenu {
        let file = |file: &Arc<SourceFile>| StoredFile {
            name: file.name.clone(),
            text: file.text.clone(),
        };
        let files: Vec<StoredFile> = self.files.iter().map(file).collect();
        let menu = &self.service.menu;
        StoredMenu {
            service: menu.service().to_owned(),
            version: menu.version().as_str().to_owned(),
            // Texts only: there is nothing JSON cannot hold.
            files: serde_json::to_string(&files).unwrap_or_default(),
        }
    }
}

/// Does long work on a thread that may be blocked.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        // It is never cancelled.
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// The files of a kept version; what cannot be read is no file, and makes no menu.
fn from_stored(files: &str) -> Vec<Arc<SourceFile>> {
    let files: Vec<StoredFile> = serde_json::from_str(files).unwrap_or_default();
    files
        .into_iter()
        .map(|file| Arc::new(SourceFile { name: file.name, text: file.text }))
        .collect()
}
