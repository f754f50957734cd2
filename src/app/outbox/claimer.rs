//! Keeps the line of a desk filled, no more than its links can take.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use tokio::{
    sync::{mpsc, watch},
    time::timeout,
};

use super::{
    DATABASE_PAUSE, Running,
    desk::{Desk, Item, Patience, given_back, settlement},
    locked, now,
};
use crate::{
    app::stop::{self, Stop},
    clock::{self, Timestamp, Zone},
    outbox::{
        Class, Fate, Lane,
        pace::Allowance,
        parts,
        policy::{Looked, Queue, shares, split},
        work::{Claimed, Consent, Portion, Settlement, Verdict},
    },
    service::campaign::Decency,
    store::{Late, Store},
    telemetry::Metrics,
};

/// How often the database is looked at when nobody rings: for what falls due, and for what other
/// nodes and programs have stored.
const LOOK: Duration = Duration::from_millis(500);

/// How often the links are looked at while none is bound.
const LINKS: Duration = Duration::from_millis(100);

pub struct Claimer {
    pub desk: Arc<Desk>,
    /// Operators whose phones are served while they are down.
    pub others: Vec<Arc<Desk>>,
    pub store: Store,
    pub running: Arc<ArcSwap<Vec<Running>>>,
    pub metrics: Arc<Metrics>,
    pub settled: mpsc::Sender<Settlement>,
    /// Claims so far: who begins changes with it.
    pub turns: AtomicUsize,
}

/// What a claim is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// Everything that is open.
    All,
    /// Codes and answers.
    Urgent,
}

/// A queue's name: network, campaign, lane.
type Key = (Arc<str>, i64, Lane);

/// A queue that may be claimed from now.
struct Open {
    key: Key,
    queue: Queue,
    allowance: Option<Arc<Mutex<Allowance>>>,
}

impl Claimer {
    /// Claims until told to stop; then gives back what is in the line.
    pub async fn run(
        self,
        mut rung: watch::Receiver<()>,
        mut released: watch::Receiver<bool>,
        mut stop: watch::Receiver<Stop>,
    ) {
        let mut known = HashMap::new();
        tokio::select! {
            () = stop::told(&mut stop) => {}
            () = async {
                // What a dead process had is ours again, before anything else is claimed.
                let _ = released.wait_for(|released| *released).await;
                loop {
                    self.turn(&mut known, &mut rung).await;
                }
            } => {}
        }
        self.give_back().await;
    }

