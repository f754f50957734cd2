//! When nobody is to ask: a circuit breaker, and the pauses between tries.
//!
//! Closed, everybody asks, and the last outcomes are remembered. When too many of them failed it opens:
//! asking would only keep people waiting, and the record from getting well. After a while one question
//! tries whether it is back (half open); the answer to that one closes it or opens it again.

use std::{collections::VecDeque, time::Duration};

use crate::clock::Timestamp;

/// How many failures are too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tolerance {
    /// Of a hundred.
    pub percent: u32,
    /// Outcomes that are remembered; with fewer it never opens.
    pub calls: usize,
    /// How long it stays open.
    pub open_for: Duration,
    /// After so long a try whose outcome nobody told is taken for lost.
    pub try_for: Duration,
}

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Everybody asks.
    Closed,
    /// Nobody does, until then.
    Open(Timestamp),
    /// One question tries; no further one until then.
    HalfOpen(Timestamp),
}

impl State {
    /// All words of [`State::as_str`].
    pub const WORDS: [&'static str; 3] = ["closed", "open", "half_open"];

    /// The word of metrics and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open(_) => "open",
            Self::HalfOpen(_) => "half_open",
        }
    }
}

/// A breaker.
#[derive(Debug, Clone)]
pub struct Breaker {
    tolerance: Tolerance,
    state: State,
    /// Whether each of the last calls failed, oldest first.
    last: VecDeque<Outcome>,
}

/// How a call went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The record answered, whatever it said.
    Answered,
    /// It did not.
    Failed,
}

/// Whether a question may be asked now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admitted {
    /// It may.
    Ask,
    /// Not before then.
    NotBefore(Timestamp),
}

/// How many questions are begun by whoever has many and keeps nobody waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// As many as the record can take.
    Many,
    /// The one that tries whether the record is back.
    One,
    /// None now.
    None,
}

impl Breaker {
    /// A closed one.
    pub fn new(tolerance: Tolerance) -> Self {
        Self { tolerance, state: State::Closed, last: VecDeque::new() }
    }

    /// How it stands.
    pub fn state(&self) -> State {
        self.state
    }

    /// How many questions it is of use to begin now.
    pub fn room(&self, now: Timestamp) -> Room {
        match self.state {
            State::Closed => Room::Many,
            State::Open(until) | State::HalfOpen(until) if now < until => Room::None,
            State::Open(_) | State::HalfOpen(_) => Room::One,
        }
    }

    /// Whether a question may be asked now. Whoever is let in tells the outcome.
    pub fn admit(&mut self, now: Timestamp) -> Admitted {
        match self.state {
            State::Closed => Admitted::Ask,
            State::Open(until) | State::HalfOpen(until) if now < until => {
                Admitted::NotBefore(until)
            }
            State::Open(_) | State::HalfOpen(_) => {
                self.state = State::HalfOpen(now.plus(self.tolerance.try_for));
                Admitted::Ask
            }
        }
    }

    /// Tells how a call went. Of calls that began before it opened nothing is learnt while it is open.
    pub fn tell(&mut self, outcome: Outcome, now: Timestamp) {
        match (self.state, outcome) {
            (State::HalfOpen(_), Outcome::Answered) => {
                self.state = State::Closed;
                self.last.clear();
            }
            (State::HalfOpen(_), Outcome::Failed) => self.open(now),
            (State::Open(_), _) => {}
            (State::Closed, _) => {
                self.last.push_back(outcome);
                while self.last.len() > self.tolerance.calls {
                    self.last.pop_front();
                }
                let failed = self.last.iter().filter(|of| **of == Outcome::Failed).count();
                let full = self.last.len() == self.tolerance.calls;
                if full && failed * 100 >= self.tolerance.percent as usize * self.last.len() {
                    self.open(now);
                }
            }
        }
    }

    fn open(&mut self, now: Timestamp) {
        self.state = State::Open(now.plus(self.tolerance.open_for));
        self.last.clear();
    }
}

