//! The one database: SQLite embedded, or PostgreSQL by its URL.
//!
//! Owns every table, every SQL text and every transaction; nothing else says sqlx. Reads and
//! writes are set-based: a batch of turns costs a handful of statements however many turns are in
//! it, because a statement's fixed price (a thread hand-over in SQLite, a round trip in PostgreSQL)
//! is what the turn path would otherwise spend its time on. One SQL text serves both engines; they
//! differ in how a transaction begins, in how a sweep claims rows and in how an import fills the
//! stage (`engine::Dialect`, `stage`), and nowhere else.
//!
//! The store must not know menus, channels or what a conversation's body means, and it reads no
//! clock: times are arguments.
//!
//! A turn's road: [`Store::begin`], [`Batch::recall`], [`Batch::facts`], [`Batch::commit`].

mod aging;
mod appointment;
mod audit;
pub mod backup;
mod campaign;
mod certificate;
mod changes;
mod chat;
mod code;
mod commit;
mod conduit;
mod copy;
mod desk;
mod engine;
mod erase;
mod event;
mod exposure;
mod facts;
mod import;
mod inquiry;
mod kept;
mod lookup;
mod menus;
mod node;
mod officer;
mod outbox;
mod outside;
mod parting;
mod primary;
mod queue;
mod recall;
pub mod reseal;
mod retention;
mod right;
mod sealed;
mod secret;
mod session;
mod stage;
mod sweep;
mod ticket;
mod turn;
mod unchecked;

use std::{fmt, path::Path, str::FromStr, sync::Arc, time::Duration};

use sqlx::{
    Pool, Postgres, Sqlite,
    migrate::MigrateError,
    pool::PoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use thiserror::Error;

use self::engine::{Engine, Tx, on_engine};
pub use self::{
    aging::{AGELESS, AGES},
    appointment::{
        AppointmentLine, FacilityLine, LineBounds, Mode, News, OpenLine, Reopened, SeatFigures,
        Shut, Spoken, Stranding, ToTell, Waited,
    },
    audit::{Logged, Tally, Verified},
    campaign::{
        Acquainted, Campaign, Counts, CreateError, Figures, Late, NewCampaign, OneWay, Piece,
        Planned, Portion, Queued,
    },
    chat::{Bound, ChatWrite, DoorWrite, KnownChat, Reached},
    desk::StaffWrite,
    erase::{ERASED, Erased, KEPT},
    event::EventWrite,
    exposure::{
        Binding, Bound as TokensBound, Holder, NewCase, NotTaken, Opened, Upload, Uploaded,
    },
    import::{ImportError, Importing, Repeated},
    inquiry::{Claim, ClaimedInquiry, InquiryFigures},
    kept::{
        KeptAppointment, KeptCertificate, KeptFailures, KeptFetched, KeptInquiry, KeptLine, KeptOf,
        KeptPhone, KeptRegistration, NOT_WRITTEN_OUT, WRITTEN_OUT,
    },
    menus::{MenuOrder, MenuVersion, Ordered, StoredMenu},
    node::Hints,
    outbox::{Bounced, Bounds, PartKey, Swept},
    outside::Taking,
    queue::LineFigures,
    recall::Tongue,
    retention::Unheard,
    session::{KeptSession, SessionWrite},
    stage::{STAGE_ROWS, SealedRows, Sealer},
    sweep::Cut,
    ticket::{TicketEvent, TicketFigures, TicketLine, TicketPlace},
    turn::{
        CommitError, ConversationWrite, Kept, KnownSubscriber, Recalled, ReceiptWrite, Spoke,
        TurnKey, TurnWrite,
    },
    unchecked::{Unchecked, WaitingPlace},
};
use crate::vault::Vault;

/// How a database is opened.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// Connections to PostgreSQL, at least 1. SQLite always has the one that writes.
    pub connections: u32,
    /// How long a turn waits for a connection, or for another program's lock, before the database
    /// counts as unavailable.
    pub wait: Duration,
    /// Page cache of SQLite, in MiB; it fills as it is used.
    pub cache_mib: u32,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { connections: 8, wait: Duration::from_secs(5), cache_mib: 32 }
    }
}

