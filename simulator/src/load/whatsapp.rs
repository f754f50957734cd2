//! `simulator load whatsapp`: signed events to the gateway's webhook, as fast as it acknowledges
//! them or at a rate; beside it, in the same run, a bare axum webhook.
//!
//! The ceiling reads the body and answers 200 and does nothing else: the ratio says what checking,
//! understanding and keeping an event costs. Whoever wrote has to be answered in the end.

use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::post;
use bytes::Bytes;
use clap::Args;
use hdrhistogram::Histogram;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use simulator::play::{self, Country};
use simulator::whatsapp::event::{self, Line, Said, Sender};
use simulator::whatsapp::pace::Limits;
use simulator::whatsapp::{Cloud, Settings};
use tokio::net::TcpStream;

use super::{Common, Failed, Pace, millis, peak_rss_mb, progress};
use crate::gateway;
use crate::node::{free_port, ready, start_node, stop};

/// What is told, and how fast.
#[derive(Debug, Args)]
pub struct Whatsapp {
    /// Connections of the cloud; each waits for an answer before its next event
    #[arg(long, default_value_t = 32)]
    connections: u64,
    /// How long to measure
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Events a second, whether answers come or not; without it as fast as they are acknowledged
    #[arg(long)]
    rate: Option<f64>,
    /// People who write
    #[arg(long, default_value_t = 1_000_000)]
    users: u64,
    /// Only the bare webhook
    #[arg(long)]
    bare: bool,
    #[command(flatten)]
    common: Common,
}

/// What was measured. An event is one message in a body of its own.
#[derive(Debug, Serialize)]
struct Figures {
    acks_per_s: f64,
    bare_acks_per_s: f64,
    ratio: f64,
    p50_ms: f64,
    p99_ms: f64,
    p999_ms: f64,
    /// Users who wrote and were never answered.
    lost: u64,
    /// Events that were answered by anything but 200, or not at all.
    errors: u64,
    /// The most memory that the gateway ever held.
    rss_mb: f64,
}

/// Measures and prints.
pub async fn run(load: Whatsapp) -> Result<(), Failed> {
    let bare = bare(&load).await?;
    let bare_acks_per_s = bare.per_second();
    if load.bare {
        println!("{}", serde_json::json!({ "bare_acks_per_s": bare_acks_per_s.round() }));
        return Ok(());
    }
    let data = play::DataDirectory::new(None)?;
    let cloud = Cloud::start(settings()).await?;
    let country = Country {
        operators: vec![],
        aggregators: vec![],
        cloud: Some(cloud.clone()),
        record: None,
        data: data.path().to_owned(),
    };
    let listen = free_port().await?;
    let file = gateway::write_unlimited_configuration(
        &country,
        &load.common.menus,
        load.common.database.as_deref(),
        listen,
    )?;
    gateway::fill(&file, PEOPLE).await?;
    let mut child = start_node(&file, Stdio::inherit())?;
    ready(&cloud, listen, &mut child).await?;
    let tally = drive(&load, listen, "gateway", Some(&cloud)).await?;
    let lost = unanswered(&cloud, &load, &tally).await;
    let rss_mb = peak_rss_mb(&child);
    stop(child).await?;
    cloud.stop().await;

    let figures = Figures {
        acks_per_s: tally.per_second(),
        bare_acks_per_s,
        ratio: tally.per_second() / bare_acks_per_s,
        p50_ms: millis(&tally.times, 0.5),
        p99_ms: millis(&tally.times, 0.99),
        p999_ms: millis(&tally.times, 0.999),
        lost,
        errors: tally.errors,
        rss_mb,
    };
    load.common.print(&figures, |figures| print(figures, &load))
}

fn print(figures: &Figures, load: &Whatsapp) {
    println!("{} connections, {} s", load.connections, load.seconds);
    println!(
        "  acks/s     {:>10.0}   signed events, kept before they are acknowledged",
        figures.acks_per_s
    );
    println!("  bare       {:>10.0}   an axum webhook that keeps nothing", figures.bare_acks_per_s);
    println!("  ratio      {:>10.2}", figures.ratio);
    println!("  p50        {:>10.2} ms", figures.p50_ms);
    println!("  p99        {:>10.2} ms", figures.p99_ms);
    println!("  p99.9      {:>10.2} ms", figures.p999_ms);
    println!("  lost       {:>10}", figures.lost);
    println!("  errors     {:>10}", figures.errors);
    println!("  memory     {:>10.0} MB at most", figures.rss_mb);
}

/// People in the record; those who write are nobody's.
const PEOPLE: u64 = 1000;
/// Without a further answer for so long, the gateway has nothing more to say.
const SILENCE: Duration = Duration::from_secs(10);

/// The cloud of the simulated country, without a pace: what is measured is how fast it is heard.
fn settings() -> Settings {
    let limits = Limits { per_second: 1_000_000, pair_every_ms: 0, pair_burst: u32::MAX };
    Settings { limits, ..gateway::whatsapp() }
}

/// A webhook that reads a body and says yes.
async fn bare(load: &Whatsapp) -> Result<Tally, Failed> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let router = Router::new().route("/whatsapp", post(async |_: Bytes| ()));
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let tally = drive(load, address, "bare webhook", None).await;
    serving.abort();
    tally
}

