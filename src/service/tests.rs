//! What the calls come to, as tables.

mod appointment;
mod certificate;
mod change;
mod chat;
mod check;
mod exposures;
mod inquiries;
mod lookup;
mod officer;
mod otp;
mod right;

use jiff::civil::date;

use super::*;
use crate::{
    certificate::keys::{Keyring, Seed},
    config::Config,
    identity::{Msisdn, PersonName},
    service::{
        number::Number,
        record::{Acquaintance, Dose, Look, Person, Registered, Registration, Standing, Waiting},
        ticket::{NewTicket, Ticket, TicketState},
    },
    vault::Keys,
};

const TODAY: Date = date(2021, 8, 17);
const NOW: Timestamp = Timestamp::from_millis(1_629_127_800_000);
const NIK: &str = "3173014502900001";

/// Keys that are the same in every test.
fn ring() -> InUse {
    let seed = Seed { document: [3; 32], short: [4; 32] };
    InUse::new(Keyring::new(&seed, "Kementerian Kesehatan", NOW).unwrap())
}

/// A ticket that was just opened.
fn ticket(made: NewTicket) -> Ticket {
    Ticket {
        made,
        by: me(),
        opened: NOW,
        state: TicketState::Open,
        staff: None,
        answer: None,
        merged_into: None,
        version: 1,
    }
}

fn desk() -> Desk {
    let keys = Keys { id: 1, index: [7; 32], seal: [8; 32] };
    let config = Config::parse("").unwrap();
    Desk {
        vault: Vault::from_keys(keys),
        vaccines: config.vaccine,
        units: config.queue,
        budgets: config.lookups,
        codes: config.codes,
        certificates: CertificateRules { valid_days: 365, checks: config.checks },
        keyring: ring(),
        tickets: config.tickets,
        appointments: config.appointments,
        officers: config.officers,
        exposure: config.exposure.rules(),
        zone: config.menu.zone.into(),
        source: Source::Embedded,
    }
}

fn phone(last: u32) -> Msisdn {
    Msisdn::parse(&format!("0812{last:08}")).unwrap()
}

fn me() -> SubscriberKey {
    desk().vault.subscriber_key(&phone(1))
}

fn stranger() -> SubscriberKey {
    desk().vault.subscriber_key(&phone(2))
}

fn index() -> NikIndex {
    desk().vault.nik_index(&Nik::parse(NIK).unwrap())
}

fn siti() -> Person {
    Person {
        index: index(),
        nik: Nik::parse(NIK).unwrap(),
        name: PersonName::parse("Siti Aminah").unwrap(),
        birth: date(1990, 2, 5),
        phone: None,
        eligible_from: None,
        blocked: false,
        doses: Vec::new(),
        registration: None,
    }
}

fn number() -> Number {
    Number::from_random(1)
}

fn registered(by: SubscriberKey) -> Registered {
    Registered { number: number(), by, at: NOW }
}

fn waiting(person: NikIndex) -> Waiting {
    let name = PersonName::parse("Siti Aminah").unwrap();
    Waiting { number: number(), person, name, at: NOW }
}

fn known() -> Acquaintance {
    let name = PersonName::parse("Siti Aminah").unwrap();
    Acquaintance { person: index(), name, since: NOW }
}

fn dose(number: u8, on: Option<Date>, certificate: Option<&str>) -> Dose {
    Dose {
        number,
        given_on: on,
        vaccine: "sinovac".into(),
        batch: "B1".into(),
        place: "RSUD".into(),
        certificate: certificate.map(str::to_owned),
    }
}

fn facts(person: Person) -> Facts {
    Facts { person: Some(person), ..Facts::default() }
}

/// What Siti types, with some of it in other words.
fn typed(other: &[(&str, &str)]) -> Values {
    let usual = [
        ("nik", NIK),
        ("name", "Siti Aminah"),
        ("birth_date", "05-02-1990"),
        ("regency", "3173"),
        ("screening", "clear"),
        ("consent", "2021-1"),
    ];
    let mut values = Values::default();
    for (name, text) in usual.iter().chain(other) {
        values.keep(name, *text);
    }
    values
}

fn picked() -> Values {
    typed(&[("person", &index().to_hex()), ("dose", "1")])
}

