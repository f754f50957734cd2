//! What every story begins with: an empty database with the well-known people in it.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use setara::{
    app,
    cli::record::{self, Database, RecordCommand, SampleArgs},
    config::Config,
    engine::Engine,
    store::{Store, StoreOptions},
    vault::Vault,
};
use tokio::task::JoinHandle;

use crate::support::postgres;

/// A folder of its own, with a configuration of its own.
pub struct Country {
    pub config: Config,
    folder: PathBuf,
}

impl Country {
    pub async fn on_sqlite() -> Self {
        let folder = folder();
        let url = format!("sqlite:{}", folder.join("setara.db").display());
        Self::with(folder, url).await
    }

    pub async fn on_postgres() -> Self {
        Self::with(folder(), postgres::database().await).await
    }

    async fn with(folder: PathBuf, url: String) -> Self {
        let mut config = Config::parse("").expect("the default");
        config.database.url = url;
        config.vault.key_file = folder.join("setara.key");
        config.http.listen = "127.0.0.1:0".parse().expect("an address");
        // The smallest room of any operator: a story tells a conversation, and has one text for all.
        for dialect in config.dialect.values_mut() {
            (dialect.first, dialect.next) = (160, 160);
        }
        // A script types faster than any person.
        config.limits.subscriber_per_minute = 60_000;
        config.limits.subscriber_burst = 1000;
        let database = Database { url: &config.database.url, key_file: &config.vault.key_file };
        let sample = SampleArgs { people: 40, seed: 1, out: None };
        record::run(RecordCommand::Sample(sample), database).await.expect("the sample");
        Self { config, folder }
    }
}

impl Country {
    /// An engine on this country's database, its lanes running.
    pub async fn start(&self) -> Running {
        let vault = Vault::open_file(&self.config.vault.key_file).expect("keys");
        let services = app::load_services(&self.config, &vault).expect("a good menu");
        let (url, options) = (&self.config.database.url, StoreOptions::default());
        let store = Store::open(url, vault, options).await.expect("a database");
        let (engine, lanes) = Engine::new(store, services, app::rules(&self.config));
        Running { engine, lanes: lanes.into_iter().map(|lane| tokio::spawn(lane.run())).collect() }
    }
}

/// A running engine.
pub struct Running {
    pub engine: Engine,
    lanes: Vec<JoinHandle<()>>,
}

impl Running {
    /// Finishes what is taken in, and closes the database.
    pub async fn stop(self) {
        let store = self.engine.store().clone();
        drop(self.engine);
        for lane in self.lanes {
            lane.await.expect("the lane");
        }
        store.close().await;
    }
}

impl Drop for Country {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn folder() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("setara-story-{}-{count}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}
