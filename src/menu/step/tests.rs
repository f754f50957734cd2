//! Walks over the real menu: whatever is typed, whatever the service answers.

use std::{path::Path, sync::LazyLock};

use jiff::civil::date;
use proptest::{collection::vec, prelude::*, sample::select};

use super::*;
use crate::{
    config::Config,
    menu::{check::check, state::Value, view::MOST_ROWS},
    menus::read,
    service::DESKS,
    text::{Alphabet, gsm7, page::Budget},
};

static MENU: LazyLock<Menu> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("menus/pedulilindungi");
    let profiles = Config::parse("").unwrap().profiles();
    check(&read(&folder).unwrap(), DESKS, &profiles).unwrap().menu
});

fn frame(units: u16) -> Frame {
    Frame {
        budget: Budget { units, alphabet: Alphabet::Gsm7 },
        rows: MOST_ROWS,
        manner: Manner::Text,
    }
}

fn context(units: u16) -> Context<'static> {
    Context { menu: &MENU, frame: frame(units), today: date(2021, 8, 17) }
}

fn opening(digits: &[String]) -> Opening {
    Opening { digits: digits.to_vec(), ..Opening::default() }
}

fn indonesian() -> Language {
    Language::parse("id").unwrap()
}

/// What the service answers to a call: which outcome, and what text every value has.
#[derive(Debug, Clone)]
struct Answered {
    outcome: usize,
    text: String,
    rows: usize,
}

impl Answered {
    fn given(&self, call: &'static Call) -> (&'static str, Values) {
        let outcome = &call.outcomes[self.outcome % call.outcomes.len()];
        let mut values = Values::default();
        for given in outcome.gives {
            if given.name == "people" {
                let row = |at| Row { id: format!("p{at}"), label: format!("{} {at}", self.text) };
                values.keep_rows(given.name, (0..self.rows).map(row).collect());
            } else {
                values.keep(given.name, self.text.as_str());
            }
        }
        (outcome.name, values)
    }
}

/// Makes the calls of a step, and holds them to their bound.
fn settle(cx: Context<'_>, mut step: Step, service: &Answered) -> Step {
    for _ in 0..MOST_CALLS {
        let Step::Call(state, call) = step else { return step };
        let (outcome, given) = service.given(call);
        step = resume(cx, state, outcome, given);
    }
    assert!(!matches!(step, Step::Call(..)), "more than {MOST_CALLS} calls in a turn");
    step
}

/// What holds for everything that is shown.
fn holds(cx: Context<'_>, step: &Step) {
    let (state, shown) = match step {
        Step::Show(state, shown) | Step::Last(state, shown) | Step::GiveUp(state, shown) => {
            (state, shown)
        }
        Step::Call(..) => panic!("a call is no answer"),
    };
    assert!(!shown.text.is_empty(), "{state:?}");
    let septets = gsm7::count(&shown.text).unwrap();
    let room = usize::from(cx.frame.budget.units);
    assert!(septets <= room, "{septets} of {room} on {}: {}", state.screen, shown.text);
    assert!(state.trail.len() <= LONGEST_TRAIL);
    assert!(state.digits.len() <= MOST_DIGITS);
    assert!(state.wrong < cx.menu.tries());
    if matches!(step, Step::Last(..)) {
        return;
    }
    let kept = serde_json::to_vec(state).unwrap();
    assert!(kept.len() < 64 * 1024, "{} octets", kept.len());
    let at_rest = State { way: Vec::new(), ..state.clone() };
    assert_eq!(serde_json::from_slice::<State>(&kept).unwrap(), at_rest);
    assert_eq!(state.digits.len(), 0, "digits are walked or dropped");
}

fn typed() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => (1..=9u8).prop_map(|digit| digit.to_string()),
        2 => select(vec!["0", "00", "9", "", " ", "*", "#", "1 ", "01", "+1", "99"]).prop_map_into(),
        3 => select(vec!["3173015708900001", "17081990", "Budi", "Siti Nur", "jakarta", "bandung"])
            .prop_map_into(),
        1 => "\\PC{0,40}",
        1 => "[a-z]{1,3}",
        1 => "[\u{0}-\u{1f}😀é’]{0,8}",
        1 => Just("x".repeat(1024)),
        1 => Just("😀".repeat(256)),
    ]
}

fn answered() -> impl Strategy<Value = Answered> {
    let text = prop_oneof![
        Just("B*** S****".to_owned()),
        Just("W".repeat(300)),
        Just("kata ".repeat(60)),
        Just("“Nur’aini” 😀 [ok] €".to_owned()),
        Just(String::new()),
        Just("\n\n\n\r\t".to_owned()),
        "\\PC{0,60}",
    ];
    (any::<usize>(), text, 0..30usize).prop_map(|(outcome, text, rows)| Answered {
        outcome,
        text,
        rows,
    })
}

