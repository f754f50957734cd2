//! From an audience to notices: a piece is planned, written and left behind in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use sqlx::{QueryBuilder, Row};

use super::{
    super::{
        Store, StoreError,
        engine::{Tx, octets, on_engine, padded_rows, push_keys},
        outbox,
    },
    Campaign, Portion,
};
use crate::{
    channel::whatsapp::frame::Templates,
    clock::{Timestamp, Zone},
    identity::Msisdn,
    menu::language::Language,
    outbox::{
        Lane, Notice, NoticeId, Over, Sender,
        route::{Routes, WHATSAPP},
    },
    service::campaign::{
        Calendar, Decency, Recipient, Slot,
        way::{Reach, Way},
    },
    vault::SubscriberKey,
};

/// Keys of one statement.
const KEYS: usize = 1024;

/// What a portion is made into notices with.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'p> {
    /// The people.
    pub portion: &'p Portion,
    /// The networks of their phones.
    pub routes: &'p Routes,
    /// The templates of the number on WhatsApp, if there is one.
    pub templates: Option<&'p Templates>,
    /// When, and how often.
    pub decency: Decency,
    /// When this is.
    pub now: Timestamp,
}

/// What came of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queued {
    /// So many notices.
    Notices(u64),
    /// Nothing: somebody else queued these people, or the campaign does not run any more.
    Overtaken,
}

/// A notice whose day went by before it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Late {
    /// Whose phone.
    pub phone: Msisdn,
    /// Where its reader is.
    pub zone: Zone,
    /// Of no use later.
    pub expires: Timestamp,
}

/// When a notice goes that is late.
pub type Planned = Option<Timestamp>;

/// Somebody of a portion, on the way to a notice.
#[derive(Clone)]
struct Draft {
    phone: SubscriberKey,
    at: usize,
    zone: Zone,
    /// Whether the reader may be in any zone.
    anywhere: bool,
    expires: Timestamp,
    slot: Option<Slot>,
}

/// What is known of phones before they are written to.
#[derive(Default)]
struct Known {
    languages: BTreeMap<SubscriberKey, Language>,
    refused: BTreeSet<SubscriberKey>,
    /// When their chats were last heard.
    heard: BTreeMap<SubscriberKey, Timestamp>,
}

/// What is known of a phone that a broadcast is for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Acquainted {
    /// Whether its subscriber refused broadcasts.
    pub refused: bool,
    /// The language that they chose.
    pub language: Option<Language>,
    /// When a chat that speaks for it was last heard.
    pub heard: Option<Timestamp>,
}

