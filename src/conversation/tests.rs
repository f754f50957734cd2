//! What was kept and what comes in: what is shown, what is kept, what ends.

use std::{path::Path, sync::LazyLock, time::Duration};

use jiff::civil::date;

use super::*;
use crate::{
    config::Config,
    menu::{
        check::check,
        keyword::{Found, Sure},
        model::Menu,
        view::{Frame, MOST_ROWS, Manner},
    },
    menus::read,
    service::DESKS,
    text::{Alphabet, page::Budget},
};

mod card;
mod push;
mod text;

static MENU: LazyLock<Menu> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("menus/pedulilindungi");
    let profiles = Config::parse("").unwrap().profiles();
    check(&read(&folder).unwrap(), DESKS, &profiles).unwrap().menu
});

const NOW: Timestamp = Timestamp::from_millis(1_629_127_800_000);
const WINDOW: Duration = Duration::from_secs(1800);

fn context() -> Context<'static> {
    let frame = Frame {
        budget: Budget { units: 160, alphabet: Alphabet::Gsm7 },
        rows: MOST_ROWS,
        manner: Manner::Text,
    };
    Context { menu: &MENU, frame, today: date(2021, 8, 17) }
}

fn dial(digits: &[&str]) -> Signal {
    let digits = digits.iter().map(|digit| digit.to_string()).collect();
    Signal::Begin(Opening { digits, ..Opening::default() })
}

fn says(text: &str) -> Signal {
    Signal::Answer(text.into())
}

/// A turn, its calls answered in order.
fn turn_with(kept: Option<Kept>, signal: Signal, outcomes: &[&str]) -> Finished {
    let mut outcomes = outcomes.iter();
    let mut progress = turn(context(), &MENU, kept, None, signal, Trust::Proved, NOW);
    loop {
        match progress {
            Progress::Done(finished) => return finished,
            Progress::Call { state, call, carried } => {
                let outcome = outcomes.next().unwrap_or_else(|| panic!("{} is called", call.name));
                progress = resume(context(), state, outcome, Values::default(), carried);
            }
        }
    }
}

/// What the store would give back for a finished turn.
fn stored(finished: &Finished) -> Option<Kept> {
    finished.keep.as_ref().map(|keep| Kept {
        elsewhere: false,
        conversation: keep.conversation.clone(),
        ended: keep.ended,
        keep_until: keep.until.unwrap_or(NOW.plus(WINDOW)),
    })
}

/// Signals one after the other, each turn with what the one before left.
fn after(signals: &[(Signal, &[&str])]) -> Option<Kept> {
    signals.iter().fold(None, |kept: Option<Kept>, (signal, outcomes)| {
        let finished = turn_with(kept.clone(), signal.clone(), outcomes);
        stored(&finished).or(kept)
    })
}

/// On the question for the NIK, the consent given: something is worth keeping.
fn at_nik() -> Option<Kept> {
    after(&[(dial(&[]), &[]), (says("1"), &[]), (says("1"), &["given"])])
}

/// On the consent, nothing kept yet.
fn at_consent() -> Option<Kept> {
    after(&[(dial(&[]), &[]), (says("1"), &[])])
}

fn ended(kept: Option<Kept>, end: End) -> Option<Kept> {
    kept.map(|kept| Kept { ended: Some(end), ..kept })
}

fn expired(kept: Option<Kept>) -> Option<Kept> {
    kept.map(|kept| Kept { keep_until: NOW, ..kept })
}

/// The question that follows a redial.
fn asked(digits: &[&str]) -> Option<Kept> {
    after(&[(dial(&[]), &[]), (says("1"), &[]), (says("1"), &["given"]), (dial(digits), &[])])
}

fn completed() -> Option<Kept> {
    after(&[(dial(&[]), &[]), (says("1"), &[]), (says("2"), &[])])
}

/// What is shown (its first words and whether the session stays open), what is kept (the screen,
/// and how the session ended), and what ended where.
#[track_caller]
fn check_turn(
    kept: Option<Kept>,
    signal: Signal,
    outcomes: &[&str],
    shown: Option<(&str, Then)>,
    keeps: Option<(&str, Option<End>)>,
    ends: &[(End, &str)],
) -> Finished {
    let finished = turn_with(kept, signal, outcomes);
    let reply = finished.reply.as_ref();
    match (reply, shown) {
        (Some(reply), Some((text, then))) => {
            assert!(reply.text.contains(text), "{}", reply.text);
            assert_eq!(reply.then, then);
        }
        (reply, shown) => assert_eq!(reply.is_some(), shown.is_some()),
    }
    let keep = finished.keep.as_ref();
    assert_eq!(keep.map(|keep| (keep.screen.as_str(), keep.ended)), keeps);
    if let Some(keep) = keep {
        let waits = keep.until.is_some();
        assert_eq!(keep.conversation.is_none(), keep.ended == Some(End::Completed) && !waits);
    }
    let told: Vec<_> = finished.ends.iter().map(|end| (end.end, end.screen.as_str())).collect();
    assert_eq!(told, ends);
    finished
}

