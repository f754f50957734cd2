//! `[callback.*]`: accounts at aggregators that speak USSD over HTTP, and what proves that it is
//! they who call.

use std::{fmt, net::SocketAddr};

use ipnet::IpNet;
use serde::Deserialize;

use super::ConfigError;
use crate::channel::ussd::provider::Provider;

/// One account.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Callback {
    /// Which provider it is at.
    pub provider: String,
    /// What proves who calls.
    pub proof: Proof,
    /// The key or the word that proves it.
    #[serde(default)]
    pub secret: String,
    /// The header that carries the secret.
    #[serde(default = "secret_header")]
    pub header: String,
    /// From where it may be called; empty for everywhere.
    #[serde(default)]
    pub allow: Vec<IpNet>,
    /// Whose word on who called them is believed.
    #[serde(default)]
    pub proxies: Vec<IpNet>,
    /// Where the provider calls us, where replies have to say it.
    #[serde(default)]
    pub url: String,
}

/// What proves who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// A signature over time, nonce and the whole request.
    Hmac,
    /// A secret in a header.
    Header,
    /// Nothing. Only for a listener that nobody else can reach.
    Open,
}

/// A secret that somebody could try out is none.
const SHORTEST_SECRET: usize = 16;

fn secret_header() -> String {
    "x-setara-secret".into()
}

/// A secret is not for logs.
impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback")
            .field("provider", &self.provider)
            .field("proof", &self.proof)
            .field("allow", &self.allow)
            .finish_non_exhaustive()
    }
}

impl Callback {
    /// Whether the account means something. `listen` is where the web side listens.
    pub(super) fn check(
        &self,
        name: &str,
        provider: Option<&Provider>,
        listen: SocketAddr,
    ) -> Result<(), ConfigError> {
        let wrong = |what: String| Err(ConfigError::Meaning(format!("callback.{name}: {what}")));
        let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if name.is_empty() || !name.chars().all(safe) {
            return wrong("a name is letters, digits, `-` and `_`: it stands in a path".into());
        }
        let Some(provider) = provider else {
            return wrong(format!("there is no provider `{}`", self.provider));
        };
        let loopback = listen.ip().is_loopback();
        match self.proof {
            Proof::Open if !loopback => {
                return wrong(format!(
                    "anybody could call: `open` is only for a loopback address, and {listen} is none"
                ));
            }
            Proof::Hmac | Proof::Header if self.secret.len() < SHORTEST_SECRET => {
                return wrong(format!("the secret has fewer than {SHORTEST_SECRET} characters"));
            }
            Proof::Open | Proof::Hmac | Proof::Header => {}
        }
        if self.url.is_empty() && provider.needs_url() {
            return wrong("`url` is missing: replies say where the answer goes".into());
        }
        Ok(())
    }
}
