//! What leads where: names, ways out, chains of calls, values on the way.

use super::*;
use crate::menu::step::LONGEST_CHAIN;

#[test]
fn a_name_that_no_screen_has() {
    check(&there("ask = \"card\"\nkeep = \"card\"\ngo = \"bey\""), &["dangling 5 \"bey\""]);
    check(
        &there("choose = [{ id = \"a\", go = \"nowhere\", say = { id = \"A\", en = \"A\" } }]"),
        &["dangling 3 \"nowhere\""],
    );
    check_whole(
        &format!("{}{AROUND}{}", SERVICE.replace("\"home\"", "\"hoem\""), there("last = true")),
        &["dangling 5 \"hoem\""],
    );
}

#[test]
fn a_screen_that_nothing_leads_to() {
    let case = there("last = true\n[screen.attic]\nlast = true\nsay = { id = \"A\", en = \"A\" }");
    check(&case, &["unreachable 4 attic"]);
    // A ring that only leads to itself is as far away.
    let case = there(
        "last = true\n[screen.one]\nask = \"card\"\nkeep = \"card\"\ngo = \"two\"\n\
         say = { id = \"A\", en = \"A\" }\n[screen.two]\nask = \"card\"\nkeep = \"card\"\n\
         go = \"one\"\nsay = { id = \"A\", en = \"A\" }",
    );
    check(
        &case,
        &["unreachable 4 one", "unreachable 9 two", "no_way_out 4 one", "no_way_out 9 two"],
    );
}

#[test]
fn a_screen_that_cannot_be_left() {
    check(THERE, &["no_way_out 1 there"]);
    check(&there("choose = []"), &["no_way_out 1 there"]);
    check(
        &there("choose = [{ id = \"a\", say = { id = \"A\", en = \"A\" } }]"),
        &["no_way_out 3 \"a\""],
    );
}

#[test]
fn a_ring_without_a_last_screen() {
    let case = there(
        "ask = \"card\"\nkeep = \"card\"\ngo = \"after\"\n[screen.after]\n\
         say = { id = \"A\", en = \"A\" }\npick = \"doctors\"\nkeep = \"doctor\"\ngo = \"there\"",
    );
    check(&case, &["no_way_out 1 there", "no_way_out 6 after"]);
}

#[test]
fn names_that_the_service_does_not_have() {
    check(&there("ask = \"carrd\"\nkeep = \"card\"\ngo = \"bye\""), &["unknown 3 \"carrd\""]);
    check(&there("pick = \"doctor\"\nkeep = \"d\"\ngo = \"bye\""), &["unknown 3 \"doctor\""]);
    check(
        "[screen.there]\ncall = \"queue.lock\"\non.open = \"bye\"",
        &["unknown 2 \"queue.lock\""],
    );
    check(
        "[screen.there]\ncall = \"queue.look\"\non.opn = \"bye\"\non.closed = \"bye\"",
        &["outcome 3 opn", "outcome 2 \"queue.look\""],
    );
    check(
        "[screen.there]\ncall = \"queue.look\"\non.open = \"bye\"",
        &["outcome 2 \"queue.look\""],
    );
}

#[test]
fn what_follows_a_mistake_is_not_said_to_be_unreachable() {
    let after = "\n[screen.after]\nlast = true\nsay = { id = \"A\", en = \"A\" }";
    for (act, expected) in [
        ("ask = \"carrd\"\nkeep = \"card\"\ngo = \"after\"", "unknown 3 \"carrd\""),
        ("ask = \"card\"\ngo = \"after\"", "act 1 there"),
        ("choose = [{ id = \"a\", go = \"after\" }]", "silent 3 \"a\""),
        ("last = true\nask = \"card\"\nkeep = \"card\"\ngo = \"after\"", "act 1 there"),
    ] {
        check(&format!("{}{after}", there(act)), &[expected]);
    }
    let call = "[screen.there]\ncall = \"queue.look\"\non.closed = \"bye\"\non.opn = \"after\"";
    check(&format!("{call}{after}"), &["outcome 4 opn", "outcome 2 \"queue.look\""]);
    check_whole(
        &format!("{}{AROUND}{}", SERVICE.replace("start", "# start"), there("last = true")),
        &["start: the menu does not say where it starts"],
    );
}

