//! Texts and receipts on their way to the gateway: sent again until it confirms them.

use std::cmp::Reverse;
use std::time::{Duration, Instant};

use super::faults::{Inbound, Receipts};
use super::handset::Waiting;
use super::parts::Cut;
use super::receipt::{Fate, Receipt, Spelling};
use super::{COPY_AFTER, Exchange, Passed, RECEIPT_AFTER, Timer};
use crate::number::Number;
use crate::operator::centre::{Answered, is_temporary};
use crate::operator::message::{Address, Deliver};

/// `esm_class` of a receipt. `// SMPP 3.4 §5.2.12`
const RECEIPT: u8 = 0x04;
/// Deliveries that wait for their answer at once.
const IN_FLIGHT_MAX: usize = 500;
/// How often a delivery is sent in all.
const ATTEMPTS_MAX: u32 = 1000;

/// Names one text or receipt on its way to the gateway, over all its deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeliveryId(u64);

#[derive(Debug)]
pub(super) struct OnTheWay {
    number: Number,
    message: Deliver,
    kind: Kind,
    state: State,
    /// Times that it left.
    sent: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    /// The second copy of a text, after the first was confirmed.
    Copy,
    Receipt,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Its time has not come.
    Later,
    /// It waits for a link.
    Ready,
    /// It waits for its answer.
    InFlight,
}

impl Exchange {
    /// The next message for the gateway, if any link takes one.
    pub fn poll_deliver(&mut self, now: Instant) -> Option<(DeliveryId, Deliver)> {
        if self.in_flight >= IN_FLIGHT_MAX {
            return None;
        }
        let delivery = self.ready.pop_front()?;
        let on_the_way = self.on_the_way.get_mut(&delivery)?;
        on_the_way.state = State::InFlight;
        on_the_way.sent += 1;
        self.in_flight += 1;
        let (number, message, kind) =
            (on_the_way.number, on_the_way.message.clone(), on_the_way.kind);
        let (attempt, length) = (on_the_way.sent, message.text.len());
        self.leave_at(now + self.settings.redeliver, delivery, attempt);
        if attempt > 1 || kind == Kind::Copy {
            self.figures.redelivered += 1;
            self.air(number, Passed::Redelivered, length);
        }
        Some((delivery, message))
    }

    /// How the gateway answered a text or a receipt.
    pub fn delivered(&mut self, delivery: DeliveryId, answered: Answered, now: Instant) {
        let redeliver = self.settings.redeliver;
        let Some(on_the_way) = self.on_the_way.get_mut(&delivery) else { return };
        let attempt = on_the_way.sent;
        match answered {
            Answered::Status(0) => self.confirmed(delivery, now),
            Answered::Status(status) if is_temporary(status) => {}
            Answered::Status(_) => {
                self.figures.rejected += 1;
                self.forget(delivery);
            }
            // Over a link that fell: the next one gets it soon.
            Answered::Unknown => self.leave_at(now + redeliver / 8, delivery, attempt),
            Answered::NoLink => {
                if on_the_way.state == State::InFlight {
                    self.in_flight = self.in_flight.saturating_sub(1);
                }
                on_the_way.state = State::Later;
            }
        }
    }

    /// Writes the receipt of a message, if one is wanted and the operator is in the mood.
    pub(super) fn receipt(&mut self, number: Number, message: &Waiting, fate: Fate, now: Instant) {
        let wanted = match fate {
            Fate::Delivered => message.receipt == 1,
            Fate::Expired => message.receipt != 0,
        };
        let receipts = self.faults.receipts;
        if !wanted || receipts == Receipts::Missing {
            return;
        }
        let spelling = match receipts {
            Receipts::HexIds => Spelling::Plain,
            _ => self.settings.spelling,
        };
        let ids = self.ids();
        let receipt = Receipt {
            id: ids.receipt(message.id),
            response_id: ids.response(message.id),
            fate,
            submitted: self.epoch.unix_ms(message.submitted),
            done: self.epoch.unix_ms(now),
            text: &message.part.text,
        };
        let (text, optional) = receipt.write(spelling);
        let deliver = Deliver {
            service_type: "",
            source: Address { ton: 1, npi: 1, text: number.to_string() },
            destination: message.source.clone(),
            esm_class: RECEIPT,
            data_coding: 0,
            text: text.into_bytes(),
            optional,
        };
        let after = self.faults.answer_after + RECEIPT_AFTER;
        let after = match receipts {
            Receipts::Good | Receipts::HexIds | Receipts::Missing => vec![after],
            Receipts::Late(late) => vec![after + late],
            Receipts::BeforeResponse => vec![Duration::ZERO],
            Receipts::Duplicated => vec![after, after + COPY_AFTER],
        };
        for after in after {
            self.figures.receipts += 1;
            self.air(number, Passed::Receipt, deliver.text.len());
            self.send(number, deliver.clone(), Kind::Receipt, Some(now + after));
        }
    }

    /// One message of the text that a person sends.
    pub(super) fn send_text(&mut self, number: Number, to: &str, cut: Cut) {
        let Cut { esm_class, data_coding, text, optional } = cut;
        let deliver = Deliver {
            service_type: "",
            source: Address { ton: 1, npi: 1, text: number.to_string() },
            destination: Address { ton: 3, npi: 0, text: to.to_owned() },
            esm_class,
            data_coding,
            text,
            optional,
        };
        self.send(number, deliver, Kind::Text, None);
    }

    /// The time has come for a delivery to leave, unless it was confirmed or has left since.
    pub(super) fn leave(&mut self, delivery: DeliveryId, attempt: u32) {
        let Some(on_the_way) = self.on_the_way.get_mut(&delivery) else { return };
        if on_the_way.sent != attempt || on_the_way.state == State::Ready {
            return;
        }
        if on_the_way.state == State::InFlight {
            self.in_flight = self.in_flight.saturating_sub(1);
        }
        if attempt >= ATTEMPTS_MAX {
            self.on_the_way.remove(&delivery);
            return;
        }
        on_the_way.state = State::Ready;
        self.ready.push_back(delivery);
    }

    fn send(&mut self, number: Number, message: Deliver, kind: Kind, at: Option<Instant>) {
        if self.on_the_way.len() >= Self::ON_THE_WAY_MAX {
            return;
        }
        self.serial += 1;
        let delivery = DeliveryId(self.serial);
        let state = if at.is_some() { State::Later } else { State::Ready };
        self.on_the_way.insert(delivery, OnTheWay { number, message, kind, state, sent: 0 });
        match at {
            Some(at) => self.leave_at(at, delivery, 0),
            None => self.ready.push_back(delivery),
        }
    }

    fn leave_at(&mut self, at: Instant, delivery: DeliveryId, attempt: u32) {
        self.timers.push(Reverse((at, Timer::Leave { delivery, attempt })));
    }

    fn confirmed(&mut self, delivery: DeliveryId, now: Instant) {
        let Some(done) = self.forget(delivery) else { return };
        if done.kind == Kind::Text && self.faults.inbound == Inbound::Twice {
            self.send(done.number, done.message, Kind::Copy, Some(now + COPY_AFTER));
        }
    }

    fn forget(&mut self, delivery: DeliveryId) -> Option<OnTheWay> {
        let gone = self.on_the_way.remove(&delivery)?;
        if gone.state == State::InFlight {
            self.in_flight = self.in_flight.saturating_sub(1);
        }
        if gone.state == State::Ready {
            self.ready.retain(|ready| *ready != delivery);
        }
        Some(gone)
    }
}
