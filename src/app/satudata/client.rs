//! Satu Data as a client: one request at a time for each question, signed, within a time and a size, behind
//! a breaker and a bound on how many are under way.
//!
//! Every question may be asked again: a look-up changes nothing, and a registration has one name there.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use reqwest::{Client, Method, Response, redirect};
use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use crate::{
    clock::{self, Timestamp, Zone},
    config::{Record, record::read_pem},
    identity::Nik,
    satudata::{
        answer::{self, Failed, LONGEST, Registered},
        ask::{self, Question, Registering, Request},
        breaker::{Admitted, Breaker, Outcome, Room, State, Tolerance, pause},
        event,
        proof::{self, CLIENT},
    },
    service::outside::Arrived,
    telemetry::Metrics,
};

/// Why there is no client.
#[derive(Debug, Error)]
pub enum ClientError {
    /// The secret or a certificate cannot be read.
    #[error("record: a file cannot be read: {0}")]
    File(#[from] std::io::Error),
    /// TLS cannot be set up.
    #[error("record: {0}")]
    Tls(String),
}

/// Why a question has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// It was asked in vain.
    Failed(Failed),
    /// It was not asked: the record is away, and is tried again then.
    NotBefore(Timestamp),
}

/// A client. Cloning is cheap.
#[derive(Clone)]
pub struct SatuData {
    inner: Arc<Inner>,
    /// A place among the requests under way, for one question after the other.
    place: Option<Arc<OwnedSemaphorePermit>>,
}

struct Inner {
    http: Client,
    url: String,
    settings: Record,
    secret: String,
    breaker: Mutex<Breaker>,
    under_way: Arc<Semaphore>,
    metrics: Arc<Metrics>,
    zone: Zone,
}

/// A secret is not for logs.
impl fmt::Debug for SatuData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SatuData").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}

