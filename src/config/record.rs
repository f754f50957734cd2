//! `[record]`: where the national record is, and how patient we are with one that somebody else keeps.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use ipnet::IpNet;
use serde::Deserialize;

use super::{
    ConfigError,
    far::{is_loopback, secret, wrong_secret},
};
use crate::service::outside::Source;

/// The record.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Whose it is.
    pub from: From,
    /// Where the outside one is, without a path.
    #[serde(default)]
    pub url: String,
    /// Who we are there.
    #[serde(default)]
    pub client: String,
    /// What both sides sign with.
    #[serde(default)]
    secret: String,
    secret_file: Option<PathBuf>,
    /// PEM: our certificate and its key, for TLS that proves both sides.
    pub identity_file: Option<PathBuf>,
    /// PEM: who vouches for the record's certificate, if it is not one of the public authorities.
    pub ca_file: Option<PathBuf>,
    /// For so long an answer counts as what the record says now.
    fresh_seconds: u32,
    /// How long a session of the network waits for an answer.
    session_ms: u32,
    /// How long somebody who wrote a text or a message waits for it.
    text_ms: u32,
    connect_ms: u32,
    answer_ms: u32,
    /// How often one question is asked while somebody waits, or once from the queue.
    pub tries: u32,
    /// Requests under way at once.
    pub at_once: usize,
    /// Questions of the queue that are asked at once, of `at_once`: each of another person.
    pub queue_at_once: usize,
    /// Turns that wait for an answer at once.
    pub waiting: usize,
    /// Of the last `breaker_calls`, so many of a hundred that failed open the breaker.
    pub breaker_percent: u32,
    /// See `breaker_percent`.
    pub breaker_calls: u32,
    breaker_ms: u32,
    /// The first pause before a question of the queue is asked again; it doubles.
    retry_ms: u32,
    /// The longest.
    retry_most_ms: u32,
    give_up_hours: u32,
    /// From where events may be pushed; empty for everywhere.
    #[serde(default)]
    pub allow: Vec<IpNet>,
    /// How often events are pulled; 0 is never.
    pull_seconds: u32,
}

/// Whose record it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum From {
    /// Ours: `setara record import` fills it.
    Embedded,
    /// Somebody else's, over HTTP.
    Outside,
}

/// Requests and waiting turns at the most: each holds a connection, or memory.
const MOST: usize = 4096;

/// Calls that the breaker remembers at the most.
pub const MOST_CALLS: u32 = 128;

/// A secret is not for logs.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("from", &self.from)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

fn ms(ms: u32) -> Duration {
    Duration::from_millis(ms.into())
}

impl Record {
    /// Where the record is, as the service knows it.
    pub fn source(&self) -> Source {
        match self.from {
            From::Embedded => Source::Embedded,
            From::Outside => Source::Outside,
        }
    }

    /// What both sides sign with, as it is now.
    ///
    /// # Errors
    /// The file cannot be read, or is empty.
    pub fn secret(&self) -> io::Result<String> {
        secret(&self.secret, self.secret_file.as_deref())
    }

    /// For so long an answer counts as what the record says now.
    pub fn fresh_for(&self) -> Duration {
        Duration::from_secs(self.fresh_seconds.into())
    }

    /// How long a session of the network waits for an answer.
    pub fn in_session(&self) -> Duration {
        ms(self.session_ms)
    }

    /// How long somebody who wrote waits for it.
    pub fn by_text(&self) -> Duration {
        ms(self.text_ms)
    }

    /// How long a connection may take to come about.
    pub fn connect(&self) -> Duration {
        ms(self.connect_ms)
    }

    /// How long an answer may take, from the first octet that we send to the last one that comes.
    pub fn answer(&self) -> Duration {
        ms(self.answer_ms)
    }

    /// How long the breaker stays open before one question tries whether the record is back.
    pub fn open_for(&self) -> Duration {
        ms(self.breaker_ms)
    }

    /// The first and the longest pause between two tries of a question of the queue.
    pub fn pauses(&self) -> (Duration, Duration) {
        (ms(self.retry_ms), ms(self.retry_most_ms))
    }

