//! An event of the Cloud API (`wire.md` §5): messages that somebody wrote, and what became of ours.
//!
//! Lenient in shape: a field that is missing or odd spoils its own message and no other one, and a
//! type that nobody has heard of is a message all the same, because its writer waits for an answer.
//! Whether the event is the provider's was proved before (`proof`), and the body is bounded by whoever
//! takes it in. Names of profiles are not kept.

use serde_json::Value;
use thiserror::Error;

use super::tap;
use crate::{clock::Timestamp, identity::ChatId};

/// The longest text that is read, in characters: as long as a message may be.
pub const LONGEST: usize = 4096;

/// The longest id of a message, in characters; real ones have about 60.
const LONGEST_ID: usize = 256;

/// The longest digest of an identity, in characters.
const LONGEST_HASH: usize = 128;

/// The most messages and statuses of one body. One of 3 MB has 15,000 at the most.
const MOST: usize = 20_000;

/// What a body says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Heard {
    /// What is for our number, in the order in which it stands there: that is no order of time.
    pub events: Vec<Event>,
    /// Changes of other numbers and of other kinds.
    pub foreign: usize,
    /// Messages and statuses of which not enough could be read.
    pub spoilt: usize,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Somebody wrote.
    Message(Message),
    /// Something became of a message of ours.
    Status(Status),
}

/// What somebody wrote.
#[derive(Clone, PartialEq)]
pub struct Message {
    /// In which chat.
    pub chat: ChatId,
    /// The provider's name for it, the same when it comes again.
    pub id: String,
    /// When it was written, as the provider says; never later than now.
    pub at: Timestamp,
    /// What it says.
    pub what: What,
    /// A digest of the keys of its writer's device, where the provider checks identities: another one
    /// means that the number may have changed hands.
    pub identity_key_hash: Option<String>,
}

/// What a message says.
#[derive(Clone, PartialEq)]
pub enum What {
    /// Words that were typed.
    Text(String),
    /// A row or a key of ours was tapped.
    Tap {
        /// On the card of this screen.
        screen: String,
        /// The row's id, or the key.
        id: String,
    },
    /// A place on the map, in degrees.
    Location {
        /// From -90 to 90.
        latitude: f64,
        /// From -180 to 180.
        longitude: f64,
    },
    /// The writer of this chat has another number or id from now on.
    NumberChanged {
        /// The chat that goes on.
        to: ChatId,
    },
    /// The keys of the writer's device are others: a new phone, or a new owner of the number.
    IdentityChanged,
    /// A mark on a message: there is nothing to answer.
    Reaction,
    /// Something that no menu can take.
    Other(Kind),
}

/// What no menu can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A picture, a document, a sound, a film, a sticker.
    Media,
    /// Cards with addresses.
    Contacts,
    /// Of a shop.
    Order,
    /// A form that was filled in.
    Form,
    /// The chat was opened for the first time.
    Welcome,
    /// Of the provider's own, without an answer.
    System,
    /// What the provider does not pass on, or what we have never heard of.
    Unknown,
}

/// What became of a message of ours.
#[derive(Clone, PartialEq, Eq)]
pub struct Status {
    /// The provider's name for the message.
    pub id: String,
    /// What became of it.
    pub what: Became,
    /// When, as the provider says; never later than now.
    pub at: Timestamp,
}

/// The states of a message of ours. They come in any order; `delivered` may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// It left the provider.
    Sent,
    /// The phone has it.
    Delivered,
    /// It was read.
    Read,
    /// It will not arrive.
    Failed {
        /// Why, by the provider's table; 0 where it does not say.
        code: u32,
    },
}

/// Why a body says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ParseError {
    /// It is no JSON object.
    #[error("not a JSON object")]
    NotJson,
    /// More messages than a body can have.
    #[error("too many messages in one body")]
    TooMany,
}

