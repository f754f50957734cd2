//! Codecs of other people, both ways: what we write they read and write back octet for octet, and
//! what they write we read. Values stay inside what they support; what they do not is in `oddities`.

use bytes::{Bytes, BytesMut};
use proptest::collection::vec;
use proptest::prelude::*;
use rusmpp::decode::DecodeWithLength;
use rusmpp::encode::{Encode, Length};
use setara::smpp::pdu::{
    Address, BindKind, BindResp, CommandStatus, Message, MessageResp, Packet, Pdu, Tag, Tlv, Tlvs,
};
use smpp34::CommandHeader;

use crate::codec::{known_tlv, read, word, written};

fn address() -> impl Strategy<Value = Address> {
    (0..=6u8, 0..=1u8, word(20)).prop_map(|(ton, npi, octets)| Address { ton, npi, octets })
}

fn time() -> impl Strategy<Value = Bytes> {
    prop_oneof![Just(Bytes::new()), Just(Bytes::from_static(b"000000000500000R"))]
}

fn tlvs() -> impl Strategy<Value = Tlvs> {
    let payload = (Just(0x0424), vec(any::<u8>(), 1..300));
    let vendor = (0x1400..=0x1FFFu16, vec(any::<u8>(), 1..20));
    vec(prop_oneof![known_tlv(), payload, vendor], 0..4).prop_map(|tlvs| {
        tlvs.into_iter().map(|(tag, value)| Tlv { tag: Tag(tag), value: value.into() }).collect()
    })
}

fn message() -> impl Strategy<Value = Message> {
    let addresses = (word(5), address(), address());
    (addresses, time(), time(), any::<[u8; 7]>(), vec(any::<u8>(), 0..=254), tlvs()).prop_map(
        |(addresses, schedule, validity, octets, text, mut tlvs)| {
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
                schedule,
                validity,
                registered_delivery: octets[3] & 0x1F,
                replace_if_present: octets[4] & 1,
                data_coding: octets[5],
                sm_default_msg_id: octets[6],
                short_message: text.into(),
                tlvs,
            }
        },
    )
}

fn rusmpp_reads(octets: &[u8]) -> rusmpp::Command {
    let mut body = BytesMut::from(&octets[4..]);
    let length = body.len();
    let (command, taken) = rusmpp::Command::decode(&mut body, length).unwrap();
    assert_eq!(taken, length);
    command
}

fn rusmpp_writes(command: &rusmpp::Command) -> Vec<u8> {
    let mut out = vec![0; 4 + command.length()];
    let length = u32::try_from(out.len()).unwrap();
    out[..4].copy_from_slice(&length.to_be_bytes());
    command.encode(&mut out[4..]);
    out
}

fn header(octets: &[u8]) -> CommandHeader {
    CommandHeader::decode(octets).unwrap()
}

fn text(octets: &Bytes) -> String {
    String::from_utf8(octets.to_vec()).unwrap()
}

