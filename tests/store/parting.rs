//! What was a phone's because of somebody who is gone ends with them: what they agreed to, where they wait,
//! what an app said of the phone. On both databases.

use jiff::civil::{Date, date};
use setara::{
    clock::{Timestamp, Zone},
    identity::Msisdn,
    outbox::{Class, Lane},
    service::{
        appointment::{AppointmentChange, InLine},
        audit::StaffName,
        exposure::{
            CaseFacts, CaseId, Consent as Answer, ExposureChange, ExposureNeed, ExposureWhat,
        },
        record::{Change, Correction, Need, Person, Standing},
        retention::{Class as Kept, Keep},
        right::{Consent, Parting, RightNeed},
        sample,
    },
    store::{Binding, LineBounds, NewCase, StaffWrite, Table},
};

use crate::{
    appointment::{code, fill},
    bed::{Bed, Say, at, msisdn, register, with_sample},
};

const SITI: &str = sample::READY.phone;
const NEW: &str = "+6281290000088";
const DAY: Date = date(2021, 8, 16);

async fn siti(bed: &Bed) -> Person {
    let need = Need { person: Some(bed.person(sample::READY.nik)), ..Need::default() };
    bed.facts(&[need]).await.remove(0).person.unwrap()
}

/// What a phone agreed to, latest first, and whether that is over.
async fn consents(bed: &Bed, phone: &str) -> Vec<(String, Option<Timestamp>, Option<Parting>)> {
    let (person, by) = (bed.person(sample::READY.nik), bed.phone(phone));
    let rights = Some(RightNeed { person: Some(person), by, since: at(-10) });
    let rights = bed.facts(&[Need { rights, ..Need::default() }]).await.remove(0).rights;
    let of = |of: Consent| (of.version, of.withdrawn, of.parted);
    rights.consents.into_iter().map(of).collect()
}

/// Phones that wait at the place.
async fn waiting(bed: &Bed) -> Vec<setara::vault::SubscriberKey> {
    let bounds = LineBounds { offers: 2, limit: 10 };
    let mut batch = bed.store.begin().await.unwrap();
    let window = (at(0), at(10 * 24 * 60));
    let line = batch.open_line(&code(), window, at(3), bounds).await.unwrap().unwrap();
    batch.rollback().await.unwrap();
    line.waiting.into_iter().map(|who| who.by).collect()
}

/// The cases and the contacts that a phone is shown.
async fn told(bed: &Bed, phone: &str, minutes: i64) -> (Vec<CaseFacts>, Vec<Date>) {
    let need = ExposureNeed { phone: bed.phone(phone), at: at(minutes), what: ExposureWhat::Days };
    let need = Need { exposure: Some(need), ..Need::default() };
    let exposure = bed.facts(&[need]).await.remove(0).exposure;
    (exposure.cases, exposure.days)
}

/// Siti has agreed, registered, stands in a line, and has said yes to a case; an app has bound a token.
async fn begin(bed: &Bed) {
    fill(&bed.store, 1).await;
    let until = at(3 * 24 * 60);
    let id = CaseId::parse("case-one").unwrap();
    let (phone, keep_until) = (bed.phone(SITI), at(14 * 24 * 60));
    let case = NewCase { id: id.clone(), phone, tested_on: DAY, at: at(0), until, keep_until };
    let mut batch = bed.store.begin().await.unwrap();
    batch.open_case(&case).await.unwrap();
    batch.commit_notices(&[]).await.unwrap();
    let binding = Binding { token: [7; 16], phone: msisdn(SITI) };
    bed.store.bind_tokens(&[binding], at(0), at(15 * 24 * 60), 9).await.unwrap();
    let who = InLine {
        facility: code(),
        person: bed.person(sample::READY.nik),
        dose: 1,
        day: None,
        from: DAY,
        vaccine: None,
        by: bed.phone(SITI),
        service: "vaccination".into(),
        lane: Lane { class: Class::Reply, zone: Zone::Wib },
        since: at(0),
        joined: at(0),
    };
    let version = Some("sijejak-1".to_owned());
    let turn = bed
        .turn(SITI)
        .change(Change::Consent { version: "2021-1".into() })
        .change(Change::Know(bed.person(sample::READY.nik)))
        .change(register(1, Standing::Registered, sample::READY.nik, "Siti Aminah"))
        .change(Change::Appointment(AppointmentChange::Wait(who)))
        .change(Change::Exposure(ExposureChange {
            case: id,
            consent: Answer::Given,
            version,
            until,
        }));
    bed.commit(&[turn]).await.unwrap();
    assert_eq!((consents(bed, SITI).await.len(), waiting(bed).await.len()), (2, 1));
}

