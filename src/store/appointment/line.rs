//! The lines of places: who waits, in which order; and what turns change of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use sqlx::{QueryBuilder, Row};

use super::{FacilityCode, Seat, read_code, small};
use crate::{
    clock::Timestamp,
    identity::region,
    service::appointment::{Ahead, InLine, InLineOf, Line, Offer},
    store::{
        StoreError,
        engine::{Tx, octets, on_engine, push_keys},
    },
    vault::NikIndex,
};

/// What is known of the line of a place.
#[derive(Debug, Clone, Default)]
pub(super) struct Queue {
    /// Who was offered nothing yet.
    pub ahead: Vec<Ahead>,
    /// How many stand in it.
    pub long: u32,
}

/// The lines of some places, as people who want a seat there see them.
pub(super) async fn read_queues(
    tx: &mut Tx,
    codes: &[&FacilityCode],
    now: Timestamp,
) -> Result<BTreeMap<FacilityCode, Queue>, StoreError> {
    let mut queues: BTreeMap<FacilityCode, Queue> = BTreeMap::new();
    if codes.is_empty() {
        return Ok(queues);
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "select facility, day, vaccine, min(not_before), count(*), sum(case when ",
        );
        sql.push("offer_until > ")
            .push_bind(now.millis())
            .push(" then 1 else 0 end) from wait_list where facility in (");
        push_keys(&mut sql, codes, |code| code.as_str().to_owned());
        sql.push(") group by facility, day, vaccine");
        for row in sql.build().fetch_all(&mut **tx).await? {
            let (code, from): (String, String) = (row.try_get(0)?, row.try_get(3)?);
            let (all, offered): (i64, i64) = (row.try_get(4)?, row.try_get(5)?);
            let queue = queues.entry(read_code(&code)?).or_default();
            queue.long = queue.long.saturating_add(small(all)?);
            if offered < all {
                queue.ahead.push(Ahead {
                    day: row
                        .try_get::<Option<String>, _>(1)?
                        .as_deref()
                        .map(read_day)
                        .transpose()?,
                    vaccine: row.try_get(2)?,
                    from: read_day(&from)?,
                });
            }
        }
    });
    Ok(queues)
}

/// How many in the line of a place came before a moment. Rare: a statement for each.
pub(super) async fn read_before(
    tx: &mut Tx,
    asked: Vec<(FacilityCode, Timestamp)>,
) -> Result<BTreeMap<(FacilityCode, Timestamp), u32>, StoreError> {
    let mut before = BTreeMap::new();
    for (code, since) in asked {
        let count: i64 = on_engine!(&mut *tx, |Db, tx| {
            let sql = "select count(*) from wait_list where facility = $1 and since < $2";
            sqlx::query_scalar::<Db, _>(sql)
                .bind(code.as_str().to_owned())
                .bind(since.millis())
                .fetch_one(&mut **tx)
                .await?
        });
        before.insert((code, since), small(count)?);
    }
    Ok(before)
}

