//! Changes of one's data, and the tickets that some of them end in.

use std::time::Duration;

use super::*;
use crate::service::{
    audit::{Act, Deed, StaffName},
    code::{CodeFacts, Held},
    record::{DeskChange, Item},
    ticket::{
        About, Answered, Asked, Body, Category, NewTicket, Refused, Ticket, TicketState, step,
    },
};

/// Siti, whose number the record knows to be this phone's.
fn own() -> Facts {
    facts(Person { phone: Some(phone(1)), ..siti() })
}

fn correction(decision: &Decision) -> Option<&Item> {
    decision.changes.iter().find_map(|change| match change {
        Change::Desk(DeskChange::Correct(correction)) => Some(&correction.item),
        _ => None,
    })
}

fn logged(decision: &Decision) -> Vec<&Act> {
    let act = |change| match change {
        &Change::Desk(DeskChange::Audit(ref act)) => Some(act),
        _ => None,
    };
    decision.changes.iter().filter_map(act).collect()
}

fn opened(decision: &Decision) -> Option<&NewTicket> {
    decision.changes.iter().find_map(|change| match change {
        Change::Desk(DeskChange::Open(ticket)) => Some(&**ticket),
        _ => None,
    })
}

fn kept(decision: &Decision) -> Held {
    let held = decision.changes.iter().find_map(|change| match change {
        Change::Code(change) => change.held.clone(),
        _ => None,
    });
    held.expect("a code is kept")
}

fn with_code(facts: &Facts, held: Held) -> Facts {
    Facts { code: CodeFacts { held: Some(held), ..CodeFacts::default() }, ..facts.clone() }
}

fn texts(decision: &Decision) -> Vec<(&str, Option<Msisdn>)> {
    let to = |note: &Note| match &note.to {
        To::Phone(phone) => Some(phone.clone()),
        To::Caller | To::CallerToKeep => None,
    };
    decision.notes.iter().map(|note| (note.text, to(note))).collect()
}

#[test]
fn a_slip_in_a_name_is_corrected_at_once_and_another_name_is_not() {
    for (name, outcome) in [
        ("Siti Aminah", "same"),
        ("Siti Aminnah", "changed"),
        ("Hj. Siti Aminah, S.Pd", "changed"),
        ("Siti Maesaroh", "opened"),
        ("Budi Santoso", "opened"),
    ] {
        let values = typed(&[("name", name)]);
        let decision = decide("change.name", asking(&values), &own());
        assert_eq!(decision.outcome, outcome, "{name}");
        match outcome {
            "changed" => {
                let Some(Item::Name(was, to)) = correction(&decision) else { panic!("{name}") };
                assert_eq!((was.as_str(), to.as_str()), ("Siti Aminah", name));
                let [act] = logged(&decision)[..] else { panic!("one row") };
                assert_eq!((act.deed, act.person), (Deed::NameChanged, Some(index())));
                assert_eq!(act.old.as_deref(), Some("Siti Aminah"));
                assert_eq!(texts(&decision), [("name_changed", None)]);
            }
            "opened" => {
                let ticket = opened(&decision).unwrap();
                assert_eq!((ticket.category, ticket.person), (Category::Name, Some(index())));
                assert_eq!(ticket.body.name.as_deref(), Some(name));
                assert_eq!(ticket.due, Some(NOW.plus(Duration::from_secs(72 * 3600))));
                assert!(correction(&decision).is_none());
            }
            _ => assert!(decision.changes.is_empty()),
        }
    }
}

#[test]
fn nobody_becomes_somebody_else_in_small_steps() {
    let values = typed(&[("name", "Siti Aminnah")]);
    let days = |days: u64| Some(NOW.minus(Duration::from_secs(86_400 * days)));
    for (renamed, outcome) in [(days(1), "opened"), (days(29), "opened"), (days(31), "changed")] {
        let facts = Facts { renamed, ..own() };
        assert_eq!(decide("change.name", asking(&values), &facts).outcome, outcome);
    }
}

