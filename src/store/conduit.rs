//! Connections to PostgreSQL that can be broken off from our side.
//!
//! A server that is killed resets its connections. One that loses its power or its network, or hangs, says
//! nothing more: TCP asks nobody about a connection on which only an answer is awaited, so whoever awaits it
//! would wait for ever, and sqlx gives back no connection while a statement of it runs. Therefore the
//! connections lead to a socket of ours, in a folder that only we may open, and from there to the server.
//! They break when another server is found to be the primary, and when the kernel has heard nothing from
//! the server for a while. What is encrypted stays so on the whole way.

use std::{
    fs::{self, DirBuilder, DirEntry},
    io,
    net::IpAddr,
    os::unix::{fs::DirBuilderExt, net},
    path::{Path, PathBuf},
    time::Duration,
};

use socket2::{SockRef, TcpKeepalive};
use sqlx::postgres::PgConnectOptions;
use tokio::{
    io::copy_bidirectional,
    net::{TcpStream, UnixListener, UnixStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::{sleep, timeout},
};

/// What the names of the sockets' folders begin with.
const FOLDER: &str = "setara-db-";

/// By then a socket is listened on, if anybody ever does.
const BEGUN: Duration = Duration::from_secs(60);

/// By which the socket is named.
const PORT: u16 = 5432;

/// A connection on which nothing comes is asked about after so long (`tcp(7)`: `TCP_KEEPIDLE`), and then
/// as often and as many times (`TCP_KEEPINTVL`, `TCP_KEEPCNT`).
const SILENT: Duration = Duration::from_secs(10);
const ASK_AGAIN: Duration = Duration::from_secs(5);
const ASKED: u32 = 3;

/// What was sent is acknowledged after so long at the latest (`TCP_USER_TIMEOUT`).
const ACKNOWLEDGED: Duration = Duration::from_secs(20);

/// How soon a server that takes no connection is tried again, and how long.
const TRY_AGAIN: Duration = Duration::from_millis(100);
const TRIED_FOR: Duration = Duration::from_secs(5);

/// Where a server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Server {
    host: String,
    port: u16,
}

impl Server {
    /// Where connections with these options go; nowhere, if to a socket file.
    pub(super) fn of(options: &PgConnectOptions) -> Option<Self> {
        let host = options.get_host();
        let local = options.get_socket().is_some() || host.starts_with('/');
        (!local).then(|| Self { host: host.to_owned(), port: options.get_port() })
    }

    /// Whether it is on our own machine: then it has no power and no network of its own.
    pub(super) fn is_ours(&self) -> bool {
        let address = self.host.trim_matches(['[', ']']).parse::<IpAddr>();
        self.host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }
}

/// A socket of ours before the primary. It is gone, and all connections with it, when this is dropped.
pub(super) struct Conduit {
    folder: PathBuf,
    to: watch::Sender<Server>,
    carrying: JoinHandle<()>,
}

impl Conduit {
    /// Opens the socket; must be called on a runtime.
    pub(super) fn open(to: Server) -> io::Result<Self> {
        let folders = std::env::temp_dir();
        clear(&folders, BEGUN);
        let folder = folders.join(format!("{FOLDER}{:016x}", rand::random::<u64>()));
        DirBuilder::new().mode(0o700).create(&folder)?;
        let listener = UnixListener::bind(folder.join(socket()));
        let listener = listener.inspect_err(|_| remove(&folder))?;
        let (to, server) = watch::channel(to);
        Ok(Self { folder, to, carrying: tokio::spawn(carry_all(listener, server)) })
    }

    /// The same connection by way of this. Its host stays the name that a certificate has to have.
    pub(super) fn through(&self, options: PgConnectOptions) -> PgConnectOptions {
        options.socket(&self.folder).port(PORT)
    }

    /// Where it leads now.
    pub(super) fn leads_to(&self) -> Server {
        self.to.borrow().clone()
    }

    /// Leads to this server from now on; connections to another one break. Returns whether it was another.
    pub(super) fn lead_to(&self, server: Server) -> bool {
        self.to.send_if_modified(|to| {
            let moved = *to != server;
            *to = server;
            moved
        })
    }
}

