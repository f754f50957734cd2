//! How fast notices drain: a gateway in a process of its own, and a sink that only counts. Not a test
//! of speed, and not run by itself:
//!
//! `cargo test --release --test outbox drain -- --ignored --nocapture`

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use setara::outbox::{Class, Fate};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

use crate::{bed::Bed, node::Node};

/// Takes everything, after some time.
struct Sink {
    port: u16,
    count: Arc<AtomicUsize>,
}

impl Sink {
    async fn start(delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(take(stream, delay, Arc::clone(&counted)));
            }
        });
        Self { port, count }
    }
}

async fn take(stream: TcpStream, delay: Duration, count: Arc<AtomicUsize>) {
    stream.set_nodelay(true).unwrap();
    let (mut read, mut write) = stream.into_split();
    let (answers, mut due) = mpsc::channel::<(Instant, Vec<u8>)>(4096);
    tokio::spawn(async move {
        while let Some((at, octets)) = due.recv().await {
            tokio::time::sleep_until(at.into()).await;
            if write.write_all(&octets).await.is_err() {
                return;
            }
        }
    });
    let (mut buffer, mut filled) = (vec![0; 256 * 1024], 0);
    loop {
        let Ok(octets @ 1..) = read.read(&mut buffer[filled..]).await else { return };
        filled += octets;
        let (mut at, mut out) = (0, Vec::new());
        while filled - at >= 16 {
            let word = |from: usize| u32::from_be_bytes(buffer[from..from + 4].try_into().unwrap());
            let (length, command, sequence) = (word(at) as usize, word(at + 4), word(at + 12));
            if filled - at < length {
                break;
            }
            at += length;
            let body = match command {
                4 => format!("{:x}\0", count.fetch_add(1, Relaxed)),
                9 => "sink\0".to_owned(),
                _ => String::new(),
            };
            out.extend((16 + body.len() as u32).to_be_bytes());
            out.extend((command | 0x8000_0000).to_be_bytes());
            out.extend(0_u32.to_be_bytes());
            out.extend(sequence.to_be_bytes());
            out.extend(body.as_bytes());
        }
        buffer.copy_within(at..filled, 0);
        filled -= at;
        let _ = answers.send((Instant::now() + delay, out)).await;
    }
}

/// Resident memory of a process now, in MB.
fn resident_mb(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let kilobytes = |line: &str| line.split_whitespace().nth(1).and_then(|n| n.parse::<u64>().ok());
    status.lines().find(|line| line.starts_with("VmHWM")).and_then(kilobytes).unwrap_or(0) / 1024
}

async fn drain(bed: Bed, many: u32, window: usize, delay: Duration) {
    let sink = Sink::start(delay).await;
    let sms = "per_second = 1000000\nprefixes = [\"\"]";
    let bed = bed.operator("telco", &[sink.port], sms, &format!("window = {window}"));
    let began = Instant::now();
    bed.enqueue(many, Class::Reply, "telco").await;
    let queued = began.elapsed();
    let node = Node::start(&bed.config()).await;
    let first = loop {
        if sink.count.load(Relaxed) > 0 {
            break Instant::now();
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    };
    while sink.count.load(Relaxed) < many as usize {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let sent = first.elapsed();
    bed.until(Fate::Sent, many.into()).await;
    let settled = first.elapsed();
    let rate = f64::from(many) / settled.as_secs_f64();
    let allowed = window as f64 / delay.as_secs_f64().max(1e-9);
    println!(
        "{many} notices, window {window}, answers after {delay:?}: queued in {queued:?}, sent in \
         {sent:?}, settled in {settled:?}: {rate:.0}/s{}, {} MB at the most",
        if delay.is_zero() {
            String::new()
        } else {
            format!(" = {:.1} % of the window's {allowed:.0}/s", 100.0 * rate / allowed)
        },
        resident_mb(node.id()),
    );
    node.stop().await;
}

fn many() -> u32 {
    std::env::var("MANY").ok().and_then(|many| many.parse().ok()).unwrap_or(200_000)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn drain_on_sqlite() {
    drain(Bed::on_sqlite().await, many(), 1000, Duration::ZERO).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn drain_on_postgres() {
    drain(Bed::on_postgres().await, many(), 1000, Duration::ZERO).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn drain_slowly() {
    for window in [10, 50, 200] {
        let many = 300 * window as u32;
        drain(Bed::on_sqlite().await, many, window, Duration::from_millis(20)).await;
    }
}
