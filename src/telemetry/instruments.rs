//! What the turn path measures of itself while it works. It stands on the ground floor, so that the
//! engine can hold it without knowing who reads it; [`crate::telemetry::Metrics`] shows it.

use std::{future::Future, time::Instant};

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{
        counter::Counter,
        family::Family,
        histogram::{Histogram, exponential_buckets},
    },
};

/// How long a piece of work takes. Clones count into the same buckets.
#[derive(Debug, Clone)]
pub struct Timer(Histogram);

impl Default for Timer {
    fn default() -> Self {
        Self(buckets())
    }
}

/// From 0.1 ms, a statement on one machine, to 3 s, when the database has long been unwell.
fn buckets() -> Histogram {
    Histogram::new(exponential_buckets(0.0001, 2.0, 16))
}

impl Timer {
    /// Does the work, and counts how long it took.
    pub async fn time<F: Future>(&self, work: F) -> F::Output {
        let began = Instant::now();
        let done = work.await;
        self.0.observe(began.elapsed().as_secs_f64());
        done
    }

    /// The buckets, to show them.
    pub(super) fn histogram(&self) -> Histogram {
        self.0.clone()
    }
}

/// A part of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct StepLabels {
    step: &'static str,
}

/// What a batch of turns costs the database. Clones count together.
#[derive(Debug, Clone)]
pub struct BatchMeters {
    /// Turns in a batch.
    pub turns: Histogram,
    /// Until a batch may begin: the wait for a connection, or for another writer.
    pub begin: Timer,
    /// What a batch reads, and its screens, which are made in memory in between.
    pub read: Timer,
    /// Its writes, and the commit that makes them durable.
    pub commit: Timer,
    /// Batches and single turns that were overtaken by another writer.
    pub conflicts: Counter,
    /// Batches and single turns that found no database.
    pub unavailable: Counter,
    /// The three times above.
    pub(super) times: Family<StepLabels, Histogram, fn() -> Histogram>,
}

impl Default for BatchMeters {
    fn default() -> Self {
        let times = Family::new_with_constructor(buckets as fn() -> Histogram);
        let timer = |step| Timer(times.get_or_create_owned(&StepLabels { step }));
        Self {
            turns: Histogram::new(exponential_buckets(1.0, 2.0, 9)),
            begin: timer("begin"),
            read: timer("read"),
            commit: timer("commit"),
            conflicts: Counter::default(),
            unavailable: Counter::default(),
            times,
        }
    }
}
