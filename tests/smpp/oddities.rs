//! What real SMSCs send and the standard does not: one row each. All of it is read as well as can
//! be, reported, and harms nobody else; then a session shows that the link lives on.

use std::time::{Duration, Instant};

use setara::smpp::pdu::{
    Bind, BindKind, CommandId, CommandStatus, Frame, Framer, Oddity, Packet, Pdu, Tag, Unreadable,
    decode,
};
use setara::smpp::session::{Closed, Event, Session, Settings};

/// `service_type`, both addresses, flags and times: everything before `sm_length`.
const HEAD: &[u8] = b"\0\x01\x01628120000001\0\x03\x00119\0\0\0\0\0\0\0\0\0\0";

fn head(rest: &[u8]) -> Vec<u8> {
    [HEAD, rest].concat()
}

fn of(command: CommandId, status: u32, body: &[u8]) -> (Packet, Vec<Oddity>) {
    let frame = Frame { command, status: CommandStatus(status), sequence: 1, body };
    let decoded = decode(&frame).unwrap();
    (decoded.packet, decoded.oddities)
}

#[test]
fn messages() {
    let tag = Tag::USSD_SERVICE_OP;
    let long =
        [&b"\0\x01\x01"[..], &[b'1'; 30], b"\0\x03\x00119\0\0\0\0\0\0\0\0\0\0\x01a"].concat();
    type Row<'a> = (&'a str, Vec<u8>, &'a [u8], usize, &'a [Oddity]);
    let rows: &[Row<'_>] = &[
        ("as the standard has it", head(b"\x05*119#\x05\x01\0\x01\x01"), b"*119#", 1, &[]),
        (
            "sm_length beyond the frame",
            head(b"\xC8*119#"),
            b"*119#",
            0,
            &[Oddity::FalseLength { said: 200, had: 5 }],
        ),
        (
            "sm_length too small, the rest makes no TLV",
            head(b"\x02*119"),
            b"*1",
            0,
            &[Oddity::Trailing { octets: 2 }],
        ),
        ("sm_length missing", head(b""), b"", 0, &[Oddity::Absent { field: "sm_length" }]),
        (
            "sm_length 255",
            head(&[&[255][..], &[b'a'; 255]].concat()),
            &[b'a'; 255],
            0,
            &[Oddity::OverLong { field: "short_message", octets: 255 }],
        ),
        ("a NUL inside the text: @ is 0x00", head(b"\x03a\0b"), b"a\0b", 0, &[]),
        ("text in message_payload", head(b"\0\x04\x24\0\x02hi"), b"hi", 1, &[]),
        ("text in both places", head(b"\x01a\x04\x24\0\x02hi"), b"a", 1, &[Oddity::TwoTexts]),
        (
            "a TLV longer than the frame",
            head(b"\x01a\x05\x01\0\x09\x02"),
            b"a",
            1,
            &[Oddity::TlvCut { tag, said: 9, had: 1 }],
        ),
        (
            "a TLV of odd length",
            head(b"\x01a\x05\x01\0\x02\0\x02"),
            b"a",
            1,
            &[Oddity::TlvLength { tag, octets: 2 }],
        ),
        (
            "an empty TLV",
            head(b"\x01a\x05\x01\0\0"),
            b"a",
            1,
            &[Oddity::TlvLength { tag, octets: 0 }],
        ),
        ("an unknown TLV", head(b"\x01a\x33\x33\0\x02xy"), b"a", 1, &[]),
        ("message_state 0", head(b"\x01a\x04\x27\0\x01\0"), b"a", 1, &[]),
        (
            "octets behind the last TLV",
            head(b"\x01a\x05\x01\0\x01\x02\0\0\0"),
            b"a",
            1,
            &[Oddity::Trailing { octets: 3 }],
        ),
        (
            "an address of 30 octets",
            long,
            b"a",
            0,
            &[Oddity::OverLong { field: "source_addr", octets: 30 }],
        ),
        (
            "an address that is not ASCII",
            b"\0\x05\0Pos\xE9\0\x03\x00119\0\0\0\0\0\0\0\0\0\0\x01a".to_vec(),
            b"a",
            0,
            &[],
        ),
    ];
    for (name, body, text, tlvs, oddities) in rows {
        let (packet, found) = of(CommandId::DELIVER_SM, 0, body);
        let Pdu::DeliverSm(message) = packet.pdu else { panic!("{name}") };
        assert_eq!(message.text_octets(), text, "{name}");
        assert_eq!(message.tlvs.len(), *tlvs, "{name}");
        assert_eq!(found, *oddities, "{name}");
    }
}