    /// After so long a question of the queue is given up. A registration is not: but one that the record says
    /// it has already, and has not shown by then, is taken for another's.
    pub fn give_up(&self) -> Duration {
        Duration::from_secs(3600 * u64::from(self.give_up_hours))
    }

    /// How often events are pulled.
    pub fn pull_every(&self) -> Option<Duration> {
        (self.pull_seconds > 0).then(|| Duration::from_secs(self.pull_seconds.into()))
    }

    /// The files it names.
    pub(super) fn files(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        [&mut self.secret_file, &mut self.identity_file, &mut self.ca_file].into_iter().flatten()
    }

    pub(super) fn check(&self, reply_seconds: u32) -> Result<(), ConfigError> {
        let wrong = |what: &str| Err(ConfigError::Meaning(format!("record.{what}")));
        if self.from == From::Embedded {
            return Ok(());
        }
        if !self.url.starts_with("https://") && !is_loopback(&self.url) {
            return wrong("url begins with https://, because people's data goes there");
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if self.client.is_empty() || !self.client.chars().all(plain) {
            return wrong("client is the name that the record gave us: letters, digits, `-_.`");
        }
        if let Some(what) = wrong_secret(&self.secret, self.secret_file.as_deref()) {
            return wrong(&what);
        }
        if self.session_ms >= reply_seconds.saturating_mul(1000) {
            return wrong(
                "session_ms is less than turns.reply_seconds: the reply has to leave, too",
            );
        }
        let positive = [
            self.session_ms,
            self.text_ms,
            self.connect_ms,
            self.answer_ms,
            self.tries,
            self.breaker_ms,
            self.retry_ms,
            self.retry_most_ms,
            self.give_up_hours,
        ];
        if positive.contains(&0) {
            return wrong("times, tries and pauses must be at least 1");
        }
        if !(1..=MOST).contains(&self.at_once) || !(1..=MOST).contains(&self.waiting) {
            return wrong(&format!("at_once and waiting are from 1 to {MOST}"));
        }
        if !(1..=self.at_once).contains(&self.queue_at_once) {
            return wrong("queue_at_once is from 1 to at_once");
        }
        if !(1..=100).contains(&self.breaker_percent) {
            return wrong("breaker_percent is from 1 to 100");
        }
        if !(1..=MOST_CALLS).contains(&self.breaker_calls) {
            return wrong(&format!("breaker_calls is from 1 to {MOST_CALLS}"));
        }
        Ok(())
    }
}

/// The octets of a file of PEM.
///
/// # Errors
/// It cannot be read.
pub fn read_pem(file: &Path) -> io::Result<Vec<u8>> {
    fs::read(file)
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    const WHOLE: &str = "[record]\nfrom = \"outside\"\nurl = \"https://satudata.example\"\n\
         client = \"setara\"\nsecret = \"geheim-und-lang-genug\"\n";

    #[test]
    fn what_is_wrong_with_it_is_told() {
        let config = Config::parse(WHOLE).unwrap();
        assert_eq!(config.record.secret().unwrap(), "geheim-und-lang-genug");
        assert!(!format!("{config:?}").contains("geheim"));
        let with = |line: &str| Config::parse(&format!("{WHOLE}{line}"));
        for line in [
            "session_ms = 8000",
            "tries = 0",
            "at_once = 0",
            "queue_at_once = 0",
            "at_once = 8\nqueue_at_once = 9",
            "breaker_percent = 101",
            "breaker_calls = 1000",
            "secret_file = \"a\"",
            "colour = 1",
        ] {
            assert!(with(line).is_err(), "{line}");
        }
        for (was, is) in [
            ("https://satudata.example", "http://satudata.example"),
            ("geheim-und-lang-genug", "short"),
            ("\"setara\"", "\"a b\""),
        ] {
            assert!(Config::parse(&WHOLE.replace(was, is)).is_err(), "{is}");
        }
        assert!(
            Config::parse(&WHOLE.replace("https://satudata.example", "http://127.0.0.1:1")).is_ok()
        );
        assert!(Config::parse("[record]\nfrom = \"embedded\"").is_ok());
    }
}
