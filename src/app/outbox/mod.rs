//! Notices from the database to the networks, and what the networks say of them back to the
//! database.
//!
//! An operator that carries SMS has a `Desk`. Its claimer keeps the desk's line filled with as much as
//! the links can take; a carrier for each link takes from the line what the account's pace allows,
//! keeps the link's window full and hears what came of each message, which stands in the `journal` at
//! once; the settler writes it down, many at a time. A notice leaves the line for the wire only while
//! its lease lasts, and is settled by the name of its claim: what a dead or slow process left behind is
//! sent by the next one, and a word that comes too late has no effect.

pub(super) mod answered;
mod carrier;
mod claimer;
mod desk;
pub(super) mod journal;
pub(super) mod queues;
mod receipts;
mod reminders;
pub(super) mod settler;
mod strays;
mod sweep;
pub(super) mod tempo;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};

pub(super) use self::{
    desk::{Patience, settlement},
    reminders::{LOOK_AGAIN, Reminders},
};

use self::{desk::Desk, journal::Journal, tempo::Tempo};
use super::{nodes::Budget, operator::Account, sms::Posts, stop::Stop};
use crate::{
    channel::sms::receipt::{self, Numbering},
    config::Config,
    engine::{Engine, Wake},
    outbox::{Class, pace::Allowance, work::Receipt},
    smpp::link::{Inbound, Responder},
    telemetry::Metrics,
};

/// What everybody else sees of the outbox. Cloning is cheap.
#[derive(Clone)]
pub struct Outbox {
    wake: Wake,
    running: Arc<ArcSwap<Vec<Running>>>,
    receipts: mpsc::Sender<(Receipt, Responder)>,
    /// Campaigns that may send at once.
    at_once: usize,
}

/// A campaign that may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Campaign {
    /// Its number, not 0.
    pub id: i64,
    /// In which class its notices are.
    pub class: Class,
    /// At most so many a second, over all operators; `None` leaves it to their pace.
    pub per_second: Option<u32>,
}

/// A campaign that may send, and how much of its pace is used.
#[derive(Debug, Clone)]
pub(super) struct Running {
    campaign: Campaign,
    allowance: Option<Arc<Mutex<Allowance>>>,
}

/// Receipts that wait to be written; further ones wait on their links.
const MOST_RECEIPTS: usize = 4096;

impl Outbox {
    /// Something is stored that may be sent now.
    pub fn wake(&self) {
        self.wake.ring();
    }

    /// Which campaigns send from now on: the first ones, as many as may at once. How many that is.
    pub fn run(&self, campaigns: &[Campaign]) -> usize {
        let before = self.running.load();
        let kept = |campaign: &Campaign| {
            let same = |running: &&Running| running.campaign == *campaign;
            before.iter().find(same).and_then(|running| running.allowance.clone())
        };
        let fresh = |campaign: &Campaign| {
            let per_second = campaign.per_second?;
            Some(Arc::new(Mutex::new(Allowance::new(per_second, now()))))
        };
        let running: Vec<_> = campaigns
            .iter()
            .take(self.at_once)
            .map(|campaign| Running {
                campaign: *campaign,
                allowance: kept(campaign).or_else(|| fresh(campaign)),
            })
            .collect();
        let many = running.len();
        self.running.store(Arc::new(running));
        // Every node looks at the campaigns itself.
        self.wake.ring_from_afar();
        many
    }

    /// Takes a receipt from what the links of an account hear; `numbering` is how its ids are written. It is
    /// confirmed when it is stored, or when there is nothing to store.
    pub async fn hear(&self, account: &Arc<str>, numbering: Numbering, inbound: Inbound) {
        let read = receipt::parse(&inbound.message, numbering);
        let fate = read.as_ref().and_then(|read| read.state.fate());
        match read.zip(fate) {
            Some((read, fate)) => {
                let (account, message_id) = (Arc::clone(account), read.message_id);
                let receipt = Receipt { account, message_id, fate };
                self.receipt(receipt, inbound.responder).await;
            }
            // To refuse it would bring it back for ever.
            None => inbound.responder.accept(),
        }
    }

    /// Writes a receipt, and confirms it to the network when it is stored. Waits while many others
    /// are being written.
    pub async fn receipt(&self, receipt: Receipt, responder: Responder) {
        // Closed: the gateway stops. The responder refuses the receipt for now.
        let _ = self.receipts.send((receipt, responder)).await;
    }
}

