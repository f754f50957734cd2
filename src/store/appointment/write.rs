//! Appointments as turns change them: those that end first, for a new one may stand in an old one's
//! place; then the new ones, whose seats are held for them and booked by the same transaction.

use std::collections::BTreeMap;

use sqlx::{QueryBuilder, Row};

use super::{
    Seat,
    line::{self, Waiting},
};
use crate::{
    clock::Timestamp,
    outbox::NoticeId,
    service::appointment::{AppointmentChange, AppointmentState, Booking, Ended, EndedAs},
    store::{
        CommitError, StoreError,
        engine::{Tx, on_engine, padded_rows, push_keys},
        outbox,
    },
    vault::{NikIndex, SubscriberKey},
};

/// When a booked seat is over.
const FOREVER: i64 = i64::MAX;

/// Who books, over which channel and when.
#[derive(Clone, Copy)]
struct By<'a> {
    phone: SubscriberKey,
    channel: Option<&'a str>,
    at: Timestamp,
}

/// What a batch changes of appointments, in the order of the keys.
#[derive(Default)]
pub(in crate::store) struct Appointments<'a> {
    ended: BTreeMap<(NikIndex, &'a str), (&'a Ended, Timestamp)>,
    booked: BTreeMap<(NikIndex, u8), (&'a Booking, By<'a>)>,
    /// Two of one person and dose in a batch: only one can stand.
    twice: bool,
    let_go: BTreeMap<SubscriberKey, Timestamp>,
    waiting: Waiting<'a>,
}

impl<'a> Appointments<'a> {
    pub(in crate::store) fn add(
        &mut self,
        phone: SubscriberKey,
        channel: Option<&'a str>,
        at: Timestamp,
        change: &'a AppointmentChange,
    ) {
        match change {
            AppointmentChange::Book(booking) => {
                let by = By { phone, channel, at };
                let before = self.booked.insert((booking.person, booking.dose), (booking, by));
                self.twice |= before.is_some();
            }
            AppointmentChange::End(ended) => {
                self.ended.insert((ended.person, ended.number.as_str()), (ended, at));
            }
            AppointmentChange::LetGo => {
                self.let_go.insert(phone, at);
            }
            AppointmentChange::Wait(who) => self.waiting.join(who),
            AppointmentChange::Leave(of) => self.waiting.leave(of),
            AppointmentChange::Pass(of) => self.waiting.pass(of, at),
        }
    }

    pub(in crate::store) async fn write(&self, tx: &mut Tx) -> Result<(), CommitError> {
        if self.twice {
            return Err(CommitError::Conflict);
        }
        for (ended, at) in self.ended.values() {
            end(tx, ended, *at).await?;
        }
        self.book(tx).await?;
        if let Some(now) = self.let_go.values().min().copied() {
            self.let_go(tx, now).await?;
        }
        Ok(self.waiting.write(tx).await?)
    }

