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

/// What hints that networks took replies; the node's name and their keys in hex digits come after it.
const TAKEN: &str = "taken ";

/// Replies of one hint: PostgreSQL has room for 8000 octets (`NOTIFY`).
const TAKEN_AT_ONCE: usize = 200;

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
                let keys: Vec<String> = replies
                    .iter()
                    .map(|key| format!("{:032x}", u128::from_be_bytes(*key)))
                    .collect();
                if let Err(error) =
                    self.store.hint(&format!("{TAKEN}{name} {}", keys.join(" "))).await
                {
                    tracing::debug!(%error, "nobody was told which replies were taken");
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
                    Ok(()) => return,
                    Err(error) => tracing::debug!(%error, "hints are not heard"),
                },
            }
            tokio::time::sleep(BEAT).await;
        }
    }

    async fn listen(&self, name: &str) -> Result<(), StoreError> {
        let Some(mut hints) = self.store.hints().await? else { return Ok(()) };
        loop {
            let hint = hints.next().await?;
            if let Some(from) = hint.strip_prefix(NOTICES) {
                if from != name {
                    self.wake.ring_from_afar();
                }
            } else if let Some(told) = hint.strip_prefix(TAKEN) {
                let mut words = told.split(' ');
                if words.next() != Some(name) {
                    let keys = words.filter_map(|key| u128::from_str_radix(key, 16).ok());
                    keys.for_each(|key| self.taken.from_afar(key.to_be_bytes(), now()));
                }
            } else if hint == menus::RELOADED
                && let Err(error) = self.menus.catch_up().await
            {
                tracing::error!(%error, "the menus of other nodes could not be looked for");
            }
        }
    }
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
