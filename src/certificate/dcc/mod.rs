//! The EU Digital COVID Certificate: what the code on the page says.
//!
//! `HC1:` + Base45 (RFC 9285) of zlib (RFC 1950) of a COSE_Sign1 (RFC 9052 §4.2) over a CWT (RFC
//! 8392) that carries the certificate in CBOR (eHN "Electronic Health Certificate Specification"
//! 1.0.5, "DCC schema" 1.3.0). [`sign`] writes one, [`verify`] reads one: strict, bounded, and
//! without a panic whatever it is given. Must not know whether a certificate was revoked.

mod content;
mod name;

use std::io::Read;

use ciborium::Value;
use coset::{
    CborSerializable, CoseSign1, CoseSign1Builder, HeaderBuilder, RegisteredLabelWithPrivate,
    TaggedCborSerializable, iana,
};
use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use jiff::civil::Date;
use thiserror::Error;

use super::{
    CertificateId, Issuer, Keyring, Paper, Product, PublicKeys, Unmade,
    keys::{DocumentKey, Kid},
};
use crate::clock::Timestamp;

/// What every code begins with.
pub const PREFIX: &str = "HC1:";

/// Characters that a code of the largest size has room for (ISO/IEC 18004, 40-L).
const LONGEST: usize = 4296;

/// Octets of a certificate before it is packed; one of ours has about 400.
const MOST_OCTETS: u64 = 16 * 1024;

/// Clocks go wrong by so much, in milliseconds.
const SKEW: i64 = 5 * 60 * 1000;

/// What a certificate says that was found good.
#[derive(Clone, PartialEq)]
pub struct Seen {
    /// Its number.
    pub id: CertificateId,
    /// Surname, or the only name.
    pub surname: String,
    /// Forenames; empty where there is one name only.
    pub forename: String,
    /// When the holder was born.
    pub birth: Date,
    /// The vaccine.
    pub product: Product,
    /// Which dose, of how many: see [`Paper::doses`].
    pub doses: (u8, u8),
    /// When it was given.
    pub given_on: Date,
    /// Who made the certificate out.
    pub authority: String,
    /// When it was made out.
    pub issued: Timestamp,
    /// Until when it is good.
    pub expires: Timestamp,
    /// The key that signed it.
    pub kid: Kid,
}

/// Nothing of a person.
impl std::fmt::Debug for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seen").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl Seen {
    /// The whole name, forenames first.
    pub fn name(&self) -> String {
        format!("{} {}", self.forename, self.surname).trim().to_owned()
    }
}

/// Why a text is no good certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WhyNot {
    /// It does not begin as one, or is longer than any.
    #[error("this is no health certificate")]
    NotHc1,
    /// A character that Base45 has not, or one that is missing.
    #[error("the text is damaged: it is not Base45")]
    Base45,
    /// It cannot be unpacked, or is far too large.
    #[error("the text is damaged: it cannot be unpacked")]
    Zlib,
    /// It is not signed as such a document is.
    #[error("it is not signed as a health certificate is")]
    Cose,
    /// Nobody here knows the key it names.
    #[error("the key that signed it is not known")]
    UnknownKey,
    /// The signature is not that of the key.
    #[error("the signature is wrong")]
    Signature,
    /// It was good, and is no more.
    #[error("it has expired")]
    Expired,
    /// It will be good.
    #[error("it is not good yet")]
    NotYet,
    /// The signature is right, and what it says is no vaccination.
    #[error("it does not say what a vaccination certificate says")]
    Content,
}

impl WhyNot {
    /// Whether nobody here can say anything of it: it came damaged, is something else, or a key signed it
    /// that is not known. That is no word of ours that it is false.
    pub fn is_unreadable(self) -> bool {
        match self {
            Self::NotHc1 | Self::Base45 | Self::Zlib | Self::Cose | Self::UnknownKey => true,
            Self::Signature | Self::Expired | Self::NotYet | Self::Content => false,
        }
    }
}

