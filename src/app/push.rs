//! Screens that the service pushes to a phone: USSR and USSN (TS 22.090 §5.1), over the same links,
//! sessions and engine as what phones begin.
//!
//! A push is a turn like any other, and is stored before it leaves. It leaves at most once: whoever
//! orders it again under the same name is told that it was taken before.

use std::{collections::HashMap, sync::Arc, time::Instant};

use futures_util::FutureExt;
use tokio::sync::{
    mpsc::{self, error::TrySendError},
    oneshot,
};

use super::{
    sessions::Sent,
    ussd::{Counter, TO_SEND},
};
use crate::{
    channel::{
        Channel, Inbound, Once, Sureness,
        ussd::{self, WayBack},
    },
    clock,
    conversation::{End, NotPushed, Reply, Signal, Then},
    engine::News,
    identity::Msisdn,
    smpp::{
        link::{Link, LinkStatus, Outcome},
        pdu::CommandStatus,
    },
};

/// A screen for somebody who has not asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    /// Whose phone.
    pub to: Msisdn,
    /// The operator that reaches it, by its name in the configuration.
    pub operator: String,
    /// Whose screen.
    pub service: String,
    /// Which screen; the menu has to say that it may be pushed.
    pub screen: String,
    /// Tells this push from every other, if whoever orders it may order it twice.
    pub once: Option<String>,
}

/// What came of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// The network took it.
    Accepted,
    /// The network did not take it: the subscriber is absent, or in a session of which we know
    /// nothing. `None`: it never left.
    Refused(Option<CommandStatus>),
    /// The subscriber is in the middle of something with us; nothing was sent.
    Busy,
    /// The network did not say; nothing is sent again.
    Unknown,
    /// It was taken before, under the same name; nothing was sent.
    Repeated,
}

impl Pushed {
    /// The word for it, in metrics and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused(_) => "refused",
            Self::Busy => "busy",
            Self::Unknown => "unknown",
            Self::Repeated => "repeated",
        }
    }
}

/// Why nothing was pushed, and nothing stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// The configuration has no such operator.
    #[error("there is no such operator")]
    NoSuchOperator,
    /// There is no such service.
    #[error("there is no such service")]
    NoSuchService,
    /// The menu has no such screen, or does not let it be pushed.
    #[error("the menu does not let this screen be pushed")]
    NoSuchScreen,
    /// No link of the operator is bound.
    #[error("no link to the operator is bound")]
    NoLink,
    /// Too many at once: later.
    #[error("too many pushes at once")]
    TooMany,
    /// It could not be stored.
    #[error("the push could not be stored")]
    Unavailable,
}

/// A push on its way to the desk of its operator.
pub(super) struct Order {
    push: Push,
    told: oneshot::Sender<Result<Pushed, PushError>>,
}

/// Where pushes are ordered. Cheap to clone.
#[derive(Clone, Default)]
pub struct Pushes(Arc<HashMap<String, mpsc::Sender<Order>>>);

/// Pushes that may wait for the desk of one operator.
pub(super) const MOST_WAITING: usize = 256;

impl Pushes {
    /// The desks of the operators, by name.
    pub(super) fn new(desks: HashMap<String, mpsc::Sender<Order>>) -> Self {
        Self(Arc::new(desks))
    }

    /// Pushes a screen, and says what came of it. Once ordered it is carried out, whether or not
    /// anybody still waits for the answer.
    ///
    /// # Errors
    /// See [`PushError`].
    pub async fn push(&self, push: Push) -> Result<Pushed, PushError> {
        let desk = self.0.get(&push.operator).ok_or(PushError::NoSuchOperator)?;
        let (told, came) = oneshot::channel();
        desk.try_send(Order { push, told }).map_err(|error| match error {
            TrySendError::Full(_) => PushError::TooMany,
            // The gateway stops.
            TrySendError::Closed(_) => PushError::Unavailable,
        })?;
        came.await.unwrap_or(Err(PushError::Unavailable))
    }
}

