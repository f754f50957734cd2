//! The keyring that is in use, for everybody who signs and verifies: where keys are rotated another takes
//! its place, and a certificate that is being made is finished with the one it began with.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::Keyring;

/// The keyring in use. Cloning is cheap, and clones see the same.
#[derive(Debug, Clone)]
pub struct InUse(Arc<ArcSwap<Keyring>>);

impl InUse {
    /// This one, so far.
    pub fn new(keyring: Keyring) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(keyring)))
    }

    /// The one that is in use now.
    pub fn now(&self) -> Arc<Keyring> {
        self.0.load_full()
    }

    /// Puts another in its place.
    pub fn put(&self, keyring: Keyring) {
        self.0.store(Arc::new(keyring));
    }
}
