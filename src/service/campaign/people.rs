//! The list of people that a campaign may come with: one row of CSV a person.
//!
//! Owns the columns, what each may hold and how a wrong row is told; knows neither files nor a
//! database. RFC 4180, UTF-8, commas, a header in the first row; the order of the columns is free.
//!
//! | column | holds |
//! | --- | --- |
//! | `phone` | Indonesian mobile number; required |
//! | `name` | the person; required where the text has `{name}` |
//! | `nik` | 16 digits; required where the text has `{nik}` |
//! | `language` | a language of the text; empty is the one that the phone chose, or the first |

use std::{collections::HashMap, fmt};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Recipient, Wording};
use crate::{
    identity::{Msisdn, Nik, PersonName, msisdn::MsisdnError, nik::NikError},
    menu::language::Language,
};

/// The columns.
pub const COLUMNS: [&str; 4] = ["phone", "name", "nik", "language"];

/// Why a header is none.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HeaderError {
    /// Without `phone` it is no header. Nothing is quoted, because it may be somebody's row.
    #[error("the first row must name the columns, separated by commas: phone, name, nik, language")]
    Missing,
    /// A column with a name that is none of ours, told with its number, from 1.
    #[error("column {0} has a name that is not known: {1}")]
    Unknown(usize, String),
    /// A column that is there twice.
    #[error("the column `{0}` is there twice")]
    Twice(&'static str),
    /// The text is filled with something that the list does not have.
    #[error("the text has {{{0}}}, and the list has no column `{0}`")]
    Needed(&'static str),
    /// The text is filled with something that no list has.
    #[error("the text has {{{0}}}, which only the record knows")]
    NotOfAList(&'static str),
}

/// Why a row is bad: the column and what is wrong with it, never what stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RowError {
    /// Another number of fields than the header has.
    #[error("{found} fields; the header has {expected}")]
    Width {
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// Not UTF-8.
    #[error("not UTF-8")]
    NotText,
    /// The phone.
    #[error("phone: {0}")]
    Phone(MsisdnError),
    /// The NIK.
    #[error("nik: {0}")]
    Nik(NikError),
    /// The name.
    #[error("name: not a name of 1 to 100 letters")]
    Name,
    /// The language.
    #[error("language: the text is not written in it")]
    Language,
    /// Empty, but the text is filled with it.
    #[error("{0}: empty, and the text needs it")]
    Empty(&'static str),
    /// The very same person on the same phone.
    #[error("the same as on line {0}")]
    Repeated(u64),
}

/// Reads the rows of a list, one after the other.
pub struct Reader<'w> {
    places: [Option<usize>; COLUMNS.len()],
    width: usize,
    wording: &'w Wording,
    /// Digests of the rows, and their lines: 24 octets a person.
    seen: HashMap<[u8; 16], u64>,
}

impl fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("places", &self.places).finish_non_exhaustive()
    }
}

