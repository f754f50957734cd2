//! What the outside record is asked when its answer cannot be waited for, and what the answer comes to.
//!
//! With an embedded record everything is known at once. An outside one (`[record] from = "outside"`) may
//! be slow or away: then a turn says so, and what it asked is kept as an [`Inquiry`] in the transaction of
//! the turn. Whoever works on it later ([`follow`], [`judge`]) decides as the turn would have, and the
//! person is told by a notice. A registration is always an inquiry first: it stands when the outside record
//! has taken it, and has one name there however often it is sent ([`Inquiry::reference`]).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    clock::{Timestamp, Zone},
    identity::{ChatId, Msisdn, Nik, PersonName, birth},
    menu::{catalogue::Sends, language::Language, state::Values},
    service::{
        Asking, DATE, DOSE, Decision, Desk, MASKED_NAME, appointment, audit, change,
        number::Number,
        officer::Behalf,
        open,
        outside::Elsewhere,
        person,
        record::{Change, DeskChange, Facts, Waiting},
        registration::{self, Match, NUMBER, Typed},
        right, status,
        ticket::{Because, Check, Checked, ToCheck, settled},
    },
    vault::{NikIndex, SubscriberKey, Vault},
};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A registration is to stand.
    Register,
    /// Somebody wants to be known as knowing a person, and that person's status.
    Prove,
    /// The status of a person whom the phone knows.
    Status,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Register, Self::Prove, Self::Status];

    /// The word in the database and in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Prove => "prove",
            Self::Status => "status",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.as_str() == word)
    }
}

/// Something that the outside record is asked, in the order of asking.
#[derive(Clone, PartialEq)]
pub struct Inquiry {
    /// Its name: milliseconds above random bits, so that names grow with time.
    pub id: i64,
    /// What is asked.
    pub kind: Kind,
    /// Who asks.
    pub by: SubscriberKey,
    /// About whom.
    pub person: NikIndex,
    /// What else there is to know; sealed where it is kept.
    pub letter: Letter,
    /// Since when.
    pub at: Timestamp,
    /// When it is worked on, unless somebody waits for it just now.
    pub due: Timestamp,
}

/// What is known of whoever asks, and what they typed.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    /// The NIK, 16 digits.
    pub nik: String,
    /// The phone, in international form.
    pub phone: String,
    /// The chat they asked from, if it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat: Option<ChatId>,
    /// The service that was asked.
    pub service: String,
    /// The call that asks.
    #[serde(default)]
    pub call: String,
    /// The language that was spoken.
    pub language: Language,
    /// What was typed.
    pub values: Values,
    /// For whom, if they asked in somebody else's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behalf: Option<Box<Behalf>>,
}

/// Neither a NIK nor a number is for logs.
impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Letter")
    }
}

impl fmt::Debug for Inquiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inquiry").field("id", &self.id).field("kind", &self.kind).finish()
    }
}

impl Letter {
    /// The NIK, if it still is one.
    pub fn nik(&self) -> Option<Nik> {
        Nik::parse(&self.nik).ok()
    }

    /// The phone, if it still is one.
    pub fn phone(&self) -> Option<Msisdn> {
        Msisdn::parse_any(&self.phone).ok()
    }
}

impl Inquiry {
    /// What names it when it is answered.
    pub fn answered(&self) -> Answered {
        Answered { kind: self.kind, person: self.person, due: self.due }
    }

    /// The one name of a registration in the outside record: the same for the same number, person, phone
    /// and words, whoever sends it, and whenever. What was corrected is sent under another.
    pub fn reference(&self, vault: &Vault, number: &Number) -> String {
        let mut octets = b"registration".to_vec();
        octets.extend_from_slice(self.person.as_bytes());
        octets.extend_from_slice(self.by.as_bytes());
        octets.extend_from_slice(number.as_str().as_bytes());
        for typed in SENT.map(|name| self.letter.values.text(name).unwrap_or_default()) {
            octets.extend_from_slice(typed.as_bytes());
            octets.push(0);
        }
        // Staff sent it again: a record that refused it answers the same name in the same way.
        octets.extend_from_slice(self.letter.values.text(CHECKED).unwrap_or_default().as_bytes());
        vault.message_key(&octets).iter().map(|octet| format!("{octet:02x}")).collect()
    }
}

