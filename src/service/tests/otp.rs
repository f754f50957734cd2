//! One-time codes.

use std::time::Duration;

use super::*;
use crate::{
    outbox::Class,
    service::{
        audit::{Act, Deed},
        code::{Asked, CodeChange, CodeFacts, Earlier, Held},
        record::DeskChange,
    },
};

const OWNER: u32 = 5;

/// Siti, whose number the record knows, and what is kept of codes.
fn siti_and(code: CodeFacts) -> Facts {
    let person = Person { phone: Some(phone(OWNER)), ..siti() };
    Facts { person: Some(person), code, ..Facts::default() }
}

fn later(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

fn ago(seconds: u64) -> Timestamp {
    NOW.minus(Duration::from_secs(seconds))
}

/// The change of a decision about a code.
fn change(decision: &Decision) -> &CodeChange {
    let change = decision.changes.iter().find_map(|change| match change {
        Change::Code(change) => Some(change),
        _ => None,
    });
    change.expect("a code changes")
}

/// A code that was sent, and what is kept of it.
fn sent() -> (String, Held) {
    let decision = decide("otp.send", asking(&typed(&[])), &siti_and(CodeFacts::default()));
    let code = decision.notes[0].values.text("otp").unwrap().to_owned();
    (code, change(&decision).held.clone().unwrap())
}

fn holding(held: Held) -> CodeFacts {
    CodeFacts { held: Some(held), ..CodeFacts::default() }
}

fn tried(code: &str, facts: &Facts, at: Timestamp) -> Decision {
    let values = typed(&[("otp", code)]);
    decide("otp.verify", Asking { now: at, ..asking(&values) }, facts)
}

/// Another code than this.
fn other(code: &str) -> String {
    let number: u32 = code.parse().unwrap();
    format!("{:06}", (number + 1) % 1_000_000)
}

#[test]
fn a_code_goes_to_the_registered_number_and_opens_once() {
    let decision = decide("otp.send", asking(&typed(&[])), &siti_and(CodeFacts::default()));
    assert_eq!(decision.outcome, "sent");
    let [note] = decision.notes.as_slice() else { panic!("one text") };
    assert!(note.to == To::Phone(phone(OWNER)) && note.class == Class::Code);
    let (code, held) = sent();
    assert_eq!((held.expires, change(&decision).asked), (later(300), Some(Asked::Sent)));
    assert!(!format!("{decision:?}").contains(&code));
    let known = tried(&code, &siti_and(holding(held)), later(299));
    assert_eq!(known.outcome, "known");
    assert_eq!(change(&known).held, None, "it is used up");
    assert!(known.changes.contains(&Change::Know(index())));
    // Whose name it is shown stands in the log.
    let values = typed(&[("otp", &code)]);
    let asking = Asking { now: later(299), ..asking(&values) };
    let (_, held) = sent();
    let known = desk().answer("otp.verify", asking, &siti_and(holding(held))).unwrap();
    let proved = Act::new(Deed::PersonProved).about(Some(index()));
    assert!(known.changes.contains(&Change::Desk(DeskChange::Audit(proved))));
}

#[test]
fn what_does_not_match_is_answered_alike() {
    let wrong = typed(&[("birth_date", "06-02-1990")]);
    let blocked = Person { blocked: true, phone: Some(phone(OWNER)), ..siti() };
    for (values, facts) in [
        (&wrong, siti_and(CodeFacts::default())),
        (&typed(&[]), Facts::default()),
        (&typed(&[]), super::facts(siti())),
        (&typed(&[]), super::facts(blocked)),
    ] {
        let decision = decide("otp.send", asking(values), &facts);
        assert_eq!((decision.outcome, decision.notes.len()), ("sent", 0));
        assert_eq!(change(&decision).asked, Some(Asked::Nobody));
        let held = change(&decision).held.clone().unwrap();
        let facts = Facts { code: holding(held), ..facts };
        assert_eq!(tried("000000", &facts, NOW).outcome, "wrong");
    }
}

#[test]
fn a_code_is_bound_to_its_phone_and_time() {
    let (code, held) = sent();
    let facts = siti_and(holding(held.clone()));
    assert_eq!(tried(&code, &facts, later(300)).outcome, "wrong", "too old");
    let values = typed(&[("otp", &code)]);
    let elsewhere = Asking { subscriber: stranger(), ..asking(&values) };
    assert_eq!(decide("otp.verify", elsewhere, &facts).outcome, "wrong");
    assert_eq!(tried(&code, &siti_and(CodeFacts::default()), NOW).outcome, "wrong", "none sent");
}

#[test]
fn three_wrong_ones_lock_and_a_new_code_forgets_none() {
    let (code, mut held) = sent();
    for tries in 1..3 {
        let decision = tried(&other(&code), &siti_and(holding(held)), NOW);
        assert_eq!(decision.outcome, "wrong");
        held = change(&decision).held.clone().unwrap();
        assert_eq!(held.tries, tries);
    }
    let values = typed(&[]);
    let asking = Asking { now: later(61), random: 10, ..asking(&values) };
    let fresh = decide("otp.send", asking, &siti_and(holding(held)));
    let held = change(&fresh).held.clone().unwrap();
    assert_eq!(held.tries, 2, "not forgotten");
    let locked = tried(&other(&code), &siti_and(holding(held)), later(62));
    assert_eq!((locked.outcome, locked.given.text("minutes")), ("locked", Some("15")));
    let held = change(&locked).held.clone().unwrap();
    let facts = siti_and(holding(held.clone()));
    assert_eq!(tried(&code, &facts, later(63)).outcome, "locked", "even the right one");
    let values = typed(&[]);
    let while_locked = Asking { now: later(63), ..super::asking(&values) };
    assert_eq!(decide("otp.send", while_locked, &facts).outcome, "locked");
    // The lock after it is a day.
    let held = Held { tries: 2, locked_until: later(63), ..held };
    let locked = tried(&other(&code), &siti_and(holding(held)), later(64));
    assert_eq!(locked.given.text("minutes"), Some("1440"));
}

#[test]
fn codes_are_asked_for_at_a_pace() {
    let mine = |seconds| Earlier { at: ago(seconds), mine: true, sent: true };
    let sent_to_others = |seconds| Earlier { mine: false, ..mine(seconds) };
    let strangers = |seconds| Earlier { mine: false, sent: false, at: ago(seconds) };
    for (asked, outcome, minutes) in [
        (vec![mine(60)], "sent", None),
        (vec![mine(59)], "wait", Some("1")),
        (vec![mine(100), mine(200), mine(3000)], "wait", Some("10")),
        (vec![sent_to_others(100), mine(200), mine(3000)], "sent", None),
        (vec![mine(4000), mine(8000), mine(9000), mine(9500), mine(85_800)], "wait", Some("10")),
        (vec![strangers(1), strangers(2), strangers(3), strangers(4)], "sent", None),
    ] {
        let facts = siti_and(CodeFacts { asked, ..CodeFacts::default() });
        let decision = decide("otp.send", asking(&typed(&[])), &facts);
        assert_eq!((decision.outcome, decision.given.text("minutes")), (outcome, minutes));
    }
    // That others were sent enough is not told, whoever asks; nothing is sent.
    let facts = siti_and(CodeFacts { asked: vec![sent_to_others(5); 5], ..CodeFacts::default() });
    for values in [typed(&[]), typed(&[("birth_date", "06-02-1990")])] {
        let decision = decide("otp.send", asking(&values), &facts);
        assert_eq!((decision.outcome, decision.notes.len()), ("sent", 0));
    }
}

#[test]
fn all_codes_together_have_a_budget() {
    let many = CodeFacts { sent_to_all: desk().codes.per_hour, ..CodeFacts::default() };
    assert_eq!(decide("otp.send", asking(&typed(&[])), &siti_and(many)).outcome, "later");
}

#[test]
fn a_registration_is_sent_to_keep() {
    for (person, text) in [(facts(siti()), "registered"), (Facts::default(), "waiting")] {
        let decision = decide("registration.submit", asking(&typed(&[])), &person);
        let [note] = decision.notes.as_slice() else { panic!("one text") };
        assert!(note.text == text && note.to == To::Caller);
        assert_eq!(note.values.text("number"), decision.given.text("number"));
    }
}