fn asking(values: &Values) -> Asking<'_> {
    Asking {
        values,
        service: "clinic",
        subscriber: me(),
        silence: Silence::Short,
        now: NOW,
        today: TODAY,
        random: 9,
    }
}

fn decide(name: &str, asking: Asking<'_>, facts: &Facts) -> Decision {
    let call = VACCINATION.call(name).unwrap();
    let decision = desk().decide(name, asking, facts).unwrap();
    let outcome = call.outcomes.iter().find(|outcome| outcome.name == decision.outcome);
    let outcome = outcome.unwrap_or_else(|| panic!("{name}: {}", decision.outcome));
    for given in outcome.gives {
        let there = decision.given.text(given.name).is_some()
            || !decision.given.rows(given.name).is_empty();
        assert!(there, "{name} {}: no {}", outcome.name, given.name);
    }
    decision
}

fn outcome(name: &str, values: &Values, facts: &Facts) -> &'static str {
    decide(name, asking(values), facts).outcome
}

#[test]
fn every_call_is_decided_by_an_outcome_of_its_own() {
    for call in VACCINATION.calls {
        let values = picked();
        for facts in [Facts::default(), facts(siti())] {
            if let Some(decision) = desk().decide(call.name, asking(&values), &facts) {
                assert!(call.outcomes.iter().any(|known| known.name == decision.outcome));
            }
            let decision = desk().decide(call.name, asking(&Values::default()), &facts);
            let changes = decision.map(|decision| decision.changes).unwrap_or_default();
            assert_eq!(changes, [], "{}: nothing changes without values", call.name);
        }
    }
}

#[test]
fn who_matches_the_record() {
    let later = Person { eligible_from: Some(date(2021, 9, 1)), ..siti() };
    let today = Person { eligible_from: Some(TODAY), ..siti() };
    let mine = Person { registration: Some(registered(me())), ..siti() };
    let others = Person { registration: Some(registered(stranger())), ..siti() };
    let blocked = Person { blocked: true, ..siti() };
    let blocked_mine = Person { blocked: true, ..mine.clone() };
    let rows = [
        ("as in the record", Some(siti()), &[][..], "match"),
        ("close enough", Some(siti()), &[("name", "hj. siti aminnah")], "match"),
        ("another order", Some(siti()), &[("name", "Aminah Siti")], "match"),
        ("another name", Some(siti()), &[("name", "Budi Santoso")], "mismatch"),
        ("another birth date", Some(siti()), &[("birth_date", "06-02-1990")], "mismatch"),
        ("not there", None, &[], "not_listed"),
        ("blocked", Some(blocked), &[], "not_listed"),
        ("blocked, whatever else", Some(blocked_mine), &[], "not_listed"),
        ("not yet", Some(later.clone()), &[], "later"),
        ("from today", Some(today), &[], "match"),
        ("not yet, wrong name", Some(later), &[("name", "Budi")], "mismatch"),
        ("registered here", Some(mine.clone()), &[], "already_here"),
        ("registered elsewhere", Some(others), &[], "already"),
        ("registered, wrong birth date", Some(mine), &[("birth_date", "06-02-1990")], "mismatch"),
    ];
    for (what, person, other, expected) in rows {
        let facts = Facts { person, ..Facts::default() };
        let decision = decide("registration.match", asking(&typed(other)), &facts);
        assert_eq!(decision.outcome, expected, "{what}");
        let failed = ["mismatch", "not_listed"].contains(&expected);
        assert_eq!(decision.changes.len(), usize::from(failed), "{what}: only failures count");
    }
    let later = Person { eligible_from: Some(date(2021, 9, 1)), ..siti() };
    let decision = decide("registration.match", asking(&typed(&[])), &facts(later));
    assert_eq!(decision.given.text("eligible_from"), Some("01-09-2021"));
}

#[test]
fn the_birth_date_in_a_nik_is_only_compared() {
    for (birth, expected) in [("05-02-1990", "same"), ("06-02-1990", "differs")] {
        let values = typed(&[("birth_date", birth)]);
        assert_eq!(outcome("registration.compare", &values, &Facts::default()), expected);
    }
}

fn submitted(decision: &Decision) -> &Registration {
    let registers = decision.changes.iter().find_map(|change| match change {
        Change::Register(registration) => Some(registration),
        _ => None,
    });
    registers.expect("a registration")
}

