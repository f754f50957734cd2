//! The rows by which nodes know of each other, and hints from one to the others.
//!
//! A hint is `NOTIFY`, and PostgreSQL's alone; it is never part of a turn, because transactions that
//! notify are committed one after the other. Whoever misses one finds out by looking, as on SQLite.

use std::time::Duration;

use sqlx::{Row, postgres::PgListener};

use super::{
    Store, StoreError,
    engine::{Engine, on_engine},
};
use crate::{clock::Timestamp, outbox::share::Neighbour};

/// A row that nobody wrote for so long is nobody's.
const FORGOTTEN: Duration = Duration::from_secs(600);

/// The channel of hints.
const CHANNEL: &str = "setara";

/// What other nodes hint at.
pub struct Hints(PgListener);

impl Store {
    /// Writes a node's row and then reads those of the others: whoever wrote before is among them.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn beat(
        &self,
        name: &str,
        beat: i64,
        accounts: &[String],
        now: Timestamp,
    ) -> Result<Vec<Neighbour>, StoreError> {
        let mut others = Vec::new();
        on_engine!(&self.pool, |Db, pool| {
            sqlx::query::<Db>(
                "insert into node (name, beat, accounts, seen_at) values ($1, $2, $3, $4) \
                 on conflict (name) do update set beat = excluded.beat, \
                 accounts = excluded.accounts, seen_at = excluded.seen_at",
            )
            .bind(name.to_owned())
            .bind(beat)
            .bind(accounts.join("\n"))
            .bind(now.millis())
            .execute(pool)
            .await?;
            let rows = sqlx::query::<Db>(
                "select name, beat, accounts from node where name <> $1 and seen_at > $2",
            );
            let rows = rows.bind(name.to_owned()).bind(now.minus(FORGOTTEN).millis());
            for row in rows.fetch_all(pool).await? {
                let accounts: String = row.try_get(2)?;
                others.push(Neighbour {
                    name: row.try_get(0)?,
                    beat: row.try_get(1)?,
                    accounts: accounts.lines().map(str::to_owned).collect(),
                });
            }
        });
        Ok(others)
    }

    /// Whether another node serves an account, as far as nodes have told. A node that has its database for
    /// itself is alone; one that was killed counts until its row is forgotten.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn is_served(&self, account: &str, now: Timestamp) -> Result<bool, StoreError> {
        if !self.is_shared() {
            return Ok(false);
        }
        let told: Vec<String> = on_engine!(&self.pool, |Db, pool| {
            let rows =
                sqlx::query_scalar::<Db, String>("select accounts from node where seen_at > $1");
            rows.bind(now.minus(FORGOTTEN).millis()).fetch_all(pool).await?
        });
        Ok(told.iter().any(|accounts| accounts.lines().any(|of| of == account)))
    }

    /// Takes work that one node does for all of them, or goes on with it; whether it is that node's until
    /// then. By two clocks it may be two nodes' for a moment, so it has to be work that may be done twice. A
    /// node that has its database for itself does everything.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn take_duty(
        &self,
        work: &str,
        node: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        if !self.is_shared() {
            return Ok(true);
        }
        let taken = on_engine!(&self.pool, |Db, pool| {
            sqlx::query::<Db>(
                "insert into duty (work, node, until) values ($1, $2, $3) \
                 on conflict (work) do update set node = excluded.node, until = excluded.until \
                 where duty.node = excluded.node or duty.until <= $4",
            )
            .bind(work.to_owned())
            .bind(node.to_owned())
            .bind(until.millis())
            .bind(now.millis())
            .execute(pool)
            .await?
            .rows_affected()
        });
        Ok(taken == 1)
    }

    /// Leaves it to the others.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn leave_duty(&self, work: &str, node: &str) -> Result<(), StoreError> {
        on_engine!(&self.pool, |Db, pool| {
            sqlx::query::<Db>("delete from duty where work = $1 and node = $2")
                .bind(work.to_owned())
                .bind(node.to_owned())
                .execute(pool)
                .await?;
        });
        Ok(())
    }

    /// Takes a node's row away, when it sends nothing any more, and those that nobody wrote for long.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn forget_node(&self, name: &str, now: Timestamp) -> Result<(), StoreError> {
        on_engine!(&self.pool, |Db, pool| {
            sqlx::query::<Db>("delete from node where name = $1 or seen_at < $2")
                .bind(name.to_owned())
                .bind(now.minus(FORGOTTEN).millis())
                .execute(pool)
                .await?;
        });
        Ok(())
    }

    /// Tells the other nodes something, if the database can.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn hint(&self, word: &str) -> Result<(), StoreError> {
        if let Engine::Postgres(pool) = &self.pool {
            // Only a hint: it waits for no disk.
            sqlx::query("select set_config('synchronous_commit', 'off', true), pg_notify($1, $2)")
                .bind(CHANNEL)
                .bind(word)
                .execute(pool)
                .await?;
        }
        Ok(())
    }

    /// Hears what is hinted from now on, over one of the connections; `None` where nothing ever is.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn hints(&self) -> Result<Option<Hints>, StoreError> {
        let Engine::Postgres(pool) = &self.pool else { return Ok(None) };
        // A pool of one is for the turns.
        if pool.options().get_max_connections() < 2 {
            return Ok(None);
        }
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        listener.eager_reconnect(false);
        Ok(Some(Hints(listener)))
    }
}

impl Hints {
    /// The next hint; `None` when the connection is gone: what is said from here on is not heard.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn next(&mut self) -> Result<Option<String>, StoreError> {
        Ok(self.0.try_recv().await?.map(|hint| hint.payload().to_owned()))
    }
}
