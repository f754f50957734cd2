//! One-time codes: what was asked for and tried, read with the other facts and written with the turn.

use sqlx::Row;

use super::{
    CommitError, StoreError,
    engine::{Tx, octets, on_engine},
};
use crate::{
    clock::Timestamp,
    service::{
        code::{APART, Asked, CodeChange, CodeFacts, Earlier, Held},
        record::{CodeNeed, Need},
    },
    vault::SubscriberKey,
};

const DAY: i64 = 86_400_000;
const HOUR: i64 = 3_600_000;

/// What each need asks to know of a code, in the order of `needs`. Rare: statements of their own.
pub(super) async fn read_codes(tx: &mut Tx, needs: &[Need]) -> Result<Vec<CodeFacts>, StoreError> {
    let mut codes = Vec::with_capacity(needs.len());
    for need in needs {
        codes.push(match need.code {
            Some(need) => read(tx, need).await?,
            None => CodeFacts::default(),
        });
    }
    Ok(codes)
}

async fn read(tx: &mut Tx, CodeNeed { key, at }: CodeNeed) -> Result<CodeFacts, StoreError> {
    on_engine!(tx, |Db, tx| {
        let held = sqlx::query::<Db>(
            "select hash, expires, tries, locks, locked_until from code \
             where subject = $1 and purpose = $2 and subscriber = $3 and keep_until > $4",
        )
        .bind(key.subject.to_vec())
        .bind(key.purpose.as_str())
        .bind(key.by.as_bytes().to_vec())
        .bind(at.millis())
        .fetch_optional(&mut **tx)
        .await?;
        let held = match held {
            Some(row) => Some(Held {
                hash: octets(row.try_get(0)?, "code")?,
                expires: Timestamp::from_millis(row.try_get(1)?),
                tries: count(row.try_get(2)?),
                locks: count(row.try_get(3)?),
                locked_until: Timestamp::from_millis(row.try_get(4)?),
            }),
            None => None,
        };
        let rows = sqlx::query::<Db>(
            "select at, subscriber, sent from code_asked \
             where subject = $1 and purpose = $2 and at > $3 \
             and (sent = 1 or subscriber = $4) order by at desc limit 64",
        )
        .bind(key.subject.to_vec())
        .bind(key.purpose.as_str())
        .bind(at.millis().saturating_sub(DAY))
        .bind(key.by.as_bytes().to_vec())
        .fetch_all(&mut **tx)
        .await?;
        let mut asked = Vec::with_capacity(rows.len());
        for row in rows {
            let by = SubscriberKey::from_bytes(octets(row.try_get(1)?, "code_asked")?);
            let sent: i64 = row.try_get(2)?;
            let at = Timestamp::from_millis(row.try_get(0)?);
            asked.push(Earlier { at, mine: by == key.by, sent: sent != 0 });
        }
        let sent_to_all: i64 = sqlx::query_scalar::<Db, _>(
            "select count(*) from code_asked where at > $1 and sent = 1",
        )
        .bind(at.millis().saturating_sub(HOUR))
        .fetch_one(&mut **tx)
        .await?;
        Ok(CodeFacts { held, asked, sent_to_all: count(sent_to_all) })
    })
}

fn count(stored: i64) -> u32 {
    u32::try_from(stored).unwrap_or(u32::MAX)
}

/// The codes of a batch, in the order of its turns.
#[derive(Default)]
pub(super) struct Codes<'a>(Vec<(&'a CodeChange, Timestamp)>);

impl<'a> Codes<'a> {
    pub(super) fn add(&mut self, change: &'a CodeChange, at: Timestamp) {
        self.0.push((change, at));
    }

    pub(super) async fn write(mut self, tx: &mut Tx) -> Result<(), CommitError> {
        // A stable sort: two changes of one code keep their order.
        self.0.sort_by_key(|(change, _)| change.key);
        // Both were decided before either was stored: one after the other, the second waits.
        let sent = self.0.iter().filter(|(change, _)| change.asked == Some(Asked::Sent));
        let mut subjects: Vec<_> = sent.map(|(change, _)| change.key.subject).collect();
        let all = subjects.len();
        subjects.dedup();
        if subjects.len() < all {
            return Err(CommitError::Conflict);
        }
        for (change, at) in self.0 {
            if change.asked == Some(Asked::Sent) {
                stand_in_line(tx, change, at).await?;
            }
            write(tx, change, at).await?;
        }
        Ok(())
    }
}

/// Another node may have decided at the same moment, and neither saw what the other would store. One
/// waits here for the other, and decides again: whoever reads that row finds that a code was just sent.
/// That two are a minute apart is enough, because what is older was there to be read.
async fn stand_in_line(tx: &mut Tx, change: &CodeChange, at: Timestamp) -> Result<(), CommitError> {
    let CodeChange { key, .. } = change;
    let first = on_engine!(tx, |Db, tx| {
        sqlx::query::<Db>(
            "insert into code_line (subject, purpose, sent_at) values ($1, $2, $3) \
             on conflict (subject, purpose) do update set sent_at = excluded.sent_at \
             where code_line.sent_at <= excluded.sent_at - $4",
        )
        .bind(key.subject.to_vec())
        .bind(key.purpose.as_str())
        .bind(at.millis())
        .bind(i64::try_from(APART.as_millis()).unwrap_or(i64::MAX))
        .execute(&mut **tx)
        .await?
        .rows_affected()
    });
    if first == 0 { Err(CommitError::Conflict) } else { Ok(()) }
}

async fn write(tx: &mut Tx, change: &CodeChange, at: Timestamp) -> Result<(), CommitError> {
    let CodeChange { key, held, asked, keep_until } = change;
    let (subject, by) = (key.subject.to_vec(), key.by.as_bytes().to_vec());
    on_engine!(tx, |Db, tx| {
        let sql = match held {
            Some(held) => sqlx::query::<Db>(
                "insert into code (subject, purpose, subscriber, hash, sent_at, expires, tries, \
                 locks, locked_until, keep_until) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
                 on conflict (subject, purpose, subscriber) do update set \
                 hash = excluded.hash, sent_at = excluded.sent_at, expires = excluded.expires, \
                 tries = excluded.tries, locks = excluded.locks, \
                 locked_until = excluded.locked_until, keep_until = excluded.keep_until",
            )
            .bind(subject.clone())
            .bind(key.purpose.as_str())
            .bind(by.clone())
            .bind(held.hash.to_vec())
            .bind(at.millis())
            .bind(held.expires.millis())
            .bind(i64::from(held.tries))
            .bind(i64::from(held.locks))
            .bind(held.locked_until.millis())
            .bind(keep_until.millis()),
            None => sqlx::query::<Db>(
                "delete from code where subject = $1 and purpose = $2 and subscriber = $3",
            )
            .bind(subject.clone())
            .bind(key.purpose.as_str())
            .bind(by.clone()),
        };
        sql.execute(&mut **tx).await?;
        if let Some(asked) = asked {
            sqlx::query::<Db>(
                "insert into code_asked (subject, purpose, at, subscriber, sent) \
                 values ($1, $2, $3, $4, $5) \
                 on conflict (subject, purpose, at, subscriber) do nothing",
            )
            .bind(subject)
            .bind(key.purpose.as_str())
            .bind(at.millis())
            .bind(by)
            .bind(i64::from(*asked == Asked::Sent))
            .execute(&mut **tx)
            .await?;
        }
    });
    Ok(())
}
