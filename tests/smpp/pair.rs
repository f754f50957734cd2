//! Two sessions over a virtual wire and a virtual clock: delay, lost and reordered PDUs, octets in
//! pieces of any size, and no socket.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use setara::smpp::pdu::{Address, Bind, BindKind, CommandId, CommandStatus, Message, Oddity};
use setara::smpp::session::{
    Closed, Event, Inbound, NotSent, Outcome, Session, Settings, TimerSettings,
};

/// One way of the wire.
#[derive(Default)]
struct Way {
    /// What arrives when.
    octets: VecDeque<(Instant, Vec<u8>)>,
    /// Every n-th PDU never arrives; 0 loses none.
    lose_every: usize,
    /// PDUs leave in groups of this many, the last one first; 0 and 1 keep the order.
    shuffle: usize,
    pdus: usize,
    held: Vec<Vec<u8>>,
}

impl Way {
    fn send(&mut self, mut octets: &[u8], arrives: Instant) {
        while octets.len() >= 16 {
            let length = u32::from_be_bytes(octets[..4].try_into().unwrap()) as usize;
            let (pdu, rest) = octets.split_at(length);
            octets = rest;
            self.pdus += 1;
            if self.lose_every == 0 || !self.pdus.is_multiple_of(self.lose_every) {
                self.held.push(pdu.to_vec());
            }
            if self.held.len() >= self.shuffle.max(1) {
                self.flush(arrives);
            }
        }
        self.flush(arrives);
    }

    fn flush(&mut self, arrives: Instant) {
        for pdu in self.held.drain(..).rev() {
            // Pieces that fit no boundary.
            for piece in pdu.chunks(7) {
                self.octets.push_back((arrives, piece.to_vec()));
            }
        }
    }
}

/// Both ends, the wire between them, and what they said.
struct Pair {
    start: Instant,
    now: Instant,
    delay: Duration,
    esme: Session<u32>,
    smsc: Session<u32>,
    up: Way,
    down: Way,
    outcomes: BTreeMap<u32, Outcome>,
    delivered: BTreeMap<u32, Outcome>,
    inbox: Vec<(Instant, Inbound)>,
    mailbox: Vec<Inbound>,
    odd: Vec<(CommandId, Oddity)>,
    esme_closed: Option<Closed>,
    smsc_closed: Option<Closed>,
    bound: bool,
    /// How the SMSC answers a bind.
    verdict: CommandStatus,
    /// How long it takes for a message; None never answers.
    think: Option<Duration>,
    /// Whether the ESME waits on for what was not answered in time.
    waits_on: bool,
    most_in_flight: usize,
}

/// Added to the token of a message whose late answer is waited for.
const LATE: u32 = 1000;

const SETTINGS: Settings = Settings {
    window: 5,
    queue: 20,
    inbound: 10,
    frame_limit: 1000,
    timers: TimerSettings {
        session_init: Duration::from_secs(5),
        enquire_link: Some(Duration::from_secs(10)),
        inactivity: None,
        response: Duration::from_secs(3),
    },
};

fn bind(kind: BindKind) -> Bind {
    Bind {
        kind,
        system_id: "setara".into(),
        password: "secret".into(),
        system_type: "".into(),
        interface_version: 0x34,
        addr_ton: 0,
        addr_npi: 0,
        address_range: "".into(),
    }
}

fn message(text: &'static str) -> Message {
    Message::new(Address::short_code("119"), Address::international("6281200000001"), text)
}

impl Pair {
    fn new(settings: Settings) -> Self {
        let start = Instant::now();
        Self {
            start,
            now: start,
            delay: Duration::from_millis(20),
            esme: Session::esme(bind(BindKind::Transceiver), settings, start).unwrap(),
            smsc: Session::smsc(settings, start),
            up: Way::default(),
            down: Way::default(),
            outcomes: BTreeMap::new(),
            delivered: BTreeMap::new(),
            inbox: Vec::new(),
            mailbox: Vec::new(),
            odd: Vec::new(),
            esme_closed: None,
            smsc_closed: None,
            bound: false,
            verdict: CommandStatus::ROK,
            think: Some(Duration::ZERO),
            waits_on: false,
            most_in_flight: 0,
        }
    }

