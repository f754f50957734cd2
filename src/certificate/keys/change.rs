//! How keys change: new ones are published beside those that sign, and sign when everybody who verifies
//! can have them. A certificate would be refused otherwise, for as long as somebody has an older page.

use super::{KeptError, Keyring, SHORT_KEYS, Seed, ShortKey, Used, Which, signer, whole_seconds};
use crate::clock::Timestamp;

impl Keyring {
    /// The same with new keys that verify, and sign nothing yet; a key that is coming already stays the one
    /// that comes. The seventeenth short key takes the id of the first, and what that one signed verifies
    /// no more.
    ///
    /// # Errors
    /// As of [`Keyring::new`].
    pub fn added(
        &self,
        which: Which,
        seed: &Seed,
        authority: &str,
        now: Timestamp,
    ) -> Result<Self, KeptError> {
        let mut more = self.clone();
        let now = whole_seconds(now);
        if which != Which::Short && self.coming.document.is_none() {
            let (document, public) = signer::draw(&seed.document, authority, now)?;
            more.coming.document = Some(document);
            more.public.documents.insert(1, public);
        }
        if which != Which::Document && self.coming.short.is_none() {
            let short = ed25519_dalek::SigningKey::from_bytes(&seed.short);
            let id = (self.short_key().id + 1) % SHORT_KEYS as u8;
            more.public.shorts.retain(|key| key.id != id);
            let used = Used { created: now, retired: None };
            more.public.shorts.insert(1, ShortKey { id, key: short.verifying_key(), used });
            more.coming.short = Some(short);
        }
        Ok(more)
    }

    /// The names of the keys that are coming ([`super::PublicKeys::names`]).
    pub fn coming(&self, which: Which) -> Vec<String> {
        let document = self.coming.document.is_some() && which != Which::Short;
        let short = self.coming.short.is_some() && which != Which::Document;
        let documents = self.public.documents().get(1).filter(|_| document);
        let shorts = self.public.shorts().get(1).filter(|_| short);
        let documents = documents.map(|key| key.kid().to_string());
        documents.into_iter().chain(shorts.map(ShortKey::name)).collect()
    }

    /// The same with the keys in use that were coming; what was in use only verifies from now on.
    pub fn taken_in_use(&self, which: Which, now: Timestamp) -> Self {
        let mut other = self.clone();
        let now = whole_seconds(now);
        if which != Which::Short
            && let Some(document) = other.coming.document.take()
        {
            other.document = document;
            other.public.documents[0].used.retired = Some(now);
            other.public.documents.swap(0, 1);
        }
        if which != Which::Document
            && let Some(short) = other.coming.short.take()
        {
            other.short = short;
            other.public.shorts[0].used.retired = Some(now);
            other.public.shorts.swap(0, 1);
        }
        other
    }

    /// Both at once.
    ///
    /// # Errors
    /// As of [`Keyring::new`].
    pub fn rotated(
        &self,
        which: Which,
        seed: &Seed,
        authority: &str,
        now: Timestamp,
    ) -> Result<Self, KeptError> {
        Ok(self.added(which, seed, authority, now)?.taken_in_use(which, now))
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{AUTHORITY, NOW, keyring, seed},
        *,
    };

    #[test]
    fn a_key_verifies_before_it_signs() {
        let old = keyring();
        let more = old.added(Which::Both, &seed(9), AUTHORITY, NOW).unwrap();
        assert_eq!(more.sign_document(b"words"), old.sign_document(b"words"));
        assert_eq!(more.sign_short(b"words"), old.sign_short(b"words"));
        let names = more.public().names();
        assert_eq!(names.len(), 4);
        let coming = more.coming(Which::Both);
        assert!(coming.len() == 2 && coming.iter().all(|name| names.contains(name)));
        assert!(coming.iter().all(|name| !old.public().names().contains(name)));

        // What comes stays what comes, also where the file was read meanwhile.
        let read = Keyring::from_text(&more.to_text()).unwrap();
        let again = read.added(Which::Both, &seed(11), AUTHORITY, NOW).unwrap();
        assert_eq!(again.coming(Which::Both), coming);
        let new = again.taken_in_use(Which::Both, NOW);
        assert!(new.coming(Which::Both).is_empty());
        for (signed, by) in [(old.sign_document(b"words"), 1), (new.sign_document(b"words"), 0)] {
            assert!(new.public().documents()[by].verifies(b"words", &signed));
            assert!(more.public().documents()[1 - by].verifies(b"words", &signed));
        }
        let signed = new.sign_short(b"words");
        assert!(more.public().short(1).unwrap().verifies(b"words", &signed));
        assert_eq!(new.short_key().id(), 1);
        assert_eq!(new.to_text().matches("private = ").count(), 2);
    }

    #[test]
    fn one_of_the_two_can_come_and_be_used() {
        let more = keyring().added(Which::Document, &seed(9), AUTHORITY, NOW).unwrap();
        assert!(more.coming(Which::Short).is_empty());
        let same = more.taken_in_use(Which::Short, NOW);
        assert_eq!(same.coming(Which::Both), more.coming(Which::Document));
        let new = more.taken_in_use(Which::Both, NOW);
        assert_eq!((new.short_key().id(), new.public().shorts().len()), (0, 1));
        assert_ne!(new.document_key().kid(), more.document_key().kid());
    }
}
