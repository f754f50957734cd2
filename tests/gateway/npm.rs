//! The gateway bound to an SMSC that is not ours: npm's `smpp`, which codes and decodes the PDUs,
//! the USSD TLV and the GSM alphabet by itself.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::{Value, json};
use setara::{
    clock::{self, Zone},
    identity::Msisdn,
    menu::story::{Act, Session, typed},
    outbox::{Class, Fate, Lane, Notice, NoticeId, Over, Sender},
    store::{Store, StoreOptions},
    vault::Vault,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use crate::{
    node::{Node, PATIENCE},
    site::Site,
    walk::Walk,
};

/// The SMSC in its own process, and its news that nobody has asked for yet.
struct Smsc {
    orders: ChildStdin,
    told: Lines<BufReader<ChildStdout>>,
    news: Vec<Value>,
    child: Child,
}

impl Smsc {
    /// Starts it, with TLS if it is given a certificate and a key, and says where it listens.
    async fn start(certificate: &[PathBuf]) -> (Self, u16) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers");
        assert!(
            folder.join("node_modules/smpp").is_dir(),
            "the npm package `smpp` is not installed: `tests/run` installs it"
        );
        let mut child = Command::new("node")
            .arg(folder.join("smsc.mjs"))
            .args(certificate)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Not ours: Node makes every pipe that it is given non-blocking, for all who hold it.
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Node is not installed: `tests/run` installs it");
        let orders = child.stdin.take().expect("piped above");
        let told = BufReader::new(child.stdout.take().expect("piped above")).lines();
        let mut smsc = Self { orders, told, news: Vec::new(), child };
        let port = smsc.hear("listening").await["port"].as_u64().expect("a port");
        (smsc, port.try_into().expect("a port"))
    }

    /// The next news of this kind.
    async fn hear(&mut self, is: &str) -> Value {
        if let Some(at) = self.news.iter().position(|news| news["is"] == is) {
            return self.news.remove(at);
        }
        loop {
            let line = tokio::time::timeout(PATIENCE, self.told.next_line()).await;
            let Ok(Ok(Some(line))) = line else {
                let _ = self.child.start_kill();
                let mut why = String::new();
                let stderr = self.child.stderr.as_mut().expect("piped at the start");
                let _ = stderr.read_to_string(&mut why).await;
                panic!("the SMSC never told of `{is}`, but of {:?}\n{why}", self.news);
            };
            let news: Value = serde_json::from_str(&line).expect("an object a line");
            assert!(news["is"] != "error" && news["is"] != "unknown", "{news}");
            if news["is"] == is {
                return news;
            }
            self.news.push(news);
        }
    }

    async fn say(&mut self, order: Value) {
        self.orders.write_all(format!("{order}\n").as_bytes()).await.expect("it listens");
    }

    /// A phone says something, and the gateway confirms it.
    async fn deliver(&mut self, from: &str, operation: u8, text: &str) {
        self.say(json!({
            "say": "deliver_sm",
            "source_addr_ton": 1,
            "source_addr_npi": 1,
            "source_addr": from,
            "destination_addr_ton": 3,
            "destination_addr": "119",
            "data_coding": 0,
            "short_message": text,
            "ussd_service_op": operation,
        }))
        .await;
    }

    /// A text, or with `esm_class` 4 a receipt.
    async fn text(&mut self, from: &str, to: &str, esm_class: u8, text: &str) {
        self.say(json!({
            "say": "deliver_sm",
            "esm_class": esm_class,
            "source_addr_ton": 1,
            "source_addr_npi": 1,
            "source_addr": from,
            "destination_addr_ton": 3,
            "destination_addr": to,
            "short_message": text,
        }))
        .await;
    }

    async fn confirmed(&mut self) {
        assert_eq!(self.hear("deliver_sm_resp").await["status"], 0);
    }
}

const BEGIN: u8 = 1;
const ASK: u64 = 2;
const END: u64 = 17;
const ANSWER: u8 = 18;
const ABORT: u8 = 129;

