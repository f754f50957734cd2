//! Turns that meet: the engine on both databases, with several lanes where the database allows it.

#[path = "engine/again.rs"]
mod again;
#[path = "stories/country.rs"]
mod country;
#[path = "engine/ends.rs"]
mod ends;
#[path = "engine/forgotten.rs"]
mod forgotten;
#[path = "engine/officer.rs"]
mod officer;
#[path = "support/mod.rs"]
mod support;
#[path = "engine/unchecked.rs"]
mod unchecked;

use std::time::Duration;

use setara::{
    app,
    certificate::keys::InUse,
    channel::{AnswerBy, Channel, Inbound, Once, Session, Sureness},
    clock,
    conversation::{End, NotPushed, Signal, Then},
    engine::{Answer, Engine, News, TurnError},
    identity::{ChatId, Msisdn},
    menu::step::Opening,
    menus::Menus,
    store::{Store, StoreOptions, Table},
    vault::Vault,
};

use country::Country;

/// One phone, whose messages are numbered.
struct Phone<'e> {
    engine: &'e Engine,
    number: Msisdn,
    service: &'static str,
    said: u32,
    session: Option<Session>,
}

impl<'e> Phone<'e> {
    fn new(engine: &'e Engine, n: usize) -> Self {
        let number = Msisdn::parse(&format!("0812555{n:05}")).unwrap();
        Self { engine, number, service: "pedulilindungi", said: 0, session: None }
    }

    fn inbound(&self, signal: Signal) -> Inbound {
        let said = format!("{} {}", self.number.as_str(), self.said).into_bytes();
        Inbound {
            channel: Channel::Ussd,
            from: self.number.clone(),
            service: Some(self.service.into()),
            signal,
            once: Once { message: said.clone(), said, sureness: Sureness::Sure },
            at: clock::now(),
            session: self.session,
            frame: setara::menu::view::Frame {
                manner: setara::menu::view::Manner::Text,
                budget: setara::text::page::Budget {
                    units: 182,
                    alphabet: setara::text::Alphabet::Gsm7,
                },
                rows: setara::menu::view::MOST_ROWS,
            },
            open_for: Duration::from_secs(180),
            answer_by: AnswerBy::Session,
        }
    }

    async fn say(&mut self, signal: Signal) -> Answer {
        self.said += 1;
        self.engine.take(self.inbound(signal)).unwrap().answer().await.unwrap()
    }

    async fn dial(&mut self, digits: &[&str]) -> String {
        let digits = digits.iter().map(|digit| (*digit).to_owned()).collect();
        self.say(Signal::Begin(Opening { digits, ..Opening::default() })).await.reply.unwrap().text
    }

    async fn answer(&mut self, text: &str) -> String {
        self.say(Signal::Answer(text.into())).await.reply.unwrap().text
    }

    /// Everything up to the last question of the registration of [`setara::service::sample::READY`].
    async fn nearly_register(&mut self) {
        self.dial(&["1", "1"]).await;
        for answer in ["3173014502900001", "Siti Aminah", "05021990", "1"] {
            self.answer(answer).await;
        }
    }
}

async fn with_engine(country: Country, test: impl AsyncFnOnce(&Engine)) {
    let running = country.start().await.expect("an engine");
    test(&running.engine).await;
    running.stop().await;
}

