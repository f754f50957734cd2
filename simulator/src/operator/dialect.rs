//! How each operator says the same things: the dialects of USSD over SMPP, as data.
//!
//! One row of [`DIALECTS`] is all that a network needs; `speech` only reads rows. The table is
//! written from the wire description and shares nothing with the gateway's profiles, so that the
//! two check each other. Knows neither sockets nor sessions.
//! // SMPP 3.4 §5.3.2.43-44 (its_session_info, ussd_service_op), TS 22.090 (USSD)

use std::time::Duration;

use crate::alphabet::Alphabet;

/// PSSR indication: a phone dials.
pub const PSSR_INDICATION: u8 = 1;
/// USSR request: the service asks and waits for an answer.
pub const USSR_REQUEST: u8 = 2;
/// PSSR response: the last text of the service. 17 decimal, not 0x17.
pub const PSSR_RESPONSE: u8 = 17;
/// USSR confirm: the phone answers.
pub const USSR_CONFIRM: u8 = 18;
/// USSN request: a notice of the service, in a session of its own.
pub const USSN_REQUEST: u8 = 3;
/// USSN confirm: the notice was read.
pub const USSN_CONFIRM: u8 = 19;
/// Vendor code: the session was aborted.
pub const USER_ABORT: u8 = 129;

/// `data_coding` for UCS-2. `// SMPP 3.4 §5.2.19`
pub const UCS2: u8 = 8;

/// One operator's way of speaking, as data.
#[derive(Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Name in configuration and tests.
    pub name: &'static str,
    /// What a session is told apart by, beside the number.
    pub key: Key,
    /// Operation by which the service asks.
    pub ask: u8,
    /// How the service ends a session.
    pub end: Signal,
    /// Operation of a notice that the service begins a session with. A question is an `ask`.
    pub notify: u8,
    /// Operation by which the network says that a notice was read.
    pub read: u8,
    /// Who names a session that the service begins, where sessions have a name.
    pub push_key: PushKey,
    /// How the network says that the person hung up.
    pub user_abort: Signal,
    /// How the network says that it ended the session itself.
    pub network_abort: Signal,
    /// Where the dialled string stands in the first message.
    pub dialled: Dialled,
    /// What stands in `destination_addr`.
    pub destination: Destination,
    /// `service_type` of both directions; empty for the default.
    pub service_type: &'static str,
    /// `data_coding` of messages to the gateway, and what it means here.
    pub coding: (u8, Alphabet),
    /// Further `data_coding` values that the network takes from the gateway.
    pub also_takes: &'static [(u8, Alphabet)],
    /// How long a text may be.
    pub limits: Limits,
    /// Age at which the network drops a session, seconds.
    pub time_to_live_s: u64,
}

/// What tells one session of a phone from the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// The number alone.
    Number,
    /// 15 bits of `its_session_info`, the same for the whole session; the reply must echo them.
    SessionInfo,
    /// The number; `its_session_info` is sent, but counts up with each message.
    CountingInfo,
    /// The number and `user_message_reference`, which the network forgets to renew at a redial.
    StaleReference,
}

/// Who names a session that the service begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushKey {
    /// The network, as it names those of the phones; the service hears it with the answer.
    Network,
    /// The service; the network echoes it.
    Service,
}

/// An operation code and whether the end bit stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signal {
    /// `ussd_service_op`.
    pub operation: u8,
    /// The lowest bit of `its_session_info`.
    pub end_bit: EndBit,
}

/// The end bit of `its_session_info`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndBit {
    /// Set.
    Set,
    /// Clear, or the dialect has no such bit.
    Clear,
}

/// Where the dialled string stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialled {
    /// In the text.
    Text,
    /// In `destination_addr`; the text of the first message is empty.
    Destination,
}

/// What stands in `destination_addr`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// The digits of the service code: `119`.
    ShortCode,
    /// The string that was dialled.
    Dialled,
    /// A telephone number of the service.
    Telephone(&'static str),
    /// Nothing.
    Empty,
}

/// How long a text from the gateway may be. A longer one is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The first screen of a session, septets of the default alphabet.
    pub first_septets: usize,
    /// Every later screen, septets.
    pub next_septets: usize,
    /// Any screen in UCS-2, octets.
    pub octets: usize,
}

const FULL: Limits = Limits { first_septets: 182, next_septets: 182, octets: 160 };
const GSM7: (u8, Alphabet) = (0, Alphabet::Gsm7Unpacked);
const ABORT_129: Signal = Signal { operation: USER_ABORT, end_bit: EndBit::Clear };

const PLAIN: Dialect = Dialect {
    name: "plain",
    key: Key::Number,
    ask: USSR_REQUEST,
    end: Signal { operation: PSSR_RESPONSE, end_bit: EndBit::Clear },
    notify: USSN_REQUEST,
    read: USSN_CONFIRM,
    push_key: PushKey::Network,
    user_abort: ABORT_129,
    network_abort: ABORT_129,
    dialled: Dialled::Text,
    destination: Destination::ShortCode,
    service_type: "",
    coding: GSM7,
    also_takes: &[(UCS2, Alphabet::Ucs2)],
    limits: FULL,
    time_to_live_s: 180,
};

/// Every dialect of the country, first the default.
pub const DIALECTS: [Dialect; 6] = [
    PLAIN,
    Dialect {
        name: "its",
        key: Key::SessionInfo,
        end: Signal { operation: USSR_REQUEST, end_bit: EndBit::Set },
        user_abort: Signal { operation: USSR_CONFIRM, end_bit: EndBit::Set },
        network_abort: Signal { operation: USSR_CONFIRM, end_bit: EndBit::Set },
        dialled: Dialled::Destination,
        destination: Destination::Dialled,
        ..PLAIN
    },
    Dialect {
        name: "sixdee",
        key: Key::SessionInfo,
        push_key: PushKey::Service,
        end: Signal { operation: PSSR_RESPONSE, end_bit: EndBit::Set },
        network_abort: Signal { operation: USSR_CONFIRM, end_bit: EndBit::Set },
        limits: Limits { first_septets: 160, next_septets: 160, octets: 140 },
        ..PLAIN
    },
    Dialect {
        name: "mica",
        key: Key::StaleReference,
        push_key: PushKey::Service,
        destination: Destination::Empty,
        service_type: "USSD",
        ..PLAIN
    },
    Dialect {
        name: "p2",
        destination: Destination::Telephone("6621190001"),
        service_type: "P2",
        coding: (0x0f, Alphabet::Gsm7Unpacked),
        also_takes: &[GSM7, (UCS2, Alphabet::Ucs2)],
        ..PLAIN
    },
    Dialect { name: "huawei", key: Key::CountingInfo, ..PLAIN },
];

/// The dialect with this name.
pub fn named(name: &str) -> Option<&'static Dialect> {
    static ROWS: [Dialect; 6] = DIALECTS;
    ROWS.iter().find(|dialect| dialect.name == name)
}

impl Dialect {
    /// The telephone number of the service on such a network, where it has one: what it pushes has
    /// to come from there.
    pub fn telephone(&self) -> Option<&'static str> {
        match self.destination {
            Destination::Telephone(number) => Some(number),
            _ => None,
        }
    }

    /// Age at which the network drops a session.
    pub fn time_to_live(&self) -> Duration {
        Duration::from_secs(self.time_to_live_s)
    }
}
