//! What ends by its age, and the word of it: one transaction, whoever sweeps; and the plan counts what goes.

use std::time::Duration;

use jiff::civil::date;
use setara::{
    channel::sms::{Body, Part},
    clock::{Timestamp, Zone},
    config::Config,
    engine::Engine,
    front::ends::Ends,
    identity::{Msisdn, Nik},
    menu::model::Menu,
    outbox::{Class, Lane, work::Portion},
    service::{
        appointment::{AppointmentChange, InLine},
        record::Change,
        sample::{READY, places},
    },
    store::{PartKey, TurnWrite},
};

use super::{
    Country,
    forgotten::{commit, turn},
};

const OPERATOR: &str = "[operator.telco]\nlink = []\n[operator.telco.sms]\nshort_code = \"1199\"\n\
                        sender = \"PEDULICOVID\"\nper_second = 100\nprefixes = [\"\"]\n";
const SITI: &str = "081290000001";
const BUDI: &str = "081290000002";
const RINA: &str = "081290000003";

async fn texts(engine: &Engine, now: Timestamp) -> Vec<String> {
    let lane = Lane { class: Class::Reply, zone: Zone::Wib };
    let portion = Portion { route: "telco".into(), campaign: 0, lane, most: 9 };
    let lease = now.plus(Duration::from_secs(60));
    let claimed = engine.store().claim(&[portion], now, lease).await.unwrap();
    let mut texts: Vec<_> =
        claimed.into_iter().filter_map(|of| Some(of.letter?.text.clone())).collect();
    texts.sort();
    texts
}

async fn due(engine: &Engine, config: &Config, class: &str, now: Timestamp) -> u64 {
    let plan = engine.store().aged(&config.ages(), now).await.unwrap();
    plan.iter().find(|due| due.class == class).unwrap().rows
}

fn began() -> Timestamp {
    Timestamp::at(date(2021, 8, 16).at(9, 30, 0, 0), Zone::Wib)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_that_never_became_whole_is_forgotten_with_the_word_of_it() {
    let config = Config::parse(OPERATOR).unwrap();
    let within = config.ages().parts_for;
    for country in [Country::on_sqlite().await, Country::on_postgres().await] {
        let running = country.start().await.expect("an engine");
        let (engine, store) = (&running.engine, running.engine.store());
        let shelf = engine.shelf();
        let menus: Vec<&Menu> = shelf.current().iter().map(|service| &service.menu).collect();
        let later = began().plus(within).plus(Duration::from_secs(1));
        let keep = async |phone: &str, number, at| {
            let phone = Msisdn::parse(phone).unwrap();
            let part = Part { reference: 7, total: 3, number };
            let key = PartKey { subscriber: engine.vault().subscriber_key(&phone), part };
            let body = Body { coding: 0, octets: b"STATUS".to_vec() };
            store.keep_part(&key, &phone, &body, at, within).await.unwrap();
        };
        let english = TurnWrite { language: Some("en".into()), ..turn(engine, BUDI, began()) };
        commit(engine, &[english]).await;
        keep(SITI, 1, began()).await;
        keep(SITI, 2, began()).await;
        keep(BUDI, 2, began()).await;
        // Of hers something came a moment ago.
        keep(RINA, 1, began()).await;
        keep(RINA, 3, began().plus(Duration::from_secs(2))).await;
        assert_eq!(due(engine, &config, "parts", later).await, 3);

        // Who cannot be told has lost nothing.
        let mut batch = store.begin().await.unwrap();
        assert_eq!(batch.forget_parts(later, within, 9).await.unwrap().0, 3);
        batch.rollback().await.unwrap();
        assert_eq!(due(engine, &config, "parts", later).await, 3);

        let ends = Ends::new(store.clone(), &config);
        assert_eq!(ends.parts(&menus, later, 9).await.unwrap(), 3);
        assert_eq!(ends.parts(&menus, later, 9).await.unwrap(), 0);
        assert_eq!(due(engine, &config, "parts", later).await, 0);
        let told = texts(engine, later).await;
        let [en, id] = &told[..] else { panic!("one for each text: {told:?}") };
        assert!(en.starts_with("Not all of your message came"), "{en}");
        assert!(id.starts_with("Pesan Anda tidak sampai utuh"), "{id}");
        running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_waited_as_long_as_anybody_may_waits_no_longer_and_is_told() {
    let config = Config::parse(OPERATOR).unwrap();
    for country in [Country::on_sqlite().await, Country::on_postgres().await] {
        let running = country.start().await.expect("an engine");
        let engine = &running.engine;
        let shelf = engine.shelf();
        let menus: Vec<&Menu> = shelf.current().iter().map(|service| &service.menu).collect();
        let place = places("3173").remove(0);
        engine.store().put_facilities(std::slice::from_ref(&place), began(), |_| ()).await.unwrap();
        let waits = |phone: &str, person: u8| {
            let nik = Nik::parse(READY.nik).unwrap();
            let person = setara::vault::NikIndex::from_bytes({
                let mut octets = *engine.vault().nik_index(&nik).as_bytes();
                octets[0] = person;
                octets
            });
            let mut write = turn(engine, phone, began());
            write.changes.push(Change::Appointment(AppointmentChange::Wait(InLine {
                facility: place.code.clone(),
                person,
                dose: 1,
                day: None,
                from: date(2021, 8, 17),
                vaccine: None,
                by: write.subscriber,
                service: "pedulilindungi".into(),
                lane: Lane { class: Class::Reply, zone: Zone::Wib },
                since: began(),
                joined: began(),
            })));
            write
        };
        commit(engine, &[waits(SITI, 1), waits(BUDI, 2)]).await;
        let ends = Ends::new(engine.store().clone(), &config);
        let days = |days: u64| began().plus(Duration::from_secs(86_400 * days + 1));
        assert_eq!(ends.lines(&menus, days(59), 9).await.unwrap(), 0);
        assert_eq!(due(engine, &config, "lines", days(60)).await, 2);
        // A piece at a time.
        for rows in [1, 1, 0] {
            assert_eq!(ends.lines(&menus, days(60), 1).await.unwrap(), rows);
        }
        assert_eq!(due(engine, &config, "lines", days(60)).await, 0);
        let told = texts(engine, days(60)).await;
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told.iter().all(|text| text.contains(&place.name)), "{told:?}");
        running.stop().await;
    }
}
