//! UCS-2 as phones use it: UTF-16, most significant octet first, surrogate pairs and all.
//!
//! TS 23.038 §6.2.3 names UCS-2; every handset that shows an emoji reads UTF-16BE. So does this.

use super::Alphabet;

/// The octets of `text` in UTF-16BE, two for each code unit.
pub fn encode(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// The text in `octets`. Lenient, since it comes from foreign hands: a byte order mark is obeyed and
/// dropped, half a surrogate pair becomes U+FFFD, an odd last octet is left out.
pub fn decode(octets: &[u8]) -> String {
    let (octets, little_endian) = match octets {
        [0xFE, 0xFF, rest @ ..] => (rest, false),
        [0xFF, 0xFE, rest @ ..] => (rest, true),
        _ => (octets, false),
    };
    let read = if little_endian { u16::from_le_bytes } else { u16::from_be_bytes };
    let (pairs, _odd) = octets.as_chunks::<2>();
    char::decode_utf16(pairs.iter().map(|pair| read(*pair)))
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// UTF-16 code units of `text`, each two octets on the wire.
pub fn units(text: &str) -> usize {
    Alphabet::Ucs2.units(text)
}

/// The longest beginning of `text` of at most `limit` code units; a surrogate pair is never cut.
pub fn prefix(text: &str, limit: usize) -> &str {
    Alphabet::Ucs2.prefix(text, limit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_octets() {
        for (text, octets) in [
            ("", &[][..]),
            ("A", &[0x00, 0x41]),
            ("ꦲ", &[0xA9, 0xB2]),
            ("😀", &[0xD8, 0x3D, 0xDE, 0x00]),
        ] {
            assert_eq!(encode(text), octets, "{text}");
            assert_eq!(decode(octets), text);
        }
    }

    #[test]
    fn foreign_octets_are_read_as_far_as_they_make_sense() {
        assert_eq!(decode(&[0x00, 0x41, 0x00]), "A");
        assert_eq!(decode(&[0xFE, 0xFF, 0x00, 0x41]), "A");
        assert_eq!(decode(&[0xFF, 0xFE, 0x41, 0x00]), "A");
        assert_eq!(decode(&[0xD8, 0x3D, 0x00, 0x41]), "\u{FFFD}A");
    }

    #[test]
    fn a_pair_is_not_cut() {
        assert_eq!(units("a😀"), 3);
        assert_eq!(prefix("a😀b", 2), "a");
        assert_eq!(prefix("a😀b", 3), "a😀");
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(text: String) {
            prop_assume!(!text.starts_with('\u{FEFF}'));
            prop_assert_eq!(decode(&encode(&text)), text.clone());
            prop_assert_eq!(encode(&text).len(), 2 * units(&text));
        }

        #[test]
        fn decoding_never_fails(octets: Vec<u8>) {
            let _ = decode(&octets);
        }
    }
}
