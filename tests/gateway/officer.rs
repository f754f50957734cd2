//! Officers from their enrolment on: by the command and over the admin pages, with the code that comes by
//! SMS, and the household that is told.

use serde_json::{Value, json};
use simulator::{operator::Operator, phone::Phone};

use crate::{
    node::{Node, PATIENCE},
    site::{Site, network, told},
};

const TOKEN: &str = "a-token-of-the-ministry-of-health";
const MARIA: [&str; 3] = ["5301014107550001", "Maria Goreti Bria", "01071955"];

fn texts(site: Site, address: &str) -> Site {
    let sms = "[operator.telco.sms]\nshort_code = \"1199\"\nsender = \"PEDULICOVID\"\n\
               per_second = 1000\nprefixes = [\"\"]\n";
    site.service("petugas")
        .operator("telco", "plain", address, sms)
        .admin(TOKEN)
        .configured("conversation.sweep_seconds = 1\nlimits.subscriber_burst = 1000\n")
}

async fn phone(network: &Operator, number: &str) -> Phone {
    let phone = Phone::new(network, number.parse().unwrap()).await.unwrap();
    phone.with_patience(PATIENCE)
}

async fn goes(phone: &mut Phone, answers: &[&str]) -> String {
    let mut screen = phone.dial("*119*77#").await.unwrap();
    for answer in answers {
        assert!(screen.open, "`{answer}` after: {}", screen.text);
        screen = phone.answer(answer).await.unwrap();
    }
    if screen.open {
        phone.hang_up().await.unwrap();
    }
    screen.text
}

