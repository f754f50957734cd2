//! The SMS centre of one network: takes messages for phones, writes receipts, and carries the
//! texts of phones to the gateway until they are confirmed.
//!
//! Pure: no socket, no clock, no randomness. [`Exchange::submit`], [`Exchange::text`],
//! [`Exchange::delivered`] and the time go in; [`Exchange::poll_deliver`],
//! [`Exchange::poll_effect`] and [`Exchange::poll_timeout`] come out. It does on purpose what real
//! ones do by accident: see [`Faults`]. Knows nothing of USSD.
//! // SMPP 3.4 §4.4 (submit_sm), §4.6 (deliver_sm), Appendix B (receipts)

pub mod faults;
pub mod figures;
mod handset;
mod outbound;
pub mod parts;
pub mod receipt;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::time::{Duration, Instant};

use super::centre::Signal;
use super::face::NotNow;
use super::message::{Address, Submit};
use crate::number::Number;
use faults::{Above, Faults, Receipts};
use figures::{Figures, Seen, Window};
use handset::{Handset, Waiting};
pub use outbound::DeliveryId;
use outbound::OnTheWay;
use parts::{Concatenation, Unreadable};
use receipt::{Fate, Ids, Spelling};

/// How one operator carries SMS.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Short codes whose texts go to the gateway.
    pub short_codes: Vec<String>,
    /// How it writes message ids.
    pub ids: Ids,
    /// How it writes receipts.
    pub spelling: Spelling,
    /// How it marks the parts of a long text of a phone.
    pub concatenation: Concatenation,
    /// A text or receipt that the gateway did not confirm is sent again after this.
    pub redeliver: Duration,
}

impl Default for Settings {
    /// Short code `1199`, decimal ids, receipts as in the standard, parts marked by a header.
    fn default() -> Self {
        Self {
            short_codes: vec!["1199".to_owned()],
            ids: Ids::default(),
            spelling: Spelling::default(),
            concatenation: Concatenation::default(),
            redeliver: Duration::from_secs(5),
        }
    }
}

/// Who sent a text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum Sender {
    /// A name of at most eleven characters. It cannot be answered.
    Name(String),
    /// A short code.
    ShortCode(String),
}

/// A text in the inbox of a phone.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Text {
    /// Counts the texts of the network; a later one has a higher number.
    pub serial: u64,
    /// Who sent it.
    pub from: Sender,
    /// Put together of its parts.
    pub text: String,
    /// When it arrived, milliseconds since 1970.
    pub at: u64,
}

/// Why a message of the gateway is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The destination is no number of this country, or not TON 1 NPI 1.
    #[error("no such number")]
    Destination,
    /// The sender is neither a name (TON 5 NPI 0) nor a short code (TON 3 NPI 0).
    #[error("no such sender")]
    Source,
    /// The text does not fit its alphabet, or its header is odd.
    #[error("unreadable text")]
    Text,
    /// It does not fit into one message.
    #[error("too long for one message")]
    TooLong,
    /// Too many messages a second.
    #[error("too fast")]
    Throttled,
    /// The queue is full, or so the operator says.
    #[error("the queue is full")]
    QueueFull,
}

impl Refusal {
    /// The `command_status` that says so. `// SMPP 3.4 §5.1.3`
    pub fn status(self) -> u32 {
        match self {
            Self::TooLong => 0x01,
            Self::Source => 0x0a,
            Self::Destination => 0x0b,
            Self::QueueFull => 0x14,
            Self::Throttled => 0x58,
            Self::Text => 0x104,
        }
    }
}

/// How a `submit_sm` is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The message id, or the refusal.
    pub says: Result<String, Refusal>,
    /// How long the answer waits.
    pub after: Duration,
}

/// What the shell has to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// A text is in the inbox of a phone.
    Arrived(Number, Text),
    /// Something went over the air: what, and how long it was.
    Air(Number, Passed, usize),
}

/// What goes over the air at an SMS centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passed {
    /// A message of the gateway for a phone.
    Message,
    /// The text of a phone.
    Text,
    /// A receipt.
    Receipt,
    /// A text or a receipt once more.
    Redelivered,
    /// A message that waited too long for its phone.
    Expired,
    /// A message that was refused.
    Refused(Refusal),
}

