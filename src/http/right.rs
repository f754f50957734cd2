//! `/admin/person/export`, `/admin/retention`, `/admin/breach`: the rights of people and the duties to
//! them over the web, as `setara person`, `setara retention` and `setara breach` do it.

use axum::{
    Json,
    body::Bytes,
    extract::{Query, State},
    http::StatusCode,
};
use jiff::Timestamp as Instant;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    clock::{self, Timestamp},
    front::{
        breach::{BreachError, Breaches, Window},
        person::{PersonError, Persons, Whose},
    },
    http::{
        Site,
        refusal::{self, NotDone},
    },
    identity::Nik,
    service::{audit::StaffName, number::Number},
};

/// Paths and what describes them. Who may ask is the business of `admin`.
pub(super) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(export)).routes(routes!(retention)).routes(routes!(breach))
}

/// Whose data is to be written out: of a ticket, or of a NIK.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// Who does it: 2 to 40 small letters, digits, dots, dashes.
    #[schema(example = "rina.k")]
    staff: String,
    /// The number of a ticket about the person.
    #[serde(default)]
    ticket: Option<String>,
    /// 16 digits. It stands in the body, because addresses are logged on their way.
    #[serde(default)]
    nik: Option<String>,
}

/// Writes out all that is kept of a person (UU 27/2022 art. 7, 32). That it was done is logged.
#[utoipa::path(post, path = "/admin/person/export", request_body = Asked,
    responses((status = 200, body = Value, description = "record, registrations, appointments, \
        certificates, consents, consents_heard, registered_phone, waiting, inquiries, outside_record, \
        failed_attempts, tickets, phones, log, log_cut"),
        (status = 400, body = NotDone), (status = 401, description = "no token"),
        (status = 404, body = NotDone), (status = 422, body = NotDone)))]
async fn export(State(site): State<Site>, body: Bytes) -> Result<Json<Value>, NotDone> {
    let asked: Asked = refusal::body(&body)?;
    let staff = StaffName::parse(&asked.staff).map_err(NotDone::wrong)?;
    let whose = match (&asked.ticket, &asked.nik) {
        (Some(number), None) => Whose::Of(Number::parse(number).map_err(NotDone::wrong)?),
        (None, Some(nik)) => Whose::Nik(Nik::parse(nik).map_err(NotDone::wrong)?),
        _ => return Err(NotDone::wrong("say a ticket or a NIK")),
    };
    let engine = &site.front.engine;
    let persons = Persons::new(engine.store().clone(), engine.vault().clone());
    persons.export(&whose, &staff).await.map(Json).map_err(|error| {
        let status = match &error {
            PersonError::NoTicket | PersonError::Nobody => StatusCode::NOT_FOUND,
            PersonError::NotHeard => StatusCode::NOT_FOUND,
            PersonError::Conflict => StatusCode::CONFLICT,
            PersonError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        NotDone::new(status, error)
    })
}

/// A class of data, and what of it is due.
#[derive(Serialize, ToSchema)]
struct Due {
    /// Its word.
    class: String,
    /// For how many days it is kept; none if each row has a time of its own.
    days: Option<u32>,
    /// Why.
    because: String,
    /// Rows that are due.
    due: u64,
    /// The time of the oldest of them, RFC 3339.
    oldest: Option<String>,
}

/// What may not be kept any longer, class by class. The gateway deletes it by itself, a piece at a time.
#[utoipa::path(get, path = "/admin/retention",
    responses((status = 200, body = Vec<Due>), (status = 401, description = "no token"),
        (status = 503, body = NotDone)))]
async fn retention(State(site): State<Site>) -> Result<Json<Vec<Due>>, NotDone> {
    let (store, now) = (site.front.engine.store(), clock::now());
    let away = |error| NotDone::new(StatusCode::SERVICE_UNAVAILABLE, error);
    let mut due = store.due(&site.retention, now).await.map_err(away)?;
    due.extend(store.aged(&site.ages, now).await.map_err(away)?);
    let shown = due.into_iter().map(|of| Due {
        class: of.class.to_owned(),
        days: of.days,
        because: of.because,
        due: of.rows,
        oldest: of.oldest.map(Timestamp::to_rfc3339),
    });
    Ok(Json(shown.collect()))
}

#[derive(Deserialize)]
struct Between {
    from: String,
    to: String,
}

/// What was seen and changed in a window of time, by whom, and how many people it concerns (art. 46).
#[utoipa::path(get, path = "/admin/breach",
    params(("from" = String, Query, description = "RFC 3339"),
        ("to" = String, Query, description = "RFC 3339")),
    responses((status = 200, body = Value), (status = 401, description = "no token"),
        (status = 422, body = NotDone), (status = 503, body = NotDone)))]
async fn breach(
    State(site): State<Site>,
    Query(Between { from, to }): Query<Between>,
) -> Result<Json<Value>, NotDone> {
    let moment = |text: &str| {
        let at: Result<Instant, _> = text.parse();
        at.map(|at| Timestamp::from_millis(at.as_millisecond())).map_err(NotDone::wrong)
    };
    let window = Window { from: moment(&from)?, to: moment(&to)? };
    let report = Breaches::new(site.front.engine.store().clone()).report(window).await;
    let report = report.map_err(|error| match error {
        BreachError::Window => NotDone::wrong(error),
        _ => NotDone::new(StatusCode::SERVICE_UNAVAILABLE, error),
    })?;
    serde_json::to_value(report).map(Json).map_err(NotDone::wrong)
}
