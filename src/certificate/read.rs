//! What a text can be that somebody hands over to be checked.

use super::{dcc::PREFIX, text::looks_like_one};

/// A text, by its looks. Nothing is verified here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text<'t> {
    /// What a scanner reads from the code of a page: for [`super::dcc::verify`].
    Document(&'t str),
    /// Words with a certificate of one SMS among them: for [`super::text::verify`].
    Short(&'t str),
    /// Nothing that we know.
    Unknown,
}

impl<'t> Text<'t> {
    /// What it looks like; blanks around it do not count.
    pub fn of(text: &'t str) -> Self {
        let text = text.trim();
        let head = text.get(..PREFIX.len());
        match head {
            Some(head) if head.eq_ignore_ascii_case(PREFIX) => Self::Document(text),
            _ if looks_like_one(text) => Self::Short(text),
            _ => Self::Unknown,
        }
    }
}
