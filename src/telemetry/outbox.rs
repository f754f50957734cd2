//! Notices, as they move.

use std::sync::atomic::AtomicU64;

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use crate::{
    clock::Zone,
    outbox::{Class, Lane, work::Moved},
};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FateLabels {
    class: &'static str,
    fate: &'static str,
    way: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LaneLabels {
    class: &'static str,
    zone: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AccountLabels {
    account: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AgainLabels {
    account: String,
    why: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct HowLabels {
    outcome: &'static str,
}

/// What became of a document that a notice encloses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    /// It was made. One that the provider still has is not.
    Made,
    /// It could not be made: the text went alone.
    Unmade,
    /// There is nothing any more that it could say.
    Gone,
}

impl Document {
    fn as_str(self) -> &'static str {
        match self {
            Self::Made => "made",
            Self::Unmade => "unmade",
            Self::Gone => "gone",
        }
    }
}

/// Whether a chat was shown that we write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The provider was told.
    Yes,
    /// It did not take it.
    No,
    /// Too many waited to be shown it.
    TooMany,
}

impl Shown {
    fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "shown",
            Self::No => "failed",
            Self::TooMany => "too_many",
        }
    }
}

/// What is counted of notices.
#[derive(Debug, Default)]
pub struct OutboxMeters {
    notices: Family<FateLabels, Counter>,
    waiting: Family<LaneLabels, Gauge>,
    claimed: Family<AccountLabels, Counter>,
    tried_again: Family<AgainLabels, Counter>,
    answered_late: Family<AccountLabels, Counter>,
    pace: Family<AccountLabels, Gauge<f64, AtomicU64>>,
    documents: Family<HowLabels, Counter>,
    typing: Family<HowLabels, Counter>,
    failures: Counter,
}

impl OutboxMeters {
    pub(super) fn register(&self, registry: &mut Registry) {
        let notices = self.notices.clone();
        registry.register("notices", "Notices, by the state they came to", notices);
        let help = "Notices that wait, as last counted";
        registry.register("notices_waiting", help, self.waiting.clone());
        let help = "Notices taken out of the database to be sent";
        registry.register("notices_claimed", help, self.claimed.clone());
        let help = "Notices that are sent again, by why";
        registry.register("notices_tried_again", help, self.tried_again.clone());
        let help = "Answers to notices that came when their time was over";
        registry.register("notices_answered_late", help, self.answered_late.clone());
        let help = "Share of an account's budget that its network takes";
        registry.register("account_pace", help, self.pace.clone());
        let help = "Documents that notices enclose, by what became of them";
        registry.register("documents", help, self.documents.clone());
        let help = "Chats that wait long and were shown that we write, or not";
        registry.register("typing", help, self.typing.clone());
        let help = "Claims, settlements and receipts that the database did not take";
        registry.register("outbox_failures", help, self.failures.clone());
    }

    /// Notices that came to another state.
    pub fn moved(&self, moved: &[Moved]) {
        for of_one in moved.chunk_by(same) {
            let Some(first) = of_one.first() else { continue };
            let (class, way) = (first.lane.class.as_str(), first.by.as_str());
            let labels = FateLabels { class, fate: first.fate.as_str(), way };
            self.notices.get_or_create(&labels).inc_by(of_one.len() as u64);
        }
    }

    /// Notices that were claimed for an account.
    pub fn claimed(&self, account: &str, notices: usize) {
        let labels = AccountLabels { account: account.to_owned() };
        self.claimed.get_or_create(&labels).inc_by(notices as u64);
    }

    /// A notice that is sent again, and why.
    pub fn tried_again(&self, account: &str, why: &'static str) {
        let labels = AgainLabels { account: account.to_owned(), why };
        self.tried_again.get_or_create(&labels).inc();
    }

    /// The network answered when the time for it was over.
    pub fn answered_late(&self, account: &str) {
        let labels = AccountLabels { account: account.to_owned() };
        self.answered_late.get_or_create(&labels).inc();
    }

    /// What became of a document.
    pub fn document(&self, which: Document) {
        self.documents.get_or_create(&HowLabels { outcome: which.as_str() }).inc();
    }

    /// Whether a chat was shown that we write.
    pub fn typing(&self, shown: Shown) {
        self.typing.get_or_create(&HowLabels { outcome: shown.as_str() }).inc();
    }

    /// The share of its budget that an account uses, from 0 to 1.
    pub fn factor(&self, account: &str, factor: f64) {
        let labels = AccountLabels { account: account.to_owned() };
        self.pace.get_or_create(&labels).set(factor);
    }

    /// How many notices wait, by queue.
    pub fn waiting(&self, waiting: &[(Lane, u64)]) {
        for class in Class::ALL {
            for zone in [Zone::Wib, Zone::Wita, Zone::Wit] {
                let lane = Lane { class, zone };
                let many = waiting.iter().find(|(of, _)| *of == lane).map_or(0, |(_, many)| *many);
                let zone = match zone {
                    Zone::Wib => "wib",
                    Zone::Wita => "wita",
                    Zone::Wit => "wit",
                };
                let labels = LaneLabels { class: class.as_str(), zone };
                self.waiting.get_or_create(&labels).set(i64::try_from(many).unwrap_or(i64::MAX));
            }
        }
    }

    /// Something that the database did not take.
    pub fn database_failed(&self) {
        self.failures.inc();
    }
}

fn same(one: &Moved, other: &Moved) -> bool {
    (one.lane.class, one.fate, one.by) == (other.lane.class, other.fate, other.by)
}