#[test]
fn a_registration_stands_or_waits() {
    let blocked = Person { blocked: true, ..siti() };
    let later = Person { eligible_from: Some(date(2021, 9, 1)), ..siti() };
    for (what, person, other, expected, standing) in [
        ("match", Some(siti()), &[][..], "registered", Standing::Registered),
        ("wrong name", Some(siti()), &[("name", "Budi")], "waiting", Standing::Waiting),
        ("not there", None, &[], "waiting", Standing::Waiting),
        ("blocked", Some(blocked), &[], "waiting", Standing::Waiting),
        ("not yet", Some(later), &[], "waiting", Standing::Waiting),
    ] {
        let facts = Facts { person, ..Facts::default() };
        let decision = decide("registration.submit", asking(&typed(other)), &facts);
        assert_eq!(decision.outcome, expected, "{what}");
        let registration = submitted(&decision);
        assert_eq!(registration.standing, standing, "{what}");
        let shown = decision.given.text("number").unwrap();
        assert_eq!(Number::parse(shown).as_ref(), Ok(&registration.number), "{what}");
        let knows = decision.changes.contains(&Change::Know(index()));
        assert_eq!(knows, standing == Standing::Registered, "{what}");
    }
    let already = Person { registration: Some(registered(stranger())), ..siti() };
    let decision = decide("registration.submit", asking(&typed(&[])), &facts(already));
    assert_eq!((decision.outcome, decision.changes.len()), ("already", 0));
}

#[test]
fn who_waits_keeps_the_number() {
    let before = Facts { waiting: vec![waiting(index())], ..Facts::default() };
    let decision = decide("registration.submit", asking(&typed(&[])), &before);
    assert_eq!(submitted(&decision).number, number());
    // For somebody else, and once it stands, the number is a new one.
    let other = desk().vault.nik_index(&Nik::parse("3173014502900002").unwrap());
    let facts = Facts { waiting: vec![waiting(other)], ..Facts::default() };
    let decision = decide("registration.submit", asking(&typed(&[])), &facts);
    assert_ne!(submitted(&decision).number, number());
    let facts = Facts { person: Some(siti()), ..before };
    let decision = decide("registration.submit", asking(&typed(&[])), &facts);
    assert_eq!(decision.outcome, "registered");
    assert_ne!(submitted(&decision).number, number());
}

/// Every way not to prove somebody looks the same, so that nobody learns which NIKs exist.
#[test]
fn a_person_is_proved_or_not_and_nothing_between() {
    let prove = |person: Option<Person>, birth: &str| {
        let facts = Facts { person, ..Facts::default() };
        decide("person.prove", asking(&typed(&[("birth_date", birth)])), &facts)
    };
    let good = prove(Some(siti()), "05-02-1990");
    assert_eq!(good.outcome, "known");
    assert_eq!(good.given.text("person_name"), Some("S*** A****"));
    assert_eq!(good.changes, [Change::Know(index())]);
    let mine = Person { phone: Some(phone(1)), ..siti() };
    assert_eq!(prove(Some(mine), "05-02-1990").outcome, "known");

    let blocked = Person { blocked: true, ..siti() };
    let others = Person { phone: Some(phone(2)), ..siti() };
    let no = prove(None, "05-02-1990");
    assert_eq!((no.outcome, no.given.is_empty()), ("no", true));
    assert!(matches!(no.changes[..], [Change::LookUpFailed { .. }]));
    assert_eq!(prove(Some(siti()), "06-02-1990"), no, "wrong birth date");
    assert_eq!(prove(Some(blocked), "05-02-1990"), no, "blocked");
    assert_eq!(prove(Some(others), "05-02-1990"), no, "another phone's");
}

#[test]
fn only_the_owner_of_the_number_gets_to_know_whom_they_register() {
    for (phone_known, knows) in [(None, true), (Some(phone(1)), true), (Some(phone(2)), false)] {
        let person = Person { phone: phone_known, ..siti() };
        let decision = decide("registration.submit", asking(&typed(&[])), &facts(person));
        assert_eq!(decision.outcome, "registered");
        assert_eq!(decision.changes.contains(&Change::Know(index())), knows);
    }
}

