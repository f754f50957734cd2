//! Where and when: districts of a regency, places of a district, and days and times with room.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{ToSpan, civil::Date};

use super::{AppointmentNeed, Between, PLACE_NAME, WIDEST_DAY, WIDEST_NAME, WIDEST_TIME};
use crate::{
    clock::{Timestamp, Zone},
    identity::{Coordinates, birth, region},
    menu::{
        catalogue::{Call, Effect, Given, List, Outcome, Privacy},
        state::Row,
    },
    service::{
        Asking, Decision, Desk,
        appointment::{course, found, nothing, place, priority},
        facility::{Facility, LONGEST_ADDRESS, MOST_LISTED, MOST_SLOTS, Slot},
        open, picked_person,
        record::{Facts, Need},
    },
};

/// Days that can be offered, at most.
pub(super) const MOST_DAYS: usize = 31;

/// The districts that `appointment.districts` found.
pub const DISTRICTS_OF: List = List {
    name: "districts",
    needs: &["districts"],
    rows: |values| values.rows("districts").to_vec(),
    longest: WIDEST_NAME,
    most: MOST_LISTED,
    privacy: Privacy::Open,
};

/// The places that `appointment.places` found.
pub const PLACES_OF: List = List {
    name: "places",
    needs: &["places"],
    rows: |values| values.rows("places").to_vec(),
    longest: WIDEST_NAME,
    most: MOST_LISTED,
    privacy: Privacy::Open,
};

/// The days that `appointment.days` found.
pub const DAYS_OF: List = List {
    name: "days",
    needs: &["days"],
    rows: |values| values.rows("days").to_vec(),
    longest: WIDEST_DAY,
    most: MOST_DAYS,
    privacy: Privacy::Open,
};

/// The times that `appointment.slots` found.
pub const SLOTS_OF: List = List {
    name: "slots",
    needs: &["slots"],
    rows: |values| values.rows("slots").to_vec(),
    longest: WIDEST_TIME,
    most: MOST_SLOTS,
    privacy: Privacy::Open,
};

const DISTRICT: Given = open("district", "");
const DISTRICT_NAME: Given = open("district_name", WIDEST_NAME);
const WIDEST_ADDRESS: [u8; LONGEST_ADDRESS] = [b'W'; LONGEST_ADDRESS];
const ADDRESS: Given = open(
    "address",
    match std::str::from_utf8(&WIDEST_ADDRESS) {
        Ok(wide) => wide,
        Err(_) => "",
    },
);

/// Districts of a regency in which there are places for the dose.
pub const DISTRICTS: Call = Call {
    name: "appointment.districts",
    effect: Effect::Reads,
    needs: &["regency", "due_from", "course"],
    outcomes: &[
        Outcome { name: "none", means: "The regency has no place for this dose.", gives: &[] },
        Outcome {
            name: "one",
            means: "There is one district, which is picked.",
            gives: &[DISTRICT, DISTRICT_NAME],
        },
        Outcome { name: "many", means: "Several, to pick from.", gives: &[open("districts", "")] },
    ],
};

/// Places of a district for the dose, with room or without.
pub const PLACES: Call = Call {
    name: "appointment.places",
    effect: Effect::Reads,
    needs: &["regency", "district", "course"],
    outcomes: &[
        Outcome { name: "none", means: "There is none any more.", gives: &[] },
        Outcome { name: "some", means: "They are there.", gives: &[open("places", "")] },
    ],
};

/// Days on which the place picked has room.
pub const DAYS: Call = Call {
    name: "appointment.days",
    effect: Effect::Reads,
    needs: &["place", "due_from", "course"],
    outcomes: &[
        Outcome { name: "gone", means: "The place is none for this dose any more.", gives: &[] },
        Outcome {
            name: "full",
            means: "There is no room on any of the days.",
            gives: &[PLACE_NAME],
        },
        Outcome {
            name: "some",
            means: "Days with room.",
            gives: &[PLACE_NAME, ADDRESS, open("days", "")],
        },
    ],
};

/// Times at which the place has room on the day picked.
pub const SLOTS: Call = Call {
    name: "appointment.slots",
    effect: Effect::Reads,
    needs: &["place", "day"],
    outcomes: &[
        Outcome { name: "full", means: "The day is full by now.", gives: &[PLACE_NAME] },
        Outcome {
            name: "some",
            means: "Times with room.",
            gives: &[PLACE_NAME, open("slots", "")],
        },
    ],
};

pub(super) fn need_region(asking: Asking<'_>) -> Need {
    let regency = asking.values.text("regency").map(str::to_owned);
    Need { appointment: Some(AppointmentNeed { regency, ..nothing(asking) }), ..Need::default() }
}

/// The place picked, with the seats that are taken on all days that may be offered.
pub(super) fn need_days(desk: &Desk, asking: Asking<'_>) -> Need {
    let first = due_from(asking).unwrap_or(asking.today).max(asking.today);
    let days = i64::from(desk.appointments.days) + 1;
    need_place(asking, (first, first.saturating_add(days.days())))
}

/// The same of the day picked.
pub(super) fn need_day(asking: Asking<'_>) -> Need {
    let day = day(asking).unwrap_or(asking.today);
    need_place(asking, (day, day))
}

fn need_place(asking: Asking<'_>, days: (Date, Date)) -> Need {
    let facility = place(asking).map(|code| (code, around(days)));
    let person = picked_person(asking.values);
    let appointment = AppointmentNeed { person, facility, ..nothing(asking) };
    Need { appointment: Some(appointment), ..Need::default() }
}

