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

fn foreign(text: &Spot<String>) -> Vec<Finding> {
    text.value
        .char_indices()
        // Braces are the marks of placeholders; one that is not is found where they are read.
        .filter(|(_, c)| !matches!(c, '{' | '}'))
        .filter_map(|(at, c)| match gsm7::septets_of(c) {
            Some(1) => None,
            Some(_) => Some(
                Finding::error("menu::extension", &place(text, at, c), extension(c))
                    .label("costs two characters, and many networks lose it")
                    .help("write it in words")
                    .warning(),
            ),
            None => Some(
                Finding::error("menu::alphabet", &place(text, at, c), outside(c))
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

/// Where the character at octet `at` of a text stands in its file. The text in the file may hold
/// escapes, so the character is found by counting its kind; a character written as an escape is
/// not there to be pointed at, and the whole text is.
fn place(text: &Spot<String>, at: usize, c: char) -> Place {
    let nth = text.value[..at].matches(c).count();
    let written = text.at.file.text.get(text.at.span.clone()).unwrap_or_default();
    match written.match_indices(c).nth(nth) {
        Some((offset, found)) => {
            let start = text.at.span.start + offset;
            Place { file: text.at.file.clone(), span: start..start + found.len() }
        }
        None => text.at.clone(),
    }
}
