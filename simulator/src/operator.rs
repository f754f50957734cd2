//! One operator network: an SMSC that the gateway binds to, and a USSD centre behind it.
//!
//! [`Operator::start`] opens the port and runs one task that owns the [`centre::Centre`]; phones
//! and links talk to it over bounded channels. The centre decides, `smsc` carries, this file only
//! connects the two. Must not know the gateway's code beyond the SMPP wire itself.

pub mod centre;
pub mod dialect;
pub mod face;
pub mod message;
mod smsc;
pub mod speech;

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;

use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::number::Number;
use crate::wire::{now, sleep_until};
use centre::{Answered, Centre, DeliveryId, Effect, Signal, Timing};
use dialect::Dialect;
use face::{Air, Face, Figures, NotNow};
use message::Deliver;
use smsc::{Delivers, FromLink, LinkId, ToLink};
use speech::{Refusal, Reply};

/// How many phone commands or link events wait at most before their senders wait.
const QUEUE: usize = 4096;
/// How many events of one phone are kept for a slow watcher.
const PHONE_EVENTS: usize = 32;
/// How many lines of the air log are kept for a slow watcher.
const AIR_EVENTS: usize = 512;

/// What one operator network is.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Name of the network, for the page and the log.
    pub name: String,
    /// Where the SMSC listens; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Who may bind.
    pub accounts: Vec<Account>,
    /// How the network speaks USSD.
    pub dialect: &'static Dialect,
    /// Service codes that are sent to the gateway, such as `*119#`.
    pub codes: Vec<String>,
    /// How long the network waits for what.
    pub timing: Timing,
}

/// A `system_id` and its password.
#[derive(Clone)]
pub struct Account {
    /// `system_id`, up to 15 characters.
    pub system_id: String,
    /// `password`, up to 8 characters.
    pub password: String,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("system_id", &self.system_id).finish_non_exhaustive()
    }
}

/// A running operator network. Clones are the same network.
#[derive(Debug, Clone)]
pub struct Operator {
    name: String,
    dialect: &'static Dialect,
    address: SocketAddr,
    commands: mpsc::Sender<Command>,
    air: broadcast::Sender<Air>,
    links: watch::Receiver<Vec<LinkView>>,
}

/// One bind as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LinkView {
    /// Who bound.
    pub system_id: String,
    /// `transceiver`, `transmitter` or `receiver`.
    pub kind: &'static str,
}

/// News of one phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhoneEvent {
    /// It shows something new.
    Face(Face),
    /// The gateway said this to it, and the network took it or not.
    Came(Reply, Result<(), Refusal>),
}

/// What a phone does, or what happens to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// It dials a string.
    Dial(String),
    /// It answers the screen that waits.
    Answer(String),
    /// The person has read a notice.
    Read,
    /// The person ends the session.
    HangUp,
    /// The network breaks the session off and tells the gateway.
    NetworkAbort,
    /// It loses or finds the network; nobody is told.
    Signal(Signal),
    /// The network sends the phone's last message once more.
    RepeatLast,
}

/// The network has been stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operator network has been stopped")]
pub struct Stopped;

enum Command {
    Act(Number, Act, oneshot::Sender<Result<(), NotNow>>),
    Watch(Number, oneshot::Sender<(Face, broadcast::Receiver<PhoneEvent>)>),
    Figures(oneshot::Sender<Figures>),
    CutLinks(oneshot::Sender<usize>),
    Stop(oneshot::Sender<()>),
}

impl Operator {
    /// Opens the SMSC's port and starts the network. Fails when the port cannot be opened.
    pub async fn start(settings: Settings) -> io::Result<Self> {
        let listener = tokio::net::TcpListener::bind(settings.listen).await?;
        let address = listener.local_addr()?;
        let (commands, commands_in) = mpsc::channel(QUEUE);
        let (from_links, links_in) = mpsc::channel(QUEUE);
        let (air, _) = broadcast::channel(AIR_EVENTS);
        let (links_view, links) = watch::channel(Vec::new());
        let (open, opened) = watch::channel(());
        let Settings { name, accounts, dialect, codes, timing, .. } = settings;
        let network = Network {
            centre: Centre::new(dialect, codes, timing),
            links: Vec::new(),
            next_link: 0,
            watched: HashMap::new(),
            air: air.clone(),
            links_view,
            open,
            accepting: tokio::spawn(smsc::accept(listener, accounts, from_links, opened)),
        };
        tokio::spawn(network.run(commands_in, links_in));
        Ok(Self { name, dialect, address, commands, air, links })
    }

