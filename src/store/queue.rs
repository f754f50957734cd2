//! Places in queues. A number is drawn where facts are read, in the turn's own transaction: two
//! turns never draw the same one, and what is not committed was not drawn.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use sqlx::{QueryBuilder, Row};

use super::{
    Store, StoreError,
    engine::{Tx, octets, on_engine, padded_keys, padded_rows},
};
use crate::{
    service::{
        place::{Line, Place, QueueFacts, QueueNeed, Turn},
        record::Need,
    },
    vault::SubscriberKey,
};

/// How a queue stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFigures {
    /// The unit.
    pub unit: String,
    /// The number called last; 0 before the first.
    pub called: u16,
    /// How many wait.
    pub waiting: u64,
}

/// Whoever still waits: not called yet.
const WAITING: &str = "queue_place.number > queue.called";

/// Reads the places that needs ask for, and draws numbers for those who have none.
pub(super) async fn read(
    tx: &mut Tx,
    needs: &[Need],
) -> Result<BTreeMap<(SubscriberKey, String), QueueFacts>, StoreError> {
    let needs: Vec<&QueueNeed> = needs.iter().filter_map(|need| need.queue.as_ref()).collect();
    let mut facts = BTreeMap::new();
    if needs.is_empty() {
        return Ok(facts);
    }
    for place in places(tx, &needs).await? {
        let (key, place) = place;
        facts.insert(key, QueueFacts { place: Some(place), drawn: None });
    }
    let waits = |need: &&&QueueNeed| {
        let known = facts.get(&(need.subscriber, need.service.clone()));
        known.and_then(|facts| facts.place.as_ref()).is_some_and(|of| of.turn == Turn::ToCome)
    };
    let mut drawing: BTreeMap<Line, Vec<SubscriberKey>> = BTreeMap::new();
    for need in needs.iter().filter(|need| !waits(need)) {
        if let Some(unit) = need.draw.clone() {
            let line = Line { service: need.service.clone(), unit, day: need.day };
            drawing.entry(line).or_default().push(need.subscriber);
        }
    }
    for (line, phones) in drawing {
        let (first, waiting) = draw(tx, &line, phones.len()).await?;
        for (at, phone) in (0u16..).zip(phones) {
            let place = Place {
                unit: line.unit.clone(),
                number: first.saturating_add(at),
                before: waiting.saturating_add(at),
                turn: Turn::ToCome,
            };
            facts.entry((phone, line.service.clone())).or_default().drawn = Some(place);
        }
    }
    Ok(facts)
}

async fn places(
    tx: &mut Tx,
    needs: &[&QueueNeed],
) -> Result<Vec<((SubscriberKey, String), Place)>, StoreError> {
    let keys: BTreeSet<_> =
        needs.iter().map(|need| (need.subscriber, need.service.as_str(), need.day)).collect();
    let keys: Vec<_> = keys.into_iter().collect();
    let mut found = Vec::new();
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new("with asked (subscriber, service, day) as (");
        sql.push_values(padded_rows(&keys), |mut row, key| {
            row.push_bind(key.map(|(phone, ..)| phone.as_bytes().to_vec()))
                .push_bind(key.map(|(_, service, _)| (*service).to_owned()))
                .push_bind(key.map(|(.., day)| day.to_string()));
        });
        sql.push(
            ") select place.subscriber, place.service, place.unit, place.number, queue.called, \
             (select count(*) from queue_place where queue_place.service = place.service \
             and queue_place.unit = place.unit and queue_place.day = place.day \
             and queue_place.number < place.number and ",
        );
        sql.push(WAITING).push(
            ") from asked join queue_place as place on place.subscriber = asked.subscriber \
             and place.service = asked.service and place.day = asked.day \
             join queue on queue.service = place.service and queue.unit = place.unit \
             and queue.day = place.day",
        );
        for row in sql.build().fetch_all(&mut **tx).await? {
            let phone = octets(row.try_get(0)?, "queue_place")?;
            let (number, called) = (small(row.try_get(3)?), small(row.try_get(4)?));
            let place = Place {
                unit: row.try_get(2)?,
                number,
                before: small(row.try_get(5)?),
                turn: if number > called { Turn::ToCome } else { Turn::Called },
            };
            found.push(((SubscriberKey::from_bytes(phone), row.try_get(1)?), place));
        }
    });
    Ok(found)
}

/// Draws that many numbers, and says which is the first and how many wait before it. Nodes wait here
/// for each other; lines are drawn from in their order, so that they never lock each other out.
async fn draw(tx: &mut Tx, line: &Line, many: usize) -> Result<(u16, u16), StoreError> {
    let many = i64::try_from(many).unwrap_or(i64::MAX);
    on_engine!(tx, |Db, tx| {
        let last: i64 = sqlx::query_scalar::<Db, _>(
            "insert into queue (service, unit, day, last, called) values ($1, $2, $3, $4, 0) \
             on conflict (service, unit, day) do update set last = queue.last + excluded.last \
             returning last",
        )
        .bind(line.service.clone())
        .bind(line.unit.clone())
        .bind(line.day.to_string())
        .bind(many)
        .fetch_one(&mut **tx)
        .await?;
        let mut sql = QueryBuilder::<Db>::new(
            "select count(*) from queue_place join queue on queue.service = queue_place.service \
             and queue.unit = queue_place.unit and queue.day = queue_place.day where ",
        );
        sql.push(WAITING)
            .push(" and queue.service = ")
            .push_bind(line.service.clone())
            .push(" and queue.unit = ")
            .push_bind(line.unit.clone())
            .push(" and queue.day = ")
            .push_bind(line.day.to_string());
        let waiting: i64 = sql.build_query_scalar().fetch_one(&mut **tx).await?;
        Ok((small(last - many + 1), small(waiting)))
    })
}

