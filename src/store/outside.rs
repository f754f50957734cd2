//! The copy of an outside record: what it said last of whom, and the person as they stand by it.

use std::{collections::BTreeMap, time::Duration};

use sqlx::{QueryBuilder, Row};

use super::{
    CommitError, Store, StoreError,
    appointment::RECORDED,
    changes::Changes,
    engine::{Dialect, Tx, octets, on_engine, push_keys},
    facts::read_persons,
    sealed::{Place, seal_identity},
};
use crate::{
    clock::Timestamp,
    service::{
        audit::StaffName,
        number::Number,
        outside::{Absorbed, Arrival, Arrived, Elsewhere, Fetched, Listing, absorb},
        roster::Entry,
    },
    vault::{NikIndex, Vault},
};

/// What an answer is taken in with.
#[derive(Debug, Clone)]
pub struct Taking {
    /// In whose name the audit log has it.
    pub record: StaffName,
    /// When it came.
    pub now: Timestamp,
    /// How long staff have for a ticket.
    pub due: Duration,
    /// A random value.
    pub random: u64,
    /// Whether people are taken in whom nobody has asked about.
    pub strangers: bool,
}

impl Store {
    /// Takes an answer of the outside record in; `false` if it changed nothing.
    ///
    /// # Errors
    /// See [`CommitError`]; after a conflict it can be tried again.
    pub async fn absorb(&self, arrived: &Arrived, with: &Taking) -> Result<bool, CommitError> {
        let index = self.vault.nik_index(&arrived.nik);
        let mut tx = self.begin_tx().await?;
        // Staff who correct the person wait, and then see what came.
        lock_person(&mut tx, &index).await?;
        let last = read_fetched(&mut tx, &[index]).await?.remove(&index);
        let kept = read_persons(&mut tx, &self.vault, &[index]).await?.remove(&index);
        if !with.strangers && last.is_none() && kept.is_none() {
            return Ok(false);
        }
        let arrival = Arrival {
            vault: &self.vault,
            kept: kept.as_ref(),
            last: last.as_ref(),
            now: with.now,
            due: with.due,
            random: with.random,
        };
        let Absorbed::Taken { fetched, person, changes } = absorb(arrival, arrived) else {
            return Ok(false);
        };
        // First of all: of two who come at the same moment the second looks again.
        write_fetched(&mut tx, &index, &fetched, last.as_ref()).await?;
        if let Some(entry) = person {
            write_person(&mut tx, &self.vault, &index, &entry).await?;
        }
        Changes::of_record(&with.record, with.now, &changes).write(&mut tx, &self.vault).await?;
        on_engine!(tx, |_Db, tx| tx.commit().await?);
        Ok(true)
    }

    /// How far the events of the outside record were read.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn record_cursor(&self) -> Result<Option<String>, StoreError> {
        Ok(on_engine!(&self.pool, |Db, pool| {
            sqlx::query_scalar::<Db, _>("select cursor from record_cursor where one = 1")
                .fetch_optional(pool)
                .await?
        }))
    }

    /// Keeps how far they were read.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn move_record_cursor(&self, to: &str, at: Timestamp) -> Result<(), StoreError> {
        on_engine!(&self.pool, |Db, pool| {
            sqlx::query::<Db>(
                "insert into record_cursor (one, cursor, at) values (1, $1, $2) \
                 on conflict (one) do update set cursor = excluded.cursor, at = excluded.at",
            )
            .bind(to.to_owned())
            .bind(at.millis())
            .execute(pool)
            .await?;
        });
        Ok(())
    }
}

/// What the record said last of each.
pub(super) async fn read_fetched(
    tx: &mut Tx,
    indexes: &[NikIndex],
) -> Result<BTreeMap<NikIndex, Fetched>, StoreError> {
    let mut found = BTreeMap::new();
    if indexes.is_empty() {
        return Ok(found);
    }
    let mark = |octets_: Option<Vec<u8>>| octets_.map(|of| octets(of, "fetched")).transpose();
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "select nik_index, at, version, standing, elsewhere, number, reference, taken, disputed \
             from fetched where nik_index in (",
        );
        push_keys(&mut sql, indexes, |index| index.as_bytes().to_vec());
        sql.push(")");
        for row in sql.build().fetch_all(&mut **tx).await? {
            let index = NikIndex::from_bytes(octets(row.try_get(0)?, "fetched")?);
            let standing: String = row.try_get(3)?;
            let elsewhere: i64 = row.try_get(4)?;
            let number: Option<String> = row.try_get(5)?;
            let reference: Option<String> = row.try_get(6)?;
            let elsewhere = (elsewhere != 0).then(|| Elsewhere {
                number: number.and_then(|number| Number::parse(&number).ok()),
                reference,
            });
            let fetched = Fetched {
                at: Timestamp::from_millis(row.try_get(1)?),
                version: row.try_get(2)?,
                standing: Listing::parse(&standing).ok_or(StoreError::Unreadable("fetched"))?,
                elsewhere,
                taken: mark(row.try_get(7)?)?,
                disputed: mark(row.try_get(8)?)?,
            };
            found.insert(index, fetched);
        }
    });
    Ok(found)
}