/// What came of the events.
struct Tally {
    /// From when an event was due to its acknowledgement, in microseconds.
    times: Histogram<u64>,
    errors: u64,
    /// Events that were begun: their users are those with smaller numbers.
    begun: u64,
    lasted: Duration,
}

impl Tally {
    fn per_second(&self) -> f64 {
        self.times.len() as f64 / self.lasted.as_secs_f64()
    }
}

async fn drive(
    load: &Whatsapp,
    to: SocketAddr,
    what: &'static str,
    cloud: Option<&Cloud>,
) -> Result<Tally, Failed> {
    let bar = progress(load.seconds, what);
    let (stop, begun) = (Arc::new(AtomicBool::new(false)), Instant::now());
    let pace = load.rate.map(|rate| Arc::new(Pace::new(rate, begun)));
    let next = Arc::new(AtomicU64::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..load.connections {
        let (settings, next) = (settings(), Arc::clone(&next));
        let told = Events { settings, next, users: load.users, cloud: cloud.cloned() };
        tasks.spawn(tell(to, told, Arc::clone(&stop), pace.clone()));
    }
    for _ in 0..load.seconds {
        tokio::time::sleep(Duration::from_secs(1)).await;
        bar.inc(1);
    }
    stop.store(true, Ordering::Relaxed);
    let lasted = begun.elapsed();
    let mut tally = Tally { times: Histogram::new(3)?, errors: 0, begun: 0, lasted };
    while let Some(told) = tasks.join_next().await {
        let (times, errors) = told?;
        tally.times.add(&times)?;
        tally.errors += errors;
    }
    tally.begun = next.load(Ordering::Relaxed);
    bar.finish_and_clear();
    Ok(tally)
}

/// Events to be told, each of another user as long as there are users.
struct Events {
    settings: Settings,
    next: Arc<AtomicU64>,
    users: u64,
    /// Who has to know that the user wrote, or refuses the answer.
    cloud: Option<Cloud>,
}

impl Events {
    fn request(&self, to: SocketAddr) -> hyper::Request<Full<Bytes>> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let Settings { phone_number_id, display_number, app_secret, .. } = &self.settings;
        let line = Line {
            account: "1".to_owned(),
            phone_number_id: phone_number_id.clone(),
            display_number: display_number.clone(),
        };
        let user = number % self.users.max(1);
        let id = format!("wamid.BEBAN{number:016}");
        if let Some(cloud) = &self.cloud {
            cloud.wrote_elsewhere(&phone_of(user), &id);
        }
        let sender = Sender {
            wa_id: Some(phone_of(user)),
            user_id: Some(format!("ID.1349{user:012}")),
            name: "Pengguna".to_owned(),
            identity: "1".to_owned(),
        };
        let said = Said::Text("Halo".to_owned());
        let body = event::body(&line, &[event::message(&line, &sender, &id, &now(), &said)]);
        let signature = event::signature(app_secret, &body);
        hyper::Request::post("/whatsapp")
            .header("host", to.to_string())
            .header("content-type", "application/json")
            .header("x-hub-signature-256", signature)
            .body(Full::new(Bytes::from(body)))
            .expect("a fixed path and hex digits")
    }
}

/// Waits until everybody who wrote was answered, or nobody is answered any more; gives how many
/// were not.
async fn unanswered(cloud: &Cloud, load: &Whatsapp, tally: &Tally) -> u64 {
    let wrote = tally.begun.min(load.users);
    let bar = progress(wrote, "answers");
    let (mut answered, mut since) = (0, Instant::now());
    while answered < wrote && since.elapsed() < SILENCE {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let now = cloud.answered();
        if now > answered {
            (answered, since) = (now, Instant::now());
        }
        bar.set_position(answered);
    }
    bar.finish_and_clear();
    wrote.saturating_sub(answered)
}

fn phone_of(user: u64) -> String {
    format!("62813{user:08}")
}

#[expect(clippy::disallowed_methods, reason = "an event says when it happened")]
fn now() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.unwrap_or_default().as_secs().to_string()
}

async fn connect(to: SocketAddr) -> Option<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(to).await.ok()?;
    stream.set_nodelay(true).ok()?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
    tokio::spawn(connection);
    Some(sender)
}

async fn tell(
    to: SocketAddr,
    events: Events,
    stop: Arc<AtomicBool>,
    pace: Option<Arc<Pace>>,
) -> (Histogram<u64>, u64) {
    let mut times = Histogram::new(3).unwrap_or_else(|_| unreachable!("3 is a valid precision"));
    let mut errors = 0;
    let mut wire = connect(to).await;
    while !stop.load(Ordering::Relaxed) {
        let due = match &pace {
            Some(pace) => pace.next().await,
            None => Instant::now(),
        };
        let Some(sender) = wire.as_mut().filter(|wire| !wire.is_closed()) else {
            errors += 1;
            tokio::time::sleep(Duration::from_millis(50)).await;
            wire = connect(to).await;
            continue;
        };
        let exchanged = async {
            sender.ready().await.ok()?;
            let answer = sender.send_request(events.request(to)).await.ok()?;
            let status = answer.status().as_u16();
            answer.into_body().collect().await.ok()?;
            Some(status)
        };
        let acknowledged = exchanged.await == Some(200);
        let micros = u64::try_from(due.elapsed().as_micros()).unwrap_or(u64::MAX);
        if !acknowledged || times.record(micros).is_err() {
            errors += 1;
        }
    }
    (times, errors)
}
