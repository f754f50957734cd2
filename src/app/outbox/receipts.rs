//! Writes receipts down, many at a time, and confirms them when they are stored.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use crate::{
    app::stop::{self, Stop},
    clock,
    outbox::work::Receipt,
    smpp::link::Responder,
    store::Store,
    telemetry::Metrics,
};

/// Receipts of one transaction.
const MOST: usize = 1024;

/// Writes until told to stop. What is not stored is not confirmed, and comes again.
pub async fn run(
    store: Store,
    metrics: Arc<Metrics>,
    mut heard: mpsc::Receiver<(Receipt, Responder)>,
    mut stop: watch::Receiver<Stop>,
) {
    let mut batch = Vec::with_capacity(MOST);
    loop {
        let many = tokio::select! {
            many = heard.recv_many(&mut batch, MOST) => many,
            () = stop::told(&mut stop) => return,
        };
        if many == 0 {
            return;
        }
        let (receipts, responders): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
        match store.receipts(&receipts, clock::now()).await {
            Ok(moved) => {
                metrics.outbox().moved(&moved);
                responders.into_iter().for_each(Responder::accept);
            }
            Err(error) => {
                tracing::error!(%error, receipts = many, "receipts were not stored");
                metrics.outbox().database_failed();
            }
        }
    }
}
