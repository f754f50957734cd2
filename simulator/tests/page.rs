//! The page over HTTP and its WebSocket, with a bare gateway behind it.

use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};
use simulator::operator::centre::Timing;
use simulator::operator::sms::faults::{Above, Faults, Limit, Receipts};
use simulator::operator::{Account, Operator, Settings, dialect};
use simulator::page::{Page, SamplePerson, Served, Words};
use simulator::responder::{Heard, Responder, Say};
use simulator::satudata::{self, Faults as RecordFaults, Requests, SatuData};
use simulator::whatsapp::content::Content;
use simulator::whatsapp::event::FileKind;
use simulator::whatsapp::faults::{Faults as CloudFaults, Token};
use simulator::whatsapp::user::{Profile, Shows};
use simulator::whatsapp::{self, Cloud};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tungstenite::client::IntoClientRequest;
use tungstenite::error::Error;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

struct Stage {
    page: Served,
    operator: Operator,
    cloud: Cloud,
    record: SatuData,
    _gateway: Responder,
}

async fn stage() -> Stage {
    let account = Account { system_id: "setara".to_owned(), password: "rahasia".to_owned() };
    let operator = Operator::start(Settings {
        name: "Uji".to_owned(),
        listen: "127.0.0.1:0".parse().unwrap(),
        accounts: vec![account.clone()],
        dialect: dialect::named("plain").unwrap(),
        codes: vec!["*119#".to_owned()],
        timing: Timing::default(),
        sms: Default::default(),
    })
    .await
    .unwrap();
    let reply = |_: &str, heard: Heard| match heard {
        Heard::Begin(_) => Say::Ask("Menu\n1 Lanjut".to_owned()),
        Heard::Answer(text) => Say::End(format!("Anda mengetik {text}")),
        Heard::Abort => Say::Nothing,
    };
    let gateway = Responder::start(operator.address(), &account, reply).await.unwrap();
    operator.bound(1).await.unwrap();
    let cloud = Cloud::start(whatsapp::Settings::default()).await.unwrap();
    let record = SatuData::start(satudata::Settings::default()).await.unwrap();
    let page = Page {
        networks: vec![(&operator).into()],
        phones: vec![("081211900001".parse().unwrap(), 0), ("081211900002".parse().unwrap(), 0)],
        people: vec![SamplePerson {
            title: Words { id: "Contoh", en: "Sample" },
            nik: "3173014502900001".to_owned(),
            name: "Siti Aminah".to_owned(),
            birth_date: "05021990".to_owned(),
            phone: None,
            expect: Words { id: "Daftar.", en: "Registers." },
        }],
        codes: vec!["*119#".to_owned(), "*131#".to_owned()],
        short_code: "1199".to_owned(),
        cloud: Some(cloud.clone()),
        record: Some(record.clone()),
    };
    let page = page.serve("127.0.0.1:0".parse().unwrap()).await.unwrap();
    Stage { page, operator, cloud, record, _gateway: gateway }
}

async fn get(stage: &Stage, path: &str) -> String {
    let address = stage.page.address();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// A browser, driven from a thread of its own so that it may block.
struct Browser {
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    /// Heard already and not asked for yet: news of the phones and of the air come side by side.
    heard: Vec<Value>,
}

impl Browser {
    fn open(address: SocketAddr) -> Self {
        let (socket, _) = tungstenite::connect(format!("ws://{address}/ws")).unwrap();
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        }
        Self { socket, heard: Vec::new() }
    }

    fn say(&mut self, message: Value) {
        self.socket.send(Message::text(message.to_string())).unwrap();
    }

    /// The next message of this kind that `wanted` picks.
    fn hear(&mut self, is: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let wanted = |message: &Value| message["is"] == is && wanted(message);
        if let Some(at) = self.heard.iter().position(wanted) {
            return self.heard.remove(at);
        }
        loop {
            if let Message::Text(text) = self.socket.read().expect(is) {
                let message: Value = serde_json::from_str(&text).unwrap();
                if wanted(&message) {
                    return message;
                }
                self.heard.push(message);
            }
        }
    }

    fn face(&mut self, phone: usize, state: &str) -> String {
        let face = self.hear("face", |face| face["phone"] == phone && face["state"] == state);
        face["text"].as_str().unwrap().to_owned()
    }
}

