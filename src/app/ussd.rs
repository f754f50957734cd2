//! USSD over SMPP, end to end: a `deliver_sm` comes in on a link, its turn is taken, its reply goes
//! out on the link it came from, and only then is the `deliver_sm` confirmed: what we did not
//! store, the network delivers again.

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
    service: String,
    link: Option<Link>,
    back: WayBack,
    responder: Responder,
    since: Instant,
}

impl Counter {
    /// Takes a message in, in the order of the link; what is left to do is given back.
    fn take(self: &Arc<Self>, message: link::Inbound) -> Option<impl Future<Output = ()> + use<>> {
        let since = Instant::now();
        for oddity in &message.oddities {
            tracing::debug!(operator = %self.operator, link = %message.link, %oddity, "odd PDU");
        }
        let Heard { from, act, back } = match ussd::parse(&self.dialect, &message.message) {
            Ok(heard) => heard,
            Err(error) => {
                // To refuse it would bring it back for ever.
                self.metrics.strange(&error.to_string());
                tracing::warn!(operator = %self.operator, %error, "message passed over");
                message.responder.accept();
                return None;
            }
        };
        let link = self.links.iter().find(|link| link.name() == &*message.link).cloned();
        let bind = (message.link.clone(), message.bind);
        let spoken = self.understand(&from, act, &back, bind, since);
        let (service, signal, frame, once) = match spoken {
            Ok(spoken) => spoken,
            Err(service) => {
                let responder = message.responder;
                let service_name = service.menu.service().to_owned();
                let caller =
                    Caller { phone: from, service: service_name, link, back, responder, since };
                return Some(Task::Say(caller, UNKNOWN_CODE).run(Arc::clone(self)));
            }
        };
        let caller = Caller {
            phone: from.clone(),
            service: service.menu.service().to_owned(),
            link,
            back,
            responder: message.responder,
            since,
        };
        let aborts = matches!(signal, Signal::Abort(_));
        // An end is never refused: it makes room.
        if !aborts && let Err(refusal) = self.limits.admit(&from, &message.link) {
            self.metrics.refused(refusal);
            self.metrics.turn(&caller.service, Channel::Ussd.as_str(), TurnResult::Refused);
            return Some(Task::Say(caller, BUSY).run(Arc::clone(self)));
        }
        let inbound = Inbound {
            channel: Channel::Ussd,
            from,
            service: caller.service.clone(),
            signal,
            once,
            at: clock::now(),
            frame,
            open_for: self.dialect.open_for(),
        };
        let task = match self.engine.take(inbound) {
            Ok(pending) => Task::Turn(caller, pending),
            Err(error) => {
                tracing::warn!(operator = %self.operator, %error, "turn not taken");
                self.metrics.turn(&caller.service, Channel::Ussd.as_str(), TurnResult::Refused);
                Task::Say(caller, BUSY)
            }
        };
        Some(task.run(Arc::clone(self)))
    }

    /// Which service is meant, and what is said to it. A code that no service has is told by the
    /// service whose word says so.
    fn understand(
        &self,
        phone: &Msisdn,
        act: Act,
        back: &WayBack,
        bind: Bind,
        now: Instant,
    ) -> Result<(Arc<Service>, Signal, Frame, Once), Arc<Service>> {
        let mut sessions = self.sessions();
        let first = Arc::clone(&self.engine.services()[0]);
        let known = sessions.service(phone).and_then(|name| self.engine.service(name));
        let known = Arc::clone(known.unwrap_or(&first));
        let (service, signal, said, frame) = match act {
            Act::Dial(string) => {
                let said = format!("dial {string}");
                let Some((service, signal)) = dialled(&self.engine, &string) else {
                    return Err(first);
                };
                (service, signal, said, self.dialect.first_frame())
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
        let session = back.session();
        let number = phone.as_str();
        let once = Once {
            message: format!("{} {} {session:?} {number} {said}", self.operator, heard.mark)
                .into_bytes(),
            said: format!("{number} {said}").into_bytes(),
            sureness: heard.sureness,
        };
        Ok((service, signal, frame, once))
    }

    fn word(&self, service: &str, word: Word) -> Reply {
        let text = self.engine.service(service).map(|service| {
            let menu = &service.menu;
            menu.word(word.name, menu.language(None), "")
        });
        Reply { text: text.unwrap_or_default(), then: Then::Close }
    }

    /// Sends a reply. It is never sent twice: a network that did not take it has closed the
    /// session, or will deliver the question again.
    async fn reply(&self, caller: &Caller, reply: &Reply) -> Option<Outcome> {
        let link = caller.link.as_ref()?;
        let message = ussd::render(&self.dialect, &caller.back, reply);
        let deadline = caller.since + self.reply_for;
        let sent = match self.send_at_once(link, message.clone(), caller, deadline) {
            Some(sent) => sent,
            None => {
                let sent = link.hand_over(message, deadline).await.shared();
                self.sessions().replies(&caller.phone, sent.clone());
                sent
            }
        };
        let outcome = sent.await;
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
        let sent = link.hand_over(message, deadline).now_or_never()?.shared();
        sessions.replies(&caller.phone, sent.clone());
        Some(sent)
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The network would not take a reply: there is no session any more.
    async fn cut(&self, caller: &Caller) {
        let Some(service) = self.engine.service(&caller.service) else { return };
        let subscriber = service.desk.vault.subscriber_key(&caller.phone);
        let (name, now) = (&caller.service, clock::now());
        let store = self.engine.store();
        match store.end_conversation(subscriber, name, End::NetworkAbort, now).await {
            Ok(true) => self.metrics.ended(name, "", End::NetworkAbort, 1),
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "the end of a session was not stored"),
        }
    }
}

/// What is left to do for a message that was taken in.
enum Task {
    /// Await the turn and send its reply.
    Turn(Caller, Pending),
    /// Say a word and close.
    Say(Caller, Word),
}

impl Task {
    async fn run(self, counter: Arc<Counter>) {
        match self {
            Self::Turn(caller, pending) => turn(&counter, caller, pending).await,
            Self::Say(caller, word) => {
                let reply = counter.word(&caller.service, word);
                counter.reply(&caller, &reply).await;
                caller.responder.accept();
            }
        }
    }
}

async fn turn(counter: &Counter, caller: Caller, pending: Pending) {
    let answer = tokio::time::timeout(counter.reply_for, pending.answer()).await;
    let answer = answer.unwrap_or(Err(TurnError::Unavailable));
    let channel = Channel::Ussd.as_str();
    let reply = match answer {
        Ok(answer) => {
            counter.metrics.answered(&caller.service, channel, &answer, caller.since.elapsed());
            answer.reply
        }
        Err(error) => {
            tracing::error!(operator = %counter.operator, %error, "turn failed");
            counter.metrics.turn(&caller.service, channel, TurnResult::Failed);
            counter.metrics.ended(&caller.service, "", End::Error, 1);
            Some(counter.word(&caller.service, SORRY))
        }
    };
    if let Some(reply) = &reply {
        let outcome = counter.reply(&caller, reply).await;
        let refused = matches!(outcome, Some(Outcome::Rejected(_) | Outcome::Nacked(_)));
        if refused && reply.then == Then::Wait {
            counter.cut(&caller).await;
        }
    }
    caller.responder.accept();
}

/// The service that a dialled string opens, and the answers it brings along. A service may have a
/// longer string of its own (`*119*5#`): the longest that fits is meant.
fn dialled(engine: &Engine, string: &str) -> Option<(Arc<Service>, Signal)> {
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
