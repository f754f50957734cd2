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

/// The rest of the statement that settles what was `heard`. The messages are looked for by their names one by
/// one: joined with them, SQLite would index all notices anew for each statement of more than a hundred, and
/// PostgreSQL would go through all that were sent, which is also why the state is none of an index.
const SETTLE: &str = "), found (id, state) as materialized (select (select max(notice.id) from notice \
     where notice.account = heard.account and notice.message_id = heard.message_id \
     and notice.state = 'sent'), state from heard where account is not null) \
     update notice set state = found.state from found where notice.id = found.id \
     and notice.state || '' = 'sent' returning notice.campaign, notice.lane, notice.state, \
     notice.route, notice.account, notice.message_id, notice.id";

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
        sql.push(SETTLE);
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

#[cfg(test)]
mod tests {
    use super::SETTLE;
    use crate::store::engine::steps_of;

    /// However many notices there are: not all of them for each batch.
    #[tokio::test]
    async fn what_was_heard_of_is_found_by_its_name() {
        let rows = vec!["(?, ?, ?)"; 1024].join(", ");
        let sql = format!("with heard (account, message_id, state) as (values {rows}{SETTLE}");
        let steps = steps_of(&sql).await;
        let of_notices: Vec<_> = steps.iter().filter(|step| step.contains(" notice ")).collect();
        for step in &of_notices {
            let named = step.contains("notice_message (account=? AND message_id=?)");
            assert!(named || step.contains("PRIMARY KEY (rowid=?)"), "{step}");
        }
        assert_eq!(of_notices.len(), 2, "{steps:?}");
    }
}
