//! An aggregator: phones on one side, and on the other a gateway that it calls over HTTP for every
//! step of a session.
//!
//! Phones use it as they use an operator network: the same acts, the same faces. `provider` says
//! how it speaks, `exchange` does a step, `post` carries it. A step waits for the one before it, as an aggregator's own
//! queue of a session does.

mod exchange;
pub mod post;
pub mod provider;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{Semaphore, broadcast, watch};
use tokio::task::JoinHandle;

use crate::number::Number;
use crate::operator::centre::Signal;
use crate::operator::face::{Air, AirKind, Ending, Face, Figures, NotNow};

use crate::operator::{Act, LinkView, PhoneEvent, Stopped};
use post::{PostError, Proof, Response};
use provider::{Provider, Request, Session, Step, Why};

/// How many phones an aggregator knows at most.
const PHONES_MAX: usize = 100_000;
/// How many events of one phone are kept for a slow watcher.
const PHONE_EVENTS: usize = 32;
/// How many lines of the air log are kept for a slow watcher.
const AIR_EVENTS: usize = 512;
/// Exchanges under way at once: further ones wait for a connection, as in the pool of a real one.
const AT_ONCE: usize = 256;
/// Septets of the longest screen.
const SCREEN_MAX: usize = 182;

/// What one aggregator is.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Name of the network, for the page and the log.
    pub name: String,
    /// How it speaks.
    pub provider: Provider,
    /// Name of the gateway's account with it: it calls `/ussd/ACCOUNT`.
    pub account: String,
    /// What proves that it is this aggregator that calls.
    pub proof: Proof,
    /// Service codes that are sent to the gateway, such as `*119#`.
    pub codes: Vec<String>,
    /// How long it waits for a response.
    pub patience: Duration,
    /// Age at which a session is dropped.
    pub time_to_live: Duration,
}

impl Settings {
    /// An aggregator that waits ten seconds for a response, and three minutes for a person.
    pub fn new(
        name: &str,
        provider: Provider,
        account: &str,
        proof: Proof,
        codes: &[&str],
    ) -> Self {
        Self {
            name: name.to_owned(),
            provider,
            account: account.to_owned(),
            proof,
            codes: codes.iter().map(|&code| code.to_owned()).collect(),
            patience: Duration::from_secs(10),
            time_to_live: Duration::from_secs(180),
        }
    }
}

/// Whether steps are repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retries {
    /// Every step is sent once.
    Off,
    /// The connection falls after every step, and it is sent again.
    EveryStep,
}

/// A running aggregator. Clones are the same.
#[derive(Debug, Clone)]
pub struct Aggregator(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    settings: Settings,
    state: Mutex<State>,
    connections: Semaphore,
    air: broadcast::Sender<Air>,
    links: watch::Sender<Vec<LinkView>>,
}

#[derive(Debug)]
struct State {
    gateway: Option<SocketAddr>,
    retries: Retries,
    phones: HashMap<Number, Phone>,
    figures: Figures,
    serial: u64,
    stopped: bool,
}

#[derive(Debug)]
struct Phone {
    signal: Signal,
    face: Face,
    news: broadcast::Sender<PhoneEvent>,
    open: Option<Open>,
    last: Option<Sent>,
    /// The exchange that the next one waits for.
    running: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Open {
    serial: u64,
    session: Session,
    waits_for_gateway: bool,
}

/// A step on its way.
#[derive(Debug, Clone)]
struct Sent {
    number: Number,
    serial: u64,
    sequence: u32,
    step: Step,
    request: Request,
}

impl Aggregator {
    /// A new aggregator. Until it is told where the gateway is, nobody can be reached.
    pub fn start(settings: Settings) -> Self {
        let state = State {
            gateway: None,
            retries: Retries::Off,
            phones: HashMap::new(),
            figures: Figures::default(),
            serial: 0,
            stopped: false,
        };
        Self(Arc::new(Shared {
            settings,
            state: Mutex::new(state),
            connections: Semaphore::new(AT_ONCE),
            air: broadcast::Sender::new(AIR_EVENTS),
            links: watch::Sender::new(Vec::new()),
        }))
    }

    /// Where the gateway is from now on.
    pub fn calls(&self, gateway: SocketAddr) {
        self.state().gateway = Some(gateway);
        let system_id = self.0.settings.account.clone();
        self.0.links.send_replace(vec![LinkView { system_id, kind: "callback" }]);
    }

