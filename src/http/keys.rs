//! `/keys`: the public keys that certificates are verified with, for everybody (RFC 7517 §8.5).

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

use crate::http::Site;

/// Keys change once or twice a year; who verifies may keep them for an hour.
const KEPT: &str = "public, max-age=3600";

/// The keys of this node, former ones too.
pub(super) async fn keys(State(site): State<Site>) -> Response {
    let headers =
        [(header::CONTENT_TYPE, "application/jwk-set+json"), (header::CACHE_CONTROL, KEPT)];
    (headers, site.keyring.now().public().to_json()).into_response()
}
