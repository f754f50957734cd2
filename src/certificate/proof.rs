//! What somebody shows to prove a vaccination: a short code, with the year of birth if it was typed
//! along, a certificate by text, or the text of a QR code. Only what it is; what it is worth is
//! said by those who have the keys and the record.

use thiserror::Error;

use super::{
    code::{CodeError, ShortCode},
    text,
};

/// A proof of a vaccination, as it was typed, forwarded or pasted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// A short code.
    Code {
        /// The code.
        code: ShortCode,
        /// The year of birth of whoever shows it, where it was typed along.
        year: Option<i16>,
    },
    /// Words with a certificate by text among them.
    Text(String),
    /// `HC1:` and what follows it.
    Document(String),
}

/// Why words are no proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProofError {
    /// Nothing of a certificate is in them.
    #[error("neither a code, nor a certificate by text, nor an HC1 text")]
    Nothing,
    /// They are a short code with a slip.
    #[error("the check digit of the code does not fit")]
    Slip,
}

/// With what the text of a QR code begins (eHN HCERT 1.0.5 §3.2).
const DOCUMENT: &str = "HC1:";
/// Longer words are not looked through, in octets.
const LONGEST: usize = 2048;

impl Proof {
    /// Reads what was typed, forwarded or pasted; words around it are passed over.
    ///
    /// # Errors
    /// See [`ProofError`].
    pub fn parse(words: &str) -> Result<Self, ProofError> {
        if words.len() > LONGEST {
            return Err(ProofError::Nothing);
        }
        if let Some(at) = words.to_ascii_uppercase().find(DOCUMENT) {
            // Phones write the first letters small, and break lines. What follows is in Base45, which has
            // blanks of its own, and ends at the first character that it does not have (RFC 9285 §4).
            let text = words.get(at + DOCUMENT.len()..).unwrap_or_default();
            let of_base45 =
                |c: &char| c.is_ascii_uppercase() || c.is_ascii_digit() || " $%*+-./:".contains(*c);
            let text = text.chars().filter(|c| !c.is_control()).take_while(of_base45);
            let document: String = DOCUMENT.chars().chain(text).collect();
            return Ok(Self::Document(document.trim().to_owned()));
        }
        if text::looks_like_one(words) {
            return Ok(Self::Text(words.trim().to_owned()));
        }
        let digits: String = words
            .split(|c: char| !c.is_alphanumeric())
            .filter(|run| run.bytes().all(|octet| octet.is_ascii_digit()))
            .collect();
        let (code, year) = match digits.len() {
            CODE => (digits.as_str(), None),
            CODE_AND_YEAR => {
                let (code, year) = digits.split_at(CODE);
                (code, year.parse().ok())
            }
            _ => return Err(ProofError::Nothing),
        };
        match ShortCode::parse(code) {
            Ok(code) => Ok(Self::Code { code, year }),
            Err(CodeError::Check) => Err(ProofError::Slip),
            Err(CodeError::Length) => Err(ProofError::Nothing),
        }
    }
}

const CODE: usize = 13;
const CODE_AND_YEAR: usize = CODE + 4;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_proof_is_told_by_its_looks() {
        let code = ShortCode::from_random(123_456_789_012);
        let shown = code.shown();
        let with = |year| Ok(Proof::Code { code: code.clone(), year });
        for (words, proof) in [
            (shown.clone(), with(None)),
            (code.as_str().to_owned(), with(None)),
            (format!("PERIKSA {shown} 1990"), with(Some(1990))),
            (format!("periksa#{}#1990", code.as_str()), with(Some(1990))),
            (format!("PERIKSA {shown}, lahir 1990."), with(Some(1990))),
            (format!("PERIKSA {} {}", &shown[..14], "0"), Err(ProofError::Slip)),
            ("PERIKSA 1234".to_owned(), Err(ProofError::Nothing)),
            (String::new(), Err(ProofError::Nothing)),
            ("3173010101900001".to_owned(), Err(ProofError::Nothing)),
            (
                format!(" {} ok", "a2".repeat(64)),
                Ok(Proof::Text(format!("{} ok", "a2".repeat(64)))),
            ),
            (
                "Cek: HC1:6BF+7 0:\r\nX$%*+-./ \n".to_owned(),
                Ok(Proof::Document("HC1:6BF+7 0:X$%*+-./".to_owned())),
            ),
            (
                "hc1:6BF+70X$% terima kasih".to_owned(),
                Ok(Proof::Document("HC1:6BF+70X$%".to_owned())),
            ),
        ] {
            assert_eq!(Proof::parse(&words), proof, "{words}");
        }
        assert_eq!(Proof::parse(&"HC1:".repeat(1024)), Err(ProofError::Nothing));
    }

    proptest! {
        #[test]
        fn no_words_are_too_odd(words in "\\PC{0,200}") {
            let _ = Proof::parse(&words);
        }
    }
}
