//! One number of the service on WhatsApp: its users and files, and what may be sent to whom.
//!
//! Pure but for the ids that it draws: requests and `now` in milliseconds go in, answers and what
//! the gateway has to be told come out. Knows no socket.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Passed;
use super::content::{self, At, Content, Outgoing, To};
use super::event::{self, FileSent, Line, Part, Said, Sender, hex, timestamp};
use super::faults::{Faults, Figures, Refusals, Statuses};
use super::pace::{Limits, Throughput};
use super::refusal::{Code, Refusal, Refused};
use super::template::{Category, Template};
use super::user::{Author, Bubble, Identity, Membership, Offers, Profile, Reads, State, User};

/// Free text is taken for so long after the user wrote, in milliseconds: 24 hours.
pub const WINDOW_MS: u64 = 24 * 3600 * 1000;
/// A file can be sent for so long, in milliseconds: 30 days.
pub const MEDIA_MS: u64 = 30 * 24 * 3600 * 1000;
/// A typing indicator goes by itself after so long, in milliseconds.
pub const TYPING_MS: u64 = 25_000;
/// Refusals that are kept.
const REFUSALS_MAX: usize = 500;
/// Files that are kept; the oldest goes.
const FILES_MAX: usize = 2000;
/// Messages of users that can be marked as read; the oldest goes.
const WRITTEN_MAX: usize = 100_000;
/// Octets of the largest document and the largest picture.
const DOCUMENT_MAX: usize = 100 << 20;
const IMAGE_MAX: usize = 5 << 20;

/// A file that was uploaded, or sent by a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its media type.
    pub mime: String,
    /// What it is called, if that was said.
    pub name: String,
    /// What is in it.
    pub octets: Bytes,
    /// When it came, in milliseconds.
    pub at: u64,
}

impl File {
    /// SHA-256 of what is in it, in hex.
    pub fn sha256(&self) -> String {
        hex(&Sha256::digest(&self.octets))
    }
}

#[derive(Debug)]
pub(super) struct Account {
    pub line: Line,
    pub limits: Limits,
    pub templates: Vec<Template>,
    pub faults: Faults,
    pub figures: Figures,
    pub users: HashMap<String, User>,
    /// Business-scoped ids and the users' numbers.
    user_ids: HashMap<String, String>,
    files: HashMap<String, File>,
    file_order: VecDeque<String>,
    /// Who wrote which message, to be marked as read.
    written: HashMap<String, String>,
    written_order: VecDeque<String>,
    throughput: Throughput,
}

/// A request that was taken: what is answered, and what the gateway is told of it later.
#[derive(Debug)]
pub(super) struct Taken {
    pub answer: Value,
    pub user: String,
    pub parts: Vec<Part>,
    /// What the air shows of it.
    pub passed: Option<Passed>,
}

impl Account {
    pub fn new(line: Line, limits: Limits, templates: Vec<Template>) -> Self {
        Self {
            line,
            limits,
            templates,
            faults: Faults::default(),
            figures: Figures::default(),
            users: HashMap::new(),
            user_ids: HashMap::new(),
            files: HashMap::new(),
            file_order: VecDeque::new(),
            written: HashMap::new(),
            written_order: VecDeque::new(),
            throughput: Throughput::default(),
        }
    }

    /// The user with this number; made if there is none. A new name replaces the old.
    pub fn user(&mut self, wa_id: &str, name: &str) -> &mut User {
        let scope = &self.line.phone_number_id;
        let user = self
            .users
            .entry(wa_id.to_owned())
            .or_insert_with(|| User::new(wa_id, &user_id(wa_id, scope)));
        if !name.is_empty() {
            name.clone_into(&mut user.name);
        }
        self.user_ids.insert(user.user_id.clone(), wa_id.to_owned());
        user
    }

    /// Takes what the gateway posts to `messages`.
    pub fn post(&mut self, request: &Value, now: u64) -> Result<Taken, Refusal> {
        if request.get("status").is_some() {
            self.mark(request, now)
        } else {
            self.send(request, now)
        }
    }

