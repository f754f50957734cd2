//! Names of people, as written and as compared.
//!
//! Owns what may stand in a name, the one normal form (`name/normal.rs`) and the one comparison
//! (`name/likeness.rs`). Two spellings of one name are never compared as text: titles come and go,
//! Muhammad has twenty spellings, and many people have one name only. Knows no record.

mod likeness;
mod normal;

use std::fmt;

use unicode_normalization::char::is_combining_mark;

pub use likeness::Likeness;

use super::is_invisible;

/// Longest name in characters; identity cards end at 60.
const LONGEST: usize = 100;

/// A name as its bearer writes it, with single blanks. Exists only by parsing; `Debug` masks, and
/// there is no `Display`. Equality is that of the writing: to ask whether it is one person's name,
/// [`PersonName::compare`].
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName(String);

/// Why a text is no name; each has its own words for the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing there.
    #[error("empty")]
    Empty,
    /// No letter. One is enough: people with a name of one letter exist, and a slip will not match.
    #[error("no letter")]
    TooShort,
    /// More than a hundred characters.
    #[error("more than {LONGEST} characters")]
    TooLong,
    /// A digit, or a sign that no name has.
    #[error("a character that no name has")]
    Symbol(char),
}

impl PersonName {
    /// Reads a name: letters of any script with their marks, apostrophes, dots, commas, dashes and
    /// blanks. Blanks around it go, several become one.
    pub fn parse(text: &str) -> Result<PersonName, NameError> {
        let visible: String = text.chars().filter(|char| !is_invisible(*char)).collect();
        let name = visible.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() {
            return Err(NameError::Empty);
        }
        if let Some(symbol) = name.chars().find(|char| !may_stand_in_a_name(*char)) {
            return Err(NameError::Symbol(symbol));
        }
        if name.chars().count() > LONGEST {
            return Err(NameError::TooLong);
        }
        if !name.chars().any(is_letter) {
            return Err(NameError::TooShort);
        }
        Ok(PersonName(name))
    }

    /// As written. For the vault and the person's own screen; never for a log.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which names are matched: capitals without accents or apostrophes, titles and
    /// degrees taken off, known spellings made one (`Moh.` is `MUHAMMAD`), words parted by one
    /// blank. Never empty.
    pub fn normalised(&self) -> String {
        normal::words(&self.0).join(" ")
    }

    /// How likely the two are one person's name.
    pub fn compare(&self, other: &PersonName) -> Likeness {
        likeness::of(&normal::words(&self.0), &normal::words(&other.0))
    }

    /// `B*** S****`: initials of the first two words, titles left out. The stars are the same for
    /// everybody, so that they tell nothing of the length.
    pub fn masked(&self) -> String {
        let words = normal::words(&self.0);
        let mut initials = words.iter().filter_map(|word| word.chars().next());
        match (initials.next(), initials.next()) {
            (Some(first), Some(second)) => format!("{first}*** {second}****"),
            (first, _) => format!("{}***", first.map(String::from).unwrap_or_default()),
        }
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "PersonName({})", self.masked())
    }
}

fn may_stand_in_a_name(char: char) -> bool {
    is_letter(char)
        || is_combining_mark(char)
        || is_apostrophe(char)
        || is_dash(char)
        || matches!(char, '.' | ',' | ' ')
}

fn is_letter(char: char) -> bool {
    char.is_alphabetic() && !is_apostrophe(char) && !is_combining_mark(char)
}

fn is_apostrophe(char: char) -> bool {
    matches!(
        char,
        '\'' | '`' | '\u{B4}' | '\u{2B9}'
            ..='\u{2BF}' | '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{2032}' | '\u{FF07}'
    )
}

fn is_dash(char: char) -> bool {
    matches!(char, '-' | '\u{2010}'..='\u{2015}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(text: &str) -> PersonName {
        PersonName::parse(text).unwrap()
    }

    #[test]
    fn what_a_name_may_be() {
        for (text, written) in [
            ("Suharto", "Suharto"),
            ("  Siti   Nur\tAminah\n", "Siti Nur Aminah"),
            ("Nur'aini", "Nur'aini"),
            ("Ma’ruf", "Ma’ruf"),
            ("dr. Budi Santoso, Sp.A", "dr. Budi Santoso, Sp.A"),
            ("Anne-Marie Müller", "Anne-Marie Müller"),
            ("Q", "Q"),
            ("Budi\u{200B} Santoso", "Budi Santoso"),
        ] {
            assert_eq!(name(text).as_str(), written);
        }
        let long = "Aiwinur Siti Diah Ayu Mega Ningrum Dwi Pangestuti Lestari Endang Pamikasih";
        assert_eq!(name(long).as_str(), long);
    }

    #[test]
    fn what_is_refused_and_why() {
        use NameError::*;
        for (text, error) in [
            ("", Empty),
            (" \u{200B} ", Empty),
            ("...", TooShort),
            ("'-,.", TooShort),
            ("1", Symbol('1')),
            ("Budi 2", Symbol('2')),
            ("Budi & Siti", Symbol('&')),
            ("3173041708900001", Symbol('3')),
            ("Budi #", Symbol('#')),
            ("Budi 🙂", Symbol('🙂')),
            ("Budi (Ayah)", Symbol('(')),
        ] {
            assert_eq!(PersonName::parse(text), Err(error), "{text}");
        }
        assert_eq!(PersonName::parse(&"a".repeat(101)), Err(TooLong));
        assert!(PersonName::parse(&"a".repeat(100)).is_ok());
    }

    #[test]
    fn is_shown_by_initials_only() {
        for (text, masked) in [
            ("Budi Santoso", "B*** S****"),
            ("Siti Nur Aminah", "S*** N****"),
            ("Suharto", "S***"),
            ("Q", "Q***"),
            ("dr. H. Budi Santoso, Sp.A", "B*** S****"),
            ("Moh. Rizki", "M*** R****"),
            ("élan ñandu", "E*** N****"),
        ] {
            assert_eq!(name(text).masked(), masked);
            assert_eq!(format!("{:?}", name(text)), format!("PersonName({masked})"));
        }
    }

    proptest! {
        #[test]
        fn reading_and_comparing_never_fail_badly(
            one in "[A-Za-z .,'-]{1,60}|\\PC{0,40}",
            other in "[A-Za-z .,'-]{1,60}|\\PC{0,40}",
        ) {
            let read = |text: &str| PersonName::parse(text).ok();
            let (Some(one), Some(other)) = (read(&one), read(&other)) else { return Ok(()) };
            prop_assert!(!one.normalised().is_empty());
            prop_assert!(one.masked().chars().count() <= 12);
            prop_assert_eq!(one.compare(&one), Likeness::Same);
            prop_assert_eq!(one.compare(&other), other.compare(&one));
        }
    }
}
