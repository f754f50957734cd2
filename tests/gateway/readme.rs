//! What the README shows is what the command does.

use std::path::Path;

use setara::{clock, config::Config, service::sample::People};

use crate::site::{Site, run, told};

const README: &str = include_str!("../../README.md");

/// The fenced texts of one kind.
fn blocks(kind: &str) -> Vec<&'static str> {
    let open = format!("```{kind}\n");
    let fenced = README.split(open.as_str()).skip(1);
    fenced.map(|rest| rest.split("```").next().unwrap_or_default()).collect()
}

/// The one fenced text that begins like this.
fn block(kind: &str, beginning: &str) -> &'static str {
    let found = blocks(kind).into_iter().find(|text| text.starts_with(beginning));
    found.unwrap_or_else(|| panic!("the README shows nothing that begins with {beginning}"))
}

/// The cells of the table with this head, row by row.
fn table(head: &str) -> Vec<Vec<&'static str>> {
    let (_, rest) = README.split_once(head).expect("the table");
    let rows = rest.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

#[test]
fn the_people_to_try_are_in_the_sample() {
    let today = clock::now().date(clock::Zone::Wib);
    let known: Vec<_> = People::new(1, today).take(24).map(|entry| entry.to_row()).collect();
    let rows = table("| who | NIK | name | birth date | what happens |");
    assert!(!rows.is_empty());
    for row in rows {
        let birth = [&row[3][4..], &row[3][2..4], &row[3][..2]].join("-");
        let found = known.iter().any(|known| known[..3] == [row[1], row[2], birth.as_str()]);
        assert!(found, "{row:?}");
    }
}

#[test]
fn the_operator_and_the_dialects_are_those_of_the_configuration() {
    let config = Config::parse(block("toml", "[menu]")).expect("a configuration");
    assert_eq!(config.operator["telco"].link[0].address, "smsc.example:2775");
    let head = "| dialect | a session is known by | ask | end | abort | the dialled string is in |";
    let mut named: Vec<_> = table(head).iter().map(|row| row[0].trim_matches('`')).collect();
    named.sort_unstable();
    assert!(named.iter().eq(config.dialect.keys()), "{named:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_menu_with_mistakes_is_told_so() {
    let site = Site::empty("sqlite:setara.db".into());
    let menus = Path::new(env!("CARGO_MANIFEST_DIR")).join("menus");
    let folder = site.folder().join("menus/pedulilindungi");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::copy(menus.join("words.toml"), site.folder().join("menus/words.toml")).unwrap();
    for file in std::fs::read_dir(menus.join("pedulilindungi")).unwrap() {
        let file = file.unwrap();
        let text = std::fs::read_to_string(file.path()).unwrap();
        let people = "  { id = \"people\", go = \"people_list\"";
        let hours =
            "  { id = \"hours\", go = \"hours\", say.id = \"Jam buka\", say.en = \"Open\" },";
        let text = text.replace(people, &format!("{hours}\n{people}"));
        std::fs::write(folder.join(file.file_name()), text).unwrap();
    }
    let hours = "[screen.hours]\nsay.id = \"Buka Senin–Sabtu, 8.00-14.00.\"\n\
                 say.en = \"Open Monday to Saturday, 8.00-14.00.\"\nchoose = [\n  \
                 { id = \"register\", go = \"consnt\", say.id = \"Daftar vaksin\", \
                 say.en = \"Register\" },\n]\n";
    std::fs::write(folder.join("hours.toml"), hours).unwrap();
    let config = site.folder().join("menus.toml");
    std::fs::write(&config, "menu.folders = [\"menus/pedulilindungi\"]\n").unwrap();
    let output = run(&config, &["menu", "check"]).await;
    let said = told(&output).replace(&format!("{}/", site.folder().display()), "");
    assert_eq!(said, block("text", "menu::"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_mistakes_is_told_so() {
    let site = Site::on_sqlite().await;
    let rows = "nik,name,birth_date\n3173010502900100,Contoh Satu,1990-02-05\n\
                317301050290010,Contoh Dua,1990-02-05\n3173010502900102,Contoh Tiga,05-02-1990\n";
    let csv = site.folder().join("people.csv");
    std::fs::write(&csv, rows).unwrap();
    let output = site.run(&["record", "import", &csv.display().to_string()]).await;
    assert_eq!(told(&output), block("text", "line 3"));
}

/// Every command that is shown to be typed is one, down to its options.
#[tokio::test(flavor = "multi_thread")]
async fn the_commands_exist() {
    let site = Site::empty("sqlite:setara.db".into());
    let shown = blocks("sh").concat();
    let ours = shown.lines().filter_map(|line| line.strip_prefix("target/release/setara "));
    let mut count = 0;
    for line in ours {
        let words = line.split(['>', '#']).next().unwrap_or_default();
        let names = words.split(' ').take_while(|word| !word.starts_with("--"));
        let names: Vec<_> = names
            .filter(|word| word.chars().all(char::is_alphabetic) && !word.is_empty())
            .collect();
        let help = run(&site.config(), &[&names[..], &["--help"]].concat()).await;
        assert!(help.status.success(), "{line}: {}", told(&help));
        count += 1;
    }
    assert!(count >= 6, "{count}");
}
