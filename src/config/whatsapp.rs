//! `[whatsapp]`: a number on the Cloud API, and what both sides prove themselves with.

use std::{fmt, io, path::PathBuf, time::Duration};

use serde::Deserialize;

use super::{
    ConfigError,
    far::{is_loopback, secret},
};
use crate::{
    channel::whatsapp::frame::{Template, Templates},
    outbox::pair::PAIR_BURST,
    service::campaign,
};

/// One number.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whatsapp {
    /// Where the API is, without a path.
    #[serde(default = "api")]
    pub api: String,
    /// The version of the Graph API, such as `v23.0`.
    #[serde(default = "version")]
    pub version: String,
    /// The number's id there. Events of other numbers are passed over.
    pub phone_number_id: String,
    /// The number, digits with the country code, for whoever is told to write to it.
    #[serde(default)]
    pub display_number: String,
    /// What we present.
    #[serde(default)]
    token: String,
    token_file: Option<PathBuf>,
    /// What events are signed with.
    #[serde(default)]
    app_secret: String,
    app_secret_file: Option<PathBuf>,
    /// What the provider presents when it is told our address.
    pub verify_token: String,
    /// Messages a second of this number.
    #[serde(default = "per_second")]
    pub per_second: u32,
    /// Messages to the same user that may go at once, before one in 6 seconds; the provider allows 45.
    #[serde(default = "pair_burst")]
    pub pair_burst: u32,
    /// How long a chat speaks for a phone, once a code came back. After that it is asked again: the
    /// number may have been sold.
    #[serde(default = "bound_days")]
    pub bound_days: u32,
    /// Requests under way at once.
    #[serde(default = "at_once")]
    pub at_once: usize,
    /// How long an account that takes nothing is waited for, before what can go by SMS does.
    #[serde(default = "give_up_seconds")]
    give_up_seconds: u32,
    /// After how long somebody who waits for an answer is shown that we write, in milliseconds; 0 is never.
    #[serde(default = "typing_ms")]
    typing_ms: u32,
    #[serde(default = "connect_seconds")]
    connect_seconds: u32,
    #[serde(default = "answer_seconds")]
    answer_seconds: u32,
    #[serde(default)]
    template: Vec<Template>,
}

fn api() -> String {
    "https://graph.facebook.com".into()
}

fn version() -> String {
    "v23.0".into()
}

fn pair_burst() -> u32 {
    PAIR_BURST
}

fn bound_days() -> u32 {
    90
}

fn per_second() -> u32 {
    80
}

fn at_once() -> usize {
    32
}

fn give_up_seconds() -> u32 {
    120
}

fn typing_ms() -> u32 {
    700
}

fn connect_seconds() -> u32 {
    5
}

fn answer_seconds() -> u32 {
    15
}

/// Requests under way at the most: each holds a connection.
const MOST_AT_ONCE: usize = 256;

/// A word that somebody could try out is none.
const SHORTEST_WORD: usize = 12;

/// Secrets are not for logs.
impl fmt::Debug for Whatsapp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Whatsapp")
            .field("api", &self.api)
            .field("version", &self.version)
            .field("phone_number_id", &self.phone_number_id)
            .field("per_second", &self.per_second)
            .field("template", &self.template)
            .finish_non_exhaustive()
    }
}

impl Whatsapp {
    /// What we present, as it is now.
    ///
    /// # Errors
    /// The file cannot be read, or is empty.
    pub fn token(&self) -> io::Result<String> {
        secret(&self.token, self.token_file.as_deref())
    }

    /// What events are signed with, as it is now.
    ///
    /// # Errors
    /// The file cannot be read, or is empty.
    pub fn app_secret(&self) -> io::Result<String> {
        secret(&self.app_secret, self.app_secret_file.as_deref())
    }

    /// What may be sent when nobody has written for 24 hours.
    pub fn templates(&self) -> Templates {
        Templates::new(self.template.clone())
    }

    /// After how long somebody who waits is shown that we write; zero is never.
    pub fn typing(&self) -> Duration {
        Duration::from_millis(self.typing_ms.into())
    }

    /// How long a connection may take to come about.
    pub fn connect(&self) -> Duration {
        Duration::from_secs(self.connect_seconds.into())
    }

