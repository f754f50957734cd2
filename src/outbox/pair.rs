//! How often one user of a chat may be written to (Cloud API, "Pair rate limits").

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

/// One message to the same user in this time (Cloud API, "Pair rate limits": one in 6 seconds, 600 an
/// hour).
pub(super) const GAP: Duration = Duration::from_secs(6);

/// The most at once, borrowed from the time after it (same place: 45).
pub const PAIR_BURST: u32 = 45;

/// The longest time that a user is left alone.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// The most users that are remembered. A number that writes 80 messages a second meets 21,600 in the
/// time in which a burst is paid back.
pub const MOST_PAIRS: usize = 65_536;

/// How often each user may be written to. A user is known by a hash.
#[derive(Debug)]
pub struct Pairs {
    /// The most at once.
    burst: u32,
    users: HashMap<u64, Pair>,
    /// When so many are remembered, those of no interest any more are forgotten.
    sweep_at: usize,
}

#[derive(Debug, Clone, Copy)]
struct Pair {
    /// When everything that was borrowed is paid back.
    paid: Instant,
    /// Nothing goes before.
    held: Instant,
    /// How often in a row the provider said that it was too fast.
    refused: u32,
}

impl Pair {
    fn fresh(now: Instant) -> Self {
        Self { paid: now, held: now, refused: 0 }
    }

    fn is_of_interest(&self, now: Instant) -> bool {
        self.paid > now || self.held > now
    }
}

impl Default for Pairs {
    fn default() -> Self {
        Self::new(PAIR_BURST)
    }
}

impl Pairs {
    /// Nobody was written to yet; `burst` messages may go at once, at least 1.
    pub fn new(burst: u32) -> Self {
        Self { burst: burst.max(1), users: HashMap::new(), sweep_at: 0 }
    }

    /// Lets a message to a user through, or says when to ask again.
    ///
    /// # Errors
    /// The moment to ask again.
    pub fn take(&mut self, user: u64, now: Instant) -> Result<(), Instant> {
        self.make_room(now);
        let pair = self.users.entry(user).or_insert_with(|| Pair::fresh(now));
        let paid = pair.paid.max(now) + GAP;
        // `paid` is at least a gap after now, so that the subtraction has something to take from.
        let from = (paid - GAP).checked_sub(GAP * (self.burst - 1)).unwrap_or(now).max(pair.held);
        if from > now {
            return Err(from);
        }
        pair.paid = paid;
        Ok(())
    }

    /// What was taken did not leave.
    pub fn give_back(&mut self, user: u64) {
        if let Some(pair) = self.users.get_mut(&user) {
            pair.paid = pair.paid.checked_sub(GAP).unwrap_or(pair.paid);
        }
    }

    /// A message was taken.
    pub fn took(&mut self, user: u64) {
        if let Some(pair) = self.users.get_mut(&user) {
            pair.refused = 0;
        }
    }

    /// The provider said that a user was written to too often; how long it is left alone: 6 seconds,
    /// and twice as long each time. Nothing is borrowed for it then.
    pub fn too_fast(&mut self, user: u64, now: Instant) -> Duration {
        self.make_room(now);
        let pair = self.users.entry(user).or_insert_with(|| Pair::fresh(now));
        // What left together was too fast for the same reason.
        if pair.held <= now {
            let wait = (GAP * (1 << pair.refused.min(8))).min(LONGEST_WAIT);
            pair.refused = pair.refused.saturating_add(1);
            pair.held = now + wait;
            pair.paid = pair.paid.max(pair.held + GAP * (self.burst - 1));
        }
        pair.held - now
    }

    /// How many users are remembered.
    pub fn len(&self) -> usize {
        self.users.len()
    }

    /// Whether no user is.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty()
    }

    fn make_room(&mut self, now: Instant) {
        if self.users.len() < self.sweep_at.clamp(1024, MOST_PAIRS) {
            return;
        }
        self.users.retain(|_, pair| pair.is_of_interest(now));
        if self.users.len() >= MOST_PAIRS {
            // Faster than a number may be. The provider says so where we forget.
            self.users.clear();
        }
        self.sweep_at = self.users.len() * 2;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const DAY: Duration = Duration::from_secs(86_400);

    #[test]
    fn a_burst_is_paid_back() {
        let start = Instant::now() + DAY;
        let mut pairs = Pairs::default();
        for _ in 0..PAIR_BURST {
            assert_eq!(pairs.take(1, start), Ok(()));
        }
        assert_eq!(pairs.take(1, start), Err(start + GAP));
        assert_eq!(pairs.take(2, start), Ok(()), "another user");
        assert_eq!(pairs.take(1, start + GAP), Ok(()));
        assert_eq!(pairs.take(1, start + GAP), Err(start + 2 * GAP));
        pairs.give_back(1);
        assert_eq!(pairs.take(1, start + GAP), Ok(()));
        let later = start + GAP * 200;
        assert_eq!((0..100).filter(|_| pairs.take(1, later).is_ok()).count(), PAIR_BURST as usize);
    }

    #[test]
    fn who_is_written_to_too_often_is_left_alone() {
        let start = Instant::now();
        let mut pairs = Pairs::default();
        assert_eq!(pairs.take(1, start), Ok(()));
        assert_eq!(pairs.too_fast(1, start), GAP);
        assert_eq!(pairs.too_fast(1, start + SECOND), GAP - SECOND, "of the same burst");
        assert_eq!(pairs.take(1, start), Err(start + GAP));
        assert_eq!(pairs.take(1, start + GAP), Ok(()));
        assert_eq!(pairs.take(1, start + GAP), Err(start + 2 * GAP), "nothing is borrowed now");
        assert_eq!(pairs.too_fast(1, start + GAP), 2 * GAP);
        pairs.took(1);
        assert_eq!(pairs.too_fast(1, start + DAY), GAP);
        let mut waits = (1..20_u32).map(|at| pairs.too_fast(1, start + at * 2 * DAY));
        assert!(waits.all(|wait| wait <= LONGEST_WAIT));
    }

    proptest! {
        #[test]
        fn no_user_is_written_to_too_often(
            sends in prop::collection::vec((0..4u64, 0..4000u64), 1..800),
        ) {
            let mut now = Instant::now() + DAY;
            let mut pairs = Pairs::default();
            let mut went: HashMap<u64, Vec<Instant>> = HashMap::new();
            for (user, after) in sends {
                now += Duration::from_millis(after);
                match pairs.take(user, now) {
                    Ok(()) => went.entry(user).or_default().push(now),
                    Err(again) => prop_assert!(again > now),
                }
            }
            for went in went.values() {
                for (at, from) in went.iter().enumerate() {
                    let within = went[at..].iter().filter(|to| **to - *from < GAP * 10).count();
                    prop_assert!(within <= PAIR_BURST as usize + 10);
                }
            }
        }

        #[test]
        fn memory_is_bounded(seed in any::<u64>()) {
            let now = Instant::now();
            let mut pairs = Pairs::default();
            for user in 0..3000 {
                let _ = pairs.take(seed.wrapping_add(user), now + SECOND * u32::try_from(user).unwrap());
            }
            prop_assert!(pairs.len() <= 1024, "{}", pairs.len());
        }
    }

    #[test]
    fn more_than_can_be_remembered_are_forgotten() {
        let now = Instant::now();
        let mut pairs = Pairs::default();
        for user in 0..200_000 {
            assert_eq!(pairs.take(user, now), Ok(()));
        }
        assert!(pairs.len() <= MOST_PAIRS);
    }
}
