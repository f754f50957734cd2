//! Claims, settlements and receipts as rows, on both databases.

use std::{sync::Arc, time::Duration};

use setara::{
    clock::{self, Zone},
    outbox::{
        Class, Fate, Lane, Notice,
        work::{Claimed, Consent, Doubt, Portion, Receipt, Settlement, Verdict},
    },
    service::appointment::Ended,
    store::{Bounds, Table},
};

use crate::bed::{Bed, both, later, notice};

fn portion(class: Class, most: u32) -> Portion {
    let lane = Lane { class, zone: Zone::Wib };
    Portion { route: "telco".into(), campaign: 0, lane, most }
}

async fn claim(bed: &Bed, portions: &[Portion]) -> Vec<Claimed> {
    bed.store.claim(portions, clock::now(), later(60)).await.unwrap()
}

fn ended(claimed: &Claimed, verdict: Verdict) -> Settlement {
    Settlement { id: claimed.id, attempts: claimed.attempts, day: claimed.day, verdict }
}

fn sent(claimed: &Claimed, id: &str) -> Settlement {
    let left = clock::now();
    ended(claimed, Verdict::Sent { account: Arc::from("telco"), message_id: id.into(), left })
}

fn receipt(id: &str, fate: Fate) -> Receipt {
    Receipt { account: "telco".into(), message_id: id.into(), fate }
}

#[tokio::test]
async fn a_notice_is_claimed_once_and_settled_once() {
    for bed in both().await {
        let phones = bed.enqueue(5, Class::Reply, "telco").await;
        bed.enqueue(2, Class::Reply, "other").await;
        let first = claim(&bed, &[portion(Class::Reply, 3)]).await;
        let rest = claim(&bed, &[portion(Class::Reply, 9), portion(Class::Code, 9)]).await;
        assert_eq!((first.len(), rest.len()), (3, 2));
        let letters = first.iter().chain(&rest).filter_map(|one| one.letter.clone());
        let mut to: Vec<_> = letters.filter_map(|letter| letter.to.phone().cloned()).collect();
        to.sort_unstable();
        assert_eq!(to, phones);
        assert!(claim(&bed, &[portion(Class::Reply, 9)]).await.is_empty());

        let two = [sent(&first[0], "1"), sent(&first[1], "2")];
        assert_eq!(bed.store.settle(&two, clock::now()).await.unwrap().len(), 2);
        // The same again, and by the name of another claim.
        let twice = bed.store.settle(&[sent(&first[0], "1")], clock::now()).await.unwrap();
        assert!(twice.is_empty());
        let late = Settlement { attempts: 7, ..sent(&first[2], "3") };
        assert!(bed.store.settle(&[late], clock::now()).await.unwrap().is_empty());
        assert_eq!(bed.standing(Fate::Sent).await, 2);
    }
}

/// Whoever cancels is told so, and must not be reminded then; what has left before has left.
#[tokio::test]
async fn a_reminder_is_taken_back_until_it_leaves() {
    for bed in both().await {
        let reminder = || notice(Class::Reminder, "telco");
        let all = [reminder(), reminder(), reminder()];
        bed.store.enqueue(&all).await.unwrap();
        let mut booked = Vec::new();
        for (serial, notice) in (1..).zip(&all) {
            booked.push(bed.booked(&format!("317304170890000{serial}"), notice.id).await);
        }
        let [unclaimed, waits, left] = <[_; 3]>::try_from(booked).unwrap();

        // Before it was claimed.
        bed.cancel("081211110001", unclaimed).await;
        let claimed = claim(&bed, &[portion(Class::Reminder, 9)]).await;
        assert_eq!(claimed.len(), 2);
        let of = |ended: &Ended| claimed.iter().find(|of| Some(of.id) == ended.reminder).unwrap();
        let (second, third) = (of(&waits), of(&left));
        // While it waits for its turn, on whichever node that is.
        assert!(bed.store.stands(second).await.unwrap());
        bed.cancel("081211110002", waits).await;
        assert!(!bed.store.stands(second).await.unwrap());
        let late = [ended(second, Verdict::Ended(Fate::Cancelled)), sent(third, "3")];
        bed.store.settle(&late, clock::now()).await.unwrap();
        // After it has left.
        bed.cancel("081211110003", left).await;
        assert_eq!((bed.standing(Fate::Cancelled).await, bed.standing(Fate::Sent).await), (2, 1));
        assert_eq!(bed.standing(Fate::Waiting).await, 0);
        // What nobody can take back is not looked at.
        bed.enqueue(1, Class::Reply, "telco").await;
        let reply = claim(&bed, &[portion(Class::Reply, 1)]).await;
        bed.store.settle(&[sent(&reply[0], "4")], clock::now()).await.unwrap();
        assert!(bed.store.stands(&reply[0]).await.unwrap());
    }
}

