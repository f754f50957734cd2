//! Appointments as the desk of a place sees them: by ticket, by day; whoever came, and what staff call off.

use sqlx::Row;

use super::{Between, FacilityCode, Seat, read_code, small, write::end};
use crate::{
    clock::{Timestamp, Zone},
    identity::region,
    service::{
        appointment::{AppointmentState, CheckIn, Ended},
        audit::Doer,
        number::Number,
    },
    store::{
        CommitError, Store, StoreError,
        engine::{Tx, octets, on_engine},
        facts::read_number,
    },
    vault::NikIndex,
};

/// An appointment, whatever its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppointmentLine {
    /// The number of its ticket.
    pub number: Number,
    /// Whose.
    pub person: NikIndex,
    /// For which dose.
    pub dose: u8,
    /// Its seat.
    pub seat: Seat,
    /// The name of its place.
    pub place: String,
    /// The clock of its place.
    pub zone: Zone,
    /// How long its slot is, in minutes.
    pub minutes: u16,
    /// How it stands.
    pub state: AppointmentState,
    /// Since when.
    pub since: Timestamp,
    /// Who of the staff checked the person in.
    pub staff: Option<String>,
}

/// The columns of a line, in the order of [`line!`].
const COLUMNS: &str = "select appointment.nik_index, appointment.number, appointment.dose, \
     appointment.facility, appointment.start, appointment.seat, appointment.minutes, \
     appointment.state, appointment.changed_at, appointment.staff, facility.name, \
     facility.regency from appointment join facility on facility.code = appointment.facility where ";

/// A row with the columns of [`COLUMNS`]. A macro, because the row's type is one of two.
macro_rules! line {
    ($row:expr) => {{
        let row = &$row;
        let damaged = || StoreError::Unreadable("appointment");
        let (number, code): (String, String) = (row.try_get(1)?, row.try_get(3)?);
        let (state, regency): (String, String) = (row.try_get(7)?, row.try_get(11)?);
        AppointmentLine {
            person: NikIndex::from_bytes(octets(row.try_get(0)?, "appointment")?),
            number: read_number(&number)?,
            dose: small(row.try_get(2)?)?,
            seat: Seat {
                facility: read_code(&code)?,
                start: Timestamp::from_millis(row.try_get(4)?),
                seat: small(row.try_get(5)?)?,
            },
            minutes: small(row.try_get(6)?)?,
            state: AppointmentState::parse(&state).ok_or_else(damaged)?,
            since: Timestamp::from_millis(row.try_get(8)?),
            staff: row.try_get(9)?,
            place: row.try_get(10)?,
            zone: region::zone(&regency),
        }
    }};
}

impl Store {
    /// The appointment of a ticket.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn appointment(
        &self,
        number: &Number,
    ) -> Result<Option<AppointmentLine>, StoreError> {
        let sql = format!("{COLUMNS} appointment.number = $1");
        on_engine!(&self.pool, |Db, pool| {
            let row = sqlx::query::<Db>(sqlx::AssertSqlSafe(sql))
                .bind(number.as_str())
                .fetch_optional(pool)
                .await?;
            Ok(match row {
                Some(row) => Some(line!(row)),
                None => None,
            })
        })
    }

    /// Who is expected at a place between two moments, and who came, in the order of their times.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn appointments(
        &self,
        facility: &FacilityCode,
        (from, to): Between,
    ) -> Result<Vec<AppointmentLine>, StoreError> {
        let sql = format!(
            "{COLUMNS} appointment.facility = $1 and appointment.start >= $2 \
             and appointment.start < $3 and appointment.state in ('booked', 'attended') \
             order by appointment.start, appointment.seat"
        );
        let mut lines = Vec::new();
        on_engine!(self.reader(), |Db, pool| {
            let rows = sqlx::query::<Db>(sqlx::AssertSqlSafe(sql))
                .bind(facility.as_str().to_owned())
                .bind(from.millis())
                .bind(to.millis())
                .fetch_all(pool)
                .await?;
            for row in rows {
                lines.push(line!(row));
            }
        });
        Ok(lines)
    }
}

/// Writes that somebody came.
pub(in crate::store) async fn check_in(
    tx: &mut Tx,
    came: &CheckIn,
    doer: &Doer,
    at: Timestamp,
) -> Result<(), CommitError> {
    let staff = match doer {
        Doer::Staff(name) => Some(name.as_str().to_owned()),
        Doer::Phone { .. } | Doer::Anybody { .. } => None,
    };
    let done = on_engine!(tx, |Db, tx| {
        sqlx::query::<Db>(
            "update appointment set state = 'attended', changed_at = $1, staff = $2 \
             where nik_index = $3 and number = $4 and state = 'booked'",
        )
        .bind(at.millis())
        .bind(staff)
        .bind(came.person.as_bytes().to_vec())
        .bind(came.number.as_str().to_owned())
        .execute(&mut **tx)
        .await?
        .rows_affected()
    });
    if done == 1 { Ok(()) } else { Err(CommitError::Conflict) }
}

/// Ends an appointment in the name of staff; its person is told by whoever tells people of their tickets.
pub(in crate::store) async fn call_off(
    tx: &mut Tx,
    ended: &Ended,
    at: Timestamp,
) -> Result<(), CommitError> {
    end(tx, ended, at).await?;
    on_engine!(tx, |Db, tx| {
        sqlx::query::<Db>(
            "update appointment set reason = 'staff', told_at = null \
             where nik_index = $1 and number = $2",
        )
        .bind(ended.person.as_bytes().to_vec())
        .bind(ended.number.as_str().to_owned())
        .execute(&mut **tx)
        .await?;
    });
    Ok(())
}
