//! What ends by its age and is told in the transaction that ends it: a long text of which not every part came,
//! and a place in a line where somebody has waited as long as anybody may. For the sweeps of a gateway, and
//! for staff who do not wait for them. Who runs it, and when, is not known here.

use std::{sync::Arc, time::Duration};

use super::letters::{Letter, own_first, rand_of};
use crate::{
    clock::{Timestamp, Zone},
    config::Config,
    menu::model::{INCOMPLETE, Menu},
    outbox::{Class, Lane, Notice, NoticeId, Over, policy::Hours, route::Routes},
    service::appointment::{LINE_LONG_TEXT, told_line_over},
    store::{CommitError, Store, StoreError},
    vault::SubscriberKey,
};

/// Ends things, and tells whose they were. Cheap to clone.
#[derive(Clone)]
pub struct Ends {
    store: Store,
    routes: Arc<Routes>,
    hours: Hours,
    zone: Zone,
    parts_for: Duration,
    wait_for: Duration,
}

impl Ends {
    /// As it is configured.
    pub fn new(store: Store, config: &Config) -> Self {
        Self {
            store,
            routes: Arc::new(config.routes()),
            hours: config.outbox.hours(),
            zone: config.menu.zone.into(),
            parts_for: config.ages().parts_for,
            wait_for: config.appointments.wait_for(),
        }
    }

    /// Forgets the next parts of texts that were waited for too long, at most `limit` texts, tells who wrote
    /// them, and says how many rows went.
    ///
    /// # Errors
    /// [`StoreError`]: what nobody was told of is still there.
    pub async fn parts(
        &self,
        menus: &[&Menu],
        now: Timestamp,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let mut batch = self.store.begin().await?;
        let (rows, wrote) = batch.forget_parts(now, self.parts_for, limit).await?;
        if rows == 0 {
            batch.rollback().await?;
            return Ok(0);
        }
        let keys: Vec<SubscriberKey> = wrote.iter().map(|(key, _)| *key).collect();
        let phones = batch.phones(&keys).await?;
        let notices = (0..).zip(&wrote).filter_map(|(nth, (key, phone))| {
            let language = phones.get(key).and_then(|(_, language)| language.as_ref());
            let menu = menus.first()?;
            let text = menu.word(INCOMPLETE.name, menu.language(language), "");
            // Whoever wrote to us is reached by somebody.
            let route = match self.routes.of(phone) {
                "" => self.routes.any()?,
                route => route,
            };
            let lane = Lane { class: Class::Reply, zone: self.zone };
            let id = NoticeId::draw(now, rand_of(key, now)).after(nth);
            let notice = Notice::at_once(id, phone.clone().into(), route, lane, text, now);
            // It goes back as the text came.
            Some(Notice { over: Over::Route, ..notice })
        });
        let notices: Vec<Notice> = notices.collect();
        ended(rows, batch.commit_notices(&notices).await)
    }

    /// Takes the next people out of lines who wait for too long, tells them at a decent hour, and says how many
    /// they were.
    ///
    /// # Errors
    /// [`StoreError`]: who was not told still waits.
    pub async fn lines(
        &self,
        menus: &[&Menu],
        now: Timestamp,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let mut batch = self.store.begin().await?;
        let out = batch.waited_out(now.minus(self.wait_for), limit).await?;
        if out.is_empty() {
            batch.rollback().await?;
            return Ok(0);
        }
        let keys: Vec<SubscriberKey> = out.iter().map(|(who, _)| who.by).collect();
        let phones = batch.phones(&keys).await?;
        let notices = (0..).zip(&out).filter_map(|(nth, (who, place))| {
            let (phone, language) = phones.get(&who.by)?;
            let language = language.as_ref().map(|of| of.as_str());
            let (text, values) = (LINE_LONG_TEXT.name, &told_line_over(place));
            let letter = Letter { phone, language, text, values, over: Over::Any };
            let id = NoticeId::draw(now, rand_of(&who.by, now)).after(nth);
            let menus = own_first(&who.service, menus);
            let notice = letter.notice(&menus, &self.routes, who.lane.zone, (id, now))?;
            let due = self.hours.decent(who.lane.zone, now);
            let expires = notice.expires.max(due.plus(Class::Reply.good_for()));
            Some(Notice { lane: who.lane, due, expires, ..notice })
        });
        let notices: Vec<Notice> = notices.collect();
        ended(out.len() as u64, batch.commit_notices(&notices).await)
    }
}

fn ended(rows: u64, stored: Result<(), CommitError>) -> Result<u64, StoreError> {
    match stored {
        Ok(()) => Ok(rows),
        // Somebody changes one of them: the next time sees what is left.
        Err(CommitError::Conflict) => Ok(0),
        Err(CommitError::Unavailable(error)) => Err(error),
    }
}
