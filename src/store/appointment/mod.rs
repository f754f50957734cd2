//! Appointments: what people have, which places there are, which seats are taken; and a seat for
//! whoever wants one (`hold`). Written by a turn in `write`, by staff in `desk`.

mod desk;
mod facility;
mod hold;
mod line;
mod offer;
mod strand;
mod sweep;
mod write;

use std::collections::BTreeMap;

use sqlx::{QueryBuilder, Row};

pub use self::{
    desk::AppointmentLine,
    facility::FacilityLine,
    offer::{LineBounds, OpenLine, Spoken, Waited},
    strand::{Mode, News, Reopened, Shut, Stranding, ToTell},
    sweep::SeatFigures,
};
pub(super) use self::{
    desk::{call_off, check_in},
    strand::RECORDED,
    write::Appointments,
};
use self::{
    facility::Found,
    hold::{Kept, Wanted},
};
use super::{
    StoreError,
    engine::{Tx, octets, on_engine, padded_rows, push_keys},
    facts::{distinct, read_number},
};
use crate::{
    clock::Timestamp,
    identity::region,
    outbox::NoticeId,
    service::{
        appointment::{
            AppointmentFacts, AppointmentNeed, Between, Booked, Held, HoldNeed, RECORDED_WITHIN,
            Seat,
        },
        facility::{Facility, FacilityCode},
        record::Need,
    },
    vault::NikIndex,
};

/// What each need asks for, in the order of `needs`.
pub(super) async fn read_appointments(
    tx: &mut Tx,
    needs: &[Need],
) -> Result<Vec<AppointmentFacts>, StoreError> {
    let asked: Vec<Option<&AppointmentNeed>> =
        needs.iter().map(|need| need.appointment.as_ref()).collect();
    let all = || asked.iter().copied().flatten();
    // A batch is one moment: a hold that is over for one of its turns is over for all.
    let Some(now) = all().map(|need| need.at).max() else {
        return Ok(vec![AppointmentFacts::default(); needs.len()]);
    };
    let persons: Vec<NikIndex> = distinct(all().filter_map(|need| need.person));
    let booked = read_booked(tx, &persons).await?;
    let attended = read_attended(tx, &persons, now).await?;
    let homes = read_homes(tx, &persons).await?;
    let lines = line::read_lines(tx, &persons).await?;
    let regencies: Vec<&str> = distinct(all().filter_map(|need| need.regency.as_deref()));
    let codes: Vec<&FacilityCode> =
        distinct(all().filter_map(|need| Some(&need.facility.as_ref()?.0)));
    let found = Found::read(tx, &regencies, &codes).await?;
    let queues = line::read_queues(tx, &codes, now).await?;
    let since = |need: &AppointmentNeed| {
        let ticket = stranded(booked.get(&need.person?)?)?;
        Some((need.facility.as_ref()?.0.clone(), ticket.since))
    };
    let let_down: Vec<(FacilityCode, Timestamp)> = distinct(all().filter_map(since));
    let before = line::read_before(tx, let_down).await?;
    let listed: BTreeMap<&FacilityCode, Between> = spans(all());
    let taken = read_taken(tx, &listed, now).await?;
    let mut wanted: Vec<Wanted<'_>> = Vec::new();
    for (at, need) in asked.iter().enumerate() {
        let Some((need, hold)) = need.and_then(|need| Some((need, need.hold.as_ref()?))) else {
            continue;
        };
        let place = need.facility.as_ref().and_then(|(code, _)| found.by_code(code));
        let slot = place.and_then(|place| Some((place, place.slot_on(hold.day, hold.minute)?)));
        // What has begun is over.
        if let Some((place, slot)) = slot.filter(|(_, slot)| slot.start > now) {
            let let_down = |booked: &Vec<Booked>| stranded(booked).is_some();
            let barred = !booked.get(&hold.person).is_some_and(let_down)
                && queues.get(&place.code).is_some_and(|queue| {
                    queue.ahead.iter().any(|ahead| ahead.bars(place, hold.day))
                });
            wanted.push(Wanted { at, place, start: slot.start, hold, barred });
        }
    }
    let mut held = hold::hold(tx, wanted, now, Kept::Held).await?;
    let facts = asked.into_iter().enumerate().map(|(at, need)| {
        let Some(need) = need else { return AppointmentFacts::default() };
        let AppointmentNeed { person, regency, facility, .. } = need;
        let of = |code: &FacilityCode| found.by_code(code).cloned().into_iter().collect();
        let queue = |of: &Option<(FacilityCode, Between)>| queues.get(&of.as_ref()?.0);
        let taken = |code: &FacilityCode, (from, to): Between| {
            let slots = taken.get(code).into_iter().flat_map(|of| of.range(from..to));
            slots.map(|(start, count)| (*start, *count)).collect()
        };
        AppointmentFacts {
            booked: person.and_then(|person| booked.get(&person)).cloned().unwrap_or_default(),
            attended: person.and_then(|person| attended.get(&person)).cloned().unwrap_or_default(),
            home: person.and_then(|person| homes.get(&person)).cloned(),
            facilities: match (facility, regency) {
                (Some((code, _)), _) => of(code),
                (None, Some(regency)) => found.of_regency(regency),
                (None, None) => Vec::new(),
            },
            taken: facility
                .as_ref()
                .filter(|_| need.hold.is_none())
                .map(|(code, between)| taken(code, *between))
                .unwrap_or_default(),
            held: held.remove(&at),
            ahead: queue(facility).map(|queue| queue.ahead.clone()).unwrap_or_default(),
            in_line: queue(facility).map_or(0, |queue| queue.long),
            in_line_before: since(need).and_then(|of| before.get(&of).copied()).unwrap_or(0),
            lines: person.and_then(|person| lines.get(&person)).cloned().unwrap_or_default(),
        }
    });
    Ok(facts.collect())
}

