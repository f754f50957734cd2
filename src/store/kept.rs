//! What is kept of a person beside the record, read for the person: of every table that is erased for a
//! person, and of their registered phone. A test looks that no table is forgotten.

use sqlx::Row as _;

use super::{
    Batch, StoreError,
    engine::{Tx, on_engine},
    right::{read_consents, read_heard},
    ticket::read_about,
};
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
    /// Tickets about the person.
    pub tickets: Vec<Ticket>,
    /// Phones that may see the person.
    pub phones: u64,
    /// Places where the person waits for room.
    pub lines: Vec<KeptLine>,
    /// What the outside record is still to be asked.
    pub inquiries: Vec<KeptInquiry>,
    /// What the outside record said last.
    pub fetched: Option<KeptFetched>,
    /// Failed attempts to be taken for somebody who knows the person, by any phone.
    pub failures: Vec<KeptFailures>,
    /// What an officer heard the person agree to, latest first.
    pub heard: Vec<Consent>,
    /// What is kept of the registered phone.
    pub phone: Option<KeptPhone>,
}

/// Where each table of [`super::ERASED`] is written out: its word in what the person gets.
pub const WRITTEN_OUT: &[(&str, &str)] = &[
    ("registration", "registrations"),
    ("consent", "consents_heard"),
    ("acquaintance", "phones"),
    ("lookup", "failed_attempts"),
    ("inquiry", "inquiries"),
    ("fetched", "outside_record"),
    ("appointment", "appointments"),
    ("wait_list", "waiting"),
    ("ticket", "tickets"),
];

/// Which of them are not, and why.
pub const NOT_WRITTEN_OUT: &[(&str, &str)] = &[
    ("code", "a digest of a one-time code, good for minutes"),
    ("code_asked", "when codes were asked for; gone after two days"),
    ("code_line", "when codes were sent; gone after two days"),
    ("seat", "the other side of an appointment, or of what is offered in a line"),
    ("person_key", "a key, and nothing of the person"),
];

/// A place where the person waits for room.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the column of its name")]
pub struct KeptLine {
    pub facility: String,
    pub dose: i64,
    pub since: Timestamp,
    pub offer_until: Option<Timestamp>,
}

/// What the outside record is still to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the column of its name")]
pub struct KeptInquiry {
    pub kind: String,
    pub at: Timestamp,
}

/// What the outside record said last.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the column of its name")]
pub struct KeptFetched {
    pub at: Timestamp,
    pub standing: String,
    pub number: Option<String>,
    pub reference: Option<String>,
}

/// Failed attempts of one phone.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the column of its name")]
pub struct KeptFailures {
    pub failures: i64,
    pub at: Timestamp,
}

/// What is kept of the registered phone.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct KeptPhone {
    /// What it agreed to.
    pub consents: Vec<Consent>,
    /// The language that was chosen there.
    pub language: Option<String>,
    /// Since when it gets no broadcasts.
    pub opted_out: Option<Timestamp>,
    /// Days on which it was near somebody who tested positive.
    pub near: Vec<String>,
    /// Positive tests that it was asked about: the day, and how the consent stands.
    pub tests: Vec<(String, String)>,
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
pub(super) const BY_PERSON: [&str; 8] = [
    "select number, standing, at, regency, screening, consent, channel from registration \
     where nik_index = $1 and standing = 'registered' \
     union all select number, standing, at, regency, screening, consent, channel \
     from registration where nik_index = $1 and standing = 'waiting' order by at, number",
    "select number, dose, facility, start, state from appointment \
     where nik_index = $1 order by start, number",
    "select dose, code, issued_at, good_until, coalesce(revoked_at, \
     (select certificate_ban.at from certificate_ban \
     where certificate_ban.nik_index = certificate.nik_index)) from certificate \
     where nik_index = $1 order by dose",
    "select count(*) from acquaintance where nik_index = $1",
    "select facility, dose, since, offer_until from wait_list \
     where nik_index = $1 order by since, facility",
    "select kind, at from inquiry where nik_index = $1 order by id",
    "select at, standing, number, reference from fetched where nik_index = $1",
    "select failures, at from lookup where nik_index = $1 order by at",
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
            let [
                registrations,
                appointments,
                certificates,
                phones,
                lines,
                inquiries,
                fetched,
                failures,
            ] = BY_PERSON;
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
            let phones: i64 = sqlx::query_scalar::<Db, _>(phones)
                .bind(index.clone())
                .fetch_one(&mut **tx)
                .await?;
            kept.phones = phones.unsigned_abs();
            let rows = sqlx::query::<Db>(lines).bind(index.clone());
            for row in rows.fetch_all(&mut **tx).await? {
                let offered: Option<i64> = row.try_get(3)?;
                kept.lines.push(KeptLine {
                    facility: row.try_get(0)?,
                    dose: row.try_get(1)?,
                    since: Timestamp::from_millis(row.try_get(2)?),
                    offer_until: offered.map(Timestamp::from_millis),
                });
            }
            let rows = sqlx::query::<Db>(inquiries).bind(index.clone());
            for row in rows.fetch_all(&mut **tx).await? {
                let at = Timestamp::from_millis(row.try_get(1)?);
                kept.inquiries.push(KeptInquiry { kind: row.try_get(0)?, at });
            }
            let row = sqlx::query::<Db>(fetched).bind(index.clone());
            if let Some(row) = row.fetch_optional(&mut **tx).await? {
                kept.fetched = Some(KeptFetched {
                    at: Timestamp::from_millis(row.try_get(0)?),
                    standing: row.try_get(1)?,
                    number: row.try_get(2)?,
                    reference: row.try_get(3)?,
                });
            }
            let rows = sqlx::query::<Db>(failures).bind(index);
            for row in rows.fetch_all(&mut **tx).await? {
                let at = Timestamp::from_millis(row.try_get(1)?);
                kept.failures.push(KeptFailures { failures: row.try_get(0)?, at });
            }
        });
        kept.heard = read_heard(tx, person).await?;
        if let Some(phone) = phone {
            kept.phone = Some(read_phone(tx, phone).await?);
        }
        kept.tickets = read_about(tx, vault, person).await?;
        Ok(kept)
    }
}

async fn read_phone(tx: &mut Tx, phone: SubscriberKey) -> Result<KeptPhone, StoreError> {
    let mut consents = read_consents(tx, phone).await?;
    // Given by whoever had the number before, as far as we know.
    consents.retain(|of| of.parted.is_none());
    let mut kept = KeptPhone { consents, ..KeptPhone::default() };
    let key = phone.as_bytes().to_vec();
    on_engine!(tx, |Db, tx| {
        let language = "select language from subscriber where key = $1";
        let language: Option<Option<String>> = sqlx::query_scalar::<Db, _>(language)
            .bind(key.clone())
            .fetch_optional(&mut **tx)
            .await?;
        kept.language = language.flatten();
        let opted = "select at from opt_out where subscriber = $1";
        let opted: Option<i64> =
            sqlx::query_scalar::<Db, _>(opted).bind(key.clone()).fetch_optional(&mut **tx).await?;
        kept.opted_out = opted.map(Timestamp::from_millis);
        let near = "select day from exposure where subscriber = $1 order by day";
        kept.near =
            sqlx::query_scalar::<Db, _>(near).bind(key.clone()).fetch_all(&mut **tx).await?;
        let tests = "select tested_on, state from exposure_case where subscriber = $1 \
                     order by opened_at, id";
        kept.tests = sqlx::query_as::<Db, _>(tests).bind(key).fetch_all(&mut **tx).await?;
    });
    Ok(kept)
}
