//! Turns that are stored, and whose reply perhaps nobody saw: whoever waited for it went away while the turn
//! was being stored, or the network never said whether it took it.
//!
//! The session may still be there: its network or its provider brings the step again, to any node, and gets
//! the reply that is kept. So what is lost is told by text only when that had its time
//! ([`REDELIVERY`]), and [`Taken`](super::Taken) knows of nobody who took the reply.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::mpsc;

use crate::{channel::REDELIVERY, engine::Answer, identity::Msisdn};

/// What may wait for its time. A link that breaks loses a window; beyond this nothing more is told.
const MOST: usize = 10_000;

/// A turn whose reply perhaps nobody saw.
#[derive(Debug)]
pub struct Unheard {
    /// Who took it.
    pub phone: Msisdn,
    /// What came of it.
    pub answer: Answer,
    /// Since when the reply is out of sight.
    pub since: Instant,
    /// Whether it was counted as answered, and if not, how long it took.
    pub counted: Counted,
}

/// Whether a turn was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// It was.
    Yes,
    /// Nobody was there to do it; the turn took so long.
    NotYet(Duration),
}

impl Unheard {
    /// When whoever brings things again has done so.
    pub fn due(&self) -> Instant {
        self.since + REDELIVERY
    }
}

/// Where they wait. Cheap to clone.
#[derive(Clone)]
pub(super) struct Shelter {
    into: mpsc::Sender<Unheard>,
    out: Arc<Mutex<Option<mpsc::Receiver<Unheard>>>>,
}

impl Shelter {
    pub fn new() -> Self {
        let (into, out) = mpsc::channel(MOST);
        Self { into, out: Arc::new(Mutex::new(Some(out))) }
    }

    pub fn add(&self, unheard: Unheard) {
        if self.into.try_send(unheard).is_err() {
            tracing::warn!("a turn that nobody saw is not told: too many are");
        }
    }

    /// What comes in from now on, for the one who tells it.
    pub fn take(&self) -> Option<mpsc::Receiver<Unheard>> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
