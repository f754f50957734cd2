//! The audit log: rows that are only ever added, each chained to the one before it
//! (`service::audit`).
//!
//! A writer locks the ends of its chains in their order, after every other row of its transaction, so
//! two nodes wait for each other only where they add to one chain, and never lock each other out.

use std::collections::BTreeMap;

use sqlx::Row as _;

use super::{
    CommitError, Store, StoreError,
    engine::{Dialect, Tx, octets, on_engine},
    sealed::{self, Place},
};
use crate::{
    clock::Timestamp,
    service::{
        audit::{Act, Broken, Chain, Deed, Doer, Row, StaffName, link},
        number::Number,
        record::Need,
    },
    vault::{NikIndex, SubscriberKey, Vault},
};

/// The rows of a batch, by chain.
#[derive(Default)]
pub(super) struct Log<'a>(BTreeMap<u8, Vec<(&'a Act, Doer, Timestamp)>>);

impl<'a> Log<'a> {
    pub(super) fn add(&mut self, act: &'a Act, doer: Doer, at: Timestamp) {
        self.0.entry(act.shard(&doer)).or_default().push((act, doer, at));
    }

    pub(super) async fn write(self, tx: &mut Tx, vault: &Vault) -> Result<(), CommitError> {
        for (shard, acts) in self.0 {
            let mut chain = lock(tx, shard).await?;
            for (act, doer, at) in acts {
                let row = seal(vault, shard, chain.seq.saturating_add(1), act, doer, at);
                chain = Chain { seq: row.seq, hash: link(&chain.hash, &row) };
                insert(tx, row, &chain.hash).await?;
            }
            on_engine!(&mut *tx, |Db, tx| {
                sqlx::query::<Db>("update audit_head set seq = $1, hash = $2 where shard = $3")
                    .bind(chain.seq)
                    .bind(chain.hash.to_vec())
                    .bind(i64::from(shard))
                    .execute(&mut **tx)
                    .await?;
            });
        }
        Ok(())
    }
}

/// The end of a chain, which is this transaction's until it ends.
async fn lock(tx: &mut Tx, shard: u8) -> Result<Chain, CommitError> {
    Ok(on_engine!(tx, |Db, tx| {
        sqlx::query::<Db>(
            "insert into audit_head (shard, seq, hash) values ($1, 0, $2) \
             on conflict (shard) do nothing",
        )
        .bind(i64::from(shard))
        .bind(Chain::default().hash.to_vec())
        .execute(&mut **tx)
        .await?;
        let row = sqlx::query::<Db>(<Db as Dialect>::LOCK_HEAD)
            .bind(i64::from(shard))
            .fetch_one(&mut **tx)
            .await?;
        Chain { seq: row.try_get(0)?, hash: hash(row.try_get(1)?)? }
    }))
}

fn hash(octets: Vec<u8>) -> Result<[u8; 32], StoreError> {
    octets.try_into().map_err(|_| StoreError::Unreadable("audit_head"))
}

fn seal(vault: &Vault, shard: u8, seq: i64, act: &Act, doer: Doer, at: Timestamp) -> Row {
    let sealed = |text: &Option<String>| {
        text.as_ref().map(|text| sealed::seal(vault, Place::Audit(shard, seq), text.as_bytes()))
    };
    let (subscriber, channel, staff) = match doer {
        Doer::Phone { key, channel } => (Some(key.as_bytes().to_vec()), channel, None),
        Doer::Staff(name) => (None, None, Some(name.as_str().to_owned())),
    };
    Row {
        shard,
        seq,
        at,
        act: act.deed.as_str().to_owned(),
        channel,
        subscriber,
        staff,
        person: act.person.map(|person| person.as_bytes().to_vec()),
        ticket: act.ticket.as_ref().map(|number| number.as_str().to_owned()),
        old: sealed(&act.old),
        new: sealed(&act.new),
    }
}

