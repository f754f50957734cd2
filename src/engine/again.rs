//! What comes again where another node, or this one before a restart, has it too.
//!
//! A network that numbers nothing brings once more what nobody confirmed in time. If the database was away
//! meanwhile, both copies wait, each on its node, and go on when it is back: one is answered, and whoever
//! typed it may have typed more before the other's turn comes. The other must not become an answer to a
//! later screen, nor bring an earlier screen back. Where words may be a copy, their turn leaves its batch for
//! a moment: by then the network has taken the reply from whoever has the other copy, and this node is told.

use std::time::Duration;

use crate::{
    channel::{AnswerBy, Sureness},
    conversation::Signal,
    engine::{
        Core, Job, Taken,
        batch::{BatchError, recall_again},
        body::{Body, Last},
    },
    store::{Batch, Recalled, TurnKey},
};

/// What came less before the reply was taken may well have come after it: so late may a hint be. If it is
/// later still, the network brings again what was not confirmed.
const HINT: Duration = Duration::from_millis(50);

/// So much may the clocks of two nodes differ, less the time in which anybody reads a screen. Where they
/// differ more, it comes again too.
const CLOCKS: Duration = Duration::from_millis(100);

/// What a message is, seen from the last one of its conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// New, as far as anybody can tell.
    New,
    /// The same that got the reply kept under this key.
    Same([u8; 16]),
    /// It may be that one: who has the other copy is given a moment.
    InDoubt([u8; 16]),
    /// It was answered elsewhere, and whoever said it has gone on.
    Overtaken,
}

impl Again {
    /// `answered` is whether a reply is kept under the message's own key.
    fn of(core: &Core, job: &Job, last: &Last, answered: bool) -> Self {
        let taken = core.taken.since(&last.receipt, job.came + HINT)
            && (last.node != core.node || last.said == job.said);
        let moved_on = job.doubt.is_some_and(|doubt| doubt != last.receipt)
            || answered && job.receipt != last.receipt;
        if job.may_be_overtaken() && (taken || moved_on || job.came_before(core, last)) {
            return Self::Overtaken;
        }
        let unsure = match job.inbound.once.sureness {
            Sureness::Sure => false,
            Sureness::Here => last.node != core.node && !core.taken.was_again(&last.receipt),
            Sureness::Unsure => true,
        };
        let again = unsure
            && last.is_again(job.said, job.inbound.at)
            && !job.goes_on_after(last, &core.taken);
        match again || answered {
            false => Self::New,
            true if job.may_be_overtaken() && job.doubt.is_none() => Self::InDoubt(last.receipt),
            true => Self::Same(last.receipt),
        }
    }
}

impl Job {
    /// A phone in a session says one thing at a time, and a network that numbers nothing may bring it to
    /// several nodes. Texts come in any order, a provider of callbacks names its sessions, and a push
    /// answers nothing.
    fn may_be_overtaken(&self) -> bool {
        let inbound = &self.inbound;
        inbound.answer_by == AnswerBy::Session
            && inbound.session.is_none_or(|session| session.heard.is_none())
            && inbound.once.sureness != Sureness::Sure
            && !matches!(inbound.signal, Signal::Push(_))
    }

    /// Whether it is known that whoever said it can have gone on since. Of a text whoever confirmed it knows, also
    /// this node, once it is not brought again (`app::sms`); of a screen each node knows by the session's mark
    /// which of its own were taken.
    fn goes_on_after(&self, last: &Last, taken: &Taken) -> bool {
        match self.inbound.answer_by {
            AnswerBy::Notice { .. } => taken.is_told(&last.receipt),
            AnswerBy::Session | AnswerBy::Chat { .. } => taken.is_known(&last.receipt),
        }
    }

    /// Whether it waited here while another node heard the phone.
    fn came_before(&self, core: &Core, last: &Last) -> bool {
        let later = last.at.since(self.inbound.at) > CLOCKS;
        last.node != core.node && later && self.came.elapsed() > CLOCKS
    }

    /// Waits until it is told that the reply was taken, or a moment.
    pub(super) async fn doubt(mut self, receipt: [u8; 16], taken: Taken) -> Self {
        taken.told(&receipt, self.came.elapsed()).await;
        self.doubt = Some(receipt);
        self
    }
}

/// What each message of a batch is. For one that is a repetition the reply is recalled that it got.
pub(super) async fn look(
    core: &Core,
    batch: &mut Batch,
    jobs: &[&Job],
    keys: &[TurnKey],
    bodies: &[Option<Body>],
    recalled: &mut [Recalled],
) -> Result<Vec<Again>, BatchError> {
    let seen = jobs.iter().zip(bodies).zip(&*recalled).map(|((job, body), known)| match body {
        Some(body) => Again::of(core, job, &body.last, known.reply.is_some()),
        None => Again::New,
    });
    let seen: Vec<Again> = seen.collect();
    let again = seen.iter().enumerate().filter_map(|(at, again)| match again {
        Again::Same(receipt) if recalled[at].reply.is_none() => {
            Some((at, TurnKey { receipt: *receipt, ..keys[at].clone() }))
        }
        _ => None,
    });
    for (at, known) in recall_again(batch, again.collect()).await? {
        recalled[at].reply = known.reply;
    }
    Ok(seen)
}