/// The ticket because of which somebody comes before others.
fn stranded(booked: &[Booked]) -> Option<&Booked> {
    booked.iter().find(|of| of.stranded.is_some())
}

/// What has to be counted of each place, once for all who ask. Whoever wants a seat counts himself.
fn spans<'n>(
    needs: impl Iterator<Item = &'n AppointmentNeed>,
) -> BTreeMap<&'n FacilityCode, Between> {
    let mut spans: BTreeMap<&FacilityCode, Between> = BTreeMap::new();
    for need in needs.filter(|need| need.hold.is_none()) {
        if let Some((code, (from, to))) = &need.facility {
            let span = spans.entry(code).or_insert((*from, *to));
            *span = (span.0.min(*from), span.1.max(*to));
        }
    }
    spans
}

/// Appointments that stand.
pub(super) async fn read_booked(
    tx: &mut Tx,
    persons: &[NikIndex],
) -> Result<BTreeMap<NikIndex, Vec<Booked>>, StoreError> {
    let mut booked: BTreeMap<NikIndex, Vec<Booked>> = BTreeMap::new();
    if persons.is_empty() {
        return Ok(booked);
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "select appointment.nik_index, appointment.number, appointment.dose, \
             appointment.facility, appointment.start, appointment.seat, appointment.minutes, \
             appointment.reminder, facility.name, facility.regency, appointment.booked_at, \
             appointment.stranded_at from appointment \
             join facility on facility.code = appointment.facility \
             where appointment.state = 'booked' and appointment.nik_index in (",
        );
        push_keys(&mut sql, persons, |person| person.as_bytes().to_vec());
        sql.push(") order by appointment.nik_index, appointment.start");
        for row in sql.build().fetch_all(&mut **tx).await? {
            let person = NikIndex::from_bytes(octets(row.try_get(0)?, "appointment")?);
            let (number, code): (String, String) = (row.try_get(1)?, row.try_get(3)?);
            let regency: String = row.try_get(9)?;
            booked.entry(person).or_default().push(Booked {
                number: read_number(&number)?,
                person,
                dose: small(row.try_get(2)?)?,
                seat: Seat {
                    facility: read_code(&code)?,
                    start: Timestamp::from_millis(row.try_get(4)?),
                    seat: small(row.try_get(5)?)?,
                },
                minutes: small(row.try_get(6)?)?,
                place: row.try_get(8)?,
                zone: region::zone(&regency),
                reminder: row.try_get::<Option<i64>, _>(7)?.map(NoticeId::from_i64),
                since: Timestamp::from_millis(row.try_get(10)?),
                stranded: row.try_get::<Option<i64>, _>(11)?.map(Timestamp::from_millis),
            });
        }
    });
    Ok(booked)
}

