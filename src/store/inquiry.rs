//! What the outside record is asked later: kept with the turn that asked, claimed in the order of asking,
//! and gone in the transaction that tells the answer.

use std::{collections::BTreeSet, time::Duration};

use sqlx::Row;

use super::{
    CommitError, Store, StoreError,
    engine::{Dialect, Engine, Tx, octets, on_engine},
    sealed::{self, Place},
};
use crate::{
    clock::Timestamp,
    service::inquiry::{Answered, Inquiry, Kind, Letter},
    vault::{NikIndex, SubscriberKey, Vault},
};

/// How long one that could not be read is let be: another node may read it.
const UNREAD_FOR: Duration = Duration::from_secs(60);

/// An inquiry that is ours for as long as a lease lasts.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimedInquiry {
    /// What is asked.
    pub inquiry: Inquiry,
    /// How often it was asked in vain.
    pub tries: u32,
}

/// Which inquiries are claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// Those that are to be asked: of each person the one that waits for longest, and none while that one is
    /// asked, or put off.
    Next,
    /// Those that are given up, because they are older: registrations are not.
    AskedBefore(Timestamp),
}

/// How many inquiries wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InquiryFigures {
    /// What is asked.
    pub kind: Kind,
    /// How many there are.
    pub waiting: u64,
    /// Since when the oldest of them waits.
    pub oldest: Timestamp,
}

impl Store {
    /// Takes the oldest inquiries that are due, at most `limit`. They are ours until `lease_until`, and
    /// then anybody's again. One that cannot be read here is put off for a node that can, and stops nobody else's;
    /// one that is given up goes, for nobody waits for it any more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn claim_inquiries(
        &self,
        which: Claim,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedInquiry>, StoreError> {
        let mut claimed = Vec::new();
        let (only, before) = match which {
            Claim::Next => (
                "this.at < $4 and not exists (select 1 from inquiry older \
                 where older.nik_index = this.nik_index and older.id < this.id \
                 and (older.unread_at is null or older.due <= $2))",
                i64::MAX,
            ),
            Claim::AskedBefore(then) => {
                ("this.kind in ('prove', 'status') and this.at < $4", then.millis())
            }
        };
        on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            // By the key, and not by `due`: nearly all of them are due, and would be sorted each time.
            let rows = sqlx::query::<Db>(sqlx::AssertSqlSafe(format!(
                "update inquiry set due = $1, attempts = attempts + 1, unread_at = null where id in \
                 (select this.id from inquiry this where +this.due <= $2 and {only} \
                 order by this.id limit $3{}) \
                 returning id, kind, subscriber, nik_index, body, at, tries",
                <Db as Dialect>::SKIP_LOCKED,
            )))
            .bind(lease_until.millis())
            .bind(now.millis())
            .bind(i64::from(limit))
            .bind(before)
            .fetch_all(&mut *tx)
            .await?;
            for row in rows {
                let found = Found {
                    id: row.try_get(0)?,
                    kind: row.try_get(1)?,
                    by: row.try_get(2)?,
                    person: row.try_get(3)?,
                    body: row.try_get(4)?,
                    at: row.try_get(5)?,
                    tries: row.try_get(6)?,
                };
                let id = found.id;
                match found.read(&self.vault, lease_until) {
                    Ok(inquiry) => claimed.push(inquiry),
                    Err(error) => {
                        tracing::error!(%error, "a question for the record cannot be read here");
                        let put_off = sqlx::query::<Db>(
                            "update inquiry set due = $2, unread_at = $3 where id = $1",
                        );
                        let sql = match which {
                            Claim::Next => put_off
                                .bind(id)
                                .bind(now.plus(UNREAD_FOR).millis())
                                .bind(now.millis()),
                            Claim::AskedBefore(_) => {
                                sqlx::query::<Db>("delete from inquiry where id = $1").bind(id)
                            }
                        };
                        sql.execute(&mut *tx).await?;
                    }
                }
            }
            tx.commit().await?;
        });
        // The statement gives rows back in any order.
        claimed.sort_unstable_by_key(|of| of.inquiry.id);
        Ok(claimed)
    }

    /// Whether nobody else's registration of the same person waits for longer than this one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn is_first_inquiry(&self, inquiry: &Inquiry) -> Result<bool, StoreError> {
        let older: Option<i64> = on_engine!(self.reader(), |Db, pool| {
            sqlx::query_scalar::<Db, _>(
                "select older.id from inquiry this join inquiry older \
                 on older.nik_index = this.nik_index and older.id < this.id \
                 and older.kind = this.kind and older.unread_at is null \
                 where this.subscriber = $1 and this.nik_index = $2 and this.kind = $3 limit 1",
            )
            .bind(inquiry.by.as_bytes().to_vec())
            .bind(inquiry.person.as_bytes().to_vec())
            .bind(inquiry.kind.as_str())
            .fetch_optional(pool)
            .await?
        });
        Ok(older.is_none())
    }

    /// Ends the leases of a process that is gone. Only SQLite has them: there, one process asks. On
    /// PostgreSQL another node may hold them, and they run out by themselves.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn release_inquiries(&self, now: Timestamp) -> Result<(), StoreError> {
        if let Engine::Sqlite(pool) = &self.pool {
            sqlx::query("update inquiry set due = $1 where due > $1")
                .bind(now.millis())
                .execute(pool)
                .await?;
        }
        Ok(())
    }

    /// Puts an inquiry off that could not be answered. One that was asked anew meanwhile is left alone.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn put_off_inquiry(
        &self,
        inquiry: &Inquiry,
        due: Timestamp,
        tries: u32,
    ) -> Result<(), StoreError> {
        on_engine!(&self.pool, |Db, pool| {
            sqlx::query::<Db>("update inquiry set due = $1, tries = $2 where id = $3 and due = $4")
                .bind(due.millis())
                .bind(i64::from(tries))
                .bind(inquiry.id)
                .bind(inquiry.due.millis())
                .execute(pool)
                .await?;
        });
        Ok(())
    }

    /// How many inquiries wait, by what they ask. What a newer program asks is not among them.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn inquiry_figures(&self) -> Result<Vec<InquiryFigures>, StoreError> {
        let mut figures = Vec::new();
        on_engine!(self.reader(), |Db, pool| {
            let rows =
                sqlx::query::<Db>("select kind, count(*), min(at) from inquiry group by kind")
                    .fetch_all(pool)
                    .await?;
            for row in rows {
                let kind: String = row.try_get(0)?;
                let Some(kind) = Kind::parse(&kind) else { continue };
                let waiting: i64 = row.try_get(1)?;
                figures.push(InquiryFigures {
                    kind,
                    waiting: waiting.unsigned_abs(),
                    oldest: Timestamp::from_millis(row.try_get(2)?),
                });
            }
        });
        Ok(figures)
    }

    /// How many inquiries wait for a node that can read them.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn unread_inquiries(&self) -> Result<u64, StoreError> {
        let unread: i64 = on_engine!(self.reader(), |Db, pool| {
            sqlx::query_scalar::<Db, _>("select count(*) from inquiry where unread_at is not null")
                .fetch_one(pool)
                .await?
        });
        Ok(unread.unsigned_abs())
    }
}