/// What a registration says beside number, person and phone.
const SENT: [&str; 5] = ["name", "birth_date", "regency", "screening", "consent"];

/// The ticket because of which a registration is sent again.
pub const CHECKED: &str = "checked";

/// Which question is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Answered {
    /// What was asked.
    pub kind: Kind,
    /// About whom.
    pub person: NikIndex,
    /// When it was to be worked on. Whoever asks anew, or works on it meanwhile, moves that.
    pub due: Timestamp,
}

/// What a decision has to do with the outside record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outward {
    /// Its changes are stored, then this is asked, and with the answer it is decided again.
    First(Kind),
    /// It stands; this is asked when the outside record can be reached.
    Later(Kind),
}

/// What became of a registration that this turn has sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrote {
    /// The outside record has it.
    Stands,
    /// There was one already.
    Already,
    /// Nobody knows yet: it is sent again.
    Waits,
    /// The outside record wants to have it looked at.
    Unmatched,
}

/// How what is known of a person stands to the record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Known {
    /// It is what the record says.
    #[default]
    Now,
    /// It is what the record said then; just now it cannot be asked.
    Since(Timestamp),
    /// The record could not be asked, and nothing is known.
    NotYet,
}

impl Known {
    /// When it was so, if that was not just now.
    pub fn since(self) -> Option<Timestamp> {
        match self {
            Self::Since(at) => Some(at),
            Self::Now | Self::NotYet => None,
        }
    }
}

/// A point in time as a screen shows it: `21-11 14:05`.
pub fn show_time(at: Timestamp, zone: Zone) -> String {
    let local = at.local(zone);
    format!("{:02}-{:02} {:02}:{:02}", local.day(), local.month(), local.hour(), local.minute())
}

/// What is to be written to the outside record, or why nothing is.
#[derive(Debug, Clone, PartialEq)]
pub enum Judged {
    /// This registration.
    Write(Box<Waiting>),
    /// Nothing: the outside record has it, and its answer was lost.
    Stands,
    /// The person is registered already.
    Already,
    /// Number, name and birth date are nobody's.
    Unmatched,
    /// The turn of the person's group comes later: that day.
    Later(String),
    /// The registration was taken back.
    Gone,
}

/// Whether a registration that waits is one that can stand.
pub fn judge(asking: Asking<'_>, inquiry: &Inquiry, facts: &Facts) -> Option<Judged> {
    let own = |waiting: &&Waiting| waiting.person == inquiry.person;
    let Some(waiting) = facts.waiting.iter().find(own) else { return Some(Judged::Gone) };
    let typed = Typed::of(asking)?;
    let name = PersonName::parse(asking.values.text("name")?).ok()?;
    Some(match registration::against(&typed, &name, asking.today, facts) {
        Match::Elsewhere(Elsewhere { number: Some(known), .. }) if *known == waiting.number => {
            Judged::Stands
        }
        Match::Already(_) | Match::Elsewhere(_) => Judged::Already,
        Match::Eligible => Judged::Write(Box::new(waiting.clone())),
        Match::NotListed | Match::Mismatch => Judged::Unmatched,
        Match::Later(from) => Judged::Later(birth::show(from)),
    })
}

/// What became of a registration in the end.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The outside record has it.
    Stands,
    /// The person was registered before.
    Already,
    /// It is nobody's.
    Unmatched,
    /// It comes too early: not before that day.
    Later(String),
    /// It was taken back.
    Gone,
}

/// Whether somebody still waits for what is settled, with a screen open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tell {
    /// Nobody does: a text tells.
    ByText,
    /// The turn that asked tells it.
    InTurn,
}

/// What a registration changes when it is settled, and the text that tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    /// What changes.
    pub changes: Vec<Change>,
    /// Name of the text.
    pub text: Option<&'static str>,
    /// What it is filled with.
    pub given: Values,
    /// What the turn is told.
    pub wrote: Wrote,
}

