//! Certificates held against what we did not write: a verifier of PyPI's `cwt`, `base45` and `cbor2`
//! (`tests/peers/verifier.py`), and the page read by poppler and zbar.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use jiff::civil::{Date, date};
use serde_json::Value;
use setara::{
    certificate::{
        CertificateId, Issuer, Keyring, NikShown, Paper, Product, PublicKeys, Shot,
        dcc::{self, WhyNot},
        keys::Which,
        pdf,
    },
    clock::{self, Timestamp, Zone},
    config::Config,
    identity::{Nik, PersonName},
};

use crate::{
    node::Node,
    site::{Site, run, told},
};

const NIK: &str = "3173045708900001";

fn shot(number: u8, given_on: Date) -> Shot {
    let (product, _) = Config::parse("").unwrap().vaccine.product("sinovac").expect("a vaccine");
    Shot {
        number,
        vaccine: "Sinovac".into(),
        product,
        batch: "202103B017".into(),
        place: "RSUP Dr. Cipto Mangunkusumo, Jakarta".into(),
        given_on,
    }
}

fn paper(name: &str) -> Paper {
    Paper {
        id: CertificateId::parse("3173012345678").unwrap(),
        name: PersonName::parse(name).unwrap(),
        nik: Nik::parse(NIK).unwrap(),
        birth: date(1990, 8, 17),
        course: 2,
        shot: shot(2, date(2021, 3, 29)),
        earlier: vec![shot(1, date(2021, 3, 1))],
    }
}

fn issuer(days: u64) -> Issuer {
    let good_for = Duration::from_secs(86_400 * days);
    Issuer { authority: "Kementerian Kesehatan Republik Indonesia".into(), good_for }
}

fn sign(name: &str, ring: &Keyring) -> String {
    dcc::sign(&paper(name), ring, &issuer(365), clock::now()).unwrap()
}

