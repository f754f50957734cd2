//! What a node does because it may not be alone: it follows the primary of its database, takes its
//! share of the accounts' budgets, and hears what others hint at.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use tokio::{sync::watch, time::MissedTickBehavior};

use super::{
    outbox::now,
    stop::{self, Stop},
};
use crate::{
    clock,
    engine::{Taken, Wake},
    menus::{self, Reloading},
    outbox::share::{BEAT, EVERY, STALE, Shares},
    smpp::link::{Link, LinkStatus},
    store::{Store, StoreError},
};

/// How often the primary is asked for a sign of life. What is on its way when it dies fails within
/// the wait of a connection; what comes after waits for this and for the promotion.
const LOOK: Duration = Duration::from_millis(250);

/// No more than one hint in so long, however many notices are stored.
const HINTS_APART: Duration = Duration::from_millis(100);

/// The same of replies that networks took: the next answer of a phone may come to any node.
const TAKEN_APART: Duration = Duration::from_millis(5);

/// What hints that notices are stored; the node's name comes after it.
const NOTICES: &str = "notices ";

/// What hints that networks took replies. After it come the node's name and their keys in hex digits, each
/// with a dot and how many milliseconds ago it was.
const TAKEN: &str = "taken ";

/// Asks for what was not heard; the node's name comes after it.
const AGAIN: &str = "again ";

/// Replies of one hint: PostgreSQL has room for 8000 octets (`NOTIFY`), and a key with its age takes 39.
const TAKEN_AT_ONCE: usize = 190;

/// How soon it is tried again to tell and to hear, where the database is away.
const TRY_AGAIN: Duration = Duration::from_millis(100);

/// What share of each account's budget is ours, and until when.
type Ours = BTreeMap<String, (f64, Instant)>;

/// Our share of each account's budget. Cloning is cheap.
#[derive(Clone)]
pub struct Budget(Option<Arc<ArcSwap<Ours>>>);

impl Budget {
    /// All of every account's, where nobody shares the database; otherwise nothing yet.
    pub fn new(store: &Store) -> Self {
        Self(store.is_shared().then(Arc::default))
    }

    /// The share of an account's budget that is ours now, from 0 to 1.
    pub fn share(&self, account: &str, now: Instant) -> f64 {
        let Some(shares) = &self.0 else { return 1.0 };
        let shares = shares.load();
        let ours = shares.get(account).filter(|(_, until)| now < *until);
        ours.map_or(0.0, |(share, _)| *share)
    }

    /// The share of what nobody's account is the measure of.
    pub fn of_all(&self, now: Instant) -> f64 {
        self.share(EVERY, now)
    }
}

/// A node among others.
pub struct Node {
    pub store: Store,
    pub budget: Budget,
    /// The links of each account that sends.
    pub accounts: Vec<(String, Vec<Link>)>,
    pub wake: Wake,
    pub taken: Taken,
    pub menus: Arc<Reloading>,
}

impl Node {
    /// Does all of it until told to stop, which nobody should be before the last notice is sent.
    pub async fn run(self, stop: watch::Receiver<Stop>) {
        let name = format!("{:016x}", rand::random::<u64>());
        tokio::join!(
            follow(&self.store, stop.clone()),
            self.share(&name, stop.clone()),
            self.tell(&name, stop.clone()),
            self.tell_taken(&name, stop.clone()),
            self.hear(&name, stop),
        );
    }

    /// Writes our row and reads the others' again and again.
    async fn share(&self, name: &str, mut stop: watch::Receiver<Stop>) {
        let Some(budget) = &self.budget.0 else { return };
        let mut known = Shares::default();
        // Links are coming up, and would have to wait for what others have anyway.
        let mut bound: Vec<String> = self.accounts.iter().map(|(name, _)| name.clone()).collect();
        let mut beats = tokio::time::interval(BEAT);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for beat in 1.. {
            tokio::select! {
                () = stop::told(&mut stop) => break,
                _ = beats.tick() => {}
            }
            bound.push(EVERY.to_owned());
            let (began, accounts) = (now(), known.accounts(&bound, now()));
            let rows = self.store.beat(name, beat, &accounts, clock::now());
            match tokio::time::timeout(STALE, rows).await {
                Ok(Ok(others)) => known.read(began, &accounts, others, now()),
                Ok(Err(error)) => tracing::debug!(%error, "no sign of life was left"),
                Err(_) => tracing::debug!("the database did not take a sign of life in time"),
            }
            let shares = known.ours().map(|of| (of.to_owned(), known.of(of, now())));
            budget.store(Arc::new(shares.collect()));
            bound = self.bound();
        }
        if let Err(error) = self.store.forget_node(name, clock::now()).await {
            tracing::debug!(%error, "the others will find out that this node is gone");
        }
    }

    /// Accounts with a link; one without links needs none.
    fn bound(&self) -> Vec<String> {
        let up = |link: &Link| *link.status().borrow() == LinkStatus::Bound;
        let bound = |(_, links): &&(String, Vec<Link>)| links.is_empty() || links.iter().any(up);
        self.accounts.iter().filter(bound).map(|(name, _)| name.clone()).collect()
    }

