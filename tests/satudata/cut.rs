//! What a chat asked of a record that was away, and what comes of it when the chat no longer speaks for its
//! phone.

use simulator::{
    satudata::Requests,
    whatsapp::{self, Cloud, chat::Chat},
};

use crate::bed::{Someone, both};

const ASEP: &str = "081290000023";
const NIK: &str = "3204012002650001";
const BORN: &str = "20021965";

/// Taps the row, or types it, and gives the words of the answer.
async fn picks(chat: &mut Chat, label: &str) -> (String, Vec<String>) {
    if chat.pick(label).is_err() {
        chat.write(label);
    }
    let content = chat.wait_for_message().await.expect("an answer").content;
    let rows = content.choices().iter().map(|choice| choice.title.clone()).collect();
    (content.words().to_owned(), rows)
}

/// The code in the next text of a phone.
async fn code(phone: &mut Someone) -> String {
    let text = phone.phone.next_text().await.expect("a text").text;
    let mut words = text.split(|of: char| !of.is_ascii_digit());
    words.find(|word| word.len() == 6).expect("six digits").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_comes_later_goes_to_the_phone_when_its_chat_was_cut() {
    for bed in both().await {
        let cloud = Cloud::start(whatsapp::Settings::default()).await.expect("a cloud");
        let whatsapp::Settings { phone_number_id, token, app_secret, verify_token, .. } =
            cloud.settings();
        let lines = format!(
            "session_ms = 400\ntext_ms = 400\n[whatsapp]\napi = {:?}\n\
             phone_number_id = {phone_number_id:?}\ntoken = {token:?}\n\
             app_secret = {app_secret:?}\nverify_token = {verify_token:?}\n",
            cloud.api()
        );
        let bed = bed.configured(&lines);
        let gateway = bed.gateway().await;
        let webhook = format!("http://{}/whatsapp", gateway.http());
        cloud.subscribe(&webhook).await.expect("a webhook");
        let mut phone = bed.phone(ASEP).await;
        let mut chat = cloud.chat(ASEP.parse().expect("a number"), "Asep");
        let (asked, rows) = picks(&mut chat, "hai").await;
        assert!(asked.contains("nomor HP mana"), "{asked}");
        picks(&mut chat, &rows[0]).await;
        let code = code(&mut phone).await;
        picks(&mut chat, &code).await;

        bed.faults(Requests::Away, 100, 0);
        picks(&mut chat, "Status vaksinasi").await;
        picks(&mut chat, NIK).await;
        let (slow, _) = picks(&mut chat, BORN).await;
        assert!(slow.contains("Data nasional"), "{slow}");

        // The holder of the number cuts the chat before the answer comes.
        let gone = phone.goes("*119*7*3#", &["1"]).await;
        assert!(gone.text.contains("Sudah diputus"), "{}", gone.text);
        bed.well();
        let text = phone.reads("sudah 3 dosis").await;
        assert!(text.contains("status"), "{text}");
        let heard = chat.messages();
        assert!(
            heard.iter().all(|of| !of.content.words().contains("3 dosis")),
            "a cut chat was told: {heard:?}"
        );
        bed.end(gateway).await;
        cloud.stop().await;
    }
}
