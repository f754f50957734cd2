//! `POST /record/events`: what has happened in the outside record, pushed by it. The signature is over
//! time, nonce, method, target and body (`gate`), and is looked at before anything is read. What is good is
//! taken in, and then acknowledged; not acknowledged, it comes again, and changes nothing twice.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::{ConnectInfo, DefaultBodyLimit, FromRequest, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};

use super::{
    Site,
    gate::{Call, Gate},
};
use crate::{
    clock::{self, Zone},
    config::Record,
    front::events::Events,
    satudata::{answer::LONGEST, event},
    telemetry::Metrics,
};

/// How long the octets of a request may take.
const TO_ARRIVE: Duration = Duration::from_secs(5);

/// The outside record as a caller.
#[derive(Clone)]
pub struct Pushed {
    gate: Arc<Gate>,
    events: Events,
    metrics: Arc<Metrics>,
    zone: Zone,
}

impl Pushed {
    /// Events of this record, signed by `secret`.
    pub fn new(record: &Record, secret: &str, events: Events, metrics: Arc<Metrics>) -> Self {
        let gate = Arc::new(Gate::signed_by(secret, record.allow.clone(), clock::now()));
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
    let (parts, body) = request.into_parts();
    let whole = Request::from_parts(parts.clone(), body);
    let body = match tokio::time::timeout(TO_ARRIVE, Bytes::from_request(whole, &())).await {
        Ok(Ok(body)) => body,
        Ok(Err(rejection)) => return rejection.into_response(),
        Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    let now = clock::now();
    let call = Call {
        peer: peer.ip(),
        headers: &parts.headers,
        method: parts.method.as_str(),
        target: parts.uri.path_and_query().map_or("/", |target| target.as_str()),
        body: &body,
        at: now,
    };
    if let Err(refused) = pushed.gate.admit(call) {
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
