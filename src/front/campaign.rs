//! Campaigns as they are ordered, looked at and moved, whoever does it: the command or the admin
//! pages. And a piece of one at a time is queued.

mod preview;

use std::io::Read;

use thiserror::Error;

pub use self::preview::{Preview, Sample};
use crate::{
    channel::whatsapp::frame::Templates,
    clock::{self, Timestamp, Zone},
    config::{Config, Whatsapp},
    menu::model::Menu,
    outbox::{TextOf, route::Routes},
    service::{
        campaign::{
            Audience, Decency, FilterError, Phase, Recipient, Step, class_of,
            people::{HeaderError, Reader, RowError},
        },
        vaccine::Vaccines,
    },
    store::{Campaign, CreateError, Figures, NewCampaign, Piece, Queued, Store, StoreError},
    vault::Vault,
};

/// People of the record that are queued in one transaction: some ten milliseconds of the writer.
const PIECE: u32 = 1024;
/// People of a list that are kept, and queued, together.
const PART: usize = 1024;
/// People of a list that are put in the order of their phones' keys before they are cut into parts. What
/// a part writes of each phone (`broadcast`) then stands side by side, where people in the order of a list
/// would each change a page of their own: 0.2 KB of SQLite's log instead of 6 KB.
const RUN: usize = 64 * PART;
/// Wrong rows that are told one by one; the rest is counted.
const TOLD: usize = 100;
/// Days for which a campaign may be of use, at most.
const LONGEST: u32 = 60;

/// What campaigns are made, queued and shown with.
#[derive(Debug, Clone)]
pub struct Campaigns {
    store: Store,
    vault: Vault,
    routes: Routes,
    /// Whether anybody carries SMS.
    carried: bool,
    /// The templates of the number on WhatsApp, if there is one.
    templates: Option<Templates>,
    decency: Decency,
    vaccines: Vaccines,
    zone: Zone,
    /// SMS a second of all accounts together.
    per_second: u64,
    /// Messages a second of the number on WhatsApp.
    chats_per_second: u64,
}

/// A campaign that is wanted.
#[derive(Debug, Clone)]
pub struct Order {
    /// Its name: small letters, digits and dashes.
    pub name: String,
    /// The service whose text it is; the first that has such a text, if it is not said.
    pub service: Option<String>,
    /// The name of the text, as in `[campaign.*]` of the menu.
    pub text: String,
    /// To whom.
    pub audience: Audience,
    /// Messages a second; 0 is as fast as the networks take them.
    pub per_second: u32,
    /// For so many days it is of use.
    pub valid_days: u32,
}

