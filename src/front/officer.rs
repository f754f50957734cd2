//! Officers as staff see and make them, whoever asks: the command or the admin pages. What is done is
//! stored with a row of the audit log; a code goes to the officer's phone and is shown to nobody.

use thiserror::Error;

use crate::{
    clock::{self, Zone},
    config::Config,
    front::letters::{Letters, Written},
    identity::{Msisdn, PersonName},
    menu::model::Menu,
    outbox::{Class, Notice, Over, route::Routes},
    service::{
        audit::{Act, Deed, StaffName},
        code::Held,
        officer::{
            CODE_TEXT, Enrolled, Officer, OfficerAct, OfficerKind, OfficerRules, OfficerState,
            Post, Stage, invite,
        },
        record::DeskChange,
    },
    store::{CommitError, Logged, StaffWrite, Store, StoreError},
    vault::{SubscriberKey, Vault},
};

/// How often an act is tried while others are faster.
const TRIES: u32 = 4;

/// What officers are enrolled, shown and suspended with.
#[derive(Debug, Clone)]
pub struct Officers {
    store: Store,
    vault: Vault,
    routes: Routes,
    zone: Zone,
    rules: OfficerRules,
}

/// Somebody who is to be an officer.
#[derive(Debug, Clone)]
pub struct Newcomer {
    /// The phone from which they register others.
    pub phone: Msisdn,
    /// Their own name.
    pub name: PersonName,
    /// What they are.
    pub kind: OfficerKind,
    /// Where.
    pub post: Post,
}

/// What staff want of an officer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// To refuse them.
    Suspend,
    /// To take them again, with the PIN they had.
    Restore,
    /// To give them a new code: the PIN is gone.
    Reset,
}

impl Wish {
    fn deed(self) -> Deed {
        match self {
            Self::Suspend => Deed::OfficerSuspended,
            Self::Restore => Deed::OfficerRestored,
            Self::Reset => Deed::OfficerReset,
        }
    }
}

/// Who of the staff does something, and what it is done with.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// Who.
    pub staff: &'a StaffName,
    /// The menus with the text that carries a code.
    pub menus: &'a [&'a Menu],
    /// Drawn for this act: a code is made of it.
    pub random: u64,
}

/// Why something was not done.
#[derive(Debug, Error)]
pub enum OfficerError {
    /// There is none of that name.
    #[error("there is no such officer")]
    NoSuch,
    /// The phone is an officer's.
    #[error("that phone is an officer's already: reset or restore the officer")]
    There,
    /// A code for somebody who is refused would be of no use.
    #[error("the officer is suspended: restore the officer first")]
    Suspended,
    /// No menu of the configuration is for officers.
    #[error("no menu in menu.folders has the text `{}`", CODE_TEXT.name)]
    NoMenu,
    /// The code would not arrive.
    #[error("no operator of the configuration carries SMS to that phone")]
    NoRoute,
    /// Others were faster, again and again.
    #[error("somebody else changed it at the same moment; look again")]
    Conflict,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<CommitError> for OfficerError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Conflict => Self::Conflict,
            CommitError::Unavailable(error) => error.into(),
        }
    }
}

impl Officers {
    /// Those of a configuration.
    pub fn new(store: Store, vault: Vault, config: &Config) -> Self {
        let (zone, rules) = (config.menu.zone.into(), config.officers.clone());
        Self { store, vault, routes: config.routes(), zone, rules }
    }

    /// Makes somebody an officer, and sends the code with which they choose a PIN.
    ///
    /// # Errors
    /// See [`OfficerError`].
    pub async fn enrol(&self, newcomer: Newcomer, by: By<'_>) -> Result<Officer, OfficerError> {
        let Newcomer { phone, name, kind, post } = newcomer;
        let key = self.vault.officer_key(&self.vault.subscriber_key(&phone));
        if self.store.officer(key).await?.is_some() {
            return Err(OfficerError::There);
        }
        let (secret, notices) = self.send_code(key, &phone, None, by).await?;
        let who = Enrolled { key, phone, name, kind, post, staff: by.staff.clone() };
        let officer = Officer::new(who, secret, clock::now());
        let act = OfficerAct::Enrol(Box::new(officer.clone()));
        match self.write(key, by.staff, act, Deed::OfficerEnrolled, notices).await {
            // Another of the staff did the same just now.
            Err(OfficerError::Conflict) => Err(OfficerError::There),
            done => done.map(|()| officer),
        }
    }

