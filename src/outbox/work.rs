//! What goes between the store and whoever sends: what to claim, what was claimed, and how it ended.

use std::{fmt, sync::Arc};

use super::{Class, Enclosure, Fate, Framed, Lane, NoticeId, Recipient, Sender, route::WHATSAPP};
use crate::{clock::Timestamp, menu::view::Card};

/// A piece of a queue to claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portion {
    /// Phones of this network.
    pub route: Arc<str>,
    /// Notices of this campaign; 0 is none.
    pub campaign: i64,
    /// The queue.
    pub lane: Lane,
    /// At most so many.
    pub most: u32,
}

/// A notice that is ours until its lease ends.
#[derive(Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Its name.
    pub id: NoticeId,
    /// Which claim this is: a settlement of an earlier one has no effect.
    pub attempts: i64,
    /// How often the network was asked in vain.
    pub tries: u32,
    /// Parts of the text that the network has.
    pub parts: u8,
    /// Whether it may have been sent before.
    pub doubt: Doubt,
    /// The queue it came from.
    pub route: Arc<str>,
    /// Its campaign; 0 is none.
    pub campaign: i64,
    /// What it is about, and where its reader is.
    pub lane: Lane,
    /// Of no use later.
    pub expires: Timestamp,
    /// The day of its reader that it is planned for; 0 is any.
    pub day: i64,
    /// Whether its reader refused broadcasts.
    pub consent: Consent,
    /// `None` for a row that does not open: damaged, or sealed with a key we do not have.
    pub letter: Option<Letter>,
}

impl Claimed {
    /// Whether it reminds of an appointment: what is taken back with that, until the moment it leaves.
    pub fn reminds(&self) -> bool {
        self.campaign == 0 && self.lane.class == Class::Reminder
    }
}

/// Whether what waits may have been sent already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// Whatever was tried, the network did not take it.
    #[default]
    None,
    /// Whoever had claimed it died, or the network has another part of it.
    Perhaps,
    /// So many times it left, and there was no answer: the link broke, or its time was over.
    Unanswered(u8),
}

impl Doubt {
    /// The number of the row.
    pub fn as_i64(self) -> i64 {
        match self {
            Self::None => 0,
            Self::Perhaps => 1,
            Self::Unanswered(copies) => i64::from(copies.max(1)) + 1,
        }
    }

    /// Of what another version wrote this one believes that it may have been sent.
    pub fn from_i64(number: i64) -> Self {
        match number {
            0 => Self::None,
            2.. => Self::Unanswered(u8::try_from(number - 1).unwrap_or(u8::MAX)),
            _ => Self::Perhaps,
        }
    }

    /// It left once more, and there was no answer.
    pub fn once_more(self) -> Self {
        Self::Unanswered(self.unanswered().saturating_add(1))
    }

    /// How often it left without an answer.
    pub fn unanswered(self) -> u8 {
        match self {
            Self::None | Self::Perhaps => 0,
            Self::Unanswered(copies) => copies,
        }
    }

    /// How a notice ends whose time is over.
    pub fn out_of_time(self) -> Fate {
        match self {
            Self::None => Fate::Expired,
            Self::Perhaps | Self::Unanswered(_) => Fate::Unknown,
        }
    }
}

/// Whether a broadcast may go to this phone ([`Class::is_refusable`](super::Class::is_refusable)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// As far as we know, or it is no broadcast.
    Given,
    /// Refused before the claim.
    OptedOut,
}

/// What is sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// To whom.
    pub to: Recipient,
    /// As whom.
    pub sender: Sender,
    /// What it says.
    pub text: String,
    /// The same in its parts, for a chat.
    pub card: Option<Card>,
    /// What a chat gets with it.
    pub enclosure: Option<Enclosure>,
    /// Its values, if it is a broadcast that may go to a chat.
    pub framed: Option<Framed>,
}

/// A text and a number are not for logs.
impl fmt::Debug for Claimed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claimed")
            .field("id", &self.id)
            .field("attempts", &self.attempts)
            .field("tries", &self.tries)
            .field("lane", &self.lane)
            .field("campaign", &self.campaign)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter").field("sender", &self.sender).finish_non_exhaustive()
    }
}

/// How a claim ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// Of which notice.
    pub id: NoticeId,
    /// Of which claim.
    pub attempts: i64,
    /// The day that it is planned for, if it is tried again.
    pub day: i64,
    /// How.
    pub verdict: Verdict,
}

/// What becomes of a notice after a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The network took it.
    Sent {
        /// Which account.
        account: Arc<str>,
        /// Its name there, in normal form; empty where the network gave it none.
        message_id: String,
        /// When it left: what its reader does from then on may be an answer to it.
        left: Timestamp,
    },
    /// It is tried again.
    Again {
        /// Not before.
        due: Timestamp,
        /// How often the network was asked in vain.
        tries: u32,
        /// Parts that the network has.
        parts: u8,
        /// Whether it may have been sent.
        doubt: Doubt,
    },
    /// It cannot go the way it should: it waits for another one, as if nobody had tried yet.
    Reroute {
        /// The network of its reader's phone.
        route: Arc<str>,
    },
    /// It is over.
    Ended(Fate),
}

/// A notice that moved, for the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// What it was about.
    pub lane: Lane,
    /// Its campaign; 0 is none.
    pub campaign: i64,
    /// How it stands now.
    pub fate: Fate,
    /// Which way it goes now.
    pub by: By,
}

/// Which way a notice goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// By SMS.
    Sms,
    /// To a chat.
    Chat,
}

impl By {
    /// The way of a route.
    pub fn of(route: &str) -> Self {
        if route == WHATSAPP { Self::Chat } else { Self::Sms }
    }

    /// The word of metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Chat => "chat",
        }
    }
}

/// What a receipt says of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The account it came from.
    pub account: Arc<str>,
    /// The message, in normal form.
    pub message_id: String,
    /// What became of it: delivered, undeliverable or expired.
    pub fate: Fate,
}
