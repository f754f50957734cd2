//! Everybody wants a seat at once: exactly as many tickets as seats, each person with a clear yes or no,
//! nobody twice. The engine over the four ways in, with one node on SQLite and two on PostgreSQL; over the wire
//! it is `gateway/race.rs`.
//!
//! The full size: `cargo test --release --test race -- --ignored --nocapture`.

#[path = "stories/country.rs"]
mod country;
#[path = "support/mod.rs"]
mod support;

use std::{
    collections::{BTreeSet, HashMap},
    time::{Duration, Instant},
};

use country::Country;
use jiff::civil::date;
use setara::{
    app::Alone,
    channel::{AnswerBy, Channel, Inbound, Once, Session, Sureness},
    clock,
    conversation::{Signal, Text},
    engine::Engine,
    identity::{ChatId, Msisdn, Nik, PersonName},
    menu::{
        step::Opening,
        view::{Frame, MOST_ROWS, Manner},
    },
    service::{
        facility::{Facility, FacilityCode, Hours},
        number::Number,
        record::Dose,
        roster::Entry,
    },
    store::{Store, StoreOptions, Table},
    text::{Alphabet, page::Budget},
    vault::Vault,
};

/// Slots of the day, which share the seats evenly.
const SLOTS: usize = 5;

/// Where nobody else goes.
const REGENCY: &str = "9171";

const BORN: &str = "17081990";

/// How somebody comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Way {
    Smpp,
    Http,
    Sms,
    Chat,
}

const WAYS: [Way; 4] = [Way::Smpp, Way::Http, Way::Sms, Way::Chat];

/// What somebody is told in the end.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    Yes(Number),
    No,
}

struct Racer {
    engine: Engine,
    n: usize,
    way: Way,
    said: u32,
}

impl Racer {
    fn number(n: usize) -> Msisdn {
        Msisdn::parse(&format!("0813{n:08}")).expect("a number")
    }

    fn nik(n: usize) -> Nik {
        let (district, serial) = (1 + n / 9000, 1 + n % 9000);
        Nik::parse(&format!("{REGENCY}{district:02}170890{serial:04}")).expect("a NIK")
    }

    /// In the record, with a first dose long ago: the second is due.
    fn entry(n: usize) -> Entry {
        let dose = Dose {
            number: 1,
            given_on: Some(date(2021, 3, 1)),
            vaccine: "sinovac".into(),
            batch: "1".into(),
            place: "Puskesmas".into(),
            certificate: None,
        };
        Entry {
            nik: Self::nik(n),
            name: PersonName::parse("Siti Aminah").expect("a name"),
            birth: date(1990, 8, 17),
            phone: Some(Self::number(n)),
            group: None,
            eligible_from: None,
            blocked: false,
            regency: Some(REGENCY.into()),
            doses: vec![dose],
        }
    }

    async fn say(&mut self, signal: Signal) -> (String, String) {
        self.said += 1;
        let from = Self::number(self.n);
        let said = format!("{} {}", self.n, self.said).into_bytes();
        let mut key = [7; 16];
        key[..8].copy_from_slice(&self.n.to_be_bytes());
        let answers = {
            let mut answers = key;
            answers[8..12].copy_from_slice(&self.said.to_be_bytes());
            answers
        };
        let (channel, answer_by) = match self.way {
            Way::Smpp | Way::Http => (Channel::Ussd, AnswerBy::Session),
            Way::Sms => (Channel::Sms, AnswerBy::Notice { route: "nusantara".into() }),
            Way::Chat => {
                let chat = ChatId::new(None, Some(from.as_str())).expect("a chat");
                (Channel::Whatsapp, AnswerBy::Chat { chat, answers })
            }
        };
        let manner = if self.way == Way::Chat { Manner::Card } else { Manner::Text };
        let units = if self.way == Way::Chat { 1024 } else { 160 };
        let service = (self.said == 1).then(|| "pedulilindungi".to_owned());
        let pending = self.engine.take(Inbound {
            channel,
            from,
            service,
            signal,
            once: Once { message: said.clone(), said, sureness: Sureness::Sure },
            at: clock::now(),
            session: (self.way == Way::Http).then_some(Session {
                key,
                heard: Some(self.said),
                nonce: None,
            }),
            frame: Frame {
                budget: Budget { units, alphabet: Alphabet::Gsm7 },
                rows: MOST_ROWS,
                manner,
            },
            open_for: Duration::from_secs(600),
            answer_by,
        });
        let answer = pending.expect("room for a turn").answer().await.expect("an answer");
        let reply = answer.reply.expect("a reply").text;
        (answer.screen.unwrap_or_default(), reply)
    }

    async fn answer(&mut self, said: &str) -> (String, String) {
        let signal = match self.way {
            Way::Smpp | Way::Http => Signal::Answer(said.into()),
            Way::Sms | Way::Chat => {
                Signal::Text(Text { said: said.into(), perhaps: None, service: None })
            }
        };
        self.say(signal).await
    }

