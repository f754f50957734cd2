//! The web side: is the node alive, is it ready, what does it count; the pages for operations; the
//! keys that verify certificates; and where aggregators call that speak USSD over HTTP (`callback`,
//! behind a `gate`).

mod admin;
mod appointment;
mod callback;
mod campaign;
mod certificate;
mod exposure;
mod facility;
mod gate;
mod keys;
mod officer;
mod push;
mod record;
mod refusal;
mod right;
mod ticket;
mod verify;
mod whatsapp;

use std::{collections::HashMap, sync::Arc, time::Duration};

pub use self::{
    admin::Token,
    appointment::{Line as AppointmentShown, Whole as AppointmentWhole},
    callback::Account,
    campaign::{Previewed, Shown},
    exposure::ExposurePages,
    facility::Shown as FacilityShown,
    gate::Whence,
    officer::{Did as OfficerDid, Shown as OfficerShown},
    record::Pushed,
    ticket::{Entry as TicketEntry, Line as TicketShown, Whole as TicketWhole},
    whatsapp::Webhook,
};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, Request, State},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::{any, get},
};

use ipnet::IpNet;

use crate::{
    certificate::keys::InUse,
    config::LimitSettings,
    front::{
        Front, appointment::Appointments, campaign::Campaigns, facility::Facilities,
        officer::Officers, push::Pushes, ticket::Tickets,
    },
    menus::Reloading,
    service::retention::{Ages, RetentionRules},
    smpp::link::{Link, LinkStatus},
    telemetry::Moment,
};

/// What the pages speak of.
#[derive(Clone)]
pub struct Site {
    /// The front desk, with what it counts.
    pub front: Arc<Front>,
    /// The links.
    pub links: Arc<[Link]>,
    /// Accounts at aggregators, by name.
    pub accounts: Arc<HashMap<String, Account>>,
    /// The menus.
    pub menus: Arc<Reloading>,
    /// Where screens are pushed to phones.
    pub pushes: Pushes,
    /// Broadcasts to many people.
    pub campaigns: Campaigns,
    /// Whose word is believed of who calls the pages for everybody.
    pub proxies: Arc<[IpNet]>,
    /// The webhook of WhatsApp, where there is a number.
    pub whatsapp: Option<Webhook>,
    /// The outside record as a caller, where there is one.
    pub record: Option<Pushed>,
    /// An app's back end as a caller, where exposure notices are switched on.
    pub exposure: Option<ExposurePages>,
    /// What signs certificates, and what verifies them.
    pub keyring: InUse,
    /// Complaints, and what staff do with them.
    pub tickets: Tickets,
    /// How long what is kept.
    pub retention: Arc<RetentionRules>,
    /// How old may get what the gateway's own sweeps delete.
    pub ages: Ages,
    /// Places where vaccines are given.
    pub facilities: Facilities,
    /// Who comes when.
    pub appointments: Appointments,
    /// Who registers people without a phone.
    pub officers: Officers,
    /// What opens the admin pages; without one there are none.
    pub token: Option<Token>,
}

/// How long the octets of a request that has to prove itself may take.
const TO_ARRIVE: Duration = Duration::from_secs(5);

/// A whole request, or the answer to one that is too long or too slow.
async fn arrived(request: Request) -> Result<(Parts, Bytes), Response> {
    let (parts, body) = request.into_parts();
    let whole = Request::from_parts(parts.clone(), body);
    match tokio::time::timeout(TO_ARRIVE, Bytes::from_request(whole, &())).await {
        Ok(body) => Ok((parts, body.map_err(IntoResponse::into_response)?)),
        Err(_) => Err((StatusCode::REQUEST_TIMEOUT, "the request did not arrive").into_response()),
    }
}

/// The routes. No page takes a body longer than `limits` say.
pub fn router(site: Site, limits: &LimitSettings) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .route("/verify", verify::page())
        .route("/keys", get(keys::keys))
        .merge(admin::router(site.clone(), limits))
        .route("/ussd/{account}", any(callback::plain))
        .route("/ussd/{account}/{*tail}", any(callback::with_tail))
        .layer(DefaultBodyLimit::max(limits.http_body_octets))
        .merge(whatsapp::router(&site))
        .merge(record::router(&site))
        .merge(exposure::router(&site))
        .with_state(site)
}

/// Alive: the process answers.
async fn healthz() -> &'static str {
    "ok\n"
}

/// Ready: the database answers and, where links are configured, at least one is bound. What is
/// missing stands in the answer, a line each.
async fn readyz(State(site): State<Site>) -> Response {
    let mut missing = Vec::new();
    if site.front.engine.store().ping().await.is_err() {
        missing.push("database: does not answer".to_owned());
    }
    let bound = |link: &Link| *link.status().borrow() == LinkStatus::Bound;
    if !site.links.is_empty() && !site.links.iter().any(bound) {
        missing.extend(site.links.iter().map(|link| {
            let status = *link.status().borrow();
            format!("link {}: {}", link.name(), describe(status))
        }));
    }
    if missing.is_empty() {
        "ready\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, missing.join("\n") + "\n").into_response()
    }
}

async fn metrics(State(site): State<Site>) -> Response {
    let Front { engine, limits, metrics, .. } = &*site.front;
    for link in site.links.iter() {
        let up = *link.status().borrow() == LinkStatus::Bound;
        metrics.link(link.name(), up, link.load());
    }
    metrics.moment(Moment {
        waiting: engine.waiting(),
        subscribers: limits.remembered(),
        connections: engine.store().connections(),
    });
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], metrics.text()).into_response()
}

fn describe(status: LinkStatus) -> String {
    match status {
        LinkStatus::Connecting => "connecting".into(),
        LinkStatus::Bound => "bound".into(),
        LinkStatus::Refused { status, .. } => {
            format!("the bind was refused: {status}")
        }
        LinkStatus::Down { why, .. } => why.to_string(),
        LinkStatus::Unbinding => "unbinding".into(),
        LinkStatus::Closed => "closed".into(),
    }
}
