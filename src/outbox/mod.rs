//! Notices: what is sent outside of a session, and must not be lost.
//!
//! A *reply* of USSD lives inside the network's deadline and is never sent twice. A *notice* is
//! stored before it is sent (`ARCHITECTURE.md`, law 3), in the transaction of what caused it, and is
//! retried until it is settled. Here are the values, and what is decided about them; rows are the
//! business of `store`, sockets that of `app`. Pure: no I/O, no clock, no randomness.

pub mod answers;
pub mod chat;
mod enclosure;
mod frame;
pub mod full;
pub mod line;
pub mod pace;
pub mod pair;
pub mod parts;
pub mod policy;
pub mod route;
pub mod share;
pub mod work;

pub use self::{
    enclosure::{EnclosedCertificate, EnclosedTicket, Enclosure},
    frame::{Framed, TextOf},
};

use std::{fmt, time::Duration};

use crate::{
    clock::{Timestamp, Zone},
    identity::{ChatId, Msisdn},
    menu::view::Card,
};

/// A notice's name for life: milliseconds since 2020 above 22 random bits, so that names grow with
/// time and two nodes do not draw the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoticeId(i64);

/// 2020-01-01T00:00:00Z.
const FIRST: i64 = 1_577_836_800_000;

const RANDOM_BITS: u32 = 22;

impl NoticeId {
    /// A name for what is made at `at`. Two of one millisecond are told apart by `random`.
    pub fn draw(at: Timestamp, random: u64) -> Self {
        let since = at.millis().saturating_sub(FIRST).clamp(0, i64::MAX >> (RANDOM_BITS + 1));
        let random = i64::try_from(random & ((1 << RANDOM_BITS) - 1)).unwrap_or(0);
        Self((since << RANDOM_BITS) | random)
    }

    /// The name `places` after this one, for a row of a bulk.
    pub fn after(self, places: usize) -> Self {
        Self(self.0.saturating_add(i64::try_from(places).unwrap_or(i64::MAX)))
    }

    /// As stored.
    pub fn as_i64(self) -> i64 {
        self.0
    }

    /// As read back.
    pub fn from_i64(stored: i64) -> Self {
        Self(stored)
    }
}

/// What a notice is about: how urgent it is, and what is allowed for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A one-time code: somebody waits for it with a screen open.
    Code,
    /// An answer to a text, or word of something that somebody did.
    Reply,
    /// A reminder of something that somebody signed up for.
    Reminder,
    /// A broadcast.
    Campaign,
}

impl Class {
    /// All of them, the most urgent first.
    pub const ALL: [Self; 4] = [Self::Code, Self::Reply, Self::Reminder, Self::Campaign];

    /// Whether it is sent at decent hours only (`domain.md` §9).
    pub fn is_broadcast(self) -> bool {
        matches!(self, Self::Reminder | Self::Campaign)
    }

    /// Whether nobody gets it who refused broadcasts (`domain.md` §9); `campaign` is the one that it is of, 0 is
    /// none. A reminder of no campaign is of what its reader has booked.
    pub fn is_refusable(self, campaign: i64) -> bool {
        match self {
            Self::Code | Self::Reply => false,
            Self::Reminder => campaign != 0,
            Self::Campaign => true,
        }
    }

    /// How long it is worth sending.
    pub fn good_for(self) -> Duration {
        const HOUR: u64 = 3600;
        Duration::from_secs(match self {
            // As long as the code itself.
            Self::Code => 300,
            Self::Reply => 6 * HOUR,
            Self::Reminder => 24 * HOUR,
            Self::Campaign => 72 * HOUR,
        })
    }

    /// The word of metrics and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Reply => "reply",
            Self::Reminder => "reminder",
            Self::Campaign => "campaign",
        }
    }
}

/// One queue of the outbox: notices of a class, for people of a zone. What may not be sent at this
/// hour is in lanes that nobody claims from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lane {
    /// What they are about.
    pub class: Class,
    /// Where their readers are.
    pub zone: Zone,
}

impl Lane {
    /// As stored: the class, and the zone in the last two bits.
    pub fn as_i64(self) -> i64 {
        let class = match self.class {
            Class::Code => 0,
            Class::Reply => 1,
            Class::Reminder => 2,
            Class::Campaign => 3,
        };
        let zone = match self.zone {
            Zone::Wib => 0,
            Zone::Wita => 1,
            Zone::Wit => 2,
        };
        class * 4 + zone
    }

    /// As read back; `None` for what no version of this program stored.
    pub fn from_i64(stored: i64) -> Option<Self> {
        let class = usize::try_from(stored / 4).ok().and_then(|at| Class::ALL.get(at)).copied()?;
        let zone = match stored % 4 {
            0 => Zone::Wib,
            1 => Zone::Wita,
            2 => Zone::Wit,
            _ => return None,
        };
        Some(Self { class, zone })
    }
}

/// As whom we send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sender {
    /// The short code: it can be answered.
    Code,
    /// The name, e.g. `PEDULICOVID`: nobody can answer it.
    Name,
}

