//! The USSD centre of one network: phones, their sessions, and what is on its way to the gateway.
//!
//! Pure: no socket, no clock, no randomness. Inputs are what phones do ([`Centre::dial`] …), what
//! the gateway says ([`Centre::submit`], [`Centre::delivered`]) and the time; outputs come from
//! [`Centre::poll_effect`] and [`Centre::poll_timeout`]. Every map is bounded by
//! [`Timing`] and [`Centre::PHONES_MAX`]. // TS 22.090 §4, TS 22.030 §6.5.2 (MMI strings)

mod delivery;
mod reply;

pub(super) use delivery::is_temporary;
pub use delivery::{Answered, DeliveryId};

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::time::{Duration, Instant};

use super::dialect::Dialect;
use super::face::{Air, AirKind, Ending, Face, Figures, NotNow};
use super::message::Deliver;
use super::speech::{Refusal, Reply, Said, Tag};
use crate::number::Number;
use delivery::{Matters, OnTheWay};

/// How long the network waits for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Age at which a session is dropped; `None` takes the dialect's.
    pub session: Option<Duration>,
    /// The service must reply within this, or the phone is told of a problem.
    pub reply: Duration,
    /// A message that the gateway did not answer is sent again after this.
    pub redeliver: Duration,
    /// How often a message is sent in all.
    pub deliveries_max: u32,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            session: None,
            reply: Duration::from_secs(10),
            redeliver: Duration::from_secs(4),
            deliveries_max: 3,
        }
    }
}

/// What the shell has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Send this on a link; report with [`Centre::delivered`].
    Deliver(DeliveryId, Deliver),
    /// The phone shows something new.
    Face(Number, Face),
    /// The gateway said this to the phone, whether or not the network took it.
    Came(Number, Reply, Result<(), Refusal>),
    /// Something went over the air.
    Air(Air),
}

/// The state machine of one network.
#[derive(Debug)]
pub struct Centre {
    dialect: &'static Dialect,
    codes: Vec<String>,
    timing: Timing,
    phones: HashMap<Number, Phone>,
    on_the_way: HashMap<DeliveryId, OnTheWay>,
    timers: BinaryHeap<Reverse<(Instant, Timer)>>,
    effects: VecDeque<Effect>,
    serial: u64,
    figures: Figures,
}

#[derive(Debug)]
struct Phone {
    signal: Signal,
    session: Option<Session>,
    /// What the phone said last and under which tag, to say it once more on demand.
    last: Option<(Last, Tag)>,
    reference: u16,
    /// Replies that the gateway owes: one for each message it was sent, also in sessions that are
    /// over by now.
    owed: u32,
    /// When the last of these messages was sent.
    sent_at: Option<Instant>,
}

/// Whether the phone can reach the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// It can.
    On,
    /// It cannot.
    Off,
}

#[derive(Debug, Clone)]
enum Last {
    Begin,
    Answer(Box<str>),
}

#[derive(Debug)]
struct Session {
    /// Tells this session from an earlier one of the same phone when a timer fires.
    serial: u64,
    /// Counts what was said, so that a timer knows whether it is still about now.
    turn: u32,
    tag: Tag,
    waits_for: WaitsFor,
    screens: u32,
    /// The last screen, for whoever looks at the phone later.
    shown: String,
    /// The account that took the first message; replies must come from it.
    account: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WaitsFor {
    Service,
    Person,
    /// The person to close a notice.
    Reader,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    Session { number: Number, session: u64 },
    Reply { number: Number, session: u64, turn: u32 },
    Redeliver { delivery: DeliveryId },
}

impl Centre {
    /// More phones than this are not taken onto the network.
    pub const PHONES_MAX: usize = 2_000_000;

