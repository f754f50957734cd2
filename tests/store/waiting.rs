//! Lines and what is offered in them, on both databases and from several nodes; and tickets that a place
//! cannot take.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use jiff::civil::Date;
use setara::{
    clock::{Timestamp, Zone},
    outbox::{Class, Fate, Lane, Notice, NoticeId},
    service::{
        appointment::{AppointmentChange, Ended, EndedAs, InLine, InLineOf, Line, assign},
        audit::StaffName,
        facility::{Facility, FacilityCode, Hours},
        number::Number,
        record::{Change, DeskChange},
    },
    store::{
        CommitError, LineBounds, Mode, News, Reopened, Shut, StaffWrite, Stranding, Table,
        TurnWrite, Waited,
    },
};

use crate::{
    appointment::{DAY, book, book_at_once, code, fill, hold, look, person, phone, place, wants},
    bed::{Bed, Say, at, both, msisdn},
};

const OFFER: Duration = Duration::from_secs(3600);

const BOUNDS: LineBounds = LineBounds { offers: 2, limit: 100 };

fn window() -> (Timestamp, Timestamp) {
    let midnight =
        |day: Date| Timestamp::at(day.to_datetime(jiff::civil::Time::midnight()), Zone::Wib);
    (midnight(DAY), midnight(DAY.tomorrow().unwrap()))
}

/// Waits for the one day there is.
async fn wait(bed: &Bed, n: usize, minutes: i64) {
    join(bed, &code(), n, minutes, minutes).await;
}

/// The same for whoever stands further ahead than where they came.
async fn join(bed: &Bed, facility: &FacilityCode, n: usize, since: i64, joined: i64) {
    let who = InLine {
        facility: facility.clone(),
        person: person(n),
        dose: 1,
        day: None,
        from: DAY,
        vaccine: None,
        by: bed.phone(&phone(n)),
        service: "vaccination".into(),
        lane: Lane { class: Class::Reply, zone: Zone::Wib },
        since: at(since),
        joined: at(joined),
    };
    let change = Change::Appointment(AppointmentChange::Wait(who));
    bed.commit(&[bed.turn(&phone(n)).change(change)]).await.unwrap();
}

async fn line(bed: &Bed, n: usize, minutes: i64) -> Option<Line> {
    look(bed, n, minutes).await.lines.pop()
}

/// One round, as a node makes it: who was offered a seat.
async fn offer(bed: &Bed, minutes: i64) -> Result<Vec<usize>, CommitError> {
    let now = at(minutes);
    let mut batch = bed.store.begin().await?;
    let open = batch.open_line(&code(), window(), now, BOUNDS).await?.expect("a place");
    let to: Vec<_> = assign(&open.place, &open.waiting, &open.taken, now, 1)
        .into_iter()
        .map(|(at, slot)| (&open.waiting[at], slot))
        .collect();
    let offers = batch.offer(&open.place, &to, now, OFFER).await?;
    batch.commit_notices(&[]).await?;
    let number = |at: usize| {
        let octets = to[at].0.person.as_bytes()[..8].try_into().expect("eight octets");
        usize::from_be_bytes(octets)
    };
    Ok(offers.iter().map(|(at, _)| number(*at)).collect())
}

async fn cancel(bed: &Bed, n: usize, minutes: i64) -> TurnWrite {
    let booked = look(bed, n, minutes).await.booked.remove(0);
    let ended = Ended {
        person: person(n),
        number: booked.number,
        seat: booked.seat,
        reminder: None,
        how: EndedAs::Cancelled,
    };
    bed.turn(&phone(n)).change(Change::Appointment(AppointmentChange::End(ended)))
}

/// One seat in all: everything else of the day is booked by people from 100 on.
async fn one_seat(bed: &Bed) {
    fill(&bed.store, 1).await;
    let mut small = bed.store.facility(&code()).await.unwrap().unwrap();
    small.hours = Hours::parse("sen-min 08:00-09:00").unwrap();
    bed.store.put_facilities(&[small], at(0), |_| ()).await.unwrap();
}

