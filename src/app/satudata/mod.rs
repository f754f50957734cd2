//! The outside record at work: a pool that asks for turns that wait ([`engine::Parked`]), and a worker for
//! what waits in the database, in the order of asking.
//!
//! An answer is stored before anybody is told it, and an answer that came too late for its turn is of use
//! to the next one.
//!
//! [`engine::Parked`]: crate::engine::Parked

pub mod client;
mod pull;
mod queue;

pub use self::client::{ClientError, NoAnswer, SatuData};

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{mpsc, watch},
    task::{JoinHandle, JoinSet},
};

use crate::{
    app::stop::{self, Stop},
    clock::{self, Timestamp},
    config::Config,
    engine::{Ask, Engine, Outside, Parked},
    front::{
        events::{Events, Strangers},
        inquiry::Inquiries,
    },
    identity::Nik,
    satudata::{
        answer::{Failed, Registered},
        breaker::pause,
    },
    service::{
        audit::StaffName,
        inquiry::{Inquiry, Judged, Outcome, Tell, Wrote},
    },
    store::{CommitError, StoreError},
};

/// What an engine needs to be beside a record that somebody else keeps, and what takes its questions.
pub fn beside(config: &Config) -> Option<(Outside, mpsc::Receiver<Parked>)> {
    let record = &config.record;
    if record.source() == crate::service::outside::Source::Embedded {
        return None;
    }
    let (asks, parked) = mpsc::channel(record.waiting);
    let outside = Outside {
        asks,
        fresh_for: record.fresh_for(),
        in_session: record.in_session(),
        by_text: record.by_text(),
        lease: record.answer() * record.tries + record.connect(),
    };
    Some((outside, parked))
}

/// How often a settlement is tried again.
const TRIES: usize = 4;

/// Whether a person is asked about before a registration of them is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// The turn has just asked.
    Kept,
    /// Since then time has passed.
    Anew,
}

/// Everything that asks the record.
pub struct Desk {
    client: SatuData,
    engine: Engine,
    inquiries: Inquiries,
    events: Events,
}

impl Desk {
    /// A desk of a client.
    pub fn new(client: SatuData, engine: &Engine, config: &Config) -> Arc<Self> {
        let name = StaffName::parse("satu-data").unwrap_or_else(|_| unreachable!("a good name"));
        let due = Duration::from_secs(3600 * u64::from(config.tickets.due_hours));
        let (engine, inquiries) = (engine.clone(), Inquiries::new(engine.clone()));
        let events = Events::new(engine.clone(), client.shared_metrics(), name, due);
        Arc::new(Self { client, engine, inquiries, events })
    }

    /// Takes in what the record tells by itself.
    pub fn events(&self) -> &Events {
        &self.events
    }

    /// Starts the pool, the worker, and whoever fetches events.
    pub fn start(
        self: Arc<Self>,
        parked: mpsc::Receiver<Parked>,
        stop: &watch::Receiver<Stop>,
    ) -> Vec<JoinHandle<()>> {
        let mut tasks = vec![
            tokio::spawn(Arc::clone(&self).attend_all(parked, stop.clone())),
            tokio::spawn(queue::run(Arc::clone(&self), stop.clone())),
        ];
        if let Some(every) = self.client.settings().pull_every() {
            tasks.push(tokio::spawn(pull::run(self, every, stop.clone())));
        }
        tasks
    }

    /// Asks for every turn that waits, until told to stop; then turns are decided without an answer.
    async fn attend_all(
        self: Arc<Self>,
        mut parked: mpsc::Receiver<Parked>,
        mut stop: watch::Receiver<Stop>,
    ) {
        let mut asking = JoinSet::new();
        let most = self.client.settings().waiting;
        loop {
            let next = tokio::select! {
                () = stop::told(&mut stop) => break,
                Some(_) = asking.join_next(), if !asking.is_empty() => continue,
                next = parked.recv() => next,
            };
            let Some(parked) = next else { break };
            if asking.len() >= most {
                self.client.metrics().record().turn("refused");
                parked.without();
                continue;
            }
            asking.spawn(Arc::clone(&self).attend(parked));
        }
        // Receiver and tasks are dropped, and with them their turns come back.
        parked.close();
        while let Ok(parked) = parked.try_recv() {
            parked.without();
        }
        asking.shutdown().await;
    }

