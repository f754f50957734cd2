//! *Ubah info diri*: a name that is to match the identity card, another phone number, a guardian.
//!
//! Every call proves anew what it is made with: NIK and birth date as typed, and a phone that the
//! record or an earlier proof ties to the person. Where the phone itself changes, codes prove it: one
//! that went to the old number, and one that went to the new.
//!
//! - A **name** is corrected at once if it is the same one with a slip, once in so many days
//!   ([`TicketRules::name_days`](super::ticket::TicketRules)), so that nobody becomes somebody else in
//!   small steps. Anything larger is a ticket: documents are needed.
//! - A **phone** whose SIM is lost is a ticket that staff cannot grant before a cooling-off, and the
//!   old number is told at once. Whether anybody matched is not told.
//! - A **guardian** is a phone that may see and act for a child or an elderly person; it agrees by the
//!   code that it was sent, and the registered number is told.
//!
//! What is changed stands in the record in the same transaction, so every channel shows it; a row of
//! the audit log holds what it was, and staff can put that back.

use std::time::Duration;

use jiff::civil::Date;

use crate::{
    clock::Timestamp,
    identity::{Msisdn, PersonName, name::Likeness},
    menu::catalogue::{Call, Effect, Given, Outcome, Privacy, Sends, Validator, Wrong},
    outbox::Class,
    service::{
        Asking, Decision, Desk, Note,
        audit::{Act, Deed},
        code::{CodeKey, Purpose},
        inquiry::{Kind, Known, Outward},
        lookup::TOO_OFTEN,
        open,
        otp::{self, LATER, LOCKED, WAIT, WRONG},
        person::{PERSON, PERSON_NAME, PROVED},
        personal,
        record::{Change, Correction, DeskChange, Facts, Person},
        registration::Typed,
        ticket::{Body, Category, MANY, OPENED, OPENED_TEXT, Wanted},
    },
    vault::{NikIndex, SubscriberKey},
};

/// A phone number of Indonesia, kept as it is dialled at home.
pub(super) const PHONE: Validator = Validator {
    name: "phone",
    read: phone,
    wrongs: &["phone_wrong"],
    longest: "0812345678901",
    privacy: Privacy::Personal,
};

fn phone(typed: &str, _: Date) -> Result<String, Wrong> {
    Msisdn::parse(typed).map(|phone| phone.national()).map_err(|_| "phone_wrong")
}

const NO: Outcome =
    Outcome { name: "no", means: "No such person, or not for this phone.", gives: &[] };
const SENT: Outcome =
    Outcome { name: "sent", means: "If all matches, a code is on its way.", gives: &[] };
const OVER: Outcome =
    Outcome { name: "over", means: "It took too long: it begins again.", gives: &[] };

/// That the old number agreed: to which new one, and until when. It lives in the conversation, which
/// nobody but us writes.
const AGREED: Given = personal("agreed", "");

/// The old number's code is worth so long.
const AGREED_FOR: Duration = Duration::from_secs(1800);

/// Before anything is changed: NIK and birth date, from a phone that is tied to the person.
pub const PROVE: Call = Call {
    name: "change.prove",
    effect: Effect::Reads,
    needs: &["nik", "birth_date"],
    outcomes: &[
        TOO_OFTEN,
        NO,
        Outcome {
            name: "known",
            means: "This phone may change something of the person.",
            gives: &[PERSON, PERSON_NAME, PROVED],
        },
        Outcome {
            name: "away",
            means: "The record does not answer just now; nothing is known of the person.",
            gives: &[],
        },
    ],
};

/// Corrects the name, or opens a ticket.
pub const NAME: Call = Call {
    name: "change.name",
    effect: Effect::Changes,
    needs: &["nik", "birth_date", "name"],
    outcomes: &[
        TOO_OFTEN,
        NO,
        Outcome { name: "same", means: "The record has just that name.", gives: &[] },
        Outcome { name: "changed", means: "The record has it from now on.", gives: &[] },
        OPENED,
        MANY,
    ],
};

