//! Complaints and changes of data, with the staff who answer them: by USSD, by SMS, by the command and
//! over the admin pages.

use serde_json::Value;
use simulator::phone::Phone;

use crate::{
    node::{Node, PATIENCE},
    site::{Site, network, told},
};

pub const TOKEN: &str = "a-token-of-the-ministry-of-health";

pub fn texts(site: Site, address: &str) -> Site {
    let sms = "[operator.telco.sms]\nshort_code = \"1199\"\nsender = \"PEDULICOVID\"\n\
               per_second = 1000\nprefixes = [\"\"]\n";
    site.operator("telco", "plain", address, sms).admin(TOKEN).configured(
        "conversation.sweep_seconds = 1\ntickets.cooling_hours = 0\n\
                     tickets.erase_after_hours = 0\n",
    )
}

/// Dials and types, and has to come to a screen with these words.
pub async fn comes_to(phone: &mut Phone, typed: &[&str], words: &str) -> String {
    let mut screen = phone.dial("*119#").await.unwrap();
    if screen.text.starts_with("Tadi Anda belum selesai") {
        screen = phone.answer("2").await.unwrap();
    }
    for answer in typed {
        screen = phone.answer(answer).await.unwrap();
    }
    assert!(screen.text.contains(words), "{typed:?}: {}", screen.text);
    if screen.open {
        phone.hang_up().await.unwrap();
    }
    screen.text
}

/// The next text has to begin so.
pub async fn reads(phone: &mut Phone, begins: &str) -> String {
    let text = phone.next_text().await.expect("a text").text;
    assert!(text.starts_with(&format!("PeduliLindungi: {begins}")), "{text}");
    assert!(text.chars().count() <= 160, "{text}");
    text
}

