//! Vaccines, their doses and intervals: configuration, because the rules changed every few months.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use serde::Deserialize;

use crate::certificate::Product;

/// Vaccines by their code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Vaccines(BTreeMap<String, Vaccine>);

/// One vaccine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vaccine {
    /// The name people know.
    pub name: String,
    /// Doses of the first course.
    pub doses: u8,
    /// Days from the first dose to the second.
    pub interval_days: u16,
    /// Days from the end of the course to a booster.
    pub booster_days: u16,
    /// The kind of vaccine, as certificates call it.
    pub vp: String,
    /// The product, as certificates call it.
    pub mp: String,
    /// Who is responsible for the product, as certificates call it.
    pub ma: String,
}

impl Vaccines {
    /// Vaccines of more than one dose, by code, and the days between the first two.
    pub fn intervals(&self) -> impl Iterator<Item = (&str, u16)> {
        let more = self.0.iter().filter(|(_, vaccine)| vaccine.doses > 1);
        more.map(|(code, vaccine)| (code.as_str(), vaccine.interval_days))
    }

    /// Whether there is a vaccine of that code.
    pub fn knows(&self, code: &str) -> bool {
        self.0.contains_key(code)
    }

    /// The name of a vaccine; its code if it is not configured.
    pub fn name<'a>(&'a self, code: &'a str) -> &'a str {
        self.0.get(code).map_or(code, |vaccine| vaccine.name.as_str())
    }

    /// Which dose of a course that began with a vaccine: `2/2`, `3 (booster)`; the number alone if the
    /// vaccine is not configured.
    pub fn dose_of(&self, first: &str, number: u8) -> String {
        match self.0.get(first) {
            Some(vaccine) if number <= vaccine.doses => format!("{number}/{}", vaccine.doses),
            Some(_) => format!("{number} (booster)"),
            None => number.to_string(),
        }
    }

    /// What certificates call a vaccine, and how many doses its first course has; `None` if it is
    /// not configured.
    pub fn product(&self, code: &str) -> Option<(Product, u8)> {
        let vaccine = self.0.get(code)?;
        let (vp, mp, ma) = (vaccine.vp.clone(), vaccine.mp.clone(), vaccine.ma.clone());
        Some((Product { vp, mp, ma }, vaccine.doses))
    }

    /// Whether the first course is complete with dose `number`.
    pub fn completes(&self, code: &str, number: u8) -> bool {
        self.0.get(code).is_some_and(|vaccine| number >= vaccine.doses)
    }

    /// The day from which the next dose can be given, after dose `number` on `given_on`. `None`
    /// for a vaccine that is not configured, or after a booster.
    pub fn next_due(&self, code: &str, number: u8, given_on: Date) -> Option<Date> {
        let vaccine = self.0.get(code)?;
        let days = match number {
            n if n < vaccine.doses => vaccine.interval_days,
            n if n == vaccine.doses => vaccine.booster_days,
            _ => return None,
        };
        given_on.checked_add(i64::from(days).days()).ok()
    }
}
