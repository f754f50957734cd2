//! The fastest SMSC there can be: takes every `submit_sm`, keeps none, and counts them.
//!
//! Beside it a gateway's own speed shows. It is written by hand, octet by octet: no session, no
//! queue between tasks, one write for everything that one read brought. It answers after a delay
//! if it is told to, writes receipts if they are wanted, and tells copies by a hash of 64 bits.
//! Lenient where an SMSC would not be: it knows no password and no sequence.
//! // SMPP 3.4 §3.2 (header), §4.1-4.7, §4.11

use std::collections::VecDeque;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::operator::sms::figures::Seen;
use crate::wire::{now, sleep_until};

/// Octets read at once, and room for the longest PDU.
const READ: usize = 256 * 1024;
/// With more than this unwritten, nothing more is read.
const UNWRITTEN_MAX: usize = 1 << 20;
/// Receipts that wait for their answer at once, on one bind.
const RECEIPTS_IN_FLIGHT: usize = 500;
/// Receipts that wait to be sent, on one bind; further ones are never sent.
const RECEIPTS_MAX: usize = 2_000_000;
/// Binds at one time.
const LINKS_MAX: usize = 64;
/// How exactly the clock rings.
const TICK: Duration = Duration::from_millis(1);
/// Messages are counted by spans of this.
const SPAN: Duration = Duration::from_millis(20);
/// Spans that are kept: twenty minutes. What comes later is in none.
const SPANS_MAX: usize = 60_000;

const SUBMIT: u32 = 0x04;
const DELIVER: u32 = 0x05;
const UNBIND: u32 = 0x06;
const ENQUIRE: u32 = 0x15;
const RESPONSE: u32 = 0x8000_0000;
const NACK: u32 = RESPONSE;
const BINDS: [u32; 3] = [0x01, 0x02, 0x09];

/// How a sink behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Manner {
    /// How long a `submit_sm` waits for its answer.
    pub answer_after: Duration,
    /// Whether it writes receipts.
    pub receipts: Receipts,
}

/// Whether a sink writes receipts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Receipts {
    /// Where they are wanted.
    #[default]
    Wanted,
    /// Never.
    Never,
}

/// A running sink. Dropping it closes the port and every bind.
#[derive(Debug)]
pub struct Sink {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

/// What a sink counted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counted {
    /// Messages taken.
    pub submitted: u64,
    /// Different ones: sender, phone and text.
    pub distinct: u64,
    /// Copies of them.
    pub duplicates: u64,
    /// Receipts that were confirmed.
    pub receipts: u64,
    /// Binds now.
    pub links: u64,
    /// From the first message to the last.
    pub lasted: Duration,
    /// How long answers were held back, on average.
    pub answered_after: Duration,
}

#[derive(Debug)]
struct Shared {
    manner: Manner,
    begun: Instant,
    submitted: AtomicU64,
    receipts: AtomicU64,
    links: AtomicU64,
    /// Binds that there were.
    binds: AtomicU64,
    /// Microseconds after `begun`; 0 for never.
    first: AtomicU64,
    last: AtomicU64,
    /// Answers that were held back, and nanoseconds of all of them.
    answered: AtomicU64,
    answered_after: AtomicU64,
    held: AtomicBool,
    seen: Mutex<Seen>,
    /// Messages in each span since the first.
    spans: Mutex<Vec<u64>>,
    hasher: RandomState,
}

