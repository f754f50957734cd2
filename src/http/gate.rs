//! Who may call: what proves an aggregator, before a word of its request is read.
//!
//! A `phoneNumber` means nothing without it. Two proofs: a signature (HMAC-SHA256, RFC 2104) over
//! time, nonce, method, target and body, so that nothing of a request can be changed or sent a
//! second time; or a secret in a header, for those who can send nothing better. Beside them, from
//! which networks a call may come. Everything is compared in constant time.
//!
//! Nonces are remembered by the node. What is replayed to another node within the window, or after a restart,
//! meets the receipts of the turns where messages are numbered; where nothing tells a replayed message from the
//! next one, the nonce goes with the turn into the row of its session ([`Gate::admit`]).

use std::{
    collections::HashSet,
    mem,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use axum::http::{HeaderMap, request::Parts};
use hmac::{Hmac, KeyInit, Mac};
use ipnet::IpNet;
use sha2::Sha256;
use thiserror::Error;

use crate::{
    channel::Nonce,
    clock::Timestamp,
    config::{Callback, Proof},
};

/// How far the caller's clock may be from ours.
pub const WINDOW: Duration = Duration::from_secs(300);

/// A request can be signed a window ahead, and is good until a window after.
const GOOD_FOR: Duration = Duration::from_secs(2 * WINDOW.as_secs());

/// Seconds since 1970 when a request was signed.
pub const TIMESTAMP: &str = "x-setara-timestamp";
/// What no other request of the window has.
pub const NONCE: &str = "x-setara-nonce";
/// The signature, in hexadecimal digits.
pub const SIGNATURE: &str = "x-setara-signature";

/// The longest nonce, in octets.
const LONGEST_NONCE: usize = 128;

/// Nonces remembered of a back end of our own at most, twice: those of an account are counted by the
/// configuration.
const MOST_NONCES: usize = 300_000;

/// Why a call is not let in. None of them says how near it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refused {
    /// It comes from a network that may not call.
    #[error("callback from a network that is not allowed")]
    Network,
    /// Nothing proves who called.
    #[error("callback without a proof")]
    Unproved,
    /// It was signed too long ago, or in the future.
    #[error("callback out of its time")]
    Stale,
    /// It was here before.
    #[error("callback replayed")]
    Replayed,
    /// More signed calls than can be remembered.
    #[error("callbacks beyond what is remembered")]
    Crowded,
}

/// A request, as far as it can be proved.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// Who opened the connection.
    pub peer: IpAddr,
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// Its method, such as `POST`.
    pub method: &'a str,
    /// Path and query as they came.
    pub target: &'a str,
    /// Its body as it came.
    pub body: &'a [u8],
    /// When it came.
    pub at: Timestamp,
}

impl<'a> Call<'a> {
    /// A request that came whole.
    pub fn of(parts: &'a Parts, body: &'a [u8], peer: IpAddr, at: Timestamp) -> Self {
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let (headers, method) = (&parts.headers, parts.method.as_str());
        Self { peer, headers, method, target, body, at }
    }
}

/// From where callers come: the networks that may call, none for all of them, and the proxies before us whose
/// word on that is believed.
#[derive(Debug, Clone, Default)]
pub struct Whence {
    /// Networks that may call.
    pub allow: Vec<IpNet>,
    /// Proxies of ours.
    pub proxies: Vec<IpNet>,
}

/// The gate of one account.
pub struct Gate {
    proof: Proof,
    keyed: Hmac<Sha256>,
    secret: String,
    header: String,
    allow: Vec<IpNet>,
    proxies: Vec<IpNet>,
    seen: Mutex<Nonces>,
}

impl Gate {
    /// A gate for calls that are signed by a secret, from these networks.
    pub fn signed_by(secret: &str, from: Whence, now: Timestamp) -> Self {
        let keyed = KeyInit::new_from_slice(secret.as_bytes());
        Self {
            proof: Proof::Hmac,
            keyed: keyed.expect("HMAC takes a key of any length"),
            secret: String::new(),
            header: String::new(),
            allow: from.allow,
            proxies: from.proxies,
            seen: Mutex::new(Nonces::new(now, MOST_NONCES)),
        }
    }

