//! The menus of a node: read and checked from the folders of the configuration.

use std::{path::Path, sync::Arc};

use crate::{
    app::StartError,
    config::Config,
    engine::{Service, Shelf},
    menu::check,
    service::{CATALOGUE, Desk},
    vault::Vault,
};

/// Reads and checks every menu of the configuration.
///
/// # Errors
/// See [`StartError`].
pub fn load(config: &Config, vault: &Vault) -> Result<Shelf, StartError> {
    let read = |folder| service(config, vault, folder);
    let services =
        config.menu.folders.iter().map(|folder| read(folder)).collect::<Result<_, _>>()?;
    Ok(Shelf::new(services)?)
}

fn service(config: &Config, vault: &Vault, folder: &Path) -> Result<Arc<Service>, StartError> {
    let files = check::read(folder)?;
    let checked = check::check(&files, &CATALOGUE, &config.profiles())
        .map_err(|findings| StartError::Menu { folder: folder.to_owned(), findings })?;
    let desk = Desk { vault: vault.clone(), vaccines: config.vaccine.clone() };
    Ok(Arc::new(Service { menu: checked.menu, desk }))
}
