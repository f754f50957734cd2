//! The waiting list of a place: who stands in it, and who is offered what came free.
//!
//! A seat that comes free while somebody waits is theirs before it is anybody else's: for them it is
//! `offered`, for a while; for others there is none as long as somebody waits who was offered nothing
//! ([`Ahead::bars`]). Whoever lets an offer go by goes to the end of the line, and after some of them out
//! of it. [`assign`] says which seats are whose; who runs it, and when, is not known here.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};

use super::{
    AppointmentChange, DAY_NAME, DOSE, PLACE, PLACE_NAME, SLOT_NAME, Seat, WIDEST_NAME, choose,
    found, priority,
};
use crate::{
    clock::{Timestamp, Zone},
    identity::{birth, region},
    menu::{
        catalogue::{Call, Effect, Given, List, Outcome, Privacy, Sends},
        state::Row,
    },
    outbox::{Class, Lane},
    service::{
        Asking, Decision, Desk,
        appointment::{BOOK, Due},
        facility::{Facility, FacilityCode, Slot},
        number::Number,
        open, picked_person,
        record::{Change, Facts, Need, Person},
        status::visible,
    },
    vault::{NikIndex, SubscriberKey},
};

/// Lines in which one person may stand, however it is configured: a screen shows all of them.
pub const MOST_LINES: usize = 3;

/// People in one line, however it is configured: nobody is told a place with more than five digits.
pub const LONGEST_LINE: u16 = 20_000;

/// Somebody in the line of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InLine {
    /// Where.
    pub facility: FacilityCode,
    /// Who.
    pub person: NikIndex,
    /// For which dose.
    pub dose: u8,
    /// The only day that will do, if not any.
    pub day: Option<Date>,
    /// The day on which the dose is due.
    pub from: Date,
    /// The vaccine that the course goes on with.
    pub vaccine: Option<String>,
    /// The phone that asked.
    pub by: SubscriberKey,
    /// Over which service.
    pub service: String,
    /// The queue of what is sent to them.
    pub lane: Lane,
    /// Their place in the line: those with an earlier moment stand before them. Whoever a place has let down
    /// stands where their ticket was booked.
    pub since: Timestamp,
    /// Since when they wait.
    pub joined: Timestamp,
}

/// A seat that is kept for somebody in line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Which.
    pub seat: Seat,
    /// Until when.
    pub until: Timestamp,
}

/// A line in which a person stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Where.
    pub facility: FacilityCode,
    /// The name of that place.
    pub place: String,
    /// Its clock.
    pub zone: Zone,
    /// How long its slots are, in minutes.
    pub minutes: u16,
    /// For which dose.
    pub dose: u8,
    /// How many stand before them, and they.
    pub position: u32,
    /// What is kept for them.
    pub offer: Option<Offer>,
}

/// People in the line of a place who were offered nothing yet, and want the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ahead {
    /// The only day that will do, if not any.
    pub day: Option<Date>,
    /// The vaccine that their course goes on with.
    pub vaccine: Option<String>,
    /// The first day on which the dose of one of them is due.
    pub from: Date,
}

impl Ahead {
    /// Whether a seat of that day is theirs before it is anybody else's.
    pub fn bars(&self, place: &Facility, day: Date) -> bool {
        self.from <= day
            && self.day.is_none_or(|only| only == day)
            && place.gives(self.vaccine.as_deref())
    }
}

/// Whom a free seat is offered: for each place in `line`, which is in its order, the first slot that suits.
///
/// `taken` says how many seats of each slot are somebody's; `days` is how many days may be booked.
pub fn assign(
    place: &Facility,
    line: &[InLine],
    taken: &BTreeMap<Timestamp, u16>,
    now: Timestamp,
    days: u16,
) -> Vec<(usize, Slot)> {
    let tomorrow = now.date(place.zone()).saturating_add(1.day());
    let mut free: BTreeMap<Date, Vec<(Slot, u16)>> = BTreeMap::new();
    let room = |day: Date| {
        let left =
            |slot: &Slot| place.quota.saturating_sub(taken.get(&slot.start).copied().unwrap_or(0));
        let slots = place.slots(day).into_iter().map(|slot| (slot, left(&slot)));
        slots.filter(|(_, left)| *left > 0).collect()
    };
    let mut offers = Vec::new();
    for (at, who) in line.iter().enumerate().filter(|(_, who)| place.gives(who.vaccine.as_deref()))
    {
        let days = place.days(now, who.from, days);
        for day in days.filter(|day| *day >= tomorrow && who.day.is_none_or(|only| only == *day)) {
            let slots = free.entry(day).or_insert_with(|| room(day));
            if let Some((slot, left)) = slots.iter_mut().find(|(_, left)| *left > 0) {
                *left -= 1;
                offers.push((at, *slot));
                break;
            }
        }
    }
    offers
}

