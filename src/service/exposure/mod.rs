//! *Sijejak*: who was near somebody with a positive test is told so, by day and by nothing else.
//!
//! An app's back end names a case: a phone, and the day of its test. Nothing is taken before whoever has
//! that phone has said yes, here, over any channel (`CONSENT`); no can be said at any time before, and is
//! kept. What is taken then is anonymous: tokens and days (`contact`). Each is a phone's, and the phone is
//! told the day, what to do, whom to call and where to be tested (`LOOK`, `PLACE`).
//!
//! The colour of the status (`domain.md` §3) is black while a contact is younger than
//! [`ExposureRules::contact_days`], or a positive test than [`ExposureRules::positive_days`]. It is the
//! phone's: no token tells which person of a family was there.
//!
//! **Architecture Invariant:** no value here leads from a contact to a case, or back.

mod contact;

use std::time::Duration;

use jiff::{ToSpan, civil::Date};

pub use self::contact::{
    CaseId, CaseIdError, Contact, ContactToken, ContactTokenError, DayError, MOST_CONTACTS,
};
use crate::{
    clock::{Timestamp, Zone},
    identity::birth,
    menu::catalogue::{Call, Effect, Given, Outcome, Sends},
    service::{
        Asking, Decision, Desk, open, personal,
        record::{Change, Facts, Need},
    },
    vault::SubscriberKey,
};

/// How long what counts, in days; from `[exposure]` of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExposureRules {
    /// A contact.
    pub contact_days: u16,
    /// A positive test.
    pub positive_days: u16,
    /// A question to a case, and a yes to it.
    pub consent_days: u16,
}

impl ExposureRules {
    /// The first moment at which nothing more is known of a contact of that day.
    pub fn forgotten(&self, day: Date, zone: Zone) -> Timestamp {
        Timestamp::at(after(day, self.contact_days).at(0, 0, 0, 0), zone)
    }

    /// The same of a case; its upload may come as long as a contact can be told.
    pub fn case_forgotten(&self, tested_on: Date, until: Timestamp, zone: Zone) -> Timestamp {
        let days = self.contact_days.max(self.positive_days);
        until.max(Timestamp::at(after(tested_on, days).at(0, 0, 0, 0), zone))
    }

    /// Until when a question can be answered that is asked now, or a yes stands that is given now.
    pub fn consent_until(&self, now: Timestamp) -> Timestamp {
        now.plus(Duration::from_secs(86_400 * u64::from(self.consent_days)))
    }

    /// Why a phone is black today, if it is. Of a contact and a test it is what lasts longer.
    pub fn black(&self, facts: &ExposureFacts, today: Date) -> Option<Black> {
        let since = |days: u16| today.saturating_sub(i32::from(days).days());
        let counts = |day: &Date, days: u16| *day > since(days);
        let contact = facts.days.iter().filter(|day| counts(day, self.contact_days)).max();
        let contact = contact.map(|&day| Black {
            why: Why::Contact,
            day,
            until: after(day, self.contact_days.saturating_sub(1)),
        });
        let tests = facts.cases.iter().map(|case| case.tested_on);
        let test = tests.filter(|day| counts(day, self.positive_days)).max();
        let test = test.map(|day| Black {
            why: Why::Positive,
            day,
            until: after(day, self.positive_days.saturating_sub(1)),
        });
        match (contact, test) {
            (Some(contact), Some(test)) if contact.until > test.until => Some(contact),
            (contact, test) => test.or(contact),
        }
    }
}

fn after(day: Date, days: u16) -> Date {
    day.saturating_add(i32::from(days).days())
}

/// Why a status is black.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Black {
    /// What happened.
    pub why: Why,
    /// On which day.
    pub day: Date,
    /// The last black day.
    pub until: Date,
}

/// What makes a status black.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The phone was near somebody.
    Contact,
    /// Somebody with this phone has tested positive.
    Positive,
}

/// How the consent of a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Consent {
    /// Nobody has answered yet.
    Asked,
    /// Yes.
    Given,
    /// No.
    Refused,
    /// Yes at first, and then no.
    Withdrawn,
    /// Yes, and what it was given for has been taken.
    Used,
}

impl Consent {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Asked, Self::Given, Self::Refused, Self::Withdrawn, Self::Used];

    /// The word in the database, and in what the app's back end is told.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Given => "given",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Used => "used",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.as_str() == word)
    }
}

/// What has to be read of a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExposureNeed {
    /// Whose.
    pub phone: SubscriberKey,
    /// When: what is forgotten by then is not read.
    pub at: Timestamp,
    /// How much.
    pub what: ExposureWhat,
}

/// How much is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExposureWhat {
    /// Contacts and cases.
    Days,
    /// Where to be tested.
    Place,
}

/// What is known of a phone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExposureFacts {
    /// On which days it was near somebody.
    pub days: Vec<Date>,
    /// Cases with this phone, oldest first.
    pub cases: Vec<CaseFacts>,
    /// A place near the home of somebody whom the phone knows.
    pub place: Option<TestingPlace>,
}

