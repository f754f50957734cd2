//! Officers: people of the village or the health centre who register others from their own phone
//! (`domain.md` §2), and what they may do. Who is one is said by staff (`front::officer`); the PIN is
//! chosen by the officer, on that phone, with a code that came there by SMS.
//!
//! - An officer is named by a key made from the phone ([`crate::vault::Vault::officer_key`]), which is no
//!   phone's own: what an officer does is logged under it, and nobody whom they register is seen on their
//!   phone.
//! - Code and PIN are kept as one-time codes are ([`code`](super::code)): a digest under a key, three tries,
//!   a lock that grows. A wrong try counts whatever else happens in between; only a right one, or staff,
//!   forgets it, and staff do not forget how often there was a lock.
//! - After the PIN the office is open for some minutes, so that each family is not one PIN more. Every
//!   call looks at the officer's row as it is then: who is suspended is refused by the next screen.
//! - How many were registered stands in the same row, and every write moves its version: of two nodes that
//!   decide at once the second looks again, and counts on.
//!
//! `call` is what the menu asks of an officer, `assist` the registration itself: that of
//! `registration`, in somebody else's name.

pub(super) mod assist;
pub(super) mod call;

use std::{fmt, time::Duration};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use self::{
    assist::Behalf,
    call::{CODE_TEXT, LOOK, PINS},
};
use crate::{
    clock::Timestamp,
    identity::{Msisdn, PersonName, region},
    menu::catalogue::Catalogue,
    service::{
        MASKED_NAME,
        audit::StaffName,
        code::{CodeKey, Held, Purpose},
        facility::{FacilityCode, FacilityCodeError},
        lookup::Budgets,
        otp, region as home, registration, validators,
    },
    vault::{SubscriberKey, Vault},
};

/// Everything that officers' menus may call: their own calls, and what registration asks.
pub const OFFICER: Catalogue = Catalogue {
    desk: "officer",
    validators: &[
        otp::CODE,
        PINS[0],
        PINS[1],
        super::change::PHONE,
        validators::NIK,
        validators::NAME,
        validators::BIRTH_DATE,
    ],
    lists: &[home::PROVINCES, home::REGENCIES],
    calls: &[
        LOOK,
        call::CODE,
        call::ENROL,
        call::OPEN,
        call::CLOSE,
        call::BEGIN,
        assist::MATCH,
        assist::SUBMIT,
        registration::COMPARE,
        home::OF_NIK,
    ],
    sends: &[
        CODE_TEXT,
        assist::REGISTERED_TEXT,
        assist::WAITING_TEXT,
        assist::PENDING_TEXT,
        assist::VALID_TEXT,
        assist::UNMATCHED_TEXT,
        assist::ALREADY_TEXT,
        assist::LATER_TEXT,
        assist::ENDED_TEXT,
    ],
    tells: &[MASKED_NAME],
};

/// `[officers]` of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficerRules {
    /// How long the code of an enrolment is good, in hours: 1 to 168.
    pub code_hours: u32,
    /// How long nobody is asked for the PIN again, in minutes: 1 to 120.
    pub pin_minutes: u32,
    /// Registrations of one officer in an hour, 1 to 999.
    pub per_hour: u32,
    /// Registrations of one officer in a day, 1 to 999.
    pub per_day: u32,
    /// How often an officer may look NIKs up in vain.
    pub lookups: Budgets,
}

impl OfficerRules {
    /// See `pin_minutes`.
    fn open_for(&self) -> Duration {
        Duration::from_secs(60 * u64::from(self.pin_minutes))
    }

    /// How long a code is good that is drawn now.
    pub fn code_for(&self) -> Duration {
        HOUR * self.code_hours
    }

    /// What is wrong with them, if anything is.
    pub fn wrong(&self) -> Option<String> {
        let budgets = &self.lookups;
        let spans = [
            ("code_hours", self.code_hours, 168),
            ("pin_minutes", self.pin_minutes, 120),
            ("per_hour", self.per_hour, MOST),
            ("per_day", self.per_day, MOST),
            ("lookups.window_hours", budgets.window_hours, Budgets::LONGEST_HOURS),
            ("lookups.failures_per_phone", budgets.failures_per_phone, u32::MAX),
            ("lookups.phones_per_nik", budgets.phones_per_nik, u32::MAX),
            ("lookups.serials_per_stem", budgets.serials_per_stem, u32::MAX),
        ];
        let bad = spans.into_iter().find(|(_, value, most)| !(1..=*most).contains(value));
        bad.map(|(name, _, most)| format!("officers.{name} is from 1 to {most}"))
    }
}

