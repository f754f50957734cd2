//! The turn: one inbound, one transaction, one reply.
//!
//! Turns are taken in batches, because a database's fixed price (an fsync, a thread hand-over) is
//! paid once for all that are waiting. A batch is recalled, stepped in memory, and committed
//! before any of its replies leaves. The engine knows no channel and no socket.
//!
//! Turns of one subscriber keep their order: a subscriber always falls into the same lane, and a
//! lane takes at most one turn of a subscriber into a batch.

mod again;
mod allowance;
mod batch;
mod body;
mod lane;
mod outside;
mod shelf;
mod taken;
mod turn;
mod unheard;
mod wake;

pub use self::{
    allowance::Allowance,
    lane::{Lane, one_of_each},
    outside::{Ask, Outside, Parked},
    shelf::{Service, Shelf, ShelfError},
    taken::Taken,
    unheard::{Counted, Unheard},
    wake::Wake,
};

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use tokio::sync::{mpsc, oneshot};
use tracing::Span;

use crate::{
    channel::{AnswerBy, Inbound},
    clock::{Timestamp, Zone},
    conversation::{Ending, NotPushed, Reply, Signal, Then},
    engine::{outside::Asked, unheard::Shelter},
    identity::Msisdn,
    menu::{notice::NoticeText, state::Move},
    outbox::{self, Notice, NoticeId, route::Routes},
    service::{self, Noticed, inquiry::Wrote},
    store::{Store, StoreError},
    telemetry::{instruments::BatchMeters, spans},
    vault::{SubscriberKey, Vault},
};

/// How turns are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// How long after its last turn a dropped conversation can be taken up again.
    pub resume_for: Duration,
    /// How long a reply is kept for an inbound that is delivered twice.
    pub receipt_for: Duration,
    /// Silence after which a number proves nothing.
    pub silent_after: Duration,
    /// Where the service is: what "today" means.
    pub zone: Zone,
    /// Batches side by side. SQLite has one writer, and one lane is enough for it.
    pub lanes: usize,
    /// The most turns of a batch.
    pub batch: usize,
    /// The most turns that wait for a lane; further ones are refused at once.
    pub waiting: usize,
    /// How long a turn waits for a database that is away.
    pub patience: Duration,
    /// Which network a phone is of, for what is sent to it.
    pub routes: Routes,
    /// Turns of one subscriber, on whichever node.
    pub allowance: Allowance,
}

/// What came of a turn.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What to say, if anybody listens.
    pub reply: Option<Reply>,
    /// The key under which the reply is kept.
    pub receipt: [u8; 16],
    /// Who was answered.
    pub subscriber: SubscriberKey,
    /// The service that answered.
    pub service: Arc<Service>,
    /// Whether this was new.
    pub news: News,
    /// The screen where the subscriber stands now.
    pub screen: Option<String>,
    /// What ended.
    pub ends: Vec<Ending>,
    /// The way that was gone through the screens.
    pub way: Vec<Move>,
    /// Calls made, with their outcomes.
    pub outcomes: Vec<(&'static str, &'static str)>,
    /// What looked like an attack.
    pub noticed: Vec<Noticed>,
    /// Why nothing was pushed, if that was asked for.
    pub not_pushed: Option<NotPushed>,
    /// Whether the caller is sent something to keep.
    pub sends: Sends,
}

/// Whether a turn sends its caller something that outlives the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sends {
    /// It does.
    Something,
    /// It does not: what the session could not show is lost.
    Nothing,
}

/// What of a turn was not seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missed {
    /// Its last word: there is no session any more in which to say it.
    End,
    /// A question: whoever dials again can go on from there.
    Question,
}

/// What is told by text in the place of a screen that nobody saw.
#[derive(Debug, Clone, Copy)]
pub enum Instead<'a> {
    /// Nothing: there is nothing to tell, the turn sends a text itself, or another one answers for it.
    Nothing,
    /// Yes or no, in a text that the call has for that.
    Result(&'a NoticeText),
    /// That it is done.
    Done,
}

impl Answer {
    /// What of it is lost where its reply is.
    pub fn missed(&self) -> Missed {
        match self.reply.as_ref().map(|reply| reply.then) {
            Some(Then::Wait) => Missed::Question,
            Some(Then::Close) | None => Missed::End,
        }
    }

    /// What is told by text where that was not seen.
    pub fn instead(&self, missed: Missed) -> Instead<'_> {
        let nothing = self.outcomes.is_empty() || self.sends == Sends::Something;
        if self.news != News::New || nothing {
            return Instead::Nothing;
        }
        let result = service::unseen(&self.outcomes);
        match (result.and_then(|name| self.service.menu.notice(name)), missed) {
            (Some(text), _) => Instead::Result(text),
            (None, Missed::End) => Instead::Done,
            (None, Missed::Question) => Instead::Nothing,
        }
    }

    /// One line a notice, once the turn is stored. Two octets of the phone's index tell lines apart.
    fn tell(&self) {
        for noticed in &self.noticed {
            let (service, what) = (self.service.menu.service(), noticed.as_str());
            tracing::warn!(service, what, phone = ?self.subscriber, "this looks like an attack");
        }
    }
}

