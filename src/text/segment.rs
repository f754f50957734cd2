//! How an SMS is cut into parts, and what it therefore costs.
//!
//! Owns the limits of TS 23.040 §9.2.3.24.1: 140 octets of user data, six of them for the header
//! of a concatenated message. Knows nothing of headers or PDUs: a part is a piece of the text.

use super::{Alphabet, gsm7};

/// Septets in an SMS that stands alone.
pub const GSM7_ALONE: usize = 160;
/// Septets in each part of a longer one.
pub const GSM7_PART: usize = 153;
/// UTF-16 code units in an SMS that stands alone.
pub const UCS2_ALONE: usize = 70;
/// UTF-16 code units in each part of a longer one.
pub const UCS2_PART: usize = 67;

/// Most parts a concatenated message can have: its count is one octet.
pub const MOST_PARTS: usize = 255;

/// A text as the parts of one SMS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segmented<'a> {
    /// How every part is coded.
    pub coding: Alphabet,
    /// The pieces in order, at least one; joined they are the text. More than [`MOST_PARTS`] cannot
    /// be sent as one message.
    pub parts: Vec<&'a str>,
}

/// Cuts `text` for sending, as GSM 7-bit if its every character is there, else as UCS-2. A part
/// never ends between an escape and its character nor inside a surrogate pair.
pub fn segments(text: &str) -> Segmented<'_> {
    let coding = Alphabet::of(text);
    let (alone, part) = match coding {
        Alphabet::Gsm7 => (GSM7_ALONE, GSM7_PART),
        Alphabet::Ucs2 => (UCS2_ALONE, UCS2_PART),
    };
    if coding.units(text) <= alone {
        return Segmented { coding, parts: vec![text] };
    }
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(coding.prefix(rest, part).len());
        parts.push(piece);
        rest = after;
    }
    Segmented { coding, parts }
}

/// Whether `text` is one segment of basic-table characters: what every transactional SMS must be,
/// since extension characters and concatenation are not safe with every operator.
pub fn is_one_plain_segment(text: &str) -> bool {
    text.chars().all(gsm7::is_basic) && text.chars().count() <= GSM7_ALONE
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_limits_are_exact() {
        for (text, coding, lengths) in [
            (String::new(), Alphabet::Gsm7, vec![0]),
            ("a".repeat(160), Alphabet::Gsm7, vec![160]),
            ("a".repeat(161), Alphabet::Gsm7, vec![153, 8]),
            ("a".repeat(306), Alphabet::Gsm7, vec![153, 153]),
            ("a".repeat(307), Alphabet::Gsm7, vec![153, 153, 1]),
            ("€".repeat(80), Alphabet::Gsm7, vec![160]),
            // 153 is odd: an escape is not left behind.
            ("€".repeat(81), Alphabet::Gsm7, vec![152, 10]),
            ("ꦲ".repeat(70), Alphabet::Ucs2, vec![70]),
            ("ꦲ".repeat(71), Alphabet::Ucs2, vec![67, 4]),
            ("😀".repeat(36), Alphabet::Ucs2, vec![66, 6]),
        ] {
            let cut = segments(&text);
            assert_eq!(cut.coding, coding);
            let units: Vec<usize> = cut.parts.iter().map(|part| coding.units(part)).collect();
            assert_eq!(units, lengths);
        }
    }

    #[test]
    fn a_plain_segment_has_no_extension_character() {
        assert!(is_one_plain_segment(&"a".repeat(160)));
        assert!(!is_one_plain_segment(&"a".repeat(161)));
        assert!(!is_one_plain_segment("[ya]"));
        assert!(!is_one_plain_segment("“ya”"));
    }

    proptest! {
        #[test]
        fn parts_join_to_the_text_and_fit(text in ".{0,400}|[a-z€{}]{0,400}") {
            let cut = segments(&text);
            prop_assert_eq!(cut.parts.concat(), text.clone());
            let limit = match (cut.coding, cut.parts.len()) {
                (Alphabet::Gsm7, 1) => GSM7_ALONE,
                (Alphabet::Gsm7, _) => GSM7_PART,
                (Alphabet::Ucs2, 1) => UCS2_ALONE,
                (Alphabet::Ucs2, _) => UCS2_PART,
            };
            for part in &cut.parts {
                prop_assert!(cut.coding.units(part) <= limit);
                prop_assert!(text.is_empty() || !part.is_empty());
            }
        }
    }
}
