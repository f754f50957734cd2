use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const OURS: &str = "106540352242922";
const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn event(value: Value) -> Vec<u8> {
    let change = json!({"field": "messages", "value": value});
    let entry = json!({"id": "102290129340398", "changes": [change]});
    serde_json::to_vec(&json!({"object": "whatsapp_business_account", "entry": [entry]})).unwrap()
}

/// An event with these messages, of somebody with a number and an id.
fn written(messages: Value) -> Vec<u8> {
    event(json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": OURS},
        "contacts": [{
            "profile": {"name": "Siti"}, "wa_id": "6281234567890", "user_id": "ID.1349",
            "identity_key_hash": "DF2lS5v2W6x="
        }],
        "messages": messages,
    }))
}

fn read(body: &[u8]) -> Heard {
    parse(body, OURS, NOW).unwrap()
}

/// What the only message of a body says.
fn what_of(kind: &str, content: Value) -> What {
    let body = written(json!([{
        "from": "6281234567890", "id": "wamid.A", "timestamp": "1749416383", "type": kind, kind: content,
    }]));
    match read(&body).events.remove(0) {
        Event::Message(message) => message.what,
        Event::Status(_) => panic!("a message"),
    }
}

#[test]
fn a_message_says_who_when_and_what() {
    let body = written(json!([{
        "from": "6281234567890", "id": "wamid.HBgN", "timestamp": "1749416383", "type": "text",
        "text": {"body": "halo\u{0} dunia\n"},
    }]));
    let message = Message {
        chat: ChatId::new(Some("ID.1349"), Some("6281234567890")).unwrap(),
        id: "wamid.HBgN".into(),
        at: Timestamp::from_millis(1_749_416_383_000),
        what: What::Text("halo dunia\n".into()),
        identity_key_hash: Some("DF2lS5v2W6x=".into()),
    };
    let shown = format!("{message:?}");
    assert!(
        !shown.contains("halo") && !shown.contains("wamid") && !shown.contains("678"),
        "{shown}"
    );
    assert_eq!(read(&body), Heard { events: vec![Event::Message(message)], foreign: 0, spoilt: 0 });
}

#[test]
fn every_type_is_something() {
    let text = |said: &str| What::Text(said.into());
    let tap = |screen: &str, id: &str| What::Tap { screen: screen.into(), id: id.into() };
    let list =
        |id: &str| json!({"type": "list_reply", "list_reply": {"id": id, "title": "Daftar"}});
    for (kind, content, what) in [
        ("text", json!({"body": "1"}), text("1")),
        ("text", json!({"body": ""}), text("")),
        ("text", json!({}), What::Other(Kind::Unknown)),
        ("interactive", list("home/register"), tap("home", "register")),
        ("interactive", list("old-id"), text("Daftar")),
        (
            "interactive",
            json!({"type": "button_reply", "button_reply": {"id": "home/0", "title": "Kembali"}}),
            tap("home", "0"),
        ),
        (
            "interactive",
            json!({"type": "nfm_reply", "nfm_reply": {"response_json": "{}"}}),
            What::Other(Kind::Form),
        ),
        ("button", json!({"payload": "STOP", "text": "Berhenti"}), text("STOP")),
        ("button", json!({"payload": "home/register"}), tap("home", "register")),
        ("button", json!({"text": "Berhenti"}), text("Berhenti")),
        ("image", json!({"id": "1", "caption": "KTP"}), What::Other(Kind::Media)),
        ("document", json!({"id": "1"}), What::Other(Kind::Media)),
        ("audio", json!({"id": "1", "voice": true}), What::Other(Kind::Media)),
        ("video", json!({"id": "1"}), What::Other(Kind::Media)),
        ("sticker", json!({"id": "1"}), What::Other(Kind::Media)),
        ("contacts", json!([{"name": {}}]), What::Other(Kind::Contacts)),
        ("order", json!({"catalog_id": "1"}), What::Other(Kind::Order)),
        ("reaction", json!({"message_id": "wamid.B", "emoji": "👍"}), What::Reaction),
        (
            "location",
            json!({"latitude": -6.2, "longitude": "106.8", "name": "Monas"}),
            What::Location { latitude: -6.2, longitude: 106.8 },
        ),
        ("location", json!({"latitude": 91, "longitude": 0}), What::Other(Kind::Unknown)),
        (
            "system",
            json!({"body": "User A changed", "wa_id": "6281200000000", "type": "user_changed_number"}),
            What::NumberChanged { to: ChatId::new(None, Some("6281200000000")).unwrap() },
        ),
        (
            "system",
            json!({"new_wa_id": 6281200000000_u64, "type": "customer_changed_number"}),
            What::NumberChanged { to: ChatId::new(None, Some("6281200000000")).unwrap() },
        ),
        (
            "system",
            json!({"type": "customer_identity_changed", "identity": {"hash": "x"}}),
            What::IdentityChanged,
        ),
        ("system", json!({"type": "group_renamed"}), What::Other(Kind::System)),
        ("request_welcome", json!(null), What::Other(Kind::Welcome)),
        ("unsupported", json!({"type": "poll"}), What::Other(Kind::Unknown)),
        ("holo_call", json!({"any": ["thing"]}), What::Other(Kind::Unknown)),
    ] {
        let heard = what_of(kind, content.clone());
        assert!(heard == what, "{kind} {content}: {heard:?}");
    }
    assert!(what_of("text", json!({"body": "a".repeat(5000)})) == text(&"a".repeat(LONGEST)));
}

