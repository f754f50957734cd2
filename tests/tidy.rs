//! The laws of the house, read off the source: what stands on which floor, what each room may
//! touch, and what is nowhere to be found.
//!
//! The test reads text and no types: it strips comments, texts and test modules, and looks at the
//! paths that are left.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The floors from the ground up: a room imports only what stands below it, and nothing of its own
/// floor but itself. The reason stands beside a room that is not where one would look for it.
const FLOORS: &[&[&str]] = &[
    // Values and how to read them; `text::page` lays out, `diagnostic` draws. The instruments and
    // the spans are held by the engine, which knows nobody who reads them.
    &["clock", "diagnostic", "text", "smpp::pdu", "telemetry::instruments", "telemetry::spans"],
    // Names and numbers are cleaned with the transliteration of `text`.
    &["identity", "smpp::session"],
    // Screens; the keys, which know a NIK and a number and nothing else; and notices as values.
    &["menu", "vault", "smpp::link", "outbox"],
    // Names people by their blind indexes, and offers calls to a menu.
    &["conversation", "service"],
    // An inbound carries a conversation's signal.
    &["channel"],
    // Keeps what the service changes and how conversations end. Admission counts phones.
    &["store", "limits"],
    // The turn. What can be configured is made of dialects, links, vaccines and menu profiles.
    &["engine", "config"],
    // Counts what the engine answers; puts menus on its shelf.
    &["telemetry", "menus"],
    // Admits, counts and words what comes by any channel.
    &["front"],
    // Shows what telemetry counts.
    &["http"],
    &["app"],
    &["cli"],
    &["main"],
];

/// Rooms without I/O, clock or randomness: both are arguments there.
const PURE: &[&str] = &[
    "menu",
    "text",
    "identity",
    "conversation",
    "channel",
    "service",
    "outbox",
    "smpp::pdu",
    "smpp::session",
    "diagnostic",
];

/// What a pure room may not say.
const IMPURE: &[&str] = &[
    "tokio",
    "std::fs",
    "std::net",
    "std::env",
    "std::thread",
    "std::process",
    "Instant::now",
    "SystemTime",
    "clock::now",
    "rand::",
    "thread_rng",
    "println!",
    "eprintln!",
];

/// Whoever may say a word, by file or room; everybody else may not.
const ONLY: &[(&str, &[&str])] = &[
    ("sqlx", &["store"]),
    // The router is built in `http`; the roof binds the listener and serves it.
    ("axum", &["http", "app"]),
    ("prometheus_client", &["telemetry"]),
    ("opentelemetry", &["telemetry::traces"]),
    ("governor", &["limits"]),
    // The vault's indexes; and the gate's signatures, which have keys of their own.
    ("hmac", &["vault", "http::gate"]),
    ("chacha20poly1305", &["vault"]),
    // Traces only name the provider of their client's TLS.
    ("tokio_rustls", &["smpp::link", "telemetry::traces"]),
    ("clap", &["cli", "main"]),
    ("miette", &["diagnostic", "cli"]),
    // A callback's word for what went wrong leaves before the end of its session is stored.
    ("tokio::spawn", &["app", "cli", "smpp::link", "http::callback"]),
    ("JoinSet", &["app", "smpp::link"]),
    // A menu is checked aside, on a thread that may be blocked.
    ("spawn_blocking", &["app", "cli", "smpp::link", "menus"]),
    ("std::thread", &[]),
    ("SystemTime", &["clock"]),
    // The vault draws nonces itself, the engine the random value of a turn, the link its jitter,
    // the store the token of an import, the roof the mark of its process.
    ("rand::", &["vault", "engine", "smpp::link", "store", "app", "cli", "service::sample"]),
    // Files are read by those who are told their names.
    ("std::fs", &["config", "vault", "cli", "menus", "http", "store"]),
];

/// Exceptions to [`PURE`], each with its reason.
const PARDONED: &[(&str, &str, &str)] = &[
    ("src/service/sample.rs", "rand::", "a seeded generator: people are invented from a number"),
    ("src/service/sample/names.rs", "rand::", "see `sample`"),
];

/// What may stand at the top.
const TOP: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "README.md",
    "menus",
    "migrations",
    "simulator",
    "src",
    "tests",
    // Made by cargo, and not kept.
    "target",
];

const MOST_LINES: usize = 600;

