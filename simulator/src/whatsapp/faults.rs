//! What a cloud does wrong by accident, on demand; and what it counted.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::refusal::Refused;

/// What goes wrong. The default is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Faults {
    /// How often each event is delivered.
    pub events: Times,
    /// Whether events keep their order.
    pub order: Order,
    /// Events in one body, at most; with more than one they wait for each other a little.
    pub together: u16,
    /// Whether the token is still good.
    pub token: Token,
    /// Milliseconds that the API takes for an answer.
    pub answer_ms: u32,
    /// What happens to requests.
    pub requests: Requests,
    /// Of a hundred requests, to how many that happens.
    pub percent: u8,
    /// Which statuses are told.
    pub statuses: Statuses,
    /// How a message that cannot reach its user is refused.
    pub refusals: Refusals,
    /// How timestamps are written.
    pub timestamps: Timestamps,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            events: Times::Once,
            order: Order::Kept,
            together: 1,
            token: Token::Good,
            answer_ms: 0,
            requests: Requests::Good,
            percent: 100,
            statuses: Statuses::All,
            refusals: Refusals::ByStatus,
            timestamps: Timestamps::Seconds,
        }
    }
}

/// How often something comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Times {
    /// As it should.
    Once,
    /// Again after a moment, also when it was acknowledged.
    Twice,
}

/// Whether events keep their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Those of one user come one after the other.
    Kept,
    /// Each is held for a random time, up to two seconds.
    Mixed,
}

/// Whether the token is still good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Token {
    /// It is.
    Good,
    /// Every request is refused with 190.
    Expired,
}

/// What happens to requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Requests {
    /// They are answered.
    Good,
    /// 500 and 131000; nothing was taken.
    Failing,
    /// 503 and 131016; nothing was taken.
    Unavailable,
    /// The message is taken, and the connection breaks in the answer.
    CutAfter,
}

/// Which statuses of a message are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Statuses {
    /// Sent, delivered, read.
    All,
    /// Sent, then read at once.
    NoDelivered,
    /// Only failures.
    Failures,
}

/// How a message that cannot reach its user is refused: not on WhatsApp, the window closed, opted
/// out, held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusals {
    /// The message is taken, and its status is `failed`, as the real cloud mostly does.
    ByStatus,
    /// In the answer.
    AtOnce,
}

/// How timestamps are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timestamps {
    /// Seconds, as documented.
    Seconds,
    /// Milliseconds, as sometimes seen.
    Milliseconds,
}

impl Faults {
    /// How long the API takes for an answer.
    pub(super) fn answer_after(&self) -> Duration {
        Duration::from_millis(self.answer_ms.min(60_000).into())
    }
}

/// What was counted since the cloud started.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Messages taken from the gateway.
    pub taken: u64,
    /// Messages that were refused, in the answer or by a status.
    pub refused: u64,
    /// Files taken.
    pub files: u64,
    /// Bodies that the gateway acknowledged.
    pub acknowledged: u64,
    /// Bodies that it did not, each attempt.
    pub unacknowledged: u64,
    /// Events that were given up after seven days, or found no room.
    pub given_up: u64,
    /// Events that wait.
    pub waiting: u64,
    /// What the last status of the gateway's webhook was; 0 before the first and when unreachable.
    pub last_status: u16,
    /// The last refusals, oldest first.
    pub refusals: Vec<Refused>,
}