impl Store {
    /// Makes notices of a portion, and moves the campaign's cursor past it, in one transaction: after
    /// a crash the next portion is the one that was not written, and nobody is written to twice.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; then nothing of it is stored.
    pub async fn queue_broadcasts(
        &self,
        campaign: &Campaign,
        piece: Piece<'_>,
    ) -> Result<Queued, StoreError> {
        let Piece { portion, routes, templates, decency, now } = piece;
        let expires = days_after(now, campaign.made.valid_days);
        let mut drafts: Vec<Draft> = portion
            .people
            .iter()
            .enumerate()
            .map(|(at, person)| {
                let phone = self.vault.subscriber_key(&person.phone);
                let home = person.zone();
                // The queue of the east is closed first.
                let (zone, anywhere) = (home.unwrap_or(Zone::Wit), home.is_none());
                Draft { phone, at, zone, anywhere, expires, slot: None }
            })
            .collect();
        let phones = drafts.iter().map(|draft| draft.phone);
        let known = self.known(phones, templates.is_some().then_some(now)).await?;
        let all = portion.people.len();
        let of = campaign.made.text_of();
        let reach = |draft: &Draft| {
            let person = portion.people.get(draft.at)?;
            let language = known.languages.get(&draft.phone);
            let language = campaign.made.wording.language(person, language)?;
            let template = templates.and_then(|all| all.for_text(of, language));
            Some(Reach {
                heard: known.heard.get(&draft.phone).copied(),
                carried: !routes.of(&person.phone).is_empty(),
                template: template.is_some(),
            })
        };
        // Nobody would carry it.
        drafts.retain(|draft| reach(draft).and_then(|reach| Way::of(reach, now)).is_some());
        let unrouted = all - drafts.len();
        drafts.retain(|draft| !known.refused.contains(&draft.phone));
        let opted_out = all - unrouted - drafts.len();

        let mut tx = self.begin_tx().await?;
        if !self.take_portion(&mut tx, campaign, portion).await? {
            on_engine!(tx, |_Db, tx| tx.rollback().await?);
            return Ok(Queued::Overtaken);
        }
        if !plan(&mut tx, &mut drafts, decency, now).await? {
            on_engine!(tx, |_Db, tx| tx.rollback().await?);
            return Ok(Queued::Overtaken);
        }
        let mut unreached = 0;
        let first = NoticeId::draw(now, rand::random());
        let mut notices = Vec::with_capacity(drafts.len());
        for draft in &drafts {
            let (Some(slot), Some(person)) = (draft.slot, portion.people.get(draft.at)) else {
                continue;
            };
            let network = routes.of(&person.phone);
            let way = reach(draft).and_then(|reach| Way::of(reach, slot.due));
            // Their chat is silent by then, and nobody carries an SMS to them.
            let Some(way) = way else {
                unreached += 1;
                continue;
            };
            let route = if way == Way::Sms { network } else { WHATSAPP }.to_owned();
            let code = routes.code_for(network);
            let language = known.languages.get(&draft.phone);
            let wording = &campaign.made.wording;
            let framed = (way != Way::Sms).then(|| wording.frame(of, person, code, language));
            notices.push(Notice {
                id: first.after(notices.len()),
                to: person.phone.clone().into(),
                sender: Sender::Name,
                text: wording.write(person, code, language),
                card: None,
                enclosure: None,
                framed: framed.flatten(),
                over: Over::Route,
                lane: Lane { class: campaign.made.class, zone: draft.zone },
                campaign: campaign.id,
                due: slot.due,
                expires,
                day: slot.due.day(draft.zone),
                route,
            });
        }
        let rows: Vec<&Notice> = notices.iter().collect();
        outbox::write(&mut tx, &self.vault, &rows).await?;
        let crowded_out = drafts.len() - notices.len() - unreached;
        let names = notices.first().zip(notices.last()).map(|(a, b)| (a.id, b.id));
        on_engine!(&mut tx, |Db, tx| {
            let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
            let without_phone = i64::try_from(portion.unreachable).unwrap_or(i64::MAX);
            let unreachable = without_phone.saturating_add(number(unrouted + unreached));
            sqlx::query::<Db>(
                "update campaign set people = people + $2, unreachable = unreachable + $3, \
                 opted_out = opted_out + $4, crowded_out = crowded_out + $5, \
                 queued = queued + $6, \
                 first_notice = coalesce(case when first_notice < $7 then first_notice end, $7, \
                 first_notice), \
                 last_notice = coalesce(case when last_notice > $8 then last_notice end, $8, \
                 last_notice) where id = $1",
            )
            .bind(campaign.id)
            .bind(number(all).saturating_add(without_phone))
            .bind(unreachable)
            .bind(number(opted_out))
            .bind(number(crowded_out))
            .bind(number(notices.len()))
            .bind(names.map(|(first, _)| first.as_i64()))
            .bind(names.map(|(_, last)| last.as_i64()))
            .execute(&mut **tx)
            .await?;
        });
        on_engine!(tx, |_Db, tx| tx.commit().await?);
        Ok(Queued::Notices(notices.len() as u64))
    }

    /// Moves the cursor past a portion, if it still stands before it. Another node waits here, and
    /// then finds that it does not.
    async fn take_portion(
        &self,
        tx: &mut Tx,
        campaign: &Campaign,
        portion: &Portion,
    ) -> Result<bool, StoreError> {
        on_engine!(tx, |Db, tx| {
            let taken = sqlx::query::<Db>(
                "update campaign set cursor = $1, expanded = $2 \
                 where id = $3 and cursor = $4 and expanded = 0 and state = 'running'",
            )
            .bind(portion.cursor.clone())
            .bind(i64::from(portion.last))
            .bind(campaign.id)
            .bind(campaign.cursor.clone())
            .execute(&mut **tx)
            .await?;
            if taken.rows_affected() == 0 {
                return Ok(false);
            }
            // The part of a list that is queued now. No people of the record stand there.
            sqlx::query::<Db>("delete from campaign_people where campaign = $1 and part <= $2")
                .bind(campaign.id)
                .bind(portion.cursor.as_slice().try_into().map_or(0, i64::from_be_bytes))
                .execute(&mut **tx)
                .await?;
        });
        Ok(true)
    }