    /// Whether steps are repeated from now on.
    pub fn retry(&self, retries: Retries) {
        self.state().retries = retries;
    }

    /// What it is.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Where the gateway is, if that is known.
    pub fn gateway(&self) -> Option<SocketAddr> {
        self.state().gateway
    }

    /// Lets a phone act. Returns when the aggregator has taken it, not when the gateway has replied.
    pub fn act(&self, number: Number, act: Act) -> Result<Result<(), NotNow>, Stopped> {
        let mut state = self.state();
        if state.stopped {
            return Err(Stopped);
        }
        Ok(self.acted(&mut state, number, act))
    }

    /// What the phone shows now, and its news from here on.
    pub fn watch(
        &self,
        number: Number,
    ) -> Result<(Face, broadcast::Receiver<PhoneEvent>), Stopped> {
        let mut state = self.state();
        let stopped = state.stopped;
        let phone = state.phone(number).map_err(|_| Stopped)?;
        if stopped { Err(Stopped) } else { Ok((phone.face.clone(), phone.news.subscribe())) }
    }

    /// What it counted so far.
    pub fn figures(&self) -> Figures {
        let state = self.state();
        let open = state.phones.values().filter(|phone| phone.open.is_some()).count();
        Figures { sessions_open: open as u64, ..state.figures }
    }

    /// What goes over the air from here on. A slow reader misses lines.
    pub fn air(&self) -> broadcast::Receiver<Air> {
        self.0.air.subscribe()
    }

    /// The gateway it calls, and every change of it.
    pub fn links(&self) -> watch::Receiver<Vec<LinkView>> {
        self.0.links.subscribe()
    }

    /// The open session of a phone.
    pub fn session(&self, number: Number) -> Option<Session> {
        let mut state = self.state();
        state.phone(number).ok()?.open.as_ref().map(|open| open.session.clone())
    }

    /// Calls the gateway with any request, proved as always, and gives back what it says.
    ///
    /// # Errors
    /// See [`PostError`].
    pub async fn probe(&self, request: &Request) -> Result<Response, PostError> {
        let gateway = self.gateway().ok_or(PostError::Unreachable)?;
        let settings = self.settings();
        post::exchange(gateway, &settings.proof, request, settings.patience).await
    }

    /// Where the gateway is called.
    pub fn path(&self) -> String {
        format!("/ussd/{}", self.settings().account)
    }