/// The lines in which people stand, and where in them.
pub(super) async fn read_lines(
    tx: &mut Tx,
    persons: &[NikIndex],
) -> Result<BTreeMap<NikIndex, Vec<Line>>, StoreError> {
    let mut lines: BTreeMap<NikIndex, Vec<Line>> = BTreeMap::new();
    if persons.is_empty() {
        return Ok(lines);
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "select own.nik_index, own.facility, own.dose, facility.name, facility.regency, \
             facility.slot_minutes, own.offer_start, own.offer_seat, own.offer_until, \
             (select count(*) from wait_list as ahead where ahead.facility = own.facility \
             and (ahead.since, ahead.nik_index) < (own.since, own.nik_index)) \
             from wait_list as own join facility on facility.code = own.facility \
             where own.nik_index in (",
        );
        push_keys(&mut sql, persons, |person| person.as_bytes().to_vec());
        sql.push(") order by own.nik_index, own.since, own.facility");
        for row in sql.build().fetch_all(&mut **tx).await? {
            let person = NikIndex::from_bytes(octets(row.try_get(0)?, "wait_list")?);
            let (code, regency): (String, String) = (row.try_get(1)?, row.try_get(4)?);
            let facility = read_code(&code)?;
            let ahead: u32 = small(row.try_get(9)?)?;
            let seat: (Option<i64>, Option<i64>) = (row.try_get(6)?, row.try_get(7)?);
            let offer = match (seat, row.try_get::<Option<i64>, _>(8)?) {
                ((Some(start), Some(seat)), Some(until)) => Some(Offer {
                    seat: Seat {
                        facility: facility.clone(),
                        start: Timestamp::from_millis(start),
                        seat: small(seat)?,
                    },
                    until: Timestamp::from_millis(until),
                }),
                _ => None,
            };
            lines.entry(person).or_default().push(Line {
                facility,
                place: row.try_get(3)?,
                zone: region::zone(&regency),
                minutes: small(row.try_get(5)?)?,
                dose: small(row.try_get(2)?)?,
                position: ahead.saturating_add(1),
                offer,
            });
        }
    });
    Ok(lines)
}

pub(super) fn read_day(text: &str) -> Result<Date, StoreError> {
    text.parse().map_err(|_| StoreError::Unreadable("wait_list"))
}

