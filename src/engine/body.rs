//! What the engine stores of a conversation: the conversation itself, and the last thing that was
//! said in it.

use serde::{Deserialize, Serialize};

use crate::{
    channel::{Channel, REDELIVERY},
    clock::Timestamp,
    conversation::Conversation,
};

/// The body of a conversation row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Body {
    /// What can be gone on with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<Conversation>,
    /// The last inbound.
    pub last: Last,
    /// The provider's session in which it came, where it has a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<[u8; 16]>,
    /// The channel over which it came; none is USSD.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
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
