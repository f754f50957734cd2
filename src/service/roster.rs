//! The national record as a file: one row of CSV a person.
//!
//! Owns the columns, what each may hold and how a wrong row is told; reads and writes single rows
//! and knows neither files nor a database. RFC 4180, UTF-8, commas, a header in the first row; the
//! order of the columns is free.
//!
//! | column | holds |
//! | --- | --- |
//! | `nik` | 16 digits; required |
//! | `name` | as on the identity card; required |
//! | `birth_date` | `YYYY-MM-DD`, as all dates; required |
//! | `phone` | Indonesian mobile number |
//! | `group` | `health` `officer` `elderly` `vulnerable` `general` `teen` `child` (`domain.md` §2) |
//! | `eligible_from` | date from which the group may be vaccinated; empty means now |
//! | `blocked` | `yes` for a record that must answer as if it did not exist; else empty or `no` |
//! | `regency` | four-digit code of the domicile |
//! | `dose1_vaccine` | code such as `sinovac`; required if any other column of the dose is filled |
//! | `dose1_date` | empty if the facility never entered it |
//! | `dose1_batch` | as printed on the vial, at most 30 characters |
//! | `dose1_place` | at most 40 characters of the GSM basic table |
//! | `dose1_certificate` | at most 60 characters; empty until it is issued |
//! | `dose2_…`, `dose3_…` | the same for the second dose and the booster |

mod row;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use self::row::RowError;
use self::row::{Row, Wrong, date, parse_dose, past_date, regency, yes_no};
use crate::{
    identity::{Msisdn, Nik, PersonName},
    service::record::Dose,
};

/// What one row says of a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The NIK.
    pub nik: Nik,
    /// The name as the record spells it.
    pub name: PersonName,
    /// The birth date as the record states it.
    pub birth: Date,
    /// The phone number the record knows.
    pub phone: Option<Msisdn>,
    /// The group the person belongs to.
    pub group: Option<Group>,
    /// When the group may be vaccinated; `None` means now.
    pub eligible_from: Option<Date>,
    /// A blocked record answers like one that does not exist.
    pub blocked: bool,
    /// Four-digit code of the domicile.
    pub regency: Option<String>,
    /// Doses, in order of their number.
    pub doses: Vec<Dose>,
}

/// Target groups of the programme (`domain.md` §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Health staff.
    Health,
    /// Public officers.
    Officer,
    /// 60 and older.
    Elderly,
    /// Vulnerable people.
    Vulnerable,
    /// 18 and older.
    General,
    /// 12 to 17.
    Teen,
    /// 6 to 11.
    Child,
}

impl Group {
    /// Every group.
    pub const ALL: [Self; 7] = [
        Self::Health,
        Self::Officer,
        Self::Elderly,
        Self::Vulnerable,
        Self::General,
        Self::Teen,
        Self::Child,
    ];

    /// The word used in files and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Health => "health",
            Self::Officer => "officer",
            Self::Elderly => "elderly",
            Self::Vulnerable => "vulnerable",
            Self::General => "general",
            Self::Teen => "teen",
            Self::Child => "child",
        }
    }

    /// The group for a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.as_str() == word)
    }
}

/// The columns, in the order in which [`Entry::to_row`] writes them.
pub const COLUMNS: [&str; 23] = [
    "nik",
    "name",
    "birth_date",
    "phone",
    "group",
    "eligible_from",
    "blocked",
    "regency",
    "dose1_date",
    "dose1_vaccine",
    "dose1_batch",
    "dose1_place",
    "dose1_certificate",
    "dose2_date",
    "dose2_vaccine",
    "dose2_batch",
    "dose2_place",
    "dose2_certificate",
    "dose3_date",
    "dose3_vaccine",
    "dose3_batch",
    "dose3_place",
    "dose3_certificate",
];

const REQUIRED: usize = 3;
const FIRST_DOSE: usize = 8;
const DOSE_COLUMNS: usize = 5;

/// Why a header is none.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HeaderError {
    /// Without `nik` it is no header. Nothing is quoted, because it may be somebody's row.
    #[error(
        "the first row must name the columns, separated by commas: nik, name, birth_date and so on"
    )]
    Missing,
    /// A column that is required is not there.
    #[error("the column `{0}` is missing")]
    Required(&'static str),
    /// A column with a name that is none of ours, told with its number, from 1.
    #[error("column {0} has a name that is not known: {1}")]
    Unknown(usize, String),
    /// A column that is there twice.
    #[error("the column `{0}` is there twice")]
    Twice(&'static str),
}

/// Which field of a row belongs to which column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// For each of [`COLUMNS`], where it stands in a row.
    places: [Option<usize>; COLUMNS.len()],
    width: usize,
}