/// Whether an inbound had been seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// It was new.
    New,
    /// It was a repetition: the same reply again, and no second effect.
    Repeated,
    /// It came again elsewhere while it waited here, and whoever said it has long gone on: no reply, and
    /// no effect.
    Overtaken,
}

impl News {
    /// The word used in traces.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Repeated => "repeated",
            Self::Overtaken => "overtaken",
        }
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TurnError {
    /// Too many turns are waiting: try later.
    #[error("too many turns are waiting")]
    Overloaded,
    /// Its subscriber takes more turns than anybody needs; it changed nothing.
    #[error("too many turns of one subscriber")]
    TooOften,
    /// The database does not answer, or the turn could not be stored.
    #[error("the turn could not be stored")]
    Unavailable,
}

impl TurnError {
    /// The word used in traces.
    fn as_str(self) -> &'static str {
        match self {
            Self::Overloaded => "overloaded",
            Self::TooOften => "too_often",
            Self::Unavailable => "unavailable",
        }
    }
}

/// Takes turns. Cheap to clone; the lanes end when the last clone is gone.
#[derive(Clone)]
pub struct Engine {
    lanes: Arc<[mpsc::Sender<Job>]>,
    core: Arc<Core>,
}

struct Core {
    store: Store,
    vault: Vault,
    shelf: ArcSwap<Shelf>,
    rules: Rules,
    batches: BatchMeters,
    wake: Wake,
    outside: Option<Outside>,
    /// Drawn anew by every process.
    node: u64,
    taken: Taken,
    unheard: Shelter,
}

struct Job {
    inbound: Inbound,
    subscriber: SubscriberKey,
    /// Under which the reply is kept.
    receipt: [u8; 16],
    /// Digest of what was said.
    said: [u8; 16],
    /// When it was taken in.
    came: Instant,
    /// The reply that it was suspected to have got before, once it has waited for word of that.
    doubt: Option<[u8; 16]>,
    span: Span,
    answer: oneshot::Sender<Result<Answer, TurnError>>,
    unheard: Shelter,
    /// Whether it may still ask an outside record.
    asked: Asked,
    /// What became of a registration that it sent there.
    wrote: Option<Wrote>,
}

impl Job {
    fn end(self, answer: Result<Answer, TurnError>) {
        match &answer {
            Ok(answer) => {
                answer.tell();
                let end = answer.ends.last().map(|ending| ending.end.as_str());
                let (service, news) = (answer.service.menu.service(), answer.news.as_str());
                spans::answered(&self.span, service, news, answer.screen.as_deref(), end);
            }
            Err(error) => spans::failed(&self.span, error.as_str()),
        }
        let sessions = self.answers_in_a_session();
        // Nobody waits any more when a session was cut in the meantime.
        if let Err(Ok(answer)) = self.answer.send(answer)
            && sessions
        {
            let counted = Counted::NotYet(self.came.elapsed());
            let since = Instant::now();
            self.unheard.add(Unheard { phone: self.inbound.from, answer, since, counted });
        }
    }

    /// Whether a phone waits for the reply in its session: a notice finds its way, whoever waits for it.
    fn answers_in_a_session(&self) -> bool {
        let Inbound { answer_by, signal, .. } = &self.inbound;
        *answer_by == AnswerBy::Session && !matches!(signal, Signal::Abort(_) | Signal::Push(_))
    }
}

/// A turn that was taken in; its answer can be waited for. Dropped, the turn is not begun any more.
/// One that is being stored just then is stored all the same, and is [`Unheard`].
pub struct Pending(oneshot::Receiver<Result<Answer, TurnError>>);

impl Pending {
    /// The answer, once it is stored.
    pub async fn answer(self) -> Result<Answer, TurnError> {
        self.0.await.unwrap_or(Err(TurnError::Unavailable))
    }
}

impl Engine {
    /// An engine and the lanes it needs; every lane has to be run (`Lane::run`).
    pub fn new(store: Store, vault: Vault, shelf: Shelf, rules: Rules) -> (Self, Vec<Lane>) {
        Self::beside(store, vault, shelf, rules, None)
    }

