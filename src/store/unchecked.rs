//! Registrations that wait and that nobody looks at: they waited before there was a ticket for each.

use jiff::civil::Date;
use sqlx::{QueryBuilder, Row};

use super::{
    Batch, CommitError, Store, StoreError,
    changes::Changes,
    engine::{Dialect, octets, on_engine, padded_keys},
    facts::read_number,
    sealed::{Identity, Place},
};
use crate::{
    clock::Timestamp,
    identity::{Nik, PersonName},
    service::{audit::StaffName, number::Number, record::DeskChange},
    vault::{NikIndex, SubscriberKey},
};

/// Where among those that wait a registration is: since when it does, and its number.
pub type WaitingPlace = (Timestamp, Number);

/// A registration that waits, as it was typed.
#[derive(Clone, PartialEq)]
pub struct Unchecked {
    /// Its number.
    pub number: Number,
    /// Under whose key it is: a phone's, or that of an officer's work, which is on no phone.
    pub by: SubscriberKey,
    /// Whom it is for.
    pub person: NikIndex,
    /// The same, as typed.
    pub nik: Nik,
    /// The name, as typed.
    pub name: PersonName,
    /// The birth date, as typed.
    pub birth: Date,
    /// Where the person lives.
    pub regency: String,
    /// The self-screening.
    pub screening: String,
    /// The version of the text that was agreed to.
    pub consent: String,
}

/// Somebody's words are not for logs.
impl std::fmt::Debug for Unchecked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unchecked").field("number", &self.number).finish_non_exhaustive()
    }
}

/// Of a row of `registration`: staff have no ticket of it, and no outside record is asked to take it.
const NOBODYS: &str = "not exists (select 1 from ticket where ticket.subscriber = registration.subscriber \
     and ticket.nik_index = registration.nik_index and ticket.category = 'registration' \
     and ticket.state in ('open', 'taken')) \
     and not exists (select 1 from inquiry where inquiry.nik_index = registration.nik_index \
     and inquiry.kind = 'register')";

/// One that waits, and whose phone is still its own.
const WAITS: &str = "standing = 'waiting' and hidden_at is null";

/// Who opens them all: held to the commit, so that of two nodes the second sees what the first has opened.
const WORK: &str = "checks";

impl Store {
    /// The next registrations behind a place that wait since before `before`, at most `limit`: those that are
    /// nobody's, and the place of the last one, whosever it is.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn unchecked(
        &self,
        behind: Option<&WaitingPlace>,
        before: Timestamp,
        limit: u32,
    ) -> Result<(Vec<Number>, Option<WaitingPlace>), StoreError> {
        let (since, number) =
            behind.map_or((i64::MIN, ""), |(at, number)| (at.millis(), number.as_str()));
        let (mut found, mut last) = (Vec::new(), None);
        on_engine!(self.reader(), |Db, pool| {
            let rows = sqlx::query::<Db>(sqlx::AssertSqlSafe(format!(
                "select at, number, {NOBODYS} from registration where {WAITS} and at < $1 \
                 and at >= $2 and (at > $2 or number > $3) order by at, number limit $4",
            )))
            .bind(before.millis())
            .bind(since)
            .bind(number.to_owned())
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await?;
            for row in rows {
                let number = read_number(row.try_get(1)?)?;
                if row.try_get(2)? {
                    found.push(number.clone());
                }
                last = Some((Timestamp::from_millis(row.try_get(0)?), number));
            }
        });
        Ok((found, last))
    }
}

impl Batch {
    /// Those of these registrations that still wait, are still nobody's, and can be read here. They are this
    /// transaction's to open tickets about.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn take_unchecked(
        &mut self,
        numbers: &[Number],
    ) -> Result<Vec<Unchecked>, StoreError> {
        let Self { tx, vault } = self;
        let mut found = Vec::new();
        if numbers.is_empty() {
            return Ok(found);
        }
        on_engine!(tx, |Db, tx| {
            sqlx::query::<Db>(
                "insert into duty (work, node, until) values ($1, '', 0) \
                 on conflict (work) do update set until = excluded.until",
            )
            .bind(WORK)
            .execute(&mut **tx)
            .await?;
            let mut sql = QueryBuilder::<Db>::new(
                "select number, subscriber, nik_index, identity, regency, screening, consent \
                 from registration where ",
            );
            sql.push(WAITS).push(" and ").push(NOBODYS).push(" and number in (");
            let mut list = sql.separated(", ");
            let keys: Vec<&Number> = numbers.iter().collect();
            for number in padded_keys(&keys) {
                list.push_bind(number.as_str().to_owned());
            }
            // Whom a turn is just writing about has a ticket with that turn.
            sql.push(") order by number").push(<Db as Dialect>::SKIP_LOCKED);
            for row in sql.build().fetch_all(&mut **tx).await? {
                let by = SubscriberKey::from_bytes(octets(row.try_get(1)?, "registration")?);
                let person = NikIndex::from_bytes(octets(row.try_get(2)?, "registration")?);
                let sealed: Vec<u8> = row.try_get(3)?;
                let identity = Identity::open(vault, Place::Registration(&person, &by), &sealed);
                // One that does not open keeps nobody else from being looked at.
                let Ok(Identity { nik, name, birth, .. }) = identity else { continue };
                found.push(Unchecked {
                    number: read_number(row.try_get(0)?)?,
                    by,
                    person,
                    nik,
                    name,
                    birth,
                    regency: row.try_get(4)?,
                    screening: row.try_get(5)?,
                    consent: row.try_get(6)?,
                });
            }
        });
        Ok(found)
    }

    /// Stores tickets, each under the key of its registration, and what goes along with them.
    ///
    /// # Errors
    /// See [`CommitError`].
    pub async fn commit_checks(
        self,
        staff: &StaffName,
        at: Timestamp,
        checks: &[(SubscriberKey, Vec<DeskChange>)],
    ) -> Result<(), CommitError> {
        let Self { mut tx, vault } = self;
        Changes::of_checks(staff, at, checks).write(&mut tx, &vault).await?;
        on_engine!(tx, |_Db, tx| tx.commit().await?);
        Ok(())
    }
}
