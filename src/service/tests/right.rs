//! The rights of a person: of nobody who was not proved in this very conversation, and each of them to its
//! end.

use super::*;
use crate::service::{
    audit::Deed,
    record::DeskChange,
    right::{Consent, Look, Parting, Purpose, RightFacts},
    ticket::{Body, Category, NewTicket, Ticket, TicketState},
};

/// Siti, whose number the record knows to be this phone's, with what is known of her rights.
fn own(rights: RightFacts) -> Facts {
    Facts { rights, ..facts(Person { phone: Some(phone(1)), ..siti() }) }
}

fn proved() -> Values {
    let person = index().to_hex();
    typed(&[("person", &person), ("proved", &person)])
}

fn erasure() -> Ticket {
    let made = NewTicket {
        number: number(),
        person: Some(index()),
        category: Category::Erasure,
        severity: None,
        onset: None,
        body: Body::default(),
        due: None,
        not_before: None,
    };
    Ticket {
        made,
        by: stranger(),
        opened: NOW,
        state: TicketState::Open,
        staff: None,
        answer: None,
        merged_into: None,
        version: 3,
    }
}

#[test]
fn nothing_is_told_of_whom_this_conversation_has_not_proved() {
    let person = index().to_hex();
    let calls = [
        "kept",
        "looks",
        "consent",
        "text",
        "withdraw",
        "withdraw_heard",
        "erasure",
        "erase",
        "keep",
    ]
    .map(|of| format!("right.{of}"));
    let ways = [
        typed(&[("person", &person), ("consent", "2021-2")]),
        typed(&[("person", &person), ("consent", "2021-2"), ("proved", "ff")]),
    ];
    for values in ways {
        for call in &calls {
            let facts = own(RightFacts::default());
            assert_eq!(desk().decide(call, asking(&values), &facts), None, "{call}");
        }
    }
    let blocked = facts(Person { blocked: true, ..siti() });
    for call in &calls {
        assert_eq!(desk().decide(call, asking(&proved()), &blocked), None, "{call}");
    }
}

#[test]
fn who_looked_is_told_by_kind() {
    let look = |deed, phone| Look { deed, phone, at: NOW };
    let looks = vec![
        look(Deed::StatusSeen, Some(me())),
        look(Deed::StatusSeen, Some(stranger())),
        look(Deed::TicketSeen, None),
        look(Deed::AssistedLooked, Some(stranger())),
        look(Deed::CertificateChecked, Some(stranger())),
        look(Deed::CertificateChecked, None),
    ];
    let values = proved();
    let facts = own(RightFacts { looks, ..RightFacts::default() });
    let told = decide("right.looks", asking(&values), &facts);
    for (name, text) in [("own", "1"), ("other", "1"), ("staff", "2"), ("checks", "2")] {
        assert_eq!(told.given.text(name), Some(text), "{name}");
    }
    assert_eq!(told.given.text("own_last"), Some("16-08-2021"));
    // That they asked is a look as well.
    let answered = desk().answer("right.looks", asking(&values), &facts).unwrap();
    let [Change::Desk(DeskChange::Audit(act))] = &answered.changes[..] else { panic!("one row") };
    assert_eq!((act.deed, act.person), (Deed::DataSeen, Some(index())));
}

#[test]
fn consent_that_is_taken_back_ends_what_rested_on_it() {
    let consent = |withdrawn| Consent {
        purpose: Purpose::Service,
        version: "2021-1".into(),
        channel: Some("ussd".into()),
        at: NOW,
        withdrawn,
        parted: None,
    };
    let case = |withdrawn| Consent {
        purpose: Purpose::Exposure,
        version: "sijejak-1".into(),
        ..consent(withdrawn)
    };
    let values = proved();
    for (consents, outcome) in [
        (vec![], "none"),
        (vec![consent(None)], "given"),
        (vec![consent(Some(NOW)), consent(None)], "withdrawn"),
        // What a case answers is told on its own screen.
        (vec![case(None)], "none"),
        (vec![case(Some(NOW)), consent(None)], "given"),
        (vec![case(None), consent(Some(NOW)), consent(None)], "withdrawn"),
        // Whoever had the number before has nothing to do with who has it now.
        (vec![Consent { parted: Some(Parting::Silent), ..consent(Some(NOW)) }], "none"),
    ] {
        let facts = own(RightFacts { consents, ..RightFacts::default() });
        assert_eq!(decide("right.consent", asking(&values), &facts).outcome, outcome);
    }
    let registered = vec![(index(), number())];
    let facts = own(RightFacts { registered, ..RightFacts::default() });
    let ended = decide("right.withdraw", asking(&values), &facts);
    assert_eq!(ended.outcome, "withdrawn");
    assert!(ended.changes.contains(&Change::WithdrawConsent));
    assert!(ended.changes.contains(&Change::RefuseBroadcasts));
    // With the record elsewhere, staff have to end there what was sent there.
    let outside = Desk { source: Source::Outside, ..desk() };
    let ended = outside.decide("right.withdraw", asking(&values), &facts).unwrap();
    assert_eq!(ended.outcome, "reported");
    assert!(ended.given.text("ticket").is_some());
    assert!(ended.changes.contains(&Change::WithdrawConsent));
}