    async fn turn(&self, known: &mut HashMap<Key, Looked>, rung: &mut watch::Receiver<()>) {
        if !self.desk.is_up() {
            // Somebody else may carry them.
            self.give_back().await;
            tokio::time::sleep(LINKS).await;
            return;
        }
        let ahead = self.desk.ahead();
        let room = ahead.saturating_sub(self.desk.waiting());
        let urgent = (ahead / 4).saturating_sub(self.desk.waiting_as_urgent_as(Class::Reply));
        let (wanted, room) = match room < ahead.div_ceil(2) {
            true if urgent == 0 => {
                let _ = timeout(LOOK, self.desk.taken.notified()).await;
                return;
            }
            // The line has enough; only who cannot wait is let in.
            true => (Wanted::Urgent, urgent),
            false => (Wanted::All, room),
        };
        rung.mark_unchanged();
        match self.claim(wanted, room, known).await {
            Some(0) => {
                let _ = timeout(LOOK, rung.changed()).await;
            }
            Some(_) if self.desk.waiting() * 2 >= ahead => {
                // Somebody who waits for a code need not wait for the line.
                tokio::select! {
                    () = self.desk.taken.notified() => {}
                    _ = rung.changed() => {}
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
            Some(_) => {}
            None => tokio::time::sleep(DATABASE_PAUSE).await,
        }
    }

    /// Claims what is due, and says how much that was; `None` without a database.
    async fn claim(
        &self,
        wanted: Wanted,
        room: usize,
        known: &mut HashMap<Key, Looked>,
    ) -> Option<usize> {
        let at = clock::now();
        let mut open = self.open(wanted, at, known);
        let room = u32::try_from(room).unwrap_or(u32::MAX);
        self.allow(&mut open, room);
        let queues: Vec<Queue> = open.iter().map(|open| open.queue).collect();
        let shares = shares(room, &queues);
        let portions: Vec<Portion> = open
            .iter()
            .zip(&shares)
            .map(|(Open { key: (route, campaign, lane), .. }, share)| Portion {
                route: Arc::clone(route),
                campaign: *campaign,
                lane: *lane,
                most: *share,
            })
            .collect();
        let claimed_at = now();
        let lease = self.desk.patience.lease;
        let mut claimed = match self.store.claim(&portions, at, at.plus(lease)).await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::error!(account = &*self.desk.account, %error, "nothing could be claimed");
                self.metrics.outbox().database_failed();
                return None;
            }
        };
        let many = claimed.len();
        self.metrics.outbox().claimed(&self.desk.account, many);
        self.metrics.outbox().factor(&self.desk.account, self.desk.factor());
        let mut found: HashMap<Key, u32> = HashMap::new();
        for notice in &claimed {
            let key = (Arc::clone(&notice.route), notice.campaign, notice.lane);
            *found.entry(key).or_default() += 1;
        }
        if wanted == Wanted::All {
            // Campaigns that do not run any more are forgotten.
            known.retain(|key, _| open.iter().any(|open| open.key == *key));
        }
        for (open, share) in open.into_iter().zip(shares) {
            let found = found.get(&open.key).copied().unwrap_or(0);
            if let Some(allowance) = &open.allowance {
                locked(allowance).give_back(open.queue.most.saturating_sub(found));
            }
            if share == 0 {
                // Nobody looked.
                continue;
            }
            let looked = if found > 0 && found >= share { Looked::More } else { Looked::Empty };
            known.insert(open.key, looked);
        }
        self.plan_again(&mut claimed, at).await;
        let until = claimed_at + lease / 2;
        let mut items = Vec::with_capacity(many);
        for notice in claimed {
            match self.look(notice, at, until) {
                Ok(item) => items.push(item),
                Err(settlement) => {
                    self.desk.handed_over();
                    let _ = self.settled.send(settlement).await;
                }
            }
        }
        self.desk.fill(items.into_iter());
        Some(many)
    }

    /// Broadcasts whose day went by have no place on this one: they are planned once more, so that no
    /// phone gets more on one day than it may. Those for a later day, or for none, go back.
    async fn plan_again(&self, claimed: &mut Vec<Claimed>, at: Timestamp) {
        let late = |notice: &Claimed| {
            let Claimed { day, lane, expires, .. } = notice;
            let phone = notice.letter.as_ref()?.to.phone()?.clone();
            let late = *day != 0 && *day < at.day(lane.zone);
            late.then_some(Late { phone, zone: lane.zone, expires: *expires })
        };
        let all = claimed.iter().enumerate();
        let (places, asked): (Vec<usize>, Vec<Late>) =
            all.filter_map(|(place, notice)| Some((place, late(notice)?))).unzip();
        if asked.is_empty() {
            return;
        }
        let Patience { hours, per_day, .. } = self.desk.patience;
        let planned = self.store.plan_again(&asked, Decency { hours, per_day }, at).await;
        let planned = match planned {
            Ok(planned) => planned,
            Err(error) => {
                tracing::error!(account = &*self.desk.account, %error, "nothing could be planned");
                self.metrics.outbox().database_failed();
                // They stay leased, and come again; the others go out.
                claimed.retain(|notice| late(notice).is_none());
                return;
            }
        };
        let mut back = Vec::new();
        for (place, due) in places.into_iter().zip(planned) {
            let notice = &mut claimed[place];
            notice.day = due.map_or(notice.day, |due| due.day(notice.lane.zone));
            let verdict = match due {
                Some(due) if due <= at => continue,
                Some(due) => Verdict::Again { due, tries: notice.tries, parts: notice.parts },
                None => Verdict::Ended(Fate::Expired),
            };
            back.push((place, settlement(notice, verdict)));
        }
        for (place, settlement) in back.into_iter().rev() {
            claimed.remove(place);
            self.desk.handed_over();
            let _ = self.settled.send(settlement).await;
        }
    }

