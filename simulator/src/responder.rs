//! The least a gateway can be: one bind that replies to every message with a function's words.
//!
//! Speaks the dialect `plain` and stores nothing. It is the other end in the simulator's own tests,
//! and the yardstick beside which a gateway's cost is measured.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use setara::smpp::pdu::{Bind, BindKind, CommandStatus, Message, Tag};
use setara::smpp::session::{Event, Inbound, Session, Settings};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::operator::Account;
use crate::operator::dialect::{PSSR_INDICATION, PSSR_RESPONSE, USSR_CONFIRM, USSR_REQUEST};
use crate::wire::{Wire, now};

/// Replies that may be unanswered by the operator at once.
const WINDOW: usize = 1000;
/// How long a reply may wait for the window and its response.
const REPLY_DEADLINE: Duration = Duration::from_secs(10);

/// What a phone said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// It dialled this string.
    Begin(String),
    /// It answered this.
    Answer(String),
    /// The session was aborted; no reply is wanted.
    Abort,
}

/// What a phone is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Say {
    /// A screen that waits for an answer.
    Ask(String),
    /// The last screen.
    End(String),
    /// Nothing: the network waits in vain.
    Nothing,
    /// Nothing, and the message itself is refused with this `command_status`.
    Refuse(u32),
}

/// A running responder.
#[derive(Debug)]
pub struct Responder {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Responder {
    /// Connects and binds as a transceiver. Fails when the operator cannot be reached; a refused
    /// bind shows as a responder that ends.
    pub async fn start(
        operator: SocketAddr,
        account: &Account,
        reply: impl FnMut(&str, Heard) -> Say + Send + 'static,
    ) -> io::Result<Self> {
        let stream = TcpStream::connect(operator).await?;
        let bind = Bind {
            kind: BindKind::Transceiver,
            system_id: Bytes::from(account.system_id.clone()),
            password: Bytes::from(account.password.clone()),
            system_type: Bytes::new(),
            interface_version: 0x34,
            addr_ton: 0,
            addr_npi: 0,
            address_range: Bytes::new(),
        };
        let settings = Settings { window: WINDOW, queue: 64 * WINDOW, ..Settings::default() };
        let session = Session::esme(bind, settings, now()).map_err(io::Error::other)?;
        let wire = Wire::new(stream, session)?;
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(respond(wire, reply, stopped));
        Ok(Self { stop, task })
    }

    /// Unbinds and waits for the end.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        let _ = self.task.await;
    }

    /// Breaks the connection without a word.
    pub async fn crash(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

async fn respond(
    mut wire: Wire<()>,
    mut reply: impl FnMut(&str, Heard) -> Say,
    mut stopped: oneshot::Receiver<()>,
) {
    let mut stopping = false;
    while wire.session.closed().is_none() {
        tokio::select! {
            () = wire.turn() => {}
            _ = &mut stopped, if !stopping => {
                stopping = true;
                wire.session.unbind(now());
            }
        }
        while let Some(event) = wire.session.poll_event() {
            if let Event::Inbound(inbound) = event {
                answer(&mut wire.session, inbound, &mut reply);
            }
        }
    }
    wire.finish().await;
}

fn answer(session: &mut Session<()>, inbound: Inbound, reply: &mut impl FnMut(&str, Heard) -> Say) {
    let Inbound { message, reply: to, .. } = inbound;
    let text = String::from_utf8_lossy(message.text_octets()).into_owned();
    let heard = match message.tlvs.ussd_service_op() {
        Some(PSSR_INDICATION) => Heard::Begin(text),
        Some(USSR_CONFIRM) => Heard::Answer(text),
        _ => Heard::Abort,
    };
    let phone = String::from_utf8_lossy(&message.source.octets).into_owned();
    let aborted = heard == Heard::Abort;
    let say = reply(&phone, heard);
    let status = match say {
        Say::Refuse(status) => CommandStatus(status),
        _ => CommandStatus::ROK,
    };
    // An empty message id fits, and a full queue shows on the phone as a missing reply.
    let _ = session.respond(to, status, Bytes::new(), now());
    let (operation, text) = match say {
        Say::Ask(text) => (USSR_REQUEST, text),
        Say::End(text) => (PSSR_RESPONSE, text),
        Say::Nothing | Say::Refuse(_) => return,
    };
    if aborted {
        return;
    }
    let mut out = Message::new(message.destination, message.source, text.into_bytes());
    out.tlvs.set_u8(Tag::USSD_SERVICE_OP, operation);
    let _ = session.submit(&out, (), now() + REPLY_DEADLINE, now());
}
