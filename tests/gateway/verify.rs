//! The page where anybody checks a certificate, and how one is taken back.

use jiff::civil::date;
use setara::{
    certificate::{
        Keyring,
        code::ShortCode,
        serial::Serial,
        text::{self, Claims},
    },
    clock,
    config::Config,
    identity::Nik,
    service::{certificate::Issued, sample::COMPLETE},
    store::{Store, StoreOptions},
    vault::Vault,
};

use crate::{
    node::{Node, discreet},
    site::{Site, told},
};

const TOKEN: &str = "a-token-of-the-ministry-of-health";

/// Puts certificates of both doses in, and says what the SMS of the second carries.
pub async fn certify(site: &Site) -> (ShortCode, ShortCode, String) {
    let folder = site.folder();
    let vault = Vault::open_file(folder.join("setara.key")).unwrap();
    let keyring = Keyring::open_file(folder.join("setara.signing")).unwrap();
    let nik = Nik::parse(COMPLETE.nik).unwrap();
    let url = Config::read(&site.config()).unwrap().database.url;
    let store = Store::open(&url, vault.clone(), StoreOptions::default()).await.unwrap();
    let issued = |dose: u8| Issued {
        person: vault.nik_index(&nik),
        dose,
        code: ShortCode::from_random(1000 + u64::from(dose)),
        serial: Serial::from_random(dose.into()),
        good_until: date(2040, 12, 31),
        sent: None,
        revoked_at: None,
    };
    store.put_certificates(&[issued(1), issued(2)], clock::now()).await.unwrap();
    store.close().await;
    let claims = Claims {
        serial: issued(2).serial,
        holder: vault.holder_hash(&nik),
        birth: COMPLETE.birth.parse().unwrap(),
        dose: 2,
        vaccine: 1,
        given_on: date(2021, 3, 29),
        good_until: issued(2).good_until,
    };
    (issued(1).code, issued(2).code, text::sign(&claims, &keyring).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn anybody_checks_a_certificate_and_nothing_of_it_is_kept() {
    let site = Site::on_sqlite().await.admin(TOKEN).configured("checks.web_per_minute = 14\n");
    let node = Node::start(&site.config()).await;
    let (first, second, signed) = certify(&site).await;
    let (status, page) = node.get("/verify").await;
    assert_eq!(status, "HTTP/1.1 200 OK");
    assert!(page.contains("Periksa sertifikat vaksin") && page.contains("method=\"post\""));
    assert!(node.get("/verify?language=en").await.1.contains("Check a vaccination certificate"));

    let (one, two) = (first.as_str(), second.shown().replace(' ', "+"));
    let sms = format!("PERIKSA+{signed}+Teruskan+ke+1199");
    // In what is signed, and before it, where it says which key signed.
    let at = signed.len() / 2;
    let other = if signed[at..].starts_with('A') { "B" } else { "A" };
    let forged = format!("{}{other}{}", &signed[..at], &signed[at + 1..]);
    let damaged = signed.replacen(['A', 'B', 'C'], "D", 2);
    let slip = format!("{}{}", &one[..12], (one.as_bytes()[12] - b'0' + 1) % 10);
    let holder = "P*** S****, lahir 1970, dosis 2/2, 29-03-2021";
    for (form, status, told) in [
        (format!("proof={two}&year=1970"), "200 OK", holder),
        (format!("proof={sms}&year="), "200 OK", holder),
        (format!("proof={sms}&year=1970&language=en"), "200 OK", "VALID"),
        (format!("proof={sms}&year=1971"), "200 OK", "TIDAK SAH"),
        (format!("proof={forged}"), "200 OK", "TIDAK SAH"),
        (format!("proof={damaged}"), "200 OK", "TIDAK BISA DIPERIKSA"),
        (format!("proof={two}&year=1971"), "200 OK", "TIDAK SAH"),
        (format!("proof={two}"), "200 OK", "Tahun lahir?"),
        (format!("proof={slip}&year=1970"), "200 OK", "Salah ketik"),
        ("proof=halo".into(), "200 OK", "Tidak terbaca"),
        ("proof=HC1:6BF".into(), "200 OK", "TIDAK BISA DIPERIKSA"),
        ("language=xx".into(), "400 Bad Request", "Tidak terbaca"),
    ] {
        let answer = node.form("/verify", &form).await;
        assert_eq!(answer.0, format!("HTTP/1.1 {status}"), "{form}");
        assert!(answer.1.contains(told), "{form}: {}", answer.1);
    }

    // Taken back by the page for operations, and by the command.
    let revoke = async |body: &str| {
        let (status, said) = node.post_body("/admin/certificates/revoke", TOKEN, body).await;
        (status.split(' ').nth(1).unwrap_or_default().to_owned(), said)
    };
    let order = format!(r#"{{"code":"{}","reason":"never given","staff":"rina"}}"#, second.shown());
    assert_eq!(revoke(&order).await, ("200".into(), r#"{"revoked":1}"#.into()));
    for (order, status) in [
        (order.as_str(), "404"),
        ("{}", "400"),
        (r#"{"reason":"never given","staff":"rina"}"#, "422"),
        (r#"{"code":"1","reason":"never given"}"#, "400"),
        (r#"{"code":"1","reason":"never given","staff":"rina"}"#, "422"),
    ] {
        assert_eq!(revoke(order).await.0, status, "{order}");
    }
    let (status, _) = node.post("/admin/certificates/revoke", None).await;
    assert_eq!(status, "HTTP/1.1 401 Unauthorized");
    let gone = node.form("/verify", &format!("proof={two}&year=1970")).await.1;
    assert!(gone.contains("dicabut"), "{gone}");
    let command = ["certificate", "revoke", one, "--reason", "never given", "--staff", "rina"];
    assert_eq!(told(&site.run(&command).await), "revoked: 1\n");
    assert!(!site.run(&command).await.status.success());
    let gone = node.form("/verify", &format!("proof={one}&year=1970")).await.1;
    assert!(gone.contains("dicabut"), "{gone}");

    // So many a minute from one address.
    let mut last = node.form("/verify", "proof=halo").await;
    for _ in 0..3 {
        last = node.form("/verify", "proof=halo").await;
    }
    assert_eq!(last.0, "HTTP/1.1 429 Too Many Requests");
    let log = node.stop().await;
    discreet(&log);
    for secret in [signed.as_str(), one, second.as_str(), "S****"] {
        assert!(!log.contains(secret), "{secret} is logged");
    }
}
