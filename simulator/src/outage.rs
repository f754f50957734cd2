//! A national record that takes seconds, fails half of its calls, and is gone for a while, with people who
//! register meanwhile: who gets a definite answer, when, and what the gateway's `/metrics` say of it.
//!
//! Everybody has a phone of their own on one network and registers once. The gateway is reached over its
//! sockets alone; the words of its screens are those of the first service's menu.

use std::io;
use std::net::SocketAddr;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinHandle;

use crate::operator::Operator;
use crate::phone::{Phone, PhoneError};
use crate::satudata::{Faults, Requests, SatuData};

/// How bad it is.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// People of each phase, at most [`MOST_PEOPLE`].
    pub people: u32,
    /// How long an answer takes in the first.
    pub slow: Duration,
    /// How long the record is gone in the last.
    pub away: Duration,
}

/// People of a phase: each has a NIK of its own.
pub const MOST_PEOPLE: u32 = 3000;

/// What became of the people of a phase.
#[derive(Debug, Clone, Serialize)]
pub struct Phase {
    /// What was wrong.
    pub name: &'static str,
    /// Told on the screen.
    pub on_screen: u32,
    /// Told by a text, later.
    pub by_text: u32,
    /// When the last one had a last screen, in seconds since the phase began for them.
    pub last_screen_s: f64,
    /// When the last one had a text; 0 where nobody got one.
    pub last_text_s: f64,
    /// Questions that waited in the gateway's queue, at most.
    pub queue_most: f64,
    /// Questions of the queue that were asked at once, at most.
    pub asking_most: f64,
    /// Whether the breaker was seen open.
    pub breaker_open: bool,
}

/// What came of it.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// One after the other.
    pub phases: Vec<Phase>,
    /// People who are registered in the record.
    pub registered: u32,
    /// Of them, those who are so twice.
    pub twice: u32,
    /// The most requests that the record answered at once.
    pub at_once: usize,
}