    /// The gate of an account. Of signed calls in ten minutes it takes `most`: so many nonces it
    /// remembers, twice.
    pub fn new(account: &Callback, most: usize, now: Timestamp) -> Self {
        let keyed = KeyInit::new_from_slice(account.secret.as_bytes());
        Self {
            proof: account.proof,
            keyed: keyed.expect("HMAC takes a key of any length"),
            secret: account.secret.clone(),
            header: account.header.to_ascii_lowercase(),
            allow: account.allow.clone(),
            proxies: account.proxies.clone(),
            seen: Mutex::new(Nonces::new(now, most)),
        }
    }

    /// Lets a call in.
    ///
    /// # Errors
    /// See [`Refused`].
    pub fn admit(&self, call: Call<'_>) -> Result<Option<Nonce>, Refused> {
        if !self.allow.is_empty() {
            let from = caller(&self.proxies, call.peer, call.headers).ok_or(Refused::Network)?;
            if !is_in(&self.allow, from) {
                return Err(Refused::Network);
            }
        }
        match self.proof {
            Proof::Open => Ok(None),
            Proof::Header => self.secret(call).map(|()| None),
            Proof::Hmac => self.signed(call).map(Some),
        }
    }

    /// Tags of two texts are compared in place of the texts, so that neither their length nor how
    /// far they are alike can be seen from how long it takes.
    fn secret(&self, call: Call<'_>) -> Result<(), Refused> {
        let given = call.headers.get(&self.header).ok_or(Refused::Unproved)?;
        let expected = self.tag(&[self.secret.as_bytes()]).finalize();
        self.tag(&[given.as_bytes()]).verify(&expected.into_bytes()).map_err(|_| Refused::Unproved)
    }

    fn signed(&self, call: Call<'_>) -> Result<Nonce, Refused> {
        let text = |name| call.headers.get(name).and_then(|value| value.to_str().ok());
        let (Some(time), Some(nonce), Some(signature)) =
            (text(TIMESTAMP), text(NONCE), text(SIGNATURE))
        else {
            return Err(Refused::Unproved);
        };
        let signature = unhex(signature).ok_or(Refused::Unproved)?;
        if nonce.is_empty() || nonce.len() > LONGEST_NONCE {
            return Err(Refused::Unproved);
        }
        let parts = [time, nonce, call.method, call.target].map(str::as_bytes);
        let [time_part, nonce_part, method, target] = parts;
        self.tag(&[time_part, b"\n", nonce_part, b"\n", method, b"\n", target, b"\n", call.body])
            .verify_slice(&signature)
            .map_err(|_| Refused::Unproved)?;
        // Only now: a stranger learns nothing of our clock and fills no memory.
        let time: i64 = time.parse().map_err(|_| Refused::Stale)?;
        let now = call.at.millis() / 1000;
        if now.abs_diff(time) > WINDOW.as_secs() {
            return Err(Refused::Stale);
        }
        let digest: [u8; 32] = self.tag(&[nonce_part]).finalize().into_bytes().into();
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).take(digest, call.at)?;
        let [a, b, c, d, e, f, g, h, ..] = digest;
        let digest = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
        Ok(Nonce { digest, good_for: GOOD_FOR })
    }

    fn tag(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut tag = self.keyed.clone();
        parts.iter().for_each(|part| tag.update(part));
        tag
    }
}

/// Who called. The word of a proxy of ours is believed, of every other caller it is not; of
/// several in a row the last one that is none of ours counts. `None` if a proxy says nothing
/// that can be read.
pub(super) fn caller(proxies: &[IpNet], peer: IpAddr, headers: &HeaderMap) -> Option<IpAddr> {
    let peer = peer.to_canonical();
    if !is_in(proxies, peer) {
        return Some(peer);
    }
    let lines = headers.get_all("x-forwarded-for");
    let said: Vec<&str> = lines
        .iter()
        .flat_map(|line| line.to_str().unwrap_or("?").split(','))
        .map(str::trim)
        .collect();
    for hop in said.into_iter().rev() {
        let hop = hop.parse::<IpAddr>().ok()?.to_canonical();
        if !is_in(proxies, hop) {
            return Some(hop);
        }
    }
    None
}

