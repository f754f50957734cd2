//! Provinces, regencies and cities, by the codes that a NIK and a domicile use.
//!
//! Owns the list of `regions.csv` (Ministry of Home Affairs' codes, 38 provinces and 514 regencies
//! and cities as of 2022, names shortened for a phone) and the time zone of each province. Knows no
//! retired codes: a NIK keeps the code of its first registration, so a regency that is not listed is
//! no reason to refuse one.

use std::sync::LazyLock;

use crate::clock::Zone;

/// A province, or a regency or city.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Region {
    /// Two digits for a province, four for a regency or city, the first two its province.
    pub code: &'static str,
    /// At most 30 characters of the basic GSM 7-bit table: `Jawa Barat`, `Kab. Bogor`.
    pub name: &'static str,
}

/// All provinces, by code.
pub fn provinces() -> &'static [Region] {
    &REGIONS.provinces
}

/// The province with this two-digit code.
pub fn province(code: &str) -> Option<Region> {
    find(&REGIONS.provinces, code)
}

/// The regencies and cities of a province, by code, regencies first; none of an unknown one.
pub fn regencies(province: &str) -> &'static [Region] {
    let of_province = |region: &Region| region.code.get(..2);
    let all = &REGIONS.regencies;
    let start = all.partition_point(|region| of_province(region) < Some(province));
    let end = all.partition_point(|region| of_province(region) <= Some(province));
    all.get(start..end).unwrap_or_default()
}

/// The regency or city with this four-digit code.
pub fn regency(code: &str) -> Option<Region> {
    find(&REGIONS.regencies, code)
}

/// The time zone of a province, by its code or any code that begins with it; western Indonesia for
/// a code that is none, for most people live there.
pub fn zone(province: &str) -> Zone {
    match province.as_bytes() {
        [b'5', ..] | [b'6', b'3'..=b'5', ..] | [b'7', ..] => Zone::Wita,
        [b'8' | b'9', ..] => Zone::Wit,
        _ => Zone::Wib,
    }
}

struct Regions {
    provinces: Vec<Region>,
    regencies: Vec<Region>,
}

static REGIONS: LazyLock<Regions> = LazyLock::new(|| {
    let rows = include_str!("regions.csv").lines();
    let all = rows.filter_map(|row| row.split_once(',')).map(|(code, name)| Region { code, name });
    let (provinces, regencies) = all.partition(|region: &Region| region.code.len() == 2);
    Regions { provinces, regencies }
});

fn find(regions: &[Region], code: &str) -> Option<Region> {
    let at = regions.binary_search_by(|region| region.code.cmp(code)).ok()?;
    regions.get(at).copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::text::gsm7;

    #[test]
    fn the_list_is_whole_and_in_order() {
        assert_eq!(provinces().len(), 38);
        assert_eq!(REGIONS.regencies.len(), 514);
        assert_eq!(include_str!("regions.csv").lines().count(), 38 + 514);
        let by_province: usize = provinces().iter().map(|one| regencies(one.code).len()).sum();
        assert_eq!(by_province, 514, "each regency belongs to a province of the list");
        assert!(provinces().iter().all(|one| !regencies(one.code).is_empty()));
        for list in [&REGIONS.provinces, &REGIONS.regencies] {
            assert!(list.is_sorted_by(|one, next| one.code < next.code), "codes rise");
        }
    }

    #[test]
    fn codes_are_digits_and_names_fit_a_phone() {
        for region in REGIONS.provinces.iter().chain(&REGIONS.regencies) {
            assert!(matches!(region.code.len(), 2 | 4), "{region:?}");
            assert!(region.code.bytes().all(|octet| octet.is_ascii_digit()), "{region:?}");
            assert!(region.name.chars().all(gsm7::is_basic), "{region:?}");
            assert!((3..=30).contains(&region.name.len()), "{region:?}");
            assert_eq!(region.name.trim(), region.name);
        }
    }

    #[test]
    fn no_two_rows_of_a_list_read_alike() {
        for province in provinces() {
            let names = regencies(province.code).iter().map(|region| region.name);
            assert_eq!(names.collect::<BTreeSet<_>>().len(), regencies(province.code).len());
        }
    }

    #[test]
    fn some_that_people_know() {
        for (code, name) in [
            ("1171", "Kota Banda Aceh"),
            ("3101", "Kepulauan Seribu"),
            ("3174", "Jakarta Selatan"),
            ("3201", "Kab. Bogor"),
            ("3271", "Kota Bogor"),
            ("3404", "Kab. Sleman"),
            ("3578", "Kota Surabaya"),
            ("6472", "Kota Samarinda"),
            ("7371", "Kota Makassar"),
            ("9171", "Kota Jayapura"),
            ("9671", "Kota Sorong"),
        ] {
            assert_eq!(regency(code).map(|region| region.name), Some(name), "{code}");
        }
        assert_eq!(province("96").map(|region| region.name), Some("Papua Barat Daya"));
        assert_eq!(province("97"), None);
        assert_eq!(regency("3299"), None);
        assert_eq!(regencies("3"), []);
        assert_eq!(regencies("99"), []);
    }

    #[test]
    fn zones_follow_the_provinces() {
        for (zone_of, codes) in [
            (Zone::Wib, &["11", "19", "21", "31", "36", "61", "62"][..]),
            (Zone::Wita, &["51", "53", "63", "64", "65", "71", "76"]),
            (Zone::Wit, &["81", "82", "91", "96"]),
        ] {
            for code in codes {
                assert_eq!(zone(code), zone_of, "{code}");
            }
        }
        assert_eq!(zone(""), Zone::Wib);
    }
}
