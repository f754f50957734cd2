//! Bringing a file into the record: all of it or nothing, while a gateway runs beside it.
//!
//! Rows are *staged* in tables of their own, some hundred to a transaction. When the file has come
//! to its end without a fault, one small transaction sets the flag `applying`; until then a crash
//! leaves nothing but staged rows, which the next import throws away. From then on the work goes
//! forward only: the staged rows are moved into the record piece by piece, and whoever opens the
//! database next finishes what a crash interrupted.
//!
//! Between two transactions the lock is left free for as long as the last one took, so that a
//! gateway which waits for SQLite's one writer gets its turn within milliseconds.

use std::{collections::BTreeMap, time::Duration};

use sqlx::{QueryBuilder, Row};
use thiserror::Error;
use tokio::time::{Instant, sleep_until};

use super::{
    Store, StoreError,
    engine::{Dialect, on_engine, padded_keys, padded_rows},
    sealed::{Place, seal_identity},
};
use crate::{clock::Timestamp, service::roster::Entry, vault::NikIndex};

/// Rows that go into one transaction: some ten milliseconds of work.
pub const STAGE_ROWS: usize = 512;

/// Rows of staged people that are moved in one transaction.
const APPLY_ROWS: i64 = 512;

/// An import that has not been heard of for so long was killed.
const SILENCE: Duration = Duration::from_secs(120);

/// Why an import went no further. The record is as it was before.
#[derive(Debug, Error)]
pub enum ImportError {
    /// Another import is under way.
    #[error("another import is under way; if it was killed, try again in two minutes")]
    Busy,
    /// Another import took this one's place, because it had not been heard of for long.
    #[error("another import took the place of this one")]
    Lost,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for ImportError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A row whose NIK an earlier row of the file has, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeated {
    /// Where the row stands.
    pub line: u64,
    /// Where the NIK stood first.
    pub first: u64,
}

/// An import under way. Dropped before [`Importing::apply`], it leaves the record as it was.
#[derive(Debug)]
pub struct Importing {
    store: Store,
    token: [u8; 16],
    pace: Pace,
}

impl Store {
    /// Begins an import, after finishing one that was interrupted while it was applied.
    ///
    /// # Errors
    /// [`ImportError::Busy`] if another one has been heard of within two minutes.
    pub async fn begin_import(&self, now: Timestamp) -> Result<Importing, ImportError> {
        self.finish_import().await?;
        let token: [u8; 16] = rand::random();
        on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            let begun = sqlx::query::<Db>(
                "insert into import (one, token, state, touched_at) values (1, $1, 'staging', $2) \
                 on conflict (one) do update set token = excluded.token, touched_at = \
                 excluded.touched_at where import.state = 'staging' and import.touched_at < $3",
            )
            .bind(token.to_vec())
            .bind(now.millis())
            .bind(now.minus(SILENCE).millis())
            .execute(&mut *tx)
            .await?;
            if begun.rows_affected() == 0 {
                return Err(ImportError::Busy);
            }
            // What an import that was killed has left.
            for clear in <Db as Dialect>::CLEAR_STAGE {
                sqlx::query::<Db>(*clear).execute(&mut *tx).await?;
            }
            tx.commit().await?;
        });
        Ok(Importing { store: self.clone(), token, pace: Pace::default() })
    }

    /// Moves staged rows into the record until none is left, if an import was flagged for it.
    pub(super) async fn finish_import(&self) -> Result<(), StoreError> {
        while self.apply_some().await?.is_some() {}
        Ok(())
    }

    /// Moves one piece; the number of people moved, or `None` if there is nothing to do.
    async fn apply_some(&self) -> Result<Option<u64>, StoreError> {
        let moved = on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            // Takes the row's lock, so that two programs move pieces in turn.
            let flagged = sqlx::query::<Db>(
                "update import set state = state where state = 'applying' returning applied_to",
            )
            .fetch_optional(&mut *tx)
            .await?;
            let Some(flagged) = flagged else {
                return Ok(None);
            };
            let from: Vec<u8> = flagged.try_get(0)?;
            let to: Option<Vec<u8>> = sqlx::query_scalar::<Db, _>(
                "select nik_index from (select nik_index from staged_person \
                 where nik_index > $1 order by nik_index limit $2) as piece \
                 order by nik_index desc limit 1",
            )
            .bind(from.clone())
            .bind(APPLY_ROWS)
            .fetch_optional(&mut *tx)
            .await?;
            let mut moved = 0;
            if let Some(to) = to {
                for text in MOVE {
                    let done = sqlx::query::<Db>(text)
                        .bind(from.clone())
                        .bind(to.clone())
                        .execute(&mut *tx)
                        .await?;
                    moved = moved.max(done.rows_affected());
                }
                sqlx::query::<Db>("update import set applied_to = $1")
                    .bind(to)
                    .execute(&mut *tx)
                    .await?;
            } else {
                for clear in <Db as Dialect>::CLEAR_STAGE {
                    sqlx::query::<Db>(*clear).execute(&mut *tx).await?;
                }
                sqlx::query::<Db>("delete from import").execute(&mut *tx).await?;
            }
            tx.commit().await?;
            moved
        });
        Ok(Some(moved))
    }
}

