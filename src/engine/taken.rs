//! Which replies the networks took, as nodes tell each other.
//!
//! A network that numbers nothing may bring what somebody typed to any node, and brings it once more when
//! the node that had it is gone. The node that it comes to cannot tell that from the same words typed to the
//! next screen, unless it knows that the reply before was taken: nobody answers a screen that the network
//! has not taken. It is a hint: whoever has not heard it takes the words for a repetition, and shows once
//! more what was shown.

use std::{
    collections::HashSet,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use tokio::sync::Notify;

use crate::channel::REDELIVERY;

/// Replies that are remembered of one span of time, and told at once; further ones are no news.
const MOST: usize = 100_000;

/// Replies by the keys they are kept under. Cheap to clone.
#[derive(Clone, Default)]
pub struct Taken(Arc<Inner>);

#[derive(Default)]
struct Inner {
    afar: Mutex<Option<Spans>>,
    again: Mutex<Option<Spans>>,
    here: Mutex<Here>,
    news: Notify,
}

/// Replies in two spans of time, the older of which is forgotten first.
struct Spans {
    since: Instant,
    young: HashSet<[u8; 16]>,
    old: HashSet<[u8; 16]>,
}

impl Spans {
    fn add(of: &Mutex<Option<Self>>, receipt: [u8; 16], now: Instant) {
        let mut of = lock(of);
        let of = of.get_or_insert_with(|| Self {
            since: now,
            young: HashSet::new(),
            old: HashSet::new(),
        });
        if now.saturating_duration_since(of.since) >= REDELIVERY || of.young.len() >= MOST {
            of.old = mem::take(&mut of.young);
            of.since = now;
        }
        of.young.insert(receipt);
    }

    fn has(of: &Mutex<Option<Self>>, receipt: &[u8; 16]) -> bool {
        let of = lock(of);
        of.as_ref().is_some_and(|of| of.young.contains(receipt) || of.old.contains(receipt))
    }
}

/// What this node has to tell.
#[derive(Default)]
struct Here {
    told: bool,
    replies: Vec<[u8; 16]>,
}

impl Taken {
    /// A network took a reply of this node.
    pub fn here(&self, receipt: [u8; 16]) {
        let mut here = lock(&self.0.here);
        if here.told && here.replies.len() < MOST {
            here.replies.push(receipt);
            self.0.news.notify_one();
        }
    }

    /// It took one that this node gave once more, after another: from here on this node knows the session.
    pub fn again(&self, receipt: [u8; 16], now: Instant) {
        Spans::add(&self.0.again, receipt, now);
    }

    /// What is to be told to other nodes, as soon as there is something. From the first call on it is
    /// remembered; one at a time.
    pub async fn news(&self) -> Vec<[u8; 16]> {
        loop {
            let more = self.0.news.notified();
            {
                let mut here = lock(&self.0.here);
                here.told = true;
                if !here.replies.is_empty() {
                    return mem::take(&mut here.replies);
                }
            }
            more.await;
        }
    }

    /// A network took a reply of another node.
    pub fn from_afar(&self, receipt: [u8; 16], now: Instant) {
        Spans::add(&self.0.afar, receipt, now);
    }

    /// Whether another node said so.
    pub fn is_known(&self, receipt: &[u8; 16]) -> bool {
        Spans::has(&self.0.afar, receipt)
    }

    /// Whether this node gave it once more.
    pub fn was_again(&self, receipt: &[u8; 16]) -> bool {
        Spans::has(&self.0.again, receipt)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_nobody_listens_to_is_not_kept_and_the_rest_is_told_once() {
        let taken = Taken::default();
        taken.here([1; 16]);
        assert!(futures_util::FutureExt::now_or_never(taken.news()).is_none());
        taken.here([2; 16]);
        taken.here([3; 16]);
        assert_eq!(taken.news().await, [[2; 16], [3; 16]]);
        assert!(futures_util::FutureExt::now_or_never(taken.news()).is_none());
        assert!(!taken.is_known(&[2; 16]), "only what others told");
    }

    #[test]
    fn what_was_heard_is_known_for_as_long_as_a_network_may_bring_it_again() {
        let (taken, start) = (Taken::default(), Instant::now());
        taken.from_afar([1; 16], start);
        taken.from_afar([2; 16], start + REDELIVERY);
        assert!(taken.is_known(&[1; 16]) && taken.is_known(&[2; 16]));
        taken.from_afar([3; 16], start + REDELIVERY * 2);
        assert!(!taken.is_known(&[1; 16]) && taken.is_known(&[2; 16]) && taken.is_known(&[3; 16]));
    }

    #[test]
    fn memory_is_bounded() {
        let (taken, start) = (Taken::default(), Instant::now());
        for n in 0..3 * MOST as u128 {
            taken.from_afar(n.to_be_bytes(), start);
        }
        let known = lock(&taken.0.afar);
        let kept = known.as_ref().map(|known| known.young.len() + known.old.len());
        assert_eq!(kept, Some(2 * MOST));
    }
}
