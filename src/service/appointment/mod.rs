//! *Jadwal vaksin*: a place, a day and a time for the next dose, and a ticket for it.
//!
//! What a person may book follows from the record: the first dose for whoever is registered, the next
//! one from the day on that the vaccine's interval says. Before the last question a seat is held
//! (`seat`), so that a yes is a yes; `choose` lists places and times, `book` takes one.
//!
//! **Architecture Invariant:** nothing here counts seats down. A seat is somebody's or nobody's, and
//! which one a person gets is decided where rows are locked.

mod book;
mod choose;
mod seat;
mod wait;

use std::time::Duration;

use jiff::civil::Date;
use serde::Deserialize;

pub(super) use self::book::{cancelled, unseen};
pub use self::{
    book::{
        BOOK, BOOKED_TEXT, CANCEL, CANCELLED_TEXT, HOLD, NOT_BOOKED_TEXT, RELEASE, REMINDER_TEXT,
        TICKET_GONE, hung_up, remind_at,
    },
    choose::{DAYS, DAYS_OF, DISTRICTS, DISTRICTS_OF, PLACES, PLACES_OF, SLOTS, SLOTS_OF},
    seat::{
        AppointmentChange, AppointmentFacts, AppointmentNeed, AppointmentState, Between, Booked,
        Booking, CheckIn, Ended, EndedAs, Held, HoldNeed, Seat,
    },
    wait::{
        Ahead, CALLED_OFF_TEXT, GOOD_AGAIN_TEXT, IN_LINE, InLine, InLineOf, LEAVE, LET_DOWN_TEXT,
        LINE_LONG_TEXT, LINE_MISSED_TEXT, LINE_OVER_TEXT, LINES_OF, Line, OFFER_TEXT, Offer, PASS,
        RECORDED_TEXT, WAIT, WAIT_DAY, assign, told as told_offer, told_line_over, told_ticket,
    },
};
use crate::{
    identity::{birth, region},
    menu::catalogue::{Call, Effect, Given, Outcome},
    service::{
        Asking, Decision, Desk,
        facility::{Facility, FacilityCode},
        inquiry::{Kind, Known, Outward},
        open,
        person::waiting_number,
        picked_person,
        record::{Change, Facts, Need, Person},
        region::WIDEST as WIDEST_REGENCY,
        status::visible,
    },
};

/// `[appointments]`: how long seats are held, and which days are offered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppointmentRules {
    /// How long a seat is held for somebody who is asked whether it is right, in minutes.
    pub hold_minutes: u16,
    /// How many days are offered, from tomorrow or the day on which the dose is due.
    pub days: u16,
    /// A dose that is due later than so many days from now cannot be booked yet.
    pub ahead_days: u16,
    /// At which hour of the day before people are reminded, where the place is.
    pub remind_at: u8,
    /// How long a seat that came free is kept for somebody in line, in minutes.
    pub offer_minutes: u16,
    /// Whoever lets so many offers go by is out of the line.
    pub offers: u8,
    /// Whoever waits longer is out of it, too.
    pub wait_days: u16,
    /// Lines in which one person may stand.
    pub lines: u8,
    /// People in one line: all of it is gone through when a seat comes free.
    pub line_length: u16,
}

impl AppointmentRules {
    /// What is wrong with them, if anything is.
    pub fn wrong(&self) -> Option<String> {
        const YEAR: u16 = 366;
        let most_lines = u16::try_from(wait::MOST_LINES).unwrap_or(u16::MAX);
        let most_days = u16::try_from(choose::MOST_DAYS).unwrap_or(u16::MAX);
        let spans = [
            ("hold_minutes", self.hold_minutes, 1..=60),
            ("days", self.days, 1..=most_days),
            ("ahead_days", self.ahead_days, 0..=YEAR),
            ("remind_at", self.remind_at.into(), 0..=23),
            ("offer_minutes", self.offer_minutes, 1..=1440),
            ("offers", self.offers.into(), 1..=u16::from(u8::MAX)),
            ("wait_days", self.wait_days, 1..=YEAR),
            ("lines", self.lines.into(), 1..=most_lines),
            ("line_length", self.line_length, 1..=wait::LONGEST_LINE),
        ];
        let bad = spans.into_iter().find(|(_, value, span)| !span.contains(value));
        bad.map(|(name, _, span)| {
            format!("appointments.{name} is from {} to {}", span.start(), span.end())
        })
    }

