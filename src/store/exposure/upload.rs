//! An upload: contacts of a case that has said yes, taken whole or not at all.
//!
//! The case's row is held from the first statement to the commit, so a no that comes at the same moment
//! waits and then sees that it is too late, and the same upload a second time sees the first. Whom it
//! tells is what the key of `exposure` lets in: each phone and day once, however many cases name it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use sqlx::{QueryBuilder, Row};

use super::{ToldBy, open_number, place::read_places, read_languages};
use crate::{
    clock::Timestamp,
    identity::Msisdn,
    outbox::NoticeId,
    service::exposure::{CaseId, Consent, TestingPlace},
    store::{
        Batch, StoreError,
        engine::{Tx, octets, on_engine, padded_rows, push_keys},
    },
    vault::SubscriberKey,
};

/// What is uploaded.
#[derive(Clone)]
pub struct Upload {
    /// Of which case.
    pub case: CaseId,
    /// Digests of tokens, with the day and until when it is known.
    pub contacts: BTreeSet<([u8; 16], Date)>,
    /// A digest of all of it.
    pub digest: [u8; 16],
    /// When.
    pub at: Timestamp,
    /// The name of the first notice; the others follow it.
    pub first: NoticeId,
}

/// A phone that is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The phone.
    pub phone: Msisdn,
    /// The latest of the days that are news to it.
    pub day: Date,
    /// The name of its notice.
    pub notice: NoticeId,
    /// The language that was chosen there.
    pub language: Option<String>,
    /// The regency of its home, if that is known.
    pub home: Option<String>,
    /// Where to be tested there.
    pub place: Option<TestingPlace>,
}

/// What came of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Uploaded {
    /// These are to be told, with the commit.
    Taken(Vec<Holder>),
    /// It was taken before.
    Again,
    /// Nothing is taken, and nothing is changed.
    Not(NotTaken),
}

/// Why nothing is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NotTaken {
    /// There is no such case.
    NoCase,
    /// The case has not answered.
    Unanswered,
    /// It has said no.
    Refused,
    /// It is too late: what it said stands no longer, or it never answered.
    Expired,
    /// Something else was uploaded for it.
    Other,
    /// A token is nobody's.
    Unknown,
}

impl Batch {
    /// Takes an upload, if its case has said yes and that stands, and says who is to be told.
    /// `keep_until`: until when a contact of a day is known. What is not taken leaves nothing, once the
    /// batch is dropped.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn take_contacts(
        &mut self,
        upload: &Upload,
        keep_until: impl Fn(Date) -> Timestamp,
    ) -> Result<Uploaded, StoreError> {
        let Self { tx, vault } = self;
        let case = match use_consent(tx, upload).await? {
            Ok(case) => case,
            Err(uploaded) => return Ok(uploaded),
        };
        let tokens: Vec<[u8; 16]> = upload
            .contacts
            .iter()
            .map(|(token, _)| *token)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let bound = read_tokens(tx, &tokens, upload.at).await?;
        if bound.len() != tokens.len() {
            return Ok(Uploaded::Not(NotTaken::Unknown));
        }
        let mut phones: BTreeMap<SubscriberKey, Msisdn> = BTreeMap::new();
        let mut days: BTreeSet<(SubscriberKey, Date)> = BTreeSet::new();
        for (token, day) in &upload.contacts {
            let Some((phone, number)) = bound.get(token) else { continue };
            // Nobody is a contact of their own.
            if *phone == case {
                continue;
            }
            days.insert((*phone, *day));
            if !phones.contains_key(phone) {
                phones.insert(*phone, open_number(vault, token, number)?);
            }
        }
        let days: Vec<_> =
            days.into_iter().map(|(phone, day)| (phone, day, keep_until(day))).collect();
        let mut news: BTreeMap<SubscriberKey, Date> = BTreeMap::new();
        for (phone, day) in write_days(tx, &days).await? {
            let latest = news.entry(phone).or_insert(day);
            *latest = day.max(*latest);
        }
        let told: Vec<ToldBy> = news
            .iter()
            .enumerate()
            .map(|(place, (phone, day))| (*phone, *day, upload.first.after(place)))
            .collect();
        write_told(tx, &told).await?;
        let keys: Vec<SubscriberKey> = told.iter().map(|(phone, ..)| *phone).collect();
        let mut languages = read_languages(tx, &keys).await?;
        let mut places = read_places(tx, &keys, upload.at).await?;
        let holder = |(key, day, notice): ToldBy| {
            let (home, place) = places.remove(&key).unzip();
            let (phone, place) = (phones.remove(&key)?, place.flatten());
            Some(Holder { phone, day, notice, language: languages.remove(&key), home, place })
        };
        Ok(Uploaded::Taken(told.into_iter().filter_map(holder).collect()))
    }
}

