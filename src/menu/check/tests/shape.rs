//! What a file may hold: keys, kinds of values, names; and TOML that is none.

use super::*;

#[test]
fn two_of_a_kind() {
    let choices = "choose = [\n  { id = \"a\", go = \"bye\", say = { id = \"Ya\", en = \"Yes\" } },\n  \
                   { id = \"b\", go = \"bye\", say = { id = \"Tidak\", en = \"Yes\" } },\n]";
    check(&there(choices), &["alike 5 \"Yes\""]);
    let choices =
        choices.replace("\"b\"", "\"a\"").replace("en = \"Yes\" } },\n]", "en = \"No\" } },\n]");
    check(&there(&choices), &["twice 5 \"a\""]);
    // In another file.
    check(
        &(there("last = true") + "[screen.bye]\nlast = true\nsay = { id = \"A\", en = \"A\" }"),
        &["twice 4 bye"],
    );
    check(&format!("start = \"home\"\n{}", there("last = true")), &["twice 1 start"]);
    check(&format!("languages = [\"id\"]\n{}", there("last = true")), &["language 1 \"id\""]);
}

#[test]
fn keys_that_are_none() {
    check(&there("last = true\ncolour = \"red\""), &["unknown_key 4 colour"]);
    check(
        &there(
            "choose = [{ id = \"a\", go = \"bye\", colour = \"red\", say = { id = \"A\", en = \"A\" } }]",
        ),
        &["unknown_key 3 colour"],
    );
    check(&format!("tarts = \"home\"\n{}", there("last = true")), &["unknown_key 1 tarts"]);
    check(&there("last = true\nkeep = \"card\""), &["stray 4 \"card\""]);
    check(&there("last = true\ngo = \"bye\""), &["stray 4 \"bye\""]);
    check(&there("last = true\non.open = \"bye\""), &["stray 4 open"]);
    check(
        "[screen.there]\ncall = \"queue.look\"\non = { open = \"bye\", closed = \"bye\" }\nsay = { id = \"A\", en = \"A\" }",
        &["stray 4 say"],
    );
}

#[test]
fn values_of_another_shape() {
    check(
        "[screen.there]\nlast = true\nsay = \"Di sana\"",
        &["shape 3 \"Di sana\"", "silent 1 there"],
    );
    check(&there("last = \"yes\""), &["shape 3 \"yes\"", "no_way_out 1 there"]);
    check(&there("choose = \"a\""), &["shape 3 \"a\"", "no_way_out 1 there"]);
    check(
        &there("choose = [{ go = \"bye\", say = { id = \"A\", en = \"A\" } }]"),
        &["shape 3 { go = \"bye\", say = { id = \"A\", en = \"A\" } }", "no_way_out 1 there"],
    );
    check(&format!("dial = \"*123#\"\n{}", there("last = true")), &["shape 1 \"*123#\""]);
    check(&format!("tries = \"many\"\n{}", there("last = true")), &["shape 1 \"many\""]);
    check(&format!("tries = 99\n{}", there("last = true")), &["tries 1 99"]);
    for (dial, good) in [
        ("*123#", true),
        ("*123*5#", true),
        ("123", false),
        ("*123", false),
        ("*#", false),
        ("*123##", false),
        ("**123#", false),
        ("*12a#", false),
        ("*123*#", false),
    ] {
        let case = format!("dial = [\"{dial}\"]\n{}", there("last = true"));
        let finding = format!("dial 1 \"{dial}\"");
        check(
            &case,
            if good { &[] } else { std::slice::from_ref(&finding) }
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .as_slice(),
        );
    }
}

#[test]
fn keys_of_the_engine() {
    for (keys, expected) in [
        ("back = \"7\"", "keys 2 \"7\""),
        ("next = \"x\"", "keys 2 \"x\""),
        ("up = \"5#\"", "keys 2 \"5#\""),
        ("next = \"0\"", "keys: two keys of the engine are the same"),
    ] {
        check(&format!("[keys]\n{keys}\n{}", there("last = true")), &[expected]);
    }
    check(&format!("[keys]\nnext = \"#\"\n{}", there("last = true")), &[]);
}

#[test]
fn names_that_are_none() {
    check(&there("ask = \"card\"\nkeep = \"Card\"\ngo = \"bye\""), &["name 4 \"Card\""]);
    let screen = there("ask = \"card\"\nkeep = \"card\"\ngo = \"End\"")
        + "[screen.End]\nlast = true\nsay = { id = \"A\", en = \"A\" }";
    check(&screen, &["name 6 End"]);
    check(
        &there("choose = [{ id = \"1\", go = \"bye\", say = { id = \"A\", en = \"A\" } }]"),
        &["name 3 \"1\""],
    );
    check(
        &there(
            "choose = [{ id = \"a\", go = \"bye\", language = \"jv\", say = { id = \"A\", en = \"A\" } }]",
        ),
        &["language 3 \"jv\""],
    );
}

#[test]
fn wrong_toml_is_told_and_the_rest_is_still_read() {
    let case = "[screen.there\nlast = true\nsay = { id = \"A\", en = \"A\" }";
    let files = [("words", WORDS), ("service", SERVICE), ("around", AROUND), ("menu", case)];
    let told: Vec<String> = findings(&files, &[profile("ussd", 160)]).iter().map(line).collect();
    assert!(told[0].starts_with("syntax 1"), "{told:?}");
    for case in ["", "\u{0}", "[[[[", "a = ", "= = =", "\"\"\"", "{}", "[screen]\n[screen]", "é"] {
        let files = [("menu", case)];
        assert!(!findings(&files, &[profile("ussd", 160)]).is_empty(), "{case}");
    }
}

/// The parser points at an octet; what is drawn is a character.
#[test]
fn a_mistake_beside_a_wide_character_has_a_place() {
    let text = "[screen.home]\nsay.en = \"Que\u{fffd}\u{1f}\\\u{fffd}a\"\n";
    let findings = findings(&[("menu", text)], &[]);
    for at in findings.iter().filter_map(|finding| finding.at.as_ref()) {
        assert!(at.file.text.get(at.span.clone()).is_some(), "{:?}", at.span);
    }
}
