//! Values to octets. What the standard has no room for is refused here, before it is sent.

use bytes::Bytes;

use super::{
    Address, Bind, CommandId, CommandStatus, HEADER, MAX_SHORT_MESSAGE, Message, MessageResp,
    Packet, Pdu, Tlvs,
};

/// Why a value cannot be put on the wire. The caller's value is at fault, not the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// The field is longer than the standard allows. A long text belongs into `message_payload`.
    #[error("{field} has {octets} octets; {limit} fit")]
    TooLong {
        /// The standard's name of the field.
        field: &'static str,
        /// What it has.
        octets: usize,
        /// What fits.
        limit: usize,
    },
    /// A field that ends at a NUL has one inside.
    #[error("{field} has a NUL inside")]
    Nul {
        /// The standard's name of the field.
        field: &'static str,
    },
}

/// Appends a PDU to `out`, which is left as it was if the PDU cannot be encoded.
///
/// # Errors
/// A field that does not fit.
pub fn encode(packet: &Packet, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let command = packet.pdu.command();
    framed(command, packet.status, packet.sequence, out, |out| body(packet, out))
}

/// Appends a message as `submit_sm`, `deliver_sm` or `data_sm` without wrapping it in a [`Packet`].
///
/// # Errors
/// A field that does not fit; `out` is then left as it was.
pub fn encode_message(
    command: CommandId,
    sequence: u32,
    message: &Message,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    framed(command, CommandStatus::ROK, sequence, out, |out| match command {
        CommandId::DATA_SM => data(message, out),
        _ => short_message(message, out),
    })
}

fn framed(
    command: CommandId,
    status: CommandStatus,
    sequence: u32,
    out: &mut Vec<u8>,
    body: impl FnOnce(&mut Vec<u8>) -> Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    let start = out.len();
    for field in [0, command.0, status.0, sequence] {
        out.extend_from_slice(&field.to_be_bytes());
    }
    if let Err(error) = body(out) {
        out.truncate(start);
        return Err(error);
    }
    let octets = out.len() - start;
    match (u32::try_from(octets), out.get_mut(start..start + 4)) {
        (Ok(length), Some(field)) => field.copy_from_slice(&length.to_be_bytes()),
        _ => {
            out.truncate(start);
            return Err(EncodeError::TooLong { field: "PDU", octets, limit: u32::MAX as usize });
        }
    }
    debug_assert!(octets >= HEADER);
    Ok(())
}

fn body(packet: &Packet, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    match &packet.pdu {
        Pdu::Bind(fields) => bind(fields, out),
        // §4.1.2: no body where the bind is refused.
        Pdu::BindResp(_) if !packet.status.is_ok() => Ok(()),
        Pdu::BindResp(resp) => {
            c_octets("system_id", 15, &resp.system_id, out)?;
            tlvs(&resp.tlvs, out)
        }
        Pdu::Outbind(outbind) => {
            c_octets("system_id", 15, &outbind.system_id, out)?;
            c_octets("password", 8, &outbind.password, out)
        }
        Pdu::Unbind
        | Pdu::UnbindResp
        | Pdu::GenericNack
        | Pdu::EnquireLink
        | Pdu::EnquireLinkResp => Ok(()),
        Pdu::SubmitSm(message) | Pdu::DeliverSm(message) => short_message(message, out),
        Pdu::DataSm(message) => data(message, out),
        // §4.4.2: no body where the message is refused.
        Pdu::SubmitSmResp(_) | Pdu::DataSmResp(_) if !packet.status.is_ok() => Ok(()),
        Pdu::SubmitSmResp(resp) | Pdu::DeliverSmResp(resp) | Pdu::DataSmResp(resp) => {
            message_resp(resp, out)
        }
        Pdu::AlertNotification(alert) => {
            address("source_addr", 64, &alert.source, out)?;
            address("esme_addr", 64, &alert.esme, out)?;
            tlvs(&alert.tlvs, out)
        }
        Pdu::Unknown(unknown) => {
            out.extend_from_slice(&unknown.body);
            Ok(())
        }
    }
}

/// SMPP 3.4 §4.1.1, §4.1.3, §4.1.5.
fn bind(bind: &Bind, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    c_octets("system_id", 15, &bind.system_id, out)?;
    c_octets("password", 8, &bind.password, out)?;
    c_octets("system_type", 12, &bind.system_type, out)?;
    out.extend_from_slice(&[bind.interface_version, bind.addr_ton, bind.addr_npi]);
    c_octets("address_range", 40, &bind.address_range, out)
}

