//! Broadcasts to many people: who gets one, what it says to each, and on which day.
//!
//! Pure values and rules. The audience is described here and read by `store`; the texts come from a
//! checked menu and are kept with the campaign, so that a changed menu changes no campaign that is
//! under way.

pub mod people;
pub mod way;

use std::{borrow::Cow, collections::HashMap, fmt};

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    clock::{Timestamp, Zone},
    identity::{Msisdn, Nik, PersonName, birth, region},
    menu::{
        catalogue::Given,
        language::Language,
        model::Menu,
        notice::{self, Kind, NoticeText},
        template::Template,
    },
    outbox::{Class, Framed, TextOf, policy::Hours},
    service::{DATE, DOSE, MASKED_NAME, MASKED_NIK, roster::Group, vaccine::Vaccines},
    vault::SubscriberKey,
};

/// What a text tells its reader of the reader.
pub const TELLS: &[Given] = &[MASKED_NAME, MASKED_NIK, DOSE, DATE];

/// The names of everything that a text can be filled with.
pub fn values() -> impl Iterator<Item = &'static str> {
    [notice::DIAL, notice::CODE].into_iter().chain(TELLS.iter().map(|given| given.name))
}

/// How a campaign stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Its list of people is still coming in.
    Loading,
    /// Made, and not started.
    Draft,
    /// People are queued, and notices are sent.
    Running,
    /// Nothing happens until it is resumed.
    Paused,
    /// Nothing happens any more.
    Cancelled,
}

impl Phase {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Loading, Self::Draft, Self::Running, Self::Paused, Self::Cancelled];

    /// The word in the database and on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Loading => "loading",
            Self::Draft => "draft",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// What is done with a campaign that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Begin.
    Start,
    /// Stop for a while.
    Pause,
    /// Go on.
    Resume,
    /// Stop for good.
    Cancel,
}

impl Step {
    /// The states it can be done in, and the one it leads to.
    pub fn leads(self) -> (&'static [Phase], Phase) {
        match self {
            Self::Start => (&[Phase::Draft], Phase::Running),
            Self::Pause => (&[Phase::Running], Phase::Paused),
            Self::Resume => (&[Phase::Paused], Phase::Running),
            Self::Cancel => {
                (&[Phase::Loading, Phase::Draft, Phase::Running, Phase::Paused], Phase::Cancelled)
            }
        }
    }
}

/// Who gets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The people of a list.
    List,
    /// People of the record.
    Record(Filter),
}

/// Which people of the record: all conditions must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Filter {
    /// Of one of these groups; empty is of any.
    pub groups: Vec<Group>,
    /// Living in a province (two digits) or a regency (four).
    pub region: Option<String>,
    /// Not yet registered.
    pub unregistered: bool,
    /// The turn of their group has come.
    pub eligible: bool,
    /// The second dose is due in so many days, or was.
    pub dose_due_days: Option<u16>,
    /// At least so old.
    pub age_from: Option<u8>,
    /// At most so old.
    pub age_to: Option<u8>,
}

/// Why a filter means nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// No such region.
    #[error("a region is the code of a province (two digits) or of a regency (four)")]
    Region,
    /// Nobody is so old.
    #[error("the ages are in the wrong order")]
    Ages,
}

impl Filter {
    /// Whether it means something.
    ///
    /// # Errors
    /// See [`FilterError`].
    pub fn check(&self) -> Result<(), FilterError> {
        let known = |code: &String| match code.len() {
            2 => region::province(code).is_some(),
            _ => region::regency(code).is_some(),
        };
        if !self.region.as_ref().is_none_or(known) {
            return Err(FilterError::Region);
        }
        if self.age_from.zip(self.age_to).is_some_and(|(from, to)| from > to) {
            return Err(FilterError::Ages);
        }
        Ok(())
    }

    /// What can only be seen in an opened record: the age, and the region of somebody whose domicile
    /// is not known.
    pub fn holds(&self, nik: &Nik, born: Date, regency: Option<&str>, today: Date) -> bool {
        let code = regency.unwrap_or(nik.regency_code());
        let here = self.region.as_ref().is_none_or(|region| code.starts_with(region.as_str()));
        let age = age(born, today);
        let old = self.age_from.is_none_or(|from| age >= i16::from(from));
        let young = self.age_to.is_none_or(|to| age <= i16::from(to));
        here && old && young
    }

