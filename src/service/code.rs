//! One-time codes, whatever they are for: how often one is sent, what is tried, when it is locked.
//!
//! A code goes by SMS to a phone (`domain.md` §8) and is typed where it was asked for. It is bound to the
//! purpose, the subject and whoever asked; only a keyed digest of it is stored.
//!
//! - A code is good for five minutes and once. A new one kills the old, and does not forget the wrong
//!   tries: after three a lock of fifteen minutes follows, and a day after the next three.
//! - Tries and locks belong to the subject *and* whoever asks, so relatives on one phone, and
//!   strangers, lock nobody else out.
//! - About one subject three codes are sent an hour and five a day, whoever asks, a minute apart; and in
//!   all as many an hour as the configuration says (SMS pumping).

use std::time::Duration;

use serde::Deserialize;

use crate::{
    clock::Timestamp,
    vault::{NikIndex, SubscriberKey, Vault},
};

/// `[codes]` of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeRules {
    /// Codes sent in one hour, to anybody.
    pub per_hour: u32,
    /// Numbers that one chat may ask a code for in a day.
    pub numbers_per_chat: u16,
}

/// What a code is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// To see and act on a person's record from another phone.
    Record,
    /// To speak for a phone from a chat.
    Chat,
    /// To take a number out of a person's record, for this one: it goes to the old.
    OldPhone(SubscriberKey),
    /// To put a number into this person's record: it goes to that number.
    NewPhone(NikIndex),
    /// To let a phone see and act for this person: it goes to that phone.
    Guardian(NikIndex),
    /// To begin as an officer: it goes to the officer's phone.
    Officer,
    /// An officer's PIN. It is chosen, sent nowhere, and good until it is changed.
    Pin,
}

impl Purpose {
    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Chat => "chat",
            Self::OldPhone(_) => "old_phone",
            Self::NewPhone(_) => "new_phone",
            Self::Guardian(_) => "guardian",
            Self::Officer => "officer",
            Self::Pin => "pin",
        }
    }

    /// Whether nobody may learn if there is anybody to send a code to. The number of a new phone, of a
    /// guardian or for a chat was said by whoever asks.
    fn hides_whether(self) -> bool {
        match self {
            Self::Record | Self::OldPhone(_) => true,
            Self::Chat | Self::NewPhone(_) | Self::Guardian(_) | Self::Officer | Self::Pin => false,
        }
    }

    /// What the code is bound to beside its key: about anything else it is wrong. Tries and locks are
    /// those of the key.
    fn bound(self) -> String {
        match self {
            Self::Record | Self::Chat | Self::Officer | Self::Pin => String::new(),
            Self::OldPhone(new) => new.to_hex(),
            Self::NewPhone(person) | Self::Guardian(person) => person.to_hex(),
        }
    }
}

/// Which code: about what, what for, and who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CodeKey {
    /// Whom it is about: the blind index of a NIK, or of a phone.
    pub subject: [u8; 16],
    /// What for.
    pub purpose: Purpose,
    /// The phone, or the chat, that asks.
    pub by: SubscriberKey,
}

/// What is known of a code, and of how many went to its number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CodeFacts {
    /// The code that was asked for last.
    pub held: Option<Held>,
    /// When codes about this subject were asked for in the last day.
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

/// Somebody asked for a code about this subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earlier {
    /// When.
    pub at: Timestamp,
    /// Whether it was the same phone or chat.
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
pub const APART: Duration = Duration::from_secs(60);
/// Codes about one subject in an hour, and in a day.
const PER_HOUR: usize = 3;
const PER_DAY: usize = 5;
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

/// What comes of asking for a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sending {
    /// One is sent, or, where there is nobody to send it to, it looks as if.
    Sent {
        /// The code, if there is somebody to send it to.
        code: Option<String>,
        /// What is stored.
        change: CodeChange,
    },
    /// Not before then: one was asked for a moment ago, or often enough.
    Wait(Timestamp),
    /// Not before then: too many were wrong.
    Locked(Timestamp),
    /// Too many were sent in all.
    Later,
}

/// What comes of a code that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    /// It is the code, and is used now.
    Right(CodeChange),
    /// It is not, or too old, or none was sent.
    Wrong(Option<CodeChange>),
    /// Too many were wrong: not before then.
    Locked(Timestamp, Option<CodeChange>),
}

