//! Officers: read with the other facts, written by turns and by staff. Every write moves the version of
//! the row, and one that was decided on another version is a conflict.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, Row};

use super::{
    CommitError, Store, StoreError,
    engine::{Tx, octets, on_engine, push_keys},
    facts::distinct,
    sealed::{self, Place},
};
use crate::{
    clock::Timestamp,
    identity::{Msisdn, PersonName},
    service::{
        audit::StaffName,
        code::Held,
        officer::{
            Enrolled, Officer, OfficerAct, OfficerChange, OfficerKind, OfficerState, OfficerStep,
            Post, Stage, Tally,
        },
        record::Need,
    },
    vault::{SubscriberKey, Vault},
};

/// Number and name, as they stand sealed in one column.
#[derive(Serialize, Deserialize)]
struct Identity<'a>(&'a str, std::borrow::Cow<'a, str>);

/// The columns of a row, in the order of [`officer`].
macro_rules! columns {
    () => {
        "key, identity, kind, post, staff, stage, suspended_at, hash, expires, tries, locks, \
         locked_until, open_until, hour_from, hour_count, day, day_count, enrolled_at, version"
    };
}

/// A row with these columns. A macro, because its type is one of two.
macro_rules! officer {
    ($row:expr, $vault:expr) => {{
        let row = &$row;
        let damaged = || StoreError::Unreadable("officer");
        let key = SubscriberKey::from_bytes(octets(row.try_get(0)?, "officer")?);
        let sealed: Vec<u8> = row.try_get(1)?;
        let plain = sealed::open($vault, Place::Officer(&key), &sealed)?;
        let Identity(phone, name) = serde_json::from_slice(&plain).map_err(|_| damaged())?;
        let day: String = row.try_get(15)?;
        Officer {
            who: Enrolled {
                key,
                phone: Msisdn::parse_any(phone).map_err(|_| damaged())?,
                name: PersonName::parse(&name).map_err(|_| damaged())?,
                kind: OfficerKind::parse(row.try_get(2)?).ok_or_else(damaged)?,
                post: Post::parse(row.try_get(3)?).map_err(|_| damaged())?,
                staff: StaffName::parse(row.try_get(4)?).map_err(|_| damaged())?,
            },
            stage: Stage::parse(row.try_get(5)?).ok_or_else(damaged)?,
            suspended: row.try_get::<Option<i64>, _>(6)?.map(Timestamp::from_millis),
            secret: Held {
                hash: octets(row.try_get(7)?, "officer")?,
                expires: Timestamp::from_millis(row.try_get(8)?),
                tries: count(row.try_get(9)?),
                locks: count(row.try_get(10)?),
                locked_until: Timestamp::from_millis(row.try_get(11)?),
            },
            open_until: Timestamp::from_millis(row.try_get(12)?),
            tally: Tally {
                hour_from: Timestamp::from_millis(row.try_get(13)?),
                hour: count(row.try_get(14)?),
                date: day.parse().ok(),
                day: count(row.try_get(16)?),
            },
            enrolled: Timestamp::from_millis(row.try_get(17)?),
            version: row.try_get(18)?,
        }
    }};
}

fn count(stored: i64) -> u32 {
    u32::try_from(stored).unwrap_or(u32::MAX)
}

/// The officer that each need asks for, in the order of `needs`.
pub(super) async fn read_officers(
    tx: &mut Tx,
    vault: &Vault,
    needs: &[Need],
) -> Result<Vec<Option<Officer>>, StoreError> {
    let keys: Vec<SubscriberKey> = distinct(needs.iter().filter_map(|need| need.officer));
    let mut found = BTreeMap::new();
    if !keys.is_empty() {
        on_engine!(tx, |Db, tx| {
            let mut sql = QueryBuilder::<Db>::new(concat!(
                "select ",
                columns!(),
                " from officer where key in ("
            ));
            push_keys(&mut sql, &keys, |key| key.as_bytes().to_vec());
            sql.push(")");
            for row in sql.build().fetch_all(&mut **tx).await? {
                let officer = officer!(row, vault);
                found.insert(officer.who.key, officer);
            }
        });
    }
    Ok(needs.iter().map(|need| found.get(&need.officer?).cloned()).collect())
}

/// What changes of officers, in the order of the keys; of one officer in the order of deciding.
#[derive(Default)]
pub(super) struct Officers<'a> {
    changes: BTreeMap<SubscriberKey, Vec<&'a OfficerChange>>,
    /// Those whose phones were silent too long.
    estranged: BTreeSet<SubscriberKey>,
    acts: Vec<&'a OfficerAct>,
}

