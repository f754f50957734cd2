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
        Some(Found { sure: Sure::Surely, wanted: Wanted::Errand(errand), .. }) => {
            Signal::Begin(Opening { errand, ..Opening::default() })
        }
        Some(Found { sure: Sure::Surely, wanted: Wanted::Command(command), .. }) => {
            Signal::Command(command)
        }
        perhaps => Signal::Text(Text {
            said: text.into(),
            perhaps: perhaps.map(|found| found.wanted),
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
    let asks = "PeduliLindungi: kode 000417 utk daftar vaksin.";
    assert!(text_of(&asked).starts_with(asks), "{}", text_of(&asked));
    let wrong = text_with(stored(&asked), says("1"), &[]);
    assert!(text_of(&wrong).starts_with("Kode belum cocok"), "{}", text_of(&wrong));
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
    let shown = text_with(
        None,
        wrote(&format!("status {person} 05061990")),
        &["none", "known", "stands", "two"],
    );
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

/// What a text is taken for while a name is asked for, a NIK, and nothing.
#[test]
fn a_refusal_is_understood_wherever_it_comes_and_no_answer_is_lost_to_it() {
    const REFUSED: &str = "refused";
    const ASKED: &str = "asked";
    const ANSWER: &str = "answer";
    let nik = text_with(None, wrote("status"), &["none"]);
    let consent = text_with(None, wrote("DAFTAR#3173014506900001"), &[]);
    let code = text_with(stored(&consent), says("1"), &[]);
    let name = text_with(stored(&code), says("000417"), &["given", "same"]);
    assert!(text_of(&name).contains("nama lengkap"), "{}", text_of(&name));
    let taken = |said: &Finished| match said {
        Finished { command: Some(Command::Stop), keep: None, .. } => REFUSED,
        said if text_of(said).starts_with("Mau berhenti") => ASKED,
        _ => ANSWER,
    };
    for (text, to_nothing, to_nik, to_name) in [
        ("STOP", REFUSED, REFUSED, REFUSED),
        (" sToP!! ", REFUSED, REFUSED, REFUSED),
        ("S.T.O.P", REFUSED, REFUSED, REFUSED),
        ("BER HENTI", REFUSED, REFUSED, REFUSED),
        ("STOP SMS", REFUSED, REFUSED, REFUSED),
        ("stop kirim pesan", REFUSED, REFUSED, REFUSED),
        ("Berhenti, jangan kirim SMS ke saya lagi!", REFUSED, REFUSED, REFUSED),
        ("BERENTI", REFUSED, REFUSED, ASKED),
        ("STP", REFUSED, REFUSED, ASKED),
        ("BRHENTI", REFUSED, REFUSED, ASKED),
        ("STOPP", REFUSED, REFUSED, ASKED),
        ("stopp kirim sms", REFUSED, REFUSED, ASKED),
        ("Stop Sudirman", REFUSED, ASKED, ANSWER),
        ("batal vaksin karena hujan", REFUSED, ASKED, ANSWER),
        ("stap", REFUSED, REFUSED, ASKED),
        // Nearer to START.
        ("satrt", ANSWER, ANSWER, ANSWER),
        ("Stopan", ANSWER, ANSWER, ANSWER),
        ("Batam", ANSWER, ANSWER, ANSWER),
        ("Natal", ANSWER, ANSWER, ANSWER),
        ("bakal", ANSWER, ANSWER, ANSWER),
        ("statsu", ANSWER, ANSWER, ANSWER),
        ("Budi Berhenti", ANSWER, ANSWER, ANSWER),
    ] {
        let calls = ["none", "match", "known", "none", "none"];
        assert_eq!(taken(&text_with(None, wrote(text), &calls)), to_nothing, "{text}");
        assert_eq!(taken(&text_with(stored(&nik), wrote(text), &calls)), to_nik, "{text} (NIK)");
        let said = text_with(stored(&name), wrote(text), &calls);
        assert_eq!(taken(&said), to_name, "{text} (name)");
        if to_name == ASKED {
            // Whoever is called so says it again.
            let again = text_with(stored(&said), wrote(text), &calls);
            assert_eq!(taken(&again), ANSWER, "{text} (again)");
            assert!(!stored(&again).unwrap().conversation.unwrap().doubted);
            let refused = text_with(stored(&said), wrote("STOP"), &calls);
            assert_eq!(taken(&refused), REFUSED, "{text} (STOP)");
        }
    }
}

#[test]
fn a_refusal_in_place_of_a_code_is_one() {
    let home = text_with(None, wrote("DAFTAR"), &[]);
    let asked = text_with(stored(&home), says("1"), &[]);
    assert!(text_of(&asked).contains("000417"), "{}", text_of(&asked));
    for text in ["berenti", "STOPP", "stop sms ya"] {
        let said = text_with(stored(&asked), wrote(text), &[]);
        assert_eq!((said.command, said.keep), (Some(Command::Stop), None), "{text}");
    }
}