impl InLine {
    /// Whether an offer would still be of use: the person is there, the phone knows them, the dose is the
    /// next one, and the day is still to come.
    pub fn stands(&self, desk: &Desk, facts: &Facts, today: Date) -> bool {
        let known = facts.people.iter().any(|known| known.person == self.person);
        let due = |person: &Person| match desk.due(person, facts, today) {
            Due::Dose { number, .. } => number == self.dose,
            Due::Unregistered | Due::Gap | Due::Done => false,
        };
        let to_come = self.day.is_none_or(|day| day > today);
        let person = facts.person.as_ref().filter(|person| !person.blocked);
        known && to_come && person.is_some_and(due)
    }
}

pub(super) const LINE: Given = open("line", "");
pub(super) const POSITION: Given = open("position", "88888");
/// Until when an offer holds.
pub(super) const UNTIL: Given = open("until", "17-08 20:00");

/// The lines that `appointment.look` found.
pub const LINES_OF: List = List {
    name: "lines",
    needs: &["lines"],
    rows: |values| values.rows("lines").to_vec(),
    longest: WIDEST_NAME,
    most: MOST_LINES,
    privacy: Privacy::Open,
};

const JOINED: [Outcome; 5] = [
    Outcome {
        name: "joined",
        means: "The person stands in the line.",
        gives: &[PLACE_NAME, POSITION, LINE],
    },
    Outcome { name: "room", means: "There is room by now.", gives: &[] },
    Outcome { name: "too_many", means: "They wait at enough places already.", gives: &[] },
    Outcome { name: "long", means: "Enough people wait there already.", gives: &[] },
    Outcome { name: "gone", means: "The place is none for this dose any more.", gives: &[] },
];

/// Waits for any day of the place picked.
pub const WAIT: Call = Call {
    name: "appointment.wait",
    effect: Effect::Changes,
    needs: &["person", "dose_number", "due_from", "course", "place"],
    outcomes: &JOINED,
};

/// Waits for the day picked.
pub const WAIT_DAY: Call = Call {
    name: "appointment.wait_day",
    effect: Effect::Changes,
    needs: &["person", "dose_number", "due_from", "course", "place", "day"],
    outcomes: &JOINED,
};

/// The line picked, as it is now.
pub const IN_LINE: Call = Call {
    name: "appointment.line",
    effect: Effect::Reads,
    needs: &["person", "line"],
    outcomes: &[
        Outcome { name: "in_line", means: "They stand in it.", gives: &[PLACE_NAME, POSITION] },
        Outcome { name: "gone", means: "They do not any more.", gives: &[] },
    ],
};

/// Leaves the line picked; an offer is somebody else's then.
pub const LEAVE: Call = Call {
    name: "appointment.leave",
    effect: Effect::Changes,
    needs: &["person", "line"],
    outcomes: &[Outcome { name: "left", means: "They do not stand in it.", gives: &[] }],
};

/// Lets an offer go by, and goes to the end of that line.
pub const PASS: Call = Call {
    name: "appointment.pass",
    effect: Effect::Changes,
    needs: &["person", "line"],
    outcomes: &[Outcome { name: "passed", means: "The seat is somebody else's.", gives: &[] }],
};

/// A seat came free.
pub const OFFER_TEXT: Sends = Sends {
    call: BOOK.name,
    name: "appointment_offer",
    gives: &[PLACE_NAME, DAY_NAME, SLOT_NAME, UNTIL],
};

/// The place cannot take somebody who has a ticket.
pub const LET_DOWN_TEXT: Sends = Sends {
    call: BOOK.name,
    name: "appointment_let_down",
    gives: &[super::TICKET, PLACE_NAME, DAY_NAME, SLOT_NAME],
};

