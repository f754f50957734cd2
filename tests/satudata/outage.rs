//! A record that takes seconds, fails half of its calls, and is gone for a while: everybody who registers
//! meanwhile gets a definite answer, on the screen or as a text later, and nobody is registered twice. What
//! the breaker and the queue do stands in `/metrics`.
//!
//! The short form is in every run; the one with the figures that are asked for is a measurement:
//! `cargo test --release --test satudata -- --ignored --nocapture eight_seconds`.

use std::time::{Duration, Instant};

use setara::app::Gateway;
use simulator::{phone::PhoneError, satudata::Requests};

use crate::bed::{Bed, Someone, both};

/// How bad it is.
#[derive(Clone, Copy)]
struct Plan {
    /// People of each phase.
    people: u32,
    /// How long an answer takes in the first.
    slow: Duration,
    /// How long the record is gone in the last.
    away: Duration,
}

/// How somebody came to an answer, and when.
#[derive(Debug, Clone, Copy)]
struct Ending {
    screen: Duration,
    text: Option<Duration>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_gets_a_definite_answer_while_the_record_fails() {
    let plan = Plan { people: 5, slow: Duration::from_secs(1), away: Duration::from_millis(1_500) };
    for bed in both().await {
        fails(bed.configured("session_ms = 500\n"), plan).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: some minutes for each database"]
async fn eight_seconds_half_of_the_calls_and_a_minute() {
    let plan = Plan { people: 10, slow: Duration::from_secs(8), away: Duration::from_secs(60) };
    for bed in both().await {
        let kind = bed.url.split(':').next().unwrap_or_default().to_owned();
        println!("{kind}: {} people in each phase", plan.people);
        fails(bed, plan).await;
    }
}

async fn fails(bed: Bed, plan: Plan) {
    let gateway = bed.gateway().await;
    let many = plan.people;
    for n in 0..3 * many {
        bed.record.put(
            &nik(n),
            serde_json::json!({
                "name": NAME, "birth_date": "1990-02-05", "doses": [], "blocked": false,
            }),
            "person",
        );
    }
    let slow_ms = u32::try_from(plan.slow.as_millis()).expect("some seconds");
    bed.faults(Requests::Good, 100, slow_ms);
    let ended = phase(&bed, 0..many, async || ()).await;
    told("slow", &ended);

    bed.faults(Requests::Failing, 50, 0);
    let ended = phase(&bed, many..2 * many, async || ()).await;
    told("half of the calls fail", &ended);

    bed.faults(Requests::Away, 100, 0);
    let ended = phase(&bed, 2 * many..3 * many, async || {
        let until = Instant::now() + plan.away;
        // The breaker is open, and the queue fills.
        let mut seen = (false, false);
        while seen != (true, true) || Instant::now() < until {
            let metrics = bed.metrics(&gateway).await;
            seen.0 |= figure(&metrics, "setara_record_breaker{state=\"open\"}") == 1.0;
            seen.1 |= figure(&metrics, "setara_record_inquiries{kind=\"register\"}") > 0.0;
        }
        bed.well();
    })
    .await;
    told("gone", &ended);
    assert!(ended.iter().all(|of| of.text.is_some()), "nobody could be told at once");

    let mut registered = bed.record.registered();
    registered.sort_unstable();
    let wanted: Vec<String> = (0..3 * many).map(nik).collect();
    assert_eq!(registered, wanted, "everybody once");
    emptied(&bed, &gateway).await;
    bed.end(gateway).await;
}

/// The queue is empty, and the breaker closed.
async fn emptied(bed: &Bed, gateway: &Gateway) {
    for _ in 0..30 {
        let metrics = bed.metrics(gateway).await;
        let waiting = figure(&metrics, "setara_record_inquiries{kind=\"register\"}");
        if waiting == 0.0 && figure(&metrics, "setara_record_breaker{state=\"closed\"}") == 1.0 {
            return;
        }
    }
    panic!("something is left over");
}

/// People register at once, while something happens.
async fn phase(
    bed: &Bed,
    people: std::ops::Range<u32>,
    meanwhile: impl AsyncFnOnce(),
) -> Vec<Ending> {
    let mut tasks = Vec::new();
    for n in people {
        let Someone { phone } = bed.phone(&format!("0812777{:05}", 100 + n)).await;
        // The queue asks for one after the other, in the order in which they came.
        let mut someone = Someone { phone: phone.with_patience(PATIENCE) };
        tasks.push(tokio::spawn(async move { registers(&mut someone, n).await }));
    }
    meanwhile().await;
    let mut ended = Vec::new();
    for task in tasks {
        ended.push(task.await.expect("a definite answer"));
    }
    ended
}

/// How long anybody waits for the result.
const PATIENCE: Duration = Duration::from_secs(600);

const NAME: &str = "Warga Percontohan";

fn nik(n: u32) -> String {
    format!("317301050290{:04}", 100 + n)
}

/// Registers, goes on where that is offered, and waits for the result where one is promised.
async fn registers(someone: &mut Someone, n: u32) -> Ending {
    let began = Instant::now();
    let mut screen = someone.phone.dial("*119*1#").await.expect("a screen");
    loop {
        if screen.text.contains("BERHASIL") || screen.text.contains("sudah TERDAFTAR") {
            return Ending { screen: began.elapsed(), text: None };
        }
        if screen.text.contains("menunggu validasi") {
            let screen = began.elapsed();
            someone.reads("SAH").await;
            return Ending { screen, text: Some(began.elapsed()) };
        }
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
        let answer = answers.iter().find(|(question, _)| screen.text.starts_with(question));
        let (_, answer) = answer.unwrap_or_else(|| panic!("no answer to {}", screen.text));
        screen = match someone.phone.answer(answer).await {
            Ok(screen) => screen,
            Err(PhoneError::Ended { .. }) => someone.phone.dial("*119*1#").await.expect("a screen"),
            Err(error) => panic!("{error}"),
        };
    }
}

/// A row of the table: how many were told at once and how many later, and the longest times.
fn told(phase: &str, ended: &[Ending]) {
    let later = ended.iter().filter(|of| of.text.is_some()).count();
    let screen = ended.iter().map(|of| of.screen).max().unwrap_or_default();
    let text = ended.iter().filter_map(|of| of.text).max().unwrap_or_default();
    println!(
        "{phase}: {} told at once, {later} by a text; last screen after {:.1} s, last text after {:.1} s",
        ended.len() - later,
        screen.as_secs_f64(),
        text.as_secs_f64(),
    );
}

fn figure(metrics: &str, series: &str) -> f64 {
    let line = metrics.lines().find(|line| line.starts_with(series));
    line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or(0.0)
}
