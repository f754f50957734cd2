//! The keys, and what is done with them.
//!
//! A NIK or a phone number is never a key of a table: in its place stands a *blind index*, a keyed
//! hash that only the holder of the key can make from the number (`domain.md` §8). What has to be
//! read again (names, NIKs, birth dates, numbers, conversations) is *sealed*: encrypted and bound
//! to the place where it is kept, so that a row copied to another place does not open.
//!
//! - Blind index: HMAC-SHA256 (RFC 2104, FIPS 180-4), the kind of value in front, cut to 16 octets.
//! - Seal: XChaCha20-Poly1305 (RFC 8439, draft-irtf-cfrg-xchacha-03), a fresh nonce of 24 octets.
//!
//! The vault must not know tables, channels or menus. It draws nonces itself; that is the one
//! thing here that is not a function of its arguments.

mod file;
mod index;
mod seal;

use std::{fmt, sync::Arc};

use arc_swap::ArcSwap;

use crate::identity::{Msisdn, Nik};

pub use self::{
    file::{RingStep, VaultError},
    index::{HexError, NikIndex, StemIndex, SubscriberKey},
    seal::{KEY_AT, OWN, OpenError, PersonKey},
};
use self::{index::Indexer, seal::Seals};

/// What a word that proves keys is sealed for.
const PROOF: &[u8] = b"vault";

/// The secrets of one installation.
#[derive(Clone)]
pub struct Keys {
    /// Name of the seal key, written into every envelope. Ids are never used twice.
    pub id: u8,
    /// Key of the blind indexes. It cannot change without writing the record anew.
    pub index: [u8; 32],
    /// Key that seals.
    pub seal: [u8; 32],
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Makes blind indexes, seals and opens. Cloning is cheap.
#[derive(Clone)]
pub struct Vault {
    inner: Arc<Inner>,
}

struct Inner {
    indexer: Indexer,
    /// Replaced as a whole when the key file changes, for whoever holds this vault.
    seals: ArcSwap<Seals>,
}

impl Vault {
    /// A vault with one seal key.
    pub fn from_keys(keys: Keys) -> Self {
        Self::from_key_ring(keys, &[])
    }

    /// A vault that seals with `keys` and still opens what `former` seal keys, by id, have sealed.
    ///
    /// A former key with the id of the present one is passed over.
    pub fn from_key_ring(keys: Keys, former: &[(u8, [u8; 32])]) -> Self {
        Self {
            inner: Arc::new(Inner {
                indexer: Indexer::new(&keys.index),
                seals: ArcSwap::from_pointee(Seals::new((keys.id, &keys.seal), former)),
            }),
        }
    }

    /// The key under which a person is stored.
    pub fn nik_index(&self, nik: &Nik) -> NikIndex {
        self.inner.indexer.nik(nik.as_str())
    }

    /// What NIKs that differ in their serial only have in common.
    pub fn stem_index(&self, nik: &Nik) -> StemIndex {
        self.inner.indexer.stem(nik.stem())
    }

    /// The key under which a phone is stored.
    pub fn subscriber_key(&self, number: &Msisdn) -> SubscriberKey {
        self.inner.indexer.subscriber(number.as_str())
    }

    /// The key under which a chat is stored by a name of it ([`crate::identity::ChatId::names`]). It stands for a
    /// subscriber of whom no phone is known, and is no phone's.
    pub fn chat_key(&self, name: &str) -> SubscriberKey {
        self.inner.indexer.chat(name)
    }

    /// The name of the officer who has this phone. It is no phone's key: what is stored under it belongs to
    /// the office, and the phone does not see it.
    pub fn officer_key(&self, phone: &SubscriberKey) -> SubscriberKey {
        self.inner.indexer.officer(phone)
    }

    /// The key under which an officer's registration of a person is stored, instead of that of a phone.
    pub fn assisted_key(&self, officer: &SubscriberKey, person: &NikIndex) -> SubscriberKey {
        self.inner.indexer.assisted(officer, person)
    }

    /// The key under which the receipt of a message is stored: the octets that make it the same
    /// message, digested.
    pub fn message_key(&self, octets: &[u8]) -> [u8; 16] {
        self.inner.indexer.message(octets)
    }

    /// The key under which a provider's session is stored: the octets that name it, digested.
    pub fn session_key(&self, octets: &[u8]) -> [u8; 16] {
        self.inner.indexer.session(octets)
    }

    /// What is stored in place of a one-time code, and what one is drawn by.
    pub fn code_key(&self, octets: &[u8]) -> [u8; 16] {
        self.inner.indexer.code(octets)
    }

    /// What is stored in place of an anonymous token of an app.
    pub fn token_key(&self, octets: &[u8]) -> [u8; 16] {
        self.inner.indexer.token(octets)
    }

    /// What is stored in place of a list of such tokens.
    pub fn upload_key(&self, octets: &[u8]) -> [u8; 16] {
        self.inner.indexer.upload(octets)
    }

    /// What a certificate says of its holder's NIK: whoever has the key can tell whose it is, and nobody
    /// else. It is no key of a table, and says nothing of one.
    pub fn holder_hash(&self, nik: &Nik) -> [u8; 4] {
        self.inner.indexer.holder(nik.as_str())
    }

    /// Tells index keys apart without giving one away.
    fn index_proof(&self) -> [u8; 16] {
        self.inner.indexer.proof()
    }

    /// Takes the seal keys of another vault of the same installation, here and in every clone.
    ///
    /// # Errors
    /// [`VaultError::Foreign`] if its index key is another one; nothing is changed then.
    pub fn renew(&self, newer: &Self) -> Result<(), VaultError> {
        if newer.index_proof() != self.index_proof() {
            return Err(VaultError::Foreign);
        }
        self.inner.seals.store(newer.inner.seals.load_full());
        Ok(())
    }

    /// The id of the key that seals.
    pub fn seals_with(&self) -> u8 {
        self.inner.seals.load().first()
    }

    /// The ids of all keys that open, the one that seals in front.
    pub fn opens_with(&self) -> Vec<u8> {
        self.inner.seals.load().ids()
    }

    /// A word that each key of the ring has sealed: with [`Vault::opens_proof`] it tells whether another key
    /// file can read what this one can.
    pub fn proofs(&self) -> Vec<Vec<u8>> {
        self.inner.seals.load().with_each(PROOF, &self.index_proof())
    }

    /// Whether such a word opens here, and the index key is the same.
    pub fn opens_proof(&self, proof: &[u8]) -> bool {
        self.open(PROOF, proof).is_ok_and(|word| word == self.index_proof())
    }

    /// Seals `plain` for the place that `context` names; it opens only with the same context.
    ///
    /// The envelope is `version (1) · key id (1) · nonce (24) · ciphertext · tag (16)`, 42 octets
    /// longer than `plain`.
    pub fn seal(&self, context: &[u8], plain: &[u8]) -> Vec<u8> {
        self.inner.seals.load().seal(context, plain)
    }

    /// Opens what [`Vault::seal`] made.
    ///
    /// # Errors
    /// See [`OpenError`]. Nothing of the content is in the error.
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
        self.inner.seals.load().open(context, sealed)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}
