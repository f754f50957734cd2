//! One browser's WebSocket: what it may say, what it hears.
//!
//! JSON both ways, one small object a message, told apart by `do` and `is`. Numbers in the log of
//! the air are masked; the texts of screens go to the phone that shows them and nowhere else.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::extract::ws::{Message, WebSocket};
use serde::{Deserialize, Serialize};
use tokio::sync::{broadcast, mpsc};
use tokio::task::{AbortHandle, JoinSet};

use super::chat;
use super::record::{self, RecordView};
use super::sms::{self, Ask, Form};
use super::words::{air_line, face_words, kind, not_now_word};
use super::{Page, SamplePerson, Words};
use crate::aggregator::Retries;
use crate::network::Network;
use crate::number::Number;
use crate::operator::centre::Signal;
use crate::operator::face::Face;
use crate::operator::sms::Text;
use crate::operator::sms::figures::Figures;
use crate::operator::{Act, LinkView, PhoneEvent};
use crate::satudata;
use crate::whatsapp::chat::Chat;

/// Messages that may wait for a slow browser; then its news wait too.
const WAITING: usize = 256;
/// How often a browser hears what was counted, and whether a chat is still written to.
pub(super) const EVERY: Duration = Duration::from_secs(1);
/// Characters of the longest text a phone sends: what one USSD message carries.
const TEXT_MAX: usize = 182;

/// What a browser says.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Heard {
    Dial { phone: usize, text: String },
    Answer { phone: usize, text: String },
    HangUp { phone: usize },
    Read { phone: usize },
    Signal { phone: usize, on: Switch },
    NetworkAbort { phone: usize },
    RepeatLast { phone: usize },
    Sim { phone: usize, number: String, network: usize },
    Retries { network: usize, on: Switch },
    Text { phone: usize, to: String, text: String },
    Faults { network: usize, faults: Form },
    Outage { network: usize, seconds: u32 },
    Chat(chat::Act),
    Record { faults: satudata::Faults },
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Switch {
    Yes,
    No,
}

/// What a browser hears.
#[derive(Debug, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub(super) enum Told<'a> {
    Hello {
        codes: &'a [String],
        short_code: &'a str,
        networks: Vec<NetworkView<'a>>,
        phones: Vec<Sim>,
        people: Vec<PersonView<'a>>,
        /// Whether there is a chat phone.
        chat: bool,
    },
    Sim {
        phone: usize,
        number: String,
        network: usize,
    },
    Face {
        phone: usize,
        state: &'static str,
        by: &'static str,
        text: &'a str,
    },
    Air {
        at: u64,
        network: usize,
        number: String,
        kind: &'static str,
        code: String,
        size: String,
        why: String,
    },
    Links {
        network: usize,
        links: &'a [LinkView],
    },
    NotNow {
        phone: usize,
        why: &'static str,
    },
    /// All texts of a phone.
    Inbox {
        phone: usize,
        texts: &'a [Text],
    },
    /// A new one.
    Text {
        phone: usize,
        text: &'a Text,
    },
    Sms {
        network: usize,
        faults: Form,
        figures: Figures,
    },
    Chat(chat::View),
    Cloud(&'a chat::CloudView),
    Record(&'a RecordView),
    ChatAir {
        at: u64,
        number: String,
        kind: &'static str,
        code: String,
        why: String,
    },
}

#[derive(Debug, Serialize)]
pub(super) struct NetworkView<'a> {
    name: &'a str,
    dialect: &'static str,
    /// `smpp` or `http`.
    kind: &'static str,
    address: String,
    links: Vec<LinkView>,
}

#[derive(Debug, Serialize)]
pub(super) struct Sim {
    number: String,
    network: usize,
}

#[derive(Debug, Serialize)]
pub(super) struct PersonView<'a> {
    title: Words,
    nik: &'a str,
    name: &'a str,
    birth_date: &'a str,
    phone: Option<String>,
    expect: Words,
}

