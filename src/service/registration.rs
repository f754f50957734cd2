//! *Daftar vaksin*: is this person in the national record, and may they be registered now?

use jiff::civil::Date;

use crate::{
    identity::{Nik, PersonName, birth, name::Likeness},
    menu::catalogue::{Call, Effect, Outcome, Sends},
    service::{
        Asking, Decision, Desk, Note,
        inquiry::{Kind, Known, Outward, Wrote},
        lookup::TOO_OFTEN,
        number::Number,
        open,
        outside::{Elsewhere, Source},
        record::{Change, DeskChange, Facts, Person, Registered, Registration, Standing},
        ticket::{Because, Checked, ToCheck, settled},
    },
    vault::NikIndex,
};

/// Does the birth date inside the NIK agree with the one that was typed? It need not (a NIK keeps
/// the date of its first issue), so the person is asked to look again, and never refused.
pub const COMPARE: Call = Call {
    name: "registration.compare",
    effect: Effect::Reads,
    needs: &["nik", "birth_date"],
    outcomes: &[
        Outcome { name: "same", means: "The date in the NIK is the one typed.", gives: &[] },
        Outcome {
            name: "differs",
            means: "It is another; ask again, and take the answer.",
            gives: &[],
        },
    ],
};

/// Matches NIK, name and birth date against the record.
///
/// Only who states all three gets to know more than "does not match": a menu leads `mismatch` and
/// `not_listed` to one and the same screen, so that nobody can find out which NIKs exist. A blocked
/// record is `not_listed`.
pub const MATCH: Call = Call {
    name: "registration.match",
    effect: Effect::Reads,
    needs: &["nik", "name", "birth_date"],
    outcomes: &[
        TOO_OFTEN,
        Outcome {
            name: "not_listed",
            means: "The record has no such person, or a blocked one.",
            gives: &[],
        },
        Outcome {
            name: "mismatch",
            means: "The record has the NIK with another name or date.",
            gives: &[],
        },
        Outcome {
            name: "match",
            means: "All three agree, and the person may register.",
            gives: &[],
        },
        Outcome {
            name: "later",
            means: "All agree, but the turn of the group begins later.",
            gives: &[open("eligible_from", "17-08-2021")],
        },
        Outcome {
            name: "already",
            means: "All agree, but another phone has registered the person.",
            gives: &[],
        },
        Outcome { name: "already_here", means: "Registered from this phone.", gives: &[NUMBER] },
        Outcome {
            name: "unchecked",
            means: "The record does not answer just now: go on, it is checked later.",
            gives: &[],
        },
    ],
};

/// Registers the person; who does not match is taken for validation by the ministry, and so is who
/// may not be matched because a budget of look-ups is used up.
pub const SUBMIT: Call = Call {
    name: "registration.submit",
    effect: Effect::Changes,
    needs: &["nik", "name", "birth_date", "regency", "screening", "consent"],
    outcomes: &[
        Outcome {
            name: "waiting",
            means: "Taken in, to be validated by the ministry.",
            gives: &[NUMBER],
        },
        Outcome { name: "registered", means: "Registered.", gives: &[NUMBER] },
        Outcome { name: "already", means: "The person is registered already.", gives: &[] },
        Outcome {
            name: "pending",
            means: "Taken in; the record validates it when it answers again, and a text tells.",
            gives: &[NUMBER],
        },
        Outcome {
            name: "many",
            means: "Staff look at so many registrations of this phone that it gets no more.",
            gives: &[],
        },
    ],
};

/// A registration number, as shown.
pub const NUMBER: crate::menu::catalogue::Given = open("number", "123 456 7890");

pub(super) fn compare(asking: Asking<'_>) -> Option<Decision> {
    let typed = Typed::of(asking)?;
    let same = typed.nik.same_birth_date_as(typed.birth);
    Some(Decision::of(if same { "same" } else { "differs" }))
}

