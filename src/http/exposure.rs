//! `/exposure/…`: exposure notices, as an app's back end orders them. Every request is signed as an
//! aggregator's are (`gate`), and may come again: what was done is not done twice.
//!
//! Nothing of a body is repeated in an answer, and no answer says which phone a token is.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{ConnectInfo, DefaultBodyLimit, Path, Request, State},
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Site, arrived,
    gate::{Call, Gate, Whence},
};
use crate::{
    clock,
    front::exposure::{ExposureError, Exposures, Told},
    identity::Msisdn,
    service::exposure::{CaseFacts, CaseId, Consent, Contact, ContactToken},
    store::{NotTaken, Opened},
    telemetry::Metrics,
};

/// The longest body, in octets: the most tokens, at their longest.
const LONGEST: usize = 512 * 1024;

/// What the pages speak of.
#[derive(Clone)]
pub struct ExposurePages {
    gate: Arc<Gate>,
    exposures: Exposures,
    metrics: Arc<Metrics>,
}

impl ExposurePages {
    /// Pages for whoever signs with `secret`, and comes from there.
    pub fn new(secret: &str, from: Whence, exposures: Exposures, metrics: Arc<Metrics>) -> Self {
        let gate = Arc::new(Gate::signed_by(secret, from, clock::now()));
        Self { gate, exposures, metrics }
    }
}

/// The routes, if exposure notices are switched on.
pub(super) fn router(site: &Site) -> Router<Site> {
    let Some(pages) = site.exposure.clone() else { return Router::new() };
    let described = OpenApiRouter::new()
        .routes(routes!(bind))
        .routes(routes!(open))
        .routes(routes!(show))
        .routes(routes!(upload));
    let (routes, described) = described.split_for_parts();
    routes
        .layer(middleware::from_fn_with_state(pages.clone(), authenticated))
        .layer(DefaultBodyLimit::max(LONGEST))
        .route("/exposure/openapi.json", get(async move || Json(described.clone())))
        .with_state(pages)
}

async fn authenticated(
    State(pages): State<ExposurePages>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = match arrived(request).await {
        Ok(whole) => whole,
        Err(refused) => return refused,
    };
    if let Err(refused) = pages.gate.admit(Call::of(&parts, &body, peer.ip(), clock::now())) {
        pages.metrics.strange(&refused.to_string());
        pages.metrics.exposure().called("any", "unproved");
        tracing::warn!(%refused, "a call for exposure notices refused");
        return StatusCode::UNAUTHORIZED.into_response();
    }
    next.run(Request::from_parts(parts, Body::from(body))).await
}

/// Tokens that phones send out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Binding {
    /// At most 1000.
    tokens: Vec<BoundToken>,
}

/// A token, and the phone that sends it out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BoundToken {
    /// 16 to 128 visible characters of ASCII, which nobody can guess.
    token: String,
    /// As people write it.
    #[schema(example = "081290000001")]
    phone: String,
}

/// How many tokens are bound now.
#[derive(Serialize, ToSchema)]
struct Bound {
    tokens: usize,
}

/// Somebody who has tested positive.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCase {
    /// 8 to 64 letters, digits, `-` and `_`, with a letter among them; nobody's name or number.
    #[schema(example = "lab-2f9c71")]
    case: String,
    /// As people write it.
    phone: String,
    /// YYYY-MM-DD, one of the last 14 days.
    #[schema(value_type = String, example = "2022-02-14")]
    tested_on: Date,
}

/// How a case stands.
#[derive(Serialize, ToSchema)]
struct Case {
    case: String,
    /// `asked`, `given`, `refused`, `withdrawn`, `used` (its contacts are taken), or `expired`.
    consent: &'static str,
    /// Until when it can answer, or its yes stands: seconds since 1970.
    until: i64,
    /// What came of asking on the screen of its phone, if that was tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    push: Option<&'static str>,
}

impl Case {
    fn of(case: &CaseFacts, push: Option<&'static str>) -> Self {
        let over = case.until <= clock::now();
        let consent = match case.consent {
            Consent::Asked | Consent::Given if over => "expired",
            consent => consent.as_str(),
        };
        let until = case.until.millis() / 1000;
        Self { case: case.id.as_str().to_owned(), consent, until, push }
    }
}

