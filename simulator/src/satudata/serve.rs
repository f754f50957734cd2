//! The interface of Satu Data: who may ask, what goes wrong, and the three questions.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::cut::cut;

use super::{Asked, Faults, Inner, Requests};

/// Octets of the longest request.
const LONGEST: usize = 64 * 1024;

pub(super) fn router(inner: Arc<Inner>) -> Router {
    let switches = get(faults).put(set_faults);
    Router::new().route("/simulator/faults", switches).fallback(answer).with_state(inner)
}

/// What goes wrong just now. For whoever plays with it, and so unproved: it listens on this machine.
async fn faults(State(inner): State<Arc<Inner>>) -> axum::Json<Faults> {
    axum::Json(inner.with(|state| state.faults))
}

/// What goes wrong from now on.
async fn set_faults(
    State(inner): State<Arc<Inner>>,
    axum::Json(faults): axum::Json<Faults>,
) -> axum::Json<Faults> {
    inner.with(|state| state.faults = faults);
    axum::Json(faults)
}

async fn answer(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LONGEST).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
    if !proved(&inner, &head.method, &target, &head.headers, &body) {
        return (StatusCode::UNAUTHORIZED, axum::Json(json!({ "status": "unproved" })))
            .into_response();
    }
    let asked: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let _under_way = UnderWay::of(&inner, asked["nik"].as_str().map(str::to_owned));
    let faults = inner.with(|state| state.faults);
    tokio::time::sleep(Duration::from_millis(faults.answer_ms.min(60_000).into())).await;
    let hit = rand::random_range(0..100) < u32::from(faults.percent);
    let fault = if hit { faults.requests } else { Requests::Good };
    inner.with(|state| {
        state.figures.asked += 1;
        state.figures.spoilt += u64::from(fault != Requests::Good);
    });
    let request = format!("{} {target}", head.method);
    let (status, answer) = match fault {
        Requests::Failing => (500, json!({ "status": "failed" })),
        Requests::Away => (0, Value::Null),
        _ => done(&inner, &head.method, &target, &head.headers, &asked, fault),
    };
    let told = match fault {
        Requests::Away | Requests::CutAfter => 0,
        _ => status,
    };
    let kept = Asked { request, body: asked, status: told, answer: answer.clone() };
    inner.with(|state| state.remember(kept));
    match fault {
        Requests::Away | Requests::CutAfter => cut(),
        Requests::Garbled => (StatusCode::OK, "<html>Satu Data</html>").into_response(),
        _ => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
            (status, axum::Json(answer)).into_response()
        }
    }
}

/// Counts a request while it is answered, however that ends.
struct UnderWay {
    inner: Arc<Inner>,
    about: Option<String>,
}

impl UnderWay {
    fn of(inner: &Arc<Inner>, about: Option<String>) -> Self {
        inner.with(|state| state.begin(about.clone()));
        Self { inner: Arc::clone(inner), about }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.inner.with(|state| state.end(&self.about));
    }
}

fn done(
    inner: &Inner,
    method: &Method,
    target: &str,
    headers: &HeaderMap,
    asked: &Value,
    fault: Requests,
) -> (u16, Value) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let field = |name: &str| {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).next_back()
    };
    match (method.as_str(), path) {
        ("POST", "/v1/persons/lookup") => {
            let Some(nik) = asked["nik"].as_str() else {
                return (400, json!({ "status": "a nik is needed" }));
            };
            let nik = nik.to_owned();
            inner.with(|state| {
                if fault == Requests::Stranger {
                    let other = state.people.keys().find(|other| **other != nik).cloned();
                    return (200, state.answer(&other.unwrap_or(nik)));
                }
                (200, state.answer(&nik))
            })
        }
        ("POST", "/v1/registrations") => {
            let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
            match key {
                Some(key) => inner.with(|state| state.register(key, asked)),
                None => (400, json!({ "status": "an idempotency key is needed" })),
            }
        }
        ("GET", "/v1/events") => {
            let limit = field("limit").and_then(|limit| limit.parse().ok()).unwrap_or(100);
            (200, inner.with(|state| state.events_after(field("after").as_deref(), limit)))
        }
        _ => (404, json!({ "status": "no such thing" })),
    }
}

/// How far the client's clock may be from ours, in seconds.
const WINDOW: u64 = 300;

#[expect(clippy::disallowed_methods, reason = "another computer has its own clock")]
fn proved(inner: &Inner, method: &Method, target: &str, headers: &HeaderMap, body: &Bytes) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (time, nonce) = (text("x-setara-timestamp"), text("x-setara-nonce"));
    if text("x-setara-client") != inner.settings.client || nonce.is_empty() {
        return false;
    }
    let mut mac: Hmac<Sha256> =
        KeyInit::new_from_slice(inner.settings.secret.as_bytes()).expect("a key of any length");
    mac.update(format!("{time}\n{nonce}\n{method}\n{target}\n").as_bytes());
    mac.update(body);
    let signature: String =
        mac.finalize().into_bytes().iter().map(|octet| format!("{octet:02x}")).collect();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let near = time.parse::<u64>().is_ok_and(|time| now.abs_diff(time) <= WINDOW);
    let fresh = inner.with(|state| state.nonces.insert(nonce.to_owned()));
    signature == text("x-setara-signature") && near && fresh
}