/// SMPP 3.4 §4.4.1, §4.6.1.
fn short_message(message: &Message, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    c_octets("service_type", 5, &message.service_type, out)?;
    address("source_addr", 20, &message.source, out)?;
    address("destination_addr", 20, &message.destination, out)?;
    out.extend_from_slice(&[message.esm_class, message.protocol_id, message.priority]);
    c_octets("schedule_delivery_time", 16, &message.schedule, out)?;
    c_octets("validity_period", 16, &message.validity, out)?;
    let octets = message.short_message.len();
    let sm_length = match u8::try_from(octets) {
        Ok(length) if octets <= MAX_SHORT_MESSAGE => length,
        _ => {
            let (field, limit) = ("short_message", MAX_SHORT_MESSAGE);
            return Err(EncodeError::TooLong { field, octets, limit });
        }
    };
    out.extend_from_slice(&[
        message.registered_delivery,
        message.replace_if_present,
        message.data_coding,
        message.sm_default_msg_id,
        sm_length,
    ]);
    out.extend_from_slice(&message.short_message);
    tlvs(&message.tlvs, out)
}

/// SMPP 3.4 §4.7.1. There is no `short_message`: the text goes out as `message_payload`.
fn data(message: &Message, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    c_octets("service_type", 5, &message.service_type, out)?;
    address("source_addr", 64, &message.source, out)?;
    address("destination_addr", 64, &message.destination, out)?;
    out.extend_from_slice(&[message.esm_class, message.registered_delivery, message.data_coding]);
    tlvs(&message.tlvs, out)?;
    if !message.short_message.is_empty() {
        tlv(super::Tag::MESSAGE_PAYLOAD, &message.short_message, out)?;
    }
    Ok(())
}

fn message_resp(resp: &MessageResp, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    c_octets("message_id", 64, &resp.message_id, out)?;
    tlvs(&resp.tlvs, out)
}

fn address(
    field: &'static str,
    limit: usize,
    address: &Address,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    out.extend_from_slice(&[address.ton, address.npi]);
    c_octets(field, limit, &address.octets, out)
}

/// A C-octet string of at most `limit` octets and its NUL. SMPP 3.4 §3.1.
fn c_octets(
    field: &'static str,
    limit: usize,
    value: &Bytes,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    if value.len() > limit {
        return Err(EncodeError::TooLong { field, octets: value.len(), limit });
    }
    if value.contains(&0) {
        return Err(EncodeError::Nul { field });
    }
    out.extend_from_slice(value);
    out.push(0);
    Ok(())
}

fn tlvs(tlvs: &Tlvs, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    tlvs.iter().try_for_each(|parameter| tlv(parameter.tag, &parameter.value, out))
}

/// SMPP 3.4 §3.2.4.1.
fn tlv(tag: super::Tag, value: &Bytes, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let (octets, limit) = (value.len(), usize::from(u16::MAX));
    let length = u16::try_from(octets).map_err(|_| EncodeError::TooLong {
        field: tag.name().unwrap_or("TLV"),
        octets,
        limit,
    })?;
    out.extend_from_slice(&tag.0.to_be_bytes());
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_refused_and_leaves_nothing_behind() {
        let long = Bytes::from(vec![b'1'; 255]);
        let number = |octets| Address::new(1, 1, octets);
        for (message, error) in [
            (
                Message { short_message: long.clone(), ..Message::default() },
                EncodeError::TooLong { field: "short_message", octets: 255, limit: 254 },
            ),
            (
                Message { source: number(long.slice(..21)), ..Message::default() },
                EncodeError::TooLong { field: "source_addr", octets: 21, limit: 20 },
            ),
            (
                Message { destination: number("1\x002".into()), ..Message::default() },
                EncodeError::Nul { field: "destination_addr" },
            ),
            (
                Message { service_type: "USSDXX".into(), ..Message::default() },
                EncodeError::TooLong { field: "service_type", octets: 6, limit: 5 },
            ),
            (
                Message::new(number("1".into()), number("2".into()), vec![b'a'; 65_536]),
                EncodeError::TooLong { field: "message_payload", octets: 65_536, limit: 65_535 },
            ),
        ] {
            let mut out = vec![1, 2, 3];
            assert_eq!(encode_message(CommandId::SUBMIT_SM, 1, &message, &mut out), Err(error));
            assert_eq!(out, [1, 2, 3]);
        }
    }

    #[test]
    fn refusals_have_no_body() {
        let resp = MessageResp { message_id: "7".into(), tlvs: Tlvs::new() };
        for (pdu, refused, accepted) in [
            (Pdu::SubmitSmResp(resp.clone()), 16, 18),
            (Pdu::DataSmResp(resp.clone()), 16, 18),
            (Pdu::DeliverSmResp(resp), 18, 18),
        ] {
            for (status, octets) in
                [(CommandStatus::RSYSERR, refused), (CommandStatus::ROK, accepted)]
            {
                let mut out = Vec::new();
                encode(&Packet { status, sequence: 1, pdu: pdu.clone() }, &mut out).unwrap();
                assert_eq!(out.len(), octets, "{pdu:?} {status}");
            }
        }
    }
}
