//! Giving seats away. Whoever does so holds the slot's row until the transaction ends: other nodes wait
//! there, and read the seats that were given then. In a batch every turn finds what those before it
//! got, so that hundreds who want the same slot are decided on at once, and nobody twice.
//!
//! A slot that is full is not waited for: that it was full a moment ago is an answer. Whoever gives a seat
//! away, or books one that is held, shares the place's row before that, and looks at the place as it is then:
//! so whoever closes it comes before them, or finds their ticket.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{QueryBuilder, Row};

use super::{Facility, FacilityCode, Held, HoldNeed, Seat, facility::Found, small};
use crate::{
    clock::Timestamp,
    store::{
        StoreError,
        engine::{Dialect, Tx, octets, on_engine, padded_rows, push_keys},
    },
    vault::NikIndex,
};

/// A turn that wants a seat.
pub(super) struct Wanted<'n> {
    /// Which of the needs it is.
    pub at: usize,
    pub place: &'n Facility,
    pub start: Timestamp,
    pub hold: &'n HoldNeed,
    /// What is free there is for those who wait for it.
    pub barred: bool,
}

/// As what seats are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// Somebody is being asked. A phone holds one at a time.
    Held,
    /// Somebody in line is told.
    Offered,
}

impl Kept {
    fn as_sql(self) -> &'static str {
        match self {
            Self::Held => "'held'",
            Self::Offered => "'offered'",
        }
    }
}

/// The seats of a slot that are somebody's now.
#[derive(Default)]
struct Taken {
    seats: BTreeSet<u16>,
    /// Those that are held for a person and dose.
    held: BTreeMap<(NikIndex, u8), (u16, Timestamp)>,
}

/// How often a slot is looked at: behind the lock, after giving, and again where a hold that was over
/// was booked at the same moment.
const ROUNDS: usize = 6;

/// Seats for those who want one, by their place among the needs.
pub(super) async fn hold(
    tx: &mut Tx,
    wanted: Vec<Wanted<'_>>,
    now: Timestamp,
    kept: Kept,
) -> Result<BTreeMap<usize, Held>, StoreError> {
    let mut granted = BTreeMap::new();
    // In the order of the key, so that two nodes wait and never lock each other out.
    let mut slots: BTreeMap<_, Vec<Wanted<'_>>> = BTreeMap::new();
    for one in wanted {
        slots.entry((&one.place.code, one.start)).or_default().push(one);
    }
    let mut shared: BTreeMap<&FacilityCode, Option<Facility>> = BTreeMap::new();
    for ((code, start), mut waiting) in slots {
        let Some(before) = waiting.first().map(|one| one.place) else { continue };
        let slot = Slot { code, start };
        let taken = slot.taken(tx, now).await?;
        if taken.room(before) == 0 && !waiting.iter().any(|one| taken.own(one).is_some()) {
            continue;
        }
        if !shared.contains_key(code) {
            shared.insert(code, share(tx, code).await?);
        }
        let place = shared.get(code).and_then(Option::as_ref);
        // It was closed at this moment, or has other hours.
        let Some(place) = place.filter(|place| place.slot_at(start).is_some()) else { continue };
        let seat = |seat| Seat { facility: code.clone(), start, seat };
        let mut locked = false;
        for _ in 0..ROUNDS {
            let taken = slot.taken(tx, now).await?;
            keep_own(&mut waiting, &taken, &mut granted, seat);
            waiting.retain(|one| !one.barred);
            if waiting.is_empty() || taken.room(place) == 0 {
                break;
            }
            if !locked {
                // What others gave away until then is read behind the lock.
                slot.lock(tx, waiting.len()).await?;
                locked = true;
                continue;
            }
            let mut once = BTreeSet::new();
            let each = waiting.iter().filter(|one| once.insert((one.hold.person, one.hold.dose)));
            let free = (1..=u16::MAX).filter(|seat| !taken.seats.contains(seat));
            let given: Vec<_> = free.take(taken.room(place)).zip(each).collect();
            slot.give(tx, &given, now, kept).await?;
        }
    }
    Ok(granted)
}

/// The place as it is now, and stays until the transaction ends. SQLite has one writer anyway.
async fn share(tx: &mut Tx, code: &FacilityCode) -> Result<Option<Facility>, StoreError> {
    on_engine!(&mut *tx, |Db, tx| {
        let sql =
            format!("select code from facility where code = $1{}", <Db as Dialect>::FOR_SHARE);
        let query = sqlx::query::<Db>(sqlx::AssertSqlSafe(sql));
        query.bind(code.as_str().to_owned()).fetch_optional(&mut **tx).await?;
    });
    Ok(Found::read(tx, &[], &[code]).await?.by_code(code).cloned())
}