#[test]
fn the_nearest_name_is_suggested() {
    let help = |case: &str| -> Vec<String> {
        let files = [("words", WORDS), ("service", SERVICE), ("around", AROUND), ("menu", case)];
        let found = findings(&files, &[profile("ussd", 160)]);
        found.into_iter().filter_map(|finding| finding.help).collect()
    };
    for (act, suggested) in [
        ("ask = \"carrd\"\nkeep = \"card\"\ngo = \"bye\"", "did you mean `card`?"),
        ("ask = \"card\"\nkeep = \"card\"\ngo = \"bey\"", "did you mean `bye`?"),
        ("pick = \"dokters\"\nkeep = \"d\"\ngo = \"bye\"", "did you mean `doctors`?"),
        ("last = true\nkepe = \"x\"", "did you mean `keep`?"),
        ("ask = \"zzzzzz\"\nkeep = \"card\"\ngo = \"bye\"", "known are: card, town"),
    ] {
        assert_eq!(help(&there(act)), [suggested], "{act}");
    }
    let call = "[screen.there]\ncall = \"queue.look\"\non = { opem = \"bye\", closed = \"bye\" }";
    assert_eq!(help(call)[0], "did you mean `open`?");
    assert_eq!(help(&call.replace("look", "loop"))[0], "did you mean `queue.look`?");
}

#[test]
fn a_value_that_is_not_known_on_some_way() {
    let call = "[screen.there]\ncall = \"queue.join\"\non = { joined = \"bye\", full = \"bye\" }";
    check(call, &["value 2 \"queue.join\""]);
    check(&there("pick = \"visits\"\nkeep = \"visit\"\ngo = \"bye\""), &["value 3 \"visits\""]);
    // Known on one way and not on the other.
    let case = there(
        "choose = [\n  { id = \"a\", go = \"end\", set = { town = \"Solo\" }, say = { id = \"A\", en = \"A\" } },\n  \
         { id = \"b\", go = \"end\", say = { id = \"B\", en = \"B\" } },\n]\n\
         [screen.end]\nlast = true\nsay = { id = \"{town}\", en = \"{town}\" }",
    );
    check(&case, &["value 9 \"{town}\""]);
    // The first screen forgets all.
    let case = SERVICE.to_owned()
        + "[screen.home]\nsay = { id = \"{town}\", en = \"{town}\" }\nask = \"town\"\nkeep = \"town\"\ngo = \"more\"\n\
           [screen.more]\nsay = { id = \"A\", en = \"A\" }\nchoose = [\n\
           { id = \"a\", go = \"home\", say = { id = \"A\", en = \"A\" } },\n\
           { id = \"b\", go = \"bye\", say = { id = \"B\", en = \"B\" } },\n]\n\
           [screen.bye]\nlast = true\nsay = { id = \"A {town}\", en = \"A {town}\" }";
    check_whole(&case, &["value 9 \"{town}\""]);
}

#[test]
fn an_id_is_not_made_to_be_shown() {
    let case = there("pick = \"doctors\"\nkeep = \"doctor\"\ngo = \"done\"")
        + "[screen.done]\nlast = true\nsay = { id = \"{doctor}\", en = \"{doctor}\" }";
    check(&case, &["value 8 \"{doctor}\""]);
    check(&case.replace("{doctor}", "{doctor_name}"), &[]);
}

