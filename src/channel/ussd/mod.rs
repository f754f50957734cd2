//! USSD over SMPP: `deliver_sm` to what a subscriber did, a reply to the `submit_sm` that carries
//! it.
//!
//! Operators differ in where they put the session, the dialled code and the end; a [`Dialect`] says
//! so as data, and the code here is the same for all of them. What was dialled is an MMI string
//! (`mmi`, TS 22.030 §6.5.2).

pub mod dialect;
pub mod mmi;
pub mod provider;

use std::time::Duration;

use bytes::Bytes;
use thiserror::Error;

use crate::{
    channel::ussd::dialect::{CodeIn, Coding, Dialect, PushFrom, PushSession, SessionIn},
    conversation::{End, Reply, Then},
    identity::Msisdn,
    menu::view::Frame,
    smpp::pdu::{Address, Message, Tag},
    text::{gsm7, transliterate, ucs2},
};

/// What a `deliver_sm` says.
#[derive(Clone, PartialEq, Eq)]
pub struct Heard {
    /// Whose phone.
    pub from: Msisdn,
    /// What was done.
    pub act: Act,
    /// The way back to the session.
    pub back: WayBack,
}

/// The room of a session: what a dialect and a provider have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// For the first text.
    pub first: Frame,
    /// For every later one.
    pub next: Frame,
    /// The most characters of an answer.
    pub input: u16,
    /// How long an answer is waited for.
    pub open_for: Duration,
}

/// What is taken of an answer, where so many characters can be typed.
pub fn typed(answer: &str, input: u16) -> String {
    answer.chars().take(input.into()).collect()
}

/// What a subscriber or the network did.
#[derive(Clone, PartialEq, Eq)]
pub enum Act {
    /// A string was dialled.
    Dial(String),
    /// An answer was typed.
    Answer(String),
    /// The session is over.
    Abort(End),
    /// A notice that we pushed was shown.
    Shown,
}

/// How to reach the session that something came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayBack {
    source: Address,
    destination: Address,
    session: Option<u16>,
}

impl WayBack {
    /// The way to a phone that is not in a session. `dial` is the service's dial string, `number`
    /// the one that the operator gave us to push from, and `drawn` names the session where the
    /// dialect lets us.
    pub fn push(
        dialect: &Dialect,
        to: &Msisdn,
        dial: &str,
        number: Option<&str>,
        drawn: u16,
    ) -> Self {
        let source = match (number, dialect.push_from) {
            (Some(number), _) => Address::international(number.trim_start_matches('+').to_owned()),
            (None, PushFrom::Code) => {
                let code = mmi::parse(dial).map(|dial| dial.service_code);
                Address::short_code(code.unwrap_or_default())
            }
            (None, PushFrom::Dial) => Address::short_code(dial.to_owned()),
            (None, PushFrom::Nothing) => Address::default(),
        };
        let session = match dialect.push_session {
            PushSession::Network => None,
            // Never zero: on some networks that is no session.
            PushSession::Drawn => Some(drawn.max(2) & !dialect.end_mask()),
        };
        let number = to.as_str().trim_start_matches('+').to_owned();
        Self { source, destination: Address::international(number), session }
    }

    /// What tells this session apart from others of the same phone, if the dialect has it.
    pub fn session(&self) -> Option<u16> {
        self.session
    }
}

/// Why a `deliver_sm` is not for us. None of these harms the link: the message is confirmed, and
/// counted by its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ParseError {
    /// No `ussd_service_op`, and nothing else that says what it is.
    #[error("not a USSD message")]
    NotUssd,
    /// An operation that this dialect does not know.
    #[error("unknown ussd_service_op {0}")]
    UnknownOperation(u8),
    /// The source address is no phone number.
    #[error("the source address is not a phone number")]
    NoNumber,
}

/// Reads a `deliver_sm`.
pub fn parse(dialect: &Dialect, message: &Message) -> Result<Heard, ParseError> {
    let from = number(&message.source).ok_or(ParseError::NoNumber)?;
    let carried = session(dialect, message);
    let back = WayBack {
        source: message.destination.clone(),
        destination: message.source.clone(),
        session: carried.map(|session| session & !dialect.end_mask()),
    };
    let op = message.tlvs.ussd_service_op().ok_or(ParseError::NotUssd)?;
    let ended = carried.is_some_and(|session| session & dialect.end_mask() != 0);
    let text = || dialect.alphabet.decode_as(message.data_coding, message.text_octets());
    let act = if op == dialect.shown {
        Act::Shown
    } else if ended || dialect.abort.contains(&op) {
        Act::Abort(End::UserAbort)
    } else if op == dialect.begin {
        Act::Dial(dialled(dialect, message, &text()))
    } else if op == dialect.answer {
        Act::Answer(text())
    } else {
        return Err(ParseError::UnknownOperation(op));
    };
    Ok(Heard { from, act, back })
}

