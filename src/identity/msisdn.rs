//! Phone numbers.
//!
//! Owns Indonesia's mobile numbering plan and every way people write its numbers; keeps them in
//! E.164 (ITU-T E.164 §6: at most 15 digits, country code first). Numbers of other countries are
//! held too, for a roaming subscriber dials like anybody else, but are never guessed from a national
//! form. A short code is an address, and no phone number.

use std::fmt;

use super::is_spacing;

/// Indonesia.
const COUNTRY: &str = "62";

/// Digits of a national mobile number without its 0: `8` to the last.
const NATIONAL_DIGITS: std::ops::RangeInclusive<usize> = 9..=12;

/// Digits of an E.164 number, country code included; below seven are short codes.
const E164_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// Up to this many digits without a country code, it is a short code or an emergency number.
const SHORT_CODE: usize = 6;

/// A phone number in E.164. Exists only by parsing; `Debug` masks.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Msisdn(String);

/// Why a text is no phone number; each has its own words for the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MsisdnError {
    /// Nothing there.
    #[error("empty")]
    Empty,
    /// Something other than digits, a leading plus, blanks, dots, dashes and brackets.
    #[error("not only digits")]
    NotDigits,
    /// Too short for any phone: `119`, `1199`.
    #[error("a short code")]
    ShortCode,
    /// A mobile number with too few or too many digits.
    #[error("wrong number of digits")]
    Length,
    /// Not a mobile number of Indonesia.
    #[error("not a mobile number of this country")]
    NotMobile,
}

impl Msisdn {
    /// Reads an Indonesian mobile number: `0812…`, `812…`, `62812…`, `+62812…`, `0062812…`,
    /// `+62 0812…`, with blanks, dots, dashes and brackets anywhere.
    pub fn parse(text: &str) -> Result<Msisdn, MsisdnError> {
        Msisdn::national_mobile(&Written::read(text)?)
    }

    /// Reads an Indonesian mobile number in any of its forms, or else a number of another country
    /// with its country code. A number that can be both is Indonesian.
    pub fn parse_any(text: &str) -> Result<Msisdn, MsisdnError> {
        let written = Written::read(text)?;
        match Msisdn::national_mobile(&written) {
            Err(MsisdnError::NotMobile) => {
                written.international().ok_or(MsisdnError::NotMobile).and_then(Msisdn::e164)
            }
            known => known,
        }
    }

    /// Reads an address that the network calls international (TON 1): country code first, so that
    /// `8190…` is Japan and not `0819…`. Forms with 0 or plus in front are seen too, and read as
    /// people write them.
    pub fn from_international(address: &str) -> Result<Msisdn, MsisdnError> {
        let written = Written::read(address)?;
        if written.digits.starts_with('0') && !written.digits.starts_with("00") {
            return Msisdn::national_mobile(&written);
        }
        let international = written.international().ok_or(MsisdnError::Length)?;
        match Msisdn::national_mobile(&Written { plus: true, digits: international.to_owned() }) {
            Ok(known) => Ok(known),
            Err(_) => Msisdn::e164(international),
        }
    }

    /// E.164 with its plus: `+628123456789`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// E.164 without plus, as SMPP addresses and WhatsApp's `wa_id` have it: `628123456789`.
    pub fn without_plus(&self) -> &str {
        self.0.trim_start_matches('+')
    }

    /// As it is dialled at home, `08123456789`; a foreign number keeps its plus.
    pub fn national(&self) -> String {
        match self.without_plus().strip_prefix(COUNTRY) {
            Some(national) => format!("0{national}"),
            None => self.0.clone(),
        }
    }

    /// Whether it is a mobile number of Indonesia's plan.
    pub fn is_indonesian_mobile(&self) -> bool {
        self.without_plus().strip_prefix(COUNTRY).is_some_and(|digits| is_mobile(digits).is_ok())
    }