/// What a batch changes of lines, in the order of the keys.
#[derive(Default)]
pub(super) struct Waiting<'a> {
    joins: BTreeMap<(&'a FacilityCode, NikIndex), &'a InLine>,
    leaves: BTreeSet<(&'a FacilityCode, NikIndex)>,
    passes: BTreeMap<(&'a FacilityCode, NikIndex), Timestamp>,
}

impl<'a> Waiting<'a> {
    pub(super) fn join(&mut self, who: &'a InLine) {
        self.joins.insert((&who.facility, who.person), who);
    }

    pub(super) fn leave(&mut self, of: &'a InLineOf) {
        self.leaves.insert((&of.facility, of.person));
    }

    pub(super) fn pass(&mut self, of: &'a InLineOf, at: Timestamp) {
        self.passes.insert((&of.facility, of.person), at);
    }

    /// Rare: statements for each.
    pub(super) async fn write(&self, tx: &mut Tx) -> Result<(), StoreError> {
        for (facility, person) in self.leaves.iter().chain(self.passes.keys()) {
            take_back(tx, facility, *person).await?;
        }
        for (facility, person) in &self.leaves {
            leave(tx, facility, *person).await?;
        }
        for ((facility, person), at) in &self.passes {
            on_engine!(&mut *tx, |Db, tx| {
                sqlx::query::<Db>(
                    "update wait_list set since = $1, missed = 0, offer_start = null, \
                     offer_seat = null, offer_until = null where facility = $2 and nik_index = $3",
                )
                .bind(at.millis())
                .bind(facility.as_str().to_owned())
                .bind(person.as_bytes().to_vec())
                .execute(&mut **tx)
                .await?;
            });
        }
        for who in self.joins.values() {
            join(tx, who).await?;
        }
        Ok(())
    }
}

/// Whoever stands in the line already keeps the place in it, and waits as long as anybody from now on.
async fn join(tx: &mut Tx, who: &InLine) -> Result<(), StoreError> {
    on_engine!(tx, |Db, tx| {
        sqlx::query::<Db>(
            "insert into wait_list (facility, nik_index, dose, day, not_before, vaccine, \
             subscriber, service, lane, since, joined_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
             on conflict (facility, nik_index) do update set dose = excluded.dose, \
             day = excluded.day, not_before = excluded.not_before, vaccine = excluded.vaccine, \
             subscriber = excluded.subscriber, service = excluded.service, lane = excluded.lane, \
             joined_at = excluded.joined_at",
        )
        .bind(who.facility.as_str().to_owned())
        .bind(who.person.as_bytes().to_vec())
        .bind(i64::from(who.dose))
        .bind(who.day.map(|day| day.to_string()))
        .bind(who.from.to_string())
        .bind(who.vaccine.clone())
        .bind(who.by.as_bytes().to_vec())
        .bind(who.service.clone())
        .bind(who.lane.as_i64())
        .bind(who.since.millis())
        .bind(who.joined.millis())
        .execute(&mut **tx)
        .await?;
    });
    Ok(())
}

/// The seat that is kept for somebody in a line is free.
async fn take_back(
    tx: &mut Tx,
    facility: &FacilityCode,
    person: NikIndex,
) -> Result<(), StoreError> {
    on_engine!(tx, |Db, tx| {
        sqlx::query::<Db>(
            "delete from seat where state = 'offered' and facility = $1 and nik_index = $2 \
             and (start, seat) in (select offer_start, offer_seat from wait_list \
             where facility = $1 and nik_index = $2)",
        )
        .bind(facility.as_str().to_owned())
        .bind(person.as_bytes().to_vec())
        .execute(&mut **tx)
        .await?;
    });
    Ok(())
}

pub(super) async fn leave(
    tx: &mut Tx,
    facility: &FacilityCode,
    person: NikIndex,
) -> Result<(), StoreError> {
    on_engine!(tx, |Db, tx| {
        sqlx::query::<Db>("delete from wait_list where facility = $1 and nik_index = $2")
            .bind(facility.as_str().to_owned())
            .bind(person.as_bytes().to_vec())
            .execute(&mut **tx)
            .await?;
    });
    Ok(())
}

/// Whoever has a seat waits nowhere, and what else was kept for them is free.
pub(super) async fn leave_all(tx: &mut Tx, persons: &[NikIndex]) -> Result<(), StoreError> {
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "delete from seat where state = 'offered' and (facility, start, seat) in \
             (select facility, offer_start, offer_seat from wait_list \
             where offer_start is not null and nik_index in (",
        );
        push_keys(&mut sql, persons, |person| person.as_bytes().to_vec());
        // A seat of which the offer was over may be somebody else's by now.
        sql.push(")) and nik_index in (");
        push_keys(&mut sql, persons, |person| person.as_bytes().to_vec());
        sql.push(")").build().execute(&mut **tx).await?;
        let mut sql = QueryBuilder::<Db>::new("delete from wait_list where nik_index in (");
        push_keys(&mut sql, persons, |person| person.as_bytes().to_vec());
        sql.push(")").build().execute(&mut **tx).await?;
    });
    Ok(())
}

/// Columns of somebody in line, in the order of [`in_line!`].
pub(super) const COLUMNS: &str = "facility, nik_index, dose, day, not_before, vaccine, \
     subscriber, service, lane, since, coalesce(joined_at, since)";

/// A row with the columns of [`COLUMNS`]. A macro, because the row's type is one of two.
macro_rules! in_line {
    ($row:expr) => {{
        let row = &$row;
        let damaged = || StoreError::Unreadable("wait_list");
        let (code, from): (String, String) = (row.try_get(0)?, row.try_get(4)?);
        InLine {
            facility: read_code(&code)?,
            person: NikIndex::from_bytes(octets(row.try_get(1)?, "wait_list")?),
            dose: small(row.try_get(2)?)?,
            day: row.try_get::<Option<String>, _>(3)?.as_deref().map(read_day).transpose()?,
            from: read_day(&from)?,
            vaccine: row.try_get(5)?,
            by: SubscriberKey::from_bytes(octets(row.try_get(6)?, "wait_list")?),
            service: row.try_get(7)?,
            lane: Lane::from_i64(row.try_get(8)?).ok_or_else(damaged)?,
            since: Timestamp::from_millis(row.try_get(9)?),
            joined: Timestamp::from_millis(row.try_get(10)?),
        }
    }};
}
pub(super) use in_line;