#[test]
fn a_personal_value_on_a_last_screen() {
    for value in ["card", "patient"] {
        let case = there("ask = \"card\"\nkeep = \"card\"\ngo = \"join\"")
            + "[screen.join]\ncall = \"queue.join\"\non = { joined = \"done\", full = \"bye\" }\n\
               [screen.done]\nlast = true\nsay = { id = \"A {V}\", en = \"A {V}\" }";
        let text = format!("personal_last 11 \"A {{{value}}}\"");
        check(&case.replace("{V}", &format!("{{{value}}}")), &[&text]);
    }
    let case = there("ask = \"card\"\nkeep = \"card\"\ngo = \"visits\"")
        + "[screen.visits]\nsay = { id = \"A\", en = \"A\" }\npick = \"visits\"\nkeep = \"visit\"\n\
           go = \"done\"\n[screen.done]\nlast = true\n\
           say = { id = \"{visit_name}\", en = \"{visit_name}\" }";
    check(&case, &["personal_last 13 \"{visit_name}\""]);
}

#[test]
fn calls_that_chase_each_other() {
    // A call that leads to itself, and two that lead to each other.
    let itself =
        "[screen.there]\ncall = \"queue.look\"\non = { open = \"bye\", closed = \"there\" }";
    check(itself, &["call_chain 1 there"]);
    let each_other = "[screen.there]\ncall = \"queue.look\"\non = { open = \"bye\", closed = \"other\" }\n\
                      [screen.other]\ncall = \"queue.look\"\non = { open = \"bye\", closed = \"there\" }";
    check(each_other, &["call_chain 1 there", "call_chain 4 other"]);
    // A row of them, without a screen between.
    let row = |calls: usize| -> String {
        let one = |at: usize| {
            let next = if at + 1 == calls { "bye".into() } else { format!("c{}", at + 1) };
            let name = if at == 0 { "there".into() } else { format!("c{at}") };
            format!(
                "[screen.{name}]\ncall = \"queue.look\"\non = {{ open = \"bye\", closed = \"{next}\" }}\n"
            )
        };
        (0..calls).map(one).collect()
    };
    check(&row(LONGEST_CHAIN), &[]);
    check(&row(LONGEST_CHAIN + 1), &["call_chain 1 there"]);
}

/// The first line names what is pushed; the screens follow.
fn pushed(names: &str, screens: &str) -> String {
    format!("push = [{names}]\n{screens}")
}

#[test]
fn what_is_pushed_is_reached() {
    let there = there("last = true");
    let attic = "[screen.attic]\nlast = true\nsay = { id = \"A\", en = \"A\" }";
    check(&pushed("\"attic\", \"there\"", &format!("{there}{attic}")), &[]);
    // And so is what follows it.
    let invite = "[screen.invite]\nask = \"card\"\nkeep = \"card\"\ngo = \"attic\"\n\
                  say = { id = \"A\", en = \"A\" }\n";
    check(&pushed("\"invite\"", &format!("{there}{invite}{attic}")), &[]);
}

#[test]
fn what_cannot_be_pushed() {
    let there = there("last = true");
    check(&pushed("\"theer\"", &there), &["dangling 1 \"theer\""]);
    check(&pushed("\"there\", \"there\"", &there), &["push 1 \"there\""]);
    check(&pushed("3", &there), &["shape 1 3"]);
    let look = "[screen.look]\ncall = \"queue.look\"\non.open = \"bye\"\non.closed = \"there\"";
    let call = format!("{there}{look}");
    check(&pushed("\"look\"", &call), &["push 1 \"look\"", "unreachable 5 look"]);
}

#[test]
fn nothing_is_known_where_a_push_begins() {
    let ask = "[screen.ask]\nask = \"card\"\nkeep = \"card\"\ngo = \"shown\"\n\
               say = { id = \"A\", en = \"A\" }\n\
               [screen.shown]\nlast = true\nsay = { id = \"Kota {town}\", en = \"Town {town}\" }";
    let town = there("ask = \"town\"\nkeep = \"town\"\ngo = \"ask\"");
    check(&format!("{town}{ask}"), &[]);
    check(&pushed("\"ask\"", &format!("{town}{ask}")), &["value 14 \"Kota {town}\""]);
    let ring = "[screen.ring]\nask = \"card\"\nkeep = \"card\"\ngo = \"ring\"\n\
                say = { id = \"A\", en = \"A\" }";
    let case = pushed("\"ring\"", &format!("{}{ring}", there("last = true")));
    check(&case, &["no_way_out 5 ring"]);
}
