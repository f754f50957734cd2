//! Where somebody is to be tested: the place that is nearest as far as we know. We know the regency in which
//! people live, and in which district there their tickets are or were good; a location that a chat has shared
//! is not kept.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{QueryBuilder, Row};

use super::{
    super::engine::{Tx, octets, on_engine, push_keys},
    StoreError,
};
use crate::{
    clock::Timestamp,
    identity::region,
    service::exposure::TestingPlace,
    vault::{NikIndex, SubscriberKey},
};

/// Where people live: a regency, and a district of it if one is known.
type Near = (String, Option<String>);

/// Whose home it is, and where.
type Home = (NikIndex, Near);

/// The home of each phone, by whoever it has known longest, and where to be tested there.
pub(super) async fn read_places(
    tx: &mut Tx,
    phones: &[SubscriberKey],
    now: Timestamp,
) -> Result<BTreeMap<SubscriberKey, (String, Option<TestingPlace>)>, StoreError> {
    if phones.is_empty() {
        return Ok(BTreeMap::new());
    }
    let homes = read_homes(tx, phones).await?;
    let nears: BTreeSet<&Near> = homes.values().map(|(_, near)| near).collect();
    let mut places: BTreeMap<Near, TestingPlace> = BTreeMap::new();
    // A few of each regency; a country has few hundred of them.
    for near in nears {
        if let Some(place) = read_nearest(tx, near, now).await? {
            places.insert(near.clone(), place);
        }
    }
    let with_place = |(phone, (_, near)): (SubscriberKey, Home)| {
        let place = places.get(&near).cloned();
        (phone, (near.0, place))
    };
    Ok(homes.into_iter().map(with_place).collect())
}

async fn read_homes(
    tx: &mut Tx,
    phones: &[SubscriberKey],
) -> Result<BTreeMap<SubscriberKey, Home>, StoreError> {
    let mut homes: BTreeMap<SubscriberKey, Home> = BTreeMap::new();
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "select acquaintance.subscriber, acquaintance.nik_index, \
             coalesce(registration.regency, person.regency) \
             from acquaintance join person on person.nik_index = acquaintance.nik_index \
             left join registration on registration.nik_index = person.nik_index \
             and registration.standing = 'registered' \
             where not person.blocked and acquaintance.subscriber in (",
        );
        push_keys(&mut sql, phones, |phone| phone.as_bytes().to_vec());
        sql.push(") order by acquaintance.subscriber, acquaintance.since, acquaintance.nik_index");
        for row in sql.build().fetch_all(&mut **tx).await? {
            let phone = SubscriberKey::from_bytes(octets(row.try_get(0)?, "acquaintance")?);
            let person = NikIndex::from_bytes(octets(row.try_get(1)?, "acquaintance")?);
            if let Some(regency) = row.try_get::<Option<String>, _>(2)? {
                homes.entry(phone).or_insert((person, (regency, None)));
            }
        }
        let mut sql = QueryBuilder::<Db>::new(
            "select acquaintance.subscriber, acquaintance.nik_index, \
             facility.regency, facility.district \
             from acquaintance join appointment on appointment.nik_index = acquaintance.nik_index \
             join facility on facility.code = appointment.facility \
             where appointment.state in ('booked', 'attended') and acquaintance.subscriber in (",
        );
        push_keys(&mut sql, phones, |phone| phone.as_bytes().to_vec());
        // The latest is read first, and counts.
        sql.push(") order by acquaintance.subscriber, appointment.booked_at desc, facility.code");
        for row in sql.build().fetch_all(&mut **tx).await? {
            let phone = SubscriberKey::from_bytes(octets(row.try_get(0)?, "acquaintance")?);
            let person = NikIndex::from_bytes(octets(row.try_get(1)?, "acquaintance")?);
            let (regency, district): (String, String) = (row.try_get(2)?, row.try_get(3)?);
            if let Some((whose, (home, near))) = homes.get_mut(&phone)
                && *whose == person
                && *home == regency
            {
                near.get_or_insert(district);
            }
        }
    });
    Ok(homes)
}

/// A place of that regency that is not closed for good, of that district first.
async fn read_nearest(
    tx: &mut Tx,
    (regency, district): &Near,
    now: Timestamp,
) -> Result<Option<TestingPlace>, StoreError> {
    let today = now.date(region::zone(regency)).to_string();
    Ok(on_engine!(tx, |Db, tx| {
        let row = sqlx::query::<Db>(
            "select name, address from facility where regency = $1 \
             and (closed_from is null or closed_from > $2) \
             order by case when district = $3 then 0 else 1 end, district, name, code limit 1",
        )
        .bind(regency.clone())
        .bind(today)
        .bind(district.clone())
        .fetch_optional(&mut **tx)
        .await?;
        match row {
            Some(row) => Some(TestingPlace { name: row.try_get(0)?, address: row.try_get(1)? }),
            None => None,
        }
    }))
}
