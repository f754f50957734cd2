//! The configuration: what `default.toml` says, with a file's lines laid over it.
//!
//! The default is one commented text: it is what `setara config print` prints, what the gateway
//! falls back to, and what a test parses, so it cannot rot.

mod callback;
mod certificate;
mod exposure;
mod far;
mod operator;
pub mod record;
mod sms;
mod whatsapp;

pub use self::{
    callback::{Callback, Proof},
    certificate::{Certificates, NikName},
    exposure::Exposure,
    operator::{LinkConfig, ModeName, Operator, TlsConfig},
    record::Record,
    sms::{Outbox, ReceiptIds, Sms},
    whatsapp::Whatsapp,
};

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use ipnet::IpNet;
use serde::Deserialize;
use thiserror::Error;

use crate::{
    channel::{
        ussd::{Room, dialect::Dialect, provider::Provider},
        whatsapp as chat,
    },
    clock::Zone,
    menu::check::Profile,
    outbox::route::WHATSAPP,
    service::{
        appointment::AppointmentRules,
        certificate::CheckRules,
        code::CodeRules,
        lookup::Budgets,
        officer::OfficerRules,
        queue::Units,
        retention::{self, Ages, RetentionRules},
        ticket::TicketRules,
        vaccine::Vaccines,
    },
};

/// The commented default.
pub const DEFAULT: &str = include_str!("default.toml");

/// Everything that can be configured.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The database.
    pub database: Database,
    /// The key file.
    pub vault: VaultFile,
    /// Where the national record is.
    pub record: Record,
    /// Certificates.
    pub certificate: Certificates,
    /// How many certificates are checked and sent.
    pub checks: CheckRules,
    /// The web side.
    pub http: Http,
    /// The pages for operations.
    #[serde(default)]
    pub admin: Admin,
    /// What is logged, and how.
    pub log: Log,
    /// Traces.
    pub telemetry: Telemetry,
    /// The services.
    pub menu: Menus,
    /// How patient conversations are.
    pub conversation: Patience,
    /// How turns are taken.
    pub turns: Turns,
    /// Admission.
    pub limits: LimitSettings,
    /// Look-ups by NIK.
    pub lookups: Budgets,
    /// One-time codes.
    pub codes: CodeRules,
    /// Complaints, and changes that need documents.
    pub tickets: TicketRules,
    /// Appointments for a dose.
    pub appointments: AppointmentRules,
    /// How long what is kept.
    pub retention: RetentionRules,
    /// Officers, who register others.
    pub officers: OfficerRules,
    /// Exposure notices.
    pub exposure: Exposure,
    /// What is sent outside of a session.
    pub outbox: Outbox,
    /// Accounts at SMSCs, by name.
    #[serde(default)]
    pub operator: BTreeMap<String, Operator>,
    /// How operators speak, by name.
    pub dialect: BTreeMap<String, Dialect>,
    /// Accounts at aggregators, by name.
    #[serde(default)]
    pub callback: BTreeMap<String, Callback>,
    /// The number that chats are held with.
    pub whatsapp: Option<Whatsapp>,
    /// How aggregators speak, by name.
    pub provider: BTreeMap<String, Provider>,
    /// Vaccines, by code.
    pub vaccine: Vaccines,
    /// Units of a clinic that people queue for, by id.
    #[serde(default)]
    pub queue: Units,
}

/// `[database]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `sqlite:FILE` or `postgres://…`.
    pub url: String,
    /// Connections to PostgreSQL.
    pub connections: u32,
}

/// `[vault]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VaultFile {
    /// Where the keys are.
    pub key_file: PathBuf,
}

/// `[http]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Whose `X-Forwarded-For` is believed by the pages for everybody.
    #[serde(default)]
    pub proxies: Vec<IpNet>,
}

/// `[admin]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Admin {
    /// What has to be presented stands in this file; without it there are no such pages.
    pub token_file: Option<PathBuf>,
}

