//! Answers: what a status and a body mean. Nothing of a body is quoted in an error: it names people.

use jiff::civil::Date;
use serde::Deserialize;
use thiserror::Error;

use crate::{
    identity::Nik,
    service::{
        number::Number,
        outside::{Arrived, Elsewhere, Said},
        roster::{COLUMNS, Entry, Header},
    },
};

/// Octets of an answer that are read; a person has about a thousand, a page of events a hundred times
/// that.
pub const LONGEST: usize = 512 << 10;

/// Why there is no answer. What to do about it is the variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum Failed {
    /// It did not come, or not in time: ask again.
    #[error("no answer came")]
    Unreachable,
    /// It cannot answer just now: ask again.
    #[error("the record answers {0}")]
    Unwell(u16),
    /// We ask too fast: ask later.
    #[error("the record wants to be asked less often")]
    Throttled,
    /// It will never answer this: there is no use in asking again soon.
    #[error("the record refuses with {0}")]
    Refused(u16),
    /// What came is no answer to what was asked.
    #[error("the record's answer cannot be read")]
    Unreadable,
}

impl Failed {
    /// Every word of [`Failed::as_str`].
    pub const WORDS: [&'static str; 5] =
        ["unreachable", "unwell", "throttled", "refused", "unreadable"];

    /// The word of metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Unwell(_) => "unwell",
            Self::Throttled => "throttled",
            Self::Refused(_) => "refused",
            Self::Unreadable => "unreadable",
        }
    }

    /// Whether the same question may be answered a moment later.
    pub fn may_pass(self) -> bool {
        matches!(self, Self::Unreachable | Self::Unwell(_) | Self::Unreadable)
    }
}

/// What came of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registered {
    /// It stands, now or since it was sent first.
    Stands,
    /// The person was registered before, under another name.
    Already,
    /// NIK, name and birth date are nobody's.
    Unmatched,
}

/// What a status means, where the body says nothing more.
fn failed(status: u16) -> Option<Failed> {
    match status {
        200..=299 => None,
        408 | 425 | 500..=599 => Some(Failed::Unwell(status)),
        429 => Some(Failed::Throttled),
        _ => Some(Failed::Refused(status)),
    }
}

/// The answer to `ask::person` about this NIK.
///
/// # Errors
/// See [`Failed`].
pub fn person(status: u16, body: &[u8], nik: &Nik, today: Date) -> Result<Arrived, Failed> {
    if let Some(failed) = failed(status) {
        return Err(failed);
    }
    let said: Person = serde_json::from_slice(body).map_err(|_| Failed::Unreadable)?;
    let arrived = said.read(today).ok_or(Failed::Unreadable)?;
    // Somebody else's data must never be taken for this person's.
    if arrived.nik == *nik { Ok(arrived) } else { Err(Failed::Unreadable) }
}

/// The answer to `ask::register`.
///
/// # Errors
/// See [`Failed`].
pub fn registered(status: u16, body: &[u8]) -> Result<Registered, Failed> {
    #[derive(Deserialize)]
    struct Said {
        status: String,
    }
    let said = serde_json::from_slice::<Said>(body).map(|said| said.status);
    match (status, said.as_deref()) {
        (200 | 201, Ok("registered")) => Ok(Registered::Stands),
        (409, Ok("already")) => Ok(Registered::Already),
        (422, Ok("mismatch" | "not_found" | "not_yet")) => Ok(Registered::Unmatched),
        _ => Err(failed(status).unwrap_or(Failed::Unreadable)),
    }
}

/// What is said of one person.
#[derive(Deserialize)]
pub(super) struct Person {
    nik: String,
    version: i64,
    status: String,
    #[serde(default)]
    person: Option<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    name: String,
    birth_date: String,
    #[serde(default)]
    phone: Option<String>,
    #[serde(default)]
    group: Option<String>,
    #[serde(default)]
    eligible_from: Option<String>,
    #[serde(default)]
    blocked: bool,
    #[serde(default)]
    regency: Option<String>,
    #[serde(default)]
    doses: Vec<Dose>,
    #[serde(default)]
    registration: Option<Registration>,
}

#[derive(Deserialize)]
struct Dose {
    number: usize,
    vaccine: String,
    #[serde(default)]
    date: Option<String>,
    #[serde(default)]
    batch: Option<String>,
    #[serde(default)]
    place: Option<String>,
    #[serde(default)]
    certificate: Option<String>,
}

#[derive(Deserialize)]
struct Registration {
    #[serde(default)]
    number: Option<String>,
    #[serde(default)]
    reference: Option<String>,
}

/// The longest reference that is kept, in octets: ours have 32.
const LONGEST_REFERENCE: usize = 64;