pub(super) fn matching(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let typed = Typed::of(asking)?;
    let name = PersonName::parse(asking.values.text("name")?).ok()?;
    if let Some(refused) = desk.too_often(asking, facts) {
        return Some(refused);
    }
    if facts.known != Known::Now {
        return Some(Decision::of("unchecked"));
    }
    let failed = |outcome| desk.failed(&typed.nik, &facts.tries, Decision::of(outcome));
    Some(match against(&typed, &name, asking.today, facts) {
        Match::NotListed => failed("not_listed"),
        Match::Mismatch => failed("mismatch"),
        Match::Eligible => Decision::of("match"),
        Match::Later(from) => Decision::of("later").give("eligible_from", birth::show(from)),
        Match::Already(person) => match &person.registration {
            Some(standing) if standing.by == asking.subscriber => {
                Decision::of("already_here").give("number", standing.number.to_string())
            }
            _ => Decision::of("already"),
        },
        Match::Elsewhere(_) => Decision::of("already"),
    })
}

/// What a session showed at the end, to keep.
pub(super) const REGISTERED_TEXT: Sends =
    Sends { call: "registration.submit", name: "registered", gives: &[NUMBER] };

/// As [`REGISTERED_TEXT`], where it has to be checked.
pub(super) const WAITING_TEXT: Sends =
    Sends { call: "registration.submit", name: "waiting", gives: &[NUMBER] };

/// As [`REGISTERED_TEXT`], where the record has to answer first.
pub(super) const PENDING_TEXT: Sends =
    Sends { call: "registration.submit", name: "pending", gives: &[NUMBER] };

pub(super) fn submit(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let typed = Typed::of(asking)?;
    let name = PersonName::parse(asking.values.text("name")?).ok()?;
    let index = desk.vault.nik_index(&typed.nik);
    if let Some(wrote) = &facts.wrote {
        return wrote_outside(desk, asking, facts, wrote, index);
    }
    let refused = desk.too_often(asking, facts).is_some();
    let found = against(&typed, &name, asking.today, facts);
    let standing = match found {
        _ if refused => Standing::Waiting,
        // Whatever we knew of the person, the record validates it.
        _ if facts.known != Known::Now => Standing::Waiting,
        Match::Already(_) | Match::Elsewhere(_) => return Some(Decision::of("already")),
        Match::Eligible => Standing::Registered,
        Match::NotListed | Match::Mismatch | Match::Later(_) => Standing::Waiting,
    };
    // With an outside record it stands when that has taken it, and is kept until then.
    let outward = match standing {
        _ if refused || desk.source == Source::Embedded => None,
        Standing::Registered => Some(Outward::First(Kind::Register)),
        Standing::Waiting if facts.known != Known::Now => Some(Outward::Later(Kind::Register)),
        Standing::Waiting => None,
    };
    let standing = if outward.is_some() { Standing::Waiting } else { standing };
    // Who asks twice keeps the number they were given.
    let before = facts.waiting.iter().find(|waiting| waiting.person == index);
    let number = match before {
        Some(waiting) if standing == Standing::Waiting => waiting.number.clone(),
        _ => Number::from_random(asking.random),
    };
    let (outcome, text) = match standing {
        _ if outward.is_some() => ("pending", PENDING_TEXT),
        Standing::Registered => ("registered", REGISTERED_TEXT),
        Standing::Waiting => ("waiting", WAITING_TEXT),
    };
    let note = Note::to_caller(text.name).give("number", number.to_string());
    let mut decision = Decision::of(outcome).give("number", number.to_string()).note(note);
    decision.outward = outward;
    let because = match found {
        _ if refused => Because::TooOften,
        Match::NotListed => Because::NotListed,
        Match::Later(_) => Because::Later,
        _ => Because::Mismatch,
    };
    let most = desk.tickets.checks_per_phone;
    let checked = ToCheck { typed: &typed, name: &name, registration: &number, because, most };
    match (standing, outward) {
        (Standing::Registered, _) => {
            decision.changes.extend(settled(asking, facts, index));
        }
        (Standing::Waiting, Some(_)) => {}
        (Standing::Waiting, None) => match desk.check(asking, facts, &checked) {
            Checked::Many => return Some(Decision::of("many")),
            Checked::Same => {}
            // The turn adds what only it knows.
            Checked::Opened(ticket, changes) => {
                decision.changes.extend(changes);
                decision.changes.push(Change::Desk(DeskChange::Open(ticket)));
            }
        },
    }
    let counted = facts.tries.own.iter().any(|failed| failed.person == index);
    let failed = matches!(found, Match::NotListed | Match::Mismatch) && facts.known == Known::Now;
    if failed && !refused && !counted {
        // A menu that asks for no match before it submits is not a way around the budget.
        decision = desk.failed(&typed.nik, &facts.tries, decision);
    }
    if let Some(person) = &facts.person
        && standing == Standing::Registered
        && desk.may_know(person, asking)
    {
        decision = decision.change(Change::Know(person.index));
    }
    Some(decision.change(Change::Register(Registration {
        number,
        standing,
        nik: typed.nik,
        name,
        birth: typed.birth,
        regency: asking.values.text("regency")?.to_owned(),
        screening: asking.values.text("screening")?.to_owned(),
        consent: asking.values.text("consent")?.to_owned(),
    })))
}

