//! The reminder of the day before: booked yesterday, sent today, to whoever refused broadcasts, too.

use std::{sync::Arc, time::Duration};

use jiff::{ToSpan, civil::Time};
use setara::{
    app::{Alone, Keyed, Line},
    clock::{self, Timestamp, Zone},
    config::Config,
    identity::{Msisdn, birth},
    outbox::{
        Class, Fate, Lane, Notice,
        work::{Consent, Portion},
    },
    service::sample::NO_CERTIFICATE,
};

use crate::{
    bed::{Bed, both, later, notice},
    chats::{SMS, gateway},
    offers::{fill, place},
    smsc::{Manner, Smsc},
};

const PHONE: &str = "+6281290000021";

/// The reminder goes at the first moment of the day before, so that it is due whenever this runs.
const RULES: &str = "\n[appointments]\ndays = 2\nremind_at = 0";

/// STOP, and then a ticket for the day after tomorrow, all of it a day ago.
async fn booked_yesterday(bed: &Bed, phone: &Msisdn) {
    let config = Config::read(&bed.config()).unwrap();
    let alone = Alone::start(&config).await.unwrap();
    let line = Line::new(phone.clone(), config.room("plain").unwrap());
    let noon = Time::constant(12, 0, 0, 0);
    let yesterday = clock::now().date(Zone::Wib).saturating_sub(1.day());
    let at = Timestamp::at(yesterday.to_datetime(noon), Zone::Wib);
    let answer = |typed: &str| Keyed::Answer(typed.to_owned());
    let said = [
        (Keyed::Text("STOP".into()), "SMS massal"),
        (Keyed::Dial("*119*9#".into()), "NIK"),
        (answer(NO_CERTIFICATE.nik), "anggal lahir"),
        (answer("18091988"), "Cari tempat di"),
        (answer("1"), "Puskesmas Melati"),
        (answer("1"), "Hari:"),
        (answer("2"), "Jam yang masih ada"),
        (answer("1"), "Pesan?"),
        (answer("1"), "BERHASIL"),
    ];
    for (message, (keyed, words)) in said.into_iter().enumerate() {
        let at = at.plus(Duration::from_secs(message as u64));
        let reply = alone.turn(&line, keyed, message, at).await.unwrap().unwrap();
        assert!(reply.text.contains(words), "{words}: {}", reply.text);
    }
    alone.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_refused_broadcasts_is_reminded_of_what_they_booked() {
    for bed in both().await {
        let smsc = Smsc::start(Manner::default()).await;
        let bed = bed.operator("telco", &[smsc.port], SMS, RULES);
        fill(&bed).await;
        let phone = Msisdn::parse(PHONE).unwrap();
        booked_yesterday(&bed, &phone).await;
        let gateway = gateway(&bed).await;
        // What was told yesterday is too old by now.
        bed.until(Fate::Sent, 1).await;
        let submits = smsc.submits();
        let [reminder] = submits.as_slice() else { panic!("{} texts", submits.len()) };
        let text = String::from_utf8_lossy(&reminder.message.short_message).into_owned();
        let tomorrow = clock::now().date(Zone::Wib).saturating_add(1.day());
        let day = birth::show(tomorrow);
        for words in ["besok jadwal vaksin", place().name.as_str(), day.as_str(), "Tiket "] {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert_eq!(reminder.to, phone.without_plus());

        // A reminder of a campaign is a broadcast.
        let of = |campaign| Notice {
            to: phone.clone().into(),
            campaign,
            due: later(0),
            ..notice(Class::Reminder, "elsewhere")
        };
        bed.store.enqueue(&[of(0), of(7)]).await.unwrap();
        let lane = Lane { class: Class::Reminder, zone: Zone::Wib };
        for (campaign, consent) in [(0, Consent::Given), (7, Consent::OptedOut)] {
            let portion = Portion { route: Arc::from("elsewhere"), campaign, lane, most: 9 };
            let claimed = bed.store.claim(&[portion], later(1), later(60)).await.unwrap();
            let told: Vec<_> = claimed.iter().map(|one| one.consent).collect();
            assert_eq!(told, [consent], "campaign {campaign}");
        }
        gateway.shutdown().await;
    }
}