    fn send(&mut self, request: &Value, now: u64) -> Result<Taken, Refusal> {
        let mut outgoing = content::read(request)?;
        if !self.throughput.admit(&self.limits, now) {
            return Err(Refusal::new(
                Code::Throughput,
                "more messages a second than this number may send",
            ));
        }
        self.look_up(&mut outgoing, now)?;
        let key = match &outgoing.to {
            To::Phone(phone) => Some(phone.clone()),
            To::UserId(id) => self.user_ids.get(id).cloned(),
        };
        let user = key.as_ref().and_then(|key| self.users.get_mut(key));
        let Some(user) = user.filter(|user| user.profile.membership == Membership::Member) else {
            return self.nobody(&outgoing, now);
        };
        if !user.pair.admit(&self.limits, now) {
            return Err(Refusal::new(Code::PairRate, "too many messages to the same user"));
        }
        let changed = outgoing.identity.as_ref().is_some_and(|hash| *hash != user.identity());
        if changed || user.profile.identity == Identity::Changed {
            return Err(Refusal::new(
                Code::IdentityChanged,
                "the user's identity key is another one",
            ));
        }
        let (sender, id) = (user.sender(), message_id(&user.wa_id));
        let held = held_back(user, &outgoing.content, &self.templates, now);
        if let Some(refusal) = held {
            let key = user.wa_id.clone();
            return self.refuse_later(refusal, &outgoing.to, key, &sender, now);
        }
        self.figures.taken += 1;
        user.typing_until = 0;
        let told = told(self.faults.statuses, user.profile.reads);
        user.keep(Bubble {
            serial: 0,
            id: id.clone(),
            author: Author::Service,
            at: now,
            state: told.last().copied().unwrap_or(State::Sent),
            answers: outgoing.answers.clone().unwrap_or_default(),
            reaction: String::new(),
            content: outgoing.content.clone(),
        });
        let user = user.wa_id.clone();
        let at = timestamp(now, self.faults.timestamps);
        let told = if self.faults.statuses == Statuses::Failures { Vec::new() } else { told };
        let parts =
            told.iter().map(|state| event::status(&sender, &id, &at, state.word(), None)).collect();
        let passed = Some(Passed::Message(outgoing.content.word()));
        Ok(Taken { answer: accepted(&outgoing.to, &sender, &id), user, parts, passed })
    }

