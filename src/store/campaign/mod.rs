//! Campaigns: what they are, how they stand, and what is counted of them. `audience` reads whom one
//! is for, `queue` makes notices of them.

mod audience;
mod queue;

use std::collections::BTreeMap;

use sqlx::{QueryBuilder, Row};
use thiserror::Error;

pub use self::{
    audience::Portion,
    queue::{Acquainted, Late, Piece, Planned, Queued},
};
use super::{
    Store, StoreError,
    engine::{on_engine, push_keys},
    outbox::settle::{READ, REROUTED, count, read_moved},
    sealed::{self, Place},
};
use crate::{
    clock::Timestamp,
    outbox::{Class, Fate, NoticeId, TextOf},
    service::campaign::{Audience, Phase, Recipient, Step, Wording, people},
};

/// A campaign that is to be made.
#[derive(Debug, Clone)]
pub struct NewCampaign {
    /// Its name.
    pub name: String,
    /// The service whose text it sends.
    pub service: String,
    /// The name of the text.
    pub text: String,
    /// What it is.
    pub class: Class,
    /// What it says.
    pub wording: Wording,
    /// To whom.
    pub audience: Audience,
    /// Messages a second; 0 is as fast as the networks take them.
    pub per_second: u32,
    /// For so many days it is of use.
    pub valid_days: u32,
}

impl NewCampaign {
    /// Which text it sends.
    pub fn text_of(&self) -> TextOf<'_> {
        TextOf { service: &self.service, text: &self.text }
    }
}

/// Why a campaign is not made.
#[derive(Debug, Error)]
pub enum CreateError {
    /// There is one of that name.
    #[error("there is a campaign of that name")]
    Taken,
    /// The database did not store it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A campaign.
#[derive(Debug, Clone)]
pub struct Campaign {
    /// Its number, which its notices have.
    pub id: i64,
    /// What it was made from.
    pub made: NewCampaign,
    /// How it stands.
    pub state: Phase,
    /// How far its audience is queued.
    pub(super) cursor: Vec<u8>,
    /// Whether all of it is.
    pub expanded: bool,
    /// Who of it was found.
    pub counts: Counts,
    /// The names of its first and its last notice.
    pub(super) notices: Option<(i64, i64)>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was started.
    pub started_at: Option<Timestamp>,
    /// Whether nothing waits any more of what was cancelled.
    pub tidied: bool,
    /// Whether all of its audience is queued and no notice of it waits any more.
    pub drained: bool,
}

impl Campaign {
    /// How it stands, in a word for a person: one that runs and is drained is finished.
    pub fn standing(&self) -> &'static str {
        let finished = self.state == Phase::Running && self.drained;
        if finished { "finished" } else { self.state.as_str() }
    }
}

/// People of an audience, as far as it is queued.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub people: u64,
    /// Those of whom no phone is known, or none that an operator carries SMS to.
    pub unreachable: u64,
    /// Those who refused broadcasts.
    pub opted_out: u64,
    /// Those whose phones get enough already on every day on which it would be of use.
    pub crowded_out: u64,
    /// Those for whom there is a notice.
    pub queued: u64,
}

/// What became of a campaign.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Notices by their fate.
    pub fates: BTreeMap<Fate, u64>,
    /// Phones that wrote or dialled after they were sent it.
    pub replied: u64,
    /// Phones that registered somebody after they were sent it.
    pub registered: u64,
    /// What of it goes to chats; the rest goes by SMS.
    pub chats: OneWay,
}

/// What became of the notices of a campaign that go one way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OneWay {
    /// By their fate.
    pub fates: BTreeMap<Fate, u64>,
    /// Those that their readers opened, as far as a provider says so.
    pub read: u64,
    /// Those that went by SMS after all, and stand in `fates` no longer.
    pub rerouted: u64,
    /// As of [`Figures`].
    pub replied: u64,
    /// As of [`Figures`].
    pub registered: u64,
}

