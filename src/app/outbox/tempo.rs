//! The pace of an account, shared by all that send over its links on this node.

use std::{
    sync::{Arc, Mutex},
    time::Instant,
};

use super::{locked, now};
use crate::{app::nodes::Budget, outbox::pace::Pace};

/// How fast an account sends: notices of its desk, and replies and pushes of its USSD where the operator
/// counts those, too. Replies go first: what they take, notices wait for.
pub struct Tempo {
    account: Arc<str>,
    /// How much of the account's pace is ours.
    budget: Budget,
    pace: Mutex<Pace>,
}

impl Tempo {
    pub fn new(account: Arc<str>, per_second: u32, budget: Budget) -> Self {
        Self { account, budget, pace: Mutex::new(Pace::new(per_second, now())) }
    }

    /// Lets a notice through.
    ///
    /// # Errors
    /// The moment to ask again.
    pub fn notice(&self, now: Instant) -> Result<(), Instant> {
        self.shared(now, |pace| pace.take(1, now))
    }

    /// When a reply may leave, if that is before the deadline. Its place is taken.
    pub fn reply(&self, deadline: Instant, now: Instant) -> Option<Instant> {
        self.shared(now, |pace| pace.reserve(deadline, now))
    }

    /// What was let through did not leave: its place is somebody else's.
    pub fn not_sent(&self) {
        locked(&self.pace).give_back(1);
    }

    /// The network said that what left at `left` was too fast.
    pub fn too_fast(&self, left: Instant, now: Instant) {
        locked(&self.pace).too_fast(left, now);
    }

    /// The share of the budget that is used at the moment.
    pub fn factor(&self) -> f64 {
        locked(&self.pace).factor(now())
    }

    fn shared<T>(&self, now: Instant, then: impl FnOnce(&mut Pace) -> T) -> T {
        let mut pace = locked(&self.pace);
        pace.share(self.budget.share(&self.account, now), now);
        then(&mut pace)
    }
}
