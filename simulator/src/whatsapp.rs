//! WhatsApp in a box: the Cloud API that a gateway sends by, its webhooks, and people who chat.
//!
//! Written from the documentation of the API alone, so that it and the gateway check each other:
//! what the real cloud refuses, this one refuses, with the same number ([`refusal::Code`]); what the
//! real one does wrong it does on demand ([`faults::Faults`]). Time can be moved ([`Cloud::advance`]).
//! Source: WhatsApp Business Platform, Cloud API, as of 2026.

mod account;
pub mod chat;
pub mod content;
pub mod event;
pub mod faults;
mod graph;
mod hook;
pub mod pace;
pub mod refusal;
pub mod template;
pub mod user;

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;

pub use account::{File, MEDIA_MS, TYPING_MS, WINDOW_MS};
pub use hook::{RETRIED_MS, VerifyError};

use crate::number::Number;
use account::Account;
use chat::Chat;
use event::{Line, Said};
use faults::{Faults, Figures};
use pace::Limits;
use refusal::{Refusal, Refused};
use template::Template;
use user::{Bubble, Profile};

/// News that may wait for a slow listener.
const NEWS: usize = 1024;

/// One number of a service, and how the cloud and its gateway know each other.
#[derive(Clone)]
pub struct Settings {
    /// Where the API listens; port 0 takes any free one.
    pub listen: SocketAddr,
    /// The number's id in the API.
    pub phone_number_id: String,
    /// The number, digits only.
    pub display_number: String,
    /// What the gateway proves itself with.
    pub token: String,
    /// What events are signed with.
    pub app_secret: String,
    /// What the cloud proves itself with when it asks a webhook.
    pub verify_token: String,
    /// How fast the number may send.
    pub limits: Limits,
    /// The texts that may be sent outside of the window.
    pub templates: Vec<Template>,
    /// How long a webhook may take to acknowledge.
    pub patience: Duration,
    /// How long the cloud waits before it tells an event the second time; then twice as long, …
    pub first_retry: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: ([127, 0, 0, 1], 0).into(),
            phone_number_id: "106540352242922".to_owned(),
            display_number: "6281110500567".to_owned(),
            token: "simulasi-token-whatsapp".to_owned(),
            app_secret: "simulasi-rahasia-aplikasi".to_owned(),
            verify_token: "simulasi-verifikasi".to_owned(),
            limits: Limits::default(),
            templates: Vec::new(),
            patience: Duration::from_secs(10),
            first_retry: Duration::from_secs(1),
        }
    }
}

/// Secrets are not for logs.
impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").field("listen", &self.listen).finish_non_exhaustive()
    }
}

/// Something that passed between the cloud and the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Air {
    /// The user's number with its middle hidden, or the id of somebody unknown.
    pub user: String,
    /// Which way, and what.
    pub passed: Passed,
}

/// What passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Passed {
    /// A user's message, for the gateway: its type.
    Event(&'static str),
    /// A message of the gateway that was taken: its kind.
    Message(&'static str),
    /// A request of the gateway that was refused: the number and why.
    Refused(u32, String),
    /// A body that the gateway did not acknowledge: its status, 0 for none.
    Unacknowledged(u16),
}

/// A running cloud. Clones are the same one.
#[derive(Debug, Clone)]
pub struct Cloud {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    settings: Settings,
    address: SocketAddr,
    account: Mutex<Account>,
    clock: Clock,
    queue: hook::Queue,
    /// Where events go; none before [`Cloud::subscribe`].
    webhook: watch::Sender<Option<String>>,
    /// The numbers of users whose phones have changed.
    news: broadcast::Sender<String>,
    /// The same for who waits for one user: thousands of them would wake at all news.
    bells: Mutex<HashMap<String, watch::Sender<()>>>,
    air: broadcast::Sender<Air>,
    stopping: watch::Sender<Running>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Running {
    Yes,
    No,
}

/// The time of day, and how far it was moved.
#[derive(Debug)]
struct Clock {
    shift: watch::Sender<u64>,
}

impl Clock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the cloud is another computer with its own clock"
    )]
    fn now(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or_default() + *self.shift.borrow()
    }

    fn shifted(&self) -> watch::Receiver<u64> {
        self.shift.subscribe()
    }
}