/// The wall clock at one instant, from which all others are reckoned.
#[derive(Debug, Clone, Copy)]
pub struct Epoch {
    /// The instant.
    pub at: Instant,
    /// The same in milliseconds since 1970.
    pub unix_ms: u64,
}

impl Epoch {
    fn unix_ms(self, now: Instant) -> u64 {
        let since = now.saturating_duration_since(self.at).as_millis();
        self.unix_ms + u64::try_from(since).unwrap_or_default()
    }
}

/// The state machine of one SMS centre.
#[derive(Debug)]
pub struct Exchange {
    settings: Settings,
    faults: Faults,
    epoch: Epoch,
    phones: HashMap<Number, Handset>,
    on_the_way: HashMap<DeliveryId, OnTheWay>,
    /// What waits for a link.
    ready: VecDeque<DeliveryId>,
    /// Deliveries that wait for their answer.
    in_flight: usize,
    timers: BinaryHeap<Reverse<(Instant, Timer)>>,
    effects: VecDeque<Effect>,
    serial: u64,
    figures: Figures,
    seen: Seen,
    second: Window,
    ten_seconds: Window,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    /// A delivery leaves, for the so-manieth time.
    Leave { delivery: DeliveryId, attempt: u32 },
    /// A message has waited too long for its phone.
    Expire { number: Number, message: u64 },
}

/// The first message id.
const FIRST_ID: u64 = 1_000_000_000;
/// A receipt leaves so long after the response.
const RECEIPT_AFTER: Duration = Duration::from_millis(50);
/// How long a response waits for the receipt that overtakes it.
const OVERTAKEN: Duration = Duration::from_millis(100);
/// How long after the first the second copy of a receipt or a text comes.
const COPY_AFTER: Duration = Duration::from_millis(200);
/// How long a message waits for its phone, unless it says less.
const VALIDITY: Duration = Duration::from_secs(24 * 3600);

impl Exchange {
    /// More phones than this have no inbox; their messages arrive all the same.
    pub const PHONES_MAX: usize = 200_000;
    /// More texts and receipts than this do not wait for the gateway.
    pub const ON_THE_WAY_MAX: usize = 1_000_000;

    /// An SMS centre without a fault.
    pub fn new(settings: Settings, epoch: Epoch) -> Self {
        Self {
            settings,
            faults: Faults::default(),
            epoch,
            phones: HashMap::new(),
            on_the_way: HashMap::new(),
            ready: VecDeque::new(),
            in_flight: 0,
            timers: BinaryHeap::new(),
            effects: VecDeque::new(),
            serial: 0,
            figures: Figures::default(),
            seen: Seen::default(),
            second: Window::new(Duration::from_secs(1)),
            ten_seconds: Window::new(Duration::from_secs(10)),
        }
    }

    /// What it does wrong from now on.
    pub fn set_faults(&mut self, faults: Faults) {
        self.faults = faults;
    }

    /// What it does wrong now.
    pub fn faults(&self) -> Faults {
        self.faults
    }

