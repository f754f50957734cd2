//! Plays a story on a chat: the whole gateway, the simulated Cloud API, and a user who taps and types.
//!
//! A story that was told for the keypad is told on a chat like this:
//!
//! - Before all, the chat proves that it speaks for the phone: it takes the number that it is offered, and
//!   types the code that came to that phone by SMS. What was written first is then answered.
//! - `dial *119#` is the keyword of the service; groups behind the code are typed, one a message. A
//!   question whether to go on comes before them.
//! - `type 3` taps what the story's screen calls 3; where the card is a list of several pages, its words
//!   are typed. `type 9` is nothing where the next page is on the card already. Other words are typed.
//! - `again` is the provider that brings each event twice: no second answer comes.
//! - `hang up`, `lose signal` and `cut` are nothing: there is no session.
//!
//! Where a story tells that a certificate was sent, a document comes, beside the answer.
//!
//! What is seen agrees with the story if every row of its page can be tapped, and its words stand on the
//! card, or the fuller wording of its screen. A complaint about numbers is not compared: a card has more
//! of them.
//!
//! Left out are a NIK in a dial string, because what is refused there is that a phone keeps what it
//! dials; and a wrong answer that is a right one on a card: a keyword, or a row of the next page.
//!
//! In a story with a `text` in it, a text is written to the chat, and `dial` is really dialled and `type`
//! really typed on the phone that it speaks for. A chat is proved, so no code stands in the way of a
//! change: where a text is answered by the question for one, the chat has to show what the story shows
//! after `text {code}`, and what lies between is left out. Where the code never comes, the story does not
//! say what the text leads to, and a call that brings the same question again finds it answered.

#[path = "chats/shown.rs"]
pub mod shown;

use std::{collections::HashMap, time::Duration};

use setara::{
    app::Gateway,
    config::Config,
    menu::story::{Act, Session, Step, Story, typed},
};
use simulator::{
    operator::Operator,
    phone::{Phone, Screen},
    whatsapp::{
        Cloud, Settings,
        chat::Chat,
        content::Content,
        faults::{Faults, Times},
        pace::Limits,
        user::Bubble,
    },
};

use crate::{
    Seen,
    country::Country,
    road::Road,
    texts::{KEYWORDS, Told, asks_to_go_on, code, connected, groups},
};

use self::shown::{Page, Shown, agrees, as_seen};

/// What is told where a certificate was asked for.
const SENT: &str = "Sertifikat dikirim ke nomor ini.";

/// What is told where a seat was booked: the ticket comes as a picture.
const BOOKED: &str = "BERHASIL. Tiket ";

/// Messages of one story.
const AT_ONCE: u32 = 500;

/// Somebody with a chat, and the phone that it speaks for.
struct Person {
    phone: Phone,
    chat: Chat,
    /// Certificates that came to the chat so far, and tickets.
    documents: usize,
    tickets: usize,
    last: Option<Shown>,
    groups: Vec<String>,
}

/// What a step of the story comes to.
enum Came {
    Shown(Shown),
    /// On the phone that the chat speaks for.
    Called(Screen),
    Nothing,
    /// It cannot be done on a chat, and is left out of the story.
    LeftOut,
}

pub async fn run(country: &Country, story: &mut Story) -> Seen {
    let Road::Network(network, _) = Road::network("plain").await else { unreachable!() };
    let cloud = cloud().await;
    let seen = play(country, story, &network, &cloud).await;
    cloud.stop().await;
    network.stop().await;
    seen
}

/// A cloud that is patient with a script.
pub async fn cloud() -> Cloud {
    // A story goes on without the breath that a person takes.
    let limits = Limits { pair_burst: AT_ONCE, ..Limits::default() };
    let first_retry = Duration::from_millis(50);
    let settings = Settings { first_retry, limits, ..Settings::default() };
    Cloud::start(settings).await.expect("a cloud")
}

