//! Places where vaccines are given, as staff bring them in and look at them, whoever asks: the command
//! or the admin pages.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use thiserror::Error;

use crate::{
    clock,
    config::Config,
    service::{
        facility::{Crowd, Facility, FacilityCode, FacilityHeader, FacilityHeaderError},
        vaccine::Vaccines,
    },
    store::{FacilityLine, Mode, Reopened, Shut, Store, StoreError, Stranding},
};

/// Wrong rows that are listed one by one; the rest is counted.
const LISTED: usize = 100;

/// Rows of a file, at most: a country has fewer places.
const MOST_ROWS: usize = 200_000;

/// What places are brought in, listed and closed with.
#[derive(Debug, Clone)]
pub struct Facilities {
    store: Store,
    vaccines: Vaccines,
}

/// Why nothing was brought in.
#[derive(Debug, Error)]
pub enum FacilityError {
    /// The first row is no header.
    #[error("line 1: {0}")]
    Header(#[from] FacilityHeaderError),
    /// Rows are wrong: the first of them with their lines, and how many there are.
    #[error("{bad} rows are wrong; nothing was imported\n{}", listed.join("\n"))]
    Rows {
        /// `line 3: quota: not a number from 0 to 10000`.
        listed: Vec<String>,
        /// How many.
        bad: usize,
    },
    /// There is none of that code.
    #[error("there is no place of that code")]
    NoSuch,
    /// It is closed for good since before the day that is to be opened.
    #[error("it is closed for good from {0} on: open it from that day on, for good")]
    ClosedFrom(Date),
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Facilities {
    /// Those of a configuration.
    pub fn new(store: Store, config: &Config) -> Self {
        Self { store, vaccines: config.vaccine.clone() }
    }

    /// Reads a file of places. Every wrong row is told with its line, and a code that stands there
    /// twice.
    ///
    /// # Errors
    /// [`FacilityError::Header`], [`FacilityError::Rows`].
    pub fn read(&self, csv: impl std::io::Read) -> Result<Vec<Facility>, FacilityError> {
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(csv);
        let mut header = None;
        let mut found: Vec<Facility> = Vec::new();
        let mut lines: HashMap<FacilityCode, u64> = HashMap::new();
        let (mut wrong, mut crowd) = (Wrong::default(), Crowd::default());
        for record in reader.records() {
            let (line, read) = match record {
                Ok(record) => (record.position().map_or(0, csv::Position::line), Some(record)),
                Err(error) => (error.position().map_or(0, csv::Position::line), None),
            };
            let Some(record) = read else {
                wrong.add(line, "not text in UTF-8");
                continue;
            };
            let fields: Vec<&str> = record.iter().collect();
            let Some(header) = &header else {
                // Programs for tables put a mark before the first field.
                let bare = fields.iter().map(|field| field.trim_start_matches('\u{feff}'));
                header = Some((FacilityHeader::parse(bare)?, fields.len()));
                continue;
            };
            if fields.len() != header.1 {
                wrong.add(line, format!("{} fields; the header has {}", fields.len(), header.1));
                continue;
            }
            if found.len() >= MOST_ROWS {
                wrong.add(line, format!("more than {MOST_ROWS} rows"));
                break;
            }
            match Facility::parse(&header.0, &fields, |code| self.vaccines.knows(code)) {
                Ok(place) => match lines.insert(place.code.clone(), line) {
                    None => match crowd.add(&place) {
                        None => found.push(place),
                        Some(error) => wrong.add(line, error),
                    },
                    Some(first) => wrong.add(line, format!("code: the same as on line {first}")),
                },
                Err(error) => wrong.add(line, error),
            }
        }
        match (header, wrong) {
            (None, _) => Err(FacilityHeaderError::Missing("code").into()),
            (_, Wrong { bad: 0, .. }) => Ok(found),
            (_, Wrong { listed, bad }) => Err(FacilityError::Rows { listed, bad }),
        }
    }

    /// Brings places in, all of them or none; `told` hears how far it is. Bringing them in again changes
    /// nothing. The answer is whom places cannot take any more, by place.
    ///
    /// # Errors
    /// [`FacilityError::Store`].
    pub async fn put(
        &self,
        places: &[Facility],
        mode: Mode,
        told: impl FnMut(usize),
    ) -> Result<BTreeMap<FacilityCode, u64>, FacilityError> {
        Ok(self.store.put_facilities_in(mode, places, clock::now(), told).await?)
    }

    /// Places by code, of a regency or all, at most `limit` behind `after`.
    ///
    /// # Errors
    /// [`FacilityError::Store`].
    pub async fn list(
        &self,
        regency: Option<&str>,
        after: Option<&FacilityCode>,
        limit: u32,
    ) -> Result<Vec<FacilityLine>, FacilityError> {
        Ok(self.store.facilities(regency, after, clock::now(), limit).await?)
    }

    /// A place, and whom it cannot take.
    ///
    /// # Errors
    /// [`FacilityError::NoSuch`], [`FacilityError::Store`].
    pub async fn show(&self, code: &FacilityCode) -> Result<(Facility, Stranding), FacilityError> {
        let place = self.store.facility(code).await?.ok_or(FacilityError::NoSuch)?;
        Ok((place, self.store.stranding(code, clock::now()).await?))
    }

    /// Closes a place: no seat of it can be had any more, and who has one is told by a running gateway. The
    /// answer is how many that are.
    ///
    /// # Errors
    /// [`FacilityError::NoSuch`], [`FacilityError::Store`].
    pub async fn close(
        &self,
        code: &FacilityCode,
        shut: Shut,
        mode: Mode,
    ) -> Result<u64, FacilityError> {
        let closed = self.store.close_facility(mode, code, shut, clock::now()).await?;
        closed.ok_or(FacilityError::NoSuch)
    }

    /// Opens a place again that was closed. Whoever had a ticket that it can take again is told, if they were
    /// told that it cannot. The answer is how many that are.
    ///
    /// # Errors
    /// [`FacilityError::NoSuch`], [`FacilityError::ClosedFrom`], [`FacilityError::Store`].
    pub async fn open(
        &self,
        code: &FacilityCode,
        shut: Shut,
        mode: Mode,
    ) -> Result<u64, FacilityError> {
        match self.store.open_facility(mode, code, shut, clock::now()).await? {
            Some(Reopened::Tickets(tickets)) => Ok(tickets),
            Some(Reopened::ClosedFrom(day)) => Err(FacilityError::ClosedFrom(day)),
            None => Err(FacilityError::NoSuch),
        }
    }
}

#[derive(Default)]
struct Wrong {
    listed: Vec<String>,
    bad: usize,
}

impl Wrong {
    fn add(&mut self, line: u64, reason: impl std::fmt::Display) {
        self.bad += 1;
        if self.listed.len() < LISTED {
            self.listed.push(format!("line {line}: {reason}"));
        }
    }
}
