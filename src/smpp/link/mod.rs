//! Links: SMPP sessions over tokio streams.
//!
//! A [`Link`] is the client's side: it connects, binds, and binds again after every loss, with
//! back-off and jitter, until it is shut down. A [`Peer`] is the server's side of one accepted
//! connection. Both run the same loop over the same session.
//!
//! Owns sockets, tasks, the clock and the dice; decides nothing about SMPP, which is the session's
//! business, and nothing about messages: a message is submitted once, and whether it is sent again is
//! for the caller to say, who is told exactly what is known ([`Outcome`]).
//!
//! Bounds: the window and queue of the session, the channel to it, the messages that wait for an
//! answer, and the octets that wait for the socket.

mod backoff;
mod connection;
mod inbound;
mod load;
mod outlet;
mod peer;
mod status;
mod supervisor;
mod tls;

pub use backoff::BackoffSettings;
pub use inbound::{Inbound, Line, Responder};
pub use load::LinkLoad;
pub use outlet::{Awaiting, Late};
pub use peer::{Knock, Peer, knock};
pub use status::{Down, LinkStatus};
pub use supervisor::{Link, LinkSettings, Mode, SpawnError};
pub use tls::{Roots, Tls, TlsError};

pub use super::session::{Closed, NotSent, Outcome};
