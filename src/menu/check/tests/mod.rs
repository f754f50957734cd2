//! Broken menus, one mistake each, and what is said of them.

mod drawn;
mod notices;
mod purposes;
mod real;
mod room;
mod shape;
mod texts;
mod ways;

use std::sync::Arc;

use jiff::civil::Date;

use super::*;
use crate::{
    menu::{
        catalogue::{Call, Effect, Given, List, Outcome, Privacy, Sends, Validator, Wrong},
        state::{Row, Values},
        view::Manner,
    },
    text::{Alphabet, page::Budget},
};

const CATALOGUE: Catalogue = Catalogue {
    desk: "reception",
    validators: &[
        Validator {
            name: "card",
            read: card,
            wrongs: &["card_digits"],
            longest: "0000000000",
            privacy: Privacy::Personal,
        },
        Validator {
            name: "town",
            read: card,
            wrongs: &["card_digits"],
            longest: "Wwwwwwwwwwwwwwwwwwww",
            privacy: Privacy::Open,
        },
    ],
    lists: &[
        List {
            name: "doctors",
            needs: &[],
            rows: none,
            longest: "dr. Wwwwwwwwwwwwwwww",
            most: 12,
            privacy: Privacy::Open,
        },
        List {
            name: "visits",
            needs: &["card"],
            rows: none,
            longest: "17-08-2021",
            most: 20,
            privacy: Privacy::Personal,
        },
    ],
    calls: &[
        Call {
            name: "queue.join",
            effect: Effect::Changes,
            needs: &["card"],
            outcomes: &[
                Outcome {
                    name: "joined",
                    means: "",
                    gives: &[
                        Given { name: "number", longest: "999", privacy: Privacy::Open },
                        Given {
                            name: "patient",
                            longest: "W*** W****",
                            privacy: Privacy::Personal,
                        },
                    ],
                },
                Outcome { name: "full", means: "", gives: &[] },
            ],
        },
        Call {
            name: "queue.look",
            effect: Effect::Reads,
            needs: &[],
            outcomes: &[
                Outcome { name: "open", means: "", gives: &[] },
                Outcome { name: "closed", means: "", gives: &[] },
            ],
        },
    ],
    sends: &[Sends {
        call: "queue.leave",
        name: "done",
        gives: &[Given { name: "ward", longest: "Wwww", privacy: Privacy::Open }],
    }],
    tells: &[Given { name: "patient", longest: "W*** W****", privacy: Privacy::Personal }],
};

fn card(typed: &str, _: Date) -> Result<String, Wrong> {
    Ok(typed.into())
}

fn none(_: &Values) -> Vec<Row> {
    Vec::new()
}

/// The words, the same for all; line by line as authors write them.
const WORDS: &str = r#"desk = "reception"
[words]
back = { id = "Kembali", en = "Back" }
home = { id = "Menu", en = "Menu" }
next = { id = "Lanjut", en = "More" }
wrong_choice = { id = "Ketik angka 1-{last}.", en = "Type a number 1-{last}." }
only_choice = { id = "Ketik angka 1.", en = "Type the number 1." }
more_first = { id = "Ketik {next}.", en = "Type {next}." }
no_such_row = { id = "Tidak ada.", en = "There is none." }
choose_button = { id = "Pilih", en = "Choose" }
other_keys = { id = "Lainnya", en = "Other" }
old_choice = { id = "Lama.", en = "Old." }
old_data = { id = "Per {time}.", en = "As of {time}." }
resume = { id = "Lanjutkan?", en = "Go on?" }
resume_yes = { id = "Lanjutkan", en = "Go on" }
resume_no = { id = "Mulai lagi", en = "Start again" }
too_many = { id = "Dial {dial} lagi.", en = "Dial {dial} again." }
busy = { id = "Ramai. Dial {dial} lagi.", en = "Busy. Dial {dial} again." }
sorry = { id = "Maaf. Dial {dial} lagi.", en = "Sorry. Dial {dial} again." }
nik_dialled = { id = "Dial {dial} saja.", en = "Dial {dial} only." }
unknown_code = { id = "Dial {dial}.", en = "Dial {dial}." }
card_digits = { id = "Kartu: 10 angka.", en = "A card has 10 digits." }
confirm = { id = "{brand} {purpose} {code}", en = "{brand} {purpose} {code}" }
not_confirmed = { id = "Not {brand} {purpose} {code}", en = "Not {brand} {purpose} {code}" }
refuse_meant = { id = "refuse_meant", en = "refuse_meant" }
stopped = { id = "stopped", en = "stopped" }
started = { id = "started", en = "started" }
help = { id = "help", en = "help" }
incomplete = { id = "incomplete", en = "incomplete" }
late = { id = "late", en = "late" }
chat_number = { id = "chat_number", en = "chat_number" }
chat_number_wrong = { id = "chat_number_wrong", en = "chat_number_wrong" }
chat_own = { id = "chat_own {phone}", en = "chat_own {phone}" }
chat_code_sent = { id = "chat_code_sent", en = "chat_code_sent" }
chat_again = { id = "chat_again", en = "chat_again" }
chat_code_wrong = { id = "chat_code_wrong", en = "chat_code_wrong" }
chat_wait = { id = "chat_wait {minutes}", en = "chat_wait {minutes}" }
chat_locked = { id = "chat_locked {minutes}", en = "chat_locked {minutes}" }
chat_later = { id = "chat_later", en = "chat_later" }
chat_code = { id = "chat_code {code}", en = "chat_code {code}" }
chat_unreadable = { id = "chat_unreadable", en = "chat_unreadable" }
chat_place = { id = "chat_place", en = "chat_place" }
nearest = { id = "Dekat.", en = "Near." }
[commands]
stop = ["stop"]
start = ["start"]
help = ["help"]
"#;