/// Whom a case was near, by token and day.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Contacts {
    contacts: Vec<HeardToken>,
}

/// A token that was heard, and the day.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HeardToken {
    /// One that is bound.
    token: String,
    /// YYYY-MM-DD, one of the last 14 days.
    #[schema(value_type = String, example = "2022-02-12")]
    day: Date,
}

/// What came of contacts.
#[derive(Serialize, ToSchema)]
struct Taken {
    /// `taken`, or `repeated`: they were taken before, and nothing was done.
    outcome: &'static str,
}

/// Why nothing was changed.
#[derive(Serialize, ToSchema)]
struct NotDone {
    /// `unreadable`, `phone`, `token`, `case`, `token_taken`, `too_many_tokens`, `day_to_come`,
    /// `day_too_old`, `case_taken`, `no_case`, `no_consent`, `refused`, `expired`, `other_upload`,
    /// `unknown_token`, `too_many_contacts`, `no_route` (nobody can be asked there), `no_text`, `conflict`,
    /// `unavailable`.
    reason: &'static str,
    error: String,
}

/// What is wrong with a request before anything is done.
enum Wrong {
    Unreadable,
    Phone,
    Token,
    Case,
}

/// An answer, counted.
fn answer(
    pages: &ExposurePages,
    call: &'static str,
    came: Result<(&'static str, Response), Refusal>,
) -> Response {
    let meters = pages.metrics.exposure();
    match came {
        Ok((outcome, response)) => {
            meters.called(call, outcome);
            response
        }
        Err(Refusal { status, not_done }) => {
            meters.called(call, not_done.reason);
            if status == StatusCode::SERVICE_UNAVAILABLE {
                tracing::error!(call, error = not_done.error, "exposure notices not stored");
            }
            (status, Json(not_done)).into_response()
        }
    }
}

struct Refusal {
    status: StatusCode,
    not_done: NotDone,
}

impl From<Wrong> for Refusal {
    fn from(wrong: Wrong) -> Self {
        let (status, reason, error) = match wrong {
            Wrong::Unreadable => {
                (StatusCode::BAD_REQUEST, "unreadable", "the body is not what is asked for")
            }
            Wrong::Phone => {
                (StatusCode::UNPROCESSABLE_ENTITY, "phone", "a phone is no mobile number")
            }
            Wrong::Token => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "token",
                "a token is 16 to 128 visible characters of ASCII",
            ),
            Wrong::Case => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "case",
                "a case is named by 8 to 64 letters, digits, `-` and `_`, with a letter among them",
            ),
        };
        Self { status, not_done: NotDone { reason, error: error.to_owned() } }
    }
}

impl From<ExposureError> for Refusal {
    fn from(error: ExposureError) -> Self {
        let status = match &error {
            ExposureError::NotTaken(NotTaken::NoCase) => StatusCode::NOT_FOUND,
            ExposureError::NotTaken(NotTaken::Unknown)
            | ExposureError::Day(_)
            | ExposureError::TooManyTokens
            | ExposureError::NoRoute
            | ExposureError::TooManyContacts => StatusCode::UNPROCESSABLE_ENTITY,
            ExposureError::NotTaken(_)
            | ExposureError::TokenTaken
            | ExposureError::CaseTaken
            | ExposureError::Conflict => StatusCode::CONFLICT,
            ExposureError::NoText(_) | ExposureError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self { status, not_done: NotDone { reason: error.reason(), error: error.to_string() } }
    }
}

fn read<'b, T: Deserialize<'b>>(body: &'b Bytes) -> Result<T, Wrong> {
    serde_json::from_slice(body).map_err(|_| Wrong::Unreadable)
}

fn phone(text: &str) -> Result<Msisdn, Wrong> {
    Msisdn::parse_any(text).map_err(|_| Wrong::Phone)
}

fn token(text: &str) -> Result<ContactToken, Wrong> {
    ContactToken::parse(text).map_err(|_| Wrong::Token)
}

fn case(text: &str) -> Result<CaseId, Wrong> {
    CaseId::parse(text).map_err(|_| Wrong::Case)
}

/// Binds tokens to phones, all of them or none, for some days. Who binds them again keeps them longer.
#[utoipa::path(post, path = "/exposure/tokens", request_body = Binding,
    responses((status = 200, body = Bound), (status = 400, body = NotDone),
        (status = 401, description = "the signature is not good, or was here before"),
        (status = 409, description = "a token is another phone's", body = NotDone),
        (status = 422, body = NotDone), (status = 503, body = NotDone)))]
