//! Writing a batch of turns: one statement for each table that it touches, then the commit.
//!
//! Rows go in the order of their keys, and tables in one order, so that two nodes that write at
//! once wait for each other and never lock each other out.

use std::{collections::BTreeSet, time::Duration};

use sqlx::QueryBuilder;

use super::{
    Batch, CommitError, ConversationWrite, Spoke, StoreError, TurnWrite,
    changes::Changes,
    engine::{Tx, on_engine, padded_rows, push_keys},
    event, outbox,
    sealed::{self, Place},
    session,
};
use crate::{
    clock::Zone,
    outbox::Notice,
    vault::{SubscriberKey, Vault},
};

/// A subscriber's `seen_at` is written again only after this many milliseconds: the rule that
/// reads it counts in days, and a row that is left alone need not reach the disk. Whoever is written to by a
/// campaign about this day may be answering, and of an answer it is told whether it came after the message.
const SEEN_STEP: i64 = 3_600_000;

/// A day and what the zones are apart.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// When a phone was seen that has never spoken.
const NEVER: i64 = 0;

impl Batch {
    /// Stores the turns and makes them durable, all of them or none.
    ///
    /// Two writes of one subscriber in one batch are a conflict.
    ///
    /// # Errors
    /// See [`CommitError`].
    pub async fn commit(self, writes: &[TurnWrite]) -> Result<(), CommitError> {
        let Self { mut tx, vault } = self;
        let mut writes: Vec<&TurnWrite> = writes.iter().collect();
        writes.sort_unstable_by_key(|write| write.subscriber);
        if writes.windows(2).any(|pair| pair[0].subscriber == pair[1].subscriber) {
            return Err(CommitError::Conflict);
        }
        write_receipts(&mut tx, &vault, &writes).await?;
        write_subscribers(&mut tx, &vault, &writes).await?;
        write_conversations(&mut tx, &vault, &writes).await?;
        session::write(&mut tx, &writes).await?;
        Changes::gather(&vault, &writes).write(&mut tx, &vault).await?;
        let notices: Vec<&Notice> = writes.iter().flat_map(|write| &write.notices).collect();
        outbox::write(&mut tx, &vault, &notices).await?;
        let answered: Vec<_> = writes.iter().filter_map(|write| write.answers).collect();
        event::close(&mut tx, answered).await?;
        on_engine!(tx, |_Db, tx| tx.commit().await?);
        Ok(())
    }

    /// Ends the transaction and leaves nothing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; then, too, nothing is left.
    pub async fn rollback(self) -> Result<(), StoreError> {
        on_engine!(self.tx, |_Db, tx| tx.rollback().await?);
        Ok(())
    }
}

async fn write_receipts(
    tx: &mut Tx,
    vault: &Vault,
    writes: &[&TurnWrite],
) -> Result<(), CommitError> {
    let mut receipts: Vec<_> = writes.iter().filter_map(|write| write.receipt.as_ref()).collect();
    if receipts.is_empty() {
        return Ok(());
    }
    receipts.sort_unstable_by_key(|receipt| receipt.key);
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new("with fresh (key, reply, keep_until) as (");
        sql.push_values(padded_rows(&receipts), |mut row, receipt| {
            row.push_bind(receipt.map(|receipt| receipt.key.to_vec()))
                .push_bind(receipt.map(|receipt| {
                    sealed::seal(vault, Place::Receipt(&receipt.key), &receipt.reply)
                }))
                .push_bind(receipt.map(|receipt| receipt.keep_until.millis()));
        });
        sql.push(
            ") insert into receipt (key, reply, keep_until) \
             select key, reply, keep_until from fresh where key is not null",
        );
        sql.build().execute(&mut **tx).await?;
    });
    Ok(())
}