/// From the first of these days to the last, whatever the zone of the place.
pub(super) fn around((first, last): (Date, Date)) -> Between {
    let midnight = jiff::civil::Time::midnight();
    let begins = Timestamp::at(first.to_datetime(midnight), Zone::Wit);
    let after = last.saturating_add(1.day());
    (begins, Timestamp::at(after.to_datetime(midnight), Zone::Wib))
}

fn due_from(asking: Asking<'_>) -> Option<Date> {
    asking.values.text("due_from")?.parse().ok()
}

pub(super) fn day(asking: Asking<'_>) -> Option<Date> {
    asking.values.text("day")?.parse().ok()
}

/// Whether a place gives the vaccine of the course, and will still be there when the dose is due.
pub(super) fn suits(asking: Asking<'_>, place: &Facility) -> bool {
    let from = due_from(asking).unwrap_or(asking.today);
    place.gives(course(asking)) && !place.is_over(asking.now, from)
}

pub(super) fn districts(asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let regency = region::regency(asking.values.text("regency")?)?;
    let here = facts.appointment.facilities.iter().filter(|of| of.regency == regency.code);
    let names: BTreeSet<&str> =
        here.filter(|of| suits(asking, of)).map(|of| of.district.as_str()).collect();
    let row = |name: &&str| Row { id: (*name).to_owned(), label: (*name).to_owned() };
    let rows: Vec<Row> = names.iter().map(row).take(MOST_LISTED).collect();
    // A district is where its first place is whose point on the map is known.
    let here = facts.appointment.facilities.iter().rev();
    let spots = here.filter_map(|of| Some((of.district.clone(), of.at?))).collect();
    Some(match rows.as_slice() {
        [] => Decision::of("none"),
        [only] => Decision::of("one")
            .give(DISTRICT.name, only.id.clone())
            .give(DISTRICT_NAME.name, only.label.clone()),
        _ => on_the_map(with_rows(Decision::of("many"), "districts", rows), "districts", spots),
    })
}

pub(super) fn places(asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let (regency, district) = (asking.values.text("regency")?, asking.values.text("district")?);
    let here = |of: &&Facility| of.regency == regency && of.district == district;
    let all = facts.appointment.facilities.iter().filter(here);
    let row = |of: &Facility| Row { id: of.code.as_str().to_owned(), label: of.name.clone() };
    let rows: Vec<Row> = all.filter(|of| suits(asking, of)).map(row).take(MOST_LISTED).collect();
    if rows.is_empty() {
        return Some(Decision::of("none"));
    }
    let here = facts.appointment.facilities.iter();
    let spots = here.filter_map(|of| Some((of.code.as_str().to_owned(), of.at?))).collect();
    Some(on_the_map(with_rows(Decision::of("some"), "places", rows), "places", spots))
}

pub(super) fn days(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let Some(place) = found(asking, facts).filter(|of| suits(asking, of)) else {
        return Some(Decision::of("gone"));
    };
    due_from(asking)?;
    let row = |day: Date| Row { id: day.to_string(), label: birth::show(day) };
    let open = open_days(desk, asking, facts, place);
    let rows: Vec<Row> = open.map(row).take(MOST_DAYS).collect();
    let named = |name| Decision::of(name).give(PLACE_NAME.name, place.name.as_str());
    if rows.is_empty() {
        return Some(named("full"));
    }
    let decision = named("some").give(ADDRESS.name, place.address.as_str());
    Some(with_rows(decision, "days", rows))
}

/// Days on which the place has room.
pub(super) fn open_days<'a>(
    desk: &Desk,
    asking: Asking<'_>,
    facts: &'a Facts,
    place: &'a Facility,
) -> impl Iterator<Item = Date> + 'a {
    let from = due_from(asking).unwrap_or(asking.today);
    let days = place.days(asking.now, from, desk.appointments.days);
    days.filter(|day| !with_room(place, *day, facts).is_empty())
}

pub(super) fn slots(asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let name = || asking.values.text(PLACE_NAME.name).unwrap_or_default();
    let Some(place) = found(asking, facts) else {
        return Some(Decision::of("full").give(PLACE_NAME.name, name()));
    };
    let rows = with_room(place, day(asking)?, facts);
    let named = |outcome| Decision::of(outcome).give(PLACE_NAME.name, place.name.as_str());
    if rows.is_empty() {
        return Some(named("full"));
    }
    Some(with_rows(named("some"), "slots", rows))
}

/// The times of a day at which a place has room. What is free while somebody waits for it is theirs.
fn with_room(place: &Facility, day: Date, facts: &Facts) -> Vec<Row> {
    let ahead = &facts.appointment.ahead;
    if priority(facts).is_none() && ahead.iter().any(|ahead| ahead.bars(place, day)) {
        return Vec::new();
    }
    let taken = &facts.appointment.taken;
    let room = |slot: &Slot| taken.get(&slot.start).copied().unwrap_or(0) < place.quota;
    let slots = place.slots(day).into_iter().filter(room);
    slots.map(|slot| Row { id: slot.minute.to_string(), label: slot.label() }).collect()
}

pub(super) fn with_rows(mut decision: Decision, name: &str, rows: Vec<Row>) -> Decision {
    decision.given.keep_rows(name, rows);
    decision
}

fn on_the_map(
    mut decision: Decision,
    name: &str,
    spots: BTreeMap<String, Coordinates>,
) -> Decision {
    decision.given.keep_spots(name, spots);
    decision
}
