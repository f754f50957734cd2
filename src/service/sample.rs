//! Invented people for demonstrations, tests and measurements.
//!
//! Nobody here exists: names are drawn from lists, NIKs are put together from a region, a date and
//! a serial. The first rows are the same in every sample and stand for the problems that people
//! really had (`domain.md` §5); after them come as many others as wanted, from every regency, with
//! mononyms, titles, apostrophes, long names, and families that share a phone. A function of its
//! arguments: one seed and one day make one sample.
//!
//! | case | NIK | name | birth date | phone | what it is |
//! | --- | --- | --- | --- | --- | --- |
//! | [`READY`] | 3173014502900001 | Siti Aminah | 1990-02-05 | 0812 9000 0001 | in the record, not registered, nothing in the way |
//! | [`NEIGHBOUR`] | 3173014502900002 | Dewi Lestari | 1990-02-05 | 0812 9000 0002 | her NIK differs from Siti's in the last digit |
//! | [`LATER`] | 3273011708850001 | Budi Santoso | 1985-08-17 | 0812 9000 0003 | his group has its turn in two months |
//! | [`BLOCKED`] | 3171010101600001 | Joko Prasetyo | 1960-01-01 | 0812 9000 0004 | the record must look as if it did not exist |
//! | [`NO_PHONE`] | 5301014107550001 | Maria Goreti Bria | 1955-07-01 | | has no phone |
//! | [`FATHER`] | 3578011203800001 | Agus Setiawan | 1980-03-12 | 0812 9000 0010 | one number for the family |
//! | [`MOTHER`] | 3578015006820001 | Sri Wahyuni | 1982-06-10 | 0812 9000 0010 | the same number |
//! | [`DAUGHTER`] | 3578016505080001 | Putri Setiawan | 2008-05-25 | 0812 9000 0010 | the same number, a teenager |
//! | [`SON`] | 3578010911120001 | Bayu Setiawan | 2012-11-09 | 0812 9000 0010 | the same number, a child |
//! | [`NO_DATE`] | 3374012304750001 | Bambang Sutrisno | 1975-04-23 | 0812 9000 0020 | a dose whose date was never entered |
//! | [`NO_CERTIFICATE`] | 3471015809880001 | Rina Kusuma | 1988-09-18 | 0812 9000 0021 | a dose with its date, and no certificate |
//! | [`COMPLETE`] | 1271010312700001 | Parlindungan Simanjuntak | 1970-12-03 | 0812 9000 0022 | two doses, both certified |
//! | [`BOOSTED`] | 3204012002650001 | dr. Asep Hidayat, Sp.PD | 1965-02-20 | 0812 9000 0023 | two doses and a booster |
//! | [`HALFWAY`] | 6471016204930001 | Nurul Huda | 1993-04-22 | 0812 9000 0024 | first dose ten days ago, second due |
//! | [`SECOND_ONLY`] | 7371011507870001 | Andi Baso | 1987-07-15 | 0812 9000 0025 | the first dose is missing from the record |
//! | [`ONE_DOSE`] | 5171013008910001 | I Wayan Sudiarta | 1991-08-30 | 0812 9000 0026 | Janssen: one dose is the whole course |
//! | [`OTHER_DATE`] | 1371015511720001 | Yusnimar | 1972-11-05 | 0812 9000 0030 | the birth date was corrected, the NIK was not |
//! | [`MISSPELT`] | 3515012910940001 | Muhamad Riski Ramadan | 1994-10-29 | 0812 9000 0031 | his card says Muhammad Rizky Ramadhan |
//! | [`MONONYM`] | 3404010505500001 | Suparman | 1950-05-05 | 0812 9000 0032 | one name, elderly |
//! | [`TITLES`] | 3525011406680001 | Dr. H. Moh. Ma'ruf Hidayatullah, S.Kep., M.Kes | 1968-06-14 | 0812 9000 0033 | titles, a short form and an apostrophe |
//! | [`APOSTROPHE`] | 7601014812950001 | Nur'aini Sa'diyah | 1995-12-08 | 0812 9000 0034 | apostrophes |
//! | [`LONG`] | 8171012701890001 | see [`LONG`] | 1989-01-27 | 0812 9000 0035 | sixty letters |
//! | [`RETIRED_CODE`] | 9101016607850001 | Yohana Wenda | 1985-07-26 | 0812 9000 0036 | the code of the regency in the NIK is no longer used |
//! | [`OLD_NUMBER`] | 3276010402790001 | Hendra Gunawan | 1979-02-04 | 0812 9000 0099 | lost the phone; the record knows the old number |
//!
//! Three officers register others by `*119*77#`: [`OFFICER`] (0812 9000 0201, PIN 864297), [`NEW_OFFICER`]
//! (0812 9000 0202, code 530718) and [`FORMER_OFFICER`] (0812 9000 0203).