    fn bound(settings: Settings) -> Self {
        let mut pair = Self::new(settings);
        pair.run(1);
        assert!(pair.bound && pair.smsc.bound() == Some(BindKind::Transceiver));
        pair
    }

    fn submit(&mut self, token: u32, seconds: u64) -> Result<(), NotSent> {
        let deadline = self.now + Duration::from_secs(seconds);
        let taken = self.esme.submit(&message("1"), token, deadline, self.now);
        taken.map_err(|refused| refused.why)
    }

    fn deliver(&mut self, token: u32) -> Result<(), NotSent> {
        let deadline = self.now + Duration::from_secs(3);
        let taken = self.smsc.submit(&message("1"), token, deadline, self.now);
        taken.map_err(|refused| refused.why)
    }

    /// Lets so many virtual seconds pass.
    fn run(&mut self, seconds: u64) {
        let end = self.now + Duration::from_secs(seconds);
        loop {
            self.settle();
            let next = [
                self.esme.poll_timeout(),
                self.smsc.poll_timeout(),
                self.up.octets.front().map(|(at, _)| *at),
                self.down.octets.front().map(|(at, _)| *at),
                self.inbox.first().and_then(|(at, _)| Some(*at + self.think?)),
            ];
            let Some(next) = next.into_iter().flatten().min().filter(|next| *next <= end) else {
                break;
            };
            self.now = self.now.max(next);
        }
        self.now = end;
    }

    /// Does everything that is due now.
    fn settle(&mut self) {
        let mut out = Vec::new();
        loop {
            self.most_in_flight = self.most_in_flight.max(self.esme.in_flight());
            self.esme.handle_timeout(self.now);
            self.smsc.handle_timeout(self.now);
            while let Some(octets) = arrived(&mut self.up, self.now) {
                self.smsc.handle_octets(&octets, self.now);
            }
            while let Some(octets) = arrived(&mut self.down, self.now) {
                self.esme.handle_octets(&octets, self.now);
            }
            self.events();
            self.answers();
            let sent = [self.esme.poll_transmit(&mut out), {
                self.up.send(&out, self.now + self.delay);
                out.clear();
                self.smsc.poll_transmit(&mut out)
            }];
            self.down.send(&out, self.now + self.delay);
            out.clear();
            if sent == [false, false] {
                break;
            }
        }
    }

    fn events(&mut self) {
        while let Some(event) = self.esme.poll_event() {
            match event {
                Event::Bound { .. } => self.bound = true,
                Event::Settled { token, outcome } => {
                    assert!(self.outcomes.insert(token, outcome).is_none(), "settled twice");
                }
                Event::TimedOut { token, sequence } => {
                    let before = self.outcomes.insert(token, Outcome::TimedOut);
                    assert!(before.is_none(), "settled twice");
                    if self.waits_on {
                        self.esme.await_late(sequence, token + LATE);
                    }
                }
                Event::Inbound(inbound) => self.mailbox.push(inbound),
                Event::Odd { command, oddity, .. } => self.odd.push((command, oddity)),
                Event::Closed(why) => self.esme_closed = Some(why),
                other => panic!("{other:?}"),
            }
        }
        while let Some(event) = self.smsc.poll_event() {
            match event {
                Event::BindRequested(bind) if self.verdict.is_ok() => {
                    assert_eq!(bind.password, "secret");
                    self.smsc.admit("smsc".into(), Some(0x34), self.now).unwrap();
                }
                Event::BindRequested(_) => self.smsc.refuse(self.verdict),
                Event::Settled { token, outcome } => {
                    assert!(self.delivered.insert(token, outcome).is_none(), "settled twice");
                }
                Event::TimedOut { token, .. } => {
                    let before = self.delivered.insert(token, Outcome::TimedOut);
                    assert!(before.is_none(), "settled twice");
                }
                Event::Inbound(inbound) => self.inbox.push((self.now, inbound)),
                Event::Odd { command, oddity, .. } => self.odd.push((command, oddity)),
                Event::Closed(why) => self.smsc_closed = Some(why),
                other => panic!("{other:?}"),
            }
        }
    }