impl Header {
    /// Reads the first row.
    ///
    /// # Errors
    /// See [`HeaderError`].
    pub fn parse<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, HeaderError> {
        let names: Vec<String> = names
            .into_iter()
            .map(|name| name.trim().trim_start_matches('\u{feff}').to_ascii_lowercase())
            .collect();
        if !names.iter().any(|name| name == "nik") {
            return Err(HeaderError::Missing);
        }
        let mut places = [None; COLUMNS.len()];
        for (at, name) in names.iter().enumerate() {
            let column = COLUMNS.iter().position(|column| column == name);
            let Some(slot) = column.and_then(|column| places.get_mut(column)) else {
                let shown: String = name.chars().take(40).collect();
                return Err(HeaderError::Unknown(at + 1, shown));
            };
            if slot.replace(at).is_some() {
                return Err(HeaderError::Twice(column.map_or("", |column| COLUMNS[column])));
            }
        }
        for (column, place) in COLUMNS.iter().zip(&places).take(REQUIRED) {
            if place.is_none() {
                return Err(HeaderError::Required(column));
            }
        }
        Ok(Self { places, width: names.len() })
    }
}

impl Entry {
    /// Reads one row.
    ///
    /// # Errors
    /// The first thing that is wrong with the row.
    pub fn parse(header: &Header, fields: &[&str], today: Date) -> Result<Self, RowError> {
        if fields.len() != header.width {
            let wrong = Wrong::Width { found: fields.len(), expected: header.width };
            return Err(RowError { column: None, wrong });
        }
        let row = Row { header, fields };
        let mut doses = Vec::new();
        for number in 1..=3 {
            doses.extend(parse_dose(&row, number, today)?);
        }
        Ok(Self {
            nik: row.read(0, |text| Nik::parse(text).map_err(Wrong::Nik))?,
            name: row.read(1, |text| PersonName::parse(text).map_err(|_| Wrong::Name))?,
            birth: row.read(2, |text| past_date(text, today))?,
            phone: row.optional(3, |text| Msisdn::parse(text).map_err(Wrong::Phone))?,
            group: row.optional(4, |text| Group::parse(text).ok_or(Wrong::Group))?,
            eligible_from: row.optional(5, date)?,
            blocked: row.optional(6, yes_no)?.unwrap_or(false),
            regency: row.optional(7, regency)?,
            doses,
        })
    }

    /// The row for [`COLUMNS`].
    pub fn to_row(&self) -> [String; COLUMNS.len()] {
        let mut row = [const { String::new() }; COLUMNS.len()];
        let text = |date: &Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
        let person = [
            self.nik.as_str().to_owned(),
            self.name.as_str().to_owned(),
            self.birth.to_string(),
            self.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
            self.group.map(|group| group.as_str().to_owned()).unwrap_or_default(),
            text(&self.eligible_from),
            if self.blocked { "yes".to_owned() } else { String::new() },
            self.regency.clone().unwrap_or_default(),
        ];
        for (slot, value) in row.iter_mut().zip(person) {
            *slot = value;
        }
        for dose in &self.doses {
            let from = first_column(dose.number);
            let values = [
                text(&dose.given_on),
                dose.vaccine.clone(),
                dose.batch.clone(),
                dose.place.clone(),
                dose.certificate.clone().unwrap_or_default(),
            ];
            for (slot, value) in row.iter_mut().skip(from).zip(values) {
                *slot = value;
            }
        }
        row
    }
}