#[test]
fn responses() {
    let id = Oddity::MissingNul { field: "message_id" };
    type Row<'a> = (&'a str, u32, &'a [u8], &'a [u8], &'a [Oddity]);
    let rows: &[Row<'_>] = &[
        ("as the standard has it", 0, b"id\0", b"id", &[]),
        ("a refusal without a body", 0x58, b"", b"", &[]),
        ("a refusal with a body", 0x58, b"\0", b"", &[]),
        ("a success without a body", 0, b"", b"", &[Oddity::HeaderOnly]),
        ("no NUL", 0, b"id", b"id", &[id]),
        ("octets behind the NUL", 0, b"id\0\0", b"id", &[Oddity::Trailing { octets: 1 }]),
        ("a TLV that 3.4 does not know", 0, b"id\0\x04\x23\0\x03\x03\0\x01", b"id", &[]),
        (
            "an id of 70 octets",
            0,
            &[b'1'; 70],
            &[b'1'; 70],
            &[id, Oddity::OverLong { field: "message_id", octets: 70 }],
        ),
    ];
    for (name, status, body, message_id, oddities) in rows {
        let (packet, found) = of(CommandId::SUBMIT_SM_RESP, *status, body);
        let Pdu::SubmitSmResp(resp) = packet.pdu else { panic!("{name}") };
        assert_eq!(
            (resp.message_id, &found[..]),
            ((*message_id).to_vec().into(), *oddities),
            "{name}"
        );
    }
    for (status, body, oddities) in [
        (0x0D, &b""[..], &[][..]),
        (0, b"", &[Oddity::HeaderOnly]),
        (0, b"smsc", &[Oddity::MissingNul { field: "system_id" }]),
        (
            0,
            b"smsc\0\x02\x10\0\x02\0\x34",
            &[Oddity::TlvLength { tag: Tag::SC_INTERFACE_VERSION, octets: 2 }],
        ),
    ] {
        let (packet, found) = of(CommandId::BIND_TRANSCEIVER_RESP, status, body);
        let Pdu::BindResp(resp) = packet.pdu else { panic!() };
        assert_eq!(found, oddities);
        assert!(resp.tlvs.is_empty() || resp.tlvs.sc_interface_version() == Some(0x34));
    }
}

#[test]
fn a_bind_may_end_early() {
    let (packet, oddities) = of(CommandId::BIND_RECEIVER, 0, b"me\0secret\0\0\x33");
    let Pdu::Bind(bind) = packet.pdu else { panic!() };
    assert_eq!((&bind.system_id[..], &bind.password[..]), (&b"me"[..], &b"secret"[..]));
    assert_eq!(bind.interface_version, 0x33);
    let absent = ["addr_ton", "addr_npi", "address_range"].map(|field| Oddity::Absent { field });
    assert_eq!(oddities, absent);
}

#[test]
fn a_false_length_does_not_read_the_next_message() {
    let first = pdu(5, 1, &head(b"\xFEone"));
    let second = pdu(5, 2, &head(b"\x03two"));
    let mut framer = Framer::new(1000);
    framer.push(&[first, second].concat());
    for text in ["one", "two"] {
        let decoded = decode(&framer.next_frame().unwrap().unwrap()).unwrap();
        let Pdu::DeliverSm(message) = decoded.packet.pdu else { panic!() };
        assert_eq!(message.text_octets(), text);
    }
    assert!(framer.next_frame().unwrap().is_none());
}

#[test]
fn a_message_cut_before_its_text_is_unreadable() {
    for (octets, field) in [
        (0, "service_type"),
        (1, "source_addr"),
        (9, "source_addr"),
        (20, "destination_addr"),
        (24, "priority_flag"),
        (28, "replace_if_present_flag"),
    ] {
        let body = &HEAD[..octets];
        let (status, sequence) = (CommandStatus::ROK, 1);
        let frame = Frame { command: CommandId::DELIVER_SM, status, sequence, body };
        assert_eq!(decode(&frame).err(), Some(Unreadable { field }), "{octets}");
    }
}

