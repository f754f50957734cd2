//! `setara backup` and `setara restore`: the database and its keys, copied while turns run, and brought
//! back into an empty place, where everything is looked at before anybody may use it.

mod folder;
mod tools;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::Args;
use data_encoding::HEXLOWER;
use indicatif::ProgressBar;

use self::folder::{Manifest, Poured, SIGNING, VAULT, failed};
use crate::{
    certificate::Keyring,
    cli::{ticket::row, told},
    clock,
    config::Config,
    front::ticket::Tickets,
    keyfile,
    store::{
        Store, StoreOptions,
        backup::{self, Place, Snapshot},
    },
    vault::Vault,
};

/// Arguments of `backup`.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The folder that is made; it must not be there, or be empty
    pub folder: PathBuf,
    /// Copy the key files too, into this folder: keep it where the backup is not
    #[arg(long, value_name = "FOLDER")]
    pub keys: Option<PathBuf>,
}

/// Arguments of `restore`.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The folder of the backup
    pub folder: PathBuf,
    /// Take the key files from this folder, where the configuration's are not there yet
    #[arg(long, value_name = "FOLDER")]
    pub keys: Option<PathBuf>,
    /// Only look whether it could be restored with these keys
    #[arg(long)]
    pub check: bool,
}

/// Runs `setara backup`.
pub fn run(args: &BackupArgs, config: &Config) -> Result<ExitCode, String> {
    let runtime = tokio::runtime::Runtime::new().map_err(told)?;
    runtime.block_on(copy(args, config)).map(|()| ExitCode::SUCCESS)
}

/// Runs `setara restore`.
pub fn run_restore(args: &RestoreArgs, config: &Config) -> Result<ExitCode, String> {
    let runtime = tokio::runtime::Runtime::new().map_err(told)?;
    runtime.block_on(restore(args, config)).map(|()| ExitCode::SUCCESS)
}

async fn copy(args: &BackupArgs, config: &Config) -> Result<(), String> {
    let BackupArgs { folder, keys } = args;
    let place = Place::of(&config.database.url).await.map_err(told)?;
    if keys.as_ref().is_some_and(|keys| keys.starts_with(folder)) {
        return Err("the keys are not put into the backup: who finds both can read it".to_owned());
    }
    folder::make(folder)?;
    // Before the database: a key that is thrown away meanwhile is copied all the same.
    let (vault, ring) = set_aside(keys.as_deref(), config)?;
    let at = clock::now();
    let (database, Poured { octets, sha256 }, snapshot) = match &place {
        Place::Sqlite(file) => copy_sqlite(file, folder).await?,
        Place::Postgres(server) => {
            let mut held = server.hold().await.map_err(told)?;
            let snapshot = held.snapshot().await.map_err(told)?;
            let bar = folder::bar("copying, of about", held.octets().await.map_err(told)?);
            let to = folder.join(folder::POSTGRES);
            let (server, shown) = (server.clone(), bar.clone());
            let dumped = aside(move || {
                let poured = tools::dump(&server, &held, &to, &shown);
                (poured, held)
            });
            let (poured, _held) = dumped.await;
            bar.finish_and_clear();
            (folder::POSTGRES, poured?, snapshot)
        }
    };
    let manifest = Manifest {
        setara: env!("CARGO_PKG_VERSION").to_owned(),
        at,
        database: database.to_owned(),
        octets,
        sha256,
        proofs: vault.proofs().iter().map(|proof| HEXLOWER.encode(proof)).collect(),
        signing: ids(&ring),
        snapshot,
    };
    same_keys(&vault, &ring, config)?;
    manifest.write(folder)?;
    eprintln!("{octets} octets are in {}", folder.display());
    match keys {
        Some(keys) => eprintln!(
            "its keys are in {}: keep them in another place, and keep them; without them nobody \
             can read the backup, with them anybody can",
            keys.display()
        ),
        None => eprintln!(
            "its keys are NOT in it: without {} nobody can read this backup, and without {} no \
             certificate can be signed as before",
            config.vault.key_file.display(),
            config.certificate.keys.display()
        ),
    }
    Ok(())
}

/// The keys that open the copy: those that were put into the folder, or else the files themselves.
fn set_aside(keys: Option<&Path>, config: &Config) -> Result<(Vault, Keyring), String> {
    let (vault, signing) = (&config.vault.key_file, &config.certificate.keys);
    let Some(keys) = keys else { return Ok((open_vault(vault)?, open_ring(signing)?)) };
    folder::make(keys)?;
    for (from, name) in [(vault, VAULT), (signing, SIGNING)] {
        folder::copy(from, &keys.join(name), &ProgressBar::hidden())?;
    }
    Ok((open_vault(&keys.join(VAULT))?, open_ring(&keys.join(SIGNING))?))
}

