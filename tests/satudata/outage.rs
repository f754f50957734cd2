//! A record that takes seconds, fails half of its calls, and is gone for a while: everybody who registers
//! meanwhile gets a definite answer, on the screen or as a text later, and nobody is registered twice. What
//! the breaker and the queue do stands in `/metrics`.
//!
//! The short form is in every run; the one with the figures that are asked for is a measurement:
//! `cargo run --release -p simulator -- outage`.

use std::time::Duration;

use simulator::outage::{self, Plan};

use crate::bed::both;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_gets_a_definite_answer_while_the_record_fails() {
    let plan = Plan { people: 5, slow: Duration::from_secs(1), away: Duration::from_millis(1_500) };
    for bed in both().await {
        let bed = bed.configured("session_ms = 500\n");
        let gateway = bed.gateway().await;
        let told = |phase: &outage::Phase| println!("{phase:?}");
        let report = outage::run(&bed.network, &bed.record, gateway.http(), plan, told).await;
        let report = report.expect("a definite answer for everybody");
        let [slow, half, gone] = &report.phases[..] else { panic!("three phases: {report:?}") };
        for phase in [slow, half, gone] {
            assert_eq!(phase.on_screen + phase.by_text, plan.people, "{phase:?}");
        }
        assert_eq!(gone.by_text, plan.people, "nobody could be told at once");
        assert!(gone.breaker_open && gone.queue_most > 0.0, "{gone:?}");
        assert_eq!((report.registered, report.twice), (3 * plan.people, 0), "everybody once");
        bed.end(gateway).await;
    }
}
