//! Reading the log again: from its beginning to its end, of a person, because of a ticket.

use std::collections::BTreeMap;

use sqlx::Row as _;

use super::{hash, shard_of};
use crate::{
    clock::Timestamp,
    service::{
        audit::{Act, Broken, Chain, Deed, Doer, Row, StaffName},
        number::Number,
    },
    store::{
        Store, StoreError,
        engine::{octets, on_engine},
        sealed::Place,
        secret::Secrets,
    },
    vault::{NikIndex, SubscriberKey},
};

/// A row with these columns. A macro, because its type is one of two.
macro_rules! row {
    ($row:expr) => {{
        let row = &$row;
        let shard: i64 = row.try_get(0)?;
        Row {
            shard: shard_of(shard)?,
            seq: row.try_get(1)?,
            at: Timestamp::from_millis(row.try_get(2)?),
            act: row.try_get(3)?,
            channel: row.try_get(4)?,
            subscriber: row.try_get(5)?,
            staff: row.try_get(6)?,
            person: row.try_get(7)?,
            ticket: row.try_get(8)?,
            old: row.try_get(9)?,
            new: row.try_get(10)?,
        }
    }};
}

/// A row of the log, read again.
#[derive(Debug, Clone, PartialEq)]
pub struct Logged {
    /// Its chain.
    pub shard: u16,
    /// Its place there.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub doer: Doer,
    /// What was done.
    pub act: Act,
}

/// What the log came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// Rows that were looked at.
    pub rows: u64,
    /// The end of each chain that has any.
    pub ends: BTreeMap<u16, Chain>,
    /// Chains that are broken, and where.
    pub broken: BTreeMap<u16, Broken>,
}

/// Rows that are read at a time.
const PIECE: i64 = 1000;