/// Settles a registration.
pub fn settle(
    desk: &Desk,
    asking: Asking<'_>,
    inquiry: &Inquiry,
    facts: &Facts,
    (outcome, tell): (&Outcome, Tell),
) -> Settled {
    let own = |waiting: &&Waiting| waiting.person == inquiry.person;
    let mut changes = vec![Change::Answered(inquiry.answered())];
    let mut given = Values::default();
    let waiting = facts.waiting.iter().find(own);
    let Some(number) = waiting.map(|waiting| waiting.number.clone()) else {
        return Settled { changes, text: None, given, wrote: Wrote::Already };
    };
    given.keep(NUMBER.name, number.to_string());
    let standing = facts.person.as_ref().and_then(|person| person.registration.as_ref());
    let other = standing.is_some_and(|standing| standing.number != number);
    if (outcome, tell) == (&Outcome::Unmatched, Tell::InTurn) {
        changes.extend(looked_at(desk, asking, inquiry, facts, &number));
    } else {
        changes.extend(settled(asking, facts, inquiry.person));
    }
    let (text, wrote) = match outcome {
        // Another one stands with us by now.
        Outcome::Stands if other => {
            changes.push(Change::Withdraw(number));
            (ALREADY.name, Wrote::Already)
        }
        Outcome::Stands => {
            changes.push(Change::Stand(number));
            let known = facts.person.as_ref().filter(|person| desk.may_know(person, asking));
            changes.extend(known.map(|person| Change::Know(person.index)));
            (VALID.name, Wrote::Stands)
        }
        Outcome::Already => {
            changes.push(Change::Withdraw(number));
            (ALREADY.name, Wrote::Already)
        }
        Outcome::Later(day) => {
            given.keep("eligible_from", day.as_str());
            changes.push(Change::Withdraw(number));
            (LATER.name, Wrote::Already)
        }
        Outcome::Unmatched => {
            // In the turn it is said that staff look at it, and so it stays.
            if tell == Tell::ByText {
                changes.push(Change::Withdraw(number));
            }
            (UNMATCHED.name, Wrote::Unmatched)
        }
        Outcome::Gone => return Settled { changes, text: None, given, wrote: Wrote::Already },
    };
    let text = Some(text).filter(|_| tell == Tell::ByText);
    Settled { changes, text, given, wrote }
}

/// Staff look at what the outside record did not take while somebody was told so: that stands in the
/// transaction that forgets the question.
fn looked_at(
    desk: &Desk,
    asking: Asking<'_>,
    inquiry: &Inquiry,
    facts: &Facts,
    number: &Number,
) -> Vec<Change> {
    let name = asking.values.text("name").and_then(|typed| PersonName::parse(typed).ok());
    let Some((typed, name)) = Typed::of(asking).zip(name) else { return Vec::new() };
    let because = match registration::against(&typed, &name, asking.today, facts) {
        Match::NotListed => Because::NotListed,
        Match::Mismatch => Because::Mismatch,
        _ => Because::Refused,
    };
    let most = u32::MAX;
    let wanted = ToCheck { typed: &typed, name: &name, registration: number, because, most };
    match desk.check(asking, facts, &wanted) {
        Checked::Opened(mut ticket, mut changes) => {
            Check::ask(&mut ticket, &inquiry.letter);
            changes.push(Change::Desk(DeskChange::Open(ticket)));
            changes
        }
        Checked::Many | Checked::Same => Vec::new(),
    }
}

