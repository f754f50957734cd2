//! Registrations that an outside record has to take.

use super::*;
use crate::{
    menu::language::Language,
    service::{
        inquiry::{Inquiry, Judged, Kind, Letter, follow, judge},
        outside::{Elsewhere, Fetched, Listing},
        right::{Consent, Parting, Purpose},
    },
};

fn typed(name: &str) -> Values {
    let mut values = Values::default();
    for (key, value) in [
        ("nik", NIK),
        ("name", name),
        ("birth_date", "05021990"),
        ("regency", "3173"),
        ("screening", "fit"),
        ("consent", "1"),
    ] {
        values.keep(key, value);
    }
    values
}

fn inquiry(name: &str) -> Inquiry {
    Inquiry {
        id: 1,
        kind: Kind::Register,
        by: me(),
        person: index(),
        letter: Letter {
            nik: NIK.into(),
            phone: phone(1).as_str().into(),
            chat: None,
            service: "pedulilindungi".into(),
            call: "person.prove".into(),
            language: Language::parse("id").unwrap(),
            values: typed(name),
            behalf: None,
        },
        at: NOW,
        due: NOW,
    }
}

#[test]
fn what_was_corrected_is_sent_under_another_name() {
    let (vault, number) = (desk().vault, Number::from_random(1));
    let of = |inquiry: &Inquiry, number| inquiry.reference(&vault, number);
    let first = of(&inquiry("Siti Amina"), &number);
    assert_eq!(of(&Inquiry { id: 2, ..inquiry("Siti Amina") }, &number), first, "sent again");
    assert_ne!(of(&inquiry("Siti Aminah"), &number), first);
    assert_ne!(of(&inquiry("Siti Amina"), &Number::from_random(2)), first);
}

#[test]
fn a_registration_whose_answer_was_lost_stands() {
    let number = Number::from_random(1);
    let waiting = Waiting {
        number: number.clone(),
        person: index(),
        name: PersonName::parse("Siti Aminah").unwrap(),
        at: NOW,
    };
    let judged = |known: Option<Number>| {
        let fetched = Fetched {
            at: NOW,
            version: 1,
            standing: Listing::Listed,
            elsewhere: Some(Elsewhere { number: known, reference: None }),
            taken: None,
            disputed: None,
        };
        let facts = Facts {
            person: Some(siti()),
            waiting: vec![waiting.clone()],
            fetched: Some(fetched),
            ..Facts::default()
        };
        let inquiry = inquiry("Siti Aminah");
        let values = inquiry.letter.values.clone();
        judge(asking(&values), &inquiry, &facts)
    };
    assert_eq!(judged(Some(number.clone())), Some(Judged::Stands));
    assert_eq!(judged(Some(Number::from_random(2))), Some(Judged::Already));
    assert_eq!(judged(None), Some(Judged::Already));
}

/// A text cannot ask.
#[test]
fn what_is_shown_by_text_waits_for_a_consent_that_ended_with_the_number() {
    let silent = Consent {
        purpose: Purpose::Service,
        version: "2021-2".into(),
        channel: None,
        at: NOW,
        withdrawn: Some(NOW),
        parted: Some(Parting::Silent),
    };
    let values = typed("Siti Aminah");
    for (consent, text) in [(None, "status_no_dose"), (Some(silent), "record_answers")] {
        let facts = Facts { consent, ..facts(siti()) };
        let told = follow(&desk(), asking(&values), (Kind::Prove, "person.prove"), &facts);
        assert_eq!(told.unwrap().text, text);
    }
}
