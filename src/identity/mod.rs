//! Who somebody is, as values that exist only by parsing.
//!
//! Owns the NIK (`nik`), the phone number (`msisdn`), the chat (`chat`), the name (`name`), the birth date (`birth`)
//! the regions that a NIK and a domicile speak of (`region`), and points on the map (`coordinates`). Knows no record and no channel:
//! a value that parses is well formed, not true. `Debug` masks, and there is no `Display`: whoever
//! shows one of these chooses how.

pub mod birth;
pub mod chat;
pub mod coordinates;
pub mod msisdn;
pub mod name;
pub mod nik;
pub mod region;

pub use self::{
    chat::ChatId, coordinates::Coordinates, msisdn::Msisdn, name::PersonName, nik::Nik,
};

/// What people put between digits, and what copying a number drags along.
fn is_spacing(char: char) -> bool {
    char.is_whitespace()
        || matches!(char, '.' | '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
        || is_invisible(char)
}

/// Characters of no width: joiners, marks of direction, soft hyphen.
fn is_invisible(char: char) -> bool {
    matches!(char,
        '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}'
        | '\u{FEFF}')
}
