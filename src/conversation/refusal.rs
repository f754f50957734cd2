//! A text that is perhaps a refusal of broadcasts, where an answer is awaited. A refusal that is passed over
//! is a right denied; an answer that is taken for one is a name that cannot be given. So what the open
//! question takes is its answer, what it does not take may be meant, and what may be both is asked.

use super::{Conversation, Finished, Progress, Reply, Text, Then, keep};
use crate::menu::{
    keyword::Wanted,
    model::{Menu, REFUSE_MEANT},
    refusal::Refusal,
    step::{self, Context},
};

/// What a text is to the question that stands open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant {
    /// Its answer, wrong or right.
    Answer,
    /// No more broadcasts.
    Refused,
    /// One of both, and its writer has to say.
    Asked,
}

/// What was meant by a text. Whoever was asked already and writes such a thing again answers.
pub(super) fn meant(cx: Context<'_>, old: &Conversation, text: &Text) -> Meant {
    let Some(Wanted::Refusal(refusal)) = text.perhaps else { return Meant::Answer };
    let ours = old.asked.is_some() || old.confirm.is_some();
    let taken = !ours && step::takes(cx, &old.state, &text.said);
    match (refusal, taken) {
        (Refusal::Words | Refusal::Unclear, true) => Meant::Answer,
        (Refusal::Slip, false) => Meant::Refused,
        _ if old.doubted => Meant::Answer,
        (Refusal::Slip, true) | (Refusal::Words | Refusal::Unclear, false) => Meant::Asked,
    }
}

/// Asks what was meant, and leaves the conversation where it is.
pub(super) fn ask(fresh: &Menu, old: Conversation) -> Progress {
    let text = fresh.word(REFUSE_MEANT.name, &old.state.language, "");
    let keep = keep(Conversation { doubted: true, ..old }, None);
    let reply = Some(Reply::say(text, Then::Wait));
    Progress::Done(Finished { reply, keep: Some(keep), ..Finished::default() })
}
