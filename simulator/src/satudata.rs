//! Satu Data in a box: a national record over HTTP, with people, registrations and events.
//!
//! Written from `openapi.json` alone, so that it and the gateway check each other. It keeps what a real one
//! would: a person has a version that grows with every change, a registration has the name it was sent
//! under, and the same name again gets the same answer. What a real one does wrong by accident it does on
//! demand ([`Faults`]).

mod serve;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::aggregator::post::{self, PostError, Proof, Response};
use crate::aggregator::provider::Request;

/// How the record and its clients know each other.
#[derive(Clone)]
pub struct Settings {
    /// Where it listens; port 0 takes any free one.
    pub listen: SocketAddr,
    /// The name of the one client.
    pub client: String,
    /// What both sides sign with.
    pub secret: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: ([127, 0, 0, 1], 0).into(),
            client: "setara".to_owned(),
            secret: "simulasi-rahasia-satu-data".to_owned(),
        }
    }
}

/// A secret is not for logs.
impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").field("listen", &self.listen).finish_non_exhaustive()
    }
}

/// What goes wrong. The default is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Faults {
    /// Milliseconds that every answer takes.
    pub answer_ms: u32,
    /// What happens to requests.
    pub requests: Requests,
    /// Of a hundred requests, to how many that happens.
    pub percent: u8,
}

impl Default for Faults {
    fn default() -> Self {
        Self { answer_ms: 0, requests: Requests::Good, percent: 100 }
    }
}

/// What happens to requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Requests {
    /// They are answered.
    Good,
    /// 500; nothing was done.
    Failing,
    /// The connection breaks; nothing was done.
    Away,
    /// What was asked is done, and the connection breaks in the answer.
    CutAfter,
    /// What was asked is done, and the answer is no JSON.
    Garbled,
    /// A person is answered with somebody else's data.
    Stranger,
}

/// Somebody of the record.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// Grows with every change.
    pub version: i64,
    /// As the interface has it, without the registration.
    pub person: Value,
    /// The registration that stands, as the interface has it.
    pub registration: Option<Value>,
    /// The registration is there, and is not shown.
    pub hidden: bool,
    /// Two records have this NIK.
    pub double: bool,
}

/// What was asked, as far as tests look at it.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Method and path with query.
    pub request: String,
    /// The body.
    pub body: Value,
    /// The status of the answer; 0 where the connection broke.
    pub status: u16,
    /// Its body.
    pub answer: Value,
}

/// How many ask at once, as far as tests look at it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rush {
    /// The most requests that were answered at the same time.
    pub at_once: usize,
    /// The most of them that were about one person.
    pub of_one: usize,
}

/// What was counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Requests that were proved.
    pub asked: u64,
    /// Those of them that something happened to.
    pub spoilt: u64,
    /// Registrations that stand.
    pub registered: u64,
    /// Requests that are being answered.
    pub under_way: u64,
}

#[derive(Debug, Default)]
struct State {
    figures: Figures,
    rush: Rush,
    /// About whom requests are being answered.
    under_way: Vec<Option<String>>,
    faults: Faults,
    people: BTreeMap<String, Kept>,
    /// What each name of a registration was answered: status and body.
    named: BTreeMap<String, (u16, Value)>,
    /// NIKs in the order of their registrations.
    registered: Vec<String>,
    events: Vec<Value>,
    asked: Vec<Asked>,
    nonces: std::collections::BTreeSet<String>,
}

/// A running record. Clones are the same one.
#[derive(Debug, Clone)]
pub struct SatuData {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    settings: Settings,
    address: SocketAddr,
    state: Mutex<State>,
    stopping: watch::Sender<bool>,
    serving: Mutex<Option<JoinHandle<()>>>,
}

