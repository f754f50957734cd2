//! What is sealed anew when a key of the vault comes out of use: every sealed column, piece by piece in the
//! order of its key, beside the turns. A row that somebody changed since it was read stays as it is,
//! because whoever changed it has sealed it; so a piece can be done again, and the work broken off anywhere.
//!
//! The audit log is left out: its chain is over what is sealed (`service::audit`), so the key of its time
//! has to be kept for as long as the log is. Blind indexes are no envelopes: see `vault`.

use std::collections::BTreeMap;

use sqlx::Row;

use super::{
    Store, StoreError,
    engine::{Tx, on_engine},
};
use crate::{
    clock::Timestamp,
    vault::{KEY_AT, OWN},
};

/// Binds a part of a key, whatever it is.
macro_rules! bound {
    ($query:expr, $value:expr) => {
        match $value {
            Value::Octets(octets) => $query.bind(octets.clone()),
            Value::Text(text) => $query.bind(text.clone()),
            Value::Int(int) => $query.bind(*int),
        }
    };
}

/// How a part of a key is kept, and how it stands in the context of a seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Octets,
    Text,
    Int,
}

use Part::{Int, Octets, Text};

/// A sealed column.
#[derive(Debug)]
pub struct SealedColumn {
    table: &'static str,
    column: &'static str,
    /// The first word of its context (`sealed::Place`).
    label: &'static str,
    /// The key of a row.
    key: &'static [(&'static str, Part)],
    /// What comes into the context, where it is not the key.
    context: Option<&'static [(&'static str, Part)]>,
}

const fn column(
    table: &'static str,
    column: &'static str,
    key: &'static [(&'static str, Part)],
) -> SealedColumn {
    SealedColumn { table, column, label: table, key, context: None }
}

/// All of them but the audit log's. A test holds them against the places of `sealed`.
pub const SEALED: &[SealedColumn] = &[
    // Place::Number
    column("subscriber", "number", &[("key", Octets)]),
    // Place::Person
    column("person", "identity", &[("nik_index", Octets)]),
    SealedColumn {
        label: "person",
        context: Some(&[("nik_index", Octets)]),
        ..column("staged_person", "identity", &[("place", Int)])
    },
    // Place::Registration
    SealedColumn {
        context: Some(&[("nik_index", Octets), ("subscriber", Octets)]),
        ..column("registration", "identity", &[("number", Text)])
    },
    // Place::Conversation
    column("conversation", "body", &[("subscriber", Octets), ("service", Text)]),
    // Place::Receipt
    column("receipt", "reply", &[("key", Octets)]),
    // Place::Notice
    column("notice", "body", &[("id", Int)]),
    // Place::Part
    SealedColumn {
        context: Some(&[("subscriber", Octets)]),
        ..column(
            "text_part",
            "body",
            &[("subscriber", Octets), ("reference", Int), ("total", Int), ("number", Int)],
        )
    },
    // Place::Event
    column("chat_event", "body", &[("key", Octets)]),
    // Place::Chat
    column("chat", "address", &[("key", Octets)]),
    column("chat", "door", &[("key", Octets)]),
    column("chat", "number", &[("key", Octets)]),
    // Place::People
    column("campaign_people", "body", &[("campaign", Int), ("part", Int)]),
    // Place::Ticket
    column("ticket", "body", &[("number", Text)]),
    // Place::Answer
    SealedColumn { label: "ticket_answer", ..column("ticket", "answer", &[("number", Text)]) },
    // Place::Inquiry
    SealedColumn {
        context: Some(&[("subscriber", Octets), ("nik_index", Octets), ("kind", Text)]),
        ..column("inquiry", "body", &[("id", Int)])
    },
    // Place::Officer
    column("officer", "identity", &[("key", Octets)]),
    // Place::Token
    column("exposure_token", "number", &[("token", Octets)]),
    // Place::Key
    column("person_key", "key", &[("nik_index", Octets)]),
];

