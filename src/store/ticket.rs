//! Tickets: read with the other facts, opened with the turn, moved by staff. Rare: statements of their
//! own.

use sqlx::Row;

use super::{
    CommitError, Store, StoreError,
    engine::{Tx, octets, on_engine},
    sealed::{self, Place},
};
use crate::{
    clock::Timestamp,
    service::{
        audit::StaffName,
        number::Number,
        record::Need,
        ticket::{
            Body, Category, MOST_TICKETS, NewTicket, Onset, Severity, Ticket, TicketState,
            TicketStep,
        },
    },
    vault::{NikIndex, SubscriberKey, Vault},
};

/// The columns of a ticket, in the order of [`columns`].
macro_rules! columns {
    () => {
        "number, nik_index, subscriber, category, severity, onset, body, state, opened_at, due_at, \
         not_before, staff, answer, merged_into, version"
    };
}
/// A row with the columns of [`columns`]. A macro, because the row's type is one of two.
macro_rules! ticket {
    ($vault:expr, $row:expr) => {{
        let row = &$row;
        Columns {
            number: row.try_get(0)?,
            person: row.try_get(1)?,
            phone: row.try_get(2)?,
            category: row.try_get(3)?,
            severity: row.try_get(4)?,
            onset: row.try_get(5)?,
            body: row.try_get(6)?,
            state: row.try_get(7)?,
            opened: row.try_get(8)?,
            due: row.try_get(9)?,
            not_before: row.try_get(10)?,
            staff: row.try_get(11)?,
            answer: row.try_get(12)?,
            merged_into: row.try_get(13)?,
            version: row.try_get(14)?,
        }
        .read($vault)
    }};
}

/// One that cannot be read here is a newer program's, which works beside this one: it is passed over, and keeps
/// nobody from the others.
fn readable(ticket: Result<Ticket, StoreError>) -> Result<Option<Ticket>, StoreError> {
    match ticket {
        Err(StoreError::Unreadable(what)) => {
            tracing::warn!(what, "a row cannot be read here, and is passed over");
            Ok(None)
        }
        ticket => ticket.map(Some),
    }
}

fn number_of(text: &str) -> Result<Number, StoreError> {
    Number::parse(text).map_err(|_| StoreError::Unreadable("ticket"))
}

/// What happened to a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketEvent {
    /// How it stood from then on.
    pub state: TicketState,
    /// Who of the staff did it; nobody did the first.
    pub staff: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// The tickets that each need asks for, in the order of `needs`.
pub(super) async fn read_tickets(
    tx: &mut Tx,
    vault: &Vault,
    needs: &[Need],
) -> Result<Vec<Vec<Ticket>>, StoreError> {
    let mut tickets = Vec::with_capacity(needs.len());
    for need in needs {
        tickets.push(match need.tickets {
            Some(phone) => read_own(tx, vault, phone).await?,
            None => Vec::new(),
        });
    }
    Ok(tickets)
}

/// The latest of a phone. It cannot have more that are pending than the configuration allows, which is
/// fewer than are read unless somebody has changed it.
async fn read_own(
    tx: &mut Tx,
    vault: &Vault,
    phone: SubscriberKey,
) -> Result<Vec<Ticket>, StoreError> {
    let sql = concat!(
        "select ",
        columns!(),
        " from ticket where subscriber = $1 and hidden_at is null \
         order by case when state in ('open', 'taken') then 0 else 1 end, opened_at desc, number \
         limit $2"
    );
    let mut tickets = Vec::new();
    on_engine!(tx, |Db, tx| {
        let rows = sqlx::query::<Db>(sql)
            .bind(phone.as_bytes().to_vec())
            .bind(i64::try_from(MOST_TICKETS).unwrap_or(i64::MAX))
            .fetch_all(&mut **tx)
            .await?;
        for row in rows {
            tickets.extend(readable(ticket!(vault, row))?);
        }
    });
    Ok(tickets)
}

/// Every ticket about a person, oldest first: what is written out for somebody is whole, or is not.
pub(super) async fn read_about(
    tx: &mut Tx,
    vault: &Vault,
    person: NikIndex,
) -> Result<Vec<Ticket>, StoreError> {
    let sql = concat!(
        "select ",
        columns!(),
        " from ticket where nik_index = $1 order by opened_at, number"
    );
    let mut tickets = Vec::new();
    on_engine!(tx, |Db, tx| {
        let rows = sqlx::query::<Db>(sql).bind(person.as_bytes().to_vec());
        for row in rows.fetch_all(&mut **tx).await? {
            tickets.push(ticket!(vault, row)?);
        }
    });
    Ok(tickets)
}

