//! `setara menu` as somebody at a terminal meets it.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

fn setara(args: &[&str], typed: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_setara"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command");
    child.stdin.take().expect("its input").write_all(typed.as_bytes()).expect("it listens");
    child.wait_with_output().expect("its end")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_phone_is_played_with_piped_answers() {
    let output = setara(&["menu", "play"], "1\n1\nq\nq\n");
    let said = said(&output);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    for line in ["│ PeduliLindungi       │", "│ 1 Daftar vaksin      │", "│ Ketik 16 angka NIK   │"]
    {
        assert!(said.contains(line), "{line} in\n{said}");
    }
    assert!(said.contains("3173014502900001"), "the people are listed");
}

#[test]
fn a_phone_speaks_the_language_asked_for() {
    let output = setara(&["menu", "play", "--language", "en"], "");
    assert!(said(&output).contains("│ 1 Register"), "{}", said(&output));
    assert!(!setara(&["menu", "play", "--language", "jv"], "").status.success());
}

#[test]
fn a_text_and_a_chat_are_played_as_well() {
    for profile in ["sms", "whatsapp"] {
        let output = setara(&["menu", "play", "--profile", profile], "2\n3173014502900001\nq\n");
        let said = said(&output);
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        for line in ["VAKSIN\n╭", "8 Bahasa/Language", "│ Ketik 16 angka NIK", "│ Tanggal lahir?"]
        {
            assert!(said.contains(line), "{profile}: {line} in\n{said}");
        }
    }
    let nobody = setara(&["menu", "play", "--profile", "pigeon"], "");
    assert!(!nobody.status.success());
}

#[test]
fn a_conversation_file_that_comes_along_is_good_as_it_is() {
    let story = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stories/certificate_check.story");
    let output = setara(&["menu", "test", story], "");
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn what_cannot_be_read_is_a_finding_too() {
    let output = setara(&["menu", "check", "--json", "no/such/folder"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("\"menu::unreadable\""), "{}", said(&output));
}

#[test]
fn a_screen_that_differs_is_shown_and_can_be_written() {
    let folder = std::env::temp_dir().join(format!("setara-menu-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let story = folder.join("wrong.story");
    let path = story.to_str().expect("a plain path");
    std::fs::write(&story, "# Kept.\nphone 081290000001\ndial *119*1*1#\n| Ketik NIK:\n")
        .expect("a file");
    let output = setara(&["menu", "test", path], "");
    assert_eq!(output.status.code(), Some(1));
    let told = said(&output);
    assert!(told.contains("- Ketik NIK:") && told.contains("+ Ketik 16 angka NIK"), "{told}");
    assert!(setara(&["menu", "test", "--update", path], "").status.success());
    assert!(setara(&["menu", "test", path], "").status.success());
    let written = std::fs::read_to_string(&story).expect("the file");
    assert!(written.starts_with("# Kept.\nphone 081290000001\n"), "{written}");
    std::fs::remove_dir_all(&folder).expect("the folder goes");
}

#[test]
fn a_good_menu_has_no_findings_and_can_be_drawn() {
    let output = setara(&["menu", "check", "--json"], "");
    assert_eq!((said(&output).trim(), output.status.code()), ("[]", Some(0)));
    let drawn = said(&setara(&["menu", "graph"], ""));
    assert!(drawn.starts_with("flowchart") && drawn.contains("s_home"), "{drawn}");
    let drawn = said(&setara(&["menu", "graph", "--format", "svg", "--language", "en"], ""));
    assert!(drawn.starts_with("<svg") && drawn.contains(">Register<"), "{drawn}");
}
