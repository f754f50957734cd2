//! A registration in somebody else's name: [`registration`](crate::service::registration) decides, as for
//! everybody; here it is said who asks, what is counted, and what is logged.
//!
//! It is stored under a key of its own ([`crate::vault::Vault::assisted_key`]), so that it is on nobody's
//! phone, and the same officer who registers the same person twice finds the first one. Look-ups that fail
//! count for the officer. Consent was given by word of mouth: it is kept with the registration, under the
//! person it is of, and the log says who heard it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    OfficerStep,
    call::{DAY_FULL, HOUR_FULL, PIN, REFUSED, log, need, on_duty, step, too_many},
};
use crate::{
    identity::Msisdn,
    menu::catalogue::{Call, Effect, Outcome, Sends},
    outbox::Class,
    service::{
        Asking, Decision, Desk, Note, To,
        audit::{Act, Deed},
        inquiry::{ALREADY, LATER, UNMATCHED, VALID},
        lookup::TOO_OFTEN,
        record::{Change, Facts, Look, Need},
        registration::{self, NUMBER},
        ticket,
    },
    vault::{NikIndex, SubscriberKey},
};

/// For whom an officer asks: under which key it is stored, and who is told when there is news.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Behalf {
    /// The key of the registration.
    pub key: SubscriberKey,
    /// The household's number in international form; else the officer is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tell: Option<String>,
}

/// A number is not for logs.
impl fmt::Debug for Behalf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Behalf").field("key", &self.key).finish_non_exhaustive()
    }
}

impl Behalf {
    /// The household's number, if there is one.
    pub fn tell(&self) -> Option<Msisdn> {
        self.tell.as_deref().and_then(|number| Msisdn::parse_any(number).ok())
    }

    /// What a change of a phone is for a registration that is on none: nobody gets to know anybody, and the
    /// rest is stored under its key.
    pub fn change(&self, change: Change) -> Option<Change> {
        match change {
            Change::Know(_) | Change::Forget(_) => None,
            Change::Answered(..) | Change::Inquire(_) | Change::OnBehalf(..) => Some(change),
            change => Some(Change::OnBehalf(self.key, Box::new(change))),
        }
    }
}

/// Matches as [`registration::MATCH`], for an officer. It is a change, because it is logged.
pub const MATCH: Call = Call {
    name: "officer.match",
    effect: Effect::Changes,
    needs: &["nik", "name", "birth_date", "consent"],
    outcomes: &[
        registration::MATCH.outcomes[0],
        registration::MATCH.outcomes[1],
        registration::MATCH.outcomes[2],
        registration::MATCH.outcomes[3],
        registration::MATCH.outcomes[4],
        registration::MATCH.outcomes[5],
        Outcome {
            name: "already_here",
            means: "This officer has registered the person.",
            gives: &[NUMBER],
        },
        registration::MATCH.outcomes[7],
        PIN,
        REFUSED,
    ],
};

/// Registers as [`registration::SUBMIT`], for an officer; `household` is a phone number, or no number.
pub const SUBMIT: Call = Call {
    name: "officer.submit",
    effect: Effect::Changes,
    needs: &["nik", "name", "birth_date", "regency", "screening", "consent", "household"],
    outcomes: &[
        registration::SUBMIT.outcomes[0],
        registration::SUBMIT.outcomes[1],
        registration::SUBMIT.outcomes[2],
        registration::SUBMIT.outcomes[3],
        HOUR_FULL,
        DAY_FULL,
        PIN,
        REFUSED,
    ],
};

/// What the household is told.
pub const REGISTERED_TEXT: Sends = Sends { call: SUBMIT.name, ..registration::REGISTERED_TEXT };
/// As [`REGISTERED_TEXT`], where it has to be checked.
pub const WAITING_TEXT: Sends = Sends { call: SUBMIT.name, ..registration::WAITING_TEXT };
/// As [`REGISTERED_TEXT`], where the record has to answer first.
pub const PENDING_TEXT: Sends = Sends { call: SUBMIT.name, ..registration::PENDING_TEXT };
/// What an outside record said later.
pub const VALID_TEXT: Sends = Sends { call: SUBMIT.name, ..VALID };
/// See [`VALID_TEXT`].
pub const UNMATCHED_TEXT: Sends = Sends { call: SUBMIT.name, ..UNMATCHED };
/// See [`VALID_TEXT`].
pub const ALREADY_TEXT: Sends = Sends { call: SUBMIT.name, ..ALREADY };
/// See [`VALID_TEXT`].
pub const LATER_TEXT: Sends = Sends { call: SUBMIT.name, ..LATER };
/// Staff ended it.
pub const ENDED_TEXT: Sends = Sends { call: SUBMIT.name, ..ticket::REFUSED };