/// The ticket of a category about a person that waits, if there is one.
pub(super) async fn read_pending(
    tx: &mut Tx,
    vault: &Vault,
    person: NikIndex,
    category: Category,
) -> Result<Option<Ticket>, StoreError> {
    let sql = concat!(
        "select ",
        columns!(),
        " from ticket where nik_index = $1 and category = $2 and state in ('open', 'taken') \
         order by opened_at limit 1"
    );
    let mut ticket = None;
    on_engine!(tx, |Db, tx| {
        let row = sqlx::query::<Db>(sql)
            .bind(person.as_bytes().to_vec())
            .bind(category.as_str())
            .fetch_optional(&mut **tx)
            .await?;
        if let Some(row) = row {
            ticket = Some(ticket!(vault, row)?);
        }
    });
    Ok(ticket)
}

/// What staff have to look at of the registrations of a person that rest on what an officer heard.
pub(super) async fn read_heard_checks(
    tx: &mut Tx,
    vault: &Vault,
    person: NikIndex,
) -> Result<Vec<Ticket>, StoreError> {
    let sql = concat!(
        "select ",
        columns!(),
        " from ticket where nik_index = $1 and category = $2 and state in ('open', 'taken') \
         and subscriber in (select subscriber from consent \
         where nik_index = $1 and withdrawn_at is null) order by opened_at, number"
    );
    let mut tickets = Vec::new();
    on_engine!(tx, |Db, tx| {
        let rows = sqlx::query::<Db>(sql)
            .bind(person.as_bytes().to_vec())
            .bind(Category::Registration.as_str())
            .fetch_all(&mut **tx)
            .await?;
        for row in rows {
            tickets.extend(readable(ticket!(vault, row))?);
        }
    });
    Ok(tickets)
}

/// A row as it stands in the table.
struct Columns {
    number: String,
    person: Option<Vec<u8>>,
    phone: Vec<u8>,
    category: String,
    severity: Option<String>,
    onset: Option<String>,
    body: Vec<u8>,
    state: String,
    opened: i64,
    due: Option<i64>,
    not_before: Option<i64>,
    staff: Option<String>,
    answer: Option<Vec<u8>>,
    merged_into: Option<String>,
    version: i64,
}

impl Columns {
    fn read(self, vault: &Vault) -> Result<Ticket, StoreError> {
        let damaged = || StoreError::Unreadable("ticket");
        let number = number_of(&self.number)?;
        let body = sealed::open(vault, Place::Ticket(&number), &self.body)?;
        let body: Body = serde_json::from_slice(&body).map_err(|_| damaged())?;
        let answer = match self.answer {
            Some(answer) => {
                let answer = sealed::open(vault, Place::Answer(&number), &answer)?;
                Some(String::from_utf8(answer).map_err(|_| damaged())?)
            }
            None => None,
        };
        let person = self.person.map(|octets_| octets(octets_, "ticket")).transpose()?;
        let merged_into = self.merged_into.as_deref().map(Number::parse).transpose();
        let time = |millis: Option<i64>| millis.map(Timestamp::from_millis);
        Ok(Ticket {
            made: NewTicket {
                person: person.map(NikIndex::from_bytes),
                category: Category::parse(&self.category).ok_or_else(damaged)?,
                severity: self.severity.as_deref().and_then(Severity::parse),
                onset: self.onset.as_deref().and_then(Onset::parse),
                body,
                due: time(self.due),
                not_before: time(self.not_before),
                number,
            },
            by: SubscriberKey::from_bytes(octets(self.phone, "ticket")?),
            opened: Timestamp::from_millis(self.opened),
            state: TicketState::parse(&self.state).ok_or_else(damaged)?,
            staff: self.staff,
            answer,
            merged_into: merged_into.map_err(|_| damaged())?,
            version: self.version,
        })
    }
}

/// A number that is taken breaks the primary key, which is the conflict wanted.
pub(super) async fn write_opened(
    tx: &mut Tx,
    vault: &Vault,
    ticket: &NewTicket,
    by: SubscriberKey,
    channel: Option<&str>,
    at: Timestamp,
) -> Result<(), CommitError> {
    let body = serde_json::to_vec(&ticket.body).map_err(|_| StoreError::Unreadable("ticket"))?;
    let body = sealed::seal(vault, Place::Ticket(&ticket.number), &body);
    on_engine!(&mut *tx, |Db, tx| {
        sqlx::query::<Db>(
            "insert into ticket (number, nik_index, subscriber, category, severity, onset, body, \
             state, channel, opened_at, due_at, not_before, version) \
             values ($1, $2, $3, $4, $5, $6, $7, 'open', $8, $9, $10, $11, 1)",
        )
        .bind(ticket.number.as_str())
        .bind(ticket.person.map(|person| person.as_bytes().to_vec()))
        .bind(by.as_bytes().to_vec())
        .bind(ticket.category.as_str())
        .bind(ticket.severity.map(Severity::as_str))
        .bind(ticket.onset.map(Onset::as_str))
        .bind(body)
        .bind(channel.map(str::to_owned))
        .bind(at.millis())
        .bind(ticket.due.map(Timestamp::millis))
        .bind(ticket.not_before.map(Timestamp::millis))
        .execute(&mut **tx)
        .await?;
    });
    write_event(tx, &ticket.number, 1, TicketState::Open, "", at).await
}

