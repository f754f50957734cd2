//! Taking a seat: held while the person looks at it once more, booked when they say yes, given back.

use std::time::Duration;

use jiff::{ToSpan, civil::Time};

use super::{
    ATTENDED, AppointmentChange, AppointmentNeed, AppointmentRules, Booked, Booking, DAY_NAME, Due,
    Ended, EndedAs, Held, HoldNeed, NOT_DUE, PLACE_NAME, SLOT_NAME, TICKET, found, place, standing,
    tell,
};
use crate::{
    clock::{Timestamp, Zone},
    identity::birth,
    menu::{
        catalogue::{Call, Effect, Given, Outcome, Sends},
        state::Values,
    },
    outbox::{Class, NoticeId},
    service::{
        Asking, Decision, Desk, Encloses, Later, Note, To,
        appointment::choose::{around, day},
        facility::{Facility, Slot},
        number::Number,
        open, picked_person,
        record::{Change, Facts, Need, Person},
        status::visible,
    },
};

const FULL: Outcome =
    Outcome { name: "full", means: "There is no room at that time any more.", gives: &[] };
/// That the conversation holds a seat.
const HOLDS: Given = open("holds", "");

const SHOWN: [Given; 4] = [TICKET, PLACE_NAME, DAY_NAME, SLOT_NAME];
const ALREADY: Outcome = Outcome {
    name: "already",
    means: "The person has an appointment for this dose.",
    gives: &SHOWN,
};

/// Holds a seat of the time picked, until the person has said whether it is right.
pub const HOLD: Call = Call {
    name: "appointment.hold",
    effect: Effect::Changes,
    needs: &["person", "dose_number", "place", "day", "slot"],
    outcomes: &[
        Outcome {
            name: "held",
            means: "A seat is theirs for so many minutes.",
            gives: &[PLACE_NAME, DAY_NAME, SLOT_NAME, open("minutes", "60"), HOLDS],
        },
        FULL,
        ALREADY,
        ATTENDED,
        NOT_DUE,
    ],
};

/// Books the seat. One whose hold is over is taken again, if there is room.
///
/// With the number of an appointment that stands, as `appointment.look` gave it, that one is given up
/// for the new one.
pub const BOOK: Call = Call {
    name: "appointment.book",
    effect: Effect::Changes,
    needs: &["person", "dose_number", "place", "day", "slot"],
    outcomes: &[
        Outcome { name: "booked", means: "The seat is theirs.", gives: &SHOWN },
        FULL,
        ALREADY,
        ATTENDED,
        NOT_DUE,
    ],
};

/// Gives the held seat back.
pub const RELEASE: Call = Call {
    name: "appointment.release",
    effect: Effect::Reads,
    needs: &[],
    outcomes: &[Outcome { name: "released", means: "The phone holds no seat.", gives: &[] }],
};

/// Cancels the appointment that was looked at.
pub const CANCEL: Call = Call {
    name: "appointment.cancel",
    effect: Effect::Changes,
    needs: &["person", "dose_number", "ticket"],
    outcomes: &[
        Outcome { name: "cancelled", means: "It is off, and its seat free.", gives: &[] },
        Outcome { name: "gone", means: "It stands no longer.", gives: &[] },
    ],
};

/// The ticket, to keep.
pub const BOOKED_TEXT: Sends = Sends { call: BOOK.name, name: "appointment_booked", gives: &SHOWN };
/// What goes instead of the picture of a ticket that stands no longer.
pub const TICKET_GONE: Sends =
    Sends { call: BOOK.name, name: "appointment_ticket_gone", gives: &SHOWN };
/// The day before.
pub const REMINDER_TEXT: Sends =
    Sends { call: BOOK.name, name: "appointment_reminder", gives: &SHOWN };

/// That there is no ticket, where no screen could say so.
pub const NOT_BOOKED_TEXT: Sends =
    Sends { call: BOOK.name, name: "appointment_not_booked", gives: &[] };
