//! Certificates: whose there are, what they say, and what those are worth that somebody shows.

use std::time::Duration;

use jiff::ToSpan;

use super::*;
use crate::{
    certificate::{
        Issuer,
        code::ShortCode,
        dcc,
        proof::Proof,
        text::{self, Claims},
    },
    service::{
        certificate::{
            CertificateChange, CertificateFacts, CertificateNeed, Handle, Issued, Sent,
            check::{At, Judged},
            enclosed::{self, Handed},
        },
        record::Change,
    },
};

const GIVEN: Date = date(2021, 3, 29);
const AT: At = At { now: NOW, today: TODAY };

fn two_doses() -> Person {
    let doses = vec![dose(1, Some(date(2021, 3, 1)), Some("C1")), dose(2, Some(GIVEN), Some("C2"))];
    Person { doses, ..siti() }
}

/// What the phone of the holder finds, with certificates that were asked for before.
fn held(person: Person, issued: Vec<Issued>) -> Facts {
    let certificate = CertificateFacts { issued, banned: false, checks: 0 };
    Facts { people: vec![known()], certificate, ..facts(person) }
}

fn second() -> Values {
    typed(&[("person", &index().to_hex()), ("dose", "2")])
}

fn issued(decision: &Decision) -> Issued {
    match decision.changes.as_slice() {
        [Change::Certificate(CertificateChange::Issue(issued)), ..] => issued.clone(),
        other => panic!("{other:?}"),
    }
}

/// The certificate of the second dose, as it is asked for the first time.
fn fresh() -> Issued {
    issued(&decide("certificate.state", asking(&second()), &held(two_doses(), vec![])))
}

/// What the SMS of the second dose carries.
fn signed() -> String {
    let decision = decide("certificate.send", asking(&second()), &held(two_doses(), vec![fresh()]));
    assert_eq!(decision.outcome, "sent");
    decision.notes[0].values.text("signed").unwrap().to_owned()
}

#[test]
fn why_there_is_no_certificate() {
    let on = date(2021, 8, 7);
    for (what, dose, today, expected) in [
        ("issued", dose(1, Some(on), Some("ID-1")), TODAY, "issued"),
        ("the facility", dose(1, None, None), TODAY, "not_entered"),
        ("the facility, though it is issued", dose(1, None, Some("ID-1")), TODAY, "not_entered"),
        ("the day of it", dose(1, Some(on), None), on, "on_its_way"),
        ("day 10", dose(1, Some(on), None), TODAY, "on_its_way"),
        ("day 11, the ministry", dose(1, Some(on), None), date(2021, 8, 18), "not_issued"),
        ("a year on", dose(1, Some(on), None), date(2022, 8, 18), "not_issued"),
    ] {
        let facts = held(Person { doses: vec![dose], ..siti() }, vec![]);
        let values = picked();
        let asking = Asking { today, ..asking(&values) };
        assert_eq!(decide("certificate.state", asking, &facts).outcome, expected, "{what}");
    }
}

#[test]
fn a_dose_is_picked_where_there_are_several() {
    let doses = |doses| held(Person { doses, ..siti() }, vec![]);
    let (one, two) = (dose(1, Some(GIVEN), Some("C1")), dose(2, None, None));
    assert_eq!(outcome("certificate.list", &picked(), &doses(vec![])), "none");
    let decision = decide("certificate.list", asking(&picked()), &doses(vec![one.clone()]));
    assert_eq!((decision.outcome, decision.given.text("dose")), ("one", Some("1")));
    let decision = decide("certificate.list", asking(&picked()), &doses(vec![one, two]));
    let rows = decision.given.rows("doses").iter().map(|row| (row.id.as_str(), row.label.as_str()));
    let rows: Vec<_> = rows.collect();
    assert_eq!(
        (decision.outcome, rows),
        ("many", vec![("1", "29-03-2021 Sinovac"), ("2", "? Sinovac")])
    );
    let waits = typed(&[("person", &format!("waiting-{}", number().as_str()))]);
    assert_eq!(outcome("certificate.list", &waits, &Facts::default()), "none");
}

