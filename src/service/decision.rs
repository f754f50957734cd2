//! What a call comes to: an outcome, what it gives and changes, and the texts that go out because of it.

use std::fmt;

use crate::{
    clock::{Timestamp, Zone},
    identity::Msisdn,
    menu::state::Values,
    outbox::{Class, NoticeId},
    service::{
        inquiry::Outward,
        number::Number,
        officer::Behalf,
        record::{Change, Facts},
    },
    vault::NikIndex,
};

/// What a call comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// One of the call's outcomes.
    pub outcome: &'static str,
    /// What it gives.
    pub given: Values,
    /// What is to be committed.
    pub changes: Vec<Change>,
    /// What the operator of the gateway should know of.
    pub noticed: Option<Noticed>,
    /// What is to be sent.
    pub notes: Vec<Note>,
    /// What the outside record is to be asked.
    pub outward: Option<Outward>,
    /// For whom, if it is not for the phone that asks.
    pub behalf: Option<Box<Behalf>>,
    /// What is shown is as old as that.
    pub as_of: Option<Timestamp>,
}

/// A text that a call sends: a `[notice.*]` of the menu, and what to fill it with.
#[derive(Clone, PartialEq)]
pub struct Note {
    /// Its name.
    pub text: &'static str,
    /// How urgent it is.
    pub class: Class,
    /// To whom.
    pub to: To,
    /// What it is filled with.
    pub values: Values,
    /// What a chat gets with it; other ways carry the text alone.
    pub encloses: Option<Encloses>,
    /// When it goes, if not at once.
    pub later: Option<Later>,
}

/// What goes to a chat with a [`Note`]: where it is, and never what it says, which is looked up when it is
/// sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Encloses {
    /// The certificate of a dose, as a document.
    Certificate {
        /// Whose.
        person: NikIndex,
        /// Of which dose.
        dose: u8,
        /// The text of the menu (`[notice.*]`) that stands below it.
        caption: &'static str,
        /// The one that goes instead if it was revoked before it left.
        gone: &'static str,
    },
    /// The number of an e-ticket, as a picture that a desk reads.
    Ticket {
        /// Which.
        number: Number,
        /// The text that goes instead if it stands no longer.
        gone: &'static str,
    },
}

/// A note that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Later {
    /// Its name, under which it can be taken back.
    pub id: NoticeId,
    /// Not before.
    pub due: Timestamp,
    /// Of no use later.
    pub expires: Timestamp,
    /// Whose decent hours count.
    pub zone: Zone,
}

/// Where a [`Note`] goes.
#[derive(Clone, PartialEq)]
pub enum To {
    /// The phone that called, so that what a session showed is not lost with it. Where the answer is
    /// kept on the phone anyway, it is not sent.
    Caller,
    /// Whoever called, whatever the answer is kept on: a text of its own, to forward. It goes to the phone;
    /// what it encloses goes to the chat that called.
    CallerToKeep,
    /// Another phone.
    Phone(Msisdn),
}

/// Neither a number nor a code is for logs.
impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Note").field("text", &self.text).finish_non_exhaustive()
    }
}

impl Note {
    pub(super) fn new(text: &'static str, class: Class, to: To) -> Self {
        Self { text, class, to, values: Values::default(), encloses: None, later: None }
    }

    pub(super) fn to_caller(text: &'static str) -> Self {
        Self::new(text, Class::Reply, To::Caller)
    }

    pub(super) fn to(text: &'static str, class: Class, phone: Msisdn) -> Self {
        Self::new(text, class, To::Phone(phone))
    }

    pub(super) fn give(mut self, name: &str, text: impl Into<String>) -> Self {
        self.values.keep(name, text);
        self
    }

    pub(super) fn enclose(mut self, what: Encloses) -> Self {
        self.encloses = Some(what);
        self
    }

    pub(super) fn later(mut self, later: Later) -> Self {
        self.later = Some(later);
        self
    }
}

/// Something that looks like an attack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Noticed {
    /// A phone tries one serial of a NIK after the other.
    SerialsProbed,
}

impl Noticed {
    /// The word of metrics and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SerialsProbed => "serials_probed",
        }
    }
}

impl Decision {
    pub(super) fn of(outcome: &'static str) -> Self {
        let (given, changes, notes) = (Values::default(), Vec::new(), Vec::new());
        let (noticed, outward, behalf, as_of) = (None, None, None, None);
        Self { outcome, given, changes, noticed, notes, outward, behalf, as_of }
    }

    pub(super) fn give(mut self, name: &str, text: impl Into<String>) -> Self {
        self.given.keep(name, text);
        self
    }

    pub(super) fn change(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    pub(super) fn note(mut self, note: Note) -> Self {
        self.notes.push(note);
        self
    }

    pub(super) fn ask(mut self, outward: Outward) -> Self {
        self.outward = Some(outward);
        self
    }

    /// What it tells is what was known then.
    pub(super) fn known_since(mut self, facts: &Facts) -> Self {
        self.as_of = facts.known.since();
        self
    }

    pub(super) fn notice(mut self, noticed: Noticed) -> Self {
        self.noticed = Some(noticed);
        self
    }
}
