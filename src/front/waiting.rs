//! What came free at places, offered to those who wait there; and word to those whose place lets them down.
//! Both are looked for in what is stored, whoever caused it: a ticket that was given back, a hold whose
//! time is over, a higher quota, a day that can be booked since midnight. So nothing has to be told to
//! this room, and nothing is lost with a process. Who runs it, and when, is not known here.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::{ToSpan, civil::Time};

use crate::{
    clock::{self, Timestamp, Zone},
    config::Config,
    engine::Engine,
    front::ends::Ends,
    menu::model::Menu,
    outbox::{Class, Lane, Notice, NoticeId, policy::Hours},
    service::{
        appointment::{
            AppointmentRules, Between, CALLED_OFF_TEXT, GOOD_AGAIN_TEXT, InLine, LET_DOWN_TEXT,
            LINE_MISSED_TEXT, LINE_OVER_TEXT, OFFER_TEXT, RECORDED_TEXT, REMINDER_TEXT, assign,
            remind_at, told_line_over, told_offer, told_ticket,
        },
        facility::{FacilityCode, Slot},
        outside::Source,
        record::Need,
    },
    store::{
        Batch, CommitError, LineBounds, News, OpenLine, SeatFigures, Spoken, StoreError, ToTell,
        Waited,
    },
    telemetry::Metrics,
    vault::SubscriberKey,
};

/// Places of a piece of a round, so that seats are counted at no more of them in a second.
const PLACES: u32 = 16;

/// The name of this work among what one node does for all.
const WORK: &str = "waiting";

/// A node that does not say for so long that it still does it leaves it to another.
const OURS_FOR: Duration = Duration::from_secs(5);

/// Seats of a place that are offered at once, so that no round keeps turns waiting.
const AT_ONCE: usize = 64;

/// People who are told at once that their place cannot take them.
const TOLD_AT_ONCE: u32 = 100;

/// A place where nothing seems to have changed is looked at again after that.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// Places where nothing was found, with their marks and since when.
type Nothing = HashMap<FacilityCode, ([i64; 3], Timestamp)>;

/// How far a round is.
#[derive(Default)]
struct Looked {
    /// The last place that was looked at; none at the beginning.
    after: Option<FacilityCode>,
    /// What the round before found nothing at.
    before: Nothing,
    /// The same of this one.
    seen: Nothing,
}

/// Whether a round is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// It goes on behind the last place.
    GoesOn,
    /// Every place was looked at.
    Over,
}

/// What a look at a place came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Something,
    Nothing,
}

/// Who is told, over which service, and in which queue.
struct Reader<'a> {
    by: SubscriberKey,
    service: &'a str,
    lane: Lane,
}

/// Offers seats and tells people. Cheap to clone.
#[derive(Clone)]
pub struct Waiting {
    engine: Engine,
    metrics: Arc<Metrics>,
    rules: AppointmentRules,
    hours: Hours,
    ends: Ends,
    source: Source,
    looked: Arc<Mutex<Looked>>,
}

impl Waiting {
    /// What an engine has of it, as it is configured.
    pub fn new(engine: Engine, metrics: Arc<Metrics>, config: &Config) -> Self {
        let (rules, hours) = (config.appointments.clone(), config.outbox.hours());
        let (source, ends) = (config.record.source(), Ends::new(engine.store().clone(), config));
        Self { engine, metrics, rules, hours, ends, source, looked: Arc::default() }
    }

