//! What time does to conversations and receipts, a bounded piece at a time.

use sqlx::Row;

use super::{
    Store, StoreError,
    engine::{Dialect, on_engine},
};
use crate::{clock::Timestamp, conversation::End, vault::SubscriberKey};

/// A conversation that nobody answered in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimedOut {
    /// The service it was with.
    pub service: String,
    /// The screen that was left unanswered.
    pub screen: String,
}

impl Store {
    /// Ends at most `limit` conversations whose time is up. Each is ended by exactly one caller,
    /// however many nodes sweep; a turn that was under way in one of them becomes a conflict.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn time_out(&self, now: Timestamp, limit: u32) -> Result<Vec<TimedOut>, StoreError> {
        let mut ended = Vec::new();
        on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            let rows = sqlx::query::<Db>(sqlx::AssertSqlSafe(format!(
                "update conversation set ended = $1, version = version + 1 \
                 where (subscriber, service) in (select subscriber, service from conversation \
                 where ended is null and open_until < $2 order by open_until limit $3{}) \
                 returning service, screen",
                <Db as Dialect>::SKIP_LOCKED,
            )))
            .bind(End::TimeOut.as_str())
            .bind(now.millis())
            .bind(i64::from(limit))
            .fetch_all(&mut *tx)
            .await?;
            for row in rows {
                ended.push(TimedOut { service: row.try_get(0)?, screen: row.try_get(1)? });
            }
            tx.commit().await?;
        });
        Ok(ended)
    }

    /// Deletes at most `limit` conversations and `limit` receipts that need not be kept any
    /// longer, and says how many it deleted.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn purge(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut deleted = 0;
        on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            for (table, key) in [("conversation", "subscriber, service"), ("receipt", "key")] {
                let sql = format!(
                    "delete from {table} where ({key}) in (select {key} from {table} \
                     where keep_until < $1 order by keep_until limit $2{})",
                    <Db as Dialect>::SKIP_LOCKED,
                );
                deleted += sqlx::query::<Db>(sqlx::AssertSqlSafe(sql))
                    .bind(now.millis())
                    .bind(i64::from(limit))
                    .execute(&mut *tx)
                    .await?
                    .rows_affected();
            }
            tx.commit().await?;
        });
        Ok(deleted)
    }

    /// Ends an open conversation from outside a turn, such as when the network could not take our
    /// reply. False if none is open; one whose time was up before `now` is left to
    /// [`Store::time_out`], so that each end is counted once and by its own cause.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn end_conversation(
        &self,
        subscriber: SubscriberKey,
        service: &str,
        end: End,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let ended = on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            let done = sqlx::query::<Db>(
                "update conversation set ended = $1, version = version + 1 \
                 where subscriber = $2 and service = $3 and ended is null and open_until >= $4",
            )
            .bind(end.as_str())
            .bind(subscriber.as_bytes().to_vec())
            .bind(service.to_owned())
            .bind(now.millis())
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
            done.rows_affected()
        });
        Ok(ended == 1)
    }
}