fn any_frame() -> impl Strategy<Value = u16> {
    prop_oneof![Just(160u16), Just(182u16), 160..=182u16]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_walk_is_answered(
        dialled in vec(typed(), 0..20),
        language in select(vec!["id", "en", "jv"]),
        moves in vec((typed(), answered(), any_frame()), 1..40),
        service in answered(),
        first in any_frame(),
    ) {
        let mut cx = context(first);
        let language = Language::parse(language).unwrap();
        let mut step = settle(cx, begin(cx, &language, &opening(&dialled)), &service);
        for (typed, service, units) in &moves {
            holds(cx, &step);
            cx = context(*units);
            step = match step {
                Step::Show(state, _) => settle(cx, answer(cx, state, typed), service),
                Step::GiveUp(state, _) => settle(cx, again(cx, state), service),
                Step::Last(..) => settle(cx, begin(cx, &language, &opening(&dialled)), service),
                Step::Call(..) => unreachable!("settled"),
            };
        }
        holds(cx, &step);
    }

    #[test]
    fn back_shows_the_screen_before(
        moves in vec((typed(), answered()), 1..30),
        service in answered(),
    ) {
        let cx = context(160);
        let mut step = settle(cx, begin(cx, &indonesian(), &Opening::default()), &service);
        for (typed, service) in &moves {
            let Step::Show(state, _) = step else { return Ok(()) };
            if let Some(before) = state.trail.last().cloned() {
                let Step::Show(back, _) = answer(cx, state.clone(), "0") else {
                    panic!("back is a screen");
                };
                prop_assert_eq!(&back.screen, &before);
                prop_assert!(back.trail.len() < state.trail.len());
                prop_assert!((back.page, back.wrong, back.filter, back.note) == (0, 0, None, None));
            }
            step = settle(cx, answer(cx, state, typed), service);
        }
    }

    /// A state of another version of the menu, or of a broken row.
    #[test]
    fn a_state_that_means_nothing_still_gives_a_screen(
        screen in prop_oneof![
            "[a-z_]{0,12}",
            select(MENU.screens().iter().map(|screen| screen.id.clone()).collect::<Vec<_>>()),
        ],
        trail in vec("[a-z_]{0,12}", 0..40),
        (page, units, wrong) in any::<(u16, u16, u16)>(),
        note in proptest::option::of("\\PC{0,200}"),
        filter in proptest::option::of("\\PC{0,20}"),
        typed in typed(),
        service in answered(),
    ) {
        let cx = context(160);
        let Step::Show(mut state, _) = begin(cx, &indonesian(), &Opening::default()) else {
            panic!("the first screen waits");
        };
        state.screen = screen;
        state.trail = trail;
        (state.page, state.units, state.wrong) = (page, units, wrong);
        (state.note, state.filter) = (note, filter);
        state.language = Language::parse("zzz").unwrap();
        for step in [answer(cx, state.clone(), &typed), again(cx, state.clone())] {
            let shown = match settle(cx, step, &service) {
                Step::Show(_, shown) | Step::Last(_, shown) | Step::GiveUp(_, shown) => shown,
                Step::Call(..) => unreachable!("settled"),
            };
            prop_assert!(gsm7::count(&shown.text).unwrap() <= 160);
            prop_assert!(!shown.text.is_empty());
        }
        // An outcome that no screen waits for.
        let step = resume(cx, state, "no such outcome", Values::default());
        prop_assert!(matches!(step, Step::Show(..)));
    }

    #[test]
    fn any_room_is_answered_and_kept(
        units: u16,
        ucs2: bool,
        rows: usize,
        moves in vec((typed(), answered()), 1..10),
    ) {
        let alphabet = if ucs2 { Alphabet::Ucs2 } else { Alphabet::Gsm7 };
        let frame = Frame { budget: Budget { units, alphabet }, rows, manner: Manner::Text };
        let cx = Context { frame, ..context(160) };
        let mut step = begin(cx, &indonesian(), &Opening::default());
        for (typed, service) in &moves {
            step = settle(cx, step, service);
            let Step::Show(state, shown) = step else { return Ok(()) };
            prop_assert!(alphabet.units(&shown.text) <= usize::from(units));
            step = answer(cx, state, typed);
        }
    }
}

/// Types answers one after the other; the service takes its outcomes from `outcomes`, by name.
fn walk(answers: &[&str], outcomes: &[&str]) -> Step {
    let cx = context(160);
    let mut outcomes = outcomes.iter();
    let mut called = |mut step: Step| {
        while let Step::Call(state, _) = step {
            step = resume(cx, state, outcomes.next().expect("an outcome"), Values::default());
        }
        step
    };
    let mut step = called(begin(cx, &indonesian(), &Opening::default()));
    for typed in answers {
        let Step::Show(state, _) = step else { panic!("nothing waits for {typed}") };
        step = called(answer(cx, state, typed));
    }
    step
}

