//! What the menu asks of an officer: who are you, the code, the PIN, may you go on.

use jiff::civil::Date;

use super::{Full, Officer, OfficerChange, OfficerStep, Stage, held, pin, secret_key};
use crate::{
    clock::Timestamp,
    menu::catalogue::{Call, Effect, Given, Outcome, Privacy, Sends, Validator, Wrong},
    service::{
        Asking, Decision, Desk, Silence,
        audit::{Act, Deed},
        code::{self, CodeChange, CodeFacts, Held, Purpose, Tried},
        open, personal,
        record::{Change, DeskChange, Facts, Need},
    },
    vault::SubscriberKey,
};

/// The PIN that is typed, and the one that is chosen.
pub const PINS: [Validator; 2] = [
    Validator {
        name: "pin",
        read: read_pin,
        wrongs: &["pin_digits"],
        longest: "888888",
        privacy: Privacy::Personal,
    },
    Validator {
        name: "new_pin",
        read: read_new_pin,
        wrongs: &["pin_digits", "pin_easy"],
        longest: "888888",
        privacy: Privacy::Personal,
    },
];

fn read_pin(typed: &str, _: Date) -> Result<String, Wrong> {
    code::read(typed).ok_or("pin_digits")
}

fn read_new_pin(typed: &str, today: Date) -> Result<String, Wrong> {
    let pin = read_pin(typed, today)?;
    if is_easy(&pin) { Err("pin_easy") } else { Ok(pin) }
}

/// What everybody tries first: one digit, two digits or three again and again, digits in their order up or
/// down, pairs, and the same from both ends.
fn is_easy(pin: &str) -> bool {
    let digits = pin.as_bytes();
    let again = |length: usize| digits.chunks(length).all(|part| part == &digits[..length]);
    let by = |step: i16| {
        digits.windows(2).all(|two| (i16::from(two[1]) - i16::from(two[0])).rem_euclid(10) == step)
    };
    let pairs = digits.chunks(2).all(|two| two[0] == two[1]);
    let mirrored = digits.iter().eq(digits.iter().rev());
    (1..=3).any(again) || by(1) || by(9) || pairs || mirrored
}

/// The code of an enrolment: staff send it (`front::officer`).
pub const CODE_TEXT: Sends =
    Sends { call: "officer.enrol", name: "officer_code", gives: &[open("otp", "888888")] };

const MINUTES: Given = open("minutes", "1440");
const TODAY: Given = open("today", "999");
const LEFT: Given = open("left", "999");
/// In the turn in which the PIN was right its row is not written yet.
const OPENED: Given = personal("opened", "");

const LOCKED: Outcome = Outcome {
    name: "locked",
    means: "Too many codes or PINs were wrong: not before some minutes.",
    gives: &[MINUTES],
};
const WRONG: Outcome = Outcome { name: "wrong", means: "It is not that one.", gives: &[] };
const OPEN_NOW: Outcome = Outcome {
    name: "open",
    means: "The office is open; how many were registered today, and how many more may be.",
    gives: &[TODAY, LEFT, OPENED],
};
/// Outcomes of every call that only an officer whose office is open may make.
pub(super) const REFUSED: Outcome =
    Outcome { name: "refused", means: "Not an officer, or no longer.", gives: &[] };
pub(super) const PIN: Outcome =
    Outcome { name: "pin", means: "The PIN has to be typed first.", gives: &[] };
/// Outcomes of calls that want to register one more.
pub(super) const HOUR_FULL: Outcome = Outcome {
    name: "hour_full",
    means: "No more in this hour: again after some minutes.",
    gives: &[MINUTES],
};
pub(super) const DAY_FULL: Outcome =
    Outcome { name: "day_full", means: "No more today.", gives: &[] };

/// Looks who it is.
pub const LOOK: Call = Call {
    name: "officer.look",
    effect: Effect::Reads,
    needs: &[],
    outcomes: &[
        Outcome { name: "none", means: "The phone is no officer's.", gives: &[] },
        Outcome { name: "suspended", means: "Staff have suspended the officer.", gives: &[] },
        Outcome {
            name: "expired",
            means: "There is neither a code nor a PIN that holds: staff give a new code.",
            gives: &[],
        },
        Outcome { name: "invited", means: "The code is awaited, and a PIN.", gives: &[] },
        LOCKED,
        PIN,
        OPEN_NOW,
    ],
};

/// Looks at the code, before a PIN is chosen.
pub const CODE: Call = Call {
    name: "officer.code",
    effect: Effect::Changes,
    needs: &["otp"],
    outcomes: &[
        Outcome { name: "right", means: "It is the code.", gives: &[] },
        WRONG,
        LOCKED,
        REFUSED,
    ],
};

