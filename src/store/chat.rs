//! Chats: what came from each and is not answered yet, who stands at the door, and which phone each
//! speaks for.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, Row};

use super::{
    Batch, CommitError, Store, StoreError,
    code::Codes,
    engine::{Tx, octets, on_engine, padded_keys, padded_rows},
    outbox,
    sealed::{self, Place},
};
use crate::{
    clock::Timestamp,
    identity::{ChatId, Msisdn},
    outbox::Notice,
    service::{
        chat::{Door, bound::MOST_CHATS},
        code::CodeChange,
        record::BoundChat,
    },
    vault::{SubscriberKey, Vault},
};

/// A message of a chat, as it is kept until it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventWrite {
    /// Keyed digest of the provider's name of the message.
    pub key: [u8; 16],
    /// What it is; opaque here, and sealed before it is stored.
    pub body: Vec<u8>,
    /// When it was taken in.
    pub at: Timestamp,
}

/// A chat as it is known.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownChat {
    /// Its row.
    pub key: SubscriberKey,
    /// Where it is answered.
    pub address: ChatId,
    /// Where it stands at the door.
    pub door: Option<Door>,
    /// The phone that it speaks for.
    pub bound: Option<Bound>,
    /// What the provider said of the account's identity.
    pub identity: Option<String>,
    /// When it was last heard, exact to the hour.
    pub heard_at: Timestamp,
    /// Counts its changes; another one in the database is a conflict.
    pub version: i64,
}

/// The phone that a chat speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// Its number.
    pub phone: Msisdn,
    /// Until when.
    pub until: Timestamp,
}

/// A chat as a message leaves it.
#[derive(Debug, Clone, PartialEq)]
pub struct ChatWrite {
    /// Its row.
    pub key: SubscriberKey,
    /// The other name that it may come under.
    pub alias: Option<SubscriberKey>,
    /// The version that was read; `None` if there was no such chat.
    pub was: Option<i64>,
    /// Where it is answered.
    pub address: ChatId,
    /// Where it stands at the door.
    pub door: Option<Door>,
    /// The phone that it speaks for, and since when and until when.
    pub bound: Option<(Msisdn, Timestamp, Timestamp)>,
    /// What the provider said of the account's identity.
    pub identity: Option<String>,
    /// When it was heard.
    pub at: Timestamp,
}

/// What is sealed of a chat's address.
#[derive(Serialize, Deserialize)]
struct Address(ChatId);

/// A row as the database gave it.
struct Found {
    key: [u8; 16],
    address: Vec<u8>,
    door: Option<Vec<u8>>,
    number: Option<Vec<u8>>,
    identity: Option<String>,
    bound_until: Option<i64>,
    heard_at: i64,
    version: i64,
}

/// Reads a row of either database.
macro_rules! found {
    ($row:expr) => {{
        let row = $row;
        Ok::<Found, StoreError>(Found {
            key: octets(row.try_get(0)?, "chat")?,
            address: row.try_get(1)?,
            door: row.try_get(2)?,
            number: row.try_get(3)?,
            identity: row.try_get(4)?,
            bound_until: row.try_get(5)?,
            heard_at: row.try_get(6)?,
            version: row.try_get(7)?,
        })
    }};
}

/// What is left of a chat that speaks for nobody.
macro_rules! unbind {
    () => {
        "update chat set subscriber = null, number = null, bound_at = null, bound_until = null, \
         door = null, version = version + 1"
    };
}

/// Events read by one statement.
const EVENTS: i64 = 512;

