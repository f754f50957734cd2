//! Certificates: asked for once, found by what is shown of them, revoked; and checks counted by day.

use jiff::civil::{Date, date};
use setara::{
    certificate::{code::ShortCode, serial::Serial},
    service::{
        audit::{Deed, Doer, StaffName},
        certificate::{
            CertificateChange, CertificateFacts, CertificateNeed, Handle, Issued, Sent,
            revoke::Revoked,
        },
        record::{Change, Facts, Need},
        sample::{BOOSTED, COMPLETE, People},
    },
    store::{CommitError, Table},
};

use crate::bed::{Bed, Say, at, both};

const SITI: &str = "+6281234567890";
const BUDI: &str = "+6281234567891";
const DAY: Date = date(2021, 8, 16);

async fn filled(bed: &Bed) {
    let people: Vec<_> = People::new(1, DAY).take(24).collect();
    bed.fill(&people).await;
}

fn issued(bed: &Bed, nik: &str, dose: u8, random: u64) -> Issued {
    Issued {
        person: bed.person(nik),
        dose,
        code: ShortCode::from_random(random),
        serial: Serial::from_random(random),
        good_until: date(2022, 8, 31),
        sent: None,
        revoked_at: None,
    }
}

fn issue(issued: &Issued) -> Change {
    Change::Certificate(CertificateChange::Issue(issued.clone()))
}

async fn of(bed: &Bed, nik: &str) -> Vec<Issued> {
    facts(bed, nik).await.issued
}

async fn facts(bed: &Bed, nik: &str) -> CertificateFacts {
    let certificate = Some(CertificateNeed::Of(bed.person(nik)));
    let needs = [Need { certificate, ..Need::default() }, Need::default()];
    let mut facts = bed.facts(&needs).await;
    assert_eq!(facts.pop(), Some(Facts::default()));
    facts.remove(0).certificate
}

async fn shown(bed: &Bed, by: Option<Handle>, checker: &str, day: Date) -> Facts {
    let certificate = CertificateNeed::Shown { by, checker: bed.phone(checker), day };
    bed.facts(&[Need { certificate: Some(certificate), ..Need::default() }]).await.remove(0)
}

#[tokio::test]
async fn one_is_issued_once_and_found_by_what_is_shown() {
    for bed in both().await {
        filled(&bed).await;
        let (first, second) = (issued(&bed, COMPLETE.nik, 1, 5), issued(&bed, COMPLETE.nik, 2, 6));
        bed.commit(&[bed.turn(SITI).change(issue(&first))]).await.unwrap();
        bed.commit(&[bed.turn(BUDI).change(issue(&second))]).await.unwrap();
        assert_eq!(of(&bed, COMPLETE.nik).await, [first.clone(), second.clone()]);
        assert_eq!(of(&bed, BOOSTED.nik).await, []);

        for (by, one) in
            [(Handle::Code(first.code.clone()), &first), (Handle::Serial(second.serial), &second)]
        {
            let facts = shown(&bed, Some(by.clone()), SITI, DAY).await;
            assert_eq!(facts.certificate.issued, std::slice::from_ref(one));
            let holder = facts.person.expect("its holder");
            assert_eq!((holder.index, holder.doses.len()), (one.person, 2));
            let (found, person) = bed.store.certificate(&by).await.unwrap().unwrap();
            assert_eq!((&found, person.index), (one, one.person));
        }
        let none = Handle::Code(ShortCode::from_random(7));
        assert_eq!(bed.store.certificate(&none).await.unwrap(), None);
        let facts = shown(&bed, Some(none), SITI, DAY).await;
        assert_eq!((facts.person, facts.certificate.issued), (None, vec![]));
    }
}

#[tokio::test]
async fn the_same_dose_code_or_serial_again_is_a_conflict() {
    for bed in both().await {
        filled(&bed).await;
        let one = issued(&bed, COMPLETE.nik, 1, 5);
        bed.commit(&[bed.turn(SITI).change(issue(&one))]).await.unwrap();
        let fresh = || issued(&bed, COMPLETE.nik, 2, 6);
        for again in [
            issued(&bed, COMPLETE.nik, 1, 7),
            Issued { code: one.code.clone(), ..fresh() },
            Issued { serial: one.serial, ..fresh() },
        ] {
            let refused = bed.commit(&[bed.turn(BUDI).change(issue(&again))]).await;
            assert!(matches!(refused, Err(CommitError::Conflict)));
        }
        // Two phones ask at once, in one batch.
        let both = [SITI, BUDI].map(|phone| bed.turn(phone).change(issue(&fresh())));
        assert!(matches!(bed.commit(&both).await, Err(CommitError::Conflict)));
        assert_eq!(of(&bed, COMPLETE.nik).await, [one]);
    }
}

fn rina() -> StaffName {
    StaffName::parse("rina").unwrap()
}

