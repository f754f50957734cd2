//! Offering what came free to those who wait. Whoever does holds the row of the place until the commit, so
//! that one line is gone through once at a time; the seats, the line and the notices are one
//! transaction, and a crash leaves none of it.

use std::collections::BTreeMap;

use sqlx::{QueryBuilder, Row};

use super::{
    Facility, FacilityCode, HoldNeed,
    facility::Found,
    hold::{self, Kept, Wanted},
    line::{self, COLUMNS, in_line, read_day},
    read_code, read_taken, small,
};
use crate::{
    clock::Timestamp,
    identity::Msisdn,
    menu::language::Language,
    outbox::{Lane, Notice},
    service::{
        appointment::{Between, InLine, Offer},
        facility::Slot,
    },
    store::{
        Batch, CommitError, Store, StoreError,
        engine::{Dialect, Tx, octets, on_engine, push_keys},
        outbox,
        sealed::{self, Place},
    },
    vault::{NikIndex, SubscriberKey},
};

/// The line of a place whose row is ours until the transaction ends.
#[derive(Debug, Clone)]
pub struct OpenLine {
    /// The place.
    pub place: Facility,
    /// Who waits and was offered nothing yet, in order.
    pub waiting: Vec<InLine>,
    /// How many seats of each slot are somebody's.
    pub taken: BTreeMap<Timestamp, u16>,
    /// How many offers nobody answered, found just now.
    pub lapsed: u64,
    /// Who is out of the line, because it was not the first of them.
    pub out: Vec<InLine>,
}

/// What to do with offers that nobody answered, and how many of a line are looked at.
#[derive(Debug, Clone, Copy)]
pub struct LineBounds {
    /// Whoever let so many go by is out of the line.
    pub offers: u8,
    /// So many at its head are looked at.
    pub limit: u32,
}

/// A phone, and the language that its holder has chosen.
pub type Spoken = (Msisdn, Option<Language>);

/// A place at which somebody waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waited {
    /// Which.
    pub code: FacilityCode,
    /// Taken seats, people in line who were offered nothing, and when the place was changed: while all of it
    /// is the same, a look at the place hardly finds more than the last one did.
    pub mark: [i64; 3],
}

impl Store {
    /// The next `limit` places behind `after` at which somebody waits. Seats are counted at no others: the
    /// lines are gone through from code to code, whoever stands in them.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn waited_for(
        &self,
        after: Option<&FacilityCode>,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Waited>, StoreError> {
        let mut places = Vec::new();
        on_engine!(self.reader(), |Db, pool| {
            let rows = sqlx::query::<Db>(
                "with recursive waited (code, place) as (\
                 select min(facility), 1 from wait_list where facility > $1 union all \
                 select (select min(facility) from wait_list where facility > waited.code), \
                 place + 1 from waited where code is not null and place < $3) \
                 select waited.code, (select count(*) from seat where seat.facility = waited.code \
                 and seat.start > $2 and seat.until > $2), (select count(*) from wait_list \
                 where wait_list.facility = waited.code and (offer_until is null \
                 or offer_until <= $2)), facility.changed_at from waited \
                 join facility on facility.code = waited.code order by waited.code",
            )
            .bind(after.map_or("", FacilityCode::as_str).to_owned())
            .bind(now.millis())
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await?;
            for row in rows {
                let code: String = row.try_get(0)?;
                let mark = [row.try_get(1)?, row.try_get(2)?, row.try_get(3)?];
                places.push(Waited { code: read_code(&code)?, mark });
            }
        });
        Ok(places)
    }
}