/// Plays it on a network and a cloud that stay.
pub async fn play(country: &Country, story: &mut Story, network: &Operator, cloud: &Cloud) -> Seen {
    let config = with_number(connected(&country.config, network), cloud);
    let mut gateway = start(&config, network, cloud).await;
    let mut people: HashMap<String, Person> = HashMap::new();
    let mut current = String::new();
    let mut seen = Seen::new();
    let told = Told::of(story);
    let mut left_out = proved(story);
    for (at, step) in story.steps.iter().enumerate() {
        if left_out.contains(&step.line) {
            continue;
        }
        match &step.act {
            Act::Phone(number) => {
                current.clone_from(number);
                if !people.contains_key(number) {
                    let person = Person::new(network, cloud, number).await;
                    people.insert(current.clone(), person);
                }
                continue;
            }
            Act::Close(_) | Act::Open(_) | Act::Silent(_) => {
                country.staff(&step.act).await.expect("what staff do");
                continue;
            }
            Act::Restart => {
                gateway.shutdown().await;
                gateway = start(&config, network, cloud).await;
                continue;
            }
            _ => {}
        }
        let twice = story.steps.get(at + 1).is_some_and(|next| next.act == Act::Again);
        let events = if twice { Times::Twice } else { Times::Once };
        cloud.set_faults(Faults { events, ..Faults::default() });
        let person = people.get_mut(&current).expect("a story begins with `phone`");
        match person.does(told, step).await {
            Ok(Came::Called(Screen { text, open })) => {
                let session = if open { Session::Open } else { Session::Closed };
                seen.push((step.line, text, session));
            }
            Ok(Came::Shown(shown)) => {
                let shown = person.turned_to(&step.see, shown).await;
                let agrees = match step.see.starts_with(SENT) {
                    true => agrees(&step.see, &shown).and(person.has_certificate().await),
                    false if step.see.starts_with(BOOKED) => {
                        agrees(&step.see, &shown).and(person.has_ticket().await)
                    }
                    false => agrees(&step.see, &shown),
                };
                let text = match agrees {
                    Ok(()) => as_seen(&step.see, &shown),
                    Err(missing) => format!("{missing}\n-- of --\n{}", shown.drawn()),
                };
                seen.push((step.line, text, step.session));
                person.last = Some(Shown { told: step.see.clone(), ..shown });
            }
            Ok(Came::Nothing) => {}
            Ok(Came::LeftOut) => left_out.push(step.line),
            Err(error) => {
                seen.push((step.line, format!("line {}: {error}", step.line), Session::Closed));
                break;
            }
        }
    }
    crate::support::log::metrics(gateway.http()).await;
    let broken = cloud.broken_rules();
    assert!(broken.is_empty(), "the cloud refused what breaks its rules: {broken:?}");
    gateway.shutdown().await;
    story.steps.retain(|step| !left_out.contains(&step.line));
    seen
}

/// Takes the codes out of a story, because a chat is proved: what asks for one shows what comes after it.
/// Gives the lines that are left out.
fn proved(story: &mut Story) -> Vec<usize> {
    let mut left_out = Vec::new();
    let steps = &mut story.steps;
    for at in 1..steps.len() {
        if code(&steps[at].see).is_none() || left_out.contains(&steps[at].line) {
            continue;
        }
        let texts = |step: &&Step| matches!(step.act, Act::Text(_));
        let before_call = at + 1..at + 1 + steps[at + 1..].iter().take_while(texts).count();
        let is_code = |step: &Step| step.act == Act::Text("{code}".to_owned());
        let given = before_call.clone().find(|given| is_code(&steps[*given]));
        let asked = steps[at - 1].see.clone();
        let again = (at + 1..steps.len() - 1).find(|again| steps[*again].see == asked);
        match (given, again) {
            (Some(given), _) => {
                left_out.extend(steps[at + 1..=given].iter().map(|step| step.line));
                steps[at].see = steps[given].see.clone();
                steps[at].session = steps[given].session;
            }
            (None, Some(again)) => {
                steps[at].see.clear();
                steps[again].see = steps[again + 1].see.clone();
                left_out.push(steps[again + 1].line);
            }
            (None, None) => steps[at].see.clear(),
        }
    }
    left_out
}

impl Person {
    async fn new(network: &Operator, cloud: &Cloud, number: &str) -> Self {
        let number = number.parse().expect("a number of the simulator");
        let phone = Phone::new(network, number).await.expect("a phone");
        let mut chat = cloud.chat(number, "Warga");
        // What came in an earlier part is read.
        chat.skip();
        Self { phone, chat, documents: 0, tickets: 0, last: None, groups: Vec::new() }
    }

