//! Everybody wants a seat at once: people on four channels walk to the list of times of one place, wait there
//! for each other, and then take what there is, until each was told a yes with a ticket or a no.
//!
//! A quarter each calls over SMPP, calls over an aggregator, texts, and chats; everybody has a phone and a
//! NIK. Nobody breathes between two screens, and whoever is told that the service is busy tries again. The
//! gateway is reached over its sockets alone; the words of its screens are those of the first service's menu.

mod racer;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::time::Instant;

use serde::Serialize;
use tokio::task::JoinHandle;

use crate::aggregator::Aggregator;
use crate::operator::{Operator, Stopped};
use crate::whatsapp::Cloud;
use racer::{Goal, Racer, Told};

/// What people reach the gateway over.
#[derive(Debug, Clone)]
pub struct Networks {
    /// Calls over SMPP, texts, and the codes that chats are proved with.
    pub operator: Operator,
    /// Calls over HTTP.
    pub aggregator: Aggregator,
    /// Chats.
    pub cloud: Cloud,
}

/// How many people want how many seats.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// At most [`MOST_PEOPLE`].
    pub people: u32,
    /// A multiple of [`SLOTS`].
    pub seats: u32,
}

/// People who have a NIK each.
pub const MOST_PEOPLE: u32 = 99 * A_DISTRICT;
/// Times of the day, which share the seats evenly.
pub const SLOTS: u32 = 5;
/// The code of the place.
pub const PLACE: &str = "RACE";
const PLACE_NAME: &str = "Stadion";

/// People of one birth date in a district.
const A_DISTRICT: u32 = 9000;
/// A regency where no sample place is, at the other end of the country.
const REGENCY: &str = "9171";

/// How somebody comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Way {
    /// By a call, over SMPP.
    #[serde(rename = "USSD over SMPP")]
    Smpp,
    /// By a call, over an aggregator.
    #[serde(rename = "USSD over HTTP")]
    Http,
    /// By texts.
    #[serde(rename = "SMS")]
    Text,
    /// On a chat.
    #[serde(rename = "WhatsApp")]
    Chat,
}

impl std::fmt::Display for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Smpp => "USSD over SMPP",
            Self::Http => "USSD over HTTP",
            Self::Text => "SMS",
            Self::Chat => "WhatsApp",
        })
    }
}

const WAYS: [Way; 4] = [Way::Smpp, Way::Http, Way::Text, Way::Chat];

/// How far somebody has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The list of times is on the screen.
    AtTimes,
    /// A yes or a no was told.
    Decided,
}

/// What came of the people of one channel.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Fates {
    /// Told a ticket.
    pub yes: u32,
    /// Told that there is no seat.
    pub no: u32,
    /// Gave up.
    pub unanswered: u32,
    /// How often somebody was told that the service is busy, and tried again.
    pub busy: u32,
    /// How often a session ended, or nothing came, and somebody began again.
    pub broken: u32,
    /// Screens that nobody has an answer to.
    pub strange: u32,
    /// From the start of the race to the last yes or no.
    pub decided_s: f64,
}

/// What came of it.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// By channel.
    pub ways: BTreeMap<Way, Fates>,
    /// The tickets that people were told.
    #[serde(skip)]
    pub tickets: BTreeSet<String>,
    /// People who were told two things, in whatever way, and tickets that two people were told.
    pub twice: u32,
    /// Who has a ticket and no text or picture of it to keep.
    pub nothing_kept: u32,
    /// From the first words of all to when the last one had the list of times.
    pub at_times_s: f64,
    /// From then on to the last yes or no.
    pub decided_s: f64,
    /// Answers of the gateway.
    pub turns: u64,
    /// In a second of both times.
    pub turns_per_s: f64,
}