/// The digits of that many in a row.
pub fn digits(text: &str, many: usize) -> String {
    let runs = text.split(|c: char| !c.is_ascii_digit() && c != ' ');
    let mut runs = runs.map(|run| run.chars().filter(char::is_ascii_digit).collect::<String>());
    runs.find(|run| run.len() == many).expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_is_answered_on_sqlite() {
    a_complaint_is_answered(Site::on_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_is_answered_on_postgres() {
    a_complaint_is_answered(Site::on_postgres().await).await;
}

async fn a_complaint_is_answered(site: Site) {
    let network = network("plain").await;
    let site = texts(site, &network.address().to_string());
    let node = Node::start(&site.config()).await;
    network.bound(1).await.unwrap();
    let rina = Phone::new(&network, "081290000021".parse().unwrap()).await.unwrap();
    let mut rina = rina.with_patience(PATIENCE);

    // The dose is there and the certificate is not: only the ministry can help.
    let way = ["5", "1", "3471015809880001", "18091988"];
    comes_to(&mut rina, &way, "Pengaduan diterima").await;
    let number = digits(&reads(&mut rina, "pengaduan Anda diterima").await, 10);

    let list = site.run(&["ticket", "list"]).await;
    let told_list = told(&list);
    assert!(told_list.contains("certificate") && told_list.contains("in 71 h"), "{told_list}");
    let show = site.run(&["ticket", "show", &number, "--staff", "rina.k"]).await;
    let shown: Value = serde_json::from_slice(&show.stdout).expect("JSON");
    assert_eq!(shown["proof"], "by_phone");
    assert_eq!(
        (&shown["name"], &shown["nik"]),
        (&"Rina Kusuma".into(), &"3471********0001".into())
    );

    let take = site.run(&["ticket", "take", &number, "--staff", "rina.k"]).await;
    assert!(take.status.success(), "{}", told(&take));
    comes_to(&mut rina, &["5", "6", "1"], "sedang DIKERJAKAN").await;
    let body = r#"{"staff":"budi","text":"Sertifikat sudah terbit."}"#;
    let path = format!("/admin/tickets/{number}/answer");
    let answer = node.ask("POST", &path, Some(TOKEN), body).await;
    assert!(answer.0.contains("409") && answer.1.contains("rina.k"), "{answer:?}");
    let body = body.replace("budi", "rina.k");
    let answer = node.ask("POST", &path, Some(TOKEN), &body).await;
    assert!(answer.0.contains("200"), "{answer:?}");
    assert!(node.ask("POST", &path, None, &body).await.0.contains("401"));
    let again = node.ask("POST", &path, Some(TOKEN), &body).await;
    assert!(again.0.contains("409"), "{again:?}");
    reads(&mut rina, &format!("tiket {} {}", &number[..3], &number[3..6])).await;
    let screen = comes_to(&mut rina, &["5", "6", "1"], "Sertifikat sudah terbit.").await;
    assert!(screen.contains("Jawaban tiket"), "{screen}");

    let (head, lines) = node.get_as("/admin/tickets?state=answered", Some(TOKEN)).await;
    assert!(head.contains("200"), "{head}");
    let lines: Value = serde_json::from_str(&lines).unwrap();
    assert_eq!(lines[0]["number"], number.as_str());
    let (_, metrics) = node.get("/metrics").await;
    assert!(metrics.contains("tickets_pending{category=\"certificate\"}"), "{metrics}");

    let verify = site.run(&["audit", "verify"]).await;
    assert!(verify.status.success(), "{}", told(&verify));
    let ends = site.folder().join("ends");
    std::fs::write(&ends, &verify.stdout).unwrap();
    let show = site.run(&["ticket", "show", &number, "--staff", "rina.k"]).await;
    let shown: Value = serde_json::from_slice(&show.stdout).expect("JSON");
    let acts: Vec<_> = shown["log"].as_array().unwrap().iter().map(|row| &row["act"]).collect();
    assert!(acts.len() >= 5 && acts.contains(&&"ticket_seen".into()), "{acts:?}");
    let verify = site.run(&["audit", "verify", "--against", ends.to_str().unwrap()]).await;
    assert!(verify.status.success(), "{}", told(&verify));
    node.stop().await;
    network.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_changes_by_two_codes_and_is_put_back_by_staff() {
    let network = network("plain").await;
    let site = texts(Site::on_sqlite().await, &network.address().to_string());
    let node = Node::start(&site.config()).await;
    network.bound(1).await.unwrap();
    let phone = async |number: &str| {
        let phone = Phone::new(&network, number.parse().unwrap()).await.unwrap();
        phone.with_patience(PATIENCE)
    };
    let (mut old, mut new) = (phone("081290000001").await, phone("081290000077").await);
    let know = ["4", "3173014502900001", "05021990"];

    let screen = async |phone: &mut Phone, answer: &str| phone.answer(answer).await.unwrap().text;
    old.dial("*119#").await.unwrap();
    for answer in [know[0], know[1], know[2], "2", "081290000077"] {
        screen(&mut old, answer).await;
    }
    assert!(screen(&mut old, "1").await.contains("nomor LAMA"));
    let code = digits(&reads(&mut old, "kode").await, 6);
    assert!(screen(&mut old, &code).await.contains("nomor BARU"));
    let code = digits(&reads(&mut new, "kode").await, 6);
    assert!(screen(&mut old, &code).await.contains("DIUBAH"));
    reads(&mut old, "nomor ini sudah diganti").await;
    reads(&mut new, "nomor ini sekarang terdaftar").await;

    // At once, and on every phone: the old number is a stranger's, the new one is hers.
    comes_to(&mut old, &know, "terdaftar di nomor HP lain").await;
    comes_to(&mut new, &know, "S*** A****").await;

    // The old SIM is said to be lost: the number that is there now is told, and staff make the change.
    let mut third = phone("081290000078").await;
    let lost = [&know[..], &["2", "081290000078", "2", "1"]].concat();
    comes_to(&mut third, &lost, "diperiksa petugas").await;
    let number = digits(&reads(&mut third, "pengaduan Anda diterima").await, 10);
    reads(&mut new, "ada yang minta MENGGANTI nomor ini").await;
    let answer = ["ticket", "answer", &number, "--staff", "rina", "--change", "--text", "Sudah."];
    let answered = site.run(&answer).await;
    assert!(answered.status.success(), "{}", told(&answered));
    reads(&mut new, "nomor ini sudah diganti").await;
    let texts = [reads(&mut third, "").await, reads(&mut third, "").await];
    assert!(texts.iter().any(|text| text.contains("terdaftar di data vaksin")), "{texts:?}");
    assert!(texts.iter().any(|text| text.contains("DIJAWAB")), "{texts:?}");
    comes_to(&mut third, &know, "S*** A****").await;

    // It was not her: staff put it back, from the log.
    let show = site.run(&["ticket", "show", &number, "--staff", "rina"]).await;
    let shown: Value = serde_json::from_slice(&show.stdout).expect("JSON");
    let log = shown["log"].as_array().unwrap();
    let row = log.iter().find(|row| row["act"] == "phone_changed").expect("the change");
    let row = row["row"].as_str().unwrap();
    let undone = site.run(&["audit", "undo", row, "--staff", "budi"]).await;
    assert!(undone.status.success(), "{}", told(&undone));
    comes_to(&mut new, &know, "S*** A****").await;
    let twice = site.run(&["audit", "undo", row, "--staff", "budi"]).await;
    assert!(told(&twice).contains("changed since"), "{}", told(&twice));
    let verify = site.run(&["audit", "verify"]).await;
    assert!(told(&verify).contains("the log is whole"), "{}", told(&verify));
    node.stop().await;
    network.stop().await;
}
