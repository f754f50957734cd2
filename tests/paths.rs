//! The table of the README that says which conversation file is played on which channel, and that
//! none is left out on any.
//!
//! What is played is what the harness of `tests/stories.rs` registers; the paths that there have to
//! be are those of the configuration that is shipped. `UPDATE_STORIES=1` writes the table, and
//! `tests/run` holds it against what a run really played.

use std::{fmt::Write, fs, path::Path};

use setara::config::Config;

const FROM: &str = "<!-- stories: written by tests/paths.rs -->\n";
const TO: &str = "<!-- end of stories -->";

/// What begins with a call, or anyhow.
const CALLS: &str = "tests/stories";
/// What begins with a text.
const TEXTS: &str = "tests/texts";

/// A way in, and the paths over which it is tried.
struct Channel {
    name: &'static str,
    paths: Vec<String>,
    /// Whether somebody can begin with a text there.
    texts: bool,
}

/// A conversation file.
struct Told {
    folder: &'static str,
    name: String,
    /// The first sentence at its head.
    what: String,
}

/// A path that plays all files of a folder.
#[derive(Debug, PartialEq)]
struct Played {
    path: String,
    folder: String,
}

fn channels() -> Vec<Channel> {
    let config = Config::parse("").expect("the default");
    let one = |name: &str| vec![name.to_owned()];
    vec![
        Channel {
            name: "USSD over SMPP",
            paths: config.dialect.keys().cloned().collect(),
            texts: false,
        },
        Channel {
            name: "USSD over HTTP",
            paths: config.provider.keys().cloned().collect(),
            texts: false,
        },
        Channel { name: "SMS", paths: one("sms"), texts: true },
        Channel { name: "WhatsApp", paths: one("whatsapp"), texts: true },
    ]
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn stories() -> Vec<Told> {
    let mut stories = Vec::new();
    for folder in [CALLS, TEXTS] {
        let entries = fs::read_dir(root().join(folder)).expect("the stories");
        let names = entries.map(|entry| entry.expect("a file").file_name().into_string().unwrap());
        let mut names: Vec<_> = names.filter(|name| name.ends_with(".story")).collect();
        names.sort();
        stories.extend(names.into_iter().map(|name| {
            let text = fs::read_to_string(root().join(folder).join(&name)).expect("a story");
            Told { folder, name, what: first_sentence(&text).replace('|', "\\|") }
        }));
    }
    stories
}

/// Of the comment at the head of a story.
fn first_sentence(story: &str) -> String {
    let lines = story.lines().map_while(|line| line.strip_prefix("# "));
    let head = lines.collect::<Vec<_>>().join(" ");
    head.split_once(". ").map_or(head.clone(), |(first, _)| format!("{first}."))
}

/// What the harness registers: each line of it says a test, a folder, and all files in it.
fn registered() -> Vec<Played> {
    let text = fs::read_to_string(root().join("tests/stories.rs")).expect("the tests");
    let (tests, harness) = text.split_once("datatest_stable::harness! {").expect("the harness");
    // A test of a dialect or a provider is named as its path.
    for line in tests.lines().filter_map(|line| line.trim().strip_prefix("on_")) {
        if let Some((test, path)) = line.split_once(" = ") {
            assert_eq!(path, format!("\"{test}\","), "on_{test} plays something else");
        }
    }
    let rows = harness.lines().map(str::trim).filter(|line| line.starts_with('{'));
    let played = rows.map(|line| {
        let row = line.strip_prefix("{ test = on_");
        let row = row.and_then(|row| row.strip_suffix("\", pattern = r\"\\.story$\" },"));
        let (path, folder) = row.and_then(|row| row.split_once(", root = \"")).expect(line);
        Played { path: path.to_owned(), folder: folder.to_owned() }
    });
    played.collect()
}

fn plays(played: &[Played], path: &str, folder: &str) -> bool {
    played.iter().any(|played| played.path == path && played.folder == folder)
}

fn table(stories: &[Told], channels: &[Channel], played: &[Played]) -> String {
    let mut table = String::new();
    for channel in channels.iter().filter(|channel| channel.paths.len() > 1) {
        let (name, paths) = (channel.name, channel.paths.join(", "));
        writeln!(table, "{name}, {} ways: {paths}.", channel.paths.len()).unwrap();
    }
    table.push_str("\n| story | what it tells |");
    for channel in channels {
        write!(table, " {} |", channel.name).unwrap();
    }
    table.push_str("\n| --- | --- |");
    table.push_str(&" --- |".repeat(channels.len()));
    table.push('\n');
    for Told { folder, name, what } in stories {
        let name = name.trim_end_matches(".story").replace('_', " ");
        write!(table, "| {name} | {what} |").unwrap();
        for channel in channels {
            let paths = channel.paths.iter().filter(|path| plays(played, path, folder)).count();
            match (paths, channel.paths.len()) {
                (0, _) => table.push_str(" – |"),
                (1, 1) => table.push_str(" ✓ |"),
                (paths, all) => write!(table, " {paths} of {all} |").unwrap(),
            }
        }
        table.push('\n');
    }
    table
}

#[test]
fn every_story_is_played_on_every_channel() {
    let (stories, channels, played) = (stories(), channels(), registered());
    let path = root().join("README.md");
    let readme = fs::read_to_string(&path).expect("the README");
    let (before, rest) = readme.split_once(FROM).expect("the table's place");
    let (shown, after) = rest.split_once(TO).expect("the table's end");
    let table = table(&stories, &channels, &played);
    if std::env::var_os("UPDATE_STORIES").is_some() {
        fs::write(&path, format!("{before}{FROM}{table}{TO}{after}")).expect("written");
    } else {
        assert_eq!(shown, table, "UPDATE_STORIES=1 writes it");
    }
    for channel in &channels {
        let folders = if channel.texts { &[CALLS, TEXTS][..] } else { &[CALLS] };
        for (path, folder) in
            channel.paths.iter().flat_map(|path| folders.iter().map(move |folder| (path, folder)))
        {
            assert!(plays(&played, path, folder), "{path} leaves {folder} out");
        }
    }
}

#[test]
fn every_story_says_what_it_tells() {
    for story in stories() {
        assert!(!story.what.is_empty(), "{} does not begin with `# ` and a sentence", story.name);
    }
}

#[test]
#[ignore = "tests/run has the output of a run to hold it against"]
fn the_run_played_every_story() {
    let folder = std::env::var_os("SETARA_TEST_LOGS").expect("SETARA_TEST_LOGS, a folder");
    let output = fs::read(Path::new(&folder).join("tests.log")).expect("what the run printed");
    let output = String::from_utf8_lossy(&output);
    let passed: Vec<_> = output
        .lines()
        .filter_map(|line| line.strip_prefix("test ")?.strip_suffix("... ok").map(str::trim))
        .collect();
    let mut many = 0;
    for Played { path, folder } in registered() {
        for story in stories().iter().filter(|story| story.folder == folder) {
            let test = format!("on_{path}::{}", story.name);
            assert!(passed.contains(&test.as_str()), "{test} did not pass");
            many += 1;
        }
    }
    println!("{many} conversations were played as they are written");
}
