//! The worker of what waits for the outside record: questions in the order of asking, a bounded number at
//! once. What cannot be answered is put off; nothing is lost when the process ends.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use super::{Desk, Look, NoAnswer};
use crate::{
    app::stop::{self, Stop},
    clock,
    satudata::{answer::Failed, breaker::pause},
    service::inquiry::{Kind, Tell},
    store::{ClaimedInquiry, CommitError, StoreError},
};

/// How often the queue is looked at while nothing is due.
const EVERY: Duration = Duration::from_millis(500);

/// Questions that are claimed at once.
const PORTION: u32 = 16;

/// Works until told to stop.
pub(super) async fn run(desk: Arc<Desk>, mut stop: watch::Receiver<Stop>) {
    loop {
        // What is under way when the node stops is claimed again when its lease is over.
        let more = tokio::select! {
            () = stop::told(&mut stop) => return,
            more = round(&desk) => more,
        };
        let wait = match more {
            Ok(true) => continue,
            Ok(false) => EVERY,
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

/// One portion; whether there may be more.
async fn round(desk: &Desk) -> Result<bool, StoreError> {
    let (store, record) = (desk.engine.store(), desk.client.settings());
    let now = clock::now();
    let figures = store.inquiry_figures().await?;
    desk.client.metrics().record().waiting(&figures, now);
    let lease = (record.connect() + record.answer()) * record.tries * 2;
    let claimed = store.claim_inquiries(now, now.plus(lease * PORTION), PORTION).await?;
    let full = claimed.len() == PORTION as usize;
    let mut away = None;
    for claimed in claimed {
        // One after the other: what was asked first is answered first. While the record is away nobody asks.
        let came = match away {
            Some(then) => Err(NoAnswer::NotBefore(then)),
            None => answer(desk, &claimed).await,
        };
        match came {
            Ok(()) => {}
            Err(NoAnswer::NotBefore(then)) => {
                away = Some(then);
                store.put_off_inquiry(&claimed.inquiry, then, claimed.tries).await?;
            }
            Err(NoAnswer::Failed(failed)) => {
                let tries = claimed.tries.saturating_add(1);
                put_off(desk, &claimed, failed, tries).await?;
            }
        }
    }
    Ok(full && away.is_none())
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
