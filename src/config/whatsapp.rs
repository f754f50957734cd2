//! `[whatsapp]`: one number at the WhatsApp Cloud API.

use std::fmt;

use serde::Deserialize;

use super::ConfigError;

/// One number.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whatsapp {
    /// Where the Graph API is.
    #[serde(default = "graph")]
    pub api: String,
    /// Its version.
    #[serde(default = "version")]
    pub version: String,
    /// The number, as the provider calls it.
    pub phone_number_id: String,
    /// The number, as people write to it: E.164 without plus.
    pub display_number: String,
    /// What we prove ourselves by (bearer token).
    pub token: String,
    /// What the provider's events are signed by.
    pub app_secret: String,
    /// The word by which the provider finds out whether the webhook is ours.
    pub verify_token: String,
    /// Messages a second, over all chats.
    #[serde(default = "per_second")]
    pub per_second: u32,
    /// How long a chat speaks for a phone, once a code came back. After that it is asked again: the
    /// number may have been sold.
    #[serde(default = "bound_days")]
    pub bound_days: u32,
    /// A template whose body is one parameter, by which a notice goes out when its reader has not
    /// written for a day. Without one it goes by SMS.
    #[serde(default)]
    pub template: Option<String>,
}

fn graph() -> String {
    "https://graph.facebook.com".into()
}

fn version() -> String {
    "v23.0".into()
}

fn per_second() -> u32 {
    80
}

fn bound_days() -> u32 {
    90
}

/// A secret that somebody could try out is none.
const SHORTEST_SECRET: usize = 16;

impl Whatsapp {
    /// Whether it means something.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |what: &str| Err(ConfigError::Meaning(format!("whatsapp: {what}")));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
        if !digits(&self.phone_number_id) {
            return wrong("`phone_number_id` is digits");
        }
        if !digits(&self.display_number) {
            return wrong("`display_number` is digits, country code first");
        }
        if self.app_secret.len() < SHORTEST_SECRET {
            return wrong("`app_secret` has at least 16 characters");
        }
        if self.verify_token.is_empty() || self.token.is_empty() {
            return wrong("`token` and `verify_token` are not empty");
        }
        if self.per_second == 0 || self.bound_days == 0 {
            return wrong("`per_second` and `bound_days` are at least 1");
        }
        if !self.api.starts_with("http://") && !self.api.starts_with("https://") {
            return wrong("`api` begins with https:// (http:// on this machine only)");
        }
        Ok(())
    }
}

/// Secrets are not for logs.
impl fmt::Debug for Whatsapp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Whatsapp")
            .field("api", &self.api)
            .field("version", &self.version)
            .field("phone_number_id", &self.phone_number_id)
            .finish_non_exhaustive()
    }
}
