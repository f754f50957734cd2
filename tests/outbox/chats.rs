//! Notices to chats, against the simulated Cloud API over HTTP.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use setara::{
    app::{
        Gateway,
        whatsapp::{cloud::Answer, cloud::Cloud as Client, media::Paper},
    },
    clock::{self, Zone},
    config::Config,
    identity::{ChatId, Msisdn},
    menu::{
        state::Row,
        view::{Card, Drawn},
    },
    outbox::{
        Class, Fate, Lane, Notice, Recipient, Sender,
        route::{Routes, WHATSAPP},
        work::{Claimed, Portion, Settlement, Verdict},
    },
};
use simulator::whatsapp::{
    Cloud, Settings,
    chat::Chat,
    content::Content,
    faults::{Faults, Refusals, Requests, Token},
    template::Template,
    user::{Author, Bubble, Identity, Membership, Profile},
};

use crate::{
    bed::{Bed, both, notice},
    smsc::{Manner, Smsc},
    support::log,
};

pub const SMS: &str = "per_second = 5000\nprefixes = [\"\"]";

pub async fn cloud() -> Cloud {
    let templates = vec![Template::new("kabar", "id", "Kabar dari PeduliLindungi: {{1}}")];
    Cloud::start(Settings { templates, ..Settings::default() }).await.unwrap()
}

pub async fn gateway(bed: &Bed) -> Gateway {
    log::keep();
    Gateway::start(&Config::read(&bed.config()).unwrap()).await.unwrap()
}

pub fn number(user: usize) -> String {
    format!("62812{user:08}")
}

/// Somebody who wrote to us just now, so that we may write back.
pub fn user(cloud: &Cloud, user: usize) -> Chat {
    let chat = cloud.chat(number(user).parse().unwrap(), "Siti");
    chat.write("halo");
    chat
}

/// A notice to that user's chat, of which the phone is known.
pub fn to_user(user: usize, text: &str) -> Notice {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let phone = number(user);
    let chat = ChatId::new(None, Some(&phone)).unwrap();
    let phone = Some(Msisdn::parse(&phone).unwrap());
    let to = Recipient::Chat { chat, phone };
    let notice = notice(Class::Reply, WHATSAPP);
    // Each of them falls due a moment after the one before.
    let moment = Duration::from_millis(MADE.fetch_add(1, Ordering::Relaxed).into());
    let due = notice.due.minus(Duration::from_secs(60)).plus(moment);
    Notice { to, text: text.into(), sender: Sender::Code, due, ..notice }
}

/// What the service wrote to somebody.
pub fn heard(chat: &Chat) -> Vec<Bubble> {
    chat.messages().into_iter().filter(|bubble| bubble.author == Author::Service).collect()
}

pub fn texts(chat: &Chat) -> Vec<String> {
    let text = |bubble: Bubble| match bubble.content {
        Content::Text { body } => body,
        other => format!("{other:?}"),
    };
    heard(chat).into_iter().map(text).collect()
}