/// A source file: where it stands, and what is left of it for the test to read.
struct Source {
    path: PathBuf,
    room: String,
    whole: String,
    /// Without comments, texts and test modules.
    code: String,
}

impl Source {
    fn name(&self) -> String {
        self.path.strip_prefix(root()).unwrap_or(&self.path).display().to_string()
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
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
fn sources() -> Vec<Source> {
    let read = |path: PathBuf| {
        let whole = fs::read_to_string(&path).expect("a text");
        Source { room: module(&path), code: bare(&whole), whole, path }
    };
    let own = files(&root().join("src"), "rs").into_iter();
    let tests = |path: &Path| path.iter().any(|part| part == "tests" || part == "tests.rs");
    own.filter(|path| !tests(path)).map(read).collect()
}

/// Code without comments, without what stands in texts, and without what only tests see.
fn bare(whole: &str) -> String {
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
fn paths(code: &str) -> BTreeSet<String> {
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

/// The room of the table that a module is in.
fn room_of(module: &str) -> Option<(usize, &'static str)> {
    FLOORS.iter().enumerate().find_map(|(floor, rooms)| {
        let room = rooms.iter().find(|room| within(module, room))?;
        Some((floor, *room))
    })
}

fn within(module: &str, room: &str) -> bool {
    module.strip_prefix(room).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// Holds that nothing was found, and shows everything that was.
#[track_caller]
fn clean(found: Vec<String>) {
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn a_room_imports_only_what_stands_below_it() {
    let mut found = Vec::new();
    for source in sources() {
        // The crate's root and the door of `smpp` only name rooms.
        if matches!(source.room.as_str(), "lib" | "smpp") {
            continue;
        }
        let Some((floor, room)) = room_of(&source.room) else {
            found.push(format!("{} is in no room of the table", source.name()));
            continue;
        };
        for path in paths(&source.code) {
            match room_of(&path) {
                Some((_, other)) if other == room => {}
                Some((below, _)) if below < floor => {}
                Some((_, other)) => {
                    found.push(format!("{}: `{room}` imports `{other}` ({path})", source.name()));
                }
                None => found.push(format!("{}: no room has `{path}`", source.name())),
            }
        }
    }
    clean(found);
}

#[test]
fn the_wire_imports_nothing_of_ours() {
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| within(&source.room, "smpp")) {
        let others = paths(&source.code).into_iter().filter(|path| !within(path, "smpp"));
        found.extend(others.map(|path| format!("{} imports {path}", source.name())));
    }
    clean(found);
}

#[test]
fn the_wire_is_spoken_only_where_it_arrives() {
    let speakers = ["smpp", "channel::ussd", "app", "config", "telemetry", "http", "cli"];
    let mut found = Vec::new();
    for source in sources() {
        let speaks = paths(&source.code).iter().any(|path| within(path, "smpp"));
        if speaks && source.room != "lib" && !speakers.iter().any(|room| within(&source.room, room))
        {
            found.push(format!("{} speaks SMPP", source.name()));
        }
    }
    clean(found);
}

#[test]
fn pure_rooms_are_pure() {
    let mut found = Vec::new();
    for source in sources() {
        if !PURE.iter().any(|room| within(&source.room, room)) {
            continue;
        }
        for word in IMPURE.iter().filter(|word| says(&source.code, word)) {
            let pardoned = PARDONED.iter().any(|(file, what, _)| {
                *file == source.name() && (word.contains(what) || what.contains(*word))
            });
            if !pardoned {
                found.push(format!("{} says `{word}`", source.name()));
            }
        }
    }
    clean(found);
}

/// Whether a word stands in a code by itself, and not as the end of a longer one.
fn says(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && c != '_')
    })
}

#[test]
fn every_pardon_is_needed() {
    let sources = sources();
    let needed = |(file, what, _): &&(&str, &str, &str)| {
        sources.iter().any(|source| source.name() == *file && says(&source.code, what))
    };
    let idle = PARDONED.iter().filter(|pardon| !needed(pardon));
    clean(idle.map(|(file, what, _)| format!("{file} does not say `{what}`")).collect());
}

#[test]
fn what_only_one_room_may_say_is_said_nowhere_else() {
    let mut found = Vec::new();
    for source in sources() {
        for (word, rooms) in ONLY {
            if says(&source.code, word) && !rooms.iter().any(|room| within(&source.room, room)) {
                found.push(format!("{} says `{word}`", source.name()));
            }
        }
    }
    clean(found);
}

#[test]
fn no_file_is_too_full_and_none_is_unfinished() {
    let mut found = Vec::new();
    let folders = ["src", "tests", "simulator/src", "simulator/tests"];
    for path in folders.iter().flat_map(|folder| files(&root().join(folder), "rs")) {
        let whole = fs::read_to_string(&path).expect("a text");
        let name = path.strip_prefix(root()).unwrap_or(&path).display();
        let lines = whole.lines().count();
        if lines > MOST_LINES {
            found.push(format!("{name} has {lines} lines"));
        }
        if path.ends_with("tidy.rs") {
            continue;
        }
        for word in ["TODO", "FIXME", "XXX", "todo!", "unimplemented!", "dbg!", "unsafe "] {
            found.extend(says(&whole, word).then(|| format!("{name} says {word}")));
        }
    }
    clean(found);
}

#[test]
fn every_module_says_what_it_owns() {
    let found = sources().into_iter().filter(|source| !source.whole.starts_with("//! "));
    clean(found.map(|source| format!("{} does not say what it owns", source.name())).collect());
}

#[test]
fn nothing_else_stands_at_the_top() {
    let names = fs::read_dir(root())
        .expect("the top")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let strange = names.filter(|name| !name.starts_with('.') && !TOP.contains(&name.as_str()));
    clean(strange.collect());
}

#[test]
fn both_engines_have_the_same_migrations() {
    let names = |engine: &str| -> BTreeSet<String> {
        let folder = root().join("migrations").join(engine);
        let found = files(&folder, "sql");
        found.iter().filter_map(|path| Some(path.file_name()?.to_string_lossy().into())).collect()
    };
    assert!(!names("sqlite").is_empty());
    assert_eq!(names("sqlite"), names("postgres"));
}

/// Types that hold something of a person, and so write their own `Debug`.
const PERSONAL: &[&str] = &[
    "Nik",
    "Msisdn",
    "PersonName",
    "Person",
    "Registration",
    "Values",
    "State",
    "Signal",
    "MmiString",
    "Address",
    "Message",
    "Keys",
    "Vault",
    "LinkConfig",
];

#[test]
fn personal_types_do_not_derive_debug() {
    let mut found = Vec::new();
    let mut seen = BTreeMap::new();
    for source in sources() {
        for name in PERSONAL {
            for (at, _) in source
                .code
                .match_indices(&format!("pub struct {name}"))
                .chain(source.code.match_indices(&format!("pub enum {name}")))
            {
                let end = at + "pub struct ".len() + name.len();
                let whole = source.code.get(end..).and_then(|rest| rest.chars().next());
                if whole.is_some_and(|c| c.is_alphanumeric() || c == '_') {
                    continue;
                }
                // `Keys` of a page and of a menu are keys to press.
                if *name == "Keys" && source.room != "vault" {
                    continue;
                }
                seen.insert(*name, ());
                let attributes = &source.code[..at];
                let from = attributes.rfind(['}', ';']).unwrap_or(0);
                if says(&attributes[from..], "Debug") {
                    found.push(format!("{}: `{name}` derives Debug", source.name()));
                }
            }
        }
    }
    clean(found);
    let lost: Vec<_> = PERSONAL.iter().filter(|name| !seen.contains_key(*name)).collect();
    assert!(lost.is_empty(), "no such types: {lost:?}");
}

#[test]
fn the_reader_of_this_test_reads() {
    let code = "use crate::{\n    a::b,\n    c::{self, d::{e, f as g}, h::*},\n};\n\
                // crate::not\nfn x() -> crate::i::J { \"crate::neither\"; '\"'; r#\"crate::nor\"# }\n\
                #[cfg(test)]\nmod tests { use crate::tests; }";
    let expected = ["a::b", "c", "c::d::e", "c::d::f", "c::h", "i::J"];
    assert_eq!(paths(&bare(code)).into_iter().collect::<Vec<_>>(), expected);
    assert!(says("use sqlx::Row;", "sqlx") && !says("use notsqlx;", "sqlx"));
    assert_eq!(room_of("smpp::pdu::tlv").map(|(_, room)| room), Some("smpp::pdu"));
    assert_eq!(room_of("textile"), None);
}
