//! What every story begins with: an empty database with the well-known people in it.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use jiff::civil::Date;
use setara::{
    cli::menu::rehearsal::{Beginning, Rehearsal},
    clock,
    config::Config,
};
use tokio::sync::Mutex;

use crate::support::{log, postgres};

/// A folder of its own, with a configuration of its own.
pub struct Country(Rehearsal);

/// What the stories of a day begin with. It is made once: migrations, people and places take longer than
/// most stories.
struct Made {
    on: Date,
    /// The database, where it is no file.
    url: Option<String>,
    beginning: Beginning,
}

static ON_SQLITE: Mutex<Option<Arc<Made>>> = Mutex::const_new(None);

static ON_POSTGRES: Mutex<Option<Arc<Made>>> = Mutex::const_new(None);

impl Country {
    pub async fn on_sqlite() -> Self {
        Self::begun(&*Made::today(&ON_SQLITE, async || None).await, None)
    }

    pub async fn on_postgres() -> Self {
        let made = Made::today(&ON_POSTGRES, async || Some(postgres::database().await)).await;
        let url = postgres::copy(made.url.as_deref().expect("made with one")).await;
        Self::begun(&made, Some(url))
    }

    /// With lines of a configuration, and on a database of that URL.
    #[allow(dead_code, reason = "not every test binary has a configuration of its own")]
    pub async fn with(lines: &str, url: Option<String>) -> Self {
        log::keep();
        Self(sample(lines, url).await)
    }

    fn begun(made: &Made, url: Option<String>) -> Self {
        Self(made.beginning.again(url).expect("a copy of the sample"))
    }
}

impl Made {
    /// People and appointments are of a day.
    async fn today(
        made: &Mutex<Option<Arc<Self>>>,
        database: impl AsyncFnOnce() -> Option<String>,
    ) -> Arc<Self> {
        log::keep();
        let on = clock::now().date(config("").menu.zone.into());
        let mut made = made.lock().await;
        if let Some(made) = made.as_ref().filter(|made| made.on == on) {
            return Arc::clone(made);
        }
        let url = database().await;
        let beginning = sample("", url.clone()).await.beginning().expect("the files");
        Arc::clone(made.insert(Arc::new(Self { on, url, beginning })))
    }
}

fn config(lines: &str) -> Config {
    let mut config = Config::parse(lines).expect("the default");
    config.http.listen = "127.0.0.1:0".parse().expect("an address");
    config
}

async fn sample(lines: &str, url: Option<String>) -> Rehearsal {
    Rehearsal::open_on(&config(lines), url).await.expect("the sample").narrow()
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
