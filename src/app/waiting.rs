//! The round over the lines of places, on every node: whoever comes first has the row of the place.

use tokio::{
    sync::watch,
    time::{Interval, MissedTickBehavior},
};

use crate::{
    app::stop::{self, Stop},
    front::waiting::{EVERY, Waiting},
};

/// Makes rounds until told to stop.
pub async fn run(waiting: Waiting, mut stop: watch::Receiver<Stop>) {
    let mut ticks: Interval = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop::told(&mut stop) => return,
            _ = ticks.tick() => {}
        }
        round(&waiting).await;
    }
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
