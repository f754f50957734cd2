//! The key files that a running node takes.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

/// A file of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFile {
    /// What seals.
    Vault,
    /// What signs certificates.
    Signing,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReadLabels {
    file: &'static str,
    outcome: &'static str,
}

/// What is counted of keys.
#[derive(Debug, Default)]
pub struct KeyMeters {
    read: Family<ReadLabels, Counter>,
    seals: Gauge,
}

impl KeyMeters {
    pub(super) fn register(&self, registry: &mut Registry) {
        let help = "Key files that were new or had changed, by what came of reading them";
        registry.register("key_files_read", help, self.read.clone());
        let help = "The id of the vault's key that seals";
        registry.register("vault_key", help, self.seals.clone());
    }

    /// A file was read, and taken or refused.
    pub fn read(&self, file: KeyFile, taken: bool) {
        let file = match file {
            KeyFile::Vault => "vault",
            KeyFile::Signing => "signing",
        };
        let outcome = if taken { "taken" } else { "refused" };
        self.read.get_or_create(&ReadLabels { file, outcome }).inc();
    }

    /// The key that seals now.
    pub fn seals_with(&self, id: u8) {
        self.seals.set(id.into());
    }
}
