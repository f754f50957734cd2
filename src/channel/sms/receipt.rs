//! A delivery receipt: which message, and what became of it.
//!
//! SMPP 3.4 §5.2.12 (`esm_class`), §5.3.2.12 (`receipted_message_id`), §5.3.2.35 (`message_state`,
//! values in §5.2.28), Appendix B (the text). The text is the vendor's business by the standard
//! itself, so it is read by its words, in any case and order, whatever stands between them.

use crate::{outbox::Fate, smpp::pdu::Message};

/// How an operator's message ids stand in its responses and in its receipts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Numbering {
    /// The same in both, whatever the case, leading zeros and dashes.
    #[default]
    Same,
    /// Hexadecimal in the response, decimal in the text of the receipt; its parameter has either.
    Hex,
}

/// What a receipt says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The message, in normal form ([`normal`]).
    pub message_id: String,
    /// What became of it.
    pub state: Told,
}

/// The states of SMPP 3.4 §5.2.28, and the 0 that is seen live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// On its way: ENROUTE, SCHEDULED, ACCEPTED.
    UnderWay,
    /// The phone has it.
    Delivered,
    /// It was not delivered in time.
    Expired,
    /// UNDELIVERABLE, REJECTED, DELETED, SKIPPED.
    Undeliverable,
    /// UNKNOWN, or nothing that can be read: it says nothing.
    Unknown,
}

impl Told {
    /// The fate that it settles. A receipt is never taken to mean that somebody was not informed,
    /// unless it says so.
    pub fn fate(self) -> Option<Fate> {
        match self {
            Self::Delivered => Some(Fate::Delivered),
            Self::Expired => Some(Fate::Expired),
            Self::Undeliverable => Some(Fate::Undeliverable),
            Self::UnderWay | Self::Unknown => None,
        }
    }

    /// `message_state`. SMPP 3.4 §5.2.28; 0 (SCHEDULED), 9 (SKIPPED) of SMPP 5.0 §4.7.15.
    fn of_number(number: u8) -> Self {
        match number {
            1 | 6 => Self::UnderWay,
            2 => Self::Delivered,
            3 => Self::Expired,
            4 | 5 | 8 | 9 => Self::Undeliverable,
            // 0 is SCHEDULED in SMPP 5.0, and "don't know" in the field.
            _ => Self::Unknown,
        }
    }

    /// `stat:`, seven letters in the standard, and as vendors spell it out.
    fn of_word(word: &str) -> Self {
        let word = word.to_ascii_uppercase();
        let begins = |stems: &[&str]| stems.iter().any(|stem| word.starts_with(stem));
        if begins(&["DELIV", "DELVRD"]) {
            Self::Delivered
        } else if begins(&["EXPIR"]) {
            Self::Expired
        } else if begins(&["UNDEL", "REJ", "DELET", "FAIL", "SKIP"]) {
            Self::Undeliverable
        } else if begins(&["ENROU", "ACCEP", "ACKED", "BUFF", "SCHED"]) {
            Self::UnderWay
        } else {
            Self::Unknown
        }
    }
}

/// Reads a receipt; `None` for one that names no message. The parameters of the PDU go before its
/// text, where they say something.
pub fn parse(message: &Message, numbering: Numbering) -> Option<Receipt> {
    let text = String::from_utf8_lossy(message.text_octets());
    let written = field(&text, "id").map(|id| normal(id, Numbering::Same));
    let named = message.tlvs.receipted_message_id();
    let named = named.map(|id| String::from_utf8_lossy(&id).into_owned());
    let named = named.filter(|id| !id.trim().is_empty());
    let message_id = match named {
        Some(id) => of_parameter(&id, written.as_deref(), numbering),
        None => written?,
    };
    if message_id.is_empty() {
        return None;
    }
    let number = message.tlvs.message_state().map(Told::of_number);
    let word = field(&text, "stat").or_else(|| field(&text, "status")).map(Told::of_word);
    let state = match (number, word) {
        (Some(Told::Unknown) | None, Some(word)) => word,
        (Some(number), _) => number,
        (None, None) => Told::Unknown,
    };
    Some(Receipt { message_id, state })
}

/// The id in `receipted_message_id`. By the standard it is spelled as in the response, and mostly so by
/// networks whose text has another spelling; where it is that of the text, letter for letter, it is that.
fn of_parameter(id: &str, written: Option<&str>, numbering: Numbering) -> String {
    let as_it_stands = normal(id, Numbering::Same);
    match written {
        Some(written) if written == as_it_stands => as_it_stands,
        _ => normal(id, numbering),
    }
}