/// That there is none any more, in the same way.
pub const CANCELLED_TEXT: Sends =
    Sends { call: CANCEL.name, name: "appointment_cancelled", gives: &[] };

/// What a call has come to, for a text where the screen that says it is lost. Whoever has booked has the ticket
/// by a text of its own.
pub(in crate::service) fn unseen(call: &str, outcome: &str) -> Option<&'static str> {
    match (call, outcome) {
        ("appointment.book", "booked") => None,
        ("appointment.book", _) => Some(NOT_BOOKED_TEXT.name),
        ("appointment.cancel", _) => Some(CANCELLED_TEXT.name),
        _ => None,
    }
}

pub(super) fn need(desk: &Desk, asking: Asking<'_>) -> Need {
    let mut need = super::need_person(asking);
    let wanted = || {
        let person = picked_person(asking.values)?;
        let hold = HoldNeed {
            day: day(asking)?,
            minute: asking.values.text("slot")?.parse().ok()?,
            person,
            dose: asking.values.text("dose_number")?.parse().ok()?,
            by: asking.subscriber,
            hold_for: desk.appointments.hold_for(),
        };
        let facility = Some((place(asking)?, around((hold.day, hold.day))));
        Some(AppointmentNeed {
            at: asking.now,
            person: Some(person),
            regency: None,
            facility,
            hold: Some(hold),
        })
    };
    need.appointment = wanted().or(need.appointment);
    need
}

/// A seat that may be booked.
struct Seated<'f> {
    dose: u8,
    held: &'f Held,
    place: &'f Facility,
    slot: Slot,
    /// The appointment that it is to replace.
    instead: Option<&'f Booked>,
}

/// The seat that is held for the person, or what to say.
fn seated<'f>(
    desk: &Desk,
    asking: Asking<'_>,
    facts: &'f Facts,
    person: &Person,
) -> Option<Result<Seated<'f>, Decision>> {
    let refused = |name| Some(Err(Decision::of(name)));
    let dose: u8 = asking.values.text("dose_number")?.parse().ok()?;
    let (from, vaccine) = match desk.due(person, facts, asking.today) {
        Due::Dose { number, from, vaccine } if number == dose => (from, vaccine),
        _ => return refused(NOT_DUE.name),
    };
    if facts.appointment.attended.contains(&dose) {
        return refused(ATTENDED.name);
    }
    let instead = standing(asking, facts, dose);
    if let Some(booked) = instead
        && asking.values.text(TICKET.name) != Some(booked.number.to_string().as_str())
    {
        return Some(Err(tell(Decision::of(ALREADY.name), booked)));
    }
    let (Some(held), Some(place)) = (&facts.appointment.held, found(asking, facts)) else {
        return refused(FULL.name);
    };
    let minute = asking.values.text("slot")?.parse().ok()?;
    let day = day(asking)?;
    if day < from || !place.gives(vaccine) {
        return refused(NOT_DUE.name);
    }
    let Some(slot) = place.slot_on(day, minute) else { return refused(FULL.name) };
    Some(Ok(Seated { dose, held, place, slot, instead }))
}

/// What facts were read with may have held a seat: whoever is refused has none.
const LET_GO: Change = Change::Appointment(AppointmentChange::LetGo);

pub(super) fn hold(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let person = visible(asking, facts)?;
    let Seated { held, place, slot, .. } = match seated(desk, asking, facts, person)? {
        Ok(seated) => seated,
        Err(refused) => return Some(refused.change(LET_GO)),
    };
    let minutes = held.until.since(asking.now).as_secs().div_ceil(60);
    Some(
        Decision::of("held")
            .give(PLACE_NAME.name, place.name.as_str())
            .give(DAY_NAME.name, birth::show(slot.start.date(place.zone())))
            .give(SLOT_NAME.name, slot.label())
            .give("minutes", minutes.to_string())
            .give(HOLDS.name, "seat"),
    )
}

