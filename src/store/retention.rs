//! What may not be kept any longer, class by class: counted for a plan, and deleted a bounded number of
//! rows at a time, so that nobody who deletes keeps turns waiting.

use sqlx::Row as _;

use super::{
    Batch, Store, StoreError,
    changes::write_strangers,
    engine::{Dialect, Tx, octets, on_engine},
    facts::read_number,
    officer, sweep,
};
use crate::{
    clock::Timestamp,
    service::{
        audit::TURNS,
        number::Number,
        retention::{Class, Due, Keep, RetentionRules, due_before},
    },
    vault::SubscriberKey,
};

/// Rows of one table that are deleted by their age.
struct Rule {
    class: &'static str,
    table: &'static str,
    key: &'static str,
    /// Which rows; `true` for all.
    only: &'static str,
    /// Milliseconds: a row is due when this, and `age` on top, lies before the cut-off. A column alone, so
    /// that an index finds it.
    due: &'static str,
    age: i64,
    /// Why, where no configuration says it.
    because: &'static str,
}

/// Rows that have a time of their own. Those of chat events, and of codes that were asked for, are
/// counted from what happened: the provider brings a message again for seven days (WhatsApp Cloud API,
/// "Webhooks"), and nobody counts codes further back than a day.
const OWN: [Rule; 12] = [
    Rule {
        class: "conversations",
        table: "conversation",
        key: "subscriber, service",
        only: "ended is not null",
        due: sweep::DUE,
        age: 0,
        because: "to be taken up again ([conversation])",
    },
    own("replies", "receipt", "key", "keep_until", "the same reply to the same message"),
    own("lookups", "lookup", "subscriber, nik_index", "keep_until", "guesses are counted"),
    own("sessions", "session", "key", "keep_until", "whose session it is"),
    own("codes", "code", "subject, purpose, subscriber", "keep_until", "wrong codes are counted"),
    own(
        "checks",
        "certificate_check",
        "subscriber, day",
        "keep_until",
        "checks of certificates are counted by the day",
    ),
    Rule {
        age: 8 * DAY,
        ..own("messages", "chat_event", "key", "at", "the provider repeats them for a week")
    },
    Rule {
        age: 2 * DAY,
        ..own(
            "codes_asked",
            "code_asked",
            "subject, purpose, at, subscriber",
            "at",
            "nobody's phone is flooded",
        )
    },
    Rule {
        age: 2 * DAY,
        ..own("codes_sent", "code_line", "subject, purpose", "sent_at", "nobody's phone is flooded")
    },
    own("tokens", "exposure_token", "token", "until", "whose token an app hears about"),
    own("cases", "exposure_case", "id", "keep_until", "contacts of a case are taken once"),
    Rule {
        only: "standing = 'not_listed'",
        age: 30 * DAY,
        ..own("unknown", "fetched", "nik_index", "at", "the record knew nobody of that NIK")
    },
];

/// A registration that nobody has found good yet.
const WAITS: &str = "standing = 'waiting'";

/// One whose phone does not know yet that it ends, since before then.
const UNHEARD: &str = "standing = 'waiting' and told_at is null and at < $1";

/// In milliseconds.
const DAY: i64 = 86_400_000;

const fn own(
    class: &'static str,
    table: &'static str,
    key: &'static str,
    due: &'static str,
    because: &'static str,
) -> Rule {
    Rule { class, table, key, only: "true", due, age: 0, because }
}

/// Rows of a configured class, but those of the audit log.
const fn rule_of(class: Class) -> Option<Rule> {
    let (table, key, only, due) = match class {
        Class::Tickets => ("ticket", "number", "state not in ('open', 'taken')", "answered_at"),
        Class::Consents => {
            ("consent", "subscriber, version, at", "withdrawn_at is not null", "withdrawn_at")
        }
        Class::Appointments => {
            ("appointment", "nik_index, number", "state <> 'booked'", "changed_at")
        }
        Class::Waiting => ("registration", "number", WAITS, "told_at"),
        Class::Phones => ("subscriber", "key", "true", "seen_at"),
        Class::Chats => ("chat", "key", "true", "heard_at"),
        Class::Officers => ("officer", "key", "suspended_at is not null", "suspended_at"),
        Class::Looks | Class::Changes => return None,
    };
    Some(Rule { class: "", table, key, only, due, age: 0, because: "" })
}

impl Rule {
    fn delete(&self, skip_locked: &str, returning: &str) -> String {
        let Self { table, key, only, due, age, .. } = self;
        format!(
            "delete from {table} where ({key}) in (select {key} from {table} \
             where {only} and {due} < $1 - {age} order by {due} limit $2{skip_locked}){returning}"
        )
    }

    fn count(&self) -> String {
        let Self { table, only, due, age, .. } = self;
        format!(
            "select count(*), min({due}) + {age} from {table} where {only} and {due} < $1 - {age}"
        )
    }
}

