//! One row of a file of places, and how it is told that a field is wrong. A message says the column
//! and what may stand there.

use std::collections::BTreeSet;

use thiserror::Error;

use super::{
    Facility, FacilityCode, FacilityCodeError, Hours, HoursError, LONGEST_ADDRESS, LONGEST_NAME,
    MOST_SLOTS,
};
use crate::{
    identity::{
        coordinates::{Coordinates, CoordinatesError},
        region,
    },
    text::gsm7,
};

/// The columns of a file, in any order.
pub const COLUMNS: [&str; 9] = [
    "code",
    "name",
    "address",
    "regency",
    "district",
    "hours",
    "vaccines",
    "slot_minutes",
    "quota",
];

/// Columns that a file may have, both or none: degrees, south and west with a minus.
pub const OPTIONAL: [&str; 2] = ["latitude", "longitude"];

/// All columns, as a file of ours has them.
pub const WHOLE: [&str; COLUMNS.len() + OPTIONAL.len()] = {
    let [a, b, c, d, e, f, g, h, i] = COLUMNS;
    let [j, k] = OPTIONAL;
    [a, b, c, d, e, f, g, h, i, j, k]
};

/// Where each column stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacilityHeader {
    columns: [usize; COLUMNS.len()],
    at: Option<[usize; OPTIONAL.len()]>,
}

/// Why a first row is no header.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FacilityHeaderError {
    /// A column is missing.
    #[error("the column `{0}` is missing")]
    Missing(&'static str),
    /// A column stands there twice, or is none of ours.
    #[error("there is a column too many, or one that nobody knows; the columns are {}, and {} if you like",
        COLUMNS.join(", "), OPTIONAL.join(" and "))]
    Unknown,
}

/// Why a row is bad.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{column}: {wrong}")]
pub struct FacilityRowError {
    column: &'static str,
    wrong: Wrong,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
enum Wrong {
    #[error("there is nothing")]
    Empty,
    #[error("{0}")]
    Code(FacilityCodeError),
    #[error("more than {0} characters")]
    TooLong(usize),
    #[error("a character that is not in the GSM basic table")]
    Character,
    #[error("not a four-digit code of a regency")]
    Regency,
    #[error("{0}")]
    Hours(HoursError),
    #[error("not codes of vaccines of the configuration, with blanks between them")]
    Vaccines,
    #[error("not a number from {0} to {1}")]
    Number(u16, u16),
    #[error("more than {MOST_SLOTS} slots on a day")]
    Slots,
    #[error("{0}")]
    Coordinates(CoordinatesError),
}

impl FacilityHeader {
    /// Reads the first row of a file.
    ///
    /// # Errors
    /// [`FacilityHeaderError`].
    pub fn parse<'f>(
        fields: impl IntoIterator<Item = &'f str>,
    ) -> Result<Self, FacilityHeaderError> {
        let fields: Vec<&str> = fields.into_iter().map(str::trim).collect();
        let find = |column| fields.iter().position(|field| *field == column);
        let mut columns = [0; COLUMNS.len()];
        for (place, column) in columns.iter_mut().zip(COLUMNS) {
            *place = find(column).ok_or(FacilityHeaderError::Missing(column))?;
        }
        let at = match OPTIONAL.map(find) {
            [Some(latitude), Some(longitude)] => Some([latitude, longitude]),
            [None, None] => None,
            [None, _] => return Err(FacilityHeaderError::Missing("latitude")),
            [_, None] => return Err(FacilityHeaderError::Missing("longitude")),
        };
        let known = COLUMNS.len() + at.map_or(0, |at| at.len());
        if fields.len() == known {
            Ok(Self { columns, at })
        } else {
            Err(FacilityHeaderError::Unknown)
        }
    }
}

