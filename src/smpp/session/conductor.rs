//! The session itself: states, window and answers. The parts beside it know one thing each.

use std::collections::VecDeque;
use std::time::Instant;

use bytes::Bytes;

use super::pending::Pending;
use super::timers::{Due, Timers};
use super::{Closed, Event, NotSent, Outcome, Refused, ReplyTo, Settings};
use crate::smpp::pdu::{
    Bind, BindKind, BindResp, CommandId, CommandStatus, EncodeError, Framer, Message, MessageResp,
    Oddity, Packet, Pdu, Tag, Tlvs, encode, encode_message,
};

/// Which side of the session this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The client: binds, submits, is delivered to.
    Esme,
    /// The server: is bound to, is submitted to, delivers.
    Smsc,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// No bind yet. An ESME has sent its own.
    Opening,
    /// SMSC: a bind waits for the owner's word.
    Asked {
        kind: BindKind,
        sequence: u32,
    },
    Bound(BindKind),
    /// Our unbind is out.
    Unbinding {
        kind: BindKind,
        why: Closed,
    },
    Closed(Closed),
}

/// What waits for a response.
#[derive(Debug)]
pub(super) enum Kind<T> {
    Bind(BindKind),
    Enquire,
    Unbind,
    Message { token: T, serial: u64 },
}

/// A message that waits for the window. Its octets lack only the sequence number.
#[derive(Debug)]
struct Waiting<T> {
    octets: Vec<u8>,
    token: T,
    deadline: Instant,
}

/// One SMPP session, from the connection to its end. `T` names the owner's messages.
#[derive(Debug)]
pub struct Session<T> {
    pub(super) role: Role,
    pub(super) settings: Settings,
    pub(super) state: State,
    pub(super) framer: Framer,
    pub(super) timers: Timers,
    pub(super) pending: Pending<Kind<T>>,
    in_flight: usize,
    /// Whose time was over and whose answer somebody still waits for, the oldest first.
    late: VecDeque<(u32, T)>,
    waiting: VecDeque<Waiting<T>>,
    waiting_earliest: Option<Instant>,
    pub(super) unanswered: usize,
    pub(super) turned_away: u64,
    enquiry: Option<u32>,
    urgent: Vec<u8>,
    bulk: Vec<u8>,
    /// Messages ever written to `bulk`, and how many of them the owner has taken for the wire.
    written: u64,
    transmitted: u64,
    pub(super) events: VecDeque<Event<T>>,
}

impl<T> Session<T> {
    /// A client on a fresh connection. Its bind is the first thing to transmit.
    ///
    /// # Errors
    /// A field of the bind that does not fit the standard.
    pub fn esme(bind: Bind, settings: Settings, now: Instant) -> Result<Self, EncodeError> {
        let mut session = Self::new(Role::Esme, settings, now);
        let kind = Kind::Bind(bind.kind);
        let sequence = session.pending.insert(kind, now + settings.timers.session_init);
        let packet =
            Packet { status: CommandStatus::ROK, sequence, pdu: Pdu::Bind(Box::new(bind)) };
        encode(&packet, &mut session.urgent)?;
        Ok(session)
    }

    /// A server on a connection just accepted.
    pub fn smsc(settings: Settings, now: Instant) -> Self {
        Self::new(Role::Smsc, settings, now)
    }

    fn new(role: Role, settings: Settings, now: Instant) -> Self {
        let settings = Settings { window: settings.window.max(1), ..settings };
        Self {
            role,
            settings,
            state: State::Opening,
            framer: Framer::new(settings.frame_limit),
            timers: Timers::new(settings.timers, now),
            // The window, one bind or unbind, one enquiry.
            pending: Pending::new(settings.window + 2),
            in_flight: 0,
            late: VecDeque::new(),
            waiting: VecDeque::new(),
            waiting_earliest: None,
            unanswered: 0,
            turned_away: 0,
            enquiry: None,
            urgent: Vec::new(),
            bulk: Vec::new(),
            written: 0,
            transmitted: 0,
            events: VecDeque::new(),
        }
    }

    /// Which side this is.
    pub fn role(&self) -> Role {
        self.role
    }

    /// The bind, while messages may flow.
    pub fn bound(&self) -> Option<BindKind> {
        match self.state {
            State::Bound(kind) => Some(kind),
            _ => None,
        }
    }

    /// Why the session is over, once it is.
    pub fn closed(&self) -> Option<Closed> {
        match self.state {
            State::Closed(why) => Some(why),
            _ => None,
        }
    }

    /// Messages of ours on the wire without a response.
    pub fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// Messages of ours that wait for the window.
    pub fn queued(&self) -> usize {
        self.waiting.len()
    }

