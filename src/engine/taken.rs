//! Which replies the networks took, as nodes tell each other.
//!
//! A network that numbers nothing may bring what somebody typed to any node, and brings it once more when
//! the node that had it is gone. The node that it comes to cannot tell that from the same words typed to the
//! next screen, unless it knows that the reply before was taken: nobody answers a screen that the network
//! has not taken. It is a hint: whoever has not heard it takes the words for a repetition, and shows once
//! more what was shown. How long ago it was goes with it, by the clock of whoever says it: a hint that is
//! late, or told again to a node that could hear nothing, says the same as one that is not.
//!
//! Of a text the same is said when whoever confirmed it knows that nobody brings it again (`app::sms`).

use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::{Notify, watch};

use crate::channel::REDELIVERY;

/// Replies that are remembered of one span of time, and told at once; further ones are no news.
const MOST: usize = 100_000;

/// In which a reply that is given elsewhere leaves, is taken, and is told of.
const A_MOMENT: Duration = Duration::from_millis(300);

/// The most of a moment: whoever waits for a screen has waited already.
const LONG_MOMENT: Duration = Duration::from_millis(1500);

/// How long it may take until this node hears again.
const DEAF_FOR: Duration = Duration::from_secs(2);

/// The key that a reply is kept under.
type Receipt = [u8; 16];

/// Replies by the keys they are kept under. Cheap to clone.
#[derive(Clone, Default)]
pub struct Taken(Arc<Inner>);

#[derive(Default)]
struct Inner {
    afar: Mutex<Option<Spans>>,
    again: Mutex<Option<Spans>>,
    own: Mutex<Option<Spans>>,
    here: Mutex<Here>,
    news: Notify,
    told: Notify,
    deaf: watch::Sender<bool>,
}

/// Replies in two spans of time, the older of which is forgotten first, and when each was heard of.
struct Spans {
    since: Instant,
    young: HashMap<Receipt, Instant>,
    old: HashMap<Receipt, Instant>,
}

impl Spans {
    fn add(of: &Mutex<Option<Self>>, receipt: Receipt, now: Instant) {
        let mut of = lock(of);
        let of = of.get_or_insert_with(|| Self {
            since: now,
            young: HashMap::new(),
            old: HashMap::new(),
        });
        if now.saturating_duration_since(of.since) >= REDELIVERY || of.young.len() >= MOST {
            of.old = mem::take(&mut of.young);
            of.since = now;
        }
        of.young.entry(receipt).and_modify(|at| *at = now.min(*at)).or_insert(now);
    }

    fn at(of: &Mutex<Option<Self>>, receipt: &Receipt) -> Option<Instant> {
        let of = lock(of);
        let of = of.as_ref()?;
        of.young.get(receipt).into_iter().chain(of.old.get(receipt)).min().copied()
    }

    fn all(of: &Mutex<Option<Self>>) -> Vec<(Receipt, Instant)> {
        let of = lock(of);
        let both = of.iter().flat_map(|of| of.old.iter().chain(&of.young));
        both.map(|(receipt, at)| (*receipt, *at)).collect()
    }
}

/// What this node has to tell.
#[derive(Default)]
struct Here {
    told: bool,
    replies: Vec<(Receipt, Instant)>,
}

impl Taken {
    /// A network took a reply of this node.
    pub fn here(&self, receipt: Receipt, now: Instant) {
        Spans::add(&self.0.own, receipt, now);
        self.0.told.notify_waiters();
        let mut here = lock(&self.0.here);
        if here.told && here.replies.len() < MOST {
            here.replies.push((receipt, now));
            self.0.news.notify_one();
        }
    }

    /// It took one that this node gave once more, after another: from here on this node knows the session.
    pub fn again(&self, receipt: Receipt, now: Instant) {
        Spans::add(&self.0.again, receipt, now);
    }

