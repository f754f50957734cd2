//! Bad input to the command: it says what is wrong, and does not end with 0.

use std::{
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use crate::site::{Site, run, told};

/// The command fails and says all of this, without a panic.
async fn refused(config: &Path, arguments: &[&str], says: &[&str]) {
    let output = run(config, arguments).await;
    let said = told(&output);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
    for words in says {
        assert!(said.contains(words), "{arguments:?} does not say {words}:\n{said}");
    }
    assert!(!said.contains("panicked"), "{said}");
}

fn file(site: &Site, name: &str, text: &str) -> PathBuf {
    let path = site.folder().join(name);
    std::fs::write(&path, text).expect("a file");
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_configuration_is_told_with_its_line() {
    let site = Site::empty("sqlite:setara.db".into());
    for (text, says) in [
        ("[turns]\nlanse = 4\n", "lanse"),
        ("[turns]\nlanes = \"four\"\n", "lanes"),
        ("[turns\n", "line 1"),
        ("[operator.telco]\ndialect = \"klingon\"\nlink = []\n", "there is no dialect `klingon`"),
        ("telemetry.share = 2.0\n", "telemetry.share is from 0 to 1"),
    ] {
        let config = file(&site, "bad.toml", text);
        for arguments in [&["serve"][..], &["config", "check"], &["menu", "check"]] {
            refused(&config, arguments, &[says]).await;
        }
    }
    let nowhere = site.folder().join("nowhere.toml");
    refused(&nowhere, &["serve"], &["cannot read", "nowhere.toml"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_node_cannot_start_with_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let site = Site::empty("sqlite:setara.db".into());
    let more = |lines: &str| {
        let text = std::fs::read_to_string(site.config()).unwrap();
        file(&site, "bad.toml", &format!("{lines}\n{text}"))
    };
    let config = more("").display().to_string();
    let text = std::fs::read_to_string(&config).unwrap();
    let with = |from: &str, to: &str| {
        assert!(text.contains(from));
        file(&site, "bad.toml", &text.replace(from, to))
    };
    refused(&with("127.0.0.1:0", &address.to_string()), &["serve"], &["cannot listen on"]).await;
    refused(&with("sqlite:setara.db", "mysql://a/b"), &["serve"], &["a database URL is"]).await;
    refused(&with("sqlite:setara.db", "sqlite:no/such/setara.db"), &["serve"], &["unable to open"])
        .await;
    refused(&with("menus/pedulilindungi", "menus/nowhere"), &["serve"], &["nowhere"]).await;
    let long = Site::empty("sqlite:setara.db".into()).operator(
        "telco",
        "plain",
        "127.0.0.1:1",
        "system_type = \"much too long for SMPP\"",
    );
    refused(&long.config(), &["serve"], &["telco/1"]).await;

    // Keys that others may read, and no keys at all.
    let site = Site::on_sqlite().await;
    let key = site.folder().join("setara.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    refused(&site.config(), &["serve"], &["chmod 600"]).await;
    std::fs::write(&key, "lost").unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    refused(&site.config(), &["serve"], &["key file"]).await;
}

#[cfg(not(feature = "otlp"))]
#[tokio::test(flavor = "multi_thread")]
async fn traces_that_are_not_built_in_are_told() {
    let site = Site::empty("sqlite:setara.db".into());
    let site = site.configured("telemetry.otlp = \"http://127.0.0.1:4318\"\n");
    refused(&site.config(), &["serve"], &["telemetry.otlp", "`--features otlp`"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_key_does_not_open_a_database() {
    let site = Site::on_sqlite().await;
    std::fs::remove_file(site.folder().join("setara.key")).unwrap();
    refused(&site.config(), &["serve"], &["key"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_menu_is_shown_and_not_served() {
    let site = Site::empty("sqlite:setara.db".into());
    let menus = Path::new(env!("CARGO_MANIFEST_DIR")).join("menus");
    let folder = site.folder().join("menus/broken");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::copy(menus.join("words.toml"), site.folder().join("menus/words.toml")).unwrap();
    for name in ["people.toml", "register.toml", "service.toml", "status.toml"] {
        let text = std::fs::read_to_string(menus.join("pedulilindungi").join(name)).unwrap();
        let broken = text.replace("go = \"birth\"", "go = \"brith\"");
        std::fs::write(folder.join(name), broken).unwrap();
    }
    let text = "menu.folders = [\"menus/broken\"]\nhttp.listen = \"127.0.0.1:0\"\n";
    let config = file(&site, "broken.toml", text);
    let says = ["register.toml", "brith", "birth"];
    refused(&config, &["menu", "check"], &says).await;
    refused(&config, &["serve"], &says).await;
    refused(&config, &["serve"], &["`setara menu check` shows them"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_record_is_listed_by_line_and_nothing_is_imported() {
    let site = Site::on_sqlite().await;
    let rows = "nik,name,birth_date\n3173010502900100,Warga Percontohan,1990-02-05\n\
                3173010502900,Warga Kurang,1990-02-05\n";
    let csv = file(&site, "roster.csv", rows).display().to_string();
    let says = ["line 3: nik", "1 of 2 rows are wrong; nothing was imported"];
    refused(&site.config(), &["record", "import", &csv], &says).await;
    let output = site.run(&["record", "import", &csv]).await;
    assert!(!told(&output).contains("Kurang"), "a name is told");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_printed_configuration_is_taken_back() {
    let site = Site::empty("sqlite:setara.db".into());
    let printed = site.run(&["config", "print"]).await;
    let config = file(&site, "printed.toml", &told(&printed));
    let checked = run(&config, &["config", "check"]).await;
    assert!(checked.status.success(), "{}", told(&checked));
}