/// The code in the next text, which is one segment.
async fn code(phone: &mut Phone) -> String {
    let text = phone.next_text().await.expect("a text").text;
    assert!(text.starts_with("PeduliLindungi: kode petugas "), "{text}");
    assert!(text.contains("*119*77#") && text.chars().count() <= 160, "{text}");
    text.chars().filter(char::is_ascii_digit).take(6).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_is_enrolled_and_registers_on_sqlite() {
    an_officer_is_enrolled_and_registers(Site::on_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_is_enrolled_and_registers_on_postgres() {
    an_officer_is_enrolled_and_registers(Site::on_postgres().await).await;
}

async fn an_officer_is_enrolled_and_registers(site: Site) {
    let network = network("plain").await;
    let site = texts(site, &network.address().to_string());
    let node = Node::start(&site.config()).await;
    network.bound(1).await.unwrap();
    let mut wahyu = phone(&network, "081290000301").await;
    let mut family = phone(&network, "081290000302").await;

    let newcomer = ["officer", "enrol", "081290000301", "Wahyu Nugroho", "--kind", "babinsa"];
    let rina = ["--staff", "rina.k"];
    let enrol = [&newcomer[..], &["--post", "5301"], &rina].concat();
    let done = site.run(&enrol).await;
    assert!(done.status.success(), "{}", told(&done));
    let id = String::from_utf8(done.stdout).unwrap().trim().to_owned();
    let sent = code(&mut wahyu).await;
    for (arguments, words) in [
        (enrol, "an officer's already"),
        ([&newcomer[..], &["--post", "9999"], &rina].concat(), "a regency has a code"),
    ] {
        let refused = site.run(&arguments).await;
        assert!(!refused.status.success() && told(&refused).contains(words), "{}", told(&refused));
    }
    let screen = goes(&mut wahyu, &[&sent, "864208", "864208"]).await;
    assert!(screen.contains("Hari ini: 0 orang"), "{screen}");
    let rest = ["1", "1", "1", "081290000302", "1"];
    let typed = [&["2", "1", "1"], &MARIA[..], &rest].concat();
    let screen = goes(&mut wahyu, &typed).await;
    assert!(screen.contains("Pendaftaran BERHASIL"), "{screen}");
    let text = family.next_text().await.expect("a text").text;
    assert!(text.contains("didaftarkan vaksin oleh petugas"), "{text}");
    assert!(!text.contains("Maria") && text.chars().count() <= 160, "{text}");

    // Staff see who it was, and what was done.
    let list = site.run(&["officer", "list", "--json"]).await;
    let list: Value = serde_json::from_slice(&list.stdout).expect("JSON");
    assert_eq!((&list[0]["id"], &list[0]["state"]), (&json!(id), &json!("active")));
    assert_eq!(list[0]["registered"], 1);
    assert!(!list[0]["phone"].as_str().unwrap().contains("081290000301"));
    let acts = site.run(&["officer", "acts", &id]).await;
    let acts = String::from_utf8(acts.stdout).unwrap();
    let acts: Vec<Value> = acts.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let deeds: Vec<_> = acts.iter().map(|act| act["act"].as_str().unwrap()).collect();
    assert_eq!(deeds, ["assisted_registered", "assisted_looked", "officer_pin_set"]);
    let number = acts[0]["number"].as_str().unwrap();
    assert!(text.contains(number), "{text} {number}");

    // Suspended over the web, and refused at once.
    let ask = async |method: &str, path: &str, token: Option<&str>, body: &str| {
        let (head, body) = node.ask(method, path, token, body).await;
        (head.split(' ').nth(1).unwrap_or_default().to_owned(), body)
    };
    let staff = r#"{"staff":"rina.k"}"#;
    let path = |wish: &str| format!("/admin/officers/{id}/{wish}");
    assert_eq!(ask("POST", &path("suspend"), None, staff).await.0, "401");
    let (status, shown) = ask("POST", &path("suspend"), Some(TOKEN), staff).await;
    assert!(status == "200" && shown.contains("suspended"), "{shown}");
    let screen = goes(&mut wahyu, &[]).await;
    assert!(screen.contains("sedang tidak aktif"), "{screen}");
    assert_eq!(ask("POST", &path("reset"), Some(TOKEN), staff).await.0, "409");
    assert_eq!(ask("POST", &path("praise"), Some(TOKEN), staff).await.0, "404");
    assert_eq!(ask("POST", &path("restore"), Some(TOKEN), "{}").await.0, "400");
    assert_eq!(ask("POST", &path("restore"), Some(TOKEN), staff).await.0, "200");

    // A forgotten PIN: another code, and the old PIN is gone.
    let reset = site.run(&["officer", "reset", &id, "--staff", "rina.k"]).await;
    assert!(told(&reset).contains("invited"), "{}", told(&reset));
    let sent = code(&mut wahyu).await;
    let screen = goes(&mut wahyu, &["864208"]).await;
    assert!(screen.contains("belum cocok"), "{screen}");
    let screen = goes(&mut wahyu, &["2", &sent, "864209", "864209"]).await;
    assert!(screen.contains("Hari ini: 1 orang"), "{screen}");

    let body = r#"{"staff":"rina.k","phone":"081290000303","name":"Lina Marlina",
        "kind":"puskesmas","post":"3173-A"}"#;
    let (status, made) = ask("POST", "/admin/officers", Some(TOKEN), body).await;
    assert!(status == "201" && made.contains("invited"), "{made}");
    assert_eq!(ask("POST", "/admin/officers", Some(TOKEN), body).await.0, "409");
    for (wrong, words) in [
        (body.replace("081290000303", "0812"), "phone"),
        (body.replace("3173-A", "9999"), "regency"),
    ] {
        let (status, said) = ask("POST", "/admin/officers", Some(TOKEN), &wrong).await;
        assert_eq!(status, "422", "{said} {words}");
    }
    let more = format!("/admin/officers?after={id}");
    let (_, behind) = ask("GET", &more, Some(TOKEN), "").await;
    assert!(behind.contains("Lina Marlina") && !behind.contains("Wahyu"), "{behind}");
    let (_, acts) = ask("GET", &path("acts"), Some(TOKEN), "").await;
    assert!(acts.contains("assisted_registered") && !acts.contains(MARIA[0]), "{acts}");
    let nobody = format!("/admin/officers/{}/acts", "0".repeat(32));
    assert_eq!(ask("GET", &nobody, Some(TOKEN), "").await.0, "404");

    let verify = site.run(&["audit", "verify"]).await;
    assert!(verify.status.success(), "{}", told(&verify));
    tokio::time::sleep(std::time::Duration::from_millis(1_200)).await;
    let (_, metrics) = node.get("/metrics").await;
    assert!(metrics.contains("setara_officers{state=\"active\"} 1"), "{metrics}");
    node.stop().await;
    network.stop().await;
}

/// Staff refuse one and accept the other: the officer hears of the first, who has no number, and the household
/// of the second.
#[tokio::test(flavor = "multi_thread")]
async fn what_an_officer_sends_to_be_checked_is_told_at_home() {
    let network = network("plain").await;
    let site = texts(Site::on_sqlite().await, &network.address().to_string());
    let node = Node::start(&site.config()).await;
    network.bound(1).await.unwrap();
    let mut wahyu = phone(&network, "081290000301").await;
    let mut family = phone(&network, "081290000302").await;
    let enrol = ["officer", "enrol", "081290000301", "Wahyu Nugroho", "--kind", "babinsa"];
    let done = site.run(&[&enrol[..], &["--post", "5301", "--staff", "rina.k"]].concat()).await;
    assert!(done.status.success(), "{}", told(&done));
    let sent = code(&mut wahyu).await;
    goes(&mut wahyu, &[&sent, "864208", "864208"]).await;

    let numbers = async || -> Vec<String> {
        let list = site.run(&["ticket", "list", "--category", "registration", "--json"]).await;
        let list: Vec<Value> = serde_json::from_slice(&list.stdout).expect("JSON");
        list.iter().map(|line| line["number"].as_str().unwrap().to_owned()).collect()
    };
    let sends = async |officer: &mut Phone, begin: &[&str], household: &[&str]| {
        let typed = ["1", "1", MARIA[0], "Joko Widodo", MARIA[2], "2", "1", "1"];
        let screen = goes(officer, &[begin, &typed[..], household].concat()).await;
        assert!(screen.contains("diperiksa"), "{screen}");
    };
    sends(&mut wahyu, &["2"], &["2", "1"]).await;
    let [number] = &numbers().await[..] else { panic!("one ticket") };
    let shown = site.run(&["ticket", "show", number, "--staff", "rina.k"]).await;
    let shown: Value = serde_json::from_slice(&shown.stdout).expect("JSON");
    assert_eq!(shown["registration"]["assisted"], true);
    let why = ["ticket", "answer", number, "--staff", "rina.k", "--text", "nama lain"];
    assert!(site.run(&why).await.status.success());
    let text = wahyu.next_text().await.expect("a text").text;
    assert!(text.contains("lewat petugas DITOLAK: nama lain"), "{text}");

    sends(&mut wahyu, &[], &["1", "081290000302", "1"]).await;
    let text = family.next_text().await.expect("a text").text;
    assert!(text.contains("DITERIMA dari petugas"), "{text}");
    let [number] = &numbers().await[..] else { panic!("one ticket") };
    let accept = ["ticket", "accept", number, "--staff", "rina.k"];
    let done = site.run(&accept).await;
    assert!(done.status.success(), "{}", told(&done));
    let text = family.next_text().await.expect("a text").text;
    assert!(text.contains("lewat petugas sudah SAH"), "{text}");
    // Nobody whom an officer registers is seen on a phone, and the officer is told nothing of this one.
    let export = ["person", "export", "--ticket", number, "--staff", "rina.k"];
    let acquainted = site.run(&export).await;
    let export: Value = serde_json::from_slice(&acquainted.stdout).expect("JSON");
    assert_eq!(export["phones"], 0);
    assert_eq!(export["registrations"][0]["standing"], "registered");
    node.stop().await;
    network.stop().await;
}
