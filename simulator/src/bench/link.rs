//! How fast one bind is, beside what is possible.
//!
//! `submit_sm` per second over one bind on loopback, our link against our SMSC side, at a small and a
//! large window. In the same run the same load goes over a bare session: as little as can be called
//! one. It has the same callers, channels, window and sockets, writes and matches PDUs by hand, and
//! has no timers, no deadlines, no bounds but the window, no leniency and no outcomes to tell apart.
//! The ratio says what the link costs, whatever the machine.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::time::{Duration, Instant};

use bytes::Bytes;
use setara::smpp::link::{Link, LinkSettings, LinkStatus, Outcome, knock};
use setara::smpp::pdu::{Address, Message};
use setara::smpp::session::Settings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};

/// How long each of the measurements runs, and how long before it is not counted.
const MEASURE: Duration = Duration::from_secs(3);
const WARM_UP: Duration = Duration::from_millis(500);
/// Each is measured so often, in turn; the middle one counts.
const ROUNDS: usize = 3;
/// A text as a menu screen is.
const TEXT: &str = "PeduliLindungi\n1 Daftar vaksin\n2 Status vaksinasi\n3 Bahasa\n0 Keluar";

/// Measures and prints a table, or one JSON object.
///
/// # Errors
/// No socket on loopback.
pub async fn run(json: bool) -> io::Result<()> {
    let mut rows = Vec::new();
    for window in [10, 100] {
        let mut rates = [Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            // Spawned, because those who submit in the gateway are tasks, not its main thread.
            rates[0].push(tokio::spawn(link(window)).await??);
            rates[1].push(tokio::spawn(bare(window)).await??);
        }
        let [link, bare] = rates.map(|mut rates| {
            rates.sort_by(f64::total_cmp);
            rates[ROUNDS / 2]
        });
        rows.push((window, link, bare));
    }
    if json {
        let rows = rows.iter().map(|&(window, link, bare)| {
            serde_json::json!({
                "window": window,
                "link_sms_per_s": link.round(),
                "bare_sms_per_s": bare.round(),
                "ratio": (link / bare * 100.0).round() / 100.0,
            })
        });
        println!("{}", serde_json::json!({ "link": rows.collect::<Vec<_>>() }));
        return Ok(());
    }
    println!("one bind on loopback, submit_sm per second");
    println!("{:>8} {:>12} {:>12} {:>8}", "window", "link", "bare", "ratio");
    for (window, link, bare) in rows {
        println!("{window:>8} {link:>12.0} {bare:>12.0} {:>8.2}", link / bare);
    }
    Ok(())
}

/// Keeps the window full for a while and counts what was accepted in a second. `hand_over` gives
/// back what to await for the end of one message.
async fn load<F, W>(window: usize, mut hand_over: impl FnMut() -> F) -> f64
where
    F: Future<Output = Option<W>>,
    W: Future<Output: Accepted>,
{
    let mut waiting = VecDeque::new();
    let (begin, mut counted_from, mut count) = (Instant::now(), None, 0u64);
    loop {
        while waiting.len() < window * 2 {
            match hand_over().await {
                Some(outcome) => waiting.push_back(outcome),
                None => return 0.0,
            }
        }
        for _ in 0..window {
            if let Some(outcome) = waiting.pop_front() {
                assert!(outcome.await.is_accepted());
                count += 1;
            }
        }
        match counted_from {
            None if begin.elapsed() >= WARM_UP => (counted_from, count) = (Some(Instant::now()), 0),
            Some(from) if from.elapsed() >= MEASURE => {
                return count as f64 / from.elapsed().as_secs_f64();
            }
            _ => {}
        }
    }
}

/// The good end of a message, in both sessions.
trait Accepted {
    fn is_accepted(&self) -> bool;
}

impl Accepted for Outcome {
    fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted { .. })
    }
}

impl Accepted for Result<Bytes, oneshot::error::RecvError> {
    fn is_accepted(&self) -> bool {
        self.as_ref().is_ok_and(|id| !id.is_empty())
    }
}

fn message() -> Message {
    let mut message =
        Message::new(Address::short_code("119"), Address::international("6281200000001"), TEXT);
    message.tlvs.set_u8(setara::smpp::pdu::Tag::USSD_SERVICE_OP, 2);
    message
}

/// Our link against our SMSC side, whose owner answers each message with an id.
async fn link(window: usize) -> io::Result<f64> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    let smsc = tokio::spawn(async move {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (sender, mut inbound) = mpsc::channel(window * 2);
        let knock = knock(stream, Settings::default()).await.map_err(io::Error::other)?;
        let peer = knock.admit("smsc".into(), "peer", 1, sender).map_err(io::Error::other)?;
        let mut batch = Vec::new();
        let mut id = 0u64;
        while inbound.recv_many(&mut batch, 128).await > 0 {
            for inbound in batch.drain(..) {
                id += 1;
                inbound.responder.accept_as(id.to_string().into());
            }
        }
        drop(peer);
        io::Result::Ok(())
    });
    let mut settings = LinkSettings::new("bench", &address, "bench", "bench");
    settings.session.window = window;
    let (sender, _inbound) = mpsc::channel(1);
    let link = Link::spawn(settings, sender).map_err(io::Error::other)?;
    let mut status = link.status();
    status.wait_for(|status| *status == LinkStatus::Bound).await.map_err(io::Error::other)?;
    let message = message();
    let rate = load(window, || {
        let (link, message) = (&link, message.clone());
        async move {
            let deadline = Instant::now() + Duration::from_secs(5);
            Some(link.hand_over(message, deadline).await)
        }
    })
    .await;
    link.shutdown(Instant::now() + Duration::from_secs(1)).await;
    smsc.await.map_err(io::Error::other)??;
    Ok(rate)
}

