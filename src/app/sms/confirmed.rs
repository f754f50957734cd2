//! Texts that we confirmed, until nobody can bring them again.
//!
//! Of a text that this process heard `sessions` knows when the same words are new. Another node, or this one after a
//! lost link, takes them for the same text for as long as a network brings again what it did not hear confirmed
//! ([`REDELIVERY`]), unless it knows better ([`Taken`]): whoever confirmed the text says so. That is as long
//! after the confirmation as a copy of a confirmed text may come; by then the connection is still there, so the
//! network has heard it, and the answer waits no more. A node that dies before says nothing.
//!
//! [`Taken`]: crate::engine::Taken

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::{Notify, watch};

use super::Post;
use crate::{
    app::stop::{self, Stop},
    channel::REDELIVERY,
    identity::Msisdn,
    smpp::link::Line,
    vault::SubscriberKey,
};

/// Texts that are remembered; of further ones nobody is told.
const MOST: usize = 50_000;

/// Of how many is looked up at once whether their answer waits.
const AT_ONCE: usize = 512;

/// How soon it is looked up again for one.
const A_WHILE: Duration = Duration::from_secs(1);

/// A text whose turn is stored.
pub struct Confirmed {
    pub from: Msisdn,
    /// The mark of the session that it was heard in.
    pub mark: u64,
    /// The key that its reply is kept under.
    pub receipt: [u8; 16],
    /// What it was confirmed on.
    pub line: Line,
    pub at: Instant,
}

/// Those of one operator that were confirmed lately, each with when it is looked at, in that order.
#[derive(Default)]
pub struct Lately {
    texts: Mutex<VecDeque<(Instant, Confirmed)>>,
    came: Notify,
}

impl Lately {
    /// One more, to be looked at then.
    fn push(&self, due: Instant, text: Confirmed) {
        let mut texts = self.texts();
        if texts.len() < MOST {
            texts.push_back((due, text));
            self.came.notify_one();
        }
    }

    /// Waits until some are due.
    async fn due(&self) -> Vec<Confirmed> {
        loop {
            let first = self.texts().front().map(|(due, _)| *due);
            match first {
                Some(due) => tokio::time::sleep_until(due.into()).await,
                None => self.came.notified().await,
            }
            let (mut texts, now) = (self.texts(), Instant::now());
            let due = texts.iter().take(AT_ONCE).take_while(|(due, _)| *due <= now).count();
            if due > 0 {
                return texts.drain(..due).map(|(_, text)| text).collect();
            }
        }
    }

    fn texts(&self) -> MutexGuard<'_, VecDeque<(Instant, Confirmed)>> {
        self.texts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Post {
    /// A text was confirmed.
    pub(super) fn confirmed(&self, text: Confirmed) {
        self.lately.push(text.at + self.repeats_for, text);
    }

    /// Tells of texts whose words are new when they come again, until told to stop.
    pub async fn tell(&self, mut stop: watch::Receiver<Stop>) {
        loop {
            let due = tokio::select! {
                () = stop::told(&mut stop) => return,
                due = self.lately.due() => due,
            };
            self.tell_of(due).await;
        }
    }

    async fn tell_of(&self, mut texts: Vec<Confirmed>) {
        texts.retain(|text| text.line.is_open());
        let engine = &self.front.engine;
        let (here, elsewhere): (Vec<_>, Vec<_>) = {
            let sessions = self.sessions();
            texts.into_iter().partition(|text| sessions.has_moved_on(&text.from, text.mark))
        };
        let keys: Vec<SubscriberKey> =
            elsewhere.iter().map(|text| engine.subscriber_key(&text.from)).collect();
        let waiting = engine.store().replies_wait(&self.operator, &keys).await;
        if let Err(error) = &waiting {
            tracing::debug!(operator = %self.operator, %error, "nobody knows which answers wait");
        }
        let again = Instant::now() + A_WHILE;
        for (text, key) in elsewhere.into_iter().zip(keys) {
            if waiting.as_ref().is_ok_and(|waiting| !waiting.contains(&key)) {
                self.sessions().moves_on(&text.from, text.mark);
                engine.taken().here(text.receipt, text.at);
            } else if again.saturating_duration_since(text.at) < REDELIVERY {
                self.lately.push(again, text);
            }
        }
        for text in here {
            engine.taken().here(text.receipt, text.at);
        }
    }
}