/// A case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFacts {
    /// Its name.
    pub id: CaseId,
    /// The day of the test.
    pub tested_on: Date,
    /// What was answered.
    pub consent: Consent,
    /// Until when it can be answered, or stands.
    pub until: Timestamp,
}

impl CaseFacts {
    fn is_open(&self, now: Timestamp) -> bool {
        self.consent != Consent::Used && self.until > now
    }
}

/// Where people are tested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestingPlace {
    /// The name people know.
    pub name: String,
    /// Where it is.
    pub address: String,
}

/// What a turn changes about a case of its phone. One that is used or over by then is a conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExposureChange {
    /// Which case.
    pub case: CaseId,
    /// The answer.
    pub consent: Consent,
    /// The version of the text that was agreed to, which is kept as a consent of the phone, too.
    pub version: Option<String>,
    /// Until when it stands, or can be changed.
    pub until: Timestamp,
}

const WIDEST_DAY: &str = "17-08-2021";
const CASE: Given = open("case", "");
const DAY: Given = personal("contact_day", WIDEST_DAY);
/// Every day that is kept: fourteen at most.
const DAYS: Given = personal(
    "contact_days",
    "30-08-2021, 29-08-2021, 28-08-2021, 27-08-2021, 26-08-2021, 25-08-2021, 24-08-2021, \
     23-08-2021, 22-08-2021, 21-08-2021, 20-08-2021, 19-08-2021, 18-08-2021, 17-08-2021",
);
const TEST_DAY: Given = personal("test_day", WIDEST_DAY);
const UNTIL: Given = personal("black_until", WIDEST_DAY);
const PLACE_NAME: Given = open("test_place", super::appointment::WIDEST_NAME);
const PLACE_ADDRESS: Given =
    open("test_address", "Jalan Raya Kebayoran Lama No. 1234, Jakarta Selatan, DKI 123");

/// Outcomes of whatever tells that the status is black, with the same values.
pub(super) const CONTACT: Outcome = Outcome {
    name: "contact",
    means: "The phone was near somebody who tested positive: the status is black.",
    gives: &[DAY, DAYS, UNTIL],
};
/// See [`CONTACT`].
pub(super) const POSITIVE: Outcome = Outcome {
    name: "positive",
    means: "Somebody with this phone has tested positive: the status is black.",
    gives: &[TEST_DAY, UNTIL],
};

/// What this phone is asked, or was told. A question comes first.
pub const LOOK: Call = Call {
    name: "exposure.look",
    effect: Effect::Reads,
    needs: &[],
    outcomes: &[
        Outcome {
            name: "asked",
            means: "A case with this phone is asked whether its contacts may be told.",
            gives: &[CASE, TEST_DAY],
        },
        Outcome {
            name: "given",
            means: "It has said yes, and nothing was taken yet: no can still be said.",
            gives: &[CASE, TEST_DAY],
        },
        Outcome {
            name: "refused",
            means: "It has said no, and can still say yes.",
            gives: &[CASE, TEST_DAY],
        },
        CONTACT,
        POSITIVE,
        Outcome { name: "none", means: "There is nothing about this phone.", gives: &[] },
    ],
};

/// The same without what a case is asked.
pub const BLACK: Call = Call {
    name: "exposure.black",
    effect: Effect::Reads,
    needs: &[],
    outcomes: &[
        CONTACT,
        POSITIVE,
        Outcome { name: "none", means: "The status is not black.", gives: &[] },
    ],
};

const LATE: Outcome = Outcome {
    name: "late",
    means: "It is too late: the contacts were told, or the time is over.",
    gives: &[],
};

/// The case says yes to the text whose version the menu names.
pub const CONSENT: Call = Call {
    name: "exposure.consent",
    effect: Effect::Changes,
    needs: &["case", "consent"],
    outcomes: &[Outcome { name: "given", means: "The yes is kept.", gives: &[] }, LATE],
};

/// The case says no, also after a yes.
pub const REFUSE: Call = Call {
    name: "exposure.refuse",
    effect: Effect::Changes,
    needs: &["case"],
    outcomes: &[Outcome { name: "refused", means: "The no is kept.", gives: &[] }, LATE],
};

/// Where to be tested: a place in the regency where somebody lives whom this phone knows.
pub const PLACE: Call = Call {
    name: "exposure.place",
    effect: Effect::Reads,
    needs: &[],
    outcomes: &[
        Outcome { name: "found", means: "A place is near.", gives: &[PLACE_NAME, PLACE_ADDRESS] },
        Outcome { name: "unknown", means: "Nobody knows where this phone lives.", gives: &[] },
    ],
};

/// Asks a case for its consent. It tells whoever reads it nothing of a test.
pub const ASK_TEXT: Sends = Sends { call: CONSENT.name, name: "exposure_ask", gives: &[] };
/// Tells a phone of a contact.
pub const CONTACT_TEXT: Sends = Sends { call: LOOK.name, name: "exposure_contact", gives: &[DAY] };
/// The same with a place to be tested.
pub const CONTACT_NEAR_TEXT: Sends =
    Sends { call: PLACE.name, name: "exposure_contact_near", gives: &[DAY, PLACE_NAME] };

