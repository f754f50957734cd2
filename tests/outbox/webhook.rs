//! What chats bring: it is kept before it is acknowledged, whatever is killed, and nothing is kept that
//! the cloud did not sign.

use std::time::Duration;

use setara::{clock, store::Table};
use simulator::whatsapp::{
    Cloud, Settings,
    chat::Chat,
    event::{self, Line, Said},
    pace::Limits,
    user::Author,
};

use crate::{
    bed::{Bed, both},
    node::{Node, PATIENCE},
};

const USERS: u64 = 900;

/// A cloud that brings again soon what was not acknowledged, and takes what it is sent.
async fn cloud() -> Cloud {
    let limits = Limits { per_second: 100_000, ..Limits::default() };
    let first_retry = Duration::from_millis(50);
    Cloud::start(Settings { limits, first_retry, ..Settings::default() }).await.unwrap()
}

/// Answers that a user has.
fn answers(chat: &Chat) -> usize {
    chat.messages().iter().filter(|bubble| bubble.author == Author::Service).count()
}

async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let held = tokio::time::timeout(PATIENCE, async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    held.await.unwrap_or_else(|_| panic!("{what}"));
}

async fn started(bed: &Bed, cloud: &Cloud) -> Node {
    let node = Node::start(&bed.config()).await;
    cloud.subscribe(&format!("http://{}/whatsapp", node.http())).await.unwrap();
    node
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_wrote_is_answered_though_the_gateway_is_killed() {
    for bed in both().await {
        let cloud = cloud().await;
        // What a dead node had claimed is another's when its lease is over: four times these.
        let soon = "per_second = 100000\nat_once = 16\nconnect_seconds = 1\nanswer_seconds = 2";
        let bed = bed.whatsapp(&cloud, soon);
        let kills = 3;
        let mut node = started(&bed, &cloud).await;
        let mut chats = Vec::new();
        for kill in 0..=kills {
            for _ in 0..USERS / (kills + 1) {
                let number = format!("62813{:08}", chats.len());
                let chat = cloud.chat(number.parse().unwrap(), "Siti");
                chat.write("halo");
                chats.push(chat);
            }
            if kill < kills {
                let enough = chats.len() as u64 - 150;
                until("nobody is answered", async || cloud.answered() >= enough).await;
                node.kill().await;
                node = started(&bed, &cloud).await;
            }
        }
        until("somebody is not answered", async || chats.iter().all(|chat| answers(chat) > 0))
            .await;
        until("something waits at the cloud", async || cloud.figures().waiting == 0).await;
        until("something is open", async || {
            bed.store.open_events(clock::now()).await.unwrap().is_empty()
        })
        .await;
        assert_eq!(bed.store.count(Table::ChatEvent).await.unwrap(), USERS);
        assert_eq!(bed.store.count(Table::Chat).await.unwrap(), USERS);
        // One notice each; twice on the way is only what was under way when it was killed.
        assert_eq!(bed.store.count(Table::Notice).await.unwrap(), USERS);
        let twice: usize = chats.iter().map(|chat| answers(chat) - 1).sum();
        println!("{USERS} users, {kills} kills: all answered, {twice} of them twice");
        assert!(twice <= kills as usize * 16, "{twice} answers came twice");
        assert_eq!(cloud.broken_rules(), []);
        node.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_forged_damaged_replayed_or_too_long_changes_nothing() {
    for bed in both().await {
        let cloud = cloud().await;
        let bed = bed.whatsapp(&cloud, "");
        let node = Node::start(&bed.config()).await;
        let Settings { app_secret, phone_number_id, display_number, .. } = cloud.settings();
        let line = Line {
            account: "1".into(),
            phone_number_id: phone_number_id.clone(),
            display_number: display_number.clone(),
        };
        let body = |id: &str, text: &str| {
            let sender = event::Sender {
                wa_id: Some("6281300000001".into()),
                user_id: Some("ID.1".into()),
                name: "Siti".into(),
                identity: "1".into(),
            };
            let at = (clock::now().millis() / 1000).to_string();
            let message = event::message(&line, &sender, id, &at, &Said::Text(text.into()));
            String::from_utf8(event::body(&line, &[message])).unwrap()
        };
        let post = async |signature: &str, body: &str| {
            let header = match signature {
                "" => String::new(),
                signature => format!("X-Hub-Signature-256: {signature}\r\n"),
            };
            let header = format!("Content-Type: application/json\r\n{header}");
            let (status, _) = node.request("POST", "/whatsapp", &header, body).await;
            status.trim_start_matches("HTTP/1.1 ").to_owned()
        };
        let kept = async || bed.store.count(Table::ChatEvent).await.unwrap();
        let good = body("wamid.1", "halo");
        let signed = event::signature(app_secret, good.as_bytes());
        let (_, digits) = signed.split_at("sha256=".len());
        let foreign = event::signature("another secret", good.as_bytes());
        for forged in ["", "sha256=", digits, foreign.as_str(), &signed[..signed.len() - 2]] {
            assert_eq!(post(forged, &good).await, "401 Unauthorized", "{forged}");
        }
        assert_eq!(post(&signed, &body("wamid.2", "halo")).await, "401 Unauthorized");
        let longest = 3 * 1024 * 1024;
        let long = format!("{}{}", body("wamid.3", "halo"), " ".repeat(longest + 100_000));
        let of_long = event::signature(app_secret, long.as_bytes());
        assert_eq!(post(&of_long, &long).await, "413 Payload Too Large");
        assert_eq!(kept().await, 0);

        // As long as the cloud's longest is good; and what came before is no news.
        let padded = format!("{good}{}", " ".repeat(longest - good.len()));
        let of_padded = event::signature(app_secret, padded.as_bytes());
        for _ in 0..3 {
            assert_eq!(post(&of_padded, &padded).await, "200 OK");
            assert_eq!(post(&signed, &good).await, "200 OK");
        }
        assert_eq!(kept().await, 1);
        until("it is answered", async || bed.store.count(Table::Notice).await.unwrap() == 1).await;
        // Signed, and not to be read: it would come again for ever if it were refused.
        for odd in ["{}", "[]", "null", "{\"entry\":[{\"changes\":7}]}", "not JSON"] {
            let signed = event::signature(app_secret, odd.as_bytes());
            assert_eq!(post(&signed, odd).await, "200 OK", "{odd}");
        }
        assert_eq!((kept().await, bed.store.count(Table::Notice).await.unwrap()), (1, 1));
        node.stop().await;
    }
}
