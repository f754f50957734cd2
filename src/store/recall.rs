//! Reading what a batch of turns starts from: one statement for all of them.

use sqlx::{QueryBuilder, Row};

use super::{
    Batch, Kept, KnownSubscriber, Recalled, Store, StoreError, TurnKey,
    engine::{on_engine, padded_rows},
    sealed::{self, Place},
};
use crate::{
    clock::Timestamp,
    conversation::End,
    vault::{SubscriberKey, Vault},
};

/// In what language, and with which service, a phone spoke last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tongue {
    /// The language its holder chose.
    pub language: Option<String>,
    /// The service of the conversation spoken in last, if one is kept.
    pub service: Option<String>,
}

impl Store {
    /// Looks up how to speak to a phone, beside the turns.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn tongue(&self, subscriber: SubscriberKey) -> Result<Tongue, StoreError> {
        let found = on_engine!(self.reader(), |Db, pool| {
            sqlx::query_as::<Db, (Option<String>, Option<String>)>(
                "select subscriber.language, conversation.service from subscriber \
                 left join conversation on conversation.subscriber = subscriber.key \
                 where subscriber.key = $1 \
                 order by case when conversation.ended is null then 0 else 1 end, \
                 conversation.open_until desc limit 1",
            )
            .bind(subscriber.as_bytes().to_vec())
            .fetch_optional(pool)
            .await?
        });
        Ok(found.map(|(language, service)| Tongue { language, service }).unwrap_or_default())
    }
}

impl Batch {
    /// Looks up the receipt, the conversation and the subscriber of each turn. The answer has the
    /// order and the length of `keys`. Where no service is named, the conversation is the one that
    /// is open, and of several the one spoken in last.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], or [`StoreError::Unreadable`] if a row was damaged.
    pub async fn recall(&mut self, keys: &[TurnKey]) -> Result<Vec<Recalled>, StoreError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let mut best: Vec<Option<Found>> = keys.iter().map(|_| None).collect();
        let Self { tx, vault } = self;
        on_engine!(tx, |Db, tx| {
            let mut sql =
                QueryBuilder::<Db>::new("with turn (place, receipt, subscriber, service) as (");
            sql.push_values(padded_rows(keys).enumerate(), |mut row, (place, key)| {
                row.push_bind(place as i64)
                    .push_bind(key.map(|key| key.receipt.to_vec()))
                    .push_bind(key.map(|key| key.subscriber.as_bytes().to_vec()))
                    .push_bind(key.and_then(|key| key.service.clone()));
            });
            sql.push(
                ") select turn.place, receipt.reply, \
                 conversation.version, conversation.body, conversation.ended, \
                 conversation.screen, conversation.open_until, conversation.keep_until, \
                 subscriber.seen_at, subscriber.language, conversation.service \
                 from turn \
                 left join receipt on receipt.key = turn.receipt \
                 left join conversation on conversation.subscriber = turn.subscriber \
                 and (turn.service is null or conversation.service = turn.service) \
                 left join subscriber on subscriber.key = turn.subscriber \
                 where turn.receipt is not null",
            );
            for row in sql.build().fetch_all(&mut **tx).await? {
                let place: i64 = row.try_get(0)?;
                let at = usize::try_from(place).unwrap_or(usize::MAX);
                let Some(slot) = best.get_mut(at) else { continue };
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
                    service: row.try_get(10)?,
                };
                if slot.as_ref().is_none_or(|other| other.rank() < found.rank()) {
                    *slot = Some(found);
                }
            }
        });
        let open = |(key, found): (&TurnKey, Option<Found>)| match found {
            Some(found) => found.open(vault, key),
            None => Ok(Recalled::default()),
        };
        keys.iter().zip(best).map(open).collect()
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
    service: Option<String>,
}

impl Found {
    /// Which of a subscriber's conversations is the one they are in: an open one, and then the
    /// one spoken in last.
    fn rank(&self) -> (bool, Option<i64>) {
        (self.ended.is_none(), self.open_until)
    }

    fn open(self, vault: &Vault, key: &TurnKey) -> Result<Recalled, StoreError> {
        let reply = self
            .reply
            .map(|reply| sealed::open(vault, Place::Receipt(&key.receipt), &reply))
            .transpose()?;
        let conversation = match (self.service, self.version, self.body, self.screen) {
            (Some(service), Some(version), Some(body), Some(screen)) => Some(Kept {
                version,
                body: sealed::open(vault, Place::Conversation(&key.subscriber, &service), &body)?,
                service,
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
