//! The conversation files of a record that somebody else keeps, slow or away, on every channel: USSD over SMPP and over HTTP,
//! SMS, and a chat. What follows later has to come as a text, and on a chat to the chat.
//!
//! Between two parts of a file the gateway and the network are new ones; the database, the cloud and the
//! record stay.

use std::time::Duration;

use setara::{
    cli::menu::test::differences,
    menu::story::{Act, Story},
};
use simulator::{
    operator::Operator,
    phone::Phone,
    satudata::{Faults, Requests, SatuData, Settings},
    whatsapp::Cloud,
};
use sqlx::{Connection, SqliteConnection};

use crate::{
    Seen,
    bed::{PATIENCE, person, sample},
    chats,
    country::Country,
    road::{self, Road},
    stories::{file, pieces, timeless},
    texts,
};

/// How somebody comes to us.
enum Channel {
    /// USSD, on a road that is made anew for each part.
    Dialled(fn() -> std::pin::Pin<Box<dyn Future<Output = Road>>>),
    Sms,
    WhatsApp(Cloud),
}

const FILES: [&str; 4] = ["slow", "away", "age", "withdrawal"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_smpp_the_record_may_be_slow_or_away() {
    for name in FILES {
        told(name, Channel::Dialled(|| Box::pin(Road::network("its")))).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_http_the_record_may_be_slow_or_away() {
    for name in FILES {
        told(name, Channel::Dialled(|| Box::pin(Road::aggregator("africastalking")))).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_sms_the_record_may_be_slow_or_away() {
    for name in FILES {
        told(name, Channel::Sms).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_chat_the_record_may_be_slow_or_away() {
    for name in FILES {
        told(name, Channel::WhatsApp(chats::cloud().await)).await;
    }
}

async fn told(name: &str, channel: Channel) {
    let record = SatuData::start(Settings::default()).await.expect("a record");
    for entry in sample() {
        record.put(entry.nik.as_str(), person(&entry), "person");
    }
    let country = beside(&record).await;
    let (_, text) = file(name);
    for piece in pieces(&text) {
        let reads: Vec<&str> =
            piece.lines().filter_map(|line| line.strip_prefix("# reads: ")).collect();
        let mut story = Story::parse(&piece).expect("a story");
        let first = story.steps.first().map_or(0, |step| step.line);
        let early = piece.lines().take(first).any(|line| line.starts_with("# reads: "));
        record.set_faults(faults(&piece));
        if piece.contains("# record: away") {
            // What the phone has asked before is old by then.
            tokio::time::sleep(Duration::from_millis(2_100)).await;
        }
        let Some(Act::Phone(number)) = story.steps.first().map(|step| step.act.clone()) else {
            panic!("a part begins with `phone`");
        };
        if early {
            follows(&country, &channel, &number, &reads).await;
        }
        let seen = match &channel {
            Channel::Dialled(road) => road::run(&country, road().await, &story).await,
            Channel::Sms => texts::run(&country, &mut story).await,
            Channel::WhatsApp(cloud) => {
                chats::play(&country, &mut story, &network().await, cloud).await
            }
        };
        let seen: Seen =
            seen.into_iter().map(|(line, text, open)| (line, timeless(&text), open)).collect();
        if let Some(wrong) = differences(&story, &seen) {
            panic!("{name}: {wrong}");
        }
        if !early {
            follows(&country, &channel, &number, &reads).await;
        }
    }
    if let Channel::WhatsApp(cloud) = channel {
        cloud.stop().await;
    }
    record.stop().await;
}

/// What the record is like in a part of a file.
fn faults(piece: &str) -> Faults {
    let like = piece.lines().find_map(|line| line.strip_prefix("# record: "));
    match like {
        Some("slow") => Faults { requests: Requests::Good, percent: 100, answer_ms: 2_500 },
        Some("away") => Faults { requests: Requests::Away, percent: 100, answer_ms: 0 },
        _ => Faults::default(),
    }
}

/// A gateway whose record is that one, and whose own is empty.
async fn beside(record: &SatuData) -> Country {
    let Settings { client, secret, .. } = record.settings();
    let lines = format!(
        "[record]\nfrom = \"outside\"\nurl = {:?}\nclient = {client:?}\nsecret = {secret:?}\n\
         session_ms = 600\ntext_ms = 600\nfresh_seconds = 1\nretry_ms = 200\n\
         retry_most_ms = 500\nbreaker_ms = 300\n",
        record.url()
    );
    let country = Country::with(&lines, None).await;
    let mut database = SqliteConnection::connect(&country.config.database.url).await.unwrap();
    for table in ["delete from person", "delete from dose", "delete from certificate"] {
        sqlx::query(table).execute(&mut database).await.unwrap();
    }
    database.close().await.unwrap();
    country
}

/// Waits until somebody has read these words; who only called reads them as a text.
async fn follows(country: &Country, channel: &Channel, number: &str, reads: &[&str]) {
    if reads.is_empty() {
        return;
    }
    let network = network().await;
    let config = texts::connected(&country.config, &network);
    let gateway = match channel {
        Channel::WhatsApp(cloud) => {
            chats::start(&chats::with_number(config, cloud), &network, cloud).await
        }
        Channel::Dialled(_) | Channel::Sms => texts::start(&config, &network).await,
    };
    let of = number.parse().expect("a number of the simulator");
    for words in reads {
        let waited = tokio::time::timeout(PATIENCE, async {
            match channel {
                Channel::WhatsApp(cloud) => {
                    let chat = cloud.chat(of, "Warga");
                    let has = |words: &str| {
                        chat.messages().iter().any(|of| {
                            chats::shown::letters(of.content.words())
                                .contains(&chats::shown::letters(words))
                        })
                    };
                    while !has(words) {
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                }
                Channel::Dialled(_) | Channel::Sms => {
                    let phone = Phone::new(&network, of).await.expect("a phone");
                    let has = async |words: &str| {
                        let inbox = phone.inbox().await.expect("a network");
                        inbox.iter().any(|of| of.text.contains(words))
                    };
                    while !has(words).await {
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                }
            }
        });
        waited.await.unwrap_or_else(|_| panic!("`{words}` did not come"));
    }
    gateway.shutdown().await;
    network.stop().await;
}

/// A network whose inboxes are empty.
async fn network() -> Operator {
    match Road::network("plain").await {
        Road::Network(network, _) => network,
        Road::Aggregator(..) => unreachable!("a network was asked for"),
    }
}