/// The most registrations that a screen has room for.
const MOST: u32 = 999;

/// What somebody is who registers others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfficerKind {
    /// Of the army, in a village.
    Babinsa,
    /// Of the police, in a village.
    Bhabinkamtibmas,
    /// Of a health centre.
    Puskesmas,
    /// A volunteer of a health post.
    Posyandu,
    /// Of the village's own office.
    Village,
}

impl OfficerKind {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Babinsa, Self::Bhabinkamtibmas, Self::Puskesmas, Self::Posyandu, Self::Village];

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Babinsa => "babinsa",
            Self::Bhabinkamtibmas => "bhabinkamtibmas",
            Self::Puskesmas => "puskesmas",
            Self::Posyandu => "posyandu",
            Self::Village => "village",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.as_str() == word)
    }
}

/// Where an officer serves: a regency by its four digits, or a place where vaccines are given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post(FacilityCode);

/// A text is no post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PostError {
    /// Digits that are no regency.
    #[error("a regency has a code of four digits, and that is none")]
    Regency,
    /// No code of a place.
    #[error(transparent)]
    Facility(#[from] FacilityCodeError),
}

impl Post {
    /// Reads one.
    ///
    /// # Errors
    /// [`PostError`].
    pub fn parse(text: &str) -> Result<Self, PostError> {
        let digits = text.bytes().all(|octet| octet.is_ascii_digit());
        if digits && region::regency(text).is_none() {
            return Err(PostError::Regency);
        }
        Ok(Self(FacilityCode::parse(text)?))
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// How far an officer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Told a code, and has chosen no PIN yet.
    Invited,
    /// Has a PIN.
    Active,
}

impl Stage {
    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Invited, Self::Active].into_iter().find(|of| of.as_str() == word)
    }
}

/// How an officer stands, for staff and for figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OfficerState {
    /// As [`Stage::Invited`].
    Invited,
    /// As [`Stage::Active`].
    Active,
    /// Refused until staff say otherwise.
    Suspended,
}

impl OfficerState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Invited, Self::Active, Self::Suspended];

    /// The word of lists and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }
}

/// Who an officer is, as staff said it.
#[derive(Clone, PartialEq)]
pub struct Enrolled {
    /// The keyed name ([`Vault::officer_key`]).
    pub key: SubscriberKey,
    /// The phone.
    pub phone: Msisdn,
    /// The officer's own name.
    pub name: PersonName,
    /// What they are.
    pub kind: OfficerKind,
    /// Where.
    pub post: Post,
    /// Who of the staff said so.
    pub staff: StaffName,
}

/// An officer, as the row is now.
#[derive(Clone, PartialEq)]
pub struct Officer {
    /// Who.
    pub who: Enrolled,
    /// How far.
    pub stage: Stage,
    /// Since when they are refused.
    pub suspended: Option<Timestamp>,
    /// The code while [`Stage::Invited`], then the PIN.
    pub secret: Held,
    /// Until when nobody is asked for the PIN.
    pub open_until: Timestamp,
    /// What was registered of late.
    pub tally: Tally,
    /// Since when they are known.
    pub enrolled: Timestamp,
    /// Counts the writes of the row.
    pub version: i64,
}

/// Neither a name nor a number is for logs.
impl fmt::Debug for Officer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Officer")
            .field("key", &self.who.key)
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Enrolled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enrolled").field("key", &self.key).finish_non_exhaustive()
    }
}

/// How many an officer registered: in the hour that began with the first of them, and on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// When that hour began.
    pub hour_from: Timestamp,
    /// So many since.
    pub hour: u32,
    /// The day, where the service is.
    pub date: Option<Date>,
    /// So many on it.
    pub day: u32,
}

/// Why one more is too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// For this hour; not before then.
    Hour(Timestamp),
    /// For today.
    Day,
}

const HOUR: Duration = Duration::from_secs(3600);

impl Tally {
    /// So many today.
    pub fn on(&self, today: Date) -> u32 {
        if self.date == Some(today) { self.day } else { 0 }
    }

