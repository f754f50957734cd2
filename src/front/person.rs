//! Everything that is kept of a person, written out for the person (UU 27/2022 art. 7, 32): whoever asks
//! is proved by staff, by a ticket or at a desk, and that it was written out is a row of the log.

use serde_json::{Value, json};
use thiserror::Error;

use crate::{
    clock::{self, Timestamp},
    identity::{Msisdn, Nik},
    service::{
        audit::{Act, Deed, Doer, StaffName},
        number::Number,
        outside::NOBODY,
        record::{DeskChange, Need, Person},
        right::{Consent, RightNeed},
        ticket::{self, Body, Ticket},
    },
    store::{CommitError, KeptOf, KeptPhone, Logged, StaffWrite, Store, StoreError},
    vault::{NikIndex, SubscriberKey, Vault},
};

/// Rows of the log that are written out.
const LOGGED: u32 = 10_000;

/// Writes out what is kept of people, and takes back for them what officers heard.
#[derive(Debug, Clone)]
pub struct Persons {
    store: Store,
    vault: Vault,
}

/// Whose data it is.
#[derive(Debug, Clone)]
pub enum Whose {
    /// Whoever a ticket is about.
    Of(Number),
    /// Whoever has this NIK.
    Nik(Nik),
}

/// Why something was not done.
#[derive(Debug, Error)]
pub enum PersonError {
    /// There is none of that number, or it is about nobody.
    #[error("there is no ticket of that number about a person")]
    NoTicket,
    /// Nothing is kept of whoever has that NIK.
    #[error("nothing is kept of that person")]
    Nobody,
    /// Nobody heard the person agree, or it was taken back before.
    #[error("no officer heard that person agree to anything that still holds")]
    NotHeard,
    /// Somebody else wrote at the same moment.
    #[error("somebody else changed it at the same moment; do it again")]
    Conflict,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Persons {
    /// Those of a database.
    pub fn new(store: Store, vault: Vault) -> Self {
        Self { store, vault }
    }

    /// Writes out all that is kept of a person; that it was done is logged before anybody sees it.
    ///
    /// # Errors
    /// See [`PersonError`].
    pub async fn export(&self, whose: &Whose, staff: &StaffName) -> Result<Value, PersonError> {
        let (index, ticket) = self.find(whose).await?;
        let at = clock::now();
        let mut batch = self.store.begin().await?;
        let need = Need { person: Some(index), ..Need::default() };
        let person = batch.facts(&[need]).await?.pop().and_then(|facts| facts.person);
        let phone = person.as_ref().and_then(|person| person.phone.as_ref());
        let phone = phone.map(|phone| self.vault.subscriber_key(phone));
        let kept = batch.kept_of(index, phone).await?;
        if person.is_none() && kept == KeptOf::default() {
            return Err(PersonError::Nobody);
        }
        let act = Act::new(Deed::DataExported).about(Some(index));
        let act = Act { ticket: ticket.cloned(), ..act };
        let changes = vec![DeskChange::Audit(act)];
        let write = StaffWrite { staff: staff.clone(), at, changes, notices: Vec::new() };
        batch.commit_staff(&write).await.map_err(|error| match error {
            CommitError::Unavailable(error) => error,
            CommitError::Conflict => StoreError::Unreadable("audit"),
        })?;
        // One more tells that there are more.
        let log = self.store.log_of(&index, LOGGED + 1).await?;
        Ok(written_out(person.as_ref(), &kept, &log, phone, at))
    }

    /// Takes back what an officer heard a person agree to, for somebody who asks staff for it. Says which
    /// registrations rested on it and have ended.
    ///
    /// # Errors
    /// See [`PersonError`].
    pub async fn withdraw(
        &self,
        whose: &Whose,
        staff: &StaffName,
    ) -> Result<Vec<Number>, PersonError> {
        let (index, ticket) = self.find(whose).await?;
        let at = clock::now();
        let mut batch = self.store.begin().await?;
        let rights = RightNeed { person: Some(index), by: NOBODY, since: at };
        let need = Need { rights: Some(rights), ..Need::default() };
        let rights = batch.facts(&[need]).await?.pop().unwrap_or_default().rights;
        if rights.heard.is_empty() {
            return Err(PersonError::NotHeard);
        }
        let act = Act::new(Deed::ConsentWithdrawn).about(Some(index));
        let act = Act { ticket: ticket.cloned(), ..act };
        let mut changes = vec![DeskChange::WithdrawHeard(index), DeskChange::Audit(act)];
        changes.extend(rights.checks.iter().flat_map(ticket::close));
        let write = StaffWrite { staff: staff.clone(), at, changes, notices: Vec::new() };
        batch.commit_staff(&write).await.map_err(|error| match error {
            CommitError::Unavailable(error) => error.into(),
            CommitError::Conflict => PersonError::Conflict,
        })?;
        Ok(rights.assisted.into_iter().map(|(_, number)| number).collect())
    }

    /// The person, and the ticket that led there.
    async fn find<'a>(
        &self,
        whose: &'a Whose,
    ) -> Result<(NikIndex, Option<&'a Number>), PersonError> {
        match whose {
            Whose::Nik(nik) => Ok((self.vault.nik_index(nik), None)),
            Whose::Of(number) => {
                let ticket = self.store.ticket(number).await?;
                let person = ticket.and_then(|ticket| ticket.made.person);
                Ok((person.ok_or(PersonError::NoTicket)?, Some(number)))
            }
        }
    }
}