/// `[log]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// Which lines.
    pub filter: String,
    /// In which form.
    pub format: LogFormat,
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// `[telemetry]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// Where traces go.
    pub otlp: Option<String>,
    /// The share of turns that is traced.
    pub share: f64,
}

/// `[menu]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Menus {
    /// One folder a service, relative to the file they are named in.
    pub folders: Vec<PathBuf>,
    /// Former versions of one service that are kept for the conversations in them.
    pub former: u32,
    /// Whose day it is.
    pub zone: ZoneName,
}

/// A zone of Indonesia.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneName {
    /// West.
    Wib,
    /// Central.
    Wita,
    /// East.
    Wit,
}

impl From<ZoneName> for Zone {
    fn from(name: ZoneName) -> Self {
        match name {
            ZoneName::Wib => Self::Wib,
            ZoneName::Wita => Self::Wita,
            ZoneName::Wit => Self::Wit,
        }
    }
}

/// `[conversation]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patience {
    /// How long a dropped conversation can be taken up again.
    pub resume_minutes: u32,
    /// How long a reply is kept for a message delivered twice.
    pub receipt_minutes: u32,
    /// Silence after which a number proves nothing.
    pub silent_days: u32,
    /// How long the answer to a text is waited for.
    pub sms_minutes: u32,
    /// How long the parts of a long text are waited for.
    pub parts_seconds: u32,
    /// The same words so soon after our answer are the same text, delivered twice; 0 is never.
    pub sms_repeat_seconds: u32,
    /// How often the sweep runs.
    pub sweep_seconds: u32,
}

/// `[turns]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turns {
    /// Batches side by side on PostgreSQL.
    pub lanes: usize,
    /// The most turns of a batch.
    pub batch: usize,
    /// The most that wait.
    pub waiting: usize,
    /// The most of one operator that run at once; further messages wait on its links.
    pub running: usize,
    /// How long a reply may take.
    pub reply_seconds: u32,
}

/// `[limits]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitSettings {
    /// Turns of one subscriber.
    pub subscriber_per_minute: u32,
    /// Turns of one subscriber in a burst.
    pub subscriber_burst: u32,
    /// Turns from one link.
    pub link_per_second: u32,
    /// Turns in all.
    pub global_per_second: u32,
    /// Screens pushed in all.
    pub push_per_second: u32,
    /// Pushes that wait for one operator.
    pub pushes_waiting: usize,
    /// Subscribers remembered at once.
    pub most_subscribers: usize,
    /// The longest body of a web request.
    pub http_body_octets: usize,
    /// The longest list of people for a campaign.
    pub http_list_octets: usize,
    /// Connections of the web side.
    pub http_connections: usize,
    /// Signed calls of one account in ten minutes.
    pub http_nonces: usize,
}

/// Why there is no configuration.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}", path = path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is not TOML, or a value is not of its kind.
    #[error("{0}")]
    Syntax(#[from] toml::de::Error),
    /// A value means nothing.
    #[error("{0}")]
    Meaning(String),
}

impl Config {
    /// How old may get what the gateway's own sweeps delete.
    pub fn ages(&self) -> Ages {
        Ages {
            contact_days: u32::from(self.exposure.rules().contact_days),
            notice_days: self.outbox.keep_days,
            receipts_for: Duration::from_secs(3600 * u64::from(self.outbox.receipt_hours)),
            line_days: u32::from(self.appointments.wait_days),
            parts_for: Duration::from_secs(u64::from(self.conversation.parts_seconds)),
        }
    }

