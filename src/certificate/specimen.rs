//! What the tests of this room certify. Nobody has this NIK.

use jiff::civil::date;

use super::{CertificateId, Paper, Product, Shot};
use crate::identity::{Nik, PersonName};

/// Dose `number` of Sinovac, to this name, with no other dose; `course` is that of the first vaccine.
pub fn paper(name: &str, number: u8, course: u8) -> Paper {
    Paper {
        id: CertificateId::parse("3173012345678").unwrap(),
        name: PersonName::parse(name).unwrap(),
        nik: Nik::parse("3173041708900001").unwrap(),
        birth: date(1990, 8, 17),
        course,
        shot: shot(number),
        earlier: Vec::new(),
    }
}

/// A dose of Sinovac.
pub fn shot(number: u8) -> Shot {
    Shot {
        number,
        vaccine: "Sinovac".into(),
        product: Product {
            vp: "1157024006".into(),
            mp: "CoronaVac".into(),
            ma: "Sinovac-Biotech".into(),
        },
        batch: "20210101A".into(),
        place: "Puskesmas Kec. Gambir".into(),
        given_on: date(2021, 3, 1),
    }
}
