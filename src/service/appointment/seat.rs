//! Seats and appointments as plain values: read by an [`AppointmentNeed`], changed by a turn.
//!
//! A slot has as many seats as its quota. A seat is held for a person for some minutes, or booked; a
//! hold that is over is a free seat, whoever cleans up.

use std::{collections::BTreeMap, time::Duration};

use jiff::civil::Date;

use super::wait::{Ahead, InLine, InLineOf, Line};
use crate::{
    clock::{Timestamp, Zone},
    outbox::NoticeId,
    service::{
        facility::{Facility, FacilityCode, span},
        number::Number,
    },
    vault::{NikIndex, SubscriberKey},
};

/// One seat: nobody else can have the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seat {
    /// The place.
    pub facility: FacilityCode,
    /// The first moment of its slot.
    pub start: Timestamp,
    /// Which of the slot's, from 1.
    pub seat: u16,
}

/// What a call has to read of appointments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppointmentNeed {
    /// When: a hold that is over by then is none.
    pub at: Timestamp,
    /// Whose appointments, and where they live.
    pub person: Option<NikIndex>,
    /// All places of a regency.
    pub regency: Option<String>,
    /// One place, with the seats that are taken there between two moments.
    pub facility: Option<(FacilityCode, Between)>,
    /// A seat that is to be held, at that place. It is taken in the turn's transaction where facts are
    /// read, so that the turns of a batch see each other's; what is not stored was not taken.
    pub hold: Option<HoldNeed>,
}

/// From a moment on, until before another.
pub type Between = (Timestamp, Timestamp);

/// A seat that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldNeed {
    /// The day of the slot, where the place is.
    pub day: Date,
    /// The minute of that day at which it begins.
    pub minute: u16,
    /// For whom.
    pub person: NikIndex,
    /// For which dose.
    pub dose: u8,
    /// The phone that asks: it holds one seat at a time.
    pub by: SubscriberKey,
    /// For how long.
    pub hold_for: Duration,
}

/// What was read of appointments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AppointmentFacts {
    /// The person's appointments that stand.
    pub booked: Vec<Booked>,
    /// Doses for which the person was checked in lately.
    pub attended: Vec<u8>,
    /// The regency in which the person lives, as it was registered.
    pub home: Option<String>,
    /// The places that were asked for, by name.
    pub facilities: Vec<Facility>,
    /// How many seats of each slot are taken.
    pub taken: BTreeMap<Timestamp, u16>,
    /// The seat that is held now.
    pub held: Option<Held>,
    /// Who waits for room at the place that was asked for, and was offered nothing yet.
    pub ahead: Vec<Ahead>,
    /// How many stand in its line.
    pub in_line: u32,
    /// How many of them came before the person had the ticket that a place does not take any more.
    pub in_line_before: u32,
    /// The lines in which the person stands.
    pub lines: Vec<Line>,
}

/// A seat that is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Which.
    pub seat: Seat,
    /// Until when.
    pub until: Timestamp,
}

/// An appointment that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// The number of its ticket.
    pub number: Number,
    /// Whose.
    pub person: NikIndex,
    /// For which dose.
    pub dose: u8,
    /// Its seat.
    pub seat: Seat,
    /// How long its slot is, in minutes.
    pub minutes: u16,
    /// The name of its place.
    pub place: String,
    /// The clock of its place.
    pub zone: Zone,
    /// What reminds of it.
    pub reminder: Option<NoticeId>,
    /// Since when it stands.
    pub since: Timestamp,
    /// Since when its place cannot take whoever comes with it.
    pub stranded: Option<Timestamp>,
}

impl Booked {
    /// The day, where it is.
    pub fn day(&self) -> Date {
        self.seat.start.date(self.zone)
    }

    /// Its time, as a phone shows it.
    pub fn time(&self) -> String {
        between(self.seat.start, self.minutes, self.zone)
    }

    /// When it is over.
    pub fn ends(&self) -> Timestamp {
        self.seat.start.plus(Duration::from_secs(60 * u64::from(self.minutes)))
    }
}

/// A time, as a phone shows it.
pub(super) fn between(start: Timestamp, minutes: u16, zone: Zone) -> String {
    let local = start.local(zone);
    let minute = |of: i8| u16::try_from(of).unwrap_or_default();
    span(60 * minute(local.hour()) + minute(local.minute()), minutes)
}

/// What a turn changes of appointments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppointmentChange {
    /// A held seat becomes an appointment. One that is held no longer is a conflict, and so is a
    /// second appointment of the person for the same dose.
    Book(Booking),
    /// An appointment ends. One that stands no longer is a conflict.
    End(Ended),
    /// The phone holds no seat any more.
    LetGo,
    /// Somebody waits at a place; where they do already, what they wait for is changed.
    Wait(InLine),
    /// They do not any more, and an offer is somebody else's.
    Leave(InLineOf),
    /// They let an offer go by, and are the last in line.
    Pass(InLineOf),
}

/// An appointment as a turn hands it over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// The number of its ticket; one that is taken is a conflict, and the turn runs again.
    pub number: Number,
    /// Whose.
    pub person: NikIndex,
    /// For which dose.
    pub dose: u8,
    /// The seat that is held for it.
    pub seat: Seat,
    /// How long its slot is, in minutes.
    pub minutes: u16,
    /// What reminds of it.
    pub reminder: Option<NoticeId>,
}

/// How an appointment ends before anybody came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndedAs {
    /// It was given back.
    Cancelled,
    /// Its time went by.
    Missed,
}

/// An appointment that ends: its seat is free at once, and nothing reminds of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Whose.
    pub person: NikIndex,
    /// The number of its ticket.
    pub number: Number,
    /// Its seat.
    pub seat: Seat,
    /// What would have reminded of it.
    pub reminder: Option<NoticeId>,
    /// Why.
    pub how: EndedAs,
}

impl Ended {
    pub(super) fn of(booked: &Booked, how: EndedAs) -> Self {
        Self {
            person: booked.person,
            number: booked.number.clone(),
            seat: booked.seat.clone(),
            reminder: booked.reminder,
            how,
        }
    }
}

/// Somebody came. An appointment that stands no longer is a conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckIn {
    /// Who came.
    pub person: NikIndex,
    /// The number of the ticket.
    pub number: Number,
}

/// How an appointment stands, as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppointmentState {
    /// It stands.
    Booked,
    /// Somebody came, and was checked in.
    Attended,
    /// It was given back.
    Cancelled,
    /// Its time went by.
    Missed,
}

impl AppointmentState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Booked, Self::Attended, Self::Cancelled, Self::Missed];

    /// Whether a ticket can be shown at the desk.
    pub fn is_good(self) -> bool {
        matches!(self, Self::Booked | Self::Attended)
    }

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Attended => "attended",
            Self::Cancelled => "cancelled",
            Self::Missed => "missed",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.as_str() == word)
    }
}
