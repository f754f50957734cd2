//! Words that open a service where people write, and what one text can ask for.
//!
//! A text begins with a keyword; what follows are answers to the questions that the service would
//! ask: `STATUS 3173…`, `DAFTAR#nik#nama#tgl-lahir`. People write in any case, with any marks, and
//! slip: a word that is nearly a keyword is taken for it where nothing else is going on.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::menu::{model::Menu, view::letters};

/// A word that leads past the first screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyword {
    /// How it is written; one word, or two.
    pub words: Vec<String>,
    /// Choices by id, taken on the way from the first screen.
    pub path: Vec<String>,
    /// The choices where answers come along.
    pub with: Vec<String>,
    /// What of a text is an answer.
    pub data: Data,
}

/// What the answers are that a text brings along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Data {
    /// Each of the parts that stand behind the keyword.
    Parts,
    /// The whole text, keyword and all: it is one thing that is handed on as it came.
    Whole,
}

/// What is said to the gateway and not to a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Command {
    /// No more broadcasts.
    Stop,
    /// Broadcasts again.
    Start,
    /// What can be written?
    Help,
}

impl Command {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Stop, Self::Start, Self::Help];

    /// The name in `[commands]`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Start => "start",
            Self::Help => "help",
        }
    }
}

/// Something asked for in one go: choices by id, and answers to the questions on the way. A choice
/// is taken where it is offered, an answer where something is asked; everything else is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errand {
    /// The choices that are still to be taken.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    pub path: VecDeque<String>,
    /// The answers that are still to be given.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    pub answers: VecDeque<String>,
}

impl Errand {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.path.is_empty() && self.answers.is_empty()
    }
}

/// What a text asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// A service, and something in it.
    Errand(Errand),
    /// A command.
    Command(Command),
}

/// How sure it is that a text is no answer to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sure {
    /// It may be one: the keyword was not quite written, or plain words follow it.
    Perhaps,
    /// It is a keyword, alone or with data.
    Surely,
}

/// Nobody's name and no place has a longer word, in octets; a certificate has.
const LONGEST_WORD: usize = 40;

/// The most answers of one text.
pub const MOST_ANSWERS: usize = 8;

impl Menu {
    /// What a text asks of this service, if it begins with one of its keywords or with a command.
    pub fn wanted(&self, text: &str) -> Option<(Sure, Wanted)> {
        let (head, rest) = self.opening(text);
        let answers = answers(rest);
        let data =
            answers.front().is_some_and(|first| first.starts_with(|c: char| c.is_ascii_digit()));
        let code = rest.split_whitespace().any(|word| word.len() > LONGEST_WORD);
        let sure = |likeness| match likeness {
            Likeness::Same if answers.is_empty() || data || code => Sure::Surely,
            Likeness::Same | Likeness::Near => Sure::Perhaps,
        };
        let alone = answers.is_empty();
        let commands = self.commands.iter().map(|(command, words)| (words, Way::Command(*command)));
        let keywords = self.keyword.iter().map(|keyword| (&keyword.words, Way::Path(keyword)));
        let ways = commands.chain(keywords).chain([(&self.keywords, Way::Home)]);
        let found = ways.filter_map(|(words, way)| match (likeness(&head, words)?, way) {
            // Batam is a city, and Mulia a name: a slip alone refuses nothing and allows nothing.
            (Likeness::Near, Way::Command(Command::Start)) => None,
            (Likeness::Near, Way::Command(_)) if !(alone && swapped(&head, words)) => None,
            found => Some(found),
        });
        let (likeness, way) = found.max_by_key(|(likeness, _)| *likeness)?;
        let wanted = match way {
            Way::Command(command) => Wanted::Command(command),
            Way::Home => Wanted::Errand(Errand::default()),
            Way::Path(keyword) => {
                let path = if answers.is_empty() { &keyword.path } else { &keyword.with };
                let answers = match keyword.data {
                    Data::Whole if !answers.is_empty() => [text.trim().to_owned()].into(),
                    Data::Parts | Data::Whole => answers.clone(),
                };
                Wanted::Errand(Errand { path: path.iter().cloned().collect(), answers })
            }
        };
        Some((sure(likeness), wanted))
    }

