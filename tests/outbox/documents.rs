//! Certificates that notices enclose: what the chat gets is what the record says when they are sent.

use std::time::Duration;

use jiff::civil::{Date, date};
use setara::{
    certificate::{code::ShortCode, serial::Serial},
    clock,
    identity::{ChatId, Msisdn, PersonName},
    outbox::{EnclosedCertificate, Enclosure, Fate, Notice},
    service::{
        audit::StaffName,
        certificate::{Issued, revoke::Revoked},
        roster::Entry,
        sample::{COMPLETE, People},
    },
};
use simulator::whatsapp::{
    Cloud,
    chat::Chat,
    content::Content,
    faults::{Faults, Refusals},
    user::{Author, Bubble, Membership, Profile, State},
};

use crate::{
    bed::{Bed, both},
    chats::{SMS, cloud, gateway, heard, keeps_to_the_rules, number, texts, to_user, user},
    node::Node,
    smsc::{Manner, Smsc},
    support::page,
};

const TODAY: Date = date(2021, 8, 16);
const TEXT: &str = "PERIKSA ABC Teruskan ke 1199";
const GONE: &str = "Sertifikat itu sudah tidak berlaku.";

/// The record has a person with two certificates, and both were asked for.
async fn certified(bed: &Bed) {
    record(bed, |_| {}).await;
    let issued = |dose: u8| Issued {
        person: bed.person(COMPLETE.nik),
        dose,
        code: ShortCode::from_random(dose.into()),
        serial: Serial::from_random(dose.into()),
        good_until: date(2040, 12, 31),
        sent: None,
        revoked_at: None,
    };
    bed.store.put_certificates(&[issued(1), issued(2)], clock::now()).await.unwrap();
}

/// What the record says from now on.
async fn record(bed: &Bed, correct: impl Fn(&mut Entry)) {
    let mut people: Vec<Entry> = People::new(1, TODAY).take(24).collect();
    let person = people.iter_mut().find(|entry| entry.nik.as_str() == COMPLETE.nik).unwrap();
    correct(person);
    let rows: Vec<_> = (1..).zip(people).collect();
    let now = clock::now();
    let mut importing = bed.store.begin_import(now).await.unwrap();
    importing.stage(&rows, now).await.unwrap();
    assert_eq!(importing.repeated(1, now).await.unwrap(), (0, vec![]));
    importing.apply(now, |_| ()).await.unwrap();
}

/// A notice with the certificate of that dose.
fn enclosing(bed: &Bed, to: usize, dose: u8) -> Notice {
    let of = EnclosedCertificate {
        person: *bed.person(COMPLETE.nik).as_bytes(),
        dose,
        caption: "Sertifikat vaksin.".into(),
        gone: GONE.into(),
    };
    Notice { enclosure: Some(Enclosure::Certificate(of)), ..to_user(to, TEXT) }
}

async fn send(bed: &Bed, notices: &[Notice], sent: u64) {
    bed.store.enqueue(notices).await.unwrap();
    let gateway = gateway(bed).await;
    bed.until(Fate::Sent, sent).await;
    gateway.shutdown().await;
}

/// The words on the pages that the chat has, in their order.
fn pages(chat: &Chat) -> Vec<String> {
    let page_of = |bubble: &_| {
        let file = chat.document(bubble)?;
        assert_eq!((file.mime.as_str(), file.name.as_str()), ("application/pdf", FILE));
        Some(page::words(&file.octets))
    };
    heard(chat).iter().filter_map(page_of).collect()
}

const FILE: &str = "sertifikat-vaksin-dosis-2.pdf";

