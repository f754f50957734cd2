//! What a page of `/admin` answers where something is not done: a status (RFC 9110 §15.5) and a sentence
//! as JSON. And what all of them read.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

use crate::store::StoreError;

/// Why something was not done.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NotDone {
    #[serde(skip)]
    status: StatusCode,
    error: String,
}

impl NotDone {
    pub(super) fn new(status: StatusCode, error: impl ToString) -> Self {
        Self { status, error: error.to_string() }
    }

    /// What was asked for is well formed, and cannot be.
    pub(super) fn wrong(error: impl ToString) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, error)
    }
}

impl From<StoreError> for NotDone {
    fn from(error: StoreError) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, error)
    }
}

impl IntoResponse for NotDone {
    fn into_response(self) -> Response {
        (self.status, Json(self)).into_response()
    }
}

/// A body of JSON. What is wrong with it is told with what is expected, and where.
pub(super) fn body<T: DeserializeOwned>(body: &[u8]) -> Result<T, NotDone> {
    serde_json::from_slice(body).map_err(|error| NotDone::new(StatusCode::BAD_REQUEST, error))
}
