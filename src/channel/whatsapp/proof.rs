//! What proves that a request is the provider's: the signature of an event, and the word that was
//! agreed for the verification of the address. Both are compared in constant time.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// The header with the signature.
pub const SIGNATURE: &str = "x-hub-signature-256";

/// The longest challenge that is given back, in characters; real ones have ten digits.
const LONGEST_CHALLENGE: usize = 128;

/// Whether a header, `sha256=` and 64 hexadecimal digits, signs these octets: HMAC-SHA256 (RFC 2104)
/// of the body as it came. Without a secret nothing is signed.
pub fn verify(app_secret: &str, header: &str, body: &[u8]) -> bool {
    let Some(signature) = header.trim().strip_prefix("sha256=").and_then(digest) else {
        return false;
    };
    let Ok(mut keyed) = Hmac::<Sha256>::new_from_slice(app_secret.as_bytes()) else { return false };
    keyed.update(body);
    // In constant time.
    keyed.verify(&signature.into()).is_ok() && !app_secret.is_empty()
}

/// What is answered to `hub.mode=subscribe` with our word (`hub.verify_token`): the bare challenge.
/// `None` refuses.
pub fn challenge<'q>(
    verify_token: &str,
    mode: Option<&str>,
    token: Option<&str>,
    challenge: Option<&'q str>,
) -> Option<&'q str> {
    let token = token.unwrap_or_default();
    let is_ours =
        !verify_token.is_empty() && bool::from(token.as_bytes().ct_eq(verify_token.as_bytes()));
    // It is written into an answer: letters and digits only.
    let harmless = |text: &&str| {
        text.len() <= LONGEST_CHALLENGE
            && text.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-_.".contains(&octet))
    };
    challenge.filter(harmless).filter(|_| is_ours && mode == Some("subscribe"))
}

fn digest(text: &str) -> Option<[u8; 32]> {
    let digits: &[u8; 64] = text.as_bytes().try_into().ok()?;
    let mut octets = [0; 32];
    for (octet, pair) in octets.iter_mut().zip(digits.chunks_exact(2)) {
        let mut value = 0;
        for digit in pair {
            value = value * 16 + char::from(*digit).to_digit(16)?;
        }
        *octet = u8::try_from(value).ok()?;
    }
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `wire.md` §5: the HMAC of "test" by "secret".
    const SIGNED: &str = "sha256=0329a06b62cd16b33eb6792be8c60b158d89a2ee3a876fce9a881ebb488c0914";

    #[test]
    fn a_signature_is_of_this_body_and_this_secret() {
        assert!(verify("secret", SIGNED, b"test"));
        assert!(verify("secret", &SIGNED.to_uppercase().replace("SHA256", "sha256"), b"test"));
        for (secret, header, body) in [
            ("secret", SIGNED, &b"test "[..]),
            ("Secret", SIGNED, b"test"),
            ("", SIGNED, b"test"),
            ("secret", &SIGNED[7..], b"test"),
            ("secret", &SIGNED[..70], b"test"),
            ("secret", "sha256=", b"test"),
            ("secret", "", b"test"),
            ("secret", &SIGNED.replace('0', "g"), b"test"),
            ("secret", &SIGNED.replace("sha256", "sha1"), b"test"),
        ] {
            assert!(!verify(secret, header, body), "{secret} {header}");
        }
        // Whoever has no secret yet must not be open to everybody.
        let keyed = Hmac::<Sha256>::new_from_slice(b"").unwrap().chain_update(b"test").finalize();
        let hex: String = keyed.into_bytes().iter().map(|octet| format!("{octet:02x}")).collect();
        assert!(!verify("", &format!("sha256={hex}"), b"test"));
    }

    #[test]
    fn the_challenge_is_for_who_knows_the_word() {
        let ask = |mode, token, text| challenge("our word", mode, token, text);
        let subscribe = Some("subscribe");
        assert_eq!(ask(subscribe, Some("our word"), Some("1158201444")), Some("1158201444"));
        for (mode, token, text) in [
            (subscribe, Some("other"), Some("1158201444")),
            (subscribe, None, Some("1158201444")),
            (Some("unsubscribe"), Some("our word"), Some("1158201444")),
            (None, Some("our word"), Some("1158201444")),
            (subscribe, Some("our word"), Some("<script>")),
            (subscribe, Some("our word"), None),
        ] {
            assert_eq!(ask(mode, token, text), None);
        }
        assert_eq!(challenge("", subscribe, Some(""), Some("1")), None);
    }
}
