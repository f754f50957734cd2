//! The round over the lines of places, and what is counted of them: one node does it for all, and another
//! takes it over when that one says nothing any more. Two who do it at once offer no seat twice.

use std::time::Duration;

use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior},
};

use crate::{
    app::stop::{self, Stop},
    front::waiting::{EVERY, Waiting},
    store::StoreError,
};

/// How often is counted, and looked who has waited too long.
const COUNT: Duration = Duration::from_secs(60);

/// Makes rounds until told to stop, while they are this node's to make.
pub async fn run(waiting: Waiting, mut stop: watch::Receiver<Stop>) {
    let node = format!("{:016x}", rand::random::<u64>());
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut counted: Option<Instant> = None;
    loop {
        tokio::select! {
            () = stop::told(&mut stop) => break,
            _ = ticks.tick() => {}
        }
        if !is_ours(&waiting, &node).await {
            if counted.take().is_some() {
                waiting.forget_figures();
            }
            continue;
        }
        noted("the lines of places could not be gone through", waiting.step().await);
        tell(&waiting).await;
        if counted.is_none_or(|at| at.elapsed() >= COUNT) {
            counted = Some(Instant::now());
            noted("seats could not be counted", waiting.count().await);
            noted("who waited too long could not be told", waiting.end_long_waits().await);
        }
    }
    noted("the lines of places could not be left to another node", waiting.leave(&node).await);
}

async fn is_ours(waiting: &Waiting, node: &str) -> bool {
    waiting.is_ours(node).await.unwrap_or_else(|error| {
        tracing::error!(%error, "nobody knows who goes through the lines of places");
        false
    })
}

/// One whole round. What fails is tried again by the next.
pub async fn round(waiting: &Waiting) {
    noted("the lines of places could not be gone through", waiting.round().await);
    tell(waiting).await;
}

async fn tell(waiting: &Waiting) {
    noted("people could not be told what is with their ticket", waiting.tell().await);
}

fn noted<T>(what: &str, done: Result<T, StoreError>) {
    if let Err(error) = done {
        tracing::error!(%error, "{what}");
    }
}
