//! Properties of the codec: what is written is read again, and no octets do any harm.

use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::*;
use setara::smpp::pdu::{
    Address, AlertNotification, Bind, BindKind, BindResp, CommandId, CommandStatus, Frame, Framer,
    Message, MessageResp, Outbind, Packet, Pdu, Tag, Tlv, Tlvs, Unknown, decode, encode,
};

/// Octets of a field that ends at a NUL.
fn c_octets(limit: usize) -> impl Strategy<Value = Bytes> {
    vec(1..=255u8, 0..=limit).prop_map(Bytes::from)
}

/// A field of ASCII, as decoders of other people want it.
pub fn word(limit: usize) -> impl Strategy<Value = Bytes> {
    vec(prop::char::range('0', 'z'), 0..=limit)
        .prop_map(|word| Bytes::from(word.into_iter().collect::<String>()))
}

fn any_address(limit: usize) -> impl Strategy<Value = Address> {
    (any::<u8>(), any::<u8>(), c_octets(limit)).prop_map(|(ton, npi, octets)| Address {
        ton,
        npi,
        octets,
    })
}

fn any_tlvs() -> impl Strategy<Value = Tlvs> {
    // Tags the codec has no length for, so that none is odd.
    let unknown = (0x1400..=0x3FFFu16, vec(any::<u8>(), 0..40));
    let tlv = prop_oneof![unknown, (Just(0x0424), vec(any::<u8>(), 0..600)), known_tlv()];
    vec(tlv, 0..5).prop_map(|tlvs| {
        tlvs.into_iter().map(|(tag, value)| Tlv { tag: Tag(tag), value: value.into() }).collect()
    })
}

pub fn known_tlv() -> impl Strategy<Value = (u16, Vec<u8>)> {
    let octet = || vec(any::<u8>(), 1);
    let two = || vec(any::<u8>(), 2);
    prop_oneof![
        (Just(0x0501), octet()),
        (Just(0x1383), two()),
        (Just(0x0204), two()),
        (Just(0x020C), two()),
        (Just(0x020E), octet()),
    ]
}

fn any_message(limit: usize) -> impl Strategy<Value = Message> {
    let addresses = (c_octets(5), any_address(limit), any_address(limit));
    let times = (c_octets(16), c_octets(16));
    let octets = any::<[u8; 7]>();
    (addresses, times, octets, vec(any::<u8>(), 0..=254), any_tlvs()).prop_map(
        |(addresses, times, octets, text, mut tlvs)| {
            if !text.is_empty() {
                tlvs.remove(Tag::MESSAGE_PAYLOAD);
            }
            Message {
                service_type: addresses.0,
                source: addresses.1,
                destination: addresses.2,
                esm_class: octets[0],
                protocol_id: octets[1],
                priority: octets[2],
                schedule: times.0,
                validity: times.1,
                registered_delivery: octets[3],
                replace_if_present: octets[4],
                data_coding: octets[5],
                sm_default_msg_id: octets[6],
                short_message: text.into(),
                tlvs,
            }
        },
    )
}

/// What `data_sm` has no room for is left out.
fn data(message: Message) -> Message {
    Message {
        service_type: message.service_type,
        source: message.source,
        destination: message.destination,
        esm_class: message.esm_class,
        registered_delivery: message.registered_delivery,
        data_coding: message.data_coding,
        tlvs: message.tlvs,
        ..Message::default()
    }
}

fn any_kind() -> impl Strategy<Value = BindKind> {
    prop_oneof![Just(BindKind::Receiver), Just(BindKind::Transmitter), Just(BindKind::Transceiver)]
}

