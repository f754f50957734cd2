//! The chat phone on the page: what a browser may ask of the cloud, and what it hears of it.

use std::time::Duration;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::sync::{broadcast, mpsc};

use super::talk::{self, EVERY, Told, tell, tell_changes};
use crate::number::Number;
use crate::whatsapp::chat::Chat;
use crate::whatsapp::event::{FileKind, Said};
use crate::whatsapp::faults::{Faults, Figures};
use crate::whatsapp::user::{Bubble, Profile};
use crate::whatsapp::{Air, Cloud, Passed};

/// Characters of the longest text that a person writes.
const TEXT_MAX: usize = 4096;
/// The farthest that a browser moves the clock at once: eight days, in hours.
const ADVANCE_MAX: u32 = 8 * 24;
/// Refusals that the page shows.
const REFUSALS: usize = 5;

/// What a browser says to its chat phone.
#[derive(Debug, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub(super) enum Act {
    Write { text: String },
    Pick { message: String, id: String },
    Location,
    Send { what: What },
    Number { number: String },
    Profile { profile: Profile },
    Faults { faults: Faults },
    Advance { hours: u32 },
}

/// What else a person can send.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum What {
    Image,
    Audio,
    Sticker,
    Contact,
    Unsupported,
}

/// A chat phone as it stands.
#[derive(Debug, Serialize)]
pub(super) struct View {
    number: String,
    user_id: String,
    profile: Profile,
    typing: bool,
    bubbles: Vec<Bubble>,
}

/// The cloud as it stands.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct CloudView {
    faults: Faults,
    figures: Figures,
    /// The day that the cloud thinks it is, milliseconds since 1970.
    today: u64,
}

impl View {
    fn of(chat: &Chat) -> Self {
        Self {
            number: chat.number().national(),
            user_id: chat.user_id(),
            profile: chat.profile(),
            typing: chat.is_typing(),
            bubbles: chat.messages(),
        }
    }
}

impl CloudView {
    fn of(cloud: &Cloud) -> Self {
        const DAY_MS: u64 = 24 * 3600 * 1000;
        let mut figures = cloud.figures();
        let last = figures.refusals.len().saturating_sub(REFUSALS);
        figures.refusals.drain(..last);
        Self { faults: cloud.faults(), figures, today: cloud.now() / DAY_MS * DAY_MS }
    }
}

/// Does what a browser asks of its phone. Another number is given back.
pub(super) fn obey(cloud: &Cloud, chat: &Chat, act: Act) -> Result<Option<Number>, &'static str> {
    match act {
        Act::Write { text } if text.chars().count() > TEXT_MAX => return Err("too_long"),
        Act::Write { text } if text.trim().is_empty() => {}
        Act::Write { text } => {
            chat.write(&text);
        }
        Act::Pick { message, id } => {
            chat.pick_on(&message, &id).map_err(|_| "chat_gone")?;
        }
        Act::Location => {
            chat.say(&Said::Location(-6.1754, 106.8272, "Monas, Jakarta".to_owned()));
        }
        Act::Send { what } => send(chat, what),
        Act::Number { number } => return number.parse().map(Some).map_err(|_| "badNumber"),
        Act::Profile { profile } => chat.set_profile(profile),
        Act::Faults { faults } => cloud.set_faults(faults),
        Act::Advance { hours } => {
            cloud.advance(Duration::from_secs(u64::from(hours.min(ADVANCE_MAX)) * 3600));
        }
    }
    Ok(None)
}

fn send(chat: &Chat, what: What) {
    let file = |kind, name, octets: &'static [u8]| {
        chat.send_file(kind, name, Bytes::from_static(octets), "");
    };
    match what {
        What::Image => file(FileKind::Image, "foto.png", PICTURE),
        What::Audio => file(FileKind::Audio, "suara.ogg", b"OggS"),
        What::Sticker => file(FileKind::Sticker, "stiker.webp", b"RIFF"),
        What::Contact => {
            chat.say(&Said::Contact("Budi".to_owned(), "+6281200000000".to_owned()));
        }
        What::Unsupported => {
            chat.say(&Said::Unsupported);
        }
    }
}

/// A PNG of one dot.
const PICTURE: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52,
    0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x00, 0x00, 0x00, 0x90, 0x77, 0x53,
    0xde, 0x00, 0x00, 0x00, 0x0c, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x90, 0xcf, 0x8e, 0x01,
    0x00, 0x01, 0x93, 0x00, 0xe7, 0x82, 0xc6, 0x8e, 0x5d, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e,
    0x44, 0xae, 0x42, 0x60, 0x82,
];

/// Tells a browser of its chat phone whenever that changes.
pub(super) async fn tell_chat(out: mpsc::Sender<String>, cloud: Cloud, chat: Chat) {
    let user = chat.number().to_string();
    let mut news = cloud.news();
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut typing = false;
    let mut stale = true;
    loop {
        if stale || typing != chat.is_typing() {
            let view = View::of(&chat);
            typing = view.typing;
            if tell(&out, &Told::Chat(view)).await.is_none() {
                return;
            }
        }
        stale = tokio::select! {
            _ = ticks.tick() => false,
            heard = news.recv() => match heard {
                Ok(whose) => whose == user,
                Err(broadcast::error::RecvError::Lagged(_)) => true,
                Err(broadcast::error::RecvError::Closed) => return,
            },
        };
    }
}

/// Tells a browser what passes between the cloud and the gateway.
pub(super) async fn tell_air(out: mpsc::Sender<String>, cloud: Cloud) {
    let mut air = cloud.air();
    loop {
        let Air { user, passed } = match air.recv().await {
            Ok(line) => line,
            Err(broadcast::error::RecvError::Lagged(_)) => continue,
            Err(broadcast::error::RecvError::Closed) => return,
        };
        let (kind, code, why) = match passed {
            Passed::Event(what) => ("wa_event", what.to_owned(), String::new()),
            Passed::Message(what) => ("wa_message", what.to_owned(), String::new()),
            Passed::Refused(code, why) => ("refused", code.to_string(), why),
            Passed::Unacknowledged(status) => ("wa_again", status.to_string(), String::new()),
        };
        let told = Told::ChatAir { at: talk::millis(), number: user, kind, code, why };
        if tell(&out, &told).await.is_none() {
            return;
        }
    }
}

/// Tells a browser of the cloud's faults and figures whenever they change.
pub(super) async fn tell_cloud(out: mpsc::Sender<String>, cloud: Cloud) {
    tell_changes(out, || CloudView::of(&cloud), |view| Told::Cloud(view)).await;
}

/// A document or picture of a chat, for a browser to open. Whatever could run there is only saved.
pub(super) fn document(cloud: Option<&Cloud>, media: &str) -> Response {
    let Some(file) = cloud.and_then(|cloud| cloud.file(media)) else {
        return axum::http::StatusCode::NOT_FOUND.into_response();
    };
    let shown = matches!(file.mime.as_str(), "application/pdf" | "image/png" | "image/jpeg");
    let disposition = if shown { "inline" } else { "attachment" };
    let headers = [
        (header::CONTENT_TYPE, file.mime),
        (header::CONTENT_DISPOSITION, disposition.to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (headers, file.octets).into_response()
}
