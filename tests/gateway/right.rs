//! The rights of a person, from the phone to the staff who see to them: deletion asked for, objected to
//! and done; a copy; who looked; and what the command and the admin pages tell of all that.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;
use simulator::phone::Phone;

use crate::{
    node::{Node, PATIENCE},
    site::{Site, network, told},
    ticket::{TOKEN, comes_to, digits, reads, texts},
};

const NIK: &str = "1271010312700001";
const BORN: &str = "03121970";

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_shown_copied_and_erased_on_sqlite() {
    a_person_is_shown_copied_and_erased(Site::on_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_shown_copied_and_erased_on_postgres() {
    a_person_is_shown_copied_and_erased(Site::on_postgres().await).await;
}

async fn a_person_is_shown_copied_and_erased(site: Site) {
    let network = network("plain").await;
    // She types faster than anybody could.
    let site = texts(site, &network.address().to_string())
        .configured("limits.subscriber_per_minute = 6000\nlimits.subscriber_burst = 100\n");
    let node = Node::start(&site.config()).await;
    network.bound(1).await.unwrap();
    let own = Phone::new(&network, "081290000022".parse().unwrap()).await.unwrap();
    let mut own = own.with_patience(PATIENCE);

    // She asks for a copy, and staff write it out: once by her ticket, once at a desk.
    let data = ["7", "4", NIK, BORN];
    comes_to(&mut own, &[&data[..], &["5", "1"]].concat(), "Permintaan salinan diterima").await;
    let copy = digits(&reads(&mut own, "pengaduan Anda diterima").await, 10);
    let out = site.folder().join("copy.json");
    let export = ["person", "export", "--ticket", &copy, "--staff", "rina", "--out"];
    let exported = site.run(&[&export[..], &[out.to_str().unwrap()]].concat()).await;
    assert!(exported.status.success(), "{}", told(&exported));
    let copied: Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    assert_eq!(copied["record"]["nik"], NIK);
    assert_eq!(copied["record"]["doses"].as_array().unwrap().len(), 2);
    assert_eq!(copied["tickets"][0]["category"], "copy");
    let log = copied["log"].as_array().unwrap();
    assert_eq!((&log[0]["act"], &log[0]["by"]), (&"data_exported".into(), &"staff".into()));
    assert!(log.iter().any(|row| row["act"] == "person_proved" && row["by"] == "own_phone"));
    let body = format!(r#"{{"staff":"rina","nik":"{NIK}"}}"#);
    let (head, again) = node.ask("POST", "/admin/person/export", Some(TOKEN), &body).await;
    assert!(head.contains("200") && again.contains("data_exported"), "{head}");
    let nobody = r#"{"staff":"rina","nik":"3173014502900009"}"#;
    let answer = node.ask("POST", "/admin/person/export", Some(TOKEN), nobody).await;
    assert!(answer.0.contains("404"), "{answer:?}");
    let (head, _) = node.ask("POST", "/admin/person/export", None, &body).await;
    assert!(head.contains("401"), "{head}");

    // Who looked is told, and staff are among them.
    let screen = comes_to(&mut own, &["7", "5", NIK, BORN, "2"], "Dilihat sejak").await;
    assert!(screen.contains("Petugas 2x"), "{screen}");

    // She asks to be deleted, thinks again, and asks again; then it is done.
    let erase = ["7", "5", NIK, BORN, "6", "1"];
    comes_to(&mut own, &erase, "Permintaan HAPUS diterima").await;
    reads(&mut own, "ada permintaan HAPUS data Anda").await;
    comes_to(&mut own, &erase, "DIBATALKAN").await;
    reads(&mut own, "permintaan hapus data").await;
    comes_to(&mut own, &erase, "Permintaan HAPUS diterima").await;
    let number = digits(&reads(&mut own, "ada permintaan HAPUS data Anda").await, 10);
    let (_, metrics) = node.get("/metrics").await;
    assert!(metrics.contains("tickets_overdue{category=\"erasure\"}"), "{metrics}");
    let done = ["ticket", "answer", &number, "--staff", "rina", "--change", "--text", "Sudah."];
    let done = site.run(&done).await;
    assert!(done.status.success(), "{}", told(&done));
    let texts = [reads(&mut own, "").await, reads(&mut own, "").await];
    assert!(texts.iter().any(|text| text.contains("DIHAPUS")), "{texts:?}");
    let erased = site.run(&["person", "erased"]).await;
    assert_eq!(String::from_utf8_lossy(&erased.stdout).lines().count(), 1);
    let list = site.folder().join("erased");
    std::fs::write(&list, &erased.stdout).unwrap();
    let again = site.run(&["person", "erase-again", list.to_str().unwrap()]).await;
    assert!(told(&again).contains("0 of 1"), "{}", told(&again));
    let verify = site.run(&["audit", "verify"]).await;
    assert!(told(&verify).contains("the log is whole"), "{}", told(&verify));

    // A window of time, for a notice of a breach.
    let people = site.folder().join("people.csv");
    let report = ["breach", "report", "--from", "2020-01-01", "--to", "2100-01-01", "--json"];
    let list = ["--people", people.to_str().unwrap(), "--staff", "rina"];
    let report = site.run(&[&report[..], &list].concat()).await;
    assert!(report.status.success(), "{}", told(&report));
    let said = String::from_utf8_lossy(&report.stderr).into_owned();
    let names_it =
        format!("1 people are listed in {}, in clear and for you alone", people.display());
    assert!(said.contains(&names_it), "{said}");
    let mode = std::fs::metadata(&people).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let report: Value = serde_json::from_slice(&report.stdout).expect("JSON");
    assert_eq!(report["persons"], 1);
    assert!(report["data"]["health"].as_u64() > Some(0), "{report}");
    let people = std::fs::read_to_string(people).unwrap();
    assert_eq!(people, "phone,name\n+6281290000022,\"Parlindungan Simanjuntak\"\n");
    let page = site.run(&["breach", "report", "--from", "2020-01-01", "--to", "2100-01-01"]).await;
    let page = String::from_utf8_lossy(&page.stdout).into_owned();
    assert!(page.contains("| data_erased | change | staff | rina | 1 | 1 |"), "{page}");
    let path = "/admin/breach?from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z";
    let (head, same) = node.get_as(path, Some(TOKEN)).await;
    assert!(head.contains("200") && same.contains("data_erased"), "{head} {same}");
    let (head, _) = node.get_as(&path.replace("2020", "2200"), Some(TOKEN)).await;
    assert!(head.contains("422"), "{head}");

    // What is due, and why.
    let plan = site.run(&["retention", "plan"]).await;
    for class in
        ["changes", "contacts", "notices", "seats", "queue_places", "plans", "lines", "parts"]
    {
        assert!(told(&plan).contains(class), "{class}: {}", told(&plan));
    }
    let run = site.run(&["retention", "run"]).await;
    assert!(run.status.success() && told(&run).contains(" deleted"), "{}", told(&run));
    let (head, plan) = node.get_as("/admin/retention", Some(TOKEN)).await;
    assert!(
        head.contains("200") && plan.contains("art. 32") && plan.contains("contacts"),
        "{head} {plan}"
    );
    node.stop().await;
    network.stop().await;
}
