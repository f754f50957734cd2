//! Long texts: cut into parts on the way to the gateway, put together on the phone.
//!
//! // TS 23.040 §9.2.3.24.1 (UDH), SMPP 3.4 §5.3.2.22-24 (sar_*), TS 23.038 §4 (room in a message)

use crate::alphabet::{self, Alphabet};
use crate::operator::message::{SAR_MSG_REF_NUM, SAR_SEGMENT_SEQNUM, SAR_TOTAL_SEGMENTS, Submit};

/// `esm_class` of a message whose text begins with a user data header. `// SMPP 3.4 §5.2.12`
pub const UDH: u8 = 0x40;
/// `data_coding` of the network's default alphabet, here GSM 7-bit, one septet in an octet.
const DEFAULT: u8 = 0;
/// `data_coding` of UCS-2.
const UCS2: u8 = 8;
/// Octets of a message on the air.
const OCTETS: usize = 140;
/// Octets of the header that one part of a text needs.
const HEADER: usize = 6;

/// How the parts of a long text are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Concatenation {
    /// By a header in the text.
    #[default]
    Udh,
    /// By `sar_*` parameters.
    Sar,
}

/// Which part of which text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// Names the text.
    pub reference: u16,
    /// Parts of the text, at least 1.
    pub total: u8,
    /// This part, from 1.
    pub number: u8,
}

/// One message as a phone takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Where it belongs; `None` is a whole text.
    pub place: Option<Place>,
    /// Its text.
    pub text: String,
    /// Septets, or octets of UCS-2.
    pub length: usize,
}

/// Why a message cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// Alphabet or header are odd.
    Text,
    /// It does not fit into one message.
    TooLong,
}

/// Reads a message of the gateway.
pub fn read(submit: &Submit) -> Result<Part, Unreadable> {
    let (place, header, octets) = if submit.esm_class & UDH == UDH {
        let length = usize::from(*submit.text.first().ok_or(Unreadable::Text)?);
        let header = submit.text.get(1..=length).ok_or(Unreadable::Text)?;
        let octets = submit.text.get(length + 1..).unwrap_or_default();
        (place_of(header)?, length + 1, octets)
    } else {
        let place = sar(submit)?;
        (place, if place.is_some() { HEADER } else { 0 }, submit.text.as_slice())
    };
    let room = OCTETS.saturating_sub(header);
    let (alphabet, length, most) = match submit.data_coding {
        DEFAULT => (Alphabet::Gsm7Unpacked, octets.len(), room * 8 / 7),
        UCS2 => (Alphabet::Ucs2, octets.len(), room),
        _ => return Err(Unreadable::Text),
    };
    if length > most {
        return Err(Unreadable::TooLong);
    }
    let text = alphabet.decode(octets).map_err(|_| Unreadable::Text)?;
    Ok(Part { place, text, length })
}

/// The place that a header names; other elements are skipped.
fn place_of(mut header: &[u8]) -> Result<Option<Place>, Unreadable> {
    let mut place = None;
    while let [element, length, rest @ ..] = header {
        let (value, next) = rest.split_at_checked(usize::from(*length)).ok_or(Unreadable::Text)?;
        place = match (element, value) {
            (0x00, &[reference, total, number]) => {
                Some(Place { reference: reference.into(), total, number })
            }
            (0x08, &[high, low, total, number]) => {
                Some(Place { reference: u16::from_be_bytes([high, low]), total, number })
            }
            _ => place,
        };
        header = next;
    }
    place.map(checked).transpose()
}

fn sar(submit: &Submit) -> Result<Option<Place>, Unreadable> {
    let value = |tag| submit.optional(tag);
    match (value(SAR_MSG_REF_NUM), value(SAR_TOTAL_SEGMENTS), value(SAR_SEGMENT_SEQNUM)) {
        (None, None, None) => Ok(None),
        (Some(&[high, low]), Some(&[total]), Some(&[number])) => {
            checked(Place { reference: u16::from_be_bytes([high, low]), total, number }).map(Some)
        }
        _ => Err(Unreadable::Text),
    }
}

fn checked(place: Place) -> Result<Place, Unreadable> {
    if place.number == 0 || place.number > place.total { Err(Unreadable::Text) } else { Ok(place) }
}

/// One message towards the gateway.
#[derive(Debug, PartialEq, Eq)]
pub struct Cut {
    /// `esm_class`.
    pub esm_class: u8,
    /// `data_coding`.
    pub data_coding: u8,
    /// The text as octets, after its header if it has one.
    pub text: Vec<u8>,
    /// Optional parameters.
    pub optional: Vec<(u16, Vec<u8>)>,
}

/// Cuts what a person typed into messages; at most 255, the rest is lost.
pub fn cut(text: &str, concatenation: Concatenation, reference: u16) -> Vec<Cut> {
    let default = alphabet::septets(text).is_ok();
    let (data_coding, whole, part) =
        if default { (DEFAULT, OCTETS * 8 / 7, 153) } else { (UCS2, OCTETS, 134) };
    let units: Vec<Vec<u8>> = text
        .chars()
        .map(|character| {
            let alphabet = if default { Alphabet::Gsm7Unpacked } else { Alphabet::Ucs2 };
            // Every character fits: the alphabet was chosen for all of them.
            alphabet.encode(character.encode_utf8(&mut [0; 4])).unwrap_or_default()
        })
        .collect();
    let length: usize = units.iter().map(Vec::len).sum();
    if length <= whole {
        return vec![Cut { esm_class: 0, data_coding, text: units.concat(), optional: vec![] }];
    }
    let mut pieces = vec![Vec::new()];
    for unit in units {
        // An escape and its character stay together, and so does a surrogate pair.
        if pieces.last().is_some_and(|piece: &Vec<u8>| piece.len() + unit.len() > part) {
            pieces.push(Vec::new());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.extend(unit);
        }
    }
    pieces.truncate(usize::from(u8::MAX));
    let total = u8::try_from(pieces.len()).unwrap_or(u8::MAX);
    let numbered = pieces.into_iter().zip(1..=u8::MAX);
    let cut = |(text, number): (Vec<u8>, u8)| match concatenation {
        Concatenation::Udh => {
            let mut octets = vec![5, 0, 3, (reference & 0xff) as u8, total, number];
            octets.extend(text);
            Cut { esm_class: UDH, data_coding, text: octets, optional: vec![] }
        }
        Concatenation::Sar => {
            let optional = vec![
                (SAR_MSG_REF_NUM, reference.to_be_bytes().to_vec()),
                (SAR_TOTAL_SEGMENTS, vec![total]),
                (SAR_SEGMENT_SEQNUM, vec![number]),
            ];
            Cut { esm_class: 0, data_coding, text, optional }
        }
    };
    numbered.map(cut).collect()
}

