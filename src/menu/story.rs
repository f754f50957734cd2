//! Conversation files: what somebody does on a phone, and what they see.
//!
//! ```text
//! # A comment.
//! phone 081290000001      from here on, this phone
//! dial *119#
//! | PeduliLindungi        the screen that has to come, line by line
//! | 1 Daftar vaksin
//! type 1
//! | Terima kasih.
//! closes                  and the session is over
//! ```
//!
//! Other acts: `hang up`, `lose signal` (the network says nothing), `cut` (the network ends the
//! session and says so), `again` (the network delivers the last message once more), `restart` (of the
//! gateway), `text STATUS` (a text to the short code, whose answer is a text), and what staff do:
//! `staff close 6471-A` (the place is closed on the first day on which somebody is expected) and `staff open 6471-A`. `silent 081290000001`:
//! nobody uses that phone for so long that its number may have been sold. In an expected
//! screen `{date}` stands for any date, `{moment}` for a day and an hour, `{number}` for a registration number: the same one wherever
//! it stands in the file, `{number2}` and so on for others, and `{code}` for the six digits that have to come
//! back: `text {code}`. In a text, `{hc1 6088231450774}` is the QR text of the certificate with that short
//! code, signed on the day.
//!
//! This room reads files and compares screens. Who plays the phone is the business of others: a
//! story runs against the engine, and over the wire on every dialect.

use std::{collections::BTreeMap, fmt::Write as _};

use thiserror::Error;

/// A conversation file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// What happens, in order.
    pub steps: Vec<Step>,
}

/// One thing that is done, and what has to come of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The line of the act, from 1.
    pub line: usize,
    /// What is done.
    pub act: Act,
    /// What is seen; empty if nothing is.
    pub see: String,
    /// Whether the session is over then.
    pub session: Session,
}

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Take up the phone with this number.
    Phone(String),
    /// Dial.
    Dial(String),
    /// Answer.
    Type(String),
    /// Write to the short code.
    Text(String),
    /// End the session.
    HangUp,
    /// Lose the network; nobody is told.
    LoseSignal,
    /// The network ends the session, and tells.
    Cut,
    /// The network delivers the last message again.
    Again,
    /// The gateway is stopped and started.
    Restart,
    /// Staff close the place of this code on the first day on which somebody is expected.
    Close(String),
    /// Staff open it again.
    Open(String),
    /// Nobody uses the phone of this number for so long that it may have been sold.
    Silent(String),
}

impl Act {
    /// Whether a screen comes of it.
    pub fn shows(&self) -> bool {
        matches!(self, Self::Dial(_) | Self::Type(_) | Self::Text(_) | Self::Again)
    }
}

/// Whether an answer is awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Session {
    /// It is.
    Open,
    /// The session is over.
    Closed,
}

/// A line that is none of a conversation file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {reason}")]
pub struct StoryError {
    /// Which line, from 1.
    pub line: usize,
    /// Why.
    pub reason: String,
}

impl Story {
    /// Reads a conversation file.
    pub fn parse(text: &str) -> Result<Self, StoryError> {
        let mut steps: Vec<Step> = Vec::new();
        for (line, written) in (1..).zip(text.lines()) {
            let error = |reason: &str| StoryError { line, reason: reason.into() };
            let written = written.trim_end();
            if written.is_empty() || written.starts_with('#') {
                continue;
            }
            let seen = written.strip_prefix("| ").or((written == "|").then_some(""));
            if seen.is_none() && written != "closes" {
                let act = act(written).ok_or_else(|| error("not an act"))?;
                steps.push(Step { line, act, see: String::new(), session: Session::Open });
                continue;
            }
            let last = steps.last_mut().filter(|step| step.act.shows());
            let last = last.ok_or_else(|| error("nothing is shown here"))?;
            match seen {
                None => last.session = Session::Closed,
                Some(_) if last.session == Session::Closed => {
                    return Err(error("the session is closed"));
                }
                Some(seen) => {
                    if !last.see.is_empty() {
                        last.see.push('\n');
                    }
                    last.see.push_str(seen);
                }
            }
        }
        Ok(Self { steps })
    }
}

fn act(written: &str) -> Option<Act> {
    let (word, rest) = written.split_once(' ').unwrap_or((written, ""));
    Some(match (word, rest) {
        ("phone", number) if !number.is_empty() => Act::Phone(number.into()),
        ("dial", string) if !string.is_empty() => Act::Dial(string.into()),
        ("type", answer) => Act::Type(answer.into()),
        ("text", words) if !words.is_empty() => Act::Text(words.into()),
        ("hang", "up") => Act::HangUp,
        ("lose", "signal") => Act::LoseSignal,
        ("cut", "") => Act::Cut,
        ("again", "") => Act::Again,
        ("silent", number) if !number.is_empty() => Act::Silent(number.into()),
        ("restart", "") => Act::Restart,
        ("staff", what) => match what.split_once(' ')? {
            ("close", code) => Act::Close(code.into()),
            ("open", code) => Act::Open(code.into()),
            _ => return None,
        },
        _ => return None,
    })
}

