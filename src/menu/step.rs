//! The menu machine: one answer in, one screen out.
//!
//! Pure and total: every state and every text has an answer. The clock comes in as `today`, the
//! service's part is handed out as [`Step::Call`] and taken back by [`resume`].

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    identity::Coordinates,
    menu::{
        catalogue::Call,
        keyword::Errand,
        language::Language,
        model::{
            Act, MORE_FIRST, Menu, NEAREST, NO_SUCH_ROW, OLD_CHOICE, OLD_DATA, ONLY_CHOICE, Screen,
            TOO_MANY, WRONG_CHOICE,
        },
        state::{LONGEST_TRAIL, MOST_DIGITS, Move, Row, State, Values},
        view::{Card, Frame, Manner, View, contains, letters},
    },
    text::page::Page,
};

/// The most service calls in one turn: a chain of calls, and one more that a dialled string walks
/// into. No menu and no dialled string leads to more.
pub const MOST_CALLS: usize = 2 * LONGEST_CHAIN;

/// The most calls that follow each other without a screen between them. The check holds every menu
/// to it, and a dialled string is walked no further than that many calls.
pub const LONGEST_CHAIN: usize = 5;

/// What a step is made with.
#[derive(Debug, Clone, Copy)]
pub struct Context<'m> {
    /// The menu.
    pub menu: &'m Menu,
    /// The room on the channel that is answered.
    pub frame: Frame,
    /// Today where the service is.
    pub today: Date,
}

/// What comes of a step.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// A screen waits for an answer.
    Show(State, Shown),
    /// The service is called; go on with [`resume`].
    Call(State, &'static Call),
    /// The last screen of a conversation that reached its end.
    Last(State, Shown),
    /// Too many wrong answers: the session closes, the state can be resumed.
    GiveUp(State, Shown),
}

/// A text for the subscriber.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// The page, with its rows and keys.
    pub text: String,
    /// The same in its parts, on a channel that draws them itself.
    pub card: Option<Card>,
}

/// How an answer was given.
#[derive(Debug, Clone, Copy)]
enum Said<'a> {
    /// Typed: a number on the page, a key, a label, or what was asked for.
    Typed(&'a str),
    /// A row or a key of the card was tapped, by its id.
    Tapped(&'a str),
}

/// What stands beside the word or the string that opens a service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Answers of a dial string, used as if they were typed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub digits: Vec<String>,
    /// What a text asks for.
    #[serde(default, skip_serializing_if = "Errand::is_empty")]
    pub errand: Errand,
}

/// Begins at the first screen and goes from there as far as the opening leads.
pub fn begin(cx: Context<'_>, language: &Language, opening: &Opening) -> Step {
    let digits = opening.digits.iter().take(MOST_DIGITS).cloned().collect();
    let errand = opening.errand.clone();
    let state = State { digits, errand, ..fresh(cx, language) };
    enter(cx, state, cx.menu.start)
}

/// Begins at a screen that the service may push; `None` for any other.
pub fn push(cx: Context<'_>, language: &Language, screen: &str) -> Option<Step> {
    let at = *cx.menu.by_id.get(&cx.menu.pushed(screen)?.id)?;
    Some(enter(cx, fresh(cx, language), at))
}

fn fresh(cx: Context<'_>, language: &Language) -> State {
    State {
        version: cx.menu.version().clone(),
        screen: cx.menu.first().id.clone(),
        page: 0,
        filter: None,
        note: None,
        units: cx.frame.budget.units,
        wrong: 0,
        trail: Vec::new(),
        kept: false,
        calls: 0,
        way: vec![Move::Began],
        values: Values::default(),
        digits: Default::default(),
        errand: Errand::default(),
        language: cx.menu.language(Some(language)).clone(),
    }
}

/// Shows the screen where the state stands once more, as after a redial.
pub fn again(cx: Context<'_>, mut state: State) -> Step {
    state.language = cx.menu.language(Some(&state.language)).clone();
    match cx.menu.by_id.get(&state.screen) {
        Some(&at) => {
            state.way.push(Move::Resumed);
            enter(cx, state, at)
        }
        None => begin(cx, &state.language, &Opening::default()),
    }
}

/// Makes the call where the state stands, which was put off.
pub fn call_again(cx: Context<'_>, state: State) -> Step {
    match cx.menu.by_id.get(&state.screen) {
        Some(&at) => enter(cx, state, at),
        None => begin(cx, &state.language, &Opening::default()),
    }
}

/// Takes an answer.
pub fn answer(cx: Context<'_>, state: State, typed: &str) -> Step {
    take(cx, state, Said::Typed(typed))
}

