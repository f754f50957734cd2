//! The short code of a certificate: what is read out at a checkpoint without a signal for anything
//! more, and typed on any keypad (`domain.md` §10).

use std::fmt;

use thiserror::Error;

use crate::text::damm;

/// Twelve random digits and a Damm check digit, shown `1234 5678 9012 3`.
///
/// It says nothing of its holder, and is worth nothing without the year of birth. `Debug` shows its
/// last digit only: with the year it opens a record.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShortCode(String);

/// Why a text is no short code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CodeError {
    /// Not thirteen digits.
    #[error("a short code has 13 digits")]
    Length,
    /// A digit was mistyped, or two were swapped.
    #[error("the check digit does not fit")]
    Check,
}

/// Digits with the check digit.
const LENGTH: usize = 13;

impl ShortCode {
    /// The widest that it is shown.
    pub const WIDEST: &str = "1234 5678 9012 3";

    /// The code for a random value; only its last twelve decimal digits count.
    pub fn from_random(random: u64) -> Self {
        let body = format!("{:012}", random % 1_000_000_000_000);
        let check = damm::digit(&body);
        Self(format!("{body}{check}"))
    }

    /// Reads thirteen digits; blanks, dots and dashes between them are passed over.
    ///
    /// # Errors
    /// See [`CodeError`].
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let between = |c: &char| c.is_whitespace() || matches!(c, '-' | '.');
        let digits: String = text.chars().filter(|c| !between(c)).take(LENGTH + 1).collect();
        if digits.len() != LENGTH || !digits.bytes().all(|octet| octet.is_ascii_digit()) {
            return Err(CodeError::Length);
        }
        if damm::digit(&digits) != 0 {
            return Err(CodeError::Check);
        }
        Ok(Self(digits))
    }

    /// The thirteen digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As people read it: `1234 5678 9012 3`.
    pub fn shown(&self) -> String {
        [0..4, 4..8, 8..12, 12..13].map(|part| &self.0[part]).join(" ")
    }
}

impl fmt::Debug for ShortCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ShortCode(…{})", &self.0[LENGTH - 1..])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_is_shown_in_groups_and_read_back_as_people_type_it() {
        let code = ShortCode::from_random(123_456_789_012);
        assert!(code.shown().starts_with("1234 5678 9012 "), "{}", code.shown());
        assert_eq!(code.shown().len(), ShortCode::WIDEST.len());
        for typed in [code.as_str().to_owned(), code.shown(), code.shown().replace(' ', "-")] {
            assert_eq!(ShortCode::parse(&typed), Ok(code.clone()), "{typed}");
        }
    }

    #[test]
    fn what_is_none_is_told_from_a_slip() {
        for typed in ["", "1234", "1234 5678 9012 34", "1234 5678 901a 2", "١٢٣٤٥٦٧٨٩٠١٢٣"]
        {
            assert_eq!(ShortCode::parse(typed), Err(CodeError::Length), "{typed}");
        }
        assert_eq!(format!("{:?}", ShortCode::from_random(0)), "ShortCode(…0)");
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_caught(random: u64, at in 0..LENGTH, by in 1u8..10) {
            let code = ShortCode::from_random(random);
            let mut typed = code.as_str().as_bytes().to_vec();
            typed[at] = b'0' + (typed[at] - b'0' + by) % 10;
            let typed = String::from_utf8(typed).unwrap();
            prop_assert_eq!(ShortCode::parse(&typed), Err(CodeError::Check));
        }

        #[test]
        fn no_text_is_too_odd(text in "\\PC{0,64}") {
            if let Ok(code) = ShortCode::parse(&text) {
                prop_assert_eq!(ShortCode::parse(&code.shown()), Ok(code));
            }
        }
    }
}