#[test]
fn a_short_code_stays_the_same_and_is_good_again_after_its_time() {
    let asked = decide("certificate.state", asking(&second()), &held(two_doses(), vec![]));
    let first = issued(&asked);
    assert_eq!(asked.given.text("short_code"), Some(first.code.shown().as_str()));
    assert_eq!(asked.given.text("dose_of"), Some("2/2"));
    assert_eq!(first.good_until, date(2022, 8, 31), "a year, and to the end of the month");
    let again =
        decide("certificate.state", asking(&second()), &held(two_doses(), vec![first.clone()]));
    assert_eq!((&again.given, again.changes.len()), (&asked.given, 0));
    let over = Issued { good_until: date(2021, 7, 31), ..first.clone() };
    let again = decide("certificate.state", asking(&second()), &held(two_doses(), vec![over]));
    assert_eq!(again.given, asked.given);
    let renew = CertificateChange::Renew { person: index(), dose: 2, good_until: first.good_until };
    assert_eq!(again.changes, [Change::Certificate(renew)]);
    let revoked = Issued { revoked_at: Some(NOW), ..first };
    let facts = held(two_doses(), vec![revoked]);
    assert_eq!(outcome("certificate.state", &second(), &facts), "revoked");
    assert_eq!(outcome("certificate.send", &second(), &facts), "no");
    let mut banned = held(two_doses(), vec![]);
    banned.certificate.banned = true;
    assert_eq!(outcome("certificate.state", &second(), &banned), "revoked", "never asked for");
    assert_eq!(outcome("certificate.send", &second(), &banned), "no");
}

#[test]
fn two_doses_have_two_codes_and_a_turn_of_its_own_draws_another() {
    let drawn = |dose: &str, random| {
        let values = typed(&[("person", &index().to_hex()), ("dose", dose)]);
        let asking = Asking { random, ..asking(&values) };
        let issued = issued(&decide("certificate.state", asking, &held(two_doses(), vec![])));
        (issued.code, issued.serial)
    };
    let all = [drawn("1", 1), drawn("2", 1), drawn("2", 2)];
    for (at, one) in all.iter().enumerate() {
        for other in &all[at + 1..] {
            assert!(one.0 != other.0 && one.1 != other.1);
        }
    }
}

#[test]
fn a_booster_is_called_one() {
    let mut person = two_doses();
    person.doses.push(dose(3, Some(date(2021, 8, 1)), Some("C3")));
    let values = typed(&[("person", &index().to_hex()), ("dose", "3")]);
    let decision = decide("certificate.state", asking(&values), &held(person, vec![]));
    assert_eq!(decision.given.text("dose_of"), Some("3 (booster)"));
    let janssen =
        |number| Dose { vaccine: "janssen".into(), ..dose(number, Some(GIVEN), Some("C")) };
    let person = Person { doses: vec![janssen(1), dose(2, Some(TODAY), Some("C"))], ..siti() };
    for (number, of) in [("1", "1/1"), ("2", "2 (booster)")] {
        let values = typed(&[("person", &index().to_hex()), ("dose", number)]);
        let decision = decide("certificate.state", asking(&values), &held(person.clone(), vec![]));
        assert_eq!(decision.given.text("dose_of"), Some(of));
    }
}

#[test]
fn it_is_sent_to_the_phone_that_asks_and_so_often_a_day() {
    let send =
        |issued| decide("certificate.send", asking(&second()), &held(two_doses(), vec![issued]));
    let sent = |on, times| Issued { sent: Some(Sent { on, times }), ..fresh() };
    let first = send(fresh());
    assert_eq!(first.outcome, "sent");
    assert!(first.notes[0].to == To::CallerToKeep);
    let noted =
        CertificateChange::Send { person: index(), dose: 2, sent: Sent { on: TODAY, times: 1 } };
    assert_eq!(first.changes, [Change::Certificate(noted)]);
    assert_eq!(send(sent(TODAY, 4)).outcome, "sent");
    assert_eq!(send(sent(TODAY, 5)).outcome, "enough");
    assert_eq!(send(sent(date(2021, 8, 16), 5)).outcome, "sent", "another day");
    let none = Person { doses: vec![dose(2, Some(GIVEN), None)], ..siti() };
    let decision = decide("certificate.send", asking(&second()), &held(none, vec![]));
    assert_eq!((decision.outcome, decision.notes.len()), ("no", 0));
    let old = Person { birth: date(1899, 12, 31), ..two_doses() };
    assert_eq!(outcome("certificate.send", &second(), &held(old, vec![])), "no", "no room for it");
}