impl Store {
    /// Keeps messages before they are acknowledged, and says of each whether it is new.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; then nothing is kept.
    pub async fn keep_events(&self, events: &[EventWrite]) -> Result<Vec<bool>, StoreError> {
        let mut order: Vec<&EventWrite> = events.iter().collect();
        order.sort_unstable_by_key(|event| event.key);
        order.dedup_by_key(|event| event.key);
        let mut fresh: Vec<[u8; 16]> = Vec::with_capacity(order.len());
        on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            for rows in order.chunks(EVENTS as usize) {
                let mut sql = QueryBuilder::<Db>::new("with came (key, body, at) as (");
                sql.push_values(padded_rows(rows), |mut row, event| {
                    row.push_bind(event.map(|event| event.key.to_vec()))
                        .push_bind(event.map(|event| {
                            sealed::seal(&self.vault, Place::Event(&event.key), &event.body)
                        }))
                        .push_bind(event.map(|event| event.at.millis()));
                });
                sql.push(
                    ") insert into chat_event (key, body, at) select key, body, at from came \
                     where key is not null on conflict (key) do nothing returning key",
                );
                for row in sql.build().fetch_all(&mut *tx).await? {
                    fresh.push(octets(row.try_get(0)?, "chat_event")?);
                }
            }
            tx.commit().await?;
        });
        fresh.sort_unstable();
        // Of one that came twice in this very call, the first is the new one.
        let mut seen = std::collections::HashSet::new();
        let new =
            |event: &EventWrite| fresh.binary_search(&event.key).is_ok() && seen.insert(event.key);
        Ok(events.iter().map(new).collect())
    }

    /// Messages that were taken in before `before` and are not answered yet, the oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn open_events(
        &self,
        before: Timestamp,
    ) -> Result<Vec<([u8; 16], Vec<u8>)>, StoreError> {
        let mut events = Vec::new();
        on_engine!(self.reader(), |Db, pool| {
            let rows = sqlx::query::<Db>(
                "select key, body from chat_event where body is not null and at < $1 \
                 order by at limit $2",
            )
            .bind(before.millis())
            .bind(EVENTS)
            .fetch_all(pool)
            .await?;
            for row in rows {
                let key: [u8; 16] = octets(row.try_get(0)?, "chat_event")?;
                let body: Vec<u8> = row.try_get(1)?;
                // One that does not open is nobody's any more, and must not stop the others.
                let body = sealed::open(&self.vault, Place::Event(&key), &body).unwrap_or_default();
                events.push((key, body));
            }
        });
        Ok(events)
    }

    /// Messages are answered: what they said is forgotten, and that they came is kept.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn close_events(&self, keys: &[[u8; 16]]) -> Result<(), StoreError> {
        if keys.is_empty() {
            return Ok(());
        }
        let mut keys = keys.to_vec();
        keys.sort_unstable();
        on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            for keys in keys.chunks(EVENTS as usize) {
                let mut sql =
                    QueryBuilder::<Db>::new("update chat_event set body = null where key in (");
                let mut list = sql.separated(", ");
                for key in padded_keys(keys) {
                    list.push_bind(key.to_vec());
                }
                sql.push(")");
                sql.build().execute(&mut *tx).await?;
            }
            tx.commit().await?;
        });
        Ok(())
    }

    /// A chat by any of its names.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; [`StoreError::Unreadable`] if its row was damaged.
    pub async fn chat(&self, names: &[SubscriberKey]) -> Result<Option<KnownChat>, StoreError> {
        let [one, other] = both(names);
        let row = on_engine!(self.reader(), |Db, pool| {
            let row = sqlx::query::<Db>(FIND)
                .bind(one.as_bytes().to_vec())
                .bind(other.as_bytes().to_vec())
                .fetch_optional(pool)
                .await?;
            row.map(|row| found!(row)).transpose()?
        });
        row.map(|row| row.open(&self.vault)).transpose()
    }

    /// The chat that a phone is reached at: the one heard last of those bound to it.
    ///
    /// # Errors
    /// As [`Self::chat`].
    pub async fn chat_of(
        &self,
        phone: &SubscriberKey,
        now: Timestamp,
    ) -> Result<Option<KnownChat>, StoreError> {
        let row = on_engine!(self.reader(), |Db, pool| {
            let row = sqlx::query::<Db>(
                "select key, address, door, number, identity, bound_until, heard_at, version \
                 from chat where subscriber = $1 and bound_until > $2 \
                 order by heard_at desc limit 1",
            )
            .bind(phone.as_bytes().to_vec())
            .bind(now.millis())
            .fetch_optional(pool)
            .await?;
            row.map(|row| found!(row)).transpose()?
        });
        row.map(|row| row.open(&self.vault)).transpose()
    }

    /// A chat speaks for no phone any more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn unbind_chat(&self, names: &[SubscriberKey]) -> Result<(), StoreError> {
        let [one, other] = both(names);
        on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            sqlx::query::<Db>(concat!(unbind!(), " where key in ($1, $2) or alias in ($1, $2)"))
                .bind(one.as_bytes().to_vec())
                .bind(other.as_bytes().to_vec())
                .execute(&mut *tx)
                .await?;
            tx.commit().await?;
        });
        Ok(())
    }

    /// A chat was heard, and speaks for its phone.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn hear_chat(&self, key: &SubscriberKey, at: Timestamp) -> Result<(), StoreError> {
        on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            sqlx::query::<Db>("update chat set heard_at = $2 where key = $1 and heard_at < $2")
                .bind(key.as_bytes().to_vec())
                .bind(at.millis())
                .execute(&mut *tx)
                .await?;
            tx.commit().await?;
        });
        Ok(())
    }
}

