//! The fixed rows: one for each problem that people had.

use jiff::{
    ToSpan,
    civil::{Date, date},
};

use super::Case;
use crate::{
    identity::{Msisdn, Nik, PersonName},
    service::{
        record::Dose,
        roster::{Entry, Group},
    },
};

/// Short for a row of the table above.
const fn case(
    nik: &'static str,
    name: &'static str,
    birth: &'static str,
    phone: &'static str,
) -> Case {
    Case { nik, name, birth, phone }
}

/// In the record, not registered, nothing in the way.
pub const READY: Case = case("3173014502900001", "Siti Aminah", "1990-02-05", "+6281290000001");
/// Her NIK differs from that of [`READY`] in the last digit (§5, 1).
pub const NEIGHBOUR: Case =
    case("3173014502900002", "Dewi Lestari", "1990-02-05", "+6281290000002");
/// His group has its turn on the first day of the month after next.
pub const LATER: Case = case("3273011708850001", "Budi Santoso", "1985-08-17", "+6281290000003");
/// The record must look as if it did not exist (§5, 13).
pub const BLOCKED: Case = case("3171010101600001", "Joko Prasetyo", "1960-01-01", "+6281290000004");
/// Has no phone (§2: assisted registration).
pub const NO_PHONE: Case = case("5301014107550001", "Maria Goreti Bria", "1955-07-01", "");
/// One number for the family (§5, 7).
pub const FATHER: Case = case("3578011203800001", "Agus Setiawan", "1980-03-12", "+6281290000010");
/// The same number.
pub const MOTHER: Case = case("3578015006820001", "Sri Wahyuni", "1982-06-10", "+6281290000010");
/// The same number, a teenager.
pub const DAUGHTER: Case =
    case("3578016505080001", "Putri Setiawan", "2008-05-25", "+6281290000010");
/// The same number, a child.
pub const SON: Case = case("3578010911120001", "Bayu Setiawan", "2012-11-09", "+6281290000010");
/// A dose whose date was never entered (§3, case a).
pub const NO_DATE: Case =
    case("3374012304750001", "Bambang Sutrisno", "1975-04-23", "+6281290000020");
/// A dose with its date, and no certificate (§3, case b; §5, 4).
pub const NO_CERTIFICATE: Case =
    case("3471015809880001", "Rina Kusuma", "1988-09-18", "+6281290000021");
/// Two doses, both certified.
pub const COMPLETE: Case =
    case("1271010312700001", "Parlindungan Simanjuntak", "1970-12-03", "+6281290000022");
/// Two doses and a booster.
pub const BOOSTED: Case =
    case("3204012002650001", "dr. Asep Hidayat, Sp.PD", "1965-02-20", "+6281290000023");
/// First dose ten days ago, the second is due.
pub const HALFWAY: Case = case("6471016204930001", "Nurul Huda", "1993-04-22", "+6281290000024");
/// The first dose is missing from the record.
pub const SECOND_ONLY: Case = case("7371011507870001", "Andi Baso", "1987-07-15", "+6281290000025");
/// Janssen: one dose is the whole course.
pub const ONE_DOSE: Case =
    case("5171013008910001", "I Wayan Sudiarta", "1991-08-30", "+6281290000026");
/// The birth date was corrected, the NIK was not (§6).
pub const OTHER_DATE: Case = case("1371015511720001", "Yusnimar", "1972-11-05", "+6281290000030");
/// His card says Muhammad Rizky Ramadhan (§5, 5).
pub const MISSPELT: Case =
    case("3515012910940001", "Muhamad Riski Ramadan", "1994-10-29", "+6281290000031");
/// One name, elderly.
pub const MONONYM: Case = case("3404010505500001", "Suparman", "1950-05-05", "+6281290000032");
/// Titles, a short form and an apostrophe.
pub const TITLES: Case = case(
    "3525011406680001",
    "Dr. H. Moh. Ma'ruf Hidayatullah, S.Kep., M.Kes",
    "1968-06-14",
    "+6281290000033",
);
/// Apostrophes.
pub const APOSTROPHE: Case =
    case("7601014812950001", "Nur'aini Sa'diyah", "1995-12-08", "+6281290000034");
/// Sixty letters and blanks, as long as identity cards allow.
pub const LONG: Case = case(
    "8171012701890001",
    "Raden Mas Christoforus Kusumaningrat Wirjodiprodjo Pattinama",
    "1989-01-27",
    "+6281290000035",
);
/// The code of the regency in the NIK is no longer used (§6).
pub const RETIRED_CODE: Case =
    case("9101016607850001", "Yohana Wenda", "1985-07-26", "+6281290000036");
/// Lost the phone; the record knows the old number (§5, 6).
pub const OLD_NUMBER: Case =
    case("3276010402790001", "Hendra Gunawan", "1979-02-04", "+6281290000099");