#[tokio::test]
async fn it_is_renewed_sent_and_revoked_for_good() {
    for bed in both().await {
        filled(&bed).await;
        let (one, two) = (issued(&bed, COMPLETE.nik, 1, 5), issued(&bed, COMPLETE.nik, 2, 6));
        bed.commit(&[bed.turn(SITI).change(issue(&one)).change(issue(&two))]).await.unwrap();
        let good_until = date(2023, 1, 31);
        let (person, dose) = (one.person, one.dose);
        let renew = CertificateChange::Renew { person, dose, good_until };
        let sent = Sent { on: DAY, times: 2 };
        let send = CertificateChange::Send { person, dose, sent };
        let turn = bed.turn(SITI).change(Change::Certificate(renew.clone()));
        bed.commit(&[turn.change(Change::Certificate(send))]).await.unwrap();
        let now = Issued { good_until, sent: Some(sent), ..one.clone() };
        assert_eq!(of(&bed, COMPLETE.nik).await, [now.clone(), two.clone()]);

        let by_code = Revoked::Code(one.code.clone());
        let revoke = async |what: &Revoked, minutes| {
            let revoked =
                bed.store.revoke_certificates(what, "never given", (&rina(), at(minutes))).await;
            revoked.unwrap().unwrap_or_default()
        };
        assert_eq!(revoke(&Revoked::Code(ShortCode::from_random(9)), 1).await, 0);
        assert_eq!(revoke(&by_code, 1).await, 1);
        assert_eq!(revoke(&by_code, 2).await, 0, "it is revoked already");
        let revoked = Issued { revoked_at: Some(at(1)), ..now };
        assert_eq!(of(&bed, COMPLETE.nik).await, [revoked.clone(), two.clone()]);
        assert_eq!(revoke(&Revoked::Person(person), 3).await, 1, "the other one");
        bed.commit(&[bed.turn(SITI).change(Change::Certificate(renew))]).await.unwrap();
        let two = Issued { revoked_at: Some(at(3)), ..two };
        let now = [revoked.clone(), two.clone()];
        assert_eq!(of(&bed, COMPLETE.nik).await, now, "nothing renews what was revoked");
        let allow = async || bed.store.allow_certificates(person, (&rina(), at(4))).await.unwrap();
        assert!(allow().await);
        assert!(!allow().await, "they are allowed already");
        // Each of it is a row of the log, and what came to nothing is none.
        let log = bed.store.log_of(&person, 10).await.unwrap();
        let deeds: Vec<_> = log.iter().map(|row| (row.act.deed, row.at, &row.doer)).collect();
        let doer = Doer::Staff(rina());
        let taken_back = Deed::CertificateRevoked;
        let each = [(Deed::CertificateAllowed, 4), (taken_back, 3), (taken_back, 1)];
        assert_eq!(deeds, each.map(|(deed, minutes)| (deed, at(minutes), &doer)));
        let two = Issued { revoked_at: None, ..two };
        assert_eq!(
            of(&bed, COMPLETE.nik).await,
            [revoked, two],
            "what its own code revoked stays so"
        );
    }
}

#[tokio::test]
async fn who_never_asked_can_be_kept_from_it_too() {
    for bed in both().await {
        filled(&bed).await;
        let first = issued(&bed, COMPLETE.nik, 1, 5);
        let person = Revoked::Person(first.person);
        let revoke = bed.store.revoke_certificates(&person, "never given", (&rina(), at(1))).await;
        assert_eq!(revoke.unwrap(), Some(0), "there is none yet, and there will be none");
        let again = bed.store.revoke_certificates(&person, "never given", (&rina(), at(2))).await;
        assert_eq!(again.unwrap(), None);
        assert!(facts(&bed, COMPLETE.nik).await.banned);
        // Whoever asked at that very moment has nothing of it.
        bed.commit(&[bed.turn(SITI).change(issue(&first))]).await.unwrap();
        assert_eq!(of(&bed, COMPLETE.nik).await[0].revoked_at, Some(at(1)));
        assert!(bed.store.allow_certificates(first.person, (&rina(), at(3))).await.unwrap());
        assert_eq!(
            (facts(&bed, COMPLETE.nik).await.banned, of(&bed, COMPLETE.nik).await),
            (false, vec![first])
        );
    }
}

#[tokio::test]
async fn checks_are_counted_for_each_phone_and_day_and_kept_a_year() {
    for bed in both().await {
        let check = |day| Change::Certificate(CertificateChange::Checked { day });
        let checks = async |phone, day| shown(&bed, None, phone, day).await.certificate.checks;
        let next = date(2021, 8, 17);
        for _ in 0..2 {
            let beside = [SITI, BUDI].map(|phone| bed.turn(phone).change(check(DAY)));
            bed.commit(&beside).await.unwrap();
        }
        bed.commit(&[bed.turn(SITI).change(check(next))]).await.unwrap();
        assert_eq!([checks(SITI, DAY).await, checks(BUDI, DAY).await], [2, 2]);
        assert_eq!([checks(SITI, next).await, checks(BUDI, next).await], [1, 0]);
        assert_eq!(bed.store.count(Table::CertificateCheck).await.unwrap(), 3);
        let year = 366 * 24 * 60;
        bed.store.purge(at(year - 1), 100).await.unwrap();
        assert_eq!(bed.store.count(Table::CertificateCheck).await.unwrap(), 3);
        bed.store.purge(at(year + 1), 100).await.unwrap();
        assert_eq!(bed.store.count(Table::CertificateCheck).await.unwrap(), 0);
        assert_eq!(bed.store.count(Table::Certificate).await.unwrap(), 0);
    }
}
