//! Which text of a menu: a conversation goes on in the one it began in.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::diagnostic::SourceFile;

/// Tells one text of a menu from every other: a digest of its files, whatever their folder is
/// called.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(String);

impl Version {
    /// The version of these files.
    pub fn of(files: &[Arc<SourceFile>]) -> Self {
        let mut digest = Sha256::new();
        for file in files {
            let name = file.name.rsplit(['/', '\\']).next().unwrap_or(&file.name);
            for part in [name, &file.text] {
                digest.update((part.len() as u64).to_be_bytes());
                digest.update(part);
            }
        }
        // 48 bits: a service has some hundreds of versions in its life.
        Self(digest.finalize().iter().take(6).map(|octet| format!("{octet:02x}")).collect())
    }

    /// A version that was stored.
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Twelve hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
