//! Tickets about registrations that have waited since before staff were given one for each, by a program that
//! had none. Once everything that waited when a node started was looked at there is nothing more to do: what
//! waits from then on has its ticket from the beginning. Who runs it, and when, is not known here.

use crate::{
    clock::Timestamp,
    engine::Engine,
    identity::birth,
    menu::{language::Language, model::Menu, state::Values},
    service::{
        Asking, Silence,
        inquiry::{Letter, VALID},
        outside::Source,
        record::{Change, DeskChange, Facts, Need},
        ticket::{Check, nobody, of_waiting},
    },
    store::{CommitError, Spoken, StoreError, Unchecked as Waits, WaitingPlace},
    vault::SubscriberKey,
};

/// Registrations that are looked at in one piece, so that no piece keeps turns waiting.
const AT_ONCE: u32 = 100;

/// How far a node has come.
#[derive(Debug, Clone, PartialEq)]
pub enum Walk {
    /// Behind that place; at the beginning without one.
    Behind(Option<WaitingPlace>),
    /// Everything was looked at.
    Over,
}

/// Opens the tickets. Cheap to clone.
#[derive(Clone)]
pub struct Unchecked {
    engine: Engine,
    source: Source,
    /// What waits since then has its ticket.
    started: Timestamp,
}

impl Unchecked {
    /// Those of an engine that starts now.
    pub fn new(engine: Engine, source: Source, started: Timestamp) -> Self {
        Self { engine, source, started }
    }

    /// Looks at the next piece: how many tickets were opened, and how far that is.
    ///
    /// # Errors
    /// [`StoreError`]: nothing of the piece was opened.
    pub async fn step(&self, walk: &Walk, now: Timestamp) -> Result<(u64, Walk), StoreError> {
        let Walk::Behind(behind) = walk else { return Ok((0, Walk::Over)) };
        let store = self.engine.store();
        let (numbers, last) = store.unchecked(behind.as_ref(), self.started, AT_ONCE).await?;
        let Some(last) = last else { return Ok((0, Walk::Over)) };
        let further = Walk::Behind(Some(last));
        if numbers.is_empty() {
            return Ok((0, further));
        }
        let mut batch = store.begin().await?;
        let all = batch.take_unchecked(&numbers).await?;
        let keys: Vec<SubscriberKey> = all.iter().map(|of| of.by).collect();
        let phones = batch.phones(&keys).await?;
        let needs: Vec<Need> = all.iter().map(|of| self.need(of)).collect();
        let facts = batch.facts(&needs).await?;
        let mut checks = Vec::with_capacity(all.len());
        for (of, facts) in all.iter().zip(&facts) {
            let changes = self.check(of, phones.get(&of.by), facts, now);
            checks.extend(changes.map(|changes| (of.by, changes)));
        }
        match batch.commit_checks(&nobody(), now, &checks).await {
            Ok(()) => Ok((checks.len() as u64, further)),
            // Somebody changes one of them, or a number was drawn twice: the next time sees what is left.
            Err(CommitError::Conflict) => Ok((0, walk.clone())),
            Err(CommitError::Unavailable(error)) => Err(error),
        }
    }

    fn need(&self, of: &Waits) -> Need {
        let fetched = (self.source == Source::Outside).then_some(of.person);
        Need { person: Some(of.person), fetched, tickets: Some(of.by), ..Need::default() }
    }

    /// The ticket, with all that was typed. What an officer registered is under a key that is no phone's: of
    /// that nobody knows any more whom to tell.
    fn check(
        &self,
        of: &Waits,
        phone: Option<&Spoken>,
        facts: &Facts,
        now: Timestamp,
    ) -> Option<Vec<DeskChange>> {
        let shelf = self.engine.shelf();
        let speaks = |menu: &Menu| menu.notice(VALID.name).is_some();
        let service = shelf.current().iter().find(|service| speaks(&service.menu))?;
        let mut values = Values::default();
        let birth = birth::show(of.birth);
        for (name, value) in [
            ("nik", of.nik.as_str()),
            ("name", of.name.as_str()),
            ("birth_date", &birth),
            ("regency", &of.regency),
            ("screening", &of.screening),
            ("consent", &of.consent),
        ] {
            values.keep(name, value);
        }
        let asking = Asking {
            values: &values,
            service: service.menu.service(),
            subscriber: of.by,
            silence: Silence::Short,
            now,
            today: now.date(self.engine.zone()),
            random: self.engine.draw(),
        };
        let (mut ticket, changes) = of_waiting(&service.desk, asking, facts, &of.number)?;
        if let Some((phone, language)) = phone {
            let language: &Language = service.menu.language(language.as_ref());
            let letter = Letter {
                nik: of.nik.as_str().to_owned(),
                phone: phone.as_str().to_owned(),
                chat: None,
                service: service.menu.service().to_owned(),
                call: VALID.call.to_owned(),
                language: language.clone(),
                values: values.clone(),
                behalf: None,
            };
            Check::ask(&mut ticket, &letter);
        }
        let desk = changes.into_iter().filter_map(|change| match change {
            Change::Desk(change) => Some(change),
            _ => None,
        });
        Some(desk.chain([DeskChange::Open(ticket)]).collect())
    }
}