    /// What is to be told to other nodes, as soon as there is something, and since when it is so. From the
    /// first call on it is remembered; one at a time.
    pub async fn news(&self) -> Vec<(Receipt, Instant)> {
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

    /// Somebody has not heard what was told: all that is remembered is to be told again.
    pub fn tell_again(&self) {
        let mut here = lock(&self.0.here);
        if here.told {
            here.replies = Spans::all(&self.0.own);
            self.0.news.notify_one();
        }
    }

    /// Whether this node cannot hear just now what others tell.
    pub fn set_deaf(&self, deaf: bool) {
        self.0.deaf.send_replace(deaf);
    }

    /// Waits until this node can hear, but not for long.
    async fn hears(&self) {
        let mut deaf = self.0.deaf.subscribe();
        // Both ends are ours.
        let _ = tokio::time::timeout(DEAF_FOR, deaf.wait_for(|deaf| !deaf)).await;
    }

    /// A network took a reply of another node, at that moment.
    pub fn from_afar(&self, receipt: Receipt, at: Instant) {
        Spans::add(&self.0.afar, receipt, at);
        self.0.told.notify_waiters();
    }

    /// Whether anybody said so, this node included.
    pub fn is_told(&self, receipt: &Receipt) -> bool {
        self.at(receipt).next().is_some()
    }

    /// Whether another node said so.
    pub fn is_known(&self, receipt: &Receipt) -> bool {
        Spans::at(&self.0.afar, receipt).is_some()
    }

    /// Whether this node gave it once more.
    pub fn was_again(&self, receipt: &Receipt) -> bool {
        Spans::at(&self.0.again, receipt).is_some()
    }

    /// Whether it was taken, of whichever node, after that moment: what was heard until then is no answer
    /// to it.
    pub fn since(&self, receipt: &Receipt, then: Instant) -> bool {
        self.at(receipt).any(|at| at > then)
    }

    /// Waits until it is known that one was taken; a moment, in which this node can hear, if it is not. What
    /// kept a turn waiting here for so long keeps others as well: the moment is as long again.
    pub async fn told(&self, receipt: &Receipt, waited: Duration) {
        self.hears().await;
        let known = async {
            loop {
                let told = self.0.told.notified();
                if self.is_told(receipt) {
                    return;
                }
                told.await;
            }
        };
        let _ = tokio::time::timeout(waited.clamp(A_MOMENT, LONG_MOMENT), known).await;
    }

    fn at(&self, receipt: &Receipt) -> impl Iterator<Item = Instant> {
        [&self.0.own, &self.0.afar].map(|of| Spans::at(of, receipt)).into_iter().flatten()
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
        let now = Instant::now();
        taken.here([1; 16], now);
        assert!(futures_util::FutureExt::now_or_never(taken.news()).is_none());
        taken.here([2; 16], now);
        taken.here([3; 16], now);
        assert_eq!(taken.news().await, [([2; 16], now), ([3; 16], now)]);
        assert!(futures_util::FutureExt::now_or_never(taken.news()).is_none());
        assert!(!taken.is_known(&[2; 16]), "only what others told");
        taken.tell_again();
        let mut again = taken.news().await;
        again.sort();
        assert_eq!(again, [([1; 16], now), ([2; 16], now), ([3; 16], now)], "to who was deaf");
    }

    #[tokio::test(start_paused = true)]
    async fn word_of_a_reply_is_waited_for_a_moment_in_which_it_can_be_heard() {
        let (taken, start) = (Taken::default(), tokio::time::Instant::now());
        taken.told(&[1; 16], Duration::ZERO).await;
        assert_eq!(start.elapsed(), A_MOMENT);
        let start = tokio::time::Instant::now();
        taken.told(&[1; 16], A_MOMENT * 2).await;
        assert_eq!(start.elapsed(), A_MOMENT * 2, "a turn that had waited");
        let start = tokio::time::Instant::now();
        taken.told(&[1; 16], Duration::from_secs(5)).await;
        assert_eq!(start.elapsed(), LONG_MOMENT);
        let start = tokio::time::Instant::now();
        taken.set_deaf(true);
        tokio::join!(taken.told(&[1; 16], Duration::ZERO), async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            taken.set_deaf(false);
            tokio::time::sleep(Duration::from_millis(1)).await;
            taken.from_afar([1; 16], Instant::now());
        });
        assert_eq!(start.elapsed(), Duration::from_millis(1001), "once told it goes on");
    }

    #[test]
    fn what_is_told_again_is_not_newer_for_that() {
        let (taken, start) = (Taken::default(), Instant::now());
        taken.from_afar([1; 16], start);
        taken.from_afar([1; 16], start + REDELIVERY * 2);
        assert!(!taken.since(&[1; 16], start));
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
    fn what_was_taken_later_than_a_message_was_heard_is_not_what_it_answers() {
        let (taken, heard) = (Taken::default(), Instant::now());
        let later = heard + std::time::Duration::from_millis(1);
        taken.here([1; 16], later);
        taken.from_afar([2; 16], later);
        for reply in [[1; 16], [2; 16]] {
            assert!(taken.since(&reply, heard) && !taken.since(&reply, later), "{reply:?}");
        }
        assert!(!taken.since(&[3; 16], heard));
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