/// All of it as JSON. Of other people, and of staff, it says only of which kind they are.
fn written_out(
    person: Option<&Person>,
    kept: &KeptOf,
    log: &[Logged],
    phone: Option<SubscriberKey>,
    at: Timestamp,
) -> Value {
    let consents = kept.phone.iter().flat_map(|phone| &phone.consents);
    json!({
        "written_at": at.to_rfc3339(),
        "record": person.map(record),
        "registrations": kept.registrations.iter().map(|of| json!({
            "number": of.number, "standing": of.standing, "at": of.at.to_rfc3339(),
            "regency": of.regency, "screening": of.screening, "consent": of.consent,
            "channel": of.channel,
        })).collect::<Vec<_>>(),
        "appointments": kept.appointments.iter().map(|of| json!({
            "number": of.number, "dose": of.dose, "facility": of.facility,
            "start": of.start.to_rfc3339(), "state": of.state,
        })).collect::<Vec<_>>(),
        "certificates": kept.certificates.iter().map(|of| json!({
            "dose": of.dose, "code": of.code, "issued_at": of.issued.to_rfc3339(),
            "good_until": of.good_until, "revoked_at": of.revoked.map(Timestamp::to_rfc3339),
        })).collect::<Vec<_>>(),
        "consents": consents.map(consent).collect::<Vec<_>>(),
        "consents_heard": kept.heard.iter().map(consent).collect::<Vec<_>>(),
        "registered_phone": kept.phone.as_ref().map(phone_of),
        "waiting": kept.lines.iter().map(|of| json!({
            "facility": of.facility, "dose": of.dose, "since": of.since.to_rfc3339(),
            "offer_until": of.offer_until.map(Timestamp::to_rfc3339),
        })).collect::<Vec<_>>(),
        "inquiries": kept.inquiries.iter().map(|of| json!({
            "kind": of.kind, "at": of.at.to_rfc3339(),
        })).collect::<Vec<_>>(),
        "outside_record": kept.fetched.as_ref().map(|of| json!({
            "heard_at": of.at.to_rfc3339(), "standing": of.standing, "number": of.number,
            "reference": of.reference,
        })),
        "failed_attempts": kept.failures.iter().map(|of| json!({
            "times": of.failures, "since": of.at.to_rfc3339(),
        })).collect::<Vec<_>>(),
        "tickets": kept.tickets.iter().map(ticket).collect::<Vec<_>>(),
        "phones": kept.phones,
        "log": log.iter().take(LOGGED as usize).map(|row| entry(row, phone)).collect::<Vec<_>>(),
        "log_cut": log.len() > LOGGED as usize,
    })
}

fn consent(of: &Consent) -> Value {
    json!({
        "for": of.purpose.as_str(), "version": of.version, "channel": of.channel,
        "at": of.at.to_rfc3339(), "withdrawn_at": of.withdrawn.map(Timestamp::to_rfc3339),
    })
}

