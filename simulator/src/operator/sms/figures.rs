//! What an SMS centre counts: messages, copies of a message, and how many came in ten seconds.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

/// What one SMS centre counted. Messages are PDUs: a long text counts its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Figures {
    /// Messages of the gateway, taken or not.
    pub submitted: u64,
    /// Messages taken.
    pub accepted: u64,
    /// Messages refused because they came too fast.
    pub throttled: u64,
    /// Messages refused for any other reason.
    pub refused: u64,
    /// Different messages taken: sender, phone and text.
    pub distinct: u64,
    /// Messages taken that had been taken before.
    pub duplicates: u64,
    /// Messages that reached their phone.
    pub reached: u64,
    /// Messages that wait for their phone to come back.
    pub waiting: u64,
    /// Messages whose phone did not come back in time.
    pub expired: u64,
    /// Receipts written, copies counted.
    pub receipts: u64,
    /// Texts that phones have sent.
    pub texts: u64,
    /// Texts and receipts sent to the gateway once more.
    pub redelivered: u64,
    /// Texts and receipts that the gateway refused for good.
    pub rejected: u64,
    /// Texts and receipts that the gateway has not confirmed yet.
    pub unconfirmed: u64,
    /// Messages of the gateway in the last ten seconds, taken or not.
    pub last_10_s: u64,
    /// The most of them in any ten seconds.
    pub peak_10_s: u64,
}

/// The moments of what happened within a span, and the most there ever were.
#[derive(Debug)]
pub struct Window {
    span: Duration,
    moments: VecDeque<Instant>,
    peak: usize,
}

impl Window {
    /// More moments than this are not kept; above it, counts are too low.
    const MOMENTS_MAX: usize = 2_000_000;

    /// An empty window of this length.
    pub fn new(span: Duration) -> Self {
        Self { span, moments: VecDeque::new(), peak: 0 }
    }

    /// Something happens.
    pub fn push(&mut self, now: Instant) {
        let _ = self.count(now);
        if self.moments.len() < Self::MOMENTS_MAX {
            self.moments.push_back(now);
        }
        self.peak = self.peak.max(self.moments.len());
    }

    /// How much happened in the span that ends now. What is exactly as old as the span is out.
    pub fn count(&mut self, now: Instant) -> usize {
        while self.moments.front().is_some_and(|&at| at + self.span <= now) {
            self.moments.pop_front();
        }
        self.moments.len()
    }

    /// The most that happened in any span.
    pub fn peak(&self) -> usize {
        self.peak
    }
}

/// Tells new messages from copies by a hash: 64 bits each, and no text.
#[derive(Debug, Default)]
pub struct Seen {
    hasher: RandomState,
    hashes: HashSet<u64>,
    copies: u64,
}

impl Seen {
    /// More messages than this are not told apart.
    pub const MESSAGES_MAX: usize = 16_000_000;

    /// Whether a message is new. Past [`Seen::MESSAGES_MAX`] every message is taken for known and
    /// not counted.
    pub fn is_new(&mut self, message: impl std::hash::Hash) -> bool {
        let hash = self.hasher.hash_one(message);
        if self.hashes.len() >= Self::MESSAGES_MAX {
            return false;
        }
        let new = self.hashes.insert(hash);
        self.copies += u64::from(!new);
        new
    }

    /// How many different messages there were.
    pub fn distinct(&self) -> u64 {
        self.hashes.len() as u64
    }

    /// How many copies of them.
    pub fn copies(&self) -> u64 {
        self.copies
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_slides_and_remembers_its_peak() {
        let (mut window, begin) = (Window::new(Duration::from_secs(10)), Instant::now());
        for tenth in 0..300 {
            window.push(begin + Duration::from_millis(tenth * 100));
        }
        assert_eq!(window.peak(), 100);
        assert_eq!(window.count(begin + Duration::from_millis(29_950)), 100);
        assert_eq!(window.count(begin + Duration::from_secs(60)), 0);
        assert_eq!(window.peak(), 100);
    }

    #[test]
    fn a_copy_is_known_again() {
        let mut seen = Seen::default();
        assert!(seen.is_new(("0812", "Halo")));
        assert!(seen.is_new(("0813", "Halo")));
        assert!(!seen.is_new(("0812", "Halo")));
        assert_eq!((seen.distinct(), seen.copies()), (2, 1));
    }
}
