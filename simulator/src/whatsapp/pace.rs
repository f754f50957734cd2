//! How fast a number may send: in all, and to one user. Pure; milliseconds come in.

use std::collections::VecDeque;

/// The limits of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Messages in any second. The real one is 80, or 1000 for large senders.
    pub per_second: u32,
    /// Milliseconds from one message to the next to the same user. The real one is 6000.
    pub pair_every_ms: u64,
    /// Messages to the same user that may go ahead of that; what goes ahead is waited for later.
    /// The real one is 45.
    pub pair_burst: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { per_second: 80, pair_every_ms: 6000, pair_burst: 45 }
    }
}

/// Messages of the last second.
#[derive(Debug, Default)]
pub(super) struct Throughput {
    sent: VecDeque<u64>,
}

impl Throughput {
    /// Counts a message, if there is room for it.
    pub fn admit(&mut self, limits: &Limits, now: u64) -> bool {
        while self.sent.front().is_some_and(|&at| at + 1000 <= now) {
            self.sent.pop_front();
        }
        let room = self.sent.len() < limits.per_second as usize;
        if room {
            self.sent.push_back(now);
        }
        room
    }
}

/// How far the messages to one user are ahead of their time.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pair {
    /// When the next one would be due, had nobody gone ahead.
    due: u64,
}

impl Pair {
    /// Counts a message, if it may go.
    pub fn admit(&mut self, limits: &Limits, now: u64) -> bool {
        let due = self.due.max(now);
        let ahead = limits.pair_every_ms * u64::from(limits.pair_burst.saturating_sub(1));
        let may = due - now <= ahead;
        if may {
            self.due = due + limits.pair_every_ms;
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_second_has_more_than_its_messages() {
        let limits = Limits { per_second: 3, ..Limits::default() };
        let mut throughput = Throughput::default();
        let rows = [(0, true), (400, true), (900, true), (999, false), (1000, true), (1399, false)];
        for (now, may) in rows {
            assert_eq!(throughput.admit(&limits, now), may, "{now}");
        }
    }

    #[test]
    fn what_goes_ahead_to_one_user_is_waited_for() {
        let limits = Limits { pair_every_ms: 6000, pair_burst: 2, ..Limits::default() };
        let mut pair = Pair::default();
        let rows = [(0, true), (1, true), (5999, false), (6001, true), (11_999, false)];
        for (now, may) in rows {
            assert_eq!(pair.admit(&limits, now), may, "{now}");
        }
        assert!(pair.admit(&limits, 60_000) && pair.admit(&limits, 60_000));
        assert!(!pair.admit(&limits, 60_000));
    }
}
