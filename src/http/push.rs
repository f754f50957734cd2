//! `POST /admin/push`: a screen to a phone that has not asked for it.

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};

use crate::{
    front::push::{Push, PushError, Pushed},
    http::Site,
    identity::Msisdn,
};

/// What is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// A phone number, as people write it.
    to: String,
    operator: String,
    service: String,
    screen: String,
    /// The same for the same push, if it may be asked for twice.
    #[serde(default)]
    id: Option<String>,
}

/// What came of it: `accepted`, `refused`, `busy`, `unknown` or `repeated`.
#[derive(Serialize)]
struct Came {
    outcome: &'static str,
    /// The `command_status` with which the network refused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    command_status: Option<u32>,
}

#[derive(Serialize)]
struct Wrong {
    error: String,
}

/// Pushes a screen and tells what the network said. 202 where that is not known; a body that is not
/// understood is 400, one that names what is not there 422, too many at once 429.
pub(super) async fn push(State(site): State<Site>, body: Bytes) -> Response {
    let Ok(asked) = serde_json::from_slice::<Asked>(&body) else {
        return wrong(
            StatusCode::BAD_REQUEST,
            "the body is an object of to, operator, service, screen and, if you like, id",
        );
    };
    let Ok(to) = Msisdn::parse_any(&asked.to) else {
        return wrong(StatusCode::UNPROCESSABLE_ENTITY, "`to` is no phone number");
    };
    let Asked { operator, service, screen, id, .. } = asked;
    match site.pushes.push(Push { to, operator, service, screen, once: id }).await {
        Ok(came) => {
            let status = match came {
                Pushed::Unknown => StatusCode::ACCEPTED,
                _ => StatusCode::OK,
            };
            let command_status = match came {
                Pushed::Refused(status) => status,
                _ => None,
            };
            (status, Json(Came { outcome: came.as_str(), command_status })).into_response()
        }
        Err(error) => {
            let status = match error {
                PushError::NoSuchOperator | PushError::NoSuchService | PushError::NoSuchScreen => {
                    StatusCode::UNPROCESSABLE_ENTITY
                }
                PushError::TooMany => StatusCode::TOO_MANY_REQUESTS,
                PushError::NoLink | PushError::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            };
            wrong(status, error)
        }
    }
}

fn wrong(status: StatusCode, error: impl ToString) -> Response {
    (status, Json(Wrong { error: error.to_string() })).into_response()
}
