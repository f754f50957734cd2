//! What goes wrong at an operator's SMS centre, on purpose and while it runs.

use std::time::Duration;

/// What one operator does wrong now. The default is an operator without a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Faults {
    /// What becomes of receipts.
    pub receipts: Receipts,
    /// How many messages a second are taken, and what is said to the others; `None` takes all.
    pub limit: Option<Limit>,
    /// How long a `submit_sm` waits for its answer.
    pub answer_after: Duration,
    /// How often the texts of phones are delivered.
    pub inbound: Inbound,
}

/// What becomes of receipts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Receipts {
    /// They come soon after the response.
    #[default]
    Good,
    /// They come this much later.
    Late(Duration),
    /// They never come.
    Missing,
    /// They come before the `submit_sm_resp` that names the message.
    BeforeResponse,
    /// The id is hexadecimal in the response and decimal in the receipt, which has no TLVs.
    HexIds,
    /// Each comes twice.
    Duplicated,
}

/// A limit on what the operator takes from one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Messages in any second.
    pub per_second: u32,
    /// What is said to those above.
    pub says: Above,
}

/// What is said to a message above the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Above {
    /// `ESME_RTHROTTLED`.
    Throttled,
    /// `ESME_RMSGQFUL`.
    QueueFull,
}

/// How often the text of a phone is delivered to the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Inbound {
    /// Until it is confirmed.
    #[default]
    Once,
    /// Once more after it was confirmed.
    Twice,
}
