//! The menus that are shipped.

use std::path::Path;

use super::{super::*, source};
use crate::{
    config::Config,
    service::{DESKS, VACCINATION},
};
use crate::{menu::model::Clash, menus::read};

fn menus() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("menus")
}

#[test]
fn every_menu_passes() {
    let config = Config::parse("").unwrap();
    let mut seen = 0;
    for entry in std::fs::read_dir(menus()).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        seen += 1;
        let checked = check(&read(&folder).unwrap(), DESKS, &config.profiles());
        if let Err(found) = checked {
            panic!("{}", crate::diagnostic::draw(&found, miette::GraphicalTheme::none(), 100));
        }
    }
    assert!(seen > 0);
}

#[test]
fn whatever_a_validator_answers_is_said_in_every_language() {
    let folder = menus().join("pedulilindungi");
    let menu = check(&read(&folder).unwrap(), DESKS, &[]).unwrap().menu;
    for word in VACCINATION.validators.iter().flat_map(|validator| validator.wrongs) {
        for language in menu.languages() {
            assert!(!menu.word(word, language, "").is_empty(), "{word} in {language}");
        }
    }
}

#[test]
fn the_words_alone_are_no_menu() {
    let words = std::fs::read_to_string(menus().join("words.toml")).unwrap();
    let found = check(&[source("words.toml", &words)], DESKS, &[]).unwrap_err();
    assert!(found.iter().any(|finding| finding.code == "menu::empty"), "{found:?}");
    assert!(read(&menus().join("no such folder")).is_err());
}

#[test]
fn what_opens_one_menu_opens_no_other() {
    let checked = |files: &[_]| check(files, DESKS, &[]).unwrap().menu;
    let files = read(&menus().join("antrean")).unwrap();
    let (clinic, vaccination) =
        (checked(&files), checked(&read(&menus().join("pedulilindungi")).unwrap()));
    assert_eq!(clinic.clash(&vaccination), None);
    assert_eq!(clinic.clash(&clinic), Some(Clash::Service("antrean".into())));
    let other = |from: &str, to: &str| {
        let change = |file: &Arc<SourceFile>| {
            let text = file.text.replace("service = \"antrean\"", "service = \"other\"");
            source(&file.name, &text.replace(from, to))
        };
        checked(&files.iter().map(change).collect::<Vec<_>>())
    };
    let opens = |opens: &str| Clash::Opens {
        opens: opens.into(),
        one: "other".into(),
        two: "pedulilindungi".into(),
    };
    assert_eq!(other("*131#", "*119#").clash(&vaccination), Some(opens("*119#")));
    assert_eq!(
        other("\"antrean\", \"antre\"", "\"VAKSIN\"").clash(&vaccination),
        Some(opens("vaksin"))
    );
}