#[test]
fn whoever_is_not_tied_to_the_person_changes_nothing() {
    let other = facts(Person { phone: Some(phone(2)), ..siti() });
    let blocked = facts(Person { phone: Some(phone(1)), blocked: true, ..siti() });
    for (facts, what) in [(other, "another's"), (blocked, "blocked"), (Facts::default(), "none")] {
        for call in ["change.prove", "change.name"] {
            let decision = decide(call, asking(&typed(&[])), &facts);
            assert_eq!(decision.outcome, "no", "{call}: {what}");
            assert!(correction(&decision).is_none() && logged(&decision).is_empty());
        }
    }
    // A guardian proved to know the person, and may act.
    let mut guardian = facts(Person { phone: Some(phone(2)), ..siti() });
    guardian.tries.acquainted = true;
    let decision = decide("change.name", asking(&typed(&[("name", "Siti Aminnah")])), &guardian);
    assert_eq!(decision.outcome, "changed");
    let told = texts(&decision);
    assert_eq!(told, [("name_changed", None), ("name_changed", Some(phone(2)))]);
}

/// Siti's old number and the new one agree, from a third phone.
#[test]
fn a_number_changes_when_the_old_one_and_the_new_one_agree() {
    let (old, new) = (phone(5), phone(6));
    let siti = facts(Person { phone: Some(old.clone()), ..siti() });
    let mut said = vec![("phone", "081200000006".to_owned())];
    let say = |said: &[(&str, String)]| {
        let said: Vec<(&str, &str)> = said.iter().map(|(name, of)| (*name, of.as_str())).collect();
        typed(&said)
    };
    let values = say(&said);
    let asked = decide("change.ask_old", asking(&values), &siti);
    assert_eq!(asked.outcome, "sent");
    assert_eq!(texts(&asked), [("code_old", Some(old.clone()))]);
    let code = asked.notes[0].values.text("otp").unwrap().to_owned();
    let held = kept(&asked);

    // The code is for that new number and no other.
    let elsewhere = say(&[("phone", "081200000007".into()), ("otp", code.clone())]);
    let decision = decide("change.prove_old", asking(&elsewhere), &with_code(&siti, held.clone()));
    assert_eq!(decision.outcome, "wrong");

    said.push(("otp", code));
    let values = say(&said);
    let proved = decide("change.prove_old", asking(&values), &with_code(&siti, held));
    assert_eq!(proved.outcome, "right");
    said.push(("agreed", proved.given.text("agreed").unwrap().to_owned()));

    let values = say(&said);
    let asked = decide("change.ask_new", asking(&values), &siti);
    assert_eq!(texts(&asked), [("code_new", Some(new.clone()))]);
    said[1].1 = asked.notes[0].values.text("otp").unwrap().to_owned();
    let held = kept(&asked);

    let values = say(&said);
    let sure = with_code(&siti, held.clone());
    let done = decide("change.phone", asking(&values), &sure);
    assert_eq!(done.outcome, "changed");
    let Some(Item::Phone(was, to)) = correction(&done) else { panic!("a number changes") };
    assert_eq!((was.as_ref(), to.as_ref()), (Some(&old), Some(&new)));
    assert_eq!(
        texts(&done),
        [("phone_left", Some(old.clone())), ("phone_came", Some(new.clone()))]
    );
    let keys = desk().vault;
    let estranged = DeskChange::Estrange(keys.subscriber_key(&old), index());
    let acquainted = DeskChange::Acquaint(keys.subscriber_key(&new), index());
    assert!(done.changes.contains(&Change::Desk(estranged)));
    assert!(done.changes.contains(&Change::Desk(acquainted)));

    // What the old number agreed to is over after a while, with another number, and when the record
    // has changed since.
    let later = Asking { now: NOW.plus(Duration::from_secs(1801)), ..asking(&values) };
    assert_eq!(decide("change.phone", later, &sure).outcome, "over");
    let moved = with_code(&facts(Person { phone: Some(phone(9)), ..super::siti() }), held);
    assert_eq!(decide("change.phone", asking(&values), &moved).outcome, "over");
    said[0].1 = "081200000007".into();
    assert_eq!(decide("change.ask_new", asking(&say(&said)), &siti).outcome, "over");
}

