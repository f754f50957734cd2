//! A user of WhatsApp: who they are to the service, and what their phone shows.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::content::Content;
use super::event::{FileKind, Said, Sender};
use super::pace::Pair;

/// Bubbles that a phone keeps; the oldest goes.
const BUBBLES_MAX: usize = 200;

/// What a user can be made to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// What the service is told of who writes.
    pub shows: Shows,
    /// Whether the number is on WhatsApp.
    pub membership: Membership,
    /// Whether the device is the one that the service knows.
    pub identity: Identity,
    /// What the user thinks of offers.
    pub offers: Offers,
    /// When messages are read.
    pub reads: Reads,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            shows: Shows::Both,
            membership: Membership::Member,
            identity: Identity::Known,
            offers: Offers::Wanted,
            reads: Reads::AtOnce,
        }
    }
}

/// What the service is told of who writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shows {
    /// Number and business-scoped id.
    Both,
    /// Only the business-scoped id, as since April 2026.
    UserId,
    /// Only the number, as before.
    Number,
}

/// Whether a number is on WhatsApp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Membership {
    /// It is.
    Member,
    /// It is not; nothing can be delivered.
    Gone,
}

/// Whether a device is the one that the service knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// It is.
    Known,
    /// The account stands on another device, perhaps in other hands. Goes when the user writes.
    Changed,
}

/// What a user thinks of offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offers {
    /// They may come.
    Wanted,
    /// The user has stopped them: 131050.
    Refused,
    /// The user had enough for now: 131049.
    HeldBack,
}

/// When messages are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reads {
    /// As they come.
    AtOnce,
    /// The user tells nobody.
    Secretly,
}

/// Who wrote a bubble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The user.
    User,
    /// The service.
    Service,
}

/// How far a message has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// One tick.
    Sent,
    /// Two ticks.
    Delivered,
    /// Two blue ticks.
    Read,
}

impl State {
    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
        }
    }
}

/// One message as the phone shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bubble {
    /// Counts up on each phone, from 1.
    pub serial: u64,
    /// The message's id.
    pub id: String,
    /// Who wrote it.
    pub author: Author,
    /// When, in milliseconds since 1970, by the clock of the cloud.
    pub at: u64,
    /// How far it has come.
    pub state: State,
    /// The id of the message that it answers; empty for none.
    pub answers: String,
    /// An emoji of the user on it; empty for none.
    pub reaction: String,
    /// What is in it.
    pub content: Content,
}

#[derive(Debug)]
pub(super) struct User {
    pub wa_id: String,
    pub user_id: String,
    pub name: String,
    pub profile: Profile,
    /// Counts the devices that this account has been on.
    pub device: u64,
    pub last_wrote: Option<u64>,
    pub pair: Pair,
    pub bubbles: VecDeque<Bubble>,
    pub typing_until: u64,
    serial: u64,
}

impl User {
    pub fn new(wa_id: &str, user_id: &str) -> Self {
        Self {
            wa_id: wa_id.to_owned(),
            user_id: user_id.to_owned(),
            name: "Pengguna".to_owned(),
            profile: Profile::default(),
            device: 1,
            last_wrote: None,
            pair: Pair::default(),
            bubbles: VecDeque::new(),
            typing_until: 0,
            serial: 0,
        }
    }

    /// What the service is told of who writes.
    pub fn sender(&self) -> Sender {
        let wa_id = (self.profile.shows != Shows::UserId).then(|| self.wa_id.clone());
        let user_id = (self.profile.shows != Shows::Number).then(|| self.user_id.clone());
        Sender { wa_id, user_id, name: self.name.clone(), identity: self.identity() }
    }

    pub fn identity(&self) -> String {
        format!("{:x}", self.device * 0x9e37_79b9 + self.user_id.len() as u64)
    }

    /// Marking one as read marks those before it too.
    pub fn mark_read(&mut self, id: &str) {
        let Some(until) = self.bubbles.iter().find(|it| it.id == id).map(|it| it.serial) else {
            return;
        };
        for bubble in &mut self.bubbles {
            if bubble.author == Author::User && bubble.serial <= until {
                bubble.state = State::Read;
            }
        }
    }

    pub fn keep(&mut self, mut bubble: Bubble) {
        self.serial += 1;
        bubble.serial = self.serial;
        if self.bubbles.len() >= BUBBLES_MAX {
            self.bubbles.pop_front();
        }
        self.bubbles.push_back(bubble);
    }

    /// Shows what the user says on the user's own phone.
    pub fn hear_said(&mut self, said: &Said, id: &str, now: u64) {
        let other = |what: &str| Content::Other { what: what.to_owned() };
        let (content, answers) = match said {
            Said::Text(body) | Said::TemplateButton(body, _) => {
                (Content::Text { body: body.clone() }, "")
            }
            Said::Tap(choice, answered) | Said::Row(choice, answered) => {
                (Content::Text { body: choice.title.clone() }, answered.as_str())
            }
            Said::File(FileKind::Image, file) => {
                let (media, caption) = (file.media.clone(), file.caption.clone());
                (Content::Image { media, caption }, "")
            }
            Said::File(FileKind::Document, file) => {
                let (media, caption) = (file.media.clone(), file.caption.clone());
                (Content::Document { media, filename: file.filename.clone(), caption }, "")
            }
            Said::File(kind, _) => (other(kind.word()), ""),
            Said::Location(latitude, longitude, name) => {
                let (latitude, longitude) = (latitude.to_string(), longitude.to_string());
                (Content::Location { latitude, longitude, name: name.clone() }, "")
            }
            Said::Contact(..) => (other("contacts"), ""),
            Said::NumberChanged(_) => (other("system"), ""),
            Said::Reaction(emoji, to) => {
                if let Some(bubble) = self.bubbles.iter_mut().find(|it| it.id == *to) {
                    bubble.reaction.clone_from(emoji);
                }
                return;
            }
            Said::Unsupported | Said::Unheard => (other("unsupported"), ""),
        };
        self.keep(Bubble {
            serial: 0,
            id: id.to_owned(),
            author: Author::User,
            at: now,
            state: State::Sent,
            answers: answers.to_owned(),
            reaction: String::new(),
            content,
        });
    }
}
