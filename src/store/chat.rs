//! Chats: who stands at the door, and which phone each speaks for.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, Row};

use super::{
    Batch, CommitError, Store, StoreError,
    code::Codes,
    engine::{Tx, octets, on_engine, padded_keys, padded_rows, push_keys},
    event, outbox,
    sealed::{self, Place},
};
use crate::{
    clock::Timestamp,
    identity::{ChatId, Msisdn},
    menu::language::Language,
    outbox::Notice,
    service::{
        chat::{Door, bound::MOST_CHATS},
        code::CodeChange,
        record::BoundChat,
    },
    vault::{SubscriberKey, Vault},
};

/// Keys of one statement.
const KEYS: usize = 1024;

/// A chat as it is known.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownChat {
    /// Its row.
    pub key: SubscriberKey,
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

/// Where a phone is reached on a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// The chat.
    pub chat: ChatId,
    /// When it was last heard, exact to the hour.
    pub heard_at: Timestamp,
    /// The language that its reader chose.
    pub language: Option<Language>,
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

/// What a message at the door comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct DoorWrite {
    /// Its chat.
    pub chat: ChatWrite,
    /// What changes about a code.
    pub change: Option<CodeChange>,
    /// What is to be sent because of it.
    pub notices: Vec<Notice>,
    /// The message, by its key.
    pub message: [u8; 16],
    /// What the message says from now on, as [`EventWrite::body`](super::EventWrite::body), if it is not
    /// answered by this.
    pub becomes: Option<Vec<u8>>,
}

/// What is sealed of a chat's address.
#[derive(Serialize, Deserialize)]
struct Address(ChatId);

/// A row as the database gave it.
struct Found {
    key: [u8; 16],
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
            key: octets(row.try_get(1)?, "chat")?,
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

impl Store {
    /// Chats by the names that each may have; of two that have such a name, the one heard last. One whose
    /// row was damaged is [`StoreError::Unreadable`], and the others are what they are.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn chats(
        &self,
        asked: &[&[SubscriberKey]],
    ) -> Result<Vec<Result<Option<KnownChat>, StoreError>>, StoreError> {
        let mut chats: Vec<_> = asked.iter().map(|_| Ok(None)).collect();
        let named = |(nth, names): (usize, &&[SubscriberKey])| {
            names.iter().map(|name| (nth, *name)).collect::<Vec<_>>()
        };
        let names: Vec<(usize, SubscriberKey)> = asked.iter().enumerate().flat_map(named).collect();
        if names.is_empty() {
            return Ok(chats);
        }
        on_engine!(self.reader(), |Db, pool| {
            let mut sql = QueryBuilder::<Db>::new("with asked (nth, name) as (");
            sql.push_values(padded_rows(&names), |mut row, asked| {
                row.push_bind(asked.map(|(nth, _)| i64::try_from(*nth).unwrap_or(i64::MAX)))
                    .push_bind(asked.map(|(_, name)| name.as_bytes().to_vec()));
            });
            // The names lead: each is one look into an index.
            let road = |column| {
                format!(
                    "select nth, key, door, number, identity, bound_until, heard_at, version \
                     from asked cross join chat where chat.{column} = asked.name"
                )
            };
            sql.push(format!(
                ") {} union all {} order by nth, heard_at desc",
                road("key"),
                road("alias")
            ));
            for row in sql.build().fetch_all(pool).await? {
                let nth: i64 = row.try_get(0)?;
                let chat = usize::try_from(nth).ok().and_then(|nth| chats.get_mut(nth));
                if let Some(chat @ Ok(None)) = chat {
                    *chat = found!(row).and_then(|row| row.open(&self.vault)).map(Some);
                }
            }
        });
        Ok(chats)
    }

