//! Metrics. What is counted carries no personal data: labels are names from menus, configuration
//! and code, so that there are as many series as there are screens, and never as many as people.

use std::time::Duration;

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};

use crate::{
    conversation::End, engine::Answer, engine::News, limits::Refusal, smpp::link::Outcome,
};

/// All metrics of a node.
pub struct Metrics {
    registry: Registry,
    turns: Family<TurnLabels, Counter>,
    turn_time: Histogram,
    screens: Family<ScreenLabels, Counter>,
    ends: Family<EndLabels, Counter>,
    outcomes: Family<OutcomeLabels, Counter>,
    refused: Family<ReasonLabels, Counter>,
    replies: Family<ReplyLabels, Counter>,
    strange: Family<ReasonLabels, Counter>,
    noticed: Family<ReasonLabels, Counter>,
    links: Family<LinkLabels, Gauge>,
    running: Gauge,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TurnLabels {
    service: String,
    channel: &'static str,
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ScreenLabels {
    service: String,
    screen: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EndLabels {
    service: String,
    screen: String,
    end: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    call: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabels {
    reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReplyLabels {
    operator: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LinkLabels {
    link: String,
}

/// How a turn went, for the count of turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnResult {
    /// Answered.
    Answered,
    /// Answered before, and now again.
    Repeated,
    /// Refused by a limit or a full queue.
    Refused,
    /// It could not be stored, or not in time.
    Failed,
}

impl TurnResult {
    fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Repeated => "repeated",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        // From 0.5 ms to 8 s: a screen nobody waits for, to one nobody waits for any more.
        let turn_time = Histogram::new(exponential_buckets(0.0005, 2.0, 15));
        let mut metrics = Self {
            registry: Registry::with_prefix("setara"),
            turns: Family::default(),
            turn_time,
            screens: Family::default(),
            ends: Family::default(),
            outcomes: Family::default(),
            refused: Family::default(),
            replies: Family::default(),
            strange: Family::default(),
            noticed: Family::default(),
            links: Family::default(),
            running: Gauge::default(),
        };
        metrics.register();
        metrics
    }
}

impl Metrics {
    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("turns", "Turns, by how they went", self.turns.clone());
        registry.register_with_unit(
            "turn_time",
            "From an inbound to its stored reply",
            Unit::Seconds,
            self.turn_time.clone(),
        );
        registry.register("screens", "Screens shown", self.screens.clone());
        registry.register("ends", "Ends of sessions, by class and screen", self.ends.clone());
        registry.register("outcomes", "Outcomes of service calls", self.outcomes.clone());
        registry.register("refused", "Turns refused, by what refused them", self.refused.clone());
        registry.register("replies", "Replies, by what the network said", self.replies.clone());
        registry.register("strange", "Messages we had no use for", self.strange.clone());
        registry.register("noticed", "What looked like an attack", self.noticed.clone());
        registry.register("link_up", "1 while a link is bound", self.links.clone());
        registry.register("turns_running", "Turns that wait for their reply", self.running.clone());
    }

    /// A turn that was answered.
    pub fn answered(&self, service: &str, channel: &'static str, answer: &Answer, took: Duration) {
        let result = match answer.news {
            News::New => TurnResult::Answered,
            News::Repeated => TurnResult::Repeated,
        };
        self.turn(service, channel, result);
        self.turn_time.observe(took.as_secs_f64());
        if let Some(screen) = &answer.screen {
            let labels = ScreenLabels { service: service.to_owned(), screen: screen.clone() };
            self.screens.get_or_create(&labels).inc();
        }
        for ending in &answer.ends {
            self.ended(service, &ending.screen, ending.end, 1);
        }
        for &(call, outcome) in &answer.outcomes {
            self.outcomes.get_or_create(&OutcomeLabels { call, outcome }).inc();
        }
        for noticed in &answer.noticed {
            let reason = noticed.as_str().to_owned();
            self.noticed.get_or_create(&ReasonLabels { reason }).inc();
        }
    }

    /// A turn, by how it went.
    pub fn turn(&self, service: &str, channel: &'static str, result: TurnResult) {
        let service = service.to_owned();
        self.turns.get_or_create(&TurnLabels { service, channel, result: result.as_str() }).inc();
    }

    /// Sessions that ended on a screen.
    pub fn ended(&self, service: &str, screen: &str, end: End, times: u64) {
        let (service, screen) = (service.to_owned(), screen.to_owned());
        self.ends.get_or_create(&EndLabels { service, screen, end: end.as_str() }).inc_by(times);
    }

    /// A turn that admission refused.
    pub fn refused(&self, refusal: Refusal) {
        let reason = refusal.as_str().to_owned();
        self.refused.get_or_create(&ReasonLabels { reason }).inc();
    }

    /// What became of a reply.
    pub fn replied(&self, operator: &str, outcome: &Outcome) {
        let outcome = match outcome {
            Outcome::Accepted { .. } => "accepted",
            Outcome::Rejected(_) => "rejected",
            Outcome::Nacked(_) => "nacked",
            Outcome::TimedOut => "timed_out",
            Outcome::LinkLost => "link_lost",
            Outcome::NotSent(_) => "not_sent",
        };
        let operator = operator.to_owned();
        self.replies.get_or_create(&ReplyLabels { operator, outcome }).inc();
    }

    /// A message that was confirmed and passed over.
    pub fn strange(&self, reason: &str) {
        self.strange.get_or_create(&ReasonLabels { reason: reason.to_owned() }).inc();
    }

    /// Whether a link is bound.
    pub fn link(&self, link: &str, up: i64) {
        self.links.get_or_create(&LinkLabels { link: link.to_owned() }).set(up);
    }

    /// Turns that wait for their reply now.
    pub fn running(&self, turns: i64) {
        self.running.set(turns);
    }

    /// All metrics in the OpenMetrics text format.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a string cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