/// One piece of the stage into the record: what stood there of a person goes.
const MOVE: [&str; 3] = [
    "insert into person (nik_index, identity, phone_key, target_group, regency, eligible_from, \
     blocked) select nik_index, identity, phone_key, target_group, regency, eligible_from, \
     blocked from staged_person where nik_index > $1 and nik_index <= $2 \
     on conflict (nik_index) do update set identity = excluded.identity, \
     phone_key = excluded.phone_key, target_group = excluded.target_group, \
     regency = excluded.regency, eligible_from = excluded.eligible_from, \
     blocked = excluded.blocked",
    "delete from dose where nik_index in (select nik_index from staged_person \
     where nik_index > $1 and nik_index <= $2)",
    "insert into dose (nik_index, number, given_on, vaccine, batch, place, certificate) \
     select nik_index, number, given_on, vaccine, batch, place, certificate from staged_dose \
     where nik_index > $1 and nik_index <= $2",
];

impl Importing {
    /// Stages rows with the lines they stand on, and says which of them repeat a NIK; those are
    /// not staged.
    ///
    /// # Errors
    /// See [`ImportError`].
    pub async fn stage(
        &mut self,
        rows: &[(u64, Entry)],
        now: Timestamp,
    ) -> Result<Vec<Repeated>, ImportError> {
        let mut repeated = Vec::new();
        for rows in rows.chunks(STAGE_ROWS) {
            // Sealing is most of the work, and is done before the lock is taken.
            let sealed = self.seal(rows)?;
            let begun = self.pace.begin().await;
            repeated.extend(self.stage_some(&sealed, now).await?);
            self.pace.end(begun);
        }
        Ok(repeated)
    }

