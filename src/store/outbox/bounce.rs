//! Notices that a provider took, and of which it says later that they will not arrive there: they go
//! another way.

use std::collections::BTreeSet;

use sqlx::{QueryBuilder, Row};

use super::{
    super::{
        Store, StoreError,
        engine::{on_engine, padded_rows, push_keys},
    },
    open_letter,
    settle::{Changes, count_with, read_moved, reroute},
};
use crate::{
    clock::Timestamp,
    identity::Msisdn,
    outbox::{Fate, NoticeId, route::WHATSAPP, work::Moved},
};

/// Messages of one statement.
const ROWS: usize = 512;

/// What became of messages that came back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bounced {
    /// Those that wait again, and those that ended.
    pub moved: Vec<Moved>,
    /// Names of messages that are not known, or not yet.
    pub unknown: Vec<String>,
}

impl Store {
    /// Puts notices that were sent by an account back into the queue of another network, as if nobody
    /// had tried yet. `route` says which network a phone is of; a notice without one, or that is of
    /// no use any more, is undeliverable. What is settled already stays as it is.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; then nothing is written.
    pub async fn bounce<'r>(
        &self,
        account: &str,
        message_ids: &[&str],
        route: impl Fn(&Msisdn) -> &'r str,
        now: Timestamp,
    ) -> Result<Bounced, StoreError> {
        let mut unknown: BTreeSet<&str> = message_ids.iter().copied().collect();
        let message_ids: Vec<&str> = unknown.iter().copied().collect();
        let mut moved = Vec::new();
        let mut chats = Changes::new();
        let mut tx = self.begin_tx().await?;
        for names in message_ids.chunks(ROWS) {
            let (mut back, mut lost) = (Vec::new(), Vec::new());
            on_engine!(&mut tx, |Db, tx| {
                let mut sql = QueryBuilder::<Db>::new(
                    "select id, message_id, state, expires, body from notice where account = ",
                );
                sql.push_bind(account.to_owned()).push(" and message_id in (");
                push_keys(&mut sql, names, |name| name.to_owned());
                sql.push(") order by id");
                for row in sql.build().fetch_all(&mut **tx).await? {
                    let (id, name): (i64, &str) = (row.try_get(0)?, row.try_get(1)?);
                    let (state, expires): (&str, i64) = (row.try_get(2)?, row.try_get(3)?);
                    unknown.remove(name);
                    if Fate::parse(state) != Some(Fate::Sent) {
                        continue;
                    }
                    let letter = open_letter(&self.vault, NoticeId::from_i64(id), row.try_get(4)?);
                    let phone = letter.ok().and_then(|letter| letter.to.phone().cloned());
                    let other = phone.as_ref().map(&route).unwrap_or_default();
                    match other {
                        "" => lost.push(id),
                        _ if expires <= now.millis() => lost.push(id),
                        other => back.push((id, other.to_owned())),
                    }
                }
            });
            let mut of_these = Vec::new();
            on_engine!(&mut tx, |Db, tx| {
                if !back.is_empty() {
                    let mut sql = QueryBuilder::<Db>::new("with back (id, route) as (");
                    sql.push_values(padded_rows(&back), |mut row, back| {
                        row.push_bind(back.map(|back| back.0))
                            .push_bind(back.map(|back| back.1.clone()));
                    });
                    // A new claim, as it were: a journal may still say that the former one was sent.
                    sql.push(
                        ") update notice set leased = 0, attempts = attempts + 1, tries = 0, \
                         parts = 0, route = back.route, \
                         account = null, message_id = null, settled_at = null, due = ",
                    );
                    sql.push_bind(now.millis()).push(", state = ");
                    sql.push_bind(Fate::Waiting.as_str()).push(
                        " from back where notice.id = back.id and notice.state = 'sent' \
                         returning notice.campaign, notice.lane, notice.state, notice.route",
                    );
                    for row in sql.build().fetch_all(&mut **tx).await? {
                        let one = read_moved(&row)?;
                        if account == WHATSAPP {
                            reroute(&mut chats, one.campaign, Fate::Sent);
                        }
                        of_these.push(one);
                    }
                }
                if !lost.is_empty() {
                    let mut sql = QueryBuilder::<Db>::new("update notice set state = ");
                    sql.push_bind(Fate::Undeliverable.as_str())
                        .push(" where state = 'sent' and id in (");
                    push_keys(&mut sql, &lost, |id| id);
                    sql.push(") returning campaign, lane, state, route");
                    for row in sql.build().fetch_all(&mut **tx).await? {
                        of_these.push(read_moved(&row)?);
                    }
                }
            });
            moved.extend(of_these);
        }
        count_with(&mut tx, &moved, Some(Fate::Sent), chats).await?;
        on_engine!(tx, |_Db, tx| tx.commit().await?);
        let unknown = unknown.into_iter().map(str::to_owned).collect();
        Ok(Bounced { moved, unknown })
    }
}
