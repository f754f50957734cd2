//! `simulator load sms`: notices through the gateway to an SMSC that takes everything, and texts
//! both ways; beside it, in the same run, the bare link.
//!
//! One campaign is queued while the SMSC turns every bind away, and then drained: so either is seen
//! alone. The gateway is started anew between the two, because a link that was turned away for long is
//! patient, and each with a patience of its own. Another campaign is queued and sent at once.
//!
//! The ceiling is `setara::smpp::link` with a plain window of `submit_sm` and no database, against
//! the same sink with the same delay, links and window: the ratio says what durability costs.

use std::collections::VecDeque;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use hdrhistogram::Histogram;
use serde::Serialize;
use setara::smpp::link::{Link, LinkSettings, LinkStatus, Outcome};
use setara::smpp::pdu::{Address, Message};
use simulator::operator::Operator;
use simulator::operator::sms::receipt::Ids;
use simulator::phone::Phone;
use simulator::play::{self, OperatorAddress, SHORT_CODE};
use simulator::sink::{Counted, Manner, Receipts, Sink};
use tokio::sync::mpsc;

use super::{Common, Failed, address, cpu, millis, network, peak_rss_mb, progress};
use crate::gateway::{self, Account};
use crate::node::{bound, setara, start_node, stop};

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
    /// Only the bare link
    #[arg(long)]
    bare: bool,
    /// No second campaign, which is queued and sent at once
    #[arg(long)]
    drain_only: bool,
    #[command(flatten)]
    common: Common,
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

/// What was measured. A message is one PDU at the SMSC.
#[derive(Debug, Serialize)]
struct Figures {
    /// Notices that were queued before, from the first to the last at the SMSC, durable.
    sms_per_s: f64,
    /// A plain window over the same links, durable in nothing.
    bare_sms_per_s: f64,
    ratio: f64,
    /// Which part of what the windows allow was sent, where the SMSC takes its time; without the first
    /// and the last tenth of the drain.
    window_share: Option<f64>,
    /// When the SMSC really answered, on average: its clock and the processor may be late.
    smsc_answer_ms: Option<f64>,
    /// From the start of a campaign to its last notice queued, while nothing can be sent.
    queued_s: f64,
    queued_per_s: f64,
    /// Of a campaign that is queued and sent at once: from its start to the last message at the SMSC.
    both_per_s: Option<f64>,
    /// From the start of that one to the last notice queued; to its end, if sending was as fast.
    both_queued_s: Option<f64>,
    /// Notices that never came.
    lost: u64,
    /// Notices that came more than once.
    duplicates: u64,
    /// The most memory that the gateway ever held.
    rss_mb: f64,
    /// What the gateway computed for a notice while it was queued, and while it was sent.
    queued_cpu_us: f64,
    sent_cpu_us: f64,
    /// Texts of phones, each answered by a text.
    turns_per_s: f64,
    turn_p50_ms: f64,
    turn_p99_ms: f64,
    /// Texts that nobody answered.
    unanswered: u64,
}

