//! The keys that sign certificates, and those that verify them.
//!
//! A keyring has two keys in use: one for documents (ES256, RFC 7518 §3.4, on P-256), known to verifiers
//! by an X.509 certificate of its own, and one for certificates of one text message (Ed25519,
//! RFC 8032), known by a number of four bits. Former keys verify and sign no more: their private
//! halves are gone. Signatures are deterministic (RFC 6979 §3.2), so that the same words give the
//! same document.
//!
//! Must not know files ([`crate::certificate::KeyFileError`]) or what is signed.

mod change;
mod in_use;
mod kept;
mod published;
mod signer;

use std::{fmt, time::Duration};

use data_encoding::BASE64;
use ed25519_dalek::Signer as _;
use p256::ecdsa::{self, signature::Verifier as _};
use sha2::{Digest, Sha256};

use crate::clock::Timestamp;

pub use self::{in_use::InUse, kept::KeptError, published::PublishedError};

/// Short keys there can be: their ids are four bits.
pub const SHORT_KEYS: usize = 16;

/// Names a document key: the first eight octets of the SHA-256 of its certificate in DER
/// (eHN "Electronic Health Certificate Specification" 1.0.5 §2.6.2).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kid(pub [u8; 8]);

impl Kid {
    fn of(certificate: &[u8]) -> Self {
        let digest: [u8; 32] = Sha256::digest(certificate).into();
        let mut kid = [0; 8];
        kid.copy_from_slice(&digest[..8]);
        Self(kid)
    }
}

/// Base64, as trust lists write it.
impl fmt::Display for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64.encode(&self.0))
    }
}

impl fmt::Debug for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kid({self})")
    }
}

/// When a key signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    /// Since when it is there; it may have signed nothing for a while.
    pub created: Timestamp,
    /// Until when; `None` is the key in use, or one that is coming.
    pub retired: Option<Timestamp>,
}

/// The public half of a document key.
#[derive(Clone, PartialEq)]
pub struct DocumentKey {
    kid: Kid,
    certificate: Vec<u8>,
    expires: Timestamp,
    key: ecdsa::VerifyingKey,
    used: Used,
}

impl DocumentKey {
    /// Its name in a document.
    pub fn kid(&self) -> Kid {
        self.kid
    }

    /// The signer's certificate, X.509 in DER.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// When the signer's certificate ends: nothing signed with the key is valid after that.
    pub fn expires(&self) -> Timestamp {
        self.expires
    }

    /// When it signed.
    pub fn used(&self) -> Used {
        self.used
    }

    /// Whether `signature` (r and s, 32 octets each) was made over `message` with this key.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let signature = ecdsa::Signature::from_slice(signature);
        signature.is_ok_and(|signature| self.key.verify(message, &signature).is_ok())
    }
}

/// The public half of a key for certificates of one text message.
#[derive(Clone, PartialEq)]
pub struct ShortKey {
    id: u8,
    key: ed25519_dalek::VerifyingKey,
    used: Used,
}

impl ShortKey {
    /// Its name, 0 to 15.
    pub fn id(&self) -> u8 {
        self.id
    }

    /// A name that no other key has: ids go round.
    pub fn name(&self) -> String {
        let octets = self.octets();
        let octets = octets.first_chunk::<8>().copied().unwrap_or_default();
        format!("{}:{:016x}", self.id, u64::from_be_bytes(octets))
    }

    /// The key as RFC 8032 §5.1.5 encodes it.
    pub fn octets(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// When it signed.
    pub fn used(&self) -> Used {
        self.used
    }

    /// Whether `signature` (64 octets) was made over `message` with this key. Strict: nobody can
    /// make a second signature of a first (RFC 8032 §8.4).
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let signature = ed25519_dalek::Signature::from_slice(signature);
        signature.is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
    }
}

