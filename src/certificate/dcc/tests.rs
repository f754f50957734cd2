use std::time::Duration;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::{
    certificate::{
        keys::{
            Which,
            tests::{AUTHORITY, NOW, keyring, seed},
        },
        specimen::paper,
    },
    identity::PersonName,
};

fn issuer() -> Issuer {
    Issuer { authority: AUTHORITY.into(), good_for: Duration::from_secs(365 * 86_400) }
}

fn hc1() -> String {
    sign(&paper("Siti Nur Aminah", 1, 2), &keyring(), &issuer(), NOW).unwrap()
}

fn check(text: &str) -> Result<Seen, WhyNot> {
    verify(text, keyring().public(), NOW)
}

/// The octets inside, changed, and packed again.
fn repacked(change: impl FnOnce(&mut Vec<u8>)) -> String {
    let packed = base45::decode(hc1().strip_prefix(PREFIX).unwrap()).unwrap();
    let mut octets = inflate(&packed).unwrap();
    change(&mut octets);
    format!("{PREFIX}{}", base45::encode(deflate(&octets).unwrap()))
}

/// Other claims, signed well.
fn signed(claims: &Value) -> String {
    let ring = keyring();
    let mut payload = Vec::new();
    ciborium::into_writer(claims, &mut payload).unwrap();
    let kid = ring.document_key().kid().0.to_vec();
    let header = HeaderBuilder::new().algorithm(iana::Algorithm::ES256).key_id(kid).build();
    let builder = CoseSign1Builder::new().protected(header).payload(payload);
    let document = builder.create_signature(b"", |message| ring.sign_document(message).to_vec());
    let octets = document.build().to_vec().unwrap();
    format!("{PREFIX}{}", base45::encode(deflate(&octets).unwrap()))
}

fn claims() -> Value {
    let until = NOW.plus(Duration::from_secs(86_400));
    content::claims(&paper("Siti Nur Aminah", 1, 2), AUTHORITY, NOW, until)
}

#[test]
fn what_was_signed_is_seen() {
    let text = hc1();
    assert!((350..=700).contains(&text.len()), "{} characters", text.len());
    let seen = check(&text).unwrap();
    assert_eq!(seen.name(), "Siti Nur Aminah");
    assert_eq!((&*seen.surname, &*seen.forename), ("Aminah", "Siti Nur"));
    assert_eq!(seen.birth, date(1990, 8, 17));
    assert_eq!((seen.doses, seen.given_on), ((1, 2), date(2021, 3, 1)));
    assert_eq!(seen.product.mp, "CoronaVac");
    assert_eq!(seen.id.as_str(), "3173012345678");
    assert_eq!(seen.authority, AUTHORITY);
    assert_eq!((seen.issued, seen.expires), (NOW, NOW.plus(issuer().good_for)));
    assert!(!format!("{seen:?}").contains("Siti"));
    assert_eq!(check(&format!("  {text}\r\n")).unwrap(), seen);
    assert_eq!(hc1(), text, "the same arguments make the same text");
}

#[test]
fn a_name_of_one_word_is_a_surname() {
    let text = sign(&paper("Suharto", 1, 1), &keyring(), &issuer(), NOW).unwrap();
    let seen = check(&text).unwrap();
    assert_eq!((&*seen.surname, &*seen.forename, &*seen.name()), ("Suharto", "", "Suharto"));
}

#[test]
fn doses_count_as_the_union_counts_them() {
    for (number, course, doses) in [
        (1, 1, (1, 1)),
        (1, 2, (1, 2)),
        (2, 2, (2, 2)),
        (3, 2, (3, 3)),
        (2, 1, (2, 1)),
        (4, 2, (4, 4)),
    ] {
        let text = sign(&paper("Suharto", number, course), &keyring(), &issuer(), NOW).unwrap();
        assert_eq!(check(&text).unwrap().doses, doses, "dose {number} of a course of {course}");
    }
}

#[test]
fn a_certificate_is_good_from_its_day_to_its_end() {
    let text = hc1();
    let ring = keyring();
    let at = |millis: i64| verify(&text, ring.public(), Timestamp::from_millis(millis)).err();
    let (begin, end) = (NOW.millis(), NOW.plus(issuer().good_for).millis());
    assert_eq!(at(begin - SKEW - 1000), Some(WhyNot::NotYet));
    assert_eq!(at(begin - SKEW), None);
    assert_eq!(at(end - 1), None);
    assert_eq!(at(end), Some(WhyNot::Expired));
    assert_eq!(at(i64::MAX), Some(WhyNot::Expired));
    assert_eq!(at(i64::MIN), Some(WhyNot::NotYet));
}

#[test]
fn nothing_outlives_the_certificate_of_its_signer() {
    let (ring, forever) = (keyring(), Duration::from_secs(100 * 365 * 86_400));
    let issuer = Issuer { good_for: forever, ..issuer() };
    let paper = paper("Suharto", 1, 1);
    let text = sign(&paper, &ring, &issuer, NOW).unwrap();
    assert_eq!(check(&text).unwrap().expires, ring.document_key().expires());
    let late = ring.document_key().expires();
    assert_eq!(sign(&paper, &ring, &issuer, late), Err(Unmade::KeyRanOut));
}

