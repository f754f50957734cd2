//! Registrations that do not match, and what staff and the record make of them.

use super::*;
use crate::{
    menu::language::Language,
    service::{
        audit::{Deed, StaffName},
        inquiry::Letter,
        record::DeskChange,
        right::RightFacts,
        ticket::{
            About, Answered, Asked, Because, Category, Check, NewTicket, Refused, Stepped, Ticket,
            TicketState, review, step,
        },
    },
};

/// What a phone sends, and the ticket that comes of it.
fn sent(values: &Values, facts: &Facts) -> (Decision, Option<Ticket>) {
    let mut decision = decide("registration.submit", asking(values), facts);
    let made = decision.changes.iter_mut().find_map(Change::checked).cloned();
    let ticket = made.map(|made| kept(made, values));
    (decision, ticket)
}

fn kept(mut made: NewTicket, values: &Values) -> Ticket {
    let letter = Letter {
        nik: NIK.into(),
        phone: phone(1).as_str().to_owned(),
        chat: None,
        service: "pedulilindungi".into(),
        call: "registration.submit".into(),
        language: Language::parse("id").unwrap(),
        values: values.clone(),
        behalf: None,
    };
    Check::ask(&mut made, &letter);
    ticket(made)
}

fn other_name() -> Values {
    typed(&[("name", "Joko Widodo")])
}

fn because(ticket: &Ticket) -> Because {
    ticket.made.body.check.as_ref().unwrap().because
}

/// The registration that waits with a ticket.
fn with_waiting(ticket: &Ticket, facts: Facts) -> Facts {
    let number = ticket.made.body.check.as_ref().unwrap().registration.clone();
    Facts { waiting: vec![Waiting { number, ..waiting(index()) }], ..facts }
}

fn rina(ticket: &Ticket, facts: &Facts, source: Source, asked: &Asked) -> Result<Stepped, Refused> {
    let rina = StaffName::parse("rina").unwrap();
    step(&desk().vault, ticket, About::of(ticket, facts, source), asked, &rina, NOW)
}

const ACCEPT: Asked = Asked::Accept { with: Answered::InWords };
const CORRECT: Asked = Asked::Accept { with: Answered::ByChange };

fn say(text: &str) -> Asked {
    Asked::Answer { text: text.into(), with: Answered::InWords }
}

fn deeds(changes: &[DeskChange]) -> Vec<Deed> {
    let deed = |change: &DeskChange| match change {
        DeskChange::Audit(act) => Some(act.deed),
        _ => None,
    };
    changes.iter().filter_map(deed).collect()
}

#[test]
fn whatever_has_to_be_checked_is_a_ticket_that_says_why() {
    let later = Person { eligible_from: Some(date(2021, 9, 1)), ..siti() };
    let blocked = Person { blocked: true, ..siti() };
    for (values, facts, expected) in [
        (other_name(), facts(siti()), Because::Mismatch),
        (typed(&[("birth_date", "06-02-1990")]), facts(siti()), Because::Mismatch),
        (typed(&[]), Facts::default(), Because::NotListed),
        (typed(&[]), facts(blocked), Because::NotListed),
        (typed(&[]), facts(later), Because::Later),
    ] {
        let (decision, ticket) = sent(&values, &facts);
        let ticket = ticket.unwrap();
        assert_eq!((decision.outcome, because(&ticket)), ("waiting", expected));
        assert_eq!(
            (ticket.made.category, ticket.made.person),
            (Category::Registration, Some(index()))
        );
        assert_eq!(ticket.made.due, Some(NOW.plus(std::time::Duration::from_secs(72 * 3600))));
        let given = decision.given.text("number").unwrap();
        assert_eq!(ticket.made.body.check.unwrap().registration.to_string(), given);
    }
    // Who may register gets no ticket.
    let (decision, ticket) = sent(&typed(&[]), &facts(siti()));
    assert_eq!((decision.outcome, ticket), ("registered", None));
}