/// Takes the code, and the PIN from now on.
pub const ENROL: Call = Call {
    name: "officer.enrol",
    effect: Effect::Changes,
    needs: &["otp", "pin", "pin_again"],
    outcomes: &[
        OPEN_NOW,
        Outcome { name: "differs", means: "The two PINs are not the same.", gives: &[] },
        WRONG,
        LOCKED,
        REFUSED,
    ],
};

/// Takes the PIN.
pub const OPEN: Call = Call {
    name: "officer.open",
    effect: Effect::Changes,
    needs: &["pin"],
    outcomes: &[OPEN_NOW, WRONG, LOCKED, REFUSED],
};

/// Closes the office: the PIN is asked for from now on.
pub const CLOSE: Call = Call {
    name: "officer.close",
    effect: Effect::Changes,
    needs: &[],
    outcomes: &[Outcome { name: "closed", means: "Closed.", gives: &[] }],
};

/// Whether one more may be registered, before anything is typed.
pub const BEGIN: Call = Call {
    name: "officer.begin",
    effect: Effect::Reads,
    needs: &[],
    outcomes: &[
        Outcome { name: "go", means: "Go on.", gives: &[] },
        HOUR_FULL,
        DAY_FULL,
        PIN,
        REFUSED,
    ],
};

/// What has to be read: the officer's own row.
pub(in crate::service) fn need(desk: &Desk, asking: Asking<'_>) -> Need {
    Need { officer: Some(desk.vault.officer_key(&asking.subscriber)), ..Need::default() }
}