impl<'a> Officers<'a> {
    pub(super) fn add(&mut self, change: &'a OfficerChange) {
        self.changes.entry(change.key).or_default().push(change);
    }

    pub(super) fn estrange(&mut self, officer: SubscriberKey) {
        self.estranged.insert(officer);
    }

    pub(super) fn add_act(&mut self, act: &'a OfficerAct) {
        self.acts.push(act);
    }

    pub(super) async fn write(self, tx: &mut Tx, vault: &Vault) -> Result<(), CommitError> {
        let estranged: Vec<_> = self.estranged.into_iter().collect();
        write_strangers(tx, &estranged).await?;
        for act in self.acts {
            write_act(tx, vault, act).await?;
        }
        for (key, changes) in self.changes {
            // Each was decided on what was there before the first.
            for (version, change) in (0..).zip(changes) {
                write_step(tx, key, change.was.saturating_add(version), &change.to).await?;
            }
        }
        Ok(())
    }
}

async fn write_step(
    tx: &mut Tx,
    key: SubscriberKey,
    was: i64,
    to: &OfficerStep,
) -> Result<(), CommitError> {
    on_engine!(tx, |Db, tx| {
        let sql = match to {
            OfficerStep::Secret { stage, secret, open_until } => sqlx::query::<Db>(
                "update officer set version = version + 1, stage = $3, hash = $4, expires = $5, \
                 tries = $6, locks = $7, locked_until = $8, open_until = $9 \
                 where key = $1 and version = $2 and suspended_at is null",
            )
            .bind(key.as_bytes().to_vec())
            .bind(was)
            .bind(stage.as_str())
            .bind(secret.hash.to_vec())
            .bind(secret.expires.millis())
            .bind(i64::from(secret.tries))
            .bind(i64::from(secret.locks))
            .bind(secret.locked_until.millis())
            .bind(open_until.millis()),
            OfficerStep::Close => sqlx::query::<Db>(
                "update officer set version = version + 1, open_until = 0 \
                 where key = $1 and version = $2",
            )
            .bind(key.as_bytes().to_vec())
            .bind(was),
            OfficerStep::Count(tally) => sqlx::query::<Db>(
                "update officer set version = version + 1, hour_from = $3, hour_count = $4, \
                 day = $5, day_count = $6 \
                 where key = $1 and version = $2 and suspended_at is null",
            )
            .bind(key.as_bytes().to_vec())
            .bind(was)
            .bind(tally.hour_from.millis())
            .bind(i64::from(tally.hour))
            .bind(tally.date.map(|date| date.to_string()).unwrap_or_default())
            .bind(i64::from(tally.day)),
        };
        match sql.execute(&mut **tx).await?.rows_affected() {
            0 => Err(CommitError::Conflict),
            _ => Ok(()),
        }
    })
}

/// Whoever holds these phones now is taken for somebody new: a PIN that was chosen before proves nothing,
/// and staff have to give a new code. A code that was sent since proves the phone.
pub(super) async fn write_strangers(
    tx: &mut Tx,
    officers: &[SubscriberKey],
) -> Result<(), StoreError> {
    if officers.is_empty() {
        return Ok(());
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "update officer set version = version + 1, stage = 'invited', expires = 0, \
             open_until = 0 where stage = 'active' and key in (",
        );
        push_keys(&mut sql, officers, |key| key.as_bytes().to_vec());
        sql.push(")").build().execute(&mut **tx).await?;
    });
    Ok(())
}

/// What staff decided.
async fn write_act(tx: &mut Tx, vault: &Vault, act: &OfficerAct) -> Result<(), CommitError> {
    match act {
        OfficerAct::Enrol(officer) => insert(tx, vault, officer).await,
        OfficerAct::Set { key, was, suspended, code } => {
            let set = on_engine!(tx, |Db, tx| {
                let sql = match code {
                    None => sqlx::query::<Db>(
                        "update officer set version = version + 1, suspended_at = $3, \
                         open_until = 0 where key = $1 and version = $2",
                    ),
                    Some(_) => sqlx::query::<Db>(
                        "update officer set version = version + 1, suspended_at = $3, \
                         open_until = 0, stage = 'invited', hash = $4, expires = $5, tries = 0, \
                         locks = $6, locked_until = 0 where key = $1 and version = $2",
                    ),
                };
                let sql = sql
                    .bind(key.as_bytes().to_vec())
                    .bind(was)
                    .bind(suspended.map(Timestamp::millis));
                let sql = match code {
                    None => sql,
                    Some(code) => sql
                        .bind(code.hash.to_vec())
                        .bind(code.expires.millis())
                        .bind(i64::from(code.locks)),
                };
                sql.execute(&mut **tx).await?.rows_affected()
            });
            if set == 0 { Err(CommitError::Conflict) } else { Ok(()) }
        }
    }
}

