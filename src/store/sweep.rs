//! What time does to conversations and receipts, a bounded piece at a time.

use sqlx::Row;

use super::{
    Store, StoreError,
    engine::{Dialect, on_engine},
};
use crate::{clock::Timestamp, conversation::End, vault::SubscriberKey};

/// When a sweep has to look at a conversation next; spelt as in the index `conversation_due`.
pub(super) const DUE: &str = "case when ended is null then open_until else keep_until end";

/// How often [`Store::checkpoint`] runs after a writer that does not pause.
const CHECKPOINT_ROUNDS: usize = 8;

/// A conversation that was ended from outside of a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
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
    pub async fn time_out(&self, now: Timestamp, limit: u32) -> Result<Vec<Cut>, StoreError> {
        let mut ended = Vec::new();
        on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            let rows = sqlx::query::<Db>(sqlx::AssertSqlSafe(format!(
                "update conversation set ended = $1, version = version + 1 \
                 where (subscriber, service) in (select subscriber, service from conversation \
                 where ended is null and {DUE} < $2 order by {DUE} limit $3{}) \
                 returning service, screen",
                <Db as Dialect>::SKIP_LOCKED,
            )))
            .bind(End::TimeOut.as_str())
            .bind(now.millis())
            .bind(i64::from(limit))
            .fetch_all(&mut *tx)
            .await?;
            for row in rows {
                ended.push(Cut { service: row.try_get(0)?, screen: row.try_get(1)? });
            }
            tx.commit().await?;
        });
        Ok(ended)
    }

    /// Folds SQLite's log into its file, beside the turns that are being written. Called every
    /// second or so it spares them the work, which the writer would otherwise do in the middle of
    /// a turn when the log has grown to 64 MiB. PostgreSQL does this itself.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn checkpoint(&self) -> Result<(), StoreError> {
        let Some(beside) = &self.beside else {
            return Ok(());
        };
        // What is written meanwhile remains; a few more rounds catch up with it, and only a log
        // that is folded to its end is written from its beginning again.
        for _ in 0..CHECKPOINT_ROUNDS {
            let row = sqlx::query("pragma wal_checkpoint(passive)").fetch_one(beside).await?;
            let [logged, folded]: [i64; 2] = [row.try_get(1)?, row.try_get(2)?];
            if logged == folded {
                break;
            }
        }
        Ok(())
    }

    /// Ends a subscriber's open conversation with a service from outside a turn, such as when the
    /// network could not take our reply; without `service` whichever is open. What was ended is
    /// given back; one whose time was up before `now` is left to [`Store::time_out`], so that each
    /// end is counted once and by its own cause.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn end_conversation(
        &self,
        subscriber: SubscriberKey,
        service: Option<&str>,
        end: End,
        now: Timestamp,
    ) -> Result<Vec<Cut>, StoreError> {
        let mut ended = Vec::new();
        on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            let rows = sqlx::query::<Db>(
                "update conversation set ended = $1, version = version + 1 \
                 where subscriber = $2 and ($3 is null or service = $3) \
                 and ended is null and open_until >= $4 returning service, screen",
            )
            .bind(end.as_str())
            .bind(subscriber.as_bytes().to_vec())
            .bind(service.map(str::to_owned))
            .bind(now.millis())
            .fetch_all(&mut *tx)
            .await?;
            for row in rows {
                ended.push(Cut { service: row.try_get(0)?, screen: row.try_get(1)? });
            }
            tx.commit().await?;
        });
        Ok(ended)
    }
}