impl Batch {
    /// Stores what a message at the door comes to, all of it or none. `closes`: the message, once it is
    /// answered by this.
    ///
    /// # Errors
    /// [`CommitError::Conflict`] if the chat has moved since it was read.
    pub async fn commit_door(
        self,
        chat: &ChatWrite,
        change: Option<&CodeChange>,
        notices: &[Notice],
        closes: Option<[u8; 16]>,
    ) -> Result<(), CommitError> {
        let Self { mut tx, vault } = self;
        let place = Place::Chat(&chat.key);
        let address = serde_json::to_vec(&Address(chat.address.clone())).unwrap_or_default();
        let door = chat.door.as_ref().map(|door| serde_json::to_vec(door).unwrap_or_default());
        let phone = chat.bound.as_ref().map(|(phone, ..)| phone);
        let number = phone.map(|phone| sealed::seal(&vault, place, phone.as_str().as_bytes()));
        on_engine!(&mut tx, |Db, tx| {
            let done = sqlx::query::<Db>(
                "insert into chat (key, alias, address, door, subscriber, number, identity, \
                 bound_at, bound_until, heard_at, version) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
                 on conflict (key) do update set alias = coalesce(excluded.alias, chat.alias), \
                 address = excluded.address, door = excluded.door, \
                 subscriber = excluded.subscriber, number = excluded.number, \
                 identity = excluded.identity, bound_at = excluded.bound_at, \
                 bound_until = excluded.bound_until, heard_at = excluded.heard_at, \
                 version = excluded.version where chat.version = excluded.version - 1",
            )
            .bind(chat.key.as_bytes().to_vec())
            .bind(chat.alias.map(|alias| alias.as_bytes().to_vec()))
            .bind(sealed::seal(&vault, place, &address))
            .bind(door.map(|door| sealed::seal(&vault, place, &door)))
            .bind(phone.map(|phone| vault.subscriber_key(phone).as_bytes().to_vec()))
            .bind(number)
            .bind(chat.identity.clone())
            .bind(chat.bound.as_ref().map(|(_, since, _)| since.millis()))
            .bind(chat.bound.as_ref().map(|(_, _, until)| until.millis()))
            .bind(chat.at.millis())
            .bind(chat.was.unwrap_or(0).saturating_add(1))
            .execute(&mut **tx)
            .await?;
            if done.rows_affected() != 1 {
                return Err(CommitError::Conflict);
            }
        });
        let mut codes = Codes::default();
        if let Some(change) = change {
            codes.add(change, chat.at);
        }
        codes.write(&mut tx).await?;
        let notices: Vec<&Notice> = notices.iter().collect();
        outbox::write(&mut tx, &vault, &notices).await?;
        on_engine!(tx, |Db, tx| {
            let mut tx = tx;
            if let Some(key) = closes {
                sqlx::query::<Db>("update chat_event set body = null where key = $1")
                    .bind(key.to_vec())
                    .execute(&mut *tx)
                    .await?;
            }
            tx.commit().await?;
        });
        Ok(())
    }
}

