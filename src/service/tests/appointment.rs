//! Which dose is next, who may book it, and what is told of it.

use std::collections::BTreeSet;

use super::*;
use crate::outbox::NoticeId;
use crate::service::{
    appointment::{
        Ahead, AppointmentChange, AppointmentFacts, Booked, EndedAs, Held, HoldNeed, Line, Offer,
        Seat,
    },
    facility::{Facility, FacilityCode, Hours},
    inquiry::{self, Known, Outward},
    outside::{Elsewhere, Fetched, Listing},
};

const DAY: Date = date(2021, 8, 20);

fn place() -> Facility {
    Facility {
        code: FacilityCode::parse("3173-A").unwrap(),
        name: "Puskesmas Melati".into(),
        address: "Jl. Melati 1".into(),
        regency: "3173".into(),
        district: "Kec. Melati".into(),
        hours: Hours::parse("sen-min 08:00-10:00").unwrap(),
        vaccines: BTreeSet::from(["sinovac".to_owned()]),
        slot_minutes: 60,
        quota: 2,
        closed: BTreeSet::new(),
        closed_from: None,
        at: None,
    }
}

fn seat(day: Date) -> Seat {
    let start = place().slot_on(day, 480).unwrap().start;
    Seat { facility: place().code, start, seat: 1 }
}

fn booked(dose: u8, day: Date) -> Booked {
    Booked {
        number: number(),
        person: index(),
        dose,
        seat: seat(day),
        minutes: 60,
        place: place().name,
        zone: place().zone(),
        reminder: Some(NoticeId::from_i64(7)),
        since: NOW,
        stranded: None,
    }
}

/// Siti, with doses and perhaps registered, whom the phone knows.
fn siti_with(doses: Vec<Dose>, registration: Option<Registered>) -> Facts {
    let appointment = AppointmentFacts { home: Some("3173".into()), ..Default::default() };
    let person = Person { doses, registration, ..siti() };
    Facts { people: vec![known()], appointment, ..facts(person) }
}

fn with(facts: Facts, booked: Vec<Booked>, held: Option<Seat>) -> Facts {
    let held = held.map(|seat| Held { seat, until: NOW.plus(std::time::Duration::from_secs(250)) });
    let appointment =
        AppointmentFacts { booked, held, facilities: vec![place()], ..facts.appointment };
    Facts { appointment, ..facts }
}

fn wanted(day: Date, more: &[(&str, &str)]) -> Values {
    let (person, day) = (index().to_hex(), day.to_string());
    let mut all =
        vec![("person", person.as_str()), ("place", "3173-A"), ("day", &day), ("slot", "480")];
    all.push(("dose_number", "1"));
    all.extend(more);
    typed(&all)
}

#[test]
fn the_dose_that_is_next_follows_from_the_record() {
    let long_ago = Some(date(2020, 1, 1));
    let course = |doses: u8| (1..=doses).map(|number| dose(number, long_ago, None)).collect();
    for (doses, registration, expected) in [
        (vec![], None, ("unregistered", "")),
        (vec![], Some(registered(me())), ("home", "1 17-08-2021")),
        (vec![dose(1, Some(date(2021, 8, 2)), None)], None, ("home", "2 30-08-2021")),
        (course(1), None, ("home", "2 17-08-2021")),
        (vec![dose(1, None, None)], None, ("gap", "")),
        (vec![dose(2, long_ago, None)], None, ("gap", "")),
        (course(2), None, ("home", "3 17-08-2021")),
        (course(3), None, ("done", "")),
    ] {
        let facts = siti_with(doses, registration);
        let decision = decide("appointment.look", asking(&picked()), &facts);
        let text = |name| decision.given.text(name).unwrap_or_default();
        let told = format!("{} {}", text("dose_number"), text("from"));
        assert_eq!(decision.outcome, expected.0);
        assert!(told.trim().starts_with(expected.1.trim()), "{expected:?}: {told}");
    }
}

