//! Certificates that somebody asked for: found by what is shown of them, issued, sent and revoked; and
//! how many each phone has checked.

use std::collections::BTreeSet;

use jiff::civil::Date;
use sqlx::{QueryBuilder, Row};

use super::{
    CommitError, Store, StoreError,
    audit::Log,
    engine::{Tx, octets, on_engine, padded_rows, push_keys},
    facts::read_persons,
};
use crate::{
    certificate::{code::ShortCode, serial::Serial},
    clock::Timestamp,
    service::{
        audit::{Act, Deed, Doer, StaffName},
        certificate::{
            CertificateChange, CertificateFacts, CertificateNeed, Handle, Issued, Sent,
            revoke::Revoked,
        },
        record::{Need, Person},
    },
    vault::{NikIndex, SubscriberKey},
};

/// How long it is known who checked how many: a year, for whoever asks who looked.
const KEEP_CHECKS: i64 = 366 * 86_400_000;

const COLUMNS: &str = "nik_index, dose, code, serial, good_until, sent_on, sent, \
    coalesce(revoked_at, (select certificate_ban.at from certificate_ban \
    where certificate_ban.nik_index = certificate.nik_index))";

/// A row, in the order of [`COLUMNS`].
type Kept = (Vec<u8>, i64, String, i64, String, Option<String>, i64, Option<i64>);

impl Store {
    /// Finds the certificate that somebody shows, with its holder.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], or [`StoreError::Unreadable`] if a row was damaged.
    pub async fn certificate(&self, by: &Handle) -> Result<Option<(Issued, Person)>, StoreError> {
        let mut tx = self.begin_tx().await?;
        let Some(issued) = find(&mut tx, by).await? else { return Ok(None) };
        let mut persons = read_persons(&mut tx, &self.vault, &[issued.person]).await?;
        let person = persons.remove(&issued.person);
        on_engine!(tx, |_Db, tx| tx.rollback().await?);
        Ok(person.map(|person| (issued, person)))
    }

    /// Revokes certificates, and says how many, with a row of the log. What is revoked stays revoked, with the
    /// reason given first.
    ///
    /// # Errors
    /// See [`CommitError`].
    pub async fn revoke_certificates(
        &self,
        which: &Revoked,
        reason: &str,
        (staff, now): (&StaffName, Timestamp),
    ) -> Result<Option<u64>, CommitError> {
        let mut tx = self.begin_tx().await?;
        let revoked = match which {
            Revoked::Code(code) => revoke_one(&mut tx, code.as_str(), reason, now).await?,
            Revoked::Person(person) => ban(&mut tx, *person, reason, now).await?,
        };
        let Some((person, revoked)) = revoked else { return Ok(None) };
        self.commit_logged(tx, Deed::CertificateRevoked, person, (staff, now)).await?;
        Ok(Some(revoked))
    }

    /// A person may have certificates again: those that only [`Revoked::Person`] took back are good once
    /// more, and others can be asked for. Says whether they could not; if so, it is a row of the log.
    ///
    /// # Errors
    /// See [`CommitError`].
    pub async fn allow_certificates(
        &self,
        person: NikIndex,
        by: (&StaffName, Timestamp),
    ) -> Result<bool, CommitError> {
        let mut tx = self.begin_tx().await?;
        let allowed = on_engine!(&mut tx, |Db, tx| {
            sqlx::query::<Db>("delete from certificate_ban where nik_index = $1")
                .bind(person.as_bytes().to_vec())
                .execute(&mut **tx)
                .await?
                .rows_affected()
        });
        if allowed > 0 {
            self.commit_logged(tx, Deed::CertificateAllowed, person, by).await?;
        }
        Ok(allowed > 0)
    }

    /// Logs what staff did about a person, and commits it.
    async fn commit_logged(
        &self,
        mut tx: Tx,
        deed: Deed,
        person: NikIndex,
        (staff, at): (&StaffName, Timestamp),
    ) -> Result<(), CommitError> {
        let act = Act::new(deed).about(Some(person));
        let mut log = Log::default();
        log.add(&act, Doer::Staff(staff.clone()), at);
        log.write(&mut tx, &self.vault).await?;
        on_engine!(tx, |_Db, tx| tx.commit().await?);
        Ok(())
    }

