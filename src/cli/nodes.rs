//! Waiting for the nodes that run: until each of them has the keys that are to be used.

use std::time::{Duration, Instant};

use super::told;
use crate::{
    app::keys::GONE,
    clock,
    store::{Store, reseal::NodeRing},
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
    let until = Instant::now() + patience;
    loop {
        let rings = store.rings(clock::now().minus(GONE)).await.map_err(|error| Late::Unknown(told(error)))?;
        let Some(late) = rings.into_iter().find(|ring| !done(ring)) else { return Ok(()) };
        if Instant::now() > until {
            return Err(Late::Node(late));
        }
        tokio::time::sleep(ASK).await;
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

impl Late {
    /// As it is told: what the node has not done, and what helps.
    pub fn told(self, what: &str, then: &str) -> String {
        match self {
            Self::Unknown(error) => error,
            Self::Node(NodeRing { node, seals, opens, .. }) => format!(
                "not every node {what}: node {node} seals with {seals} and opens with {opens:?}; \
                 copy the key file to its machine, and then {then}"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
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
        assert_eq!(wait(&store, brief, new).await, Ok(()), "nobody runs");
        let here = node("here", &["old=", "new="]);
        store.put_ring(&here, clock::now()).await.unwrap();
        assert_eq!(wait(&store, brief, new).await, Ok(()));
        let there = node("there", &["old="]);
        store.put_ring(&there, clock::now()).await.unwrap();
        assert_eq!(wait(&store, brief, new).await, Err(Late::Node(there)));
        let (waited, ()) = tokio::join!(wait(&store, PATIENCE, new), async {
            tokio::time::sleep(brief).await;
            store.put_ring(&node("there", &["new=", "old="]), clock::now()).await.unwrap();
        });
        assert_eq!(waited, Ok(()));
        store.close().await;
    }
}