mod cases;
mod certified;
pub mod exposed;
mod names;
mod officers;
mod places;

use jiff::{ToSpan, civil::Date};
use rand::{RngExt, SeedableRng, rngs::StdRng};

pub use self::{
    cases::*,
    certified::{CERTIFIED, Certified, Standing, keyring},
    officers::{FORMER_OFFICER, NEW_OFFICER, OFFICER, SampleOfficer, officers},
    places::places,
};
use super::roster::{Entry, Group};
use crate::{
    identity::{
        Msisdn, Nik, PersonName,
        region::{self, Region},
    },
    service::record::Dose,
};

/// Who somebody of the fixed rows is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// 16 digits.
    pub nik: &'static str,
    /// The name in the record.
    pub name: &'static str,
    /// The birth date in the record, `YYYY-MM-DD`.
    pub birth: &'static str,
    /// E.164, or empty.
    pub phone: &'static str,
}

/// Invented people without end: first the fixed rows, then others. No NIK comes twice among the
/// first hundred million.
pub struct People {
    fixed: std::vec::IntoIter<Entry>,
    drawn: u64,
    today: Date,
    regions: Vec<Region>,
    dice: StdRng,
}

impl People {
    /// The sample of this seed, as it is on this day: nobody is born and no dose given after it.
    pub fn new(seed: u64, today: Date) -> Self {
        Self {
            fixed: cases::entries(today).into_iter(),
            drawn: 0,
            today,
            regions: region::provinces()
                .iter()
                .flat_map(|province| region::regencies(province.code))
                .copied()
                .collect(),
            dice: StdRng::seed_from_u64(seed),
        }
    }

    fn draw(&mut self) -> Entry {
        let (home, district, serial) = self.place();
        let woman = self.one_in(2);
        let birth = self.birth();
        let day = birth.day() + if woman { 40 } else { 0 };
        let year = birth.year().rem_euclid(100);
        let nik =
            format!("{}{district:02}{day:02}{:02}{year:02}{serial:04}", home.code, birth.month());
        let name = names::draw(&mut self.dice, home.code, woman);
        let age = self.today.year() - birth.year();
        let regency = if self.one_in(6) { self.any_region() } else { home };
        let eligible_from = (age < 18 && self.one_in(3)).then(|| self.days_from_now(30..120));
        Entry {
            nik: Nik::parse(&nik).expect("regions, dates and serials are real ones"),
            name: PersonName::parse(&name).expect("the lists hold names"),
            birth,
            phone: self.phone(),
            group: Some(self.group(age)),
            eligible_from,
            blocked: self.one_in(5_000),
            regency: Some(regency.code.to_owned()),
            doses: if eligible_from.is_some() { vec![] } else { self.doses() },
        }
    }

    /// Where the NIK was given, so that no two are alike: the count of people, spread over the
    /// regencies, then over serials 1 to 12, then over districts 2 to 31, then over higher serials.
    /// District 1 belongs to the fixed rows.
    fn place(&mut self) -> (Region, u64, u64) {
        // A step that shares no divisor with 514 meets every regency before it meets one again.
        const STEP: u64 = 199;
        let count = self.drawn;
        self.drawn += 1;
        let regions = self.regions.len() as u64;
        let at = usize::try_from(count.wrapping_mul(STEP) % regions).unwrap_or_default();
        let round = count / regions;
        let serial = 1 + round % 12 + 12 * ((round / (12 * 30)) % 832);
        (self.regions[at], 2 + (round / 12) % 30, serial)
    }

    /// Ages 6 to 90, most of them between 18 and 60.
    fn birth(&mut self) -> Date {
        let years = match self.dice.random_range(0..10) {
            0 => self.dice.random_range(6..12),
            1 => self.dice.random_range(12..18),
            2 => self.dice.random_range(60..90),
            _ => self.dice.random_range(18..60),
        };
        let days = self.dice.random_range(1..365);
        self.today.saturating_sub(years.years()).saturating_sub(days.days())
    }

    fn group(&mut self, age: i16) -> Group {
        match age {
            ..12 => Group::Child,
            12..18 => Group::Teen,
            60.. => Group::Elderly,
            _ if self.one_in(50) => Group::Health,
            _ if self.one_in(15) => Group::Officer,
            _ if self.one_in(20) => Group::Vulnerable,
            _ => Group::General,
        }
    }

    /// One in eight has none, one in three uses the number of the household.
    fn phone(&mut self) -> Option<Msisdn> {
        const NETWORKS: [u64; 8] = [811, 813, 821, 852, 857, 878, 895, 881];
        if self.one_in(8) {
            return None;
        }
        let of = if self.one_in(3) { self.drawn - self.drawn % 4 } else { self.drawn };
        let network = NETWORKS[usize::try_from(of % 8).unwrap_or_default()];
        // Any odd factor that does not end in 5 gives each number of eight digits once.
        let number = format!("+62{network}{:08}", of.wrapping_mul(7_654_321) % 100_000_000);
        Some(Msisdn::parse(&number).expect("a mobile number"))
    }

