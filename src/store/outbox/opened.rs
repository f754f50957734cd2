//! Notices that their readers opened, as far as a provider says so.

use std::collections::BTreeSet;

use sqlx::{QueryBuilder, Row};

use super::{
    super::{
        Store, StoreError,
        engine::{on_engine, push_keys},
    },
    settle::{Changes, READ, count_with},
};
use crate::clock::Timestamp;

/// Messages of one statement.
const ROWS: usize = 512;

impl Store {
    /// Writes down that messages of an account were opened, each once, and gives back the names of those
    /// that are not known, or not yet.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; then nothing is written.
    pub async fn opened(
        &self,
        account: &str,
        message_ids: &[&str],
        now: Timestamp,
    ) -> Result<BTreeSet<String>, StoreError> {
        let mut unknown: BTreeSet<String> =
            message_ids.iter().map(|name| (*name).to_owned()).collect();
        let mut chats = Changes::new();
        let mut tx = self.begin_tx().await?;
        for names in message_ids.chunks(ROWS) {
            on_engine!(&mut tx, |Db, tx| {
                let mut sql = QueryBuilder::<Db>::new("update notice set read_at = ");
                sql.push_bind(now.millis()).push(" where read_at is null and account = ");
                sql.push_bind(account.to_owned()).push(" and message_id in (");
                push_keys(&mut sql, names, |name| name.to_owned());
                sql.push(") returning campaign");
                for row in sql.build().fetch_all(&mut **tx).await? {
                    *chats.entry((row.try_get(0)?, READ)).or_default() += 1;
                }
                let mut sql =
                    QueryBuilder::<Db>::new("select message_id from notice where account = ");
                sql.push_bind(account.to_owned()).push(" and message_id in (");
                push_keys(&mut sql, names, |name| name.to_owned());
                for row in sql.push(")").build().fetch_all(&mut **tx).await? {
                    unknown.remove(row.try_get::<&str, _>(0)?);
                }
            });
        }
        count_with(&mut tx, &[], None, chats).await?;
        on_engine!(tx, |_Db, tx| tx.commit().await?);
        Ok(unknown)
    }
}
