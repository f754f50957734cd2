//! *Status vaksinasi*: registered or not, which doses, what comes next.

use jiff::civil::Date;

use crate::{
    identity::birth,
    menu::catalogue::{Call, Effect, Given, Outcome},
    service::{
        Asking, Decision, Desk, Silence, exposure,
        inquiry::{Kind, Known, Outward},
        number::Number,
        person::{PROVED, waiting_number},
        personal, picked_person,
        record::{Dose, Facts, Person},
        registration::NUMBER,
    },
};

const WIDEST_DATE: &str = "17-08-2021";
const WIDEST_VACCINE: &str = "AstraZeneca";
pub(super) const WIDEST_PLACE: &str = "Puskesmas Kec. Kebayoran Lama";

/// The day from which the next dose can be given.
const NEXT: Given = personal("next_from", WIDEST_DATE);
const DOSE_1: [Given; 3] = dose("dose1_date", "dose1_vaccine", "dose1_place");
const DOSE_2: [Given; 3] = dose("dose2_date", "dose2_vaccine", "dose2_place");
const DOSE_3: [Given; 3] = dose("dose3_date", "dose3_vaccine", "dose3_place");

/// What the record says of the person picked.
///
/// `contact` and `positive` come first: the status is black, whatever was given. Whoever has read that
/// goes on with the value `black`.
///
/// `gap` is a dose that the facility did not enter, or not with its date: nothing can be said of it
/// but where to go.
pub const READ: Call = Call {
    name: "status.read",
    effect: Effect::Reads,
    needs: &["person"],
    outcomes: &[
        Outcome { name: "unregistered", means: "No dose, and not registered.", gives: &[] },
        Outcome { name: "registered", means: "No dose yet, but registered.", gives: &[NUMBER] },
        Outcome {
            name: "waiting",
            means: "The registration waits for validation.",
            gives: &[NUMBER],
        },
        Outcome {
            name: "gap",
            means: "A dose was not entered, or not its date: ask where it was given.",
            gives: &[],
        },
        Outcome {
            name: "one",
            means: "One dose of several.",
            gives: &[DOSE_1[0], DOSE_1[1], DOSE_1[2], NEXT],
        },
        Outcome {
            name: "one_done",
            means: "One dose, which is a whole course.",
            gives: &[DOSE_1[0], DOSE_1[1], DOSE_1[2], NEXT],
        },
        Outcome {
            name: "two",
            means: "Two doses.",
            gives: &[DOSE_1[0], DOSE_1[1], DOSE_1[2], DOSE_2[0], DOSE_2[1], DOSE_2[2], NEXT],
        },
        Outcome {
            name: "three",
            means: "Three doses.",
            gives: &[
                DOSE_1[0], DOSE_1[1], DOSE_1[2], DOSE_2[0], DOSE_2[1], DOSE_2[2], DOSE_3[0],
                DOSE_3[1], DOSE_3[2],
            ],
        },
        Outcome {
            name: "slow",
            means: "The record does not answer just now: a text brings the result.",
            gives: &[],
        },
        exposure::CONTACT,
        exposure::POSITIVE,
    ],
};

/// Days until a certificate has to be there.
pub(super) const CERTIFICATE_DAYS: i64 = 10;

/// As [`read`]; where the record cannot be asked, what it said last, or the promise of a text.
pub(super) fn read_or_ask(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    if let Some(black) = exposure::black(desk, asking, facts) {
        return Some(black);
    }
    if facts.known == Known::NotYet && waiting_number(asking.values).is_none() {
        return Some(Decision::of("slow").ask(Outward::Later(Kind::Status)));
    }
    Some(read(desk, asking, facts)?.known_since(facts))
}

pub(super) fn read(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    if let Some(number) = waiting_number(asking.values) {
        let waits = facts.waiting.iter().any(|waiting| waiting.number == number);
        return waits.then(|| Decision::of("waiting").give("number", number.to_string()));
    }
    let person = visible(asking, facts)?;
    let dated: Vec<(&Dose, Date)> =
        person.doses.iter().filter_map(|dose| Some((dose, dose.given_on?))).collect();
    let gapless = dated.iter().zip(1..).all(|((dose, _), number)| dose.number == number);
    if dated.len() < person.doses.len() || !gapless {
        return Some(Decision::of("gap"));
    }
    let Some((last, last_on)) = dated.last().copied() else {
        return Some(match &person.registration {
            Some(standing) => {
                Decision::of("registered").give("number", standing.number.to_string())
            }
            None => match facts.elsewhere() {
                Some(elsewhere) => {
                    let number = elsewhere.number.as_ref().map(Number::to_string);
                    Decision::of("registered")
                        .give("number", number.unwrap_or_else(|| "-".to_owned()))
                }
                None => Decision::of("unregistered"),
            },
        });
    };
    let next = desk.vaccines.next_due(&last.vaccine, last.number, last_on);
    let outcome = match dated.len() {
        1 if desk.vaccines.completes(&last.vaccine, last.number) => "one_done",
        1 => "one",
        2 => "two",
        _ => "three",
    };
    let names = [DOSE_1, DOSE_2, DOSE_3];
    let mut decision = Decision::of(outcome);
    for (names, (dose, on)) in names.iter().zip(&dated) {
        decision = decision
            .give(names[0].name, birth::show(*on))
            .give(names[1].name, desk.vaccines.name(&dose.vaccine))
            .give(names[2].name, dose.place.as_str());
    }
    // A vaccine that is not configured has no known interval; a dash says so in every language.
    Some(decision.give(NEXT.name, next.map_or_else(|| "-".to_owned(), birth::show)))
}

/// The person picked, if this phone may see them now.
pub(super) fn visible<'f>(asking: Asking<'_>, facts: &'f Facts) -> Option<&'f Person> {
    let picked = picked_person(asking.values)?;
    let proved_now = asking.values.text(PROVED.name) == Some(&picked.to_hex());
    let knows = facts.people.iter().any(|known| known.person == picked);
    let person = facts.person.as_ref().filter(|person| !person.blocked)?;
    (proved_now || (knows && asking.silence == Silence::Short)).then_some(person)
}

pub(super) fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map(|span| i64::from(span.get_days())).unwrap_or(i64::MAX)
}

const fn dose(date: &'static str, vaccine: &'static str, place: &'static str) -> [Given; 3] {
    [personal(date, WIDEST_DATE), personal(vaccine, WIDEST_VACCINE), personal(place, WIDEST_PLACE)]
}