#[test]
fn what_a_former_key_signed_stays_good() {
    let text = hc1();
    let new = keyring().rotated(Which::Both, &seed(9), AUTHORITY, NOW).unwrap();
    assert!(verify(&text, new.public(), NOW).is_ok());
}

#[test]
fn what_is_wrong_is_said_from_the_outside_to_the_inside() {
    let text = hc1();
    let stranger = Keyring::new(&seed(99), AUTHORITY, NOW).unwrap();
    let strange = sign(&paper("Suharto", 1, 1), &stranger, &issuer(), NOW).unwrap();
    let bomb = deflate(&vec![0; 1 << 20]).unwrap();
    let mut two = base45::decode(text.strip_prefix(PREFIX).unwrap()).unwrap();
    two.push(0);
    let packed = |octets: &[u8]| format!("{PREFIX}{}", base45::encode(octets));
    for (text, why) in [
        (String::new(), WhyNot::NotHc1),
        (text.replacen("HC1:", "HC2:", 1), WhyNot::NotHc1),
        (text.replacen("HC1:", "", 1), WhyNot::NotHc1),
        (format!("{text}{}", "0".repeat(LONGEST)), WhyNot::NotHc1),
        (text.replacen("HC1:", "HC1:a", 1), WhyNot::Base45),
        (format!("{PREFIX}:::"), WhyNot::Base45),
        (PREFIX.to_owned(), WhyNot::Zlib),
        (packed(b"not packed at all"), WhyNot::Zlib),
        (packed(&bomb), WhyNot::Zlib),
        (packed(&two), WhyNot::Zlib),
        (packed(&two[..two.len() / 2]), WhyNot::Zlib),
        (packed(&deflate(b"no cose").unwrap()), WhyNot::Cose),
        (repacked(|octets| octets.push(0)), WhyNot::Cose),
        // Algorithm -7, the first entry of the protected header, becomes -8.
        (repacked(|octets| octets[4] = 0x27), WhyNot::Cose),
        (strange, WhyNot::UnknownKey),
        (repacked(|octets| octets[8] ^= 1), WhyNot::UnknownKey),
        (repacked(|octets| *octets.last_mut().unwrap() ^= 1), WhyNot::Signature),
        (repacked(|octets| octets[40] ^= 1), WhyNot::Signature),
        (signed(&Value::Null), WhyNot::Content),
    ] {
        assert_eq!(check(&text).err(), Some(why), "{}", text.get(..40).unwrap_or(&text));
    }
}

#[test]
fn what_is_signed_well_and_says_nothing_is_refused() {
    assert!(check(&signed(&claims())).is_ok());
    type Change = fn(&mut Vec<(Value, Value)>);
    let edit = |change: Change| {
        let mut claims = claims();
        change(claims.as_map_mut().unwrap());
        check(&signed(&claims)).err()
    };
    let all: [Change; 7] = [
        |claims| drop(claims.remove(1)),
        |claims| drop(claims.pop()),
        |claims| claims.push(claims[1].clone()),
        |claims| claims[1].1 = Value::Text("tomorrow".into()),
        |claims| claims[1].1 = Value::Integer(u64::MAX.into()),
        |claims| vaccination(claims).retain(|(key, _)| key.as_text() != Some("dn")),
        |claims| {
            for (key, value) in vaccination(claims) {
                if key.as_text() == Some("ci") {
                    *value = Value::Text("URN:UVCI:01:ID:3173012345678#A".into());
                }
            }
        },
    ];
    for change in all {
        assert_eq!(edit(change), Some(WhyNot::Content));
    }
}

fn vaccination(claims: &mut [(Value, Value)]) -> &mut Vec<(Value, Value)> {
    let health = claims[3].1.as_map_mut().unwrap();
    let dcc = health[0].1.as_map_mut().unwrap();
    dcc[3].1.as_array_mut().unwrap()[0].as_map_mut().unwrap()
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "(HC1:)?[0-9A-Z $%*+./:-]{0,200}|\\PC{0,60}") {
        prop_assert!(check(&text).is_err());
    }

    #[test]
    fn no_octets_inside_make_it_panic(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
        let text = format!("{PREFIX}{}", base45::encode(deflate(&octets).unwrap()));
        prop_assert!(check(&text).is_err());
    }

    #[test]
    fn no_changed_octet_is_accepted(at in 0_usize..380, to: u8) {
        let text = repacked(|octets| {
            if let Some(octet) = octets.get_mut(at) {
                *octet = to;
            }
        });
        // The tag in front may go or change into a longer way to say the same.
        prop_assert!(check(&text).is_err() || text == hc1() || at == 0, "at {at}: {to}");
    }

    #[test]
    fn every_name_makes_a_certificate(name in "\\PC{1,100}") {
        let Ok(name) = PersonName::parse(&name) else { return Ok(()) };
        let text = sign(&paper(name.as_str(), 1, 2), &keyring(), &issuer(), NOW).unwrap();
        prop_assert!(check(&text).is_ok());
    }
}
