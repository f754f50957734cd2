//! Officers: the code, the PIN, how often, and in whose name.

use std::time::Duration;

use super::*;
use crate::service::{
    audit::{Act, Deed, StaffName},
    code::Held,
    inquiry::Outward,
    officer::{
        Behalf, Enrolled, OFFICER, Officer, OfficerKind, OfficerStep, Post, Stage, Tally, invite,
        pin,
    },
    outside::Elsewhere,
    record::{DeskChange, Failed, Tries},
};

const PIN: &str = "864297";

fn key() -> SubscriberKey {
    desk().vault.officer_key(&me())
}

/// Under which Siti's registration by this officer is stored.
fn assisted() -> SubscriberKey {
    desk().vault.assisted_key(&key(), &index())
}

fn officer() -> Officer {
    let who = Enrolled {
        key: key(),
        phone: phone(1),
        name: PersonName::parse("Wahyu Nugroho").unwrap(),
        kind: OfficerKind::Babinsa,
        post: Post::parse("5301").unwrap(),
        staff: StaffName::parse("rina.k").unwrap(),
    };
    let secret = pin(&desk().vault, key(), PIN);
    Officer { stage: Stage::Active, ..Officer::new(who, secret, NOW) }
}

/// With the PIN typed some minutes ago.
fn on_duty() -> Officer {
    Officer { open_until: later(600), ..officer() }
}

