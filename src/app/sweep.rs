//! The sweep: sessions that nobody answered any more end as timed out, and what may not be kept
//! any longer is deleted. Menus that other nodes have put live are looked for on the way.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    time::{Interval, MissedTickBehavior},
};

use crate::{
    app::stop::{self, Stop},
    clock::{self, Zone},
    conversation::End,
    menus::Reloading,
    store::Store,
    telemetry::Metrics,
};

/// Rows that one sweep looks at, so that no sweep keeps turns waiting.
const ROWS: u32 = 500;

/// How often the database's log is folded into its file, beside the turns.
const CHECKPOINT: Duration = Duration::from_millis(500);

/// Sweeps every so often until told to stop.
pub async fn run(
    store: Store,
    metrics: Arc<Metrics>,
    menus: Arc<Reloading>,
    every: Duration,
    mut stop: watch::Receiver<Stop>,
) {
    let (mut sweeps, mut checkpoints) = (ticks(every), ticks(CHECKPOINT));
    loop {
        tokio::select! {
            () = stop::told(&mut stop) => return,
            _ = sweeps.tick() => {
                metrics.sweep_time().time(sweep(&store, &metrics)).await;
                if let Err(error) = menus.catch_up().await {
                    tracing::error!(%error, "the menus of other nodes could not be looked for");
                }
            }
            _ = checkpoints.tick() => {
                if let Err(error) = store.checkpoint().await {
                    tracing::error!(%error, "the database's log was not folded");
                }
            }
        }
    }
}

async fn sweep(store: &Store, metrics: &Metrics) {
    let timed_out = store.time_out(clock::now(), ROWS).await.unwrap_or_else(|error| {
        tracing::error!(%error, "the sweep for timed-out sessions failed");
        metrics.sweep_failed();
        Vec::new()
    });
    for end in &timed_out {
        metrics.ended(&end.service, &end.screen, End::TimeOut, 1);
    }
    // Two days: whatever the zone, nobody is in it any more.
    let old = clock::now().minus(Duration::from_secs(2 * 86_400)).date(Zone::Wib);
    if let Err(error) = store.purge_queues(old, ROWS).await {
        tracing::error!(%error, "the sweep for old queues failed");
        metrics.sweep_failed();
    }
    let purged = store.purge(clock::now(), ROWS).await.unwrap_or_else(|error| {
        tracing::error!(%error, "the sweep for old rows failed");
        metrics.sweep_failed();
        0
    });
    metrics.swept(timed_out.len() as u64, purged);
}

fn ticks(every: Duration) -> Interval {
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