    /// For every vaccine of more than one dose, the last day of a first one whose second is due.
    pub fn due_until(&self, vaccines: &Vaccines, today: Date) -> Vec<(String, Date)> {
        let Some(ahead) = self.dose_due_days else { return Vec::new() };
        let until = |(code, days): (&str, u16)| {
            let back = i64::from(ahead) - i64::from(days);
            Some((code.to_owned(), today.checked_add(back.days()).ok()?))
        };
        vaccines.intervals().filter_map(until).collect()
    }
}

fn age(born: Date, today: Date) -> i16 {
    let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
    today.year() - born.year() - i16::from(!had_birthday)
}

/// Somebody who gets a broadcast.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Whose phone.
    pub phone: Msisdn,
    /// Who.
    pub name: Option<PersonName>,
    /// Whose NIK.
    pub nik: Option<Nik>,
    /// Code of the domicile.
    pub regency: Option<String>,
    /// The language asked for.
    pub language: Option<Language>,
    /// The dose it is about.
    pub dose: Option<u8>,
    /// The day it is about.
    pub date: Option<Date>,
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recipient").field("phone", &self.phone).finish_non_exhaustive()
    }
}

impl Recipient {
    /// Where the reader is: at home, else where the NIK was given; `None` if neither is known.
    pub fn zone(&self) -> Option<Zone> {
        match (&self.regency, &self.nik) {
            (Some(regency), _) => Some(region::zone(regency)),
            (None, Some(nik)) => Some(nik.zone()),
            (None, None) => None,
        }
    }
}

/// What a campaign says, in every language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    texts: Vec<(Language, Template)>,
    dial: String,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    dial: String,
    texts: Vec<(Language, String)>,
}

impl Wording {
    /// A text of a menu.
    pub fn of(menu: &Menu, text: &NoticeText) -> Self {
        // It was a template before it was a text, and is one again.
        let parsed = |text: String| Template::parse(&text).unwrap_or_default();
        let texts = text.templates().map(parsed);
        Self {
            texts: menu.languages().iter().cloned().zip(texts).collect(),
            dial: menu.dial().first().cloned().unwrap_or_default(),
        }
    }

    /// As stored with the campaign.
    pub fn to_stored(&self) -> String {
        let texts = self.texts.iter().map(|(of, text)| (of.clone(), text.written())).collect();
        // Texts only: there is nothing JSON cannot hold.
        serde_json::to_string(&Stored { dial: self.dial.clone(), texts }).unwrap_or_default()
    }

    /// As read back.
    pub fn from_stored(stored: &str) -> Option<Self> {
        let Stored { dial, texts } = serde_json::from_str(stored).ok()?;
        let texts = texts
            .into_iter()
            .map(|(language, text)| Some((language, Template::parse(&text).ok()?)));
        Some(Self { texts: texts.collect::<Option<_>>()?, dial })
    }

    /// The languages it is written in; the first is for everybody who chose none of them.
    pub fn languages(&self) -> impl Iterator<Item = &Language> {
        self.texts.iter().map(|(language, _)| language)
    }

    /// Whether it is filled with this value.
    pub fn needs(&self, value: &str) -> bool {
        self.texts.first().is_some_and(|(_, text)| text.names().any(|name| name == value))
    }

    /// What it says to somebody. `code` is the number that the reader's network knows us by.
    pub fn write(&self, to: &Recipient, code: &str, language: Option<&Language>) -> String {
        let Some((_, text)) = self.spoken(to, language) else { return String::new() };
        text.fill(|name| self.value(name, to, code))
    }

    /// The same as its values, for a template; `of` says whose text it is, and which. `None` if nothing is
    /// said.
    pub fn frame(
        &self,
        of: TextOf<'_>,
        to: &Recipient,
        code: &str,
        language: Option<&Language>,
    ) -> Option<Framed> {
        let (language, _) = self.spoken(to, language)?;
        let value = |name: &str| Some((name.to_owned(), self.value(name, to, code)?.into_owned()));
        let values = values().filter_map(value);
        Some(Framed {
            service: of.service.to_owned(),
            text: of.text.to_owned(),
            language: language.clone(),
            values: values.collect(),
        })
    }

