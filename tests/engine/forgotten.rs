//! Who waits for so long that it is forgotten hears of it, with the day, before it is.

use std::time::Duration;

use jiff::civil::date;
use setara::{
    clock::{Timestamp, Zone},
    config::Config,
    engine::Engine,
    front::forgotten::Forgotten,
    identity::{Msisdn, Nik, PersonName},
    outbox::{
        Class, Lane,
        work::{Claimed, Portion},
    },
    service::{
        number::Number,
        record::{Change, Registration, Standing},
        retention,
        sample::READY,
    },
    store::{Spoke, TurnWrite},
};

use super::Country;

const DAY: u64 = 86_400;

pub fn turn(engine: &Engine, phone: &str, at: Timestamp) -> TurnWrite {
    let number = Msisdn::parse(phone).unwrap();
    let subscriber = engine.vault().subscriber_key(&number);
    TurnWrite { channel: Some("ussd"), ..TurnWrite::of(Spoke::Subscriber, subscriber, number, at) }
}

/// A registration in eastern Indonesia.
pub fn waits(number: u64) -> Change {
    Change::Register(Registration {
        number: Number::from_random(number),
        standing: Standing::Waiting,
        nik: Nik::parse(READY.nik).unwrap(),
        name: PersonName::parse("Siti Aminah").unwrap(),
        birth: date(1990, 2, 5),
        regency: "9471".into(),
        screening: "clear".into(),
        consent: "2021-1".into(),
    })
}

pub async fn commit(engine: &Engine, writes: &[TurnWrite]) {
    engine.store().begin().await.unwrap().commit(writes).await.unwrap();
}

async fn told(engine: &Engine, now: Timestamp) -> Vec<Claimed> {
    let lane = Lane { class: Class::Reply, zone: Zone::Wit };
    let portion = Portion { route: "telco".into(), campaign: 0, lane, most: 9 };
    let lease = now.plus(Duration::from_secs(60));
    engine.store().claim(&[portion], now, lease).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_too_long_is_told_the_day_and_then_forgotten() {
    let operator = "[operator.telco]\nlink = []\n[operator.telco.sms]\nshort_code = \"1199\"\n\
                    sender = \"PEDULICOVID\"\nper_second = 100\nprefixes = [\"\"]\n";
    let config = Config::parse(operator).unwrap();
    for country in [Country::on_sqlite().await, Country::on_postgres().await] {
        let running = country.start().await.expect("an engine");
        let engine = &running.engine;
        let forgotten = Forgotten::new(engine.clone(), &config);
        // Half past nine in the evening, in Jayapura.
        let began = Timestamp::at(date(2021, 8, 16).at(21, 30, 0, 0), Zone::Wit);
        let after = |days: u64| began.plus(Duration::from_secs(days * DAY + 1));
        let [siti, budi, sold] = ["081290000001", "081290000002", "081290000003"];
        let english = TurnWrite { language: Some("en".into()), ..turn(engine, budi, began) };
        let mut writes = [turn(engine, siti, began), english, turn(engine, sold, began)];
        for (number, write) in (1..).zip(&mut writes) {
            write.changes.push(waits(number));
        }
        commit(engine, &writes).await;
        let mut sold = turn(engine, sold, after(100));
        sold.changes.push(Change::ForgetEverybody);
        commit(engine, &[sold]).await;

        assert_eq!(forgotten.tell(after(350)).await.unwrap(), 0);
        assert_eq!(forgotten.tell(after(351)).await.unwrap(), 3);
        assert_eq!(forgotten.tell(after(351)).await.unwrap(), 0);
        // Nobody is woken for it, and a number that may have been sold is told nothing.
        assert_eq!(told(engine, after(351)).await.len(), 0);
        let morning = after(351).plus(Duration::from_secs(11 * 3600));
        let mut texts: Vec<_> = told(engine, morning).await;
        texts.sort_by_key(|of| of.letter.as_ref().map(|letter| letter.text.clone()));
        let texts: Vec<_> = texts.into_iter().filter_map(|of| of.letter).collect();
        let [id, en] = &texts[..] else { panic!("{texts:?}") };
        let number = |of| Number::from_random(of).to_string();
        assert!(id.text.contains(&number(1)) && id.text.contains("dihapus 16-08-2022"), "{id:?}");
        assert!(
            en.text.contains(&number(2)) && en.text.contains("deleted on 16-08-2022"),
            "{en:?}"
        );

        // Who registers again waits anew.
        let mut again = turn(engine, budi, after(352));
        again.changes.push(waits(9));
        commit(engine, &[again]).await;
        let keep = &config.retention[&retention::Class::Waiting];
        let retire = async |now| {
            let class = retention::Class::Waiting;
            engine.store().retire(class, keep, now, 100).await.unwrap()
        };
        assert_eq!(retire(after(364)).await, 0);
        assert_eq!(retire(after(366)).await, 2);
        assert_eq!(forgotten.tell(after(366)).await.unwrap(), 0);
        assert_eq!(forgotten.tell(after(352 + 352)).await.unwrap(), 1);
        drop(forgotten);
        running.stop().await;
    }
}
