//! Character sets of the simulated networks: what the octets of a message mean.
//!
//! Written for the simulator alone and checked against the same published vectors as the gateway's
//! own tables, so that a slip in one is seen by the other. Knows nothing of SMPP or of dialects.
//! // TS 23.038 §6.2.1 (default alphabet), §6.1.2 (packing), §6.2.3 (UCS2)

/// The default alphabet in septet order. U+001B marks the escape to the extension table.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u{1b}ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                     ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// The extension table: the septet that follows the escape, and its character.
const EXTENSION: [(u8, char); 10] = [
    (0x0a, '\u{c}'),
    (0x14, '^'),
    (0x28, '{'),
    (0x29, '}'),
    (0x2f, '\\'),
    (0x3c, '['),
    (0x3d, '~'),
    (0x3e, ']'),
    (0x40, '|'),
    (0x65, '€'),
];
const ESCAPE: u8 = 0x1b;
const CARRIAGE_RETURN: u8 = 0x0d;

/// How a text becomes octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {
    /// GSM default alphabet, one septet in each octet.
    Gsm7Unpacked,
    /// GSM default alphabet, eight septets in seven octets, with the USSD padding rule.
    Gsm7Packed,
    /// ISO 8859-1.
    Latin1,
    /// UTF-16, big-endian.
    Ucs2,
}

/// Text and octets do not fit together in this alphabet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("outside the alphabet")]
pub struct OutsideAlphabet;

