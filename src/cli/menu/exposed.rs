//! What conversation files find of exposure notices: cases and contacts as an app's back end brings them,
//! without a word to anybody.

use std::{collections::BTreeSet, time::Duration};

use crate::{
    clock::{Timestamp, Zone},
    identity::Msisdn,
    outbox::NoticeId,
    service::{
        audit::StaffName,
        exposure::{CaseId, Consent, ExposureChange, ExposureRules},
        record::Change,
        sample::exposed::{ASKED, NEAR, USED},
    },
    store::{
        Binding, CommitError, NewCase, Spoke, StaffWrite, Store, StoreError, TurnWrite, Upload,
    },
    vault::Vault,
};

const DAY: Duration = Duration::from_secs(86_400);

/// Puts them in.
pub(super) async fn put(
    store: &Store,
    vault: &Vault,
    rules: ExposureRules,
    (now, zone): (Timestamp, Zone),
) -> Result<(), CommitError> {
    let unreadable = || StoreError::Unreadable("exposure_case");
    let phone = |text: &str| Msisdn::parse(text).map_err(|_| unreadable());
    let staff = StaffName::parse("sample").map_err(|_| unreadable())?;
    let quietly = StaffWrite { staff, at: now, changes: Vec::new(), notices: Vec::new() };
    let until = rules.consent_until(now);
    for (id, number) in [ASKED, USED] {
        let case = NewCase {
            id: CaseId::parse(id).map_err(|_| unreadable())?,
            phone: vault.subscriber_key(&phone(number)?),
            tested_on: now.minus(DAY).date(zone),
            at: now,
            until,
            keep_until: until.plus(14 * DAY),
        };
        let mut batch = store.begin().await?;
        batch.open_case(&case).await?;
        batch.commit_staff(&quietly).await?;
    }
    let (used, number) = (CaseId::parse(USED.0).map_err(|_| unreadable())?, phone(USED.1)?);
    let consent =
        ExposureChange { case: used.clone(), consent: Consent::Given, version: None, until };
    let yes = TurnWrite {
        changes: vec![Change::Exposure(consent)],
        ..TurnWrite::of(Spoke::We, vault.subscriber_key(&number), number, now)
    };
    store.begin().await?.commit(&[yes]).await?;
    let token = vault.token_key(NEAR.0.as_bytes());
    let near = Binding { token, phone: phone(NEAR.1)? };
    store.bind_tokens(&[near], now, until, 1).await?;
    let contacts = BTreeSet::from([(token, now.minus(2 * DAY).date(zone))]);
    let first = NoticeId::draw(now, 0);
    let upload = Upload { case: used, contacts, digest: [0; 16], at: now, first };
    let mut batch = store.begin().await?;
    batch.take_contacts(&upload, |day| rules.forgotten(day, zone)).await?;
    batch.commit_staff(&quietly).await
}
