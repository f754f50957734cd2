//! How body and rows are dealt out to pages.
//!
//! Owns the counting and the two searches: even pages for a body that stands alone (the least room
//! that needs no more pages) and groups of rows (fewest pages, then the most even ones).

use std::borrow::Cow;
use std::ops::Range;

use super::{Alphabet, Budget, Keys, Page, PageError, Sheet};
use crate::text::transliterate::to_gsm7;

/// Rows on a page at most: numbers have one digit or two.
const MOST_ROWS: usize = 99;

/// Room a page must leave beside its keys: the widest character, in either alphabet.
const WIDEST: usize = 2;

/// Which keys stand at the foot.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Foot {
    /// A page follows.
    More,
    /// None does.
    Last,
}

/// A sheet made ready for counting: tidy, in the alphabet of its budget.
pub(super) struct Layout {
    pub(super) body: String,
    pub(super) rows: Vec<Row>,
    more: String,
    last: String,
    budget: Budget,
}

pub(super) struct Row {
    label: String,
    units: usize,
}

impl Layout {
    pub(super) fn new(sheet: &Sheet<'_>, budget: Budget) -> Layout {
        let alphabet = budget.alphabet;
        let rows = sheet.rows.iter().map(|label| {
            let label = one_line(&in_alphabet(label, alphabet));
            Row { units: alphabet.units(&label), label }
        });
        let Keys { next, tail } = sheet.keys;
        Layout {
            body: tidy(&in_alphabet(sheet.body, alphabet)),
            rows: rows.collect(),
            more: key_line(next.iter().chain(tail), alphabet),
            last: key_line(tail.iter(), alphabet),
            budget,
        }
    }

    /// Rows a page may show: as many as asked, and none with the number of a key.
    pub(super) fn rows_beside_keys(&self, keys: Keys<'_>, asked: usize) -> usize {
        let all = || keys.next.iter().chain(keys.tail);
        let taken = all().filter_map(|(key, _)| {
            // `00` is a key of its own, not the number 0.
            key.parse::<usize>().ok().filter(|number| number.to_string() == *key && *number > 0)
        });
        let free = taken.min().map_or(MOST_ROWS, |first| first - 1);
        asked.min(free).clamp(1, MOST_ROWS)
    }

    /// Whether several pages can hold the sheet at all.
    pub(super) fn must_have_room(&self) -> Result<(), PageError> {
        let budget = usize::from(self.budget.units);
        let foot = self.foot(Foot::More);
        if foot + WIDEST > budget {
            return Err(self.no_room(foot + WIDEST));
        }
        let needs = self.rows.iter().map(|row| foot + row.width(1)).enumerate();
        match needs.into_iter().find(|(_, needs)| *needs > budget) {
            Some((row, needs)) => Err(PageError::RowTooLong { row, needs, budget }),
            None => Ok(()),
        }
    }

    /// Pages of a sheet that needs several. Every row fits alone beside the keys.
    pub(super) fn flow(&self, most_rows: usize) -> Vec<Page> {
        let groups = self.groups(most_rows);
        let body_room = self.even_body_room();
        let mut pages = Vec::new();
        let mut rest = self.body.as_str();
        let mut start = 0;
        while !rest.is_empty() {
            if self.ends_here(rest, most_rows, body_room) {
                pages.push(self.compose(rest, 0..self.rows.len(), Foot::Last));
                return pages;
            }
            if !self.rows.is_empty() && self.within(rest, body_room.more) {
                // Choices that fit on one page stay together: who sees only the first takes it. But
                // a page is not left half empty for it.
                let one_page = groups.first().is_some_and(|all| all.pages == 1);
                let filled = self.units(rest) >= body_room.more / 2;
                if filled && one_page && self.rows.len() <= most_rows {
                    pages.push(self.compose(rest, 0..0, Foot::More));
                    break;
                }
                let beside = self.group(0, self.units(rest), most_rows, &groups);
                start = beside.map_or(0, |group| group.size);
                pages.push(self.compose(rest, 0..start, Foot::More));
                break;
            }
            let (chunk, after) = self.take(rest, body_room.more);
            pages.push(self.compose(chunk, 0..0, Foot::More));
            rest = after;
        }
        while start < self.rows.len() {
            // A group has at least one row, or a page would be empty for ever.
            let end = start + groups.get(start).map_or(1, |group| group.size.max(1));
            let foot = if end < self.rows.len() { Foot::More } else { Foot::Last };
            pages.push(self.compose("", start..end.min(self.rows.len()), foot));
            start = end;
        }
        pages
    }