fn given(version: &str) -> Consent {
    Consent {
        purpose: Purpose::Service,
        version: version.into(),
        channel: Some("ussd".into()),
        at: NOW,
        withdrawn: None,
        parted: None,
    }
}

fn withdrawn_of(decision: &Decision) -> Vec<Option<NikIndex>> {
    let rows = decision.changes.iter().filter_map(|change| match change {
        Change::Desk(DeskChange::Audit(act)) if act.deed == Deed::ConsentWithdrawn => {
            Some(act.person)
        }
        _ => None,
    });
    rows.collect()
}

#[test]
fn a_phone_takes_back_what_it_agreed_to_without_anybody_proved() {
    let nothing = Values::default();
    let facts = |rights| Facts { rights, ..Facts::default() };
    let agreed = RightFacts { consents: vec![given("2021-2")], ..RightFacts::default() };
    let told = decide("right.phone_consent", asking(&nothing), &facts(agreed.clone()));
    assert_eq!((told.outcome, told.given.text("consent_version")), ("given", Some("2021-2")));
    // A number that was silent too long is another's.
    let sold = Asking { silence: Silence::TooLong, ..asking(&nothing) };
    assert_eq!(decide("right.phone_consent", sold, &facts(agreed.clone())).outcome, "none");

    let ended = decide("right.phone_withdraw", asking(&nothing), &facts(agreed.clone()));
    assert_eq!((ended.outcome, ended.notes[0].text), ("withdrawn", "consent_withdrawn"));
    assert!(ended.changes.contains(&Change::WithdrawConsent));
    assert!(ended.changes.contains(&Change::RefuseBroadcasts));
    assert_eq!(withdrawn_of(&ended), [None], "a row, whoever it is about");
    let registered = vec![(index(), number())];
    let registered = facts(RightFacts { registered, ..agreed });
    let ended = decide("right.phone_withdraw", asking(&nothing), &registered);
    assert_eq!(withdrawn_of(&ended), [Some(index())]);
    let outside = Desk { source: Source::Outside, ..desk() };
    let ended = outside.decide("right.phone_withdraw", asking(&nothing), &registered).unwrap();
    assert_eq!(ended.outcome, "reported");
}

#[test]
fn whoever_comes_back_after_a_long_silence_is_asked_again_and_nobody_else() {
    let nothing = Values::default();
    let silent = Consent { withdrawn: Some(NOW), parted: Some(Parting::Silent), ..given("2021-2") };
    let left = Consent { parted: Some(Parting::Left), ..silent.clone() };
    let taken_back = Consent { parted: None, ..silent.clone() };
    for (latest, silence, outcome) in [
        (None, Silence::TooLong, "stands"),
        (Some(given("2021-2")), Silence::Short, "stands"),
        // In the very turn that ends it.
        (Some(given("2021-2")), Silence::TooLong, "over"),
        (Some(silent), Silence::Short, "over"),
        (Some(left), Silence::Short, "stands"),
        (Some(taken_back.clone()), Silence::Short, "stands"),
        (Some(taken_back), Silence::TooLong, "stands"),
    ] {
        let facts = Facts { consent: latest, ..Facts::default() };
        let asked = Asking { silence, ..asking(&nothing) };
        assert_eq!(decide("consent.look", asked, &facts).outcome, outcome, "{facts:?}");
    }
}

#[test]
fn what_an_officer_heard_is_told_and_taken_back_by_the_person_on_whatever_phone() {
    let rights = RightFacts {
        consents: vec![given("2021-2")],
        heard: vec![given("2021-2-lisan")],
        assisted: vec![(index(), number())],
        ..RightFacts::default()
    };
    let (values, facts) = (proved(), own(rights));
    let told = decide("right.consent", asking(&values), &facts);
    assert_eq!((told.outcome, told.given.text("heard_version")), ("heard", Some("2021-2-lisan")));
    let ended = decide("right.withdraw_heard", asking(&values), &facts);
    assert_eq!(ended.outcome, "withdrawn");
    assert!(ended.changes.contains(&Change::Desk(DeskChange::WithdrawHeard(index()))));
    // What the phone itself agreed to is another matter.
    assert!(!ended.changes.contains(&Change::WithdrawConsent));
    assert_eq!(withdrawn_of(&ended), [Some(index())]);
    let [note] = &ended.notes[..] else { panic!("one text") };
    assert!(note.text == "heard_withdrawn" && note.to == To::Phone(phone(1)));
    let outside = Desk { source: Source::Outside, ..desk() };
    let ended = outside.decide("right.withdraw_heard", asking(&values), &facts).unwrap();
    assert_eq!(ended.outcome, "reported");
    assert!(ended.given.text("ticket").is_some());
}