#[tokio::test]
async fn what_comes_free_is_for_the_first_in_line_and_for_nobody_else() {
    for bed in both().await {
        one_seat(&bed).await;
        book_at_once(&bed, 1, 0).await.unwrap().unwrap();
        wait(&bed, 2, 1).await;
        wait(&bed, 3, 2).await;
        wait(&bed, 2, 3).await;
        assert_eq!(line(&bed, 2, 3).await.unwrap().position, 1, "once, and where they stood");
        assert_eq!(line(&bed, 3, 3).await.unwrap().position, 2);
        assert_eq!(offer(&bed, 4).await.unwrap(), Vec::<usize>::new(), "nothing is free");
        bed.commit(&[cancel(&bed, 1, 5).await]).await.unwrap();
        // Free, and nobody's but theirs who wait.
        assert_eq!(hold(&bed, &[4, 1, 3], 5).await, [None, None, None]);
        assert_eq!(offer(&bed, 6).await.unwrap(), [2]);
        let open = line(&bed, 2, 6).await.unwrap().offer.unwrap();
        assert_eq!((open.until, open.seat.seat), (at(66), 1));
        assert_eq!(offer(&bed, 7).await.unwrap(), Vec::<usize>::new());
        // Nobody answers: the next, and the first is the last.
        assert_eq!(offer(&bed, 66).await.unwrap(), [3]);
        assert_eq!(line(&bed, 2, 66).await.unwrap().position, 2);
        assert_eq!(book_at_once(&bed, 2, 67).await.unwrap(), None, "too late");
        assert!(book_at_once(&bed, 3, 67).await.unwrap().is_some(), "in time");
        assert_eq!(line(&bed, 3, 67).await, None, "whoever has a seat waits nowhere");
        // Once more in vain, and out of the line.
        bed.commit(&[cancel(&bed, 3, 70).await]).await.unwrap();
        assert_eq!(offer(&bed, 70).await.unwrap(), [2]);
        assert_eq!(offer(&bed, 130).await.unwrap(), Vec::<usize>::new());
        assert_eq!(line(&bed, 2, 130).await, None);
        assert!(book_at_once(&bed, 4, 130).await.unwrap().is_some(), "anybody's again");
    }
}

#[tokio::test]
async fn an_offer_is_declined_or_left_and_the_seat_is_the_next_ones() {
    for bed in both().await {
        one_seat(&bed).await;
        wait(&bed, 1, 1).await;
        wait(&bed, 2, 2).await;
        assert_eq!(offer(&bed, 3).await.unwrap(), [1]);
        let of = |n| InLineOf { facility: code(), person: person(n) };
        let pass = Change::Appointment(AppointmentChange::Pass(of(1)));
        bed.commit(&[bed.turn(&phone(1)).at(4).change(pass)]).await.unwrap();
        assert_eq!(bed.store.count(Table::Seat).await.unwrap(), 0);
        assert_eq!(offer(&bed, 5).await.unwrap(), [2]);
        let leave = Change::Appointment(AppointmentChange::Leave(of(2)));
        bed.commit(&[bed.turn(&phone(2)).at(6).change(leave)]).await.unwrap();
        assert_eq!(
            (bed.store.count(Table::Seat).await.unwrap(), line(&bed, 2, 6).await),
            (0, None)
        );
        assert_eq!(offer(&bed, 7).await.unwrap(), [1], "who passed is still there");
        let figures = bed.store.seat_figures(at(8)).await.unwrap();
        assert_eq!((figures.offered, figures.waiting), (1, 0));
        // What died with a node was never offered.
        let mut batch = bed.store.begin().await.unwrap();
        batch.open_line(&code(), window(), at(9), BOUNDS).await.unwrap();
        drop(batch);
        assert_eq!(hold(&bed, &[3], 9).await, [None]);
        let mut batch = bed.store.begin().await.unwrap();
        assert_eq!(batch.waited_out(at(9), 10).await.unwrap(), [], "an offer is open");
    }
}

#[tokio::test]
async fn whoever_falls_out_of_a_line_is_named_and_nobody_whom_a_place_let_down_falls_out_early() {
    for bed in both().await {
        one_seat(&bed).await;
        // Their ticket is older than anybody may wait; they have just come.
        join(&bed, &code(), 1, 0, 100).await;
        wait(&bed, 2, 10).await;
        let out = async |before, limit| {
            let mut batch = bed.store.begin().await.unwrap();
            let out = batch.waited_out(at(before), limit).await.unwrap();
            batch.commit_notices(&[]).await.unwrap();
            out.into_iter().map(|(who, place)| (who.person, place)).collect::<Vec<_>>()
        };
        assert_eq!(out(50, 9).await, [(person(2), "Puskesmas Melati".to_owned())]);
        assert_eq!(out(50, 9).await, []);
        assert_eq!(line(&bed, 1, 101).await.unwrap().position, 1);
        // Whoever says once more that they wait is asked no sooner than others.
        join(&bed, &code(), 1, 200, 200).await;
        assert_eq!(out(150, 9).await, []);
        assert_eq!(out(201, 9).await.len(), 1);
        // Out by offers that nobody answered.
        wait(&bed, 3, 300).await;
        let mut lapsed = Vec::new();
        for minutes in [301, 362, 423] {
            assert_eq!(offer(&bed, minutes).await.unwrap().len(), usize::from(minutes < 423));
            let mut batch = bed.store.begin().await.unwrap();
            let next = at(minutes + 60);
            let open = batch.open_line(&code(), window(), next, BOUNDS).await.unwrap().unwrap();
            lapsed.push((open.lapsed, open.out.len()));
        }
        assert_eq!(lapsed, [(1, 0), (1, 1), (0, 0)]);
    }
}

