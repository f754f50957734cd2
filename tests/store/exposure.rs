//! Tokens, cases and contacts: whose a token is and for how long, what a case has said when, and what is
//! known of a phone afterwards; on both databases, at times that are made up.

use std::{collections::BTreeSet, time::Duration};

use jiff::civil::{Date, date};
use setara::{
    clock::{Timestamp, Zone},
    outbox::{Class, Lane, Notice, NoticeId},
    service::{
        appointment::{AppointmentChange, AppointmentNeed, Booking, HoldNeed},
        audit::StaffName,
        exposure::{CaseId, Consent, ExposureChange, ExposureNeed, ExposureRules, ExposureWhat},
        facility::{Facility, FacilityCode},
        number::Number,
        record::{Change, Need},
        right::{Consent as Agreed, Purpose, RightNeed},
        sample::READY,
    },
    store::{
        Batch, Binding, CommitError, Mode, NewCase, NotTaken, Opened, Shut, StaffWrite, Table,
        TokensBound, TurnWrite, Upload, Uploaded,
    },
    vault::NikIndex,
};

use crate::{
    appointment::place,
    bed::{Bed, Say, both, msisdn, with_sample},
};

const RULES: ExposureRules = ExposureRules { contact_days: 14, positive_days: 10, consent_days: 3 };
const TODAY: Date = date(2022, 2, 14);
const CASE: &str = "081211110001";
const NEAR: &str = "081211110002";
const FAR: &str = "081211110003";

/// So many days after the first one, at noon.
fn days(after: u64) -> Timestamp {
    let noon = Timestamp::at(TODAY.at(12, 0, 0, 0), Zone::Wib);
    noon.plus(Duration::from_secs(86_400 * after))
}

fn id(name: &str) -> CaseId {
    CaseId::parse(name).unwrap()
}

async fn open(bed: &Bed, name: &str, phone: &str, at: Timestamp) -> Opened {
    let until = RULES.consent_until(at);
    let keep_until = RULES.case_forgotten(TODAY, until, Zone::Wib);
    let case =
        NewCase { id: id(name), phone: bed.phone(phone), tested_on: TODAY, at, until, keep_until };
    let mut batch = bed.store.begin().await.unwrap();
    let opened = batch.open_case(&case).await.unwrap();
    quietly(batch, at, vec![]).await;
    opened
}

async fn quietly(batch: Batch, at: Timestamp, notices: Vec<Notice>) {
    let staff = StaffName::parse("sijejak").unwrap();
    batch.commit_staff(&StaffWrite { staff, at, changes: vec![], notices }).await.unwrap();
}

/// What a turn of that phone stores.
fn says(bed: &Bed, name: &str, phone: &str, consent: Consent, at: Timestamp) -> TurnWrite {
    let version = (consent == Consent::Given).then(|| "sijejak-1".to_owned());
    let mut changes: Vec<Change> =
        version.clone().map(|version| Change::Consent { version }).into_iter().collect();
    let until = RULES.consent_until(at);
    changes.push(Change::Exposure(ExposureChange { case: id(name), consent, version, until }));
    TurnWrite { at, changes, ..bed.turn(phone) }
}

async fn said(
    bed: &Bed,
    name: &str,
    phone: &str,
    consent: Consent,
    at: Timestamp,
) -> Result<(), CommitError> {
    let write = says(bed, name, phone, consent, at);
    bed.store.begin().await.unwrap().commit(&[write]).await
}

async fn bind(bed: &Bed, token: u8, phone: &str, at: Timestamp) -> TokensBound {
    let binding = Binding { token: [token; 16], phone: msisdn(phone) };
    let until = at.plus(Duration::from_secs(15 * 86_400));
    bed.store.bind_tokens(&[binding], at, until, 2).await.unwrap()
}

