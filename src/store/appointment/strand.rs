//! Tickets that a place cannot take any more: found when the place is changed or closed, in the same
//! transaction, and told by whoever runs. Their reminders are taken back at once.

use std::collections::BTreeMap;

use jiff::civil::Date;
use sqlx::{QueryBuilder, Row};

use super::{Facility, FacilityCode, facility::Found, read_code, small};
use crate::{
    clock::{Timestamp, Zone},
    identity::region,
    outbox::NoticeId,
    service::facility::Expected,
    store::{
        Batch, Store, StoreError,
        engine::{Dialect, Tx, octets, on_engine, padded_keys, padded_rows},
        outbox,
    },
    vault::{NikIndex, SubscriberKey},
};

/// Rows of a statement.
const ROWS: usize = 256;

/// Whether something is done, or only tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It is done.
    Real,
    /// Nothing is written.
    Trial,
}

/// When a place is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shut {
    /// On that day.
    On(Date),
    /// From that day on, for good.
    From(Date),
}

/// People whom a place cannot take although they have tickets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stranding {
    /// How many have not changed or cancelled theirs yet.
    pub tickets: u64,
    /// How many of them have been told.
    pub told: u64,
}

/// Somebody to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetDown {
    /// The number of the ticket.
    pub number: String,
    /// The name of the place.
    pub place: String,
    /// Its clock.
    pub zone: Zone,
    /// The first moment of the slot.
    pub start: Timestamp,
    /// How long it is, in minutes.
    pub minutes: u16,
    /// The phone that made the appointment.
    pub by: SubscriberKey,
}

struct Ticket {
    expected: Expected,
    person: NikIndex,
    number: String,
    reminder: Option<NoticeId>,
}

/// Finds whom places cannot take any more, and writes it down; how many, by place.
pub(super) async fn strand(
    tx: &mut Tx,
    codes: &[&FacilityCode],
    now: Timestamp,
) -> Result<BTreeMap<FacilityCode, u64>, StoreError> {
    let mut stranded = BTreeMap::new();
    let tickets = read_tickets(tx, codes, now).await?;
    let codes: Vec<&FacilityCode> = tickets.keys().collect();
    for codes in codes.chunks(ROWS) {
        let found = Found::read(tx, &[], codes).await?;
        for code in codes {
            let (Some(place), Some(tickets)) = (found.by_code(code), tickets.get(code)) else {
                continue;
            };
            let let_down = let_down(place, tickets);
            mark(tx, &let_down, now).await?;
            if !let_down.is_empty() {
                stranded.insert((*code).clone(), let_down.len() as u64);
            }
        }
    }
    Ok(stranded)
}

fn let_down<'t>(place: &Facility, tickets: &'t [Ticket]) -> Vec<&'t Ticket> {
    let expected: Vec<Expected> = tickets.iter().map(|ticket| ticket.expected).collect();
    place.strands(&expected).into_iter().filter_map(|at| tickets.get(at)).collect()
}

/// Tickets of places that are still to come, in the order of their seats.
async fn read_tickets(
    tx: &mut Tx,
    codes: &[&FacilityCode],
    now: Timestamp,
) -> Result<BTreeMap<FacilityCode, Vec<Ticket>>, StoreError> {
    let mut tickets: BTreeMap<FacilityCode, Vec<Ticket>> = BTreeMap::new();
    if codes.is_empty() {
        return Ok(tickets);
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "select facility, start, seat, nik_index, number, reminder from appointment \
             where state = 'booked' and stranded_at is null and start > ",
        );
        sql.push_bind(now.millis()).push(" and facility in (");
        let mut keys = sql.separated(", ");
        for code in padded_keys(codes) {
            keys.push_bind(code.as_str().to_owned());
        }
        sql.push(") order by facility, start, seat");
        for row in sql.build().fetch_all(&mut **tx).await? {
            let code: String = row.try_get(0)?;
            let expected = Expected {
                start: Timestamp::from_millis(row.try_get(1)?),
                seat: small(row.try_get(2)?)?,
            };
            tickets.entry(read_code(&code)?).or_default().push(Ticket {
                expected,
                person: NikIndex::from_bytes(octets(row.try_get(3)?, "appointment")?),
                number: row.try_get(4)?,
                reminder: row.try_get::<Option<i64>, _>(5)?.map(NoticeId::from_i64),
            });
        }
    });
    Ok(tickets)
}

async fn mark(tx: &mut Tx, tickets: &[&Ticket], now: Timestamp) -> Result<(), StoreError> {
    for rows in tickets.chunks(ROWS) {
        on_engine!(&mut *tx, |Db, tx| {
            let mut sql = QueryBuilder::<Db>::new("with let_down (nik_index, number) as (");
            sql.push_values(padded_rows(rows), |mut values, row| {
                values
                    .push_bind(row.map(|ticket| ticket.person.as_bytes().to_vec()))
                    .push_bind(row.map(|ticket| ticket.number.clone()));
            });
            sql.push(") update appointment set stranded_at = ").push_bind(now.millis()).push(
                " where state = 'booked' and (nik_index, number) in \
                 (select nik_index, number from let_down)",
            );
            sql.build().execute(&mut **tx).await?;
        });
        let reminders: Vec<NoticeId> = rows.iter().filter_map(|ticket| ticket.reminder).collect();
        outbox::cancel(tx, &reminders, now).await?;
    }
    Ok(())
}