/// Why a campaign is not made.
#[derive(Debug, Error)]
pub enum OrderError {
    /// The name cannot be one.
    #[error("a name is 1 to 60 small letters, digits and dashes")]
    Name,
    /// There is one of that name.
    #[error("there is a campaign of that name")]
    Taken,
    /// No menu has such a text.
    #[error("no menu has a text [campaign.{text}]; there are {known}")]
    NoSuchText {
        /// What was asked for.
        text: String,
        /// What there is.
        known: String,
    },
    /// The filter means nothing.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// The text needs what the audience does not know.
    #[error("the text has {{{0}}}, which only an audience with a dose that is due knows")]
    Needs(&'static str),
    /// So many days are none.
    #[error("a campaign is of use for 1 to {LONGEST} days")]
    Days,
    /// Nobody carries SMS, and there is no number on WhatsApp.
    #[error("no operator of the configuration carries SMS, and there is no number on WhatsApp")]
    NoNetwork,
    /// A template wants what the text does not have.
    #[error("the template {template} wants {{{value}}}, which the text does not have")]
    Wants {
        /// Its name.
        template: String,
        /// The value.
        value: String,
    },
    /// The database did not store it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a step is not done.
#[derive(Debug, Error)]
pub enum StepError {
    /// There is none of that name.
    #[error("there is no campaign of that name")]
    NoSuch,
    /// It cannot be done in the state the campaign is in.
    #[error("the campaign is {}", .0.as_str())]
    State(Phase),
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether rows that are wrong are left out, or the whole list is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadRows {
    /// The whole list is refused.
    Refuse,
    /// They are left out.
    Skip,
}

/// What came in of a list.
#[derive(Debug, Default)]
pub struct Listed {
    /// People that are kept.
    pub people: u64,
    /// Rows that are wrong.
    pub bad: u64,
    /// The first of them: their lines, and what is wrong.
    pub told: Vec<(u64, RowError)>,
}

/// Why a list is not taken.
#[derive(Debug, Error)]
pub enum ListError {
    /// The first row is no header.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// Rows are wrong.
    #[error("{} of {} rows are wrong; nothing was taken", .0.bad, .0.bad + .0.people)]
    Rows(Listed),
    /// The campaign has its people already, or is gone.
    #[error("the campaign does not wait for a list any more")]
    NotAwaited,
    /// Nobody is on it.
    #[error("nobody is on the list")]
    Empty,
    /// It could not be read.
    #[error("the list cannot be read")]
    Read(#[source] csv::Error),
    /// The database did not store it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Campaigns {
    /// Those of a configuration.
    pub fn new(store: Store, vault: Vault, config: &Config) -> Self {
        let sms = config.operator.iter().filter_map(|(name, of)| Some((name, of.sms.as_ref()?)));
        Self {
            store,
            vault,
            routes: config.routes(),
            per_second: sms.clone().map(|(_, sms)| u64::from(sms.per_second)).sum(),
            chats_per_second: config.whatsapp.as_ref().map_or(0, |of| of.per_second.into()),
            carried: sms.count() > 0,
            templates: config.whatsapp.as_ref().map(Whatsapp::templates),
            decency: Decency {
                hours: config.outbox.hours(),
                per_day: config.outbox.broadcasts_per_day,
            },
            vaccines: config.vaccine.clone(),
            zone: config.menu.zone.into(),
        }
    }

    /// Where they are kept.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Makes a campaign with a text of these menus. One with a list is filled by
    /// [`Campaigns::take_list`].
    ///
    /// # Errors
    /// See [`OrderError`].
    pub async fn create(&self, order: Order, menus: &[&Menu]) -> Result<Campaign, OrderError> {
        let new = self.checked(order, menus)?;
        match self.store.create_campaign(&new, clock::now()).await {
            Ok(_) => {}
            Err(CreateError::Taken) => return Err(OrderError::Taken),
            Err(CreateError::Store(error)) => return Err(error.into()),
        }
        // It was there a moment ago.
        self.store.campaign(&new.name).await?.ok_or(OrderError::Taken)
    }

    fn checked(&self, order: Order, menus: &[&Menu]) -> Result<NewCampaign, OrderError> {
        let Order { name, service, text, audience, per_second, valid_days } = order;
        let letter = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        if name.is_empty() || name.len() > 60 || !name.bytes().all(letter) {
            return Err(OrderError::Name);
        }
        if !(1..=LONGEST).contains(&valid_days) {
            return Err(OrderError::Days);
        }
        if !self.carried && self.templates.is_none() {
            return Err(OrderError::NoNetwork);
        }
        let asked = |menu: &&&Menu| service.as_ref().is_none_or(|name| name == menu.service());
        let found =
            menus.iter().filter(asked).find_map(|menu| Some((*menu, menu.campaign(&text)?)));
        let known = || {
            let texts = menus.iter().filter(asked).flat_map(|menu| menu.notices());
            let broadcasts = texts.filter(|text| text.kind.is_broadcast());
            broadcasts.map(|text| text.name.as_str()).collect::<Vec<_>>().join(", ")
        };
        let Some((menu, found)) = found else {
            return Err(OrderError::NoSuchText { known: known(), text });
        };
        let wording = crate::service::campaign::Wording::of(menu, found);
        if let Audience::Record(filter) = &audience {
            filter.check()?;
            let dated = ["dose", "date"].into_iter().find(|value| wording.needs(value));
            if let Some(value) = dated.filter(|_| filter.dose_due_days.is_none()) {
                return Err(OrderError::Needs(value));
            }
        }
        let of = TextOf { service: menu.service(), text: &text };
        for template in self.templates.iter().flat_map(|all| all.of_text(of)) {
            let stands = |value: &&String| {
                matches!(value.as_str(), "text" | "dial" | "code") || wording.needs(value)
            };
            if let Some(value) = template.values.iter().find(|value| !stands(value)) {
                let (template, value) = (template.name.clone(), value.clone());
                return Err(OrderError::Wants { template, value });
            }
        }
        let class = class_of(found.kind).unwrap_or(crate::outbox::Class::Campaign);
        let service = menu.service().to_owned();
        Ok(NewCampaign { name, service, text, class, wording, audience, per_second, valid_days })
    }

    /// Takes the list of a campaign that waits for one, all of it or nothing; then another list can
    /// be given.
    ///
    /// # Errors
    /// See [`ListError`].
    pub async fn take_list(
        &self,
        campaign: &Campaign,
        source: impl Read,
        bad: BadRows,
    ) -> Result<Listed, ListError> {
        // Of a list that broke off before.
        self.store.discard_people(campaign.id).await?;
        let taken = self.read_list(campaign, source, bad).await;
        match &taken {
            Ok(_) if !self.store.finish_people(campaign.id).await? => {
                return Err(ListError::NotAwaited);
            }
            Ok(_) => {}
            // What cannot be removed now is removed before the next list.
            Err(_) => drop(self.store.discard_people(campaign.id).await),
        }
        taken
    }

    async fn read_list(
        &self,
        campaign: &Campaign,
        source: impl Read,
        bad: BadRows,
    ) -> Result<Listed, ListError> {
        let mut rows = csv::ReaderBuilder::new().flexible(true).from_reader(source);
        let header = rows.byte_headers().map_err(ListError::Read)?.clone();
        let names: Vec<_> = header.iter().map(String::from_utf8_lossy).collect();
        let mut reader = Reader::new(names.iter().map(AsRef::as_ref), &campaign.made.wording)?;
        let mut record = csv::ByteRecord::new();
        let mut listed = Listed::default();
        let (mut part, mut run) = (1, Vec::new());
        while rows.read_byte_record(&mut record).map_err(ListError::Read)? {
            let line = record.position().map_or(0, csv::Position::line);
            let fields: Result<Vec<&str>, _> = record.iter().map(std::str::from_utf8).collect();
            let row = fields.map_err(|_| RowError::NotText).and_then(|fields| {
                reader.row(line, &fields, |octets| self.vault.message_key(octets))
            });
            match row {
                Ok(person) => {
                    listed.people += 1;
                    run.push(person);
                }
                Err(error) => {
                    listed.bad += 1;
                    if listed.told.len() < TOLD {
                        listed.told.push((line, error));
                    }
                }
            }
            // Of a list that is refused nothing is kept, and the rest is read for what is wrong with it.
            if listed.bad > 0 && bad == BadRows::Refuse {
                run.clear();
            }
            if run.len() == RUN {
                part = self.keep(campaign, part, &mut run).await?;
            }
        }
        if listed.bad > 0 && bad == BadRows::Refuse {
            return Err(ListError::Rows(listed));
        }
        if listed.people == 0 {
            return Err(ListError::Empty);
        }
        self.keep(campaign, part, &mut run).await?;
        Ok(listed)
    }

    /// Keeps a run from this part on, and says which part is next. One that is a part is kept as it is.
    async fn keep(
        &self,
        campaign: &Campaign,
        first: i64,
        run: &mut Vec<Recipient>,
    ) -> Result<i64, ListError> {
        if run.len() > PART {
            run.sort_by_cached_key(|person| self.vault.subscriber_key(&person.phone));
        }
        let mut next = first;
        for people in run.chunks(PART) {
            if !self.store.add_people(campaign.id, next, people).await? {
                return Err(ListError::NotAwaited);
            }
            next += 1;
        }
        run.clear();
        Ok(next)
    }

    /// The campaign of that name.
    ///
    /// # Errors
    /// [`StepError::NoSuch`], [`StepError::Store`].
    pub async fn named(&self, name: &str) -> Result<Campaign, StepError> {
        self.store.campaign(name).await?.ok_or(StepError::NoSuch)
    }

    /// Does a step with a campaign.
    ///
    /// # Errors
    /// See [`StepError`].
    pub async fn step(&self, name: &str, step: Step) -> Result<Campaign, StepError> {
        let campaign = self.named(name).await?;
        let done = self.store.step_campaign(campaign.id, step, clock::now()).await?;
        let campaign = self.named(name).await?;
        if done { Ok(campaign) } else { Err(StepError::State(campaign.state)) }
    }

    /// How a campaign stands, and what became of it.
    ///
    /// # Errors
    /// [`StepError::NoSuch`], [`StepError::Store`].
    pub async fn status(&self, name: &str) -> Result<(Campaign, Figures), StepError> {
        let campaign = self.named(name).await?;
        let figures = self.store.campaign_figures(&campaign).await?;
        Ok((campaign, figures))
    }

    /// Queues the next piece of a campaign that runs.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing of the piece is queued.
    pub async fn queue(&self, campaign: &Campaign, now: Timestamp) -> Result<Queued, StoreError> {
        let today = now.date(self.zone);
        let portion = self.store.audience(campaign, None, &self.vaccines, today, PIECE).await?;
        let piece = Piece {
            portion: &portion,
            routes: &self.routes,
            templates: self.templates.as_ref(),
            decency: self.decency,
            now,
        };
        self.store.queue_broadcasts(campaign, piece).await
    }
}
