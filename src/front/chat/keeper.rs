//! Keeps what came from chats, before it is acknowledged.

use std::{sync::Arc, time::Duration};

use tokio::sync::{mpsc, oneshot};

use super::{Chats, Clerks, Delivery, Kept, Open, WAITING};
use crate::{
    channel::whatsapp::{
        parse::{Became, Event, Status},
        stored_name,
    },
    clock::{self, Timestamp},
    front::Front,
    outbox::{Fate, route::WHATSAPP, work::Receipt},
    store::EventWrite,
};

/// Requests kept by one transaction.
const MOST: usize = 512;

/// A message that is still open after this long has lost its clerk: its node died, or could not take it.
const LOST: Duration = Duration::from_secs(20);

/// How often it is looked for such messages.
const LOOK: Duration = Duration::from_secs(5);

/// Stores what came, many requests at a time.
pub struct Keeper {
    front: Arc<Front>,
    deliveries: mpsc::Receiver<Delivery>,
    clerks: Clerks,
}

impl Keeper {
    /// A keeper, and what the webhook holds.
    pub fn new(front: Arc<Front>, clerks: Clerks) -> (Chats, Self) {
        let (sender, deliveries) = mpsc::channel(WAITING);
        (Chats { deliveries: sender }, Self { front, deliveries, clerks })
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
                }
            }
        }
    }

    async fn keep(&self, arrived: &mut Vec<Delivery>) {
        let at = clock::now();
        let vault = self.front.engine.vault();
        let (mut waiting, mut writes, mut open) = (Vec::new(), Vec::new(), Vec::new());
        let mut receipts = Vec::new();
        for Delivery { events, kept } in arrived.drain(..) {
            waiting.push(kept);
            for event in events {
                match event {
                    Event::Status(status) => receipts.extend(receipt(status)),
                    Event::Message(message) => {
                        let key = vault.message_key(format!("whatsapp {}", message.id).as_bytes());
                        let Some(kept) = Kept::of(message) else { continue };
                        // Texts only: there is nothing JSON cannot hold.
                        let body = serde_json::to_vec(&kept).unwrap_or_default();
                        writes.push(EventWrite { key, body, at });
                        open.push(self.open(key, kept, at));
                    }
                }
            }
        }
        let stored = self.store(&writes, &receipts, at).await;
        for kept in waiting {
            let kept: oneshot::Sender<bool> = kept;
            let _ = kept.send(stored.is_some());
        }
        for (open, new) in open.into_iter().zip(stored.into_iter().flatten()) {
            if new {
                self.clerks.hand(open);
            }
        }
    }

    /// Which of the messages are new; `None` if nothing could be kept.
    async fn store(
        &self,
        writes: &[EventWrite],
        receipts: &[Receipt],
        at: Timestamp,
    ) -> Option<Vec<bool>> {
        let store = self.front.engine.store();
        let kept = async {
            let new = if writes.is_empty() { vec![] } else { store.keep_events(writes).await? };
            if !receipts.is_empty() {
                let moved = store.receipts(receipts, at).await?;
                self.front.metrics.outbox().moved(&moved);
            }
            Ok::<_, crate::store::StoreError>(new)
        };
        match kept.await {
            Ok(new) => Some(new),
            Err(error) => {
                tracing::error!(%error, "what came from chats could not be kept");
                None
            }
        }
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
                            let _ = store.close_events(&[key]).await;
                        }
                    }
                }
            }
            Err(error) => tracing::error!(%error, "open messages of chats could not be read"),
        }
    }

    fn open(&self, key: [u8; 16], kept: Kept, at: Timestamp) -> Open {
        let vault = self.front.engine.vault();
        let names = kept.chat.names().iter().map(|name| vault.chat_key(name)).collect();
        Open { key, kept, names, at }
    }
}

/// What a status says of a notice. That it was read says no more than that it is there.
fn receipt(status: Status) -> Option<Receipt> {
    let fate = match status.what {
        Became::Sent => return None,
        Became::Delivered | Became::Read => Fate::Delivered,
        Became::Failed { .. } => Fate::Undeliverable,
    };
    Some(Receipt { account: WHATSAPP.into(), message_id: stored_name(&status.id), fate })
}
