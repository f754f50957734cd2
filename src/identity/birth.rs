//! Birth dates as people type them.
//!
//! Owns which spellings are understood and which are refused as ambiguous. Knows no record.

use jiff::ToSpan;
use jiff::civil::Date;

use super::is_invisible;

/// Nobody is older, in years.
const OLDEST: i32 = 120;

/// Longest text looked at, in octets: a date with its month written out is far below.
const LONGEST: usize = 64;

/// Indonesian and English month names; any beginning of three letters or more will do.
const MONTHS: [&[&str]; 12] = [
    &["januari", "january"],
    &["februari", "february", "pebruari"],
    &["maret", "march"],
    &["april"],
    &["mei", "may"],
    &["juni", "june"],
    &["juli", "july"],
    &["agustus", "august", "ags", "agt"],
    &["september"],
    &["oktober", "october"],
    &["november", "nopember"],
    &["desember", "december"],
];

/// Why a text is no birth date; each has its own words for the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BirthDateError {
    /// Not a spelling that is understood, or one that may mean two days (`170890`).
    #[error("not day, month and four-digit year")]
    Format,
    /// The calendar has no such day.
    #[error("no such day")]
    NoSuchDay,
    /// After today.
    #[error("in the future")]
    Future,
    /// More than 120 years ago.
    #[error("too long ago")]
    TooOld,
}

/// Reads day, month, year: `17081990`, `17-08-1990`, `17/8/1990`, `17 08 1990`, `17 Agustus 1990`,
/// `17 Aug 1990`, `August 17, 1990`; also `1990-08-17`, which can mean only one day. A year has four
/// digits.
pub fn parse_birth_date(text: &str, today: Date) -> Result<Date, BirthDateError> {
    let (day, month, year) = parts(text).ok_or(BirthDateError::Format)?;
    let date = Date::new(year, month, day).map_err(|_| BirthDateError::NoSuchDay)?;
    if date > today {
        return Err(BirthDateError::Future);
    }
    if date < today.saturating_sub(OLDEST.years()) {
        return Err(BirthDateError::TooOld);
    }
    Ok(date)
}

/// The date as it is shown to people: `17-08-1990`.
pub fn show(date: Date) -> String {
    format!("{:02}-{:02}-{:04}", date.day(), date.month(), date.year())
}

fn parts(text: &str) -> Option<(i8, i8, i16)> {
    if text.len() > LONGEST {
        return None;
    }
    let text: String = text.chars().filter(|char| !is_invisible(*char)).collect();
    let words = words(text.trim())?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (day, month, year) = match words[..] {
        [all] if all.len() == 8 => (all.get(..2)?, all.get(2..4)?, all.get(4..)?),
        [year, month, day] if year.len() == 4 => (day, month, year),
        [month, day, year] if is_word(month) => (day, month, year),
        [day, month, year] => (day, month, year),
        _ => return None,
    };
    let month = if is_word(month) { month_named(month)? } else { short_number(month)? };
    if year.len() != 4 {
        return None;
    }
    Some((short_number(day)?, month, year.parse().ok()?))
}

/// Runs of digits and runs of letters; `None` if anything else than a separator stands between.
fn words(text: &str) -> Option<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    let mut before = None;
    for char in text.chars() {
        let kind = kind_of(char)?;
        match words.last_mut() {
            Some(word) if kind != Kind::Separator && before == Some(kind) => word.push(char),
            _ if kind == Kind::Separator => {}
            _ => words.push(char.to_string()),
        }
        before = Some(kind);
    }
    Some(words)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Digit,
    Letter,
    Separator,
}

fn kind_of(char: char) -> Option<Kind> {
    match char {
        '0'..='9' => Some(Kind::Digit),
        'a'..='z' | 'A'..='Z' => Some(Kind::Letter),
        '/' | ',' => Some(Kind::Separator),
        _ if super::is_spacing(char) => Some(Kind::Separator),
        _ => None,
    }
}

fn is_word(text: &str) -> bool {
    text.starts_with(|char: char| char.is_ascii_alphabetic())
}

/// One or two digits.
fn short_number(text: &str) -> Option<i8> {
    if text.len() > 2 { None } else { text.parse().ok() }
}

fn month_named(word: &str) -> Option<i8> {
    let word = word.to_ascii_lowercase();
    let is_meant = |names: &&[&str]| names.iter().any(|name| name.starts_with(&word));
    if word.len() < 3 {
        return None;
    }
    MONTHS.iter().zip(1..).find(|(names, _)| is_meant(names)).map(|(_, number)| number)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = date(2022, 3, 1);

    #[test]
    fn spellings_of_one_day() {
        for text in [
            "17081990",
            "17-08-1990",
            "17/08/1990",
            "17.08.1990",
            "17-8-1990",
            "17 08 1990",
            " 17 - 08 - 1990 ",
            "17\u{2013}08\u{2013}1990",
            "17 Agustus 1990",
            "17agustus1990",
            "17 AGT 1990",
            "17-Ags-1990",
            "17 Agu 1990",
            "17 August 1990",
            "Aug 17, 1990",
            "1990-08-17",
        ] {
            assert_eq!(parse_birth_date(text, TODAY), Ok(date(1990, 8, 17)), "{text}");
        }
        for (text, month) in [
            ("1 Peb 2000", 2),
            ("1 mei 2000", 5),
            ("1 May 2000", 5),
            ("1 Okt 2000", 10),
            ("1 Oct 2000", 10),
            ("1 Nopember 2000", 11),
            ("1 Sept 2000", 9),
            ("1 Des 2000", 12),
            ("1 Juni 2000", 6),
            ("1 Jul 2000", 7),
            ("1-3-2000", 3),
        ] {
            assert_eq!(parse_birth_date(text, TODAY), Ok(date(2000, month, 1)), "{text}");
        }
    }

    #[test]
    fn what_is_refused_and_why() {
        use BirthDateError::*;
        for (text, error) in [
            ("", Format),
            ("170890", Format),
            ("17-08-90", Format),
            ("17 Agustus", Format),
            ("17 Ju 1990", Format),
            ("17 Foo 1990", Format),
            ("lahir", Format),
            ("17_08_1990", Format),
            ("017-08-1990", Format),
            ("17-08-19900", Format),
            ("1708199", Format),
            ("１７081990", Format),
            ("31-02-1990", NoSuchDay),
            ("29-02-1990", NoSuchDay),
            ("00-01-1990", NoSuchDay),
            ("12-13-1990", NoSuchDay),
            ("99999999", NoSuchDay),
            ("02-03-2022", Future),
            ("01-01-0001", TooOld),
            ("28-02-1902", TooOld),
        ] {
            assert_eq!(parse_birth_date(text, TODAY), Err(error), "{text}");
        }
        assert_eq!(parse_birth_date("01-03-2022", TODAY), Ok(TODAY));
        assert_eq!(parse_birth_date("01-03-1902", TODAY), Ok(date(1902, 3, 1)));
        assert_eq!(parse_birth_date("29-02-2000", TODAY), Ok(date(2000, 2, 29)));
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read(days in 0i32..40_000) {
            let day = TODAY - days.days();
            prop_assert_eq!(parse_birth_date(&show(day), TODAY), Ok(day));
        }

        #[test]
        fn reading_never_fails_badly(text in ".{0,80}|[0-9/ .A-Za-z-]{0,20}") {
            if let Ok(day) = parse_birth_date(&text, TODAY) {
                prop_assert!(day <= TODAY);
            }
        }
    }
}