#[test]
fn the_people_of_a_phone_are_listed() {
    let list = |facts: &Facts, silence| {
        let values = Values::default();
        decide("person.list", Asking { silence, ..asking(&values) }, facts)
    };
    let both = Facts { people: vec![known()], waiting: vec![waiting(index())], ..Facts::default() };
    let one = Facts { people: vec![known()], ..Facts::default() };
    assert_eq!(list(&Facts::default(), Silence::Short).outcome, "none");
    let decision = list(&one, Silence::Short);
    assert_eq!(decision.outcome, "one");
    assert_eq!(decision.given.text("person"), Some(index().to_hex().as_str()));
    let decision = list(&both, Silence::Short);
    assert_eq!(decision.outcome, "many");
    let labels: Vec<_> =
        decision.given.rows("people").iter().map(|row| row.label.as_str()).collect();
    assert_eq!(labels, ["S*** A****", &format!("S*** A**** ({})", number())]);
    // A number that was silent too long may have been sold.
    for facts in [one, both] {
        let decision = list(&facts, Silence::TooLong);
        assert_eq!((decision.outcome, decision.given.is_empty()), ("none", true));
    }
    let crowd = Facts { people: vec![known(); 100], ..Facts::default() };
    let most = VACCINATION.list("people").unwrap().most;
    assert_eq!(list(&crowd, Silence::Short).given.rows("people").len(), most);
}

#[test]
fn a_person_is_let_go() {
    let decision = decide("person.detach", asking(&picked()), &Facts::default());
    assert_eq!(decision.changes, [Change::Forget(index())]);
    let waits = typed(&[("person", &format!("waiting-{}", number().as_str()))]);
    let decision = decide("person.detach", asking(&waits), &Facts::default());
    assert_eq!(decision.changes, [Change::Withdraw(number())]);
    let garbage = typed(&[("person", "x")]);
    assert_eq!(decide("person.detach", asking(&garbage), &Facts::default()).changes, []);
}

#[test]
fn what_the_status_is() {
    let on = |day| Some(date(2021, 3, day));
    let given = |doses: Vec<Dose>| Person { doses, ..siti() };
    let janssen = Dose { vaccine: "janssen".into(), ..dose(1, on(1), None) };
    let rows = [
        ("nothing", siti(), "unregistered"),
        ("registered", Person { registration: Some(registered(me())), ..siti() }, "registered"),
        ("one", given(vec![dose(1, on(1), None)]), "one"),
        ("one of one", given(vec![janssen]), "one_done"),
        ("two", given(vec![dose(1, on(1), None), dose(2, on(29), None)]), "two"),
        ("three", given((1..=3).map(|n| dose(n, on(n as i8), None)).collect()), "three"),
        ("no date", given(vec![dose(1, None, None)]), "gap"),
        ("second without its date", given(vec![dose(1, on(1), None), dose(2, None, None)]), "gap"),
        ("first is missing", given(vec![dose(2, on(1), None)]), "gap"),
    ];
    for (what, person, expected) in rows {
        let facts = Facts { people: vec![known()], ..facts(person) };
        assert_eq!(outcome("status.read", &picked(), &facts), expected, "{what}");
    }
    let person = given(vec![dose(1, on(1), None)]);
    let facts = Facts { people: vec![known()], ..facts(person) };
    let decision = decide("status.read", asking(&picked()), &facts);
    assert_eq!(decision.given.text("dose1_date"), Some("01-03-2021"));
    assert_eq!(decision.given.text("dose1_vaccine"), Some("Sinovac"));
    assert_eq!(decision.given.text("next_from"), Some("29-03-2021"));
    // A vaccine that nobody configured is shown by its code, and promises nothing.
    let other = Dose { vaccine: "novavax".into(), ..dose(1, on(1), None) };
    let facts = Facts { person: Some(given(vec![other])), ..facts };
    let decision = decide("status.read", asking(&picked()), &facts);
    assert_eq!(decision.outcome, "one");
    assert_eq!(decision.given.text("next_from"), Some("-"));
}

#[test]
fn a_waiting_registration_has_a_status_while_it_waits() {
    let values = typed(&[("person", &format!("waiting-{}", number().as_str()))]);
    let waits = Facts { waiting: vec![waiting(index())], ..Facts::default() };
    let decision = decide("status.read", asking(&values), &waits);
    assert_eq!(decision.outcome, "waiting");
    assert_eq!(decision.given.text("number"), Some(number().to_string().as_str()));
    let gone = desk().decide("status.read", asking(&values), &Facts::default());
    assert_eq!(gone, None, "nothing can be said of what is not there");
}

