use jiff::civil::date;

use super::*;
use crate::service::campaign::people::{HeaderError, Reader, RowError};

fn wording() -> Wording {
    let stored = r#"{"dial":"*119#","texts":[["id","Halo {name}, {nik}: {dial}. STOP ke {code}"],["en","Hello {name}, {nik}: {dial}. STOP to {code}"]]}"#;
    let wording = Wording::from_stored(stored).unwrap();
    assert_eq!(wording.to_stored(), stored);
    wording
}

fn somebody() -> Recipient {
    Recipient {
        phone: Msisdn::parse("081290000001").unwrap(),
        name: Some(PersonName::parse("Budi Santoso").unwrap()),
        nik: Some(Nik::parse("9171041708900012").unwrap()),
        regency: None,
        language: None,
        dose: None,
        date: None,
    }
}

#[test]
fn a_text_is_masked_and_in_the_language_of_its_reader() {
    let (wording, mut to) = (wording(), somebody());
    let english = Language::parse("en").unwrap();
    let indonesian = "Halo B*** S****, 9171********0012: *119#. STOP ke 1199";
    assert_eq!(wording.write(&to, "1199", None), indonesian);
    assert!(wording.write(&to, "1199", Some(&english)).starts_with("Hello"));
    // What a list asks for counts more than what the phone chose.
    to.language = Language::parse("id");
    assert_eq!(wording.write(&to, "1199", Some(&english)), indonesian);
    assert!(!format!("{to:?}").contains("Budi"));
}

#[test]
fn a_reader_is_where_the_home_is() {
    let mut to = somebody();
    assert_eq!(to.zone(), Some(Zone::Wit));
    to.regency = Some("5171".into());
    assert_eq!(to.zone(), Some(Zone::Wita));
    (to.regency, to.nik) = (None, None);
    assert_eq!(to.zone(), None);
}

#[test]
fn a_day_begins_at_a_decent_hour_of_the_zone() {
    let decency = Decency { hours: Hours { from: 8, until: 20 }, per_day: 1 };
    // 19:30 in Jakarta, 20:30 in Makassar, 21:30 in Jayapura.
    let now = Timestamp::at(date(2021, 8, 16).at(19, 30, 0, 0), Zone::Wib);
    let slot = |zone, nth| decency.slot(zone, now, nth).unwrap();
    assert_eq!(slot(Zone::Wib, 0), Slot { day: date(2021, 8, 16), due: now });
    for zone in [Zone::Wita, Zone::Wit] {
        let due = Timestamp::at(date(2021, 8, 17).at(8, 0, 0, 0), zone);
        assert_eq!(slot(zone, 0), Slot { day: date(2021, 8, 17), due });
    }
    let due = Timestamp::at(date(2021, 8, 17).at(8, 0, 0, 0), Zone::Wib);
    assert_eq!(slot(Zone::Wib, 1), Slot { day: date(2021, 8, 17), due });
}

#[test]
fn who_may_be_anywhere_is_written_to_when_it_is_decent_everywhere() {
    let decency = Decency { hours: Hours { from: 8, until: 20 }, per_day: 1 };
    let jakarta =
        |day, hour, minute| Timestamp::at(date(2021, 8, day).at(hour, minute, 0, 0), Zone::Wib);
    // From 08:00 in Jakarta, where it is day last, to 20:00 in Jayapura, where it is night first.
    for (now, due) in [
        (jakarta(16, 7, 30), jakarta(16, 8, 0)),
        (jakarta(16, 17, 59), jakarta(16, 17, 59)),
        (jakarta(16, 18, 0), jakarta(17, 8, 0)),
        (jakarta(16, 23, 0), jakarta(17, 8, 0)),
    ] {
        let slot = decency.slot_everywhere(now, 0).unwrap();
        assert_eq!(slot, Slot { day: due.date(Zone::Wit), due });
    }
    let next = decency.slot_everywhere(jakarta(16, 12, 0), 1).unwrap();
    assert_eq!(next.due, jakarta(17, 8, 0));
    let hours = |from, until| Decency { hours: Hours { from, until }, per_day: 1 };
    assert_eq!(hours(8, 10).slot_everywhere(jakarta(16, 12, 0), 0), None);
    let now = jakarta(16, 23, 0);
    assert_eq!(hours(0, 24).slot_everywhere(now, 0).unwrap().due, now);
}