fn any_pdu() -> impl Strategy<Value = Pdu> {
    let bind =
        (any_kind(), c_octets(15), c_octets(8), c_octets(12), any::<[u8; 3]>(), c_octets(40))
            .prop_map(|(kind, system_id, password, system_type, octets, address_range)| {
                Pdu::Bind(Box::new(Bind {
                    kind,
                    system_id,
                    password,
                    system_type,
                    interface_version: octets[0],
                    addr_ton: octets[1],
                    addr_npi: octets[2],
                    address_range,
                }))
            });
    let resp = || {
        (c_octets(64), any_tlvs()).prop_map(|(message_id, tlvs)| MessageResp { message_id, tlvs })
    };
    prop_oneof![
        bind,
        (any_kind(), c_octets(15), any_tlvs())
            .prop_map(|(kind, system_id, tlvs)| Pdu::BindResp(BindResp { kind, system_id, tlvs })),
        (c_octets(15), c_octets(8)).prop_map(|(system_id, password)| {
            Pdu::Outbind(Box::new(Outbind { system_id, password }))
        }),
        Just(Pdu::Unbind),
        Just(Pdu::UnbindResp),
        Just(Pdu::GenericNack),
        Just(Pdu::EnquireLink),
        Just(Pdu::EnquireLinkResp),
        any_message(20).prop_map(|message| Pdu::SubmitSm(Box::new(message))),
        any_message(20).prop_map(|message| Pdu::DeliverSm(Box::new(message))),
        any_message(64).prop_map(|message| Pdu::DataSm(Box::new(data(message)))),
        resp().prop_map(Pdu::SubmitSmResp),
        resp().prop_map(Pdu::DeliverSmResp),
        resp().prop_map(Pdu::DataSmResp),
        (any_address(64), any_address(64), any_tlvs()).prop_map(|(source, esme, tlvs)| {
            Pdu::AlertNotification(Box::new(AlertNotification { source, esme, tlvs }))
        }),
        (0x0200..=0x0300u32, vec(any::<u8>(), 0..50)).prop_map(|(command, body)| {
            Pdu::Unknown(Unknown { command: CommandId(command), body: body.into() })
        }),
    ]
}

/// One PDU cut out of a stream and read, with the rest of the stream behind it.
pub fn read(octets: &[u8]) -> Packet {
    let mut framer = Framer::new(70_000);
    framer.push(octets);
    let decoded = decode(&framer.next_frame().unwrap().unwrap()).unwrap();
    assert_eq!(decoded.oddities, [], "{:?}", decoded.packet);
    decoded.packet
}

pub fn written(pdu: Pdu) -> Vec<u8> {
    let mut out = Vec::new();
    encode(&Packet { status: CommandStatus::ROK, sequence: 7, pdu }, &mut out).unwrap();
    out
}

const COMMANDS: [u32; 21] = [
    0x8000_0000,
    0x0000_0001,
    0x8000_0001,
    0x0000_0002,
    0x8000_0002,
    0x0000_0003,
    0x0000_0004,
    0x8000_0004,
    0x0000_0005,
    0x8000_0005,
    0x0000_0006,
    0x8000_0006,
    0x0000_0009,
    0x8000_0009,
    0x0000_000B,
    0x0000_0015,
    0x8000_0015,
    0x0000_0102,
    0x0000_0103,
    0x8000_0103,
    0x0000_1234,
];

proptest! {
    #[test]
    fn what_is_written_is_read_again(pdu in any_pdu(), sequence: u32, behind in vec(any::<u8>(), 0..40)) {
        let packet = Packet { status: CommandStatus::ROK, sequence, pdu };
        let mut out = Vec::new();
        encode(&packet, &mut out).unwrap();
        // What follows in the stream makes no difference.
        out.extend_from_slice(&behind);
        prop_assert_eq!(read(&out), packet);
    }

    #[test]
    fn no_body_does_harm_and_a_clean_one_is_written_back_as_it_came(
        command in prop::sample::select(&COMMANDS[..]),
        refused: bool,
        body in vec(prop_oneof![Just(0u8), 0..8u8, any::<u8>()], 0..120),
    ) {
        let status = if refused { CommandStatus::RSYSERR } else { CommandStatus::ROK };
        let frame = Frame { command: CommandId(command), status, sequence: 1, body: &body };
        let Ok(decoded) = decode(&frame) else { return Ok(()) };
        prop_assert_eq!(decoded.packet.pdu.command(), CommandId(command));
        let clean = decoded.oddities.is_empty() && !refused;
        let mut out = Vec::new();
        let encoded = encode(&decoded.packet, &mut out);
        if clean {
            prop_assert_eq!(encoded, Ok(()));
            prop_assert_eq!(&out[16..], &body[..]);
        }
        // Nobody reads a text or a number out of a log.
        let _ = format!("{decoded:?}");
    }

    #[test]
    fn no_stream_does_harm(stream in vec(prop_oneof![Just(0u8), Just(16u8), any::<u8>()], 0..300)) {
        let mut framer = Framer::new(200);
        for piece in stream.chunks(9) {
            framer.push(piece);
            while let Ok(Some(frame)) = framer.next_frame() {
                let _ = decode(&frame);
            }
        }
    }
}