async fn insert(tx: &mut Tx, row: Row, hash: &[u8; 32]) -> Result<(), CommitError> {
    on_engine!(tx, |Db, tx| {
        sqlx::query::<Db>(
            "insert into audit (shard, seq, at, act, channel, subscriber, staff, nik_index, \
             ticket, old, new, hash) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(i64::from(row.shard))
        .bind(row.seq)
        .bind(row.at.millis())
        .bind(row.act)
        .bind(row.channel)
        .bind(row.subscriber)
        .bind(row.staff)
        .bind(row.person)
        .bind(row.ticket)
        .bind(row.old)
        .bind(row.new)
        .bind(hash.to_vec())
        .execute(&mut **tx)
        .await?;
    });
    Ok(())
}

/// When each need's person was renamed last, in the order of `needs`.
pub(super) async fn read_renamed(
    tx: &mut Tx,
    needs: &[Need],
) -> Result<Vec<Option<Timestamp>>, StoreError> {
    let mut renamed = Vec::with_capacity(needs.len());
    for need in needs {
        let Some(person) = need.renamed else {
            renamed.push(None);
            continue;
        };
        let at: Option<i64> = on_engine!(&mut *tx, |Db, tx| {
            sqlx::query_scalar::<Db, _>(
                "select max(at) from audit where nik_index = $1 and act = $2",
            )
            .bind(person.as_bytes().to_vec())
            .bind(Deed::NameChanged.as_str())
            .fetch_one(&mut **tx)
            .await?
        });
        renamed.push(at.map(Timestamp::from_millis));
    }
    Ok(renamed)
}

/// The columns of a row, in the order of [`row`].
macro_rules! columns {
    () => {
        "shard, seq, at, act, channel, subscriber, staff, nik_index, ticket, old, new, hash"
    };
}

/// A row with these columns. A macro, because its type is one of two.
macro_rules! row {
    ($row:expr) => {{
        let row = &$row;
        let shard: i64 = row.try_get(0)?;
        Row {
            shard: u8::try_from(shard).map_err(|_| StoreError::Unreadable("audit"))?,
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
    pub shard: u8,
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
    pub ends: BTreeMap<u8, Chain>,
    /// Chains that are broken, and where.
    pub broken: BTreeMap<u8, Broken>,
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
        for (shard, kept) in self.audit_ends().await? {
            let mut chain = Chain::default();
            let mut followed = Ok(());
            // Whoever writes meanwhile adds rows after the end that was kept.
            while followed.is_ok() && chain.seq < kept.seq {
                let piece = self.audit_piece(shard, chain.seq, kept.seq).await?;
                if piece.is_empty() {
                    break;
                }
                verified.rows += piece.len() as u64;
                followed = piece.iter().try_for_each(|(row, hash)| chain.follow(row, hash));
            }
            match followed.and_then(|()| chain.ends(&kept)) {
                Ok(()) => drop(verified.ends.insert(shard, chain)),
                Err(broken) => drop(verified.broken.insert(shard, broken)),
            }
        }
        Ok(verified)
    }

    /// The kept end of each chain; a chain whose end was taken out begins and ends with nothing.
    async fn audit_ends(&self) -> Result<BTreeMap<u8, Chain>, StoreError> {
        let mut ends = BTreeMap::new();
        on_engine!(&self.pool, |Db, pool| {
            let rows = sqlx::query::<Db>(
                "select shards.shard, coalesce(audit_head.seq, 0), audit_head.hash \
                 from (select shard from audit_head union select distinct shard from audit) shards \
                 left join audit_head on audit_head.shard = shards.shard order by shards.shard",
            )
            .fetch_all(pool)
            .await?;
            for row in rows {
                let shard: i64 = row.try_get(0)?;
                let shard =
                    u8::try_from(shard).map_err(|_| StoreError::Unreadable("audit_head"))?;
                let kept: Option<Vec<u8>> = row.try_get(2)?;
                let chain = match kept {
                    Some(kept) => Chain { seq: row.try_get(1)?, hash: hash(kept)? },
                    // Rows without an end: no chain ends there.
                    None => Chain { seq: i64::MAX, hash: [0; 32] },
                };
                ends.insert(shard, chain);
            }
        });
        Ok(ends)
    }

    async fn audit_piece(
        &self,
        shard: u8,
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
    pub async fn audit_hash(&self, shard: u8, seq: i64) -> Result<Option<Vec<u8>>, StoreError> {
        let mut piece = self.audit_piece(shard, seq.saturating_sub(1), seq).await?;
        Ok(piece.pop().map(|(_, hash)| hash))
    }

    /// A row of the log.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn logged(&self, shard: u8, seq: i64) -> Result<Option<Logged>, StoreError> {
        let before = seq.saturating_sub(1);
        let mut piece = self.audit_piece(shard, before, seq).await?;
        piece.pop().map(|(row, _)| self.logged_as(row)).transpose()
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
        let mut logged = Vec::new();
        on_engine!(self.reader(), |Db, pool| {
            let person = person.as_bytes().to_vec();
            let rows = sqlx::query::<Db>(sql).bind(person).bind(i64::from(limit));
            for row in rows.fetch_all(pool).await? {
                logged.push(self.logged_as(row!(row))?);
            }
        });
        Ok(logged)
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
        let mut logged = Vec::new();
        on_engine!(self.reader(), |Db, pool| {
            let rows = sqlx::query::<Db>(sql).bind(ticket.as_str()).bind(i64::from(limit));
            for row in rows.fetch_all(pool).await? {
                logged.push(self.logged_as(row!(row))?);
            }
        });
        Ok(logged)
    }

    fn logged_as(&self, row: Row) -> Result<Logged, StoreError> {
        let damaged = || StoreError::Unreadable("audit");
        let (shard, seq) = (row.shard, row.seq);
        let text = |sealed: Option<Vec<u8>>| match sealed {
            Some(sealed) => {
                let plain = sealed::open(&self.vault, Place::Audit(shard, seq), &sealed)?;
                String::from_utf8(plain).map(Some).map_err(|_| damaged())
            }
            None => Ok(None),
        };
        let doer = match (row.staff, row.subscriber) {
            (Some(staff), _) => Doer::Staff(StaffName::parse(&staff).map_err(|_| damaged())?),
            (None, Some(key)) => {
                let key = SubscriberKey::from_bytes(octets(key, "audit")?);
                Doer::Phone { key, channel: row.channel }
            }
            (None, None) => return Err(damaged()),
        };
        let person = row.person.map(|person| octets(person, "audit")).transpose()?;
        let ticket = row.ticket.as_deref().map(Number::parse).transpose();
        let act = Act {
            deed: Deed::parse(&row.act).ok_or_else(damaged)?,
            person: person.map(NikIndex::from_bytes),
            ticket: ticket.map_err(|_| damaged())?,
            old: text(row.old)?,
            new: text(row.new)?,
        };
        Ok(Logged { shard, seq, at: row.at, doer, act })
    }
}
