//! Words that open a service where people write, and what one text can ask for.
//!
//! A text begins with a keyword; what follows are answers to the questions that the service would
//! ask: `STATUS 3173…`, `DAFTAR#nik#nama#tgl-lahir`. People write in any case, with any marks, and
//! slip: a word that is nearly a keyword is taken for it where nothing else is going on.

use std::{
    cmp::{Ordering, Reverse},
    collections::VecDeque,
};

use serde::{Deserialize, Serialize};

use crate::menu::{
    model::Menu,
    refusal::{self, Refusal},
    view::letters,
};

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
    /// No more broadcasts, by what may as well be an answer.
    Refusal(Refusal),
}

/// How sure it is that a text is no answer to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sure {
    /// It may be one: the keyword was not quite written, or plain words follow it.
    Perhaps,
    /// It is a keyword, alone or with data.
    Surely,
}

/// What a text was taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// How sure that is.
    pub sure: Sure,
    /// How many letters were not as they are in the keyword.
    pub slips: usize,
    /// What is asked for.
    pub wanted: Wanted,
}

impl Found {
    /// The surest, and of those the nearest, with whose it is. What is as near to a refusal as to
    /// something else is neither: it has to be asked.
    pub fn best<T>(found: impl Iterator<Item = (Self, T)>) -> Option<(Self, T)> {
        found.reduce(|(one, whose), (two, other)| {
            let rank = |found: &Self| (Reverse(found.sure), found.slips);
            let refuses = |found: &Self| matches!(found.wanted, Wanted::Refusal(_));
            match rank(&one).cmp(&rank(&two)) {
                Ordering::Less => (one, whose),
                Ordering::Greater => (two, other),
                Ordering::Equal if one.wanted != two.wanted && (refuses(&one) || refuses(&two)) => {
                    (Self { wanted: Wanted::Refusal(Refusal::Unclear), ..one }, whose)
                }
                Ordering::Equal => (one, whose),
            }
        })
    }
}

/// Nobody's name and no place has a longer word, in octets; a certificate has.
const LONGEST_WORD: usize = 40;

/// The most answers of one text.
pub const MOST_ANSWERS: usize = 8;

impl Menu {
    /// What a text asks of this service, if it begins with one of its keywords or with a command.
    pub fn wanted(&self, text: &str) -> Option<Found> {
        let (head, rest) = self.opening(text);
        let answers = answers(rest);
        let alone = answers.is_empty();
        let data =
            answers.front().is_some_and(|first| first.starts_with(|c: char| c.is_ascii_digit()));
        let code = rest.split_whitespace().any(|word| word.len() > LONGEST_WORD);
        let found = |slips: usize, wanted| {
            let sure =
                if slips == 0 && (alone || data || code) { Sure::Surely } else { Sure::Perhaps };
            Found { sure, slips, wanted }
        };
        let commands = self.commands.iter().filter_map(|(command, words)| {
            let slips = match command {
                Command::Stop => return self.refused(&head, rest, words, data || code),
                // Mulia is a name: a slip alone allows nothing.
                Command::Start => slips(&head, words).filter(|&slips| slips == 0)?,
                Command::Help => slips(&head, words)
                    .filter(|&slips| slips == 0 || alone && swapped(&head, words))?,
            };
            Some(found(slips, Wanted::Command(*command)))
        });
        let keywords = self.keyword.iter().filter_map(|keyword| {
            let path = if alone { &keyword.path } else { &keyword.with };
            let answers = match keyword.data {
                Data::Whole if !alone => [text.trim().to_owned()].into(),
                Data::Parts | Data::Whole => answers.clone(),
            };
            let errand = Errand { path: path.iter().cloned().collect(), answers };
            Some(found(slips(&head, &keyword.words)?, Wanted::Errand(errand)))
        });
        let home = slips(&head, &self.keywords);
        let home = home.map(|slips| found(slips, Wanted::Errand(Errand::default())));
        let found = commands.chain(keywords).chain(home).map(|found| (found, ()));
        Found::best(found).map(|(found, ())| found)
    }

