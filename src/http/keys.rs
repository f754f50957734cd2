//! `/keys`: the public keys that certificates are verified with, for everybody (RFC 7517 §8.5).

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

use crate::{certificate::keys::AHEAD, http::Site};

/// The keys of this node: what signs, what is coming, and former ones. They may be kept for as long as new
/// ones are published before they sign.
pub(super) async fn keys(State(site): State<Site>) -> Response {
    let kept = format!("public, max-age={}", AHEAD.as_secs());
    let headers = [
        (header::CONTENT_TYPE, "application/jwk-set+json".to_owned()),
        (header::CACHE_CONTROL, kept),
    ];
    (headers, site.keyring.now().public().to_json()).into_response()
}
