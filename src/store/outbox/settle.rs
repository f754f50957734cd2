//! What became of claimed notices.

use std::collections::BTreeMap;

use sqlx::{ColumnIndex, Decode, QueryBuilder, Row, Type};

use super::super::{
    Store, StoreError,
    engine::{Tx, on_engine, padded_rows, push_keys},
};
use crate::{
    clock::Timestamp,
    outbox::{
        Fate, Lane, NoticeId,
        work::{By, Doubt, Moved, Settlement, Verdict},
    },
};

/// Settlements written by one statement.
const ROWS: usize = 1024;

/// A notice that the network took: its name, its claim, the account, its name there, and when it left.
type SentRow<'s> = (NoticeId, i64, &'s str, &'s str, Timestamp);

impl Store {
    /// Writes how claims ended, and gives back what moved. A settlement of a claim that ran out and
    /// was taken by somebody else has no effect. A receipt that came earlier is found here.
    ///
    /// `settled_at` is written here, when a notice leaves `waiting`, and never again: of one that
    /// was sent it is when it left, which answers are compared with.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; then nothing is written.
    pub async fn settle(
        &self,
        settlements: &[Settlement],
        now: Timestamp,
    ) -> Result<Vec<Moved>, StoreError> {
        let mut moved = Vec::new();
        let mut sent: Vec<SentRow<'_>> = Vec::new();
        // The last word on a claim holds.
        let mut again = BTreeMap::new();
        let mut rerouted = Vec::new();
        let mut ended = Vec::new();
        let mut chats = Changes::new();
        for Settlement { id, attempts, day, verdict } in settlements {
            match verdict {
                Verdict::Sent { account, message_id, left } => {
                    sent.push((*id, *attempts, &**account, message_id.as_str(), *left));
                }
                Verdict::Again { due, tries, parts, doubt } => {
                    let row = (*id, *attempts, *due, *tries, *parts, *day, *doubt);
                    again.insert((*id, *attempts), row);
                }
                Verdict::Reroute { route } => rerouted.push((*id, *attempts, &**route)),
                Verdict::Ended(fate) => ended.push((*id, *attempts, *fate)),
            }
        }
        // In the order of the key, so that two nodes wait and never lock each other out.
        sent.sort_unstable();
        let again: Vec<AgainRow> = again.into_values().collect();
        rerouted.sort_unstable();
        ended.sort_unstable();
        let mut tx = self.begin_tx().await?;
        for rows in sent.chunks(ROWS) {
            let early = write_sent(&mut tx, rows, &mut moved).await?;
            keep_refusals(&mut tx, &early, now).await?;
            unpark(&mut tx, &early).await?;
        }
        for rows in again.chunks(ROWS) {
            write_again(&mut tx, rows).await?;
        }
        for rows in rerouted.chunks(ROWS) {
            write_rerouted(&mut tx, rows, now, &mut chats).await?;
        }
        for rows in ended.chunks(ROWS) {
            write_ended(&mut tx, rows, now, &mut moved).await?;
        }
        let refused = ended.iter().filter(|(_, _, fate)| *fate == Fate::OptedOut);
        let refused: Vec<i64> = refused.map(|(id, _, _)| id.as_i64()).collect();
        keep_refusals(&mut tx, &refused, now).await?;
        count_with(&mut tx, &moved, Some(Fate::Waiting), chats).await?;
        on_engine!(tx, |_Db, tx| tx.commit().await?);
        Ok(moved)
    }
}

