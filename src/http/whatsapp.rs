//! The webhook of WhatsApp (Cloud API, "Webhooks"): the provider asks once whether it is ours, and then
//! brings signed events. The signature is over the body as it came, and is looked at before anything is
//! read; what is good is kept, and then acknowledged. Not acknowledged, it comes again, for seven days.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Query, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;

use super::{Site, arrived};
use crate::{
    channel::whatsapp::{
        parse::{Heard, parse},
        proof,
    },
    clock,
    config::Whatsapp,
    front::chat::Chats,
};

/// The longest body, in octets (`wire.md` §5: up to 3 MB).
const LONGEST: usize = 3 * 1024 * 1024 + 65_536;

/// How long what came may take to be kept. The provider waits some seconds and brings it again.
const TO_KEEP: Duration = Duration::from_secs(5);

/// The number, and where its events go.
#[derive(Clone)]
pub struct Webhook {
    /// Which number, and by what word it is ours.
    pub number: Arc<Whatsapp>,
    /// What events are signed by.
    pub secret: Arc<str>,
    /// Where events go.
    pub chats: Chats,
}

/// The routes of the webhook, if there is a number.
pub fn router(site: &Site) -> Router<Site> {
    match &site.whatsapp {
        Some(webhook) => Router::new()
            .route("/whatsapp", get(subscribe).post(take))
            .layer(DefaultBodyLimit::max(LONGEST))
            .with_state(webhook.clone()),
        None => Router::new(),
    }
}

#[derive(Deserialize)]
struct Subscribe {
    #[serde(rename = "hub.mode")]
    mode: Option<String>,
    #[serde(rename = "hub.verify_token")]
    token: Option<String>,
    #[serde(rename = "hub.challenge")]
    challenge: Option<String>,
}

async fn subscribe(State(webhook): State<Webhook>, Query(asked): Query<Subscribe>) -> Response {
    let Subscribe { mode, token, challenge } = asked;
    let word = &webhook.number.verify_token;
    match proof::challenge(word, mode.as_deref(), token.as_deref(), challenge.as_deref()) {
        Some(challenge) => challenge.to_owned().into_response(),
        None => StatusCode::FORBIDDEN.into_response(),
    }
}

async fn take(State(webhook): State<Webhook>, request: Request) -> Response {
    let Webhook { number, secret, chats } = webhook;
    let (parts, body) = match arrived(request).await {
        Ok(whole) => whole,
        Err(refused) => return refused,
    };
    let signature = parts.headers.get("x-hub-signature-256");
    let signature = signature.and_then(|header| header.to_str().ok());
    if !proof::verify(&secret, signature.unwrap_or_default(), &body) {
        tracing::warn!("an event of WhatsApp is not signed by our secret");
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Heard { events, foreign, spoilt } =
        match parse(&body, &number.phone_number_id, clock::now()) {
            Ok(heard) => heard,
            // Brought again it would be the same.
            Err(error) => {
                tracing::warn!(%error, "an event of WhatsApp cannot be read");
                return StatusCode::OK.into_response();
            }
        };
    if foreign + spoilt > 0 {
        tracing::debug!(foreign, spoilt, "parts of an event are not for us, or cannot be read");
    }
    match tokio::time::timeout(TO_KEEP, chats.take(events)).await {
        Ok(Ok(())) => StatusCode::OK.into_response(),
        Ok(Err(_)) | Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