/// Why it could not be played to its end.
#[derive(Debug, thiserror::Error)]
pub enum OutageError {
    /// A phone got no screen or text.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// A screen that is none of a registration.
    #[error("nobody knows an answer to: {0}")]
    Screen(String),
    /// The gateway does not tell what it counts.
    #[error("/metrics: {0}")]
    Metrics(#[from] io::Error),
    /// After everything questions wait, or the breaker stays open.
    #[error("the queue does not empty, or the breaker does not close")]
    Left,
    /// Somebody's script failed.
    #[error("a script ended: {0}")]
    Script(#[from] tokio::task::JoinError),
}

/// How long anybody waits for the result.
const PATIENCE: Duration = Duration::from_secs(600);
/// How often the gateway is asked what it counts.
const EVERY: Duration = Duration::from_millis(500);
const NAME: &str = "Warga Percontohan";
const CODE: &str = "*119*1#";

/// Plays it; each phase is told when it is over.
pub async fn run(
    network: &Operator,
    record: &SatuData,
    gateway: SocketAddr,
    plan: Plan,
    told: impl Fn(&Phase),
) -> Result<Report, OutageError> {
    let many = plan.people.min(MOST_PEOPLE);
    for n in 0..3 * many {
        let person =
            json!({ "name": NAME, "birth_date": "1990-02-05", "doses": [], "blocked": false });
        record.put(&nik(n), person, "person");
    }
    record.rush();
    let slow_ms = u32::try_from(plan.slow.as_millis()).unwrap_or(u32::MAX);
    let half = Faults { requests: Requests::Failing, percent: 50, answer_ms: 0 };
    let away = Faults { requests: Requests::Away, percent: 100, answer_ms: 0 };
    let played = [
        ("slow", Faults { answer_ms: slow_ms, ..Faults::default() }),
        ("half of the calls fail", half),
        ("gone", away),
    ];
    let mut phases = Vec::new();
    for (number, (name, faults)) in (0..).zip(played) {
        let people = number * many..(number + 1) * many;
        let until = (faults == away).then_some(plan.away);
        record.set_faults(faults);
        let phase = phase(network, record, gateway, (name, people, until)).await?;
        told(&phase);
        phases.push(phase);
    }
    record.set_faults(Faults::default());
    emptied(gateway).await?;
    let mut registered = record.registered();
    let all = registered.len();
    registered.sort_unstable();
    registered.dedup();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(Report {
        phases,
        registered: count(registered.len()),
        twice: count(all - registered.len()),
        at_once: record.rush().at_once,
    })
}

/// People register at once; where the record is gone, it is back after a while.
async fn phase(
    network: &Operator,
    record: &SatuData,
    gateway: SocketAddr,
    (name, people, away): (&'static str, Range<u32>, Option<Duration>),
) -> Result<Phase, OutageError> {
    let watch = Watch::over(gateway);
    let began = Instant::now();
    let mut tasks = Vec::new();
    for n in people {
        let number = format!("0812777{:05}", 100 + n).parse();
        let number = number.map_err(|_| OutageError::Screen("no number is left".to_owned()))?;
        let phone = Phone::new(network, number).await?.with_patience(PATIENCE);
        tasks.push(tokio::spawn(registers(phone, n)));
    }
    if let Some(away) = away {
        // Not before the breaker is open and the queue has filled.
        while began.elapsed() < away || !watch.has_seen_an_outage() {
            tokio::time::sleep(EVERY).await;
        }
        record.set_faults(Faults::default());
    }
    let mut ended = Vec::new();
    for task in tasks {
        ended.push(task.await??);
    }
    let seen = watch.end();
    let longest = |times: Vec<Duration>| times.into_iter().max().unwrap_or_default().as_secs_f64();
    let texts: Vec<Duration> = ended.iter().filter_map(|of| of.text).collect();
    let by_text = u32::try_from(texts.len()).unwrap_or(u32::MAX);
    Ok(Phase {
        name,
        on_screen: u32::try_from(ended.len()).unwrap_or(u32::MAX) - by_text,
        by_text,
        last_screen_s: longest(ended.iter().map(|of| of.screen).collect()),
        last_text_s: longest(texts),
        queue_most: seen.queue,
        asking_most: seen.asking,
        breaker_open: seen.open,
    })
}

/// How somebody came to an answer, and when.
#[derive(Debug, Clone, Copy)]
struct Ending {
    screen: Duration,
    text: Option<Duration>,
}

fn nik(n: u32) -> String {
    format!("317301050290{:04}", 100 + n)
}

/// Registers, goes on where that is offered, and waits for the result where one is promised.
async fn registers(mut phone: Phone, n: u32) -> Result<Ending, OutageError> {
    let began = Instant::now();
    let nik = nik(n);
    let answers = [
        ("NIK, nama & data kesehatan", "1"),
        ("Ketik 16 angka NIK", nik.as_str()),
        ("Ketik nama lengkap", NAME),
        ("Tanggal lahir?", "05021990"),
        ("Data nasional belum bisa dicek", "1"),
        ("Data nasional sedang lambat", "1"),
        ("Anda tinggal di Jakarta Barat?", "1"),
        ("Apakah Anda sedang demam", "1"),
        ("Tadi Anda belum selesai", "1"),
    ];
    let mut screen = phone.dial(CODE).await?;
    loop {
        if screen.text.contains("BERHASIL") || screen.text.contains("sudah TERDAFTAR") {
            return Ok(Ending { screen: began.elapsed(), text: None });
        }
        if screen.text.contains("menunggu validasi") {
            let screen = began.elapsed();
            while !phone.next_text().await?.text.contains("SAH") {}
            return Ok(Ending { screen, text: Some(began.elapsed()) });
        }
        let answer = answers.iter().find(|(question, _)| screen.text.starts_with(question));
        let Some((_, answer)) = answer else { return Err(OutageError::Screen(screen.text)) };
        screen = match phone.answer(answer).await {
            Err(PhoneError::Ended { .. }) => phone.dial(CODE).await?,
            answered => answered?,
        };
    }
}

/// What was seen in `/metrics` at most.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    queue: f64,
    asking: f64,
    open: bool,
}

/// Looks at the gateway's `/metrics` until it is ended.
struct Watch {
    seen: Arc<Mutex<Seen>>,
    task: JoinHandle<()>,
}

impl Watch {
    fn over(gateway: SocketAddr) -> Self {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let kept = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            loop {
                if let Ok(metrics) = metrics(gateway).await {
                    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                    kept.queue = kept.queue.max(figure(&metrics, WAITING));
                    kept.asking =
                        kept.asking.max(figure(&metrics, "setara_record_inquiries_asking "));
                    kept.open |= figure(&metrics, "setara_record_breaker{state=\"open\"}") == 1.0;
                }
                tokio::time::sleep(EVERY).await;
            }
        });
        Self { seen, task }
    }

    fn seen(&self) -> Seen {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_seen_an_outage(&self) -> bool {
        let seen = self.seen();
        seen.open && seen.queue > 0.0
    }

    fn end(self) -> Seen {
        self.task.abort();
        self.seen()
    }
}

const WAITING: &str = "setara_record_inquiries{kind=\"register\"}";

/// The queue is empty, and the breaker closed.
async fn emptied(gateway: SocketAddr) -> Result<(), OutageError> {
    for _ in 0..120 {
        let metrics = metrics(gateway).await?;
        let closed = figure(&metrics, "setara_record_breaker{state=\"closed\"}") == 1.0;
        if closed && figure(&metrics, WAITING) == 0.0 {
            return Ok(());
        }
        tokio::time::sleep(EVERY).await;
    }
    Err(OutageError::Left)
}

async fn metrics(gateway: SocketAddr) -> io::Result<String> {
    let mut stream = tokio::net::TcpStream::connect(gateway).await?;
    let asked = b"GET /metrics HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n\r\n";
    stream.write_all(asked).await?;
    let mut text = String::new();
    stream.read_to_string(&mut text).await?;
    Ok(text)
}

fn figure(metrics: &str, series: &str) -> f64 {
    let line = metrics.lines().find(|line| line.starts_with(series));
    line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or(0.0)
}
