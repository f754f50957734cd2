//! The simulated SMSC held against a client library that is not ours: PyPI's `smpplib`, which binds,
//! sends, and takes receipts and texts. `SETARA_TEST_PYTHON` is a Python with the packages of
//! `tests/peers/requirements.txt`; `tests/run` makes one.

use std::process::Stdio;

use serde_json::Value;
use simulator::{operator::sms::Sender, phone::Phone};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
};

use crate::{node::PATIENCE, site::network};

#[tokio::test(flavor = "multi_thread")]
async fn a_client_of_another_library_sends_and_hears() {
    let network = network("plain").await;
    let phone = Phone::new(&network, "081290000001".parse().unwrap()).await.unwrap();
    let mut phone = phone.with_patience(PATIENCE);
    let texts = [
        "Vaksin Anda @ Puskesmas: 5 [lima] menit lagi, €0".to_owned(),
        "Selamat 😀 ж".to_owned(),
        format!("{} selesai", "Panjang ".repeat(40)),
        format!("{} 😀 selesai", "Пример ".repeat(30)),
    ];
    let python = std::env::var("SETARA_TEST_PYTHON").expect("a Python with smpplib: see tests/run");
    let mut client = Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/esme.py"))
        .arg(network.address().port().to_string())
        .arg("6281290000001")
        .args(&texts)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the client");
    let mut lines = BufReader::new(client.stdout.take().expect("piped above")).lines();
    for text in &texts {
        let came = phone.next_text().await.expect("a text");
        assert_eq!((&came.from, &came.text), (&Sender::Name("SMPPLIB".into()), text));
    }
    phone.text("1199", "Balasan").await.expect("sent");
    let mut told: Vec<Value> = Vec::new();
    let ends = async {
        while let Some(line) = lines.next_line().await.expect("a line") {
            told.push(serde_json::from_str(&line).expect("an object a line"));
        }
        client.wait().await.expect("it ran")
    };
    let status = tokio::time::timeout(PATIENCE, ends).await.expect("it ends");
    assert!(status.success(), "{told:#?}");
    let count = |kind: &str| told.iter().filter(|news| news["told"] == kind).count();
    // One, one, three of 153 and four of 67.
    let parts = told.iter().find(|news| news["told"] == "sent").expect("sent")["parts"].as_u64();
    let parts = usize::try_from(parts.expect("a number")).unwrap();
    assert_eq!((parts, count("taken"), count("receipt")), (9, 9, 9), "{told:#?}");
    let delivered = told.iter().filter(|news| news["told"] == "receipt");
    assert!(delivered.clone().all(|news| news["state"] == 2), "{told:#?}");
    assert!(told.iter().any(|news| news["text"] == "Balasan" && news["of"] == "6281290000001"));
    assert_eq!(count("unbound"), 1);
    let figures = network.sms_figures().await.expect("a network");
    assert_eq!((figures.refused, figures.unconfirmed), (0, 0), "{figures:?}");
    network.stop().await;
}