/// Uses the consent of the case; whose phone it is, or why there is none.
async fn use_consent(
    tx: &mut Tx,
    upload: &Upload,
) -> Result<Result<SubscriberKey, Uploaded>, StoreError> {
    on_engine!(tx, |Db, tx| {
        let used: Option<Vec<u8>> = sqlx::query_scalar::<Db, _>(
            "update exposure_case set state = 'used', uploaded = $1 \
             where id = $2 and state = 'given' and until > $3 returning subscriber",
        )
        .bind(upload.digest.to_vec())
        .bind(upload.case.as_str().to_owned())
        .bind(upload.at.millis())
        .fetch_optional(&mut **tx)
        .await?;
        if let Some(phone) = used {
            return Ok(Ok(SubscriberKey::from_bytes(octets(phone, "exposure_case")?)));
        }
        let row =
            sqlx::query::<Db>("select state, uploaded, until from exposure_case where id = $1")
                .bind(upload.case.as_str().to_owned())
                .fetch_optional(&mut **tx)
                .await?;
        let Some(row) = row else { return Ok(Err(Uploaded::Not(NotTaken::NoCase))) };
        let state: String = row.try_get(0)?;
        let uploaded: Option<Vec<u8>> = row.try_get(1)?;
        let over = row.try_get::<i64, _>(2)? <= upload.at.millis();
        let state = Consent::parse(&state).ok_or(StoreError::Unreadable("exposure_case"))?;
        Ok(Err(match state {
            Consent::Used if uploaded.as_deref() == Some(&upload.digest[..]) => Uploaded::Again,
            Consent::Used => Uploaded::Not(NotTaken::Other),
            Consent::Refused | Consent::Withdrawn => Uploaded::Not(NotTaken::Refused),
            Consent::Asked if !over => Uploaded::Not(NotTaken::Unanswered),
            Consent::Asked | Consent::Given => Uploaded::Not(NotTaken::Expired),
        }))
    })
}

/// The phones of tokens, with their numbers as they are sealed.
async fn read_tokens(
    tx: &mut Tx,
    tokens: &[[u8; 16]],
    now: Timestamp,
) -> Result<BTreeMap<[u8; 16], (SubscriberKey, Vec<u8>)>, StoreError> {
    let mut bound = BTreeMap::new();
    if tokens.is_empty() {
        return Ok(bound);
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "select token, subscriber, number from exposure_token where until > ",
        );
        sql.push_bind(now.millis()).push(" and token in (");
        push_keys(&mut sql, tokens, |token| token.to_vec());
        sql.push(")");
        for row in sql.build().fetch_all(&mut **tx).await? {
            let token = octets(row.try_get(0)?, "exposure_token")?;
            let phone = SubscriberKey::from_bytes(octets(row.try_get(1)?, "exposure_token")?);
            bound.insert(token, (phone, row.try_get(2)?));
        }
    });
    Ok(bound)
}

/// Writes days of phones, in the order of their keys; those that are news.
async fn write_days(
    tx: &mut Tx,
    days: &[(SubscriberKey, Date, Timestamp)],
) -> Result<Vec<(SubscriberKey, Date)>, StoreError> {
    let mut news = Vec::new();
    if days.is_empty() {
        return Ok(news);
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new("with near (subscriber, day, keep_until) as (");
        sql.push_values(padded_rows(days), |mut row, day| {
            row.push_bind(day.map(|(phone, ..)| phone.as_bytes().to_vec()))
                .push_bind(day.map(|(_, day, _)| day.to_string()))
                .push_bind(day.map(|(.., until)| until.millis()));
        });
        sql.push(
            ") insert into exposure (subscriber, day, keep_until) \
             select subscriber, day, keep_until from near where subscriber is not null \
             order by subscriber, day on conflict (subscriber, day) do nothing \
             returning subscriber, day",
        );
        for row in sql.build().fetch_all(&mut **tx).await? {
            let phone = SubscriberKey::from_bytes(octets(row.try_get(0)?, "exposure")?);
            let day: String = row.try_get(1)?;
            news.push((phone, day.parse().map_err(|_| StoreError::Unreadable("exposure"))?));
        }
    });
    Ok(news)
}

async fn write_told(tx: &mut Tx, told: &[ToldBy]) -> Result<(), StoreError> {
    if told.is_empty() {
        return Ok(());
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new("with told (subscriber, day, notice) as (");
        sql.push_values(padded_rows(told), |mut row, told| {
            row.push_bind(told.map(|(phone, ..)| phone.as_bytes().to_vec()))
                .push_bind(told.map(|(_, day, _)| day.to_string()))
                .push_bind(told.map(|(.., notice)| notice.as_i64()));
        });
        sql.push(
            ") update exposure set notice = told.notice from told \
             where exposure.subscriber = told.subscriber and exposure.day = told.day",
        );
        sql.build().execute(&mut **tx).await?;
    });
    Ok(())
}