/// Parts that wait for the others of their text; the oldest is dropped for a further one.
#[derive(Debug)]
pub struct Assembly<K>(Vec<Incomplete<K>>);

#[derive(Debug)]
struct Incomplete<K> {
    from: K,
    reference: u16,
    parts: Vec<Option<String>>,
}

impl<K> Default for Assembly<K> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: PartialEq> Assembly<K> {
    /// Incomplete texts that one phone keeps.
    const TEXTS_MAX: usize = 8;

    /// Takes a part; gives the text when it was the last.
    pub fn take(&mut self, from: K, part: Part) -> Option<(K, String)> {
        let Some(Place { reference, total, number }) = part.place else {
            return Some((from, part.text));
        };
        let total = usize::from(total);
        let known = self.0.iter().position(|incomplete| {
            incomplete.from == from
                && incomplete.reference == reference
                && incomplete.parts.len() == total
        });
        let at = known.unwrap_or_else(|| {
            if self.0.len() >= Self::TEXTS_MAX {
                self.0.remove(0);
            }
            self.0.push(Incomplete { from, reference, parts: vec![None; total] });
            self.0.len() - 1
        });
        let incomplete = self.0.get_mut(at)?;
        *incomplete.parts.get_mut(usize::from(number).checked_sub(1)?)? = Some(part.text);
        if incomplete.parts.iter().any(Option::is_none) {
            return None;
        }
        let Incomplete { from, parts, .. } = self.0.remove(at);
        Some((from, parts.into_iter().flatten().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn submit(cut: Cut) -> Submit {
        let Cut { esm_class, data_coding, text, optional } = cut;
        Submit { esm_class, data_coding, text, optional, ..Submit::default() }
    }

    #[test]
    fn what_was_cut_is_put_together_in_any_order() {
        let rows = [
            ("a".repeat(160), 1),
            ("a".repeat(161), 2),
            ("a".repeat(152) + "{}" + &"b".repeat(152), 3),
            ("Ω".repeat(160), 1),
            ("ж".repeat(70), 1),
            ("ж".repeat(66) + "😀" + &"ж".repeat(4), 2),
        ];
        for (text, count) in rows {
            for concatenation in [Concatenation::Udh, Concatenation::Sar] {
                let cuts = cut(&text, concatenation, 0x1234);
                assert_eq!(cuts.len(), count, "{concatenation:?}");
                let mut assembly = Assembly::default();
                let parts = cuts.into_iter().rev().map(|cut| read(&submit(cut)).unwrap());
                let whole: Vec<_> = parts.filter_map(|part| assembly.take("", part)).collect();
                assert_eq!(whole, [("", text.clone())]);
            }
        }
    }

    #[test]
    fn what_is_no_message_is_refused() {
        let plain = |text: &[u8]| Submit { text: text.to_vec(), ..Submit::default() };
        let headed = |text: &[u8]| Submit { esm_class: UDH, ..plain(text) };
        let rows = [
            (plain(&[b'a'; 161]), Unreadable::TooLong),
            (plain(b"\x1b"), Unreadable::Text),
            (plain(&[0x80]), Unreadable::Text),
            (Submit { data_coding: 3, ..plain(b"a") }, Unreadable::Text),
            (Submit { data_coding: UCS2, ..plain(&[0xd8, 0x3d]) }, Unreadable::Text),
            (Submit { data_coding: UCS2, ..plain(&[0; 142]) }, Unreadable::TooLong),
            (headed(&[]), Unreadable::Text),
            (headed(&[5, 0, 3, 1, 2]), Unreadable::Text),
            (headed(&[5, 0, 3, 1, 2, 3, b'a']), Unreadable::Text),
            (headed(&[[5, 0, 3, 1, 2, 1].as_slice(), &[b'a'; 154]].concat()), Unreadable::TooLong),
            (
                Submit { optional: vec![(SAR_MSG_REF_NUM, vec![0, 1])], ..plain(b"a") },
                Unreadable::Text,
            ),
        ];
        for (submit, why) in rows {
            assert_eq!(read(&submit), Err(why), "{:?}", submit.text);
        }
    }

    #[test]
    fn a_copy_of_a_part_changes_nothing() {
        let mut parts = cut(&"a".repeat(200), Concatenation::Udh, 7).into_iter();
        let first = read(&submit(parts.next().unwrap())).unwrap();
        let last = read(&submit(parts.next().unwrap())).unwrap();
        let mut assembly = Assembly::default();
        assert_eq!(assembly.take(1, first.clone()), None);
        assert_eq!(assembly.take(1, first), None);
        assert_eq!(assembly.take(2, last.clone()), None);
        assert_eq!(assembly.take(1, last), Some((1, "a".repeat(200))));
    }
}
