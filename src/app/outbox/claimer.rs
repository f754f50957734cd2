//! Keeps the line of a desk filled, no more than its links can take.

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use tokio::{
    sync::{mpsc, watch},
    time::timeout,
};

use super::{
    DATABASE_PAUSE, Running,
    desk::{Desk, Item, given_back, settlement},
    now,
    queues::{self, Open, Queues},
};
use crate::{
    app::stop::{self, Stop},
    clock::{self, Timestamp},
    outbox::{
        Class, Fate, NoticeId, parts,
        work::{Claimed, Consent, Portion, Settlement, Verdict},
    },
    store::Store,
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
}

/// Most notices of one claim. SQLite has one writer: what the network has answered would wait behind a
/// longer claim to be written down, and the windows behind that.
const MOST: usize = 512;

/// What a claim is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// Everything that is open.
    All,
    /// Codes and answers.
    Urgent,
}

impl Claimer {
    /// Claims until told to stop; then gives back what is in the line.
    pub async fn run(
        self,
        mut rung: watch::Receiver<()>,
        mut released: watch::Receiver<bool>,
        mut stop: watch::Receiver<Stop>,
    ) {
        let mut queues = Queues::default();
        tokio::select! {
            () = stop::told(&mut stop) => {}
            () = async {
                // What a dead process had is ours again, before anything else is claimed.
                let _ = released.wait_for(|released| *released).await;
                loop {
                    self.turn(&mut queues, &mut rung).await;
                }
            } => {}
        }
        self.give_back().await;
    }

    async fn turn(&self, queues: &mut Queues, rung: &mut watch::Receiver<()>) {
        if !self.desk.is_up() {
            // Somebody else may carry them.
            self.give_back().await;
            tokio::time::sleep(LINKS).await;
            return;
        }
        self.look_again().await;
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
        match (self.claim(wanted, room, queues).await, wanted) {
            (Some(0), Wanted::All) => {
                let _ = timeout(LOOK, rung.changed()).await;
            }
            // Somebody who waits for a code need not wait for the line; the line need not be empty before
            // there is more for it.
            (Some(_), _) if self.desk.waiting() > ahead / 2 => {
                tokio::select! {
                    () = self.half_empty(ahead) => {}
                    _ = rung.changed() => {}
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
            (Some(_), _) => {}
            (None, _) => tokio::time::sleep(DATABASE_PAUSE).await,
        }
    }

    /// Until half of the line is taken.
    async fn half_empty(&self, ahead: usize) {
        while self.desk.waiting() > ahead / 2 {
            self.desk.taken.notified().await;
        }
    }

    /// Takes broadcasts out of the line that are not wanted any more: their reader wrote STOP, or their
    /// campaign was paused or cancelled, while they waited there.
    async fn look_again(&self) {
        let asked = self.desk.broadcasts_since(now() - LOOK);
        if asked.is_empty() {
            return;
        }
        let ids: Vec<NoticeId> = asked.iter().copied().collect();
        let asked_at = now();
        match self.store.unwanted(&ids).await {
            Ok(unwanted) => {
                for settlement in self.desk.drop_unwanted(&asked, &unwanted, asked_at, clock::now())
                {
                    self.desk.handed_over();
                    let _ = self.settled.send(settlement).await;
                }
            }
            Err(error) => {
                tracing::error!(account = &*self.desk.account, %error, "nobody knows what is wanted");
                self.metrics.outbox().database_failed();
            }
        }
    }

    /// Claims what is due, and says how much that was; `None` without a database.
    async fn claim(&self, wanted: Wanted, room: usize, queues: &mut Queues) -> Option<usize> {
        let at = clock::now();
        let mut open = self.open(wanted, at, queues);
        let room = room.min(MOST) as u32;
        queues.share(&mut open, room, self.desk.budget.of_all(now()), now());
        let portions: Vec<Portion> = open.iter().map(Open::portion).collect();
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
        if wanted == Wanted::All {
            queues.keep_only(&open);
        }
        queues.learn(open, &claimed);
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

    /// Plans anew what is late; what has no place on this day goes back.
    async fn plan_again(&self, claimed: &mut Vec<Claimed>, at: Timestamp) {
        match queues::plan_again(&self.store, &self.desk.patience, claimed, at).await {
            Ok(back) => {
                for settlement in back {
                    self.desk.handed_over();
                    let _ = self.settled.send(settlement).await;
                }
            }
            Err(error) => {
                tracing::error!(account = &*self.desk.account, %error, "nothing could be planned");
                self.metrics.outbox().database_failed();
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

    /// The queues that are open now: the own, and those of operators that are down.
    fn open(&self, wanted: Wanted, at: Timestamp, queues: &Queues) -> Vec<Open> {
        let down = self.others.iter().filter(|other| !other.is_up());
        let routes = std::iter::once(&self.desk).chain(down);
        let routes: Vec<_> = routes.map(|desk| Arc::clone(&desk.account)).collect();
        queues.open(&routes, &self.running.load(), |lane| {
            let wanted = wanted == Wanted::All || !lane.class.is_broadcast();
            wanted && self.desk.patience.hours.allow(lane, at)
        })
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
            return Err(settlement(&notice, Verdict::Ended(notice.doubt.out_of_time())));
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
        let looked = now();
        Ok(Item { claimed: notice, phone, letter, parts, total, until, looked })
    }
}