/// A ticket that another goes on in has to be there for it: it is held, and whoever read it before reads
/// it again. One that has ended meanwhile is a conflict.
async fn hold(tx: &mut Tx, into: &Number) -> Result<(), CommitError> {
    let held = on_engine!(&mut *tx, |Db, tx| {
        sqlx::query::<Db>(
            "update ticket set version = version + 1 where number = $1 \
             and state in ('open', 'taken')",
        )
        .bind(into.as_str())
        .execute(&mut **tx)
        .await?
        .rows_affected()
    });
    if held == 1 { Ok(()) } else { Err(CommitError::Conflict) }
}

/// A version that is not the one that was read is a conflict.
pub(super) async fn write_step(
    tx: &mut Tx,
    vault: &Vault,
    step: &TicketStep,
    at: Timestamp,
) -> Result<(), CommitError> {
    let answer = step.answer.as_ref();
    let answer =
        answer.map(|text| sealed::seal(vault, Place::Answer(&step.number), text.as_bytes()));
    // The lower number first, so that two merges wait and never lock each other out.
    let into = step.merged_into.as_ref();
    if let Some(into) = into.filter(|into| into.as_str() < step.number.as_str()) {
        hold(tx, into).await?;
    }
    let written = on_engine!(&mut *tx, |Db, tx| {
        sqlx::query::<Db>(
            "update ticket set state = $1, staff = coalesce($2, staff), answer = coalesce($3, answer), \
             answered_at = case when $1 in ('open', 'taken') then null else $4 end, \
             merged_into = $5, version = $6 where number = $7 and version = $8",
        )
        .bind(step.state.as_str())
        .bind(step.staff.as_ref().map(|staff| staff.as_str().to_owned()))
        .bind(answer)
        .bind(at.millis())
        .bind(step.merged_into.as_ref().map(|number| number.as_str().to_owned()))
        .bind(step.was.saturating_add(1))
        .bind(step.number.as_str())
        .bind(step.was)
        .execute(&mut **tx)
        .await?
        .rows_affected()
    });
    if written != 1 {
        return Err(CommitError::Conflict);
    }
    if let Some(into) = into.filter(|into| into.as_str() > step.number.as_str()) {
        hold(tx, into).await?;
    }
    let place = step.was.saturating_add(1);
    let staff = step.staff.as_ref().map_or("", StaffName::as_str);
    write_event(tx, &step.number, place, step.state, staff, at).await
}

async fn write_event(
    tx: &mut Tx,
    number: &Number,
    step: i64,
    state: TicketState,
    staff: &str,
    at: Timestamp,
) -> Result<(), CommitError> {
    on_engine!(tx, |Db, tx| {
        sqlx::query::<Db>(
            "insert into ticket_event (ticket, step, state, staff, at) values ($1, $2, $3, $4, $5)",
        )
        .bind(number.as_str())
        .bind(step)
        .bind(state.as_str())
        .bind(staff.to_owned())
        .bind(at.millis())
        .execute(&mut **tx)
        .await?;
    });
    Ok(())
}

/// A ticket as it stands in a list: nobody's name, and no words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketLine {
    /// Its number.
    pub number: Number,
    /// What it is about.
    pub category: Category,
    /// How bad a reaction is.
    pub severity: Option<Severity>,
    /// How it stands.
    pub state: TicketState,
    /// Who has it.
    pub staff: Option<String>,
    /// When it was opened.
    pub opened: Timestamp,
    /// When it is due.
    pub due: Option<Timestamp>,
}

/// Where among those that wait a ticket is: when it is due, and its number.
pub type TicketPlace = (Option<Timestamp>, Number);

/// Tickets that wait, and those of them that are late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketFigures {
    /// What they are about; nothing that this program knows, if a newer one opened them.
    pub category: Option<Category>,
    /// Open or taken.
    pub pending: u64,
    /// Of those, due by now.
    pub overdue: u64,
}

