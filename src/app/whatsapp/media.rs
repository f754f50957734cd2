//! Documents that the provider has, and what they are called there (Cloud API, "Media": kept for 30
//! days). Two that say the same are one, though no two are made alike: the hour of their making is in them.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant},
};

/// How long a file is counted on: a day less than the provider keeps it.
const KEPT_FOR: Duration = Duration::from_secs(29 * 86_400);

/// The most files that are remembered, about 150 octets each; the oldest is forgotten first.
const MOST: usize = 10_000;

/// A document for somebody. What is in it is made when the provider does not have it.
#[derive(Clone, PartialEq, Eq)]
pub struct Paper {
    /// Alike for documents that say the same: the provider needs one of them.
    pub likeness: [u8; 32],
    /// How long what is in it is as good as new.
    pub good_for: Duration,
    /// What it is called on the phone.
    pub name: String,
    /// Its media type, such as `application/pdf`.
    pub mime: String,
    /// The words beside it; may be empty.
    pub caption: String,
}

/// Its name and its words are not for logs.
impl std::fmt::Debug for Paper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Paper").field("mime", &self.mime).finish_non_exhaustive()
    }
}

/// Names of files by what they say.
#[derive(Default)]
pub struct Files {
    known: HashMap<[u8; 32], (String, Instant)>,
    order: VecDeque<[u8; 32]>,
}

impl Files {
    /// The name of a file that the provider still has.
    pub fn kept(&self, paper: &Paper, now: Instant) -> Option<String> {
        let (name, since) = self.known.get(&paper.likeness)?;
        let kept_for = KEPT_FOR.min(paper.good_for);
        (now.saturating_duration_since(*since) < kept_for).then(|| name.clone())
    }

    /// The provider has a file from now on.
    pub fn keep(&mut self, paper: &Paper, name: &str, now: Instant) {
        let likeness = paper.likeness;
        if self.known.insert(likeness, (name.to_owned(), now)).is_none() {
            self.order.push_back(likeness);
        }
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }

    /// The provider has it no longer.
    pub fn forget(&mut self, paper: &Paper) {
        if self.known.remove(&paper.likeness).is_some() {
            self.order.retain(|known| *known != paper.likeness);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paper(which: usize) -> Paper {
        let (name, mime) = ("a.pdf".into(), "application/pdf".into());
        let mut likeness = [0; 32];
        likeness[..8].copy_from_slice(&which.to_be_bytes());
        Paper { likeness, good_for: Duration::MAX, name, mime, caption: String::new() }
    }

    #[test]
    fn a_file_is_known_by_what_it_says_and_for_a_time() {
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
        let hour = Duration::from_secs(3600);
        let short = Paper { good_for: hour, ..paper(1) };
        files.keep(&short, "short", now);
        assert_eq!(files.kept(&short, now + hour), None);
        files.forget(&short);
        for which in 0..MOST + 10 {
            files.keep(&paper(which), "many", now);
        }
        assert_eq!((files.known.len(), files.order.len()), (MOST, MOST));
        assert_eq!(files.kept(&paper(9), now), None);
        assert!(files.kept(&paper(10), now).is_some());
    }
}