/// What whoever sends keeps to, whichever way.
pub(super) struct Measure {
    /// Our share of what may be sent.
    pub budget: Budget,
    /// Which campaigns may send.
    pub running: Arc<ArcSwap<Vec<Running>>>,
    /// Where answers stand until they are stored.
    pub journal: Journal,
}

/// The outbox and its tasks.
pub(super) struct Started {
    pub outbox: Outbox,
    /// Which campaigns may send.
    pub running: Arc<ArcSwap<Vec<Running>>>,
    /// Where answers stand until they are stored.
    pub journal: Journal,
    /// How fast each account sends.
    pub tempos: BTreeMap<String, Arc<Tempo>>,
    /// Says that what a dead process had claimed is due again.
    pub released: watch::Receiver<bool>,
    /// They end after they are told to stop: what was claimed is sent and settled, or given back.
    pub tasks: Vec<JoinHandle<()>>,
}

/// Starts the outbox for the operators that carry SMS.
pub(super) fn start(
    config: &Config,
    engine: &Engine,
    accounts: &[Account<'_>],
    posts: &Posts,
    metrics: &Arc<Metrics>,
    budget: &Budget,
    stop: &watch::Receiver<Stop>,
) -> Started {
    let (store, wake) = (engine.store(), engine.wake());
    let (receipts, heard) = mpsc::channel(MOST_RECEIPTS);
    let running = Arc::new(ArcSwap::from_pointee(Vec::new()));
    let at_once = config.outbox.campaigns_at_once;
    let outbox = Outbox { wake: wake.clone(), running: Arc::clone(&running), receipts, at_once };
    let patience = Patience::new(config);
    let mut tempos = BTreeMap::new();
    let desk = |account: &Account<'_>| {
        let post = posts.at(account.name).cloned();
        let sms = account.config.sms.as_ref()?;
        let tempo = Tempo::new(account.name.into(), sms.per_second, budget.clone());
        let tempo = Arc::new(tempo);
        tempos.insert(account.name.to_owned(), Arc::clone(&tempo));
        let pace = (budget.clone(), tempo);
        Some(Arc::new(Desk::new(account.name, sms, &account.links, post, patience, pace)))
    };
    let desks: Vec<Arc<Desk>> = accounts.iter().filter_map(desk).collect();

    let (journal, found) = Journal::open(&config.outbox.answers);
    let (leases, released) = watch::channel(false);
    let mut tasks = vec![
        tokio::spawn(receipts::run(store.clone(), Arc::clone(metrics), heard, stop.clone())),
        tokio::spawn(sweep::run(
            store.clone(),
            Arc::clone(metrics),
            (journal.clone(), found),
            config.outbox.clone(),
            leases,
            stop.clone(),
        )),
    ];
    if config.whatsapp.is_none() {
        tasks.push(tokio::spawn(strays::run(
            store.clone(),
            config.routes(),
            Arc::clone(&running),
            Arc::clone(metrics),
            stop.clone(),
        )));
    }
    for desk in &desks {
        let (settled, settlements) = mpsc::channel(desk.most_unsettled());
        for link in &desk.links {
            tasks.push(tokio::spawn(carrier::run(
                Arc::clone(desk),
                link.clone(),
                store.clone(),
                settled.clone(),
                journal.clone(),
                Arc::clone(metrics),
                stop.clone(),
            )));
        }
        let claimer = claimer::Claimer {
            others: desks.iter().filter(|other| desk.serves(other)).cloned().collect(),
            desk: Arc::clone(desk),
            store: store.clone(),
            running: Arc::clone(&running),
            metrics: Arc::clone(metrics),
            settled,
        };
        let heard = wake.listen();
        tasks.push(tokio::spawn(claimer.run(heard, released.clone(), stop.clone())));
        let (own, answered) = (Arc::clone(desk), desk.answered.clone());
        tasks.push(tokio::spawn(settler::run(
            Arc::clone(&desk.account),
            move |many| own.written_down(many),
            answered,
            store.clone(),
            journal.clone(),
            Arc::clone(metrics),
            settlements,
            stop.clone(),
        )));
    }
    Started { outbox, running, journal, tempos, released, tasks }
}

/// tokio's clock, so that a test may stop it.
pub(super) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// How long the database is left alone when it does not answer.
pub(super) const DATABASE_PAUSE: Duration = Duration::from_millis(300);

/// How long what is under way may take after the word to stop.
pub(super) const TO_END: Duration = Duration::from_secs(8);

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
