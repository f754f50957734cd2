//! Envelopes: `version · key id · nonce · ciphertext and tag`.

use std::fmt;

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use rand::Rng;
use thiserror::Error;

/// The one layout of an envelope so far.
const VERSION: u8 = 1;
const NONCE: usize = 24;
const HEADER: usize = 2 + NONCE;

/// Where an envelope says which key sealed it, from 1 as in SQL.
pub const KEY_AT: usize = 2;

/// Why an envelope stays shut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OpenError {
    /// Too short, or of a version this program does not know: it was not sealed by us.
    #[error("this was not sealed by a vault of this version")]
    Foreign,
    /// Sealed with a key that is not on the ring.
    #[error("it was sealed with key {0}, which is not in the key file")]
    UnknownKey(u8),
    /// The key of that id is another one, or the content or its place was changed.
    #[error("the key does not fit, or the content was changed")]
    Broken,
}

/// A key by its id.
struct Key {
    id: u8,
    cipher: XChaCha20Poly1305,
}

impl Key {
    fn seal(&self, context: &[u8], plain: &[u8]) -> Vec<u8> {
        let Self { id, cipher } = self;
        // 192 random bits: no counter to keep, and no collision to fear at any volume
        // (draft-irtf-cfrg-xchacha-03 §3.1).
        let mut nonce = [0; NONCE];
        rand::rng().fill_bytes(&mut nonce);
        let payload = Payload { msg: plain, aad: context };
        let ciphertext = cipher
            .encrypt(&XNonce::from(nonce), payload)
            .expect("only a text of more than 256 GB cannot be sealed");
        let mut envelope = Vec::with_capacity(HEADER + ciphertext.len());
        envelope.extend_from_slice(&[VERSION, *id]);
        envelope.extend_from_slice(&nonce);
        envelope.extend_from_slice(&ciphertext);
        envelope
    }
}

/// The key ring: one key seals, all of them open.
pub(super) struct Seals {
    /// The first one seals.
    ring: Vec<Key>,
}

impl Seals {
    pub(super) fn new(present: (u8, &[u8; 32]), former: &[(u8, [u8; 32])]) -> Self {
        let former = former.iter().filter(|(id, _)| *id != present.0).map(|(id, key)| (*id, key));
        Self {
            ring: std::iter::once(present)
                .chain(former)
                .map(|(id, key)| Key { id, cipher: XChaCha20Poly1305::new(key.into()) })
                .collect(),
        }
    }

    pub(super) fn seal(&self, context: &[u8], plain: &[u8]) -> Vec<u8> {
        self.ring[0].seal(context, plain)
    }

    pub(super) fn first(&self) -> u8 {
        self.ring[0].id
    }

    pub(super) fn ids(&self) -> Vec<u8> {
        self.ring.iter().map(|key| key.id).collect()
    }

    /// An envelope by each key.
    pub(super) fn with_each(&self, context: &[u8], plain: &[u8]) -> Vec<Vec<u8>> {
        self.ring.iter().map(|key| key.seal(context, plain)).collect()
    }

    pub(super) fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
        let (header, ciphertext) =
            sealed.split_first_chunk::<HEADER>().ok_or(OpenError::Foreign)?;
        let [VERSION, id, nonce @ ..] = header else {
            return Err(OpenError::Foreign);
        };
        let key = self.ring.iter().find(|key| key.id == *id).ok_or(OpenError::UnknownKey(*id))?;
        key.cipher
            .decrypt(&XNonce::from(*nonce), Payload { msg: ciphertext, aad: context })
            .map_err(|_| OpenError::Broken)
    }
}

/// Stands before an envelope that only a person's own key opens.
pub const OWN: u8 = 2;

/// A key of one person's own. What it sealed can be read for as long as the key is there: whoever
/// deletes it has deleted all of that, wherever it is kept (NIST SP 800-88 §2.6, cryptographic erase).
pub struct PersonKey {
    octets: [u8; 32],
    seals: Seals,
}

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonKey")
    }
}

impl PersonKey {
    /// A new one.
    pub fn draw() -> Self {
        let mut octets = [0; 32];
        rand::rng().fill_bytes(&mut octets);
        Self::from_octets(octets)
    }

