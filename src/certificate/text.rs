//! A certificate in one SMS (`domain.md` §10): what a phone of any age can hold, show and forward.
//!
//! Sixteen octets of claims and an Ed25519 signature (RFC 8032) of 64 are 80, which base32 (RFC 4648
//! §6) writes with 128 characters that every alphabet of every network has. So a text of 160 has
//! room for a keyword before it, and forwarding it is the request to check it.
//!
//! | octets | claim |
//! | --- | --- |
//! | 1 | version (4 bits, 0001) and key (4 bits) |
//! | 5 | serial, by which the record knows it |
//! | 4 | keyed hash of the NIK: whoever has the key can tell whose it is, and nobody else |
//! | 2 | birth date, days since 1900-01-01 |
//! | 1 | dose (3 bits) and vaccine (5 bits, [`VACCINES`]) |
//! | 2 | date of the dose, days since 2020-01-01 |
//! | 1 | the last month in which it is good, counted from January 2020 |
//!
//! No name is in it. It is read as it comes back: in small letters, broken by blanks and lines, with
//! other words around. What the record says of it since, such as that it was revoked, is not known
//! here.

use data_encoding::BASE32;
use jiff::{ToSpan, civil::Date};

use super::{
    keys::{Keyring, PublicKeys},
    serial::Serial,
};

/// Characters of a signed text.
pub const LENGTH: usize = 128;

/// What is said of somebody's vaccination.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims {
    /// By which the record knows it.
    pub serial: Serial,
    /// Keyed hash of the NIK.
    pub holder: [u8; 4],
    /// When the holder was born, from 1900 on.
    pub birth: Date,
    /// Which dose, from 1 to 7.
    pub dose: u8,
    /// Place of the vaccine in [`VACCINES`].
    pub vaccine: u8,
    /// When it was given, from 2020 on.
    pub given_on: Date,
    /// The last day on which the certificate is good: the last of a month.
    pub good_until: Date,
}

/// Whose they are is nobody's business.
impl std::fmt::Debug for Claims {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Claims").finish_non_exhaustive()
    }
}

/// What a text is worth, as far as it tells itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is as it was signed.
    Valid(Claims),
    /// It is as it was signed, and its time is over.
    Expired(Claims),
    /// There is no certificate in the text.
    NoCertificate,
    /// A key that is not known signed it.
    UnknownKey,
    /// Something of it was changed, or nobody ever signed it.
    Forged,
}

/// Codes of vaccines, by their place. Places are never used twice; the first is any other vaccine.
pub const VACCINES: [&str; 7] =
    ["other", "sinovac", "astrazeneca", "pfizer", "moderna", "sinopharm", "janssen"];

const CLAIMS: usize = 16;
const VERSION: u8 = 1;
/// What is signed begins with it, so that a signature is good for nothing else.
const CONTEXT: &[u8] = b"setara certificate by text 1\0";
/// Longer texts are not looked through, in octets.
const LONGEST: usize = 2048;
/// Runs of letters that are looked at: a whole text of single letters has fewer.
const MOST_RUNS: usize = 320;

/// Signs claims: 128 characters, `A` to `Z` and `2` to `7`. `None` if a claim has no room in its field.
pub fn sign(claims: &Claims, ring: &Keyring) -> Option<String> {
    let mut octets = claims.to_octets(ring.short_key().id())?.to_vec();
    let signature = ring.sign_short(&signed(&octets));
    octets.extend_from_slice(&signature);
    Some(BASE32.encode(&octets))
}

/// Finds the certificate in a text, and looks whether one of the keys signed it.
pub fn verify(text: &str, keys: &PublicKeys, today: Date) -> Verdict {
    let mut verdict = Verdict::NoCertificate;
    for octets in candidates(text) {
        let (of, signature) = octets.split_at(CLAIMS);
        let Some((key, claims)) = Claims::from_octets(of) else { continue };
        let Some(key) = keys.short(key) else {
            // Words around may look like a beginning of one: that a key is wrong says more.
            if verdict == Verdict::NoCertificate {
                verdict = Verdict::UnknownKey;
            }
            continue;
        };
        if key.verifies(&signed(of), signature) {
            let good = today <= claims.good_until;
            return if good { Verdict::Valid(claims) } else { Verdict::Expired(claims) };
        }
        verdict = Verdict::Forged;
    }
    verdict
}

/// Whether a certificate by text may be meant: 128 letters of the alphabet stand in a row, whatever
/// parts them.
pub fn looks_like_one(text: &str) -> bool {
    !candidates(text).is_empty()
}

/// The last day of the month in which a certificate of that day is that many days old.
pub fn good_until(from: Date, days: u32) -> Date {
    from.saturating_add(i64::from(days).days()).last_of_month()
}

