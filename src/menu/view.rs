//! A screen as it is to be shown: the texts filled in, the rows, the keys; and its pages for a
//! given room.

use serde::{Deserialize, Serialize};

use crate::{
    menu::{
        language::Language,
        model::{Act, BACK, CHOOSE_BUTTON, HOME, Menu, NEXT, OTHER_KEYS, Screen, Word},
        state::{Row, State},
    },
    text::page::{self, Budget, Keys, Page, PageError, Sheet},
};

/// The room that a channel gives one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// How long a message may be.
    pub budget: Budget,
    /// The most rows on one page. Rows are answered with one digit, and the engine's own keys need
    /// some of them: eight is the most that `1`-`8`, `9`, `0` and `00` leave.
    pub rows: usize,
    /// Who draws the rows and the keys.
    pub manner: Manner,
}

/// How a channel shows a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// As one text, rows numbered and keys below.
    Text,
    /// As a [`Card`]: rows and keys are drawn by the channel, and there is room for the fuller wording.
    Card,
}

/// One page in its parts, for a channel with rows and keys of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Which screen it is of, so that a tap on an older card is not taken for an answer to this one.
    pub screen: String,
    /// The text above, on every page.
    pub body: String,
    /// The rows of this page.
    pub rows: Vec<Row>,
    /// The engine's keys that work here; the id is the key.
    pub keys: Vec<Row>,
    /// What the channel writes around them.
    #[serde(default)]
    pub drawn: Drawn,
}

/// The words around the rows of a card, in the language of the screen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawn {
    /// Opens the rows, where a channel keeps them closed; and stands above them.
    pub choose: String,
    /// Stands above the keys.
    pub other: String,
}

/// The most rows on a page that is answered with digits.
pub const MOST_ROWS: usize = 9;

/// What a screen shows, before it is cut into pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The text above.
    pub body: String,
    /// The rows below it.
    pub rows: Vec<Row>,
    /// The engine's keys that work here, `next` aside: key and label.
    pub tail: Vec<(String, String)>,
    /// Key and label of the next page.
    pub next: (String, String),
    /// What a card has around its rows.
    pub drawn: Drawn,
}

impl Drawn {
    /// The words of a menu.
    pub fn of(menu: &Menu, language: &Language) -> Self {
        let word = |word: Word| menu.word(word.name, language, "");
        Self { choose: word(CHOOSE_BUTTON), other: word(OTHER_KEYS) }
    }
}

impl View {
    /// The screen where `state` stands.
    pub fn of(menu: &Menu, screen: &Screen, state: &State, manner: Manner) -> Self {
        let language = &state.language;
        let fuller = screen.fuller.as_ref().filter(|_| manner == Manner::Card);
        let say = fuller.unwrap_or(&screen.say);
        let say = menu.say(say, language, |name| state.values.text(name));
        let body = match &state.note {
            Some(note) => format!("{note}\n{say}"),
            None => say,
        };
        let mut tail = Vec::new();
        if !matches!(screen.act, Act::Last) && !state.trail.is_empty() {
            tail.push((menu.keys.back.clone(), menu.word(BACK.name, language, "")));
            // On a question the way home is two steps back; the room is for the question.
            if state.trail.len() > 1 && !matches!(screen.act, Act::Ask { .. }) {
                tail.push((menu.keys.home.clone(), menu.word(HOME.name, language, "")));
            }
        }
        let next = (menu.keys.next.clone(), menu.word(NEXT.name, language, ""));
        let drawn = Drawn::of(menu, language);
        Self { body, rows: rows(menu, screen, state), tail, next, drawn }
    }

    /// The pages for a room. Total: what cannot be laid out (the check proves that nothing can
    /// be) is shown as far as it goes.
    pub fn pages(&self, frame: Frame) -> Vec<Page> {
        match self.cut(frame) {
            Ok(pages) => pages,
            Err(_) => {
                let bare =
                    Sheet { body: &self.body, rows: &[], keys: Keys { next: None, tail: &[] } };
                page::paginate(&bare, frame.budget, frame.rows).unwrap_or_default()
            }
        }
    }

    /// The pages for a room, or why there are none.
    pub fn cut(&self, frame: Frame) -> Result<Vec<Page>, PageError> {
        // A list on a chat has room for one row more where its screen needs few keys.
        let few =
            frame.manner == Manner::Card && self.rows.len() + self.tail.len() <= MOST_ROWS + 1;
        let rows = if few { MOST_ROWS } else { frame.rows };
        self.laid_out(|sheet| page::paginate(sheet, frame.budget, rows))
    }

    /// One of the pages in its parts.
    pub fn card(&self, screen: &str, page: &Page) -> Card {
        let key = |(key, label): &(String, String)| Row { id: key.clone(), label: label.clone() };
        let next = (!page.last).then(|| key(&self.next));
        Card {
            screen: screen.to_owned(),
            body: self.body.clone(),
            rows: self.rows.get(page.rows.clone()).unwrap_or_default().to_vec(),
            keys: next.into_iter().chain(self.tail.iter().map(key)).collect(),
            drawn: self.drawn.clone(),
        }
    }

    /// Everything on one page, or how much room that needs.
    pub fn whole(&self, frame: Frame) -> Result<Page, PageError> {
        self.laid_out(|sheet| page::fits_one(sheet, frame.budget))
    }

    fn laid_out<T>(&self, lay_out: impl FnOnce(&Sheet<'_>) -> T) -> T {
        let labels: Vec<String> = self.rows.iter().map(|row| row.label.clone()).collect();
        let tail: Vec<(&str, &str)> =
            self.tail.iter().map(|(key, label)| (key.as_str(), label.as_str())).collect();
        let next = Some((self.next.0.as_str(), self.next.1.as_str()));
        lay_out(&Sheet { body: &self.body, rows: &labels, keys: Keys { next, tail: &tail } })
    }
}

/// The rows of a screen, for the values and the filter of a state.
fn rows(menu: &Menu, screen: &Screen, state: &State) -> Vec<Row> {
    match &screen.act {
        Act::Choose(choices) => choices
            .iter()
            .map(|choice| Row {
                id: choice.id.clone(),
                label: menu.say(&choice.say, &state.language, |name| state.values.text(name)),
            })
            .collect(),
        Act::Pick { list, keep, .. } => {
            let name = format!("{keep}_name");
            (list.rows)(&state.values)
                .into_iter()
                .filter(|row| state.filter.as_ref().is_none_or(|part| contains(&row.label, part)))
                .map(|row| Row { label: menu.fit(&name, &row.label).into_owned(), ..row })
                .collect()
        }
        Act::Ask { .. } | Act::Call { .. } | Act::Last => Vec::new(),
    }
}

/// Whether a label contains a part, whatever the case and whatever stands between letters.
pub(super) fn contains(label: &str, part: &str) -> bool {
    let (label, part) = (letters(label), letters(part));
    !part.is_empty() && label.contains(&part)
}

/// The letters and digits of a text, small.
pub(super) fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