/// The value behind `name:` (or `name=`), up to a blank or a comma. A name is a whole word: `id` is
/// not the end of `valid`. What stands behind `text:` is the message itself, and is not looked at.
fn field<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let end = find_name(text, "text").map_or(text.len(), |(at, _)| at);
    let head = text.get(..end)?;
    let (_, behind) = find_name(head, name)?;
    let value = head.get(behind..)?.trim_start_matches([' ', '\t']);
    let value = value.split([' ', '\t', '\r', '\n', ',', ';', '\0']).next()?;
    // `id: sub:001`: there is no value.
    let value = value.trim_matches(['"', '\'']);
    (!value.is_empty() && !value.contains(':')).then_some(value)
}

/// Where a name begins, and where its value does.
fn find_name(text: &str, name: &str) -> Option<(usize, usize)> {
    let lower = text.to_ascii_lowercase();
    lower.match_indices(name).find_map(|(at, _)| {
        let before = lower.get(..at)?.bytes().next_back();
        let behind = lower.get(at + name.len()..)?;
        let blanks = behind.len() - behind.trim_start_matches(' ').len();
        let sign = behind.as_bytes().get(blanks)?;
        let whole = before.is_none_or(|octet| !octet.is_ascii_alphanumeric() && octet != b'_');
        (whole && matches!(sign, b':' | b'=')).then_some((at, at + name.len() + blanks + 1))
    })
}