    /// A network that speaks `dialect` and sends the dial strings under `codes` to the gateway.
    pub fn new(dialect: &'static Dialect, codes: Vec<String>, timing: Timing) -> Self {
        Self {
            dialect,
            codes,
            timing,
            phones: HashMap::new(),
            on_the_way: HashMap::new(),
            timers: BinaryHeap::new(),
            effects: VecDeque::new(),
            serial: 0,
            figures: Figures::default(),
        }
    }

    /// What the shell has to do next, until `None`.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// When [`Centre::handle_timeout`] wants to be called.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.timers.peek().map(|Reverse((at, _))| *at)
    }

    /// What was counted so far.
    pub fn figures(&self) -> Figures {
        Figures {
            sessions_open: self.open_sessions(),
            unconfirmed: self.on_the_way.len() as u64,
            ..self.figures
        }
    }

    /// What the phone shows. The last words of a session that is over are not kept.
    pub fn face(&self, number: Number) -> Face {
        match self.phones.get(&number) {
            None => Face::Idle,
            Some(Phone { signal: Signal::Off, .. }) => Face::NoSignal,
            Some(Phone { session: None, .. }) => Face::Idle,
            Some(Phone { session: Some(session), .. }) => match session.waits_for {
                WaitsFor::Service => Face::Running,
                WaitsFor::Person => Face::Ask { text: session.shown.clone() },
                WaitsFor::Reader => Face::Notice { text: session.shown.clone() },
            },
        }
    }

    /// The phone is switched on, if it never was: from here on it can be reached.
    pub fn attach(&mut self, number: Number) -> Result<(), NotNow> {
        self.phone(number).map(drop)
    }

    /// The phone dials a string. An open session of the phone is replaced; the gateway learns of it
    /// from the new begin alone.
    pub fn dial(&mut self, number: Number, text: &str, now: Instant) -> Result<(), NotNow> {
        let phone = self.phone(number)?;
        if phone.signal == Signal::Off {
            return Err(NotNow::NoSignal);
        }
        phone.session = None;
        if !self.is_for_us(text) {
            self.effects.push_back(Effect::Face(number, Face::Running));
            self.end(number, Ending::UnknownCode);
            return Ok(());
        }
        self.serial += 1;
        let serial = self.serial;
        let phone = self.phone(number)?;
        let tag = Tag {
            info: info_of(serial),
            reference: phone.reference,
            sent: 0,
            dialled: text.into(),
        };
        phone.session = Some(Session {
            serial,
            turn: 0,
            tag,
            waits_for: WaitsFor::Service,
            screens: 0,
            shown: String::new(),
            account: None,
        });
        let time_to_live = self.timing.session.unwrap_or(self.dialect.time_to_live());
        self.timers.push(Reverse((now + time_to_live, Timer::Session { number, session: serial })));
        self.figures.begins += 1;
        self.say(number, Said::Begin, now);
        Ok(())
    }

    /// The person answers the screen that waits.
    pub fn answer(&mut self, number: Number, text: &str, now: Instant) -> Result<(), NotNow> {
        let phone = self.phone(number)?;
        if phone.signal == Signal::Off {
            return Err(NotNow::NoSignal);
        }
        match &phone.session {
            None => return Err(NotNow::NoSession),
            Some(session) => match session.waits_for {
                WaitsFor::Service => return Err(NotNow::Running),
                WaitsFor::Reader => return Err(NotNow::NoSession),
                WaitsFor::Person => {}
            },
        }
        self.figures.answers += 1;
        self.say(number, Said::Answer(text), now);
        Ok(())
    }

    /// The person closes a notice; the gateway is told that it was read.
    pub fn read(&mut self, number: Number, now: Instant) -> Result<(), NotNow> {
        let dialect = self.dialect;
        let phone = self.phone(number)?;
        let notice = |session: &mut Session| session.waits_for == WaitsFor::Reader;
        let mut session = phone.session.take_if(notice).ok_or(NotNow::NoSession)?;
        let message = dialect.deliver(number, &mut session.tag, Said::Read);
        self.figures.read += 1;
        self.air_message(number, AirKind::Read, &message);
        self.send(number, session.serial, message, Matters::ToNobody, now);
        self.effects.push_back(Effect::Face(number, Face::Idle));
        Ok(())
    }

