//! What is counted of an outside record: calls, the breaker, what waits, what came of it.

use std::time::Duration;

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};

use crate::{
    clock::Timestamp, satudata::breaker::State, service::inquiry::Kind, store::InquiryFigures,
};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    question: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct QuestionLabels {
    question: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StateLabels {
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct KindLabels {
    kind: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AnswerLabels {
    kind: &'static str,
    outcome: &'static str,
}

/// What is counted of an outside record.
#[derive(Debug)]
pub struct RecordMeters {
    calls: Family<CallLabels, Counter>,
    call_time: Family<QuestionLabels, Histogram, fn() -> Histogram>,
    breaker: Family<StateLabels, Gauge>,
    turns: Family<OutcomeLabels, Counter>,
    waiting: Family<KindLabels, Gauge>,
    age: Family<KindLabels, Gauge>,
    unread: Gauge,
    asking: Gauge,
    at_once: Gauge,
    answered: Family<AnswerLabels, Counter>,
    events: Family<AnswerLabels, Counter>,
}

/// From 1 ms, beside us, to 16 s, when nobody waits any more.
fn buckets() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 2.0, 15))
}

impl Default for RecordMeters {
    fn default() -> Self {
        Self {
            calls: Family::default(),
            call_time: Family::new_with_constructor(buckets as fn() -> Histogram),
            breaker: Family::default(),
            turns: Family::default(),
            waiting: Family::default(),
            age: Family::default(),
            unread: Gauge::default(),
            asking: Gauge::default(),
            at_once: Gauge::default(),
            answered: Family::default(),
            events: Family::default(),
        }
    }
}

impl RecordMeters {
    pub(super) fn register(&self, registry: &mut Registry) {
        let help = "Requests to the outside record, by what came of them";
        registry.register("record_calls", help, self.calls.clone());
        let help = "How long the outside record takes for an answer";
        registry.register_with_unit(
            "record_call_time",
            help,
            Unit::Seconds,
            self.call_time.clone(),
        );
        let help = "How the breaker before the outside record stands: 1 for its state";
        registry.register("record_breaker", help, self.breaker.clone());
        let help = "Turns that asked the outside record, by whether the answer came in time";
        registry.register("record_turns", help, self.turns.clone());
        let help = "Questions that wait for the outside record, as last counted";
        registry.register("record_inquiries", help, self.waiting.clone());
        let help = "Since when the oldest of them waits";
        registry.register_with_unit("record_inquiry_age", help, Unit::Seconds, self.age.clone());
        let help = "Questions that wait for a node that can read them";
        registry.register("record_inquiries_unread", help, self.unread.clone());
        let help = "Questions of the queue that are being asked";
        registry.register("record_inquiries_asking", help, self.asking.clone());
        let help = "Questions of the queue that may be asked at once";
        registry.register("record_inquiries_at_once", help, self.at_once.clone());
        let help = "Questions that were answered later, by what was told";
        registry.register("record_inquiries_answered", help, self.answered.clone());
        let help = "Events of the outside record, by what they changed";
        registry.register("record_events", help, self.events.clone());
    }

    /// A request, and how long it took.
    pub fn called(&self, question: &'static str, outcome: &'static str, took: Duration) {
        self.calls.get_or_create(&CallLabels { question, outcome }).inc();
        self.call_time.get_or_create(&QuestionLabels { question }).observe(took.as_secs_f64());
    }

    /// A question that was not asked, because the breaker is open.
    pub fn spared(&self, question: &'static str) {
        self.calls.get_or_create(&CallLabels { question, outcome: "spared" }).inc();
    }

    /// How the breaker stands.
    pub fn breaker(&self, state: State) {
        for word in State::WORDS {
            let labels = StateLabels { state: word };
            self.breaker.get_or_create(&labels).set((word == state.as_str()).into());
        }
    }

    /// A turn that asked: `answered`, or decided `without` an answer.
    pub fn turn(&self, outcome: &'static str) {
        self.turns.get_or_create(&OutcomeLabels { outcome }).inc();
    }

    /// What waits.
    pub fn waiting(&self, figures: &[InquiryFigures], now: Timestamp) {
        for kind in Kind::ALL {
            let found = figures.iter().find(|of| of.kind == kind);
            let labels = KindLabels { kind: kind.as_str() };
            let waiting = found.map_or(0, |of| of.waiting);
            let age = found.map_or(0, |of| now.since(of.oldest).as_secs());
            let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
            self.waiting.get_or_create(&labels).set(whole(waiting));
            self.age.get_or_create(&labels).set(whole(age));
        }
    }

    /// So many questions wait for a node that can read them.
    pub fn unread(&self, unread: u64) {
        self.unread.set(i64::try_from(unread).unwrap_or(i64::MAX));
    }

    /// So many questions of the queue are being asked, of so many at once.
    pub fn queue(&self, asking: usize, at_once: usize) {
        let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        self.asking.set(whole(asking));
        self.at_once.set(whole(at_once));
    }

    /// A question that was answered later.
    pub fn answered(&self, kind: Kind, outcome: &'static str) {
        self.answered.get_or_create(&AnswerLabels { kind: kind.as_str(), outcome }).inc();
    }

    /// An event.
    pub fn event(&self, kind: &'static str, outcome: &'static str) {
        self.events.get_or_create(&AnswerLabels { kind, outcome }).inc();
    }
}