/// Whoever holds a seat of the slot already has it, and for no longer than before.
fn keep_own(
    waiting: &mut Vec<Wanted<'_>>,
    taken: &Taken,
    granted: &mut BTreeMap<usize, Held>,
    seat: impl Fn(u16) -> Seat,
) {
    waiting.retain(|one| {
        let own = taken.own(one);
        if let Some((number, until)) = own {
            granted.insert(one.at, Held { seat: seat(*number), until: *until });
        }
        own.is_none()
    });
}

impl Taken {
    /// What somebody holds there already.
    fn own(&self, one: &Wanted<'_>) -> Option<&(u16, Timestamp)> {
        self.held.get(&(one.hold.person, one.hold.dose))
    }

    /// How many seats may still be given. A quota that was lowered takes nobody's.
    fn room(&self, place: &Facility) -> usize {
        usize::from(place.quota).saturating_sub(self.seats.len())
    }
}

#[derive(Clone, Copy)]
struct Slot<'f> {
    code: &'f FacilityCode,
    start: Timestamp,
}

impl Slot<'_> {
    async fn taken(&self, tx: &mut Tx, now: Timestamp) -> Result<Taken, StoreError> {
        let mut taken = Taken::default();
        on_engine!(tx, |Db, tx| {
            let rows = sqlx::query::<Db>(
                "select seat, state, nik_index, dose, until from seat \
                 where facility = $1 and start = $2 and until > $3",
            )
            .bind(self.code.as_str().to_owned())
            .bind(self.start.millis())
            .bind(now.millis())
            .fetch_all(&mut **tx)
            .await?;
            for row in rows {
                let seat = small(row.try_get(0)?)?;
                let state: String = row.try_get(1)?;
                taken.seats.insert(seat);
                if state != "booked" {
                    let person = NikIndex::from_bytes(octets(row.try_get(2)?, "seat")?);
                    let until = Timestamp::from_millis(row.try_get(4)?);
                    taken.held.insert((person, small(row.try_get(3)?)?), (seat, until));
                }
            }
        });
        Ok(taken)
    }

    async fn lock(&self, tx: &mut Tx, wanted: usize) -> Result<(), StoreError> {
        on_engine!(tx, |Db, tx| {
            sqlx::query::<Db>(
                "insert into slot (facility, start, drawn) values ($1, $2, $3) \
                 on conflict (facility, start) do update set drawn = slot.drawn + excluded.drawn",
            )
            .bind(self.code.as_str().to_owned())
            .bind(self.start.millis())
            .bind(i64::try_from(wanted).unwrap_or(i64::MAX))
            .execute(&mut **tx)
            .await?;
        });
        Ok(())
    }

    /// Writes the seats. A phone holds one at a time: what else it held is free. A hold that was over
    /// and has been booked meanwhile is left alone; the next look finds out.
    async fn give(
        &self,
        tx: &mut Tx,
        given: &[(u16, &Wanted<'_>)],
        now: Timestamp,
        kept: Kept,
    ) -> Result<(), StoreError> {
        if given.is_empty() {
            return Ok(());
        }
        let phones: BTreeSet<_> = given.iter().map(|(_, one)| one.hold.by).collect();
        let phones: Vec<_> = phones.into_iter().collect();
        on_engine!(tx, |Db, tx| {
            if kept == Kept::Held {
                let mut sql = QueryBuilder::<Db>::new(
                    "delete from seat where state = 'held' and subscriber in (",
                );
                push_keys(&mut sql, &phones, |phone| phone.as_bytes().to_vec());
                // One that is over is nobody's business but of him who gives it away.
                sql.push(") and until > ").push_bind(now.millis());
                sql.build().execute(&mut **tx).await?;
            }
            let mut sql = QueryBuilder::<Db>::new(
                "with given (seat, nik_index, dose, subscriber, until) as (",
            );
            sql.push_values(padded_rows(given), |mut row, given| {
                let hold = given.map(|(_, one)| one.hold);
                row.push_bind(given.map(|(seat, _)| i64::from(*seat)))
                    .push_bind(hold.map(|hold| hold.person.as_bytes().to_vec()))
                    .push_bind(hold.map(|hold| i64::from(hold.dose)))
                    .push_bind(hold.map(|hold| hold.by.as_bytes().to_vec()))
                    .push_bind(hold.map(|hold| now.plus(hold.hold_for).millis()));
            });
            sql.push(") insert into seat (facility, start, seat, state, nik_index, dose, ")
                .push("subscriber, until) select ")
                .push_bind(self.code.as_str().to_owned())
                .push(", ")
                .push_bind(self.start.millis())
                .push(", seat, ")
                .push(kept.as_sql())
                .push(
                    ", nik_index, dose, subscriber, until from given \
                     where seat is not null on conflict (facility, start, seat) do update set \
                     state = excluded.state, nik_index = excluded.nik_index, dose = excluded.dose, \
                     subscriber = excluded.subscriber, until = excluded.until \
                     where seat.until <= ",
                )
                .push_bind(now.millis());
            sql.build().execute(&mut **tx).await?;
        });
        Ok(())
    }
}