/// Sends a code to the number that the record knows.
pub const ASK_OLD: Call = Call {
    name: "change.ask_old",
    effect: Effect::Reads,
    needs: &["nik", "birth_date", "phone"],
    outcomes: &[TOO_OFTEN, SENT, WAIT, LOCKED, LATER],
};

/// Takes that code.
pub const PROVE_OLD: Call = Call {
    name: "change.prove_old",
    effect: Effect::Reads,
    needs: &["nik", "birth_date", "phone", "otp"],
    outcomes: &[
        Outcome { name: "right", means: "The old number agrees.", gives: &[AGREED] },
        WRONG,
        LOCKED,
    ],
};

/// Sends a code to the new number.
pub const ASK_NEW: Call = Call {
    name: "change.ask_new",
    effect: Effect::Reads,
    needs: &["nik", "birth_date", "phone", "agreed"],
    outcomes: &[SENT, WAIT, LOCKED, LATER, OVER],
};

/// Takes that code, and changes the number.
pub const SET_PHONE: Call = Call {
    name: "change.phone",
    effect: Effect::Changes,
    needs: &["nik", "birth_date", "phone", "agreed", "otp"],
    outcomes: &[
        Outcome { name: "changed", means: "The record has the new number.", gives: &[] },
        WRONG,
        LOCKED,
        OVER,
    ],
};

/// The old SIM is lost: a ticket. The old number is told; whether anybody matched is not.
pub const LOST: Call = Call {
    name: "change.lost",
    effect: Effect::Changes,
    needs: &["nik", "birth_date", "phone"],
    outcomes: &[TOO_OFTEN, OPENED, MANY],
};

/// Sends a code to somebody who is to be a guardian.
pub const ASK_GUARDIAN: Call = Call {
    name: "change.ask_guardian",
    effect: Effect::Reads,
    needs: &["nik", "birth_date", "phone"],
    outcomes: &[
        TOO_OFTEN,
        NO,
        Outcome {
            name: "not_needed",
            means: "The person is neither a child nor elderly.",
            gives: &[],
        },
        Outcome { name: "own", means: "It is the person's registered number.", gives: &[] },
        SENT,
        WAIT,
        LOCKED,
        LATER,
    ],
};

/// Takes that code: the phone may see and act for the person.
pub const GUARDIAN: Call = Call {
    name: "change.guardian",
    effect: Effect::Changes,
    needs: &["nik", "birth_date", "phone", "otp"],
    outcomes: &[
        NO,
        Outcome { name: "added", means: "The phone is a guardian's from now on.", gives: &[] },
        WRONG,
        LOCKED,
    ],
};

const OTP: Given = open("otp", "888888");

/// Texts that these calls send.
pub(super) const OLD_CODE: Sends = Sends { call: ASK_OLD.name, name: "code_old", gives: &[OTP] };
pub(super) const NEW_CODE: Sends = Sends { call: ASK_NEW.name, name: "code_new", gives: &[OTP] };
pub(super) const GUARDIAN_CODE: Sends =
    Sends { call: ASK_GUARDIAN.name, name: "code_guardian", gives: &[OTP] };
pub(super) const NAME_CHANGED: Sends =
    Sends { call: NAME.name, name: NAME_CHANGED_TEXT, gives: &[] };
pub(super) const BIRTH_CHANGED: Sends =
    Sends { call: PROVE.name, name: BIRTH_CHANGED_TEXT, gives: &[] };
pub(super) const NAME_TICKET: Sends = Sends { call: NAME.name, ..OPENED_TEXT };
pub(super) const PHONE_LEFT: Sends =
    Sends { call: SET_PHONE.name, name: PHONE_LEFT_TEXT, gives: &[] };
pub(super) const PHONE_CAME: Sends =
    Sends { call: SET_PHONE.name, name: PHONE_CAME_TEXT, gives: &[] };
