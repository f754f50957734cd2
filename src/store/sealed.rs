//! Which column is sealed for which place, and the shape of a sealed identity.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::{
    identity::{Msisdn, Nik, PersonName},
    outbox::NoticeId,
    service::{inquiry::Kind, number::Number},
    vault::{NikIndex, SubscriberKey, Vault},
};

/// A sealed column, with the key of the row it belongs to. The place is bound into the envelope.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a> {
    /// `subscriber.number`.
    Number(&'a SubscriberKey),
    /// `person.identity`.
    Person(&'a NikIndex),
    /// `registration.identity`. Not bound to the number: a second registration that waits keeps
    /// the number of the first.
    Registration(&'a NikIndex, &'a SubscriberKey),
    /// `conversation.body`.
    Conversation(&'a SubscriberKey, &'a str),
    /// `receipt.reply`.
    Receipt(&'a [u8; 16]),
    /// `notice.body`.
    Notice(NoticeId),
    /// `text_part.body`.
    Part(&'a SubscriberKey),
    /// `chat_event.body`.
    Event(&'a [u8; 16]),
    /// `chat.address`, `chat.door`, `chat.number`.
    Chat(&'a SubscriberKey),
    /// `campaign_people.body`: the campaign, and the part.
    People(i64, i64),
    /// `ticket.body`.
    Ticket(&'a Number),
    /// `ticket.answer`.
    Answer(&'a Number),
    /// `inquiry.body`.
    Inquiry(&'a SubscriberKey, &'a NikIndex, Kind),
    /// `officer.identity`.
    Officer(&'a SubscriberKey),
    /// `exposure_token.number`.
    Token(&'a [u8; 16]),
    /// `audit.old` and `audit.new`: the chain, and the place in it.
    Audit(u16, i64),
    /// `person_key.key`.
    Key(&'a NikIndex),
}

impl Place<'_> {
    pub(super) fn table(self) -> &'static str {
        match self {
            Self::Number(_) => "subscriber",
            Self::Person(_) => "person",
            Self::Registration(..) => "registration",
            Self::Conversation(..) => "conversation",
            Self::Receipt(_) => "receipt",
            Self::Notice(_) => "notice",
            Self::Part(_) => "text_part",
            Self::Event(_) => "chat_event",
            Self::Chat(_) => "chat",
            Self::People(..) => "campaign_people",
            Self::Ticket(_) => "ticket",
            Self::Answer(_) => "ticket_answer",
            Self::Inquiry(..) => "inquiry",
            Self::Officer(_) => "officer",
            Self::Token(_) => "exposure_token",
            Self::Audit(..) => "audit",
            Self::Key(_) => "person_key",
        }
    }

    /// Table, zero octet, key. Every part before the last has one length, so no two places meet.
    pub(super) fn context(self) -> Vec<u8> {
        let mut context = Vec::with_capacity(64);
        context.extend_from_slice(self.table().as_bytes());
        context.push(0);
        match self {
            Self::Number(subscriber)
            | Self::Part(subscriber)
            | Self::Chat(subscriber)
            | Self::Officer(subscriber) => context.extend_from_slice(subscriber.as_bytes()),
            Self::Person(person) | Self::Key(person) => {
                context.extend_from_slice(person.as_bytes())
            }
            Self::Registration(person, subscriber) => {
                context.extend_from_slice(person.as_bytes());
                context.extend_from_slice(subscriber.as_bytes());
            }
            Self::Conversation(subscriber, service) => {
                context.extend_from_slice(subscriber.as_bytes());
                context.extend_from_slice(service.as_bytes());
            }
            Self::Receipt(key) | Self::Event(key) | Self::Token(key) => {
                context.extend_from_slice(key)
            }
            Self::People(campaign, part) => {
                context.extend_from_slice(&campaign.to_be_bytes());
                context.extend_from_slice(&part.to_be_bytes());
            }
            Self::Ticket(number) | Self::Answer(number) => {
                context.extend_from_slice(number.as_str().as_bytes());
            }
            Self::Audit(shard, seq) => {
                match u8::try_from(shard) {
                    Ok(of_people) => context.push(of_people),
                    Err(_) => context.extend_from_slice(&shard.to_be_bytes()),
                }
                context.extend_from_slice(&seq.to_be_bytes());
            }
            Self::Inquiry(subscriber, person, kind) => {
                context.extend_from_slice(subscriber.as_bytes());
                context.extend_from_slice(person.as_bytes());
                context.extend_from_slice(kind.as_str().as_bytes());
            }
            Self::Notice(id) => context.extend_from_slice(&id.as_i64().to_be_bytes()),
        }
        context
    }
}

pub(super) fn seal(vault: &Vault, place: Place<'_>, plain: &[u8]) -> Vec<u8> {
    vault.seal(&place.context(), plain)
}

pub(super) fn open(vault: &Vault, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
    vault.open(&place.context(), sealed).map_err(|_| StoreError::Unreadable(place.table()))
}

/// Who somebody is, as it stands sealed in one column: one envelope for all of it, because it is
/// always read together and an envelope costs 42 octets. A list in JSON, so that a later version
/// can add to its end.
pub(super) struct Identity {
    pub nik: Nik,
    pub name: PersonName,
    pub birth: Date,
    pub phone: Option<Msisdn>,
}

#[derive(Serialize, Deserialize)]
struct Fields<'a>(&'a str, std::borrow::Cow<'a, str>, Date, Option<&'a str>);

impl Identity {
    pub(super) fn open(vault: &Vault, place: Place<'_>, sealed: &[u8]) -> Result<Self, StoreError> {
        let plain = open(vault, place, sealed)?;
        Self::parse(&plain).ok_or(StoreError::Unreadable(place.table()))
    }

    fn parse(plain: &[u8]) -> Option<Self> {
        let Fields(nik, name, birth, phone) = serde_json::from_slice(plain).ok()?;
        Some(Self {
            nik: Nik::parse(nik).ok()?,
            name: PersonName::parse(&name).ok()?,
            birth,
            phone: phone.map(Msisdn::parse_any).transpose().ok()?,
        })
    }
}

pub(super) fn seal_identity(
    vault: &Vault,
    place: Place<'_>,
    nik: &Nik,
    name: &PersonName,
    birth: Date,
    phone: Option<&Msisdn>,
) -> Result<Vec<u8>, StoreError> {
    let fields = Fields(nik.as_str(), name.as_str().into(), birth, phone.map(Msisdn::as_str));
    let plain = serde_json::to_vec(&fields).map_err(|_| StoreError::Unreadable(place.table()))?;
    Ok(seal(vault, place, &plain))
}