/// The officer's row, and what a registration under its own key has to know.
pub(in crate::service) fn need_person(desk: &Desk, asking: Asking<'_>) -> Need {
    let Need { officer, .. } = need(desk, asking);
    let Some((key, person)) = officer.zip(desk.typed_person(asking)) else {
        return Need { officer, ..Need::default() };
    };
    Need {
        officer,
        person: Some(person),
        people: Some(desk.vault.assisted_key(&key, &person)),
        tickets: Some(desk.vault.assisted_key(&key, &person)),
        tries: Some(Look { by: key, person, at: asking.now }),
        ..Need::default()
    }
}

pub(in crate::service) fn matching(
    desk: &Desk,
    asking: Asking<'_>,
    facts: &Facts,
) -> Option<Decision> {
    let person = desk.typed_person(asking)?;
    let key = match on_duty(asking, facts) {
        Ok(officer) => officer.who.key,
        Err(refused) => return Some(refused),
    };
    let (asking, behalf) = in_name_of(desk, asking, key, person);
    let decision = registration::matching(desk, asking, facts)?;
    if decision.outcome == TOO_OFTEN.name {
        // Nothing was seen, and whoever tries on and on stands in the log.
        let refused = Act::new(Deed::AssistedRefused).about(Some(person));
        return Some(decision.change(log(key, refused)));
    }
    let decision = stored(decision, key, &behalf);
    let looked = Act::new(Deed::AssistedLooked).about(Some(person));
    Some(decision.change(log(key, looked)))
}

pub(in crate::service) fn submit(
    desk: &Desk,
    asking: Asking<'_>,
    facts: &Facts,
) -> Option<Decision> {
    let person = desk.typed_person(asking)?;
    let household = Msisdn::parse(asking.values.text("household")?).ok();
    let version = asking.values.text("consent")?.to_owned();
    let own = |phone: &Msisdn| desk.vault.subscriber_key(phone) == asking.subscriber;
    let household = household.filter(|phone| !own(phone));
    let key = desk.vault.officer_key(&asking.subscriber);
    let (assisted, behalf) = in_name_of(desk, asking, key, person);
    let behalf =
        Behalf { tell: household.as_ref().map(|phone| phone.as_str().to_owned()), ..behalf };
    if facts.wrote.is_some() {
        // It was counted and logged when it was sent to the outside record.
        let decision = registration::submit(desk, assisted, facts)?;
        return Some(told(stored(decision, key, &behalf), household.as_ref()));
    }
    let officer = match on_duty(asking, facts) {
        Ok(officer) => officer,
        Err(refused) => return Some(refused),
    };
    let tally = match officer.tally.one_more(&desk.officers, asking.now, asking.today) {
        Ok(tally) => tally,
        Err(full) => return Some(too_many(full, asking.now)),
    };
    let decision = registration::submit(desk, assisted, facts)?;
    let number = decision.given.text(NUMBER.name).map(str::to_owned);
    let mut decision = stored(decision, key, &behalf);
    let act = match number {
        Some(number) => {
            let heard = Change::ConsentHeard { version, person };
            decision = decision
                .change(step(officer, OfficerStep::Count(tally)))
                .change(Change::OnBehalf(behalf.key, Box::new(heard)));
            Act::new(Deed::AssistedRegistered).from_to("", &number)
        }
        None => Act::new(Deed::AssistedLooked),
    };
    let mut decision = told(decision, household.as_ref()).change(log(key, act.about(Some(person))));
    decision.behalf = Some(Box::new(behalf));
    Some(decision)
}

/// The same question under the key of the registration.
fn in_name_of<'a>(
    desk: &Desk,
    asking: Asking<'a>,
    officer: SubscriberKey,
    person: NikIndex,
) -> (Asking<'a>, Behalf) {
    let key = desk.vault.assisted_key(&officer, &person);
    (Asking { subscriber: key, ..asking }, Behalf { key, tell: None })
}

/// What the decision changes: a failed look-up is the officer's, everything else the registration's.
fn stored(decision: Decision, officer: SubscriberKey, behalf: &Behalf) -> Decision {
    let changes = decision.changes.into_iter().filter_map(|change| match change {
        failed @ Change::LookUpFailed { .. } => Some(Change::OnBehalf(officer, Box::new(failed))),
        change => behalf.change(change),
    });
    Decision { changes: changes.collect(), ..decision }
}

/// What would have been told to the phone that asks goes to the household, if it has a number.
fn told(decision: Decision, household: Option<&Msisdn>) -> Decision {
    let notes = decision.notes.into_iter().filter_map(|note| {
        let to = To::Phone(household?.clone());
        Some(Note { to, class: Class::Reply, ..note })
    });
    Decision { notes: notes.collect(), ..decision }
}