#[tokio::test]
async fn a_lease_that_ran_out_is_anybodys_and_its_settlement_nobodys() {
    for bed in both().await {
        bed.enqueue(1, Class::Reply, "telco").await;
        let portions = [portion(Class::Reply, 1)];
        let old = bed.store.claim(&portions, clock::now(), clock::now()).await.unwrap();
        let new = bed.store.claim(&portions, later(1), later(60)).await.unwrap();
        assert_eq!((old[0].attempts, new[0].attempts), (1, 2));
        assert!(bed.store.settle(&[sent(&old[0], "1")], clock::now()).await.unwrap().is_empty());
        assert_eq!(bed.store.settle(&[sent(&new[0], "2")], clock::now()).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn what_is_tried_again_comes_back_with_what_was_done() {
    for bed in both().await {
        bed.enqueue(1, Class::Reply, "telco").await;
        let claimed = claim(&bed, &[portion(Class::Reply, 1)]).await;
        let verdict =
            Verdict::Again { due: later(30), tries: 2, parts: 1, doubt: Doubt::Unanswered(1) };
        bed.store.settle(&[ended(&claimed[0], verdict)], clock::now()).await.unwrap();
        assert!(claim(&bed, &[portion(Class::Reply, 1)]).await.is_empty());
        let again =
            bed.store.claim(&[portion(Class::Reply, 1)], later(31), later(60)).await.unwrap();
        assert_eq!((again[0].tries, again[0].parts, again[0].attempts), (2, 1, 2));
        assert_eq!(again[0].doubt, Doubt::Unanswered(1));
    }
}

/// What may have left before its time was over is unknown, whoever finds that its time is over.
#[tokio::test]
async fn what_may_have_been_sent_does_not_expire() {
    for bed in both().await {
        let soon = |_| Notice { expires: later(10), ..notice(Class::Code, "telco") };
        let notices: Vec<Notice> = (0..4).map(soon).collect();
        bed.store.enqueue(&notices).await.unwrap();
        let claimed = claim(&bed, &[portion(Class::Code, 3)]).await;
        let again = |doubt| Verdict::Again { due: clock::now(), tries: 1, parts: 0, doubt };
        // One was refused for now, one is not answered for, one had no end when its sender died.
        let settlements =
            [ended(&claimed[0], again(Doubt::None)), ended(&claimed[1], again(Doubt::Perhaps))];
        bed.store.settle(&settlements, clock::now()).await.unwrap();
        let long_ago = clock::now().minus(Duration::from_secs(3600));
        let bounds = Bounds { receipts_from: long_ago, kept_from: long_ago, limit: 100 };
        let swept = bed.store.sweep_outbox(later(61), bounds).await.unwrap();
        assert_eq!(swept.moved.len(), 4);
        assert_eq!((bed.standing(Fate::Expired).await, bed.standing(Fate::Unknown).await), (2, 2));
    }
}

/// Who takes over what somebody else had knows that it may have left.
#[tokio::test]
async fn what_a_dead_process_had_may_have_been_sent() {
    for bed in both().await {
        bed.enqueue(1, Class::Reply, "telco").await;
        let portions = [portion(Class::Reply, 1)];
        let first = bed.store.claim(&portions, clock::now(), clock::now()).await.unwrap();
        assert_eq!(first[0].doubt, Doubt::None);
        let left = bed.store.release_leases(clock::now()).await.unwrap();
        let then = bed.store.claim(&portions, later(1), later(60)).await.unwrap();
        assert_eq!(then[0].doubt, Doubt::Perhaps, "{left} released");
        // Given back, it is what it was.
        let Claimed { tries, parts, doubt, .. } = then[0];
        let back = Verdict::Again { due: clock::now(), tries, parts, doubt };
        bed.store.settle(&[ended(&then[0], back)], clock::now()).await.unwrap();
        let last = bed.store.claim(&portions, later(1), later(60)).await.unwrap();
        assert_eq!((last[0].attempts, last[0].doubt), (3, Doubt::Perhaps));
    }
}

#[tokio::test]
async fn leases_of_a_dead_process_are_ended_where_one_process_sends() {
    let [sqlite, postgres] = both().await;
    for (bed, released) in [(sqlite, 3), (postgres, 0)] {
        bed.enqueue(3, Class::Reply, "telco").await;
        claim(&bed, &[portion(Class::Reply, 3)]).await;
        assert_eq!(bed.store.release_leases(clock::now()).await.unwrap(), released);
        let again = claim(&bed, &[portion(Class::Reply, 3)]).await;
        assert_eq!(again.len() as u64, released);
    }
}

#[tokio::test]
async fn receipts_match_whenever_they_come() {
    for bed in both().await {
        bed.enqueue(4, Class::Reply, "telco").await;
        let claimed = claim(&bed, &[portion(Class::Reply, 4)]).await;
        // Before the response, and twice.
        let early = [receipt("a", Fate::Delivered), receipt("a", Fate::Delivered)];
        assert!(bed.store.receipts(&early, clock::now()).await.unwrap().is_empty());
        assert_eq!(bed.store.count(Table::ParkedReceipt).await.unwrap(), 1);
        let settlements: Vec<_> =
            claimed.iter().zip(["a", "b", "c", ""]).map(|(one, id)| sent(one, id)).collect();
        let moved = bed.store.settle(&settlements, clock::now()).await.unwrap();
        assert_eq!(moved.iter().filter(|one| one.fate == Fate::Delivered).count(), 1);
        assert_eq!(bed.store.count(Table::ParkedReceipt).await.unwrap(), 0);
        // After it, and twice; the first word counts.
        let after = [receipt("b", Fate::Undeliverable), receipt("c", Fate::Expired)];
        assert_eq!(bed.store.receipts(&after, clock::now()).await.unwrap().len(), 2);
        let again = [receipt("b", Fate::Delivered), receipt("a", Fate::Expired)];
        assert!(bed.store.receipts(&again, clock::now()).await.unwrap().is_empty());
        assert_eq!(bed.store.count(Table::ParkedReceipt).await.unwrap(), 0);
        for (fate, many) in
            [(Fate::Delivered, 1), (Fate::Undeliverable, 1), (Fate::Expired, 1), (Fate::Sent, 1)]
        {
            assert_eq!(bed.standing(fate).await, many, "{}", fate.as_str());
        }
        // Of another account.
        let other = Receipt { account: "other".into(), ..receipt("a", Fate::Delivered) };
        assert!(bed.store.receipts(&[other], clock::now()).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn two_accounts_may_name_messages_alike() {
    for bed in both().await {
        bed.enqueue(2, Class::Reply, "telco").await;
        let claimed = claim(&bed, &[portion(Class::Reply, 2)]).await;
        bed.store.settle(&[sent(&claimed[0], "7")], clock::now()).await.unwrap();
        // One is known, and the other came before the response.
        let other = Receipt { account: "other".into(), ..receipt("7", Fate::Undeliverable) };
        let both = [receipt("7", Fate::Delivered), other];
        assert_eq!(bed.store.receipts(&both, clock::now()).await.unwrap().len(), 1);
        assert_eq!(bed.store.count(Table::ParkedReceipt).await.unwrap(), 1);
        let (account, left) = (Arc::from("other"), clock::now());
        let verdict = Verdict::Sent { account, message_id: "7".into(), left };
        bed.store.settle(&[ended(&claimed[1], verdict)], clock::now()).await.unwrap();
        assert_eq!(bed.standing(Fate::Delivered).await, 1);
        assert_eq!(bed.standing(Fate::Undeliverable).await, 1);
    }
}

#[tokio::test]
async fn time_ends_what_nobody_ends() {
    for bed in both().await {
        let soon = Notice { expires: later(10), ..notice(Class::Code, "telco") };
        let silent = notice(Class::Reply, "telco");
        bed.store.enqueue(&[soon, silent]).await.unwrap();
        let claimed = claim(&bed, &[portion(Class::Reply, 1)]).await;
        bed.store.settle(&[sent(&claimed[0], "1")], clock::now()).await.unwrap();
        bed.store.receipts(&[receipt("nobody's", Fate::Delivered)], clock::now()).await.unwrap();
        let sweep = async |at: u64| {
            let now = later(at);
            let bounds = Bounds {
                receipts_from: now.minus(Duration::from_secs(72 * 3600)),
                kept_from: now.minus(Duration::from_secs(30 * 86_400)),
                limit: 100,
            };
            bed.store.sweep_outbox(now, bounds).await.unwrap()
        };
        assert_eq!(sweep(5).await.moved, []);
        assert_eq!(sweep(11).await.moved[0].fate, Fate::Expired);
        assert_eq!(sweep(71 * 3600).await.moved, []);
        let swept = sweep(73 * 3600).await;
        assert_eq!((swept.moved[0].fate, swept.deleted), (Fate::Unknown, 1));
        assert_eq!(sweep(29 * 86_400).await.deleted, 0);
        assert_eq!(sweep(31 * 86_400).await.deleted, 2);
        assert_eq!(bed.store.count(Table::Notice).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn campaigns_are_counted_where_they_move() {
    for bed in both().await {
        let of_campaign = |_| Notice { campaign: 7, ..notice(Class::Campaign, "telco") };
        let notices: Vec<Notice> = (0..6).map(of_campaign).collect();
        bed.store.enqueue(&notices).await.unwrap();
        assert!(claim(&bed, &[portion(Class::Campaign, 9)]).await.is_empty(), "not running");
        let portion = Portion { campaign: 7, ..portion(Class::Campaign, 5) };
        let claimed = claim(&bed, &[portion]).await;
        let mut settlements: Vec<_> =
            claimed[..3].iter().map(|one| sent(one, &one.id.as_i64().to_string())).collect();
        settlements.push(ended(&claimed[3], Verdict::Ended(Fate::OptedOut)));
        bed.store.settle(&settlements, clock::now()).await.unwrap();
        let id = claimed[0].id.as_i64().to_string();
        bed.store.receipts(&[receipt(&id, Fate::Delivered)], clock::now()).await.unwrap();
        let tally = bed.store.tally(7).await.unwrap();
        let counted: Vec<_> = tally.into_iter().filter(|(_, many)| *many > 0).collect();
        assert_eq!(
            counted,
            [(Fate::Waiting, 2), (Fate::Sent, 2), (Fate::Delivered, 1), (Fate::OptedOut, 1)]
        );
        let lane = Lane { class: Class::Campaign, zone: Zone::Wib };
        assert_eq!(bed.store.waiting().await.unwrap(), [(lane, 2)]);
        assert!(claimed.iter().all(|one| one.consent == Consent::Given));
    }
}
