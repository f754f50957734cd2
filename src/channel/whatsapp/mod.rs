//! WhatsApp Cloud API (Meta, Graph API): signed events to what somebody wrote or tapped, a card to a
//! message of buttons, of a list, or of text. `parse` and `render`, and nothing else: who a chat is,
//! and when a message leaves, is known elsewhere.
//!
//! A chat is no phone number: `from` may be missing, and only an id that is ours alone is there.

pub mod frame;
pub mod parse;
pub mod proof;
pub mod render;
pub mod tap;

use sha2::{Digest, Sha256};

use crate::{
    menu::view::{Frame, Manner},
    text::{Alphabet, page::Budget},
};

/// The most characters of a message with buttons or a list above them ("interactive body").
const BODY: u16 = 1024;

/// The most rows of a list in all is ten; the engine's keys are rows, too, and there are three.
const ROWS: usize = 7;

/// Under which name a message is kept. The provider's own (`wamid…`) has the number of its reader in
/// it, in base 64, and a random part: so a digest stands for it wherever one would be a key.
pub fn stored_name(message_id: &str) -> String {
    let digest = Sha256::digest(message_id.as_bytes());
    digest.iter().take(16).map(|octet| format!("{octet:02x}")).collect()
}

/// The room of a message.
pub fn frame() -> Frame {
    let budget = Budget { units: BODY, alphabet: Alphabet::Ucs2 };
    Frame { budget, rows: ROWS, manner: Manner::Card }
}
