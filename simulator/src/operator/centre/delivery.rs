//! What is on its way to the gateway: sent again until it is answered, or given up.

use std::cmp::Reverse;
use std::time::Instant;

use super::{Centre, Effect, Session, Timer, WaitsFor};
use crate::number::Number;
use crate::operator::face::{AirKind, Ending};
use crate::operator::message::Deliver;

/// Names one message on its way to the gateway, over all its deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeliveryId(pub(super) u64);

/// How the gateway answered a `deliver_sm`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// With this `command_status`.
    Status(u32),
    /// Not at all: the link fell, or the answer is late.
    Unknown,
    /// No link took it.
    NoLink,
}

#[derive(Debug)]
pub(super) struct OnTheWay {
    number: Number,
    session: u64,
    message: Deliver,
    /// A session ends when its own begin or answer cannot be delivered; an abort is let go.
    matters: Matters,
    sent: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Matters {
    ToSession,
    ToNobody,
}

impl Centre {
    /// How the gateway answered a message.
    pub fn delivered(
        &mut self,
        delivery: DeliveryId,
        account: &str,
        answered: Answered,
        now: Instant,
    ) {
        let Some(on_the_way) = self.on_the_way.get(&delivery) else {
            return;
        };
        let (number, session) = (on_the_way.number, on_the_way.session);
        match answered {
            Answered::Status(0) => {
                self.on_the_way.remove(&delivery);
                self.bind_to_account(number, session, account);
            }
            // Over a link that fell: the next one gets it soon, under the same session.
            Answered::Unknown => {
                let soon = now + self.timing.redeliver / 8;
                self.timers.push(Reverse((soon, Timer::Redeliver { delivery })));
            }
            Answered::Status(status) if is_temporary(status) => {}
            Answered::Status(_) => {
                self.figures.rejected += 1;
                self.give_up(delivery, Ending::Rejected);
            }
            Answered::NoLink => self.no_link(delivery),
        }
    }

    pub(super) fn send(
        &mut self,
        number: Number,
        session: u64,
        message: Deliver,
        matters: Matters,
        now: Instant,
    ) {
        self.serial += 1;
        let delivery = DeliveryId(self.serial);
        let sent = message.clone();
        self.on_the_way.insert(delivery, OnTheWay { number, session, message, matters, sent: 1 });
        self.timers.push(Reverse((now + self.timing.redeliver, Timer::Redeliver { delivery })));
        self.effects.push_back(Effect::Deliver(delivery, sent));
    }

    fn bind_to_account(&mut self, number: Number, session: u64, account: &str) {
        if let Some(session) = self.session(number, session) {
            session.account.get_or_insert_with(|| account.to_owned());
        }
    }

    fn no_link(&mut self, delivery: DeliveryId) {
        let Some(on_the_way) = self.on_the_way.get(&delivery) else { return };
        let (number, serial) = (on_the_way.number, on_the_way.session);
        // A session in the middle may still find the gateway back in time; a new one may not wait.
        if self.session(number, serial).is_none_or(|session| session.screens == 0) {
            self.give_up(delivery, Ending::NoService);
        }
    }

    fn give_up(&mut self, delivery: DeliveryId, ending: Ending) {
        let Some(gone) = self.on_the_way.remove(&delivery) else { return };
        let waits = |session: &mut Session| session.waits_for == WaitsFor::Service;
        if gone.matters == Matters::ToSession
            && self.session(gone.number, gone.session).is_some_and(waits)
        {
            self.end(gone.number, ending);
        }
    }

    pub(super) fn redeliver(&mut self, delivery: DeliveryId, now: Instant) {
        let Some(on_the_way) = self.on_the_way.get_mut(&delivery) else { return };
        let (number, serial, matters) = (on_the_way.number, on_the_way.session, on_the_way.matters);
        let spent = on_the_way.sent >= self.timing.deliveries_max;
        on_the_way.sent += 1;
        let message = on_the_way.message.clone();
        let dead = matters == Matters::ToSession && self.session(number, serial).is_none();
        if spent || dead {
            self.on_the_way.remove(&delivery);
            return;
        }
        if let Some(phone) = self.phones.get_mut(&number) {
            phone.await_reply(self.timing.reply, now);
        }
        self.figures.redelivered += 1;
        self.air_message(number, AirKind::Redelivered, &message);
        self.timers.push(Reverse((now + self.timing.redeliver, Timer::Redeliver { delivery })));
        self.effects.push_back(Effect::Deliver(delivery, message));
    }
}

/// Statuses after which a network tries again. `// SMPP 3.4 §5.1.3`
pub(in crate::operator) fn is_temporary(status: u32) -> bool {
    const SYSTEM_ERROR: u32 = 0x08;
    const QUEUE_FULL: u32 = 0x14;
    const THROTTLED: u32 = 0x58;
    const TEMPORARY_APPLICATION_ERROR: u32 = 0x64;
    matches!(status, SYSTEM_ERROR | QUEUE_FULL | THROTTLED | TEMPORARY_APPLICATION_ERROR)
}
