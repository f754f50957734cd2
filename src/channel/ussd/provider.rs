//! USSD over HTTP: how one aggregator calls us and wants to be answered, as data of the
//! configuration.
//!
//! An aggregator posts what a subscriber did and shows what stands in the response. They differ in
//! the names of fields, in how a first message is told from an answer, in whether the text grows,
//! and in how a reply is written. A [`Provider`] says so; [`parse`] and [`render`] are the same for
//! all of them. Knows no router, no secret and no clock: who may call is the gate's business, and
//! what a session has said before is handed in as [`Known`].

mod read;
mod write;

pub use self::{
    read::{Act, Heard, Known, ParseError, Step, Turn, parse},
    write::{Written, render},
};

use std::{collections::BTreeMap, time::Duration};

use serde::Deserialize;
use serde_json::Value;

use crate::{
    channel::ussd::{Room, dialect::nothing_fits},
    conversation::End,
    menu::view::{Frame, MOST_ROWS, Manner},
    text::{Alphabet, page::Budget},
};

/// One aggregator's way of speaking. Names of fields are those of its manual.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Methods of its requests.
    pub methods: Vec<Method>,
    /// Where the fields of a request stand.
    pub fields: FieldsIn,
    /// What follows `/ussd/NAME/`; a part in braces is a field: `session/{id}/{action}`.
    #[serde(default)]
    pub path: String,
    /// Field that names the session.
    pub session: String,
    /// Field with the phone number, international.
    pub phone: String,
    /// Field with what was typed.
    pub text: String,
    /// Fields where the dialled string may stand, or the bare code, in the order tried.
    pub dialled_in: Vec<String>,
    /// Whether the text is the last answer, or all of them.
    pub text_is: TextIs,
    /// Field that numbers the messages of a session, if one does: it tells a repetition from the
    /// same answer given again.
    #[serde(default)]
    pub number: Option<String>,
    /// How the first message of a session is known.
    pub begins: Begins,
    /// How the end of a session is told, if it is.
    #[serde(default)]
    pub ends: Option<Ends>,
    /// How a reply is written.
    pub reply: ReplyForm,
    /// Room of the first text of a session, in septets.
    pub first: u16,
    /// Room of every later text.
    pub next: u16,
    /// The longest answer, in characters; a longer one was garbled.
    pub input: u16,
    /// How long a session waits for an answer, in seconds.
    pub open_seconds: u32,
    /// How long the provider waits for our response, in milliseconds, with the way back taken off.
    pub deadline_ms: u32,
}

/// Half of it is for the word that has to be said where a turn does not come to its end in time.
const LEAST_DEADLINE: Duration = Duration::from_millis(500);

/// A method of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Everything in the URL.
    Get,
    /// With a body.
    Post,
    /// With a body.
    Put,
}

/// Where the fields stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldsIn {
    /// In a body of `application/x-www-form-urlencoded`.
    Form,
    /// In one JSON object.
    Json,
    /// In the URL.
    Query,
}

/// What the text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextIs {
    /// The last answer.
    Last,
    /// Every answer of the session so far, joined by `*`. An answer may itself have a `*`.
    Cumulative,
}

/// How the first message of a session is known.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum Begins {
    /// We do not know its session.
    Session,
    /// A field says so.
    Field {
        /// Which.
        field: String,
        /// Its values for a first message.
        begin: Vec<String>,
        /// Its values for an answer.
        answer: Vec<String>,
    },
    /// A field is not there; we ask for it in every reply.
    Absent {
        /// Which.
        field: String,
    },
}

/// How the end of a session is told.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ends {
    /// The field that says it.
    pub field: String,
    /// What its values mean.
    pub values: BTreeMap<String, End>,
    /// What any other value means; without it a message with another value is none of an end.
    #[serde(default)]
    pub otherwise: Option<End>,
}

/// How a reply is written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "as", rename_all = "snake_case", deny_unknown_fields)]
pub enum ReplyForm {
    /// A text with `{text}` in it.
    Plain {
        /// When an answer is awaited.
        ask: String,
        /// When the session closes.
        end: String,
    },
    /// The same with what is filled in escaped; `{url}` is where we are called, `{number}` the
    /// number of the next message.
    Xml {
        /// When an answer is awaited.
        ask: String,
        /// When the session closes.
        end: String,
    },
    /// One object.
    Json {
        /// Field of the text.
        text: String,
        /// Field that says what follows.
        then: String,
        /// Its value when an answer is awaited.
        ask: Value,
        /// Its value when the session closes.
        end: Value,
        /// Fields of the request that are said again.
        #[serde(default)]
        echo: Vec<String>,
        /// Fields that are always there.
        #[serde(default)]
        with: BTreeMap<String, Value>,
    },
}

impl Provider {
    /// Whether a message that comes again can be told from the next one: it is numbered, or says all that was
    /// said before it.
    pub fn numbers(&self) -> bool {
        self.number.is_some() || self.text_is == TextIs::Cumulative
    }

    /// What no provider can mean.
    pub fn wrong(&self) -> Option<&'static str> {
        if self.methods.is_empty() {
            return Some("`methods` is empty: nobody could call");
        }
        if self.deadline() <= LEAST_DEADLINE {
            return Some("`deadline_ms` must be more than 500: every call would get an excuse");
        }
        nothing_fits(self.first.min(self.next), self.input, self.open_seconds)
    }

    /// The room of its sessions.
    pub fn room(&self) -> Room {
        Room {
            first: self.first_frame(),
            next: self.next_frame(),
            input: self.input,
            open_for: self.open_for(),
        }
    }

    /// The room for the first text of a session.
    pub fn first_frame(&self) -> Frame {
        frame(self.first)
    }

    /// The room for later texts.
    pub fn next_frame(&self) -> Frame {
        frame(self.next)
    }

    /// The room that every screen has to fit in: any of them can be the first.
    pub fn smallest_frame(&self) -> Frame {
        frame(self.first.min(self.next))
    }

    /// How long a session waits for an answer.
    pub fn open_for(&self) -> Duration {
        Duration::from_secs(self.open_seconds.into())
    }

    /// How long a response may take.
    pub fn deadline(&self) -> Duration {
        Duration::from_millis(self.deadline_ms.into())
    }

    /// Whether a reply tells the provider where to send the answer.
    pub fn needs_url(&self) -> bool {
        matches!(&self.reply, ReplyForm::Xml { ask, .. } if ask.contains("{url}"))
    }
}

fn frame(units: u16) -> Frame {
    Frame {
        budget: Budget { units, alphabet: Alphabet::Gsm7 },
        rows: MOST_ROWS,
        manner: Manner::Text,
    }
}

#[cfg(test)]
mod tests;
