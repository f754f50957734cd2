//! Networks that answer when the time for it is over, or never, and links that break before.

use std::{collections::BTreeMap, time::Duration};

use setara::{
    app::Gateway,
    config::Config,
    outbox::{Class, Fate, Notice, Sender},
    smpp::pdu::CommandStatus,
};

use crate::{
    bed::{Bed, both, notice},
    smsc::{Manner, Smsc},
    support::log,
};

/// What an answer may take is a second.
async fn start(bed: Bed, smsc: &Smsc, window: usize) -> (Bed, Gateway) {
    log::keep();
    let link = format!("window = {window}\nresponse_seconds = 1");
    let bed = bed.operator("telco", &[smsc.port], "per_second = 500\nprefixes = [\"\"]", &link);
    let gateway = Gateway::start(&Config::read(&bed.config()).unwrap()).await.unwrap();
    (bed, gateway)
}

/// How often whom was sent something.
fn copies(smsc: &Smsc) -> BTreeMap<String, usize> {
    let mut copies = BTreeMap::new();
    for submit in smsc.submits() {
        *copies.entry(submit.to).or_default() += 1;
    }
    copies
}

fn after(seconds: f32) -> Manner {
    Manner { delay: Duration::from_secs_f32(seconds), ..Manner::default() }
}

/// The answer comes late, and before the text is sent once more: nobody gets two, the receipt finds its
/// message, and the places in the window are free meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_late_answer_settles_the_notice() {
    for bed in both().await {
        let receipt: fn(&str) -> String = |id| format!("id:{id} stat:DELIVRD");
        let smsc = Smsc::start(Manner { receipt: Some(receipt), ..after(3.0) }).await;
        bed.enqueue(20, Class::Reply, "telco").await;
        let (bed, gateway) = start(bed, &smsc, 5).await;
        bed.until(Fate::Delivered, 20).await;
        assert_eq!(copies(&smsc).into_values().collect::<Vec<_>>(), [1; 20]);
        // A window of five a second, though each is answered after three.
        let submits = smsc.submits();
        let took = submits[19].at - submits[0].at;
        assert!(took < Duration::from_secs(8), "{took:?}");
        gateway.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_refusal_ends_the_notice() {
    for bed in both().await {
        let refuses: fn(usize) -> Option<CommandStatus> = |_| Some(CommandStatus::RINVDSTADR);
        let smsc = Smsc::start(Manner { refuses, ..after(3.0) }).await;
        bed.enqueue(5, Class::Reply, "telco").await;
        let (bed, gateway) = start(bed, &smsc, 5).await;
        bed.until(Fate::Refused, 5).await;
        assert_eq!(copies(&smsc).into_values().collect::<Vec<_>>(), [1; 5]);
        gateway.shutdown().await;
    }
}

/// The answer to a part of a long text lets it go on with the next one.
#[tokio::test(flavor = "multi_thread")]
async fn a_late_answer_to_a_part_brings_the_next_one() {
    let smsc = Smsc::start(after(2.5)).await;
    let bed = Bed::on_sqlite().await;
    let text = "Giliran Anda di Puskesmas Menteng. ".repeat(10);
    let long = Notice { text, sender: Sender::Code, ..notice(Class::Reply, "telco") };
    bed.store.enqueue(&[long]).await.unwrap();
    let (bed, gateway) = start(bed, &smsc, 5).await;
    bed.until(Fate::Sent, 1).await;
    let parts = smsc.submits().into_iter().map(|submit| submit.message.short_message[5]);
    assert_eq!(parts.collect::<Vec<_>>(), [1, 2, 3]);
    gateway.shutdown().await;
}

/// It is claimed again and stands in the line behind others when its answer comes.
#[tokio::test(flavor = "multi_thread")]
async fn a_late_answer_stops_the_next_try() {
    // One at a time, each until its second is over.
    let smsc = Smsc::start(after(17.0)).await;
    let bed = Bed::on_sqlite().await;
    bed.enqueue(1, Class::Reply, "telco").await;
    let (bed, gateway) = start(bed, &smsc, 1).await;
    smsc.came(1).await;
    // It is due again after sixteen seconds, and two codes have the link until after the seventeenth.
    tokio::time::sleep(Duration::from_millis(15_300)).await;
    bed.enqueue(5, Class::Code, "telco").await;
    bed.until(Fate::Sent, 1).await;
    let submits = smsc.submits();
    assert!(submits.len() >= 3, "nothing stood before it");
    let copies = submits.iter().filter(|submit| submit.to == submits[0].to).count();
    assert_eq!(copies, 1, "sent again after its answer");
    gateway.shutdown().await;
}

/// A network that has fallen silent is asked with one message at a time, until it says something.
#[tokio::test(flavor = "multi_thread")]
async fn a_silent_network_does_not_get_all_that_waits() {
    let smsc = Smsc::start(after(12.0)).await;
    let bed = Bed::on_sqlite().await;
    bed.enqueue(100, Class::Reply, "telco").await;
    let (bed, gateway) = start(bed, &smsc, 10).await;
    smsc.came(1).await;
    // Two windows, and then one each second; it would be a window each second.
    tokio::time::sleep(Duration::from_secs(6)).await;
    let came = smsc.submits().len();
    assert!((20..35).contains(&came), "{came}");
    // Its first answers are heard, late as they are, and the windows are full again.
    bed.until(Fate::Sent, 100).await;
    assert_eq!(copies(&smsc).into_values().collect::<Vec<_>>(), [1; 100]);
    gateway.shutdown().await;
}

/// Whoever never answers gets a text twice, and not as often as there are tries.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_never_answered_is_sent_once_more_and_then_unknown() {
    for bed in both().await {
        let smsc = Smsc::start(after(120.0)).await;
        bed.enqueue(6, Class::Code, "telco").await;
        let (bed, gateway) = start(bed, &smsc, 3).await;
        bed.until(Fate::Unknown, 6).await;
        assert_eq!(copies(&smsc).into_values().collect::<Vec<_>>(), [2; 6]);
        gateway.shutdown().await;
    }
}