    /// Finds the template or the file that a message names.
    fn look_up(&self, outgoing: &mut Outgoing, now: u64) -> Result<(), Refusal> {
        match &mut outgoing.content {
            Content::Template { name, language, text, values } => {
                let known = |known: &&Template| known.name == *name && known.language == *language;
                let template = self.templates.iter().find(known).ok_or_else(|| {
                    Refusal::new(Code::NoSuchTemplate, "no template of this name and language")
                })?;
                *text = template.filled(values)?;
                if template.category == Category::Authentication
                    && matches!(outgoing.to, To::UserId(_))
                {
                    let why = "an authentication template goes to a phone number only";
                    return Err(Refusal::new(Code::UserIdNotAllowed, why));
                }
            }
            Content::Document { media, .. } => {
                self.file(media, now)?;
            }
            Content::Image { media, .. } => {
                let mime = &self.file(media, now)?.mime;
                if !mime.starts_with("image/") {
                    return Err(Refusal::new(Code::Invalid, "image.id is no picture"));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// A number or id that nobody has: the cloud finds out when it delivers.
    fn nobody(&mut self, outgoing: &Outgoing, now: u64) -> Result<Taken, Refusal> {
        let (wa_id, user_id) = match outgoing.to.clone() {
            To::Phone(phone) => (Some(phone), None),
            To::UserId(id) => (None, Some(id)),
        };
        let key = wa_id.clone().or_else(|| user_id.clone()).unwrap_or_default();
        let sender = Sender { wa_id, user_id, name: String::new(), identity: String::new() };
        let refusal = Refusal::new(Code::Undeliverable, "the recipient is not on WhatsApp");
        self.refuse_later(refusal, &outgoing.to, key, &sender, now)
    }

    fn refuse_later(
        &mut self,
        refusal: Refusal,
        to: &To,
        user: String,
        sender: &Sender,
        now: u64,
    ) -> Result<Taken, Refusal> {
        if self.faults.refusals == Refusals::AtOnce {
            return Err(refusal);
        }
        self.count(&refusal, now);
        let id = message_id(&user);
        let at = timestamp(now, self.faults.timestamps);
        let failed = event::status(sender, &id, &at, "failed", Some(refusal.in_status()));
        let passed = Some(Passed::Refused(refusal.code.number(), refusal.details));
        Ok(Taken { answer: accepted(to, sender, &id), user, parts: vec![failed], passed })
    }

    /// Marks a message of a user as read, and shows that an answer is being written.
    fn mark(&mut self, request: &Value, now: u64) -> Result<Taken, Refusal> {
        content::product(&At { value: request, path: String::new() })?;
        if request.get("status").and_then(Value::as_str) != Some("read") {
            return Err(Refusal::new(Code::Invalid, "status is `read`"));
        }
        let id = request.get("message_id").and_then(Value::as_str);
        let id = id.ok_or_else(|| Refusal::new(Code::Missing, "message_id is missing"))?;
        let typing = match request.pointer("/typing_indicator/type").map(Value::as_str) {
            None => false,
            Some(Some("text")) => true,
            Some(_) => {
                return Err(Refusal::new(Code::Invalid, "typing_indicator.type is `text`"));
            }
        };
        let user = self.written.get(id).and_then(|wa_id| self.users.get_mut(wa_id));
        let user =
            user.ok_or_else(|| Refusal::new(Code::Invalid, "message_id is no message of a user"))?;
        user.mark_read(id);
        if typing {
            user.typing_until = now + TYPING_MS;
        }
        let user = user.wa_id.clone();
        Ok(Taken { answer: json!({ "success": true }), user, parts: Vec::new(), passed: None })
    }

    /// Takes a file; gives its id.
    pub fn upload(&mut self, file: File) -> Result<String, Refusal> {
        let most = match file.mime.as_str() {
            "application/pdf" | "text/plain" => DOCUMENT_MAX,
            "image/jpeg" | "image/png" => IMAGE_MAX,
            _ => {
                return Err(Refusal::new(Code::Parameter, "file is of a type that cannot be sent"));
            }
        };
        if file.octets.is_empty() || file.octets.len() > most {
            return Err(Refusal::new(Code::Upload, "the file is empty or too large"));
        }
        let picture = file.mime != "image/png" || is_rgb(&file.octets);
        if !picture {
            return Err(Refusal::new(Code::Upload, "a picture is 8-bit, and RGB or RGBA"));
        }
        self.figures.files += 1;
        Ok(self.keep(file))
    }

    fn keep(&mut self, file: File) -> String {
        let id =
            format!("{}", 1_000_000_000_000_000 + rand::random::<u64>() % 9_000_000_000_000_000);
        if self.file_order.len() >= FILES_MAX
            && let Some(oldest) = self.file_order.pop_front()
        {
            self.files.remove(&oldest);
        }
        self.file_order.push_back(id.clone());
        self.files.insert(id.clone(), file);
        id
    }

    /// A file that may still be sent.
    pub fn file(&self, id: &str, now: u64) -> Result<&File, Refusal> {
        let file = self.files.get(id).filter(|file| now < file.at + MEDIA_MS);
        file.ok_or_else(|| Refusal::new(Code::Upload, "no file of this id, or it is too old"))
    }

    /// A file that a person opens: an app keeps what it received.
    pub fn received(&self, id: &str) -> Option<&File> {
        self.files.get(id)
    }

    /// Keeps a file of a user, so that the gateway can fetch it.
    pub fn keep_sent(&mut self, file: File, caption: &str) -> FileSent {
        let (sha256, filename) = (file.sha256(), file.name.clone());
        FileSent { media: self.keep(file), sha256, filename, caption: caption.to_owned() }
    }

    /// A user writes: gives the message's id and what the gateway is told.
    pub fn write(&mut self, wa_id: &str, said: &Said, now: u64) -> (String, Part) {
        let at = timestamp(now, self.faults.timestamps);
        let line = self.line.clone();
        let user = self.user(wa_id, "");
        let id = message_id(wa_id);
        // Whoever writes has been asked by the app whether the new key is theirs.
        user.profile.identity = Identity::Known;
        user.hear_said(said, &id, now);
        let part = event::message(&line, &user.sender(), &id, &at, said);
        self.wrote(wa_id, &id, now);
        (id, part)
    }

    /// Remembers that a user wrote this message now: the window is open.
    pub fn wrote(&mut self, wa_id: &str, id: &str, now: u64) {
        self.user(wa_id, "").last_wrote = Some(now);
        if self.written_order.len() >= WRITTEN_MAX
            && let Some(oldest) = self.written_order.pop_front()
        {
            self.written.remove(&oldest);
        }
        self.written_order.push_back(id.to_owned());
        self.written.insert(id.to_owned(), wa_id.to_owned());
    }

    pub fn count(&mut self, refusal: &Refusal, now: u64) {
        self.figures.refused += 1;
        let refusals = &mut self.figures.refusals;
        if refusals.len() >= REFUSALS_MAX {
            refusals.remove(0);
        }
        let (code, title) = (refusal.code.number(), refusal.code.title());
        refusals.push(Refused { code, title, details: refusal.details.clone(), at: now });
    }

    /// Another profile of a user.
    pub fn set_profile(&mut self, wa_id: &str, profile: Profile) {
        let user = self.user(wa_id, "");
        if profile.identity == Identity::Changed && user.profile.identity == Identity::Known {
            user.device += 1;
        }
        user.profile = profile;
    }
}

/// Whether this user gets this message now.
fn held_back(user: &User, content: &Content, templates: &[Template], now: u64) -> Option<Refusal> {
    let Content::Template { name, language, .. } = content else {
        let open = user.last_wrote.is_some_and(|at| now < at + WINDOW_MS);
        let why = "more than 24 hours since the user wrote";
        return (!open).then(|| Refusal::new(Code::WindowClosed, why));
    };
    let template = templates.iter().find(|it| it.name == *name && it.language == *language)?;
    match (template.category, user.profile.offers) {
        (Category::Marketing, Offers::Refused) => {
            Some(Refusal::new(Code::OptedOut, "the user wants no offers of this number"))
        }
        (Category::Marketing, Offers::HeldBack) => {
            Some(Refusal::new(Code::HeldBack, "the user had enough offers for now"))
        }
        _ => None,
    }
}

fn told(statuses: Statuses, reads: Reads) -> Vec<State> {
    let mut told = vec![State::Sent];
    if statuses != Statuses::NoDelivered {
        told.push(State::Delivered);
    }
    if reads == Reads::AtOnce {
        told.push(State::Read);
    }
    told
}

fn accepted(to: &To, sender: &Sender, id: &str) -> Value {
    let contact = match to {
        To::Phone(phone) => json!({ "input": phone, "wa_id": phone }),
        To::UserId(user_id) => json!({ "input": user_id, "user_id": sender.user_id }),
    };
    json!({
        "messaging_product": "whatsapp",
        "contacts": [contact],
        "messages": [{ "id": id }],
    })
}

/// Ids say nothing that a caller may rely on.
fn message_id(user: &str) -> String {
    let length = u8::try_from(user.len()).unwrap_or_default();
    format!("wamid.HBg{length:02X}{:016X}{:016X}", rand::random::<u64>(), rand::random::<u64>())
}

/// The same for the same user and number of the service, as the real ones are.
fn user_id(wa_id: &str, phone_number_id: &str) -> String {
    let digest = Sha256::digest(format!("{phone_number_id}/{wa_id}"));
    let number = digest.iter().take(7).fold(0u64, |number, octet| number << 8 | u64::from(*octet));
    format!("ID.1349{:012}", number % 1_000_000_000_000)
}

/// Whether a PNG has 8 bits and is RGB or RGBA, as the documentation of media asks (PNG, third edition
/// §11.2.1).
fn is_rgb(octets: &[u8]) -> bool {
    octets.starts_with(b"\x89PNG\r\n\x1a\n")
        && octets.get(12..16) == Some(b"IHDR")
        && octets.get(24) == Some(&8)
        && matches!(octets.get(25), Some(2 | 6))
}
