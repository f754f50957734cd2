//! Places in the queues of a clinic.

use std::collections::HashSet;

use jiff::civil::{Date, date};
use setara::{
    service::{
        place::{Line, QueueFacts, QueueNeed, Turn},
        record::{Change, Need},
    },
    store::{LineFigures, TurnWrite},
};

use crate::bed::{Bed, Say, both};

const DAY: Date = date(2021, 8, 17);

fn phone(n: usize) -> String {
    format!("+62812345{n:05}")
}

fn line(unit: &str) -> Line {
    Line { service: "clinic".into(), unit: unit.into(), day: DAY }
}

fn need(bed: &Bed, n: usize, day: Date, draw: Option<&str>) -> Need {
    let (service, draw) = ("clinic".to_owned(), draw.map(str::to_owned));
    let subscriber = bed.phone(&phone(n));
    Need { queue: Some(QueueNeed { service, day, subscriber, draw }), ..Need::default() }
}

fn up(bed: &Bed, n: usize, unit: &str, number: u16) -> TurnWrite {
    bed.turn(&phone(n)).change(Change::QueueUp { line: line(unit), number })
}

/// Draws and takes a number in one transaction, as a turn does.
async fn take(bed: &Bed, phones: &[usize], unit: &str) -> Vec<QueueFacts> {
    let needs: Vec<_> = phones.iter().map(|&n| need(bed, n, DAY, Some(unit))).collect();
    let mut batch = bed.store.begin().await.unwrap();
    let facts: Vec<_> = batch.facts(&needs).await.unwrap().into_iter().map(|of| of.queue).collect();
    let writes: Vec<_> = phones
        .iter()
        .zip(&facts)
        .filter_map(|(&n, facts)| Some(up(bed, n, unit, facts.drawn.as_ref()?.number)))
        .collect();
    batch.commit(&writes).await.unwrap();
    facts
}

async fn look(bed: &Bed, n: usize) -> Option<(String, u16, u16, Turn)> {
    let facts = bed.facts(&[need(bed, n, DAY, None)]).await.remove(0).queue;
    facts.place.map(|place| (place.unit, place.number, place.before, place.turn))
}

#[tokio::test]
async fn numbers_are_given_in_order_and_once() {
    for bed in both().await {
        assert_eq!(look(&bed, 1).await, None);
        let drawn = |facts: Vec<QueueFacts>| -> Vec<_> {
            facts.into_iter().filter_map(|of| of.drawn).map(|of| (of.number, of.before)).collect()
        };
        assert_eq!(drawn(take(&bed, &[1], "umum").await), [(1, 0)]);
        assert_eq!(drawn(take(&bed, &[2, 3, 4], "umum").await), [(2, 1), (3, 2), (4, 3)]);
        assert_eq!(drawn(take(&bed, &[5], "gigi").await), [(1, 0)], "a line of its own");
        // Who has a place draws no other, and nothing is lost for those behind.
        assert_eq!(drawn(take(&bed, &[2, 6], "umum").await), [(5, 4)]);
        assert_eq!(look(&bed, 6).await, Some(("umum".into(), 5, 4, Turn::ToCome)));

        // What is not committed was not drawn.
        let mut batch = bed.store.begin().await.unwrap();
        batch.facts(&[need(&bed, 7, DAY, Some("umum"))]).await.unwrap();
        batch.rollback().await.unwrap();
        assert_eq!(drawn(take(&bed, &[7], "umum").await), [(6, 5)]);

        // Tomorrow nobody has a place yet.
        let tomorrow = need(&bed, 1, DAY.tomorrow().unwrap(), None);
        assert_eq!(bed.facts(&[tomorrow]).await.remove(0).queue, QueueFacts::default());
    }
}

#[tokio::test]
async fn a_place_moves_up_as_others_are_called_or_leave() {
    for bed in both().await {
        take(&bed, &[1, 2, 3, 4], "umum").await;
        let leaves = Change::LeaveQueue { service: "clinic".into() };
        bed.commit(&[bed.turn(&phone(2)).change(leaves)]).await.unwrap();
        assert_eq!(look(&bed, 2).await, None);
        assert_eq!(look(&bed, 4).await, Some(("umum".into(), 4, 2, Turn::ToCome)));
        assert_eq!(bed.store.call_next(&line("umum")).await.unwrap(), Some(1));
        assert_eq!(look(&bed, 1).await, Some(("umum".into(), 1, 0, Turn::Called)));
        assert_eq!(look(&bed, 4).await, Some(("umum".into(), 4, 1, Turn::ToCome)));
        assert_eq!(bed.store.call_next(&line("umum")).await.unwrap(), Some(3), "2 has left");
        let figures = LineFigures { unit: "umum".into(), called: 3, waiting: 1 };
        assert_eq!(bed.store.lines("clinic", DAY).await.unwrap(), [figures]);
        // Who was called may queue again, behind the others.
        let again = take(&bed, &[1], "umum").await.remove(0).drawn.unwrap();
        assert_eq!((again.number, again.before), (5, 1));
        assert_eq!(bed.store.call_next(&line("umum")).await.unwrap(), Some(4));
        assert_eq!(bed.store.call_next(&line("umum")).await.unwrap(), Some(5));
        assert_eq!(bed.store.call_next(&line("umum")).await.unwrap(), None, "nobody waits");
        assert_eq!(bed.store.call_next(&line("gigi")).await.unwrap(), None);

        bed.store.purge_queues(DAY, 100).await.unwrap();
        assert!(look(&bed, 1).await.is_some(), "today stays");
        bed.store.purge_queues(DAY.tomorrow().unwrap(), 100).await.unwrap();
        assert_eq!(look(&bed, 1).await, None);
        assert_eq!(bed.store.lines("clinic", DAY).await.unwrap(), []);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_who_come_at_once_get_a_number_each() {
    for bed in both().await {
        let bed = std::sync::Arc::new(bed);
        let takers: Vec<_> = (0..8)
            .map(|part| {
                let bed = std::sync::Arc::clone(&bed);
                tokio::spawn(async move {
                    let mut numbers = Vec::new();
                    for n in 0..10 {
                        let facts = take(&bed, &[part * 100 + n], "umum").await.remove(0);
                        numbers.push(facts.drawn.unwrap().number);
                    }
                    numbers
                })
            })
            .collect();
        let mut numbers = HashSet::new();
        for taker in takers {
            numbers.extend(taker.await.unwrap());
        }
        assert_eq!(numbers, (1..=80).collect(), "no gap, and none twice");
    }
}
