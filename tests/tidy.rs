//! The laws of the house, read off the source: what stands on which floor, what each room may
//! touch, and what is nowhere to be found.
//!
//! The test reads text and no types: it strips comments, texts and test modules, and looks at the
//! paths that are left.

#[path = "tidy/read.rs"]
mod read;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use self::read::{bare, files, paths, root, says, sources};

/// The floors from the ground up: a room imports only what stands below it, and nothing of its own
/// floor but itself. The reason stands beside a room that is not where one would look for it.
const FLOORS: &[&[&str]] = &[
    // Values and how to read them; `text::page` lays out, `diagnostic` draws. The instruments and
    // the spans are held by the engine, which knows nobody who reads them.
    &[
        "clock",
        "diagnostic",
        "keyfile",
        "text",
        "smpp::pdu",
        "telemetry::instruments",
        "telemetry::spans",
    ],
    // Names and numbers are cleaned with the transliteration of `text`.
    &["identity", "smpp::session"],
    // Screens; the keys, which know a NIK, a number and a chat and nothing else; and certificates,
    // which say what they are told.
    &["menu", "vault", "smpp::link", "certificate"],
    // A notice to a chat has a card.
    &["outbox"],
    // Names people by their blind indexes, and offers calls to a menu.
    &["conversation", "service"],
    // An inbound carries a conversation's signal. What Satu Data says is what the service knows.
    &["channel", "satudata"],
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
    "certificate",
    "satudata",
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
    ("utoipa", &["http"]),
    ("maud", &["http"]),
    ("prometheus_client", &["telemetry"]),
    ("opentelemetry", &["telemetry::traces"]),
    ("governor", &["limits"]),
    // The vault's indexes; and the signatures of callers, which have keys of their own.
    ("hmac", &["vault", "http::gate", "channel::whatsapp::proof", "satudata::proof"]),
    ("chacha20poly1305", &["vault"]),
    ("p256", &["certificate::keys"]),
    ("ed25519_dalek", &["certificate::keys"]),
    ("x509_cert", &["certificate::keys"]),
    ("ciborium", &["certificate::dcc"]),
    ("coset", &["certificate::dcc"]),
    ("krilla", &["certificate::pdf"]),
    // Traces only name the provider of their client's TLS.
    (
        "tokio_rustls",
        &["smpp::link", "telemetry::traces", "app::whatsapp::cloud", "app::satudata::client"],
    ),
    ("reqwest", &["app::whatsapp::cloud", "app::satudata::client"]),
    ("clap", &["cli", "main"]),
    ("miette", &["diagnostic", "cli"]),
    // A callback's word for what went wrong leaves before the end of its session is stored. What lies under
    // the connections to a database lives as long as they do, whoever opened them.
    ("tokio::spawn", &["app", "cli", "smpp::link", "http::callback", "store::conduit"]),
    ("JoinSet", &["app", "smpp::link", "store::conduit"]),
    // A menu is checked aside, on a thread that may be blocked.
    ("spawn_blocking", &["app", "cli", "smpp::link", "menus"]),
    ("std::thread", &[]),
    ("SystemTime", &["clock"]),
    // The vault draws nonces itself, the engine the random value of a turn, the link its jitter,
    // the store the token of an import, the roof the mark of its process, the file of the signing
    // keys what new ones are made of.
    (
        "rand::",
        &[
            "vault",
            "engine",
            "smpp::link",
            "store",
            "app",
            "cli",
            "service::sample",
            "certificate::file",
            "keyfile",
        ],
    ),
    // Files are read by those who are told their names.
    (
        "std::fs",
        &["config", "vault", "cli", "menus", "http", "store", "keyfile", "app::outbox::journal"],
    ),
];

/// Exceptions to [`PURE`], each with its reason.
const PARDONED: &[(&str, &str, &str)] = &[
    ("src/service/sample.rs", "rand::", "a seeded generator: people are invented from a number"),
    ("src/service/sample/names.rs", "rand::", "see `sample`"),
    ("src/certificate/file.rs", "rand::", "new keys are drawn here, and handed to what is pure"),
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
    let speakers = [
        "smpp",
        "channel::ussd",
        "channel::sms",
        "outbox",
        "app",
        "config",
        "telemetry",
        "http",
        "cli",
    ];
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
    "Keyring",
    "Paper",
    "Seen",
    "Seed",
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
                // How a campaign stands, and what a receipt says, is no subscriber's state.
                if *name == "State" && !within(&source.room, "menu") {
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