    /// The file is complete and good: sets the flag, moves everything into the record, and tells
    /// `moved` after each piece how many people it was.
    ///
    /// # Errors
    /// After the flag is set an error leaves the rest to whoever opens the database next.
    pub async fn apply(
        mut self,
        now: Timestamp,
        mut moved: impl FnMut(u64),
    ) -> Result<(), ImportError> {
        on_engine!(self.store.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            let flagged = sqlx::query::<Db>(
                "update import set state = 'applying', touched_at = $1 \
                 where token = $2 and state = 'staging'",
            )
            .bind(now.millis())
            .bind(self.token.to_vec())
            .execute(&mut *tx)
            .await?;
            if flagged.rows_affected() == 0 {
                return Err(ImportError::Lost);
            }
            tx.commit().await?;
        });
        loop {
            let begun = self.pace.begin().await;
            match self.store.apply_some().await? {
                Some(people) => moved(people),
                None => return Ok(()),
            }
            self.pace.end(begun);
        }
    }

    /// Throws away what was staged.
    ///
    /// # Errors
    /// See [`ImportError`]; the next import throws it away, too.
    pub async fn discard(self) -> Result<(), ImportError> {
        on_engine!(self.store.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            let mine =
                sqlx::query::<Db>("delete from import where token = $1 and state = 'staging'")
                    .bind(self.token.to_vec())
                    .execute(&mut *tx)
                    .await?;
            if mine.rows_affected() == 0 {
                return Err(ImportError::Lost);
            }
            for clear in <Db as Dialect>::CLEAR_STAGE {
                sqlx::query::<Db>(*clear).execute(&mut *tx).await?;
            }
            tx.commit().await?;
        });
        Ok(())
    }

    fn seal<'a>(&self, rows: &'a [(u64, Entry)]) -> Result<Vec<Staged<'a>>, StoreError> {
        let vault = &self.store.vault;
        rows.iter()
            .map(|(line, entry)| {
                let index = vault.nik_index(&entry.nik);
                let identity = seal_identity(
                    vault,
                    Place::Person(&index),
                    &entry.nik,
                    &entry.name,
                    entry.birth,
                    entry.phone.as_ref(),
                )?;
                let phone = entry
                    .phone
                    .as_ref()
                    .map(|phone| vault.subscriber_key(phone).as_bytes().to_vec());
                let line = i64::try_from(*line).unwrap_or(i64::MAX);
                Ok(Staged { index, line, identity, phone, entry })
            })
            .collect()
    }

    async fn stage_some(
        &self,
        rows: &[Staged<'_>],
        now: Timestamp,
    ) -> Result<Vec<Repeated>, ImportError> {
        let mut repeated = Vec::new();
        on_engine!(self.store.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            let mine = sqlx::query::<Db>(
                "update import set touched_at = $1 where token = $2 and state = 'staging'",
            )
            .bind(now.millis())
            .bind(self.token.to_vec())
            .execute(&mut *tx)
            .await?;
            if mine.rows_affected() == 0 {
                return Err(ImportError::Lost);
            }
            let mut sql = QueryBuilder::<Db>::new(
                "with fresh (nik_index, line, identity, phone_key, target_group, regency, \
                 eligible_from, blocked) as (",
            );
            sql.push_values(padded_rows(rows), |mut values, row| {
                let entry = row.map(|row| row.entry);
                values
                    .push_bind(row.map(|row| row.index.as_bytes().to_vec()))
                    .push_bind(row.map(|row| row.line))
                    .push_bind(row.map(|row| row.identity.clone()))
                    .push_bind(row.and_then(|row| row.phone.clone()))
                    .push_bind(entry.and_then(|entry| entry.group).map(|group| group.as_str()))
                    .push_bind(entry.and_then(|entry| entry.regency.clone()))
                    .push_bind(
                        entry.and_then(|entry| entry.eligible_from).map(|date| date.to_string()),
                    )
                    .push_bind(entry.map(|entry| entry.blocked));
            });
            sql.push(
                ") insert into staged_person (nik_index, line, identity, phone_key, target_group, \
                 regency, eligible_from, blocked) select nik_index, line, identity, phone_key, \
                 target_group, regency, eligible_from, blocked from fresh \
                 where nik_index is not null on conflict (nik_index) do nothing",
            );
            let staged = sql.build().execute(&mut *tx).await?.rows_affected();
            if staged != rows.len() as u64 {
                let mut sql = QueryBuilder::<Db>::new(
                    "select nik_index, line from staged_person where nik_index in (",
                );
                let indexes: Vec<_> = rows.iter().map(|row| row.index).collect();
                let mut keys = sql.separated(", ");
                for index in padded_keys(&indexes) {
                    keys.push_bind(index.as_bytes().to_vec());
                }
                sql.push(")");
                let mut firsts: BTreeMap<Vec<u8>, i64> = BTreeMap::new();
                for row in sql.build().fetch_all(&mut *tx).await? {
                    firsts.insert(row.try_get(0)?, row.try_get(1)?);
                }
                repeated.extend(rows.iter().filter_map(|row| {
                    let first = *firsts.get(row.index.as_bytes().as_slice())?;
                    let [line, first] = [row.line, first].map(i64::unsigned_abs);
                    (first != line).then_some(Repeated { line, first })
                }));
            }
            let doses: Vec<_> = rows
                .iter()
                .filter(|row| !repeated.iter().any(|one| one.line == row.line.unsigned_abs()))
                .flat_map(|row| row.entry.doses.iter().map(|dose| (row.index, dose)))
                .collect();
            if !doses.is_empty() {
                let mut sql = QueryBuilder::<Db>::new(
                    "with fresh (nik_index, number, given_on, vaccine, batch, place, certificate) \
                     as (",
                );
                sql.push_values(padded_rows(&doses), |mut values, row| {
                    let dose = row.map(|(_, dose)| *dose);
                    values
                        .push_bind(row.map(|(index, _)| index.as_bytes().to_vec()))
                        .push_bind(dose.map(|dose| i64::from(dose.number)))
                        .push_bind(dose.and_then(|dose| dose.given_on).map(|date| date.to_string()))
                        .push_bind(dose.map(|dose| dose.vaccine.clone()))
                        .push_bind(dose.map(|dose| dose.batch.clone()))
                        .push_bind(dose.map(|dose| dose.place.clone()))
                        .push_bind(dose.and_then(|dose| dose.certificate.clone()));
                });
                sql.push(
                    ") insert into staged_dose (nik_index, number, given_on, vaccine, batch, \
                     place, certificate) select nik_index, number, given_on, vaccine, batch, \
                     place, certificate from fresh where nik_index is not null",
                );
                sql.build().execute(&mut *tx).await?;
            }
            tx.commit().await?;
        });
        Ok(repeated)
    }
}

/// A row that is ready for the stage.
struct Staged<'a> {
    index: NikIndex,
    line: i64,
    identity: Vec<u8>,
    phone: Option<Vec<u8>>,
    entry: &'a Entry,
}

/// Leaves the lock free as long as it was held. Work that is done meanwhile costs nothing.
#[derive(Debug, Default)]
struct Pace {
    free_until: Option<Instant>,
}

impl Pace {
    async fn begin(&mut self) -> Instant {
        if let Some(free_until) = self.free_until.take() {
            sleep_until(free_until).await;
        }
        Instant::now()
    }

    fn end(&mut self, begun: Instant) {
        self.free_until = Some(Instant::now() + begun.elapsed());
    }
}