/// The record is looked at again when a document leaves.
#[test]
fn what_a_notice_encloses_is_what_the_record_has_then() {
    let decision = decide("certificate.send", asking(&second()), &held(two_doses(), vec![fresh()]));
    let (caption, gone) = ("certificate_document", "certificate_gone");
    let encloses = Encloses::Certificate { person: index(), dose: 2, caption, gone };
    assert_eq!(decision.notes[0].encloses, Some(encloses));
    let need = enclosed::need(index());
    assert_eq!(
        (need.person, need.certificate),
        (Some(index()), Some(CertificateNeed::Of(index())))
    );
    let handed = |person, issued: Vec<Issued>| desk().handed(2, &held(person, issued));
    let Handed::Paper { paper, signed: again } = handed(two_doses(), vec![fresh()]) else {
        panic!("a document")
    };
    assert_eq!((paper.doses(), paper.earlier.len(), again), ((2, 2), 1, Some(signed())));
    let revoked = Issued { revoked_at: Some(NOW), ..fresh() };
    let one_dose = Person { doses: two_doses().doses[..1].to_vec(), ..siti() };
    let mut unissued = two_doses();
    unissued.doses[1].certificate = None;
    let mut undated = two_doses();
    undated.doses[1].given_on = None;
    for (what, person, issued) in [
        ("revoked", two_doses(), vec![revoked]),
        ("never asked for", two_doses(), vec![]),
        ("another dose", two_doses(), vec![Issued { dose: 1, ..fresh() }]),
        ("no dose", one_dose, vec![fresh()]),
        ("no certificate", unissued, vec![fresh()]),
        ("no date", undated, vec![fresh()]),
        ("blocked", Person { blocked: true, ..two_doses() }, vec![fresh()]),
    ] {
        assert_eq!(handed(person, issued), Handed::Gone, "{what}");
    }
    assert_eq!(desk().handed(2, &Facts::default()), Handed::Gone);
    let mut unheard_of = two_doses();
    unheard_of.doses[1].vaccine = "unheard_of".into();
    assert_eq!(handed(unheard_of, vec![fresh()]), Handed::NoPage);
    // After a correction the text that was signed before holds no more.
    let corrected = Person { birth: date(1991, 8, 17), ..two_doses() };
    let Handed::Paper { signed: other, .. } = handed(corrected, vec![fresh()]) else {
        panic!("a document")
    };
    assert_ne!(other, Some(signed()));
}

/// What a phone hears that checks a proof.
fn checked(proof: &str, year: &str, facts: &Facts) -> Decision {
    let values = typed(&[("proof", proof), ("birth_year", year)]);
    decide("certificate.check", asking(&values), facts)
}

/// What is found of a certificate that somebody shows.
fn found(person: Person, issued: Issued) -> Facts {
    let certificate = CertificateFacts { issued: vec![issued], banned: false, checks: 0 };
    Facts { certificate, ..facts(person) }
}

