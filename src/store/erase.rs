//! Erasing a person: what we keep because they used the service goes, and what the law has the ministry
//! keep stays. Every table that has a column for a person stands in one of the two lists below; a test
//! looks that none is forgotten.
//!
//! What goes is deleted, except in the audit log, whose rows hold the chain together: there the key is
//! deleted under which what they say of the person was sealed (`secret`), and what is left is an index
//! of which nobody can tell whose it is but who has the NIK and our key. A row of `erasure` stays, so
//! that a database that comes out of an older backup is told to do it again.

use super::{
    CommitError, Store, StoreError,
    engine::{Tx, on_engine},
    outbox,
};
use crate::{clock::Timestamp, outbox::NoticeId, service::number::Number, vault::NikIndex};

/// What goes: tables, and the column that names the person.
pub const ERASED: &[(&str, &str)] = &[
    ("registration", "nik_index"),
    ("consent", "nik_index"),
    ("acquaintance", "nik_index"),
    ("lookup", "nik_index"),
    ("code", "subject"),
    ("code_asked", "subject"),
    ("code_line", "subject"),
    ("inquiry", "nik_index"),
    ("fetched", "nik_index"),
    ("seat", "nik_index"),
    ("appointment", "nik_index"),
    ("wait_list", "nik_index"),
    ("ticket", "nik_index"),
    ("person_key", "nik_index"),
];

/// What stays, and why.
pub const KEPT: &[(&str, &str)] = &[
    ("person", "the ministry's record, which the next import would bring back"),
    ("dose", "medical records are kept for 25 years (Permenkes 24/2022 art. 39)"),
    ("certificate", "what was issued can be checked, and revoked"),
    ("certificate_ban", "what the ministry took back is not issued anew"),
    ("staged_person", "an import that is under way"),
    ("staged_dose", "an import that is under way"),
    ("audit", "the log of who did what; what it says of the person cannot be read any more"),
    ("erasure", "that it was done"),
];

/// Deletes what is kept of a person, but tickets that somebody still works on. With a registration goes what
/// staff were to check of it.
pub(super) async fn erase(
    tx: &mut Tx,
    person: NikIndex,
    because_of: Option<&Number>,
    at: Timestamp,
) -> Result<(), CommitError> {
    let person = person.as_bytes().to_vec();
    let ticket = because_of.map(|number| number.as_str().to_owned());
    let reminders: Vec<i64> = on_engine!(&mut *tx, |Db, tx| {
        for sql in BEFORE {
            sqlx::query::<Db>(sql)
                .bind(person.clone())
                .bind(ticket.clone())
                .execute(&mut **tx)
                .await?;
        }
        let reminders = sqlx::query_scalar::<Db, _>(
            "select reminder from appointment \
             where nik_index = $1 and state = 'booked' and reminder is not null",
        )
        .bind(person.clone())
        .fetch_all(&mut **tx)
        .await?;
        for sql in DELETES {
            sqlx::query::<Db>(sql).bind(person.clone()).execute(&mut **tx).await?;
        }
        sqlx::query::<Db>(
            "insert into erasure (nik_index, at, ticket) values ($1, $2, $3) \
             on conflict (nik_index, at) do nothing",
        )
        .bind(person)
        .bind(at.millis())
        .bind(ticket)
        .execute(&mut **tx)
        .await?;
        reminders
    });
    let reminders: Vec<NoticeId> = reminders.into_iter().map(NoticeId::from_i64).collect();
    outbox::cancel(tx, &reminders, at).await?;
    Ok(())
}

/// Conversations in which the person was named, of every phone that knew them; and tickets that have
/// ended, but for the one because of which this is done: its answer is still to be read.
const BEFORE: [&str; 3] = [
    "delete from conversation where subscriber in \
     (select subscriber from acquaintance where nik_index = $1 \
     union select subscriber from ticket where number = $2)",
    "delete from ticket_event where ticket in (select number from ticket where nik_index = $1 \
     and (state not in ('open', 'taken') or category = 'registration') \
     and number is distinct from $2)",
    "delete from ticket where nik_index = $1 \
     and (state not in ('open', 'taken') or category = 'registration') \
     and number is distinct from $2",
];

/// Each goes by an index. Of registrations there are two, one for each standing, and none for both. Seats that
/// are held or offered go by their time: few have one, and no index leads to them by person.
const DELETES: [&str; 15] = [
    "delete from registration where nik_index = $1 and standing = 'registered'",
    "delete from registration where nik_index = $1 and standing = 'waiting'",
    "delete from consent where nik_index = $1",
    "delete from acquaintance where nik_index = $1",
    "delete from lookup where nik_index = $1",
    "delete from code where subject = $1",
    "delete from code_asked where subject = $1",
    "delete from code_line where subject = $1",
    "delete from inquiry where nik_index = $1",
    "delete from fetched where nik_index = $1",
    "delete from seat where (facility, start, seat) in (select facility, start, seat \
     from appointment where nik_index = $1) and nik_index = $1",
    "delete from seat where nik_index = $1 and state <> 'booked' and until > 0",
    "delete from appointment where nik_index = $1",
    "delete from wait_list where nik_index = $1",
    "delete from person_key where nik_index = $1",
];

/// Somebody who was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// Who.
    pub person: NikIndex,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// Who was erased, in the order of time.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn erased(&self) -> Result<Vec<Erased>, StoreError> {
        let rows: Vec<(Vec<u8>, i64)> = on_engine!(self.reader(), |Db, pool| {
            sqlx::query_as::<Db, _>("select nik_index, at from erasure order by at, nik_index")
                .fetch_all(pool)
                .await?
        });
        let read = |(person, at): (Vec<u8>, i64)| {
            let person = NikIndex::from_bytes(super::engine::octets(person, "erasure")?);
            Ok(Erased { person, at: Timestamp::from_millis(at) })
        };
        rows.into_iter().map(read).collect()
    }

    /// Erases once more whom a database that came out of an older backup does not know as erased, and
    /// says how many that were.
    ///
    /// # Errors
    /// [`CommitError::Unavailable`].
    pub async fn erase_again(&self, erased: &[Erased]) -> Result<u64, CommitError> {
        let known = self.erased().await?;
        let mut again = 0;
        for missing in erased.iter().filter(|of| !known.contains(of)) {
            let mut tx = self.begin_tx().await?;
            erase(&mut tx, missing.person, None, missing.at).await?;
            on_engine!(tx, |_Db, tx| tx.commit().await?);
            again += 1;
        }
        Ok(again)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{engine::steps_of, kept, right};

    /// While SQLite deletes, nobody else writes; and people are many.
    #[tokio::test]
    async fn nobody_walks_through_a_table_for_one_person() {
        for sql in BEFORE.iter().chain(&DELETES).chain(&kept::BY_PERSON).chain(&right::BY_PERSON) {
            for step in steps_of(sql).await {
                assert!(!step.starts_with("SCAN"), "{step}: {sql}");
            }
        }
    }
}
