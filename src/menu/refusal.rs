//! How people refuse broadcasts. It is a right, so more is taken for it than for other keywords; and what
//! is no refusal must not be lost where an answer is awaited, so how sure it is goes along.

use crate::menu::keyword::{far, most_slips};

/// What a menu says of its refusals, beside the words themselves (`[refusal]`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusals {
    /// Words that change nothing behind a refusal: `STOP kirim SMS ya`. In small letters.
    pub beside: Vec<String>,
    /// Words that are nearly a refusal and mean something else: Batam. In small letters.
    pub unlike: Vec<String>,
}

/// What was written is perhaps a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Nearly one of the words, alone or with words that go along.
    Slip,
    /// One of the words, with others behind it that may mean anything.
    Words,
    /// As near to one of the words as to another keyword.
    Unclear,
}

/// The most words that go along with a refusal; what is longer says something.
const MOST_BESIDE: usize = 6;

impl Refusals {
    /// Whether what stands behind a refusal changes nothing.
    pub(super) fn go_along(&self, rest: &str) -> bool {
        let mut words = rest.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let known = |word: &str| self.beside.contains(&word.to_lowercase());
        words.by_ref().take(MOST_BESIDE).all(known) && words.next().is_none()
    }

    /// Whether a word in small letters means something else.
    pub(super) fn is_unlike(&self, word: &str) -> bool {
        self.unlike.iter().any(|unlike| unlike == word)
    }
}

/// By how many letters a word in small letters is not the nearest of some that refuse: one in a word of four
/// to six, two in a longer one. `None` where it is too far from all.
pub(super) fn slips(word: &str, words: &[String]) -> Option<usize> {
    let slips = words.iter().filter_map(|known| {
        let far = match far(word, known) {
            // STOOOPP is one slip of a finger, or of a temper.
            2.. if squeezed(word) == squeezed(&known.to_lowercase()) => 1,
            far => far,
        };
        (far <= most_slips(known)).then_some(far)
    });
    slips.min()
}

/// A word with every letter that stands beside its like left out.
fn squeezed(word: &str) -> Vec<char> {
    let mut letters: Vec<char> = word.chars().collect();
    letters.dedup();
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_may_slip_by_its_own_length() {
        let words = ["stop", "berhenti", "batal", "no"].map(str::to_owned);
        for (word, far) in [
            ("stop", Some(0)),
            ("stp", Some(1)),
            ("stopp", Some(1)),
            ("sotp", Some(1)),
            ("stooooppp", Some(1)),
            ("brhenti", Some(1)),
            ("berenti", Some(1)),
            ("brenti", Some(2)),
            ("battal", Some(1)),
            ("stopan", None),
            ("sp", None),
            ("bentar", None),
            ("na", None),
            ("", None),
        ] {
            assert_eq!(slips(word, &words), far, "{word}");
        }
    }

    #[test]
    fn words_that_go_along_are_few_and_known() {
        let refusals = Refusals {
            beside: ["kirim", "sms", "ya"].map(str::to_owned).to_vec(),
            unlike: vec!["batam".into()],
        };
        for (rest, goes) in [
            ("", true),
            (" !!", true),
            (" kirim SMS, ya!", true),
            (" ya ya ya ya ya ya", true),
            (" ya ya ya ya ya ya ya", false),
            (" kirim vaksin", false),
        ] {
            assert_eq!(refusals.go_along(rest), goes, "{rest}");
        }
        assert!(refusals.is_unlike("batam") && !refusals.is_unlike("batal"));
    }
}