async fn moves(bed: &Bed, minutes: i64) {
    let to = Some(Msisdn::parse(NEW).unwrap());
    let changes = Correction::phone(&siti(bed).await, to).changes(&bed.vault, None);
    let staff = StaffName::parse("rina").unwrap();
    let write = StaffWrite { staff, at: at(minutes), changes, notices: vec![] };
    bed.store.begin().await.unwrap().commit_staff(&write).await.unwrap();
}

#[tokio::test]
async fn the_next_holder_of_a_silent_number_has_agreed_to_nothing_and_ends_nothing() {
    for bed in with_sample().await {
        begin(&bed).await;
        let agrees = Change::Consent { version: "2021-2".into() };
        let turn = bed.turn(SITI).at(9).change(Change::ForgetEverybody).change(agrees);
        bed.commit(&[turn]).await.unwrap();
        let closed = |version: &str| (version.to_owned(), Some(at(9)), Some(Parting::Silent));
        let now = consents(&bed, SITI).await;
        assert_eq!(now[0], ("2021-2".into(), None, None), "said in this very turn");
        assert_eq!(now.len(), 3);
        assert!(now[1..].contains(&closed("2021-1")) && now[1..].contains(&closed("sijejak-1")));
        assert_eq!(waiting(&bed).await, []);

        bed.commit(&[bed.turn(SITI).at(10).change(Change::WithdrawConsent)]).await.unwrap();
        assert!(siti(&bed).await.registration.is_some(), "that is somebody else's");
        let after = consents(&bed, SITI).await;
        assert_eq!(after[0], ("2021-2".into(), Some(at(10)), None));
        assert!(after[1..].contains(&closed("2021-1")));
    }
}

#[tokio::test]
async fn a_phone_that_is_forgotten_keeps_no_consent() {
    for bed in with_sample().await {
        begin(&bed).await;
        let keep = Keep { days: 1, because: "so long".into(), told_days: 0 };
        let now = at(3 * 24 * 60);
        assert_eq!(bed.store.retire(Kept::Phones, &keep, now, 9).await.unwrap(), 1);
        let parted: Vec<_> = consents(&bed, SITI).await.into_iter().map(|of| of.2).collect();
        assert_eq!(parted, [Some(Parting::Silent); 2]);
    }
}

#[tokio::test]
async fn whoever_moves_to_another_number_leaves_nothing_on_the_old_one() {
    for bed in with_sample().await {
        begin(&bed).await;
        assert_eq!(told(&bed, SITI, 1).await.0.len(), 1);
        moves(&bed, 5).await;
        let left: Vec<_> = consents(&bed, SITI).await;
        assert!(
            left.iter().all(|of| (of.1, of.2) == (Some(at(5)), Some(Parting::Left))),
            "{left:?}"
        );
        assert_eq!(told(&bed, SITI, 6).await, (vec![], vec![]));
        assert_eq!(bed.store.count(Table::ExposureToken).await.unwrap(), 0);
        // Their place in the line is with them.
        assert_eq!(waiting(&bed).await, [bed.phone(NEW)]);
        // And whoever has the old number does not end their registration.
        bed.commit(&[bed.turn(SITI).at(7).change(Change::WithdrawConsent)]).await.unwrap();
        assert!(siti(&bed).await.registration.is_some());
    }
}

#[tokio::test]
async fn what_a_family_agreed_to_stands_while_one_of_them_is_left() {
    for bed in with_sample().await {
        begin(&bed).await;
        let mother = bed.person(sample::MOTHER.nik);
        bed.commit(&[bed.turn(SITI).at(1).change(Change::Know(mother))]).await.unwrap();
        moves(&bed, 5).await;
        assert!(consents(&bed, SITI).await.iter().all(|of| of.1.is_none()));
        assert_eq!(told(&bed, SITI, 6).await.0.len(), 1);
        // The last one is let go of on the phone.
        bed.commit(&[bed.turn(SITI).at(8).change(Change::Forget(mother))]).await.unwrap();
        let parted: Vec<_> = consents(&bed, SITI).await.into_iter().map(|of| of.2).collect();
        assert_eq!(parted, [Some(Parting::Left); 2]);
        assert_eq!(told(&bed, SITI, 9).await, (vec![], vec![]));
    }
}
