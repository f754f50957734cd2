//! Chats, and the phones that they speak for.

use setara::{
    clock::Timestamp,
    identity::ChatId,
    service::record::{Change, Need},
    store::{ChatWrite, KnownChat},
    vault::SubscriberKey,
};

use crate::bed::{Bed, Say, at, both, msisdn};

const SITI: &str = "+6281234567890";
const BUDI: &str = "+6281234567891";

/// A chat that was bound to a phone `minutes` after the start, for an hour.
async fn bind(bed: &Bed, chat: &str, phone: &str, minutes: i64) -> SubscriberKey {
    let key = bed.vault.chat_key(chat);
    let was = known(bed, key).await.map(|known| known.version);
    let write = ChatWrite {
        key,
        alias: None,
        was,
        address: ChatId::new(Some(chat), None).unwrap(),
        door: None,
        bound: Some((msisdn(phone), at(minutes), at(minutes + 60))),
        identity: None,
        at: at(minutes),
    };
    let batch = bed.store.begin().await.unwrap();
    batch.commit_door(&write, None, &[], None).await.unwrap();
    key
}

async fn known(bed: &Bed, chat: SubscriberKey) -> Option<KnownChat> {
    bed.store.chat(&[chat]).await.unwrap()
}

async fn cut(bed: &Bed, phone: &str, chats: &[SubscriberKey]) {
    let mut turn = bed.turn(phone);
    turn.changes = chats.iter().copied().map(Change::CutChat).collect();
    bed.commit(&[turn]).await.unwrap();
}

async fn speaking(bed: &Bed, phone: &str) -> Vec<(SubscriberKey, Timestamp, Timestamp)> {
    let need = Need { chats: Some(bed.phone(phone)), ..Need::default() };
    let chats = bed.facts(&[need]).await.remove(0).chats;
    chats.iter().map(|chat| (chat.chat, chat.since, chat.until)).collect()
}

#[tokio::test]
async fn every_phone_of_a_batch_sees_its_own_chats_oldest_first() {
    for bed in both().await {
        let late = bind(&bed, "ID.1", SITI, 9).await;
        let early = bind(&bed, "ID.2", SITI, 2).await;
        let other = bind(&bed, "ID.3", BUDI, 5).await;
        let need = |phone| Need { chats: Some(bed.phone(phone)), ..Need::default() };
        let nobody = need("+6281234567892");
        let needs = [need(SITI), Need::default(), need(BUDI), need(SITI), nobody];
        let facts = bed.facts(&needs).await;
        let seen: Vec<Vec<_>> =
            facts.iter().map(|facts| facts.chats.iter().map(|chat| chat.chat).collect()).collect();
        assert_eq!(seen, [vec![early, late], vec![], vec![other], vec![early, late], vec![]]);
        assert_eq!(speaking(&bed, BUDI).await, [(other, at(5), at(65))]);
    }
}

#[tokio::test]
async fn of_many_chats_those_that_stay_longest_are_seen() {
    for bed in both().await {
        let mut chats = Vec::new();
        for minutes in 0..14 {
            chats.push(bind(&bed, &format!("ID.{minutes}"), SITI, minutes).await);
        }
        let seen: Vec<_> = speaking(&bed, SITI).await.into_iter().map(|(chat, ..)| chat).collect();
        assert_eq!(seen, chats[2..]);
    }
}

#[tokio::test]
async fn a_chat_that_was_cut_speaks_for_nobody_and_may_be_bound_again() {
    for bed in both().await {
        let chat = bind(&bed, "ID.1", SITI, 0).await;
        let kept = bind(&bed, "ID.2", SITI, 0).await;
        let version = known(&bed, chat).await.unwrap().version;
        cut(&bed, SITI, &[chat]).await;

        let left = known(&bed, chat).await.unwrap();
        assert_eq!((left.bound, left.door), (None, None));
        // Whoever read it before has to read it again.
        assert_eq!(left.version, version + 1);
        assert_eq!(speaking(&bed, SITI).await, [(kept, at(0), at(60))]);
        assert_eq!(bed.store.chat_of(&bed.phone(SITI), at(1)).await.unwrap().unwrap().key, kept);

        bind(&bed, "ID.1", BUDI, 3).await;
        assert_eq!(speaking(&bed, BUDI).await, [(chat, at(3), at(63))]);
    }
}

#[tokio::test]
async fn only_the_phone_that_a_chat_speaks_for_cuts_it() {
    for bed in both().await {
        let chat = bind(&bed, "ID.1", SITI, 0).await;
        let before = known(&bed, chat).await;
        cut(&bed, BUDI, &[chat, bed.vault.chat_key("ID.9")]).await;
        assert_eq!(known(&bed, chat).await, before);

        // In one batch, each its own.
        let other = bind(&bed, "ID.2", BUDI, 0).await;
        let turns = [SITI, BUDI].map(|phone| {
            bed.turn(phone).change(Change::CutChat(chat)).change(Change::CutChat(other))
        });
        bed.commit(&turns).await.unwrap();
        for phone in [SITI, BUDI] {
            assert_eq!(speaking(&bed, phone).await, []);
        }
    }
}
