//! Texts with places to fill in: `Nomor Anda {number}`.

use std::{borrow::Cow, ops::Range};

/// A text as an author wrote it, cut at its placeholders.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template(Vec<Piece>);

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Words to show as they are.
    Words(String),
    /// The name of a value.
    Value(String),
}

/// What is wrong with the braces of a text, and where in it (octets).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BraceError {
    /// The octets of the text that are to blame.
    pub at: Range<usize>,
}

impl Template {
    /// Cuts a text at its placeholders. A name is small letters, digits and `_`.
    pub fn parse(text: &str) -> Result<Self, BraceError> {
        let mut pieces = Vec::new();
        let mut rest = 0;
        while let Some(open) = text[rest..].find(['{', '}']).map(|at| rest + at) {
            let close = text[open..].find('}').map(|at| open + at);
            let name = close.filter(|&close| close > open).map(|close| &text[open + 1..close]);
            match (name, close) {
                (Some(name), Some(close)) if is_name(name) => {
                    if open > rest {
                        pieces.push(Piece::Words(text[rest..open].into()));
                    }
                    pieces.push(Piece::Value(name.into()));
                    rest = close + 1;
                }
                (_, close) => {
                    return Err(BraceError { at: open..close.map_or(open + 1, |close| close + 1) });
                }
            }
        }
        if rest < text.len() {
            pieces.push(Piece::Words(text[rest..].into()));
        }
        Ok(Self(pieces))
    }

    /// Its parts, in order.
    pub fn pieces(&self) -> impl Iterator<Item = &Piece> {
        self.0.iter()
    }

    /// The text as it was written.
    pub fn written(&self) -> String {
        self.fill(|name| Some(Cow::Owned(format!("{{{name}}}"))))
    }

    /// The names of its values, in order, repeated ones repeated.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Words(_) => None,
            Piece::Value(name) => Some(name.as_str()),
        })
    }

    /// The text with every value filled in. A value that is missing leaves nothing behind: the
    /// check proves that none can be.
    pub fn fill<'v>(&'v self, value: impl Fn(&str) -> Option<Cow<'v, str>>) -> String {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Words(words) => Cow::Borrowed(words.as_str()),
                Piece::Value(name) => value(name).unwrap_or_default(),
            })
            .collect()
    }
}

/// Whether a word can name a value, a screen or a choice.
pub fn is_name(word: &str) -> bool {
    !word.is_empty()
        && word.len() <= 40
        && word.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_cut_out_and_filled() {
        let template = Template::parse("Nomor {number}, simpan. {number}").unwrap();
        assert_eq!(template.names().collect::<Vec<_>>(), ["number", "number"]);
        assert_eq!(template.fill(|_| Some("7".into())), "Nomor 7, simpan. 7");
        assert_eq!(template.fill(|_| None), "Nomor , simpan. ");
        assert_eq!(Template::parse("").unwrap().fill(|_| None), "");
    }

    #[test]
    fn a_lone_brace_is_pointed_at() {
        for (text, at) in [("a {b", 2..3), ("a b}", 3..4), ("{Name}", 0..6), ("x{}", 1..3)] {
            assert_eq!(Template::parse(text), Err(BraceError { at }), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_cut_or_refused(text in "\\PC{0,60}") {
            if let Ok(template) = Template::parse(&text) {
                let names: Vec<_> = template.names().map(str::to_owned).collect();
                let back = template.fill(|name| names.iter().find(|n| *n == name).map(Into::into));
                proptest::prop_assert!(back.len() <= text.len());
            }
        }
    }
}
