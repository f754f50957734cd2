//! Bringing a file into the record: all of it or nothing, while a gateway runs beside it.
//!
//! Rows are *staged* in tables of their own, some hundred to a transaction (`stage`). When the file has come
//! to its end without a fault, one small transaction sets the flag `applying`; until then a crash
//! leaves nothing but staged rows, which the next import throws away. From then on the work goes
//! forward only: the staged rows are moved into the record piece by piece, and whoever opens the
//! database next finishes what a crash interrupted.
//!
//! SQLite has one writer. As soon as another program is seen to write, the lock is left free between
//! two transactions for as long as the last one took, so that a gateway which waits for it gets its
//! turn within milliseconds; while nobody else writes, for a fraction of that.
//!
//! PostgreSQL is not waited for at every commit, only at those that turn the page: the flag, and the
//! end. Should it fall between, it may come back without the last rows, or the last pieces: both are
//! noticed, and the import is refused, or goes on from where the record is.

use std::{collections::VecDeque, time::Duration};

use sqlx::{Pool, QueryBuilder, Sqlite};
use thiserror::Error;
use tokio::time::{Instant, sleep_until};

use super::{
    Store, StoreError,
    appointment::RECORDED,
    engine::{Dialect, Engine, Tx, on_engine, push_keys},
    stage::{Listed, Lister, STAGE_ROWS, SealedRows, Sealer, line},
};
use crate::{clock::Timestamp, service::roster::Entry};

/// Staged people that are moved in one transaction.
const APPLY_ROWS: usize = 1024;

/// An import that has not been heard of for so long was killed.
const SILENCE: Duration = Duration::from_secs(120);

/// Why an import went no further. The record is as it was before.
#[derive(Debug, Error)]
pub enum ImportError {
    /// Another import is under way.
    #[error("another import is under way; if it was killed, try again in two minutes")]
    Busy,
    /// The database fell and came back without the last rows that were staged.
    #[error("the database has lost rows of this import; try again")]
    Fell,
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
    staged: u64,
    /// On SQLite. Writers of different rows do not wait for each other on PostgreSQL.
    pace: Option<Pace>,
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
        let pace = match &self.pool {
            Engine::Sqlite(pool) => Some(Pace::beside(pool.clone())),
            Engine::Postgres(_) => None,
        };
        Ok(Importing { store: self.clone(), token, staged: 0, pace })
    }

    /// Moves staged rows into the record until none is left, if an import was flagged for it.
    pub(super) async fn finish_import(&self) -> Result<(), StoreError> {
        let Some(mut moving) = self.moving().await? else {
            return Ok(());
        };
        while self.move_some(&mut moving).await?.is_some() {}
        Ok(())
    }

    /// The import that was flagged, and how far it came.
    async fn moving(&self) -> Result<Option<Moving>, StoreError> {
        let flagged: Option<(Vec<u8>, Vec<u8>)> = on_engine!(&self.pool, |Db, pool| {
            sqlx::query_as::<Db, _>("select token, applied_to from import where state = 'applying'")
                .fetch_optional(pool)
                .await?
        });
        Ok(flagged.map(|(token, applied_to)| Moving::on_from(token, applied_to)))
    }

    /// Moves one piece; the number of people moved, or `None` if there is nothing to do.
    async fn move_some(&self, moving: &mut Moving) -> Result<Option<u64>, StoreError> {
        let mut piece = moving.next(self).await?;
        let at_end = piece.is_empty();
        on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            // Takes the row's lock, so that two programs move pieces in turn.
            let applied_to: Option<Vec<u8>> = sqlx::query_scalar::<Db, _>(
                "update import set state = state where state = 'applying' and token = $1 \
                 returning applied_to",
            )
            .bind(moving.token.clone())
            .fetch_optional(&mut *tx)
            .await?;
            let Some(applied_to) = applied_to else {
                return Ok(None);
            };
            if applied_to < moving.applied_to {
                // The database fell, and came back without what was not on its disk yet.
                *moving = Moving::on_from(moving.token.clone(), applied_to);
                return Ok(Some(0));
            }
            // What the other one has moved.
            piece.retain(|(index, _)| index.as_bytes().as_slice() > applied_to.as_slice());
            if let Some((last, _)) = piece.last() {
                for unhurried in <Db as Dialect>::UNHURRIED {
                    sqlx::query::<Db>(*unhurried).execute(&mut *tx).await?;
                }
                let places: Vec<i64> = piece.iter().map(|(_, place)| *place).collect();
                for (text, rest) in MOVE {
                    let mut sql = QueryBuilder::<Db>::new(text);
                    push_keys(&mut sql, &places, |place| place);
                    sql.push(rest).build().execute(&mut *tx).await?;
                }
                let mut sql = QueryBuilder::<Db>::new(RECORDED);
                sql.push(" in (select nik_index from staged_person where place in (");
                push_keys(&mut sql, &places, |place| place);
                sql.push("))").build().execute(&mut *tx).await?;
                sqlx::query::<Db>("update import set applied_to = $1")
                    .bind(last.as_bytes().to_vec())
                    .execute(&mut *tx)
                    .await?;
                moving.applied_to = last.as_bytes().to_vec();
            } else if at_end {
                for clear in <Db as Dialect>::CLEAR_STAGE {
                    sqlx::query::<Db>(*clear).execute(&mut *tx).await?;
                }
                for survey in <Db as Dialect>::SURVEY {
                    sqlx::query::<Db>(*survey).execute(&mut *tx).await?;
                }
                sqlx::query::<Db>("delete from import").execute(&mut *tx).await?;
            }
            tx.commit().await?;
        });
        Ok(Some(piece.len() as u64))
    }
}

