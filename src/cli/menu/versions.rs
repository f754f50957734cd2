//! `setara menu versions`: which versions of the menus were put live on this database, and when.

use std::process::ExitCode;

use crate::{
    cli::told,
    config::Config,
    store::{Store, StoreOptions},
    vault::Vault,
};

/// Runs `setara menu versions`.
pub fn run(config: &Config) -> Result<ExitCode, String> {
    let runtime = tokio::runtime::Runtime::new().map_err(told)?;
    let versions = runtime.block_on(async {
        let vault = Vault::open_file(&config.vault.key_file).map_err(told)?;
        let options = StoreOptions::default();
        let store = Store::open(&config.database.url, vault, options).await.map_err(told)?;
        let versions = store.menu_versions().await.map_err(told)?;
        store.close().await;
        Ok::<_, String>(versions)
    })?;
    let zone = config.menu.zone;
    println!("{:<24} {:<13} put live last ({zone:?})", "service", "version");
    for of in versions {
        let local = of.live_at.local(zone.into());
        println!("{:<24} {:<13} {} {:.0}", of.service, of.version, local.date(), local.time());
    }
    Ok(ExitCode::SUCCESS)
}