impl Facility {
    /// Reads a row; `knows` says which vaccines there are.
    ///
    /// # Errors
    /// [`FacilityRowError`].
    pub fn parse(
        header: &FacilityHeader,
        fields: &[&str],
        knows: impl Fn(&str) -> bool,
    ) -> Result<Self, FacilityRowError> {
        let field = |column: &str| {
            let at = COLUMNS.iter().position(|known| *known == column);
            let place = at.and_then(|at| header.columns.get(at));
            place.and_then(|place| fields.get(*place)).map_or("", |field| field.trim())
        };
        let hours = read(field, "hours", |text| Hours::parse(text).map_err(Wrong::Hours))?;
        let slot_minutes = read(field, "slot_minutes", |text| number(text, 5, super::DAY))?;
        if hours.most_slots(slot_minutes) > MOST_SLOTS {
            return Err(FacilityRowError { column: "slot_minutes", wrong: Wrong::Slots });
        }
        Ok(Self {
            code: read(field, "code", |text| FacilityCode::parse(text).map_err(Wrong::Code))?,
            name: read(field, "name", |text| words(text, LONGEST_NAME))?,
            address: read(field, "address", |text| words(text, LONGEST_ADDRESS))?,
            regency: read(field, "regency", |text| {
                region::regency(text).map(|of| of.code.to_owned()).ok_or(Wrong::Regency)
            })?,
            district: read(field, "district", |text| words(text, LONGEST_NAME))?,
            hours,
            vaccines: read(field, "vaccines", |text| {
                let codes: BTreeSet<String> = text.split_whitespace().map(str::to_owned).collect();
                let known = !codes.is_empty() && codes.iter().all(|code| knows(code));
                if known { Ok(codes) } else { Err(Wrong::Vaccines) }
            })?,
            slot_minutes,
            quota: read(field, "quota", |text| number(text, 0, 10_000))?,
            closed: BTreeSet::new(),
            closed_from: None,
            at: match header.at {
                Some(at) => {
                    coordinates(at.map(|at| fields.get(at).map_or("", |field| field.trim())))?
                }
                None => None,
            },
        })
    }

    /// A row that is read back, in the order of [`WHOLE`].
    pub fn to_row(&self) -> [String; WHOLE.len()] {
        let degrees = self.at.map(Coordinates::degrees);
        let (latitude, longitude) = degrees
            .map_or_else(Default::default, |(south, east)| (south.to_string(), east.to_string()));
        let vaccines: Vec<&str> = self.vaccines.iter().map(String::as_str).collect();
        [
            self.code.as_str().to_owned(),
            self.name.clone(),
            self.address.clone(),
            self.regency.clone(),
            self.district.clone(),
            self.hours.to_string(),
            vaccines.join(" "),
            self.slot_minutes.to_string(),
            self.quota.to_string(),
            latitude,
            longitude,
        ]
    }
}

/// Both, or nothing in either.
fn coordinates(
    [latitude, longitude]: [&str; OPTIONAL.len()],
) -> Result<Option<Coordinates>, FacilityRowError> {
    if latitude.is_empty() && longitude.is_empty() {
        return Ok(None);
    }
    let wrong = |wrong| FacilityRowError { column: "latitude", wrong: Wrong::Coordinates(wrong) };
    let degrees = |text: &str| text.parse().map_err(|_| wrong(CoordinatesError));
    Coordinates::new(degrees(latitude)?, degrees(longitude)?).map(Some).map_err(wrong)
}

fn read<'f, T>(
    field: impl Fn(&str) -> &'f str,
    column: &'static str,
    parse: impl FnOnce(&'f str) -> Result<T, Wrong>,
) -> Result<T, FacilityRowError> {
    let text = field(column);
    let parsed = if text.is_empty() { Err(Wrong::Empty) } else { parse(text) };
    parsed.map_err(|wrong| FacilityRowError { column, wrong })
}

fn words(text: &str, longest: usize) -> Result<String, Wrong> {
    if text.chars().count() > longest {
        return Err(Wrong::TooLong(longest));
    }
    if !text.chars().all(gsm7::is_basic) || text.contains(['\n', '\r']) {
        return Err(Wrong::Character);
    }
    Ok(text.to_owned())
}

fn number(text: &str, least: u16, most: u16) -> Result<u16, Wrong> {
    let number = text.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or(Wrong::Number(least, most))
}
