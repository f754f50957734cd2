//! Text as phones and networks count it.
//!
//! Owns the GSM 7-bit alphabet and its packings (`gsm7`), UCS-2 (`ucs2`), the way into GSM 7-bit
//! for text that has left it (`transliterate`), the cut of an SMS into parts (`segment`), the cut of
//! a screen into pages (`page`) and the check digit of numbers that are typed (`damm`). Knows nothing of menus, channels, links or languages:
//! everything here is a function of a text and a budget.
//!
//! Standards: 3GPP TS 23.038 (alphabets, packing), TS 23.040 §9.2.3.24.1 (parts of an SMS).

pub mod damm;
pub mod gsm7;
pub mod page;
pub mod segment;
pub mod transliterate;
pub mod ucs2;

/// How a text is counted, and how it will be coded on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Alphabet {
    /// GSM 7-bit default alphabet with its extension table, counted in septets. TS 23.038 §6.2.1.
    Gsm7,
    /// UCS-2, counted in UTF-16 code units of two octets. TS 23.038 §6.2.3.
    Ucs2,
}

impl Alphabet {
    /// The alphabet a text needs: GSM 7-bit when every character has its place there.
    pub fn of(text: &str) -> Alphabet {
        if gsm7::count(text).is_ok() { Alphabet::Gsm7 } else { Alphabet::Ucs2 }
    }

    /// Units of `text`: septets, or UTF-16 code units. A character that GSM 7-bit lacks counts as
    /// the one `?` that would stand for it; transliterate first to be exact.
    pub fn units(self, text: &str) -> usize {
        text.chars().map(|char| self.units_of(char)).sum()
    }

    /// Units of one character: 1 or 2.
    pub fn units_of(self, char: char) -> usize {
        match self {
            Alphabet::Gsm7 => usize::from(gsm7::septets_of(char).unwrap_or(1)),
            Alphabet::Ucs2 => char.len_utf16(),
        }
    }

    /// The longest beginning of `text` that takes at most `units`, by whole characters: never
    /// between an escape and its character, never inside a surrogate pair.
    pub fn prefix(self, text: &str, units: usize) -> &str {
        let mut used = 0;
        for (at, char) in text.char_indices() {
            used += self.units_of(char);
            if used > units {
                return text.get(..at).unwrap_or_default();
            }
        }
        text
    }
}
