//! The way from callers to a connection: a bounded channel of messages with their deadlines.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use crate::smpp::pdu::Message;
use crate::smpp::session::{NotSent, Outcome};

/// A message on its way to the session.
#[derive(Debug)]
pub(super) struct Command {
    /// Boxed, because a message is large and is passed on often.
    pub message: Box<Message>,
    pub deadline: Instant,
    pub ticket: Ticket,
}

/// Who hears how a message ended.
#[derive(Debug)]
pub(super) struct Ticket {
    outcome: oneshot::Sender<Outcome>,
    /// Hears of an answer after the time was over.
    late: Option<oneshot::Sender<Outcome>>,
}

impl Ticket {
    pub fn tell(self, outcome: Outcome) {
        // Whoever gave up waiting does not want to know.
        let _ = self.outcome.send(outcome);
    }

    /// There was no answer in time. Gives back who still waits for one.
    pub fn timed_out(self) -> Option<Self> {
        let _ = self.outcome.send(Outcome::TimedOut);
        let late = self.late.filter(|late| !late.is_closed())?;
        Some(Self { outcome: late, late: None })
    }
}

impl Command {
    pub fn not_sent(self, why: NotSent) {
        self.ticket.tell(Outcome::NotSent(why));
    }
}

/// The connection's end of the way.
pub(super) type Commands = mpsc::Receiver<Command>;

#[derive(Clone, Debug)]
pub(super) struct Outlet {
    commands: mpsc::Sender<Command>,
}

/// Messages that may stand between callers and session. Small: the session has the real queue.
const CHANNEL: usize = 256;

pub(super) fn outlet() -> (Outlet, Commands) {
    let (commands, receiver) = mpsc::channel(CHANNEL);
    (Outlet { commands }, receiver)
}

impl Outlet {
    /// Waits for room, at most until the deadline, and hands the message over.
    pub async fn hand_over(&self, message: Message, deadline: Instant) -> Awaiting {
        let ((told, outcome), (told_late, late)) = (oneshot::channel(), oneshot::channel());
        let ticket = Ticket { outcome: told, late: Some(told_late) };
        let command = Command { message: Box::new(message), deadline, ticket };
        match self.commands.try_send(command) {
            Ok(()) => {}
            Err(TrySendError::Closed(command)) => command.not_sent(NotSent::Unbinding),
            // Boxed, or the rare way would make the future of the usual one large.
            Err(TrySendError::Full(command)) => Box::pin(self.wait_for_room(command)).await,
        }
        Awaiting { outcome, late: Some(Late(late)) }
    }

    /// Messages that the session has not taken yet.
    pub fn waiting(&self) -> usize {
        self.commands.max_capacity() - self.commands.capacity()
    }

    async fn wait_for_room(&self, command: Command) {
        match tokio::time::timeout_at(command.deadline.into(), self.commands.reserve()).await {
            Ok(Ok(permit)) => permit.send(command),
            Ok(Err(_)) => command.not_sent(NotSent::Unbinding),
            Err(_) => command.not_sent(NotSent::QueueFull),
        }
    }
}

/// A message that was handed over; awaited, it says how it ended.
#[derive(Debug)]
pub struct Awaiting {
    outcome: oneshot::Receiver<Outcome>,
    late: Option<Late>,
}

/// A message that was not answered in time; awaited, it says what the other side said of it after all,
/// or `None` when nothing will be heard of it any more.
#[derive(Debug)]
pub struct Late(oneshot::Receiver<Outcome>);

impl Future for Late {
    type Output = Option<Outcome>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx).map(Result::ok)
    }
}

impl Awaiting {
    /// After [`Outcome::TimedOut`]: waits on for the answer.
    pub fn late(&mut self) -> Option<Late> {
        self.late.take()
    }

    /// How the message ended, if it did. Once told, it is not told again.
    pub fn try_outcome(&mut self) -> Option<Outcome> {
        match self.outcome.try_recv() {
            Ok(outcome) => Some(outcome),
            Err(oneshot::error::TryRecvError::Empty) => None,
            // As in `poll`.
            Err(oneshot::error::TryRecvError::Closed) => Some(Outcome::LinkLost),
        }
    }
}

/// For whoever ends a message in place of a link.
impl From<oneshot::Receiver<Outcome>> for Awaiting {
    fn from(outcome: oneshot::Receiver<Outcome>) -> Self {
        Self { outcome, late: None }
    }
}

impl Future for Awaiting {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Outcome> {
        // A connection whose task was killed says nothing: what it had done is unknown.
        Pin::new(&mut self.outcome).poll(cx).map(|outcome| outcome.unwrap_or(Outcome::LinkLost))
    }
}
