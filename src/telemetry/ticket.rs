//! Tickets that wait for staff, as last counted.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};

use crate::{service::ticket::Category, store::TicketFigures};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CategoryLabels {
    category: &'static str,
}

/// What is counted of tickets.
#[derive(Debug, Default)]
pub(super) struct TicketMeters {
    pending: Family<CategoryLabels, Gauge>,
    overdue: Family<CategoryLabels, Gauge>,
}

impl TicketMeters {
    pub(super) fn register(&self, registry: &mut Registry) {
        let help = "Tickets that nobody has answered yet, as last counted";
        registry.register("tickets_pending", help, self.pending.clone());
        let help = "Of those, the ones that ought to be answered by now";
        registry.register("tickets_overdue", help, self.overdue.clone());
    }

    pub(super) fn counted(&self, figures: &[TicketFigures]) {
        // And those of a newer program beside this one.
        for category in Category::ALL.into_iter().map(Some).chain([None]) {
            let found = figures.iter().filter(|of| of.category == category);
            let (pending, overdue) =
                found.fold((0, 0), |sum, of| (sum.0 + of.pending, sum.1 + of.overdue));
            let labels = CategoryLabels { category: category.map_or("unknown", Category::as_str) };
            let gauge = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
            self.pending.get_or_create(&labels).set(gauge(pending));
            self.overdue.get_or_create(&labels).set(gauge(overdue));
        }
    }
}
