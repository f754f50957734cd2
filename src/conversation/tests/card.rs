//! Cards: what is tapped, and when it is too late for that.

use super::*;
use crate::{
    channel::whatsapp,
    menu::model::{RESUME_NO, RESUME_YES},
};

fn on_chat(kept: Option<Kept>, signal: Signal) -> Finished {
    let cx = Context { frame: whatsapp::frame(), ..context() };
    match turn(cx, &MENU, kept, None, signal, Trust::Bound, NOW) {
        Progress::Done(finished) => finished,
        Progress::Call { call, .. } => panic!("{} is called", call.name),
    }
}

fn tap(screen: &str, id: &str) -> Signal {
    Signal::Tap { screen: screen.into(), id: id.into() }
}

fn card(finished: &Finished) -> &Card {
    finished.reply.as_ref().and_then(|reply| reply.card.as_ref()).expect("a card")
}

#[test]
fn a_card_has_the_rows_and_the_keys_of_its_page() {
    let home = on_chat(None, dial(&[]));
    assert_eq!(card(&home).screen, "home");
    assert!(card(&home).rows.iter().any(|row| row.id == "status"));
    assert!(card(&home).keys.iter().all(|key| key.id != "0"), "home has nothing to go back to");
    let language = on_chat(stored(&home), tap("home", "language"));
    assert_eq!(card(&language).screen, "language");
    let keys: Vec<&str> = card(&language).keys.iter().map(|key| key.id.as_str()).collect();
    assert_eq!(keys, ["0"]);
    let back = on_chat(stored(&language), tap("language", "0"));
    assert_eq!(card(&back).screen, "home");
}

#[test]
fn a_tap_on_an_older_card_shows_where_one_stands() {
    let home = on_chat(None, dial(&[]));
    let language = on_chat(stored(&home), tap("home", "language"));
    let late = on_chat(stored(&language), tap("home", "language"));
    assert_eq!(card(&late).screen, "language");
    assert!(card(&late).body.starts_with("Pilihan itu dari pesan lama."), "{}", card(&late).body);
    // What was tapped there is no row, whatever place it would have.
    let nothing = on_chat(stored(&language), tap("language", "1"));
    assert_eq!(card(&nothing).screen, "language");
}

#[test]
fn typed_numbers_and_words_still_work_on_a_chat() {
    let home = on_chat(None, dial(&[]));
    let place = card(&home).rows.iter().position(|row| row.id == "language").unwrap() + 1;
    for typed in [place.to_string(), "bahasa / language".into()] {
        assert_eq!(card(&on_chat(stored(&home), says(&typed))).screen, "language", "{typed}");
    }
}

#[test]
fn the_question_whether_to_go_on_is_a_card() {
    let kept = at_nik().map(|kept| Kept { elsewhere: true, ..kept });
    let asked = on_chat(kept, dial(&[]));
    assert_eq!(card(&asked).screen, RESUME.name);
    let on = on_chat(stored(&asked), tap(RESUME.name, RESUME_YES.name));
    assert_eq!(card(&on).screen, "nik");
    let anew = on_chat(stored(&asked), tap(RESUME.name, RESUME_NO.name));
    assert_eq!(card(&anew).screen, "home");
}

#[test]
fn a_tap_after_the_end_begins_anew() {
    let over = Kept { conversation: None, ended: Some(End::Completed), ..at_nik().unwrap() };
    assert_eq!(card(&on_chat(Some(over), tap("home", "register"))).screen, "home");
    assert_eq!(card(&on_chat(None, tap("home", "register"))).screen, "home");
}
