//! Exposure notices: who is asked, who is told, when a status is black.

use jiff::ToSpan;
use proptest::prelude::*;

use super::*;
use crate::service::exposure::{
    Black, CaseFacts, CaseId, Consent, ExposureChange, ExposureFacts, TestingPlace, Why,
};

fn case(consent: Consent, until: Timestamp) -> CaseFacts {
    let id = CaseId::parse("lab-0001").unwrap();
    CaseFacts { id, tested_on: date(2021, 8, 15), consent, until }
}

fn exposed(days: &[Date], cases: &[CaseFacts]) -> Facts {
    let exposure = ExposureFacts { days: days.to_vec(), cases: cases.to_vec(), place: None };
    Facts { exposure, ..Facts::default() }
}

fn later() -> Timestamp {
    NOW.plus(std::time::Duration::from_secs(3600))
}

#[test]
fn a_question_comes_before_what_was_told() {
    let contact = [date(2021, 8, 10)];
    let values = Values::default();
    for (days, cases, outcome) in [
        (&[][..], vec![], "none"),
        (&contact, vec![], "contact"),
        (&contact, vec![case(Consent::Asked, later())], "asked"),
        (&contact, vec![case(Consent::Given, later())], "given"),
        (&contact, vec![case(Consent::Withdrawn, later())], "refused"),
        (&contact, vec![case(Consent::Refused, later())], "refused"),
        (&[], vec![case(Consent::Used, later())], "positive"),
        // It is over: nobody is asked any more.
        (&[], vec![case(Consent::Asked, NOW)], "positive"),
        (&[date(2021, 8, 3)], vec![], "none"),
    ] {
        let decision = decide("exposure.look", asking(&values), &exposed(days, &cases));
        assert_eq!(decision.outcome, outcome, "{days:?} {cases:?}");
        assert!(decision.changes.is_empty());
    }
}

#[test]
fn an_answer_is_kept_while_it_can_be_given() {
    let values = typed(&[("case", "lab-0001"), ("consent", "sijejak-1")]);
    let answers = |name: &str, case: CaseFacts| {
        let decision = decide(name, asking(&values), &exposed(&[], &[case]));
        let change = decision.changes.iter().find_map(|change| match change {
            Change::Exposure(change) => Some(change.clone()),
            _ => None,
        });
        (decision.outcome, change)
    };
    for (is, said, outcome, becomes) in [
        (Consent::Asked, "exposure.consent", "given", Some(Consent::Given)),
        (Consent::Refused, "exposure.consent", "given", Some(Consent::Given)),
        (Consent::Withdrawn, "exposure.consent", "given", Some(Consent::Given)),
        (Consent::Given, "exposure.consent", "given", None),
        (Consent::Used, "exposure.consent", "late", None),
        (Consent::Asked, "exposure.refuse", "refused", Some(Consent::Refused)),
        (Consent::Given, "exposure.refuse", "refused", Some(Consent::Withdrawn)),
        (Consent::Refused, "exposure.refuse", "refused", None),
        (Consent::Used, "exposure.refuse", "late", None),
    ] {
        let (came, change) = answers(said, case(is, later()));
        assert_eq!(
            (came, change.map(|change| change.consent)),
            (outcome, becomes),
            "{is:?} {said}"
        );
        assert_eq!(answers(said, case(is, NOW)), ("late", None), "{is:?} {said}");
    }
    let (_, change) = answers("exposure.consent", case(Consent::Asked, later()));
    let until = NOW.plus(std::time::Duration::from_secs(3 * 86_400));
    let version = Some("sijejak-1".to_owned());
    let case = CaseId::parse("lab-0001").unwrap();
    assert_eq!(change, Some(ExposureChange { case, consent: Consent::Given, version, until }));
    // Another phone's case is nobody's here.
    let decision = decide("exposure.consent", asking(&values), &exposed(&[], &[]));
    assert_eq!((decision.outcome, decision.changes.len()), ("late", 0));
}

#[test]
fn a_status_is_black_before_anything_else_is_told_and_once() {
    let mut all = facts(siti());
    all.people = vec![known()];
    all.exposure.days = vec![date(2021, 8, 10), date(2021, 8, 12)];
    let values = picked();
    let decision = decide("status.read", asking(&values), &all);
    assert_eq!(decision.outcome, "contact");
    assert_eq!(decision.given.text("contact_day"), Some("12-08-2021"));
    assert_eq!(decision.given.text("black_until"), Some("25-08-2021"));
    assert_eq!(decision.given.text("contact_days"), Some("12-08-2021, 10-08-2021"));
    let mut read = picked();
    read.keep("black", "read");
    assert_eq!(decide("status.read", asking(&read), &all).outcome, "unregistered");
}

#[test]
fn a_place_is_told_where_one_is_known() {
    let values = Values::default();
    let mut facts = Facts::default();
    assert_eq!(decide("exposure.place", asking(&values), &facts).outcome, "unknown");
    let place = TestingPlace { name: "Puskesmas Melati".into(), address: "Jl. Sehat 6".into() };
    facts.exposure.place = Some(place);
    let decision = decide("exposure.place", asking(&values), &facts);
    assert_eq!(decision.outcome, "found");
    assert_eq!(decision.given.text("test_place"), Some("Puskesmas Melati"));
}

proptest! {
    /// Fourteen days after a contact, and ten after a test, and not a day more: whatever else there is.
    #[test]
    fn black_is_as_long_as_it_has_to_be(contacts: Vec<u8>, tests: Vec<u8>) {
        let rules = desk().exposure;
        let ago = |days: u8| TODAY.saturating_sub(i32::from(days).days());
        let days = contacts.iter().copied().map(ago).collect();
        let tested = |days: &u8| CaseFacts { tested_on: ago(*days), ..case(Consent::Used, NOW) };
        let cases = tests.iter().map(tested).collect();
        let facts = ExposureFacts { days, cases, place: None };
        let black = rules.black(&facts, TODAY);
        let left = |ago: &u8, lasts: u8| lasts.checked_sub(*ago).filter(|left| *left > 0);
        let longest = contacts.iter().filter_map(|ago| left(ago, 14)).max();
        let longest = longest.max(tests.iter().filter_map(|ago| left(ago, 10)).max());
        let until = longest.map(|left| TODAY.saturating_add((i32::from(left) - 1).days()));
        prop_assert_eq!(black.map(|black| black.until), until);
        if let Some(Black { why, day, .. }) = black {
            let lasts = if why == Why::Contact { 13 } else { 9 };
            prop_assert_eq!(Some(day.saturating_add(lasts.days())), until);
        }
        // Nothing of it is kept longer than it counts.
        for day in &facts.days {
            let counts = contacts.iter().any(|of| ago(*of) == *day && *of < 14);
            prop_assert_eq!(rules.forgotten(*day, Zone::Wib) > Timestamp::at(TODAY.at(0, 0, 0, 0), Zone::Wib), counts);
        }
    }
}
