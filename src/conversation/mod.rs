//! One subscriber's talk with one service: begun, dropped, taken up again, ended.
//!
//! Pure: takes what was kept and what came in, gives back what to say, what to keep and how
//! anything ended. The menu machine (`menu::step`) answers for single screens; what a redial, an
//! abort or an old session means is decided here.

mod end;
mod push;

pub use end::End;
pub use push::{Aside, NotPushed};

use serde::{Deserialize, Serialize};

use crate::{
    clock::Timestamp,
    menu::{
        catalogue::Call,
        language::Language,
        model::{Menu, NIK_DIALLED, RESUME, RESUME_NO, RESUME_YES, WRONG_CHOICE},
        state::{Move, Row, State, Values},
        step::{self, Context, Step},
        view::View,
    },
};

/// What came in.
#[derive(Clone, PartialEq, Eq)]
pub enum Signal {
    /// A session begins, with the answers that stood in the dial string.
    Begin(Vec<String>),
    /// A session begins with a NIK in the dial string: it is refused with a hint, because a dial
    /// string stays in the call log.
    BeginWithNik,
    /// An answer.
    Answer(String),
    /// The session is over.
    Abort(End),
    /// The service begins by itself, with the screen of this id.
    Push(String),
}

/// A conversation that can be gone on with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    /// Where the subscriber stands.
    pub state: State,
    /// Whether the subscriber was asked to go on or to start again, and has not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
    /// What had been dropped when the service began this one by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aside: Option<Box<Aside>>,
}

/// The open question after a redial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Answers of the new dial string, walked if the subscriber starts again.
    pub digits: Vec<String>,
    /// Wrong answers to the question.
    pub wrong: u16,
}

/// What is known of the conversation before this turn.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// What can be gone on with; `None` once it was completed.
    pub conversation: Option<Conversation>,
    /// How its last session ended; `None` while one is open.
    pub ended: Option<End>,
    /// Until when it may be gone on with.
    pub keep_until: Timestamp,
}

/// A text for the subscriber, and whether an answer is awaited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The text, as laid out for the channel.
    pub text: String,
    /// What the network is to do after it.
    pub then: Then,
}

/// What follows a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// An answer is awaited.
    Wait,
    /// The session closes.
    Close,
}

/// How far a turn has come.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    /// The service is asked; go on with [`resume`].
    Call {
        /// Where the menu stands.
        state: State,
        /// What is called.
        call: &'static Call,
        /// What the turn has so far.
        carried: Carried,
    },
    /// Nothing is left to do but to store and send it.
    Done(Finished),
}

/// What a turn takes along past a call.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Carried {
    /// What ended so far.
    pub ends: Vec<Ending>,
    /// What was dropped before, and waits behind a pushed screen.
    pub aside: Option<Box<Aside>>,
}

/// A finished turn.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Finished {
    /// What to say, if anybody listens.
    pub reply: Option<Reply>,
    /// What to keep; `None` leaves what is there.
    pub keep: Option<Keep>,
    /// What ended, in order.
    pub ends: Vec<Ending>,
    /// The way that was gone through the screens.
    pub way: Vec<Move>,
    /// Why nothing was pushed, if that was asked for.
    pub not_pushed: Option<NotPushed>,
}

/// What to keep of a conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct Keep {
    /// What can be gone on with; `None` forgets everything that was typed.
    pub conversation: Option<Conversation>,
    /// How the session ended; `None` while it is open.
    pub ended: Option<End>,
    /// Until when, if that is settled already: what was put aside grows no younger.
    pub until: Option<Timestamp>,
    /// The screen where the subscriber stands or stood.
    pub screen: String,
    /// The language spoken.
    pub language: Language,
}

/// An end, and the screen it came on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// Its class.
    pub end: End,
    /// The screen's id.
    pub screen: String,
}

/// Begins a turn. `language` is what the subscriber chose earlier. A conversation goes on in the
/// menu of `cx`, the version it began in; a new one begins in `fresh`.
pub fn turn<'m>(
    cx: Context<'m>,
    fresh: &'m Menu,
    kept: Option<Kept>,
    language: Option<&Language>,
    signal: Signal,
    now: Timestamp,
) -> Progress {
    let anew = Context { menu: fresh, ..cx };
    let language = fresh.language(language).clone();
    let was_open = kept.as_ref().is_some_and(|kept| kept.ended.is_none());
    let too_old = kept.as_ref().is_some_and(|kept| kept.keep_until <= now);
    let completed = kept.as_ref().is_some_and(|kept| kept.ended == Some(End::Completed));
    let keep_until = kept.as_ref().map_or(now, |kept| kept.keep_until);
    let old = kept.and_then(|kept| kept.conversation);
    // Too old and still open: no sweep has ended it yet, and after this turn none will.
    let lapsed = old.iter().filter(|_| too_old && was_open);
    let lapsed: Vec<Ending> = lapsed.map(|old| ending(End::TimeOut, &old.state)).collect();
    let aborts = matches!(signal, Signal::Abort(_));
    match (signal, old.filter(|_| aborts || !too_old)) {
        (Signal::Begin(digits), Some(old)) => redial(cx, anew, old, digits, was_open, now),
        (Signal::Begin(digits), None) => settle(step::begin(anew, &language, &digits), lapsed),
        (Signal::Push(_), _) if was_open && !too_old => push::not(NotPushed::Busy),
        (Signal::Push(screen), old) => {
            let aside = old.and_then(|old| old.aside(keep_until, now));
            push::begin(anew, &language, &screen, Carried { ends: lapsed, aside })
        }
        (Signal::BeginWithNik, _) => {
            let text = fresh.word(NIK_DIALLED.name, &language, "");
            let reply = Some(Reply { text, then: Then::Close });
            Progress::Done(Finished { reply, ..Finished::default() })
        }
        // What is kept was put aside before the conversation that was completed; it was asked for
        // no answer.
        (Signal::Answer(_), Some(old)) if completed => redial(cx, anew, old, vec![], was_open, now),
        (Signal::Answer(typed), Some(mut old)) => match old.asked.take() {
            Some(asked) => answer_resume(cx, anew, old, asked, &typed),
            None => settle(step::answer(cx, old.state, &typed), old.aside),
        },
        // The session is older than what we keep: it cannot be known what the answer was to.
        (Signal::Answer(_), None) => settle(step::begin(anew, &language, &[]), lapsed),
        (Signal::Abort(end), Some(old)) => {
            let ends = if was_open { vec![ending(end, &old.state)] } else { vec![] };
            let keep = was_open.then(|| keep(old, Some(end)));
            Progress::Done(Finished { keep, ends, ..Finished::default() })
        }
        (Signal::Abort(_), None) => Progress::Done(Finished::default()),
    }
}