    /// Hints that notices are stored: another node may have the link that they need.
    async fn tell(&self, name: &str, mut stop: watch::Receiver<Stop>) {
        if !self.store.is_shared() {
            return;
        }
        let mut rung = self.wake.listen_here();
        loop {
            tokio::select! {
                () = stop::told(&mut stop) => return,
                rung = rung.changed() => if rung.is_err() { return },
            }
            if let Err(error) = self.store.hint(&format!("{NOTICES}{name}")).await {
                tracing::debug!(%error, "nobody was told of notices");
            }
            tokio::time::sleep(HINTS_APART).await;
        }
    }

    /// Hints at replies that networks took.
    async fn tell_taken(&self, name: &str, mut stop: watch::Receiver<Stop>) {
        if !self.store.is_shared() {
            return;
        }
        loop {
            let replies = tokio::select! {
                () = stop::told(&mut stop) => return,
                replies = self.taken.news() => replies,
            };
            for replies in replies.chunks(TAKEN_AT_ONCE) {
                // Further ones wait meanwhile, and grow old truly.
                while let Err(error) = self.store.hint(&taken(name, replies, now())).await {
                    tracing::debug!(%error, "nobody was told which replies were taken");
                    tokio::select! {
                        () = stop::told(&mut stop) => return,
                        () = tokio::time::sleep(TRY_AGAIN) => {}
                    }
                }
            }
            tokio::time::sleep(TAKEN_APART).await;
        }
    }

    async fn hear(&self, name: &str, mut stop: watch::Receiver<Stop>) {
        loop {
            tokio::select! {
                () = stop::told(&mut stop) => return,
                heard = self.listen(name) => match heard {
                    Ok(Heard::Nothing) => return,
                    Ok(Heard::Lost) => tracing::debug!("the connection that hints came over is gone"),
                    Err(error) => tracing::debug!(%error, "hints are not heard"),
                },
            }
            self.taken.set_deaf(true);
            tokio::time::sleep(TRY_AGAIN).await;
        }
    }

    async fn listen(&self, name: &str) -> Result<Heard, StoreError> {
        let Some(mut hints) = self.store.hints().await? else { return Ok(Heard::Nothing) };
        self.store.hint(&format!("{AGAIN}{name}")).await?;
        self.taken.set_deaf(false);
        while let Some(hint) = hints.next().await? {
            if let Some(from) = hint.strip_prefix(NOTICES) {
                if from != name {
                    self.wake.ring_from_afar();
                }
            } else if let Some(told) = hint.strip_prefix(TAKEN) {
                for (receipt, at) in read_taken(told, name, now()) {
                    self.taken.from_afar(receipt, at);
                }
            } else if let Some(from) = hint.strip_prefix(AGAIN) {
                if from != name {
                    self.taken.tell_again();
                }
            } else if hint == menus::RELOADED
                && let Err(error) = self.menus.catch_up().await
            {
                tracing::error!(%error, "the menus of other nodes could not be looked for");
            }
        }
        Ok(Heard::Lost)
    }
}

/// Why a node hears no hints any more.
enum Heard {
    /// There are none.
    Nothing,
    /// Its connection is gone.
    Lost,
}

/// A hint at replies that networks took.
fn taken(name: &str, replies: &[([u8; 16], Instant)], now: Instant) -> String {
    let told = replies.iter().map(|(key, at)| {
        let age = now.saturating_duration_since(*at).as_millis();
        format!(" {:032x}.{age}", u128::from_be_bytes(*key))
    });
    format!("{TAKEN}{name}{}", told.collect::<String>())
}

/// What is hinted at, unless by this node. A version that does not say how long ago it was means just now.
fn read_taken(told: &str, name: &str, now: Instant) -> Vec<([u8; 16], Instant)> {
    let mut words = told.split(' ');
    if words.next() == Some(name) {
        return Vec::new();
    }
    let read = words.filter_map(|word| {
        let (key, age) = word.split_once('.').unwrap_or((word, "0"));
        let age = Duration::from_millis(age.parse().ok()?);
        let key = u128::from_str_radix(key, 16).ok()?;
        Some((key.to_be_bytes(), now.checked_sub(age)?))
    });
    read.collect()
}

/// Follows the primary until told to stop.
async fn follow(store: &Store, mut stop: watch::Receiver<Stop>) {
    let mut looks = tokio::time::interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop::told(&mut stop) => return,
            _ = looks.tick() => {
                if store.follow_primary().await {
                    tracing::warn!("the database has another primary");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_is_told_with_its_age_and_not_to_oneself() {
        let (now, ago) = (Instant::now(), Duration::from_millis(1_234));
        let replies = [([7; 16], now), ([255; 16], now.checked_sub(ago).unwrap())];
        let hint = taken("me", &replies, now);
        let told = hint.strip_prefix(TAKEN).unwrap();
        assert_eq!(read_taken(told, "you", now), replies);
        assert_eq!(read_taken(told, "me", now), []);
        assert_eq!(read_taken(&format!("you {:032x}", 1), "me", now), [(1u128.to_be_bytes(), now)]);
        assert_eq!(read_taken("you 12.x zz.1 ", "me", now), []);
    }

    #[test]
    fn one_hint_has_room_for_replies_that_are_old() {
        let now = Instant::now();
        let old = now.checked_sub(Duration::from_secs(99)).unwrap();
        let hint = taken(&"f".repeat(16), &[([255; 16], old); TAKEN_AT_ONCE], now);
        assert!(hint.len() < 8_000, "{}", hint.len());
    }
}
