//! Texts that are sent, and what keeps one from being sent.

use super::*;

/// A broadcast of one language's text in both.
fn campaign(text: &str) -> String {
    let last = there("last = true");
    format!(
        "{last}[campaign.invite]\nclass = \"campaign\"\nsay.id = \"{text}\"\nsay.en = \"{text}\""
    )
}

fn notice(text: &str) -> String {
    format!("{}[notice.done]\nsay = {{ id = \"{text}\", en = \"{text}\" }}", there("last = true"))
}

#[test]
fn a_good_text_has_no_findings() {
    check(&campaign("{patient} {dial}. STOP ke {code}"), &[]);
    check(&notice("Selesai di {ward}: {dial}, {code}."), &[]);
}

#[test]
fn a_text_is_one_segment_with_the_longest_values() {
    // The values take 10 and 8, and the words around them 5 and 9.
    let fits = format!("{}{{patient}} STOP {{code}}", "a".repeat(136));
    check(&campaign(&fits), &[]);
    let long = format!("b{fits}");
    let told = format!("\"{long}\"");
    check(&campaign(&long), &[&format!("overflow 6 {told}"), &format!("overflow 7 {told}")]);
    check(&notice(&"n".repeat(160)), &[]);
}

#[test]
fn what_networks_lose_is_an_error() {
    check(&notice("2€"), &["extension 5 €", "extension 5 €"]);
    check(&notice("’"), &["alphabet 5 ’", "alphabet 5 ’"]);
}

#[test]
fn only_known_values_are_filled_in() {
    let told = "\"{number}. STOP ke {code}\"";
    check(
        &campaign("{number}. STOP ke {code}"),
        &[&format!("placeholder 6 {told}"), &format!("placeholder 7 {told}")],
    );
    // One call's text knows what that call gives, and no other text does.
    check(
        &campaign("{ward}. STOP ke {code}"),
        &["placeholder 6 \"{ward}. STOP ke {code}\"", "placeholder 7 \"{ward}. STOP ke {code}\""],
    );
    let other = notice("{ward}").replace("notice.done", "notice.other");
    check(&other, &["placeholder 5 \"{ward}\"", "placeholder 5 \"{ward}\""]);
    // What broadcasts tell their reader is nothing that a call gives.
    check(&notice("{patient}"), &["placeholder 5 \"{patient}\"", "placeholder 5 \"{patient}\""]);
    // What a call of the menu leaves is known to its notices.
    let ask = "ask = \"card\"\nkeep = \"card\"\ngo = \"join\"\nsay = { id = \"A\", en = \"A\" }\n";
    let call = "call = \"queue.join\"\non = { joined = \"bye\", full = \"bye\" }\n";
    let joined = format!("[screen.there]\n{ask}[screen.join]\n{call}[notice.done]\nsay = ");
    check(&format!("{joined}{{ id = \"{{number}}\", en = \"{{number}}\" }}"), &[]);
    check(
        &format!("{joined}{{ id = \"{{numbr}}\", en = \"{{numbr}}\" }}"),
        &["placeholder 10 \"{numbr}\"", "placeholder 10 \"{numbr}\""],
    );
}

#[test]
fn a_broadcast_says_how_it_is_refused() {
    for text in ["Halo.", "STOP!", "Balas ke {code}", "NONSTOP {code}"] {
        let told = format!("\"{text}\"");
        check(&campaign(text), &[&format!("refuse 6 {told}"), &format!("refuse 7 {told}")]);
    }
}

#[test]
fn a_broadcast_has_a_class_and_a_name_of_its_own() {
    let say = "say = { id = \"STOP {code}\", en = \"STOP {code}\" }";
    let last = there("last = true");
    check(&format!("{last}[campaign.a]\n{say}"), &["class 4 a"]);
    check(&format!("{last}[campaign.a]\nclass = \"code\"\n{say}"), &["class 5 \"code\""]);
    check(&format!("{last}[campaign.A]\nclass = \"reminder\"\n{say}"), &["name 4 A"]);
    check(&format!("{last}[campaign.a]\nclass = \"reminder\""), &["silent 4 a"]);
    check(
        &format!("{last}[campaign.a]\nclass = \"reminder\"\ntext = \"a\"\n{say}"),
        &["unknown_key 6 text"],
    );
    check(&format!("{last}[notice.a]\nclass = \"reminder\"\n{say}"), &["unknown_key 5 class"]);
    let one = format!("[campaign.a]\nclass = \"reminder\"\n{say}\n");
    let files = [("words", WORDS), ("service", SERVICE), ("around", AROUND), ("menu", &last)];
    let files: Vec<_> = files.into_iter().chain([("one", one.as_str()), ("two", &one)]).collect();
    let told: Vec<String> = findings(&files, &[profile("ussd", 160)]).iter().map(line).collect();
    assert_eq!(told, ["twice two1 a"]);
}

#[test]
fn a_text_is_written_in_the_basic_table() {
    let case = campaign("{patient}, {dial}: STOP ke {code}");
    let files = [("words", WORDS), ("service", SERVICE), ("around", AROUND), ("menu", &case)];
    let files: Vec<_> = files.iter().map(|(name, text)| source(name, text)).collect();
    let menu = super::super::check(&files, &[&CATALOGUE], &[]).unwrap().menu;
    let text = menu.campaign("invite").unwrap();
    let value = |name: &str| match name {
        "patient" => Some("B*** [****"),
        "code" => Some("1199"),
        _ => None,
    };
    let language = &menu.languages()[1];
    assert_eq!(menu.write(text, language, value), "B*** -****, *123#: STOP ke 1199");
    assert_eq!(text.templates().nth(1).unwrap(), "{patient}, {dial}: STOP ke {code}");
    assert!(menu.notice("invite").is_none() && menu.campaign("other").is_none());
}
