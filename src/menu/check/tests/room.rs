//! What fits, with the longest values and the longest complaint.

use super::*;
use crate::channel::whatsapp;

#[test]
fn what_does_not_fit_with_the_longest_values() {
    let long = |n: usize| "kata ".repeat(n);
    // A question: 160 less the keys `0 Kembali` and the longest complaint.
    let ask = |n: usize| {
        format!(
            "[screen.there]\nask = \"card\"\nkeep = \"card\"\ngo = \"bye\"\nsay.id = \"{}\"\nsay.en = \"A\"",
            long(n)
        )
    };
    check(&ask(26), &[]);
    let told = |n| [format!("overflow 5 \"{}\"", long(n))];
    check(&ask(27), &told(27).each_ref().map(String::as_str));
    // A last screen has no keys and no complaint.
    let last = |n: usize| {
        format!("[screen.there]\nlast = true\nsay.en = \"A\"\nsay.id = \"{}\"", long(n).trim_end())
    };
    check(&last(32), &[]);
    check(&last(33), &[&format!("overflow 4 \"{}\"", long(33).trim_end())]);
    // Its values count as wide as they can get: the town is 20 characters.
    let value = |n: usize| {
        format!(
            "[screen.there]\nask = \"town\"\nkeep = \"town\"\ngo = \"done\"\n\
             say = {{ id = \"A\", en = \"A\" }}\n[screen.done]\nlast = true\nsay.en = \"A {{town}}\"\n\
             say.id = \"{}{{town}}\"",
            long(n)
        )
    };
    check(&value(28), &[]);
    check(&value(29), &[&format!("overflow 9 \"{}{{town}}\"", long(29))]);
}

#[test]
fn a_row_that_does_not_fit() {
    let choice = |n: usize| {
        there(&format!(
            "choose = [\n  {{ id = \"a\", go = \"bye\", say = {{ id = \"{}\", en = \"A\" }} }},\n  \
             {{ id = \"b\", go = \"bye\", say = {{ id = \"B\", en = \"B\" }} }},\n]",
            "x".repeat(n)
        ))
    };
    // `1 `, the line end, and `9 Lanjut 0 Kembali 00 Menu`.
    check(&choice(160 - 2 - 27), &[]);
    let long = "x".repeat(160 - 2 - 26);
    check(&choice(long.len()), &[&format!("overflow 4 \"{long}\"")]);
    // Choices over more than three pages are too many for a phone.
    let rows: String = (0..32)
        .map(|at| {
            format!("  {{ id = \"a{at}\", go = \"bye\", say = {{ id = \"Rumah sakit {at}\", en = \"H{at}\" }} }},\n")
        })
        .collect();
    let case = there(&format!("choose = [\n{rows}]"));
    let files = [("words", WORDS), ("service", SERVICE), ("around", AROUND), ("menu", &*case)];
    let told: Vec<String> = findings(&files, &[profile("ussd", 160)]).iter().map(line).collect();
    assert_eq!(told, ["overflow? 2 \"Di sana\"", "overflow? 2 \"There\""]);
}

#[test]
fn every_profile_and_every_language_is_laid_out() {
    let profiles = [profile("wide", 160), profile("narrow", 100)];
    let text = "kata ".repeat(21);
    let case = format!("[screen.there]\nlast = true\nsay.id = \"A\"\nsay.en = \"{text}\"");
    let files = [("words", WORDS), ("service", SERVICE), ("around", AROUND), ("menu", &*case)];
    let told: Vec<String> =
        findings(&files, &profiles).into_iter().map(|finding| finding.message).collect();
    assert_eq!(told, ["this does not fit in `en` on `narrow`: a last screen has one page"]);
    // Room for nothing at all, not even the words.
    let tiny = findings(&files, &[profile("tiny", 20)]);
    assert!(
        tiny.iter().any(|finding| finding.at.as_ref().is_some_and(|at| at.file.name == "words"))
    );
}

#[test]
fn the_complaint_that_takes_the_most_room_counts() {
    // Fewer octets, more septets: the text that is long on the wire has to be the one reckoned with.
    let words = WORDS.replace(
        "no_such_row = { id = \"Tidak ada.\"",
        &format!("no_such_row = {{ id = \"{}\"", "é".repeat(30)),
    );
    let words = words.replace("Ketik angka 1-{last}.", &format!("{}{{last}}", "a".repeat(49)));
    // A list has pages, so its complaint only has to leave it whole.
    let case = there("pick = \"doctors\"\nkeep = \"doctor\"\ngo = \"bye\"");
    let files = [("words", &*words), ("service", SERVICE), ("around", AROUND), ("menu", &*case)];
    assert_eq!(findings(&files, &[profile("ussd", 160)]), []);
}

#[test]
fn a_fuller_wording_is_for_channels_with_more_room() {
    let last = |fuller: &str| {
        format!("[screen.there]\nlast = true\nsay = {{ id = \"A\", en = \"A\" }}\n{fuller}")
    };
    let chat = Profile { name: "chat".into(), frame: whatsapp::frame() };
    let profiles = [profile("ussd", 160), chat];
    // It may have letters that no handset has, and more of them than a handset shows.
    let long = "\u{1F637} ".repeat(200);
    let fits = format!("fuller.id = \"{long}\"\nfuller.en = \"B\"");
    check_on(&profiles, &last(&fits), &[]);
    let much = "kata ".repeat(206);
    let overflows = format!("fuller.en = \"B\"\nfuller.id = \"{much}\"");
    check_on(&profiles, &last(&overflows), &[&format!("overflow 5 \"{much}\"")]);
    // It is in every language, or in none.
    check_on(&profiles, &last("fuller.id = \"B\""), &["missing_language 4 fuller"]);
}
