//! The key file: TOML, readable by its owner only, never overwritten by new keys. A key comes onto the ring
//! behind the others, where it only opens; later it is put in front, and seals.

use std::path::Path;

use rand::Rng;
use serde::Deserialize;
use thiserror::Error;

use super::{
    Keys, Vault,
    index::{hex, unhex},
};
use crate::keyfile::{self, Fault};

/// Why there is no vault. No message repeats anything of the file's content.
#[derive(Debug, Error)]
pub enum VaultError {
    /// The file is not read or written. Keys are never overwritten: what they sealed would be lost.
    #[error("the key file: {0}")]
    File(#[from] Fault),
    /// The content is not a key file.
    #[error("this is not a key file: {0}")]
    Format(&'static str),
    /// No key has this id.
    #[error("key {0} is not in the key file")]
    NoSuchKey(u8),
    /// The key seals.
    #[error("key {0} is the one that seals; use another first")]
    InUse(u8),
    /// The file belongs to another installation.
    #[error("its index key is another one: it is the key file of another database")]
    Foreign,
}

/// The file as written. `seal` is a list so that a former key can stay readable after a rotation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    index: String,
    /// The id of the next key, where the keys that are left do not tell it: an older backup may have rows
    /// of one that was thrown away. Left out otherwise, for programs that know no such line.
    next: Option<u8>,
    seal: Vec<SealKey>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SealKey {
    id: u8,
    key: String,
    /// It sealed until an older key was taken in use again: perhaps somebody else has it. Left out
    /// otherwise, for programs that know no such line.
    #[serde(default)]
    given_up: bool,
}

impl Vault {
    /// Reads a key file.
    ///
    /// # Errors
    /// See [`VaultError`]; a file that others may read is refused.
    pub fn open_file(path: impl AsRef<Path>) -> Result<Self, VaultError> {
        let text = keyfile::read(path.as_ref())?;
        parse(&text)
    }

    /// Reads the key file, or draws new keys if there is none.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub fn open_or_create_file(path: impl AsRef<Path>) -> Result<Self, VaultError> {
        match Self::open_file(&path) {
            Err(VaultError::File(Fault::Missing)) => match Self::create_file(&path) {
                // Another node on this machine was faster.
                Err(VaultError::File(Fault::Exists)) => Self::open_file(path),
                created => created,
            },
            opened => opened,
        }
    }

    /// Draws new keys, writes them with mode 0600 and opens them. The file is on the disk when
    /// this returns, because nothing may be sealed with a key that a power cut can take away.
    ///
    /// # Errors
    /// [`Fault::Exists`] if there is any file at `path`.
    pub fn create_file(path: impl AsRef<Path>) -> Result<Self, VaultError> {
        let text = draw();
        keyfile::create(path.as_ref(), &text)?;
        parse(&text)
    }
}

/// What is done with the ring of a key file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RingStep {
    /// A new key comes behind the others: it opens, and seals nothing yet.
    Add,
    /// The key of this id seals from now on.
    Use(u8),
    /// The key of this id is thrown away.
    Drop(u8),
}

impl Vault {
    /// Changes the ring and replaces the file at one stroke. Gives back the id of the key.
    ///
    /// # Errors
    /// See [`VaultError`]; the old file stays.
    pub fn step_file(path: impl AsRef<Path>, step: RingStep) -> Result<u8, VaultError> {
        let text = keyfile::read(path.as_ref())?;
        parse(&text)?;
        let mut file = KeyFile::read(&text)?;
        let at = |id: u8, file: &KeyFile| {
            file.seal.iter().position(|key| key.id == id).ok_or(VaultError::NoSuchKey(id))
        };
        let id = match step {
            RingStep::Add => {
                let id = file.next().ok_or(VaultError::Format("255 keys have been drawn"))?;
                let mut key = [0; 32];
                rand::rng().fill_bytes(&mut key);
                file.seal.push(SealKey { id, key: hex(&key), given_up: false });
                id
            }
            RingStep::Use(id) => {
                let mut key = file.seal.remove(at(id, &file)?);
                key.given_up = false;
                if let Some(before) = file.seal.first_mut().filter(|before| before.id > id) {
                    before.given_up = true;
                }
                file.seal.insert(0, key);
                id
            }
            RingStep::Drop(id) => match at(id, &file)? {
                0 => return Err(VaultError::InUse(id)),
                at => {
                    // 0 is the id of no key: all have been drawn.
                    file.next = Some(file.next().unwrap_or(0));
                    file.seal.remove(at).id
                }
            },
        };
        keyfile::replace(path.as_ref(), &file.to_text())?;
        Ok(id)
    }
}

