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
    /// Septets of its values; that of `dial` is the menu's.
    pub(super) widths: HashMap<String, usize>,
}

/// The first string that is dialled: every text may hold it.
pub const DIAL: &str = "dial";

/// The number that people write to: every text may hold it, too.
pub const CODE: &str = "code";

/// The widest of those numbers.
pub const WIDEST_CODE: &str = "12345678";

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
        fit(value, self.widths.get(name).copied().unwrap_or_default())
    }
}

/// A value in the basic table, no wider than so many septets.
pub fn fit(value: &str, width: usize) -> Cow<'_, str> {
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
        for (width, value, fitted) in [
            (10, "B*** S****", "B*** S****"),
            (10, "{B}*** S****~", "-B-*** S**"),
            (1, "12", "1"),
            (10, "17-08-2021", "17-08-2021"),
            (0, "anything", ""),
        ] {
            assert_eq!(fit(value, width), fitted, "{value}");
        }
    }
}
