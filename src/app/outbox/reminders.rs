//! Whether what reminds of something still stands, when it is about to leave.

use std::time::{Duration, Instant};

use super::now;
use crate::{outbox::work::Claimed, store::Store};

/// How long the database may take to say it: meanwhile nothing leaves over the link.
const SOON: Duration = Duration::from_millis(500);

/// After which a notice is looked at again of which the database could not say it; nothing is asked before.
pub const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Asks the database, but holds up nobody for long when it is away.
pub struct Reminders {
    store: Store,
    ask_from: Instant,
}

impl Reminders {
    pub fn new(store: Store) -> Self {
        Self { store, ask_from: now() }
    }

    /// Whether it is still to be sent; nothing, if the database does not say so soon.
    pub async fn stands(&mut self, claimed: &Claimed) -> Option<bool> {
        if !claimed.reminds() {
            return Some(true);
        }
        if now() < self.ask_from {
            return None;
        }
        let said = tokio::time::timeout(SOON, self.store.stands(claimed)).await;
        let stands = said.ok().and_then(Result::ok);
        if stands.is_none() {
            tracing::debug!("whether a reminder still stands is looked up later");
            self.ask_from = now() + LOOK_AGAIN;
        }
        stands
    }
}