impl CodeKey {
    /// Asks for a code. `reachable`: whether there is somebody to send it to; whoever asks does not
    /// learn that. `random`: a value that nothing else gives away.
    pub fn send(
        self,
        vault: &Vault,
        rules: &CodeRules,
        facts: &CodeFacts,
        reachable: bool,
        random: u64,
        now: Timestamp,
    ) -> Sending {
        let held = facts.held.as_ref();
        if let Some(until) = held.map(|held| held.locked_until).filter(|until| *until > now) {
            return Sending::Locked(until);
        }
        if let Some(until) = facts.free_again(|asked| asked.mine, now) {
            return Sending::Wait(until);
        }
        let busy = facts.free_again(|asked| asked.sent, now);
        if let Some(until) = busy.filter(|_| !self.purpose.hides_whether()) {
            return Sending::Wait(until);
        }
        // To whoever asks it looks as if nobody matched: that others were sent a code tells who matches.
        let reachable = reachable && busy.is_none();
        if facts.sent_to_all >= rules.per_hour {
            return Sending::Later;
        }
        let code = self.draw(vault, random);
        let fresh = Held {
            // Nothing that can be typed has this digest.
            hash: if reachable { self.hash(vault, &code) } else { [0; 16] },
            expires: now.plus(GOOD_FOR),
            tries: held.map_or(0, |held| held.tries),
            locks: held.map_or(0, |held| held.locks),
            locked_until: held.map_or(Timestamp::default(), |held| held.locked_until),
        };
        let asked = Some(if reachable { Asked::Sent } else { Asked::Nobody });
        let keep_until = now.plus(DAY);
        let change = CodeChange { key: self, held: Some(fresh), asked, keep_until };
        Sending::Sent { code: reachable.then_some(code), change }
    }

    /// Takes a code that was typed. `stands`: whether what it was sent for is still so.
    pub fn take(
        self,
        vault: &Vault,
        facts: &CodeFacts,
        typed: &str,
        stands: bool,
        now: Timestamp,
    ) -> Tried {
        let Some(held) = facts.held.clone() else { return Tried::Wrong(None) };
        if held.locked_until > now {
            return Tried::Locked(held.locked_until, None);
        }
        let change = |held: Option<Held>, keep: Duration| CodeChange {
            key: self,
            held,
            asked: None,
            keep_until: now.plus(keep),
        };
        let right = held.expires > now && same(held.hash, self.hash(vault, typed));
        if right && stands {
            return Tried::Right(change(None, DAY));
        }
        let tries = held.tries + 1;
        if tries < TRIES {
            return Tried::Wrong(Some(change(Some(Held { tries, ..held }), 2 * DAY)));
        }
        let lock = LOCKS[usize::try_from(held.locks).unwrap_or(LOCKS.len()).min(LOCKS.len() - 1)];
        let locked_until = now.plus(lock);
        let locks = held.locks + 1;
        // The code is dead as well.
        let held = Held { hash: [0; 16], tries: 0, locks, locked_until, ..held };
        Tried::Locked(locked_until, Some(change(Some(held), 2 * DAY)))
    }

    /// Six digits that nothing else which was drawn in this turn gives away.
    pub fn draw(&self, vault: &Vault, random: u64) -> String {
        let [a, b, c, d, e, f, g, h, ..] = self.digest(vault, "draw", &random.to_string());
        let drawn = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
        format!("{:06}", drawn % 1_000_000)
    }

    /// What is stored in place of a code.
    pub fn hash(&self, vault: &Vault, code: &str) -> [u8; 16] {
        self.digest(vault, "code", code)
    }

    fn digest(&self, vault: &Vault, what: &str, text: &str) -> [u8; 16] {
        let subject = SubscriberKey::from_bytes(self.subject).to_hex();
        let (by, purpose) = (self.by.to_hex(), self.purpose.as_str());
        let bound = self.purpose.bound();
        vault.code_key(format!("{what} {purpose} {subject} {by} {bound} {text}").as_bytes())
    }
}

/// What of a text is a code: six digits, however they are grouped.
pub fn read(typed: &str) -> Option<String> {
    let digits: String = typed.chars().filter(|c| !matches!(c, ' ' | '-' | '.')).collect();
    let good = digits.len() == 6 && digits.bytes().all(|octet| octet.is_ascii_digit());
    good.then_some(digits)
}

/// Minutes until then, as they are told: 1 to 1440.
pub fn minutes(until: Timestamp, now: Timestamp) -> u64 {
    until.since(now).as_secs().div_ceil(60).clamp(1, 1440)
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
