//! Tickets that a place cannot take any more, and those that it can take again: found when the place is
//! changed, closed or opened, in the same transaction, and told by whoever runs. `stranded_at` is how it is,
//! `told_at` what the person was told; where the two differ there is something to tell (`untold`). With the
//! first word the reminder is taken back, with the second there is a new one.
//!
//! In the same way people hear that their ticket ended for a `reason` of others: marked where the record says
//! that the dose was given, and ended with the word; called off by staff, and ended at once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use sqlx::{QueryBuilder, Row};

use super::{Facility, FacilityCode, Seat, facility::Found, read_code, small, write};
use crate::{
    clock::{Timestamp, Zone},
    identity::region,
    outbox::NoticeId,
    service::facility::Expected,
    store::{
        Batch, Store, StoreError,
        engine::{Dialect, Tx, octets, on_engine, padded_rows, push_keys},
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

impl Shut {
    /// As staff say it.
    pub fn of(day: Date, for_good: bool) -> Self {
        if for_good { Self::From(day) } else { Self::On(day) }
    }
}

/// What came of opening a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reopened {
    /// It is open; so many people can come with their tickets after all.
    Tickets(u64),
    /// It is closed for good from that day on: opening a later one does not open it.
    ClosedFrom(Date),
}

/// What people hear of their tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// The place cannot take them.
    LetDown,
    /// It can, although they were told otherwise.
    GoodAgain,
    /// The record has the dose: the ticket ends.
    Recorded,
    /// Staff called it off.
    CalledOff,
}

impl News {
    /// All of them; of a place the bad first: a change may be followed by its opposite.
    pub const ALL: [Self; 4] = [Self::LetDown, Self::GoodAgain, Self::Recorded, Self::CalledOff];

    /// Whom it concerns, as an index has them.
    fn condition(self) -> &'static str {
        match self {
            Self::LetDown => "state = 'booked' and stranded_at is not null and told_at is null",
            Self::GoodAgain => "state = 'booked' and stranded_at is null and told_at is not null",
            Self::Recorded => "state = 'booked' and reason = 'recorded'",
            Self::CalledOff => "state = 'cancelled' and reason = 'staff' and told_at is null",
        }
    }

    /// What changes of their tickets beside that they are told, at `$1`.
    fn also(self) -> &'static str {
        match self {
            Self::LetDown | Self::GoodAgain | Self::CalledOff => "",
            // Whoever had it may have come.
            Self::Recorded => {
                ", changed_at = $1, state = case when start > $1 then 'cancelled' else 'missed' end"
            }
        }
    }
}

/// Marks the tickets of people whose dose the record has by now; what follows says of whom. Once the dose is
/// there it is not the next one any more, and nobody could find the ticket to give it back.
pub(in crate::store) const RECORDED: &str = "update appointment set reason = 'recorded' \
     where state = 'booked' and exists (select 1 from dose \
     where dose.nik_index = appointment.nik_index and dose.number >= appointment.dose) \
     and nik_index";

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
pub struct ToTell {
    /// Whose ticket it is.
    pub person: NikIndex,
    /// Its number.
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
    stranded: bool,
}

/// Tickets of a place of which something else is true now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Swayed {
    /// The place cannot take them any more.
    pub stranded: u64,
    /// It can again.
    pub good_again: u64,
}

/// Finds whom places cannot take any more, and whom they can again, and writes it down; how many, by place.
pub(super) async fn strand(
    tx: &mut Tx,
    codes: &[&FacilityCode],
    now: Timestamp,
) -> Result<BTreeMap<FacilityCode, Swayed>, StoreError> {
    let mut swayed = BTreeMap::new();
    let tickets = read_tickets(tx, codes, now).await?;
    let codes: Vec<&FacilityCode> = tickets.keys().collect();
    for codes in codes.chunks(ROWS) {
        let found = Found::read(tx, &[], codes).await?;
        for code in codes {
            let (Some(place), Some(tickets)) = (found.by_code(code), tickets.get(code)) else {
                continue;
            };
            let (let_down, good_again) = sway(place, tickets);
            mark(tx, &let_down, Some(now)).await?;
            mark(tx, &good_again, None).await?;
            let (stranded, good_again) = (let_down.len() as u64, good_again.len() as u64);
            swayed.insert((*code).clone(), Swayed { stranded, good_again });
        }
    }
    Ok(swayed)
}