    /// With one more, if that is not too many.
    pub(super) fn one_more(
        self,
        rules: &OfficerRules,
        now: Timestamp,
        today: Date,
    ) -> Result<Self, Full> {
        let day = self.on(today);
        if day >= rules.per_day {
            return Err(Full::Day);
        }
        let over = self.hour_from.plus(HOUR);
        let fresh = over <= now || self.hour == 0;
        let (hour_from, hour) = if fresh { (now, 0) } else { (self.hour_from, self.hour) };
        if hour >= rules.per_hour {
            return Err(Full::Hour(over));
        }
        Ok(Self { hour_from, hour: hour + 1, date: Some(today), day: day + 1 })
    }
}

/// What a turn changes of an officer's row.
#[derive(Debug, Clone, PartialEq)]
pub struct OfficerChange {
    /// Whose.
    pub key: SubscriberKey,
    /// The version that was read; another one by then is a conflict.
    pub was: i64,
    /// What.
    pub to: OfficerStep,
}

/// See [`OfficerChange`].
#[derive(Debug, Clone, PartialEq)]
pub enum OfficerStep {
    /// Code or PIN was tried, or another one holds from now on; and until when nobody is asked for it.
    Secret {
        /// How far the officer is.
        stage: Stage,
        /// What is tried from now on.
        secret: Held,
        /// See [`Officer::open_until`].
        open_until: Timestamp,
    },
    /// The PIN is asked for from now on.
    Close,
    /// Somebody was registered.
    Count(Tally),
}

/// What staff change of an officer.
#[derive(Debug, Clone, PartialEq)]
pub enum OfficerAct {
    /// There is a new one; one of that phone who is there already is a conflict.
    Enrol(Box<Officer>),
    /// An officer's row. With a new code, the PIN is gone.
    Set {
        /// Whose.
        key: SubscriberKey,
        /// The version that was read.
        was: i64,
        /// Since when they are refused, if they are.
        suspended: Option<Timestamp>,
        /// The new code.
        code: Option<Held>,
    },
}

impl Officer {
    /// Somebody who is to begin with this code.
    pub fn new(who: Enrolled, secret: Held, enrolled: Timestamp) -> Self {
        let (open_until, tally) = (Timestamp::default(), Tally::default());
        let (stage, suspended) = (Stage::Invited, None);
        Self { who, stage, suspended, secret, open_until, tally, enrolled, version: 1 }
    }

    /// How they stand.
    pub fn state(&self) -> OfficerState {
        match (self.suspended, self.stage) {
            (Some(_), _) => OfficerState::Suspended,
            (None, Stage::Invited) => OfficerState::Invited,
            (None, Stage::Active) => OfficerState::Active,
        }
    }

    /// Until when no code and no PIN is taken.
    fn locked(&self, now: Timestamp) -> Option<Timestamp> {
        Some(self.secret.locked_until).filter(|until| *until > now)
    }
}

/// Under which key the code of an enrolment is drawn and digested.
fn secret_key(key: SubscriberKey, purpose: Purpose) -> CodeKey {
    CodeKey { subject: *key.as_bytes(), purpose, by: key }
}

/// A new code for an officer, and what is kept of it. `random`: a value that nothing else gives away.
/// `before`: what was there; how often it was locked is not forgotten, and whoever is locked is no longer.
pub fn invite(
    vault: &Vault,
    key: SubscriberKey,
    before: Option<&Held>,
    random: u64,
    until: Timestamp,
) -> (String, Held) {
    let of = secret_key(key, Purpose::Officer);
    let code = of.draw(vault, random);
    let held = held(of.hash(vault, &code), until, before.map_or(0, |before| before.locks));
    (code, held)
}

/// What is kept of a PIN.
pub fn pin(vault: &Vault, key: SubscriberKey, pin: &str) -> Held {
    held(secret_key(key, Purpose::Pin).hash(vault, pin), FOREVER, 0)
}

/// What is kept of a code that is known beforehand, such as that of an invented officer.
pub fn known_code(vault: &Vault, key: SubscriberKey, code: &str, until: Timestamp) -> Held {
    held(secret_key(key, Purpose::Officer).hash(vault, code), until, 0)
}

fn held(hash: [u8; 16], expires: Timestamp, locks: u32) -> Held {
    Held { hash, expires, tries: 0, locks, locked_until: Timestamp::default() }
}

/// A PIN is good until it is changed.
const FOREVER: Timestamp = Timestamp::from_millis(i64::MAX);