impl Claims {
    /// The code of the vaccine.
    pub fn vaccine(&self) -> &'static str {
        VACCINES.get(usize::from(self.vaccine)).copied().unwrap_or(VACCINES[0])
    }

    fn to_octets(&self, key: u8) -> Option<[u8; CLAIMS]> {
        let fits =
            key < 16 && (1..8).contains(&self.dose) && usize::from(self.vaccine) < VACCINES.len();
        let birth = days(BORN_FROM, self.birth)?.to_be_bytes();
        let given_on = days(GIVEN_FROM, self.given_on)?.to_be_bytes();
        let mut octets = Vec::with_capacity(CLAIMS);
        octets.push(VERSION << 4 | key);
        octets.extend(self.serial.octets());
        octets.extend(self.holder);
        octets.extend(birth);
        octets.push(self.dose << 5 | self.vaccine);
        octets.extend(given_on);
        octets.push(month(self.good_until)?);
        octets.try_into().ok().filter(|_| fits)
    }

    /// The number of the key, and what it has signed.
    fn from_octets(octets: &[u8]) -> Option<(u8, Self)> {
        let &[head, s1, s2, s3, s4, s5, h1, h2, h3, h4, b1, b2, kind, g1, g2, until] = octets
        else {
            return None;
        };
        let claims = Self {
            serial: Serial::from_octets([s1, s2, s3, s4, s5]),
            holder: [h1, h2, h3, h4],
            birth: day(BORN_FROM, u16::from_be_bytes([b1, b2])),
            dose: kind >> 5,
            vaccine: kind & 0b1_1111,
            given_on: day(GIVEN_FROM, u16::from_be_bytes([g1, g2])),
            good_until: month_end(until),
        };
        let ours =
            head >> 4 == VERSION && claims.dose > 0 && usize::from(claims.vaccine) < VACCINES.len();
        ours.then_some((head & 0b1111, claims))
    }
}

const BORN_FROM: Date = Date::constant(1900, 1, 1);
const GIVEN_FROM: Date = Date::constant(2020, 1, 1);

fn days(from: Date, to: Date) -> Option<u16> {
    u16::try_from(from.until(to).ok()?.get_days()).ok()
}

fn day(from: Date, days: u16) -> Date {
    from.saturating_add(i32::from(days).days())
}

fn month_end(months: u8) -> Date {
    GIVEN_FROM.saturating_add(i32::from(months).months()).last_of_month()
}

/// Months since January 2020; later ones than the field has room for are its last.
fn month(of: Date) -> Option<u8> {
    let years = i32::from(of.year()) - i32::from(GIVEN_FROM.year());
    let months = 12 * years + i32::from(of.month()) - 1;
    u8::try_from(months.min(u8::MAX.into())).ok()
}

fn signed(claims: &[u8]) -> Vec<u8> {
    [CONTEXT, claims].concat()
}