fn first_column(dose: u8) -> usize {
    FIRST_DOSE + usize::from(dose.saturating_sub(1)) * DOSE_COLUMNS
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = date(2021, 8, 16);

    fn all() -> Header {
        Header::parse(COLUMNS).unwrap()
    }

    /// A good row with one column changed.
    fn row(column: &str, value: &str) -> Result<Entry, String> {
        let mut fields = [""; COLUMNS.len()];
        let good =
            [("nik", "3173014502900001"), ("name", "Siti Aminah"), ("birth_date", "1990-02-05")];
        for (name, text) in good.into_iter().chain([(column, value)]) {
            fields[COLUMNS.iter().position(|column| *column == name).unwrap()] = text;
        }
        Entry::parse(&all(), &fields, TODAY).map_err(|error| error.to_string())
    }

    #[test]
    fn a_header_names_our_columns_in_any_order() {
        let header = Header::parse(["\u{feff}Name", " birth_date", "NIK", "phone"]).unwrap();
        let fields = ["Siti", "1990-02-05", "3173014502900001", "0812 3456 7890"];
        let entry = Entry::parse(&header, &fields, TODAY).unwrap();
        assert_eq!(entry.nik.as_str(), "3173014502900001");
        assert_eq!(entry.phone.unwrap().as_str(), "+6281234567890");

        let rows: [(&[&str], HeaderError); 4] = [
            (&["3173014502900001", "Siti", "1990-02-05"], HeaderError::Missing),
            (&["nik", "name"], HeaderError::Required("birth_date")),
            (&["nik", "age"], HeaderError::Unknown(2, "age".into())),
            (&["nik", "name", "name"], HeaderError::Twice("name")),
        ];
        for (names, expected) in rows {
            assert_eq!(Header::parse(names.iter().copied()), Err(expected));
        }
    }

    #[test]
    fn a_bad_row_is_told_by_column_and_reason() {
        let long = "x".repeat(41);
        let rows = [
            ("nik", "3173014502900000", "nik: serial 0000"),
            ("nik", "", "nik: 0 digits, not 16"),
            ("name", "", "name: not a name of 1 to 100 letters"),
            ("name", "S1ti", "name: not a name of 1 to 100 letters"),
            ("birth_date", "05-02-1990", "birth_date: not a date YYYY-MM-DD"),
            ("birth_date", "1990-02-30", "birth_date: not a date YYYY-MM-DD"),
            ("birth_date", "2021-08-17", "birth_date: in the future"),
            ("birth_date", "1890-01-01", "birth_date: more than 120 years ago"),
            ("phone", "119", "phone: a short code"),
            ("eligible_from", "soon", "eligible_from: not a date YYYY-MM-DD"),
            ("blocked", "maybe", "blocked: neither yes nor no"),
            ("regency", "9999", "regency: not a four-digit code of a regency"),
            ("dose2_place", "RSUD", "dose2_vaccine: empty, but the dose has other entries"),
            (
                "dose1_vaccine",
                "Sinovac!",
                "dose1_vaccine: not a code of 1 to 20 small letters, digits and dashes",
            ),
        ];
        for (column, value, told) in rows {
            assert_eq!(row(column, value).unwrap_err(), told);
        }
        let header =
            Header::parse(["nik", "name", "birth_date", "dose1_vaccine", "dose1_place"]).unwrap();
        let mut fields = ["3173014502900001", "Siti", "1990-02-05", "sinovac", &long];
        let told = |fields: &[&str]| Entry::parse(&header, fields, TODAY).unwrap_err().to_string();
        assert_eq!(told(&fields), "dose1_place: more than 40 characters");
        fields[4] = "RS [1]";
        assert_eq!(told(&fields), "dose1_place: a character that is not in the GSM basic table");
        assert_eq!(told(&fields[..4]), "4 fields; the header has 5");
    }

    #[test]
    fn a_dose_may_lack_its_date_or_its_certificate() {
        let header =
            Header::parse(["nik", "name", "birth_date", "dose1_vaccine", "dose2_vaccine"]).unwrap();
        let fields = ["3173014502900001", "Siti", "1990-02-05", "", "moderna"];
        let entry = Entry::parse(&header, &fields, TODAY).unwrap();
        assert_eq!(entry.doses.len(), 1);
        assert_eq!((entry.doses[0].number, entry.doses[0].given_on), (2, None));
    }

    proptest! {
        #[test]
        fn a_row_never_panics_and_what_reads_is_written_back(
            fields in prop::collection::vec("[0-9a-zA-Z ,.-]{0,20}", COLUMNS.len()),
            good: bool,
        ) {
            let mut fields: Vec<&str> = fields.iter().map(String::as_str).collect();
            if good {
                fields[..9].copy_from_slice(&[
                    "3173014502900001", "Siti", "1990-02-05", "", "teen", "", "ya", "", "2021-08-01",
                ]);
                fields[9] = "sinovac";
                fields[13..].fill("");
            }
            if let Ok(entry) = Entry::parse(&all(), &fields, TODAY) {
                let row = entry.to_row();
                let row: Vec<&str> = row.iter().map(String::as_str).collect();
                prop_assert_eq!(Entry::parse(&all(), &row, TODAY), Ok(entry));
            }
        }
    }
}