#[tokio::test]
async fn whom_a_place_lets_down_is_told_who_came_before_them() {
    for bed in both().await {
        fill(&bed.store, 2).await;
        book_at_once(&bed, 5, 0).await.unwrap().unwrap();
        book_at_once(&bed, 6, 3).await.unwrap().unwrap();
        for (n, minutes) in [(1, 1), (2, 2), (3, 9)] {
            wait(&bed, n, minutes).await;
        }
        assert_eq!(look(&bed, 6, 10).await.in_line_before, 0, "nobody let them down");
        bed.store.close_facility(Mode::Real, &code(), Shut::On(DAY), at(10)).await.unwrap();
        let before = async |n| look(&bed, n, 11).await.in_line_before;
        assert_eq!([before(5).await, before(6).await, before(1).await], [0, 2, 0]);
    }
}

#[tokio::test]
async fn nothing_is_kept_for_who_is_erased() {
    for bed in both().await {
        one_seat(&bed).await;
        for n in [1, 2, 3] {
            wait(&bed, n, n as i64).await;
        }
        let seats = async || bed.store.count(Table::Seat).await.unwrap();
        assert_eq!((offer(&bed, 4).await.unwrap(), seats().await), (vec![1], 1));
        let erase = |n| DeskChange::Erase(person(n), Number::from_random(9));
        let staff = |n| StaffWrite {
            staff: StaffName::parse("rina").unwrap(),
            at: at(5),
            changes: vec![erase(n)],
            notices: vec![],
        };
        bed.store.begin().await.unwrap().commit_staff(&staff(1)).await.unwrap();
        assert_eq!((line(&bed, 1, 6).await, seats().await), (None, 0));
        assert_eq!(offer(&bed, 6).await.unwrap(), [2]);
    }
}

#[tokio::test]
async fn who_takes_consent_back_waits_for_nothing() {
    for bed in both().await {
        one_seat(&bed).await;
        for n in [1, 2] {
            wait(&bed, n, n as i64).await;
        }
        assert_eq!(offer(&bed, 4).await.unwrap(), [1]);
        let back = bed.turn(&phone(1)).at(5).change(Change::WithdrawConsent);
        bed.commit(&[back]).await.unwrap();
        assert_eq!(line(&bed, 1, 6).await, None);
        // What was kept for them is the next one's, who has taken nothing back.
        assert_eq!(offer(&bed, 6).await.unwrap(), [2]);
    }
}