    /// `+62812****789`: country, network and the last three, and always four stars. A short
    /// number shows less.
    pub fn masked(&self) -> String {
        let (first, last) = if self.0.len() >= 12 { (6, 3) } else { (3, 2) };
        let head = self.0.get(..first).unwrap_or_default();
        let tail = self.0.get(self.0.len().saturating_sub(last)..).unwrap_or_default();
        format!("{head}****{tail}")
    }

    fn national_mobile(written: &Written) -> Result<Msisdn, MsisdnError> {
        let digits = written.digits.as_str();
        if !written.plus && digits.len() <= SHORT_CODE {
            return Err(MsisdnError::ShortCode);
        }
        let after_country = match digits.strip_prefix("00") {
            Some(international) => international.strip_prefix(COUNTRY),
            None => digits.strip_prefix(COUNTRY),
        };
        let national = match after_country {
            // `+62 0812…`: the 0 belongs to the national form only, and is written all the same.
            Some(after) => after.strip_prefix('0').unwrap_or(after),
            None if written.plus => return Err(MsisdnError::NotMobile),
            None => digits.strip_prefix('0').unwrap_or(digits),
        };
        is_mobile(national)?;
        Ok(Msisdn(format!("+{COUNTRY}{national}")))
    }

    fn e164(digits: &str) -> Result<Msisdn, MsisdnError> {
        if digits.starts_with('0') {
            return Err(MsisdnError::NotMobile);
        }
        if !E164_DIGITS.contains(&digits.len()) {
            return Err(MsisdnError::Length);
        }
        Ok(Msisdn(format!("+{digits}")))
    }
}

impl fmt::Debug for Msisdn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Msisdn({})", self.masked())
    }
}

/// `8[1-35-9]` and seven to ten digits more.
fn is_mobile(national: &str) -> Result<(), MsisdnError> {
    match national.as_bytes() {
        [b'8', b'1'..=b'3' | b'5'..=b'9', ..] if NATIONAL_DIGITS.contains(&national.len()) => {
            Ok(())
        }
        [b'8', b'1'..=b'3' | b'5'..=b'9', ..] | [b'8'] => Err(MsisdnError::Length),
        _ => Err(MsisdnError::NotMobile),
    }
}

/// A number as somebody wrote it, without what stood between its digits.
struct Written {
    plus: bool,
    digits: String,
}

impl Written {
    fn read(text: &str) -> Result<Written, MsisdnError> {
        let between = |char: &char| !is_spacing(*char) && !matches!(char, '(' | ')');
        let mut chars = text.chars().filter(between).peekable();
        let plus = chars.next_if(|char| matches!(char, '+' | '\u{FF0B}')).is_some();
        let mut digits = String::new();
        for char in chars {
            if !char.is_ascii_digit() {
                return Err(MsisdnError::NotDigits);
            }
            digits.push(char);
        }
        match digits.is_empty() {
            true if plus => Err(MsisdnError::NotDigits),
            true => Err(MsisdnError::Empty),
            false => Ok(Written { plus, digits }),
        }
    }

