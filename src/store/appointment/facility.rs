//! Places: read for turns and for staff, brought in from a file, closed for a day.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{QueryBuilder, Row};

use super::{
    Facility, FacilityCode, read_code, small,
    strand::{self, Mode},
};
use crate::{
    clock::Timestamp,
    identity::Coordinates,
    service::facility::{Hours, WHOLE},
    store::{
        Store, StoreError,
        engine::{Tx, on_engine, padded_rows, push_keys},
    },
};

/// How often places are brought in before whoever asked is told to try again.
const TRIES: u32 = 5;

/// Places of a statement.
const ROWS: usize = 256;

/// The columns of a place.
const COLUMNS: &str = "select code, name, address, regency, district, hours, vaccines, slot_minutes, quota, \
     closed_from, latitude, longitude from facility where ";

/// A row with the columns of [`COLUMNS`]. A macro, because the row's type is one of two.
macro_rules! facility {
    ($row:expr) => {{
        let row = &$row;
        let (code, hours): (String, String) = (row.try_get(0)?, row.try_get(5)?);
        let vaccines: String = row.try_get(6)?;
        let closed_from: Option<String> = row.try_get(9)?;
        let damaged = |_| StoreError::Unreadable("facility");
        let at: (Option<i64>, Option<i64>) = (row.try_get(10)?, row.try_get(11)?);
        Facility {
            code: read_code(&code)?,
            name: row.try_get(1)?,
            address: row.try_get(2)?,
            regency: row.try_get(3)?,
            district: row.try_get(4)?,
            hours: Hours::parse(&hours).map_err(|_| StoreError::Unreadable("facility"))?,
            vaccines: vaccines.split_whitespace().map(str::to_owned).collect(),
            slot_minutes: small(row.try_get(7)?)?,
            quota: small(row.try_get(8)?)?,
            closed: BTreeSet::new(),
            closed_from: match closed_from {
                Some(day) => Some(day.parse().map_err(|_| StoreError::Unreadable("facility"))?),
                None => None,
            },
            at: match at {
                (Some(south), Some(east)) => {
                    Some(Coordinates::from_micro(south, east).map_err(damaged)?)
                }
                _ => None,
            },
        }
    }};
}

/// The places that a batch asks for.
#[derive(Default)]
pub(super) struct Found {
    by_code: BTreeMap<FacilityCode, Facility>,
    by_regency: BTreeMap<String, Vec<Facility>>,
}

impl Found {
    /// Those of the regencies, without the days on which they are closed; and those named, with them.
    pub(super) async fn read(
        tx: &mut Tx,
        regencies: &[&str],
        codes: &[&FacilityCode],
    ) -> Result<Self, StoreError> {
        let mut found = Self::default();
        on_engine!(tx, |Db, tx| {
            if !regencies.is_empty() {
                let mut sql = QueryBuilder::<Db>::new(COLUMNS);
                sql.push("regency in (");
                push_keys(&mut sql, regencies, str::to_owned);
                sql.push(") order by name, code");
                for row in sql.build().fetch_all(&mut **tx).await? {
                    let place = facility!(row);
                    found.by_regency.entry(place.regency.clone()).or_default().push(place);
                }
            }
            if !codes.is_empty() {
                let mut sql = QueryBuilder::<Db>::new(COLUMNS);
                sql.push("code in (");
                push_keys(&mut sql, codes, |code| code.as_str().to_owned());
                sql.push(")");
                for row in sql.build().fetch_all(&mut **tx).await? {
                    let place = facility!(row);
                    found.by_code.insert(place.code.clone(), place);
                }
                let mut sql = QueryBuilder::<Db>::new(
                    "select facility, day from facility_closed where facility in (",
                );
                push_keys(&mut sql, codes, |code| code.as_str().to_owned());
                sql.push(")");
                for row in sql.build().fetch_all(&mut **tx).await? {
                    let (code, day): (String, String) = (row.try_get(0)?, row.try_get(1)?);
                    let day = day.parse().map_err(|_| StoreError::Unreadable("facility_closed"))?;
                    if let Some(place) = found.by_code.get_mut(&read_code(&code)?) {
                        place.closed.insert(day);
                    }
                }
            }
        });
        Ok(found)
    }

    pub(super) fn by_code(&self, code: &FacilityCode) -> Option<&Facility> {
        self.by_code.get(code)
    }

    pub(super) fn of_regency(&self, regency: &str) -> Vec<Facility> {
        self.by_regency.get(regency).cloned().unwrap_or_default()
    }
}

/// A place in a list, with how much is booked there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacilityLine {
    /// The place, without the days on which it is closed.
    pub facility: Facility,
    /// Appointments that are still to come.
    pub booked: u64,
}

