//! Writes down what became of messages, many at a time.

use std::{sync::Arc, time::Duration};

use tokio::sync::{mpsc, watch};

use super::{DATABASE_PAUSE, TO_END, answered::Answered, journal::Journal, now};
use crate::{
    app::stop::{self, Stop},
    clock,
    outbox::work::Settlement,
    store::Store,
    telemetry::Metrics,
};

/// Settlements of one transaction.
const MOST: usize = 2048;

/// With fewer than this a moment is waited for more, so that a slow pace does not ask for a commit
/// for every message.
const FEW: usize = 32;

/// That moment.
const MOMENT: Duration = Duration::from_millis(3);

/// Writes until nobody can send any more, and says in `written_down` how many it wrote. A database
/// that is away is waited for: what it did not take is written again, and has no effect twice. Meanwhile leases
/// may run out, and the same be claimed again before it is written: `answered` is told what it is that must not
/// be sent then. What the database took needs not be in the journal any more.
#[expect(clippy::too_many_arguments, reason = "a task, which is started once")]
pub async fn run(
    account: Arc<str>,
    written_down: impl Fn(usize),
    answered: Answered,
    store: Store,
    journal: Journal,
    metrics: Arc<Metrics>,
    mut settlements: mpsc::Receiver<Settlement>,
    mut stop: watch::Receiver<Stop>,
) {
    let mut batch = Vec::with_capacity(MOST);
    let mut end = None;
    while settlements.recv_many(&mut batch, MOST).await > 0 {
        if batch.len() < FEW {
            tokio::time::sleep(MOMENT).await;
            while batch.len() < MOST
                && let Ok(settlement) = settlements.try_recv()
            {
                batch.push(settlement);
            }
        }
        loop {
            match store.settle(&batch, clock::now()).await {
                Ok(moved) => {
                    metrics.outbox().moved(&moved);
                    journal.written_down(&batch);
                    break;
                }
                Err(error) => {
                    tracing::error!(account = &*account, %error, "notices were not settled");
                    metrics.outbox().database_failed();
                    while batch.len() < MOST
                        && let Ok(settlement) = settlements.try_recv()
                    {
                        batch.push(settlement);
                    }
                    answered.not_settled(&batch, now());
                }
            }
            if *stop.borrow() == Stop::Now && *end.get_or_insert_with(|| now() + TO_END) <= now() {
                // What was answered stands in the journal; the leases of the others run out.
                break;
            }
            tokio::select! {
                () = tokio::time::sleep(DATABASE_PAUSE) => {}
                () = stop::told(&mut stop), if end.is_none() => {}
            }
        }
        written_down(batch.len());
        batch.clear();
    }
}