fn upload(name: &str, contacts: &[(u8, Date)], at: Timestamp) -> Upload {
    let contacts: BTreeSet<_> = contacts.iter().map(|(token, day)| ([*token; 16], *day)).collect();
    let digest = [contacts.len() as u8; 16];
    let drawn = name.bytes().fold(7, |drawn: u64, of| drawn.wrapping_mul(31) + u64::from(of));
    Upload { case: id(name), contacts, digest, at, first: NoticeId::draw(at, drawn) }
}

/// Uploads, tells, and says whom; nothing is told where nothing is taken.
async fn uploads(bed: &Bed, upload: &Upload) -> Result<Vec<(String, Date)>, Uploaded> {
    let mut batch = bed.store.begin().await.unwrap();
    let keep_until = |day| RULES.forgotten(day, Zone::Wib);
    match batch.take_contacts(upload, keep_until).await.unwrap() {
        Uploaded::Taken(holders) => {
            let lane = Lane { class: Class::Reply, zone: Zone::Wib };
            let notice =
                |id, phone| Notice::at_once(id, phone, "telco", lane, "near".into(), upload.at);
            let notices =
                holders.iter().map(|of| notice(of.notice, of.phone.clone().into())).collect();
            quietly(batch, upload.at, notices).await;
            Ok(holders.iter().map(|of| (of.phone.national().to_owned(), of.day)).collect())
        }
        not => Err(not),
    }
}

async fn known(bed: &Bed, phone: &str, at: Timestamp) -> (Vec<Date>, Vec<Consent>) {
    let need = ExposureNeed { phone: bed.phone(phone), at, what: ExposureWhat::Days };
    let need = Need { exposure: Some(need), ..Need::default() };
    let mut batch = bed.store.begin().await.unwrap();
    let mut facts = batch.facts(&[need]).await.unwrap().remove(0).exposure;
    batch.rollback().await.unwrap();
    facts.days.sort_unstable();
    (facts.days, facts.cases.iter().map(|case| case.consent).collect())
}

/// Three places: the first by its name is closed; the last is where somebody is to come.
#[tokio::test]
async fn somebody_is_sent_to_a_place_that_is_open_and_near_the_one_they_know() {
    for bed in with_sample().await {
        let siti = bed.person(READY.nik);
        let known = bed.turn(NEAR).change(Change::Know(siti));
        bed.commit(&[known]).await.unwrap();
        let here = |code: &str, name: &str, district: &str| Facility {
            code: FacilityCode::parse(code).unwrap(),
            name: name.into(),
            regency: "3173".into(),
            district: district.into(),
            ..place(1)
        };
        let places = [
            here("3173-A", "Balai Warga", "Kec. Anggrek"),
            here("3173-B", "Puskesmas Anggrek", "Kec. Anggrek"),
            here("3173-C", "Puskesmas Kenanga", "Kec. Kenanga"),
        ];
        bed.store.put_facilities(&places, days(0), |_| ()).await.unwrap();
        let close = async |after| {
            let shut = Shut::From(days(after).date(Zone::Wib));
            let closed = bed.store.close_facility(Mode::Real, &places[0].code, shut, days(0)).await;
            assert_eq!(closed.unwrap(), Some(0));
        };
        let sent_to = async || {
            let need =
                ExposureNeed { phone: bed.phone(NEAR), at: days(1), what: ExposureWhat::Place };
            let need = Need { exposure: Some(need), ..Need::default() };
            bed.facts(&[need]).await.remove(0).exposure.place.map(|place| place.name)
        };
        assert_eq!(sent_to().await.as_deref(), Some("Balai Warga"));
        close(2).await;
        assert_eq!(sent_to().await.as_deref(), Some("Balai Warga"), "until tomorrow");
        close(1).await;
        assert_eq!(sent_to().await.as_deref(), Some("Puskesmas Anggrek"));
        book_there(&bed, siti, "3173-C").await;
        assert_eq!(sent_to().await.as_deref(), Some("Puskesmas Kenanga"));
    }
}

