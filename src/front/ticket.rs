//! Tickets as staff see and move them, whoever asks: the command or the admin pages. What may be done
//! is decided by `service::ticket::step`; here it is read, stored with a row of the audit log, and told
//! to whoever opened the ticket.

use std::time::Duration;

use jiff::civil::Date;
use thiserror::Error;

use crate::{
    clock::{self, Timestamp, Zone},
    config::Config,
    front::letters::{Letters, own_first},
    identity::{Msisdn, PersonName},
    menu::model::Menu,
    outbox::{Class, Over, route::Routes},
    service::{
        audit::{Act, Deed, StaffName},
        change::{
            BIRTH_CHANGED_TEXT, GUARDIAN_LEFT_TEXT, NAME_CHANGED_TEXT, PHONE_CAME_TEXT,
            PHONE_LEFT_TEXT,
        },
        number::Number,
        outside::Source,
        record::{Correction, DeskChange, Item, Need, Person},
        right::ERASED_NOTICE,
        ticket::{
            About, Answered, Asked, Category, Refused, Ticket, TicketState, nobody, review, step,
        },
    },
    store::{
        CommitError, Logged, StaffWrite, Store, StoreError, TicketEvent, TicketLine, TicketPlace,
        Verified,
    },
    vault::Vault,
};

/// How long word of a ticket is of use: people are away, and phones are off.
const GOOD_FOR: Duration = Duration::from_secs(72 * 3600);

/// How often an act is tried while others are faster.
const TRIES: u32 = 4;

/// Registrations that are looked through at once.
const REVIEWED: u32 = 50;

/// Rows of the log that are shown with a ticket.
const LOGGED: u32 = 50;

/// What tickets are read, moved and told with.
#[derive(Debug, Clone)]
pub struct Tickets {
    store: Store,
    vault: Vault,
    routes: Routes,
    zone: Zone,
    source: Source,
}

/// What somebody of the staff wants to do with a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Work on it.
    Take,
    /// Answer it.
    Answer {
        /// The answer.
        text: String,
        /// Whether the record is changed as the ticket asks.
        with: Answered,
    },
    /// Let the registration stand that it is about.
    Accept {
        /// Whether the record gets what was typed.
        with: Answered,
    },
    /// End it without an answer.
    Close,
    /// Let another ticket have it all.
    Merge {
        /// The number of that one.
        into: Number,
    },
}

/// A ticket with all that staff have to know.
#[derive(Debug, Clone)]
pub struct Case {
    /// The ticket.
    pub ticket: Ticket,
    /// What happened to it.
    pub events: Vec<TicketEvent>,
    /// Whom it is about, if the record has them.
    pub person: Option<Person>,
    /// The registration that waits with it, as the phone sent it last.
    pub waits: bool,
    /// The phone that opened it.
    pub phone: Option<Msisdn>,
    /// What the audit log has because of it.
    pub logged: Vec<Logged>,
    /// When it was read.
    pub at: Timestamp,
}

/// Whether what was typed is of the person whom the record has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The phone was tied to the person, so nothing was typed.
    ByPhone,
    /// NIK and birth date that were typed are the record's.
    Typed,
    /// They are not, or the record has nobody.
    None,
    /// It is about nobody.
    Nobody,
}

impl Case {
    /// What is known of whom it is about.
    pub fn proof(&self) -> Proof {
        match (&self.ticket.made.person, &self.person) {
            (None, _) => Proof::Nobody,
            (Some(_), Some(person)) => match self.ticket.made.body.birth {
                None => Proof::ByPhone,
                Some(birth) if birth == person.birth => Proof::Typed,
                Some(_) => Proof::None,
            },
            (Some(_), None) => Proof::None,
        }
    }
}

/// Why something was not done.
#[derive(Debug, Error)]
pub enum TicketError {
    /// There is none of that number.
    #[error("there is no ticket of that number")]
    NoSuch,
    /// There is no such row of the audit log.
    #[error("the audit log has no such row")]
    NoRow,
    /// That row is of nothing that can be put back.
    #[error("that row is of nothing that can be put back")]
    NotAChange,
    /// The record has something else by now.
    #[error("the record has been changed since; put the latest change back first")]
    Moved,
    /// It may not be done.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Others were faster, again and again.
    #[error("somebody else changed it at the same moment; look again")]
    Conflict,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Tickets {
    /// Those of a configuration.
    pub fn new(store: Store, vault: Vault, config: &Config) -> Self {
        let (zone, source) = (config.menu.zone.into(), config.record.source());
        Self { store, vault, routes: config.routes(), zone, source }
    }

    /// The tickets that wait, or those of a state, in the order in which they are due.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list(
        &self,
        state: Option<TicketState>,
        category: Option<Category>,
        limit: u32,
    ) -> Result<Vec<TicketLine>, StoreError> {
        self.store.tickets(state, category, limit).await
    }

