//! Chats, and the phones that they speak for.

use setara::{
    clock::Timestamp,
    identity::ChatId,
    service::record::{Change, Need},
    store::{ChatWrite, CommitError, DoorWrite, EventWrite, KnownChat, TurnWrite},
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
    commit(bed, vec![door(write, [0; 16])]).await.unwrap();
    key
}

fn door(chat: ChatWrite, message: [u8; 16]) -> DoorWrite {
    DoorWrite { chat, change: None, notices: vec![], message, becomes: None }
}

async fn commit(bed: &Bed, doors: Vec<DoorWrite>) -> Result<(), CommitError> {
    bed.store.begin().await.unwrap().commit_doors(&doors).await
}

async fn known(bed: &Bed, chat: SubscriberKey) -> Option<KnownChat> {
    bed.store.chats(&[&[chat]]).await.unwrap().remove(0).unwrap()
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

#[tokio::test]
async fn a_phone_is_reached_at_the_chat_that_was_heard_last() {
    for bed in both().await {
        let phones = [SITI, BUDI].map(msisdn);
        let chat = |id: &str| Some(ChatId::new(Some(id), None).unwrap());
        let reached = async |now| {
            let chats = bed.store.chats_of(&phones, now).await.unwrap();
            chats.into_iter().map(|of| of.map(|of| of.chat)).collect::<Vec<_>>()
        };
        assert_eq!(reached(at(1)).await, [None, None]);
        let early = bind(&bed, "ID.1", SITI, 0).await;
        bind(&bed, "ID.2", SITI, 5).await;
        assert_eq!(reached(at(6)).await, [chat("ID.2"), None]);
        bed.store.hear_chats(&[early], at(9)).await.unwrap();
        assert_eq!(reached(at(10)).await, [chat("ID.1"), None]);
        // One whose time is up is passed over.
        assert_eq!(reached(at(62)).await, [chat("ID.2"), None]);
        cut(&bed, SITI, &[bed.vault.chat_key("ID.2")]).await;
        assert_eq!(reached(at(62)).await, [None, None]);
    }
}

#[tokio::test]
async fn each_chat_is_found_by_any_of_its_names() {
    for bed in both().await {
        bind(&bed, "ID.1", SITI, 0).await;
        let [one, two, phone] = ["ID.1", "ID.2", "phone 1"].map(|name| bed.vault.chat_key(name));
        let write = ChatWrite {
            key: two,
            alias: Some(phone),
            was: None,
            address: ChatId::new(Some("ID.2"), None).unwrap(),
            door: None,
            bound: None,
            identity: Some("word".into()),
            at: at(1),
        };
        commit(&bed, vec![door(write, [1; 16])]).await.unwrap();
        let asked: [&[SubscriberKey]; 5] =
            [&[phone], &[], &[one], &[two, phone], &[bed.phone(SITI)]];
        let found = bed.store.chats(&asked).await.unwrap();
        let found: Vec<_> =
            found.into_iter().map(|chat| chat.unwrap().map(|chat| chat.key)).collect();
        assert_eq!(found, [Some(two), None, Some(one), Some(two), None]);
    }
}

#[tokio::test]
async fn what_is_answered_at_the_door_is_closed_with_the_answer() {
    for bed in both().await {
        let event = |n: u8| EventWrite { key: [n; 16], body: vec![n], at: at(n.into()) };
        let events = [1, 2, 3].map(event);
        assert_eq!(bed.store.keep_events(&events).await.unwrap(), [true; 3]);
        let write = |id: &str, was| ChatWrite {
            key: bed.vault.chat_key(id),
            alias: None,
            was,
            address: ChatId::new(Some(id), None).unwrap(),
            door: None,
            bound: None,
            identity: None,
            at: at(1),
        };
        let stays = DoorWrite { becomes: Some(vec![9]), ..door(write("ID.2", None), [2; 16]) };
        commit(&bed, vec![door(write("ID.1", None), [1; 16]), stays]).await.unwrap();
        let open = bed.store.open_events(at(9)).await.unwrap();
        assert_eq!(open, [([2; 16], vec![9]), ([3; 16], vec![3])]);

        // One chat has moved, or is there twice: nothing of all is stored.
        for doors in [
            vec![door(write("ID.1", None), [3; 16]), door(write("ID.3", None), [2; 16])],
            vec![door(write("ID.4", None), [3; 16]), door(write("ID.4", None), [2; 16])],
        ] {
            assert!(matches!(commit(&bed, doors).await, Err(CommitError::Conflict)));
        }
        assert_eq!(bed.store.open_events(at(9)).await.unwrap(), open);
        let mut batch = bed.store.begin().await.unwrap();
        let still = batch.still_open(&[[1; 16], [2; 16], [3; 16]]).await.unwrap();
        assert_eq!(still, [[2; 16], [3; 16]].into());
        batch.rollback().await.unwrap();

        let turn = TurnWrite { answers: Some([3; 16]), ..bed.turn(SITI) };
        bed.commit(&[turn]).await.unwrap();
        assert_eq!(bed.store.open_events(at(9)).await.unwrap(), [([2; 16], vec![9])]);
    }
}
