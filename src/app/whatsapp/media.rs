//! Documents that the provider has, and what they are called there (Cloud API, "Media": kept for 30
//! days).

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant},
};

use bytes::Bytes;
use sha2::{Digest, Sha256};

/// How long a file is counted on: a day less than the provider keeps it.
const KEPT_FOR: Duration = Duration::from_secs(29 * 86_400);

/// The most files that are remembered, about 150 octets each; the oldest is forgotten first.
const MOST: usize = 10_000;

/// A document for somebody.
#[derive(Clone, PartialEq, Eq)]
pub struct Paper {
    /// What it is called on the phone.
    pub name: String,
    /// Its media type, such as `application/pdf`.
    pub mime: String,
    /// What is in it.
    pub octets: Bytes,
    /// The words beside it; may be empty.
    pub caption: String,
}

/// What is in it, and its name, are not for logs.
impl std::fmt::Debug for Paper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Paper").field("octets", &self.octets.len()).finish_non_exhaustive()
    }
}

/// Names of files by what is in them.
#[derive(Default)]
pub struct Files {
    known: HashMap<[u8; 32], (String, Instant)>,
    order: VecDeque<[u8; 32]>,
}

impl Files {
    /// The name of a file that the provider still has.
    pub fn kept(&self, paper: &Paper, now: Instant) -> Option<String> {
        let (name, since) = self.known.get(&digest(paper))?;
        (now.saturating_duration_since(*since) < KEPT_FOR).then(|| name.clone())
    }

    /// The provider has a file from now on.
    pub fn keep(&mut self, paper: &Paper, name: &str, now: Instant) {
        let digest = digest(paper);
        if self.known.insert(digest, (name.to_owned(), now)).is_none() {
            self.order.push_back(digest);
        }
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }

    /// The provider has it no longer.
    pub fn forget(&mut self, paper: &Paper) {
        let digest = digest(paper);
        if self.known.remove(&digest).is_some() {
            self.order.retain(|known| *known != digest);
        }
    }
}

fn digest(paper: &Paper) -> [u8; 32] {
    let mut digest = Sha256::new();
    // The media type is part of what the provider has.
    digest.update(paper.mime.as_bytes());
    digest.update([0]);
    digest.update(&paper.octets);
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paper(octets: usize) -> Paper {
        let (name, mime) = ("a.pdf".into(), "application/pdf".into());
        Paper { name, mime, octets: octets.to_string().into(), caption: String::new() }
    }

    #[test]
    fn a_file_is_known_by_what_is_in_it_and_for_a_time() {
        let now = Instant::now();
        let mut files = Files::default();
        files.keep(&paper(1), "one", now);
        assert_eq!(
            files.kept(&paper(1), now + KEPT_FOR - Duration::from_secs(1)),
            Some("one".into())
        );
        assert_eq!(files.kept(&paper(1), now + KEPT_FOR), None);
        assert_eq!(files.kept(&paper(2), now), None);
        files.keep(&paper(1), "again", now + KEPT_FOR);
        assert_eq!(files.kept(&paper(1), now + KEPT_FOR), Some("again".into()));
        files.forget(&paper(1));
        assert_eq!(files.kept(&paper(1), now), None);
        for octets in 0..MOST + 10 {
            files.keep(&paper(octets), "many", now);
        }
        assert_eq!((files.known.len(), files.order.len()), (MOST, MOST));
        assert_eq!(files.kept(&paper(9), now), None);
        assert!(files.kept(&paper(10), now).is_some());
    }
}
