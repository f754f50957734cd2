//! The document key with the certificate that verifiers know it by: an X.509 certificate (RFC 5280)
//! that the key signs itself, as a country hands it to those who verify.

use std::{str::FromStr, time::Duration};

use p256::ecdsa::{DerSignature, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use x509_cert::{
    Certificate, TbsCertificate,
    builder::{Builder, CertificateBuilder, profile::BuilderProfile},
    der::{
        self, Decode, Encode,
        asn1::{GeneralizedTime, ObjectIdentifier},
    },
    ext::{
        Extension, ToExtension,
        pkix::{
            AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages,
            SubjectKeyIdentifier,
        },
    },
    name::Name,
    serial_number::SerialNumber,
    spki::{DecodePublicKey, SubjectPublicKeyInfo, SubjectPublicKeyInfoRef},
    time::{Time, Validity},
};

use super::{DocumentKey, KeptError, Kid, Used};
use crate::clock::Timestamp;

/// How long a signer's certificate is good: a key signs for a year or two, and what it signed last
/// has to outlive that.
const GOOD_FOR: Duration = Duration::from_secs(5 * 365 * 86_400);

/// "May sign vaccination certificates" (eHN "Public Key Certificate Governance" 1.02 §5.3.2).
const SIGNS_VACCINATIONS: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.1847.2021.1.2");

/// A key and its certificate.
pub(super) fn draw(
    seed: &[u8; 32],
    authority: &str,
    now: Timestamp,
) -> Result<(SigningKey, DocumentKey), KeptError> {
    let key = scalar(*seed);
    let certificate = certificate(&key, authority, now).map_err(|_| KeptError::Authority)?;
    let used = Used { created: now, retired: None };
    let public = read(certificate, used).ok_or(KeptError::Authority)?;
    Ok((key, public))
}

/// One in four thousand million seeds is no number below the order of the curve; its digest is one.
fn scalar(mut seed: [u8; 32]) -> SigningKey {
    loop {
        match SigningKey::from_slice(&seed) {
            Ok(key) => return key,
            Err(_) => seed = Sha256::digest(seed).into(),
        }
    }
}

/// The public half, as the certificate has it. `None` if this is no certificate of a P-256 key.
pub(super) fn read(certificate: Vec<u8>, used: Used) -> Option<DocumentKey> {
    let parsed = Certificate::from_der(&certificate).ok()?;
    let public = parsed.tbs_certificate().subject_public_key_info().to_der().ok()?;
    let key = VerifyingKey::from_public_key_der(&public).ok()?;
    let until = parsed.tbs_certificate().validity().not_after.to_unix_duration();
    let expires = Timestamp::from_millis(i64::try_from(until.as_millis()).ok()?);
    Some(DocumentKey { kid: Kid::of(&certificate), certificate, expires, key, used })
}

fn certificate(
    key: &SigningKey,
    authority: &str,
    now: Timestamp,
) -> Result<Vec<u8>, x509_cert::builder::Error> {
    let public = SubjectPublicKeyInfo::from_key(key.verifying_key())?;
    // RFC 5280 §4.1.2.2: positive, at most 20 octets, never the same twice; a key is never the same.
    let digest: [u8; 32] = Sha256::digest(public.to_der()?).into();
    let mut serial = [0; 16];
    serial.copy_from_slice(&digest[..16]);
    serial[0] = serial[0] & 0x3f | 0x40;
    let validity = Validity::new(time(now)?, time(now.plus(GOOD_FOR))?);
    let serial = SerialNumber::new(&serial)?;
    let builder = CertificateBuilder::new(Signer(name(authority)?), serial, validity, public)?;
    Ok(builder.build::<_, DerSignature>(key)?.to_der()?)
}

fn time(at: Timestamp) -> der::Result<Time> {
    let seconds = u64::try_from(at.millis() / 1000).unwrap_or(0);
    Ok(Time::GeneralTime(GeneralizedTime::from_unix_duration(Duration::from_secs(seconds))?))
}

/// RFC 4514 §2.4: some signs are escaped.
fn name(authority: &str) -> der::Result<Name> {
    let mut escaped = String::with_capacity(authority.len());
    for char in authority.trim().chars() {
        if matches!(char, ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '#' | '=') {
            escaped.push('\\');
        }
        escaped.push(char);
    }
    Name::from_str(&format!("CN=Setara signer,O={escaped},C=ID"))
}

/// What a signer's certificate says beside the key: it signs documents, and no certificates.
struct Signer(Name);

impl BuilderProfile for Signer {
    fn get_issuer(&self, subject: &Name) -> Name {
        subject.clone()
    }

    fn get_subject(&self) -> Name {
        self.0.clone()
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        issuer: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        let mut all: Vec<Extension> = Vec::new();
        let subject = tbs.subject();
        let basic = BasicConstraints { ca: false, path_len_constraint: None };
        all.push(AuthorityKeyIdentifier::try_from(issuer)?.to_extension(subject, &all)?);
        all.push(SubjectKeyIdentifier::try_from(key)?.to_extension(subject, &all)?);
        all.push(basic.to_extension(subject, &all)?);
        all.push(KeyUsage(KeyUsages::DigitalSignature.into()).to_extension(subject, &all)?);
        all.push(ExtendedKeyUsage(vec![SIGNS_VACCINATIONS]).to_extension(subject, &all)?);
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_637_550_000_000);

    #[test]
    fn every_seed_makes_a_key() {
        for seed in [[0; 32], [0xff; 32], [1; 32]] {
            let (key, public) = draw(&seed, "Kementerian Kesehatan", NOW).unwrap();
            assert_eq!(*key.verifying_key(), public.key);
        }
    }

    #[test]
    fn the_certificate_is_of_that_authority_and_five_years() {
        let (_, public) = draw(&[1; 32], "Kemenkes, R.I. \"Pusat\" = #1", NOW).unwrap();
        let parsed = Certificate::from_der(&public.certificate).unwrap();
        let tbs = parsed.tbs_certificate();
        assert!(tbs.subject().to_string().ends_with(",C=ID"), "{}", tbs.subject());
        assert!(tbs.subject().to_string().contains("Pusat"));
        assert_eq!(tbs.subject(), tbs.issuer());
        assert_eq!(public.expires, NOW.plus(GOOD_FOR));
        assert_eq!(public.kid, Kid::of(&public.certificate));
    }

    #[test]
    fn what_is_no_certificate_is_none() {
        let used = Used { created: NOW, retired: None };
        assert!(read(Vec::new(), used).is_none());
        assert!(read(b"no certificate".to_vec(), used).is_none());
    }
}
