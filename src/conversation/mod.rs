//! One subscriber's talk with one service: begun, dropped, taken up again, ended.
//!
//! Pure: takes what was kept and what came in, gives back what to say, what to keep and how
//! anything ended. The menu machine (`menu::step`) answers for single screens; what a redial, an
//! abort or an old session means is decided here.

mod confirm;
mod end;
mod push;
mod redial;
mod refusal;

pub use confirm::{CodeBack, Confirm, MOST_WRONG_CODES};
pub use end::End;
pub use push::{Aside, NotPushed};
use redial::{answer_resume, redial};
use refusal::Meant;

use serde::{Deserialize, Serialize};

use crate::{
    clock::Timestamp,
    identity::Coordinates,
    menu::{
        catalogue::Call,
        keyword::{Command, Errand, Wanted},
        language::Language,
        model::{
            CHAT_PLACE, CHAT_UNREADABLE, HELP, Menu, NIK_DIALLED, REFUSE_MEANT, RESUME, STARTED,
            STOPPED, Word,
        },
        refusal::Refusal,
        state::{Move, State, Values},
        step::{self, Context, Opening, Shown, Step},
        view::Card,
    },
};

/// What came in.
#[derive(Clone, PartialEq, Eq)]
pub enum Signal {
    /// A session begins, with what stood beside the string or the word that opens it.
    Begin(Opening),
    /// A session begins with a NIK in the dial string: it is refused with a hint, because a dial
    /// string stays in the call log.
    BeginWithNik,
    /// An answer.
    Answer(String),
    /// A row or a key was tapped on the card of a screen.
    Tap {
        /// The screen's id.
        screen: String,
        /// The row's id, or the key.
        id: String,
    },
    /// The session is over.
    Abort(End),
    /// The service begins by itself, with the screen of this id.
    Push(String),
    /// A text was written where there are no sessions: an answer, if one is awaited.
    Text(Text),
    /// Something was said to the gateway and not to the service.
    Command(Command),
    /// Something came that cannot be read: a picture, a voice.
    Unreadable,
    /// A place on the map: where somebody is, or wants to go.
    Near(Coordinates),
}

/// What somebody wrote.
#[derive(Clone, PartialEq, Eq)]
pub struct Text {
    /// The text.
    pub said: String,
    /// What it asks for if nobody awaits an answer.
    pub perhaps: Option<Wanted>,
    /// The service of which it asks that.
    pub service: Option<String>,
}

/// Whether the channel proves that it is this phone that speaks (`domain.md` §8).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Trust {
    /// It does: a session of the mobile network.
    #[default]
    Proved,
    /// It does not: the source of a text can be forged. Before anything is changed, the code has
    /// to come back from the phone.
    Claimed {
        /// Six digits, drawn for this turn.
        code: u32,
    },
    /// It does not, but the code came back in this conversation.
    Confirmed,
    /// It is a chat, and the phone's owner bound it to this number by a code.
    Bound,
    /// It does not, and wrong codes came back so often ([`MOST_WRONG_CODES`]) that it may be somebody
    /// who guesses: nothing is changed.
    Doubted,
}

impl Trust {
    /// Whether it is sure who speaks, whatever the conversation.
    pub fn is_sure(self) -> bool {
        matches!(self, Self::Proved | Self::Bound)
    }
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
    /// The code that has to come back before the next call is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm: Option<Confirm>,
    /// Whether a code came back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub confirmed: bool,
    /// Whether it was just asked if broadcasts are refused.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub doubted: bool,
}

/// The open question after a redial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// What was asked for with the redial, if the subscriber starts again.
    #[serde(flatten)]
    pub opening: Opening,
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
    /// Whether it was last spoken in over another channel.
    pub elsewhere: bool,
}

/// A text for the subscriber, and whether an answer is awaited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The text, as laid out for the channel.
    pub text: String,
    /// The same in its parts, on a channel that draws them itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<Card>,
    /// What the network is to do after it.
    pub then: Then,
}