    /// Asks for one turn. Once its time is over it is decided, and the answer is taken in all the same.
    async fn attend(self: Arc<Self>, parked: Parked) {
        let left = parked.until().since(clock::now());
        match parked.ask().clone() {
            Ask::Person(nik) => {
                let mut work = std::pin::pin!(self.fetch(&self.client, &nik));
                match tokio::time::timeout(left, &mut work).await {
                    Ok(Ok(())) => self.came(parked, None),
                    Ok(Err(_)) => self.without(parked),
                    Err(_) => {
                        self.without(parked);
                        let _ = work.await;
                    }
                }
            }
            Ask::Register(inquiry) => self.register(parked, &inquiry, left).await,
        }
    }

    async fn register(&self, parked: Parked, inquiry: &Inquiry, left: Duration) {
        if !self.is_first(inquiry).await {
            // Whoever came first is registered first: this one takes its turn in the queue.
            self.without(parked);
            return self.put_off(inquiry, clock::now()).await;
        }
        let mut work = std::pin::pin!(self.outcome(&self.client, inquiry, Look::Kept));
        let (outcome, parked) = match tokio::time::timeout(left, &mut work).await {
            Ok(outcome) => (outcome, Some(parked)),
            Err(_) => {
                self.without(parked);
                (work.await, None)
            }
        };
        let waits = parked.as_ref().is_some_and(|parked| !parked.is_deserted());
        let tell = if waits { Tell::InTurn } else { Tell::ByText };
        let wrote = match outcome {
            Ok(outcome) => self.settle(inquiry, &outcome, tell).await.ok(),
            Err(none) => {
                self.hand_over(inquiry, none).await;
                None
            }
        };
        match (parked, wrote) {
            (Some(parked), Some(wrote)) => self.came(parked, Some(wrote)),
            (Some(parked), None) => self.without(parked),
            (None, _) => {}
        }
    }

    /// Leaves a registration that the record did not take to the queue, which else would wait until the time
    /// is over in which the turn might have asked.
    async fn hand_over(&self, inquiry: &Inquiry, none: NoAnswer) {
        let then = match none {
            NoAnswer::NotBefore(then) => then,
            NoAnswer::Failed(_) => {
                clock::now().plus(pause(0, self.client.settings().pauses(), rand::random()))
            }
        };
        self.put_off(inquiry, then).await;
    }

    async fn put_off(&self, inquiry: &Inquiry, then: Timestamp) {
        if let Err(error) = self.engine.store().put_off_inquiry(inquiry, then, 0).await {
            tracing::error!(%error, "a registration waits for longer than it has to");
        }
    }

    /// Whether nobody else's registration of the person waits for longer.
    async fn is_first(&self, inquiry: &Inquiry) -> bool {
        self.engine.store().is_first_inquiry(inquiry).await.unwrap_or_else(|error| {
            tracing::error!(%error, "the questions before a registration could not be read");
            // The queue knows when it can read them.
            false
        })
    }

    fn came(&self, parked: Parked, wrote: Option<Wrote>) {
        self.client.metrics().record().turn("answered");
        parked.came(wrote);
    }

    fn without(&self, parked: Parked) {
        self.client.metrics().record().turn("without");
        parked.without();
    }

    /// Asks about a person, and takes the answer in.
    async fn fetch(&self, client: &SatuData, nik: &Nik) -> Result<(), NoAnswer> {
        let arrived = client.person(nik).await?;
        let taken = self.events.absorb(&arrived, Strangers::Taken).await;
        taken.map(drop).map_err(|error| self.not_now(error))
    }

    /// Our own database fails us: the record cannot be asked before it is back. One row that cannot be read
    /// is that person's alone, and stops nobody else.
    fn not_now(&self, error: CommitError) -> NoAnswer {
        tracing::error!(%error, "what the record is asked about could not be read or stored");
        match error {
            CommitError::Unavailable(StoreError::Unreadable(_)) => {
                NoAnswer::Failed(Failed::Unreadable)
            }
            CommitError::Unavailable(_) | CommitError::Conflict => {
                NoAnswer::NotBefore(clock::now().plus(self.client.settings().pauses().0))
            }
        }
    }