impl<'a> PersonView<'a> {
    fn of(person: &'a SamplePerson) -> Self {
        let SamplePerson { nik, name, birth_date, phone, title, expect } = person;
        let phone = phone.map(Number::national);
        Self { title: *title, nik, name, birth_date, phone, expect: *expect }
    }
}

/// Talks with one browser until it goes.
pub(super) async fn talk(mut socket: WebSocket, page: Arc<Page>) {
    let (out, mut outgoing) = mpsc::channel::<String>(WAITING);
    let mut browser = Browser::new(page, out);
    if browser.greet().await.is_none() {
        return;
    }
    loop {
        let sent = tokio::select! {
            Some(text) = outgoing.recv() => socket.send(Message::text(text)).await.is_ok(),
            heard = socket.recv() => match heard {
                Some(Ok(Message::Text(text))) => browser.hear(&text).await.is_some(),
                Some(Ok(Message::Close(_)) | Err(_)) | None => false,
                Some(Ok(_)) => true,
            },
        };
        if !sent {
            return;
        }
    }
}

/// One browser with its phones. `None` from a step means that nobody is there any more.
struct Browser {
    page: Arc<Page>,
    out: mpsc::Sender<String>,
    phones: Vec<Handset>,
    /// The chat phone, where there is a cloud.
    chat: Option<(Chat, Option<AbortHandle>)>,
    /// Everything that listens for this browser; ends with it.
    listening: JoinSet<()>,
}

struct Handset {
    number: Number,
    network: usize,
    listener: Option<AbortHandle>,
}

impl Browser {
    fn new(page: Arc<Page>, out: mpsc::Sender<String>) -> Self {
        let handset =
            |&(number, network): &(Number, usize)| Handset { number, network, listener: None };
        let phones = page.phones.iter().map(handset).collect();
        let number = page.phones.first().map(|&(number, _)| number);
        let chat =
            page.cloud.as_ref().zip(number).map(|(cloud, number)| (cloud.chat(number, ""), None));
        Self { page, out, phones, chat, listening: JoinSet::new() }
    }

    async fn greet(&mut self) -> Option<()> {
        let page = Arc::clone(&self.page);
        let networks = page.networks.iter().map(|network| NetworkView {
            name: network.name(),
            dialect: network.speaks(),
            kind: kind(network),
            address: network.address().map(|at| at.to_string()).unwrap_or_default(),
            links: network.links().borrow().clone(),
        });
        let sim = |phone: &Handset| Sim { number: phone.number.national(), network: phone.network };
        tell(
            &self.out,
            &Told::Hello {
                codes: &page.codes,
                short_code: &page.short_code,
                networks: networks.collect(),
                phones: self.phones.iter().map(sim).collect(),
                people: page.people.iter().map(PersonView::of).collect(),
                chat: self.chat.is_some(),
            },
        )
        .await?;
        for (at, network) in page.networks.iter().enumerate() {
            self.listening.spawn(tell_air(self.out.clone(), at, network.clone()));
            self.listening.spawn(tell_links(self.out.clone(), at, network.clone()));
            if let Network::Operator(operator) = network {
                self.listening.spawn(sms::tell_sms(self.out.clone(), at, operator.clone()));
            }
        }
        for phone in 0..self.phones.len() {
            self.listen(phone).await?;
        }
        if let Some(cloud) = &page.cloud {
            self.listening.spawn(chat::tell_cloud(self.out.clone(), cloud.clone()));
            self.listening.spawn(chat::tell_air(self.out.clone(), cloud.clone()));
            self.listen_to_chat();
        }
        if let Some(record) = &page.record {
            self.listening.spawn(record::tell_record(self.out.clone(), record.clone()));
        }
        Some(())
    }

    fn listen_to_chat(&mut self) {
        let (Some((phone, listener)), Some(cloud)) = (&mut self.chat, &self.page.cloud) else {
            return;
        };
        if let Some(listener) = listener.take() {
            listener.abort();
        }
        let same = cloud.chat(phone.number(), "");
        let told = chat::tell_chat(self.out.clone(), cloud.clone(), same);
        *listener = Some(self.listening.spawn(told));
    }