    fn answers(&mut self) {
        let Some(think) = self.think else { return };
        while self.inbox.first().is_some_and(|(at, _)| *at + think <= self.now) {
            let (_, inbound) = self.inbox.remove(0);
            let id = inbound.reply.to_string().into();
            self.smsc.respond(inbound.reply, CommandStatus::ROK, id, self.now).unwrap();
        }
    }

    fn seconds(&self) -> u64 {
        (self.now - self.start).as_secs()
    }
}

fn arrived(way: &mut Way, now: Instant) -> Option<Vec<u8>> {
    way.octets.front().filter(|(at, _)| *at <= now)?;
    way.octets.pop_front().map(|(_, octets)| octets)
}

#[test]
fn a_session_from_bind_to_unbind() {
    let mut pair = Pair::bound(SETTINGS);
    pair.submit(1, 3).unwrap();
    pair.deliver(2).unwrap();
    pair.run(1);
    let accepted = Outcome::Accepted { message_id: "submit_sm 2".into() };
    assert_eq!(pair.outcomes, BTreeMap::from([(1, accepted)]));
    let inbound = pair.mailbox.pop().unwrap();
    assert_eq!(inbound.message.text_octets(), "1");
    pair.esme.respond(inbound.reply, CommandStatus::ROK, "".into(), pair.now).unwrap();
    pair.run(1);
    assert_eq!(pair.delivered[&2], Outcome::Accepted { message_id: "".into() });
    pair.esme.unbind(pair.now);
    assert_eq!(pair.submit(3, 3), Err(NotSent::Unbinding));
    pair.run(1);
    assert_eq!(pair.esme_closed, Some(Closed::Unbound));
    assert_eq!(pair.smsc_closed, Some(Closed::PeerUnbound));
    assert_eq!(pair.odd, []);
}

#[test]
fn the_window_is_hard_and_the_queue_bounded() {
    let mut pair = Pair::bound(SETTINGS);
    pair.think = None;
    for token in 0..25 {
        pair.submit(token, 100).unwrap();
    }
    assert_eq!(pair.esme.room(), 0);
    assert_eq!(pair.submit(25, 100), Err(NotSent::QueueFull));
    pair.run(1);
    assert_eq!((pair.inbox.len(), pair.esme.in_flight(), pair.esme.queued()), (5, 5, 20));
    pair.think = Some(Duration::ZERO);
    pair.run(2);
    assert_eq!(pair.outcomes.len(), 25);
    assert!(pair.outcomes.values().all(|outcome| matches!(outcome, Outcome::Accepted { .. })));
    assert_eq!(pair.most_in_flight, 5);
}

#[test]
fn every_message_is_settled_once_however_the_wire_behaves() {
    for (delay, lose_up, lose_down, shuffle, think) in [
        (0, 0, 0, 0, 0),
        (20, 0, 0, 4, 0),
        (700, 0, 0, 3, 500),
        (20, 5, 0, 0, 0),
        (20, 0, 5, 3, 100),
        (300, 3, 4, 5, 200),
        (20, 1, 0, 0, 0),
        (2000, 0, 0, 2, 0),
    ] {
        let mut pair = Pair::bound(SETTINGS);
        pair.delay = Duration::from_millis(delay);
        pair.think = Some(Duration::from_millis(think));
        (pair.up.lose_every, pair.down.lose_every) = (lose_up, lose_down);
        (pair.up.shuffle, pair.down.shuffle) = (shuffle, shuffle);
        let mut taken = 0;
        for token in 0..100 {
            match pair.submit(token, 60) {
                Ok(()) => taken += 1,
                Err(why) => assert!(matches!(why, NotSent::QueueFull | NotSent::NotBound)),
            }
            if token % 10 == 9 {
                pair.run(1);
            }
        }
        pair.run(90);
        let context = format!("{delay} {lose_up} {lose_down} {shuffle} {think}");
        assert_eq!(pair.outcomes.len(), taken, "{context}");
        assert!(pair.most_in_flight <= 5, "{context}");
        for outcome in pair.outcomes.values() {
            match outcome {
                Outcome::Accepted { .. } => {}
                // Unknown only where the wire was bad.
                Outcome::TimedOut | Outcome::LinkLost | Outcome::NotSent(NotSent::Closed) => {
                    assert!(lose_up + lose_down > 0 || delay >= 2000, "{context}: {outcome:?}");
                }
                other => panic!("{context}: {other:?}"),
            }
        }
    }
}