    /// Whether the rest of the body and every row stand together on a last page.
    fn ends_here(&self, rest: &str, most_rows: usize, room: BodyRoom) -> bool {
        if self.rows.len() > most_rows {
            return false;
        }
        let rows: usize =
            self.rows.iter().zip(1..).map(|(row, number)| row.width(number) + 1).sum();
        room.last.checked_sub(rows).is_some_and(|room| self.within(rest, room))
    }

    /// For each row, the best group of rows that begins a page with it: the fewest pages to the
    /// end, then the most even ones. One more, empty, stands at the end.
    fn groups(&self, most_rows: usize) -> Vec<Group> {
        let mut groups = vec![Group::default(); self.rows.len() + 1];
        for start in (0..self.rows.len()).rev() {
            groups[start] = self.group(start, 0, most_rows, &groups).unwrap_or_default();
        }
        groups
    }

    /// The best group of rows from `start` below `used` units of body; `None` if no row fits there.
    fn group(&self, start: usize, used: usize, most_rows: usize, after: &[Group]) -> Option<Group> {
        let (room_more, room_last) = (self.room(Foot::More), self.room(Foot::Last));
        let mut best: Option<Group> = None;
        let mut units = used;
        for ((row, after), size) in self.rows.iter().zip(after.iter().skip(1)).skip(start).zip(1..)
        {
            units += row.width(size) + usize::from(units > 0);
            let room = if start + size < self.rows.len() { room_more } else { room_last };
            if units > room_last || size > most_rows {
                break;
            }
            let group =
                Group { size, pages: after.pages + 1, unevenness: after.unevenness + size * size };
            if units <= room && best.is_none_or(|best| group.cost() <= best.cost()) {
                best = Some(group);
            }
        }
        best
    }

    /// Room for the body on its pages. Without rows after it the pages are made even: the least
    /// room that needs no more pages and breaks no word that need not be broken.
    fn even_body_room(&self) -> BodyRoom {
        let full = BodyRoom { more: self.room(Foot::More), last: self.room(Foot::Last) };
        if !self.rows.is_empty() {
            return full;
        }
        let even = |room: usize| BodyRoom { more: room, last: room.min(full.last) };
        let pages = self.body_pages(full);
        let words = self.body.split_whitespace().map(|word| self.units(word));
        let mut low = words.max().unwrap_or(0).clamp(WIDEST, full.more);
        let mut high = full.more;
        if self.body_pages(even(high)) > pages {
            return full;
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if self.body_pages(even(middle)) <= pages {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        even(high)
    }

    fn body_pages(&self, room: BodyRoom) -> usize {
        let (mut pages, mut rest) = (1, self.body.as_str());
        while !self.within(rest, room.last) {
            rest = self.take(rest, room.more).1;
            pages += 1;
        }
        pages
    }

    /// As many whole words of `rest` as `room` holds, and what comes after them. A first word that
    /// is itself too long is broken between characters.
    fn take<'t>(&self, rest: &'t str, room: usize) -> (&'t str, &'t str) {
        let fitting = self.budget.alphabet.prefix(rest, room);
        let after = rest.get(fitting.len()..).unwrap_or_default();
        let whole = if after.is_empty() || after.starts_with(char::is_whitespace) {
            fitting.trim_end()
        } else {
            let blank = fitting.rfind(char::is_whitespace).unwrap_or(0);
            fitting.get(..blank).unwrap_or_default().trim_end()
        };
        let whole = match whole.rfind('\n') {
            // A line that would be parted moves on whole, if the page stays half full.
            Some(end) if !after.starts_with('\n') && end >= whole.len() / 2 => {
                whole[..end].trim_end()
            }
            _ => whole,
        };
        let chunk = if whole.is_empty() { fitting } else { whole };
        (chunk, rest.get(chunk.len()..).unwrap_or_default().trim_start())
    }

    pub(super) fn compose(&self, body: &str, rows: Range<usize>, foot: Foot) -> Page {
        let numbered = self.rows.get(rows.clone()).unwrap_or_default().iter().zip(1..);
        let numbered = numbered.map(|(row, number)| row.text(number));
        let keys = match foot {
            Foot::More => &self.more,
            Foot::Last => &self.last,
        };
        let mut text = body.to_owned();
        for line in numbered.chain((!keys.is_empty()).then(|| keys.clone())) {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&line);
        }
        Page { text, rows, last: foot == Foot::Last }
    }

