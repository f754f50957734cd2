//! What turns change beside their conversations, gathered by table and in the order of the keys.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::QueryBuilder;

use super::{
    CommitError, StaffWrite, StoreError, TurnWrite,
    appointment::{self, Appointments},
    audit::Log,
    certificate::Certificates,
    chat,
    code::Codes,
    desk,
    engine::{Tx, on_engine, padded_keys, padded_rows, push_keys},
    erase, exposure, inquiry,
    lookup::Failures,
    officer::Officers,
    parting, queue,
    right::{self, Agreed},
    sealed::{Place, seal_identity},
    ticket,
};
use crate::{
    clock::Timestamp,
    service::{
        appointment::{CheckIn, Ended},
        audit::{Doer, StaffName},
        exposure::ExposureChange,
        inquiry::{Answered, Inquiry},
        number::Number,
        outside::NOBODY,
        record::{Change, Correction, DeskChange, Registration, Standing},
        right::{Parting, Purpose},
        ticket::{NewTicket, TicketStep},
    },
    vault::{NikIndex, SubscriberKey, Vault},
};

/// The changes of a batch. Of two changes of one row in one turn the later counts.
#[derive(Default)]
pub(super) struct Changes<'a> {
    consents: BTreeMap<(SubscriberKey, &'a str), Agreed<'a>>,
    /// Who took all of that back.
    unconsented: BTreeMap<SubscriberKey, Timestamp>,
    /// Who took back what was heard of them.
    unheard: BTreeMap<NikIndex, Timestamp>,
    strangers: BTreeMap<SubscriberKey, Timestamp>,
    officers: Officers<'a>,
    acquaintances: BTreeMap<(SubscriberKey, NikIndex), Bond>,
    withdrawn: BTreeSet<(&'a Number, SubscriberKey)>,
    waiting: Registrations<'a>,
    registered: Registrations<'a>,
    left: BTreeSet<(SubscriberKey, &'a str)>,
    up: queue::Up<'a>,
    failures: Failures,
    codes: Codes<'a>,
    certificates: Certificates<'a>,
    appointments: Appointments<'a>,
    exposures: Vec<(&'a ExposureChange, SubscriberKey, Option<&'a str>, Timestamp)>,
    /// Who wants no broadcasts since when, and who wants them again.
    opted: BTreeMap<SubscriberKey, Option<Stamp<'a>>>,
    /// Chats, and the phones that they no longer speak for.
    cut: BTreeSet<(SubscriberKey, SubscriberKey)>,
    inquiries: Vec<&'a Inquiry>,
    answered: BTreeSet<(SubscriberKey, Answered)>,
    standing: BTreeSet<(&'a Number, SubscriberKey)>,
    corrections: Vec<&'a Correction>,
    tickets: Vec<(&'a NewTicket, SubscriberKey, Stamp<'a>)>,
    steps: Vec<(&'a TicketStep, Timestamp)>,
    came: Vec<(&'a CheckIn, Doer, Timestamp)>,
    called_off: Vec<(&'a Ended, Timestamp)>,
    erased: Vec<(NikIndex, &'a Number, Timestamp)>,
    log: Log<'a>,
}

type Registrations<'a> = BTreeMap<(NikIndex, SubscriberKey), (&'a Registration, Stamp<'a>)>;

/// When a change was made, and over which channel.
#[derive(Clone, Copy)]
pub(super) struct Stamp<'a> {
    pub at: Timestamp,
    pub channel: Option<&'a str>,
}

#[derive(Clone, Copy)]
enum Bond {
    KnownSince(Timestamp),
    ForgottenAt(Timestamp),
}

impl<'a> Changes<'a> {
    pub(super) fn gather(vault: &Vault, writes: &[&'a TurnWrite]) -> Self {
        let mut changes = Self::default();
        for write in writes {
            let phone = write.subscriber;
            let stamp = Stamp { at: write.at, channel: write.channel };
            for change in &write.changes {
                changes.add(vault, phone, stamp, change);
            }
        }
        changes
    }

    pub(super) fn of_staff(write: &'a StaffWrite) -> Self {
        let mut changes = Self::default();
        for change in &write.changes {
            changes.add_desk(&Doer::Staff(write.staff.clone()), write.at, change);
        }
        changes
    }

    /// What comes of an answer of the outside record: nobody's phone opened these tickets.
    pub(super) fn of_record(record: &StaffName, at: Timestamp, changes: &'a [DeskChange]) -> Self {
        let mut all = Self::default();
        all.add_opened(NOBODY, record, at, changes);
        all
    }

    /// What staff have to look at of registrations that wait, each under its own key.
    pub(super) fn of_checks(
        staff: &StaffName,
        at: Timestamp,
        checks: &'a [(SubscriberKey, Vec<DeskChange>)],
    ) -> Self {
        let mut all = Self::default();
        for (by, changes) in checks {
            all.add_opened(*by, staff, at, changes);
        }
        all
    }

    /// Tickets under a key that nobody of a turn opens, and what goes along with them.
    fn add_opened(
        &mut self,
        by: SubscriberKey,
        staff: &StaffName,
        at: Timestamp,
        changes: &'a [DeskChange],
    ) {
        for change in changes {
            match change {
                DeskChange::Open(ticket) => {
                    self.tickets.push((ticket, by, Stamp { at, channel: None }));
                }
                change => self.add_desk(&Doer::Staff(staff.clone()), at, change),
            }
        }
    }

    fn add_desk(&mut self, doer: &Doer, at: Timestamp, change: &'a DeskChange) {
        match change {
            // A phone opens tickets, and staff do not.
            DeskChange::Open(_) => {}
            DeskChange::Step(step) => self.steps.push((step, at)),
            DeskChange::Correct(correction) => self.corrections.push(correction),
            DeskChange::Acquaint(phone, person) => {
                self.acquaintances.insert((*phone, *person), Bond::KnownSince(at));
            }
            DeskChange::Estrange(phone, person) => {
                self.acquaintances.insert((*phone, *person), Bond::ForgottenAt(at));
            }
            DeskChange::CheckIn(came) => self.came.push((came, doer.clone(), at)),
            DeskChange::CallOff(ended) => self.called_off.push((ended, at)),
            DeskChange::Erase(person, ticket) => self.erased.push((*person, ticket, at)),
            DeskChange::WithdrawHeard(person) => {
                self.unheard.insert(*person, at);
            }
            DeskChange::Stand(number, phone) => {
                self.standing.insert((number, *phone));
            }
            DeskChange::Withdraw(number, phone) => {
                self.withdrawn.insert((number, *phone));
            }
            DeskChange::Inquire(inquiry) => self.inquiries.push(inquiry),
            DeskChange::Officer(act) => self.officers.add_act(act),
            DeskChange::Audit(act) => self.log.add(act, doer.clone(), at),
        }
    }

    fn add(&mut self, vault: &Vault, phone: SubscriberKey, stamp: Stamp<'a>, change: &'a Change) {
        match change {
            Change::Consent { version } => {
                let (purpose, person) = (Purpose::Service, None);
                self.consents.insert((phone, version), Agreed { purpose, person, stamp });
            }
            Change::ConsentHeard { version, person } => {
                let (purpose, person) = (Purpose::Service, Some(*person));
                self.consents.insert((phone, version), Agreed { purpose, person, stamp });
            }
            Change::WithdrawConsent => {
                self.unconsented.insert(phone, stamp.at);
            }
            Change::Know(person) => {
                self.acquaintances.insert((phone, *person), Bond::KnownSince(stamp.at));
            }
            Change::Forget(person) => {
                self.acquaintances.insert((phone, *person), Bond::ForgottenAt(stamp.at));
            }
            Change::ForgetEverybody => {
                self.acquaintances.retain(|(of, _), _| *of != phone);
                self.strangers.insert(phone, stamp.at);
                self.officers.estrange(vault.officer_key(&phone));
            }
            Change::Code(change) => self.codes.add(change, stamp.at),
            Change::Certificate(change) => self.certificates.add(phone, change, stamp.at),
            Change::RefuseBroadcasts => {
                self.opted.insert(phone, Some(stamp));
            }
            Change::WantBroadcasts => {
                self.opted.insert(phone, None);
            }
            Change::LookUpFailed { person, stem, window } => {
                self.failures.add((phone, *person), *stem, stamp.at, *window);
            }
            Change::Withdraw(number) => {
                self.withdrawn.insert((number, phone));
            }
            Change::QueueUp { line, number } => {
                self.up.insert((phone, &line.service), (line, *number));
            }
            Change::LeaveQueue { service } => {
                self.left.insert((phone, service));
            }
            Change::Appointment(change) => {
                self.appointments.add(phone, stamp.channel, stamp.at, change);
            }
            Change::Exposure(change) => {
                if let Some(version) = &change.version {
                    let agreed = Agreed { purpose: Purpose::Exposure, person: None, stamp };
                    self.consents.insert((phone, version), agreed);
                }
                self.exposures.push((change, phone, stamp.channel, stamp.at));
            }
            Change::CutChat(chat) => {
                self.cut.insert((*chat, phone));
            }
            Change::Inquire(inquiry) => self.inquiries.push(inquiry),
            Change::Answered(answered) => {
                self.answered.insert((phone, *answered));
            }
            Change::Stand(number) => {
                self.standing.insert((number, phone));
            }
            Change::Officer(change) => self.officers.add(change),
            Change::OnBehalf(key, change) => self.add(vault, *key, stamp, change),
            Change::Desk(DeskChange::Open(ticket)) => self.tickets.push((ticket, phone, stamp)),
            Change::Desk(change) => {
                let channel = stamp.channel.map(str::to_owned);
                self.add_desk(&Doer::Phone { key: phone, channel }, stamp.at, change);
            }
            Change::Register(registration) => {
                let person = vault.nik_index(&registration.nik);
                let rows = match registration.standing {
                    Standing::Waiting => &mut self.waiting,
                    Standing::Registered => &mut self.registered,
                };
                rows.insert((person, phone), (registration, stamp));
            }
        }
    }

    pub(super) async fn write(self, tx: &mut Tx, vault: &Vault) -> Result<(), CommitError> {
        let parted: Vec<_> = self.acquaintances.iter().filter_map(parted).collect();
        // Before everything that whoever has the phone now says in this very turn.
        if let Some(at) = self.strangers.values().max() {
            let phones: Vec<_> = self.strangers.keys().copied().collect();
            write_strangers(tx, &phones, *at).await?;
        }
        // Before the consents: one that is taken back was given earlier.
        exposure::write(tx, self.exposures).await?;
        right::write_consents(tx, &self.consents).await?;
        right::write_withdrawals(tx, &self.unconsented).await?;
        right::write_unheard(tx, &self.unheard).await?;
        write_acquaintances(tx, &self.acquaintances).await?;
        write_withdrawn(tx, &self.withdrawn).await?;
        queue::write_left(tx, &self.left).await?;
        queue::write_up(tx, &self.up).await?;
        write_waiting(tx, vault, &self.waiting).await?;
        write_registered(tx, vault, &self.registered).await?;
        write_standing(tx, &self.standing).await?;
        inquiry::write(tx, vault, self.inquiries).await?;
        inquiry::write_answered(tx, &self.answered).await?;
        right::write_opted(tx, &self.opted).await?;
        // Before the codes, as the door does.
        chat::write_cut(tx, &self.cut).await?;
        self.codes.write(tx).await?;
        self.certificates.write(tx).await?;
        self.failures.write(tx).await?;
        self.appointments.write(tx).await?;
        self.officers.write(tx, vault).await?;
        write_desk(tx, vault, self.corrections, self.tickets, self.steps).await?;
        for (came, doer, at) in &self.came {
            appointment::check_in(tx, came, doer, *at).await?;
        }
        for (ended, at) in &self.called_off {
            appointment::call_off(tx, ended, *at).await?;
        }
        // After the corrections: with the number somebody's places in lines have gone to another phone.
        parting::part(tx, &parted).await?;
        for (person, ticket, at) in &self.erased {
            erase::erase(tx, *person, Some(ticket), *at).await?;
        }
        // The last of all: the end of a chain is held until the commit.
        self.log.write(tx, vault).await
    }
}

/// Rare: a statement for each, in the order of the keys.
async fn write_desk(
    tx: &mut Tx,
    vault: &Vault,
    mut corrections: Vec<&Correction>,
    mut tickets: Vec<(&NewTicket, SubscriberKey, Stamp<'_>)>,
    mut steps: Vec<(&TicketStep, Timestamp)>,
) -> Result<(), CommitError> {
    corrections.sort_by_key(|correction| correction.person);
    for correction in corrections {
        desk::correct(tx, vault, correction).await?;
    }
    tickets.sort_by_key(|(ticket, ..)| ticket.number.clone());
    for (new, by, stamp) in tickets {
        ticket::write_opened(tx, vault, new, by, stamp.channel, stamp.at).await?;
    }
    steps.sort_by_key(|(step, _)| step.number.clone());
    for (step, at) in steps {
        ticket::write_step(tx, vault, step, at).await?;
    }
    Ok(())
}

/// Whoever holds these phones now is taken for somebody new. A registration that waits still waits,
/// but the phone that made it does not show it any longer; nor is one that stands its to end.
pub(super) async fn write_strangers(
    tx: &mut Tx,
    phones: &[SubscriberKey],
    at: Timestamp,
) -> Result<(), StoreError> {
    if phones.is_empty() {
        return Ok(());
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new("delete from acquaintance where subscriber in (");
        push_keys(&mut sql, phones, |phone| phone.as_bytes().to_vec());
        sql.push(")").build().execute(&mut **tx).await?;
        for table in ["registration", "ticket"] {
            let mut sql = QueryBuilder::<Db>::new("update ");
            sql.push(table).push(" set hidden_at = ").push_bind(at.millis()).push(" where ");
            sql.push("hidden_at is null and subscriber in (");
            push_keys(&mut sql, phones, |phone| phone.as_bytes().to_vec());
            sql.push(")").build().execute(&mut **tx).await?;
        }
    });
    parting::close_consents(tx, phones, Parting::Silent, at).await?;
    parting::leave_lines(tx, phones, None).await
}

fn parted(
    ((phone, person), bond): (&(SubscriberKey, NikIndex), &Bond),
) -> Option<(SubscriberKey, NikIndex, Timestamp)> {
    match bond {
        Bond::ForgottenAt(at) => Some((*phone, *person, *at)),
        Bond::KnownSince(_) => None,
    }
}

async fn write_acquaintances(
    tx: &mut Tx,
    bonds: &BTreeMap<(SubscriberKey, NikIndex), Bond>,
) -> Result<(), CommitError> {
    let mut known = Vec::new();
    let mut forgotten = Vec::new();
    for ((phone, person), bond) in bonds {
        match bond {
            Bond::KnownSince(at) => known.push((phone, person, at)),
            Bond::ForgottenAt(_) => forgotten.push((phone, person)),
        }
    }
    if !known.is_empty() {
        on_engine!(&mut *tx, |Db, tx| {
            let mut sql = QueryBuilder::<Db>::new("with known (subscriber, nik_index, since) as (");
            sql.push_values(padded_rows(&known), |mut row, bond| {
                row.push_bind(bond.map(|(phone, _, _)| phone.as_bytes().to_vec()))
                    .push_bind(bond.map(|(_, person, _)| person.as_bytes().to_vec()))
                    .push_bind(bond.map(|(_, _, since)| since.millis()));
            });
            sql.push(
                ") insert into acquaintance (subscriber, nik_index, since) \
                 select subscriber, nik_index, since from known where subscriber is not null \
                 on conflict (subscriber, nik_index) do nothing",
            );
            sql.build().execute(&mut **tx).await?;
        });
    }
    if !forgotten.is_empty() {
        on_engine!(tx, |Db, tx| {
            let mut sql = QueryBuilder::<Db>::new(
                "delete from acquaintance where (subscriber, nik_index) in (",
            );
            sql.push_values(padded_keys(&forgotten), |mut row, (phone, person)| {
                row.push_bind(phone.as_bytes().to_vec()).push_bind(person.as_bytes().to_vec());
            });
            sql.push(")").build().execute(&mut **tx).await?;
        });
    }
    Ok(())
}

async fn write_withdrawn(
    tx: &mut Tx,
    withdrawn: &BTreeSet<(&Number, SubscriberKey)>,
) -> Result<(), CommitError> {
    if withdrawn.is_empty() {
        return Ok(());
    }
    let keys: Vec<_> = withdrawn.iter().copied().collect();
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "delete from registration where standing = 'waiting' and (number, subscriber) in (",
        );
        sql.push_values(padded_keys(&keys), |mut row, (number, phone)| {
            row.push_bind(number.as_str().to_owned()).push_bind(phone.as_bytes().to_vec());
        });
        sql.push(")").build().execute(&mut **tx).await?;
    });
    Ok(())
}

/// A person who waits already, from the same phone, keeps the number; everything else is as typed
/// the last time.
async fn write_waiting(
    tx: &mut Tx,
    vault: &Vault,
    registrations: &Registrations<'_>,
) -> Result<(), CommitError> {
    insert_registrations(
        tx,
        vault,
        registrations,
        " on conflict (nik_index, subscriber) where standing = 'waiting' do update set \
         identity = excluded.identity, regency = excluded.regency, \
         screening = excluded.screening, consent = excluded.consent, \
         channel = excluded.channel, at = excluded.at, hidden_at = null, told_at = null",
    )
    .await
}

/// A second one for a NIK breaks the index `registration_standing`, which is the conflict wanted.
/// What the same phone had waiting for the person has been answered by it, and goes.
async fn write_registered(
    tx: &mut Tx,
    vault: &Vault,
    registrations: &Registrations<'_>,
) -> Result<(), CommitError> {
    insert_registrations(tx, vault, registrations, "").await?;
    if registrations.is_empty() {
        return Ok(());
    }
    let keys: Vec<_> = registrations.keys().copied().collect();
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "delete from registration where standing = 'waiting' \
             and (nik_index, subscriber) in (",
        );
        sql.push_values(padded_keys(&keys), |mut row, (person, phone)| {
            row.push_bind(person.as_bytes().to_vec()).push_bind(phone.as_bytes().to_vec());
        });
        sql.push(")").build().execute(&mut **tx).await?;
    });
    Ok(())
}

/// What waited stands. One that was taken back meanwhile is a conflict: its phone was told so.
async fn write_standing(
    tx: &mut Tx,
    standing: &BTreeSet<(&Number, SubscriberKey)>,
) -> Result<(), CommitError> {
    // Each was a request of its own.
    for (number, phone) in standing {
        let stands = on_engine!(&mut *tx, |Db, tx| {
            sqlx::query::<Db>(
                "update registration set standing = 'registered' \
                 where standing = 'waiting' and number = $1 and subscriber = $2",
            )
            .bind(number.as_str().to_owned())
            .bind(phone.as_bytes().to_vec())
            .execute(&mut **tx)
            .await?
            .rows_affected()
        });
        if stands == 0 {
            return Err(CommitError::Conflict);
        }
    }
    Ok(())
}

async fn insert_registrations(
    tx: &mut Tx,
    vault: &Vault,
    registrations: &Registrations<'_>,
    on_conflict: &'static str,
) -> Result<(), CommitError> {
    if registrations.is_empty() {
        return Ok(());
    }
    let mut rows = Vec::with_capacity(registrations.len());
    for ((person, phone), (registration, stamp)) in registrations {
        let identity = seal_identity(
            vault,
            Place::Registration(person, phone),
            &registration.nik,
            &registration.name,
            registration.birth,
            None,
        )?;
        rows.push((person, phone, *registration, *stamp, identity));
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "with taken (number, standing, nik_index, subscriber, identity, regency, screening, \
             consent, channel, at) as (",
        );
        sql.push_values(padded_rows(&rows), |mut values, row| {
            let registration = row.map(|(_, _, registration, _, _)| *registration);
            values
                .push_bind(registration.map(|of| of.number.as_str().to_owned()))
                .push_bind(registration.map(|of| of.standing.as_str()))
                .push_bind(row.map(|(person, ..)| person.as_bytes().to_vec()))
                .push_bind(row.map(|(_, phone, ..)| phone.as_bytes().to_vec()))
                .push_bind(row.map(|(_, _, _, _, identity)| identity.clone()))
                .push_bind(registration.map(|of| of.regency.clone()))
                .push_bind(registration.map(|of| of.screening.clone()))
                .push_bind(registration.map(|of| of.consent.clone()))
                .push_bind(row.and_then(|(.., stamp, _)| stamp.channel.map(str::to_owned)))
                .push_bind(row.map(|(.., stamp, _)| stamp.at.millis()));
        });
        sql.push(
            ") insert into registration (number, standing, nik_index, subscriber, identity, \
             regency, screening, consent, channel, at) \
             select number, standing, nik_index, subscriber, identity, regency, screening, \
             consent, channel, at from taken where number is not null",
        );
        sql.push(on_conflict);
        sql.build().execute(&mut **tx).await?;
    });
    Ok(())
}
