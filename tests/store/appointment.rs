//! Seats, on both databases and from several connections: nobody gets another's, none is lost.

use std::{collections::BTreeSet, time::Duration};

use jiff::civil::{Date, date};
use setara::{
    clock::Timestamp,
    front::appointment::{AppointmentError, Appointments, Days},
    service::{
        appointment::{
            AppointmentChange, AppointmentFacts, AppointmentNeed, AppointmentState, Booking, Ended,
            EndedAs, Held, HoldNeed, Seat,
        },
        audit::StaffName,
        facility::{Facility, FacilityCode, Hours},
        number::Number,
        record::{Change, Need},
    },
    store::{CommitError, News, Store, Table, TurnWrite},
    vault::NikIndex,
};

use crate::bed::{Bed, Say, at, both};

/// A Tuesday; [`at`] counts from the Monday before.
pub const DAY: Date = date(2021, 8, 17);

pub fn code() -> FacilityCode {
    FacilityCode::parse("3174-A").unwrap()
}

pub fn place(quota: u16) -> Facility {
    Facility {
        code: code(),
        name: "Puskesmas Melati".into(),
        address: "Jl. Melati 1".into(),
        regency: "3174".into(),
        district: "Kec. Melati".into(),
        hours: Hours::parse("sen-min 08:00-12:00").unwrap(),
        vaccines: ["sinovac".to_owned()].into(),
        slot_minutes: 60,
        quota,
        closed: BTreeSet::new(),
        closed_from: None,
        at: None,
    }
}

pub fn phone(n: usize) -> String {
    format!("+62812345{n:05}")
}

pub fn person(n: usize) -> NikIndex {
    let mut octets = [0; 16];
    octets[..8].copy_from_slice(&n.to_be_bytes());
    NikIndex::from_bytes(octets)
}

/// Somebody who wants a seat at 8 o'clock, so many minutes after midnight of Monday in UTC.
pub fn wants(bed: &Bed, n: usize, minutes: i64) -> Need {
    let midnight = |day: Date| {
        Timestamp::at(day.to_datetime(jiff::civil::Time::midnight()), setara::clock::Zone::Wib)
    };
    let hold = HoldNeed {
        day: DAY,
        minute: 480,
        person: person(n),
        dose: 1,
        by: bed.phone(&phone(n)),
        hold_for: Duration::from_secs(300),
    };
    let between = (midnight(DAY), midnight(DAY.tomorrow().unwrap()));
    let need = AppointmentNeed {
        at: at(minutes),
        person: Some(person(n)),
        regency: None,
        facility: Some((code(), between)),
        hold: Some(hold),
    };
    Need { appointment: Some(need), ..Need::default() }
}

fn looks(bed: &Bed, n: usize, minutes: i64) -> Need {
    let mut need = wants(bed, n, minutes);
    if let Some(of) = &mut need.appointment {
        of.hold = None;
    }
    need
}

pub async fn look(bed: &Bed, n: usize, minutes: i64) -> AppointmentFacts {
    bed.facts(&[looks(bed, n, minutes)]).await.remove(0).appointment
}

pub fn book(bed: &Bed, n: usize, held: &Held, minutes: i64) -> TurnWrite {
    let booking = Booking {
        number: Number::from_random(n as u64),
        person: person(n),
        dose: 1,
        seat: held.seat.clone(),
        minutes: 60,
        reminder: None,
    };
    let change = Change::Appointment(AppointmentChange::Book(booking));
    bed.turn(&phone(n)).at(minutes).change(change)
}

/// Holds seats for some, all in one batch, and keeps the holds.
pub async fn hold(bed: &Bed, who: &[usize], minutes: i64) -> Vec<Option<Held>> {
    let needs: Vec<_> = who.iter().map(|&n| wants(bed, n, minutes)).collect();
    let mut batch = bed.store.begin().await.unwrap();
    let facts = batch.facts(&needs).await.unwrap();
    let turns: Vec<_> = who.iter().map(|&n| bed.turn(&phone(n))).collect();
    batch.commit(&turns).await.unwrap();
    facts.into_iter().map(|facts| facts.appointment.held).collect()
}