async fn write_subscribers(
    tx: &mut Tx,
    vault: &Vault,
    writes: &[&TurnWrite],
) -> Result<(), CommitError> {
    let times = writes.iter().map(|write| write.at);
    let Some((first, last)) = times.clone().min().zip(times.max()) else { return Ok(()) };
    // Every day that it is anywhere, of the readers of broadcasts.
    let days = [first.minus(DAY), first, last, last.plus(DAY)];
    let days: BTreeSet<String> = days.iter().map(|at| at.date(Zone::Wib).to_string()).collect();
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new("with seen (key, number, language, at, heard) as (");
        sql.push_values(padded_rows(writes), |mut row, write| {
            row.push_bind(write.map(|write| write.subscriber.as_bytes().to_vec()))
                .push_bind(write.map(|write| {
                    let place = Place::Number(&write.subscriber);
                    sealed::seal(vault, place, write.number.as_str().as_bytes())
                }))
                .push_bind(write.and_then(|write| write.language.clone()))
                .push_bind(write.map(|write| write.at.millis()))
                .push_bind(write.map(|write| match write.spoke {
                    Spoke::Subscriber => write.at.millis(),
                    Spoke::We => NEVER,
                }));
        });
        sql.push(
            ") insert into subscriber (key, number, language, created_at, seen_at) \
             select key, number, language, at, heard from seen where key is not null \
             on conflict (key) do update set \
             language = coalesce(excluded.language, subscriber.language), \
             seen_at = case when excluded.seen_at > subscriber.seen_at \
             then excluded.seen_at else subscriber.seen_at end \
             where excluded.seen_at >= subscriber.seen_at + ",
        );
        sql.push(SEEN_STEP).push(
            " or (excluded.language is not null \
             and excluded.language is distinct from subscriber.language) \
             or (excluded.seen_at > subscriber.seen_at and exists (select 1 from broadcast \
             where broadcast.subscriber = excluded.key and broadcast.day in (",
        );
        let days: Vec<&str> = days.iter().map(String::as_str).collect();
        push_keys(&mut sql, &days, str::to_owned);
        sql.push(")))");
        sql.build().execute(&mut **tx).await?;
    });
    Ok(())
}

/// One that begins is inserted, and any other changed where it stands: what was deleted meanwhile, because
/// somebody was erased, is a conflict and does not come back with a turn that had read it before.
async fn write_conversations(
    tx: &mut Tx,
    vault: &Vault,
    writes: &[&TurnWrite],
) -> Result<(), CommitError> {
    let all = writes
        .iter()
        .filter_map(|write| write.conversation.as_ref().map(|to| (&write.subscriber, to)));
    let (moved, begun): (Vec<_>, Vec<_>) = all.partition(|(_, to)| to.was.is_some());
    for (conversations, write) in [
        (
            begun,
            ") insert into conversation (subscriber, service, version, body, ended, screen, \
             channel, open_until, keep_until) \
             select subscriber, service, version, body, ended, screen, channel, open_until, \
             keep_until from written where subscriber is not null \
             on conflict (subscriber, service) do nothing",
        ),
        (
            moved,
            ") update conversation set version = written.version, body = written.body, \
             ended = written.ended, screen = written.screen, channel = written.channel, \
             open_until = written.open_until, keep_until = written.keep_until from written \
             where conversation.subscriber = written.subscriber \
             and conversation.service = written.service \
             and conversation.version = written.version - 1",
        ),
    ] {
        write_conversations_as(tx, vault, &conversations, write).await?;
    }
    Ok(())
}

async fn write_conversations_as(
    tx: &mut Tx,
    vault: &Vault,
    conversations: &[(&SubscriberKey, &ConversationWrite)],
    write: &'static str,
) -> Result<(), CommitError> {
    if conversations.is_empty() {
        return Ok(());
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "with written (subscriber, service, version, body, ended, screen, channel, \
             open_until, keep_until) as (",
        );
        sql.push_values(padded_rows(conversations), |mut row, of| {
            row.push_bind(of.map(|(subscriber, _)| subscriber.as_bytes().to_vec()))
                .push_bind(of.map(|(_, to)| to.service.clone()))
                .push_bind(of.map(|(_, to)| to.was.unwrap_or(0).saturating_add(1)))
                .push_bind(of.map(|(subscriber, to)| {
                    sealed::seal(vault, Place::Conversation(subscriber, &to.service), &to.body)
                }))
                .push_bind(of.and_then(|(_, to)| to.ended.map(|end| end.as_str())))
                .push_bind(of.map(|(_, to)| to.screen.clone()))
                .push_bind(of.map(|(_, to)| to.channel.clone()))
                .push_bind(of.map(|(_, to)| to.open_until.millis()))
                .push_bind(of.map(|(_, to)| to.keep_until.millis()));
        });
        let stored = sql.push(write).build().execute(&mut **tx).await?.rows_affected();
        if stored != conversations.len() as u64 {
            return Err(CommitError::Conflict);
        }
    });
    Ok(())
}
