//! USSD over SMPP, end to end: a `deliver_sm` comes in on a link, its turn is taken and stored, its
//! reply goes out on the link it came from, and with it the `deliver_sm` is confirmed: what we did
//! not store, the network delivers again. The two leave together. Were the confirmation to wait for
//! the network to take the reply, a link that falls meanwhile would bring an answer again to which
//! the person has long seen the next screen.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use futures_util::FutureExt;
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};

use crate::{
    app::{
        sessions::{Bind, Sent, Sessions},
        stop::{self, Stop},
    },
    channel::{
        Channel, Inbound, Once,
        ussd::{self, Act, Heard, WayBack, dialect::Dialect, mmi},
    },
    clock,
    conversation::{End, Reply, Signal, Then},
    engine::{Engine, Pending, Service, TurnError},
    identity::Msisdn,
    limits::Limits,
    menu::{
        model::{BUSY, SORRY, UNKNOWN_CODE, Word},
        view::Frame,
    },
    smpp::{
        link::{self, Link, Outcome, Responder},
        pdu::Message,
    },
    telemetry::{Metrics, TurnResult},
};

/// What the desk of one operator works with.
pub struct Counter {
    /// The operator's name in the configuration.
    pub operator: String,
    /// How it speaks.
    pub dialect: Dialect,
    /// Its links, by place in [`link::Inbound`]'s name.
    pub links: Vec<Link>,
    /// Takes the turns.
    pub engine: Engine,
    /// Admits them.
    pub limits: Arc<Limits>,
    /// Counts them.
    pub metrics: Arc<Metrics>,
    /// Tells repetitions from answers.
    pub sessions: Mutex<Sessions>,
    /// How long a reply may take.
    pub reply_for: Duration,
}

/// Serves an operator until `stop` says so, and then finishes the turns that are running. `most` of
/// them run at once; further messages wait on the link.
pub async fn serve(
    counter: Arc<Counter>,
    mut inbound: mpsc::Receiver<link::Inbound>,
    mut stop: watch::Receiver<Stop>,
    most: usize,
) {
    let mut turns = JoinSet::new();
    loop {
        counter.metrics.running(i64::try_from(turns.len()).unwrap_or(i64::MAX));
        tokio::select! {
            () = stop::told(&mut stop) => break,
            Some(_) = turns.join_next(), if !turns.is_empty() => {}
            message = inbound.recv(), if turns.len() < most => {
                let Some(message) = message else { break };
                if let Some(turn) = counter.take(message) {
                    turns.spawn(turn);
                }
            }
        }
    }
    // What is still in the queue is dropped unanswered, and the network delivers it again.
    while turns.join_next().await.is_some() {}
}

/// Where a reply goes, and who waits for it.
struct Caller {
    phone: Msisdn,
    service: Arc<Service>,
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
    service: Arc<Service>,
    signal: Signal,
    frame: Frame,
    once: Once,
}