    async fn does(&mut self, told: Told, step: &Step) -> Result<Came, String> {
        if told == Told::ForTexts {
            return self.writes_or_calls(&step.act).await;
        }
        let shown = match &step.act {
            Act::Dial(string) => match groups(string) {
                Some((keyword, groups)) => {
                    self.groups = groups.into();
                    self.chat.write(keyword);
                    let shown = self.came_in().await?;
                    if asks_to_go_on(&shown.words) { shown } else { self.walks(shown).await? }
                }
                None => return Ok(Came::LeftOut),
            },
            Act::Type(answer) if KEYWORDS.contains(&answer.as_str()) => return Ok(Came::LeftOut),
            Act::Type(answer) => return self.types(answer).await,
            Act::Again => {
                // The second copy of every event has come by then, and a second answer would have.
                tokio::time::sleep(Duration::from_millis(1500)).await;
                self.only_notices()?;
                self.last.clone().ok_or("nothing was shown before")?
            }
            _ => return Ok(Came::Nothing),
        };
        Ok(Came::Shown(shown))
    }

    /// A text is for the chat, the rest for its phone.
    async fn writes_or_calls(&mut self, act: &Act) -> Result<Came, String> {
        let called = match act {
            Act::Text(words) if self.last.is_none() => {
                self.chat.write(words);
                return self.came_in().await.map(Came::Shown);
            }
            Act::Text(words) => return self.types(words).await,
            Act::Dial(string) => self.phone.dial(string).await,
            Act::Type(answer) => self.phone.answer(answer).await,
            Act::HangUp => {
                self.phone.hang_up().await.map_err(|error| error.to_string())?;
                return Ok(Came::Nothing);
            }
            _ => return Ok(Came::Nothing),
        };
        called.map(Came::Called).map_err(|error| error.to_string())
    }

    async fn types(&mut self, answer: &str) -> Result<Came, String> {
        let last = self.last.clone().ok_or("nothing was shown before")?;
        let page = Page::of(&last.told);
        let asked = asks_to_go_on(&last.told);
        if answer == "9" && page.next {
            return Ok(Came::Shown(last));
        }
        if let Some(label) = page.label(answer) {
            let label = last.row(&page, answer).unwrap_or_else(|| label.clone());
            if self.chat.pick(&label).is_err() {
                self.chat.write(&label);
            }
        } else if !page.rows.is_empty()
            && answer.parse::<usize>().is_ok_and(|number| number <= last.rows.len().min(7))
            && !matches!(answer, "0" | "00")
        {
            return Ok(Came::LeftOut);
        } else {
            self.chat.write(&typed(answer, Some(&last.told)));
        }
        let shown = self.next().await?;
        let shown = if asked && answer == "2" { self.walks(shown).await? } else { shown };
        Ok(Came::Shown(shown))
    }

    /// What comes after the first words: the door, if the chat has not gone through it yet.
    async fn came_in(&mut self) -> Result<Shown, String> {
        let shown = self.next().await?;
        let Some(own) = shown.rows.iter().find(|row| row.starts_with("Pakai 0")) else {
            return Ok(shown);
        };
        self.chat.pick(own).map_err(|error| error.to_string())?;
        let code = loop {
            let text = self.phone.next_text().await.map_err(|error| error.to_string())?.text;
            if text.contains("WhatsApp") {
                break typed("{code}", Some(&text));
            }
        };
        self.next().await?;
        self.chat.write(&code);
        self.next().await
    }

    async fn walks(&mut self, mut shown: Shown) -> Result<Shown, String> {
        for group in std::mem::take(&mut self.groups) {
            self.chat.write(&group);
            shown = self.next().await?;
        }
        Ok(shown)
    }

    /// The next answer; what is told without being asked is passed over.
    async fn next(&mut self) -> Result<Shown, String> {
        loop {
            let bubble = self.chat.wait_for_message().await.map_err(|error| error.to_string())?;
            if !is_notice(&bubble) {
                return Ok(Shown::of(&bubble));
            }
        }
    }

    /// Nothing came but what nobody asked for.
    fn only_notices(&mut self) -> Result<(), String> {
        let last = self.last.as_ref().map(|shown| shown.words.clone()).unwrap_or_default();
        let messages = self.chat.messages();
        let newest = messages.iter().rev().find(|bubble| {
            bubble.author == simulator::whatsapp::user::Author::Service && !is_notice(bubble)
        });
        let same = newest.is_some_and(|bubble| bubble.content.words() == last);
        let copies = messages
            .windows(2)
            .filter(|pair| pair[0].author == pair[1].author && pair[0].content == pair[1].content)
            .count();
        if same && copies == 0 { Ok(()) } else { Err("a second answer came".into()) }
    }

