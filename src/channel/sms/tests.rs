use proptest::prelude::*;

use super::*;
use crate::text::{gsm7, ucs2};

const GSM: DefaultAlphabet = DefaultAlphabet::Gsm7Unpacked;

fn message(text: &[u8]) -> Message {
    let from = Address::international("6281112345678");
    Message::new(from, Address::short_code("1199"), text.to_vec())
}

fn read(message: &Message) -> (String, Option<Part>) {
    let heard = parse("1199", GSM, message).unwrap();
    (text(&[heard.body]), heard.part)
}

#[test]
fn a_text_is_read_by_its_coding() {
    let septets = message(&gsm7::encode("Hai @ ñ").unwrap());
    assert_eq!(read(&septets), ("Hai @ ñ".into(), None));
    let wide = Message { data_coding: 8, ..message(&ucs2::encode("Halo 😀")) };
    assert_eq!(read(&wide), ("Halo 😀".into(), None));
    let latin = Message { data_coding: 3, ..message(b"caf\xe9") };
    assert_eq!(read(&latin), ("café".into(), None));
}

/// `data_coding` 0 is what the account's SMSC says it is; the others are the standard's.
#[test]
fn the_default_alphabet_is_the_account_s() {
    use DefaultAlphabet::{Gsm7Packed, Gsm7Unpacked, Latin1};
    let septets = |text| gsm7::encode(text).unwrap();
    for (alphabet, data_coding, octets, said) in [
        (Gsm7Unpacked, 0, septets("STATUS @ é"), "STATUS @ é"),
        (Gsm7Packed, 0, gsm7::pack_sms(&septets("STATUS @ é")), "STATUS @ é"),
        // Seven spare bits, and none.
        (Gsm7Packed, 0, gsm7::pack_sms(&septets("BATAL 1")), "BATAL 1"),
        (Gsm7Packed, 0, gsm7::pack_sms(&septets("BERHENTI")), "BERHENTI"),
        (Latin1, 0, b"caf\xe9 @ 1".to_vec(), "café @ 1"),
        (Latin1, 3, b"caf\xe9".to_vec(), "café"),
        (Gsm7Packed, 3, b"caf\xe9".to_vec(), "café"),
        (Latin1, 8, ucs2::encode("Halo 😀"), "Halo 😀"),
        (Gsm7Packed, 8, ucs2::encode("Halo 😀"), "Halo 😀"),
    ] {
        let written = Message { data_coding, ..message(&octets) };
        let heard = parse("1199", alphabet, &written).unwrap();
        assert_eq!(text(&[heard.body]), said, "{alphabet:?} {data_coding}");
    }
    // Behind a header the septets begin at the next boundary.
    for (number, words) in [(1, "DAFTAR#"), (2, "3173041708900001")] {
        let packed = gsm7::pack_sms_after_header(&septets(words), 6);
        let part = [&[5, 0, 3, 7, 2, number][..], &packed].concat();
        let part = Message { esm_class: 0x40, ..message(&part) };
        let heard = parse("1199", Gsm7Packed, &part).unwrap();
        assert_eq!(text(&[heard.body]), words);
    }
}

#[test]
fn octets_for_a_program_are_no_text() {
    for data_coding in [2, 4, 0xF5] {
        let binary = Message { data_coding, ..message(b"STOP") };
        assert_eq!(parse("1199", GSM, &binary).err(), Some(ParseError::Binary));
    }
}

#[test]
fn parts_are_known_by_header_or_parameters() {
    let third = Some(Part { reference: 7, total: 3, number: 2 });
    for header in [
        &[5, 0, 3, 7, 3, 2][..],
        &[6, 8, 4, 0, 7, 3, 2],
        // Another element before it.
        &[10, 5, 3, 1, 2, 3, 0, 3, 7, 3, 2],
    ] {
        let text = [header, b"hai"].concat();
        let udh = Message { esm_class: 0x40, ..message(&text) };
        assert_eq!(read(&udh), ("hai".into(), third), "{header:?}");
    }
    let mut sar = message(b"hai");
    sar.tlvs.set_u16(Tag::SAR_MSG_REF_NUM, 7);
    sar.tlvs.set_u8(Tag::SAR_TOTAL_SEGMENTS, 3);
    sar.tlvs.set_u8(Tag::SAR_SEGMENT_SEQNUM, 2);
    assert_eq!(read(&sar), ("hai".into(), third));
}

#[test]
fn odd_parts_are_whole_texts() {
    for header in
        [&[5, 0, 3, 7, 3, 4][..], &[5, 0, 3, 7, 3, 0], &[5, 0, 3, 7, 1, 1], &[5, 0, 9, 7, 1, 1]]
    {
        let text = [header, b"hai"].concat();
        let udh = Message { esm_class: 0x40, ..message(&text) };
        assert_eq!(read(&udh), ("hai".into(), None), "{header:?}");
    }
    let lying = Message { esm_class: 0x40, ..message(&[200, 1, 2]) };
    assert_eq!(parse("1199", GSM, &lying).unwrap().part, None);
}

#[test]
fn a_character_may_be_cut_in_two() {
    let octets = ucs2::encode("a😀");
    let bodies = octets.chunks(4).map(|octets| Body { coding: 8, octets: octets.to_vec() });
    assert_eq!(text(&bodies.collect::<Vec<_>>()), "a😀");
    let mixed =
        [Body { coding: 0, octets: b"a".to_vec() }, Body { coding: 8, octets: ucs2::encode("😀") }];
    assert_eq!(text(&mixed), "a😀");
}

#[test]
fn a_name_is_not_answered() {
    let name = Message { source: Address::alphanumeric("BANK"), ..message(b"hai") };
    assert_eq!(parse("1199", GSM, &name).err(), Some(ParseError::NoPhone));
    let code = Message { source: Address::short_code("888"), ..message(b"hai") };
    assert_eq!(parse("1199", GSM, &code).err(), Some(ParseError::NoPhone));
    let other = Message { destination: Address::short_code("1200"), ..message(b"hai") };
    assert_eq!(parse("1199", GSM, &other).err(), Some(ParseError::NotToUs));
}

proptest! {
    #[test]
    fn any_octets_are_read(octets: Vec<u8>, esm_class: u8, data_coding: u8) {
        let message = Message { esm_class, data_coding, ..message(&octets) };
        use DefaultAlphabet::{Gsm7Packed, Gsm7Unpacked, Latin1};
        for alphabet in [Gsm7Unpacked, Gsm7Packed, Latin1] {
            if let Ok(heard) = parse("1199", alphabet, &message) {
                prop_assert!(text(&[heard.body]).chars().count() <= LONGEST);
            }
        }
    }
}