/// Phones that queue up, by service, with their line and number.
pub(super) type Up<'w> = BTreeMap<(SubscriberKey, &'w str), (&'w Line, u16)>;

/// Writes places: a phone that was called and queues again gets the new one.
pub(super) async fn write_up(tx: &mut Tx, up: &Up<'_>) -> Result<(), sqlx::Error> {
    if up.is_empty() {
        return Ok(());
    }
    let places: Vec<_> = up.iter().collect();
    on_engine!(tx, |Db, tx| {
        let mut sql =
            QueryBuilder::<Db>::new("with up (subscriber, service, unit, day, number) as (");
        sql.push_values(padded_rows(&places), |mut row, place| {
            row.push_bind(place.map(|((phone, _), _)| phone.as_bytes().to_vec()))
                .push_bind(place.map(|((_, service), _)| (*service).to_owned()))
                .push_bind(place.map(|(_, (line, _))| line.unit.clone()))
                .push_bind(place.map(|(_, (line, _))| line.day.to_string()))
                .push_bind(place.map(|(_, (_, number))| i64::from(*number)));
        });
        sql.push(
            ") insert into queue_place (subscriber, service, unit, day, number) \
             select subscriber, service, unit, day, number from up where subscriber is not null \
             on conflict (subscriber, service) do update set unit = excluded.unit, \
             day = excluded.day, number = excluded.number",
        );
        sql.build().execute(&mut **tx).await?;
    });
    Ok(())
}

/// Gives places back.
pub(super) async fn write_left(
    tx: &mut Tx,
    left: &BTreeSet<(SubscriberKey, &str)>,
) -> Result<(), sqlx::Error> {
    if left.is_empty() {
        return Ok(());
    }
    let keys: Vec<_> = left.iter().copied().collect();
    on_engine!(tx, |Db, tx| {
        let mut sql =
            QueryBuilder::<Db>::new("delete from queue_place where (subscriber, service) in (");
        sql.push_values(padded_keys(&keys), |mut row, (phone, service)| {
            row.push_bind(phone.as_bytes().to_vec()).push_bind(service.to_owned());
        });
        sql.push(")").build().execute(&mut **tx).await?;
    });
    Ok(())
}

impl Store {
    /// Calls the next number of a queue; `None` if nobody waits.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn call_next(&self, line: &Line) -> Result<Option<u16>, StoreError> {
        let called: Option<i64> = on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            let called = sqlx::query_scalar::<Db, i64>(
                "update queue set called = (select min(number) from queue_place \
                 where service = $1 and unit = $2 and day = $3 and number > queue.called) \
                 where service = $1 and unit = $2 and day = $3 and exists (select 1 \
                 from queue_place where service = $1 and unit = $2 and day = $3 \
                 and number > queue.called) returning called",
            )
            .bind(line.service.clone())
            .bind(line.unit.clone())
            .bind(line.day.to_string())
            .fetch_optional(&mut *tx)
            .await?;
            tx.commit().await?;
            called
        });
        Ok(called.map(small))
    }

    /// Deletes at most `limit` places, and `limit` queues, of days before `day`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn purge_queues(&self, day: Date, limit: u32) -> Result<u64, StoreError> {
        let mut deleted = 0;
        on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            for old in [
                "delete from queue_place where (service, unit, day, number) in (select service, \
                 unit, day, number from queue_place where day < $1 limit $2)",
                "delete from queue where (service, unit, day) in \
                 (select service, unit, day from queue where day < $1 limit $2)",
            ] {
                let old = sqlx::query::<Db>(old).bind(day.to_string()).bind(i64::from(limit));
                deleted += old.execute(&mut *tx).await?.rows_affected();
            }
            tx.commit().await?;
        });
        Ok(deleted)
    }

    /// How the queues of a service stand on a day, by unit.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn lines(&self, service: &str, day: Date) -> Result<Vec<LineFigures>, StoreError> {
        let mut lines = Vec::new();
        on_engine!(self.reader(), |Db, pool| {
            let mut sql = QueryBuilder::<Db>::new(
                "select queue.unit, queue.called, (select count(*) from queue_place \
                 where queue_place.service = queue.service and queue_place.unit = queue.unit \
                 and queue_place.day = queue.day and ",
            );
            sql.push(WAITING).push(") from queue where queue.service = ");
            sql.push_bind(service.to_owned()).push(" and queue.day = ").push_bind(day.to_string());
            sql.push(" order by queue.unit");
            for row in sql.build().fetch_all(pool).await? {
                let waiting: i64 = row.try_get(2)?;
                lines.push(LineFigures {
                    unit: row.try_get(0)?,
                    called: small(row.try_get(1)?),
                    waiting: waiting.unsigned_abs(),
                });
            }
        });
        Ok(lines)
    }
}

fn small(number: i64) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}
