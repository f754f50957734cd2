//! Where the primary is, when PostgreSQL has a standby.
//!
//! A URL may name several servers, `postgres://user@one:5432,two:5432/name`, as libpq writes them; sqlx
//! reads one. Connections are made to the one that was found to be the primary (`pg_is_in_recovery()`
//! is false there), and a connection that turns out to lead to a standby is not used. The lookout asks
//! the primary for a sign of life over a connection of its own, and when it does not answer looks for
//! another among the servers named; what still waits for an answer of the former one is broken off
//! ([`Conduit`]). Nothing here promotes anybody, or keeps a former primary down.

use std::{str::FromStr, sync::OnceLock, time::Duration};

use sqlx::{
    Connection, PgConnection, Pool, Postgres,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use super::{
    STATEMENTS, Store, StoreError, StoreOptions,
    conduit::{Conduit, Server},
    engine::Engine,
};

/// How long a server may take to say what it is.
const SIGN_OF_LIFE: Duration = Duration::from_secs(1);

/// How soon servers are asked again while none is the primary.
const ASK_AGAIN: Duration = Duration::from_millis(100);

/// What each connection begins with. Of a table that a minute has filled PostgreSQL knows nothing until it has
/// looked at it: it thought that a phone has five hundred conversations, and read all of them for sixteen
/// turns; what it thinks dear it compiles to machine code first. Every table has the indexes that it needs.
const BY_INDEX: &str = "select set_config(name, 'off', false) from (values ('enable_seqscan'), \
     ('enable_hashjoin'), ('enable_mergejoin'), ('jit')) as plans (name)";

/// The servers of one database.
pub(super) struct Servers {
    all: Vec<PgConnectOptions>,
    watched: Mutex<Option<PgConnection>>,
    /// What all connections but the lookout's lead through.
    conduit: OnceLock<Conduit>,
}

impl Servers {
    /// The servers that a URL names.
    ///
    /// # Errors
    /// [`StoreError::Url`]; it quotes nothing, because a URL may hold a password.
    pub(super) fn of(url: &str) -> Result<Self, StoreError> {
        let all = each(url).into_iter().map(|url| {
            let options = PgConnectOptions::from_str(&url)
                .map_err(|_| StoreError::Url("it cannot be read".into()))?;
            Ok(options.application_name("setara").statement_cache_capacity(STATEMENTS))
        });
        let all = all.collect::<Result<_, StoreError>>()?;
        Ok(Self { all, watched: Mutex::new(None), conduit: OnceLock::new() })
    }

    /// Connections to the primary.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if there is none within the options' patience.
    pub(super) async fn open(&self, options: &StoreOptions) -> Result<Pool<Postgres>, StoreError> {
        let Self { all, .. } = self;
        let several = all.len() > 1;
        let pool = PgPoolOptions::new()
            .max_connections(options.connections.max(1))
            .acquire_timeout(options.wait)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if several && is_standby(connection).await? {
                        return Err(sqlx::Error::Configuration("a standby".into()));
                    }
                    sqlx::query(BY_INDEX).execute(connection).await.map(drop)
                })
            });
        let [first, _, ..] = all.as_slice() else {
            let only = all.first().cloned().unwrap_or_default();
            return Ok(pool.connect_with(self.through(only)).await?);
        };
        let until = Instant::now() + options.wait;
        let (mut primary, mut watched) = (first.clone(), None);
        while Instant::now() < until {
            if let Some((options, connection)) = self.find(None).await {
                (primary, watched) = (options, Some(connection));
                break;
            }
            tokio::time::sleep(ASK_AGAIN).await;
        }
        *self.watched.lock().await = watched;
        Ok(pool.connect_with(self.through(primary)).await?)
    }

    /// A connection to this server that can be broken off. Where that cannot be had, one that cannot; and where
    /// the only server is on our own machine, because the way through the conduit takes a little time.
    fn through(&self, primary: PgConnectOptions) -> PgConnectOptions {
        let alone = self.all.len() == 1;
        let server = Server::of(&primary).filter(|server| !(alone && server.is_ours()));
        let Some(server) = server else { return primary };
        match Conduit::open(server) {
            Ok(conduit) => self.conduit.get_or_init(|| conduit).through(primary),
            Err(error) => {
                tracing::warn!(%error, "a database that falls silent will be waited for");
                primary
            }
        }
    }

    /// Where the primary is now; of one server nothing is asked.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if none of several says that it is.
    pub(super) async fn primary(&self) -> Result<PgConnectOptions, StoreError> {
        match self.all.as_slice() {
            [only] => Ok(only.clone()),
            _ => match self.find(None).await {
                Some((options, connection)) => {
                    connection.close().await?;
                    Ok(options)
                }
                None => Err(sqlx::Error::PoolTimedOut.into()),
            },
        }
    }

    /// The first server that says it is the primary; `silent` is asked last, because it takes its time.
    async fn find(&self, silent: Option<&Server>) -> Option<(PgConnectOptions, PgConnection)> {
        let is_silent =
            |of: &&PgConnectOptions| silent.is_some() && Server::of(of).as_ref() == silent;
        let (last, first): (Vec<_>, Vec<_>) = self.all.iter().partition(is_silent);
        for options in first.into_iter().chain(last) {
            let asked = timeout(SIGN_OF_LIFE, async {
                let mut connection = PgConnection::connect_with(options).await?;
                let standby = is_standby(&mut connection).await?;
                Ok::<_, sqlx::Error>((connection, standby))
            });
            if let Ok(Ok((connection, false))) = asked.await {
                return Some((options.clone(), connection));
            }
        }
        None
    }
}

