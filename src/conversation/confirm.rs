//! Whoever only claims to be a phone confirms, once in a conversation, before anything is changed.
//!
//! The source of a text can be forged (`domain.md` §8), but what we answer goes to the phone itself:
//! whoever can type the code that stands in the answer has that phone.

use serde::{Deserialize, Serialize};

use super::{Carried, End, Finished, Progress, Reply, Then, Trust, ending, keep, settle};
use crate::menu::{
    catalogue::{Call, Effect},
    model::{Act, CONFIRM, NOT_CONFIRMED, TOO_MANY},
    state::State,
    step::{self, Context},
};

/// Wrong codes that may come back, over all conversations with a service, before nothing is changed any
/// more over a channel that proves nothing: of a million codes, few enough to guess in vain.
pub const MOST_WRONG_CODES: u16 = 10;

/// What came back for a code in a turn. Whoever stores conversations counts the wrong ones: a new code
/// and a new conversation do not forget them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CodeBack {
    /// None was awaited.
    #[default]
    Nothing,
    /// The code.
    Right,
    /// Something else.
    Wrong,
}

/// The code that has to come back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirm {
    code: String,
    /// Wrong answers so far.
    wrong: u16,
}

/// The code is nobody's business.
impl std::fmt::Debug for Confirm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Confirm").field("wrong", &self.wrong).finish_non_exhaustive()
    }
}

/// Makes a call, or asks for the code before it.
pub(super) fn before(
    cx: Context<'_>,
    state: State,
    call: &'static Call,
    carried: Carried,
) -> Progress {
    match (carried.trust, call.effect) {
        (Trust::Claimed { code }, Effect::Changes) => {
            let confirm = Confirm { code: format!("{:06}", code % 1_000_000), wrong: 0 };
            ask(cx, state, confirm, carried)
        }
        (Trust::Doubted, Effect::Changes) => give_up(cx, state, carried),
        _ => Progress::Call { state, call, carried },
    }
}

/// Takes what was typed for the code.
pub(super) fn answer(
    cx: Context<'_>,
    state: State,
    confirm: Confirm,
    typed: &str,
    carried: Carried,
) -> Progress {
    let typed = typed.trim();
    let keys = cx.menu.keys();
    if typed == keys.back || typed == keys.home {
        return settle(cx, step::answer(cx, state, typed), carried);
    }
    if carried.trust == Trust::Doubted {
        return give_up(cx, state, carried);
    }
    if typed == confirm.code {
        let carried = Carried { trust: Trust::Confirmed, code: CodeBack::Right, ..carried };
        return settle(cx, step::call_again(cx, state), carried);
    }
    let carried = Carried { code: CodeBack::Wrong, ..carried };
    let wrong = confirm.wrong + 1;
    if wrong < cx.menu.tries() {
        return ask(cx, state, Confirm { wrong, ..confirm }, carried);
    }
    give_up(cx, state, carried)
}

/// What was typed is kept, for a channel that proves who speaks.
fn give_up(cx: Context<'_>, state: State, carried: Carried) -> Progress {
    let text = cx.menu.word(TOO_MANY.name, &state.language, "");
    let mut carried = carried;
    carried.ends.push(ending(End::Abandoned, &state));
    let conversation = carried.conversation(state);
    Progress::Done(Finished {
        reply: Some(Reply::say(text, Then::Close)),
        keep: Some(keep(conversation, Some(End::Abandoned))),
        ends: carried.ends,
        code: carried.code,
        ..Finished::default()
    })
}

fn ask(cx: Context<'_>, mut state: State, confirm: Confirm, mut carried: Carried) -> Progress {
    let word = if confirm.wrong > 0 { NOT_CONFIRMED } else { CONFIRM };
    let call = match cx.menu.screen(&state.screen).map(|screen| &screen.act) {
        Some(Act::Call { call, .. }) => call.name,
        _ => "",
    };
    let text = cx.menu.confirms(word, &state.language, &confirm.code, call);
    let way = std::mem::take(&mut state.way);
    let mut conversation = carried.conversation(state);
    conversation.confirm = Some(confirm);
    Progress::Done(Finished {
        reply: Some(Reply::say(text, Then::Wait)),
        keep: Some(keep(conversation, None)),
        ends: carried.ends,
        way,
        code: carried.code,
        ..Finished::default()
    })
}