/// A flagged import on its way into the record.
struct Moving {
    token: Vec<u8>,
    /// What it has moved, or found moved.
    applied_to: Vec<u8>,
    lister: Lister,
    listed: VecDeque<Listed>,
}

impl Moving {
    fn on_from(token: Vec<u8>, applied_to: Vec<u8>) -> Self {
        let lister = Lister::from(applied_to.first().copied().unwrap_or(0));
        Self { token, applied_to, lister, listed: VecDeque::new() }
    }

    /// The next people in the order of the record's key; none at the end.
    async fn next(&mut self, store: &Store) -> Result<Vec<Listed>, StoreError> {
        while self.listed.len() < APPLY_ROWS {
            let Some(listed) = self.lister.next(store).await? else { break };
            self.listed.extend(listed);
        }
        let most = APPLY_ROWS.min(self.listed.len());
        Ok(self.listed.drain(..most).collect())
    }
}

/// One piece of the stage into the record: what stood there of a person goes.
const MOVE: [(&str, &str); 3] = [
    (
        "insert into person (nik_index, identity, phone_key, target_group, regency, \
         eligible_from, blocked) select nik_index, identity, phone_key, target_group, regency, \
         eligible_from, blocked from staged_person where place in (",
        ") order by nik_index \
         on conflict (nik_index) do update set identity = excluded.identity, \
         phone_key = excluded.phone_key, target_group = excluded.target_group, \
         regency = excluded.regency, eligible_from = excluded.eligible_from, \
         blocked = excluded.blocked",
    ),
    (
        "delete from dose where nik_index in (select nik_index from staged_person \
         where place in (",
        "))",
    ),
    (
        "insert into dose (nik_index, number, given_on, vaccine, batch, place, certificate) \
         select nik_index, number, given_on, vaccine, batch, place, certificate \
         from staged_dose where spot in (",
        ") order by nik_index, number",
    ),
];

impl Importing {
    /// What makes rows ready for [`Importing::stage_sealed`], on any thread.
    pub fn sealer(&self) -> Sealer {
        Sealer { vault: self.store.vault.clone() }
    }

    /// Seals and stages rows with the lines they stand on.
    ///
    /// # Errors
    /// See [`ImportError`].
    pub async fn stage(
        &mut self,
        rows: &[(u64, Entry)],
        now: Timestamp,
    ) -> Result<(), ImportError> {
        for rows in rows.chunks(STAGE_ROWS) {
            let sealed = self.sealer().seal(rows.to_vec())?;
            self.stage_sealed(&sealed, now).await?;
        }
        Ok(())
    }

    /// Stages rows in one transaction; [`STAGE_ROWS`] are a good number.
    ///
    /// # Errors
    /// See [`ImportError`].
    pub async fn stage_sealed(
        &mut self,
        rows: &SealedRows,
        now: Timestamp,
    ) -> Result<(), ImportError> {
        self.wait_for_turn().await?;
        let mut tx = self.still_ours(now).await?;
        on_engine!(&mut tx, |Db, tx| {
            for unhurried in <Db as Dialect>::UNHURRIED {
                sqlx::query::<Db>(*unhurried).execute(&mut **tx).await?;
            }
        });
        rows.insert(&mut tx).await?;
        on_engine!(tx, |_Db, tx| tx.commit().await?);
        self.staged += rows.len() as u64;
        self.leave_free();
        Ok(())
    }