impl Sink {
    /// Opens a port on this machine; 0 takes any free one.
    ///
    /// # Errors
    /// The port is taken.
    pub async fn start(port: u16, manner: Manner) -> io::Result<Self> {
        let listener = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            manner,
            begun: now(),
            submitted: AtomicU64::new(0),
            receipts: AtomicU64::new(0),
            links: AtomicU64::new(0),
            binds: AtomicU64::new(1),
            first: AtomicU64::new(0),
            last: AtomicU64::new(0),
            answered: AtomicU64::new(0),
            answered_after: AtomicU64::new(0),
            held: AtomicBool::new(false),
            seen: Mutex::default(),
            spans: Mutex::default(),
            hasher: RandomState::new(),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, accepting })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it counted so far.
    pub fn counted(&self) -> Counted {
        let shared = &self.shared;
        let (distinct, duplicates) = {
            let seen = shared.seen.lock().unwrap_or_else(PoisonError::into_inner);
            (seen.distinct(), seen.copies())
        };
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counted {
            submitted: load(&shared.submitted),
            distinct,
            duplicates,
            receipts: load(&shared.receipts),
            links: load(&shared.links),
            lasted: Duration::from_micros(load(&shared.last).saturating_sub(load(&shared.first))),
            answered_after: Duration::from_nanos(
                load(&shared.answered_after) / load(&shared.answered).max(1),
            ),
        }
    }

    /// Whether whoever connects from now on is turned away.
    pub fn hold(&self, held: bool) {
        self.shared.held.store(held, Ordering::Relaxed);
    }

    /// Messages a second between the first and the last, without this part of the time at either end:
    /// there the links begin one after the other, and find no more to carry.
    pub fn steady_per_s(&self, ends: f64) -> f64 {
        steady(&self.shared.spans.lock().unwrap_or_else(PoisonError::into_inner), ends)
    }

    /// Forgets what was counted.
    pub fn forget(&self) {
        let shared = &self.shared;
        let Shared { submitted, receipts, first, last, answered, answered_after, .. } = &**shared;
        for counter in [submitted, receipts, first, last, answered, answered_after] {
            counter.store(0, Ordering::Relaxed);
        }
        *shared.seen.lock().unwrap_or_else(PoisonError::into_inner) = Seen::default();
        shared.spans.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// See [`Sink::steady_per_s`].
fn steady(spans: &[u64], ends: f64) -> f64 {
    let end = (spans.len() as f64 * ends).ceil() as usize;
    let middle = spans.get(end..spans.len().saturating_sub(end)).unwrap_or_default();
    let lasted = SPAN.as_secs_f64() * middle.len() as f64;
    if middle.is_empty() { 0.0 } else { middle.iter().sum::<u64>() as f64 / lasted }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    // Dropped with this task, it ends every bind.
    let mut links = JoinSet::new();
    loop {
        while links.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        if links.len() < LINKS_MAX && !shared.held.load(Ordering::Relaxed) {
            let shared = Arc::clone(&shared);
            links.spawn(async move {
                shared.links.fetch_add(1, Ordering::Relaxed);
                if let Err(error) = Bind::new(&shared).run(stream).await {
                    tracing::debug!(%error, "a bind of the sink ended");
                }
                shared.links.fetch_sub(1, Ordering::Relaxed);
            });
        }
    }
}

/// One bind.
struct Bind<'a> {
    shared: &'a Shared,
    /// Tells this bind from all others that there were.
    link: u64,
    out: Vec<u8>,
    written: usize,
    /// Answers that wait: when they are due, and to which number.
    late: VecDeque<(Instant, u32)>,
    /// By how much all answers so far came too late. The clock rings a millisecond late on average, and
    /// would tell a window to allow more than it does: later answers come earlier for that, by a [`TICK`]
    /// at most, so that all of them come after the delay on average.
    behind: Duration,
    /// Receipts that wait: the message id and the addresses, the phone's first.
    receipts: VecDeque<(u64, Box<[u8]>)>,
    in_flight: usize,
    sequence: u32,
    /// Messages of one read.
    taken: Vec<u64>,
    over: bool,
}

impl<'a> Bind<'a> {
    fn new(shared: &'a Shared) -> Self {
        Self {
            shared,
            link: shared.binds.fetch_add(1, Ordering::Relaxed) & 0xffff,
            out: Vec::new(),
            written: 0,
            late: VecDeque::new(),
            behind: Duration::ZERO,
            receipts: VecDeque::new(),
            in_flight: 0,
            sequence: 0,
            taken: Vec::new(),
            over: false,
        }
    }

    async fn run(mut self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let (mut reader, mut writer) = stream.split();
        let (mut read, mut filled) = (vec![0; READ], 0);
        while !self.over || self.written < self.out.len() {
            let due = self.next_answer();
            tokio::select! {
                count = reader.read(read.get_mut(filled..).unwrap_or_default()),
                    if self.out.len() - self.written < UNWRITTEN_MAX && !self.over =>
                {
                    match count? {
                        0 => return Ok(()),
                        count => filled += count,
                    }
                    let used = self.take(read.get(..filled).unwrap_or_default())?;
                    read.copy_within(used..filled, 0);
                    filled -= used;
                    self.count();
                }
                count = writer.write(self.out.get(self.written..).unwrap_or_default()),
                    if self.written < self.out.len() =>
                {
                    self.written += count?;
                }
                () = sleep_until(due) => {}
            }
            self.answer_late();
            self.write_receipts();
            if self.written == self.out.len() {
                self.out.clear();
                self.written = 0;
            }
        }
        Ok(())
    }

    /// Takes every whole PDU; gives the octets used.
    fn take(&mut self, octets: &[u8]) -> io::Result<usize> {
        let mut at = 0;
        while let Some([length, command, _, sequence]) = octets.get(at..).and_then(header) {
            let length = length as usize;
            if !(16..=READ).contains(&length) {
                return Err(io::ErrorKind::InvalidData.into());
            }
            let Some(body) = octets.get(at + 16..at + length) else { break };
            at += length;
            self.hear(command, sequence, body);
        }
        Ok(at)
    }

