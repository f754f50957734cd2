//! How an operator carries SMS, and how patient the outbox is.

use std::path::PathBuf;

use serde::Deserialize;

use super::ConfigError;
use crate::{
    channel::sms::receipt::Numbering,
    outbox::{
        parts::{DefaultAlphabet, Marks, Writing},
        policy::{Hours, VendorCodes},
        route::Routes,
    },
};

/// `[operator.*.sms]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sms {
    /// The number that people write to, and that answers them.
    pub short_code: String,
    /// The name under which we send what nobody can answer; at most 11 characters.
    pub sender: String,
    /// Messages a second over all links together; a long text costs its parts.
    pub per_second: u32,
    /// Whether replies and pushes of USSD over these links count as well.
    #[serde(default = "counted")]
    pub counts_ussd: bool,
    /// The first digits of its phones, as people write them. An empty one is of every phone.
    pub prefixes: Vec<String>,
    /// Operators whose phones it serves while none of their links is bound.
    #[serde(default)]
    pub fallback_for: Vec<String>,
    /// How the message ids of its responses stand in its receipts.
    #[serde(default)]
    pub receipt_ids: ReceiptIds,
    /// How it wants a long text.
    #[serde(default)]
    pub long_texts: Marks,
    /// The alphabet behind its `data_coding` 0.
    #[serde(default)]
    pub alphabet: DefaultAlphabet,
    /// Codes of its own (0x400 and up) that mean "too fast".
    #[serde(default)]
    pub too_fast_codes: Vec<u32>,
    /// Codes of its own that mean "never".
    #[serde(default)]
    pub never_codes: Vec<u32>,
}

fn counted() -> bool {
    true
}

/// How an operator's message ids are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptIds {
    /// The same in both, whatever the case, leading zeros and dashes.
    #[default]
    Same,
    /// Hexadecimal in the response, decimal in the text of the receipt.
    Hex,
}

/// `[outbox]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outbox {
    /// Broadcasts are sent from this hour of the reader's day.
    pub decent_from: i8,
    /// And until this one.
    pub decent_until: i8,
    /// How long a claimed notice is ours.
    pub lease_seconds: u32,
    /// How long a receipt is waited for.
    pub receipt_hours: u32,
    /// How long a settled notice is kept for the figures.
    pub keep_days: u32,
    /// The most broadcasts to one phone on one day.
    pub broadcasts_per_day: u32,
    /// The most campaigns that send at once.
    pub campaigns_at_once: usize,
    /// Where answers of networks stand until the database has them.
    pub answers: PathBuf,
}

/// Campaigns that send at once, at the most: each claim asks for three portions of every one.
const MOST_CAMPAIGNS: usize = 256;

impl Sms {
    /// How it wants texts.
    pub fn writing(&self) -> Writing {
        Writing { marks: self.long_texts, alphabet: self.alphabet }
    }

    /// How its ids are written.
    pub fn numbering(&self) -> Numbering {
        match self.receipt_ids {
            ReceiptIds::Same => Numbering::Same,
            ReceiptIds::Hex => Numbering::Hex,
        }
    }

    /// What its own codes mean.
    pub fn vendor_codes(&self) -> VendorCodes {
        let (too_fast, never) = (self.too_fast_codes.clone(), self.never_codes.clone());
        VendorCodes { too_fast, never }
    }

    /// What is wrong with it, if anything is.
    pub(super) fn check(&self, operator: &str) -> Result<(), ConfigError> {
        let wrong =
            |what: &str| Err(ConfigError::Meaning(format!("operator.{operator}.sms: {what}")));
        let digits = |text: &str| text.bytes().all(|octet| octet.is_ascii_digit());
        if self.short_code.is_empty() || self.short_code.len() > 8 || !digits(&self.short_code) {
            return wrong("short_code is up to eight digits");
        }
        if self.sender.is_empty() || self.sender.len() > 11 || !self.sender.is_ascii() {
            return wrong("sender is 1 to 11 letters and digits");
        }
        if self.per_second == 0 {
            return wrong("per_second must be at least 1");
        }
        if !self.prefixes.iter().all(|prefix| digits(prefix.trim_start_matches('+'))) {
            return wrong("a prefix is digits");
        }
        Ok(())
    }
}

impl Outbox {
    /// When broadcasts go out.
    pub fn hours(&self) -> Hours {
        Hours { from: self.decent_from, until: self.decent_until }
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |what: &str| Err(ConfigError::Meaning(format!("outbox.{what}")));
        if !(0 <= self.decent_from
            && self.decent_from < self.decent_until
            && self.decent_until <= 24)
        {
            return wrong("decent_from and decent_until are hours of one day, in this order");
        }
        if !(1..=MOST_CAMPAIGNS).contains(&self.campaigns_at_once) {
            return wrong(&format!("campaigns_at_once is from 1 to {MOST_CAMPAIGNS}"));
        }
        if self.answers.file_name().is_none() {
            return wrong("answers is the name of a file");
        }
        let positive = [
            ("lease_seconds", self.lease_seconds),
            ("receipt_hours", self.receipt_hours),
            ("keep_days", self.keep_days),
            ("broadcasts_per_day", self.broadcasts_per_day),
        ];
        match positive.into_iter().find(|(_, value)| *value == 0) {
            Some((name, _)) => wrong(&format!("{name} must be at least 1")),
            None => Ok(()),
        }
    }
}

impl super::Config {
    /// The networks of phones, by the prefixes of the operators that carry SMS.
    pub fn routes(&self) -> Routes {
        let sms = self.operator.iter();
        let sms = sms.filter_map(|(name, operator)| Some((name, operator.sms.as_ref()?)));
        let prefixes = sms.clone().flat_map(|(name, sms)| {
            sms.prefixes.iter().map(move |prefix| (prefix.as_str(), name.as_str()))
        });
        let codes = sms.clone().map(|(name, sms)| (name.clone(), sms.short_code.clone()));
        Routes::new(prefixes).with_short_codes(codes)
    }
}
