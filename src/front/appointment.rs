//! Appointments as the desk of a place sees them, whoever asks: the command or the admin pages. Whoever
//! came is checked in once, and that is a row of the audit log.

use jiff::civil::{Date, Time};
use thiserror::Error;

use crate::{
    clock::{self, Timestamp},
    identity::PersonName,
    service::{
        appointment::{AppointmentState, CheckIn},
        audit::{Act, Deed, StaffName},
        facility::FacilityCode,
        number::Number,
        record::{DeskChange, Need},
    },
    store::{AppointmentLine, CommitError, StaffWrite, Store, StoreError},
};

/// How often a check-in is tried while others are faster.
const TRIES: u32 = 4;

/// What appointments are shown and checked in with.
#[derive(Debug, Clone)]
pub struct Appointments {
    store: Store,
}

/// Which days a ticket is good at the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Days {
    /// Its own.
    Own,
    /// Any: the desk has decided to take somebody who came on another.
    Any,
}

/// An appointment, and who it is for: what the desk compares with an identity card.
#[derive(Debug, Clone)]
pub struct Expected {
    /// The appointment.
    pub line: AppointmentLine,
    /// The name in the record.
    pub name: Option<PersonName>,
    /// The NIK, masked.
    pub nik: Option<String>,
}

/// Why something was not done.
#[derive(Debug, Error)]
pub enum AppointmentError {
    /// There is none of that number.
    #[error("there is no appointment of that number")]
    NoSuch,
    /// There is no such place.
    #[error("there is no place of that code")]
    NoPlace,
    /// It stands no longer.
    #[error("the appointment is {}", .0.as_str())]
    Ended(AppointmentState),
    /// It is for another day.
    #[error("the appointment is for {0}")]
    OtherDay(Date),
    /// Others were faster, again and again.
    #[error("somebody else changed it at the same moment; look again")]
    Conflict,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Appointments {
    /// Those of a database.
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Who is expected at a place on a day, and who came.
    ///
    /// # Errors
    /// [`AppointmentError::NoPlace`], [`AppointmentError::Store`].
    pub async fn list(
        &self,
        facility: &FacilityCode,
        day: Date,
    ) -> Result<Vec<AppointmentLine>, AppointmentError> {
        let place = self.store.facility(facility).await?.ok_or(AppointmentError::NoPlace)?;
        let midnight = |day: Date| Timestamp::at(day.to_datetime(Time::midnight()), place.zone());
        let next = day.tomorrow().unwrap_or(day);
        Ok(self.store.appointments(facility, (midnight(day), midnight(next))).await?)
    }

    /// The appointment of a ticket, and whom it is for. That it was read is logged.
    ///
    /// # Errors
    /// [`AppointmentError::NoSuch`], [`AppointmentError::Conflict`], [`AppointmentError::Store`].
    pub async fn show(
        &self,
        number: &Number,
        staff: &StaffName,
    ) -> Result<Expected, AppointmentError> {
        for _ in 0..TRIES {
            let line = self.store.appointment(number).await?.ok_or(AppointmentError::NoSuch)?;
            let mut batch = self.store.begin().await?;
            let need = Need { person: Some(line.person), ..Need::default() };
            let person = batch.facts(&[need]).await?.pop().and_then(|facts| facts.person);
            let seen = Act::new(Deed::AppointmentSeen).about(Some(line.person)).ticket(number);
            match batch.commit_staff(&write(staff, vec![DeskChange::Audit(seen)])).await {
                Ok(()) => {
                    let nik = person.as_ref().map(|person| person.nik.masked());
                    return Ok(Expected { line, name: person.map(|person| person.name), nik });
                }
                Err(CommitError::Conflict) => {}
                Err(CommitError::Unavailable(error)) => return Err(error.into()),
            }
        }
        Err(AppointmentError::Conflict)
    }

    /// Checks in whoever came with a ticket. Doing it again changes nothing.
    ///
    /// # Errors
    /// See [`AppointmentError`].
    pub async fn check_in(
        &self,
        number: &Number,
        staff: &StaffName,
        days: Days,
    ) -> Result<AppointmentLine, AppointmentError> {
        for _ in 0..TRIES {
            let line = self.store.appointment(number).await?.ok_or(AppointmentError::NoSuch)?;
            match line.state {
                AppointmentState::Attended => return Ok(line),
                AppointmentState::Booked => {}
                ended => return Err(AppointmentError::Ended(ended)),
            }
            let day = line.seat.start.date(line.zone);
            if days == Days::Own && clock::now().date(line.zone) != day {
                return Err(AppointmentError::OtherDay(day));
            }
            let came = CheckIn { person: line.person, number: number.clone() };
            let act = Act::new(Deed::AppointmentAttended).about(Some(line.person)).ticket(number);
            let changes = vec![DeskChange::CheckIn(came), DeskChange::Audit(act)];
            let batch = self.store.begin().await?;
            match batch.commit_staff(&write(staff, changes)).await {
                // As it stands now.
                Ok(()) | Err(CommitError::Conflict) => {}
                Err(CommitError::Unavailable(error)) => return Err(error.into()),
            }
        }
        Err(AppointmentError::Conflict)
    }
}

fn write(staff: &StaffName, changes: Vec<DeskChange>) -> StaffWrite {
    StaffWrite { staff: staff.clone(), at: clock::now(), changes, notices: Vec::new() }
}
