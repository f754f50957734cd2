//! Blind indexes: keyed hashes that stand for a NIK or a phone number in the tables.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use thiserror::Error;

/// A text is not 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a blind index is 32 hexadecimal digits")]
pub struct HexError;

/// Makes blind indexes with one key.
pub(super) struct Indexer {
    keyed: Hmac<Sha256>,
}

impl Indexer {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        let keyed = KeyInit::new_from_slice(key).expect("HMAC takes a key of any length");
        Self { keyed }
    }

    pub(super) fn nik(&self, digits: &str) -> NikIndex {
        NikIndex(self.index(b"nik", digits.as_bytes()))
    }

    pub(super) fn stem(&self, digits: &str) -> StemIndex {
        StemIndex(self.index(b"stem", digits.as_bytes()))
    }

    pub(super) fn subscriber(&self, number: &str) -> SubscriberKey {
        SubscriberKey(self.index(b"msisdn", number.as_bytes()))
    }

    pub(super) fn chat(&self, name: &str) -> SubscriberKey {
        SubscriberKey(self.index(b"chat", name.as_bytes()))
    }

    pub(super) fn officer(&self, phone: &SubscriberKey) -> SubscriberKey {
        SubscriberKey(self.index(b"officer", &phone.0))
    }

    pub(super) fn assisted(&self, officer: &SubscriberKey, person: &NikIndex) -> SubscriberKey {
        let mut both = officer.0.to_vec();
        both.extend_from_slice(&person.0);
        SubscriberKey(self.index(b"assisted", &both))
    }

    pub(super) fn message(&self, octets: &[u8]) -> [u8; 16] {
        self.index(b"message", octets)
    }

    pub(super) fn session(&self, octets: &[u8]) -> [u8; 16] {
        self.index(b"session", octets)
    }

    pub(super) fn code(&self, octets: &[u8]) -> [u8; 16] {
        self.index(b"code", octets)
    }

    pub(super) fn token(&self, octets: &[u8]) -> [u8; 16] {
        self.index(b"token", octets)
    }

    pub(super) fn upload(&self, octets: &[u8]) -> [u8; 16] {
        self.index(b"upload", octets)
    }

    pub(super) fn holder(&self, digits: &str) -> [u8; 4] {
        let [a, b, c, d, ..] = self.index(b"holder", digits.as_bytes());
        [a, b, c, d]
    }

    pub(super) fn proof(&self) -> [u8; 16] {
        self.index(b"vault", b"")
    }

    /// The kind and a zero octet stand in front, so that no NIK can have the index of a number.
    fn index(&self, kind: &[u8], value: &[u8]) -> [u8; 16] {
        let mut mac = self.keyed.clone();
        mac.update(kind);
        mac.update(&[0]);
        mac.update(value);
        let full: [u8; 32] = mac.finalize().into_bytes().into();
        let mut index = [0; 16];
        index.copy_from_slice(&full[..16]);
        index
    }
}

/// The kinds are one thing with a name each that the compiler keeps apart.
macro_rules! blind_index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name([u8; 16]);

        impl $name {
            /// The index of these octets, as read back from where [`Self::as_bytes`] put them.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The 16 octets.
            pub fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }

            /// 32 lower-case hexadecimal digits.
            pub fn to_hex(self) -> String {
                hex(&self.0)
            }

            /// Reads [`Self::to_hex`].
            ///
            /// # Errors
            /// Everything that is not 32 hexadecimal digits.
            pub fn from_hex(text: &str) -> Result<Self, HexError> {
                unhex(text).map(Self).ok_or(HexError)
            }
        }

        /// Only the first two octets: enough to tell lines of a log apart, too few to find anyone.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({}..)", stringify!($name), hex(&self.0[..2]))
            }
        }

        impl TryFrom<String> for $name {
            type Error = HexError;

            fn try_from(text: String) -> Result<Self, HexError> {
                Self::from_hex(&text)
            }
        }

        impl From<$name> for String {
            fn from(index: $name) -> Self {
                index.to_hex()
            }
        }
    };
}

blind_index! {
    /// Stands for a NIK.
    NikIndex
}

blind_index! {
    /// Stands for a NIK without its serial.
    StemIndex
}

blind_index! {
    /// Stands for a phone number.
    SubscriberKey
}

/// Lower-case hexadecimal digits of some octets.
pub(super) fn hex(octets: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    octets
        .iter()
        .flat_map(|octet| [octet >> 4, octet & 15])
        .map(|nibble| char::from(DIGITS[usize::from(nibble)]))
        .collect()
}

/// The octets of exactly `2 * N` hexadecimal digits.
pub(super) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let mut octets = [0; N];
    for (octet, at) in octets.iter_mut().zip((0..).step_by(2)) {
        *octet = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_a_key_and_a_value_make_the_index() {
        let one = Indexer::new(&[1; 32]);
        let two = Indexer::new(&[2; 32]);
        assert_eq!(one.nik("3173014502900001"), one.nik("3173014502900001"));
        assert_ne!(one.nik("3173014502900001"), one.nik("3173014502900002"));
        assert_ne!(one.nik("3173014502900001"), two.nik("3173014502900001"));
        assert_ne!(one.nik("1").as_bytes(), one.subscriber("1").as_bytes());
        assert_ne!(one.nik("1").as_bytes(), one.stem("1").as_bytes());
    }

    #[test]
    fn the_hash_is_the_one_of_the_standard() {
        // printf 'nik\\0001' | openssl dgst -sha256 -mac HMAC -macopt hexkey:00… (32 zero octets)
        let index = Indexer::new(&[0; 32]).nik("1");
        assert_eq!(index.to_hex(), "9bd11601b538041ed1853853ccf64d7e");
    }

    #[test]
    fn hexadecimal_goes_both_ways_and_nothing_else_is_read() {
        let index = Indexer::new(&[7; 32]).subscriber("+628123456789");
        assert_eq!(SubscriberKey::from_hex(&index.to_hex()), Ok(index));
        let json = serde_json::to_string(&index).unwrap();
        assert_eq!(serde_json::from_str::<SubscriberKey>(&json).unwrap(), index);
        for text in
            ["", "00", "zz000000000000000000000000000000", "+1000000000000000000000000000000"]
        {
            assert_eq!(SubscriberKey::from_hex(text), Err(HexError));
        }
    }

    #[test]
    fn a_debug_line_shows_two_octets() {
        let index = NikIndex([0xab; 16]);
        assert_eq!(format!("{index:?}"), "NikIndex(abab..)");
    }
}
