//! `POST /record/events`: what has happened in the outside record, pushed by it. The signature is over
//! time, nonce, method, target and body (`gate`), and is looked at before anything is read. What is good is
//! taken in, and then acknowledged; not acknowledged, it comes again, and changes nothing twice.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::{ConnectInfo, DefaultBodyLimit, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};

use super::{
    Site, arrived,
    gate::{Call, Gate, Whence},
};
use crate::{
    clock::{self, Zone},
    front::events::Events,
    satudata::{answer::LONGEST, event},
    telemetry::Metrics,
};

/// The outside record as a caller.
#[derive(Clone)]
pub struct Pushed {
    gate: Arc<Gate>,
    events: Events,
    metrics: Arc<Metrics>,
    zone: Zone,
}

impl Pushed {
    /// Events of a record, signed by `secret`, from there.
    pub fn new(secret: &str, from: Whence, events: Events, metrics: Arc<Metrics>) -> Self {
        let gate = Arc::new(Gate::signed_by(secret, from, clock::now()));
        let zone = events.zone();
        Self { gate, events, metrics, zone }
    }
}

/// The route, if there is an outside record.
pub(super) fn router(site: &Site) -> Router<Site> {
    match &site.record {
        Some(pushed) => Router::new()
            .route("/record/events", post(take))
            .layer(DefaultBodyLimit::max(LONGEST))
            .with_state(pushed.clone()),
        None => Router::new(),
    }
}

async fn take(
    State(pushed): State<Pushed>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (parts, body) = match arrived(request).await {
        Ok(whole) => whole,
        Err(refused) => return refused,
    };
    let now = clock::now();
    if let Err(refused) = pushed.gate.admit(Call::of(&parts, &body, peer.ip(), now)) {
        pushed.metrics.strange(&refused.to_string());
        tracing::warn!(%refused, "events of the record refused");
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Ok(page) = event::read(&body, now.date(pushed.zone)) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    match pushed.events.take(&page).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => {
            tracing::error!(%error, "events of the record could not be stored");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