async fn lock_person(tx: &mut Tx, index: &NikIndex) -> Result<(), StoreError> {
    on_engine!(tx, |Db, tx| {
        sqlx::query::<Db>(<Db as Dialect>::LOCK_PERSON)
            .bind(index.as_bytes().to_vec())
            .fetch_optional(&mut **tx)
            .await?;
    });
    Ok(())
}

/// A conflict if there is something else by now than what was read before.
async fn write_fetched(
    tx: &mut Tx,
    index: &NikIndex,
    fetched: &Fetched,
    before: Option<&Fetched>,
) -> Result<(), CommitError> {
    let elsewhere = fetched.elsewhere.as_ref();
    let number = elsewhere.and_then(|of| of.number.as_ref()).map(|of| of.as_str().to_owned());
    let written = on_engine!(tx, |Db, tx| {
        sqlx::query::<Db>(
            "insert into fetched (nik_index, at, version, standing, elsewhere, number, reference, \
             taken, disputed) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             on conflict (nik_index) do update set at = excluded.at, version = excluded.version, \
             standing = excluded.standing, elsewhere = excluded.elsewhere, \
             number = excluded.number, reference = excluded.reference, taken = excluded.taken, \
             disputed = excluded.disputed where fetched.version = $10 and fetched.at = $11",
        )
        .bind(index.as_bytes().to_vec())
        .bind(fetched.at.millis())
        .bind(fetched.version)
        .bind(fetched.standing.as_str())
        .bind(i64::from(elsewhere.is_some()))
        .bind(number)
        .bind(elsewhere.and_then(|of| of.reference.clone()))
        .bind(fetched.taken.map(|mark| mark.to_vec()))
        .bind(fetched.disputed.map(|mark| mark.to_vec()))
        .bind(before.map(|before| before.version))
        .bind(before.map(|before| before.at.millis()))
        .execute(&mut **tx)
        .await?
        .rows_affected()
    });
    if written > 0 { Ok(()) } else { Err(CommitError::Conflict) }
}

async fn write_person(
    tx: &mut Tx,
    vault: &Vault,
    index: &NikIndex,
    entry: &Entry,
) -> Result<(), CommitError> {
    let phone = entry.phone.as_ref();
    let place = Place::Person(index);
    let identity = seal_identity(vault, place, &entry.nik, &entry.name, entry.birth, phone)?;
    let key = index.as_bytes().to_vec();
    on_engine!(tx, |Db, tx| {
        sqlx::query::<Db>(
            "insert into person (nik_index, identity, phone_key, target_group, regency, \
             eligible_from, blocked) values ($1, $2, $3, $4, $5, $6, $7) \
             on conflict (nik_index) do update set identity = excluded.identity, \
             phone_key = excluded.phone_key, target_group = excluded.target_group, \
             regency = excluded.regency, eligible_from = excluded.eligible_from, \
             blocked = excluded.blocked",
        )
        .bind(key.clone())
        .bind(identity)
        .bind(phone.map(|phone| vault.subscriber_key(phone).as_bytes().to_vec()))
        .bind(entry.group.map(|group| group.as_str()))
        .bind(entry.regency.clone())
        .bind(entry.eligible_from.map(|day| day.to_string()))
        .bind(entry.blocked)
        .execute(&mut **tx)
        .await?;
        sqlx::query::<Db>("delete from dose where nik_index = $1")
            .bind(key.clone())
            .execute(&mut **tx)
            .await?;
        for dose in &entry.doses {
            sqlx::query::<Db>(
                "insert into dose (nik_index, number, given_on, vaccine, batch, place, \
                 certificate) values ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(key.clone())
            .bind(i64::from(dose.number))
            .bind(dose.given_on.map(|day| day.to_string()))
            .bind(dose.vaccine.clone())
            .bind(dose.batch.clone())
            .bind(dose.place.clone())
            .bind(dose.certificate.clone())
            .execute(&mut **tx)
            .await?;
        }
        let mut sql = QueryBuilder::<Db>::new(RECORDED);
        sql.push(" = ").push_bind(key).build().execute(&mut **tx).await?;
    });
    Ok(())
}