/// The files hold the same keys as before: with one more, or one less, the copy could have been sealed by
/// a key that was not copied, or that nobody has any more.
fn same_keys(vault: &Vault, ring: &Keyring, config: &Config) -> Result<(), String> {
    let now = open_vault(&config.vault.key_file)?;
    let opens = |one: &Vault, other: &Vault| other.proofs().iter().all(|of| one.opens_proof(of));
    let same = opens(vault, &now) && opens(&now, vault);
    if same && ids(ring) == ids(&open_ring(&config.certificate.keys)?) {
        return Ok(());
    }
    Err("keys were changed while it was copied, so this is no backup: do it again, into other \
         folders"
        .to_owned())
}

/// How often the size of a copy is looked at.
const LOOK: Duration = Duration::from_millis(200);

async fn copy_sqlite(
    file: &Path,
    folder: &Path,
) -> Result<(&'static str, Poured, Snapshot), String> {
    let to = folder.join(folder::SQLITE);
    let octets = fs::metadata(file).map_err(failed(file))?.len();
    // Nobody else may read it, while it is made neither.
    drop(folder::create(&to)?);
    let bar = folder::bar("copying, of about", octets);
    let copy = to.clone();
    let copying = backup::copy_sqlite(file, &copy);
    tokio::pin!(copying);
    let copied = loop {
        tokio::select! {
            copied = &mut copying => break copied,
            () = tokio::time::sleep(LOOK) => {
                bar.set_position(fs::metadata(&to).map_or(0, |copy| copy.len()));
            }
        }
    };
    bar.finish_and_clear();
    copied.map_err(told)?;
    let snapshot = Place::Sqlite(to.clone()).snapshot().await.map_err(told)?;
    // SQLite does not wait for the disk here.
    fs::File::open(&to).and_then(|copy| copy.sync_all()).map_err(failed(&to))?;
    let poured = aside(move || folder::digest(&to)).await?;
    Ok((folder::SQLITE, poured, snapshot))
}

async fn restore(args: &RestoreArgs, config: &Config) -> Result<(), String> {
    let RestoreArgs { folder, keys, check } = args;
    let manifest = Manifest::read(folder)?;
    let later = manifest.snapshot.unknown_migrations();
    if !later.is_empty() {
        return Err(format!(
            "the backup is of a later program ({}): this one does not know its migrations {later:?}",
            manifest.setara
        ));
    }
    let place = Place::of(&config.database.url).await.map_err(told)?;
    let fits = match place {
        Place::Sqlite(_) => folder::SQLITE,
        Place::Postgres(_) => folder::POSTGRES,
    };
    if manifest.database != fits {
        return Err(format!(
            "the backup is a {}, and database.url wants a {fits}",
            manifest.database
        ));
    }
    let kept = Kept::find(config, keys.as_deref())?;
    let vault = kept.fitting(&manifest)?;
    let from = folder.join(&manifest.database);
    let read = from.clone();
    let found = aside(move || folder::digest(&read)).await?;
    if (found.octets, &found.sha256) != (manifest.octets, &manifest.sha256) {
        return Err(format!("{}: it is not as it was when it was made", from.display()));
    }
    if *check {
        eprintln!("the backup is whole, and the keys open it");
        return Ok(());
    }
    if !place.is_empty().await.map_err(told)? {
        return Err("there is a database already, and nothing is restored over one".to_owned());
    }
    kept.put()?;
    let rows: u64 = manifest.snapshot.rows.values().sum();
    let logged = match place {
        Place::Sqlite(to) => restore_sqlite(&from, &to, &manifest, vault, config).await?,
        Place::Postgres(server) => {
            let bar = folder::bar("filling", manifest.octets);
            let (filled, shown) = (server.clone(), bar.clone());
            let done = aside(move || tools::fill(&filled, &from, &shown)).await;
            bar.finish_and_clear();
            done?;
            let place = Place::Postgres(server);
            proved(&place, &config.database.url, &manifest, vault, config).await.map_err(
                |error| format!("{error}; the database is filled: drop it before anybody uses it"),
            )?
        }
    };
    eprintln!(
        "{rows} rows are back as they were, the audit log is whole ({logged} rows); what waited to be \
         sent at the time of the backup is sent now, even if it was sent since"
    );
    Ok(())
}

