//! The front desk: what every channel does between its bytes and the engine. It finds the service,
//! admits, counts, and has a word ready when there is no turn.
//!
//! It knows no channel's bytes and no socket.
//!
//! **Architecture Invariant:** a turn that is not taken costs no write, and its word is looked for
//! no longer than [`FOR_A_WORD`].

pub mod appointment;
pub mod breach;
pub mod campaign;
pub mod chat;
pub mod ends;
pub mod events;
pub mod exposure;
pub mod facility;
pub mod forgotten;
pub mod inquiry;
mod letters;
pub mod officer;
pub mod person;
pub mod push;
pub mod ticket;
pub mod unchecked;
pub mod waiting;

use std::{sync::Arc, time::Duration};

use tokio::sync::Semaphore;

use crate::{
    channel::{Channel, Inbound},
    clock,
    conversation::{End, Reply, Signal, Then},
    engine::{Answer, Counted, Engine, Instead, Missed, Pending, Service, TurnError, Unheard},
    identity::Msisdn,
    limits::{Limits, Refusal},
    menu::{
        language::Language,
        model::{BUSY, LATE, SORRY, Word},
    },
    store::Tongue,
    telemetry::{Metrics, TurnResult},
};

/// Shared by all channels of a node.
pub struct Front {
    /// Takes the turns.
    pub engine: Engine,
    /// Admits them.
    pub limits: Limits,
    /// Counts them.
    pub metrics: Arc<Metrics>,
    /// Looks in the database for the language of a word.
    looks: Semaphore,
}

/// How long the language of a word is looked for, before it is said in the default one.
pub const FOR_A_WORD: Duration = Duration::from_millis(250);

/// How long the result of a turn is waited for that the session could not wait for.
const FOR_A_RESULT: Duration = Duration::from_secs(60);

/// Looks at once: a flood that is refused must not become a flood of reads.
const MOST_LOOKS: usize = 16;

/// A turn was not taken: there are too many. The answer is the word for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotTaken;

impl Front {
    /// A front desk.
    pub fn new(engine: Engine, limits: Limits, metrics: Arc<Metrics>) -> Self {
        Self { engine, limits, metrics, looks: Semaphore::new(MOST_LOOKS) }
    }

    /// The name of the service that a dialled string opens, and the answers it brings along; `None`
    /// for a code that no service has.
    pub fn dialled(&self, string: &str) -> Option<(String, Signal)> {
        let shelf = self.engine.shelf();
        let (service, signal) = shelf.dialled(string)?;
        Some((service.menu.service().to_owned(), signal))
    }

    /// Admits a turn that came by `source` (a link, an account) and hands it to the engine. An end
    /// is never refused: it makes room.
    ///
    /// # Errors
    /// [`NotTaken`]; it has been counted.
    pub fn take(&self, inbound: Inbound, source: &str) -> Result<Pending, NotTaken> {
        let (service, channel) = (inbound.service.clone(), inbound.channel.as_str());
        let service = service.as_deref().unwrap_or(UNKNOWN);
        let aborts = matches!(inbound.signal, Signal::Abort(_));
        if !aborts && let Err(refusal) = self.limits.admit(&inbound.from, source) {
            self.metrics.refused(refusal);
            self.metrics.turn(service, channel, TurnResult::Refused);
            return Err(NotTaken);
        }
        self.engine.take(inbound).map_err(|error| {
            tracing::warn!(source, %error, "turn not taken");
            self.metrics.turn(service, channel, TurnResult::Refused);
            NotTaken
        })
    }

    /// Admits a push and hands it to the engine.
    ///
    /// # Errors
    /// [`NotTaken`]; it has been counted.
    pub fn push(&self, inbound: Inbound) -> Result<Pending, NotTaken> {
        if let Err(refusal) = self.limits.admit_push() {
            self.metrics.refused(refusal);
            return Err(NotTaken);
        }
        self.engine.take(inbound).map_err(|error| {
            tracing::warn!(%error, "push not taken");
            NotTaken
        })
    }

    /// Counts an answered turn.
    pub fn answered(&self, channel: Channel, answer: &Answer, took: Duration) {
        self.metrics.answered(answer.service.menu.service(), channel.as_str(), answer, took);
    }

