//! Octets to values: lenient inside the frame, and honest about it.
//!
//! Real SMSCs send header-only responses, strings without their NUL, fields that are too long, text
//! lengths that are false, octets nobody announced. All of that is read as well as can be, kept, and
//! reported as an [`Oddity`]. Only a message whose body ends before its text could begin is
//! [`Unreadable`], and then its header still says what to answer. Nothing here panics or looks
//! outside the frame.

use std::fmt;

use bytes::Bytes;
use nom::Parser;
use nom::bytes::complete::{tag, take, take_till};
use nom::number::complete::{be_u8, be_u16};
use nom::sequence::terminated;

use super::{
    Address, AlertNotification, Bind, BindKind, BindResp, CommandId, CommandStatus, Frame,
    MAX_SHORT_MESSAGE, Message, MessageResp, Outbind, Packet, Pdu, Tag, Tlv, Tlvs, Unknown,
};

/// A PDU and what was odd about it.
#[derive(Clone, PartialEq, Eq)]
pub struct Decoded {
    /// What could be read.
    pub packet: Packet,
    /// Where it departs from the standard, in the order found.
    pub oddities: Vec<Oddity>,
    /// The octets behind the last field that made no TLV; mostly none.
    pub trailing: Bytes,
}

impl fmt::Debug for Decoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoded")
            .field("packet", &self.packet)
            .field("oddities", &self.oddities)
            .finish_non_exhaustive()
    }
}

/// A departure from the standard that was read around.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Oddity {
    /// The body ended where a NUL should have been.
    #[error("{field} has no NUL at its end")]
    MissingNul {
        /// The standard's name of the field.
        field: &'static str,
    },
    /// Longer than the standard allows; kept whole.
    #[error("{field} has {octets} octets")]
    OverLong {
        /// The standard's name of the field.
        field: &'static str,
        /// What it has.
        octets: usize,
    },
    /// The body ended before this field; it is taken as empty or zero.
    #[error("{field} is missing")]
    Absent {
        /// The standard's name of the field.
        field: &'static str,
    },
    /// `sm_length` promises more than the frame holds; the text is what the frame holds.
    #[error("sm_length says {said}, the frame holds {had}")]
    FalseLength {
        /// What `sm_length` says.
        said: usize,
        /// What was left in the frame.
        had: usize,
    },
    /// Both `short_message` and `message_payload` carry a text.
    #[error("text in short_message and in message_payload")]
    TwoTexts,
    /// A TLV promises more than the frame holds; its value is what the frame holds.
    #[error("{tag} says {said} octets, the frame holds {had}")]
    TlvCut {
        /// Which parameter.
        tag: Tag,
        /// What its length says.
        said: usize,
        /// What was left in the frame.
        had: usize,
    },
    /// A TLV of another length than the standard's; kept as it is.
    #[error("{tag} has {octets} octets")]
    TlvLength {
        /// Which parameter.
        tag: Tag,
        /// What it has.
        octets: usize,
    },
    /// Octets behind the last field that make no TLV.
    #[error("{octets} octets behind the last field")]
    Trailing {
        /// How many.
        octets: usize,
    },
    /// A positive response that consists of its header.
    #[error("the response has no body")]
    HeaderOnly,
    /// A response nobody waits for, or no more.
    #[error("{command} answers nothing we asked")]
    Unasked {
        /// The response.
        command: CommandId,
    },
    /// A response of another kind than its request.
    #[error("{command} answers another kind of request")]
    WrongResponse {
        /// The response.
        command: CommandId,
    },
    /// A request that is not for this role or this bind.
    #[error("{command} has no place in this session")]
    OutOfPlace {
        /// The request.
        command: CommandId,
    },
    /// A command that is not known here.
    #[error("{command} is not known")]
    UnknownCommand {
        /// The command.
        command: CommandId,
    },
    /// A body that could not be read and was answered by a refusal.
    #[error("{command} ends before {field}")]
    Unreadable {
        /// Which PDU.
        command: CommandId,
        /// The standard's name of the field that should have come.
        field: &'static str,
    },
}