#[test]
fn the_same_words_are_one_ticket_and_other_words_take_its_place() {
    let (_, first) = sent(&other_name(), &facts(siti()));
    let first = first.unwrap();
    let again = with_waiting(&first, Facts { tickets: vec![first.clone()], ..facts(siti()) });
    let (decision, ticket) = sent(&other_name(), &again);
    assert_eq!((decision.outcome, ticket), ("waiting", None));

    let (decision, ticket) = sent(&typed(&[("name", "Jaka Wijaya")]), &again);
    let ticket = ticket.unwrap();
    let merged = decision.changes.iter().find_map(|change| match change {
        Change::Desk(DeskChange::Step(step)) => Some(step),
        _ => None,
    });
    let merged = merged.unwrap();
    assert_eq!((&merged.number, merged.state), (&first.made.number, TicketState::Merged));
    assert_eq!(merged.merged_into.as_ref(), Some(&ticket.made.number));
    // The number that the person was given stays.
    assert_eq!(
        ticket.made.body.check.unwrap().registration.to_string(),
        decision.given.text("number").unwrap()
    );

    // With right data it is over, and nobody has to look at it.
    let (decision, ticket) = sent(&typed(&[]), &again);
    assert_eq!((decision.outcome, ticket), ("registered", None));
    assert_eq!(closed(&decision), [&first.made.number]);
}

#[test]
fn a_phone_has_only_so_many_and_they_stand_in_nobodys_way() {
    let (_, ticket) = sent(&other_name(), &facts(siti()));
    let ticket = ticket.unwrap();
    let others = |many: u8| {
        (0..many).map(|other| Ticket {
            made: NewTicket {
                person: Some(NikIndex::from_bytes([other; 16])),
                ..ticket.made.clone()
            },
            ..ticket.clone()
        })
    };
    let with = |many| Facts { tickets: others(many).collect(), ..facts(siti()) };
    assert_eq!(sent(&other_name(), &with(5)).0.outcome, "waiting");
    let (decision, opened) = sent(&other_name(), &with(6));
    assert_eq!((decision.outcome, opened), ("many", None));
    assert!(!decision.changes.iter().any(|change| matches!(change, Change::Register(_))));
    let complaint = typed(&[("category", "other"), ("about", "nobody"), ("text", "Tutup")]);
    assert_eq!(decide("ticket.open", asking(&complaint), &with(6)).outcome, "opened");
}

#[test]
fn staff_accept_or_say_why_not() {
    let (_, ticket) = sent(&other_name(), &facts(siti()));
    let ticket = ticket.unwrap();
    let number = ticket.made.body.check.as_ref().unwrap().registration.clone();
    let waits = with_waiting(&ticket, facts(siti()));
    let embedded = Source::Embedded;

    let done = rina(&ticket, &waits, embedded, &ACCEPT).unwrap();
    assert_eq!(done.text, Some("registration_valid"));
    assert!(done.changes.contains(&DeskChange::Stand(number.clone(), me())));
    assert!(done.changes.contains(&DeskChange::Acquaint(me(), index())));
    assert_eq!(deeds(&done.changes), [Deed::RegistrationAccepted]);
    // Somebody else's number is in the record: that phone is not shown the person.
    let owned = with_waiting(&ticket, facts(Person { phone: Some(phone(5)), ..siti() }));
    let done = rina(&ticket, &owned, embedded, &ACCEPT).unwrap();
    assert!(!done.changes.iter().any(|change| matches!(change, DeskChange::Acquaint(..))));

    let done = rina(&ticket, &waits, embedded, &CORRECT).unwrap();
    assert_eq!(deeds(&done.changes), [Deed::NameChanged, Deed::RegistrationAccepted]);
    assert!(done.changes.contains(&DeskChange::Stand(number.clone(), me())));

    let done = rina(&ticket, &waits, embedded, &say("nama di KTP lain")).unwrap();
    assert_eq!(done.text, Some("registration_refused"));
    assert!(done.changes.contains(&DeskChange::Withdraw(number, me())));
    assert_eq!(deeds(&done.changes), [Deed::RegistrationRefused]);

    let words = Asked::Answer { text: "Sudah".into(), with: Answered::ByChange };
    let registered = facts(Person { registration: Some(registered(stranger())), ..siti() });
    let other_birth = facts(Person { birth: date(1991, 2, 5), ..siti() });
    for (facts, source, asked, refused) in [
        (waits.clone(), embedded, say(&"a".repeat(61)), Refused::Why),
        (waits.clone(), embedded, say(" "), Refused::Why),
        (waits.clone(), embedded, words, Refused::Waits),
        (waits.clone(), embedded, Asked::Close, Refused::Waits),
        (facts(siti()), embedded, ACCEPT, Refused::Over),
        (facts(siti()), embedded, say("tidak"), Refused::Over),
        (with_waiting(&ticket, Facts::default()), embedded, ACCEPT, Refused::NotListed),
        (with_waiting(&ticket, registered), embedded, ACCEPT, Refused::Registered),
        (with_waiting(&ticket, other_birth), embedded, CORRECT, Refused::Neither),
        (waits.clone(), Source::Outside, CORRECT, Refused::Elsewhere),
    ] {
        assert_eq!(rina(&ticket, &facts, source, &asked), Err(refused), "{asked:?}");
    }
    let closed = rina(&ticket, &facts(siti()), embedded, &Asked::Close).unwrap();
    assert_eq!(closed.text, None);
    // A ticket of another kind is answered.
    let complaint = Ticket {
        made: NewTicket {
            category: Category::Other,
            body: Default::default(),
            ..ticket.made.clone()
        },
        ..ticket
    };
    assert_eq!(rina(&complaint, &waits, embedded, &ACCEPT), Err(Refused::NoRegistration));
}