    /// Whether the lines are this node's to go through now. Another does for all as long as it says so.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn is_ours(&self, node: &str) -> Result<bool, StoreError> {
        let now = clock::now();
        self.engine.store().take_duty(WORK, node, now, now.plus(OURS_FOR)).await
    }

    /// Leaves them to another node at once.
    ///
    /// # Errors
    /// [`StoreError`]: it takes them over a little later.
    pub async fn leave(&self, node: &str) -> Result<(), StoreError> {
        self.engine.store().leave_duty(WORK, node).await
    }

    /// Counts seats, people in lines and tickets for the metrics.
    ///
    /// # Errors
    /// [`StoreError`]: the figures of before stay.
    pub async fn count(&self) -> Result<(), StoreError> {
        self.metrics.seats(self.engine.store().seat_figures(clock::now()).await?);
        Ok(())
    }

    /// Another node counts: what this one knew is old.
    pub fn forget_figures(&self) {
        self.metrics.seats(SeatFigures::default());
    }

    /// A whole round over every place at which somebody waits.
    ///
    /// # Errors
    /// [`StoreError`]: what was offered stays.
    pub async fn round(&self) -> Result<(), StoreError> {
        while self.step().await? == Round::GoesOn {}
        Ok(())
    }

    /// The next piece of a round.
    ///
    /// # Errors
    /// [`StoreError`]: what was offered stays.
    pub async fn step(&self) -> Result<Round, StoreError> {
        let mut looked = std::mem::take(&mut *self.looked());
        let stepped = self.step_on(&mut looked).await;
        *self.looked() = looked;
        stepped
    }

    async fn step_on(&self, looked: &mut Looked) -> Result<Round, StoreError> {
        let now = clock::now();
        let places = self.engine.store().waited_for(looked.after.as_ref(), now, PLACES).await?;
        let last = places.last().map(|place| place.code.clone());
        // A place that cannot be looked at does not keep the others from their turn.
        looked.after = last.filter(|_| places.len() >= PLACES as usize);
        for Waited { code, mark } in places {
            let before = looked.before.get(&code).copied().filter(|before| before.0 == mark);
            if let Some(before) = before.filter(|(_, at)| now.since(*at) < LOOK_AGAIN) {
                looked.seen.insert(code, before);
                continue;
            }
            match self.offer(&code, now).await {
                Ok(Found::Nothing) => {
                    looked.seen.insert(code, (mark, now));
                }
                // The line moved: the next round sees it as it is then.
                Ok(Found::Something) | Err(CommitError::Conflict) => {}
                Err(CommitError::Unavailable(error)) => return Err(error),
            }
        }
        if looked.after.is_some() {
            return Ok(Round::GoesOn);
        }
        looked.before = std::mem::take(&mut looked.seen);
        Ok(Round::Over)
    }

    fn looked(&self) -> MutexGuard<'_, Looked> {
        self.looked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Offers what is free at a place to those at the head of its line.
    async fn offer(&self, code: &FacilityCode, now: Timestamp) -> Result<Found, CommitError> {
        let bounds = LineBounds { offers: self.rules.offers, limit: self.rules.line_length.into() };
        let mut batch = self.engine.store().begin().await?;
        let open = batch.open_line(code, self.window(now), now, bounds).await?;
        let Some(OpenLine { place, waiting, taken, lapsed, out }) = open else {
            batch.rollback().await?;
            return Ok(Found::Nothing);
        };
        if place.closed_from.is_some_and(|from| from <= now.date(place.zone())) {
            // Also whoever would be told that too many offers were missed.
            let all: Vec<&InLine> = waiting.iter().take(AT_ONCE).collect();
            batch.end_waiting(&all).await?;
            let all: Vec<&InLine> = all.into_iter().chain(&out).collect();
            return self.end_line(batch, &place.name, &all, lapsed, now).await;
        }
        let suits = assign(&place, &waiting, &taken, now, self.rules.days);
        // Nobody is woken for a seat. It is theirs all the same, and they hear of it in the morning.
        let decent = |zone: Zone| self.hours.decent(zone, now) == now;
        let to = suits.into_iter().filter_map(|(at, slot)| Some((waiting.get(at)?, slot)));
        let to: Vec<_> = to.filter(|(who, _)| decent(who.lane.zone)).take(AT_ONCE).collect();
        if to.is_empty() && lapsed == 0 {
            batch.rollback().await?;
            return Ok(Found::Nothing);
        }
        let (to, gone) = self.still_waiting(&mut batch, to, now).await?;
        batch.end_waiting(&gone).await?;
        let offers = batch.offer(&place, &to, now, self.rules.offer_for()).await?;
        let keys = to.iter().map(|(who, _)| who.by).chain(out.iter().map(|who| who.by));
        let phones = batch.phones(&keys.collect::<Vec<_>>()).await?;
        let out = out.iter().map(|who| (who, place.name.as_str()));
        let mut notices = self.told_out(LINE_MISSED_TEXT.name, out, &phones, now);
        for (at, offer) in &offers {
            let Some((who, slot)) = to.get(*at) else { continue };
            let given = told_offer(&place.name, place.zone(), slot.minutes, offer);
            let reader = Reader { by: who.by, service: &who.service, lane: who.lane };
            let notice = self.notice(&reader, OFFER_TEXT.name, &given, &phones, now);
            notices.extend(notice.map(|notice| Notice { expires: offer.until, ..notice }));
        }
        let offered = offers.len() as u64;
        batch.commit_notices(&notices).await?;
        self.metrics.offered(offered, lapsed);
        self.engine.wake().ring();
        Ok(Found::Something)
    }

    /// A place that is closed for good: these do not wait there any more, and are told.
    async fn end_line(
        &self,
        mut batch: Batch,
        place: &str,
        gone: &[&InLine],
        lapsed: u64,
        now: Timestamp,
    ) -> Result<Found, CommitError> {
        let keys: Vec<SubscriberKey> = gone.iter().map(|who| who.by).collect();
        let phones = batch.phones(&keys).await?;
        let all = gone.iter().map(|who| (*who, place));
        batch.commit_notices(&self.told_out(LINE_OVER_TEXT.name, all, &phones, now)).await?;
        self.metrics.offered(0, lapsed);
        self.engine.wake().ring();
        Ok(Found::Something)
    }

    /// Whoever has waited as long as anybody may waits no longer, and is told.
    ///
    /// # Errors
    /// [`StoreError`]: who was not told still waits.
    pub async fn end_long_waits(&self) -> Result<(), StoreError> {
        let shelf = self.engine.shelf();
        let menus: Vec<&Menu> = shelf.current().iter().map(|service| &service.menu).collect();
        while self.ends.lines(&menus, clock::now(), TOLD_AT_ONCE).await? > 0 {
            self.engine.wake().ring();
        }
        Ok(())
    }

    /// What those hear who wait at a place no longer, at a decent hour.
    fn told_out<'l>(
        &self,
        text: &'static str,
        out: impl Iterator<Item = (&'l InLine, &'l str)>,
        phones: &BTreeMap<SubscriberKey, Spoken>,
        now: Timestamp,
    ) -> Vec<Notice> {
        let notices = out.filter_map(|(who, place)| {
            let reader = Reader { by: who.by, service: &who.service, lane: who.lane };
            self.notice(&reader, text, &told_line_over(place), phones, now)
        });
        notices.map(|notice| self.decent(notice)).collect()
    }

    /// Tells people whom their place cannot take, and whom it can after all; and whose ticket ended for another
    /// reason.
    ///
    /// # Errors
    /// [`StoreError`]: nobody counts as told who was not.
    pub async fn tell(&self) -> Result<(), StoreError> {
        while !self.engine.store().nobody_untold().await? {
            let mut told = false;
            for news in News::ALL {
                told |= self.tell_some(news).await?;
            }
            // Another node has them.
            if !told {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Whether there was anybody to tell.
    async fn tell_some(&self, news: News) -> Result<bool, StoreError> {
        let now = clock::now();
        let mut batch = self.engine.store().begin().await?;
        let Some(people) = batch.untold(news, now, TOLD_AT_ONCE).await? else {
            batch.rollback().await?;
            return Ok(false);
        };
        let keys: Vec<SubscriberKey> = people.iter().map(|of| of.by).collect();
        let phones = batch.phones(&keys).await?;
        let shelf = self.engine.shelf();
        let mut services = shelf.current().iter();
        let speaks = services.find(|of| of.menu.notice(LET_DOWN_TEXT.name).is_some());
        let service = speaks.map_or("", |of| of.menu.service());
        let mut notices = Vec::new();
        for of in &people {
            let word = self.of_ticket(service, news, of, &phones, now);
            let reminder = match news {
                News::LetDown | News::Recorded | News::CalledOff => None,
                News::GoodAgain => self.reminder(service, of, &phones, now),
            };
            if let Some(last) = reminder.as_ref().or(word.as_ref()) {
                batch.take_back_later(of, last.id).await?;
            }
            notices.extend(word.into_iter().chain(reminder));
        }
        match batch.commit_notices(&notices).await {
            Ok(()) => {
                self.engine.wake().ring();
                Ok(true)
            }
            // Somebody changes one of those tickets: the next round sees what is left.
            Err(CommitError::Conflict) => Ok(false),
            Err(CommitError::Unavailable(error)) => Err(error),
        }
    }

    fn of_ticket(
        &self,
        service: &str,
        news: News,
        of: &ToTell,
        phones: &BTreeMap<SubscriberKey, Spoken>,
        now: Timestamp,
    ) -> Option<Notice> {
        let text = match news {
            News::LetDown => LET_DOWN_TEXT.name,
            News::GoodAgain => GOOD_AGAIN_TEXT.name,
            News::Recorded => RECORDED_TEXT.name,
            News::CalledOff => CALLED_OFF_TEXT.name,
        };
        let lane = Lane { class: Class::Reply, zone: of.zone };
        let reader = Reader { by: of.by, service, lane };
        let given = told_ticket(&of.number, &of.place, (of.start, of.minutes, of.zone));
        let notice = self.notice(&reader, text, &given, phones, now)?;
        // Whoever is to leave home early in the morning hears of it at night.
        let due = self.hours.in_time(of.zone, now, of.start);
        let expires = of.start.max(due.plus(Class::Reply.good_for()));
        Some(Notice { due, expires, ..notice })
    }

    /// The day before, as if they had booked just now.
    fn reminder(
        &self,
        service: &str,
        of: &ToTell,
        phones: &BTreeMap<SubscriberKey, Spoken>,
        now: Timestamp,
    ) -> Option<Notice> {
        let due = remind_at(&self.rules, now, of.zone, of.start)?;
        let lane = Lane { class: Class::Reminder, zone: of.zone };
        let reader = Reader { by: of.by, service, lane };
        let given = told_ticket(&of.number, &of.place, (of.start, of.minutes, of.zone));
        let notice = self.notice(&reader, REMINDER_TEXT.name, &given, phones, now)?;
        Some(Notice { due, expires: of.start, ..notice })
    }

    /// At a decent hour of its reader.
    fn decent(&self, notice: Notice) -> Notice {
        let due = self.hours.decent(notice.lane.zone, notice.due);
        let expires = notice.expires.max(due.plus(Class::Reply.good_for()));
        Notice { due, expires, ..notice }
    }

    /// Those to whom an offer is still of use, and the others.
    async fn still_waiting<'l>(
        &self,
        batch: &mut Batch,
        to: Vec<(&'l InLine, Slot)>,
        now: Timestamp,
    ) -> Result<(Vec<(&'l InLine, Slot)>, Vec<&'l InLine>), StoreError> {
        let need = |who: &InLine| Need {
            person: Some(who.person),
            fetched: (self.source == Source::Outside).then_some(who.person),
            people: Some(who.by),
            ..Need::default()
        };
        let needs: Vec<Need> = to.iter().map(|(who, _)| need(who)).collect();
        let facts = batch.facts(&needs).await?;
        let shelf = self.engine.shelf();
        let (mut stay, mut gone) = (Vec::new(), Vec::new());
        for ((who, slot), facts) in to.into_iter().zip(facts) {
            let service = shelf.service(&who.service).unwrap_or_else(|| shelf.first());
            match who.stands(&service.desk, &facts, now.date(self.engine.zone())) {
                true => stay.push((who, slot)),
                false => gone.push(who),
            }
        }
        Ok((stay, gone))
    }

    /// From today to the last day that somebody in line may book.
    fn window(&self, now: Timestamp) -> Between {
        let days = i64::from(self.rules.ahead_days) + i64::from(self.rules.days) + 2;
        let today = now.date(Zone::Wib);
        let midnight =
            |day: jiff::civil::Date| Timestamp::at(day.to_datetime(Time::midnight()), Zone::Wib);
        (midnight(today), midnight(today.saturating_add(days.days())))
    }

    /// A text of the menu. A phone that no operator carries gets none, and sees it in the menu.
    fn notice(
        &self,
        to: &Reader<'_>,
        text: &'static str,
        given: &[(&'static str, String)],
        phones: &BTreeMap<SubscriberKey, Spoken>,
        now: Timestamp,
    ) -> Option<Notice> {
        let (phone, language) = phones.get(&to.by)?;
        let shelf = self.engine.shelf();
        let menu = &shelf.service(to.service).unwrap_or_else(|| shelf.first()).menu;
        let route = self.engine.route(phone);
        if route.is_empty() {
            tracing::warn!(text, "no operator carries SMS to a phone");
            return None;
        }
        let code = self.engine.short_code(route);
        let value = |name: &str| {
            let given =
                || given.iter().find(|(of, _)| *of == name).map(|(_, value)| value.as_str());
            if name == "code" { Some(code) } else { given() }
        };
        let words = menu.write(menu.notice(text)?, menu.language(language.as_ref()), value);
        let id = NoticeId::draw(now, self.engine.draw());
        Some(Notice::at_once(id, phone.clone().into(), route, to.lane, words, now))
    }
}

/// How often a round is made: nobody waits longer for a seat that is free.
pub const EVERY: Duration = Duration::from_secs(1);
