//! Consent that is taken back beside the proof of a person: what the phone itself agreed to, which needs
//! nobody's NIK, and what an officer heard somebody agree to, which is that person's.

use super::{ENDED, GIVEN, NEVER, Parting, REPORTED, RightFacts, RightNeed, TAKEN_BACK, TOLD_FOR};
use crate::{
    menu::catalogue::{Call, Effect, Outcome, Sends},
    outbox::Class,
    service::{
        Asking, Decision, Desk, Note, Silence,
        record::{Change, DeskChange, Facts, Need},
        ticket,
    },
};

/// As [`super::CONSENT`], of the phone alone. Nobody has to be proved: whose data does not match the record
/// agreed to something all the same.
pub const PHONE: Call = Call {
    name: "right.phone_consent",
    effect: Effect::Reads,
    needs: &[],
    outcomes: &[NEVER, GIVEN, TAKEN_BACK],
};

/// As [`super::WITHDRAW`], for whoever has the phone.
pub const WITHDRAW_PHONE: Call = Call {
    name: "right.phone_withdraw",
    effect: Effect::Changes,
    needs: &[],
    outcomes: &[ENDED, REPORTED],
};

/// Takes back what an officer heard the person agree to.
pub const WITHDRAW_HEARD: Call = Call {
    name: "right.withdraw_heard",
    effect: Effect::Changes,
    needs: &["person"],
    outcomes: &[ENDED, REPORTED],
};

/// As [`super::WITHDRAWN_TEXT`], where it is taken back for the phone.
pub(in crate::service) const PHONE_TEXT: Sends =
    Sends { call: WITHDRAW_PHONE.name, ..super::WITHDRAWN_TEXT };
/// To the registered number: what an officer heard holds no longer.
pub(in crate::service) const HEARD_TEXT: Sends =
    Sends { call: WITHDRAW_HEARD.name, name: "heard_withdrawn", gives: &[] };

/// Whether what the phone agreed to has ended with the silence of its number. Whoever comes back is asked again
/// before anything that was agreed to goes on; whoever never agreed to anything, or took it back, has nothing
/// that could go on.
pub const LOOK: Call = Call {
    name: "consent.look",
    effect: Effect::Reads,
    needs: &[],
    outcomes: &[
        Outcome { name: "stands", means: "Nothing has to be asked.", gives: &[] },
        Outcome {
            name: "over",
            means: "It ended because the number was silent too long, and nobody has agreed since.",
            gives: &[],
        },
    ],
};

/// What the phone's own consent rests on, whoever was picked before.
pub(in crate::service) fn need(asking: Asking<'_>) -> Need {
    let since = asking.now.minus(TOLD_FOR);
    Need {
        rights: Some(RightNeed { person: None, by: asking.subscriber, since }),
        tickets: Some(asking.subscriber),
        ..Need::default()
    }
}

pub(in crate::service) fn phone(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Decision {
    // What a number agreed to that was silent too long was agreed to by somebody else.
    if asking.silence == Silence::TooLong {
        return Decision::of(NEVER.name);
    }
    super::of_phone(desk, facts)
}

pub(in crate::service) fn withdraw_phone(
    desk: &Desk,
    asking: Asking<'_>,
    facts: &Facts,
) -> Decision {
    let RightFacts { consents, registered, booked, .. } = &facts.rights;
    let agreed = consents.iter().any(|of| of.withdrawn.is_none());
    // Whoever agreed to nothing has nothing to take back.
    if !agreed && registered.is_empty() && booked.is_empty() {
        return Decision::of(ENDED.name);
    }
    super::ended(desk, asking, facts, None).note(Note::to_caller(PHONE_TEXT.name))
}

pub(in crate::service) fn withdraw_heard(
    desk: &Desk,
    asking: Asking<'_>,
    facts: &Facts,
) -> Option<Decision> {
    let person = super::proved(asking, facts)?;
    let note = match &person.phone {
        Some(phone) => Note::to(HEARD_TEXT.name, Class::Reply, phone.clone()),
        None => Note::to_caller(HEARD_TEXT.name),
    };
    let heard = Change::Desk(DeskChange::WithdrawHeard(person.index));
    let decision = super::reported(desk, asking, facts, &facts.rights.assisted);
    let checks = facts.rights.checks.iter().flat_map(ticket::close).map(Change::Desk);
    let decision = checks.fold(decision, Decision::change);
    Some(decision.change(heard).change(super::withdrawn(Some(person.index))).note(note))
}

pub(in crate::service) fn look(asking: Asking<'_>, facts: &Facts) -> Decision {
    Decision::of(if is_over(asking, facts) { "over" } else { "stands" })
}

/// Whether it has to be asked for again.
pub(in crate::service) fn is_over(asking: Asking<'_>, facts: &Facts) -> bool {
    match &facts.consent {
        Some(latest) if latest.parted == Some(Parting::Silent) => true,
        // It is ended by this very turn.
        Some(latest) => latest.withdrawn.is_none() && asking.silence == Silence::TooLong,
        None => false,
    }
}