/// Nobody gets more than a few copies, however often the link breaks; what nobody knows is told as that.
#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_every_link_is_sent_a_few_times_and_then_unknown() {
    // With each break the link waits longer before it binds again: one notice each, side by side.
    let kinds = [(Class::Code, 2), (Class::Reply, 3), (Class::Reminder, 2), (Class::Campaign, 2)];
    let mut running = Vec::new();
    for (class, copies_of_each) in kinds {
        for bed in both().await {
            let smsc = Smsc::start(Manner { breaks: |_| true, ..Manner::default() }).await;
            bed.enqueue(1, class, "telco").await;
            let (bed, gateway) = start(bed, &smsc, 1).await;
            running.push((class, copies_of_each, smsc, bed, gateway));
        }
    }
    for (class, copies_of_each, smsc, bed, gateway) in running {
        bed.until(Fate::Unknown, 1).await;
        assert_eq!(copies(&smsc).into_values().collect::<Vec<_>>(), [copies_of_each], "{class:?}");
        gateway.shutdown().await;
    }
}

/// What the network took before the link broke is not asked for again, and the next part is another message.
#[tokio::test(flavor = "multi_thread")]
async fn each_part_of_a_long_text_has_its_own_breaks() {
    // The first part is answered the second time, the second one the third: three breaks, and one
    // message would not be sent again after them.
    let breaks = |number| matches!(number, 0 | 2 | 3);
    let smsc = Smsc::start(Manner { breaks, ..Manner::default() }).await;
    let bed = Bed::on_sqlite().await;
    let text = "Giliran Anda di Puskesmas Menteng. ".repeat(8);
    let long = Notice { text, sender: Sender::Code, ..notice(Class::Reply, "telco") };
    bed.store.enqueue(&[long]).await.unwrap();
    let (bed, gateway) = start(bed, &smsc, 5).await;
    bed.until(Fate::Sent, 1).await;
    let parts = smsc.submits().into_iter().map(|submit| submit.message.short_message[5]);
    assert_eq!(parts.collect::<Vec<_>>(), [1, 1, 2, 2, 2]);
    gateway.shutdown().await;
}

/// A network that breaks its links again and again gets one message at a time, so that it does not cost
/// all that wait what they may be tried.
#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_breaks_its_links_does_not_get_all_that_waits() {
    let breaks = |number| number >= 9;
    let mut smsc = Smsc::start(Manner { breaks, silent_from: 0, ..Manner::default() }).await;
    let bed = Bed::on_sqlite().await;
    bed.enqueue(100, Class::Reply, "telco").await;
    let (bed, gateway) = start(bed, &smsc, 10).await;
    smsc.came(10).await;
    // Four or five links: two windows, and then one with each.
    tokio::time::sleep(Duration::from_secs(7)).await;
    let came = smsc.submits().len();
    assert!((12..30).contains(&came), "{came}");
    smsc.kill();
    smsc.manner = Manner::default();
    smsc.open().await;
    bed.until(Fate::Waiting, 0).await;
    // The one at the head of the line, at the most, went down with three of the links.
    let (sent, unknown) = (bed.standing(Fate::Sent).await, bed.standing(Fate::Unknown).await);
    assert!(sent >= 98 && sent + unknown == 100, "{sent} {unknown}");
    let copies = copies(&smsc);
    assert!(copies.len() == 100 && copies.values().all(|copies| *copies <= 3), "{copies:?}");
    gateway.shutdown().await;
}
