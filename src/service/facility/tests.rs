use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn facility(hours: &str, slot_minutes: u16, regency: &str) -> Facility {
    Facility {
        code: FacilityCode::parse("PKM-1").unwrap(),
        name: "Puskesmas Melati".into(),
        address: "Jl. Melati 1".into(),
        regency: regency.into(),
        district: "Kebon Jeruk".into(),
        hours: Hours::parse(hours).unwrap(),
        vaccines: ["sinovac".to_owned()].into(),
        slot_minutes,
        quota: 10,
        closed: BTreeSet::new(),
        closed_from: None,
        at: None,
    }
}

#[test]
fn hours_are_read_and_written() {
    for text in ["sen-jum 08:00-14:00; sab 08:00-11:00", "min 00:00-24:00", "sel 07:30-09:00"] {
        assert_eq!(Hours::parse(text).unwrap().to_string(), text);
    }
    let parted = Hours::parse("sen 08:00-09:00; sel 08:00-09:00; kam 08:00-09:00").unwrap();
    assert_eq!(parted.to_string(), "sen-sel 08:00-09:00; kam 08:00-09:00");
    for wrong in [
        "",
        "sen",
        "sen 8-9",
        "sen 09:00-08:00",
        "jum-sen 08:00-09:00",
        "sen 08:00-25:00",
        "sen-sel 08:00-09:00; sel 10:00-11:00",
        "mon 08:00-09:00",
        "sen 08:60-09:00",
    ] {
        assert_eq!(Hours::parse(wrong), Err(HoursError), "{wrong}");
    }
}

#[test]
fn a_slot_ends_before_the_place_closes() {
    let place = facility("sen 08:00-10:45", 60, "3174");
    let labels = |day| place.slots(day).iter().map(Slot::label).collect::<Vec<_>>();
    assert_eq!(labels(date(2021, 8, 16)), ["08:00-09:00", "09:00-10:00"]);
    assert_eq!(labels(date(2021, 8, 17)), Vec::<String>::new());
    let mut closed = place;
    closed.closed.insert(date(2021, 8, 16));
    assert_eq!(closed.slots(date(2021, 8, 16)), []);
}

#[test]
fn a_slot_begins_on_the_clock_of_its_place() {
    // 01:00, 00:00 and 23:00 UTC are 8 o'clock in the three zones.
    for (regency, utc) in [("3174", 1), ("5171", 0), ("9171", -1)] {
        let slots = facility("sen 08:00-09:00", 60, regency).slots(date(2021, 8, 16));
        let midnight = 1_629_072_000_000;
        assert_eq!(slots[0].start.millis(), midnight + utc * 3_600_000, "{regency}");
    }
}

proptest! {
    #[test]
    fn slots_are_apart_in_order_within_hours_and_found_again(
        opens in 0u16..1430, length in 10u16..1440, minutes in 5u16..600,
        regency in prop::sample::select(vec!["1171", "3174", "5171", "7371", "9171"]),
        after in 0i64..4000,
    ) {
        let closes = (opens + length).min(1440);
        let mut place = facility("sen-min 00:00-24:00", minutes, regency);
        place.hours = Hours([Some((opens, closes)); 7]);
        let day = date(2021, 1, 1).saturating_add(after.days());
        let slots = place.slots(day);
        prop_assert!(slots.len() <= MOST_SLOTS);
        for pair in slots.windows(2) {
            let gap = pair[1].start.millis() - pair[0].start.millis();
            prop_assert_eq!(gap, i64::from(minutes) * 60_000);
        }
        for slot in slots {
            prop_assert!(slot.minute >= opens && slot.minute + slot.minutes <= closes);
            prop_assert_eq!(slot.start.date(place.zone()), day);
            prop_assert_eq!(place.slot_on(day, slot.minute), Some(slot));
            prop_assert_eq!(place.slot_on(day, slot.minute + 1), None);
        }
    }

    #[test]
    fn days_to_book_begin_tomorrow_or_later(
        now in 0i64..4_000_000_000_000, from in 0i64..400, days in 1u16..30,
        regency in prop::sample::select(vec!["1171", "5171", "9171"]),
    ) {
        let place = facility("sen-min 00:00-24:00", 600, regency);
        let now = Timestamp::from_millis(now);
        let today = now.date(place.zone());
        let from = today.saturating_add((from - 200).days());
        let chosen: Vec<Date> = place.days(now, from, days).collect();
        prop_assert_eq!(chosen.len(), usize::from(days));
        prop_assert!(chosen[0] > today && chosen[0] >= from);
        prop_assert!(chosen.iter().flat_map(|day| place.slots(*day)).all(|slot| slot.start > now));
    }

    #[test]
    fn no_text_breaks_the_hours(text in "\\PC{0,40}") {
        if let Ok(hours) = Hours::parse(&text) {
            prop_assert_eq!(Hours::parse(&hours.to_string()), Ok(hours));
        }
    }
}

#[test]
fn whom_a_place_cannot_take_are_those_without_a_slot_and_the_last_of_too_many() {
    let mut place = facility("sen-jum 08:00-10:00", 60, "3174");
    place.quota = 2;
    let (monday, tuesday) = (date(2021, 8, 16), date(2021, 8, 17));
    let expected =
        |day, minute, seat| Expected { start: place.slot_on(day, minute).unwrap().start, seat };
    let all = [
        expected(monday, 480, 1),
        expected(monday, 480, 2),
        expected(monday, 540, 7),
        expected(tuesday, 480, 1),
    ];
    assert_eq!(place.strands(&all), Vec::<usize>::new());
    assert_eq!(Facility { quota: 1, ..place.clone() }.strands(&all), [1]);
    assert_eq!(Facility { closed: [monday].into(), ..place.clone() }.strands(&all), [0, 1, 2]);
    assert_eq!(Facility { closed_from: Some(tuesday), ..place.clone() }.strands(&all), [3]);
    let shorter = Hours::parse("sen-jum 08:00-09:00").unwrap();
    assert_eq!(Facility { hours: shorter, ..place.clone() }.strands(&all), [2]);
}

#[test]
fn a_day_ends_at_twenty_four() {
    assert_eq!(span(23 * 60, 60), "23:00-24:00");
    assert_eq!(span(0, 30), "00:00-00:30");
}

#[test]
fn what_no_menu_would_list_is_refused() {
    let mut crowd = Crowd::default();
    let place = facility("sen 08:00-09:00", 60, "3174");
    for _ in 0..MOST_LISTED {
        assert_eq!(crowd.add(&place), None);
    }
    assert!(crowd.add(&place).unwrap().contains("places in the district"));
    for n in 1..MOST_LISTED {
        assert_eq!(crowd.add(&Facility { district: format!("Kec. {n}"), ..place.clone() }), None);
    }
    let one_more = Facility { district: "Kec. Jauh".into(), ..place };
    assert!(crowd.add(&one_more).unwrap().starts_with("district: "));
}