impl Store {
    /// Brings places in; see [`Store::put_facilities_in`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn put_facilities(
        &self,
        facilities: &[Facility],
        now: Timestamp,
        told: impl FnMut(usize),
    ) -> Result<(), StoreError> {
        self.put_facilities_in(Mode::Real, facilities, now, told).await.map(drop)
    }

    /// Brings places in, all of them or none. One that is there already is changed; what is booked
    /// there stays booked, and the days on which it is closed stay closed. `told` hears how many are
    /// written. Where it meets people who book at the same places, it is done again from the beginning. The
    /// answer is how many people with tickets places cannot take any more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn put_facilities_in(
        &self,
        mode: Mode,
        facilities: &[Facility],
        now: Timestamp,
        mut told: impl FnMut(usize),
    ) -> Result<BTreeMap<FacilityCode, u64>, StoreError> {
        let mut sorted: Vec<&Facility> = facilities.iter().collect();
        sorted.sort_by(|one, next| one.code.cmp(&next.code));
        let mut tries = 1;
        loop {
            match self.put_sorted(mode, &sorted, now, &mut told).await {
                Err(error) if error.is_conflict() && tries < TRIES => tries += 1,
                put => return put,
            }
        }
    }

    async fn put_sorted(
        &self,
        mode: Mode,
        sorted: &[&Facility],
        now: Timestamp,
        told: &mut impl FnMut(usize),
    ) -> Result<BTreeMap<FacilityCode, u64>, StoreError> {
        let mut written = 0;
        let mut tx = self.begin_tx().await?;
        let mut stranded = BTreeMap::new();
        for rows in sorted.chunks(ROWS) {
            write(&mut tx, rows, now).await?;
            written += rows.len();
            told(written);
        }
        // Once all places are ours: whoever changes a ticket may wait for one of them.
        for rows in sorted.chunks(ROWS) {
            let codes: Vec<&FacilityCode> = rows.iter().map(|place| &place.code).collect();
            let swayed = strand::strand(&mut tx, &codes, now).await?.into_iter();
            let swayed = swayed.map(|(code, of)| (code, of.stranded));
            stranded.extend(swayed.filter(|(_, tickets)| *tickets > 0));
        }
        strand::end(tx, mode).await?;
        Ok(stranded)
    }

    /// A place, with the days on which it is closed.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn facility(&self, code: &FacilityCode) -> Result<Option<Facility>, StoreError> {
        let mut tx = self.begin_tx().await?;
        let found = Found::read(&mut tx, &[], &[code]).await?;
        on_engine!(tx, |_Db, tx| tx.rollback().await?);
        Ok(found.by_code.into_values().next())
    }

    /// Places by name, of a regency or all, at most `limit` behind `after`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn facilities(
        &self,
        regency: Option<&str>,
        after: Option<&FacilityCode>,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<FacilityLine>, StoreError> {
        let mut lines = Vec::new();
        on_engine!(self.reader(), |Db, pool| {
            let rows = sqlx::query::<Db>(
                "select code, name, address, regency, district, hours, vaccines, slot_minutes, \
                 quota, closed_from, latitude, longitude, (select count(*) from seat where seat.facility = facility.code \
                 and seat.start > $1 and seat.state = 'booked') from facility \
                 where ($2 is null or regency = $2) and ($3 is null or code > $3) \
                 order by code limit $4",
            )
            .bind(now.millis())
            .bind(regency.map(str::to_owned))
            .bind(after.map(|code| code.as_str().to_owned()))
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await?;
            for row in rows {
                let booked: i64 = row.try_get(12)?;
                lines
                    .push(FacilityLine { facility: facility!(row), booked: booked.unsigned_abs() });
            }
        });
        Ok(lines)
    }
}

async fn write(tx: &mut Tx, rows: &[&Facility], now: Timestamp) -> Result<(), StoreError> {
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "with fresh (code, name, address, regency, district, hours, vaccines, slot_minutes, \
             quota, latitude, longitude) as (",
        );
        sql.push_values(padded_rows(rows), |mut values, row| {
            let [code, name, address, regency, district, hours, vaccines, ..] = match row {
                Some(place) => place.to_row().map(Some),
                None => [const { None }; WHOLE.len()],
            };
            for text in [code, name, address, regency, district, hours, vaccines] {
                values.push_bind(text);
            }
            let at = row.and_then(|place| place.at).map(Coordinates::micro);
            values
                .push_bind(row.map(|place| i64::from(place.slot_minutes)))
                .push_bind(row.map(|place| i64::from(place.quota)))
                .push_bind(at.map(|(latitude, _)| i64::from(latitude)))
                .push_bind(at.map(|(_, longitude)| i64::from(longitude)));
        });
        sql.push(
            ") insert into facility (code, name, address, regency, district, hours, vaccines, \
             slot_minutes, quota, latitude, longitude, changed_at) select code, name, address, \
             regency, district, hours, vaccines, slot_minutes, quota, latitude, longitude, ",
        )
        .push_bind(now.millis())
        .push(
            " from fresh where code is not null on conflict (code) do update set \
             name = excluded.name, address = excluded.address, regency = excluded.regency, \
             district = excluded.district, hours = excluded.hours, vaccines = excluded.vaccines, \
             slot_minutes = excluded.slot_minutes, quota = excluded.quota, \
             latitude = excluded.latitude, longitude = excluded.longitude, \
             changed_at = excluded.changed_at",
        );
        sql.build().execute(&mut **tx).await?;
    });
    Ok(())
}