/// Gives back those whose receipt came earlier.
async fn write_sent(
    tx: &mut Tx,
    rows: &[SentRow<'_>],
    moved: &mut Vec<Moved>,
) -> Result<Vec<i64>, StoreError> {
    let mut early = Vec::new();
    on_engine!(&mut *tx, |Db, tx| {
        let mut sql =
            QueryBuilder::<Db>::new("with sent (id, attempts, account, message_id, left_at) as (");
        sql.push_values(padded_rows(rows), |mut row, sent| {
            row.push_bind(sent.map(|sent| sent.0.as_i64()))
                .push_bind(sent.map(|sent| sent.1))
                .push_bind(sent.map(|sent| sent.2.to_owned()))
                .push_bind(sent.map(|sent| sent.3.to_owned()).filter(|id| !id.is_empty()))
                .push_bind(sent.map(|sent| sent.4.millis()));
        });
        // By the name of the notice: PostgreSQL would go through all that wait, if the state were an index's.
        sql.push(
            ") update notice set leased = 0, account = sent.account, \
             message_id = sent.message_id, settled_at = sent.left_at, \
             state = coalesce((select parked_receipt.state from parked_receipt \
             where parked_receipt.account = sent.account \
             and parked_receipt.message_id = sent.message_id), 'sent') \
             from sent where notice.id = sent.id and notice.attempts = sent.attempts \
             and notice.state || '' = 'waiting' returning notice.campaign, notice.lane, \
             notice.state, notice.route, notice.id",
        );
        for row in sql.build().fetch_all(&mut **tx).await? {
            let one = read_moved(&row)?;
            if one.fate != Fate::Sent {
                early.push(row.try_get::<i64, _>(4)?);
            }
            moved.push(one);
        }
    });
    Ok(early)
}

/// Forgets receipts that these notices have.
pub(super) async fn unpark(tx: &mut Tx, notices: &[i64]) -> Result<(), StoreError> {
    if notices.is_empty() {
        return Ok(());
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "delete from parked_receipt where (account, message_id) in \
             (select account, message_id from notice where id in (",
        );
        push_keys(&mut sql, notices, |id| id);
        sql.push("))").build().execute(&mut **tx).await?;
    });
    Ok(())
}

type AgainRow = (NoticeId, i64, Timestamp, u32, u8, i64, Doubt);

async fn write_again(tx: &mut Tx, rows: &[AgainRow]) -> Result<(), StoreError> {
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "with later (id, attempts, due, tries, parts, day, doubt) as (",
        );
        sql.push_values(padded_rows(rows), |mut row, again| {
            row.push_bind(again.map(|again| again.0.as_i64()))
                .push_bind(again.map(|again| again.1))
                .push_bind(again.map(|again| again.2.millis()))
                .push_bind(again.map(|again| i64::from(again.3)))
                .push_bind(again.map(|again| i64::from(again.4)))
                .push_bind(again.map(|again| again.5))
                .push_bind(again.map(|again| again.6.as_i64()));
        });
        sql.push(
            ") update notice set leased = 0, due = later.due, tries = later.tries, \
             parts = later.parts, day = later.day, doubt = later.doubt from later where notice.id = later.id \
             and notice.attempts = later.attempts and notice.state = 'waiting'",
        );
        sql.build().execute(&mut **tx).await?;
    });
    Ok(())
}

async fn write_rerouted(
    tx: &mut Tx,
    rows: &[(NoticeId, i64, &str)],
    now: Timestamp,
    chats: &mut Changes,
) -> Result<(), StoreError> {
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new("with other (id, attempts, route) as (");
        sql.push_values(padded_rows(rows), |mut row, other| {
            row.push_bind(other.map(|other| other.0.as_i64()))
                .push_bind(other.map(|other| other.1))
                .push_bind(other.map(|other| other.2.to_owned()));
        });
        sql.push(
            ") update notice set leased = 0, tries = 0, parts = 0, route = other.route, due = ",
        );
        sql.push_bind(now.millis()).push(
            " from other where notice.id = other.id and notice.attempts = other.attempts \
             and notice.state = 'waiting' returning notice.campaign",
        );
        for row in sql.build().fetch_all(&mut **tx).await? {
            reroute(chats, row.try_get(0)?, Fate::Waiting);
        }
    });
    Ok(())
}

async fn write_ended(
    tx: &mut Tx,
    rows: &[(NoticeId, i64, Fate)],
    now: Timestamp,
    moved: &mut Vec<Moved>,
) -> Result<(), StoreError> {
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new("with ended (id, attempts, state) as (");
        sql.push_values(padded_rows(rows), |mut row, ended| {
            row.push_bind(ended.map(|ended| ended.0.as_i64()))
                .push_bind(ended.map(|ended| ended.1))
                .push_bind(ended.map(|ended| ended.2.as_str()));
        });
        sql.push(") update notice set leased = 0, state = ended.state, settled_at = ");
        sql.push_bind(now.millis()).push(
            " from ended where notice.id = ended.id and notice.attempts = ended.attempts \
             and notice.state = 'waiting' \
             returning notice.campaign, notice.lane, notice.state, notice.route",
        );
        for row in sql.build().fetch_all(&mut **tx).await? {
            moved.push(read_moved(&row)?);
        }
    });
    Ok(())
}

