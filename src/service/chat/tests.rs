//! At the door: which number, which code, and who comes in.

use std::{path::Path, sync::LazyLock, time::Duration};

use super::*;
use crate::{config::Config, menu::check::check, menus::read, service::DESKS};

static MENU: LazyLock<Menu> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("menus/pedulilindungi");
    let profiles = Config::parse("").unwrap().profiles();
    check(&read(&folder).unwrap(), DESKS, &profiles).unwrap().menu
});
static VAULT: LazyLock<Vault> =
    LazyLock::new(|| Vault::from_keys(crate::vault::Keys { id: 1, index: [1; 32], seal: [2; 32] }));
const CODES: CodeRules = CodeRules { per_hour: 1000, numbers_per_chat: 5 };
const NOW: Timestamp = Timestamp::from_millis(1_629_127_800_000);
const NUMBER: &str = "081200000001";

/// Somebody at the door, with what is kept of codes.
struct Visit {
    door: Door,
    facts: CodeFacts,
    now: Timestamp,
    own: Option<Msisdn>,
}

impl Visit {
    fn new() -> Self {
        Self { door: Door::default(), facts: CodeFacts::default(), now: NOW, own: None }
    }

    fn knock(&mut self, knock: Knock<'_>) -> Opened {
        let house = House { menu: &MENU, vault: &VAULT, codes: &CODES };
        let chat = VAULT.chat_key("user ID.1");
        let caller = Caller { chat, own: self.own.as_ref(), now: self.now, random: 7 };
        let needs = self.door.need(house, caller, knock).is_some();
        let facts = if needs { self.facts.clone() } else { CodeFacts::default() };
        let opened = self.door.clone().answer(house, caller, knock, &facts);
        if let Some(change) = &opened.change {
            self.facts.held.clone_from(&change.held);
            if change.asked.is_some() {
                let earlier = code::Earlier { at: self.now, mine: true, sent: true };
                self.facts.asked.push(earlier);
            }
        }
        if let Some(door) = &opened.door {
            self.door = door.clone();
        }
        opened
    }

    fn writes(&mut self, text: &str) -> Opened {
        self.knock(Knock::Wrote(text))
    }
}

fn says(opened: &Opened, word: Word) -> bool {
    let said = MENU.word(word.name, speaks(&MENU), "");
    let start: String = said.chars().take(24).collect();
    opened.card.as_ref().is_some_and(|card| card.body.starts_with(&start))
}

/// The six digits of a text.
fn digits(opened: &Opened) -> String {
    let (_, text) = opened.text.as_ref().expect("a text");
    text.split_whitespace().find_map(code::read).expect("a code")
}

#[test]
fn the_code_that_went_to_the_number_opens_and_what_was_written_first_is_said() {
    let mut visit = Visit::new();
    assert!(says(&visit.writes("STATUS"), CHAT_NUMBER));
    let sent = visit.writes("0812-0000-0001");
    assert!(says(&sent, CHAT_CODE_SENT));
    assert_eq!(sent.text.as_ref().unwrap().0, Msisdn::parse(NUMBER).unwrap());
    let code = digits(&sent);
    let wrong = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
    assert!(says(&visit.writes(&wrong), CHAT_CODE_WRONG));
    let opened = visit.writes(&code);
    assert_eq!(opened.bound, Some((Msisdn::parse(NUMBER).unwrap(), "STATUS".to_owned())));
    assert_eq!(opened.change.unwrap().held, None, "a code opens once");
}

#[test]
fn the_number_of_the_account_is_offered_and_has_to_prove_itself() {
    let mut visit = Visit { own: Msisdn::parse(NUMBER).ok(), ..Visit::new() };
    let asked = visit.writes("hai");
    let card = asked.card.unwrap();
    assert_eq!((card.screen.as_str(), card.rows[0].id.as_str()), (DOOR, OWN));
    assert!(card.rows[0].label.ends_with(NUMBER));
    let sent = visit.knock(Knock::Tapped(OWN));
    assert!(sent.bound.is_none() && sent.text.is_some());
}

#[test]
fn a_new_code_waits_a_minute_and_wrong_ones_lock() {
    let mut visit = Visit::new();
    visit.writes("hai");
    let code = digits(&visit.writes(NUMBER));
    assert!(says(&visit.knock(Knock::Tapped(AGAIN)), CHAT_WAIT));
    for wrong in ["111111", "222222"] {
        assert_ne!(wrong, code);
        assert!(says(&visit.writes(wrong), CHAT_CODE_WRONG));
    }
    assert!(says(&visit.writes("333333"), CHAT_LOCKED));
    // The right one is too late then.
    assert!(visit.writes(&code).bound.is_none());
    visit.now = NOW.plus(Duration::from_secs(16 * 60));
    assert!(visit.writes(&code).bound.is_none(), "the code died with the lock");
}

#[test]
fn one_chat_asks_for_few_numbers_a_day() {
    let mut visit = Visit::new();
    visit.writes("hai");
    for last in 0..CODES.numbers_per_chat {
        visit.facts = CodeFacts::default();
        assert!(visit.writes(&format!("08120000001{last}")).text.is_some());
    }
    visit.facts = CodeFacts::default();
    let refused = visit.writes("081200000020");
    assert!(refused.text.is_none() && says(&refused, CHAT_LATER));
    visit.now = NOW.plus(DAY);
    assert!(visit.writes("081200000020").text.is_some());
}

#[test]
fn whatever_comes_is_answered() {
    let mut visit = Visit::new();
    for knock in [Knock::Unreadable, Knock::Tapped("x"), Knock::Wrote(""), Knock::Wrote("0")] {
        assert!(visit.knock(knock).card.is_some());
    }
    visit.writes(NUMBER);
    for knock in [Knock::Unreadable, Knock::Tapped("x"), Knock::Wrote("?"), Knock::Tapped(OTHER)] {
        assert!(visit.knock(knock).card.is_some());
    }
}
