//! Conversation files with a record that is slow or away, played on a phone of the network, on both
//! databases. Beside what every story has, three lines: `# record: well | slow | away` from there on,
//! `# registered: NIK` for somebody whose registration only the record has, and `# reads: words` for a text that
//! comes. `TIME` stands for a day and a time.
//!
//! `UPDATE_STORIES=1` writes what is really shown into the files, to be read before it is committed.

use std::path::{Path, PathBuf};

use setara::{
    cli::menu::{rehearsal::Seen, test::differences},
    clock,
    menu::story::{Act, Session, Story, rewrite},
    service::sample::places,
};
use simulator::satudata::Requests;

use crate::{
    bed::{Bed, Someone, both, registered_there, sample},
    events::store,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_is_slow() {
    told("slow").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_is_away() {
    told("away").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_known_has_an_age() {
    told("age").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_registered_elsewhere_books_and_waits() {
    told_with("appointment", "fresh_seconds = 1\n").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn consent_is_taken_back() {
    told("withdrawal").await;
}

async fn told(name: &str) {
    // What was asked a second ago is old.
    told_with(name, "session_ms = 600\nfresh_seconds = 1\n").await;
}

async fn told_with(name: &str, lines: &str) {
    let (path, text) = file(name);
    for bed in both().await {
        let bed = bed.configured(lines);
        let gateway = bed.gateway().await;
        open_places(&bed).await;
        let mut whole = String::new();
        for piece in pieces(&text) {
            let story = Story::parse(&piece).expect("a story");
            let seen = play(&bed, &piece, &story).await;
            if std::env::var_os("UPDATE_STORIES").is_some() {
                whole.push_str(&rewrite(&piece, &seen));
            } else if let Some(wrong) = differences(&story, &seen) {
                panic!("{name}: {wrong}");
            }
        }
        if !whole.is_empty() {
            std::fs::write(&path, timeless(&whole)).expect("written");
        }
        bed.end(gateway).await;
    }
}

/// The places of the sample: where Siti lives, and with the one seat a week that one can wait for.
pub async fn open_places(bed: &Bed) {
    let store = store(bed).await;
    for within in ["3173", "8171"] {
        store.put_facilities(&places(within), clock::now(), |_| ()).await.expect("places");
    }
    store.close().await;
}

/// Where a story is, and what it says.
pub fn file(name: &str) -> (PathBuf, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/satudata/stories");
    let path = folder.join(format!("{name}.story"));
    let text = std::fs::read_to_string(&path).expect("a story");
    (path, text)
}

/// The parts of a file, each of which begins with what the record is like.
pub fn pieces(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for line in text.lines() {
        let last = pieces.last_mut().expect("never empty");
        if line.starts_with("# record:") && last.contains("phone ") {
            pieces.push(String::new());
        }
        let last = pieces.last_mut().expect("never empty");
        last.push_str(line);
        last.push('\n');
    }
    pieces
}

async fn play(bed: &Bed, piece: &str, story: &Story) -> Seen {
    let mut someone: Option<Someone> = None;
    let mut seen = Seen::new();
    for line in piece.lines() {
        match line.strip_prefix("# record: ") {
            Some("slow") => bed.faults(Requests::Good, 100, 2_500),
            Some("away") => {
                // What the phone has asked before is old by then.
                tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
                bed.faults(Requests::Away, 100, 0);
            }
            Some(_) => bed.well(),
            None => {}
        }
        if let Some(nik) = line.strip_prefix("# registered: ") {
            let entry = sample().into_iter().find(|entry| entry.nik.as_str() == nik);
            bed.record.put(nik, registered_there(&entry.expect("somebody")), "registration");
        }
    }
    let reads = |at: usize| piece.lines().nth(at)?.strip_prefix("# reads: ");
    // What comes before anybody dials.
    let first = story.steps.first().map_or(0, |step| step.line);
    let early: Vec<&str> = (0..first).filter_map(reads).collect();
    for step in &story.steps {
        if let Act::Phone(number) = &step.act {
            let mut person = bed.phone(number).await;
            for words in &early {
                person.reads(words).await;
            }
            someone = Some(person);
            continue;
        }
        let person = someone.as_mut().expect("a story begins with `phone`");
        let screen = match &step.act {
            Act::Dial(string) => person.phone.dial(string).await,
            Act::Type(answer) => person.phone.answer(answer).await,
            _ => panic!("line {}: nobody does that here", step.line),
        };
        let screen = screen.expect("a screen");
        let session = if screen.open { Session::Open } else { Session::Closed };
        seen.push((step.line, timeless(&screen.text), session));
    }
    let late: Vec<&str> = (first..piece.lines().count()).filter_map(reads).collect();
    for words in late {
        someone.as_mut().expect("somebody").reads(words).await;
    }
    seen
}

/// With `TIME` in the place of a day and a time.
pub fn timeless(text: &str) -> String {
    let mut told = String::new();
    for line in text.split_inclusive('\n') {
        match line.split_once("Data per ") {
            Some((before, after)) if after.len() >= 12 => {
                told.push_str(before);
                told.push_str("Data per TIME");
                told.push_str(&after[11..]);
            }
            _ => told.push_str(line),
        }
    }
    told
}
