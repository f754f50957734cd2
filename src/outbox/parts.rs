//! A text as the `submit_sm`s that carry it: its parts, their octets and what marks them.
//!
//! TS 23.040 §9.2.3.24.1 (parts by a header), SMPP 3.4 §5.3.2.22 (parts by parameters), TS 23.038
//! §6.2 (alphabets). `data_coding` 0 is the SMSC's own alphabet, which SMPP does not define
//! (§5.2.19): it is the account's.

use serde::Deserialize;

use crate::{
    smpp::pdu::{Message, Tag},
    text::{
        Alphabet, gsm7,
        segment::{MOST_PARTS, segments},
        transliterate, ucs2,
    },
};

/// How the parts of a long text are marked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Marks {
    /// By a header in the text (TS 23.040 §9.2.3.24.1).
    #[default]
    Udh,
    /// By parameters of the PDU (SMPP 3.4 §5.3.2.22).
    Sar,
}

/// The alphabet behind `data_coding` 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum DefaultAlphabet {
    /// GSM 7-bit, an octet a septet.
    #[default]
    #[serde(rename = "gsm7-unpacked")]
    Gsm7Unpacked,
    /// GSM 7-bit, eight septets in seven octets.
    #[serde(rename = "gsm7-packed")]
    Gsm7Packed,
    /// ISO 8859-1.
    #[serde(rename = "latin1")]
    Latin1,
}

/// How an account wants texts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Writing {
    /// What marks a part.
    pub marks: Marks,
    /// What `data_coding` 0 is.
    pub alphabet: DefaultAlphabet,
}

/// `data_coding` of UCS-2. SMPP 3.4 §5.2.19.
const UCS2: u8 = 8;
/// The text begins with a header. SMPP 3.4 §5.2.12.
const HAS_HEADER: u8 = 0x40;

/// How many parts a text has: what it costs. At least 1.
pub fn count(text: &str) -> u8 {
    let parts = segments(&readable(text)).parts.len().min(MOST_PARTS);
    u8::try_from(parts).unwrap_or(u8::MAX)
}

/// A text in the letters that phones have: what is close to one of GSM 7-bit is written with it.
fn readable(text: &str) -> std::borrow::Cow<'_, str> {
    let plain = transliterate::to_gsm7(text);
    // A text of another script would become question marks.
    if Alphabet::of(text) == Alphabet::Ucs2
        && plain.matches('?').count() > text.matches('?').count()
    {
        return text.into();
    }
    plain
}

/// Writes part `at`, from 0, of a text into `message`. `reference` is the same for all parts of a
/// text, and another one for the text before. False if there is no such part.
pub fn write(message: &mut Message, text: &str, at: u8, reference: u8, how: Writing) -> bool {
    let text = readable(text);
    let cut = segments(&text);
    let total = cut.parts.len().min(MOST_PARTS);
    let Some(part) = cut.parts.get(usize::from(at)).filter(|_| usize::from(at) < total) else {
        return false;
    };
    let total = u8::try_from(total).unwrap_or(u8::MAX);
    let number = at.saturating_add(1);
    let header = match how.marks {
        _ if total == 1 => &[][..],
        Marks::Udh => &[5, 0, 3, reference, total, number],
        Marks::Sar => {
            message.tlvs.set_u16(Tag::SAR_MSG_REF_NUM, reference.into());
            message.tlvs.set_u8(Tag::SAR_TOTAL_SEGMENTS, total);
            message.tlvs.set_u8(Tag::SAR_SEGMENT_SEQNUM, number);
            &[]
        }
    };
    if !header.is_empty() {
        message.esm_class |= HAS_HEADER;
    }
    let mut octets = header.to_vec();
    match (cut.coding, how.alphabet) {
        (Alphabet::Ucs2, _) => {
            message.data_coding = UCS2;
            octets.extend(ucs2::encode(part));
        }
        (Alphabet::Gsm7, DefaultAlphabet::Gsm7Unpacked) => octets.extend(septets(part)),
        (Alphabet::Gsm7, DefaultAlphabet::Gsm7Packed) if header.is_empty() => {
            octets.extend(gsm7::pack_sms(&septets(part)));
        }
        (Alphabet::Gsm7, DefaultAlphabet::Gsm7Packed) => {
            octets.extend(gsm7::pack_sms_after_header(&septets(part), header.len()));
        }
        (Alphabet::Gsm7, DefaultAlphabet::Latin1) => {
            octets.extend(part.chars().map(|c| u8::try_from(c).unwrap_or(b'?')));
        }
    }
    message.set_text_octets(octets);
    true
}

fn septets(text: &str) -> Vec<u8> {
    gsm7::encode(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::smpp::pdu::MAX_SHORT_MESSAGE;

    const UDH: Writing = Writing { marks: Marks::Udh, alphabet: DefaultAlphabet::Gsm7Unpacked };
    const SAR: Writing = Writing { marks: Marks::Sar, alphabet: DefaultAlphabet::Gsm7Unpacked };

    fn parts(text: &str, how: Writing) -> Vec<Message> {
        (0..=u8::MAX)
            .map_while(|at| {
                let mut message = Message::default();
                write(&mut message, text, at, 7, how).then_some(message)
            })
            .collect()
    }

    #[test]
    fn a_short_text_has_no_marks() {
        for how in [UDH, SAR] {
            let [message] = &parts("a@b", how)[..] else { panic!("one part") };
            assert_eq!(&message.short_message[..], b"a\0b");
            assert_eq!((message.esm_class, message.data_coding, message.tlvs.len()), (0, 0, 0));
        }
        let packed = Writing { alphabet: DefaultAlphabet::Gsm7Packed, ..UDH };
        assert_eq!(
            parts("1234567", packed)[0].short_message[..],
            [0x31, 0xD9, 0x8C, 0x56, 0xB3, 0xDD, 0]
        );
        let latin = Writing { alphabet: DefaultAlphabet::Latin1, ..UDH };
        assert_eq!(&parts("a@é", latin)[0].short_message[..], b"a@\xe9");
    }

    #[test]
    fn parts_are_marked_by_a_header_or_by_parameters() {
        let text = "a".repeat(161);
        let udh = parts(&text, UDH);
        assert_eq!(udh.len(), 2);
        assert_eq!(udh[1].short_message[..6], [5, 0, 3, 7, 2, 2]);
        assert_eq!((udh[0].short_message.len(), udh[0].esm_class), (159, 0x40));
        let sar = parts(&text, SAR);
        assert_eq!(sar[1].tlvs.segment(), Some((7, 2, 2)));
        assert_eq!((sar[0].short_message.len(), sar[0].esm_class), (153, 0));
        assert_eq!(count(&text), 2);
    }

    #[test]
    fn another_script_is_ucs2_and_a_curly_quote_is_not() {
        let [message] = &parts("ꦲ", UDH)[..] else { panic!("one part") };
        assert_eq!((message.data_coding, &message.short_message[..]), (8, &[0xA9, 0xB2][..]));
        let [message] = &parts("“ya”", UDH)[..] else { panic!("one part") };
        assert_eq!((message.data_coding, &message.short_message[..]), (0, &b"\"ya\""[..]));
    }

    proptest! {
        #[test]
        fn every_part_fits(text in ".{0,900}", sar: bool) {
            let parts = parts(&text, if sar { SAR } else { UDH });
            prop_assert_eq!(parts.len(), usize::from(count(&text)));
            for part in parts {
                prop_assert!(part.short_message.len() <= 160.min(MAX_SHORT_MESSAGE));
            }
        }
    }
}
