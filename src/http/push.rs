//! `POST /admin/push`: a screen to a phone that has not asked for it.

use axum::{Json, body::Bytes, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};

use super::{Site, refusal::NotDone};
use crate::{
    front::push::{Push, PushError, Pushed},
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
pub(super) struct Came {
    outcome: &'static str,
    /// The `command_status` with which the network refused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    command_status: Option<u32>,
}

/// Pushes a screen and tells what the network said. 202 where that is not known; a body that is not
/// understood is 400, one that names what is not there 422, too many at once 429.
pub(super) async fn push(
    State(site): State<Site>,
    body: Bytes,
) -> Result<(StatusCode, Json<Came>), NotDone> {
    let Asked { to, operator, service, screen, id } =
        serde_json::from_slice(&body).map_err(|_| {
            // The message of the parser may quote a number.
            let wanted =
                "the body is an object of to, operator, service, screen and, if you like, id";
            NotDone::new(StatusCode::BAD_REQUEST, wanted)
        })?;
    let to = Msisdn::parse_any(&to).map_err(|_| NotDone::wrong("`to` is no phone number"))?;
    let came = site.pushes.push(Push { to, operator, service, screen, once: id }).await?;
    let status = match came {
        Pushed::Unknown => StatusCode::ACCEPTED,
        _ => StatusCode::OK,
    };
    let command_status = match came {
        Pushed::Refused(status) => status,
        _ => None,
    };
    Ok((status, Json(Came { outcome: came.as_str(), command_status })))
}

impl From<PushError> for NotDone {
    fn from(error: PushError) -> Self {
        let status = match error {
            PushError::NoSuchOperator | PushError::NoSuchService | PushError::NoSuchScreen => {
                return Self::wrong(error);
            }
            PushError::TooMany => StatusCode::TOO_MANY_REQUESTS,
            PushError::NoLink | PushError::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error)
    }
}