    /// Takes no more acts, and waits for the exchanges under way.
    pub async fn stop(&self) {
        let running: Vec<_> = {
            let mut state = self.state();
            state.stopped = true;
            state.phones.drain().filter_map(|(_, phone)| phone.running).collect()
        };
        for exchange in running {
            // One that panicked has told so itself.
            let _ = exchange.await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn acted(&self, state: &mut State, number: Number, act: Act) -> Result<(), NotNow> {
        match act {
            Act::Dial(text) => self.dial(state, number, text),
            Act::Answer(text) => self.answer(state, number, text),
            Act::HangUp => self.end(state, number, Why::User),
            Act::NetworkAbort => self.end(state, number, Why::Network),
            Act::Signal(signal) => self.signal(state, number, signal),
            Act::RepeatLast => self.repeat(state, number),
            // Nothing is pushed here, so there is no notice to read.
            Act::Read => Err(NotNow::NoSession),
            Act::Text { .. } => Err(NotNow::NoTexts),
        }
    }

    fn dial(&self, state: &mut State, number: Number, text: String) -> Result<(), NotNow> {
        let serial = state.serial + 1;
        let phone = state.phone(number)?;
        if phone.signal == Signal::Off {
            return Err(NotNow::NoSignal);
        }
        phone.open = None;
        phone.show(Face::Running);
        if !self.is_for_us(&text) {
            phone.ended(Ending::UnknownCode);
            return Ok(());
        }
        let id = format!("{}-{serial}-{:08x}", self.0.settings.account, rand::random::<u32>());
        let session =
            Session { id, number, dialled: text, answers: vec![], sequence: 1, next: None };
        phone.open = Some(Open { serial, session, waits_for_gateway: true });
        state.serial = serial;
        state.figures.begins += 1;
        self.send(state, number, Step::Begin, AirKind::Begin);
        self.age(number, serial);
        Ok(())
    }

    fn answer(&self, state: &mut State, number: Number, text: String) -> Result<(), NotNow> {
        let phone = state.phone(number)?;
        if phone.signal == Signal::Off {
            return Err(NotNow::NoSignal);
        }
        let open = phone.open.as_mut().ok_or(NotNow::NoSession)?;
        if open.waits_for_gateway {
            return Err(NotNow::Running);
        }
        open.waits_for_gateway = true;
        open.session.answers.push(text.clone());
        open.session.sequence += 1;
        phone.show(Face::Running);
        state.figures.answers += 1;
        self.send(state, number, Step::Answer(text), AirKind::Answer);
        Ok(())
    }

    fn end(&self, state: &mut State, number: Number, why: Why) -> Result<(), NotNow> {
        let phone = state.phone(number)?;
        let open = phone.open.take().ok_or(NotNow::NoSession)?;
        phone.ended(match why {
            Why::User | Why::Service => Ending::User,
            Why::Network => Ending::Network,
            Why::TimeOut => Ending::TimeOut,
        });
        if why == Why::TimeOut {
            state.figures.time_outs += 1;
        } else {
            state.figures.aborts += 1;
        }
        self.over(state, open, why);
        Ok(())
    }

    fn signal(&self, state: &mut State, number: Number, signal: Signal) -> Result<(), NotNow> {
        let phone = state.phone(number)?;
        phone.signal = signal;
        let lost = phone.open.take().is_some();
        phone.show(if signal == Signal::Off { Face::NoSignal } else { Face::Idle });
        if lost {
            self.aired(number, AirKind::Lost, 0);
        }
        Ok(())
    }

    /// A repetition of what was answered is only for those whose requests can be told apart.
    fn repeat(&self, state: &mut State, number: Number) -> Result<(), NotNow> {
        let phone = state.phone(number)?;
        let sent = phone.last.clone().ok_or(NotNow::NoSession)?;
        if !self.0.settings.provider.numbers() {
            return Err(NotNow::NotRepeated);
        }
        state.figures.redelivered += 1;
        self.aired(number, AirKind::Redelivered, sent.request.body.len());
        self.exchange(state, sent, Retries::Off);
        Ok(())
    }

    /// Ends a session when it is too old.
    fn age(&self, number: Number, serial: u64) {
        let (shared, age): (Weak<Shared>, _) =
            (Arc::downgrade(&self.0), self.0.settings.time_to_live);
        tokio::spawn(async move {
            tokio::time::sleep(age).await;
            let Some(shared) = shared.upgrade() else { return };
            let aggregator = Self(shared);
            let mut state = aggregator.state();
            let open = state.phones.get(&number).and_then(|phone| phone.open.as_ref());
            if open.is_some_and(|open| open.serial == serial) {
                // It is open, so it can be ended.
                let _ = aggregator.end(&mut state, number, Why::TimeOut);
                aggregator.aired(number, AirKind::TimeOut, 0);
            }
        });
    }

    fn is_for_us(&self, text: &str) -> bool {
        self.0.settings.codes.iter().any(|code| {
            let stem = code.trim_end_matches('#');
            let rest = text.strip_prefix(stem);
            rest.is_some_and(|rest| rest.starts_with(['*', '#'])) && text.ends_with('#')
        })
    }

    fn aired(&self, number: Number, kind: AirKind, length: usize) {
        // Nobody may be listening.
        let _ = self.0.air.send(Air { number, kind, length });
    }
}

impl State {
    fn phone(&mut self, number: Number) -> Result<&mut Phone, NotNow> {
        if !self.phones.contains_key(&number) && self.phones.len() >= PHONES_MAX {
            return Err(NotNow::NetworkFull);
        }
        Ok(self.phones.entry(number).or_insert_with(|| Phone {
            signal: Signal::On,
            face: Face::Idle,
            news: broadcast::Sender::new(PHONE_EVENTS),
            open: None,
            last: None,
            running: None,
        }))
    }
}

impl Phone {
    fn show(&mut self, face: Face) {
        self.face = face.clone();
        self.tell(PhoneEvent::Face(face));
    }

    fn ended(&mut self, by: Ending) {
        self.show(Face::Ended { by, text: by.words().to_owned() });
    }

    fn tell(&self, event: PhoneEvent) {
        // Whoever watched may have gone.
        let _ = self.news.send(event);
    }
}