/// Whether the screen where the state stands takes an answer, instead of saying what is wrong with it.
pub fn takes(cx: Context<'_>, state: &State, typed: &str) -> bool {
    match heard(cx, state.clone(), Said::Typed(typed)) {
        Heard::Go(..) => true,
        Heard::Done(Step::Show(shown, _)) => shown.wrong <= state.wrong,
        Heard::Done(step) => !matches!(step, Step::GiveUp(..)),
    }
}

/// Takes a row or a key that was tapped on the card of `screen`. On an older card it answers nothing:
/// the screen where the subscriber stands is shown once more.
pub fn tap(cx: Context<'_>, mut state: State, screen: &str, id: &str) -> Step {
    if state.screen == screen {
        return take(cx, state, Said::Tapped(id));
    }
    match cx.menu.screen(&state.screen) {
        Some(screen) => {
            state.note = Some(cx.menu.word(OLD_CHOICE.name, &state.language, ""));
            show(cx, state, screen)
        }
        None => begin(cx, &state.language, &Opening::default()),
    }
}

fn take(cx: Context<'_>, state: State, said: Said<'_>) -> Step {
    match heard(cx, state, said) {
        Heard::Done(step) => step,
        Heard::Go(state, to) => enter(cx, state, to),
    }
}

/// Goes on after a call, with its outcome and what it gave. An outcome that the signature does not
/// know leads nowhere: the screen before is shown again.
pub fn resume(cx: Context<'_>, mut state: State, outcome: &str, given: Values) -> Step {
    let target = cx.menu.screen(&state.screen).and_then(|screen| match &screen.act {
        Act::Call { call, on } => {
            let at = call.outcomes.iter().position(|known| known.name == outcome)?;
            on.get(at).copied()
        }
        _ => None,
    });
    state.values.take_over(given);
    state.calls = state.calls.saturating_add(1);
    if state.calls >= LONGEST_CHAIN {
        // Whoever dialled or asked for that much is shown where it leads.
        state.digits.clear();
        state.errand = Errand::default();
    }
    match target {
        Some(to) => enter(cx, state, to),
        None => back(cx, state),
    }
}

/// Puts the list that waits for an answer in the order of distance. Only the order is kept: whoever reads the
/// state later learns nothing of where somebody was. `None` where there is no list of places.
pub fn near(cx: Context<'_>, mut state: State, here: Coordinates) -> Option<Step> {
    let screen = cx.menu.screen(&state.screen)?;
    let Act::Pick { list, .. } = &screen.act else { return None };
    let spots = state.values.spots(list.name)?;
    let far = |row: &Row| spots.get(&row.id).map_or(u32::MAX, |spot| here.metres_to(*spot));
    let mut rows = state.values.rows(list.name).to_vec();
    rows.sort_by_key(far);
    state.values.keep_rows(list.name, rows);
    state.page = 0;
    state.filter = None;
    state.wrong = 0;
    state.note = Some(cx.menu.word(NEAREST.name, &state.language, ""));
    Some(show(cx, state, screen))
}

/// Says above the screen that waits for an answer that what it tells is as old as that.
pub fn remark_age(cx: Context<'_>, step: Step, time: &str) -> Step {
    let Step::Show(mut state, shown) = step else { return step };
    match cx.menu.screen(&state.screen) {
        Some(screen) if matches!(screen.act, Act::Choose(_) | Act::Pick { .. }) => {
            state.note = Some(cx.menu.word(OLD_DATA.name, &state.language, time));
            show(cx, state, screen)
        }
        _ => Step::Show(state, shown),
    }
}

/// What became of an answer: a screen to show, or one to go to.
enum Heard {
    Done(Step),
    Go(State, usize),
}

