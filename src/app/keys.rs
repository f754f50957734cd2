//! The key files of a running node: looked at each second and at SIGHUP, and taken from there when they
//! have changed. What the node has is told in the database, so that no key seals before every node opens.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use tokio::{sync::watch, time::MissedTickBehavior};

use super::stop::{self, Stop};
use crate::{
    certificate::{Keyring, keys::InUse},
    clock,
    config::Config,
    store::{Store, reseal::NodeRing},
    telemetry::{Metrics, keys::KeyFile},
    vault::Vault,
};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// How often a node says that it is still there.
const TELL: Duration = Duration::from_secs(5);

/// A node that has told nothing for so long is gone, by the clock of whoever looks.
pub const GONE: Duration = Duration::from_secs(20);

/// What tells a file from the one that was there before: when it was changed, or who may read it, and which
/// it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: (i64, i64),
    changed: (i64, i64),
    file: (u64, u64),
}

/// The key files, and who uses what is in them.
pub struct KeyFiles {
    name: String,
    store: Store,
    vault: Vault,
    keyring: InUse,
    metrics: Arc<Metrics>,
    files: [PathBuf; 2],
    seen: Mutex<[Option<Stamp>; 2]>,
    told: Mutex<Option<(NodeRing, Instant)>>,
}

impl KeyFiles {
    /// Those that the node has just read.
    pub fn new(
        config: &Config,
        store: Store,
        vault: Vault,
        keyring: InUse,
        metrics: Arc<Metrics>,
    ) -> Self {
        let files = [config.vault.key_file.clone(), config.certificate.keys.clone()];
        metrics.keys().seals_with(vault.seals_with());
        // Read once more by the first look: whoever changed them since is not passed over.
        let seen = Mutex::default();
        let name = format!("{:016x}", rand::random::<u64>());
        let told = Mutex::default();
        Self { name, store, vault, keyring, metrics, files, seen, told }
    }

    /// Looks at the files until told to stop.
    pub async fn run(self: Arc<Self>, mut stop: watch::Receiver<Stop>) {
        let mut looks = tokio::time::interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop::told(&mut stop) => break,
                _ = looks.tick() => {
                    self.look();
                    self.tell().await;
                }
            }
        }
        if let Err(error) = self.store.forget_ring(&self.name).await {
            tracing::debug!(%error, "others will find out that this node is gone");
        }
    }

    /// Takes what has changed. A file that cannot be used changes nothing, and is told once.
    pub fn look(&self) {
        let Ok(mut seen) = self.seen.lock() else { return };
        let [vault, signing] = &self.files;
        let [seen_vault, seen_signing] = &mut *seen;
        if changed(vault, seen_vault) {
            let before = self.vault.opens_with();
            let read = Vault::open_file(vault).and_then(|newer| self.vault.renew(&newer));
            self.metrics.keys().read(KeyFile::Vault, read.is_ok());
            self.metrics.keys().seals_with(self.vault.seals_with());
            match read {
                Err(error) => tracing::error!(%error, "the vault's keys stay as they were"),
                Ok(()) if self.vault.opens_with() == before => {}
                Ok(()) => {
                    let (seals, opens) = (self.vault.seals_with(), self.vault.opens_with());
                    tracing::info!(seals, ?opens, "the vault has other keys");
                }
            }
        }
        if changed(signing, seen_signing) {
            let read = Keyring::open_file(signing);
            self.metrics.keys().read(KeyFile::Signing, read.is_ok());
            match read {
                Err(error) => tracing::error!(%error, "the signing keys stay as they were"),
                Ok(ring) if ring.public() == self.keyring.now().public() => {}
                Ok(ring) => {
                    let before = self.keyring.now();
                    let (kid, short) = (ring.document_key().kid(), ring.short_key().clone());
                    self.keyring.put(ring);
                    // Said when it is so: whoever read it finds them on the page.
                    if kid == before.document_key().kid() && short == *before.short_key() {
                        tracing::info!("other keys verify");
                    } else {
                        tracing::info!(%kid, "other keys sign");
                    }
                }
            }
        }
    }

    /// Tells what has changed at once, and that this node is still there now and then.
    async fn tell(&self) {
        let ring = NodeRing {
            node: self.name.clone(),
            seals: self.vault.seals_with(),
            opens: self.vault.opens_with(),
            verifies: self.keyring.now().public().names(),
        };
        let again = |told: &(NodeRing, Instant)| told.0 != ring || told.1.elapsed() > TELL;
        if self.told.lock().is_ok_and(|told| told.as_ref().is_some_and(|told| !again(told))) {
            return;
        }
        match self.store.put_ring(&ring, clock::now()).await {
            Ok(()) => {
                if let Ok(mut told) = self.told.lock() {
                    *told = Some((ring, Instant::now()));
                }
            }
            Err(error) => tracing::debug!(%error, "it was not told which keys this node has"),
        }
    }
}

fn changed(file: &Path, seen: &mut Option<Stamp>) -> bool {
    let found = fs::metadata(file).ok();
    let stamp = found.map(|of| Stamp {
        modified: (of.mtime(), of.mtime_nsec()),
        // A mode that was put right changes this one alone.
        changed: (of.ctime(), of.ctime_nsec()),
        file: (of.ino(), of.len()),
    });
    let changed = stamp != *seen;
    *seen = stamp;
    changed
}
