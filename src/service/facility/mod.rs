//! Where vaccines are given: a place with its hours, its slots, and how many people a slot takes.
//!
//! Pure arithmetic of days and slots in the place's own zone; who sits in them is the business of
//! `appointment`. A slot is named by its first moment, and is there only while the hours say so.

mod crowd;
mod row;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jiff::{ToSpan, civil::Date};
use thiserror::Error;

pub use self::crowd::Crowd;
pub use self::row::{
    COLUMNS, FacilityHeader, FacilityHeaderError, FacilityRowError, OPTIONAL, WHOLE,
};
use crate::{
    clock::{Timestamp, Zone},
    identity::{Coordinates, region},
};

/// The longest name of a place, and of a district: a row of a list on a phone.
pub const LONGEST_NAME: usize = 30;

/// The longest address.
pub const LONGEST_ADDRESS: usize = 60;

/// Districts of a regency, and places of a district, at most; the lists of them are shown.
pub const MOST_LISTED: usize = 60;

/// Slots of a day, at most; the list of them is shown.
pub const MOST_SLOTS: usize = 24;

/// Minutes of a day.
const DAY: u16 = 1440;

/// The name of a place in files and tables: 2 to 20 capital letters, digits and dashes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FacilityCode(String);

/// A text is no code of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a code has 2 to 20 capital letters, digits and dashes")]
pub struct FacilityCodeError;

impl FacilityCode {
    /// Reads one.
    ///
    /// # Errors
    /// [`FacilityCodeError`].
    pub fn parse(text: &str) -> Result<Self, FacilityCodeError> {
        let letter = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'-';
        let good = (2..=20).contains(&text.len()) && text.bytes().all(letter);
        good.then(|| Self(text.to_owned())).ok_or(FacilityCodeError)
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FacilityCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A place where vaccines are given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facility {
    /// Its name in files and tables.
    pub code: FacilityCode,
    /// The name people know, at most [`LONGEST_NAME`] characters of the GSM basic table.
    pub name: String,
    /// Where it is, at most [`LONGEST_ADDRESS`] of them.
    pub address: String,
    /// Four digits.
    pub regency: String,
    /// The district's name, as long as a name.
    pub district: String,
    /// When it is open.
    pub hours: Hours,
    /// Codes of the vaccines it gives.
    pub vaccines: BTreeSet<String>,
    /// How long a slot is, in minutes; from 5 to a day.
    pub slot_minutes: u16,
    /// How many people a slot takes.
    pub quota: u16,
    /// Days on which it is closed although its hours say otherwise.
    pub closed: BTreeSet<Date>,
    /// The day from which it is closed for good.
    pub closed_from: Option<Date>,
    /// Where it is, if that is known.
    pub at: Option<Coordinates>,
}

/// Somebody who is expected at a place, as far as the place has to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expected {
    /// The first moment of the slot.
    pub start: Timestamp,
    /// Which of the slot's seats.
    pub seat: u16,
}

/// When a place is open: a time of each weekday, from Monday, in minutes of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hours([Option<(u16, u16)>; 7]);

/// A text says no hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("hours are written `sen-jum 08:00-14:00; sab 08:00-11:00`, each day once")]
pub struct HoursError;

/// A time in which a place takes people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// Its first moment.
    pub start: Timestamp,
    /// The minute of the day at which it begins, on the place's own clock.
    pub minute: u16,
    /// How long it is, in minutes.
    pub minutes: u16,
}

impl Slot {
    /// As a phone shows it: `08:00-09:00`.
    pub fn label(&self) -> String {
        span(self.minute, self.minutes)
    }
}