/// A message whose body ends before its text could begin. The frame's header says what to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the PDU ends before {field}")]
pub struct Unreadable {
    /// The standard's name of the field that should have come.
    pub field: &'static str,
}

/// Reads the body of a frame.
///
/// # Errors
/// [`Unreadable`], for messages only.
pub fn decode(frame: &Frame<'_>) -> Result<Decoded, Unreadable> {
    // A message owns its octets: all of its fields are parts of one copy, which does not keep the
    // buffer alive that it was read into.
    let owner = match frame.command {
        CommandId::SUBMIT_SM | CommandId::DELIVER_SM | CommandId::DATA_SM => {
            Some(Bytes::copy_from_slice(frame.body))
        }
        _ => None,
    };
    let rest = owner.as_deref().unwrap_or(frame.body);
    let mut body = Body { rest, owner: owner.as_ref(), oddities: Vec::new() };
    let pdu = read(frame, &mut body)?;
    let trailing = body.end();
    let packet = Packet { status: frame.status, sequence: frame.sequence, pdu };
    Ok(Decoded { packet, oddities: body.oddities, trailing })
}

fn read(frame: &Frame<'_>, body: &mut Body<'_>) -> Result<Pdu, Unreadable> {
    Ok(match frame.command {
        CommandId::BIND_RECEIVER => Pdu::Bind(Box::new(body.bind(BindKind::Receiver))),
        CommandId::BIND_TRANSMITTER => Pdu::Bind(Box::new(body.bind(BindKind::Transmitter))),
        CommandId::BIND_TRANSCEIVER => Pdu::Bind(Box::new(body.bind(BindKind::Transceiver))),
        CommandId::BIND_RECEIVER_RESP => {
            Pdu::BindResp(body.bind_resp(BindKind::Receiver, frame.status))
        }
        CommandId::BIND_TRANSMITTER_RESP => {
            Pdu::BindResp(body.bind_resp(BindKind::Transmitter, frame.status))
        }
        CommandId::BIND_TRANSCEIVER_RESP => {
            Pdu::BindResp(body.bind_resp(BindKind::Transceiver, frame.status))
        }
        CommandId::OUTBIND => Pdu::Outbind(Box::new(body.outbind())),
        CommandId::UNBIND => Pdu::Unbind,
        CommandId::UNBIND_RESP => Pdu::UnbindResp,
        CommandId::GENERIC_NACK => Pdu::GenericNack,
        CommandId::SUBMIT_SM => Pdu::SubmitSm(Box::new(body.short_message()?)),
        CommandId::SUBMIT_SM_RESP => Pdu::SubmitSmResp(body.message_resp(frame.status)),
        CommandId::DELIVER_SM => Pdu::DeliverSm(Box::new(body.short_message()?)),
        CommandId::DELIVER_SM_RESP => Pdu::DeliverSmResp(body.message_resp(frame.status)),
        CommandId::DATA_SM => Pdu::DataSm(Box::new(body.data()?)),
        CommandId::DATA_SM_RESP => Pdu::DataSmResp(body.message_resp(frame.status)),
        CommandId::ENQUIRE_LINK => Pdu::EnquireLink,
        CommandId::ENQUIRE_LINK_RESP => Pdu::EnquireLinkResp,
        CommandId::ALERT_NOTIFICATION => {
            Pdu::AlertNotification(Box::new(body.alert_notification()))
        }
        command => Pdu::Unknown(Unknown { command, body: body.everything() }),
    })
}

type Nom<'a> = nom::error::Error<&'a [u8]>;

/// What is left of one body, and what was odd so far.
struct Body<'a> {
    rest: &'a [u8],
    owner: Option<&'a Bytes>,
    oddities: Vec<Oddity>,
}

