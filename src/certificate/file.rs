//! The file of the keyring: readable by its owner only, never overwritten by new keys, and replaced
//! as a whole where keys are rotated. Random octets for new keys are drawn here.

use std::path::Path;

use rand::Rng;
use thiserror::Error;

use super::keys::{KeptError, Keyring, Seed, Which};
use crate::{
    clock::Timestamp,
    keyfile::{self, Fault},
};

/// Why there is no keyring. No message repeats anything of the file's content.
#[derive(Debug, Error)]
pub enum KeyFileError {
    /// The file is not read or written. Keys are never overwritten (`setara keys rotate`): what they signed
    /// could not be verified.
    #[error("the file of signing keys: {0}")]
    File(#[from] Fault),
    /// The content is no keyring, or no keyring can be made.
    #[error("the signing keys cannot be used: {0}")]
    Kept(#[from] KeptError),
}

/// What is done with a file of signing keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStep {
    /// New keys verify, and sign nothing yet.
    Add(Which),
    /// The keys that were coming sign from now on.
    Use(Which),
}

impl Keyring {
    /// Reads the file.
    ///
    /// # Errors
    /// See [`KeyFileError`]; a file that others may read is refused.
    pub fn open_file(path: impl AsRef<Path>) -> Result<Self, KeyFileError> {
        let text = keyfile::read(path.as_ref())?;
        Ok(Self::from_text(&text)?)
    }

    /// Reads the file, or draws new keys if there is none.
    ///
    /// # Errors
    /// See [`KeyFileError`].
    pub fn open_or_create_file(
        path: impl AsRef<Path>,
        authority: &str,
        now: Timestamp,
    ) -> Result<Self, KeyFileError> {
        match Self::open_file(&path) {
            Err(KeyFileError::File(Fault::Missing)) => {
                match Self::create_file(&path, authority, now) {
                    // Another node on this machine was faster.
                    Err(KeyFileError::File(Fault::Exists)) => Self::open_file(&path),
                    created => created,
                }
            }
            opened => opened,
        }
    }

    /// Draws new keys and writes them with mode 0600. The file is whole on the disk before it has its name:
    /// nothing may be signed with a key that a power cut can take away, and nobody reads a half.
    ///
    /// # Errors
    /// [`Fault::Exists`] if there is any file at `path`.
    pub fn create_file(
        path: impl AsRef<Path>,
        authority: &str,
        now: Timestamp,
    ) -> Result<Self, KeyFileError> {
        let ring = Self::new(&draw(), authority, now)?;
        keyfile::create(path.as_ref(), &ring.to_text())?;
        Ok(ring)
    }

    /// Changes the keys and replaces the file at one stroke.
    ///
    /// # Errors
    /// See [`KeyFileError`]; the old file stays.
    pub fn step_file(
        path: impl AsRef<Path>,
        step: KeyStep,
        authority: &str,
        now: Timestamp,
    ) -> Result<Self, KeyFileError> {
        let ring = Self::open_file(&path)?;
        let ring = match step {
            KeyStep::Add(which) => ring.added(which, &draw(), authority, now)?,
            KeyStep::Use(which) => ring.taken_in_use(which, now),
        };
        keyfile::replace(path.as_ref(), &ring.to_text())?;
        Ok(ring)
    }
}

fn draw() -> Seed {
    let mut seed = Seed { document: [0; 32], short: [0; 32] };
    rand::rng().fill_bytes(&mut seed.document);
    rand::rng().fill_bytes(&mut seed.short);
    seed
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_637_550_000_000);

    #[test]
    fn a_new_file_is_private_opens_again_and_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("setara.signing");
        assert!(matches!(Keyring::open_file(&path), Err(KeyFileError::File(Fault::Missing))));
        let ring = Keyring::open_or_create_file(&path, "Kemenkes", NOW).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let again = Keyring::open_or_create_file(&path, "Kemenkes", NOW).unwrap();
        assert!(again.public() == ring.public());
        let refused = Keyring::create_file(&path, "Kemenkes", NOW);
        assert!(matches!(refused, Err(KeyFileError::File(Fault::Exists))));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_rotation_replaces_the_file_and_keeps_it_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("setara.signing");
        let missing = Keyring::step_file(&path, KeyStep::Add(Which::Both), "Kemenkes", NOW);
        assert!(matches!(missing, Err(KeyFileError::File(Fault::Missing))));
        let old = Keyring::create_file(&path, "Kemenkes", NOW).unwrap();
        let step = |step| Keyring::step_file(&path, step, "Kemenkes", NOW).unwrap();
        let more = step(KeyStep::Add(Which::Both));
        assert_eq!(more.document_key().kid(), old.document_key().kid());
        let new = step(KeyStep::Use(Which::Both));
        assert_ne!(new.document_key().kid(), old.document_key().kid());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(Keyring::open_file(&path).unwrap().public() == new.public());
        assert!(new.public().document(old.document_key().kid()).is_some());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("setara.signing");
        Keyring::create_file(&path, "Kemenkes", NOW).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let refused = Keyring::open_file(&path).unwrap_err();
        assert!(refused.to_string().contains("0644"), "{refused}");
    }
}
