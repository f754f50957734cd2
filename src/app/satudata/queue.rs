//! The worker of what waits for the outside record: one question after the other, in the order of asking.
//! What cannot be answered is put off; nothing is lost when the process ends.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::watch;

use super::{Desk, Look, NoAnswer};
use crate::{
    app::stop::{self, Stop},
    clock::{self, Timestamp},
    satudata::{answer::Failed, breaker::pause},
    service::inquiry::{Kind, Tell},
    store::{ClaimedInquiry, CommitError, StoreError},
};

/// How often the queue is looked at while nothing is due.
const EVERY: Duration = Duration::from_millis(500);

/// What came of a look at the queue.
enum Came {
    /// One question was worked on; there may be more.
    One,
    /// Nothing is due.
    Nothing,
    /// The record is away until then, and nobody asks.
    Away(Timestamp),
}

/// Works until told to stop.
pub(super) async fn run(desk: Arc<Desk>, mut stop: watch::Receiver<Stop>) {
    if let Err(error) = desk.engine.store().release_inquiries(clock::now()).await {
        tracing::error!(%error, "the questions of the process before wait until their leases are over");
    }
    let mut counted: Option<Instant> = None;
    loop {
        if counted.is_none_or(|at| at.elapsed() >= EVERY) {
            count(&desk).await;
            counted = Some(Instant::now());
        }
        // What is under way when the node stops is claimed again when its lease is over.
        let came = tokio::select! {
            () = stop::told(&mut stop) => return,
            came = next(&desk) => came,
        };
        let wait = match came {
            Ok(Came::One) => continue,
            Ok(Came::Nothing) => EVERY,
            Ok(Came::Away(then)) => then.since(clock::now()).min(LONGEST_AWAY),
            Err(error) => {
                tracing::error!(%error, "the questions for the record could not be read");
                EVERY
            }
        };
        tokio::select! {
            () = stop::told(&mut stop) => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Whatever the breaker says, the queue is looked at again after that.
const LONGEST_AWAY: Duration = Duration::from_secs(10);

async fn count(desk: &Desk) {
    match desk.engine.store().inquiry_figures().await {
        Ok(figures) => desk.client.metrics().record().waiting(&figures, clock::now()),
        Err(error) => tracing::error!(%error, "the questions for the record were not counted"),
    }
}

/// The oldest question that is due. One after the other: what was asked first is answered first.
async fn next(desk: &Desk) -> Result<Came, StoreError> {
    let (store, record) = (desk.engine.store(), desk.client.settings());
    let now = clock::now();
    // It asks twice at the most: about the person, and to register them.
    let lease = (record.connect() + record.answer()) * record.tries * 2;
    let Some(claimed) = store.claim_inquiries(now, now.plus(lease), 1).await?.pop() else {
        return Ok(Came::Nothing);
    };
    match answer(desk, &claimed).await {
        Ok(()) => Ok(Came::One),
        Err(NoAnswer::NotBefore(then)) => {
            store.put_off_inquiry(&claimed.inquiry, then, claimed.tries).await?;
            Ok(Came::Away(then))
        }
        Err(NoAnswer::Failed(failed)) => {
            let tries = claimed.tries.saturating_add(1);
            put_off(desk, &claimed, failed, tries).await?;
            Ok(Came::One)
        }
    }
}

async fn put_off(
    desk: &Desk,
    claimed: &ClaimedInquiry,
    failed: Failed,
    tries: u32,
) -> Result<(), StoreError> {
    let (inquiry, record) = (&claimed.inquiry, desk.client.settings());
    let now = clock::now();
    let old = now.since(inquiry.at) > record.give_up();
    if old && inquiry.kind != Kind::Register {
        match desk.inquiries.give_up(inquiry).await {
            Ok(text) => desk.client.metrics().record().answered(inquiry.kind, text),
            Err(CommitError::Conflict) => {}
            Err(CommitError::Unavailable(error)) => return Err(error),
        }
        return Ok(());
    }
    let (_, longest) = record.pauses();
    let wait = match failed {
        // Nothing will be better in a moment.
        Failed::Refused(_) => longest,
        _ => pause(claimed.tries, record.pauses(), rand::random()),
    };
    desk.engine.store().put_off_inquiry(inquiry, now.plus(wait), tries).await
}

/// Asks, and tells the answer.
async fn answer(desk: &Desk, claimed: &ClaimedInquiry) -> Result<(), NoAnswer> {
    let inquiry = &claimed.inquiry;
    let told = match inquiry.kind {
        Kind::Register => {
            let outcome = desk.outcome(inquiry, Look::Anew).await?;
            desk.settle(inquiry, &outcome, Tell::ByText).await.map(drop)
        }
        Kind::Prove | Kind::Status => {
            let nik = inquiry.letter.nik().ok_or(NoAnswer::Failed(Failed::Unreadable))?;
            desk.fetch(&nik).await?;
            desk.inquiries.tell(inquiry).await.map(|text| {
                desk.client.metrics().record().answered(inquiry.kind, text);
            })
        }
    };
    match told {
        // Somebody else was faster.
        Ok(()) | Err(CommitError::Conflict) => Ok(()),
        Err(CommitError::Unavailable(error)) => {
            tracing::error!(%error, "an answer of the record could not be told");
            Err(NoAnswer::Failed(Failed::Unreachable))
        }
    }
}
