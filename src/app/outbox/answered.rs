//! What networks said of notices that may be claimed again before it is written down.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use super::locked;
use crate::outbox::{
    NoticeId,
    work::{Settlement, Verdict},
};

/// As many as are remembered, and as may wait for a link: no more are claimed.
pub const MOST: usize = 4096;

/// What was answered late, or could not be written down: whoever has such a notice looks here before it
/// leaves once more. After a lease nobody can have it that does not know. Cloning is cheap, and clones
/// share what they know.
#[derive(Clone)]
pub struct Answered {
    known: Arc<Mutex<BTreeMap<NoticeId, (Instant, Verdict)>>>,
    lease: Duration,
}

impl Answered {
    /// Nothing yet; `lease` is how long a claim holds.
    pub fn new(lease: Duration) -> Self {
        Self { known: Arc::default(), lease }
    }

    /// One that was answered after its time. Of too many the oldest is forgotten.
    pub fn late(&self, notice: NoticeId, verdict: Verdict, now: Instant) {
        let mut known = locked(&self.known);
        known.retain(|_, (at, _)| now.duration_since(*at) < self.lease);
        if known.len() >= MOST {
            known.pop_first();
        }
        known.insert(notice, (now, verdict));
    }

    /// The database did not take what became of these. What may be sent again anyway is not kept.
    pub fn not_settled(&self, settlements: &[Settlement], now: Instant) {
        let mut known = locked(&self.known);
        known.retain(|_, (at, _)| now.duration_since(*at) < self.lease);
        for Settlement { id, verdict, .. } in settlements {
            if known.len() < MOST && matches!(verdict, Verdict::Sent { .. } | Verdict::Ended(_)) {
                known.insert(*id, (now, verdict.clone()));
            }
        }
    }

    /// What the network said of an earlier try.
    pub fn of(&self, notice: NoticeId) -> Option<Verdict> {
        locked(&self.known).get(&notice).map(|(_, verdict)| verdict.clone())
    }
}