/// The copy gets its name when everything was looked at.
async fn restore_sqlite(
    from: &Path,
    to: &Path,
    manifest: &Manifest,
    vault: Vault,
    config: &Config,
) -> Result<u64, String> {
    let mut name = to.as_os_str().to_owned();
    name.push(".restoring");
    let beside = PathBuf::from(name);
    if let Some(left) = backup::files_of(&beside).into_iter().find(|file| file.exists()) {
        return Err(format!("{}: a restore was broken off; remove it first", left.display()));
    }
    let bar = folder::bar("filling", manifest.octets);
    let (source, copy, shown) = (from.to_owned(), beside.clone(), bar.clone());
    let copied = aside(move || folder::copy(&source, &copy, &shown)).await;
    bar.finish_and_clear();
    let proved = match copied {
        Ok(()) => {
            let url = format!("sqlite:{}", beside.display());
            proved(&Place::Sqlite(beside.clone()), &url, manifest, vault, config).await
        }
        Err(error) => Err(error),
    };
    // A link is refused where a name is taken; a rename would take it.
    let named =
        proved.and_then(|logged| fs::hard_link(&beside, to).map(|()| logged).map_err(failed(to)));
    // SQLite would take what is left of its log for that of the next restore.
    for file in backup::files_of(&beside) {
        let _ = fs::remove_file(file);
    }
    let logged = named?;
    keyfile::sync_folder(to).map_err(failed(to))?;
    Ok(logged)
}

/// What is there is what was backed up; it is brought to this program's version, its keys open it, and
/// its log is whole. Gives back the rows of the log.
async fn proved(
    place: &Place,
    url: &str,
    manifest: &Manifest,
    vault: Vault,
    config: &Config,
) -> Result<u64, String> {
    let found = place.snapshot().await.map_err(told)?;
    if !manifest.snapshot.is_in(&found) {
        return Err("what was restored is not what was backed up".to_owned());
    }
    let options = StoreOptions::default();
    let store = Store::open(url, vault.clone(), options).await.map_err(told)?;
    let logged = log_is_whole(&Tickets::new(store.clone(), vault, config), manifest).await;
    store.close().await;
    logged
}

async fn log_is_whole(tickets: &Tickets, manifest: &Manifest) -> Result<u64, String> {
    let verified = tickets.verify_audit().await.map_err(told)?;
    if !verified.broken.is_empty() {
        return Err("the audit log is not whole".to_owned());
    }
    for end in &manifest.snapshot.audit {
        let (place, hash) = end.split_once(' ').unwrap_or((end, ""));
        if !tickets.has_row(row(place)?, hash).await.map_err(told)? {
            return Err(format!("row {place} of the audit log is not there as it was"));
        }
    }
    Ok(verified.rows)
}

/// The key files that a restore has to do with.
struct Kept<'a> {
    /// Where a file is, and where it has to be.
    files: [(PathBuf, &'a Path); 2],
}

impl<'a> Kept<'a> {
    /// Those of the configuration where they are there, else those of the folder.
    fn find(config: &'a Config, keys: Option<&Path>) -> Result<Self, String> {
        let find = |at: &'a Path, name: &str| match keys {
            _ if at.exists() => Ok((at.to_owned(), at)),
            Some(keys) => Ok((keys.join(name), at)),
            None => Err(format!(
                "{}: there is no such file, and without the keys of its time a backup cannot be \
                 read; --keys FOLDER says where they are",
                at.display()
            )),
        };
        let files =
            [find(&config.vault.key_file, VAULT)?, find(&config.certificate.keys, SIGNING)?];
        Ok(Self { files })
    }

    /// The vault, if all that was sealed opens, and certificates that were signed verify.
    fn fitting(&self, manifest: &Manifest) -> Result<Vault, String> {
        let [(vault, _), (signing, _)] = &self.files;
        let opened = open_vault(vault)?;
        let opens = |proof: &String| {
            let proof = HEXLOWER.decode(proof.as_bytes());
            proof.is_ok_and(|proof| opened.opens_proof(&proof))
        };
        if manifest.proofs.is_empty() || !manifest.proofs.iter().all(opens) {
            return Err(format!("{}: these keys do not open the backup", vault.display()));
        }
        let known = ids(&open_ring(signing)?);
        match manifest.signing.iter().find(|id| !known.contains(id)) {
            None => Ok(opened),
            Some(id) => Err(format!(
                "{}: key {id} is not in it, and what it signed could not be verified",
                signing.display()
            )),
        }
    }

    /// Puts the files where they have to be.
    fn put(&self) -> Result<(), String> {
        let mut missing = self.files.iter().filter(|(from, to)| from != to);
        missing.try_for_each(|(from, to)| folder::copy(from, to, &ProgressBar::hidden()))
    }
}

fn open_vault(path: &Path) -> Result<Vault, String> {
    Vault::open_file(path).map_err(|error| format!("{}: {}", path.display(), told(error)))
}

fn open_ring(path: &Path) -> Result<Keyring, String> {
    Keyring::open_file(path).map_err(|error| format!("{}: {}", path.display(), told(error)))
}

/// The ids of all keys that verify.
fn ids(ring: &Keyring) -> Vec<String> {
    let documents = ring.public().documents().iter().map(|key| key.kid().to_string());
    documents.chain(ring.public().shorts().iter().map(|key| key.id().to_string())).collect()
}

/// Long work, on a thread that may be blocked.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        // It is never cancelled.
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