impl Drop for Conduit {
    fn drop(&mut self) {
        self.carrying.abort();
        remove(&self.folder);
    }
}

/// Removes what killed gateways have left: sockets that nobody listens on, and that are older than that.
fn clear(folders: &Path, age: Duration) {
    let left = |entry: &DirEntry| {
        let ours = entry.file_name().to_string_lossy().starts_with(FOLDER);
        let made = entry.metadata().and_then(|of| of.modified()).map(|made| made.elapsed());
        let refused = || {
            let tried = net::UnixStream::connect(entry.path().join(socket()));
            tried.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
        };
        ours && made.is_ok_and(|made| made.is_ok_and(|made| made >= age)) && refused()
    };
    let all = fs::read_dir(folders).into_iter().flatten().flatten();
    all.filter(left).for_each(|entry| remove(&entry.path()));
}

/// What the socket is called in its folder, as libpq and sqlx name it for a port.
fn socket() -> String {
    format!(".s.PGSQL.{PORT}")
}

fn remove(folder: &Path) {
    if let Err(error) = fs::remove_dir_all(folder) {
        tracing::debug!(%error, folder = %folder.display(), "a folder is left over");
    }
}

async fn carry_all(listener: UnixListener, server: watch::Receiver<Server>) {
    // Connections end with the set, and so with this task.
    let mut carried = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((near, _)) => drop(carried.spawn(carry(near, server.clone()))),
            Err(error) => {
                // Out of file handles: others may close soon.
                tracing::warn!(%error, "a connection to the database could not be begun");
                sleep(TRY_AGAIN).await;
            }
        }
        while carried.try_join_next().is_some() {}
    }
}

/// Carries octets both ways until either side closes, or another server is the primary.
async fn carry(mut near: UnixStream, mut server: watch::Receiver<Server>) {
    // Whoever connects waits as if for the server itself.
    let Ok(Some(mut far)) = timeout(TRIED_FOR, reach(&mut server)).await else { return };
    tokio::select! {
        // Either side may break off: the other one sees it.
        _ = copy_bidirectional(&mut near, &mut far) => {}
        _ = server.changed() => {}
    }
}

/// A connection to the server; to the next one, if it becomes another meanwhile.
async fn reach(server: &mut watch::Receiver<Server>) -> Option<TcpStream> {
    loop {
        let Server { host, port } = server.borrow_and_update().clone();
        let connected = async {
            let far = TcpStream::connect((host.as_str(), port)).await?;
            far.set_nodelay(true)?;
            watch_over(&far)?;
            Ok::<_, io::Error>(far)
        };
        tokio::select! {
            changed = server.changed() => changed.ok()?,
            connected = connected => match connected {
                Ok(far) => return Some(far),
                Err(error) => {
                    tracing::debug!(%error, "the database takes no connection");
                    sleep(TRY_AGAIN).await;
                }
            },
        }
    }
}

/// Lets the kernel find out whether the other end is still there.
fn watch_over(far: &TcpStream) -> io::Result<()> {
    let far = SockRef::from(far);
    let asks = TcpKeepalive::new().with_time(SILENT).with_interval(ASK_AGAIN).with_retries(ASKED);
    far.set_tcp_keepalive(&asks)?;
    #[cfg(target_os = "linux")]
    far.set_tcp_user_timeout(Some(ACKNOWLEDGED))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_gateway_left_is_removed() {
        let folders = tempfile::tempdir().unwrap();
        let bound = |name: &str| {
            let folder = folders.path().join(name);
            fs::create_dir(&folder).unwrap();
            net::UnixListener::bind(folder.join(socket())).unwrap()
        };
        let at_work = bound("setara-db-1");
        // The system keeps the file when nobody listens any more.
        drop((bound("setara-db-2"), bound("of-somebody-else")));
        fs::create_dir(folders.path().join("setara-db-3")).unwrap();
        let left = || {
            let all = fs::read_dir(folders.path()).unwrap();
            let mut names: Vec<_> = all.map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            names
        };
        clear(folders.path(), BEGUN);
        assert_eq!(left().len(), 4, "they may be about to begin");
        clear(folders.path(), Duration::ZERO);
        assert_eq!(left(), ["of-somebody-else", "setara-db-1", "setara-db-3"]);
        drop(at_work);
    }
}