/// Chats that are bound to each of the phones, oldest first. Of more than a list shows, those that stay
/// longest.
pub(super) async fn read_bound(
    tx: &mut Tx,
    phones: &[SubscriberKey],
) -> Result<BTreeMap<SubscriberKey, Vec<BoundChat>>, StoreError> {
    let mut chats: BTreeMap<_, Vec<_>> = BTreeMap::new();
    if phones.is_empty() {
        return Ok(chats);
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "select subscriber, key, bound_at, bound_until from (\
             select subscriber, key, bound_at, bound_until, row_number() over (\
             partition by subscriber order by bound_until desc, key) as nth \
             from chat where bound_at is not null and bound_until is not null \
             and subscriber in (",
        );
        let mut keys = sql.separated(", ");
        for phone in padded_keys(phones) {
            keys.push_bind(phone.as_bytes().to_vec());
        }
        sql.push(")) as bound where nth <= ")
            .push_bind(i64::try_from(MOST_CHATS).unwrap_or(i64::MAX))
            .push(" order by subscriber, bound_at, key");
        for row in sql.build().fetch_all(&mut **tx).await? {
            let phone = SubscriberKey::from_bytes(octets(row.try_get(0)?, "chat")?);
            chats.entry(phone).or_default().push(BoundChat {
                chat: SubscriberKey::from_bytes(octets(row.try_get(1)?, "chat")?),
                since: Timestamp::from_millis(row.try_get(2)?),
                until: Timestamp::from_millis(row.try_get(3)?),
            });
        }
    });
    Ok(chats)
}

/// Each chat of `cut` speaks no longer for the phone beside it; if it speaks for another by now, nothing
/// happens. At its next message it stands at the door as one that was never seen.
pub(super) async fn write_cut(
    tx: &mut Tx,
    cut: &BTreeSet<(SubscriberKey, SubscriberKey)>,
) -> Result<(), CommitError> {
    if cut.is_empty() {
        return Ok(());
    }
    let cut: Vec<_> = cut.iter().copied().collect();
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(concat!(unbind!(), " where (key, subscriber) in ("));
        sql.push_values(padded_keys(&cut), |mut row, (chat, phone)| {
            row.push_bind(chat.as_bytes().to_vec()).push_bind(phone.as_bytes().to_vec());
        });
        sql.push(")").build().execute(&mut **tx).await?;
    });
    Ok(())
}

/// A chat by the two names it may have.
const FIND: &str = "select key, address, door, number, identity, bound_until, heard_at, version \
     from chat where key in ($1, $2) or alias in ($1, $2) order by heard_at desc limit 1";

/// Two names, whether there are two or one.
fn both(names: &[SubscriberKey]) -> [SubscriberKey; 2] {
    let first = names.first().copied().unwrap_or(SubscriberKey::from_bytes([0; 16]));
    [first, names.get(1).copied().unwrap_or(first)]
}

impl Found {
    fn open(self, vault: &Vault) -> Result<KnownChat, StoreError> {
        let key = SubscriberKey::from_bytes(self.key);
        let place = Place::Chat(&key);
        let unreadable = || StoreError::Unreadable("chat");
        let address = sealed::open(vault, place, &self.address)?;
        let Address(address) = serde_json::from_slice(&address).map_err(|_| unreadable())?;
        let door = match self.door {
            // What another version stored begins again.
            Some(door) => serde_json::from_slice(&sealed::open(vault, place, &door)?).ok(),
            None => None,
        };
        let bound = match (self.number, self.bound_until) {
            (Some(number), Some(until)) => {
                let number = sealed::open(vault, place, &number)?;
                let number = String::from_utf8(number).map_err(|_| unreadable())?;
                let phone = Msisdn::parse_any(&number).map_err(|_| unreadable())?;
                Some(Bound { phone, until: Timestamp::from_millis(until) })
            }
            _ => None,
        };
        Ok(KnownChat {
            key,
            address,
            door,
            bound,
            identity: self.identity,
            heard_at: Timestamp::from_millis(self.heard_at),
            version: self.version,
        })
    }
}
