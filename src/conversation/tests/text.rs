//! Texts: what they begin, answer and claim.

use super::*;

/// A turn over a channel whose source can be forged, its calls answered in order.
fn text_with(kept: Option<Kept>, signal: Signal, outcomes: &[&str]) -> Finished {
    let trust = Trust::Claimed { code: 417 };
    let mut outcomes = outcomes.iter();
    let mut progress = turn(context(), &MENU, kept, None, signal, trust, NOW);
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

fn wrote(text: &str) -> Signal {
    match MENU.wanted(text) {
        Some((Sure::Surely, Wanted::Errand(errand))) => {
            Signal::Begin(Opening { errand, ..Opening::default() })
        }
        Some((Sure::Surely, Wanted::Command(command))) => Signal::Command(command),
        perhaps => Signal::Text(Text {
            said: text.into(),
            perhaps: perhaps.map(|(_, wanted)| wanted),
            service: None,
        }),
    }
}

fn text_of(finished: &Finished) -> &str {
    finished.reply.as_ref().map(|reply| reply.text.as_str()).unwrap_or_default()
}

#[test]
fn a_claim_is_confirmed_once_before_anything_changes() {
    let home = text_with(None, wrote("DAFTAR"), &[]);
    let asked = text_with(stored(&home), says("1"), &[]);
    assert!(text_of(&asked).contains("000417"), "{}", text_of(&asked));
    let wrong = text_with(stored(&asked), says("1"), &[]);
    assert!(text_of(&wrong).starts_with("Angkanya belum cocok"), "{}", text_of(&wrong));
    let back = text_with(stored(&asked), says("0"), &[]);
    assert!(text_of(&back).contains("Setuju?"), "{}", text_of(&back));
    let nik = text_with(stored(&wrong), says(" 000417 "), &["given"]);
    assert!(text_of(&nik).contains("NIK"), "{}", text_of(&nik));
    // A second change in the same conversation is not asked about.
    let mut kept = stored(&nik).unwrap();
    let conversation = kept.conversation.as_mut().unwrap();
    conversation.state.screen = "health".into();
    let done = text_with(Some(kept), says("1"), &["registered"]);
    assert!(text_of(&done).contains("BERHASIL"), "{}", text_of(&done));
}

#[test]
fn whoever_guesses_the_code_is_stopped() {
    let mut finished = text_with(None, wrote("daftar"), &[]);
    finished = text_with(stored(&finished), says("1"), &[]);
    for _ in 0..MENU.tries() {
        finished = text_with(stored(&finished), says("9999"), &[]);
    }
    assert_eq!(finished.ends.last().map(|ending| ending.end), Some(End::Abandoned));
    assert_eq!(finished.reply.unwrap().then, Then::Close);
}

#[test]
fn what_was_begun_by_text_needs_no_code_on_a_channel_that_proves() {
    let home = text_with(None, wrote("daftar"), &[]);
    let asked = text_with(stored(&home), says("1"), &[]);
    let mut kept = stored(&asked).unwrap();
    kept.elsewhere = true;
    let redial = turn_with(Some(kept), dial(&[]), &[]);
    assert!(text_of(&redial).contains("Lanjutkan"), "{}", text_of(&redial));
    let nik = turn_with(stored(&redial), says("1"), &["given"]);
    assert!(text_of(&nik).contains("NIK"), "{}", text_of(&nik));
}

#[test]
fn one_text_answers_what_it_can() {
    let person = "3173014506900001";
    let shown =
        text_with(None, wrote(&format!("status {person} 05061990")), &["none", "known", "two"]);
    assert!(text_of(&shown).contains("LENGKAP"), "{}", text_of(&shown));
    // The consent stands between, and is not given by a keyword.
    let consent = text_with(None, wrote(&format!("DAFTAR#{person}#Siti#05061990")), &[]);
    assert!(text_of(&consent).contains("Setuju?"), "{}", text_of(&consent));
    let asked = text_with(stored(&consent), says("1"), &[]);
    let domicile = ["given", "same", "match", "known"];
    let domicile = text_with(stored(&asked), says("000417"), &domicile);
    assert!(text_of(&domicile).contains("tinggal"), "{}", text_of(&domicile));
    // What is wrong is asked again, and the rest of the text is not used for it.
    let wrong = text_with(None, wrote("status 12 05061990"), &["none"]);
    assert!(text_of(&wrong).starts_with("NIK harus 16 angka"), "{}", text_of(&wrong));
    let kept = wrong.keep.unwrap().conversation.unwrap();
    assert!(kept.state.errand.is_empty());
}

#[test]
fn what_a_question_asks_for_may_begin_with_its_keyword() {
    let asked = text_with(None, wrote("periksa"), &[]);
    let again = text_with(stored(&asked), wrote("periksa 6088 2314 5077 5"), &[]);
    assert!(text_of(&again).starts_with("Ada angka yang salah ketik."), "{}", text_of(&again));
    // With something typed before, too; and nothing ended.
    let typed = text_with(stored(&again), wrote("periksa 6088 2314 5077 4"), &["code"]);
    assert!(text_of(&typed).starts_with("Tahun lahir"), "{}", text_of(&typed));
    assert_eq!(typed.ends, []);
    // Elsewhere it is a keyword.
    let other = text_with(stored(&typed), wrote("periksa 6088 2314 5077 4"), &["code"]);
    assert!(text_of(&other).starts_with("Tadi Anda belum selesai."), "{}", text_of(&other));
}

#[test]
fn a_text_is_an_answer_where_one_is_awaited() {
    let nik = text_with(None, wrote("status"), &["none"]);
    let name = text_with(stored(&nik), wrote("stotus"), &[]);
    assert!(text_of(&name).starts_with("NIK harus 16 angka"), "{}", text_of(&name));
    let away = Kept { elsewhere: true, ..stored(&name).unwrap() };
    assert!(text_of(&text_with(Some(away), wrote("1"), &[])).contains("PeduliLindungi"));
    let home = text_with(None, wrote("apa ini?"), &[]);
    assert!(text_of(&home).starts_with("PeduliLindungi"), "{}", text_of(&home));
    let near = text_with(None, wrote("stotus"), &["none"]);
    assert!(text_of(&near).contains("16 angka NIK"), "{}", text_of(&near));
}

#[test]
fn a_command_leaves_the_conversation_alone() {
    let nik = text_with(None, wrote("status"), &["none"]);
    for (text, command) in
        [("STOP", Command::Stop), ("berhenti!", Command::Stop), ("Bantuan", Command::Help)]
    {
        let said = text_with(stored(&nik), wrote(text), &[]);
        assert_eq!((said.command, said.keep), (Some(command), None), "{text}");
    }
    let polite = text_with(None, wrote("stop kirim sms ya"), &[]);
    assert_eq!(polite.command, Some(Command::Stop));
}
