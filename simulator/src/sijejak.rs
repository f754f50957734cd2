//! The back end of a contact-tracing app in a box: it knows which phone sends out which tokens, hears of
//! positive tests, and uploads what a case has said yes to.
//!
//! Written from what the gateway publishes at `/exposure/openapi.json`. Tokens are drawn as an app draws
//! them: at random, another one for every phone.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};

use crate::aggregator::post::{self, PostError, Proof, Response};
use crate::aggregator::provider::Request;

/// How long the gateway may take for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// The back end, as a caller of a gateway.
#[derive(Debug, Clone)]
pub struct App {
    gateway: SocketAddr,
    proof: Proof,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Came {
    /// The status code.
    pub status: u16,
    /// The body; null where there is none.
    pub body: Value,
}

impl Came {
    /// The word for it: an outcome, how a consent stands, or why nothing was done.
    pub fn word(&self) -> &str {
        let fields = ["outcome", "consent", "reason"];
        fields.iter().find_map(|field| self.body[*field].as_str()).unwrap_or_default()
    }
}

impl App {
    /// A back end that signs with this secret.
    pub fn new(gateway: SocketAddr, secret: &str) -> Self {
        Self { gateway, proof: Proof::Hmac(secret.to_owned()) }
    }

    /// A token as phones send them out.
    pub fn draw() -> String {
        format!("{:032x}", rand::random::<u128>())
    }

    /// Says which phone sends out which token.
    pub async fn bind(&self, tokens: &[(&str, &str)]) -> Result<Came, PostError> {
        let each = |(token, phone): &(&str, &str)| json!({ "token": token, "phone": phone });
        let tokens: Vec<Value> = tokens.iter().map(each).collect();
        self.call("POST", "/exposure/tokens".to_owned(), json!({ "tokens": tokens })).await
    }

    /// Tells of a positive test.
    pub async fn open(&self, case: &str, phone: &str, tested_on: &str) -> Result<Came, PostError> {
        let body = json!({ "case": case, "phone": phone, "tested_on": tested_on });
        self.call("POST", "/exposure/cases".to_owned(), body).await
    }

    /// Asks how a case stands.
    pub async fn look(&self, case: &str) -> Result<Came, PostError> {
        self.call("GET", format!("/exposure/cases/{case}"), Value::Null).await
    }

    /// Uploads which tokens a case has heard on which days.
    pub async fn upload(&self, case: &str, heard: &[(&str, &str)]) -> Result<Came, PostError> {
        let each = |(token, day): &(&str, &str)| json!({ "token": token, "day": day });
        let contacts: Vec<Value> = heard.iter().map(each).collect();
        let target = format!("/exposure/cases/{case}/contacts");
        self.call("POST", target, json!({ "contacts": contacts })).await
    }

    /// Any call, with any body.
    pub async fn call(
        &self,
        method: &'static str,
        target: String,
        body: Value,
    ) -> Result<Came, PostError> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = Request { method, target, content_type: "application/json", body };
        let Response { status, body, .. } =
            post::exchange(self.gateway, &self.proof, &request, PATIENCE).await?;
        Ok(Came { status, body: serde_json::from_str(&body).unwrap_or_default() })
    }
}
