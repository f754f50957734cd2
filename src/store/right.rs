//! The rights of a person as rows: what a phone agreed to and took back, who looked at a person, and
//! what is kept of one.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{QueryBuilder, Row as _};

use super::{
    CommitError, StoreError,
    appointment::read_booked,
    changes::Stamp,
    engine::{Tx, octets, on_engine, padded_keys, padded_rows},
    facts::read_number,
    parting,
    ticket::{read_heard_checks, read_pending},
};
use crate::{
    clock::Timestamp,
    service::{
        audit::Deed,
        record::Need,
        right::{Consent, Look, Parting, Purpose, RightFacts, RightNeed},
        ticket::Category,
    },
    vault::{NikIndex, SubscriberKey, Vault},
};

/// A row with version, channel, time, end, purpose, and with whom it ended. A macro, because the row's type is one
/// of two.
macro_rules! consent {
    ($row:expr) => {{
        let row = &$row;
        let unreadable = || StoreError::Unreadable("consent");
        let withdrawn: Option<i64> = row.try_get(3)?;
        let purpose = Purpose::parse(row.try_get(4)?);
        let parted: Option<String> = row.try_get(5)?;
        let parted = parted.map(|word| Parting::parse(&word).ok_or_else(unreadable));
        Consent {
            purpose: purpose.ok_or_else(unreadable)?,
            version: row.try_get(0)?,
            channel: row.try_get(1)?,
            at: Timestamp::from_millis(row.try_get(2)?),
            withdrawn: withdrawn.map(Timestamp::from_millis),
            parted: parted.transpose()?,
        }
    }};
}

/// Looks that are read, at most.
const MOST_LOOKS: i64 = 1000;

/// What each need asks for, in the order of `needs`. Rare: a few statements for each.
pub(super) async fn read_rights(
    tx: &mut Tx,
    vault: &Vault,
    needs: &[Need],
) -> Result<Vec<RightFacts>, StoreError> {
    let mut rights = Vec::with_capacity(needs.len());
    for need in needs {
        rights.push(match need.rights {
            Some(need) => read(tx, vault, need).await?,
            None => RightFacts::default(),
        });
    }
    Ok(rights)
}

async fn read(tx: &mut Tx, vault: &Vault, need: RightNeed) -> Result<RightFacts, StoreError> {
    let RightNeed { person, by, since } = need;
    let of_person = match person {
        Some(person) => read_of_person(tx, vault, person, since).await?,
        None => RightFacts::default(),
    };
    let (registrations, booked) = on_engine!(&mut *tx, |Db, tx| {
        let by = by.as_bytes().to_vec();
        let registrations: Vec<(Vec<u8>, String)> = sqlx::query_as::<Db, _>(
            "select nik_index, number from registration where subscriber = $1 \
             and hidden_at is null order by at, number",
        )
        .bind(by.clone())
        .fetch_all(&mut **tx)
        .await?;
        let booked: Vec<Vec<u8>> = sqlx::query_scalar::<Db, _>(
            "select nik_index from appointment where state = 'booked' and subscriber = $1 \
             and nik_index in (select nik_index from acquaintance where subscriber = $1)",
        )
        .bind(by)
        .fetch_all(&mut **tx)
        .await?;
        (registrations, booked)
    });
    let mut persons = BTreeSet::new();
    for person in booked {
        persons.insert(NikIndex::from_bytes(octets(person, "appointment")?));
    }
    let persons: Vec<NikIndex> = persons.into_iter().collect();
    let mut registered = Vec::with_capacity(registrations.len());
    for (person, number) in registrations {
        let person = NikIndex::from_bytes(octets(person, "registration")?);
        registered.push((person, read_number(&number)?));
    }
    Ok(RightFacts {
        consents: read_consents(tx, by).await?,
        registered,
        booked: read_booked(tx, &persons).await?.into_values().flatten().collect(),
        ..of_person
    })
}

/// What is read of one person: the phones that know them, the registrations that rest on what an officer heard,
/// and what was heard. There is no index of all registrations by person, but one by phone.
pub(super) const BY_PERSON: [&str; 3] = [
    "select count(*) from acquaintance where nik_index = $1",
    "select number from registration where nik_index = $1 and subscriber in \
     (select subscriber from consent where nik_index = $1 and withdrawn_at is null) \
     order by at, number",
    "select version, channel, at, withdrawn_at, purpose, parted from consent \
     where nik_index = $1 and withdrawn_at is null order by at desc, version",
];

