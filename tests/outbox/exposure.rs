//! Exposure notices on the wire of a chat: who writes there is asked and told there, everybody else by SMS.

use setara::{
    clock::{self, Zone},
    identity::{ChatId, Msisdn},
};
use simulator::sijejak::App;

use crate::{
    bed::{Bed, both},
    chats::{SMS, cloud, gateway, heard, keeps_to_the_rules, number, texts, user},
    smsc::{Manner, Smsc},
};

const SECRET: &str = "geheim-und-lang-genug";

async fn speaks(bed: &Bed, of: usize) {
    let phone = number(of);
    let address = ChatId::new(None, Some(&phone)).unwrap();
    bed.bind(&address, &Msisdn::parse(&phone).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_asked_and_contacts_are_told_where_they_write() {
    for bed in both().await {
        let cloud = cloud().await;
        let smsc = Smsc::start(Manner::default()).await;
        let exposure = format!("[exposure]\nenabled = true\nsecret = \"{SECRET}\"");
        let bed = bed.operator("telco", &[smsc.port], SMS, "").whatsapp(&cloud, &exposure);
        let (mut case, mut near) = (user(&cloud, 1), user(&cloud, 2));
        for chat in [1, 2] {
            speaks(&bed, chat).await;
        }
        let gateway = gateway(&bed).await;
        cloud.subscribe(&format!("http://{}/whatsapp", gateway.http())).await.unwrap();
        let app = App::new(gateway.http(), SECRET);
        let today = clock::now().date(Zone::Wib);
        let yesterday = today.yesterday().unwrap();
        let tokens = [2, 3].map(|of| (App::draw(), number(of)));
        let bound = tokens.each_ref().map(|(token, phone)| (token.as_str(), phone.as_str()));
        assert_eq!(app.bind(&bound).await.unwrap().status, 200);

        // Both have written, and are answered.
        for chat in [&mut case, &mut near] {
            chat.wait_for_message().await.unwrap();
        }
        let opened = app.open("lab-0001", &number(1), &today.to_string()).await.unwrap();
        assert_eq!((opened.status, opened.word()), (201, "asked"));
        let asked = case.wait_for_message().await.unwrap();
        let asked = format!("{:?}", asked.content);
        assert!(asked.contains("penelusuran kontak") && !asked.contains("positif"), "{asked}");
        case.write("KONTAK");
        let question = format!("{:?}", case.wait_for_message().await.unwrap().content);
        assert!(question.contains("Mereka hanya membaca tanggalnya"), "{question}");
        case.pick("Ya, boleh").unwrap();
        let thanks = format!("{:?}", case.wait_for_message().await.unwrap().content);
        assert!(thanks.contains("jawaban YA dicatat"), "{thanks}");

        // Several days are one notice, of the latest.
        let (today, yesterday) = (today.to_string(), yesterday.to_string());
        let [(two, _), (three, _)] = &tokens;
        let days = [(two, &yesterday), (two, &today), (three, &yesterday)];
        let days = days.map(|(token, day)| (token.as_str(), day.as_str()));
        let taken = app.upload("lab-0001", &days).await.unwrap();
        assert_eq!((taken.status, taken.word()), (200, "taken"));
        near.wait_for_message().await.unwrap();
        smsc.came(1).await;
        let told = texts(&near).concat();
        let shown = clock::now().date(Zone::Wib).strftime("%d-%m-%Y").to_string();
        assert!(told.contains(&shown) && told.contains("HP ini dekat kasus positif"), "{told}");
        assert_eq!(heard(&near).len(), 2, "an answer and one notice");
        let by_sms: Vec<String> = smsc.submits().into_iter().map(|submit| submit.to).collect();
        assert_eq!(by_sms, [number(3)]);
        keeps_to_the_rules(&cloud);
        gateway.shutdown().await;
    }
}
