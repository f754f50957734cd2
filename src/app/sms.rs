//! SMS over SMPP, inbound: a `deliver_sm` that somebody wrote becomes a turn, and its reply a notice
//! in the same transaction. The `deliver_sm` is confirmed when that is stored: what we did not store,
//! the network delivers again.
//!
//! Many networks number nothing. Nobody can answer a text that did not reach them yet, so the same
//! words again are the same message until our answer was taken by the network
//! ([`Post::took`], `sessions`) and somebody can have read it; the answer is then not sent a second
//! time. The parts of a long text have a number: the same text under the same number is the same.

mod confirmed;

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use futures_util::future::Either;

use self::confirmed::Confirmed;
pub use self::confirmed::Lately;
use crate::{
    app::sessions::{Read, Sessions},
    channel::{
        AnswerBy, Channel, Inbound, Once, Sureness,
        sms::{self, Body, Heard, Part},
    },
    clock,
    conversation::Signal,
    engine::{Answer, Pending},
    front::Front,
    identity::Msisdn,
    outbox::parts::DefaultAlphabet,
    smpp::link::{self, Responder},
    store::PartKey,
};

/// What the post of one operator works with.
pub struct Post {
    /// The operator's name in the configuration.
    pub operator: String,
    /// The number that people write to.
    pub short_code: String,
    /// What its network takes `data_coding` 0 for.
    pub alphabet: DefaultAlphabet,
    /// Admits turns and takes them.
    pub front: Arc<Front>,
    /// Tells repetitions from answers.
    pub sessions: Mutex<Sessions>,
    /// How long an answer is waited for.
    pub open_for: Duration,
    /// How long the parts of a long text are waited for.
    pub parts_for: Duration,
    /// The same words so soon after our answer are the same text, delivered twice.
    pub repeats_for: Duration,
    /// Texts of which others may have to be told that their words are new when they come again.
    pub lately: Lately,
}

/// The posts of all operators.
pub struct Posts(Vec<Arc<Post>>);

impl Posts {
    /// One for each operator that carries SMS.
    pub fn new(posts: Vec<Arc<Post>>) -> Self {
        Self(posts)
    }

    /// The post of an operator.
    pub fn at(&self, operator: &str) -> Option<&Arc<Post>> {
        self.0.iter().find(|post| post.operator == operator)
    }
}

/// A text whose turn is under way.
struct Taken {
    from: Msisdn,
    mark: u64,
    pending: Pending,
    service: Option<String>,
    responder: Responder,
    since: Instant,
}

/// A text that came in whole.
struct Letter {
    from: Msisdn,
    /// The mark of the session that it was heard in.
    mark: u64,
    text: String,
    once: Once,
    responder: Responder,
    since: Instant,
}

impl Post {
    /// Takes a message in; what is left to do is given back.
    pub fn take(
        self: &Arc<Self>,
        message: link::Inbound,
    ) -> Option<impl Future<Output = ()> + use<>> {
        let since = Instant::now();
        let heard = sms::parse(&self.short_code, self.alphabet, &message.message);
        let Heard { from, body, part } = match heard {
            Ok(heard) => heard,
            Err(error) => {
                self.front.metrics.strange(&error.to_string());
                tracing::warn!(operator = %self.operator, %error, "message passed over");
                message.responder.accept();
                return None;
            }
        };
        let (bind, words) = ((message.link, message.bind), digest(&body, part));
        let read = self.sessions().read(&from, bind, words, self.repeats_for, since);
        let (responder, post) = (message.responder, Arc::clone(self));
        // In the order of the link, where nothing has to be asked before.
        if part.is_none() && !read.in_doubt {
            let text = sms::text(&[body]);
            let mark = read.heard.mark;
            let once = once(&self.operator, &mark.to_string(), &from, &text, read.heard.sureness);
            let taken = self.turn(Letter { from, mark, text, once, responder, since })?;
            return Some(Either::Left(async move { post.answered(taken).await }));
        }
        Some(Either::Right(async move {
            let sureness = read.heard.sureness;
            let once = |mark: &str, text: &str| once(&post.operator, mark, &from, text, sureness);
            let (mark, text, once) = match part {
                None => {
                    let text = sms::text(&[body]);
                    let mark = post.mark(&from, read).await;
                    let once = once(&mark.to_string(), &text);
                    (mark, text, once)
                }
                Some(part) => match post.joined(&from, part, &body).await {
                    Joined::Whole(text) => {
                        let once = once(&format!("{}/{}", part.reference, part.total), &text);
                        (read.heard.mark, text, once)
                    }
                    Joined::NotYet => return responder.accept(),
                    // Unconfirmed, the part comes again.
                    Joined::Unavailable => return,
                },
            };
            if let Some(taken) = post.turn(Letter { from, mark, text, once, responder, since }) {
                post.answered(taken).await;
            }
        }))
    }

