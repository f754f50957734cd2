//! `/admin/certificates/revoke`: a certificate is good no longer, from this moment on every channel.

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    clock,
    http::Site,
    service::certificate::revoke::{Order, OrderError},
};

/// Paths and what describes them. Who may ask is the business of `admin`.
pub(super) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(revoke))
}

/// What is revoked, and why. Exactly one of `code` and `nik` is given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RevokeAsked {
    /// The short code of one certificate.
    #[serde(default)]
    #[schema(example = "1234 5678 9012 8")]
    code: Option<String>,
    /// The NIK of a person, for all certificates that were asked for.
    #[serde(default)]
    nik: Option<String>,
    /// Why, for whoever looks at it later; no names.
    #[schema(example = "the dose was never given")]
    reason: String,
}

/// What was revoked.
#[derive(Serialize, ToSchema)]
struct RevokedShown {
    /// Certificates that were good until now.
    revoked: u64,
}

/// Why nothing was revoked.
#[derive(Serialize, ToSchema)]
struct NotRevoked {
    error: String,
}

/// Revokes a certificate, or all of a person.
#[utoipa::path(post, path = "/admin/certificates/revoke", request_body = RevokeAsked,
    responses((status = 200, body = RevokedShown), (status = 400, body = NotRevoked),
        (status = 401, description = "no token"),
        (status = 404, description = "there is none, or it was revoked before", body = NotRevoked),
        (status = 422, body = NotRevoked)))]
async fn revoke(State(site): State<Site>, body: Bytes) -> Response {
    let Ok(asked) = serde_json::from_slice::<RevokeAsked>(&body) else {
        // The message of the parser may quote what stands there.
        return not(StatusCode::BAD_REQUEST, "wanted: reason, and code or nik, as texts");
    };
    let shelf = site.front.engine.shelf();
    let vault = &shelf.first().desk.vault;
    let order = Order::of(asked.code.as_deref(), asked.nik.as_deref(), &asked.reason, vault);
    let order = match order {
        Ok(order) => order,
        Err(error) => return not(StatusCode::UNPROCESSABLE_ENTITY, error),
    };
    let store = site.front.engine.store();
    match store.revoke_certificates(&order.what, &order.reason, clock::now()).await {
        Ok(0) => not(StatusCode::NOT_FOUND, OrderError::None),
        Ok(revoked) => {
            tracing::info!(revoked, "certificates were revoked");
            Json(RevokedShown { revoked }).into_response()
        }
        Err(error) => not(StatusCode::SERVICE_UNAVAILABLE, error),
    }
}

fn not(status: StatusCode, error: impl ToString) -> Response {
    (status, Json(NotRevoked { error: error.to_string() })).into_response()
}
