//! The GSM 7-bit default alphabet, its extension table, and its packings.
//!
//! Owns 3GPP TS 23.038 §6.2.1 (the two tables) and §6.1.2 (septets into octets for SMS, §6.1.2.1,
//! and for USSD with its padding rule, §6.1.2.3). Unpacked text, one septet an octet, is what most
//! SMPP links carry under data coding 0; there `@` is 0x00, so it is octets and never a C string.
//! Knows nothing of transliteration: a character outside the alphabet is an error here.

use std::ops::Deref;

/// Escape to the extension table.
const ESC: u8 = 0x1B;

/// Carriage return, the padding of USSD strings.
const CR: u8 = 0x0D;

/// TS 23.038 §6.2.1, by septet. The escape stands in its place but is no character.
#[rustfmt::skip]
const BASIC: [char; 128] = [
    '@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å',
    'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', '\u{1B}', 'Æ', 'æ', 'ß', 'É',
    ' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/',
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?',
    '¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O',
    'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§',
    '¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
];

/// TS 23.038 §6.2.1.1: what stands after an escape.
const EXTENSION: [(u8, char); 10] = [
    (0x0A, '\u{0C}'),
    (0x14, '^'),
    (0x28, '{'),
    (0x29, '}'),
    (0x2F, '\\'),
    (0x3C, '['),
    (0x3D, '~'),
    (0x3E, ']'),
    (0x40, '|'),
    (0x65, '€'),
];

/// A character that GSM 7-bit does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{char:?} at octet {at} is not in the GSM 7-bit alphabet")]
pub struct NotInAlphabet {
    /// Octet offset of the character in the UTF-8 text.
    pub at: usize,
    /// The character.
    pub char: char,
}

/// A text in septets, one an octet; an extension character takes two. Exists only by encoding, so
/// every septet is below 0x80 and every escape has its character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Septets(Vec<u8>);

impl Septets {
    /// The septets of `text`.
    pub fn encode(text: &str) -> Result<Septets, NotInAlphabet> {
        let mut septets = Vec::with_capacity(text.len());
        for (at, char) in text.char_indices() {
            if let Some(septet) = basic(char) {
                septets.push(septet);
            } else if let Some(septet) = extension(char) {
                septets.extend([ESC, septet]);
            } else {
                return Err(NotInAlphabet { at, char });
            }
        }
        Ok(Septets(septets))
    }

    /// One septet an octet, as SMPP carries it unpacked.
    pub fn into_unpacked(self) -> Vec<u8> {
        self.0
    }
}

