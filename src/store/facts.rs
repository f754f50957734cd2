//! Reading what service calls ask for: a few statements for a batch, and none for what nobody in it
//! asks for.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use sqlx::{QueryBuilder, Row};

use super::{
    Batch, StoreError,
    appointment::read_appointments,
    audit::read_renamed,
    certificate::read_certificates,
    chat,
    code::read_codes,
    engine::{Tx, octets, on_engine, push_keys},
    exposure::read_exposures,
    lookup::read_tries,
    officer::read_officers,
    outside, queue,
    right::{read_agreed, read_rights},
    sealed::{Identity, Place},
    ticket::read_tickets,
};
use crate::{
    clock::Timestamp,
    service::{
        certificate::CertificateFacts,
        number::Number,
        outside::Listing,
        record::{Acquaintance, Dose, Facts, Need, Person, Registered, Waiting},
    },
    vault::{NikIndex, SubscriberKey, Vault},
};

impl Batch {
    /// Reads what each need asks for. The answer has the order and the length of `needs`.
    ///
    /// A person whose record is blocked is found by [`Need::person`], flag and all, because the
    /// rules decide what to say; nobody's list of people shows one.
    ///
    /// On PostgreSQL each statement sees what was committed by then, so what says that a person has come or
    /// stands is read before the person: whoever finds an answer of the outside record also finds whom it
    /// brought, and a registration that is taken meanwhile is found twice rather than not at all.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], or [`StoreError::Unreadable`] if a row was damaged.
    pub async fn facts(&mut self, needs: &[Need]) -> Result<Vec<Facts>, StoreError> {
        let Self { tx, vault } = self;
        let asked_about: Vec<NikIndex> = distinct(needs.iter().filter_map(|need| need.fetched));
        let fetched = outside::read_fetched(tx, &asked_about).await?;
        let last = |need: &Need| need.fetched.and_then(|person| fetched.get(&person)).cloned();
        // Whom an outside record does not have is nobody, whatever we had before.
        let gone = |need: &Need| last(need).is_some_and(|of| of.standing != Listing::Listed);
        let phones: Vec<SubscriberKey> = distinct(needs.iter().filter_map(|need| need.people));
        let waiting = read_waiting(tx, vault, &phones).await?;
        let certificates = read_certificates(tx, needs).await?;
        let holder = |need: &Need, of: &CertificateFacts| {
            need.person.or(of.issued.first().map(|issued| issued.person))
        };
        let holders: Vec<Option<NikIndex>> =
            needs.iter().zip(&certificates).map(|(need, of)| holder(need, of)).collect();
        let persons: Vec<NikIndex> = distinct(holders.iter().copied().flatten());
        let persons = read_persons(tx, vault, &persons).await?;
        let people = read_people(tx, vault, &phones).await?;
        let spoken_for: Vec<SubscriberKey> = distinct(needs.iter().filter_map(|need| need.chats));
        let chats = chat::read_bound(tx, &spoken_for).await?;
        let queues = queue::read(tx, needs).await?;
        let queue = |need: &Need| {
            let need = need.queue.as_ref()?;
            queues.get(&(need.subscriber, need.service.clone())).cloned()
        };
        let tries = read_tries(tx, needs).await?;
        let codes = read_codes(tx, needs).await?;
        let tickets = read_tickets(tx, vault, needs).await?;
        let renamed = read_renamed(tx, needs).await?;
        let appointments = read_appointments(tx, needs).await?;
        let rights = read_rights(tx, vault, needs).await?;
        let agreed: Vec<SubscriberKey> = distinct(needs.iter().filter_map(|need| need.consent));
        let agreed = read_agreed(tx, &agreed).await?;
        let officers = read_officers(tx, vault, needs).await?;
        let exposures = read_exposures(tx, needs).await?;
        let of = |need: &Need, person: Option<NikIndex>| Facts {
            person: person.filter(|_| !gone(need)).and_then(|of| persons.get(&of)).cloned(),
            fetched: last(need),
            people: need.people.and_then(|of| people.get(&of)).cloned().unwrap_or_default(),
            waiting: need.people.and_then(|of| waiting.get(&of)).cloned().unwrap_or_default(),
            queue: queue(need).unwrap_or_default(),
            consent: need.consent.and_then(|of| agreed.get(&of)).cloned(),
            chats: need.chats.and_then(|of| chats.get(&of)).cloned().unwrap_or_default(),
            ..Facts::default()
        };
        let mut facts: Vec<Facts> =
            needs.iter().zip(holders).map(|(need, person)| of(need, person)).collect();
        facts.iter_mut().zip(tries).for_each(|(facts, tries)| facts.tries = tries);
        facts.iter_mut().zip(codes).for_each(|(facts, code)| facts.code = code);
        facts.iter_mut().zip(tickets).for_each(|(facts, tickets)| facts.tickets = tickets);
        facts.iter_mut().zip(renamed).for_each(|(facts, renamed)| facts.renamed = renamed);
        facts.iter_mut().zip(certificates).for_each(|(facts, of)| facts.certificate = of);
        facts.iter_mut().zip(appointments).for_each(|(facts, of)| facts.appointment = of);
        facts.iter_mut().zip(rights).for_each(|(facts, of)| facts.rights = of);
        facts.iter_mut().zip(officers).for_each(|(facts, officer)| facts.officer = officer);
        facts.iter_mut().zip(exposures).for_each(|(facts, of)| facts.exposure = of);
        Ok(facts)
    }
}

