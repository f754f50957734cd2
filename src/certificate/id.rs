//! The number of a certificate, and the same as the EU writes it (UVCI; eHN "Guidelines on
//! verifiable vaccination certificates", release 2, annex 2).

use std::fmt;

use thiserror::Error;

/// What stands before the number: version 1, issued by Indonesia, the number without parts (annex
/// 2, option 3).
const HEAD: &str = "URN:UVCI:01:ID:";

/// What a UVCI is made of before its check character, in the order of their values.
const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/:";

/// A schema of the EU has room for 80 with head and check character.
const LONGEST: usize = 60;

/// The number of a certificate: capitals and digits. Exists only by parsing. It is looked up by it, so
/// it is no more to be shown around than a name: `Debug` masks.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CertificateId(String);

/// Why a text is no number of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IdError {
    /// Nothing, or more than 60 characters.
    #[error("1 to {LONGEST} characters are a certificate's number")]
    Length,
    /// Something else than letters, digits, blanks, dots, dashes and slashes.
    #[error("a certificate's number has letters and digits only")]
    Symbol,
    /// The check character is not that of the others.
    #[error("the check character does not fit")]
    Check,
}

impl CertificateId {
    /// Reads a number as people write it: small letters become capitals, and blanks, dots, dashes
    /// and slashes between them go.
    ///
    /// # Errors
    /// See [`IdError`].
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let mut id = String::new();
        for char in text.trim().chars() {
            match char {
                ' ' | '.' | '-' | '/' => {}
                char if char.is_ascii_alphanumeric() => id.push(char.to_ascii_uppercase()),
                _ => return Err(IdError::Symbol),
            }
        }
        if id.is_empty() || id.len() > LONGEST {
            return Err(IdError::Length);
        }
        Ok(Self(id))
    }

    /// Reads `URN:UVCI:01:ID:…#C`, as [`CertificateId::uvci`] writes it.
    ///
    /// # Errors
    /// See [`IdError`].
    pub fn from_uvci(uvci: &str) -> Result<Self, IdError> {
        let (body, check) = uvci.rsplit_once('#').ok_or(IdError::Check)?;
        let id = body.strip_prefix(HEAD).ok_or(IdError::Symbol)?;
        if !id.bytes().all(|octet| octet.is_ascii_uppercase() || octet.is_ascii_digit()) {
            return Err(IdError::Symbol);
        }
        let right = check_character(body).ok_or(IdError::Symbol)?;
        if check.len() != 1 || !check.starts_with(right) {
            return Err(IdError::Check);
        }
        Self::parse(id)
    }

    /// Capitals and digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number as machines of the EU know it.
    pub fn uvci(&self) -> String {
        let body = format!("{HEAD}{}", self.0);
        // Every character of it is in the alphabet.
        let check = check_character(&body).unwrap_or('A');
        format!("{body}#{check}")
    }
}

impl fmt::Debug for CertificateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CertificateId")
    }
}

/// The check character of a UVCI without it: Luhn mod N (ISO/IEC 7812-1 annex B, over
/// [`ALPHABET`]). `None` if a character is not of the alphabet.
fn check_character(body: &str) -> Option<char> {
    let n = ALPHABET.len();
    let mut sum = 0;
    for (at, octet) in body.bytes().rev().enumerate() {
        let value = ALPHABET.iter().position(|known| *known == octet)?;
        // Every second one counts twice, from the last on; what is twice as much is added by digit.
        let weighed = if at % 2 == 0 { 2 * value } else { value };
        sum += weighed / n + weighed % n;
    }
    ALPHABET.get((n - sum % n) % n).map(|octet| char::from(*octet))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_characters_of_others_are_ours() {
        // The schema's own example and that of its reference in Python; two that Sweden printed.
        for (body, check) in [
            ("URN:UVCI:01:AT:10807843F94AEE0EE5093FBC254BD813", 'B'),
            ("URN:UVCI:01:NL:187/37512422923", 'Z'),
            ("URN:UVCI:01:SE:EHM/V12907267LAJW", 'E'),
            ("URN:UVCI:01:SE:EHM/V12916227TFJJ", 'Q'),
        ] {
            assert_eq!(check_character(body), Some(check), "{body}");
        }
        assert_eq!(check_character("urn"), None);
    }

    #[test]
    fn a_number_comes_back_from_its_uvci() {
        for text in ["3173012345678", "A", "sk-2021/00.17 x", &"Z9".repeat(30)] {
            let id = CertificateId::parse(text).unwrap();
            assert!(id.uvci().len() <= 80, "{}", id.uvci());
            assert_eq!(CertificateId::from_uvci(&id.uvci()), Ok(id));
        }
    }

    #[test]
    fn a_slip_in_a_uvci_is_found() {
        let uvci = CertificateId::parse("317301234567A").unwrap().uvci();
        for (at, _) in uvci.char_indices().skip(HEAD.len()).take(13) {
            for other in "0A9Z".chars().filter(|other| !uvci[at..].starts_with(*other)) {
                let mut slipped = uvci.clone();
                slipped.replace_range(at..=at, &other.to_string());
                assert_eq!(CertificateId::from_uvci(&slipped), Err(IdError::Check), "{slipped}");
            }
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        assert_eq!(CertificateId::parse(" - "), Err(IdError::Length));
        assert_eq!(CertificateId::parse(&"A".repeat(61)), Err(IdError::Length));
        assert_eq!(CertificateId::parse("12#4"), Err(IdError::Symbol));
        assert_eq!(CertificateId::parse("é"), Err(IdError::Symbol));
        for uvci in ["", "#", "URN:UVCI:01:ID:#", "URN:UVCI:01:DE:A#B", "URN:UVCI:01:ID:a#B"] {
            assert!(CertificateId::from_uvci(uvci).is_err(), "{uvci}");
        }
    }
}
