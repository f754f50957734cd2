//! What is left when the gateway is killed while the record is gone, or while a registration is on its way.

use std::time::Duration;

use simulator::satudata::Requests;

use crate::{
    bed::{Bed, both},
    conversations::{SITI, SITIS_PHONE},
    node::Node,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_gateway_forgets_no_registration_and_makes_none_twice() {
    for bed in both().await {
        let bed = bed.configured("session_ms = 400\nanswer_ms = 1500\ntries = 1\n");
        killed(bed).await;
    }
}

async fn killed(bed: Bed) {
    let node = Node::start(&bed.config()).await;
    bed.network.bound(1).await.expect("the link");
    bed.faults(Requests::Away, 100, 0);
    let mut siti = bed.phone(SITIS_PHONE).await;
    let screen = siti.registers(SITI, &["1", "1", "1"]).await;
    assert!(screen.text.contains("menunggu validasi"), "{}", screen.text);
    // The record is back, takes the registration, and the gateway is killed before it hears of it.
    bed.faults(Requests::Good, 100, 700);
    while !bed.record.asked().iter().any(|asked| asked.request.ends_with("registrations")) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    node.kill().await;
    bed.well();
    let node = Node::start(&bed.config()).await;
    bed.network.bound(1).await.expect("the link");
    siti.reads("SAH").await;
    assert_eq!(bed.record.registered(), [SITI.0]);
    let screen = siti.goes("*119*2#", &[]).await;
    assert!(screen.text.contains("sudah TERDAFTAR"), "{}", screen.text);
    node.kill().await;
    bed.network.stop().await;
    bed.record.stop().await;
}
