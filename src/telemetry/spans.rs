//! The spans of a trace: one for a turn, from when the engine takes it to its stored answer, and
//! one for a batch, tied to its turns. They are for traces only: no log line has them, and without a
//! receiver of traces they cost nothing. They hold names from menus and code, and nothing of
//! anybody.

use tracing::{Span, field::Empty};

/// What spans are filtered by.
pub const TARGET: &str = "setara::spans";

/// A turn that is taken in.
pub fn turn(channel: &'static str) -> Span {
    tracing::info_span!(
        target: TARGET,
        parent: None,
        "turn",
        channel,
        service = Empty,
        news = Empty,
        screen = Empty,
        end = Empty,
        failure = Empty,
    )
}

/// How a turn was answered: by which service, whether it was new, the screen where the subscriber
/// stands now, and how the session ended if it did.
pub fn answered(
    turn: &Span,
    service: &str,
    news: &'static str,
    screen: Option<&str>,
    end: Option<&'static str>,
) {
    turn.record("service", service).record("news", news);
    turn.record("screen", screen).record("end", end);
}

/// Why a turn has no answer.
pub fn failed(turn: &Span, failure: &'static str) {
    turn.record("failure", failure);
}

/// A batch of turns.
pub fn batch<'s>(turns: impl ExactSizeIterator<Item = &'s Span>) -> Span {
    let count = turns.len();
    let span = tracing::info_span!(target: TARGET, parent: None, "batch", turns = count);
    if !span.is_disabled() {
        turns.for_each(|turn| _ = span.follows_from(turn));
    }
    span
}