    /// The person ends the session, and the gateway is told; or closes a notice, as any key does.
    pub fn hang_up(&mut self, number: Number, now: Instant) -> Result<(), NotNow> {
        if self.read(number, now).is_ok() {
            return Ok(());
        }
        self.abort(number, Said::UserAbort, Ending::User, now)
    }

    /// The network ends the session; gateway and phone are told.
    pub fn network_abort(&mut self, number: Number, now: Instant) -> Result<(), NotNow> {
        self.abort(number, Said::NetworkAbort, Ending::Network, now)
    }

    /// The phone loses or finds the network. A session that was open is lost without a word to the
    /// gateway.
    pub fn set_signal(&mut self, number: Number, signal: Signal) -> Result<(), NotNow> {
        let phone = self.phone(number)?;
        if phone.signal == signal {
            return Ok(());
        }
        phone.signal = signal;
        let lost = phone.session.take();
        if lost.is_some() {
            self.air(number, AirKind::Lost);
        }
        let face = match signal {
            Signal::Off => Face::NoSignal,
            Signal::On => Face::Idle,
        };
        self.effects.push_back(Effect::Face(number, face));
        Ok(())
    }

    /// The network sends the phone's last message once more, as after a lost answer.
    pub fn repeat_last(&mut self, number: Number, now: Instant) -> Result<(), NotNow> {
        let (dialect, reply) = (self.dialect, self.timing.reply);
        let phone = self.phone(number)?;
        let (last, tag) = phone.last.as_ref().ok_or(NotNow::NoSession)?;
        let said = match last {
            Last::Begin => Said::Begin,
            Last::Answer(text) => Said::Answer(text),
        };
        let message = dialect.deliver(number, &mut tag.clone(), said);
        phone.await_reply(reply, now);
        let session = phone.session.as_ref().map_or(0, |session| session.serial);
        self.figures.redelivered += 1;
        self.air_message(number, AirKind::Redelivered, &message);
        self.send(number, session, message, Matters::ToNobody, now);
        Ok(())
    }