proptest! {
    #[test]
    fn rusmpp_and_we_agree_on_messages(message in message(), deliver: bool) {
        let pdu = match deliver {
            true => Pdu::DeliverSm(Box::new(message.clone())),
            false => Pdu::SubmitSm(Box::new(message.clone())),
        };
        let octets = written(pdu.clone());
        let command = rusmpp_reads(&octets);
        prop_assert_eq!(command.sequence_number(), 7);
        if let Some(rusmpp::Pdu::SubmitSm(theirs)) = command.pdu() {
            prop_assert_eq!(theirs.source_addr.as_str().as_bytes(), &message.source.octets[..]);
            prop_assert_eq!(theirs.destination_addr.as_str().as_bytes(), &message.destination.octets[..]);
            prop_assert_eq!(u8::from(theirs.dest_addr_ton), message.destination.ton);
            prop_assert_eq!(u8::from(theirs.esm_class), message.esm_class);
            prop_assert_eq!(theirs.short_message().as_ref(), &message.short_message[..]);
            prop_assert_eq!(theirs.tlvs().len(), message.tlvs.len());
        } else {
            prop_assert!(deliver);
        }
        let back = rusmpp_writes(&command);
        prop_assert_eq!(&back, &octets);
        prop_assert_eq!(read(&back).pdu, pdu);
    }

    #[test]
    fn smpp34_and_we_agree_on_messages(message in message()) {
        let octets = written(Pdu::SubmitSm(Box::new(message.clone())));
        let theirs = smpp34::submit_sm::decode(header(&octets), &octets).unwrap();
        prop_assert_eq!(theirs.source_addr.as_bytes(), &message.source.octets[..]);
        prop_assert_eq!(theirs.destination_addr.as_bytes(), &message.destination.octets[..]);
        prop_assert_eq!(theirs.validity_period.as_bytes(), &message.validity[..]);
        prop_assert_eq!(theirs.esm_class, message.esm_class);
        prop_assert_eq!(theirs.data_coding, message.data_coding);
        prop_assert_eq!(&theirs.short_message[..], &message.short_message[..]);
        for (their, our) in theirs.tlvs.iter().zip(&message.tlvs) {
            prop_assert_eq!((their.tag, &their.value[..]), (our.tag.0, &our.value[..]));
        }
        prop_assert_eq!(&theirs.encode(), &octets);

        let octets = written(Pdu::DeliverSm(Box::new(message)));
        let theirs = smpp34::deliver_sm::decode(header(&octets), &octets).unwrap();
        prop_assert_eq!(&theirs.encode(), &octets);
    }

    #[test]
    fn we_read_what_smpp34_makes_of_its_own_values(message in message(), id in word(64)) {
        let theirs = smpp34::submit_sm::new(
            7,
            text(&message.service_type),
            message.source.ton,
            message.source.npi,
            text(&message.source.octets),
            message.destination.ton,
            message.destination.npi,
            text(&message.destination.octets),
            message.esm_class,
            message.protocol_id,
            message.priority,
            text(&message.schedule),
            text(&message.validity),
            message.registered_delivery,
            message.replace_if_present,
            message.data_coding,
            message.sm_default_msg_id,
            message.short_message.to_vec(),
        );
        let tlvs = message.tlvs.iter().map(|tlv| smpp34::Tlv::new(tlv.tag.0, tlv.value.to_vec()));
        let theirs = theirs.with_tlvs(tlvs);
        let packet = read(&theirs.clone().encode());
        prop_assert_eq!(packet.sequence, 7);
        prop_assert_eq!(packet.pdu, Pdu::SubmitSm(Box::new(message)));

        let resp = MessageResp { message_id: id.clone(), tlvs: Tlvs::new() };
        let packet = read(&theirs.clone().accept(text(&id)).encode());
        prop_assert_eq!(packet.pdu, Pdu::SubmitSmResp(resp));
        let packet = read(&theirs.reject(smpp34::SmppError::ESME_RTHROTTLED).encode());
        prop_assert_eq!(packet.status, CommandStatus::RTHROTTLED);
    }

    #[test]
    fn both_read_our_responses(id in word(64)) {
        let resp = MessageResp { message_id: id.clone(), tlvs: Tlvs::new() };
        for pdu in [Pdu::SubmitSmResp(resp.clone()), Pdu::DeliverSmResp(resp)] {
            let octets = written(pdu.clone());
            let back = rusmpp_writes(&rusmpp_reads(&octets));
            prop_assert_eq!(read(&back).pdu, pdu);
        }
        let octets = written(Pdu::SubmitSmResp(MessageResp { message_id: id.clone(), tlvs: Tlvs::new() }));
        let theirs = smpp34::submit_sm_resp::decode(header(&octets), &octets).unwrap();
        prop_assert_eq!(theirs.message_id, Some(text(&id)));
    }

    #[test]
    fn both_agree_on_binds(system_id in word(15), password in word(8), system_type in word(12), range in word(40)) {
        let bind = setara::smpp::pdu::Bind {
            kind: BindKind::Transceiver,
            system_id: system_id.clone(),
            password: password.clone(),
            system_type,
            interface_version: 0x34,
            addr_ton: 1,
            addr_npi: 1,
            address_range: range,
        };
        let octets = written(Pdu::Bind(Box::new(bind.clone())));
        let theirs = smpp34::bind_transceiver::decode(header(&octets), &octets).unwrap();
        prop_assert_eq!((&theirs.system_id, &theirs.password), (&text(&system_id), &text(&password)));
        prop_assert_eq!(&theirs.clone().encode(), &octets);
        let packet = read(&theirs.accept(text(&system_id), Some(0x34)).encode());
        let mut tlvs = Tlvs::new();
        tlvs.set_u8(Tag::SC_INTERFACE_VERSION, 0x34);
        let resp = Pdu::BindResp(BindResp { kind: BindKind::Transceiver, system_id, tlvs });
        prop_assert_eq!(&packet.pdu, &resp);
        prop_assert_eq!(rusmpp_writes(&rusmpp_reads(&written(resp.clone()))), written(resp));
        for kind in [BindKind::Receiver, BindKind::Transmitter, BindKind::Transceiver] {
            let octets = written(Pdu::Bind(Box::new(setara::smpp::pdu::Bind { kind, ..bind.clone() })));
            prop_assert_eq!(rusmpp_writes(&rusmpp_reads(&octets)), octets);
        }
    }
}

#[test]
fn both_agree_on_pdus_without_a_body() {
    for pdu in
        [Pdu::EnquireLink, Pdu::EnquireLinkResp, Pdu::Unbind, Pdu::UnbindResp, Pdu::GenericNack]
    {
        let octets = written(pdu.clone());
        let back = rusmpp_writes(&rusmpp_reads(&octets));
        assert_eq!(read(&back), Packet { status: CommandStatus::ROK, sequence: 7, pdu });
    }
    let nack = smpp34::generic_nack::new(smpp34::SmppError::ESME_RINVCMDID, 9).encode();
    let status = CommandStatus::RINVCMDID;
    assert_eq!(read(&nack), Packet { status, sequence: 9, pdu: Pdu::GenericNack });
    let enquiry = smpp34::enquire_link::new(4).encode();
    let status = CommandStatus::ROK;
    assert_eq!(read(&enquiry), Packet { status, sequence: 4, pdu: Pdu::EnquireLink });
}
