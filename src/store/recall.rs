//! Reading what a batch of turns starts from: one statement for all of them.

use sqlx::{QueryBuilder, Row};

use super::{
    Batch, Kept, KnownSubscriber, Recalled, StoreError, TurnKey,
    engine::{on_engine, padded_rows},
    sealed::{self, Place},
};
use crate::{clock::Timestamp, conversation::End, vault::Vault};

impl Batch {
    /// Looks up the receipt, the conversation and the subscriber of each turn. The answer has the
    /// order and the length of `keys`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], or [`StoreError::Unreadable`] if a row was damaged.
    pub async fn recall(&mut self, keys: &[TurnKey]) -> Result<Vec<Recalled>, StoreError> {
        let mut recalled = vec![Recalled::default(); keys.len()];
        if keys.is_empty() {
            return Ok(recalled);
        }
        let Self { tx, vault } = self;
        on_engine!(tx, |Db, tx| {
            let mut sql =
                QueryBuilder::<Db>::new("with turn (place, receipt, subscriber, service) as (");
            sql.push_values(padded_rows(keys).enumerate(), |mut row, (place, key)| {
                row.push_bind(place as i64)
                    .push_bind(key.map(|key| key.receipt.to_vec()))
                    .push_bind(key.map(|key| key.subscriber.as_bytes().to_vec()))
                    .push_bind(key.map(|key| key.service.clone()));
            });
            sql.push(
                ") select turn.place, receipt.reply, \
                 conversation.version, conversation.body, conversation.ended, \
                 conversation.screen, conversation.open_until, conversation.keep_until, \
                 subscriber.seen_at, subscriber.language \
                 from turn \
                 left join receipt on receipt.key = turn.receipt \
                 left join conversation on conversation.subscriber = turn.subscriber \
                 and conversation.service = turn.service \
                 left join subscriber on subscriber.key = turn.subscriber \
                 where turn.receipt is not null",
            );
            for row in sql.build().fetch_all(&mut **tx).await? {
                let place: i64 = row.try_get(0)?;
                let at = usize::try_from(place).unwrap_or(usize::MAX);
                let (Some(key), Some(slot)) = (keys.get(at), recalled.get_mut(at)) else {
                    continue;
                };
                let found = Found {
                    reply: row.try_get(1)?,
                    version: row.try_get(2)?,
                    body: row.try_get(3)?,
                    ended: row.try_get(4)?,
                    screen: row.try_get(5)?,
                    open_until: row.try_get(6)?,
                    keep_until: row.try_get(7)?,
                    seen_at: row.try_get(8)?,
                    language: row.try_get(9)?,
                };
                *slot = found.open(vault, key)?;
            }
        });
        Ok(recalled)
    }
}

/// A row as the database gave it.
struct Found {
    reply: Option<Vec<u8>>,
    version: Option<i64>,
    body: Option<Vec<u8>>,
    ended: Option<String>,
    screen: Option<String>,
    open_until: Option<i64>,
    keep_until: Option<i64>,
    seen_at: Option<i64>,
    language: Option<String>,
}

impl Found {
    fn open(self, vault: &Vault, key: &TurnKey) -> Result<Recalled, StoreError> {
        let reply = self
            .reply
            .map(|reply| sealed::open(vault, Place::Receipt(&key.receipt), &reply))
            .transpose()?;
        let conversation = match (self.version, self.body, self.screen) {
            (Some(version), Some(body), Some(screen)) => Some(Kept {
                version,
                body: sealed::open(
                    vault,
                    Place::Conversation(&key.subscriber, &key.service),
                    &body,
                )?,
                ended: self.ended.as_deref().map(read_end).transpose()?,
                screen,
                open_until: Timestamp::from_millis(self.open_until.unwrap_or_default()),
                keep_until: Timestamp::from_millis(self.keep_until.unwrap_or_default()),
            }),
            _ => None,
        };
        let subscriber = self.seen_at.map(|seen_at| KnownSubscriber {
            language: self.language,
            seen_at: Timestamp::from_millis(seen_at),
        });
        Ok(Recalled { reply, conversation, subscriber })
    }
}

fn read_end(word: &str) -> Result<End, StoreError> {
    End::parse(word).ok_or(StoreError::Unreadable("conversation"))
}
