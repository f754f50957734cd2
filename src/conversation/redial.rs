//! A new session while something is left of an old one: the question whether to go on, and its answer.

use super::{
    Asked, Carried, Conversation, Ending, Finished, Progress, Reply, Then, Trust, again, end::End,
    ending, keep, settle,
};
use crate::{
    clock::Timestamp,
    menu::{
        model::{RESUME, RESUME_NO, RESUME_YES, WRONG_CHOICE},
        state::Row,
        step::{self, Context, Opening},
        view::{Drawn, View},
    },
};

/// A new session while something is left of an old one. Nothing typed is lost: the subscriber says
/// whether to go on, even when the dial string asks for something else.
pub(super) fn redial(
    cx: Context<'_>,
    anew: Context<'_>,
    old: Conversation,
    opening: Opening,
    mut carried: Carried,
    was_open: bool,
    now: Timestamp,
) -> Progress {
    if was_open {
        // The network dropped the old session without a word; where there is no session, its writer
        // began something else.
        let end = match carried.trust {
            Trust::Proved => End::NetworkAbort,
            _ => End::Abandoned,
        };
        carried.ends.push(ending(end, &old.state));
    }
    let language = old.state.language.clone();
    match old.worth_resuming(now) {
        Some(old) => ask_resume(cx, old, Asked { opening, wrong: 0 }, carried.ends),
        None => settle(anew, step::begin(anew, &language, &opening), carried),
    }
}

pub(super) fn ask_resume(
    cx: Context<'_>,
    old: Conversation,
    asked: Asked,
    ends: Vec<Ending>,
) -> Progress {
    let language = &old.state.language;
    let word = |name: &str, last: &str| cx.menu.word(name, language, last);
    let mut body = word(RESUME.name, "");
    if asked.wrong > 0 {
        body = format!("{}\n{body}", word(WRONG_CHOICE.name, "2"));
    }
    let row = |name: &str| Row { id: name.into(), label: word(name, "") };
    let view = View {
        body,
        rows: vec![row(RESUME_YES.name), row(RESUME_NO.name)],
        tail: vec![],
        next: Default::default(),
        drawn: Drawn::of(cx.menu, language),
    };
    let shown = step::first_of(cx, RESUME.name, &view);
    let conversation = Conversation { asked: Some(asked), confirmed: false, ..old };
    Progress::Done(Finished {
        reply: Some(Reply::of(shown, Then::Wait)),
        keep: Some(keep(conversation, None)),
        ends,
        ..Finished::default()
    })
}

pub(super) fn answer_resume(
    cx: Context<'_>,
    anew: Context<'_>,
    old: Conversation,
    asked: Asked,
    typed: &str,
    mut carried: Carried,
) -> Progress {
    match typed.trim() {
        no if no == "2" || no == RESUME_NO.name => {
            carried.ends.push(ending(End::Abandoned, &old.state));
            settle(anew, step::begin(anew, &old.state.language, &asked.opening), carried)
        }
        // Whoever answers nonsense often enough is going on by mistake; the old state is kept.
        typed if typed == "1" || typed == RESUME_YES.name || asked.wrong + 1 >= cx.menu.tries() => {
            let carried = carried.beside(&old);
            settle(cx, again(cx, old), carried)
        }
        _ => {
            let asked = Asked { wrong: asked.wrong + 1, ..asked };
            ask_resume(cx, old, asked, carried.ends)
        }
    }
}
