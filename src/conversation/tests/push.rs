//! Screens that nobody has asked for.

use super::*;

fn push(screen: &str) -> Signal {
    Signal::Push(screen.into())
}

const INVITE: Option<(&str, Then)> = Some(("1 Ya, daftar", Then::Wait));
const NOTICE: Option<(&str, Then)> = Some(("Tidak mendesak", Then::Close));

#[test]
fn the_service_begins_by_itself() {
    let invited =
        stored(&check_turn(None, push("invite"), &[], INVITE, Some(("invite", None)), &[]));
    let consent = Some(("Setuju?", Then::Wait));
    check_turn(invited.clone(), says("1"), &[], consent, Some(("consent", None)), &[]);
    let later = Some(("kapan saja", Then::Close));
    let ended = Some(("invite_later", Some(End::Completed)));
    let ends = [(End::Completed, "invite_later")];
    let kept = stored(&check_turn(invited.clone(), says("2"), &[], later, ended, &ends));
    // There is the way home, and nothing to go back to.
    check_turn(invited, says("00"), &[], HOME, Some(("home", None)), &[]);
    check_turn(kept, push("invite"), &[], INVITE, Some(("invite", None)), &[]);
}

#[test]
fn a_notice_is_no_conversation() {
    check_turn(None, push("notice"), &[], NOTICE, None, &[]);
    check_turn(ended(at_nik(), End::UserAbort), push("notice"), &[], NOTICE, None, &[]);
    check_turn(completed(), push("notice"), &[], NOTICE, None, &[]);
}

#[test]
fn nobody_is_interrupted() {
    for screen in ["invite", "notice"] {
        for kept in [at_nik(), at_consent(), asked(&[])] {
            let finished = check_turn(kept, push(screen), &[], None, None, &[]);
            assert_eq!(finished.not_pushed, Some(NotPushed::Busy));
        }
    }
    // A session that is older than what we keep is none.
    let lapsed: [(End, &str); 1] = [(End::TimeOut, "nik")];
    let invited = Some(("invite", None));
    check_turn(expired(at_nik()), push("invite"), &[], INVITE, invited, &lapsed);
}

#[test]
fn only_what_the_menu_names_is_pushed() {
    for screen in ["home", "consent", "consent_give", "status_read", "nothing"] {
        let finished = check_turn(None, push(screen), &[], None, None, &[]);
        assert_eq!(finished.not_pushed, Some(NotPushed::NoSuchScreen), "{screen}");
    }
}

/// At an invitation that came while something typed was waiting to be gone on with.
fn invited_meanwhile() -> Option<Kept> {
    stored(&turn_with(ended(at_nik(), End::UserAbort), push("invite"), &[]))
}

#[test]
fn what_was_typed_waits_behind_what_is_pushed() {
    let invited = invited_meanwhile();
    // Declined: it is there again, and no younger than it was.
    let declined = turn_with(invited.clone(), says("2"), &[]);
    assert_eq!(declined.keep.as_ref().unwrap().until, Some(NOW.plus(WINDOW)));
    let declined = stored(&declined);
    check_turn(declined.clone(), dial(&[]), &[], QUESTION, Some(("nik", None)), &[]);
    // A late answer is none to a question that was not asked.
    check_turn(declined.clone(), says("1"), &[], QUESTION, Some(("nik", None)), &[]);
    check_turn(expired(declined), dial(&[]), &[], HOME, Some(("home", None)), &[]);
    // Refused by the network, hung up, or not answered: the same.
    for end in [End::NetworkAbort, End::UserAbort, End::TimeOut] {
        let kept = ended(invited.clone(), end);
        check_turn(kept.clone(), dial(&[]), &[], QUESTION, Some(("nik", None)), &[]);
        // Invited once more meanwhile.
        let again = stored(&turn_with(kept, push("invite"), &[]));
        let again = ended(again, end);
        check_turn(again, dial(&[]), &[], QUESTION, Some(("nik", None)), &[]);
    }
    // The network dropped the invitation without a word: only that ends.
    let lost: [(End, &str); 1] = [(End::NetworkAbort, "invite")];
    check_turn(invited, dial(&[]), &[], QUESTION, Some(("nik", None)), &lost);
}

#[test]
fn what_is_typed_after_an_invitation_goes_first() {
    let consent = stored(&turn_with(invited_meanwhile(), says("1"), &[]));
    // Through a call: what waits goes along.
    let nik = stored(&turn_with(consent, says("1"), &["given"]));
    let name = stored(&turn_with(nik, says("3173015708900001"), &[]));
    let cut = ended(name, End::UserAbort);
    let asked = check_turn(cut, dial(&[]), &[], QUESTION, Some(("name", None)), &[]);
    let on = stored(&turn_with(stored(&asked), says("1"), &[]));
    let state = on.unwrap().conversation.unwrap();
    assert_eq!(state.aside.unwrap().state.screen, "nik");
    // Whoever starts again has said so of both.
    let given_up: [(End, &str); 1] = [(End::Abandoned, "name")];
    let anew = check_turn(stored(&asked), says("2"), &[], HOME, Some(("home", None)), &given_up);
    assert_eq!(stored(&anew).unwrap().conversation.unwrap().aside, None);
}