pub(super) async fn read_persons(
    tx: &mut Tx,
    vault: &Vault,
    indexes: &[NikIndex],
) -> Result<BTreeMap<NikIndex, Person>, StoreError> {
    let mut persons = BTreeMap::new();
    if indexes.is_empty() {
        return Ok(persons);
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "select person.nik_index, person.identity, person.eligible_from, person.blocked, \
             registration.number, registration.subscriber, registration.at \
             from person left join registration on registration.nik_index = person.nik_index \
             and registration.standing = 'registered' where person.nik_index in (",
        );
        push_keys(&mut sql, indexes, |index| index.as_bytes().to_vec());
        sql.push(")");
        for row in sql.build().fetch_all(&mut **tx).await? {
            let index = NikIndex::from_bytes(octets(row.try_get(0)?, "person")?);
            let sealed: Vec<u8> = row.try_get(1)?;
            let Identity { nik, name, birth, phone } =
                Identity::open(vault, Place::Person(&index), &sealed)?;
            let registration = match row.try_get::<Option<String>, _>(4)? {
                Some(number) => Some(Registered {
                    number: read_number(&number)?,
                    by: SubscriberKey::from_bytes(octets(row.try_get(5)?, "registration")?),
                    at: Timestamp::from_millis(row.try_get(6)?),
                }),
                None => None,
            };
            let eligible_from = read_date(row.try_get(2)?, "person")?;
            let blocked = row.try_get(3)?;
            let doses = Vec::new();
            persons.insert(
                index,
                Person {
                    index,
                    nik,
                    name,
                    birth,
                    phone,
                    eligible_from,
                    blocked,
                    doses,
                    registration,
                },
            );
        }
        let mut sql = QueryBuilder::<Db>::new(
            "select nik_index, number, given_on, vaccine, batch, place, certificate \
             from dose where nik_index in (",
        );
        push_keys(&mut sql, indexes, |index| index.as_bytes().to_vec());
        sql.push(") order by nik_index, number");
        for row in sql.build().fetch_all(&mut **tx).await? {
            let index = NikIndex::from_bytes(octets(row.try_get(0)?, "dose")?);
            let number: i64 = row.try_get(1)?;
            let dose = Dose {
                number: u8::try_from(number).map_err(|_| StoreError::Unreadable("dose"))?,
                given_on: read_date(row.try_get(2)?, "dose")?,
                vaccine: row.try_get(3)?,
                batch: row.try_get(4)?,
                place: row.try_get(5)?,
                certificate: row.try_get(6)?,
            };
            if let Some(person) = persons.get_mut(&index) {
                person.doses.push(dose);
            }
        }
    });
    Ok(persons)
}

async fn read_people(
    tx: &mut Tx,
    vault: &Vault,
    phones: &[SubscriberKey],
) -> Result<BTreeMap<SubscriberKey, Vec<Acquaintance>>, StoreError> {
    let mut people: BTreeMap<_, Vec<_>> = BTreeMap::new();
    if phones.is_empty() {
        return Ok(people);
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "select acquaintance.subscriber, acquaintance.nik_index, acquaintance.since, \
             person.identity from acquaintance \
             join person on person.nik_index = acquaintance.nik_index \
             where not person.blocked and acquaintance.subscriber in (",
        );
        push_keys(&mut sql, phones, |phone| phone.as_bytes().to_vec());
        sql.push(") order by acquaintance.subscriber, acquaintance.since, acquaintance.nik_index");
        for row in sql.build().fetch_all(&mut **tx).await? {
            let phone = SubscriberKey::from_bytes(octets(row.try_get(0)?, "acquaintance")?);
            let person = NikIndex::from_bytes(octets(row.try_get(1)?, "acquaintance")?);
            let since = Timestamp::from_millis(row.try_get(2)?);
            let sealed: Vec<u8> = row.try_get(3)?;
            let name = Identity::open(vault, Place::Person(&person), &sealed)?.name;
            people.entry(phone).or_default().push(Acquaintance { person, name, since });
        }
    });
    Ok(people)
}

async fn read_waiting(
    tx: &mut Tx,
    vault: &Vault,
    phones: &[SubscriberKey],
) -> Result<BTreeMap<SubscriberKey, Vec<Waiting>>, StoreError> {
    let mut waiting: BTreeMap<_, Vec<_>> = BTreeMap::new();
    if phones.is_empty() {
        return Ok(waiting);
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "select subscriber, nik_index, number, identity, at from registration \
             where standing = 'waiting' and hidden_at is null and subscriber in (",
        );
        push_keys(&mut sql, phones, |phone| phone.as_bytes().to_vec());
        sql.push(") order by subscriber, at, number");
        for row in sql.build().fetch_all(&mut **tx).await? {
            let phone = SubscriberKey::from_bytes(octets(row.try_get(0)?, "registration")?);
            let person = NikIndex::from_bytes(octets(row.try_get(1)?, "registration")?);
            let number: String = row.try_get(2)?;
            let number = read_number(&number)?;
            let sealed: Vec<u8> = row.try_get(3)?;
            let place = Place::Registration(&person, &phone);
            let name = Identity::open(vault, place, &sealed)?.name;
            let at = Timestamp::from_millis(row.try_get(4)?);
            waiting.entry(phone).or_default().push(Waiting { number, person, name, at });
        }
    });
    Ok(waiting)
}

pub(super) fn distinct<T: Ord>(keys: impl Iterator<Item = T>) -> Vec<T> {
    keys.collect::<BTreeSet<T>>().into_iter().collect()
}

fn read_date(text: Option<String>, table: &'static str) -> Result<Option<Date>, StoreError> {
    text.map(|text| text.parse()).transpose().map_err(|_| StoreError::Unreadable(table))
}

pub(super) fn read_number(text: &str) -> Result<Number, StoreError> {
    Number::parse(text).map_err(|_| StoreError::Unreadable("registration"))
}
