//! The Cloud API as a client: messages, files, and the word that we are writing.
//!
//! One request is one message, and no request is made twice by itself: the API has no name for a
//! message that would keep a second one from being a second message.

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use bytes::Bytes;
use reqwest::{Client, RequestBuilder, Response, multipart, redirect};
use serde_json::Value;
use thiserror::Error;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

use super::media::{Files, Paper};
use crate::{
    channel::whatsapp::render::{self, Address},
    config::Whatsapp,
};

/// Octets of an answer that are read; real ones have less than one thousand.
const LONGEST_ANSWER: usize = 64 << 10;

/// How long the word that we are writing may take: later it is of no use.
const TYPING: Duration = Duration::from_secs(3);

/// How long a connection is kept for the next request.
const IDLE: Duration = Duration::from_secs(50);

/// What is sent as a picture.
pub const PNG: &str = "image/png";

/// Why there is no client.
#[derive(Debug, Error)]
pub enum CloudError {
    /// The token cannot be read.
    #[error("whatsapp: the token cannot be read: {0}")]
    Token(#[from] std::io::Error),
    /// TLS cannot be set up.
    #[error("whatsapp: {0}")]
    Client(String),
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It was taken, under this name: of a message, or of a file.
    Taken(String),
    /// It was not.
    Refused {
        /// Of HTTP.
        status: u16,
        /// Of the API's table, if it gave one.
        code: Option<u32>,
    },
    /// Nobody can say: the answer did not come, or not as a whole.
    Unclear,
    /// It never left.
    Unsent,
}

/// Whether a token changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewed {
    /// It did.
    Yes,
    /// It is the one that we had, or it cannot be read.
    No,
}

/// A number on the Cloud API. Cloning is cheap.
#[derive(Clone)]
pub struct Cloud {
    inner: Arc<Inner>,
}

struct Inner {
    http: Client,
    settings: Whatsapp,
    messages: String,
    media: String,
    token: ArcSwap<String>,
    files: Mutex<Files>,
}

/// A token is not for logs.
impl fmt::Debug for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cloud").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}

