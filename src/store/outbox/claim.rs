//! Notices to whoever sends them, for as long as a lease lasts.

use std::{collections::BTreeMap, sync::Arc};

use sqlx::{QueryBuilder, Row};

use super::{
    super::{
        Store, StoreError,
        engine::{Dialect, Engine, on_engine, push_keys},
    },
    open_letter,
};
use crate::{
    clock::{Timestamp, Zone},
    outbox::{
        Class, Fate, Lane, NoticeId,
        route::WHATSAPP,
        work::{Claimed, Consent, Doubt, Portion},
    },
};

/// Notices asked about by one statement.
const ASKED: usize = 512;
/// Leases ended by one statement.
const PIECE: i64 = 5_000;
/// Portions of one statement. SQLite takes 500 terms of a compound select.
const PORTIONS: usize = 128;

impl Store {
    /// Takes what is due of these portions, each in the order of its queue, in one transaction. What
    /// is taken is ours until `lease_until`, and then anybody's again.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; [`StoreError::Unreadable`] for a lane that no version of this
    /// program stored.
    pub async fn claim(
        &self,
        portions: &[Portion],
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Vec<Claimed>, StoreError> {
        let portions: Vec<&Portion> = portions.iter().filter(|portion| portion.most > 0).collect();
        if portions.is_empty() {
            return Ok(Vec::new());
        }
        let routes: BTreeMap<&str, &Arc<str>> =
            portions.iter().map(|portion| (&*portion.route, &portion.route)).collect();
        let first = |class| Lane { class, zone: Zone::Wib }.as_i64();
        let (broadcast, news) = (first(Class::Reminder), first(Class::Campaign));
        let mut claimed = Vec::new();
        on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            for portions in portions.chunks(PORTIONS) {
                let mut sql = QueryBuilder::<Db>::new("with picked (id) as materialized (");
                // The number of portions is a power of two, so that few statements have to be prepared;
                // those that fill it up take nothing.
                let padding = portions.len().next_power_of_two() - portions.len();
                let wanted = portions.iter().map(|portion| (*portion, portion.most));
                let nothing = portions.first().map(|portion| (*portion, 0));
                let padded = wanted.chain(nothing.into_iter().cycle().take(padding));
                for (at, (portion, most)) in padded.enumerate() {
                    sql.push(if at == 0 { "" } else { " union all " });
                    sql.push(
                        "select id from (select id from notice where state = 'waiting' and route = ",
                    )
                    .push_bind(portion.route.to_string())
                    .push(" and campaign = ")
                    .push_bind(portion.campaign)
                    .push(" and lane = ")
                    .push_bind(portion.lane.as_i64())
                    .push(" and due <= ")
                    .push_bind(now.millis());
                    if &*portion.route == WHATSAPP && !portion.lane.class.is_broadcast() {
                        // What was refused for now, and waits, is not overtaken by what is younger.
                        sql.push(
                            " and not exists (select 1 from notice as ahead \
                             where ahead.state = 'waiting' and ahead.route = 'whatsapp' \
                             and ahead.subscriber = notice.subscriber and ahead.id < notice.id \
                             and ahead.attempts > 0 and ahead.leased = 0 and ahead.lane < ",
                        )
                        .push_bind(broadcast)
                        .push(" and ahead.due > ")
                        .push_bind(now.millis())
                        .push(")");
                    }
                    sql.push(" order by due limit ")
                        .push_bind(i64::from(most))
                        .push(<Db as Dialect>::SKIP_LOCKED)
                        .push(") as portion");
                }
                // Whose lease ran out may have been sent by whoever had it.
                sql.push(
                    ") update notice set attempts = attempts + 1, leased = 1, \
                     doubt = case when doubt = 0 then leased else doubt end, due = ",
                );
                sql.push_bind(lease_until.millis()).push(
                    " where id in (select id from picked) \
                     returning id, attempts, tries, parts, route, campaign, lane, expires, body, \
                     case when (campaign <> 0 or lane >= ",
                );
                // As `Class::is_refusable` says.
                sql.push_bind(news).push(
                    ") and exists (select 1 from opt_out where opt_out.subscriber = notice.subscriber) \
                     then 1 else 0 end, day, doubt",
                );
                let rows = sql.build().fetch_all(&mut *tx).await?;
                claimed.reserve(rows.len());
                for row in rows {
                    let id = NoticeId::from_i64(row.try_get(0)?);
                    let lane =
                        Lane::from_i64(row.try_get(6)?).ok_or(StoreError::Unreadable("notice"))?;
                    let route: &str = row.try_get(4)?;
                    let (tries, parts): (i64, i64) = (row.try_get(2)?, row.try_get(3)?);
                    let opted_out: i32 = row.try_get(9)?;
                    let letter = open_letter(&self.vault, id, row.try_get(8)?).ok();
                    claimed.push(Claimed {
                        id,
                        attempts: row.try_get(1)?,
                        tries: u32::try_from(tries).unwrap_or(u32::MAX),
                        parts: u8::try_from(parts).unwrap_or(u8::MAX),
                        route: routes
                            .get(route)
                            .map_or_else(|| route.into(), |known| (*known).clone()),
                        campaign: row.try_get(5)?,
                        lane,
                        expires: Timestamp::from_millis(row.try_get(7)?),
                        day: row.try_get(10)?,
                        doubt: Doubt::from_i64(row.try_get(11)?),
                        consent: if opted_out == 0 { Consent::Given } else { Consent::OptedOut },
                        letter,
                    });
                }
            }
            tx.commit().await?;
        });
        // The statement gives rows back in any order; names grow with time.
        claimed.sort_unstable_by_key(|notice| (notice.lane, notice.id));
        Ok(claimed)
    }

    /// Whether what was claimed is still to be sent. Only what reminds of an appointment is looked at: it can
    /// be taken back while it waits for its turn.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn stands(&self, claimed: &Claimed) -> Result<bool, StoreError> {
        if !claimed.reminds() {
            return Ok(true);
        }
        let waits: Option<i64> = on_engine!(self.reader(), |Db, pool| {
            sqlx::query_scalar::<Db, _>(
                "select id from notice where id = $1 and attempts = $2 and state = 'waiting'",
            )
            .bind(claimed.id.as_i64())
            .bind(claimed.attempts)
            .fetch_optional(pool)
            .await?
        });
        Ok(waits.is_some())
    }

    /// Which of these broadcasts are not to be sent any more, and why: their readers refused them, or their
    /// campaign does not run (`None`).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn unwanted(
        &self,
        notices: &[NoticeId],
    ) -> Result<BTreeMap<NoticeId, Option<Fate>>, StoreError> {
        let ids: Vec<i64> = notices.iter().map(|notice| notice.as_i64()).collect();
        let mut unwanted = BTreeMap::new();
        for ids in ids.chunks(ASKED) {
            on_engine!(self.reader(), |Db, pool| {
                let mut sql = QueryBuilder::<Db>::new(
                    "with asked (id, refused, runs) as (select id, (campaign <> 0 or lane >= ",
                );
                // As `Class::is_refusable` says.
                sql.push_bind(Lane { class: Class::Campaign, zone: Zone::Wib }.as_i64());
                sql.push(
                    ") and exists (select 1 from opt_out \
                     where opt_out.subscriber = notice.subscriber), \
                     campaign = 0 or exists (select 1 from campaign \
                     where campaign.id = notice.campaign and campaign.state = 'running') \
                     from notice where id in (",
                );
                push_keys(&mut sql, ids, |id| id);
                sql.push(
                    ")) select id, case when refused then 1 else 0 end from asked \
                     where refused or not runs",
                );
                for row in sql.build().fetch_all(pool).await? {
                    let (id, refused): (i64, i32) = (row.try_get(0)?, row.try_get(1)?);
                    let fate = (refused == 1).then_some(Fate::OptedOut);
                    unwanted.insert(NoticeId::from_i64(id), fate);
                }
            });
        }
        Ok(unwanted)
    }

    /// Ends the leases of a process that is gone, a piece at a time, and says how many there were.
    /// Only SQLite has them: there, one process sends. On PostgreSQL another node may hold them, and
    /// they run out by themselves.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn release_leases(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut released = 0;
        let Engine::Sqlite(_) = &self.pool else { return Ok(0) };
        loop {
            let piece;
            on_engine!(self.begin_tx().await?, |Db, tx| {
                let mut tx = tx;
                // The index of the queues has all that the look-up needs.
                let done = sqlx::query::<Db>(
                    "update notice set leased = 0, due = $1, \
                     doubt = case when doubt = 0 then 1 else doubt end where id in (select id from notice \
                     where state = 'waiting' and leased = 1 limit $2)",
                )
                .bind(now.millis())
                .bind(PIECE)
                .execute(&mut *tx)
                .await?;
                piece = done.rows_affected();
                tx.commit().await?;
            });
            released += piece;
            if piece == 0 {
                return Ok(released);
            }
        }
    }

    /// How many notices wait, by queue.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn waiting(&self) -> Result<Vec<(Lane, u64)>, StoreError> {
        let mut waiting = Vec::new();
        on_engine!(self.reader(), |Db, pool| {
            let rows = sqlx::query::<Db>(
                "select lane, count(*) from notice where state = 'waiting' group by lane",
            )
            .fetch_all(pool)
            .await?;
            for row in rows {
                let (lane, count): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
                let lane = Lane::from_i64(lane).ok_or(StoreError::Unreadable("notice"))?;
                waiting.push((lane, count.unsigned_abs()));
            }
        });
        Ok(waiting)
    }

    /// How many notices stand like this.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn notices_standing(&self, fate: Fate) -> Result<u64, StoreError> {
        let count: i64 = on_engine!(self.reader(), |Db, pool| {
            sqlx::query_scalar::<Db, _>("select count(*) from notice where state = $1")
                .bind(fate.as_str())
                .fetch_one(pool)
                .await?
        });
        Ok(count.unsigned_abs())
    }

    /// How the notices of a campaign stand, as counted where they moved.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn tally(&self, campaign: i64) -> Result<BTreeMap<Fate, u64>, StoreError> {
        let mut tally = BTreeMap::new();
        on_engine!(self.reader(), |Db, pool| {
            let rows = sqlx::query::<Db>("select state, notices from tally where campaign = $1")
                .bind(campaign)
                .fetch_all(pool)
                .await?;
            for row in rows {
                let (state, notices): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
                let fate = Fate::parse(&state).ok_or(StoreError::Unreadable("tally"))?;
                tally.insert(fate, notices.unsigned_abs());
            }
        });
        Ok(tally)
    }
}