#[test]
fn the_record_gets_what_was_typed_where_name_or_birth_date_is_its_own() {
    for (typed_, expected) in [
        (typed(&[("birth_date", "06-02-1990")]), vec![Deed::BirthChanged]),
        // The same name, written otherwise.
        (
            typed(&[("birth_date", "06-02-1990"), ("name", "Siti Aminnah")]),
            vec![Deed::NameChanged, Deed::BirthChanged],
        ),
        (other_name(), vec![Deed::NameChanged]),
    ] {
        let (_, ticket) = sent(&typed_, &facts(siti()));
        let ticket = ticket.unwrap();
        let waits = with_waiting(&ticket, facts(siti()));
        let done = rina(&ticket, &waits, Source::Embedded, &CORRECT).unwrap();
        let mut expected = expected;
        expected.push(Deed::RegistrationAccepted);
        assert_eq!(deeds(&done.changes), expected);
        assert_eq!(done.text, Some("registration_valid"));
    }
    // What is the record's already is no change.
    let (_, ticket) = sent(&typed(&[]), &Facts::default());
    let ticket = ticket.unwrap();
    let same = with_waiting(&ticket, facts(siti()));
    assert_eq!(rina(&ticket, &same, Source::Embedded, &CORRECT), Err(Refused::NoChange));
}

#[test]
fn an_outside_record_is_asked_again_with_what_it_says_itself() {
    let values = typed(&[("birth_date", "06-02-1990")]);
    let (_, ticket) = sent(&values, &facts(siti()));
    let ticket = ticket.unwrap();
    let waits = with_waiting(&ticket, facts(siti()));
    let done = rina(&ticket, &waits, Source::Outside, &ACCEPT).unwrap();
    // Its answer tells.
    assert_eq!(done.text, None);
    let [DeskChange::Inquire(inquiry), ..] = &done.changes[..] else { panic!("{done:?}") };
    assert_eq!((inquiry.by, inquiry.person), (me(), index()));
    assert_eq!(inquiry.letter.values.text("birth_date"), Some("05-02-1990"));
    assert_eq!(inquiry.letter.values.text("name"), Some("Siti Aminah"));
}