    /// The network took our answer to this phone: whatever it writes from now on is new.
    pub fn took(&self, phone: &Msisdn) {
        self.sessions().took(phone, Instant::now());
    }

    /// The mark of a text. That our answer was taken is heard by the node that sent it, which may be
    /// another one: what does not wait any more was taken.
    async fn mark(&self, from: &Msisdn, read: Read) -> u64 {
        let engine = &self.front.engine;
        let phone = engine.subscriber_key(from);
        let waits = async || engine.store().replies_wait(&self.operator, &[phone]).await;
        if read.in_doubt && waits().await.is_ok_and(|waiting| waiting.is_empty()) {
            return self.sessions().took(from, Instant::now());
        }
        read.heard.mark
    }

    /// Keeps a part, and joins the text when it was the last one missing.
    async fn joined(&self, from: &Msisdn, part: Part, body: &Body) -> Joined {
        // A part is a write of its own, and is admitted as a turn is.
        if let Err(refusal) = self.front.limits.admit(from, &self.operator) {
            self.front.metrics.refused(refusal);
            return Joined::Unavailable;
        }
        let engine = &self.front.engine;
        let key = PartKey { subscriber: engine.subscriber_key(from), part };
        match engine.store().keep_part(&key, from, body, clock::now(), self.parts_for).await {
            Ok(Some(bodies)) => Joined::Whole(sms::text(&bodies)),
            Ok(None) => Joined::NotYet,
            Err(error) => {
                tracing::error!(operator = %self.operator, %error, "a part was not stored");
                Joined::Unavailable
            }
        }
    }

    /// Hands a text to the engine. Not taken, it is left unconfirmed, and comes again when there is
    /// less to do.
    fn turn(&self, letter: Letter) -> Option<Taken> {
        let Letter { from, mark, text, once, responder, since } = letter;
        let shelf = self.front.engine.shelf();
        let (service, signal) = shelf.written(&text);
        let service = service.map(|service| service.menu.service().to_owned());
        let inbound = self.inbound(from.clone(), service.clone(), signal, once);
        let Ok(pending) = self.front.take(inbound, &self.operator) else {
            self.sessions().turned(&from);
            return None;
        };
        Some(Taken { from, mark, pending, service, responder, since })
    }

    /// Confirms a text when its turn is stored.
    async fn answered(&self, taken: Taken) {
        let Taken { from, mark, pending, service, responder, since } = taken;
        let stored = self.stored(pending, service.as_deref(), since).await;
        // Until then a copy is the same text, however late: there is no answer yet that could wait.
        self.sessions().turned(&from);
        if let Some(Answer { receipt, .. }) = stored {
            let line = responder.line();
            responder.accept();
            self.confirmed(Confirmed { from, mark, receipt, line, at: Instant::now() });
        }
    }

    fn inbound(
        &self,
        from: Msisdn,
        service: Option<String>,
        signal: Signal,
        once: Once,
    ) -> Inbound {
        Inbound {
            channel: Channel::Sms,
            from,
            service,
            signal,
            once,
            at: clock::now(),
            session: None,
            frame: sms::frame(),
            open_for: self.open_for,
            answer_by: AnswerBy::Notice { route: self.operator.clone() },
        }
    }

    /// Waits until a turn and its answer are stored. Nobody has a screen open: it may take its time.
    async fn stored(
        &self,
        pending: Pending,
        service: Option<&str>,
        since: Instant,
    ) -> Option<Answer> {
        match pending.answer().await {
            Ok(answer) => {
                self.front.answered(Channel::Sms, &answer, since.elapsed());
                Some(answer)
            }
            Err(error) => {
                self.front.failed(Channel::Sms, service, error);
                None
            }
        }
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Joined {
    Whole(String),
    NotYet,
    Unavailable,
}

/// Tells a delivery from others of the same phone.
fn digest(body: &Body, part: Option<Part>) -> u64 {
    let mut digest = DefaultHasher::new();
    (&body.octets, body.coding, part).hash(&mut digest);
    digest.finish()
}

fn once(operator: &str, mark: &str, from: &Msisdn, text: &str, sureness: Sureness) -> Once {
    let said = format!("{} sms {text}", from.as_str());
    let message = format!("{operator} {mark} {said}").into_bytes();
    Once { message, said: said.into_bytes(), sureness }
}