    fn doses(&mut self) -> Vec<Dose> {
        const COURSES: [(&str, i32); 5] = [
            ("sinovac", 28),
            ("astrazeneca", 84),
            ("pfizer", 21),
            ("moderna", 28),
            ("sinopharm", 21),
        ];
        let given = match self.dice.random_range(0..10) {
            0..5 => 0,
            5..7 => 1,
            7..9 => 2,
            _ => 3,
        };
        let (vaccine, interval) = COURSES[self.dice.random_range(0..COURSES.len())];
        let home = self.any_region();
        let place = format!("Puskesmas {}", home.name.trim_start_matches("Kab. "));
        let last = self.today.saturating_sub(self.dice.random_range(1..150).days());
        (1..=given)
            .map(|number: u8| {
                let back = match given - number {
                    0 => 0,
                    1 if given == 3 => 200,
                    1 => interval,
                    _ => 200 + interval,
                };
                Dose {
                    number,
                    given_on: (!self.one_in(40)).then(|| last.saturating_sub(back.days())),
                    vaccine: vaccine.to_owned(),
                    batch: format!("{:06}", self.dice.random_range(1..1_000_000)),
                    place: place.chars().take(40).collect(),
                    certificate: (!self.one_in(20)).then(|| self.certificate()),
                }
            })
            .collect()
    }

    fn certificate(&mut self) -> String {
        format!("ID-{:010}", self.dice.random_range(0..10_000_000_000u64))
    }

    fn any_region(&mut self) -> Region {
        self.regions[self.dice.random_range(0..self.regions.len())]
    }

    fn days_from_now(&mut self, days: std::ops::Range<i32>) -> Date {
        self.today.saturating_add(self.dice.random_range(days).days())
    }

    fn one_in(&mut self, many: u32) -> bool {
        self.dice.random_range(0..many) == 0
    }
}

impl Iterator for People {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        Some(self.fixed.next().unwrap_or_else(|| self.draw()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use jiff::civil::date;

    use super::{
        super::roster::{COLUMNS, Header},
        *,
    };

    const TODAY: Date = date(2021, 8, 16);
    const MANY: usize = 30_000;

    #[test]
    fn every_row_can_be_imported_and_no_nik_comes_twice() {
        let header = Header::parse(COLUMNS).unwrap();
        let mut niks = HashSet::new();
        for entry in People::new(1, TODAY).take(MANY) {
            let row = entry.to_row();
            let fields: Vec<&str> = row.iter().map(String::as_str).collect();
            assert!(niks.insert(entry.nik.as_str().to_owned()));
            assert_eq!(Entry::parse(&header, &fields, TODAY), Ok(entry));
        }
    }

    #[test]
    fn one_seed_and_one_day_make_one_sample() {
        let names = |seed| -> Vec<String> {
            People::new(seed, TODAY).take(200).map(|one| one.name.as_str().to_owned()).collect()
        };
        assert_eq!(names(1), names(1));
        assert_ne!(names(1), names(2));
    }

    #[test]
    fn people_are_as_different_as_people_are() {
        let people: Vec<Entry> = People::new(7, TODAY).take(MANY).collect();
        let regencies: HashSet<&str> = people.iter().map(|one| one.nik.regency_code()).collect();
        assert!(regencies.len() >= 514);
        let mut phones: HashMap<&str, usize> = HashMap::new();
        for phone in people.iter().filter_map(|one| one.phone.as_ref()) {
            *phones.entry(phone.as_str()).or_default() += 1;
        }
        let share = |found: usize| found * 1000 / people.len();
        let count = |test: &dyn Fn(&Entry) -> bool| people.iter().filter(|one| test(one)).count();
        let name = |test: fn(&str) -> bool| count(&|one| test(one.name.as_str()));
        assert!(phones.values().any(|people| *people > 2));
        assert!(share(name(|name| !name.contains(' '))) > 20, "mononyms");
        assert!(share(name(|name| name.contains('\''))) > 5, "apostrophes");
        assert!(share(name(|name| name.contains('.'))) > 20, "titles");
        assert!(name(|name| name.chars().count() > 40) > 10, "long names");
        assert!(share(count(&|one| one.phone.is_none())) > 80);
        assert!(count(&|one| one.blocked) > 0);
        assert!(count(&|one| one.eligible_from.is_some()) > 0);
        for doses in 0..=3 {
            assert!(share(count(&|one| one.doses.len() == doses)) > 50, "{doses} doses");
        }
        for group in Group::ALL {
            assert!(count(&|one| one.group == Some(group)) > 0, "{group:?}");
        }
        assert!(people.iter().all(|one| one.birth <= TODAY));
    }
}