/// Reads a body. `ours` is the id of our number (`phone_number_id`).
///
/// # Errors
/// See [`ParseError`]; none that another attempt would mend.
pub fn parse(body: &[u8], ours: &str, now: Timestamp) -> Result<Heard, ParseError> {
    let body: Value = serde_json::from_slice(body).map_err(|_| ParseError::NotJson)?;
    let Value::Object(_) = body else { return Err(ParseError::NotJson) };
    let mut heard = Heard::default();
    for change in list(&body, "entry").iter().flat_map(|entry| list(entry, "changes")) {
        let value = &change["value"];
        let number = text(&value["metadata"]["phone_number_id"]);
        let (messages, statuses) = (list(value, "messages"), list(value, "statuses"));
        if number.as_deref() != Some(ours) || (messages.is_empty() && statuses.is_empty()) {
            heard.foreign += 1;
            continue;
        }
        if heard.events.len() + heard.spoilt + messages.len() + statuses.len() > MOST {
            return Err(ParseError::TooMany);
        }
        let contacts = Contacts::read(list(value, "contacts"));
        let messages = messages.iter().map(|one| message(one, &contacts, messages.len(), now));
        let statuses = statuses.iter().map(|one| status(one, now));
        for event in messages
            .map(|message| message.map(Event::Message))
            .chain(statuses.map(|status| status.map(Event::Status)))
        {
            match event {
                Some(event) => heard.events.push(event),
                None => heard.spoilt += 1,
            }
        }
    }
    Ok(heard)
}

/// Who wrote, as the event introduces them.
struct Contacts(Vec<(ChatId, Option<String>)>);

impl Contacts {
    fn read(list: &[Value]) -> Self {
        let contact = |contact: &Value| {
            let chat = chat(text(&contact["user_id"]), text(&contact["wa_id"]))?;
            let hash = text(&contact["identity_key_hash"]);
            let is_hash = |hash: &String| {
                (1..=LONGEST_HASH).contains(&hash.len())
                    && hash.bytes().all(|c| c.is_ascii_graphic())
            };
            Some((chat, hash.filter(is_hash)))
        };
        Self(list.iter().filter_map(contact).collect())
    }

    /// The chat of a message, completed by the contact that agrees with it. A message that names nobody
    /// is the contact's where there is one of each; where there are more nobody knows whose it is.
    fn of(&self, said: Option<ChatId>, messages: usize) -> Option<(ChatId, Option<String>)> {
        match said {
            Some(said) => match self.0.iter().find(|(contact, _)| agree(contact, &said)) {
                Some((contact, hash)) => Some((both(said, contact), hash.clone())),
                None => Some((said, None)),
            },
            None => match &self.0[..] {
                [(contact, hash)] if messages == 1 => Some((contact.clone(), hash.clone())),
                _ => None,
            },
        }
    }
}

fn message(of: &Value, contacts: &Contacts, messages: usize, now: Timestamp) -> Option<Message> {
    let said = chat(text(&of["from_user_id"]), text(&of["from"]));
    let (chat, identity_key_hash) = contacts.of(said, messages)?;
    let id = message_id(&of["id"])?;
    let at = moment(&of["timestamp"], now);
    Some(Message { chat, id, at, what: what(of), identity_key_hash })
}

/// A chat by what can be one of what is said; an odd id is taken for a missing one.
fn chat(user: Option<String>, phone: Option<String>) -> Option<ChatId> {
    let user = user.filter(|user| ChatId::new(Some(user), None).is_ok());
    let phone = phone.filter(|phone| ChatId::new(None, Some(phone)).is_ok());
    ChatId::new(user.as_deref(), phone.as_deref()).ok()
}

/// Whether both are of one chat: something is the same, and nothing differs.
fn agree(one: &ChatId, other: &ChatId) -> bool {
    let users = one.user().zip(other.user()).map(|(one, other)| one == other);
    let phones = one.phone().zip(other.phone()).map(|(one, other)| one == other);
    let said = [users, phones];
    said.contains(&Some(true)) && !said.contains(&Some(false))
}

/// What both say of a chat on which they agree.
fn both(one: ChatId, other: &ChatId) -> ChatId {
    let (user, phone) = (one.user().or(other.user()), one.phone().or(other.phone()));
    ChatId::new(user, phone).unwrap_or(one)
}

fn what(of: &Value) -> What {
    let kind = text(&of["type"]).unwrap_or_default();
    let understood = match kind.as_str() {
        "text" => words(&of["text"]["body"]).map(What::Text),
        "interactive" => interactive(&of["interactive"]),
        // Of a template: the payload is what we wrote behind it.
        "button" => words(&of["button"]["payload"])
            .or_else(|| words(&of["button"]["text"]))
            .map(|payload| tapped(&payload).unwrap_or(What::Text(payload))),
        "location" => location(&of["location"]),
        "reaction" => Some(What::Reaction),
        "system" => Some(system(&of["system"])),
        _ => None,
    };
    understood.unwrap_or(What::Other(match kind.as_str() {
        "image" | "document" | "audio" | "voice" | "video" | "sticker" => Kind::Media,
        "contacts" => Kind::Contacts,
        "order" => Kind::Order,
        "interactive" if !of["interactive"]["nfm_reply"].is_null() => Kind::Form,
        "request_welcome" => Kind::Welcome,
        _ => Kind::Unknown,
    }))
}