/// Writes the `submit_sm` for a reply.
pub fn render(dialect: &Dialect, back: &WayBack, reply: &Reply) -> Message {
    match reply.then {
        Then::Wait => write(dialect, back, &reply.text, dialect.ask, 0),
        Then::Close => write(dialect, back, &reply.text, dialect.end, dialect.end_mask()),
    }
}

/// Writes the `submit_sm` of what we push: a question, or a notice that closes by itself.
pub fn render_push(dialect: &Dialect, way: &WayBack, said: &Reply) -> Message {
    let op = match said.then {
        Then::Wait => dialect.ask,
        Then::Close => dialect.notify,
    };
    write(dialect, way, &said.text, op, 0)
}

fn write(dialect: &Dialect, back: &WayBack, text: &str, op: u8, end: u16) -> Message {
    let mut message = Message::new(back.source.clone(), back.destination.clone(), Bytes::new());
    message.service_type = Bytes::copy_from_slice(dialect.service_type.as_bytes());
    message.data_coding = dialect.data_coding;
    message.set_text_octets(encode(dialect.alphabet, text));
    message.tlvs.set_u8(Tag::USSD_SERVICE_OP, op);
    let tag = match dialect.session_in {
        SessionIn::Msisdn => None,
        SessionIn::ItsSessionInfo => Some(Tag::ITS_SESSION_INFO),
        SessionIn::UserMessageReference => Some(Tag::USER_MESSAGE_REFERENCE),
    };
    // Where the end is a bit beside the session, it is said also of a session that has no name.
    if let (Some(tag), Some(session)) = (tag, back.session.or((end != 0).then_some(0))) {
        message.tlvs.set_u16(tag, session | end);
    }
    message
}

fn number(address: &Address) -> Option<Msisdn> {
    let text = std::str::from_utf8(&address.octets).ok()?;
    // SMPP 3.4 §5.2.5: TON 1 is international; everything else is read as people write numbers.
    match address.ton {
        1 => Msisdn::from_international(text).ok(),
        _ => Msisdn::parse_any(text).ok(),
    }
}

fn session(dialect: &Dialect, message: &Message) -> Option<u16> {
    match dialect.session_in {
        SessionIn::Msisdn => None,
        SessionIn::ItsSessionInfo => message.tlvs.its_session_info(),
        SessionIn::UserMessageReference => message.tlvs.user_message_reference(),
    }
}

/// The dialled string, from where the dialect puts it. A destination may be the bare code.
fn dialled(dialect: &Dialect, message: &Message, text: &str) -> String {
    let destination = String::from_utf8_lossy(&message.destination.octets);
    let candidates = dialect.code_in.iter().map(|place| match place {
        CodeIn::ShortMessage => text.trim().to_owned(),
        CodeIn::DestinationAddr if destination.contains(['*', '#']) => destination.to_string(),
        CodeIn::DestinationAddr => format!("*{destination}#"),
    });
    candidates.into_iter().find(|string| mmi::parse(string).is_ok()).unwrap_or_else(|| text.into())
}

impl Coding {
    /// The text of a message, by its `data_coding`: this one for the SMSC's default alphabet and
    /// for what cell broadcast calls "GSM 7-bit, language unspecified" (TS 23.038 §5).
    pub(super) fn decode_as(self, data_coding: u8, octets: &[u8]) -> String {
        match data_coding {
            0x01 => Self::Ascii.decode(octets),
            0x03 => Self::Latin1.decode(octets),
            // 0x11 is UCS-2 after two octets that name a language; 0x48 is uncompressed UCS-2.
            0x08 | 0x48 => ucs2::decode(octets),
            0x11 if octets.len() >= 2 && octets.len().is_multiple_of(2) => {
                ucs2::decode(&octets[2..])
            }
            _ => self.decode(octets),
        }
    }

    fn decode(self, octets: &[u8]) -> String {
        match self {
            Self::Gsm7Unpacked => gsm7::decode(octets),
            Self::Gsm7Packed => gsm7::decode(&gsm7::unpack_ussd(octets)),
            Self::Latin1 | Self::Ascii => octets.iter().map(|&octet| char::from(octet)).collect(),
            Self::Ucs2 => ucs2::decode(octets),
        }
    }
}

/// The octets of a text. What an alphabet lacks is written with the letters it has.
fn encode(coding: Coding, text: &str) -> Bytes {
    let plain = transliterate::to_gsm7(text);
    let septets = || gsm7::encode(&plain).unwrap_or_default();
    Bytes::from(match coding {
        Coding::Gsm7Unpacked => septets(),
        Coding::Gsm7Packed => gsm7::pack_ussd(&septets()),
        Coding::Ucs2 => ucs2::encode(text),
        Coding::Latin1 => single_octets(&plain, '\u{ff}'),
        Coding::Ascii => single_octets(&plain, '\u{7f}'),
    })
}

fn single_octets(text: &str, last: char) -> Vec<u8> {
    text.chars().map(|c| if c <= last { c as u8 } else { b'?' }).collect()
}

#[cfg(test)]
mod tests;