    async fn act_on_chat(&mut self, act: chat::Act) -> Option<()> {
        let (Some((phone, _)), Some(cloud)) = (&mut self.chat, &self.page.cloud) else {
            return Some(());
        };
        match chat::obey(cloud, phone, act) {
            Ok(None) => {}
            Ok(Some(number)) => {
                *phone = cloud.chat(number, "");
                self.listen_to_chat();
            }
            Err(why) => return tell(&self.out, &Told::NotNow { phone: 0, why }).await,
        }
        Some(())
    }

    async fn hear(&mut self, text: &str) -> Option<()> {
        let Ok(heard) = serde_json::from_str(text) else {
            tracing::debug!("a browser said something odd");
            return Some(());
        };
        let (phone, act) = match heard {
            Heard::Dial { phone, text } | Heard::Answer { phone, text }
                if text.chars().count() > TEXT_MAX =>
            {
                return tell(&self.out, &Told::NotNow { phone, why: "too_long" }).await;
            }
            Heard::Text { phone, text, .. } if text.chars().count() > sms::TEXT_MAX => {
                return tell(&self.out, &Told::NotNow { phone, why: "too_long" }).await;
            }
            Heard::Text { phone, to, text } => (phone, Act::Text { to, text }),
            Heard::Faults { network, faults } => {
                return sms::obey(self.page.networks.get(network), Ask::Faults(faults)).await;
            }
            Heard::Outage { network, seconds } => {
                return sms::obey(self.page.networks.get(network), Ask::Outage { seconds }).await;
            }
            Heard::Chat(act) => return self.act_on_chat(act).await,
            Heard::Record { faults } => {
                self.page.record.iter().for_each(|record| record::obey(record, faults));
                return Some(());
            }
            Heard::Dial { phone, text } => (phone, Act::Dial(text)),
            Heard::Answer { phone, text } => (phone, Act::Answer(text)),
            Heard::HangUp { phone } => (phone, Act::HangUp),
            Heard::Read { phone } => (phone, Act::Read),
            Heard::Signal { phone, on: Switch::Yes } => (phone, Act::Signal(Signal::On)),
            Heard::Signal { phone, on: Switch::No } => (phone, Act::Signal(Signal::Off)),
            Heard::NetworkAbort { phone } => (phone, Act::NetworkAbort),
            Heard::RepeatLast { phone } => (phone, Act::RepeatLast),
            Heard::Sim { phone, number, network } => {
                return self.change_sim(phone, &number, network).await;
            }
            Heard::Retries { network, on } => {
                if let Some(Network::Aggregator(aggregator)) = self.page.networks.get(network) {
                    aggregator.retry(match on {
                        Switch::Yes => Retries::EveryStep,
                        Switch::No => Retries::Off,
                    });
                }
                return Some(());
            }
        };
        let Some(handset) = self.phones.get(phone) else { return Some(()) };
        let network = self.page.networks.get(handset.network)?;
        if let Err(not_now) = network.act(handset.number, act).await.ok()? {
            tell(&self.out, &Told::NotNow { phone, why: not_now_word(not_now) }).await?;
        }
        Some(())
    }

    /// Another number or network for a phone. What the old one had open is hung up.
    async fn change_sim(&mut self, phone: usize, number: &str, network: usize) -> Option<()> {
        let Some(handset) = self.phones.get_mut(phone) else { return Some(()) };
        if let (Ok(number), true) = (number.parse::<Number>(), network < self.page.networks.len()) {
            let old = self.page.networks.get(handset.network)?;
            // Usually there is nothing open.
            let _ = old.act(handset.number, Act::HangUp).await.ok()?;
            (handset.number, handset.network) = (number, network);
        }
        let number = handset.number.national();
        let network = handset.network;
        tell(&self.out, &Told::Sim { phone, number, network }).await?;
        self.listen(phone).await
    }

