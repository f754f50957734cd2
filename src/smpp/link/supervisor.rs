//! The client's link: connects, binds, and does so again after every loss.

use std::fmt;
use std::future::{Future, pending};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};

use super::backoff::{Backoff, BackoffSettings, Failure};
use super::connection::{Connection, Control, Inlet, Upshot, now, turn_away};
use super::inbound::Inbound;
use super::load::{LinkLoad, Meters};
use super::outlet::{Awaiting, Commands, Outlet, outlet};
use super::status::{Board, Down, LinkStatus};
use super::tls::{Connector, Tls, TlsError};
use crate::smpp::pdu::{Bind, BindKind, EncodeError, Message, Packet, Pdu, encode};
use crate::smpp::session::{Closed, Outcome, Session, Settings};

/// How a link binds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// One bind for both directions.
    #[default]
    Transceiver,
    /// A transmitter and a receiver, each on its own connection.
    Pair,
}

/// Everything a link has to know.
#[derive(Clone)]
pub struct LinkSettings {
    /// What it is called in logs and in [`Inbound::link`].
    pub name: String,
    /// Where the SMSC listens, as `host:port`.
    pub address: String,
    /// TLS, where the operator offers it.
    pub tls: Option<Tls>,
    /// How it binds.
    pub mode: Mode,
    /// At most 15 octets.
    pub system_id: String,
    /// At most 8 octets.
    pub password: String,
    /// At most 12 octets, often empty.
    pub system_type: String,
    /// 0x34 unless the operator says otherwise.
    pub interface_version: u8,
    /// At most 40 octets, usually empty.
    pub address_range: String,
    /// Window, bounds and timers.
    pub session: Settings,
    /// How patient it is after a loss.
    pub backoff: BackoffSettings,
    /// How long a connection may take, TLS included.
    pub connect: Duration,
}

impl LinkSettings {
    /// A plain transceiver with the default bounds and timers.
    pub fn new(name: &str, address: &str, system_id: &str, password: &str) -> Self {
        Self {
            name: name.to_owned(),
            address: address.to_owned(),
            tls: None,
            mode: Mode::default(),
            system_id: system_id.to_owned(),
            password: password.to_owned(),
            system_type: String::new(),
            interface_version: 0x34,
            address_range: String::new(),
            session: Settings::default(),
            backoff: BackoffSettings::default(),
            connect: Duration::from_secs(10),
        }
    }

    fn bind(&self, kind: BindKind) -> Bind {
        Bind {
            kind,
            system_id: self.system_id.clone().into(),
            password: self.password.clone().into(),
            system_type: self.system_type.clone().into(),
            interface_version: self.interface_version,
            addr_ton: 0,
            addr_npi: 0,
            address_range: self.address_range.clone().into(),
        }
    }
}

impl fmt::Debug for LinkSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkSettings")
            .field("name", &self.name)
            .field("address", &self.address)
            .field("mode", &self.mode)
            .field("system_id", &self.system_id)
            .finish_non_exhaustive()
    }
}