impl Inner {
    fn with<T>(&self, ask: impl FnOnce(&mut Account) -> T) -> T {
        ask(&mut self.account.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn line(&self) -> Line {
        self.with(|account| account.line.clone())
    }

    fn refused(&self, refusal: &Refusal) {
        let now = self.clock.now();
        tracing::debug!(code = refusal.code.number(), details = refusal.details, "refused");
        self.with(|account| account.count(refusal, now));
        let passed = Passed::Refused(refusal.code.number(), refusal.details.clone());
        self.pass("", passed);
    }

    fn pass(&self, user: &str, passed: Passed) {
        let user = user.parse::<Number>().map_or_else(|_| String::new(), Number::masked);
        // Nobody may be listening.
        let _ = self.air.send(Air { user, passed });
    }

    /// Takes what the gateway sends.
    fn send(&self, request: &Value) -> Result<Value, Refusal> {
        let now = self.clock.now();
        let (taken, faults) = self.with(|account| (account.post(request, now), account.faults));
        let taken = taken?;
        if let Some(passed) = taken.passed {
            self.pass(&taken.user, passed);
        }
        self.tell(&taken.user, taken.parts, &faults, now);
        Ok(taken.answer)
    }

    /// Takes what a user says; gives the message's id.
    fn say(&self, user: &str, said: &Said) -> String {
        let now = self.clock.now();
        let (id, part, faults) = self.with(|account| {
            let (id, part) = account.write(user, said, now);
            (id, part, account.faults)
        });
        self.pass(user, Passed::Event(said.word()));
        self.tell(user, vec![part], &faults, now);
        id
    }

    fn tell(&self, user: &str, parts: Vec<event::Part>, faults: &Faults, now: u64) {
        let lost = self.queue.put(user, parts, faults, now);
        if lost > 0 {
            self.with(|account| account.figures.given_up += lost);
        }
        self.ring(user);
    }

    /// The phone of a user has changed.
    fn ring(&self, user: &str) {
        // Nobody may be listening.
        let _ = self.news.send(user.to_owned());
        if let Some(bell) = self.bells().get(user) {
            bell.send_replace(());
        }
    }

    fn bells(&self) -> MutexGuard<'_, HashMap<String, watch::Sender<()>>> {
        self.bells.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn stopped(&self) {
        let mut running = self.stopping.subscribe();
        let _ = running.wait_for(|running| *running == Running::No).await;
    }
}

impl Cloud {
    /// Starts the API. Fails when the port is taken.
    pub async fn start(settings: Settings) -> io::Result<Self> {
        let listener = TcpListener::bind(settings.listen).await?;
        let line = Line {
            account: "102290129340398".to_owned(),
            phone_number_id: settings.phone_number_id.clone(),
            display_number: settings.display_number.clone(),
        };
        let account = Account::new(line, settings.limits, settings.templates.clone());
        let inner = Arc::new(Inner {
            address: listener.local_addr()?,
            settings,
            account: Mutex::new(account),
            clock: Clock { shift: watch::Sender::new(0) },
            queue: hook::Queue::default(),
            webhook: watch::Sender::new(None),
            news: broadcast::Sender::new(NEWS),
            bells: Mutex::default(),
            air: broadcast::Sender::new(NEWS),
            stopping: watch::Sender::new(Running::Yes),
            tasks: Mutex::new(Vec::new()),
        });
        let (serving, delivering) = (Arc::clone(&inner), Arc::clone(&inner));
        let router = graph::router(Arc::clone(&inner));
        let serve = tokio::spawn(async move {
            let stopped = async move { serving.stopped().await };
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stopped).await
            {
                tracing::warn!(%error, "the API ended with an error");
            }
        });
        let tasks = vec![serve, tokio::spawn(hook::deliver(delivering))];
        *inner.tasks.lock().unwrap_or_else(PoisonError::into_inner) = tasks;
        Ok(Self { inner })
    }

    /// Where the API is.
    pub fn address(&self) -> SocketAddr {
        self.inner.address
    }

    /// The base of the API's addresses: `http://127.0.0.1:…`.
    pub fn api(&self) -> String {
        format!("http://{}", self.inner.address)
    }

    /// What it was started with.
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// Asks the webhook at this URL whether it knows the verify token, and tells it everything
    /// from then on, beginning with what waits. Called again, moves to another webhook.
    pub async fn subscribe(&self, url: &str) -> Result<(), VerifyError> {
        let settings = &self.inner.settings;
        hook::verify(url, &settings.verify_token, settings.patience).await?;
        self.inner.webhook.send_replace(Some(url.to_owned()));
        Ok(())
    }

    /// The phone of the user with this number; made if there is none.
    pub fn chat(&self, number: Number, name: &str) -> Chat {
        let wa_id = number.to_string();
        self.inner.with(|account| {
            account.user(&wa_id, name);
        });
        Chat::new(self.clone(), number)
    }

    /// What goes wrong.
    pub fn faults(&self) -> Faults {
        self.inner.with(|account| account.faults)
    }

    /// Changes what goes wrong.
    pub fn set_faults(&self, faults: Faults) {
        self.inner.with(|account| account.faults = faults);
        self.inner.queue.changed.notify_one();
    }

    /// What was counted.
    pub fn figures(&self) -> Figures {
        let mut figures = self.inner.with(|account| account.figures.clone());
        figures.waiting = self.inner.queue.len() as u64;
        figures
    }

    /// Everything that was refused lately, oldest first.
    pub fn refused(&self) -> Vec<Refused> {
        self.figures().refusals
    }

    /// What was refused because the gateway broke a rule: a limit, a format, the window, the pace.
    /// A gateway that keeps to the rules leaves this empty whatever is switched on.
    pub fn broken_rules(&self) -> Vec<Refused> {
        let ours = |refused: &Refused| refusal::is_the_senders_fault(refused.code);
        self.refused().into_iter().filter(ours).collect()
    }

    /// Moves the clock of the cloud forward: windows close, files grow old, retries come due.
    pub fn advance(&self, by: Duration) {
        let by = u64::try_from(by.as_millis()).unwrap_or_default();
        self.inner.clock.shift.send_modify(|shift| *shift += by);
    }

    /// Milliseconds since 1970, by the clock of the cloud.
    pub fn now(&self) -> u64 {
        self.inner.clock.now()
    }

    /// The octets and the media type of a file, as the app of a user keeps them.
    pub fn file(&self, media: &str) -> Option<File> {
        self.inner.with(|account| account.received(media).cloned())
    }

    /// A user wrote the message of this id, and somebody else tells the gateway so.
    pub fn wrote_elsewhere(&self, wa_id: &str, id: &str) {
        let now = self.now();
        self.inner.with(|account| account.wrote(wa_id, id, now));
    }

    /// How many users have got a message of the service.
    pub fn answered(&self) -> u64 {
        let by_service = |bubble: &Bubble| bubble.author == user::Author::Service;
        self.inner.with(|account| {
            let users = account.users.values();
            users.filter(|user| user.bubbles.iter().any(by_service)).count() as u64
        })
    }

    /// The numbers of users whose phones change, from now on.
    pub fn news(&self) -> broadcast::Receiver<String> {
        self.inner.news.subscribe()
    }

    /// What passes between the cloud and the gateway, from now on.
    pub fn air(&self) -> broadcast::Receiver<Air> {
        self.inner.air.subscribe()
    }

    /// Stops the API and tells nothing any more.
    pub async fn stop(self) {
        self.inner.stopping.send_replace(Running::No);
        let tasks =
            std::mem::take(&mut *self.inner.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for task in tasks {
            let _ = task.await;
        }
    }

    /// Changes of one user's phone, from now on.
    fn bell(&self, user: &str) -> watch::Receiver<()> {
        self.inner.bells().entry(user.to_owned()).or_default().subscribe()
    }

    fn bubbles(&self, user: &str, after: u64) -> Vec<Bubble> {
        self.inner.with(|account| {
            let bubbles = &account.user(user, "").bubbles;
            bubbles.iter().filter(|bubble| bubble.serial > after).cloned().collect()
        })
    }

    fn typing(&self, user: &str) -> bool {
        let now = self.now();
        self.inner.with(|account| account.user(user, "").typing_until > now)
    }

    fn profile(&self, user: &str) -> Profile {
        self.inner.with(|account| account.user(user, "").profile)
    }

    fn set_profile(&self, user: &str, profile: Profile) {
        self.inner.with(|account| account.set_profile(user, profile));
        self.inner.ring(user);
    }

    fn user_id(&self, user: &str) -> String {
        self.inner.with(|account| account.user(user, "").user_id.clone())
    }

    fn say(&self, user: &str, said: &Said) -> String {
        self.inner.say(user, said)
    }

    fn keep_sent(&self, mime: &str, name: &str, octets: Bytes, caption: &str) -> event::FileSent {
        let (mime, name, at) = (mime.to_owned(), name.to_owned(), self.now());
        self.inner.with(|account| account.keep_sent(File { mime, name, octets, at }, caption))
    }
}
