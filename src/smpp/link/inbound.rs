//! Messages from the other side, and the right to answer them.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::smpp::pdu::{CommandStatus, Message, Oddity};
use crate::smpp::session::ReplyTo;

/// A message from the other side. It stays unanswered until its [`Responder`] is used.
#[derive(Debug)]
pub struct Inbound {
    /// The link it came on.
    pub link: Arc<str>,
    /// Which bind of that link, counted from 1.
    pub bind: u64,
    /// What it says.
    pub message: Box<Message>,
    /// Where it departs from the standard.
    pub oddities: Vec<Oddity>,
    /// Answers it, once it is stored.
    pub responder: Responder,
}

/// The right to answer one message once. Dropped unused, it refuses the message for now, so that
/// the other side brings it again. If the connection is gone, every answer is lost, and the other
/// side brings it again as well.
pub struct Responder {
    answers: Arc<mpsc::Sender<Answer>>,
    reply: Option<ReplyTo>,
    busy: CommandStatus,
}

impl Responder {
    /// `busy` is the status that makes the other side try again later.
    pub(super) fn new(
        answers: Arc<mpsc::Sender<Answer>>,
        reply: ReplyTo,
        busy: CommandStatus,
    ) -> Self {
        Self { answers, reply: Some(reply), busy }
    }

    /// The connection that the answer goes over.
    pub fn line(&self) -> Line {
        Line(Arc::clone(&self.answers))
    }

    /// Takes responsibility for the message.
    pub fn accept(self) {
        self.accept_as(Bytes::new());
    }

    /// As SMSC: takes responsibility for the message and gives it the name receipts will carry.
    pub fn accept_as(mut self, message_id: Bytes) {
        self.answer(CommandStatus::ROK, message_id);
    }

    /// Refuses the message.
    pub fn reject(mut self, status: CommandStatus) {
        self.answer(status, Bytes::new());
    }

    fn answer(&mut self, status: CommandStatus, message_id: Bytes) {
        if let Some(reply) = self.reply.take() {
            // The channel has room for every message the session lets wait, so it is never full;
            // it may be closed, with the connection.
            let _ = self.answers.try_send(Answer { reply, status, message_id });
        }
    }
}

impl Drop for Responder {
    fn drop(&mut self) {
        self.answer(self.busy, Bytes::new());
    }
}

impl fmt::Debug for Responder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Responder").field(&self.reply).finish()
    }
}

/// A connection, for whoever wants to know later whether it is still the same. What was answered over one
/// that is gone may never have been heard.
#[derive(Clone)]
pub struct Line(Arc<mpsc::Sender<Answer>>);

impl Line {
    /// Whether it is still there.
    pub fn is_open(&self) -> bool {
        !self.0.is_closed()
    }
}

/// What a [`Responder`] sends to its connection.
#[derive(Debug)]
pub(super) struct Answer {
    pub reply: ReplyTo,
    pub status: CommandStatus,
    pub message_id: Bytes,
}
