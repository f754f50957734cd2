//! What an app's back end says: names of cases, tokens, and the days on which tokens were heard.

use std::fmt;

use jiff::civil::Date;
use thiserror::Error;

use crate::clock::{Timestamp, Zone};

/// Contacts of one upload, at most; the configuration may say fewer.
pub const MOST_CONTACTS: usize = 2000;

/// The name of a case: 8 to 64 letters, digits, `-` and `_`. Whoever gives it puts nobody's name or number
/// in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseId(String);

/// A text is no name of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a case is named by 8 to 64 letters, digits, `-` and `_`, with a letter among them")]
pub struct CaseIdError;

impl CaseId {
    /// Reads one. Digits alone are none: they might be somebody's number.
    ///
    /// # Errors
    /// [`CaseIdError`].
    pub fn parse(text: &str) -> Result<Self, CaseIdError> {
        let good = (8..=64).contains(&text.len())
            && text.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_".contains(&c))
            && text.bytes().any(|c| c.is_ascii_alphabetic());
        good.then(|| Self(text.to_owned())).ok_or(CaseIdError)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a phone sends out in place of a name: 16 to 128 visible characters of ASCII, which nobody can guess.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContactToken(String);

/// A text is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a token is 16 to 128 visible characters of ASCII")]
pub struct ContactTokenError;

impl ContactToken {
    /// Reads one.
    ///
    /// # Errors
    /// [`ContactTokenError`].
    pub fn parse(text: &str) -> Result<Self, ContactTokenError> {
        let good = (16..=128).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_graphic());
        good.then(|| Self(text.to_owned())).ok_or(ContactTokenError)
    }

    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Whoever has a token can say where its phone was.
impl fmt::Debug for ContactToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContactToken(…)")
    }
}

/// A token that was heard, and the day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Contact {
    /// Whose, nobody knows but who bound it.
    pub token: ContactToken,
    /// On which day.
    pub day: Date,
}

/// A day about which nobody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DayError {
    /// It is still to come.
    #[error("a day is still to come")]
    ToCome,
    /// It is too long ago.
    #[error("a day is too long ago")]
    TooOld,
}

impl Contact {
    /// Looks whether a day is one of the last `days`, the day of `now` in any zone of the country among
    /// them.
    ///
    /// # Errors
    /// [`DayError`].
    pub fn judge(day: Date, now: Timestamp, days: u16) -> Result<(), DayError> {
        if day > now.date(Zone::Wit) {
            return Err(DayError::ToCome);
        }
        match now.date(Zone::Wib).since(day).map(|span| span.get_days()) {
            Ok(ago) if ago < i32::from(days) => Ok(()),
            _ => Err(DayError::TooOld),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::{ToSpan, civil::date};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_case_is_named_and_not_numbered() {
        for (text, good) in [
            ("case-0001", true),
            ("a2345678", true),
            ("081290000001", false),
            ("short-1", false),
            ("with blank 1", false),
            ("../../etc/passwd", false),
            ("", false),
        ] {
            assert_eq!(CaseId::parse(text).is_ok(), good, "{text}");
        }
        assert!(CaseId::parse(&"a".repeat(65)).is_err());
    }

    #[test]
    fn a_token_is_long_and_shows_nothing() {
        assert!(ContactToken::parse("0123456789abcde").is_err());
        assert!(ContactToken::parse("0123456789 abcdef").is_err());
        let token = ContactToken::parse("0123456789abcdef").unwrap();
        assert!(!format!("{token:?}").contains("0123"));
    }

    #[test]
    fn a_day_begins_in_the_east() {
        let late = Timestamp::at(date(2021, 8, 17).at(23, 0, 0, 0), Zone::Wib);
        assert_eq!(Contact::judge(date(2021, 8, 18), late, 14), Ok(()));
        assert_eq!(Contact::judge(date(2021, 8, 19), late, 14), Err(DayError::ToCome));
        assert_eq!(Contact::judge(date(2021, 8, 4), late, 14), Ok(()));
        assert_eq!(Contact::judge(date(2021, 8, 3), late, 14), Err(DayError::TooOld));
    }

    proptest! {
        #[test]
        fn only_days_of_the_window_count(ago in -5000i32..5000) {
            let today = date(2021, 8, 17);
            let noon = Timestamp::at(today.at(12, 0, 0, 0), Zone::Wib);
            let judged = Contact::judge(today.saturating_sub(ago.days()), noon, 14);
            prop_assert_eq!(judged.is_ok(), (0..14).contains(&ago));
            prop_assert_eq!(judged == Err(DayError::ToCome), ago < 0);
        }

        #[test]
        fn no_text_is_too_much(text: String) {
            let _ = (CaseId::parse(&text), ContactToken::parse(&text));
        }
    }
}