/// What the other verifier says of each text.
fn others(site: &Site, keys: &str, texts: &[String]) -> Vec<Value> {
    let file = site.folder().join("keys.json");
    std::fs::write(&file, keys).unwrap();
    let python = std::env::var("SETARA_TEST_PYTHON").expect("a Python with cwt: see tests/run");
    let mut verifier = Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/verifier.py"))
        .arg(file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the verifier");
    let mut input = verifier.stdin.take().expect("piped above");
    input.write_all((texts.join("\n") + "\n").as_bytes()).expect("told");
    drop(input);
    let output = verifier.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{output:?}");
    let lines = String::from_utf8(output.stdout).expect("a text");
    lines.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn another_verifier_takes_what_we_sign_with_the_keys_we_publish() {
    let site = Site::empty("sqlite:setara.db".into());
    let node = Node::start(&site.config()).await;
    let (status, keys) = node.get("/keys").await;
    assert_eq!(status, "HTTP/1.1 200 OK");
    let file = site.folder().join("setara.signing");
    let ring = Keyring::open_file(&file).expect("made at the start");
    assert!(PublicKeys::from_json(&keys).unwrap() == *ring.public());

    let rows = [
        ("Siti Nur Aminah", "Aminah", "AMINAH", Some(("Siti Nur", "SITI<NUR"))),
        ("Suharto", "Suharto", "SUHARTO", None),
        ("Nur'aini", "Nur'aini", "NURAINI", None),
        ("dr. Ma’ruf Müller, Sp.A", "Müller", "MUELLER", Some(("Ma’ruf", "MARUF"))),
    ];
    let texts: Vec<String> = rows.iter().map(|(name, ..)| sign(name, &ring)).collect();
    let seen = others(&site, &keys, &texts);
    assert_eq!(seen.len(), rows.len());
    for (seen, (name, surname, letters, forename)) in seen.iter().zip(rows) {
        assert_eq!(seen["issuer"], "ID", "{name}: {seen}");
        let says = &seen["says"];
        assert_eq!((&says["ver"], &says["dob"]), (&"1.3.0".into(), &"1990-08-17".into()));
        assert_eq!((&says["nam"]["fn"], &says["nam"]["fnt"]), (&surname.into(), &letters.into()));
        let given = forename.map(|(written, _)| written);
        let letters = forename.map(|(_, letters)| letters);
        assert_eq!(says["nam"].get("gn").and_then(Value::as_str), given);
        assert_eq!(says["nam"].get("gnt").and_then(Value::as_str), letters);
        let expected = serde_json::json!([{
            "tg": "840539006", "vp": "1157024006", "mp": "CoronaVac", "ma": "Sinovac-Biotech",
            "dn": 2, "sd": 2, "dt": "2021-03-29", "co": "ID",
            "is": "Kementerian Kesehatan Republik Indonesia",
            "ci": paper(name).id.uvci(),
        }]);
        assert_eq!(says["v"], expected);
    }

    // A rotated key signs, and the former one still verifies, for them and for us.
    let rotated = run(&site.config(), &["keys", "rotate", "--now"]).await;
    assert!(rotated.status.success(), "{}", told(&rotated));
    let ring = Keyring::open_file(&file).unwrap();
    let listed = run(&site.config(), &["keys", "list", "--json"]).await;
    let keys = String::from_utf8(listed.stdout).unwrap();
    let both = [texts[0].clone(), sign("Suharto", &ring)];
    assert!(others(&site, &keys, &both).iter().all(|seen| seen["issuer"] == "ID"));
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_certificate_both_verifiers_find() {
    let site = Site::empty("sqlite:setara.db".into());
    let file = site.folder().join("setara.signing");
    let now = clock::now();
    let ring = Keyring::create_file(&file, "Kemenkes", now).unwrap();
    let good = sign("Siti Nur Aminah", &ring);
    let body = good.strip_prefix("HC1:").unwrap();
    let early = now.minus(Duration::from_secs(20 * 86_400));
    let over = dcc::sign(&paper("Suharto"), &ring, &issuer(10), early).unwrap();
    let other = Keyring::create_file(site.folder().join("other"), "Kemenkes", now).unwrap();
    let rows = [
        (good.replacen("HC1:", "HC2:", 1), WhyNot::NotHc1, "prefix"),
        (body.to_owned(), WhyNot::NotHc1, "prefix"),
        (format!("HC1:{}", body.replacen(|_: char| true, "ö", 1)), WhyNot::Base45, "base45"),
        (format!("HC1:{}", &body[..body.len() / 3 * 2 / 3 * 3]), WhyNot::Zlib, "zlib"),
        (damaged(&good), WhyNot::Signature, "signature"),
        (over, WhyNot::Expired, "expired"),
        (sign("Suharto", &other), WhyNot::UnknownKey, "key"),
    ];
    let texts: Vec<String> = rows.iter().map(|(text, ..)| text.clone()).collect();
    let theirs = others(&site, &ring.public().to_json(), &texts);
    for ((text, ours, wrong), seen) in rows.iter().zip(&theirs) {
        assert_eq!(dcc::verify(text, ring.public(), now).err(), Some(*ours), "{wrong}");
        assert_eq!(seen["wrong"], *wrong, "{seen}");
    }

    // The command says the same, and needs neither a node nor a database.
    let verify = async |text: &str, more: &[&str]| {
        let scanned = site.folder().join("scanned");
        std::fs::write(&scanned, text).unwrap();
        let scanned = scanned.display().to_string();
        let output = run(&site.config(), &[&["verify", &*scanned], more].concat()).await;
        (output.status.code(), told(&output))
    };
    let (code, said) = verify(&format!("{good}\n"), &[]).await;
    assert_eq!(code, Some(0), "{said}");
    for words in ["valid until", "Siti Nur Aminah", "17-08-1990", "2 of 2, 29-03-2021"] {
        assert!(said.contains(words), "{said}");
    }
    assert!(!said.contains(NIK));
    let keys = site.folder().join("public.json");
    std::fs::write(&keys, other.public().to_json()).unwrap();
    let keys = keys.display().to_string();
    let (code, said) = verify(&good, &["--keys", &keys]).await;
    assert_eq!(
        (code, &*said),
        (Some(2), "cannot be checked: the key that signed it is not known\n")
    );
    let (code, said) = verify("Halo", &[]).await;
    assert_eq!(
        (code, &*said),
        (Some(2), "cannot be checked: this is no certificate that we know\n")
    );
}

/// With another last octet of the signature, packed as it should be.
fn damaged(text: &str) -> String {
    let packed = base45::decode(text.strip_prefix("HC1:").unwrap()).unwrap();
    let mut octets = Vec::new();
    let mut decoder = flate2::write::ZlibDecoder::new(&mut octets);
    decoder.write_all(&packed).unwrap();
    decoder.finish().unwrap();
    *octets.last_mut().unwrap() ^= 1;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&octets).unwrap();
    format!("HC1:{}", base45::encode(encoder.finish().unwrap()))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_and_the_words_are_read_back_from_the_page() {
    let site = Site::empty("sqlite:setara.db".into());
    let now = Timestamp::from_millis(clock::now().millis() / 1000 * 1000);
    let ring = Keyring::create_file(site.folder().join("setara.signing"), "Kemenkes", now).unwrap();
    let ring = ring.rotated(Which::Short, &seed(), "Kemenkes", now).unwrap();
    for (name, nik, shown) in [
        ("Siti Nur Aminah", NikShown::Masked, "3173••••••••0001"),
        ("Suharto", NikShown::Full, NIK),
        ("Nur'aini Ma’ruf Müller-Đỗ", NikShown::Masked, "3173••••••••0001"),
    ] {
        let paper = paper(name);
        let options =
            pdf::Options { issuer: issuer(730), nik, check_at: "*119#".into(), zone: Zone::Wib };
        let page = pdf::render(&paper, &ring, now, &options).unwrap();
        assert_eq!(page, pdf::render(&paper, &ring, now, &options).unwrap(), "always the same");
        let file = site.folder().join("page.pdf");
        std::fs::write(&file, &page).unwrap();
        let text = tool("pdftotext", &["-layout"], &file, &["-"]);
        for words in [name, shown, "17 Agustus 1990", "202103B017", "Dosis 2 dari 2", "29-03-2021"]
        {
            assert!(text.contains(words), "{words} is not on the page:\n{text}");
        }
        assert_eq!(text.contains(NIK), nik == NikShown::Full);
        let about = tool("pdfinfo", &[], &file, &[]);
        assert!(about.contains("Pages:           1\n") && about.contains("A4"), "{about}");

        let picture = site.folder().join("page");
        let target = picture.display().to_string();
        tool("pdftoppm", &["-r", "150", "-png", "-singlefile"], &file, &[&target]);
        let read = tool("zbarimg", &["--raw", "--quiet"], &picture.with_extension("png"), &[]);
        assert_eq!(read.trim_end(), dcc::sign(&paper, &ring, &options.issuer, now).unwrap());
        assert!(dcc::verify(&read, ring.public(), now).is_ok());
    }
}

fn seed() -> setara::certificate::keys::Seed {
    setara::certificate::keys::Seed { document: [1; 32], short: [2; 32] }
}

/// What a tool prints. It has to be there: `tests/run` installs it.
fn tool(name: &str, before: &[&str], file: &Path, after: &[&str]) -> String {
    let file: PathBuf = file.into();
    let output = Command::new(name).args(before).arg(file).args(after).output();
    let output = output.unwrap_or_else(|error| panic!("{name}: {error}; see tests/run"));
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("a text")
}

#[test]
fn codes_of_vaccines_are_those_of_the_value_sets() {
    let config = Config::parse("").unwrap();
    let product = |code: &str| config.vaccine.product(code).expect("a vaccine");
    let (Product { vp, mp, ma }, doses) = product("janssen");
    assert_eq!((&*vp, &*mp, &*ma, doses), ("29061000087103", "EU/1/20/1525", "ORG-100001417", 1));
    assert_eq!(product("pfizer").0.vp, "1119349007");
    assert!(config.vaccine.product("unheard-of").is_none());
}
