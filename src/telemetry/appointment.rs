//! Seats that are somebody's, as last counted. How many are held, booked, full or given back by the
//! minute stands among the outcomes of service calls.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};

use crate::store::SeatFigures;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct StateLabels {
    pub state: &'static str,
}

/// What is counted of seats.
#[derive(Debug, Default)]
pub(super) struct SeatMeters {
    seats: Family<StateLabels, Gauge>,
}

impl SeatMeters {
    pub(super) fn register(&self, registry: &mut Registry) {
        let help = "Seats of slots to come that are held or booked, as last counted";
        registry.register("seats", help, self.seats.clone());
    }

    pub(super) fn counted(&self, figures: SeatFigures) {
        for (state, count) in [("held", figures.held), ("booked", figures.booked)] {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            self.seats.get_or_create(&StateLabels { state }).set(count);
        }
    }
}