    /// What the shell has to tell next, until `None`.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// When [`Exchange::handle_timeout`] wants to be called.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.timers.peek().map(|Reverse((at, _))| *at)
    }

    /// What was counted so far.
    pub fn figures(&mut self, now: Instant) -> Figures {
        Figures {
            distinct: self.seen.distinct(),
            duplicates: self.seen.copies(),
            unconfirmed: self.on_the_way.len() as u64,
            waiting: self.phones.values().map(|phone| phone.waiting.len() as u64).sum(),
            last_10_s: self.ten_seconds.count(now) as u64,
            peak_10_s: self.ten_seconds.peak() as u64,
            ..self.figures
        }
    }

    /// The texts of a phone after that with this serial (0 for all), oldest first.
    pub fn inbox(&self, number: Number, after: u64) -> Vec<Text> {
        let Some(phone) = self.phones.get(&number) else { return Vec::new() };
        phone.inbox.iter().filter(|text| text.serial > after).cloned().collect()
    }

    /// The phone loses the network, or finds it and gets what has waited.
    pub fn set_signal(&mut self, number: Number, signal: Signal, now: Instant) {
        let Some(phone) = self.handset(number) else { return };
        phone.signal = signal;
        if signal == Signal::On {
            for waiting in std::mem::take(&mut phone.waiting) {
                self.reach(number, waiting, now);
            }
        }
    }

    /// A message of the gateway. Its receipt is on its way from here on, if it wants one.
    pub fn submit(&mut self, submit: &Submit, now: Instant) -> Answer {
        self.figures.submitted += 1;
        self.ten_seconds.push(now);
        let says = self.take(submit, now);
        if let Err(refusal) = says {
            match refusal {
                Refusal::Throttled | Refusal::QueueFull => self.figures.throttled += 1,
                _ => self.figures.refused += 1,
            }
            if let Ok(number) = submit.destination.text.parse() {
                self.air(number, Passed::Refused(refusal), submit.text.len());
            }
        }
        let overtaken = says.is_ok() && self.faults.receipts == Receipts::BeforeResponse;
        let least = if overtaken { OVERTAKEN } else { Duration::ZERO };
        Answer { says, after: self.faults.answer_after.max(least) }
    }

    fn take(&mut self, submit: &Submit, now: Instant) -> Result<String, Refusal> {
        if let Some(limit) = self.faults.limit
            && self.second.count(now) >= limit.per_second as usize
        {
            return Err(match limit.says {
                Above::Throttled => Refusal::Throttled,
                Above::QueueFull => Refusal::QueueFull,
            });
        }
        let number = addressee(&submit.destination)?;
        let from = sender(&submit.source)?;
        let part = parts::read(submit).map_err(|unreadable| match unreadable {
            Unreadable::Text => Refusal::Text,
            Unreadable::TooLong => Refusal::TooLong,
        })?;
        let out_of_reach = self
            .handset(number)
            .filter(|phone| phone.signal == Signal::Off)
            .map(|phone| phone.is_full());
        if out_of_reach == Some(true) {
            return Err(Refusal::QueueFull);
        }
        self.second.push(now);
        self.figures.accepted += 1;
        self.serial += 1;
        let id = FIRST_ID + self.serial;
        let place = part.place.map(|place| (place.number, place.total));
        self.seen.is_new((number, &from, place, &part.text));
        let waiting = Waiting {
            id,
            from,
            part,
            receipt: submit.registered_delivery & 0x03,
            source: submit.source.clone(),
            submitted: now,
        };
        if out_of_reach.is_some() {
            let validity = validity(&submit.validity).unwrap_or(VALIDITY);
            self.timers.push(Reverse((now + validity, Timer::Expire { number, message: id })));
            if let Some(phone) = self.handset(number) {
                phone.waiting.push_back(waiting);
            }
        } else {
            self.reach(number, waiting, now);
        }
        Ok(self.ids().response(id))
    }

    /// A message reaches its phone.
    fn reach(&mut self, number: Number, message: Waiting, now: Instant) {
        self.figures.reached += 1;
        self.air(number, Passed::Message, message.part.length);
        self.receipt(number, &message, Fate::Delivered, now);
        self.serial += 1;
        let (serial, at) = (self.serial, self.epoch.unix_ms(now));
        let Waiting { from, part, .. } = message;
        let arrived = match self.handset(number) {
            Some(phone) => phone.take(from, part, serial, at),
            // No room for its parts; what is whole is shown to whoever watches.
            None if part.place.is_none() => Some(Text { serial, from, text: part.text, at }),
            None => None,
        };
        if let Some(text) = arrived {
            self.effects.push_back(Effect::Arrived(number, text));
        }
    }

    fn expire(&mut self, number: Number, message: u64, now: Instant) {
        let Some(phone) = self.phones.get_mut(&number) else { return };
        let Some(at) = phone.waiting.iter().position(|waiting| waiting.id == message) else {
            return;
        };
        let Some(expired) = phone.waiting.remove(at) else { return };
        self.figures.expired += 1;
        self.air(number, Passed::Expired, 0);
        self.receipt(number, &expired, Fate::Expired, now);
    }

    /// Fires every timer that is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some(Reverse((at, timer))) = self.timers.peek().copied() {
            if at > now {
                return;
            }
            self.timers.pop();
            match timer {
                Timer::Leave { delivery, attempt } => self.leave(delivery, attempt),
                Timer::Expire { number, message } => self.expire(number, message, now),
            }
        }
    }

    /// A person sends a text to a short code.
    pub fn text(&mut self, number: Number, to: &str, text: &str) -> Result<(), NotNow> {
        if !self.settings.short_codes.iter().any(|code| code == to) {
            return Err(NotNow::NotAnswered);
        }
        let signal = self.handset(number).map(|phone| phone.signal);
        if signal == Some(Signal::Off) {
            return Err(NotNow::NoSignal);
        }
        if signal.is_none() || self.on_the_way.len() >= Self::ON_THE_WAY_MAX {
            return Err(NotNow::NetworkFull);
        }
        self.figures.texts += 1;
        self.serial += 1;
        let reference = (self.serial & 0xffff) as u16;
        for cut in parts::cut(text, self.settings.concatenation, reference) {
            self.air(number, Passed::Text, cut.text.len());
            self.send_text(number, to, cut);
        }
        Ok(())
    }

    /// The phone, if there is room for it.
    fn handset(&mut self, number: Number) -> Option<&mut Handset> {
        if self.phones.len() >= Self::PHONES_MAX && !self.phones.contains_key(&number) {
            return None;
        }
        Some(self.phones.entry(number).or_default())
    }

    fn ids(&self) -> Ids {
        match self.faults.receipts {
            Receipts::HexIds => Ids::Hex,
            _ => self.settings.ids,
        }
    }

    fn air(&mut self, number: Number, passed: Passed, length: usize) {
        self.effects.push_back(Effect::Air(number, passed, length));
    }
}