impl Reply {
    /// A text without rows or keys.
    pub fn say(text: String, then: Then) -> Self {
        Self { text, card: None, then }
    }

    fn of(shown: Shown, then: Then) -> Self {
        Self { text: shown.text, card: shown.card, then }
    }
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
#[expect(clippy::large_enum_variant, reason = "one a turn, looked at as soon as it is made")]
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
    /// Whether it is sure who speaks.
    pub trust: Trust,
    /// What came back for the code.
    pub code: CodeBack,
    /// When that was known which the screen behind the call tells, if it is old.
    pub as_of: Option<String>,
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
    /// What was said to the gateway.
    pub command: Option<Command>,
    /// What came back for the code.
    pub code: CodeBack,
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
    trust: Trust,
    now: Timestamp,
) -> Progress {
    let anew = Context { menu: fresh, ..cx };
    let language = fresh.language(language).clone();
    let was_open = kept.as_ref().is_some_and(|kept| kept.ended.is_none());
    let too_old = kept.as_ref().is_some_and(|kept| kept.keep_until <= now);
    let completed = kept.as_ref().is_some_and(|kept| kept.ended == Some(End::Completed));
    let elsewhere = kept.as_ref().is_some_and(|kept| kept.elsewhere);
    let keep_until = kept.as_ref().map_or(now, |kept| kept.keep_until);
    let old = kept.and_then(|kept| kept.conversation);
    // Too old and still open: no sweep has ended it yet, and after this turn none will.
    let lapsed = old.iter().filter(|_| too_old && was_open);
    let lapsed: Vec<Ending> = lapsed.map(|old| ending(End::TimeOut, &old.state)).collect();
    let carried =
        Carried { ends: lapsed, aside: None, trust, code: CodeBack::Nothing, as_of: None };
    let aborts = matches!(signal, Signal::Abort(_));
    let old = old.filter(|_| aborts || !too_old);
    let awaits = was_open && !elsewhere && old.is_some();
    let meant = match (&signal, &old) {
        (Signal::Text(text), Some(old)) if awaits => Some(refusal::meant(cx, old, text)),
        _ => None,
    };
    let old = match old {
        Some(old) if meant == Some(Meant::Asked) => return refusal::ask(fresh, old),
        old => old.map(|old| Conversation { doubted: false, ..old }),
    };
    let signal = match signal {
        Signal::Text(text) if meant == Some(Meant::Answer) => Signal::Answer(text.said),
        Signal::Text(Text { perhaps: Some(Wanted::Command(command)), .. }) => {
            Signal::Command(command)
        }
        Signal::Text(Text { perhaps: Some(Wanted::Refusal(Refusal::Unclear)), .. })
            if meant.is_none() =>
        {
            return say(fresh, REFUSE_MEANT, &language);
        }
        Signal::Text(Text { perhaps: Some(Wanted::Refusal(_)), .. }) => {
            Signal::Command(Command::Stop)
        }
        Signal::Text(Text { perhaps: Some(Wanted::Errand(errand)), .. }) => {
            Signal::Begin(Opening { errand, ..Opening::default() })
        }
        Signal::Text(Text { perhaps: None, .. }) => Signal::Begin(Opening::default()),
        // Of a conversation that is over, or went on elsewhere, a tap answers nothing.
        Signal::Tap { .. } if !awaits => Signal::Begin(Opening::default()),
        other => other,
    };
    let brought = old.as_ref().filter(|_| awaits).and_then(|old| brought(cx, old, &signal));
    let signal = brought.map_or(signal, Signal::Answer);
    match (signal, old) {
        (Signal::Begin(opening), Some(old)) => {
            redial(cx, anew, old, opening, carried, was_open, now)
        }
        (Signal::Begin(opening), None) => {
            settle(anew, step::begin(anew, &language, &opening), carried)
        }
        // A conversation over another channel has no session that a push would cut.
        (Signal::Push(_), _) if was_open && !too_old && !elsewhere => push::not(NotPushed::Busy),
        (Signal::Push(screen), old) => {
            let aside = old.and_then(|old| old.aside(keep_until, now));
            push::begin(anew, &language, &screen, Carried { aside, ..carried })
        }
        (Signal::BeginWithNik, _) => say(fresh, NIK_DIALLED, &language),
        (Signal::Command(command), _) => {
            let word = match command {
                Command::Stop => STOPPED,
                Command::Start => STARTED,
                Command::Help => HELP,
            };
            match say(fresh, word, &language) {
                Progress::Done(done) => Progress::Done(Finished { command: Some(command), ..done }),
                call @ Progress::Call { .. } => call,
            }
        }
        (Signal::Near(here), Some(old)) if awaits && old.asked.is_none() => {
            near(cx, old, here, carried)
        }
        (Signal::Near(_), _) => say(fresh, CHAT_PLACE, &language),
        (Signal::Unreadable, _) => say(fresh, CHAT_UNREADABLE, &language),
        // What is kept was put aside before the conversation that was completed; it was asked for
        // no answer. Of one that went on over another channel, the answer is to an older screen.
        (Signal::Answer(_), Some(old)) if completed => {
            redial(cx, anew, old, Opening::default(), carried, was_open, now)
        }
        (Signal::Answer(_), Some(old)) if elsewhere => {
            let carried = carried.beside(&old);
            settle(cx, again(cx, old), carried)
        }
        (Signal::Answer(said) | Signal::Text(Text { said, .. }), Some(old)) => {
            answer(cx, anew, old, &said, carried)
        }
        (Signal::Tap { screen, id }, Some(old)) => tap(cx, anew, old, &screen, &id, carried),
        // The session is older than what we keep: it cannot be known what the answer was to.
        (Signal::Answer(_) | Signal::Text(_) | Signal::Tap { .. }, None) => {
            settle(anew, step::begin(anew, &language, &Opening::default()), carried)
        }
        (Signal::Abort(end), Some(old)) => {
            let ends = if was_open { vec![ending(end, &old.state)] } else { vec![] };
            let keep = was_open.then(|| keep(old, Some(end)));
            Progress::Done(Finished { keep, ends, ..Finished::default() })
        }
        (Signal::Abort(_), None) => Progress::Done(Finished::default()),
    }
}