impl Store {
    /// Deletes at most `limit` rows of each class whose rows have a time of their own, and says how
    /// many it deleted. A conversation that has not ended waits for [`Store::time_out`], so that its
    /// end is counted.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn purge(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut deleted = 0;
        on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            for rule in OWN {
                let sql = rule.delete(<Db as Dialect>::SKIP_LOCKED, "");
                let done = sqlx::query::<Db>(sqlx::AssertSqlSafe(sql))
                    .bind(now.millis())
                    .bind(i64::from(limit))
                    .execute(&mut *tx)
                    .await?;
                deleted += done.rows_affected();
            }
            tx.commit().await?;
        });
        Ok(deleted)
    }

    /// What is due in each class, and why. Nothing is deleted.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn due(
        &self,
        rules: &RetentionRules,
        now: Timestamp,
    ) -> Result<Vec<Due>, StoreError> {
        let mut plan = Vec::new();
        for rule in OWN {
            let (rows, oldest) = self.count_due(rule.count(), now).await?;
            let because = rule.because.to_owned();
            plan.push(Due { class: rule.class, days: None, because, rows, oldest });
        }
        for (class, keep) in rules {
            let sql = match rule_of(*class) {
                Some(rule) => rule.count(),
                None => format!(
                    "select count(*), min(at) from audit where at < $1 and {}",
                    chains(*class)
                ),
            };
            let (rows, oldest) = self.count_due(sql, due_before(*class, keep, now)).await?;
            let (days, because) = (Some(keep.days), keep.because.clone());
            plan.push(Due { class: class.as_str(), days, because, rows, oldest });
            if *class == Class::Waiting {
                plan.push(self.unheard(keep, now).await?);
            }
        }
        Ok(plan)
    }

    /// Those who wait and are told next that it ends.
    async fn unheard(&self, keep: &Keep, now: Timestamp) -> Result<Due, StoreError> {
        let sql = format!("select count(*), min(at) from registration where {UNHEARD}");
        let (rows, oldest) = self.count_due(sql, keep.told_before(now)).await?;
        let because = "told before it is deleted; nothing is deleted now".to_owned();
        let days = Some(keep.days.saturating_sub(keep.told_days));
        Ok(Due { class: "waiting_untold", days, because, rows, oldest })
    }

    async fn count_due(
        &self,
        sql: String,
        before: Timestamp,
    ) -> Result<(u64, Option<Timestamp>), StoreError> {
        Ok(on_engine!(self.reader(), |Db, pool| {
            let row = sqlx::query::<Db>(sqlx::AssertSqlSafe(sql))
                .bind(before.millis())
                .fetch_one(pool)
                .await?;
            let (rows, oldest): (i64, Option<i64>) = (row.try_get(0)?, row.try_get(1)?);
            (rows.unsigned_abs(), oldest.map(Timestamp::from_millis))
        }))
    }

    /// Deletes at most `limit` rows of a configured class, with what belongs to them, and says how many
    /// it deleted.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn retire(
        &self,
        class: Class,
        keep: &Keep,
        now: Timestamp,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let before = due_before(class, keep, now);
        let mut tx = self.begin_tx().await?;
        let deleted = match rule_of(class) {
            Some(rule) => {
                let (deleted, phones) = retire(&mut tx, class, &rule, before, limit).await?;
                self.estrange(&mut tx, &phones, now).await?;
                deleted
            }
            None => trim(&mut tx, class, before, limit).await?,
        };
        on_engine!(tx, |_Db, tx| tx.commit().await?);
        Ok(deleted)
    }

    /// Whoever has these numbers now is somebody else, as after `Change::ForgetEverybody`: once the row is
    /// gone nobody can tell any more how long the number was silent.
    async fn estrange(
        &self,
        tx: &mut Tx,
        phones: &[SubscriberKey],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        write_strangers(tx, phones, now).await?;
        let officers: Vec<_> = phones.iter().map(|of| self.vault.officer_key(of)).collect();
        officer::write_strangers(tx, &officers).await
    }
}

/// A registration that waits and will be deleted, and that its phone is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unheard {
    /// Its number.
    pub number: Number,
    /// Under whose key it is: a phone's, or that of an officer's work, which is on no phone.
    pub by: SubscriberKey,
    /// Where the person lives.
    pub regency: String,
    /// Since when it waits.
    pub at: Timestamp,
    /// Whether whoever has the phone now may be somebody else.
    pub hidden: bool,
}

impl Batch {
    /// Those whose time ends soon and who do not know yet, at most `limit`: from the commit on they count as
    /// told. Those that another node tells just now are left out.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn tell_waiting(
        &mut self,
        keep: &Keep,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Unheard>, StoreError> {
        let mut people = Vec::new();
        on_engine!(&mut self.tx, |Db, tx| {
            let skip_locked = <Db as Dialect>::SKIP_LOCKED;
            let rows = sqlx::query::<Db>(sqlx::AssertSqlSafe(format!(
                "update registration set told_at = $2 where number in (select number \
                 from registration where {UNHEARD} order by at limit $3{skip_locked}) \
                 returning number, subscriber, regency, at, hidden_at is not null",
            )))
            .bind(keep.told_before(now).millis())
            .bind(now.millis())
            .bind(i64::from(limit))
            .fetch_all(&mut **tx)
            .await?;
            for row in rows {
                people.push(Unheard {
                    number: read_number(row.try_get(0)?)?,
                    by: SubscriberKey::from_bytes(octets(row.try_get(1)?, "registration")?),
                    regency: row.try_get(2)?,
                    at: Timestamp::from_millis(row.try_get(3)?),
                    hidden: row.try_get(4)?,
                });
            }
        });
        Ok(people)
    }
}

