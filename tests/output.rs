//! Nothing that a whole run of the tests wrote names anybody: what it printed, what gateways logged
//! at their most talkative, what they count.
//!
//! `tests/run` keeps all of it in one folder and has it searched when everything else is over. What
//! is searched for: whatever could be a NIK or a mobile number, the names of the invented people,
//! and what the stories type in words.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
    fs,
    io::{BufRead, BufReader},
    num::NonZero,
    path::{Path, PathBuf},
    sync::Mutex,
};

use aho_corasick::AhoCorasick;
use setara::{
    identity::{Msisdn, Nik, PersonName},
    menu::story::{Act, Story},
    service::sample::People,
};

/// As many as the simulated country has.
const PEOPLE: usize = 1000;

/// More than this helps nobody.
const SHOWN: usize = 20;

/// Names and sentences in plain words.
struct Words {
    /// By the first word.
    by_first: HashMap<String, Vec<Vec<String>>>,
    /// Something without which none of them is in a line: the longest word of each, in letters of any
    /// case, and what a word loses before it is looked at.
    sign: AhoCorasick,
}

impl Words {
    fn known() -> Self {
        let mut all = HashSet::new();
        // The day moves ages, not names.
        for entry in People::new(1, jiff::civil::date(2021, 8, 16)).take(PEOPLE) {
            all.insert(plain(entry.name.as_str()));
            all.insert(plain(&entry.name.normalised()));
        }
        // One word may be a keyword, and says nothing of anybody.
        all.extend(typed().iter().map(|typed| plain(typed)).filter(|words| words.len() > 1));
        let longest: HashSet<&String> = all
            .iter()
            .filter_map(|name| {
                name.iter().filter(|word| word.is_ascii()).max_by_key(|word| word.len())
            })
            .collect();
        let lost = APOSTROPHES.map(String::from);
        let signs = longest.into_iter().chain(&lost);
        let sign = AhoCorasick::builder().ascii_case_insensitive(true).build(signs).unwrap();
        assert!(
            all.iter().all(|name| name.iter().any(|word| word.is_ascii())),
            "some are not found"
        );
        let mut by_first: HashMap<_, Vec<_>> = HashMap::new();
        for name in all {
            if let Some(first) = name.first() {
                by_first.entry(first.clone()).or_default().push(name);
            }
        }
        Self { by_first, sign }
    }

    /// Whether a line has to be looked at word by word: most have none of these words, and there are
    /// hundreds of thousands.
    fn may_be_within(&self, line: &str) -> bool {
        self.sign.is_match(line)
    }

    fn within(&self, line: &[String]) -> bool {
        line.iter().enumerate().any(|(at, word)| {
            let names = self.by_first.get(word);
            names.is_some_and(|names| names.iter().any(|name| line[at..].starts_with(name)))
        })
    }
}

/// What people type in words in the conversation files.
fn typed() -> Vec<String> {
    let mut typed = Vec::new();
    for folder in ["tests/stories", "tests/texts"] {
        for path in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)) {
            if path.extension().is_none_or(|ending| ending != "story") {
                continue;
            }
            let story = Story::parse(&fs::read_to_string(path).unwrap()).unwrap();
            for step in story.steps {
                if let Act::Type(words) | Act::Text(words) = step.act {
                    typed.extend(words.split('#').map(str::to_owned));
                }
            }
        }
    }
    typed.retain(|words| PersonName::parse(words).is_ok());
    typed
}

/// What stands within words, and is left out.
const APOSTROPHES: [char; 3] = ['\'', '`', '’'];

/// The words of a text in small letters, however it is written in a URL or in quotes.
fn plain(text: &str) -> Vec<String> {
    let text = unescaped(text).replace(APOSTROPHES, "").to_lowercase();
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// An escape ends a word.
fn unescaped(text: &str) -> String {
    let mut text = text.to_owned();
    for escape in ["\\n", "\\r", "\\t", "%20", "%2B", "%23", "%2A"] {
        text = text.replace(escape, " ");
    }
    text
}

/// What in a line tells who somebody is.
fn told(line: &str, words: &Words) -> Option<&'static str> {
    if has_long_number(line)
        && let Some(number) = told_number(line)
    {
        return Some(number);
    }
    (words.may_be_within(line) && words.within(&plain(line)))
        .then_some("a name, or what somebody typed")
}

/// Whether there are as many digits in a row as a phone number has at least.
fn has_long_number(line: &str) -> bool {
    let mut digits = 0;
    line.bytes().any(|octet| {
        digits = if octet.is_ascii_digit() { digits + 1 } else { 0 };
        digits == SHORTEST_PHONE
    })
}

fn told_number(line: &str) -> Option<&'static str> {
    let text = unescaped(line);
    let mut whole = false;
    for run in text.split_inclusive(|letter: char| !letter.is_ascii_alphanumeric()) {
        let digits = run.trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric());
        let number = !digits.is_empty() && digits.bytes().all(|octet| octet.is_ascii_digit());
        // What follows a number and a point is its fraction.
        if number && !whole {
            if digits.len() == 16 && Nik::parse(digits).is_ok() {
                return Some("a NIK");
            }
            if is_phone(digits) {
                return Some("a whole number");
            }
        }
        whole = number && run.ends_with('.');
    }
    None
}