const HOME: Option<(&str, Then)> = Some(("1 Daftar vaksin", Then::Wait));
const QUESTION: Option<(&str, Then)> = Some(("Lanjutkan?", Then::Wait));
const NIK: Option<(&str, Then)> = Some(("Ketik 16 angka NIK", Then::Wait));

#[test]
fn a_first_dial() {
    check_turn(None, dial(&[]), &[], HOME, Some(("home", None)), &[]);
    let consent = Some(("Setuju?", Then::Wait));
    check_turn(None, dial(&["1"]), &[], consent, Some(("consent", None)), &[]);
}

#[test]
fn a_redial_asks_only_when_something_would_be_lost() {
    let lost: [(End, &str); 1] = [(End::NetworkAbort, "nik")];
    check_turn(at_nik(), dial(&[]), &[], QUESTION, Some(("nik", None)), &lost);
    // The session was cut with a word: nothing ends twice.
    let cut = ended(at_nik(), End::UserAbort);
    check_turn(cut, dial(&[]), &[], QUESTION, Some(("nik", None)), &[]);
    // Nothing typed: begin again, and count what was dropped.
    let lost: [(End, &str); 1] = [(End::NetworkAbort, "consent")];
    check_turn(at_consent(), dial(&[]), &[], HOME, Some(("home", None)), &lost);
    check_turn(at_consent(), dial(&["2"]), &["none"], NIK, Some(("prove_nik", None)), &lost);
}

#[test]
fn after_the_window_it_begins_anew() {
    let gone = expired(ended(at_nik(), End::TimeOut));
    check_turn(gone, dial(&[]), &[], HOME, Some(("home", None)), &[]);
    // Nobody had swept it up: the end is counted now, as what it was.
    let lapsed: [(End, &str); 1] = [(End::TimeOut, "nik")];
    check_turn(expired(at_nik()), dial(&[]), &[], HOME, Some(("home", None)), &lapsed);
    check_turn(expired(at_nik()), says("1"), &[], HOME, Some(("home", None)), &lapsed);
    let cut = Signal::Abort(End::UserAbort);
    check_turn(
        expired(at_nik()),
        cut,
        &[],
        None,
        Some(("nik", Some(End::UserAbort))),
        &[(End::UserAbort, "nik")],
    );
}

#[test]
fn after_a_completed_one_it_begins_anew() {
    assert_eq!(completed().unwrap().ended, Some(End::Completed));
    check_turn(completed(), dial(&[]), &[], HOME, Some(("home", None)), &[]);
    check_turn(completed(), says("1"), &[], HOME, Some(("home", None)), &[]);
    check_turn(completed(), Signal::Abort(End::UserAbort), &[], None, None, &[]);
}

#[test]
fn the_last_screen_completes() {
    let refused = Some(("tidak ada data yang disimpan", Then::Close));
    check_turn(
        at_consent(),
        says("2"),
        &[],
        refused,
        Some(("consent_refused", Some(End::Completed))),
        &[(End::Completed, "consent_refused")],
    );
}

#[test]
fn an_abort_counts_once_and_loses_nothing() {
    for end in [End::UserAbort, End::NetworkAbort, End::TimeOut, End::Error] {
        let finished = check_turn(
            at_nik(),
            Signal::Abort(end),
            &[],
            None,
            Some(("nik", Some(end))),
            &[(end, "nik")],
        );
        let kept = stored(&finished);
        check_turn(kept.clone(), Signal::Abort(end), &[], None, None, &[]);
        let finished = check_turn(kept, dial(&[]), &[], QUESTION, Some(("nik", None)), &[]);
        check_turn(stored(&finished), says("1"), &[], NIK, Some(("nik", None)), &[]);
    }
    check_turn(None, Signal::Abort(End::UserAbort), &[], None, None, &[]);
}

#[test]
fn an_answer_without_a_conversation_begins_one() {
    check_turn(None, says("1"), &[], HOME, Some(("home", None)), &[]);
    // The sweep closed it, but the network had not: the answer is to what was shown.
    let swept = ended(at_consent(), End::TimeOut);
    check_turn(swept, says("1"), &["given"], NIK, Some(("nik", None)), &[]);
}