#[test]
fn whoever_only_the_outside_record_has_registered_books_as_everybody_else() {
    let fetched = Fetched {
        at: NOW,
        version: 1,
        standing: Listing::Listed,
        elsewhere: Some(Elsewhere::default()),
        taken: None,
        disputed: None,
    };
    let there = Facts { fetched: Some(fetched), ..siti_with(vec![], None) };
    let decision = decide("appointment.look", asking(&picked()), &there);
    assert_eq!((decision.outcome, decision.given.text("dose_number")), ("home", Some("1")));
    let held = with(there, vec![], Some(seat(DAY)));
    let values = wanted(DAY, &[]);
    assert_eq!(outcome("appointment.hold", &values, &held), "held");
    assert_eq!(outcome("appointment.book", &values, &held), "booked");
}

#[test]
fn a_place_that_is_closed_for_good_is_offered_to_nobody_and_has_no_line() {
    let where_and_when =
        [("regency", "3173"), ("district", "Kec. Melati"), ("due_from", "2021-08-17")];
    let values = wanted(DAY, &where_and_when);
    let closed = |from: Option<Date>| {
        let facts = with(siti_with(vec![], Some(registered(me()))), vec![], None);
        let facilities = vec![Facility { closed_from: from, ..place() }];
        let appointment = AppointmentFacts { facilities, ..facts.appointment };
        let facts = Facts { appointment, ..facts };
        ["appointment.districts", "appointment.places", "appointment.days", "appointment.wait"]
            .map(|call| outcome(call, &values, &facts))
    };
    // The first day on which anybody could come is today: at that place it is still yesterday.
    assert_eq!(closed(Some(TODAY)), ["none", "none", "gone", "gone"]);
    // Until then it takes people, and there is room.
    for from in [Some(TODAY.tomorrow().unwrap()), None] {
        assert_eq!(closed(from), ["one", "some", "some", "room"]);
    }
}

#[test]
fn a_screen_that_nobody_saw_is_told_as_a_yes_or_a_no() {
    let last = |outcomes: &[(&str, &str)]| super::super::unseen(outcomes);
    for no in ["full", "already", "attended", "not_due"] {
        let outcomes = [("appointment.hold", "held"), ("appointment.book", no)];
        assert_eq!(last(&outcomes), Some("appointment_not_booked"), "{no}");
    }
    assert_eq!(last(&[("appointment.book", "booked")]), None, "the ticket is a text of its own");
    for gone in ["cancelled", "gone"] {
        assert_eq!(last(&[("appointment.cancel", gone)]), Some("appointment_cancelled"));
    }
    assert_eq!(last(&[("status.read", "one")]), None);
}

#[test]
fn a_dose_that_is_due_far_ahead_is_not_booked_yet_and_a_record_that_is_slow_is_told() {
    let facts = siti_with(vec![dose(1, Some(TODAY), None)], None);
    let values = picked();
    let mut desk = desk();
    desk.appointments.ahead_days = 27;
    let decision = desk.decide("appointment.look", asking(&values), &facts).unwrap();
    assert_eq!((decision.outcome, decision.given.text("from")), ("later", Some("14-09-2021")));
    let nothing = Facts { known: Known::NotYet, ..Facts::default() };
    let decision = decide("appointment.look", asking(&values), &nothing);
    assert_eq!(
        (decision.outcome, decision.outward),
        ("slow", Some(Outward::Later(inquiry::Kind::Status)))
    );
    let answered = siti_with(vec![], Some(registered(me())));
    let asked = (inquiry::Kind::Status, "appointment.look");
    let followed = inquiry::follow(&desk, asking(&values), asked, &answered).unwrap();
    assert_eq!(followed.text, "appointment_record_answers");
}

