//! The string a person dials: `*119#`, `*119*2#`, `*119*1*3#`.
//!
//! Owns the grammar of TS 22.030 §6.5.2: a prefix that names a procedure, a service code,
//! supplementary information parted by `*`, and `#` at the end. Knows no menu: what the groups mean
//! is the engine's, who walks the first screens with them as if they had been typed.
//!
//! A dialled string stays in the call log of the handset and in the records of the network, and may
//! hold a NIK. So `Debug` shows no group, and no error repeats a character.

use std::fmt;

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::combinator::value;
use nom::multi::many0;
use nom::sequence::preceded;
use nom::{IResult, Parser};

/// Characters of a USSD string at most: 160 octets of septets. TS 22.090, TS 24.080 §4.5.
pub const LONGEST: usize = 182;

/// A run of digits this long in a dialled string is taken for a NIK, or for a NIK with a slip.
const LIKE_A_NIK: usize = 12;

/// The procedure that a string asks for. TS 22.030 §6.5.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Prefix {
    /// `*`: activation; what USSD services use.
    Star,
    /// `#`: deactivation.
    Hash,
    /// `*#`: interrogation.
    StarHash,
    /// `**`: registration.
    StarStar,
    /// `##`: erasure.
    HashHash,
}

impl Prefix {
    /// As it is dialled.
    pub const fn as_str(self) -> &'static str {
        match self {
            Prefix::Star => "*",
            Prefix::Hash => "#",
            Prefix::StarHash => "*#",
            Prefix::StarStar => "**",
            Prefix::HashHash => "##",
        }
    }
}

/// A dialled string. Exists only by [`parse`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MmiString {
    /// The procedure.
    pub prefix: Prefix,
    /// Digits that name the service, at least one: `119`.
    pub service_code: String,
    /// What stands between the further `*` and the `#`: digits or `+`, may be empty.
    pub groups: Vec<String>,
}

impl MmiString {
    /// The string without its groups, as menus name it: `*119#`.
    pub fn dial(&self) -> String {
        format!("{}{}#", self.prefix.as_str(), self.service_code)
    }

    /// Whether something in it looks like a NIK: twelve digits in a row or more. Such a string is
    /// refused with a hint, for it stays in the call log.
    pub fn contains_nik(&self) -> bool {
        let mut parts = std::iter::once(&self.service_code).chain(&self.groups);
        parts.any(|part| {
            part.split(|char: char| !char.is_ascii_digit()).any(|run| run.len() >= LIKE_A_NIK)
        })
    }
}

impl fmt::Debug for MmiString {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = if self.contains_nik() { "***".to_owned() } else { self.dial() };
        write!(out, "MmiString({code}, {} groups)", self.groups.len())
    }
}

/// Why a text is no dialled string. Positions are octet offsets in the text as given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MmiError {
    /// Nothing but blanks.
    #[error("empty")]
    Empty,
    /// More than [`LONGEST`] octets.
    #[error("{length} octets, at most {LONGEST}")]
    TooLong {
        /// Octets without the blanks around.
        length: usize,
    },
    /// It begins with neither `*` nor `#`.
    #[error("neither * nor # at {at}")]
    Prefix {
        /// Where one should stand.
        at: usize,
    },
    /// No digit after the prefix.
    #[error("no service code at {at}")]
    ServiceCode {
        /// Where it should begin.
        at: usize,
    },
    /// It ends before its `#`.
    #[error("no # at the end, {at}")]
    Unfinished {
        /// Where it ends.
        at: usize,
    },
    /// A character that is no digit, `+`, `*` or `#`, or anything after the closing `#`.
    #[error("unexpected character at {at}")]
    Unexpected {
        /// Where it stands.
        at: usize,
    },
}

/// Reads a dialled string; blanks around it are ignored.
pub fn parse(text: &str) -> Result<MmiString, MmiError> {
    let begin = text.len() - text.trim_start().len();
    let dialled = text.trim();
    if dialled.is_empty() {
        return Err(MmiError::Empty);
    }
    if dialled.len() > LONGEST {
        return Err(MmiError::TooLong { length: dialled.len() });
    }
    let at = |rest: &str| begin + dialled.len() - rest.len();
    let (rest, prefix) = prefix(dialled).map_err(|_| MmiError::Prefix { at: begin })?;
    let (rest, code) = digits(rest).map_err(|_| MmiError::ServiceCode { at: at(rest) })?;
    let (rest, groups) = groups(rest).map_err(|_| MmiError::Unexpected { at: at(rest) })?;
    match rest.strip_prefix('#') {
        Some("") => {}
        Some(after) => return Err(MmiError::Unexpected { at: at(after) }),
        None if rest.is_empty() => return Err(MmiError::Unfinished { at: at(rest) }),
        None => return Err(MmiError::Unexpected { at: at(rest) }),
    }
    let groups = groups.into_iter().map(str::to_owned).collect();
    Ok(MmiString { prefix, service_code: code.to_owned(), groups })
}