impl Batch {
    /// The line of a place, for whoever offers seats of it between two moments. Others who do wait until
    /// this transaction ends. Who let an offer go by is the last in line, or out of it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn open_line(
        &mut self,
        code: &FacilityCode,
        between: Between,
        now: Timestamp,
        bounds: LineBounds,
    ) -> Result<Option<OpenLine>, StoreError> {
        let tx = &mut self.tx;
        lock(tx, code).await?;
        let Some(place) = Found::read(tx, &[], &[code]).await?.by_code(code).cloned() else {
            return Ok(None);
        };
        let (lapsed, out) = lapse(tx, code, now, bounds.offers).await?;
        let mut waiting = Vec::new();
        on_engine!(&mut *tx, |Db, tx| {
            let rows = sqlx::query::<Db>(sqlx::AssertSqlSafe(format!(
                "select {COLUMNS} from wait_list where facility = $1 and offer_until is null \
                 order by since, nik_index limit $2"
            )))
            .bind(code.as_str().to_owned())
            .bind(i64::from(bounds.limit))
            .fetch_all(&mut **tx)
            .await?;
            for row in rows {
                waiting.push(in_line!(row));
            }
        });
        let taken = read_taken(tx, &BTreeMap::from([(code, between)]), now).await?;
        let taken = taken.into_values().next().unwrap_or_default();
        Ok(Some(OpenLine { place, waiting, taken, lapsed, out }))
    }

    /// Takes at most `limit` people out of lines who wait since before `before`; each with the name of the
    /// place. Whoever has an offer to answer is left.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn waited_out(
        &mut self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<(InLine, String)>, StoreError> {
        let mut out = Vec::new();
        on_engine!(&mut self.tx, |Db, tx| {
            let sql = format!(
                "delete from wait_list where (facility, nik_index) in (select facility, nik_index \
                 from wait_list where coalesce(joined_at, since) < $1 and offer_until is null \
                 limit $2{}) returning {COLUMNS}",
                <Db as Dialect>::SKIP_LOCKED,
            );
            let query = sqlx::query::<Db>(sqlx::AssertSqlSafe(sql));
            let query = query.bind(before.millis()).bind(i64::from(limit));
            for row in query.fetch_all(&mut **tx).await? {
                out.push(in_line!(row));
            }
        });
        let codes: Vec<&FacilityCode> = super::distinct(out.iter().map(|who| &who.facility));
        let found = Found::read(&mut self.tx, &[], &codes).await?;
        let name = |who: &InLine| found.by_code(&who.facility).map(|place| place.name.clone());
        Ok(out.into_iter().filter_map(|who| name(&who).map(|name| (who, name))).collect())
    }

    /// Takes people out of a line: what they wait for is of no use any more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn end_waiting(&mut self, who: &[&InLine]) -> Result<(), StoreError> {
        for who in who {
            line::leave(&mut self.tx, &who.facility, who.person).await?;
        }
        Ok(())
    }

    /// Keeps seats of a place for people of its line; those that somebody else has taken meanwhile are not
    /// among the answer.
    ///
    /// # Errors
    /// [`CommitError::Conflict`] if somebody is not in the line any more.
    pub async fn offer(
        &mut self,
        place: &Facility,
        to: &[(&InLine, Slot)],
        now: Timestamp,
        offer_for: std::time::Duration,
    ) -> Result<Vec<(usize, Offer)>, CommitError> {
        let holds = to.iter().map(|(who, slot)| HoldNeed {
            day: slot.start.date(place.zone()),
            minute: slot.minute,
            person: who.person,
            dose: who.dose,
            by: who.by,
            hold_for: offer_for.min(slot.start.since(now)),
        });
        let holds: Vec<HoldNeed> = holds.collect();
        let wanted = to.iter().zip(&holds).enumerate().map(|(at, ((_, slot), hold))| Wanted {
            at,
            place,
            start: slot.start,
            hold,
            barred: false,
        });
        let held = hold::hold(&mut self.tx, wanted.collect(), now, Kept::Offered).await?;
        let mut offers = Vec::new();
        for (at, held) in held {
            let Some((who, _)) = to.get(at) else { continue };
            // Whoever is being asked about that very slot has a hold already, and needs no offer.
            if held.until != now.plus(holds.get(at).map_or(offer_for, |hold| hold.hold_for)) {
                continue;
            }
            let offer = Offer { seat: held.seat, until: held.until };
            note(&mut self.tx, who, &offer).await?;
            offers.push((at, offer));
        }
        Ok(offers)
    }

    /// Phones by their keys, those that were here.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn phones(
        &mut self,
        keys: &[SubscriberKey],
    ) -> Result<BTreeMap<SubscriberKey, Spoken>, StoreError> {
        let mut phones = BTreeMap::new();
        if keys.is_empty() {
            return Ok(phones);
        }
        let Self { tx, vault } = self;
        on_engine!(tx, |Db, tx| {
            let mut sql = QueryBuilder::<Db>::new(
                "select key, number, language from subscriber where key in (",
            );
            push_keys(&mut sql, keys, |key| key.as_bytes().to_vec());
            sql.push(")");
            for row in sql.build().fetch_all(&mut **tx).await? {
                let key = SubscriberKey::from_bytes(octets(row.try_get(0)?, "subscriber")?);
                let sealed: Vec<u8> = row.try_get(1)?;
                let plain = sealed::open(vault, Place::Number(&key), &sealed)?;
                let text = std::str::from_utf8(&plain).ok();
                let number = text.and_then(|text| Msisdn::parse_any(text).ok());
                let language: Option<String> = row.try_get(2)?;
                let number = number.ok_or(StoreError::Unreadable("subscriber"))?;
                phones.insert(key, (number, language.and_then(|code| Language::parse(&code))));
            }
        });
        Ok(phones)
    }

    /// Stores notices with what this transaction has written, and makes all of it durable.
    ///
    /// # Errors
    /// See [`CommitError`].
    pub async fn commit_notices(mut self, notices: &[Notice]) -> Result<(), CommitError> {
        let notices: Vec<&Notice> = notices.iter().collect();
        outbox::write(&mut self.tx, &self.vault, &notices).await?;
        on_engine!(self.tx, |_Db, tx| tx.commit().await?);
        Ok(())
    }
}

