//! Invented places where vaccines are given: three in each regency, in two districts. None exists.

use crate::{
    identity::{Coordinates, region},
    service::facility::{Facility, FacilityCode, Hours},
};

/// What there is in every regency: the end of the code, name, district, hours, vaccines, minutes of a
/// slot, seats of a slot. The last has one seat a day, so that one can see it full; and in the Moluccas one
/// a week, so that one can wait for it.
const EACH: [(&str, &str, &str, &str, &str, u16, u16); 3] = [
    ("A", "Puskesmas Melati", "Kec. Melati", EVERY_DAY, ALL, 60, 20),
    ("B", "RSUD Kenanga", "Kec. Kenanga", EVERY_DAY, "sinovac pfizer moderna", 120, 40),
    ("C", "Pos Vaksin Mawar", "Kec. Melati", "sen-min 09:00-10:00", ALL, 60, 1),
];

fn hours_in<'h>(regency: &str, end: &str, hours: &'h str) -> &'h str {
    if regency.starts_with("81") && end == "C" { "sab 09:00-10:00" } else { hours }
}

const EVERY_DAY: &str = "sen-min 08:00-12:00";
const ALL: &str = "astrazeneca janssen moderna pfizer sinopharm sinovac";

/// The places of all regencies, or of those whose code begins so.
pub fn places(within: &str) -> Vec<Facility> {
    let regencies = region::provinces().iter().flat_map(|of| region::regencies(of.code));
    let within = regencies.filter(|regency| regency.code.starts_with(within));
    within.flat_map(|regency| EACH.iter().map(|each| place(regency.code, each))).collect()
}

fn place(
    regency: &str,
    (end, name, district, hours, vaccines, slot_minutes, quota): &(
        &str,
        &str,
        &str,
        &str,
        &str,
        u16,
        u16,
    ),
) -> Facility {
    Facility {
        code: FacilityCode::parse(&format!("{regency}-{end}")).expect("digits and a letter"),
        name: (*name).to_owned(),
        address: format!("Jl. Sehat {}", slot_minutes / 10),
        regency: regency.to_owned(),
        district: (*district).to_owned(),
        hours: Hours::parse(hours_in(regency, end, hours)).expect("the hours above"),
        vaccines: vaccines.split_whitespace().map(str::to_owned).collect(),
        slot_minutes: *slot_minutes,
        quota: *quota,
        closed: Default::default(),
        closed_from: None,
        at: spot(regency, end),
    }
}

/// In Jakarta people can share where they are: the place that comes last by name is the nearest to Monas.
fn spot(regency: &str, end: &str) -> Option<Coordinates> {
    let north = match end {
        "A" => -6.25,
        "B" => -6.19,
        _ => -6.31,
    };
    regency.starts_with("31").then(|| Coordinates::new(north, 106.827_2).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::Config,
        service::facility::{FacilityHeader, WHOLE},
    };

    #[test]
    fn every_place_can_be_imported() {
        let header = FacilityHeader::parse(WHOLE).unwrap();
        let vaccines = Config::parse("").unwrap().vaccine;
        for place in places("") {
            let row = place.to_row();
            let fields: Vec<&str> = row.iter().map(String::as_str).collect();
            assert_eq!(Facility::parse(&header, &fields, |code| vaccines.knows(code)), Ok(place));
        }
        assert_eq!(places("").len(), 3 * 514);
        assert_eq!(places("31").len(), 3 * 6);
    }
}
