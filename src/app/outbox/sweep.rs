//! The sweep of the outbox, and what is done once at the start.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use super::{DATABASE_PAUSE, journal::Journal};
use crate::{
    app::stop::{self, Stop},
    clock, config,
    outbox::answers::Found,
    store::{Bounds, Store},
    telemetry::Metrics,
};

/// Rows of a kind that one sweep looks at, so that no sweep keeps turns waiting.
const ROWS: u32 = 500;

/// How often it sweeps. A receipt that a race kept from its message waits no longer than this.
const EVERY: Duration = Duration::from_secs(2);

/// Every so many sweeps the waiting notices are counted.
const COUNT: u32 = 10;

/// Takes in what a dead process heard (`found`) and ends its leases, says so in `leases`, and sweeps until
/// told to stop.
pub async fn run(
    store: Store,
    metrics: Arc<Metrics>,
    (journal, found): (Journal, Found),
    patience: config::Outbox,
    leases: watch::Sender<bool>,
    mut stop: watch::Receiver<Stop>,
) {
    tokio::select! {
        () = stop::told(&mut stop) => {}
        () = async {
            take_in(&store, &metrics, &found).await;
            journal.forget_found();
            loop {
                match store.release_leases(clock::now()).await {
                    Ok(0) => break,
                    Ok(notices) => {
                        tracing::info!(notices, "notices that a dead process had claimed are due again");
                        break;
                    }
                    Err(error) => {
                        tracing::error!(%error, "leases could not be ended");
                        tokio::time::sleep(DATABASE_PAUSE).await;
                    }
                }
            }
            leases.send_replace(true);
            for sweeps in (0..COUNT).cycle() {
                sweep(&store, &metrics, &patience).await;
                if sweeps == 0 {
                    match store.waiting().await {
                        Ok(waiting) => metrics.outbox().waiting(&waiting),
                        Err(error) => tracing::error!(%error, "notices could not be counted"),
                    }
                }
                tokio::time::sleep(EVERY).await;
            }
        } => {}
    }
}

/// Settles what a dead process heard and could not store. What somebody else has claimed meanwhile stays
/// as it is.
async fn take_in(store: &Store, metrics: &Metrics, Found { settlements, at, .. }: &Found) {
    if settlements.is_empty() {
        return;
    }
    let heard_at = at.unwrap_or_else(clock::now);
    loop {
        match store.settle(settlements, heard_at).await {
            Ok(moved) => {
                let (found, new) = (settlements.len(), moved.len());
                tracing::info!(found, new, "what a dead process had heard is stored");
                metrics.outbox().moved(&moved);
                return;
            }
            Err(error) => {
                tracing::error!(%error, "what a dead process had heard was not stored");
                metrics.outbox().database_failed();
                tokio::time::sleep(DATABASE_PAUSE).await;
            }
        }
    }
}

async fn sweep(store: &Store, metrics: &Metrics, patience: &config::Outbox) {
    let now = clock::now();
    let bounds = Bounds {
        receipts_from: now.minus(Duration::from_secs(3600 * u64::from(patience.receipt_hours))),
        kept_from: now.minus(Duration::from_secs(86_400 * u64::from(patience.keep_days))),
        limit: ROWS,
    };
    match store.sweep_outbox(now, bounds).await {
        Ok(swept) => {
            metrics.outbox().moved(&swept.moved);
            metrics.swept(0, swept.deleted);
        }
        Err(error) => {
            tracing::error!(%error, "the sweep of the outbox failed");
            metrics.sweep_failed();
        }
    }
}