/// Makes a certificate out: the text of its code. The same arguments make the same text.
///
/// # Errors
/// [`Unmade::KeyRanOut`] where nobody would accept what the key signs.
pub fn sign(
    paper: &Paper,
    keyring: &Keyring,
    issuer: &Issuer,
    now: Timestamp,
) -> Result<String, Unmade> {
    let signer = keyring.document_key();
    // What outlives its signer's certificate is refused by verifiers.
    let until = now.plus(issuer.good_for).min(signer.expires());
    if until <= now {
        return Err(Unmade::KeyRanOut);
    }
    let claims = content::claims(paper, &issuer.authority, now, until);
    let mut payload = Vec::new();
    ciborium::into_writer(&claims, &mut payload).map_err(|_| Unmade::Unwritten("CBOR"))?;
    let protected = HeaderBuilder::new()
        .algorithm(iana::Algorithm::ES256)
        .key_id(signer.kid().0.to_vec())
        .build();
    let signed = CoseSign1Builder::new()
        .protected(protected)
        .payload(payload)
        .create_signature(b"", |message| keyring.sign_document(message).to_vec())
        .build()
        .to_tagged_vec()
        .map_err(|_| Unmade::Unwritten("COSE"))?;
    let packed = deflate(&signed).map_err(|_| Unmade::Unwritten("zlib"))?;
    Ok(format!("{PREFIX}{}", base45::encode(packed)))
}

fn deflate(octets: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    std::io::Write::write_all(&mut encoder, octets)?;
    encoder.finish()
}

/// Reads the text of a code, as a scanner gives it.
///
/// # Errors
/// See [`WhyNot`]: the first thing that is wrong, from the outside to the inside.
pub fn verify(text: &str, keys: &PublicKeys, now: Timestamp) -> Result<Seen, WhyNot> {
    let text = text.trim();
    let body = text.strip_prefix(PREFIX).filter(|_| text.len() <= LONGEST);
    let packed = base45::decode(body.ok_or(WhyNot::NotHc1)?).map_err(|_| WhyNot::Base45)?;
    let document = read_cose(&inflate(&packed)?)?;
    let key = signer(&document, keys)?;
    document.verify_signature(b"", |signature, message| {
        if key.verifies(message, signature) { Ok(()) } else { Err(WhyNot::Signature) }
    })?;
    let payload = document.payload.as_deref().ok_or(WhyNot::Content)?;
    let claims: Value = ciborium::from_reader(payload).map_err(|_| WhyNot::Content)?;
    let seen = content::read(&claims, key.kid()).ok_or(WhyNot::Content)?;
    if seen.issued.millis() > now.millis().saturating_add(SKEW) {
        return Err(WhyNot::NotYet);
    }
    if seen.expires <= now || key.expires() <= now {
        return Err(WhyNot::Expired);
    }
    Ok(seen)
}

/// No more than is allowed is ever unpacked, and nothing stands behind it.
fn inflate(packed: &[u8]) -> Result<Vec<u8>, WhyNot> {
    let mut decoder = ZlibDecoder::new(packed);
    let mut octets = Vec::new();
    let read = decoder.by_ref().take(MOST_OCTETS + 1).read_to_end(&mut octets);
    let whole = decoder.total_in() == packed.len() as u64;
    match read {
        Ok(_) if octets.len() as u64 <= MOST_OCTETS && whole => Ok(octets),
        _ => Err(WhyNot::Zlib),
    }
}

/// With its tag, as the specification has it, or without, as some countries sign.
fn read_cose(octets: &[u8]) -> Result<CoseSign1, WhyNot> {
    let document = CoseSign1::from_tagged_slice(octets).or_else(|_| CoseSign1::from_slice(octets));
    let document = document.map_err(|_| WhyNot::Cose)?;
    let header = &document.protected.header;
    let es256 = RegisteredLabelWithPrivate::Assigned(iana::Algorithm::ES256);
    // What is marked as critical has to be understood (RFC 9052 §3.1), and we know nothing such.
    if header.alg != Some(es256) || !header.crit.is_empty() || document.payload.is_none() {
        return Err(WhyNot::Cose);
    }
    Ok(document)
}

fn signer<'k>(document: &CoseSign1, keys: &'k PublicKeys) -> Result<&'k DocumentKey, WhyNot> {
    // The protected one goes before the other (eHN specification §3.3.2).
    let protected = &document.protected.header.key_id;
    let kid = if protected.is_empty() { &document.unprotected.key_id } else { protected };
    let kid = <[u8; 8]>::try_from(kid.as_slice()).map_err(|_| WhyNot::UnknownKey)?;
    keys.document(Kid(kid)).ok_or(WhyNot::UnknownKey)
}

#[cfg(test)]
mod tests;