/// Whoever stopped broadcasts at the provider wants none any other way; those whose notices these are
/// refused them, as if they had written STOP.
pub(super) async fn keep_refusals(
    tx: &mut Tx,
    notices: &[i64],
    now: Timestamp,
) -> Result<(), StoreError> {
    if notices.is_empty() {
        return Ok(());
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "insert into opt_out (subscriber, channel, at) select subscriber, 'whatsapp', ",
        );
        sql.push_bind(now.millis())
            .push(" from notice where state = 'opted_out' and subscriber is not null and id in (");
        push_keys(&mut sql, notices, |id| id);
        sql.push(") order by subscriber on conflict (subscriber) do nothing");
        sql.build().execute(&mut **tx).await?;
    });
    Ok(())
}

/// Reads what every statement that moves notices returns first: campaign, lane, state, route.
pub(in super::super) fn read_moved<'r, R: Row>(row: &'r R) -> Result<Moved, StoreError>
where
    usize: ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    String: Decode<'r, R::Database> + Type<R::Database>,
{
    let (campaign, lane): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    let (state, route): (String, String) = (row.try_get(2)?, row.try_get(3)?);
    match (Fate::parse(&state), Lane::from_i64(lane)) {
        (Some(fate), Some(lane)) => Ok(Moved { lane, campaign, fate, by: By::of(&route) }),
        _ => Err(StoreError::Unreadable("notice")),
    }
}

/// How the figures of campaigns change, by the words of their states.
pub(super) type Changes = BTreeMap<(i64, &'static str), i64>;

/// Of what its readers opened.
pub(in super::super) const READ: &str = "read";
/// Of what went by SMS after all.
pub(in super::super) const REROUTED: &str = "rerouted";

/// One that was to go to a chat, and was in this state there, goes by SMS.
pub(super) fn reroute(chats: &mut Changes, campaign: i64, was: Fate) {
    *chats.entry((campaign, was.as_str())).or_default() -= 1;
    *chats.entry((campaign, REROUTED)).or_default() += 1;
}

/// Counts what moved, for the campaigns: from the state that all of it was in, to the one it is in.
/// What was nowhere is new.
pub(in super::super) async fn count(
    tx: &mut Tx,
    moved: &[Moved],
    was: Option<Fate>,
) -> Result<(), sqlx::Error> {
    count_with(tx, moved, was, Changes::new()).await
}

/// The same, with what else changes of chats.
pub(super) async fn count_with(
    tx: &mut Tx,
    moved: &[Moved],
    was: Option<Fate>,
    mut chats: Changes,
) -> Result<(), sqlx::Error> {
    let mut all = Changes::new();
    for one in moved {
        let count = |changes: &mut Changes| {
            *changes.entry((one.campaign, one.fate.as_str())).or_default() += 1;
            if let Some(was) = was {
                *changes.entry((one.campaign, was.as_str())).or_default() -= 1;
            }
        };
        count(&mut all);
        if one.by == By::Chat {
            count(&mut chats);
        }
    }
    add(tx, "tally", all).await?;
    add(tx, "tally_chat", chats).await
}

/// Adds to the figures of a table, those of no campaign left out.
async fn add(tx: &mut Tx, table: &'static str, changes: Changes) -> Result<(), sqlx::Error> {
    let of_some = |change: &((i64, &str), i64)| change.0.0 != 0 && change.1 != 0;
    let mut changes: Vec<_> = changes.into_iter().filter(of_some).collect();
    // The order in which programs of before lock the rows, too: nodes of two versions work side by side.
    changes.sort_by_key(|((campaign, state), _)| (*campaign, Fate::parse(state)));
    if changes.is_empty() {
        return Ok(());
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new("with change (campaign, state, notices) as (");
        sql.push_values(padded_rows(&changes), |mut row, change| {
            row.push_bind(change.map(|((campaign, _), _)| *campaign))
                .push_bind(change.map(|((_, state), _)| (*state).to_owned()))
                .push_bind(change.map(|(_, notices)| *notices));
        });
        sql.push(format!(
            ") insert into {table} (campaign, state, notices) select campaign, state, notices \
             from change where campaign is not null on conflict (campaign, state) \
             do update set notices = {table}.notices + excluded.notices"
        ));
        sql.build().execute(&mut **tx).await?;
    });
    Ok(())
}
