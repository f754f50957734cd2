//! Who looked at a person: which calls show something of one, or bind a phone to one. One table for all
//! of them, so that none is forgotten: a call that shows a person stands here or in none of the menus.

use crate::service::{
    Decision, Desk,
    audit::{Act, Deed},
    record::{Change, DeskChange, Facts},
};

/// An answer of a call, with the rows of the log that it is worth.
pub(in crate::service) fn logged(
    desk: &Desk,
    call: &str,
    facts: &Facts,
    decision: Decision,
) -> Decision {
    let person = facts.person.as_ref().map(|person| person.index);
    let looked = looked(call, decision.outcome).filter(|_| person.is_some());
    let looked = looked.map(|deed| Act::new(deed).about(person));
    let registered = decision.changes.iter().find_map(|change| match change {
        Change::Register(of) => Some(desk.vault.nik_index(&of.nik)),
        _ => None,
    });
    let registered = registered.map(|person| Act::new(Deed::Registered).about(Some(person)));
    let log = |decision: Decision, act| decision.change(Change::Desk(DeskChange::Audit(act)));
    looked.into_iter().chain(registered).fold(decision, log)
}

fn looked(call: &str, outcome: &str) -> Option<Deed> {
    Some(match (call, outcome) {
        (_, "slow" | "no" | "too_often" | "away") => return None,
        ("person.prove" | "change.prove" | "otp.verify", "known") => Deed::PersonProved,
        // A registration that waits is nobody's of the record yet.
        ("status.read" | "appointment.look", "waiting") => return None,
        ("status.read", _) => Deed::StatusSeen,
        ("complaint.look", outcome) if outcome != "words" => Deed::StatusSeen,
        ("appointment.look", _) => Deed::AppointmentSeen,
        ("certificate.list" | "certificate.state", _) => Deed::CertificateSeen,
        ("certificate.send", "sent") => Deed::CertificateSent,
        ("certificate.check", "valid") => Deed::CertificateChecked,
        ("right.kept" | "right.looks" | "right.consent", _) => Deed::DataSeen,
        _ => return None,
    })
}
