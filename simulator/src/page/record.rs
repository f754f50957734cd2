//! Satu Data on the page: what goes wrong there, and what it counts.

use serde::Serialize;
use tokio::sync::mpsc;

use super::talk::{Told, tell_changes};
use crate::satudata::{Faults, Figures, SatuData};

/// The longest that an answer takes, in milliseconds.
const ANSWER_MAX: u32 = 60_000;

/// The record as it stands.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct RecordView {
    faults: Faults,
    figures: Figures,
}

/// What goes wrong from now on, as a browser says it.
pub(super) fn obey(record: &SatuData, faults: Faults) {
    record.set_faults(Faults {
        answer_ms: faults.answer_ms.min(ANSWER_MAX),
        percent: faults.percent.min(100),
        ..faults
    });
}

/// Tells a browser of the record's faults and figures whenever they change.
pub(super) async fn tell_record(out: mpsc::Sender<String>, record: SatuData) {
    let look = || RecordView { faults: record.faults(), figures: record.figures() };
    tell_changes(out, look, |view| Told::Record(view)).await;
}