#[test]
fn what_a_proof_asks_for() {
    let code = fresh().code;
    for (proof, outcome, year) in [
        (code.shown(), "code", None),
        (format!("PERIKSA {} 1990", code.shown()), "whole", Some("1990")),
        (format!("PERIKSA {}", signed()), "whole", Some("-")),
    ] {
        let decision =
            decide("certificate.read", asking(&typed(&[("proof", &proof)])), &Facts::default());
        assert_eq!((decision.outcome, decision.given.text("birth_year")), (outcome, year));
    }
    let need = |proof: &str| {
        let values = typed(&[("proof", proof)]);
        match desk().need("certificate.check", asking(&values)).certificate {
            Some(CertificateNeed::Shown { by, checker, .. }) if checker == me() => by,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(need(&code.shown()), Some(Handle::Code(code.clone())));
    assert_eq!(need(&signed()), Some(Handle::Serial(fresh().serial)));
    let forged = signed().replacen(['A', 'B', 'C', 'D'], "E", 3);
    assert_eq!(need(&forged), None, "what nobody signed is not looked up");
}

#[test]
fn a_code_is_worth_something_with_the_year_only() {
    let code = fresh().code.shown();
    let good = checked(&code, "1990", &found(two_doses(), fresh()));
    let told = |name| good.given.text(name).unwrap().to_owned();
    assert_eq!(good.outcome, "valid");
    assert_eq!(told("holder"), "S*** A****");
    assert_eq!(
        [told("holder_year"), told("dose_of"), told("dose_date")],
        ["1990", "2/2", "29-03-2021"]
    );
    let count = Change::Certificate(CertificateChange::Checked { day: TODAY });
    assert_eq!(good.changes, std::slice::from_ref(&count));
    let none = checked(&code, "1990", &Facts::default());
    for (what, facts, year) in [
        ("wrong year", found(two_doses(), fresh()), "1991"),
        ("no year", found(two_doses(), fresh()), "-"),
        ("blocked", found(Person { blocked: true, ..two_doses() }, fresh()), "1990"),
        ("the dose is gone", found(siti(), fresh()), "1990"),
    ] {
        assert_eq!(checked(&code, year, &facts), none, "{what}: as if there were no such code");
    }
    assert_eq!(
        (none.outcome, none.given, none.changes),
        ("not_valid", Values::default(), vec![count])
    );
}

#[test]
fn a_text_is_worth_what_the_record_says_now() {
    let text = format!("Fwd: PERIKSA {} Teruskan ke 1199", signed());
    let worth =
        |person: Person, issued: Issued| checked(&text, "-", &found(person, issued)).outcome;
    assert_eq!(worth(two_doses(), fresh()), "valid");
    assert_eq!(worth(two_doses(), Issued { revoked_at: Some(NOW), ..fresh() }), "revoked");
    let corrected = Person { birth: date(1990, 2, 6), ..two_doses() };
    assert_eq!(worth(corrected, fresh()), "not_valid");
    let mut another = two_doses();
    another.doses[1].vaccine = "pfizer".into();
    assert_eq!(worth(another, fresh()), "not_valid");
    assert_eq!(checked(&text, "-", &Facts::default()).outcome, "not_valid", "not in the record");
    let later = |today, issued: Issued| {
        let values = typed(&[("proof", &text), ("birth_year", "-")]);
        let asking = Asking { today, ..asking(&values) };
        decide("certificate.check", asking, &found(two_doses(), issued)).outcome
    };
    let until = fresh().good_until;
    assert_eq!(later(until, fresh()), "valid");
    assert_eq!(later(until.saturating_add(1.day()), fresh()), "expired");
    let renewed = Issued { good_until: date(2030, 1, 31), ..fresh() };
    assert_eq!(later(until.saturating_add(1.day()), renewed), "expired", "the old text is old");
}

#[test]
fn a_document_is_worth_what_the_record_says_now() {
    let issuer = Issuer {
        authority: "Kementerian Kesehatan".into(),
        good_for: Duration::from_secs(86_400 * 30),
    };
    let paper = desk().paper(&two_doses(), &two_doses().doses[1], &fresh()).unwrap();
    assert_eq!(paper.earlier.len(), 1);
    let document = dcc::sign(&paper, &ring().now(), &issuer, NOW).unwrap();
    let need = desk().need("certificate.check", asking(&typed(&[("proof", &document)])));
    match need.certificate {
        Some(CertificateNeed::Shown { by, .. }) => {
            assert_eq!(by, Some(Handle::Serial(fresh().serial)))
        }
        other => panic!("{other:?}"),
    }
    let worth = |person: Person, issued| checked(&document, "-", &found(person, issued)).outcome;
    assert_eq!(worth(two_doses(), fresh()), "valid");
    assert_eq!(worth(two_doses(), Issued { revoked_at: Some(NOW), ..fresh() }), "revoked");
    let corrected = Person { birth: date(1990, 2, 6), ..two_doses() };
    assert_eq!(worth(corrected, fresh()), "not_valid");
    assert_eq!(checked(&document, "-", &Facts::default()).outcome, "not_valid");
    let letter = if &document[80..81] == "A" { "B" } else { "A" };
    let broken = format!("{}{letter}{}", &document[..80], &document[81..]);
    let damaged = &found(two_doses(), fresh());
    assert_eq!(checked(&broken, "-", damaged).outcome, "unreadable", "it came damaged");
    let values = typed(&[("proof", &document), ("birth_year", "-")]);
    let later = Asking { now: NOW.plus(Duration::from_secs(86_400 * 31)), ..asking(&values) };
    assert_eq!(decide("certificate.check", later, &Facts::default()).outcome, "expired");
}

#[test]
fn a_code_runs_out_and_is_revoked() {
    let code = fresh().code.shown();
    let worth = |issued: Issued| checked(&code, "1990", &found(two_doses(), issued)).outcome;
    assert_eq!(worth(Issued { good_until: TODAY, ..fresh() }), "valid");
    assert_eq!(worth(Issued { good_until: date(2021, 8, 16), ..fresh() }), "expired");
    assert_eq!(worth(Issued { revoked_at: Some(NOW), ..fresh() }), "revoked");
}

#[test]
fn a_phone_checks_so_many_a_day() {
    let facts = |checks| Facts {
        certificate: CertificateFacts { issued: vec![fresh()], banned: false, checks },
        ..facts(two_doses())
    };
    let code = fresh().code.shown();
    assert_eq!(checked(&code, "1990", &facts(59)).outcome, "valid");
    let refused = checked(&code, "1990", &facts(60));
    assert_eq!((refused.outcome, refused.changes.len()), ("too_many", 0));
}

#[test]
fn what_nobody_signed_or_another_did_is_worth_nothing() {
    let claims = Claims {
        serial: fresh().serial,
        holder: [0; 4],
        birth: siti().birth,
        dose: 2,
        vaccine: 1,
        given_on: GIVEN,
        good_until: fresh().good_until,
    };
    let seed = Seed { document: [9; 32], short: [9; 32] };
    let another = Keyring::new(&seed, "Somebody", NOW).unwrap();
    let text = text::sign(&claims, &another).unwrap();
    // The key that its number names here is ours: so it is false, and not unknown.
    assert_eq!(checked(&text, "-", &found(two_doses(), fresh())).outcome, "not_valid");
    let ours = Proof::parse(&text::sign(&claims, &ring().now()).unwrap()).unwrap();
    let (person, issued) = (two_doses(), fresh());
    let judged = |year| desk().judge(&ours, year, Some((&issued, &person)), AT);
    assert!(matches!(judged(None), Judged::Valid(_)));
    assert!(matches!(judged(Some(1990)), Judged::Valid(_)));
    assert_eq!(judged(Some(1991)), Judged::NotValid, "a year that is typed has to fit");
    assert_eq!(format!("{:?}", judged(None)), "Valid(Holder(..))");
}

#[test]
fn what_is_typed_is_told_from_a_slip() {
    let read = |name: &str, typed: &str| {
        let all = VACCINATION.validators.iter();
        let validator = all.into_iter().find(|known| known.name == name).unwrap();
        (validator.read)(typed, TODAY)
    };
    let code = ShortCode::from_random(7).shown();
    assert_eq!(read("certificate_proof", &code), Ok(code.clone()));
    assert_eq!(read("certificate_proof", "1234"), Err("proof_none"));
    let slip = format!("{} {}", &code[..14], (code.as_bytes()[15] - b'0' + 1) % 10);
    assert_eq!(read("certificate_proof", &slip), Err("proof_slip"));
    assert_eq!(read("birth_year", " 1990 "), Ok("1990".to_owned()));
    for year in ["90", "1899", "2022", "17081990", "satu"] {
        assert_eq!(read("birth_year", year), Err("year_digits"), "{year}");
    }
}
