//! What an answer has to be. The words that say what is wrong are the menu's.

use jiff::civil::Date;

use crate::{
    identity::{
        Nik, PersonName,
        birth::{self, BirthDateError},
        name::NameError,
        nik::NikError,
    },
    menu::catalogue::{Privacy, Validator, Wrong},
    service::{certificate::check, change, complaint, otp},
};

/// All validators.
pub const VALIDATORS: &[Validator] =
    &[otp::CODE, check::PROOF, check::YEAR, change::PHONE, complaint::TEXT, NIK, NAME, BIRTH_DATE];

/// Sixteen digits that can be a NIK.
pub(super) const NIK: Validator = Validator {
    name: "nik",
    read: nik,
    wrongs: &["nik_digits", "nik_unknown"],
    longest: "3173010101900001",
    privacy: Privacy::Personal,
};

/// The name of a person.
pub(super) const NAME: Validator = Validator {
    name: "person_name",
    read: name,
    wrongs: &["name_letters", "name_short", "name_long"],
    longest: "Raden Ajeng Maria Magdalena Kusumawardhani Notonegoro",
    privacy: Privacy::Personal,
};

/// The day on which somebody was born.
pub(super) const BIRTH_DATE: Validator = Validator {
    name: "birth_date",
    read: birth_date,
    wrongs: &["date_format", "date_day", "date_future", "date_old"],
    longest: "17-08-1990",
    privacy: Privacy::Personal,
};

fn nik(typed: &str, _: Date) -> Result<String, Wrong> {
    Nik::parse(typed).map(|nik| nik.as_str().to_owned()).map_err(|error| match error {
        NikError::Length { .. } | NikError::NotDigits => "nik_digits",
        NikError::Province | NikError::Date | NikError::Serial | NikError::OneDigit => {
            "nik_unknown"
        }
    })
}

fn name(typed: &str, _: Date) -> Result<String, Wrong> {
    PersonName::parse(typed).map(|name| name.as_str().to_owned()).map_err(|error| match error {
        NameError::Empty | NameError::TooShort => "name_short",
        NameError::TooLong => "name_long",
        NameError::Symbol(_) => "name_letters",
    })
}

fn birth_date(typed: &str, today: Date) -> Result<String, Wrong> {
    birth::parse_birth_date(typed, today).map(birth::show).map_err(|error| match error {
        BirthDateError::Format => "date_format",
        BirthDateError::NoSuchDay => "date_day",
        BirthDateError::Future => "date_future",
        BirthDateError::TooOld => "date_old",
    })
}
