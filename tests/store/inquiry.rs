//! Questions for the outside record: claimed in order, answered once, and not by what was asked before.

use setara::{
    clock::Timestamp,
    menu::{language::Language, state::Values},
    service::{
        inquiry::{Inquiry, Kind, Letter},
        record::Change,
    },
    store::CommitError,
};

use crate::bed::{self, Bed, SERVICE, Say, at, both};

const SITI: &str = "3173014502900001";
const DEWI: &str = "3173014502900002";

fn inquiry(bed: &Bed, id: i64, of: &str, name: &str, due: Timestamp) -> Inquiry {
    let mut values = Values::default();
    values.keep("name", name);
    Inquiry {
        id,
        kind: Kind::Register,
        by: bed.phone("081290000001"),
        person: bed.person(of),
        letter: Letter {
            nik: of.to_owned(),
            phone: "+6281290000001".to_owned(),
            chat: None,
            service: SERVICE.to_owned(),
            language: Language::parse("id").unwrap(),
            values,
            behalf: None,
        },
        at: at(0),
        due,
    }
}

async fn store(bed: &Bed, change: Change) -> Result<(), CommitError> {
    bed.commit(&[bed.turn("081290000001").change(change)]).await
}

async fn ask(bed: &Bed, inquiry: &Inquiry) {
    store(bed, Change::Inquire(Box::new(inquiry.clone()))).await.unwrap();
}

#[tokio::test]
async fn what_is_asked_anew_is_not_answered_by_what_was_asked_before() {
    for bed in both().await {
        ask(&bed, &inquiry(&bed, 1, SITI, "Siti Amina", at(0))).await;
        let old = bed.store.claim_inquiries(at(1), at(3), 1).await.unwrap().remove(0).inquiry;
        assert!(bed.store.claim_inquiries(at(2), at(4), 1).await.unwrap().is_empty());

        // The name is corrected while the record is asked.
        ask(&bed, &inquiry(&bed, 2, SITI, "Siti Aminah", at(2))).await;
        let answered = store(&bed, Change::Answered(old.answered())).await;
        assert!(matches!(answered, Err(CommitError::Conflict)));
        bed.store.put_off_inquiry(&old, at(60), 9).await.unwrap();

        let new = bed.store.claim_inquiries(at(2), at(4), 1).await.unwrap().remove(0);
        assert_eq!((new.inquiry.id, new.tries), (1, 0), "its place in the queue is kept");
        assert_eq!(new.inquiry.letter.values.text("name"), Some("Siti Aminah"));
        let answered = Change::Answered(new.inquiry.answered());
        store(&bed, answered.clone()).await.unwrap();
        assert!(matches!(store(&bed, answered).await, Err(CommitError::Conflict)), "told once");
    }
}

#[tokio::test]
async fn one_that_cannot_be_read_stops_nobody() {
    for bed in both().await {
        ask(&bed, &inquiry(&bed, 1, SITI, "Siti Aminah", at(0))).await;
        ask(&bed, &inquiry(&bed, 2, DEWI, "Dewi Lestari", at(0))).await;
        let hex = if bed.url.starts_with("sqlite") { "x'00'" } else { "'\\x00'" };
        bed::execute(&bed.url, &format!("update inquiry set body = {hex} where id = 1")).await;
        let claimed = bed.store.claim_inquiries(at(1), at(3), 9).await.unwrap();
        assert_eq!(claimed.iter().map(|of| of.inquiry.id).collect::<Vec<_>>(), [2]);
        let left = bed.store.inquiry_figures().await.unwrap();
        assert_eq!(left.iter().map(|of| of.waiting).sum::<u64>(), 1);
    }
}
