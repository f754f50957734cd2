//! Appointments as the desk of a place sees them, whoever asks: the command or the admin pages. Whoever
//! came is checked in once, and that is a row of the audit log; so is what staff call off, of which the person
//! hears from `waiting`.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};
use thiserror::Error;

use crate::{
    clock::{self, Timestamp},
    identity::PersonName,
    service::{
        appointment::{AppointmentState, CheckIn, Ended, EndedAs},
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
    /// Whoever has it was checked in before.
    #[error("{0}")]
    CameBefore(Before),
    /// Others were faster, again and again.
    #[error("somebody else changed it at the same moment; look again")]
    Conflict,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// When somebody was checked in, where it was, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Before {
    at: DateTime,
    staff: Option<String>,
}

impl fmt::Display for Before {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at.strftime("%Y-%m-%d %H:%M");
        let staff = self.staff.as_deref().unwrap_or("-");
        write!(f, "whoever has this ticket was checked in already, on {at} by {staff}")
    }
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
            let line = self.now(number).await?;
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

    /// Checks in whoever came with a ticket. It is good once: whoever comes with it again is told when it was
    /// shown.
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
            let line = self.now(number).await?;
            match line.state {
                AppointmentState::Attended => {
                    let before = Before { at: line.since.local(line.zone), staff: line.staff };
                    return Err(AppointmentError::CameBefore(before));
                }
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
                Ok(()) => return self.now(number).await,
                // As it stands now.
                Err(CommitError::Conflict) => {}
                Err(CommitError::Unavailable(error)) => return Err(error.into()),
            }
        }
        Err(AppointmentError::Conflict)
    }

    /// Calls an appointment off: the seat is free, nothing reminds of it, and the person is told.
    ///
    /// # Errors
    /// See [`AppointmentError`].
    pub async fn cancel(
        &self,
        number: &Number,
        staff: &StaffName,
    ) -> Result<AppointmentLine, AppointmentError> {
        for _ in 0..TRIES {
            let line = self.now(number).await?;
            if line.state != AppointmentState::Booked {
                return Err(AppointmentError::Ended(line.state));
            }
            let ended = Ended {
                person: line.person,
                number: number.clone(),
                seat: line.seat,
                reminder: None,
                how: EndedAs::Cancelled,
            };
            let act = Act::new(Deed::AppointmentCalledOff).about(Some(line.person)).ticket(number);
            let changes = vec![DeskChange::CallOff(ended), DeskChange::Audit(act)];
            let batch = self.store.begin().await?;
            match batch.commit_staff(&write(staff, changes)).await {
                Ok(()) => return self.now(number).await,
                Err(CommitError::Conflict) => {}
                Err(CommitError::Unavailable(error)) => return Err(error.into()),
            }
        }
        Err(AppointmentError::Conflict)
    }

    /// The appointment of a ticket as it stands.
    async fn now(&self, number: &Number) -> Result<AppointmentLine, AppointmentError> {
        self.store.appointment(number).await?.ok_or(AppointmentError::NoSuch)
    }
}

fn write(staff: &StaffName, changes: Vec<DeskChange>) -> StaffWrite {
    StaffWrite { staff: staff.clone(), at: clock::now(), changes, notices: Vec::new() }
}
