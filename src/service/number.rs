//! Numbers that people read out and type: nine random digits and a check digit.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::text::damm;

/// A registration number: nine digits and a Damm check digit, shown `123 456 7890`.
///
/// The check digit catches every single wrong digit and every swap of neighbours (H. M. Damm,
/// *Total anti-symmetrische Quasigruppen*, 2004), the two mistakes people make on a keypad.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Number(String);

/// Why a text is no number of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NumberError {
    /// Not ten digits.
    #[error("a number has 10 digits")]
    Length,
    /// A digit was mistyped, or two were swapped.
    #[error("the check digit does not fit")]
    Check,
}

impl Number {
    /// The number for a random value; only its last nine decimal digits count.
    pub fn from_random(random: u64) -> Self {
        let body = format!("{:09}", random % 1_000_000_000);
        let check = damm::digit(&body);
        Self(format!("{body}{check}"))
    }

    /// Reads ten digits; blanks and dashes between them are passed over.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.')).collect();
        if digits.len() != 10 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NumberError::Length);
        }
        if damm::digit(&digits) != 0 {
            return Err(NumberError::Check);
        }
        Ok(Self(digits))
    }

    /// The ten digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", &self.0[..3], &self.0[3..6], &self.0[6..])
    }
}

impl TryFrom<String> for Number {
    type Error = NumberError;

    fn try_from(text: String) -> Result<Self, NumberError> {
        Self::parse(&text)
    }
}

impl From<Number> for String {
    fn from(number: Number) -> Self {
        number.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slip_of_one_digit_and_every_swap_is_caught() {
        let number = Number::from_random(123_456_789_012);
        let good = number.as_str().as_bytes().to_vec();
        for at in 0..good.len() {
            for digit in b'0'..=b'9' {
                let mut typed = good.clone();
                typed[at] = digit;
                let typed = String::from_utf8(typed).unwrap();
                assert_eq!(Number::parse(&typed).is_ok(), digit == good[at]);
            }
            if at > 0 && good[at] != good[at - 1] {
                let mut typed = good.clone();
                typed.swap(at, at - 1);
                let typed = String::from_utf8(typed).unwrap();
                assert_eq!(Number::parse(&typed), Err(NumberError::Check));
            }
        }
    }

    #[test]
    fn it_is_shown_in_groups_and_read_back_from_them() {
        let number = Number::from_random(42);
        assert_eq!(number.to_string().len(), 12);
        assert_eq!(Number::parse(&number.to_string()), Ok(number));
    }
}
