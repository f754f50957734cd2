//! Notices from the database to chats, by the Cloud API.
//!
//! Beside the desks of operators (`app::outbox`) stands one for the number on WhatsApp. It claims
//! what is for chats, sends as many as may be under way, one at a time to the same user so that they
//! arrive in order, and hears what came of each; the settler writes that down. What cannot go by
//! WhatsApp goes back into the queue of the phone's network, and so by SMS. What the provider says
//! later comes as an event ([`crate::front::chat`]), and so does what people write (`chats`).

pub(super) mod chats;
pub mod cloud;
pub mod media;
mod papers;
mod sender;
mod typing;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};

use self::{cloud::Cloud, sender::Sender};
use super::{
    outbox::{Measure, settler},
    stop::Stop,
};
use crate::{
    config::Config, engine::Engine, identity::ChatId, outbox::route::WHATSAPP, telemetry::Metrics,
};

/// Settlements that may wait to be written, beside what is under way.
const MOST_UNSETTLED: usize = 64;

/// Chats whose identity changed that nobody has looked at yet; more of them are told by the next
/// message.
const MOST_CHANGED: usize = 256;

/// What sends to chats, and its tasks.
pub(super) struct Started {
    /// Chats whose account may be somebody else's now: their owner has to prove again who it is.
    pub changed: mpsc::Receiver<ChatId>,
    /// They end after they are told to stop: what is under way is settled, the rest given back.
    pub tasks: Vec<JoinHandle<()>>,
}

/// Starts to send to chats. `released` says that what a dead process had claimed is due again.
pub(super) fn start(
    config: &Config,
    cloud: Cloud,
    engine: &Engine,
    metrics: &Arc<Metrics>,
    released: watch::Receiver<bool>,
    measure: Measure,
    stop: &watch::Receiver<Stop>,
) -> Started {
    let (settled, settlements) = mpsc::channel(MOST_UNSETTLED);
    let (changes, changed) = mpsc::channel(MOST_CHANGED);
    let journal = measure.journal.clone();
    let sender = Sender::new(config, cloud, engine, metrics, settled, changes, measure);
    let answered = sender.answered.clone();
    let tasks = vec![
        tokio::spawn(sender.run(engine.wake().listen(), released, stop.clone())),
        tokio::spawn(settler::run(
            WHATSAPP.into(),
            |_| {},
            answered,
            engine.store().clone(),
            journal,
            Arc::clone(metrics),
            settlements,
            stop.clone(),
        )),
    ];
    Started { changed, tasks }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