    /// Fires every timer that is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some(Reverse((at, timer))) = self.timers.peek().copied() {
            if at > now {
                return;
            }
            self.timers.pop();
            match timer {
                Timer::Session { number, session } => self.session_too_old(number, session),
                Timer::Reply { number, session, turn } => {
                    self.reply_too_late(number, session, turn)
                }
                Timer::Redeliver { delivery } => self.redeliver(delivery, now),
            }
        }
    }

    fn phone(&mut self, number: Number) -> Result<&mut Phone, NotNow> {
        if self.phones.len() >= Self::PHONES_MAX && !self.phones.contains_key(&number) {
            return Err(NotNow::NetworkFull);
        }
        self.serial += 1;
        let reference = (self.serial & 0xffff) as u16;
        let new = || Phone {
            signal: Signal::On,
            session: None,
            last: None,
            reference,
            owed: 0,
            sent_at: None,
        };
        Ok(self.phones.entry(number).or_insert_with(new))
    }

    fn session(&mut self, number: Number, serial: u64) -> Option<&mut Session> {
        let session = self.phones.get_mut(&number)?.session.as_mut()?;
        (session.serial == serial).then_some(session)
    }

    fn open_sessions(&self) -> u64 {
        self.phones.values().filter(|phone| phone.session.is_some()).count() as u64
    }

    /// `*119#` and everything below it: `*119*2#`.
    fn is_for_us(&self, text: &str) -> bool {
        self.codes.iter().any(|code| {
            let below = code.trim_end_matches('#');
            text == code
                || text.ends_with('#')
                    && text.strip_prefix(below).is_some_and(|rest| rest.starts_with('*'))
        })
    }

    /// The phone's begin or answer: now the service has to speak.
    fn say(&mut self, number: Number, said: Said<'_>, now: Instant) {
        let dialect = self.dialect;
        let Some(phone) = self.phones.get_mut(&number) else { return };
        let Some(session) = phone.session.as_mut() else { return };
        session.waits_for = WaitsFor::Service;
        session.turn += 1;
        let (kind, last) = match said {
            Said::Answer(text) => (AirKind::Answer, Last::Answer(text.into())),
            _ => (AirKind::Begin, Last::Begin),
        };
        phone.last = Some((last, session.tag.clone()));
        let message = dialect.deliver(number, &mut session.tag, said);
        let (serial, turn) = (session.serial, session.turn);
        phone.await_reply(self.timing.reply, now);
        let deadline = now + self.timing.reply;
        self.timers.push(Reverse((deadline, Timer::Reply { number, session: serial, turn })));
        self.effects.push_back(Effect::Face(number, Face::Running));
        self.air_message(number, kind, &message);
        self.send(number, serial, message, Matters::ToSession, now);
    }

    fn abort(
        &mut self,
        number: Number,
        said: Said<'_>,
        ending: Ending,
        now: Instant,
    ) -> Result<(), NotNow> {
        let dialect = self.dialect;
        let phone = self.phone(number)?;
        let mut session = phone.session.take().ok_or(NotNow::NoSession)?;
        let message = dialect.deliver(number, &mut session.tag, said);
        self.figures.aborts += 1;
        self.air_message(number, AirKind::Abort, &message);
        self.send(number, session.serial, message, Matters::ToNobody, now);
        self.effects
            .push_back(Effect::Face(number, Face::Ended { by: ending, text: String::new() }));
        Ok(())
    }

    fn session_too_old(&mut self, number: Number, session: u64) {
        if self.session(number, session).is_some() {
            self.figures.time_outs += 1;
            self.air(number, AirKind::TimeOut);
            self.end(number, Ending::TimeOut);
        }
    }

    fn reply_too_late(&mut self, number: Number, session: u64, turn: u32) {
        if self.session(number, session).is_some_and(|session| session.turn == turn) {
            self.figures.no_replies += 1;
            self.air(number, AirKind::NoReply);
            self.end(number, Ending::NoReply);
        }
    }

    /// The network ends the session and shows its own words; the gateway hears nothing.
    fn end(&mut self, number: Number, ending: Ending) {
        if let Some(phone) = self.phones.get_mut(&number) {
            phone.session = None;
        }
        let face = Face::Ended { by: ending, text: ending.words().to_owned() };
        self.effects.push_back(Effect::Face(number, face));
    }

    fn air_message(&mut self, number: Number, kind: AirKind, message: &Deliver) {
        self.effects.push_back(Effect::Air(Air { number, kind, length: message.text.len() }));
    }

    fn air(&mut self, number: Number, kind: AirKind) {
        self.effects.push_back(Effect::Air(Air { number, kind, length: 0 }));
    }
}

impl Phone {
    /// A message goes to the gateway, and a reply to it will come.
    fn await_reply(&mut self, reply: Duration, now: Instant) {
        self.owed = if self.is_owed_a_reply(reply, now) { self.owed + 1 } else { 1 };
        self.sent_at = Some(now);
    }

    /// Whether a reply may still come, perhaps to a session that is over: some are late, and after
    /// twice the time that the network waits for one, none is expected.
    fn is_owed_a_reply(&self, reply: Duration, now: Instant) -> bool {
        self.owed > 0 && self.sent_at.is_some_and(|sent| now < sent + 2 * reply)
    }
}

/// 15 bits above the end bit, different for sessions that follow each other, never zero.
fn info_of(serial: u64) -> u16 {
    let bits = (serial.wrapping_mul(0x9e37) % 0x7fff) as u16 + 1;
    bits << 1
}