/// The same load over as little as can be called a session.
async fn bare(window: usize) -> io::Result<f64> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let smsc = tokio::spawn(async move {
        let (stream, _) = listener.accept().await?;
        bare_smsc(stream).await
    });
    let stream = TcpStream::connect(address).await?;
    let (sender, receiver) = mpsc::channel(256);
    let client = tokio::spawn(bare_client(stream, receiver, window));
    let message = message();
    let rate = load(window, || {
        let (sender, message) = (&sender, message.clone());
        async move {
            let (done, outcome) = oneshot::channel();
            sender.send((message, done)).await.ok().map(|()| outcome)
        }
    })
    .await;
    client.abort();
    smsc.abort();
    Ok(rate)
}

/// Sends what comes, at most `window` unanswered, and tells each caller its message id.
async fn bare_client(
    mut stream: TcpStream,
    mut commands: mpsc::Receiver<(Message, oneshot::Sender<Bytes>)>,
    window: usize,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (mut reader, mut writer) = stream.split();
    let (mut pending, mut sequence) = (HashMap::new(), 0);
    let (mut taken, mut out) = (Vec::new(), Vec::new());
    let mut incoming = Incoming::new();
    loop {
        let room = window - pending.len();
        tokio::select! {
            count = commands.recv_many(&mut taken, room), if room > 0 => {
                if count == 0 {
                    return Ok(());
                }
                for (message, done) in taken.drain(..) {
                    sequence += 1;
                    pending.insert(sequence, done);
                    bare_submit(sequence, &message, &mut out);
                }
                writer.write_all(&out).await?;
                out.clear();
            }
            count = reader.read(incoming.space()) => incoming.take(count?, |sequence, body| {
                if let Some(done) = pending.remove(&sequence) {
                    let id = body.strip_suffix(b"\0").unwrap_or(body);
                    let _ = done.send(Bytes::copy_from_slice(id));
                }
            }),
        }
    }
}

/// Hands the text of every message to an owner, who answers with an id.
#[expect(clippy::disallowed_methods, reason = "as bare as it gets; the other side's window is it")]
async fn bare_smsc(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (mut reader, mut writer) = stream.split();
    let (inbound, mut texts) = mpsc::unbounded_channel::<(u32, Bytes)>();
    let (answered, mut answers) = mpsc::unbounded_channel::<(u32, String)>();
    tokio::spawn(async move {
        let mut id = 0u64;
        while let Some((sequence, text)) = texts.recv().await {
            assert_eq!(text, TEXT);
            id += 1;
            if answered.send((sequence, id.to_string())).is_err() {
                return;
            }
        }
    });
    let (mut incoming, mut taken, mut out) = (Incoming::new(), Vec::new(), Vec::new());
    loop {
        tokio::select! {
            count = reader.read(incoming.space()) => match count? {
                0 => return Ok(()),
                count => incoming.take(count, |sequence, body| {
                    let text = Bytes::copy_from_slice(bare_text(body).unwrap_or_default());
                    let _ = inbound.send((sequence, text));
                }),
            },
            _ = answers.recv_many(&mut taken, 128) => {
                for (sequence, id) in taken.drain(..) {
                    out.extend_from_slice(&(17 + id.len() as u32).to_be_bytes());
                    out.extend_from_slice(&[0x80, 0, 0, 4, 0, 0, 0, 0]);
                    out.extend_from_slice(&sequence.to_be_bytes());
                    out.extend_from_slice(id.as_bytes());
                    out.push(0);
                }
                writer.write_all(&out).await?;
                out.clear();
            }
        }
    }
}

/// `submit_sm` as a person in a hurry writes it.
fn bare_submit(sequence: u32, message: &Message, out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0]);
    out.extend_from_slice(&sequence.to_be_bytes());
    out.push(0);
    for address in [&message.source, &message.destination] {
        out.extend_from_slice(&[address.ton, address.npi]);
        out.extend_from_slice(&address.octets);
        out.push(0);
    }
    out.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 0, 0, message.short_message.len() as u8]);
    out.extend_from_slice(&message.short_message);
    out.extend_from_slice(&[0x05, 0x01, 0, 1, 2]);
    let length = (out.len() - start) as u32;
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
}

fn bare_text(body: &[u8]) -> Option<&[u8]> {
    let mut at = 1;
    for _ in 0..2 {
        at += 2;
        at += body.get(at..)?.iter().position(|&octet| octet == 0)? + 1;
    }
    let length = usize::from(*body.get(at + 9)?);
    body.get(at + 10..at + 10 + length)
}

/// Octets that came in, cut into PDUs.
struct Incoming {
    octets: Vec<u8>,
    filled: usize,
}

impl Incoming {
    fn new() -> Self {
        Self { octets: vec![0; 64 * 1024], filled: 0 }
    }

    fn space(&mut self) -> &mut [u8] {
        &mut self.octets[self.filled..]
    }

    /// Calls `each` with the number and the body of every whole PDU.
    fn take(&mut self, count: usize, mut each: impl FnMut(u32, &[u8])) {
        self.filled += count;
        let word = |at: usize| {
            let octets = self.octets[..self.filled].get(at..at + 4)?;
            Some(u32::from_be_bytes([octets[0], octets[1], octets[2], octets[3]]))
        };
        let mut at = 0;
        while let (Some(length), Some(sequence)) = (word(at), word(at + 12)) {
            let end = at + length as usize;
            if end > self.filled {
                break;
            }
            each(sequence, &self.octets[at + 16..end]);
            at = end;
        }
        self.octets.copy_within(at..self.filled, 0);
        self.filled -= at;
    }
}