fn heard(cx: Context<'_>, mut state: State, said: Said<'_>) -> Heard {
    let menu = cx.menu;
    let (Said::Typed(typed) | Said::Tapped(typed)) = said;
    let typed = typed.trim();
    let Some(screen) = menu.screen(&state.screen) else {
        return Heard::Done(begin(cx, &state.language, &Opening::default()));
    };
    if typed == menu.keys.home {
        return Heard::Go(turn_back(state), menu.start);
    }
    if typed == menu.keys.back && !state.trail.is_empty() {
        return Heard::Done(back(cx, turn_back(state)));
    }
    match &screen.act {
        Act::Ask { validator, keep, go } => match (validator.read)(typed, cx.today) {
            Ok(value) => {
                state.values.keep(keep, value);
                state.kept = true;
                Heard::Go(forward(state), *go)
            }
            Err(wrong) => Heard::Done(refuse(cx, state, screen, wrong, "")),
        },
        Act::Choose(choices) => match pick(cx, &state, screen, said) {
            Picked::Row(row) => match choices.iter().find(|choice| choice.id == row.id) {
                Some(choice) => {
                    for (name, value) in &choice.set {
                        state.values.keep(name, value.as_str());
                        state.kept = true;
                    }
                    if let Some(language) = &choice.language {
                        state.language = language.clone();
                    }
                    Heard::Go(forward(state), choice.go)
                }
                None => Heard::Done(show(cx, state, screen)),
            },
            Picked::NextPage => Heard::Done(turn_page(cx, state, screen)),
            Picked::Nothing { last } => Heard::Done(refuse_choice(cx, state, screen, last)),
        },
        Act::Pick { keep, go, .. } => match pick(cx, &state, screen, said) {
            Picked::Row(row) => {
                state.values.keep(&format!("{keep}_name"), row.label);
                state.values.keep(keep, row.id);
                state.kept = true;
                Heard::Go(forward(state), *go)
            }
            Picked::NextPage => Heard::Done(turn_page(cx, state, screen)),
            Picked::Nothing { .. } if narrows(cx, &state, screen, typed) => {
                state.filter = Some(typed.chars().take(20).collect());
                state.page = 0;
                state.note = None;
                state.wrong = 0;
                Heard::Done(show(cx, state, screen))
            }
            Picked::Nothing { .. } if typed.chars().any(char::is_alphabetic) => {
                state.filter = None;
                Heard::Done(refuse(cx, state, screen, NO_SUCH_ROW.name, ""))
            }
            Picked::Nothing { last } => Heard::Done(refuse_choice(cx, state, screen, last)),
        },
        // A state never rests on these; should one be read back, it goes on from there.
        Act::Call { .. } | Act::Last => {
            let at = menu.by_id.get(&screen.id).copied().unwrap_or(menu.start);
            Heard::Go(state, at)
        }
    }
}

/// Enters a screen. Answers that the dial string brought along are used at once, so that no screen
/// between is shown.
fn enter(cx: Context<'_>, mut state: State, mut to: usize) -> Step {
    loop {
        let screen = &cx.menu.screens[to];
        if to == cx.menu.start {
            // Home is a new beginning: nothing to go back to, nothing of the last person.
            state.trail.clear();
            state.values.clear();
            state.kept = false;
        }
        state.version.clone_from(cx.menu.version());
        state.screen.clone_from(&screen.id);
        state.page = 0;
        state.filter = None;
        state.note = None;
        state.wrong = 0;
        if !matches!(screen.act, Act::Call { .. }) {
            state.way.push(Move::Entered(screen.id.clone()));
        }
        match &screen.act {
            Act::Call { call, .. } => return Step::Call(state, call),
            Act::Last => {
                let shown = first_page(cx, &state, screen);
                return Step::Last(state, shown);
            }
            Act::Choose(_) | Act::Ask { .. } | Act::Pick { .. } => {
                let next = state.digits.pop_front().or_else(|| run(&mut state.errand, &screen.act));
                let Some(digit) = next else {
                    return show(cx, state, screen);
                };
                state.units = cx.frame.budget.units;
                let mut came = heard(cx, state, Said::Typed(&digit));
                loop {
                    came = match came {
                        Heard::Go(moved, on) => {
                            (state, to) = (moved, on);
                            break;
                        }
                        // Only a turned page leaves digits, and the next of them answers it.
                        Heard::Done(Step::Show(mut turned, shown)) => {
                            match turned.digits.pop_front() {
                                Some(digit) => heard(cx, turned, Said::Typed(&digit)),
                                None => return Step::Show(turned, shown),
                            }
                        }
                        Heard::Done(step) => return step,
                    };
                }
            }
        }
    }
}

/// What an errand has for a screen.
fn run(errand: &mut Errand, act: &Act) -> Option<String> {
    match act {
        Act::Choose(choices) => {
            let next = errand.path.front()?;
            choices.iter().any(|choice| choice.id == *next).then(|| errand.path.pop_front())?
        }
        Act::Ask { .. } => errand.answers.pop_front(),
        Act::Pick { .. } | Act::Call { .. } | Act::Last => None,
    }
}

fn show(cx: Context<'_>, mut state: State, screen: &Screen) -> Step {
    state.units = cx.frame.budget.units;
    state.calls = 0;
    let view = View::of(cx.menu, screen, &state, cx.frame.manner);
    let pages = view.pages(cx.frame);
    let at = usize::from(state.page).min(pages.len().saturating_sub(1));
    state.page = u16::try_from(at).unwrap_or(0);
    let shown = pages.get(at).map(|page| shown(cx, &screen.id, &view, page)).unwrap_or_default();
    Step::Show(state, shown)
}

/// The first page of something to show; `screen` is the name that a tap on it carries.
pub fn first_of(cx: Context<'_>, screen: &str, view: &View) -> Shown {
    let page = view.pages(cx.frame).into_iter().next();
    page.map(|page| shown(cx, screen, view, &page)).unwrap_or_default()
}

fn shown(cx: Context<'_>, screen: &str, view: &View, page: &Page) -> Shown {
    let card = (cx.frame.manner == Manner::Card).then(|| view.card(screen, page));
    Shown { text: page.text.clone(), card }
}

