//! Traces, as a receiver that is not ours reads them: OpenTelemetry's own definition of the
//! messages, in Python. Built with the feature `otlp`; `SETARA_TEST_PYTHON` is a Python with the
//! package of `tests/peers/requirements.txt`.

use std::{collections::BTreeMap, process::Stdio};

use serde::Deserialize;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use crate::{
    node::{Node, PATIENCE, discreet},
    site::{Site, network},
    walk::Walk,
};

/// A span as the receiver understood it.
#[derive(Debug, Deserialize)]
struct Span {
    name: String,
    service: String,
    attributes: BTreeMap<String, serde_json::Value>,
    links: usize,
    took_ns: u64,
    parent: String,
}

struct Receiver {
    child: Child,
    told: Lines<BufReader<ChildStdout>>,
    address: String,
}

impl Receiver {
    async fn start() -> Self {
        let python =
            std::env::var("SETARA_TEST_PYTHON").expect("a Python with opentelemetry-proto");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/otlp.py");
        let mut child = Command::new(python)
            .arg(script)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the receiver");
        let mut told = BufReader::new(child.stdout.take().expect("piped above")).lines();
        let address = told.next_line().await.expect("a line").expect("where it listens");
        Self { child, told, address }
    }

    /// Everything it was sent: the spans, and the octets they came in.
    async fn end(mut self) -> (Vec<Span>, String) {
        // It ends at the end of its standard input, which is ours, or when it is killed: what was
        // sent is there by then, because the node has waited for the answer.
        self.child.start_kill().expect("it runs");
        let (mut spans, mut octets) = (Vec::new(), String::new());
        let read = async {
            while let Some(line) = self.told.next_line().await.expect("a text") {
                match line.strip_prefix("span ") {
                    Some(span) => spans.push(serde_json::from_str(span).expect("a span")),
                    None => octets.push_str(&line),
                }
                octets.push('\n');
            }
        };
        tokio::time::timeout(PATIENCE, read).await.expect("it ends");
        (spans, octets)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn turns_and_batches_are_traced_and_nobody_is_named() {
    let receiver = Receiver::start().await;
    let network = network("plain").await;
    let site = Site::on_sqlite()
        .await
        .operator("telco", "plain", &network.address().to_string(), "")
        .configured(&format!("telemetry.otlp = \"http://{}\"\n", receiver.address));
    let node = Node::start(&site.config()).await;
    network.bound(1).await.unwrap();
    let mut walk = Walk::of("register");
    let mut phone = walk.phone(&network).await;
    walk.through(&mut phone).await;
    let log = node.stop().await;
    assert!(!log.contains("setara::spans"), "a span is in a log line");
    network.stop().await;

    let (spans, octets) = receiver.end().await;
    discreet(&octets);
    discreet(&format!("{spans:?}"));
    let named = |name: &str| spans.iter().filter(|span| span.name == name).collect::<Vec<_>>();
    let (turns, batches) = (named("turn"), named("batch"));
    assert_eq!((turns.len(), turns.len() + batches.len()), (10, spans.len()), "{spans:?}");
    for turn in &turns {
        let has = |key: &str| turn.attributes.get(key).and_then(|value| value.as_str());
        assert_eq!((has("channel"), has("news")), (Some("ussd"), Some("new")), "{turn:?}");
        assert_eq!((has("service"), &*turn.service), (Some("pedulilindungi"), "setara"));
        assert!(has("screen").is_some() && turn.took_ns > 0 && turn.parent.is_empty());
    }
    let ends = turns.iter().filter_map(|turn| turn.attributes.get("end")?.as_str());
    assert!(ends.eq(["completed", "completed"]), "{turns:?}");
    // Every turn was in a batch, and the batch knows which.
    assert_eq!(batches.iter().map(|batch| batch.links).sum::<usize>(), turns.len());
}

/// Turns do not wait for a receiver that is away.
#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_away_harms_nobody() {
    let network = network("plain").await;
    let site = Site::on_sqlite()
        .await
        .operator("telco", "plain", &network.address().to_string(), "")
        .configured("telemetry.otlp = \"http://127.0.0.1:1\"\n");
    let node = Node::start(&site.config()).await;
    network.bound(1).await.unwrap();
    let mut walk = Walk::of("register");
    let mut phone = walk.phone(&network).await;
    walk.through(&mut phone).await;
    node.stop().await;
    network.stop().await;
}
