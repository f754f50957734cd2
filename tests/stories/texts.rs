//! Plays a story by SMS: the whole gateway, and a phone of the simulated network that writes to the
//! short code and reads what comes back.
//!
//! A story that was told for the keypad is told by texts like this:
//!
//! - `dial *119#` is the keyword of the service; groups behind the code are answers, one a text. A
//!   question whether to go on comes before them: they wait until somebody wants to start again.
//! - `type` is a text. The code that stands in the way of a change is typed back as a person does it,
//!   and what follows it is what the story sees.
//! - `again` is the network that delivers each text once more after it was confirmed: no second
//!   answer comes.
//! - `hang up`, `lose signal` and `cut` are nothing: there is no session. The next `dial` finds the
//!   conversation open, as a redial does. `closes` cannot be seen for the same reason.
//!
//! Two steps have no counterpart and are left out: a NIK in a dial string, because what is refused
//! there is that a phone keeps what it dials; and a wrong answer that is a keyword ([`KEYWORDS`]),
//! because by SMS it is none.
//!
//! In a story with a `text` in it, `dial` is really dialled and `type` really typed, on the same phone.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use setara::{
    app::Gateway,
    config::{Config, Operator as Account},
    menu::story::{Act, Session, Step, Story, typed},
};
use simulator::{
    operator::{
        Operator,
        sms::{
            Sender,
            faults::{Faults, Inbound},
        },
    },
    phone::{Phone, PhoneError, Screen},
};

use crate::{
    Seen,
    country::Country,
    road::{self, Road},
    support::log,
};

const SHORT_CODE: &str = "1199";

/// Keywords that stories type as wrong answers.
pub const KEYWORDS: [&str; 1] = ["vaksin"];

/// Who reads and answers needs longer than these seconds; a network that delivers twice does not.
/// Only stories with an `again` have to wait for it.
const REPEATED_WITHIN: u32 = 1;

/// Whether a story is told for the keypad, or for the short code as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Every step becomes a text.
    ForTheKeypad,
    /// Its texts are texts, and its calls are calls.
    ForTexts,
}

impl Told {
    pub fn of(story: &Story) -> Self {
        let texts = story.steps.iter().any(|step| matches!(step.act, Act::Text(_)));
        if texts { Self::ForTexts } else { Self::ForTheKeypad }
    }
}

/// Somebody with a phone.
struct Person {
    phone: Phone,
    /// What was last written, and the screen that came.
    wrote: String,
    last: Option<Screen>,
    /// Groups of a dial string that wait for the answer whether to go on.
    groups: VecDeque<String>,
    /// As long as anybody needs who reads what came before they write the same again.
    reads_for: Duration,
    /// Copies of texts that were waited for.
    copies: u64,
}

/// What a step of the story comes to.
enum Came {
    Screen(Screen),
    Nothing,
    /// It cannot be done by SMS, and is left out of the story.
    LeftOut,
}