/// What a question comes to once the record has answered: the text that tells it, and what it is
/// filled with.
pub fn follow(
    desk: &Desk,
    asking: Asking<'_>,
    (kind, call): (Kind, &str),
    facts: &Facts,
) -> Option<Followed> {
    match kind {
        // A text cannot ask for a consent that ended with the silence of the number: the menu does.
        Kind::Prove | Kind::Status if right::consent::is_over(asking, facts) => {
            Some(Followed { text: GO_ON.name, decision: Decision::of("") })
        }
        // What it opens is gone on with in the menu; whether anybody matches is said there.
        Kind::Prove if call == change::PROVE.name => {
            Some(Followed { text: GO_ON.name, decision: Decision::of("") })
        }
        Kind::Status if call == appointment::LOOK.name => {
            Some(Followed { text: CAN_CHOOSE.name, decision: Decision::of("") })
        }
        Kind::Register => None,
        Kind::Status => told(desk, asking, facts, Decision::of("")),
        Kind::Prove => {
            let proved = person::prove(desk, asking, facts)?;
            let proved = audit::logged(desk, person::PROVE.name, facts, proved);
            if proved.outcome != "known" {
                return Some(Followed { text: NOT_SHOWN.name, decision: proved });
            }
            let mut values = asking.values.clone();
            values.take_over(proved.given.clone());
            told(desk, Asking { values: &values, ..asking }, facts, proved)
        }
    }
}

/// A text to send, filled with what the decision gives; its changes are to be stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    /// Name of the text.
    pub text: &'static str,
    /// What it is filled with, and what is changed.
    pub decision: Decision,
}

/// The status in one text: how many doses, and when the last one was.
fn told(desk: &Desk, asking: Asking<'_>, facts: &Facts, before: Decision) -> Option<Followed> {
    let Some(person) = status::visible(asking, facts) else {
        return Some(Followed { text: NOT_SHOWN.name, decision: before });
    };
    let decision =
        audit::logged(desk, status::READ.name, facts, before).give("name", person.name.masked());
    let read = status::read(desk, asking, facts)?;
    let last = person.doses.iter().rev().find_map(|dose| Some((dose.number, dose.given_on?)));
    Some(match (last, read.given.text(NUMBER.name)) {
        (Some((number, on)), _) => Followed {
            text: DOSES.name,
            decision: decision.give("dose", number.to_string()).give("date", birth::show(on)),
        },
        (None, Some(number)) => {
            Followed { text: REGISTERED.name, decision: decision.give(NUMBER.name, number) }
        }
        (None, None) => Followed { text: NO_DOSE.name, decision },
    })
}

/// A registration stands now.
pub const VALID: Sends =
    Sends { call: registration::SUBMIT.name, name: "registration_valid", gives: &[NUMBER] };
/// It does not match the record. One text for whoever is not in it, too.
pub const UNMATCHED: Sends =
    Sends { call: registration::SUBMIT.name, name: "registration_unmatched", gives: &[NUMBER] };
/// The person was registered before.
pub const ALREADY: Sends =
    Sends { call: registration::SUBMIT.name, name: "registration_already", gives: &[] };
/// The turn of the person's group comes later.
pub const LATER: Sends = Sends {
    call: registration::SUBMIT.name,
    name: "registration_later",
    gives: &[open("eligible_from", "17-08-2021")],
};
/// It waited so long that it will be deleted.
pub const FORGOTTEN: Sends =
    Sends { call: registration::SUBMIT.name, name: "registration_over", gives: &[NUMBER, DATE] };
/// The status that was asked for: doses.
pub const DOSES: Sends =
    Sends { call: status::READ.name, name: "status_doses", gives: &[MASKED_NAME, DOSE, DATE] };
/// Registered, and no dose.
pub const REGISTERED: Sends =
    Sends { call: status::READ.name, name: "status_waits", gives: &[MASKED_NAME, NUMBER] };
/// Neither.
pub const NO_DOSE: Sends =
    Sends { call: status::READ.name, name: "status_no_dose", gives: &[MASKED_NAME] };
/// No such person, or not for this phone.
pub const NOT_SHOWN: Sends =
    Sends { call: person::PROVE.name, name: "status_not_shown", gives: &[] };
/// The record has answered: what waited for it can be gone on with.
pub const GO_ON: Sends = Sends { call: change::PROVE.name, name: "record_answers", gives: &[] };
/// The same of a person's appointments.
pub const CAN_CHOOSE: Sends =
    Sends { call: appointment::LOOK.name, name: "appointment_record_answers", gives: &[] };
/// The record could not be asked for so long that nobody waits any more.
pub const GIVEN_UP: Sends = Sends { call: person::PROVE.name, name: "status_given_up", gives: &[] };
