//! Chats that speak for phones, without the door that they went through.

use std::time::Duration;

use setara::{
    clock,
    identity::{ChatId, Msisdn},
    store::{ChatWrite, DoorWrite, Store},
    vault::Vault,
};

/// Lets a chat speak for a phone for an hour.
pub async fn bind(store: &Store, vault: &Vault, address: &ChatId, phone: &Msisdn) {
    bind_heard(store, vault, address, phone, Duration::ZERO).await;
}

/// The same for one that was last heard some time ago.
pub async fn bind_heard(
    store: &Store,
    vault: &Vault,
    address: &ChatId,
    phone: &Msisdn,
    ago: Duration,
) {
    let names = address.names();
    let mut keys = names.iter().map(|name| vault.chat_key(name));
    let now = clock::now();
    let chat = ChatWrite {
        key: keys.next().unwrap(),
        alias: keys.next(),
        was: None,
        address: address.clone(),
        door: None,
        bound: Some((phone.clone(), now, now.plus(Duration::from_secs(3600)))),
        identity: None,
        at: now.minus(ago),
    };
    let door = DoorWrite { chat, change: None, notices: vec![], message: [0; 16], becomes: None };
    store.begin().await.unwrap().commit_doors(&[door]).await.unwrap();
}
