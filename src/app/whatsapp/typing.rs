//! Tells the provider which chats are to see that we write. Whether it does so is counted and nothing else.

use std::sync::Arc;

use tokio::{sync::watch, task::JoinSet};

use super::cloud::{Answer, Cloud};
use crate::{
    app::stop::{self, Stop},
    front::chat::Slow,
    telemetry::{Metrics, outbox::Shown},
};

/// Requests under way at once.
const AT_ONCE: usize = 4;

/// Tells until told to stop.
pub(super) async fn show(
    cloud: Cloud,
    mut slow: Slow,
    metrics: Arc<Metrics>,
    mut stop: watch::Receiver<Stop>,
) {
    let mut under_way = JoinSet::new();
    loop {
        tokio::select! {
            () = stop::told(&mut stop) => return,
            Some(_) = under_way.join_next(), if !under_way.is_empty() => {}
            message = slow.recv(), if under_way.len() < AT_ONCE => {
                let Some(message) = message else { return };
                let (cloud, metrics) = (cloud.clone(), Arc::clone(&metrics));
                under_way.spawn(async move {
                    let taken = matches!(cloud.typing(&message).await, Answer::Taken(_));
                    metrics.outbox().typing(if taken { Shown::Yes } else { Shown::No });
                });
            }
        }
    }
}
