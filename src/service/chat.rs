//! The door of a chat: before somebody on a chat speaks for a phone, a code that went there by SMS has to
//! come back (`domain.md` §8: WhatsApp proves a WhatsApp account, and no phone). After that the chat *is*
//! that phone, until the binding ends.
//!
//! Pure, in two halves as every call: [`Door::need`] says which code to read, [`Door::answer`] says what
//! is shown, stored and sent. Nobody learns whether a number is registered: a code goes to any. [`bound`]
//! is what the phone sees of it afterwards, and how it cuts a chat.

pub mod bound;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    clock::Timestamp,
    identity::Msisdn,
    menu::{
        language::Language,
        model::{
            CHAT_AGAIN, CHAT_CODE, CHAT_CODE_SENT, CHAT_CODE_WRONG, CHAT_LATER, CHAT_LOCKED,
            CHAT_NUMBER, CHAT_NUMBER_WRONG, CHAT_OWN, CHAT_WAIT, Menu, Word,
        },
        state::Row,
        view::{Card, Drawn},
    },
    service::code::{self, CodeChange, CodeFacts, CodeKey, CodeRules, Purpose, Sending, Tried},
    vault::{SubscriberKey, Vault},
};

/// The name that a tap on one of the door's cards carries; no screen has such a name.
pub const DOOR: &str = "door/";

/// The row that takes the number of the account itself.
const OWN: &str = "own";
/// The row that asks for the code once more.
const AGAIN: &str = "again";
/// The row that goes back to the number.
const OTHER: &str = "0";

/// How long the numbers are counted that a chat asks a code for.
const DAY: std::time::Duration = std::time::Duration::from_secs(86_400);

/// The most characters that are kept of what a chat wrote first.
const LONGEST: usize = 500;

/// Where somebody at the door stands.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Door {
    /// What was written before anything was asked: it is the first thing said to the menu.
    pub opening: String,
    /// The number whose code is awaited, E.164.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    /// Numbers that a code was asked for since then.
    #[serde(default)]
    numbers: u16,
    #[serde(default)]
    since: Timestamp,
}

/// Nothing of it is for a log.
impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door").field("numbers", &self.numbers).finish_non_exhaustive()
    }
}

/// What somebody at the door did.
#[derive(Clone, Copy)]
pub enum Knock<'a> {
    /// Wrote something.
    Wrote(&'a str),
    /// Tapped a row of a card of ours.
    Tapped(&'a str),
    /// Sent what cannot be read.
    Unreadable,
}

/// Who stands at the door.
#[derive(Clone, Copy)]
pub struct Caller<'a> {
    /// The chat.
    pub chat: SubscriberKey,
    /// The phone of its account, if the provider says one. It is offered, and has to prove itself.
    pub own: Option<&'a Msisdn>,
    /// When.
    pub now: Timestamp,
    /// A random value.
    pub random: u64,
}

/// What comes of it.
#[derive(Clone, PartialEq)]
pub struct Opened {
    /// What is shown; none once the chat is bound.
    pub card: Option<Card>,
    /// Where they stand now; none once the chat is bound.
    pub door: Option<Door>,
    /// What changes about a code.
    pub change: Option<CodeChange>,
    /// What goes by SMS, and to whom.
    pub text: Option<(Msisdn, String)>,
    /// The phone that the chat speaks for from now on, and what was written first.
    pub bound: Option<(Msisdn, String)>,
}

/// What the door works with.
#[derive(Clone, Copy)]
pub struct House<'a> {
    /// Whose words are spoken.
    pub menu: &'a Menu,
    /// Makes codes and indexes.
    pub vault: &'a Vault,
    /// How many codes are sent.
    pub codes: &'a CodeRules,
}

impl Door {
    /// Which code is to be read before [`Self::answer`].
    pub fn need(&self, house: House<'_>, caller: Caller<'_>, knock: Knock<'_>) -> Option<CodeKey> {
        match self.meant(caller, knock) {
            Meant::Number(number) => Some(key(house, caller, &number)),
            Meant::Code(number, _) => Some(key(house, caller, &number)),
            Meant::Other | Meant::Nothing => None,
        }
    }

    /// What comes of what was done, once the code that was needed is read.
    pub fn answer(
        mut self,
        house: House<'_>,
        caller: Caller<'_>,
        knock: Knock<'_>,
        facts: &CodeFacts,
    ) -> Opened {
        let new = self.since == Timestamp::default();
        if new || caller.now.since(self.since) >= DAY {
            (self.numbers, self.since) = (0, caller.now);
        }
        if new {
            if let Knock::Wrote(text) = knock {
                self.opening = text.chars().take(LONGEST).collect();
            }
            return self.ask(house, caller, CHAT_NUMBER, "");
        }
        match self.meant(caller, knock) {
            Meant::Number(number) => self.send(house, caller, number, facts),
            Meant::Code(number, code) => self.take(house, caller, number, &code, facts),
            Meant::Other => {
                self.number = None;
                self.ask(house, caller, CHAT_NUMBER, "")
            }
            Meant::Nothing => match self.number {
                Some(_) => self.ask(house, caller, CHAT_CODE_WRONG, ""),
                None => self.ask(house, caller, CHAT_NUMBER_WRONG, ""),
            },
        }
    }

