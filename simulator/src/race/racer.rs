//! Somebody who wants a seat, on one channel, as stubbornly as people are.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::{Networks, RaceError, WAYS, Way};
use crate::network::Network;
use crate::operator::sms::Sender;
use crate::phone::{Phone, PhoneError, Screen};
use crate::play::SHORT_CODE;
use crate::whatsapp::chat::Chat;
use crate::whatsapp::content::Content;
use crate::whatsapp::user::Bubble;

/// The appointments in the menu: dialled, and written.
const DIALLED: &str = "*119*9#";
const KEYWORD: &str = "JADWAL";
const BORN: &str = "17081990";

/// How long the answer to a text or on a chat is waited for before it is written again.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often somebody begins again before they give up.
const TRIES: u32 = 60;
/// Whoever is told that the service is busy waits so long, and half of it more each time, …
const BREATH: Duration = Duration::from_millis(500);
/// … but no longer than this.
const BREATH_MAX: Duration = Duration::from_secs(5);
/// Nobody reads an answer and writes words again in less that they wrote before: a node that heard nothing
/// else since would take them for the same text, delivered twice.
const READS_FOR: Duration = Duration::from_secs(4);

/// Where to go.
#[derive(Debug, Clone, Copy)]
pub(super) enum Goal {
    /// The list of times.
    Times,
    /// A yes or a no, in a race that began then.
    Seat(Instant),
}

/// What somebody was told in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// The number of a ticket.
    Yes(String),
    /// That there is no seat.
    No,
}

pub(super) struct Racer {
    pub way: Way,
    pub told: Option<Told>,
    /// How long it took from the start of the race.
    pub decided: Duration,
    pub turns: u64,
    pub busy: u32,
    pub broken: u32,
    pub strange: u32,
    /// Whether a ticket that was told also came in writing.
    pub kept: bool,
    nik: String,
    /// The row of the time that is wanted first.
    slot: usize,
    /// On the network that carries texts.
    phone: Phone,
    line: Line,
    /// What the screen shows; nothing where there is none.
    shown: Option<String>,
}

enum Line {
    Call(Phone),
    /// What was written so far.
    Text(BTreeSet<String>),
    /// The last message, whose rows can be tapped.
    Chat(Box<Chat>, Option<Bubble>),
}

/// What is done about a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Row(usize),
    Nik,
    Birth,
    /// The only place there is.
    Place,
    /// The digits that stand on it.
    Confirm,
    /// Those that come by SMS.
    Code,
    /// A list of times.
    Times,
    /// The service cannot answer now.
    Busy,
    No,
    Nothing,
}

/// By words that stand on no other screen.
const SCREENS: [(&str, Next); 22] = [
    ("Ketik 16 angka NIK", Next::Nik),
    ("Tanggal lahir?", Next::Birth),
    ("Balas dengan kode ini", Next::Confirm),
    ("Kode belum cocok", Next::Confirm),
    ("Cari tempat di", Next::Row(1)),
    ("Tempat vaksin di", Next::Place),
    ("Hari:", Next::Row(1)),
    ("Jam yang masih ada", Next::Times),
    ("Pesan?", Next::Row(1)),
    ("BELUM dapat", Next::Row(1)),
    ("PENUH", Next::Row(3)),
    ("Tidak ada jadwal BARU", Next::No),
    ("Tadi Anda belum selesai", Next::Row(1)),
    ("nomor HP mana", Next::Row(1)),
    ("Kode 6 angka dikirim", Next::Code),
    ("Kode sudah dikirim", Next::Code),
    ("Kode salah", Next::Code),
    ("Kode belum bisa dikirim", Next::Busy),
    ("Layanan sedang ramai", Next::Busy),
    ("Maaf, ada gangguan", Next::Busy),
    ("Permintaan Anda tadi", Next::Busy),
    ("Data nasional sedang lambat", Next::Busy),
];

impl Next {
    fn to(screen: &str) -> Self {
        let found = SCREENS.iter().find(|(words, _)| screen.contains(words));
        found.map_or(Self::Nothing, |(_, next)| *next)
    }
}