    /// What becomes of a registration that waits: nobody's, too early, or taken by the record.
    async fn outcome(
        &self,
        client: &SatuData,
        inquiry: &Inquiry,
        look: Look,
    ) -> Result<Outcome, NoAnswer> {
        let letter = &inquiry.letter;
        let (Some(nik), Some(phone)) = (letter.nik(), letter.phone()) else {
            return Ok(Outcome::Unmatched);
        };
        if look == Look::Anew {
            self.fetch(client, &nik).await?;
        }
        let judged = self.inquiries.judge(inquiry).await;
        let waiting = match judged.map_err(|error| self.not_now(error.into()))? {
            Judged::Write(waiting) => waiting,
            Judged::Stands => return Ok(Outcome::Stands),
            Judged::Already => return Ok(Outcome::Already),
            Judged::Unmatched => return Ok(Outcome::Unmatched),
            Judged::Later(day) => return Ok(Outcome::Later(day)),
            Judged::Gone => return Ok(Outcome::Gone),
        };
        let text = |name| letter.values.text(name).unwrap_or_default();
        let today = inquiry.at.date(self.engine.zone());
        let birth = crate::identity::birth::parse_birth_date(text("birth_date"), today);
        let Ok(birth) = birth else { return Ok(Outcome::Unmatched) };
        let reference = self.inquiries.reference(inquiry, &waiting.number);
        let registering = crate::satudata::ask::Registering {
            reference: &reference,
            number: waiting.number.as_str(),
            nik: &nik,
            name: &waiting.name,
            birth,
            phone: &phone,
            regency: text("regency"),
            screening: text("screening"),
            consent: text("consent"),
            taken_at: rfc3339(waiting.at),
        };
        Ok(match client.register(&registering).await? {
            Registered::Stands => Outcome::Stands,
            Registered::Already => self.whose(client, inquiry, &nik).await?,
            Registered::Unmatched => Outcome::Unmatched,
        })
    }

    /// Whose registration it is that the record has already: it may be this one, sent before under other words,
    /// whose answer is still under way, or was lost.
    async fn whose(
        &self,
        client: &SatuData,
        inquiry: &Inquiry,
        nik: &Nik,
    ) -> Result<Outcome, NoAnswer> {
        self.fetch(client, nik).await?;
        let judged = self.inquiries.judge(inquiry).await;
        Ok(match judged.map_err(|error| self.not_now(error.into()))? {
            Judged::Stands => Outcome::Stands,
            Judged::Gone => Outcome::Gone,
            // It has one that it does not show, and has not for so long that nobody waits for a status any
            // longer: whosever that is, it is not the one that was to be made.
            Judged::Write(_) if clock::now().since(inquiry.at) >= client.settings().give_up() => {
                tracing::warn!("the record has a registration that it never showed");
                Outcome::Already
            }
            // It does not show it yet: nobody knows whose it is before it does.
            Judged::Write(_) => return Err(NoAnswer::Failed(Failed::Unreachable)),
            Judged::Already | Judged::Unmatched | Judged::Later(_) => Outcome::Already,
        })
    }

    /// Settles a registration: again, if somebody wrote about the same person meanwhile.
    async fn settle(
        &self,
        inquiry: &Inquiry,
        outcome: &Outcome,
        tell: Tell,
    ) -> Result<Wrote, CommitError> {
        let mut settled = self.inquiries.settle(inquiry, outcome, tell).await;
        for _ in 0..TRIES {
            if !matches!(settled, Err(CommitError::Conflict)) {
                break;
            }
            settled = self.inquiries.settle(inquiry, outcome, tell).await;
        }
        if settled.is_ok() {
            let word = match outcome {
                Outcome::Stands => "valid",
                Outcome::Already => "already",
                Outcome::Unmatched => "unmatched",
                Outcome::Later(_) => "later",
                Outcome::Gone => "gone",
            };
            self.client.metrics().record().answered(inquiry.kind, word);
        }
        settled
    }
}

fn rfc3339(at: Timestamp) -> String {
    let date = at.local(clock::Zone::Wib);
    format!("{}T{:02}:{:02}:{:02}+07:00", date.date(), date.hour(), date.minute(), date.second())
}
