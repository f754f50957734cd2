//! Where chats come in: what the provider brought is kept, then acknowledged, then answered.
//!
//! [`Chats`] is what the webhook holds. Behind it the [`Keeper`] stores what came, many messages at a
//! time, and hands it to a [`Clerk`]; a chat always falls to the same one, so that its messages are
//! answered in their order. A message is open until its turn is stored: one whose node died, or that
//! could not be taken, is taken up again from the database. The turn knows it by its key, so that nothing
//! happens twice.

mod clerk;
mod door;
mod keeper;
mod statuses;
mod typing;

pub use self::{
    clerk::{Clerk, Clerks},
    keeper::Keeper,
    typing::{Slow, Typing},
};

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

use crate::{
    channel::whatsapp::parse::{Event, Kind, Message, What},
    clock::Timestamp,
    identity::{ChatId, Coordinates},
    vault::SubscriberKey,
};

/// What the webhook holds. Cheap to clone.
#[derive(Clone)]
pub struct Chats {
    deliveries: mpsc::Sender<Delivery>,
}

/// What one request of the provider brought.
struct Delivery {
    events: Vec<Event>,
    kept: oneshot::Sender<bool>,
}

/// What was brought could not be kept: it is to come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what came could not be kept")]
pub struct NotKept;

impl Chats {
    /// Keeps what came. Once this returns, it survives a crash.
    ///
    /// # Errors
    /// [`NotKept`]: nothing is to be acknowledged.
    pub async fn take(&self, events: Vec<Event>) -> Result<(), NotKept> {
        if events.is_empty() {
            return Ok(());
        }
        let (kept, stored) = oneshot::channel();
        self.deliveries.try_send(Delivery { events, kept }).map_err(|_| NotKept)?;
        match stored.await {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(NotKept),
        }
    }
}

/// How chats are served.
#[derive(Debug, Clone)]
pub struct Manners {
    /// How long a chat speaks for a phone.
    pub bound_for: Duration,
    /// How long an answer is waited for.
    pub open_for: Duration,
    /// Whether the account that sends has a link, or what stands for one: its name in the limits.
    pub source: String,
    /// Shows who waits that we write.
    pub typing: Typing,
    /// Turns that are under way; what else came stays in the database until there is time.
    pub running: usize,
}

/// A message of a chat, as it is kept until it is answered.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    chat: ChatId,
    said: Said,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    identity: Option<String>,
    /// The provider's name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// What was said.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Said {
    Text(String),
    Tap {
        screen: String,
        id: String,
    },
    /// A place on the map: no closer than is needed, until it is answered.
    Near(Coordinates),
    /// Something to be answered that no menu can take.
    Unreadable,
    /// The chat was opened for the first time.
    Hello,
    /// Its account may have another owner: it speaks for no phone any more.
    Other,
}

impl Kept {
    /// What there is to answer; a mark on a message is nothing.
    fn of(message: Message) -> Option<Self> {
        let said = match message.what {
            What::Text(text) => Said::Text(text),
            What::Tap { screen, id } => Said::Tap { screen, id },
            What::NumberChanged { .. } | What::IdentityChanged => Said::Other,
            What::Reaction | What::Other(Kind::System) => return None,
            What::Other(Kind::Welcome) => Said::Hello,
            What::Location { latitude, longitude } => {
                let here = Coordinates::new(latitude, longitude);
                here.map_or(Said::Unreadable, |here| Said::Near(here.coarse()))
            }
            What::Other(_) => Said::Unreadable,
        };
        let Message { chat, id, identity_key_hash: identity, .. } = message;
        Some(Self { chat, said, identity, message: Some(id) })
    }

    /// As it is stored.
    fn body(&self) -> Vec<u8> {
        // Texts only: there is nothing JSON cannot hold.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The same message, if something else had been said.
    fn saying(&self, said: Said) -> Self {
        Self { said, ..self.clone() }
    }
}

/// A message that is open, on its way to its clerk.
struct Open {
    /// Its key in the database.
    key: [u8; 16],
    kept: Kept,
    /// What its chat is kept under.
    names: Vec<SubscriberKey>,
    at: Timestamp,
}