/// Walks a story with a phone of this SMSC's network.
async fn walk(smsc: &mut Smsc, story: &str) {
    let mut walk = Walk::of(story);
    let phone = format!("62{}", walk.number().trim_start_matches('0'));
    while let Some(step) = walk.next() {
        match &step.act {
            Act::Dial(string) => smsc.deliver(&phone, BEGIN, string).await,
            Act::Type(answer) => smsc.deliver(&phone, ANSWER, answer).await,
            Act::HangUp | Act::Cut => smsc.deliver(&phone, ABORT, "").await,
            Act::LoseSignal => continue,
            other => panic!("not in a walk: {other:?}"),
        }
        if step.act.shows() {
            let submit = smsc.hear("submit").await;
            assert_eq!((&submit["to"], &submit["from"]), (&json!(phone), &json!("119")));
            let session = match submit["op"].as_u64() {
                Some(ASK) => Session::Open,
                Some(END) => Session::Closed,
                other => panic!("operation {other:?}"),
            };
            walk.look(&step, submit["text"].as_str().expect("a text"), session);
        }
        smsc.confirmed().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_register_through_it() {
    let (mut smsc, port) = Smsc::start(&[]).await;
    let site = Site::on_sqlite().await;
    let address = format!("127.0.0.1:{port}");
    let site = site
        .operator("npm", "plain", &address, "enquire_seconds = 1")
        // A script types faster than any person.
        .configured("limits.subscriber_burst = 1000\n");
    let node = Node::start(&site.config()).await;
    let bound = smsc.hear("bound").await;
    assert_eq!((&bound["system_id"], &bound["password"]), (&json!("setara"), &json!("secret")));
    assert_eq!(bound["version"], 0x34);

    // Both sides ask whether the other is there.
    smsc.say(json!({"say": "enquire_link"})).await;
    assert_eq!(smsc.hear("enquire_link_resp").await["status"], 0);
    smsc.hear("enquired").await;

    walk(&mut smsc, "redial").await;
    walk(&mut smsc, "register").await;
    walk(&mut smsc, "family").await;
    let (_, metrics) = node.get("/metrics").await;
    assert!(metrics.contains("end=\"user_abort\""), "{metrics}");

    node.terminate();
    smsc.hear("unbound").await;
    smsc.hear("closed").await;
    let (status, _) = node.ended().await;
    assert!(status.success(), "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_register_through_it_over_tls() {
    let site = Site::on_sqlite().await;
    let issued = rcgen::generate_simple_self_signed(["smsc.test".to_owned()]).unwrap();
    let files = ["smsc.pem", "smsc.key"].map(|name| site.folder().join(name));
    std::fs::write(&files[0], issued.cert.pem()).unwrap();
    std::fs::write(&files[1], issued.signing_key.serialize_pem()).unwrap();
    let (mut smsc, port) = Smsc::start(&files).await;
    let tls = "tls = { ca_file = \"smsc.pem\", server_name = \"smsc.test\" }";
    let site = site.operator("npm", "plain", &format!("127.0.0.1:{port}"), tls);
    let node = Node::start(&site.config()).await;
    smsc.hear("bound").await;
    walk(&mut smsc, "register").await;
    node.stop().await;
    smsc.hear("unbound").await;
}

/// Notices go out through it, and its receipts come back.
#[tokio::test(flavor = "multi_thread")]
async fn notices_are_sent_through_it() {
    let (mut smsc, port) = Smsc::start(&[]).await;
    let sms = "[operator.npm.sms]\nshort_code = \"1199\"\nsender = \"PEDULICOVID\"\n\
               per_second = 100\nprefixes = [\"\"]\n";
    let address = format!("127.0.0.1:{port}");
    let site = Site::on_sqlite().await.operator("npm", "plain", &address, "").configured(sms);
    let node = Node::start(&site.config()).await;
    smsc.hear("bound").await;

    let vault = Vault::open_or_create_file(site.folder().join("setara.key")).unwrap();
    let url = format!("sqlite:{}", site.folder().join("setara.db").display());
    let store = Store::open(&url, vault, StoreOptions::default()).await.unwrap();
    let now = clock::now();
    let notice = |text: &str, number: u64| Notice {
        day: 0,
        id: NoticeId::draw(now, number),
        to: Msisdn::parse("081299990001").unwrap().into(),
        card: None,
        enclosure: None,
        framed: None,
        over: Over::Any,
        route: "npm".into(),
        sender: Sender::Name,
        text: text.into(),
        lane: Lane { class: Class::Reply, zone: Zone::Wib },
        campaign: 0,
        due: now,
        expires: now.plus(PATIENCE),
    };
    let texts = ["Giliran Anda {besok} @ 08:00. Balas ke 1199", "ꦲꦏ꧀ꦱꦫ", "Sehat selalu"];
    let notices: Vec<Notice> = (0..).zip(texts).map(|(at, text)| notice(text, at)).collect();
    store.enqueue(&notices).await.unwrap();
    let mut read = Vec::new();
    for _ in texts {
        let submit = smsc.hear("submit").await;
        assert_eq!(
            (&submit["from"], &submit["to"]),
            (&json!("PEDULICOVID"), &json!("6281299990001"))
        );
        read.push(submit["text"].as_str().expect("a text").to_owned());
        let id = submit["sequence"].as_u64().expect("a number");
        smsc.say(json!({
            "say": "deliver_sm",
            "esm_class": 4,
            "source_addr": "6281299990001",
            "destination_addr": "1199",
            "short_message": format!("id:{id:010} sub:001 dlvrd:001 stat:DELIVRD err:000 text:"),
        }))
        .await;
        smsc.confirmed().await;
    }
    read.sort_unstable();
    let mut sent = texts.map(str::to_owned);
    sent.sort_unstable();
    assert_eq!(read, sent);
    for _ in 0..500 {
        if store.notices_standing(Fate::Delivered).await.unwrap() == 3 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(store.notices_standing(Fate::Delivered).await.unwrap(), 3);
    node.stop().await;
}

/// People register by texts through it: what it delivers is answered, and the answers have receipts.
#[tokio::test(flavor = "multi_thread")]
async fn people_register_through_it_by_text() {
    let (mut smsc, port) = Smsc::start(&[]).await;
    let sms = "[operator.npm.sms]\nshort_code = \"1199\"\nsender = \"PEDULICOVID\"\n\
               per_second = 100\nprefixes = [\"\"]\n";
    let address = format!("127.0.0.1:{port}");
    let site = Site::on_sqlite().await.operator("npm", "plain", &address, sms);
    let site = site.configured("conversation.sms_repeat_seconds = 1\n");
    let node = Node::start(&site.config()).await;
    smsc.hear("bound").await;
    let mut walk = Walk::of("../texts/text_register");
    let phone = format!("62{}", walk.number().trim_start_matches('0'));
    let (mut before, mut wrote) = (String::new(), String::new());
    while let Some(step) = walk.next() {
        let Act::Text(words) = &step.act else { panic!("not a text: {:?}", step.act) };
        let words = typed(words, Some(&before));
        if words == wrote {
            // Nobody reads faster.
            tokio::time::sleep(std::time::Duration::from_millis(1_200)).await;
        }
        smsc.text(&phone, "1199", 0, &words).await;
        wrote = words;
        smsc.confirmed().await;
        let submit = smsc.hear("submit").await;
        assert_eq!((&submit["to"], &submit["from"]), (&json!(phone), &json!("1199")));
        submit["text"].as_str().expect("a text").clone_into(&mut before);
        // A text does not say whether an answer is awaited.
        walk.look(&step, &before, step.session);
        let id = submit["sequence"].as_u64().expect("a number");
        let receipt = format!("id:{id} sub:001 dlvrd:001 stat:DELIVRD err:000 text:");
        smsc.text(&phone, "1199", 4, &receipt).await;
        smsc.confirmed().await;
    }
    node.stop().await;
}
