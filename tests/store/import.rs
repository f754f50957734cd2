//! A file is taken into the record as a whole or not at all, also by an importer that is killed.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Command, Stdio},
};

use jiff::civil::date;
use setara::{
    cli::record::{Database, ImportArgs, RecordCommand, RecordError, SampleArgs, run},
    service::{
        record::Need,
        roster::Entry,
        sample::{self, People},
    },
    store::{ImportError, Repeated, Table},
    vault::Vault,
};
use sqlx::{Connection, PgConnection};
use tokio::runtime::Handle;

use crate::bed::{Bed, at, both, open, postgres, vault};

fn people(count: usize) -> Vec<(u64, Entry)> {
    (2..).zip(People::new(1, date(2021, 8, 16)).take(count)).collect()
}

#[tokio::test]
async fn a_row_replaces_what_the_record_said_of_its_nik() {
    for bed in both().await {
        let rows = people(1_100);
        bed.fill(&rows.iter().map(|(_, entry)| entry.clone()).collect::<Vec<_>>()).await;
        let mut one = rows[12].1.clone();
        assert_eq!((one.nik.as_str(), one.doses.len()), (sample::BOOSTED.nik, 3));
        one.doses.remove(1);
        one.blocked = true;
        bed.fill(&[one]).await;
        assert_eq!(bed.store.count(Table::Person).await.unwrap(), 1_100);
        let need = Need { person: Some(bed.person(sample::BOOSTED.nik)), ..Need::default() };
        let person = bed.facts(&[need]).await.remove(0).person.unwrap();
        assert_eq!(person.doses.iter().map(|dose| dose.number).collect::<Vec<_>>(), [1, 3]);
        assert!(person.blocked);
        assert_stage_is_empty(&bed).await;
    }
}

#[tokio::test]
async fn a_nik_that_comes_twice_is_told_with_both_lines() {
    for bed in both().await {
        let mut rows = people(1_500);
        rows[700].1 = rows[3].1.clone();
        rows[1_400].1 = rows[1_399].1.clone();
        rows[1_401].1 = rows[12].1.clone();
        let mut importing = bed.store.begin_import(at(0)).await.unwrap();
        importing.stage(&rows, at(0)).await.unwrap();
        let expected =
            [(702, 5), (1_402, 1_401), (1_403, 14)].map(|(line, first)| Repeated { line, first });
        assert_eq!(importing.repeated(9, at(0)).await.unwrap(), (3, expected.to_vec()));
        assert_eq!(importing.repeated(2, at(0)).await.unwrap(), (3, expected[..2].to_vec()));
        importing.discard().await.unwrap();
        assert_eq!(bed.store.count(Table::Person).await.unwrap(), 0);
        assert_stage_is_empty(&bed).await;
    }
}

#[tokio::test]
async fn one_import_at_a_time_and_a_silent_one_is_replaced() {
    for bed in both().await {
        let mut first = bed.store.begin_import(at(0)).await.unwrap();
        first.stage(&people(10), at(1)).await.unwrap();
        let busy = bed.store.begin_import(at(2)).await;
        assert!(matches!(busy, Err(ImportError::Busy)));
        let mut second = bed.store.begin_import(at(4)).await.unwrap();
        assert_stage_is_empty(&bed).await;
        let lost = first.stage(&people(1), at(4)).await;
        assert!(matches!(lost, Err(ImportError::Lost)));
        assert!(matches!(first.apply(at(4), |_| ()).await, Err(ImportError::Lost)));
        second.stage(&people(5), at(4)).await.unwrap();
        second.apply(at(4), |_| ()).await.unwrap();
        assert_eq!(bed.store.count(Table::Person).await.unwrap(), 5);
    }
}

/// PostgreSQL that fell may come back without the last of what was staged.
#[tokio::test]
async fn an_import_that_has_lost_a_row_is_refused() {
    let bed = postgres().await;
    let mut importing = bed.store.begin_import(at(0)).await.unwrap();
    importing.stage(&people(20), at(0)).await.unwrap();
    let mut beside = PgConnection::connect(&bed.url).await.unwrap();
    let lose = "delete from staged_person where place = (select max(place) from staged_person)";
    sqlx::query(lose).execute(&mut beside).await.unwrap();
    assert!(matches!(importing.repeated(1, at(0)).await, Err(ImportError::Fell)));
    importing.discard().await.unwrap();
    assert_eq!(bed.store.count(Table::Person).await.unwrap(), 0);
}