impl SealedColumn {
    /// `table.column`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.table, self.column)
    }

    /// The key, and behind it what is in the context and not in the key.
    fn parts(&self) -> Vec<(&'static str, Part)> {
        let more = self.context.unwrap_or_default().iter().filter(|part| !self.key.contains(part));
        self.key.iter().chain(more).copied().collect()
    }

    fn names(&self, between: &str, name: impl Fn((usize, &'static str)) -> String) -> String {
        let names: Vec<String> =
            self.key.iter().map(|(name, _)| *name).enumerate().map(name).collect();
        names.join(between)
    }

    /// Rows behind a key, in its order; the first ones where there is none.
    fn select(&self, after: Option<&[Value]>) -> String {
        let Self { table, column, .. } = self;
        let parts: Vec<&str> = self.parts().iter().map(|(name, _)| *name).collect();
        let parts = parts.join(", ");
        let keys = self.names(", ", |(_, name)| name.to_owned());
        let n = self.key.len();
        let (behind, limit) = match after {
            Some(_) => {
                let bound = self.names(", ", |(at, _)| format!("${}", at + 1));
                (format!("where ({keys}) > ({bound})"), n + 1)
            }
            None => (String::new(), 1),
        };
        format!("select {parts}, {column} from {table} {behind} order by {keys} limit ${limit}")
    }

    fn update(&self) -> String {
        let Self { table, column, .. } = self;
        let n = self.key.len();
        let keys = self.names(" and ", |(at, name)| format!("{name} = ${}", at + 1));
        let (new, old) = (n + 1, n + 2);
        format!("update {table} set {column} = ${new} where {keys} and {column} = ${old}")
    }

    /// What the envelope of a row is bound to, as `sealed::Place` says it.
    fn place(&self, row: &[Value]) -> Vec<u8> {
        let mut place = [self.label.as_bytes(), &[0]].concat();
        let parts = self.parts();
        for wanted in self.context.unwrap_or(self.key) {
            let at = parts.iter().position(|part| part == wanted);
            match at.and_then(|at| row.get(at)) {
                Some(Value::Octets(octets)) => place.extend_from_slice(octets),
                Some(Value::Text(text)) => place.extend_from_slice(text.as_bytes()),
                Some(Value::Int(int)) => place.extend_from_slice(&int.to_be_bytes()),
                None => {}
            }
        }
        place
    }
}

/// A part of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A blind index.
    Octets(Vec<u8>),
    /// A name or a number of ours.
    Text(String),
    /// A serial.
    Int(i64),
}

/// How far a column has been sealed anew.
#[derive(Debug, Default)]
pub struct Resealed {
    /// Where to go on; `None` when the column is done.
    pub after: Option<Vec<Value>>,
    /// Rows that were looked at.
    pub seen: u64,
    /// Rows that were sealed anew.
    pub sealed: u64,
}

/// A node, and the keys that it has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NodeRing {
    /// The name it gave itself.
    pub node: String,
    /// The id of the key it seals with.
    pub seals: u8,
    /// The ids of those it opens with.
    pub opens: Vec<u8>,
    /// The names of those it verifies certificates with; none have blanks. Empty where an older program runs.
    pub verifies: Vec<String>,
}

/// What a node told of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldRing {
    /// What.
    pub ring: NodeRing,
    /// When, by its own clock: another time is another sign of life, and nothing more.
    pub at: Timestamp,
}

impl Store {
    /// Seals at most `limit` rows behind `after` anew that the present key did not seal.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; [`StoreError::Unreadable`] where a row does not open.
    pub async fn reseal(
        &self,
        of: &SealedColumn,
        after: Option<&[Value]>,
        limit: u32,
    ) -> Result<Resealed, StoreError> {
        let mut rows = Vec::new();
        let parts = of.parts();
        on_engine!(self.reader(), |Db, pool| {
            let sql = of.select(after);
            let mut query = sqlx::query::<Db>(sqlx::AssertSqlSafe(sql));
            for value in after.unwrap_or_default() {
                query = bound!(query, value);
            }
            for row in query.bind(i64::from(limit)).fetch_all(pool).await? {
                let mut values = Vec::with_capacity(parts.len());
                for (at, (_, part)) in parts.iter().enumerate() {
                    values.push(match part {
                        Octets => Value::Octets(row.try_get(at)?),
                        Text => Value::Text(row.try_get(at)?),
                        Int => Value::Int(row.try_get(at)?),
                    });
                }
                let sealed: Option<Vec<u8>> = row.try_get(parts.len())?;
                rows.push((values, sealed));
            }
        });
        let mut done = Resealed { seen: rows.len() as u64, ..Default::default() };
        if rows.len() as u64 == u64::from(limit) {
            let keys = rows.last().and_then(|(values, _)| values.get(..of.key.len()));
            done.after = keys.map(<[Value]>::to_vec);
        }
        let present = self.vault.seals_with();
        let mut tx = self.begin_tx().await?;
        for (values, sealed) in rows {
            let Some(old) = sealed.filter(|old| old.get(KEY_AT - 1) != Some(&present)) else {
                continue;
            };
            let place = of.place(&values);
            let plain =
                self.vault.open(&place, &old).map_err(|_| StoreError::Unreadable(of.table))?;
            let new = self.vault.seal(&place, &plain);
            done.sealed += put(&mut tx, of, &values, new, old).await?;
        }
        on_engine!(tx, |_Db, tx| tx.commit().await?);
        Ok(done)
    }