#[tokio::test(flavor = "multi_thread")]
async fn it_is_made_once_while_it_says_the_same_and_again_after_a_correction() {
    for bed in both().await {
        let cloud = cloud().await;
        let bed = bed.whatsapp(&cloud, "");
        certified(&bed).await;
        let (siti, budi) = (user(&cloud, 1), user(&cloud, 2));
        let gateway = gateway(&bed).await;
        let once_more = async |notice, sent, files| {
            bed.store.enqueue(&[notice]).await.unwrap();
            gateway.outbox().wake();
            bed.until(Fate::Sent, sent).await;
            assert_eq!(cloud.figures().files, files);
        };
        once_more(enclosing(&bed, 1, 2), 1, 1).await;
        once_more(enclosing(&bed, 1, 2), 2, 1).await;
        once_more(enclosing(&bed, 2, 2), 3, 1).await;
        let bubble = &heard(&siti)[0];
        let Content::Document { filename, caption, .. } = &bubble.content else {
            panic!("{bubble:?}")
        };
        // What was signed for this test is nothing that the record says.
        assert_eq!((filename.as_str(), caption.as_str()), (FILE, "Sertifikat vaksin."));
        for page in pages(&siti).iter().chain(&pages(&budi)) {
            for words in
                ["Parlindungan Simanjuntak", "Dosis 2 dari 2", "ID20 2100 0003", "29-03-2021"]
            {
                assert!(page.contains(words), "{words} is not on the page:\n{page}");
            }
            assert!(!page.contains(COMPLETE.nik));
        }
        record(&bed, |entry| entry.name = PersonName::parse("Parlindungan Sianturi").unwrap())
            .await;
        once_more(enclosing(&bed, 1, 2), 4, 2).await;
        let pages = pages(&siti);
        assert!(pages[2].contains("Parlindungan Sianturi"), "{}", pages[2]);
        keeps_to_the_rules(&cloud);
        gateway.shutdown().await;
        cloud.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_revoked_or_is_not_there_is_told_in_words() {
    for bed in both().await {
        let cloud = cloud().await;
        let bed = bed.whatsapp(&cloud, "");
        certified(&bed).await;
        let notices = [enclosing(&bed, 1, 1), enclosing(&bed, 1, 2), enclosing(&bed, 1, 3)];
        let chat = user(&cloud, 1);
        let code = Revoked::Code(ShortCode::from_random(1));
        let staff = StaffName::parse("rina").unwrap();
        assert_eq!(
            bed.store.revoke_certificates(&code, "test", (&staff, clock::now())).await.unwrap(),
            Some(1)
        );
        record(&bed, |entry| entry.doses.retain(|dose| dose.number != 2)).await;
        send(&bed, &notices, 3).await;
        assert_eq!(texts(&chat), [GONE; 3]);
        assert_eq!(cloud.figures().files, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_page_and_without_whatsapp_the_text_goes() {
    for bed in both().await {
        let cloud = cloud().await;
        cloud.set_faults(Faults { refusals: Refusals::AtOnce, ..Faults::default() });
        let smsc = Smsc::start(Manner::default()).await;
        let bed = bed.operator("telco", &[smsc.port], SMS, "").whatsapp(&cloud, "");
        certified(&bed).await;
        let gone = user(&cloud, 1);
        gone.set_profile(Profile { membership: Membership::Gone, ..gone.profile() });
        send(&bed, &[enclosing(&bed, 1, 2)], 1).await;
        let submits = smsc.submits();
        assert_eq!(submits.len(), 1);
        assert_eq!(
            (&submits[0].to, &*submits[0].message.short_message),
            (&number(1), TEXT.as_bytes())
        );
        // Of a vaccine that nobody knows no page can be set.
        record(&bed, |entry| {
            entry.doses.iter_mut().for_each(|dose| dose.vaccine = "unheard_of".into())
        })
        .await;
        let chat = user(&cloud, 2);
        send(&bed, &[enclosing(&bed, 2, 2)], 2).await;
        assert_eq!(texts(&chat), [TEXT]);
    }
}

/// The real cloud mostly takes a document and says later that it cannot arrive.
#[tokio::test(flavor = "multi_thread")]
async fn what_fails_later_goes_by_sms_as_its_text() {
    let cloud = cloud().await;
    let smsc = Smsc::start(Manner::default()).await;
    let bed = Bed::on_sqlite().await.operator("telco", &[smsc.port], SMS, "").whatsapp(&cloud, "");
    certified(&bed).await;
    let gateway = gateway(&bed).await;
    cloud.subscribe(&format!("http://{}/whatsapp", gateway.http())).await.unwrap();
    let chat = cloud.chat(number(1).parse().unwrap(), "Siti");
    chat.set_profile(Profile { membership: Membership::Gone, ..chat.profile() });
    bed.store.enqueue(&[enclosing(&bed, 1, 2)]).await.unwrap();
    gateway.outbox().wake();
    smsc.came(1).await;
    assert_eq!(&*smsc.submits()[0].message.short_message, TEXT.as_bytes());
    assert_eq!(cloud.figures().files, 1);
    gateway.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_between_file_and_message_sends_one_message() {
    let cloud = cloud().await;
    let bed = Bed::on_sqlite().await.whatsapp(&cloud, "");
    certified(&bed).await;
    let chat = user(&cloud, 1);
    // The cloud thinks for a while before it does anything.
    cloud.set_faults(Faults { answer_ms: 700, ..Faults::default() });
    bed.store.enqueue(&[enclosing(&bed, 1, 2)]).await.unwrap();
    let node = Node::start(&bed.config()).await;
    uploaded(&cloud, 1).await;
    node.kill().await;
    tokio::time::sleep(Duration::from_millis(1000)).await;
    assert_eq!(heard(&chat).len(), 0);
    assert_eq!(bed.standing(Fate::Waiting).await, 1);
    cloud.set_faults(Faults::default());
    let node = Node::start(&bed.config()).await;
    bed.until(Fate::Sent, 1).await;
    assert_eq!((pages(&chat).len(), heard(&chat).len(), cloud.figures().files), (1, 1, 2));
    node.stop().await;
}

async fn uploaded(cloud: &Cloud, files: u64) {
    while cloud.figures().files < files {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The word that we write is also the word that its message was read.
#[tokio::test(flavor = "multi_thread")]
async fn who_waits_long_sees_that_we_write_and_nobody_else() {
    // Of many turns one is not stored within a millisecond, and none takes a minute.
    for (lines, seen) in [("typing_ms = 1", true), ("typing_ms = 60000", false)] {
        let cloud = cloud().await;
        let bed = Bed::on_sqlite().await.whatsapp(&cloud, lines);
        let gateway = gateway(&bed).await;
        cloud.subscribe(&format!("http://{}/whatsapp", gateway.http())).await.unwrap();
        let mut chat = cloud.chat(number(1).parse().unwrap(), "Siti");
        let address = ChatId::new(Some(&chat.user_id()), Some(&number(1))).unwrap();
        bed.bind(&address, &Msisdn::parse(&number(1)).unwrap()).await;
        let theirs = |bubble: &Bubble| bubble.author == Author::User;
        let read = |chat: &Chat| {
            chat.messages().iter().filter(|of| theirs(of)).any(|of| of.state == State::Read)
        };
        for asked in 1..=20 {
            chat.write("vaksin");
            let answer = chat.wait_for_message().await.unwrap();
            assert!(answer.content.words().contains("PeduliLindungi"), "{answer:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
            assert_eq!(heard(&chat).len(), asked);
            if read(&chat) {
                break;
            }
        }
        assert_eq!(read(&chat), seen, "{lines}");
        keeps_to_the_rules(&cloud);
        gateway.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_are_made_a_few_at_a_time() {
    let cloud = cloud().await;
    let bed = Bed::on_sqlite().await.whatsapp(&cloud, "per_second = 500");
    certified(&bed).await;
    let chats: Vec<Chat> = (0..40).map(|at| user(&cloud, at)).collect();
    let notices: Vec<Notice> = (0..40).map(|at| enclosing(&bed, at, 2)).collect();
    send(&bed, &notices, 40).await;
    assert!(chats.iter().all(|chat| heard(chat).len() == 1));
    println!("{} files for 40 documents", cloud.figures().files);
    keeps_to_the_rules(&cloud);
}
