//! What time does to seats and appointments, a bounded piece at a time. Nobody waits for it: a hold that
//! is over is free before its row is gone.

use sqlx::Row;

use crate::{
    clock::Timestamp,
    store::{
        Store, StoreError,
        engine::{Dialect, on_engine},
    },
};

/// Seats that are somebody's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SeatFigures {
    /// Held for somebody who is asked.
    pub held: u64,
    /// Kept for somebody in line.
    pub offered: u64,
    /// Booked, for slots to come.
    pub booked: u64,
    /// People in line.
    pub waiting: u64,
    /// People whom their place cannot take.
    pub stranded: u64,
}

impl Store {
    /// Deletes at most `limit` holds that are over, and as many seats and slots that began before
    /// `before`; appointments of those days to which nobody came are missed. Says how many rows those were.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn purge_seats(
        &self,
        now: Timestamp,
        before: Timestamp,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let mut swept = 0;
        on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            let skip_locked = <Db as Dialect>::SKIP_LOCKED;
            // What somebody has taken again meanwhile is left alone.
            let holds = format!(
                "delete from seat where until <= $1 and (facility, start, seat) in (select facility, \
                 start, seat from seat where state <> 'booked' and until <= $1 limit $2{skip_locked})"
            );
            let seats = format!(
                "delete from seat where (facility, start, seat) in (select facility, start, seat \
                 from seat where start < $1 limit $2{skip_locked})"
            );
            let slots = format!(
                "delete from slot where (facility, start) in (select facility, start from slot \
                 where start < $1 limit $2{skip_locked})"
            );
            let missed = format!(
                "update appointment set state = 'missed', changed_at = $1 where state = 'booked' \
                 and (nik_index, number) in (select nik_index, number from appointment \
                 where state = 'booked' and start < $1 limit $2{skip_locked})"
            );
            for (sweep, bound) in [(holds, now), (missed, before), (seats, before), (slots, before)]
            {
                let done = sqlx::query::<Db>(sqlx::AssertSqlSafe(sweep))
                    .bind(bound.millis())
                    .bind(i64::from(limit))
                    .execute(&mut *tx)
                    .await?;
                swept += done.rows_affected();
            }
            tx.commit().await?;
        });
        Ok(swept)
    }

    /// How many seats of slots to come are somebody's.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn seat_figures(&self, now: Timestamp) -> Result<SeatFigures, StoreError> {
        let mut figures = SeatFigures::default();
        on_engine!(self.reader(), |Db, pool| {
            let rows = sqlx::query::<Db>(
                "select state, count(*) from seat where start > $1 and until > $1 group by state",
            )
            .bind(now.millis())
            .fetch_all(pool)
            .await?;
            for row in rows {
                let (state, count): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
                match state.as_str() {
                    "booked" => figures.booked = count.unsigned_abs(),
                    "offered" => figures.offered = count.unsigned_abs(),
                    _ => figures.held = count.unsigned_abs(),
                }
            }
            let sql =
                "select count(*) from wait_list where offer_until is null or offer_until <= $1";
            let waiting: i64 =
                sqlx::query_scalar::<Db, _>(sql).bind(now.millis()).fetch_one(pool).await?;
            figures.waiting = waiting.unsigned_abs();
            // The plus keeps SQLite from the index of all that is booked: that of the stranded is short.
            let sql = "select count(*) from appointment where stranded_at is not null \
                       and state = 'booked' and +start > $1";
            let stranded: i64 =
                sqlx::query_scalar::<Db, _>(sql).bind(now.millis()).fetch_one(pool).await?;
            figures.stranded = stranded.unsigned_abs();
        });
        Ok(figures)
    }
}