    /// Whether a text refuses broadcasts: by one of the words, written as it is or nearly so.
    fn refused(&self, head: &str, rest: &str, words: &[String], data: bool) -> Option<Found> {
        let slips = refusal::slips(head, words)?;
        let plain = self.refusals.go_along(rest);
        let others = [Command::Start, Command::Help];
        let others = others.iter().flat_map(|command| self.command(*command));
        let (sure, wanted) = match slips {
            0 if plain || data => (Sure::Surely, Wanted::Command(Command::Stop)),
            0 => (Sure::Perhaps, Wanted::Refusal(Refusal::Words)),
            _ if !plain || self.refusals.is_unlike(head) => return None,
            _ => match others.map(|word| far(head, word)).min().unwrap_or(usize::MAX) {
                other if other < slips => return None,
                other if other == slips => (Sure::Perhaps, Wanted::Refusal(Refusal::Unclear)),
                _ => (Sure::Perhaps, Wanted::Refusal(Refusal::Slip)),
            },
        };
        Some(Found { sure, slips, wanted })
    }

    /// The first word of a text and what stands behind it; the first two, if they are a keyword; and
    /// all of it, if it is a refusal with blanks or marks in it: `S.T.O.P`.
    fn opening<'t>(&self, text: &'t str) -> (String, &'t str) {
        let (first, rest) = head(text);
        let (second, behind) = head(rest);
        let pair = format!("{first} {second}");
        if self.every_keyword().any(|word| word.to_lowercase() == pair) {
            return (pair, behind);
        }
        let whole = letters(text);
        if self.command(Command::Stop).iter().any(|word| word.to_lowercase() == whole) {
            return (whole, "");
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

/// The first word of a text, in small letters, and what stands behind it.
fn head(text: &str) -> (String, &str) {
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let end = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    (letters(&text[..end]), &text[end..])
}

/// By how many letters a word is not the best of some; `None` where it is too far from all. Short words
/// have neighbours that mean something else.
fn slips(word: &str, words: &[String]) -> Option<usize> {
    let most = most_slips(word);
    words.iter().map(|known| far(word, known)).min().filter(|slips| *slips <= most)
}

/// By how many letters a word of this length may be missed.
pub(super) fn most_slips(word: &str) -> usize {
    match word.chars().count() {
        0..4 => 0,
        4..7 => 1,
        _ => 2,
    }
}

/// How many letters lie between a word in small letters and one that is known.
pub(super) fn far(word: &str, known: &str) -> usize {
    strsim::damerau_levenshtein(word, &known.to_lowercase())
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
            ("status", Some(0)),
            ("satus", Some(1)),
            ("sttaus", Some(1)),
            ("statusku", Some(2)),
            ("cek", Some(0)),
            ("cak", None),
            ("budi", None),
            ("", None),
        ] {
            assert_eq!(slips(word, &words), like, "{word}");
        }
    }

    #[test]
    fn the_first_word_is_found_behind_marks() {
        assert_eq!(head("  \"Status\" 1"), ("status".into(), "\" 1"));
        assert_eq!(head("DAFTAR#1"), ("daftar".into(), "#1"));
        assert_eq!(head("?!"), (String::new(), ""));
    }

    #[test]
    fn the_nearest_wins_and_a_refusal_that_is_no_nearer_is_asked_about() {
        let found = |sure, slips, wanted| (Found { sure, slips, wanted }, ());
        let home = || Wanted::Errand(Errand::default());
        let slip = || Wanted::Refusal(Refusal::Slip);
        use Sure::{Perhaps, Surely};
        for (one, two, best) in [
            (found(Perhaps, 1, slip()), found(Perhaps, 2, home()), slip()),
            (found(Perhaps, 2, slip()), found(Perhaps, 1, home()), home()),
            (found(Perhaps, 1, slip()), found(Surely, 0, home()), home()),
            (found(Perhaps, 1, slip()), found(Perhaps, 1, slip()), slip()),
            (
                found(Perhaps, 1, slip()),
                found(Perhaps, 1, home()),
                Wanted::Refusal(Refusal::Unclear),
            ),
            (found(Perhaps, 1, home()), found(Perhaps, 1, home()), home()),
        ] {
            for pair in [[one.clone(), two.clone()], [two.clone(), one.clone()]] {
                let found = Found::best(pair.into_iter()).map(|(found, ())| found.wanted);
                assert_eq!(found.as_ref(), Some(&best), "{one:?} {two:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in "\\PC{0,200}") {
            let (_, rest) = head(&text);
            prop_assert!(answers(rest).len() <= MOST_ANSWERS);
        }
    }
}
