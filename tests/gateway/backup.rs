//! A backup is made while people register, and brought back into an empty place: what was there is
//! there again, opens with its keys and with no others, and is not written over anything.

use std::{path::Path, time::Duration};

use setara::{
    service::sample::COMPLETE,
    vault::{RingStep, Vault},
};
use simulator::phone::Phone;
use sqlx::{Connection, PgConnection};

use crate::{
    restart::{PEOPLE, again, bound, crowd, enlist, register},
    site::{Site, network, told},
    support::postgres,
    ticket::comes_to,
    verify::certify,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_comes_back_on_sqlite() {
    let empty = || async { Site::empty("sqlite:setara.db".into()) };
    a_backup_comes_back(Site::on_sqlite().await, empty).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_comes_back_on_postgres() {
    let empty = || async { Site::empty(postgres::database().await) };
    let site = Site::on_postgres().await;
    done(&site, &["keys", "create"], "document").await;
    let without_tools = std::process::Command::new(env!("CARGO_BIN_EXE_setara"))
        .args(["backup", "nowhere", "--config"])
        .arg(site.config())
        .env("PATH", "/nowhere")
        .current_dir(site.folder())
        .output()
        .unwrap();
    let said = told(&without_tools);
    assert!(!without_tools.status.success() && said.contains("pg_dump is not installed"), "{said}");
    a_backup_comes_back(site, empty).await;
}

async fn refused(site: &Site, arguments: &[&str], words: &str) {
    let output = site.run(arguments).await;
    let said = told(&output);
    assert!(!output.status.success() && said.contains(words), "{arguments:?}: {said}");
}

async fn done(site: &Site, arguments: &[&str], words: &str) {
    let output = site.run(arguments).await;
    let said = told(&output);
    assert!(output.status.success() && said.contains(words), "{arguments:?}: {said}");
}

async fn a_backup_comes_back(site: Site, empty: impl AsyncFn() -> Site) {
    let network = network("plain").await;
    let at = network.address().to_string();
    let site = site.operator("telco", "plain", &at, "");
    enlist(&site).await;
    let node = bound(&site, &network).await;
    let (first, code, _) = certify(&site).await;
    let revoke =
        ["certificate", "revoke", code.as_str(), "--reason", "never given", "--staff", "rina"];
    done(&site, &revoke, "revoked: 1").await;
    // Something for the log.
    let mut rina = Phone::new(&network, "081290000021".parse().unwrap()).await.unwrap();
    let way = ["5", "1", "3471015809880001", "18091988"];
    comes_to(&mut rina, &way, "Pengaduan diterima").await;

    let folder = site.folder().join("backup");
    let keys = site.folder().join("keys");
    let [folder, keys] = [&folder, &keys].map(|path| path.to_str().unwrap());
    let people = crowd(&network);
    let typed = async || network.figures().await.expect("a network").answers;
    while typed().await < u64::from(PEOPLE) {
        tokio::task::yield_now().await;
    }
    refused(&site, &["backup", folder, "--keys", &format!("{folder}/keys")], "not put into").await;
    let before = typed().await;
    done(&site, &["backup", folder, "--keys", keys], "without them nobody can read").await;
    assert!(typed().await > before, "turns went on");
    refused(&site, &["backup", folder], "something in it already").await;
    let mut numbers = Vec::new();
    for person in people {
        numbers.push(person.await.expect("registered"));
    }
    node.stop().await;

    // The keys are looked at before anything is written, and so is every octet.
    let back = empty().await.operator("telco", "plain", &at, "");
    refused(&back, &["restore", folder], "without the keys of its time").await;
    done(&back, &["restore", folder, "--keys", keys, "--check"], "the keys open it").await;
    let stranger = empty().await;
    done(&stranger, &["keys", "create"], "document").await;
    Vault::create_file(stranger.folder().join("setara.key")).unwrap();
    refused(&stranger, &["restore", folder], "these keys do not open the backup").await;
    spoil(Path::new(folder));
    refused(&back, &["restore", folder, "--keys", keys], "not as it was").await;
    spoil(Path::new(folder));
    let manifest = Path::new(folder).join("backup.json");
    let left = back.folder().join("setara.db.restoring-wal");
    if back.url().starts_with("sqlite:") {
        std::fs::write(&left, "of a restore that was broken off").unwrap();
        refused(&back, &["restore", folder, "--keys", keys], "setara.db.restoring-wal").await;
        std::fs::remove_file(&left).unwrap();
    }
    // Every table is counted; an older program's backup counts fewer.
    let text = std::fs::read_to_string(&manifest).unwrap();
    let mut says: serde_json::Value = serde_json::from_str(&text).unwrap();
    let rows = says["snapshot"]["rows"].as_object_mut().unwrap();
    assert!(rows["acquaintance"].as_u64() > Some(0) && rows.contains_key("person_key"), "{rows:?}");
    assert!(!rows.keys().any(|table| table.contains("sqlx")), "{rows:?}");
    rows.remove("acquaintance");
    std::fs::write(&manifest, says.to_string()).unwrap();
    done(&back, &["restore", folder, "--keys", keys], "the audit log is whole").await;
    refused(&back, &["restore", folder, "--keys", keys], "there is a database already").await;

    let node = again(&back, &network).await;
    let verified = told(&back.run(&["audit", "verify"]).await);
    assert!(verified.contains("the log is whole") && !verified.contains("0 rows in"), "{verified}");
    let form = |code: &str| format!("proof={code}&year={}", &COMPLETE.birth[..4]);
    let page = node.form("/verify", &form(first.as_str())).await.1;
    assert!(page.contains("P*** S****") && page.contains("SAH"), "{page}");
    let page = node.form("/verify", &form(code.as_str())).await.1;
    assert!(page.contains("dicabut"), "{page}");
    // Who had a number at that moment has it still; the others go on where they were.
    let mut kept = 0;
    for (n, number) in (0..).zip(&numbers) {
        kept += u32::from(&register(&network, n).await == number);
    }
    assert!(kept < PEOPLE, "the backup was made before everybody was done");
    let log = node.stop().await;
    assert!(!log.contains(COMPLETE.nik));
    network.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_whose_keys_were_changed_meanwhile_is_none() {
    let site = Site::on_postgres().await;
    done(&site, &["keys", "create"], "document").await;
    let [folder, keys] = ["backup", "keys"].map(|name| site.folder().join(name));
    let [to, keys_to] = [&folder, &keys].map(|path| path.to_str().unwrap());
    std::fs::create_dir(&keys).unwrap();
    std::fs::write(keys.join("vault.key"), "another installation's").unwrap();
    refused(&site, &["backup", to, "--keys", keys_to], "something in it already").await;
    let copied = std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(copied, 0, "nothing is copied for keys that have no place");
    std::fs::remove_dir_all(&keys).unwrap();

    // The copy waits for a table, and a key is drawn.
    let mut holder = PgConnection::connect(&site.url()).await.unwrap();
    let mut held = holder.begin().await.unwrap();
    sqlx::query("lock table dose in access exclusive mode").execute(&mut *held).await.unwrap();
    let copying = ["backup", to, "--keys", keys_to];
    tokio::join!(refused(&site, &copying, "keys were changed while it was copied"), async {
        let copy = keys.join("signing.key");
        for _ in 0..400 {
            if std::fs::read_to_string(&copy).is_ok_and(|copy| copy.contains("[[short]]")) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Vault::step_file(site.folder().join("setara.key"), RingStep::Add).unwrap();
        held.rollback().await.unwrap();
    });
    refused(&site, &["restore", to, "--keys", keys_to], "this is no whole backup").await;
    let [folder, keys] = ["again", "its-keys"].map(|name| site.folder().join(name));
    let [to, keys_to] = [&folder, &keys].map(|path| path.to_str().unwrap());
    done(&site, &["backup", to, "--keys", keys_to], "keep them in another place").await;
    let opens = Vault::open_file(keys.join("vault.key")).unwrap().opens_with();
    assert_eq!(opens, [1, 2]);
}

/// Turns one octet of the copy round; doing it again puts it right.
fn spoil(folder: &Path) {
    let database = ["database.sqlite", "database.dump"].map(|name| folder.join(name));
    let file = database.iter().find(|file| file.exists()).expect("a copy");
    let mut octets = std::fs::read(file).unwrap();
    let middle = octets.len() / 2;
    octets[middle] ^= 1;
    std::fs::write(file, octets).unwrap();
}