/// Why it could not be run to its end.
#[derive(Debug, thiserror::Error)]
pub enum RaceError {
    /// A network is gone, or has no room for a phone.
    #[error("a phone: {0}")]
    Phone(#[from] crate::phone::PhoneError),
    /// A network is gone.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// Somebody's script failed.
    #[error("a script ended: {0}")]
    Script(#[from] tokio::task::JoinError),
}

/// The people, as the record takes them in: each has a first dose that is long ago.
pub fn roster(people: u32) -> String {
    let mut rows =
        "nik,name,birth_date,phone,regency,dose1_date,dose1_vaccine,dose1_batch,dose1_place\n"
            .to_owned();
    for n in 0..people {
        let (nik, phone) = (nik(n), phone(n));
        // Writing to a string cannot fail.
        let _ = writeln!(
            rows,
            "{nik},Warga Percontohan,1990-08-17,{phone},{REGENCY},2021-03-01,sinovac,1,Puskesmas"
        );
    }
    rows
}

/// The place, as the gateway takes it in.
pub fn places(seats: u32) -> String {
    let quota = seats / SLOTS;
    format!(
        "code,name,address,regency,district,hours,vaccines,slot_minutes,quota\n\
         {PLACE},{PLACE_NAME},Jl. Lomba 1,{REGENCY},Kota,sen-min 08:00-13:00,sinovac,60,{quota}\n"
    )
}

fn nik(n: u32) -> String {
    format!("{REGENCY}{:02}170890{:04}", 1 + n / A_DISTRICT, 1 + n % A_DISTRICT)
}

fn phone(n: u32) -> String {
    format!("0813{n:08}")
}

/// Runs the race; `moved` is told of everybody who comes a stage further.
pub async fn run(
    networks: &Networks,
    plan: Plan,
    moved: impl Fn(Stage) + Clone + Send + 'static,
) -> Result<Report, RaceError> {
    let mut racers = Vec::new();
    for n in 0..plan.people.min(MOST_PEOPLE) {
        racers.push(Racer::new(networks, n).await?);
    }
    let began = Instant::now();
    let racers = all(racers, Goal::Times, Stage::AtTimes, &moved).await?;
    let (at_times, began) = (began.elapsed(), Instant::now());
    let racers = all(racers, Goal::Seat(began), Stage::Decided, &moved).await?;
    let decided = racers.iter().map(|racer| racer.decided).max().unwrap_or_default();
    let mut report = Report {
        ways: BTreeMap::new(),
        tickets: BTreeSet::new(),
        twice: 0,
        nothing_kept: 0,
        at_times_s: at_times.as_secs_f64(),
        decided_s: decided.as_secs_f64(),
        turns: racers.iter().map(|racer| racer.turns).sum(),
        turns_per_s: 0.0,
    };
    report.turns_per_s = report.turns as f64 / (at_times + decided).as_secs_f64();
    for racer in &racers {
        report.count(racer).await?;
    }
    Ok(report)
}

/// Everybody goes there at once.
async fn all(
    racers: Vec<Racer>,
    goal: Goal,
    stage: Stage,
    moved: &(impl Fn(Stage) + Clone + Send + 'static),
) -> Result<Vec<Racer>, RaceError> {
    let going: Vec<JoinHandle<Result<Racer, RaceError>>> = racers
        .into_iter()
        .map(|mut racer| {
            let moved = moved.clone();
            tokio::spawn(async move {
                racer.go(goal).await?;
                moved(stage);
                racer.keep().await?;
                Ok(racer)
            })
        })
        .collect();
    let mut come = Vec::with_capacity(going.len());
    for racer in going {
        come.push(racer.await??);
    }
    Ok(come)
}

impl Report {
    async fn count(&mut self, racer: &Racer) -> Result<(), RaceError> {
        let fates = self.ways.entry(racer.way).or_default();
        fates.busy += racer.busy;
        fates.broken += racer.broken;
        fates.strange += racer.strange;
        fates.decided_s = fates.decided_s.max(racer.decided.as_secs_f64());
        match &racer.told {
            Some(Told::Yes(ticket)) => {
                fates.yes += 1;
                self.twice += u32::from(!self.tickets.insert(ticket.clone()));
            }
            Some(Told::No) => fates.no += 1,
            None => fates.unanswered += 1,
        }
        self.nothing_kept += u32::from(matches!(racer.told, Some(Told::Yes(_))) && !racer.kept);
        let everything = racer.everything_told().await?;
        let told = match &racer.told {
            Some(Told::Yes(ticket)) => everything.iter().all(|other| other == ticket),
            Some(Told::No) | None => everything.is_empty(),
        };
        self.twice += u32::from(!told);
        Ok(())
    }

    /// What does not hold; `booked` are the tickets that the gateway has in its database.
    pub fn faults(&self, plan: Plan, booked: &BTreeSet<String>) -> Vec<String> {
        let sum = |of: fn(&Fates) -> u32| self.ways.values().map(of).sum::<u32>();
        let (told, wanted) = (self.tickets.len(), plan.seats.min(plan.people) as usize);
        let rows = [
            (told != wanted, format!("{told} tickets were told where there are {wanted} seats")),
            (
                booked.len() != wanted,
                format!(
                    "{} tickets are in the database where there are {wanted} seats",
                    booked.len()
                ),
            ),
            (
                *booked != self.tickets,
                format!("{} tickets were told to nobody", booked.difference(&self.tickets).count()),
            ),
            (sum(|of| of.unanswered) > 0, format!("{} got no answer", sum(|of| of.unanswered))),
            (sum(|of| of.strange) > 0, format!("{} odd screens", sum(|of| of.strange))),
            (
                self.twice > 0,
                format!("{} were told two things, or one that two were told", self.twice),
            ),
            (self.nothing_kept > 0, format!("{} have nothing to keep", self.nothing_kept)),
        ];
        rows.into_iter().filter(|(wrong, _)| *wrong).map(|(_, what)| what).collect()
    }
}
