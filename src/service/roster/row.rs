//! One row: what each of its fields may hold, and how it is told that one does not.

use std::fmt;

use jiff::{ToSpan, civil::Date};
use thiserror::Error;

use super::{COLUMNS, DOSE_COLUMNS, Header, first_column};
use crate::{identity::region, service::record::Dose, text::gsm7};

/// Why a row is bad: the column and what is wrong with it, never what stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowError {
    pub(super) column: Option<&'static str>,
    pub(super) wrong: Wrong,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum Wrong {
    #[error("{found} fields; the header has {expected}")]
    Width { found: usize, expected: usize },
    #[error("{0}")]
    Nik(crate::identity::nik::NikError),
    #[error("{0}")]
    Phone(crate::identity::msisdn::MsisdnError),
    #[error("not a name of 1 to 100 letters")]
    Name,
    #[error("not a date YYYY-MM-DD")]
    Date,
    #[error("in the future")]
    Future,
    #[error("more than 120 years ago")]
    TooOld,
    #[error("not one of health, officer, elderly, vulnerable, general, teen, child")]
    Group,
    #[error("neither yes nor no")]
    YesNo,
    #[error("not a four-digit code of a regency")]
    Regency,
    #[error("empty, but the dose has other entries")]
    NoVaccine,
    #[error("not a code of 1 to 20 small letters, digits and dashes")]
    Vaccine,
    #[error("more than {0} characters")]
    TooLong(usize),
    #[error("a character that is not in the GSM basic table")]
    Character,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            Some(column) => write!(f, "{column}: {}", self.wrong),
            None => write!(f, "{}", self.wrong),
        }
    }
}

impl std::error::Error for RowError {}

/// A row with its header.
pub(super) struct Row<'a> {
    pub(super) header: &'a Header,
    pub(super) fields: &'a [&'a str],
}

impl<'a> Row<'a> {
    pub(super) fn text(&self, column: usize) -> &'a str {
        let place = self.header.places.get(column).copied().flatten();
        place.and_then(|place| self.fields.get(place)).map_or("", |field| field.trim())
    }

    pub(super) fn read<T>(
        &self,
        column: usize,
        parse: impl FnOnce(&'a str) -> Result<T, Wrong>,
    ) -> Result<T, RowError> {
        let column_name = COLUMNS.get(column).copied();
        parse(self.text(column)).map_err(|wrong| RowError { column: column_name, wrong })
    }

    /// An empty field is none.
    pub(super) fn optional<T>(
        &self,
        column: usize,
        parse: impl FnOnce(&'a str) -> Result<T, Wrong>,
    ) -> Result<Option<T>, RowError> {
        match self.text(column) {
            "" => Ok(None),
            _ => self.read(column, parse).map(Some),
        }
    }
}

pub(super) fn parse_dose(row: &Row<'_>, number: u8, today: Date) -> Result<Option<Dose>, RowError> {
    let from = first_column(number);
    if (from..from + DOSE_COLUMNS).all(|column| row.text(column).is_empty()) {
        return Ok(None);
    }
    Ok(Some(Dose {
        number,
        given_on: row.optional(from, |text| past_date(text, today))?,
        vaccine: row.read(from + 1, vaccine)?,
        batch: row.read(from + 2, |text| short(text, 30))?,
        place: row.read(from + 3, |text| short(text, 40))?,
        certificate: row.optional(from + 4, |text| short(text, 60))?,
    }))
}

pub(super) fn date(text: &str) -> Result<Date, Wrong> {
    // The library would also take a time or a zone behind the date.
    if text.len() != "YYYY-MM-DD".len() {
        return Err(Wrong::Date);
    }
    text.parse().map_err(|_| Wrong::Date)
}

pub(super) fn past_date(text: &str, today: Date) -> Result<Date, Wrong> {
    let date = date(text)?;
    if date > today {
        return Err(Wrong::Future);
    }
    if date < today.saturating_sub(120.years()) {
        return Err(Wrong::TooOld);
    }
    Ok(date)
}

pub(super) fn yes_no(text: &str) -> Result<bool, Wrong> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "ya" | "true" | "1" => Ok(true),
        "no" | "tidak" | "false" | "0" => Ok(false),
        _ => Err(Wrong::YesNo),
    }
}

/// A retired code is taken (`domain.md` §6), one of an unknown province is not.
pub(super) fn regency(text: &str) -> Result<String, Wrong> {
    let digits = text.len() == 4 && text.bytes().all(|octet| octet.is_ascii_digit());
    let province = text.get(..2).and_then(region::province);
    if digits && province.is_some() { Ok(text.to_owned()) } else { Err(Wrong::Regency) }
}

fn vaccine(text: &str) -> Result<String, Wrong> {
    if text.is_empty() {
        return Err(Wrong::NoVaccine);
    }
    let plain = |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'-';
    if text.len() <= 20 && text.bytes().all(plain) {
        Ok(text.to_owned())
    } else {
        Err(Wrong::Vaccine)
    }
}

fn short(text: &str, most: usize) -> Result<String, Wrong> {
    if text.chars().count() > most {
        return Err(Wrong::TooLong(most));
    }
    // A line break is in the table, and would break a screen.
    if !text.chars().all(|char| gsm7::is_basic(char) && !char.is_control()) {
        return Err(Wrong::Character);
    }
    Ok(text.to_owned())
}
