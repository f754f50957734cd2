//! The national identity number, NIK.
//!
//! Owns its form: sixteen digits `PPKKCC DDMMYY SSSS`, province, regency and district of *first*
//! registration, birth date with 40 added to a woman's day, serial from 0001. There is no check
//! digit, so a slip of the finger can pass every rule here: never disclose or change anything on a
//! NIK alone. It is never reissued, not with a move and not when the birth date is corrected, so
//! what it says of place and date is a hint and not the truth.

use std::fmt;

use jiff::civil::Date;

use super::{is_spacing, region};
use crate::clock::Zone;

const DIGITS: usize = 16;

/// Added to the day of a woman's birth.
const WOMAN: i8 = 40;

/// A well-formed NIK. Exists only by parsing; `Debug` masks, and there is no `Display`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nik(String);

/// Why a text is no NIK; each has its own words for the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NikError {
    /// Digits only, but not sixteen of them.
    #[error("{digits} digits, not {DIGITS}")]
    Length {
        /// How many there are.
        digits: usize,
    },
    /// Something other than digits, blanks, dots and dashes.
    #[error("not only digits")]
    NotDigits,
    /// No province has the first two digits.
    #[error("no such province")]
    Province,
    /// The date part is no date.
    #[error("no such birth date")]
    Date,
    /// Serials begin at 0001.
    #[error("serial 0000")]
    Serial,
    /// One digit sixteen times.
    #[error("one digit throughout")]
    OneDigit,
}

impl Nik {
    /// Reads a NIK; blanks, dots and dashes may stand anywhere. An unknown regency or district is
    /// accepted, for retired codes live on in people's NIKs.
    pub fn parse(text: &str) -> Result<Nik, NikError> {
        let digits: String = text.chars().filter(|char| !is_spacing(*char)).collect();
        if !digits.bytes().all(|octet| octet.is_ascii_digit()) {
            return Err(NikError::NotDigits);
        }
        if digits.len() != DIGITS {
            return Err(NikError::Length { digits: digits.len() });
        }
        let nik = Nik(digits);
        if nik.0.bytes().all(|octet| nik.0.as_bytes().first() == Some(&octet)) {
            return Err(NikError::OneDigit);
        }
        if region::province(nik.province()).is_none() {
            return Err(NikError::Province);
        }
        // Any century will do: `290200` is a day of 2000, though not of 1900.
        let (day, month, year) = nik.birth();
        if Date::new(2000 + year, month, day).is_err() {
            return Err(NikError::Date);
        }
        if nik.part(12, 16) == "0000" {
            return Err(NikError::Serial);
        }
        Ok(nik)
    }

    /// The sixteen digits. For the vault and the record; never for a log, a URL or an SMS.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Code of the province of first registration, two digits; always a province of today's list.
    pub fn province(&self) -> &str {
        self.part(0, 2)
    }

    /// Code of the regency or city of first registration, four digits; it may be retired.
    pub fn regency_code(&self) -> &str {
        self.part(0, 4)
    }

    /// All but the serial: place and birth date, twelve digits. Twins share it, and few others.
    pub fn stem(&self) -> &str {
        self.part(0, 12)
    }

    /// The birth date, with the century guessed: two digits of year up to today's mean this century,
    /// else the last; and nobody is born after today.
    pub fn birth_date(&self, today: Date) -> Date {
        let (day, month, year) = self.birth();
        let century = today.year() - today.year().rem_euclid(100);
        let dates = [0, 100, 200].into_iter().filter_map(|back| {
            Date::new(century - back + year, month, day).ok().filter(|date| *date <= today)
        });
        // 29 February of a hundredth year without one, or a clock of long ago: any such day.
        dates.max().or(Date::new(2000 + year, month, day).ok()).unwrap_or(today)
    }

    /// Whether the NIK's date part is this date, whatever the century. Somebody whose birth date was
    /// corrected later has a NIK that says otherwise: warn, never refuse.
    pub fn same_birth_date_as(&self, stated: Date) -> bool {
        self.birth() == (stated.day(), stated.month(), stated.year().rem_euclid(100))
    }

    /// `3173********0001`.
    pub fn masked(&self) -> String {
        format!("{}********{}", self.regency_code(), self.last_four())
    }

    /// The serial: the last four digits.
    pub fn last_four(&self) -> &str {
        self.part(12, 16)
    }

    /// Time zone of the province of first registration.
    pub fn zone(&self) -> Zone {
        region::zone(self.province())
    }

    /// Day without the 40, month, two digits of year; not yet known to be a date while parsing.
    fn birth(&self) -> (i8, i8, i16) {
        let number = |from| self.part(from, from + 2).parse::<i8>().unwrap_or(0);
        let day = number(6);
        let day = if day > WOMAN { day - WOMAN } else { day };
        (day, number(8), i16::from(number(10)))
    }

