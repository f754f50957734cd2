//! What the engine stores of a conversation: the conversation itself, and the last thing that was
//! said in it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    channel::{Channel, REDELIVERY},
    clock::Timestamp,
    conversation::{CodeBack, Conversation, MOST_WRONG_CODES},
};

/// The body of a conversation row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Body {
    /// What can be gone on with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<Conversation>,
    /// The last inbound.
    pub last: Last,
    /// The session in which it came, where it has a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<[u8; 16]>,
    /// The channel over which it came; none is USSD.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// Wrong codes that came back over a channel that proves nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guesses: Option<Guesses>,
    /// When the subscriber's allowance is whole again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole: Option<Timestamp>,
}

/// Wrong codes that came back. They outlive the conversation they came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guesses {
    /// How many.
    pub wrong: u16,
    /// When the last one came.
    pub at: Timestamp,
    /// Until when the conversation itself may be gone on with; its row is kept for longer.
    pub fresh_until: Timestamp,
}

/// Wrong codes are remembered that long. Whoever mistyped so often can dial meanwhile.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);

impl Guesses {
    /// Whether there were too many of late.
    pub fn too_many(&self, now: Timestamp) -> bool {
        self.wrong >= MOST_WRONG_CODES && now < self.remembered_until()
    }

    /// Until when they count.
    pub fn remembered_until(&self) -> Timestamp {
        self.at.plus(REMEMBERED)
    }

    /// With what came back in a turn.
    pub fn after(
        old: Option<Self>,
        code: CodeBack,
        now: Timestamp,
        fresh_until: Timestamp,
    ) -> Option<Self> {
        let old = old.filter(|old| now < old.remembered_until());
        let wrong = old.map_or(0, |old| old.wrong);
        match code {
            CodeBack::Right => None,
            CodeBack::Wrong => Some(Self { wrong: wrong.saturating_add(1), at: now, fresh_until }),
            CodeBack::Nothing => old.map(|old| Self { fresh_until, ..old }),
        }
    }
}

/// The last inbound of a conversation, for networks that do not number their messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    /// Digest of what was said.
    pub said: [u8; 16],
    /// The key its reply is kept under.
    pub receipt: [u8; 16],
    /// When it came.
    pub at: Timestamp,
    /// The process that took it; a version that did not say so is none.
    #[serde(default)]
    pub node: u64,
}

impl Last {
    /// Whether the same was said again so soon that it may be the same message.
    pub fn is_again(&self, said: [u8; 16], at: Timestamp) -> bool {
        said == self.said && at.since(self.at) < REDELIVERY
    }
}

impl Body {
    /// The octets to store.
    pub fn to_octets(&self) -> Vec<u8> {
        // Maps with text keys, numbers and texts only: there is nothing JSON cannot hold.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Whether it was last spoken in over another channel.
    pub fn elsewhere(&self, channel: Channel) -> bool {
        self.channel.unwrap_or(Channel::Ussd) != channel
    }

    /// Reads what an older or newer version stored; what cannot be read begins again.
    pub fn parse(octets: &[u8]) -> Option<Self> {
        serde_json::from_slice(octets).ok()
    }
}
