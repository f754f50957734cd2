//! PDUs as values. SMPP 3.4 §4.
//!
//! Owns the layout of every PDU and nothing of their order in time. Text is octets: the alphabet is
//! the business of whoever knows the link. No `Debug` of these types shows a text, a password or a
//! whole phone number.

mod command;
mod decode;
mod encode;
mod frame;
mod message;
mod status;
mod tlv;

use std::fmt;

use bytes::Bytes;

pub use command::CommandId;
pub use decode::{Decoded, Oddity, Unreadable, decode};
pub use encode::{EncodeError, encode, encode_message};
pub use frame::{DEFAULT_LIMIT, Frame, Framer, HEADER, Unframable};
pub use message::{Address, MAX_SHORT_MESSAGE, Message};
pub use status::CommandStatus;
pub use tlv::{Tag, Tlv, Tlvs};

/// One PDU with what its header says beside the command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Result of a response; 0 in requests.
    pub status: CommandStatus,
    /// Ties a response to its request. The standard allows 1 to 0x7FFFFFFF; any value is echoed.
    pub sequence: u32,
    /// What it says.
    pub pdu: Pdu,
}

/// The PDUs of SMPP 3.4 that a gateway and its SMSC exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pdu {
    /// §4.1: an ESME asks for a session.
    Bind(Box<Bind>),
    /// §4.1: the SMSC's answer.
    BindResp(BindResp),
    /// §4.1.7: the SMSC asks an ESME to bind.
    Outbind(Box<Outbind>),
    /// §4.2: the end of a session, from either side.
    Unbind,
    /// §4.2.
    UnbindResp,
    /// §4.3.
    GenericNack,
    /// §4.4: a message from the ESME.
    SubmitSm(Box<Message>),
    /// §4.4.2.
    SubmitSmResp(MessageResp),
    /// §4.6: a message or a receipt from the SMSC.
    DeliverSm(Box<Message>),
    /// §4.6.2.
    DeliverSmResp(MessageResp),
    /// §4.7: a message in either direction, its text always a `message_payload`.
    DataSm(Box<Message>),
    /// §4.7.2.
    DataSmResp(MessageResp),
    /// §4.11.
    EnquireLink,
    /// §4.11.
    EnquireLinkResp,
    /// §4.12: a handset can be reached again. It has no response.
    AlertNotification(Box<AlertNotification>),
    /// Any other command, undecoded.
    Unknown(Unknown),
}

impl Pdu {
    /// The command id this goes under.
    pub fn command(&self) -> CommandId {
        match self {
            Self::Bind(bind) => bind.kind.request(),
            Self::BindResp(resp) => resp.kind.response(),
            Self::Outbind(_) => CommandId::OUTBIND,
            Self::Unbind => CommandId::UNBIND,
            Self::UnbindResp => CommandId::UNBIND_RESP,
            Self::GenericNack => CommandId::GENERIC_NACK,
            Self::SubmitSm(_) => CommandId::SUBMIT_SM,
            Self::SubmitSmResp(_) => CommandId::SUBMIT_SM_RESP,
            Self::DeliverSm(_) => CommandId::DELIVER_SM,
            Self::DeliverSmResp(_) => CommandId::DELIVER_SM_RESP,
            Self::DataSm(_) => CommandId::DATA_SM,
            Self::DataSmResp(_) => CommandId::DATA_SM_RESP,
            Self::EnquireLink => CommandId::ENQUIRE_LINK,
            Self::EnquireLinkResp => CommandId::ENQUIRE_LINK_RESP,
            Self::AlertNotification(_) => CommandId::ALERT_NOTIFICATION,
            Self::Unknown(unknown) => unknown.command,
        }
    }
}

/// Which way messages may go on a bind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BindKind {
    /// The ESME only receives.
    Receiver,
    /// The ESME only sends.
    Transmitter,
    /// Both.
    Transceiver,
}