impl OneWay {
    /// Those that a network or a provider took, whatever became of them.
    pub fn sent(&self) -> u64 {
        let taken = [Fate::Sent, Fate::Delivered, Fate::Undeliverable, Fate::Unknown];
        taken.iter().filter_map(|fate| self.fates.get(fate)).sum()
    }
}

impl Figures {
    /// What of it goes by SMS: all that does not go to a chat.
    pub fn by_sms(&self) -> OneWay {
        let chats = &self.chats;
        let of_chats = |fate| chats.fates.get(fate).copied().unwrap_or_default();
        let fates = self.fates.iter();
        OneWay {
            fates: fates.map(|(of, all)| (*of, all.saturating_sub(of_chats(of)))).collect(),
            read: 0,
            rerouted: 0,
            replied: self.replied.saturating_sub(chats.replied),
            registered: self.registered.saturating_sub(chats.registered),
        }
    }
}

const COLUMNS: &str = "id, name, service, wording, class, texts, audience, state, per_second, \
    valid_days, cursor, expanded, people, unreachable, opted_out, crowded_out, queued, \
    first_notice, last_notice, created_at, started_at, tidied, \
    case when expanded = 1 and not exists (select 1 from tally where tally.campaign = campaign.id \
    and tally.state = 'waiting' and tally.notices > 0) then 1 else 0 end";

