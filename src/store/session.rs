//! Sessions that a provider names: whose each is, and how much of it was taken in. Any node may
//! take the next turn of one.

use sqlx::{QueryBuilder, Row};

use super::{
    CommitError, Store, StoreError, TurnWrite,
    engine::{Tx, on_engine, padded_rows},
    sealed::{self, Place},
};
use crate::{clock::Timestamp, identity::Msisdn, vault::SubscriberKey};

/// A session as it was stored.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptSession {
    /// The phone it began with.
    pub from: Msisdn,
    /// How much of it was taken in.
    pub heard: u32,
    /// Digests of the nonces that came with it.
    nonces: String,
}

impl KeptSession {
    /// Whether a message with this nonce was taken in.
    pub fn knows(&self, nonce: u64) -> bool {
        let digits = written(nonce);
        self.nonces.as_bytes().chunks(DIGITS).any(|known| known == digits.as_bytes())
    }
}

/// A session as a turn leaves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionWrite {
    /// Names it. One that began with another phone is a conflict.
    pub key: [u8; 16],
    /// How much of it is taken in.
    pub heard: u32,
    /// How long it is bound to its phone.
    pub keep_until: Timestamp,
    /// The nonce of the message, digested.
    pub nonce: Option<u64>,
}

/// Hexadecimal digits of a nonce.
const DIGITS: usize = 16;

/// Nonces that a session keeps, the latest: more than anybody types before its requests are too old.
const MOST_NONCES: usize = 64;

fn written(nonce: u64) -> String {
    format!("{nonce:016x}")
}

impl Store {
    /// Looks a session up, beside the turns. One that is kept no longer is none.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], or [`StoreError::Unreadable`] if a row was damaged.
    pub async fn session(
        &self,
        key: [u8; 16],
        now: Timestamp,
    ) -> Result<Option<KeptSession>, StoreError> {
        on_engine!(self.reader(), |Db, pool| {
            let row = sqlx::query::<Db>(
                "select session.subscriber, session.heard, subscriber.number, session.nonces from session \
                 join subscriber on subscriber.key = session.subscriber \
                 where session.key = $1 and session.keep_until >= $2",
            )
            .bind(key.to_vec())
            .bind(now.millis())
            .fetch_optional(pool)
            .await?;
            let Some(row) = row else { return Ok(None) };
            let unreadable = || StoreError::Unreadable("session");
            let subscriber: Vec<u8> = row.try_get(0)?;
            let subscriber: [u8; 16] = subscriber.try_into().map_err(|_| unreadable())?;
            let heard: i64 = row.try_get(1)?;
            let number: Vec<u8> = row.try_get(2)?;
            let place = SubscriberKey::from_bytes(subscriber);
            let number = sealed::open(&self.vault, Place::Number(&place), &number)?;
            let number = String::from_utf8(number).map_err(|_| unreadable())?;
            Ok(Some(KeptSession {
                from: Msisdn::parse_any(&number).map_err(|_| unreadable())?,
                heard: u32::try_from(heard).map_err(|_| unreadable())?,
                nonces: row.try_get(3)?,
            }))
        })
    }
}

/// Writes the sessions of a batch. One that began with another phone, or that two turns speak
/// in, is a conflict.
pub(super) async fn write(tx: &mut Tx, writes: &[&TurnWrite]) -> Result<(), CommitError> {
    let mut sessions: Vec<_> = writes
        .iter()
        .filter_map(|write| write.session.as_ref().map(|session| (&write.subscriber, session)))
        .collect();
    if sessions.is_empty() {
        return Ok(());
    }
    sessions.sort_unstable_by_key(|(_, session)| session.key);
    if sessions.windows(2).any(|pair| pair[0].1.key == pair[1].1.key) {
        return Err(CommitError::Conflict);
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "with spoken (key, subscriber, heard, keep_until, nonces) as (",
        );
        sql.push_values(padded_rows(&sessions), |mut row, spoken| {
            row.push_bind(spoken.map(|(_, session)| session.key.to_vec()))
                .push_bind(spoken.map(|(subscriber, _)| subscriber.as_bytes().to_vec()))
                .push_bind(spoken.map(|(_, session)| i64::from(session.heard)))
                .push_bind(spoken.map(|(_, session)| session.keep_until.millis()))
                .push_bind(
                    spoken.map(|(_, session)| session.nonce.map(written).unwrap_or_default()),
                );
        });
        // Of a full row the oldest goes.
        let full = MOST_NONCES * DIGITS;
        sql.push(format!(
            ") insert into session (key, subscriber, heard, keep_until, nonces) \
             select key, subscriber, heard, keep_until, nonces from spoken where key is not null \
             on conflict (key) do update set heard = excluded.heard, \
             keep_until = excluded.keep_until, \
             nonces = substr(session.nonces, case when length(session.nonces) < {full} \
             then 1 else length(excluded.nonces) + 1 end) || excluded.nonces \
             where session.subscriber = excluded.subscriber"
        ));
        let stored = sql.build().execute(&mut **tx).await?.rows_affected();
        if stored != sessions.len() as u64 {
            return Err(CommitError::Conflict);
        }
    });
    Ok(())
}