/// The answer that a keyword brings along, where it leads to the question that stands open anyway: what
/// people are asked to send whole, such as a certificate, begins with its keyword.
fn brought(cx: Context<'_>, old: &Conversation, signal: &Signal) -> Option<String> {
    let Signal::Begin(Opening { digits, errand: Errand { path, answers } }) = signal else {
        return None;
    };
    let plain = digits.is_empty() && old.asked.is_none() && old.confirm.is_none();
    let answer = answers.front().filter(|_| plain && answers.len() == 1)?;
    let errand = Errand { path: path.clone(), ..Errand::default() };
    let opening = Opening { errand, ..Opening::default() };
    match step::begin(cx, &old.state.language, &opening) {
        Step::Show(there, _) if there.screen == old.state.screen => Some(answer.clone()),
        _ => None,
    }
}

/// Where somebody stood. Whoever only claimed to be this phone may have come as far as the code before a
/// change: the change is not made because somebody else goes on, so the screen before it is shown.
fn again(cx: Context<'_>, old: Conversation) -> Step {
    match old.confirm {
        Some(_) => step::back(cx, old.state),
        None => step::again(cx, old.state),
    }
}

/// Goes on after a call.
pub fn resume(
    cx: Context<'_>,
    state: State,
    outcome: &str,
    given: Values,
    mut carried: Carried,
) -> Progress {
    let step = step::resume(cx, state, outcome, given);
    let step = match carried.as_of.take() {
        Some(time) => step::remark_age(cx, step, &time),
        None => step,
    };
    settle(cx, step, carried)
}