/// A tap. On a message that is not of ours its title counts as typed.
fn interactive(of: &Value) -> Option<What> {
    let reply = [&of["button_reply"], &of["list_reply"]].into_iter().find(|one| one.is_object())?;
    let id = text(&reply["id"]).unwrap_or_default();
    tapped(&id).or_else(|| words(&reply["title"]).map(What::Text))
}

fn tapped(id: &str) -> Option<What> {
    let (screen, id) = tap::read(id).filter(|_| id.len() <= LONGEST_ID)?;
    Some(What::Tap { screen, id })
}

fn location(of: &Value) -> Option<What> {
    let degrees = |value: &Value, most: f64| {
        let degrees = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
        (-most..=most).contains(&degrees).then_some(degrees)
    };
    let latitude = degrees(&of["latitude"], 90.0)?;
    let longitude = degrees(&of["longitude"], 180.0)?;
    Some(What::Location { latitude, longitude })
}

/// What the provider says of a chat.
fn system(of: &Value) -> What {
    let kind = text(&of["type"]).unwrap_or_default();
    if kind.contains("identity") {
        return What::IdentityChanged;
    }
    let phone = text(&of["wa_id"]).or_else(|| text(&of["new_wa_id"]));
    let user = text(&of["user_id"]).or_else(|| text(&of["new_user_id"]));
    match chat(user, phone) {
        Some(to) if kind.contains("changed") => What::NumberChanged { to },
        _ => What::Other(Kind::System),
    }
}

fn status(of: &Value, now: Timestamp) -> Option<Status> {
    let what = match text(&of["status"])?.as_str() {
        "sent" => Became::Sent,
        "delivered" => Became::Delivered,
        // A sound is not read but played.
        "read" | "played" => Became::Read,
        "failed" => Became::Failed { code: code(list(of, "errors").first()) },
        _ => return None,
    };
    Some(Status { id: message_id(&of["id"])?, what, at: moment(&of["timestamp"], now) })
}

fn code(error: Option<&Value>) -> u32 {
    let code = error.and_then(|error| text(&error["code"]));
    code.and_then(|code| code.parse().ok()).unwrap_or(0)
}

/// A name of a message: the database and the log take it as it is.
fn message_id(value: &Value) -> Option<String> {
    let is_id = |id: &String| {
        (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(|octet| octet.is_ascii_graphic())
    };
    text(value).filter(is_id)
}

/// What was typed, without what is not to be seen: no database takes a NUL.
fn words(value: &Value) -> Option<String> {
    let keep = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    Some(value.as_str()?.chars().filter(keep).take(LONGEST).collect())
}

/// A moment in seconds or in milliseconds, as a text or a number. Where there is none it is now; a
/// clock that is ahead of ours must not hold the window open longer.
fn moment(value: &Value, now: Timestamp) -> Timestamp {
    /// Seconds of the year 5138, milliseconds of 1973.
    const MILLISECONDS_FROM: i64 = 100_000_000_000;
    let said = text(value).and_then(|said| said.parse::<i64>().ok()).filter(|said| *said > 0);
    let millis = said.map(|said| match said {
        MILLISECONDS_FROM.. => said,
        _ => said * 1000,
    });
    millis.map_or(now, |millis| Timestamp::from_millis(millis).min(now))
}

/// A text, or a whole number as one: ids are seen as both.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => number.as_u64().map(|number| number.to_string()),
        _ => None,
    }
}

fn list<'v>(of: &'v Value, field: &str) -> &'v [Value] {
    of[field].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// What somebody writes is not for logs.
impl std::fmt::Debug for What {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Text(_) => "Text",
            Self::Tap { .. } => "Tap",
            Self::Location { .. } => "Location",
            Self::NumberChanged { .. } => "NumberChanged",
            Self::IdentityChanged => "IdentityChanged",
            Self::Reaction => "Reaction",
            Self::Other(kind) => return write!(out, "Other({kind:?})"),
        })
    }
}

/// A message's name has the number of its writer, or of its reader, in it.
impl std::fmt::Debug for Message {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = out.debug_struct("Message");
        shown.field("chat", &self.chat).field("at", &self.at).field("what", &self.what);
        shown.finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Status {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Status").field("what", &self.what).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