    /// Country code and number, if it can be read so.
    fn international(&self) -> Option<&str> {
        match self.digits.strip_prefix("00") {
            Some(after) if !self.plus => Some(after),
            _ if self.digits.starts_with('0') => None,
            _ => Some(&self.digits),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_form_of_one_number() {
        for text in [
            "081234567890",
            "81234567890",
            "6281234567890",
            "+6281234567890",
            "006281234567890",
            "+62 0812-3456-7890",
            "+62 (0) 812 3456 7890",
            "62081234567890",
            "0812.3456.7890",
            " 0812 3456 7890\u{200E}",
            "\u{202A}+62 812\u{2011}3456\u{2011}7890\u{202C}",
        ] {
            let number = Msisdn::parse(text).unwrap();
            assert_eq!(number.as_str(), "+6281234567890", "{text}");
            assert_eq!(Msisdn::parse_any(text).unwrap(), number);
        }
    }

    #[test]
    fn what_is_refused_and_why() {
        use MsisdnError::*;
        for (text, error) in [
            ("", Empty),
            (" - ", Empty),
            ("+", NotDigits),
            ("0812x4567890", NotDigits),
            ("08123+4567890", NotDigits),
            ("*119#", NotDigits),
            ("119", ShortCode),
            ("1199", ShortCode),
            ("08123", ShortCode),
            ("08123456", Length),
            ("08123456789012", Length),
            ("+62812345", Length),
            ("02155512345", NotMobile),
            ("084123456789", NotMobile),
            ("080123456789", NotMobile),
            ("+6591234567", NotMobile),
            ("3173041708900001", NotMobile),
        ] {
            assert_eq!(Msisdn::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn lengths_are_nine_to_twelve_digits() {
        for digits in 7..=14 {
            let national = format!("81{}", "2".repeat(digits - 2));
            assert_eq!(Msisdn::parse(&national).is_ok(), (9..=12).contains(&digits), "{digits}");
        }
    }

    #[test]
    fn numbers_of_other_countries_are_held_but_not_guessed() {
        for (text, number) in [
            ("+6591234567", Ok("+6591234567")),
            ("006591234567", Ok("+6591234567")),
            ("6591234567", Ok("+6591234567")),
            ("+819012345678", Ok("+819012345678")),
            ("819012345678", Ok("+62819012345678")),
            ("1199", Err(MsisdnError::ShortCode)),
            ("+1234567890123456", Err(MsisdnError::Length)),
            ("02155512345", Err(MsisdnError::NotMobile)),
            ("08123456", Err(MsisdnError::Length)),
        ] {
            let parsed = Msisdn::parse_any(text);
            assert_eq!(parsed.as_ref().map(Msisdn::as_str).map_err(|e| *e), number, "{text}");
        }
    }

    #[test]
    fn an_international_address_has_its_country_code() {
        for (address, number) in [
            ("6281234567890", Ok("+6281234567890")),
            ("+6281234567890", Ok("+6281234567890")),
            ("62081234567890", Ok("+6281234567890")),
            ("081234567890", Ok("+6281234567890")),
            ("006281234567890", Ok("+6281234567890")),
            ("819012345678", Ok("+819012345678")),
            ("622155512345", Ok("+622155512345")),
            ("119", Err(MsisdnError::Length)),
            ("", Err(MsisdnError::Empty)),
        ] {
            let parsed = Msisdn::from_international(address);
            assert_eq!(parsed.as_ref().map(Msisdn::as_str).map_err(|e| *e), number, "{address}");
        }
    }

    #[test]
    fn is_shown_in_parts_only() {
        let number = Msisdn::parse("081234567789").unwrap();
        assert_eq!(number.masked(), "+62812****789");
        assert_eq!(format!("{number:?}"), "Msisdn(+62812****789)");
        assert_eq!(number.national(), "081234567789");
        assert_eq!(number.without_plus(), "6281234567789");
        assert!(number.is_indonesian_mobile());
        let foreign = Msisdn::parse_any("+6591234567").unwrap();
        assert_eq!(foreign.masked(), "+65****67");
        assert_eq!(foreign.national(), "+6591234567");
        assert!(!foreign.is_indonesian_mobile());
        assert_eq!(Msisdn::parse_any("+1234567").unwrap().masked(), "+12****67");
    }

    proptest! {
        #[test]
        fn reading_never_fails_badly(text in "[+0-9() .-]{0,20}|.{0,40}") {
            for number in [Msisdn::parse(&text), Msisdn::parse_any(&text)].into_iter().flatten() {
                prop_assert_eq!(Msisdn::parse_any(number.as_str()), Ok(number.clone()));
                prop_assert!(number.masked().len() < number.as_str().len() + 4);
            }
            let _ = Msisdn::from_international(&text);
        }
    }
}