#[test]
fn whoever_agreed_to_former_words_is_shown_those() {
    let person = index().to_hex();
    let consent = |version: &str, purpose| Consent {
        purpose,
        version: version.into(),
        channel: None,
        at: NOW,
        withdrawn: None,
        parted: None,
    };
    let consents =
        vec![consent("sijejak-1", Purpose::Exposure), consent("2021-1", Purpose::Service)];
    let facts = own(RightFacts { consents, ..RightFacts::default() });
    for (named, outcome) in [("2021-1", "current"), ("2021-2", "former")] {
        let values = typed(&[("person", &person), ("proved", &person), ("consent", named)]);
        assert_eq!(decide("right.text", asking(&values), &facts).outcome, outcome, "{named}");
    }
}

#[test]
fn staff_are_told_of_each_whom_the_phone_registered_however_many_tickets_are_open() {
    let other = desk().vault.nik_index(&Nik::parse("3173010502900002").unwrap());
    let outside = Desk { source: Source::Outside, ..desk() };
    let registered = vec![(other, Number::from_random(1)), (index(), Number::from_random(2))];
    let mut facts = own(RightFacts { registered, ..RightFacts::default() });
    facts.tickets = (0..u64::from(outside.tickets.open_per_phone))
        .map(|of| {
            let made = NewTicket { number: Number::from_random(100 + of), ..erasure().made };
            Ticket { made, by: me(), ..erasure() }
        })
        .collect();
    let values = proved();
    let ended = outside.decide("right.withdraw", asking(&values), &facts).unwrap();
    let told: Vec<_> = ended
        .changes
        .iter()
        .filter_map(|change| match change {
            Change::Desk(DeskChange::Open(ticket)) => Some(ticket),
            _ => None,
        })
        .map(|ticket| (ticket.category, ticket.person, ticket.body.text.clone()))
        .collect();
    let of = |person, number| {
        (Category::Withdrawal, Some(person), Number::from_random(number).to_string())
    };
    assert_eq!((ended.outcome, told), ("reported", vec![of(other, 1), of(index(), 2)]));
    // Of somebody whom another phone registered nothing ends.
    let nobody = own(RightFacts::default());
    let ended = outside.decide("right.withdraw", asking(&values), &nobody).unwrap();
    assert_eq!((ended.outcome, ended.given.text("ticket")), ("withdrawn", None));
}

#[test]
fn a_deletion_is_asked_for_once_told_to_the_registered_number_and_taken_back() {
    let values = proved();
    let asked = decide("right.erase", asking(&values), &own(RightFacts::default()));
    assert_eq!(asked.outcome, "opened");
    let opened = asked.changes.iter().find_map(|change| match change {
        Change::Desk(DeskChange::Open(ticket)) => Some(ticket),
        _ => None,
    });
    let ticket = opened.unwrap();
    assert_eq!((ticket.category, ticket.person), (Category::Erasure, Some(index())));
    assert!(ticket.not_before.is_some() && ticket.due > ticket.not_before);
    let [note] = &asked.notes[..] else { panic!("one text") };
    assert!(note.text == "erasure_asked" && note.to == To::Phone(phone(1)));

    let waits = own(RightFacts { erasure: Some(erasure()), ..RightFacts::default() });
    for call in ["right.erase", "right.erasure"] {
        let again = decide(call, asking(&values), &waits);
        assert_eq!((again.outcome, again.changes.len()), ("pending", 0), "{call}");
    }
    let kept = decide("right.keep", asking(&values), &waits);
    let [Change::Desk(DeskChange::Step(step)), _] = &kept.changes[..] else { panic!("a step") };
    assert_eq!((step.state, &step.staff, step.was), (TicketState::Closed, &None, 3));
    assert_eq!(kept.notes[0].text, "erasure_undone");
    let gone = decide("right.keep", asking(&values), &own(RightFacts::default()));
    assert_eq!((gone.outcome, gone.changes.len()), ("gone", 0));
}