    /// Where each of the phones is reached on a chat: of those that speak for it, the one heard last.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; [`StoreError::Unreadable`] if a row was damaged.
    pub async fn chats_of(
        &self,
        phones: &[Msisdn],
        now: Timestamp,
    ) -> Result<Vec<Option<Reached>>, StoreError> {
        let keys: Vec<_> = phones.iter().map(|phone| self.vault.subscriber_key(phone)).collect();
        let mut chats = HashMap::new();
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        on_engine!(self.reader(), |Db, pool| {
            let mut sql = QueryBuilder::<Db>::new(
                "select chat.subscriber, chat.key, chat.address, chat.heard_at, \
                 subscriber.language from chat left join subscriber \
                 on subscriber.key = chat.subscriber where chat.bound_until > ",
            );
            sql.push_bind(now.millis()).push(" and chat.subscriber in (");
            push_keys(&mut sql, &keys, |key| key.as_bytes().to_vec());
            // Of two of one phone the later one stays.
            for row in sql.push(") order by chat.heard_at").build().fetch_all(pool).await? {
                let phone: [u8; 16] = octets(row.try_get(0)?, "chat")?;
                let key = SubscriberKey::from_bytes(octets(row.try_get(1)?, "chat")?);
                let address: Vec<u8> = row.try_get(2)?;
                let address = sealed::open(&self.vault, Place::Chat(&key), &address)?;
                let Address(address) =
                    serde_json::from_slice(&address).map_err(|_| StoreError::Unreadable("chat"))?;
                let language: Option<String> = row.try_get(4)?;
                let language = language.and_then(|code| Language::parse(&code));
                let heard_at = Timestamp::from_millis(row.try_get(3)?);
                chats.insert(phone, Reached { chat: address, heard_at, language });
            }
        });
        Ok(keys.iter().map(|key| chats.get(key.as_bytes()).cloned()).collect())
    }

    /// When the chat that speaks for each of the phones was last heard; none for a phone without one. As
    /// [`Store::chats_of`], without their addresses.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn chats_heard(
        &self,
        phones: &[SubscriberKey],
        now: Timestamp,
    ) -> Result<BTreeMap<SubscriberKey, Timestamp>, StoreError> {
        let mut heard = BTreeMap::new();
        for phones in phones.chunks(KEYS) {
            on_engine!(self.reader(), |Db, pool| {
                let mut sql = QueryBuilder::<Db>::new(
                    "select subscriber, max(heard_at) from chat where bound_until > ",
                );
                sql.push_bind(now.millis()).push(" and subscriber in (");
                push_keys(&mut sql, phones, |key| key.as_bytes().to_vec());
                sql.push(") group by subscriber");
                for row in sql.build().fetch_all(pool).await? {
                    let phone = SubscriberKey::from_bytes(octets(row.try_get(0)?, "chat")?);
                    heard.insert(phone, Timestamp::from_millis(row.try_get(1)?));
                }
            });
        }
        Ok(heard)
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

    /// Chats were heard that speak for their phones.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn hear_chats(
        &self,
        keys: &[SubscriberKey],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        if keys.is_empty() {
            return Ok(());
        }
        let mut keys = keys.to_vec();
        keys.sort_unstable();
        on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            let mut sql = QueryBuilder::<Db>::new("update chat set heard_at = ");
            sql.push_bind(at.millis()).push(" where heard_at < ").push_bind(at.millis());
            sql.push(" and key in (");
            push_keys(&mut sql, &keys, |key| key.as_bytes().to_vec());
            sql.push(")").build().execute(&mut *tx).await?;
            tx.commit().await?;
        });
        Ok(())
    }
}

impl Batch {
    /// Stores what messages at the door come to, all of it or none.
    ///
    /// # Errors
    /// [`CommitError::Conflict`] if one of the chats has moved since it was read, or if two of the
    /// messages need each other's outcome: then each is to be tried alone.
    pub async fn commit_doors(self, doors: &[DoorWrite]) -> Result<(), CommitError> {
        let Self { mut tx, vault } = self;
        write_chats(&mut tx, &vault, doors).await?;
        let mut codes = Codes::default();
        for door in doors {
            if let Some(change) = &door.change {
                codes.add(change, door.chat.at);
            }
        }
        codes.write(&mut tx).await?;
        let notices: Vec<&Notice> = doors.iter().flat_map(|door| &door.notices).collect();
        outbox::write(&mut tx, &vault, &notices).await?;
        let mut answered = Vec::new();
        for door in doors {
            match &door.becomes {
                None => answered.push(door.message),
                Some(body) => event::change(&mut tx, &vault, door.message, body).await?,
            }
        }
        event::close(&mut tx, answered).await?;
        on_engine!(tx, |_Db, tx| tx.commit().await?);
        Ok(())
    }
}

