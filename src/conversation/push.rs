//! The service begins by itself: an invitation that awaits an answer, or a notice that awaits none
//! (USSR and USSN, TS 22.090 §5.1).
//!
//! Nobody is interrupted: while a session is open, nothing is pushed. What somebody had typed and
//! dropped is put aside while they answer, and can be gone on with when that is over.

use serde::{Deserialize, Serialize};

use super::{Carried, Conversation, Finished, Progress, Reply, Then, settle};
use crate::{
    clock::Timestamp,
    menu::{
        language::Language,
        state::State,
        step::{self, Context, Step},
    },
};

/// Why nothing was pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotPushed {
    /// The subscriber is in the middle of something.
    Busy,
    /// The menu does not let this screen be pushed.
    NoSuchScreen,
}

/// A dropped conversation that waits behind a pushed one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Aside {
    /// Where the subscriber stood.
    pub state: State,
    /// Until when it may be gone on with.
    pub until: Timestamp,
}

impl Aside {
    /// The conversation it was, and until when it may be gone on with.
    pub(super) fn restored(self) -> (Conversation, Timestamp) {
        let conversation = Conversation {
            state: self.state,
            asked: None,
            aside: None,
            confirm: None,
            confirmed: false,
            doubted: false,
        };
        (conversation, self.until)
    }
}

impl Conversation {
    /// What of a dropped conversation waits behind a pushed one: what was typed in it, or else what
    /// waited behind it.
    pub(super) fn aside(self, keep_until: Timestamp, now: Timestamp) -> Option<Box<Aside>> {
        match self.state.kept {
            true => Some(Box::new(Aside { state: self.state, until: keep_until })),
            false => self.aside.filter(|aside| aside.until > now),
        }
    }

    /// What of it is worth going on with, if anything: nothing is, where nothing was typed.
    pub(super) fn worth_resuming(self, now: Timestamp) -> Option<Self> {
        match self.state.kept {
            true => Some(self),
            false => self.aside.filter(|aside| aside.until > now).map(|aside| aside.restored().0),
        }
    }
}

pub(super) fn begin(
    cx: Context<'_>,
    language: &Language,
    screen: &str,
    carried: Carried,
) -> Progress {
    match step::push(cx, language, screen) {
        // A notice is no conversation: it is read, and whatever was there before stays there.
        Some(Step::Last(_, shown)) => {
            let reply = Some(Reply::of(shown, Then::Close));
            Progress::Done(Finished { reply, ..Finished::default() })
        }
        Some(step) => settle(cx, step, carried),
        None => not(NotPushed::NoSuchScreen),
    }
}

pub(super) fn not(why: NotPushed) -> Progress {
    Progress::Done(Finished { not_pushed: Some(why), ..Finished::default() })
}
