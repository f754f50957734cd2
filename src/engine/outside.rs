//! Turns that wait for an outside record. A lane never waits for a socket: a turn that needs an answer
//! leaves its batch as if it had not been begun, is handed to whoever asks ([`Parked`]), and comes back to
//! the head of its lane. It is decided with the answer, or without one when its time is over; further turns
//! of the same subscriber are held until then.

use std::time::Duration;

use tokio::sync::mpsc;

use super::Job;
use crate::{
    channel::AnswerBy,
    clock::Timestamp,
    identity::Nik,
    service::inquiry::{Inquiry, Known, Wrote},
    service::record::{Facts, Need},
};

/// How turns reach an outside record.
#[derive(Debug, Clone)]
pub struct Outside {
    /// Where turns that need an answer go. With no room there they are decided without one.
    pub asks: mpsc::Sender<Parked>,
    /// For so long an answer counts as what the record says now.
    pub fresh_for: Duration,
    /// How long a session of the network waits for an answer.
    pub in_session: Duration,
    /// How long somebody who wrote waits for it.
    pub by_text: Duration,
    /// How long a registration that was sent with a turn is left to whoever sends it.
    pub lease: Duration,
}

/// What is asked.
#[derive(Debug, Clone)]
pub enum Ask {
    /// What the record says of a person.
    Person(Nik),
    /// To take a registration, which is stored.
    Register(Box<Inquiry>),
}

/// Whether a turn may still ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// So often it did.
    Times(u8),
    /// It is decided with what is known.
    NoMore,
}

/// A turn asks no more than that: about a person, and to register them, and once more.
const MOST_ASKED: u8 = 4;

/// A turn that waits for an answer.
pub struct Parked {
    job: Option<Job>,
    ask: Ask,
    until: Timestamp,
    back: mpsc::Sender<Job>,
}

impl Parked {
    pub(super) fn new(job: Job, ask: Ask, outside: &Outside, back: mpsc::Sender<Job>) -> Self {
        let wait = match job.inbound.answer_by {
            AnswerBy::Session => outside.in_session,
            _ => outside.by_text,
        };
        let until = job.inbound.at.plus(wait);
        Self { job: Some(job), ask, until, back }
    }

    /// The turn itself, which then does not come back.
    pub(super) fn into_job(mut self) -> Option<Job> {
        self.job.take()
    }

    /// What is asked.
    pub fn ask(&self) -> &Ask {
        &self.ask
    }

    /// When it is decided without an answer.
    pub fn until(&self) -> Timestamp {
        self.until
    }

    /// Whether nobody waits for it any more: whoever asked has gone.
    pub fn is_deserted(&self) -> bool {
        self.job.as_ref().is_none_or(|job| job.answer.is_closed())
    }

    /// The answer is in the database.
    pub fn came(mut self, wrote: Option<Wrote>) {
        if let Some(mut job) = self.job.take() {
            job.asked = match job.asked {
                Asked::Times(times) if times + 1 < MOST_ASKED => Asked::Times(times + 1),
                Asked::Times(_) | Asked::NoMore => Asked::NoMore,
            };
            job.wrote = wrote.or(job.wrote);
            self.put_back(job);
        }
    }

    /// There is none, or not in time.
    pub fn without(self) {
        drop(self);
    }

    fn put_back(&self, job: Job) {
        // The lane takes as many back as it has given away, and is gone only when they are.
        let _ = self.back.try_send(job);
    }
}

/// Nobody is kept waiting because somebody who asks has failed.
impl Drop for Parked {
    fn drop(&mut self) {
        if let Some(mut job) = self.job.take() {
            job.give_up();
            if matches!(self.ask, Ask::Register(_)) && job.wrote.is_none() {
                job.wrote = Some(Wrote::Waits);
            }
            self.put_back(job);
        }
    }
}

impl std::fmt::Debug for Parked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parked").field("until", &self.until).finish_non_exhaustive()
    }
}

impl Job {
    /// From now on it is decided with what is known.
    pub(super) fn give_up(&mut self) {
        self.asked = Asked::NoMore;
    }
}

impl Outside {
    /// What has to be asked before a turn can be decided; else how what is known stands to the record.
    pub(super) fn look(
        &self,
        job: &Job,
        need: &Need,
        nik: Option<Nik>,
        facts: &Facts,
    ) -> Result<Known, Ask> {
        let Some(_) = need.person else { return Ok(Known::Now) };
        let last = facts.fetched.as_ref().map(|last| last.at);
        if last.is_some_and(|at| job.inbound.at.since(at) <= self.fresh_for) {
            return Ok(Known::Now);
        }
        let known = last.map_or(Known::NotYet, Known::Since);
        match (nik, job.asked) {
            (Some(nik), Asked::Times(_)) => Err(Ask::Person(nik)),
            _ => Ok(known),
        }
    }
}
