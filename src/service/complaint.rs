//! *Pengaduan*: what the record says before a complaint becomes a ticket, and the words of one.

use jiff::civil::Date;

use crate::{
    menu::catalogue::{Call, Effect, Outcome, Privacy, Validator, Wrong},
    service::{
        Asking, Decision, personal,
        record::Facts,
        status::{CERTIFICATE_DAYS, WIDEST_PLACE, days_between, visible},
    },
};

/// Letters of somebody's own words, at most: two texts.
pub const LONGEST_TEXT: usize = 300;

/// Fewer say nothing that anybody could look into.
const SHORTEST_TEXT: usize = 5;

const WIDE: [u8; LONGEST_TEXT] = [b'W'; LONGEST_TEXT];

/// Somebody's own words.
pub(super) const TEXT: Validator = Validator {
    name: "free_text",
    read: text,
    wrongs: &["text_short", "text_long"],
    longest: match std::str::from_utf8(&WIDE) {
        Ok(wide) => wide,
        Err(_) => "",
    },
    privacy: Privacy::Personal,
};

/// Lines and tabs become blanks, and what cannot be seen goes; nothing else of the words is touched.
fn text(typed: &str, _: Date) -> Result<String, Wrong> {
    let seen = typed.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    let seen: String = seen.filter(|c| !c.is_control()).collect();
    let words = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().filter(|c| c.is_alphanumeric()).count() < SHORTEST_TEXT {
        return Err("text_short");
    }
    if words.chars().count() > LONGEST_TEXT {
        return Err("text_long");
    }
    Ok(words)
}

/// What the record says of a complaint about somebody. A certificate that is not there has two causes,
/// and each has its own answer (`domain.md` §3): a dose without its date was not entered, and its
/// facility has to do that; a dose with its date and no certificate is the ministry's to solve.
pub const LOOK: Call = Call {
    name: "complaint.look",
    effect: Effect::Reads,
    needs: &["person", "category"],
    outcomes: &[
        Outcome {
            name: "words",
            means: "It is of another kind: in the person's words.",
            gives: &[],
        },
        Outcome { name: "no_dose", means: "There is no dose.", gives: &[] },
        Outcome {
            name: "not_entered",
            means: "A dose has no date: the facility has to enter it.",
            gives: &[personal("place", WIDEST_PLACE)],
        },
        Outcome {
            name: "on_its_way",
            means: "The dose is recent; the certificate may still come.",
            gives: &[],
        },
        Outcome {
            name: "not_issued",
            means: "It should be there: only the ministry can issue it.",
            gives: &[],
        },
        Outcome { name: "issued", means: "Every dose has its certificate.", gives: &[] },
    ],
};

pub(super) fn look(asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    if asking.values.text("category")? != "certificate" {
        return Some(Decision::of("words"));
    }
    // A registration that waits has no dose, and is nobody of the record.
    let Some(person) = visible(asking, facts) else { return Some(Decision::of("no_dose")) };
    if person.doses.is_empty() {
        return Some(Decision::of("no_dose"));
    }
    let uncertified = || person.doses.iter().filter(|dose| dose.certificate.is_none());
    let late = |on: Date| days_between(on, asking.today) > CERTIFICATE_DAYS;
    if uncertified().any(|dose| dose.given_on.is_some_and(late)) {
        return Some(Decision::of("not_issued"));
    }
    if let Some(dose) = person.doses.iter().find(|dose| dose.given_on.is_none()) {
        return Some(Decision::of("not_entered").give("place", dose.place.as_str()));
    }
    let waits = uncertified().next().is_some();
    Some(Decision::of(if waits { "on_its_way" } else { "issued" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_taken_as_they_are_if_there_are_any() {
        let today = jiff::civil::date(2021, 8, 16);
        for (typed, kept) in [
            ("  Sertifikat\nbelum  ada ", Ok("Sertifikat belum ada")),
            ("tgl lahir salah: 17/08", Ok("tgl lahir salah: 17/08")),
            ("ya", Err("text_short")),
            ("... --- !!!", Err("text_short")),
            ("", Err("text_short")),
        ] {
            assert_eq!(text(typed, today).as_deref(), kept.as_ref().map(|kept| *kept), "{typed}");
        }
        assert!(text(&"a".repeat(LONGEST_TEXT), today).is_ok());
        assert_eq!(text(&"a".repeat(LONGEST_TEXT + 1), today), Err("text_long"));
    }
}
