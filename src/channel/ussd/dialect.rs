//! A dialect: how one operator's USSD centre speaks SMPP, as data of the configuration.

use std::time::Duration;

use serde::Deserialize;

use crate::{
    channel::ussd::Room,
    menu::view::{Frame, MOST_ROWS, Manner},
    text::{Alphabet, page::Budget},
};

/// One operator's way of speaking. The names are those of SMPP 5.0 §4.8.4.63 and of the vendors'
/// manuals.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dialect {
    /// What tells the sessions of a phone apart.
    pub session_in: SessionIn,
    /// Whether bit 0 of the session's field means that the session ends.
    pub end_bit: EndBit,
    /// `ussd_service_op` of a dialled string.
    pub begin: u8,
    /// `ussd_service_op` of an answer.
    pub answer: u8,
    /// `ussd_service_op`s that mean the session was cut.
    pub abort: Vec<u8>,
    /// `ussd_service_op` of a text that awaits an answer.
    pub ask: u8,
    /// `ussd_service_op` of the last text.
    pub end: u8,
    /// `ussd_service_op` of a notice that we push. A text that we push and that awaits an answer is
    /// an `ask`.
    pub notify: u8,
    /// `ussd_service_op` by which the network says that a notice was shown.
    pub shown: u8,
    /// What stands in the source address of what we push.
    pub push_from: PushFrom,
    /// Who names a session that we begin.
    pub push_session: PushSession,
    /// Where the dialled string stands, in the order tried.
    pub code_in: Vec<CodeIn>,
    /// `service_type` of what we send.
    pub service_type: String,
    /// `data_coding` of what we send.
    pub data_coding: u8,
    /// The alphabet behind that `data_coding`.
    pub alphabet: Coding,
    /// Room of the first text of a session, in septets (UCS-2: code units).
    pub first: u16,
    /// Room of every later text.
    pub next: u16,
    /// The longest answer the network carries, in characters; a longer one was garbled.
    pub input: u16,
    /// How long the network waits for an answer, in seconds.
    pub open_seconds: u32,
}

/// Where a dialect carries the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionIn {
    /// Nowhere: a phone has one session.
    Msisdn,
    /// In `its_session_info` (0x1383), echoed.
    ItsSessionInfo,
    /// In `user_message_reference` (0x0204), echoed.
    UserMessageReference,
}

/// What stands in the source address of what we push, unless the operator gave us a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PushFrom {
    /// The digits of the service's first dial string: `119`.
    Code,
    /// That dial string: `*119#`.
    Dial,
    /// Nothing.
    Nothing,
}

/// Who names a session that we begin, where the dialect carries one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PushSession {
    /// The network: the field is absent at first, and comes with the answer.
    Network,
    /// We do, with a number drawn for it. (SMPP 3.4 §5.3.2.17, §5.3.2.43: "assigned by the ESME")
    Drawn,
}

/// Whether the session's field says that the session ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndBit {
    /// The whole field names the session.
    None,
    /// Bit 0 ends the session, in both directions.
    Lowest,
}

/// Where the dialled string stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeIn {
    /// In the text.
    ShortMessage,
    /// In the destination address, as a string or as the bare code.
    DestinationAddr,
}

/// How a text is put into octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coding {
    /// A septet an octet.
    Gsm7Unpacked,
    /// Eight septets in seven octets, with the padding of USSD.
    Gsm7Packed,
    /// ISO 8859-1.
    Latin1,
    /// ASCII.
    Ascii,
    /// UTF-16, big-endian.
    Ucs2,
}

/// What is wrong with the room of a session, if it has none.
pub(super) fn nothing_fits(room: u16, input: u16, open_seconds: u32) -> Option<&'static str> {
    match (room, input, open_seconds) {
        (0, ..) => Some("`first` and `next` must be at least 1: no text would fit"),
        (_, 0, _) => Some("`input` must be at least 1: every answer would be empty"),
        (.., 0) => Some("`open_seconds` must be at least 1: every session would be over"),
        _ => None,
    }
}

impl Dialect {
    /// The bit of the session's field that ends a session; 0 if there is none.
    pub fn end_mask(&self) -> u16 {
        match self.end_bit {
            EndBit::None => 0,
            EndBit::Lowest => 1,
        }
    }

    /// What no network can mean.
    pub fn wrong(&self) -> Option<&'static str> {
        let by_op = [self.begin, self.answer];
        if self.begin == self.answer {
            Some("`begin` and `answer` are the same: every answer would be a dial")
        } else if self.abort.iter().any(|op| by_op.contains(op)) {
            Some("an `abort` is also a `begin` or an `answer`: nobody could say anything")
        } else if by_op.contains(&self.shown) {
            Some("`shown` is also `begin` or `answer`: it would be passed over")
        } else if self.session_in == SessionIn::Msisdn && self.end_bit != EndBit::None {
            Some("`end_bit` needs a field of the session: no session would end")
        } else if self.ask == self.end && self.end_bit == EndBit::None {
            Some("`ask` and `end` are the same, and there is no `end_bit`: no session would end")
        } else if self.code_in.is_empty() {
            Some("`code_in` is empty: nobody could dial")
        } else {
            nothing_fits(self.first.min(self.next), self.input, self.open_seconds)
        }
    }

    /// The room of its sessions.
    pub fn room(&self) -> Room {
        Room {
            first: self.first_frame(),
            next: self.next_frame(),
            input: self.input,
            open_for: self.open_for(),
        }
    }

    /// The room for the first text of a session.
    pub fn first_frame(&self) -> Frame {
        self.frame(self.first)
    }

    /// The room for later texts.
    pub fn next_frame(&self) -> Frame {
        self.frame(self.next)
    }

    /// The room that every screen has to fit in: any of them can be the first.
    pub fn smallest_frame(&self) -> Frame {
        self.frame(self.first.min(self.next))
    }

    /// How long the network waits for an answer.
    pub fn open_for(&self) -> Duration {
        Duration::from_secs(self.open_seconds.into())
    }

    fn frame(&self, units: u16) -> Frame {
        let alphabet = match self.alphabet {
            Coding::Ucs2 => Alphabet::Ucs2,
            _ => Alphabet::Gsm7,
        };
        Frame { budget: Budget { units, alphabet }, rows: MOST_ROWS, manner: Manner::Text }
    }
}
