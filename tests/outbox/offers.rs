//! Seats that come free, told on a chat and taken there.

use std::collections::BTreeSet;

use jiff::{ToSpan, civil::date};
use setara::{
    clock::{self, Timestamp, Zone},
    identity::{ChatId, Msisdn, Nik},
    outbox::{Class, Lane},
    service::{
        appointment::{
            AppointmentChange, AppointmentNeed, Booking, Ended, EndedAs, HoldNeed, InLine,
        },
        facility::{Facility, FacilityCode, Hours},
        number::Number,
        record::{Change, Dose, Need},
        roster::Entry,
        sample::{NO_CERTIFICATE, People},
    },
    store::{Spoke, TurnWrite},
};
use simulator::whatsapp::{chat::Chat, content::Content, user::Bubble};

use crate::{
    bed::{Bed, both},
    chats::{SMS, cloud, gateway, keeps_to_the_rules},
    smsc::{Manner, Smsc, Submit},
};

const PHONE: &str = "6281290000021";

/// Somebody else, who has the only seat.
const OTHER: &str = "6281290000099";

/// Whose seat that is.
const BOOKED: &str = "3171234108900001";

/// One day can be booked, and one seat is there.
const RULES: &str = "[appointments]\ndays = 1";

pub fn place() -> Facility {
    Facility {
        code: FacilityCode::parse("3471-X").unwrap(),
        name: "Puskesmas Melati".into(),
        address: "Jl. Melati 1".into(),
        regency: "3471".into(),
        district: "Kec. Melati".into(),
        hours: Hours::parse("sen-min 09:00-10:00").unwrap(),
        vaccines: ["astrazeneca", "janssen", "moderna", "pfizer", "sinopharm", "sinovac"]
            .map(str::to_owned)
            .into(),
        slot_minutes: 60,
        quota: 1,
        closed: BTreeSet::new(),
        closed_from: None,
        at: None,
    }
}

/// A place, and people who are due.
pub async fn fill(bed: &Bed) {
    let now = clock::now();
    let people: Vec<Entry> = People::new(1, now.date(Zone::Wib)).take(40).collect();
    let rows: Vec<_> = (1..).zip(people).collect();
    let mut importing = bed.store.begin_import(now).await.unwrap();
    importing.stage(&rows, now).await.unwrap();
    importing.apply(now, |_| ()).await.unwrap();
    bed.store.put_facilities(&[place()], now, |_| ()).await.unwrap();
}

fn turn(bed: &Bed, phone: &str, change: Option<AppointmentChange>) -> TurnWrite {
    let number = Msisdn::parse(phone).unwrap();
    TurnWrite {
        spoke: Spoke::Subscriber,
        subscriber: bed.phone(&number),
        number,
        language: None,
        at: clock::now(),
        channel: Some("whatsapp"),
        conversation: None,
        receipt: None,
        session: None,
        changes: change.map(Change::Appointment).into_iter().collect(),
        notices: vec![],
        answers: None,
    }
}

/// The seat of tomorrow is booked by somebody; what gives it back.
async fn book(bed: &Bed) -> AppointmentChange {
    let day = clock::now().date(Zone::Wib).saturating_add(1.day());
    let midnight = |day: jiff::civil::Date| {
        Timestamp::at(day.to_datetime(jiff::civil::Time::midnight()), Zone::Wib)
    };
    let person = bed.person(BOOKED);
    let hold = HoldNeed {
        day,
        minute: 540,
        person,
        dose: 1,
        by: bed.phone(&Msisdn::parse(OTHER).unwrap()),
        hold_for: std::time::Duration::from_secs(300),
    };
    let need = AppointmentNeed {
        at: clock::now(),
        person: Some(person),
        regency: None,
        facility: Some((place().code, (midnight(day), midnight(day.saturating_add(1.day()))))),
        hold: Some(hold),
    };
    let need = Need { appointment: Some(need), ..Need::default() };
    let mut batch = bed.store.begin().await.unwrap();
    let held = batch.facts(&[need]).await.unwrap().remove(0).appointment.held.expect("a seat");
    let number = Number::from_random(7);
    let booking = Booking {
        number: number.clone(),
        person,
        dose: 1,
        seat: held.seat.clone(),
        minutes: 60,
        reminder: None,
    };
    let booked = turn(bed, OTHER, Some(AppointmentChange::Book(booking)));
    batch.commit(&[booked]).await.unwrap();
    let how = EndedAs::Cancelled;
    AppointmentChange::End(Ended { person, number, seat: held.seat, reminder: None, how })
}

/// The next message with these words.
pub async fn hears(chat: &mut Chat, words: &str) -> Bubble {
    loop {
        let bubble = chat.wait_for_message().await;
        let bubble = bubble.unwrap_or_else(|error| panic!("{words}: {error:?}"));
        if format!("{:?}", bubble.content).contains(words) {
            return bubble;
        }
    }
}

