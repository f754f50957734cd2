//! Several people on one phone: whom it knows, how it gets to know one more, and how it lets a
//! stranger go.

use crate::{
    identity::PersonName,
    menu::{
        catalogue::{Call, Effect, Given, List, Outcome, Privacy},
        state::{Row, Values},
    },
    service::{
        Asking, Decision, Desk, Silence,
        inquiry::{Kind, Known, Outward},
        lookup::TOO_OFTEN,
        number::Number,
        personal, picked_person,
        record::{Change, Facts},
        registration::Typed,
    },
};

/// The most people that one phone lists.
pub(super) const MOST_PEOPLE: usize = 24;

/// The widest masked name, with the mark of a registration that waits.
const WIDEST: &str = "W*** W**** (123 456 7890)";

/// Everybody that `person.list` found.
pub const PEOPLE: List = List {
    name: "people",
    needs: &["people"],
    rows: |values| values.rows("people").to_vec(),
    longest: WIDEST,
    most: MOST_PEOPLE,
    privacy: Privacy::Personal,
};

const FOUND: Given = personal("people", "");
pub(super) const PERSON: Given = personal("person", "");
pub(super) const PERSON_NAME: Given = personal("person_name", WIDEST);
/// The person proved in this conversation: the acquaintance is only stored when the turn ends.
pub(super) const PROVED: Given = personal("proved", "");

/// Lists the people whom this phone may see: those it proved to know, and those it registered who
/// wait for validation. A number that was silent too long knows nobody.
pub const LIST: Call = Call {
    name: "person.list",
    effect: Effect::Reads,
    needs: &[],
    outcomes: &[
        Outcome { name: "none", means: "The phone may see nobody.", gives: &[] },
        Outcome {
            name: "one",
            means: "One person, who is picked already.",
            gives: &[FOUND, PERSON, PERSON_NAME],
        },
        Outcome { name: "many", means: "Several people, to pick from.", gives: &[FOUND] },
    ],
};

/// Proves to know a person by NIK and birth date. "No such NIK", "wrong birth date", "another
/// phone's" and "blocked" are one answer.
pub const PROVE: Call = Call {
    name: "person.prove",
    effect: Effect::Reads,
    needs: &["nik", "birth_date"],
    outcomes: &[
        TOO_OFTEN,
        Outcome { name: "no", means: "No such person, or not for this phone.", gives: &[] },
        Outcome {
            name: "known",
            means: "The phone may see the person from now on.",
            gives: &[PERSON, PERSON_NAME, PROVED],
        },
        Outcome {
            name: "slow",
            means: "The record does not answer just now: a text brings the result.",
            gives: &[],
        },
    ],
};

/// Lets a person go from this phone.
pub const DETACH: Call = Call {
    name: "person.detach",
    effect: Effect::Changes,
    needs: &["person"],
    outcomes: &[Outcome {
        name: "detached",
        means: "The phone does not see the person any more.",
        gives: &[],
    }],
};

pub(super) fn list(asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    if asking.silence == Silence::TooLong {
        return Some(Decision::of("none"));
    }
    let known = facts.people.iter().map(|known| row(known.person.to_hex(), &known.name, None));
    let waiting = facts.waiting.iter().map(|waiting| {
        let id = format!("{WAITING}{}", waiting.number.as_str());
        row(id, &waiting.name, Some(&waiting.number))
    });
    let rows: Vec<Row> = known.chain(waiting).take(MOST_PEOPLE).collect();
    Some(match rows.as_slice() {
        [] => Decision::of("none"),
        [only] => {
            let decision = Decision::of("one")
                .give("person", only.id.clone())
                .give("person_name", only.label.clone());
            with_rows(decision, rows)
        }
        _ => with_rows(Decision::of("many"), rows),
    })
}

pub(super) fn prove(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let typed = Typed::of(asking)?;
    if let Some(refused) = desk.too_often(asking, facts) {
        return Some(refused);
    }
    if facts.known == Known::NotYet {
        return Some(Decision::of("slow").ask(Outward::Later(Kind::Prove)));
    }
    let person = facts
        .person
        .as_ref()
        .filter(|person| !person.blocked && person.birth == typed.birth)
        .filter(|person| desk.may_know(person, asking));
    Some(match person {
        Some(person) => Decision::of("known")
            .give("person", person.index.to_hex())
            .give("person_name", person.name.masked())
            .give(PROVED.name, person.index.to_hex())
            .change(Change::Know(person.index)),
        None => desk.failed(&typed.nik, &facts.tries, Decision::of("no")),
    })
}

pub(super) fn detach(asking: Asking<'_>) -> Option<Decision> {
    let decision = Decision::of("detached");
    Some(match picked_person(asking.values) {
        Some(person) => decision.change(Change::Forget(person)),
        None => match waiting_number(asking.values) {
            Some(number) => decision.change(Change::Withdraw(number)),
            None => decision,
        },
    })
}

/// The number of a waiting registration that a row of the list stands for.
pub(super) fn waiting_number(values: &Values) -> Option<Number> {
    Number::parse(values.text("person")?.strip_prefix(WAITING)?).ok()
}

/// Marks the rows that are registrations and not people of the record.
const WAITING: &str = "waiting-";

fn row(id: String, name: &PersonName, waiting: Option<&Number>) -> Row {
    let label = match waiting {
        Some(number) => format!("{} ({number})", name.masked()),
        None => name.masked(),
    };
    Row { id, label }
}

fn with_rows(mut decision: Decision, rows: Vec<Row>) -> Decision {
    decision.given.keep_rows("people", rows);
    decision
}