/// Everything of a text that has the length of a certificate: runs of letters and digits, joined
/// where blanks, lines or marks part them.
fn candidates(text: &str) -> Vec<Vec<u8>> {
    if text.len() > LONGEST {
        return Vec::new();
    }
    let text = text.to_ascii_uppercase();
    let runs = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|run| !run.is_empty());
    let runs: Vec<&str> = runs.take(MOST_RUNS).collect();
    let mut found = Vec::new();
    for from in 0..runs.len() {
        let mut joined = String::with_capacity(LENGTH);
        for run in &runs[from..] {
            joined.push_str(run);
            if joined.len() >= LENGTH {
                break;
            }
        }
        if joined.len() == LENGTH {
            found.extend(BASE32.decode(joined.as_bytes()).ok());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::{
        certificate::keys::{Seed, Which},
        clock::Timestamp,
    };

    const TODAY: Date = date(2021, 8, 17);

    fn ring(octet: u8) -> Keyring {
        let seed = Seed { document: [octet; 32], short: [octet; 32] };
        Keyring::new(&seed, "Kementerian Kesehatan", Timestamp::default()).unwrap()
    }

    fn claims() -> Claims {
        Claims {
            serial: Serial::from_random(0x01_2345_6789),
            holder: [1, 2, 3, 4],
            birth: date(1990, 2, 5),
            dose: 2,
            vaccine: 1,
            given_on: date(2021, 3, 29),
            good_until: date(2022, 3, 31),
        }
    }

    fn checked(text: &str, ring: &Keyring) -> Verdict {
        verify(text, ring.public(), TODAY)
    }

    #[test]
    fn it_comes_back_as_it_was_signed() {
        let text = sign(&claims(), &ring(7)).unwrap();
        assert_eq!(text.len(), LENGTH);
        assert!(looks_like_one(&text));
        let lines = text.as_bytes().chunks(37).map(|part| std::str::from_utf8(part).unwrap());
        let lines: Vec<&str> = lines.collect();
        for written in [
            text.clone(),
            format!("PERIKSA {text} Teruskan ke 1199 utk cek"),
            format!("Fwd: \"periksa {}\"\nsalam, Budi", text.to_lowercase()),
            format!("PERIKSA {}", lines.join("\n")),
            format!("PERIKSA\r\n{} Teruskan ke 1199", lines.join(" \r\n ")),
        ] {
            assert_eq!(checked(&written, &ring(7)), Verdict::Valid(claims()), "{written}");
        }
    }

    #[test]
    fn what_is_wrong_with_one_is_told() {
        let text = sign(&claims(), &ring(7)).unwrap();
        assert_eq!(checked(&text, &ring(8)), Verdict::Forged);
        let over = Claims { good_until: date(2021, 7, 31), ..claims() };
        let text = sign(&over, &ring(7)).unwrap();
        assert_eq!(checked(&text, &ring(7)), Verdict::Expired(over));
        let none = "PERIKSA sertifikat saya ya, terima kasih";
        assert_eq!(checked(none, &ring(7)), Verdict::NoCertificate);
        assert!(!looks_like_one(none));
        assert_eq!(checked(&"A".repeat(LONGEST + 1), &ring(7)), Verdict::NoCertificate);
    }

    #[test]
    fn a_former_key_still_verifies_and_a_later_one_is_unknown() {
        let later = |ring: &Keyring| {
            let seed = Seed { document: [9; 32], short: [9; 32] };
            ring.rotated(Which::Short, &seed, "Kementerian Kesehatan", Timestamp::default())
                .unwrap()
        };
        let (before, after) = (ring(7), later(&ring(7)));
        let text = sign(&claims(), &before).unwrap();
        assert_eq!(checked(&text, &after), Verdict::Valid(claims()));
        let text = sign(&claims(), &after).unwrap();
        assert_eq!(checked(&text, &after), Verdict::Valid(claims()));
        assert_eq!(checked(&text, &before), Verdict::UnknownKey);
    }

    #[test]
    fn the_octets_are_those_of_the_table() {
        let octets = claims().to_octets(3).unwrap();
        let expected =
            [0x13, 0x01, 0x23, 0x45, 0x67, 0x89, 1, 2, 3, 4, 0x80, 0x8b, 0x41, 0x01, 0xc5, 26];
        assert_eq!(octets, expected);
        assert_eq!(days(BORN_FROM, date(1990, 2, 5)), Some(0x808b));
        assert_eq!(days(GIVEN_FROM, date(2021, 3, 29)), Some(0x01c5));
    }

    #[test]
    fn what_has_no_room_is_not_signed() {
        for odd in [
            Claims { dose: 0, ..claims() },
            Claims { dose: 8, ..claims() },
            Claims { vaccine: 31, ..claims() },
            Claims { birth: date(1899, 12, 31), ..claims() },
            Claims { given_on: date(2019, 12, 31), ..claims() },
            Claims { good_until: date(2019, 12, 31), ..claims() },
        ] {
            assert_eq!(sign(&odd, &ring(7)), None);
        }
    }

    #[test]
    fn no_bit_can_be_changed() {
        let text = sign(&claims(), &ring(7)).unwrap();
        let octets = BASE32.decode(text.as_bytes()).unwrap();
        for bit in 0..8 * octets.len() {
            let mut changed = octets.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let verdict = checked(&BASE32.encode(&changed), &ring(7));
            assert!(!matches!(verdict, Verdict::Valid(_) | Verdict::Expired(_)), "bit {bit}");
        }
    }

    prop_compose! {
        fn any_claims()(
            serial: u64,
            holder: [u8; 4],
            birth: u16,
            dose in 1u8..8,
            vaccine in 0..VACCINES.len() as u8,
            given_on: u16,
            until: u8,
        ) -> Claims {
            let serial = Serial::from_random(serial);
            let (birth, given_on) = (day(BORN_FROM, birth), day(GIVEN_FROM, given_on));
            let good_until = month_end(until);
            Claims { serial, holder, birth, dose, vaccine, given_on, good_until }
        }
    }

    proptest! {
        #[test]
        fn all_claims_come_back(claims in any_claims(), parts in 1usize..64) {
            let text = sign(&claims, &ring(7)).unwrap();
            let parts: Vec<&str> =
                text.as_bytes().chunks(parts).map(|part| std::str::from_utf8(part).unwrap()).collect();
            let written = format!("periksa {} ok", parts.join("\n"));
            match checked(&written, &ring(7)) {
                Verdict::Valid(read) => {
                    prop_assert!(read.good_until >= TODAY);
                    prop_assert_eq!(read, claims);
                }
                Verdict::Expired(read) => {
                    prop_assert!(read.good_until < TODAY);
                    prop_assert_eq!(read, claims);
                }
                other => prop_assert!(false, "{:?}", other),
            }
        }

        #[test]
        fn no_letter_can_be_changed(claims in any_claims(), at in 0..LENGTH, by in 1usize..32) {
            const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
            let mut text = sign(&claims, &ring(7)).unwrap().into_bytes();
            let place = LETTERS.iter().position(|letter| *letter == text[at]).unwrap();
            text[at] = LETTERS[(place + by) % 32];
            let verdict = checked(std::str::from_utf8(&text).unwrap(), &ring(7));
            prop_assert!(!matches!(verdict, Verdict::Valid(_) | Verdict::Expired(_)));
        }

        #[test]
        fn no_text_is_too_odd(text in "\\PC{0,400}") {
            let verdict = checked(&text, &ring(7));
            prop_assert!(!matches!(verdict, Verdict::Valid(_) | Verdict::Expired(_)));
        }
    }
}