/// Doses for which people were checked in lately.
async fn read_attended(
    tx: &mut Tx,
    persons: &[NikIndex],
    now: Timestamp,
) -> Result<BTreeMap<NikIndex, Vec<u8>>, StoreError> {
    let mut attended: BTreeMap<NikIndex, Vec<u8>> = BTreeMap::new();
    if persons.is_empty() {
        return Ok(attended);
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "select nik_index, dose from appointment where state = 'attended' and changed_at > ",
        );
        sql.push_bind(now.minus(RECORDED_WITHIN).millis()).push(" and nik_index in (");
        push_keys(&mut sql, persons, |person| person.as_bytes().to_vec());
        sql.push(")");
        for row in sql.build().fetch_all(&mut **tx).await? {
            let person = NikIndex::from_bytes(octets(row.try_get(0)?, "appointment")?);
            attended.entry(person).or_default().push(small(row.try_get(1)?)?);
        }
    });
    Ok(attended)
}

/// Where people live, as they said when they registered.
async fn read_homes(
    tx: &mut Tx,
    persons: &[NikIndex],
) -> Result<BTreeMap<NikIndex, String>, StoreError> {
    let mut homes = BTreeMap::new();
    if persons.is_empty() {
        return Ok(homes);
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new(
            "select person.nik_index, coalesce(registration.regency, person.regency) from person \
             left join registration on registration.nik_index = person.nik_index \
             and registration.standing = 'registered' where person.nik_index in (",
        );
        push_keys(&mut sql, persons, |person| person.as_bytes().to_vec());
        sql.push(")");
        for row in sql.build().fetch_all(&mut **tx).await? {
            let person = NikIndex::from_bytes(octets(row.try_get(0)?, "registration")?);
            if let Some(regency) = row.try_get::<Option<String>, _>(1)? {
                homes.insert(person, regency);
            }
        }
    });
    Ok(homes)
}

/// How many seats of each slot are somebody's.
async fn read_taken(
    tx: &mut Tx,
    spans: &BTreeMap<&FacilityCode, Between>,
    now: Timestamp,
) -> Result<BTreeMap<FacilityCode, BTreeMap<Timestamp, u16>>, StoreError> {
    let mut taken: BTreeMap<FacilityCode, BTreeMap<Timestamp, u16>> = BTreeMap::new();
    let spans: Vec<_> = spans.iter().collect();
    if spans.is_empty() {
        return Ok(taken);
    }
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new("with asked (facility, first, last) as (");
        sql.push_values(padded_rows(&spans), |mut row, span| {
            row.push_bind(span.map(|(code, _)| code.as_str().to_owned()))
                .push_bind(span.map(|(_, (from, _))| from.millis()))
                .push_bind(span.map(|(_, (_, to))| to.millis()));
        });
        sql.push(
            ") select seat.facility, seat.start, count(*) from asked \
             join seat on seat.facility = asked.facility and seat.start >= asked.first \
             and seat.start < asked.last where seat.until > ",
        );
        sql.push_bind(now.millis()).push(" group by seat.facility, seat.start");
        for row in sql.build().fetch_all(&mut **tx).await? {
            let code: String = row.try_get(0)?;
            let start = Timestamp::from_millis(row.try_get(1)?);
            taken.entry(read_code(&code)?).or_default().insert(start, small(row.try_get(2)?)?);
        }
    });
    Ok(taken)
}

fn read_code(text: &str) -> Result<FacilityCode, StoreError> {
    FacilityCode::parse(text).map_err(|_| StoreError::Unreadable("facility"))
}

fn small<T: TryFrom<i64>>(number: i64) -> Result<T, StoreError> {
    T::try_from(number).map_err(|_| StoreError::Unreadable("seat"))
}
