//! How fast an account may send: a bucket that hardly fills, and a brake.
//!
//! The budget is the operator's: so many messages a second over all links together, a long text
//! counted by its parts. The bucket holds a twentieth of a second's worth, so that over any ten
//! seconds the budget is exceeded by no more than 0.5 %; what links hold beyond their windows is
//! kept below the other half of a percent. `governor` counts cells of one size and cannot be slowed
//! down while it runs.

use std::time::{Duration, Instant};

/// The pace of one account.
///
/// Two buckets: one is the budget, which whatever leaves takes from; the other is what the network takes of it
/// at the moment, and only notices wait for that. Somebody waits for a reply: it takes its place at once,
/// ahead of every notice, and leaves when the budget has come so far.
#[derive(Debug, Clone)]
pub struct Pace {
    per_second: f64,
    /// Messages that the budget allows now; below 0 while replies wait, and after a long text.
    allowed: f64,
    /// When they were counted.
    allowed_at: Instant,
    /// Notices that may go now; below 0 after a long text.
    tokens: f64,
    /// When they were counted.
    counted: Instant,
    /// The share of the budget that the network takes at the moment.
    factor: f64,
    /// The share of the budget that is this node's.
    share: f64,
    /// Nothing goes before.
    held: Instant,
    /// When the brake was put on last: what left before was too fast for the same reason.
    braked: Option<Instant>,
}

/// A brake halves the pace.
const BRAKE: f64 = 0.5;
/// The slowest share of the budget.
const SLOWEST: f64 = 0.02;
/// The share of the budget that comes back in a second.
const RECOVERY: f64 = 0.05;
/// How long nothing goes after the network said "too fast".
const HOLD: Duration = Duration::from_millis(250);
/// How soon somebody without a share asks again.
const SHARE_AGAIN: Duration = Duration::from_millis(200);
/// Seconds' worth of messages that the bucket holds.
const DEPTH: f64 = 0.05;

impl Pace {
    /// A pace of so many messages a second, at least 1.
    pub fn new(per_second: u32, now: Instant) -> Self {
        let per_second = f64::from(per_second.max(1));
        Self {
            per_second,
            allowed: 1.0,
            allowed_at: now,
            tokens: 1.0,
            counted: now,
            factor: 1.0,
            share: 1.0,
            held: now,
            braked: None,
        }
    }

    /// Lets a message through that costs so many parts, or says when to ask again.
    ///
    /// # Errors
    /// The moment to ask again.
    pub fn take(&mut self, parts: u32, now: Instant) -> Result<(), Instant> {
        if now < self.held {
            return Err(self.held);
        }
        self.count(now);
        if self.share <= 0.0 {
            return Err(now + SHARE_AGAIN);
        }
        let rate = self.per_second * self.share;
        let of_budget = (1.0 - self.allowed) / rate;
        let wait = of_budget.max((1.0 - self.tokens) / (rate * self.factor));
        if wait > 0.0 {
            return Err(now + Duration::from_secs_f64(wait));
        }
        self.tokens -= f64::from(parts);
        self.allowed -= f64::from(parts);
        Ok(())
    }

    /// Takes a place for a reply, and says when it may leave; `None` where that is later than `deadline`, and
    /// nothing is taken. A node that has no share yet lets replies through, and owes for them: the session
    /// would be over before it has one.
    pub fn reserve(&mut self, deadline: Instant, now: Instant) -> Option<Instant> {
        self.count(now);
        let rate = self.per_second * self.share;
        let wait = if rate > 0.0 { ((1.0 - self.allowed) / rate).max(0.0) } else { 0.0 };
        let at = now + Duration::from_secs_f64(wait);
        if at > deadline {
            return None;
        }
        self.allowed -= 1.0;
        // However many replies there are, a brake alone stops notices for no longer than that.
        self.tokens = (self.tokens - 1.0).max(self.tokens.min(-self.depth()));
        Some(at)
    }

    /// Only so much of the budget is this node's from now on: from 0 to 1.
    pub fn share(&mut self, share: f64, now: Instant) {
        if share != self.share {
            self.count(now);
            self.share = share;
            self.tokens = self.tokens.min(self.depth());
            self.allowed = self.allowed.min(self.depth());
        }
    }

    /// What was taken did not leave.
    pub fn give_back(&mut self, cost: u32) {
        self.tokens += f64::from(cost);
        self.allowed += f64::from(cost);
    }

