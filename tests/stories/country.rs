//! What every story begins with: an empty database with the well-known people in it.

use std::ops::{Deref, DerefMut};

use setara::{cli::menu::rehearsal::Rehearsal, config::Config};

use crate::support::{log, postgres};

/// A folder of its own, with a configuration of its own.
pub struct Country(Rehearsal);

impl Country {
    pub async fn on_sqlite() -> Self {
        Self::with("", None).await
    }

    pub async fn on_postgres() -> Self {
        Self::with("", Some(postgres::database().await)).await
    }

    /// With lines of a configuration, and on a database of that URL.
    pub async fn with(lines: &str, url: Option<String>) -> Self {
        log::keep();
        let mut config = Config::parse(lines).expect("the default");
        config.http.listen = "127.0.0.1:0".parse().expect("an address");
        Self(Rehearsal::open_on(&config, url).await.expect("the sample").narrow())
    }
}

impl Deref for Country {
    type Target = Rehearsal;

    fn deref(&self) -> &Rehearsal {
        &self.0
    }
}

impl DerefMut for Country {
    fn deref_mut(&mut self) -> &mut Rehearsal {
        &mut self.0
    }
}
