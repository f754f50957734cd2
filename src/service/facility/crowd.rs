//! How many places of a file a person can choose from: a menu lists so many districts of a regency, and so
//! many places of a district. What it would not list could never be booked, and is refused.

use std::collections::{HashMap, HashSet};

use super::{Facility, MOST_LISTED};

/// Places so far, by regency and district.
#[derive(Debug, Default)]
pub struct Crowd {
    places: HashMap<(String, String), usize>,
    districts: HashMap<String, HashSet<String>>,
}

impl Crowd {
    /// One more; what is wrong with it if it would not be listed.
    pub fn add(&mut self, place: &Facility) -> Option<String> {
        let (regency, district) = (place.regency.clone(), place.district.clone());
        let districts = self.districts.entry(regency.clone()).or_default();
        districts.insert(district.clone());
        if districts.len() > MOST_LISTED {
            return Some(format!("district: more than {MOST_LISTED} in the regency"));
        }
        let places = self.places.entry((regency, district)).or_default();
        *places += 1;
        (*places > MOST_LISTED).then(|| format!("more than {MOST_LISTED} places in the district"))
    }
}
