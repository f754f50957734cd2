//! Waiting for the nodes that run: until each of them has the keys that are to be used. Which ones run is
//! told by their signs of life and by no clock but our own, as `outbox::share` does it: a row that stands
//! still for long enough is that of a node which is gone.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::told;
use crate::{
    app::keys::GONE,
    clock::Timestamp,
    store::{
        Store, StoreError,
        reseal::{NodeRing, ToldRing},
    },
};

/// How long nodes may take until they have read a key file that was changed.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How often they are asked.
const ASK: Duration = Duration::from_millis(200);

/// Waits until every running node has done something; who is late is told when `patience` is over.
pub async fn wait(
    store: &Store,
    patience: Duration,
    done: impl Fn(&NodeRing) -> bool,
) -> Result<(), Late> {
    let (mut seen, until) = (Seen::default(), Instant::now() + patience);
    loop {
        let mut late = None;
        for ring in store.rings().await? {
            if done(&ring.ring) {
                continue;
            }
            if seen.lives(&ring, Instant::now()) {
                late = Some(ring.ring);
            } else {
                store.forget_gone(&ring).await?;
            }
        }
        let Some(late) = late else { return Ok(()) };
        if Instant::now() > until {
            return Err(Late::Node(late));
        }
        tokio::time::sleep(ASK).await;
    }
}

/// When the row of each node was first seen as it is.
#[derive(Debug, Default)]
struct Seen(BTreeMap<String, (Timestamp, Instant)>);

impl Seen {
    fn lives(&mut self, told: &ToldRing, now: Instant) -> bool {
        let (at, since) = self.0.entry(told.ring.node.clone()).or_insert((told.at, now));
        if *at != told.at {
            (*at, *since) = (told.at, now);
        }
        now.saturating_duration_since(*since) < GONE
    }
}

/// Why it is not known that every node has done it.
#[derive(Debug, PartialEq, Eq)]
pub enum Late {
    /// This node has not.
    Node(NodeRing),
    /// The database was not available.
    Unknown(String),
}

impl From<StoreError> for Late {
    fn from(error: StoreError) -> Self {
        Self::Unknown(told(error))
    }
}

impl Late {
    /// As it is told: what the node has not done, and what helps.
    pub fn told(self, what: &str, then: &str) -> String {
        match self {
            Self::Unknown(error) => error,
            Self::Node(NodeRing { node, seals, opens, verifies }) => format!(
                "not every node {what}: node {node} seals with {seals}, opens with {opens:?} and \
                 verifies with {verifies:?}; copy the file of these keys to its machine, and then {then}"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock,
        store::StoreOptions,
        vault::{Keys, Vault},
    };

    #[tokio::test]
    async fn who_has_no_new_key_is_waited_for_and_told() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("setara.db").display());
        let vault = Vault::from_keys(Keys { id: 1, index: [1; 32], seal: [2; 32] });
        let store = Store::open(&url, vault, StoreOptions::default()).await.unwrap();
        let new = |ring: &NodeRing| ring.verifies.iter().any(|name| name == "new=");
        let node = |name: &str, verifies: &[&str]| NodeRing {
            node: name.to_owned(),
            verifies: verifies.iter().map(|name| (*name).to_owned()).collect(),
            ..NodeRing::default()
        };
        let brief = Duration::from_millis(300);
        // By whatever clock.
        let now = clock::now().minus(Duration::from_secs(86_400));
        assert_eq!(wait(&store, brief, new).await, Ok(()), "nobody runs");
        let here = node("here", &["old=", "new="]);
        store.put_ring(&here, now).await.unwrap();
        assert_eq!(wait(&store, brief, new).await, Ok(()));
        let there = node("there", &["old="]);
        store.put_ring(&there, now).await.unwrap();
        assert_eq!(wait(&store, brief, new).await, Err(Late::Node(there)));
        let (waited, ()) = tokio::join!(wait(&store, PATIENCE, new), async {
            tokio::time::sleep(brief).await;
            store.put_ring(&node("there", &["new=", "old="]), now).await.unwrap();
        });
        assert_eq!(waited, Ok(()));
        store.close().await;
    }

    #[test]
    fn a_node_lives_until_its_row_stands_still() {
        let (began, mut seen) = (Instant::now(), Seen::default());
        let mut lives = |at: i64, after: Duration| {
            let ring = NodeRing { node: "there".into(), ..NodeRing::default() };
            let told = ToldRing { ring, at: Timestamp::from_millis(at) };
            seen.lives(&told, began + after)
        };
        let second = Duration::from_secs(1);
        // (what its clock says, ours, whether it lives); a clock may go back.
        for (at, after, expected) in [
            (9_000, Duration::ZERO, true),
            (9_000, GONE - second, true),
            (4_000, GONE, true),
            (4_000, GONE + GONE - second, true),
            (4_000, GONE + GONE, false),
            (5_000, GONE + GONE + second, true),
        ] {
            assert_eq!(lives(at, after), expected, "{at} {after:?}");
        }
    }
}
