//! Registrations that do not match the record: staff accept them or say why not, by the command and over the
//! admin pages, and the record that comes later ends them by itself.

use serde_json::Value;
use simulator::{operator::Operator, phone::Phone};

use crate::{
    node::{Node, PATIENCE},
    site::{Site, network, told},
    ticket::{TOKEN, comes_to, digits, reads, texts},
};

const SITI: &str = "3173014502900001";
const DEWI: &str = "3173014502900002";
const AGUS: &str = "3578011203800001";
/// Whom the record does not have.
const RATNA: &str = "3173015505920007";

/// What is typed of somebody whose data does not match, to the number.
fn sends<'a>(nik: &'a str, name: &'a str, birth: &'a str) -> [&'a str; 8] {
    ["1", "1", nik, name, birth, "2", "1", "1"]
}

async fn phone(network: &Operator, number: &str) -> Phone {
    let phone = Phone::new(network, number.parse().unwrap()).await.unwrap();
    phone.with_patience(PATIENCE)
}

async fn show(site: &Site, number: &str) -> Value {
    let show = site.run(&["ticket", "show", number, "--staff", "rina.k"]).await;
    assert!(show.status.success(), "{}", told(&show));
    serde_json::from_slice(&show.stdout).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_match_is_checked_on_sqlite() {
    what_does_not_match_is_checked(Site::on_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_match_is_checked_on_postgres() {
    what_does_not_match_is_checked(Site::on_postgres().await).await;
}

async fn what_does_not_match_is_checked(site: Site) {
    let network = network("plain").await;
    let site = texts(site, &network.address().to_string());
    let node = Node::start(&site.config()).await;
    network.bound(1).await.unwrap();
    let mut siti = phone(&network, "081290000001").await;
    let mut dewi = phone(&network, "081290000002").await;
    let mut agus = phone(&network, "081290000010").await;
    let mut ratna = phone(&network, "081255550001").await;

    // Staff see what was said beside what the record says, and whose NIK it is only in part.
    comes_to(&mut siti, &sends(SITI, "Joko Widodo", "05021990"), "diperiksa petugas").await;
    let number = digits(&reads(&mut siti, "data DITERIMA").await, 10);
    let list = told(&site.run(&["ticket", "list", "--category", "registration"]).await);
    assert!(list.contains("registration") && list.contains("in 71 h"), "{list}");
    let shown = show(&site, &number).await;
    let checked = &shown["registration"];
    assert_eq!(
        (&checked["number"], &checked["because"]),
        (&number.as_str().into(), &"mismatch".into())
    );
    assert_eq!(
        (&checked["name"], &checked["name_agrees"]),
        (&"Joko Widodo".into(), &"different".into())
    );
    assert_eq!((&checked["birth_agrees"], &checked["listed"]), (&true.into(), &true.into()));
    assert_eq!(
        (&shown["nik"], &shown["name"]),
        (&"3173********0001".into(), &"Siti Aminah".into())
    );
    assert!(
        !shown.to_string().contains(SITI) && !shown.to_string().contains("81290000001"),
        "{shown}"
    );

    // Nobody is left without an answer, and what is said fits one text.
    let refused = async |arguments: &[&str], words: &str| {
        let arguments = [&["ticket"], arguments, &[&number, "--staff", "rina.k"]].concat();
        let done = site.run(&arguments).await;
        assert!(!done.status.success() && told(&done).contains(words), "{}", told(&done));
    };
    refused(&["close"], "somebody waits to be registered").await;
    refused(&["answer", "--text", &"a".repeat(61)], "1 to 60 letters").await;
    let why = ["ticket", "answer", &number, "--staff", "rina.k", "--text", "nama di KTP lain"];
    let done = site.run(&why).await;
    assert!(done.status.success(), "{}", told(&done));
    let (first, second) = (&number[..3], &number[3..6]);
    let text = reads(&mut siti, &format!("pendaftaran {first} {second} ")).await;
    assert!(text.contains("DITOLAK: nama di KTP lain. Daftar lagi: dial *119#"), "{text}");
    comes_to(&mut siti, &["5", "6", "1"], "nama di KTP lain").await;
    // Nothing of it is left to stand.
    assert_eq!(show(&site, &number).await["registration"]["waits"], false);
    refused(&["accept"], "is answered already").await;

    // The ID card has another birth date than the record, which gets it, and he hears of both.
    let [service, register, nik, name, birth, rest @ ..] = sends(AGUS, "Agus Setiawan", "13031980");
    let typed = [&[service, register, nik, name, birth, "1"], &rest[..]].concat();
    comes_to(&mut agus, &typed, "diperiksa petugas").await;
    let number = digits(&reads(&mut agus, "data DITERIMA").await, 10);
    let accept = ["ticket", "accept", &number, "--change", "--staff", "rina.k"];
    let done = site.run(&accept).await;
    assert!(done.status.success(), "{}", told(&done));
    let texts = [reads(&mut agus, "").await, reads(&mut agus, "").await];
    for words in ["tanggal lahir di data vaksin Anda baru dibetulkan", "sudah SAH"] {
        assert!(texts.iter().any(|text| text.contains(words)), "{words}: {texts:?}");
    }
    let log = show(&site, &number).await["log"].to_string();
    assert!(log.contains("birth_changed"), "{log}");

    // Accepted over the web, in English: the record gets the name, and the number stays.
    comes_to(&mut dewi, &["8", "2"], "Register").await;
    let typed = sends(DEWI, "Dewi Permata Sari", "05021990");
    comes_to(&mut dewi, &typed, "to be checked by our staff").await;
    let number = digits(&reads(&mut dewi, "RECEIVED").await, 10);
    let accept = async |token, body: &str| {
        node.ask("POST", &format!("/admin/tickets/{number}/accept"), token, body).await
    };
    assert!(accept(None, r#"{"staff":"rina.k"}"#).await.0.contains("401"));
    let wrong = accept(Some(TOKEN), r#"{"staff":"rina.k","text":"Baik"}"#).await;
    assert!(wrong.0.contains("422"), "{wrong:?}");
    let done = accept(Some(TOKEN), r#"{"staff":"rina.k","change":true}"#).await;
    assert!(done.0.contains("200") && done.1.contains("answered"), "{done:?}");
    let texts = [reads(&mut dewi, "").await, reads(&mut dewi, "").await];
    assert!(texts.iter().any(|text| text.contains("name in your vaccination record")), "{texts:?}");
    let valid = texts.iter().find(|text| text.contains("your registration is VALID now"));
    assert_eq!(digits(valid.expect("the word of it"), 10), number);
    let shown = show(&site, &number).await;
    assert_eq!(
        (&shown["name"], &shown["state"]),
        (&"Dewi Permata Sari".into(), &"answered".into())
    );
    let log: Vec<_> = shown["log"].as_array().unwrap().iter().map(|row| &row["act"]).collect();
    for act in ["ticket_opened", "name_changed", "registration_accepted"] {
        assert!(log.contains(&&act.into()), "{act} {log:?}");
    }
    let status = comes_to(&mut dewi, &["2"], "").await;
    assert!(status.contains("REGISTERED") || status.contains("registered"), "{status}");

    // The record gets to know her: nobody has to look at it any more.
    comes_to(&mut ratna, &sends(RATNA, "Ratna Sari", "15051992"), "diperiksa petugas").await;
    let number = digits(&reads(&mut ratna, "data DITERIMA").await, 10);
    let accept = site.run(&["ticket", "accept", &number, "--staff", "rina.k"]).await;
    assert!(told(&accept).contains("the record has nobody of that NIK"), "{}", told(&accept));
    let file = site.folder().join("roster.csv");
    let row = format!("nik,name,birth_date\n{RATNA},Ratna Sari,1992-05-15\n");
    std::fs::write(&file, row).unwrap();
    let imported = site.run(&["record", "import", &file.display().to_string()]).await;
    assert!(imported.status.success(), "{}", told(&imported));
    let text = reads(&mut ratna, "pendaftaran vaksin sudah SAH").await;
    assert_eq!(digits(&text, 10), number);
    assert_eq!(show(&site, &number).await["state"], "closed");
    let (_, lines) = node.get_as("/admin/tickets?category=registration", Some(TOKEN)).await;
    assert_eq!(lines, "[]");

    let verify = site.run(&["audit", "verify"]).await;
    assert!(told(&verify).contains("the log is whole"), "{}", told(&verify));
    let log = node.stop().await;
    assert!(!log.contains("Joko") && !log.contains(RATNA));
    network.stop().await;
}