    /// One more ticket comes as a picture of the code of its number, with the words to keep below.
    async fn has_ticket(&mut self) -> Result<(), String> {
        self.tickets += 1;
        let picture = loop {
            let messages = self.chat.messages();
            let mut pictures = messages.into_iter().filter(is_picture);
            if let Some(picture) = pictures.nth(self.tickets - 1) {
                break picture;
            }
            self.chat.wait_for_message().await.map_err(|error| error.to_string())?;
        };
        let caption = picture.content.words();
        let (_, number) = caption.split_once("Tiket ").ok_or("no ticket below a picture")?;
        let number: String = number.chars().take(12).filter(char::is_ascii_digit).collect();
        let file = self.chat.document(&picture).ok_or("a picture without a file")?;
        let same = setara::certificate::picture::qr(&number).as_deref() == Some(&file.octets[..]);
        if same { Ok(()) } else { Err("the picture is not that of its ticket".into()) }
    }

    /// One more certificate comes as a document that looks like one, with its text below.
    async fn has_certificate(&mut self) -> Result<(), String> {
        self.documents += 1;
        let document = loop {
            let messages = self.chat.messages();
            let mut documents = messages.into_iter().filter(is_document);
            if let Some(document) = documents.nth(self.documents - 1) {
                break document;
            }
            self.chat.wait_for_message().await.map_err(|error| error.to_string())?;
        };
        let caption = document.content.words();
        if !caption.starts_with("Cek sertifikat dosis ") || !caption.contains("\n\nPERIKSA ") {
            return Err(format!("a certificate says `{caption}` below"));
        }
        let file = self.chat.document(&document).ok_or("a document without a file")?;
        let page = crate::support::page::words(&file.octets);
        let missing =
            ["Sertifikat Vaksinasi COVID-19", "COVID-19 Vaccination Certificate", "Nama · Name"]
                .into_iter()
                .find(|words| !page.contains(words));
        missing.map_or(Ok(()), |words| Err(format!("`{words}` is not on the page:\n{page}")))
    }

    /// Turns the card's pages until it shows every row of the story's page.
    async fn turned_to(&mut self, told: &str, mut shown: Shown) -> Shown {
        let page = Page::of(told);
        for _ in 0..12 {
            let missing = page.rows.iter().any(|row| !shown.has(row));
            let next =
                shown.rows.iter().rev().find(|row| matches!(row.as_str(), "Lanjut" | "More"));
            let (true, Some(next)) = (missing, next.cloned()) else { break };
            if self.chat.pick(&next).is_err() {
                break;
            }
            let Ok(turned) = self.next().await else { break };
            let seen = std::mem::take(&mut shown.rows);
            shown.rows = seen.into_iter().filter(|row| *row != next).chain(turned.rows).collect();
        }
        shown
    }
}

fn is_notice(bubble: &Bubble) -> bool {
    is_document(bubble)
        || is_picture(bubble)
        || bubble.content.choices().is_empty()
            && bubble.content.words().starts_with("PeduliLindungi: ")
}

fn is_picture(bubble: &Bubble) -> bool {
    matches!(bubble.content, Content::Image { .. })
}

fn is_document(bubble: &Bubble) -> bool {
    matches!(bubble.content, Content::Document { .. })
}

/// The configuration with the number of the cloud in it.
pub fn with_number(mut config: Config, cloud: &Cloud) -> Config {
    let Settings { phone_number_id, display_number, token, app_secret, verify_token, .. } =
        cloud.settings();
    let text = format!(
        "api = \"{}\"\nphone_number_id = \"{phone_number_id}\"\n\
         display_number = \"{display_number}\"\ntoken = \"{token}\"\n\
         app_secret = \"{app_secret}\"\nverify_token = \"{verify_token}\"\npair_burst = {AT_ONCE}",
        cloud.api()
    );
    config.whatsapp = Some(toml::from_str(&text).expect("a number"));
    config
}

/// A gateway that both know.
pub async fn start(config: &Config, network: &Operator, cloud: &Cloud) -> Gateway {
    let gateway = Gateway::start(config).await.expect("a gateway");
    network.bound(1).await.expect("the link");
    let webhook = format!("http://{}/whatsapp", gateway.http());
    cloud.subscribe(&webhook).await.expect("a webhook");
    gateway
}