    /// The network's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How the network speaks USSD.
    pub fn dialect(&self) -> &'static Dialect {
        self.dialect
    }

    /// Where the SMSC listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lets a phone act. Returns when the network has taken it, not when the service has replied:
    /// watch the phone for that.
    pub async fn act(&self, number: Number, act: Act) -> Result<Result<(), NotNow>, Stopped> {
        let (done, taken) = oneshot::channel();
        self.ask(Command::Act(number, act, done), taken).await
    }

    /// What the phone shows now, and its news from here on.
    pub async fn watch(
        &self,
        number: Number,
    ) -> Result<(Face, broadcast::Receiver<PhoneEvent>), Stopped> {
        let (done, watching) = oneshot::channel();
        self.ask(Command::Watch(number, done), watching).await
    }

    /// What the network counted so far.
    pub async fn figures(&self) -> Result<Figures, Stopped> {
        let (done, figures) = oneshot::channel();
        self.ask(Command::Figures(done), figures).await
    }

    /// Cuts every bind without a word, as a broken line does. Returns how many there were.
    pub async fn cut_links(&self) -> Result<usize, Stopped> {
        let (done, cut) = oneshot::channel();
        self.ask(Command::CutLinks(done), cut).await
    }

    /// What goes over the air from here on. A slow reader misses lines.
    pub fn air(&self) -> broadcast::Receiver<Air> {
        self.air.subscribe()
    }

    /// The binds, and every change of them.
    pub fn links(&self) -> watch::Receiver<Vec<LinkView>> {
        self.links.clone()
    }

    /// Waits until at least `count` binds stand.
    pub async fn bound(&self, count: usize) -> Result<(), Stopped> {
        let mut links = self.links.clone();
        links.wait_for(|links| links.len() >= count).await.map(drop).map_err(|_| Stopped)
    }

    /// Closes every bind and the port.
    pub async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        // Stopping a network twice is no error.
        let _ = self.ask(Command::Stop(done), stopped).await;
    }

    async fn ask<T>(&self, command: Command, answer: oneshot::Receiver<T>) -> Result<T, Stopped> {
        self.commands.send(command).await.map_err(|_| Stopped)?;
        answer.await.map_err(|_| Stopped)
    }
}

/// The task behind an [`Operator`].
struct Network {
    centre: Centre,
    links: Vec<Link>,
    /// Where the round over the links goes on.
    next_link: usize,
    watched: HashMap<Number, broadcast::Sender<PhoneEvent>>,
    air: broadcast::Sender<Air>,
    links_view: watch::Sender<Vec<LinkView>>,
    /// Dropped, it closes the port and ends every bind.
    open: watch::Sender<()>,
    accepting: JoinHandle<()>,
}

struct Link {
    id: LinkId,
    view: LinkView,
    delivers: Delivers,
    to: mpsc::Sender<ToLink>,
}

impl Network {
    async fn run(
        mut self,
        mut commands: mpsc::Receiver<Command>,
        mut links: mpsc::Receiver<FromLink>,
    ) {
        loop {
            let timer = self.centre.poll_timeout();
            tokio::select! {
                command = commands.recv() => match command {
                    Some(Command::Stop(done)) => {
                        drop(links);
                        self.stop().await;
                        let _ = done.send(());
                        return;
                    }
                    Some(command) => self.command(command),
                    None => return,
                },
                Some(event) = links.recv() => self.link(event),
                () = sleep_until(timer) => self.centre.handle_timeout(now()),
            }
            self.work();
        }
    }

    /// Binds whose orders end unbind; the port closes when the last is gone.
    async fn stop(mut self) {
        self.links.clear();
        drop(self.open);
        if let Err(error) = self.accepting.await {
            tracing::warn!(%error, "the port ended with an error");
        }
    }