pub(super) const PHONE_LOST: Sends = Sends { call: LOST.name, name: "phone_lost", gives: &[] };
pub(super) const LOST_TICKET: Sends = Sends { call: LOST.name, ..OPENED_TEXT };
pub(super) const GUARDIAN_ADDED: Sends =
    Sends { call: GUARDIAN.name, name: "guardian_added", gives: &[] };
pub(super) const GUARDIAN_YOU: Sends =
    Sends { call: GUARDIAN.name, name: "guardian_you", gives: &[] };
/// What staff send when they put a guardian back.
pub(super) const GUARDIAN_LEFT: Sends =
    Sends { call: GUARDIAN.name, name: GUARDIAN_LEFT_TEXT, gives: &[] };

/// The name in the record was changed (`[notice.*]`).
pub const NAME_CHANGED_TEXT: &str = "name_changed";
/// Staff changed the birth date there.
pub const BIRTH_CHANGED_TEXT: &str = "birth_changed";
/// To the number that the record has no longer.
pub const PHONE_LEFT_TEXT: &str = "phone_left";
/// A guardian was taken away again.
pub const GUARDIAN_LEFT_TEXT: &str = "guardian_left";
/// To the number that the record has now.
pub const PHONE_CAME_TEXT: &str = "phone_came";

pub(super) fn prove(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    if facts.known == Known::NotYet {
        return Some(Decision::of("away").ask(Outward::Later(Kind::Prove)));
    }
    let person = match known(desk, asking, facts)? {
        Ok(person) => person,
        Err(refused) => return Some(refused),
    };
    let decision = Decision::of("known")
        .give(PERSON.name, person.index.to_hex())
        .give(PERSON_NAME.name, person.name.masked())
        .give(PROVED.name, person.index.to_hex());
    // Whoever knows the person already stays acquainted since then.
    Some(decision.change(Change::Know(person.index)))
}

/// The person who was typed, if this phone may change something of them; else what to say.
fn known<'f>(
    desk: &Desk,
    asking: Asking<'_>,
    facts: &'f Facts,
) -> Option<Result<&'f Person, Decision>> {
    let typed = Typed::of(asking)?;
    if let Some(refused) = desk.too_often(asking, facts) {
        return Some(Err(refused));
    }
    let right = |person: &&Person| !person.blocked && person.birth == typed.birth;
    let tied =
        |person: &&Person| desk.may_know(person, asking) || desk.is_acquainted(asking, facts);
    let person = facts.person.as_ref().filter(right).filter(tied);
    Some(person.ok_or_else(|| desk.failed(&typed.nik, &facts.tries, Decision::of(NO.name))))
}

pub(super) fn name(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let name = PersonName::parse(asking.values.text("name")?).ok()?;
    let person = match known(desk, asking, facts)? {
        Ok(person) => person,
        Err(refused) => return Some(refused),
    };
    if person.name == name {
        return Some(Decision::of("same"));
    }
    let small = person.name.compare(&name) != Likeness::Different;
    let apart = Duration::from_secs(86_400 * u64::from(desk.tickets.name_days));
    let lately = facts.renamed.is_some_and(|at| at.plus(apart) > asking.now);
    if !small || lately {
        let body = Body { name: Some(name.as_str().to_owned()), ..Body::of(&Typed::of(asking)?) };
        let wanted = Wanted::about(person.index, Category::Name, body);
        return Some(desk.open_ticket(asking, facts, wanted));
    }
    let correction = Correction::name(person, name);
    let decision = all(Decision::of("changed"), correction.changes(&desk.vault, None));
    Some(report(desk, asking, decision, person.phone.as_ref(), NAME_CHANGED.name))
}

/// The code to the old number, about the person: bound to the new number.
pub(super) fn old_key(desk: &Desk, asking: Asking<'_>) -> Option<CodeKey> {
    let subject = *desk.typed_person(asking)?.as_bytes();
    let (_, new) = desk.phone_typed(asking)?;
    Some(CodeKey { subject, purpose: Purpose::OldPhone(new), by: asking.subscriber })
}