impl Cloud {
    /// A client of this number. Nothing is asked yet.
    ///
    /// # Errors
    /// See [`CloudError`].
    pub fn new(settings: &Whatsapp) -> Result<Self, CloudError> {
        let token = settings.token()?;
        let roots: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
        let failed = |what: &dyn fmt::Display| CloudError::Client(what.to_string());
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| failed(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut http = Client::builder()
            .tls_backend_preconfigured(tls)
            .user_agent(concat!("setara/", env!("CARGO_PKG_VERSION")))
            // The token goes where it was meant to go.
            .redirect(redirect::Policy::none())
            .connect_timeout(settings.connect())
            .timeout(settings.answer())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(settings.at_once)
            .tcp_nodelay(true);
        if settings.api.starts_with("http://") {
            // On this machine.
            http = http.no_proxy();
        }
        let http = http.build().map_err(|error| failed(&error.without_url()))?;
        let base = format!(
            "{}/{}/{}",
            settings.api.trim_end_matches('/'),
            settings.version,
            settings.phone_number_id
        );
        let inner = Inner {
            http,
            settings: settings.clone(),
            messages: format!("{base}/messages"),
            media: format!("{base}/media"),
            token: ArcSwap::from_pointee(token),
            files: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// How it is configured.
    pub fn settings(&self) -> &Whatsapp {
        &self.inner.settings
    }

    /// Sends a message (`channel::whatsapp::render`).
    pub async fn send(&self, message: &Value) -> Answer {
        let request = self.post(message);
        self.ask(request, |answer| &answer["messages"][0]["id"]).await
    }

    /// Sends a document or a picture. The provider gets it once; while it keeps it, its name there is enough, and it is
    /// not made. `None` if `made` has nothing: then nothing was sent.
    pub async fn document(
        &self,
        to: &Address,
        paper: &Paper,
        made: impl Future<Output = Option<Bytes>>,
        now: Instant,
    ) -> Option<Answer> {
        if let Some(media) = self.kept(paper, now) {
            match self.hand(to, &media, paper).await {
                // It was kept for less long than we were told.
                Answer::Refused {
                    code: Some(100 | 131_008 | 131_009 | 131_052 | 131_053), ..
                } => self.files().forget(paper),
                other => return Some(other),
            }
        }
        let file = async { Some(self.upload(paper, made.await?, now).await) };
        // A lease has room for two messages, and for this.
        let within = 2 * self.inner.settings.connect();
        let uploaded = tokio::time::timeout(within, file).await;
        Some(match uploaded.unwrap_or(Some(Answer::Unclear))? {
            Answer::Taken(media) => self.hand(to, &media, paper).await,
            // Nothing was sent to anybody.
            Answer::Unclear => Answer::Unsent,
            other => other,
        })
    }

    async fn hand(&self, to: &Address, media: &str, paper: &Paper) -> Answer {
        let message = match paper.mime.as_str() {
            PNG => render::image(to, media, &paper.caption),
            _ => render::document(to, media, &paper.name, &paper.caption),
        };
        self.send(&message).await
    }

    /// Marks a message of somebody as read and shows that we write. Whether it was taken is of no
    /// importance.
    pub async fn typing(&self, message_id: &str) -> Answer {
        let request = self.post(&render::typing(message_id)).timeout(TYPING);
        self.ask(request, |_| &Value::Null).await
    }

    /// Reads the token again.
    pub fn renew_token(&self) -> Renewed {
        match self.inner.settings.token() {
            Ok(token) if token != **self.inner.token.load() => {
                self.inner.token.store(Arc::new(token));
                Renewed::Yes
            }
            Ok(_) => Renewed::No,
            Err(error) => {
                tracing::error!(%error, "the token of WhatsApp cannot be read");
                Renewed::No
            }
        }
    }

    async fn upload(&self, paper: &Paper, octets: Bytes, now: Instant) -> Answer {
        let file = multipart::Part::stream(octets).file_name(paper.name.clone());
        let Ok(file) = file.mime_str(&paper.mime) else {
            return Answer::Refused { status: 400, code: None };
        };
        let form = multipart::Form::new()
            .text("messaging_product", "whatsapp")
            .text("type", paper.mime.clone())
            .part("file", file);
        let request = self.inner.http.post(&self.inner.media).multipart(form);
        let answer = self.ask(request, |answer| &answer["id"]).await;
        if let Answer::Taken(media) = &answer {
            self.files().keep(paper, media, now);
        }
        answer
    }

    fn post(&self, message: &Value) -> RequestBuilder {
        let body = message.to_string();
        let request = self.inner.http.post(&self.inner.messages);
        request.header(reqwest::header::CONTENT_TYPE, "application/json").body(body)
    }

    /// Asks, and reads a name out of the answer.
    async fn ask(&self, request: RequestBuilder, name: impl Fn(&Value) -> &Value) -> Answer {
        let token = self.inner.token.load_full();
        let response = match request.bearer_auth(&*token).send().await {
            Ok(response) => response,
            // A connection that did not come about carried nothing.
            Err(error) if error.is_connect() || error.is_builder() => return Answer::Unsent,
            Err(_) => return Answer::Unclear,
        };
        let status = response.status();
        let body = read(response).await;
        let answer: Option<Value> = body.and_then(|body| serde_json::from_slice(&body).ok());
        match answer {
            Some(answer) if status.is_success() => {
                Answer::Taken(name(&answer).as_str().unwrap_or_default().to_owned())
            }
            None if status.is_success() => Answer::Unclear,
            answer => {
                let code = answer.and_then(|answer| answer["error"]["code"].as_u64());
                let code = code.and_then(|code| u32::try_from(code).ok());
                Answer::Refused { status: status.as_u16(), code }
            }
        }
    }

    fn kept(&self, paper: &Paper, now: Instant) -> Option<String> {
        self.files().kept(paper, now)
    }

    fn files(&self) -> std::sync::MutexGuard<'_, Files> {
        super::locked(&self.inner.files)
    }
}

/// The whole body, unless it breaks off or has no end.
async fn read(mut response: Response) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.ok()? {
        if body.len() + piece.len() > LONGEST_ANSWER {
            return None;
        }
        body.extend_from_slice(&piece);
    }
    Some(body)
}
