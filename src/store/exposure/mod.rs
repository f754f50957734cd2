//! Exposure notices: whose a token is, what cases have answered, and which phones were told of which day.
//! An upload is taken in `upload`; where somebody is to be tested is found in `place`.

mod place;
mod upload;

use std::collections::BTreeMap;

use jiff::civil::Date;
use sqlx::{QueryBuilder, Row};

pub use self::upload::{Holder, NotTaken, Upload, Uploaded};
use super::{
    Batch, CommitError, Store, StoreError,
    engine::{Dialect, Tx, octets, on_engine, padded_rows, push_keys},
    facts::distinct,
    sealed::{self, Place},
};
use crate::{
    clock::Timestamp,
    identity::Msisdn,
    outbox::NoticeId,
    service::{
        exposure::{
            CaseFacts, CaseId, Consent, ExposureChange, ExposureFacts, ExposureNeed, ExposureWhat,
        },
        record::Need,
    },
    vault::SubscriberKey,
};

/// Cases of one phone that are looked at: the latest.
const MOST_CASES: i64 = 12;

/// A token, and whose it is.
#[derive(Clone)]
pub struct Binding {
    /// The digest of the token.
    pub token: [u8; 16],
    /// The phone.
    pub phone: Msisdn,
}

/// What came of binding tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// All of them are their phones'.
    All,
    /// One is another phone's, and so none is bound.
    Taken,
    /// A phone would have too many, and so none is bound.
    TooMany,
}

/// A case as it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCase {
    /// Its name.
    pub id: CaseId,
    /// Whose phone.
    pub phone: SubscriberKey,
    /// The day of the test.
    pub tested_on: Date,
    /// When.
    pub at: Timestamp,
    /// Until when it can be answered.
    pub until: Timestamp,
    /// Until when it is known.
    pub keep_until: Timestamp,
}

/// What came of opening a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// It is open now, and is to be asked.
    Fresh,
    /// It was open already.
    Again,
    /// Another case has this name.
    Other,
}

impl Store {
    /// Binds tokens to phones until then, all of them or none. One that is bound to its phone already
    /// stays it longer.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn bind_tokens(
        &self,
        bindings: &[Binding],
        now: Timestamp,
        until: Timestamp,
        most_per_phone: u32,
    ) -> Result<Bound, StoreError> {
        let tokens: BTreeMap<[u8; 16], &Msisdn> =
            bindings.iter().map(|binding| (binding.token, &binding.phone)).collect();
        let key = |phone: &Msisdn| self.vault.subscriber_key(phone);
        if bindings.iter().any(|of| tokens.get(&of.token).is_some_and(|phone| **phone != of.phone))
        {
            return Ok(Bound::Taken);
        }
        let tokens: Vec<_> = tokens.into_iter().collect();
        let phones: Vec<SubscriberKey> = distinct(tokens.iter().map(|(_, phone)| key(phone)));
        if tokens.is_empty() {
            return Ok(Bound::All);
        }
        on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            let mut sql = QueryBuilder::<Db>::new("with bound (token, subscriber, number) as (");
            sql.push_values(padded_rows(&tokens), |mut row, bound| {
                row.push_bind(bound.map(|(token, _)| token.to_vec()))
                    .push_bind(bound.map(|(_, phone)| key(phone).as_bytes().to_vec()))
                    .push_bind(bound.map(|(token, phone)| {
                        sealed::seal(&self.vault, Place::Token(token), phone.as_str().as_bytes())
                    }));
            });
            sql.push(
                ") insert into exposure_token (token, subscriber, number, until) \
                 select token, subscriber, number, ",
            )
            .push_bind(until.millis())
            .push(
                " from bound where token is not null on conflict (token) do update set \
                 subscriber = excluded.subscriber, number = excluded.number, \
                 until = excluded.until where exposure_token.subscriber = excluded.subscriber \
                 or exposure_token.until <= ",
            )
            .push_bind(now.millis());
            let done = sql.build().execute(&mut *tx).await?;
            if done.rows_affected() != tokens.len() as u64 {
                tx.rollback().await?;
                return Ok(Bound::Taken);
            }
            let mut sql = QueryBuilder::<Db>::new(
                "select max(tokens) from (select count(*) as tokens from exposure_token \
                 where until > ",
            );
            sql.push_bind(now.millis()).push(" and subscriber in (");
            push_keys(&mut sql, &phones, |phone| phone.as_bytes().to_vec());
            sql.push(") group by subscriber) as counted");
            let most: i64 = sql.build_query_scalar().fetch_one(&mut *tx).await?;
            if most > i64::from(most_per_phone) {
                tx.rollback().await?;
                return Ok(Bound::TooMany);
            }
            tx.commit().await?;
        });
        Ok(Bound::All)
    }

    /// How a case stands.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn exposure_case(&self, id: &CaseId) -> Result<Option<CaseFacts>, StoreError> {
        on_engine!(&self.pool, |Db, pool| {
            let row = sqlx::query::<Db>(
                "select id, tested_on, state, until from exposure_case where id = $1",
            )
            .bind(id.as_str().to_owned())
            .fetch_optional(pool)
            .await?;
            let Some(row) = row else { return Ok(None) };
            let (id, day, state) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            Ok(Some(read_case(id, day, state, row.try_get(3)?)?))
        })
    }

    /// Deletes at most `limit` contacts that are known no longer, with the notices that told of them, and
    /// says how many rows those were. Tokens and cases have a time of their own ([`Store::purge`]).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn purge_exposures(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut deleted = 0;
        on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            let skip_locked = <Db as Dialect>::SKIP_LOCKED;
            let told: Vec<Option<i64>> =
                sqlx::query_scalar::<Db, _>(sqlx::AssertSqlSafe(format!(
                    "delete from exposure where (subscriber, day) in (select subscriber, day \
                     from exposure where keep_until < $1 order by keep_until limit $2{skip_locked}) \
                     returning notice",
                )))
                .bind(now.millis())
                .bind(i64::from(limit))
                .fetch_all(&mut *tx)
                .await?;
            deleted += told.len() as u64;
            let notices: Vec<i64> = told.into_iter().flatten().collect();
            if !notices.is_empty() {
                let mut sql = QueryBuilder::<Db>::new("delete from notice where id in (");
                push_keys(&mut sql, &notices, |id| id);
                deleted += sql.push(")").build().execute(&mut *tx).await?.rows_affected();
            }
            tx.commit().await?;
        });
        Ok(deleted)
    }
}

