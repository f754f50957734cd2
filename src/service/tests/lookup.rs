//! Budgets of look-ups.

use std::time::Duration;

use super::*;
use crate::service::{
    record::{Failed, Tries},
    ticket::Because,
};

const CALLS: [&str; 2] = ["registration.match", "person.prove"];

fn in_hours(hours: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(3600 * hours))
}

fn nik(serial: u32, day: u32) -> Nik {
    Nik::parse(&format!("317301{day:02}0290{serial:04}")).unwrap()
}

/// A phone failed on a NIK, and that counts for some hours yet.
fn failed(nik: &Nik, failures: u32, hours: u64) -> Failed {
    let vault = desk().vault;
    let (person, stem) = (vault.nik_index(nik), vault.stem_index(nik));
    Failed { person, stem, failures, until: in_hours(hours) }
}

/// One failure on each of so many NIKs, of a stem each, the first of them forgotten first.
fn slips(count: u32) -> Tries {
    let slip = |n: u32| failed(&nik(7, n), 1, u64::from(n));
    Tries { own: (1..=count).map(slip).collect(), ..Tries::default() }
}

fn serials(count: u32) -> Tries {
    let probe = |n| failed(&nik(n, 45), 1, 9);
    Tries { own: (2..count + 2).map(probe).collect(), ..Tries::default() }
}

/// So many phones failed on the NIK, and this one did, too.
fn strangers(count: u64) -> Tries {
    let own = vec![failed(&siti().nik, 1, 1)];
    Tries { own, others: (1..=count).map(in_hours).collect(), ..Tries::default() }
}

/// The outcome, and the hours to wait.
fn ask(call: &str, person: Option<Person>, tries: &Tries, silence: Silence) -> (String, String) {
    let facts = Facts { person, tries: tries.clone(), ..Facts::default() };
    let values = typed(&[]);
    let decision = decide(call, Asking { silence, ..asking(&values) }, &facts);
    let hours = decision.given.text("hours").unwrap_or_default().to_owned();
    if decision.outcome == "too_often" {
        assert_eq!((decision.changes.len(), decision.noticed), (0, None));
    }
    (decision.outcome.to_owned(), hours)
}

#[test]
fn a_budget_that_is_used_up_answers_instead_of_the_match() {
    let twelve = Tries { own: vec![failed(&nik(7, 1), 12, 24)], ..Tries::default() };
    let both = Tries { own: [slips(12).own, strangers(0).own].concat(), ..strangers(11) };
    let first = Tries { own: slips(11).own, ..strangers(50) };
    for (what, tries, hours) in [
        ("eleven slips", slips(11), None),
        ("twelve slips", slips(12), Some("1")),
        ("fourteen, from another time", slips(14), Some("3")),
        ("twelve on one NIK", twelve, Some("24")),
        ("four serials", serials(4), None),
        ("five serials", serials(5), Some("9")),
        ("nine strangers", strangers(9), None),
        ("ten strangers", strangers(10), Some("1")),
        ("eleven strangers", strangers(11), Some("2")),
        ("both: the later counts", both, Some("2")),
        ("many strangers, and the first try", first, None),
    ] {
        for call in CALLS {
            let blocked = Person { blocked: true, ..siti() };
            let wrong = Person { birth: date(1999, 9, 9), ..siti() };
            for person in [Some(siti()), Some(blocked), Some(wrong), None] {
                let (outcome, told) = ask(call, person, &tries, Silence::Short);
                assert_eq!(outcome == "too_often", hours.is_some(), "{call}, {what}");
                assert_eq!(told, hours.unwrap_or_default(), "{call}, {what}");
            }
        }
    }
}

#[test]
fn strangers_do_not_lock_out_whom_the_person_belongs_to() {
    let mine = Person { phone: Some(phone(1)), ..siti() };
    let others = Person { phone: Some(phone(2)), ..siti() };
    let knows = Tries { acquainted: true, ..strangers(50) };
    let rows = [
        ("the record's number", &mine, strangers(50), Silence::Short, true),
        ("an acquaintance", &siti(), knows.clone(), Silence::Short, true),
        ("its number was sold, perhaps", &siti(), knows, Silence::TooLong, false),
        ("a stranger", &siti(), strangers(50), Silence::Short, false),
        ("another number is the record's", &others, strangers(50), Silence::Short, false),
        ("its own failures count", &mine, slips(12), Silence::Short, false),
    ];
    for (what, person, tries, silence, goes_on) in rows {
        for call in CALLS {
            let (outcome, _) = ask(call, Some(person.clone()), &tries, silence);
            assert_eq!(outcome != "too_often", goes_on, "{call}, {what}");
        }
    }
}

#[test]
fn a_failure_is_counted_and_the_first_serial_too_many_is_noticed() {
    let again = Tries { own: vec![failed(&nik(1, 45), 3, 9)], ..serials(0) };
    let known = Tries { own: [serials(3).own, again.own.clone()].concat(), ..serials(0) };
    for (what, tries, noticed) in [
        ("the first time", serials(0), None),
        ("again", again, None),
        ("the fourth serial", serials(3), None),
        ("the fourth serial again", known, None),
        ("the fifth serial", serials(4), Some(Noticed::SerialsProbed)),
    ] {
        for call in CALLS.into_iter().chain(["registration.submit"]) {
            let facts = Facts { tries: tries.clone(), ..Facts::default() };
            let decision = decide(call, asking(&typed(&[])), &facts);
            let before = facts.tries.own.iter().any(|failed| failed.person == index());
            let counts = decision.changes.iter().any(|change| {
                matches!(change, Change::LookUpFailed { person, window, .. }
                    if *person == index() && *window == Duration::from_secs(86_400))
            });
            // What `match` has counted, `submit` does not count again.
            assert_eq!(counts, call != "registration.submit" || !before, "{call}, {what}");
            assert_eq!(decision.noticed, noticed, "{call}, {what}");
        }
    }
}

#[test]
fn what_may_not_be_matched_waits_for_the_ministry() {
    let mine = Person { registration: Some(registered(me())), ..siti() };
    for person in [Some(siti()), Some(mine), None] {
        let facts = Facts { person, tries: strangers(10), ..Facts::default() };
        let mut decision = decide("registration.submit", asking(&typed(&[])), &facts);
        assert_eq!(decision.outcome, "waiting");
        // Whatever the record says, it is told to staff alone that nothing was compared.
        let opened = decision.changes.iter_mut().find_map(Change::checked);
        let check = opened.and_then(|ticket| ticket.body.check.clone()).expect("a ticket");
        assert_eq!(check.because, Because::TooOften);
        let others = decision.changes.iter().filter(|of| !matches!(of, Change::Desk(_)));
        assert!(matches!(others.collect::<Vec<_>>()[..], [Change::Register(_)]));
    }
}