/// The pause before the next try: doubled with each, up to the longest, and somewhere between half and all
/// of that, so that many who failed at once do not come back at once. `random` is any value.
pub fn pause(tries: u32, (first, longest): (Duration, Duration), random: u64) -> Duration {
    let doubled = first.saturating_mul(1u32.checked_shl(tries.min(31)).unwrap_or(u32::MAX));
    let half = doubled.min(longest).max(first.min(longest)) / 2;
    let share = u32::try_from(random % 1000).unwrap_or(0);
    half + half * share / 1000
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TOLERANCE: Tolerance = Tolerance {
        percent: 60,
        calls: 5,
        open_for: Duration::from_secs(5),
        try_for: Duration::from_secs(10),
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1000 * seconds)
    }

    #[test]
    fn it_opens_tries_once_and_closes() {
        let mut breaker = Breaker::new(TOLERANCE);
        for _ in 0..2 {
            breaker.tell(Outcome::Answered, at(0));
        }
        for _ in 0..2 {
            breaker.tell(Outcome::Failed, at(0));
            assert_eq!(breaker.admit(at(0)), Admitted::Ask);
        }
        breaker.tell(Outcome::Failed, at(0));
        assert_eq!(breaker.admit(at(1)), Admitted::NotBefore(at(5)));
        assert_eq!([1, 5].map(|then| breaker.room(at(then))), [Room::None, Room::One]);
        // One tries, and nobody else; its failure opens it again.
        assert_eq!(breaker.admit(at(5)), Admitted::Ask);
        assert_eq!(breaker.admit(at(5)), Admitted::NotBefore(at(15)));
        assert_eq!(breaker.room(at(6)), Room::None);
        breaker.tell(Outcome::Failed, at(6));
        assert_eq!(breaker.state(), State::Open(at(11)));
        assert_eq!(breaker.admit(at(11)), Admitted::Ask);
        breaker.tell(Outcome::Answered, at(12));
        assert_eq!((breaker.state(), breaker.admit(at(12))), (State::Closed, Admitted::Ask));
        assert_eq!(breaker.room(at(12)), Room::Many);
        // What failed before is forgotten.
        breaker.tell(Outcome::Failed, at(13));
        assert_eq!(breaker.state(), State::Closed);
    }

    #[test]
    fn a_try_that_nobody_tells_of_is_made_again() {
        let mut breaker = Breaker::new(TOLERANCE);
        (0..5).for_each(|_| breaker.tell(Outcome::Failed, at(0)));
        assert_eq!(breaker.admit(at(5)), Admitted::Ask);
        assert_eq!(breaker.admit(at(14)), Admitted::NotBefore(at(15)));
        assert_eq!(breaker.admit(at(15)), Admitted::Ask);
    }

    #[test]
    fn half_of_the_calls_may_fail() {
        let mut breaker = Breaker::new(Tolerance { calls: 20, ..TOLERANCE });
        for n in 0..1000 {
            let outcome = if n % 2 == 0 { Outcome::Failed } else { Outcome::Answered };
            breaker.tell(outcome, at(n));
        }
        assert_eq!(breaker.state(), State::Closed);
    }

    proptest! {
        /// Whatever is told and asked, an open breaker lets somebody try in bounded time, and remembers
        /// no more than it should.
        #[test]
        fn it_never_stays_open_for_ever(steps in prop::collection::vec((0i64..20, 0u8..3), 1..200)) {
            let mut breaker = Breaker::new(TOLERANCE);
            let mut now = 0;
            for (wait, step) in steps {
                now += wait;
                match step {
                    0 => breaker.tell(Outcome::Answered, at(now)),
                    1 => breaker.tell(Outcome::Failed, at(now)),
                    _ => if let Admitted::NotBefore(then) = breaker.admit(at(now)) {
                        prop_assert!(then > at(now) && then <= at(now + 10));
                    }
                }
                prop_assert!(breaker.last.len() <= 5);
            }
        }

        #[test]
        fn a_pause_grows_and_has_bounds(tries: u32, random: u64) {
            let bounds = (Duration::from_millis(100), Duration::from_secs(5));
            let pause = pause(tries, bounds, random);
            prop_assert!(pause >= bounds.0 / 2 && pause <= bounds.1);
        }
    }
}