#[test]
fn a_dialled_nik_leaves_an_open_conversation_alone() {
    let hint = Some(("jangan ketik NIK", Then::Close));
    check_turn(None, Signal::BeginWithNik, &[], hint, None, &[]);
    check_turn(at_nik(), Signal::BeginWithNik, &[], hint, None, &[]);
    check_turn(
        at_nik(),
        dial(&[]),
        &[],
        QUESTION,
        Some(("nik", None)),
        &[(End::NetworkAbort, "nik")],
    );
}

#[test]
fn the_question_after_a_redial_is_answered() {
    check_turn(asked(&[]), says("1"), &[], NIK, Some(("nik", None)), &[]);
    check_turn(asked(&[]), says(" 1 "), &[], NIK, Some(("nik", None)), &[]);
    let given_up: [(End, &str); 1] = [(End::Abandoned, "nik")];
    check_turn(asked(&[]), says("2"), &[], HOME, Some(("home", None)), &given_up);
    // The new dial string is walked by whoever starts again.
    let finished = check_turn(
        asked(&["8", "2"]),
        says("2"),
        &[],
        Some(("1 Register", Then::Wait)),
        Some(("home", None)),
        &given_up,
    );
    assert_eq!(finished.keep.unwrap().language.as_str(), "en");
    // Dialled once more, hung up, dialled again: still the same question.
    let again: [(End, &str); 1] = [(End::NetworkAbort, "nik")];
    check_turn(asked(&[]), dial(&[]), &[], QUESTION, Some(("nik", None)), &again);
    let hung_up = ended(asked(&[]), End::UserAbort);
    check_turn(hung_up, dial(&[]), &[], QUESTION, Some(("nik", None)), &[]);
}

#[test]
fn nonsense_to_the_question_goes_on_in_the_end() {
    let mut kept = asked(&[]);
    for _ in 1..MENU.tries() {
        let told = Some(("Ketik angka 1-2.\n", Then::Wait));
        let finished = check_turn(kept, says("x"), &[], told, Some(("nik", None)), &[]);
        assert!(finished.reply.as_ref().unwrap().text.contains("Lanjutkan?"));
        kept = stored(&finished);
    }
    check_turn(kept, says("x"), &[], NIK, Some(("nik", None)), &[]);
}

#[test]
fn too_many_wrong_answers_close_and_can_be_taken_up() {
    let mut kept = at_nik();
    for _ in 1..MENU.tries() {
        kept = stored(&turn_with(kept, says("x"), &[]));
    }
    let finished = check_turn(
        kept,
        says("x"),
        &[],
        Some(("*119#", Then::Close)),
        Some(("nik", Some(End::Abandoned))),
        &[(End::Abandoned, "nik")],
    );
    check_turn(stored(&finished), dial(&[]), &[], QUESTION, Some(("nik", None)), &[]);
}

#[test]
fn the_language_is_the_subscribers() {
    let english = Language::parse("en").unwrap();
    let Progress::Done(finished) =
        turn(context(), &MENU, None, Some(&english), dial(&[]), Trust::Proved, NOW)
    else {
        panic!("nothing is called");
    };
    assert!(finished.reply.unwrap().text.contains("1 Register"));
    let Progress::Done(finished) =
        turn(context(), &MENU, at_nik(), Some(&english), Signal::BeginWithNik, Trust::Proved, NOW)
    else {
        panic!("nothing is called");
    };
    assert!(finished.reply.unwrap().text.starts_with("For your safety"));
}

#[test]
fn a_call_keeps_what_ended_before_it() {
    let dropped = at_consent();
    let finished = turn_with(dropped, dial(&["7"]), &["none"]);
    assert_eq!(finished.ends, [Ending { end: End::NetworkAbort, screen: "consent".into() }]);
}

#[test]
fn what_is_kept_reads_back_and_shows_nothing_personal() {
    let kept = after(&[
        (dial(&[]), &[]),
        (says("1"), &[]),
        (says("1"), &["given"]),
        (says("3173015708900001"), &[]),
        (dial(&["2"]), &[]),
    ])
    .unwrap();
    let conversation = kept.conversation.clone().unwrap();
    let octets = serde_json::to_vec(&conversation).unwrap();
    assert_eq!(serde_json::from_slice::<Conversation>(&octets).unwrap(), conversation);
    assert!(!format!("{kept:?}").contains("3173"));
}

#[test]
fn the_words_for_ends_read_back() {
    for end in End::ALL {
        assert_eq!(End::parse(end.as_str()), Some(end));
        assert_eq!(serde_json::to_string(&end).unwrap(), format!("\"{}\"", end.as_str()));
    }
    assert_eq!(End::parse("finished"), None);
}
