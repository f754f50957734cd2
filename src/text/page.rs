//! Cuts a screen into pages that fit a phone.
//!
//! Owns the layout of a page on a channel of plain text: body, numbered rows, one line of keys.
//!
//! ```text
//! Pilih kabupaten/kota:        body
//! 1 Kab. Bogor                 rows, numbered from 1 on every page
//! 2 Kab. Sukabumi
//! 9 Lanjut 0 Kembali 00 Menu   keys; `next` not on the last page
//! ```
//!
//! What holds for every page: it fits the budget with its keys counted in; no word is cut and no
//! row is parted; no row bears the number of a key. The one exception: a word longer than a whole
//! page is broken between characters, for it must be shown somehow.
//!
//! The body stands on the first page or pages only, and rows begin right under its end if at least
//! one fits there. Pages are as few as can be, then as even as can be. Spacing is tidied: line ends
//! lose their blanks, several empty lines become one, a label becomes one line. Under a GSM 7-bit
//! budget the text is transliterated first, so that what is counted is what is sent.
//!
//! Knows nothing of menus, languages or what a key does.

use std::borrow::Cow;
use std::ops::Range;

pub use super::Alphabet;
use super::transliterate::to_gsm7;

/// Rows on a page at most: numbers have one digit or two.
const MOST_ROWS: usize = 99;

/// Room a page must leave beside its keys: the widest character, in either alphabet.
const WIDEST: usize = 2;

/// What one page may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Budget {
    /// Septets, or UTF-16 code units.
    pub units: u16,
    /// How they are counted.
    pub alphabet: Alphabet,
}

/// What is to be shown.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    /// Words before the choices, lines parted by `\n`; may be empty.
    pub body: &'a str,
    /// Labels of the choices, without numbers.
    pub rows: &'a [String],
    /// The line at the foot of each page.
    pub keys: Keys<'a>,
}

/// The keys at the foot of a page, each with its label.
#[derive(Debug, Clone, Copy, Default)]
pub struct Keys<'a> {
    /// Leads to the next page; shown on every page but the last. Without it a sheet cannot have a
    /// second page.
    pub next: Option<(&'a str, &'a str)>,
    /// Shown on every page, in this order.
    pub tail: &'a [(&'a str, &'a str)],
}

/// One page, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The whole text, keys and all.
    pub text: String,
    /// Which rows of the sheet are on this page; the number shown for row `i` is
    /// `i - rows.start + 1`.
    pub rows: Range<usize>,
    /// No page follows.
    pub last: bool,
}

/// What cannot be paged at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// A row does not fit on a page of its own beside the keys.
    #[error("row {row} needs {needs} units on a page of {budget}")]
    RowTooLong {
        /// Index of the row in the sheet.
        row: usize,
        /// Units of the row with the keys.
        needs: usize,
        /// Units of a page.
        budget: usize,
    },
    /// The keys leave no room, or all has to stand on one page and does not.
    #[error("the page needs {needs} units of {budget}")]
    NoRoom {
        /// Units needed.
        needs: usize,
        /// Units of a page.
        budget: usize,
    },
}

/// Cuts `sheet` into pages of at most `rows_per_page` rows (0 is read as 1), at least one page.
/// Without a `next` key there is only one page, and it holds every row: [`fits_one`].
///
/// # Errors
/// [`PageError::NoRoom`] if the keys alone fill the budget, or if there is no `next` key and one
/// page does not hold everything; [`PageError::RowTooLong`] for the first row that fits on no page.
pub fn paginate(
    sheet: &Sheet<'_>,
    budget: Budget,
    rows_per_page: usize,
) -> Result<Vec<Page>, PageError> {
    let layout = Layout::new(sheet, budget);
    let most_rows = layout.rows_beside_keys(sheet.keys, rows_per_page);
    let whole = layout.compose(&layout.body, 0..layout.rows.len(), Foot::Last);
    if layout.fits(&whole.text) && layout.rows.len() <= most_rows {
        return Ok(vec![whole]);
    }
    if sheet.keys.next.is_none() {
        return fits_one(sheet, budget).map(|page| vec![page]);
    }
    layout.must_have_room()?;
    Ok(layout.flow(most_rows))
}

