//! What is kept of a person beside the record, read for the person.

use sqlx::Row as _;

use super::{Batch, StoreError, engine::on_engine, right::read_consents, ticket::read_about};
use crate::{
    clock::Timestamp,
    service::{right::Consent, ticket::Ticket},
    vault::{NikIndex, SubscriberKey},
};

/// What is kept of a person beside the record.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct KeptOf {
    /// Registrations, oldest first.
    pub registrations: Vec<KeptRegistration>,
    /// Appointments, whatever became of them.
    pub appointments: Vec<KeptAppointment>,
    /// Certificates that somebody asked for.
    pub certificates: Vec<KeptCertificate>,
    /// What the registered phone agreed to.
    pub consents: Vec<Consent>,
    /// Tickets about the person.
    pub tickets: Vec<Ticket>,
    /// Phones that may see the person.
    pub phones: u64,
}

/// A registration.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the column of its name")]
pub struct KeptRegistration {
    pub number: String,
    pub standing: String,
    pub at: Timestamp,
    pub regency: String,
    pub screening: String,
    pub consent: String,
    pub channel: Option<String>,
}

/// An appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the column of its name")]
pub struct KeptAppointment {
    pub number: String,
    pub dose: i64,
    pub facility: String,
    pub start: Timestamp,
    pub state: String,
}

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the column of its name")]
pub struct KeptCertificate {
    pub dose: i64,
    pub code: String,
    pub issued: Timestamp,
    pub good_until: String,
    pub revoked: Option<Timestamp>,
}

/// What is read by the person, each by an index: of registrations there are two, one for each standing.
pub(super) const BY_PERSON: [&str; 4] = [
    "select number, standing, at, regency, screening, consent, channel from registration \
     where nik_index = $1 and standing = 'registered' \
     union all select number, standing, at, regency, screening, consent, channel \
     from registration where nik_index = $1 and standing = 'waiting' order by at, number",
    "select number, dose, facility, start, state from appointment \
     where nik_index = $1 order by start, number",
    "select dose, code, issued_at, good_until, revoked_at from certificate \
     where nik_index = $1 order by dose",
    "select count(*) from acquaintance where nik_index = $1",
];

impl Batch {
    /// Reads what is kept of a person, and what their phone agreed to.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn kept_of(
        &mut self,
        person: NikIndex,
        phone: Option<SubscriberKey>,
    ) -> Result<KeptOf, StoreError> {
        let Self { tx, vault } = self;
        let mut kept = KeptOf::default();
        let index = person.as_bytes().to_vec();
        on_engine!(&mut *tx, |Db, tx| {
            let [registrations, appointments, certificates, phones] = BY_PERSON;
            let rows = sqlx::query::<Db>(registrations).bind(index.clone());
            for row in rows.fetch_all(&mut **tx).await? {
                kept.registrations.push(KeptRegistration {
                    number: row.try_get(0)?,
                    standing: row.try_get(1)?,
                    at: Timestamp::from_millis(row.try_get(2)?),
                    regency: row.try_get(3)?,
                    screening: row.try_get(4)?,
                    consent: row.try_get(5)?,
                    channel: row.try_get(6)?,
                });
            }
            let rows = sqlx::query::<Db>(appointments).bind(index.clone());
            for row in rows.fetch_all(&mut **tx).await? {
                kept.appointments.push(KeptAppointment {
                    number: row.try_get(0)?,
                    dose: row.try_get(1)?,
                    facility: row.try_get(2)?,
                    start: Timestamp::from_millis(row.try_get(3)?),
                    state: row.try_get(4)?,
                });
            }
            let rows = sqlx::query::<Db>(certificates).bind(index.clone());
            for row in rows.fetch_all(&mut **tx).await? {
                let revoked: Option<i64> = row.try_get(4)?;
                kept.certificates.push(KeptCertificate {
                    dose: row.try_get(0)?,
                    code: row.try_get(1)?,
                    issued: Timestamp::from_millis(row.try_get(2)?),
                    good_until: row.try_get(3)?,
                    revoked: revoked.map(Timestamp::from_millis),
                });
            }
            let phones: i64 =
                sqlx::query_scalar::<Db, _>(phones).bind(index).fetch_one(&mut **tx).await?;
            kept.phones = phones.unsigned_abs();
        });
        if let Some(phone) = phone {
            kept.consents = read_consents(tx, phone).await?;
        }
        kept.tickets = read_about(tx, vault, person).await?;
        Ok(kept)
    }
}