fn is_in(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

/// The octets of hexadecimal digits; some senders put the name of the hash in front.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("sha256=").unwrap_or(text).as_bytes();
    if digits.len() != 64 {
        return None;
    }
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

/// Nonces of the last ten minutes and some older ones: two halves, of which the older one is
/// thrown away when the younger one is as old as any nonce can be.
struct Nonces {
    young: HashSet<[u8; 32]>,
    old: HashSet<[u8; 32]>,
    since: Timestamp,
    most: usize,
}

impl Nonces {
    fn new(now: Timestamp, most: usize) -> Self {
        Self { young: HashSet::new(), old: HashSet::new(), since: now, most }
    }

    fn take(&mut self, nonce: [u8; 32], now: Timestamp) -> Result<(), Refused> {
        if now.since(self.since) > GOOD_FOR {
            self.old = mem::take(&mut self.young);
            self.since = now;
        }
        if self.old.contains(&nonce) || self.young.contains(&nonce) {
            return Err(Refused::Replayed);
        }
        if self.young.len() >= self.most {
            return Err(Refused::Crowded);
        }
        self.young.insert(nonce);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const SECRET: &str = "sixteen and more octets";
    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn gate(lines: &str) -> Gate {
        let text = format!("provider = \"nalo\"\nsecret = \"{SECRET}\"\n{lines}");
        Gate::new(&toml::from_str(&text).unwrap(), MOST_NONCES, NOW)
    }

    /// A call, with what a caller may get wrong.
    #[derive(Clone)]
    struct Signed {
        key: &'static str,
        time: i64,
        nonce: &'static str,
        target: &'static str,
        body: &'static [u8],
        at: Timestamp,
    }

    const GOOD: Signed = Signed {
        key: SECRET,
        time: 1_800_000_000,
        nonce: "n-1",
        target: "/ussd/a?x=1",
        body: b"text=1",
        at: NOW,
    };

    fn hex(octets: &[u8]) -> String {
        octets.iter().map(|octet| format!("{octet:02x}")).collect()
    }

    impl Signed {
        fn headers(&self) -> HeaderMap {
            let mut mac: Hmac<Sha256> = KeyInit::new_from_slice(self.key.as_bytes()).unwrap();
            let head = format!("{}\n{}\nPOST\n{}\n", self.time, self.nonce, self.target);
            mac.update(head.as_bytes());
            mac.update(self.body);
            let signature = hex(&mac.finalize().into_bytes());
            let mut headers = HeaderMap::new();
            headers.insert(TIMESTAMP, self.time.to_string().parse().unwrap());
            headers.insert(NONCE, self.nonce.parse().unwrap());
            headers.insert(SIGNATURE, signature.parse().unwrap());
            headers
        }

        fn call<'a>(&'a self, headers: &'a HeaderMap) -> Call<'a> {
            let peer = "127.0.0.1".parse().unwrap();
            let Self { target, body, at, .. } = self;
            Call { peer, headers, method: "POST", target, body, at: *at }
        }

        fn at(&self, gate: &Gate) -> Result<(), Refused> {
            gate.admit(self.call(&self.headers())).map(drop)
        }
    }

    #[test]
    fn a_signed_call_comes_in_once() {
        let gate = gate("proof = \"hmac\"");
        assert_eq!(GOOD.at(&gate), Ok(()));
        assert_eq!(GOOD.at(&gate), Err(Refused::Replayed));
        // The same nonce in another request, also when the memory turned over in between.
        let later = |seconds: i64| Signed {
            time: GOOD.time + seconds,
            at: Timestamp::from_millis(NOW.millis() + 1000 * seconds),
            ..GOOD
        };
        assert_eq!(later(601).at(&gate), Err(Refused::Replayed));
        assert_eq!(Signed { nonce: "n-2", ..later(601) }.at(&gate), Ok(()));
        assert_eq!(Signed { nonce: "n-2", ..later(1202) }.at(&gate), Err(Refused::Replayed));
    }

    #[test]
    fn nothing_of_a_signed_call_can_be_changed() {
        let gate = gate("proof = \"hmac\"");
        assert_eq!(Signed { key: "another", ..GOOD }.at(&gate), Err(Refused::Unproved));
        for seconds in [-301, 301, 86_400] {
            let stale = Signed { time: GOOD.time + seconds, ..GOOD };
            assert_eq!(stale.at(&gate), Err(Refused::Stale), "{seconds}");
        }
        for seconds in [-300, 300] {
            let nonce = if seconds < 0 { "early" } else { "late" };
            let near = Signed { time: GOOD.time + seconds, nonce, ..GOOD };
            assert_eq!(near.at(&gate), Ok(()), "{seconds}");
        }
        let headers = GOOD.headers();
        let call = GOOD.call(&headers);
        let changed = [
            Call { body: b"text=2", ..call },
            Call { target: "/ussd/b?x=1", ..call },
            Call { target: "/ussd/a?x=2", ..call },
            Call { method: "PUT", ..call },
        ];
        for call in changed {
            assert_eq!(gate.admit(call).map(drop), Err(Refused::Unproved));
        }
        for name in [TIMESTAMP, NONCE, SIGNATURE] {
            for value in [None, Some(""), Some("zz"), Some("1800000001")] {
                let mut headers = GOOD.headers();
                headers.remove(name);
                if let Some(value) = value {
                    headers.insert(name, HeaderValue::from_static(value));
                }
                let refused = gate.admit(GOOD.call(&headers)).map(drop);
                assert_eq!(refused, Err(Refused::Unproved), "{name} {value:?}");
            }
        }
        // Nothing of all this was remembered.
        assert_eq!(GOOD.at(&gate), Ok(()));
    }

    #[test]
    fn a_secret_in_a_header_is_the_whole_secret() {
        let gate = gate("proof = \"header\"\nheader = \"X-Key\"");
        let with = |value: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            if let Some(value) = value {
                headers.insert("x-key", HeaderValue::from_static(value));
            }
            gate.admit(GOOD.call(&headers)).map(drop)
        };
        assert_eq!(with(Some(SECRET)), Ok(()));
        assert_eq!(with(Some(SECRET)), Ok(()));
        for wrong in [None, Some(""), Some("sixteen"), Some("sixteen and more octetz")] {
            assert_eq!(with(wrong), Err(Refused::Unproved), "{wrong:?}");
        }
    }

    #[test]
    fn a_call_comes_from_where_it_may() {
        let gate = gate(
            "proof = \"open\"\nallow = [\"192.0.2.0/24\", \"2001:db8::/32\"]\n\
             proxies = [\"127.0.0.1/32\", \"10.0.0.0/8\"]",
        );
        let from = |peer: &str, said: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in said {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            let peer = peer.parse().unwrap();
            gate.admit(Call { peer, ..GOOD.call(&headers) }).is_ok()
        };
        assert!(from("192.0.2.7", &[]));
        assert!(from("::ffff:192.0.2.7", &[]));
        assert!(from("2001:db8::1", &[]));
        assert!(!from("198.51.100.1", &[]));
        // A stranger's word on who called is worth nothing.
        assert!(!from("198.51.100.1", &["192.0.2.7"]));
        assert!(from("127.0.0.1", &["192.0.2.7"]));
        assert!(from("127.0.0.1", &["198.51.100.1, 192.0.2.7, 10.1.1.1"]));
        assert!(from("127.0.0.1", &["198.51.100.1", "192.0.2.7"]));
        assert!(!from("127.0.0.1", &["192.0.2.7, 198.51.100.1"]));
        for unreadable in [&[][..], &["unknown"], &["10.0.0.1"], &["192.0.2.7, ?"]] {
            assert!(!from("127.0.0.1", unreadable), "{unreadable:?}");
        }
    }

    #[test]
    fn whoever_signs_may_stand_behind_a_proxy() {
        let nets = |nets: &[&str]| nets.iter().map(|net| net.parse().unwrap()).collect();
        let call = |gate: &Gate, said: Option<&'static str>| {
            let mut headers = GOOD.headers();
            if let Some(said) = said {
                headers.insert("x-forwarded-for", HeaderValue::from_static(said));
            }
            gate.admit(GOOD.call(&headers)).map(drop)
        };
        let from = |allow: &[&str]| Whence { allow: nets(allow), proxies: nets(&["127.0.0.1/32"]) };
        let gate = |allow: &[&str]| Gate::signed_by(SECRET, from(allow), NOW);
        assert_eq!(call(&gate(&["192.0.2.0/24"]), Some("192.0.2.7")), Ok(()));
        assert_eq!(call(&gate(&["192.0.2.0/24"]), Some("198.51.100.1")), Err(Refused::Network));
        assert_eq!(call(&gate(&["192.0.2.0/24"]), None), Err(Refused::Network));
        // Where everybody may call nobody has to say whence.
        assert_eq!(call(&gate(&[]), None), Ok(()));
    }

    #[test]
    fn the_memory_has_a_bound() {
        let mut nonces = Nonces::new(NOW, 3);
        let taken: Vec<_> = (0..5).map(|n| nonces.take([n; 32], NOW)).collect();
        assert_eq!(taken[..3], [Ok(()); 3]);
        assert_eq!(taken[3..], [Err(Refused::Crowded); 2]);
        let later = Timestamp::from_millis(NOW.millis() + 600_001);
        assert_eq!(nonces.take([9; 32], later), Ok(()));
    }
}