/// Why a link cannot even begin. All of it is configuration.
#[derive(Debug, thiserror::Error)]
pub enum SpawnError {
    /// The bind does not fit the standard.
    #[error(transparent)]
    Bind(#[from] EncodeError),
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// A supervised link to one SMSC account. Clones are handles to the same link; when the last one is
/// dropped, the link unbinds.
#[derive(Clone, Debug)]
pub struct Link {
    name: Arc<str>,
    outlet: Outlet,
    board: Arc<Board>,
    meters: Arc<Meters>,
    window: usize,
    control: Arc<watch::Sender<Control>>,
}

impl Link {
    /// Starts the link inside the running tokio runtime. Messages from the SMSC go to `inbound`;
    /// when that is full, they are refused for now.
    ///
    /// # Errors
    /// Settings that can never work.
    pub fn spawn(
        settings: LinkSettings,
        inbound: mpsc::Sender<Inbound>,
    ) -> Result<Self, SpawnError> {
        let host = settings.address.rsplit_once(':').map_or(&*settings.address, |(host, _)| host);
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let tls = settings.tls.as_ref().map(|tls| Connector::new(tls, host)).transpose()?;
        let kinds: &[BindKind] = match settings.mode {
            Mode::Transceiver => &[BindKind::Transceiver],
            Mode::Pair => &[BindKind::Transmitter, BindKind::Receiver],
        };
        check(settings.bind(BindKind::Transceiver))?;

        let (name, board) = (Arc::from(&*settings.name), Arc::new(Board::new(kinds.len())));
        let (control, controlled) = watch::channel(Control::Run);
        let (outlet, commands) = outlet();
        // The receiver of a pair takes no messages. Its channel closes with the link's own.
        let mut commands = Some(commands);
        let settings = Arc::new(settings);
        let meters = Arc::new(Meters::new(kinds.len()));
        let window = settings.session.window;
        for (place, &kind) in kinds.iter().enumerate() {
            let supervisor = Supervisor {
                kind,
                place,
                name: Arc::clone(&name),
                settings: Arc::clone(&settings),
                tls: tls.clone(),
                board: Arc::clone(&board),
                meters: Arc::clone(&meters),
                inbound: inbound.clone(),
                control: controlled.clone(),
                backoff: Backoff::new(settings.backoff),
            };
            let commands = commands.take();
            tokio::spawn(supervisor.run(commands));
        }
        Ok(Self { name, outlet, board, meters, window, control: Arc::new(control) })
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it is, now and at every change.
    pub fn status(&self) -> watch::Receiver<LinkStatus> {
        self.board.subscribe()
    }

    /// What it carries now.
    pub fn load(&self) -> LinkLoad {
        let load = self.meters.load(self.window);
        LinkLoad { queued: load.queued + self.outlet.waiting(), ..load }
    }

    /// Sends a message and waits for its end, at most until the deadline (and not much longer).
    pub async fn submit(&self, message: Message, deadline: Instant) -> Outcome {
        self.hand_over(message, deadline).await.await
    }

    /// Hands a message over and gives back what to await for its end. Waits itself only while the
    /// link has no room: that is the back-pressure. The order of calls is the order on the wire.
    pub fn hand_over(
        &self,
        message: Message,
        deadline: Instant,
    ) -> impl Future<Output = Awaiting> + Send + '_ {
        self.outlet.hand_over(message, deadline)
    }

    /// Takes nothing new, lets what is pending end until the deadline, unbinds, and returns when the
    /// link is closed: at most one response timer after the deadline.
    pub async fn shutdown(&self, deadline: Instant) {
        let mut status = self.status();
        self.board.unbinding();
        self.control.send_replace(Control::Stop(deadline));
        // An error means that the board is gone, and it cannot be: we hold it.
        let _ = status.wait_for(|status| *status == LinkStatus::Closed).await;
    }
}

fn check(bind: Bind) -> Result<(), EncodeError> {
    let status = crate::smpp::pdu::CommandStatus::ROK;
    encode(&Packet { status, sequence: 1, pdu: Pdu::Bind(Box::new(bind)) }, &mut Vec::new())
}

/// One bind of a link, through all its connections.
struct Supervisor {
    kind: BindKind,
    place: usize,
    name: Arc<str>,
    settings: Arc<LinkSettings>,
    tls: Option<Connector>,
    board: Arc<Board>,
    meters: Arc<Meters>,
    inbound: mpsc::Sender<Inbound>,
    control: watch::Receiver<Control>,
    backoff: Backoff,
}

impl Supervisor {
    async fn run(mut self, commands: Option<Commands>) {
        let (_unused, none) = mpsc::channel(1);
        let mut commands = commands.unwrap_or(none);
        while !self.is_stopping() {
            self.board.set(self.place, LinkStatus::Connecting);
            let why = match self.connect(&mut commands).await {
                None => break,
                Some(Err(why)) => why,
                Some(Ok(Wire::Plain(stream))) => {
                    let why;
                    (why, commands) = self.live(stream, commands).await;
                    Down::Session(why)
                }
                Some(Ok(Wire::Tls(stream))) => {
                    let why;
                    (why, commands) = self.live(*stream, commands).await;
                    Down::Session(why)
                }
            };
            if self.pause(why, &mut commands).await.is_none() {
                break;
            }
        }
        commands.close();
        turn_away(&mut commands).await;
        tracing::info!(link = &*self.name, bind = %self.kind, "SMPP link closed");
        self.board.set(self.place, LinkStatus::Closed);
    }

    /// Told to stop, or no handle is left that could want anything.
    fn is_stopping(&self) -> bool {
        self.control.has_changed().is_err() || *self.control.borrow() != Control::Run
    }

    /// None when the link is to stop.
    async fn connect(&mut self, commands: &mut Commands) -> Option<Result<Wire, Down>> {
        let (settings, tls) = (Arc::clone(&self.settings), self.tls.clone());
        let wire = async move {
            let wire = tokio::time::timeout(settings.connect, dial(&settings.address, tls)).await;
            match wire {
                Ok(Ok(wire)) => Ok(wire),
                Ok(Err(error)) => Err(Down::Unreachable(error.kind())),
                Err(_) => Err(Down::ConnectTimeout),
            }
        };
        self.meanwhile(wire, commands).await
    }

    /// Waits before the next attempt. None when the link is to stop.
    async fn pause(&mut self, why: Down, commands: &mut Commands) -> Option<()> {
        if self.is_stopping() {
            return None;
        }
        let wait = self.backoff.wait(Failure::of(why), rand::random());
        let (link, bind, retry_at) = (&*self.name, self.kind, now() + wait);
        let retry_ms = wait.as_millis() as u64;
        let status = match why.refusal() {
            Some(status) => {
                self.meters.refused();
                tracing::error!(link, %bind, %status, retry_ms, "SMPP bind refused");
                LinkStatus::Refused { status, retry_at }
            }
            None => {
                self.meters.lost();
                tracing::warn!(link, %bind, %why, retry_ms, "SMPP link down");
                LinkStatus::Down { why, retry_at }
            }
        };
        self.board.set(self.place, status);
        self.meanwhile(tokio::time::sleep(wait), commands).await
    }

    /// Does something else while there is no session, and turns away what is handed over. None when
    /// the link is to stop.
    async fn meanwhile<F: Future>(
        &mut self,
        work: F,
        commands: &mut Commands,
    ) -> Option<F::Output> {
        let turned_away = async {
            turn_away(commands).await;
            // Every handle is gone; `control` says so as well.
            pending::<()>().await;
        };
        let stopped =
            async { self.control.wait_for(|control| *control != Control::Run).await.ok() };
        let (work, turned_away) = (pin!(work), pin!(turned_away));
        tokio::select! {
            output = work => Some(output),
            _ = stopped => None,
            () = turned_away => None,
        }
    }

    /// A session from bind to end.
    async fn live<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        stream: S,
        commands: Commands,
    ) -> (Closed, Commands) {
        let (settings, opened) = (self.settings.session, now());
        let session = match Session::esme(self.settings.bind(self.kind), settings, opened) {
            Ok(session) => session,
            // The bind was tried before the link began.
            Err(_) => return (Closed::Lost, commands),
        };
        let mut connection = Connection::new(stream, session, commands, &settings);
        connection.watched_by(Arc::clone(&self.meters), self.place);
        let mut bound = None;
        let why = loop {
            match connection.run(&mut self.control).await {
                Upshot::Bound => {
                    bound = Some(now());
                    let bind = self.meters.bound();
                    let (link, inbound) = (Arc::clone(&self.name), self.inbound.clone());
                    connection.open(Inlet { link, bind, inbound });
                    self.board.set(self.place, LinkStatus::Bound);
                    tracing::info!(
                        link = &*self.name,
                        bind = %self.kind,
                        number = bind,
                        "SMPP link bound"
                    );
                }
                Upshot::BindRequested(_) => {}
                Upshot::Closed(why) => break why,
            }
        };
        if let Some(bound) = bound {
            self.backoff.held(now() - bound);
        }
        (why, connection.finish().await)
    }
}

/// A connection of either kind.
enum Wire {
    Plain(TcpStream),
    Tls(Box<tokio_rustls::client::TlsStream<TcpStream>>),
}

async fn dial(address: &str, tls: Option<Connector>) -> io::Result<Wire> {
    let stream = TcpStream::connect(address).await?;
    // Nagle's algorithm and delayed acknowledgements halve the throughput of a window.
    stream.set_nodelay(true)?;
    Ok(match tls {
        None => Wire::Plain(stream),
        Some(tls) => Wire::Tls(Box::new(tls.connect(stream).await?)),
    })
}