fn shown(step: &Step) -> (&State, &str) {
    match step {
        Step::Show(state, shown) => (state, &shown.text),
        _ => panic!("no screen that waits"),
    }
}

#[test]
fn wrong_answers_are_told_and_bounded() {
    let step = walk(&["1", "1", "12"], &["given"]);
    let (state, text) = shown(&step);
    assert!(text.starts_with("NIK harus 16 angka.\n"), "{text}");
    assert_eq!((state.screen.as_str(), state.wrong), ("nik", 1));
    // A good answer begins the count anew.
    let step = walk(&["1", "1", "12", "3173015708900001"], &["given"]);
    assert_eq!((shown(&step).0.wrong, shown(&step).0.note.as_deref()), (0, None));
    let wrong = vec!["x"; usize::from(MENU.tries())];
    let (last, before) = wrong.split_last().unwrap();
    let step = walk(&[&["1", "1"], before].concat(), &["given"]);
    let (state, _) = shown(&step);
    let Step::GiveUp(state, Shown { text, .. }) = answer(context(160), state.clone(), last) else {
        panic!("one more is too many");
    };
    assert!(text.contains("*119#"), "{text}");
    // What was typed is kept, and the tries are new.
    assert_eq!((state.screen.as_str(), state.wrong, state.kept), ("nik", 0, true));
    assert!(matches!(again(context(160), state), Step::Show(..)));
}

#[test]
fn the_language_can_be_changed_and_stays() {
    let step = walk(&["8", "2"], &[]);
    let (state, text) = shown(&step);
    assert_eq!(state.language.as_str(), "en");
    assert!(text.contains("1 Register"), "{text}");
    let step = answer(context(160), state.clone(), "x");
    assert!(shown(&step).1.starts_with("Type a number 1-"), "{}", shown(&step).1);
}

#[test]
fn home_and_the_way_back_forget_the_person() {
    let step = walk(&["1", "1", "3173015708900001", "00"], &["given"]);
    let (state, _) = shown(&step);
    assert_eq!((state.screen.as_str(), state.kept, state.trail.len()), ("home", false, 0));
    assert!(state.values.is_empty());
    let step = walk(&["1", "1", "3173015708900001", "0", "0", "0"], &["given"]);
    assert!(shown(&step).0.values.is_empty());
}

#[test]
fn a_list_is_narrowed_by_a_part_of_a_name() {
    let to_province = ["1", "1", "3173015708900001", "Budi", "17081990"];
    let outcomes = ["given", "same", "match", "unknown"];
    let step = walk(&[&to_province[..], &["jawa t"]].concat(), &outcomes);
    let (state, text) = shown(&step);
    assert!(text.contains("1 Jawa Tengah\n2 Jawa Timur"), "{text}");
    assert_eq!(state.filter.as_deref(), Some("jawa t"));
    let step = walk(&[&to_province[..], &["jawa t", "2"]].concat(), &outcomes);
    let (state, _) = shown(&step);
    assert_eq!(state.screen, "regency");
    assert_eq!(state.values.text("province_name"), Some("Jawa Timur"));
    // A whole name picks its row, even where others contain it.
    let step = walk(&[&to_province[..], &["PAPUA"]].concat(), &outcomes);
    assert_eq!(shown(&step).0.values.text("province_name"), Some("Papua"));
    let step = walk(&[&to_province[..], &["jawa t", "qqq"]].concat(), &outcomes);
    let (state, text) = shown(&step);
    assert!(text.starts_with("Nama itu tidak ada."), "{text}");
    assert_eq!(state.filter, None);
}

#[test]
fn pages_are_turned_and_numbers_mean_the_page_shown() {
    let to_province = ["1", "1", "3173015708900001", "Budi", "17081990"];
    let outcomes = ["given", "same", "match", "unknown"];
    let first = walk(&to_province, &outcomes);
    let second = walk(&[&to_province[..], &["9"]].concat(), &outcomes);
    let row = |text: &str| {
        text.lines().find_map(|line| line.strip_prefix("1 ")).expect("a row").to_owned()
    };
    let (one, two) = (row(shown(&first).1), row(shown(&second).1));
    assert_ne!(one, two);
    let picked = walk(&[&to_province[..], &["9", "1"]].concat(), &outcomes);
    assert_eq!(shown(&picked).0.values.text("province_name"), Some(two.as_str()));
    // With another room the number still means what was shown.
    let (state, _) = shown(&second);
    let picked = answer(context(182), state.clone(), "1");
    assert_eq!(shown(&picked).0.values.text("province_name"), Some(two.as_str()));
    // `9` on the last page is no key.
    let mut turned = to_province.to_vec();
    turned.extend(["9"; 20]);
    let step = walk(&turned, &outcomes);
    assert!(shown(&step).0.wrong > 0 || shown(&step).0.page > 0);
}

