use std::time::Duration;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::{
    certificate::{
        CertificateId,
        keys::{
            Seed, Which,
            tests::{AUTHORITY, NOW, keyring},
        },
        specimen::{self, shot},
    },
    identity::{Nik, PersonName},
};

fn options() -> Options {
    let good_for = Duration::from_secs(365 * 86_400);
    Options {
        issuer: Issuer { authority: AUTHORITY.into(), good_for },
        nik: NikShown::Masked,
        check_at: "*119#".into(),
        zone: Zone::Wib,
    }
}

fn paper(name: &str, number: u8) -> Paper {
    Paper { earlier: (1..number).map(shot).collect(), ..specimen::paper(name, number, 2) }
}

#[test]
fn the_same_arguments_make_the_same_octets() {
    let page =
        |name: &str, now: Timestamp| render(&paper(name, 2), &keyring(), now, &options()).unwrap();
    let one = page("Siti Nur Aminah", NOW);
    assert!(one.starts_with(b"%PDF-1.7") && one.len() < 64 * 1024, "{} octets", one.len());
    assert!(one == page("Siti Nur Aminah", NOW));
    assert!(one != page("Siti Nur Aminah", NOW.plus(Duration::from_secs(1))));
    assert!(one != page("Siti Nur Aminat", NOW));
}

#[test]
fn two_pages_are_alike_if_they_say_the_same_whenever_they_are_made() {
    let siti = || paper("Siti", 2);
    let alike = |paper: &Paper| likeness(paper, &keyring(), &options());
    assert_eq!(alike(&siti()), alike(&siti()));
    let mut others = vec![paper("Siti N", 2), paper("Siti", 1), paper("Siti", 3)];
    for change in [
        |paper: &mut Paper| paper.id = CertificateId::parse("3173012345679").unwrap(),
        |paper: &mut Paper| paper.nik = Nik::parse("3173041708900002").unwrap(),
        |paper: &mut Paper| paper.birth = date(1990, 8, 18),
        |paper: &mut Paper| paper.course = 1,
        |paper: &mut Paper| paper.shot.place.push('i'),
        |paper: &mut Paper| paper.shot.batch.push('i'),
        |paper: &mut Paper| paper.shot.vaccine.push('i'),
        |paper: &mut Paper| paper.shot.product.ma.push('i'),
        |paper: &mut Paper| paper.earlier[0].given_on = date(2021, 2, 28),
    ] {
        let mut other = siti();
        change(&mut other);
        others.push(other);
    }
    for other in &others {
        assert_ne!(alike(&siti()), alike(other));
    }
    let other = Options { nik: NikShown::Full, ..options() };
    assert_ne!(alike(&siti()), likeness(&siti(), &keyring(), &other));
    let other = Options { check_at: "*120#".into(), ..options() };
    assert_ne!(alike(&siti()), likeness(&siti(), &keyring(), &other));
    let seed = Seed { document: [0x5a; 32], short: [0x5a; 32] };
    let key = keyring().rotated(Which::Document, &seed, AUTHORITY, NOW).unwrap();
    assert_ne!(alike(&siti()), likeness(&siti(), &key, &options()));
}

#[test]
fn a_booster_is_counted_as_people_do() {
    for (number, course, id, en) in [
        (1, 1, "Dosis 1 dari 1", "Dose 1 of 1"),
        (1, 2, "Dosis 1 dari 2", "Dose 1 of 2"),
        (2, 1, "Dosis 2", "Dose 2 · Booster"),
        (3, 2, "Dosis 3", "Dose 3 · Booster"),
    ] {
        let paper = Paper { course, ..paper("Suharto", number) };
        assert_eq!(words::of(&paper), (id.to_owned(), en.to_owned()));
    }
}

#[test]
fn as_many_doses_as_there_can_be_fit() {
    for number in 1..=9 {
        assert!(render(&paper("Suharto", number), &keyring(), NOW, &options()).is_ok());
    }
}

#[test]
fn what_is_long_is_fitted() {
    let word = "W".repeat(100);
    let mut paper = paper(&word, 3);
    paper.shot.batch = word.clone();
    paper.shot.place = format!("{word} {word}");
    paper.shot.vaccine = word.clone();
    paper.id = CertificateId::parse(&"W".repeat(60)).unwrap();
    let mut options = options();
    options.nik = NikShown::Full;
    options.issuer.authority = "W".repeat(64);
    options.check_at = word;
    assert!(render(&paper, &keyring(), NOW, &options).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_name_has_its_page(name in "\\PC{1,100}") {
        let Ok(name) = PersonName::parse(&name) else { return Ok(()) };
        let paper = paper(name.as_str(), 1);
        prop_assert!(render(&paper, &keyring(), NOW, &options()).is_ok());
    }
}