    fn hear(&mut self, command: u32, sequence: u32, body: &[u8]) {
        match command {
            SUBMIT => self.submit(sequence, body),
            ENQUIRE => pdu(&mut self.out, RESPONSE | ENQUIRE, sequence, b""),
            UNBIND => {
                pdu(&mut self.out, RESPONSE | UNBIND, sequence, b"");
                self.over = true;
            }
            bind if BINDS.contains(&bind) => {
                pdu(&mut self.out, RESPONSE | bind, sequence, b"sink\0");
            }
            answer if answer == RESPONSE | DELIVER => {
                self.in_flight = self.in_flight.saturating_sub(1);
                self.shared.receipts.fetch_add(1, Ordering::Relaxed);
            }
            request if request & RESPONSE == 0 => pdu(&mut self.out, NACK, sequence, b""),
            _ => {}
        }
    }

    fn submit(&mut self, sequence: u32, body: &[u8]) {
        let Some(submit) = Submit::read(body) else {
            pdu(&mut self.out, NACK, sequence, b"");
            return;
        };
        self.taken.push(submit.hash(&self.shared.hasher));
        let id = self.id(sequence);
        let delay = self.shared.manner.answer_after;
        if delay.is_zero() {
            self.accept(sequence);
        } else {
            self.late.push_back((now() + delay, sequence));
        }
        if submit.wants_receipt
            && self.shared.manner.receipts == Receipts::Wanted
            && self.receipts.len() < RECEIPTS_MAX
        {
            self.receipts.push_back((id, [submit.destination, submit.source].concat().into()));
        }
    }

    fn accept(&mut self, sequence: u32) {
        let id = hex(self.id(sequence));
        pdu(&mut self.out, RESPONSE | SUBMIT, sequence, &id);
    }

    /// Names a message: the bind, and the number of the request.
    fn id(&self, sequence: u32) -> u64 {
        self.link << 32 | u64::from(sequence)
    }

    fn answer_late(&mut self) {
        if self.late.is_empty() {
            return;
        }
        let (now, delay) = (now(), self.shared.manner.answer_after);
        let (mut answered, mut after) = (0, Duration::ZERO);
        while let Some(&(due, sequence)) = self.late.front() {
            let early = due.saturating_duration_since(now);
            if early > TICK.min(self.behind) {
                break;
            }
            self.behind = self.behind - early + now.saturating_duration_since(due);
            self.late.pop_front();
            self.accept(sequence);
            answered += 1;
            after += (now + delay).saturating_duration_since(due);
        }
        let after = u64::try_from(after.as_nanos()).unwrap_or(u64::MAX);
        self.shared.answered.fetch_add(answered, Ordering::Relaxed);
        self.shared.answered_after.fetch_add(after, Ordering::Relaxed);
    }

    /// When something is to be answered.
    fn next_answer(&self) -> Option<Instant> {
        let lead = if self.behind < TICK { Duration::ZERO } else { TICK };
        self.late.front().map(|(due, _)| *due - lead)
    }

    /// Receipts leave once their message was answered.
    fn write_receipts(&mut self) {
        let oldest_late = self.late.front().map(|(_, sequence)| self.id(*sequence));
        let answered = |id: u64| oldest_late.is_none_or(|late| id < late);
        while self.in_flight < RECEIPTS_IN_FLIGHT
            && self.out.len() < UNWRITTEN_MAX
            && self.receipts.front().is_some_and(|(id, _)| answered(*id))
            && let Some((id, addresses)) = self.receipts.pop_front()
        {
            let name = hex(id);
            let mut body = vec![0];
            body.extend_from_slice(&addresses);
            body.extend_from_slice(&[0x04, 0, 0, 0, 0, 0, 0, 0, 0]);
            let text = [
                b"id:".as_slice(),
                name.strip_suffix(b"\0").unwrap_or(&name),
                b" sub:001 dlvrd:001 submit date:2601010000 done date:2601010000 \
                  stat:DELIVRD err:000 text:",
            ]
            .concat();
            body.push(u8::try_from(text.len()).unwrap_or_default());
            body.extend_from_slice(&text);
            self.sequence += 1;
            pdu(&mut self.out, DELIVER, self.sequence, &body);
            self.in_flight += 1;
        }
    }

