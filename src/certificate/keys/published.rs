//! Public keys as they are published: a JWK Set (RFC 7517 §5). Document keys carry the signer's
//! certificate (`x5c`, §4.7) and are named by its `kid`; short keys are Ed25519 (RFC 8037 §2), named
//! by their number. `created` and `retired` are ours.

use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{DocumentKey, PublicKeys, ShortKey, Used, kept::shown, signer};
use crate::clock::Timestamp;

/// Most keys that are read: a set that somebody hands us is no longer.
const MOST: usize = 1000;

/// Why a text is no set of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("this is no set of public keys as `/keys` shows them")]
pub struct PublishedError;

#[derive(Serialize, Deserialize)]
struct Set {
    keys: Vec<Jwk>,
}

#[derive(Serialize, Deserialize)]
struct Jwk {
    kty: String,
    crv: String,
    alg: String,
    #[serde(rename = "use")]
    for_what: String,
    kid: String,
    x: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    y: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    x5c: Vec<String>,
    created: jiff::Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retired: Option<jiff::Timestamp>,
}

impl PublicKeys {
    /// The keys as a JWK Set in JSON, the newest of each kind first.
    pub fn to_json(&self) -> String {
        let documents = self.documents.iter().map(document);
        let keys = documents.chain(self.shorts.iter().map(short)).collect();
        // Texts only: nothing that JSON could refuse.
        serde_json::to_string_pretty(&Set { keys }).unwrap_or_default()
    }

    /// Reads a set that [`PublicKeys::to_json`] wrote; keys of other kinds are passed over.
    ///
    /// # Errors
    /// [`PublishedError`] if it is no such set or has no key that is known.
    pub fn from_json(text: &str) -> Result<Self, PublishedError> {
        let set: Set = serde_json::from_str(text).map_err(|_| PublishedError)?;
        let mut read = Self { documents: Vec::new(), shorts: Vec::new() };
        for jwk in set.keys.iter().take(MOST) {
            match (jwk.kty.as_str(), jwk.crv.as_str()) {
                ("EC", "P-256") => read.documents.push(read_document(jwk).ok_or(PublishedError)?),
                ("OKP", "Ed25519") => read.shorts.push(read_short(jwk).ok_or(PublishedError)?),
                _ => {}
            }
        }
        if read.documents.is_empty() && read.shorts.is_empty() {
            return Err(PublishedError);
        }
        Ok(read)
    }
}

fn document(key: &DocumentKey) -> Jwk {
    let point = key.key.to_sec1_point(false);
    let half = |octets: Option<&[u8]>| BASE64URL_NOPAD.encode(octets.unwrap_or_default());
    Jwk {
        kty: "EC".into(),
        crv: "P-256".into(),
        alg: "ES256".into(),
        for_what: "sig".into(),
        kid: key.kid.to_string(),
        x: half(point.x().map(|x| x.as_slice())),
        y: Some(half(point.y().map(|y| y.as_slice()))),
        x5c: vec![BASE64.encode(&key.certificate)],
        created: shown(key.used.created),
        retired: key.used.retired.map(shown),
    }
}

fn short(key: &ShortKey) -> Jwk {
    Jwk {
        kty: "OKP".into(),
        crv: "Ed25519".into(),
        alg: "EdDSA".into(),
        for_what: "sig".into(),
        kid: key.id.to_string(),
        x: BASE64URL_NOPAD.encode(&key.octets()),
        y: None,
        x5c: Vec::new(),
        created: shown(key.used.created),
        retired: key.used.retired.map(shown),
    }
}

/// The certificate says it all; the rest is for those who read no certificates.
fn read_document(jwk: &Jwk) -> Option<DocumentKey> {
    let certificate = BASE64.decode(jwk.x5c.first()?.as_bytes()).ok()?;
    signer::read(certificate, used(jwk))
}

fn read_short(jwk: &Jwk) -> Option<ShortKey> {
    let id = jwk.kid.parse().ok().filter(|id| usize::from(*id) < super::SHORT_KEYS)?;
    let octets: [u8; 32] = BASE64URL_NOPAD.decode(jwk.x.as_bytes()).ok()?.try_into().ok()?;
    let key = ed25519_dalek::VerifyingKey::from_bytes(&octets).ok()?;
    Some(ShortKey { id, key, used: used(jwk) })
}

fn used(jwk: &Jwk) -> Used {
    let at = |time: jiff::Timestamp| Timestamp::from_millis(time.as_millisecond());
    Used { created: at(jwk.created), retired: jwk.retired.map(at) }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            Which,
            tests::{AUTHORITY, NOW, keyring, seed},
        },
        *,
    };

    #[test]
    fn what_is_published_is_read_again() {
        let ring = keyring().rotated(Which::Both, &seed(9), AUTHORITY, NOW).unwrap();
        let json = ring.public().to_json();
        assert!(PublicKeys::from_json(&json).unwrap() == *ring.public());
        assert!(!json.contains("\"d\""), "a private half");
    }

    #[test]
    fn what_is_no_set_is_refused() {
        let json = keyring().public().to_json();
        let rows = [
            String::new(),
            "{}".into(),
            "{\"keys\": []}".into(),
            json.replace("x5c", "x5t"),
            json.replace("\"kid\": \"0\"", "\"kid\": \"16\""),
        ];
        for text in rows {
            assert!(PublicKeys::from_json(&text).is_err(), "{text}");
        }
    }
}
