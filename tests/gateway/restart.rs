//! A node is killed, or told to stop, while people are on the line: they go on, and what they typed
//! is kept.

use std::{collections::HashSet, fmt::Write as _};

use simulator::{
    operator::Operator,
    phone::{Phone, PhoneError, Screen},
};
use tokio::task::JoinHandle;

use crate::{
    node::Node,
    site::{Site, network, told},
    walk::{self, Walk},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_node_loses_nothing_on_sqlite() {
    killed_in_mid_session(Site::on_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_node_loses_nothing_on_postgres() {
    killed_in_mid_session(Site::on_postgres().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_register_while_nodes_are_killed_on_sqlite() {
    killed_again_and_again(Site::on_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_register_while_nodes_are_killed_on_postgres() {
    killed_again_and_again(Site::on_postgres().await).await;
}

/// SIGKILL before an answer, again and again, and once while an answer is on its way.
async fn killed_in_mid_session(site: Site) {
    let network = network("plain").await;
    let site = site.operator("telco", "plain", &network.address().to_string(), "");
    let mut node = bound(&site, &network).await;
    let mut walk = Walk::of("register");
    let mut phone = walk.phone(&network).await;
    // Dialled; consented; NIK; name. The network numbers nothing, so the same answer twice in a row
    // must not have a restart in between: see the next test.
    for steps in [1, 2, 1, 1] {
        walk.on(&mut phone, steps).await;
        node.kill().await;
        node = again(&site, &network).await;
    }
    let step = walk.next().expect("the birth date");
    let (screen, after) = tokio::join!(walk::act(&mut phone, &step.act), async {
        node.kill().await;
        again(&site, &network).await
    });
    walk.saw(&step, screen);
    walk.through(&mut phone).await;
    after.stop().await;
}

/// The same words right after a restart may be the same message: they get the same screen, and
/// count when they are typed again.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_answer_right_after_a_restart_is_asked_for_once_more() {
    let network = network("plain").await;
    let address = network.address().to_string();
    let site = Site::on_sqlite().await.operator("telco", "plain", &address, "");
    let node = bound(&site, &network).await;
    let mut walk = Walk::of("register");
    let mut phone = walk.phone(&network).await;
    walk.on(&mut phone, 1).await;
    let consent = phone.answer("1").await.unwrap();
    node.kill().await;
    let node = again(&site, &network).await;
    assert_eq!(phone.answer("1").await.unwrap(), consent);
    assert_ne!(phone.answer("1").await.unwrap(), consent);
    node.stop().await;
}

/// How many people there are.
pub const PEOPLE: u32 = 20;
const KILLS: u64 = 5;

/// Many people register at once, and the node is killed whenever they have typed some more. Who
/// loses the session dials again.
async fn killed_again_and_again(site: Site) {
    let network = network("plain").await;
    let site = site.operator("telco", "plain", &network.address().to_string(), "");
    enlist(&site).await;

    let node = bound(&site, &network).await;
    let people = crowd(&network);
    let typed = async || network.figures().await.expect("a network").answers;
    let mut node = node;
    for kill in 1..=KILLS {
        while typed().await < kill * u64::from(PEOPLE) {
            tokio::task::yield_now().await;
        }
        node.kill().await;
        node = again(&site, &network).await;
    }
    let mut numbers = HashSet::new();
    for (n, person) in (0..).zip(people) {
        let number = person.await.expect("registered");
        let status = redial(&mut phone(&network, n).await, "*119*2#").await.text;
        assert!(status.contains("sudah TERDAFTAR") && status.contains(&number), "{status}");
        numbers.insert(number);
    }
    assert_eq!(numbers.len(), PEOPLE as usize, "everybody has a number of their own");
    let log = node.stop().await;
    assert!(!log.contains(&nik(0)[..12]) && !log.contains(NAME));
}

/// Brings the people into the record.
pub async fn enlist(site: &Site) {
    let mut roster = "nik,name,birth_date\n".to_owned();
    for n in 0..PEOPLE {
        writeln!(roster, "{},{NAME},1990-02-05", nik(n)).expect("a string");
    }
    let file = site.folder().join("roster.csv");
    std::fs::write(&file, roster).expect("a file");
    let imported = site.run(&["record", "import", &file.display().to_string()]).await;
    assert!(imported.status.success(), "{}", told(&imported));
}

/// No two words that stand in a log anyway.
const NAME: &str = "Warga Percontohan";

fn nik(n: u32) -> String {
    format!("317301050290{:04}", 100 + n)
}

async fn phone(network: &Operator, n: u32) -> Phone {
    let number = format!("0812555{:05}", 100 + n).parse().expect("a number");
    Phone::new(network, number).await.expect("a phone")
}

/// All of them begin to register.
pub fn crowd(network: &Operator) -> Vec<JoinHandle<String>> {
    let one = |n| {
        let network = network.clone();
        tokio::spawn(async move { register(&network, n).await })
    };
    (0..PEOPLE).map(one).collect()
}

/// Registers, as stubbornly as people are; gives back the number.
pub async fn register(network: &Operator, n: u32) -> String {
    let mut phone = phone(network, n).await;
    let mut screen = redial(&mut phone, "*119#").await;
    loop {
        for told in ["Nomor Anda: ", "Nomor pendaftaran: "] {
            if let Some((_, rest)) = screen.text.split_once(told) {
                return rest.chars().take("000 000 0000".len()).collect();
            }
        }
        let nik = nik(n);
        let answers = [
            ("PeduliLindungi\n", "1"),
            ("Tadi Anda belum selesai", "1"),
            ("NIK, nama & data kesehatan", "1"),
            ("Ketik 16 angka NIK", nik.as_str()),
            ("Ketik nama lengkap", NAME),
            ("Tanggal lahir?", "05021990"),
            ("Anda tinggal di Jakarta Barat?", "1"),
            ("Apakah Anda sedang demam", "1"),
        ];
        let answer = answers.iter().find(|(question, _)| screen.text.starts_with(question));
        let (_, answer) = answer.unwrap_or_else(|| panic!("no answer to {}", screen.text));
        screen = match phone.answer(answer).await {
            Ok(screen) => screen,
            Err(PhoneError::Ended { .. }) => redial(&mut phone, "*119#").await,
            Err(error) => panic!("{error}"),
        };
    }
}

/// Dials until somebody answers.
pub async fn redial(phone: &mut Phone, code: &str) -> Screen {
    loop {
        match phone.dial(code).await {
            Ok(screen) => return screen,
            Err(PhoneError::Ended { .. }) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_told_to_stop_leaves_nobody_without_an_answer() {
    let network = network("plain").await;
    let address = network.address().to_string();
    let site = Site::on_sqlite().await.operator("telco", "plain", &address, "");
    let node = bound(&site, &network).await;
    let people: Vec<_> = (0..PEOPLE)
        .map(|n| {
            let network = network.clone();
            tokio::spawn(async move { phone(&network, n).await.dial("*119#").await })
        })
        .collect();
    // Some turns run, some messages are still on their way.
    while network.figures().await.expect("a network").asks == 0 {
        tokio::task::yield_now().await;
    }
    node.terminate();
    let (status, log) = node.ended().await;
    assert!(status.success(), "{status}");
    assert!(log.contains("SMPP link closed") && log.contains("gateway stopped"), "{log}");
    // Who was not answered is delivered to whoever binds next.
    let node = again(&site, &network).await;
    for person in people {
        let screen = person.await.unwrap().expect("a screen");
        assert!(screen.open && screen.text.starts_with("PeduliLindungi\n"), "{screen:?}");
    }
    let figures = network.figures().await.unwrap();
    assert_eq!((figures.rejected, figures.no_replies, figures.too_late), (0, 0, 0), "{figures:?}");
    node.stop().await;
}

/// A node that is bound to the network.
pub async fn bound(site: &Site, network: &Operator) -> Node {
    let node = Node::start(&site.config()).await;
    network.bound(1).await.expect("a network");
    node
}

/// A new node on the same database, when the old one is gone.
pub async fn again(site: &Site, network: &Operator) -> Node {
    network.links().wait_for(Vec::is_empty).await.expect("a network");
    bound(site, network).await
}
