//! Texts that are sent outside of a session: `[notice.*]`, what a service call has to say, and
//! `[campaign.*]`, broadcasts. A text exists only in a checked menu, and then it is one segment of
//! 160 characters of the basic table in every language, with the widest values (`domain.md` §9).

use std::{borrow::Cow, collections::HashMap};

use super::{
    model::{Phrase, clip},
    template::Template,
};
use crate::text::{gsm7, transliterate};

/// What a text is sent for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It tells somebody of something that the person did.
    Service,
    /// A broadcast that reminds of something the person began.
    Reminder,
    /// A broadcast.
    Campaign,
}

impl Kind {
    /// Whether it may be refused, and is sent at decent hours only.
    pub fn is_broadcast(self) -> bool {
        matches!(self, Self::Reminder | Self::Campaign)
    }
}

/// A checked text.
#[derive(Debug, Clone)]
pub struct NoticeText {
    /// Its name.
    pub name: String,
    /// What it is sent for.
    pub kind: Kind,
    /// What it says.
    pub(super) say: Phrase,
    /// Septets of its values that are not in [`VALUES`].
    pub(super) widths: HashMap<String, usize>,
}

/// What every text may hold, with the widest it can be.
pub const VALUES: &[(&str, &str)] = &[
    // Masked: two initials.
    ("name", "W*** W****"),
    // Masked: the regency and the serial.
    ("nik", "3173********0001"),
    ("dose", "3"),
    ("date", "17-08-2021"),
    // The number that people write to.
    ("code", "12345678"),
];

impl NoticeText {
    /// The texts with their placeholders, in the menu's order of languages.
    pub fn templates(&self) -> impl Iterator<Item = String> {
        self.say.0.iter().map(Template::written)
    }

    /// The names of the values it is filled with.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.say.0.first().into_iter().flat_map(|template| template.names())
    }

    /// A value in the basic table, no wider than the check reckoned with.
    pub fn fit<'t>(&self, name: &str, value: &'t str) -> Cow<'t, str> {
        match self.widths.get(name) {
            Some(&width) => basic(value, width),
            None => fit(name, value),
        }
    }
}

/// One of [`VALUES`] in the basic table, no wider than the check reckoned with.
pub fn fit<'t>(name: &str, value: &'t str) -> Cow<'t, str> {
    basic(value, widest(name).map_or(0, str::len))
}

/// The widest text of one of [`VALUES`].
pub fn widest(name: &str) -> Option<&'static str> {
    VALUES.iter().find(|(known, _)| *known == name).map(|(_, widest)| *widest)
}

fn basic(value: &str, width: usize) -> Cow<'_, str> {
    let text = transliterate::to_gsm7(value);
    if text.chars().all(gsm7::is_basic) {
        return clip(text, width);
    }
    // What is left is in the extension table (TS 23.038 §6.2.1.1), which some networks lose.
    let text = text.chars().map(|c| if gsm7::is_basic(c) { c } else { '-' }).collect();
    clip(Cow::Owned(text), width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_basic_and_no_wider_than_reckoned() {
        for (name, value, fitted) in [
            ("name", "B*** S****", "B*** S****"),
            ("name", "{B}*** S****~", "-B-*** S**"),
            ("dose", "12", "1"),
            ("date", "17-08-2021", "17-08-2021"),
            ("stranger", "anything", ""),
        ] {
            assert_eq!(fit(name, value), fitted, "{value}");
        }
    }
}
