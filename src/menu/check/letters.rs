//! Every text must be in the GSM alphabet (TS 23.038 §6.2.1): one character outside of it turns a
//! whole message into UCS-2, and half the room is gone.

use crate::{
    diagnostic::{Finding, Place, Spot},
    menu::load::{Draft, DraftPhrase},
    text::{gsm7, transliterate},
};

/// Findings for every character of every text that does not belong.
pub fn check(draft: &Draft) -> Vec<Finding> {
    phrases(draft).flat_map(|phrase| &phrase.texts).flat_map(|(_, text)| foreign(text)).collect()
}

fn phrases(draft: &Draft) -> impl Iterator<Item = &DraftPhrase> {
    let screens = draft.screens.iter().flat_map(|screen| {
        let choices = screen.choose.iter().flatten().filter_map(|choice| choice.say.as_ref());
        screen.say.iter().chain(choices)
    });
    draft.words.values().chain(screens)
}

pub(super) fn foreign(text: &Spot<String>) -> Vec<Finding> {
    text.value
        .char_indices()
        // Braces are the marks of placeholders; one that is not is found where they are read.
        .filter(|(_, c)| !matches!(c, '{' | '}'))
        .filter_map(|(at, c)| match gsm7::septets_of(c) {
            Some(1) => None,
            Some(_) => Some(
                Finding::error("menu::extension", &place(text, at), extension(c))
                    .label("costs two characters, and many networks lose it")
                    .help("write it in words")
                    .warning(),
            ),
            None => Some(
                Finding::error("menu::alphabet", &place(text, at), outside(c))
                    .label("this character")
                    .help(instead(c)),
            ),
        })
        .collect()
}

fn extension(c: char) -> String {
    format!("`{c}` is only in the extension table of the GSM alphabet")
}

fn outside(c: char) -> String {
    format!("`{c}` (U+{:04X}) is not in the GSM alphabet", u32::from(c))
}

fn instead(c: char) -> String {
    let character = c.to_string();
    match transliterate::to_gsm7(&character).as_ref() {
        "" => "leave it out".into(),
        "?" => "write it with letters that every phone has".into(),
        plain => format!("write `{plain}`"),
    }
}

/// Where the character at octet `at` of a text stands in its file.
fn place(text: &Spot<String>, at: usize) -> Place {
    let file = &text.at.file;
    let written = file.text.get(text.at.span.clone()).unwrap_or_default();
    let nth = text.value[..at].chars().count();
    match written_at(written, nth, text.value.contains("\r\n")) {
        Some((from, to)) => {
            let start = text.at.span.start;
            Place { file: file.clone(), span: start + from..start + to }
        }
        // What the TOML parser made of a mistake is no text in quotes: the whole is pointed at.
        None => text.at.clone(),
    }
}

/// The octets of a TOML text, quotes included, that stand for its `nth` character: itself, or an
/// escape (TOML 1.0, "String"). `crlf` says whether line ends were read as they are written.
fn written_at(written: &str, nth: usize, crlf: bool) -> Option<(usize, usize)> {
    let quote = written.chars().next()?;
    let fence = if written.starts_with("\"\"\"") || written.starts_with("'''") { 3 } else { 1 };
    let mut at = fence;
    if fence == 3 {
        // The first line end belongs to the quotes.
        let first = ["\r\n", "\n"].into_iter().find(|end| written[at..].starts_with(end));
        at += first.map_or(0, str::len);
    }
    let mut before = 0;
    loop {
        let rest = written.get(at..)?;
        let c = rest.chars().next()?;
        let long = match rest.as_bytes() {
            [b'\\', b'u', ..] if quote == '"' => 6,
            [b'\\', b'U', ..] if quote == '"' => 10,
            [b'\\', b'x', ..] if quote == '"' => 4,
            [b'\\', blank, ..] if quote == '"' && blank.is_ascii_whitespace() => {
                // A line end after a backslash, and all blanks behind it, are nothing.
                at += rest.len() - rest[1..].trim_start_matches([' ', '\t', '\r', '\n']).len();
                continue;
            }
            [b'\\', ..] if quote == '"' => 2,
            [b'\r', b'\n', ..] if !crlf => 2,
            _ => c.len_utf8(),
        };
        if before == nth {
            // An escape that is none may end in the middle of a character.
            return rest.get(..long).map(|_| (at, at + long));
        }
        before += 1;
        at += long;
    }
}