async fn write_chats(tx: &mut Tx, vault: &Vault, doors: &[DoorWrite]) -> Result<(), CommitError> {
    let mut chats: Vec<&ChatWrite> = doors.iter().map(|door| &door.chat).collect();
    chats.sort_unstable_by_key(|chat| chat.key);
    if chats.windows(2).any(|pair| pair[0].key == pair[1].key) {
        return Err(CommitError::Conflict);
    }
    let sealed = |chat: &ChatWrite, what: &[u8]| sealed::seal(vault, Place::Chat(&chat.key), what);
    let phone = |chat: &ChatWrite| chat.bound.as_ref().map(|(phone, ..)| phone.clone());
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "with moved (key, alias, address, door, subscriber, number, identity, bound_at, \
             bound_until, heard_at, version) as (",
        );
        sql.push_values(padded_rows(&chats), |mut row, chat| {
            row.push_bind(chat.map(|chat| chat.key.as_bytes().to_vec()))
                .push_bind(chat.and_then(|chat| chat.alias).map(|alias| alias.as_bytes().to_vec()))
                // Texts and numbers only: there is nothing JSON cannot hold.
                .push_bind(chat.map(|chat| {
                    let address = Address(chat.address.clone());
                    sealed(chat, &serde_json::to_vec(&address).unwrap_or_default())
                }))
                .push_bind(chat.and_then(|chat| {
                    let door = serde_json::to_vec(chat.door.as_ref()?).unwrap_or_default();
                    Some(sealed(chat, &door))
                }))
                .push_bind(
                    chat.and_then(|chat| {
                        Some(vault.subscriber_key(&phone(chat)?).as_bytes().to_vec())
                    }),
                )
                .push_bind(
                    chat.and_then(|chat| Some(sealed(chat, phone(chat)?.as_str().as_bytes()))),
                )
                .push_bind(chat.and_then(|chat| chat.identity.clone()))
                .push_bind(chat.and_then(|chat| Some(chat.bound.as_ref()?.1.millis())))
                .push_bind(chat.and_then(|chat| Some(chat.bound.as_ref()?.2.millis())))
                .push_bind(chat.map(|chat| chat.at.millis()))
                .push_bind(chat.map(|chat| chat.was.unwrap_or(0).saturating_add(1)));
        });
        sql.push(
            ") insert into chat (key, alias, address, door, subscriber, number, identity, \
             bound_at, bound_until, heard_at, version) \
             select key, alias, address, door, subscriber, number, identity, bound_at, \
             bound_until, heard_at, version from moved where key is not null \
             on conflict (key) do update set alias = coalesce(excluded.alias, chat.alias), \
             address = excluded.address, door = excluded.door, \
             subscriber = excluded.subscriber, number = excluded.number, \
             identity = excluded.identity, bound_at = excluded.bound_at, \
             bound_until = excluded.bound_until, heard_at = excluded.heard_at, \
             version = excluded.version where chat.version = excluded.version - 1",
        );
        let stored = sql.build().execute(&mut **tx).await?.rows_affected();
        if stored != chats.len() as u64 {
            return Err(CommitError::Conflict);
        }
    });
    Ok(())
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
        push_keys(&mut sql, phones, |phone| phone.as_bytes().to_vec());
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
            door,
            bound,
            identity: self.identity,
            heard_at: Timestamp::from_millis(self.heard_at),
            version: self.version,
        })
    }
}
