//! What the cloud tells the gateway: the JSON of messages and statuses, and how a body is signed.
//!
//! Written from the documentation of the webhooks alone; the gateway's reader is another's work.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use super::content::Choice;
use super::faults::Timestamps;

/// What a user sends.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// Words.
    Text(String),
    /// A tap on one of our buttons, in answer to the message of this id.
    Tap(Choice, String),
    /// A row chosen of our list, in answer to the message of this id.
    Row(Choice, String),
    /// A tap on the button of a template: text and payload.
    TemplateButton(String, String),
    /// A file of this kind.
    File(FileKind, FileSent),
    /// A place: degrees north, degrees east, name.
    Location(f64, f64, String),
    /// Somebody's card: name and phone number.
    Contact(String, String),
    /// The user has another number now; sent by the system in the old one's name.
    NumberChanged(String),
    /// An emoji on the message of this id.
    Reaction(String, String),
    /// Something that this API cannot pass on, such as a poll.
    Unsupported,
    /// A type that nobody has heard of yet.
    Unheard,
}

impl Said {
    /// The type of its event.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Tap(..) => "button_reply",
            Self::Row(..) => "list_reply",
            Self::TemplateButton(..) => "button",
            Self::File(kind, _) => kind.word(),
            Self::Location(..) => "location",
            Self::Contact(..) => "contacts",
            Self::NumberChanged(_) => "system",
            Self::Reaction(..) => "reaction",
            Self::Unsupported => "unsupported",
            Self::Unheard => "hologram",
        }
    }
}

/// The kinds of files that a user sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A picture.
    Image,
    /// A document.
    Document,
    /// A voice message.
    Audio,
    /// A film.
    Video,
    /// A sticker.
    Sticker,
}

impl FileKind {
    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Document => "document",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Sticker => "sticker",
        }
    }

    /// A usual media type.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Image => "image/png",
            Self::Document => "application/pdf",
            Self::Audio => "audio/ogg; codecs=opus",
            Self::Video => "video/mp4",
            Self::Sticker => "image/webp",
        }
    }
}

/// A file as an event names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSent {
    /// Under which id it can be fetched.
    pub media: String,
    /// SHA-256, in hex.
    pub sha256: String,
    /// What a document is called.
    pub filename: String,
    /// Under it; empty for nothing.
    pub caption: String,
}

/// Who wrote, as far as the gateway is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The number, unless it is withheld.
    pub wa_id: Option<String>,
    /// The business-scoped id, unless it is withheld.
    pub user_id: Option<String>,
    /// The name that the user gave.
    pub name: String,
    /// A hash that changes with the user's device.
    pub identity: String,
}

/// One message or status, ready to stand in a body.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// Of a user, with its contact.
    Message {
        /// Who wrote.
        contact: Value,
        /// What.
        message: Value,
    },
    /// Of one of our messages.
    Status(Value),
}

/// The number of the service, as every body names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The account's id.
    pub account: String,
    /// The number's id.
    pub phone_number_id: String,
    /// The number.
    pub display_number: String,
}

impl Sender {
    fn contact(&self) -> Value {
        let mut contact = Map::new();
        contact.insert("profile".into(), json!({ "name": self.name }));
        put(&mut contact, "wa_id", self.wa_id.as_deref());
        put(&mut contact, "user_id", self.user_id.as_deref());
        put(&mut contact, "identity_key_hash", Some(&self.identity));
        contact.into()
    }
}

fn put(object: &mut Map<String, Value>, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        object.insert(name.to_owned(), value.into());
    }
}

/// A moment in milliseconds as the API writes it.
pub(super) fn timestamp(at: u64, how: Timestamps) -> String {
    match how {
        Timestamps::Seconds => (at / 1000).to_string(),
        Timestamps::Milliseconds => at.to_string(),
    }
}

/// A message of a user.
pub fn message(line: &Line, sender: &Sender, id: &str, at: &str, said: &Said) -> Part {
    let mut message = Map::new();
    put(&mut message, "from", sender.wa_id.as_deref());
    put(&mut message, "from_user_id", sender.user_id.as_deref());
    put(&mut message, "id", Some(id));
    put(&mut message, "timestamp", Some(at));
    if let Said::Tap(_, answered) | Said::Row(_, answered) = said {
        let context = json!({ "from": line.display_number, "id": answered });
        message.insert("context".into(), context);
    }
    let (kind, content) = content(sender, said);
    put(&mut message, "type", Some(kind));
    if kind == "unsupported" {
        let error = json!({
            "code": 131_051, "title": "Message type unknown", "message": "Message type unknown",
            "error_data": { "details": "Message type is currently not supported." },
        });
        message.insert("errors".into(), json!([error]));
    } else {
        message.insert(kind.into(), content);
    }
    Part::Message { contact: sender.contact(), message: message.into() }
}

