//! Screens that the service pushes to a phone: USSR and USSN (TS 22.090 §5.1), over the same links,
//! sessions and engine as what phones begin.
//!
//! A push is a turn like any other, and is stored before it leaves. It leaves at most once: whoever
//! orders it again under the same name is told that it was taken before.

use std::{sync::Arc, time::Instant};

use super::{
    sessions::Sessions,
    ussd::{Counter, TO_SEND},
};
use crate::{
    channel::{
        AnswerBy, Channel, Inbound, Once, Sureness,
        ussd::{self, WayBack},
    },
    clock,
    conversation::{End, NotPushed, Signal, Then},
    engine::News,
    front::push::{Order, Push, PushError, Pushed},
    smpp::link::{Link, LinkStatus, Outcome},
};

/// Carries out an order.
pub(super) async fn serve(counter: Arc<Counter>, order: Order) {
    let push = &order.push;
    let came = counter.push(push).await;
    let word = came.map_or("failed", Pushed::as_str);
    // What an order names wrongly is nobody's series.
    if !matches!(came, Err(PushError::NoSuchService | PushError::NoSuchScreen)) {
        counter.front.metrics.pushed(&counter.operator, &push.service, &push.screen, word);
    }
    order.carried_out(came);
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
        let message = ussd::render_push(&self.dialect, &way, said);
        let sent = self.send(link, message, &push.to, deadline, Sessions::pushes).await;
        let outcome = sent.outcome().await;
        self.front.metrics.replied(&self.operator, &outcome);
        let pushed = match outcome {
            Outcome::Accepted { .. } => Pushed::Accepted,
            Outcome::TimedOut | Outcome::LinkLost => Pushed::Unknown,
            Outcome::Rejected(status) | Outcome::Nacked(status) => Pushed::Refused(Some(status.0)),
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
            session: None,
            frame: self.dialect.first_frame(),
            open_for: self.dialect.open_for(),
            answer_by: AnswerBy::Session,
        }
    }
}