    /// A ticket with all that belongs to it. That it was read is logged: it tells of a person.
    ///
    /// # Errors
    /// [`TicketError::NoSuch`], [`TicketError::Store`].
    pub async fn show(&self, number: &Number, staff: &StaffName) -> Result<Case, TicketError> {
        let ticket = self.store.ticket(number).await?.ok_or(TicketError::NoSuch)?;
        let at = clock::now();
        let seen = Act::new(Deed::TicketSeen).about(ticket.made.person).ticket(number);
        let changes = vec![DeskChange::Audit(seen)];
        let write = StaffWrite { staff: staff.clone(), at, changes, notices: Vec::new() };
        let mut batch = self.store.begin().await?;
        let facts = batch.facts(&[need(&ticket)]).await?.pop().unwrap_or_default();
        batch.commit_staff(&write).await.map_err(not_stored)?;
        let waits = About::of(&ticket, &facts, self.source).waiting.is_some();
        let person = facts.person;
        Ok(Case {
            waits,
            events: self.store.ticket_events(number).await?,
            phone: self.store.number_of(ticket.by).await?,
            logged: self.store.log_for(number, LOGGED).await?,
            person,
            ticket,
            at,
        })
    }

    /// Does something with a ticket, and tells whoever opened it in the words of these menus.
    ///
    /// # Errors
    /// See [`TicketError`].
    pub async fn act(
        &self,
        number: &Number,
        staff: &StaffName,
        wish: &Wish,
        menus: &[&Menu],
    ) -> Result<TicketState, TicketError> {
        for _ in 0..TRIES {
            match self.try_act(number, staff, wish, menus).await {
                Err(TicketError::Conflict) => {}
                done => return done,
            }
        }
        Err(TicketError::Conflict)
    }

    async fn try_act(
        &self,
        number: &Number,
        staff: &StaffName,
        wish: &Wish,
        menus: &[&Menu],
    ) -> Result<TicketState, TicketError> {
        let ticket = self.store.ticket(number).await?.ok_or(TicketError::NoSuch)?;
        let asked = match wish {
            Wish::Take => Asked::Take,
            Wish::Answer { text, with } => Asked::Answer { text: text.clone(), with: *with },
            Wish::Accept { with } => Asked::Accept { with: *with },
            Wish::Close => Asked::Close,
            Wish::Merge { into } => {
                let into = self.store.ticket(into).await?.ok_or(TicketError::NoSuch)?;
                Asked::Merge { into: Box::new(into) }
            }
        };
        let phone = self.store.number_of(ticket.by).await?;
        let menus = own_first(service(&ticket), menus);
        let mut letters = self.letters(&menus);
        let at = letters.at;
        let mut batch = self.store.begin().await?;
        let facts = batch.facts(&[need(&ticket)]).await?.pop().unwrap_or_default();
        let about = About::of(&ticket, &facts, self.source);
        let stepped = step(&self.vault, &ticket, about, &asked, staff, at)?;
        // On SQLite the transaction has the one connection; languages are read beside it.
        tell_changes(&mut letters, &stepped.changes, about.person).await?;
        if let Some(text) = stepped.text {
            let other = match &asked {
                Asked::Merge { into } => into.made.number.to_string(),
                _ => String::new(),
            };
            let why = match &asked {
                Asked::Answer { text, .. } => text.trim().to_owned(),
                _ => String::new(),
            };
            let values = [("ticket", number.to_string()), ("other", other), ("why", why)];
            tell(&mut letters, &ticket, phone.as_ref(), text, &values).await?;
        }
        let state = stepped.changes.iter().find_map(|change| match change {
            DeskChange::Step(step) => Some(step.state),
            _ => None,
        });
        let write = StaffWrite {
            staff: staff.clone(),
            at,
            changes: stepped.changes,
            notices: letters.notices,
        };
        batch.commit_staff(&write).await.map_err(not_stored)?;
        Ok(state.unwrap_or(ticket.state))
    }

