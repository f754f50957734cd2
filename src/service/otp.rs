//! One-time codes: acting on somebody's record from another phone than the one it is registered with.
//!
//! The code goes by SMS to the registered number (`domain.md` §8) and is typed on the phone that asked.
//! It is bound to the purpose, the person and the phone that asked; only a keyed digest of it is
//! stored. Whether there is such a person, and whether anything was sent, is not told: what does not
//! match is counted, limited and answered like what does.
//!
//! - A code is good for five minutes and once. A new one kills the old, and does not forget the wrong
//!   tries: after three a lock of fifteen minutes follows, and a day after the next three.
//! - Tries and locks belong to the person *and* the phone that asks, so relatives on one phone, and
//!   strangers, lock nobody else out.
//! - To one person's number go three codes an hour and five a day, whoever asks, a minute apart; and in
//!   all as many an hour as the configuration says (SMS pumping).

use std::time::Duration;

use serde::Deserialize;

use crate::{
    clock::Timestamp,
    identity::Msisdn,
    menu::catalogue::{Call, Effect, Outcome, Privacy, Sends, Validator, Wrong},
    outbox::Class,
    service::{
        Asking, Decision, Desk, Note,
        lookup::TOO_OFTEN,
        open,
        person::{PERSON, PERSON_NAME, PROVED},
        record::{Change, Facts, Person},
        registration::Typed,
    },
    vault::{NikIndex, SubscriberKey},
};

/// `[codes]` of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeRules {
    /// Codes sent in one hour, to anybody.
    pub per_hour: u32,
}

/// What a code is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// To see and act on a person's record from another phone.
    Record,
}

impl Purpose {
    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Record => "record",
        }
    }
}

/// Which code: whose record, what for, and who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CodeKey {
    /// The person.
    pub person: NikIndex,
    /// What for.
    pub purpose: Purpose,
    /// The phone that asks.
    pub by: SubscriberKey,
}

/// What is known of a code, and of how many went to its number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CodeFacts {
    /// The code that was asked for last.
    pub held: Option<Held>,
    /// When codes about this person were asked for in the last day.
    pub asked: Vec<Earlier>,
    /// Codes that were sent in the last hour, to anybody.
    pub sent_to_all: u32,
}

/// A code, or what stands for one that was never sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Digest of the code.
    pub hash: [u8; 16],
    /// Of no use later.
    pub expires: Timestamp,
    /// Wrong tries since the last lock.
    pub tries: u32,
    /// How often it was locked.
    pub locks: u32,
    /// Until when it is.
    pub locked_until: Timestamp,
}

/// Somebody asked for a code about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earlier {
    /// When.
    pub at: Timestamp,
    /// Whether it was this phone.
    pub mine: bool,
    /// Whether one was sent.
    pub sent: bool,
}

/// What changes about a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeChange {
    /// Which code.
    pub key: CodeKey,
    /// What it is from now on; `None` once it was used.
    pub held: Option<Held>,
    /// Whether it was asked for in this turn, and then whether one was sent.
    pub asked: Option<Asked>,
    /// When its tries and locks are forgotten.
    pub keep_until: Timestamp,
}

/// What came of asking for a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// One was sent.
    Sent,
    /// There was nobody to send it to; nobody learns that.
    Nobody,
}

/// A code is good for so long.
const GOOD_FOR: Duration = Duration::from_secs(300);
/// Wrong tries before a lock.
const TRIES: u32 = 3;
/// The first lock, and every later one.
const LOCKS: [Duration; 2] = [Duration::from_secs(900), DAY];
/// Between two codes.
const APART: Duration = Duration::from_secs(60);
/// Codes to one person's number in an hour, and in a day.
const PER_HOUR: usize = 3;
const PER_DAY: usize = 5;
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

/// A code of six digits.
pub(super) const CODE: Validator = Validator {
    name: "otp",
    read: code,
    wrongs: &["otp_digits"],
    longest: "888888",
    privacy: Privacy::Personal,
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
        Outcome {
            name: "wait",
            means: "A code was asked for a moment ago, or often enough: not before some minutes.",
            gives: &[open("minutes", "1440")],
        },
        Outcome {
            name: "locked",
            means: "Too many codes were wrong: not before some minutes.",
            gives: &[open("minutes", "1440")],
        },
        Outcome { name: "later", means: "Too many codes were sent in all.", gives: &[] },
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
        Outcome {
            name: "wrong",
            means: "It is not the code, or too old, or none was sent.",
            gives: &[],
        },
        Outcome {
            name: "locked",
            means: "Too many codes were wrong: not before some minutes.",
            gives: &[open("minutes", "1440")],
        },
    ],
};

/// The text that carries the code.
pub(super) const CODE_TEXT: Sends =
    Sends { call: "otp.send", name: "code", gives: &[open("otp", "888888")] };

fn code(typed: &str, _: jiff::civil::Date) -> Result<String, Wrong> {
    let digits: String = typed.chars().filter(|c| !matches!(c, ' ' | '-' | '.')).collect();
    let good = digits.len() == 6 && digits.bytes().all(|octet| octet.is_ascii_digit());
    good.then_some(digits).ok_or("otp_digits")
}

/// The code that a call is about.
pub(super) fn key(desk: &Desk, asking: Asking<'_>) -> Option<CodeKey> {
    let person = desk.typed_person(asking)?;
    Some(CodeKey { person, purpose: Purpose::Record, by: asking.subscriber })
}

