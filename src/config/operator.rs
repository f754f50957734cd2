//! Accounts at SMSCs: how a link is found, bound and protected.

use std::{fmt, path::PathBuf, time::Duration};

use serde::Deserialize;

use super::{ConfigError, Sms};
use crate::smpp::{
    link::{LinkSettings, Mode, Roots, Tls},
    session::Settings,
};

/// `[operator.*]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operator {
    /// Which dialect of USSD it speaks; without it, it carries no USSD.
    #[serde(default)]
    pub dialect: Option<String>,
    /// How it carries SMS; without it, it carries none.
    #[serde(default)]
    pub sms: Option<Sms>,
    /// The number it gave us to push from, in international form; without it the dialect says what
    /// stands there.
    #[serde(default)]
    pub push_from: Option<String>,
    /// Its links.
    pub link: Vec<LinkConfig>,
}

/// Messages of a link that may be unanswered at once, either way: there is a place for each of them.
const MOST_AT_ONCE: usize = 65_536;

/// `[[operator.*.link]]`
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkConfig {
    /// `host:port`.
    pub address: String,
    /// At most 15 octets.
    pub system_id: String,
    /// At most 8 octets.
    pub password: String,
    /// At most 12 octets.
    #[serde(default)]
    pub system_type: String,
    /// One bind or two.
    #[serde(default)]
    pub mode: ModeName,
    /// SMPP 3.4 unless the operator says otherwise.
    #[serde(default = "smpp_3_4")]
    pub interface_version: u8,
    /// Messages unanswered at once.
    pub window: Option<usize>,
    /// Messages of the SMSC's that wait for our answer; more are brought later.
    pub inbound: Option<usize>,
    /// Silence after which the link is probed.
    pub enquire_seconds: Option<u32>,
    /// How long a response may take.
    pub response_seconds: Option<u32>,
    /// TLS, where the operator offers it.
    pub tls: Option<TlsConfig>,
}

/// How a link binds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModeName {
    /// One bind for both directions.
    #[default]
    Transceiver,
    /// A transmitter and a receiver.
    Pair,
}

/// `tls = {…}` of a link.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsConfig {
    /// Certificates of the operator's authority; without it the public ones are trusted.
    pub ca_file: Option<PathBuf>,
    /// The name in the operator's certificate, if it is not the host of the address.
    pub server_name: Option<String>,
}

fn smpp_3_4() -> u8 {
    0x34
}

/// A password is not for logs.
impl fmt::Debug for LinkConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkConfig")
            .field("address", &self.address)
            .field("system_id", &self.system_id)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

impl LinkConfig {
    /// What no link can be started with.
    pub(super) fn wrong(&self) -> Option<String> {
        let bounds = [("window", self.window), ("inbound", self.inbound)];
        let wrong =
            |(_, value): &(_, Option<usize>)| !(1..=MOST_AT_ONCE).contains(&value.unwrap_or(1));
        let (name, _) = bounds.into_iter().find(wrong)?;
        Some(format!("{name} is from 1 to {MOST_AT_ONCE}"))
    }

    /// What the link is started with.
    pub fn settings(&self, name: &str) -> Result<LinkSettings, ConfigError> {
        let mut settings = LinkSettings::new(name, &self.address, &self.system_id, &self.password);
        settings.system_type.clone_from(&self.system_type);
        settings.interface_version = self.interface_version;
        settings.mode = match self.mode {
            ModeName::Transceiver => Mode::Transceiver,
            ModeName::Pair => Mode::Pair,
        };
        settings.tls = self.tls.as_ref().map(TlsConfig::read).transpose()?;
        settings.session = self.session();
        Ok(settings)
    }

    /// How long a response may take.
    pub fn response(&self) -> Duration {
        self.session().timers.response
    }

    /// How many messages of the SMSC's may wait for our answer.
    pub fn most_inbound(&self) -> usize {
        self.session().inbound
    }

    fn session(&self) -> Settings {
        let mut session = Settings::default();
        let seconds = |seconds: u32| Duration::from_secs(seconds.max(1).into());
        if let Some(window) = self.window {
            session.window = window;
        }
        if let Some(inbound) = self.inbound {
            session.inbound = inbound;
        }
        if let Some(enquire) = self.enquire_seconds {
            session.timers.enquire_link = Some(seconds(enquire));
        }
        if let Some(response) = self.response_seconds {
            session.timers.response = seconds(response);
        }
        session
    }
}

impl TlsConfig {
    fn read(&self) -> Result<Tls, ConfigError> {
        let roots = match &self.ca_file {
            None => Roots::Public,
            Some(path) => {
                let failed = |source| ConfigError::Read { path: path.clone(), source };
                Roots::Pem(std::fs::read_to_string(path).map_err(failed)?)
            }
        };
        Ok(Tls { server_name: self.server_name.clone(), roots })
    }
}
