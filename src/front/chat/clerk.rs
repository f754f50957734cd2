//! Answers chats: at the door, or by a turn for the phone that a chat speaks for.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::{Semaphore, mpsc};

use super::{Kept, Manners, Open, Said};
use crate::{
    channel::{AnswerBy, Channel, Inbound, Once, Sureness, whatsapp},
    conversation::Signal,
    engine::Pending,
    front::Front,
    identity::Msisdn,
    outbox::{Class, Lane, Notice, NoticeId, Recipient, route::WHATSAPP},
    service::{
        chat::{Caller, House, Knock, Opened},
        code::CodeRules,
        record::{CodeNeed, Need},
    },
    store::{ChatWrite, CommitError, KnownChat, StoreError},
};

/// Clerks side by side.
const CLERKS: usize = 16;

/// Messages that wait for one of them; what is more stays in the database until there is time.
const WAITING: usize = 1024;

/// Turns that are under way.
const RUNNING: usize = 2048;

/// How often the door is tried when somebody else moved the chat.
const TRIES: usize = 4;

/// A chat is written down as heard again only after this long.
const HEARD_STEP: Duration = Duration::from_secs(3600);

/// Who hands messages to clerks.
#[derive(Clone)]
pub struct Clerks(Arc<[mpsc::Sender<Open>]>);

/// Answers the chats that fall to it, one message after the other.
pub struct Clerk {
    front: Arc<Front>,
    manners: Manners,
    codes: CodeRules,
    messages: mpsc::Receiver<Open>,
    running: Arc<Semaphore>,
}

/// Why a message stays open.
enum Undone {
    /// Somebody else moved the chat meanwhile.
    Conflict,
    /// It has to wait.
    Later,
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a message of a chat waits");
        Self::Later
    }
}

impl From<CommitError> for Undone {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Conflict => Self::Conflict,
            CommitError::Unavailable(error) => error.into(),
        }
    }
}