/// PostgreSQL that fell may come back without the last of what was moved.
#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_has_lost_a_piece_moves_it_again() {
    let bed = postgres().await;
    let rows = people(3_000);
    let mut importing = bed.store.begin_import(at(0)).await.unwrap();
    importing.stage(&rows, at(0)).await.unwrap();
    let mut beside = PgConnection::connect(&bed.url).await.unwrap();
    let mut pieces = 0;
    importing
        .apply(at(0), |_| {
            pieces += 1;
            if pieces == 2 {
                let lose = async {
                    let lose =
                        "delete from person; delete from dose; update import set applied_to = ''";
                    sqlx::raw_sql(lose).execute(&mut beside).await.unwrap();
                };
                tokio::task::block_in_place(|| Handle::current().block_on(lose));
            }
        })
        .await
        .unwrap();
    assert_eq!(bed.store.count(Table::Person).await.unwrap(), 3_000);
    let doses = rows.iter().map(|(_, entry)| entry.doses.len() as u64).sum::<u64>();
    assert_eq!(bed.store.count(Table::Dose).await.unwrap(), doses);
    assert_stage_is_empty(&bed).await;
}

/// People of one file may go to one run of the stage and to one page of the record, and to all.
#[tokio::test]
async fn an_import_into_a_record_that_is_full_replaces_and_adds() {
    for bed in both().await {
        let entries: Vec<_> = people(6_000).into_iter().map(|(_, entry)| entry).collect();
        bed.fill(&entries[..4_000]).await;
        let doses = bed.store.count(Table::Dose).await.unwrap();
        bed.fill(&entries[1_000..4_000]).await;
        assert_eq!(bed.store.count(Table::Dose).await.unwrap(), doses, "replaced by the same");
        bed.fill(&entries[3_000..]).await;
        assert_eq!(bed.store.count(Table::Person).await.unwrap(), 6_000);
        let all = entries.iter().map(|entry| entry.doses.len() as u64).sum::<u64>();
        assert_eq!(bed.store.count(Table::Dose).await.unwrap(), all);
        let niks: Vec<_> = entries.iter().map(|entry| entry.nik.as_str()).collect();
        for niks in niks.chunks(256) {
            let needs: Vec<_> = niks
                .iter()
                .map(|nik| Need { person: Some(bed.person(nik)), ..Need::default() })
                .collect();
            let facts = bed.facts(&needs).await;
            assert!(facts.iter().zip(niks).all(|(facts, nik)| {
                facts.person.as_ref().is_some_and(|person| person.nik.as_str() == *nik)
            }));
        }
    }
}

/// Enough for several pieces of staging and of applying.
const MANY: usize = 4_000;

/// The importer is killed as soon as it has said one of these.
#[tokio::test]
async fn an_importer_that_is_killed_leaves_nothing_or_everything() {
    let moments = [
        ("staged 0", 0),
        ("staged 1024", 0),
        ("staged 4000", 0),
        ("moved 1024", MANY as u64),
        ("moved 3072", MANY as u64),
    ];
    for (moment, people_then) in moments {
        for bed in both().await {
            kill_at(moment, &bed.url);
            let store = open(&bed.url, vault()).await;
            assert_eq!(store.count(Table::Person).await.unwrap(), people_then, "{moment}");
            // The next import is not in the way of what the last one left.
            let mut next = store.begin_import(at(3)).await.unwrap();
            next.stage(&people(30), at(3)).await.unwrap();
            next.apply(at(3), |_| ()).await.unwrap();
            assert_eq!(store.count(Table::Person).await.unwrap(), people_then.max(30));
            assert_stage_is_empty(&bed).await;
        }
    }
}

/// Runs [`importer`] in a process of its own, and kills it.
fn kill_at(moment: &str, url: &str) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "import::importer", "--ignored", "--nocapture"])
        .env("SETARA_TEST_IMPORT_INTO", url)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let told = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .any(|line| line.unwrap().ends_with(moment));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(told, "it never came to {moment}");
}

