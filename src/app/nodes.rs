//! What a node does because it may not be alone: it follows the primary of its database.

use std::time::Duration;

use tokio::{sync::watch, time::MissedTickBehavior};

use super::stop::{self, Stop};
use crate::store::Store;

/// How often the primary is asked for a sign of life. What is on its way when it dies fails within
/// the wait of a connection; what comes after waits for this and for the promotion.
const LOOK: Duration = Duration::from_millis(250);

/// Follows the primary until told to stop.
pub async fn follow(store: Store, mut stop: watch::Receiver<Stop>) {
    let mut looks = tokio::time::interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop::told(&mut stop) => return,
            _ = looks.tick() => {
                if store.follow_primary().await {
                    tracing::warn!("the database has another primary");
                }
            }
        }
    }
}