/// The code to the new number, about that number: nobody has his phone flooded. Bound to the person.
pub(super) fn new_key(desk: &Desk, asking: Asking<'_>) -> Option<CodeKey> {
    let (_, new) = desk.phone_typed(asking)?;
    let purpose = Purpose::NewPhone(desk.typed_person(asking)?);
    Some(CodeKey { subject: *new.as_bytes(), purpose, by: asking.subscriber })
}

/// The code to a guardian, as that to a new number.
pub(super) fn guardian_key(desk: &Desk, asking: Asking<'_>) -> Option<CodeKey> {
    let purpose = Purpose::Guardian(desk.typed_person(asking)?);
    Some(CodeKey { purpose, ..new_key(desk, asking)? })
}

pub(super) fn ask_old(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let typed = Typed::of(asking)?;
    let key = old_key(desk, asking)?;
    if let Some(refused) = desk.too_often(asking, facts) {
        return Some(refused);
    }
    let to = otp::reachable(facts, &typed).map(|(_, phone)| phone);
    Some(otp::ask(desk, asking, facts, key, to, OLD_CODE.name))
}

pub(super) fn prove_old(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let typed = Typed::of(asking)?;
    let key = old_key(desk, asking)?;
    let whose = otp::reachable(facts, &typed);
    Some(match otp::attempt(desk, asking, facts, key, whose)? {
        Ok(((person, old), used)) => {
            let agreed = Agreed {
                person: person.index,
                old: desk.vault.subscriber_key(old),
                new: desk.phone_typed(asking)?.1,
                until: asking.now.plus(AGREED_FOR),
            };
            Decision::of("right").give(AGREED.name, agreed.to_text()).change(used)
        }
        Err(decision) => decision,
    })
}

pub(super) fn ask_new(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    if agreed(desk, asking, facts).is_none() {
        return Some(Decision::of(OVER.name));
    }
    let (phone, _) = desk.phone_typed(asking)?;
    let key = new_key(desk, asking)?;
    Some(otp::ask(desk, asking, facts, key, Some(&phone), NEW_CODE.name))
}

pub(super) fn set_phone(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let Some(person) = agreed(desk, asking, facts) else {
        return Some(Decision::of(OVER.name));
    };
    let (phone, _) = desk.phone_typed(asking)?;
    let used = match otp::attempt(desk, asking, facts, new_key(desk, asking)?, Some(()))? {
        Ok(((), used)) => used,
        Err(decision) => return Some(decision),
    };
    let correction = Correction::phone(person, Some(phone.clone()));
    let changes = correction.changes(&desk.vault, None);
    let mut decision = all(Decision::of("changed").change(used), changes);
    if let Some(old) = person.phone.as_ref().filter(|old| **old != phone) {
        decision = decision.note(Note::to(PHONE_LEFT.name, Class::Reply, old.clone()));
    }
    Some(decision.note(Note::to(PHONE_CAME.name, Class::Reply, phone)))
}

pub(super) fn lost(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let typed = Typed::of(asking)?;
    let (phone, _) = desk.phone_typed(asking)?;
    if let Some(refused) = desk.too_often(asking, facts) {
        return Some(refused);
    }
    let person = desk.typed_person(asking)?;
    let body = Body { phone: Some(phone.as_str().to_owned()), ..Body::of(&typed) };
    let wanted = Wanted::about(person, Category::Phone, body);
    let decision = desk.open_ticket(asking, facts, wanted);
    // Nothing is opened twice, and nobody told twice.
    if decision.changes.is_empty() {
        return Some(decision);
    }
    Some(match otp::reachable(facts, &typed) {
        Some((_, old)) => decision.note(Note::to(PHONE_LOST.name, Class::Reply, old.clone())),
        None => desk.failed(&typed.nik, &facts.tries, decision),
    })
}