impl Inner {
    fn with<T>(&self, ask: impl FnOnce(&mut State) -> T) -> T {
        ask(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Requests that are remembered.
const MOST_ASKED: usize = 10_000;

impl SatuData {
    /// Starts it, with nobody in it. Fails when the port is taken.
    pub async fn start(settings: Settings) -> io::Result<Self> {
        let listener = TcpListener::bind(settings.listen).await?;
        let inner = Arc::new(Inner {
            address: listener.local_addr()?,
            settings,
            state: Mutex::default(),
            stopping: watch::Sender::new(false),
            serving: Mutex::default(),
        });
        let mut stopped = inner.stopping.subscribe();
        let router = serve::router(Arc::clone(&inner));
        let serving = tokio::spawn(async move {
            let stopped = async move {
                let _ = stopped.wait_for(|stop| *stop).await;
            };
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stopped).await
            {
                tracing::warn!(%error, "Satu Data ended with an error");
            }
        });
        *inner.serving.lock().unwrap_or_else(PoisonError::into_inner) = Some(serving);
        Ok(Self { inner })
    }

    /// `http://127.0.0.1:…`.
    pub fn url(&self) -> String {
        format!("http://{}", self.inner.address)
    }

    /// What it was started with.
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// What goes wrong.
    pub fn faults(&self) -> Faults {
        self.inner.with(|state| state.faults)
    }

    /// Changes what goes wrong.
    pub fn set_faults(&self, faults: Faults) {
        self.inner.with(|state| state.faults = faults);
    }

    /// Puts a person in, or in the place of the one there, and tells of it as an event.
    pub fn put(&self, nik: &str, person: Value, happened: &str) {
        self.inner.with(|state| {
            let kept = state.people.entry(nik.to_owned()).or_default();
            kept.version += 1;
            kept.person = person;
            kept.double = false;
            let event = state.event(nik, happened);
            state.events.push(event);
        });
    }

    /// From now on two records have this NIK.
    pub fn double(&self, nik: &str) {
        self.inner.with(|state| {
            let kept = state.people.entry(nik.to_owned()).or_default();
            kept.version += 1;
            kept.double = true;
        });
    }

    /// From now on somebody is registered there, and whoever asks about them is not shown that.
    pub fn hide_registration(&self, nik: &str) {
        self.inner.with(|state| {
            let kept = state.people.entry(nik.to_owned()).or_default();
            kept.version += 1;
            kept.registration = Some(json!({}));
            kept.hidden = true;
        });
    }

    /// Somebody of the record.
    pub fn kept(&self, nik: &str) -> Option<Kept> {
        self.inner.with(|state| state.people.get(nik).cloned())
    }

    /// NIKs in the order in which they were registered, one for each registration.
    pub fn registered(&self) -> Vec<String> {
        self.inner.with(|state| state.registered.clone())
    }

    /// What was asked, oldest first.
    pub fn asked(&self) -> Vec<Asked> {
        self.inner.with(|state| state.asked.clone())
    }

    /// What was counted.
    pub fn figures(&self) -> Figures {
        self.inner.with(|state| Figures {
            registered: state.registered.len() as u64,
            under_way: state.under_way.len() as u64,
            ..state.figures
        })
    }

    /// How many asked at once since it was looked at last.
    pub fn rush(&self) -> Rush {
        self.inner.with(|state| std::mem::take(&mut state.rush))
    }

    /// The event that tells of a person as they stand now.
    pub fn event(&self, nik: &str, happened: &str) -> Value {
        self.inner.with(|state| state.event(nik, happened))
    }

    /// Pushes events to a gateway, signed by `secret`.
    pub async fn push(
        &self,
        gateway: SocketAddr,
        events: &[Value],
        secret: &str,
    ) -> Result<Response, PostError> {
        let request = Request {
            method: "POST",
            target: "/record/events".to_owned(),
            content_type: "application/json",
            body: json!({ "events": events }).to_string(),
        };
        let proof = Proof::Hmac(secret.to_owned());
        post::exchange(gateway, &proof, &request, Duration::from_secs(10)).await
    }

    /// Stops answering.
    pub async fn stop(self) {
        self.inner.stopping.send_replace(true);
        let serving = self.inner.serving.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(serving) = serving {
            serving.abort();
            let _ = serving.await;
        }
    }
}

impl State {
    fn event(&self, nik: &str, happened: &str) -> Value {
        let at = self.events.len() + 1;
        json!({ "id": format!("e{at}"), "type": happened, "subject": self.answer(nik) })
    }

    /// What is known of a person.
    fn answer(&self, nik: &str) -> Value {
        match self.people.get(nik) {
            None => json!({ "nik": nik, "version": 0, "status": "not_found" }),
            Some(kept) if kept.double => {
                json!({ "nik": nik, "version": kept.version, "status": "double" })
            }
            Some(kept) => {
                let mut person = kept.person.clone();
                let shown = kept.registration.as_ref().filter(|_| !kept.hidden);
                if let (Some(fields), Some(of)) = (person.as_object_mut(), shown) {
                    fields.insert("registration".to_owned(), of.clone());
                }
                json!({ "nik": nik, "version": kept.version, "status": "found", "person": person })
            }
        }
    }

    /// Takes a registration; the same name again gets the same answer.
    fn register(&mut self, key: &str, body: &Value) -> (u16, Value) {
        if let Some(answer) = self.named.get(key) {
            return answer.clone();
        }
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let nik = text("nik");
        let answer = match self.people.get_mut(&nik) {
            None => (422, json!({ "status": "not_found" })),
            Some(kept) if kept.double => (422, json!({ "status": "mismatch" })),
            Some(kept) if kept.person["birth_date"] != body["birth_date"] => {
                (422, json!({ "status": "mismatch" }))
            }
            Some(kept) if kept.registration.is_some() => (409, json!({ "status": "already" })),
            Some(kept) => {
                kept.version += 1;
                let number = text("number");
                kept.registration = Some(json!({
                    "number": number, "reference": key, "registered_at": text("taken_at"),
                }));
                let version = kept.version;
                self.registered.push(nik.clone());
                let event = self.event(&nik, "registration");
                self.events.push(event);
                (201, json!({ "status": "registered", "number": number, "version": version }))
            }
        };
        self.named.insert(key.to_owned(), answer.clone());
        answer
    }

    /// The events after a cursor, and the next one.
    fn events_after(&self, after: Option<&str>, limit: usize) -> Value {
        let from = after.and_then(|after| after.parse::<usize>().ok()).unwrap_or(0);
        let events: Vec<&Value> = self.events.iter().skip(from).take(limit).collect();
        json!({ "cursor": (from + events.len()).to_string(), "events": events })
    }

    fn begin(&mut self, about: Option<String>) {
        self.under_way.push(about.clone());
        self.rush.at_once = self.rush.at_once.max(self.under_way.len());
        let of_one = self.under_way.iter().filter(|of| about.is_some() && **of == about).count();
        self.rush.of_one = self.rush.of_one.max(of_one);
    }

    fn end(&mut self, about: &Option<String>) {
        if let Some(at) = self.under_way.iter().position(|of| of == about) {
            self.under_way.swap_remove(at);
        }
    }

    fn remember(&mut self, asked: Asked) {
        if self.asked.len() < MOST_ASKED {
            self.asked.push(asked);
        }
    }
}