    async fn listen(&mut self, phone: usize) -> Option<()> {
        let handset = self.phones.get_mut(phone)?;
        if let Some(listener) = handset.listener.take() {
            listener.abort();
        }
        let network = self.page.networks.get(handset.network)?;
        let (face, news) = network.watch(handset.number).await.ok()?;
        // What comes between the two comes twice; the page knows texts by their number.
        let mut inbox = Vec::new();
        let mut others = Vec::new();
        for (at, other) in self.page.networks.iter().enumerate() {
            let Network::Operator(operator) = other else { continue };
            inbox.extend(operator.inbox(handset.number, 0).await.ok()?);
            if at != handset.network {
                others.push(operator.overhear(handset.number).await.ok()?);
            }
        }
        tell(&self.out, &Told::Inbox { phone, texts: &inbox }).await?;
        let out = self.out.clone();
        let listening = async move {
            let own = tell_phone(out.clone(), phone, face, news);
            let others = others.into_iter().map(|news| sms::tell_texts(out.clone(), phone, news));
            let others: JoinSet<()> = others.collect();
            tokio::join!(own, others.join_all());
        };
        handset.listener = Some(self.listening.spawn(listening));
        // Listeners that were replaced are done; forget them.
        while self.listening.try_join_next().is_some() {}
        Some(())
    }
}

async fn tell_phone(
    out: mpsc::Sender<String>,
    phone: usize,
    face: Face,
    mut news: broadcast::Receiver<PhoneEvent>,
) {
    let mut face = Some(face);
    loop {
        if let Some(face) = face.take() {
            let (state, by, text) = face_words(&face);
            if tell(&out, &Told::Face { phone, state, by, text }).await.is_none() {
                return;
            }
        }
        match news.recv().await {
            Ok(PhoneEvent::Face(new)) => face = Some(new),
            Ok(PhoneEvent::Text(text)) => {
                if tell(&out, &Told::Text { phone, text: &text }).await.is_none() {
                    return;
                }
            }
            Ok(PhoneEvent::Came(..)) | Err(broadcast::error::RecvError::Lagged(_)) => {}
            Err(broadcast::error::RecvError::Closed) => return,
        }
    }
}

async fn tell_air(out: mpsc::Sender<String>, at: usize, network: Network) {
    let mut air = network.air();
    loop {
        match air.recv().await {
            Ok(line) => {
                if tell(&out, &air_line(at, &network, line)).await.is_none() {
                    return;
                }
            }
            Err(broadcast::error::RecvError::Lagged(_)) => {}
            Err(broadcast::error::RecvError::Closed) => return,
        }
    }
}

async fn tell_links(out: mpsc::Sender<String>, at: usize, network: Network) {
    let mut links = network.links();
    while links.changed().await.is_ok() {
        let now = links.borrow_and_update().clone();
        if tell(&out, &Told::Links { network: at, links: &now }).await.is_none() {
            return;
        }
    }
}

/// Tells a browser of something that is looked at once a second, whenever it is not what it was.
pub(super) async fn tell_changes<V: PartialEq>(
    out: mpsc::Sender<String>,
    look: impl Fn() -> V,
    told: impl for<'v> Fn(&'v V) -> Told<'v>,
) {
    let mut last: Option<V> = None;
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let now = look();
        if last.as_ref() == Some(&now) {
            continue;
        }
        if tell(&out, &told(&now)).await.is_none() {
            return;
        }
        last = Some(now);
    }
}

pub(super) async fn tell(out: &mpsc::Sender<String>, told: &Told<'_>) -> Option<()> {
    let text = serde_json::to_string(told).ok()?;
    out.send(text).await.ok()
}

#[expect(clippy::disallowed_methods, reason = "the page shows when a line was written")]
pub(super) fn millis() -> u64 {
    let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    u64::try_from(at).unwrap_or_default()
}
