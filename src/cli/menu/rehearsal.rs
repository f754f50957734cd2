//! What menus are tried out on: a database of its own with the well-known people in it, gone
//! afterwards; and the replay of a conversation file on it.

use std::{
    ffi::OsString,
    fs::{self, DirEntry},
    io::{self, Write},
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use thiserror::Error;

use crate::{
    app::{Alone, AloneError, Keyed, Line, StartError},
    certificate::Keyring,
    clock,
    config::Config,
    conversation::{End, Then},
    front::facility::{Facilities, FacilityError},
    identity::Msisdn,
    keyfile,
    menu::story::{Act, Session, Story, StoryError, typed},
    service::{
        facility::FacilityCode,
        record::Change,
        sample::{self, CERTIFIED, People},
    },
    store::{ImportError, Mode, Shut, Spoke, Store, StoreError, StoreOptions, TurnWrite},
    vault::{Vault, VaultError},
};

/// What a replay saw: line of the act, screen, session.
pub type Seen = Vec<(usize, String, Session)>;

/// A folder of its own, with a database, keys and a configuration for them.
pub struct Rehearsal {
    /// The configuration given, with this database and these keys.
    pub config: Config,
    folder: PathBuf,
    keyring: Keyring,
}

/// What a rehearsal begins with, to begin again without making it anew.
pub struct Beginning {
    config: Config,
    keyring: Keyring,
    files: Vec<(OsString, Vec<u8>)>,
}

/// Why a rehearsal does not come about.
#[derive(Debug, Error)]
pub enum RehearsalError {
    /// The temporary folder cannot be made.
    #[error("no temporary folder: {0}")]
    Folder(#[from] io::Error),
    /// The keys cannot be made.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database cannot be made.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The people cannot be brought in.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The engine does not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// A line of a conversation file cannot be done.
    #[error("line {line}: {reason}")]
    Line {
        /// Which line, from 1.
        line: usize,
        /// Why not.
        reason: String,
    },
    /// The certificates cannot be put in.
    #[error("the certificates could not be kept")]
    Certificates,
    /// The officers cannot be put in.
    #[error("the officers could not be kept")]
    Officers,
    /// Cases and contacts cannot be put in.
    #[error("cases and contacts could not be kept")]
    Exposed,
    /// A place cannot be closed or opened.
    #[error(transparent)]
    Place(#[from] FacilityError),
    /// A phone cannot be forgotten.
    #[error("the phone could not be forgotten")]
    Silence,
    /// The language cannot be set.
    #[error("the language could not be kept")]
    Language,
}

/// How many people there are: the well-known ones, and some others.
const PEOPLE: u64 = 40;

/// Where vaccines are given: the provinces in which conversation files take place.
const PLACES: [&str; 4] = ["31", "34", "64", "81"];

/// Whom conversation files book for comes sooner.
const EXPECTED_WITHIN: Duration = Duration::from_secs(200 * 86_400);

/// Certificates that a phone of a conversation file may check in a day.
const CHECKS_A_DAY: u32 = 6;

/// The smallest room of any operator. A conversation file has one text for all of them.
const SMALLEST: u16 = 160;

impl Rehearsal {
    /// A fresh SQLite database with the people in it.
    ///
    /// # Errors
    /// See [`RehearsalError`].
    pub async fn open(config: &Config) -> Result<Self, RehearsalError> {
        Self::open_on(config, None).await
    }

    /// The same on an empty database of that URL.
    ///
    /// # Errors
    /// See [`RehearsalError`].
    pub async fn open_on(config: &Config, url: Option<String>) -> Result<Self, RehearsalError> {
        let mut rehearsal = Self::within(folder()?, config, sample::keyring(clock::now()), url);
        // Conversation files are played at any hour.
        let outbox = &mut rehearsal.config.outbox;
        (outbox.decent_from, outbox.decent_until) = (0, 24);
        rehearsal.sign_as_the_sample()?;
        rehearsal.fill().await?;
        Ok(rehearsal)
    }

    fn within(folder: PathBuf, config: &Config, keyring: Keyring, url: Option<String>) -> Self {
        let mut config = config.clone();
        let file = || format!("sqlite:{}", folder.join("setara.db").display());
        config.database.url = url.unwrap_or_else(file);
        config.vault.key_file = folder.join("setara.key");
        config.certificate.keys = folder.join("setara.signing");
        config.outbox.answers = folder.join("setara.answers");
        Self { config, folder, keyring }
    }

    /// What there is now, while nobody works with it: on SQLite the people too, elsewhere the keys.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn beginning(&self) -> io::Result<Beginning> {
        let entries = fs::read_dir(&self.folder)?;
        let file = |entry: io::Result<DirEntry>| {
            let entry = entry?;
            Ok((entry.file_name(), fs::read(entry.path())?))
        };
        let files = entries.map(file).collect::<io::Result<_>>()?;
        Ok(Beginning { config: self.config.clone(), keyring: self.keyring.clone(), files })
    }

    /// Gives every dialect and provider the smallest room, as conversation files are written for, and
    /// lets a script type faster than any person. No conversation file has to check sixty certificates.
    pub fn narrow(mut self) -> Self {
        self.config.checks.per_day = CHECKS_A_DAY;
        self.config.limits.subscriber_per_minute = 60_000;
        self.config.limits.subscriber_burst = 1000;
        for dialect in self.config.dialect.values_mut() {
            (dialect.first, dialect.next) = (SMALLEST, SMALLEST);
        }
        for provider in self.config.provider.values_mut() {
            (provider.first, provider.next) = (SMALLEST, SMALLEST);
        }
        self
    }

    /// An engine on this database.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start(&self) -> Result<Alone, StartError> {
        Alone::start(&self.config).await
    }

    /// Keeps a language for a phone, as if its holder had chosen it.
    ///
    /// # Errors
    /// See [`RehearsalError`].
    pub async fn speak(&self, phone: &Msisdn, language: &str) -> Result<(), RehearsalError> {
        self.write(phone, Some(language), vec![]).await.map_err(|_| RehearsalError::Language)
    }

    /// What a turn of a phone would leave.
    async fn write(
        &self,
        phone: &Msisdn,
        language: Option<&str>,
        changes: Vec<Change>,
    ) -> Result<(), RehearsalError> {
        let store = self.store().await?;
        let batch = store.begin().await?;
        let subscriber = self.vault()?.subscriber_key(phone);
        let write = TurnWrite {
            language: language.map(str::to_owned),
            changes,
            ..TurnWrite::of(Spoke::Subscriber, subscriber, phone.clone(), clock::now())
        };
        batch.commit(&[write]).await.map_err(|_| RehearsalError::Silence)?;
        store.close().await;
        Ok(())
    }

    /// Does what a conversation file says of staff, and of a number that nobody uses; of anybody else's acts,
    /// nothing.
    ///
    /// # Errors
    /// See [`RehearsalError`].
    pub async fn staff(&self, act: &Act) -> Result<(), RehearsalError> {
        if let Act::Silent(number) = act {
            let phone = Msisdn::parse(number).map_err(|_| RehearsalError::Silence)?;
            return self.write(&phone, None, vec![Change::ForgetEverybody]).await;
        }
        let (Act::Close(code) | Act::Open(code)) = act else { return Ok(()) };
        let code = FacilityCode::parse(code).map_err(|_| FacilityError::NoSuch)?;
        let store = self.store().await?;
        let places = Facilities::new(store.clone(), &self.config);
        let (place, _) = places.show(&code).await?;
        let soon = (clock::now(), clock::now().plus(EXPECTED_WITHIN));
        let expected = store.appointments(&code, soon).await?;
        let first = expected.first().map(|line| line.seat.start.date(line.zone));
        match (act, first, place.closed.first()) {
            (Act::Close(_), Some(day), _) => places.close(&code, Shut::On(day), Mode::Real).await?,
            (Act::Open(_), _, Some(day)) => places.open(&code, Shut::On(*day), Mode::Real).await?,
            _ => return Err(FacilityError::NoSuch.into()),
        };
        store.close().await;
        Ok(())
    }

    /// Reads a conversation file that is to be played here. Where somebody pastes the text of a QR code, it
    /// says `{hc1 CODE}` with the short code of the certificate: what is signed depends on the day.
    ///
    /// # Errors
    /// See [`StoryError`].
    pub fn story(&self, text: &str) -> Result<Story, StoryError> {
        let mut story = Story::parse(text)?;
        for step in &mut story.steps {
            if let Act::Text(words) = &mut step.act
                && let Some((before, rest)) = words.split_once("{hc1 ")
                && let Some((code, after)) = rest.split_once('}')
            {
                let unknown =
                    || StoryError { line: step.line, reason: format!("no certificate {code}") };
                let pasted = self.document(code).ok_or_else(unknown)?;
                *words = format!("{before}{pasted}{after}");
            }
        }
        Ok(story)
    }

    fn document(&self, code: &str) -> Option<String> {
        let certified = CERTIFIED.iter().find(|of| of.code().as_str() == code)?;
        let (vaccines, issuer) = (&self.config.vaccine, self.config.certificate.issuer());
        certified.document(vaccines, &issuer, &self.keyring, &self.vault().ok()?, clock::now())
    }

    async fn fill(&self) -> Result<(), RehearsalError> {
        let store = self.store().await?;
        let now = clock::now();
        let people = People::new(1, now.date(self.config.menu.zone.into()));
        let rows: Vec<_> = (1..=PEOPLE).zip(people).collect();
        let mut importing = store.begin_import(now).await?;
        importing.stage(&rows, now).await?;
        importing.apply(now, |_| ()).await?;
        let vault = self.vault()?;
        let certified: Vec<_> = CERTIFIED.iter().map(|of| of.issued(&vault)).collect();
        let put = store.put_certificates(&certified, now).await;
        put.map_err(|_| RehearsalError::Certificates)?;
        let officers = sample::officers(&vault, now);
        store.put_officers(&officers).await.map_err(|_| RehearsalError::Officers)?;
        for within in PLACES {
            store.put_facilities(&sample::places(within), now, |_| ()).await?;
        }
        let (rules, zone) = (self.config.exposure.rules(), self.config.menu.zone.into());
        let exposed = super::exposed::put(&store, &vault, rules, (now, zone)).await;
        exposed.map_err(|_| RehearsalError::Exposed)?;
        store.close().await;
        Ok(())
    }

    /// Conversation files hold what these keys have signed.
    fn sign_as_the_sample(&self) -> io::Result<()> {
        let mut file = keyfile::open_new(&self.config.certificate.keys)?;
        file.write_all(self.keyring.to_text().as_bytes())
    }

    async fn store(&self) -> Result<Store, RehearsalError> {
        let options = StoreOptions::default();
        Ok(Store::open(&self.config.database.url, self.vault()?, options).await?)
    }

    fn vault(&self) -> Result<Vault, VaultError> {
        Vault::open_or_create_file(&self.config.vault.key_file)
    }
}

impl Beginning {
    /// A rehearsal that begins so. Elsewhere than on SQLite `url` is of a copy of the database, as it was.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn again(&self, url: Option<String>) -> io::Result<Rehearsal> {
        let rehearsal = Rehearsal::within(folder()?, &self.config, self.keyring.clone(), url);
        for (name, octets) in &self.files {
            keyfile::open_new(&rehearsal.folder.join(name))?.write_all(octets)?;
        }
        Ok(rehearsal)
    }
}