#[test]
fn a_phone_has_a_bounded_day() {
    let (day, phone) = (date(2021, 8, 16), SubscriberKey::from_bytes([1; 16]));
    let mut calendar = Calendar::default();
    calendar.tell(day, phone, 1);
    assert!(calendar.plan(day, phone, 3) && calendar.plan(day, phone, 3));
    assert!(!calendar.plan(day, phone, 3));
    let next = day.tomorrow().unwrap();
    assert!(calendar.plan(next, phone, 3));
    assert_eq!(calendar.added(), [(day, phone, 2), (next, phone, 1)]);
}

#[test]
fn a_list_is_read_strictly() {
    let wording = wording();
    let digest = |octets: &[u8]| {
        let mut digest = [0; 16];
        octets
            .iter()
            .enumerate()
            .for_each(|(at, octet)| digest[at % 16] ^= octet.rotate_left(at as u32));
        digest
    };
    for (header, error) in [
        (vec!["nik", "name"], HeaderError::Missing),
        (vec!["phone", "name"], HeaderError::Needed("nik")),
        (vec!["phone", "name", "nik", "mail"], HeaderError::Unknown(4, "mail".into())),
        (vec!["phone", "name", "nik", "Phone"], HeaderError::Twice("phone")),
    ] {
        assert_eq!(Reader::new(header, &wording).unwrap_err(), error);
    }
    let mut reader = Reader::new(["Phone", "nik", "name", "language"], &wording).unwrap();
    let nik = "3173041708900001";
    let mut row = |line, fields: [&str; 4]| reader.row(line, &fields, digest);
    let read = row(2, ["0812-9000-0001", nik, "Budi", "en"]).unwrap();
    assert_eq!(people::from_kept(&people::to_kept(std::slice::from_ref(&read))).unwrap(), [read]);
    for (fields, error) in [
        (["081290000001", nik, "Budi", ""], RowError::Repeated(2)),
        (
            ["1199", nik, "Budi", ""],
            RowError::Phone(crate::identity::msisdn::MsisdnError::ShortCode),
        ),
        (
            ["081290000001", "12", "Budi", ""],
            RowError::Nik(crate::identity::nik::NikError::Length { digits: 2 }),
        ),
        (["081290000001", nik, "", ""], RowError::Empty("name")),
        (["081290000001", nik, "7", ""], RowError::Name),
        (["081290000001", nik, "Budi", "jv"], RowError::Language),
    ] {
        assert_eq!(row(3, fields), Err(error));
    }
}

#[test]
fn a_filter_looks_at_age_and_region() {
    let nik = Nik::parse("3173041708900001").unwrap();
    let today = date(2021, 8, 16);
    let holds = |filter: Filter, regency: Option<&str>| {
        filter.check().unwrap();
        filter.holds(&nik, date(1990, 8, 17), regency, today)
    };
    let region = |code: &str| Filter { region: Some(code.into()), ..Filter::default() };
    assert!(holds(region("31"), None) && holds(region("3173"), None));
    assert!(holds(region("51"), Some("5171")) && !holds(region("31"), Some("5171")));
    let ages = |from, to| Filter { age_from: from, age_to: to, ..Filter::default() };
    // 31 tomorrow.
    assert!(holds(ages(Some(30), Some(30)), None) && !holds(ages(Some(31), None), None));
    assert_eq!(ages(Some(3), Some(2)).check(), Err(FilterError::Ages));
    assert_eq!(region("99").check(), Err(FilterError::Region));
}