    /// The default with a file's lines over it. Relative paths in the file are meant from where
    /// the file is.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let failed = |source| ConfigError::Read { path: path.to_owned(), source };
        let text = std::fs::read_to_string(path).map_err(failed)?;
        let mut config = Self::parse(&text)?;
        if let Some(folder) = path.parent() {
            config.relative_to(folder);
        }
        Ok(config)
    }

    /// The default with the lines of `text` over it.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        // Read alone first: a mistake in the file is then shown with the file's own lines.
        let own: toml::Table = toml::from_str(text)?;
        let mut whole: toml::Table = toml::from_str(DEFAULT)?;
        lay_over(&mut whole, own);
        // Through a text, so that a wrong value is shown with its line and not only by its type.
        let config: Self = toml::from_str(&whole.to_string())?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        for (name, operator) in &self.operator {
            if let Some(dialect) = &operator.dialect
                && !self.dialect.contains_key(dialect)
            {
                let known: Vec<&str> = self.dialect.keys().map(String::as_str).collect();
                return Err(ConfigError::Meaning(format!(
                    "operator.{name}: there is no dialect `{dialect}`; there are {}",
                    known.join(", ")
                )));
            }
            if operator.dialect.is_none() && operator.sms.is_none() {
                let what = "it needs a dialect, for USSD, or a table `sms`, or both";
                return Err(ConfigError::Meaning(format!("operator.{name}: {what}")));
            }
            if let Some(wrong) = operator.link.iter().find_map(LinkConfig::wrong) {
                return Err(ConfigError::Meaning(format!("operator.{name}.link: {wrong}")));
            }
            if let Some(sms) = &operator.sms {
                sms.check(name)?;
                self.carries(name, &sms.fallback_for)?;
            }
        }
        let dialects = self.dialect.iter().map(|(name, one)| ("dialect", name, one.wrong()));
        let providers = self.provider.iter().map(|(name, one)| ("provider", name, one.wrong()));
        for (table, name, wrong) in dialects.chain(providers) {
            if let Some(wrong) = wrong {
                return Err(ConfigError::Meaning(format!("{table}.{name}: {wrong}")));
            }
        }
        for (name, callback) in &self.callback {
            callback.check(name, self.provider.get(&callback.provider), self.http.listen)?;
        }
        let positive = [
            ("turns.lanes", self.turns.lanes),
            ("turns.batch", self.turns.batch),
            ("turns.waiting", self.turns.waiting),
            ("turns.running", self.turns.running),
            ("menu.former", self.menu.former as usize),
            ("limits.subscriber_per_minute", self.limits.subscriber_per_minute as usize),
            ("limits.subscriber_burst", self.limits.subscriber_burst as usize),
            ("limits.link_per_second", self.limits.link_per_second as usize),
            ("limits.global_per_second", self.limits.global_per_second as usize),
            ("limits.push_per_second", self.limits.push_per_second as usize),
            ("limits.pushes_waiting", self.limits.pushes_waiting),
            ("limits.most_subscribers", self.limits.most_subscribers),
            ("limits.http_body_octets", self.limits.http_body_octets),
            ("limits.http_list_octets", self.limits.http_list_octets),
            ("limits.http_connections", self.limits.http_connections),
            ("limits.http_nonces", self.limits.http_nonces),
            ("lookups.window_hours", self.lookups.window_hours as usize),
            ("lookups.failures_per_phone", self.lookups.failures_per_phone as usize),
            ("lookups.phones_per_nik", self.lookups.phones_per_nik as usize),
            ("lookups.serials_per_stem", self.lookups.serials_per_stem as usize),
            ("codes.per_hour", self.codes.per_hour as usize),
            ("codes.numbers_per_chat", self.codes.numbers_per_chat.into()),
            ("checks.web_addresses", self.checks.web_addresses),
            ("tickets.due_hours", self.tickets.due_hours as usize),
            ("tickets.severe_hours", self.tickets.severe_hours as usize),
            ("tickets.open_per_phone", self.tickets.open_per_phone as usize),
            ("tickets.checks_per_phone", self.tickets.checks_per_phone as usize),
            ("conversation.sms_minutes", self.conversation.sms_minutes as usize),
            ("conversation.parts_seconds", self.conversation.parts_seconds as usize),
            ("conversation.sweep_seconds", self.conversation.sweep_seconds as usize),
            ("turns.reply_seconds", self.turns.reply_seconds as usize),
        ];
        self.outbox.check()?;
        self.record.check(self.turns.reply_seconds)?;
        self.exposure.check()?;
        if let Some(whatsapp) = &self.whatsapp {
            whatsapp.check()?;
        }
        if self.operator.contains_key(WHATSAPP) {
            let what = "chats go by that name: give the operator another one";
            return Err(ConfigError::Meaning(format!("operator.{WHATSAPP}: {what}")));
        }
        self.certificate.check()?;
        let settings = self.officers.wrong().or_else(|| self.appointments.wrong());
        if let Some(wrong) = settings.or_else(|| retention::mistake(&self.retention)) {
            return Err(ConfigError::Meaning(wrong));
        }
        if self.lookups.window_hours > Budgets::LONGEST_HOURS {
            let most = Budgets::LONGEST_HOURS;
            return Err(ConfigError::Meaning(format!("lookups.window_hours is {most} at most")));
        }
        if !(0.0..=1.0).contains(&self.telemetry.share) {
            return Err(ConfigError::Meaning("telemetry.share is from 0 to 1".into()));
        }
        match positive.into_iter().find(|(_, value)| *value == 0) {
            Some((name, _)) => Err(ConfigError::Meaning(format!("{name} must be at least 1"))),
            None => Ok(()),
        }
    }

    /// Every operator that `name` stands in for carries SMS itself.
    fn carries(&self, name: &str, fallback_for: &[String]) -> Result<(), ConfigError> {
        let carries =
            |other: &&String| self.operator.get(*other).is_some_and(|of| of.sms.is_some());
        match fallback_for.iter().find(|other| !carries(other)) {
            Some(other) => Err(ConfigError::Meaning(format!(
                "operator.{name}.sms: `{other}` in fallback_for is no operator with SMS"
            ))),
            None => Ok(()),
        }
    }

    fn relative_to(&mut self, folder: &Path) {
        let files =
            [&mut self.vault.key_file, &mut self.certificate.keys, &mut self.outbox.answers];
        for path in self.menu.folders.iter_mut().chain(files) {
            *path = folder.join(&*path);
        }
        if let Some(file) = &mut self.admin.token_file {
            *file = folder.join(&*file);
        }
        self.record.files().for_each(|file| *file = folder.join(&*file));
        self.exposure.files().for_each(|file| *file = folder.join(&*file));
        if let Some(whatsapp) = &mut self.whatsapp {
            whatsapp.files().for_each(|file| *file = folder.join(&*file));
        }
        for link in self.operator.values_mut().flat_map(|operator| &mut operator.link) {
            if let Some(file) = link.tls.as_mut().and_then(|tls| tls.ca_file.as_mut()) {
                *file = folder.join(&*file);
            }
        }
        if let Some(file) = self.database.url.strip_prefix("sqlite:") {
            self.database.url = format!("sqlite:{}", folder.join(file).display());
        }
    }

    /// The room of the dialect or the provider of that name.
    pub fn room(&self, name: &str) -> Option<Room> {
        let provider = || self.provider.get(name).map(Provider::room);
        self.dialect.get(name).map(Dialect::room).or_else(provider)
    }

    /// The channels a menu is checked for: the smallest room of every dialect and provider, and a chat.
    pub fn profiles(&self) -> Vec<Profile> {
        let dialects = self.dialect.iter().map(|(name, dialect)| (name, dialect.smallest_frame()));
        let providers = self.provider.iter().map(|(name, one)| (name, one.smallest_frame()));
        let profile = |(name, frame)| Profile { name: format!("ussd {name}"), frame };
        let chat = Profile { name: "whatsapp".to_owned(), frame: chat::frame() };
        let mut profiles: Vec<Profile> = Vec::new();
        for profile in dialects.chain(providers).map(profile).chain([chat]) {
            // Two with the same room would find everything twice.
            if !profiles.iter().any(|known| known.frame == profile.frame) {
                profiles.push(profile);
            }
        }
        profiles
    }
}

/// Lays one table over another: tables are merged, everything else is replaced.
fn lay_over(below: &mut toml::Table, above: toml::Table) {
    for (key, value) in above {
        match (below.get_mut(&key), value) {
            (Some(toml::Value::Table(below)), toml::Value::Table(above)) => lay_over(below, above),
            (_, value) => {
                below.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests;