const SERVICE: &str = r#"
service = "clinic"
dial = ["*123#"]
languages = ["id", "en"]
start = "home"
brand = "Klinik"
purpose = { "queue.join" = { id = "antre", en = "queueing" } }
"#;

/// A first screen that leads to `there`, and a last one.
const AROUND: &str = r#"
[screen.home]
say = { id = "Klinik", en = "Clinic" }
choose = [
  { id = "there", go = "there", say = { id = "Ke sana", en = "There" } },
  { id = "bye", go = "bye", say = { id = "Selesai", en = "Done" } },
]
[screen.bye]
last = true
say = { id = "Sampai jumpa.", en = "Goodbye." }
"#;

fn profile(name: &str, units: u16) -> Profile {
    let budget = Budget { units, alphabet: Alphabet::Gsm7 };
    Profile { name: name.into(), frame: Frame { budget, rows: 8, manner: Manner::Text } }
}

fn source(name: &str, text: &str) -> Arc<SourceFile> {
    Arc::new(SourceFile { name: name.into(), text: text.into() })
}

/// What is found in a whole menu.
fn findings(files: &[(&str, &str)], profiles: &[Profile]) -> Vec<Finding> {
    let files: Vec<_> = files.iter().map(|(name, text)| source(name, text)).collect();
    match super::check(&files, &[&CATALOGUE], profiles) {
        Ok(checked) => checked.warnings,
        Err(findings) => findings,
    }
}

/// One finding in a line: kind, file, line, and the very text under the caret. A warning has a
/// question mark.
fn line(finding: &Finding) -> String {
    let code = finding.code.trim_start_matches("menu::");
    let mark = if finding.severity == Severity::Warning { "?" } else { "" };
    match &finding.at {
        None => format!("{code}{mark}: {}", finding.message),
        Some(at) => {
            let file = if at.file.name == "menu" { "" } else { at.file.name.as_str() };
            let under = at.file.text.get(at.span.clone()).unwrap_or("(not in the file)");
            let lines: Vec<&str> = under.lines().collect();
            let under = if lines.len() > 1 { format!("{}…", lines[0]) } else { under.into() };
            format!("{code}{mark} {file}{} {under}", at.line())
        }
    }
}

/// The one harness: the case's screens between the usual ones, and what is said of them.
#[track_caller]
fn check(case: &str, expected: &[&str]) {
    check_on(&[profile("ussd", 160)], case, expected);
}

#[track_caller]
fn check_on(profiles: &[Profile], case: &str, expected: &[&str]) {
    let files = [("words", WORDS), ("service", SERVICE), ("around", AROUND), ("menu", case)];
    let told: Vec<String> = findings(&files, profiles).iter().map(line).collect();
    assert_eq!(told, expected, "{case}");
}

/// The case alone, with the words.
#[track_caller]
fn check_whole(menu: &str, expected: &[&str]) {
    let files = [("words", WORDS), ("menu", menu)];
    let told: Vec<String> = findings(&files, &[profile("ussd", 160)]).iter().map(line).collect();
    assert_eq!(told, expected, "{menu}");
}

const THERE: &str = r#"[screen.there]
say = { id = "Di sana", en = "There" }
"#;

/// A case whose screen `there` has these lines, from line 3 of the file.
fn there(lines: &str) -> String {
    format!("{THERE}{lines}\n")
}

#[test]
fn a_good_menu_has_no_findings() {
    check(&there("last = true"), &[]);
    check(&there("ask = \"card\"\nkeep = \"card\"\ngo = \"bye\""), &[]);
    check(&there("pick = \"doctors\"\nkeep = \"doctor\"\ngo = \"bye\""), &[]);
}

#[test]
fn eight_mistakes_are_told_at_once() {
    let case = r#"tarts = "home"
[screen.there]
say = { id = "Ma’af", en = "Sorry" }
choose = [
  { id = "card", go = "crad", say = { id = "Kartu", en = "Card" } },
  { id = "town", go = "town", say = { id = "Kota" } },
  { id = "same", go = "bye", say = { id = "Kartu", en = "Same" } },
]
[screen.town]
ask = "twon"
keep = "town"
go = "look"
say = { id = "Kota {nama}?", en = "Town?" }
[screen.look]
call = "queue.look"
on.open = "bye"
[screen.attic]
last = true
say = { id = "Loteng", en = "Attic" }
"#;
    let mut expected = [
        "unknown_key 1 tarts",
        "alphabet 3 ’",
        "dangling 5 \"crad\"",
        "missing_language 6 say",
        "alike 7 \"Kartu\"",
        "unknown 10 \"twon\"",
        "placeholder 13 \"Town?\"",
        "outcome 15 \"queue.look\"",
        "unreachable 17 attic",
    ];
    let files = [("words", WORDS), ("service", SERVICE), ("around", AROUND), ("menu", case)];
    let mut told: Vec<String> =
        findings(&files, &[profile("ussd", 160)]).iter().map(line).collect();
    told.sort();
    expected.sort_unstable();
    assert_eq!(told, expected);
}