/// Goes on after a call.
pub fn resume(
    cx: Context<'_>,
    state: State,
    outcome: &str,
    given: Values,
    carried: Carried,
) -> Progress {
    settle(step::resume(cx, state, outcome, given), carried)
}

/// A new session while something is left of an old one. Nothing typed is lost: the subscriber says
/// whether to go on, even when the dial string asks for something else.
fn redial(
    cx: Context<'_>,
    anew: Context<'_>,
    old: Conversation,
    digits: Vec<String>,
    was_open: bool,
    now: Timestamp,
) -> Progress {
    let mut ends = Vec::new();
    if was_open {
        // The network dropped the old session without a word.
        ends.push(ending(End::NetworkAbort, &old.state));
    }
    let language = old.state.language.clone();
    match old.worth_resuming(now) {
        Some(old) => ask_resume(cx, old, Asked { digits, wrong: 0 }, ends),
        None => settle(step::begin(anew, &language, &digits), ends),
    }
}

fn ask_resume(cx: Context<'_>, old: Conversation, asked: Asked, ends: Vec<Ending>) -> Progress {
    let state = old.state;
    let word = |name: &str, last: &str| cx.menu.word(name, &state.language, last);
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
    };
    let page = view.pages(cx.frame).into_iter().next();
    let text = page.map(|page| page.text).unwrap_or_default();
    let conversation = Conversation { state, asked: Some(asked), aside: old.aside };
    Progress::Done(Finished {
        reply: Some(Reply { text, then: Then::Wait }),
        keep: Some(keep(conversation, None)),
        ends,
        way: vec![],
        not_pushed: None,
    })
}

fn answer_resume(
    cx: Context<'_>,
    anew: Context<'_>,
    old: Conversation,
    asked: Asked,
    typed: &str,
) -> Progress {
    match typed.trim() {
        "1" => settle(step::again(cx, old.state), old.aside),
        "2" => {
            let ends = vec![ending(End::Abandoned, &old.state)];
            settle(step::begin(anew, &old.state.language, &asked.digits), ends)
        }
        // Whoever answers nonsense often enough is going on by mistake; the old state is kept.
        _ if asked.wrong + 1 >= cx.menu.tries() => settle(step::again(cx, old.state), old.aside),
        _ => ask_resume(cx, old, Asked { wrong: asked.wrong + 1, ..asked }, vec![]),
    }
}

fn settle(step: Step, carried: impl Into<Carried>) -> Progress {
    let mut carried = carried.into();
    let (mut state, text, end) = match step {
        Step::Call(state, call) => return Progress::Call { state, call, carried },
        Step::Show(state, shown) => (state, shown.text, None),
        Step::Last(state, shown) => (state, shown.text, Some(End::Completed)),
        Step::GiveUp(state, shown) => (state, shown.text, Some(End::Abandoned)),
    };
    carried.ends.extend(end.map(|end| ending(end, &state)));
    let then = if end.is_some() { Then::Close } else { Then::Wait };
    let way = std::mem::take(&mut state.way);
    let conversation = Conversation { state, asked: None, aside: carried.aside };
    Progress::Done(Finished {
        reply: Some(Reply { text, then }),
        keep: Some(keep(conversation, end)),
        ends: carried.ends,
        way,
        not_pushed: None,
    })
}

fn keep(conversation: Conversation, ended: Option<End>) -> Keep {
    let screen = conversation.state.screen.clone();
    let language = conversation.state.language.clone();
    let (conversation, until) = match ended {
        Some(End::Completed) => conversation.aside.map(|aside| aside.restored()).unzip(),
        _ => (Some(conversation), None),
    };
    Keep { conversation, ended, until, screen, language }
}

impl From<Vec<Ending>> for Carried {
    fn from(ends: Vec<Ending>) -> Self {
        Self { ends, aside: None }
    }
}

impl From<Option<Box<Aside>>> for Carried {
    fn from(aside: Option<Box<Aside>>) -> Self {
        Self { ends: Vec::new(), aside }
    }
}

fn ending(end: End, state: &State) -> Ending {
    Ending { end, screen: state.screen.clone() }
}

#[cfg(test)]
mod tests;