fn addressee(address: &Address) -> Result<Number, Refusal> {
    match (address.ton, address.npi) {
        (1, 1) => address.text.parse().map_err(|_| Refusal::Destination),
        _ => Err(Refusal::Destination),
    }
}

/// `// SMPP 3.4 §5.2.5`; eleven characters of a name fit into an address on the air.
fn sender(address: &Address) -> Result<Sender, Refusal> {
    let length = address.text.chars().count();
    match (address.ton, address.npi) {
        (5, 0) if (1..=11).contains(&length) => Ok(Sender::Name(address.text.clone())),
        (3, 0) if (3..=8).contains(&length) && address.text.bytes().all(|c| c.is_ascii_digit()) => {
            Ok(Sender::ShortCode(address.text.clone()))
        }
        _ => Err(Refusal::Source),
    }
}

/// A relative validity period, `YYMMDDhhmmss000R`. `// SMPP 3.4 §7.1.1.2`
fn validity(text: &str) -> Option<Duration> {
    let pairs = text.strip_suffix("000R").filter(|digits| digits.len() == 12)?;
    let seconds = [365 * 86_400, 30 * 86_400, 86_400, 3600, 60, 1];
    let pairs = seconds.iter().enumerate().map(|(at, seconds)| {
        let pair = pairs.get(at * 2..at * 2 + 2)?;
        pair.parse::<u64>().ok().map(|count| count * seconds)
    });
    pairs.sum::<Option<u64>>().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_validity_is_read() {
        let rows = [
            ("000000000500000R", Some(300)),
            ("000002000000000R", Some(172_800)),
            ("", None),
            ("260101000000000+", None),
            ("0000000005xx000R", None),
        ];
        for (text, seconds) in rows {
            assert_eq!(validity(text), seconds.map(Duration::from_secs), "{text}");
        }
    }

    #[test]
    fn a_sender_is_a_name_or_a_short_code() {
        let address = |ton, npi, text: &str| Address { ton, npi, text: text.to_owned() };
        let name = |text: &str| Ok(Sender::Name(text.to_owned()));
        let rows = [
            (address(5, 0, "PEDULICOVID"), name("PEDULICOVID")),
            (address(5, 0, "PEDULICOVID2"), Err(Refusal::Source)),
            (address(3, 0, "1199"), Ok(Sender::ShortCode("1199".to_owned()))),
            (address(1, 1, "1199"), Err(Refusal::Source)),
            (address(3, 0, "VAKSIN"), Err(Refusal::Source)),
        ];
        for (address, expected) in rows {
            assert_eq!(sender(&address), expected, "{}", address.text);
        }
    }
}
