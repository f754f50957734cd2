//! The worker of what waits for the outside record: so many questions at once, begun in the order of asking, and
//! one after the other where they are about the same person. What cannot be answered is put off; nothing is
//! lost when the process ends.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{sync::watch, task::JoinSet};

use super::{Desk, Look, NoAnswer, SatuData};
use crate::{
    app::stop::{self, Stop},
    clock,
    satudata::{
        answer::Failed,
        breaker::{Room, pause},
    },
    service::inquiry::{Kind, Tell},
    store::{Claim, ClaimedInquiry, CommitError, StoreError},
};

/// How often the queue is looked at while nothing is due.
const EVERY: Duration = Duration::from_millis(500);

/// Works until told to stop.
pub(super) async fn run(desk: Arc<Desk>, mut stop: watch::Receiver<Stop>) {
    if let Err(error) = desk.engine.store().release_inquiries(clock::now()).await {
        tracing::error!(%error, "the questions of the process before wait until their leases are over");
    }
    let mut asking = JoinSet::new();
    let mut counted: Option<Instant> = None;
    loop {
        if counted.is_none_or(|at| at.elapsed() >= EVERY) {
            count(&desk).await;
            if let Err(error) = give_up_old(&desk).await {
                tracing::error!(%error, "nobody was told that a question was given up");
            }
            counted = Some(Instant::now());
        }
        while asking.try_join_next().is_some() {}
        // What is under way when the node stops is claimed again when its lease is over.
        let began = tokio::select! {
            () = stop::told(&mut stop) => return,
            began = begin(&desk, &mut asking) => began,
        };
        desk.client.metrics().record().queue(asking.len(), desk.client.settings().queue_at_once);
        match &began {
            Ok(Begun::MayBeMore) => continue,
            Ok(Begun::Enough) => {}
            Err(error) => {
                tracing::error!(%error, "the questions for the record could not be read");
            }
        }
        tokio::select! {
            () = stop::told(&mut stop) => return,
            // There is room, and the next question of the same person may be asked.
            Some(_) = asking.join_next(), if began.is_ok() && !asking.is_empty() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// What came of a look at the queue.
enum Begun {
    /// All that there was room for was found: there may be more.
    MayBeMore,
    /// Nothing more is due, or there is no room.
    Enough,
}

/// Begins with the oldest questions that are due, as many as there is room for: each of another person,
/// because what was asked first about somebody is answered first.
async fn begin(desk: &Arc<Desk>, asking: &mut JoinSet<()>) -> Result<Begun, StoreError> {
    let (store, record) = (desk.engine.store(), desk.client.settings());
    let free = record.queue_at_once.saturating_sub(asking.len());
    let room = desk.client.room();
    let most = match room {
        Room::Many => free,
        Room::One => free.min(1),
        Room::None => 0,
    };
    if most == 0 {
        return Ok(Begun::Enough);
    }
    // A place first: while a question waits for one its lease would run out.
    let mut clients = vec![desk.client.with_place().await];
    while clients.len() < most {
        let Some(client) = desk.client.try_with_place() else { break };
        clients.push(client);
    }
    // It asks three times at the most: about the person, to register them, and whose registration there is.
    let lease = (record.connect() + record.answer()) * record.tries * 3;
    let (now, limit) = (clock::now(), u32::try_from(clients.len()).unwrap_or(u32::MAX));
    let claimed = store.claim_inquiries(Claim::Next, now, now.plus(lease), limit).await?;
    let all = claimed.len() == clients.len() && room == Room::Many;
    for (claimed, client) in claimed.into_iter().zip(clients) {
        let desk = Arc::clone(desk);
        asking.spawn(async move { work_on(&desk, &client, &claimed).await });
    }
    Ok(if all { Begun::MayBeMore } else { Begun::Enough })
}

async fn work_on(desk: &Desk, client: &SatuData, claimed: &ClaimedInquiry) {
    let store = desk.engine.store();
    let done = match answer(desk, client, claimed).await {
        Ok(()) => Ok(()),
        Err(NoAnswer::NotBefore(then)) => {
            store.put_off_inquiry(&claimed.inquiry, then, claimed.tries).await
        }
        Err(NoAnswer::Failed(failed)) => put_off(desk, claimed, failed).await,
    };
    if let Err(error) = done {
        tracing::error!(%error, "a question for the record waits until its lease is over");
    }
}

async fn count(desk: &Desk) {
    match desk.engine.store().inquiry_figures().await {
        Ok(figures) => desk.client.metrics().record().waiting(&figures, clock::now()),
        Err(error) => tracing::error!(%error, "the questions for the record were not counted"),
    }
    match desk.engine.store().unread_inquiries().await {
        Ok(unread) => desk.client.metrics().record().unread(unread),
        Err(error) => tracing::error!(%error, "the questions that nobody reads were not counted"),
    }
}

/// Tells whoever asked too long ago that there is no answer. A registration is never given up.
async fn give_up_old(desk: &Desk) -> Result<(), StoreError> {
    let (store, record) = (desk.engine.store(), desk.client.settings());
    let now = clock::now();
    let old = Claim::AskedBefore(now.minus(record.give_up()));
    for claimed in store.claim_inquiries(old, now, now.plus(TO_TELL), MOST_GIVEN_UP).await? {
        match desk.inquiries.give_up(&claimed.inquiry).await {
            Ok(text) => desk.client.metrics().record().answered(claimed.inquiry.kind, text),
            Err(CommitError::Conflict) => {}
            Err(CommitError::Unavailable(error)) => return Err(error),
        }
    }
    Ok(())
}

/// Questions that are given up at one look.
const MOST_GIVEN_UP: u32 = 20;

/// Who has not told by then has failed.
const TO_TELL: Duration = Duration::from_secs(60);

async fn put_off(desk: &Desk, claimed: &ClaimedInquiry, failed: Failed) -> Result<(), StoreError> {
    let (first, longest) = desk.client.settings().pauses();
    let wait = match failed {
        // Nothing will be better in a moment.
        Failed::Refused(_) => longest,
        _ => pause(claimed.tries, (first, longest), rand::random()),
    };
    let (due, tries) = (clock::now().plus(wait), claimed.tries.saturating_add(1));
    desk.engine.store().put_off_inquiry(&claimed.inquiry, due, tries).await
}

/// Asks, and tells the answer.
async fn answer(desk: &Desk, client: &SatuData, claimed: &ClaimedInquiry) -> Result<(), NoAnswer> {
    let inquiry = &claimed.inquiry;
    let told = match inquiry.kind {
        Kind::Register => {
            let outcome = desk.outcome(client, inquiry, Look::Anew).await?;
            desk.settle(inquiry, &outcome, Tell::ByText).await.map(drop)
        }
        Kind::Prove | Kind::Status => {
            let nik = inquiry.letter.nik().ok_or(NoAnswer::Failed(Failed::Unreadable))?;
            desk.fetch(client, &nik).await?;
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
