//! Look-ups by NIK that failed: read with the other facts, counted in the turn's transaction.

use std::{collections::BTreeMap, time::Duration};

use sqlx::{QueryBuilder, Row};

use super::{
    CommitError, StoreError,
    engine::{Tx, octets, on_engine, padded_rows},
};
use crate::{
    clock::Timestamp,
    service::record::{Failed, Look, Need, Tries},
    vault::{NikIndex, StemIndex, SubscriberKey},
};

/// The rest of the statement that reads what `asked` of earlier tries.
const TRIES: &str = ") select asked.place, 'own', lookup.nik_index, lookup.stem, lookup.failures, \
     lookup.keep_until from asked join lookup on lookup.subscriber = asked.subscriber \
     where lookup.keep_until > asked.at \
     union all \
     select asked.place, 'other', lookup.nik_index, lookup.stem, lookup.failures, \
     lookup.keep_until from asked join lookup on lookup.nik_index = asked.nik_index \
     where lookup.keep_until > asked.at and lookup.subscriber <> asked.subscriber \
     union all \
     select asked.place, 'known', acquaintance.nik_index, acquaintance.nik_index, 0, 0 \
     from asked join acquaintance on acquaintance.subscriber = asked.subscriber \
     and acquaintance.nik_index = asked.nik_index";

/// What each need asks to know of earlier tries, in the order of `needs`: one statement for all.
pub(super) async fn read_tries(tx: &mut Tx, needs: &[Need]) -> Result<Vec<Tries>, StoreError> {
    let mut tries = vec![Tries::default(); needs.len()];
    let asked: Vec<(usize, Look)> =
        needs.iter().enumerate().filter_map(|(at, need)| Some((at, need.tries?))).collect();
    if asked.is_empty() {
        return Ok(tries);
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new("with asked (place, subscriber, nik_index, at) as (");
        sql.push_values(padded_rows(&asked), |mut row, asked| {
            row.push_bind(asked.map(|(place, _)| *place as i64))
                .push_bind(asked.map(|(_, look)| look.by.as_bytes().to_vec()))
                .push_bind(asked.map(|(_, look)| look.person.as_bytes().to_vec()))
                .push_bind(asked.map(|(_, look)| look.at.millis()));
        });
        sql.push(TRIES);
        for row in sql.build().fetch_all(&mut **tx).await? {
            let place: i64 = row.try_get(0)?;
            let Some(tries) = usize::try_from(place).ok().and_then(|at| tries.get_mut(at)) else {
                continue;
            };
            let until = Timestamp::from_millis(row.try_get(5)?);
            match row.try_get::<&str, _>(1)? {
                "own" => tries.own.push(Failed {
                    person: NikIndex::from_bytes(octets(row.try_get(2)?, "lookup")?),
                    stem: StemIndex::from_bytes(octets(row.try_get(3)?, "lookup")?),
                    failures: u32::try_from(row.try_get::<i64, _>(4)?).unwrap_or(u32::MAX),
                    until,
                }),
                "other" => tries.others.push(until),
                _ => tries.acquainted = true,
            }
        }
    });
    Ok(tries)
}

/// The failures of a batch.
#[derive(Default)]
pub(super) struct Failures(BTreeMap<(SubscriberKey, NikIndex), Failure>);

struct Failure {
    stem: StemIndex,
    times: i64,
    at: Timestamp,
    until: Timestamp,
}

impl Failures {
    pub(super) fn add(
        &mut self,
        key: (SubscriberKey, NikIndex),
        stem: StemIndex,
        at: Timestamp,
        window: Duration,
    ) {
        let first = || Failure { stem, times: 0, at, until: at.plus(window) };
        self.0.entry(key).or_insert_with(first).times += 1;
    }

    /// Counts on from what is there, and from the beginning where that is forgotten.
    pub(super) async fn write(self, tx: &mut Tx) -> Result<(), CommitError> {
        if self.0.is_empty() {
            return Ok(());
        }
        let failures: Vec<_> = self.0.iter().collect();
        on_engine!(tx, |Db, tx| {
            let mut sql = QueryBuilder::<Db>::new(
                "with failed (subscriber, nik_index, stem, failures, at, keep_until) as (",
            );
            sql.push_values(padded_rows(&failures), |mut row, failure| {
                row.push_bind(failure.map(|((phone, _), _)| phone.as_bytes().to_vec()))
                    .push_bind(failure.map(|((_, person), _)| person.as_bytes().to_vec()))
                    .push_bind(failure.map(|(_, of)| of.stem.as_bytes().to_vec()))
                    .push_bind(failure.map(|(_, of)| of.times))
                    .push_bind(failure.map(|(_, of)| of.at.millis()))
                    .push_bind(failure.map(|(_, of)| of.until.millis()));
            });
            sql.push(
                ") insert into lookup (subscriber, nik_index, stem, failures, at, keep_until) \
                 select subscriber, nik_index, stem, failures, at, keep_until from failed \
                 where subscriber is not null \
                 on conflict (subscriber, nik_index) do update set \
                 failures = case when lookup.keep_until <= excluded.at then excluded.failures \
                 else lookup.failures + excluded.failures end, \
                 at = case when lookup.keep_until <= excluded.at then excluded.at \
                 else lookup.at end, \
                 keep_until = case when lookup.keep_until <= excluded.at \
                 then excluded.keep_until else lookup.keep_until end",
            );
            sql.build().execute(&mut **tx).await?;
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::TRIES;
    use crate::store::engine::steps_of;

    /// However many failed before, and whether one asks or a thousand: not all of them for each batch.
    #[tokio::test]
    async fn earlier_tries_are_found_by_phone_and_by_person() {
        for size in [1, 1024] {
            let rows = vec!["(?, ?, ?, ?)"; size].join(", ");
            let sql =
                format!("with asked (place, subscriber, nik_index, at) as (values {rows}{TRIES}");
            let steps = steps_of(&sql).await;
            let of =
                |step: &str| step.strip_prefix("SEARCH ")?.split(' ').next().map(str::to_owned);
            let searched: Vec<_> = steps.iter().filter_map(|step| of(step)).collect();
            assert_eq!(searched, ["lookup", "lookup", "acquaintance"], "{size} rows: {steps:?}");
        }
    }
}
