//! A name as the EU wants it: surname and forename, each as written and by ICAO Doc 9303-3 §6.
//!
//! Indonesian names have no surname. The last word stands where a surname stands and the rest where
//! forenames stand, because so are Indonesians booked when they travel, and that is what a verifier
//! compares with. A name of one word is a surname without forenames: that is how the schema wants it
//! (`nam.fnt` is all that is required). Titles that are marked as such (a dot, a comma) are no part.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::{identity::PersonName, text::transliterate::to_gsm7};

/// Room of each field of the schema, in characters.
const LONGEST: usize = 80;

/// Surname and forename.
pub(super) struct Parts {
    /// Surname as written.
    pub surname: String,
    /// Forenames as written; empty where there is one name only.
    pub forename: String,
}

/// Parts a name.
pub(super) fn parts(name: &PersonName) -> Parts {
    let trim = |text: &str| shortened(text.trim_matches([',', ' ']));
    let bare = without_titles(name);
    let bare = bare.trim_matches([',', ' ']);
    let (forename, surname) = bare.rsplit_once(' ').unwrap_or(("", bare));
    Parts { surname: trim(surname), forename: trim(forename) }
}

/// A word at an end that bears a dot, or comes after a comma, and whose absence does not change
/// what the name is compared by, is a title or a degree. Degrees may be of three words.
fn without_titles(name: &PersonName) -> String {
    let whole = name.normalised();
    let same = |words: &[&str]| {
        PersonName::parse(&words.join(" ")).is_ok_and(|name| name.normalised() == whole)
    };
    let mut words: Vec<&str> = name.as_str().split(' ').collect();
    while let Some((first, rest)) = words.split_first()
        && first.contains('.')
        && same(rest)
    {
        words.remove(0);
    }
    while let Some(left) = (1..=3).find_map(|size| {
        let (left, tail) = words.split_at_checked(words.len().checked_sub(size)?)?;
        let after_comma = left.last().is_some_and(|word| word.ends_with(','));
        let marked = after_comma || tail.iter().any(|word| word.contains(['.', ',']));
        (marked && same(left)).then_some(left.len())
    }) {
        words.truncate(left);
    }
    words.join(" ")
}

/// At most as long as a field is; words are cut only where one alone is too long.
fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let cut: String = text.chars().take(LONGEST).collect();
    cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole).to_owned()
}

/// A name in capitals A to Z, with `<` between words (ICAO Doc 9303-3 §4.6, §6 table A): apostrophes
/// go, dashes and blanks part words.
pub(super) fn transliterated(name: &str) -> String {
    let mut plain = String::new();
    for char in name.nfc().flat_map(char::to_uppercase) {
        match icao(char) {
            Some(letters) => plain.push_str(letters),
            None => push_plain(&mut plain, char),
        }
    }
    let words = plain.split('<').filter(|word| !word.is_empty());
    let joined = words.collect::<Vec<_>>().join("<");
    joined.chars().take(LONGEST).collect::<String>().trim_end_matches('<').to_owned()
}

/// Letters that are not simply the one below their accent.
fn icao(char: char) -> Option<&'static str> {
    Some(match char {
        'Ä' | 'Æ' => "AE",
        'Å' => "AA",
        'Ö' | 'Ø' | 'Œ' => "OE",
        'Ü' => "UE",
        'ẞ' | 'ß' => "SS",
        'Þ' => "TH",
        'Đ' | 'Ð' => "D",
        'Ł' => "L",
        'Ħ' => "H",
        'Ŧ' => "T",
        'Ŋ' => "N",
        'Ĳ' => "IJ",
        'ĸ' => "K",
        'İ' | 'ı' => "I",
        _ => return None,
    })
}

fn push_plain(plain: &mut String, char: char) {
    if matches!(char, ' ' | '-' | '.' | ',' | '\u{2010}'..='\u{2015}') {
        return plain.push('<');
    }
    let text: String = char.nfkd().filter(|part| !is_combining_mark(*part)).collect();
    for part in to_gsm7(&text).chars().flat_map(char::to_uppercase) {
        if part.is_ascii_uppercase() {
            plain.push(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn where_a_surname_stands() {
        for (name, surname, forename) in [
            ("Siti Nur Aminah", "Aminah", "Siti Nur"),
            ("Suharto", "Suharto", ""),
            ("Q", "Q", ""),
            ("dr. H. Budi Santoso, Sp.A", "Santoso", "Budi"),
            ("Budi Santoso, S.Kep., Ns.", "Santoso", "Budi"),
            ("Budi Santoso S. Kep", "Santoso", "Budi"),
            ("Rina Kusuma, SKM", "Kusuma", "Rina"),
            ("M. Rizki", "Rizki", "M."),
            ("Haji Agus Salim", "Salim", "Haji Agus"),
            ("Ma’ruf Amin", "Amin", "Ma’ruf"),
            ("Nur'aini", "Nur'aini", ""),
            ("dr. Suharto", "Suharto", ""),
        ] {
            let parts = parts(&PersonName::parse(name).unwrap());
            assert_eq!((&*parts.surname, &*parts.forename), (surname, forename), "{name}");
        }
    }

    #[test]
    fn a_long_name_is_cut_at_a_word() {
        let long = "Aiwinur Siti Diah Ayu Mega Ningrum Dwi Pangestuti Lestari Endang Pamikasih \
                    Sri Kumala Sari Dewi";
        let parts = parts(&PersonName::parse(long).unwrap());
        assert_eq!(parts.surname, "Dewi");
        assert!(parts.forename.chars().count() <= LONGEST && parts.forename.ends_with(" Sri"));
        let one = parts_of_one_word(&"a".repeat(100));
        assert_eq!(one.chars().count(), LONGEST);
    }

    fn parts_of_one_word(name: &str) -> String {
        parts(&PersonName::parse(name).unwrap()).surname
    }

    #[test]
    fn what_a_passport_would_have() {
        for (name, letters) in [
            ("Siti Nur", "SITI<NUR"),
            ("Nur'aini", "NURAINI"),
            ("Ma’ruf", "MARUF"),
            ("Anne-Marie", "ANNE<MARIE"),
            ("Müller", "MUELLER"),
            ("Ångström Ñandú", "AANGSTROEM<NANDU"),
            ("Straße", "STRASSE"),
            ("Łukasz Đỗ", "LUKASZ<DO"),
            ("M.  Rizki", "M<RIZKI"),
            ("e\u{301}lan", "ELAN"),
            ("", ""),
        ] {
            assert_eq!(transliterated(name), letters, "{name}");
        }
    }

    proptest! {
        #[test]
        fn every_name_fits(text in "\\PC{1,100}") {
            let Ok(name) = PersonName::parse(&text) else { return Ok(()) };
            let parts = parts(&name);
            prop_assert!(!parts.surname.is_empty());
            for part in [parts.surname, parts.forename] {
                prop_assert!(part.chars().count() <= LONGEST);
                let letters = transliterated(&part);
                prop_assert!(letters.len() <= LONGEST);
                prop_assert!(letters.chars().all(|char| char == '<' || char.is_ascii_uppercase()));
            }
        }
    }
}