impl Drop for Rehearsal {
    fn drop(&mut self) {
        // What cannot be removed is the system's to clear: it lies in the folder for such things.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn folder() -> io::Result<PathBuf> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("setara-try-{}-{count}", std::process::id()));
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Plays a conversation file against the engine: no wire, but a real database and every turn
/// stored.
///
/// # Errors
/// See [`RehearsalError`].
pub async fn replay(
    rehearsal: &Rehearsal,
    profile: &str,
    story: &Story,
) -> Result<Seen, RehearsalError> {
    let unknown = || RehearsalError::Line { line: 0, reason: format!("no profile `{profile}`") };
    let room = rehearsal.config.room(profile).ok_or_else(unknown)?;
    let mut alone = rehearsal.start().await?;
    let mut line: Option<Line> = None;
    let mut last: Option<(usize, Keyed)> = None;
    let mut seen = Seen::new();
    for (turn, step) in story.steps.iter().enumerate() {
        let error = |reason: String| RehearsalError::Line { line: step.line, reason };
        let keyed = match &step.act {
            Act::Phone(number) => {
                let number =
                    Msisdn::parse(number).map_err(|_| error("not a phone number".into()))?;
                line = Some(Line::new(number, room));
                continue;
            }
            Act::LoseSignal => continue,
            Act::Close(_) | Act::Open(_) | Act::Silent(_) => {
                rehearsal.staff(&step.act).await?;
                continue;
            }
            Act::Restart => {
                alone.stop().await;
                alone = rehearsal.start().await?;
                continue;
            }
            Act::Dial(string) => Some(Keyed::Dial(string.clone())),
            Act::Type(answer) => Some(Keyed::Answer(answer.clone())),
            Act::Text(words) => {
                let before = seen.last().map(|(_, seen, _)| seen.as_str());
                Some(Keyed::Text(typed(words, before)))
            }
            Act::HangUp => Some(Keyed::End(End::UserAbort)),
            Act::Cut => Some(Keyed::End(End::NetworkAbort)),
            Act::Again => None,
        };
        let repeated = || last.clone().ok_or_else(|| error("nothing to repeat".into()));
        let (message, keyed) = keyed.map_or_else(repeated, |keyed| Ok((turn, keyed)))?;
        last = Some((message, keyed.clone()));
        let phone = line.as_mut().ok_or_else(|| error("no `phone` before this".into()))?;
        let reply = alone.turn(phone, keyed, message, clock::now()).await;
        let reply = reply.map_err(|turn: AloneError| error(turn.to_string()))?;
        if step.act.shows() {
            let reply = reply.ok_or_else(|| error("there is no reply".into()))?;
            let session = match reply.then {
                Then::Wait => Session::Open,
                Then::Close => Session::Closed,
            };
            seen.push((step.line, reply.text, session));
        }
    }
    alone.stop().await;
    Ok(seen)
}