/// The longer prefixes first: `**` begins with `*`.
fn prefix(input: &str) -> IResult<&str, Prefix> {
    alt((
        value(Prefix::StarHash, tag("*#")),
        value(Prefix::StarStar, tag("**")),
        value(Prefix::HashHash, tag("##")),
        value(Prefix::Star, tag("*")),
        value(Prefix::Hash, tag("#")),
    ))
    .parse(input)
}

fn digits(input: &str) -> IResult<&str, &str> {
    take_while1(|char: char| char.is_ascii_digit()).parse(input)
}

fn groups(input: &str) -> IResult<&str, Vec<&str>> {
    let information = take_while(|char: char| char.is_ascii_digit() || char == '+');
    many0(preceded(tag("*"), information)).parse(input)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn strings_of_the_standard_and_ours() {
        use Prefix::*;
        for (text, prefix, code, groups) in [
            ("*119#", Star, "119", &[][..]),
            (" *119#\n", Star, "119", &[]),
            ("*119*2#", Star, "119", &["2"]),
            ("*119*1*3*#", Star, "119", &["1", "3", ""]),
            ("*119**2#", Star, "119", &["", "2"]),
            ("*4006#", Star, "4006", &[]),
            ("**21*+6281234567#", StarStar, "21", &["+6281234567"]),
            ("##002#", HashHash, "002", &[]),
            ("*#06#", StarHash, "06", &[]),
            ("#31#", Hash, "31", &[]),
        ] {
            let parsed = parse(text).unwrap();
            assert_eq!(parsed.prefix, prefix, "{text}");
            assert_eq!(parsed.service_code, code, "{text}");
            assert_eq!(parsed.groups, groups, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (text, error) in [
            ("", MmiError::Empty),
            ("  ", MmiError::Empty),
            ("119#", MmiError::Prefix { at: 0 }),
            (" halo", MmiError::Prefix { at: 1 }),
            ("*", MmiError::ServiceCode { at: 1 }),
            ("***2#", MmiError::ServiceCode { at: 2 }),
            ("*a#", MmiError::ServiceCode { at: 1 }),
            (" *119", MmiError::Unfinished { at: 5 }),
            ("*119*2", MmiError::Unfinished { at: 6 }),
            ("*119*ya#", MmiError::Unexpected { at: 5 }),
            ("*119#2", MmiError::Unexpected { at: 5 }),
            ("*119##", MmiError::Unexpected { at: 5 }),
            ("*119 #", MmiError::Unexpected { at: 4 }),
        ] {
            assert_eq!(parse(text), Err(error), "{text:?}");
        }
        let long = format!("*{}#", "1".repeat(181));
        assert_eq!(parse(&long), Err(MmiError::TooLong { length: 183 }));
    }

    #[test]
    fn a_nik_is_noticed_and_not_shown() {
        for (text, found) in [
            ("*119*3173041708900001#", true),
            ("*119*1*317304170890#", true),
            ("*3173041708900001#", true),
            ("*119*1*2*3#", false),
            ("*119*17081990#", false),
        ] {
            let parsed = parse(text).unwrap();
            assert_eq!(parsed.contains_nik(), found, "{text}");
            assert!(!format!("{parsed:?}").contains("3173"), "{parsed:?}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_fails_badly(text in "[*#0-9+ a]{0,200}|.{0,200}") {
            match parse(&text) {
                Ok(parsed) => {
                    let groups: String = parsed.groups.iter().map(|g| format!("*{g}")).collect();
                    let code = &parsed.service_code;
                    let again = format!("{}{code}{groups}#", parsed.prefix.as_str());
                    prop_assert_eq!(text.trim(), again);
                }
                Err(
                    MmiError::Prefix { at }
                    | MmiError::ServiceCode { at }
                    | MmiError::Unfinished { at }
                    | MmiError::Unexpected { at },
                ) => prop_assert!(text.is_char_boundary(at)),
                Err(MmiError::Empty | MmiError::TooLong { .. }) => {}
            }
        }
    }
}