    /// Puts certificates in as they are, for those who try menus out.
    ///
    /// # Errors
    /// See [`CommitError`].
    pub async fn put_certificates(
        &self,
        all: &[Issued],
        now: Timestamp,
    ) -> Result<(), CommitError> {
        let mut tx = self.begin_tx().await?;
        for issued in all {
            issue(&mut tx, issued, now).await?;
        }
        on_engine!(tx, |_Db, tx| tx.commit().await?);
        Ok(())
    }
}

/// The person of the certificate, and that it is one.
async fn revoke_one(
    tx: &mut Tx,
    code: &str,
    reason: &str,
    now: Timestamp,
) -> Result<Option<(NikIndex, u64)>, StoreError> {
    let person: Option<Vec<u8>> = on_engine!(tx, |Db, tx| {
        sqlx::query_scalar::<Db, _>(
            "update certificate set revoked_at = $1, reason = $2 \
             where revoked_at is null and code = $3 returning nik_index",
        )
        .bind(now.millis())
        .bind(reason.to_owned())
        .bind(code.to_owned())
        .fetch_optional(&mut **tx)
        .await?
    });
    let person = person.map(|person| octets(person, "certificate")).transpose()?;
    Ok(person.map(|person| (NikIndex::from_bytes(person), 1)))
}

/// Nothing of a person is good from now on, neither what there is nor what would be asked for.
async fn ban(
    tx: &mut Tx,
    person: NikIndex,
    reason: &str,
    now: Timestamp,
) -> Result<Option<(NikIndex, u64)>, StoreError> {
    Ok(on_engine!(tx, |Db, tx| {
        let banned = sqlx::query::<Db>(
            "insert into certificate_ban (nik_index, reason, at) values ($1, $2, $3) \
             on conflict (nik_index) do nothing",
        )
        .bind(person.as_bytes().to_vec())
        .bind(reason.to_owned())
        .bind(now.millis())
        .execute(&mut **tx)
        .await?;
        if banned.rows_affected() == 0 {
            return Ok(None);
        }
        let good: i64 = sqlx::query_scalar::<Db, _>(
            "select count(*) from certificate where nik_index = $1 and revoked_at is null",
        )
        .bind(person.as_bytes().to_vec())
        .fetch_one(&mut **tx)
        .await?;
        Some((person, good.unsigned_abs()))
    }))
}

/// What each need asks to know of certificates, in the order of `needs`.
pub(super) async fn read_certificates(
    tx: &mut Tx,
    needs: &[Need],
) -> Result<Vec<CertificateFacts>, StoreError> {
    let holder = |need: &Need| match &need.certificate {
        Some(CertificateNeed::Of(person)) => Some(*person),
        _ => None,
    };
    let mut holders: Vec<NikIndex> = needs.iter().filter_map(holder).collect();
    holders.sort_unstable();
    holders.dedup();
    let all = of_holders(tx, &holders).await?;
    let banned = banned(tx, &holders).await?;
    let mut facts = Vec::with_capacity(needs.len());
    for need in needs {
        facts.push(match &need.certificate {
            Some(CertificateNeed::Of(person)) => {
                let own = all.iter().filter(|issued| issued.person == *person);
                let (issued, banned) = (own.cloned().collect(), banned.contains(person));
                CertificateFacts { issued, banned, checks: 0 }
            }
            // Rare beside all else: statements of their own.
            Some(CertificateNeed::Shown { by, checker, day }) => CertificateFacts {
                banned: false,
                checks: checks(tx, *checker, *day).await?,
                issued: match by {
                    Some(by) => find(tx, by).await?.into_iter().collect(),
                    None => Vec::new(),
                },
            },
            None => CertificateFacts::default(),
        });
    }
    Ok(facts)
}