impl Person {
    /// The same values that a row of a file may hold, and no others (`service::roster`).
    pub(super) fn read(self, today: Date) -> Option<Arrived> {
        let nik = Nik::parse(&self.nik).ok()?;
        let said = match (self.status.as_str(), self.person) {
            ("not_found", _) => Said::NotListed,
            ("double", _) => Said::Double,
            ("found", Some(listed)) => listed.read(&nik, today)?,
            _ => return None,
        };
        (self.version >= 0).then_some(Arrived { nik, version: self.version, said })
    }
}

impl Listed {
    fn read(self, nik: &Nik, today: Date) -> Option<Said> {
        let mut row = [const { String::new() }; COLUMNS.len()];
        let mut put = |column: &str, value: Option<String>| -> Option<()> {
            let at = COLUMNS.iter().position(|known| *known == column)?;
            *row.get_mut(at)? = value.unwrap_or_default();
            Some(())
        };
        put("nik", Some(nik.as_str().to_owned()))?;
        put("name", Some(self.name))?;
        put("birth_date", Some(self.birth_date))?;
        put("phone", self.phone)?;
        put("group", self.group)?;
        put("eligible_from", self.eligible_from)?;
        put("blocked", self.blocked.then(|| "yes".to_owned()))?;
        put("regency", self.regency)?;
        for dose in self.doses {
            let number = dose.number;
            if dose.vaccine.trim().is_empty() {
                return None;
            }
            put(&format!("dose{number}_vaccine"), Some(dose.vaccine))?;
            put(&format!("dose{number}_date"), dose.date)?;
            put(&format!("dose{number}_batch"), dose.batch)?;
            put(&format!("dose{number}_place"), dose.place)?;
            put(&format!("dose{number}_certificate"), dose.certificate)?;
        }
        let header = Header::parse(COLUMNS).ok()?;
        let fields = row.each_ref().map(String::as_str);
        let entry = Entry::parse(&header, &fields, today).ok()?;
        let elsewhere = self.registration.map(|of| Elsewhere {
            number: of.number.and_then(|number| Number::parse(&number).ok()),
            reference: of.reference.filter(|of| of.len() <= LONGEST_REFERENCE),
        });
        Some(Said::Listed(Box::new(entry), elsewhere))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = date(2021, 8, 17);

    fn nik() -> Nik {
        Nik::parse("3173014502900001").unwrap()
    }

    fn found(more: &str) -> String {
        format!(
            r#"{{"nik": "3173014502900001", "version": 3, "status": "found", "person":
               {{"name": "Siti Aminah", "birth_date": "1990-02-05", "phone": "+6281290000001" {more}}}}}"#
        )
    }

    #[test]
    fn a_person_is_read_whole_or_not_at_all() {
        let dose = r#", "doses": [{"number": 1, "vaccine": "sinovac", "date": "2021-03-01",
            "batch": "B1", "place": "Puskesmas Menteng"}],
            "registration": {"number": "0000000000", "reference": "ab"}"#;
        let arrived = person(200, found(dose).as_bytes(), &nik(), TODAY).unwrap();
        let Said::Listed(entry, Some(elsewhere)) = arrived.said else { panic!("not listed") };
        assert_eq!((entry.doses.len(), elsewhere.reference.as_deref()), (1, Some("ab")));
        for spoilt in [
            r#", "birth_date": "yesterday""#,
            r#", "doses": [{"number": 4, "vaccine": "sinovac"}]"#,
            r#", "doses": [{"number": 1, "vaccine": ""}]"#,
            r#", "regency": "99""#,
        ] {
            let read = person(200, found(spoilt).as_bytes(), &nik(), TODAY);
            assert_eq!(read, Err(Failed::Unreadable), "{spoilt}");
        }
        let other = found("").replace("0001\"", "0002\"");
        assert_eq!(person(200, other.as_bytes(), &nik(), TODAY), Err(Failed::Unreadable));
    }

    #[test]
    fn what_a_status_means() {
        for (status, failed) in [
            (503, Failed::Unwell(503)),
            (429, Failed::Throttled),
            (401, Failed::Refused(401)),
            (200, Failed::Unreadable),
        ] {
            assert_eq!(person(status, b"x", &nik(), TODAY), Err(failed));
            assert_eq!(registered(status, b"x"), Err(failed));
        }
        let said =
            |status, word: &str| registered(status, format!(r#"{{"status":"{word}"}}"#).as_bytes());
        assert_eq!(said(201, "registered"), Ok(Registered::Stands));
        assert_eq!(said(409, "already"), Ok(Registered::Already));
        assert_eq!(said(422, "mismatch"), Ok(Registered::Unmatched));
        // Words that do not belong to their status are no answer.
        assert_eq!(said(200, "already"), Err(Failed::Unreadable));
        assert_eq!(said(409, "registered"), Err(Failed::Refused(409)));
    }

    proptest! {
        #[test]
        fn no_body_is_too_much(status: u16, body: Vec<u8>) {
            let _ = person(status, &body, &nik(), TODAY);
            let _ = registered(status, &body);
        }
    }
}