impl Vault {
    /// The newest key of a file, where it was drawn to be used and has not been yet.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub fn drawn_key(path: impl AsRef<Path>) -> Result<Option<u8>, VaultError> {
        let file = KeyFile::read(&keyfile::read(path.as_ref())?)?;
        let behind = file.seal.iter().skip(1).max_by_key(|key| key.id);
        let newest = behind.filter(|key| file.seal.first().is_some_and(|seals| seals.id < key.id));
        Ok(newest.filter(|key| !key.given_up).map(|key| key.id))
    }
}

fn draw() -> String {
    let mut index = [0; 32];
    let mut seal = [0; 32];
    rand::rng().fill_bytes(&mut index);
    rand::rng().fill_bytes(&mut seal);
    let seal = vec![SealKey { id: 1, key: hex(&seal), given_up: false }];
    KeyFile { index: hex(&index), next: None, seal }.to_text()
}

impl KeyFile {
    fn read(text: &str) -> Result<Self, VaultError> {
        // The parser's own error quotes the line it stumbled over, and that may be a key.
        toml::from_str(text).map_err(|_| {
            VaultError::Format("`index` and at least one `[[seal]]` with `id` and `key` are needed")
        })
    }

    /// The id of the next key: no key ever had it. `None` when there is none left.
    fn next(&self) -> Option<u8> {
        let behind = self.behind_all();
        match self.next {
            Some(next) => behind.map(|behind| behind.max(next)).filter(|_| next > 0),
            None => behind,
        }
    }

    /// The id behind those of the keys that are there.
    fn behind_all(&self) -> Option<u8> {
        self.seal.iter().map(|key| key.id).max().unwrap_or(0).checked_add(1)
    }

    fn to_text(&self) -> String {
        let mut text = format!(
            "# Keys of a Setara installation. Keep a copy in a safe place, apart from the database:\n\
             # without this file nothing in the database can be read again, by anyone.\n\
             index = \"{}\"\n",
            self.index
        );
        if self.next() != self.behind_all() {
            text.push_str(&format!("next = {}\n", self.next().unwrap_or(0)));
        }
        text.push_str("\n# The first key seals; the others only open (`setara vault`).\n");
        for SealKey { id, key, given_up } in &self.seal {
            text.push_str(&format!("[[seal]]\nid = {id}\nkey = \"{key}\"\n"));
            if *given_up {
                text.push_str("given_up = true\n");
            }
        }
        text
    }
}

fn parse(text: &str) -> Result<Vault, VaultError> {
    let file = KeyFile::read(text)?;
    let index = key(&file.index)?;
    let mut seals = Vec::with_capacity(file.seal.len());
    for seal in &file.seal {
        if seals.iter().any(|(id, _)| *id == seal.id) {
            return Err(VaultError::Format("two seal keys have the same id"));
        }
        seals.push((seal.id, key(&seal.key)?));
    }
    let Some(((id, seal), former)) = seals.split_first() else {
        return Err(VaultError::Format("there is no `[[seal]]` key"));
    };
    Ok(Vault::from_key_ring(Keys { id: *id, index, seal: *seal }, former))
}

