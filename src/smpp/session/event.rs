//! What a session tells its owner.

use std::fmt;

use bytes::Bytes;

use crate::smpp::pdu::{
    AlertNotification, Bind, BindKind, CommandId, CommandStatus, EncodeError, Message, Oddity,
};

/// Something the owner of a session has to know. `T` is the owner's own name for a message.
#[derive(Debug)]
pub enum Event<T> {
    /// SMSC: somebody asks to bind. Answer with [`super::Session::admit`] or
    /// [`super::Session::refuse`].
    BindRequested(Box<Bind>),
    /// ESME: the SMSC took our bind.
    Bound {
        /// Who it says it is.
        system_id: Bytes,
        /// `sc_interface_version`, where it was sent.
        interface_version: Option<u8>,
    },
    /// A message of ours has come to its end.
    Settled {
        /// What [`super::Session::submit`] was given.
        token: T,
        /// How it ended.
        outcome: Outcome,
    },
    /// A message of ours was not answered in time: [`Outcome::TimedOut`]. With its number the owner may
    /// still hear of an answer that comes late ([`super::Session::await_late`]).
    TimedOut {
        /// What [`super::Session::submit`] was given.
        token: T,
        /// Its number on the wire.
        sequence: u32,
    },
    /// A message of the peer's. Answer with [`super::Session::respond`].
    Inbound(Inbound),
    /// A handset can be reached again (§4.12).
    Alert(Box<AlertNotification>),
    /// A PDU departed from the standard; it was read around, answered or ignored.
    Odd {
        /// Which PDU.
        command: CommandId,
        /// Its number.
        sequence: u32,
        /// What was odd.
        oddity: Oddity,
    },
    /// The session is over. Nothing comes after this.
    Closed(Closed),
}

/// A message of the peer's that waits for our answer.
#[derive(Debug)]
pub struct Inbound {
    /// What it says.
    pub message: Box<Message>,
    /// Where it departs from the standard.
    pub oddities: Vec<Oddity>,
    /// To be handed to [`super::Session::respond`].
    pub reply: ReplyTo,
}

/// The right to answer one message once.
#[derive(Debug, PartialEq, Eq)]
pub struct ReplyTo {
    pub(super) command: CommandId,
    pub(super) sequence: u32,
}

/// How a message of ours ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The peer took it.
    Accepted {
        /// The peer's name for it, as receipts will carry it. Empty from an ESME.
        message_id: Bytes,
    },
    /// The peer refused it.
    Rejected(CommandStatus),
    /// The peer could not make sense of the PDU.
    Nacked(CommandStatus),
    /// No response in time. Whether the peer took it is unknown.
    TimedOut,
    /// The link went before the response came. Whether the peer took it is unknown.
    LinkLost,
    /// It never left: it can be sent again without fear of a second copy.
    NotSent(NotSent),
}

impl Outcome {
    /// Whether nobody can say if the peer has the message.
    pub const fn is_unknown(&self) -> bool {
        matches!(self, Self::TimedOut | Self::LinkLost)
    }
}

/// Why a message never left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// There is no bind now.
    #[error("the link is not bound")]
    NotBound,
    /// The bind does not allow messages in this direction.
    #[error("a bind as {0} does not send messages this way")]
    WrongBind(BindKind),
    /// The link is being taken down.
    #[error("the link is unbinding")]
    Unbinding,
    /// Window and queue are full.
    #[error("the queue of the link is full")]
    QueueFull,
    /// The deadline passed while it waited for its turn.
    #[error("the deadline passed before it could be sent")]
    Expired,
    /// The session ended while it waited for its turn.
    #[error("the link was lost before it could be sent")]
    Closed,
    /// The message does not fit the standard.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

/// A message that [`super::Session::submit`] did not take, with the owner's name for it.
#[derive(Debug)]
pub struct Refused<T> {
    /// What was handed over.
    pub token: T,
    /// Why it was not taken.
    pub why: NotSent,
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    /// We unbound and the peer agreed.
    #[error("unbound")]
    Unbound,
    /// The peer unbound.
    #[error("the peer unbound")]
    PeerUnbound,
    /// The bind was refused, by the SMSC to us or by us to an ESME.
    #[error("the bind was refused: {0}")]
    BindRefused(CommandStatus),
    /// No bind in time (§2.7, session_init_timer).
    #[error("no bind in time")]
    SessionInit,
    /// No PDU at all after our `enquire_link` (§2.7, response_timer).
    #[error("the peer is silent")]
    Silent,
    /// No message either way for too long (§2.7, inactivity_timer).
    #[error("the session was idle")]
    Inactive,
    /// The peer did not answer our unbind.
    #[error("the unbind was not answered")]
    UnbindUnanswered,
    /// A length that cannot be framed: what follows cannot be read.
    #[error("a PDU of {length} octets cannot be framed")]
    Unframable {
        /// What `command_length` said.
        length: u32,
    },
    /// The connection went away.
    #[error("the connection was lost")]
    Lost,
}

impl fmt::Display for ReplyTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.command, self.sequence)
    }
}
