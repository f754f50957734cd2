//! The id of a row or a key in a message, which comes back when it is tapped: `screen/row`.

use std::{fmt::Write, str};

/// The longest id that goes out, in characters: a row's (a button's may have 256).
pub const LONGEST_ID: usize = 200;

/// The id of a row or a key of a screen: letters and digits as they are, everything that could be
/// taken for something else as `%` and two hexadecimal digits an octet.
pub fn write(screen: &str, id: &str) -> String {
    let mut text = String::with_capacity(screen.len() + id.len() + 1);
    escape(&mut text, screen);
    text.push('/');
    escape(&mut text, id);
    text
}

/// The screen and the row of an id that [`write()`] made; `None` for any other.
pub fn read(text: &str) -> Option<(String, String)> {
    let (screen, id) = text.split_once('/')?;
    let (screen, id) = (unescape(screen)?, unescape(id)?);
    (write(&screen, &id) == text).then_some((screen, id))
}

fn escape(text: &mut String, part: &str) {
    for octet in part.bytes() {
        match octet {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' => text.push(octet.into()),
            _ => {
                // Writing to a text cannot fail.
                let _ = write!(text, "%{octet:02X}");
            }
        }
    }
}

fn unescape(part: &str) -> Option<String> {
    let mut octets = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        if first != b'%' {
            octets.push(first);
            rest = after;
            continue;
        }
        let (digits, after) = after.split_at_checked(2)?;
        octets.push(u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?);
        rest = after;
    }
    String::from_utf8(octets).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_id_says_where_it_is_from() {
        for (screen, id, text) in [
            ("home", "register", "home/register"),
            ("home", "00", "home/00"),
            ("a/b", "c%", "a%2Fb/c%25"),
            ("pilih", "DKI Jakarta", "pilih/DKI%20Jakarta"),
            ("", "", "/"),
        ] {
            assert_eq!(write(screen, id), text);
            assert_eq!(read(text), Some((screen.to_owned(), id.to_owned())));
        }
        for foreign in ["", "home", "a/b/c", "a/%", "a/%4", "a/%zz", "a/%61", "a/%FF", "a b/c"] {
            assert_eq!(read(foreign), None, "{foreign}");
        }
    }

    proptest! {
        #[test]
        fn an_id_is_read_back(screen in ".{0,40}", id in ".{0,40}", foreign in ".{0,40}") {
            let text = write(&screen, &id);
            prop_assert!(text.is_ascii());
            prop_assert_eq!(read(&text), Some((screen, id)));
            let _ = read(&foreign);
        }
    }
}
