//! Exposure notices as an app's back end orders them: tokens are bound, a case is asked, and what it has
//! said yes to is taken and told, in one transaction.
//!
//! **Architecture Invariant:** of an upload nothing is kept but who was told of which day. Neither a log
//! line nor an answer says which phone a token is.

use std::{collections::BTreeSet, sync::Arc};

use jiff::civil::Date;
use thiserror::Error;

use crate::{
    clock::{self, Timestamp},
    config::{Config, Exposure},
    engine::{Engine, Shelf},
    front::{
        letters::Letter,
        push::{Push, Pushes},
    },
    identity::{Msisdn, region},
    menu::model::Menu,
    outbox::{Notice, NoticeId, Over, policy::Hours, route::Routes},
    service::{
        audit::StaffName,
        exposure::{
            ASK_SCREEN, ASK_TEXT, CONTACT_NEAR_TEXT, CONTACT_TEXT, CaseFacts, CaseId, Consent,
            Contact, ContactToken, DayError, told,
        },
    },
    store::{
        Batch, Binding, CommitError, Holder, NewCase, NotTaken, Opened, StaffWrite, StoreError,
        TokensBound, Upload, Uploaded,
    },
    telemetry::Metrics,
};

/// How often an order is tried while others are faster.
const TRIES: u32 = 4;

/// How long word of a contact is of use: people are away, and phones are off.
const GOOD_FOR: std::time::Duration = std::time::Duration::from_secs(72 * 3600);

/// Tokens that are bound at once, at most.
pub const MOST_BOUND: usize = 1000;

/// What exposure notices are made with. Cheap to clone.
#[derive(Clone)]
pub struct Exposures {
    engine: Engine,
    pushes: Pushes,
    metrics: Arc<Metrics>,
    settings: Arc<Exposure>,
    routes: Arc<Routes>,
    hours: Hours,
}

/// Why an order is not carried out. Nothing is changed.
#[derive(Debug, Error)]
pub enum ExposureError {
    /// More tokens than can be bound at once, or than a phone may have.
    #[error("there are too many tokens, in all or of one phone")]
    TooManyTokens,
    /// A token is another phone's.
    #[error("a token is bound to another phone")]
    TokenTaken,
    /// A day is not one of the last ones.
    #[error(transparent)]
    Day(#[from] DayError),
    /// Another case has this name.
    #[error("another case has this name")]
    CaseTaken,
    /// There are too many contacts.
    #[error("there are too many contacts")]
    TooManyContacts,
    /// The upload is not taken.
    #[error("{}", describe(*.0))]
    NotTaken(NotTaken),
    /// Nobody can be asked there.
    #[error("no operator of the configuration carries SMS to that phone")]
    NoRoute,
    /// The menus have changed since the start.
    #[error("no menu has the text `{0}` any more")]
    NoText(&'static str),
    /// Others were faster, again and again.
    #[error("somebody else changed it at the same moment; try again")]
    Conflict,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn describe(not: NotTaken) -> &'static str {
    match not {
        NotTaken::NoCase => "there is no such case",
        NotTaken::Unanswered => "the case has not answered yet",
        NotTaken::Refused => "the case has said no",
        NotTaken::Expired => "the case never answered, or its yes stands no longer",
        NotTaken::Other => "something else was uploaded for this case",
        NotTaken::Unknown => "a token is bound to no phone",
    }
}

impl ExposureError {
    /// The word for it, in metrics and answers.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::TooManyTokens => "too_many_tokens",
            Self::TokenTaken => "token_taken",
            Self::Day(DayError::ToCome) => "day_to_come",
            Self::Day(DayError::TooOld) => "day_too_old",
            Self::CaseTaken => "case_taken",
            Self::TooManyContacts => "too_many_contacts",
            Self::NotTaken(NotTaken::NoCase) => "no_case",
            Self::NotTaken(NotTaken::Unanswered) => "no_consent",
            Self::NotTaken(NotTaken::Refused) => "refused",
            Self::NotTaken(NotTaken::Expired) => "expired",
            Self::NotTaken(NotTaken::Other) => "other_upload",
            Self::NotTaken(NotTaken::Unknown) => "unknown_token",
            Self::NoRoute => "no_route",
            Self::NoText(_) => "no_text",
            Self::Conflict => "conflict",
            Self::Store(_) => "unavailable",
        }
    }
}

impl From<CommitError> for ExposureError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Conflict => Self::Conflict,
            CommitError::Unavailable(error) => error.into(),
        }
    }
}

/// What came of opening a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseOpened {
    /// How it stands.
    pub case: CaseFacts,
    /// Whether it is new, and its phone is asked now.
    pub opened: Opened,
    /// What came of the push to its screen, if there was one.
    pub push: Option<&'static str>,
}

/// The texts without which nobody can be asked or told.
const TEXTS: [&str; 3] = [ASK_TEXT.name, CONTACT_TEXT.name, CONTACT_NEAR_TEXT.name];