/// The screen that asks a case without being asked for; a menu need not have it.
pub const ASK_SCREEN: &str = "contact_push";

/// The text that tells a contact, and its values.
pub fn told(
    day: Date,
    place: Option<&TestingPlace>,
) -> (&'static str, Vec<(&'static str, String)>) {
    let mut values = vec![(DAY.name, birth::show(day))];
    let Some(place) = place else { return (CONTACT_TEXT.name, values) };
    values.push((PLACE_NAME.name, place.name.clone()));
    (CONTACT_NEAR_TEXT.name, values)
}

/// What `status.read` has to know as well.
pub(super) fn need_days(asking: Asking<'_>) -> Option<ExposureNeed> {
    Some(ExposureNeed { phone: asking.subscriber, at: asking.now, what: ExposureWhat::Days })
}

pub(super) fn need(asking: Asking<'_>, what: ExposureWhat) -> Need {
    let need = ExposureNeed { phone: asking.subscriber, at: asking.now, what };
    Need { exposure: Some(need), ..Need::default() }
}

/// That the status is black, if it is and whoever asks has not read it in this conversation: the menu
/// says so by the value `black`.
pub(super) fn black(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    if asking.values.text("black").is_some() {
        return None;
    }
    desk.exposure.black(&facts.exposure, asking.today).map(|black| tell(black, &facts.exposure))
}

fn tell(black: Black, facts: &ExposureFacts) -> Decision {
    let (outcome, day) = match black.why {
        Why::Contact => (CONTACT.name, DAY.name),
        Why::Positive => (POSITIVE.name, TEST_DAY.name),
    };
    let (on, until) = (birth::show(black.day), birth::show(black.until));
    let decision = Decision::of(outcome).give(day, on).give(UNTIL.name, until);
    match black.why {
        Why::Contact => decision.give(DAYS.name, all(&facts.days)),
        Why::Positive => decision,
    }
}

/// Days as a list shows them, latest first.
fn all(days: &[Date]) -> String {
    let mut days = days.to_vec();
    days.sort_unstable_by(|one, other| other.cmp(one));
    days.into_iter().map(birth::show).collect::<Vec<_>>().join(", ")
}

pub(super) fn look(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let open = |consents: &[Consent]| {
        let mut cases = facts.exposure.cases.iter();
        cases.find(|case| consents.contains(&case.consent) && case.is_open(asking.now))
    };
    let of = |outcome, case: &CaseFacts| {
        Some(
            Decision::of(outcome)
                .give(CASE.name, case.id.as_str())
                .give(TEST_DAY.name, birth::show(case.tested_on)),
        )
    };
    if let Some(case) = open(&[Consent::Asked]) {
        return of("asked", case);
    }
    if let Some(case) = open(&[Consent::Given]) {
        return of("given", case);
    }
    if let Some(case) = open(&[Consent::Refused, Consent::Withdrawn]) {
        return of("refused", case);
    }
    Some(colour(desk, asking, facts))
}

pub(super) fn colour(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Decision {
    let black = desk.exposure.black(&facts.exposure, asking.today);
    black.map_or(Decision::of("none"), |black| tell(black, &facts.exposure))
}

/// The case that is answered, while it can be.
fn answered<'f>(asking: Asking<'_>, facts: &'f Facts) -> Option<&'f CaseFacts> {
    let id = asking.values.text(CASE.name)?;
    let mut cases = facts.exposure.cases.iter();
    cases.find(|case| case.id.as_str() == id && case.is_open(asking.now))
}

pub(super) fn consent(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let version = asking.values.text("consent")?.to_owned();
    let Some(case) = answered(asking, facts) else { return Some(Decision::of("late")) };
    let decision = Decision::of("given");
    if case.consent == Consent::Given {
        return Some(decision);
    }
    let change = ExposureChange {
        case: case.id.clone(),
        consent: Consent::Given,
        version: Some(version),
        until: desk.exposure.consent_until(asking.now),
    };
    Some(decision.change(Change::Exposure(change)))
}

pub(super) fn refuse(asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let Some(case) = answered(asking, facts) else { return Some(Decision::of("late")) };
    let consent = match case.consent {
        Consent::Given => Consent::Withdrawn,
        // A second no is the first.
        Consent::Refused | Consent::Withdrawn => return Some(Decision::of("refused")),
        Consent::Asked | Consent::Used => Consent::Refused,
    };
    let (case, until) = (case.id.clone(), case.until);
    let change = ExposureChange { case, consent, version: None, until };
    Some(Decision::of("refused").change(Change::Exposure(change)))
}

pub(super) fn place(facts: &Facts) -> Option<Decision> {
    Some(match &facts.exposure.place {
        Some(place) => Decision::of("found")
            .give(PLACE_NAME.name, place.name.as_str())
            .give(PLACE_ADDRESS.name, place.address.as_str()),
        None => Decision::of("unknown"),
    })
}
