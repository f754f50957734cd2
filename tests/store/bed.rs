//! A fresh database of each kind, and short ways to say what goes into it.

use std::{
    fs,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use jiff::civil::{Date, date};
use setara::{
    clock::Timestamp,
    conversation::End,
    identity::{Msisdn, Nik, PersonName},
    service::{
        number::Number,
        record::{Change, Facts, Need, Registration, Standing},
        roster::Entry,
        sample::People,
    },
    store::{
        CommitError, ConversationWrite, Recalled, ReceiptWrite, Spoke, Store, StoreOptions,
        TurnKey, TurnWrite,
    },
    vault::{Keys, NikIndex, SubscriberKey, Vault},
};

use crate::support::postgres;

/// One database, the vault it was filled with, and where it is.
pub struct Bed {
    pub store: Store,
    pub vault: Vault,
    pub url: String,
    folder: Option<PathBuf>,
}

/// SQLite and PostgreSQL, each with no row in it.
pub async fn both() -> [Bed; 2] {
    [sqlite().await, postgres().await]
}

/// As [`both`], with the first people of the sample.
pub async fn with_sample() -> [Bed; 2] {
    let beds = both().await;
    for bed in &beds {
        let entries: Vec<_> = People::new(1, date(2021, 8, 16)).take(24).collect();
        bed.fill(&entries).await;
    }
    beds
}

pub async fn sqlite() -> Bed {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("setara-store-{}-{count}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let url = format!("sqlite:{}", folder.join("setara.db").display());
    Bed { store: open(&url, vault()).await, vault: vault(), url, folder: Some(folder) }
}

pub async fn postgres() -> Bed {
    let url = postgres::database().await;
    Bed { store: open(&url, vault()).await, vault: vault(), url, folder: None }
}

pub async fn open(url: &str, vault: Vault) -> Store {
    Store::open(url, vault, StoreOptions::default()).await.unwrap()
}

/// The same keys in every test, so that a test can open a database a second time.
pub fn vault() -> Vault {
    Vault::from_keys(Keys { id: 1, index: [1; 32], seal: [2; 32] })
}

impl Drop for Bed {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

impl Bed {
    /// A second program on the same database.
    pub async fn beside(other: &Bed) -> Bed {
        let store = open(&other.url, vault()).await;
        Bed { store, vault: vault(), url: other.url.clone(), folder: None }
    }

    /// The folder of the SQLite file.
    pub fn folder(&self) -> &PathBuf {
        self.folder.as_ref().expect("SQLite")
    }

    pub fn phone(&self, number: &str) -> SubscriberKey {
        self.vault.subscriber_key(&msisdn(number))
    }

    pub fn person(&self, digits: &str) -> NikIndex {
        self.vault.nik_index(&nik(digits))
    }

    pub fn key(&self, number: &str, message: u8) -> TurnKey {
        TurnKey {
            receipt: receipt_key(message),
            subscriber: self.phone(number),
            service: Some(SERVICE.into()),
        }
    }

    /// A turn that changes nothing but `seen_at`.
    pub fn turn(&self, number: &str) -> TurnWrite {
        let subscriber = self.phone(number);
        TurnWrite {
            channel: Some("ussd"),
            ..TurnWrite::of(Spoke::Subscriber, subscriber, msisdn(number), at(0))
        }
    }

    pub async fn recall(&self, keys: &[TurnKey]) -> Vec<Recalled> {
        let mut batch = self.store.begin().await.unwrap();
        let recalled = batch.recall(keys).await.unwrap();
        batch.rollback().await.unwrap();
        recalled
    }

    pub async fn facts(&self, needs: &[Need]) -> Vec<Facts> {
        let mut batch = self.store.begin().await.unwrap();
        let facts = batch.facts(needs).await.unwrap();
        batch.rollback().await.unwrap();
        facts
    }

    pub async fn people(&self, number: &str) -> Facts {
        let need = Need { people: Some(self.phone(number)), ..Need::default() };
        self.facts(&[need]).await.remove(0)
    }

    /// Brings people into the record.
    pub async fn fill(&self, entries: &[Entry]) {
        let rows: Vec<_> = (1..).zip(entries.iter().cloned()).collect();
        let mut importing = self.store.begin_import(at(0)).await.unwrap();
        importing.stage(&rows, at(0)).await.unwrap();
        assert_eq!(importing.repeated(1, at(0)).await.unwrap(), (0, vec![]));
        importing.apply(at(0), |_| ()).await.unwrap();
    }

    pub async fn commit(&self, writes: &[TurnWrite]) -> Result<(), CommitError> {
        self.store.begin().await.unwrap().commit(writes).await
    }
}

/// Somebody's hand in the database, beside every rule of ours.
pub async fn execute(url: &str, sql: &str) {
    use sqlx::{Connection, Executor};
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    if url.starts_with("sqlite") {
        sqlx::SqliteConnection::connect(url).await.unwrap().execute(sql).await.unwrap();
    } else {
        sqlx::PgConnection::connect(url).await.unwrap().execute(sql).await.unwrap();
    }
}

pub const SERVICE: &str = "vaccination";

/// Says what a turn stores beside its defaults.
pub trait Say: Sized {
    fn conversation(self, was: Option<i64>, body: &str) -> Self;
    fn ended(self, end: End) -> Self;
    fn receipt(self, message: u8, reply: &str) -> Self;
    fn change(self, change: Change) -> Self;
    fn at(self, minutes: i64) -> Self;
}

impl Say for TurnWrite {
    fn conversation(mut self, was: Option<i64>, body: &str) -> Self {
        self.conversation = Some(ConversationWrite {
            service: SERVICE.into(),
            was,
            body: body.into(),
            ended: None,
            screen: "nik".into(),
            channel: "ussd".into(),
            open_until: at(3),
            keep_until: at(30),
        });
        self
    }

    fn ended(mut self, end: End) -> Self {
        self.conversation.as_mut().expect("a conversation first").ended = Some(end);
        self
    }

    fn receipt(mut self, message: u8, reply: &str) -> Self {
        self.receipt = Some(ReceiptWrite {
            key: receipt_key(message),
            reply: reply.into(),
            keep_until: at(10),
        });
        self
    }

    fn change(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    fn at(mut self, minutes: i64) -> Self {
        self.at = at(minutes);
        self
    }
}

/// Minutes after a Monday in August 2021.
pub fn at(minutes: i64) -> Timestamp {
    Timestamp::from_millis(1_629_072_000_000 + minutes * 60_000)
}

pub fn receipt_key(message: u8) -> [u8; 16] {
    [message; 16]
}

pub fn nik(digits: &str) -> Nik {
    Nik::parse(digits).unwrap()
}

pub fn msisdn(number: &str) -> Msisdn {
    Msisdn::parse(number).unwrap()
}

pub fn name(text: &str) -> PersonName {
    PersonName::parse(text).unwrap()
}

const BIRTH: Date = date(1990, 2, 5);

pub fn register(number: u64, standing: Standing, digits: &str, named: &str) -> Change {
    Change::Register(Registration {
        number: Number::from_random(number),
        standing,
        nik: nik(digits),
        name: name(named),
        birth: BIRTH,
        regency: "3173".into(),
        screening: "clear".into(),
        consent: "2021-08".into(),
    })
}
