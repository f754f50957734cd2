//! Acting on somebody's record from another phone than the one it is registered with: a one-time code
//! goes by SMS to the registered number ([`code`]) and is typed on the phone that asked.
//!
//! Whether there is such a person, and whether anything was sent, is not told: what does not match is
//! counted, limited and answered like what does.

use crate::{
    clock::Timestamp,
    identity::Msisdn,
    menu::catalogue::{Call, Effect, Outcome, Privacy, Sends, Validator, Wrong},
    outbox::Class,
    service::{
        Asking, Decision, Desk, Note,
        code::{self, CodeKey, Purpose, Sending, Tried},
        lookup::TOO_OFTEN,
        open,
        person::{PERSON, PERSON_NAME, PROVED},
        record::{Change, Facts, Person},
        registration::Typed,
    },
};

/// A code of six digits.
pub(super) const CODE: Validator = Validator {
    name: "otp",
    read,
    wrongs: &["otp_digits"],
    longest: "888888",
    privacy: Privacy::Personal,
};

/// Outcomes of every call that sends a code.
pub(super) const WAIT: Outcome = Outcome {
    name: "wait",
    means: "A code was asked for a moment ago, or often enough: not before some minutes.",
    gives: &[open("minutes", "1440")],
};
pub(super) const LOCKED: Outcome = Outcome {
    name: "locked",
    means: "Too many codes were wrong: not before some minutes.",
    gives: &[open("minutes", "1440")],
};
pub(super) const LATER: Outcome =
    Outcome { name: "later", means: "Too many codes were sent in all.", gives: &[] };
/// Outcome of every call that takes one.
pub(super) const WRONG: Outcome = Outcome {
    name: "wrong",
    means: "It is not the code, or too old, or none was sent.",
    gives: &[],
};

/// Sends a code to the number that the record knows, if NIK and birth date match. Whether they do is
/// not told.
pub const SEND: Call = Call {
    name: "otp.send",
    effect: Effect::Reads,
    needs: &["nik", "birth_date"],
    outcomes: &[
        TOO_OFTEN,
        Outcome {
            name: "sent",
            means: "If NIK and birth date match, a code is on its way to the registered number.",
            gives: &[],
        },
        WAIT,
        LOCKED,
        LATER,
    ],
};

/// Takes the code that was typed.
pub const VERIFY: Call = Call {
    name: "otp.verify",
    effect: Effect::Reads,
    needs: &["nik", "birth_date", "otp"],
    outcomes: &[
        Outcome {
            name: "known",
            means: "It is the code: this phone may see the person from now on.",
            gives: &[PERSON, PERSON_NAME, PROVED],
        },
        WRONG,
        LOCKED,
    ],
};

/// The text that carries the code.
pub(super) const CODE_TEXT: Sends =
    Sends { call: "otp.send", name: "code", gives: &[open("otp", "888888")] };

fn read(typed: &str, _: jiff::civil::Date) -> Result<String, Wrong> {
    code::read(typed).ok_or("otp_digits")
}

/// The code that a call is about.
pub(super) fn key(desk: &Desk, asking: Asking<'_>) -> Option<CodeKey> {
    let subject = *desk.typed_person(asking)?.as_bytes();
    Some(CodeKey { subject, purpose: Purpose::Record, by: asking.subscriber })
}

pub(super) fn send(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let typed = Typed::of(asking)?;
    let key = key(desk, asking)?;
    if let Some(refused) = desk.too_often(asking, facts) {
        return Some(refused);
    }
    let phone = reachable(facts, &typed).map(|(_, phone)| phone);
    Some(ask(desk, asking, facts, key, phone, CODE_TEXT.name))
}

pub(super) fn verify(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let typed = Typed::of(asking)?;
    let key = key(desk, asking)?;
    let person = reachable(facts, &typed).map(|(person, _)| person);
    Some(match attempt(desk, asking, facts, key, person)? {
        Ok((person, used)) => Decision::of("known")
            .give(PERSON.name, person.index.to_hex())
            .give(PERSON_NAME.name, person.name.masked())
            .give(PROVED.name, person.index.to_hex())
            .change(used)
            .change(Change::Know(person.index)),
        Err(decision) => decision,
    })
}

/// Sends a code, or does as if: `sent`, `wait`, `locked`, `later`.
pub(super) fn ask(
    desk: &Desk,
    asking: Asking<'_>,
    facts: &Facts,
    key: CodeKey,
    to: Option<&Msisdn>,
    text: &'static str,
) -> Decision {
    let now = asking.now;
    let sending = key.send(&desk.vault, &desk.codes, &facts.code, to.is_some(), asking.random, now);
    match sending {
        Sending::Locked(until) => in_minutes(LOCKED.name, until, now),
        Sending::Wait(until) => in_minutes(WAIT.name, until, now),
        Sending::Later => Decision::of(LATER.name),
        Sending::Sent { code, change } => {
            let decision = Decision::of("sent").change(Change::Code(change));
            match to.zip(code) {
                Some((phone, code)) => {
                    decision.note(Note::to(text, Class::Code, phone.clone()).give("otp", code))
                }
                None => decision,
            }
        }
    }
}

/// Takes the code that was typed: the change uses it up. Else `wrong` or `locked`, also where there is
/// nobody any more whom it was sent to (`whose`).
pub(super) fn attempt<T>(
    desk: &Desk,
    asking: Asking<'_>,
    facts: &Facts,
    key: CodeKey,
    whose: Option<T>,
) -> Option<Result<(T, Change), Decision>> {
    let code = asking.values.text("otp")?;
    let tried = key.take(&desk.vault, &facts.code, code, whose.is_some(), asking.now);
    let (decision, change) = match (tried, whose) {
        (Tried::Right(change), Some(whose)) => return Some(Ok((whose, Change::Code(change)))),
        (Tried::Right(change), None) => (Decision::of(WRONG.name), Some(change)),
        (Tried::Wrong(change), _) => (Decision::of(WRONG.name), change),
        (Tried::Locked(until, change), _) => (in_minutes(LOCKED.name, until, asking.now), change),
    };
    Some(Err(match change {
        Some(change) => decision.change(Change::Code(change)),
        None => decision,
    }))
}

/// The person who matches, and the phone that the record knows.
pub(super) fn reachable<'f>(facts: &'f Facts, typed: &Typed) -> Option<(&'f Person, &'f Msisdn)> {
    let person = facts.person.as_ref()?;
    let matches = !person.blocked && person.birth == typed.birth;
    Some((person, person.phone.as_ref().filter(|_| matches)?))
}

fn in_minutes(outcome: &'static str, until: Timestamp, now: Timestamp) -> Decision {
    Decision::of(outcome).give("minutes", code::minutes(until, now).to_string())
}