    fn hold_for(&self) -> Duration {
        Duration::from_secs(60 * u64::from(self.hold_minutes))
    }

    /// How long an offer holds.
    pub fn offer_for(&self) -> Duration {
        Duration::from_secs(60 * u64::from(self.offer_minutes))
    }

    /// How long somebody may wait.
    pub fn wait_for(&self) -> Duration {
        Duration::from_secs(86_400 * u64::from(self.wait_days))
    }
}

pub(super) const WIDEST_NAME: &str = "Puskesmas Kec. Kebayoran LamaW";
const WIDEST_DAY: &str = "17-08-2021";
const WIDEST_TIME: &str = "08:00-09:00";

const TICKET: Given = open("ticket", "888 888 8888");
const DOSE: Given = open("dose_number", "3");
const FROM: Given = open("from", WIDEST_DAY);
/// The first day and the vaccine of the dose, which must be the one of the course; hidden.
const DUE_FROM: Given = open("due_from", "");
const VACCINE: Given = open("course", "");
const REGENCY: Given = open("regency", "3173");
const REGENCY_NAME: Given = open("regency_name", WIDEST_REGENCY);
const PLACE: Given = open("place", "");
const PLACE_NAME: Given = open("place_name", WIDEST_NAME);
const DAY_NAME: Given = open("day_name", WIDEST_DAY);
const SLOT_NAME: Given = open("slot_name", WIDEST_TIME);

/// How long the record has for the dose of somebody who was checked in. Until then the dose cannot be booked
/// again; after it nobody waits for the record any more, because perhaps it was not given.
pub const RECORDED_WITHIN: Duration = Duration::from_secs(14 * 86_400);

const ATTENDED: Outcome = Outcome {
    name: "attended",
    means: "The person was checked in for this dose, and the record does not have it yet.",
    gives: &[],
};

const NOT_DUE: Outcome = Outcome {
    name: "not_due",
    means: "Nothing can be booked for this person any more; look again.",
    gives: &[],
};

/// What can be booked for the person picked, or has been. Whatever this phone held is free again.
///
/// By a text whose source was forged nobody loses a seat: it is confirmed first, and before the rush.
pub const LOOK: Call = Call {
    name: "appointment.look",
    effect: Effect::Changes,
    needs: &["person"],
    outcomes: &[
        Outcome { name: "unregistered", means: "Nobody is registered yet.", gives: &[] },
        Outcome { name: "waiting", means: "The registration waits for validation.", gives: &[] },
        Outcome {
            name: "gap",
            means: "A dose was not entered: nobody knows which one is next.",
            gives: &[],
        },
        Outcome { name: "done", means: "No further dose is due.", gives: &[] },
        Outcome {
            name: "slow",
            means: "The record does not answer in time, and we have nothing of it: a text says when it does.",
            gives: &[],
        },
        Outcome {
            name: "later",
            means: "The next dose is due on a day that is too far away.",
            gives: &[DOSE, FROM],
        },
        Outcome { gives: &[DOSE], ..ATTENDED },
        Outcome {
            name: "offered",
            means: "The person waited, and a seat is kept for them.",
            gives: &wait::OFFERED,
        },
        Outcome {
            name: "in_line",
            means: "The person waits at a place.",
            gives: &[DOSE, FROM, DUE_FROM, VACCINE, wait::LINE, PLACE_NAME, wait::POSITION],
        },
        Outcome {
            name: "in_lines",
            means: "The person waits at several.",
            gives: &[DOSE, FROM, DUE_FROM, VACCINE, open("lines", "")],
        },
        Outcome {
            name: "stranded",
            means: "There is an appointment, and its place cannot take them.",
            gives: &[TICKET, DOSE, FROM, DUE_FROM, VACCINE, PLACE, PLACE_NAME, DAY_NAME, SLOT_NAME],
        },
        Outcome {
            name: "booked",
            means: "There is an appointment.",
            gives: &[TICKET, DOSE, FROM, DUE_FROM, VACCINE, PLACE, PLACE_NAME, DAY_NAME, SLOT_NAME],
        },
        Outcome {
            name: "home",
            means: "A dose can be booked, perhaps near home.",
            gives: &[DOSE, FROM, DUE_FROM, VACCINE, REGENCY, REGENCY_NAME],
        },
        Outcome {
            name: "anywhere",
            means: "A dose can be booked; nobody knows where home is.",
            gives: &[DOSE, FROM, DUE_FROM, VACCINE],
        },
    ],
};

