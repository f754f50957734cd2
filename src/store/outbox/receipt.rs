//! Receipts, whenever they come: before the response, after it, late, or twice.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{QueryBuilder, Row};

use super::{
    super::{
        Store, StoreError,
        engine::{Tx, on_engine, padded_rows},
    },
    settle::{count, keep_refusals, read_moved},
};
use crate::{
    clock::Timestamp,
    outbox::{
        Fate,
        work::{Moved, Receipt},
    },
};

/// Receipts written by one statement.
const ROWS: usize = 1024;

impl Store {
    /// Writes what receipts say, and gives back what moved. One whose message is not known yet is
    /// parked, and found when the message is settled. One that came before changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; then nothing is written.
    pub async fn receipts(
        &self,
        receipts: &[Receipt],
        now: Timestamp,
    ) -> Result<Vec<Moved>, StoreError> {
        let mut first = BTreeMap::new();
        for Receipt { account, message_id, fate } in receipts {
            first.entry((&**account, message_id.as_str())).or_insert(*fate);
        }
        let heard: Vec<_> = first.into_iter().collect();
        let mut moved = Vec::new();
        let mut tx = self.begin_tx().await?;
        for rows in heard.chunks(ROWS) {
            let known = write(&mut tx, rows, now, &mut moved).await?;
            let early: Vec<Heard<'_>> = rows
                .iter()
                .filter(|((account, id), _)| !known.contains(&((*account).into(), (*id).into())))
                .copied()
                .collect();
            park(&mut tx, &early, now).await?;
        }
        count(&mut tx, &moved, Some(Fate::Sent)).await?;
        on_engine!(tx, |_Db, tx| tx.commit().await?);
        Ok(moved)
    }
}

/// What was said first of a message of an account.
type Heard<'r> = ((&'r str, &'r str), Fate);

/// A message: its account, and its name there. Two accounts may have messages of the same name.
type Name = (String, String);

/// Settles what was sent, and says of which messages.
async fn write(
    tx: &mut Tx,
    rows: &[Heard<'_>],
    now: Timestamp,
    moved: &mut Vec<Moved>,
) -> Result<BTreeSet<Name>, StoreError> {
    let mut known = BTreeSet::new();
    let refused: Vec<i64> = on_engine!(&mut *tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new("with heard (account, message_id, state) as (");
        sql.push_values(padded_rows(rows), |mut row, heard| {
            row.push_bind(heard.map(|((account, _), _)| (*account).to_owned()))
                .push_bind(heard.map(|((_, id), _)| (*id).to_owned()))
                .push_bind(heard.map(|(_, fate)| fate.as_str()));
        });
        sql.push(
            ") update notice set state = heard.state from heard where notice.account = heard.account \
             and notice.message_id = heard.message_id and notice.state = 'sent' \
             returning notice.campaign, notice.lane, notice.state, notice.route, \
             notice.account, notice.message_id, notice.id",
        );
        let mut refused = Vec::new();
        for row in sql.build().fetch_all(&mut **tx).await? {
            moved.push(read_moved(&row)?);
            if moved.last().is_some_and(|one| one.fate == Fate::OptedOut) {
                refused.push(row.try_get(6)?);
            }
            known.insert((row.try_get(4)?, row.try_get(5)?));
        }
        refused
    });
    keep_refusals(tx, &refused, now).await?;
    Ok(known)
}

/// Keeps what is said of messages that we do not know yet. One may have been settled since the
/// statement before this one looked (PostgreSQL): it is `sent`, and the sweep joins the two.
async fn park(tx: &mut Tx, rows: &[Heard<'_>], now: Timestamp) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new("with heard (account, message_id, state) as (");
        sql.push_values(padded_rows(rows), |mut row, heard| {
            row.push_bind(heard.map(|((account, _), _)| (*account).to_owned()))
                .push_bind(heard.map(|((_, id), _)| (*id).to_owned()))
                .push_bind(heard.map(|(_, fate)| fate.as_str()));
        });
        sql.push(
            ") insert into parked_receipt (account, message_id, state, at) \
             select account, message_id, state, ",
        );
        sql.push_bind(now.millis()).push(
            " from heard where account is not null and not exists (select 1 from notice \
             where notice.account = heard.account and notice.message_id = heard.message_id \
             and notice.state <> 'sent') \
             on conflict (account, message_id) do nothing",
        );
        sql.build().execute(&mut **tx).await?;
    });
    Ok(())
}