/// Books in one turn, as somebody does whose hold is over or who never had one.
pub async fn book_at_once(bed: &Bed, n: usize, minutes: i64) -> Result<Option<Seat>, CommitError> {
    let mut batch = bed.store.begin().await.unwrap();
    let facts = batch.facts(&[wants(bed, n, minutes)]).await?.remove(0).appointment;
    let Some(held) = facts.held else {
        batch.rollback().await.unwrap();
        return Ok(None);
    };
    batch.commit(&[book(bed, n, &held, minutes)]).await?;
    Ok(Some(held.seat))
}

pub async fn fill(store: &Store, quota: u16) {
    store.put_facilities(&[place(quota)], at(0), |_| ()).await.unwrap();
}

pub fn numbers(held: &[Option<Held>]) -> Vec<u16> {
    held.iter().flatten().map(|held| held.seat.seat).collect()
}

#[tokio::test]
async fn a_batch_gives_each_seat_once_and_says_no_to_the_others() {
    for bed in both().await {
        fill(&bed.store, 3).await;
        let held = hold(&bed, &[1, 2, 3, 4, 5], 0).await;
        assert_eq!(numbers(&held), [1, 2, 3]);
        assert_eq!(held[3..], [None, None]);
        assert_eq!(hold(&bed, &[2, 6], 1).await[0], held[1], "the same one, and no longer");
        assert_eq!(look(&bed, 9, 1).await.taken.values().sum::<u16>(), 3);
        // Their time is over: nobody had to tidy up.
        assert_eq!(look(&bed, 9, 6).await.taken.values().sum::<u16>(), 0);
        assert_eq!(numbers(&hold(&bed, &[7, 8], 6).await), [1, 2]);
    }
}

#[tokio::test]
async fn a_booked_seat_is_free_when_it_is_given_back_and_not_before() {
    for bed in both().await {
        fill(&bed.store, 1).await;
        let seat = book_at_once(&bed, 1, 0).await.unwrap().unwrap();
        assert_eq!(book_at_once(&bed, 2, 10).await.unwrap(), None);
        let booked = look(&bed, 1, 10).await.booked.remove(0);
        assert_eq!((booked.seat.clone(), booked.place.as_str()), (seat, "Puskesmas Melati"));
        assert_eq!((booked.day(), booked.time().as_str()), (DAY, "08:00-09:00"));
        let ended = Ended {
            person: person(1),
            number: booked.number,
            seat: booked.seat,
            reminder: None,
            how: EndedAs::Cancelled,
        };
        let end = Change::Appointment(AppointmentChange::End(ended));
        bed.commit(&[bed.turn(&phone(1)).change(end.clone())]).await.unwrap();
        assert!(book_at_once(&bed, 2, 11).await.unwrap().is_some());
        // It ends once.
        let again = bed.commit(&[bed.turn(&phone(1)).change(end)]).await;
        assert!(matches!(again, Err(CommitError::Conflict)));
        assert_eq!(look(&bed, 2, 11).await.booked.len(), 1);
    }
}

#[tokio::test]
async fn a_lower_quota_takes_nobodys_seat_and_gives_none_away() {
    for bed in both().await {
        fill(&bed.store, 3).await;
        for n in 1..=3 {
            assert!(book_at_once(&bed, n, 0).await.unwrap().is_some());
        }
        fill(&bed.store, 2).await;
        assert_eq!(book_at_once(&bed, 4, 0).await.unwrap(), None);
        assert_eq!(bed.store.count(Table::Appointment).await.unwrap(), 3);
        fill(&bed.store, 4).await;
        assert_eq!(book_at_once(&bed, 4, 0).await.unwrap().unwrap().seat, 4);
        let line = bed.store.facilities(Some("3174"), None, at(0), 10).await.unwrap().remove(0);
        assert_eq!((line.booked, line.facility), (4, place(4)));
    }
}