/// Two nodes offer, people take, cancel and come from outside, all at once: no seat twice, none lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_sold_twice_and_nothing_lost_while_everybody_is_at_it() {
    const SEATS: u16 = 4;
    const WAITING: usize = 12;
    for bed in both().await {
        fill(&bed.store, SEATS).await;
        let mut small = bed.store.facility(&code()).await.unwrap().unwrap();
        small.hours = Hours::parse("sen-min 08:00-09:00").unwrap();
        bed.store.put_facilities(&[small], at(0), |_| ()).await.unwrap();
        for n in 0..usize::from(SEATS) {
            book_at_once(&bed, n, 0).await.unwrap().unwrap();
        }
        for n in 10..10 + WAITING {
            wait(&bed, n, n as i64).await;
        }
        let beside = Bed::beside(&bed).await;
        let beds = [Arc::new(bed), Arc::new(beside)];
        let mut tasks = Vec::new();
        for (n, bed) in beds.iter().cycle().take(usize::from(SEATS)).enumerate() {
            let bed = Arc::clone(bed);
            tasks.push(tokio::spawn(async move {
                let give_up = cancel(&bed, n, 50).await;
                bed.commit(&[give_up]).await.expect("a ticket given back");
            }));
        }
        for (round, bed) in beds.iter().cycle().take(24).enumerate() {
            let bed = Arc::clone(bed);
            tasks.push(tokio::spawn(async move {
                match offer(&bed, 60 + round as i64 / 12).await {
                    Ok(_) | Err(CommitError::Conflict) => {}
                    Err(CommitError::Unavailable(error)) => panic!("{error:?}"),
                }
            }));
        }
        for (n, bed) in beds.iter().cycle().take(20).enumerate() {
            let bed = Arc::clone(bed);
            tasks.push(tokio::spawn(async move {
                match book_at_once(&bed, 500 + n, 61).await {
                    Ok(seat) => assert_eq!(seat, None, "somebody pushed in"),
                    Err(CommitError::Conflict) => {}
                    Err(CommitError::Unavailable(error)) => panic!("{error:?}"),
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        let bed = &beds[0];
        // What the others left over.
        while !offer(bed, 62).await.unwrap().is_empty() {}
        let mut seats = BTreeSet::new();
        for n in 10..10 + WAITING {
            if let Some(open) = line(bed, n, 63).await.unwrap().offer {
                assert!(n < 10 + usize::from(SEATS), "the first in line come first");
                assert!(seats.insert(open.seat.seat), "a seat twice");
                assert!(book_at_once(bed, n, 63).await.unwrap().is_some());
            }
        }
        assert_eq!(seats, (1..=SEATS).collect());
        assert_eq!(bed.store.count(Table::Seat).await.unwrap(), u64::from(SEATS));
        let waiting = bed.store.count(Table::WaitList).await.unwrap();
        assert_eq!(waiting, (WAITING - usize::from(SEATS)) as u64);
    }
}

#[tokio::test]
async fn a_place_that_closes_tells_whoever_has_a_ticket_once_and_lets_them_in_first() {
    for bed in both().await {
        fill(&bed.store, 2).await;
        for n in 1..=2 {
            book_at_once(&bed, n, 0).await.unwrap().unwrap();
        }
        let close = async |mode, shut| bed.store.close_facility(mode, &code(), shut, at(1)).await;
        let told = Stranding::default();
        assert_eq!(close(Mode::Trial, Shut::On(DAY)).await.unwrap(), Some(2));
        assert_eq!(bed.store.stranding(&code(), at(1)).await.unwrap(), told, "only tried");
        assert!(bed.store.facility(&code()).await.unwrap().unwrap().closed.is_empty());
        let day_after = DAY.tomorrow().unwrap();
        assert_eq!(close(Mode::Real, Shut::From(day_after)).await.unwrap(), Some(0));
        assert_eq!(close(Mode::Real, Shut::From(DAY)).await.unwrap(), Some(2));
        assert_eq!(close(Mode::Real, Shut::On(DAY)).await.unwrap(), Some(0), "once");
        assert!(look(&bed, 1, 1).await.booked[0].stranded.is_some());
        let mut batch = bed.store.begin().await.unwrap();
        let some = batch.untold(News::LetDown, at(2), 1).await.unwrap().unwrap();
        assert_eq!(some[0].place, "Puskesmas Melati");
        batch.rollback().await.unwrap();
        let mut batch = bed.store.begin().await.unwrap();
        assert_eq!(
            batch.untold(News::LetDown, at(2), 9).await.unwrap().map(|all| all.len()),
            Some(2)
        );
        assert_eq!(batch.phones(&[some[0].by]).await.unwrap().len(), 1);
        batch.commit_notices(&[]).await.unwrap();
        assert!(bed.store.nobody_untold().await.unwrap());
        let told = Stranding { tickets: 2, told: 2 };
        assert_eq!(bed.store.stranding(&code(), at(2)).await.unwrap(), told);
    }
}

#[tokio::test]
async fn fewer_seats_let_the_last_ones_down_who_then_come_before_those_who_wait() {
    for bed in both().await {
        fill(&bed.store, 3).await;
        for n in 1..=3 {
            book_at_once(&bed, n, 0).await.unwrap().unwrap();
        }
        let mut place = bed.store.facility(&code()).await.unwrap().unwrap();
        place.quota = 2;
        let put =
            async |mode| bed.store.put_facilities_in(mode, &[place.clone()], at(1), |_| ()).await;
        assert_eq!(put(Mode::Trial).await.unwrap().into_values().sum::<u64>(), 1);
        assert_eq!(bed.store.facility(&code()).await.unwrap().unwrap().quota, 3);
        assert_eq!(put(Mode::Real).await.unwrap().into_values().sum::<u64>(), 1);
        assert_eq!(put(Mode::Real).await.unwrap().into_values().sum::<u64>(), 0, "once");
        let let_down = async |n| look(&bed, n, 2).await.booked[0].stranded.is_some();
        assert_eq!([let_down(1).await, let_down(2).await, let_down(3).await], [false, false, true]);
        wait(&bed, 4, 3).await;
        bed.commit(&[cancel(&bed, 1, 4).await]).await.unwrap();
        bed.commit(&[cancel(&bed, 2, 4).await]).await.unwrap();
        // Two are booked still by quota: one seat is free, and the line does not bar who was let down.
        assert_eq!(hold(&bed, &[5], 5).await, [None]);
        assert!(hold(&bed, &[3], 5).await[0].is_some());
    }
}

/// Somebody has read that a place is open, and has not booked yet; meanwhile staff close it.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_books_while_a_place_closes_is_told_or_refused() {
    for bed in both().await {
        fill(&bed.store, 3).await;
        assert!(hold(&bed, &[1], 0).await[0].is_some());
        let beside = Bed::beside(&bed).await;
        let mut turn = bed.store.begin().await.unwrap();
        let facts = turn.facts(&[wants(&bed, 1, 1), wants(&bed, 2, 1)]).await.unwrap();
        let held = facts.into_iter().map(|facts| facts.appointment.held.unwrap());
        let books = held.zip(1..).map(|(held, n)| book(&bed, n, &held, 1)).collect::<Vec<_>>();
        let closing = tokio::spawn(async move {
            beside.store.close_facility(Mode::Real, &code(), Shut::On(DAY), at(2)).await
        });
        // Long enough for a close that waits for nobody to be done.
        tokio::time::sleep(Duration::from_millis(500)).await;
        turn.commit(&books).await.unwrap();
        assert_eq!(closing.await.unwrap().unwrap(), Some(2));
        assert!(look(&bed, 1, 3).await.booked[0].stranded.is_some());
        // Read before it was closed, and asked for behind it.
        assert_eq!(hold(&bed, &[3], 3).await, [None]);
    }
}

#[tokio::test]
async fn a_place_that_opens_again_takes_whoever_still_has_a_ticket_and_tells_whom_it_told_otherwise()
 {
    for bed in both().await {
        fill(&bed.store, 3).await;
        for n in 1..=3 {
            book_at_once(&bed, n, 0).await.unwrap().unwrap();
        }
        let (on, from) = (Shut::On(DAY), Shut::From(DAY));
        let close = async |shut| bed.store.close_facility(Mode::Real, &code(), shut, at(1)).await;
        let open =
            async |mode, shut| bed.store.open_facility(mode, &code(), shut, at(1)).await.unwrap();
        let tell = async |news, most| {
            let mut batch = bed.store.begin().await.unwrap();
            let told = batch.untold(news, at(2), most).await.unwrap().unwrap_or_default();
            let mut words = Vec::new();
            for of in &told {
                let id = NoticeId::draw(at(2), rand::random());
                batch.take_back_later(of, id).await.unwrap();
                let (to, lane) =
                    (msisdn(&phone(1)).into(), Lane { class: Class::Reply, zone: Zone::Wib });
                words.push(Notice::at_once(id, to, "telco", lane, "word".into(), at(2)));
            }
            batch.commit_notices(&words).await.unwrap();
            told.len()
        };
        let unsent = async || bed.store.notices_standing(Fate::Waiting).await.unwrap();
        let good = async |n| look(&bed, n, 2).await.booked[0].stranded.is_none();
        assert_eq!(close(from).await.unwrap(), Some(3));
        // One was told, one gives the ticket back, one never hears of it.
        assert_eq!(tell(News::LetDown, 1).await, 1);
        bed.commit(&[cancel(&bed, 2, 1).await]).await.unwrap();
        assert_eq!(open(Mode::Real, on).await, Some(Reopened::ClosedFrom(DAY)));
        let later = Shut::From(DAY.tomorrow().unwrap());
        assert_eq!(open(Mode::Real, later).await, Some(Reopened::ClosedFrom(DAY)));
        assert_eq!(open(Mode::Trial, from).await, Some(Reopened::Tickets(2)));
        assert!(!good(1).await, "only tried");
        assert_eq!(open(Mode::Real, from).await, Some(Reopened::Tickets(2)));
        assert!(good(1).await && good(3).await);
        assert!(!bed.store.nobody_untold().await.unwrap());
        assert_eq!((unsent().await, tell(News::LetDown, 9).await), (1, 0));
        assert_eq!(
            (tell(News::GoodAgain, 9).await, unsent().await),
            (1, 1),
            "the bad word is taken back"
        );
        assert!(bed.store.nobody_untold().await.unwrap());
        assert_eq!(bed.store.stranding(&code(), at(2)).await.unwrap(), Stranding::default());
        // The same of one day; and of more seats.
        assert_eq!(close(on).await.unwrap(), Some(2));
        assert_eq!(open(Mode::Real, on).await, Some(Reopened::Tickets(2)));
        assert_eq!(open(Mode::Real, on).await, Some(Reopened::Tickets(0)), "once");
        let mut place = bed.store.facility(&code()).await.unwrap().unwrap();
        for (quota, stands) in [(1, 1), (2, 2)] {
            place.quota = quota;
            bed.store.put_facilities(&[place.clone()], at(2), |_| ()).await.unwrap();
            assert_eq!(usize::from(good(1).await) + usize::from(good(3).await), stands);
        }
        assert!(bed.store.nobody_untold().await.unwrap(), "nobody had been told");
        let nowhere = FacilityCode::parse("NO-SUCH").unwrap();
        let none = bed.store.open_facility(Mode::Real, &nowhere, on, at(2)).await;
        assert_eq!(none.unwrap(), None);
    }
}

#[tokio::test]
async fn lines_are_looked_at_some_places_at_a_time_and_in_the_end_all() {
    for bed in both().await {
        let codes: Vec<_> =
            (1..=5).map(|n| FacilityCode::parse(&format!("P-{n}")).unwrap()).collect();
        let places: Vec<_> =
            codes.iter().map(|code| Facility { code: code.clone(), ..place(2) }).collect();
        bed.store.put_facilities(&places, at(0), |_| ()).await.unwrap();
        // Nobody waits at the third.
        for (at_place, code) in codes.iter().enumerate().filter(|(at_place, _)| *at_place != 2) {
            for n in [10, 20] {
                join(&bed, code, n + at_place, 1, 1).await;
            }
        }
        let look = async |after: Option<usize>, minutes| {
            let after = after.map(|at| &codes[at]);
            bed.store.waited_for(after, at(minutes), 2).await.unwrap()
        };
        let named = |found: Vec<Waited>| found.into_iter().map(|of| of.code).collect::<Vec<_>>();
        assert_eq!(named(look(None, 2).await), codes[..2]);
        assert_eq!(named(look(Some(1), 2).await), codes[3..]);
        assert_eq!(named(look(Some(4), 2).await), []);
        let mark = async |minutes| look(None, minutes).await.remove(0).mark;
        let [seats, people, _] = mark(2).await;
        assert_eq!((seats, people), (0, 2));
        let mut batch = bed.store.begin().await.unwrap();
        let open = batch.open_line(&codes[0], window(), at(3), BOUNDS).await.unwrap().unwrap();
        let slot = assign(&open.place, &open.waiting, &open.taken, at(3), 1)[0].1;
        let to = [(&open.waiting[0], slot)];
        assert_eq!(batch.offer(&open.place, &to, at(3), OFFER).await.unwrap().len(), 1);
        batch.commit_notices(&[]).await.unwrap();
        assert_eq!(mark(4).await[..2], [1, 1]);
        assert_eq!(mark(63).await[..2], [0, 2], "nobody answered");
    }
}

#[tokio::test]
async fn one_node_does_for_all_what_another_takes_over_when_it_dies_or_leaves() {
    let [alone, bed] = both().await;
    let take = async |bed: &Bed, node, now: i64, until| {
        bed.store.take_duty("waiting", node, at(now), at(until)).await.unwrap()
    };
    assert!(take(&alone, "a", 0, 5).await && take(&alone, "b", 0, 5).await, "it is alone");
    assert!(take(&bed, "a", 0, 5).await);
    assert!(!take(&bed, "b", 1, 6).await);
    assert!(take(&bed, "a", 4, 9).await, "and goes on");
    assert!(!take(&bed, "b", 8, 13).await);
    assert!(take(&bed, "b", 9, 14).await, "it said nothing any more");
    assert!(!take(&bed, "a", 10, 15).await);
    bed.store.leave_duty("waiting", "a").await.unwrap();
    assert!(!take(&bed, "a", 11, 16).await, "that was not its own");
    bed.store.leave_duty("waiting", "b").await.unwrap();
    assert!(take(&bed, "a", 12, 17).await);
}