/// The one page of a sheet that may have only one: a question, a last screen. Every row stands on
/// it, and no key leads on.
///
/// # Errors
/// [`PageError::NoRoom`] if it does not fit.
pub fn fits_one(sheet: &Sheet<'_>, budget: Budget) -> Result<Page, PageError> {
    let layout = Layout::new(sheet, budget);
    let page = layout.compose(&layout.body, 0..layout.rows.len(), Foot::Last);
    if layout.fits(&page.text) { Ok(page) } else { Err(layout.no_room(layout.units(&page.text))) }
}

/// Which keys stand at the foot.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Foot {
    /// A page follows.
    More,
    /// None does.
    Last,
}

/// A sheet made ready for counting: tidy, in the alphabet of its budget.
struct Layout {
    body: String,
    rows: Vec<Row>,
    more: String,
    last: String,
    budget: Budget,
}

struct Row {
    label: String,
    units: usize,
}

impl Layout {
    fn new(sheet: &Sheet<'_>, budget: Budget) -> Layout {
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
    fn rows_beside_keys(&self, keys: Keys<'_>, asked: usize) -> usize {
        let all = || keys.next.iter().chain(keys.tail);
        let taken = all().filter_map(|(key, _)| {
            // `00` is a key of its own, not the number 0.
            key.parse::<usize>().ok().filter(|number| number.to_string() == *key && *number > 0)
        });
        let free = taken.min().map_or(MOST_ROWS, |first| first - 1);
        asked.min(free).clamp(1, MOST_ROWS)
    }

    fn must_have_room(&self) -> Result<(), PageError> {
        let room = self.room(Foot::More);
        let foot = usize::from(self.budget.units).saturating_sub(room);
        if room < WIDEST {
            let foot = self.units(&self.more) + usize::from(!self.more.is_empty());
            return Err(self.no_room(foot + WIDEST));
        }
        let too_long = |row: &Row| row.width(1) > room;
        match self.rows.iter().position(too_long) {
            None => Ok(()),
            Some(row) => Err(PageError::RowTooLong {
                row,
                needs: foot + self.rows.get(row).map_or(0, |row| row.width(1)),
                budget: usize::from(self.budget.units),
            }),
        }
    }

    /// Pages of a sheet that needs several. Every row fits alone beside the keys.
    fn flow(&self, most_rows: usize) -> Vec<Page> {
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
        let chunk = if whole.is_empty() { fitting } else { whole };
        (chunk, rest.get(chunk.len()..).unwrap_or_default().trim_start())
    }

    fn compose(&self, body: &str, rows: Range<usize>, foot: Foot) -> Page {
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
    fn room(&self, foot: Foot) -> usize {
        let keys = if foot == Foot::More { &self.more } else { &self.last };
        let line = self.units(keys) + usize::from(!keys.is_empty());
        usize::from(self.budget.units).saturating_sub(line)
    }

    fn units(&self, text: &str) -> usize {
        self.budget.alphabet.units(text)
    }

    /// Whether `text` takes at most `room` units; looks no further than it must.
    fn within(&self, text: &str, room: usize) -> bool {
        self.budget.alphabet.prefix(text, room).len() == text.len()
    }

    fn fits(&self, text: &str) -> bool {
        self.within(text, usize::from(self.budget.units))
    }

    fn no_room(&self, needs: usize) -> PageError {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEYS: Keys<'static> =
        Keys { next: Some(("9", "Lanjut")), tail: &[("0", "Kembali"), ("00", "Menu")] };

    fn septets(units: u16) -> Budget {
        Budget { units, alphabet: Alphabet::Gsm7 }
    }

    fn labels(labels: &[&str]) -> Vec<String> {
        labels.iter().map(|label| label.to_string()).collect()
    }

    /// The pages of a sheet with the usual keys, parted by a line of dashes.
    fn pages(body: &str, rows: &[&str], units: u16, rows_per_page: usize) -> String {
        let rows = labels(rows);
        let sheet = Sheet { body, rows: &rows, keys: KEYS };
        let pages = paginate(&sheet, septets(units), rows_per_page).unwrap();
        pages.iter().map(|page| page.text.as_str()).collect::<Vec<_>>().join("\n---\n")
    }

    #[test]
    fn what_fits_is_one_page_without_a_next_key() {
        assert_eq!(
            pages("PeduliLindungi", &["Daftar vaksin", "Status vaksinasi"], 182, 5),
            "PeduliLindungi\n1 Daftar vaksin\n2 Status vaksinasi\n0 Kembali 00 Menu",
        );
        assert_eq!(pages("", &[], 182, 5), "0 Kembali 00 Menu");
    }

    #[test]
    fn rows_are_numbered_anew_and_evenly_parted() {
        let regions = ["Bantul", "Gunungkidul", "Kulon Progo", "Sleman", "Yogyakarta", "Banten"];
        assert_eq!(
            pages("Pilih:", &regions, 182, 5),
            "Pilih:\n1 Bantul\n2 Gunungkidul\n3 Kulon Progo\n9 Lanjut 0 Kembali 00 Menu\n---\n\
             1 Sleman\n2 Yogyakarta\n3 Banten\n0 Kembali 00 Menu",
        );
    }

    #[test]
    fn a_long_body_flows_over_pages_and_rows_begin_under_its_end() {
        assert_eq!(
            pages("satu dua tiga empat lima enam tujuh delapan", &["Ya", "Tidak"], 60, 5),
            "satu dua tiga empat lima enam\n9 Lanjut 0 Kembali 00 Menu\n---\n\
             tujuh delapan\n1 Ya\n2 Tidak\n0 Kembali 00 Menu",
        );
    }

    #[test]
    fn a_body_alone_is_cut_into_even_pages() {
        assert_eq!(
            pages("aaaa bbbb cccc dddd eeee ffff gggg hhhh iiii", &[], 60, 5),
            "aaaa bbbb cccc dddd eeee\n9 Lanjut 0 Kembali 00 Menu\n---\n\
             ffff gggg hhhh iiii\n0 Kembali 00 Menu",
        );
    }

    #[test]
    fn a_row_never_bears_the_number_of_a_key() {
        let rows: Vec<String> = (0..12).map(|row| format!("r{row}")).collect();
        let sheet = Sheet { body: "", rows: &rows, keys: KEYS };
        let pages = paginate(&sheet, septets(182), 20).unwrap();
        assert_eq!(pages.iter().map(|page| page.rows.clone()).collect::<Vec<_>>(), [0..6, 6..12]);
    }

    #[test]
    fn spacing_is_tidied() {
        assert_eq!(
            pages("\n\n Judul  \r\n\n\n\nIsi\n", &["satu\n dua", ""], 182, 5),
            "Judul\n\nIsi\n1 satu dua\n2\n0 Kembali 00 Menu",
        );
    }

    #[test]
    fn a_text_outside_the_alphabet_is_transliterated_before_it_is_counted() {
        assert_eq!(pages("“Ya…”", &["Ma’ruf"], 182, 5), "\"Ya...\"\n1 Ma'ruf\n0 Kembali 00 Menu");
    }

    #[test]
    fn a_word_longer_than_a_page_is_broken() {
        let text = pages(&"x".repeat(70), &[], 27 + 30, 5);
        assert_eq!(text.matches('x').count(), 70);
        assert_eq!(text.split("---").count(), 3);
    }

    #[test]
    fn what_cannot_be_paged_is_said() {
        let long = labels(&["ya", &"x".repeat(150)]);
        let sheet = Sheet { body: "", rows: &long, keys: KEYS };
        let refused = PageError::RowTooLong { row: 1, needs: 152 + 27, budget: 160 };
        assert_eq!(paginate(&sheet, septets(160), 5), Err(refused));
        assert_eq!(
            paginate(&Sheet { body: "halo", rows: &[], keys: KEYS }, septets(20), 5),
            Err(PageError::NoRoom { needs: 29, budget: 20 }),
        );
        let endless = Keys { next: None, tail: &[] };
        let sheet = Sheet { body: &"kata ".repeat(50), rows: &[], keys: endless };
        let refused = PageError::NoRoom { needs: 249, budget: 182 };
        assert_eq!(paginate(&sheet, septets(182), 5), Err(refused));
        assert_eq!(fits_one(&sheet, septets(182)), Err(refused));
        assert!(fits_one(&sheet, septets(249)).unwrap().last);
    }

    fn words(text: &str) -> impl Iterator<Item = char> + '_ {
        text.chars().filter(|char| !char.is_whitespace())
    }

    /// What holds for every sheet that can be paged.
    fn check(sheet: &Sheet<'_>, budget: Budget, rows_per_page: usize) {
        let pages = match paginate(sheet, budget, rows_per_page) {
            Ok(pages) => pages,
            Err(
                PageError::NoRoom { needs, budget } | PageError::RowTooLong { needs, budget, .. },
            ) => {
                assert!(needs > budget, "{needs} fits {budget}");
                return;
            }
        };
        let layout = Layout::new(sheet, budget);
        let mut body = String::new();
        let mut next_row = 0;
        for (at, page) in pages.iter().enumerate() {
            assert!(budget.alphabet.units(&page.text) <= usize::from(budget.units), "{page:?}");
            assert_eq!(page.last, at + 1 == pages.len());
            assert_eq!(page.rows.start, if page.rows.is_empty() { 0 } else { next_row });
            assert!(sheet.keys.next.is_none() || page.rows.len() <= rows_per_page.max(1));
            next_row = next_row.max(page.rows.end);
            let foot = if page.last { Foot::Last } else { Foot::More };
            // The page without its body is a page of the same rows and keys.
            let bare = layout.compose("", page.rows.clone(), foot).text;
            let above = page.text.strip_suffix(bare.as_str()).unwrap();
            let above =
                if bare.is_empty() { above } else { above.strip_suffix('\n').unwrap_or("") };
            assert!(!above.is_empty() || !page.rows.is_empty() || pages.len() == 1, "{pages:?}");
            assert_eq!(above, above.trim());
            let ends_a_word = layout.body.get(body.len()..).unwrap();
            let cut = ends_a_word.trim_start().strip_prefix(above).unwrap();
            let inside_a_word =
                !above.is_empty() && cut.starts_with(|char: char| !char.is_whitespace());
            assert!(!inside_a_word || !above.contains(char::is_whitespace), "{above:?}");
            body = layout.body[..layout.body.len() - cut.len()].to_owned();
        }
        assert_eq!(body, layout.body, "every word, in order");
        assert_eq!(words(&body).count(), words(&layout.body).count());
        assert_eq!(next_row, sheet.rows.len(), "every row, once");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn every_page_fits_and_nothing_is_lost(
            body in "([a-z]{1,12}[ \n]{1,2}){0,60}|.{0,300}|[a-z€😀 ]{0,200}",
            rows in proptest::collection::vec("[A-Za-z .€]{0,24}|.{0,20}", 0..40),
            units in prop_oneof![0u16..40, 40u16..200, any::<u16>()],
            ucs2: bool,
            rows_per_page in prop_oneof![0usize..12, any::<usize>()],
            keys in 0usize..4,
        ) {
            let alphabet = if ucs2 { Alphabet::Ucs2 } else { Alphabet::Gsm7 };
            let keys = [
                KEYS,
                Keys { next: None, tail: &[("0", "Kembali")] },
                Keys { next: Some(("#", "")), tail: &[] },
                Keys { next: Some(("1", "“Terus”")), tail: &[("2", "Balik"), ("", "")] },
            ][keys];
            let sheet = Sheet { body: &body, rows: &rows, keys };
            check(&sheet, Budget { units, alphabet }, rows_per_page);
        }
    }

    #[test]
    fn huge_and_empty_sheets_are_paged() {
        let rows: Vec<String> = (0..20_000).map(|row| format!("Kab. {row}")).collect();
        let body = "Selamat datang. ".repeat(20_000);
        for (body, rows) in [("", &rows[..]), (body.as_str(), &[]), (body.as_str(), &rows[..])] {
            for units in [40, 160, u16::MAX] {
                check(&Sheet { body, rows, keys: KEYS }, septets(units), 8);
            }
        }
    }
}