/// The place can take somebody after all whom it had let down.
pub const GOOD_AGAIN_TEXT: Sends = Sends {
    call: BOOK.name,
    name: "appointment_good_again",
    gives: &[super::TICKET, PLACE_NAME, DAY_NAME, SLOT_NAME],
};

/// The record says that the dose was given: the ticket for it ended.
pub const RECORDED_TEXT: Sends = Sends {
    call: BOOK.name,
    name: "appointment_recorded",
    gives: &[super::TICKET, PLACE_NAME, DAY_NAME, SLOT_NAME],
};

/// Staff called an appointment off.
pub const CALLED_OFF_TEXT: Sends = Sends {
    call: BOOK.name,
    name: "appointment_called_off",
    gives: &[super::TICKET, PLACE_NAME, DAY_NAME, SLOT_NAME],
};

/// The place for which somebody waited is closed for good.
pub const LINE_OVER_TEXT: Sends =
    Sends { call: BOOK.name, name: "appointment_line_over", gives: &[PLACE_NAME] };

/// Somebody waited for as long as anybody may.
pub const LINE_LONG_TEXT: Sends =
    Sends { call: BOOK.name, name: "appointment_line_long", gives: &[PLACE_NAME] };

/// Somebody let too many offers go by.
pub const LINE_MISSED_TEXT: Sends =
    Sends { call: BOOK.name, name: "appointment_line_missed", gives: &[PLACE_NAME] };

/// What a change of the waiting list is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InLineOf {
    /// Where.
    pub facility: FacilityCode,
    /// Who.
    pub person: NikIndex,
}

pub(super) fn need(desk: &Desk, asking: Asking<'_>) -> Need {
    let person = picked_person(asking.values);
    Need { person, people: Some(asking.subscriber), ..choose::need_days(desk, asking) }
}

pub(super) fn wait(
    desk: &Desk,
    asking: Asking<'_>,
    facts: &Facts,
    only: Option<Date>,
) -> Option<Decision> {
    let person = visible(asking, facts)?;
    let dose = asking.values.text(DOSE.name)?.parse().ok()?;
    let (from, vaccine) = match desk.due(person, facts, asking.today) {
        Due::Dose { number, from, vaccine } if number == dose => (from, vaccine),
        _ => return Some(Decision::of("gone")),
    };
    let Some(place) = found(asking, facts).filter(|of| choose::suits(asking, of)) else {
        return Some(Decision::of("gone"));
    };
    let mut days = choose::open_days(desk, asking, facts, place);
    if days.any(|day| only.is_none_or(|only| only == day)) {
        return Some(Decision::of("room"));
    }
    let lines = &facts.appointment.lines;
    let before = lines.iter().find(|line| line.facility == place.code);
    if before.is_none() && lines.len() >= usize::from(desk.appointments.lines) {
        return Some(Decision::of("too_many"));
    }
    if before.is_none() && facts.appointment.in_line >= u32::from(desk.appointments.line_length) {
        return Some(Decision::of("long"));
    }
    // Whoever the place has let down comes before those who came after their ticket was booked.
    let let_down = priority(facts).map(|booked| booked.since);
    let ahead = match let_down {
        Some(_) => facts.appointment.in_line_before,
        None => facts.appointment.in_line,
    };
    let position = before.map_or(ahead.saturating_add(1), |line| line.position);
    let nik = person.nik.as_str();
    let home = facts.appointment.home.as_deref().or_else(|| nik.get(..4));
    let joining = InLine {
        facility: place.code.clone(),
        person: person.index,
        dose,
        day: only,
        from,
        vaccine: vaccine.map(str::to_owned),
        by: asking.subscriber,
        service: asking.service.to_owned(),
        lane: Lane { class: Class::Reply, zone: home.map_or(place.zone(), region::zone) },
        since: let_down.unwrap_or(asking.now),
        joined: asking.now,
    };
    Some(
        Decision::of("joined")
            .give(PLACE_NAME.name, place.name.as_str())
            .give(POSITION.name, position.to_string())
            .give(LINE.name, place.code.as_str())
            .change(Change::Appointment(AppointmentChange::Wait(joining))),
    )
}

