//! The bell that is rung when notices are stored.

use std::sync::Arc;

use tokio::sync::watch;

/// Rings for whoever sends notices. Cheap to clone and to ring, whether or not anybody listens.
#[derive(Debug, Clone)]
pub struct Wake {
    rung: Arc<watch::Sender<()>>,
    here: Arc<watch::Sender<()>>,
}

impl Default for Wake {
    fn default() -> Self {
        Self { rung: Arc::new(watch::Sender::new(())), here: Arc::new(watch::Sender::new(())) }
    }
}

impl Wake {
    /// Something new is stored, or may be sent now.
    pub fn ring(&self) {
        self.rung.send_replace(());
        self.here.send_replace(());
    }

    /// Another node says so; nobody needs to be told of it again.
    pub fn ring_from_afar(&self) {
        self.rung.send_replace(());
    }

    /// Hears every ring from now on; several before it looks are one.
    pub fn listen(&self) -> watch::Receiver<()> {
        self.rung.subscribe()
    }

    /// Hears what is rung on this node.
    pub fn listen_here(&self) -> watch::Receiver<()> {
        self.here.subscribe()
    }
}
