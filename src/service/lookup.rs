//! Budgets of look-ups by NIK: how often a phone may be wrong, and how many phones about one NIK.
//!
//! Who knows nothing but a NIK tries birth dates, names or the next serial; who made a slip types it
//! again (`domain.md` §8, enumeration). Only what failed is counted, so a family that registers
//! everybody with right data is never refused. What is refused is not matched at all: the
//! answer is the same whether or not the NIK is in the record, and it comes instead of the match.
//!
//! - A phone that failed too often is refused every NIK, and nobody else is.
//! - About a NIK on which too many phones failed a stranger may be wrong once, and is refused then. So
//!   whoever states it rightly gets through at once, whatever others did: strangers lock nobody out. The
//!   number that the record knows, and phones that have proved to know the person, may be wrong as
//!   often as about any other NIK.
//! - A phone that failed on more serials of one stem than a family has children of one day is
//!   probing: it is refused, and noticed ([`Noticed::SerialsProbed`]).
//!
//! A NIK is counted from its first failure on, and forgotten when the window has passed: nobody who
//! goes on trying is locked out for longer than that at a time.

use std::{collections::BTreeMap, time::Duration};

use serde::Deserialize;

use crate::{
    clock::Timestamp,
    identity::Nik,
    menu::catalogue::Outcome,
    service::{
        Asking, Decision, Desk, Noticed, Silence, open,
        record::{Change, Facts, Look, Tries},
    },
    vault::StemIndex,
};

/// `[lookups]` of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budgets {
    /// How long a failed look-up counts, in hours: 1 to 99.
    pub window_hours: u32,
    /// Failed look-ups after which a phone is refused.
    pub failures_per_phone: u32,
    /// Phones that failed on one NIK, after which another stranger may be wrong about it once only.
    pub phones_per_nik: u32,
    /// NIKs of one stem that a phone may fail on; one more is probing.
    pub serials_per_stem: u32,
}

impl Budgets {
    /// The longest window that a screen has room for.
    pub const LONGEST_HOURS: u32 = 99;
}

/// Outcome of every call that looks a NIK up: refused, and in how many hours to try again.
pub const TOO_OFTEN: Outcome = Outcome {
    name: "too_often",
    means: "Too many look-ups have failed; nothing was looked up.",
    gives: &[open("hours", "99")],
};

impl Desk {
    /// What has to be read to know whether this NIK may be looked up.
    pub(super) fn look(&self, asking: Asking<'_>) -> Option<Look> {
        let person = self.typed_person(asking)?;
        Some(Look { by: asking.subscriber, person, at: asking.now })
    }

    /// The answer instead of a match, if a budget is used up.
    pub(super) fn too_often(&self, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
        let free = self.free_again(asking, facts)?;
        let hours = free.since(asking.now).as_secs().div_ceil(3600);
        let hours = hours.clamp(1, Budgets::LONGEST_HOURS.into());
        Some(Decision::of(TOO_OFTEN.name).give("hours", hours.to_string()))
    }

    /// The decision, with the failure counted in it.
    pub(super) fn failed(&self, nik: &Nik, tries: &Tries, decision: Decision) -> Decision {
        // The time of the change itself is the turn's.
        let person = self.vault.nik_index(nik);
        let stem = self.vault.stem_index(nik);
        let window = self.budgets.window();
        let decision = decision.change(Change::LookUpFailed { person, stem, window });
        let known = tries.own.iter().any(|failed| failed.person == person);
        let serials = tries.own.iter().filter(|failed| failed.stem == stem).count();
        // Exactly with the first serial too many: after it the phone is refused.
        if !known && serials == self.budgets.serials_per_stem as usize {
            return decision.notice(Noticed::SerialsProbed);
        }
        decision
    }

    /// When the budgets allow this look-up again; `None` if they do now.
    fn free_again(&self, asking: Asking<'_>, facts: &Facts) -> Option<Timestamp> {
        let own = self.budgets.phone_free(&facts.tries);
        let person = self.typed_person(asking)?;
        let first = facts.tries.own.iter().all(|failed| failed.person != person);
        if first || self.is_acquainted(asking, facts) {
            return own;
        }
        own.max(self.budgets.nik_free(&facts.tries))
    }

    /// Whether the record or an earlier proof ties this phone to the person.
    pub(super) fn is_acquainted(&self, asking: Asking<'_>, facts: &Facts) -> bool {
        let proved = facts.tries.acquainted && asking.silence == Silence::Short;
        let phone = facts.person.as_ref().and_then(|person| person.phone.as_ref());
        proved || phone.is_some_and(|phone| self.vault.subscriber_key(phone) == asking.subscriber)
    }
}

impl Budgets {
    fn window(&self) -> Duration {
        Duration::from_secs(3600 * u64::from(self.window_hours))
    }

    /// When this phone may look anybody up again.
    fn phone_free(&self, tries: &Tries) -> Option<Timestamp> {
        let mut left: Vec<_> = tries.own.iter().collect();
        left.sort_unstable_by_key(|failed| failed.until);
        let mut free = None;
        for (forgotten, failed) in left.iter().enumerate() {
            if !self.is_spent(left.iter().skip(forgotten).map(|f| (f.stem, f.failures))) {
                break;
            }
            free = Some(failed.until);
        }
        free
    }

    fn is_spent(&self, failed: impl Iterator<Item = (StemIndex, u32)>) -> bool {
        let mut failures = 0u32;
        let mut serials: BTreeMap<StemIndex, u32> = BTreeMap::new();
        for (stem, times) in failed {
            failures = failures.saturating_add(times);
            *serials.entry(stem).or_default() += 1;
        }
        failures >= self.failures_per_phone
            || serials.into_values().any(|serials| serials > self.serials_per_stem)
    }

    /// When a stranger who was wrong about this NIK may look it up again.
    fn nik_free(&self, tries: &Tries) -> Option<Timestamp> {
        let mut others = tries.others.clone();
        others.sort_unstable();
        let too_many = others.len().checked_sub(self.phones_per_nik as usize)?;
        others.get(too_many).copied()
    }
}