/// Holds the row of a place until the transaction ends.
pub(super) async fn lock(tx: &mut Tx, code: &FacilityCode) -> Result<(), StoreError> {
    on_engine!(tx, |Db, tx| {
        sqlx::query::<Db>("update facility set changed_at = changed_at where code = $1")
            .bind(code.as_str().to_owned())
            .execute(&mut **tx)
            .await?;
    });
    Ok(())
}

/// Offers that nobody answered: how many, and who is out of the line for it.
async fn lapse(
    tx: &mut Tx,
    code: &FacilityCode,
    now: Timestamp,
    offers: u8,
) -> Result<(u64, Vec<InLine>), StoreError> {
    let mut out = Vec::new();
    let lapsed = on_engine!(tx, |Db, tx| {
        let lapsed = sqlx::query::<Db>(
            "update wait_list set since = $1, missed = missed + 1, offer_start = null, \
             offer_seat = null, offer_until = null where facility = $2 and offer_until <= $1",
        )
        .bind(now.millis())
        .bind(code.as_str().to_owned())
        .execute(&mut **tx)
        .await?
        .rows_affected();
        let rows = sqlx::query::<Db>(sqlx::AssertSqlSafe(format!(
            "delete from wait_list where facility = $1 and missed >= $2 returning {COLUMNS}"
        )))
        .bind(code.as_str().to_owned())
        .bind(i64::from(offers))
        .fetch_all(&mut **tx)
        .await?;
        for row in rows {
            out.push(in_line!(row));
        }
        lapsed
    });
    Ok((lapsed, out))
}

async fn note(tx: &mut Tx, who: &InLine, offer: &Offer) -> Result<(), CommitError> {
    let done = on_engine!(tx, |Db, tx| {
        sqlx::query::<Db>(
            "update wait_list set offer_start = $1, offer_seat = $2, offer_until = $3 \
             where facility = $4 and nik_index = $5 and offer_until is null",
        )
        .bind(offer.seat.start.millis())
        .bind(i64::from(offer.seat.seat))
        .bind(offer.until.millis())
        .bind(who.facility.as_str().to_owned())
        .bind(who.person.as_bytes().to_vec())
        .execute(&mut **tx)
        .await?
        .rows_affected()
    });
    // They have left the line, or got a seat elsewhere.
    if done == 1 { Ok(()) } else { Err(CommitError::Conflict) }
}
