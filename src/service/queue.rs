//! A place in the queue of a clinic, from home: which units there are, a number for today, how many
//! are before you, and giving the number back. Who is called stands in the hall (`setara queue`).
//!
//! The desk knows nobody: a place belongs to a phone, which has one in a service at a time.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    menu::{
        catalogue::{Call, Effect, Given, List, Outcome, Privacy},
        state::{Row, Values},
    },
    service::{
        Asking, Decision, Desk, open,
        place::{Line, Place, QueueNeed, Turn},
        record::{Change, Facts, Need},
    },
};

/// The units of the configuration, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Units(BTreeMap<String, Unit>);

/// A unit of the clinic that people queue for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// What people call it, at most [`WIDEST`] long.
    pub name: String,
    /// The most numbers of a day.
    pub numbers_per_day: u16,
}

impl Units {
    /// The unit of that id.
    pub fn get(&self, id: &str) -> Option<&Unit> {
        self.0.get(id)
    }

    /// All of them, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Unit)> {
        self.0.iter()
    }
}

/// The most units that a list shows.
const MOST_UNITS: usize = 16;

/// The longest name of a unit.
pub const WIDEST: &str = "Wwwwwwwwwwwwwwwwwwwwwwww";

/// The units that `queue.look` found.
pub const UNITS: List = List {
    name: "units",
    needs: &["units"],
    rows: |values: &Values| values.rows("units").to_vec(),
    longest: WIDEST,
    most: MOST_UNITS,
    privacy: Privacy::Open,
};

const FOUND: Given = open("units", "");
const NUMBER: Given = open("number", "65535");
const BEFORE: Given = open("before", "65535");
const UNIT_NAME: Given = open("unit_name", WIDEST);

/// Looks which place the phone has today; without one, which units there are.
pub const LOOK: Call = Call {
    name: "queue.look",
    effect: Effect::Reads,
    needs: &[],
    outcomes: &[
        Outcome {
            name: "none",
            means: "The phone has no number today; here are the units.",
            gives: &[FOUND],
        },
        Outcome {
            name: "waiting",
            means: "It has a number that is still to be called.",
            gives: &[NUMBER, BEFORE, UNIT_NAME],
        },
        Outcome {
            name: "called",
            means: "Its number was called; another may be taken.",
            gives: &[NUMBER, UNIT_NAME, FOUND],
        },
    ],
};

/// Takes a number for today.
pub const TAKE: Call = Call {
    name: "queue.take",
    effect: Effect::Changes,
    needs: &["unit"],
    outcomes: &[
        Outcome {
            name: "taken",
            means: "The number is drawn.",
            gives: &[NUMBER, BEFORE, UNIT_NAME],
        },
        Outcome {
            name: "already",
            means: "The phone waits with this number already.",
            gives: &[NUMBER, BEFORE, UNIT_NAME],
        },
        Outcome {
            name: "full",
            means: "The unit gives no more numbers today.",
            gives: &[UNIT_NAME],
        },
    ],
};

/// Gives the number back.
pub const LEAVE: Call = Call {
    name: "queue.leave",
    effect: Effect::Changes,
    needs: &[],
    outcomes: &[Outcome { name: "left", means: "The phone has no number any more.", gives: &[] }],
};

pub(super) fn need(asking: Asking<'_>, draw: Option<&str>) -> Need {
    let (service, draw) = (asking.service.to_owned(), draw.map(str::to_owned));
    let (day, subscriber) = (asking.today, asking.subscriber);
    Need { queue: Some(QueueNeed { service, day, subscriber, draw }), ..Need::default() }
}

pub(super) fn look(desk: &Desk, facts: &Facts) -> Option<Decision> {
    let units = desk.units.iter().take(MOST_UNITS);
    let units = units.map(|(id, unit)| Row { id: id.clone(), label: unit.name.clone() }).collect();
    let none = |mut decision: Decision| {
        decision.given.keep_rows("units", units);
        decision
    };
    Some(match &facts.queue.place {
        None => none(Decision::of("none")),
        Some(place) => match place.turn {
            Turn::ToCome => at(desk, "waiting", place),
            Turn::Called => none(at(desk, "called", place)),
        },
    })
}

pub(super) fn take(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    if let Some(place) = facts.queue.place.as_ref().filter(|place| place.turn == Turn::ToCome) {
        return Some(at(desk, "already", place));
    }
    // A unit that the configuration has lost since is full.
    let unit = asking.values.text("unit")?;
    let most = desk.units.get(unit).map_or(0, |unit| unit.numbers_per_day);
    let drawn = facts.queue.drawn.as_ref().filter(|drawn| drawn.number <= most);
    Some(match drawn {
        None => Decision::of("full").give("unit_name", name(desk, unit)),
        Some(place) => {
            let line = Line {
                service: asking.service.to_owned(),
                unit: unit.to_owned(),
                day: asking.today,
            };
            let change = Change::QueueUp { line, number: place.number };
            at(desk, "taken", place).change(change)
        }
    })
}

pub(super) fn leave(asking: Asking<'_>) -> Option<Decision> {
    let service = asking.service.to_owned();
    Some(Decision::of("left").change(Change::LeaveQueue { service }))
}

fn at(desk: &Desk, outcome: &'static str, place: &Place) -> Decision {
    Decision::of(outcome)
        .give("number", place.number.to_string())
        .give("before", place.before.to_string())
        .give("unit_name", name(desk, &place.unit))
}

fn name<'d>(desk: &'d Desk, unit: &'d str) -> &'d str {
    desk.units.get(unit).map_or(unit, |unit| unit.name.as_str())
}