impl SatuData {
    /// A client of a record. Nothing is asked yet.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub fn new(settings: &Record, metrics: Arc<Metrics>, zone: Zone) -> Result<Self, ClientError> {
        let failed = |what: &dyn fmt::Display| ClientError::Tls(what.to_string());
        let mut http = Client::builder()
            .tls_backend_preconfigured(tls(settings)?)
            .user_agent(concat!("setara/", env!("CARGO_PKG_VERSION")))
            // What is signed goes where it was meant to go.
            .redirect(redirect::Policy::none())
            .connect_timeout(settings.connect())
            .timeout(settings.answer())
            .pool_max_idle_per_host(settings.at_once)
            .tcp_nodelay(true);
        if settings.url.starts_with("http://") {
            // On this machine.
            http = http.no_proxy();
        }
        let tolerance = Tolerance {
            percent: settings.breaker_percent,
            calls: settings.breaker_calls as usize,
            open_for: settings.open_for(),
            try_for: settings.connect() + settings.answer(),
        };
        metrics.record().breaker(State::Closed);
        let inner = Inner {
            http: http.build().map_err(|error| failed(&error.without_url()))?,
            url: settings.url.trim_end_matches('/').to_owned(),
            secret: settings.secret()?,
            breaker: Mutex::new(Breaker::new(tolerance)),
            under_way: Arc::new(Semaphore::new(settings.at_once)),
            settings: settings.clone(),
            metrics,
            zone,
        };
        Ok(Self { inner: Arc::new(inner), place: None })
    }

    /// The same with a place of its own among the requests under way, so that what is asked with it waits for
    /// nobody any more. It waits for the place.
    pub async fn with_place(&self) -> Self {
        let place = Arc::clone(&self.inner.under_way).acquire_owned().await;
        // Never closed.
        Self { inner: Arc::clone(&self.inner), place: place.ok().map(Arc::new) }
    }

    /// The same, if there is a place just now.
    pub fn try_with_place(&self) -> Option<Self> {
        let place = Arc::clone(&self.inner.under_way).try_acquire_owned().ok()?;
        Some(Self { inner: Arc::clone(&self.inner), place: Some(Arc::new(place)) })
    }

    /// How many questions it is of use to begin now, if nobody waits for their answers.
    pub fn room(&self) -> Room {
        self.breaker(|breaker| breaker.room(clock::now()))
    }

    /// How it is configured.
    pub fn settings(&self) -> &Record {
        &self.inner.settings
    }

    /// What it counts with.
    pub fn metrics(&self) -> &Metrics {
        &self.inner.metrics
    }

    /// The same, to keep.
    pub fn shared_metrics(&self) -> Arc<Metrics> {
        Arc::clone(&self.inner.metrics)
    }

    /// What the record says of a person.
    ///
    /// # Errors
    /// See [`NoAnswer`].
    pub async fn person(&self, nik: &Nik) -> Result<Arrived, NoAnswer> {
        let today = clock::now().date(self.inner.zone);
        let read = |status, body: &[u8]| answer::person(status, body, nik, today);
        self.ask(&ask::person(nik), read).await
    }

    /// Has a registration taken.
    ///
    /// # Errors
    /// See [`NoAnswer`].
    pub async fn register(&self, of: &Registering<'_>) -> Result<Registered, NoAnswer> {
        self.ask(&ask::register(of), answer::registered).await
    }

    /// What has happened since.
    ///
    /// # Errors
    /// See [`NoAnswer`].
    pub async fn events(&self, after: Option<&str>) -> Result<event::Page, NoAnswer> {
        let today = clock::now().date(self.inner.zone);
        let read = |status, body: &[u8]| match status {
            200 => event::read(body, today),
            408 | 425 | 500..=599 => Err(Failed::Unwell(status)),
            429 => Err(Failed::Throttled),
            _ => Err(Failed::Refused(status)),
        };
        self.ask(&ask::events(after), read).await
    }

    /// Asks until there is an answer, there is no use in it, or it was asked often enough.
    async fn ask<T>(
        &self,
        request: &Request,
        read: impl Fn(u16, &[u8]) -> Result<T, Failed>,
    ) -> Result<T, NoAnswer> {
        let mut tries = 0;
        loop {
            let failed = match self.once(request, &read).await {
                Err(NoAnswer::Failed(failed)) => failed,
                other => return other,
            };
            tries += 1;
            if !failed.may_pass() || tries >= self.inner.settings.tries {
                return Err(NoAnswer::Failed(failed));
            }
            tokio::time::sleep(pause(tries - 1, BETWEEN_TRIES, rand::random())).await;
        }
    }

    async fn once<T>(
        &self,
        request: &Request,
        read: impl Fn(u16, &[u8]) -> Result<T, Failed>,
    ) -> Result<T, NoAnswer> {
        let Inner { metrics, under_way, .. } = &*self.inner;
        let question = request.question.as_str();
        // Never closed.
        let _place = match &self.place {
            Some(_) => None,
            None => under_way.acquire().await.ok(),
        };
        if let Admitted::NotBefore(then) = self.breaker(|breaker| breaker.admit(clock::now())) {
            metrics.record().spared(question);
            return Err(NoAnswer::NotBefore(then));
        }
        let began = Instant::now();
        let answer = self.send(request).await.and_then(|(status, body)| read(status, &body));
        let (word, outcome) = match &answer {
            Ok(_) => ("answered", Outcome::Answered),
            // It is there, and says no.
            Err(failed @ (Failed::Refused(_) | Failed::Throttled)) => {
                (failed.as_str(), Outcome::Answered)
            }
            Err(failed) => (failed.as_str(), Outcome::Failed),
        };
        self.breaker(|breaker| breaker.tell(outcome, clock::now()));
        metrics.record().called(question, word, began.elapsed());
        if let Err(failed @ Failed::Refused(_)) = &answer {
            tracing::error!(question, %failed, "the outside record refuses us");
        }
        answer.map_err(NoAnswer::Failed)
    }

    async fn send(&self, request: &Request) -> Result<(u16, Vec<u8>), Failed> {
        let Inner { http, url, secret, settings, .. } = &*self.inner;
        let Request { method, target, body, key, .. } = request;
        let verb = if request.question == Question::Events { Method::GET } else { Method::POST };
        let nonce: u128 = rand::random();
        let signed = proof::sign(secret, (method, target, body), nonce, clock::now());
        let mut asked =
            http.request(verb, format!("{url}{target}")).header(CLIENT, &settings.client);
        for (name, value) in signed {
            asked = asked.header(name, value);
        }
        if let Some(key) = key {
            asked = asked.header("idempotency-key", key);
        }
        if !body.is_empty() {
            asked = asked.header(reqwest::header::CONTENT_TYPE, "application/json");
            asked = asked.body(body.clone());
        }
        let response = asked.send().await.map_err(|_| Failed::Unreachable)?;
        let status = response.status().as_u16();
        let body = read_body(response).await.ok_or(Failed::Unreachable)?;
        Ok((status, body))
    }

    /// Uses the breaker, and shows and tells when its state changes.
    fn breaker<T>(&self, with: impl FnOnce(&mut Breaker) -> T) -> T {
        let mut breaker = self.inner.breaker.lock().unwrap_or_else(PoisonError::into_inner);
        let before = breaker.state().as_str();
        let came = with(&mut breaker);
        let after = breaker.state();
        if before != after.as_str() {
            self.inner.metrics.record().breaker(after);
            tracing::warn!(from = before, to = after.as_str(), "the breaker before the record");
        }
        came
    }
}

/// The first and the longest pause between two tries of a question that somebody waits for.
const BETWEEN_TRIES: (std::time::Duration, std::time::Duration) =
    (std::time::Duration::from_millis(100), std::time::Duration::from_secs(1));

/// The whole body, unless it breaks off or has no end.
async fn read_body(mut response: Response) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.ok()? {
        if body.len() + piece.len() > LONGEST {
            return None;
        }
        body.extend_from_slice(&piece);
    }
    Some(body)
}

fn tls(settings: &Record) -> Result<ClientConfig, ClientError> {
    let failed = |what: &dyn fmt::Display| ClientError::Tls(what.to_string());
    let mut roots = RootCertStore::empty();
    match &settings.ca_file {
        Some(file) => {
            for ca in certificates(&read_pem(file)?)? {
                roots.add(ca).map_err(|error| failed(&error))?;
            }
        }
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(&error))?
        .with_root_certificates(roots);
    let Some(file) = &settings.identity_file else { return Ok(config.with_no_client_auth()) };
    let pem = read_pem(file)?;
    let key = PrivateKeyDer::from_pem_slice(&pem)
        .map_err(|_| failed(&"identity_file has no private key"))?;
    config.with_client_auth_cert(certificates(&pem)?, key).map_err(|error| failed(&error))
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, ClientError> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match read {
        Ok(read) if !read.is_empty() => Ok(read),
        _ => Err(ClientError::Tls("a file of certificates has none".into())),
    }
}
