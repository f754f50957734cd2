//! Events of the outside record, whichever way they came: taken in one after the other, and counted. Of
//! people whom nobody has asked about we keep nothing.

use std::{sync::Arc, time::Duration};

use crate::{
    clock::{self, Timestamp, Zone},
    engine::Engine,
    satudata::event::Page,
    service::{audit::StaffName, outside::Arrived},
    store::{CommitError, StoreError, Taking},
    telemetry::Metrics,
};

/// How often an answer is taken in while others write about the same person.
const TRIES: u32 = 4;

/// Takes in what the outside record says. Cheap to clone.
#[derive(Clone)]
pub struct Events {
    engine: Engine,
    metrics: Arc<Metrics>,
    name: StaffName,
    due: Duration,
}

/// Whether people are taken in whom nobody has asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strangers {
    /// They are: somebody asks just now.
    Taken,
    /// They are not.
    PassedOver,
}

impl Events {
    /// In whose `name` the audit log has it; staff have until `due` for a ticket.
    pub fn new(engine: Engine, metrics: Arc<Metrics>, name: StaffName, due: Duration) -> Self {
        Self { engine, metrics, name, due }
    }

    /// Whose days count.
    pub fn zone(&self) -> Zone {
        self.engine.zone()
    }

    /// Takes a page of events in.
    ///
    /// # Errors
    /// [`CommitError`]: what was taken in stays, and the page can come again. A row of ours that cannot be
    /// read is no reason for that.
    pub async fn take(&self, page: &Page) -> Result<(), CommitError> {
        let meters = self.metrics.record();
        for (happened, arrived) in &page.events {
            let outcome = match self.absorb(arrived, Strangers::PassedOver).await {
                Ok(true) => "taken",
                Ok(false) => "passed_over",
                Err(CommitError::Unavailable(error @ StoreError::Unreadable(_))) => {
                    tracing::error!(%error, "an event of the record was passed over");
                    "unreadable"
                }
                Err(error) => return Err(error),
            };
            meters.event(happened.as_str(), outcome);
        }
        (0..page.spoilt).for_each(|_| meters.event("unknown", "unreadable"));
        Ok(())
    }

    /// How far the events were read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn cursor(&self) -> Result<Option<String>, StoreError> {
        self.engine.store().record_cursor().await
    }

    /// Keeps how far they were read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn move_cursor(&self, to: &str, at: Timestamp) -> Result<(), StoreError> {
        self.engine.store().move_record_cursor(to, at).await
    }

    /// Takes an answer in; whether it changed anything.
    ///
    /// # Errors
    /// [`CommitError`].
    pub async fn absorb(
        &self,
        arrived: &Arrived,
        strangers: Strangers,
    ) -> Result<bool, CommitError> {
        let mut tries = 0;
        loop {
            let taking = Taking {
                record: self.name.clone(),
                now: clock::now(),
                due: self.due,
                random: self.engine.draw(),
                strangers: strangers == Strangers::Taken,
            };
            match self.engine.store().absorb(arrived, &taking).await {
                Err(CommitError::Conflict) if tries < TRIES => tries += 1,
                done => return done,
            }
        }
    }
}
