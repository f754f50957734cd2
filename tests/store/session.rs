//! Sessions that a provider names: bound to a phone, for as long as they are kept.

use setara::store::{CommitError, SessionWrite, Table, TurnWrite};

use crate::bed::{Bed, Say, at, both};

const SITI: &str = "+6281234567890";
const BUDI: &str = "+6281234567891";

fn spoken(bed: &Bed, number: &str, key: u8, heard: u32) -> TurnWrite {
    let session = SessionWrite { key: [key; 16], heard, keep_until: at(10), nonce: None };
    TurnWrite { session: Some(session), ..bed.turn(number) }
}

async fn known(bed: &Bed, key: u8) -> Option<(String, u32)> {
    let kept = bed.store.session([key; 16], at(5)).await.unwrap()?;
    Some((kept.from.as_str().to_owned(), kept.heard))
}

#[tokio::test]
async fn a_session_stays_with_the_phone_it_began_with() {
    for bed in both().await {
        assert_eq!(known(&bed, 1).await, None);
        bed.commit(&[spoken(&bed, SITI, 1, 0), spoken(&bed, BUDI, 2, 7)]).await.unwrap();
        bed.commit(&[spoken(&bed, SITI, 1, 3)]).await.unwrap();
        assert_eq!(known(&bed, 1).await, Some((SITI.to_owned(), 3)));
        assert_eq!(known(&bed, 2).await, Some((BUDI.to_owned(), 7)));
        let stolen = bed.commit(&[spoken(&bed, BUDI, 1, 9).receipt(1, "reply")]).await;
        assert!(matches!(stolen, Err(CommitError::Conflict)));
        let at_once = [spoken(&bed, SITI, 3, 0), spoken(&bed, BUDI, 3, 0)];
        assert!(matches!(bed.commit(&at_once).await, Err(CommitError::Conflict)));
        // Nothing of either is there.
        assert_eq!(known(&bed, 1).await, Some((SITI.to_owned(), 3)));
        assert_eq!(known(&bed, 3).await, None);
        assert_eq!(bed.store.count(Table::Receipt).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_session_knows_what_was_signed_for_it() {
    for bed in both().await {
        let signed = |nonce| {
            let session = SessionWrite { key: [1; 16], heard: 1, keep_until: at(10), nonce };
            TurnWrite { session: Some(session), ..bed.turn(SITI) }
        };
        bed.commit(&[signed(None)]).await.unwrap();
        for nonce in 0..70 {
            bed.commit(&[signed(Some(nonce * 0x1234_5678_9abc))]).await.unwrap();
        }
        bed.commit(&[signed(None)]).await.unwrap();
        let kept = bed.store.session([1; 16], at(5)).await.unwrap().unwrap();
        let known = (0..70).filter(|nonce| kept.knows(nonce * 0x1234_5678_9abc));
        // The oldest of so many are forgotten.
        assert_eq!(known.collect::<Vec<_>>(), (6..70).collect::<Vec<_>>());
        assert!(!kept.knows(u64::MAX));
    }
}

#[tokio::test]
async fn a_session_is_forgotten_in_its_time() {
    for bed in both().await {
        let phone = |n: u8| format!("+6281234{n:06}");
        let writes: Vec<_> = (0..5).map(|n| spoken(&bed, &phone(n), n, 1)).collect();
        bed.commit(&writes).await.unwrap();
        assert!(bed.store.session([1; 16], at(10)).await.unwrap().is_some());
        assert!(bed.store.session([1; 16], at(11)).await.unwrap().is_none());
        assert_eq!(bed.store.purge(at(10), 9).await.unwrap(), 0);
        assert_eq!(bed.store.purge(at(11), 3).await.unwrap(), 3);
        assert_eq!(bed.store.purge(at(11), 3).await.unwrap(), 2);
        assert_eq!(bed.store.count(Table::Session).await.unwrap(), 0);
    }
}
