//! How long what is kept (UU 27/2022 art. 42-45): classes of data, and for each how long and why. What
//! belongs to a conversation ends by its own time, which stands in its row (`conversation`, `codes`,
//! `lookups` of the configuration); the classes here end so many days after something happened.

use std::{collections::BTreeMap, time::Duration};

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
    /// Whoever waits is told so many days before that it ends ([`Class::Waiting`]).
    #[serde(default)]
    pub told_days: u32,
}

impl Keep {
    /// Those who wait since before then are told at `now` that it ends.
    pub fn told_before(&self, now: Timestamp) -> Timestamp {
        now.minus(days(self.days.saturating_sub(self.told_days)))
    }

    /// When it ends for somebody who waits since `at` and is told at `now`.
    pub fn gone_at(&self, at: Timestamp, now: Timestamp) -> Timestamp {
        at.plus(days(self.days)).max(now.plus(days(self.told_days)))
    }
}

/// What is wrong with the rules, in words for whoever wrote them.
pub fn mistake(rules: &RetentionRules) -> Option<String> {
    let (class, _) = rules.iter().find(|(class, keep)| {
        keep.told_days > keep.days || (keep.told_days > 0 && **class != Class::Waiting)
    })?;
    let what = "told_days is for `waiting`, and no more than its days";
    Some(format!("retention.{}: {what}", class.as_str()))
}

/// `[retention.*]` of the configuration.
pub type RetentionRules = BTreeMap<Class, Keep>;

/// What is older than that is due, in a class that is kept for so long. Of what waits it is the word of it
/// that has to be so old: nobody's is deleted who does not know, and nobody's before the day they were told.
pub fn due_before(class: Class, keep: &Keep, now: Timestamp) -> Timestamp {
    now.minus(days(if class == Class::Waiting { keep.told_days } else { keep.days }))
}

fn days(of: u32) -> Duration {
    Duration::from_secs(86_400 * u64::from(of))
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

/// Seats, queues and plans of days that are over: whatever the zone, nobody is in them any more.
pub const PAST: Duration = Duration::from_secs(2 * 86_400);

/// How old may get what the gateway's own sweeps delete, as it is configured elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ages {
    /// `exposure.contact_days`.
    pub contact_days: u32,
    /// `outbox.keep_days`.
    pub notice_days: u32,
    /// `outbox.receipt_hours`.
    pub receipts_for: Duration,
    /// `appointments.wait_days`.
    pub line_days: u32,
    /// `conversation.parts_seconds`.
    pub parts_for: Duration,
}

impl Ages {
    /// For how many days a class of those is kept, and why.
    pub fn of(&self, class: &str) -> (Option<u32>, &'static str) {
        match class {
            "contacts" => {
                (Some(self.contact_days), "a contact counts so long ([exposure] contact_days)")
            }
            "notices" => (Some(self.notice_days), "for the figures ([outbox] keep_days)"),
            "receipts" => (None, "their message may still come ([outbox] receipt_hours)"),
            "holds" => (None, "somebody was asked ([appointments] hold_minutes)"),
            "seats" | "queue_places" | "plans" => (Some(2), "days that are over in every zone"),
            "lines" => (Some(self.line_days), "told when it ends ([appointments] wait_days)"),
            _ => (None, "told when it ends ([conversation] parts_seconds)"),
        }
    }
}
