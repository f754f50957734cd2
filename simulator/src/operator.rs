//! One operator network: an SMSC that the gateway binds to, and behind it a USSD centre and an SMS
//! centre.
//!
//! [`Operator::start`] opens the port and runs one task, `running`, that owns [`centre::Centre`] and
//! [`sms::Exchange`]; phones and links talk to it over bounded channels. The centres decide, `smsc`
//! carries. Must not know the gateway's code beyond the SMPP wire itself.

pub mod centre;
pub mod dialect;
pub mod face;
pub mod message;
mod running;
pub mod sms;
mod smsc;
pub mod speech;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::{broadcast, mpsc, oneshot, watch};

use crate::number::Number;
use centre::{Signal, Timing};
use dialect::Dialect;
use face::{Air, Face, Figures, NotNow};
use running::{Command, Running};
use sms::faults::Faults;
use speech::{Refusal, Reply};

/// How many phone commands or link events wait at most before their senders wait.
const QUEUE: usize = 4096;
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
    /// How it carries SMS.
    pub sms: sms::Settings,
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
    ids: sms::receipt::Ids,
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
    /// A text is in its inbox.
    Text(sms::Text),
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
    /// It sends a text.
    Text {
        /// The short code.
        to: String,
        /// What the person typed.
        text: String,
    },
}

/// The network has been stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operator network has been stopped")]
pub struct Stopped;

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
        let (name, dialect, ids) = (settings.name.clone(), settings.dialect, settings.sms.ids);
        let accounts = settings.accounts.clone();
        let (out_of_order, in_order) = watch::channel(None);
        let door = smsc::Door { accounts, out_of_order: in_order };
        let accepting = tokio::spawn(smsc::accept(listener, door, from_links, opened));
        let sides = running::Sides { air: air.clone(), links_view, open, out_of_order, accepting };
        let running = Running::new(settings, sides);
        tokio::spawn(running.run(commands_in, links_in));
        Ok(Self { name, dialect, ids, address, commands, air, links })
    }

    /// The network's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How the network speaks USSD.
    pub fn dialect(&self) -> &'static Dialect {
        self.dialect
    }

    /// How it writes message ids.
    pub fn ids(&self) -> sms::receipt::Ids {
        self.ids
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

    /// The texts of a phone from here on; it may be on another network meanwhile. Unlike
    /// [`Operator::watch`] this switches no phone on.
    pub async fn overhear(
        &self,
        number: Number,
    ) -> Result<broadcast::Receiver<PhoneEvent>, Stopped> {
        let (done, news) = oneshot::channel();
        self.ask(Command::Overhear(number, done), news).await
    }

    /// What the network counted so far.
    pub async fn figures(&self) -> Result<Figures, Stopped> {
        let (done, figures) = oneshot::channel();
        self.ask(Command::Figures(done), figures).await
    }

    /// The texts of a phone after that with this serial (0 for all), oldest first.
    pub async fn inbox(&self, number: Number, after: u64) -> Result<Vec<sms::Text>, Stopped> {
        let (done, inbox) = oneshot::channel();
        self.ask(Command::Inbox(number, after, done), inbox).await
    }

    /// What the SMS centre counted so far.
    pub async fn sms_figures(&self) -> Result<sms::figures::Figures, Stopped> {
        let (done, figures) = oneshot::channel();
        self.ask(Command::SmsFigures(done), figures).await
    }

    /// What the SMS centre does wrong now.
    pub async fn faults(&self) -> Result<Faults, Stopped> {
        let (done, faults) = oneshot::channel();
        self.ask(Command::Faults(done), faults).await
    }

    /// What the SMS centre does wrong from now on.
    pub async fn set_faults(&self, faults: Faults) -> Result<(), Stopped> {
        let (done, set) = oneshot::channel();
        self.ask(Command::SetFaults(faults, done), set).await
    }

    /// Cuts every bind, and refuses new ones for this long. Returns how many binds there were.
    pub async fn outage(&self, lasts: Duration) -> Result<usize, Stopped> {
        let (done, cut) = oneshot::channel();
        self.ask(Command::Outage(lasts, done), cut).await
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
