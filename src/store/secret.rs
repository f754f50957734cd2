//! The keys of persons' own: what the audit log says of somebody is sealed with one, because its rows
//! cannot be deleted. A key is drawn when something is first sealed with it, and goes when the person is
//! erased; then what it sealed is there, and the chain is whole, and nobody can read it.

use std::collections::BTreeMap;

use sqlx::{QueryBuilder, Row as _};

use super::{
    CommitError, Store, StoreError,
    audit::Entry,
    engine::{Tx, octets, on_engine, push_keys},
    facts::distinct,
    sealed::{self, Place},
};
use crate::{
    service::audit::Row,
    vault::{NikIndex, PersonKey, Vault},
};

/// Persons' own keys, as far as they are there.
pub(super) struct Secrets {
    vault: Vault,
    keys: BTreeMap<NikIndex, PersonKey>,
}

impl Secrets {
    /// Nobody's.
    pub(super) fn none(vault: &Vault) -> Self {
        Self { vault: vault.clone(), keys: BTreeMap::new() }
    }

    /// Those by which these rows are read.
    pub(super) async fn of_rows(store: &Store, rows: &[Row]) -> Result<Self, StoreError> {
        let own = |row: &&Row| row.old.is_some() || row.new.is_some();
        let mut persons = Vec::new();
        for person in rows.iter().filter(own).filter_map(|row| row.person.clone()) {
            persons.push(NikIndex::from_bytes(octets(person, "audit")?));
        }
        let mut secrets = Self::none(&store.vault);
        let persons = distinct(persons.into_iter());
        if !persons.is_empty() {
            let mut tx = store.begin_tx().await?;
            secrets.read(&mut tx, &persons).await?;
        }
        Ok(secrets)
    }

    async fn read(&mut self, tx: &mut Tx, persons: &[NikIndex]) -> Result<(), StoreError> {
        on_engine!(tx, |Db, tx| {
            let mut sql = QueryBuilder::<Db>::new(
                "select nik_index, key from person_key where nik_index in (",
            );
            push_keys(&mut sql, persons, |person| person.as_bytes().to_vec());
            sql.push(")");
            for row in sql.build().fetch_all(&mut **tx).await? {
                let person = NikIndex::from_bytes(octets(row.try_get(0)?, "person_key")?);
                let sealed: Vec<u8> = row.try_get(1)?;
                let key = sealed::open(&self.vault, Place::Key(&person), &sealed)?;
                let key = key.try_into().map_err(|_| StoreError::Unreadable("person_key"))?;
                self.keys.insert(person, PersonKey::from_octets(key));
            }
        });
        Ok(())
    }

    /// Seals what is said of somebody; what is said of nobody is sealed by the vault.
    pub(super) fn seal(&self, of: Option<NikIndex>, place: Place<'_>, plain: &[u8]) -> Vec<u8> {
        match of.and_then(|person| self.keys.get(&person)) {
            Some(own) => own.seal(&place.context(), plain),
            None => sealed::seal(&self.vault, place, plain),
        }
    }

    /// Opens it again; `None` if the key is gone, and with it what it sealed.
    pub(super) fn open(
        &self,
        of: Option<NikIndex>,
        place: Place<'_>,
        sealed: &[u8],
    ) -> Result<Option<Vec<u8>>, StoreError> {
        if !PersonKey::sealed(sealed) {
            return sealed::open(&self.vault, place, sealed).map(Some);
        }
        let own = of.and_then(|person| self.keys.get(&person));
        let damaged = |_| StoreError::Unreadable(place.table());
        own.map(|own| own.open(&place.context(), sealed)).transpose().map_err(damaged)
    }
}

/// The keys of those of whom something is said in these acts, drawn where there is none yet.
pub(super) async fn of_acts(
    tx: &mut Tx,
    vault: &Vault,
    entries: &[Entry<'_>],
) -> Result<Secrets, CommitError> {
    let said = |entry: &&Entry<'_>| entry.0.old.is_some() || entry.0.new.is_some();
    let persons = distinct(entries.iter().filter(said).filter_map(|(act, ..)| act.person));
    let mut secrets = Secrets::none(vault);
    if persons.is_empty() {
        return Ok(secrets);
    }
    // Rare: a statement for each, in the order of the keys.
    for person in &persons {
        let key = PersonKey::draw();
        let key = sealed::seal(vault, Place::Key(person), key.as_octets());
        on_engine!(&mut *tx, |Db, tx| {
            sqlx::query::<Db>(
                "insert into person_key (nik_index, key) values ($1, $2) \
                 on conflict (nik_index) do nothing",
            )
            .bind(person.as_bytes().to_vec())
            .bind(key)
            .execute(&mut **tx)
            .await?;
        });
    }
    secrets.read(tx, &persons).await?;
    Ok(secrets)
}