pub(in crate::service) fn look(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Decision {
    let Some(officer) = &facts.officer else { return Decision::of("none") };
    if officer.suspended.is_some() {
        return Decision::of("suspended");
    }
    let invited = officer.stage == Stage::Invited;
    if officer.secret.expires <= asking.now || (!invited && asking.silence == Silence::TooLong) {
        return Decision::of("expired");
    }
    if let Some(until) = officer.locked(asking.now) {
        return locked(until, asking.now);
    }
    if invited {
        return Decision::of("invited");
    }
    if officer.open_until <= asking.now {
        return Decision::of(PIN.name);
    }
    // Its row is written: what it says until when is what counts.
    tallied(desk, asking, officer).give(OPENED.name, "")
}

pub(in crate::service) fn look_at_code(
    desk: &Desk,
    asking: Asking<'_>,
    facts: &Facts,
) -> Option<Decision> {
    let typed = asking.values.text("otp")?;
    let Some(officer) = at_stage(facts, Stage::Invited) else {
        return Some(Decision::of(REFUSED.name));
    };
    let tried = tried(desk, asking, officer, Purpose::Officer, typed);
    Some(tried.map_or_else(|decision| decision, |()| Decision::of("right")))
}

pub(in crate::service) fn enrol(
    desk: &Desk,
    asking: Asking<'_>,
    facts: &Facts,
) -> Option<Decision> {
    let typed = asking.values.text("otp")?;
    let (chosen, again) = (asking.values.text("pin")?, asking.values.text("pin_again")?);
    let Some(officer) = at_stage(facts, Stage::Invited) else {
        return Some(Decision::of(REFUSED.name));
    };
    if chosen != again || read_new_pin(chosen, asking.today).is_err() {
        return Some(forget_typed(Decision::of("differs")).give("otp", typed));
    }
    Some(match tried(desk, asking, officer, Purpose::Officer, typed) {
        Ok(()) => {
            let secret = pin(&desk.vault, officer.who.key, chosen);
            let decision = opened(desk, asking, officer);
            kept(desk, asking, officer, Stage::Active, secret, decision, Deed::OfficerPinSet)
        }
        Err(decision) => decision,
    })
}

pub(in crate::service) fn open_office(
    desk: &Desk,
    asking: Asking<'_>,
    facts: &Facts,
) -> Option<Decision> {
    let typed = asking.values.text("pin")?;
    let Some(officer) = at_stage(facts, Stage::Active) else {
        return Some(Decision::of(REFUSED.name));
    };
    if asking.silence == Silence::TooLong {
        return Some(Decision::of(REFUSED.name));
    }
    Some(match tried(desk, asking, officer, Purpose::Pin, typed) {
        Ok(()) => {
            // Whoever knows it is not whoever guessed before.
            let secret = held(officer.secret.hash, officer.secret.expires, 0);
            let decision = opened(desk, asking, officer);
            kept(desk, asking, officer, Stage::Active, secret, decision, Deed::OfficerOpened)
        }
        Err(decision) => decision,
    })
}

pub(in crate::service) fn close(facts: &Facts) -> Decision {
    let decision = forget_typed(Decision::of("closed"));
    match &facts.officer {
        Some(officer) => decision
            .change(step(officer, OfficerStep::Close))
            .change(log(officer.who.key, Act::new(Deed::OfficerClosed))),
        None => decision,
    }
}

pub(in crate::service) fn begin(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Decision {
    let officer = match on_duty(asking, facts) {
        Ok(officer) => officer,
        Err(refused) => return refused,
    };
    match officer.tally.one_more(&desk.officers, asking.now, asking.today) {
        Ok(_) => Decision::of("go"),
        Err(full) => too_many(full, asking.now),
    }
}

/// The officer, if the office is open; else what is said instead.
pub(super) fn on_duty<'f>(asking: Asking<'_>, facts: &'f Facts) -> Result<&'f Officer, Decision> {
    let officer = at_stage(facts, Stage::Active).ok_or_else(|| Decision::of(REFUSED.name))?;
    if asking.silence == Silence::TooLong {
        return Err(Decision::of(REFUSED.name));
    }
    let version = officer.version.to_string();
    let just_now = asking.values.text(OPENED.name) == Some(version.as_str());
    if officer.open_until <= asking.now && !just_now {
        return Err(Decision::of(PIN.name));
    }
    Ok(officer)
}

pub(super) fn too_many(full: Full, now: Timestamp) -> Decision {
    match full {
        Full::Day => Decision::of(DAY_FULL.name),
        Full::Hour(until) => {
            Decision::of(HOUR_FULL.name).give(MINUTES.name, code::minutes(until, now).to_string())
        }
    }
}

/// A change of the officer's row.
pub(super) fn step(officer: &Officer, to: OfficerStep) -> Change {
    Change::Officer(OfficerChange { key: officer.who.key, was: officer.version, to })
}

/// A row of the log in the officer's name.
pub(super) fn log(key: SubscriberKey, act: Act) -> Change {
    Change::OnBehalf(key, Box::new(Change::Desk(DeskChange::Audit(act))))
}

/// The officer at that stage, unless they are suspended.
fn at_stage(facts: &Facts, stage: Stage) -> Option<&Officer> {
    facts.officer.as_ref().filter(|of| of.suspended.is_none() && of.stage == stage)
}

/// Whether what was typed is it; else what is said, with the try counted.
fn tried(
    desk: &Desk,
    asking: Asking<'_>,
    officer: &Officer,
    purpose: Purpose,
    typed: &str,
) -> Result<(), Decision> {
    let facts = CodeFacts { held: Some(officer.secret.clone()), ..CodeFacts::default() };
    let tried =
        secret_key(officer.who.key, purpose).take(&desk.vault, &facts, typed, true, asking.now);
    let secret = |change: Option<CodeChange>| change.and_then(|change| change.held);
    let (decision, secret, deed) = match tried {
        Tried::Right(_) => return Ok(()),
        Tried::Wrong(change) => (Decision::of(WRONG.name), secret(change), None),
        Tried::Locked(until, change) => {
            (locked(until, asking.now), secret(change), Some(Deed::OfficerLocked))
        }
    };
    let decision = forget_typed(decision);
    // Without a change it was locked before.
    let Some(secret) = secret else { return Err(decision) };
    let secret = match purpose {
        // A PIN is good again after the lock; a code dies with it, and staff give a new one.
        Purpose::Pin => Held { hash: officer.secret.hash, ..secret },
        _ if deed.is_some() => Held { expires: Timestamp::default(), ..secret },
        _ => secret,
    };
    let (stage, open_until) = (officer.stage, officer.open_until);
    let decision =
        decision.change(step(officer, OfficerStep::Secret { stage, secret, open_until }));
    Err(match deed {
        Some(deed) => decision.change(log(officer.who.key, Act::new(deed))),
        None => decision,
    })
}

fn kept(
    desk: &Desk,
    asking: Asking<'_>,
    officer: &Officer,
    stage: Stage,
    secret: Held,
    decision: Decision,
    deed: Deed,
) -> Decision {
    let open_until = asking.now.plus(desk.officers.open_for());
    forget_typed(decision)
        .change(step(officer, OfficerStep::Secret { stage, secret, open_until }))
        .change(log(officer.who.key, Act::new(deed)))
}

/// The office was opened in this very turn.
fn opened(desk: &Desk, asking: Asking<'_>, officer: &Officer) -> Decision {
    tallied(desk, asking, officer).give(OPENED.name, officer.version.to_string())
}

fn tallied(desk: &Desk, asking: Asking<'_>, officer: &Officer) -> Decision {
    let today = officer.tally.on(asking.today);
    let left = desk.officers.per_day.saturating_sub(today);
    Decision::of(OPEN_NOW.name)
        .give(TODAY.name, today.to_string())
        .give(LEFT.name, left.to_string())
}

fn locked(until: Timestamp, now: Timestamp) -> Decision {
    Decision::of(LOCKED.name).give(MINUTES.name, code::minutes(until, now).to_string())
}

/// What was typed does not stay in the conversation.
fn forget_typed(decision: Decision) -> Decision {
    ["pin", "pin_again", "otp"].into_iter().fold(decision, |decision, name| decision.give(name, ""))
}