impl Store {
    /// Tickets in the order in which they are due, those without a time last, then the oldest first.
    /// Without a state, those that are pending.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn tickets(
        &self,
        state: Option<TicketState>,
        category: Option<Category>,
        limit: u32,
    ) -> Result<Vec<TicketLine>, StoreError> {
        let mut lines = Vec::new();
        on_engine!(self.reader(), |Db, pool| {
            let rows = sqlx::query::<Db>(
                "select number, category, severity, state, staff, opened_at, due_at from ticket \
                 where (state = $1 or ($1 is null and state in ('open', 'taken'))) \
                 and (category = $2 or $2 is null) \
                 order by case when due_at is null then 1 else 0 end, due_at, opened_at, number \
                 limit $3",
            )
            .bind(state.map(TicketState::as_str))
            .bind(category.map(Category::as_str))
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await?;
            for row in rows {
                let (number, severity): (String, Option<String>) =
                    (row.try_get(0)?, row.try_get(2)?);
                let due: Option<i64> = row.try_get(6)?;
                let category = Category::parse(row.try_get(1)?);
                let state = TicketState::parse(row.try_get(3)?);
                // Who lists them is told how many a newer program has by the figures.
                let Some((category, state)) = category.zip(state) else { continue };
                lines.push(TicketLine {
                    number: number_of(&number)?,
                    category,
                    severity: severity.as_deref().and_then(Severity::parse),
                    state,
                    staff: row.try_get(4)?,
                    opened: Timestamp::from_millis(row.try_get(5)?),
                    due: due.map(Timestamp::from_millis),
                });
            }
        });
        Ok(lines)
    }

    /// Registrations that staff have to look at, at most `limit` behind a place, in the order in which they
    /// are due; and the place of the last one, read or not.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn checks(
        &self,
        after: Option<&TicketPlace>,
        limit: u32,
    ) -> Result<(Vec<Ticket>, Option<TicketPlace>), StoreError> {
        let sql = concat!(
            "select ",
            columns!(),
            " from ticket where category = $1 and state in ('open', 'taken') \
             and (due_at > $2 or (due_at = $2 and number > $3)) order by due_at, number limit $4"
        );
        let due = after.and_then(|(due, _)| *due).map_or(i64::MIN, Timestamp::millis);
        let (mut tickets, mut last) = (Vec::new(), None);
        on_engine!(self.reader(), |Db, pool| {
            let rows = sqlx::query::<Db>(sql)
                .bind(Category::Registration.as_str())
                .bind(due)
                .bind(after.map_or("", |(_, number)| number.as_str()))
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?;
            if let Some(row) = rows.last() {
                let (number, due): (String, Option<i64>) = (row.try_get(0)?, row.try_get(9)?);
                last = Some((due.map(Timestamp::from_millis), number_of(&number)?));
            }
            for row in rows {
                tickets.extend(readable(ticket!(&self.vault, row))?);
            }
        });
        Ok((tickets, last))
    }

    /// A ticket, whatever its state.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn ticket(&self, number: &Number) -> Result<Option<Ticket>, StoreError> {
        let sql = concat!("select ", columns!(), " from ticket where number = $1");
        let mut ticket = None;
        on_engine!(&self.pool, |Db, pool| {
            let row = sqlx::query::<Db>(sql).bind(number.as_str()).fetch_optional(pool).await?;
            if let Some(row) = row {
                ticket = Some(ticket!(&self.vault, row)?);
            }
        });
        Ok(ticket)
    }

    /// What happened to a ticket, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn ticket_events(&self, number: &Number) -> Result<Vec<TicketEvent>, StoreError> {
        let mut events = Vec::new();
        on_engine!(self.reader(), |Db, pool| {
            let rows = sqlx::query::<Db>(
                "select state, staff, at from ticket_event where ticket = $1 order by step",
            )
            .bind(number.as_str())
            .fetch_all(pool)
            .await?;
            for row in rows {
                let staff: String = row.try_get(1)?;
                events.push(TicketEvent {
                    state: TicketState::parse(row.try_get(0)?)
                        .ok_or(StoreError::Unreadable("ticket_event"))?,
                    staff: Some(staff).filter(|staff| !staff.is_empty()),
                    at: Timestamp::from_millis(row.try_get(2)?),
                });
            }
        });
        Ok(events)
    }

    /// How many tickets wait, and how many of them are late.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn ticket_figures(&self, now: Timestamp) -> Result<Vec<TicketFigures>, StoreError> {
        let mut figures = Vec::new();
        on_engine!(self.reader(), |Db, pool| {
            let rows = sqlx::query::<Db>(
                "select category, count(*), count(case when due_at < $1 then 1 end) from ticket \
                 where state in ('open', 'taken') group by category",
            )
            .bind(now.millis())
            .fetch_all(pool)
            .await?;
            for row in rows {
                let category = Category::parse(row.try_get(0)?);
                let (pending, overdue): (i64, i64) = (row.try_get(1)?, row.try_get(2)?);
                let (pending, overdue) = (pending.unsigned_abs(), overdue.unsigned_abs());
                figures.push(TicketFigures { category, pending, overdue });
            }
        });
        Ok(figures)
    }
}