impl Batch {
    /// Opens a case. What is to be sent because of it goes with the commit.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn open_case(&mut self, case: &NewCase) -> Result<Opened, StoreError> {
        on_engine!(&mut self.tx, |Db, tx| {
            let fresh = sqlx::query::<Db>(
                "insert into exposure_case (id, subscriber, tested_on, state, opened_at, until, \
                 keep_until) values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing",
            )
            .bind(case.id.as_str().to_owned())
            .bind(case.phone.as_bytes().to_vec())
            .bind(case.tested_on.to_string())
            .bind(Consent::Asked.as_str())
            .bind(case.at.millis())
            .bind(case.until.millis())
            .bind(case.keep_until.millis())
            .execute(&mut **tx)
            .await?;
            if fresh.rows_affected() > 0 {
                return Ok(Opened::Fresh);
            }
            let same: i64 = sqlx::query_scalar::<Db, _>(
                "select count(*) from exposure_case where id = $1 and subscriber = $2 \
                 and tested_on = $3",
            )
            .bind(case.id.as_str().to_owned())
            .bind(case.phone.as_bytes().to_vec())
            .bind(case.tested_on.to_string())
            .fetch_one(&mut **tx)
            .await?;
            Ok(if same > 0 { Opened::Again } else { Opened::Other })
        })
    }

    /// In which language somebody spoke here, if they did.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn language_of(
        &mut self,
        phone: SubscriberKey,
    ) -> Result<Option<String>, StoreError> {
        Ok(read_languages(&mut self.tx, &[phone]).await?.remove(&phone))
    }
}

fn read_case(id: String, day: String, state: String, until: i64) -> Result<CaseFacts, StoreError> {
    let unreadable = || StoreError::Unreadable("exposure_case");
    Ok(CaseFacts {
        id: CaseId::parse(&id).map_err(|_| unreadable())?,
        tested_on: day.parse().map_err(|_| unreadable())?,
        consent: Consent::parse(&state).ok_or_else(unreadable)?,
        until: Timestamp::from_millis(until),
    })
}

/// What each need asks for, in the order of `needs`.
pub(super) async fn read_exposures(
    tx: &mut Tx,
    needs: &[Need],
) -> Result<Vec<ExposureFacts>, StoreError> {
    let asked = || needs.iter().filter_map(|need| need.exposure);
    // A batch is one moment.
    let Some(now) = asked().map(|need| need.at).max() else {
        return Ok(vec![ExposureFacts::default(); needs.len()]);
    };
    let phones = |what: ExposureWhat| -> Vec<SubscriberKey> {
        distinct(asked().filter(|need| need.what == what).map(|need| need.phone))
    };
    let mut known = read_days(tx, &phones(ExposureWhat::Days), now).await?;
    let places = place::read_places(tx, &phones(ExposureWhat::Place), now).await?;
    for (phone, (_, place)) in places {
        known.entry(phone).or_default().place = place;
    }
    let of = |need: ExposureNeed| known.get(&need.phone).cloned();
    Ok(needs.iter().map(|need| need.exposure.and_then(of).unwrap_or_default()).collect())
}

