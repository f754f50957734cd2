//! What every story begins with: an empty database with the well-known people in it.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use setara::{
    cli::record::{self, Database, RecordCommand, SampleArgs},
    config::Config,
};

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
        // A script types faster than any person.
        config.limits.subscriber_per_minute = 60_000;
        config.limits.subscriber_burst = 1000;
        let database = Database { url: &config.database.url, key_file: &config.vault.key_file };
        let sample = SampleArgs { people: 40, seed: 1, out: None };
        record::run(RecordCommand::Sample(sample), database).await.expect("the sample");
        Self { config, folder }
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
