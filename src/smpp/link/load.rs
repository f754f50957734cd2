//! What a link carries, for whoever watches it. A connection writes it down at every wake-up, with
//! a few relaxed stores; nobody waits for anybody.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

/// What a link carries now, and what has happened to it since it began; its binds together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkLoad {
    /// Messages of ours that may be unanswered at once.
    pub window: usize,
    /// Messages of ours that are unanswered.
    pub in_flight: usize,
    /// Messages of ours that wait for the window.
    pub queued: usize,
    /// Messages of the SMSC's that wait for our answer.
    pub unanswered: usize,
    /// Binds that the SMSC accepted.
    pub binds: u64,
    /// Binds that it refused.
    pub refused: u64,
    /// Connections that could not be made, or were lost.
    pub lost: u64,
    /// Messages of the SMSC's that it was told to bring later.
    pub turned_away: u64,
}

/// The meters of a link: one for each bind, and what is counted for all.
#[derive(Debug, Default)]
pub(super) struct Meters {
    pub binds: Box<[BindMeter]>,
    bound: AtomicU64,
    refused: AtomicU64,
    lost: AtomicU64,
    turned_away: AtomicU64,
}

/// What one connection carries.
#[derive(Debug, Default)]
pub(super) struct BindMeter {
    in_flight: AtomicUsize,
    queued: AtomicUsize,
    unanswered: AtomicUsize,
}

impl Meters {
    pub fn new(binds: usize) -> Self {
        Self { binds: (0..binds).map(|_| BindMeter::default()).collect(), ..Self::default() }
    }

    /// Counts a bind, and says which one of the link it is, from 1.
    pub fn bound(&self) -> u64 {
        self.bound.fetch_add(1, Relaxed) + 1
    }

    pub fn refused(&self) {
        self.refused.fetch_add(1, Relaxed);
    }

    pub fn lost(&self) {
        self.lost.fetch_add(1, Relaxed);
    }

    /// Counts messages that one of the binds turned away.
    pub fn turned_away(&self, messages: u64) {
        self.turned_away.fetch_add(messages, Relaxed);
    }

    /// The sums, for a link with this window.
    pub fn load(&self, window: usize) -> LinkLoad {
        let sum = |of: fn(&BindMeter) -> &AtomicUsize| {
            self.binds.iter().map(|bind| of(bind).load(Relaxed)).sum()
        };
        LinkLoad {
            window,
            in_flight: sum(|bind| &bind.in_flight),
            queued: sum(|bind| &bind.queued),
            unanswered: sum(|bind| &bind.unanswered),
            binds: self.bound.load(Relaxed),
            refused: self.refused.load(Relaxed),
            lost: self.lost.load(Relaxed),
            turned_away: self.turned_away.load(Relaxed),
        }
    }
}

impl BindMeter {
    pub fn set(&self, in_flight: usize, queued: usize, unanswered: usize) {
        self.in_flight.store(in_flight, Relaxed);
        self.queued.store(queued, Relaxed);
        self.unanswered.store(unanswered, Relaxed);
    }
}
