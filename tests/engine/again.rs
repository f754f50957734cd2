//! What comes again, to this node or another, and a database that is gone for a moment.

use std::time::{Duration, Instant};

use setara::{
    channel::{Inbound, Once, Sureness},
    conversation::Signal,
    engine::{Answer, Engine, News},
    menu::step::Opening,
};
use sqlx::{Connection, PgConnection};

use super::{Phone, country::Country};

/// Says something over a network that numbers nothing: what tells messages apart is this process's memory of
/// the session, whose mark is given here.
async fn say(phone: &Phone<'_>, to: &Engine, mark: u32, words: Option<&str>) -> Answer {
    let signal = match words {
        Some(words) => Signal::Answer(words.into()),
        None => Signal::Begin(Opening::default()),
    };
    let said = format!("{words:?}").into_bytes();
    let message = format!("{mark} {} {words:?}", phone.number.as_str()).into_bytes();
    let once = Once { message, said, sureness: Sureness::Here };
    let inbound = Inbound { once, ..phone.inbound(signal) };
    to.take(inbound).unwrap().answer().await.unwrap()
}

/// Dials, and takes the first choice; what was answered to that.
async fn at_consent(phone: &Phone<'_>, to: &Engine) -> Answer {
    say(phone, to, 1, None).await;
    say(phone, to, 2, Some("1")).await
}

fn came(answer: &Answer) -> (News, Option<&str>) {
    (answer.news, answer.screen.as_deref())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_that_come_again_to_another_node_are_an_answer_once_the_reply_was_taken() {
    let country = Country::on_postgres().await;
    let nodes = [country.start().await.unwrap(), country.start().await.unwrap()];
    let [one, other] = [&nodes[0].engine, &nodes[1].engine];
    let phone = Phone::new(one, 1);
    let consent = at_consent(&phone, one).await;
    assert_eq!(came(&consent), (News::New, Some("consent")));

    // Its node died before it confirmed: the network brings it to the other one.
    let again = say(&phone, other, 7, Some("1")).await;
    assert_eq!((again.news, &again.reply), (News::Repeated, &consent.reply));
    assert_eq!(again.receipt, consent.receipt);
    // A node that hears it first takes it for the same; and what is said anew is new.
    other.taken().from_afar(consent.receipt, Instant::now());
    let nik = say(&phone, other, 8, Some("1")).await;
    assert_eq!(came(&nik), (News::New, Some("nik")));

    // The first node still knows the session from before, and must not be sure of it.
    let again = say(&phone, one, 3, Some("1")).await;
    assert_eq!((again.news, &again.reply), (News::Repeated, &nik.reply));
    for node in nodes {
        node.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_copy_of_a_message_that_another_node_has_answered_meanwhile_says_nothing() {
    let country = Country::on_postgres().await;
    let nodes = [country.start().await.unwrap(), country.start().await.unwrap()];
    let [one, other] = [&nodes[0].engine, &nodes[1].engine];
    let soon = async |what: &dyn Fn()| {
        tokio::time::sleep(Duration::from_millis(100)).await;
        what();
    };

    // The network takes the reply of the one while the other still wonders.
    let phone = Phone::new(one, 1);
    let consent = at_consent(&phone, one).await;
    let take = || other.taken().from_afar(consent.receipt, Instant::now());
    let (copy, ()) = tokio::join!(say(&phone, other, 7, Some("1")), soon(&take));
    assert_eq!((came(&copy), &copy.reply), ((News::Overtaken, None), &None));

    // Nobody tells it, but the phone has answered before it made up its mind.
    let phone = Phone::new(one, 2);
    at_consent(&phone, one).await;
    let on = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        say(&phone, one, 3, Some("1")).await
    };
    let (copy, nik) = tokio::join!(say(&phone, other, 7, Some("1")), on);
    assert_eq!(came(&nik), (News::New, Some("nik")));
    assert_eq!((came(&copy), &copy.reply), ((News::Overtaken, None), &None));

    // Twice to one node, over two of its links: the second is not sent once the first was taken.
    let phone = Phone::new(one, 3);
    let consent = at_consent(&phone, one).await;
    let take = || one.taken().here(consent.receipt, Instant::now());
    let (copy, ()) = tokio::join!(say(&phone, one, 2, Some("1")), soon(&take));
    assert_eq!((came(&copy), &copy.reply), ((News::Overtaken, None), &None));

    // Nothing was done twice: everybody stands where the one answer led.
    for (number, words, screen) in [(1, "1", "nik"), (2, "0", "consent"), (3, "1", "nik")] {
        let next = say(&Phone::new(one, number), one, 9, Some(words)).await;
        assert_eq!(came(&next), (News::New, Some(screen)), "{number}");
    }
    for node in nodes {
        node.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_turn_waits_for_a_database_that_is_gone_for_a_moment() {
    let country = Country::on_postgres().await;
    let node = country.start().await.unwrap();
    let mut staff = PgConnection::connect(&country.config.database.url).await.unwrap();
    let cut = async {
        let all = "select pg_terminate_backend(pid) from pg_stat_activity \
                   where pid <> pg_backend_pid() and datname = current_database()";
        for _ in 0..10 {
            sqlx::query(all).execute(&mut staff).await.unwrap();
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    };
    let talk = async {
        for number in 1..=20 {
            let phone = Phone::new(&node.engine, number);
            let menu = say(&phone, &node.engine, 1, None).await;
            let consent = say(&phone, &node.engine, 2, Some("1")).await;
            // A commit of which nobody was told is one all the same: then it was done before.
            let texts = [menu, consent].map(|answer| answer.reply.map(|reply| reply.text));
            let [Some(menu), Some(consent)] = texts else { panic!("{number}: {texts:?}") };
            assert!(menu.starts_with("PeduliLindungi"), "{menu}");
            assert!(consent.contains("Setuju?"), "{consent}");
        }
    };
    tokio::join!(cut, talk);
    node.stop().await;
}