/// Tickets that the place could take and cannot any more, and the reverse.
fn sway<'t>(place: &Facility, tickets: &'t [Ticket]) -> (Vec<&'t Ticket>, Vec<&'t Ticket>) {
    let expected: Vec<Expected> = tickets.iter().map(|ticket| ticket.expected).collect();
    let strands: BTreeSet<usize> = place.strands(&expected).into_iter().collect();
    let changed = tickets.iter().enumerate().map(|(at, of)| (strands.contains(&at), of));
    let changed = changed.filter(|(strands, ticket)| *strands != ticket.stranded);
    let (let_down, good_again): (Vec<_>, Vec<_>) = changed.partition(|(strands, _)| *strands);
    let tickets = |of: Vec<(bool, &'t Ticket)>| of.into_iter().map(|(_, ticket)| ticket).collect();
    (tickets(let_down), tickets(good_again))
}

/// Tickets of places that are still to come, in the order of their seats; those that a place could not take
/// come last of their slot.
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
            "select facility, start, seat, nik_index, number, stranded_at is not null \
             from appointment where state = 'booked' and start > ",
        );
        sql.push_bind(now.millis()).push(" and facility in (");
        push_keys(&mut sql, codes, |code| code.as_str().to_owned());
        sql.push(") order by facility, start, stranded_at is not null, seat");
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
                stranded: row.try_get(5)?,
            });
        }
    });
    Ok(tickets)
}