/// Compares what is seen with what was expected, and remembers what patterns stood for.
#[derive(Debug, Clone, Default)]
pub struct Witness {
    numbers: BTreeMap<String, String>,
}

impl Witness {
    /// What is wrong with a screen, if anything.
    pub fn look(&mut self, step: &Step, seen: &str, session: Session) -> Option<String> {
        let good = self.matches(&step.see, seen) && step.session == session;
        (!good).then(|| {
            let mut told = format!("line {}:\n", step.line);
            difference(&mut told, &step.see, seen);
            if step.session != session {
                let _ = writeln!(told, "expected {:?}, the session is {session:?}", step.session);
            }
            told
        })
    }

    /// Whether a text fits the expected one.
    fn matches(&mut self, expected: &str, seen: &str) -> bool {
        let Some(open) = expected.find('{') else { return expected == seen };
        let (before, rest) = expected.split_at(open);
        let Some(seen) = seen.strip_prefix(before) else { return false };
        let (taken, rest) = if let Some(rest) = rest.strip_prefix("{date}") {
            (date(seen), rest)
        } else if let Some(rest) = rest.strip_prefix("{moment}") {
            (moment(seen), rest)
        } else if let Some((name, rest)) = named_number(rest) {
            let number = number(seen).filter(|number| {
                let known = self.numbers.entry(name.to_owned());
                known.or_insert_with(|| (*number).to_owned()) == number
            });
            (number, rest)
        } else if let Some(rest) = rest.strip_prefix("{code}") {
            (shaped(seen, "000000"), rest)
        } else {
            let (brace, rest) = rest.split_at(1);
            (seen.get(..1).filter(|seen| *seen == brace), rest)
        };
        taken.is_some_and(|taken| self.matches(rest, &seen[taken.len()..]))
    }
}

/// What stands between the braces of `{number}` or `{number2}`, and what follows.
fn named_number(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.strip_prefix('{')?.split_once('}')?;
    let which = name.strip_prefix("number")?;
    (which.is_empty() || which.parse::<u8>().is_ok()).then_some((name, rest))
}

/// The date at the beginning of a text, `DD-MM-YYYY`.
fn date(text: &str) -> Option<&str> {
    shaped(text, "00-00-0000")
}

/// The day and the hour at the beginning of a text, `DD-MM HH:MM`.
fn moment(text: &str) -> Option<&str> {
    shaped(text, "00-00 00:00")
}

/// What is typed where a step says `{code}`: the six digits that stand in the screen before.
pub fn typed(words: &str, before: Option<&str>) -> String {
    let code = before.and_then(code);
    code.map_or_else(|| words.to_owned(), |code| words.replace("{code}", code))
}

/// The first six digits that stand alone.
fn code(screen: &str) -> Option<&str> {
    let words = screen.split_whitespace().map(|word| word.trim_end_matches(['.', ',']));
    words.into_iter().find(|word| shaped(word, "000000") == Some(word))
}

/// The registration number at the beginning of a text.
fn number(text: &str) -> Option<&str> {
    shaped(text, "000 000 0000")
}

fn shaped<'t>(text: &'t str, shape: &str) -> Option<&'t str> {
    let text = text.get(..shape.len())?;
    let alike = |(c, shape): (u8, u8)| if shape == b'0' { c.is_ascii_digit() } else { c == shape };
    text.bytes().zip(shape.bytes()).all(alike).then_some(text)
}

/// Both texts, line by line, what differs marked.
fn difference(told: &mut String, expected: &str, seen: &str) {
    let (expected, seen): (Vec<_>, Vec<_>) = (expected.lines().collect(), seen.lines().collect());
    for at in 0..expected.len().max(seen.len()) {
        let pair = (expected.get(at), seen.get(at));
        let _ = match pair {
            (Some(one), Some(other)) if one == other => writeln!(told, "    {one}"),
            (one, other) => {
                let mut written = Ok(());
                if let Some(one) = one {
                    written = writeln!(told, "  - {one}");
                }
                if let Some(other) = other {
                    written = writeln!(told, "  + {other}");
                }
                written
            }
        };
    }
}