/// Carries out an order.
pub(super) async fn serve(counter: Arc<Counter>, order: Order) {
    let Order { push, told } = order;
    let came = counter.push(&push).await;
    let word = came.map_or("failed", Pushed::as_str);
    // What an order names wrongly is nobody's series.
    if !matches!(came, Err(PushError::NoSuchService | PushError::NoSuchScreen)) {
        counter.front.metrics.pushed(&counter.operator, &push.service, &push.screen, word);
    }
    // Whoever ordered it may have gone.
    let _ = told.send(came);
}

impl Counter {
    async fn push(&self, push: &Push) -> Result<Pushed, PushError> {
        let since = Instant::now();
        let shelf = self.front.engine.shelf();
        let service = shelf.service(&push.service).ok_or(PushError::NoSuchService)?;
        let menu = &service.menu;
        menu.pushed(&push.screen).ok_or(PushError::NoSuchScreen)?;
        let bound = |link: &&Link| *link.status().borrow() == LinkStatus::Bound;
        let link = self.links.iter().find(bound).ok_or(PushError::NoLink)?;

        let pending = self.front.push(self.inbound(push)).map_err(|_| PushError::TooMany)?;
        let answer = tokio::time::timeout(self.reply_for, pending.answer()).await;
        let answer = answer.map_err(drop).and_then(|answer| answer.map_err(drop));
        let answer = answer.map_err(|()| PushError::Unavailable)?;
        match answer.not_pushed {
            Some(NotPushed::Busy) => return Ok(Pushed::Busy),
            Some(NotPushed::NoSuchScreen) => return Err(PushError::NoSuchScreen),
            None if answer.news == News::Repeated => return Ok(Pushed::Repeated),
            None => {}
        }
        self.front.answered(Channel::Ussd, &answer, since.elapsed());
        let Some(said) = &answer.reply else { return Err(PushError::Unavailable) };
        let dial = menu.dial().first().map_or("", String::as_str);
        let number = self.push_from.as_deref();
        let way = WayBack::push(&self.dialect, &push.to, dial, number, rand::random());
        let deadline = since + self.reply_for + TO_SEND;
        let outcome = self.send_push(link, &way, said, &push.to, deadline).await;
        self.front.metrics.replied(&self.operator, &outcome);
        let pushed = match outcome {
            Outcome::Accepted { .. } => Pushed::Accepted,
            Outcome::TimedOut | Outcome::LinkLost => Pushed::Unknown,
            Outcome::Rejected(status) | Outcome::Nacked(status) => Pushed::Refused(Some(status)),
            Outcome::NotSent(_) => Pushed::Refused(None),
        };
        if matches!(pushed, Pushed::Refused(_)) && said.then == Then::Wait {
            self.front.ended(&push.to, Some(&push.service), End::NetworkAbort).await;
        }
        Ok(pushed)
    }

    fn inbound(&self, push: &Push) -> Inbound {
        let name = match &push.once {
            Some(once) => format!("once {once}"),
            None => format!("drawn {:032x}", rand::random::<u128>()),
        };
        let (operator, phone, screen) = (&self.operator, push.to.as_str(), &push.screen);
        let said = format!("{phone} push {} {screen}", push.service);
        Inbound {
            channel: Channel::Ussd,
            from: push.to.clone(),
            service: Some(push.service.clone()),
            signal: Signal::Push(push.screen.clone()),
            once: Once {
                message: format!("{operator} push {name} {said}").into_bytes(),
                said: said.into_bytes(),
                sureness: Sureness::Sure,
            },
            at: clock::now(),
            frame: self.dialect.first_frame(),
            open_for: self.dialect.open_for(),
        }
    }

    async fn send_push(
        &self,
        link: &Link,
        way: &WayBack,
        said: &Reply,
        to: &Msisdn,
        deadline: Instant,
    ) -> Outcome {
        let message = ussd::render_push(&self.dialect, way, said);
        // As with a reply: the answer must not come in before this is known to be on its way.
        let at_once = {
            let mut sessions = self.sessions();
            let sent = link.hand_over(message.clone(), deadline).now_or_never().map(Sent::new);
            if let Some(sent) = &sent {
                sessions.pushes(to, sent.clone());
            }
            sent
        };
        let sent = match at_once {
            Some(sent) => sent,
            None => {
                let sent = Sent::new(link.hand_over(message, deadline).await);
                self.sessions().pushes(to, sent.clone());
                sent
            }
        };
        sent.outcome().await
    }
}