async fn of_holders(tx: &mut Tx, holders: &[NikIndex]) -> Result<Vec<Issued>, StoreError> {
    let mut all = Vec::new();
    if holders.is_empty() {
        return Ok(all);
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new("select ");
        sql.push(COLUMNS).push(" from certificate where nik_index in (");
        push_keys(&mut sql, holders, |holder| holder.as_bytes().to_vec());
        sql.push(") order by nik_index, dose");
        for row in sql.build_query_as::<Kept>().fetch_all(&mut **tx).await? {
            all.push(issued(row)?);
        }
    });
    Ok(all)
}

/// Those of them that may have none.
async fn banned(tx: &mut Tx, holders: &[NikIndex]) -> Result<BTreeSet<NikIndex>, StoreError> {
    let mut banned = BTreeSet::new();
    if holders.is_empty() {
        return Ok(banned);
    }
    on_engine!(tx, |Db, tx| {
        let mut sql =
            QueryBuilder::<Db>::new("select nik_index from certificate_ban where nik_index in (");
        push_keys(&mut sql, holders, |holder| holder.as_bytes().to_vec());
        for row in sql.push(")").build().fetch_all(&mut **tx).await? {
            banned.insert(NikIndex::from_bytes(octets(row.try_get(0)?, "certificate_ban")?));
        }
    });
    Ok(banned)
}

async fn find(tx: &mut Tx, by: &Handle) -> Result<Option<Issued>, StoreError> {
    let (code, serial) = match by {
        Handle::Code(code) => (Some(code.as_str().to_owned()), None),
        Handle::Serial(serial) => (None, Some(stored(*serial))),
    };
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new("select ");
        sql.push(COLUMNS).push(" from certificate where code = ").push_bind(code);
        sql.push(" or serial = ").push_bind(serial);
        sql.build_query_as::<Kept>().fetch_optional(&mut **tx).await?.map(issued).transpose()
    })
}

async fn checks(tx: &mut Tx, checker: SubscriberKey, day: Date) -> Result<u32, StoreError> {
    let checks: Option<i64> = on_engine!(tx, |Db, tx| {
        sqlx::query_scalar::<Db, _>(
            "select checks from certificate_check where subscriber = $1 and day = $2",
        )
        .bind(checker.as_bytes().to_vec())
        .bind(day.to_string())
        .fetch_optional(&mut **tx)
        .await?
    });
    Ok(checks.map_or(0, |checks| u32::try_from(checks).unwrap_or(u32::MAX)))
}

/// What turns change about certificates.
#[derive(Default)]
pub(super) struct Certificates<'a> {
    changes: Vec<(&'a CertificateChange, Timestamp)>,
    checked: Vec<(SubscriberKey, Date, Timestamp)>,
}

impl<'a> Certificates<'a> {
    pub(super) fn add(
        &mut self,
        phone: SubscriberKey,
        change: &'a CertificateChange,
        at: Timestamp,
    ) {
        match change {
            CertificateChange::Checked { day } => self.checked.push((phone, *day, at)),
            _ => self.changes.push((change, at)),
        }
    }

    pub(super) async fn write(mut self, tx: &mut Tx) -> Result<(), CommitError> {
        // Two of one certificate keep their order, and nodes go in the order of the key.
        self.changes.sort_by_key(|(change, _)| key(change));
        for (change, at) in &self.changes {
            write(tx, change, *at).await?;
        }
        if self.checked.is_empty() {
            return Ok(());
        }
        self.checked.sort_unstable();
        // A phone has one turn in a batch, and checks one certificate in a turn.
        self.checked.dedup_by_key(|(phone, day, _)| (*phone, *day));
        on_engine!(tx, |Db, tx| {
            let mut sql =
                QueryBuilder::<Db>::new("with checked (subscriber, day, keep_until) as (");
            sql.push_values(padded_rows(&self.checked), |mut row, checked| {
                row.push_bind(checked.map(|(phone, ..)| phone.as_bytes().to_vec()))
                    .push_bind(checked.map(|(_, day, _)| day.to_string()))
                    .push_bind(checked.map(|(.., at)| at.millis().saturating_add(KEEP_CHECKS)));
            });
            sql.push(
                ") insert into certificate_check (subscriber, day, checks, keep_until) \
                 select subscriber, day, 1, keep_until from checked where subscriber is not null \
                 on conflict (subscriber, day) do update set \
                 checks = certificate_check.checks + 1",
            );
            sql.build().execute(&mut **tx).await?;
        });
        Ok(())
    }
}