/// What verifies: keys in use, keys that are coming, and former ones.
#[derive(Clone, PartialEq)]
pub struct PublicKeys {
    /// The one in use, one that is coming, and former ones, the newest first.
    documents: Vec<DocumentKey>,
    /// In the same order; no id twice.
    shorts: Vec<ShortKey>,
}

impl PublicKeys {
    /// The document key of that name.
    pub fn document(&self, kid: Kid) -> Option<&DocumentKey> {
        self.documents.iter().find(|key| key.kid == kid)
    }

    /// The short key of that id.
    pub fn short(&self, id: u8) -> Option<&ShortKey> {
        self.shorts.iter().find(|key| key.id == id)
    }

    /// All document keys: the one in use, one that is coming, and former ones, the newest first.
    pub fn documents(&self) -> &[DocumentKey] {
        &self.documents
    }

    /// All short keys, in the same order.
    pub fn shorts(&self) -> &[ShortKey] {
        &self.shorts
    }

    /// A name for each key that no other key has. Ids of short keys go round, so they are not enough.
    pub fn names(&self) -> Vec<String> {
        let documents = self.documents.iter().map(|key| key.kid.to_string());
        documents.chain(self.shorts.iter().map(ShortKey::name)).collect()
    }
}

/// Random octets that new keys are made of.
#[derive(Clone)]
pub struct Seed {
    /// For a document key.
    pub document: [u8; 32],
    /// For a short key.
    pub short: [u8; 32],
}

/// How long who verifies may keep the public keys, and so how long new ones are published before they sign.
pub const AHEAD: Duration = Duration::from_secs(300);

/// Which keys a rotation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Both.
    Both,
    /// The one for documents.
    Document,
    /// The one for certificates of one text message.
    Short,
}

/// The keys in use, with everything that verifies. `Debug` shows names only.
#[derive(Clone)]
pub struct Keyring {
    document: ecdsa::SigningKey,
    short: ed25519_dalek::SigningKey,
    coming: Coming,
    /// The first of each is the one in use; one that is coming stands behind it.
    public: PublicKeys,
}

/// Keys that are published, and sign nothing yet.
#[derive(Clone, Default)]
struct Coming {
    document: Option<ecdsa::SigningKey>,
    short: Option<ed25519_dalek::SigningKey>,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring")
            .field("document", &self.document_key().kid)
            .field("short", &self.short_key().id)
            .finish_non_exhaustive()
    }
}

impl Keyring {
    /// New keys of an authority, which the signer's certificate names.
    ///
    /// # Errors
    /// [`KeptError::Authority`] if no certificate can carry that name.
    pub fn new(seed: &Seed, authority: &str, now: Timestamp) -> Result<Self, KeptError> {
        let now = whole_seconds(now);
        let (document, public) = signer::draw(&seed.document, authority, now)?;
        let short = ed25519_dalek::SigningKey::from_bytes(&seed.short);
        let used = Used { created: now, retired: None };
        let shorts = vec![ShortKey { id: 0, key: short.verifying_key(), used }];
        let public = PublicKeys { documents: vec![public], shorts };
        Ok(Self { document, short, coming: Coming::default(), public })
    }

    /// What verifies.
    pub fn public(&self) -> &PublicKeys {
        &self.public
    }

    /// The public half of the document key in use.
    pub fn document_key(&self) -> &DocumentKey {
        &self.public.documents[0]
    }

    /// The public half of the short key in use.
    pub fn short_key(&self) -> &ShortKey {
        &self.public.shorts[0]
    }

    /// Signs a document: r and s, 32 octets each (RFC 7518 §3.4).
    pub fn sign_document(&self, message: &[u8]) -> [u8; 64] {
        let signature: ecdsa::Signature = ecdsa::signature::Signer::sign(&self.document, message);
        signature.to_bytes().into()
    }

    /// Signs a certificate of one text message.
    pub fn sign_short(&self, message: &[u8]) -> [u8; 64] {
        self.short.sign(message).to_bytes()
    }
}