impl Racer {
    pub async fn new(networks: &Networks, n: u32) -> Result<Self, RaceError> {
        let number =
            super::phone(n).parse().map_err(|_| PhoneError::Stopped(crate::operator::Stopped))?;
        let Networks { operator, aggregator, cloud } = networks;
        let place = n as usize;
        let way = WAYS[place % WAYS.len()];
        let call = async |network: Network| Phone::new(network, number).await.map(Line::Call);
        let line = match way {
            Way::Smpp => call(operator.into()).await?,
            Way::Http => call(aggregator.into()).await?,
            Way::Text => Line::Text(BTreeSet::new()),
            Way::Chat => {
                Line::Chat(Box::new(cloud.chat(number, "Warga").with_patience(PATIENCE)), None)
            }
        };
        Ok(Self {
            way,
            told: None,
            decided: Duration::ZERO,
            turns: 0,
            busy: 0,
            broken: 0,
            strange: 0,
            kept: false,
            nik: super::nik(n),
            slot: 1 + place / WAYS.len() % super::SLOTS as usize,
            phone: Phone::new(operator, number).await?.with_patience(PATIENCE),
            line,
            shown: None,
        })
    }

    /// Goes on from where it stands, until it is there or gives up.
    pub async fn go(&mut self, goal: Goal) -> Result<(), RaceError> {
        let mut tries = 0;
        while tries < TRIES && self.told.is_none() {
            let Some(screen) = self.shown.clone() else {
                if tries > 0 {
                    let breath = BREATH.mul_f64(1.5f64.powi(tries.min(30) as i32)).min(BREATH_MAX);
                    tokio::time::sleep(breath.mul_f64(0.5 + rand::random::<f64>())).await;
                }
                tries += 1;
                self.shown = self.begin().await?;
                continue;
            };
            if let Some(ticket) = ticket(&screen) {
                self.told = Some(Told::Yes(ticket));
                break;
            }
            self.shown = match (Next::to(&screen), goal) {
                (Next::Times, Goal::Times) => return Ok(()),
                (Next::Times, Goal::Seat(_)) => {
                    // Fewer may be left than there were.
                    let slot = std::mem::replace(&mut self.slot, 1);
                    self.choose(slot).await?
                }
                (Next::Row(row), _) => self.choose(row).await?,
                (Next::Nik, _) => self.say(&self.nik.clone()).await?,
                (Next::Birth, _) => self.say(BORN).await?,
                // By a text it is named: `1` was written just before.
                (Next::Place, _) if self.way == Way::Text => self.say(super::PLACE_NAME).await?,
                (Next::Place, _) => self.choose(1).await?,
                (Next::Confirm, _) => self.say(&six_digits(&screen)).await?,
                (Next::Code, _) => match self.code().await? {
                    Some(code) => self.say(&code).await?,
                    None => None,
                },
                (Next::No, _) => {
                    self.told = Some(Told::No);
                    break;
                }
                (Next::Busy, _) => {
                    self.busy += 1;
                    None
                }
                (Next::Nothing, _) => {
                    self.strange += 1;
                    tracing::warn!(way = ?self.way, screen, "nobody has an answer to this");
                    None
                }
            };
        }
        if let Goal::Seat(began) = goal {
            self.decided = began.elapsed();
        }
        Ok(())
    }

    async fn begin(&mut self) -> Result<Option<String>, RaceError> {
        match &mut self.line {
            Line::Call(phone) => {
                let screen = phone.dial(DIALLED).await;
                self.called(screen)
            }
            Line::Text(_) => {
                // What came too late is no answer to what is written now.
                self.phone.skip_texts().await?;
                self.say(KEYWORD).await
            }
            Line::Chat(chat, _) => {
                chat.skip();
                self.say(KEYWORD).await
            }
        }
    }

    /// Takes a row of what is shown.
    async fn choose(&mut self, row: usize) -> Result<Option<String>, RaceError> {
        if let Line::Chat(chat, Some(bubble)) = &self.line
            && let Some(choice) = bubble.content.choices().get(row - 1)
            && chat.pick_on(&bubble.id, &choice.id).is_ok()
        {
            return Ok(self.next_bubble().await);
        }
        self.say(&row.to_string()).await
    }