fn phone_of(phone: &KeptPhone) -> Value {
    json!({
        "language": phone.language,
        "no_broadcasts_since": phone.opted_out.map(Timestamp::to_rfc3339),
        "near_a_case_on": phone.near,
        "positive_tests": phone.tests.iter().map(|(day, consent)| json!({
            "on": day, "consent": consent,
        })).collect::<Vec<_>>(),
    })
}

fn record(person: &Person) -> Value {
    json!({
        "nik": person.nik.as_str(),
        "name": person.name.as_str(),
        "birth_date": person.birth.to_string(),
        "phone": person.phone.as_ref().map(Msisdn::as_str),
        "doses": person.doses.iter().map(|dose| json!({
            "number": dose.number, "given_on": dose.given_on.map(|on| on.to_string()),
            "vaccine": dose.vaccine, "batch": dose.batch, "place": dose.place,
            "certificate": dose.certificate,
        })).collect::<Vec<_>>(),
    })
}

fn ticket(of: &Ticket) -> Value {
    // Whose phone sent a registration is that person's own.
    let asked = Body { check: None, ..of.made.body.clone() };
    json!({
        "number": of.made.number.as_str(),
        "category": of.made.category.as_str(),
        "state": of.state.as_str(),
        "opened_at": of.opened.to_rfc3339(),
        "due_at": of.made.due.map(Timestamp::to_rfc3339),
        "asked": asked,
        "registration": of.made.body.check.as_ref().map(|check| &check.registration),
        "answer": of.answer,
    })
}

fn entry(row: &Logged, phone: Option<SubscriberKey>) -> Value {
    let (by, channel) = match &row.doer {
        Doer::Staff(_) => ("staff", None),
        Doer::Phone { channel, .. } if row.act.deed.is_officers() => ("staff", channel.as_ref()),
        Doer::Anybody { channel } => ("anybody", Some(channel)),
        Doer::Phone { key, channel } if Some(*key) == phone => ("own_phone", channel.as_ref()),
        Doer::Phone { channel, .. } => ("other_phone", channel.as_ref()),
    };
    let concerns: Vec<&str> = row.act.deed.concerns().iter().map(|of| of.as_str()).collect();
    json!({
        "at": row.at.to_rfc3339(), "act": row.act.deed.as_str(), "by": by, "channel": channel,
        "data": concerns,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        clock::Timestamp,
        store::{ERASED, NOT_WRITTEN_OUT, WRITTEN_OUT},
    };

    #[test]
    fn every_table_that_is_erased_is_written_out_or_stands_here_with_a_reason() {
        let erased: BTreeSet<&str> = ERASED.iter().map(|(table, _)| *table).collect();
        let decided = WRITTEN_OUT.iter().chain(NOT_WRITTEN_OUT).map(|(table, _)| *table);
        assert_eq!(decided.collect::<BTreeSet<_>>(), erased);
        let written = written_out(None, &KeptOf::default(), &[], None, Timestamp::default());
        for (table, word) in WRITTEN_OUT {
            assert!(written.get(word).is_some(), "{table}");
        }
    }

    #[test]
    fn an_officer_is_no_phone_of_somebody_else() {
        let key = SubscriberKey::from_bytes([7; 16]);
        let row = Logged {
            act: Act::new(Deed::AssistedLooked),
            doer: Doer::Phone { key, channel: Some("ussd".into()) },
            at: Timestamp::default(),
            shard: 300,
            seq: 1,
        };
        assert_eq!(entry(&row, None)["by"], "staff");
    }

    #[test]
    fn a_log_that_is_too_long_says_that_it_was_cut() {
        let row = Logged {
            act: Act::new(Deed::DataSeen),
            doer: Doer::Anybody { channel: "web".into() },
            at: Timestamp::default(),
            shard: 300,
            seq: 1,
        };
        for (rows, cut) in [(LOGGED, false), (LOGGED + 1, true)] {
            let log = vec![row.clone(); rows as usize];
            let kept = KeptOf::default();
            let written = written_out(None, &kept, &log, None, Timestamp::default());
            assert_eq!(written["log"].as_array().unwrap().len(), LOGGED as usize);
            assert_eq!(written["log_cut"], cut);
        }
    }
}
