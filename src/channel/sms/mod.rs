//! SMS over SMPP: a `deliver_sm` to what somebody wrote. The reply is a notice, and its bytes are the
//! business of whoever sends notices.
//!
//! A long text comes in parts (TS 23.040 §9.2.3.24.1, or the `sar` parameters of SMPP 3.4 §5.3.2.22);
//! they are read alone here, and joined as octets, because a character may be cut in two.

pub mod receipt;

use thiserror::Error;

use crate::{
    channel::ussd::dialect::Coding,
    identity::Msisdn,
    menu::view::{Frame, MOST_ROWS, Manner},
    outbox::parts::DefaultAlphabet,
    smpp::pdu::{Address, Message, Tag},
    text::{Alphabet, gsm7, page::Budget},
};

/// What a `deliver_sm` says.
#[derive(Clone, PartialEq, Eq)]
pub struct Heard {
    /// Whose phone; a claim.
    pub from: Msisdn,
    /// The text, or a part of it.
    pub body: Body,
    /// Which part it is; `None` for a whole text.
    pub part: Option<Part>,
}

/// A text as it came, but in the standard's alphabets: octets, and how they are to be read.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Body {
    /// `data_coding` (SMPP 3.4 §5.2.19); 0 is GSM 7-bit, an octet a septet.
    pub coding: u8,
    /// Without a user data header.
    pub octets: Vec<u8>,
}

/// A part of a long text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Part {
    /// Parts of one text have the same.
    pub reference: u16,
    /// How many there are, from 2 to 255.
    pub total: u8,
    /// Which it is, from 1.
    pub number: u8,
}

/// Why a `deliver_sm` is no text for us. It is confirmed all the same: refused, it would come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ParseError {
    /// A name or a short code wrote: nobody can be answered there.
    #[error("the writer is no phone")]
    NoPhone,
    /// It was not written to our short code.
    #[error("it was written to another number")]
    NotToUs,
    /// Octets for a program of the phone, and no text.
    #[error("it is no text")]
    Binary,
}

/// The longest text that is read, in characters, with room for that of a QR code; what stands behind is
/// nobody's answer.
pub const LONGEST: usize = 1000;

/// The room of a reply: one SMS. The check lays every screen out for it.
pub fn frame() -> Frame {
    Frame {
        budget: Budget { units: 160, alphabet: Alphabet::Gsm7 },
        rows: MOST_ROWS,
        manner: Manner::Text,
    }
}

/// Reads a `deliver_sm` that is neither USSD nor a receipt. `alphabet` is what the account's SMSC takes
/// `data_coding` 0 for.
///
/// # Errors
/// See [`ParseError`].
pub fn parse(
    short_code: &str,
    alphabet: DefaultAlphabet,
    message: &Message,
) -> Result<Heard, ParseError> {
    let from = phone(&message.source).ok_or(ParseError::NoPhone)?;
    let to = message.destination.octets.as_ref();
    if to.strip_prefix(b"+").unwrap_or(to) != short_code.as_bytes() {
        return Err(ParseError::NotToUs);
    }
    if is_binary(message.data_coding) {
        return Err(ParseError::Binary);
    }
    let octets = message.text_octets().as_ref();
    let (header, octets) = match message.esm_class & UDH_INDICATOR {
        0 => (None, octets),
        _ => split_header(octets),
    };
    let part = header.and_then(part_in_header).or_else(|| part_in_parameters(message));
    let header = header.map_or(0, |header| header.len() + 1);
    let body = in_standard_alphabet(alphabet, message.data_coding, header, octets);
    Ok(Heard { from, body, part: part.filter(|part| part.total > 1) })
}

/// Whether octets of this coding are no text: SMPP 3.4 §5.2.19, and 8-bit data by message class (TS 23.038
/// §4).
fn is_binary(data_coding: u8) -> bool {
    matches!(data_coding, 0x02 | 0x04 | 0xF4..=0xF7)
}

/// What the SMSC's own alphabet says, in one that the standard names; `header` octets stood before it.
fn in_standard_alphabet(
    alphabet: DefaultAlphabet,
    data_coding: u8,
    header: usize,
    octets: &[u8],
) -> Body {
    match (data_coding, alphabet) {
        (0, DefaultAlphabet::Latin1) => Body { coding: LATIN1, octets: octets.to_vec() },
        (0, DefaultAlphabet::Gsm7Packed) => {
            let mut septets = gsm7::unpack_sms_after_header(octets, header, usize::MAX);
            // Seven bits that fill the last octet read as `@`.
            let full = (octets.len() * 8).saturating_sub(gsm7::fill_bits(header)).is_multiple_of(7);
            if full && septets.last() == Some(&0) {
                septets.pop();
            }
            Body { coding: 0, octets: septets }
        }
        (coding, _) => Body { coding, octets: octets.to_vec() },
    }
}

/// `data_coding` of ISO 8859-1. SMPP 3.4 §5.2.19.
const LATIN1: u8 = 3;

/// The text of a message, or of all its parts in order.
pub fn text(bodies: &[Body]) -> String {
    let Some(first) = bodies.first() else { return String::new() };
    let text = if bodies.iter().all(|body| body.coding == first.coding) {
        let octets: Vec<u8> = bodies.iter().flat_map(|body| &body.octets).copied().collect();
        Coding::Gsm7Unpacked.decode_as(first.coding, &octets)
    } else {
        let each =
            bodies.iter().map(|body| Coding::Gsm7Unpacked.decode_as(body.coding, &body.octets));
        each.collect()
    };
    text.chars().take(LONGEST).collect()
}

/// SMPP 3.4 §5.2.12: the text begins with a user data header.
const UDH_INDICATOR: u8 = 0x40;

/// The header and what follows it; one that is longer than the text is none.
fn split_header(octets: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let length = octets.first().map_or(0, |&length| usize::from(length));
    match (octets.get(1..=length), octets.get(length + 1..)) {
        (Some(header), Some(rest)) => (Some(header), rest),
        _ => (None, octets),
    }
}

/// The element of concatenation, with a reference of 8 or 16 bits (TS 23.040 §9.2.3.24.1 and .8).
fn part_in_header(mut header: &[u8]) -> Option<Part> {
    while let [element, length, rest @ ..] = header {
        let (value, after) = rest.split_at_checked((*length).into())?;
        match (*element, value) {
            (0x00, &[reference, total, number]) => {
                return part(reference.into(), total, number);
            }
            (0x08, &[high, low, total, number]) => {
                return part(u16::from_be_bytes([high, low]), total, number);
            }
            _ => header = after,
        }
    }
    None
}

fn part_in_parameters(message: &Message) -> Option<Part> {
    let reference = message.tlvs.get_u16(Tag::SAR_MSG_REF_NUM)?;
    let total = message.tlvs.get_u8(Tag::SAR_TOTAL_SEGMENTS)?;
    part(reference, total, message.tlvs.get_u8(Tag::SAR_SEGMENT_SEQNUM)?)
}

/// A number out of its range makes the whole element void (TS 23.040 §9.2.3.24.1).
fn part(reference: u16, total: u8, number: u8) -> Option<Part> {
    (1..=total).contains(&number).then_some(Part { reference, total, number })
}

/// The phone behind an address; a name (TON 5) and a short code are none.
fn phone(address: &Address) -> Option<Msisdn> {
    let text = std::str::from_utf8(&address.octets).ok()?;
    match address.ton {
        5 => None,
        1 => Msisdn::from_international(text).ok(),
        _ => Msisdn::parse_any(text).ok(),
    }
}

#[cfg(test)]
mod tests;
