//! What the log says of a window of time: how often what was done by whom, and which people it concerned.

use sqlx::Row as _;

use crate::{
    clock::Timestamp,
    store::{
        Store, StoreError,
        engine::{octets, on_engine},
    },
    vault::NikIndex,
};

/// How often one thing was done by one kind of doer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// What, as the database says it.
    pub act: String,
    /// Over which channel; none by staff.
    pub channel: Option<String>,
    /// Who of the staff.
    pub staff: Option<String>,
    /// How often.
    pub times: u64,
    /// How many people it concerned.
    pub persons: u64,
}

impl Store {
    /// What was done from a moment on and before another, and how many people that concerned.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn done_between(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<(Vec<Tally>, u64), StoreError> {
        Ok(on_engine!(self.reader(), |Db, pool| {
            let rows = sqlx::query::<Db>(
                "select act, channel, staff, count(*), count(distinct nik_index) from audit \
                 where at >= $1 and at < $2 group by act, channel, staff \
                 order by act, channel, staff",
            )
            .bind(from.millis())
            .bind(to.millis())
            .fetch_all(pool)
            .await?;
            let mut tallies = Vec::with_capacity(rows.len());
            for row in rows {
                let (times, persons): (i64, i64) = (row.try_get(3)?, row.try_get(4)?);
                tallies.push(Tally {
                    act: row.try_get(0)?,
                    channel: row.try_get(1)?,
                    staff: row.try_get(2)?,
                    times: times.unsigned_abs(),
                    persons: persons.unsigned_abs(),
                });
            }
            let persons: i64 = sqlx::query_scalar::<Db, _>(
                "select count(distinct nik_index) from audit where at >= $1 and at < $2",
            )
            .bind(from.millis())
            .bind(to.millis())
            .fetch_one(pool)
            .await?;
            (tallies, persons.unsigned_abs())
        }))
    }

    /// At most `limit` of the people whom that concerned, in the order of their keys, after one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn concerned_between(
        &self,
        (from, to): (Timestamp, Timestamp),
        after: Option<NikIndex>,
        limit: u32,
    ) -> Result<Vec<NikIndex>, StoreError> {
        let after = after.map(|person| person.as_bytes().to_vec()).unwrap_or_default();
        let found: Vec<Vec<u8>> = on_engine!(self.reader(), |Db, pool| {
            sqlx::query_scalar::<Db, _>(
                "select distinct nik_index from audit where at >= $1 and at < $2 \
                 and nik_index > $3 order by nik_index limit $4",
            )
            .bind(from.millis())
            .bind(to.millis())
            .bind(after)
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await?
        });
        found.into_iter().map(|of| Ok(NikIndex::from_bytes(octets(of, "audit")?))).collect()
    }
}