impl Store {
    /// Asks the primary for a sign of life, and looks for another if it gives none; further
    /// connections are made there. Returns whether it is another one. With one server there is
    /// nothing to do.
    pub async fn follow_primary(&self) -> bool {
        let (Some(servers), Engine::Postgres(pool)) = (&self.servers, &self.pool) else {
            return false;
        };
        let mut watched = servers.watched.lock().await;
        if let Some(connection) = watched.as_mut()
            && let Ok(Ok(false)) = timeout(SIGN_OF_LIFE, is_standby(connection)).await
        {
            return false;
        }
        *watched = None;
        let silent = servers.conduit.get().map(Conduit::leads_to);
        let Some((options, connection)) = servers.find(silent.as_ref()).await else { return false };
        *watched = Some(connection);
        let server = Server::of(&options);
        let Some((conduit, server)) = servers.conduit.get().zip(server.clone()) else {
            let moved = Server::of(&pool.connect_options()) != server;
            pool.set_connect_options(options);
            return moved;
        };
        // The options first: who is broken off connects again at once.
        pool.set_connect_options(conduit.through(options));
        conduit.lead_to(server)
    }
}

async fn is_standby(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select pg_is_in_recovery()").fetch_one(connection).await
}

/// One URL for each server of a URL.
fn each(url: &str) -> Vec<String> {
    let split = url.split_once("://").map(|(scheme, rest)| {
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        // A password may hold an `@` that nobody escaped; hosts may not.
        let (user, hosts) = authority.rsplit_once('@').map_or(("", authority), |(user, hosts)| {
            (authority.get(..=user.len()).unwrap_or_default(), hosts)
        });
        hosts.split(',').map(|host| format!("{scheme}://{user}{host}{path}")).collect()
    });
    split.unwrap_or_else(|| vec![url.to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_one_server_or_several() {
        for (url, servers) in [
            ("postgres://a/x", &["postgres://a/x"][..]),
            (
                "postgres://u:p@a:1,b:2/x?k=v",
                &["postgres://u:p@a:1/x?k=v", "postgres://u:p@b:2/x?k=v"],
            ),
            ("postgres://u,v@a,b,c", &["postgres://u,v@a", "postgres://u,v@b", "postgres://u,v@c"]),
            ("postgres://[::1]:1,b?x=/", &["postgres://[::1]:1?x=/", "postgres://b?x=/"]),
        ] {
            assert_eq!(each(url), servers);
        }
    }
}