#[test]
fn a_seat_that_is_held_is_booked_and_the_day_before_reminded_of() {
    let facts = with(siti_with(vec![], Some(registered(me()))), vec![], Some(seat(DAY)));
    let values = wanted(DAY, &[]);
    assert_eq!(
        decide("appointment.hold", asking(&values), &facts).given.text("minutes"),
        Some("5")
    );
    let decision = decide("appointment.book", asking(&values), &facts);
    let [Change::Appointment(AppointmentChange::Book(booking))] = &decision.changes[..] else {
        panic!("{:?}", decision.changes);
    };
    assert_eq!((booking.dose, &booking.seat), (1, &seat(DAY)));
    let [told, reminder] = &decision.notes[..] else { panic!("{:?}", decision.notes) };
    assert_eq!((told.text, told.later), ("appointment_booked", None));
    let later = reminder.later.unwrap();
    assert_eq!(Some(later.id), booking.reminder);
    let ten = date(2021, 8, 19).at(10, 0, 0, 0);
    assert_eq!((later.due, later.expires), (Timestamp::at(ten, place().zone()), seat(DAY).start));
    // In the evening before there is nothing left to remind of.
    let tomorrow = date(2021, 8, 17);
    let values = wanted(tomorrow, &[]);
    let facts = with(siti_with(vec![], Some(registered(me()))), vec![], Some(seat(tomorrow)));
    assert_eq!(decide("appointment.book", asking(&values), &facts).notes.len(), 1);
}

#[test]
fn nobody_gets_two_or_one_too_early_or_without_a_seat() {
    let registered = || siti_with(vec![], Some(registered(me())));
    let yes = with(registered(), vec![], Some(seat(DAY)));
    for call in ["appointment.hold", "appointment.book"] {
        let ask = |values: &Values, facts: &Facts| outcome(call, values, facts);
        assert_eq!(ask(&wanted(DAY, &[]), &with(registered(), vec![], None)), "full");
        let one = with(registered(), vec![booked(1, DAY)], Some(seat(DAY)));
        assert_eq!(ask(&wanted(DAY, &[]), &one), "already");
        assert_eq!(ask(&wanted(DAY, &[("dose_number", "2")]), &yes), "not_due");
        let due = siti_with(vec![dose(1, Some(date(2021, 8, 2)), None)], None);
        let early = with(due, vec![], Some(seat(DAY)));
        assert_eq!(ask(&wanted(DAY, &[("dose_number", "2")]), &early), "not_due");
    }
    let stranger = Facts { people: vec![], ..yes };
    assert_eq!(desk().decide("appointment.book", asking(&wanted(DAY, &[])), &stranger), None);
}

#[test]
fn a_dose_for_which_somebody_was_checked_in_is_not_booked_again() {
    let attended = |dose| {
        let facts = with(siti_with(vec![], Some(registered(me()))), vec![], Some(seat(DAY)));
        let appointment = AppointmentFacts { attended: vec![dose], ..facts.appointment };
        Facts { appointment, ..facts }
    };
    let look = decide("appointment.look", asking(&picked()), &attended(1));
    assert_eq!((look.outcome, look.given.text("dose_number")), ("attended", Some("1")));
    for call in ["appointment.hold", "appointment.book"] {
        let decision = decide(call, asking(&wanted(DAY, &[])), &attended(1));
        let [Change::Appointment(AppointmentChange::LetGo)] = &decision.changes[..] else {
            panic!("{:?}", decision.changes);
        };
        assert_eq!(decision.outcome, "attended");
    }
    // The record has the first, and the second is another one.
    assert_eq!(outcome("appointment.look", &picked(), &attended(2)), "home");
}

#[test]
fn an_appointment_is_changed_or_given_back_by_its_own_ticket() {
    let facts = siti_with(vec![], Some(registered(me())));
    let other = date(2021, 8, 21);
    let facts = with(facts, vec![booked(1, other)], Some(seat(DAY)));
    let ticket = number().to_string();
    let values = wanted(DAY, &[("ticket", &ticket)]);
    let decision = decide("appointment.book", asking(&values), &facts);
    assert_eq!(decision.outcome, "booked");
    let [
        Change::Appointment(AppointmentChange::End(ended)),
        Change::Appointment(AppointmentChange::Book(_)),
    ] = &decision.changes[..]
    else {
        panic!("{:?}", decision.changes);
    };
    assert_eq!((&ended.number, ended.how), (&number(), EndedAs::Cancelled));
    assert_eq!(ended.reminder, Some(NoticeId::from_i64(7)));
    let cancelled = decide("appointment.cancel", asking(&values), &facts);
    assert_eq!((cancelled.outcome, cancelled.changes.len()), ("cancelled", 1));
    let another = Number::from_random(5).to_string();
    let values = wanted(DAY, &[("ticket", &another)]);
    assert_eq!(outcome("appointment.cancel", &values, &facts), "gone");
}