    /// As far as the list of times. Everybody who comes so far saw room.
    async fn walk_to_times(&mut self) {
        let opening = Opening { digits: ["9".to_owned()].into(), ..Opening::default() };
        let (mut screen, mut reply) = self.say(Signal::Begin(opening)).await;
        let nik = Self::nik(self.n);
        while screen != "appt_slot" {
            let said = match screen.as_str() {
                // By SMS, before the first thing that changes anything.
                _ if reply.contains("Balas dengan kode ini") => &code(&reply),
                "appt_nik" => nik.as_str(),
                "appt_birth" => BORN,
                "appt_home" | "appt_place" | "appt_day" => "1",
                other => panic!("{:?}: {other}", self.way),
            };
            (screen, reply) = self.answer(said).await;
        }
    }

    /// Takes what there is, until there is nothing.
    async fn race(mut self) -> (Way, Told) {
        let wanted = (1 + self.n % SLOTS).to_string();
        let (mut screen, mut reply) = self.answer(&wanted).await;
        for _ in 0..40 {
            let said = match screen.as_str() {
                "appt_yes" => {
                    let number = reply.split("Tiket ").nth(1).and_then(|rest| rest.get(..12));
                    let number = number.and_then(|number| Number::parse(number).ok());
                    return (self.way, Told::Yes(number.expect("a ticket")));
                }
                "appt_no" => return (self.way, Told::No),
                "appt_sure" | "appt_full" | "appt_day" => "1".to_owned(),
                // Fewer may be left than there were.
                "appt_slot" => "1".to_owned(),
                "appt_place_full" => "3".to_owned(),
                other => panic!("{:?}: {other}: {reply}", self.way),
            };
            (screen, reply) = self.answer(&said).await;
        }
        panic!("{:?} got no answer: {reply}", self.way);
    }
}

fn code(reply: &str) -> String {
    let mut words = reply.split(|c: char| !c.is_ascii_digit());
    words.find(|word| word.len() == 6).expect("a code").to_owned()
}

async fn race(mut country: Country, people: usize, seats: usize, nodes: usize) {
    country.config.appointments.days = 1;
    country.config.turns.waiting = 1_000_000;
    let vault = Vault::open_file(&country.config.vault.key_file).expect("keys");
    let store = Store::open(&country.config.database.url, vault, StoreOptions::default()).await;
    let store = store.expect("a database");
    let rows: Vec<_> = (1..).zip((0..people).map(Racer::entry)).collect();
    let mut importing = store.begin_import(clock::now()).await.expect("an import");
    for rows in rows.chunks(1000) {
        importing.stage(rows, clock::now()).await.expect("rows");
    }
    importing.apply(clock::now(), |_| ()).await.expect("people");
    let place = Facility {
        code: FacilityCode::parse("RACE").expect("a code"),
        name: "Stadion".into(),
        address: "Jl. Lomba 1".into(),
        regency: REGENCY.into(),
        district: "Kota".into(),
        hours: Hours::parse("sen-min 08:00-13:00").expect("hours"),
        vaccines: ["sinovac".to_owned()].into(),
        slot_minutes: 60,
        quota: u16::try_from(seats / SLOTS).expect("a quota"),
        closed: BTreeSet::new(),
        closed_from: None,
        at: None,
    };
    store.put_facilities(&[place], clock::now(), |_| ()).await.expect("a place");

    let mut running: Vec<Alone> = Vec::new();
    for _ in 0..nodes {
        running.push(country.start().await.expect("an engine"));
    }
    let began = Instant::now();
    let ready = (0..people).map(|n| {
        let engine = running[n % nodes].engine.clone();
        let way = WAYS[(n / nodes) % WAYS.len()];
        tokio::spawn(async move {
            let mut racer = Racer { engine, n, way, said: 0 };
            racer.walk_to_times().await;
            racer
        })
    });
    let mut racers = Vec::with_capacity(people);
    for racer in ready.collect::<Vec<_>>() {
        racers.push(racer.await.expect("a list of times"));
    }
    let (ready, started) = (began.elapsed(), Instant::now());
    let racers: Vec<_> = racers.into_iter().map(|racer| tokio::spawn(racer.race())).collect();
    let mut tickets = BTreeSet::new();
    let mut told: HashMap<(Way, bool), usize> = HashMap::new();
    for racer in racers {
        let (way, ended) = racer.await.expect("a definite answer");
        *told.entry((way, ended != Told::No)).or_default() += 1;
        if let Told::Yes(number) = ended {
            assert!(tickets.insert(number), "a ticket twice");
        }
    }
    println!(
        "{people} people, {seats} seats, {nodes} nodes: at the times after {ready:.1?}, all decided \
         {:.1?} later; {told:?}",
        started.elapsed()
    );
    assert_eq!(tickets.len(), seats);
    assert_eq!(told.values().sum::<usize>(), people);
    assert_eq!(store.count(Table::Appointment).await.expect("a count"), seats as u64);
    assert_eq!(store.count(Table::Seat).await.expect("a count"), seats as u64);
    for alone in running {
        alone.stop().await;
    }
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_people_race_for_fifty_seats_on_sqlite() {
    race(Country::on_sqlite().await, 1000, 50, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_people_race_for_fifty_seats_on_two_nodes() {
    race(Country::on_postgres().await, 1000, 50, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "minutes; see the head of the file"]
async fn ten_thousand_people_race_for_five_hundred_seats_on_sqlite() {
    race(Country::on_sqlite().await, 10_000, 500, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "minutes; see the head of the file"]
async fn ten_thousand_people_race_for_five_hundred_seats_on_two_nodes() {
    race(Country::on_postgres().await, 10_000, 500, 2).await;
}
