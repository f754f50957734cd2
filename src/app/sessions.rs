//! Which session of a network is which: a small memory of the phones that are talking to us.
//!
//! Many networks number nothing. What tells an answer from the same answer delivered twice is that
//! nobody can answer a screen that the network has not taken yet: the mark of a session changes
//! with every reply the network takes, and is part of the key by which a repetition is known.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use crate::identity::Msisdn;

/// The sessions of one operator.
#[derive(Debug)]
pub struct Sessions {
    known: HashMap<Msisdn, Session>,
    next_mark: u64,
    most: usize,
}

#[derive(Debug, Clone)]
struct Session {
    service: String,
    mark: u64,
    touched: Instant,
}

/// What is remembered of a phone's session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// The service it talks to.
    pub service: String,
    /// Changes with every reply that the network took.
    pub mark: u64,
}

/// Longer than any receipt is kept and any network waits.
const FORGET_AFTER: Duration = Duration::from_secs(3600);

impl Sessions {
    /// An empty memory for at most `most` phones. `seed` sets this process's marks apart from those
    /// of every other.
    pub fn new(most: usize, seed: u64) -> Self {
        Self { known: HashMap::new(), next_mark: seed, most: most.max(1) }
    }

    /// What is remembered of a phone.
    pub fn recall(&mut self, phone: &Msisdn, now: Instant) -> Option<Remembered> {
        let session = self.known.get_mut(phone)?;
        session.touched = now;
        Some(Remembered { service: session.service.clone(), mark: session.mark })
    }

    /// Remembers that a phone talks to a service, and gives the mark of its session.
    pub fn begin(&mut self, phone: &Msisdn, service: &str, now: Instant) -> u64 {
        if let Some(session) = self.known.get_mut(phone) {
            session.touched = now;
            service.clone_into(&mut session.service);
            return session.mark;
        }
        self.make_room(now);
        let mark = self.fresh_mark();
        let session = Session { service: service.to_owned(), mark, touched: now };
        self.known.insert(phone.clone(), session);
        mark
    }

    /// The network took or refused a reply: whatever comes next is new.
    pub fn settled(&mut self, phone: &Msisdn) {
        let mark = self.fresh_mark();
        if let Some(session) = self.known.get_mut(phone) {
            session.mark = mark;
        }
    }

    fn fresh_mark(&mut self) -> u64 {
        self.next_mark = self.next_mark.wrapping_add(1);
        self.next_mark
    }

    /// Forgets the old ones, and when all are young, some: a forgotten phone only loses the
    /// certainty of its next repetition.
    fn make_room(&mut self, now: Instant) {
        if self.known.len() < self.most {
            return;
        }
        self.known.retain(|_, session| now.duration_since(session.touched) < FORGET_AFTER);
        if self.known.len() >= self.most {
            let mut kept = 0;
            let half = self.most / 2;
            self.known.retain(|_, _| {
                kept += 1;
                kept <= half
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone(n: u32) -> Msisdn {
        Msisdn::parse(&format!("0812{n:08}")).unwrap()
    }

    #[test]
    fn a_mark_stays_until_a_reply_is_settled() {
        let now = Instant::now();
        let mut sessions = Sessions::new(10, 7);
        let first = sessions.begin(&phone(1), "a", now);
        assert_eq!(sessions.begin(&phone(1), "a", now), first, "the same dial delivered twice");
        sessions.settled(&phone(1));
        let second = sessions.recall(&phone(1), now).unwrap();
        assert_ne!(second.mark, first);
        assert_eq!(second.service, "a");
        assert_eq!(sessions.recall(&phone(2), now), None);
    }

    #[test]
    fn the_memory_is_bounded() {
        let now = Instant::now();
        let mut sessions = Sessions::new(100, 0);
        for n in 0..1000 {
            sessions.begin(&phone(n), "a", now);
            assert!(sessions.known.len() <= 100);
        }
        let later = now + FORGET_AFTER;
        for n in 2000..2100 {
            sessions.begin(&phone(n), "a", later);
        }
        assert!(sessions.recall(&phone(999), later).is_none(), "the old ones went first");
    }
}
