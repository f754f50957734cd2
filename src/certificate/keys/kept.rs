//! A keyring as it is kept: a text in TOML. The key of each kind that signs stands first and has its
//! private half; one that is coming stands second and has it, too; former ones have none.

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE as HEX};
use p256::ecdsa;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Coming, Keyring, PublicKeys, SHORT_KEYS, ShortKey, Used, signer};
use crate::clock::Timestamp;

/// Why a text is no keyring. No message repeats anything of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeptError {
    /// It is not of this form.
    #[error("{0}")]
    Form(&'static str),
    /// No certificate can carry this name.
    #[error("no certificate can carry the name of this authority")]
    Authority,
}

const HEAD: &str = "# Keys that sign certificates. Keep a copy in a safe place: whoever has this \
    file can sign in\n# your name, and without it nothing new can be signed. The first of a kind \
    signs; a second one with\n# its private half is coming (`setara keys`); the others only verify \
    what they signed.\n\n";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    document: Vec<KeptDocument>,
    short: Vec<KeptShort>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptDocument {
    #[serde(skip_serializing_if = "Option::is_none")]
    private: Option<String>,
    certificate: String,
    created: jiff::Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    retired: Option<jiff::Timestamp>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptShort {
    id: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    private: Option<String>,
    public: String,
    created: jiff::Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    retired: Option<jiff::Timestamp>,
}

impl Keyring {
    /// The keyring as a text to keep. It has the private halves in it.
    pub fn to_text(&self) -> String {
        let Coming { document, short } = &self.coming;
        let coming = document.as_ref().map(|key| HEX.encode(&key.to_bytes()));
        let mut private = [Some(HEX.encode(&self.document.to_bytes())), coming].into_iter();
        let document = self.public.documents().iter().map(|key| KeptDocument {
            private: private.next().flatten(),
            certificate: BASE64.encode(&key.certificate),
            created: shown(key.used.created),
            retired: key.used.retired.map(shown),
        });
        let document = document.collect();
        let coming = short.as_ref().map(|key| HEX.encode(key.as_bytes()));
        let mut private = [Some(HEX.encode(self.short.as_bytes())), coming].into_iter();
        let short = self.public.shorts().iter().map(|key| KeptShort {
            id: key.id,
            private: private.next().flatten(),
            public: HEX.encode(&key.octets()),
            created: shown(key.used.created),
            retired: key.used.retired.map(shown),
        });
        let kept = Kept { document, short: short.collect() };
        // Texts, numbers and tables of them: nothing that TOML could refuse.
        format!("{HEAD}{}", toml::to_string(&kept).unwrap_or_default())
    }

    /// Reads what [`Keyring::to_text`] wrote.
    ///
    /// # Errors
    /// See [`KeptError`].
    pub fn from_text(text: &str) -> Result<Self, KeptError> {
        // The parser's own error quotes the line it stumbled over, and that may be a key.
        let kept: Kept = toml::from_str(text).map_err(|_| {
            KeptError::Form("`[[document]]` and `[[short]]` are needed, with their keys and times")
        })?;
        let document = kept.document.first().and_then(KeptDocument::signs).ok_or(
            KeptError::Form("the first `[[document]]` needs `private`, 64 hexadecimal digits"),
        )?;
        let short = kept.short.first().and_then(KeptShort::signs).ok_or(KeptError::Form(
            "the first `[[short]]` needs `private`, 64 hexadecimal digits",
        ))?;
        let coming = Coming {
            document: kept.document.get(1).and_then(KeptDocument::signs),
            short: kept.short.get(1).and_then(KeptShort::signs),
        };
        let public = public(&kept)?;
        let ring = Self { document, short, coming, public };
        ring.fits()?;
        Ok(ring)
    }

    /// Private and public halves belong together.
    fn fits(&self) -> Result<(), KeptError> {
        if *self.document.verifying_key() != self.document_key().key {
            return Err(KeptError::Form("the first `[[document]]` has another key's certificate"));
        }
        if self.short.verifying_key() != self.short_key().key {
            return Err(KeptError::Form("the first `[[short]]` has another key's public half"));
        }
        let Coming { document, short } = &self.coming;
        let certified = self.public.documents.get(1).map(|key| &key.key);
        if document.as_ref().is_some_and(|key| Some(key.verifying_key()) != certified) {
            return Err(KeptError::Form("the second `[[document]]` has another key's certificate"));
        }
        let published = self.public.shorts.get(1).map(|key| key.key);
        if short.as_ref().is_some_and(|key| Some(key.verifying_key()) != published) {
            return Err(KeptError::Form("the second `[[short]]` has another key's public half"));
        }
        Ok(())
    }
}

impl KeptDocument {
    /// The key, if it signs or will.
    fn signs(&self) -> Option<ecdsa::SigningKey> {
        let private = self.private.as_deref().filter(|_| self.retired.is_none())?;
        ecdsa::SigningKey::from_slice(&octets(private)?).ok()
    }
}

impl KeptShort {
    /// The key, if it signs or will.
    fn signs(&self) -> Option<ed25519_dalek::SigningKey> {
        let private = self.private.as_deref().filter(|_| self.retired.is_none())?;
        Some(ed25519_dalek::SigningKey::from_bytes(&octets(private)?))
    }
}

fn public(kept: &Kept) -> Result<PublicKeys, KeptError> {
    let mut documents = Vec::with_capacity(kept.document.len());
    for key in &kept.document {
        let used = used(key.created, key.retired);
        let certificate = BASE64.decode(key.certificate.as_bytes()).ok();
        let key = certificate.and_then(|certificate| signer::read(certificate, used));
        documents.push(key.ok_or(KeptError::Form(
            "`certificate` is an X.509 certificate of a P-256 key, in Base64",
        ))?);
    }
    let mut shorts: Vec<ShortKey> = Vec::with_capacity(kept.short.len());
    for short in &kept.short {
        if usize::from(short.id) >= SHORT_KEYS || shorts.iter().any(|key| key.id == short.id) {
            return Err(KeptError::Form("ids of `[[short]]` are from 0 to 15, and none twice"));
        }
        let key = octets(&short.public)
            .and_then(|octets| ed25519_dalek::VerifyingKey::from_bytes(&octets).ok())
            .ok_or(KeptError::Form("`public` is an Ed25519 key, 64 hexadecimal digits"))?;
        shorts.push(ShortKey { id: short.id, key, used: used(short.created, short.retired) });
    }
    Ok(PublicKeys { documents, shorts })
}

fn octets(digits: &str) -> Option<[u8; 32]> {
    HEX.decode(digits.as_bytes()).ok()?.try_into().ok()
}

fn used(created: jiff::Timestamp, retired: Option<jiff::Timestamp>) -> Used {
    let at = |time: jiff::Timestamp| Timestamp::from_millis(time.as_millisecond());
    Used { created: at(created), retired: retired.map(at) }
}

/// As RFC 3339 writes it.
pub(super) fn shown(at: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(at.millis()).unwrap_or(jiff::Timestamp::MAX)
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
    fn what_is_kept_comes_back() {
        let ring = keyring().rotated(Which::Both, &seed(9), AUTHORITY, NOW).unwrap();
        let back = Keyring::from_text(&ring.to_text()).unwrap();
        assert!(back.public() == ring.public());
        assert_eq!(back.sign_document(b"words"), ring.sign_document(b"words"));
        assert_eq!(back.sign_short(b"words"), ring.sign_short(b"words"));
    }

    #[test]
    fn a_former_key_leaves_its_private_half_behind() {
        let old = keyring();
        let text = old.rotated(Which::Both, &seed(9), AUTHORITY, NOW).unwrap().to_text();
        assert_eq!(text.matches("private = ").count(), 2);
        assert!(!text.contains(&HEX.encode(&old.document.to_bytes())));
        assert!(!text.contains(&HEX.encode(old.short.as_bytes())));
    }

    #[test]
    fn what_is_no_keyring_is_refused_without_being_quoted() {
        let text = keyring().to_text();
        let other = keyring().rotated(Which::Both, &seed(9), AUTHORITY, NOW).unwrap().to_text();
        let line = |text: &str, starts: &str| {
            text.lines().find(|line| line.starts_with(starts)).unwrap().to_owned()
        };
        let swap = |starts: &str, by: &str| text.replace(&line(&text, starts), by);
        let more = keyring().added(Which::Both, &seed(9), AUTHORITY, NOW).unwrap().to_text();
        let private: Vec<&str> = more.lines().filter(|line| line.starts_with("private")).collect();
        assert!(private.len() == 4 && Keyring::from_text(&more).is_ok());
        let rows = [
            more.replace(private[1], private[0]),
            more.replace(private[3], private[2]),
            String::new(),
            text.replace("[[short]]", "[[shorts]]"),
            swap("certificate", "certificate = \"AAAA\""),
            swap("certificate", &line(&other, "certificate")),
            swap("public", &line(&other, "public")),
            swap("public", "public = \"secret\""),
            swap("id", "id = 16"),
            swap("private", "private = \"secret\""),
            swap("private", &format!("private = \"{}\"", "0".repeat(64))),
            swap("private", "# private"),
            format!("{text}\nsecret = 1"),
        ];
        for text in rows {
            let refused = Keyring::from_text(&text).expect_err("a refusal").to_string();
            assert!(!refused.contains("secret"), "{refused}");
        }
    }
}