/// A row as the database gave it.
struct Found {
    id: i64,
    kind: String,
    by: Vec<u8>,
    person: Vec<u8>,
    body: Vec<u8>,
    at: i64,
    tries: i64,
}

impl Found {
    fn read(self, vault: &Vault, due: Timestamp) -> Result<ClaimedInquiry, StoreError> {
        let kind = Kind::parse(&self.kind).ok_or(StoreError::Unreadable("inquiry"))?;
        let by = SubscriberKey::from_bytes(octets(self.by, "inquiry")?);
        let person = NikIndex::from_bytes(octets(self.person, "inquiry")?);
        let letter = read_letter(vault, Place::Inquiry(&by, &person, kind), &self.body)?;
        let at = Timestamp::from_millis(self.at);
        let inquiry = Inquiry { id: self.id, kind, by, person, letter, at, due };
        Ok(ClaimedInquiry { inquiry, tries: u32::try_from(self.tries).unwrap_or(u32::MAX) })
    }
}

fn read_letter(vault: &Vault, place: Place<'_>, sealed: &[u8]) -> Result<Letter, StoreError> {
    let plain = sealed::open(vault, place, sealed)?;
    serde_json::from_slice(&plain).map_err(|_| StoreError::Unreadable("inquiry"))
}

/// Who asks the same about the same person again keeps the place in the queue; what was typed last
/// counts.
pub(super) async fn write(
    tx: &mut Tx,
    vault: &Vault,
    mut inquiries: Vec<&Inquiry>,
) -> Result<(), CommitError> {
    inquiries.sort_by_key(|of| (of.by, of.person, of.kind));
    for of in inquiries {
        let body = serde_json::to_vec(&of.letter).map_err(|_| StoreError::Unreadable("inquiry"))?;
        let body = sealed::seal(vault, Place::Inquiry(&of.by, &of.person, of.kind), &body);
        on_engine!(&mut *tx, |Db, tx| {
            sqlx::query::<Db>(
                "insert into inquiry (id, kind, subscriber, nik_index, body, at, due) \
                 values ($1, $2, $3, $4, $5, $6, $7) \
                 on conflict (subscriber, nik_index, kind) do update set body = excluded.body, \
                 due = excluded.due, unread_at = null",
            )
            .bind(of.id)
            .bind(of.kind.as_str())
            .bind(of.by.as_bytes().to_vec())
            .bind(of.person.as_bytes().to_vec())
            .bind(body)
            .bind(of.at.millis())
            .bind(of.due.millis())
            .execute(&mut **tx)
            .await?;
        });
    }
    Ok(())
}

/// Nobody is told twice, and what was asked anew is not answered by what was asked before.
pub(super) async fn write_answered(
    tx: &mut Tx,
    answered: &BTreeSet<(SubscriberKey, Answered)>,
) -> Result<(), CommitError> {
    for (by, Answered { kind, person, due }) in answered {
        let gone = on_engine!(&mut *tx, |Db, tx| {
            sqlx::query::<Db>(
                "delete from inquiry where subscriber = $1 and nik_index = $2 and kind = $3 \
                 and due = $4",
            )
            .bind(by.as_bytes().to_vec())
            .bind(person.as_bytes().to_vec())
            .bind(kind.as_str())
            .bind(due.millis())
            .execute(&mut **tx)
            .await?
            .rows_affected()
        });
        if gone == 0 {
            return Err(CommitError::Conflict);
        }
    }
    Ok(())
}