/// Says a word and leaves everything as it is.
fn say(menu: &Menu, word: Word, language: &Language) -> Progress {
    let reply = Some(Reply::say(menu.word(word.name, language, ""), Then::Close));
    Progress::Done(Finished { reply, ..Finished::default() })
}

/// An answer goes to the question that is open: of the menu, or one of ours.
fn answer(
    cx: Context<'_>,
    anew: Context<'_>,
    mut old: Conversation,
    typed: &str,
    carried: Carried,
) -> Progress {
    if let Some(asked) = old.asked.take() {
        return answer_resume(cx, anew, old, asked, typed, carried);
    }
    let carried = carried.beside(&old);
    match old.confirm.take() {
        Some(confirm) => confirm::answer(cx, old.state, confirm, typed, carried),
        None => settle(cx, step::answer(cx, old.state, typed), carried),
    }
}

/// A tap answers the card that is open: of the menu, or the question whether to go on.
fn tap(
    cx: Context<'_>,
    anew: Context<'_>,
    old: Conversation,
    screen: &str,
    id: &str,
    carried: Carried,
) -> Progress {
    if old.asked.is_some() {
        return answer(cx, anew, old, if screen == RESUME.name { id } else { "" }, carried);
    }
    let carried = carried.beside(&old);
    settle(cx, step::tap(cx, old.state, screen, id), carried)
}

/// A place on the map, where one of several can be near it.
fn near(cx: Context<'_>, old: Conversation, here: Coordinates, carried: Carried) -> Progress {
    let language = old.state.language.clone();
    match step::near(cx, old.state.clone(), here) {
        Some(step) => {
            let carried = carried.beside(&old);
            settle(cx, step, carried)
        }
        None => say(cx.menu, CHAT_PLACE, &language),
    }
}

fn settle(cx: Context<'_>, step: Step, mut carried: Carried) -> Progress {
    let (mut state, shown, end) = match step {
        Step::Call(state, call) => return confirm::before(cx, state, call, carried),
        Step::Show(state, shown) => (state, shown, None),
        Step::Last(state, shown) => (state, shown, Some(End::Completed)),
        Step::GiveUp(state, shown) => (state, shown, Some(End::Abandoned)),
    };
    carried.ends.extend(end.map(|end| ending(end, &state)));
    let then = if end.is_some() { Then::Close } else { Then::Wait };
    let way = std::mem::take(&mut state.way);
    let conversation = carried.conversation(state);
    Progress::Done(Finished {
        reply: Some(Reply::of(shown, then)),
        keep: Some(keep(conversation, end)),
        ends: carried.ends,
        way,
        code: carried.code,
        ..Finished::default()
    })
}

fn keep(conversation: Conversation, ended: Option<End>) -> Keep {
    let screen = conversation.state.screen.clone();
    let language = conversation.state.language.clone();
    let (conversation, until) = match ended {
        Some(End::Completed) => conversation.aside.map(|aside| aside.restored()).unzip(),
        // Whoever goes on later confirms once more.
        Some(_) => (Some(Conversation { confirmed: false, ..conversation }), None),
        None => (Some(conversation), None),
    };
    Keep { conversation, ended, until, screen, language }
}

impl Carried {
    /// What goes on with an old conversation: what waits behind it, and whether its code came back.
    fn beside(mut self, old: &Conversation) -> Self {
        self.aside.clone_from(&old.aside);
        if old.confirmed && !self.trust.is_sure() {
            self.trust = Trust::Confirmed;
        }
        self
    }

    /// The conversation where the subscriber stands now.
    fn conversation(&mut self, state: State) -> Conversation {
        let confirmed = self.trust == Trust::Confirmed;
        Conversation {
            state,
            asked: None,
            aside: self.aside.take(),
            confirm: None,
            confirmed,
            doubted: false,
        }
    }
}

fn ending(end: End, state: &State) -> Ending {
    Ending { end, screen: state.screen.clone() }
}

#[cfg(test)]
mod tests;
