//! The stage of an import: rows that are sealed and wait in tables of their own.
//!
//! A row's *place* is the first octet of its NIK's index and, behind it, its line. Indexes are
//! random, so a stage in their order would write a page for every row; in the order of places it
//! appends to 256 runs, and every run is small enough to be sorted when it is read again.

use sqlx::{PgConnection, QueryBuilder, Row, Sqlite, SqliteConnection};

use super::{
    Store, StoreError,
    copy::CopyRows,
    engine::{Engine, Tx, octets, on_engine, padded_rows},
    sealed::{Place, seal_identity},
};
use crate::{
    service::{record::Dose, roster::Entry},
    vault::{NikIndex, Vault},
};

/// Rows that go into one transaction: some ten milliseconds of work.
pub const STAGE_ROWS: usize = 1024;

/// Bits of a place that hold the line.
const LINE_BITS: u32 = 40;

/// One more than the highest first octet.
const RUNS: u16 = 256;

/// About how many rows are listed at once.
const LISTED: usize = 65_536;

/// Makes rows ready for the stage. It needs no database, and may work beside it on a thread of its
/// own: indexes and seals are as much work as storing them.
#[derive(Debug, Clone)]
pub struct Sealer {
    pub(super) vault: Vault,
}

/// Rows that are ready for the stage.
#[derive(Debug)]
pub struct SealedRows {
    rows: Vec<Staged>,
}

struct Staged {
    place: i64,
    index: NikIndex,
    identity: Vec<u8>,
    phone: Option<Vec<u8>>,
    entry: Entry,
}

impl std::fmt::Debug for Staged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Staged").field("index", &self.index).finish_non_exhaustive()
    }
}

impl Sealer {
    /// Seals rows that stand on these lines.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`], if a row cannot be written down.
    pub fn seal(&self, rows: Vec<(u64, Entry)>) -> Result<SealedRows, StoreError> {
        let vault = &self.vault;
        let seal = |(line, entry): (u64, Entry)| {
            let index = vault.nik_index(&entry.nik);
            let identity = seal_identity(
                vault,
                Place::Person(&index),
                &entry.nik,
                &entry.name,
                entry.birth,
                entry.phone.as_ref(),
            )?;
            let key = |phone| vault.subscriber_key(phone).as_bytes().to_vec();
            let phone = entry.phone.as_ref().map(key);
            Ok(Staged { place: place(&index, line), index, identity, phone, entry })
        };
        let mut rows = rows.into_iter().map(seal).collect::<Result<Vec<_>, StoreError>>()?;
        rows.sort_unstable_by_key(|row| row.place);
        Ok(SealedRows { rows })
    }
}

impl SealedRows {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(super) async fn insert(&self, tx: &mut Tx) -> Result<(), StoreError> {
        if self.rows.is_empty() {
            return Ok(());
        }
        match tx {
            Engine::Sqlite(tx) => {
                self.insert_people(tx).await?;
                self.insert_doses(tx).await
            }
            Engine::Postgres(tx) => {
                self.copy_people(tx).await?;
                self.copy_doses(tx).await
            }
        }
    }