async fn read_days(
    tx: &mut Tx,
    phones: &[SubscriberKey],
    now: Timestamp,
) -> Result<BTreeMap<SubscriberKey, ExposureFacts>, StoreError> {
    let mut known: BTreeMap<SubscriberKey, ExposureFacts> = BTreeMap::new();
    if phones.is_empty() {
        return Ok(known);
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new("with asked (subscriber) as (");
        sql.push_values(padded_rows(phones), |mut row, phone| {
            row.push_bind(phone.map(|phone| phone.as_bytes().to_vec()));
        });
        sql.push(
            ") select asked.subscriber, exposure.day, null, null, 0, 0 from asked join exposure \
             on exposure.subscriber = asked.subscriber where exposure.keep_until > ",
        );
        sql.push_bind(now.millis());
        sql.push(
            " union all select asked.subscriber, exposure_case.tested_on, exposure_case.id, \
             exposure_case.state, exposure_case.until, exposure_case.opened_at from asked \
             join exposure_case on exposure_case.subscriber = asked.subscriber \
             where exposure_case.keep_until > ",
        );
        sql.push_bind(now.millis()).push(" order by 6 desc");
        for row in sql.build().fetch_all(&mut **tx).await? {
            let phone = SubscriberKey::from_bytes(octets(row.try_get(0)?, "exposure")?);
            let facts = known.entry(phone).or_default();
            let day: String = row.try_get(1)?;
            match row.try_get::<Option<String>, _>(2)? {
                None => {
                    facts.days.push(day.parse().map_err(|_| StoreError::Unreadable("exposure"))?);
                }
                Some(_) if facts.cases.len() as i64 >= MOST_CASES => {}
                Some(id) => {
                    let state = row.try_get::<Option<String>, _>(3)?.unwrap_or_default();
                    facts.cases.push(read_case(id, day, state, row.try_get(4)?)?);
                }
            }
        }
    });
    known.values_mut().for_each(|facts| facts.cases.reverse());
    Ok(known)
}

async fn read_languages(
    tx: &mut Tx,
    phones: &[SubscriberKey],
) -> Result<BTreeMap<SubscriberKey, String>, StoreError> {
    let mut languages = BTreeMap::new();
    if phones.is_empty() {
        return Ok(languages);
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "select key, language from subscriber where language is not null and key in (",
        );
        push_keys(&mut sql, phones, |phone| phone.as_bytes().to_vec());
        sql.push(")");
        for row in sql.build().fetch_all(&mut **tx).await? {
            let phone = SubscriberKey::from_bytes(octets(row.try_get(0)?, "subscriber")?);
            languages.insert(phone, row.try_get(1)?);
        }
    });
    Ok(languages)
}

/// Answers of cases, in the order of their names. One that is used or over, or is another phone's, is a
/// conflict: the turn looks again. Rare: a statement for each.
pub(super) async fn write(
    tx: &mut Tx,
    mut answers: Vec<(&ExposureChange, SubscriberKey, Option<&str>, Timestamp)>,
) -> Result<(), CommitError> {
    answers.sort_by_key(|(change, ..)| change.case.clone());
    for (change, phone, channel, at) in answers {
        on_engine!(&mut *tx, |Db, tx| {
            if change.consent == Consent::Withdrawn {
                sqlx::query::<Db>(
                    "update consent set withdrawn_at = $1 where subscriber = $2 \
                     and withdrawn_at is null and (version, at) = (select consent, answered_at \
                     from exposure_case where id = $3 and subscriber = $2)",
                )
                .bind(at.millis())
                .bind(phone.as_bytes().to_vec())
                .bind(change.case.as_str().to_owned())
                .execute(&mut **tx)
                .await?;
            }
            let done = sqlx::query::<Db>(
                "update exposure_case set state = $1, consent = coalesce($2, consent), \
                 channel = $3, answered_at = $4, until = $5, \
                 keep_until = case when keep_until > $5 then keep_until else $5 end \
                 where id = $6 and subscriber = $7 and state <> 'used' and until > $4",
            )
            .bind(change.consent.as_str())
            .bind(change.version.clone())
            .bind(channel.map(str::to_owned))
            .bind(at.millis())
            .bind(change.until.millis())
            .bind(change.case.as_str().to_owned())
            .bind(phone.as_bytes().to_vec())
            .execute(&mut **tx)
            .await?;
            if done.rows_affected() != 1 {
                return Err(CommitError::Conflict);
            }
        });
    }
    Ok(())
}

/// The phone behind a sealed number.
fn open_number(
    vault: &crate::vault::Vault,
    token: &[u8; 16],
    sealed: &[u8],
) -> Result<Msisdn, StoreError> {
    let plain = sealed::open(vault, Place::Token(token), sealed)?;
    let number = std::str::from_utf8(&plain).ok().and_then(|text| Msisdn::parse_any(text).ok());
    number.ok_or(StoreError::Unreadable("exposure_token"))
}

/// The notice that told a phone of a day.
type ToldBy = (SubscriberKey, Date, NoticeId);