pub async fn says(chat: &mut Chat, said: &str, words: &str) {
    chat.write(said);
    hears(chat, words).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_that_comes_free_is_offered_on_the_chat_and_taken_there() {
    for bed in both().await {
        let (cloud, smsc) = (cloud().await, Smsc::start(Manner::default()).await);
        let bed = bed.operator("telco", &[smsc.port], SMS, "").whatsapp(&cloud, RULES);
        fill(&bed).await;
        let give_back = book(&bed).await;
        let mut chat = cloud.chat(PHONE.parse().unwrap(), "Rina");
        let address = ChatId::new(None, Some(PHONE)).unwrap();
        bed.bind(&address, &Msisdn::parse(PHONE).unwrap()).await;
        let gateway = gateway(&bed).await;
        cloud.subscribe(&format!("http://{}/whatsapp", gateway.http())).await.unwrap();
        for (said, words) in [
            ("jadwal", "NIK"),
            (NO_CERTIFICATE.nik, "anggal lahir"),
            ("18091988", "Cari tempat di"),
            ("1", "Puskesmas Melati"),
            ("1", "PENUH"),
            ("2", "Masuk daftar tunggu"),
        ] {
            says(&mut chat, said, words).await;
        }
        // Nothing tells the gateway that a seat is free.
        let turn = turn(&bed, OTHER, Some(give_back));
        bed.store.begin().await.unwrap().commit(&[turn]).await.unwrap();
        let told = hears(&mut chat, "ADA KURSI").await;
        assert!(matches!(told.content, Content::Text { .. }), "{told:?}");
        says(&mut chat, "jadwal", "ADA KURSI dosis 2").await;
        chat.choose("Ya, ambil").unwrap();
        hears(&mut chat, "BERHASIL").await;
        let by_sms = smsc.submits();
        assert!(by_sms.iter().all(|sent| sent.to != PHONE), "{}", by_sms.len());
        keeps_to_the_rules(&cloud);
        gateway.shutdown().await;
        cloud.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_waited_too_long_is_told_on_the_chat() {
    for bed in both().await {
        let (cloud, smsc) = (cloud().await, Smsc::start(Manner::default()).await);
        let bed = bed.operator("telco", &[smsc.port], SMS, "").whatsapp(&cloud, RULES);
        fill(&bed).await;
        // Nothing is free, and nothing can be offered.
        book(&bed).await;
        let phone = Msisdn::parse(PHONE).unwrap();
        let long_ago = clock::now().minus(std::time::Duration::from_secs(61 * 86_400));
        let waits = InLine {
            facility: place().code,
            person: bed.person(NO_CERTIFICATE.nik),
            dose: 2,
            day: None,
            from: date(2021, 8, 17),
            vaccine: None,
            by: bed.phone(&phone),
            service: "pedulilindungi".into(),
            lane: Lane { class: Class::Reply, zone: Zone::Wib },
            since: long_ago,
            joined: long_ago,
        };
        let turn = turn(&bed, PHONE, Some(AppointmentChange::Wait(waits)));
        bed.store.begin().await.unwrap().commit(&[turn]).await.unwrap();
        bed.bind(&ChatId::new(None, Some(PHONE)).unwrap(), &phone).await;
        let mut chat = cloud.chat(PHONE.parse().unwrap(), "Rina");
        chat.write("halo");
        let gateway = gateway(&bed).await;
        hears(&mut chat, "masa tunggu Anda di Puskesmas Melati sudah habis").await;
        gateway.shutdown().await;
        cloud.stop().await;
    }
}

/// The dose of somebody who has a ticket for it comes with a file.
#[tokio::test(flavor = "multi_thread")]
async fn a_dose_that_is_imported_ends_its_ticket_and_the_seat_is_offered() {
    for bed in both().await {
        let smsc = Smsc::start(Manner::default()).await;
        let bed = bed.operator("telco", &[smsc.port], SMS, &format!("\n{RULES}"));
        fill(&bed).await;
        book(&bed).await;
        let (now, phone) = (clock::now(), Msisdn::parse(PHONE).unwrap());
        let waits = InLine {
            facility: place().code,
            person: bed.person(NO_CERTIFICATE.nik),
            dose: 2,
            day: None,
            from: date(2021, 8, 17),
            vaccine: None,
            by: bed.phone(&phone),
            service: "pedulilindungi".into(),
            lane: Lane { class: Class::Reply, zone: Zone::Wib },
            since: now,
            joined: now,
        };
        let mut turn = turn(&bed, PHONE, Some(AppointmentChange::Wait(waits)));
        turn.changes.push(Change::Know(bed.person(NO_CERTIFICATE.nik)));
        bed.store.begin().await.unwrap().commit(&[turn]).await.unwrap();
        let gateway = gateway(&bed).await;
        let somebody = People::new(1, now.date(Zone::Wib)).next().unwrap();
        let dose = Dose {
            number: 1,
            given_on: Some(now.date(Zone::Wib)),
            vaccine: "sinovac".into(),
            batch: "B1".into(),
            place: "Stadion".into(),
            certificate: None,
        };
        let nik = Nik::parse(BOOKED).unwrap();
        let entry = Entry { nik, phone: None, doses: vec![dose], ..somebody };
        let mut importing = bed.store.begin_import(now).await.unwrap();
        importing.stage(&[(1, entry)], now).await.unwrap();
        importing.apply(now, |_| ()).await.unwrap();
        smsc.came(2).await;
        let told = |to: &str, words: &[u8]| {
            let text = |sent: &Submit| sent.message.short_message.to_vec();
            let has = |text: Vec<u8>| text.windows(words.len()).any(|part| part == words);
            smsc.submits().iter().any(|sent| sent.to == to && has(text(sent)))
        };
        assert!(told(OTHER, b"sudah tercatat"));
        assert!(told(PHONE, b"ADA KURSI"));
        let figures = bed.store.seat_figures(clock::now()).await.unwrap();
        assert_eq!((figures.booked, figures.offered), (0, 1));
        gateway.shutdown().await;
    }
}