pub async fn run(country: &Country, story: &mut Story) -> Seen {
    let Road::Network(network, _) = Road::network("plain").await else { unreachable!() };
    let told = Told::of(story);
    let mut config = connected(&country.config, &network);
    let again = story.steps.iter().any(|step| step.act == Act::Again);
    config.conversation.sms_repeat_seconds = if again { REPEATED_WITHIN } else { 0 };
    let mut gateway = start(&config, &network).await;
    let mut people: HashMap<String, Person> = HashMap::new();
    let mut current = String::new();
    let mut seen = Seen::new();
    let mut left_out = Vec::new();
    for (at, step) in story.steps.iter().enumerate() {
        match &step.act {
            Act::Phone(number) => {
                current.clone_from(number);
                if !people.contains_key(number) {
                    people.insert(current.clone(), Person::new(&network, number, &config).await);
                }
                continue;
            }
            Act::Close(_) | Act::Open(_) | Act::Silent(_) => {
                country.staff(&step.act).await.expect("what staff do");
                continue;
            }
            Act::Restart => {
                gateway.shutdown().await;
                gateway = start(&config, &network).await;
                continue;
            }
            _ => {}
        }
        let twice = story.steps.get(at + 1).is_some_and(|next| next.act == Act::Again);
        let inbound = if twice { Inbound::Twice } else { Inbound::Once };
        let person = people.get_mut(&current).expect("a story begins with `phone`");
        if step.act != Act::Again {
            network.set_faults(Faults { inbound, ..Faults::default() }).await.expect("a network");
        }
        let before = seen.last().map(|(_, seen, _): &(usize, String, Session)| seen.as_str());
        match person.does(told, step, before, &network).await {
            Ok(Came::Screen(screen)) => {
                let open = if screen.open { Session::Open } else { Session::Closed };
                // A text has no session.
                let by_call = told == Told::ForTexts && !matches!(step.act, Act::Text(_));
                let session = if by_call { open } else { step.session };
                seen.push((step.line, screen.text, session));
            }
            Ok(Came::Nothing) => {}
            Ok(Came::LeftOut) => left_out.push(step.line),
            Err(error) => {
                seen.push((step.line, format!("line {}: {error}", step.line), Session::Closed));
                break;
            }
        }
    }
    log::metrics(gateway.http()).await;
    gateway.shutdown().await;
    network.stop().await;
    story.steps.retain(|step| !left_out.contains(&step.line));
    seen
}

impl Person {
    async fn new(network: &Operator, number: &str, config: &Config) -> Self {
        let number = number.parse().expect("a number of the simulator");
        let phone = Phone::new(network, number).await.expect("a phone");
        let repeats = u64::from(config.conversation.sms_repeat_seconds);
        let reads_for = Duration::from_millis(250 + 1_000 * repeats);
        Self {
            phone,
            wrote: String::new(),
            last: None,
            groups: VecDeque::new(),
            reads_for,
            copies: 0,
        }
    }

    async fn does(
        &mut self,
        told: Told,
        step: &Step,
        before: Option<&str>,
        network: &Operator,
    ) -> Result<Came, PhoneError> {
        let screen = match (&step.act, told) {
            (Act::Text(words), _) => self.writes(&typed(words, before)).await?,
            (Act::Again, _) => self.again(network).await?,
            (Act::Dial(string), Told::ForTexts) => self.phone.dial(string).await?,
            (Act::Type(answer), Told::ForTexts) => self.phone.answer(answer).await?,
            (Act::HangUp, Told::ForTexts) => {
                self.phone.hang_up().await?;
                return Ok(Came::Nothing);
            }
            (Act::Dial(string), Told::ForTheKeypad) => match groups(string) {
                Some((keyword, groups)) => self.begins(keyword, groups).await?,
                None => return Ok(Came::LeftOut),
            },
            (Act::Type(answer), Told::ForTheKeypad) if KEYWORDS.contains(&answer.as_str()) => {
                return Ok(Came::LeftOut);
            }
            (Act::Type(answer), Told::ForTheKeypad) => self.answers(answer).await?,
            _ => return Ok(Came::Nothing),
        };
        self.last = Some(screen.clone());
        Ok(Came::Screen(screen))
    }

    /// Opens a service, and goes on by the groups of the dial string.
    async fn begins(
        &mut self,
        keyword: &str,
        groups: VecDeque<String>,
    ) -> Result<Screen, PhoneError> {
        self.groups = groups;
        let screen = self.confirmed(keyword).await?;
        if asks_to_go_on(&screen.text) { Ok(screen) } else { self.walks(screen).await }
    }

    async fn answers(&mut self, answer: &str) -> Result<Screen, PhoneError> {
        let asked = self.last.as_ref().is_some_and(|screen| asks_to_go_on(&screen.text));
        let screen = self.confirmed(answer).await?;
        match (asked, answer) {
            (true, "2") => self.walks(screen).await,
            _ => Ok(screen),
        }
    }

