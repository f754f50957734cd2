//! Reads our own code: its files, what they say without comments and texts, and what they name.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// A source file: where it stands, and what is left of it for the test to read.
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) room: String,
    pub(super) whole: String,
    /// Without comments, texts and test modules.
    pub(super) code: String,
}

impl Source {
    pub(super) fn name(&self) -> String {
        self.path.strip_prefix(root()).unwrap_or(&self.path).display().to_string()
    }
}

pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(super) fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let hidden =
                path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if path.is_dir()
                && !hidden
                && !path.ends_with("node_modules")
                && !path.ends_with("target")
            {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// `src/smpp/pdu/tlv.rs` is in `smpp::pdu::tlv`.
fn module(path: &Path) -> String {
    let inside = path.strip_prefix(root().join("src")).expect("a file of src").with_extension("");
    let parts = inside.iter().map(|part| part.to_string_lossy().into_owned());
    parts.filter(|part| part != "mod").collect::<Vec<_>>().join("::")
}

/// The library, without the files that hold only tests.
pub(super) fn sources() -> Vec<Source> {
    let read = |path: PathBuf| {
        let whole = fs::read_to_string(&path).expect("a text");
        Source { room: module(&path), code: bare(&whole), whole, path }
    };
    let own = files(&root().join("src"), "rs").into_iter();
    let tests = |path: &Path| path.iter().any(|part| part == "tests" || part == "tests.rs");
    own.filter(|path| !tests(path)).map(read).collect()
}

/// Code without comments, without what stands in texts, and without what only tests see.
pub(super) fn bare(whole: &str) -> String {
    let mut code = String::with_capacity(whole.len());
    let mut rest = whole;
    while let Some(c) = rest.chars().next() {
        let next = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if c == '"' {
            code.push_str("\"\"");
            text_end(rest)
        } else if let Some(fence) = raw_fence(rest) {
            code.push_str("\"\"");
            let from = fence.len() + 1;
            let close = format!("\"{}", &fence[1..fence.len() - 1]);
            rest[from..].find(&close).map_or(rest.len(), |end| from + end + close.len())
        } else if let Some(end) = char_end(rest) {
            code.push_str("' '");
            end
        } else {
            code.push(c);
            c.len_utf8()
        };
        rest = &rest[next..];
    }
    match code.find("#[cfg(test)]") {
        Some(tests) => code[..tests].to_owned(),
        None => code,
    }
}

/// The end of a text that begins here, quotes and escapes passed over.
fn text_end(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    rest.len()
}

/// `r#` of a raw text that begins here, with its quote.
fn raw_fence(rest: &str) -> Option<&str> {
    let hashes = rest.strip_prefix('r')?;
    let quote = hashes.find(|c| c != '#')?;
    hashes[quote..].starts_with('"').then(|| &rest[..quote + 2])
}

/// The end of a character in quotes that begins here; a lifetime is none.
fn char_end(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    if let Some(escape) = inner.strip_prefix('\\') {
        let end = escape.char_indices().skip(1).find(|(_, c)| *c == '\'')?;
        return Some(end.0 + 3);
    }
    let c = inner.chars().next()?;
    inner[c.len_utf8()..].starts_with('\'').then_some(c.len_utf8() + 2)
}

/// Every path from the root of the crate that a code names, braces unfolded:
/// `crate::{a::b, c::{d, e}}` is `a::b`, `c::d` and `c::e`.
pub(super) fn paths(code: &str) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let before = code[..at].chars().next_back();
        if before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '$') {
            unfold("", &code[at + "crate::".len()..], &mut paths);
        }
    }
    paths
}

/// One tree of a `use`, or a plain path; the octets it took.
fn unfold(before: &str, tree: &str, paths: &mut BTreeSet<String>) -> usize {
    let blank = tree.len() - tree.trim_start().len();
    let tree = &tree[blank..];
    let word =
        tree.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '*').unwrap_or(tree.len());
    let path = match (before, &tree[..word]) {
        ("", word) => word.to_owned(),
        (before, "" | "self" | "*") => before.to_owned(),
        (before, word) => format!("{before}::{word}"),
    };
    if tree[word..].starts_with("::") {
        return blank + word + 2 + unfold(&path, &tree[word + 2..], paths);
    }
    if !tree.starts_with('{') {
        paths.insert(path);
        return blank + word;
    }
    let mut at = 1;
    loop {
        let rest = tree[at..].trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        at = tree.len() - rest.len();
        if rest.is_empty() {
            return blank + tree.len();
        }
        if rest.starts_with('}') {
            return blank + at + 1;
        }
        let took = unfold(before, rest, paths);
        at += took.max(1);
        if let Some(renamed) = tree[at..].trim_start().strip_prefix("as ") {
            let end = renamed.find([',', '}']).unwrap_or(renamed.len());
            at = tree.len() - renamed.len() + end;
        }
    }
}

/// Whether a word stands in a code by itself, and not as the end of a longer one.
pub(super) fn says(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && c != '_')
    })
}
