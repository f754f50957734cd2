//! Tells by text what perhaps nobody saw, when its network or provider had the time to bring the step again.

use std::sync::Arc;

use tokio::sync::watch;

use crate::{
    app::stop::{self, Stop},
    front::Front,
};

/// Takes one after the other, in the order in which they were lost, until no turn is taken any more; what
/// waits then is told at once.
pub async fn run(front: Arc<Front>, mut quiet: watch::Receiver<Stop>) {
    let Some(mut lost) = front.engine.all_unheard() else { return };
    loop {
        let next = tokio::select! {
            next = lost.recv() => next,
            () = stop::told(&mut quiet) => lost.try_recv().ok(),
        };
        let Some(next) = next else { return };
        tokio::select! {
            () = tokio::time::sleep_until(next.due().into()) => {}
            () = stop::told(&mut quiet) => {}
        }
        front.was_unheard(&next).await;
    }
}