impl Store {
    /// Makes a campaign. One that has a list is filled by [`Store::add_people`] until
    /// [`Store::finish_people`].
    ///
    /// # Errors
    /// See [`CreateError`].
    pub async fn create_campaign(
        &self,
        new: &NewCampaign,
        now: Timestamp,
    ) -> Result<i64, CreateError> {
        let id = NoticeId::draw(now, rand::random()).as_i64();
        let state = match new.audience {
            Audience::List => Phase::Loading,
            Audience::Record(_) => Phase::Draft,
        };
        // A filter is plain values: there is nothing JSON cannot hold.
        let audience = serde_json::to_string(&new.audience).unwrap_or_default();
        on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            let made = sqlx::query::<Db>(
                "insert into campaign (id, name, service, wording, class, texts, audience, state, \
                 per_second, valid_days, created_at) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
                 on conflict (name) do nothing",
            )
            .bind(id)
            .bind(new.name.clone())
            .bind(new.service.clone())
            .bind(new.text.clone())
            .bind(new.class.as_str())
            .bind(new.wording.to_stored())
            .bind(audience)
            .bind(state.as_str())
            .bind(i64::from(new.per_second))
            .bind(i64::from(new.valid_days))
            .bind(now.millis())
            .execute(&mut *tx)
            .await
            .map_err(StoreError::from)?;
            tx.commit().await.map_err(StoreError::from)?;
            if made.rows_affected() == 0 {
                return Err(CreateError::Taken);
            }
        });
        Ok(id)
    }

    /// Keeps the next people of a campaign's list, and says whether the campaign still waits for
    /// them. Parts are numbered from 1.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn add_people(
        &self,
        campaign: i64,
        part: i64,
        people: &[Recipient],
    ) -> Result<bool, StoreError> {
        let body =
            sealed::seal(&self.vault, Place::People(campaign, part), &people::to_kept(people));
        on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            // Nobody finishes the list until this is written.
            let held = "update campaign set state = state where id = $1 and state = 'loading'";
            let held = sqlx::query::<Db>(held).bind(campaign).execute(&mut *tx).await?;
            if held.rows_affected() == 0 {
                return Ok(false);
            }
            sqlx::query::<Db>(
                "insert into campaign_people (campaign, part, body) values ($1, $2, $3)",
            )
            .bind(campaign)
            .bind(part)
            .bind(body)
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
        });
        Ok(true)
    }

    /// The list of a campaign is whole: it may be started. Says whether it was waited for.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn finish_people(&self, campaign: i64) -> Result<bool, StoreError> {
        self.move_campaign(campaign, &[Phase::Loading], Phase::Draft, None).await
    }

    /// Removes what came in of a list that is not whole.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn discard_people(&self, campaign: i64) -> Result<(), StoreError> {
        on_engine!(&self.pool, |Db, pool| {
            sqlx::query::<Db>(
                "delete from campaign_people where campaign in \
                 (select id from campaign where id = $1 and state = 'loading')",
            )
            .bind(campaign)
            .execute(pool)
            .await?;
        });
        Ok(())
    }

    /// Removes a campaign whose list did not come in whole.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn discard_campaign(&self, campaign: i64) -> Result<(), StoreError> {
        self.discard_people(campaign).await?;
        on_engine!(&self.pool, |Db, pool| {
            sqlx::query::<Db>("delete from campaign where id = $1 and state = 'loading'")
                .bind(campaign)
                .execute(pool)
                .await?;
        });
        Ok(())
    }

    /// Does a step with a campaign; says whether it could be done in the state it was in.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn step_campaign(
        &self,
        campaign: i64,
        step: Step,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (from, to) = step.leads();
        let started = (step == Step::Start).then_some(now);
        self.move_campaign(campaign, from, to, started).await
    }

    async fn move_campaign(
        &self,
        campaign: i64,
        from: &[Phase],
        to: Phase,
        started: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let mut moved = 0;
        on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            for state in from {
                let done = sqlx::query::<Db>(
                    "update campaign set state = $1, started_at = coalesce($2, started_at) \
                     where id = $3 and state = $4",
                )
                .bind(to.as_str())
                .bind(started.map(Timestamp::millis))
                .bind(campaign)
                .bind(state.as_str())
                .execute(&mut *tx)
                .await?;
                moved += done.rows_affected();
                if moved > 0 {
                    break;
                }
            }
            tx.commit().await?;
        });
        Ok(moved > 0)
    }

    /// Every campaign, the latest first. One whose row was damaged is left out, and logged.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn campaigns(&self) -> Result<Vec<Campaign>, StoreError> {
        self.read_campaigns(format!("select {COLUMNS} from campaign order by id desc"), None).await
    }

    /// The campaign of that name.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], or [`StoreError::Unreadable`] if its row was damaged.
    pub async fn campaign(&self, name: &str) -> Result<Option<Campaign>, StoreError> {
        let sql = format!("select {COLUMNS} from campaign where name = $1");
        Ok(self.read_campaigns(sql, Some(name)).await?.pop())
    }

    /// The campaigns that there is something to do for: those that run and are not drained, and those
    /// that were cancelled and still have notices that wait.
    ///
    /// # Errors
    /// As [`Store::campaigns`].
    pub async fn busy_campaigns(&self) -> Result<Vec<Campaign>, StoreError> {
        let sql = format!(
            "select {COLUMNS} from campaign where (state = 'running' and (expanded = 0 \
             or exists (select 1 from tally where tally.campaign = campaign.id \
             and tally.state = 'waiting' and tally.notices > 0))) \
             or (state = 'cancelled' and tidied = 0) order by id"
        );
        self.read_campaigns(sql, None).await
    }

    async fn read_campaigns(
        &self,
        sql: String,
        name: Option<&str>,
    ) -> Result<Vec<Campaign>, StoreError> {
        let mut campaigns = Vec::new();
        on_engine!(self.reader(), |Db, pool| {
            let mut query = sqlx::query::<Db>(sqlx::AssertSqlSafe(sql));
            if let Some(name) = name {
                query = query.bind(name.to_owned());
            }
            for row in query.fetch_all(pool).await? {
                let count = |at: usize| row.try_get::<i64, _>(at).map(i64::unsigned_abs);
                let word = |at: usize| row.try_get::<String, _>(at);
                let small =
                    |at: usize| row.try_get::<i64, _>(at).map(|n| n.clamp(0, 1 << 31) as u32);
                let (class, audience, texts, state) = (word(4)?, word(6)?, word(5)?, word(7)?);
                let read = (
                    Class::ALL.into_iter().find(|known| known.as_str() == class),
                    Wording::from_stored(&texts),
                    serde_json::from_str(&audience).ok(),
                    Phase::parse(&state),
                );
                let (Some(class), Some(wording), Some(audience), Some(state)) = read else {
                    if name.is_some() {
                        return Err(StoreError::Unreadable("campaign"));
                    }
                    // One that is damaged must not stop the others.
                    let id: i64 = row.try_get(0)?;
                    tracing::error!(campaign = id, "a campaign cannot be read; it is left out");
                    continue;
                };
                let ends = row.try_get::<Option<i64>, _>(17)?.zip(row.try_get(18)?);
                let started: Option<i64> = row.try_get(20)?;
                campaigns.push(Campaign {
                    id: row.try_get(0)?,
                    made: NewCampaign {
                        name: word(1)?,
                        service: word(2)?,
                        text: word(3)?,
                        class,
                        wording,
                        audience,
                        per_second: small(8)?,
                        valid_days: small(9)?,
                    },
                    state,
                    cursor: row.try_get(10)?,
                    expanded: row.try_get::<i64, _>(11)? != 0,
                    counts: Counts {
                        people: count(12)?,
                        unreachable: count(13)?,
                        opted_out: count(14)?,
                        crowded_out: count(15)?,
                        queued: count(16)?,
                    },
                    notices: ends,
                    created_at: Timestamp::from_millis(row.try_get(19)?),
                    started_at: started.map(Timestamp::from_millis),
                    tidied: row.try_get::<i64, _>(21)? != 0,
                    drained: row.try_get::<i32, _>(22)? != 0,
                });
            }
        });
        Ok(campaigns)
    }

    /// What became of a campaign. Who answered is looked for among its notices, a moment of work for
    /// each hundred thousand, beside whoever writes.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn campaign_figures(&self, campaign: &Campaign) -> Result<Figures, StoreError> {
        let mut figures = Figures::default();
        on_engine!(self.reader(), |Db, pool| {
            let rows = sqlx::query::<Db>("select state, notices from tally where campaign = $1")
                .bind(campaign.id)
                .fetch_all(pool)
                .await?;
            for row in rows {
                let (state, notices): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
                let fate = Fate::parse(&state).ok_or(StoreError::Unreadable("tally"))?;
                figures.fates.insert(fate, notices.unsigned_abs());
            }
            let rows =
                sqlx::query::<Db>("select state, notices from tally_chat where campaign = $1")
                    .bind(campaign.id)
                    .fetch_all(pool)
                    .await?;
            for row in rows {
                let (state, notices): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
                let notices = notices.unsigned_abs();
                match state.as_str() {
                    READ => figures.chats.read = notices,
                    REROUTED => figures.chats.rerouted = notices,
                    fate => {
                        let unreadable = StoreError::Unreadable("tally_chat");
                        let fate = Fate::parse(fate).ok_or(unreadable)?;
                        figures.chats.fates.insert(fate, notices);
                    }
                }
            }
            let Some((first, last)) = campaign.notices else { return Ok(figures) };
            // `settled_at` is when it left; whoever is written to about this day is seen exactly (`commit`).
            let row = sqlx::query::<Db>(
                "select count(distinct case when subscriber.seen_at >= notice.settled_at \
                 then notice.subscriber end), \
                 count(distinct case when exists (select 1 from registration \
                 where registration.subscriber = notice.subscriber \
                 and registration.at >= notice.settled_at) then notice.subscriber end), \
                 count(distinct case when notice.account = 'whatsapp' \
                 and subscriber.seen_at >= notice.settled_at then notice.subscriber end), \
                 count(distinct case when notice.account = 'whatsapp' \
                 and exists (select 1 from registration \
                 where registration.subscriber = notice.subscriber \
                 and registration.at >= notice.settled_at) then notice.subscriber end) \
                 from notice left join subscriber on subscriber.key = notice.subscriber \
                 where notice.id between $1 and $2 and notice.campaign = $3 \
                 and notice.account is not null",
            )
            .bind(first)
            .bind(last)
            .bind(campaign.id)
            .fetch_one(pool)
            .await?;
            let (replied, registered): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
            figures.replied = replied.unsigned_abs();
            figures.registered = registered.unsigned_abs();
            figures.chats.replied = row.try_get::<i64, _>(2)?.unsigned_abs();
            figures.chats.registered = row.try_get::<i64, _>(3)?.unsigned_abs();
        });
        Ok(figures)
    }

    /// Ends at most `limit` notices of a cancelled campaign that wait and that nobody is just
    /// sending; says how many there were. Their phones have room for others on the days for which they were
    /// planned. When none is left, the list of its people goes, too. Rows are looked for beside the one who
    /// writes; he is asked for what was found, by name.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn tidy_cancelled(
        &self,
        campaign: i64,
        limit: u32,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let ids: Vec<i64> = on_engine!(self.reader(), |Db, pool| {
            sqlx::query_scalar::<Db, i64>(
                "select id from notice where state = 'waiting' and campaign = $1 \
                 and (leased = 0 or due < $2) limit $3",
            )
            .bind(campaign)
            .bind(now.millis())
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await?
        });
        if ids.is_empty() {
            return self.end_cancelled(campaign).await.map(|()| 0);
        }
        let mut tx = self.begin_tx().await?;
        let (mut moved, mut places) = (Vec::new(), BTreeMap::new());
        on_engine!(&mut tx, |Db, tx| {
            let mut sql = QueryBuilder::<Db>::new(
                "update notice set state = 'cancelled', leased = 0, settled_at = ",
            );
            sql.push_bind(now.millis());
            sql.push(" where state = 'waiting' and (leased = 0 or due < ").push_bind(now.millis());
            sql.push(") and id in (");
            push_keys(&mut sql, &ids, |id| id);
            sql.push(") returning campaign, lane, state, route, day, subscriber");
            for row in sql.build().fetch_all(&mut **tx).await? {
                moved.push(read_moved(&row)?);
                let (day, phone): (i64, Vec<u8>) = (row.try_get(4)?, row.try_get(5)?);
                if let Some(day) = Timestamp::date_of(day) {
                    *places.entry((day.to_string(), phone)).or_insert(0_i64) += 1;
                }
            }
        });
        queue::free(&mut tx, &places.into_iter().collect::<Vec<_>>()).await?;
        count(&mut tx, &moved, Some(Fate::Waiting)).await?;
        on_engine!(tx, |_Db, tx| tx.commit().await?);
        Ok(moved.len() as u64)
    }

    /// Removes the list of a cancelled campaign, and is done with it when none of its notices is
    /// just being sent. No further one comes: people are queued only while it runs.
    async fn end_cancelled(&self, campaign: i64) -> Result<(), StoreError> {
        let leased: Option<i64> = on_engine!(self.reader(), |Db, pool| {
            let sql = "select id from notice where state = 'waiting' and campaign = $1 limit 1";
            sqlx::query_scalar::<Db, i64>(sql).bind(campaign).fetch_optional(pool).await?
        });
        on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            let people = "delete from campaign_people where campaign = $1";
            sqlx::query::<Db>(people).bind(campaign).execute(&mut *tx).await?;
            if leased.is_none() {
                let tidied = "update campaign set tidied = 1 where id = $1";
                sqlx::query::<Db>(tidied).bind(campaign).execute(&mut *tx).await?;
            }
            tx.commit().await?;
        });
        Ok(())
    }
}
