//! Which queues whoever sends may claim from now, how much of each, and what the claims found. A desk of
//! an operator and the sender to chats share it: so a campaign's pace is one, whichever way it goes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Instant,
};

use super::{Running, desk::Patience, locked};
use crate::{
    clock::{Timestamp, Zone},
    outbox::{
        Class, Lane,
        pace::Allowance,
        policy::{Looked, Queue, shares, split},
        work::{Claimed, Portion, Settlement, Verdict},
    },
    service::campaign::Decency,
    store::{Late, Store, StoreError},
};

/// A queue's name: network, campaign, lane.
type Key = (Arc<str>, i64, Lane);

/// A queue that may be claimed from now.
pub struct Open {
    key: Key,
    queue: Queue,
    allowance: Option<Arc<Mutex<Allowance>>>,
    /// How many are asked for.
    share: u32,
}

impl Open {
    /// What is claimed of it.
    pub fn portion(&self) -> Portion {
        let (route, campaign, lane) = &self.key;
        Portion { route: Arc::clone(route), campaign: *campaign, lane: *lane, most: self.share }
    }
}

/// What is known of the queues.
#[derive(Debug, Default)]
pub struct Queues {
    known: HashMap<Key, Looked>,
    /// Claims so far: who begins changes with it.
    turns: usize,
    /// Places so far that were too few to be parted.
    singles: u32,
}

impl Queues {
    /// The queues of these networks that are open, the most urgent first, so that what rounding leaves is
    /// theirs; `which` says whether one of a lane is wanted.
    pub fn open(
        &self,
        routes: &[Arc<str>],
        running: &[Running],
        which: impl Fn(Lane) -> bool,
    ) -> Vec<Open> {
        let mut open = Vec::new();
        for route in routes {
            let none = Class::ALL.into_iter().map(|class| (0, class, None));
            let campaigns = running.iter().map(|running| {
                let campaign = running.campaign;
                (campaign.id, campaign.class, running.allowance.clone())
            });
            for (campaign, class, allowance) in none.chain(campaigns) {
                let lanes = [Zone::Wib, Zone::Wita, Zone::Wit].map(|zone| Lane { class, zone });
                for lane in lanes.into_iter().filter(|lane| which(*lane)) {
                    let key = (Arc::clone(route), campaign, lane);
                    let looked = self.known.get(&key).copied().unwrap_or(Looked::More);
                    let queue = Queue { class, looked, most: u32::MAX };
                    open.push(Open { key, queue, allowance: allowance.clone(), share: 0 });
                }
            }
        }
        open.sort_by_key(|open| open.queue.class);
        open
    }

    /// Shares room among them, within what each campaign's pace allows now; `ours` is this node's part of
    /// that pace.
    pub fn share(&mut self, open: &mut [Open], room: u32, ours: f64, now: Instant) {
        let turn = self.turns;
        self.turns = turn.wrapping_add(1);
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
            let may = locked(&allowance).take(room.max(1), ours, now);
            let looked: Vec<Looked> = own.iter().map(|open| open.queue.looked).collect();
            for (open, share) in own.iter_mut().zip(split(may, &looked, turn)) {
                open.queue.most = share;
            }
        }
        let queues: Vec<Queue> = open.iter().map(|open| open.queue).collect();
        for (open, share) in open.iter_mut().zip(shares(room, &queues, &mut self.singles)) {
            open.share = share;
        }
    }

    /// Remembers what a claim found.
    pub fn learn(&mut self, open: Vec<Open>, claimed: &[Claimed]) {
        let mut found: HashMap<Key, u32> = HashMap::new();
        for notice in claimed {
            let key = (Arc::clone(&notice.route), notice.campaign, notice.lane);
            *found.entry(key).or_default() += 1;
        }
        for Open { key, queue, allowance, share } in open {
            let found = found.get(&key).copied().unwrap_or(0);
            if let Some(allowance) = &allowance {
                locked(allowance).give_back(queue.most.saturating_sub(found));
            }
            if share == 0 {
                // Nobody looked.
                continue;
            }
            let looked = if found > 0 && found >= share { Looked::More } else { Looked::Empty };
            self.known.insert(key, looked);
        }
    }

    /// Forgets all queues but these: campaigns that do not run any more.
    pub fn keep_only(&mut self, open: &[Open]) {
        self.known.retain(|key, _| open.iter().any(|open| open.key == *key));
    }

    /// Whether there is surely more in one of them.
    pub fn have_more(&self) -> bool {
        self.known.values().any(|known| *known == Looked::More)
    }
}

/// Broadcasts whose day went by have no place on this one: they are planned once more, so that no phone
/// gets more on one day than it may. Those for a later day, or for none, are taken out of what was claimed
/// and come back as settlements.
///
/// # Errors
/// [`StoreError::Unavailable`]; then they are taken out, stay leased, and come again.
pub async fn plan_again(
    store: &Store,
    patience: &Patience,
    claimed: &mut Vec<Claimed>,
    at: Timestamp,
) -> Result<Vec<Settlement>, StoreError> {
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
        return Ok(Vec::new());
    }
    let Patience { hours, per_day, .. } = *patience;
    let planned = match store.plan_again(&asked, Decency { hours, per_day }, at).await {
        Ok(planned) => planned,
        Err(error) => {
            claimed.retain(|notice| late(notice).is_none());
            return Err(error);
        }
    };
    let mut back = Vec::new();
    for (place, due) in places.into_iter().zip(planned) {
        let Some(notice) = claimed.get_mut(place) else { continue };
        notice.day = due.map_or(notice.day, |due| due.day(notice.lane.zone));
        let verdict = match due {
            Some(due) if due <= at => continue,
            Some(due) => {
                let Claimed { tries, parts, doubt, .. } = *notice;
                Verdict::Again { due, tries, parts, doubt }
            }
            None => Verdict::Ended(notice.doubt.out_of_time()),
        };
        back.push((place, super::desk::settlement(notice, verdict)));
    }
    for (place, _) in back.iter().rev() {
        claimed.remove(*place);
    }
    Ok(back.into_iter().map(|(_, settlement)| settlement).collect())
}
