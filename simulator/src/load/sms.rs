//! `simulator load sms`: notices through the gateway to an SMSC that takes everything, and texts
//! both ways; beside it, in the same run, the bare link.
//!
//! The ceiling is `setara::smpp::link` with a plain window of `submit_sm` and no database, against
//! the same sink with the same delay, links and window: the ratio says what durability costs.

use std::collections::VecDeque;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use serde::Serialize;
use setara::smpp::link::{Link, LinkSettings, LinkStatus, Outcome};
use setara::smpp::pdu::{Address, Message};
use simulator::phone::Phone;
use simulator::play::{self, SHORT_CODE};
use simulator::sink::{Counted, Manner, Receipts, Sink};
use tokio::process::Child;
use tokio::sync::mpsc;

use super::Failed;

/// What is sent, and over what.
#[derive(Debug, Args)]
pub struct Sms {
    /// Notices to send
    #[arg(long, default_value_t = 500_000)]
    messages: u64,
    /// How long the bare link and the two-way texts are measured
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Links of the account
    #[arg(long, default_value_t = 2)]
    links: usize,
    /// Messages unanswered at once, on each link
    #[arg(long, default_value_t = 100)]
    window: usize,
    /// How long the SMSC takes for an answer
    #[arg(long, default_value_t = 0)]
    smsc_delay_ms: u64,
    /// Whether the SMSC writes receipts
    #[arg(long)]
    no_receipts: bool,
    /// Phones that text at once; none skips the two-way texts
    #[arg(long, default_value_t = 200)]
    phones: u64,
    /// An empty PostgreSQL database instead of a SQLite file
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Print one JSON object instead of a table
    #[arg(long)]
    json: bool,
    /// Only the bare link
    #[arg(long)]
    bare: bool,
}

/// Keeps the window of every link full for a while and counts what was accepted in a second.
async fn bare(sms: &Sms) -> Result<f64, Failed> {
    let sink = sms.sink().await?;
    let mut links = tokio::task::JoinSet::new();
    let until = Instant::now() + Duration::from_secs(sms.seconds);
    for at in 0..sms.links {
        links.spawn(fill(sink.address().to_string(), sms.window, at as u64, until));
    }
    let mut rate = 0.0;
    while let Some(filled) = links.join_next().await {
        rate += filled??;
    }
    Ok(rate)
}

/// One link with a full window until then; messages accepted in a second.
async fn fill(address: String, window: usize, place: u64, until: Instant) -> Result<f64, Failed> {
    let mut settings = LinkSettings::new("bare", &address, "setara", "simulasi");
    settings.session.window = window;
    let (inbound, mut receipts) = mpsc::channel(1024);
    let link = Link::spawn(settings, inbound)?;
    tokio::spawn(async move { while receipts.recv().await.is_some() {} });
    link.status().wait_for(|status| *status == LinkStatus::Bound).await?;
    let (begun, mut waiting, mut sent, mut accepted) =
        (Instant::now(), VecDeque::new(), place << 32, 0u64);
    while Instant::now() < until {
        while waiting.len() < window * 2 {
            sent += 1;
            let deadline = Instant::now() + Duration::from_secs(30);
            waiting.push_back(link.hand_over(notice(sent), deadline).await);
        }
        for _ in 0..window {
            let Some(outcome) = waiting.pop_front() else { break };
            match outcome.await {
                Outcome::Accepted { .. } => accepted += 1,
                other => return Err(format!("the sink did not take a message: {other:?}").into()),
            }
        }
    }
    let rate = accepted as f64 / begun.elapsed().as_secs_f64();
    link.shutdown(Instant::now() + Duration::from_secs(5)).await;
    Ok(rate)
}

/// A message as an invitation is: one segment, from a name, to a phone of its own.
fn notice(number: u64) -> Message {
    const TEXT: &str = "PeduliLindungi: Bpk/Ibu S*** A****, giliran Anda vaksin COVID-19. \
                        Daftar gratis: tekan *119# atau balas VAKSIN ke 1199.";
    let to = Address::international(format!("62812{:08}", number % 100_000_000));
    Message::new(Address::alphanumeric("PEDULICOVID"), to, TEXT)
}

impl Sms {
    async fn sink(&self) -> Result<Sink, Failed> {
        let answer_after = Duration::from_millis(self.smsc_delay_ms);
        let receipts = if self.no_receipts { Receipts::Never } else { Receipts::Wanted };
        Ok(Sink::start(0, Manner { answer_after, receipts }).await?)
    }
}

/// Measures and prints.
pub async fn run(sms: Sms) -> Result<(), Failed> {
    let bare_sms_per_s = bare(&sms).await?;
    println!("bare {bare_sms_per_s:.0}");
    Ok(())
}