/// Which dose is next.
pub(super) enum Due<'p> {
    Unregistered,
    Gap,
    Done,
    /// A dose, from a day on, perhaps of the vaccine that the course began with.
    Dose {
        number: u8,
        from: Date,
        vaccine: Option<&'p str>,
    },
}

impl Desk {
    /// What the record says is next for a person. Whoever is registered only there can book as well.
    pub(super) fn due<'p>(&self, person: &'p Person, facts: &Facts, today: Date) -> Due<'p> {
        let mut last = None;
        for (dose, number) in person.doses.iter().zip(1u8..) {
            match dose.given_on {
                Some(on) if dose.number == number => last = Some((dose, on)),
                _ => return Due::Gap,
            }
        }
        let Some((dose, on)) = last else {
            let from = person.eligible_from.unwrap_or(today).max(today);
            return match (&person.registration, facts.elsewhere()) {
                (None, None) => Due::Unregistered,
                _ => Due::Dose { number: 1, from, vaccine: None },
            };
        };
        let course_done = self.vaccines.completes(&dose.vaccine, dose.number);
        match self.vaccines.next_due(&dose.vaccine, dose.number, on) {
            Some(from) => Due::Dose {
                number: dose.number + 1,
                from: from.max(today),
                vaccine: Some(dose.vaccine.as_str()).filter(|_| !course_done),
            },
            None => Due::Done,
        }
    }
}

/// What has to be read before a call of appointments can be decided.
pub(super) fn need(desk: &Desk, call: &str, asking: Asking<'_>) -> Need {
    match call {
        "appointment.districts" | "appointment.places" => choose::need_region(asking),
        "appointment.days" => choose::need_days(desk, asking),
        "appointment.slots" => choose::need_day(asking),
        "appointment.hold" | "appointment.book" => book::need(desk, asking),
        "appointment.wait" | "appointment.wait_day" => wait::need(desk, asking),
        _ => need_person(asking),
    }
}

/// What a call of appointments comes to.
pub(super) fn decide(
    desk: &Desk,
    call: &str,
    asking: Asking<'_>,
    facts: &Facts,
) -> Option<Decision> {
    match call {
        "appointment.look" => look(desk, asking, facts),
        "appointment.districts" => choose::districts(asking, facts),
        "appointment.places" => choose::places(asking, facts),
        "appointment.days" => choose::days(desk, asking, facts),
        "appointment.slots" => choose::slots(asking, facts),
        "appointment.hold" => book::hold(desk, asking, facts),
        "appointment.book" => book::book(desk, asking, facts),
        "appointment.release" => Some(book::release(asking)),
        "appointment.cancel" => book::cancel(asking, facts),
        "appointment.wait" => wait::wait(desk, asking, facts, None),
        "appointment.wait_day" => wait::wait(desk, asking, facts, Some(choose::day(asking)?)),
        "appointment.line" => wait::line(asking, facts),
        "appointment.leave" => wait::leave(asking, facts),
        "appointment.pass" => wait::pass(asking, facts),
        _ => None,
    }
}

/// What calls about a person's appointments read.
fn need_person(asking: Asking<'_>) -> Need {
    Need {
        person: picked_person(asking.values),
        people: Some(asking.subscriber),
        appointment: Some(of_person(asking)),
        ..Need::default()
    }
}

/// The appointments of the person picked.
pub(super) fn of_person(asking: Asking<'_>) -> AppointmentNeed {
    AppointmentNeed { person: picked_person(asking.values), ..nothing(asking) }
}

