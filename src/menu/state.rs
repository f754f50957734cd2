//! Where a subscriber stands in a menu, and what was typed on the way.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
};

use serde::{Deserialize, Serialize};

use crate::{
    identity::Coordinates,
    menu::{keyword::Errand, language::Language, version::Version},
};

/// The most screens that `back` can return through; older ones are forgotten.
pub const LONGEST_TRAIL: usize = 16;

/// The most answers that a dial string can carry.
pub const MOST_DIGITS: usize = 16;

/// A subscriber's place in a menu. Everything needed to go on after a restart, on any node.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The version of the menu it stands in.
    #[serde(default)]
    pub version: Version,
    /// The screen shown, by id: a menu may change its order between two turns.
    pub screen: String,
    /// The page of it shown, from 0.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub page: u16,
    /// What a long list was narrowed to, if the subscriber typed a part of a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// What was wrong with the last answer: it stands above the screen until a good one, and the
    /// pages are cut with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The room that page was cut for; a channel with other room starts the screen again.
    pub units: u16,
    /// Wrong answers in a row on this screen.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub wrong: u16,
    /// Screens to go back to, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trail: Vec<String>,
    /// Whether the subscriber typed or chose anything that is kept: only then is a dropped
    /// conversation worth going on with.
    #[serde(default)]
    pub kept: bool,
    /// Calls made in this turn. A state at rest has made none.
    #[serde(skip)]
    pub calls: usize,
    /// The way through the screens in this turn, for whoever counts. A state at rest has none.
    #[serde(skip)]
    pub way: Vec<Move>,
    /// What was typed and given so far.
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    pub values: Values,
    /// Answers from the dial string that were not used yet.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    pub digits: VecDeque<String>,
    /// What one text asked for and was not come to yet.
    #[serde(default, skip_serializing_if = "Errand::is_empty")]
    pub errand: Errand,
    /// The language spoken.
    pub language: Language,
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("screen", &self.screen)
            .field("page", &self.page)
            .field("wrong", &self.wrong)
            .field("trail", &self.trail)
            .field("values", &self.values)
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}

fn is_zero(number: &u16) -> bool {
    *number == 0
}

/// A move of somebody through a menu. Screens stand by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Move {
    /// A way through the menu began.
    Began,
    /// A way that was broken off is gone on with.
    Resumed,
    /// A screen that asks, or a last one, was come to; one that asks again was not.
    Entered(String),
    /// Its answer was good, and led on.
    Passed(String),
    /// It was left by the key for back or for home.
    TurnedBack(String),
}

/// The values of a conversation, by name. `Debug` shows the names only.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Values(BTreeMap<String, Value>);

/// One value.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A text, in its canonical form.
    Text(String),
    /// Rows to pick from.
    Rows(Vec<Row>),
    /// Where the rows of a list are on the map, by their ids.
    Spots(BTreeMap<String, Coordinates>),
}

/// A row of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// What is kept when it is picked.
    pub id: String,
    /// What is shown.
    pub label: String,
}

/// No name that an author can write.
fn spots_of(list: &str) -> String {
    format!("{list} on the map")
}

impl Values {
    /// The text of that name.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.0.get(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The rows of that name; none if there are none.
    pub fn rows(&self, name: &str) -> &[Row] {
        match self.0.get(name) {
            Some(Value::Rows(rows)) => rows,
            _ => &[],
        }
    }

    /// Keeps a text.
    pub fn keep(&mut self, name: &str, text: impl Into<String>) {
        self.0.insert(name.into(), Value::Text(text.into()));
    }

    /// Keeps rows.
    pub fn keep_rows(&mut self, name: &str, rows: Vec<Row>) {
        self.0.insert(name.into(), Value::Rows(rows));
    }

    /// Where the rows of that list are on the map; none if nobody knows.
    pub fn spots(&self, list: &str) -> Option<&BTreeMap<String, Coordinates>> {
        match self.0.get(&spots_of(list)) {
            Some(Value::Spots(spots)) if !spots.is_empty() => Some(spots),
            _ => None,
        }
    }

    /// Keeps where the rows of a list are.
    pub fn keep_spots(&mut self, list: &str, spots: BTreeMap<String, Coordinates>) {
        self.0.insert(spots_of(list), Value::Spots(spots));
    }

    /// Takes over every value of another set.
    pub fn take_over(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
