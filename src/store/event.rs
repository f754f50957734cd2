//! Messages of chats: kept before they are acknowledged, open until they are answered, and known by their
//! keys for as long as the provider may bring them again.
//!
//! What answers a message closes it in its own transaction, so that none is answered twice.

use std::collections::HashSet;

use sqlx::{QueryBuilder, Row};

use super::{
    Batch, Store, StoreError,
    engine::{Tx, octets, on_engine, padded_rows, push_keys},
    sealed::{self, Place},
};
use crate::{clock::Timestamp, vault::Vault};

/// A message of a chat, as it is kept until it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventWrite {
    /// Keyed digest of the provider's name of the message.
    pub key: [u8; 16],
    /// What it is; opaque here, and sealed before it is stored.
    pub body: Vec<u8>,
    /// When it was taken in.
    pub at: Timestamp,
}

/// Messages of one statement.
const EVENTS: i64 = 512;

impl Store {
    /// Keeps messages before they are acknowledged, and says of each whether it is new.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; then nothing is kept.
    pub async fn keep_events(&self, events: &[EventWrite]) -> Result<Vec<bool>, StoreError> {
        let mut order: Vec<&EventWrite> = events.iter().collect();
        order.sort_unstable_by_key(|event| event.key);
        order.dedup_by_key(|event| event.key);
        let mut fresh: Vec<[u8; 16]> = Vec::with_capacity(order.len());
        on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            for rows in order.chunks(EVENTS as usize) {
                let mut sql = QueryBuilder::<Db>::new("with came (key, body, at) as (");
                sql.push_values(padded_rows(rows), |mut row, event| {
                    row.push_bind(event.map(|event| event.key.to_vec()))
                        .push_bind(event.map(|event| {
                            sealed::seal(&self.vault, Place::Event(&event.key), &event.body)
                        }))
                        .push_bind(event.map(|event| event.at.millis()));
                });
                sql.push(
                    ") insert into chat_event (key, body, at) select key, body, at from came \
                     where key is not null on conflict (key) do nothing returning key",
                );
                for row in sql.build().fetch_all(&mut *tx).await? {
                    fresh.push(octets(row.try_get(0)?, "chat_event")?);
                }
            }
            tx.commit().await?;
        });
        fresh.sort_unstable();
        // Of one that came twice in this very call, the first is the new one.
        let mut seen = HashSet::new();
        let new =
            |event: &EventWrite| fresh.binary_search(&event.key).is_ok() && seen.insert(event.key);
        Ok(events.iter().map(new).collect())
    }

    /// Messages that were taken in before `before` and are not answered yet, the oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn open_events(
        &self,
        before: Timestamp,
    ) -> Result<Vec<([u8; 16], Vec<u8>)>, StoreError> {
        let mut events = Vec::new();
        on_engine!(self.reader(), |Db, pool| {
            let rows = sqlx::query::<Db>(
                "select key, body from chat_event where body is not null and at < $1 \
                 order by at limit $2",
            )
            .bind(before.millis())
            .bind(EVENTS)
            .fetch_all(pool)
            .await?;
            for row in rows {
                let key: [u8; 16] = octets(row.try_get(0)?, "chat_event")?;
                let body: Vec<u8> = row.try_get(1)?;
                // One that does not open is nobody's any more, and must not stop the others.
                let body = sealed::open(&self.vault, Place::Event(&key), &body).unwrap_or_default();
                events.push((key, body));
            }
        });
        Ok(events)
    }

    /// A message that nothing answers is done.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn close_event(&self, key: [u8; 16]) -> Result<(), StoreError> {
        let mut tx = self.begin_tx().await?;
        close(&mut tx, vec![key]).await?;
        on_engine!(tx, |_Db, tx| tx.commit().await?);
        Ok(())
    }
}

impl Batch {
    /// Which of the messages are not answered yet.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn still_open(&mut self, keys: &[[u8; 16]]) -> Result<HashSet<[u8; 16]>, StoreError> {
        let mut open = HashSet::with_capacity(keys.len());
        on_engine!(&mut self.tx, |Db, tx| {
            let mut sql = QueryBuilder::<Db>::new(
                "select key from chat_event where body is not null and key in (",
            );
            push_keys(&mut sql, keys, |key| key.to_vec());
            for row in sql.push(")").build().fetch_all(&mut **tx).await? {
                open.insert(octets(row.try_get(0)?, "chat_event")?);
            }
        });
        Ok(open)
    }
}

/// Messages are answered: what they said is forgotten, and that they came is kept.
pub(super) async fn close(tx: &mut Tx, mut keys: Vec<[u8; 16]>) -> Result<(), StoreError> {
    if keys.is_empty() {
        return Ok(());
    }
    keys.sort_unstable();
    on_engine!(tx, |Db, tx| {
        for keys in keys.chunks(EVENTS as usize) {
            let mut sql =
                QueryBuilder::<Db>::new("update chat_event set body = null where key in (");
            push_keys(&mut sql, keys, |key| key.to_vec());
            sql.push(")").build().execute(&mut **tx).await?;
        }
    });
    Ok(())
}

/// A message that stays open says something else from now on.
pub(super) async fn change(
    tx: &mut Tx,
    vault: &Vault,
    key: [u8; 16],
    body: &[u8],
) -> Result<(), StoreError> {
    on_engine!(tx, |Db, tx| {
        sqlx::query::<Db>("update chat_event set body = $2 where key = $1 and body is not null")
            .bind(key.to_vec())
            .bind(sealed::seal(vault, Place::Event(&key), body))
            .execute(&mut **tx)
            .await?;
    });
    Ok(())
}
