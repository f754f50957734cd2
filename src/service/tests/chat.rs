//! The chats that a phone is bound to.

use std::time::Duration;

use super::*;
use crate::service::{chat::bound::MOST_CHATS, record::BoundChat};

const DAY: Duration = Duration::from_secs(86_400);

/// A chat bound `days` ago, for a year.
fn bound(chat: u8, days: u32) -> BoundChat {
    let since = NOW.minus(DAY * days);
    BoundChat { chat: SubscriberKey::from_bytes([chat; 16]), since, until: since.plus(DAY * 365) }
}

fn listed(chats: Vec<BoundChat>) -> Decision {
    let facts = Facts { chats, ..Facts::default() };
    decide("chat.list", asking(&Values::default()), &facts)
}

fn labels(decision: &Decision) -> Vec<&str> {
    decision.given.rows("chats").iter().map(|row| row.label.as_str()).collect()
}

#[test]
fn a_phone_sees_the_chats_that_speak_for_it() {
    assert_eq!(listed(vec![]).outcome, "none");
    assert_eq!(listed(vec![bound(1, 365)]).outcome, "none", "it has expired");

    let one = listed(vec![bound(1, 400), bound(2, 1)]);
    assert_eq!(one.outcome, "one");
    assert_eq!(labels(&one), ["WhatsApp 15-08-2021"]);
    assert_eq!(one.given.text("chat"), Some("02".repeat(16).as_str()));
    assert_eq!(one.given.text("chat_name"), Some("WhatsApp 15-08-2021"));

    let many = listed(vec![bound(1, 3), bound(2, 1), bound(3, 1), bound(4, 0)]);
    assert_eq!(many.outcome, "many");
    let expected = [
        "WhatsApp 13-08-2021",
        "WhatsApp 15-08-2021",
        "WhatsApp 15-08-2021 (2)",
        "WhatsApp 16-08-2021",
    ];
    assert_eq!(labels(&many), expected);
}

#[test]
fn no_row_is_wider_than_the_list_says() {
    let list = VACCINATION.lists.iter().find(|list| list.name == "chats").unwrap();
    let chats = listed((0..40).map(|chat| bound(chat, 1)).collect());
    let labels = labels(&chats);
    assert_eq!(labels.len(), MOST_CHATS);
    assert!(labels.iter().all(|label| label.len() <= list.longest.len()), "{labels:?}");
}

#[test]
fn who_holds_a_number_anew_sees_the_chats_of_the_last_holder() {
    let facts = Facts { chats: vec![bound(1, 1)], ..Facts::default() };
    let values = Values::default();
    let asking = Asking { silence: Silence::TooLong, ..asking(&values) };
    assert_eq!(decide("chat.list", asking, &facts).outcome, "one");
}

#[test]
fn what_is_read_is_of_the_phone_that_asks() {
    let values = Values::default();
    let need = desk().need("chat.list", asking(&values));
    assert_eq!(need, Need { chats: Some(me()), ..Need::default() });
}

#[test]
fn the_picked_chat_is_cut() {
    let decision =
        decide("chat.cut", asking(&typed(&[("chat", &stranger().to_hex())])), &Facts::default());
    assert_eq!(decision.outcome, "cut");
    assert_eq!(decision.changes, [Change::CutChat(stranger())]);
    let nonsense = typed(&[("chat", "waiting")]);
    assert_eq!(desk().decide("chat.cut", asking(&nonsense), &Facts::default()), None);
}
