//! What a menu may call on: validators, lists and service calls, as signatures.
//!
//! The core knows a service only by its catalogue. The signatures carry what the check needs to
//! prove that every screen fits and every value is there: the longest values, the outcomes, and
//! what each outcome gives.

use jiff::civil::Date;

use crate::menu::state::{Row, Values};

/// Everything one desk offers to the menus that name it.
#[derive(Debug, Clone, Copy)]
pub struct Catalogue {
    /// The name menu files use: `desk = "…"`.
    pub desk: &'static str,
    /// What an `ask` can demand.
    pub validators: &'static [Validator],
    /// What a `pick` can list.
    pub lists: &'static [List],
    /// What a `call` can do.
    pub calls: &'static [Call],
    /// What calls send.
    pub sends: &'static [Sends],
    /// What broadcasts (`[campaign.*]`) tell their reader of the reader.
    pub tells: &'static [Given],
}

/// A text that a call sends outside of the session: `[notice.*]` of the menu.
#[derive(Debug, Clone, Copy)]
pub struct Sends {
    /// The call.
    pub call: &'static str,
    /// The name menu files use.
    pub name: &'static str,
    /// The values that it is filled with, beside those that the calls of the menu leave.
    pub gives: &'static [Given],
}

/// Reads one typed answer.
#[derive(Debug, Clone, Copy)]
pub struct Validator {
    /// The name menu files use.
    pub name: &'static str,
    /// Turns what was typed into the value kept, or says what is wrong. `Date` is today.
    pub read: fn(&str, Date) -> Result<String, Wrong>,
    /// Everything that can be wrong.
    pub wrongs: &'static [Wrong],
    /// The widest value that can be kept.
    pub longest: &'static str,
    /// Whether the value is personal, and so may not stand on a last screen.
    pub privacy: Privacy,
}

/// What is wrong with an answer: the name of the word (`[words]`) that says so.
pub type Wrong = &'static str;

/// Whether a value tells something of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Privacy {
    /// It may stay on a display that is handed on.
    Open,
    /// It may not.
    Personal,
}

/// A list to pick a row from.
#[derive(Debug, Clone, Copy)]
pub struct List {
    /// The name menu files use.
    pub name: &'static str,
    /// The values it is made from.
    pub needs: &'static [&'static str],
    /// The rows for these values.
    pub rows: fn(&Values) -> Vec<Row>,
    /// The widest label.
    pub longest: &'static str,
    /// The most rows there can be.
    pub most: usize,
    /// Whether a label is personal.
    pub privacy: Privacy,
}

/// A service call.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// The name menu files use.
    pub name: &'static str,
    /// The values it takes.
    pub needs: &'static [&'static str],
    /// How it can turn out.
    pub outcomes: &'static [Outcome],
    /// Whether something is changed by it.
    pub effect: Effect,
}

/// Whether a call changes anything for the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It only looks, and keeps what it found out.
    Reads,
    /// It changes something: whoever only claims to be that phone confirms it before.
    Changes,
}

/// A call is its name: a catalogue has every name once.
impl PartialEq for Call {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// One way a call can turn out.
#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    /// The name menu files use after `on.`.
    pub name: &'static str,
    /// What it says to the author of a menu, in one line.
    pub means: &'static str,
    /// The values it leaves.
    pub gives: &'static [Given],
}

/// A value that an outcome leaves.
#[derive(Debug, Clone, Copy)]
pub struct Given {
    /// Its name.
    pub name: &'static str,
    /// The widest text it can be; empty for a list of rows.
    pub longest: &'static str,
    /// Whether it is personal.
    pub privacy: Privacy,
}

/// What a menu that names no desk can call on: nothing. It may still say things and offer choices.
pub const NO_DESK: Catalogue =
    Catalogue { desk: "", validators: &[], lists: &[], calls: &[], sends: &[], tells: &[] };

impl Catalogue {
    /// The validator of that name.
    pub fn validator(&self, name: &str) -> Option<&'static Validator> {
        self.validators.iter().find(|validator| validator.name == name)
    }

    /// The list of that name.
    pub fn list(&self, name: &str) -> Option<&'static List> {
        self.lists.iter().find(|list| list.name == name)
    }

    /// The call of that name.
    pub fn call(&self, name: &str) -> Option<&'static Call> {
        self.calls.iter().find(|call| call.name == name)
    }
}
