//! How a conversation can end.

use serde::{Deserialize, Serialize};

/// The class of an end. Every conversation gets exactly one each time it stops, so that the counts
/// add up to the number of conversations that were begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The subscriber reached a last screen.
    Completed,
    /// The subscriber started again instead of going on, or used up the tries of a question.
    Abandoned,
    /// The subscriber hung up.
    UserAbort,
    /// The network cut the session, or could not take our reply.
    NetworkAbort,
    /// Nobody answered within the network's time.
    TimeOut,
    /// We could not go on.
    Error,
}

impl End {
    /// Every class, in the order of the enum.
    pub const ALL: [Self; 6] = [
        Self::Completed,
        Self::Abandoned,
        Self::UserAbort,
        Self::NetworkAbort,
        Self::TimeOut,
        Self::Error,
    ];

    /// The word used in the database, in metrics and in logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Abandoned => "abandoned",
            Self::UserAbort => "user_abort",
            Self::NetworkAbort => "network_abort",
            Self::TimeOut => "time_out",
            Self::Error => "error",
        }
    }

    /// The class for a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|end| end.as_str() == word)
    }
}
