//! A subscriber's number as the simulated country writes it: E.164 digits of an Indonesian mobile.
//!
//! Own code, on purpose: the simulator must not lean on the gateway's parsing, or both would be
//! wrong in the same way. `Debug` masks, so a number cannot slip into a log by accident.

use std::fmt;
use std::str::FromStr;

/// An E.164 number without the plus, such as `6281211900001`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Number(u64);

/// The text is not an Indonesian mobile number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an Indonesian mobile number: write it as 0812… or +62812…")]
pub struct NotANumber;

impl Number {
    /// The number as the national network writes it: `0812…`.
    pub fn national(self) -> String {
        format!("0{}", self.0.to_string().trim_start_matches("62"))
    }

    /// The number with its middle hidden, for logs: `0812****0001`.
    pub fn masked(self) -> String {
        let national = self.national();
        match (national.get(..4), national.len().checked_sub(4).and_then(|at| national.get(at..))) {
            (Some(head), Some(tail)) => format!("{head}****{tail}"),
            _ => "****".to_owned(),
        }
    }
}

impl FromStr for Number {
    type Err = NotANumber;

    /// Takes `0812…`, `812…`, `62812…` and `+62812…`, with blanks, dots and dashes.
    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '+')).collect();
        if !digits.bytes().all(|octet| octet.is_ascii_digit()) {
            return Err(NotANumber);
        }
        let national = digits.strip_prefix("62").or(digits.strip_prefix('0')).unwrap_or(&digits);
        if !national.starts_with('8') || !(9..=12).contains(&national.len()) {
            return Err(NotANumber);
        }
        format!("62{national}").parse().map(Number).map_err(|_| NotANumber)
    }
}

impl fmt::Display for Number {
    /// All digits, E.164 without the plus: the form on the wire.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Number({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_spelling_is_one_number() {
        for text in ["081211900001", "81211900001", "6281211900001", "+62 812-1190-0001"] {
            assert_eq!(text.parse::<Number>().unwrap().to_string(), "6281211900001", "{text}");
        }
    }

    #[test]
    fn what_is_no_mobile_number_is_refused() {
        for text in ["", "0211234567", "0812", "08121190000111", "08x2119000", "*119#"] {
            assert_eq!(text.parse::<Number>(), Err(NotANumber), "{text}");
        }
    }

    #[test]
    fn debug_hides_the_middle() {
        let number: Number = "081211900001".parse().unwrap();
        assert_eq!(format!("{number:?}"), "Number(0812****0001)");
    }
}
