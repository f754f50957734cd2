//! Texts on the page: what a browser may ask of an SMS centre, and what it hears of one.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::{broadcast, mpsc};

use super::talk::{Told, tell};
use crate::network::Network;
use crate::operator::sms::Passed;
use crate::operator::sms::faults::{Above, Faults, Inbound, Limit, Receipts};
use crate::operator::sms::figures::Figures;
use crate::operator::{Operator, PhoneEvent};

/// Characters of the longest text that a person sends: five parts.
pub(super) const TEXT_MAX: usize = 765;
/// How often a browser hears what was counted.
const EVERY: Duration = Duration::from_secs(1);
/// The longest outage that a browser may ask for, and the longest wait for a receipt.
const LONG: u32 = 3600;
/// The longest wait for an answer, milliseconds.
const ANSWER_MAX: u32 = 60_000;

/// The faults of one operator as a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Form {
    receipts: Word,
    /// Seconds, where receipts are late.
    late_s: u32,
    /// Messages a second; none for no limit.
    limit: Option<u32>,
    says: Says,
    answer_ms: u32,
    inbound: Times,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Good,
    Late,
    Missing,
    BeforeResponse,
    HexIds,
    Duplicated,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Says {
    Throttled,
    QueueFull,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Times {
    Once,
    Twice,
}

impl Form {
    pub fn of(faults: Faults) -> Self {
        let (receipts, late) = match faults.receipts {
            Receipts::Good => (Word::Good, Duration::from_secs(30)),
            Receipts::Late(late) => (Word::Late, late),
            Receipts::Missing => (Word::Missing, Duration::from_secs(30)),
            Receipts::BeforeResponse => (Word::BeforeResponse, Duration::from_secs(30)),
            Receipts::HexIds => (Word::HexIds, Duration::from_secs(30)),
            Receipts::Duplicated => (Word::Duplicated, Duration::from_secs(30)),
        };
        let says = match faults.limit.map(|limit| limit.says) {
            Some(Above::QueueFull) => Says::QueueFull,
            Some(Above::Throttled) | None => Says::Throttled,
        };
        Self {
            receipts,
            late_s: u32::try_from(late.as_secs()).unwrap_or(LONG),
            limit: faults.limit.map(|limit| limit.per_second),
            says,
            answer_ms: u32::try_from(faults.answer_after.as_millis()).unwrap_or(ANSWER_MAX),
            inbound: match faults.inbound {
                Inbound::Once => Times::Once,
                Inbound::Twice => Times::Twice,
            },
        }
    }

    pub fn faults(self) -> Faults {
        let late = Duration::from_secs(self.late_s.min(LONG).into());
        let says = match self.says {
            Says::Throttled => Above::Throttled,
            Says::QueueFull => Above::QueueFull,
        };
        Faults {
            receipts: match self.receipts {
                Word::Good => Receipts::Good,
                Word::Late => Receipts::Late(late),
                Word::Missing => Receipts::Missing,
                Word::BeforeResponse => Receipts::BeforeResponse,
                Word::HexIds => Receipts::HexIds,
                Word::Duplicated => Receipts::Duplicated,
            },
            limit: self.limit.map(|per_second| Limit { per_second: per_second.max(1), says }),
            answer_after: Duration::from_millis(self.answer_ms.min(ANSWER_MAX).into()),
            inbound: match self.inbound {
                Times::Once => Inbound::Once,
                Times::Twice => Inbound::Twice,
            },
        }
    }
}

/// What a browser asks of an SMS centre.
pub(super) enum Ask {
    Faults(Form),
    Outage { seconds: u32 },
}

/// Does what a browser asks; an aggregator has no SMS centre.
pub(super) async fn obey(network: Option<&Network>, ask: Ask) -> Option<()> {
    let Some(Network::Operator(operator)) = network else { return Some(()) };
    match ask {
        Ask::Faults(form) => operator.set_faults(form.faults()).await.ok(),
        Ask::Outage { seconds } => {
            let lasts = Duration::from_secs(seconds.clamp(1, LONG).into());
            operator.outage(lasts).await.ok().map(drop)
        }
    }
}

/// Tells a browser of the texts that reach its phone over another network: networks hand texts on to
/// each other, and a person sees one inbox.
pub(super) async fn tell_texts(
    out: mpsc::Sender<String>,
    phone: usize,
    mut news: broadcast::Receiver<PhoneEvent>,
) {
    loop {
        match news.recv().await {
            Ok(PhoneEvent::Text(text)) => {
                if tell(&out, &Told::Text { phone, text: &text }).await.is_none() {
                    return;
                }
            }
            Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
            Err(broadcast::error::RecvError::Closed) => return,
        }
    }
}

/// Tells a browser of the faults and figures of one operator whenever they change.
pub(super) async fn tell_sms(out: mpsc::Sender<String>, network: usize, operator: Operator) {
    let mut told: Option<(Form, Figures)> = None;
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Ok(faults) = operator.faults().await else { return };
        let Ok(figures) = operator.sms_figures().await else { return };
        let now = (Form::of(faults), figures);
        if told == Some(now) {
            continue;
        }
        let (faults, figures) = now;
        if tell(&out, &Told::Sms { network, faults, figures }).await.is_none() {
            return;
        }
        told = Some(now);
    }
}

/// The kind of a line of the air, its name on the wire, and why.
pub(super) fn words(passed: Passed) -> (&'static str, String, String) {
    match passed {
        Passed::Message => ("sms", "submit_sm".to_owned(), String::new()),
        Passed::Text => ("text", "deliver_sm".to_owned(), String::new()),
        Passed::Receipt => ("receipt", "deliver_sm".to_owned(), String::new()),
        Passed::Redelivered => ("redelivered", "deliver_sm".to_owned(), String::new()),
        Passed::Expired => ("expired", String::new(), String::new()),
        Passed::Refused(refusal) => {
            ("refused", format!("{:#x}", refusal.status()), refusal.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_says_what_the_faults_say() {
        let second = Duration::from_secs(1);
        let rows = [
            Faults::default(),
            Faults { receipts: Receipts::Late(9 * second), ..Faults::default() },
            Faults {
                receipts: Receipts::HexIds,
                limit: Some(Limit { per_second: 7, says: Above::QueueFull }),
                answer_after: second,
                inbound: Inbound::Twice,
            },
        ];
        for faults in rows {
            assert_eq!(Form::of(faults).faults(), faults);
        }
    }
}