async fn browse(stage: &Stage, script: impl FnOnce(Browser) + Send + 'static) {
    let address = stage.page.address();
    tokio::task::spawn_blocking(move || script(Browser::open(address))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_and_its_parts_are_served() {
    let stage = stage().await;
    for (path, kind, word) in [
        ("/", "text/html", "data-testid=\"screen\""),
        ("/page.css", "text/css", ".lcd"),
        ("/page.js", "text/javascript", "WebSocket"),
        ("/sms.js", "text/javascript", "class Mail"),
        ("/chat.js", "text/javascript", "class ChatPhone"),
        ("/record.js", "text/javascript", "recordBox"),
        ("/chat.css", "text/css", ".bubble"),
        ("/icon.svg", "image/svg+xml", "<svg"),
    ] {
        let answer = get(&stage, path).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}");
        assert!(answer.contains(kind) && answer.contains(word), "{path}");
        assert!(answer.contains("default-src 'none'"), "{path}");
        assert!(!answer.contains("https://"), "{path} fetches from elsewhere");
    }
    assert!(get(&stage, "/elsewhere").await.starts_with("HTTP/1.1 404"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_dials_answers_and_hangs_up() {
    let stage = stage().await;
    browse(&stage, |mut browser| {
        let hello = browser.hear("hello", |_| true);
        assert_eq!(hello["networks"][0]["dialect"], "plain");
        assert_eq!(hello["phones"][0]["number"], "081211900001");
        assert_eq!(hello["people"][0]["title"]["en"], "Sample");
        assert_eq!(browser.face(0, "idle"), "");

        browser.say(json!({"do": "dial", "phone": 0, "text": "*119#"}));
        assert_eq!(browser.face(0, "ask"), "Menu\n1 Lanjut");
        browser.say(json!({"do": "answer", "phone": 0, "text": "Siti"}));
        assert_eq!(browser.face(0, "ended"), "Anda mengetik Siti");
        let air = browser.hear("air", |air| air["kind"] == "end");
        assert_eq!(
            (&air["number"], &air["code"]),
            (&json!("0812****0001"), &json!("submit_sm op 17"))
        );

        browser.say(json!({"do": "dial", "phone": 1, "text": "*119#"}));
        browser.face(1, "ask");
        browser.say(json!({"do": "hang_up", "phone": 1}));
        assert_eq!(browser.face(1, "ended"), "");
        browser.say(json!({"do": "hang_up", "phone": 1}));
        assert_eq!(browser.hear("not_now", |_| true)["why"], "no_session");
    })
    .await;
    assert_eq!(stage.operator.figures().await.unwrap().aborts, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_loses_the_network_and_changes_its_number() {
    let stage = stage().await;
    browse(&stage, |mut browser| {
        browser.say(json!({"do": "dial", "phone": 0, "text": "*119#"}));
        browser.face(0, "ask");
        browser.say(json!({"do": "signal", "phone": 0, "on": "no"}));
        browser.face(0, "no_signal");
        browser.say(json!({"do": "dial", "phone": 0, "text": "*119#"}));
        assert_eq!(browser.hear("not_now", |_| true)["why"], "no_signal");
        browser.say(json!({"do": "signal", "phone": 0, "on": "yes"}));
        browser.face(0, "idle");

        let number = "0813 1190 0003";
        browser.say(json!({"do": "sim", "phone": 0, "number": number, "network": 0}));
        assert_eq!(browser.hear("sim", |_| true)["number"], "081311900003");
        browser.say(json!({"do": "sim", "phone": 0, "number": "12", "network": 7}));
        assert_eq!(browser.hear("sim", |_| true)["number"], "081311900003");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_odd_browser_harms_nobody() {
    let stage = stage().await;
    browse(&stage, |mut browser| {
        for odd in ["", "{}", "{\"do\":\"fly\"}", "[1]", "{\"do\":\"hang_up\",\"phone\":-1}"] {
            browser.socket.send(Message::text(odd)).unwrap();
        }
        browser.say(json!({"do": "hang_up", "phone": 99}));
        browser.say(json!({"do": "dial", "phone": 0, "text": "9".repeat(183)}));
        assert_eq!(browser.hear("not_now", |_| true)["why"], "too_long");
        browser.say(json!({"do": "dial", "phone": 0, "text": "*119#"}));
        browser.face(0, "ask");
        browser.socket.send(Message::text("9".repeat(20_000))).unwrap();
        while browser.socket.read().is_ok() {}
    })
    .await;
    browse(&stage, |mut browser| {
        // Another browser sees the same phone as it stands.
        assert_eq!(browser.face(0, "ask"), "Menu\n1 Lanjut");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_site_may_not_open_the_socket() {
    let stage = stage().await;
    let mut request = format!("ws://{}/ws", stage.page.address()).into_client_request().unwrap();
    request.headers_mut().insert("Origin", "http://example.org".parse().unwrap());
    let refused = tokio::task::spawn_blocking(|| tungstenite::connect(request)).await.unwrap();
    assert!(matches!(refused, Err(Error::Http(answer)) if answer.status() == 403));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_stops_though_browsers_are_open() {
    let stage = stage().await;
    let address = stage.page.address();
    let browser = tokio::task::spawn_blocking(move || Browser::open(address)).await.unwrap();
    tokio::time::timeout(Duration::from_secs(5), stage.page.stop()).await.unwrap();
    drop(browser);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_reads_writes_and_breaks_texts() {
    let stage = stage().await;
    browse(&stage, |mut browser| {
        let hello = browser.hear("hello", |_| true);
        assert_eq!((&hello["codes"][1], &hello["short_code"]), (&json!("*131#"), &json!("1199")));
        assert_eq!(browser.hear("inbox", |inbox| inbox["phone"] == 0)["texts"], json!([]));

        browser.say(json!({"do": "text", "phone": 0, "to": "1199", "text": "VAKSIN"}));
        let air = browser.hear("air", |air| air["kind"] == "text");
        assert_eq!((&air["number"], &air["size"]), (&json!("0812****0001"), &json!("6 oct")));
        browser.say(json!({"do": "text", "phone": 0, "to": "PEDULICOVID", "text": "Siapa?"}));
        assert_eq!(browser.hear("not_now", |_| true)["why"], "not_answered");
        browser.say(json!({"do": "text", "phone": 0, "to": "1199", "text": "a".repeat(766)}));
        assert_eq!(browser.hear("not_now", |_| true)["why"], "too_long");

        let good = browser.hear("sms", |_| true);
        assert_eq!(good["faults"]["receipts"], "good");
        let mut faults = good["faults"].clone();
        (faults["receipts"], faults["late_s"], faults["limit"]) =
            (json!("late"), json!(5), json!(100));
        browser.say(json!({"do": "faults", "network": 0, "faults": faults}));
        let told = browser.hear("sms", |sms| sms["faults"]["receipts"] == "late");
        assert_eq!(told["faults"], faults);
        assert_eq!(told["figures"]["texts"], 1);
        browser.say(json!({"do": "outage", "network": 0, "seconds": 1}));
        browser.hear("links", |links| links["links"] == json!([]));
    })
    .await;
    assert_eq!(
        stage.operator.faults().await.unwrap(),
        Faults {
            receipts: Receipts::Late(Duration::from_secs(5)),
            limit: Some(Limit { per_second: 100, says: Above::Throttled }),
            ..Faults::default()
        }
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_chats_and_breaks_the_cloud() {
    let stage = stage().await;
    browse(&stage, |mut browser| {
        assert_eq!(browser.hear("hello", |_| true)["chat"], true);
        let empty = browser.hear("chat", |_| true);
        assert_eq!((&empty["number"], &empty["bubbles"]), (&json!("081211900001"), &json!([])));

        let chat =
            |act: &str, name: &str, value: Value| json!({"do": "chat", "act": act, name: value});
        browser.say(chat("write", "text", json!("Halo")));
        let view = browser.hear("chat", |view| view["bubbles"] != json!([]));
        assert_eq!(view["bubbles"][0]["content"], json!({"kind": "text", "body": "Halo"}));
        let air = browser.hear("chat_air", |_| true);
        let shown = (&air["kind"], &air["code"], &air["number"]);
        assert_eq!(shown, (&json!("wa_event"), &json!("text"), &json!("0812****0001")));
        browser.say(json!({"do": "chat", "act": "location"}));
        browser.hear("chat", |view| view["bubbles"][1]["content"]["kind"] == "location");
        browser.say(chat("write", "text", json!("a".repeat(4097))));
        assert_eq!(browser.hear("not_now", |_| true)["why"], "too_long");
        browser.say(json!({"do": "chat", "act": "pick", "message": "wamid.x", "id": "1"}));
        assert_eq!(browser.hear("not_now", |_| true)["why"], "chat_gone");

        browser.say(chat("faults", "faults", json!({"token": "expired"})));
        browser.hear("cloud", |cloud| cloud["faults"]["token"] == "expired");
        browser.say(chat("profile", "profile", json!({"shows": "user_id"})));
        browser.hear("chat", |view| view["profile"]["shows"] == "user_id");
        browser.say(chat("number", "number", json!("0813 1190 0003")));
        let other = browser.hear("chat", |view| view["number"] == "081311900003");
        assert_eq!(other["bubbles"], json!([]));
        browser.say(chat("number", "number", json!("12")));
        assert_eq!(browser.hear("not_now", |_| true)["why"], "badNumber");
    })
    .await;
    assert_eq!(
        stage.cloud.faults(),
        CloudFaults { token: Token::Expired, ..CloudFaults::default() }
    );
    let chat = stage.cloud.chat("081211900001".parse().unwrap(), "");
    assert_eq!(chat.profile(), Profile { shows: Shows::UserId, ..Profile::default() });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_breaks_the_record() {
    let stage = stage().await;
    browse(&stage, |mut browser| {
        let well = browser.hear("record", |_| true);
        assert_eq!(well["faults"]["requests"], "good");
        assert_eq!(well["figures"]["asked"], 0);
        let faults = json!({ "answer_ms": 8000, "requests": "garbled", "percent": 50 });
        browser.say(json!({ "do": "record", "faults": faults }));
        browser.hear("record", |record| record["faults"] == faults);
        // Beyond all bounds.
        let faults = json!({ "answer_ms": 4_000_000, "requests": "away", "percent": 200 });
        browser.say(json!({ "do": "record", "faults": faults }));
        browser.hear("record", |record| record["faults"]["answer_ms"] == 60_000);
    })
    .await;
    assert_eq!(
        stage.record.faults(),
        RecordFaults { answer_ms: 60_000, requests: Requests::Away, percent: 100 }
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_of_a_chat_can_be_opened() {
    let stage = stage().await;
    let chat = stage.cloud.chat("081211900001".parse().unwrap(), "");
    chat.send_file(FileKind::Document, "kartu.pdf", "%PDF-1.7".into(), "");
    let bubble = chat.messages().remove(0);
    let Content::Document { media, .. } = bubble.content else { panic!("no document") };
    let answer = get(&stage, &format!("/document/{media}")).await;
    assert!(answer.contains("application/pdf") && answer.ends_with("%PDF-1.7"), "{answer}");
    assert!(get(&stage, "/document/1").await.starts_with("HTTP/1.1 404"));
}
