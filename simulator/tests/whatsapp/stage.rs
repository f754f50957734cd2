//! A cloud, a webhook as a gateway has it, and an independent client.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Client;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use sha2::Sha256;
use simulator::whatsapp::chat::Chat;
use simulator::whatsapp::pace::Limits;
use simulator::whatsapp::template::{Category, Template};
use simulator::whatsapp::{Cloud, Settings};

pub const SITI: &str = "081290000001";

/// A webhook as a gateway has it: checks the signature, keeps the bodies.
#[derive(Clone, Default)]
pub struct Webhook {
    pub bodies: Arc<Mutex<Vec<Value>>>,
    /// What is answered to the next bodies; 200 when there is nothing.
    pub answers: Arc<Mutex<VecDeque<u16>>>,
    pub challenge: Arc<Mutex<Option<String>>>,
}

#[derive(serde::Deserialize)]
pub struct Verification {
    #[serde(rename = "hub.mode")]
    mode: String,
    #[serde(rename = "hub.verify_token")]
    token: String,
    #[serde(rename = "hub.challenge")]
    challenge: String,
}

impl Webhook {
    pub async fn start(self) -> SocketAddr {
        let verify = async |State(webhook): State<Webhook>, Query(asked): Query<Verification>| {
            if (asked.mode.as_str(), asked.token.as_str()) != ("subscribe", "verifikasi & uji") {
                return (StatusCode::FORBIDDEN, String::new());
            }
            let other = webhook.challenge.lock().unwrap().clone();
            (StatusCode::OK, other.unwrap_or(asked.challenge))
        };
        let hear = async |State(webhook): State<Webhook>, headers: HeaderMap, body: Bytes| {
            let mut mac: Hmac<Sha256> = KeyInit::new_from_slice(b"rahasia").unwrap();
            mac.update(&body);
            let hex: String =
                mac.finalize().into_bytes().iter().map(|octet| format!("{octet:02x}")).collect();
            if headers["x-hub-signature-256"] != format!("sha256={hex}") {
                return StatusCode::UNAUTHORIZED;
            }
            webhook.bodies.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
            let answer = webhook.answers.lock().unwrap().pop_front();
            answer.map_or(StatusCode::OK, |code| StatusCode::from_u16(code).unwrap())
        };
        let router = Router::new().route("/whatsapp", get(verify).post(hear)).with_state(self);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    pub fn bodies(&self) -> Vec<Value> {
        self.bodies.lock().unwrap().clone()
    }

    /// All parts called `messages` or `statuses` of all bodies, in their order.
    pub fn all(&self, what: &str) -> Vec<Value> {
        let mut all = Vec::new();
        for body in self.bodies() {
            assert_eq!(body["object"], "whatsapp_business_account");
            for change in body["entry"][0]["changes"].as_array().unwrap() {
                assert_eq!(change["value"]["metadata"]["phone_number_id"], "42");
                all.extend(change["value"][what].as_array().cloned().unwrap_or_default());
            }
        }
        all
    }

    /// Waits until so many have come.
    pub async fn wait(&self, what: &str, count: usize) -> Vec<Value> {
        for _ in 0..1000 {
            let all = self.all(what);
            if all.len() >= count {
                return all;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{} of {count} {what} came", self.all(what).len());
    }
}

pub struct Stage {
    pub cloud: Cloud,
    pub webhook: Webhook,
    pub client: Client,
}

impl Stage {
    pub async fn new() -> Self {
        Self::with(Limits::default()).await
    }

    pub async fn with(limits: Limits) -> Self {
        let cloud = Cloud::start(Settings {
            phone_number_id: "42".to_owned(),
            token: "kunci".to_owned(),
            app_secret: "rahasia".to_owned(),
            verify_token: "verifikasi & uji".to_owned(),
            limits,
            templates: vec![
                Template::new("pengingat", "id", "Halo {{1}}, giliran Anda {{2}}."),
                Template::new("kode", "id", "Kode {{1}}").of(Category::Authentication),
                Template::new("promo", "id", "Ayo vaksin!").of(Category::Marketing),
            ],
            first_retry: Duration::from_millis(50),
            ..Settings::default()
        })
        .await
        .unwrap();
        let webhook = Webhook::default();
        let address = webhook.clone().start().await;
        cloud.subscribe(&format!("http://{address}/whatsapp")).await.unwrap();
        // Built together with the gateway, the client has TLS, and wants to be told whose.
        let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
        Self { cloud, webhook, client: Client::new() }
    }

    pub fn siti(&self) -> Chat {
        let chat = self.cloud.chat(SITI.parse().unwrap(), "Siti");
        chat.with_patience(Duration::from_secs(10))
    }

    pub async fn post(&self, message: Value) -> (u16, Value) {
        let url = format!("{}/v23.0/42/messages", self.cloud.api());
        let answer =
            self.client.post(url).bearer_auth("kunci").json(&message).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// The id of a message that has to be taken.
    pub async fn taken(&self, message: Value) -> String {
        let (status, answer) = self.post(message).await;
        assert_eq!(status, 200, "{answer}");
        answer["messages"][0]["id"].as_str().unwrap().to_owned()
    }

    pub async fn code(&self, message: Value) -> u64 {
        let (status, answer) = self.post(message).await;
        assert!(status >= 400, "{answer}");
        answer["error"]["code"].as_u64().unwrap()
    }

    pub async fn upload(&self, kind: &str, octets: &'static [u8]) -> Value {
        let file = Part::bytes(octets).file_name("kartu.pdf").mime_str(kind).unwrap();
        let form = Form::new()
            .text("messaging_product", "whatsapp")
            .text("type", kind.to_owned())
            .part("file", file);
        let url = format!("{}/v23.0/42/media", self.cloud.api());
        let request = self.client.post(url).bearer_auth("kunci").multipart(form);
        request.send().await.unwrap().json().await.unwrap()
    }
}

pub fn to_siti(kind: &str, content: Value) -> Value {
    json!({ "messaging_product": "whatsapp", "to": "6281290000001", "type": kind, kind: content })
}

pub fn text(body: &str) -> Value {
    to_siti("text", json!({ "body": body }))
}

pub fn buttons(buttons: &[(&str, &str)]) -> Value {
    let buttons: Vec<_> = buttons
        .iter()
        .map(|(id, title)| json!({ "type": "reply", "reply": { "id": id, "title": title } }))
        .collect();
    let body = json!({ "text": "Pilih:" });
    to_siti(
        "interactive",
        json!({ "type": "button", "body": body, "action": { "buttons": buttons } }),
    )
}

pub fn rows(count: usize) -> Vec<Value> {
    (1..=count)
        .map(|at| json!({ "id": format!("r{at}"), "title": format!("Baris {at}") }))
        .collect()
}

pub fn list(button: &str, rows: Vec<Value>) -> Value {
    let action = json!({ "button": button, "sections": [{ "rows": rows }] });
    to_siti(
        "interactive",
        json!({ "type": "list", "body": { "text": "Pilih:" }, "action": action }),
    )
}

pub fn with(mut message: Value, path: &str, value: Value) -> Value {
    *message.pointer_mut(path).unwrap() = value;
    message
}
