//! What codes are for.

use super::*;

const JOIN: &str = "[screen.there]\nask = \"card\"\nkeep = \"card\"\ngo = \"join\"\n\
    say = { id = \"Kartu?\", en = \"Card?\" }\n\
    [screen.join]\ncall = \"queue.join\"\non = { joined = \"bye\", full = \"bye\" }\n";

fn codes(service: &str, words: &str) -> Vec<String> {
    let service = format!("{service}{AROUND}{JOIN}");
    let found = findings(&[("words.toml", words), ("clinic.toml", &service)], &[profile("p", 160)]);
    found.iter().map(|finding| format!("{} {}", finding.code, finding.message)).collect()
}

#[test]
fn a_code_says_whose_it_is_and_what_for() {
    assert_eq!(codes(SERVICE, WORDS), [""; 0]);
    let without = SERVICE.replace("brand = \"Klinik\"\n", "");
    assert_eq!(codes(&without, WORDS), ["menu::purpose the menu does not say whose its codes are"]);
    let other = SERVICE.replace("queue.join", "queue.joyn");
    assert_eq!(
        codes(&other, WORDS),
        [
            "menu::purpose `queue.join` changes something, and nothing says what",
            "menu::purpose there is no call `queue.joyn` that changes something",
        ]
    );
    let silent = WORDS.replace("id = \"{brand} {purpose} {code}\"", "id = \"{purpose} {code}\"");
    assert!(codes(SERVICE, &silent).iter().any(|said| said.contains("says its `{brand}`")));
}

#[test]
fn with_its_purpose_it_is_one_text() {
    // Klinik, three blanks or less, six digits.
    for (long, fits) in [(160 - 6 - 6 - 2 - 4, true), (160 - 6 - 6 - 2 - 3, false)] {
        let service = SERVICE.replace("id = \"antre\"", &format!("id = {:?}", "a".repeat(long)));
        let said = codes(&service, WORDS);
        let over = "menu::overflow with `queue.join` this is longer than one SMS";
        assert_eq!(said.iter().any(|said| said == over), !fits, "{long}: {said:?}");
    }
}
