//! Languages, by their ISO 639-1 code.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A language code as menu files write it: `id`, `en`, `jv`, `su`, …
///
/// Any two or three small letters are a language; which ones a service speaks is said by its menu
/// file, so a new one needs texts and no code.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

impl Language {
    /// Reads a code; `None` if it is not two or three small letters.
    pub fn parse(code: &str) -> Option<Self> {
        let letters = code.bytes().all(|octet| octet.is_ascii_lowercase());
        (letters && (2..=3).contains(&code.len())).then(|| Self(code.into()))
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Language {
    type Error = &'static str;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        Self::parse(&code).ok_or("a language is two or three small letters")
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}