/// The first text of exposure notices that no menu has.
pub fn without_text(shelf: &Shelf) -> Option<&'static str> {
    let menus = menus(shelf);
    TEXTS.into_iter().find(|text| !menus.iter().any(|menu| menu.notice(text).is_some()))
}

/// What came of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It is taken, and whoever has to know is told.
    Now,
    /// It was taken before.
    Before,
}

impl Exposures {
    /// Those of a configuration.
    pub fn new(engine: Engine, pushes: Pushes, metrics: Arc<Metrics>, config: &Config) -> Self {
        let settings = Arc::new(config.exposure.clone());
        let (routes, hours) = (Arc::new(config.routes()), config.outbox.hours());
        Self { engine, pushes, metrics, settings, routes, hours }
    }

    /// Binds tokens to phones, all of them or none.
    ///
    /// # Errors
    /// See [`ExposureError`].
    pub async fn bind(&self, tokens: &[(ContactToken, Msisdn)]) -> Result<(), ExposureError> {
        if tokens.len() > MOST_BOUND {
            return Err(ExposureError::TooManyTokens);
        }
        let vault = self.engine.vault();
        let bind = |(token, phone): &(ContactToken, Msisdn)| Binding {
            token: vault.token_key(token.as_bytes()),
            phone: phone.clone(),
        };
        let bindings: Vec<Binding> = tokens.iter().map(bind).collect();
        let now = clock::now();
        let until = now.plus(self.settings.token_for());
        let most = self.settings.tokens_per_phone;
        match self.engine.store().bind_tokens(&bindings, now, until, most).await? {
            TokensBound::All => Ok(()),
            TokensBound::Taken => Err(ExposureError::TokenTaken),
            TokensBound::TooMany => Err(ExposureError::TooManyTokens),
        }
    }

    /// Opens a case and asks its phone. Once more it is the same case, and nobody is asked again.
    ///
    /// # Errors
    /// See [`ExposureError`].
    pub async fn open(
        &self,
        id: &CaseId,
        phone: &Msisdn,
        tested_on: Date,
    ) -> Result<CaseOpened, ExposureError> {
        let (at, rules) = (clock::now(), self.settings.rules());
        Contact::judge(tested_on, at, rules.contact_days)?;
        let (key, zone) = (self.engine.vault().subscriber_key(phone), self.engine.zone());
        let until = rules.consent_until(at);
        let case = NewCase {
            id: id.clone(),
            phone: key,
            tested_on,
            at,
            until,
            keep_until: rules.case_forgotten(tested_on, until, zone),
        };
        let mut opened = Err(ExposureError::Conflict);
        for _ in 0..TRIES {
            opened = self.try_open(&case, phone).await;
            if !matches!(opened, Err(ExposureError::Conflict)) {
                break;
            }
        }
        let opened = opened?;
        if opened == Opened::Other {
            return Err(ExposureError::CaseTaken);
        }
        // The same order may come again at any time, and the phone is asked once.
        let push = match opened {
            Opened::Fresh => self.push(id, phone, at).await,
            Opened::Again | Opened::Other => None,
        };
        let stands = self.engine.store().exposure_case(id).await?;
        let asked = CaseFacts { id: id.clone(), tested_on, consent: Consent::Asked, until };
        Ok(CaseOpened { case: stands.unwrap_or(asked), opened, push })
    }

    async fn try_open(&self, case: &NewCase, phone: &Msisdn) -> Result<Opened, ExposureError> {
        let mut batch = self.engine.store().begin().await?;
        let opened = batch.open_case(case).await?;
        if opened != Opened::Fresh {
            return Ok(opened);
        }
        let language = batch.language_of(case.phone).await?;
        let shelf = self.engine.shelf();
        can_write(&shelf)?;
        let letter = Letter {
            phone,
            language: language.as_deref(),
            text: ASK_TEXT.name,
            values: &[],
            over: Over::Any,
        };
        let id = NoticeId::draw(case.at, self.engine.draw());
        let zone = self.engine.zone();
        let notice = letter.notice(&menus(&shelf), &self.routes, zone, (id, case.at));
        let notice = notice.ok_or(ExposureError::NoRoute)?;
        let due = self.hours.decent(zone, case.at);
        let notice = Notice { due, expires: case.until, ..notice };
        self.commit(batch, vec![notice], case.at).await?;
        Ok(opened)
    }