#[test]
fn only_who_may_see_a_person_sees_them() {
    let person = Person { doses: vec![dose(1, Some(date(2021, 3, 1)), Some("C1"))], ..siti() };
    let seen = |facts: &Facts, values: &Values, silence| {
        let asking = Asking { silence, ..asking(values) };
        let status = desk().decide("status.read", asking, facts);
        let certificate = desk().decide("certificate.state", asking, facts);
        let (status, certificate) = (status.map(|d| d.outcome), certificate.map(|d| d.outcome));
        // Who may not see them is told nothing, and nothing false.
        assert!(matches!((status, certificate), (Some("one"), Some("issued")) | (None, None)));
        status.is_some()
    };
    let knows = Facts { people: vec![known()], ..facts(person.clone()) };
    let not = facts(person.clone());
    let person_and =
        |proved: &str| typed(&[("person", &index().to_hex()), ("dose", "1"), ("proved", proved)]);
    let proved = person_and(&index().to_hex());
    assert!(seen(&knows, &picked(), Silence::Short));
    assert!(!seen(&knows, &picked(), Silence::TooLong), "the number may have a new owner");
    assert!(!seen(&not, &picked(), Silence::Short), "a stranger's");
    assert!(seen(&not, &proved, Silence::TooLong), "proved just now");
    let another = person_and("x");
    assert!(!seen(&not, &another, Silence::Short), "somebody else was proved");
    let blocked = Person { blocked: true, ..person };
    let knows = Facts { people: vec![known()], ..facts(blocked) };
    assert!(!seen(&knows, &proved, Silence::Short), "blocked since");
}

#[test]
fn the_regency_of_a_nik() {
    for (nik, expected) in [(NIK, "known"), ("3199014502900001", "unknown")] {
        let values = typed(&[("nik", nik)]);
        assert_eq!(outcome("region.of_nik", &values, &Facts::default()), expected, "{nik}");
    }
    let decision = decide("region.of_nik", asking(&typed(&[])), &Facts::default());
    assert_eq!(decision.given.text("regency"), Some("3173"));
}

#[test]
fn lists_are_no_longer_and_no_wider_than_they_say() {
    let mut values = Values::default();
    let provinces = VACCINATION.list("provinces").unwrap();
    let rows = (provinces.rows)(&values);
    assert_eq!(rows.len(), provinces.most);
    let regencies = VACCINATION.list("regencies").unwrap();
    assert!((regencies.rows)(&values).is_empty());
    let mut widest = 0;
    for province in &rows {
        assert!(province.label.len() <= provinces.longest.len(), "{}", province.label);
        values.keep("province", province.id.as_str());
        let rows = (regencies.rows)(&values);
        assert!((1..=regencies.most).contains(&rows.len()), "{}", province.label);
        widest = rows.iter().map(|row| row.label.len()).max().unwrap_or(0).max(widest);
    }
    assert!(widest <= regencies.longest.len());
}

#[test]
fn what_has_to_be_read_for_a_call() {
    let values = picked();
    let need = |call| desk().need(call, asking(&values));
    let (person, people) = (Some(index()), Some(me()));
    let tries = Some(Look { by: me(), person: index(), at: NOW });
    assert_eq!(need("registration.match"), Need { person, tries, ..Need::default() });
    let submits = Need { person, people, tries, tickets: people, ..Need::default() };
    assert_eq!(need("registration.submit"), submits);
    assert_eq!(need("person.prove"), Need { person, tries, ..Need::default() });
    assert_eq!(need("person.list"), Need { people, ..Need::default() });
    let exposure =
        Some(exposure::ExposureNeed { phone: me(), at: NOW, what: exposure::ExposureWhat::Days });
    assert_eq!(need("status.read"), Need { person, people, exposure, ..Need::default() });
    for call in ["consent.give", "region.of_nik", "registration.compare", "person.detach"] {
        assert_eq!(need(call), Need::default(), "{call}");
    }
}

#[test]
fn nothing_personal_is_in_a_debug_line() {
    let decision = decide("registration.submit", asking(&typed(&[])), &facts(siti()));
    let told = format!("{decision:?} {:?} {:?} {:?}", siti(), waiting(index()), known());
    for personal in [NIK, "Siti", "Aminah", "1990-02-05"] {
        assert!(!told.contains(personal), "{personal}: {told}");
    }
}
