//! One session on one stream: the loop that both roles share.
//!
//! Every wake-up reads what there is, lets the session work, takes what callers handed over, and
//! writes everything that came of it at once. Reading goes on while the socket is slow to write, as
//! far as the answers that pile up stay within a bound, so two ends that both write cannot block
//! each other.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::sync::{mpsc, watch};
use tokio::time::Sleep;

use super::inbound::{Answer, Inbound, Responder};
use super::load::Meters;
use super::outlet::{Command, Commands, Ticket};
use crate::smpp::pdu::{Bind, CommandStatus};
use crate::smpp::session::{self, Closed, Event, NotSent, Outcome, Role, Session, Settings};

/// Octets read at once.
const READ: usize = 64 * 1024;
/// Octets that may wait for the socket before reading stops.
const BACKLOG: usize = 256 * 1024;
/// Messages taken from callers at once.
const BATCH: usize = 128;
/// How long the last octets of a session may take.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What the owner of a connection has to act on.
#[derive(Debug)]
pub(super) enum Upshot {
    BindRequested(Box<Bind>),
    Bound,
    Closed(Closed),
}

/// What the owner's handles ask of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Control {
    Run,
    /// Take nothing new, let what is pending end by this time, unbind.
    Stop(Instant),
    /// Go, without a word.
    Cut,
}

/// Where messages from the other side go, and under which name.
#[derive(Clone, Debug)]
pub(super) struct Inlet {
    pub link: Arc<str>,
    pub bind: u64,
    pub inbound: mpsc::Sender<Inbound>,
}

pub(super) struct Connection<S> {
    stream: S,
    session: Session<Ticket>,
    commands: Commands,
    answers: mpsc::Receiver<Answer>,
    responders: Arc<mpsc::Sender<Answer>>,
    inlet: Option<Inlet>,
    meters: Option<(Arc<Meters>, usize)>,
    stopping: Option<Instant>,
    read: Box<[u8]>,
    out: Vec<u8>,
    sent: usize,
    taken: Vec<Command>,
    answered: Vec<Answer>,
    sleep: Pin<Box<Sleep>>,
    armed: Option<Instant>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    pub fn new(
        stream: S,
        session: Session<Ticket>,
        commands: Commands,
        settings: &Settings,
    ) -> Self {
        // Room for every message that may be unanswered, so that an answer never has to wait.
        let (responders, answers) = mpsc::channel(settings.inbound.max(1));
        Self {
            stream,
            session,
            commands,
            answers,
            responders: Arc::new(responders),
            inlet: None,
            meters: None,
            stopping: None,
            read: vec![0; READ].into_boxed_slice(),
            out: Vec::new(),
            sent: 0,
            taken: Vec::with_capacity(BATCH),
            answered: Vec::with_capacity(BATCH),
            sleep: Box::pin(tokio::time::sleep(Duration::ZERO)),
            armed: None,
        }
    }

    /// Where messages go from now on. Without a place to go they are refused for now.
    pub fn open(&mut self, inlet: Inlet) {
        self.inlet = Some(inlet);
    }

    /// Where what is carried is written down from now on: the meters of a link, and the place of
    /// this bind among them.
    pub fn watched_by(&mut self, meters: Arc<Meters>, place: usize) {
        self.meters = Some((meters, place));
    }

    pub fn session(&mut self) -> &mut Session<Ticket> {
        &mut self.session
    }

