//! Registrations that nobody found good for so long that they will be deleted (`[retention.waiting]`): their
//! phones are told some days before, with the day. Who runs it, and when, is not known here.

use std::sync::Arc;

use crate::{
    clock::Timestamp,
    config::Config,
    engine::Engine,
    identity::{birth, region},
    menu::model::Menu,
    outbox::{Class, Notice, NoticeId, Over, policy::Hours, route::Routes},
    service::{
        inquiry::FORGOTTEN,
        retention::{self, Keep},
    },
    store::{CommitError, Spoken, StoreError, Unheard},
    vault::SubscriberKey,
};

use super::letters::Letter;

/// People who are told at once, so that no piece keeps turns waiting.
const AT_ONCE: u32 = 100;

/// Tells people. Cheap to clone.
#[derive(Clone)]
pub struct Forgotten {
    engine: Engine,
    keep: Option<Keep>,
    routes: Arc<Routes>,
    hours: Hours,
}

impl Forgotten {
    /// What an engine has of it, as it is configured.
    pub fn new(engine: Engine, config: &Config) -> Self {
        let keep = config.retention.get(&retention::Class::Waiting).cloned();
        let (routes, hours) = (Arc::new(config.routes()), config.outbox.hours());
        Self { engine, keep, routes, hours }
    }

    /// Tells everybody whose time has come, and says how many registrations that were.
    ///
    /// # Errors
    /// [`StoreError`]: nobody counts as told who was not.
    pub async fn tell(&self, now: Timestamp) -> Result<u64, StoreError> {
        let Some(keep) = &self.keep else { return Ok(0) };
        let mut told = 0;
        loop {
            let some = self.tell_some(keep, now).await?;
            told += u64::from(some);
            if some < AT_ONCE {
                return Ok(told);
            }
        }
    }

    async fn tell_some(&self, keep: &Keep, now: Timestamp) -> Result<u32, StoreError> {
        let mut batch = self.engine.store().begin().await?;
        let people = batch.tell_waiting(keep, now, AT_ONCE).await?;
        if people.is_empty() {
            batch.rollback().await?;
            return Ok(0);
        }
        let keys: Vec<SubscriberKey> = people.iter().map(|of| of.by).collect();
        let phones = batch.phones(&keys).await?;
        let shelf = self.engine.shelf();
        let menus: Vec<&Menu> = shelf.current().iter().map(|service| &service.menu).collect();
        let notices: Vec<Notice> = people
            .iter()
            .filter_map(|of| self.notice(&menus, of, phones.get(&of.by)?, keep, now))
            .collect();
        match batch.commit_notices(&notices).await {
            Ok(()) => {
                if !notices.is_empty() {
                    self.engine.wake().ring();
                }
                Ok(u32::try_from(people.len()).unwrap_or(AT_ONCE))
            }
            // Somebody changes one of them: the next time sees what is left.
            Err(CommitError::Conflict) => Ok(0),
            Err(CommitError::Unavailable(error)) => Err(error),
        }
    }

    /// At a decent hour of whoever registered.
    fn notice(
        &self,
        menus: &[&Menu],
        of: &Unheard,
        (phone, language): &Spoken,
        keep: &Keep,
        now: Timestamp,
    ) -> Option<Notice> {
        // The number may have been sold: whoever has it now never registered.
        if of.hidden {
            return None;
        }
        let zone = region::zone(&of.regency);
        let gone = keep.gone_at(of.at, now);
        let values = [
            ("number", of.number.to_string()),
            ("date", birth::show(gone.date(self.engine.zone()))),
        ];
        let language = language.as_ref().map(|of| of.as_str());
        let letter =
            Letter { phone, language, text: FORGOTTEN.name, values: &values, over: Over::Any };
        let id = NoticeId::draw(now, self.engine.draw());
        let notice = letter.notice(menus, &self.routes, zone, (id, now))?;
        let due = self.hours.decent(zone, now);
        let expires = gone.max(due.plus(Class::Reply.good_for()));
        Some(Notice { due, expires, ..notice })
    }
}
