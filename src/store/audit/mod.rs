//! The audit log: rows that are only ever added, each chained to the one before it
//! (`service::audit`).
//!
//! A writer locks the ends of its chains in their order, after every other row of its transaction, so
//! two nodes wait for each other only where they add to one chain, and never lock each other out. What
//! turns do all the time goes into a chain that is free, all of a batch in one statement. `read` reads
//! it again.

use std::collections::BTreeMap;

use sqlx::{QueryBuilder, Row as _};

use super::{
    CommitError, Store, StoreError,
    engine::{Dialect, Tx, on_engine, padded_rows},
    sealed::Place,
    secret::{self, Secrets},
};
use crate::{
    clock::Timestamp,
    service::{
        audit::{Act, Chain, Deed, Doer, Row, TURNS, link},
        record::Need,
    },
    vault::Vault,
};

/// The columns of a row, in the order of [`row`].
macro_rules! columns {
    () => {
        "shard, seq, at, act, channel, subscriber, staff, nik_index, ticket, old, new, hash"
    };
}

mod read;
mod window;

pub use self::{
    read::{Logged, Verified},
    window::Tally,
};

/// The rows of a batch, by chain; those of none go to whichever of the turns' chains is free.
#[derive(Default)]
pub(super) struct Log<'a> {
    homes: BTreeMap<u16, Vec<Entry<'a>>>,
    turns: Vec<Entry<'a>>,
}

/// An act, who did it and when.
pub(super) type Entry<'a> = (&'a Act, Doer, Timestamp);

impl<'a> Log<'a> {
    pub(super) fn add(&mut self, act: &'a Act, doer: Doer, at: Timestamp) {
        let entry = (act, doer, at);
        match act.home(&entry.1) {
            Some(shard) => self.homes.entry(shard).or_default().push(entry),
            // Two calls of one turn that show the same are one look.
            None if self.turns.last() == Some(&entry) => {}
            None => self.turns.push(entry),
        }
    }

    /// People's chains in their order, then the one of the turns, whose holder waits for nobody any
    /// more.
    pub(super) async fn write(self, tx: &mut Tx, vault: &Vault) -> Result<(), CommitError> {
        for (shard, entries) in self.homes {
            let chain = lock(tx, shard).await?;
            let secrets = secret::of_acts(tx, vault, &entries).await?;
            add(tx, shard, chain, entries, &secrets).await?;
        }
        if self.turns.is_empty() {
            return Ok(());
        }
        let (shard, chain) = lock_any(tx).await?;
        add(tx, shard, chain, self.turns, &Secrets::none(vault)).await
    }
}

/// Adds rows to a chain: one statement for all of them, one for its end.
async fn add(
    tx: &mut Tx,
    shard: u16,
    mut chain: Chain,
    entries: Vec<Entry<'_>>,
    secrets: &Secrets,
) -> Result<(), CommitError> {
    let mut rows = Vec::with_capacity(entries.len());
    for (act, doer, at) in entries {
        let row = seal(secrets, shard, chain.seq.saturating_add(1), act, doer, at);
        chain = Chain { seq: row.seq, hash: link(&chain.hash, &row) };
        rows.push((row, chain.hash));
    }
    for rows in rows.chunks(MOST_ROWS) {
        insert(tx, rows).await?;
    }
    on_engine!(tx, |Db, tx| {
        sqlx::query::<Db>("update audit_head set seq = $1, hash = $2 where shard = $3")
            .bind(chain.seq)
            .bind(chain.hash.to_vec())
            .bind(i64::from(shard))
            .execute(&mut **tx)
            .await?;
    });
    Ok(())
}

/// Rows of one statement: databases bound the values of one.
const MOST_ROWS: usize = 512;

async fn insert(tx: &mut Tx, rows: &[(Row, [u8; 32])]) -> Result<(), CommitError> {
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(concat!("with fresh (", columns!(), ") as ("));
        sql.push_values(padded_rows(rows), |mut values, of| {
            let row = of.map(|(row, _)| row);
            values
                .push_bind(row.map(|row| i64::from(row.shard)))
                .push_bind(row.map(|row| row.seq))
                .push_bind(row.map(|row| row.at.millis()))
                .push_bind(row.map(|row| row.act.clone()))
                .push_bind(row.and_then(|row| row.channel.clone()))
                .push_bind(row.and_then(|row| row.subscriber.clone()))
                .push_bind(row.and_then(|row| row.staff.clone()))
                .push_bind(row.and_then(|row| row.person.clone()))
                .push_bind(row.and_then(|row| row.ticket.clone()))
                .push_bind(row.and_then(|row| row.old.clone()))
                .push_bind(row.and_then(|row| row.new.clone()))
                .push_bind(of.map(|(_, hash)| hash.to_vec()));
        });
        sql.push(concat!(
            ") insert into audit (",
            columns!(),
            ") select ",
            columns!(),
            " from fresh where seq is not null"
        ));
        sql.build().execute(&mut **tx).await?;
    });
    Ok(())
}

/// The end of a chain, which is this transaction's until it ends.
async fn lock(tx: &mut Tx, shard: u16) -> Result<Chain, CommitError> {
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

/// The end of a chain of the turns that nobody else is adding to; if all are taken, of the first.
async fn lock_any(tx: &mut Tx) -> Result<(u16, Chain), CommitError> {
    let free = on_engine!(&mut *tx, |Db, tx| {
        let row = sqlx::query::<Db>(<Db as Dialect>::FREE_HEAD)
            .bind(i64::from(TURNS.start))
            .bind(i64::from(TURNS.end))
            .fetch_optional(&mut **tx)
            .await?;
        match row {
            Some(row) => {
                let shard: i64 = row.try_get(0)?;
                let chain = Chain { seq: row.try_get(1)?, hash: hash(row.try_get(2)?)? };
                Some((shard_of(shard)?, chain))
            }
            None => None,
        }
    });
    match free {
        Some(free) => Ok(free),
        None => Ok((TURNS.start, lock(tx, TURNS.start).await?)),
    }
}

fn hash(octets: Vec<u8>) -> Result<[u8; 32], StoreError> {
    octets.try_into().map_err(|_| StoreError::Unreadable("audit_head"))
}

fn shard_of(shard: i64) -> Result<u16, StoreError> {
    u16::try_from(shard).map_err(|_| StoreError::Unreadable("audit"))
}

fn seal(secrets: &Secrets, shard: u16, seq: i64, act: &Act, doer: Doer, at: Timestamp) -> Row {
    let sealed = |text: &Option<String>| {
        let text = text.as_ref()?;
        Some(secrets.seal(act.person, Place::Audit(shard, seq), text.as_bytes()))
    };
    let (subscriber, channel, staff) = match doer {
        Doer::Phone { key, channel } => (Some(key.as_bytes().to_vec()), channel, None),
        Doer::Staff(name) => (None, None, Some(name.as_str().to_owned())),
        Doer::Anybody { channel } => (None, Some(channel), None),
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

impl Store {
    /// Logs what was done outside of a turn.
    ///
    /// # Errors
    /// See [`CommitError`].
    pub async fn log(&self, act: &Act, doer: Doer, at: Timestamp) -> Result<(), CommitError> {
        let mut tx = self.begin_tx().await?;
        let mut log = Log::default();
        log.add(act, doer, at);
        log.write(&mut tx, &self.vault).await?;
        on_engine!(tx, |_Db, tx| tx.commit().await?);
        Ok(())
    }
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