    /// When all rows are staged: how many have a NIK that an earlier row has, too, and the first
    /// `most` of them, by line.
    ///
    /// # Errors
    /// See [`ImportError`].
    pub async fn repeated(
        &self,
        most: usize,
        now: Timestamp,
    ) -> Result<(u64, Vec<Repeated>), ImportError> {
        // Whoever would take this import's place waits meanwhile.
        on_engine!(self.still_ours(now).await?, |Db, tx| {
            let mut tx = tx;
            for order in <Db as Dialect>::ORDER_STAGE {
                sqlx::query::<Db>(*order).execute(&mut *tx).await?;
            }
            tx.commit().await?;
        });
        let (mut all, mut count, mut repeated) = (0, 0, Vec::new());
        let mut lister = Lister::from(0);
        while let Some(listed) = lister.next(&self.store).await? {
            all += listed.len() as u64;
            let mut first: Option<Listed> = None;
            for (index, place) in listed {
                match first {
                    Some((of, at)) if of == index => {
                        count += 1;
                        repeated.push(Repeated { line: line(place), first: line(at) });
                    }
                    _ => first = Some((index, place)),
                }
            }
            repeated.sort_unstable_by_key(|repeated| repeated.line);
            repeated.truncate(most);
        }
        if all != self.staged {
            return Err(ImportError::Fell);
        }
        Ok((count, repeated))
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
        let Some(mut moving) = self.store.moving().await? else {
            return Ok(());
        };
        loop {
            self.wait_for_turn().await?;
            match self.store.move_some(&mut moving).await? {
                Some(people) => moved(people),
                None => return Ok(()),
            }
            self.leave_free();
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

    /// Begins a transaction that holds the import, if nobody took its place.
    async fn still_ours(&self, now: Timestamp) -> Result<Tx, ImportError> {
        let mut tx = self.store.begin_tx().await?;
        let mine = on_engine!(&mut tx, |Db, tx| {
            sqlx::query::<Db>(
                "update import set touched_at = $1 where token = $2 and state = 'staging'",
            )
            .bind(now.millis())
            .bind(self.token.to_vec())
            .execute(&mut **tx)
            .await?
            .rows_affected()
        });
        if mine == 0 { Err(ImportError::Lost) } else { Ok(tx) }
    }

    async fn wait_for_turn(&mut self) -> Result<(), StoreError> {
        match &mut self.pace {
            Some(pace) => pace.begin().await,
            None => Ok(()),
        }
    }

    fn leave_free(&mut self) {
        if let Some(pace) = &mut self.pace {
            pace.end();
        }
    }
}

/// Leaves SQLite's lock free between two transactions. Work that is done meanwhile costs nothing.
#[derive(Debug)]
struct Pace {
    sqlite: Pool<Sqlite>,
    begun: Instant,
    free_until: Option<Instant>,
    foreign: Option<i64>,
    polite_until: Option<Instant>,
}

/// How long somebody who wrote is expected to write again.
const POLITE: Duration = Duration::from_secs(2);

/// The part of its time that the lock is free while nobody else is seen to write: a program that
/// begins to finds a gap, and is seen from then on.
const GAP: u32 = 8;

impl Pace {
    fn beside(sqlite: Pool<Sqlite>) -> Self {
        let begun = Instant::now();
        Self { sqlite, begun, free_until: None, foreign: None, polite_until: None }
    }

    async fn begin(&mut self) -> Result<(), StoreError> {
        if let Some(free_until) = self.free_until.take() {
            sleep_until(free_until).await;
            // A number that changes when another program has written.
            let foreign = sqlx::query_scalar("pragma data_version").fetch_one(&self.sqlite).await?;
            if self.foreign.is_some_and(|before| before != foreign) {
                self.polite_until = Some(Instant::now() + POLITE);
            }
            self.foreign = Some(foreign);
        }
        self.begun = Instant::now();
        Ok(())
    }

    fn end(&mut self) {
        let polite = self.polite_until.is_some_and(|until| Instant::now() < until);
        let held = self.begun.elapsed();
        self.free_until = Some(Instant::now() + if polite { held } else { held / GAP });
    }
}
