//! Files of keys: readable by their owner only, whole on the disk before they have their name, so that
//! nothing is done with a key that a power cut can take away, and nobody reads a half.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use thiserror::Error;

/// Why a file of keys is not read or written.
#[derive(Debug, Error)]
pub enum Fault {
    /// There is none.
    #[error("there is none at this path")]
    Missing,
    /// Others than the owner may read or change it.
    #[error("it has mode {mode:04o}; others can read it: `chmod 600` it first")]
    Exposed {
        /// Permission bits found.
        mode: u32,
    },
    /// A file is there already. What its keys sealed or signed would be lost.
    #[error("one is there already, and keys are never overwritten")]
    Exists,
    /// The file system refused.
    #[error("it cannot be used")]
    Io(#[source] io::Error),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            io::ErrorKind::AlreadyExists => Self::Exists,
            _ => Self::Io(error),
        }
    }
}

/// Reads one.
///
/// # Errors
/// See [`Fault`].
pub fn read(path: &Path) -> Result<String, Fault> {
    let mode = fs::metadata(path)?.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(Fault::Exposed { mode });
    }
    Ok(fs::read_to_string(path)?)
}

/// Writes one where none is.
///
/// # Errors
/// [`Fault::Exists`] if there is any file.
pub fn create(path: &Path, text: &str) -> Result<(), Fault> {
    let beside = write_beside(path, text)?;
    // A link is refused where a name is taken; a rename would take it.
    let linked = fs::hard_link(&beside, path);
    let _ = fs::remove_file(&beside);
    linked?;
    Ok(sync_folder(path)?)
}

/// Replaces one at one stroke.
///
/// # Errors
/// See [`Fault`]; the old file stays.
pub fn replace(path: &Path, text: &str) -> Result<(), Fault> {
    let beside = write_beside(path, text)?;
    fs::rename(&beside, path).inspect_err(|_| drop(fs::remove_file(&beside)))?;
    Ok(sync_folder(path)?)
}

/// A new file that only its owner may read.
///
/// # Errors
/// What the file system says: there must be none of that name.
pub fn open_new(path: &Path) -> Result<File, io::Error> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// A new file beside the one that is meant, on the disk when this returns.
fn write_beside(path: &Path, text: &str) -> Result<PathBuf, io::Error> {
    let mut name = path.file_name().map(OsString::from).unwrap_or_default();
    name.push(format!(".{:016x}.new", rand::random::<u64>()));
    let beside = path.with_file_name(name);
    let written = open_new(&beside).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.inspect_err(|_| drop(fs::remove_file(&beside)))?;
    Ok(beside)
}

/// Has the name of a file on the disk: it is there when its folder is.
///
/// # Errors
/// What the file system says.
pub fn sync_folder(path: &Path) -> Result<(), io::Error> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    File::open(folder).and_then(|folder| folder.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_private_whole_and_never_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        assert!(matches!(read(&path), Err(Fault::Missing)));
        create(&path, "one").unwrap();
        assert!(matches!(create(&path, "two"), Err(Fault::Exists)));
        assert_eq!(read(&path).unwrap(), "one");
        replace(&path, "two").unwrap();
        assert_eq!(read(&path).unwrap(), "two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(read(&path), Err(Fault::Exposed { mode: 0o640 })));
    }
}
