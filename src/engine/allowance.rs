//! Turns of one subscriber over all nodes. `limits` keeps a node from drowning and knows nothing of the
//! others; this is counted in the conversation's own row, which every turn reads and writes anyway.

use std::time::Duration;

use crate::clock::Timestamp;

/// How many turns a subscriber may take, as GCRA counts them (ITU-T I.371 §6.2.2): with the time at which
/// it is whole again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// A turn comes back to it so often.
    pub every: Duration,
    /// Turns at once, when it is whole.
    pub burst: u32,
}

/// How far the clocks of two nodes may be apart, and a turn from when it was admitted.
const APART: Duration = Duration::from_secs(1);

impl Allowance {
    /// Of so many turns a minute.
    pub fn per_minute(turns: u32, burst: u32) -> Self {
        Self { every: Duration::from_secs(60) / turns.max(1), burst: burst.max(1) }
    }

    /// When it is whole again if a turn is taken now; `None` if none is left.
    pub(super) fn take(self, whole: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
        let whole = whole.filter(|whole| *whole > now).unwrap_or(now);
        let most = self.every * (self.burst - 1) + APART;
        (whole.since(now) <= most).then(|| whole.plus(self.every))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_and_then_one_at_a_time() {
        let allowance = Allowance::per_minute(6, 3);
        let now = Timestamp::from_millis(1_629_127_800_000);
        let mut whole = None;
        for _ in 0..3 {
            whole = allowance.take(whole, now);
            assert!(whole.is_some());
        }
        assert_eq!(allowance.take(whole, now), None);
        assert_eq!(allowance.take(whole, now.plus(Duration::from_secs(8))), None);
        let later = now.plus(Duration::from_secs(10));
        whole = allowance.take(whole, later);
        assert!(whole.is_some() && allowance.take(whole, later).is_none());
        assert_eq!(
            allowance.take(whole, later.plus(Duration::from_secs(60))).map(|_| ()),
            Some(())
        );
    }
}
