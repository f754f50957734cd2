//! Answers chats: at the door, or by a turn for the phone that a chat speaks for.

use std::{
    collections::VecDeque,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::BoxFuture;
use tokio::sync::{Semaphore, mpsc};

use super::{Kept, Manners, Open, Said, door::Visit};
use crate::{
    channel::{AnswerBy, Channel, Inbound, Once, Sureness, whatsapp},
    clock,
    conversation::Signal,
    engine::{Answer, TurnError, one_of_each},
    front::Front,
    identity::Msisdn,
    service::code::CodeRules,
    store::{CommitError, KnownChat, StoreError},
    vault::SubscriberKey,
};

/// Clerks side by side: SQLite has one writer, and they would wait for each other.
const CLERKS: usize = 4;

/// Messages that wait for them; what is more stays in the database until there is time.
const WAITING: usize = 16_384;

/// Messages answered together, each of another chat.
const MOST: usize = 64;

/// How often a message at the door is tried alone when somebody else moved its chat.
const TRIES: usize = 4;

/// A chat is written down as heard again only after this long.
const HEARD_STEP: Duration = Duration::from_secs(3600);

/// Who hands messages to clerks.
#[derive(Clone)]
pub struct Clerks(Arc<[mpsc::Sender<Open>]>);

/// Answers the chats that fall to it: of each one message after the other, of many at once.
pub struct Clerk {
    pub(super) front: Arc<Front>,
    pub(super) manners: Manners,
    pub(super) codes: CodeRules,
    messages: mpsc::Receiver<Open>,
    running: Arc<Semaphore>,
}

impl Clerks {
    /// All clerks; every one has to be run.
    pub fn new(front: &Arc<Front>, manners: &Manners, codes: &CodeRules) -> (Self, Vec<Clerk>) {
        let running = Arc::new(Semaphore::new(manners.running));
        let many = if front.engine.store().is_shared() { CLERKS } else { 1 };
        let clerk = |_| {
            let (sender, messages) = mpsc::channel(WAITING / many);
            let (front, running) = (Arc::clone(front), Arc::clone(&running));
            let (manners, codes) = (manners.clone(), codes.clone());
            (sender, Clerk { front, manners, codes, messages, running })
        };
        let (senders, clerks): (Vec<_>, Vec<_>) = (0..many).map(clerk).unzip();
        (Self(senders.into()), clerks)
    }

    /// Hands a message to the clerk of its chat. It stays open if there is no room.
    pub(super) fn hand(&self, open: Open) {
        let mut hasher = DefaultHasher::new();
        open.names.first().map(|name| name.as_bytes()).hash(&mut hasher);
        let at = usize::try_from(hasher.finish() % self.0.len() as u64).unwrap_or(0);
        let _ = self.0[at].try_send(open);
    }
}

impl Clerk {
    /// Answers until every [`Clerks`] is gone and nothing waits. `spawn` runs what is left of a turn.
    pub async fn run<S>(mut self, spawn: S)
    where
        S: Fn(BoxFuture<'static, ()>),
    {
        let mut arrived = Vec::with_capacity(MOST);
        let mut carried = VecDeque::new();
        loop {
            if carried.is_empty() {
                if self.messages.recv_many(&mut arrived, MOST).await == 0 {
                    return;
                }
            } else {
                let more = std::iter::from_fn(|| self.messages.try_recv().ok());
                arrived.extend(more.take(MOST.saturating_sub(carried.len())));
            }
            let waiting = carried.drain(..).chain(arrived.drain(..));
            let (round, later) =
                one_of_each(waiting, MOST, |open: &Open| open.names.first().copied());
            carried = later;
            for open in self.round(round, &spawn).await {
                let mut alone = vec![open];
                for _ in 0..TRIES {
                    alone = self.round(alone, &spawn).await;
                    if alone.is_empty() {
                        break;
                    }
                }
            }
        }
    }

    /// Answers one message of each of some chats. What cannot be answered now stays open. Gives back those
    /// whose chats somebody else moved, or that need each other's outcome: they are tried alone.
    async fn round<S>(&self, round: Vec<Open>, spawn: &S) -> Vec<Open>
    where
        S: Fn(BoxFuture<'static, ()>),
    {
        let store = self.front.engine.store();
        let names: Vec<&[SubscriberKey]> = round.iter().map(|open| &*open.names).collect();
        let chats = match store.chats(&names).await {
            Ok(chats) => chats,
            Err(error) => return waits(error),
        };
        let (mut heard, mut turns, mut visits) = (Vec::new(), Vec::new(), Vec::new());
        for (open, known) in round.into_iter().zip(chats) {
            let mut known = match known {
                Ok(known) => known,
                // Nobody can read it, and it would be looked at for ever.
                Err(error @ StoreError::Unreadable(_)) => {
                    tracing::error!(%error, "a message of a chat is dropped");
                    let _ = store.close_event(open.key).await;
                    continue;
                }
                Err(error) => {
                    waits(error);
                    continue;
                }
            };
            if let Some(known) = &mut known
                && is_other(known, &open.kept)
            {
                // Whoever has the account now starts at the door.
                (known.bound, known.door) = (None, None);
            }
            match known.as_ref().and_then(|known| Some((known, known.bound.clone()?))) {
                Some((known, bound)) if bound.until > open.at => {
                    if open.at.since(known.heard_at) >= HEARD_STEP {
                        heard.push(known.key);
                    }
                    turns.push((open, bound.phone));
                }
                _ => visits.push(Visit { open, known }),
            }
        }
        // First: it decides what else of a turn goes to the chat.
        if let Err(error) = store.hear_chats(&heard, clock::now()).await {
            return waits(error);
        }
        match self.doors(&visits).await {
            Ok(bound) => {
                let bound = visits.into_iter().zip(bound);
                turns.extend(
                    bound.filter_map(|(visit, bound)| bound.map(|bound| bound.turn(visit))),
                );
                visits = Vec::new();
            }
            Err(CommitError::Conflict) => {}
            Err(CommitError::Unavailable(error)) => {
                waits(error);
                visits = Vec::new();
            }
        }
        for (open, phone) in turns {
            self.turn(open, phone, spawn);
        }
        visits.into_iter().map(|visit| visit.open).collect()
    }

    /// A turn for the phone that the chat speaks for.
    fn turn<S>(&self, open: Open, phone: Msisdn, spawn: &S)
    where
        S: Fn(BoxFuture<'static, ()>),
    {
        let since = Instant::now();
        let engine = &self.front.engine;
        let shelf = engine.shelf();
        let Open { key, kept, at, .. } = open;
        let (service, signal) = match kept.said {
            Said::Text(text) => shelf.written(&text),
            Said::Tap { screen, id } => (None, Signal::Tap { screen, id }),
            Said::Hello => shelf.written(""),
            Said::Near(here) => (None, Signal::Near(here)),
            Said::Unreadable | Said::Other => (None, Signal::Unreadable),
        };
        let service = service.map(|service| service.menu.service().to_owned());
        let name = [b"whatsapp ".as_slice(), &key].concat();
        let inbound = Inbound {
            channel: Channel::Whatsapp,
            from: phone,
            service: service.clone(),
            signal,
            once: Once { message: name.clone(), said: name, sureness: Sureness::Sure },
            at,
            session: None,
            frame: whatsapp::frame(),
            open_for: self.manners.open_for,
            answer_by: AnswerBy::Chat { chat: kept.chat, answers: key },
        };
        // Without room it stays open.
        let Ok(running) = Arc::clone(&self.running).try_acquire_owned() else { return };
        let Ok(pending) = self.front.take(inbound, &self.manners.source) else { return };
        let (front, typing) = (Arc::clone(&self.front), self.manners.typing.clone());
        spawn(Box::pin(async move {
            let answer = typing.beside(kept.message.as_deref(), pending.answer()).await;
            finish(&front, answer, service.as_deref(), since);
            drop(running);
        }));
    }
}

/// Says that messages stay open.
fn waits(error: StoreError) -> Vec<Open> {
    tracing::error!(%error, "messages of chats wait");
    Vec::new()
}

/// A turn and its answer are stored, and its message is closed with them.
fn finish(front: &Front, answer: Result<Answer, TurnError>, service: Option<&str>, since: Instant) {
    match answer {
        Ok(answer) => front.answered(Channel::Whatsapp, &answer, since.elapsed()),
        Err(error) => {
            tracing::error!(%error, "a turn of a chat failed, and is tried again");
            front.failed(Channel::Whatsapp, service, error);
        }
    }
}

/// Whether the account may have another owner than the one who bound it.
fn is_other(known: &KnownChat, kept: &Kept) -> bool {
    let identities = known.identity.as_ref().zip(kept.identity.as_ref());
    matches!(kept.said, Said::Other) || identities.is_some_and(|(old, new)| old != new)
}