/// How many rows went, and which phones.
async fn retire(
    tx: &mut Tx,
    class: Class,
    rule: &Rule,
    before: Timestamp,
    limit: u32,
) -> Result<(u64, Vec<SubscriberKey>), StoreError> {
    let mut phones = Vec::new();
    let deleted = on_engine!(tx, |Db, tx| {
        let gone = match class {
            Class::Tickets => " returning number",
            Class::Phones => " returning key",
            _ => "",
        };
        let sql = rule.delete(<Db as Dialect>::SKIP_LOCKED, gone);
        let query = sqlx::query::<Db>(sqlx::AssertSqlSafe(sql))
            .bind(before.millis())
            .bind(i64::from(limit));
        match class {
            Class::Tickets => {
                let rows = query.fetch_all(&mut **tx).await?;
                for row in &rows {
                    let number: String = row.try_get(0)?;
                    sqlx::query::<Db>("delete from ticket_event where ticket = $1")
                        .bind(number)
                        .execute(&mut **tx)
                        .await?;
                }
                rows.len() as u64
            }
            Class::Phones => {
                let rows = query.fetch_all(&mut **tx).await?;
                for row in &rows {
                    let key = octets(row.try_get(0)?, "subscriber")?;
                    phones.push(SubscriberKey::from_bytes(key));
                }
                rows.len() as u64
            }
            _ => query.execute(&mut **tx).await?.rows_affected(),
        }
    });
    Ok((deleted, phones))
}

/// Which chains of the log are a class's.
fn chains(class: Class) -> String {
    match class {
        Class::Looks => format!("shard >= {}", TURNS.start),
        _ => format!("shard < {}", TURNS.start),
    }
}

/// The chain whose first row is the oldest, if that is due: a look-up by key for each chain, whatever a planner
/// thinks. Along the times of all rows those of the other class, which are kept for longer, would stand first.
fn first_due(class: Class) -> String {
    format!(
        "select shard from (select shard, (select at from audit where audit.shard = head.shard \
         and audit.seq = head.from_seq + 1) as oldest from audit_head as head where {}) as heads \
         where oldest < $1 order by oldest, shard limit 1",
        chains(class)
    )
}

/// Cuts rows off the beginning of the chain that has the oldest one. The hash of the last one that goes
/// is kept: the chain is followed from there.
async fn trim(tx: &mut Tx, class: Class, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
    Ok(on_engine!(tx, |Db, tx| {
        let shard: Option<i64> = sqlx::query_scalar::<Db, _>(sqlx::AssertSqlSafe(first_due(class)))
            .bind(before.millis())
            .fetch_optional(&mut **tx)
            .await?;
        let Some(shard) = shard else { return Ok(0) };
        // Whoever adds to it waits; so does whoever trims it on another node.
        sqlx::query::<Db>(<Db as Dialect>::LOCK_HEAD).bind(shard).fetch_one(&mut **tx).await?;
        let rows = sqlx::query::<Db>(
            "select seq, at, hash from audit where shard = $1 order by seq limit $2",
        )
        .bind(shard)
        .bind(i64::from(limit))
        .fetch_all(&mut **tx)
        .await?;
        let (mut last, mut cut) = (None, 0);
        for row in &rows {
            let (seq, at): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
            if at >= before.millis() {
                break;
            }
            let hash: Vec<u8> = row.try_get(2)?;
            last = Some((seq, hash));
            cut += 1;
        }
        let Some((seq, hash)) = last else { return Ok(0) };
        sqlx::query::<Db>("update audit_head set from_seq = $1, from_hash = $2 where shard = $3")
            .bind(seq)
            .bind(hash)
            .bind(shard)
            .execute(&mut **tx)
            .await?;
        sqlx::query::<Db>("delete from audit where shard = $1 and seq <= $2")
            .bind(shard)
            .bind(seq)
            .execute(&mut **tx)
            .await?;
        cut
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::engine::steps_of;

    /// Every minute, on every node, and on SQLite while nobody else writes.
    #[tokio::test]
    async fn the_oldest_chain_is_found_by_the_beginnings_of_the_chains() {
        for class in [Class::Looks, Class::Changes] {
            for step in steps_of(&first_due(class)).await {
                let of_the_log = step.contains(" audit ");
                assert!(!of_the_log || step.contains("(shard=? AND seq=?)"), "{step}");
            }
        }
    }
}