#[test]
fn deadlines_begin_when_the_caller_hands_over() {
    let mut pair = Pair::bound(SETTINGS);
    pair.think = None;
    for token in 0..5 {
        pair.submit(token, 100).unwrap();
    }
    pair.submit(5, 2).unwrap();
    pair.submit(6, 100).unwrap();
    pair.run(2);
    // The queue's deadline came before the window's response timer.
    assert_eq!(pair.outcomes, BTreeMap::from([(5, Outcome::NotSent(NotSent::Expired))]));
    pair.run(1);
    assert_eq!(pair.outcomes.len(), 6);
    assert!((0..5).all(|token| pair.outcomes[&token] == Outcome::TimedOut));
    // Freed places are filled.
    assert_eq!((pair.esme.in_flight(), pair.esme.queued()), (1, 0));
    assert_eq!(pair.submit(7, 0), Err(NotSent::Expired));
    // Late answers settle nothing twice and break nothing.
    pair.think = Some(Duration::ZERO);
    pair.run(1);
    assert!(matches!(pair.outcomes[&6], Outcome::Accepted { .. }));
    let late = CommandId::SUBMIT_SM_RESP;
    assert_eq!(pair.odd, vec![(late, Oddity::Unasked { command: late }); 5]);
}

/// What was not answered in time has no place in the window, and its answer is told once.
#[test]
fn a_late_answer_is_told_to_whoever_waits_for_it() {
    let mut pair = Pair::bound(SETTINGS);
    (pair.waits_on, pair.think) = (true, Some(Duration::from_secs(4)));
    for token in 0..7 {
        pair.submit(token, 100).unwrap();
    }
    pair.run(4);
    assert!((0..5).all(|token| pair.outcomes[&token] == Outcome::TimedOut));
    assert_eq!((pair.esme.in_flight(), pair.esme.queued()), (2, 0));
    pair.run(1);
    let heard = (0..5).filter(|token| {
        matches!(pair.outcomes.get(&(token + LATE)), Some(Outcome::Accepted { message_id })
            if !message_id.is_empty())
    });
    assert_eq!(heard.count(), 5);
    assert_eq!(pair.esme.in_flight(), 2, "no place is freed twice");
    pair.run(10);
    assert!((5..7).all(|token| matches!(pair.outcomes[&(token + LATE)], Outcome::Accepted { .. })));
    assert_eq!(pair.odd, []);
}

/// The memory of what was not answered is bounded, and ends with the session.
#[test]
fn of_what_is_never_answered_little_is_kept() {
    let mut pair = Pair::bound(Settings { queue: 1000, inbound: 1000, ..SETTINGS });
    (pair.waits_on, pair.think) = (true, Some(Duration::from_secs(57)));
    for token in 0..100 {
        pair.submit(token, 1000).unwrap();
    }
    // Twenty windows, of which the first eleven are forgotten when the first answer comes.
    pair.run(56);
    let unanswered = pair.outcomes.len();
    assert_eq!(unanswered, 90);
    pair.think = Some(Duration::ZERO);
    pair.run(1);
    let heard = pair.outcomes.keys().filter(|token| **token >= LATE).count();
    assert_eq!(heard, 40, "eight windows of five");
}

#[test]
fn what_left_is_unknown_and_what_did_not_is_not_sent() {
    let mut pair = Pair::bound(SETTINGS);
    pair.think = None;
    pair.submit(0, 9).unwrap();
    pair.run(1);
    for token in 1..8 {
        pair.submit(token, 9).unwrap();
    }
    // Four of these stand in the window, but nobody took their octets yet.
    pair.esme.handle_closed();
    pair.events();
    assert_eq!(pair.outcomes[&0], Outcome::LinkLost);
    for token in 1..8 {
        assert_eq!(pair.outcomes[&token], Outcome::NotSent(NotSent::Closed));
    }
    assert_eq!(pair.esme_closed, Some(Closed::Lost));
    let mut out = Vec::new();
    assert!(!pair.esme.poll_transmit(&mut out));
    assert_eq!(pair.esme.poll_timeout(), None);
    assert_eq!(pair.submit(9, 9), Err(NotSent::NotBound));
}