impl BindKind {
    /// The command id of the request.
    pub const fn request(self) -> CommandId {
        match self {
            Self::Receiver => CommandId::BIND_RECEIVER,
            Self::Transmitter => CommandId::BIND_TRANSMITTER,
            Self::Transceiver => CommandId::BIND_TRANSCEIVER,
        }
    }

    /// The command id of the response.
    pub const fn response(self) -> CommandId {
        self.request().response()
    }

    /// Whether the ESME may send messages.
    pub const fn sends(self) -> bool {
        matches!(self, Self::Transmitter | Self::Transceiver)
    }

    /// Whether the SMSC may deliver messages.
    pub const fn receives(self) -> bool {
        matches!(self, Self::Receiver | Self::Transceiver)
    }
}

impl fmt::Display for BindKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Receiver => "receiver",
            Self::Transmitter => "transmitter",
            Self::Transceiver => "transceiver",
        })
    }
}

/// `bind_receiver`, `bind_transmitter` or `bind_transceiver`. SMPP 3.4 §4.1.
#[derive(Clone, PartialEq, Eq)]
pub struct Bind {
    /// Which of the three.
    pub kind: BindKind,
    /// Who binds, at most 15 octets.
    pub system_id: Bytes,
    /// At most 8 octets.
    pub password: Bytes,
    /// At most 12 octets, often empty.
    pub system_type: Bytes,
    /// 0x34 for SMPP 3.4.
    pub interface_version: u8,
    /// Type of number of `address_range`.
    pub addr_ton: u8,
    /// Numbering plan of `address_range`.
    pub addr_npi: u8,
    /// The addresses the ESME serves, at most 40 octets, usually empty.
    pub address_range: Bytes,
}

impl fmt::Debug for Bind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bind")
            .field("kind", &self.kind)
            .field("system_id", &self.system_id)
            .field("system_type", &self.system_type)
            .field("interface_version", &self.interface_version)
            .finish_non_exhaustive()
    }
}

/// The answer to a bind. SMPP 3.4 §4.1.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindResp {
    /// Which bind it answers.
    pub kind: BindKind,
    /// Who answers; empty in a refusal without a body.
    pub system_id: Bytes,
    /// `sc_interface_version` and what else came.
    pub tlvs: Tlvs,
}

/// `outbind`. SMPP 3.4 §4.1.7.
#[derive(Clone, PartialEq, Eq)]
pub struct Outbind {
    /// Which SMSC calls, at most 15 octets.
    pub system_id: Bytes,
    /// At most 8 octets.
    pub password: Bytes,
}

impl fmt::Debug for Outbind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbind").field("system_id", &self.system_id).finish_non_exhaustive()
    }
}

/// The body of `submit_sm_resp`, `deliver_sm_resp` and `data_sm_resp`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageResp {
    /// The SMSC's name for the message, at most 64 octets; empty in a `deliver_sm_resp`.
    pub message_id: Bytes,
    /// SMPP 3.4 defines none here for `submit_sm_resp`; 5.0 does.
    pub tlvs: Tlvs,
}

impl MessageResp {
    /// The answer to a message of this kind.
    pub fn to(self, command: CommandId) -> Pdu {
        match command {
            CommandId::SUBMIT_SM => Pdu::SubmitSmResp(self),
            CommandId::DATA_SM => Pdu::DataSmResp(self),
            _ => Pdu::DeliverSmResp(self),
        }
    }
}

/// `alert_notification`. SMPP 3.4 §4.12.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertNotification {
    /// The handset.
    pub source: Address,
    /// Who asked to be told.
    pub esme: Address,
    /// `ms_availability_status` and what else came.
    pub tlvs: Tlvs,
}

/// A PDU whose command is not known here.
#[derive(Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Its command id.
    pub command: CommandId,
    /// All octets behind the header.
    pub body: Bytes,
}

impl fmt::Debug for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unknown({}, {} octets)", self.command, self.body.len())
    }
}
