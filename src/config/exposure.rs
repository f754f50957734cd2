//! `[exposure]`: whether an app's back end may have contacts told, and how long what counts.

use std::{fmt, io, path::PathBuf, time::Duration};

use ipnet::IpNet;
use serde::Deserialize;

use super::{
    ConfigError,
    far::{secret, wrong_secret},
};
use crate::service::exposure::{ExposureRules, MOST_CONTACTS};

/// Exposure notices.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exposure {
    /// Whether anybody may call.
    pub enabled: bool,
    #[serde(default)]
    secret: String,
    secret_file: Option<PathBuf>,
    /// From where calls may come; empty for everywhere.
    pub allow: Vec<IpNet>,
    contact_days: u16,
    positive_days: u16,
    consent_days: u16,
    token_days: u16,
    /// Tokens of one phone at most.
    pub tokens_per_phone: u32,
    /// Contacts of one upload at most.
    pub contacts_per_upload: usize,
    /// Whether a case is asked on the screen of its phone, too.
    pub push: bool,
}

/// A secret is not for logs.
impl fmt::Debug for Exposure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exposure").field("enabled", &self.enabled).finish_non_exhaustive()
    }
}

/// Nothing of a contact is kept longer, whatever the configuration says (`domain.md` §4).
const LONGEST_DAYS: u16 = 14;

impl Exposure {
    /// How long what counts.
    pub fn rules(&self) -> ExposureRules {
        ExposureRules {
            contact_days: self.contact_days,
            positive_days: self.positive_days,
            consent_days: self.consent_days,
        }
    }

    /// How long a token is a phone's.
    pub fn token_for(&self) -> Duration {
        Duration::from_secs(86_400 * u64::from(self.token_days))
    }

    /// What both sides sign with, as it is now.
    ///
    /// # Errors
    /// The file cannot be read, or is empty.
    pub fn secret(&self) -> io::Result<String> {
        secret(&self.secret, self.secret_file.as_deref())
    }

    /// The files it names.
    pub(super) fn files(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        self.secret_file.iter_mut()
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |what: &str| Err(ConfigError::Meaning(format!("exposure.{what}")));
        let days = 1..=LONGEST_DAYS;
        if !days.contains(&self.contact_days) || !days.contains(&self.positive_days) {
            return wrong(&format!("contact_days and positive_days are from 1 to {LONGEST_DAYS}"));
        }
        if !days.contains(&self.consent_days) {
            return wrong(&format!("consent_days is from 1 to {LONGEST_DAYS}"));
        }
        if self.token_days == 0 || self.tokens_per_phone == 0 {
            return wrong("token_days and tokens_per_phone must be at least 1");
        }
        if !(1..=MOST_CONTACTS).contains(&self.contacts_per_upload) {
            return wrong(&format!("contacts_per_upload is from 1 to {MOST_CONTACTS}"));
        }
        if !self.enabled {
            return Ok(());
        }
        match wrong_secret(&self.secret, self.secret_file.as_deref()) {
            Some(what) => wrong(&what),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[test]
    fn nobody_calls_unless_there_is_a_secret() {
        let with = |lines: &str| Config::parse(&format!("[exposure]\n{lines}"));
        assert!(!with("").unwrap().exposure.enabled);
        let config = with("enabled = true\nsecret = \"geheim-und-lang-genug\"").unwrap();
        assert_eq!(config.exposure.secret().unwrap(), "geheim-und-lang-genug");
        assert!(!format!("{config:?}").contains("geheim"));
        for lines in [
            "enabled = true",
            "enabled = true\nsecret = \"short\"",
            "enabled = true\nsecret = \"geheim-und-lang-genug\"\nsecret_file = \"a\"",
            "contact_days = 15",
            "positive_days = 0",
            "consent_days = 0",
            "contacts_per_upload = 0",
            "contacts_per_upload = 2001",
            "tokens_per_phone = 0",
        ] {
            assert!(with(lines).is_err(), "{lines}");
        }
    }
}
