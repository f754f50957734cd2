//! The key file: TOML, readable by its owner only, never overwritten.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use rand::Rng;
use serde::Deserialize;
use thiserror::Error;

use super::{
    Keys, Vault,
    index::{hex, unhex},
};

/// Why there is no vault. No message repeats anything of the file's content.
#[derive(Debug, Error)]
pub enum VaultError {
    /// There is no key file yet.
    #[error("there is no key file at this path")]
    Missing,
    /// Others than the owner may read or change the file.
    #[error("the key file has mode {mode:04o}; others can read it: `chmod 600` it first")]
    Exposed {
        /// Permission bits found.
        mode: u32,
    },
    /// A file is already there. Keys are never overwritten: what they sealed would be lost.
    #[error("a file is already there, and keys are never overwritten")]
    Exists,
    /// The content is not a key file.
    #[error("this is not a key file: {0}")]
    Format(&'static str),
    /// The file system refused.
    #[error("the key file cannot be used")]
    Io(#[source] io::Error),
}

/// The file as written. `seal` is a list so that a former key can stay readable after a rotation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    index: String,
    seal: Vec<SealKey>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SealKey {
    id: u8,
    key: String,
}

impl Vault {
    /// Reads a key file.
    ///
    /// # Errors
    /// See [`VaultError`]; a file that others may read is refused.
    pub fn open_file(path: impl AsRef<Path>) -> Result<Self, VaultError> {
        let mode = fs::metadata(&path).map_err(missing_or_io)?.permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(VaultError::Exposed { mode });
        }
        let text = fs::read_to_string(&path).map_err(missing_or_io)?;
        parse(&text)
    }

    /// Reads the key file, or draws new keys if there is none.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub fn open_or_create_file(path: impl AsRef<Path>) -> Result<Self, VaultError> {
        match Self::open_file(&path) {
            Err(VaultError::Missing) => Self::create_file(path),
            opened => opened,
        }
    }

    /// Draws new keys, writes them with mode 0600 and opens them. The file is on the disk when
    /// this returns, because nothing may be sealed with a key that a power cut can take away.
    ///
    /// # Errors
    /// [`VaultError::Exists`] if there is any file at `path`.
    pub fn create_file(path: impl AsRef<Path>) -> Result<Self, VaultError> {
        let text = draw();
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(
                |error| match error.kind() {
                    io::ErrorKind::AlreadyExists => VaultError::Exists,
                    _ => VaultError::Io(error),
                },
            )?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(VaultError::Io)?;
        parse(&text)
    }
}

fn draw() -> String {
    let mut index = [0; 32];
    let mut seal = [0; 32];
    rand::rng().fill_bytes(&mut index);
    rand::rng().fill_bytes(&mut seal);
    format!(
        "# Keys of a Setara installation. Keep a copy in a safe place, apart from the database:\n\
         # without this file nothing in the database can be read again, by anyone.\n\
         index = \"{}\"\n\n\
         # The first key seals; the others only open what they sealed before.\n\
         [[seal]]\nid = 1\nkey = \"{}\"\n",
        hex(&index),
        hex(&seal),
    )
}

fn parse(text: &str) -> Result<Vault, VaultError> {
    // The parser's own error quotes the line it stumbled over, and that may be a key.
    let file: KeyFile = toml::from_str(text).map_err(|_| {
        VaultError::Format("`index` and at least one `[[seal]]` with `id` and `key` are needed")
    })?;
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

fn missing_or_io(error: io::Error) -> VaultError {
    match error.kind() {
        io::ErrorKind::NotFound => VaultError::Missing,
        _ => VaultError::Io(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_is_private_opens_what_it_sealed_and_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault.toml");
        assert!(matches!(Vault::open_file(&path), Err(VaultError::Missing)));
        let sealed = Vault::create_file(&path).unwrap().seal(b"here", b"Siti");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(Vault::open_file(&path).unwrap().open(b"here", &sealed), Ok(b"Siti".to_vec()));
        assert!(matches!(Vault::create_file(&path), Err(VaultError::Exists)));
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
