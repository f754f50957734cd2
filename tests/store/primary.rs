//! A database server that falls silent: its connections stay open, and nothing comes on them.

use std::time::Duration;

use setara::store::{Store, StoreOptions, Table};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{Instant, timeout},
};

use crate::{
    bed::{open, vault},
    support::postgres,
};

/// What stands between the store and a server, until its power is cut.
struct Wire {
    port: u16,
    cut: watch::Sender<bool>,
}

impl Wire {
    async fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (cut, cuts) = watch::channel(false);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (mut cuts, server) = (cuts.clone(), server.clone());
                tokio::spawn(async move {
                    let mut far = TcpStream::connect(server).await.unwrap();
                    let silent = async { cuts.wait_for(|cut| *cut).await.is_ok() };
                    let cut = tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => false,
                        cut = silent => cut,
                    };
                    if cut {
                        // Both ends stay open, and hear nothing of each other.
                        std::future::pending::<()>().await;
                    }
                });
            }
        });
        Self { port, cut }
    }
}

/// The URL of a new database by way of a wire, then as it is.
async fn two_ways() -> (Wire, String) {
    let url = postgres::database().await;
    let (user, rest) = url.split_once('@').unwrap();
    let (server, name) = rest.split_once('/').unwrap();
    let wire = Wire::to(server.to_owned()).await;
    let url = format!("{user}@127.0.0.1:{},{server}/{name}", wire.port);
    (wire, url)
}

/// More than the store has connections.
fn ask_all(store: &Store) -> Vec<tokio::task::JoinHandle<bool>> {
    let most = StoreOptions::default().connections;
    let ask = |_| {
        let store = store.clone();
        // Whether it was told that the database is away.
        tokio::spawn(async move { store.ping().await.is_err_and(|error| error.is_away()) })
    };
    (0..most * 2).map(ask).collect()
}

/// What the system would say of it only after a quarter of an hour, or never.
#[tokio::test]
async fn who_waits_for_a_silent_server_goes_on_with_the_next() {
    let (wire, url) = two_ways().await;
    let store = open(&url, vault()).await;
    let batch = store.begin().await.unwrap();
    wire.cut.send_replace(true);
    let waiting = ask_all(&store);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(waiting.iter().all(|asked| !asked.is_finished()));

    let until = Instant::now() + Duration::from_secs(20);
    while !store.follow_primary().await {
        assert!(Instant::now() < until, "nobody looked for another server");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for asked in waiting {
        // Who had to wait for a connection has one to the next server.
        let _ = timeout(Duration::from_secs(10), asked).await.expect("an answer").unwrap();
    }
    assert!(batch.commit(&[]).await.is_err(), "nothing was committed on the former server");
    timeout(Duration::from_secs(10), store.ping()).await.expect("an answer").unwrap();
    assert_eq!(store.count(Table::Person).await.unwrap(), 0);
    timeout(Duration::from_secs(10), store.close()).await.expect("all connections are closed");
}