    /// Some of the sixteen digits, which are ASCII.
    fn part(&self, from: usize, to: usize) -> &str {
        self.0.get(from..to).unwrap_or_default()
    }
}

impl fmt::Debug for Nik {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Nik({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = date(2022, 3, 1);

    #[test]
    fn every_spelling_of_one_nik() {
        for text in [
            "3173041708900001",
            " 3173 0417 0890 0001 ",
            "317304.170890.0001",
            "31-73-04-170890-0001",
            "3173\u{A0}0417\u{200B}08900001",
        ] {
            let nik = Nik::parse(text).unwrap();
            assert_eq!(nik.as_str(), "3173041708900001", "{text}");
        }
    }

    #[test]
    fn what_is_refused_and_why() {
        use NikError::*;
        for (text, error) in [
            ("", Length { digits: 0 }),
            ("317304170890001", Length { digits: 15 }),
            ("31730417089000011", Length { digits: 17 }),
            ("317304170890000O", NotDigits),
            ("31730417089000๐1", NotDigits),
            ("NIK", NotDigits),
            ("1111111111111111", OneDigit),
            ("0000000000000000", OneDigit),
            ("2073041708900001", Province),
            ("9973041708900001", Province),
            ("3173043208900001", Date),
            ("3173040008900001", Date),
            ("3173044008900001", Date),
            ("3173047208900001", Date),
            ("3173041713900001", Date),
            ("3173043002900001", Date),
            ("3173042902010001", Date),
            ("3173041708900000", Serial),
        ] {
            assert_eq!(Nik::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn provinces_are_those_of_the_list_and_regencies_any() {
        for (from, to) in [(11, 19), (21, 21), (31, 36), (51, 53), (61, 65), (71, 76)] {
            for province in from..=to {
                assert!(Nik::parse(&format!("{province}99041708900001")).is_ok(), "{province}");
            }
        }
        for province in [81, 82, 91, 92, 93, 94, 95, 96] {
            assert!(Nik::parse(&format!("{province}00001708900001")).is_ok(), "{province}");
        }
        let known = (0..100).filter(|code| Nik::parse(&format!("{code:02}04041708900001")).is_ok());
        assert_eq!(known.count(), 38);
    }

    #[test]
    fn the_birth_date_and_its_century() {
        for (date_part, today, birth) in [
            ("170890", TODAY, date(1990, 8, 17)),
            ("570890", TODAY, date(1990, 8, 17)),
            ("710855", TODAY, date(1955, 8, 31)),
            ("010120", TODAY, date(2020, 1, 1)),
            ("010322", TODAY, date(2022, 3, 1)),
            // Not yet born this century.
            ("311222", TODAY, date(1922, 12, 31)),
            ("010123", TODAY, date(1923, 1, 1)),
            ("290200", TODAY, date(2000, 2, 29)),
            ("290200", date(2100, 5, 1), date(2000, 2, 29)),
        ] {
            let nik = Nik::parse(&format!("317304{date_part}0001")).unwrap();
            assert_eq!(nik.birth_date(today), birth, "{date_part}");
            assert!(nik.same_birth_date_as(birth));
        }
    }

    #[test]
    fn a_stated_date_settles_the_century() {
        let nik = Nik::parse("3173045708200001").unwrap();
        assert!(nik.same_birth_date_as(date(1920, 8, 17)));
        assert!(nik.same_birth_date_as(date(2020, 8, 17)));
        assert!(!nik.same_birth_date_as(date(1920, 8, 18)));
        assert!(!nik.same_birth_date_as(date(1921, 8, 17)));
    }

    #[test]
    fn what_it_says_of_place_and_what_is_shown() {
        let nik = Nik::parse("9171041708900012").unwrap();
        assert_eq!((nik.province(), nik.regency_code()), ("91", "9171"));
        assert_eq!(nik.zone(), Zone::Wit);
        assert_eq!(nik.masked(), "9171********0012");
        assert_eq!((nik.stem(), nik.last_four()), ("917104170890", "0012"));
        assert_eq!(format!("{nik:?}"), "Nik(9171********0012)");
    }

    proptest! {
        #[test]
        fn reading_never_fails_badly(text in "[0-9]{16}|[0-9 .-]{14,24}|.{0,40}", year in 1i16..3000) {
            if let Ok(nik) = Nik::parse(&text) {
                let _ = nik.birth_date(date(year, 1, 1));
                prop_assert_eq!(Nik::parse(nik.as_str()), Ok(nik.clone()));
                let shown = format!("{nik:?}");
                prop_assert!(!shown.contains(nik.as_str()));
            }
        }
    }
}