/// Measures and prints.
pub async fn run(sms: Sms) -> Result<(), Failed> {
    let bare_sms_per_s = bare(&sms).await?;
    if sms.bare {
        println!("{}", serde_json::json!({ "bare_sms_per_s": bare_sms_per_s.round() }));
        return Ok(());
    }
    let data = play::DataDirectory::new(None)?;
    let (sink, network) = (sms.sink().await?, network().await?);
    let taker = OperatorAddress {
        name: "penampung".to_owned(),
        dialect: network.dialect().name,
        address: sink.address(),
        account: play::account(),
        ids: Ids::Decimal,
    };
    let phones = address(&network);
    let accounts = [
        Account { operator: &taker, prefix: "0812", links: sms.links, window: sms.window },
        Account { operator: &phones, prefix: "0813", links: 1, window: 1000 },
    ];
    let (menus, database) = (&sms.common.menus, sms.common.database.as_deref());
    let file = gateway::write_sms_configuration(data.path(), &accounts, menus, database)?;
    gateway::fill(&file, PEOPLE).await?;

    sink.hold(true);
    let mut child = start_node(&file, Stdio::inherit())?;
    bound(&network, 1, &mut child).await?;
    let campaign = Campaign { name: HELD, messages: sms.messages, file: &file };
    campaign.create().await?;
    let before = cpu(&child);
    let begun = campaign.start().await?;
    let queued_s = queued(file.clone(), HELD, sms.messages, begun).await?.as_secs_f64();
    let queued_cpu = cpu(&child).saturating_sub(before);
    let mut rss_mb = peak_rss_mb(&child);
    stop(child).await?;

    sink.hold(false);
    let mut child = start_node(&file, Stdio::inherit())?;
    bound(&network, 1, &mut child).await?;
    let before = cpu(&child);
    taken(&sms, &sink).await;
    let sent_cpu = cpu(&child).saturating_sub(before);
    let drained = sink.counted();
    let sms_per_s = drained.distinct.saturating_sub(1) as f64 / drained.lasted.as_secs_f64();
    let (mut lost, mut duplicates) =
        (sms.messages.saturating_sub(drained.distinct), drained.duplicates);
    let window_share = (sms.smsc_delay_ms > 0).then(|| {
        let answers_per_s = 1000.0 / sms.smsc_delay_ms as f64;
        sink.steady_per_s(ENDS) / (answers_per_s * (sms.links * sms.window) as f64)
    });
    let smsc_answer_ms =
        (sms.smsc_delay_ms > 0).then_some(drained.answered_after.as_secs_f64() * 1e3);

    let (mut both_per_s, mut both_queued_s) = (None, None);
    if !sms.drain_only {
        sink.forget();
        let campaign = Campaign { name: AT_ONCE, messages: sms.messages, file: &file };
        campaign.create().await?;
        let begun = campaign.start().await?;
        let queued = tokio::spawn(queued(file.clone(), AT_ONCE, sms.messages, begun));
        let lasted = taken(&sms, &sink).await.saturating_duration_since(begun);
        queued.abort();
        // Still counting means that it was queued just before its end.
        both_queued_s = Some(queued.await.unwrap_or(Ok(lasted))?.as_secs_f64());
        let counted = sink.counted();
        both_per_s = Some(counted.distinct as f64 / lasted.as_secs_f64());
        lost += sms.messages.saturating_sub(counted.distinct);
        duplicates += counted.duplicates;
    }
    let (times, unanswered, lasted) = two_ways(&sms, &network).await?;
    rss_mb = peak_rss_mb(&child).max(rss_mb);
    stop(child).await?;
    network.stop().await;

    let each = |all: Duration| all.as_secs_f64() * 1e6 / sms.messages as f64;
    let figures = Figures {
        sms_per_s,
        bare_sms_per_s,
        ratio: sms_per_s / bare_sms_per_s,
        window_share,
        smsc_answer_ms,
        queued_s,
        queued_per_s: sms.messages as f64 / queued_s,
        both_per_s,
        both_queued_s,
        lost,
        duplicates,
        rss_mb,
        queued_cpu_us: each(queued_cpu),
        sent_cpu_us: each(sent_cpu),
        turns_per_s: times.len() as f64 / lasted.as_secs_f64(),
        turn_p50_ms: millis(&times, 0.5),
        turn_p99_ms: millis(&times, 0.99),
        unanswered,
    };
    sms.common.print(&figures, |figures| print(figures, &sms))
}

fn print(figures: &Figures, sms: &Sms) {
    let Sms { messages, links, window, smsc_delay_ms, .. } = sms;
    println!(
        "{messages} notices, {links} links, a window of {window}, {smsc_delay_ms} ms a response"
    );
    println!("  sms/s       {:>10.0}   durable, the SMSC on the same machine", figures.sms_per_s);
    println!("  bare        {:>10.0}   the same links without a database", figures.bare_sms_per_s);
    println!("  ratio       {:>10.2}", figures.ratio);
    if let (Some(share), Some(answer)) = (figures.window_share, figures.smsc_answer_ms) {
        println!(
            "  window      {:>10.1} % of what the windows allow; answered after {answer:.2} ms",
            100.0 * share
        );
    }
    println!("  queued      {:>10.0} a second, in {:.1} s", figures.queued_per_s, figures.queued_s);
    if let (Some(per_s), Some(queued_s)) = (figures.both_per_s, figures.both_queued_s) {
        println!(
            "  both        {per_s:>10.0} a second, queued and sent; queued in {queued_s:.1} s"
        );
    }
    println!("  lost        {:>10}", figures.lost);
    println!("  duplicates  {:>10}", figures.duplicates);
    println!("  memory      {:>10.0} MB at most", figures.rss_mb);
    println!(
        "  computed    {:>10.0} us a notice queued, {:.0} us sent",
        figures.queued_cpu_us, figures.sent_cpu_us
    );
    println!("  turns/s     {:>10.0}   texts answered by a text", figures.turns_per_s);
    println!("  p50, p99    {:>10.1}, {:.1} ms", figures.turn_p50_ms, figures.turn_p99_ms);
    println!("  unanswered  {:>10}", figures.unanswered);
}