/// Why the database did not do what it was asked. Messages name no value of any row.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The URL is not one of a database we know.
    #[error("a database URL is `sqlite:FILE` or `postgres://…`: {0}")]
    Url(String),
    /// The tables could not be brought to this program's version.
    #[error("the database could not be migrated")]
    Migrate(#[source] Box<MigrateError>),
    /// The key file is not the one this database was filled with.
    #[error("the key file does not belong to this database")]
    WrongKey,
    /// A row does not open or does not read: damaged, or written by somebody else.
    #[error("a row of `{0}` cannot be read: it is damaged or was changed")]
    Unreadable(&'static str),
    /// Connection lost, disk full, locked for too long, and the like.
    #[error("the database is not available")]
    Unavailable(#[source] Box<sqlx::Error>),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

/// The database. Cloning is cheap, and clones share their connections.
#[derive(Clone)]
pub struct Store {
    pool: Engine<Pool<Sqlite>, Pool<Postgres>>,
    /// A second connection to SQLite, which never writes a row: it folds the log, and reads.
    beside: Option<Pool<Sqlite>>,
    /// Where PostgreSQL is.
    servers: Option<Arc<primary::Servers>>,
    vault: Vault,
}

/// Connections to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// In use.
    pub busy: usize,
    /// Open, and waiting for work.
    pub idle: usize,
    /// The most there may be.
    pub most: usize,
}

/// One transaction, with the turns that share it. Dropped without a commit, it leaves nothing.
pub struct Batch {
    tx: Tx,
    vault: Vault,
}

impl Store {
    /// Opens a database, creates it if it is SQLite and missing, brings its tables up to date and
    /// finishes an import that a crash left half applied.
    ///
    /// # Errors
    /// See [`StoreError`]; [`StoreError::WrongKey`] if `vault` is not the one of this database.
    pub async fn open(url: &str, vault: Vault, options: StoreOptions) -> Result<Self, StoreError> {
        let (mut beside, mut servers) = (None, None);
        let pool = match url.split(':').next() {
            Some("sqlite") => {
                let pool = open_sqlite(url, &options).await?;
                beside = Some(open_beside(&pool));
                Engine::Sqlite(pool)
            }
            Some("postgres" | "postgresql") => {
                let named = servers.insert(Arc::new(primary::Servers::of(url)?));
                Engine::Postgres(named.open(&options).await?)
            }
            _ => return Err(StoreError::Url("unknown scheme".into())),
        };
        let store = Self { pool, beside, servers, vault };
        store.migrate().await?;
        store.prove_key().await?;
        store.finish_import().await?;
        Ok(store)
    }

    /// Begins a transaction. On SQLite it waits until it may write: a transaction that reads first
    /// and asks for the lock later is thrown out when another one wrote in between.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn begin(&self) -> Result<Batch, StoreError> {
        Ok(Batch { tx: self.begin_tx().await?, vault: self.vault.clone() })
    }

    /// Asks the database for a sign of life, behind the turns that are waiting for it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        on_engine!(&self.pool, |Db, pool| {
            sqlx::query::<Db>("select 1").execute(pool).await?;
        });
        Ok(())
    }

    /// Number of rows of a table, for figures and tests.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn count(&self, table: Table) -> Result<u64, StoreError> {
        let count: i64 = on_engine!(&self.pool, |Db, pool| {
            sqlx::query_scalar::<Db, _>(table.count_sql()).fetch_one(pool).await?
        });
        Ok(count.unsigned_abs())
    }

    /// The connections of the turns as they are now; SQLite has the one that writes.
    pub fn connections(&self) -> Connections {
        on_engine!(&self.pool, |_Db, pool| {
            let (open, idle) = (pool.size() as usize, pool.num_idle());
            let most = pool.options().get_max_connections() as usize;
            Connections { busy: open.saturating_sub(idle), idle, most }
        })
    }

    /// Whether other programs may work with this database at the same time.
    pub fn is_shared(&self) -> bool {
        matches!(self.pool, Engine::Postgres(_))
    }

    /// Closes every connection, after the work under way. SQLite's log is folded into its file.
    pub async fn close(&self) {
        if let Some(beside) = &self.beside {
            beside.close().await;
        }
        on_engine!(&self.pool, |_Db, pool| pool.close().await);
    }

    /// Reads that need not wait for the one who writes: on SQLite a connection of their own.
    fn reader(&self) -> Engine<&Pool<Sqlite>, &Pool<Postgres>> {
        match &self.pool {
            Engine::Sqlite(pool) => Engine::Sqlite(self.beside.as_ref().unwrap_or(pool)),
            Engine::Postgres(pool) => Engine::Postgres(pool),
        }
    }

    async fn begin_tx(&self) -> Result<Tx, StoreError> {
        Ok(match &self.pool {
            Engine::Sqlite(pool) => Engine::Sqlite(pool.begin_with("begin immediate").await?),
            Engine::Postgres(pool) => Engine::Postgres(pool.begin().await?),
        })
    }

    /// What a newer program has added is left alone: in a rolling upgrade nodes of both work on one
    /// database, and either may start.
    async fn migrate(&self) -> Result<(), StoreError> {
        let mut sqlite = sqlx::migrate!("migrations/sqlite");
        let mut postgres = sqlx::migrate!("migrations/postgres");
        sqlite.set_ignore_missing(true);
        postgres.set_ignore_missing(true);
        let migrate = async || match &self.pool {
            Engine::Sqlite(pool) => sqlite.run(pool).await,
            Engine::Postgres(pool) => postgres.run(pool).await,
        };
        // Programs that start at once on one new SQLite file get in each other's way, at any of the
        // migrations; who looks again finds that one done.
        let mut tries = if matches!(self.pool, Engine::Sqlite(_)) { MIGRATE_TRIES } else { 1 };
        loop {
            tries -= 1;
            match migrate().await {
                Err(_) if tries > 0 => tokio::time::sleep(OPEN_AGAIN).await,
                done => return done.map_err(|error| StoreError::Migrate(Box::new(error))),
            }
        }
    }

    /// The first program to open a database leaves a sealed word there; the others open it.
    async fn prove_key(&self) -> Result<(), StoreError> {
        // The present key's stands first.
        let proof = self.vault.proofs().into_iter().next();
        let kept: Vec<u8> = on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            sqlx::query::<Db>(
                "insert into vault (one, proof) values (1, $1) on conflict (one) do nothing",
            )
            .bind(proof)
            .execute(&mut *tx)
            .await?;
            let kept =
                sqlx::query_scalar::<Db, _>("select proof from vault").fetch_one(&mut *tx).await?;
            tx.commit().await?;
            kept
        });
        if self.vault.opens_proof(&kept) { Ok(()) } else { Err(StoreError::WrongKey) }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.pool {
            Engine::Sqlite(_) => "Store(SQLite)",
            Engine::Postgres(_) => "Store(PostgreSQL)",
        })
    }
}

