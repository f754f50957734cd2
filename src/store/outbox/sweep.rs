//! What time does to notices and receipts, a bounded piece at a time. Rows are looked for beside the
//! one who writes; he is asked for what was found, by name.

use sqlx::QueryBuilder;

use super::{
    super::{
        Store, StoreError,
        engine::{Tx, on_engine, push_keys},
    },
    settle::{count, keep_refusals, read_moved, unpark},
};
use crate::{
    clock::Timestamp,
    outbox::{Fate, NoticeId, work::Moved},
};

/// How long what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Receipts that came before this belong to nobody; notices that were sent before this are
    /// waited for no longer.
    pub receipts_from: Timestamp,
    /// Settled notices that were made before this are deleted.
    pub kept_from: Timestamp,
    /// At most so many rows of a kind.
    pub limit: u32,
}

/// What a sweep of the outbox did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Swept {
    /// Notices that came to another state.
    pub moved: Vec<Moved>,
    /// Rows deleted.
    pub deleted: u64,
}

impl Store {
    /// Joins parked receipts to the messages they are for, where a race kept them apart; ends what
    /// is of no use any more; stops waiting for receipts; deletes what was kept long enough.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; what was done before is done.
    pub async fn sweep_outbox(&self, now: Timestamp, bounds: Bounds) -> Result<Swept, StoreError> {
        let mut swept = Swept::default();
        let limit = i64::from(bounds.limit);
        let parked = "select notice.id from parked_receipt join notice \
             on notice.account = parked_receipt.account \
             and notice.message_id = parked_receipt.message_id where parked_receipt.at >= $1 limit $2";
        let ids = self.find(parked, bounds.receipts_from.millis(), limit).await?;
        swept.moved.extend(self.join_parked(&ids, now).await?);

        let expired = "select id from notice where state = 'waiting' and expires < $1 limit $2";
        let ids = self.find(expired, now.millis(), limit).await?;
        swept.moved.extend(self.end(&ids, Fate::Waiting, Fate::Expired, now).await?);

        let silent = "select id from notice where state = 'sent' and settled_at < $1 limit $2";
        let ids = self.find(silent, bounds.receipts_from.millis(), limit).await?;
        swept.moved.extend(self.end(&ids, Fate::Sent, Fate::Unknown, now).await?);

        // Names grow with time, so the oldest are found without an index of their own.
        let old = "select id from notice where id < $1 and state <> 'waiting' and state <> 'sent' \
             order by id limit $2";
        let before = NoticeId::draw(bounds.kept_from, 0).as_i64();
        let ids = self.find(old, before, limit).await?;
        swept.deleted += self.delete(&ids, bounds).await?;
        Ok(swept)
    }

    async fn find(
        &self,
        sql: &'static str,
        bound: i64,
        limit: i64,
    ) -> Result<Vec<i64>, StoreError> {
        on_engine!(self.reader(), |Db, pool| {
            Ok(sqlx::query_scalar::<Db, i64>(sql).bind(bound).bind(limit).fetch_all(pool).await?)
        })
    }

    async fn join_parked(&self, ids: &[i64], now: Timestamp) -> Result<Vec<Moved>, StoreError> {
        let mut moved = Vec::new();
        if ids.is_empty() {
            return Ok(moved);
        }
        let mut tx = self.begin_tx().await?;
        on_engine!(&mut tx, |Db, tx| {
            let mut sql = QueryBuilder::<Db>::new(
                "update notice set state = parked_receipt.state from parked_receipt \
                 where parked_receipt.account = notice.account \
                 and parked_receipt.message_id = notice.message_id and notice.state = 'sent' \
                 and notice.id in (",
            );
            push_keys(&mut sql, ids, |id| id);
            sql.push(") returning notice.campaign, notice.lane, notice.state, notice.route");
            for row in sql.build().fetch_all(&mut **tx).await? {
                moved.push(read_moved(&row)?);
            }
        });
        keep_refusals(&mut tx, ids, now).await?;
        unpark(&mut tx, ids).await?;
        count(&mut tx, &moved, Some(Fate::Sent)).await?;
        on_engine!(tx, |_Db, tx| tx.commit().await?);
        Ok(moved)
    }

    /// Brings notices from one state to another. One that somebody is just sending is let be.
    async fn end(
        &self,
        ids: &[i64],
        from: Fate,
        to: Fate,
        now: Timestamp,
    ) -> Result<Vec<Moved>, StoreError> {
        let mut moved = Vec::new();
        if ids.is_empty() {
            return Ok(moved);
        }
        let mut tx: Tx = self.begin_tx().await?;
        on_engine!(&mut tx, |Db, tx| {
            let mut sql = QueryBuilder::<Db>::new("update notice set leased = 0, state = ");
            if from == Fate::Waiting {
                // What may have been sent, also by somebody whose lease ran out, does not end as if it had not.
                sql.push("case when doubt > 0 or leased = 1 then ")
                    .push_bind(Fate::Unknown.as_str())
                    .push(" else ")
                    .push_bind(to.as_str())
                    .push(" end, settled_at = ")
                    .push_bind(now.millis());
            } else {
                // Of what was sent it stays the time of sending.
                sql.push_bind(to.as_str());
            }
            sql.push(" where state = ").push_bind(from.as_str());
            sql.push(" and (leased = 0 or due < ").push_bind(now.millis()).push(") and id in (");
            push_keys(&mut sql, ids, |id| id);
            sql.push(") returning campaign, lane, state, route");
            for row in sql.build().fetch_all(&mut **tx).await? {
                moved.push(read_moved(&row)?);
            }
        });
        count(&mut tx, &moved, Some(from)).await?;
        on_engine!(tx, |_Db, tx| tx.commit().await?);
        Ok(moved)
    }

    async fn delete(&self, ids: &[i64], bounds: Bounds) -> Result<u64, StoreError> {
        let mut deleted = 0;
        let mut tx = self.begin_tx().await?;
        on_engine!(&mut tx, |Db, tx| {
            if !ids.is_empty() {
                let mut sql = QueryBuilder::<Db>::new("delete from notice where id in (");
                push_keys(&mut sql, ids, |id| id);
                let done = sql.push(")").build().execute(&mut **tx).await?;
                deleted += done.rows_affected();
            }
            let done = sqlx::query::<Db>(
                "delete from parked_receipt where (account, message_id) in (select account, \
                 message_id from parked_receipt where at < $1 limit $2)",
            )
            .bind(bounds.receipts_from.millis())
            .bind(i64::from(bounds.limit))
            .execute(&mut **tx)
            .await?;
            deleted += done.rows_affected();
        });
        on_engine!(tx, |_Db, tx| tx.commit().await?);
        Ok(deleted)
    }
}