#[test]
fn what_matches_by_now_needs_nobody() {
    let (_, ticket) = sent(&typed(&[]), &Facts::default());
    let ticket = ticket.unwrap();
    let look = |ticket: &Ticket, facts: &Facts, source| {
        review(&desk().vault, ticket, facts, source, (NOW, TODAY))
    };
    let embedded = Source::Embedded;
    let listed = with_waiting(&ticket, facts(siti()));
    assert_eq!(look(&ticket, &with_waiting(&ticket, Facts::default()), embedded), None);
    let done = look(&ticket, &listed, embedded).unwrap();
    assert_eq!(done.text, Some("registration_valid"));
    assert_eq!(deeds(&done.changes), [Deed::RegistrationAccepted, Deed::TicketClosed]);
    // Another phone was faster.
    let person = Person { registration: Some(registered(stranger())), ..siti() };
    let done = look(&ticket, &with_waiting(&ticket, facts(person)), embedded).unwrap();
    assert_eq!(done.text, Some("registration_already"));
    // It was taken back.
    let done = look(&ticket, &facts(siti()), embedded).unwrap();
    assert_eq!((done.text, deeds(&done.changes)), (None, vec![Deed::TicketClosed]));
    let done = look(&ticket, &listed, Source::Outside).unwrap();
    assert!(matches!(&done.changes[0], DeskChange::Inquire(_)));

    // Who was refused a look-up finds nothing out in this way, and what an outside record does not take
    // is not sent to it for ever.
    for because in [Because::TooOften, Because::Refused] {
        let mut ticket = ticket.clone();
        ticket.made.body.check.as_mut().unwrap().because = because;
        assert_eq!(look(&ticket, &listed, embedded), None);
        assert_eq!(look(&ticket, &listed, Source::Outside), None);
    }
}

#[test]
fn what_rested_on_a_consent_needs_nobody_once_it_is_taken_back() {
    let (_, check) = sent(&other_name(), &facts(siti()));
    let check = check.unwrap();
    let number = check.made.body.check.as_ref().unwrap().registration.clone();
    let complaint = NewTicket {
        number: Number::from_random(7),
        category: Category::Other,
        body: Default::default(),
        ..check.made.clone()
    };
    let rights = RightFacts { registered: vec![(index(), number)], ..RightFacts::default() };
    let tickets = vec![check.clone(), ticket(complaint)];
    let known = Facts { tickets, rights, ..Facts::default() };
    let ended = decide("right.phone_withdraw", asking(&Values::default()), &known);
    assert_eq!(closed(&ended), [&check.made.number]);

    // What an officer heard is the person's, on whatever phone they are.
    let person = index().to_hex();
    let proved = typed(&[("person", &person), ("proved", &person)]);
    let rights = RightFacts { checks: vec![check.clone()], ..RightFacts::default() };
    let ended = decide("right.withdraw_heard", asking(&proved), &Facts { rights, ..facts(siti()) });
    assert_eq!(closed(&ended), [&check.made.number]);
}

/// The tickets that a decision closes.
fn closed(decision: &Decision) -> Vec<&Number> {
    let steps = decision.changes.iter().filter_map(|change| match change {
        Change::Desk(DeskChange::Step(step)) => Some(step),
        _ => None,
    });
    steps.filter(|step| step.state == TicketState::Closed).map(|step| &step.number).collect()
}

#[test]
fn a_phone_lists_what_is_open_and_why_it_was_refused() {
    let (_, ticket) = sent(&other_name(), &facts(siti()));
    let ticket = ticket.unwrap();
    let label = ticket.made.body.check.as_ref().unwrap().registration.to_string();
    let number = ticket.made.number.as_str().to_owned();
    let read = |ticket: Ticket| {
        let facts = Facts { tickets: vec![ticket], ..Facts::default() };
        let listed = decide("ticket.mine", asking(&typed(&[])), &facts);
        let labels: Vec<String> =
            listed.given.rows("tickets").iter().map(|row| row.label.clone()).collect();
        let values = typed(&[("ticket", &number)]);
        (labels, decide("ticket.read", asking(&values), &facts).outcome)
    };
    assert_eq!(read(ticket.clone()), (vec![label.clone()], "open_by"));
    let state = TicketState::Answered;
    let refused = Ticket { state, answer: Some("nama lain".into()), ..ticket.clone() };
    assert_eq!(read(refused), (vec![label], "answered"));
    assert_eq!(read(Ticket { state, ..ticket.clone() }), (vec![], "gone"));
    assert_eq!(read(Ticket { state: TicketState::Merged, ..ticket }), (vec![], "gone"));
}
