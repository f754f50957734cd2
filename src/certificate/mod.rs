//! Certificates that a machine can check, and the page that carries one.
//!
//! Owns the keys that sign (`keys`). Everything is a function of its arguments: signatures are
//! deterministic (RFC 6979, RFC 8032), the time and random octets are handed in. Only the key file is
//! read and written here too (`file`). Must not know a database, a menu, a channel, or whether a
//! certificate was revoked.

mod file;
pub mod keys;

pub use self::{
    file::KeyFileError,
    keys::{Keyring, PublicKeys},
};