/// Somebody has a ticket of that place.
async fn book_there(bed: &Bed, person: NikIndex, code: &str) {
    let code = FacilityCode::parse(code).unwrap();
    let day = days(3).date(Zone::Wib);
    let midnight = |day: Date| Timestamp::at(day.at(0, 0, 0, 0), Zone::Wib);
    let hold = HoldNeed {
        day,
        minute: 480,
        person,
        dose: 1,
        by: bed.phone(NEAR),
        hold_for: Duration::from_secs(300),
    };
    let need = AppointmentNeed {
        at: days(0),
        person: Some(person),
        regency: None,
        facility: Some((code, (midnight(day), midnight(day.tomorrow().unwrap())))),
        hold: Some(hold),
    };
    let need = Need { appointment: Some(need), ..Need::default() };
    let mut batch = bed.store.begin().await.unwrap();
    let held = batch.facts(&[need]).await.unwrap().remove(0).appointment.held.expect("a seat");
    let booking = Booking {
        number: Number::from_random(7),
        person,
        dose: 1,
        seat: held.seat,
        minutes: 60,
        reminder: None,
    };
    let change = Change::Appointment(AppointmentChange::Book(booking));
    batch.commit(&[TurnWrite { at: days(0), ..bed.turn(NEAR).change(change) }]).await.unwrap();
}

#[tokio::test]
async fn a_token_is_one_phones_until_its_time_is_over() {
    for bed in both().await {
        assert_eq!(bind(&bed, 1, NEAR, days(0)).await, TokensBound::All);
        assert_eq!(bind(&bed, 1, NEAR, days(1)).await, TokensBound::All);
        assert_eq!(bind(&bed, 1, FAR, days(2)).await, TokensBound::Taken);
        assert_eq!(bind(&bed, 2, NEAR, days(2)).await, TokensBound::All);
        assert_eq!(bind(&bed, 3, NEAR, days(2)).await, TokensBound::TooMany);
        assert_eq!(bed.store.count(Table::ExposureToken).await.unwrap(), 2);
        // Over: it may be anybody's, and the phone has room again.
        assert_eq!(bind(&bed, 1, FAR, days(17)).await, TokensBound::All);
        assert_eq!(bind(&bed, 3, NEAR, days(18)).await, TokensBound::All);
        let both = [(4, NEAR), (4, FAR)]
            .map(|(token, phone)| Binding { token: [token; 16], phone: msisdn(phone) });
        let bound = bed.store.bind_tokens(&both, days(0), days(1), 9).await.unwrap();
        assert_eq!(bound, TokensBound::Taken);
    }
}

#[tokio::test]
async fn with_all_consent_a_yes_to_a_case_is_taken_back() {
    for bed in both().await {
        bind(&bed, 1, NEAR, days(0)).await;
        for (name, phone) in [("case-one", CASE), ("case-two", FAR)] {
            assert_eq!(open(&bed, name, phone, days(0)).await, Opened::Fresh);
            said(&bed, name, phone, Consent::Given, days(0)).await.unwrap();
        }
        let all =
            TurnWrite { at: days(1), changes: vec![Change::WithdrawConsent], ..bed.turn(CASE) };
        bed.commit(&[all]).await.unwrap();
        assert_eq!(known(&bed, CASE, days(1)).await.1, [Consent::Withdrawn]);
        let refused = uploads(&bed, &upload("case-one", &[(1, TODAY)], days(1))).await;
        assert_eq!(refused, Err(Uploaded::Not(NotTaken::Refused)));
        // Another phone's yes stands.
        let told = uploads(&bed, &upload("case-two", &[(1, TODAY)], days(1))).await;
        assert_eq!(told.map(|told| told.len()), Ok(1));
    }
}