impl Store {
    /// Closes a place; how many people with tickets it cannot take any more. `None` if there is no such
    /// place.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn close_facility(
        &self,
        mode: Mode,
        code: &FacilityCode,
        shut: Shut,
        now: Timestamp,
    ) -> Result<Option<u64>, StoreError> {
        let mut tx = self.begin_tx().await?;
        // Whoever offers seats of it comes before or after.
        super::offer::lock(&mut tx, code).await?;
        if Found::read(&mut tx, &[], &[code]).await?.by_code(code).is_none() {
            return Ok(None);
        }
        on_engine!(&mut tx, |Db, tx| {
            match shut {
                Shut::On(day) => sqlx::query::<Db>(
                    "insert into facility_closed (facility, day) values ($1, $2) \
                     on conflict (facility, day) do nothing",
                )
                .bind(code.as_str().to_owned())
                .bind(day.to_string()),
                Shut::From(day) => sqlx::query::<Db>(
                    "update facility set closed_from = $2 where code = $1 \
                     and (closed_from is null or closed_from > $2)",
                )
                .bind(code.as_str().to_owned())
                .bind(day.to_string()),
            }
            .execute(&mut **tx)
            .await?;
        });
        let stranded = strand(&mut tx, &[code], now).await?;
        end(tx, mode).await?;
        Ok(Some(stranded.into_values().sum()))
    }

    /// Whether everybody has been told whom a place cannot take.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn nobody_untold(&self) -> Result<bool, StoreError> {
        let untold: Option<String> = on_engine!(self.reader(), |Db, pool| {
            sqlx::query_scalar::<Db, _>(
                "select number from appointment where state = 'booked' \
                 and stranded_at is not null and told_at is null limit 1",
            )
            .fetch_optional(pool)
            .await?
        });
        Ok(untold.is_none())
    }

    /// Whom a place cannot take.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn stranding(
        &self,
        code: &FacilityCode,
        now: Timestamp,
    ) -> Result<Stranding, StoreError> {
        let (tickets, told): (i64, i64) = on_engine!(self.reader(), |Db, pool| {
            let row = sqlx::query::<Db>(
                "select count(*), count(told_at) from appointment where state = 'booked' \
                 and stranded_at is not null and facility = $1 and start > $2",
            )
            .bind(code.as_str().to_owned())
            .bind(now.millis())
            .fetch_one(pool)
            .await?;
            (row.try_get(0)?, row.try_get(1)?)
        });
        Ok(Stranding { tickets: tickets.unsigned_abs(), told: told.unsigned_abs() })
    }
}

/// Ends a transaction as it is meant.
pub(super) async fn end(tx: Tx, mode: Mode) -> Result<(), StoreError> {
    on_engine!(tx, |_Db, tx| match mode {
        Mode::Real => tx.commit().await?,
        Mode::Trial => tx.rollback().await?,
    });
    Ok(())
}

impl Batch {
    /// Takes at most `limit` people who have to be told that their place cannot take them. They count as
    /// told when this transaction is committed. `None` if there are none, or another node has them.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn untold(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Option<Vec<LetDown>>, StoreError> {
        let mut rows = Vec::new();
        on_engine!(&mut self.tx, |Db, tx| {
            let sql = format!(
                "update appointment set told_at = $1 where (nik_index, number) in \
                 (select nik_index, number from appointment where state = 'booked' \
                 and stranded_at is not null and told_at is null order by stranded_at limit $2{}) \
                 returning number, facility, start, minutes, subscriber",
                <Db as Dialect>::SKIP_LOCKED,
            );
            let query = sqlx::query::<Db>(sqlx::AssertSqlSafe(sql));
            let query = query.bind(now.millis()).bind(i64::from(limit));
            for row in query.fetch_all(&mut **tx).await? {
                let code: String = row.try_get(1)?;
                let number: String = row.try_get(0)?;
                let start = Timestamp::from_millis(row.try_get(2)?);
                let minutes: u16 = small(row.try_get(3)?)?;
                let by = SubscriberKey::from_bytes(octets(row.try_get(4)?, "appointment")?);
                rows.push((read_code(&code)?, number, start, minutes, by));
            }
        });
        if rows.is_empty() {
            return Ok(None);
        }
        let codes: Vec<&FacilityCode> = super::distinct(rows.iter().map(|(code, ..)| code));
        let found = Found::read(&mut self.tx, &[], &codes).await?;
        let told = rows.iter().filter(|(_, _, start, ..)| *start > now);
        let told = told.filter_map(|(code, number, start, minutes, by)| {
            let place = found.by_code(code)?;
            Some(LetDown {
                number: number.clone(),
                place: place.name.clone(),
                zone: region::zone(&place.regency),
                start: *start,
                minutes: *minutes,
                by: *by,
            })
        });
        Ok(Some(told.collect()))
    }
}