/// From a minute of the day on, so many minutes, as a phone shows it: a day ends at 24:00.
pub fn span(minute: u16, minutes: u16) -> String {
    format!("{}-{}", clock(minute), clock(minute.saturating_add(minutes)))
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

impl Facility {
    /// Whose clock is on its wall.
    pub fn zone(&self) -> Zone {
        region::zone(&self.regency)
    }

    /// Whether it gives this vaccine; any will do if none is named.
    pub fn gives(&self, vaccine: Option<&str>) -> bool {
        vaccine.is_none_or(|vaccine| self.vaccines.contains(vaccine))
    }

    /// Whether it is closed for good before anybody could come who may from that day on.
    pub fn is_over(&self, now: Timestamp, from: Date) -> bool {
        let first = self.days(now, from, 1).next();
        self.closed_from.zip(first).is_some_and(|(closed, first)| closed <= first)
    }

    /// The slots of a day, in order; none if it is closed. A slot ends before the place closes.
    pub fn slots(&self, day: Date) -> Vec<Slot> {
        let shut = self.closed.contains(&day) || self.closed_from.is_some_and(|from| from <= day);
        let Some((opens, closes)) = self.hours.of(day).filter(|_| !shut) else {
            return Vec::new();
        };
        let minutes = self.slot_minutes.max(1);
        let starts = (opens..closes).step_by(usize::from(minutes));
        let whole = starts.filter(|start| closes - start >= minutes);
        whole.filter_map(|minute| self.slot(day, minute)).take(MOST_SLOTS).collect()
    }

    /// The slot that begins on that day at that minute, if there is one.
    pub fn slot_on(&self, day: Date, minute: u16) -> Option<Slot> {
        self.slots(day).into_iter().find(|slot| slot.minute == minute)
    }

    /// The slot that begins at a moment, if there is one.
    pub fn slot_at(&self, start: Timestamp) -> Option<Slot> {
        let local = start.local(self.zone());
        let minute = u16::try_from(local.hour()).ok()? * 60 + u16::try_from(local.minute()).ok()?;
        self.slot_on(local.date(), minute)
    }

    /// Whom the place cannot take: their slot is none any more, or has fewer seats than are booked. Of too
    /// many, those with the highest seats. `expected` is in order; the answer is places in it.
    pub fn strands(&self, expected: &[Expected]) -> Vec<usize> {
        let mut stranded = Vec::new();
        let mut slots: BTreeMap<Timestamp, u16> = BTreeMap::new();
        for (at, one) in expected.iter().enumerate() {
            let taken = slots.entry(one.start).or_default();
            if self.slot_at(one.start).is_some() && *taken < self.quota {
                *taken += 1;
            } else {
                stranded.push(at);
            }
        }
        stranded
    }

    fn slot(&self, day: Date, minute: u16) -> Option<Slot> {
        let (hour, rest) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
        let time = jiff::civil::Time::new(hour, rest, 0, 0).ok()?;
        let start = Timestamp::at(day.to_datetime(time), self.zone());
        Some(Slot { start, minute, minutes: self.slot_minutes.max(1) })
    }

    /// The days that can be booked at `now`: `days` of them from the next one on, or from `from` if
    /// that is later.
    pub fn days(&self, now: Timestamp, from: Date, days: u16) -> impl Iterator<Item = Date> {
        let tomorrow = now.date(self.zone()).saturating_add(1.day());
        let first = tomorrow.max(from);
        (0..i64::from(days)).map(move |after| first.saturating_add(after.days()))
    }
}

impl Hours {
    const WEEK: [&'static str; 7] = ["sen", "sel", "rab", "kam", "jum", "sab", "min"];

    /// Reads `sen-jum 08:00-14:00; sab 08:00-11:00`.
    ///
    /// # Errors
    /// [`HoursError`].
    pub fn parse(text: &str) -> Result<Self, HoursError> {
        let mut hours = [None; 7];
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let (days, times) = part.split_once(' ').ok_or(HoursError)?;
            let (opens, closes) = times.trim().split_once('-').ok_or(HoursError)?;
            let (opens, closes) = (minute(opens)?, minute(closes)?);
            let (first, last) = days.split_once('-').unwrap_or((days, days));
            let (first, last) = (weekday(first)?, weekday(last)?);
            if opens >= closes || first > last {
                return Err(HoursError);
            }
            for day in hours.get_mut(first..=last).into_iter().flatten() {
                if day.replace((opens, closes)).is_some() {
                    return Err(HoursError);
                }
            }
        }
        if hours.iter().all(Option::is_none) { Err(HoursError) } else { Ok(Self(hours)) }
    }

    /// From when to when it is open on a day.
    pub fn of(&self, day: Date) -> Option<(u16, u16)> {
        let at = day.weekday().to_monday_zero_offset();
        usize::try_from(at).ok().and_then(|at| self.0.get(at)).copied().flatten()
    }

    /// The most slots of a day.
    fn most_slots(&self, minutes: u16) -> usize {
        let length = |(opens, closes): &(u16, u16)| usize::from((closes - opens) / minutes.max(1));
        self.0.iter().flatten().map(length).max().unwrap_or(0)
    }
}

/// As it is read back.
impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut day = 0;
        let mut between = "";
        while let Some(open) = self.0.get(day) {
            let same = self.0.iter().skip(day).take_while(|next| *next == open).count();
            if let Some((opens, closes)) = open {
                write!(f, "{between}{}", Self::WEEK[day])?;
                if same > 1 {
                    write!(f, "-{}", Self::WEEK[day + same - 1])?;
                }
                write!(f, " {}-{}", clock(*opens), clock(*closes))?;
                between = "; ";
            }
            day += same;
        }
        Ok(())
    }
}

fn weekday(name: &str) -> Result<usize, HoursError> {
    let name = name.trim().to_ascii_lowercase();
    Hours::WEEK.iter().position(|day| *day == name).ok_or(HoursError)
}

fn minute(text: &str) -> Result<u16, HoursError> {
    let (hours, minutes) = text.trim().split_once(':').ok_or(HoursError)?;
    let number = |text: &str| text.parse::<u16>().map_err(|_| HoursError);
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let minute = hours.checked_mul(60).and_then(|all| all.checked_add(minutes));
    minute.filter(|minute| minutes < 60 && *minute <= DAY).ok_or(HoursError)
}

#[cfg(test)]
mod tests;