impl<'w> Reader<'w> {
    /// Reads the first row of a list for a text.
    ///
    /// # Errors
    /// See [`HeaderError`].
    pub fn new<'a>(
        names: impl IntoIterator<Item = &'a str>,
        wording: &'w Wording,
    ) -> Result<Self, HeaderError> {
        let names: Vec<String> = names
            .into_iter()
            .map(|name| name.trim().trim_start_matches('\u{feff}').to_ascii_lowercase())
            .collect();
        if !names.iter().any(|name| name == "phone") {
            return Err(HeaderError::Missing);
        }
        let mut places = [None; COLUMNS.len()];
        for (at, name) in names.iter().enumerate() {
            let column = COLUMNS.iter().position(|column| column == name);
            let Some((slot, column)) = column.and_then(|c| Some((places.get_mut(c)?, COLUMNS[c])))
            else {
                return Err(HeaderError::Unknown(at + 1, name.chars().take(40).collect()));
            };
            if slot.replace(at).is_some() {
                return Err(HeaderError::Twice(column));
            }
        }
        for (column, place) in COLUMNS.iter().zip(&places) {
            if wording.needs(column) && place.is_none() {
                return Err(HeaderError::Needed(column));
            }
        }
        if let Some(value) = ["dose", "date"].into_iter().find(|value| wording.needs(value)) {
            return Err(HeaderError::NotOfAList(value));
        }
        Ok(Self { places, width: names.len(), wording, seen: HashMap::new() })
    }

    /// Reads one row. `digest` is keyed, and names a row among all that are read.
    ///
    /// # Errors
    /// The first thing that is wrong with the row.
    pub fn row(
        &mut self,
        line: u64,
        fields: &[&str],
        digest: impl Fn(&[u8]) -> [u8; 16],
    ) -> Result<Recipient, RowError> {
        if fields.len() != self.width {
            return Err(RowError::Width { found: fields.len(), expected: self.width });
        }
        let [phone, name, nik, language] = self.places.map(|place| {
            let field = place.and_then(|at| fields.get(at)).copied().unwrap_or_default();
            Some(field.trim()).filter(|field| !field.is_empty())
        });
        let phone = Msisdn::parse(phone.unwrap_or_default()).map_err(RowError::Phone)?;
        let name = name.map(PersonName::parse).transpose().map_err(|_| RowError::Name)?;
        let nik = nik.map(Nik::parse).transpose().map_err(RowError::Nik)?;
        let written = |code: &str| {
            Language::parse(code).filter(|code| self.wording.languages().any(|known| known == code))
        };
        let language = language.map(|code| written(code).ok_or(RowError::Language)).transpose()?;
        let empty = [("name", name.is_none()), ("nik", nik.is_none())];
        if let Some((column, _)) =
            empty.into_iter().find(|(column, empty)| *empty && self.wording.needs(column))
        {
            return Err(RowError::Empty(column));
        }
        let who = nik.as_ref().map(Nik::as_str).or(name.as_ref().map(PersonName::as_str));
        let whole = format!("{} {}", phone.as_str(), who.unwrap_or_default());
        match self.seen.insert(digest(whole.as_bytes()), line) {
            Some(first) => Err(RowError::Repeated(first)),
            None => {
                Ok(Recipient { phone, name, nik, regency: None, language, dose: None, date: None })
            }
        }
    }
}

/// One person of a list as it is kept until its turn comes.
#[derive(Serialize, Deserialize)]
struct Kept<'k>(
    #[serde(borrow)] std::borrow::Cow<'k, str>,
    Option<String>,
    Option<String>,
    Option<Language>,
);

/// Some people as octets, for the store to seal.
pub fn to_kept(people: &[Recipient]) -> Vec<u8> {
    let kept = |person: &Recipient| -> (String, Option<String>, Option<String>, Option<Language>) {
        let name = person.name.as_ref().map(|name| name.as_str().to_owned());
        let nik = person.nik.as_ref().map(|nik| nik.as_str().to_owned());
        (person.phone.as_str().to_owned(), name, nik, person.language.clone())
    };
    // Texts only: there is nothing JSON cannot hold.
    serde_json::to_vec(&people.iter().map(kept).collect::<Vec<_>>()).unwrap_or_default()
}

/// What [`to_kept`] wrote; `None` if it did not.
pub fn from_kept(octets: &[u8]) -> Option<Vec<Recipient>> {
    let kept: Vec<Kept<'_>> = serde_json::from_slice(octets).ok()?;
    let person = |Kept(phone, name, nik, language): Kept<'_>| {
        Some(Recipient {
            phone: Msisdn::parse_any(&phone).ok()?,
            name: name.map(|name| PersonName::parse(&name)).transpose().ok()?,
            nik: nik.map(|nik| Nik::parse(&nik)).transpose().ok()?,
            regency: None,
            language,
            dose: None,
            date: None,
        })
    };
    kept.into_iter().map(person).collect()
}