pub(super) fn send(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let typed = Typed::of(asking)?;
    let key = key(desk, asking)?;
    if let Some(refused) = desk.too_often(asking, facts) {
        return Some(refused);
    }
    let now = asking.now;
    let held = facts.code.held.as_ref();
    if let Some(until) = held.map(|held| held.locked_until).filter(|until| *until > now) {
        return Some(in_minutes("locked", until, now));
    }
    let person = reachable(facts, &typed);
    if let Some(until) = facts.code.free_again(|asked| asked.mine, now) {
        return Some(in_minutes("wait", until, now));
    }
    // To whoever asks it looks as if nobody matched: that others were sent a code tells who matches.
    let sent_enough = facts.code.free_again(|asked| asked.sent, now).is_some();
    let person = person.filter(|_| !sent_enough);
    if facts.code.sent_to_all >= desk.codes.per_hour {
        return Some(Decision::of("later"));
    }
    let code = desk.code(&key, asking.random);
    let fresh = Held {
        // Nothing that can be typed has this digest.
        hash: person.map_or([0; 16], |_| desk.code_hash(&key, &code)),
        expires: now.plus(GOOD_FOR),
        tries: held.map_or(0, |held| held.tries),
        locks: held.map_or(0, |held| held.locks),
        locked_until: held.map_or(Timestamp::default(), |held| held.locked_until),
    };
    let asked = if person.is_some() { Asked::Sent } else { Asked::Nobody };
    let change =
        CodeChange { key, held: Some(fresh), asked: Some(asked), keep_until: now.plus(DAY) };
    let decision = Decision::of("sent").change(Change::Code(change));
    Some(match person {
        Some((_, phone)) => {
            let note = Note::to(CODE_TEXT.name, Class::Code, phone.clone());
            decision.note(note.give("otp", code))
        }
        None => decision,
    })
}

pub(super) fn verify(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let typed = Typed::of(asking)?;
    let key = key(desk, asking)?;
    let code = asking.values.text("otp")?;
    let now = asking.now;
    let keep_until = now.plus(DAY);
    let Some(held) = facts.code.held.clone() else { return Some(Decision::of("wrong")) };
    if held.locked_until > now {
        return Some(in_minutes("locked", held.locked_until, now));
    }
    let right = held.expires > now && same(held.hash, desk.code_hash(&key, code));
    if let (true, Some((person, _))) = (right, reachable(facts, &typed)) {
        let used = CodeChange { key, held: None, asked: None, keep_until };
        return Some(
            Decision::of("known")
                .give(PERSON.name, person.index.to_hex())
                .give(PERSON_NAME.name, person.name.masked())
                .give(PROVED.name, person.index.to_hex())
                .change(Change::Code(used))
                .change(Change::Know(person.index)),
        );
    }
    let tries = held.tries + 1;
    let (held, decision) = if tries < TRIES {
        (Held { tries, ..held }, Decision::of("wrong"))
    } else {
        let lock = LOCKS[usize::try_from(held.locks).unwrap_or(LOCKS.len()).min(LOCKS.len() - 1)];
        let locked_until = now.plus(lock);
        let locks = held.locks + 1;
        // The code is dead as well.
        let held = Held { hash: [0; 16], tries: 0, locks, locked_until, ..held };
        (held, in_minutes("locked", locked_until, now))
    };
    let change = CodeChange { key, held: Some(held), asked: None, keep_until: now.plus(2 * DAY) };
    Some(decision.change(Change::Code(change)))
}

/// The person who matches, and the phone that the record knows.
fn reachable<'f>(facts: &'f Facts, typed: &Typed) -> Option<(&'f Person, &'f Msisdn)> {
    let person = facts.person.as_ref()?;
    let matches = !person.blocked && person.birth == typed.birth;
    Some((person, person.phone.as_ref().filter(|_| matches)?))
}

fn in_minutes(outcome: &'static str, until: Timestamp, now: Timestamp) -> Decision {
    let minutes = until.since(now).as_secs().div_ceil(60).clamp(1, 1440);
    Decision::of(outcome).give("minutes", minutes.to_string())
}

/// Compares in constant time: how much of a digest is right is not told by the clock.
fn same(one: [u8; 16], other: [u8; 16]) -> bool {
    subtle::ConstantTimeEq::ct_eq(&one[..], &other[..]).into()
}

impl CodeFacts {
    /// When the next code may be asked for, as far as these count; `None` is now.
    fn free_again(&self, counts: fn(&Earlier) -> bool, now: Timestamp) -> Option<Timestamp> {
        let counted = self.asked.iter().filter(|asked| counts(asked));
        let mut newest: Vec<Timestamp> = counted.map(|asked| asked.at).collect();
        newest.sort_unstable_by(|one, other| other.cmp(one));
        let after = |place: usize, span: Duration| newest.get(place).map(|at| at.plus(span));
        let bounds = [after(0, APART), after(PER_HOUR - 1, HOUR), after(PER_DAY - 1, DAY)];
        bounds.into_iter().flatten().max().filter(|free| *free > now)
    }
}

impl Desk {
    /// Six digits that nothing else which was drawn in this turn gives away.
    fn code(&self, key: &CodeKey, random: u64) -> String {
        let [a, b, c, d, e, f, g, h, ..] = self.code_digest("draw", key, &random.to_string());
        let drawn = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
        format!("{:06}", drawn % 1_000_000)
    }

    fn code_hash(&self, key: &CodeKey, code: &str) -> [u8; 16] {
        self.code_digest("code", key, code)
    }

    fn code_digest(&self, what: &str, key: &CodeKey, text: &str) -> [u8; 16] {
        let (person, by, purpose) = (key.person.to_hex(), key.by.to_hex(), key.purpose.as_str());
        self.vault.code_key(format!("{what} {purpose} {person} {by} {text}").as_bytes())
    }
}
