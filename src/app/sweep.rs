//! The sweep: sessions that nobody answered any more end as timed out, and what may not be kept
//! any longer is deleted. Menus that other nodes have put live are looked for on the way.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    sync::watch,
    time::{Interval, MissedTickBehavior},
};

use crate::{
    app::stop::{self, Stop},
    clock::{self, Zone},
    conversation::End,
    front::{
        ends::Ends,
        forgotten::Forgotten,
        ticket::Tickets,
        unchecked::{Unchecked, Walk},
    },
    menu::model::Menu,
    menus::Reloading,
    service::retention::{Class, Keep, PAST, RetentionRules},
    store::{Store, StoreError, TicketPlace},
    telemetry::Metrics,
};

/// Rows that are looked at in one piece, so that no sweep keeps turns waiting. Every turn leaves a row
/// that is deleted later: a sweep goes on piece by piece while there is more, for so long at most.
const ROWS: u32 = 500;
const WITHIN: Duration = Duration::from_secs(1);

/// How often what is kept for days is looked through.
const RETIRE: Duration = Duration::from_secs(60);

/// How often the database's log is folded into its file, beside the turns.
const CHECKPOINT: Duration = Duration::from_millis(500);

/// What a sweep goes through.
pub struct Sweep {
    /// The rows.
    pub store: Store,
    /// Counts what was found.
    pub metrics: Arc<Metrics>,
    /// The menus that other nodes have put live.
    pub menus: Arc<Reloading>,
    /// Tells people that their text did not come whole.
    pub ends: Ends,
    /// How long what is kept.
    pub retention: RetentionRules,
    /// Tells those who wait for too long.
    pub forgotten: Forgotten,
    /// Registrations that staff look at.
    pub tickets: Tickets,
    /// Registrations that waited before they did.
    pub unchecked: Unchecked,
}

/// Rows of which there may be more than one piece.
#[derive(Clone, Copy)]
enum Piece<'r> {
    TimedOut,
    Old,
    Class(Class, &'r Keep),
}

impl Sweep {
    /// Sweeps every so often until told to stop.
    pub async fn run(self, every: Duration, mut stop: watch::Receiver<Stop>) {
        let (mut sweeps, mut checkpoints) = (ticks(every), ticks(CHECKPOINT));
        let mut retirings = ticks(every.max(RETIRE));
        let (mut reviewed, mut walk) = (None, Walk::Behind(None));
        loop {
            tokio::select! {
                () = stop::told(&mut stop) => return,
                _ = sweeps.tick() => {
                    self.metrics.sweep_time().time(self.sweep()).await;
                    walk = self.open_checks(walk).await;
                    reviewed = self.review(reviewed).await;
                    if let Err(error) = self.menus.catch_up().await {
                        tracing::error!(%error, "the menus of other nodes could not be looked for");
                    }
                }
                _ = retirings.tick() => self.retire().await,
                _ = checkpoints.tick() => {
                    if let Err(error) = self.store.checkpoint().await {
                        tracing::error!(%error, "the database's log was not folded");
                    }
                }
            }
        }
    }

    async fn sweep(&self) {
        let Self { store, metrics, .. } = self;
        self.pieces(Piece::TimedOut).await;
        let old = clock::now().minus(PAST).date(Zone::Wib);
        self.swept("old queues", store.purge_queues(old, ROWS)).await;
        let shelf = self.menus.engine().shelf();
        let menus: Vec<&Menu> = shelf.current().iter().map(|service| &service.menu).collect();
        let late = self.ends.parts(&menus, clock::now(), ROWS);
        if self.swept("parts of texts", late).await > 0 {
            self.menus.engine().wake().ring();
        }
        let tickets = self.swept("tickets", store.ticket_figures(clock::now())).await;
        metrics.tickets(&tickets);
        metrics.officers(&self.swept("officers", store.officer_figures()).await);
        let seats = store.purge_seats(clock::now(), clock::now().minus(PAST), ROWS);
        self.swept("seats", seats).await;
        let told = store.purge_exposures(clock::now(), ROWS);
        metrics.swept(0, self.swept("contacts", told).await);
        self.pieces(Piece::Old).await;
    }

    /// Opens what staff have to check of registrations that waited before this node started, some at a time,
    /// and says how far that is.
    async fn open_checks(&self, mut walk: Walk) -> Walk {
        let until = Instant::now() + WITHIN;
        while walk != Walk::Over && Instant::now() < until {
            match self.unchecked.step(&walk, clock::now()).await {
                Ok((0, next)) if next == walk => break,
                Ok((opened, next)) => {
                    if opened > 0 {
                        tracing::info!(opened, "tickets about registrations that waited before");
                    }
                    walk = next;
                }
                Err(error) => {
                    tracing::error!(%error, "what waited before is not looked at yet");
                    self.metrics.sweep_failed();
                    break;
                }
            }
        }
        walk
    }

    /// Goes on through what staff have to check, and says behind which it was: what the record knows by now
    /// is taken off their list. Each node does it; two end nothing twice.
    async fn review(&self, after: Option<TicketPlace>) -> Option<TicketPlace> {
        let shelf = self.menus.engine().shelf();
        let menus: Vec<&Menu> = shelf.current().iter().map(|service| &service.menu).collect();
        let reviewing = self.tickets.review(after.as_ref(), &menus);
        let (last, ended) = self.swept("registrations to check", reviewing).await;
        if ended > 0 {
            self.menus.engine().wake().ring();
        }
        last
    }

    /// Deletes what may not be kept any longer. Who waits is told before.
    async fn retire(&self) {
        let told = self.swept("who is told before", self.forgotten.tell(clock::now())).await;
        if told > 0 {
            tracing::info!(told, "registrations waited so long that they will be deleted");
        }
        for (class, keep) in &self.retention {
            self.pieces(Piece::Class(*class, keep)).await;
        }
    }

    /// Piece after piece while there is more, or until it is enough for this time.
    async fn pieces(&self, of: Piece<'_>) {
        let until = Instant::now() + WITHIN;
        while self.piece(of).await >= u64::from(ROWS) && Instant::now() < until {}
    }

    /// How many rows there were.
    async fn piece(&self, of: Piece<'_>) -> u64 {
        let Self { store, metrics, .. } = self;
        let deleted = match of {
            Piece::TimedOut => {
                let ends = store.time_out(clock::now(), ROWS);
                let ends = self.swept("timed-out sessions", ends).await;
                for end in &ends {
                    metrics.ended(&end.service, &end.screen, End::TimeOut, 1);
                }
                metrics.swept(ends.len() as u64, 0);
                return ends.len() as u64;
            }
            Piece::Old => self.swept("old rows", store.purge(clock::now(), ROWS)).await,
            Piece::Class(class, keep) => {
                let retiring = store.retire(class, keep, clock::now(), ROWS);
                self.swept(class.as_str(), retiring).await
            }
        };
        metrics.swept(0, deleted);
        deleted
    }

    /// What a sweep found; nothing, if it failed.
    async fn swept<T: Default>(
        &self,
        what: &str,
        sweeping: impl Future<Output = Result<T, StoreError>>,
    ) -> T {
        sweeping.await.unwrap_or_else(|error| {
            tracing::error!(what, %error, "a sweep failed");
            self.metrics.sweep_failed();
            T::default()
        })
    }
}

fn ticks(every: Duration) -> Interval {
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