impl<'a> Body<'a> {
    fn bind(&mut self, kind: BindKind) -> Bind {
        Bind {
            kind,
            system_id: self.tail_string("system_id", 15),
            password: self.tail_string("password", 8),
            system_type: self.tail_string("system_type", 12),
            interface_version: self.tail_octet("interface_version"),
            addr_ton: self.tail_octet("addr_ton"),
            addr_npi: self.tail_octet("addr_npi"),
            address_range: self.tail_string("address_range", 40),
        }
    }

    fn bind_resp(&mut self, kind: BindKind, status: CommandStatus) -> BindResp {
        if self.is_header_only(status) {
            return BindResp { kind, system_id: Bytes::new(), tlvs: Tlvs::new() };
        }
        let system_id = self.tail_string("system_id", 15);
        BindResp { kind, system_id, tlvs: self.tlvs() }
    }

    fn outbind(&mut self) -> Outbind {
        Outbind {
            system_id: self.tail_string("system_id", 15),
            password: self.tail_string("password", 8),
        }
    }

    fn message_resp(&mut self, status: CommandStatus) -> MessageResp {
        if self.is_header_only(status) {
            return MessageResp::default();
        }
        let message_id = self.tail_string("message_id", 64);
        MessageResp { message_id, tlvs: self.tlvs() }
    }

    /// A refusal without a body is the standard's own (§4.4.2); anything else is odd.
    fn is_header_only(&mut self, status: CommandStatus) -> bool {
        if self.rest.is_empty() && status.is_ok() {
            self.oddities.push(Oddity::HeaderOnly);
        }
        self.rest.is_empty()
    }

    fn alert_notification(&mut self) -> AlertNotification {
        AlertNotification {
            source: self.tail_address("source_addr"),
            esme: self.tail_address("esme_addr"),
            tlvs: self.tlvs(),
        }
    }

    fn tail_address(&mut self, field: &'static str) -> Address {
        let (ton, npi) = (self.tail_octet(field), self.tail_octet(field));
        Address { ton, npi, octets: self.tail_string(field, 64) }
    }

    /// SMPP 3.4 §4.4.1, §4.6.1.
    fn short_message(&mut self) -> Result<Message, Unreadable> {
        let mut message = Message {
            service_type: self.string("service_type", 5)?,
            source: self.address("source_addr", 20)?,
            destination: self.address("destination_addr", 20)?,
            esm_class: self.octet("esm_class")?,
            protocol_id: self.octet("protocol_id")?,
            priority: self.octet("priority_flag")?,
            schedule: self.string("schedule_delivery_time", 16)?,
            validity: self.string("validity_period", 16)?,
            registered_delivery: self.octet("registered_delivery")?,
            replace_if_present: self.octet("replace_if_present_flag")?,
            data_coding: self.octet("data_coding")?,
            sm_default_msg_id: self.octet("sm_default_msg_id")?,
            ..Message::default()
        };
        message.short_message = self.text();
        message.tlvs = self.tlvs();
        if !message.short_message.is_empty() && message.tlvs.message_payload().is_some() {
            self.oddities.push(Oddity::TwoTexts);
        }
        Ok(message)
    }

    fn text(&mut self) -> Bytes {
        let said = usize::from(self.tail_octet("sm_length"));
        if said > MAX_SHORT_MESSAGE {
            self.oddities.push(Oddity::OverLong { field: "short_message", octets: said });
        }
        let had = self.rest.len();
        if said > had {
            self.oddities.push(Oddity::FalseLength { said, had });
        }
        self.cut(said)
    }

    /// SMPP 3.4 §4.7.1.
    fn data(&mut self) -> Result<Message, Unreadable> {
        Ok(Message {
            service_type: self.string("service_type", 5)?,
            source: self.address("source_addr", 64)?,
            destination: self.address("destination_addr", 64)?,
            esm_class: self.octet("esm_class")?,
            registered_delivery: self.octet("registered_delivery")?,
            data_coding: self.octet("data_coding")?,
            tlvs: self.tlvs(),
            ..Message::default()
        })
    }

