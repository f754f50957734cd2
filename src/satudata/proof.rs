//! What proves a request: HMAC-SHA256 (RFC 2104) over time, nonce, method, target and body, in the headers
//! that our own callbacks have as well, so that nothing of a request can be changed or sent a second time.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::clock::Timestamp;

/// Who asks, as the record calls us.
pub const CLIENT: &str = "x-setara-client";
/// Seconds since 1970.
pub const TIMESTAMP: &str = "x-setara-timestamp";
/// What no other request of the window has.
pub const NONCE: &str = "x-setara-nonce";
/// The signature, in hexadecimal digits.
pub const SIGNATURE: &str = "x-setara-signature";

/// The headers that sign a request: time, nonce, signature.
pub fn sign(
    secret: &str,
    (method, target, body): (&str, &str, &[u8]),
    nonce: u128,
    now: Timestamp,
) -> [(&'static str, String); 3] {
    let (time, nonce) = ((now.millis() / 1000).to_string(), format!("{nonce:032x}"));
    let mut keyed: Hmac<Sha256> =
        KeyInit::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    for part in [time.as_bytes(), b"\n", nonce.as_bytes(), b"\n", method.as_bytes(), b"\n"] {
        keyed.update(part);
    }
    for part in [target.as_bytes(), b"\n", body] {
        keyed.update(part);
    }
    let signature = keyed.finalize().into_bytes();
    let signature = signature.iter().map(|octet| format!("{octet:02x}")).collect();
    [(TIMESTAMP, time), (NONCE, nonce), (SIGNATURE, signature)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_sent_is_signed() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let of = |secret, request, nonce| sign(secret, request, nonce, now)[2].1.clone();
        let good = of("a secret of ours", ("POST", "/v1/x", b"{}".as_slice()), 1);
        assert_eq!(good.len(), 64);
        for other in [
            of("another secret", ("POST", "/v1/x", b"{}".as_slice()), 1),
            of("a secret of ours", ("GET", "/v1/x", b"{}".as_slice()), 1),
            of("a secret of ours", ("POST", "/v1/y", b"{}".as_slice()), 1),
            of("a secret of ours", ("POST", "/v1/x", b"{ }".as_slice()), 1),
            of("a secret of ours", ("POST", "/v1/x", b"{}".as_slice()), 2),
        ] {
            assert_ne!(good, other);
        }
    }
}
