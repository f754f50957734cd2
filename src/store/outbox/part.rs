//! Parts of long texts, kept until the last one is here: a network may wait for the confirmation of a
//! part before it sends the next, and what is confirmed must not be lost.

use std::time::Duration;

use super::super::{
    Batch, Store, StoreError,
    engine::{Tx, octets, on_engine},
    sealed::{self, Place},
};
use crate::{
    channel::sms::{Body, Part},
    clock::Timestamp,
    identity::Msisdn,
    vault::{SubscriberKey, Vault},
};

/// Whose part it is, and of which text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartKey {
    /// The phone.
    pub subscriber: SubscriberKey,
    /// The part.
    pub part: Part,
}

/// Whose, `reference`, `total`, `whole`, `body`.
type Forgotten = (Vec<u8>, i64, i64, i64, Vec<u8>);

impl Store {
    /// Keeps a part; all parts in order, once the last one is here. `within` is how long the next one
    /// is waited for. A part that comes again replaces itself, and completes the text again: whoever
    /// takes the text in knows it by its number and its words. A reference comes round again, and
    /// some phones have one for all texts: parts of an older text, and of one that was whole and has
    /// other words, do not count.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], or [`StoreError::Unreadable`] if a row was damaged.
    pub async fn keep_part(
        &self,
        key: &PartKey,
        from: &Msisdn,
        body: &Body,
        now: Timestamp,
        within: Duration,
    ) -> Result<Option<Vec<Body>>, StoreError> {
        let PartKey { subscriber, part } = key;
        let place = Place::Part(subscriber);
        let plain = [from.as_str().as_bytes(), &[b'\n', body.coding], &body.octets].concat();
        let sealed = sealed::seal(&self.vault, place, &plain);
        let since = now.minus(within).millis();
        let mut tx = self.begin_tx().await?;
        let rows = parts(&mut tx, key).await?;
        on_engine!(tx, |Db, tx| {
            let mut tx = tx;
            if self.is_another(part, body, since, subscriber, &rows)? {
                sqlx::query::<Db>(
                    "delete from text_part where subscriber = $1 and reference = $2 \
                     and total = $3",
                )
                .bind(subscriber.as_bytes().to_vec())
                .bind(i64::from(part.reference))
                .bind(i64::from(part.total))
                .execute(&mut *tx)
                .await?;
            }
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
            tx.commit().await?;
        });
        self.whole(key).await
    }

    /// All parts in order, if they are here. Looked at after the part is stored: of two parts that
    /// come at once, whoever looks last sees both. Should both see all, the text is taken in once, by
    /// its words.
    async fn whole(&self, key: &PartKey) -> Result<Option<Vec<Body>>, StoreError> {
        let PartKey { subscriber, part } = key;
        let mut tx = self.begin_tx().await?;
        let rows = parts(&mut tx, key).await?;
        if rows.len() < usize::from(part.total) {
            return Ok(None);
        }
        on_engine!(tx, |Db, tx| {
            let mut tx = tx;
            sqlx::query::<Db>(
                "update text_part set whole = 1 where subscriber = $1 and reference = $2 \
                 and total = $3",
            )
            .bind(subscriber.as_bytes().to_vec())
            .bind(i64::from(part.reference))
            .bind(i64::from(part.total))
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
        });
        let open = |(.., sealed): &PartRow| open(&self.vault, subscriber, sealed);
        rows.iter().map(|row| Ok(open(row)?.1)).collect::<Result<_, _>>().map(Some)
    }

    /// Whether the parts that are kept under a reference are those of another text than this part's.
    fn is_another(
        &self,
        part: &Part,
        body: &Body,
        since: i64,
        subscriber: &SubscriberKey,
        rows: &[PartRow],
    ) -> Result<bool, StoreError> {
        if rows.iter().all(|(_, at, ..)| *at <= since) {
            return Ok(true);
        }
        let same = rows
            .iter()
            .find(|(number, _, whole, _)| *whole != 0 && *number == i64::from(part.number));
        let Some((.., sealed)) = same else { return Ok(false) };
        Ok(open(&self.vault, subscriber, sealed)?.1 != *body)
    }
}

/// Parts of texts of which nothing has come since `$1`.
pub(in super::super) const WAITED_FOR: &str = "at <= $1 and not exists (select 1 from text_part as later \
     where later.subscriber = text_part.subscriber and later.reference = text_part.reference \
     and later.total = text_part.total and later.at > $1)";

impl Batch {
    /// Forgets the texts whose next part was waited for too long, and says how many rows that were, and whose
    /// never became whole.
    ///
    /// # Errors
    /// As [`Store::keep_part`].
    pub async fn forget_parts(
        &mut self,
        now: Timestamp,
        within: Duration,
        limit: u32,
    ) -> Result<(u64, Vec<(SubscriberKey, Msisdn)>), StoreError> {
        let Self { tx, vault } = self;
        let rows: Vec<Forgotten> = on_engine!(tx, |Db, tx| {
            sqlx::query_as::<Db, _>(sqlx::AssertSqlSafe(format!(
                "delete from text_part where (subscriber, reference, total) in \
                 (select subscriber, reference, total from text_part where {WAITED_FOR} \
                  order by at limit $2) \
                 returning subscriber, reference, total, whole, body",
            )))
            .bind(now.minus(within).millis())
            .bind(i64::from(limit))
            .fetch_all(&mut **tx)
            .await?
        });
        let deleted = rows.len() as u64;
        let mut seen = std::collections::HashSet::new();
        let mut incomplete = Vec::new();
        for (subscriber, reference, total, whole, body) in rows {
            let subscriber = SubscriberKey::from_bytes(octets(subscriber, "text_part")?);
            if whole == 0 && seen.insert((*subscriber.as_bytes(), reference, total)) {
                // One that does not open keeps nobody else from being told.
                let from = open(vault, &subscriber, &body).ok();
                incomplete.extend(from.map(|(from, _)| (subscriber, from)));
            }
        }
        Ok((deleted, incomplete))
    }
}

/// Number, time, whether its text was whole, and the sealed part.
type PartRow = (i64, i64, i64, Vec<u8>);

/// The parts that are kept of a text, in order.
async fn parts(
    tx: &mut Tx,
    PartKey { subscriber, part }: &PartKey,
) -> Result<Vec<PartRow>, StoreError> {
    Ok(on_engine!(tx, |Db, tx| {
        sqlx::query_as::<Db, _>(
            "select number, at, whole, body from text_part \
             where subscriber = $1 and reference = $2 and total = $3 order by number",
        )
        .bind(subscriber.as_bytes().to_vec())
        .bind(i64::from(part.reference))
        .bind(i64::from(part.total))
        .fetch_all(&mut **tx)
        .await?
    }))
}

fn open(
    vault: &Vault,
    subscriber: &SubscriberKey,
    sealed: &[u8],
) -> Result<(Msisdn, Body), StoreError> {
    let plain = sealed::open(vault, Place::Part(subscriber), sealed)?;
    read(&plain).ok_or(StoreError::Unreadable("text_part"))
}

fn read(plain: &[u8]) -> Option<(Msisdn, Body)> {
    let end = plain.iter().position(|&octet| octet == b'\n')?;
    let from = Msisdn::parse_any(std::str::from_utf8(plain.get(..end)?).ok()?).ok()?;
    let (coding, octets) = plain.get(end + 1..)?.split_first()?;
    Some((from, Body { coding: *coding, octets: octets.to_vec() }))
}