fn content(sender: &Sender, said: &Said) -> (&'static str, Value) {
    match said {
        Said::Text(body) => ("text", json!({ "body": body })),
        Said::Tap(Choice { id, title, .. }, _) => (
            "interactive",
            json!({ "type": "button_reply", "button_reply": { "id": id, "title": title } }),
        ),
        Said::Row(Choice { id, title, description }, _) => {
            let mut row = Map::new();
            put(&mut row, "id", Some(id));
            put(&mut row, "title", Some(title));
            put(
                &mut row,
                "description",
                Some(description).filter(|it| !it.is_empty()).map(String::as_str),
            );
            ("interactive", json!({ "type": "list_reply", "list_reply": row }))
        }
        Said::TemplateButton(text, payload) => {
            ("button", json!({ "text": text, "payload": payload }))
        }
        Said::File(kind, file) => {
            let mut content = Map::new();
            put(&mut content, "id", Some(&file.media));
            put(&mut content, "mime_type", Some(kind.mime()));
            put(&mut content, "sha256", Some(&file.sha256));
            if *kind == FileKind::Document {
                put(&mut content, "filename", Some(&file.filename));
            }
            if !file.caption.is_empty() {
                put(&mut content, "caption", Some(&file.caption));
            }
            (kind.word(), content.into())
        }
        Said::Location(latitude, longitude, name) => {
            ("location", json!({ "latitude": latitude, "longitude": longitude, "name": name }))
        }
        Said::Contact(name, phone) => {
            let card = json!({
                "name": { "formatted_name": name, "first_name": name },
                "phones": [{ "phone": phone, "type": "CELL" }],
            });
            ("contacts", json!([card]))
        }
        Said::NumberChanged(new) => {
            let old = sender.wa_id.as_deref().unwrap_or_default();
            let body = format!("User {} changed from {old} to {new}", sender.name);
            ("system", json!({ "body": body, "wa_id": new, "type": "user_changed_number" }))
        }
        Said::Reaction(emoji, to) => ("reaction", json!({ "message_id": to, "emoji": emoji })),
        Said::Unsupported => ("unsupported", Value::Null),
        Said::Unheard => ("hologram", json!({ "depth": 3 })),
    }
}

/// A status of one of our messages.
pub(super) fn status(
    sender: &Sender,
    id: &str,
    at: &str,
    state: &str,
    error: Option<Value>,
) -> Part {
    let mut status = Map::new();
    put(&mut status, "id", Some(id));
    put(&mut status, "status", Some(state));
    put(&mut status, "timestamp", Some(at));
    put(&mut status, "recipient_id", sender.wa_id.as_deref());
    put(&mut status, "recipient_user_id", sender.user_id.as_deref());
    if let Some(error) = error {
        status.insert("errors".into(), json!([error]));
    }
    Part::Status(status.into())
}

/// Many parts as one body: messages of one change, statuses of another.
pub fn body(line: &Line, parts: &[Part]) -> Vec<u8> {
    let (mut contacts, mut messages, mut statuses) = (Vec::new(), Vec::new(), Vec::new());
    for part in parts {
        match part {
            Part::Message { contact, message } => {
                if !contacts.contains(contact) {
                    contacts.push(contact.clone());
                }
                messages.push(message.clone());
            }
            Part::Status(status) => statuses.push(status.clone()),
        }
    }
    let mut changes = Vec::new();
    let mut change = |lists: Vec<(&str, Vec<Value>)>| {
        let mut value = Map::new();
        put(&mut value, "messaging_product", Some("whatsapp"));
        let metadata = json!({
            "display_phone_number": line.display_number,
            "phone_number_id": line.phone_number_id,
        });
        value.insert("metadata".into(), metadata);
        for (name, list) in lists {
            value.insert(name.into(), list.into());
        }
        changes.push(json!({ "value": value, "field": "messages" }));
    };
    if !messages.is_empty() {
        change(vec![("contacts", contacts), ("messages", messages)]);
    }
    if !statuses.is_empty() {
        change(vec![("statuses", statuses)]);
    }
    let body = json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": line.account, "changes": changes }],
    });
    body.to_string().into_bytes()
}

/// The value of `X-Hub-Signature-256` for a body.
pub fn signature(app_secret: &str, body: &[u8]) -> String {
    let mut mac: Hmac<Sha256> =
        KeyInit::new_from_slice(app_secret.as_bytes()).expect("a key of any length");
    mac.update(body);
    format!("sha256={}", hex(&mac.finalize().into_bytes()))
}

pub(super) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_signed_as_documented() {
        // HMAC-SHA256("secret", "test").
        let known = "sha256=0329a06b62cd16b33eb6792be8c60b158d89a2ee3a876fce9a881ebb488c0914";
        assert_eq!(signature("secret", b"test"), known);
    }

    #[test]
    fn messages_and_statuses_share_a_body() {
        let line = Line {
            account: "1".to_owned(),
            phone_number_id: "2".to_owned(),
            display_number: "6281110500567".to_owned(),
        };
        let sender = Sender {
            wa_id: None,
            user_id: Some("ID.1349".to_owned()),
            name: "Siti".to_owned(),
            identity: "a".to_owned(),
        };
        let said = Said::Text("Halo".to_owned());
        let parts = [
            message(&line, &sender, "wamid.1", "1", &said),
            message(&line, &sender, "wamid.2", "1", &said),
            status(&sender, "wamid.0", "1", "read", None),
        ];
        let body: Value = serde_json::from_slice(&body(&line, &parts)).unwrap();
        let changes = &body["entry"][0]["changes"];
        assert_eq!(changes[0]["value"]["contacts"].as_array().unwrap().len(), 1);
        assert_eq!(changes[0]["value"]["messages"][1]["id"], "wamid.2");
        assert_eq!(changes[0]["value"]["messages"][1].get("from"), None);
        assert_eq!(changes[1]["value"]["statuses"][0]["status"], "read");
        assert_eq!(changes[1]["value"]["metadata"]["phone_number_id"], "2");
    }
}