impl Clerks {
    /// All clerks; every one has to be run.
    pub fn new(front: &Arc<Front>, manners: &Manners, codes: &CodeRules) -> (Self, Vec<Clerk>) {
        let running = Arc::new(Semaphore::new(RUNNING));
        let clerk = |_| {
            let (sender, messages) = mpsc::channel(WAITING);
            let (front, running) = (Arc::clone(front), Arc::clone(&running));
            let (manners, codes) = (manners.clone(), codes.clone());
            (sender, Clerk { front, manners, codes, messages, running })
        };
        let (senders, clerks): (Vec<_>, Vec<_>) = (0..CLERKS).map(clerk).unzip();
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
        S: Fn(futures_util::future::BoxFuture<'static, ()>),
    {
        while let Some(open) = self.messages.recv().await {
            for _ in 0..TRIES {
                match self.answer(&open, &spawn).await {
                    Err(Undone::Conflict) => {}
                    Ok(()) | Err(Undone::Later) => break,
                }
            }
        }
    }

    async fn answer<S>(&self, open: &Open, spawn: &S) -> Result<(), Undone>
    where
        S: Fn(futures_util::future::BoxFuture<'static, ()>),
    {
        let store = self.front.engine.store();
        let mut known = store.chat(&open.names).await?;
        if let Some(known) = &mut known
            && is_other(known, &open.kept)
        {
            // Whoever has the account now starts at the door.
            (known.bound, known.door) = (None, None);
        }
        let bound = known.as_ref().and_then(|known| known.bound.clone());
        match bound.filter(|bound| bound.until > open.at) {
            Some(bound) => {
                if let Some(known) = &known
                    && open.at.since(known.heard_at) >= HEARD_STEP
                {
                    store.hear_chat(&known.key, open.at).await?;
                }
                self.turn(open, bound.phone, None, spawn)
            }
            None => match self.door(open, known).await? {
                Some((phone, opening)) => self.turn(open, phone, Some(opening), spawn),
                None => Ok(()),
            },
        }
    }

    /// At the door. Gives back the phone that the chat speaks for from now on, and what was written first.
    async fn door(
        &self,
        open: &Open,
        known: Option<KnownChat>,
    ) -> Result<Option<(Msisdn, String)>, Undone> {
        let engine = &self.front.engine;
        let [key, alias] = [open.names.first(), open.names.get(1)].map(Option::<&_>::copied);
        let Some(key) = known.as_ref().map(|known| known.key).or(key) else { return Ok(None) };
        let door = known.as_ref().and_then(|known| known.door.clone()).unwrap_or_default();
        let knock = match &open.kept.said {
            Said::Text(text) => Knock::Wrote(text),
            Said::Tap { id, .. } => Knock::Tapped(id),
            Said::Hello => Knock::Wrote(""),
            Said::Unreadable | Said::Other => Knock::Unreadable,
        };
        let shelf = engine.shelf();
        let written = match &open.kept.said {
            Said::Text(text) => shelf.written(text).0,
            _ => None,
        };
        let menu = &written.unwrap_or_else(|| shelf.first()).menu;
        let own = open.kept.chat.phone().and_then(|phone| Msisdn::from_international(phone).ok());
        let own = own.filter(Msisdn::is_indonesian_mobile);
        let house = House { menu, vault: engine.vault(), codes: &self.codes };
        let (chat, now, random) = (key, open.at, engine.draw());
        let caller = Caller { chat, own: own.as_ref(), now, random };
        let mut batch = engine.store().begin().await?;
        let code = door.need(house, caller, knock).map(|key| CodeNeed { key, at: now });
        let facts = batch.facts(&[Need { code, ..Need::default() }]).await?;
        let facts = facts.into_iter().next().unwrap_or_default();
        let Opened { card, door, change, text, bound } =
            door.answer(house, caller, knock, &facts.code);
        let id = NoticeId::draw(now, random);
        let lane = |class| Lane { class, zone: engine.zone() };
        let mut notices = Vec::new();
        if let Some(card) = card {
            let to = Recipient::Chat { chat: open.kept.chat.clone(), phone: None };
            let text = card.body.clone();
            let reply = Notice::at_once(id, to, WHATSAPP, lane(Class::Reply), text, now);
            notices.push(Notice { card: Some(card), ..reply });
        }
        if let Some((phone, text)) = text {
            match engine.route(&phone) {
                "" => tracing::warn!("no operator carries SMS to a phone that a chat named"),
                route => {
                    let (route, to) = (route.to_owned(), phone.into());
                    let code = lane(Class::Code);
                    notices.push(Notice::at_once(id.after(1), to, &route, code, text, now));
                }
            }
        }
        let until = now.plus(self.manners.bound_for);
        let write = ChatWrite {
            key,
            alias: alias.filter(|alias| *alias != key),
            was: known.as_ref().map(|known| known.version),
            address: open.kept.chat.clone(),
            door,
            bound: bound.as_ref().map(|(phone, _)| (phone.clone(), now, until)),
            identity: open.kept.identity.clone().or(known.and_then(|known| known.identity)),
            at: now,
        };
        // The turn for the phone is still to come: until then the message stays open.
        let closes = bound.is_none().then_some(open.key);
        batch.commit_door(&write, change.as_ref(), &notices, closes).await?;
        engine.wake().ring();
        Ok(bound)
    }

    /// A turn for the phone that the chat speaks for. `opening` is what was written before the door.
    fn turn<S>(
        &self,
        open: &Open,
        phone: Msisdn,
        opening: Option<String>,
        spawn: &S,
    ) -> Result<(), Undone>
    where
        S: Fn(futures_util::future::BoxFuture<'static, ()>),
    {
        let since = Instant::now();
        let engine = &self.front.engine;
        let shelf = engine.shelf();
        let (service, signal) = match (&open.kept.said, opening) {
            (_, Some(opening)) => shelf.written(&opening),
            (Said::Text(text), None) => shelf.written(text),
            (Said::Tap { screen, id }, None) => {
                (None, Signal::Tap { screen: screen.clone(), id: id.clone() })
            }
            (Said::Hello, None) => shelf.written(""),
            (Said::Unreadable | Said::Other, None) => (None, Signal::Unreadable),
        };
        let service = service.map(|service| service.menu.service().to_owned());
        let inbound = Inbound {
            channel: Channel::Whatsapp,
            from: phone,
            service: service.clone(),
            signal,
            once: Once {
                message: [b"whatsapp ".as_slice(), &open.key].concat(),
                said: [b"whatsapp ".as_slice(), &open.key].concat(),
                sureness: Sureness::Sure,
            },
            at: open.at,
            session: None,
            frame: whatsapp::frame(),
            open_for: self.manners.open_for,
            answer_by: AnswerBy::Chat(open.kept.chat.clone()),
        };
        let Ok(running) = Arc::clone(&self.running).try_acquire_owned() else {
            return Err(Undone::Later);
        };
        let pending = self.front.take(inbound, &self.manners.source).map_err(|_| Undone::Later)?;
        let (front, key) = (Arc::clone(&self.front), open.key);
        spawn(Box::pin(async move {
            finish(&front, pending, service.as_deref(), key, since).await;
            drop(running);
        }));
        Ok(())
    }
}

/// Waits until a turn and its answer are stored; then its message is done.
async fn finish(
    front: &Front,
    pending: Pending,
    service: Option<&str>,
    key: [u8; 16],
    since: Instant,
) {
    match pending.answer().await {
        Ok(answer) => {
            front.answered(Channel::Whatsapp, &answer, since.elapsed());
            if let Err(error) = front.engine.store().close_events(&[key]).await {
                tracing::error!(%error, "a message of a chat was answered and stays open");
            }
        }
        Err(error) => {
            tracing::error!(%error, "a turn of a chat failed, and is tried again");
            front.failed(Channel::Whatsapp, service);
        }
    }
}

/// Whether the account may have another owner than the one who bound it.
fn is_other(known: &KnownChat, kept: &Kept) -> bool {
    let identities = known.identity.as_ref().zip(kept.identity.as_ref());
    matches!(kept.said, Said::Other) || identities.is_some_and(|(old, new)| old != new)
}