/// The file with what was really seen in place of what was expected: comments and acts stay, and
/// dates and numbers that the file calls `{date}` and `{number}` keep their names.
pub fn rewrite(text: &str, seen: &[(usize, String, Session)]) -> String {
    let mut written = String::new();
    let mut numbers = Vec::new();
    for (line, old) in (1..).zip(text.lines()) {
        if old.starts_with("| ") || old.trim_end() == "|" || old.trim_end() == "closes" {
            continue;
        }
        let _ = writeln!(written, "{}", old.trim_end());
        let Some((_, screen, session)) = seen.iter().find(|(at, ..)| *at == line) else { continue };
        let named = nameless(screen, &mut numbers);
        let named = if has_code(text, line) { codeless(&named) } else { named };
        for row in named.lines() {
            let _ = writeln!(written, "{}", format!("| {row}").trim_end());
        }
        if *session == Session::Closed {
            let _ = writeln!(written, "closes");
        }
    }
    written
}

/// Whether the screen of this line has a code in it: the file says so, or it is said next.
fn has_code(text: &str, line: usize) -> bool {
    for line in text.lines().skip(line) {
        if line.contains("{code}") {
            return true;
        }
        if act(line.trim_end()).is_some() {
            break;
        }
    }
    false
}

/// A screen with its code replaced by what it is called.
fn codeless(screen: &str) -> String {
    code(screen).map_or_else(|| screen.to_owned(), |code| screen.replacen(code, "{code}", 1))
}

/// A screen with every date and every registration number replaced by what it is called; `numbers` are
/// those that stood in the file before.
fn nameless(screen: &str, numbers: &mut Vec<String>) -> String {
    let mut named = String::new();
    let mut rest = screen;
    while let Some(c) = rest.chars().next() {
        if let Some(number) = number(rest) {
            let known = numbers.iter().position(|known| known == number);
            match known.unwrap_or(numbers.len()) {
                0 => named.push_str("{number}"),
                at => _ = write!(named, "{{number{}}}", at + 1),
            }
            if known.is_none() {
                numbers.push(number.to_owned());
            }
            rest = &rest[number.len()..];
        } else if let Some(date) = date(rest) {
            named.push_str("{date}");
            rest = &rest[date.len()..];
        } else if let Some(moment) = moment(rest) {
            named.push_str("{moment}");
            rest = &rest[moment.len()..];
        } else {
            named.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# A story.\nphone 0812\ndial *119#\n| Hai {number}\n| sejak {date}\n\
                        type 1\n| {number}.\ncloses\nhang up\n";

    #[test]
    fn a_file_is_read_and_seen() {
        let story = Story::parse(FILE).unwrap();
        assert_eq!(story.steps.len(), 4);
        let mut witness = Witness::default();
        let first = &story.steps[1];
        assert_eq!(first.see, "Hai {number}\nsejak {date}");
        assert_eq!(witness.look(first, "Hai 123 456 7890\nsejak 01-02-2021", Session::Open), None);
        let second = &story.steps[2];
        assert_eq!(witness.look(second, "123 456 7890.", Session::Closed), None);
        assert!(witness.look(second, "123 456 7891.", Session::Closed).is_some(), "another number");
        let told = witness.look(first, "Hai 123 456 7890\nsejak kemarin", Session::Closed).unwrap();
        assert!(told.contains("- sejak {date}") && told.contains("+ sejak kemarin"), "{told}");
    }

    #[test]
    fn a_code_comes_back() {
        let file = "phone 0812\ntext DAFTAR\n| Balas {code} ya.\ntext {code}\n| Baik.\n";
        let story = Story::parse(file).unwrap();
        let (asked, answer) = (&story.steps[1], &story.steps[2]);
        let seen = "Balas 000471 ya.";
        assert_eq!(Witness::default().look(asked, seen, Session::Open), None);
        assert!(Witness::default().look(asked, "Balas 0471 ya.", Session::Open).is_some());
        assert_eq!(answer.act, Act::Text("{code}".into()));
        assert_eq!(typed("{code}", Some(seen)), "000471");
        assert_eq!(typed("{code}", Some("Baik, 1234567.")), "{code}");
        let shown = [(2, seen.to_owned(), Session::Open), (4, "Baik.".to_owned(), Session::Open)];
        assert_eq!(rewrite(file, &shown), file);
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        for (file, line) in [("dance\n", 1), ("phone 1\n| seen", 2), ("dial *1#\ncloses\n| x", 3)] {
            assert_eq!(Story::parse(file).unwrap_err().line, line, "{file}");
        }
    }

    #[test]
    fn a_rewritten_file_holds_what_was_seen() {
        let seen = [
            (3, "Halo 123 456 7890\n\nsejak 03-04-2021".to_owned(), Session::Open),
            (6, "Habis".to_owned(), Session::Closed),
        ];
        let written = rewrite(FILE, &seen);
        assert_eq!(
            written,
            "# A story.\nphone 0812\ndial *119#\n| Halo {number}\n|\n| sejak {date}\n\
             type 1\n| Habis\ncloses\nhang up\n"
        );
        assert!(Story::parse(&written).is_ok());
    }
}