    async fn book(&self, tx: &mut Tx) -> Result<(), CommitError> {
        if self.booked.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = self.booked.values().collect();
        on_engine!(tx, |Db, tx| {
            let mut sql = QueryBuilder::<Db>::new(
                "with booked (facility, start, seat, nik_index, dose, subscriber) as (",
            );
            sql.push_values(padded_rows(&rows), |mut values, row| {
                let booking = row.map(|(booking, _)| *booking);
                values
                    .push_bind(booking.map(|of| of.seat.facility.as_str().to_owned()))
                    .push_bind(booking.map(|of| of.seat.start.millis()))
                    .push_bind(booking.map(|of| i64::from(of.seat.seat)))
                    .push_bind(booking.map(|of| of.person.as_bytes().to_vec()))
                    .push_bind(booking.map(|of| i64::from(of.dose)))
                    .push_bind(row.map(|(_, by)| by.phone.as_bytes().to_vec()));
            });
            sql.push(") update seat set state = 'booked', until = ").push_bind(FOREVER).push(
                ", subscriber = booked.subscriber from booked \
                 where seat.facility = booked.facility and seat.start = booked.start \
                 and seat.seat = booked.seat and seat.nik_index = booked.nik_index \
                 and seat.dose = booked.dose and seat.state <> 'booked'",
            );
            let seats = sql.build().execute(&mut **tx).await?.rows_affected();
            // Its time was over, and somebody else has it.
            if seats != rows.len() as u64 {
                return Err(CommitError::Conflict);
            }
            let mut sql = QueryBuilder::<Db>::new(
                "with booked (nik_index, number, dose, facility, start, seat, minutes, \
                 subscriber, channel, at, reminder) as (",
            );
            sql.push_values(padded_rows(&rows), |mut values, row| {
                let booking = row.map(|(booking, _)| *booking);
                let by = row.map(|(_, by)| *by);
                values
                    .push_bind(booking.map(|of| of.person.as_bytes().to_vec()))
                    .push_bind(booking.map(|of| of.number.as_str().to_owned()))
                    .push_bind(booking.map(|of| i64::from(of.dose)))
                    .push_bind(booking.map(|of| of.seat.facility.as_str().to_owned()))
                    .push_bind(booking.map(|of| of.seat.start.millis()))
                    .push_bind(booking.map(|of| i64::from(of.seat.seat)))
                    .push_bind(booking.map(|of| i64::from(of.minutes)))
                    .push_bind(by.map(|by| by.phone.as_bytes().to_vec()))
                    .push_bind(by.and_then(|by| by.channel.map(str::to_owned)))
                    .push_bind(by.map(|by| by.at.millis()))
                    .push_bind(booking.and_then(|of| of.reminder.map(NoticeId::as_i64)));
            });
            sql.push(
                ") insert into appointment (nik_index, number, dose, facility, start, seat, \
                 minutes, subscriber, state, channel, booked_at, changed_at, reminder) \
                 select nik_index, number, dose, facility, start, seat, minutes, subscriber, \
                 'booked', channel, at, at, reminder from booked where nik_index is not null",
            );
            sql.build().execute(&mut **tx).await?;
        });
        let persons: Vec<NikIndex> = self.booked.keys().map(|(person, _)| *person).collect();
        Ok(line::leave_all(tx, &persons).await?)
    }

    /// One whose time is over is nobody's already, and may be another's by now: whoever gives it away has
    /// its slot, and must not be waited for.
    async fn let_go(&self, tx: &mut Tx, now: Timestamp) -> Result<(), CommitError> {
        let phones: Vec<_> = self.let_go.keys().copied().collect();
        on_engine!(tx, |Db, tx| {
            let mut sql =
                QueryBuilder::<Db>::new("delete from seat where state = 'held' and until > ");
            sql.push_bind(now.millis()).push(" and subscriber in (");
            push_keys(&mut sql, &phones, |phone| phone.as_bytes().to_vec());
            sql.push(")").build().execute(&mut **tx).await?;
        });
        Ok(())
    }
}

/// Rare: statements for each.
pub(super) async fn end(tx: &mut Tx, ended: &Ended, at: Timestamp) -> Result<(), CommitError> {
    let state = match ended.how {
        EndedAs::Cancelled => AppointmentState::Cancelled,
        EndedAs::Missed => AppointmentState::Missed,
    };
    // The row may have another reminder than the turn saw: whoever opens a place again writes new ones.
    let reminder: Option<i64> = on_engine!(&mut *tx, |Db, tx| {
        let done = sqlx::query::<Db>(
            "update appointment set state = $1, changed_at = $2 \
             where nik_index = $3 and number = $4 and state = 'booked' returning reminder",
        )
        .bind(state.as_str())
        .bind(at.millis())
        .bind(ended.person.as_bytes().to_vec())
        .bind(ended.number.as_str().to_owned())
        .fetch_optional(&mut **tx)
        .await?;
        done.ok_or(CommitError::Conflict)?.try_get(0)?
    });
    free(tx, &ended.seat, ended.person).await?;
    let reminder = reminder.map(NoticeId::from_i64).filter(|now| ended.reminder != Some(*now));
    let reminders: Vec<NoticeId> = ended.reminder.into_iter().chain(reminder).collect();
    outbox::cancel(tx, &reminders, at).await?;
    Ok(())
}

/// The seat of an appointment that ends is nobody's.
pub(super) async fn free(tx: &mut Tx, of: &Seat, person: NikIndex) -> Result<(), StoreError> {
    let Seat { facility, start, seat } = of;
    on_engine!(tx, |Db, tx| {
        sqlx::query::<Db>(
            "delete from seat where facility = $1 and start = $2 and seat = $3 \
             and nik_index = $4 and state = 'booked'",
        )
        .bind(facility.as_str().to_owned())
        .bind(start.millis())
        .bind(i64::from(*seat))
        .bind(person.as_bytes().to_vec())
        .execute(&mut **tx)
        .await?;
    });
    Ok(())
}
