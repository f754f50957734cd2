//! Counters that are found again by two words without a new label being made: at ten thousand turns
//! a second a lookup must not allocate. There are as many as menus and configuration name.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

/// Counters by two words.
#[derive(Debug)]
pub(super) struct Known<T>(RwLock<HashMap<String, HashMap<String, T>>>);

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<T> Known<T> {
    /// Does something with the counters of these words; `make` makes them the first time.
    pub fn with(&self, one: &str, other: &str, make: impl FnOnce() -> T, count: impl FnOnce(&T)) {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(one).and_then(|of| of.get(other)) {
            return count(found);
        }
        drop(known);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let of = known.entry(one.to_owned()).or_default();
        count(of.entry(other.to_owned()).or_insert_with(make));
    }
}