    /// How many more messages [`Session::submit`] would take now.
    pub fn room(&self) -> usize {
        let window = self.settings.window.saturating_sub(self.in_flight);
        window + self.settings.queue.saturating_sub(self.waiting.len())
    }

    /// Messages of the peer's that wait for our answer.
    pub fn unanswered(&self) -> usize {
        self.unanswered
    }

    /// How many messages of the peer's were refused for now since this was last asked.
    pub fn take_turned_away(&mut self) -> u64 {
        std::mem::take(&mut self.turned_away)
    }

    // ---- Inputs: calls of the owner ----

    /// Hands a message over: `submit_sm` from an ESME, `deliver_sm` from an SMSC. The deadline
    /// counts from here, whether it waits in the queue or on the wire; on the wire the response
    /// timer bounds it as well. Once taken it ends with exactly one [`Event::Settled`] or
    /// [`Event::TimedOut`].
    ///
    /// # Errors
    /// [`Refused`] gives the token back and says why the message was not taken.
    pub fn submit(
        &mut self,
        message: &Message,
        token: T,
        deadline: Instant,
        now: Instant,
    ) -> Result<(), Refused<T>> {
        match self.take(message, deadline, now) {
            Ok(Place::Queue(octets)) => {
                let earliest = self.waiting_earliest.map_or(deadline, |at| at.min(deadline));
                self.waiting_earliest = Some(earliest);
                self.waiting.push_back(Waiting { octets, token, deadline });
                Ok(())
            }
            Ok(Place::Wire { sequence }) => {
                self.register(token, sequence, deadline, now);
                Ok(())
            }
            Err(why) => Err(Refused { token, why }),
        }
    }

    fn take(
        &mut self,
        message: &Message,
        deadline: Instant,
        now: Instant,
    ) -> Result<Place, NotSent> {
        let command = self.may_send()?;
        if deadline <= now {
            return Err(NotSent::Expired);
        }
        if self.in_flight < self.settings.window && self.waiting.is_empty() {
            let sequence = self.pending.free_sequence();
            encode_message(command, sequence, message, &mut self.bulk)?;
            return Ok(Place::Wire { sequence });
        }
        if self.waiting.len() >= self.settings.queue {
            return Err(NotSent::QueueFull);
        }
        let mut octets = Vec::with_capacity(TYPICAL_PDU + message.text_octets().len());
        encode_message(command, 0, message, &mut octets)?;
        Ok(Place::Queue(octets))
    }

    fn may_send(&self) -> Result<CommandId, NotSent> {
        match (self.state, self.role) {
            (State::Bound(kind), Role::Esme) if kind.sends() => Ok(CommandId::SUBMIT_SM),
            (State::Bound(kind), Role::Smsc) if kind.receives() => Ok(CommandId::DELIVER_SM),
            (State::Bound(kind), _) => Err(NotSent::WrongBind(kind)),
            (State::Unbinding { .. }, _) => Err(NotSent::Unbinding),
            (State::Opening | State::Asked { .. } | State::Closed(_), _) => Err(NotSent::NotBound),
        }
    }

    /// Writes a message of this number into the pending table. Its octets stand in `bulk`, and no
    /// octet leaves before the next poll.
    fn register(&mut self, token: T, sequence: u32, deadline: Instant, now: Instant) {
        let serial = self.written;
        self.written += 1;
        self.in_flight += 1;
        let deadline = deadline.min(now + self.timers.response());
        let given = self.pending.insert(Kind::Message { token, serial }, deadline);
        debug_assert_eq!(given, sequence);
        self.timers.transaction(now);
    }

    /// Keeps the number of a message whose time was over, so that an answer that comes all the same is
    /// told: one more [`Event::Settled`], for this `token`. No place in the window is kept for it. The
    /// session remembers `LATE_WINDOWS` windows of such numbers while it lasts; the token of one that
    /// is forgotten is dropped.
    pub fn await_late(&mut self, sequence: u32, token: T) {
        if self.closed().is_some() {
            return;
        }
        self.late.push_back((sequence, token));
        if self.late.len() > self.settings.window.saturating_mul(LATE_WINDOWS) {
            self.late.pop_front();
        }
    }

    /// Answers a message of the peer's. `message_id` is what an SMSC calls it; an ESME has none.
    /// After the end of the session this does nothing: the peer will deliver again.
    ///
    /// # Errors
    /// A message id that does not fit; the peer is then told of a system error.
    pub fn respond(
        &mut self,
        reply: ReplyTo,
        status: CommandStatus,
        message_id: Bytes,
        now: Instant,
    ) -> Result<(), EncodeError> {
        self.unanswered = self.unanswered.saturating_sub(1);
        if self.closed().is_some() {
            return Ok(());
        }
        self.timers.transaction(now);
        let ReplyTo { command, sequence } = reply;
        let pdu = MessageResp { message_id, tlvs: Tlvs::new() }.to(command);
        encode(&Packet { status, sequence, pdu }, &mut self.urgent).inspect_err(|_| {
            self.answer(MessageResp::default().to(command), sequence, SYSERR);
        })
    }