/// What is the person's own, whichever phone asks.
async fn read_of_person(
    tx: &mut Tx,
    vault: &Vault,
    person: NikIndex,
    since: Timestamp,
) -> Result<RightFacts, StoreError> {
    let [phones, numbers, heard] = BY_PERSON;
    let key = person.as_bytes().to_vec();
    let heard = consents(tx, heard, key.clone()).await?;
    let (phones, numbers) = on_engine!(&mut *tx, |Db, tx| {
        let phones: i64 =
            sqlx::query_scalar::<Db, _>(phones).bind(key.clone()).fetch_one(&mut **tx).await?;
        let numbers: Vec<String> =
            sqlx::query_scalar::<Db, _>(numbers).bind(key).fetch_all(&mut **tx).await?;
        (phones, numbers)
    });
    let numbers = numbers.iter().map(|number| Ok((person, read_number(number)?)));
    Ok(RightFacts {
        heard,
        assisted: numbers.collect::<Result<_, StoreError>>()?,
        phones: u32::try_from(phones).unwrap_or(u32::MAX),
        looks: read_looks(tx, person, since).await?,
        erasure: read_pending(tx, vault, person, Category::Erasure).await?,
        checks: read_heard_checks(tx, vault, person).await?,
        ..RightFacts::default()
    })
}

/// What a phone agreed to, latest first.
pub(super) async fn read_consents(
    tx: &mut Tx,
    phone: SubscriberKey,
) -> Result<Vec<Consent>, StoreError> {
    let sql = "select version, channel, at, withdrawn_at, purpose, parted from consent \
               where subscriber = $1 order by at desc, version";
    consents(tx, sql, phone.as_bytes().to_vec()).await
}

/// What each phone agreed to last, so that it can use the service: one statement for a batch.
pub(super) async fn read_agreed(
    tx: &mut Tx,
    phones: &[SubscriberKey],
) -> Result<BTreeMap<SubscriberKey, Consent>, StoreError> {
    let mut agreed = BTreeMap::new();
    if phones.is_empty() {
        return Ok(agreed);
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "select version, channel, at, withdrawn_at, purpose, parted, subscriber from consent \
             where purpose = 'service' and nik_index is null and subscriber in (",
        );
        let mut keys = sql.separated(", ");
        for phone in padded_keys(phones) {
            keys.push_bind(phone.as_bytes().to_vec());
        }
        sql.push(") order by at, version");
        for row in sql.build().fetch_all(&mut **tx).await? {
            let phone = SubscriberKey::from_bytes(octets(row.try_get(6)?, "consent")?);
            // The later ones take the place of those before.
            agreed.insert(phone, consent!(row));
        }
    });
    Ok(agreed)
}

/// What a person agreed to by word of mouth, latest first, whether it still holds or not.
pub(super) async fn read_heard(tx: &mut Tx, person: NikIndex) -> Result<Vec<Consent>, StoreError> {
    let sql = "select version, channel, at, withdrawn_at, purpose, parted from consent \
               where nik_index = $1 order by at desc, version";
    consents(tx, sql, person.as_bytes().to_vec()).await
}

/// Consents by a key: version, channel, time, end, purpose, and with whom they ended.
async fn consents(
    tx: &mut Tx,
    sql: &'static str,
    key: Vec<u8>,
) -> Result<Vec<Consent>, StoreError> {
    let mut consents = Vec::new();
    on_engine!(tx, |Db, tx| {
        for row in sqlx::query::<Db>(sql).bind(key).fetch_all(&mut **tx).await? {
            consents.push(consent!(row));
        }
    });
    Ok(consents)
}

/// Who looked at a person since then, latest first.
async fn read_looks(
    tx: &mut Tx,
    person: NikIndex,
    since: Timestamp,
) -> Result<Vec<Look>, StoreError> {
    let mut looks = Vec::new();
    on_engine!(tx, |Db, tx| {
        let rows = sqlx::query::<Db>(
            "select act, subscriber, at from audit where nik_index = $1 and at >= $2 \
             order by at desc limit $3",
        )
        .bind(person.as_bytes().to_vec())
        .bind(since.millis())
        .bind(MOST_LOOKS)
        .fetch_all(&mut **tx)
        .await?;
        for row in rows {
            let Some(deed) = Deed::parse(row.try_get(0)?).filter(|deed| deed.is_look()) else {
                continue;
            };
            let phone: Option<Vec<u8>> = row.try_get(1)?;
            let phone = phone.map(|phone| octets(phone, "audit")).transpose()?;
            let at = Timestamp::from_millis(row.try_get(2)?);
            looks.push(Look { deed, phone: phone.map(SubscriberKey::from_bytes), at });
        }
    });
    Ok(looks)
}

/// What somebody agreed to: for what, and for whom, where it was said for one person.
pub(super) struct Agreed<'a> {
    pub purpose: Purpose,
    pub person: Option<NikIndex>,
    pub stamp: Stamp<'a>,
}

