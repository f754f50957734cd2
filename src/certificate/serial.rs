//! The serial of a certificate: by it the record knows one that somebody shows.

use std::fmt;

use data_encoding::BASE32;

/// Forty random bits: what stands in a certificate by text, and as eight letters and digits in the name
/// of a document. It opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Serial(u64);

impl Serial {
    /// Characters that it is written with.
    pub const LENGTH: usize = 8;

    /// The serial for a random value; only its last forty bits count.
    pub fn from_random(random: u64) -> Self {
        Self(random & 0xff_ffff_ffff)
    }

    /// The serial that five octets are.
    pub fn from_octets(octets: [u8; 5]) -> Self {
        let [a, b, c, d, e] = octets;
        Self(u64::from_be_bytes([0, 0, 0, a, b, c, d, e]))
    }

    /// Its octets, the highest first.
    pub fn octets(self) -> [u8; 5] {
        let [_, _, _, octets @ ..] = self.0.to_be_bytes();
        octets
    }

    /// The number, below 2^40.
    pub fn as_u64(self) -> u64 {
        self.0
    }

    /// Reads eight characters of base32 (RFC 4648 §6), as [`fmt::Display`] writes them.
    pub fn parse(word: &str) -> Option<Self> {
        let octets = BASE32.decode(word.as_bytes()).ok()?;
        Some(Self::from_octets(octets.try_into().ok()?))
    }
}

/// Eight characters, `A` to `Z` and `2` to `7`.
impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE32.encode(&self.octets()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_none_is_not_read() {
        for word in ["", "AAAAAAA", "AAAAAAAAA", "aaaaaaaa", "AAAAAAA1", "AAAAAAA="] {
            assert_eq!(Serial::parse(word), None, "{word}");
        }
    }

    proptest! {
        #[test]
        fn it_comes_back(random: u64) {
            let serial = Serial::from_random(random);
            prop_assert_eq!(Serial::from_octets(serial.octets()), serial);
            prop_assert_eq!(Serial::parse(&serial.to_string()), Some(serial));
            prop_assert_eq!(serial.to_string().len(), 8);
            prop_assert!(serial.as_u64() < 1 << 40);
        }
    }
}
