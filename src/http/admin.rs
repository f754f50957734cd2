//! What the ministry's operations may do with a running node: look at its menus, have them read
//! again, and push a screen to a phone (`push`). Every page wants the bearer token (RFC 6750 §2.1) of `[admin] token_file`; without one
//! configured there are no such pages.

use std::{fmt, fs, io, path::Path};

use axum::{
    Json, Router,
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Serialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{
    config::LimitSettings,
    diagnostic::Told,
    http::{Site, appointment, campaign, certificate, facility, officer, push, right, ticket},
    menu::version::Version,
    menus::{Change, MenuError},
};

/// What whoever administers the node has to present. Only its digest is kept.
#[derive(Clone)]
pub struct Token([u8; 32]);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Shorter ones can be guessed.
const SHORTEST: usize = 24;

impl Token {
    /// Reads the token from its file; blanks around it do not count.
    ///
    /// # Errors
    /// The file cannot be read, or what stands in it is too short.
    pub fn read(path: &Path) -> io::Result<Self> {
        let text = fs::read_to_string(path)?;
        let text = text.trim();
        if text.len() < SHORTEST {
            let message = format!("a token has at least {SHORTEST} characters");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        Ok(Self(Sha256::digest(text).into()))
    }

    /// Digests are compared, and in constant time: how long it takes tells nothing of the token.
    fn is(&self, presented: &str) -> bool {
        let digest: [u8; 32] = Sha256::digest(presented).into();
        self.0.ct_eq(&digest).into()
    }
}

/// The pages behind the token.
pub fn router(site: Site, limits: &LimitSettings) -> Router<Site> {
    let described = campaign::routes(limits.http_list_octets)
        .merge(ticket::routes())
        .merge(certificate::routes());
    let described = described.merge(facility::routes()).merge(appointment::routes());
    let described = described.merge(officer::routes()).merge(right::routes());
    let (pages, described) = described.split_for_parts();
    Router::new()
        .merge(pages)
        .route("/admin/openapi.json", get(async move || Json(described.clone())))
        .route("/admin/menus", get(menus))
        .route("/admin/reload", post(reload))
        .route("/admin/push", post(push::push))
        .layer(middleware::from_fn_with_state(site, authenticated))
}

async fn authenticated(State(site): State<Site>, request: Request, next: Next) -> Response {
    let Some(token) = &site.token else { return StatusCode::NOT_FOUND.into_response() };
    let header = request.headers().get(header::AUTHORIZATION);
    let presented = header.and_then(|header| header.to_str().ok()?.strip_prefix("Bearer "));
    if presented.is_some_and(|presented| token.is(presented.trim())) {
        return next.run(request).await;
    }
    tracing::warn!("an admin page was asked for without the token");
    (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")], "a token is needed\n")
        .into_response()
}

/// A version of a menu on this node.
#[derive(Serialize)]
struct Shown<'a> {
    service: &'a str,
    version: &'a str,
    /// `live`, or `former`: only conversations that began in it are in it.
    state: &'static str,
}

/// The menus of this node: those that are live, and the former ones, newest first.
async fn menus(State(site): State<Site>) -> Response {
    let shelf = site.menus.engine().shelf();
    let live = shelf.current().iter().map(|service| (service, "live"));
    let former = shelf.former().iter().map(|service| (service, "former"));
    let shown: Vec<Shown<'_>> = live
        .chain(former)
        .map(|(service, state)| Shown {
            service: service.menu.service(),
            version: service.menu.version().as_str(),
            state,
        })
        .collect();
    Json(shown).into_response()
}

/// A service after a reload.
#[derive(Serialize)]
struct Reloaded {
    service: String,
    version: Version,
    changed: bool,
}

/// Why a reload was refused.
#[derive(Serialize)]
struct Refused<'a> {
    error: String,
    findings: Vec<Told<'a>>,
}

/// Reads the menus again. All of them are put live, or (422) none, and then the findings are told.
async fn reload(State(site): State<Site>) -> Response {
    match site.menus.reload().await {
        Ok(live) => {
            let reloaded = live.into_iter().map(|live| Reloaded {
                service: live.service,
                version: live.version,
                changed: live.change == Change::Changed,
            });
            Json(reloaded.collect::<Vec<_>>()).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the menus were not reloaded; the old ones stay");
            let findings = match &error {
                MenuError::Check { findings, .. } => findings.iter().map(Told::of).collect(),
                _ => Vec::new(),
            };
            let status = match &error {
                MenuError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            (status, Json(Refused { error: error.to_string(), findings })).into_response()
        }
    }
}