fn later(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

fn with(officer: Officer, person: Option<Person>) -> Facts {
    Facts { officer: Some(officer), person, ..Facts::default() }
}

fn decided(call: &str, asking: Asking<'_>, facts: &Facts) -> Decision {
    let known = OFFICER.call(call).unwrap();
    let decision = desk().decide(call, asking, facts).unwrap();
    let outcome = known.outcomes.iter().find(|of| of.name == decision.outcome);
    let outcome = outcome.unwrap_or_else(|| panic!("{call}: {}", decision.outcome));
    for given in outcome.gives {
        assert!(decision.given.text(given.name).is_some(), "{call}: no {}", given.name);
    }
    decision
}

fn tried(values: &Values, officer: Officer, now: Timestamp) -> (Decision, Officer) {
    let asking = Asking { now, ..asking(values) };
    let decision = decided("officer.open", asking, &with(officer.clone(), None));
    let after = decision.changes.iter().fold(officer, |officer, change| match change {
        Change::Officer(change) => {
            assert_eq!((change.key, change.was), (key(), officer.version));
            match &change.to {
                OfficerStep::Secret { stage, secret, open_until } => Officer {
                    stage: *stage,
                    secret: secret.clone(),
                    open_until: *open_until,
                    version: officer.version + 1,
                    ..officer
                },
                _ => officer,
            }
        }
        _ => officer,
    });
    (decision, after)
}

fn deeds(decision: &Decision) -> Vec<(SubscriberKey, Deed)> {
    let deed = |change: &Change| match change {
        Change::OnBehalf(by, change) => match &**change {
            Change::Desk(DeskChange::Audit(Act { deed, .. })) => Some((*by, *deed)),
            _ => None,
        },
        _ => None,
    };
    decision.changes.iter().filter_map(deed).collect()
}

/// What Siti says to the officer.
fn said(other: &[(&str, &str)]) -> Values {
    let mut values = typed(&[("consent", "2021-1-lisan"), ("household", "none")]);
    for (name, text) in other {
        values.keep(name, *text);
    }
    values
}

#[test]
fn who_it_is_is_seen_at_every_call() {
    let suspended = Officer { suspended: Some(NOW), ..on_duty() };
    let invited = Officer { stage: Stage::Invited, ..officer() };
    let lapsed = Officer { secret: Held { expires: NOW, ..officer().secret }, ..invited.clone() };
    let locked =
        Officer { secret: Held { locked_until: later(90), ..officer().secret }, ..officer() };
    let values = said(&[("pin", PIN), ("otp", "123456"), ("pin_again", PIN)]);
    for (what, officer, expected) in [
        ("nobody", None, "none"),
        ("suspended, however open", Some(suspended.clone()), "suspended"),
        ("new", Some(invited), "invited"),
        ("too late", Some(lapsed), "expired"),
        ("locked", Some(locked), "locked"),
        ("closed", Some(officer()), "pin"),
        ("open", Some(on_duty()), "open"),
    ] {
        let facts = Facts { officer, ..Facts::default() };
        assert_eq!(decided("officer.look", asking(&values), &facts).outcome, expected, "{what}");
    }
    for officer in [None, Some(suspended)] {
        let facts = Facts { officer, person: Some(siti()), ..Facts::default() };
        for call in ["code", "enrol", "open", "begin", "match", "submit"] {
            let decision = decided(&format!("officer.{call}"), asking(&values), &facts);
            assert_eq!((decision.outcome, decision.changes.len()), ("refused", 0), "{call}");
        }
    }
    for call in ["begin", "match", "submit"] {
        let facts = with(officer(), Some(siti()));
        let decision = decided(&format!("officer.{call}"), asking(&values), &facts);
        assert_eq!((decision.outcome, decision.changes.len()), ("pin", 0), "{call}");
    }
    // A number that was silent too long may be somebody else's by now, whoever knows the PIN.
    let strange = Asking { silence: Silence::TooLong, ..asking(&values) };
    assert_eq!(decided("officer.look", strange, &with(on_duty(), None)).outcome, "expired");
    for call in ["open", "begin", "match", "submit"] {
        let decision = decided(&format!("officer.{call}"), strange, &with(on_duty(), None));
        assert_eq!((decision.outcome, decision.changes.len()), ("refused", 0), "{call}");
    }
}

#[test]
fn a_code_becomes_a_pin_on_that_phone_only() {
    let (code, secret) = invite(&desk().vault, key(), None, 7, later(3600));
    let new = Officer { stage: Stage::Invited, secret, ..officer() };
    let facts = with(new.clone(), None);
    let typed = |otp: &str, pin: &str, again: &str| {
        said(&[("otp", otp), ("pin", pin), ("pin_again", again)])
    };
    let values = typed(&code, PIN, PIN);
    assert_eq!(decided("officer.code", asking(&values), &facts).outcome, "right");
    let done = decided("officer.enrol", asking(&values), &facts);
    assert_eq!((done.outcome, deeds(&done)), ("open", vec![(key(), Deed::OfficerPinSet)]));
    assert_eq!(done.given.text("pin"), Some(""), "it does not stay in the conversation");
    let kept = pin(&desk().vault, key(), PIN);
    assert!(done.changes.iter().any(|change| matches!(change,
        Change::Officer(of) if matches!(&of.to,
            OfficerStep::Secret { stage: Stage::Active, secret, .. } if *secret == kept))));
    for (values, now, expected) in [
        (typed(&code, PIN, "864298"), NOW, "differs"),
        (typed(&code, "111111", "111111"), NOW, "differs"),
        (typed("000001", PIN, PIN), NOW, "wrong"),
        (typed(&code, PIN, PIN), later(3600), "wrong"),
    ] {
        let asking = Asking { now, ..asking(&values) };
        assert_eq!(decided("officer.enrol", asking, &facts).outcome, expected);
    }
    // Three wrong codes, and it is dead: staff give a new one.
    let third = Officer { secret: Held { tries: 2, ..new.secret.clone() }, ..new };
    let wrong = typed("000001", PIN, PIN);
    let decision = decided("officer.code", asking(&wrong), &with(third, None));
    assert_eq!(
        (decision.outcome, deeds(&decision)),
        ("locked", vec![(key(), Deed::OfficerLocked)])
    );
    assert!(
        decision.changes.iter().any(|change| matches!(change,
        Change::Officer(of) if matches!(&of.to,
            OfficerStep::Secret { secret, .. } if secret.expires < NOW && secret.hash == [0; 16])))
    );
}

#[test]
fn wrong_pins_lock_for_longer_and_a_right_one_forgets_them() {
    let wrong = said(&[("pin", "864298")]);
    let right = said(&[("pin", PIN)]);
    let (mut officer, mut now) = (officer(), NOW);
    for minutes in [15, 1440, 1440] {
        for expected in ["wrong", "wrong", "locked"] {
            let (decision, after) = tried(&wrong, officer, now);
            assert_eq!(decision.outcome, expected);
            officer = after;
        }
        let (decision, after) = tried(&right, officer, now);
        assert_eq!(decision.outcome, "locked", "also the right one");
        assert_eq!(decision.given.text("minutes"), Some(minutes.to_string().as_str()));
        assert_eq!(decision.changes, []);
        officer = after;
        now = now.plus(Duration::from_secs(60 * minutes));
    }
    let (decision, after) = tried(&right, officer, now);
    assert_eq!(decision.outcome, "open");
    assert_eq!((after.secret.tries, after.secret.locks), (0, 0));
    assert_eq!(after.open_until, now.plus(Duration::from_secs(15 * 60)));
    assert_eq!(deeds(&decision), [(key(), Deed::OfficerOpened)]);
    // In the same turn the row is not written yet.
    let opened = said(&[("opened", decision.given.text("opened").unwrap())]);
    let before = Officer { version: after.version - 1, ..officer_closed(&after) };
    let asking = |values| Asking { now, ..asking(values) };
    assert_eq!(decided("officer.begin", asking(&opened), &with(before, None)).outcome, "go");
    let expired = officer_closed(&after);
    assert_eq!(decided("officer.begin", asking(&opened), &with(expired, None)).outcome, "pin");
    // Staff who give a new code forgive the lock, and not how often there was one.
    let (_, fresh) =
        invite(&desk().vault, key(), Some(&Held { locks: 2, ..after.secret }), 8, later(1));
    assert_eq!((fresh.locks, fresh.locked_until), (2, Timestamp::default()));
}

#[test]
fn whoever_comes_back_to_an_open_office_is_asked_again_in_time() {
    let open = on_duty();
    let looked = decided("officer.look", asking(&said(&[])), &with(open.clone(), None));
    assert_eq!(looked.outcome, "open");
    // What the look has given stays in the conversation; the row is the same as then.
    let values = said(&[("opened", looked.given.text("opened").unwrap())]);
    for (at, begin, found) in
        [(later(599), "go", "match"), (later(600), "pin", "pin"), (later(86_400), "pin", "pin")]
    {
        let asking = || Asking { now: at, ..asking(&values) };
        let facts = with(open.clone(), Some(siti()));
        assert_eq!(decided("officer.begin", asking(), &facts).outcome, begin);
        assert_eq!(decided("officer.match", asking(), &facts).outcome, found);
        assert_eq!(decided("officer.submit", asking(), &facts).outcome == "pin", found == "pin");
    }
}

fn officer_closed(officer: &Officer) -> Officer {
    Officer { open_until: NOW, ..officer.clone() }
}

#[test]
fn a_pin_that_everybody_tries_is_refused() {
    let new_pin = OFFICER.validator("new_pin").unwrap();
    for easy in
        ["000000", "121212", "123123", "123456", "654321", "890123", "210987", "112233", "123321"]
    {
        assert_eq!((new_pin.read)(easy, TODAY), Err("pin_easy"), "{easy}");
    }
    for good in ["864297", "12 34 58", "190845"] {
        assert!((new_pin.read)(good, TODAY).is_ok(), "{good}");
    }
    assert_eq!((new_pin.read)("12345", TODAY), Err("pin_digits"));
}

#[test]
fn somebody_is_registered_in_the_officers_name_and_on_nobodys_phone() {
    let values = said(&[("household", "081200000009")]);
    let need = desk().need("officer.submit", asking(&values));
    assert_eq!(need.officer, Some(key()));
    assert_eq!(need.people, Some(assisted()));
    assert_eq!(need.tries, Some(Look { by: key(), person: index(), at: NOW }));
    assert!(![me(), key()].contains(&assisted()));

    let found = decided("officer.match", asking(&values), &with(on_duty(), Some(siti())));
    assert_eq!(found.outcome, "match");
    assert_eq!(deeds(&found), [(key(), Deed::AssistedLooked)]);
    let heard = Change::ConsentHeard { version: "2021-1-lisan".into(), person: index() };
    let heard = Change::OnBehalf(assisted(), Box::new(heard));
    assert_eq!(found.changes.len(), 1, "nothing is kept of whoever was only looked up");

    let done = decided("officer.submit", asking(&values), &with(on_duty(), Some(siti())));
    assert_eq!(done.outcome, "registered");
    assert_eq!(deeds(&done), [(key(), Deed::AssistedRegistered)]);
    assert!(done.changes.contains(&heard));
    let registers = done.changes.iter().find_map(|change| match change {
        Change::OnBehalf(by, change) => match &**change {
            Change::Register(registration) => Some((*by, registration.clone())),
            _ => None,
        },
        _ => None,
    });
    let (by, registration) = registers.unwrap();
    assert_eq!((by, registration.consent.as_str()), (assisted(), "2021-1-lisan"));
    let knows = |change: &Change| {
        let inner = match change {
            Change::OnBehalf(_, change) => change,
            change => change,
        };
        matches!(inner, Change::Know(_))
    };
    assert!(!done.changes.iter().any(knows));
    let [note] = &done.notes[..] else { panic!("one notice") };
    assert!(note.text == "registered" && note.to == To::Phone(phone(9)));
    assert!(!format!("{done:?}").contains(NIK));

    // Nobody is told where there is no phone, and an officer's own is no family's.
    for household in ["none", "081200000001"] {
        let values = said(&[("household", household)]);
        let done = decided("officer.submit", asking(&values), &with(on_duty(), Some(siti())));
        assert_eq!((done.outcome, done.notes.len()), ("registered", 0));
    }
}

#[test]
fn the_record_answers_an_officer_as_everybody() {
    let own = Person { registration: Some(registered(assisted())), ..siti() };
    let phones = Person { registration: Some(registered(me())), ..siti() };
    let later = Person { eligible_from: Some(date(2021, 9, 1)), ..siti() };
    let blocked = Person { blocked: true, ..siti() };
    for (what, person, matched, submitted) in [
        ("not listed", None, "not_listed", "waiting"),
        ("blocked", Some(blocked), "not_listed", "waiting"),
        ("not yet", Some(later), "later", "waiting"),
        ("by this officer", Some(own), "already_here", "already"),
        ("from the officer's own phone", Some(phones), "already", "already"),
    ] {
        let facts = with(on_duty(), person);
        let found = decided("officer.match", asking(&said(&[])), &facts);
        assert_eq!(found.outcome, matched, "{what}");
        let failed = |change: &Change| {
            matches!(change, Change::OnBehalf(by, of)
                if *by == key() && matches!(**of, Change::LookUpFailed { .. }))
        };
        assert_eq!(found.changes.iter().any(failed), matched == "not_listed", "{what}");
        let done = decided("officer.submit", asking(&said(&[])), &facts);
        assert_eq!(done.outcome, submitted, "{what}");
        let counted = done.changes.iter().any(|change| matches!(change, Change::Officer(_)));
        assert_eq!(counted, submitted == "waiting", "{what}");
    }
}

#[test]
fn an_hour_and_a_day_have_so_many() {
    let rules = desk().officers;
    let tally = |from: Timestamp, hour: u32, day: u32| Tally {
        hour_from: from,
        hour,
        date: Some(TODAY),
        day,
    };
    let half_an_hour_ago = NOW.minus(Duration::from_secs(1800));
    let an_hour_ago = NOW.minus(Duration::from_secs(3600));
    let yesterday = Tally { date: Some(date(2021, 8, 16)), ..tally(an_hour_ago, 3, rules.per_day) };
    for (what, tally, expected) in [
        ("the first", Tally::default(), "go"),
        ("room for one", tally(half_an_hour_ago, rules.per_hour - 1, 30), "go"),
        ("the hour is full", tally(half_an_hour_ago, rules.per_hour, 30), "hour_full"),
        ("the hour is over", tally(an_hour_ago, rules.per_hour, 30), "go"),
        ("the day is full", tally(an_hour_ago, 0, rules.per_day), "day_full"),
        ("another day", yesterday, "go"),
    ] {
        let facts = with(Officer { tally, ..on_duty() }, Some(siti()));
        let begun = decided("officer.begin", asking(&said(&[])), &facts);
        assert_eq!(begun.outcome, expected, "{what}");
        let done = decided("officer.submit", asking(&said(&[])), &facts);
        assert_eq!(done.outcome == "registered", expected == "go", "{what}: {}", done.outcome);
        if expected == "hour_full" {
            assert_eq!(begun.given.text("minutes"), Some("30"));
            assert_eq!(done.changes, []);
        }
    }
    let facts = with(on_duty(), Some(siti()));
    let shown = decided("officer.look", asking(&said(&[])), &facts);
    let left = rules.per_day.to_string();
    assert_eq!((shown.given.text("today"), shown.given.text("left")), (Some("0"), Some(&*left)));
}

#[test]
fn an_outside_record_is_asked_under_the_registrations_own_key() {
    let mut desk = desk();
    desk.source = Source::Outside;
    let values = said(&[("household", "081200000009")]);
    let first =
        desk.decide("officer.submit", asking(&values), &with(on_duty(), Some(siti()))).unwrap();
    assert_eq!(first.outward, Some(Outward::First(inquiry::Kind::Register)));
    let behalf = first.behalf.clone().unwrap();
    assert_eq!((behalf.key, behalf.tell()), (assisted(), Some(phone(9))));
    assert_eq!(behalf.change(Change::Know(index())), None);
    let text = serde_json::to_string(&behalf).unwrap();
    assert_eq!(serde_json::from_str::<Behalf>(&text).unwrap(), *behalf);

    // Run again, it says what became of it, and neither counts nor logs a second time.
    let stands = Person { registration: Some(registered(assisted())), ..siti() };
    let facts = Facts { wrote: Some(inquiry::Wrote::Stands), ..with(officer(), Some(stands)) };
    let second = desk.decide("officer.submit", asking(&values), &facts).unwrap();
    assert_eq!((second.outcome, second.notes.len()), ("registered", 1));
    assert_eq!((deeds(&second), second.changes.len()), (vec![], 0));
    let fetched = outside::Fetched {
        at: NOW,
        version: 1,
        standing: outside::Listing::Listed,
        elsewhere: Some(Elsewhere { number: None, reference: None }),
        taken: None,
        disputed: None,
    };
    let elsewhere = Facts { fetched: Some(fetched), ..with(on_duty(), Some(siti())) };
    let found = desk.decide("officer.match", asking(&said(&[])), &elsewhere).unwrap();
    assert_eq!(found.outcome, "already");
}

#[test]
fn closing_and_being_refused_stand_in_the_officers_name() {
    let nothing = Values::default();
    let closed = decided("officer.close", asking(&nothing), &with(on_duty(), None));
    assert_eq!(deeds(&closed), [(key(), Deed::OfficerClosed)]);
    let stranger = desk().decide("officer.close", asking(&nothing), &Facts::default()).unwrap();
    assert_eq!(stranger.changes.len(), 0);

    let failed = |serial: u8| {
        let nik = Nik::parse(&format!("31730145029000{serial:02}")).unwrap();
        let vault = desk().vault;
        let (person, stem) = (vault.nik_index(&nik), vault.stem_index(&nik));
        Failed { person, stem, failures: 1, until: later(3600) }
    };
    let tries = Tries { own: (10..90).map(failed).collect(), ..Tries::default() };
    let facts = Facts { tries, ..with(on_duty(), Some(siti())) };
    let values = said(&[]);
    let refused = decided("officer.match", asking(&values), &facts);
    assert_eq!(refused.outcome, "too_often");
    assert_eq!(deeds(&refused), [(key(), Deed::AssistedRefused)]);
}