#[tokio::test]
async fn what_is_not_committed_was_not_held_and_what_is_let_go_is_free() {
    for bed in both().await {
        fill(&bed.store, 1).await;
        let mut batch = bed.store.begin().await.unwrap();
        assert!(batch.facts(&[wants(&bed, 1, 0)]).await.unwrap()[0].appointment.held.is_some());
        // As if the program had died here.
        drop(batch);
        let held = hold(&bed, &[2], 0).await;
        assert_eq!(numbers(&held), [1]);
        let go = Change::Appointment(AppointmentChange::LetGo);
        bed.commit(&[bed.turn(&phone(2)).change(go)]).await.unwrap();
        assert_eq!(numbers(&hold(&bed, &[3], 0).await), [1]);
    }
}

#[tokio::test]
async fn whoever_comes_after_the_time_of_a_hold_conflicts_with_whoever_has_it_now() {
    for bed in both().await {
        fill(&bed.store, 1).await;
        let late = hold(&bed, &[1], 0).await.remove(0).unwrap();
        assert_eq!(numbers(&hold(&bed, &[2], 6).await), [1]);
        let told = bed.commit(&[book(&bed, 1, &late, 6)]).await;
        assert!(matches!(told, Err(CommitError::Conflict)));
        assert_eq!(book_at_once(&bed, 1, 6).await.unwrap(), None, "a clear no");
        assert_eq!(bed.store.count(Table::Appointment).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_person_has_one_appointment_for_a_dose_from_however_many_phones() {
    for bed in both().await {
        fill(&bed.store, 5).await;
        let first = book_at_once(&bed, 1, 0).await.unwrap().unwrap();
        let held = Held { seat: Seat { seat: 2, ..first }, until: at(5) };
        hold(&bed, &[2], 0).await;
        let mut twice = book(&bed, 2, &held, 1);
        let Change::Appointment(AppointmentChange::Book(booking)) = &mut twice.changes[0] else {
            unreachable!("it books");
        };
        booking.person = person(1);
        assert!(matches!(bed.commit(&[twice]).await, Err(CommitError::Conflict)));
    }
}

/// Two nodes, and everybody at once: each gets a seat or hears that there is none.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_race_for_few_seats_from_two_nodes() {
    const RACERS: usize = 60;
    const SEATS: u16 = 7;
    for bed in both().await {
        fill(&bed.store, SEATS).await;
        let bed = std::sync::Arc::new(bed);
        let beside = std::sync::Arc::new(Bed::beside(&bed).await);
        let racers = (0..RACERS).map(|n| {
            let bed = std::sync::Arc::clone(if n % 2 == 0 { &bed } else { &beside });
            tokio::spawn(async move {
                loop {
                    match book_at_once(&bed, n, 0).await {
                        Ok(seat) => return seat,
                        Err(CommitError::Conflict) => {}
                        Err(CommitError::Unavailable(error)) => panic!("{error:?}"),
                    }
                }
            })
        });
        let racers: Vec<_> = racers.collect();
        let mut seats = BTreeSet::new();
        for racer in racers {
            if let Some(seat) = racer.await.unwrap() {
                assert!(seats.insert(seat.seat), "twice");
            }
        }
        assert_eq!(seats, (1..=SEATS).collect());
        assert_eq!(bed.store.count(Table::Appointment).await.unwrap(), u64::from(SEATS));
        assert_eq!(bed.store.count(Table::Seat).await.unwrap(), u64::from(SEATS));
    }
}

#[tokio::test]
async fn whoever_comes_is_checked_in_once_and_that_is_logged() {
    for bed in both().await {
        fill(&bed.store, 2).await;
        book_at_once(&bed, 1, 0).await.unwrap();
        let number = look(&bed, 1, 1).await.booked.remove(0).number;
        let desk = Appointments::new(bed.store.clone());
        let staff = StaffName::parse("rina.k").unwrap();
        let own = desk.check_in(&number, &staff, Days::Own).await;
        assert!(matches!(own, Err(AppointmentError::OtherDay(DAY))), "{own:?}");
        let line = desk.check_in(&number, &staff, Days::Any).await.unwrap();
        assert_eq!(line.state, AppointmentState::Attended);
        assert_eq!(line.staff.as_deref(), Some("rina.k"));
        // A ticket is good once, whoever comes with it.
        let other = StaffName::parse("budi").unwrap();
        for staff in [&staff, &other] {
            let again = desk.check_in(&number, staff, Days::Any).await.unwrap_err();
            assert!(matches!(again, AppointmentError::CameBefore(_)), "{again:?}");
            let at = line.since.local(line.zone).strftime("%Y-%m-%d %H:%M").to_string();
            assert!(again.to_string().ends_with(&format!("on {at} by rina.k")), "{again}");
        }
        assert_eq!(bed.store.count(Table::Audit).await.unwrap(), 1);
        assert_eq!(desk.list(&code(), DAY).await.unwrap().len(), 1);
        assert_eq!(desk.list(&code(), DAY.tomorrow().unwrap()).await.unwrap(), []);
        // The seat stays theirs, and nothing can be given back any more.
        assert_eq!(look(&bed, 1, 1).await.booked, []);
        // That dose is not booked again, but by whoever waits for the record in vain.
        assert_eq!(look(&bed, 1, 1).await.attended, [1]);
        let now = (setara::clock::now().millis() - at(0).millis()) / 60_000;
        assert_eq!(look(&bed, 1, now + 13 * 24 * 60).await.attended, [1]);
        assert_eq!(look(&bed, 1, now + 15 * 24 * 60).await.attended, Vec::<u8>::new());
        let nobody = desk.check_in(&Number::from_random(99), &staff, Days::Any).await;
        assert!(matches!(nobody, Err(AppointmentError::NoSuch)));
    }
}

#[tokio::test]
async fn what_staff_call_off_ends_is_logged_and_is_to_be_told() {
    for bed in both().await {
        fill(&bed.store, 1).await;
        book_at_once(&bed, 1, 0).await.unwrap();
        let number = look(&bed, 1, 1).await.booked.remove(0).number;
        let desk = Appointments::new(bed.store.clone());
        let staff = StaffName::parse("rina.k").unwrap();
        assert!(bed.store.nobody_untold().await.unwrap());
        let line = desk.cancel(&number, &staff).await.unwrap();
        assert_eq!(line.state, AppointmentState::Cancelled);
        let again = desk.cancel(&number, &staff).await.unwrap_err();
        assert!(matches!(again, AppointmentError::Ended(AppointmentState::Cancelled)), "{again:?}");
        let nobody = desk.cancel(&Number::from_random(99), &staff).await;
        assert!(matches!(nobody, Err(AppointmentError::NoSuch)));
        assert_eq!(bed.store.count(Table::Audit).await.unwrap(), 1);
        assert_eq!(bed.store.count(Table::Seat).await.unwrap(), 0, "the seat is free");
        assert_eq!(look(&bed, 1, 1).await.booked, []);
        let mut batch = bed.store.begin().await.unwrap();
        let told = batch.untold(News::CalledOff, at(2), 9).await.unwrap().unwrap();
        assert_eq!((told[0].number.as_str(), told[0].person), (number.as_str(), person(1)));
        assert_eq!(told[0].place, "Puskesmas Melati");
        batch.commit_notices(&[]).await.unwrap();
        assert!(bed.store.nobody_untold().await.unwrap(), "once");
    }
}

#[tokio::test]
async fn time_tidies_what_is_over_and_nothing_else() {
    for bed in both().await {
        fill(&bed.store, 3).await;
        book_at_once(&bed, 1, 0).await.unwrap();
        hold(&bed, &[2], 0).await;
        hold(&bed, &[3], 4).await;
        let figures = bed.store.seat_figures(at(4)).await.unwrap();
        assert_eq!((figures.booked, figures.held), (1, 2));
        bed.store.purge_seats(at(6), at(0), 100).await.unwrap();
        assert_eq!(bed.store.count(Table::Seat).await.unwrap(), 2);
        // Two days later the day is over, and nobody had come.
        let later = at(6 * 24 * 60);
        bed.store.purge_seats(later, later, 100).await.unwrap();
        assert_eq!(bed.store.count(Table::Seat).await.unwrap(), 0);
        assert_eq!(look(&bed, 1, 6 * 24 * 60).await.booked, []);
    }
}
