//! A batch of turns, from recall to commit.

use std::sync::Arc;

use crate::{
    channel::Inbound,
    conversation::{NotPushed, Signal, Text},
    engine::{Answer, Ask, Core, Job, Service, Shelf, again, body::Body, turn::Turn},
    menu::step::MOST_CALLS,
    service::record::Need,
    store::{Batch, CommitError, Kept, Recalled, StoreError, TurnKey, TurnWrite},
};

/// Why a batch was not stored.
pub(super) enum BatchError {
    /// Somebody else changed what one of its turns had read.
    Conflict,
    /// The database cannot be reached just now.
    Away,
    /// The database does not do it.
    Unavailable,
    /// A row of one of its turns is damaged: the others need not fail with it.
    Unreadable,
}

/// Facts are not only read: seats are held with them.
impl From<StoreError> for BatchError {
    fn from(error: StoreError) -> Self {
        if error.is_conflict() {
            return Self::Conflict;
        }
        tracing::error!(%error, "a batch of turns could not be read");
        match error {
            StoreError::Unreadable(_) => Self::Unreadable,
            error if error.is_away() => Self::Away,
            _ => Self::Unavailable,
        }
    }
}

/// How far a turn came.
pub(super) enum Ended {
    /// It is answered, and stored.
    Answered(Box<Answer>),
    /// Its subscriber takes too many; nothing is stored.
    Refused,
    /// It leaves the batch and comes back.
    Leaves(Leave),
}

/// Why a turn leaves its batch.
pub(super) enum Leave {
    /// The outside record is to be asked first. What that needs is stored, and nothing else.
    ToAsk(Ask),
    /// It may have come to another node too, that has the reply under this key.
    InDoubt([u8; 16]),
}

/// Takes a batch as far as it goes, in the order of the jobs.
pub(super) async fn run(core: &Core, jobs: &[&Job]) -> Result<Vec<Ended>, BatchError> {
    let meters = &core.batches;
    let mut batch = meters.begin.time(core.store.begin()).await?;
    let mut turns = meters.read.time(step_all(core, &mut batch, jobs)).await?;
    for turn in &mut turns {
        turn.end_calls();
    }
    let writes: Vec<TurnWrite> = turns.iter().filter_map(|turn| turn.write(core)).collect();
    if writes.is_empty() {
        batch.rollback().await?;
    } else {
        meters.commit.time(batch.commit(&writes)).await.map_err(|error| match error {
            CommitError::Conflict => BatchError::Conflict,
            CommitError::Unavailable(error) => error.into(),
        })?;
        if writes.iter().any(|write| !write.notices.is_empty()) {
            core.wake.ring();
        }
    }
    Ok(turns.into_iter().map(Turn::end).collect())
}

/// Steps every turn to its end, and makes the calls on the way.
async fn step_all<'t>(
    core: &'t Core,
    batch: &mut Batch,
    jobs: &[&'t Job],
) -> Result<Vec<Turn<'t>>, BatchError> {
    let mut turns = open(core, batch, jobs).await?;
    for _ in 0..MOST_CALLS {
        if !call_all(batch, &mut turns).await? {
            break;
        }
    }
    Ok(turns)
}

/// Recalls what is known and steps every turn as far as it goes.
async fn open<'t>(
    core: &'t Core,
    batch: &mut Batch,
    jobs: &[&'t Job],
) -> Result<Vec<Turn<'t>>, BatchError> {
    let key = |job: &&Job| TurnKey {
        receipt: job.receipt,
        subscriber: job.subscriber,
        service: job.inbound.service.clone(),
    };
    let mut keys: Vec<TurnKey> = jobs.iter().map(key).collect();
    let mut recalled = batch.recall(&keys).await?;
    let shelf = core.shelf.load_full();
    written_to(batch, jobs, &mut keys, &mut recalled).await?;
    offered_no_longer(batch, &shelf, &mut keys, &mut recalled).await?;
    let bodies: Vec<Option<Body>> = recalled
        .iter()
        .map(|known| known.conversation.as_ref().and_then(|kept| Body::parse(&kept.body)))
        .collect();
    let again = again::look(core, batch, jobs, &keys, &bodies, &mut recalled).await?;
    let busy = busy_elsewhere(batch, jobs, &keys).await?;
    let current = keys.iter().zip(&recalled).map(|(key, known)| current(&shelf, key, known));
    let current: Vec<Arc<Service>> = current.collect();
    let opened = jobs.iter().zip(current).zip(recalled.into_iter().zip(bodies));
    let mut turns: Vec<Turn<'_>> = opened
        .map(|((job, current), (known, body))| Turn::open(core, &shelf, job, current, known, body))
        .collect();
    for at in busy {
        turns[at].refuse_push(NotPushed::Busy);
    }
    for (turn, again) in turns.iter_mut().zip(again) {
        turn.came_again(again);
    }
    Ok(turns)
}

