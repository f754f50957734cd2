//! A chat that cuts itself from its phone, over the whole way: the webhook, the code by SMS, the menu.

use setara::{app::Gateway, config::Config};
use simulator::whatsapp::{Cloud, Settings, chat::Chat};

use crate::{
    bed::both,
    smsc::{Manner, Smsc},
};

const SMS: &str = "per_second = 5000\nprefixes = [\"\"]";
const NUMBER: &str = "6281200000077";

/// Taps the row, or types it, and gives the words of the answer and its rows.
async fn picks(chat: &mut Chat, label: &str) -> (String, Vec<String>) {
    if chat.pick(label).is_err() {
        chat.write(label);
    }
    let content = chat.wait_for_message().await.expect("an answer").content;
    let rows = content.choices().iter().map(|choice| choice.title.clone()).collect();
    (content.words().to_owned(), rows)
}

/// The code in the text that came to the phone.
async fn code(smsc: &Smsc) -> String {
    smsc.came(1).await;
    let text = smsc.submits().pop().expect("a text").message.short_message;
    let text = String::from_utf8_lossy(&text).into_owned();
    let mut words = text.split_whitespace();
    let code = words.find(|word| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit()));
    code.expect("six digits").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_that_cuts_itself_hears_so_and_stands_at_the_door_again() {
    for bed in both().await {
        let cloud = Cloud::start(Settings::default()).await.unwrap();
        let smsc = Smsc::start(Manner::default()).await;
        let bed = bed.operator("telco", &[smsc.port], SMS, "").whatsapp(&cloud, "");
        let gateway = Gateway::start(&Config::read(&bed.config()).unwrap()).await.unwrap();
        cloud.subscribe(&format!("http://{}/whatsapp", gateway.http())).await.unwrap();
        let mut chat = cloud.chat(NUMBER.parse().unwrap(), "Siti");

        let (asked, rows) = picks(&mut chat, "hai").await;
        assert!(asked.contains("nomor HP mana"), "{asked}");
        picks(&mut chat, &rows[0]).await;
        let code = code(&smsc).await;
        picks(&mut chat, &code).await;
        picks(&mut chat, "Orang di nomor ini").await;

        let (sure, _) = picks(&mut chat, "Chat yang terhubung").await;
        assert!(sure.starts_with("Terhubung: WhatsApp "), "{sure}");
        let (gone, _) = picks(&mut chat, "Ya, putuskan").await;
        assert!(gone.contains("Sudah diputus"), "{gone}");

        let (asked, _) = picks(&mut chat, "hai").await;
        assert!(asked.contains("nomor HP mana"), "{asked}");
        let broken = cloud.broken_rules();
        assert!(broken.is_empty(), "{broken:?}");
        gateway.shutdown().await;
        cloud.stop().await;
    }
}