/// Digits of the shortest phone number.
const SHORTEST_PHONE: usize = 10;

fn is_phone(digits: &str) -> bool {
    (SHORTEST_PHONE..=14).contains(&digits.len())
        && (digits.starts_with("08") || digits.starts_with("628"))
        && Msisdn::parse(digits).is_ok_and(|phone| phone.is_indonesian_mobile())
}

/// Every line of every file of a folder that tells something, as `FILE:LINE: WHAT: TEXT`, with all processors.
fn search(folder: &Path) -> (usize, Vec<String>) {
    let words = Words::known();
    let (next, found) = (Mutex::new(files(folder).into_iter()), Mutex::new((0, Vec::new())));
    let next_file = || next.lock().unwrap().next();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, NonZero::get) {
            scope.spawn(|| {
                while let Some(path) = next_file() {
                    let (lines, told) = search_file(&path, &words);
                    let mut found = found.lock().unwrap();
                    found.0 += lines;
                    found.1.extend(told);
                }
            });
        }
    });
    found.into_inner().unwrap()
}

fn search_file(path: &Path, words: &Words) -> (usize, Vec<String>) {
    let name = path.file_name().unwrap_or_default().display();
    let mut file = BufReader::new(fs::File::open(path).expect("a log"));
    let (mut line, mut lines, mut found) = (Vec::new(), 0, Vec::new());
    while file.read_until(b'\n', &mut line).expect("a log") > 0 {
        lines += 1;
        let text = String::from_utf8_lossy(&line);
        if let Some(what) = told(&text, words) {
            found.push(format!("{name}:{lines}: {what}: {}", text.trim_end()));
        }
        line.clear();
    }
    (lines, found)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
    files.retain(|path| path.is_file());
    // The largest first, so that no processor is left with it in the end.
    files.sort_by_key(|path| (Reverse(fs::metadata(path).map_or(0, |of| of.len())), path.clone()));
    files
}

#[test]
#[ignore = "tests/run has a folder to search when everything else is over"]
fn what_the_run_wrote_names_nobody() {
    let folder = std::env::var_os("SETARA_TEST_LOGS").expect("SETARA_TEST_LOGS, a folder");
    let (lines, found) = search(Path::new(&folder));
    // Searching nothing would find nothing.
    assert!(lines > 10_000, "only {lines} lines were kept");
    let shown = found[..found.len().min(SHOWN)].join("\n");
    assert!(found.is_empty(), "{} of {lines} lines tell who somebody is:\n{shown}", found.len());
    println!("{lines} lines name nobody");
}

#[test]
fn what_tells_is_found() {
    let folder = std::env::temp_dir().join(format!("setara-output-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let log = "INFO turn taken service=\"pedulilindungi\"\n\
               DEBUG a person nik=3173014502900001 name=\"Siti Aminah\"\n";
    fs::write(folder.join("a.log"), log).unwrap();
    let (lines, found) = search(&folder);
    fs::remove_dir_all(&folder).unwrap();
    assert_eq!((lines, found.len()), (2, 1), "{found:?}");
    assert!(found[0].starts_with("a.log:2: a NIK"), "{found:?}");
}

#[test]
fn every_way_to_write_it_is_known() {
    let words = Words::known();
    for line in [
        "nik=3173014502900001",
        r#"{"body":"STATUS#3173014502900001#05021990"}"#,
        r#"answer="Ketik NIK:\n3578016505080001\n""#,
        "GET /ussd/a?ussdString=3173014502900001 HTTP/1.1",
        "from=081290000001",
        "to=+6281290000001 done",
        "GET /chat?to=%2B6281290000001",
        "name=\"Siti Aminah\"",
        "text=*119*1*SITI+AMINAH*",
        "q=siti%20aminah",
        "Muhammad Rizky Ramadhan",
        "Nur'aini Sa'diyah",
        "Suparman",
        "I Wayan Sudiarta asked",
        "note: Demam dan pegal dua hari",
    ] {
        assert!(told(line, &words).is_some(), "not found: {line}");
    }
}

#[test]
fn what_only_looks_like_it_is_left_alone() {
    let words = Words::known();
    for line in [
        "test on_plain::register.story ... ok",
        "nik=3173********0001 name=\"S*** A*****\" from=+62812*****001",
        "2021-08-16T09:00:00.081290000001Z took 0.081290000001 s",
        "setara_turn_time_seconds_sum 0.3140792609999999",
        "bytes=1234567890123456 serial=3173014502900000",
        "id=3173014502900001f trace=a081290000001b",
        "type 1 to register: Daftar vaksin, Status vaksinasi",
    ] {
        assert_eq!(told(line, &words), None, "{line}");
    }
}