    /// The language that somebody is written to in: the one asked for, or the first.
    pub fn language(&self, to: &Recipient, language: Option<&Language>) -> Option<&Language> {
        self.spoken(to, language).map(|(language, _)| language)
    }

    fn spoken(&self, to: &Recipient, language: Option<&Language>) -> Option<&(Language, Template)> {
        let wanted = to.language.as_ref().or(language);
        let spoken = self.texts.iter().find(|(known, _)| Some(known) == wanted);
        spoken.or(self.texts.first())
    }

    fn value<'v>(&'v self, name: &str, to: &Recipient, code: &str) -> Option<Cow<'v, str>> {
        let value = match name {
            notice::DIAL => return Some(Cow::Borrowed(self.dial.as_str())),
            notice::CODE => code.to_owned(),
            "name" => to.name.as_ref()?.masked(),
            "nik" => to.nik.as_ref()?.masked(),
            "dose" => to.dose?.to_string(),
            "date" => birth::show(to.date?),
            _ => return None,
        };
        let told = TELLS.iter().find(|given| given.name == name);
        let width = told.map_or(notice::WIDEST_CODE, |given| given.longest).len();
        Some(Cow::Owned(notice::fit(&value, width).into_owned()))
    }
}

/// The class of a broadcast; a text of a service is none.
pub fn class_of(kind: Kind) -> Option<Class> {
    match kind {
        Kind::Service => None,
        Kind::Reminder => Some(Class::Reminder),
        Kind::Campaign => Some(Class::Campaign),
    }
}

/// Hours by which the clocks of the easternmost zone, WIT, are ahead of those of WIB.
const WIT_AHEAD: i8 = 2;

/// When broadcasts may go out, and how many to one phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decency {
    /// The hours of the reader's day.
    pub hours: Hours,
    /// To one phone on one day.
    pub per_day: u32,
}

/// A day on which a broadcast could go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// The day, in the reader's zone.
    pub day: Date,
    /// The first moment of it that is left.
    pub due: Timestamp,
}

impl Decency {
    /// The `nth` day from now on, the first one being 0; `None` at the end of the calendar.
    pub fn slot(&self, zone: Zone, now: Timestamp, nth: u32) -> Option<Slot> {
        let first = self.hours.decent(zone, now);
        if nth == 0 {
            return Some(Slot { day: first.date(zone), due: first });
        }
        let day = first.date(zone).checked_add(i64::from(nth).days()).ok()?;
        Some(Slot { day, due: Timestamp::at(day.at(self.hours.from, 0, 0, 0), zone) })
    }

    /// The `nth` day for somebody of whom no zone is known: in hours that are decent in all of them,
    /// and told in the easternmost, where evening comes first. `None` also if there is no such hour.
    pub fn slot_everywhere(&self, now: Timestamp, nth: u32) -> Option<Slot> {
        let Hours { from, until } = self.hours;
        // Where the whole day is decent, it is so everywhere.
        let from =
            if until.saturating_sub(from) >= 24 { from } else { from.saturating_add(WIT_AHEAD) };
        let everywhere = Self { hours: Hours { from, until }, ..*self };
        if from < until { everywhere.slot(Zone::Wit, now, nth) } else { None }
    }
}

/// Broadcasts to phones on days: what is planned already, and what is added to it.
#[derive(Debug, Default)]
pub struct Calendar {
    planned: HashMap<(Date, SubscriberKey), Planned>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Planned {
    before: u32,
    added: u32,
}

impl Calendar {
    /// Tells of what was planned before.
    pub fn tell(&mut self, day: Date, phone: SubscriberKey, planned: u32) {
        self.planned.entry((day, phone)).or_default().before = planned;
    }

    /// Plans one more on that day, if there is room for it.
    pub fn plan(&mut self, day: Date, phone: SubscriberKey, per_day: u32) -> bool {
        let planned = self.planned.entry((day, phone)).or_default();
        let room = planned.before.saturating_add(planned.added) < per_day;
        planned.added += u32::from(room);
        room
    }

    /// What was added, in the order of days and phones.
    pub fn added(&self) -> Vec<(Date, SubscriberKey, u32)> {
        let added = self.planned.iter().filter(|(_, planned)| planned.added > 0);
        let mut added: Vec<_> =
            added.map(|((day, phone), planned)| (*day, *phone, planned.added)).collect();
        added.sort_unstable();
        added
    }
}

#[cfg(test)]
mod tests;