/// Since when a place cannot take these tickets, or that it can.
async fn mark(
    tx: &mut Tx,
    tickets: &[&Ticket],
    stranded: Option<Timestamp>,
) -> Result<(), StoreError> {
    for rows in tickets.chunks(ROWS) {
        on_engine!(&mut *tx, |Db, tx| {
            let mut sql = QueryBuilder::<Db>::new("with let_down (nik_index, number) as (");
            sql.push_values(padded_rows(rows), |mut values, row| {
                values
                    .push_bind(row.map(|ticket| ticket.person.as_bytes().to_vec()))
                    .push_bind(row.map(|ticket| ticket.number.clone()));
            });
            sql.push(") update appointment set stranded_at = ")
                .push_bind(stranded.map(Timestamp::millis))
                .push(
                    " where state = 'booked' and (nik_index, number) in \
                     (select nik_index, number from let_down)",
                );
            sql.build().execute(&mut **tx).await?;
        });
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
        let swayed = strand(&mut tx, &[code], now).await?;
        end(tx, mode).await?;
        Ok(Some(swayed.into_values().map(|of| of.stranded).sum()))
    }

    /// Opens a place again that was closed on a day, or for good from that day or a later one on. Tickets that
    /// it can take again are good again. `None` if there is no such place.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn open_facility(
        &self,
        mode: Mode,
        code: &FacilityCode,
        shut: Shut,
        now: Timestamp,
    ) -> Result<Option<Reopened>, StoreError> {
        let mut tx = self.begin_tx().await?;
        super::offer::lock(&mut tx, code).await?;
        let found = Found::read(&mut tx, &[], &[code]).await?;
        let Some(place) = found.by_code(code) else { return Ok(None) };
        let earlier = |from: &Date| match shut {
            Shut::On(day) => *from <= day,
            Shut::From(day) => *from < day,
        };
        if let Some(from) = place.closed_from.filter(earlier) {
            return Ok(Some(Reopened::ClosedFrom(from)));
        }
        on_engine!(&mut tx, |Db, tx| {
            match shut {
                Shut::On(day) => sqlx::query::<Db>(
                    "delete from facility_closed where facility = $1 and day = $2",
                )
                .bind(code.as_str().to_owned())
                .bind(day.to_string()),
                Shut::From(_) => {
                    sqlx::query::<Db>("update facility set closed_from = null where code = $1")
                        .bind(code.as_str().to_owned())
                }
            }
            .execute(&mut **tx)
            .await?;
        });
        let swayed = strand(&mut tx, &[code], now).await?;
        end(tx, mode).await?;
        Ok(Some(Reopened::Tickets(swayed.into_values().map(|of| of.good_again).sum())))
    }

    /// Whether everybody has been told what is with their ticket.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn nobody_untold(&self) -> Result<bool, StoreError> {
        // A look each, because each condition has an index of its own.
        for news in News::ALL {
            let sql = format!("select number from appointment where {} limit 1", news.condition());
            let untold: Option<String> = on_engine!(self.reader(), |Db, pool| {
                let query = sqlx::query_scalar::<Db, _>(sqlx::AssertSqlSafe(sql));
                query.fetch_optional(pool).await?
            });
            if untold.is_some() {
                return Ok(false);
            }
        }
        Ok(true)
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
    /// Takes at most `limit` people who have to be told something of their ticket. They count as told when
    /// this transaction is committed; whoever is let down is not reminded any more, and what was told before
    /// and has not left is taken back. A ticket whose dose was recorded ends with this. `None` if there are
    /// none, or another node has them.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn untold(
        &mut self,
        news: News,
        now: Timestamp,
        limit: u32,
    ) -> Result<Option<Vec<ToTell>>, StoreError> {
        let told = (news != News::GoodAgain).then(|| now.millis());
        let mut rows = Vec::new();
        let mut seats = Vec::new();
        on_engine!(&mut self.tx, |Db, tx| {
            let sql = format!(
                "update appointment set told_at = $1{} where (nik_index, number) in \
                 (select nik_index, number from appointment where {} limit $2{}) \
                 returning number, facility, start, minutes, subscriber, nik_index, reminder, seat",
                news.also(),
                news.condition(),
                <Db as Dialect>::SKIP_LOCKED,
            );
            let query = sqlx::query::<Db>(sqlx::AssertSqlSafe(sql));
            let query = query.bind(told).bind(i64::from(limit));
            for row in query.fetch_all(&mut **tx).await? {
                let code: String = row.try_get(1)?;
                let of = ToTell {
                    person: NikIndex::from_bytes(octets(row.try_get(5)?, "appointment")?),
                    number: row.try_get(0)?,
                    place: String::new(),
                    zone: Zone::Wib,
                    start: Timestamp::from_millis(row.try_get(2)?),
                    minutes: small(row.try_get(3)?)?,
                    by: SubscriberKey::from_bytes(octets(row.try_get(4)?, "appointment")?),
                };
                let reminder = row.try_get::<Option<i64>, _>(6)?.map(NoticeId::from_i64);
                let seat: i64 = row.try_get(7)?;
                seats.push((
                    Seat { facility: read_code(&code)?, start: of.start, seat: small(seat)? },
                    of.person,
                ));
                rows.push((read_code(&code)?, of, reminder));
            }
        });
        if news == News::Recorded {
            for (seat, person) in &seats {
                write::free(&mut self.tx, seat, *person).await?;
            }
        }
        if rows.is_empty() {
            return Ok(None);
        }
        // The reminder, or the word before this one, if it waits for a decent hour: two that are due then may
        // come in any order.
        let before: Vec<NoticeId> = rows.iter().filter_map(|(_, _, id)| *id).collect();
        outbox::cancel(&mut self.tx, &before, now).await?;
        let codes: Vec<&FacilityCode> = super::distinct(rows.iter().map(|(code, ..)| code));
        let found = Found::read(&mut self.tx, &[], &codes).await?;
        let told = rows.iter().filter(|(_, of, _)| of.start > now);
        let told = told.filter_map(|(code, of, _)| {
            let place = found.by_code(code)?;
            let (place, zone) = (place.name.clone(), region::zone(&place.regency));
            Some(ToTell { place, zone, ..of.clone() })
        });
        Ok(Some(told.collect()))
    }

    /// What is to be taken back if anything becomes of a ticket: what reminds of it, or the last word of it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn take_back_later(&mut self, of: &ToTell, word: NoticeId) -> Result<(), StoreError> {
        on_engine!(&mut self.tx, |Db, tx| {
            let sql = "update appointment set reminder = $1 where nik_index = $2 and number = $3";
            sqlx::query::<Db>(sql)
                .bind(word.as_i64())
                .bind(of.person.as_bytes().to_vec())
                .bind(of.number.clone())
                .execute(&mut **tx)
                .await?;
        });
        Ok(())
    }
}