    /// What somebody means who stands here.
    fn meant(&self, caller: Caller<'_>, knock: Knock<'_>) -> Meant {
        let awaited = self.number.as_deref().and_then(|number| Msisdn::parse_any(number).ok());
        let own = || caller.own.cloned();
        match (knock, awaited) {
            (Knock::Tapped(OWN), _) => own().map_or(Meant::Nothing, Meant::Number),
            (Knock::Tapped(AGAIN), Some(number)) => Meant::Number(number),
            (Knock::Tapped(OTHER), _) => Meant::Other,
            (Knock::Wrote(text), Some(number)) => match (code::read(text), Msisdn::parse(text)) {
                (Some(code), _) => Meant::Code(number, code),
                (None, Ok(another)) => Meant::Number(another),
                (None, Err(_)) if text.trim() == OTHER => Meant::Other,
                (None, Err(_)) => Meant::Nothing,
            },
            (Knock::Wrote(text), None) => match Msisdn::parse(text) {
                Ok(number) => Meant::Number(number),
                Err(_) if text.trim() == "1" => own().map_or(Meant::Nothing, Meant::Number),
                Err(_) => Meant::Nothing,
            },
            _ => Meant::Nothing,
        }
    }

    fn send(
        mut self,
        house: House<'_>,
        caller: Caller<'_>,
        number: Msisdn,
        facts: &CodeFacts,
    ) -> Opened {
        let another = self.number.as_deref() != Some(number.as_str());
        if another && self.numbers >= house.codes.numbers_per_chat {
            return self.ask(house, caller, CHAT_LATER, "");
        }
        let Caller { now, random, .. } = caller;
        let key = key(house, caller, &number);
        let minutes = |until| code::minutes(until, now).to_string();
        match key.send(house.vault, house.codes, facts, true, random, now) {
            Sending::Sent { code, change } => {
                self.numbers += u16::from(another);
                self.number = Some(number.as_str().to_owned());
                let language = speaks(house.menu);
                let text = code.map(|code| house.menu.word(CHAT_CODE.name, language, &code));
                let shown = self.ask(house, caller, CHAT_CODE_SENT, "");
                Opened { change: Some(change), text: text.map(|text| (number, text)), ..shown }
            }
            Sending::Wait(until) => {
                // The code that was sent before is still awaited.
                self.number = Some(number.as_str().to_owned());
                self.ask(house, caller, CHAT_WAIT, &minutes(until))
            }
            Sending::Locked(until) => self.ask(house, caller, CHAT_LOCKED, &minutes(until)),
            Sending::Later => self.ask(house, caller, CHAT_LATER, ""),
        }
    }

    fn take(
        self,
        house: House<'_>,
        caller: Caller<'_>,
        number: Msisdn,
        typed: &str,
        facts: &CodeFacts,
    ) -> Opened {
        let key = key(house, caller, &number);
        match key.take(house.vault, facts, typed, true, caller.now) {
            Tried::Right(change) => Opened {
                card: None,
                door: None,
                change: Some(change),
                text: None,
                bound: Some((number, self.opening)),
            },
            Tried::Wrong(change) => {
                Opened { change, ..self.ask(house, caller, CHAT_CODE_WRONG, "") }
            }
            Tried::Locked(until, change) => {
                let minutes = code::minutes(until, caller.now).to_string();
                Opened { change, ..self.ask(house, caller, CHAT_LOCKED, &minutes) }
            }
        }
    }

    fn ask(self, house: House<'_>, caller: Caller<'_>, word: Word, value: &str) -> Opened {
        let language = speaks(house.menu);
        let say = |word: Word, value: &str| house.menu.word(word.name, language, value);
        let row = |id: &str, label: String| Row { id: id.to_owned(), label };
        let rows = match (&self.number, caller.own) {
            (Some(_), _) => vec![row(AGAIN, say(CHAT_AGAIN, ""))],
            (None, Some(own)) => vec![row(OWN, say(CHAT_OWN, &own.national()))],
            (None, None) => vec![],
        };
        let back = (house.menu.keys().back.as_str(), crate::menu::model::BACK);
        let keys = match self.number {
            Some(_) => vec![row(back.0, say(back.1, ""))],
            None => vec![],
        };
        let body = say(word, value);
        let drawn = Drawn::of(house.menu, language);
        let card = Card { screen: DOOR.to_owned(), body, rows, keys, drawn };
        Opened { card: Some(card), door: Some(self), change: None, text: None, bound: None }
    }
}

/// What somebody at the door means.
enum Meant {
    /// A code is to go to this number.
    Number(Msisdn),
    /// This is the code that went to that number.
    Code(Msisdn, String),
    /// Another number than the one before.
    Other,
    /// That cannot be made out.
    Nothing,
}

/// Nobody has chosen a language yet.
fn speaks(menu: &Menu) -> &Language {
    menu.language(None)
}

fn key(house: House<'_>, caller: Caller<'_>, number: &Msisdn) -> CodeKey {
    let subject = *house.vault.subscriber_key(number).as_bytes();
    CodeKey { subject, purpose: Purpose::Chat, by: caller.chat }
}

#[cfg(test)]
mod tests;
