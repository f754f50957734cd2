use proptest::prelude::*;

use super::*;
use crate::text::{gsm7, ucs2};

fn message(text: &[u8]) -> Message {
    let from = Address::international("6281112345678");
    Message::new(from, Address::short_code("1199"), text.to_vec())
}

fn read(message: &Message) -> (String, Option<Part>) {
    let heard = parse("1199", message).unwrap();
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
    assert_eq!(parse("1199", &lying).unwrap().part, None);
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
    assert_eq!(parse("1199", &name).err(), Some(ParseError::NoPhone));
    let code = Message { source: Address::short_code("888"), ..message(b"hai") };
    assert_eq!(parse("1199", &code).err(), Some(ParseError::NoPhone));
    let other = Message { destination: Address::short_code("1200"), ..message(b"hai") };
    assert_eq!(parse("1199", &other).err(), Some(ParseError::NotToUs));
}

proptest! {
    #[test]
    fn any_octets_are_read(octets: Vec<u8>, esm_class: u8, data_coding: u8) {
        let message = Message { esm_class, data_coding, ..message(&octets) };
        prop_assert!(read(&message).0.chars().count() <= LONGEST);
    }
}
