//! What stands on a chat beside what a story tells: the same words, or the fuller ones of the menu, and rows
//! that can be tapped.

use std::sync::LazyLock;

use simulator::whatsapp::{content::Choice, user::Bubble};

/// What stands on the chat: a card, and the rows that were seen of its screen.
#[derive(Clone)]
pub(super) struct Shown {
    pub(super) words: String,
    pub(super) rows: Vec<String>,
    /// The page of the story that it was compared with.
    pub(super) told: String,
}

impl Shown {
    pub(super) fn of(bubble: &Bubble) -> Self {
        // A label that is too long for a row goes on in its description.
        let row = |choice: &&Choice| {
            let title = choice.title.trim_end_matches('\u{2026}').trim_end();
            match choice.description.is_empty() {
                true => title.to_owned(),
                false if choice.description.starts_with(title) => choice.description.clone(),
                false => format!("{title} {}", choice.description.trim_start_matches('\u{2026}')),
            }
        };
        let rows = bubble.content.choices().iter().map(row).collect();
        Self { words: bubble.content.words().to_owned(), rows, told: String::new() }
    }

    pub(super) fn has(&self, label: &str) -> bool {
        let label = letters(label);
        self.rows.iter().any(|row| letters(row) == label)
    }

    /// What the row is called here that the story's page numbers so; of several that are told alike, the
    /// one in its place.
    pub(super) fn row(&self, page: &Page, number: &str) -> Option<String> {
        let label = letters(page.label(number)?);
        let at = number.parse::<usize>().ok()?;
        let before = page.rows.iter().take(at - 1).filter(|row| letters(row) == label).count();
        self.rows.iter().filter(|row| letters(row) == label).nth(before).cloned()
    }

    pub(super) fn drawn(&self) -> String {
        let rows = self.rows.iter().map(|row| format!("\n[{row}]"));
        format!("{}{}", self.words, rows.collect::<String>())
    }
}

/// A page of the story: its words, its rows, and whether another page follows.
pub(super) struct Page {
    pub(super) words: String,
    pub(super) rows: Vec<String>,
    pub(super) next: bool,
}

impl Page {
    pub(super) fn of(told: &str) -> Self {
        let mut lines: Vec<&str> = told.lines().collect();
        let is_keys = |line: &&&str| {
            ["0 ", "00 ", "9 Lanjut", "9 More"].iter().any(|key| line.starts_with(key))
        };
        let keys = lines.last().filter(is_keys).copied();
        if keys.is_some() {
            lines.pop();
        }
        let mut rows = Vec::new();
        // The rows stand last, and are numbered from 1.
        let first = lines.iter().rposition(|line| line.starts_with("1 "));
        if let Some(first) = first {
            let numbered = |(at, line): (usize, &&str)| {
                line.strip_prefix(&format!("{} ", at + 1)).map(str::to_owned)
            };
            let all: Option<Vec<String>> =
                lines[first..].iter().enumerate().map(numbered).collect();
            if let Some(all) = all {
                rows = all;
                lines.truncate(first);
            }
        }
        let complaint = |line: &&&str| {
            let starts = ["Ketik angka", "Type a number", "Type the number", "Ketik 9", "Type 9"];
            !starts.iter().any(|start| line.starts_with(start))
        };
        let words = lines.iter().filter(complaint).copied().collect::<Vec<_>>().join(" ");
        Self { words, rows, next: keys.is_some_and(|keys| keys.starts_with("9 ")) }
    }

    pub(super) fn label(&self, number: &str) -> Option<&String> {
        self.rows.get(number.parse::<usize>().ok()?.checked_sub(1)?)
    }
}

/// Whether a card shows what the story tells, and what it does not show.
pub(super) fn agrees(told: &str, shown: &Shown) -> Result<(), String> {
    let page = Page::of(told);
    if let Some(row) = page.rows.iter().find(|row| !shown.has(row)) {
        return Err(format!("no row `{row}`"));
    }
    let (words, card) = (letters(&page.words), letters(&shown.words));
    if card.contains(&words) || fuller(&words).is_some_and(|fuller| card.contains(&fuller)) {
        return Ok(());
    }
    Err(format!("no words `{}`", page.words))
}

/// The fuller wording of the screen that says these words, with what is complained of before it.
fn fuller(words: &str) -> Option<String> {
    static WORDINGS: LazyLock<Vec<(String, String)>> = LazyLock::new(wordings);
    let page = WORDINGS.iter().find(|(short, _)| short.contains(words));
    page.map(|(_, fuller)| fuller.clone()).or_else(|| {
        let (short, fuller) = WORDINGS.iter().find(|(short, _)| words.ends_with(short))?;
        Some(words.replace(short, fuller))
    })
}

/// What the menu files say twice, short and full.
fn wordings() -> Vec<(String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("menus/pedulilindungi");
    let mut pairs = Vec::new();
    for file in std::fs::read_dir(folder).expect("the menu") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("a text");
        let table: toml::Table = text.parse().expect("TOML");
        for screen in table.get("screen").and_then(|of| of.as_table()).into_iter().flatten() {
            let both = |language: &str| {
                let of = |key: &str| Some(letters(screen.1.get(key)?.get(language)?.as_str()?));
                Some((of("say")?, of("fuller")?))
            };
            pairs.extend(["id", "en"].into_iter().filter_map(both));
        }
    }
    pairs
}

/// Letters and digits, small, as words are compared on a chat; one registration number is like another, and one day.
pub fn letters(text: &str) -> String {
    // As `differences` does: these change from run to run.
    let blurred = [
        ("{number}", "000 000 0000"),
        ("{number2}", "000 000 0000"),
        ("{number3}", "000 000 0000"),
        ("{date}", "00-00-0000"),
        ("{moment}", "00-00 00:00"),
        // As menus write days where they say more to a chat.
        ("{test_day}", "00-00-0000"),
        ("{contact_day}", "00-00-0000"),
        ("{black_until}", "00-00-0000"),
        ("TIME", "00-00 00:00"),
    ];
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let blur = blurred.iter().find_map(|(name, shape)| {
            let told = rest.starts_with(name).then_some(name.len());
            told.or_else(|| has_shape(rest, shape).then_some(shape.len()))
        });
        if let Some(length) = blur {
            out.push('#');
            rest = &rest[length..];
            continue;
        }
        // A chat has no way to write a star that is no mark for bold: another sign looks like it.
        if c.is_alphanumeric() || matches!(c, '*' | '\u{2217}') {
            out.extend(if c == '\u{2217}' { '*' } else { c }.to_lowercase());
        }
        rest = &rest[c.len_utf8()..];
    }
    out
}

/// A page of the story as if it had been seen, with the number that the card shows.
pub(super) fn as_seen(told: &str, shown: &Shown) -> String {
    let card = shown.drawn();
    let shape = "000 000 0000";
    let at = card.char_indices().find(|(at, _)| has_shape(&card[*at..], shape));
    let number = at.map_or(shape, |(at, _)| &card[at..at + shape.len()]);
    let names = ["{number}", "{number2}", "{number3}"];
    let told = names.iter().fold(told.to_owned(), |told, name| told.replace(name, number));
    told.replace("{date}", "00-00-0000").replace("{moment}", "00-00 00:00")
}

pub(super) fn has_shape(text: &str, shape: &str) -> bool {
    let alike = |(c, s): (u8, u8)| if s == b'0' { c.is_ascii_digit() } else { c == s };
    let window = text.get(..shape.len());
    window.is_some_and(|window| window.bytes().zip(shape.bytes()).all(alike))
}
