//! What staff write: the same changes as a turn's, in a transaction of their own.

use sqlx::Row;

use super::{
    Batch, CommitError, Store, StoreError,
    changes::Changes,
    engine::{Dialect, Tx, on_engine},
    outbox,
    sealed::{self, Identity, Place, seal_identity},
};
use crate::{
    clock::Timestamp,
    identity::Msisdn,
    outbox::Notice,
    service::{
        audit::StaffName,
        record::{Correction, DeskChange, Item},
    },
    vault::{SubscriberKey, Vault},
};

/// Everything that one act of staff stores.
#[derive(Debug, Clone, PartialEq)]
pub struct StaffWrite {
    /// Who.
    pub staff: StaffName,
    /// When.
    pub at: Timestamp,
    /// What changes.
    pub changes: Vec<DeskChange>,
    /// What is to be sent because of it.
    pub notices: Vec<Notice>,
}

impl Batch {
    /// Stores an act of staff and makes it durable, all of it or nothing.
    ///
    /// # Errors
    /// See [`CommitError`].
    pub async fn commit_staff(self, write: &StaffWrite) -> Result<(), CommitError> {
        let Self { mut tx, vault } = self;
        Changes::of_staff(write).write(&mut tx, &vault).await?;
        let notices: Vec<&Notice> = write.notices.iter().collect();
        outbox::write(&mut tx, &vault, &notices).await?;
        on_engine!(tx, |_Db, tx| tx.commit().await?);
        Ok(())
    }
}

impl Store {
    /// The number of a phone, if it was here.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn number_of(&self, phone: SubscriberKey) -> Result<Option<Msisdn>, StoreError> {
        let sealed: Option<Vec<u8>> = on_engine!(&self.pool, |Db, pool| {
            sqlx::query_scalar::<Db, _>("select number from subscriber where key = $1")
                .bind(phone.as_bytes().to_vec())
                .fetch_optional(pool)
                .await?
        });
        let Some(sealed) = sealed else { return Ok(None) };
        let plain = sealed::open(&self.vault, Place::Number(&phone), &sealed)?;
        let number = std::str::from_utf8(&plain).ok().and_then(|text| Msisdn::parse_any(text).ok());
        number.map(Some).ok_or(StoreError::Unreadable("subscriber"))
    }
}

/// Writes a correction into the person's row, which nobody else changes meanwhile.
pub(super) async fn correct(
    tx: &mut Tx,
    vault: &Vault,
    correction: &Correction,
) -> Result<(), CommitError> {
    let person = correction.person;
    let place = Place::Person(&person);
    on_engine!(tx, |Db, tx| {
        let row = sqlx::query::<Db>(<Db as Dialect>::LOCK_PERSON)
            .bind(person.as_bytes().to_vec())
            .fetch_optional(&mut **tx)
            .await?;
        let Some(row) = row else { return Err(CommitError::Conflict) };
        let sealed: Vec<u8> = row.try_get(0)?;
        let is = Identity::open(vault, place, &sealed)?;
        let known = is.phone.as_ref();
        let (name, birth, phone) = match &correction.item {
            Item::Name(was, to) if is.name == *was => (to, is.birth, known),
            Item::Birth(was, to) if is.birth == *was => (&is.name, *to, known),
            Item::Phone(was, to) if is.phone == *was => (&is.name, is.birth, to.as_ref()),
            Item::Name(..) | Item::Birth(..) | Item::Phone(..) => {
                return Err(CommitError::Conflict);
            }
        };
        let identity = seal_identity(vault, place, &is.nik, name, birth, phone)?;
        let key = phone.map(|phone| vault.subscriber_key(phone).as_bytes().to_vec());
        // A seat that comes free is offered to the new number.
        if let (Item::Phone(Some(was), Some(_)), Some(key)) = (&correction.item, &key) {
            sqlx::query::<Db>(
                "update wait_list set subscriber = $1 where nik_index = $2 and subscriber = $3",
            )
            .bind(key.clone())
            .bind(person.as_bytes().to_vec())
            .bind(vault.subscriber_key(was).as_bytes().to_vec())
            .execute(&mut **tx)
            .await?;
        }
        sqlx::query::<Db>("update person set identity = $1, phone_key = $2 where nik_index = $3")
            .bind(identity)
            .bind(key)
            .bind(person.as_bytes().to_vec())
            .execute(&mut **tx)
            .await?;
    });
    Ok(())
}
