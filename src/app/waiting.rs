//! The round over the lines of places, on every node: whoever comes first has the row of the place.

use std::time::Duration;

use tokio::{
    sync::watch,
    time::{Interval, MissedTickBehavior},
};

use crate::{
    app::stop::{self, Stop},
    front::waiting::{EVERY, Waiting},
};

/// How often it is looked who has waited too long.
const LONG: Duration = Duration::from_secs(60);

/// Makes rounds until told to stop.
pub async fn run(waiting: Waiting, mut stop: watch::Receiver<Stop>) {
    let (mut rounds, mut long) = (ticks(EVERY), ticks(LONG));
    loop {
        tokio::select! {
            () = stop::told(&mut stop) => return,
            _ = rounds.tick() => round(&waiting).await,
            _ = long.tick() => {
                if let Err(error) = waiting.end_long_waits().await {
                    tracing::error!(%error, "people who have waited too long could not be told");
                }
            }
        }
    }
}

fn ticks(every: Duration) -> Interval {
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// One round. What fails is tried again by the next.
pub async fn round(waiting: &Waiting) {
    if let Err(error) = waiting.round().await {
        tracing::error!(%error, "the lines of places could not be gone through");
    }
    if let Err(error) = waiting.tell().await {
        tracing::error!(%error, "people could not be told that their place cannot take them");
    }
}