/// A message id in the one form in which responses and receipts meet: lower case, without dashes,
/// blanks and leading zeros. With [`Numbering::Hex`] the hexadecimal id of a response becomes the
/// decimal one of the receipt, in whose text it always stands as [`Numbering::Same`].
pub fn normal(id: &str, numbering: Numbering) -> String {
    let plain: String = id
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\0'))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let plain = match numbering {
        Numbering::Same => plain,
        Numbering::Hex => {
            let digits = plain.strip_prefix("0x").unwrap_or(&plain);
            match u128::from_str_radix(digits, 16) {
                Ok(number) if !digits.starts_with('+') => number.to_string(),
                _ => plain,
            }
        }
    };
    let short = plain.trim_start_matches('0');
    if short.is_empty() && !plain.is_empty() { "0".into() } else { short.into() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::smpp::pdu::Tag;

    fn receipt(text: &str) -> Message {
        let mut message = Message { esm_class: 4, ..Message::default() };
        message.set_text_octets(text.as_bytes().to_vec());
        message
    }

    #[test]
    fn receipts_in_the_spellings_of_the_field() {
        use Told::*;
        for (text, id, state) in [
            (
                "id:0123456789 sub:001 dlvrd:001 submit date:2103011200 done date:2103011201 \
                 stat:DELIVRD err:000 text:PeduliLindungi",
                "123456789",
                Delivered,
            ),
            ("ID:5F SUB:1 STAT:DELIVRD", "5f", Delivered),
            ("id: a1-b2 stat: undeliv err: 5", "a1b2", Undeliverable),
            ("id:7,sub:001,stat:EXPIRED,err:001", "7", Expired),
            ("id=8 stat=REJECTD", "8", Undeliverable),
            ("id:9 sub:001 stat:DELETED", "9", Undeliverable),
            ("id:10 stat:ENROUTE", "10", UnderWay),
            ("id:11 stat:ACCEPTD", "11", UnderWay),
            ("id:12 stat:UNKNOWN", "12", Unknown),
            ("id:13 stat:", "13", Unknown),
            ("id:14", "14", Unknown),
            ("stat:DELIVERED id:15", "15", Delivered),
            ("id:16 Status:Delivered", "16", Delivered),
            ("id:\"17\" stat:DELIVRD", "17", Delivered),
            ("valid:1 id:18 stat:DELIVRD text:id:19 stat:UNDELIV", "18", Delivered),
            ("id:0000 stat:DELIVRD", "0", Delivered),
            (
                "id:550E8400-E29B-41D4-A716-446655440000 stat:DELIVRD",
                "550e8400e29b41d4a716446655440000",
                Delivered,
            ),
        ] {
            let read = parse(&receipt(text), Numbering::Same);
            assert_eq!(read, Some(Receipt { message_id: id.into(), state }), "{text}");
        }
        for text in ["", "halo", "id: stat:DELIVRD", "text:id:1 stat:DELIVRD", "sub:001"] {
            assert_eq!(parse(&receipt(text), Numbering::Hex), None, "{text}");
        }
    }

    #[test]
    fn parameters_go_before_the_text() {
        for (number, text, state) in [
            (Some(2), "", Told::Delivered),
            (Some(5), "id:1 stat:DELIVRD", Told::Undeliverable),
            (Some(3), "", Told::Expired),
            (Some(8), "", Told::Undeliverable),
            (Some(0), "", Told::Unknown),
            (Some(0), "id:1 stat:DELIVRD", Told::Delivered),
            (Some(7), "", Told::Unknown),
            (Some(200), "", Told::Unknown),
            (None, "stat:DELIVRD", Told::Delivered),
        ] {
            let mut message = receipt(text);
            message.tlvs.set(Tag::RECEIPTED_MESSAGE_ID, &b"00AB\0"[..]);
            if let Some(number) = number {
                message.tlvs.set_u8(Tag::MESSAGE_STATE, number);
            }
            let read = parse(&message, Numbering::Same);
            assert_eq!(read, Some(Receipt { message_id: "ab".into(), state }), "{number:?} {text}");
        }
    }

    #[test]
    fn responses_and_receipts_meet() {
        for (response, numbering, receipt) in [
            ("5F", Numbering::Same, "005f"),
            ("1a2b", Numbering::Hex, "6699"),
            ("0000001A2B", Numbering::Hex, "0000006699"),
            ("0x1a2b", Numbering::Hex, "6699"),
            (
                "550e8400-e29b-41d4-a716-446655440000",
                Numbering::Same,
                "550E8400E29B41D4A716446655440000",
            ),
            ("not hexadecimal", Numbering::Hex, "not hexadecimal"),
            ("0", Numbering::Hex, "0"),
        ] {
            assert_eq!(normal(response, numbering), normal(receipt, Numbering::Same), "{response}");
        }
    }

    /// What the response says, and the receipt in its parameter and its text.
    #[test]
    fn a_parameter_has_the_spelling_of_the_response_or_of_the_text() {
        use Numbering::{Hex, Same};
        for (response, numbering, parameter, text) in [
            // Of the response, in any case and with any zeros.
            ("1a2b", Hex, Some("1a2b"), "id:6699"),
            ("1A2B", Hex, Some("1a2b"), "id:6699"),
            ("1a2b", Hex, Some("00001A2B\0"), "id:0000006699"),
            ("00001a2b", Hex, Some("0x1A2B"), ""),
            ("1a2b", Hex, Some("1A2B"), ""),
            // Digits only, and hexadecimal all the same.
            ("1000", Hex, Some("1000"), "id:4096"),
            ("1000", Hex, Some("00001000"), ""),
            // Of the text.
            ("1a2b", Hex, Some("6699"), "id:6699"),
            ("1a2b", Hex, Some("0000006699"), "id:6699"),
            // None, or an empty one.
            ("1a2b", Hex, None, "id:6699"),
            ("1a2b", Hex, Some(" "), "id:0006699"),
            // The same everywhere.
            ("5F", Same, Some("005f"), "id:95"),
            ("6699", Same, Some("6699"), ""),
            ("0000006699", Same, None, "id:6699"),
        ] {
            let mut message = receipt(&format!("{text} stat:DELIVRD"));
            if let Some(parameter) = parameter {
                message.tlvs.set(Tag::RECEIPTED_MESSAGE_ID, parameter.as_bytes().to_vec());
            }
            let read = parse(&message, numbering).map(|read| read.message_id);
            assert_eq!(read, Some(normal(response, numbering)), "{response} {parameter:?} {text}");
        }
    }

    #[test]
    fn only_what_says_so_means_not_informed() {
        for (state, fate) in [
            (Told::Delivered, Some(Fate::Delivered)),
            (Told::Undeliverable, Some(Fate::Undeliverable)),
            (Told::Expired, Some(Fate::Expired)),
            (Told::UnderWay, None),
            (Told::Unknown, None),
        ] {
            assert_eq!(state.fate(), fate);
        }
    }

    proptest! {
        #[test]
        fn any_octets_are_read(text: Vec<u8>, id: Vec<u8>, state: u8) {
            let mut message = receipt("");
            message.set_text_octets(text);
            let _ = parse(&message, Numbering::Same);
            message.tlvs.set(Tag::RECEIPTED_MESSAGE_ID, id);
            message.tlvs.set_u8(Tag::MESSAGE_STATE, state);
            let _ = parse(&message, Numbering::Hex);
        }

        #[test]
        fn words_are_found_among_any_others(
            id in "[1-9a-f][0-9a-f]{0,15}",
            before in "[a-c ]{0,10}",
            between in "( (sub|dlvrd|err):[0-9]{1,3}){0,3}",
        ) {
            let text = format!("{before} id:{id}{between} stat:DELIVRD text:x");
            let read = parse(&receipt(&text), Numbering::Hex);
            prop_assert_eq!(read, Some(Receipt { message_id: id, state: Told::Delivered }));
        }

        #[test]
        fn a_normal_form_is_normal(id: String) {
            for numbering in [Numbering::Same, Numbering::Hex] {
                let once = normal(&id, numbering);
                prop_assert_eq!(&normal(&once, Numbering::Same), &once);
            }
        }
    }
}
