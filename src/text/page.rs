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
//! row is parted; where a page follows, no row bears the number of a key. The one
//! exception: a word longer than a whole page is broken between characters, for it must be shown
//! somehow.
//!
//! The body stands on the first page or pages only, and rows begin right under its end if at least
//! one fits there. Pages are as few as can be, then as even as can be. Spacing is tidied: line ends
//! lose their blanks, several empty lines become one, a label becomes one line. Under a GSM 7-bit
//! budget the text is transliterated first, so that what is counted is what is sent.
//!
//! Knows nothing of menus, languages or what a key does.

mod layout;

use std::ops::Range;

use layout::{Foot, Layout};

pub use super::Alphabet;

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
    let alone = Keys { next: None, ..sheet.keys };
    let whole = layout.compose(&layout.body, 0..layout.rows.len(), Foot::Last);
    // No page follows, so the number of that key is free.
    let most_alone = layout.rows_beside_keys(alone, rows_per_page);
    if layout.fits(&whole.text) && layout.rows.len() <= most_alone {
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
    fn the_last_page_is_not_left_with_one_row() {
        let rows: Vec<String> = (0..16).map(|row| format!("Kab. nomor {row}")).collect();
        let sheet = Sheet { body: "", rows: &rows, keys: KEYS };
        let pages = paginate(&sheet, septets(182), 5).unwrap();
        assert_eq!(pages.iter().map(|page| page.rows.len()).collect::<Vec<_>>(), [4, 4, 4, 4]);
    }

    #[test]
    fn a_body_that_leaves_no_room_for_a_row_stands_alone() {
        assert_eq!(
            pages("Apakah Anda demam atau batuk?", &["Ya, sudah tujuh hari", "Tidak"], 60, 5),
            "Apakah Anda demam atau batuk?\n9 Lanjut 0 Kembali 00 Menu\n---\n\
             1 Ya, sudah tujuh hari\n2 Tidak\n0 Kembali 00 Menu",
        );
    }

    #[test]
    fn a_short_body_does_not_stand_alone() {
        assert_eq!(
            pages("Pilih:", &["Jawa Barat", "Papua Barat", "Papua Barat Daya"], 60, 8),
            "Pilih:\n1 Jawa Barat\n2 Papua Barat\n9 Lanjut 0 Kembali 00 Menu\n---\n\
             1 Papua Barat Daya\n0 Kembali 00 Menu",
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
    fn a_page_does_not_end_with_an_empty_line() {
        assert_eq!(
            pages("aaaaaaaaa bbbbbbbbb\n\nc dddddddddddd", &["Ya"], 50, 5),
            "aaaaaaaaa bbbbbbbbb\n9 Lanjut 0 Kembali 00 Menu\n---\n\
             c dddddddddddd\n1 Ya\n0 Kembali 00 Menu",
        );
    }

    #[test]
    fn a_row_never_bears_the_number_of_a_key() {
        let rows: Vec<String> = (0..32).map(|row| format!("r{row}")).collect();
        let sheet = Sheet { body: "", rows: &rows, keys: KEYS };
        let pages = paginate(&sheet, septets(182), 40).unwrap();
        let pages: Vec<_> = pages.iter().map(|page| page.rows.clone()).collect();
        assert_eq!(pages, [0..8, 8..16, 16..24, 24..32]);
        // On a page that nothing follows the key is none.
        let sheet = Sheet { rows: &rows[..9], ..sheet };
        assert_eq!(paginate(&sheet, septets(182), 9).unwrap()[0].rows, 0..9);
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
        let mut shown = 0;
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
            let ahead = layout.body.get(shown..).unwrap();
            let cut = ahead.trim_start().strip_prefix(above).unwrap();
            let inside_a_word =
                !above.is_empty() && cut.starts_with(|char: char| !char.is_whitespace());
            if inside_a_word {
                let word = ahead.split_whitespace().next().unwrap();
                assert!(word.starts_with(above), "a broken word stands alone: {above:?}");
                let page = budget.alphabet.units(word) + usize::from(budget.units)
                    - layout.room(Foot::More);
                assert!(page > usize::from(budget.units), "{word:?} would fit a page");
            }
            shown = layout.body.len() - cut.len();
        }
        assert_eq!(shown, layout.body.len(), "every word, in order");
        assert_eq!(next_row, sheet.rows.len(), "every row, once");
    }

    proptest! {
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
        let rows: Vec<String> = (0..5_000).map(|row| format!("Kab. {row}")).collect();
        let body = "Selamat datang. ".repeat(4_000);
        for (body, rows) in [("", &rows[..]), (body.as_str(), &[]), (body.as_str(), &rows[..])] {
            for units in [40, 160, u16::MAX] {
                check(&Sheet { body, rows, keys: KEYS }, septets(units), 8);
            }
        }
    }
}