    /// One that was drawn.
    pub fn from_octets(octets: [u8; 32]) -> Self {
        Self { octets, seals: Seals::new((0, &octets), &[]) }
    }

    /// The key itself, to be sealed where it is kept.
    pub fn as_octets(&self) -> &[u8; 32] {
        &self.octets
    }

    /// As [`Vault::seal`](super::Vault::seal), and one octet longer.
    pub fn seal(&self, context: &[u8], plain: &[u8]) -> Vec<u8> {
        let mut envelope = vec![OWN];
        envelope.extend_from_slice(&self.seals.seal(context, plain));
        envelope
    }

    /// Opens what [`PersonKey::seal`] made.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
        let envelope = sealed.strip_prefix(&[OWN]).ok_or(OpenError::Foreign)?;
        self.seals.open(context, envelope)
    }

    /// Whether somebody's own key sealed this, and not a vault.
    pub fn sealed(envelope: &[u8]) -> bool {
        envelope.first() == Some(&OWN)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seals(id: u8, key: u8) -> Seals {
        Seals::new((id, &[key; 32]), &[])
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_again(context: Vec<u8>, plain: Vec<u8>) {
            let seals = seals(1, 1);
            let sealed = seals.seal(&context, &plain);
            prop_assert_eq!(sealed.len(), plain.len() + 42);
            prop_assert_eq!(seals.open(&context, &sealed), Ok(plain));
        }

        #[test]
        fn any_changed_octet_is_noticed(plain: Vec<u8>, at: prop::sample::Index, by in 1..=255u8) {
            let seals = seals(1, 1);
            let mut sealed = seals.seal(b"here", &plain);
            let at = at.index(sealed.len());
            sealed[at] ^= by;
            prop_assert!(seals.open(b"here", &sealed).is_err());
        }

        #[test]
        fn foreign_octets_never_open(octets: Vec<u8>) {
            prop_assert!(seals(1, 1).open(b"here", &octets).is_err());
        }
    }

    #[test]
    fn each_way_of_not_fitting_has_its_error() {
        let sealed = seals(1, 1).seal(b"here", b"Siti");
        let rows = [
            (seals(1, 1), b"here".as_slice(), sealed.as_slice(), Ok(b"Siti".to_vec())),
            (seals(1, 1), b"there", &sealed, Err(OpenError::Broken)),
            (seals(1, 9), b"here", &sealed, Err(OpenError::Broken)),
            (seals(2, 1), b"here", &sealed, Err(OpenError::UnknownKey(1))),
            (seals(1, 1), b"here", &sealed[..20], Err(OpenError::Foreign)),
            (seals(1, 1), b"here", b"", Err(OpenError::Foreign)),
        ];
        for (seals, context, envelope, expected) in rows {
            assert_eq!(seals.open(context, envelope), expected);
        }
    }

    #[test]
    fn a_former_key_still_opens_and_the_present_one_seals() {
        let old = seals(1, 1).seal(b"here", b"Siti");
        let ring = Seals::new((2, &[2; 32]), &[(1, [1; 32]), (2, [9; 32])]);
        assert_eq!(ring.open(b"here", &old), Ok(b"Siti".to_vec()));
        let new = ring.seal(b"here", b"Siti");
        assert_eq!(new[1], 2);
        assert_eq!(seals(2, 2).open(b"here", &new), Ok(b"Siti".to_vec()));
    }

    #[test]
    fn what_a_person_s_own_key_sealed_nobody_else_s_opens() {
        let (own, other) = (PersonKey::draw(), PersonKey::draw());
        let sealed = own.seal(b"here", b"Siti");
        assert!(PersonKey::sealed(&sealed) && !PersonKey::sealed(&seals(2, 1).seal(b"", b"")));
        let again = PersonKey::from_octets(*own.as_octets());
        assert_eq!(again.open(b"here", &sealed), Ok(b"Siti".to_vec()));
        assert_eq!(again.open(b"there", &sealed), Err(OpenError::Broken));
        assert_eq!(other.open(b"here", &sealed), Err(OpenError::Broken));
        assert_eq!(seals(1, 1).open(b"here", &sealed), Err(OpenError::Foreign));
    }
}
