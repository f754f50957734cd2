//! SMPP 3.4: the wire, the session and the link, for both roles.
//!
//! Three rooms, each knowing only the one before it:
//!
//! - [`pdu`] turns octets into values and back. It frames by `command_length` before it reads
//!   anything, is lenient inside the frame, and reports every oddity instead of failing on it.
//! - [`session`] is one SMPP session, ESME or SMSC, without I/O, clock or randomness: octets, calls
//!   and `now` go in; octets, events and the next deadline come out.
//! - [`link`] drives sessions over tokio streams: a supervised ESME with reconnect, and the SMSC's
//!   side of an accepted connection.
//!
//! It must not know anything else of this crate: it imports nothing of ours and could be published
//! alone. It knows octets, not alphabets: what a text means is for those who call it.
//!
//! The standard is the SMPP Protocol Specification v3.4, issue 1.2, cited by section.

pub mod link;
pub mod pdu;
pub mod session;
