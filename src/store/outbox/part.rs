//! Parts of long texts, kept until the last one is here: a network may wait for the confirmation of a
//! part before it sends the next, and what is confirmed must not be lost.

use sqlx::Row;

use super::super::{
    Store, StoreError,
    engine::on_engine,
    sealed::{self, Place},
};
use crate::{
    channel::sms::{Body, PARTS_FOR, Part},
    clock::Timestamp,
    identity::Msisdn,
    vault::SubscriberKey,
};

/// Whose part it is, and of which text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartKey {
    /// The phone.
    pub subscriber: SubscriberKey,
    /// The part.
    pub part: Part,
}

impl Store {
    /// Keeps a part; all parts in order, once the last one is here. A part that comes again replaces
    /// itself, and completes the text again: whoever takes the text in knows it by its words.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], or [`StoreError::Unreadable`] if a row was damaged.
    pub async fn keep_part(
        &self,
        key: &PartKey,
        from: &Msisdn,
        body: &Body,
        now: Timestamp,
    ) -> Result<Option<Vec<Body>>, StoreError> {
        let PartKey { subscriber, part } = key;
        let place = Place::Part(subscriber);
        let plain = [from.as_str().as_bytes(), &[b'\n', body.coding], &body.octets].concat();
        let sealed = sealed::seal(&self.vault, place, &plain);
        let rows: Vec<Vec<u8>> = on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            sqlx::query::<Db>(
                "insert into text_part (subscriber, reference, total, number, body, at) \
                 values ($1, $2, $3, $4, $5, $6) \
                 on conflict (subscriber, reference, total, number) \
                 do update set body = excluded.body, at = excluded.at",
            )
            .bind(subscriber.as_bytes().to_vec())
            .bind(i64::from(part.reference))
            .bind(i64::from(part.total))
            .bind(i64::from(part.number))
            .bind(sealed)
            .bind(now.millis())
            .execute(&mut *tx)
            .await?;
            // A reference comes round again: parts of an older text do not count.
            let rows = sqlx::query::<Db>(
                "select body from text_part where subscriber = $1 and reference = $2 \
                 and total = $3 and at > $4 order by number",
            )
            .bind(subscriber.as_bytes().to_vec())
            .bind(i64::from(part.reference))
            .bind(i64::from(part.total))
            .bind(now.minus(PARTS_FOR).millis())
            .fetch_all(&mut *tx)
            .await?;
            let whole = rows.len() >= usize::from(part.total);
            if whole {
                sqlx::query::<Db>(
                    "update text_part set whole = 1 where subscriber = $1 and reference = $2 \
                     and total = $3",
                )
                .bind(subscriber.as_bytes().to_vec())
                .bind(i64::from(part.reference))
                .bind(i64::from(part.total))
                .execute(&mut *tx)
                .await?;
            }
            tx.commit().await?;
            let rows = rows.iter().filter(|_| whole).map(|row| row.try_get(0));
            rows.collect::<Result<_, _>>()?
        });
        if rows.is_empty() {
            return Ok(None);
        }
        let open = |sealed: &Vec<u8>| open(self, subscriber, sealed).map(|(_, body)| body);
        rows.iter().map(open).collect::<Result<_, _>>().map(Some)
    }

    /// Forgets the parts that were waited for too long, and gives back whose text never became
    /// whole.
    ///
    /// # Errors
    /// As [`Store::keep_part`].
    pub async fn forget_parts(&self, now: Timestamp) -> Result<Vec<Msisdn>, StoreError> {
        let rows: Vec<(Vec<u8>, i64, i64, i64, Vec<u8>)> = on_engine!(&self.pool, |Db, pool| {
            sqlx::query_as::<Db, _>(
                "delete from text_part where at <= $1 \
                 returning subscriber, reference, total, whole, body",
            )
            .bind(now.minus(PARTS_FOR).millis())
            .fetch_all(pool)
            .await?
        });
        let mut seen = std::collections::HashSet::new();
        let mut incomplete = Vec::new();
        for (subscriber, reference, total, whole, body) in rows {
            let subscriber =
                SubscriberKey::from_bytes(super::super::engine::octets(subscriber, "text_part")?);
            if whole == 0 && seen.insert((*subscriber.as_bytes(), reference, total)) {
                incomplete.push(open(self, &subscriber, &body)?.0);
            }
        }
        Ok(incomplete)
    }
}

fn open(
    store: &Store,
    subscriber: &SubscriberKey,
    sealed: &[u8],
) -> Result<(Msisdn, Body), StoreError> {
    let plain = sealed::open(&store.vault, Place::Part(subscriber), sealed)?;
    read(&plain).ok_or(StoreError::Unreadable("text_part"))
}

fn read(plain: &[u8]) -> Option<(Msisdn, Body)> {
    let end = plain.iter().position(|&octet| octet == b'\n')?;
    let from = Msisdn::parse_any(std::str::from_utf8(plain.get(..end)?).ok()?).ok()?;
    let (coding, octets) = plain.get(end + 1..)?.split_first()?;
    Some((from, Body { coding: *coding, octets: octets.to_vec() }))
}