/// The tables that somebody counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the table of its name")]
pub enum Table {
    Subscriber,
    Person,
    Dose,
    Registration,
    Acquaintance,
    Consent,
    Lookup,
    Conversation,
    Receipt,
    Session,
    StagedPerson,
    StagedDose,
    Notice,
    ParkedReceipt,
    OptOut,
    Campaign,
    CampaignPeople,
    Broadcast,
    Certificate,
    CertificateCheck,
    Chat,
    ChatEvent,
    Ticket,
    TicketEvent,
    Audit,
    Fetched,
    Inquiry,
    Facility,
    Seat,
    Appointment,
    Officer,
    WaitList,
    ExposureToken,
    ExposureCase,
    Exposure,
}

impl Table {
    fn count_sql(self) -> &'static str {
        match self {
            Self::Subscriber => "select count(*) from subscriber",
            Self::Person => "select count(*) from person",
            Self::Dose => "select count(*) from dose",
            Self::Registration => "select count(*) from registration",
            Self::Acquaintance => "select count(*) from acquaintance",
            Self::Consent => "select count(*) from consent",
            Self::Lookup => "select count(*) from lookup",
            Self::Conversation => "select count(*) from conversation",
            Self::Receipt => "select count(*) from receipt",
            Self::Session => "select count(*) from session",
            Self::StagedPerson => "select count(*) from staged_person",
            Self::StagedDose => "select count(*) from staged_dose",
            Self::Notice => "select count(*) from notice",
            Self::ParkedReceipt => "select count(*) from parked_receipt",
            Self::OptOut => "select count(*) from opt_out",
            Self::Campaign => "select count(*) from campaign",
            Self::CampaignPeople => "select count(*) from campaign_people",
            Self::Broadcast => "select count(*) from broadcast",
            Self::Certificate => "select count(*) from certificate",
            Self::CertificateCheck => "select count(*) from certificate_check",
            Self::Chat => "select count(*) from chat",
            Self::ChatEvent => "select count(*) from chat_event",
            Self::Ticket => "select count(*) from ticket",
            Self::TicketEvent => "select count(*) from ticket_event",
            Self::Audit => "select count(*) from audit",
            Self::Fetched => "select count(*) from fetched",
            Self::Inquiry => "select count(*) from inquiry",
            Self::Facility => "select count(*) from facility",
            Self::Seat => "select count(*) from seat",
            Self::Appointment => "select count(*) from appointment",
            Self::Officer => "select count(*) from officer",
            Self::WaitList => "select count(*) from wait_list",
            Self::ExposureToken => "select count(*) from exposure_token",
            Self::ExposureCase => "select count(*) from exposure_case",
            Self::Exposure => "select count(*) from exposure",
        }
    }
}

