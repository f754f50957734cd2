//! USSD over SMPP, end to end: a `deliver_sm` comes in on a link, its turn is taken and stored, its
//! reply goes out on the link it came from, and with it the `deliver_sm` is confirmed: what we did
//! not store, the network delivers again. The two leave together. Were the confirmation to wait for
//! the network to take the reply, a link that falls meanwhile would bring an answer again to which
//! the person has long seen the next screen.

use std::{
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::{
    app::{
        outbox::{now, tempo::Tempo},
        sessions::{Bind, Sent, Sessions},
    },
    channel::{
        AnswerBy, Channel, Inbound, Once, Session,
        ussd::{self, Act, Heard, WayBack, dialect::Dialect},
    },
    clock,
    conversation::{End, Reply, Signal, Then},
    engine::{Answer, Counted, News, Pending, TurnError, Unheard},
    front::{Front, NotTaken},
    identity::Msisdn,
    menu::{
        model::{BUSY, UNKNOWN_CODE, Word},
        view::Frame,
    },
    smpp::{
        link::{self, Link, Outcome, Responder},
        pdu::{CommandStatus, Message},
        session::NotSent,
    },
};
use futures_util::FutureExt;
use tokio::sync::oneshot;

/// What the desk of one operator works with.
pub struct Counter {
    /// The operator's name in the configuration.
    pub operator: String,
    /// How it speaks.
    pub dialect: Dialect,
    /// The number it gave us to push from.
    pub push_from: Option<String>,
    /// Its links, by place in [`link::Inbound`]'s name.
    pub links: Vec<Link>,
    /// The pace of the account, where its budget counts USSD.
    pub tempo: Option<Arc<Tempo>>,
    /// Admits turns and takes them.
    pub front: Arc<Front>,
    /// Tells repetitions from answers.
    pub sessions: Mutex<Sessions>,
    /// How long a reply may take.
    pub reply_for: Duration,
}

/// Where a reply goes, and who waits for it.
struct Caller {
    phone: Msisdn,
    /// The service that was called; `None` is the one that the subscriber is in.
    service: Option<String>,
    link: Option<Link>,
    back: WayBack,
    /// Until it is used.
    responder: Option<Responder>,
    since: Instant,
}

impl Caller {
    /// Takes responsibility for the message.
    fn confirm(&mut self) {
        if let Some(responder) = self.responder.take() {
            responder.accept();
        }
    }
}

/// A message as it came in.
struct Letter {
    heard: Heard,
    link: Arc<str>,
    bind: u64,
    since: Instant,
}

/// What was said, and to whom.
struct Spoken {
    service: Option<String>,
    signal: Signal,
    frame: Frame,
    once: Once,
    session: Option<Session>,
}

impl Counter {
    /// Takes a message in, in the order of the link; what is left to do is given back.
    pub fn take(
        self: &Arc<Self>,
        message: link::Inbound,
    ) -> Option<impl Future<Output = ()> + use<>> {
        let since = Instant::now();
        let heard = match ussd::parse(&self.dialect, &message.message) {
            Ok(heard) => heard,
            Err(error) => {
                // To refuse it would bring it back for ever.
                self.front.metrics.strange(&error.to_string());
                tracing::warn!(operator = %self.operator, %error, "message passed over");
                message.responder.accept();
                return None;
            }
        };
        if heard.act == Act::Shown {
            self.front.metrics.shown(&self.operator);
            message.responder.accept();
            return None;
        }
        let letter = Letter { heard, link: message.link, bind: message.bind, since };
        let responder = message.responder;
        // Where a reply went out on another connection than this message came in on, the network's
        // word on it may be read after the answer to it.
        let unsettled = self.sessions().unsettled(&letter.heard.from);
        let begun = match unsettled {
            None => Ok(self.begin(letter, responder)?),
            Some(sent) => Err((sent, letter, responder)),
        };
        let counter = Arc::clone(self);
        Some(async move {
            let task = match begun {
                Ok(task) => Some(task),
                Err((sent, letter, responder)) => {
                    let _ = tokio::time::timeout(TO_SETTLE, sent.known()).await;
                    counter.begin(letter, responder)
                }
            };
            if let Some(task) = task {
                task.run(counter).await;
            }
        })
    }

    /// Finds out what a message is about.
    fn begin(&self, letter: Letter, responder: Responder) -> Option<Task> {
        let Letter { heard: Heard { from, act, back }, link, bind, since } = letter;
        let spoken = self.understand(&from, act, &back, (link.clone(), bind), since);
        let caller = Caller {
            phone: from,
            service: spoken.as_ref().and_then(|spoken| spoken.service.clone()),
            link: self.links.iter().find(|known| known.name() == &*link).cloned(),
            back,
            responder: Some(responder),
            since,
        };
        match spoken {
            Some(spoken) => self.admit(caller, spoken, &link),
            None => Some(Task::Say(caller, UNKNOWN_CODE)),
        }
    }

    /// Hands a turn to the engine, if there is room for it.
    fn admit(&self, caller: Caller, spoken: Spoken, link: &str) -> Option<Task> {
        let aborts = matches!(spoken.signal, Signal::Abort(_));
        let inbound = Inbound {
            channel: Channel::Ussd,
            from: caller.phone.clone(),
            service: spoken.service,
            signal: spoken.signal,
            once: spoken.once,
            at: clock::now(),
            session: spoken.session,
            frame: spoken.frame,
            open_for: self.dialect.open_for(),
            answer_by: AnswerBy::Session,
        };
        match self.front.take(inbound, link) {
            Ok(pending) if aborts => Some(Task::End(caller, pending)),
            Ok(pending) => Some(Task::Turn(caller, pending)),
            // Nobody listens to an answer to an abort; unanswered, it is delivered again.
            Err(NotTaken) => (!aborts).then(|| Task::Say(caller, BUSY)),
        }
    }

    /// Which service is meant, and what is said to it; `None` for a code that no service has.
    fn understand(
        &self,
        phone: &Msisdn,
        act: Act,
        back: &WayBack,
        bind: Bind,
        now: Instant,
    ) -> Option<Spoken> {
        let (service, signal, said, frame) = match act {
            Act::Dial(string) => {
                let (service, signal) = self.front.dialled(&string)?;
                (Some(service), signal, format!("dial {string}"), self.dialect.first_frame())
            }
            Act::Answer(text) => {
                let text = ussd::typed(&text, self.dialect.input);
                let said = format!("answer {text}");
                (None, Signal::Answer(text), said, self.dialect.next_frame())
            }
            // Counted when it came in.
            Act::Shown => return None,
            Act::Abort(end) => {
                (None, Signal::Abort(end), "abort".into(), self.dialect.next_frame())
            }
        };
        let heard = self.sessions().hear(phone, bind, now);
        let (operator, mark, session) = (&self.operator, heard.mark, back.session());
        let said = format!("{} {said}", phone.as_str());
        let once = Once {
            message: format!("{operator} {mark} {session:?} {said}").into_bytes(),
            said: said.into_bytes(),
            sureness: heard.sureness,
        };
        // By its name the end of a session that comes late is told from that of the one the phone is in.
        let named = session.map(|session| format!("{operator} {session}"));
        let key = named.map(|name| self.front.engine.session_key(name.as_bytes()));
        let session = key.map(|key| Session { key, heard: None, nonce: None });
        Some(Spoken { service, signal, frame, once, session })
    }

    /// Sends a reply. It is never sent twice: a network that did not take it has closed the
    /// session, or will deliver the question again.
    async fn reply(&self, caller: &mut Caller, reply: &Reply) -> Option<Outcome> {
        let link = caller.link.as_ref()?;
        let message = ussd::render(&self.dialect, &caller.back, reply);
        let deadline = caller.since + self.reply_for + TO_SEND;
        let sent = self.send(link, message, &caller.phone, deadline, Sessions::replies).await;
        let left = now();
        caller.confirm();
        let outcome = sent.outcome().await;
        self.front.metrics.replied(&self.operator, &outcome);
        if let (Some(tempo), Outcome::Rejected(CommandStatus::RTHROTTLED)) = (&self.tempo, &outcome)
        {
            // What can wait makes room for those who cannot.
            tempo.too_fast(left, now());
        }
        Some(outcome)
    }

    /// Hands a message over, and has the sessions `remember` that it is on its way. Nobody else can
    /// look at them meanwhile: the answer to it must not come in before. Only where the link has no
    /// room just now are they told afterwards.
    pub(super) async fn send(
        &self,
        link: &Link,
        message: Message,
        to: &Msisdn,
        deadline: Instant,
        remember: fn(&mut Sessions, &Msisdn, Sent),
    ) -> Sent {
        if !self.turn_comes(deadline).await {
            let (outcome, end) = oneshot::channel();
            let _ = outcome.send(Outcome::NotSent(NotSent::QueueFull));
            return Sent::new(end.into());
        }
        if let Some(sent) = self.send_at_once(link, message.clone(), to, deadline, remember) {
            return sent;
        }
        let sent = Sent::new(link.hand_over(message, deadline).await);
        remember(&mut self.sessions(), to, sent.clone());
        sent
    }

    /// Waits until the account's budget has room for one more; not beyond the deadline.
    async fn turn_comes(&self, deadline: Instant) -> bool {
        let Some(tempo) = &self.tempo else { return true };
        let now = now();
        match tempo.reply(deadline, now) {
            Some(at) if at <= now => true,
            Some(at) => {
                tokio::time::sleep_until(at.into()).await;
                true
            }
            None => false,
        }
    }

    fn send_at_once(
        &self,
        link: &Link,
        message: Message,
        to: &Msisdn,
        deadline: Instant,
        remember: fn(&mut Sessions, &Msisdn, Sent),
    ) -> Option<Sent> {
        let mut sessions = self.sessions();
        let sent = Sent::new(link.hand_over(message, deadline).now_or_never()?);
        remember(&mut sessions, to, sent.clone());
        Some(sent)
    }

    pub(super) fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long a reply may take to leave, after its turn had all the time it may take.
pub(super) const TO_SEND: Duration = Duration::from_millis(1500);

/// How long an answer waits for the network's word on the reply before it. By then the word is
/// there, or it is none that the network gave before the answer.
const TO_SETTLE: Duration = Duration::from_secs(1);

/// What is left to do for a message that was taken in.
enum Task {
    /// Await the turn and send its reply.
    Turn(Caller, Pending),
    /// Await the turn of a session that is over: nobody listens.
    End(Caller, Pending),
    /// Say a word and close.
    Say(Caller, Word),
}

impl Task {
    async fn run(self, counter: Arc<Counter>) {
        match self {
            Self::Turn(caller, pending) => turn(&counter, caller, pending).await,
            Self::End(mut caller, pending) => match pending.answer().await {
                Ok(answer) => {
                    counter.front.answered(Channel::Ussd, &answer, caller.since.elapsed());
                    caller.confirm();
                }
                // Unconfirmed, it is delivered again.
                Err(error) => tracing::error!(operator = %counter.operator, %error, "turn failed"),
            },
            Self::Say(mut caller, word) => {
                let service = caller.service.as_deref();
                let reply = counter.front.word(&caller.phone, service, word).await;
                counter.reply(&mut caller, &reply).await;
                caller.confirm();
            }
        }
    }
}

async fn turn(counter: &Counter, mut caller: Caller, pending: Pending) {
    let mut pending = pin!(pending.answer());
    match tokio::time::timeout(counter.reply_for, &mut pending).await {
        Ok(Ok(answer)) => said(counter, &mut caller, &answer).await,
        Ok(Err(error)) => sorry(counter, &mut caller, error).await,
        Err(_) => {
            sorry(counter, &mut caller, TurnError::Unavailable).await;
            // The turn goes on. What comes of it is told when it is there.
            counter.front.late(&caller.phone, pending).await;
        }
    }
    caller.confirm();
}

/// Sends the reply of a turn, and sees to it that its end is not lost with the session.
async fn said(counter: &Counter, caller: &mut Caller, answer: &Answer) {
    counter.front.answered(Channel::Ussd, answer, caller.since.elapsed());
    let engine = &counter.front.engine;
    if answer.news == News::Overtaken {
        // Unconfirmed: whoever had the other copy confirms it, or the network brings it again.
        caller.responder = None;
    }
    let Some(reply) = &answer.reply else { return };
    let outcome = counter.reply(caller, reply).await;
    if let Some(Outcome::Accepted { .. }) = outcome {
        engine.taken().here(answer.receipt, Instant::now());
        if answer.news == News::Repeated {
            engine.taken().again(answer.receipt, Instant::now());
        }
    }
    if answer.news == News::Repeated {
        // A network that refuses it has taken the other one, or its session is over and found to be so.
        return;
    }
    match (outcome, reply.then) {
        (Some(Outcome::Accepted { .. }), _) => {}
        // Whoever saw the question answers it, and whoever did not dials again.
        (Some(Outcome::TimedOut | Outcome::LinkLost), Then::Wait) => {}
        // Nobody can ask what has become of the last word: it is told, unless the network brings again
        // what it was the answer to, and takes it.
        (Some(Outcome::TimedOut | Outcome::LinkLost), Then::Close) => {
            let (phone, answer) = (caller.phone.clone(), answer.clone());
            let (since, counted) = (Instant::now(), Counted::Yes);
            engine.unheard(Unheard { phone, answer, since, counted });
        }
        (None | Some(Outcome::Rejected(_) | Outcome::Nacked(_) | Outcome::NotSent(_)), then) => {
            if then == Then::Wait {
                let service = answer.service.menu.service();
                counter.front.ended(&caller.phone, Some(service), End::NetworkAbort).await;
            }
            counter.front.unseen(&caller.phone, answer, answer.missed()).await;
        }
    }
}

/// Says why there is no answer, while the session still waits.
async fn sorry(counter: &Counter, caller: &mut Caller, error: TurnError) {
    let service = caller.service.clone();
    let word = counter.front.failed(Channel::Ussd, service.as_deref(), error);
    let reply = counter.front.word(&caller.phone, service.as_deref(), word).await;
    counter.reply(caller, &reply).await;
    caller.confirm();
    counter.front.ended(&caller.phone, service.as_deref(), End::Error).await;
}