    /// SMSC: lets the ESME in. `interface_version` goes out as `sc_interface_version`. Without a
    /// bind to answer this does nothing.
    ///
    /// # Errors
    /// A system id that does not fit; the bind then still waits for its answer.
    pub fn admit(
        &mut self,
        system_id: Bytes,
        interface_version: Option<u8>,
        now: Instant,
    ) -> Result<(), EncodeError> {
        let State::Asked { kind, sequence } = self.state else { return Ok(()) };
        let mut tlvs = Tlvs::new();
        if let Some(version) = interface_version {
            tlvs.set_u8(Tag::SC_INTERFACE_VERSION, version);
        }
        let pdu = Pdu::BindResp(BindResp { kind, system_id, tlvs });
        encode(&Packet { status: CommandStatus::ROK, sequence, pdu }, &mut self.urgent)?;
        self.state = State::Bound(kind);
        self.timers.bound(now);
        Ok(())
    }

    /// SMSC: turns the ESME away and ends the session.
    pub fn refuse(&mut self, status: CommandStatus) {
        let State::Asked { kind, sequence } = self.state else { return };
        let resp = BindResp { kind, system_id: Bytes::new(), tlvs: Tlvs::new() };
        self.answer(Pdu::BindResp(resp), sequence, status);
        self.close(Closed::BindRefused(status));
    }

    /// Ends the session in good order: what waits for the window is not sent, what is on the wire
    /// may still be answered until the peer confirms or the response timer runs out.
    pub fn unbind(&mut self, now: Instant) {
        match self.state {
            State::Bound(kind) => self.start_unbind(kind, Closed::Unbound, now),
            State::Opening | State::Asked { .. } => self.close(Closed::Unbound),
            State::Unbinding { .. } | State::Closed(_) => {}
        }
    }

    fn start_unbind(&mut self, kind: BindKind, why: Closed, now: Instant) {
        self.state = State::Unbinding { kind, why };
        self.timers.unbinding(now);
        self.drop_queue(NotSent::Unbinding);
        let sequence = self.pending.insert(Kind::Unbind, now + self.timers.response());
        // Behind the messages that are written already.
        let packet = Packet { status: CommandStatus::ROK, sequence, pdu: Pdu::Unbind };
        if encode(&packet, &mut self.bulk).is_err() {
            self.close(why);
        }
    }

    // ---- Inputs: the clock (octets come in through `receive`) ----

