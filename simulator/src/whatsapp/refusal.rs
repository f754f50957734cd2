//! What the Graph API says when it does not take something: a number, and words for people.
//!
//! Callers branch on the number; the words change with every version of the API.

use serde::Serialize;
use serde_json::{Value, json};

/// The numbers that this API gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// 100: a parameter that cannot be, such as a text that is too long.
    Parameter,
    /// 190: the token is wrong or has expired.
    Token,
    /// 130429: more messages a second than the number may send.
    Throughput,
    /// 131000: something went wrong inside.
    Unknown,
    /// 131008: a parameter is missing.
    Missing,
    /// 131009: a parameter has a value that is not allowed.
    Invalid,
    /// 131016: the service is not there now.
    Unavailable,
    /// 131026: it cannot be delivered; the recipient is not on WhatsApp.
    Undeliverable,
    /// 131047: free text, and the user has not written for a day.
    WindowClosed,
    /// 131049: held back, so that users are not flooded with offers.
    HeldBack,
    /// 131050: the user wants no offers from this number.
    OptedOut,
    /// 131051: a message of a type that is not known.
    UnknownType,
    /// 131052: a file of a user that is not there.
    NoSuchFile,
    /// 131053: a file that cannot be taken.
    Upload,
    /// 131056: too many messages to the same user.
    PairRate,
    /// 131062: this message cannot go to a business-scoped user id.
    UserIdNotAllowed,
    /// 132000: a template with more or fewer values than its text has places.
    TemplateCount,
    /// 132001: no template of this name and language.
    NoSuchTemplate,
    /// 132005: a template that is too long with its values.
    TemplateTooLong,
    /// 132012: a value that a template cannot hold.
    TemplateValue,
    /// 132015: a template that is paused, because its readers complained.
    TemplatePaused,
    /// 137000: the user's identity key is another one now.
    IdentityChanged,
}

impl Code {
    /// The number.
    pub fn number(self) -> u32 {
        self.row().0
    }

    /// The HTTP status that it comes with.
    pub fn http(self) -> u16 {
        self.row().1
    }

    /// A few words.
    pub fn title(self) -> &'static str {
        self.row().2
    }

    fn row(self) -> (u32, u16, &'static str) {
        match self {
            Self::Parameter => (100, 400, "Invalid parameter"),
            Self::Token => (190, 401, "Access token has expired"),
            Self::Throughput => (130_429, 429, "Rate limit hit"),
            Self::Unknown => (131_000, 500, "Something went wrong"),
            Self::Missing => (131_008, 400, "Required parameter is missing"),
            Self::Invalid => (131_009, 400, "Parameter value is not valid"),
            Self::Unavailable => (131_016, 503, "Service unavailable"),
            Self::Undeliverable => (131_026, 400, "Message undeliverable"),
            Self::WindowClosed => (131_047, 400, "Re-engagement message"),
            Self::HeldBack => (131_049, 400, "Not delivered to keep the ecosystem healthy"),
            Self::OptedOut => (131_050, 400, "User has stopped marketing messages"),
            Self::UnknownType => (131_051, 400, "Unsupported message type"),
            Self::NoSuchFile => (131_052, 400, "Media download error"),
            Self::Upload => (131_053, 400, "Media upload error"),
            Self::PairRate => (131_056, 400, "Pair rate limit hit"),
            Self::UserIdNotAllowed => (131_062, 400, "User id not allowed for this message"),
            Self::TemplateCount => (132_000, 400, "Template parameter count mismatch"),
            Self::NoSuchTemplate => (132_001, 404, "Template does not exist"),
            Self::TemplateTooLong => (132_005, 400, "Template hydrated text too long"),
            Self::TemplateValue => (132_012, 400, "Template parameter format mismatch"),
            Self::TemplatePaused => (132_015, 400, "Template is paused"),
            Self::IdentityChanged => (137_000, 400, "Recipient identity key changed"),
        }
    }
}

/// Whether a sender that keeps to the rules never sees this number: no switch of the simulator
/// makes it.
pub(super) fn is_the_senders_fault(code: u32) -> bool {
    let others = [
        Code::Token,
        Code::Unknown,
        Code::Unavailable,
        Code::Undeliverable,
        Code::HeldBack,
        Code::OptedOut,
        Code::IdentityChanged,
    ];
    others.iter().all(|other| other.number() != code)
}

/// Why something was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("({}) {}: {details}", code.number(), code.title())]
pub struct Refusal {
    /// What callers branch on.
    pub code: Code,
    /// What exactly; names no person and repeats no text.
    pub details: String,
}

impl Refusal {
    /// A refusal with these details.
    pub fn new(code: Code, details: impl Into<String>) -> Self {
        Self { code, details: details.into() }
    }

    /// The body of an answer of the Graph API.
    pub fn answer(&self) -> Value {
        let (number, title) = (self.code.number(), self.code.title());
        json!({ "error": {
            "message": format!("(#{number}) {title}"),
            "type": "OAuthException",
            "code": number,
            "error_data": { "messaging_product": "whatsapp", "details": self.details },
            "fbtrace_id": format!("A{:016x}", rand::random::<u64>()),
        }})
    }

    /// One of the `errors` of a status.
    pub fn in_status(&self) -> Value {
        let (number, title) = (self.code.number(), self.code.title());
        json!({
            "code": number,
            "title": title,
            "message": title,
            "error_data": { "details": self.details },
        })
    }
}

/// A refusal that was given, as it is kept and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// The number.
    pub code: u32,
    /// Its title.
    pub title: &'static str,
    /// What exactly.
    pub details: String,
    /// When, in milliseconds since 1970, by the clock of the cloud.
    pub at: u64,
}
