//! The Graph API over HTTP: messages, files, and the answers of the one who takes them.

use std::sync::Arc;

use axum::Router;
use axum::extract::multipart::Multipart;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::cut::cut;

use super::Inner;
use super::account::File;
use super::faults::{Faults, Requests, Token};
use super::refusal::{Code, Refusal};

/// Octets of the longest body: a document of 100 MB and what stands around it.
const BODY_MAX: usize = (100 << 20) + (64 << 10);

pub(super) fn router(inner: Arc<Inner>) -> Router {
    Router::new()
        .route("/{version}/{id}/messages", post(messages))
        .route("/{version}/{id}/media", post(upload))
        .route("/{version}/{id}", get(about))
        .route("/files/{id}", get(download))
        .fallback(async || refused(&unknown_path()))
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&inner), gate))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .with_state(inner)
}

/// The token first, and then whatever goes wrong today.
async fn gate(State(inner): State<Arc<Inner>>, request: Request, next: Next) -> Response {
    let faults = inner.with(|account| account.faults);
    tokio::time::sleep(faults.answer_after()).await;
    if let Err(refusal) = bearer(&inner, &faults, request.headers()) {
        inner.refused(&refusal);
        return refused(&refusal);
    }
    let struck = rand::random::<u8>() % 100 < faults.percent;
    let failure = match faults.requests {
        Requests::Failing if struck => Refusal::new(Code::Unknown, "something went wrong"),
        Requests::Unavailable if struck => Refusal::new(Code::Unavailable, "try again later"),
        Requests::CutAfter if struck => {
            next.run(request).await;
            return cut();
        }
        _ => return next.run(request).await,
    };
    inner.refused(&failure);
    refused(&failure)
}

fn bearer(inner: &Inner, faults: &Faults, headers: &HeaderMap) -> Result<(), Refusal> {
    let said = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = said.and_then(|value| value.strip_prefix("Bearer "));
    if faults.token == Token::Expired {
        return Err(Refusal::new(Code::Token, "the session has expired"));
    }
    if token != Some(inner.settings.token.as_str()) {
        return Err(Refusal::new(Code::Token, "the token is missing or wrong"));
    }
    Ok(())
}

async fn messages(
    State(inner): State<Arc<Inner>>,
    Path((version, id)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let asked = known(&inner, &version, &id).and_then(|()| {
        let request: Value = serde_json::from_slice(&body)
            .map_err(|_| Refusal::new(Code::Parameter, "the body is no JSON"))?;
        inner.send(&request)
    });
    match asked {
        Ok(answer) => axum::Json(answer).into_response(),
        Err(refusal) => {
            inner.refused(&refusal);
            refused(&refusal)
        }
    }
}

async fn upload(
    State(inner): State<Arc<Inner>>,
    Path((version, id)): Path<(String, String)>,
    parts: Multipart,
) -> Response {
    let uploaded = async {
        known(&inner, &version, &id)?;
        let mut file = read_parts(parts).await?;
        file.at = inner.clock.now();
        inner.with(|account| account.upload(file))
    };
    match uploaded.await {
        Ok(id) => axum::Json(json!({ "id": id })).into_response(),
        Err(refusal) => {
            inner.refused(&refusal);
            refused(&refusal)
        }
    }
}

/// `messaging_product`, `type` and `file`, in any order.
async fn read_parts(mut parts: Multipart) -> Result<File, Refusal> {
    let odd = |_| Refusal::new(Code::Parameter, "the form cannot be read");
    let (mut product, mut kind, mut file) = (String::new(), String::new(), None);
    while let Some(part) = parts.next_field().await.map_err(odd)? {
        match part.name().unwrap_or_default() {
            "messaging_product" => product = part.text().await.map_err(odd)?,
            "type" => kind = part.text().await.map_err(odd)?,
            "file" => {
                let name = part.file_name().unwrap_or_default().to_owned();
                let mime = part.content_type().unwrap_or_default().to_owned();
                file = Some((name, mime, part.bytes().await.map_err(odd)?));
            }
            _ => {}
        }
    }
    if product != "whatsapp" {
        let why = "The parameter messaging_product is required.";
        return Err(Refusal::new(Code::Parameter, why));
    }
    let missing = || Refusal::new(Code::Missing, "file is missing");
    let (name, mime, octets) = file.ok_or_else(missing)?;
    let mime = if mime.is_empty() { kind.clone() } else { mime };
    if !kind.is_empty() && kind != mime {
        return Err(Refusal::new(Code::Parameter, "type and the type of the file differ"));
    }
    Ok(File { mime, name, octets, at: 0 })
}

/// Where a file can be fetched.
async fn about(
    State(inner): State<Arc<Inner>>,
    headers: HeaderMap,
    Path((version, id)): Path<(String, String)>,
) -> Response {
    if !is_version(&version) {
        return refused(&unknown_path());
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.map_or_else(|| inner.address.to_string(), str::to_owned);
    let now = inner.clock.now();
    let answer = inner.with(|account| {
        account.file(&id, now).map(|file| {
            json!({
                "messaging_product": "whatsapp",
                "id": id,
                "url": format!("http://{host}/files/{id}"),
                "mime_type": file.mime,
                "sha256": file.sha256(),
                "file_size": file.octets.len(),
            })
        })
    });
    match answer {
        Ok(answer) => axum::Json(answer).into_response(),
        Err(_) => refused(&Refusal::new(Code::Parameter, "no object of this id")),
    }
}

async fn download(State(inner): State<Arc<Inner>>, Path(id): Path<String>) -> Response {
    let now = inner.clock.now();
    let file = inner.with(|account| account.file(&id, now).cloned());
    match file {
        Ok(file) => ([(header::CONTENT_TYPE, file.mime)], file.octets).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `v23.0` and its like, and the number's id.
fn known(inner: &Inner, version: &str, id: &str) -> Result<(), Refusal> {
    if !is_version(version) {
        return Err(unknown_path());
    }
    if id != inner.settings.phone_number_id {
        return Err(Refusal::new(Code::Parameter, "no object of this id, or not with this token"));
    }
    Ok(())
}

fn is_version(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    text.strip_prefix('v')
        .and_then(|number| number.split_once('.'))
        .is_some_and(|(major, minor)| digits(major) && digits(minor))
}

fn unknown_path() -> Refusal {
    Refusal::new(Code::Parameter, "unknown path components")
}

fn refused(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.code.http()).unwrap_or(StatusCode::BAD_REQUEST);
    (status, axum::Json(refusal.answer())).into_response()
}