#[test]
fn a_lost_sim_is_a_ticket_whoever_asks() {
    let values = typed(&[("phone", "081200000006")]);
    let siti = facts(Person { phone: Some(phone(5)), ..siti() });
    let found = decide("change.lost", asking(&values), &siti);
    let nobody = decide("change.lost", asking(&values), &Facts::default());
    for decision in [&found, &nobody] {
        assert_eq!(decision.outcome, "opened");
        let ticket = opened(decision).unwrap();
        assert_eq!(ticket.category, Category::Phone);
        assert_eq!(ticket.not_before, Some(NOW.plus(Duration::from_secs(24 * 3600))));
    }
    // The old number is told; of a number that the record does not have, nobody can be.
    assert!(texts(&found).contains(&("phone_lost", Some(phone(5)))));
    assert_eq!(texts(&nobody), [("ticket_opened", None)]);
    assert!(nobody.changes.iter().any(|change| matches!(change, Change::LookUpFailed { .. })));
}

#[test]
fn a_guardian_is_for_the_young_and_the_old_and_agrees() {
    let born = |birth| facts(Person { phone: Some(phone(1)), birth, ..siti() });
    for (birth, outcome) in [
        (date(1990, 2, 5), "not_needed"),
        (date(2003, 8, 17), "not_needed"),
        (date(2003, 8, 18), "sent"),
        (date(1961, 8, 17), "sent"),
        (date(1961, 8, 18), "not_needed"),
    ] {
        let day = crate::identity::birth::show(birth);
        let values = typed(&[("birth_date", &day), ("phone", "081200000006")]);
        let decision = decide("change.ask_guardian", asking(&values), &born(birth));
        assert_eq!(decision.outcome, outcome, "{birth}");
    }
    let child = born(date(2012, 1, 1));
    let values = typed(&[("birth_date", "01-01-2012"), ("phone", "081200000006")]);
    let asked = decide("change.ask_guardian", asking(&values), &child);
    let code = asked.notes[0].values.text("otp").unwrap().to_owned();
    let values = typed(&[("birth_date", "01-01-2012"), ("phone", "081200000006"), ("otp", &code)]);
    let added = decide("change.guardian", asking(&values), &with_code(&child, kept(&asked)));
    assert_eq!(added.outcome, "added");
    let key = desk().vault.subscriber_key(&phone(6));
    assert!(added.changes.contains(&Change::Desk(DeskChange::Acquaint(key, index()))));
    assert_eq!(logged(&added)[0].deed, Deed::GuardianAdded);
    assert_eq!(texts(&added), [("guardian_added", None), ("guardian_you", Some(phone(6)))]);
}

#[test]
fn the_same_complaint_is_one_ticket_and_a_phone_has_only_so_many() {
    let values = typed(&[("category", "other"), ("about", "nobody"), ("text", "Antrean tutup")]);
    let first = decide("ticket.open", asking(&values), &Facts::default());
    let ticket = ticket(opened(&first).unwrap().clone());
    let facts = Facts { tickets: vec![ticket.clone()], ..Facts::default() };
    let again = decide("ticket.open", asking(&values), &facts);
    assert_eq!((again.outcome, again.given.text("ticket")), ("opened", first.given.text("ticket")));
    assert!(again.changes.is_empty());

    let many = (0..5).map(|other| Ticket {
        made: NewTicket {
            body: Body { text: format!("Lain {other}"), ..Body::default() },
            ..ticket.made.clone()
        },
        ..ticket.clone()
    });
    let facts = Facts { tickets: many.collect(), ..Facts::default() };
    assert_eq!(decide("ticket.open", asking(&values), &facts).outcome, "many");
}