#[test]
fn one_whose_time_went_by_is_in_nobodys_way() {
    let facts = siti_with(vec![], Some(registered(me())));
    let facts = with(facts, vec![booked(1, date(2021, 8, 10))], Some(seat(DAY)));
    assert_eq!(outcome("appointment.look", &picked(), &facts), "home");
    let decision = decide("appointment.book", asking(&wanted(DAY, &[])), &facts);
    let how = decision.changes.iter().find_map(|change| match change {
        Change::Appointment(AppointmentChange::End(ended)) => Some(ended.how),
        _ => None,
    });
    assert_eq!((decision.outcome, how), ("booked", Some(EndedAs::Missed)));
}

#[test]
fn days_and_times_without_room_are_not_offered() {
    let from = DAY.to_string();
    let values = wanted(DAY, &[("due_from", &from), ("course", "sinovac")]);
    let full = |slots: &[(Date, u16)]| {
        let taken = slots
            .iter()
            .map(|(day, minute)| (place().slot_on(*day, *minute).unwrap().start, place().quota));
        let facilities = vec![place()];
        let appointment =
            AppointmentFacts { facilities, taken: taken.collect(), ..Default::default() };
        Facts { appointment, ..Facts::default() }
    };
    let rows = |call, list: &str, facts: &Facts| {
        let decision = decide(call, asking(&values), facts);
        let rows = decision.given.rows(list).iter().map(|row| row.label.clone());
        rows.collect::<Vec<_>>()
    };
    let one = full(&[(DAY, 480)]);
    assert_eq!(rows("appointment.slots", "slots", &one), ["09:00-10:00"]);
    assert_eq!(rows("appointment.days", "days", &one).len(), 7);
    let both = full(&[(DAY, 480), (DAY, 540)]);
    assert_eq!(rows("appointment.days", "days", &both)[0], "21-08-2021");
    assert_eq!(outcome("appointment.slots", &values, &both), "full");
    let another = wanted(DAY, &[("due_from", &from), ("course", "pfizer")]);
    assert_eq!(outcome("appointment.days", &another, &one), "gone");
}

#[test]
fn what_a_seat_needs_is_asked_for_once_all_is_picked() {
    let hold = |values: &Values| {
        let need = desk().need("appointment.hold", asking(values));
        need.appointment.and_then(|need| need.hold)
    };
    let Some(HoldNeed { day, minute, person, dose, .. }) = hold(&wanted(DAY, &[])) else {
        panic!("no hold");
    };
    assert_eq!((day, minute, person, dose), (DAY, 480, index(), 1));
    assert_eq!(hold(&picked()), None);
}

fn line(offer: Option<Offer>) -> Line {
    Line {
        facility: place().code,
        place: place().name,
        zone: place().zone(),
        minutes: 60,
        dose: 1,
        position: 3,
        offer,
    }
}

/// Siti, registered, with lines and appointments.
fn in_lines(lines: Vec<Line>, booked: Vec<Booked>) -> Facts {
    let facts = with(siti_with(vec![], Some(registered(me()))), booked, None);
    let appointment = AppointmentFacts { lines, ..facts.appointment };
    Facts { appointment, ..facts }
}

#[test]
fn an_open_offer_is_told_before_anything_else_and_taken_as_a_held_seat_is() {
    let hour = std::time::Duration::from_secs(3600);
    let open = || Some(Offer { seat: seat(DAY), until: NOW.plus(hour) });
    let facts = in_lines(vec![line(open())], vec![booked(1, date(2021, 8, 21))]);
    let told = decide("appointment.look", asking(&picked()), &facts);
    assert_eq!(told.outcome, "offered");
    let text = |name| told.given.text(name).unwrap();
    assert_eq!([text("place"), text("day"), text("slot")], ["3173-A", "2021-08-20", "480"]);
    assert_eq!([text("slot_name"), text("ticket")], ["08:00-09:00", &number().to_string()]);
    // What it gave is what the booking needs: the ticket of before is given up for it.
    let mut values = picked();
    values.take_over(told.given.clone());
    let held = Facts {
        appointment: AppointmentFacts {
            held: Some(Held { seat: seat(DAY), until: NOW.plus(hour) }),
            ..facts.appointment.clone()
        },
        ..facts
    };
    let decision = decide("appointment.book", asking(&values), &held);
    assert_eq!((decision.outcome, decision.changes.len()), ("booked", 2));
    let over = Some(Offer { seat: seat(DAY), until: NOW });
    let facts = in_lines(vec![line(over)], vec![]);
    assert_eq!(outcome("appointment.look", &picked(), &facts), "in_line");
    let facts = in_lines(vec![line(None), line(None)], vec![]);
    assert_eq!(outcome("appointment.look", &picked(), &facts), "in_lines");
}