    async fn insert_people(&self, sqlite: &mut SqliteConnection) -> Result<(), StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(
            "with fresh (place, nik_index, identity, phone_key, target_group, regency, \
             eligible_from, blocked) as (",
        );
        sql.push_values(padded_rows(&self.rows), |mut values, row| {
            let entry = row.map(|row| &row.entry);
            values
                .push_bind(row.map(|row| row.place))
                .push_bind(row.map(|row| row.index.as_bytes().to_vec()))
                .push_bind(row.map(|row| row.identity.clone()))
                .push_bind(row.and_then(|row| row.phone.clone()))
                .push_bind(entry.and_then(|entry| entry.group).map(|group| group.as_str()))
                .push_bind(entry.and_then(|entry| entry.regency.clone()))
                .push_bind(entry.and_then(|entry| entry.eligible_from).map(|date| date.to_string()))
                .push_bind(entry.map(|entry| entry.blocked));
        });
        sql.push(
            ") insert into staged_person (place, nik_index, identity, phone_key, target_group, \
             regency, eligible_from, blocked) select place, nik_index, identity, phone_key, \
             target_group, regency, eligible_from, blocked from fresh where place is not null",
        );
        sql.build().execute(sqlite).await?;
        Ok(())
    }

    async fn insert_doses(&self, sqlite: &mut SqliteConnection) -> Result<(), StoreError> {
        let doses: Vec<_> = self.doses().collect();
        if doses.is_empty() {
            return Ok(());
        }
        let mut sql = QueryBuilder::<Sqlite>::new(
            "with fresh (spot, number, nik_index, given_on, vaccine, batch, place, \
             certificate) as (",
        );
        sql.push_values(padded_rows(&doses), |mut values, row| {
            let dose = row.map(|(_, dose)| *dose);
            values
                .push_bind(row.map(|(of, _)| of.place))
                .push_bind(dose.map(|dose| i64::from(dose.number)))
                .push_bind(row.map(|(of, _)| of.index.as_bytes().to_vec()))
                .push_bind(dose.and_then(|dose| dose.given_on).map(|date| date.to_string()))
                .push_bind(dose.map(|dose| dose.vaccine.clone()))
                .push_bind(dose.map(|dose| dose.batch.clone()))
                .push_bind(dose.map(|dose| dose.place.clone()))
                .push_bind(dose.and_then(|dose| dose.certificate.clone()));
        });
        sql.push(
            ") insert into staged_dose (spot, number, nik_index, given_on, vaccine, batch, place, \
             certificate) select spot, number, nik_index, given_on, vaccine, batch, place, \
             certificate from fresh where spot is not null",
        );
        sql.build().execute(sqlite).await?;
        Ok(())
    }

    async fn copy_people(&self, postgres: &mut PgConnection) -> Result<(), StoreError> {
        let mut rows = CopyRows::new();
        for Staged { place, index, identity, phone, entry } in &self.rows {
            let from = entry.eligible_from.map(|date| date.to_string());
            rows.push([
                Some(&place.to_be_bytes()),
                Some(index.as_bytes()),
                Some(identity),
                phone.as_deref(),
                entry.group.map(|group| group.as_str().as_bytes()),
                entry.regency.as_ref().map(|regency| regency.as_bytes()),
                from.as_ref().map(String::as_bytes),
                Some(&[entry.blocked.into()]),
            ]);
        }
        let into = "copy staged_person (place, nik_index, identity, phone_key, target_group, \
                    regency, eligible_from, blocked) from stdin (format binary)";
        rows.send(postgres, into).await
    }

    async fn copy_doses(&self, postgres: &mut PgConnection) -> Result<(), StoreError> {
        let mut rows = CopyRows::new();
        for (of, dose) in self.doses() {
            let given_on = dose.given_on.map(|date| date.to_string());
            rows.push([
                Some(&of.place.to_be_bytes()),
                Some(&i64::from(dose.number).to_be_bytes()),
                Some(of.index.as_bytes()),
                given_on.as_ref().map(String::as_bytes),
                Some(dose.vaccine.as_bytes()),
                Some(dose.batch.as_bytes()),
                Some(dose.place.as_bytes()),
                dose.certificate.as_ref().map(String::as_bytes),
            ]);
        }
        let into = "copy staged_dose (spot, number, nik_index, given_on, vaccine, batch, place, \
                    certificate) from stdin (format binary)";
        rows.send(postgres, into).await
    }

    /// Each dose, and whose it is.
    fn doses(&self) -> impl Iterator<Item = (&Staged, &Dose)> {
        self.rows.iter().flat_map(|row| row.entry.doses.iter().map(move |dose| (row, dose)))
    }
}

/// Lists the stage in the order of the record's key, some runs at a time.
#[derive(Debug)]
pub(super) struct Lister {
    next: u16,
    /// Runs that are listed at once.
    span: u16,
}

/// A staged row: index of the NIK, and its place.
pub(super) type Listed = (NikIndex, i64);

impl Lister {
    /// Begins with the run of this first octet. The first list is of one run, and tells how many
    /// may be listed at once.
    pub(super) fn from(octet: u8) -> Self {
        Self { next: octet.into(), span: 1 }
    }

    /// The next rows; `None` at the end. A list may be empty.
    pub(super) async fn next(&mut self, store: &Store) -> Result<Option<Vec<Listed>>, StoreError> {
        if self.next >= RUNS {
            return Ok(None);
        }
        let to = RUNS.min(self.next + self.span);
        let bound = |run: u16| i64::from(run) << LINE_BITS;
        let mut listed = Vec::new();
        on_engine!(&store.pool, |Db, pool| {
            let rows = sqlx::query::<Db>(
                "select nik_index, place from staged_person where place >= $1 and place < $2 \
                 order by nik_index, place",
            )
            .bind(bound(self.next))
            .bind(bound(to))
            .fetch_all(pool)
            .await?;
            listed.reserve(rows.len());
            for row in rows {
                let index = octets(row.try_get(0)?, "staged_person")?;
                listed.push((NikIndex::from_bytes(index), row.try_get(1)?));
            }
        });
        let of_one = (listed.len() / usize::from(self.span)).max(1);
        (self.next, self.span) = (to, u16::try_from(LISTED / of_one).unwrap_or(RUNS).max(1));
        Ok(Some(listed))
    }
}

fn place(index: &NikIndex, line: u64) -> i64 {
    let line = i64::try_from(line).unwrap_or(i64::MAX) & LINE;
    (i64::from(index.as_bytes()[0]) << LINE_BITS) | line
}

/// The line of a place.
pub(super) fn line(place: i64) -> u64 {
    (place & LINE).unsigned_abs()
}

const LINE: i64 = (1 << LINE_BITS) - 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_in_the_run_of_its_index_and_knows_its_line() {
        for octet in [0, 7, 127, 128, 255] {
            let index = NikIndex::from_bytes([octet; 16]);
            for at in [0, 1, 1_000_000, 280_000_000] {
                let place = place(&index, at);
                assert_eq!(line(place), at);
                assert_eq!(place >> LINE_BITS, i64::from(octet));
            }
        }
    }
}