pub fn keeps_to_the_rules(cloud: &Cloud) {
    let broken = cloud.broken_rules();
    assert!(broken.is_empty(), "{broken:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_come_to_chats_in_order_and_within_the_limits() {
    for bed in both().await {
        let cloud = cloud().await;
        let bed = bed.whatsapp(&cloud, "");
        let chats: Vec<Chat> = (0..60).map(|at| user(&cloud, at)).collect();
        let notices: Vec<Notice> =
            (0..240).map(|at| to_user(at % 60, &format!("Nomor {}", at / 60))).collect();
        bed.store.enqueue(&notices).await.unwrap();
        let gateway = gateway(&bed).await;
        let began = std::time::Instant::now();
        bed.until(Fate::Sent, 240).await;
        println!("240 notices to 60 chats in {:?}", began.elapsed());
        for chat in &chats {
            assert_eq!(texts(chat), ["Nomor 0", "Nomor 1", "Nomor 2", "Nomor 3"]);
        }
        keeps_to_the_rules(&cloud);
        gateway.shutdown().await;
        cloud.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_a_list_and_somebody_without_a_number_gets_it() {
    let cloud = cloud().await;
    let bed = Bed::on_sqlite().await.whatsapp(&cloud, "");
    let chat = user(&cloud, 1);
    let row = |id: &str, label: &str| Row { id: id.into(), label: label.into() };
    let rows = ["Daftar vaksin", "Status", "Sertifikat"].map(|label| row(label, label)).to_vec();
    let drawn = Drawn { choose: "Pilih".into(), other: "Lainnya".into() };
    let (screen, body) = ("home".to_owned(), "Ada yang bisa dibantu?".to_owned());
    let card = Card { screen, body, rows, keys: vec![row("0", "Kembali")], drawn };
    let id = ChatId::new(Some(&chat.user_id()), None).unwrap();
    let to = Recipient::Chat { chat: id, phone: None };
    let notice = Notice { to, card: Some(card), ..notice(Class::Reply, WHATSAPP) };
    bed.store.enqueue(&[notice]).await.unwrap();
    let gateway = gateway(&bed).await;
    bed.until(Fate::Sent, 1).await;
    let Content::List { body, sections, .. } = &heard(&chat)[0].content else { panic!("a list") };
    assert_eq!((body.as_str(), sections.len()), ("Ada yang bisa dibantu?", 2));
    assert!(chat.choose("Sertifikat").is_ok());
    keeps_to_the_rules(&cloud);
    gateway.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_to_one_user_is_no_more_than_may_be_borrowed() {
    let cloud = cloud().await;
    let bed = Bed::on_sqlite().await.whatsapp(&cloud, "");
    let chat = user(&cloud, 1);
    let notices: Vec<Notice> = (0..50).map(|at| to_user(1, &at.to_string())).collect();
    bed.store.enqueue(&notices).await.unwrap();
    let gateway = gateway(&bed).await;
    bed.until(Fate::Sent, 45).await;
    bed.until(Fate::Sent, 46).await;
    keeps_to_the_rules(&cloud);
    let expected: Vec<String> = (0..46).map(|at| at.to_string()).collect();
    assert_eq!(texts(&chat)[..46], expected);
    gateway.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_go_by_whatsapp_goes_by_sms() {
    for bed in both().await {
        let cloud = cloud().await;
        cloud.set_faults(Faults { refusals: Refusals::AtOnce, ..Faults::default() });
        let smsc = Smsc::start(Manner::default()).await;
        let bed = bed.operator("telco", &[smsc.port], SMS, "").whatsapp(&cloud, "");
        // One is not there, one has not written for long, and one has other keys.
        let gone = user(&cloud, 1);
        gone.set_profile(Profile { membership: Membership::Gone, ..gone.profile() });
        let changed = user(&cloud, 3);
        changed.set_profile(Profile { identity: Identity::Changed, ..changed.profile() });
        let notices = [to_user(1, "satu"), to_user(2, "dua"), to_user(3, "tiga")];
        bed.store.enqueue(&notices).await.unwrap();
        let gateway = gateway(&bed).await;
        bed.until(Fate::Sent, 3).await;
        let mut to: Vec<String> = smsc.submits().into_iter().map(|submit| submit.to).collect();
        to.sort();
        assert_eq!(to, [1, 2, 3].map(number));
        assert!(heard(&gone).is_empty() && heard(&changed).is_empty());
        gateway.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_of_the_window_a_template_goes() {
    let cloud = cloud().await;
    cloud.set_faults(Faults { refusals: Refusals::AtOnce, ..Faults::default() });
    let bed = Bed::on_sqlite()
        .await
        .whatsapp(&cloud, "template = [{ language = \"id\", name = \"kabar\" }]");
    let chat = user(&cloud, 1);
    cloud.advance(Duration::from_secs(25 * 3600));
    bed.store.enqueue(&[to_user(1, "Giliran Anda besok.\nBawa KTP.")]).await.unwrap();
    let gateway = gateway(&bed).await;
    bed.until(Fate::Sent, 1).await;
    let said = texts(&chat).concat();
    assert!(said.contains("Kabar dari PeduliLindungi: Giliran Anda besok. Bawa KTP."), "{said}");
    gateway.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_good_token_everything_waits_and_nothing_is_lost() {
    let cloud = cloud().await;
    let bed = Bed::on_sqlite().await.whatsapp(&cloud, "");
    bed.token("an old one");
    let chat = user(&cloud, 1);
    bed.store.enqueue(&[to_user(1, "satu")]).await.unwrap();
    let gateway = gateway(&bed).await;
    while cloud.refused().is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(bed.standing(Fate::Waiting).await, 1);
    bed.token(&cloud.settings().token);
    bed.until(Fate::Sent, 1).await;
    assert_eq!(texts(&chat), ["satu"]);
    // Refused by the cloud, whatever we present.
    cloud.set_faults(Faults { token: Token::Expired, ..Faults::default() });
    let before = cloud.refused().len();
    bed.store.enqueue(&[to_user(1, "dua")]).await.unwrap();
    gateway.outbox().wake();
    while cloud.refused().len() == before {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    cloud.set_faults(Faults::default());
    bed.until(Fate::Sent, 2).await;
    gateway.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_a_dead_token_who_has_a_phone() {
    let (cloud, smsc) = (cloud().await, Smsc::start(Manner::default()).await);
    let bed = Bed::on_sqlite().await.operator("telco", &[smsc.port], SMS, "");
    let bed = bed.whatsapp(&cloud, "give_up_seconds = 1");
    cloud.set_faults(Faults { token: Token::Expired, ..Faults::default() });
    let chat = user(&cloud, 1);
    let unknown =
        Recipient::Chat { chat: ChatId::new(None, Some(&number(1))).unwrap(), phone: None };
    let mut notices: Vec<Notice> = (0..40).map(|at| to_user(at, "halo")).collect();
    notices.push(Notice { to: unknown, ..to_user(1, "tanpa nomor") });
    bed.store.enqueue(&notices).await.unwrap();
    let gateway = gateway(&bed).await;
    smsc.came(40).await;
    // Whether the token is good again is tried by one at a time; who has no phone waits for it.
    assert!(texts(&chat).is_empty() && cloud.refused().len() < 10);
    cloud.set_faults(Faults::default());
    bed.until(Fate::Sent, 41).await;
    assert_eq!(texts(&chat).last().map(String::as_str), Some("tanpa nomor"));
    gateway.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_off_is_sent_again() {
    for bed in both().await {
        let cloud = cloud().await;
        let (requests, percent) = (Requests::CutAfter, 20);
        cloud.set_faults(Faults { requests, percent, ..Faults::default() });
        let bed = bed.whatsapp(&cloud, "");
        let chats: Vec<Chat> = (0..40).map(|at| user(&cloud, at)).collect();
        let notices: Vec<Notice> = (0..40).map(|at| to_user(at, "halo")).collect();
        bed.store.enqueue(&notices).await.unwrap();
        let gateway = gateway(&bed).await;
        // One in a hundred breaks off three times, and has come three times: nobody knows of it, and it does not
        // come once more.
        let mut sent = 0;
        for _ in 0..3000 {
            sent = bed.standing(Fate::Sent).await;
            if sent + bed.standing(Fate::Unknown).await == 40 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(sent + bed.standing(Fate::Unknown).await, 40);
        let copies: Vec<usize> = chats.iter().map(|chat| heard(chat).len()).collect();
        let thrice = copies.iter().filter(|copies| **copies == 3).count() as u64;
        assert!(copies.iter().all(|copies| (1..=3).contains(copies)), "{copies:?}");
        assert!(40 - sent <= thrice, "{sent} sent: {copies:?}");
        cloud.set_faults(Faults { requests: Requests::Unavailable, ..Faults::default() });
        bed.store.enqueue(&[to_user(1, "lagi")]).await.unwrap();
        gateway.outbox().wake();
        while cloud.refused().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        cloud.set_faults(Faults::default());
        bed.until(Fate::Sent, sent + 1).await;
        gateway.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_settles_what_left_and_gives_back_the_rest() {
    for bed in both().await {
        let cloud = cloud().await;
        cloud.set_faults(Faults { answer_ms: 300, ..Faults::default() });
        let bed = bed.whatsapp(&cloud, "at_once = 8");
        let chats: Vec<Chat> = (0..100).map(|at| user(&cloud, at)).collect();
        let notices: Vec<Notice> = (0..100).map(|at| to_user(at, "halo")).collect();
        bed.store.enqueue(&notices).await.unwrap();
        let first = gateway(&bed).await;
        while chats.iter().filter(|chat| !heard(chat).is_empty()).count() < 10 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        first.shutdown().await;
        let came = chats.iter().filter(|chat| !heard(chat).is_empty()).count() as u64;
        let again = gateway(&bed).await;
        assert!((10..100).contains(&came), "{came}");
        bed.until(Fate::Sent, 100).await;
        assert!(chats.iter().all(|chat| heard(chat).len() == 1));
        again.shutdown().await;
    }
}

/// The real cloud mostly takes a message and says later that it cannot arrive.
#[tokio::test(flavor = "multi_thread")]
async fn what_fails_later_goes_by_sms_and_the_rest_is_delivered() {
    for bed in both().await {
        let cloud = cloud().await;
        let smsc = Smsc::start(Manner::default()).await;
        let bed = bed.operator("telco", &[smsc.port], SMS, "").whatsapp(&cloud, "");
        let gateway = gateway(&bed).await;
        cloud.subscribe(&format!("http://{}/whatsapp", gateway.http())).await.unwrap();
        let chats: Vec<Chat> = (0..20)
            .map(|at| {
                let chat = cloud.chat(number(at).parse().unwrap(), "Siti");
                if at < 5 {
                    let profile = Profile { membership: Membership::Gone, ..chat.profile() };
                    chat.set_profile(profile);
                }
                chat
            })
            .collect();
        // The window of the next five has closed; the others have just written.
        for chat in &chats[..10] {
            chat.write("halo");
        }
        cloud.advance(Duration::from_secs(25 * 3600));
        for chat in &chats[10..] {
            chat.write("halo");
        }
        // The gateway answers who writes; that is not what is looked at here.
        let before = smsc.submits().len();
        let notices: Vec<Notice> = (0..20).map(|at| to_user(at, &format!("kabar {at}"))).collect();
        bed.store.enqueue(&notices).await.unwrap();
        gateway.outbox().wake();
        smsc.came(before + 10).await;
        let mut to: Vec<String> = smsc.submits().into_iter().map(|submit| submit.to).collect();
        to.sort();
        to.dedup();
        assert_eq!(to, (0..10).map(number).collect::<Vec<_>>());
        for chat in &chats[10..] {
            while !texts(chat).iter().any(|text| text.starts_with("kabar")) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        gateway.shutdown().await;
    }
}

#[tokio::test]
async fn what_comes_back_waits_for_another_network() {
    for bed in both().await {
        let now = clock::now();
        let chat = ChatId::new(Some("ID.1349"), None).unwrap();
        let no_phone = Recipient::Chat { chat, phone: None };
        let notices = [
            to_user(1, "satu"),
            to_user(2, "dua"),
            Notice { to: no_phone, ..to_user(3, "tiga") },
            Notice { expires: now, ..to_user(4, "empat") },
            to_user(5, "lima"),
        ];
        bed.store.enqueue(&notices).await.unwrap();
        let lane = Lane { class: Class::Reply, zone: Zone::Wib };
        let claim = async |route: &str| {
            let portion = Portion { route: route.into(), campaign: 0, lane, most: 9 };
            bed.store.claim(&[portion], now, now.plus(Duration::from_secs(60))).await.unwrap()
        };
        let settled = |(at, claimed): (usize, &Claimed)| Settlement {
            id: claimed.id,
            attempts: claimed.attempts,
            day: 0,
            verdict: Verdict::Sent {
                account: WHATSAPP.into(),
                message_id: at.to_string(),
                left: clock::now(),
            },
        };
        let all: Vec<Settlement> = claim(WHATSAPP).await.iter().enumerate().map(settled).collect();
        assert_eq!(all.len(), 5);
        bed.store.settle(&all[..4], now).await.unwrap();

        let routes = Routes::new([("0812", "telco")].into_iter());
        let bounce = async |names: &[&str]| {
            let route = |phone: &Msisdn| routes.of(phone);
            bed.store.bounce(WHATSAPP, names, route, now).await.unwrap()
        };
        let bounced = bounce(&["0", "2", "3", "4", "nobody"]).await;
        assert_eq!((bounced.moved.len(), bounced.unknown), (3, vec!["4".into(), "nobody".into()]));
        for (fate, many) in [(Fate::Waiting, 2), (Fate::Sent, 1), (Fate::Undeliverable, 2)] {
            assert_eq!(bed.standing(fate).await, many, "{fate:?}");
        }
        // Of the last one it was said before we had written down that it was sent.
        bed.store.settle(&all[4..], now).await.unwrap();
        assert_eq!(bounce(&["4"]).await.moved.len(), 1);
        // What came back comes back once.
        let again = bounce(&["0", "2", "3", "4"]).await;
        assert_eq!((again.moved, again.unknown), (vec![], vec!["0".into(), "4".into()]));
        let by_sms = claim("telco").await;
        let letters: Vec<_> = by_sms.into_iter().map(|one| one.letter.unwrap().text).collect();
        assert_eq!(letters, ["satu", "lima"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_uploaded_once_while_it_is_kept() {
    let cloud = cloud().await;
    let bed = Bed::on_sqlite().await.whatsapp(&cloud, "");
    let config = Config::read(&bed.config()).unwrap();
    let client = Client::new(config.whatsapp.as_ref().unwrap()).unwrap();
    let mut chat = user(&cloud, 1);
    let to = (&ChatId::new(None, Some(&number(1))).unwrap()).into();
    let paper = Paper {
        likeness: [7; 32],
        good_for: Duration::from_secs(365 * 86_400),
        name: "sertifikat.pdf".into(),
        mime: "application/pdf".into(),
        caption: "Sertifikat vaksin".into(),
    };
    let octets = bytes::Bytes::from_static(b"%PDF-1.7 a certificate");
    let made = || std::future::ready(Some(octets.clone()));
    let now = std::time::Instant::now();
    for files in [1, 1, 2] {
        if files == 2 {
            cloud.advance(Duration::from_secs(31 * 86_400));
            chat.write("halo lagi");
        }
        let answer = client.document(&to, &paper, made(), now).await;
        assert!(matches!(answer, Some(Answer::Taken(_))), "{answer:?}");
        let bubble = chat.wait_for_message().await.unwrap();
        assert_eq!(chat.document(&bubble).unwrap().octets, octets);
        assert_eq!(cloud.figures().files, files);
    }
    let message = chat.write("sebentar");
    assert!(matches!(client.typing(&message).await, Answer::Taken(_)));
    assert!(chat.is_typing());
    // Nobody is there.
    let mut settings = config.whatsapp.unwrap();
    settings.api = "http://127.0.0.1:9".into();
    let nowhere = Client::new(&settings).unwrap();
    assert_eq!(nowhere.document(&to, &paper, made(), now).await, Some(Answer::Unsent));
    let nothing = std::future::ready(None);
    assert_eq!(nowhere.document(&to, &paper, nothing, now).await, None);
}
