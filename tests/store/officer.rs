//! Officers: written by turns and by staff, each on what was there.

use setara::{
    clock::Timestamp,
    service::{
        audit::{Act, Deed, StaffName},
        code::Held,
        number::Number,
        officer::{
            Officer, OfficerAct, OfficerChange, OfficerState, OfficerStep, Stage, Tally, known_code,
        },
        record::{Change, DeskChange, Need},
        retention::{Class, Keep},
        sample::{self, NEW_OFFICER, OFFICER},
    },
    store::{CommitError, StaffWrite, Table},
    vault::SubscriberKey,
};

use crate::bed::{Bed, Say, at, both};

fn key(bed: &Bed, number: &str) -> SubscriberKey {
    bed.vault.officer_key(&bed.phone(number))
}

async fn enrolled(bed: &Bed) -> Officer {
    bed.store.put_officers(&sample::officers(&bed.vault, at(0))).await.unwrap();
    bed.store.officer(key(bed, OFFICER.phone)).await.unwrap().unwrap()
}

fn rina(minutes: i64, act: OfficerAct) -> StaffWrite {
    let staff = StaffName::parse("rina").unwrap();
    let logged = DeskChange::Audit(Act::new(Deed::OfficerSuspended));
    StaffWrite {
        staff,
        at: at(minutes),
        changes: vec![DeskChange::Officer(act), logged],
        notices: vec![],
    }
}

async fn decide(bed: &Bed, write: &StaffWrite) -> Result<(), CommitError> {
    bed.store.begin().await.unwrap().commit_staff(write).await
}

fn count(officer: &Officer, day: u32) -> Change {
    let today = jiff::civil::date(2021, 8, 16);
    let tally = Tally { hour_from: at(0), hour: day, date: Some(today), day };
    let to = OfficerStep::Count(tally);
    Change::Officer(OfficerChange { key: officer.who.key, was: officer.version, to })
}

fn suspend(officer: &Officer) -> OfficerAct {
    let (key, was) = (officer.who.key, officer.version);
    OfficerAct::Set { key, was, suspended: Some(at(5)), code: None }
}