    /// Runs until there is something to act on. Nothing is lost if this is dropped half-way.
    pub async fn next(&mut self) -> Upshot {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// Runs to the end of the session or of the owner's patience.
    pub async fn run(&mut self, control: &mut watch::Receiver<Control>) -> Upshot {
        loop {
            let asked = *control.borrow_and_update();
            match asked {
                Control::Run => {}
                Control::Stop(deadline) => self.stop(deadline),
                Control::Cut => {
                    self.session.handle_closed();
                    self.settle();
                    return Upshot::Closed(Closed::Lost);
                }
            }
            tokio::select! {
                upshot = self.next() => return upshot,
                changed = control.changed() => if changed.is_err() {
                    // No handle is left that could want anything.
                    self.stop(now());
                    return self.next().await;
                },
            }
        }
    }

    /// Writes the last words, waits a moment for the other side to hear them, and gives the channel
    /// back for the next connection.
    pub async fn finish(mut self) -> Commands {
        // A session that is over has settled everything.
        self.write_down();
        self.session.poll_transmit(&mut self.out);
        let last_words = async {
            let rest = self.out.get(self.sent..).unwrap_or_default();
            self.stream.write_all(rest).await?;
            self.stream.shutdown().await?;
            // Closing a socket with octets unread would destroy what was written last.
            while self.stream.read(&mut self.read).await? > 0 {}
            io::Result::Ok(())
        };
        // Whether they were heard makes no difference any more.
        let _ = tokio::time::timeout(LAST_WORDS, last_words).await;
        self.commands
    }

    fn stop(&mut self, deadline: Instant) {
        self.commands.close();
        self.stopping = Some(deadline);
        if self.session.bound().is_none() {
            // Nothing can be pending. Where the unbind is out already this does nothing.
            self.session.unbind(now());
        }
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Upshot> {
        loop {
            let now = now();
            let mut progress = self.poll_read(cx, now);
            if let Some(upshot) = self.settle() {
                return Poll::Ready(upshot);
            }
            progress |= self.poll_answers(cx, now);
            progress |= self.poll_commands(cx, now);
            progress |= self.poll_time(cx, now);
            progress |= self.poll_write(cx);
            if let Some(upshot) = self.settle() {
                return Poll::Ready(upshot);
            }
            if !progress {
                self.write_down();
                return Poll::Pending;
            }
        }
    }

    fn write_down(&mut self) {
        let Some((meters, place)) = &self.meters else { return };
        let session = &mut self.session;
        if let Some(meter) = meters.binds.get(*place) {
            meter.set(session.in_flight(), session.queued(), session.unanswered());
        }
        match session.take_turned_away() {
            0 => {}
            messages => meters.turned_away(messages),
        }
    }

    fn poll_read(&mut self, cx: &mut Context<'_>, now: Instant) -> bool {
        if self.session.transmit_backlog() > BACKLOG {
            return false;
        }
        let mut buffer = ReadBuf::new(&mut self.read);
        match Pin::new(&mut self.stream).poll_read(cx, &mut buffer) {
            Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                self.session.handle_octets(buffer.filled(), now);
                true
            }
            Poll::Ready(_) => {
                self.session.handle_closed();
                true
            }
            Poll::Pending => false,
        }
    }

    fn poll_answers(&mut self, cx: &mut Context<'_>, now: Instant) -> bool {
        let taken = self.answers.poll_recv_many(cx, &mut self.answered, BATCH);
        for Answer { reply, status, message_id } in self.answered.drain(..) {
            if let Err(error) = self.session.respond(reply, status, message_id, now) {
                tracing::error!(%error, "SMPP response does not fit, a system error was sent");
            }
        }
        matches!(taken, Poll::Ready(1..))
    }

    fn poll_commands(&mut self, cx: &mut Context<'_>, now: Instant) -> bool {
        let room = self.session.room().min(BATCH);
        // Without a bind nothing is queued, and every message learns so at once.
        let limit = if self.session.bound().is_some() { room } else { BATCH };
        if limit == 0 {
            return false;
        }
        let taken = self.commands.poll_recv_many(cx, &mut self.taken, limit);
        for Command { message, deadline, ticket } in self.taken.drain(..) {
            if let Err(refused) = self.session.submit(&message, ticket, deadline, now) {
                refused.token.tell(Outcome::NotSent(refused.why));
            }
        }
        match taken {
            Poll::Ready(0) if self.stopping.is_none() => {
                // Every handle is gone.
                self.stopping = Some(now);
                true
            }
            Poll::Ready(taken) => taken > 0,
            Poll::Pending => false,
        }
    }

    fn poll_time(&mut self, cx: &mut Context<'_>, now: Instant) -> bool {
        if let Some(deadline) = self.stopping
            && self.session.bound().is_some()
            && (deadline <= now || (self.is_idle() && self.commands.is_empty()))
        {
            self.session.unbind(now);
            return true;
        }
        let waiting = self.stopping.filter(|_| self.session.bound().is_some());
        let Some(due) = self.session.poll_timeout().into_iter().chain(waiting).min() else {
            return false;
        };
        if due <= now {
            self.session.handle_timeout(now);
            return true;
        }
        // Deadlines mostly move away from us: the clock stays set to the earlier time, and is set
        // anew when that has come.
        if self.armed.is_none_or(|armed| due < armed) {
            self.sleep.as_mut().reset(due.into());
            self.armed = Some(due);
        }
        match self.sleep.as_mut().poll(cx) {
            Poll::Ready(()) => {
                self.armed = None;
                true
            }
            Poll::Pending => false,
        }
    }

    fn is_idle(&self) -> bool {
        let session = &self.session;
        session.in_flight() == 0 && session.queued() == 0 && session.unanswered() == 0
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> bool {
        let mut progress = false;
        loop {
            if self.sent >= self.out.len() {
                self.out.clear();
                self.sent = 0;
                if !self.session.poll_transmit(&mut self.out) {
                    break;
                }
            }
            let rest = self.out.get(self.sent..).unwrap_or_default();
            match Pin::new(&mut self.stream).poll_write(cx, rest) {
                Poll::Ready(Ok(octets @ 1..)) => self.sent += octets,
                Poll::Ready(_) => {
                    self.session.handle_closed();
                    self.sent = self.out.len();
                }
                Poll::Pending => break,
            }
            progress = true;
        }
        // TLS may hold octets back; a plain socket has nothing to flush.
        if let Poll::Ready(Err(_)) = Pin::new(&mut self.stream).poll_flush(cx) {
            self.session.handle_closed();
            progress = true;
        }
        progress
    }

    /// Hands the session's events on, up to one that the owner must act on.
    fn settle(&mut self) -> Option<Upshot> {
        while let Some(event) = self.session.poll_event() {
            match event {
                Event::Settled { token, outcome } => token.tell(outcome),
                Event::TimedOut { token, sequence } => {
                    if let Some(late) = token.timed_out() {
                        self.session.await_late(sequence, late);
                    }
                }
                Event::Inbound(inbound) => self.hand_in(inbound),
                Event::Odd { command, sequence, oddity } => {
                    let link = self.inlet.as_ref().map_or("", |inlet| &inlet.link);
                    tracing::debug!(link, %command, sequence, %oddity, "odd SMPP PDU");
                }
                Event::Alert(_) => {}
                Event::BindRequested(bind) => return Some(Upshot::BindRequested(bind)),
                Event::Bound { .. } => return Some(Upshot::Bound),
                Event::Closed(why) => return Some(Upshot::Closed(why)),
            }
        }
        None
    }

    fn hand_in(&mut self, inbound: session::Inbound) {
        let session::Inbound { message, oddities, reply } = inbound;
        let busy = match self.session.role() {
            Role::Esme => CommandStatus::RX_T_APPN,
            Role::Smsc => CommandStatus::RTHROTTLED,
        };
        let responder = Responder::new(Arc::clone(&self.responders), reply, busy);
        if let Some(Inlet { link, bind, inbound }) = &self.inlet {
            let (link, bind) = (Arc::clone(link), *bind);
            // Full or closed: the responder is dropped with the message and refuses it for now.
            let _ = inbound.try_send(Inbound { link, bind, message, oddities, responder });
        }
    }
}

/// Tells everyone who hands something over that it was not sent. Ends when no handle is left.
pub(super) async fn turn_away(commands: &mut Commands) {
    while let Some(command) = commands.recv().await {
        command.not_sent(NotSent::NotBound);
    }
}

/// tokio's clock, so that a test may stop it.
pub(super) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}