fn pdu(command: u32, sequence: u32, body: &[u8]) -> Vec<u8> {
    let length = 16 + u32::try_from(body.len()).unwrap();
    let mut pdu = Vec::new();
    for field in [length, command, 0, sequence] {
        pdu.extend_from_slice(&field.to_be_bytes());
    }
    pdu.extend_from_slice(body);
    pdu
}

/// What a bound ESME answers, as (command, status, sequence).
fn answers(octets: &[u8]) -> (Vec<(u32, u32, u32)>, Option<Closed>) {
    let now = Instant::now();
    let bind = Bind {
        kind: BindKind::Transceiver,
        system_id: "me".into(),
        password: "".into(),
        system_type: "".into(),
        interface_version: 0x34,
        addr_ton: 0,
        addr_npi: 0,
        address_range: "".into(),
    };
    let mut session = Session::<()>::esme(bind, Settings::default(), now).unwrap();
    let mut out = Vec::new();
    session.poll_transmit(&mut out);
    out.clear();
    session.handle_octets(&pdu(0x8000_0009, 1, b"smsc\0"), now);
    assert!(matches!(session.poll_event(), Some(Event::Bound { .. })));
    session.handle_octets(octets, now + Duration::from_secs(1));
    session.poll_transmit(&mut out);
    let mut framer = Framer::new(1000);
    framer.push(&out);
    let mut answers = Vec::new();
    while let Some(frame) = framer.next_frame().unwrap() {
        answers.push((frame.command.0, frame.status.0, frame.sequence));
    }
    (answers, session.closed())
}

#[test]
fn the_link_lives_on_after_every_odd_pdu_but_one() {
    let enquire = pdu(0x15, 9, b"");
    for (name, octets, answer) in [
        ("an unknown request", pdu(0x0777, 3, b"what"), Some((0x8000_0000, 3, 3))),
        ("query_sm is not for an ESME", pdu(3, 3, b"1\0\0\0\0"), Some((0x8000_0000, 3, 3))),
        ("an unknown response", pdu(0x8000_0777, 3, b""), None),
        ("a nack of nothing", pdu(0x8000_0000, 0, b""), None),
        ("a response nobody asked for", pdu(0x8000_0004, 77, b"id\0"), None),
        ("a second bind_resp", pdu(0x8000_0009, 1, b"smsc\0"), None),
        ("unbind_resp without unbind", pdu(0x8000_0006, 1, b""), None),
        ("submit_sm to an ESME", pdu(4, 3, &head(b"\x01a")), Some((0x8000_0004, 4, 3))),
        ("a bind to an ESME", pdu(1, 3, b"me\0\0\0\x34\0\0\0"), Some((0x8000_0001, 4, 3))),
        ("an unreadable message", pdu(5, 3, b"\0\x01"), Some((0x8000_0005, 0x65, 3))),
        ("an unreadable data_sm", pdu(0x103, 3, b"\0\x01"), Some((0x8000_0103, 0x65, 3))),
        ("enquire_link with a body", pdu(0x15, 3, b"hello"), Some((0x8000_0015, 0, 3))),
        ("outbind in a session", pdu(0x0B, 3, b"smsc\0x\0"), None),
        ("sequence number 0", pdu(0x15, 0, b""), Some((0x8000_0015, 0, 0))),
        (
            "a sequence number out of range",
            pdu(0x15, u32::MAX, b""),
            Some((0x8000_0015, 0, u32::MAX)),
        ),
        ("alert_notification", pdu(0x102, 3, b"\0\0\x31\0\0\0\0"), None),
    ] {
        let (found, closed) = answers(&[octets, enquire.clone()].concat());
        let alive = (0x8000_0015, 0, 9);
        let wanted: Vec<_> = answer.into_iter().chain([alive]).collect();
        assert_eq!((found, closed), (wanted, None), "{name}");
    }
    for length in [0, 15, 200_000, u32::MAX] {
        let octets = [&length.to_be_bytes()[..], &enquire].concat();
        let (found, closed) = answers(&octets);
        assert_eq!(found, [(0x8000_0000, 2, 0)]);
        assert_eq!(closed, Some(Closed::Unframable { length }));
    }
}