/// Times of keys are kept and published in seconds.
fn whole_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_millis(at.millis().div_euclid(1000) * 1000)
}

#[cfg(test)]
pub(in crate::certificate) mod tests {
    use super::*;

    pub const NOW: Timestamp = Timestamp::from_millis(1_637_550_000_000);
    pub const AUTHORITY: &str = "Kementerian Kesehatan";

    pub fn seed(octet: u8) -> Seed {
        Seed { document: [octet; 32], short: [octet.wrapping_add(1); 32] }
    }

    pub fn keyring() -> Keyring {
        Keyring::new(&seed(7), AUTHORITY, NOW).unwrap()
    }

    fn later(days: u64) -> Timestamp {
        NOW.plus(Duration::from_secs(86_400 * days))
    }

    #[test]
    fn the_same_seed_makes_the_same_keys_and_signatures() {
        let (one, other) = (keyring(), keyring());
        assert_eq!(one.document_key().certificate(), other.document_key().certificate());
        assert_eq!(one.sign_document(b"words"), other.sign_document(b"words"));
        assert_eq!(one.sign_short(b"words"), other.sign_short(b"words"));
        assert_ne!(one.document_key().kid(), Kid([0; 8]));
    }

    #[test]
    fn a_key_verifies_what_it_signed_and_nothing_else() {
        let ring = keyring();
        let (document, short) = (ring.sign_document(b"words"), ring.sign_short(b"words"));
        assert!(ring.document_key().verifies(b"words", &document));
        assert!(!ring.document_key().verifies(b"Words", &document));
        assert!(!ring.document_key().verifies(b"words", &document[..63]));
        assert!(!ring.document_key().verifies(b"words", &[0; 64]));
        assert!(ring.short_key().verifies(b"words", &short));
        assert!(!ring.short_key().verifies(b"words", &document));
        assert!(!ring.short_key().verifies(b"words", b""));
    }

    #[test]
    fn a_former_key_still_verifies() {
        let old = keyring();
        let (document, short) = (old.sign_document(b"words"), old.sign_short(b"words"));
        let new = old.rotated(Which::Both, &seed(9), AUTHORITY, later(30)).unwrap();
        let former = new.public().document(old.document_key().kid()).unwrap();
        assert!(former.verifies(b"words", &document));
        assert_eq!(former.used().retired, Some(later(30)));
        assert!(new.public().short(0).unwrap().verifies(b"words", &short));
        assert_eq!(new.short_key().id(), 1);
        assert_ne!(new.document_key().kid(), old.document_key().kid());
        assert_ne!(new.sign_document(b"words"), document);
    }

    #[test]
    fn one_of_the_two_can_be_rotated() {
        let old = keyring();
        let new = old.rotated(Which::Short, &seed(9), AUTHORITY, later(1)).unwrap();
        assert_eq!(new.document_key().kid(), old.document_key().kid());
        assert_eq!(new.short_key().id(), 1);
        let new = old.rotated(Which::Document, &seed(9), AUTHORITY, later(1)).unwrap();
        assert_eq!((new.short_key().id(), new.public().documents().len()), (0, 2));
    }

    #[test]
    fn ids_of_short_keys_go_round() {
        let mut ring = keyring();
        for turn in 1..=40 {
            ring = ring.rotated(Which::Short, &seed(turn), AUTHORITY, later(turn.into())).unwrap();
            assert_eq!(ring.short_key().id(), turn % 16);
        }
        assert_eq!(ring.public().shorts().len(), 16);
        let mut ids: Vec<u8> = ring.public().shorts().iter().map(ShortKey::id).collect();
        ids.sort_unstable();
        assert_eq!(ids, (0..16).collect::<Vec<_>>());
    }

    #[test]
    fn nothing_secret_is_shown() {
        let shown = format!("{:?}", keyring());
        assert!(shown.len() < 80, "{shown}");
    }
}