fn nothing(asking: Asking<'_>) -> AppointmentNeed {
    AppointmentNeed { at: asking.now, person: None, regency: None, facility: None, hold: None }
}

fn look(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    Some(seen(desk, asking, facts)?.change(Change::Appointment(AppointmentChange::LetGo)))
}

fn seen(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    if waiting_number(asking.values).is_some() {
        return Some(Decision::of("waiting"));
    }
    if facts.person.is_none() && facts.known == Known::NotYet {
        return Some(Decision::of("slow").ask(Outward::Later(Kind::Status)));
    }
    let person = visible(asking, facts)?;
    let (dose, from, vaccine) = match desk.due(person, facts, asking.today) {
        Due::Unregistered => return Some(Decision::of("unregistered")),
        Due::Gap => return Some(Decision::of("gap")),
        Due::Done => return Some(Decision::of("done")),
        Due::Dose { number, from, vaccine } => (number, from, vaccine),
    };
    if facts.appointment.attended.contains(&dose) {
        return Some(Decision::of(ATTENDED.name).give(DOSE.name, dose.to_string()));
    }
    let found = |name| {
        Decision::of(name)
            .give(DOSE.name, dose.to_string())
            .give(FROM.name, birth::show(from))
            .give(DUE_FROM.name, from.to_string())
            .give(VACCINE.name, vaccine.unwrap_or_default())
    };
    let booked = standing(asking, facts, dose);
    let line = wait::seen(asking, facts, dose, |name| {
        // With an offer that is taken the ticket is given up.
        let ticket = booked.map(|booked| booked.number.to_string());
        found(name).give(TICKET.name, ticket.unwrap_or_default())
    });
    match (booked, line) {
        (_, Some(line)) if line.outcome == "offered" => return Some(line),
        (Some(Booked { stranded: None, .. }), _) | (_, None) => {}
        (_, line) => return line,
    }
    if let Some(booked) = booked {
        let name = if booked.stranded.is_some() { "stranded" } else { "booked" };
        let decision = found(name).give(PLACE.name, booked.seat.facility.as_str());
        return Some(tell(decision, booked));
    }
    let ahead = i64::from(desk.appointments.ahead_days);
    if super::status::days_between(asking.today, from) > ahead {
        return Some(found("later"));
    }
    let home = facts.appointment.home.as_deref().and_then(region::regency);
    Some(match home {
        Some(home) => {
            found("home").give(REGENCY.name, home.code).give(REGENCY_NAME.name, home.name)
        }
        None => found("anywhere"),
    })
}

/// The appointment of that dose that is still to come.
fn standing<'f>(asking: Asking<'_>, facts: &'f Facts, dose: u8) -> Option<&'f Booked> {
    let mut booked = facts.appointment.booked.iter();
    booked.find(|booked| booked.dose == dose && booked.ends() > asking.now)
}

/// The appointment that its place lets down: whoever has it comes before those who wait.
fn priority(facts: &Facts) -> Option<&Booked> {
    facts.appointment.booked.iter().find(|booked| booked.stranded.is_some())
}

/// A decision that says what an appointment is.
fn tell(decision: Decision, booked: &Booked) -> Decision {
    decision
        .give(TICKET.name, booked.number.to_string())
        .give(PLACE_NAME.name, booked.place.as_str())
        .give(DAY_NAME.name, birth::show(booked.day()))
        .give(SLOT_NAME.name, booked.time())
}

/// The place that was picked.
fn place(asking: Asking<'_>) -> Option<FacilityCode> {
    FacilityCode::parse(asking.values.text("place")?).ok()
}

/// The vaccine that the course has to go on with, if it has begun.
fn course<'v>(asking: Asking<'v>) -> Option<&'v str> {
    asking.values.text(VACCINE.name).filter(|vaccine| !vaccine.is_empty())
}

/// The place picked, as it is now.
fn found<'f>(asking: Asking<'_>, facts: &'f Facts) -> Option<&'f Facility> {
    let code = place(asking)?;
    facts.appointment.facilities.iter().find(|facility| facility.code == code)
}
