//! `[certificate]`: who signs, with which keys, and what the page shows.

use std::{path::PathBuf, time::Duration};

use serde::Deserialize;

use super::ConfigError;
use crate::{
    certificate::{Issuer, NikShown, pdf::Options},
    clock::Zone,
};

/// What there is to say of certificates.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificates {
    /// The file of the keys that sign.
    pub keys: PathBuf,
    /// Whose certificates they are.
    pub authority: String,
    /// For how long one is good from the day it is made out.
    pub valid_days: u32,
    /// How much of the NIK the page shows.
    pub nik: NikName,
    /// Where a certificate is checked, as the page says it.
    pub check_at: String,
}

/// How much of a NIK is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NikName {
    /// Place of registration and serial.
    Masked,
    /// All of it.
    Full,
}

impl From<NikName> for NikShown {
    fn from(name: NikName) -> Self {
        match name {
            NikName::Masked => Self::Masked,
            NikName::Full => Self::Full,
        }
    }
}

/// Ten years: no certificate outlives the law it was made by.
const MOST_DAYS: u32 = 3650;

impl Certificates {
    /// Who makes certificates out, and for how long.
    pub fn issuer(&self) -> Issuer {
        let good_for = Duration::from_secs(86_400 * u64::from(self.valid_days));
        Issuer { authority: self.authority.clone(), good_for }
    }

    /// How pages are set, for readers in a zone.
    pub fn page(&self, zone: Zone) -> Options {
        let (nik, check_at) = (self.nik.into(), self.check_at.clone());
        Options { issuer: self.issuer(), nik, check_at, zone }
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if !(1..=MOST_DAYS).contains(&self.valid_days) {
            let what = format!("certificate.valid_days is from 1 to {MOST_DAYS}");
            return Err(ConfigError::Meaning(what));
        }
        // X.509 has no room for more (RFC 5280, `ub-organization-name`).
        if self.authority.trim().is_empty() || self.authority.chars().count() > 64 {
            let what = "certificate.authority has 1 to 64 characters";
            return Err(ConfigError::Meaning(what.into()));
        }
        Ok(())
    }
}