    async fn say(&mut self, words: &str) -> Result<Option<String>, RaceError> {
        match &mut self.line {
            Line::Call(phone) => {
                let screen = phone.answer(words).await;
                self.called(screen)
            }
            Line::Text(written) => {
                if !written.insert(words.to_owned()) {
                    tokio::time::sleep(READS_FOR).await;
                }
                self.phone.text(SHORT_CODE, words).await?;
                self.next_text(|text| {
                    // What comes under a name is no answer, nor is what a call could not show; what asks for a
                    // code is.
                    text.from == Sender::ShortCode(SHORT_CODE.to_owned())
                        && (!text.text.starts_with("PeduliLindungi: ")
                            || matches!(Next::to(&text.text), Next::Confirm))
                })
                .await
                .map(|text| self.answered(text))
            }
            Line::Chat(chat, _) => {
                chat.write(words);
                Ok(self.next_bubble().await)
            }
        }
    }

    fn called(&mut self, screen: Result<Screen, PhoneError>) -> Result<Option<String>, RaceError> {
        match screen {
            Ok(screen) => Ok(self.answered(Some(screen.text))),
            Err(PhoneError::Stopped(stopped)) => Err(stopped.into()),
            // Whoever sees the network's own words, or nothing, dials again.
            Err(_) => Ok(self.answered(None)),
        }
    }

    fn answered(&mut self, answer: Option<String>) -> Option<String> {
        match answer {
            Some(_) => self.turns += 1,
            None => self.broken += 1,
        }
        answer
    }

    async fn next_text(
        &mut self,
        is_it: impl Fn(&crate::operator::sms::Text) -> bool,
    ) -> Result<Option<String>, RaceError> {
        loop {
            match self.phone.next_text().await {
                Ok(text) if is_it(&text) => return Ok(Some(text.text)),
                Ok(_) => {}
                Err(PhoneError::NothingCame(_)) => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The next answer on the chat; what is told without being asked is passed over.
    async fn next_bubble(&mut self) -> Option<String> {
        let Line::Chat(chat, last) = &mut self.line else { return None };
        let answer = loop {
            match chat.wait_for_message().await {
                Ok(bubble) if is_notice(&bubble) => {}
                Ok(bubble) => break Some(bubble),
                Err(_) => break None,
            }
        };
        *last = answer.clone();
        self.answered(answer.map(|bubble| bubble.content.words().to_owned()))
    }

    /// The code that proves to the service whose phone a chat speaks for.
    async fn code(&mut self) -> Result<Option<String>, RaceError> {
        let text = self.next_text(|text| text.text.contains("WhatsApp")).await?;
        Ok(text.map(|text| six_digits(&text)))
    }

    /// Waits for what whoever has a ticket can keep: a text, or a picture on the chat.
    pub async fn keep(&mut self) -> Result<(), RaceError> {
        let Some(Told::Yes(wanted)) = self.told.clone() else { return Ok(()) };
        let is_it = |words: &str| ticket(words).as_ref() == Some(&wanted);
        self.kept = match &mut self.line {
            Line::Text(_) => true,
            Line::Call(_) => self.next_text(|text| is_it(&text.text)).await?.is_some(),
            Line::Chat(chat, _) => loop {
                let messages = chat.messages();
                let mut pictures =
                    messages.iter().filter(|it| matches!(it.content, Content::Image { .. }));
                if pictures.any(|picture| is_it(picture.content.words())) {
                    break true;
                }
                if chat.wait_for_message().await.is_err() {
                    break false;
                }
            },
        };
        Ok(())
    }

    /// Every ticket that stands on the phone, in its texts or on its chat.
    pub async fn everything_told(&self) -> Result<BTreeSet<String>, RaceError> {
        let texts = self.phone.inbox().await?;
        let mut told: BTreeSet<_> = texts.iter().filter_map(|text| ticket(&text.text)).collect();
        if let Line::Chat(chat, _) = &self.line {
            let messages = chat.messages();
            told.extend(messages.iter().filter_map(|bubble| ticket(bubble.content.words())));
        }
        Ok(told)
    }
}

/// The number of the ticket that some words tell.
fn ticket(words: &str) -> Option<String> {
    let (_, rest) = words.split_once("iket ")?;
    let number: String =
        rest.chars().take("000 000 0000".len()).filter(char::is_ascii_digit).collect();
    (number.len() == 10).then_some(number)
}

fn six_digits(text: &str) -> String {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit());
    numbers.find(|number| number.len() == 6).unwrap_or_default().to_owned()
}

fn is_notice(bubble: &Bubble) -> bool {
    matches!(bubble.content, Content::Image { .. } | Content::Document { .. })
        || bubble.content.choices().is_empty()
            && bubble.content.words().starts_with("PeduliLindungi: ")
}