#[test]
fn a_certificate_that_is_missing_has_two_causes() {
    let long_ago = Some(date(2021, 7, 1));
    for (doses, outcome) in [
        (vec![], "no_dose"),
        (vec![dose(1, None, None)], "not_entered"),
        (vec![dose(1, None, Some("A"))], "not_entered"),
        (vec![dose(1, long_ago, None)], "not_issued"),
        (vec![dose(1, long_ago, None), dose(2, Some(TODAY), Some("B"))], "not_issued"),
        (vec![dose(1, long_ago, Some("A")), dose(2, Some(TODAY), None)], "on_its_way"),
        (vec![dose(1, long_ago, Some("A"))], "issued"),
    ] {
        let person = index().to_hex();
        let values = typed(&[("person", &person), ("category", "certificate")]);
        let known = Facts { people: vec![known()], ..facts(Person { doses, ..siti() }) };
        assert_eq!(decide("complaint.look", asking(&values), &known).outcome, outcome);
    }
}

fn lost() -> Ticket {
    let values = typed(&[("phone", "081200000006")]);
    let decision = decide("change.lost", asking(&values), &Facts::default());
    ticket(opened(&decision).unwrap().clone())
}

#[test]
fn staff_cannot_hurry_and_cannot_end_what_others_took() {
    let (vault, rina) = (desk().vault, StaffName::parse("rina").unwrap());
    let person = Person { phone: Some(phone(5)), ..siti() };
    let text = "Nomor sudah diganti.".to_owned();
    let change = Asked::Answer { text, with: Answered::ByChange };
    let at = |hours: u64| NOW.plus(Duration::from_secs(hours * 3600));
    let go = |ticket: &Ticket, person, asked: &Asked, hours| {
        let about = About { person, waiting: None, source: Source::Embedded };
        step(&vault, ticket, about, asked, &rina, at(hours))
    };
    assert_eq!(go(&lost(), Some(&person), &change, 23), Err(Refused::Cooling(60)));
    let done = go(&lost(), Some(&person), &change, 24).unwrap();
    assert!(done.changes.iter().any(|change| matches!(change, DeskChange::Correct(_))));
    assert_eq!(done.text, Some("ticket_answered"));
    assert_eq!(go(&lost(), None, &change, 24), Err(Refused::Nobody));
    let other = Person { birth: date(1991, 2, 5), ..person.clone() };
    assert_eq!(go(&lost(), Some(&other), &change, 24), Err(Refused::Nobody));

    let taken = Ticket { state: TicketState::Taken, staff: Some("budi".into()), ..lost() };
    assert_eq!(go(&taken, None, &Asked::Close, 0), Err(Refused::Others("budi".into())));
    assert!(go(&taken, None, &Asked::Take, 0).is_ok());
    let closed = Ticket { state: TicketState::Closed, ..lost() };
    assert_eq!(go(&closed, None, &Asked::Take, 0), Err(Refused::Ended(TicketState::Closed)));

    let say = |text: &str| Asked::Answer { text: text.into(), with: Answered::InWords };
    for bad in ["", "  ", "baik 🙂", &"a".repeat(161)] {
        assert_eq!(go(&lost(), None, &say(bad), 0), Err(Refused::Words), "{bad}");
    }
    let merge = |into: Ticket| Asked::Merge { into: Box::new(into) };
    assert_eq!(go(&lost(), None, &merge(lost()), 0), Err(Refused::Into));
    let mut into = lost();
    into.made.number = Number::from_random(77);
    let merged = go(&lost(), None, &merge(into.clone()), 0).unwrap();
    assert_eq!(merged.text, Some("ticket_merged"));
    // Another phone's ticket cannot be read from this one, so it is not spoken of.
    into.by = stranger();
    assert_eq!(go(&lost(), None, &merge(into), 0).unwrap().text, Some("ticket_closed"));
}