#[tokio::test]
async fn an_officer_is_kept_as_they_are() {
    for bed in both().await {
        let officer = enrolled(&bed).await;
        assert_eq!(officer.who.phone.as_str(), OFFICER.phone);
        assert_eq!((officer.who.name.as_str(), officer.version), (OFFICER.name, 1));
        let need = |number| Need { officer: Some(key(&bed, number)), ..Need::default() };
        let facts = bed
            .facts(&[
                need(NEW_OFFICER.phone),
                Need::default(),
                need(OFFICER.phone),
                need("081299900000"),
            ])
            .await;
        assert_eq!(facts[2].officer.as_ref(), Some(&officer));
        assert_eq!(facts[0].officer.as_ref().map(|of| of.stage), Some(Stage::Invited));
        assert_eq!((&facts[1].officer, &facts[3].officer), (&None, &None));
        let all = bed.store.officers(None, 10).await.unwrap();
        assert_eq!(all.len(), 3);
        let after = Some((all[0].enrolled, all[0].who.key));
        assert_eq!(bed.store.officers(after, 1).await.unwrap(), [all[1].clone()]);
        let figures = bed.store.officer_figures().await.unwrap();
        let one = OfficerState::ALL.map(|state| (state, 1));
        assert_eq!(figures, one);
        assert_eq!(bed.store.count(Table::Officer).await.unwrap(), 3);
        // The same phone a second time, and nothing of the act is there.
        let again = OfficerAct::Enrol(Box::new(officer));
        assert!(matches!(decide(&bed, &rina(1, again)).await, Err(CommitError::Conflict)));
        assert_eq!(bed.store.count(Table::Audit).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn of_two_that_decide_at_once_the_second_looks_again() {
    for bed in both().await {
        let officer = enrolled(&bed).await;
        // Two changes of one turn were decided on what was there before both.
        let close = Change::Officer(OfficerChange {
            key: officer.who.key,
            was: officer.version,
            to: OfficerStep::Close,
        });
        let turn = bed.turn(OFFICER.phone).change(count(&officer, 1)).change(close);
        bed.commit(std::slice::from_ref(&turn)).await.unwrap();
        let now = bed.store.officer(officer.who.key).await.unwrap().unwrap();
        assert_eq!((now.version, now.tally.day), (3, 1));
        let consents = Change::Consent { version: "1".into() };
        let late = turn.at(1).change(consents.clone());
        assert!(matches!(bed.commit(&[late]).await, Err(CommitError::Conflict)));
        assert_eq!(bed.store.count(Table::Consent).await.unwrap(), 0);

        // Staff and a turn meet, whoever comes first.
        decide(&bed, &rina(5, suspend(&now))).await.unwrap();
        let turn = bed.turn(OFFICER.phone).at(6).change(count(&now, 2)).change(consents);
        assert!(matches!(bed.commit(&[turn]).await, Err(CommitError::Conflict)));
        assert!(matches!(decide(&bed, &rina(6, suspend(&now))).await, Err(CommitError::Conflict)));
        let suspended = bed.store.officer(officer.who.key).await.unwrap().unwrap();
        assert_eq!(suspended.state(), OfficerState::Suspended);
        // Not even on the right version is anything done in the name of who is suspended.
        let turn = bed.turn(OFFICER.phone).at(7).change(count(&suspended, 2));
        assert!(matches!(bed.commit(&[turn]).await, Err(CommitError::Conflict)));
        assert_eq!(bed.store.verify_audit().await.unwrap().rows, 1);
    }
}

#[tokio::test]
async fn a_phone_that_is_forgotten_is_no_officers_any_more() {
    for bed in both().await {
        let officer = enrolled(&bed).await;
        bed.commit(&[bed.turn(OFFICER.phone)]).await.unwrap();
        let keep = Keep { days: 1, because: "so long".into(), told_days: 0 };
        let retired = bed.store.retire(Class::Phones, &keep, at(2 * 24 * 60), 10).await.unwrap();
        let lapsed = bed.store.officer(officer.who.key).await.unwrap().unwrap();
        assert_eq!((retired, officer.stage, lapsed.stage), (1, Stage::Active, Stage::Invited));
    }
}

#[tokio::test]
async fn a_phone_that_was_silent_too_long_is_no_officers_any_more() {
    for bed in both().await {
        let officer = enrolled(&bed).await;
        for number in [OFFICER.phone, NEW_OFFICER.phone] {
            bed.commit(&[bed.turn(number).at(9).change(Change::ForgetEverybody)]).await.unwrap();
        }
        let lapsed = bed.store.officer(officer.who.key).await.unwrap().unwrap();
        assert_eq!((lapsed.stage, lapsed.secret.expires), (Stage::Invited, Timestamp::default()));
        // A code that came to the phone since proves more than its silence.
        let new = bed.store.officer(key(&bed, NEW_OFFICER.phone)).await.unwrap().unwrap();
        assert!(new.secret.expires > at(9));
        // Staff give a new code, and what was locked is open.
        let code = known_code(&bed.vault, officer.who.key, "530719", at(99));
        let code = Held { locks: 1, ..code };
        let (key, was) = (officer.who.key, lapsed.version);
        let reset = OfficerAct::Set { key, was, suspended: None, code: Some(code.clone()) };
        decide(&bed, &rina(10, reset)).await.unwrap();
        let reset = bed.store.officer(key).await.unwrap().unwrap();
        assert_eq!((reset.secret, reset.stage), (code, Stage::Invited));
    }
}

#[tokio::test]
async fn who_is_suspended_for_good_is_forgotten() {
    let keep = Keep { days: 2, because: "so long".into(), told_days: 0 };
    for bed in both().await {
        let officer = enrolled(&bed).await;
        let day = |days: i64| at(days * 24 * 60);
        let retire = async |now| bed.store.retire(Class::Officers, &keep, now, 10).await.unwrap();
        assert_eq!(retire(day(900)).await, 1, "who was one; whoever is one stays one");
        decide(&bed, &rina(24 * 60, suspend(&officer))).await.unwrap();
        let rules = [(Class::Officers, keep.clone())].into();
        let due = bed.store.due(&rules, day(4)).await.unwrap().pop().unwrap();
        assert_eq!((due.class, due.rows), ("officers", 1));
        assert_eq!(retire(day(2)).await, 0);
        assert_eq!(retire(day(4)).await, 1);
        assert!(bed.store.officer(officer.who.key).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn what_an_officer_does_stands_under_the_officers_name() {
    for bed in both().await {
        let officer = enrolled(&bed).await;
        let siti = bed.person(sample::READY.nik);
        let assisted = bed.vault.assisted_key(&officer.who.key, &siti);
        let looked = Act::new(Deed::AssistedLooked).about(Some(siti));
        let log = Change::Desk(DeskChange::Audit(looked.clone()));
        let version = "2021-2-lisan".into();
        let consent = Change::ConsentHeard { version, person: siti };
        let turn = bed
            .turn(OFFICER.phone)
            .change(Change::OnBehalf(assisted, Box::new(consent)))
            .change(Change::OnBehalf(officer.who.key, Box::new(log)))
            .change(Change::OnBehalf(assisted, Box::new(Change::Know(siti))));
        bed.commit(&[turn]).await.unwrap();
        let rows = bed.store.log_by(&officer.who.key, 10).await.unwrap();
        assert_eq!(rows.iter().map(|row| &row.act).collect::<Vec<_>>(), [&looked]);
        assert_eq!(bed.store.log_by(&bed.phone(OFFICER.phone), 10).await.unwrap(), []);
        assert_eq!(bed.store.log_of(&siti, 10).await.unwrap().len(), 1);
        assert_eq!(bed.store.count(Table::Consent).await.unwrap(), 1);
        assert_eq!(bed.store.count(Table::Acquaintance).await.unwrap(), 1);
        assert!(bed.people(OFFICER.phone).await.people.is_empty());

        // It is the person's, and goes with them.
        let erased = DeskChange::Erase(siti, Number::from_random(7));
        decide(&bed, &StaffWrite { changes: vec![erased], ..rina(1, suspend(&officer)) })
            .await
            .unwrap();
        assert_eq!(bed.store.count(Table::Consent).await.unwrap(), 0);
    }
}