#[tokio::test]
async fn a_no_to_one_case_leaves_what_was_agreed_to_before() {
    for bed in both().await {
        bind(&bed, 1, NEAR, days(0)).await;
        let agreed = Change::Consent { version: "2021-1".into() };
        let first = TurnWrite { at: days(0), changes: vec![agreed], ..bed.turn(CASE) };
        bed.commit(&[first]).await.unwrap();
        for (name, day) in [("case-one", 1), ("case-two", 2)] {
            open(&bed, name, CASE, days(day)).await;
            said(&bed, name, CASE, Consent::Given, days(day)).await.unwrap();
        }
        uploads(&bed, &upload("case-one", &[(1, TODAY)], days(2))).await.unwrap();
        said(&bed, "case-two", CASE, Consent::Withdrawn, days(3)).await.unwrap();
        let by = bed.phone(CASE);
        let rights = Some(RightNeed { person: None, by, since: days(0) });
        let need = Need { rights, ..Need::default() };
        let consents = bed.facts(&[need]).await.remove(0).rights.consents;
        let of = |consent: &Agreed| (consent.purpose, consent.at, consent.withdrawn);
        assert_eq!(
            consents.iter().map(of).collect::<Vec<_>>(),
            [
                (Purpose::Exposure, days(2), Some(days(3))),
                (Purpose::Exposure, days(1), None),
                (Purpose::Service, days(0), None),
            ]
        );
    }
}

#[tokio::test]
async fn nothing_is_taken_without_a_yes_that_stands() {
    for bed in both().await {
        bind(&bed, 1, NEAR, days(0)).await;
        let upload = |at| upload("case-one", &[(1, TODAY)], at);
        let not = |why| Err(Uploaded::Not(why));
        assert_eq!(uploads(&bed, &upload(days(0))).await, not(NotTaken::NoCase));
        assert_eq!(open(&bed, "case-one", CASE, days(0)).await, Opened::Fresh);
        assert_eq!(open(&bed, "case-one", CASE, days(1)).await, Opened::Again);
        assert_eq!(open(&bed, "case-one", FAR, days(1)).await, Opened::Other);
        assert_eq!(uploads(&bed, &upload(days(1))).await, not(NotTaken::Unanswered));
        assert_eq!(uploads(&bed, &upload(days(3))).await, not(NotTaken::Expired));
        // Another phone cannot answer, and nobody can who is late.
        let other = said(&bed, "case-one", FAR, Consent::Given, days(1)).await;
        assert!(matches!(other, Err(CommitError::Conflict)), "{other:?}");
        let late = said(&bed, "case-one", CASE, Consent::Given, days(3)).await;
        assert!(matches!(late, Err(CommitError::Conflict)), "{late:?}");
        said(&bed, "case-one", CASE, Consent::Refused, days(1)).await.unwrap();
        assert_eq!(uploads(&bed, &upload(days(1))).await, not(NotTaken::Refused));
        said(&bed, "case-one", CASE, Consent::Given, days(2)).await.unwrap();
        said(&bed, "case-one", CASE, Consent::Withdrawn, days(2)).await.unwrap();
        assert_eq!(uploads(&bed, &upload(days(2))).await, not(NotTaken::Refused));
        said(&bed, "case-one", CASE, Consent::Given, days(2)).await.unwrap();
        assert_eq!(uploads(&bed, &upload(days(5))).await, not(NotTaken::Expired));
        // Each yes is kept, with when one was taken back.
        assert_eq!(bed.store.count(Table::Consent).await.unwrap(), 1);
        assert_eq!(bed.store.count(Table::Exposure).await.unwrap(), 0);
        assert_eq!(bed.store.count(Table::Notice).await.unwrap(), 0);
        // An unknown token spoils all of it, and uses nothing.
        let strange = super::exposure::upload("case-one", &[(1, TODAY), (9, TODAY)], days(4));
        assert_eq!(uploads(&bed, &strange).await, not(NotTaken::Unknown));
        let told = vec![(msisdn(NEAR).national().to_owned(), TODAY)];
        assert_eq!(uploads(&bed, &upload(days(4))).await, Ok(told));
        let late = said(&bed, "case-one", CASE, Consent::Withdrawn, days(4)).await;
        assert!(matches!(late, Err(CommitError::Conflict)), "{late:?}");
        assert_eq!(known(&bed, CASE, days(4)).await, (vec![], vec![Consent::Used]));
    }
}