/// To whom a notice goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// A phone; over which channel is decided when the notice is stored, and again when it is sent.
    Phone(Msisdn),
    /// A chat that wrote to us.
    Chat {
        /// Which.
        chat: ChatId,
        /// The phone that it is bound to, if it is.
        phone: Option<Msisdn>,
    },
}

impl Recipient {
    /// The phone, if there is one.
    pub fn phone(&self) -> Option<&Msisdn> {
        match self {
            Self::Phone(phone) => Some(phone),
            Self::Chat { phone, .. } => phone.as_ref(),
        }
    }
}

impl From<Msisdn> for Recipient {
    fn from(phone: Msisdn) -> Self {
        Self::Phone(phone)
    }
}

/// Which way a notice may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// The route that it names: an answer goes back as the question came, and a code to the phone that it
    /// proves.
    Route,
    /// To a chat, too, if its reader has one and wrote there within the day.
    Any,
}

/// A notice on its way into the outbox.
#[derive(Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its name.
    pub id: NoticeId,
    /// To whom it goes.
    pub to: Recipient,
    /// The network of that phone ([`route::Routes::of`]), or [`route::WHATSAPP`].
    pub route: String,
    /// Whether another way will do.
    pub over: Over,
    /// As whom it is sent.
    pub sender: Sender,
    /// What it says.
    pub text: String,
    /// The same in its parts, for a chat.
    pub card: Option<Card>,
    /// What a chat gets with it.
    pub enclosure: Option<Enclosure>,
    /// Its values, if it is a broadcast that may go to a chat.
    pub framed: Option<Framed>,
    /// Its queue.
    pub lane: Lane,
    /// The campaign it is of; 0 is none.
    pub campaign: i64,
    /// Not before.
    pub due: Timestamp,
    /// Of no use later.
    pub expires: Timestamp,
    /// For which day of its reader a broadcast is planned ([`Timestamp::day`]); 0 is any.
    pub day: i64,
}

impl Notice {
    /// A notice that is of no campaign and goes out at once, from the number that can be answered.
    pub fn at_once(
        id: NoticeId,
        to: Recipient,
        route: &str,
        lane: Lane,
        text: String,
        at: Timestamp,
    ) -> Self {
        let route = route.to_owned();
        let expires = at.plus(lane.class.good_for());
        Self {
            id,
            to,
            route,
            over: if lane.class == Class::Code { Over::Route } else { Over::Any },
            sender: Sender::Code,
            text,
            card: None,
            enclosure: None,
            framed: None,
            lane,
            campaign: 0,
            due: at,
            expires,
            day: 0,
        }
    }
}

/// A text and a number are not for logs.
impl fmt::Debug for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notice")
            .field("id", &self.id)
            .field("sender", &self.sender)
            .field("lane", &self.lane)
            .field("campaign", &self.campaign)
            .finish_non_exhaustive()
    }
}

/// How a notice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// Not sent yet, or sent without an answer: it will be tried.
    Waiting,
    /// The network took it; its receipt is awaited.
    Sent,
    /// A receipt says that the phone has it.
    Delivered,
    /// A receipt says that the phone will not have it.
    Undeliverable,
    /// It was of no use any more.
    Expired,
    /// The network did not take it, and never will.
    Refused,
    /// The network took it, and no receipt ever came. It may well have been read.
    Unknown,
    /// The person does not want such notices.
    OptedOut,
    /// Its campaign was cancelled before.
    Cancelled,
}

impl Fate {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Waiting,
        Self::Sent,
        Self::Delivered,
        Self::Undeliverable,
        Self::Expired,
        Self::Refused,
        Self::Unknown,
        Self::OptedOut,
        Self::Cancelled,
    ];

    /// The word in the database, in metrics and in logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Undeliverable => "undeliverable",
            Self::Expired => "expired",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::OptedOut => "opted_out",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fate| fate.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_is_read_back() {
        for class in Class::ALL {
            for zone in [Zone::Wib, Zone::Wita, Zone::Wit] {
                let lane = Lane { class, zone };
                assert_eq!(Lane::from_i64(lane.as_i64()), Some(lane));
            }
        }
        for stored in [-1, 3, 16, i64::MAX] {
            assert_eq!(Lane::from_i64(stored), None);
        }
    }

    #[test]
    fn names_grow_with_time() {
        let at = Timestamp::from_millis(1_800_000_000_000);
        let later = Timestamp::from_millis(1_800_000_000_001);
        assert!(NoticeId::draw(at, u64::MAX) < NoticeId::draw(later, 0));
        assert_ne!(NoticeId::draw(at, 1), NoticeId::draw(at, 2));
        assert!(NoticeId::draw(Timestamp::from_millis(i64::MAX), 0).as_i64() > 0);
        assert_eq!(NoticeId::draw(Timestamp::from_millis(i64::MIN), 0).as_i64(), 0);
    }

    #[test]
    fn a_fate_is_read_back() {
        for fate in Fate::ALL {
            assert_eq!(Fate::parse(fate.as_str()), Some(fate));
        }
    }
}