    fn address(&mut self, field: &'static str, limit: usize) -> Result<Address, Unreadable> {
        let (ton, npi) = (self.octet(field)?, self.octet(field)?);
        Ok(Address { ton, npi, octets: self.string(field, limit)? })
    }

    fn octet(&mut self, field: &'static str) -> Result<u8, Unreadable> {
        let (rest, octet) = be_u8::<_, Nom<'_>>(self.rest).map_err(|_| Unreadable { field })?;
        self.rest = rest;
        Ok(octet)
    }

    /// A C-octet string with more fields behind it: without its NUL nothing behind it can be found.
    fn string(&mut self, field: &'static str, limit: usize) -> Result<Bytes, Unreadable> {
        let mut parser = terminated(take_till(|octet| octet == 0), tag(&b"\0"[..]));
        let parsed: nom::IResult<&[u8], &[u8], Nom<'_>> = parser.parse(self.rest);
        let (rest, value) = parsed.map_err(|_| Unreadable { field })?;
        self.rest = rest;
        Ok(self.keep(field, limit, value))
    }

    /// An octet that may be missing at the end of a body.
    fn tail_octet(&mut self, field: &'static str) -> u8 {
        self.octet(field).unwrap_or_else(|_| {
            self.oddities.push(Oddity::Absent { field });
            0
        })
    }

    /// A C-octet string that may lack its NUL, or be missing, at the end of a body.
    fn tail_string(&mut self, field: &'static str, limit: usize) -> Bytes {
        if self.rest.is_empty() {
            self.oddities.push(Oddity::Absent { field });
            return Bytes::new();
        }
        self.string(field, limit).unwrap_or_else(|_| {
            self.oddities.push(Oddity::MissingNul { field });
            let value = std::mem::take(&mut self.rest);
            self.keep(field, limit, value)
        })
    }

    fn keep(&mut self, field: &'static str, limit: usize, value: &[u8]) -> Bytes {
        if value.len() > limit {
            self.oddities.push(Oddity::OverLong { field, octets: value.len() });
        }
        self.own(value)
    }

    /// Octets of this body, to keep.
    fn own(&self, value: &[u8]) -> Bytes {
        match self.owner {
            // `value` is always a part of `rest`, and `rest` of `owner`.
            Some(owner) if !value.is_empty() => owner.slice_ref(value),
            _ => Bytes::copy_from_slice(value),
        }
    }

    /// SMPP 3.4 §3.2.4: parameters in any order up to the end of the frame.
    fn tlvs(&mut self) -> Tlvs {
        let mut found = Vec::new();
        while self.rest.len() >= 4 {
            found.extend(self.tlv());
        }
        found.into_iter().collect()
    }

    fn tlv(&mut self) -> Option<Tlv> {
        let parsed = (be_u16::<_, Nom<'_>>, be_u16).parse(self.rest);
        let (rest, (tag, said)) = parsed.ok()?;
        self.rest = rest;
        let (tag, said, had) = (Tag(tag), usize::from(said), rest.len());
        if said > had {
            self.oddities.push(Oddity::TlvCut { tag, said, had });
        } else if !tag.allows(said) {
            self.oddities.push(Oddity::TlvLength { tag, octets: said });
        }
        Some(Tlv { tag, value: self.cut(said) })
    }

    /// The next octets, at most as many as there are.
    fn cut(&mut self, octets: usize) -> Bytes {
        let parsed = take::<_, _, Nom<'_>>(octets.min(self.rest.len())).parse(self.rest);
        let Ok((rest, value)) = parsed else { return Bytes::new() };
        self.rest = rest;
        self.own(value)
    }

    fn everything(&mut self) -> Bytes {
        self.cut(self.rest.len())
    }

    fn end(&mut self) -> Bytes {
        if !self.rest.is_empty() {
            self.oddities.push(Oddity::Trailing { octets: self.rest.len() });
        }
        self.everything()
    }
}
