//! Whom a campaign is for, a portion at a time, beside whoever writes.

use jiff::civil::Date;
use sqlx::{QueryBuilder, Row};

use super::{
    super::{
        Store, StoreError,
        engine::{octets, on_engine},
        sealed::{self, Identity, Place},
    },
    Campaign,
};
use crate::{
    service::campaign::{Audience, Filter, Recipient, people},
    service::vaccine::Vaccines,
    vault::NikIndex,
};

/// The next people of an audience.
#[derive(Debug)]
pub struct Portion {
    /// Those that can be reached.
    pub people: Vec<Recipient>,
    /// How many cannot.
    pub unreachable: u64,
    /// Where the next portion begins.
    pub(super) cursor: Vec<u8>,
    /// Whether there is none.
    pub last: bool,
}

impl Store {
    /// The people of a campaign after those that are queued, or after a former portion. About `most`
    /// people; `today` says who is old enough and due.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], or [`StoreError::Unreadable`] if a row was damaged.
    pub async fn audience(
        &self,
        campaign: &Campaign,
        after: Option<&Portion>,
        vaccines: &Vaccines,
        today: Date,
        most: u32,
    ) -> Result<Portion, StoreError> {
        let cursor = after.map_or(&campaign.cursor, |portion| &portion.cursor);
        match &campaign.made.audience {
            Audience::List => self.listed(campaign.id, cursor).await,
            Audience::Record(filter) => self.recorded(filter, cursor, vaccines, today, most).await,
        }
    }

    /// The next part of a list.
    async fn listed(&self, campaign: i64, cursor: &[u8]) -> Result<Portion, StoreError> {
        let damaged = StoreError::Unreadable("campaign_people");
        let before = cursor.try_into().map_or(0, i64::from_be_bytes);
        on_engine!(self.reader(), |Db, pool| {
            let row = sqlx::query::<Db>(
                "select part, body from campaign_people where campaign = $1 and part > $2 \
                 order by part limit 1",
            )
            .bind(campaign)
            .bind(before)
            .fetch_optional(pool)
            .await?;
            let Some(row) = row else {
                let cursor = cursor.to_vec();
                return Ok(Portion { people: Vec::new(), unreachable: 0, cursor, last: true });
            };
            let (part, body): (i64, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?);
            let plain = sealed::open(&self.vault, Place::People(campaign, part), &body)?;
            let people = people::from_kept(&plain).ok_or(damaged)?;
            let cursor = part.to_be_bytes().to_vec();
            Ok(Portion { people, unreachable: 0, cursor, last: false })
        })
    }

    async fn recorded(
        &self,
        filter: &Filter,
        cursor: &[u8],
        vaccines: &Vaccines,
        today: Date,
        most: u32,
    ) -> Result<Portion, StoreError> {
        let due = filter.due_until(vaccines, today);
        let mut unreadable = 0;
        let wants_due = filter.dose_due_days.is_some();
        let mut portion =
            Portion { people: Vec::new(), unreachable: 0, cursor: cursor.to_vec(), last: false };
        on_engine!(self.reader(), |Db, pool| {
            let mut sql = QueryBuilder::<Db>::new(
                "select person.nik_index, person.identity, person.regency, person.eligible_from",
            );
            sql.push(if wants_due { ", first.vaccine, first.given_on" } else { "" });
            sql.push(" from person");
            if wants_due {
                sql.push(" join dose as first on first.nik_index = person.nik_index and first.number = 1");
            }
            sql.push(" where not person.blocked and person.nik_index > ")
                .push_bind(cursor.to_vec());
            if !filter.groups.is_empty() {
                sql.push(" and person.target_group in (");
                let mut groups = sql.separated(", ");
                for group in &filter.groups {
                    groups.push_bind(group.as_str());
                }
                sql.push(")");
            }
            if let Some(region) = &filter.region {
                sql.push(" and (person.regency is null or substr(person.regency, 1, ")
                    .push(region.len())
                    .push(") = ")
                    .push_bind(region.clone())
                    .push(")");
            }
            if filter.eligible {
                sql.push(" and (person.eligible_from is null or person.eligible_from <= ")
                    .push_bind(today.to_string())
                    .push(")");
            }
            if filter.unregistered {
                sql.push(
                    " and not exists (select 1 from registration \
                     where registration.nik_index = person.nik_index \
                     and registration.standing = 'registered')",
                );
            }
            if wants_due {
                sql.push(
                    " and not exists (select 1 from dose as second \
                     where second.nik_index = person.nik_index and second.number = 2) and (1 = 0",
                );
                for (vaccine, until) in &due {
                    sql.push(" or (first.vaccine = ")
                        .push_bind(vaccine.clone())
                        .push(" and first.given_on <= ")
                        .push_bind(until.to_string())
                        .push(")");
                }
                sql.push(")");
            }
            sql.push(" order by person.nik_index limit ").push_bind(i64::from(most));
            let rows = sql.build().fetch_all(pool).await?;
            portion.last = rows.len() < most as usize;
            for row in rows {
                let index = NikIndex::from_bytes(octets(row.try_get(0)?, "person")?);
                portion.cursor = index.as_bytes().to_vec();
                let sealed: Vec<u8> = row.try_get(1)?;
                let regency: Option<String> = row.try_get(2)?;
                let opened = Identity::open(&self.vault, Place::Person(&index), &sealed);
                // One who cannot be read must not stop a campaign for everybody after him.
                let Ok(Identity { nik, name, birth, phone }) = opened else {
                    unreadable += 1;
                    continue;
                };
                if !filter.holds(&nik, birth, regency.as_deref(), today) {
                    continue;
                }
                let Some(phone) = phone else {
                    portion.unreachable += 1;
                    continue;
                };
                let (mut dose, mut date) = (None, None);
                if wants_due {
                    let (vaccine, given): (String, Option<String>) =
                        (row.try_get(4)?, row.try_get(5)?);
                    let given = given.and_then(|date| date.parse().ok());
                    dose = Some(2);
                    date = given.and_then(|given| vaccines.next_due(&vaccine, 1, given));
                }
                portion.people.push(Recipient {
                    phone,
                    name: Some(name),
                    nik: Some(nik),
                    regency,
                    language: None,
                    dose,
                    date,
                });
            }
        });
        if unreadable > 0 {
            tracing::error!(unreadable, "people cannot be read; they count as unreachable");
            portion.unreachable += unreadable;
        }
        Ok(portion)
    }
}