    /// What is known of the phones of these people, in their order; of chats, those that speak for one at
    /// `chats_at`, if that is asked.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn acquainted(
        &self,
        people: &[Recipient],
        chats_at: Option<Timestamp>,
    ) -> Result<Vec<Acquainted>, StoreError> {
        let phones: Vec<SubscriberKey> =
            people.iter().map(|person| self.vault.subscriber_key(&person.phone)).collect();
        let known = self.known(phones.iter().copied(), chats_at).await?;
        let one = |phone: &SubscriberKey| Acquainted {
            refused: known.refused.contains(phone),
            language: known.languages.get(phone).cloned(),
            heard: known.heard.get(phone).copied(),
        };
        Ok(phones.iter().map(one).collect())
    }

    async fn known(
        &self,
        phones: impl Iterator<Item = SubscriberKey>,
        chats_at: Option<Timestamp>,
    ) -> Result<Known, StoreError> {
        let mut known = Known::default();
        let phones: BTreeSet<SubscriberKey> = phones.collect();
        let phones: Vec<SubscriberKey> = phones.into_iter().collect();
        if let Some(at) = chats_at {
            known.heard = self.chats_heard(&phones, at).await?;
        }
        for phones in phones.chunks(KEYS) {
            on_engine!(self.reader(), |Db, pool| {
                let mut sql = QueryBuilder::<Db>::new(
                    "select subscriber, null from opt_out where subscriber in (",
                );
                push_keys(&mut sql, phones, |phone| phone.as_bytes().to_vec());
                sql.push(
                    ") union all select key, language from subscriber \
                     where language is not null and key in (",
                );
                push_keys(&mut sql, phones, |phone| phone.as_bytes().to_vec());
                sql.push(")");
                for row in sql.build().fetch_all(pool).await? {
                    let phone = SubscriberKey::from_bytes(octets(row.try_get(0)?, "subscriber")?);
                    match row.try_get::<Option<String>, _>(1)? {
                        None => drop(known.refused.insert(phone)),
                        Some(code) => {
                            known.languages.extend(Language::parse(&code).map(|of| (phone, of)));
                        }
                    }
                }
            });
        }
        Ok(known)
    }

    /// Plans notices anew whose day went by: for each the moment from which it may go, or `None` if
    /// its phone gets enough on every day on which it would be of use.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn plan_again(
        &self,
        late: &[Late],
        decency: Decency,
        now: Timestamp,
    ) -> Result<Vec<Planned>, StoreError> {
        let draft = |(at, late): (usize, &Late)| {
            let Late { phone, zone, expires } = late;
            let phone = self.vault.subscriber_key(phone);
            let (zone, expires) = (*zone, *expires);
            // Of a notice in the queue of the east it is not known whether its reader is there.
            let anywhere = zone == Zone::Wit;
            Draft { phone, at, zone, anywhere, expires, slot: None }
        };
        let drafts: Vec<Draft> = late.iter().enumerate().map(draft).collect();
        let drafts = loop {
            let (mut drafts, mut tx) = (drafts.clone(), self.begin_tx().await?);
            if plan(&mut tx, &mut drafts, decency, now).await? {
                on_engine!(tx, |_Db, tx| tx.commit().await?);
                break drafts;
            }
            // Another node planned for the same phones; what it planned is there now.
            on_engine!(tx, |_Db, tx| tx.rollback().await?);
        };
        Ok(drafts.iter().map(|draft| draft.slot.map(|slot| slot.due)).collect())
    }

    /// Forgets at most `limit` plans of days before `day`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn purge_broadcasts(&self, day: Date, limit: u32) -> Result<u64, StoreError> {
        on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            let done = sqlx::query::<Db>(
                "delete from broadcast where (day, subscriber) in \
                 (select day, subscriber from broadcast where day < $1 limit $2)",
            )
            .bind(day.to_string())
            .bind(i64::from(limit))
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
            Ok(done.rows_affected())
        })
    }
}