#[tokio::test]
#[ignore = "the process that is killed, not a test"]
async fn importer() {
    let Ok(url) = std::env::var("SETARA_TEST_IMPORT_INTO") else { return };
    let store = open(&url, vault()).await;
    let mut importing = store.begin_import(at(0)).await.unwrap();
    println!("staged 0");
    let mut staged = 0;
    for rows in people(MANY).chunks(512) {
        importing.stage(rows, at(0)).await.unwrap();
        staged += rows.len();
        println!("staged {staged}");
    }
    // The one who kills is not quicker than a pipe.
    std::thread::sleep(std::time::Duration::from_millis(200));
    let mut moved = 0;
    importing
        .apply(at(0), |people| {
            moved += people;
            println!("moved {moved}");
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn a_good_file_is_imported_and_a_sample_file_is_one() {
    for bed in both().await {
        let desk = Desk::new(&bed);
        let out = desk.folder.join("sample.csv");
        let sample = SampleArgs { people: 700, seed: 3, out: Some(out.clone()) };
        desk.run(RecordCommand::Sample(sample)).await.unwrap();
        desk.import_file(out).await.unwrap();
        assert_eq!(bed.store.count(Table::Person).await.unwrap(), 700);
        let again = SampleArgs { people: 700, seed: 3, out: None };
        desk.run(RecordCommand::Sample(again)).await.unwrap();
        assert_eq!(bed.store.count(Table::Person).await.unwrap(), 700);
    }
}

#[tokio::test]
async fn a_file_with_a_fault_changes_nothing() {
    const HEAD: &str = "nik,name,birth_date\n";
    const SITI: &str = "3173014502900001,Siti,1990-02-05\n";
    let rows: [(&str, Vec<u8>, &str); 8] = [
        ("no header", SITI.into(), "the first row must name the columns"),
        ("empty", vec![], "the first row must name the columns"),
        (
            "unknown column",
            "nik,name,birth_date,age\n".into(),
            "column 4 has a name that is not known: age",
        ),
        (
            "bad row",
            format!("{HEAD}{SITI}3173014502900000,Dewi,1990-02-05\n").into(),
            "1 of 2 rows are wrong",
        ),
        ("twice", format!("{HEAD}{SITI}{SITI}").into(), "1 of 2 rows are wrong"),
        (
            "short row",
            format!("{HEAD}{SITI}3173014502900002,Dewi\n").into(),
            "1 of 2 rows are wrong",
        ),
        (
            "not UTF-8",
            [HEAD.as_bytes(), b"3173014502900001,Sit\xff,1990-02-05\n"].concat(),
            "1 of 1 rows",
        ),
        (
            "open quotation mark",
            format!("{HEAD}3173014502900001,\"Siti,1990-02-05\n{}", SITI.repeat(50_000)).into(),
            "is there a quotation mark left open?",
        ),
    ];
    for bed in both().await {
        let desk = Desk::new(&bed);
        for (what, content, told) in &rows {
            let refused = desk.import(content).await.unwrap_err().to_string();
            assert!(refused.contains(told), "{what}: {refused}");
            assert!(!refused.contains("3173014502900001"), "{what}: {refused}");
            assert_eq!(bed.store.count(Table::Person).await.unwrap(), 0, "{what}");
            assert_stage_is_empty(&bed).await;
        }
        let missing = desk.import_file(desk.folder.join("none.csv")).await;
        assert!(matches!(missing, Err(RecordError::File { .. })));
        let good = "\u{feff}name,NIK,birth_date\r\n\"Siti, S.Kep\",3173014502900001,1990-02-05";
        desk.import(good.as_bytes()).await.unwrap();
        assert_eq!(bed.store.count(Table::Person).await.unwrap(), 1);
    }
}

/// Where an operator types commands: a folder with a key file that belongs to the database.
struct Desk {
    folder: PathBuf,
    url: String,
}

impl Desk {
    fn new(bed: &Bed) -> Self {
        let name = bed.url.replace(['/', ':', '@'], "-");
        let folder = std::env::temp_dir().join(format!("setara-desk-{name}"));
        fs::create_dir_all(&folder).unwrap();
        let keys = folder.join("vault.toml");
        let text = format!(
            "index = \"{}\"\n[[seal]]\nid = 1\nkey = \"{}\"\n",
            "01".repeat(32),
            "02".repeat(32)
        );
        // A file of our own making has the right mode.
        Vault::create_file(&keys).unwrap();
        fs::write(&keys, text).unwrap();
        Self { folder, url: bed.url.clone() }
    }

    async fn run(&self, command: RecordCommand) -> Result<(), RecordError> {
        let key_file = self.folder.join("vault.toml");
        run(command, Database { url: &self.url, key_file: &key_file }).await
    }

    async fn import(&self, content: &[u8]) -> Result<(), RecordError> {
        let file = self.folder.join("people.csv");
        fs::write(&file, content).unwrap();
        self.import_file(file).await
    }

    async fn import_file(&self, file: PathBuf) -> Result<(), RecordError> {
        self.run(RecordCommand::Import(ImportArgs { file })).await
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

async fn assert_stage_is_empty(bed: &Bed) {
    assert_eq!(bed.store.count(Table::StagedPerson).await.unwrap(), 0);
    assert_eq!(bed.store.count(Table::StagedDose).await.unwrap(), 0);
}