    /// Units beside the keys.
    pub(super) fn room(&self, foot: Foot) -> usize {
        usize::from(self.budget.units).saturating_sub(self.foot(foot))
    }

    /// Units of the line of keys and the line end before it.
    fn foot(&self, foot: Foot) -> usize {
        let keys = if foot == Foot::More { &self.more } else { &self.last };
        self.units(keys) + usize::from(!keys.is_empty())
    }

    pub(super) fn units(&self, text: &str) -> usize {
        self.budget.alphabet.units(text)
    }

    /// Whether `text` takes at most `room` units; looks no further than it must.
    fn within(&self, text: &str, room: usize) -> bool {
        self.budget.alphabet.prefix(text, room).len() == text.len()
    }

    pub(super) fn fits(&self, text: &str) -> bool {
        self.within(text, usize::from(self.budget.units))
    }

    pub(super) fn no_room(&self, needs: usize) -> PageError {
        PageError::NoRoom { needs, budget: usize::from(self.budget.units) }
    }
}

impl Row {
    fn text(&self, number: usize) -> String {
        if self.label.is_empty() { number.to_string() } else { format!("{number} {}", self.label) }
    }

    /// Units of the row under `number`, which has one digit or two.
    fn width(&self, number: usize) -> usize {
        let digits = if number < 10 { 1 } else { 2 };
        digits + self.units + usize::from(!self.label.is_empty())
    }
}

/// Rows that stand on one page, and what follows from beginning a page with them.
#[derive(Debug, Clone, Copy, Default)]
struct Group {
    size: usize,
    pages: usize,
    unevenness: usize,
}

impl Group {
    fn cost(self) -> (usize, usize) {
        (self.pages, self.unevenness)
    }
}

/// Units for the body on a page with a next one, and on the last.
#[derive(Debug, Clone, Copy)]
struct BodyRoom {
    more: usize,
    last: usize,
}

fn in_alphabet(text: &str, alphabet: Alphabet) -> Cow<'_, str> {
    match alphabet {
        Alphabet::Gsm7 => to_gsm7(text),
        Alphabet::Ucs2 => Cow::Borrowed(text),
    }
}

fn key_line<'a>(keys: impl Iterator<Item = &'a (&'a str, &'a str)>, alphabet: Alphabet) -> String {
    let keys: Vec<String> = keys
        .map(|(key, label)| one_line(&in_alphabet(&format!("{key} {label}"), alphabet)))
        .collect();
    keys.join(" ")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lines without blanks at their ends, no empty line first, last or beside another.
fn tidy(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut lines: Vec<&str> = text.trim().split('\n').map(str::trim_end).collect();
    lines.dedup_by(|line, before| line.is_empty() && before.is_empty());
    lines.join("\n")
}