#[test]
fn a_refused_bind_ends_the_session_with_its_status() {
    let mut pair = Pair::new(SETTINGS);
    pair.verdict = CommandStatus::RINVPASWD;
    pair.run(1);
    let refused = Some(Closed::BindRefused(CommandStatus::RINVPASWD));
    assert_eq!((pair.esme_closed, pair.smsc_closed), (refused, refused));
    assert_eq!(pair.odd, []);
}

#[test]
fn without_a_bind_both_ends_give_up() {
    let mut pair = Pair::new(SETTINGS);
    pair.up.lose_every = 1;
    pair.run(6);
    let gone = Some(Closed::SessionInit);
    assert_eq!((pair.esme_closed, pair.smsc_closed, pair.seconds()), (gone, gone, 6));
}

#[test]
fn silence_is_asked_about_and_then_the_link_is_dead() {
    let mut pair = Pair::bound(SETTINGS);
    pair.run(100);
    assert_eq!((pair.esme_closed, pair.smsc_closed), (None, None));
    assert!(pair.up.pdus > 8 && pair.down.pdus > 8, "enquiries were answered");
    pair.down.lose_every = 1;
    pair.run(14);
    assert_eq!(pair.esme_closed, Some(Closed::Silent));
}

#[test]
fn any_pdu_keeps_the_link_alive_but_only_messages_keep_it_from_idling() {
    let mut settings = SETTINGS;
    settings.timers.inactivity = Some(Duration::from_secs(40));
    let mut pair = Pair::bound(settings);
    pair.run(20);
    pair.submit(1, 3).unwrap();
    pair.run(30);
    assert_eq!(pair.esme_closed, None, "a message at 20 s");
    pair.run(15);
    let ended = (pair.esme_closed, pair.smsc_closed);
    // Whoever is first unbinds; both see a good end.
    assert!(
        matches!(
            ended,
            (Some(Closed::Inactive), Some(Closed::PeerUnbound | Closed::Inactive))
                | (Some(Closed::PeerUnbound), Some(Closed::Inactive))
        ),
        "{ended:?}"
    );
}

#[test]
fn an_unbind_lets_answers_in_and_drops_the_queue() {
    let mut pair = Pair::bound(SETTINGS);
    pair.think = Some(Duration::from_millis(100));
    for token in 0..8 {
        pair.submit(token, 9).unwrap();
    }
    pair.esme.unbind(pair.now);
    pair.run(1);
    assert_eq!(pair.esme_closed, Some(Closed::Unbound));
    for token in 0..8 {
        // This SMSC answers the unbind at once and the messages never.
        let wanted = match token {
            0..5 => Outcome::LinkLost,
            _ => Outcome::NotSent(NotSent::Unbinding),
        };
        assert_eq!(pair.outcomes[&token], wanted);
    }
}

#[test]
fn more_than_the_inbound_bound_is_refused_for_now() {
    let mut pair = Pair::bound(Settings { window: 30, ..SETTINGS });
    for token in 0..15 {
        pair.deliver(token).unwrap();
    }
    pair.run(1);
    assert_eq!((pair.mailbox.len(), pair.esme.unanswered()), (10, 10));
    let refused = Outcome::Rejected(CommandStatus::RX_T_APPN);
    assert_eq!(pair.delivered.values().filter(|outcome| **outcome == refused).count(), 5);
    assert_eq!((pair.esme.take_turned_away(), pair.esme.take_turned_away()), (5, 0));
    for inbound in std::mem::take(&mut pair.mailbox) {
        pair.esme.respond(inbound.reply, CommandStatus::ROK, "".into(), pair.now).unwrap();
    }
    pair.run(1);
    assert_eq!((pair.delivered.len(), pair.esme.unanswered()), (15, 0));
}
