//! What the sections share that name somebody whom we call.

use std::{fs, io, path::Path};

/// Without TLS only on this machine: a simulator, or a proxy beside us.
pub(super) fn is_loopback(url: &str) -> bool {
    let host = url.strip_prefix("http://").unwrap_or_default();
    ["127.0.0.1", "localhost", "[::1]"].iter().any(|own| {
        let after = host.strip_prefix(own);
        after.is_some_and(|after| after.is_empty() || after.starts_with([':', '/']))
    })
}

/// A secret that stands in the configuration, or in a file of its own; blanks around it do not count.
///
/// # Errors
/// The file cannot be read, or is empty.
pub(super) fn secret(value: &str, file: Option<&Path>) -> io::Result<String> {
    let Some(file) = file else { return Ok(value.to_owned()) };
    let text = fs::read_to_string(file)?;
    match text.trim() {
        "" => Err(io::Error::new(io::ErrorKind::InvalidData, "the file is empty")),
        secret => Ok(secret.to_owned()),
    }
}

/// A secret that somebody could try out is none.
const SHORTEST_SECRET: usize = 16;

/// What is wrong with a secret that is a line of the configuration or a file.
pub(super) fn wrong_secret(value: &str, file: Option<&Path>) -> Option<String> {
    if value.is_empty() == file.is_none() {
        return Some("secret or secret_file: one of them, and not both".to_owned());
    }
    let short = file.is_none() && value.len() < SHORTEST_SECRET;
    short.then(|| format!("secret has fewer than {SHORTEST_SECRET} characters"))
}