    /// What each campaign's pace allows now, shared among its queues.
    fn allow(&self, open: &mut [Open], room: u32) {
        let turn = self.turns.fetch_add(1, Relaxed);
        let mut campaigns: Vec<i64> =
            open.iter().filter(|open| open.allowance.is_some()).map(|open| open.key.1).collect();
        campaigns.sort_unstable();
        campaigns.dedup();
        for campaign in campaigns {
            let mut own: Vec<&mut Open> =
                open.iter_mut().filter(|open| open.key.1 == campaign).collect();
            let Some(allowance) = own.first().and_then(|open| open.allowance.clone()) else {
                continue;
            };
            let may = locked(&allowance).take(room.max(1), self.desk.budget.of_all(now()), now());
            let looked: Vec<Looked> = own.iter().map(|open| open.queue.looked).collect();
            for (open, share) in own.iter_mut().zip(split(may, &looked, turn)) {
                open.queue.most = share;
            }
        }
    }

    /// Gives back what is in the line.
    async fn give_back(&self) {
        for item in self.desk.empty() {
            self.desk.handed_over();
            let _ = self.settled.send(given_back(&item, clock::now())).await;
        }
    }

    /// The queues that are open now, and what is known of them.
    fn open(&self, wanted: Wanted, at: Timestamp, known: &HashMap<Key, Looked>) -> Vec<Open> {
        let running = self.running.load();
        let down = self.others.iter().filter(|other| !other.is_up());
        let routes = std::iter::once(&self.desk).chain(down).map(|desk| &desk.account);
        let mut open = Vec::new();
        for route in routes {
            let none = Class::ALL.into_iter().map(|class| (0, class, None));
            let campaigns = running.iter().map(|running| {
                let campaign = running.campaign;
                (campaign.id, campaign.class, running.allowance.clone())
            });
            for (campaign, class, allowance) in none.chain(campaigns) {
                for zone in [Zone::Wib, Zone::Wita, Zone::Wit] {
                    let lane = Lane { class, zone };
                    if wanted == Wanted::Urgent && class.is_broadcast() {
                        continue;
                    }
                    if !self.desk.patience.hours.allow(lane, at) {
                        continue;
                    }
                    let key = (Arc::clone(route), campaign, lane);
                    let looked = known.get(&key).copied().unwrap_or(Looked::More);
                    let queue = Queue { class, looked, most: u32::MAX };
                    open.push(Open { key, queue, allowance: allowance.clone() });
                }
            }
        }
        // The most urgent first, so that what rounding leaves is theirs.
        open.sort_by_key(|open| open.queue.class);
        open
    }

    /// What is sent, or how it is settled at once.
    fn look(
        &self,
        mut notice: Claimed,
        at: Timestamp,
        until: std::time::Instant,
    ) -> Result<Item, Settlement> {
        if notice.consent == Consent::OptedOut {
            return Err(settlement(&notice, Verdict::Ended(Fate::OptedOut)));
        }
        if notice.expires <= at {
            return Err(settlement(&notice, Verdict::Ended(Fate::Expired)));
        }
        let Some(letter) = notice.letter.take() else {
            tracing::error!(account = &*self.desk.account, "a notice cannot be read");
            return Err(settlement(&notice, Verdict::Ended(Fate::Refused)));
        };
        let Some(phone) = letter.to.phone().cloned() else {
            tracing::error!(account = &*self.desk.account, "a notice by SMS has no phone");
            return Err(settlement(&notice, Verdict::Ended(Fate::Undeliverable)));
        };
        let total = parts::count(&letter.text);
        let parts = notice.parts.min(total.saturating_sub(1));
        Ok(Item { claimed: notice, phone, letter, parts, total, full: 0, until })
    }
}
