//! Whose queue is full, when a network says that one is: a phone's, or all of them.
//!
//! `ESME_RMSGQFUL` (SMPP 3.4 §5.1.3) means either. What waits for a phone that is switched off must not slow
//! down everybody else; and a network that has no room for anybody must not be asked as before. So it is
//! taken for the network's only when several phones got it within a few seconds, and not just the few that are
//! among so many whose messages were taken.

use std::time::{Duration, Instant};

use crate::identity::Msisdn;

/// What an account answered lately.
#[derive(Debug)]
pub struct FullQueues {
    /// The present half of the window, and the one before.
    halves: [Half; 2],
    /// When the present one began.
    began: Instant,
}

#[derive(Debug, Default)]
struct Half {
    /// Phones whose message met a full queue; the first few of them.
    phones: Vec<Msisdn>,
    /// How often that was.
    full: u32,
    /// Messages that were taken.
    taken: u32,
}

/// Half of the window.
const HALF: Duration = Duration::from_secs(3);
/// So many phones are several.
const SEVERAL: usize = 3;
/// For each answer that a queue is full so many may have been taken, where it is everybody's.
const TAKEN_BESIDE: u32 = 3;

/// Whose queue it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// That phone's: its message waits alone.
    Phone,
    /// Everybody's: the account is too fast.
    Everybody,
}

impl FullQueues {
    /// Nothing was answered yet.
    pub fn new(now: Instant) -> Self {
        Self { halves: Default::default(), began: now }
    }

    /// A message was taken.
    pub fn taken(&mut self, now: Instant) {
        self.turn(now);
        let [present, _] = &mut self.halves;
        present.taken = present.taken.saturating_add(1);
    }

    /// A message for this phone met a full queue.
    pub fn full(&mut self, phone: &Msisdn, now: Instant) -> Whose {
        self.turn(now);
        let [present, before] = &mut self.halves;
        present.full = present.full.saturating_add(1);
        if present.phones.len() < SEVERAL && !present.phones.contains(phone) {
            present.phones.push(phone.clone());
        }
        let others = before.phones.iter().filter(|phone| !present.phones.contains(phone)).count();
        let phones = present.phones.len() + others;
        let full = present.full.saturating_add(before.full);
        let taken = present.taken.saturating_add(before.taken);
        let several = phones >= SEVERAL && taken <= full.saturating_mul(TAKEN_BESIDE);
        if several { Whose::Everybody } else { Whose::Phone }
    }

    fn turn(&mut self, now: Instant) {
        let since = now.saturating_duration_since(self.began);
        if since < HALF {
            return;
        }
        let present = std::mem::take(&mut self.halves[0]);
        self.halves[1] = if since < 2 * HALF { present } else { Half::default() };
        self.began = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone(n: u32) -> Msisdn {
        Msisdn::parse(&format!("0812{n:08}")).expect("a number")
    }

    #[test]
    fn one_phone_brakes_nobody_however_often() {
        let start = Instant::now();
        let mut queues = FullQueues::new(start);
        for n in 0..200 {
            let now = start + Duration::from_millis(50 * n);
            assert_eq!(queues.full(&phone(1), now), Whose::Phone);
            // A second one changes nothing.
            assert_eq!(queues.full(&phone(2), now), Whose::Phone);
        }
    }

    #[test]
    fn several_phones_at_once_are_everybody() {
        let start = Instant::now();
        let mut queues = FullQueues::new(start);
        let said: Vec<Whose> = (0..4).map(|n| queues.full(&phone(n), start)).collect();
        assert_eq!(said, [Whose::Phone, Whose::Phone, Whose::Everybody, Whose::Everybody]);
        // While nothing is taken, the same phone again is still everybody.
        let soon = start + HALF;
        assert_eq!(queues.full(&phone(0), soon), Whose::Everybody);
        assert_eq!(queues.full(&phone(0), soon + 3 * HALF), Whose::Phone);
    }

    #[test]
    fn the_few_that_are_full_among_many_are_few() {
        let start = Instant::now();
        let mut queues = FullQueues::new(start);
        for n in 0..5000 {
            let now = start + Duration::from_millis(n.into());
            if n % 50 == 49 {
                assert_eq!(queues.full(&phone(n), now), Whose::Phone, "{n}");
            } else {
                queues.taken(now);
            }
        }
        // Then there is no room for anybody: soon that is seen.
        let later = start + Duration::from_secs(10);
        let said: Vec<Whose> = (0..3).map(|n| queues.full(&phone(n), later)).collect();
        assert_eq!(said.last(), Some(&Whose::Everybody));
    }
}