#[test]
fn somebody_without_a_number_is_somebody() {
    let body = event(json!({
        "metadata": {"phone_number_id": OURS},
        "contacts": [{"profile": {"name": "Siti"}, "user_id": "ID.1349"}],
        "messages": [{"from_user_id": "ID.1349", "id": "wamid.A", "timestamp": 1749416383, "type": "sticker"}],
    }));
    let Event::Message(message) = &read(&body).events[0] else { panic!("a message") };
    assert_eq!(message.chat, ChatId::new(Some("ID.1349"), None).unwrap());
}

#[test]
fn nobody_speaks_for_another() {
    let contact = |phone: &str, user: &str| json!({"wa_id": phone, "user_id": user});
    let both = [contact("6281200000001", "ID.1"), contact("6281200000002", "ID.2")];
    let message =
        |from: Value| json!({"from": from, "id": "wamid.A", "type": "text", "text": {"body": "x"}});
    let chats = |contacts: &[Value], from: &[Value]| {
        let messages: Vec<Value> = from.iter().cloned().map(message).collect();
        let body = event(json!({
            "metadata": {"phone_number_id": OURS}, "contacts": contacts, "messages": messages,
        }));
        let heard = read(&body);
        let chat = |event: &Event| match event {
            Event::Message(message) => message.chat.names().remove(0),
            Event::Status(_) => panic!("a message"),
        };
        (heard.events.iter().map(chat).collect::<Vec<_>>(), heard.spoilt)
    };
    let (one, two) = (json!("6281200000001"), json!("6281200000002"));
    assert_eq!(
        chats(&both, &[two, one.clone()]),
        (vec!["user ID.2".into(), "user ID.1".into()], 0)
    );
    // Whoever is not introduced is who the message says.
    assert_eq!(
        chats(&both[1..], std::slice::from_ref(&one)),
        (vec!["phone 6281200000001".into()], 0)
    );
    assert_eq!(chats(&both[..1], &[json!(null)]), (vec!["user ID.1".into()], 0));
    assert_eq!(chats(&both, &[json!(null)]), (vec![], 1));
    assert_eq!(chats(&both[..1], &[json!(null), one]), (vec!["user ID.1".into()], 1));
    assert_eq!(chats(&[], &[json!("nobody")]), (vec![], 1));
}

#[test]
fn what_became_of_ours() {
    let status = |status: &str, errors: Value| json!({"id": "wamid.B", "status": status, "timestamp": "1749416383000", "errors": errors});
    let statuses = [
        (status("sent", json!(null)), Some(Became::Sent)),
        (status("delivered", json!([])), Some(Became::Delivered)),
        (status("read", json!(null)), Some(Became::Read)),
        (status("failed", json!([{"code": 131_026}])), Some(Became::Failed { code: 131_026 })),
        (status("failed", json!([{"code": "131047"}])), Some(Became::Failed { code: 131_047 })),
        (status("failed", json!([{"code": -1}])), Some(Became::Failed { code: 0 })),
        (status("failed", json!("?")), Some(Became::Failed { code: 0 })),
        (status("warning", json!(null)), None),
    ];
    for (status, what) in statuses {
        let body = event(json!({"metadata": {"phone_number_id": OURS}, "statuses": [status]}));
        let (id, at) = ("wamid.B".into(), Timestamp::from_millis(1_749_416_383_000));
        let events: Vec<Event> =
            what.map(|what| Event::Status(Status { id, what, at })).into_iter().collect();
        let spoilt = 1 - events.len();
        assert_eq!(read(&body), Heard { events, foreign: 0, spoilt });
    }
}