    /// How long an account that takes nothing is waited for.
    pub fn give_up(&self) -> Duration {
        Duration::from_secs(self.give_up_seconds.into())
    }

    /// How long an answer may take, from the first octet that we send to the last one that comes.
    pub fn answer(&self) -> Duration {
        Duration::from_secs(self.answer_seconds.into())
    }

    /// The files it names.
    pub(super) fn files(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        [&mut self.token_file, &mut self.app_secret_file].into_iter().flatten()
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |what: &str| Err(ConfigError::Meaning(format!("whatsapp.{what}")));
        let digits = |text: &str| text.bytes().all(|octet| octet.is_ascii_digit());
        let plain = |text: &str| {
            text.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"._-".contains(&octet))
        };
        let not_one = |value: &str, file: &Option<PathBuf>| value.is_empty() == file.is_none();
        if !self.api.starts_with("https://") && !is_loopback(&self.api) {
            return wrong("api begins with https://, because the token goes there");
        }
        if self.version.is_empty() || !plain(&self.version) {
            return wrong("version is such as v23.0");
        }
        if self.phone_number_id.is_empty() || !digits(&self.phone_number_id) {
            return wrong("phone_number_id is digits");
        }
        if !digits(&self.display_number) {
            return wrong("display_number is digits with the country code");
        }
        if not_one(&self.token, &self.token_file) {
            return wrong("token or token_file: one of them, and not both");
        }
        if not_one(&self.app_secret, &self.app_secret_file) {
            return wrong("app_secret or app_secret_file: one of them, and not both");
        }
        if self.verify_token.len() < SHORTEST_WORD {
            return wrong(&format!("verify_token has fewer than {SHORTEST_WORD} characters"));
        }
        if self.per_second == 0 || self.connect_seconds == 0 || self.answer_seconds == 0 {
            return wrong("per_second, connect_seconds and answer_seconds must be at least 1");
        }
        if !(1..=MOST_AT_ONCE).contains(&self.at_once) {
            return wrong(&format!("at_once is from 1 to {MOST_AT_ONCE}"));
        }
        if let Some(mistake) = self.templates().mistake(&campaign::values().collect::<Vec<_>>()) {
            return wrong(&format!("template: {mistake}"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Templates;
    use crate::config::Config;

    const WHOLE: &str = "[whatsapp]\nphone_number_id = \"106540352242922\"\ntoken = \"geheim-token\"\n\
         app_secret = \"geheim-app\"\nverify_token = \"geheim-verify\"\n";

    #[test]
    fn what_is_wrong_with_it_is_told() {
        let whatsapp = Config::parse(WHOLE).unwrap().whatsapp.unwrap();
        assert_eq!((whatsapp.per_second, whatsapp.templates()), (80, Templates::default()));
        assert_eq!(whatsapp.token().unwrap(), "geheim-token");
        assert!(!format!("{whatsapp:?}").contains("geheim"));
        let with = |line: &str| Config::parse(&format!("{WHOLE}{line}"));
        for line in [
            "api = \"http://graph.example\"",
            "api = \"http://127.0.0.1.example\"",
            "version = \"v23/../x\"",
            "display_number = \"+62 811\"",
            "token_file = \"a\"",
            "app_secret_file = \"a\"",
            "per_second = 0",
            "answer_seconds = 0",
            "at_once = 0",
            "at_once = 1000",
            "template = [{ language = \"id\", name = \"\" }]",
            "template = [{ language = \"id\", name = \"a\", values = [\"name\"] }]",
            "colour = 1",
        ] {
            assert!(with(line).is_err(), "{line}");
        }
        assert!(with("api = \"http://127.0.0.1:8080\"\ntemplate = [{ language = \"id\", name = \"kabar\" }]").is_ok());
        let bare = WHOLE.replace("token = \"geheim-token\"\n", "");
        assert!(Config::parse(&bare).is_err());
        assert!(Config::parse(&WHOLE.replace("geheim-verify", "short")).is_err());
    }

    #[test]
    fn a_missing_file_is_an_error_when_it_is_read() {
        let text = WHOLE.replace("token = \"geheim-token\"", "token_file = \"/nowhere/token\"");
        assert!(Config::parse(&text).unwrap().whatsapp.unwrap().token().is_err());
    }
}