    /// The network said that a message was too fast which left at `left`.
    pub fn too_fast(&mut self, left: Instant, now: Instant) {
        self.held = self.held.max(now + HOLD);
        if self.braked.is_some_and(|braked| left <= braked) {
            return;
        }
        self.count(now);
        self.factor = (self.factor * BRAKE).max(SLOWEST);
        self.tokens = self.tokens.min(0.0);
        // Nothing is saved up meanwhile: what goes first then is one message, not a window of them.
        self.counted = self.held;
        self.braked = Some(now);
    }

    /// The share of the budget that is used at the moment, from 0 to 1.
    pub fn factor(&mut self, now: Instant) -> f64 {
        self.count(now);
        self.factor
    }

    fn count(&mut self, now: Instant) {
        let since = now.saturating_duration_since(self.allowed_at).as_secs_f64();
        self.allowed_at = self.allowed_at.max(now);
        self.allowed = (self.allowed + self.per_second * self.share * since).min(self.depth());
        if now <= self.counted {
            return;
        }
        let since = (now - self.counted).as_secs_f64();
        self.counted = now;
        self.factor = (self.factor + RECOVERY * since).min(1.0);
        let rate = self.per_second * self.share * self.factor;
        self.tokens = (self.tokens + rate * since).min(self.depth());
    }

    fn depth(&self) -> f64 {
        (self.per_second * self.share * DEPTH).max(1.0)
    }
}

/// What is sent of what may be, where a provider counts any second: on the way to it messages may come
/// closer together.
pub fn below(per_second: u32) -> u32 {
    per_second - per_second / 10
}

/// How many notices of a campaign may be claimed: so many a second, and a second's worth at once.
/// Between a claim and the wire stands the account's own [`Pace`].
#[derive(Debug, Clone)]
pub struct Allowance {
    per_second: u32,
    left: f64,
    counted: Instant,
}

impl Allowance {
    /// An allowance of so many a second, at least 1.
    pub fn new(per_second: u32, now: Instant) -> Self {
        let per_second = per_second.max(1);
        Self { per_second, left: 1.0, counted: now }
    }

    /// How many a second.
    pub fn per_second(&self) -> u32 {
        self.per_second
    }

    /// Takes what there is, at most so many; of the allowance, that `share` is this node's.
    pub fn take(&mut self, most: u32, share: f64, now: Instant) -> u32 {
        let rate = f64::from(self.per_second) * share;
        let since = now.saturating_duration_since(self.counted).as_secs_f64();
        self.counted = now;
        self.left = (self.left + rate * since).min(rate.max(1.0));
        // Between 0 and `per_second`, which is one of these.
        let taken = most.min(self.left as u32);
        self.left -= f64::from(taken);
        taken
    }