impl Alphabet {
    /// Octets of `text`, or an error at the first character that the alphabet lacks.
    pub fn encode(self, text: &str) -> Result<Vec<u8>, OutsideAlphabet> {
        match self {
            Self::Gsm7Unpacked => septets(text),
            Self::Gsm7Packed => septets(text).map(|septets| pack(&septets)),
            Self::Latin1 => {
                text.chars().map(|c| u8::try_from(c).map_err(|_| OutsideAlphabet)).collect()
            }
            Self::Ucs2 => Ok(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        }
    }

    /// The text behind `octets`.
    pub fn decode(self, octets: &[u8]) -> Result<String, OutsideAlphabet> {
        match self {
            Self::Gsm7Unpacked => text(octets),
            Self::Gsm7Packed => text(&unpack(octets)),
            Self::Latin1 => Ok(octets.iter().copied().map(char::from).collect()),
            Self::Ucs2 => {
                if !octets.len().is_multiple_of(2) {
                    return Err(OutsideAlphabet);
                }
                let units =
                    octets.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
                char::decode_utf16(units).collect::<Result<_, _>>().map_err(|_| OutsideAlphabet)
            }
        }
    }
}

/// Septets of `text`, the extension characters with their escape. `// TS 23.038 §6.2.1`
pub fn septets(text: &str) -> Result<Vec<u8>, OutsideAlphabet> {
    let mut septets = Vec::with_capacity(text.len());
    for character in text.chars() {
        if let Some(septet) = basic(character) {
            septets.push(septet);
        } else if let Some((septet, _)) = EXTENSION.iter().find(|(_, known)| *known == character) {
            septets.extend([ESCAPE, *septet]);
        } else {
            return Err(OutsideAlphabet);
        }
    }
    Ok(septets)
}

/// The septet of a character of the default table. Digits and letters stand where ASCII has them.
fn basic(character: char) -> Option<u8> {
    if character.is_ascii_alphanumeric() || character == ' ' {
        return u8::try_from(character).ok();
    }
    let at = BASIC.chars().position(|known| known == character && known != '\u{1b}')?;
    u8::try_from(at).ok()
}

fn text(septets: &[u8]) -> Result<String, OutsideAlphabet> {
    let table: Vec<char> = BASIC.chars().collect();
    let mut text = String::with_capacity(septets.len());
    let mut septets = septets.iter();
    while let Some(&septet) = septets.next() {
        if septet != ESCAPE {
            text.push(*table.get(usize::from(septet)).ok_or(OutsideAlphabet)?);
            continue;
        }
        let after = septets.next().ok_or(OutsideAlphabet)?;
        let known = EXTENSION.iter().find(|(septet, _)| septet == after);
        text.push(known.ok_or(OutsideAlphabet)?.1);
    }
    Ok(text)
}

/// Eight septets in seven octets, least bits first; a spare septet is filled with CR, and a text
/// that ends in CR on an octet boundary gets another. `// TS 23.038 §6.1.2.3`
fn pack(septets: &[u8]) -> Vec<u8> {
    let mut septets = septets.to_vec();
    if septets.len() % 8 == 7
        || (septets.len().is_multiple_of(8) && septets.last() == Some(&CARRIAGE_RETURN))
    {
        septets.push(CARRIAGE_RETURN);
    }
    let mut octets = Vec::with_capacity(septets.len());
    let (mut held, mut bits) = (0u32, 0);
    for septet in septets {
        held |= u32::from(septet) << bits;
        bits += 7;
        while bits >= 8 {
            octets.push((held & 0xff) as u8);
            held >>= 8;
            bits -= 8;
        }
    }
    if bits > 0 {
        octets.push((held & 0xff) as u8);
    }
    octets
}

fn unpack(octets: &[u8]) -> Vec<u8> {
    let mut septets = Vec::with_capacity(octets.len() * 8 / 7);
    let (mut held, mut bits) = (0u32, 0);
    for octet in octets {
        held |= u32::from(*octet) << bits;
        bits += 8;
        while bits >= 7 {
            septets.push((held & 0x7f) as u8);
            held >>= 7;
            bits -= 7;
        }
    }
    // The padding CR is not text; a second CR was put there for a text that ended in one.
    if septets.len().is_multiple_of(8) && septets.last() == Some(&CARRIAGE_RETURN) {
        septets.pop();
    }
    septets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(octets: &[u8]) -> String {
        octets.iter().map(|octet| format!("{octet:02X}")).collect()
    }

    #[test]
    fn the_table_has_128_places() {
        assert_eq!(BASIC.chars().count(), 128);
        assert_eq!(BASIC.chars().nth(usize::from(ESCAPE)), Some('\u{1b}'));
    }

    #[test]
    fn texts_and_octets_agree_with_known_values() {
        let rows: [(Alphabet, &str, &str); 9] = [
            (Alphabet::Gsm7Unpacked, "@", "00"),
            (Alphabet::Gsm7Unpacked, "*119#", "2A31313923"),
            (Alphabet::Gsm7Unpacked, "à€[", "7F1B651B3C"),
            (Alphabet::Gsm7Packed, "*119#", "AA582C3702"),
            (Alphabet::Gsm7Packed, "1234567", "31D98C56B3DD1A"),
            (Alphabet::Gsm7Packed, "1234567\r", "31D98C56B3DD1A0D"),
            (Alphabet::Gsm7Packed, "12345678", "31D98C56B3DD70"),
            (Alphabet::Latin1, "Æé", "C6E9"),
            (Alphabet::Ucs2, "Aç😀", "004100E7D83DDE00"),
        ];
        for (alphabet, text, octets) in rows {
            let encoded = alphabet.encode(text).unwrap();
            assert_eq!(hex(&encoded), octets, "{alphabet:?} {text}");
            let back = alphabet.decode(&encoded).unwrap();
            assert_eq!(back.trim_end_matches('\r'), text.trim_end_matches('\r'), "{alphabet:?}");
        }
    }

    #[test]
    fn what_the_alphabet_lacks_is_refused() {
        assert_eq!(septets("ç"), Err(OutsideAlphabet));
        assert_eq!(Alphabet::Latin1.encode("€"), Err(OutsideAlphabet));
        assert_eq!(Alphabet::Gsm7Unpacked.decode(&[0x80]), Err(OutsideAlphabet));
        assert_eq!(Alphabet::Gsm7Unpacked.decode(&[ESCAPE]), Err(OutsideAlphabet));
        assert_eq!(Alphabet::Ucs2.decode(&[0xd8, 0x3d]), Err(OutsideAlphabet));
        assert_eq!(Alphabet::Ucs2.decode(&[0]), Err(OutsideAlphabet));
    }
}