/// SQLite would rather index the rows of a batch, each time, and go through the whole table that they are
/// looked up in: 31 ms for one look-up among 100,000 failed ones. Every table has the indexes that it needs.
fn with_plans_of_ours(connect: SqliteConnectOptions) -> SqliteConnectOptions {
    connect.pragma("automatic_index", "off")
}

async fn open_sqlite(url: &str, options: &StoreOptions) -> Result<Pool<Sqlite>, StoreError> {
    let connect = SqliteConnectOptions::from_str(url)
        .map_err(|_| StoreError::Url("the file name cannot be read".into()))?;
    if connect.get_filename() == Path::new("") || url.contains(":memory:") {
        return Err(StoreError::Url("a file is needed; a turn must survive the program".into()));
    }
    let connect = with_plans_of_ours(connect)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // A reply leaves only when its turn would survive a power cut.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(options.wait)
        .statement_cache_capacity(STATEMENTS)
        .pragma("cache_size", format!("-{}", options.cache_mib.saturating_mul(1024)))
        .pragma("temp_store", "memory")
        // 64 MiB. A page that many turns change is folded in once, and mostly by
        // `Store::checkpoint`, out of the turns' way.
        .pragma("wal_autocheckpoint", "16000");
    let pool = || {
        PoolOptions::new()
            // One connection, because SQLite has one writer; a queue in here is fairer than its lock.
            .max_connections(1)
            .min_connections(1)
            .acquire_timeout(options.wait)
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(connect.clone())
    };
    // The switch to the write-ahead log of a new file does not wait for another program that
    // switches it at the same moment (SQLite, "PRAGMA journal_mode"): it is tried again.
    let mut tries = 1 + options.wait.as_millis() / OPEN_AGAIN.as_millis();
    loop {
        tries -= 1;
        match pool().await {
            Err(error) if tries > 0 && is_locked(&error) => tokio::time::sleep(OPEN_AGAIN).await,
            opened => return Ok(opened?),
        }
    }
}

/// How often a new SQLite file is looked at again while others migrate it.
const MIGRATE_TRIES: u32 = 50;

/// How soon a database that another program is switching over is opened again.
const OPEN_AGAIN: Duration = Duration::from_millis(20);

/// SQLITE_BUSY (5), whatever stands in its upper octets.
fn is_locked(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| code & 0xff == 5)
}

fn open_beside(writer: &Pool<Sqlite>) -> Pool<Sqlite> {
    let connect = (*writer.connect_options()).clone().pragma("cache_size", "-256");
    PoolOptions::new().max_connections(1).test_before_acquire(false).connect_lazy_with(connect)
}

/// Prepared statements kept on each connection: some twenty texts, each in the nine sizes from one
/// row to 256 that padding leaves.
const STATEMENTS: usize = 200;
