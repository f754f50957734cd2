//! Certificates that a machine can check, and the page that carries one.
//!
//! Owns what a certificate says ([`Paper`]), the keys that sign it (`keys`), the document of the EU
//! (`dcc`), the page (`pdf`), the certificate that one SMS carries (`text`), the short code (`code`), the
//! serial by which the record knows one (`serial`), and what somebody shows (`proof`). Everything is a
//! function of its arguments: signatures are deterministic (RFC 6979, RFC 8032), the time and random
//! octets are handed in. Only the key file is read and written here too (`file`). Must not know a
//! database, a menu, a channel, or whether a certificate was revoked.

pub mod code;
pub mod dcc;
mod file;
mod id;
pub mod keys;
pub mod pdf;
pub mod picture;
pub mod proof;
pub mod serial;
#[cfg(test)]
mod specimen;
pub mod text;

use std::{fmt, time::Duration};

use jiff::civil::Date;
use thiserror::Error;

use crate::identity::{Nik, PersonName};

pub use self::{
    file::{KeyFileError, KeyStep},
    id::{CertificateId, IdError},
    keys::{Keyring, PublicKeys},
};

/// What a certificate says of a person and a dose. `Debug` shows nothing of it.
#[derive(Clone, PartialEq)]
pub struct Paper {
    /// Its number.
    pub id: CertificateId,
    /// Whose it is, as the record spells it.
    pub name: PersonName,
    /// Whose it is; on the page only, never in what a machine reads.
    pub nik: Nik,
    /// When they were born.
    pub birth: Date,
    /// Doses of the first course, as of the first vaccine: a dose beyond them is a booster.
    pub course: u8,
    /// The dose that it certifies.
    pub shot: Shot,
    /// The doses before that one, in their order.
    pub earlier: Vec<Shot>,
}

impl fmt::Debug for Paper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Paper")
    }
}

impl Paper {
    /// Which dose, of how many (`dn` and `sd` of the EU, "Value Sets" release 2.0 and later): 1 of 1, 1 of 2, 2
    /// of 2; a booster is 3 of 3 after two doses and 2 of 1 after one.
    pub fn doses(&self) -> (u8, u8) {
        let number = self.shot.number;
        let whole = match self.course {
            course if number <= course => course,
            1 => 1,
            _ => number,
        };
        (number, whole)
    }

    /// Whether the dose comes after the first course.
    pub fn is_booster(&self) -> bool {
        self.shot.number > self.course
    }
}

/// A dose that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shot {
    /// Which one of all that were given, from 1; a booster after one dose is 2.
    pub number: u8,
    /// The name of the vaccine that people know.
    pub vaccine: String,
    /// What machines call it.
    pub product: Product,
    /// As printed on the vial.
    pub batch: String,
    /// Where it was given.
    pub place: String,
    /// When.
    pub given_on: Date,
}

/// A vaccine by the value sets of the EU (eHN "Value Sets for EU Digital COVID Certificates").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// The kind of vaccine.
    pub vp: String,
    /// The product.
    pub mp: String,
    /// Who is responsible for it.
    pub ma: String,
}

/// Who makes certificates out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// Its name, as certificates bear it.
    pub authority: String,
    /// For how long one is good.
    pub good_for: Duration,
}

/// How much of a NIK the page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NikShown {
    /// `3173********0001`.
    Masked,
    /// All of it.
    Full,
}

/// Why no certificate was made out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unmade {
    /// The signer's own certificate is over: keys have to be rotated.
    #[error("the signing key has run out: `setara keys rotate`")]
    KeyRanOut,
    /// It cannot be written down.
    #[error("the certificate cannot be written: {0}")]
    Unwritten(&'static str),
}