pub(super) fn line(asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    visible(asking, facts)?;
    let wanted = asking.values.text(LINE.name)?;
    let mut lines = facts.appointment.lines.iter();
    Some(match lines.find(|line| line.facility.as_str() == wanted) {
        Some(line) => Decision::of("in_line")
            .give(PLACE_NAME.name, line.place.as_str())
            .give(POSITION.name, line.position.to_string()),
        None => Decision::of("gone"),
    })
}

pub(super) fn leave(asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let of = picked_line(asking, facts)?;
    Some(Decision::of("left").change(Change::Appointment(AppointmentChange::Leave(of))))
}

pub(super) fn pass(asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let of = picked_line(asking, facts)?;
    Some(Decision::of("passed").change(Change::Appointment(AppointmentChange::Pass(of))))
}

fn picked_line(asking: Asking<'_>, facts: &Facts) -> Option<InLineOf> {
    let person = visible(asking, facts)?.index;
    let facility = FacilityCode::parse(asking.values.text(LINE.name)?).ok()?;
    Some(InLineOf { facility, person })
}

/// What somebody in line is told first: a seat that is kept for them, or where they stand.
pub(super) fn seen(
    asking: Asking<'_>,
    facts: &Facts,
    dose: u8,
    say: impl Fn(&'static str) -> Decision,
) -> Option<Decision> {
    let lines = || facts.appointment.lines.iter().filter(|line| line.dose == dose);
    let open = |line: &Line| line.offer.clone().filter(|offer| offer.until > asking.now);
    if let Some((line, offer)) = lines().find_map(|line| Some((line, open(line)?))) {
        return Some(offered(line, &offer, say("offered")));
    }
    let rows: Vec<Row> = lines()
        .map(|line| Row { id: line.facility.as_str().to_owned(), label: line.place.clone() })
        .collect();
    let first = lines().next()?;
    Some(match rows.len() {
        1 => say("in_line")
            .give(LINE.name, first.facility.as_str())
            .give(PLACE_NAME.name, first.place.as_str())
            .give(POSITION.name, first.position.to_string()),
        _ => choose::with_rows(say("in_lines"), "lines", rows),
    })
}

fn offered(line: &Line, offer: &Offer, decision: Decision) -> Decision {
    let code = line.facility.as_str();
    let start = offer.seat.start.local(line.zone);
    let minute = i64::from(start.hour()) * 60 + i64::from(start.minute());
    let decision = decision
        .give(LINE.name, code)
        .give(PLACE.name, code)
        .give("day", start.date().to_string())
        .give("slot", minute.to_string());
    let mut decision = decision;
    for (name, value) in told(&line.place, line.zone, line.minutes, offer) {
        decision = decision.give(name, value);
    }
    decision
}

/// What is said of a ticket: by whom it reminds, and by whom its place lets down.
pub fn told_ticket(
    number: &str,
    place: &str,
    (start, minutes, zone): (Timestamp, u16, Zone),
) -> [(&'static str, String); 4] {
    let number = Number::parse(number).map(|number| number.to_string());
    [
        (super::TICKET.name, number.unwrap_or_default()),
        (PLACE_NAME.name, place.to_owned()),
        (DAY_NAME.name, birth::show(start.date(zone))),
        (SLOT_NAME.name, super::seat::between(start, minutes, zone)),
    ]
}

/// What is said when waiting at a place ends.
pub fn told_line_over(place: &str) -> [(&'static str, String); 1] {
    [(PLACE_NAME.name, place.to_owned())]
}

/// What is said of an offer, in the menu and by notice.
pub fn told(place: &str, zone: Zone, minutes: u16, offer: &Offer) -> [(&'static str, String); 4] {
    [
        (PLACE_NAME.name, place.to_owned()),
        (DAY_NAME.name, birth::show(offer.seat.start.date(zone))),
        (SLOT_NAME.name, super::seat::between(offer.seat.start, minutes, zone)),
        (UNTIL.name, offer.until.local(zone).strftime("%d-%m %H:%M").to_string()),
    ]
}

/// What `appointment.look` finds of somebody in line; with what it gives of the dose in any case.
pub(super) const OFFERED: [Given; 13] = [
    super::TICKET,
    DOSE,
    super::FROM,
    super::DUE_FROM,
    super::VACCINE,
    LINE,
    PLACE,
    open("day", ""),
    open("slot", ""),
    PLACE_NAME,
    DAY_NAME,
    SLOT_NAME,
    UNTIL,
];