    /// Asks a case on the screen of its phone, if that is wanted, at a decent hour. The network may not let
    /// us; the text that was sent stands.
    async fn push(&self, id: &CaseId, phone: &Msisdn, at: Timestamp) -> Option<&'static str> {
        let decent = self.hours.decent(self.engine.zone(), at) == at;
        if !self.settings.push || !decent {
            return None;
        }
        let shelf = self.engine.shelf();
        let mut services = shelf.current().iter();
        let service = services.find(|service| service.menu.pushed(ASK_SCREEN).is_some())?;
        let push = Push {
            to: phone.clone(),
            operator: self.routes.of(phone).to_owned(),
            service: service.menu.service().to_owned(),
            screen: ASK_SCREEN.to_owned(),
            once: Some(format!("exposure {}", id.as_str())),
        };
        Some(match self.pushes.push(push).await {
            Ok(came) => came.as_str(),
            Err(error) => {
                tracing::warn!(%error, "a case was not asked on its screen");
                "failed"
            }
        })
    }

    /// How a case stands.
    ///
    /// # Errors
    /// [`NotTaken::NoCase`], [`ExposureError::Store`].
    pub async fn case(&self, id: &CaseId) -> Result<CaseFacts, ExposureError> {
        let case = self.engine.store().exposure_case(id).await?;
        case.ok_or(ExposureError::NotTaken(NotTaken::NoCase))
    }

    /// Takes the contacts of a case that has said yes, and tells whoever has to know: each phone once of
    /// each day, whoever names it and however often.
    ///
    /// # Errors
    /// See [`ExposureError`].
    pub async fn upload(&self, id: &CaseId, contacts: &[Contact]) -> Result<Told, ExposureError> {
        if contacts.len() > self.settings.contacts_per_upload {
            return Err(ExposureError::TooManyContacts);
        }
        let (at, rules) = (clock::now(), self.settings.rules());
        for contact in contacts {
            Contact::judge(contact.day, at, rules.contact_days)?;
        }
        let vault = self.engine.vault();
        let digest = |contact: &Contact| (vault.token_key(contact.token.as_bytes()), contact.day);
        let contacts: BTreeSet<([u8; 16], Date)> = contacts.iter().map(digest).collect();
        let mut whole = id.as_str().as_bytes().to_vec();
        for (token, day) in &contacts {
            whole.extend_from_slice(token);
            whole.extend_from_slice(day.to_string().as_bytes());
        }
        let digest = vault.upload_key(&whole);
        for _ in 0..TRIES {
            let first = NoticeId::draw(at, self.engine.draw());
            let upload = Upload { case: id.clone(), contacts: contacts.clone(), digest, at, first };
            match self.try_upload(&upload).await {
                Err(ExposureError::Conflict) => {}
                done => return done,
            }
        }
        Err(ExposureError::Conflict)
    }

    async fn try_upload(&self, upload: &Upload) -> Result<Told, ExposureError> {
        let (rules, zone) = (self.settings.rules(), self.engine.zone());
        let mut batch = self.engine.store().begin().await?;
        let keep_until = |day: Date| rules.forgotten(day, zone);
        let holders = match batch.take_contacts(upload, keep_until).await? {
            Uploaded::Taken(holders) => holders,
            Uploaded::Again => return Ok(Told::Before),
            Uploaded::Not(why) => return Err(ExposureError::NotTaken(why)),
        };
        let shelf = self.engine.shelf();
        can_write(&shelf)?;
        let menus = menus(&shelf);
        let notice = |holder| self.notice(&menus, holder, upload.at, keep_until(holder.day));
        let notices: Vec<Notice> = holders.iter().filter_map(notice).collect();
        let (told, all) = (notices.len(), holders.len());
        self.commit(batch, notices, upload.at).await?;
        self.metrics.exposure().told(told as u64, (all - told) as u64);
        Ok(Told::Now)
    }

    /// What a phone is told, at a decent hour of its home.
    fn notice(
        &self,
        menus: &[&Menu],
        holder: &Holder,
        at: Timestamp,
        forgotten: Timestamp,
    ) -> Option<Notice> {
        let home = holder.home.as_deref().and_then(|regency| regency.get(..2));
        let zone = home.map_or(self.engine.zone(), region::zone);
        let (text, values) = told(holder.day, holder.place.as_ref());
        let letter = Letter {
            phone: &holder.phone,
            language: holder.language.as_deref(),
            text,
            values: &values,
            over: Over::Any,
        };
        let notice = letter.notice(menus, &self.routes, zone, (holder.notice, at))?;
        let due = self.hours.decent(zone, at);
        Some(Notice { due, expires: due.plus(GOOD_FOR).min(forgotten), ..notice })
    }

    async fn commit(
        &self,
        batch: Batch,
        notices: Vec<Notice>,
        at: Timestamp,
    ) -> Result<(), ExposureError> {
        let staff = StaffName::parse("sijejak").unwrap_or_else(|_| unreachable!("a good name"));
        let rings = !notices.is_empty();
        batch.commit_staff(&StaffWrite { staff, at, changes: Vec::new(), notices }).await?;
        if rings {
            self.engine.wake().ring();
        }
        Ok(())
    }
}

/// A menu that was put live since may lack a text: better nothing is taken than nobody told.
fn can_write(shelf: &Shelf) -> Result<(), ExposureError> {
    without_text(shelf).map_or(Ok(()), |text| Err(ExposureError::NoText(text)))
}

fn menus(shelf: &Shelf) -> Vec<&Menu> {
    shelf.current().iter().map(|service| &service.menu).collect()
}