    fn command(&mut self, command: Command) {
        // Nobody waits for an answer any more: then nobody is told.
        match command {
            Command::Act(number, act, done) => drop(done.send(self.act(number, act))),
            Command::Watch(number, done) => drop(done.send(self.watch(number))),
            Command::Figures(done) => drop(done.send(self.centre.figures())),
            Command::CutLinks(done) => {
                for link in &self.links {
                    let _ = link.to.try_send(ToLink::Cut);
                }
                let _ = done.send(self.links.len());
            }
            Command::Stop(_) => {}
        }
    }

    fn act(&mut self, number: Number, act: Act) -> Result<(), NotNow> {
        let now = now();
        match act {
            Act::Dial(text) => self.centre.dial(number, &text, now),
            Act::Answer(text) => self.centre.answer(number, &text, now),
            Act::Read => self.centre.read(number, now),
            Act::HangUp => self.centre.hang_up(number, now),
            Act::NetworkAbort => self.centre.network_abort(number, now),
            Act::Signal(signal) => self.centre.set_signal(number, signal),
            Act::RepeatLast => self.centre.repeat_last(number, now),
        }
    }

    fn watch(&mut self, number: Number) -> (Face, broadcast::Receiver<PhoneEvent>) {
        // Whoever is looked at is switched on; a full network has no room for it.
        let _ = self.centre.attach(number);
        self.watched.retain(|_, news| news.receiver_count() > 0);
        let news =
            self.watched.entry(number).or_insert_with(|| broadcast::Sender::new(PHONE_EVENTS));
        (self.centre.face(number), news.subscribe())
    }

    fn link(&mut self, event: FromLink) {
        match event {
            FromLink::Bound { id, view, delivers, to } => {
                tracing::info!(system_id = view.system_id, kind = view.kind, "gateway bound");
                self.links.push(Link { id, view, delivers, to });
                self.show_links();
            }
            FromLink::Submit { id, reply, submit } => {
                let Some(link) = self.links.iter().find(|link| link.id == id) else { return };
                let taken = self.centre.submit(&link.view.system_id, &submit, now());
                let status = taken.map_or_else(Refusal::status, |()| 0);
                // Places for answers are reserved, and a closed bind needs none.
                let _ = link.to.try_send(ToLink::Answer(reply, status));
            }
            FromLink::Delivered { id, delivery, answered } => {
                let link = self.links.iter().find(|link| link.id == id);
                let account = link.map_or("", |link| &link.view.system_id);
                self.centre.delivered(delivery, account, answered, now());
            }
            FromLink::Down { id } => {
                tracing::info!("bind gone");
                self.links.retain(|link| link.id != id);
                self.show_links();
            }
        }
    }

    fn show_links(&self) {
        self.links_view.send_replace(self.links.iter().map(|link| link.view.clone()).collect());
    }

    fn work(&mut self) {
        while let Some(effect) = self.centre.poll_effect() {
            match effect {
                Effect::Deliver(delivery, message) => self.deliver(delivery, message),
                Effect::Face(number, face) => self.tell(number, PhoneEvent::Face(face)),
                Effect::Came(number, reply, taken) => {
                    self.tell(number, PhoneEvent::Came(reply, taken));
                }
                Effect::Air(air) => drop(self.air.send(air)),
            }
        }
    }

    fn tell(&self, number: Number, event: PhoneEvent) {
        if let Some(news) = self.watched.get(&number) {
            // Whoever watched may have gone.
            let _ = news.send(event);
        }
    }

    /// Links take turns; one whose queue is full is passed over.
    fn deliver(&mut self, delivery: DeliveryId, message: Deliver) {
        let takes =
            |link: &Link| link.delivers == Delivers::Yes && link.to.capacity() > smsc::RESERVED;
        for _ in 0..self.links.len() {
            self.next_link = (self.next_link + 1) % self.links.len();
            let Some(link) = self.links.get(self.next_link).filter(|link| takes(link)) else {
                continue;
            };
            if link.to.try_send(ToLink::Deliver(delivery, message.clone())).is_ok() {
                return;
            }
        }
        self.centre.delivered(delivery, "", Answered::NoLink, now());
    }
}