    /// The first word of a text and what stands behind it; the first two, if they are a keyword.
    fn opening<'t>(&self, text: &'t str) -> (String, &'t str) {
        let (first, rest) = head(text);
        let (second, behind) = head(rest);
        let pair = format!("{first} {second}");
        if self.every_keyword().any(|word| word.to_lowercase() == pair) {
            return (pair, behind);
        }
        (first, rest)
    }

    /// The words of a command.
    pub fn command(&self, command: Command) -> &[String] {
        self.commands.get(&command).map(Vec::as_slice).unwrap_or_default()
    }

    /// Every word that opens the service or something in it, as people write it.
    pub fn every_keyword(&self) -> impl Iterator<Item = &str> {
        let paths = self.keyword.iter().flat_map(|keyword| &keyword.words);
        self.keywords.iter().chain(paths).map(String::as_str)
    }
}

enum Way<'m> {
    Command(Command),
    Path(&'m Keyword),
    Home,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    Near,
    Same,
}

/// The first word of a text, in small letters, and what stands behind it.
fn head(text: &str) -> (String, &str) {
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let end = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    (letters(&text[..end]), &text[end..])
}

/// How a word is like the best of some. Short words have neighbours that mean something else.
fn likeness(word: &str, words: &[String]) -> Option<Likeness> {
    let slips = match word.chars().count() {
        0..4 => 0,
        4..7 => 1,
        _ => 2,
    };
    let far = words.iter().map(|known| strsim::damerau_levenshtein(word, &known.to_lowercase()));
    match far.min()? {
        0 => Some(Likeness::Same),
        far if far <= slips => Some(Likeness::Near),
        _ => None,
    }
}

/// Whether a word has the letters of one of some, only in another order or one of them doubled.
fn swapped(word: &str, words: &[String]) -> bool {
    let sorted = |word: &str| -> Vec<char> {
        let mut letters: Vec<char> = word.to_lowercase().chars().collect();
        letters.dedup();
        letters.sort_unstable();
        letters
    };
    words.iter().any(|known| sorted(known) == sorted(word))
}

/// What follows a keyword: parted by `#`, `*`, `,`, `;` or lines where there is one of them, and else
/// by blanks, where words that follow each other are one name.
fn answers(rest: &str) -> VecDeque<String> {
    const MARKS: [char; 5] = ['#', '*', ',', ';', '\n'];
    // The mark that comes first parts; another one may stand in a name.
    let parts: Vec<String> = match rest.chars().find(|c| MARKS.contains(c)) {
        Some(mark) => rest.split(mark).map(|part| part.trim().to_owned()).collect(),
        None => by_blanks(rest),
    };
    let said = |part: &String| part.chars().any(char::is_alphanumeric);
    parts.into_iter().filter(said).take(MOST_ANSWERS).collect()
}

fn by_blanks(rest: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let number = |part: &str| part.starts_with(|c: char| c.is_ascii_digit());
    for word in rest.split_whitespace() {
        match parts.last_mut() {
            Some(last) if !number(last) && !number(word) => {
                last.push(' ');
                last.push_str(word);
            }
            _ => parts.push(word.to_owned()),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn answers_stand_apart_by_marks_or_by_what_they_are() {
        for (rest, parts) in [
            ("", vec![]),
            (" .", vec![]),
            (" 3173010101900001", vec!["3173010101900001"]),
            (
                "#3173010101900001#Budi Santoso#01011990",
                vec!["3173010101900001", "Budi Santoso", "01011990"],
            ),
            (
                " 3173010101900001 Budi Santoso 01011990",
                vec!["3173010101900001", "Budi Santoso", "01011990"],
            ),
            ("\n3173010101900001\nBudi, S.Kep", vec!["3173010101900001", "Budi, S.Kep"]),
            ("*3173010101900001*", vec!["3173010101900001"]),
        ] {
            assert_eq!(answers(rest), parts, "{rest}");
        }
    }

    #[test]
    fn a_word_may_slip() {
        let words = ["status".to_owned(), "cek".to_owned()];
        for (word, like) in [
            ("status", Some(Likeness::Same)),
            ("satus", Some(Likeness::Near)),
            ("sttaus", Some(Likeness::Near)),
            ("statusku", Some(Likeness::Near)),
            ("cek", Some(Likeness::Same)),
            ("cak", None),
            ("budi", None),
            ("", None),
        ] {
            assert_eq!(likeness(word, &words), like, "{word}");
        }
    }

    #[test]
    fn the_first_word_is_found_behind_marks() {
        assert_eq!(head("  \"Status\" 1"), ("status".into(), "\" 1"));
        assert_eq!(head("DAFTAR#1"), ("daftar".into(), "#1"));
        assert_eq!(head("?!"), (String::new(), ""));
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in "\\PC{0,200}") {
            let (_, rest) = head(&text);
            prop_assert!(answers(rest).len() <= MOST_ANSWERS);
        }
    }
}