fn key(digits: &str) -> Result<[u8; 32], VaultError> {
    unhex(digits).ok_or(VaultError::Format("a key is 64 hexadecimal digits"))
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    #[test]
    fn a_new_file_is_private_opens_what_it_sealed_and_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault.toml");
        assert!(matches!(Vault::open_file(&path), Err(VaultError::File(Fault::Missing))));
        let sealed = Vault::create_file(&path).unwrap().seal(b"here", b"Siti");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(Vault::open_file(&path).unwrap().open(b"here", &sealed), Ok(b"Siti".to_vec()));
        assert!(matches!(Vault::create_file(&path), Err(VaultError::File(Fault::Exists))));
    }

    #[test]
    fn a_key_opens_before_it_seals_and_goes_when_another_seals() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault.toml");
        let running = Vault::create_file(&path).unwrap();
        let old = running.seal(b"here", b"Siti");
        assert_eq!(Vault::step_file(&path, RingStep::Add).unwrap(), 2);
        running.renew(&Vault::open_file(&path).unwrap()).unwrap();
        assert_eq!((running.seals_with(), running.opens_with()), (1, vec![1, 2]));
        assert_eq!(Vault::step_file(&path, RingStep::Use(2)).unwrap(), 2);
        let ahead = Vault::open_file(&path).unwrap();
        assert_eq!(running.open(b"here", &ahead.seal(b"here", b"Budi")), Ok(b"Budi".to_vec()));
        running.renew(&ahead).unwrap();
        assert_eq!((running.seals_with(), running.opens_with()), (2, vec![2, 1]));
        assert_eq!(running.open(b"here", &old), Ok(b"Siti".to_vec()));
        let refused = Vault::step_file(&path, RingStep::Drop(2));
        assert!(matches!(refused, Err(VaultError::InUse(2))));
        Vault::step_file(&path, RingStep::Drop(1)).unwrap();
        let refused = Vault::step_file(&path, RingStep::Use(1));
        assert!(matches!(refused, Err(VaultError::NoSuchKey(1))));
        running.renew(&Vault::open_file(&path).unwrap()).unwrap();
        assert_eq!(running.open(b"here", &old), Err(crate::vault::OpenError::UnknownKey(1)));
        let other = Vault::create_file(folder.path().join("other.toml")).unwrap();
        assert!(matches!(running.renew(&other), Err(VaultError::Foreign)));
    }

    #[test]
    fn the_id_of_a_key_that_was_thrown_away_is_not_used_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault.toml");
        Vault::create_file(&path).unwrap();
        let step = |step| Vault::step_file(&path, step).unwrap();
        let says_next = || fs::read_to_string(&path).unwrap().contains("\nnext = ");
        assert_eq!(step(RingStep::Add), 2);
        assert!(!says_next(), "an older program reads it");
        step(RingStep::Drop(2));
        assert!(says_next());
        assert_eq!(step(RingStep::Add), 3);
        assert!(!says_next());
        step(RingStep::Use(3));
        step(RingStep::Drop(1));
        assert!(!says_next());
        assert_eq!(Vault::open_file(&path).unwrap().opens_with(), [3]);
        let text = fs::read_to_string(&path).unwrap().replace("\n\n", "\nnext = 254\n\n");
        keyfile::replace(&path, &text).unwrap();
        for id in [254, 255] {
            assert_eq!(step(RingStep::Add), id);
            step(RingStep::Drop(id));
        }
        let refused = Vault::step_file(&path, RingStep::Add).unwrap_err();
        assert!(refused.to_string().contains("255 keys"), "{refused}");
    }

    #[test]
    fn a_key_that_was_drawn_waits_to_be_used_and_one_that_was_given_up_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault.toml");
        Vault::create_file(&path).unwrap();
        let step = |step| Vault::step_file(&path, step).unwrap();
        let drawn = || Vault::drawn_key(&path).unwrap();
        let says = || fs::read_to_string(&path).unwrap().contains("given_up");
        assert_eq!(drawn(), None);
        step(RingStep::Add);
        assert_eq!(drawn(), Some(2));
        step(RingStep::Use(2));
        assert_eq!((drawn(), says()), (None, false), "an older program reads it");
        step(RingStep::Use(1));
        assert_eq!((drawn(), says()), (None, true));
        assert_eq!(Vault::open_file(&path).unwrap().opens_with(), [1, 2]);
        step(RingStep::Add);
        assert_eq!(drawn(), Some(3));
        step(RingStep::Use(2));
        assert_eq!((drawn(), says()), (Some(3), false), "used after all");
    }

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault.toml");
        Vault::create_file(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let refused = Vault::open_file(&path).unwrap_err();
        assert!(refused.to_string().contains("0640"), "{refused}");
    }

    #[test]
    fn a_file_that_is_none_is_refused_without_being_quoted() {
        let good = "ab".repeat(32);
        let seal = |id: u8, key: &str| format!("[[seal]]\nid = {id}\nkey = \"{key}\"\n");
        let rows = [
            String::new(),
            format!("index = \"{good}\"\n"),
            format!("index = \"{good}\"\nseal = []\n"),
            format!("index = \"abc\"\n{}", seal(1, &good)),
            format!("index = \"{good}\"\n{}", seal(1, "secret-and-wrong")),
            format!("index = \"{good}\"\n{}{}", seal(1, &good), seal(1, &good)),
            format!("index = \"{good}\n{}", seal(1, &good)),
        ];
        for text in rows {
            let refused = parse(&text).unwrap_err();
            assert!(matches!(refused, VaultError::Format(_)), "{text}");
            assert!(!refused.to_string().contains("abab"), "{refused}");
            assert!(!refused.to_string().contains("secret-and-wrong"), "{refused}");
        }
    }
}
