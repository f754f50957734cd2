//! One SMPP session as a state machine: no sockets, no clock, no randomness. SMPP 3.4 §2.
//!
//! Both roles are the same machine. Every method is a getter, an input (`handle_*`, `submit`,
//! `respond`, `admit`, `refuse`, `unbind`) or an output (`poll_transmit`, `poll_event`,
//! `poll_timeout`), and `now` is always an argument. After any input, poll the outputs until they
//! have nothing more.
//!
//! - **Window.** No more than [`Settings::window`] messages of ours are unanswered, ever. What is
//!   handed over beyond that waits in a bounded queue; beyond the queue it is refused, which is the
//!   back-pressure.
//! - **Outcomes.** Every message that is taken ends exactly once, with an [`Outcome`] that
//!   keeps *refused*, *unknown* and *not sent* apart. One that was not answered in time frees its
//!   place in the window; its late answer is told to whoever asks for it ([`Session::await_late`]).
//! - **Two timers.** Any PDU from the peer keeps the link alive; only transactions keep it from
//!   being idle.
//! - **Order.** Responses and `enquire_link` go out before bulk.
//! - **Odd PDUs** never close a session. Only a length that cannot be framed does.

mod conductor;
mod event;
mod pending;
mod receive;
mod timers;

pub use conductor::{Role, Session};
pub use event::{Closed, Event, Inbound, NotSent, Outcome, Refused, ReplyTo};
pub use timers::TimerSettings;

use super::pdu::DEFAULT_LIMIT;

/// The bounds of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Messages of ours that may be unanswered at once, at least 1.
    pub window: usize,
    /// Messages of ours that may wait for the window.
    pub queue: usize,
    /// Messages of the peer's that may wait for our answer; it is told to bring more of them later.
    pub inbound: usize,
    /// Octets of the longest PDU taken.
    pub frame_limit: usize,
    /// The timers of SMPP 3.4 §2.7.
    pub timers: TimerSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            window: 10,
            queue: 1000,
            inbound: 4096,
            frame_limit: DEFAULT_LIMIT,
            timers: TimerSettings::default(),
        }
    }
}