/// People in the record; the phones of the campaign are nobody's.
const PEOPLE: u64 = 1000;
/// The campaign that is queued before it is sent.
const HELD: &str = "tertahan";
/// The one that is queued and sent at once.
const AT_ONCE: &str = "beban";
/// Without a further message for so long, a campaign is over.
const SILENCE: Duration = Duration::from_secs(10);
/// The part of a drain at either end in which windows may not be full.
const ENDS: f64 = 0.1;

/// A campaign with one notice to each phone of a file.
struct Campaign<'c> {
    name: &'c str,
    messages: u64,
    file: &'c Path,
}

impl Campaign<'_> {
    async fn create(&self) -> Result<(), Failed> {
        let list = self.file.with_file_name("phones.csv");
        write_phones(&list, self.messages)?;
        let list = list.to_string_lossy();
        let create = ["campaign", "create", self.name, "--text", "invitation", "--list", &list];
        setara(self.file, &create).await?;
        Ok(())
    }

    async fn start(&self) -> Result<Instant, Failed> {
        let begun = Instant::now();
        setara(self.file, &["campaign", "start", self.name]).await?;
        Ok(begun)
    }
}

/// Waits until all notices have come or none comes any more; gives when the last one came.
async fn taken(sms: &Sms, sink: &Sink) -> Instant {
    let bar = progress(sms.messages, "notices");
    let (mut last, mut since) = (0, Instant::now());
    loop {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let Counted { distinct, submitted, .. } = sink.counted();
        bar.set_position(distinct);
        if submitted > last {
            (last, since) = (submitted, Instant::now());
        }
        if distinct >= sms.messages || since.elapsed() > SILENCE {
            break;
        }
    }
    // A copy may still be on its way.
    tokio::time::sleep(Duration::from_secs(1)).await;
    bar.finish_and_clear();
    since
}

/// Asks how far the campaign is until all its notices are queued.
async fn queued(
    file: PathBuf,
    name: &'static str,
    messages: u64,
    begun: Instant,
) -> Result<Duration, Failed> {
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let told = setara(&file, &["campaign", "status", name, "--json"]).await?;
        let status: serde_json::Value = serde_json::from_str(&told)?;
        if status["queued"].as_u64().is_some_and(|queued| queued >= messages) {
            return Ok(begun.elapsed());
        }
    }
}

/// Invented people, each with a phone and a NIK of its own.
fn write_phones(list: &Path, count: u64) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::fs::File::create(list)?);
    writeln!(out, "phone,name,nik")?;
    for number in 0..count {
        let (serial, days) = (number % 9999 + 1, number / 9999);
        let (day, month, year) = (days % 28 + 1, days / 28 % 12 + 1, days / 336 % 100);
        let nik = format!("317301{day:02}{month:02}{year:02}{serial:04}");
        writeln!(out, "0812{number:08},Siti Aminah,{nik}")?;
    }
    out.flush()
}

/// What every phone texts, again and again: the menu, status, back, people, and back.
const SCRIPT: [&str; 5] = ["VAKSIN", "2", "0", "3", "0"];

/// Phones that text and wait for the answer: how long each took, how many never came.
async fn two_ways(
    sms: &Sms,
    network: &Operator,
) -> Result<(Histogram<u64>, u64, Duration), Failed> {
    let (mut times, mut unanswered) = (Histogram::new(3)?, 0);
    let bar = progress(sms.seconds, "texts both ways");
    let (stop, begun) = (Arc::new(AtomicBool::new(false)), Instant::now());
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..sms.phones {
        let phone = Phone::new(network, format!("0813{number:08}").parse()?).await?;
        let phone = phone.with_patience(Duration::from_secs(10));
        tasks.spawn(converse(phone, Arc::clone(&stop)));
    }
    for _ in 0..if sms.phones == 0 { 0 } else { sms.seconds } {
        tokio::time::sleep(Duration::from_secs(1)).await;
        bar.inc(1);
    }
    stop.store(true, Ordering::Relaxed);
    let lasted = begun.elapsed();
    while let Some(conversed) = tasks.join_next().await {
        let (taken, silent) = conversed?;
        times.add(&taken)?;
        unanswered += silent;
    }
    bar.finish_and_clear();
    Ok((times, unanswered, lasted))
}

async fn converse(mut phone: Phone, stop: Arc<AtomicBool>) -> (Histogram<u64>, u64) {
    let mut times = Histogram::new(3).unwrap_or_else(|_| unreachable!("3 is a valid precision"));
    let mut unanswered = 0;
    for text in SCRIPT.iter().cycle() {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let asked = Instant::now();
        let answered = async {
            phone.skip_texts().await?;
            phone.text(SHORT_CODE, text).await?;
            phone.next_text().await
        };
        let silent = answered.await.is_err();
        let micros = u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX);
        if silent || times.record(micros).is_err() {
            unanswered += 1;
        }
    }
    (times, unanswered)
}