async fn insert(tx: &mut Tx, vault: &Vault, officer: &Officer) -> Result<(), CommitError> {
    let Officer { who, stage, suspended, secret, enrolled, .. } = officer;
    let identity = Identity(who.phone.as_str(), who.name.as_str().into());
    // Two texts: there is nothing JSON cannot hold.
    let identity = serde_json::to_vec(&identity).unwrap_or_default();
    on_engine!(tx, |Db, tx| {
        sqlx::query::<Db>(
            "insert into officer (key, identity, kind, post, staff, stage, suspended_at, hash, \
             expires, tries, locks, locked_until, open_until, hour_from, hour_count, day, \
             day_count, enrolled_at, version) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0, 0, 0, 0, '', 0, $10, 1)",
        )
        .bind(who.key.as_bytes().to_vec())
        .bind(sealed::seal(vault, Place::Officer(&who.key), &identity))
        .bind(who.kind.as_str())
        .bind(who.post.as_str())
        .bind(who.staff.as_str())
        .bind(stage.as_str())
        .bind(suspended.map(Timestamp::millis))
        .bind(secret.hash.to_vec())
        .bind(secret.expires.millis())
        .bind(enrolled.millis())
        .execute(&mut **tx)
        .await?;
    });
    Ok(())
}

impl Store {
    /// An officer, by the keyed name.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn officer(&self, key: SubscriberKey) -> Result<Option<Officer>, StoreError> {
        let need = Need { officer: Some(key), ..Need::default() };
        let mut batch = self.begin().await?;
        let officer = read_officers(&mut batch.tx, &self.vault, &[need]).await?.pop().flatten();
        batch.rollback().await?;
        Ok(officer)
    }

    /// Officers in the order in which they were enrolled, at most `limit` behind that one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn officers(
        &self,
        after: Option<(Timestamp, SubscriberKey)>,
        limit: u32,
    ) -> Result<Vec<Officer>, StoreError> {
        let (at, key) = match after {
            Some((at, key)) => (at.millis(), key.as_bytes().to_vec()),
            None => (i64::MIN, Vec::new()),
        };
        let sql = concat!(
            "select ",
            columns!(),
            " from officer where (enrolled_at, key) > ($1, $2) order by enrolled_at, key limit $3"
        );
        let mut officers = Vec::new();
        on_engine!(self.reader(), |Db, pool| {
            let rows = sqlx::query::<Db>(sql).bind(at).bind(key).bind(i64::from(limit));
            for row in rows.fetch_all(pool).await? {
                officers.push(officer!(row, &self.vault));
            }
        });
        Ok(officers)
    }

    /// Puts officers in who are known beforehand, with a code or a PIN: for invented countries.
    ///
    /// # Errors
    /// See [`CommitError`].
    pub async fn put_officers(&self, officers: &[Officer]) -> Result<(), CommitError> {
        let mut batch = self.begin().await?;
        for officer in officers {
            insert(&mut batch.tx, &self.vault, officer).await?;
        }
        on_engine!(batch.tx, |_Db, tx| tx.commit().await?);
        Ok(())
    }

    /// How many officers there are of each state.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn officer_figures(&self) -> Result<Vec<(OfficerState, u64)>, StoreError> {
        let mut figures: BTreeMap<OfficerState, u64> = BTreeMap::new();
        on_engine!(self.reader(), |Db, pool| {
            let rows = sqlx::query::<Db>(
                "select stage, count(suspended_at), count(*) from officer \
                 group by stage, suspended_at is null",
            );
            for row in rows.fetch_all(pool).await? {
                let suspended: i64 = row.try_get(1)?;
                let state = match (suspended, Stage::parse(row.try_get(0)?)) {
                    (0, Some(Stage::Active)) => OfficerState::Active,
                    (0, _) => OfficerState::Invited,
                    _ => OfficerState::Suspended,
                };
                let found: i64 = row.try_get(2)?;
                *figures.entry(state).or_default() += u64::try_from(found).unwrap_or(0);
            }
        });
        Ok(figures.into_iter().collect())
    }
}
