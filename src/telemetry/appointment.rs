//! Seats that are somebody's, as last counted by the one node that counts; at the others nothing. How many are held, booked, full or given back by the
//! minute stands among the outcomes of service calls.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
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
    waiting: Gauge,
    stranded: Gauge,
    offers: Family<OfferLabels, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfferLabels {
    what: &'static str,
}

impl SeatMeters {
    pub(super) fn register(&self, registry: &mut Registry) {
        let help = "Seats of slots to come that are held, offered or booked, as last counted";
        registry.register("seats", help, self.seats.clone());
        let help = "People in the line of a place who were offered nothing yet, as last counted";
        registry.register("waiting_people", help, self.waiting.clone());
        let help = "Tickets that their place cannot take, not changed yet, as last counted";
        registry.register("stranded_tickets", help, self.stranded.clone());
        let help = "Seats that came free: offered to somebody in line, or let go by";
        registry.register("seat_offers", help, self.offers.clone());
        // Shown from the beginning, so that the first of them is seen as one more.
        self.offered(0, 0);
        self.counted(SeatFigures::default());
    }

    pub(super) fn counted(&self, figures: SeatFigures) {
        let whole = |count| i64::try_from(count).unwrap_or(i64::MAX);
        let SeatFigures { held, offered, booked, waiting, stranded } = figures;
        for (state, count) in [("held", held), ("offered", offered), ("booked", booked)] {
            self.seats.get_or_create(&StateLabels { state }).set(whole(count));
        }
        self.waiting.set(whole(waiting));
        self.stranded.set(whole(stranded));
    }

    pub(super) fn offered(&self, offered: u64, lapsed: u64) {
        for (what, count) in [("offered", offered), ("lapsed", lapsed)] {
            self.offers.get_or_create(&OfferLabels { what }).inc_by(count);
        }
    }
}
