//! Metrics. What is counted carries no personal data: labels are names from menus, configuration
//! and code, so that there are as many series as there are screens, and never as many as people.

mod appointment;
pub mod exposure;
pub mod instruments;
mod journey;
pub mod keys;
mod known;
mod node;
mod officer;
pub mod outbox;
pub mod record;
pub mod spans;
mod ticket;
pub mod traces;

use std::time::Duration;

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Metric, Registry, Unit},
};

pub use self::node::Moment;
use self::{
    instruments::BatchMeters, instruments::Timer, journey::Journeys, known::Known, node::Node,
};
use crate::{
    conversation::End,
    engine::{Answer, News},
    limits::Refusal,
    service::officer::OfficerState,
    smpp::link::{LinkLoad, Outcome},
    store::{SeatFigures, TicketFigures},
};

/// A Grafana dashboard over these metrics. A test holds the two together.
pub const DASHBOARD: &str = include_str!("dashboard.json");

/// How often, by labels.
type Counts<Labels> = Family<Labels, Counter>;

/// All metrics of a node.
pub struct Metrics {
    registry: Registry,
    turns: Counts<TurnLabels>,
    turn_time: Histogram,
    known_turns: Known<[Counter; 5]>,
    journeys: Journeys,
    ends: Counts<EndLabels>,
    outcomes: Counts<OutcomeLabels>,
    refused: Counts<ReasonLabels>,
    replies: Counts<ReplyLabels>,
    known_replies: Known<Counter>,
    pushes: Counts<PushLabels>,
    shown: Counts<OperatorLabels>,
    strange: Counts<ReasonLabels>,
    session_ends: Counts<SessionEndLabels>,
    noticed: Counts<ReasonLabels>,
    running: Gauge,
    swept: Counts<WhatLabels>,
    sweep_failures: Counter,
    tickets: ticket::TicketMeters,
    seats: appointment::SeatMeters,
    officers: officer::OfficerMeters,
    sweep_time: Timer,
    node: Node,
    outbox: outbox::OutboxMeters,
    record: record::RecordMeters,
    exposure: exposure::ExposureMeters,
    keys: keys::KeyMeters,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TurnLabels {
    service: String,
    channel: &'static str,
    result: &'static str,
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
struct WhatLabels {
    what: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PushLabels {
    operator: String,
    service: String,
    screen: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SessionEndLabels {
    account: String,
    end: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OperatorLabels {
    operator: String,
}

/// How a turn went, for the count of turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnResult {
    /// Answered.
    Answered,
    /// Answered before, and now again.
    Repeated,
    /// Answered elsewhere while it waited.
    Overtaken,
    /// Refused by a limit or a full queue.
    Refused,
    /// It could not be stored, or not in time.
    Failed,
}

impl TurnResult {
    /// All of them, in the order of the enum.
    const ALL: [Self; 5] =
        [Self::Answered, Self::Repeated, Self::Overtaken, Self::Refused, Self::Failed];

    fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Repeated => "repeated",
            Self::Overtaken => "overtaken",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            registry: Registry::with_prefix("setara"),
            turns: Family::default(),
            // From 0.5 ms to 8 s: a screen nobody waits for, to one nobody waits for any more.
            turn_time: Histogram::new(exponential_buckets(0.0005, 2.0, 15)),
            known_turns: Known::default(),
            journeys: Journeys::default(),
            ends: Family::default(),
            outcomes: Family::default(),
            refused: Family::default(),
            replies: Family::default(),
            known_replies: Known::default(),
            pushes: Family::default(),
            shown: Family::default(),
            strange: Family::default(),
            session_ends: Family::default(),
            noticed: Family::default(),
            running: Gauge::default(),
            swept: Family::default(),
            sweep_failures: Counter::default(),
            tickets: ticket::TicketMeters::default(),
            seats: appointment::SeatMeters::default(),
            officers: officer::OfficerMeters::default(),
            sweep_time: Timer::default(),
            node: Node::default(),
            outbox: outbox::OutboxMeters::default(),
            record: record::RecordMeters::default(),
            exposure: exposure::ExposureMeters::default(),
            keys: keys::KeyMeters::default(),
        }
    }
}

impl Metrics {
    /// The metrics of a node whose engine measures itself with `batches`.
    pub fn new(batches: &BatchMeters) -> Self {
        let mut metrics = Self::default();
        metrics.register();
        metrics.register_batches(batches);
        // What can be refused is known, and is shown before it happens: a rate begins at 0.
        for refusal in Refusal::ALL {
            let reason = refusal.as_str().to_owned();
            drop(metrics.refused.get_or_create(&ReasonLabels { reason }));
        }
        metrics
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("turns", "Turns, by how they went", self.turns.clone());
        registry.register_with_unit(
            "turn_time",
            "From an inbound to its stored reply",
            Unit::Seconds,
            self.turn_time.clone(),
        );
        self.journeys.register(registry);
        registry.register("ends", "Ends of sessions, by class and screen", self.ends.clone());
        registry.register("outcomes", "Outcomes of service calls", self.outcomes.clone());
        registry.register("refused", "Turns refused, by what refused them", self.refused.clone());
        registry.register("replies", "Replies, by what the network said", self.replies.clone());
        registry.register("pushes", "Screens pushed, by what came of it", self.pushes.clone());
        let help = "Pushed notices of which the network says that they were shown";
        registry.register("notices_shown", help, self.shown.clone());
        registry.register("strange", "Messages we had no use for", self.strange.clone());
        let ends = self.session_ends.clone();
        registry.register("session_ends", "Ends of sessions that a provider told us of", ends);
        registry.register("noticed", "What looked like an attack", self.noticed.clone());
        registry.register("turns_running", "Turns that wait for their reply", self.running.clone());
        registry.register("swept", "Rows that the sweep ended or deleted", self.swept.clone());
        self.tickets.register(registry);
        self.seats.register(registry);
        self.officers.register(registry);
        let failures = self.sweep_failures.clone();
        registry.register("sweep_failures", "Sweeps that the database did not take", failures);
        registry.register_with_unit(
            "sweep_time",
            "How long a sweep takes",
            Unit::Seconds,
            self.sweep_time.histogram(),
        );
        self.node.register(registry);
        self.outbox.register(registry);
        self.record.register(registry);
        self.exposure.register(registry);
        self.keys.register(registry);
    }

    fn register_batches(&mut self, batches: &BatchMeters) {
        let registry = &mut self.registry;
        registry.register("batch_turns", "Turns that share a commit", batches.turns.clone());
        let times = batches.times.clone();
        let help = "What a batch of turns costs";
        registry.register_with_unit("database_time", help, Unit::Seconds, times);
        let conflicts = batches.conflicts.clone();
        registry.register("database_conflicts", "Batches that somebody overtook", conflicts);
        let unavailable = batches.unavailable.clone();
        registry.register("database_unavailable", "Batches without a database", unavailable);
    }

    /// A turn that was answered.
    pub fn answered(&self, service: &str, channel: &'static str, answer: &Answer, took: Duration) {
        let result = match answer.news {
            News::New => TurnResult::Answered,
            News::Repeated => TurnResult::Repeated,
            News::Overtaken => TurnResult::Overtaken,
        };
        self.turn(service, channel, result);
        self.turn_time.observe(took.as_secs_f64());
        self.came_to(service, channel, answer);
    }

    /// What a turn did, whenever that is known: where it led, what ended, what its calls came to.
    pub fn came_to(&self, service: &str, channel: &'static str, answer: &Answer) {
        if let Some(screen) = &answer.screen {
            self.journeys.shown(service, screen);
        }
        self.journeys.went(service, channel, &answer.way, &answer.ends);
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
        let make = || {
            TurnResult::ALL.map(|result| {
                let (service, result) = (service.to_owned(), result.as_str());
                self.turns.get_or_create_owned(&TurnLabels { service, channel, result })
            })
        };
        self.known_turns.with(service, channel, make, |turns| {
            turns[result as usize].inc();
        });
    }

    /// Sessions that ended on a screen.
    pub fn ended(&self, service: &str, screen: &str, end: End, times: u64) {
        let (service, screen) = (service.to_owned(), screen.to_owned());
        self.ends.get_or_create(&EndLabels { service, screen, end: end.as_str() }).inc_by(times);
    }

    /// What a sweep did: rows that it ended because their time was up, and rows that it deleted.
    pub fn swept(&self, timed_out: u64, purged: u64) {
        for (what, rows) in [("timed_out", timed_out), ("purged", purged)] {
            self.swept.get_or_create(&WhatLabels { what }).inc_by(rows);
        }
    }

    /// A part of a sweep that the database did not take.
    pub fn sweep_failed(&self) {
        self.sweep_failures.inc();
    }

    /// How many tickets wait, and how many are late.
    pub fn tickets(&self, figures: &[TicketFigures]) {
        self.tickets.counted(figures);
    }

    /// How many seats are somebody's.
    pub fn seats(&self, figures: SeatFigures) {
        self.seats.counted(figures);
    }

    /// How many officers there are.
    pub fn officers(&self, figures: &[(OfficerState, u64)]) {
        self.officers.counted(figures);
    }

    /// Seats that were offered to people in line, and offers that nobody answered.
    pub fn offered(&self, offered: u64, lapsed: u64) {
        self.seats.offered(offered, lapsed);
    }

    /// How long sweeps take.
    pub fn sweep_time(&self) -> &Timer {
        &self.sweep_time
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
        let make = || {
            let operator = operator.to_owned();
            self.replies.get_or_create_owned(&ReplyLabels { operator, outcome })
        };
        self.known_replies.with(operator, outcome, make, |replies| {
            replies.inc();
        });
    }

    /// What came of a push.
    pub fn pushed(&self, operator: &str, service: &str, screen: &str, outcome: &'static str) {
        let [operator, service, screen] = [operator, service, screen].map(str::to_owned);
        self.pushes.get_or_create(&PushLabels { operator, service, screen, outcome }).inc();
    }

    /// The network says that a notice was shown.
    pub fn shown(&self, operator: &str) {
        self.shown.get_or_create(&OperatorLabels { operator: operator.to_owned() }).inc();
    }

    /// A message that was confirmed and passed over.
    pub fn strange(&self, reason: &str) {
        self.strange.get_or_create(&ReasonLabels { reason: reason.to_owned() }).inc();
    }

    /// A provider said that a session is over, whether or not a conversation was still open.
    pub fn session_ended(&self, account: &str, end: End) {
        let labels = SessionEndLabels { account: account.to_owned(), end: end.as_str() };
        self.session_ends.get_or_create(&labels).inc();
    }

    /// What is counted of notices.
    pub fn outbox(&self) -> &outbox::OutboxMeters {
        &self.outbox
    }

    /// What is counted of keys.
    pub fn keys(&self) -> &keys::KeyMeters {
        &self.keys
    }

    /// What is counted of an outside record.
    pub fn record(&self) -> &record::RecordMeters {
        &self.record
    }

    /// What is counted of exposure notices.
    pub fn exposure(&self) -> &exposure::ExposureMeters {
        &self.exposure
    }

    /// How a link is, as it is read now.
    pub fn link(&self, name: &str, up: bool, load: LinkLoad) {
        self.node.link(name, up, load);
    }

    /// How the node is, as it is read now.
    pub fn moment(&self, now: Moment) {
        self.node.moment(now);
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

/// Registers metrics of one kind, each under its name and with what it tells.
fn register_all<const OF: usize, M: Metric + Clone>(
    registry: &mut Registry,
    metrics: [(&str, &str, &M); OF],
) {
    for (name, tells, metric) in metrics {
        registry.register(name, tells, metric.clone());
    }
}