/// The fixed rows in the order of the table.
pub(super) fn entries(today: Date) -> Vec<Entry> {
    let later = today.saturating_add(2.months()).first_of_month();
    let recently = today.saturating_sub(10.days());
    vec![
        entry(READY, Group::General, "3173"),
        entry(NEIGHBOUR, Group::General, "3173"),
        Entry { eligible_from: Some(later), ..entry(LATER, Group::General, "3273") },
        Entry { blocked: true, ..entry(BLOCKED, Group::Officer, "3171") },
        entry(NO_PHONE, Group::Elderly, "5301"),
        entry(FATHER, Group::General, "3578"),
        entry(MOTHER, Group::General, "3578"),
        entry(DAUGHTER, Group::Teen, "3578"),
        entry(SON, Group::Child, "3578"),
        entry(NO_DATE, Group::General, "3374").with(1, "sinovac", None, Some("ID-2021000001")),
        entry(NO_CERTIFICATE, Group::General, "3471").with(1, "astrazeneca", on(6, 14), None),
        entry(COMPLETE, Group::General, "1271")
            .with(1, "sinovac", on(3, 1), Some("ID-2021000002"))
            .with(2, "sinovac", on(3, 29), Some("ID-2021000003")),
        entry(BOOSTED, Group::Health, "3204")
            .with(1, "sinovac", on(1, 15), Some("ID-2021000004"))
            .with(2, "sinovac", on(2, 12), Some("ID-2021000005"))
            .with(3, "moderna", on(8, 9), Some("ID-2021000006")),
        entry(HALFWAY, Group::General, "6471").with(
            1,
            "pfizer",
            Some(recently),
            Some("ID-2021000007"),
        ),
        entry(SECOND_ONLY, Group::Officer, "7371").with(
            2,
            "sinovac",
            on(4, 20),
            Some("ID-2021000008"),
        ),
        entry(ONE_DOSE, Group::General, "5171").with(1, "janssen", on(7, 5), Some("ID-2021000009")),
        entry(OTHER_DATE, Group::General, "1371"),
        entry(MISSPELT, Group::General, "3515"),
        entry(MONONYM, Group::Elderly, "3404"),
        entry(TITLES, Group::Health, "3525"),
        entry(APOSTROPHE, Group::General, "7601"),
        entry(LONG, Group::General, "8171"),
        entry(RETIRED_CODE, Group::General, "9301"),
        entry(OLD_NUMBER, Group::General, "3276"),
    ]
}

fn entry(case: Case, group: Group, regency: &str) -> Entry {
    Entry {
        nik: Nik::parse(case.nik).expect("a NIK of the table"),
        name: PersonName::parse(case.name).expect("a name of the table"),
        birth: case.birth.parse().expect("a date of the table"),
        phone: Msisdn::parse(case.phone).ok(),
        group: Some(group),
        eligible_from: None,
        blocked: false,
        regency: Some(regency.to_owned()),
        doses: vec![],
    }
}

/// A day of 2021.
fn on(month: i8, day: i8) -> Option<Date> {
    Some(date(2021, month, day))
}

impl Entry {
    /// The same person after one more dose.
    fn with(
        mut self,
        number: u8,
        vaccine: &str,
        given_on: Option<Date>,
        certificate: Option<&str>,
    ) -> Self {
        self.doses.push(Dose {
            number,
            given_on,
            vaccine: vaccine.to_owned(),
            batch: format!("20210{}{number}", self.nik.last_four()),
            place: "RSUD Sehat Sentosa".to_owned(),
            certificate: certificate.map(str::to_owned),
        });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_true() {
        let today = date(2021, 8, 16);
        let table = include_str!("../sample.rs");
        for entry in entries(today) {
            let phone = entry.phone.as_ref().map(|phone| {
                let digits = phone.national();
                format!("{} {} {}", &digits[..4], &digits[4..8], &digits[8..])
            });
            let line = table
                .lines()
                .find(|line| line.starts_with("//! |") && line.contains(entry.nik.as_str()))
                .expect("a line of the table");
            assert!(line.contains(&entry.birth.to_string()), "{line}");
            assert!(line.contains(entry.name.as_str()) || line.contains("[`LONG`]"), "{line}");
            assert!(phone.is_none_or(|phone| line.contains(&phone)), "{line}");
        }
        assert_eq!(LONG.name.chars().count(), 60);
    }

    #[test]
    fn only_one_of_them_has_another_date_in_the_nik() {
        let others: Vec<_> = entries(date(2021, 8, 16))
            .into_iter()
            .filter(|entry| !entry.nik.same_birth_date_as(entry.birth))
            .map(|entry| entry.nik.as_str().to_owned())
            .collect();
        assert_eq!(others, [OTHER_DATE.nik]);
    }
}