    /// Counts the messages of one read under one lock.
    fn count(&mut self) {
        if self.taken.is_empty() {
            return;
        }
        let shared = self.shared;
        let at = now().saturating_duration_since(shared.begun).as_micros();
        let at = u64::try_from(at).unwrap_or(u64::MAX).max(1);
        let first = shared.first.compare_exchange(0, at, Ordering::Relaxed, Ordering::Relaxed);
        shared.last.fetch_max(at, Ordering::Relaxed);
        let many = self.taken.len() as u64;
        shared.submitted.fetch_add(many, Ordering::Relaxed);
        let first = first.err().unwrap_or(at);
        let since = Duration::from_micros(at.saturating_sub(first));
        let span = (since.as_micros() / SPAN.as_micros()) as usize;
        if span < SPANS_MAX {
            let mut spans = shared.spans.lock().unwrap_or_else(PoisonError::into_inner);
            let length = spans.len().max(span + 1);
            spans.resize(length, 0);
            if let Some(count) = spans.get_mut(span) {
                *count += many;
            }
        }
        let mut seen = shared.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for hash in self.taken.drain(..) {
            seen.is_new(hash);
        }
    }
}

/// What matters of a `submit_sm`. `// SMPP 3.4 §4.4.1`
struct Submit<'a> {
    /// TON, NPI, octets and NUL.
    source: &'a [u8],
    destination: &'a [u8],
    esm_class: u8,
    wants_receipt: bool,
    text: &'a [u8],
    tlvs: &'a [u8],
}

impl<'a> Submit<'a> {
    fn read(body: &'a [u8]) -> Option<Self> {
        let (_, rest) = c_octets(body, 0)?;
        let (source, rest) = c_octets(rest, 2)?;
        let (destination, rest) = c_octets(rest, 2)?;
        let (&[esm_class, _, _], rest) = rest.split_first_chunk()?;
        let (_, rest) = c_octets(rest, 0)?;
        let (_, rest) = c_octets(rest, 0)?;
        let (&[registered, _, _, _, length], rest) = rest.split_first_chunk()?;
        let (text, tlvs) = rest.split_at_checked(usize::from(length))?;
        let wants_receipt = registered & 0x03 == 1;
        Some(Self { source, destination, esm_class, wants_receipt, text, tlvs })
    }

    /// Addresses, place in its text, and text. The reference of a long text is left out: it may
    /// be another when the message is sent again.
    fn hash(&self, hasher: &RandomState) -> u64 {
        let mut hash = hasher.build_hasher();
        hash.write(self.source);
        hash.write(self.destination);
        match self.text {
            [5, 0, 3, _, text @ ..] if self.esm_class & 0x40 != 0 => hash.write(text),
            text => hash.write(text),
        }
        let mut tlvs = self.tlvs;
        while let Some((&[a, b, c, d], rest)) = tlvs.split_first_chunk() {
            let length = usize::from(u16::from_be_bytes([c, d]));
            let Some((value, rest)) = rest.split_at_checked(length) else { break };
            // sar_total_segments, sar_segment_seqnum, message_payload
            if matches!(u16::from_be_bytes([a, b]), 0x020e | 0x020f | 0x0424) {
                hash.write(value);
            }
            tlvs = rest;
        }
        hash.finish()
    }
}

/// `fixed` octets and a text up to its NUL, the NUL with it; and what follows.
fn c_octets(octets: &[u8], fixed: usize) -> Option<(&[u8], &[u8])> {
    let end = octets.get(fixed..)?.iter().position(|&octet| octet == 0)?;
    octets.split_at_checked(fixed + end + 1)
}

fn header(octets: &[u8]) -> Option<[u32; 4]> {
    let header: &[u8; 16] = octets.first_chunk()?;
    let mut words = [0; 4];
    for (word, octets) in words.iter_mut().zip(header.chunks_exact(4)) {
        *word = octets.iter().fold(0, |word, &octet| word << 8 | u32::from(octet));
    }
    Some(words)
}

/// Appends a PDU; `generic_nack` says that it could not be read, everything else that all is well.
fn pdu(out: &mut Vec<u8>, command: u32, sequence: u32, body: &[u8]) {
    const UNREADABLE: u32 = 0x03;
    let length = u32::try_from(16 + body.len()).unwrap_or(u32::MAX);
    let status = if command == NACK { UNREADABLE } else { 0 };
    for word in [length, command, status, sequence] {
        out.extend_from_slice(&word.to_be_bytes());
    }
    out.extend_from_slice(body);
}

/// Twelve digits and a NUL.
fn hex(mut number: u64) -> [u8; 13] {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    let mut out = [0; 13];
    for place in out.iter_mut().take(12).rev() {
        *place = DIGITS[(number & 15) as usize];
        number >>= 4;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_steady_is_between_the_ends() {
        let spans = [0, 7, 20, 20, 20, 20, 20, 20, 3, 1];
        assert_eq!(steady(&spans, 0.2), 1000.0);
        assert_eq!(steady(&spans, 0.0), 655.0);
        assert_eq!(steady(&spans, 0.5), 0.0);
        assert_eq!(steady(&[], 0.1), 0.0);
    }
}