#[test]
fn whom_a_place_lets_down_is_told_and_comes_first() {
    let let_down = Booked { stranded: Some(NOW), ..booked(1, DAY) };
    let facts = in_lines(vec![], vec![let_down.clone()]);
    assert_eq!(outcome("appointment.look", &picked(), &facts), "stranded");
    let from = DAY.to_string();
    let values = wanted(DAY, &[("due_from", &from), ("course", "")]);
    let ahead = vec![Ahead { day: None, vaccine: None, from: DAY }];
    let waited_for = |booked| {
        let facts = in_lines(vec![], booked);
        let appointment = AppointmentFacts { ahead: ahead.clone(), ..facts.appointment };
        Facts { appointment, ..facts }
    };
    assert_eq!(outcome("appointment.days", &values, &waited_for(vec![])), "full");
    assert_eq!(outcome("appointment.days", &values, &waited_for(vec![let_down.clone()])), "some");
    // Where nothing is free they wait, and since they booked.
    let Facts { appointment, .. } = waited_for(vec![let_down.clone()]);
    let here = place();
    let slots = here.days(NOW, DAY, 7).flat_map(|day| here.slots(day));
    let taken = slots.map(|slot| (slot.start, 2)).collect();
    let appointment = AppointmentFacts { taken, in_line: 9, in_line_before: 3, ..appointment };
    let full = Facts { appointment, ..in_lines(vec![], vec![]) };
    let joined = decide("appointment.wait", asking(&values), &full);
    assert_eq!((joined.outcome, joined.given.text("position")), ("joined", Some("4")));
    let [Change::Appointment(AppointmentChange::Wait(who))] = &joined.changes[..] else {
        panic!("{:?}", joined.changes);
    };
    assert_eq!((who.since, who.dose, who.from), (let_down.since, 1, TODAY));
    assert_eq!(who.joined, NOW);
}

#[test]
fn people_wait_only_where_there_is_no_room_and_in_few_lines() {
    let from = DAY.to_string();
    let values = wanted(DAY, &[("due_from", &from), ("course", "")]);
    assert_eq!(outcome("appointment.wait", &values, &in_lines(vec![], vec![])), "room");
    assert_eq!(outcome("appointment.wait_day", &values, &in_lines(vec![], vec![])), "room");
    let here = place();
    let slots = here.days(NOW, DAY, 7).flat_map(|day| here.slots(day));
    let taken: std::collections::BTreeMap<_, _> = slots.map(|slot| (slot.start, 2)).collect();
    let full = |lines: Vec<Line>, in_line| {
        let facts = in_lines(lines, vec![]);
        let appointment = AppointmentFacts { taken: taken.clone(), in_line, ..facts.appointment };
        Facts { appointment, ..facts }
    };
    let elsewhere =
        |code: &str| Line { facility: FacilityCode::parse(code).unwrap(), ..line(None) };
    let three = ["A1", "A2", "A3"].map(elsewhere).to_vec();
    for (facts, expected) in [
        (full(vec![], 4), ("joined", Some("5"))),
        (full(vec![line(None)], 4), ("joined", Some("3"))),
        (full(three, 4), ("too_many", None)),
        (full(vec![], 2000), ("long", None)),
    ] {
        let decision = decide("appointment.wait", asking(&values), &facts);
        assert_eq!((decision.outcome, decision.given.text("position")), expected);
    }
    let other = wanted(DAY, &[("due_from", &from), ("course", "pfizer")]);
    assert_eq!(outcome("appointment.wait", &other, &full(vec![], 0)), "gone");
}