impl Deref for Septets {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

/// The septets of `text`, one an octet: [`Septets::encode`] for those who only send them.
pub fn encode(text: &str) -> Result<Vec<u8>, NotInAlphabet> {
    Septets::encode(text).map(Septets::into_unpacked)
}

/// The text in unpacked `septets`. Lenient, since it comes from foreign hands: an octet above 0x7F
/// becomes `?`; an escape before an unknown character is dropped and the character read from the
/// basic table (TS 23.038 §6.2.1.1); an escape before an escape, or at the end, becomes a blank.
pub fn decode(septets: &[u8]) -> String {
    let mut text = String::with_capacity(septets.len());
    let mut escaped = false;
    for &septet in septets {
        let extended = EXTENSION.iter().find(|(code, _)| escaped && *code == septet);
        match (extended, septet) {
            (Some((_, char)), _) => text.push(*char),
            (None, ESC) if escaped => text.push(' '),
            (None, ESC) => {}
            (None, _) => text.push(BASIC.get(usize::from(septet)).copied().unwrap_or('?')),
        }
        escaped = septet == ESC && !escaped;
    }
    if escaped {
        text.push(' ');
    }
    text
}

/// Septets of one character: 1, 2 for the extension table, `None` outside the alphabet.
pub fn septets_of(char: char) -> Option<u8> {
    match char {
        _ if is_basic(char) => Some(1),
        _ if extension(char).is_some() => Some(2),
        _ => None,
    }
}

/// Whether the character stands in the basic table: one septet, and safe with every operator.
pub fn is_basic(char: char) -> bool {
    basic(char).is_some()
}

/// Septets of `text`.
pub fn count(text: &str) -> Result<usize, NotInAlphabet> {
    let mut total = 0;
    for (at, char) in text.char_indices() {
        total += usize::from(septets_of(char).ok_or(NotInAlphabet { at, char })?);
    }
    Ok(total)
}

/// Septets packed for an SMS without user data header. TS 23.038 §6.1.2.1.
pub fn pack_sms(septets: &[u8]) -> Vec<u8> {
    pack(septets, 0)
}

/// The `count` septets packed in `octets`, or as many as there are.
pub fn unpack_sms(octets: &[u8], count: usize) -> Vec<u8> {
    unpack(octets, 0, count)
}

/// Septets packed for what follows a user data header of `header` octets (its length octet
/// included): fill bits bring the text to the next septet boundary. TS 23.040 §9.2.3.24.
pub fn pack_sms_after_header(septets: &[u8], header: usize) -> Vec<u8> {
    pack(septets, fill_bits(header))
}

/// The `count` septets in `octets` that follow a user data header of `header` octets.
pub fn unpack_sms_after_header(octets: &[u8], header: usize, count: usize) -> Vec<u8> {
    unpack(octets, fill_bits(header), count)
}

/// Bits between a user data header of `header` octets and the first septet, 0 to 6.
pub fn fill_bits(header: usize) -> usize {
    (7 - header % 7 * 8 % 7) % 7
}

/// Septets packed for USSD. TS 23.038 §6.1.2.3.1: seven spare bits in the last octet are filled
/// with CR, lest they read as `@`; a text that itself ends in CR on an octet boundary gets a second
/// one, lest the receiver take the first for padding.
pub fn pack_ussd(septets: &[u8]) -> Vec<u8> {
    let full = septets.len().is_multiple_of(8);
    let padded = septets.len() % 8 == 7 || (full && septets.last() == Some(&CR));
    if !padded {
        return pack(septets, 0);
    }
    let mut septets = septets.to_vec();
    septets.push(CR);
    pack(&septets, 0)
}

/// The septets packed in a USSD string. The CR of an octet boundary is padding and is dropped; the
/// second CR of a doubled one stays, for nobody can tell it from two that were meant.
pub fn unpack_ussd(octets: &[u8]) -> Vec<u8> {
    let mut septets = unpack(octets, 0, usize::MAX);
    if octets.len().is_multiple_of(7) && septets.last() == Some(&CR) {
        septets.pop();
    }
    septets
}

/// Septets, least significant bit first, after `fill` bits of nothing.
fn pack(septets: &[u8], fill: usize) -> Vec<u8> {
    let mut octets = Vec::with_capacity((fill + septets.len() * 7).div_ceil(8));
    let (mut pending, mut bits) = (0u16, fill);
    for &septet in septets {
        pending |= u16::from(septet & 0x7F) << bits;
        bits += 7;
        if bits >= 8 {
            octets.push(low_octet(pending));
            pending >>= 8;
            bits -= 8;
        }
    }
    if bits > 0 && !septets.is_empty() {
        octets.push(low_octet(pending));
    }
    octets
}

fn unpack(octets: &[u8], fill: usize, limit: usize) -> Vec<u8> {
    let count = (octets.len() * 8).saturating_sub(fill) / 7;
    (0..count.min(limit))
        .map(|index| {
            let bit = fill + index * 7;
            let octet = |at: usize| u16::from(octets.get(at).copied().unwrap_or(0));
            let pair = octet(bit / 8) | octet(bit / 8 + 1) << 8;
            low_octet(pair >> (bit % 8)) & 0x7F
        })
        .collect()
}

fn low_octet(word: u16) -> u8 {
    word.to_le_bytes()[0]
}

fn basic(char: char) -> Option<u8> {
    match char {
        // Here the table is ASCII; the rest is a short search.
        ' '..='#' | '%'..='?' | 'A'..='Z' | 'a'..='z' => u8::try_from(char).ok(),
        '\u{1B}' => None,
        _ => BASIC.iter().position(|known| *known == char).and_then(|at| u8::try_from(at).ok()),
    }
}

fn extension(char: char) -> Option<u8> {
    EXTENSION.iter().find(|(_, known)| *known == char).map(|(septet, _)| *septet)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    /// Text of the alphabet only.
    fn gsm_text() -> impl Strategy<Value = String> {
        let all: Vec<char> = BASIC
            .into_iter()
            .filter(|char| *char != '\u{1B}')
            .chain(EXTENSION.iter().map(|(_, char)| *char))
            .collect();
        proptest::collection::vec(proptest::sample::select(all), 0..200)
            .prop_map(|chars| chars.into_iter().collect())
    }

    fn hex(octets: &[u8]) -> String {
        octets.iter().map(|octet| format!("{octet:02X}")).collect()
    }

    /// Source: 3GPP TS 23.038 §6.2.1, as `tests/vectors/gsm0338.csv`.
    #[test]
    fn the_alphabet_is_the_standard_s() {
        let table = include_str!("../../tests/vectors/gsm0338.csv");
        let mut rows = 0;
        for row in csv::Reader::from_reader(table.as_bytes()).records() {
            let row = row.unwrap();
            let code = u32::from_str_radix(&row[2], 16).unwrap();
            let char = char::from_u32(code).unwrap();
            rows += 1;
            if char == '\u{1B}' {
                assert_eq!(septets_of(char), None, "the escape is no character");
                continue;
            }
            let septets = encode(&char.to_string()).unwrap();
            assert_eq!(hex(&septets), row[1], "{char:?}");
            assert_eq!(decode(&septets), char.to_string());
            assert_eq!(septets_of(char).unwrap().to_string(), row[4]);
            assert_eq!(is_basic(char), &row[0] == "basic");
        }
        assert_eq!(rows, 138);
    }

    /// Source: TS 23.038 §6.1.2, worked out in `tests/vectors/gsm7_vectors.json`.
    #[test]
    fn packings_are_the_standard_s() {
        let vectors = include_str!("../../tests/vectors/gsm7_vectors.json");
        let vectors: Vec<Value> = serde_json::from_str(vectors).unwrap();
        assert_eq!(vectors.len(), 16);
        for vector in vectors {
            let text = vector["text"].as_str().unwrap();
            let septets = Septets::encode(text).unwrap();
            assert_eq!(decode(&septets), text);
            if let Some(packed) = vector["packed_after_udh_hex"].as_str() {
                let octets = pack_sms_after_header(&septets, 6);
                assert_eq!(hex(&octets), packed);
                assert_eq!(unpack_sms_after_header(&octets, 6, septets.len()), *septets);
                continue;
            }
            let (sms, ussd) = (pack_sms(&septets), pack_ussd(&septets));
            assert_eq!(count(text).unwrap() as u64, vector["septets"].as_u64().unwrap(), "{text}");
            assert_eq!(hex(&septets), vector["smpp_unpacked_hex"].as_str().unwrap(), "{text}");
            assert_eq!(hex(&sms), vector["sms_packed_hex"].as_str().unwrap(), "{text}");
            assert_eq!(hex(&ussd), vector["ussd_packed_hex"].as_str().unwrap(), "{text}");
            assert_eq!(sms.len() as u64, vector["sms_octets"].as_u64().unwrap());
            assert_eq!(ussd.len() as u64, vector["ussd_octets"].as_u64().unwrap());
            assert_eq!(unpack_sms(&sms, septets.len()), *septets);
        }
    }

    #[test]
    fn a_foreign_character_is_named_with_its_place() {
        assert_eq!(encode("sé “ya”"), Err(NotInAlphabet { at: 4, char: '“' }));
        assert_eq!(count("`"), Err(NotInAlphabet { at: 0, char: '`' }));
    }

    #[test]
    fn foreign_septets_are_read_as_far_as_they_make_sense() {
        for (septets, text) in [
            (&[0x41, 0xC1][..], "A?"),
            (&[ESC, 0x41], "A"),
            (&[ESC, ESC, 0x65], " e"),
            (&[ESC, ESC, ESC, 0x65], " €"),
            (&[0x41, ESC], "A "),
        ] {
            assert_eq!(decode(septets), text, "{septets:02X?}");
        }
    }

    #[test]
    fn fill_bits_reach_the_next_septet() {
        // header octets → bits: 6 → 48 bits → 49; 7 → 56 bits → none.
        for (header, bits) in [(0, 0), (1, 6), (5, 2), (6, 1), (7, 0), (8, 6)] {
            assert_eq!(fill_bits(header), bits, "{header}");
            assert_eq!((header * 8 + bits) % 7, 0);
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(text in gsm_text()) {
            let septets = encode(&text).unwrap();
            prop_assert_eq!(septets.len(), count(&text).unwrap());
            prop_assert_eq!(decode(&septets), text);
        }

        #[test]
        fn what_is_packed_is_unpacked(text in gsm_text(), header in 0usize..20) {
            let septets = encode(&text).unwrap();
            prop_assert_eq!(unpack_sms(&pack_sms(&septets), septets.len()), septets.clone());
            let after = pack_sms_after_header(&septets, header);
            prop_assert_eq!(unpack_sms_after_header(&after, header, septets.len()), septets.clone());
            let mut ussd = unpack_ussd(&pack_ussd(&septets));
            if septets.len().is_multiple_of(8) && septets.last() == Some(&CR) {
                ussd.pop();
            }
            prop_assert_eq!(ussd, septets);
        }

        #[test]
        fn nothing_foreign_makes_it_fail(octets: Vec<u8>, count: usize, header in 0usize..300) {
            let _ = decode(&octets);
            let _ = unpack_ussd(&octets);
            let _ = pack_ussd(&octets);
            prop_assert!(unpack_sms(&octets, count).len() <= octets.len() * 8 / 7);
            let _ = unpack_sms_after_header(&octets, header, count);
        }

        #[test]
        fn any_text_is_encoded_or_refused_at_its_first_foreign_character(text: String) {
            match encode(&text) {
                Ok(septets) => prop_assert_eq!(decode(&septets), text),
                Err(refused) => {
                    prop_assert!(text[refused.at..].starts_with(refused.char));
                    prop_assert!(count(&text[..refused.at]).is_ok());
                }
            }
        }
    }
}