    /// Puts back what a row of the audit log changed, and tells the person.
    ///
    /// # Errors
    /// See [`TicketError`].
    pub async fn undo(
        &self,
        (shard, seq): (u16, i64),
        staff: &StaffName,
        menus: &[&Menu],
    ) -> Result<Deed, TicketError> {
        let row = self.store.logged(shard, seq).await?.ok_or(TicketError::NoRow)?;
        let mut letters = self.letters(menus);
        let at = letters.at;
        let mut batch = self.store.begin().await?;
        let need = Need { person: row.act.person, ..Need::default() };
        let person = batch.facts(&[need]).await?.pop().and_then(|facts| facts.person);
        let changes = put_back(&self.vault, &row, person.as_ref())?;
        tell_changes(&mut letters, &changes, person.as_ref()).await?;
        if let (Deed::GuardianAdded, Some(guardian)) =
            (row.act.deed, row.act.new.as_deref().and_then(|new| Msisdn::parse_any(new).ok()))
        {
            let registered = person.as_ref().and_then(|person| person.phone.as_ref());
            for phone in registered.into_iter().chain([&guardian]) {
                letters.write(phone, GUARDIAN_LEFT_TEXT, &[], Over::Route).await?;
            }
        }
        let notices = letters.notices;
        let write = StaffWrite { staff: staff.clone(), at, changes, notices };
        batch.commit_staff(&write).await.map_err(not_stored)?;
        Ok(row.act.deed)
    }

    /// Ends the next tickets about registrations that need nobody any more: what was typed matches by now, or
    /// nothing waits. Says behind which ticket it goes on, and none at the end; one that somebody moves at
    /// the same moment is theirs.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn review(
        &self,
        after: Option<&TicketPlace>,
        menus: &[&Menu],
    ) -> Result<(Option<TicketPlace>, u32), StoreError> {
        let (tickets, last) = self.store.checks(after, REVIEWED).await?;
        let needs: Vec<Need> = tickets.iter().map(need).collect();
        let mut batch = self.store.begin().await?;
        let facts = batch.facts(&needs).await?;
        batch.rollback().await?;
        let mut ended = 0;
        for (ticket, facts) in tickets.iter().zip(&facts) {
            let menus = own_first(service(ticket), menus);
            let mut letters = self.letters(&menus);
            let (at, today) = (letters.at, letters.at.date(self.zone));
            let found = review(&self.vault, ticket, facts, self.source, (at, today));
            let Some(stepped) = found else { continue };
            if let Some(text) = stepped.text {
                let phone = self.store.number_of(ticket.by).await?;
                tell(&mut letters, ticket, phone.as_ref(), text, &[]).await?;
            }
            let (changes, notices) = (stepped.changes, letters.notices);
            let write = StaffWrite { staff: nobody(), at, changes, notices };
            match self.store.begin().await?.commit_staff(&write).await {
                Ok(()) => ended += 1,
                Err(CommitError::Conflict) => {}
                Err(CommitError::Unavailable(error)) => return Err(error),
            }
        }
        Ok((last, ended))
    }

    fn letters<'a>(&'a self, menus: &'a [&'a Menu]) -> Letters<'a> {
        Letters {
            store: &self.store,
            vault: &self.vault,
            routes: &self.routes,
            zone: self.zone,
            menus,
            at: clock::now(),
            class: Class::Reply,
            good_for: GOOD_FOR,
            notices: Vec::new(),
        }
    }

    /// Follows the audit log from its beginning to its end.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn verify_audit(&self) -> Result<Verified, StoreError> {
        self.store.verify_audit().await
    }

    /// Whether that row of the audit log is there with that hash, in hexadecimal digits, or was deleted
    /// because its time was over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn has_row(&self, (shard, seq): (u16, i64), hash: &str) -> Result<bool, StoreError> {
        let kept = self.store.audit_hash(shard, seq).await?;
        let digits = |kept: Vec<u8>| kept.iter().map(|of| format!("{of:02x}")).collect::<String>();
        if seq == 0 || (kept.is_none() && self.store.is_retired(shard, seq).await?) {
            return Ok(true);
        }
        Ok(kept.is_some_and(|kept| digits(kept) == hash))
    }
}

/// What is read of a ticket: whom it is about, and the registration that waits with it.
fn need(ticket: &Ticket) -> Need {
    let (person, check) = (ticket.made.person, ticket.made.category == Category::Registration);
    let people = Some(ticket.by).filter(|_| check);
    Need { person, people, fetched: person.filter(|_| check), ..Need::default() }
}