pub(super) async fn write_consents(
    tx: &mut Tx,
    consents: &BTreeMap<(SubscriberKey, &str), Agreed<'_>>,
) -> Result<(), CommitError> {
    if consents.is_empty() {
        return Ok(());
    }
    let consents: Vec<_> = consents.iter().collect();
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "with given (subscriber, version, channel, at, purpose, nik_index) as (",
        );
        sql.push_values(padded_rows(&consents), |mut row, consent| {
            let agreed = consent.map(|(_, agreed)| agreed);
            row.push_bind(consent.map(|((phone, _), _)| phone.as_bytes().to_vec()))
                .push_bind(consent.map(|((_, version), _)| (*version).to_owned()))
                .push_bind(agreed.and_then(|of| of.stamp.channel.map(str::to_owned)))
                .push_bind(agreed.map(|of| of.stamp.at.millis()))
                .push_bind(agreed.map(|of| of.purpose.as_str()))
                .push_bind(agreed.and_then(|of| Some(of.person?.as_bytes().to_vec())));
        });
        sql.push(
            ") insert into consent (subscriber, version, channel, at, purpose, nik_index) \
             select subscriber, version, channel, at, purpose, nik_index from given \
             where subscriber is not null \
             on conflict (subscriber, version, at) do nothing",
        );
        sql.build().execute(&mut **tx).await?;
    });
    Ok(())
}

/// What these phones agreed to holds no longer. What rested on it ends with it: a case's yes of which nothing
/// was taken yet, places in lines, registrations, and what an outside record was to be told of them. Rare:
/// some statements for each.
pub(super) async fn write_withdrawals(
    tx: &mut Tx,
    withdrawn: &BTreeMap<SubscriberKey, Timestamp>,
) -> Result<(), CommitError> {
    for (key, at) in withdrawn {
        let phone = key.as_bytes().to_vec();
        on_engine!(&mut *tx, |Db, tx| {
            for sql in [
                "update exposure_case set state = 'withdrawn', answered_at = $2 \
                 where subscriber = $1 and state = 'given'",
                "update consent set withdrawn_at = $2 \
                 where subscriber = $1 and withdrawn_at is null",
            ] {
                sqlx::query::<Db>(sql)
                    .bind(phone.clone())
                    .bind(at.millis())
                    .execute(&mut **tx)
                    .await?;
            }
        });
        parting::leave_lines(tx, &[*key], None).await?;
        on_engine!(&mut *tx, |Db, tx| {
            for sql in [
                // An officer's phone asks for others as well: their registrations are under keys of their own.
                "delete from inquiry where subscriber = $1 and kind = 'register' and nik_index in \
                 (select nik_index from registration where subscriber = $1 and hidden_at is null)",
                "delete from registration where subscriber = $1 and hidden_at is null",
            ] {
                sqlx::query::<Db>(sql).bind(phone.clone()).execute(&mut **tx).await?;
            }
        });
    }
    Ok(())
}

/// What was heard of these people holds no longer, and the registrations end that rested on it. What an
/// outside record was to be told of them finds nothing to send.
pub(super) async fn write_unheard(
    tx: &mut Tx,
    unheard: &BTreeMap<NikIndex, Timestamp>,
) -> Result<(), CommitError> {
    for (person, at) in unheard {
        on_engine!(&mut *tx, |Db, tx| {
            let person = person.as_bytes().to_vec();
            let keys: Vec<Vec<u8>> = sqlx::query_scalar::<Db, _>(
                "update consent set withdrawn_at = $2 \
                 where nik_index = $1 and withdrawn_at is null returning subscriber",
            )
            .bind(person.clone())
            .bind(at.millis())
            .fetch_all(&mut **tx)
            .await?;
            for key in keys {
                sqlx::query::<Db>(
                    "delete from registration where nik_index = $1 and subscriber = $2",
                )
                .bind(person.clone())
                .bind(key)
                .execute(&mut **tx)
                .await?;
            }
        });
    }
    Ok(())
}

/// Who wants no broadcasts, and who wants them again.
pub(super) async fn write_opted(
    tx: &mut Tx,
    opted: &BTreeMap<SubscriberKey, Option<Stamp<'_>>>,
) -> Result<(), CommitError> {
    // Rare: one statement for each.
    for (phone, stamp) in opted {
        on_engine!(&mut *tx, |Db, tx| {
            let key = phone.as_bytes().to_vec();
            let sql = match stamp {
                Some(stamp) => sqlx::query::<Db>(
                    "insert into opt_out (subscriber, channel, at) values ($1, $2, $3) \
                     on conflict (subscriber) do nothing",
                )
                .bind(key)
                .bind(stamp.channel.map(str::to_owned))
                .bind(stamp.at.millis()),
                None => sqlx::query::<Db>("delete from opt_out where subscriber = $1").bind(key),
            };
            sql.execute(&mut **tx).await?;
        });
    }
    Ok(())
}