pub(super) fn book(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let person = visible(asking, facts)?;
    let Seated { dose, held, place, slot, instead } = match seated(desk, asking, facts, person)? {
        Ok(seated) => seated,
        Err(refused) => return Some(refused.change(LET_GO)),
    };
    let remind_at = remind_at(&desk.appointments, asking.now, place.zone(), slot.start);
    let booked = Booked {
        number: Number::from_random(asking.random),
        person: person.index,
        dose,
        seat: held.seat.clone(),
        minutes: slot.minutes,
        place: place.name.clone(),
        zone: place.zone(),
        reminder: remind_at.map(|_| NoticeId::draw(asking.now, asking.random >> 22)),
        since: asking.now,
        stranded: None,
    };
    let mut decision = tell(Decision::of("booked"), &booked);
    let over = facts.appointment.booked.iter();
    for missed in over.filter(|of| of.dose == dose && of.ends() <= asking.now) {
        decision = decision.change(end(missed, EndedAs::Missed));
    }
    if let Some(before) = instead {
        decision = decision.change(end(before, EndedAs::Cancelled));
    }
    let ticket = Encloses::Ticket { number: booked.number.clone(), gone: TICKET_GONE.name };
    let told = Note::to_caller(BOOKED_TEXT.name).enclose(ticket);
    decision = decision.note(written(told, &booked));
    if let (Some(due), Some(id)) = (remind_at, booked.reminder) {
        let later = Later { id, due, expires: slot.start, zone: booked.zone };
        let note = Note::new(REMINDER_TEXT.name, Class::Reminder, To::CallerToKeep).later(later);
        decision = decision.note(written(note, &booked));
    }
    let Booked { number, person, dose, seat, minutes, reminder, .. } = booked;
    let booking = Booking { number, person, dose, seat, minutes, reminder };
    Some(decision.change(Change::Appointment(AppointmentChange::Book(booking))))
}

pub(super) fn release(asking: Asking<'_>) -> Decision {
    let released = Decision::of("released");
    match hung_up(asking.values) {
        Some(change) => released.change(change),
        None => released,
    }
}

/// What to change when somebody hangs up: a seat that was held goes back. Whoever only lost the network
/// keeps it until its time is over, and can dial again.
pub fn hung_up(values: &Values) -> Option<Change> {
    let holds = values.text(HOLDS.name).is_some();
    holds.then_some(LET_GO)
}

pub(super) fn cancel(asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    visible(asking, facts)?;
    let dose: u8 = asking.values.text("dose_number")?.parse().ok()?;
    let number = Number::parse(asking.values.text(TICKET.name)?).ok()?;
    let booked = standing(asking, facts, dose).filter(|booked| booked.number == number);
    Some(match booked {
        Some(booked) => Decision::of("cancelled").change(cancelled(booked)),
        None => Decision::of("gone"),
    })
}

/// An appointment that is given back.
pub(in crate::service) fn cancelled(booked: &Booked) -> Change {
    end(booked, EndedAs::Cancelled)
}

fn end(booked: &Booked, how: EndedAs) -> Change {
    Change::Appointment(AppointmentChange::End(Ended::of(booked, how)))
}

/// When to remind of a slot; not at all if that hour is gone, for then it was booked just now.
pub fn remind_at(
    rules: &AppointmentRules,
    now: Timestamp,
    zone: Zone,
    start: Timestamp,
) -> Option<Timestamp> {
    let day = start.date(zone).saturating_sub(1.day());
    let hour = Time::new(i8::try_from(rules.remind_at).ok()?, 0, 0, 0).ok()?;
    let due = Timestamp::at(day.to_datetime(hour), zone);
    (due > now.plus(Duration::from_secs(3600))).then_some(due)
}

fn written(note: Note, booked: &Booked) -> Note {
    note.give(TICKET.name, booked.number.to_string())
        .give(PLACE_NAME.name, booked.place.as_str())
        .give(DAY_NAME.name, birth::show(booked.day()))
        .give(SLOT_NAME.name, booked.time())
}