impl Counter {
    /// Takes a message in, in the order of the link; what is left to do is given back.
    fn take(self: &Arc<Self>, message: link::Inbound) -> Option<impl Future<Output = ()> + use<>> {
        let since = Instant::now();
        for oddity in &message.oddities {
            tracing::debug!(operator = %self.operator, link = %message.link, %oddity, "odd PDU");
        }
        let heard = match ussd::parse(&self.dialect, &message.message) {
            Ok(heard) => heard,
            Err(error) => {
                // To refuse it would bring it back for ever.
                self.metrics.strange(&error.to_string());
                tracing::warn!(operator = %self.operator, %error, "message passed over");
                message.responder.accept();
                return None;
            }
        };
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
            service: match &spoken {
                Some(spoken) => Arc::clone(&spoken.service),
                None => self.any_service(),
            },
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
        let (service, channel) = (caller.service.menu.service(), Channel::Ussd);
        let aborts = matches!(spoken.signal, Signal::Abort(_));
        // An end is never refused: it makes room.
        if !aborts && let Err(refusal) = self.limits.admit(&caller.phone, link) {
            self.metrics.refused(refusal);
            self.metrics.turn(service, channel.as_str(), TurnResult::Refused);
            return Some(Task::Say(caller, BUSY));
        }
        let inbound = Inbound {
            channel,
            from: caller.phone.clone(),
            service: service.to_owned(),
            signal: spoken.signal,
            once: spoken.once,
            at: clock::now(),
            frame: spoken.frame,
            open_for: self.dialect.open_for(),
        };
        match self.engine.take(inbound) {
            Ok(pending) if aborts => Some(Task::End(caller, pending)),
            Ok(pending) => Some(Task::Turn(caller, pending)),
            Err(error) => {
                tracing::warn!(operator = %self.operator, %error, "turn not taken");
                self.metrics.turn(service, channel.as_str(), TurnResult::Refused);
                // Nobody listens to an answer to an abort; unanswered, it is delivered again.
                (!aborts).then(|| Task::Say(caller, BUSY))
            }
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
        let mut sessions = self.sessions();
        let known = sessions.service(phone).and_then(|name| self.engine.service(name));
        let known = known.map_or_else(|| self.any_service(), Arc::clone);
        let (service, signal, said, frame) = match act {
            Act::Dial(string) => {
                let (service, signal) = dialled(&self.engine, &string)?;
                (service, signal, format!("dial {string}"), self.dialect.first_frame())
            }
            Act::Answer(text) => {
                let text: String = text.chars().take(self.dialect.input.into()).collect();
                let said = format!("answer {text}");
                (known, Signal::Answer(text), said, self.dialect.next_frame())
            }
            Act::Abort(end) => {
                (known, Signal::Abort(end), "abort".into(), self.dialect.next_frame())
            }
        };
        let heard = sessions.hear(phone, service.menu.service(), bind, now);
        let (operator, mark, session) = (&self.operator, heard.mark, back.session());
        let said = format!("{} {said}", phone.as_str());
        let once = Once {
            message: format!("{operator} {mark} {session:?} {said}").into_bytes(),
            said: said.into_bytes(),
            sureness: heard.sureness,
        };
        Some(Spoken { service, signal, frame, once })
    }

    /// The service that is spoken to when nothing says which: the first one.
    fn any_service(&self) -> Arc<Service> {
        Arc::clone(&self.engine.services()[0])
    }

    /// Sends a reply. It is never sent twice: a network that did not take it has closed the
    /// session, or will deliver the question again.
    async fn reply(&self, caller: &mut Caller, reply: &Reply) -> Option<Outcome> {
        let link = caller.link.as_ref()?;
        let message = ussd::render(&self.dialect, &caller.back, reply);
        let deadline = caller.since + self.reply_for + TO_SEND;
        let sent = match self.send_at_once(link, message.clone(), caller, deadline) {
            Some(sent) => sent,
            None => {
                let sent = Sent::new(link.hand_over(message, deadline).await);
                self.sessions().replies(&caller.phone, sent.clone());
                sent
            }
        };
        caller.confirm();
        let outcome = sent.outcome().await;
        self.metrics.replied(&self.operator, &outcome);
        Some(outcome)
    }

    /// Hands a reply over while nobody else can look at the sessions: the answer to it must not
    /// come in before it is known to be on its way. `None` if the link has no room just now.
    fn send_at_once(
        &self,
        link: &Link,
        message: Message,
        caller: &Caller,
        deadline: Instant,
    ) -> Option<Sent> {
        let mut sessions = self.sessions();
        let sent = Sent::new(link.hand_over(message, deadline).now_or_never()?);
        sessions.replies(&caller.phone, sent.clone());
        Some(sent)
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A session ended outside of a turn. What was typed is kept for the redial.
    async fn ended(&self, caller: &Caller, end: End) {
        let subscriber = caller.service.desk.vault.subscriber_key(&caller.phone);
        let name = caller.service.menu.service();
        let stored =
            self.engine.store().end_conversation(subscriber, name, end, clock::now()).await;
        match stored {
            Ok(true) => self.metrics.ended(name, "", end, 1),
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "the end of a session was not stored"),
        }
    }
}

/// How long a reply may take to leave, after its turn had all the time it may take.
const TO_SEND: Duration = Duration::from_millis(1500);

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
                    let (name, took) = (caller.service.menu.service(), caller.since.elapsed());
                    counter.metrics.answered(name, Channel::Ussd.as_str(), &answer, took);
                    caller.confirm();
                }
                // Unconfirmed, it is delivered again.
                Err(error) => tracing::error!(operator = %counter.operator, %error, "turn failed"),
            },
            Self::Say(mut caller, word) => {
                let reply = last_word(&caller, word);
                counter.reply(&mut caller, &reply).await;
                caller.confirm();
            }
        }
    }
}

async fn turn(counter: &Counter, mut caller: Caller, pending: Pending) {
    let answer = tokio::time::timeout(counter.reply_for, pending.answer()).await;
    let service = Arc::clone(&caller.service);
    let (service, channel) = (service.menu.service(), Channel::Ussd.as_str());
    match answer.unwrap_or(Err(TurnError::Unavailable)) {
        Ok(answer) => {
            counter.metrics.answered(service, channel, &answer, caller.since.elapsed());
            if let Some(reply) = &answer.reply {
                let outcome = counter.reply(&mut caller, reply).await;
                let refused = matches!(outcome, Some(Outcome::Rejected(_) | Outcome::Nacked(_)));
                if refused && reply.then == Then::Wait {
                    counter.ended(&caller, End::NetworkAbort).await;
                }
            }
        }
        Err(error) => {
            tracing::error!(operator = %counter.operator, %error, "turn failed");
            counter.metrics.turn(service, channel, TurnResult::Failed);
            let reply = last_word(&caller, SORRY);
            counter.reply(&mut caller, &reply).await;
            counter.ended(&caller, End::Error).await;
        }
    }
    caller.confirm();
}

/// A word of the engine as the last text of a session.
fn last_word(caller: &Caller, word: Word) -> Reply {
    let menu = &caller.service.menu;
    Reply { text: menu.word(word.name, menu.language(None), ""), then: Then::Close }
}

/// The service that a dialled string opens, and the answers it brings along. A service may have a
/// longer string of its own (`*119*5#`): the longest that fits is meant.
pub(super) fn dialled(engine: &Engine, string: &str) -> Option<(Arc<Service>, Signal)> {
    let dialled = mmi::parse(string).ok()?;
    let mut best: Option<(usize, &Arc<Service>)> = None;
    for service in engine.services() {
        for code in service.menu.dial() {
            let Ok(code) = mmi::parse(code) else { continue };
            let same = code.prefix == dialled.prefix && code.service_code == dialled.service_code;
            let longest = best.is_none_or(|(length, _)| code.groups.len() > length);
            if same && dialled.groups.starts_with(&code.groups) && longest {
                best = Some((code.groups.len(), service));
            }
        }
    }
    let (length, service) = best?;
    let signal = if dialled.contains_nik() {
        Signal::BeginWithNik
    } else {
        Signal::Begin(dialled.groups[length..].to_vec())
    };
    Some((Arc::clone(service), signal))
}
