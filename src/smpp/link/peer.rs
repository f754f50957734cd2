//! The server's side of one accepted connection.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, watch};

use super::connection::{Connection, Control, Inlet, Upshot, now};
use super::inbound::Inbound;
use super::outlet::{Awaiting, Outlet, outlet};
use crate::smpp::pdu::{Bind, BindKind, CommandStatus, EncodeError, Message};
use crate::smpp::session::{Closed, Outcome, Session, Settings};

/// Waits until somebody asks to bind on a connection. The caller sets `TCP_NODELAY`.
///
/// # Errors
/// Why the connection ended before anybody did; the standard's answer was sent.
pub async fn knock<S>(stream: S, settings: Settings) -> Result<Knock<S>, Closed>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (outlet, commands) = outlet();
    let session = Session::smsc(settings, now());
    let mut connection = Connection::new(stream, session, commands, &settings);
    loop {
        match connection.next().await {
            Upshot::BindRequested(bind) => return Ok(Knock { bind, connection, outlet }),
            Upshot::Bound => {}
            Upshot::Closed(why) => {
                connection.finish().await;
                return Err(why);
            }
        }
    }
}

/// Somebody who asks to bind: look at [`Knock::bind`], then admit or refuse.
pub struct Knock<S> {
    bind: Box<Bind>,
    connection: Connection<S>,
    outlet: Outlet,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Knock<S> {
    /// Who asks, with which password, for which kind of bind.
    pub fn bind(&self) -> &Bind {
        &self.bind
    }

    /// Lets the ESME in. Its messages go to `inbound`, under the name and number given here;
    /// `system_id` is what we call ourselves, at most 15 octets.
    ///
    /// # Errors
    /// A `system_id` that does not fit; the connection is dropped.
    pub fn admit(
        mut self,
        system_id: Bytes,
        name: &str,
        number: u64,
        inbound: mpsc::Sender<Inbound>,
    ) -> Result<Peer, EncodeError> {
        self.connection.session().admit(system_id, Some(0x34), now())?;
        self.connection.open(Inlet { link: Arc::from(name), bind: number, inbound });
        let (control, mut controlled) = watch::channel(Control::Run);
        let (ended, end) = watch::channel(None);
        let mut connection = self.connection;
        tokio::spawn(async move {
            let why = loop {
                if let Upshot::Closed(why) = connection.run(&mut controlled).await {
                    break why;
                }
            };
            if *controlled.borrow() != Control::Cut {
                connection.finish().await;
            }
            ended.send_replace(Some(why));
        });
        let kind = self.bind.kind;
        Ok(Peer { kind, outlet: self.outlet, control: Arc::new(control), end })
    }

    /// Turns the ESME away and closes the connection.
    pub async fn refuse(mut self, status: CommandStatus) {
        self.connection.session().refuse(status);
        self.connection.finish().await;
    }
}

/// A bound ESME, seen from the server. Clones are handles to the same bind; when the last one is
/// dropped, the bind is ended.
#[derive(Clone, Debug)]
pub struct Peer {
    kind: BindKind,
    outlet: Outlet,
    control: Arc<watch::Sender<Control>>,
    end: watch::Receiver<Option<Closed>>,
}

impl Peer {
    /// Which way messages may go.
    pub fn kind(&self) -> BindKind {
        self.kind
    }

    /// Sends a `deliver_sm` and waits for its end, at most until the deadline.
    pub async fn deliver(&self, message: Message, deadline: Instant) -> Outcome {
        self.hand_over(message, deadline).await.await
    }

    /// Hands a `deliver_sm` over and gives back what to await for its end.
    pub fn hand_over(
        &self,
        message: Message,
        deadline: Instant,
    ) -> impl Future<Output = Awaiting> + Send + '_ {
        self.outlet.hand_over(message, deadline)
    }

    /// Takes nothing new, lets what is pending end until the deadline, unbinds.
    pub fn unbind(&self, deadline: Instant) {
        self.control.send_replace(Control::Stop(deadline));
    }

    /// Drops the connection without a word, as a broken network does.
    pub fn cut(&self) {
        self.control.send_replace(Control::Cut);
    }

    /// Waits for the end of the bind.
    pub async fn closed(&self) -> Closed {
        let mut end = self.end.clone();
        let closed = end.wait_for(Option::is_some).await;
        closed.ok().and_then(|why| *why).unwrap_or(Closed::Lost)
    }
}