/// Finds for each the first day that has room, and takes it. Days are looked at one after the other,
/// because nearly everybody finds room on the first. `false`: another node has just planned for one of the
/// phones, and there would be too many; nothing may be kept of it.
async fn plan(
    tx: &mut Tx,
    drafts: &mut [Draft],
    decency: Decency,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let mut calendar = Calendar::default();
    for nth in 0.. {
        let mut days: BTreeMap<Date, Vec<(usize, Slot)>> = BTreeMap::new();
        for (at, draft) in drafts.iter().enumerate().filter(|(_, draft)| draft.slot.is_none()) {
            let slot = match draft.anywhere {
                true => decency.slot_everywhere(now, nth),
                false => decency.slot(draft.zone, now, nth),
            };
            if let Some(slot) = slot.filter(|slot| slot.due < draft.expires) {
                days.entry(slot.day).or_default().push((at, slot));
            }
        }
        if days.is_empty() {
            break;
        }
        for (day, slots) in days {
            let phones: BTreeSet<SubscriberKey> =
                slots.iter().filter_map(|(at, _)| Some(drafts.get(*at)?.phone)).collect();
            let phones: Vec<SubscriberKey> = phones.into_iter().collect();
            read_day(tx, day, &phones, &mut calendar).await?;
            for (at, slot) in slots {
                if let Some(draft) = drafts.get_mut(at)
                    && calendar.plan(day, draft.phone, decency.per_day)
                {
                    draft.slot = Some(slot);
                }
            }
        }
    }
    write_calendar(tx, &calendar, decency.per_day).await
}

async fn read_day(
    tx: &mut Tx,
    day: Date,
    phones: &[SubscriberKey],
    calendar: &mut Calendar,
) -> Result<(), StoreError> {
    for phones in phones.chunks(KEYS) {
        on_engine!(&mut *tx, |Db, tx| {
            let mut sql = QueryBuilder::<Db>::new("with asked (subscriber) as (");
            sql.push_values(padded_rows(phones), |mut row, phone| {
                row.push_bind(phone.map(|phone| phone.as_bytes().to_vec()));
            });
            // One by one: PostgreSQL would not believe that everybody has a row of the same day, read that day,
            // and look for each row in the list.
            sql.push(
                ") select subscriber, (select planned from broadcast \
                 where broadcast.subscriber = asked.subscriber and day = ",
            );
            sql.push_bind(day.to_string()).push(") from asked where subscriber is not null");
            for row in sql.build().fetch_all(&mut **tx).await? {
                let phone = SubscriberKey::from_bytes(octets(row.try_get(0)?, "broadcast")?);
                if let Some(planned) = row.try_get::<Option<i64>, _>(1)? {
                    calendar.tell(day, phone, u32::try_from(planned).unwrap_or(u32::MAX));
                }
            }
        });
    }
    Ok(())
}

async fn write_calendar(
    tx: &mut Tx,
    calendar: &Calendar,
    per_day: u32,
) -> Result<bool, StoreError> {
    for added in calendar.added().chunks(KEYS) {
        on_engine!(&mut *tx, |Db, tx| {
            let mut sql = QueryBuilder::<Db>::new("with fresh (day, subscriber, planned) as (");
            sql.push_values(padded_rows(added), |mut row, added| {
                row.push_bind(added.map(|(day, ..)| day.to_string()))
                    .push_bind(added.map(|(_, phone, _)| phone.as_bytes().to_vec()))
                    .push_bind(added.map(|(.., planned)| i64::from(*planned)));
            });
            sql.push(
                ") insert into broadcast (day, subscriber, planned) \
                 select day, subscriber, planned from fresh where day is not null \
                 on conflict (day, subscriber) do update \
                 set planned = broadcast.planned + excluded.planned \
                 where broadcast.planned + excluded.planned <= ",
            );
            sql.push_bind(i64::from(per_day));
            let written = sql.build().execute(&mut **tx).await?.rows_affected();
            if written < added.len() as u64 {
                return Ok(false);
            }
        });
    }
    Ok(true)
}

/// Gives places back: of phones, by the day for which each was planned.
pub(super) async fn free(
    tx: &mut Tx,
    places: &[((String, Vec<u8>), i64)],
) -> Result<(), StoreError> {
    for places in places.chunks(KEYS) {
        on_engine!(&mut *tx, |Db, tx| {
            let mut sql = QueryBuilder::<Db>::new("with freed (day, subscriber, places) as (");
            sql.push_values(padded_rows(places), |mut row, freed| {
                row.push_bind(freed.map(|((day, _), _)| day.clone()))
                    .push_bind(freed.map(|((_, phone), _)| phone.clone()))
                    .push_bind(freed.map(|(_, places)| *places));
            });
            sql.push(
                ") update broadcast set planned = case when broadcast.planned > freed.places \
                 then broadcast.planned - freed.places else 0 end from freed \
                 where broadcast.day = freed.day and broadcast.subscriber = freed.subscriber",
            );
            sql.build().execute(&mut **tx).await?;
        });
    }
    Ok(())
}

fn days_after(now: Timestamp, days: u32) -> Timestamp {
    now.plus(std::time::Duration::from_secs(86_400 * u64::from(days)))
}