/// Where a screen is to be pushed to a phone that has a session open with another service. A phone
/// has one session: the answer typed in it would be taken for one to what was pushed.
async fn busy_elsewhere(
    batch: &mut Batch,
    jobs: &[&Job],
    keys: &[TurnKey],
) -> Result<Vec<usize>, BatchError> {
    let pushes = |job: &Job| matches!(job.inbound.signal, Signal::Push(_));
    let places = (0..jobs.len()).filter(|&at| pushes(jobs[at]));
    let again = places.map(|at| (at, TurnKey { service: None, ..keys[at].clone() })).collect();
    let mut busy = recall_again(batch, again).await?;
    busy.retain(|(at, known)| {
        let Inbound { service, at: now, channel, .. } = &jobs[*at].inbound;
        known.conversation.as_ref().is_some_and(|kept| {
            let other = service.as_ref() != Some(&kept.service);
            let elsewhere = || Body::parse(&kept.body).is_some_and(|body| body.elsewhere(*channel));
            other && !elsewhere() && kept.ended.is_none() && kept.keep_until > *now
        })
    });
    Ok(busy.into_iter().map(|(at, _)| at).collect())
}

/// A text that perhaps asks something of another service than the one its writer was in does so
/// where no answer is awaited.
async fn written_to(
    batch: &mut Batch,
    jobs: &[&Job],
    keys: &mut [TurnKey],
    recalled: &mut [Recalled],
) -> Result<(), BatchError> {
    let mut again = Vec::new();
    for (at, job) in jobs.iter().enumerate() {
        let Signal::Text(Text { service: Some(service), .. }) = &job.inbound.signal else {
            continue;
        };
        let Inbound { at: now, channel, .. } = &job.inbound;
        let elsewhere =
            |kept: &Kept| Body::parse(&kept.body).is_some_and(|of| of.elsewhere(*channel));
        let awaits =
            |kept: &Kept| kept.ended.is_none() && kept.keep_until > *now && !elsewhere(kept);
        let key = &mut keys[at];
        if key.service.is_none() && !recalled[at].conversation.as_ref().is_some_and(awaits) {
            key.service = Some(service.clone());
            again.push((at, key.clone()));
        }
    }
    for (at, known) in recall_again(batch, again).await? {
        recalled[at] = known;
    }
    Ok(())
}

/// A turn with a service that is offered no longer is one with the first: what is kept of the first
/// is recalled for it.
async fn offered_no_longer(
    batch: &mut Batch,
    shelf: &Shelf,
    keys: &mut [TurnKey],
    recalled: &mut [Recalled],
) -> Result<(), BatchError> {
    let first = shelf.first().menu.service();
    let mut again = Vec::new();
    for (at, key) in keys.iter_mut().enumerate() {
        let name = service_of(key, &recalled[at]);
        if name.is_some_and(|name| shelf.service(name).is_none()) {
            key.service = Some(first.to_owned());
            again.push((at, key.clone()));
        }
    }
    for (at, known) in recall_again(batch, again).await? {
        recalled[at] = known;
    }
    Ok(())
}

/// The name of a turn's service: the one that was called, or the one that the subscriber is in.
fn service_of<'s>(key: &'s TurnKey, known: &'s Recalled) -> Option<&'s str> {
    let is_in = || known.conversation.as_ref().map(|kept| kept.service.as_str());
    key.service.as_deref().or_else(is_in)
}

/// The service of a turn, in the version in which a conversation begins.
fn current(shelf: &Shelf, key: &TurnKey, known: &Recalled) -> Arc<Service> {
    let name = service_of(key, known);
    Arc::clone(name.and_then(|name| shelf.service(name)).unwrap_or_else(|| shelf.first()))
}

/// Recalls some turns of a batch once more, each by another key.
pub(super) async fn recall_again(
    batch: &mut Batch,
    again: Vec<(usize, TurnKey)>,
) -> Result<Vec<(usize, Recalled)>, BatchError> {
    let (places, keys): (Vec<usize>, Vec<TurnKey>) = again.into_iter().unzip();
    Ok(places.into_iter().zip(batch.recall(&keys).await?).collect())
}

/// Makes the calls that turns wait for; `false` if none did.
async fn call_all(batch: &mut Batch, turns: &mut [Turn<'_>]) -> Result<bool, BatchError> {
    let calling: Vec<usize> = (0..turns.len()).filter(|&at| turns[at].is_calling()).collect();
    let needs: Vec<Need> = calling.iter().map(|&at| turns[at].need()).collect();
    if calling.is_empty() {
        return Ok(false);
    }
    let facts = batch.facts(&needs).await?;
    for (at, (facts, need)) in calling.into_iter().zip(facts.into_iter().zip(needs)) {
        turns[at].decide(&need, facts);
    }
    Ok(true)
}
