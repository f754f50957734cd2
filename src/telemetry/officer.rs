//! Officers who register others, as last counted. What they do by the minute stands among the outcomes of
//! service calls.

use prometheus_client::{
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};

use super::appointment::StateLabels;
use crate::service::officer::OfficerState;

/// What is counted of officers.
#[derive(Debug, Default)]
pub(super) struct OfficerMeters {
    officers: Family<StateLabels, Gauge>,
}

impl OfficerMeters {
    pub(super) fn register(&self, registry: &mut Registry) {
        let help = "Officers who may register others, by how they stand, as last counted";
        registry.register("officers", help, self.officers.clone());
    }

    pub(super) fn counted(&self, figures: &[(OfficerState, u64)]) {
        for state in OfficerState::ALL {
            let count = figures.iter().find(|(of, _)| *of == state).map_or(0, |(_, count)| *count);
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            self.officers.get_or_create(&StateLabels { state: state.as_str() }).set(count);
        }
    }
}
