//! The table of the README that says which conversation file runs over which path: every file over
//! every path, and no path that `tests/stories.rs` does not run.
//!
//! `UPDATE_STORIES=1` writes it.

use std::{collections::BTreeSet, fmt::Write, fs, path::Path};

use setara::config::Config;

const FROM: &str = "<!-- stories: written by tests/paths.rs -->\n";
const TO: &str = "<!-- end of stories -->";

/// The path of those that write to the short code.
const SMS: &str = "sms";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The names of the conversation files of a folder.
fn stories(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(root().join(folder)).expect("the stories");
    let names = entries.map(|entry| entry.expect("a file").file_name().into_string().unwrap());
    names.filter_map(|name| name.strip_suffix(".story").map(str::to_owned)).collect()
}

/// The paths that the tests run, in their order: `on_plain = "plain",`; the last is by SMS.
fn run() -> Vec<String> {
    let text = fs::read_to_string(root().join("tests/stories.rs")).expect("the tests");
    let runs = |test: &str, folder: &str| {
        let harness = format!("{{ test = on_{test}, root = \"{folder}\"");
        assert!(text.contains(&harness), "{test} is not in the harness for {folder}");
    };
    let named = |line: &str| {
        let (test, name) = line.trim().strip_prefix("on_")?.split_once(" = \"")?;
        let name = name.strip_suffix("\",")?;
        runs(test, "tests/stories");
        Some(name.to_owned())
    };
    let paths = text.lines().filter_map(named);
    let paths = paths.chain([SMS.to_owned()]).collect();
    runs(SMS, "tests/stories");
    runs(SMS, "tests/texts");
    paths
}

fn table(stories: &BTreeSet<String>, texts: &BTreeSet<String>, paths: &[String]) -> String {
    let mut table = String::from("| story |");
    for path in paths {
        write!(table, " {path} |").unwrap();
    }
    table.push_str("\n| --- |");
    table.push_str(&" --- |".repeat(paths.len()));
    table.push('\n');
    for story in stories {
        writeln!(table, "| {} |{}", story.replace('_', " "), " ✓ |".repeat(paths.len())).unwrap();
    }
    // What begins with a text is told where there is a short code.
    for story in texts {
        let others = "  |".repeat(paths.len() - 1);
        writeln!(table, "| {} |{others} ✓ |", story.replace('_', " ")).unwrap();
    }
    table
}

#[test]
fn every_story_runs_over_every_path() {
    let config = Config::parse("").expect("the default");
    let shipped: BTreeSet<_> = config.dialect.keys().chain(config.provider.keys()).collect();
    let paths = run();
    let sms = SMS.to_owned();
    assert_eq!(paths.iter().collect::<BTreeSet<_>>(), shipped.into_iter().chain([&sms]).collect());

    let path = root().join("README.md");
    let readme = fs::read_to_string(&path).expect("the README");
    let (before, rest) = readme.split_once(FROM).expect("the table's place");
    let (shown, after) = rest.split_once(TO).expect("the table's end");
    let table = table(&stories("tests/stories"), &stories("tests/texts"), &paths);
    if std::env::var_os("UPDATE_STORIES").is_some() {
        fs::write(&path, format!("{before}{FROM}{table}{TO}{after}")).expect("written");
    } else {
        assert_eq!(shown, table, "UPDATE_STORIES=1 writes it");
    }
}
