//! What a batch of turns asks for and hands over: plain values.

use std::fmt;

use thiserror::Error;

use super::{SessionWrite, StoreError};
use crate::{
    clock::Timestamp, conversation::End, identity::Msisdn, outbox::Notice, service::record::Change,
    vault::SubscriberKey,
};

/// Where one turn's past is found.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TurnKey {
    /// Names the inbound message; a duplicate has the same one.
    pub receipt: [u8; 16],
    /// Whose turn it is.
    pub subscriber: SubscriberKey,
    /// The service that was called; `None` is the one that the subscriber is in.
    pub service: Option<String>,
}

/// What was found for one [`TurnKey`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Recalled {
    /// The reply that this very message got before; then there is nothing left to do but to send
    /// it again.
    pub reply: Option<Vec<u8>>,
    /// The conversation, also one that has ended but is still kept.
    pub conversation: Option<Kept>,
    /// What is known of the phone, if it was here before.
    pub subscriber: Option<KnownSubscriber>,
}

/// A conversation as it was stored.
#[derive(Clone, PartialEq)]
pub struct Kept {
    /// The service it is held with.
    pub service: String,
    /// Counts its writes; handed back as [`ConversationWrite::was`].
    pub version: i64,
    /// The conversation itself; opaque here.
    pub body: Vec<u8>,
    /// How it ended, if it did.
    pub ended: Option<End>,
    /// The screen it stands on.
    pub screen: String,
    /// When it counts as timed out.
    pub open_until: Timestamp,
    /// When it is forgotten.
    pub keep_until: Timestamp,
}

/// The body holds what the subscriber typed.
impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept")
            .field("service", &self.service)
            .field("version", &self.version)
            .field("ended", &self.ended)
            .field("screen", &self.screen)
            .field("open_until", &self.open_until)
            .field("keep_until", &self.keep_until)
            .finish_non_exhaustive()
    }
}

/// What is known of a phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSubscriber {
    /// The language its holder chose.
    pub language: Option<String>,
    /// When it was last here, exact to the hour.
    pub seen_at: Timestamp,
}

/// Everything one turn stores.
#[derive(Debug, Clone, PartialEq)]
pub struct TurnWrite {
    /// Whose turn it was.
    pub subscriber: SubscriberKey,
    /// The phone number behind `subscriber`.
    pub number: Msisdn,
    /// The language chosen in this turn; `None` leaves it as it is.
    pub language: Option<String>,
    /// When the turn took place.
    pub at: Timestamp,
    /// Over which channel; `None` is no subscriber's doing.
    pub channel: Option<&'static str>,
    /// Who spoke first in it.
    pub spoke: Spoke,
    /// The conversation, unless the turn left it alone.
    pub conversation: Option<ConversationWrite>,
    /// The reply, kept for a duplicate of the message.
    pub receipt: Option<ReceiptWrite>,
    /// The provider's session, where it has a name.
    pub session: Option<SessionWrite>,
    /// Changes of the service's own tables.
    pub changes: Vec<Change>,
    /// What is to be sent because of it.
    pub notices: Vec<Notice>,
    /// The message of a chat that it answers, by its key.
    pub answers: Option<[u8; 16]>,
}

impl TurnWrite {
    /// A turn that stores nothing but that it was, over no channel.
    pub fn of(spoke: Spoke, subscriber: SubscriberKey, number: Msisdn, at: Timestamp) -> Self {
        Self {
            subscriber,
            number,
            language: None,
            at,
            channel: None,
            spoke,
            conversation: None,
            receipt: None,
            session: None,
            changes: Vec::new(),
            notices: Vec::new(),
            answers: None,
        }
    }
}

/// Who spoke first in a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoke {
    /// The subscriber, who was seen by it.
    Subscriber,
    /// We did. That says nothing of who holds the number now: the phone is as silent as it was.
    We,
}

/// A conversation as a turn leaves it.
#[derive(Clone, PartialEq)]
pub struct ConversationWrite {
    /// The service it is with.
    pub service: String,
    /// The version that was recalled; `None` if there was no conversation. Another version in the
    /// database is a conflict.
    pub was: Option<i64>,
    /// The conversation itself; opaque here, and sealed before it is stored.
    pub body: Vec<u8>,
    /// How it ended, if it did.
    pub ended: Option<End>,
    /// The screen it stands on.
    pub screen: String,
    /// The channel of this turn.
    pub channel: String,
    /// When it will count as timed out.
    pub open_until: Timestamp,
    /// When it will be forgotten.
    pub keep_until: Timestamp,
}

impl fmt::Debug for ConversationWrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConversationWrite")
            .field("service", &self.service)
            .field("was", &self.was)
            .field("ended", &self.ended)
            .field("screen", &self.screen)
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}

/// The reply to an inbound message.
#[derive(Clone, PartialEq)]
pub struct ReceiptWrite {
    /// Names the inbound message. One that is already stored is a conflict: the message was
    /// answered by another node in the meantime.
    pub key: [u8; 16],
    /// The reply; opaque here, and sealed before it is stored.
    pub reply: Vec<u8>,
    /// How long a duplicate may come.
    pub keep_until: Timestamp,
}

impl fmt::Debug for ReceiptWrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceiptWrite").field("keep_until", &self.keep_until).finish_non_exhaustive()
    }
}

/// Why a batch was not stored. Nothing of it is.
#[derive(Debug, Error)]
pub enum CommitError {
    /// A turn of the batch was overtaken, or drew a number that is taken. Each turn can be run
    /// again, alone.
    #[error("another turn came first")]
    Conflict,
    /// The database did not store it.
    #[error(transparent)]
    Unavailable(#[from] StoreError),
}

impl From<sqlx::Error> for CommitError {
    fn from(error: sqlx::Error) -> Self {
        if is_conflict(&error) { Self::Conflict } else { Self::Unavailable(error.into()) }
    }
}

impl StoreError {
    /// Whether two transactions got in each other's way, and each can be run again, alone.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Unavailable(error) if is_conflict(error))
    }

    /// Whether the database cannot be reached, and may be in a moment: its connection is gone, its primary
    /// is changing, or nobody had a connection to spare (classes 08 and 57P, 25006
    /// read_only_sql_transaction; PostgreSQL 15, appendix A).
    pub fn is_away(&self) -> bool {
        let Self::Unavailable(error) = self else { return false };
        match &**error {
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut => true,
            sqlx::Error::Database(error) => error.code().is_some_and(|code| {
                code.starts_with("08") || code.starts_with("57P") || code == "25006"
            }),
            _ => false,
        }
    }
}

/// A row that is there already, or PostgreSQL's way of saying that two transactions got in each
/// other's way (40001 serialization_failure, 40P01 deadlock_detected; PostgreSQL 15, appendix A).
fn is_conflict(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| {
        error.is_unique_violation() || matches!(error.code().as_deref(), Some("40001" | "40P01"))
    })
}
