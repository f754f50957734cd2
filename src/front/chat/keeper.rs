//! Keeps what came from chats, before it is acknowledged.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use tokio::sync::{mpsc, oneshot};

use super::{Chats, Clerks, Delivery, Kept, Open, statuses};
use crate::{
    channel::whatsapp::parse::{Event, Status},
    clock::{self, Timestamp},
    front::Front,
    outbox::route::Routes,
    store::{EventWrite, StoreError},
};

/// Requests kept by one transaction.
const MOST: usize = 512;

/// A message that is still open after this long has lost its clerk: its node died, or could not take it.
const LOST: Duration = Duration::from_secs(20);

/// How often it is looked for such messages.
const LOOK: Duration = Duration::from_secs(5);

/// Failures that are asked for, and how long.
const MOST_UNKNOWN: usize = 4096;
const UNKNOWN_FOR: Duration = Duration::from_secs(60);

/// Stores what came, many requests at a time.
pub struct Keeper {
    front: Arc<Front>,
    deliveries: mpsc::Receiver<Delivery>,
    routes: Routes,
    clerks: Clerks,
    /// Failures of messages that are not known yet, and since when they are asked for.
    unknown: VecDeque<(Timestamp, Status)>,
}

impl Keeper {
    /// A keeper, and what the webhook holds, with room for so many requests that wait. `routes` say which network a phone is of, for what has to
    /// go by SMS after all.
    pub fn new(front: Arc<Front>, routes: Routes, clerks: Clerks, room: usize) -> (Chats, Self) {
        let (sender, deliveries) = mpsc::channel(room);
        let unknown = VecDeque::new();
        (Chats { deliveries: sender }, Self { front, deliveries, routes, clerks, unknown })
    }

    /// Keeps what comes until `stop`, and hands it on. What a former process left open is taken up first.
    pub async fn run(mut self, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut arrived = Vec::with_capacity(MOST);
        // What another process left open may be its own on PostgreSQL, and nobody's on SQLite.
        let mut old = !self.front.engine.store().is_shared();
        loop {
            tokio::select! {
                () = &mut stop => return,
                many = self.deliveries.recv_many(&mut arrived, MOST) => {
                    if many == 0 {
                        return;
                    }
                    self.keep(&mut arrived).await;
                }
                _ = look.tick() => {
                    let patience = if old { Duration::ZERO } else { LOST };
                    old = false;
                    self.take_up(clock::now().minus(patience)).await;
                    self.ask_again(clock::now()).await;
                }
            }
        }
    }

    async fn keep(&mut self, arrived: &mut Vec<Delivery>) {
        let at = clock::now();
        let vault = self.front.engine.vault();
        let (mut waiting, mut writes, mut open) = (Vec::new(), Vec::new(), Vec::new());
        let mut statuses = Vec::new();
        for Delivery { events, kept } in arrived.drain(..) {
            waiting.push(kept);
            for event in events {
                match event {
                    Event::Status(status) => statuses.push(status),
                    Event::Message(message) => {
                        let key = vault.message_key(format!("whatsapp {}", message.id).as_bytes());
                        let Some(kept) = Kept::of(message) else { continue };
                        writes.push(EventWrite { key, body: kept.body(), at });
                        open.push(self.open(key, kept, at));
                    }
                }
            }
        }
        let new = match self.keep_new(&writes).await {
            Ok(new) => new,
            Err(error) => return refuse(waiting, &error),
        };
        // They are kept: whether the statuses of the same body are, is no reason to let them wait.
        for (open, new) in open.into_iter().zip(new) {
            if new {
                self.clerks.hand(open);
            }
        }
        if let Err(error) = self.settle(&statuses, at).await {
            return refuse(waiting, &error);
        }
        for kept in waiting {
            let _ = kept.send(true);
        }
    }

    /// Which of the messages are new.
    async fn keep_new(&self, writes: &[EventWrite]) -> Result<Vec<bool>, StoreError> {
        if writes.is_empty() {
            Ok(vec![])
        } else {
            self.front.engine.store().keep_events(writes).await
        }
    }

    async fn settle(&mut self, told: &[Status], at: Timestamp) -> Result<(), StoreError> {
        let (store, metrics) = (self.front.engine.store(), &self.front.metrics);
        let unknown = statuses::settle(store, &self.routes, metrics, told, at).await?;
        self.unknown.extend(unknown.into_iter().map(|status| (at, status)));
        while self.unknown.len() > MOST_UNKNOWN {
            self.unknown.pop_front();
        }
        Ok(())
    }

    async fn take_up(&self, before: Timestamp) {
        let store = self.front.engine.store();
        match store.open_events(before).await {
            Ok(events) => {
                for (key, body) in events {
                    match serde_json::from_slice(&body) {
                        Ok(kept) => self.clerks.hand(self.open(key, kept, clock::now())),
                        // Damaged, or of a version that we are not: it would be looked at for ever.
                        Err(_) => {
                            tracing::error!("a message of a chat cannot be read");
                            let _ = store.close_event(key).await;
                        }
                    }
                }
            }
            Err(error) => tracing::error!(%error, "open messages of chats could not be read"),
        }
    }

    /// A failure can be here before the answer to the request that failed is written down.
    async fn ask_again(&mut self, now: Timestamp) {
        self.unknown.retain(|(since, _)| now.since(*since) < UNKNOWN_FOR);
        let asked: Vec<Status> = self.unknown.iter().map(|(_, status)| status.clone()).collect();
        if asked.is_empty() {
            return;
        }
        let (store, metrics) = (self.front.engine.store(), &self.front.metrics);
        match statuses::settle(store, &self.routes, metrics, &asked, now).await {
            Ok(still) => self.unknown.retain(|(_, status)| still.contains(status)),
            Err(error) => tracing::error!(%error, "what failed on a chat could not be looked up"),
        }
    }

    fn open(&self, key: [u8; 16], kept: Kept, at: Timestamp) -> Open {
        let vault = self.front.engine.vault();
        let names = kept.chat.names().iter().map(|name| vault.chat_key(name)).collect();
        Open { key, kept, names, at }
    }
}

/// Nothing is acknowledged: the provider brings it again.
fn refuse(waiting: Vec<oneshot::Sender<bool>>, error: &StoreError) {
    tracing::error!(%error, "what came from chats could not be kept");
    for kept in waiting {
        let _ = kept.send(false);
    }
}