async fn on_both(test: impl AsyncFn(&Engine)) {
    with_engine(Country::on_sqlite().await, &test).await;
    with_engine(Country::on_postgres().await, &test).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_phones_that_register_one_person_one_succeeds() {
    on_both(async |engine| {
        let mut phones: Vec<_> = (0..24).map(|n| Phone::new(engine, n)).collect();
        for phone in &mut phones {
            phone.nearly_register().await;
        }
        let last = phones.iter_mut().map(|phone| phone.answer("1"));
        let screens = futures_util::future::join_all(last).await;
        let count = |words: &str| screens.iter().filter(|screen| screen.contains(words)).count();
        assert_eq!(count("BERHASIL"), 1, "{screens:#?}");
        assert_eq!(count("sudah terdaftar"), 23, "{screens:#?}");
        assert_eq!(engine.store().count(Table::Registration).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_delivered_again_while_its_turn_runs_is_done_once() {
    on_both(async |engine| {
        let mut phone = Phone::new(engine, 1);
        phone.nearly_register().await;
        phone.said += 1;
        let taken: Vec<_> = (0..5)
            .map(|_| engine.take(phone.inbound(Signal::Answer("1".into()))).unwrap())
            .collect();
        let mut answers = Vec::new();
        for pending in taken {
            answers.push(pending.answer().await.unwrap());
        }
        assert_eq!(answers.iter().filter(|answer| answer.news == News::New).count(), 1);
        let replies: Vec<_> = answers.iter().map(|answer| answer.reply.clone().unwrap()).collect();
        assert!(replies.iter().all(|reply| *reply == replies[0]), "{replies:#?}");
        assert_eq!(replies[0].then, Then::Close);
        assert_eq!(engine.store().count(Table::Registration).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscriber_is_answered_in_the_order_of_asking() {
    on_both(async |engine| {
        let mut phone = Phone::new(engine, 1);
        let signals = [
            Signal::Begin(Opening::default()),
            Signal::Answer("8".into()),
            Signal::Answer("2".into()),
        ];
        let taken: Vec<_> = signals
            .into_iter()
            .map(|signal| {
                phone.said += 1;
                engine.take(phone.inbound(signal)).unwrap()
            })
            .collect();
        let mut screens = Vec::new();
        for pending in taken {
            screens.push(pending.answer().await.unwrap().screen.unwrap());
        }
        assert_eq!(screens, ["home", "language", "home"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_end_is_told_once() {
    on_both(async |engine| {
        let mut phone = Phone::new(engine, 1);
        let ends = |answer: Answer| answer.ends.iter().map(|end| end.end).collect::<Vec<_>>();
        phone.dial(&["1", "1"]).await;
        assert_eq!(ends(phone.say(Signal::Abort(End::UserAbort)).await), [End::UserAbort]);
        assert_eq!(ends(phone.say(Signal::Abort(End::UserAbort)).await), [], "ended already");
        phone.dial(&[]).await;
        let replaced = phone.say(Signal::Begin(Opening::default())).await;
        assert_eq!(ends(replaced), [End::NetworkAbort], "the network dropped it without a word");
        assert_eq!(ends(phone.say(Signal::Answer("2".into())).await), [End::Abandoned]);
        phone.answer("1").await;
        assert_eq!(ends(phone.say(Signal::Answer("2".into())).await), [End::Completed]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_of_a_session_that_is_over_ends_no_newer_one() {
    let named = |key: u8| Some(Session { key: [key; 16], heard: None, nonce: None });
    on_both(async |engine| {
        let mut phone = Phone::new(engine, 1);
        phone.session = named(1);
        phone.dial(&["1", "1"]).await;
        // The network drops it, the phone dials again, and goes on.
        phone.session = named(2);
        phone.dial(&[]).await;
        phone.answer("1").await;
        phone.session = named(1);
        let late = phone.say(Signal::Abort(End::UserAbort)).await;
        assert_eq!(late.ends.len(), 0, "the first session is over since the phone dialled again");
        phone.session = named(2);
        let own = phone.say(Signal::Abort(End::UserAbort)).await;
        assert_eq!(own.ends.iter().map(|end| end.end).collect::<Vec<_>>(), [End::UserAbort]);
        // Without names the last session is meant.
        phone.session = None;
        phone.dial(&[]).await;
        let own = phone.say(Signal::Abort(End::UserAbort)).await;
        assert_eq!(own.ends.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_that_probes_serials_is_noticed_once_and_then_refused() {
    on_both(async |engine| {
        let mut phone = Phone::new(engine, 1);
        let mut noticed = Vec::new();
        phone.dial(&["2"]).await;
        for serial in 3..11 {
            phone.answer(&format!("327301170885{serial:04}")).await;
            let answer = phone.say(Signal::Answer("17081985".into())).await;
            let [(call, outcome)] = answer.outcomes[..] else { panic!("{:?}", answer.outcomes) };
            noticed.push((serial, call, outcome, answer.noticed.len()));
            if answer.reply.unwrap().then == Then::Close {
                phone.dial(&["2"]).await;
            } else {
                phone.answer("1").await;
            }
        }
        let expected = (3..11).map(|serial| {
            let outcome = if serial < 8 { "no" } else { "too_often" };
            (serial, "person.prove", outcome, usize::from(serial == 7))
        });
        assert_eq!(noticed, expected.collect::<Vec<_>>());
        assert_eq!(engine.store().count(Table::Lookup).await.unwrap(), 5);
    })
    .await;
}

/// A second service, small enough to stand here.
const CLINIC: &str = "service = \"clinic\"\ndial = [\"*120#\"]\nlanguages = [\"id\", \"en\"]\n\
                      start = \"home\"\n\
                      [screen.home]\nsay = { id = \"Klinik\", en = \"Clinic\" }\n\
                      choose = [{ id = \"done\", go = \"bye\", say = { id = \"Ya\", en = \"Yes\" } }]\n\
                      [screen.bye]\nlast = true\nsay = { id = \"Terima kasih\", en = \"Thanks\" }\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_interrupted_by_another_service() {
    for mut country in [Country::on_sqlite().await, Country::on_postgres().await] {
        let menus = std::env::temp_dir().join(format!("setara-two-{:016x}", rand::random::<u64>()));
        std::fs::create_dir_all(menus.join("clinic")).unwrap();
        std::fs::write(menus.join("clinic/clinic.toml"), CLINIC).unwrap();
        std::fs::copy("menus/words.toml", menus.join("words.toml")).unwrap();
        country.config.menu.folders.push(menus.join("clinic"));
        with_engine(country, async |engine| {
            let mut phone = Phone::new(engine, 1);
            let push = || Signal::Push("invite".into());
            phone.service = "clinic";
            phone.dial(&[]).await;
            phone.service = "pedulilindungi";
            for signal in [push(), Signal::Push("notice".into())] {
                let answer = phone.say(signal).await;
                assert_eq!(answer.not_pushed, Some(NotPushed::Busy));
                assert_eq!((answer.reply, answer.ends), (None, vec![]));
            }
            // In the same batch as somebody who is free.
            let free = Phone::new(engine, 2);
            phone.said += 1;
            let taken =
                [free.inbound(push()), phone.inbound(push())].map(|of| engine.take(of).unwrap());
            let [free, busy] = taken.map(|pending| pending.answer());
            assert_eq!(free.await.unwrap().screen.as_deref(), Some("invite"));
            assert_eq!(busy.await.unwrap().not_pushed, Some(NotPushed::Busy));
            phone.service = "clinic";
            assert!(phone.answer("1").await.starts_with("Terima kasih"));
            phone.service = "pedulilindungi";
            let invited = phone.say(push()).await;
            assert_eq!((invited.news, invited.screen.as_deref()), (News::New, Some("invite")));
            // The same one again: the same reply, and nothing new.
            let again = engine.take(phone.inbound(push())).unwrap().answer().await.unwrap();
            assert_eq!((again.news, again.reply), (News::Repeated, invited.reply));
        })
        .await;
        std::fs::remove_dir_all(&menus).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_engine_refuses_at_once() {
    let mut country = Country::on_sqlite().await;
    country.config.turns.waiting = 3;
    let vault = Vault::open_file(&country.config.vault.key_file).unwrap();
    let keyring = InUse::new(app::keyring(&country.config).unwrap());
    let url = &country.config.database.url;
    let store = Store::open(url, vault.clone(), StoreOptions::default()).await.unwrap();
    let shelf = Menus::new(&country.config, &vault, &keyring).open(&store).await.unwrap();
    // The lanes are not run: what is taken in stays there.
    let (engine, _lanes) = Engine::new(store, vault, shelf, app::rules(&country.config));
    let taken = (0..5)
        .map(|n| engine.take(Phone::new(&engine, n).inbound(Signal::Begin(Opening::default()))));
    let refused: Vec<_> = taken.filter_map(Result::err).collect();
    assert_eq!(refused, [TurnError::Overloaded, TurnError::Overloaded]);
}

/// Whoever was told that a turn failed must not find it done later.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_turn_that_nobody_waits_for_is_not_begun() {
    let country = Country::on_sqlite().await;
    let vault = Vault::open_file(&country.config.vault.key_file).unwrap();
    let keyring = InUse::new(app::keyring(&country.config).unwrap());
    let url = &country.config.database.url;
    let store = Store::open(url, vault.clone(), StoreOptions::default()).await.unwrap();
    let shelf = Menus::new(&country.config, &vault, &keyring).open(&store).await.unwrap();
    let (engine, mut lanes) = Engine::new(store.clone(), vault, shelf, app::rules(&country.config));
    let take =
        |n| engine.take(Phone::new(&engine, n).inbound(Signal::Begin(Opening::default()))).unwrap();
    let mut pending: Vec<_> = (0..3).map(take).collect();
    drop(pending.remove(1));
    tokio::spawn(lanes.remove(0).run());
    for pending in pending {
        assert!(pending.answer().await.unwrap().reply.is_some());
    }
    assert_eq!(store.count(Table::Conversation).await.unwrap(), 2);
}

/// A service is taken out of the configuration while somebody is in it, who has spoken with another
/// before: they are answered by the first one, again and again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_in_a_service_that_is_gone_is_answered_by_the_first() {
    for mut country in [Country::on_sqlite().await, Country::on_postgres().await] {
        let running = country.start().await.expect("an engine");
        let mut phone = Phone::new(&running.engine, 1);
        phone.dial(&[]).await;
        phone.said += 1;
        let mut clinic = phone.inbound(Signal::Begin(Opening::default()));
        clinic.service = Some("antrean".into());
        let welcome = running.engine.take(clinic).unwrap().answer().await.unwrap();
        assert_eq!(welcome.service.menu.service(), "antrean");
        let said = phone.said;
        running.stop().await;

        country.config.menu.folders.truncate(1);
        let running = country.start().await.expect("an engine");
        let mut phone = Phone { said, ..Phone::new(&running.engine, 1) };
        for answer in ["1", "1", "3173014502900001"] {
            phone.said += 1;
            let mut inbound = phone.inbound(Signal::Answer(answer.into()));
            inbound.service = None;
            let answered = running.engine.take(inbound).unwrap().answer().await.unwrap();
            assert_eq!(answered.service.menu.service(), "pedulilindungi");
            assert!(answered.reply.is_some(), "{answer}");
        }
        running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chats_of_a_phone_are_seen_and_cut_by_dialling() {
    on_both(async |engine| {
        let mut phone = Phone::new(engine, 1);
        let mut stranger = Phone::new(engine, 2);
        assert!(phone.dial(&["7", "3"]).await.contains("Belum ada chat"));

        let chats = ["ID.1", "ID.2"].map(|id| ChatId::new(Some(id), None).unwrap());
        for chat in &chats {
            support::chat::bind(engine.store(), engine.vault(), chat, &phone.number).await;
        }
        let chats = chats.map(|chat| engine.vault().chat_key(&chat.names()[0]));
        assert!(stranger.dial(&["7", "3"]).await.contains("Belum ada chat"));

        // Two of one day have rows of their own; nothing is cut before it is confirmed.
        let list = phone.dial(&["7", "3"]).await;
        assert!(list.contains("1 WhatsApp ") && list.contains(" (2)"), "{list}");
        let sure = phone.answer("1").await;
        assert!(sure.starts_with("Terhubung: WhatsApp "), "{sure}");
        assert!(phone.answer("2").await.starts_with("PeduliLindungi"));
        phone.dial(&["7", "3", "1"]).await;
        assert!(phone.answer("1").await.contains("Sudah diputus"));

        let mut bound = Vec::new();
        for key in chats {
            let chat = engine.store().chats(&[&[key]]).await.unwrap().remove(0).unwrap();
            bound.push(chat.unwrap().bound.is_some());
        }
        bound.sort_unstable();
        assert_eq!(bound, [false, true]);

        // One is left, and is picked already.
        assert!(phone.dial(&["7", "3"]).await.starts_with("Terhubung: WhatsApp "));
        assert!(phone.answer("1").await.contains("Sudah diputus"));
        assert!(phone.dial(&["7", "3"]).await.contains("Belum ada chat"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_subscriber_may_take_holds_over_nodes() {
    let mut country = Country::on_postgres().await;
    country.config.limits.subscriber_per_minute = 6;
    country.config.limits.subscriber_burst = 4;
    let nodes = [country.start().await.unwrap(), country.start().await.unwrap()];
    let phones = [Phone::new(&nodes[0].engine, 1), Phone::new(&nodes[0].engine, 2)];
    let begun = clock::now();
    let mut said = 0;
    let mut say = async |phone: &Phone<'_>, node: usize, after: u64| {
        said += 1;
        let message = said.to_string().into_bytes();
        let at = begun.plus(Duration::from_secs(after));
        let once = Once { message: message.clone(), said: message, sureness: Sureness::Sure };
        let begin = Signal::Begin(Opening::default());
        let inbound = Inbound { once, at, ..phone.inbound(begin) };
        nodes[node].engine.take(inbound).unwrap().answer().await
    };
    for turn in 0..4 {
        assert!(say(&phones[0], turn % 2, 0).await.is_ok(), "{turn}");
    }
    for node in [0, 1] {
        assert_eq!(say(&phones[0], node, 0).await.err(), Some(TurnError::TooOften));
        assert!(say(&phones[1], node, 0).await.is_ok(), "somebody else");
    }
    // Every ten seconds one comes back, whoever was asked before; refused ones cost nothing.
    assert!(say(&phones[0], 1, 10).await.is_ok());
    assert_eq!(say(&phones[0], 0, 10).await.err(), Some(TurnError::TooOften));
    for node in nodes {
        node.stop().await;
    }
}
