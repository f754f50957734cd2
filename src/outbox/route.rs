//! Which network a phone is of, by the first digits of its number.
//!
//! Numbers can be carried to another network, so a route is where to ask first, and not a promise;
//! the accounts that carry a route are the configuration's.

use std::collections::BTreeMap;

use crate::identity::Msisdn;

/// The route of what goes to a chat. No operator has this name.
pub const WHATSAPP: &str = "whatsapp";

/// Networks by prefix.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Routes {
    /// International digits without `+`, and the network's name; the longest first.
    prefixes: Vec<(String, String)>,
    /// The number that people of a network write to.
    short_codes: BTreeMap<String, String>,
}

impl Routes {
    /// Routes from pairs of a prefix and a network. A prefix is written as people do (`0811`), or
    /// in international form (`62811`, `+62811`); an empty one is of every phone.
    pub fn new<'r>(pairs: impl Iterator<Item = (&'r str, &'r str)>) -> Self {
        let mut prefixes: Vec<(String, String)> =
            pairs.map(|(prefix, network)| (international(prefix), network.to_owned())).collect();
        prefixes.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
        Self { prefixes, short_codes: BTreeMap::new() }
    }

    /// The same, with the number that people of each network write to.
    pub fn with_short_codes(mut self, codes: impl Iterator<Item = (String, String)>) -> Self {
        self.short_codes.extend(codes);
        self
    }

    /// The number that people of a network write to; empty if it has none.
    pub fn short_code(&self, network: &str) -> &str {
        self.short_codes.get(network).map(String::as_str).unwrap_or_default()
    }

    /// The number to write to for somebody of this network, or of none.
    pub fn code_for(&self, network: &str) -> &str {
        match self.short_code(network) {
            "" => self.any_short_code().unwrap_or_default(),
            code => code,
        }
    }

    /// A network that people write to, for those of whom none is known.
    pub fn any(&self) -> Option<&str> {
        self.short_codes.keys().next().map(String::as_str)
    }

    /// A number that people write to, for those of whom no network is known.
    pub fn any_short_code(&self) -> Option<&str> {
        self.short_codes.values().next().map(String::as_str)
    }

    /// The network of a phone; empty for a phone of none.
    pub fn of(&self, phone: &Msisdn) -> &str {
        let digits = phone.without_plus();
        let found = self.prefixes.iter().find(|(prefix, _)| digits.starts_with(prefix));
        found.map(|(_, network)| network.as_str()).unwrap_or_default()
    }
}

fn international(prefix: &str) -> String {
    match prefix.strip_prefix('0') {
        Some(national) => format!("62{national}"),
        None => prefix.trim_start_matches('+').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_counts() {
        let pairs = [("0811", "a"), ("+628112", "b"), ("62857", "c"), ("", "rest")];
        let routes = Routes::new(pairs.into_iter());
        for (phone, network) in [
            ("081112345678", "a"),
            ("081122345678", "b"),
            ("085712345678", "c"),
            ("081312345678", "rest"),
        ] {
            assert_eq!(routes.of(&Msisdn::parse(phone).unwrap()), network);
        }
        assert_eq!(Routes::default().of(&Msisdn::parse("081112345678").unwrap()), "");
    }
}
