//! The chats that a phone is bound to: whoever holds the phone sees them on any channel, and cuts the one
//! that should speak for it no longer.
//!
//! A number that was silent for long may have a new holder. They see these chats all the same: a row says
//! nothing of anybody, and a chat of the last holder is the one that has to go.

use crate::{
    identity::birth,
    menu::{
        catalogue::{Call, Effect, Given, List, Outcome, Privacy},
        state::Row,
    },
    service::{
        Asking, Decision, Desk, open,
        record::{Change, Facts},
    },
    vault::SubscriberKey,
};

/// The most chats that a phone lists.
pub const MOST_CHATS: usize = 12;

/// A row: the day of the binding, and which one of that day. It fits the row of a chat's own list (24).
const WIDEST: &str = "WhatsApp 22-11-2026 (12)";

/// The chats that `chat.list` found.
pub const CHATS: List = List {
    name: "chats",
    needs: &["chats"],
    rows: |values| values.rows("chats").to_vec(),
    longest: WIDEST,
    most: MOST_CHATS,
    privacy: Privacy::Open,
};

const FOUND: Given = open("chats", "");
const CHAT: Given = open("chat", "");
const CHAT_NAME: Given = open("chat_name", WIDEST);

/// Lists the chats that speak for this phone.
pub const LIST: Call = Call {
    name: "chat.list",
    effect: Effect::Reads,
    needs: &[],
    outcomes: &[
        Outcome { name: "none", means: "No chat speaks for the phone.", gives: &[] },
        Outcome {
            name: "one",
            means: "One chat, which is picked already.",
            gives: &[FOUND, CHAT, CHAT_NAME],
        },
        Outcome { name: "many", means: "Several chats, to pick from.", gives: &[FOUND] },
    ],
};

/// Cuts a chat from this phone.
pub const CUT: Call = Call {
    name: "chat.cut",
    effect: Effect::Changes,
    needs: &["chat"],
    outcomes: &[Outcome {
        name: "cut",
        means: "The chat does not speak for the phone any more.",
        gives: &[],
    }],
};

pub(in crate::service) fn list(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Decision {
    let bound = facts.chats.iter().filter(|chat| chat.until > asking.now).take(MOST_CHATS);
    let mut rows: Vec<Row> = Vec::new();
    let (mut before, mut nth) = (None, 1);
    for chat in bound {
        // They come in the order of the days.
        let day = chat.since.date(desk.zone);
        nth = if before == Some(day) { nth + 1 } else { 1 };
        before = Some(day);
        let which = if nth > 1 { format!(" ({nth})") } else { String::new() };
        let label = format!("WhatsApp {}{which}", birth::show(day));
        rows.push(Row { id: chat.chat.to_hex(), label });
    }
    let mut decision = match rows.as_slice() {
        [] => return Decision::of("none"),
        [only] => Decision::of("one")
            .give(CHAT.name, only.id.clone())
            .give(CHAT_NAME.name, only.label.clone()),
        _ => Decision::of("many"),
    };
    decision.given.keep_rows(FOUND.name, rows);
    decision
}

/// Whether the chat is this phone's is for the change to see: it may be another's by the time it is cut.
pub(in crate::service) fn cut(asking: Asking<'_>) -> Option<Decision> {
    let chat = SubscriberKey::from_hex(asking.values.text(CHAT.name)?).ok()?;
    Some(Decision::of("cut").change(Change::CutChat(chat)))
}
