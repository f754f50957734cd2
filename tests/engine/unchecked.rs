//! Registrations that waited before staff had a ticket for each: all of them have one in the end, and none two,
//! however many nodes start.

use std::time::Duration;

use setara::{
    clock::{self, Timestamp},
    engine::Engine,
    front::unchecked::{Unchecked, Walk},
    service::{
        number::Number,
        outside::Source,
        record::{Change, Need, Registration},
        ticket::{Because, Category, Ticket},
    },
    store::TurnWrite,
};

use super::{
    Country,
    forgotten::{commit, turn, waits},
};

fn phone(n: u32) -> String {
    format!("0812777{n:05}")
}

/// As a program stored it that opened no tickets.
fn waited(engine: &Engine, n: u32, name: &str, at: Timestamp) -> TurnWrite {
    let Change::Register(of) = waits(n.into()) else { unreachable!("it registers") };
    let name = setara::identity::PersonName::parse(name).unwrap();
    let mut write = turn(engine, &phone(n), at);
    write.changes.push(Change::Register(Registration { name, ..of }));
    write
}

async fn opened(engine: &Engine, n: u32) -> Vec<Ticket> {
    let key = turn(engine, &phone(n), clock::now()).subscriber;
    let mut batch = engine.store().begin().await.unwrap();
    let need = Need { tickets: Some(key), ..Need::default() };
    let tickets = batch.facts(&[need]).await.unwrap().remove(0).tickets;
    batch.rollback().await.unwrap();
    tickets
}

/// How many it opened, once it has come to the end.
async fn walks(unchecked: Unchecked) -> u64 {
    let (mut walk, mut all) = (Walk::Behind(None), 0);
    while walk != Walk::Over {
        let (some, next) = unchecked.step(&walk, clock::now()).await.unwrap();
        (all, walk) = (all + some, next);
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waited_before_gets_its_ticket_once_whoever_starts() {
    const MANY: u32 = 230;
    for country in [Country::on_sqlite().await, Country::on_postgres().await] {
        let running = country.start().await.expect("an engine");
        let engine = &running.engine;
        let started = clock::now();
        let before = started.minus(Duration::from_secs(3600));
        let mut writes: Vec<_> =
            (1..=MANY).map(|n| waited(engine, n, "Joko Widodo", before)).collect();
        writes.push(waited(engine, MANY + 1, "Siti Aminah", before));
        commit(engine, &writes).await;
        // Whoever has the number now never registered.
        let mut sold = turn(engine, &phone(1), started);
        sold.changes.push(Change::ForgetEverybody);
        commit(engine, &[sold]).await;
        // What is sent from now on has its ticket with it.
        let after = started.plus(Duration::from_secs(1));
        commit(engine, &[waited(engine, MANY + 2, "Joko Widodo", after)]).await;

        // Two nodes.
        let node = || Unchecked::new(engine.clone(), Source::Embedded, started);
        let (one, other) = tokio::join!(tokio::spawn(walks(node())), tokio::spawn(walks(node())));
        assert_eq!(one.unwrap() + other.unwrap(), u64::from(MANY));
        assert_eq!(walks(node()).await, 0);
        let number = |n: u32| Number::from_random(n.into());
        for n in 2..=MANY + 1 {
            let [ticket] = &opened(engine, n).await[..] else { panic!("one ticket: {n}") };
            let check = ticket.made.body.check.as_ref().unwrap();
            assert_eq!(
                (ticket.made.category, &check.registration),
                (Category::Registration, &number(n))
            );
            // Of who matches by now nobody knows why they wait: staff say.
            let because = if n > MANY { Because::TooOften } else { Because::Mismatch };
            assert_eq!(check.because, because, "{n}");
            assert_eq!(check.reader().unwrap().as_str(), format!("+62{}", &phone(n)[1..]));
        }
        for n in [1, MANY + 2] {
            assert!(opened(engine, n).await.is_empty(), "{n}");
        }
        running.stop().await;
    }
}