/// The service that a ticket came from; nothing, if nobody kept it.
fn service(ticket: &Ticket) -> &str {
    let check = ticket.made.body.check.as_ref();
    check.and_then(|check| check.letter.as_ref()).map_or("", |letter| &letter.service)
}

/// Tells whoever waits for what comes of a ticket.
async fn tell(
    letters: &mut Letters<'_>,
    ticket: &Ticket,
    opener: Option<&Msisdn>,
    text: &str,
    values: &[(&str, String)],
) -> Result<(), StoreError> {
    let check = ticket.made.body.check.as_ref();
    let reader = check.and_then(|check| check.reader());
    let Some(phone) = reader.as_ref().or(opener) else { return Ok(()) };
    let number = check.map(|check| ("number", check.registration.to_string()));
    let values: Vec<_> = values.iter().cloned().chain(number).collect();
    letters.write(phone, text, &values, Over::Any).await?;
    Ok(())
}

fn not_stored(error: CommitError) -> TicketError {
    match error {
        CommitError::Conflict => TicketError::Conflict,
        CommitError::Unavailable(error) => error.into(),
    }
}

/// What puts a change back. Only the latest one of a thing can be: the record has what it made.
fn put_back(
    vault: &Vault,
    row: &Logged,
    person: Option<&Person>,
) -> Result<Vec<DeskChange>, TicketError> {
    let act = &row.act;
    let (old, new) = (act.old.as_deref().unwrap_or(""), act.new.as_deref().unwrap_or(""));
    let person = person.ok_or(TicketError::NotAChange)?;
    let phone = |text: &str| Msisdn::parse_any(text).ok();
    match act.deed {
        Deed::NameChanged => {
            if person.name.as_str() != new {
                return Err(TicketError::Moved);
            }
            let name = PersonName::parse(old);
            let name = name.map_err(|_| TicketError::NotAChange)?;
            Ok(Correction::name(person, name).changes(vault, act.ticket.as_ref()))
        }
        Deed::BirthChanged => {
            let day = |text: &str| text.parse::<Date>().ok();
            if Some(person.birth) != day(new) {
                return Err(TicketError::Moved);
            }
            let birth = day(old).ok_or(TicketError::NotAChange)?;
            Ok(Correction::birth(person, birth).changes(vault, act.ticket.as_ref()))
        }
        Deed::PhoneChanged => {
            if person.phone != phone(new) {
                return Err(TicketError::Moved);
            }
            Ok(Correction::phone(person, phone(old)).changes(vault, act.ticket.as_ref()))
        }
        Deed::GuardianAdded => {
            let guardian = phone(new).ok_or(TicketError::NotAChange)?;
            let act = Act::new(Deed::GuardianRemoved).about(Some(person.index)).from_to(new, "");
            let key = vault.subscriber_key(&guardian);
            Ok(vec![DeskChange::Estrange(key, person.index), DeskChange::Audit(act)])
        }
        _ => Err(TicketError::NotAChange),
    }
}

/// What was changed in the record is told to the number it was registered with, and to a new one: to the
/// phones, whoever has their chats.
async fn tell_changes(
    letters: &mut Letters<'_>,
    changes: &[DeskChange],
    person: Option<&Person>,
) -> Result<(), StoreError> {
    let registered = person.and_then(|person| person.phone.as_ref());
    for change in changes {
        let correction = match change {
            DeskChange::Correct(correction) => correction,
            DeskChange::Erase(..) => {
                if let Some(phone) = registered {
                    letters.write(phone, ERASED_NOTICE, &[], Over::Route).await?;
                }
                continue;
            }
            _ => continue,
        };
        match &correction.item {
            Item::Name(..) => {
                if let Some(phone) = registered {
                    letters.write(phone, NAME_CHANGED_TEXT, &[], Over::Route).await?;
                }
            }
            Item::Birth(..) => {
                if let Some(phone) = registered {
                    letters.write(phone, BIRTH_CHANGED_TEXT, &[], Over::Route).await?;
                }
            }
            Item::Phone(old, new) => {
                if let Some(phone) = old {
                    letters.write(phone, PHONE_LEFT_TEXT, &[], Over::Route).await?;
                }
                if let Some(phone) = new {
                    letters.write(phone, PHONE_CAME_TEXT, &[], Over::Route).await?;
                }
            }
        }
    }
    Ok(())
}