#[test]
fn what_is_odd_spoils_only_itself() {
    let good =
        json!({"from": "6281234567890", "id": "wamid.A", "type": "text", "text": {"body": "x"}});
    let odd = [
        json!(null),
        json!("text"),
        json!({"id": "wamid.A", "from": "6281234567890"}),
        json!({"id": "", "from": "6281234567890", "type": "text"}),
        json!({"id": "with blank", "from": "6281234567890", "type": "text"}),
        json!({"id": "w".repeat(257), "from": "6281234567890", "type": "text"}),
        json!({"from": "6281234567890", "type": "text", "text": {"body": "no id"}}),
    ];
    let mut messages: Vec<Value> = odd.into();
    messages.push(good);
    let heard = read(&written(json!(messages)));
    // A message without a type is one that nobody has heard of.
    assert_eq!((heard.events.len(), heard.spoilt), (2, 6));
}

#[test]
fn other_numbers_are_passed_over() {
    let other = |id: Value| {
        event(
            json!({"metadata": {"phone_number_id": id}, "messages": [{"id": "a", "from": "6281234567890"}]}),
        )
    };
    for id in [json!("106540352242923"), json!(null), json!("")] {
        assert_eq!(read(&other(id)), Heard { foreign: 1, ..Heard::default() });
    }
    assert_eq!(read(&other(json!(106540352242922_u64))).events.len(), 1);
    let template = event(json!({"event": "APPROVED", "message_template_name": "kabar"}));
    assert_eq!(read(&template).foreign, 1);
}

#[test]
fn moments_are_seconds_or_milliseconds() {
    for (said, millis) in [
        (json!("1749416383"), 1_749_416_383_000),
        (json!(1749416383), 1_749_416_383_000),
        (json!("1749416383123"), 1_749_416_383_123),
        (json!(null), NOW.millis()),
        (json!("soon"), NOW.millis()),
        (json!("-5"), NOW.millis()),
        (json!("9999999999"), NOW.millis()),
        (json!(u64::MAX), NOW.millis()),
    ] {
        assert_eq!(moment(&said, NOW).millis(), millis, "{said}");
    }
}

#[test]
fn many_in_one_body() {
    let message = |at: usize| json!({"from": "6281234567890", "id": format!("wamid.{at}"), "type": "text", "text": {"body": "x"}});
    let many = |count: usize| written((0..count).map(message).collect());
    assert_eq!(read(&many(5000)).events.len(), 5000);
    assert_eq!(parse(&many(MOST + 1), OURS, NOW), Err(ParseError::TooMany));
    for no_event in [&b""[..], b"{", b"[]", b"null", b"\"text\"", &[0xff, 0xfe], &[b'['; 5000]] {
        assert_eq!(parse(no_event, OURS, NOW), Err(ParseError::NotJson));
    }
    assert_eq!(read(b"{}"), Heard::default());
}

/// Values of every kind, with the words of the API at every place.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!(OURS)),
        Just(json!("6281234567890")),
        Just(json!("home/a")),
        prop::sample::select(
            &["text", "interactive", "button", "system", "location", "failed"][..]
        )
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 6, |inner| {
        let name = prop::sample::select(
            &[
                "entry",
                "changes",
                "value",
                "metadata",
                "phone_number_id",
                "contacts",
                "messages",
                "statuses",
                "from",
                "id",
                "type",
                "text",
                "body",
                "interactive",
                "list_reply",
                "status",
                "errors",
                "code",
                "system",
                "wa_id",
                "user_id",
                "location",
                "latitude",
                "longitude",
            ][..],
        );
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..5).prop_map(|fields| {
                Value::Object(
                    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
                )
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_octets_are_read(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse(&octets, OURS, NOW);
    }

    #[test]
    fn any_message_is_read(messages in prop::collection::vec(anything(), 0..4), other in anything()) {
        let whole = messages.len();
        let heard = read(&written(json!(messages)));
        prop_assert_eq!(heard.events.len() + heard.spoilt, whole);
        let _ = parse(&event(other.clone()), OURS, NOW);
        let _ = parse(&serde_json::to_vec(&other).unwrap(), OURS, NOW);
        for event in heard.events {
            if let Event::Message(message) = event {
                prop_assert!(message.at <= NOW);
            }
        }
    }
}