    /// Has the present key seal the word that proves the key file, so that the former one is not needed
    /// to open the database.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn reseal_proof(&self) -> Result<(), StoreError> {
        let proof = self.vault.proofs().into_iter().next();
        on_engine!(&self.pool, |Db, pool| {
            sqlx::query::<Db>("update vault set proof = $1").bind(proof).execute(pool).await?;
        });
        Ok(())
    }

    /// How many rows each key has sealed, by the key's id and the column; what a person's own key has sealed
    /// is nobody's.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn sealed_by(&self) -> Result<BTreeMap<u8, BTreeMap<String, u64>>, StoreError> {
        let mut by = BTreeMap::<u8, BTreeMap<String, u64>>::new();
        let audit = [column("audit", "old", &[]), column("audit", "new", &[])];
        for of in SEALED.iter().chain(&audit) {
            let SealedColumn { table, column, .. } = of;
            on_engine!(self.reader(), |Db, pool| {
                let counted = format!(
                    "select substr({column}, {KEY_AT}, 1), count(*) from {table} \
                     where substr({column}, 1, 1) <> $1 group by 1"
                );
                let counted = sqlx::query::<Db>(sqlx::AssertSqlSafe(counted)).bind(vec![OWN]);
                for row in counted.fetch_all(pool).await? {
                    let (key, rows): (Vec<u8>, i64) = (row.try_get(0)?, row.try_get(1)?);
                    let key = key.first().copied().unwrap_or_default();
                    by.entry(key).or_default().insert(of.name(), rows.unsigned_abs());
                }
            });
        }
        Ok(by)
    }

    /// Writes which keys a node has.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn put_ring(&self, ring: &NodeRing, now: Timestamp) -> Result<(), StoreError> {
        let opens: Vec<String> = ring.opens.iter().map(u8::to_string).collect();
        on_engine!(&self.pool, |Db, pool| {
            sqlx::query::<Db>(
                "insert into ring (node, seals, opens, seen_at, verifies) \
                 values ($1, $2, $3, $4, $5) on conflict (node) do update set \
                 seals = excluded.seals, opens = excluded.opens, \
                 seen_at = excluded.seen_at, verifies = excluded.verifies",
            )
            .bind(ring.node.clone())
            .bind(i64::from(ring.seals))
            .bind(opens.join(" "))
            .bind(now.millis())
            .bind(ring.verifies.join(" "))
            .execute(pool)
            .await?;
        });
        Ok(())
    }

    /// Takes the row of a node away that ends.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn forget_ring(&self, node: &str) -> Result<(), StoreError> {
        on_engine!(&self.pool, |Db, pool| {
            sqlx::query::<Db>("delete from ring where node = $1")
                .bind(node.to_owned())
                .execute(pool)
                .await?;
        });
        Ok(())
    }

    /// Takes the row of a node away that is gone; one that has told something meanwhile stays.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn forget_gone(&self, gone: &ToldRing) -> Result<(), StoreError> {
        on_engine!(&self.pool, |Db, pool| {
            sqlx::query::<Db>("delete from ring where node = $1 and seen_at = $2")
                .bind(gone.ring.node.clone())
                .bind(gone.at.millis())
                .execute(pool)
                .await?;
        });
        Ok(())
    }

    /// What nodes told last of their keys; some may be gone.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn rings(&self) -> Result<Vec<ToldRing>, StoreError> {
        let mut rings = Vec::new();
        on_engine!(self.reader(), |Db, pool| {
            let rows = sqlx::query::<Db>(
                "select node, seals, opens, verifies, seen_at from ring order by node",
            );
            for row in rows.fetch_all(pool).await? {
                let (seals, opens): (i64, String) = (row.try_get(1)?, row.try_get(2)?);
                let seals = u8::try_from(seals).map_err(|_| StoreError::Unreadable("ring"))?;
                let opens = opens.split(' ').filter_map(|id| id.parse().ok()).collect();
                let verifies: String = row.try_get(3)?;
                let verifies = verifies.split_whitespace().map(str::to_owned).collect();
                let ring = NodeRing { node: row.try_get(0)?, seals, opens, verifies };
                rings.push(ToldRing { ring, at: Timestamp::from_millis(row.try_get(4)?) });
            }
        });
        Ok(rings)
    }
}

/// Writes a new envelope where the old one still is; how many rows that were.
async fn put(
    tx: &mut Tx,
    of: &SealedColumn,
    values: &[Value],
    new: Vec<u8>,
    old: Vec<u8>,
) -> Result<u64, StoreError> {
    on_engine!(tx, |Db, tx| {
        let mut query = sqlx::query::<Db>(sqlx::AssertSqlSafe(of.update()));
        for value in values.iter().take(of.key.len()) {
            query = bound!(query, value);
        }
        Ok(query.bind(new).bind(old).execute(&mut **tx).await?.rows_affected())
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_sealed_place_is_forgotten() {
        let places = include_str!("sealed.rs");
        let (_, places) = places.split_once("enum Place<'a> {\n").expect("the places");
        let (places, _) = places.split_once("\n}").expect("their end");
        let here = include_str!("reseal.rs");
        for line in places.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
            let place = line.split(['(', ',']).next().unwrap_or_default();
            let named = here.contains(&format!("// Place::{place}\n"));
            assert!(named || place == "Audit", "{place} is not sealed anew: add it to SEALED");
        }
    }
}