    /// The time that [`Session::poll_timeout`] gave has come. Too early is harmless.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.closed().is_some() {
            return;
        }
        for request in self.pending.expire(now) {
            if let Kind::Message { token, .. } = request.kind {
                self.in_flight = self.in_flight.saturating_sub(1);
                let sequence = request.sequence;
                self.events.push_back(Event::TimedOut { token, sequence });
            }
        }
        self.expire_queue(now);
        match (self.timers.due(now), self.state) {
            (Some(Due::SessionInit), _) => self.close(Closed::SessionInit),
            (Some(Due::Silent), _) => self.close(Closed::Silent),
            (Some(Due::UnbindUnanswered), State::Unbinding { why: Closed::Inactive, .. }) => {
                self.close(Closed::Inactive);
            }
            (Some(Due::UnbindUnanswered), _) => self.close(Closed::UnbindUnanswered),
            (Some(Due::Inactive), State::Bound(kind)) => {
                self.start_unbind(kind, Closed::Inactive, now);
            }
            (Some(Due::EnquireLink), _) => self.enquire(now),
            (Some(Due::Inactive) | None, _) => {}
        }
        self.refill(now);
    }

    fn enquire(&mut self, now: Instant) {
        // A peer that works but answers no enquiry must not fill the table.
        if let Some(unanswered) = self.enquiry {
            self.pending.take(unanswered);
        }
        let sequence = self.pending.insert(Kind::Enquire, now + self.timers.response());
        self.enquiry = Some(sequence);
        self.answer(Pdu::EnquireLink, sequence, CommandStatus::ROK);
        self.timers.enquired(now);
    }

    /// The connection is gone.
    pub fn handle_closed(&mut self) {
        self.close(Closed::Lost);
        self.urgent.clear();
    }

    // ---- Outputs ----

    /// Appends everything there is to write to `out`, answers and enquiries first. Whether there was
    /// anything. The owner promises to write it: what is taken here counts as on the wire.
    pub fn poll_transmit(&mut self, out: &mut Vec<u8>) -> bool {
        let some = self.wants_to_transmit();
        out.append(&mut self.urgent);
        out.append(&mut self.bulk);
        self.transmitted = self.written;
        some
    }

    /// Whether [`Session::poll_transmit`] would give anything.
    pub fn wants_to_transmit(&self) -> bool {
        !self.urgent.is_empty() || !self.bulk.is_empty()
    }

    /// Octets that wait for [`Session::poll_transmit`]. Reading on while this grows without end
    /// would let a peer that does not listen fill the memory.
    pub fn transmit_backlog(&self) -> usize {
        self.urgent.len() + self.bulk.len()
    }

    /// The next thing the owner has to know.
    pub fn poll_event(&mut self) -> Option<Event<T>> {
        self.events.pop_front()
    }

    /// When to call [`Session::handle_timeout`], if nothing else happens before.
    pub fn poll_timeout(&self) -> Option<Instant> {
        if self.closed().is_some() {
            return None;
        }
        [self.timers.next(), self.pending.earliest(), self.waiting_earliest]
            .into_iter()
            .flatten()
            .min()
    }

    // ---- Parts ----

    pub(super) fn settle(&mut self, token: T, outcome: Outcome, now: Instant) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.timers.transaction(now);
        self.events.push_back(Event::Settled { token, outcome });
    }

    /// What came for a number that no message waits for any more. Whether somebody wanted to know.
    pub(super) fn settle_late(&mut self, sequence: u32, outcome: Outcome) -> bool {
        let place = self.late.iter().position(|(late, _)| *late == sequence);
        let Some((_, token)) = place.and_then(|place| self.late.remove(place)) else {
            return false;
        };
        self.events.push_back(Event::Settled { token, outcome });
        true
    }

    /// Moves what waits into the window.
    pub(super) fn refill(&mut self, now: Instant) {
        while self.in_flight < self.settings.window && self.bound().is_some() {
            let Some(Waiting { mut octets, token, deadline }) = self.waiting.pop_front() else {
                self.waiting_earliest = None;
                return;
            };
            if deadline <= now {
                self.not_sent(token, NotSent::Expired);
                continue;
            }
            let sequence = self.pending.free_sequence();
            if let Some(field) = octets.get_mut(12..16) {
                field.copy_from_slice(&sequence.to_be_bytes());
            }
            self.bulk.append(&mut octets);
            self.register(token, sequence, deadline, now);
        }
    }

    fn expire_queue(&mut self, now: Instant) {
        if self.waiting_earliest.is_none_or(|earliest| earliest > now) {
            return;
        }
        let (late, waiting) =
            self.waiting.drain(..).partition::<VecDeque<_>, _>(|waiting| waiting.deadline <= now);
        self.waiting = waiting;
        self.waiting_earliest = self.waiting.iter().map(|waiting| waiting.deadline).min();
        for Waiting { token, .. } in late {
            self.not_sent(token, NotSent::Expired);
        }
    }

    fn drop_queue(&mut self, why: NotSent) {
        self.waiting_earliest = None;
        while let Some(Waiting { token, .. }) = self.waiting.pop_front() {
            self.not_sent(token, why);
        }
    }

    fn not_sent(&mut self, token: T, why: NotSent) {
        self.events.push_back(Event::Settled { token, outcome: Outcome::NotSent(why) });
    }

    pub(super) fn close(&mut self, why: Closed) {
        if self.closed().is_some() {
            return;
        }
        self.state = State::Closed(why);
        self.late.clear();
        self.bulk.clear();
        self.in_flight = 0;
        for request in self.pending.drain() {
            if let Kind::Message { token, serial } = request.kind {
                let outcome = match serial < self.transmitted {
                    true => Outcome::LinkLost,
                    false => Outcome::NotSent(NotSent::Closed),
                };
                self.events.push_back(Event::Settled { token, outcome });
            }
        }
        self.drop_queue(NotSent::Closed);
        self.events.push_back(Event::Closed(why));
    }

    pub(super) fn odd(&mut self, command: CommandId, sequence: u32, oddity: Oddity) {
        self.events.push_back(Event::Odd { command, sequence, oddity });
    }

    /// Puts a PDU that cannot fail to encode before all bulk.
    pub(super) fn answer(&mut self, pdu: Pdu, sequence: u32, status: CommandStatus) {
        let encoded = encode(&Packet { status, sequence, pdu }, &mut self.urgent);
        debug_assert!(encoded.is_ok());
    }
}

/// Windows of messages that were not answered in time whose numbers are kept for a late answer.
const LATE_WINDOWS: usize = 8;

/// Octets of a message PDU without its text, mostly.
const TYPICAL_PDU: usize = 96;

const SYSERR: CommandStatus = CommandStatus::RSYSERR;

/// Where a message that is taken stands.
enum Place {
    /// Encoded into `bulk` under this number.
    Wire { sequence: u32 },
    /// To wait for the window.
    Queue(Vec<u8>),
}
