//! What is counted of exposure notices. What cases answer stands among the outcomes of service calls.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    call: &'static str,
    outcome: &'static str,
}

/// What is counted of exposure notices.
#[derive(Debug, Default)]
pub struct ExposureMeters {
    calls: Family<CallLabels, Counter>,
    told: Counter,
    untold: Counter,
}

impl ExposureMeters {
    pub(super) fn register(&self, registry: &mut Registry) {
        let help = "Calls of the app's back end, by what came of them";
        registry.register("exposure_calls", help, self.calls.clone());
        let help = "Phones that were told of a contact";
        registry.register("exposure_notices", help, self.told.clone());
        let help = "Phones that were near a case and that no operator of the configuration reaches";
        registry.register("exposure_unreached", help, self.untold.clone());
        // A rate begins at 0.
        drop(self.calls.get_or_create(&CallLabels { call: "upload", outcome: "taken" }));
    }

    /// A call, and what came of it.
    pub fn called(&self, call: &'static str, outcome: &'static str) {
        self.calls.get_or_create(&CallLabels { call, outcome }).inc();
    }

    /// So many phones are told, and so many cannot be reached: those can only read it in the menu.
    pub fn told(&self, phones: u64, unreached: u64) {
        self.told.inc_by(phones);
        self.untold.inc_by(unreached);
    }
}