fn first_page(cx: Context<'_>, state: &State, screen: &Screen) -> Shown {
    first_of(cx, &screen.id, &View::of(cx.menu, screen, state, cx.frame.manner))
}

/// Leaves a screen for a later one: it becomes the way back.
fn forward(mut state: State) -> State {
    state.way.push(Move::Passed(state.screen.clone()));
    if state.trail.last() != Some(&state.screen) {
        state.trail.push(state.screen.clone());
    }
    if state.trail.len() > LONGEST_TRAIL {
        state.trail.remove(0);
    }
    state
}

/// Leaves a screen for an earlier one.
fn turn_back(mut state: State) -> State {
    state.errand = Errand::default();
    state.way.push(Move::TurnedBack(state.screen.clone()));
    state
}

/// Shows the screen before.
pub fn back(cx: Context<'_>, mut state: State) -> Step {
    state.digits.clear();
    let before = state.trail.pop().and_then(|id| cx.menu.by_id.get(&id).copied());
    enter(cx, state, before.unwrap_or(cx.menu.start))
}

/// Says which numbers there are, or that they are on the next page.
fn refuse_choice(cx: Context<'_>, state: State, screen: &Screen, last: usize) -> Step {
    match last {
        0 => refuse(cx, state, screen, MORE_FIRST.name, &cx.menu.keys.next),
        1 => refuse(cx, state, screen, ONLY_CHOICE.name, ""),
        _ => refuse(cx, state, screen, WRONG_CHOICE.name, &last.to_string()),
    }
}

/// Says what is wrong and asks again; after too many times, closes.
fn refuse(cx: Context<'_>, mut state: State, screen: &Screen, wrong: &str, value: &str) -> Step {
    state.digits.clear();
    state.errand = Errand::default();
    state.page = 0;
    state.wrong = state.wrong.saturating_add(1);
    if state.wrong >= cx.menu.tries {
        state.wrong = 0;
        state.note = None;
        state.calls = 0;
        let text = cx.menu.word(TOO_MANY.name, &state.language, "");
        return Step::GiveUp(state, Shown { text, card: None });
    }
    state.note = Some(cx.menu.word(wrong, &state.language, value)).filter(|note| !note.is_empty());
    show(cx, state, screen)
}

fn turn_page(cx: Context<'_>, mut state: State, screen: &Screen) -> Step {
    state.page = state.page.saturating_add(1);
    state.wrong = 0;
    show(cx, state, screen)
}

enum Picked {
    Row(Row),
    NextPage,
    Nothing { last: usize },
}

/// Which row an answer means: its number on the page that was shown, its id (a button's), or its
/// whole label.
fn pick(cx: Context<'_>, state: &State, screen: &Screen, said: Said<'_>) -> Picked {
    let view = View::of(cx.menu, screen, state, cx.frame.manner);
    let mut frame = cx.frame;
    frame.budget.units = state.units;
    let pages = view.pages(frame);
    let shown = pages.get(usize::from(state.page));
    let rows = shown.map(|page| page.rows.clone()).unwrap_or_default();
    let typed = match said {
        Said::Typed(typed) => typed.trim(),
        // A row's id may be a number, too, and not that of its place.
        Said::Tapped(id) => {
            return match view.rows.iter().find(|row| row.id == id) {
                Some(row) => Picked::Row(row.clone()),
                None if id == cx.menu.keys.next && shown.is_some_and(|page| !page.last) => {
                    Picked::NextPage
                }
                None => Picked::Nothing { last: rows.len() },
            };
        }
    };
    if let Ok(number) = typed.parse::<usize>()
        && (1..=rows.len()).contains(&number)
        && let Some(row) = view.rows.get(rows.start + number - 1)
    {
        return Picked::Row(row.clone());
    }
    if typed == cx.menu.keys.next && shown.is_some_and(|page| !page.last) {
        return Picked::NextPage;
    }
    // A label without a letter is nobody's words: `?!` must not pick it.
    let said = letters(typed);
    let by_words =
        |row: &&Row| row.id == typed || (!said.is_empty() && letters(&row.label) == said);
    match view.rows.iter().find(by_words) {
        Some(row) if !typed.is_empty() => Picked::Row(row.clone()),
        _ => Picked::Nothing { last: rows.len() },
    }
}

/// Whether typing a part of a name narrows the list.
fn narrows(cx: Context<'_>, state: &State, screen: &Screen, typed: &str) -> bool {
    let mut whole = state.clone();
    whole.filter = None;
    typed.chars().any(char::is_alphabetic)
        && View::of(cx.menu, screen, &whole, cx.frame.manner)
            .rows
            .iter()
            .any(|row| contains(&row.label, typed))
}

#[cfg(test)]
mod tests;