async fn bind(State(pages): State<ExposurePages>, body: Bytes) -> Response {
    let bound = async {
        let Binding { tokens } = read(&body)?;
        let each = |of: &BoundToken| Ok::<_, Wrong>((token(&of.token)?, phone(&of.phone)?));
        let tokens = tokens.iter().map(each).collect::<Result<Vec<_>, _>>()?;
        pages.exposures.bind(&tokens).await?;
        Ok(("bound", Json(Bound { tokens: tokens.len() }).into_response()))
    };
    answer(&pages, "bind", bound.await)
}

/// Opens a case, and asks its phone whether its contacts may be told.
#[utoipa::path(post, path = "/exposure/cases", request_body = NewCase,
    responses((status = 201, description = "its phone is asked", body = Case),
        (status = 200, description = "it was open already, and nobody is asked again", body = Case),
        (status = 400, body = NotDone),
        (status = 401, description = "the signature is not good, or was here before"),
        (status = 409, description = "another case has this name", body = NotDone),
        (status = 422, body = NotDone), (status = 503, body = NotDone)))]
async fn open(State(pages): State<ExposurePages>, body: Bytes) -> Response {
    let opened = async {
        let asked: NewCase = read(&body)?;
        let (id, phone) = (case(&asked.case)?, phone(&asked.phone)?);
        let came = pages.exposures.open(&id, &phone, asked.tested_on).await?;
        let (outcome, status) = match came.opened {
            Opened::Fresh => ("asked", StatusCode::CREATED),
            Opened::Again | Opened::Other => ("repeated", StatusCode::OK),
        };
        Ok((outcome, (status, Json(Case::of(&came.case, came.push))).into_response()))
    };
    answer(&pages, "open", opened.await)
}

/// How a case stands: whether it has said yes.
#[utoipa::path(get, path = "/exposure/cases/{case}", params(("case" = String, Path)),
    responses((status = 200, body = Case),
        (status = 401, description = "the signature is not good, or was here before"),
        (status = 404, body = NotDone), (status = 422, body = NotDone),
        (status = 503, body = NotDone)))]
async fn show(State(pages): State<ExposurePages>, Path(id): Path<String>) -> Response {
    let shown = async {
        let stands = pages.exposures.case(&case(&id)?).await?;
        Ok(("shown", Json(Case::of(&stands, None)).into_response()))
    };
    answer(&pages, "show", shown.await)
}

/// Takes the contacts of a case that has said yes, all of them or none, once.
#[utoipa::path(post, path = "/exposure/cases/{case}/contacts", request_body = Contacts,
    params(("case" = String, Path)),
    responses((status = 200, body = Taken), (status = 400, body = NotDone),
        (status = 401, description = "the signature is not good, or was here before"),
        (status = 404, body = NotDone),
        (status = 409, description = "the case has not said yes, or it stands no longer",
            body = NotDone),
        (status = 422, body = NotDone), (status = 503, body = NotDone)))]
async fn upload(
    State(pages): State<ExposurePages>,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let uploaded = async {
        let id = case(&id)?;
        let Contacts { contacts } = read(&body)?;
        let each =
            |of: &HeardToken| Ok::<_, Wrong>(Contact { token: token(&of.token)?, day: of.day });
        let contacts = contacts.iter().map(each).collect::<Result<Vec<_>, _>>()?;
        let outcome = match pages.exposures.upload(&id, &contacts).await? {
            Told::Now => "taken",
            Told::Before => "repeated",
        };
        Ok((outcome, Json(Taken { outcome }).into_response()))
    };
    answer(&pages, "upload", uploaded.await)
}
