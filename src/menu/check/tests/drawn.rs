//! Findings as an author sees them.

use miette::GraphicalTheme;

use super::*;
use crate::diagnostic::draw;

/// What is found in a menu of one more file, for a channel of 160 characters.
fn drawn(case: &str, channel: &str) -> String {
    let files = [("words", WORDS), ("service", SERVICE), ("around", AROUND), ("menu.toml", case)];
    draw(&findings(&files, &[profile(channel, 160)]), GraphicalTheme::none(), 100)
}

#[test]
fn findings_are_drawn_with_a_caret() {
    let case = "[screen.there]\nlast = true\nsay.id = \"\"\"\nSatu é\nMa’af, [x\"\"\"\nsay.en = \"A\"\ncolour = 1";
    insta::assert_snapshot!(drawn(case, "ussd"), @r###"
    menu::alphabet

      x `’` (U+2019) is not in the GSM alphabet
       ,-[menu.toml:5:3]
     4 | Satu é
     5 | Ma’af, [x"""
       :   |
       :   `-- this character
     6 | say.en = "A"
       `----
      help: write `'`

    menu::extension

      ! `[` is only in the extension table of the GSM alphabet
       ,-[menu.toml:5:10]
     4 | Satu é
     5 | Ma’af, [x"""
       :        |
       :        `-- costs two characters, and many networks lose it
     6 | say.en = "A"
       `----
      help: write it in words

    menu::unknown_key

      x `colour` is not a key of a screen
       ,-[menu.toml:7:1]
     6 | say.en = "A"
     7 | colour = 1
       : ^^^|^^
       :    `-- here
       `----
      help: known are: ask, call, choose, fuller, go, keep, last, on, pick, say
    "###);
}

#[test]
fn a_dangling_name_is_drawn_with_its_nearest() {
    let case = there("ask = \"card\"\nkeep = \"card\"\ngo = \"bey\"");
    insta::assert_snapshot!(drawn(&case, "ussd"), @r###"
    menu::dangling

      x there is no screen `bey`
       ,-[menu.toml:5:6]
     4 | keep = "card"
     5 | go = "bey"
       :      ^^|^^
       :        `-- here
       `----
      help: did you mean `bye`?
    "###);
}

#[test]
fn an_overflow_is_drawn_with_language_channel_and_advice() {
    let case = format!(
        "[screen.there]\nask = \"card\"\nkeep = \"card\"\ngo = \"bye\"\nsay.en = \"Card?\"\nsay.id = \"{}\"",
        "kata ".repeat(28).trim_end()
    );
    insta::assert_snapshot!(drawn(&case, "ussd plain"), @r###"
    menu::overflow

      x this does not fit in `id` on `ussd plain`: a question has one page
       ,-[menu.toml:6:10]
     5 | say.en = "Card?"
     6 | say.id = "kata kata kata kata kata kata kata kata kata kata kata kata kata kata kata kata kata kata kata kata kata kata kata kata kata kata kata kata"
       :          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^|^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       :                                                                                `-- too long
       `----
      help: 6 of 166 characters are too many, with the longest values and complaint, and its keys
    "###);
}