pub(super) fn ask_guardian(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let (phone, _) = desk.phone_typed(asking)?;
    let person = match known(desk, asking, facts)? {
        Ok(person) => person,
        Err(refused) => return Some(refused),
    };
    if !needs_guardian(person.birth, asking.today) {
        return Some(Decision::of("not_needed"));
    }
    if person.phone.as_ref() == Some(&phone) {
        return Some(Decision::of("own"));
    }
    let key = guardian_key(desk, asking)?;
    Some(otp::ask(desk, asking, facts, key, Some(&phone), GUARDIAN_CODE.name))
}

pub(super) fn guardian(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let (phone, key) = desk.phone_typed(asking)?;
    let person = match known(desk, asking, facts)? {
        Ok(person) if needs_guardian(person.birth, asking.today) => person,
        // A budget that is used up between the two calls says no more than that.
        Ok(_) | Err(_) => return Some(Decision::of(NO.name)),
    };
    let used = match otp::attempt(desk, asking, facts, guardian_key(desk, asking)?, Some(()))? {
        Ok(((), used)) => used,
        Err(decision) => return Some(decision),
    };
    let act = Act::new(Deed::GuardianAdded).about(Some(person.index));
    let act = act.from_to("", phone.as_str());
    let changes = vec![DeskChange::Acquaint(key, person.index), DeskChange::Audit(act)];
    let decision = all(Decision::of("added").change(used), changes);
    let decision = report(desk, asking, decision, person.phone.as_ref(), GUARDIAN_ADDED.name);
    Some(decision.note(Note::to(GUARDIAN_YOU.name, Class::Reply, phone)))
}

/// Children, and people of sixty and more, the groups that the programme has of both.
fn needs_guardian(birth: Date, today: Date) -> bool {
    let Ok(age) = birth.until((jiff::Unit::Year, today)) else { return false };
    !(18..60).contains(&age.get_years())
}

fn all(mut decision: Decision, changes: Vec<DeskChange>) -> Decision {
    decision.changes.extend(changes.into_iter().map(Change::Desk));
    decision
}

/// Tells the registered number what was changed, and the caller, who may have another.
fn report(
    desk: &Desk,
    asking: Asking<'_>,
    decision: Decision,
    registered: Option<&Msisdn>,
    text: &'static str,
) -> Decision {
    let decision = decision.note(Note::to_caller(text));
    match registered {
        Some(phone) if desk.vault.subscriber_key(phone) != asking.subscriber => {
            decision.note(Note::to(text, Class::Reply, phone.clone()))
        }
        _ => decision,
    }
}

/// What an old number agreed to.
struct Agreed {
    person: NikIndex,
    old: SubscriberKey,
    new: SubscriberKey,
    until: Timestamp,
}

impl Agreed {
    fn to_text(&self) -> String {
        let (person, old, new) = (self.person.to_hex(), self.old.to_hex(), self.new.to_hex());
        format!("{person} {old} {new} {}", self.until.millis())
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(' ');
        Some(Self {
            person: NikIndex::from_hex(parts.next()?).ok()?,
            old: SubscriberKey::from_hex(parts.next()?).ok()?,
            new: SubscriberKey::from_hex(parts.next()?).ok()?,
            until: Timestamp::from_millis(parts.next()?.parse().ok()?),
        })
    }
}

/// The person whose old number agreed to the new one that was typed, while the record still has it.
fn agreed<'f>(desk: &Desk, asking: Asking<'_>, facts: &'f Facts) -> Option<&'f Person> {
    let typed = Typed::of(asking)?;
    let agreed = Agreed::parse(asking.values.text(AGREED.name)?)?;
    let (person, old) = otp::reachable(facts, &typed)?;
    let same = agreed.person == person.index
        && agreed.new == desk.phone_typed(asking)?.1
        && agreed.old == desk.vault.subscriber_key(old);
    (same && agreed.until > asking.now).then_some(person)
}

impl Desk {
    /// The number that was typed, and the phone's key.
    fn phone_typed(&self, asking: Asking<'_>) -> Option<(Msisdn, SubscriberKey)> {
        let phone = Msisdn::parse(asking.values.text("phone")?).ok()?;
        let key = self.vault.subscriber_key(&phone);
        Some((phone, key))
    }
}
