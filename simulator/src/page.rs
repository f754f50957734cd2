//! The web page with the phones: a few static files and one WebSocket.
//!
//! The page is a thin picture. Every key press becomes an [`Act`](crate::operator::Act) on an operator, every news of a
//! phone a small JSON message; the rules of the network stay in the operator. Serves only pages of
//! its own host (see `same_origin`), because a WebSocket is open to any site otherwise.

mod chat;
mod record;
mod sms;
mod talk;
mod words;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use crate::network::Network;
use crate::number::Number;
use crate::satudata::SatuData;
use crate::whatsapp::Cloud;

/// More browsers than this are turned away.
const BROWSERS_MAX: usize = 64;
/// Octets of the longest message from a browser.
const MESSAGE_MAX: usize = 16 * 1024;

/// What the page shows.
#[derive(Debug, Clone)]
pub struct Page {
    /// The networks a phone may be on.
    pub networks: Vec<Network>,
    /// The phones and the network each starts on, as an index into `networks`.
    pub phones: Vec<(Number, usize)>,
    /// People to try the service with.
    pub people: Vec<SamplePerson>,
    /// The dial strings, such as `*119#`; the first is the one to begin with.
    pub codes: Vec<String>,
    /// The short code for texts, such as `1199`.
    pub short_code: String,
    /// The cloud of the chat phone; without one there is no chat phone.
    pub cloud: Option<Cloud>,
    /// The national record, where the gateway does not keep it itself.
    pub record: Option<SatuData>,
}

/// Words of the page in its two languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Words {
    /// Indonesian.
    pub id: &'static str,
    /// English.
    pub en: &'static str,
}

/// Somebody of the simulated record, for the card "try this". Invented people only.
#[derive(Clone)]
pub struct SamplePerson {
    /// What is special about this person, in a few words.
    pub title: Words,
    /// 16 digits.
    pub nik: String,
    /// As in the record.
    pub name: String,
    /// As a person types it.
    pub birth_date: String,
    /// The number in the record, if there is one.
    pub phone: Option<Number>,
    /// What the service is expected to say.
    pub expect: Words,
}

/// Invented or not, a NIK and a name are not for logs.
impl std::fmt::Debug for SamplePerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SamplePerson").field("title", &self.title).finish_non_exhaustive()
    }
}

/// A page that is being served. Dropping it does not stop it; [`Served::stop`] does.
#[derive(Debug)]
pub struct Served {
    address: SocketAddr,
    stopping: watch::Sender<Running>,
    task: tokio::task::JoinHandle<std::io::Result<()>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Running {
    Yes,
    No,
}

#[derive(Clone)]
struct Shared {
    page: Arc<Page>,
    browsers: Arc<Semaphore>,
    stopping: watch::Receiver<Running>,
}

impl Page {
    /// Serves the page at this address; port 0 takes any free one. Fails when the port is taken.
    pub async fn serve(self, listen: SocketAddr) -> std::io::Result<Served> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let (stopping, stopped) = watch::channel(Running::Yes);
        let shared = Shared {
            page: Arc::new(self),
            browsers: Arc::new(Semaphore::new(BROWSERS_MAX)),
            stopping: stopped.clone(),
        };
        let router = router().with_state(shared);
        let serving = axum::serve(listener, router).with_graceful_shutdown(until_stopped(stopped));
        let task = tokio::spawn(async move { serving.await });
        Ok(Served { address, stopping, task })
    }
}

impl Served {
    /// Where the page is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes every browser's connection and the port.
    pub async fn stop(self) {
        self.stopping.send_replace(Running::No);
        if let Ok(Err(error)) = self.task.await {
            tracing::warn!(%error, "the page ended with an error");
        }
    }
}

async fn until_stopped(mut running: watch::Receiver<Running>) {
    // A closed channel means the same: nobody wants the page any more.
    let _ = running.wait_for(|running| *running == Running::No).await;
}

fn router() -> Router<Shared> {
    const HTML: &str = include_str!("page/page.html");
    const CSS: &str = include_str!("page/page.css");
    const SCRIPT: &str = include_str!("page/page.js");
    const SMS: &str = include_str!("page/sms.js");
    const CHAT: &str = include_str!("page/chat.js");
    const RECORD: &str = include_str!("page/record.js");
    const CHAT_CSS: &str = include_str!("page/chat.css");
    const ICON: &str = include_str!("page/icon.svg");
    Router::new()
        .route("/", get(|| async { file("text/html; charset=utf-8", HTML) }))
        .route("/page.css", get(|| async { file("text/css; charset=utf-8", CSS) }))
        .route("/page.js", get(|| async { file("text/javascript; charset=utf-8", SCRIPT) }))
        .route("/sms.js", get(|| async { file("text/javascript; charset=utf-8", SMS) }))
        .route("/chat.js", get(|| async { file("text/javascript; charset=utf-8", CHAT) }))
        .route("/record.js", get(|| async { file("text/javascript; charset=utf-8", RECORD) }))
        .route("/chat.css", get(|| async { file("text/css; charset=utf-8", CHAT_CSS) }))
        .route("/document/{media}", get(document))
        .route("/icon.svg", get(|| async { file("image/svg+xml", ICON) }))
        .route("/ws", get(upgrade))
}

fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                          img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, text)
}

async fn document(State(shared): State<Shared>, Path(media): Path<String>) -> Response {
    chat::document(shared.page.cloud.as_ref(), &media)
}

async fn upgrade(
    State(shared): State<Shared>,
    headers: HeaderMap,
    socket: WebSocketUpgrade,
) -> Response {
    if !same_origin(&headers) {
        return (StatusCode::FORBIDDEN, "this page speaks only to itself\n").into_response();
    }
    let Ok(place) = Arc::clone(&shared.browsers).try_acquire_owned() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "too many browsers\n").into_response();
    };
    let talk = async move |socket: WebSocket| {
        tokio::select! {
            () = talk::talk(socket, shared.page) => {}
            () = until_stopped(shared.stopping) => {}
        }
        drop(place);
    };
    socket.max_message_size(MESSAGE_MAX).on_upgrade(talk)
}

/// A browser says which site opened the socket; programs say nothing. Foreign sites are refused.
fn same_origin(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match (text(header::ORIGIN), text(header::HOST)) {
        (None, _) => true,
        (Some(origin), Some(host)) => {
            origin.strip_prefix("http://").or(origin.strip_prefix("https://")) == Some(host)
        }
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_pages_own_site_may_open_the_socket() {
        let rows = [
            (None, true),
            (Some("http://127.0.0.1:8119"), true),
            (Some("http://example.org"), false),
            (Some("null"), false),
        ];
        for (origin, allowed) in rows {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, "127.0.0.1:8119".parse().unwrap());
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            assert_eq!(same_origin(&headers), allowed, "{origin:?}");
        }
    }
}