#[tokio::test]
async fn a_phone_is_told_once_of_a_day_and_everything_goes_after_fourteen() {
    for bed in both().await {
        for (token, phone) in [(1, NEAR), (2, NEAR), (3, FAR), (4, CASE)] {
            bind(&bed, token, phone, days(0)).await;
        }
        let (before, near) = (date(2022, 2, 12), msisdn(NEAR).national().to_owned());
        for (name, contacts, told) in [
            (
                "case-one",
                &[(1, before), (2, before), (2, TODAY), (4, TODAY)][..],
                vec![(near.clone(), TODAY)],
            ),
            ("case-two", &[(1, TODAY), (2, before)], vec![]),
            ("case-six", &[(1, date(2022, 2, 13))], vec![(near.clone(), date(2022, 2, 13))]),
        ] {
            open(&bed, name, CASE, days(0)).await;
            said(&bed, name, CASE, Consent::Given, days(0)).await.unwrap();
            let upload = upload(name, contacts, days(0));
            assert_eq!(uploads(&bed, &upload).await, Ok(told), "{name}");
            assert_eq!(uploads(&bed, &upload).await, Err(Uploaded::Again), "{name}");
            let other = Upload { digest: [77; 16], ..upload };
            assert_eq!(uploads(&bed, &other).await, Err(Uploaded::Not(NotTaken::Other)));
        }
        assert_eq!(bed.store.count(Table::Notice).await.unwrap(), 2);
        let three = vec![before, date(2022, 2, 13), TODAY];
        assert_eq!(known(&bed, NEAR, days(1)).await.0, three);
        assert_eq!(known(&bed, FAR, days(1)).await, (vec![], vec![]));
        // Day by day, whether or not anybody sweeps; the sweep takes the notices along.
        assert_eq!(known(&bed, NEAR, days(12)).await.0, three[1..]);
        assert_eq!(known(&bed, NEAR, days(14)).await.0, []);
        bed.store.purge_exposures(days(12), 500).await.unwrap();
        assert_eq!(bed.store.count(Table::Exposure).await.unwrap(), 2);
        assert_eq!(bed.store.count(Table::Notice).await.unwrap(), 2);
        bed.store.purge_exposures(days(13), 500).await.unwrap();
        assert_eq!(bed.store.count(Table::Notice).await.unwrap(), 1);
        bed.store.purge_exposures(days(14), 500).await.unwrap();
        bed.store.purge(days(14), 500).await.unwrap();
        for table in [Table::Exposure, Table::Notice, Table::ExposureCase] {
            assert_eq!(bed.store.count(table).await.unwrap(), 0, "{table:?}");
        }
        assert_eq!(bed.store.count(Table::ExposureToken).await.unwrap(), 4);
        bed.store.purge(days(16), 500).await.unwrap();
        assert_eq!(bed.store.count(Table::ExposureToken).await.unwrap(), 0);
    }
}

/// A no and an upload at the same moment: one of them is first, and the other knows it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_no_comes_before_an_upload_or_after_it() {
    for bed in both().await {
        bind(&bed, 1, NEAR, days(0)).await;
        for round in 0..12 {
            let name = format!("case-{round:04}");
            open(&bed, &name, CASE, days(0)).await;
            said(&bed, &name, CASE, Consent::Given, days(0)).await.unwrap();
            let day = TODAY.saturating_sub(jiff::Span::new().days(round % 10));
            let upload = upload(&name, &[(1, day)], days(0));
            let (no, taken) = tokio::join!(
                said(&bed, &name, CASE, Consent::Withdrawn, days(0)),
                uploads(&bed, &upload)
            );
            match taken {
                Ok(_) => assert!(matches!(no, Err(CommitError::Conflict)), "{no:?}"),
                Err(not) => {
                    assert_eq!(not, Uploaded::Not(NotTaken::Refused));
                    no.unwrap();
                }
            }
        }
        let (told, notices) =
            (bed.store.count(Table::Exposure).await, bed.store.count(Table::Notice).await);
        assert_eq!(told.unwrap(), notices.unwrap());
    }
}