    /// Counts a turn that came to nothing, and has the word for it.
    pub fn failed(&self, channel: Channel, service: Option<&str>, error: TurnError) -> Word {
        let (result, word) = match error {
            TurnError::TooOften => {
                self.metrics.refused(Refusal::Subscriber);
                (TurnResult::Refused, BUSY)
            }
            TurnError::Overloaded => (TurnResult::Refused, BUSY),
            TurnError::Unavailable => {
                tracing::error!(channel = channel.as_str(), %error, "turn failed");
                (TurnResult::Failed, SORRY)
            }
        };
        self.metrics.turn(service.unwrap_or(UNKNOWN), channel.as_str(), result);
        word
    }

    /// A word of the engine as the last text of a session, in the subscriber's language. Without
    /// `service` it is the word of the one that the subscriber is in.
    pub async fn word(&self, phone: &Msisdn, service: Option<&str>, word: Word) -> Reply {
        let tongue = self.tongue(phone).await;
        let service = service.or(tongue.service.as_deref());
        let service = self.service(service);
        let language = tongue.language.as_deref().and_then(Language::parse);
        let menu = &service.menu;
        let text = menu.word(word.name, menu.language(language.as_ref()), "");
        Reply::say(text, Then::Close)
    }

    /// A session ended outside of a turn; without `service` it was with the one that the subscriber
    /// is in. What was typed is kept for the redial.
    pub async fn ended(&self, phone: &Msisdn, service: Option<&str>, end: End) {
        let (store, subscriber) = (self.engine.store(), self.engine.subscriber_key(phone));
        match store.end_conversation(subscriber, service, end, clock::now()).await {
            Ok(cut) => {
                for cut in cut {
                    self.metrics.ended(&cut.service, &cut.screen, end, 1);
                }
            }
            Err(error) => tracing::error!(%error, "the end of a session was not stored"),
        }
    }

    /// Waits for a turn that its session did not wait for, and tells that it is done. The turn itself has
    /// been counted as failed; what it came to is counted now.
    pub async fn late(
        &self,
        phone: &Msisdn,
        answer: impl Future<Output = Result<Answer, TurnError>>,
    ) {
        if let Ok(Ok(answer)) = tokio::time::timeout(FOR_A_RESULT, answer).await {
            self.metrics.came_to(answer.service.menu.service(), Channel::Ussd.as_str(), &answer);
            self.unseen(phone, &answer, Missed::End).await;
        }
    }

    /// Nobody saw a reply, or that part of it: what is told instead goes by text ([`Answer::instead`]).
    pub async fn unseen(&self, phone: &Msisdn, answer: &Answer, missed: Missed) {
        let menu = &answer.service.menu;
        let text = match answer.instead(missed) {
            Instead::Nothing => return,
            Instead::Result(text) => {
                let language = self.tongue(phone).await.language;
                let language = language.as_deref().and_then(Language::parse);
                let code = self.engine.short_code(self.engine.route(phone));
                let value = |name: &str| (name == "code").then_some(code);
                menu.write(text, menu.language(language.as_ref()), value)
            }
            Instead::Done => self.word(phone, Some(menu.service()), LATE).await.text,
        };
        self.send(phone, text).await;
    }

    /// A reply had its time to be brought again. Unless somebody took it, it is told by text.
    pub async fn was_unheard(&self, unheard: &Unheard) {
        let Unheard { phone, answer, counted, .. } = unheard;
        if let Counted::NotYet(took) = *counted {
            self.answered(Channel::Ussd, answer, took);
        }
        if !self.engine.taken().is_told(&answer.receipt) {
            self.unseen(phone, answer, answer.missed()).await;
        }
    }

    async fn send(&self, phone: &Msisdn, text: String) {
        if let Err(error) = self.engine.send(phone, text, clock::now()).await {
            tracing::error!(%error, "that a turn is done could not be told");
        }
    }

    fn service(&self, name: Option<&str>) -> Arc<Service> {
        let shelf = self.engine.shelf();
        Arc::clone(name.and_then(|name| shelf.service(name)).unwrap_or_else(|| shelf.first()))
    }

    async fn tongue(&self, phone: &Msisdn) -> Tongue {
        let Ok(_look) = self.looks.try_acquire() else { return Tongue::default() };
        let looked = self.engine.store().tongue(self.engine.subscriber_key(phone));
        match tokio::time::timeout(FOR_A_WORD, looked).await {
            Ok(Ok(tongue)) => tongue,
            // It is a word for when things go wrong: it is said in any case.
            Ok(Err(_)) | Err(_) => Tongue::default(),
        }
    }
}

/// The service of a turn that was refused before anybody looked which one it is for.
const UNKNOWN: &str = "unknown";