    /// The same, beside a record that somebody else keeps.
    pub fn beside(
        store: Store,
        vault: Vault,
        shelf: Shelf,
        rules: Rules,
        outside: Option<Outside>,
    ) -> (Self, Vec<Lane>) {
        let shelf = ArcSwap::from_pointee(shelf);
        let core = Arc::new(Core {
            store,
            vault,
            shelf,
            rules,
            batches: BatchMeters::default(),
            wake: Wake::default(),
            outside,
            node: rand::random(),
            taken: Taken::default(),
            unheard: Shelter::new(),
        });
        let waiting = (core.rules.waiting / core.rules.lanes.max(1)).max(1);
        let (lanes, runners): (Vec<_>, Vec<_>) = (0..core.rules.lanes.max(1))
            .map(|_| {
                let (jobs, queue) = mpsc::channel(waiting);
                (jobs, Lane::new(queue, waiting, Arc::clone(&core)))
            })
            .unzip();
        (Self { lanes: lanes.into(), core }, runners)
    }

    /// Takes a turn in. The order in which one subscriber's turns are taken in is the order in
    /// which they are answered.
    pub fn take(&self, inbound: Inbound) -> Result<Pending, TurnError> {
        let vault = &self.core.vault;
        let subscriber = vault.subscriber_key(&inbound.from);
        let receipt = vault.message_key(&inbound.once.message);
        let said = vault.message_key(&inbound.once.said);
        let lane = usize::from(subscriber.as_bytes()[0]) % self.lanes.len();
        let span = spans::turn(inbound.channel.as_str());
        let (answer, pending) = oneshot::channel();
        self.lanes[lane]
            .try_send(Job {
                inbound,
                subscriber,
                receipt,
                said,
                came: Instant::now(),
                doubt: None,
                span,
                answer,
                unheard: self.core.unheard.clone(),
                asked: Asked::Times(0),
                wrote: None,
            })
            .map_err(|_| TurnError::Overloaded)?;
        Ok(Pending(pending))
    }

    /// The services as they are now.
    pub fn shelf(&self) -> Arc<Shelf> {
        self.core.shelf.load_full()
    }

    /// Puts other services in place of the current ones. Turns that are under way finish with those
    /// they began with, and so do conversations: the current ones stay as former versions.
    pub fn put(&self, newer: Shelf) {
        self.core.shelf.rcu(|shelf| shelf.below(newer.clone()));
    }

    /// The key that a phone's rows are kept under.
    pub fn subscriber_key(&self, phone: &Msisdn) -> SubscriberKey {
        self.core.vault.subscriber_key(phone)
    }

    /// Turns that wait for a lane, and how many may.
    pub fn waiting(&self) -> (usize, usize) {
        let waiting = self.lanes.iter().map(|lane| lane.max_capacity() - lane.capacity()).sum();
        (waiting, self.lanes.iter().map(|lane| lane.max_capacity()).sum())
    }

    /// What the batches are measured with.
    pub fn batches(&self) -> &BatchMeters {
        &self.core.batches
    }

    /// Rings when a turn has stored something to be sent.
    pub fn wake(&self) -> &Wake {
        &self.core.wake
    }

    /// Sends a text to a phone, outside of any turn. Where no operator carries SMS to it, nothing is
    /// sent.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn send(&self, to: &Msisdn, text: String, at: Timestamp) -> Result<(), StoreError> {
        let Rules { routes, zone, .. } = &self.core.rules;
        let route = routes.of(to);
        if route.is_empty() {
            return Ok(());
        }
        let lane = outbox::Lane { class: outbox::Class::Reply, zone: *zone };
        let id = NoticeId::draw(at, rand::random());
        let notice = Notice::at_once(id, to.clone().into(), route, lane, text, at);
        self.core.store.enqueue(&[notice]).await?;
        self.core.wake.ring();
        Ok(())
    }

    /// The key that a provider's session is kept under.
    pub fn session_key(&self, octets: &[u8]) -> [u8; 16] {
        self.core.vault.session_key(octets)
    }

    /// Makes the keys that rows are kept under.
    pub fn vault(&self) -> &Vault {
        &self.core.vault
    }

    /// The network of a phone; empty for a phone of none.
    pub fn route(&self, phone: &Msisdn) -> &str {
        self.core.rules.routes.of(phone)
    }

    /// The number that people of a network write to.
    pub fn short_code(&self, route: &str) -> &str {
        self.core.rules.routes.short_code(route)
    }

    /// A number that people write to, for those of whom no network is known.
    pub fn any_short_code(&self) -> Option<&str> {
        self.core.rules.routes.any_short_code()
    }

    /// Which replies the networks took.
    pub fn taken(&self) -> &Taken {
        &self.core.taken
    }

    /// A turn's reply left, and nobody knows whether it was seen.
    pub fn unheard(&self, unheard: Unheard) {
        self.core.unheard.add(unheard);
    }

    /// The turns whose reply perhaps nobody saw, for the one who tells them; once.
    pub fn all_unheard(&self) -> Option<mpsc::Receiver<Unheard>> {
        self.core.unheard.take()
    }

    /// A random value, for what is decided beside the turns.
    pub fn draw(&self) -> u64 {
        rand::random()
    }

    /// Whose days count.
    pub fn zone(&self) -> Zone {
        self.core.rules.zone
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.core.store
    }
}