impl Store {
    /// Follows every chain from its beginning to its end.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn verify_audit(&self) -> Result<Verified, StoreError> {
        let mut verified = Verified::default();
        for (shard, mut ends) in self.audit_ends().await? {
            let (rows, followed) = loop {
                let (rows, followed) = self.follow(shard, ends).await?;
                if followed.is_ok() {
                    break (rows, followed);
                }
                // Rows whose time is over are cut off at the beginning, also while they are read: what is
                // missing because of that is followed from where the chain begins now.
                match self.audit_ends().await?.remove(&shard) {
                    Some(now) if now.0.seq > ends.0.seq => ends = now,
                    _ => break (rows, followed),
                }
            };
            verified.rows += rows;
            match followed {
                Ok(chain) if chain.seq == 0 => {}
                Ok(chain) => drop(verified.ends.insert(shard, chain)),
                Err(broken) => drop(verified.broken.insert(shard, broken)),
            }
        }
        Ok(verified)
    }

    /// Follows a chain from its beginning to an end that was kept: how many rows there are, and where it ends
    /// or is broken.
    async fn follow(
        &self,
        shard: u16,
        (from, kept): (Chain, Chain),
    ) -> Result<(u64, Result<Chain, Broken>), StoreError> {
        let (mut chain, mut rows, mut followed) = (from, 0, Ok(()));
        // Whoever writes meanwhile adds rows after the end that was kept.
        while followed.is_ok() && chain.seq < kept.seq {
            let piece = self.audit_piece(shard, chain.seq, kept.seq).await?;
            if piece.is_empty() {
                break;
            }
            rows += piece.len() as u64;
            followed = piece.iter().try_for_each(|(row, hash)| chain.follow(row, hash));
        }
        Ok((rows, followed.and_then(|()| chain.ends(&kept)).map(|()| chain)))
    }

    /// Where each chain begins, which is after the rows whose time was over, and the end that is kept; a
    /// chain whose end was taken out ends with nothing.
    async fn audit_ends(&self) -> Result<BTreeMap<u16, (Chain, Chain)>, StoreError> {
        let mut ends = BTreeMap::new();
        on_engine!(&self.pool, |Db, pool| {
            let rows = sqlx::query::<Db>(
                "select shards.shard, coalesce(audit_head.seq, 0), audit_head.hash, \
                 coalesce(audit_head.from_seq, 0), audit_head.from_hash \
                 from (select shard from audit_head union select distinct shard from audit) shards \
                 left join audit_head on audit_head.shard = shards.shard order by shards.shard",
            )
            .fetch_all(pool)
            .await?;
            for row in rows {
                let shard: i64 = row.try_get(0)?;
                let shard = shard_of(shard)?;
                let kept: Option<Vec<u8>> = row.try_get(2)?;
                let chain = match kept {
                    Some(kept) => Chain { seq: row.try_get(1)?, hash: hash(kept)? },
                    // Rows without an end: no chain ends there.
                    None => Chain { seq: i64::MAX, hash: [0; 32] },
                };
                let from: Option<Vec<u8>> = row.try_get(4)?;
                let from = match from {
                    Some(from) => Chain { seq: row.try_get(3)?, hash: hash(from)? },
                    None => Chain::default(),
                };
                ends.insert(shard, (from, chain));
            }
        });
        Ok(ends)
    }

    async fn audit_piece(
        &self,
        shard: u16,
        after: i64,
        until: i64,
    ) -> Result<Vec<(Row, Vec<u8>)>, StoreError> {
        let sql = concat!(
            "select ",
            columns!(),
            " from audit where shard = $1 and seq > $2 and seq <= $3 order by seq limit $4"
        );
        let mut piece = Vec::new();
        on_engine!(self.reader(), |Db, pool| {
            let rows = sqlx::query::<Db>(sql)
                .bind(i64::from(shard))
                .bind(after)
                .bind(until)
                .bind(PIECE)
                .fetch_all(pool)
                .await?;
            for row in rows {
                piece.push((row!(row), row.try_get(11)?));
            }
        });
        Ok(piece)
    }

    /// The hash of a row of the log.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn audit_hash(&self, shard: u16, seq: i64) -> Result<Option<Vec<u8>>, StoreError> {
        let mut piece = self.audit_piece(shard, seq.saturating_sub(1), seq).await?;
        Ok(piece.pop().map(|(_, hash)| hash))
    }

    /// Whether the time of a row was over, and it was deleted from the beginning of its chain.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn is_retired(&self, shard: u16, seq: i64) -> Result<bool, StoreError> {
        let from: Option<i64> = on_engine!(self.reader(), |Db, pool| {
            sqlx::query_scalar::<Db, _>("select from_seq from audit_head where shard = $1")
                .bind(i64::from(shard))
                .fetch_optional(pool)
                .await?
        });
        Ok(from.is_some_and(|from| seq <= from))
    }

    /// A row of the log.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn logged(&self, shard: u16, seq: i64) -> Result<Option<Logged>, StoreError> {
        let before = seq.saturating_sub(1);
        let mut piece = self.audit_piece(shard, before, seq).await?;
        let rows = piece.pop().map(|(row, _)| row).into_iter().collect();
        Ok(self.logged_as(rows).await?.pop())
    }

    /// What is logged of a person, latest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn log_of(&self, person: &NikIndex, limit: u32) -> Result<Vec<Logged>, StoreError> {
        let sql = concat!(
            "select ",
            columns!(),
            " from audit where nik_index = $1 order by at desc, shard, seq desc limit $2"
        );
        self.log_by_key(sql, person.as_bytes(), limit).await
    }

    /// What a phone or an officer has done, latest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn log_by(
        &self,
        doer: &SubscriberKey,
        limit: u32,
    ) -> Result<Vec<Logged>, StoreError> {
        let sql = concat!(
            "select ",
            columns!(),
            " from audit where subscriber = $1 order by at desc, shard, seq desc limit $2"
        );
        self.log_by_key(sql, doer.as_bytes(), limit).await
    }

    async fn log_by_key(
        &self,
        sql: &'static str,
        key: &[u8; 16],
        limit: u32,
    ) -> Result<Vec<Logged>, StoreError> {
        let mut found = Vec::new();
        on_engine!(self.reader(), |Db, pool| {
            let rows = sqlx::query::<Db>(sql).bind(key.to_vec()).bind(i64::from(limit));
            for row in rows.fetch_all(pool).await? {
                found.push(row!(row));
            }
        });
        self.logged_as(found).await
    }

    /// What is logged because of a ticket, latest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn log_for(&self, ticket: &Number, limit: u32) -> Result<Vec<Logged>, StoreError> {
        let sql = concat!(
            "select ",
            columns!(),
            " from audit where ticket = $1 order by at desc, shard, seq desc limit $2"
        );
        let mut found = Vec::new();
        on_engine!(self.reader(), |Db, pool| {
            let rows = sqlx::query::<Db>(sql).bind(ticket.as_str()).bind(i64::from(limit));
            for row in rows.fetch_all(pool).await? {
                found.push(row!(row));
            }
        });
        self.logged_as(found).await
    }

    async fn logged_as(&self, rows: Vec<Row>) -> Result<Vec<Logged>, StoreError> {
        let secrets = Secrets::of_rows(self, &rows).await?;
        // What a newer program logs beside this one is passed over: the chains are followed by their octets.
        let known = rows.into_iter().filter(|row| Deed::parse(&row.act).is_some());
        known.map(|row| logged(row, &secrets)).collect()
    }
}

fn logged(row: Row, secrets: &Secrets) -> Result<Logged, StoreError> {
    let damaged = || StoreError::Unreadable("audit");
    let (shard, seq) = (row.shard, row.seq);
    let person = row.person.map(|person| octets(person, "audit")).transpose()?;
    let person = person.map(NikIndex::from_bytes);
    let text = |sealed: Option<Vec<u8>>| match sealed {
        Some(sealed) => {
            let plain = secrets.open(person, Place::Audit(shard, seq), &sealed)?;
            plain.map(String::from_utf8).transpose().map_err(|_| damaged())
        }
        None => Ok(None),
    };
    let doer = match (row.staff, row.subscriber, row.channel) {
        (Some(staff), ..) => Doer::Staff(StaffName::parse(&staff).map_err(|_| damaged())?),
        (None, Some(key), channel) => {
            let key = SubscriberKey::from_bytes(octets(key, "audit")?);
            Doer::Phone { key, channel }
        }
        (None, None, Some(channel)) => Doer::Anybody { channel },
        (None, None, None) => return Err(damaged()),
    };
    let ticket = row.ticket.as_deref().map(Number::parse).transpose();
    let act = Act {
        deed: Deed::parse(&row.act).ok_or_else(damaged)?,
        person,
        ticket: ticket.map_err(|_| damaged())?,
        old: text(row.old)?,
        new: text(row.new)?,
    };
    Ok(Logged { shard, seq, at: row.at, doer, act })
}
