//! One SMPP session over one TCP stream: reads, writes and timers, and nothing of what is said.
//!
//! Used by both ends of the simulator: the SMSC and the bare responder. [`Wire::turn`] may be
//! dropped at any await, so that an owner can wait for its own channels beside it.

use std::io;
use std::time::{Duration, Instant};

use setara::smpp::session::Session;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

/// Octets read at once.
const READ: usize = 64 * 1024;
/// With more than this unwritten, nothing more is read: the peer has to take its answers first.
const UNWRITTEN_MAX: usize = 1 << 20;
/// How long the last octets of a session may take.
const LINGER: Duration = Duration::from_secs(2);

pub(crate) struct Wire<T> {
    pub session: Session<T>,
    reader: OwnedReadHalf,
    writer: OwnedWriteHalf,
    read: Vec<u8>,
    unwritten: Vec<u8>,
    written: usize,
}

impl<T> Wire<T> {
    pub fn new(stream: TcpStream, session: Session<T>) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        let (reader, writer) = stream.into_split();
        let read = vec![0; READ];
        Ok(Self { session, reader, writer, read, unwritten: Vec::new(), written: 0 })
    }

    /// Waits until octets came or went or a timer fired, and tells the session. Afterwards the
    /// session may have events.
    pub async fn turn(&mut self) {
        self.take_output();
        let timeout = self.session.poll_timeout();
        tokio::select! {
            came = self.reader.read(&mut self.read), if self.unwritten.len() < UNWRITTEN_MAX => {
                match came {
                    Ok(0) | Err(_) => self.session.handle_closed(),
                    Ok(n) => {
                        let octets = self.read.get(..n).unwrap_or_default();
                        self.session.handle_octets(octets, now());
                    }
                }
            }
            went = self.writer.write(self.unwritten.get(self.written..).unwrap_or_default()),
                if self.written < self.unwritten.len() =>
            {
                match went {
                    Ok(n) => self.written += n,
                    Err(_) => self.session.handle_closed(),
                }
            }
            () = sleep_until(timeout) => self.session.handle_timeout(now()),
        }
    }

    /// Writes what a session that is over still has to say, within reason.
    pub async fn finish(mut self) {
        self.take_output();
        let rest = self.unwritten.get(self.written..).unwrap_or_default();
        // The peer may be gone; then nobody misses the rest.
        let _ = tokio::time::timeout(LINGER, self.writer.write_all(rest)).await;
    }

    fn take_output(&mut self) {
        if self.written == self.unwritten.len() {
            self.unwritten.clear();
            self.written = 0;
        }
        self.session.poll_transmit(&mut self.unwritten);
    }
}

pub(crate) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

pub(crate) async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
