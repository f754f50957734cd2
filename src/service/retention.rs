//! How long what is kept (UU 27/2022 art. 42-45): classes of data, and for each how long and why. What
//! belongs to a conversation ends by its own time, which stands in its row (`conversation`, `codes`,
//! `lookups` of the configuration); the classes here end so many days after something happened.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::clock::Timestamp;

/// A class of data whose days are configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Tickets, since they ended.
    Tickets,
    /// Consents, since they were taken back.
    Consents,
    /// Appointments, since they ended.
    Appointments,
    /// Registrations that wait for somebody to find them good, since they were made.
    Waiting,
    /// Phones and whom they know, since they were heard of.
    Phones,
    /// Chats, since they were heard of.
    Chats,
    /// Officers, since they were suspended for good.
    Officers,
    /// Rows of the audit log that say who looked at whom, and who was registered.
    Looks,
    /// Rows of the audit log that say what was changed.
    Changes,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Tickets,
        Self::Consents,
        Self::Appointments,
        Self::Waiting,
        Self::Phones,
        Self::Chats,
        Self::Officers,
        Self::Looks,
        Self::Changes,
    ];

    /// The word of the configuration and of reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tickets => "tickets",
            Self::Consents => "consents",
            Self::Appointments => "appointments",
            Self::Waiting => "waiting",
            Self::Phones => "phones",
            Self::Chats => "chats",
            Self::Officers => "officers",
            Self::Looks => "looks",
            Self::Changes => "changes",
        }
    }
}

/// How long a class is kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keep {
    /// Days.
    pub days: u32,
    /// Why so long, as the record of processing wants it (art. 31).
    pub because: String,
}

/// `[retention.*]` of the configuration.
pub type RetentionRules = BTreeMap<Class, Keep>;

/// What is older than that is due, in a class that is kept for so long.
pub fn due_before(keep: &Keep, now: Timestamp) -> Timestamp {
    now.minus(std::time::Duration::from_secs(86_400 * u64::from(keep.days)))
}

/// A class as it stands: what `setara retention plan` prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Its word.
    pub class: &'static str,
    /// For how many days it is kept; none if each row has a time of its own.
    pub days: Option<u32>,
    /// Why.
    pub because: String,
    /// Rows that are due.
    pub rows: u64,
    /// The time by which the oldest of them was due, or what it is that old.
    pub oldest: Option<Timestamp>,
}
