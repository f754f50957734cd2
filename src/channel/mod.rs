//! Translation: provider bytes to [`Inbound`], a reply to provider bytes. `parse` and `render`, and
//! nothing else: what an answer means is the menu's business.

pub mod sms;
pub mod ussd;
pub mod whatsapp;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    clock::Timestamp,
    conversation::{Signal, Trust},
    identity::{ChatId, Msisdn},
    menu::view::Frame,
};

/// The ways to reach a subscriber.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A dialled session of the mobile network.
    Ussd,
    /// Texts to the short code.
    Sms,
    /// A chat that its owner bound to the phone.
    Whatsapp,
}

impl Channel {
    /// The word used in the database, in metrics and in logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ussd => "ussd",
            Self::Sms => "sms",
            Self::Whatsapp => "whatsapp",
        }
    }
}

impl Channel {
    /// Whether it proves that this phone speaks (`domain.md` §8); `drawn` is a random value.
    pub fn trust(self, drawn: u64) -> Trust {
        match self {
            Self::Ussd => Trust::Proved,
            // The remainder is below a million.
            Self::Sms => Trust::Claimed { code: (drawn % 1_000_000) as u32 },
            Self::Whatsapp => Trust::Bound,
        }
    }
}

/// How the answer goes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerBy {
    /// In the network's session, at once or never.
    Session,
    /// As a notice, over the operator of that name.
    Notice {
        /// The operator.
        route: String,
    },
    /// As a notice, to a chat.
    Chat {
        /// Which chat.
        chat: ChatId,
        /// Its message, by the key that it is kept under: with the answer it is done.
        answers: [u8; 16],
    },
}

/// One thing that a subscriber did, whatever the provider calls it.
pub struct Inbound {
    /// How it came.
    pub channel: Channel,
    /// Who did it.
    pub from: Msisdn,
    /// The service it is for, by name; `None` is the one that the subscriber is in.
    pub service: Option<String>,
    /// What was done.
    pub signal: Signal,
    /// What makes a repetition of it recognisable.
    pub once: Once,
    /// When it came.
    pub at: Timestamp,
    /// The provider's session, where it has a name.
    pub session: Option<Session>,
    /// The room for the reply.
    pub frame: Frame,
    /// How long the network waits for the next answer.
    pub open_for: Duration,
    /// How the answer goes back.
    pub answer_by: AnswerBy,
}

/// A session that has a name, of a provider or of a USSD centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// Keyed digest of the account or the operator, and the session's name there.
    pub key: [u8; 16],
    /// How much of it is taken in with this message. A provider's session belongs to the phone it
    /// began with, and is kept with this count; of a USSD centre's nothing is kept but its name.
    pub heard: Option<u32>,
    /// What was signed with this message and no other, where nothing else tells it from one that is replayed.
    pub nonce: Option<Nonce>,
}

/// A number that a provider uses once, digested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nonce {
    /// The digest.
    pub digest: u64,
    /// So long the message could come again, and has to be known.
    pub good_for: Duration,
}

/// Recognises a message that a provider delivers twice. The octets are digested with a key before
/// they are stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Once {
    /// The same for the same message, different for every other.
    pub message: Vec<u8>,
    /// What was said: the same whenever the same subscriber says the same.
    pub said: Vec<u8>,
    /// How sure that is.
    pub sureness: Sureness,
}

/// How sure a repetition can be recognised by its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sureness {
    /// `message` tells every message apart.
    Sure,
    /// It does so where this process heard the message before; another one may have heard it since.
    Here,
    /// We have just met this session (after a restart) and the network numbers nothing: the same
    /// words again within [`REDELIVERY`] are taken for a repetition.
    Unsure,
}

/// How soon a network delivers again what was not confirmed.
pub const REDELIVERY: Duration = Duration::from_secs(10);
