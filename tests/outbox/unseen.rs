//! The last screen of a session over SMPP of which the network says nothing: what was on it is told by text.

use std::time::Duration;

use setara::{app::Gateway, config::Config};

use crate::{
    bed::{Bed, both},
    smsc::{Manner, Smsc, Submit},
};

const SITI: &str = "6281290000001";

/// The clinic's queue shows a number on its last screen, and writes no notice.
const TAKES_A_NUMBER: &str = "*131*1*1#";

async fn start(bed: Bed, smsc: &Smsc) -> (Bed, Gateway) {
    let sms = "per_second = 500\nprefixes = [\"\"]\n[operator.telco]\ndialect = \"plain\"";
    let bed = bed.clinic().operator("telco", &[smsc.port], sms, "response_seconds = 1");
    let gateway = Gateway::start(&Config::read(&bed.config()).unwrap()).await.unwrap();
    (bed, gateway)
}

fn is_text(submit: &&Submit) -> bool {
    submit.message.tlvs.ussd_service_op().is_none()
}

fn silent() -> Manner {
    Manner { delay: Duration::from_secs(120), ..Manner::default() }
}

/// Waits until the screen and a text came, and a while in which no second one may.
async fn told_once(smsc: &Smsc) {
    smsc.came(2).await;
    // A text that is not answered is sent once more after fifteen seconds.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let submits = smsc.submits();
    let texts: Vec<&Submit> = submits.iter().filter(is_text).collect();
    assert_eq!((submits.len(), texts.len()), (2, 1));
    let text = String::from_utf8_lossy(&texts[0].message.short_message).into_owned();
    assert!(text.contains("sudah selesai diproses") && text.contains("*131#"), "{text}");
    assert_eq!(texts[0].to, SITI);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_last_screen_that_is_never_answered_is_told_by_text() {
    for bed in both().await {
        let smsc = Smsc::start(silent()).await;
        let (_bed, gateway) = start(bed, &smsc).await;
        smsc.bound().await;
        smsc.dials(SITI, TAKES_A_NUMBER);
        told_once(&smsc).await;
        gateway.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_last_screen_whose_link_breaks_is_told_by_text() {
    for bed in both().await {
        let smsc = Smsc::start(silent()).await;
        let (_bed, gateway) = start(bed, &smsc).await;
        smsc.bound().await;
        smsc.dials(SITI, TAKES_A_NUMBER);
        smsc.came(1).await;
        smsc.cut();
        told_once(&smsc).await;
        gateway.shutdown().await;
    }
}
