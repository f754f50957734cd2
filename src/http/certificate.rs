//! `/admin/certificates/revoke`: a certificate is good no longer, from this moment on every channel.

use axum::{Json, body::Bytes, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    clock,
    http::{Site, refusal::NotDone},
    identity::Nik,
    service::{
        audit::StaffName,
        certificate::revoke::{Order, OrderError},
    },
    store::CommitError,
};

/// Paths and what describes them. Who may ask is the business of `admin`.
pub(super) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(revoke)).routes(routes!(allow))
}

/// What is revoked, and why. Exactly one of `code` and `nik` is given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RevokeAsked {
    /// The short code of one certificate.
    #[serde(default)]
    #[schema(example = "1234 5678 9012 8")]
    code: Option<String>,
    /// The NIK of a person, for all certificates, also those that would be asked for later.
    #[serde(default)]
    nik: Option<String>,
    /// Why, for whoever looks at it later; no names.
    #[schema(example = "the dose was never given")]
    reason: String,
    /// Who of the staff does it.
    #[schema(example = "rina")]
    staff: String,
}

/// What was revoked.
#[derive(Serialize, ToSchema)]
struct RevokedShown {
    /// Certificates that were good until now.
    revoked: u64,
}

/// Revokes a certificate, or all of a person.
#[utoipa::path(post, path = "/admin/certificates/revoke", request_body = RevokeAsked,
    responses((status = 200, body = RevokedShown), (status = 400, body = NotDone),
        (status = 401, description = "no token"), (status = 409, body = NotDone),
        (status = 404, description = "there is none, or it was revoked before", body = NotDone),
        (status = 422, body = NotDone)))]
async fn revoke(State(site): State<Site>, body: Bytes) -> Result<Json<RevokedShown>, NotDone> {
    let asked: RevokeAsked = serde_json::from_slice(&body).map_err(|_| {
        // The message of the parser may quote what stands there.
        NotDone::new(StatusCode::BAD_REQUEST, "wanted: staff, reason, and code or nik, as texts")
    })?;
    let shelf = site.front.engine.shelf();
    let vault = &shelf.first().desk.vault;
    let order = Order::of(asked.code.as_deref(), asked.nik.as_deref(), &asked.reason, vault);
    let order = order.map_err(NotDone::wrong)?;
    let staff = StaffName::parse(&asked.staff).map_err(NotDone::wrong)?;
    let store = site.front.engine.store();
    let by = (&staff, clock::now());
    let revoked = store.revoke_certificates(&order.what, &order.reason, by).await;
    let revoked = revoked.map_err(not_stored)?;
    let Some(revoked) = revoked else {
        return Err(NotDone::new(StatusCode::NOT_FOUND, OrderError::None));
    };
    tracing::info!(revoked, "certificates were revoked");
    Ok(Json(RevokedShown { revoked }))
}

/// Who may have certificates again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AllowAsked {
    /// The NIK of a person all of whose certificates were revoked.
    nik: String,
    /// Who of the staff does it.
    #[schema(example = "rina")]
    staff: String,
}

fn not_stored(error: CommitError) -> NotDone {
    match error {
        CommitError::Conflict => {
            NotDone::new(StatusCode::CONFLICT, "somebody else wrote at the same moment")
        }
        CommitError::Unavailable(error) => error.into(),
    }
}

/// Lets a person have certificates again: what was revoked with everything else of theirs is good once more.
#[utoipa::path(post, path = "/admin/certificates/allow", request_body = AllowAsked,
    responses((status = 204), (status = 400, body = NotDone),
        (status = 401, description = "no token"), (status = 409, body = NotDone),
        (status = 404, description = "this person may have them", body = NotDone),
        (status = 422, body = NotDone)))]
async fn allow(State(site): State<Site>, body: Bytes) -> Result<StatusCode, NotDone> {
    let asked: AllowAsked = serde_json::from_slice(&body)
        .map_err(|_| NotDone::new(StatusCode::BAD_REQUEST, "wanted: nik and staff, as texts"))?;
    let nik = Nik::parse(&asked.nik).map_err(OrderError::Nik).map_err(NotDone::wrong)?;
    let staff = StaffName::parse(&asked.staff).map_err(NotDone::wrong)?;
    let shelf = site.front.engine.shelf();
    let person = shelf.first().desk.vault.nik_index(&nik);
    let by = (&staff, clock::now());
    let allowed = site.front.engine.store().allow_certificates(person, by).await;
    if !allowed.map_err(not_stored)? {
        return Err(NotDone::new(StatusCode::NOT_FOUND, "this person may have certificates"));
    }
    tracing::info!("a person may have certificates again");
    Ok(StatusCode::NO_CONTENT)
}
