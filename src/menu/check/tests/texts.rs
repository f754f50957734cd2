//! Languages, placeholders, letters and words.

use super::*;

#[test]
fn a_text_that_is_missing_in_a_language() {
    check("[screen.there]\nlast = true\nsay.id = \"Di sana\"", &["missing_language 3 say"]);
    check(
        &there("choose = [{ id = \"a\", go = \"bye\", say = { en = \"A\" } }]"),
        &["missing_language 3 say"],
    );
    check("[screen.there]\nlast = true", &["silent 1 there"]);
    check(&there("choose = [{ id = \"a\", go = \"bye\" }]"), &["silent 3 \"a\""]);
    check(
        "[screen.there]\nlast = true\nsay = { id = \"A\", en = \"A\", jv = \"A\" }",
        &["language? 3 jv"],
    );
}

#[test]
fn placeholders_that_differ_or_are_none() {
    let join = |say: &str| {
        format!(
            "[screen.there]\nask = \"card\"\nkeep = \"card\"\ngo = \"join\"\n\
             say = {{ id = \"A\", en = \"A\" }}\n[screen.join]\ncall = \"queue.join\"\n\
             on = {{ joined = \"done\", full = \"bye\" }}\n[screen.done]\nlast = true\nsay = {say}"
        )
    };
    check(&join("{ id = \"Nomor {number}\", en = \"Number {number}\" }"), &[]);
    check(&join("{ id = \"Nomor {number}\", en = \"Number\" }"), &["placeholder 11 \"Number\""]);
    check(
        &join("{ id = \"Nomor\", en = \"Number {number}\" }"),
        &["placeholder 11 \"Number {number}\""],
    );
    check(
        &join("{ id = \"{Number}\", en = \"{\" }"),
        &["placeholder 11 \"{Number}\"", "placeholder 11 \"{\""],
    );
    check(&join("{ id = \"{numbr}\", en = \"{numbr}\" }"), &["value 11 \"{numbr}\""]);
}

#[test]
fn the_very_character_outside_the_alphabet() {
    check(
        "[screen.there]\nlast = true\nsay = { id = \"Ma’af, é ‘ya’\", en = \"A\" }",
        &["alphabet 3 ’", "alphabet 3 ‘", "alphabet 3 ’"],
    );
    // In a text of several lines, after characters of several octets, beside an escape.
    let case =
        "[screen.there]\nlast = true\nsay.en = \"A\"\nsay.id = '''\nsatu é ñ\n  dua à ç tiga\n'''";
    check(case, &["alphabet 6 ç"]);
    let case = "[screen.there]\nlast = true\nsay.en = \"A\"\nsay.id = \"a\\n\\u00e7 ç\"";
    check(case, &["alphabet 4 \\u00e7", "alphabet 4 ç"]);
    // CRLF is how some editors end a line; the alphabet has it.
    let case = "[screen.there]\r\nlast = true\r\nsay.en = \"A\"\r\nsay.id = \"\"\"\r\nsatu\r\ndua “\r\n\"\"\"";
    check(case, &["alphabet 6 “"]);
    let spans: Vec<_> = {
        let case = "[screen.there]\nlast = true\nsay = { id = \"’’\", en = \"A\" }";
        let files = [("words", WORDS), ("service", SERVICE), ("around", AROUND), ("menu", case)];
        let found = findings(&files, &[profile("ussd", 160)]);
        found.iter().filter_map(|found| found.at.as_ref()).map(|at| at.span.clone()).collect()
    };
    assert_eq!(spans, [41..44, 44..47]);
}

#[test]
fn a_character_where_no_text_is() {
    let case = "[screen.there]\nlast = true\nsay.en = \"A\"\nsay.id =\u{fffd} \"Di sana\"";
    check(case, &["syntax 4 ", "syntax 4 \u{fffd}", "alphabet 4 \u{fffd}"]);
}

#[test]
fn extension_characters_are_only_warned_of() {
    check(
        "[screen.there]\nlast = true\nsay = { id = \"5 € [ok]\", en = \"A\" }",
        &["extension? 3 €", "extension? 3 [", "extension? 3 ]"],
    );
    check(
        "[screen.there]\nlast = true\nsay = { id = \"\\n\\\\ ~\", en = \"A\" }",
        &["extension? 3 \\\\", "extension? 3 ~"],
    );
}

#[test]
fn words_that_are_missing_or_not_used() {
    let words = WORDS.replace("busy =", "bussy =").replace("card_digits", "card_digit");
    let case = there("ask = \"card\"\nkeep = \"card\"\ngo = \"bye\"");
    let files = [("words", &*words), ("service", SERVICE), ("around", AROUND), ("menu", &case)];
    let told: Vec<String> = findings(&files, &[profile("ussd", 160)]).iter().map(line).collect();
    assert_eq!(
        told,
        [
            "word: the word `busy` is missing",
            "word: the word `card_digits` is missing",
            "word words18 bussy",
            "word words22 card_digit",
        ]
    );
    let words = WORDS.replace("Ramai. Dial {dial} lagi.", "Ramai {last}.");
    let files = [("words", &*words), ("service", SERVICE), ("around", AROUND), ("menu", &case)];
    let told: Vec<String> = findings(&files, &[profile("ussd", 160)]).iter().map(line).collect();
    assert_eq!(told[0], "placeholder words18 \"Ramai {last}.\"");
}