    async fn walks(&mut self, mut screen: Screen) -> Result<Screen, PhoneError> {
        for group in std::mem::take(&mut self.groups) {
            screen = self.confirmed(&group).await?;
        }
        Ok(screen)
    }

    /// Writes, and types the code back if one is asked for.
    async fn confirmed(&mut self, words: &str) -> Result<Screen, PhoneError> {
        let screen = self.writes(words).await?;
        match code(&screen.text) {
            Some(code) => self.writes(&code).await,
            None => Ok(screen),
        }
    }

    async fn writes(&mut self, words: &str) -> Result<Screen, PhoneError> {
        if words == self.wrote {
            tokio::time::sleep(self.reads_for).await;
        }
        words.clone_into(&mut self.wrote);
        self.phone.text(SHORT_CODE, words).await?;
        loop {
            let text = self.phone.next_text().await?;
            // What comes under a name is no answer, nor is what a call could not show; what asks for a code is.
            let told = ["PeduliLindungi: ", "PERIKSA "].iter().any(|by| text.text.starts_with(by))
                && code(&text.text).is_none();
            if text.from == Sender::ShortCode(SHORT_CODE.to_owned()) && !told {
                return Ok(Screen { text: text.text, open: true });
            }
        }
    }

    /// The second copy of every text has come, and no second answer.
    async fn again(&mut self, network: &Operator) -> Result<Screen, PhoneError> {
        let before = self.phone.inbox().await?.len();
        let mut figures = network.sms_figures().await?;
        self.copies += 1;
        while figures.redelivered < self.copies || figures.unconfirmed > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
            figures = network.sms_figures().await?;
        }
        // A second answer would be on its way by now: they take some milliseconds.
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(self.phone.inbox().await?.len(), before, "a second answer");
        Ok(self.last.clone().expect("a screen before"))
    }
}

/// The keyword of the service that a string dials, and its groups; `None` if there is a NIK in it.
pub fn groups(string: &str) -> Option<(&'static str, VecDeque<String>)> {
    let mut groups: VecDeque<String> =
        string.trim_matches(['*', '#']).split('*').map(str::to_owned).collect();
    let keyword = match groups.pop_front()?.as_str() {
        "119" if groups.front().is_some_and(|group| group == "77") => {
            groups.pop_front();
            "PETUGAS"
        }
        "119" => "MENU",
        "131" => "ANTREAN",
        other => panic!("no service is dialled by {other}"),
    };
    groups.iter().all(|group| group.len() < 16).then_some((keyword, groups))
}

pub fn asks_to_go_on(screen: &str) -> bool {
    screen.contains("Tadi Anda belum selesai.") || screen.contains("You had not finished.")
}

/// The code that a screen asks for.
pub fn code(screen: &str) -> Option<String> {
    const ASKS: [&str; 4] = [
        "Balas dengan kode ini",
        "Reply with this code",
        "Kode belum cocok.",
        "That was not the code.",
    ];
    ASKS.iter().find(|asks| screen.contains(**asks))?;
    // In a file it is called by its name.
    let digits = |word: &str| word.len() == 6 && word.bytes().all(|c| c.is_ascii_digit());
    let is_code = |word: &&str| *word == "{code}" || digits(word);
    screen.split_whitespace().find(is_code).map(str::to_owned)
}

/// The configuration with an operator in it that carries both.
pub fn connected(config: &Config, network: &Operator) -> Config {
    let mut config = config.clone();
    let sms = toml::from_str(
        "short_code = \"1199\"\nsender = \"PEDULICOVID\"\nper_second = 1000\nprefixes = [\"\"]",
    );
    let account = Account {
        dialect: Some("plain".into()),
        push_from: None,
        sms: Some(sms.expect("an account")),
        link: vec![road::link(network)],
    };
    config.operator.insert("nusantara".into(), account);
    config
}

/// A gateway that is bound to the network.
pub async fn start(config: &Config, network: &Operator) -> Gateway {
    let gateway = Gateway::start(config).await.expect("a gateway");
    network.bound(1).await.expect("the link");
    gateway
}