fn key(change: &CertificateChange) -> Option<(NikIndex, u8)> {
    match change {
        CertificateChange::Issue(issued) => Some((issued.person, issued.dose)),
        CertificateChange::Renew { person, dose, .. }
        | CertificateChange::Send { person, dose, .. } => Some((*person, *dose)),
        CertificateChange::Checked { .. } => None,
    }
}

async fn write(tx: &mut Tx, change: &CertificateChange, at: Timestamp) -> Result<(), CommitError> {
    match change {
        CertificateChange::Issue(issued) => issue(tx, issued, at).await?,
        CertificateChange::Renew { person, dose, good_until } => on_engine!(tx, |Db, tx| {
            sqlx::query::<Db>(
                "update certificate set issued_at = $1, good_until = $2 \
                 where nik_index = $3 and dose = $4 and revoked_at is null and not exists \
                 (select 1 from certificate_ban where certificate_ban.nik_index = certificate.nik_index)",
            )
            .bind(at.millis())
            .bind(good_until.to_string())
            .bind(person.as_bytes().to_vec())
            .bind(i64::from(*dose))
            .execute(&mut **tx)
            .await?;
        }),
        CertificateChange::Send { person, dose, sent } => on_engine!(tx, |Db, tx| {
            sqlx::query::<Db>(
                "update certificate set sent_on = $1, sent = $2 \
                 where nik_index = $3 and dose = $4",
            )
            .bind(sent.on.to_string())
            .bind(i64::from(sent.times))
            .bind(person.as_bytes().to_vec())
            .bind(i64::from(*dose))
            .execute(&mut **tx)
            .await?;
        }),
        CertificateChange::Checked { .. } => {}
    }
    Ok(())
}

/// One that is there already, or a code or a serial drawn twice, breaks an index: the conflict wanted.
async fn issue(tx: &mut Tx, issued: &Issued, at: Timestamp) -> Result<(), CommitError> {
    on_engine!(tx, |Db, tx| {
        sqlx::query::<Db>(
            "insert into certificate (nik_index, dose, code, serial, issued_at, good_until, \
             sent_on, sent, revoked_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(issued.person.as_bytes().to_vec())
        .bind(i64::from(issued.dose))
        .bind(issued.code.as_str().to_owned())
        .bind(stored(issued.serial))
        .bind(at.millis())
        .bind(issued.good_until.to_string())
        .bind(issued.sent.map(|sent| sent.on.to_string()))
        .bind(issued.sent.map_or(0, |sent| i64::from(sent.times)))
        .bind(issued.revoked_at.map(|at| at.millis()))
        .execute(&mut **tx)
        .await?;
    });
    Ok(())
}

fn issued(row: Kept) -> Result<Issued, StoreError> {
    let damaged = || StoreError::Unreadable("certificate");
    let (person, dose, code, serial, good_until, sent_on, sent, revoked_at) = row;
    let on: Option<Date> = sent_on.map(|on| on.parse()).transpose().map_err(|_| damaged())?;
    let times = u32::try_from(sent).map_err(|_| damaged())?;
    Ok(Issued {
        person: NikIndex::from_bytes(octets(person, "certificate")?),
        dose: u8::try_from(dose).map_err(|_| damaged())?,
        code: ShortCode::parse(&code).map_err(|_| damaged())?,
        serial: u64::try_from(serial).map(Serial::from_random).map_err(|_| damaged())?,
        good_until: good_until.parse().map_err(|_| damaged())?,
        sent: on.map(|on| Sent { on, times }),
        revoked_at: revoked_at.map(Timestamp::from_millis),
    })
}

/// Forty bits are no negative number.
fn stored(serial: Serial) -> i64 {
    i64::try_from(serial.as_u64()).unwrap_or(i64::MAX)
}