/// What is said of a registration that was sent to the outside record in this turn. It is stored, with
/// all that goes along.
fn wrote_outside(
    desk: &Desk,
    asking: Asking<'_>,
    facts: &Facts,
    wrote: &Wrote,
    index: NikIndex,
) -> Option<Decision> {
    let own = |standing: &&Registered| standing.by == asking.subscriber;
    let stands = facts.person.as_ref().and_then(|person| person.registration.as_ref()).filter(own);
    let waits = facts.waiting.iter().find(|waiting| waiting.person == index);
    let told = |outcome, text: Sends, number: &Number| {
        let note = Note::to_caller(text.name).give("number", number.to_string());
        Decision::of(outcome).give("number", number.to_string()).note(note)
    };
    Some(match (wrote, stands, waits) {
        (_, Some(standing), _) => {
            let decision = told("registered", REGISTERED_TEXT, &standing.number);
            match &facts.person {
                Some(person) if desk.may_know(person, asking) => {
                    decision.change(Change::Know(person.index))
                }
                _ => decision,
            }
        }
        (Wrote::Unmatched, None, Some(waiting)) => told("waiting", WAITING_TEXT, &waiting.number),
        (Wrote::Waits | Wrote::Stands, None, Some(waiting)) => {
            told("pending", PENDING_TEXT, &waiting.number)
        }
        (_, None, _) => Decision::of("already"),
    })
}

impl Desk {
    /// Whether a phone that proved NIK and birth date may see this person: the record knows that
    /// very number, or none. Another registered number has to be asked by a one-time code.
    pub(super) fn may_know(&self, person: &Person, asking: Asking<'_>) -> bool {
        let owner = person.phone.as_ref().map(|phone| self.vault.subscriber_key(phone));
        owner.is_none_or(|owner| owner == asking.subscriber)
    }
}

/// NIK and birth date as typed.
pub(super) struct Typed {
    pub nik: Nik,
    pub birth: Date,
}

impl Typed {
    pub(super) fn of(asking: Asking<'_>) -> Option<Self> {
        let nik = Nik::parse(asking.values.text("nik")?).ok()?;
        let birth =
            birth::parse_birth_date(asking.values.text("birth_date")?, asking.today).ok()?;
        Some(Self { nik, birth })
    }
}

/// How what was typed stands to the record.
pub(super) enum Match<'f> {
    NotListed,
    Mismatch,
    Eligible,
    Later(Date),
    Already(&'f Person),
    /// Over another channel, or by us: only the outside record has it so far.
    Elsewhere(&'f Elsewhere),
}

pub(super) fn against<'f>(
    typed: &Typed,
    name: &PersonName,
    today: Date,
    facts: &'f Facts,
) -> Match<'f> {
    let person = facts.person.as_ref().filter(|person| !person.blocked);
    let Some(person) = person else { return Match::NotListed };
    if person.birth != typed.birth || person.name.compare(name) == Likeness::Different {
        return Match::Mismatch;
    }
    if person.registration.is_some() {
        return Match::Already(person);
    }
    if let Some(elsewhere) = facts.elsewhere() {
        return Match::Elsewhere(elsewhere);
    }
    match person.eligible_from {
        Some(from) if from > today => Match::Later(from),
        _ => Match::Eligible,
    }
}