    /// Does something with an officer, and says how they stand then.
    ///
    /// # Errors
    /// See [`OfficerError`].
    pub async fn act(
        &self,
        key: SubscriberKey,
        wish: Wish,
        by: By<'_>,
    ) -> Result<OfficerState, OfficerError> {
        for _ in 0..TRIES {
            match self.try_act(key, wish, by).await {
                Err(OfficerError::Conflict) => {}
                done => return done,
            }
        }
        Err(OfficerError::Conflict)
    }

    async fn try_act(
        &self,
        key: SubscriberKey,
        wish: Wish,
        by: By<'_>,
    ) -> Result<OfficerState, OfficerError> {
        let mut officer = self.store.officer(key).await?.ok_or(OfficerError::NoSuch)?;
        let mut notices = Vec::new();
        let mut code = None;
        officer.suspended = match wish {
            Wish::Suspend => officer.suspended.or(Some(clock::now())),
            Wish::Restore => None,
            Wish::Reset if officer.suspended.is_some() => return Err(OfficerError::Suspended),
            Wish::Reset => {
                let (phone, before) = (&officer.who.phone, Some(&officer.secret));
                let (fresh, sent) = self.send_code(key, phone, before, by).await?;
                (code, notices) = (Some(fresh), sent);
                officer.stage = Stage::Invited;
                None
            }
        };
        let (was, suspended) = (officer.version, officer.suspended);
        let act = OfficerAct::Set { key, was, suspended, code };
        self.write(key, by.staff, act, wish.deed(), notices).await?;
        Ok(officer.state())
    }

    /// An officer.
    ///
    /// # Errors
    /// [`OfficerError::NoSuch`], [`OfficerError::Store`].
    pub async fn show(&self, key: SubscriberKey) -> Result<Officer, OfficerError> {
        self.store.officer(key).await?.ok_or(OfficerError::NoSuch)
    }

    /// Officers in the order in which they were enrolled, at most `limit` behind `after`.
    ///
    /// # Errors
    /// [`OfficerError::NoSuch`] of `after`, [`OfficerError::Store`].
    pub async fn list(
        &self,
        after: Option<SubscriberKey>,
        limit: u32,
    ) -> Result<Vec<Officer>, OfficerError> {
        let after = match after {
            Some(key) => Some((self.show(key).await?.enrolled, key)),
            None => None,
        };
        Ok(self.store.officers(after, limit).await?)
    }

    /// What an officer has done, latest first.
    ///
    /// # Errors
    /// [`OfficerError::NoSuch`], [`OfficerError::Store`].
    pub async fn acts(&self, key: SubscriberKey, limit: u32) -> Result<Vec<Logged>, OfficerError> {
        self.show(key).await?;
        Ok(self.store.log_by(&key, limit).await?)
    }

    async fn send_code(
        &self,
        key: SubscriberKey,
        phone: &Msisdn,
        before: Option<&Held>,
        by: By<'_>,
    ) -> Result<(Held, Vec<Notice>), OfficerError> {
        let at = clock::now();
        let good_for = self.rules.code_for();
        let (code, held) = invite(&self.vault, key, before, by.random, at.plus(good_for));
        let mut letters = Letters {
            store: &self.store,
            vault: &self.vault,
            routes: &self.routes,
            zone: self.zone,
            menus: by.menus,
            at,
            class: Class::Code,
            good_for,
            notices: Vec::new(),
        };
        match letters.write(phone, CODE_TEXT.name, &[("otp", code)], Over::Route).await? {
            Written::Yes => Ok((held, letters.notices)),
            Written::NoText => Err(OfficerError::NoMenu),
            Written::NoRoute => Err(OfficerError::NoRoute),
        }
    }

    async fn write(
        &self,
        key: SubscriberKey,
        staff: &StaffName,
        act: OfficerAct,
        deed: Deed,
        notices: Vec<Notice>,
    ) -> Result<(), OfficerError> {
        let logged = DeskChange::Audit(Act::new(deed).from_to("", &key.to_hex()));
        let changes = vec![DeskChange::Officer(act), logged];
        let write = StaffWrite { staff: staff.clone(), at: clock::now(), changes, notices };
        Ok(self.store.begin().await?.commit_staff(&write).await?)
    }
}