#[test]
fn a_dialled_string_is_walked_and_no_further_than_its_calls() {
    let cx = context(160);
    let dial = |digits: &[&str]| {
        let digits: Vec<String> = digits.iter().map(|digit| digit.to_string()).collect();
        let one = Answered { outcome: 1, text: "B*** S****".into(), rows: 1 };
        settle(cx, begin(cx, &indonesian(), &opening(&digits)), &one)
    };
    assert_eq!(shown(&dial(&["1"])).0.screen, "consent");
    assert_eq!(shown(&dial(&["1", "3"])).0.screen, "consent_full");
    assert_eq!(shown(&dial(&["8", "2"])).0.language.as_str(), "en");
    // A wrong digit stops the walk.
    let step = dial(&["1", "7", "1"]);
    assert_eq!((shown(&step).0.screen.as_str(), shown(&step).0.wrong), ("consent", 1));
    // `2` leads to two calls, and home again: sixteen digits must not make sixteen.
    let step = dial(&["2", "00"].repeat(8));
    holds(cx, &step);
    let step = dial(&["1"; 40]);
    holds(cx, &step);
    // A page is turned by its key, and the next digit is for the page that comes.
    let digits = ["2", "9", "2"].map(str::to_owned);
    let many = Answered { outcome: 2, text: "B*** S****".into(), rows: 20 };
    let step = settle(cx, begin(cx, &indonesian(), &opening(&digits)), &many);
    let (state, _) = shown(&step);
    assert_eq!((state.screen.as_str(), state.digits.len()), ("status_waiting", 0));
    assert_eq!(state.values.text("person"), Some("p8"));
}

#[test]
fn a_label_without_letters_is_not_picked_by_garbage() {
    let cx = context(160);
    let Step::Call(state, _) = answer(cx, shown(&walk(&["3"; 0], &[])).0.clone(), "2") else {
        panic!("the people are listed");
    };
    let mut values = Values::default();
    let row = |id: &str| Row { id: id.into(), label: "***".into() };
    values.keep_rows("people", vec![row("p1"), row("p2")]);
    let step = resume(cx, state, "many", values);
    let step = answer(cx, shown(&step).0.clone(), "!?");
    assert_eq!(shown(&step).0.screen, "status_pick");
}

#[test]
fn nothing_of_a_person_is_in_a_debug_line() {
    let step = walk(&["1", "1", "3173015708900001", "Budi Santoso"], &["given"]);
    let told = format!("{step:?} {:?}", shown(&step).0.values);
    assert!(!told.contains("31730157") && !told.contains("Budi"), "{told}");
    let value = serde_json::to_string(&Value::Text("x".into())).unwrap();
    assert_eq!(value, "\"x\"");
}

#[test]
fn a_place_on_the_map_puts_a_list_in_order_and_is_not_kept() {
    let cx = context(160);
    let Step::Call(state, _) = answer(cx, shown(&walk(&["3"; 0], &[])).0.clone(), "2") else {
        panic!("the people are listed");
    };
    let point = |east: f64| Coordinates::new(-6.2, east).unwrap();
    let mut values = Values::default();
    let row = |id: &str| Row { id: id.into(), label: format!("Pos {id}") };
    values.keep_rows("people", ["far", "nowhere", "near"].map(row).to_vec());
    let step = resume(cx, state.clone(), "many", values.clone());
    assert_eq!(near(cx, shown(&step).0.clone(), point(106.0)), None, "nobody knows where they are");
    values
        .keep_spots("people", [("far".into(), point(110.0)), ("near".into(), point(107.0))].into());
    let step = resume(cx, state, "many", values);
    let step = near(cx, shown(&step).0.clone(), point(106.123_456)).unwrap();
    let (state, text) = shown(&step);
    let order: Vec<&str> = state.values.rows("people").iter().map(|row| row.id.as_str()).collect();
    assert_eq!(order, ["near", "far", "nowhere"]);
    assert!(text.starts_with("Dekat.") || text.contains("Pos near"), "{text}");
    let kept = serde_json::to_string(state).unwrap();
    assert!(!kept.contains("106123456"), "{kept}");
    assert_eq!(serde_json::from_str::<State>(&kept).unwrap().values, state.values);
    // Where nothing is listed there is nothing to put in order.
    assert_eq!(near(cx, shown(&walk(&["1"], &[])).0.clone(), point(106.0)), None);
}