    /// Gives back what was taken and not used.
    pub fn give_back(&mut self, unused: u32) {
        self.left += f64::from(unused);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Takes as much as there is until `end`, costs drawn from `parts`; when each part went.
    fn run(pace: &mut Pace, parts: &[u32], start: Instant, end: Duration) -> Vec<Duration> {
        let (mut now, mut went) = (start, Vec::new());
        for parts in parts.iter().cycle() {
            while let Err(again) = pace.take(*parts, now) {
                // A timer is never early and often late.
                now = again.max(now + Duration::from_micros(1));
            }
            if now >= start + end {
                break;
            }
            went.extend(std::iter::repeat_n(now - start, *parts as usize));
        }
        went
    }

    fn most_in_ten_seconds(went: &[Duration]) -> usize {
        let mut first = 0;
        let mut most = 0;
        for (at, moment) in went.iter().enumerate() {
            while *moment - went[first] >= Duration::from_secs(10) {
                first += 1;
            }
            most = most.max(at + 1 - first);
        }
        most
    }

    proptest! {
        #[test]
        fn the_budget_is_not_exceeded_over_ten_seconds(
            per_second in 1..300u32,
            parts in prop::collection::vec(1..4u32, 1..20),
        ) {
            let start = Instant::now();
            let mut pace = Pace::new(per_second, start);
            let went = run(&mut pace, &parts, start, Duration::from_secs(25));
            let budget = 10.0 * f64::from(per_second);
            let most = most_in_ten_seconds(&went) as f64;
            // The one message that has just been let through may have three parts.
            prop_assert!(most <= budget * 1.01 + 3.0, "{most} of {budget}");
            prop_assert!(went.len() as f64 >= 25.0 * f64::from(per_second) * 0.99 - 1.0);
        }
    }

    /// Replies at up to more than the budget, and notices beside them: when each left.
    fn beside_replies(pace: &mut Pace, replies: u32, start: Instant) -> [Vec<Duration>; 2] {
        let (mut asked, mut left) = (Vec::new(), Vec::new());
        for tick in 0..20_000 {
            let now = start + Duration::from_millis(tick);
            if (tick * u64::from(replies)) / 1000 != ((tick + 1) * u64::from(replies)) / 1000 {
                asked.extend(pace.reserve(now + Duration::from_secs(2), now).map(|at| at - start));
            }
            while pace.take(1, now).is_ok() {
                left.push(now - start);
            }
        }
        [asked, left]
    }

    #[test]
    fn replies_go_first_and_all_together_keep_the_budget() {
        let start = Instant::now();
        for (replies, most_notices, least_notices) in
            [(0, 2010, 1990), (30, 1410, 1390), (90, 210, 190), (100, 10, 0), (150, 5, 0)]
        {
            let [said, notices] = beside_replies(&mut Pace::new(100, start), replies, start);
            let mut all: Vec<Duration> = said.iter().chain(&notices).copied().collect();
            all.sort_unstable();
            assert!(most_in_ten_seconds(&all) <= 1010, "{}", most_in_ten_seconds(&all));
            let range = least_notices..=most_notices;
            assert!(range.contains(&notices.len()), "{replies}: {} notices", notices.len());
            assert!(said.len() as u32 >= (20 * replies).min(1990), "{replies}: {}", said.len());
        }
    }

    #[test]
    fn a_reply_waits_for_its_place_and_no_longer_than_it_is_of_use() {
        let start = Instant::now();
        let mut pace = Pace::new(10, start);
        let soon = start + Duration::from_millis(350);
        let at: Vec<_> = (0..5).map(|_| pace.reserve(soon, start)).collect();
        let waits = [0, 100, 200, 300].map(|wait| Some(start + Duration::from_millis(wait)));
        assert_eq!(at, [&waits[..], &[None]].concat());
        // Notices wait for all of them.
        assert_eq!(pace.take(1, start), Err(start + Duration::from_millis(400)));
        // A brake is for notices.
        let mut braked = Pace::new(1000, start);
        let now = start + Duration::from_secs(1);
        braked.too_fast(start, now);
        assert_eq!(braked.reserve(now, now), Some(now));
        assert!(braked.take(1, now).is_err());
        // Without a share nobody is kept waiting, and it is owed.
        let mut fresh = Pace::new(10, start);
        fresh.share(0.0, start);
        assert!((0..20).all(|_| fresh.reserve(start, start) == Some(start)));
        fresh.share(1.0, start);
        assert_eq!(fresh.take(1, start), Err(start + Duration::from_secs(2)));
    }

    #[test]
    fn a_campaign_has_an_allowance() {
        let start = Instant::now();
        let mut allowance = Allowance::new(50, start);
        let mut taken = 0;
        for tenth in 0..100 {
            let some = allowance.take(1000, 1.0, start + Duration::from_millis(100 * tenth));
            taken += some;
            if some > 2 {
                allowance.give_back(2);
                taken -= 2;
            }
        }
        assert!((490..=500).contains(&taken), "{taken}");
        assert_eq!(allowance.take(1000, 1.0, start + Duration::from_secs(1000)), 50);
    }

    #[test]
    fn a_pause_is_not_saved_up() {
        let start = Instant::now();
        let mut pace = Pace::new(100, start);
        run(&mut pace, &[1], start, Duration::from_secs(1));
        let later = start + Duration::from_secs(60);
        let went = run(&mut pace, &[1], later, Duration::from_millis(100));
        assert!((10..=15).contains(&went.len()), "{}", went.len());
    }

    #[test]
    fn too_fast_brakes_once_for_what_left_together_and_recovers() {
        let start = Instant::now();
        let mut pace = Pace::new(1000, start);
        let now = start + Duration::from_secs(1);
        for _ in 0..50 {
            pace.too_fast(start, now);
        }
        assert!((pace.factor(now) - 0.5).abs() < 0.001);
        assert_eq!(pace.take(1, now), Err(now + HOLD));
        let now = now + HOLD;
        pace.too_fast(now, now);
        assert!((pace.factor(now) - 0.25).abs() < 0.02);
        let went = run(&mut pace, &[1], now, Duration::from_secs(2));
        assert!((400..650).contains(&went.len()), "{}", went.len());
        run(&mut pace, &[1], now + Duration::from_secs(2), Duration::from_secs(20));
        let later = now + Duration::from_secs(30);
        assert!((pace.factor(later) - 1.0).abs() < 0.001);
    }
}
